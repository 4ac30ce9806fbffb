"""Plans on a day, worked on paper, against another reading of the same rows, and what is said of them."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.response.plans import ACTION_COLUMNS, STATES, all_pursue, balance, gaps_in, plans_on
from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.model import TABLES
from ocgnet.model.columns import STRANDS
from ocgnet.views.plans.printed_plans import plans_page
from ocgnet.views.plans.sheets import (
    balance_sentences,
    gap_sentences,
    left_out_sentences,
    pursue_sentence,
    sheet_of_plan,
    sheets_outside,
)
from ready import ocgnet

COUNTY = Path(__file__).parent.parent.parent / "fixtures" / "county"
ACTION_HEADER = ",".join(TABLES["plan_actions"].schema.names)
FILES = {
    "ocgs": """ocg_id,name,status,mapped_on,archived_on
G1,Group Ash,active,2017-01-01,
G2,Group Beech,active,2017-01-01,
G3,Group Cedar,archived,2017-01-01,2018-06-30
G4,,active,2018-06-01,
""",
    "nominals": "nominal_id,name\nN1,Ada Finch\nN2,Bo Wren\n",
    "threats": "threat_id,name,kind\nT1,The Marten line,county_line\n",
    "plans": """plan_id,subject_kind,subject_id,aim,lead_responsible_officer,from_date,to_date,review_on
P1,group,G1,End supply,DI Lead,2018-01-01,,2018-12-31
P2,threat,T1,,,2018-03-01,2018-09-30,
P3,group,G2,,DI Other,2019-02-01,,2019-08-01
""",
    "plan_actions": f"""{ACTION_HEADER}
A1,P1,,,,,pursue,Warrant,DS A,police,2018-05-01,done,2018-06-01,1000,20
A2,P1,,,,,pursue,Cash,DS A,police,2018-12-01,open,,500,
A3,P1,,,,,prevent,Youth work,YW B,council,2018-07-01,dropped,,,9
A4,P2,,,,,protect,Visits,,,2018-08-01,open,,,
A5,P3,,,,N1,pursue,Arrest,DS C,police,2019-04-01,open,,,4
A6,,,,G2,N2,pursue,Surveillance,DS C,police,,,,300,
A7,,,,,N2,prepare,Exercise,DS D,police,2018-02-01,done,,,2.5
A8,P1,person,N1,,,pursue,Visit,DS A,police,2019-01-01,open,,250,6
""",
    "plan_changes": """change_id,action_id,change,changed_on,changed_by,reason,undoes,before
C1,A8,add,2018-11-01,DI,why,,
C2,A3,drop,2018-10-15,DI,why,,
C3,A2,drop,2018-11-15,DI,why,,
C4,A2,undo,2018-11-20,DI,why,C3,{}
C9,A8,do,2018-12-01,DI,why,,{}
C10,A8,undo,2018-12-01,DI,why,C9,{}
""",
    "disruptions": "disruption_id,ocg_id,happened_on,level,strand\nD1,G1,2018-02-01,minor,pursue\n",
}  # fmt: skip


def dataset_of(folder: Path, **files: str) -> Dataset:
    for name, text in {**FILES, **files}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    checked = check(folder)
    assert checked.whole(), list(checked.rejects())
    return checked.dataset


@pytest.fixture(scope="module")
def paper(tmp_path_factory) -> Dataset:
    return dataset_of(tmp_path_factory.mktemp("paper"))


def states(dataset: Dataset, *day: int) -> dict[str, str]:
    frame = plans_on(dataset, date(*day)).actions
    return dict(zip(frame["action_id"], frame["state"], strict=True))


def test_what_was_open_on_that_day(paper: Dataset) -> None:
    # Done on 01/06/2018, so open the day before; A3 dropped on 15/10; A8 added on 01/11; the plan of A5 begins in 2019.
    always = {"A4": "open", "A6": "not recorded", "A7": "done"}
    assert states(paper, 2018, 5, 31) == {"A1": "open", "A2": "open", "A3": "open"} | always
    assert states(paper, 2018, 6, 1) == {"A1": "done", "A2": "open", "A3": "open"} | always
    # What was dropped and taken back, or done and taken back, never was.
    assert states(paper, 2018, 11, 18) == {"A1": "done", "A2": "open", "A3": "dropped", "A8": "open"} | always
    assert (
        states(paper, 2019, 3, 31) == {"A1": "done", "A2": "open", "A3": "dropped", "A5": "open", "A8": "open"} | always
    )
    assert states(paper, 2018, 1, 31)["A2"] == "open"
    assert "A4" not in states(paper, 2018, 2, 28), "its plan begins on the next day"


def test_subjects_days_overdue_and_counts_of_a_plan(paper: Dataset) -> None:
    plans = plans_on(paper, date(2019, 3, 31))
    rows = {r["action_id"]: r for r in plans.actions.to_dict("records")}
    assert {i: (r["subject_kind"], r["subject_id"]) for i, r in rows.items()} == {
        "A1": ("group", "G1"), "A2": ("group", "G1"), "A3": ("group", "G1"), "A4": ("threat", "T1"),
        "A5": ("group", "G2"), "A6": ("group", "G2"), "A7": ("person", "N2"), "A8": ("person", "N1"),
    }  # fmt: skip
    # 1 to 31 December are 30 days, then 31, 28 and 31; from 1 January 89; from 1 August 30+30+31+30+31 = 152 to 2019.
    assert {i: r["overdue_days"] for i, r in rows.items() if r["overdue_days"] is not None} == {
        "A2": 120, "A4": 242, "A8": 89,
    }  # fmt: skip
    assert list(plans.overdue["action_id"]) == ["A2", "A8", "A4"], "by agency and owner; nobody's come last"
    [one, two, three] = plans.plans.to_dict("records")
    assert (one["open"], one["done"], one["dropped"], one["overdue"]) == (2, 1, 1, 2)
    assert [one[s] for s in STRANDS] == [3, 0, 0, 0]
    assert (one["lasts"], two["lasts"], three["lasts"]) == (True, False, True)
    assert (one["review_overdue_days"], three["review_overdue_days"]) == (90, None)
    assert list(plans.outside["action_id"]) == ["A6", "A7"]
    assert list(plans.of(subject=("person", "N2")).actions["action_id"]) == ["A6", "A7"], "an old row names the nominal"
    assert list(plans.of(subject=("group", "G1")).actions["action_id"]) == ["A1", "A2", "A3", "A8"]
    assert list(plans.of(subject=("group", "G2")).actions["action_id"]) == ["A5", "A6"]
    assert list(plans.of(plans=["P1"]).actions["action_id"]) == ["A1", "A2", "A3", "A8"]


def test_the_balance_on_paper(paper: Dataset) -> None:
    plans = plans_on(paper, date(2019, 3, 31))
    # Open or done: A1, A2, A5, A8 pursue, A4 protect, A7 prepare. Without a state A6 is not counted, nor A3, dropped.
    by_strand = {r["strand"]: r for r in balance(plans.actions, "strand").to_dict("records")}
    assert {
        s: (r["actions"], r["hours"], r["with_hours"], r["cost"], r["with_cost"]) for s, r in by_strand.items()
    } == {
        "pursue": (4, 30.0, 3, 1750.0, 3),
        "prevent": (0, None, 0, None, 0),
        "protect": (1, None, 0, None, 0),
        "prepare": (1, 2.5, 1, None, 0),
    }
    agencies = balance(plans.actions, "strand", "agency")
    assert list(zip(agencies["strand"], agencies["agency"], agencies["actions"], strict=True)) == [
        ("pursue", "police", 4), ("protect", "not recorded", 1), ("prepare", "police", 1),
    ]  # fmt: skip
    told = " ".join(balance_sentences(plans))
    assert "4 of 6 actions (67%) pursue; 0 of 6 actions (0%) prevent" in told
    assert "Hours: pursue 30 hours of 32.5 hours (92%); prevent not known; protect not known; prepare 2.5 hours" in told
    assert "2 actions without hours on record are not in it." in told
    assert "Money: pursue £1,750 of £1,750 (100%); prevent not known;" in told
    assert "3 actions without money on record are not in it." in told
    assert (
        "79% went to pursue and 4% to prevent (National Audit Office, Tackling serious and organised crime, June"
        in told
    )


def test_what_plans_lack_on_paper(paper: Dataset) -> None:
    plans = plans_on(paper, date(2019, 3, 31))
    gaps = gaps_in(paper, plans)
    # G3 was archived; P2 has ended.
    assert (gaps.groups, gaps.without_plan, gaps.actions_only, gaps.plans) == (3, ("G4",), (), 2)
    assert (gaps.without_lead, gaps.review_overdue, gaps.without_actions) == ((), ("P1",), ())
    assert gaps.without_strand == {"pursue": (), **dict.fromkeys(STRANDS[1:], ("P1", "P3"))}
    assert gaps.all_pursue == {"P1": 2, "P3": 1}
    before = gaps_in(paper, plans_on(paper, date(2018, 6, 15)))
    assert (before.groups, before.without_plan, before.plans) == (4, ("G2", "G3", "G4"), 2)
    assert before.without_lead == ("P2",)
    assert before.all_pursue == {}, "prevention was open still"
    told = gap_sentences(gaps, "31/03/2019")
    assert told[0] == "1 of 3 groups (33%) mapped on 31/03/2019 has no plan that lasts (G4)."
    assert told[1] == "1 of 1 threats on record (100%) has no plan (T1)."
    assert "1 of 2 plans that last (50%) has a review that is overdue (P1)." in told
    assert any(s.startswith("In 2 of 2 plans that last (100%) every open action is pursue (P1, P3).") for s in told)
    assert pursue_sentence("P3", 7) == (
        "All 7 open actions of P3 are pursue: nothing that is open prevents, protects or prepares."
    )


def test_what_is_not_there_is_not_known(tmp_path: Path) -> None:
    lacking = dict.fromkeys(("plans", "disruptions", "plan_changes"), "")
    old = f"{ACTION_HEADER}\nA6,,,,G2,N2,pursue,Surveillance,DS C,police,,,,300,\n"
    dataset = dataset_of(tmp_path, **lacking, plan_actions=old)
    plans = plans_on(dataset, date(2019, 3, 31))
    assert plans.missing == ("plans", "disruptions", "activities")
    assert gaps_in(dataset, plans).without_plan is None
    assert gap_sentences(gaps_in(dataset, plans), "x")[0].startswith("Which groups have a plan is not known")
    assert "Not known: these records have no table plans." in left_out_sentences(plans)
    said = ocgnet("plan", "show", tmp_path, "G1", "--as-of", "2019-03-31")
    assert "No plan for group G1 and no action about it is on record." in said
    assert "no table disruptions" in ocgnet("plan", "show", tmp_path, "Beech", "--as-of", "2019-03-31")


@pytest.fixture(scope="module")
def county() -> Dataset:
    return check(COUNTY).dataset


@pytest.mark.parametrize("day", [date(2018, 6, 30), date(2019, 3, 31), date(2019, 12, 31)])
def test_the_county_against_sql(county: Dataset, day: date) -> None:
    """The same rows, read by a database: it has no changes, so states follow from three columns."""
    db = duckdb.connect()
    for name in ("plan_actions", "plans"):
        db.register(name, county[name])
    db.execute(f"""
        CREATE VIEW live AS SELECT a.*, coalesce(a.subject_id, p.subject_id, a.ocg_id, a.nominal_id) AS subject,
            CASE WHEN status = 'done' AND done_on > DATE '{day}' THEN 'open'
                 ELSE coalesce(status, 'not recorded') END AS state
        FROM plan_actions a LEFT JOIN plans p USING (plan_id)
        WHERE p.from_date IS NULL OR p.from_date <= DATE '{day}'""")
    plans = plans_on(county, day)
    frame = plans.actions
    columns = [frame[c] for c in ("action_id", "state", "subject_id")]
    assert (
        sorted(zip(*columns, strict=True))
        == db.execute("SELECT action_id, state, subject FROM live ORDER BY 1").fetchall()
    )
    late = db.execute(
        f"SELECT action_id, DATE '{day}' - due_on FROM live WHERE state = 'open' AND due_on < DATE '{day}'"
    )
    own = plans.overdue
    assert sorted(zip(own["action_id"], own["overdue_days"], strict=True)) == sorted(late.fetchall())
    assert len(own) > 5
    money = db.execute("""SELECT strand, coalesce(agency, 'not recorded'), count(*), sum(hours), count(hours),
        sum(cost), count(cost) FROM live WHERE state IN ('open', 'done') GROUP BY 1, 2 ORDER BY 1, 2""").fetchall()
    ours = balance(frame, "strand", "agency")
    columns = [ours[c] for c in ("strand", "agency", "actions", "hours", "with_hours", "cost", "with_cost")]
    assert sorted(zip(*columns, strict=True), key=lambda r: r[:2]) == money
    whole = db.execute("""SELECT plan_id, count(*) FROM live WHERE state = 'open' AND plan_id IS NOT NULL GROUP BY 1
        HAVING bool_and(strand = 'pursue')""").fetchall()  # fmt: skip
    assert all_pursue(frame) == dict(whole)


def answers_about(page: str) -> dict[str, list[str]]:
    """Return the ids under each question of the county's answers, which the code that drew the records wrote."""
    rows = re.findall(r"^\| ([a-z][^|]*) \| (\d+) \| ([^|]*) \|$", page, re.MULTILINE)
    assert all(len(ids.split()) == int(number) for _, number, ids in rows)
    return {question: ids.split() for question, _, ids in rows}


def test_the_county_holds_what_was_planted(county: Dataset) -> None:
    planted = answers_about((COUNTY.parent / "county_answers.md").read_text("utf-8").partition("## What is done")[2])
    plans = plans_on(county, date(2019, 3, 31))
    gaps, actions, rows = gaps_in(county, plans), plans.actions, plans.plans
    acting = rows[rows["lasts"].astype(bool) & (rows["pursue"] > 0)]
    only = acting[acting[[*STRANDS[1:]]].sum(axis=1) == 0]
    answered = {
        "groups without a plan": [*gaps.without_plan],
        "threats without a plan": [*gaps.threats_without_plan],
        "plans past review": [*gaps.review_overdue],
        "plans without a lead": [*gaps.without_lead],
        "plans that are all pursue, open and done": [*only["plan_id"]],
        "plans with open actions that are all pursue": [*gaps.all_pursue],
        "actions overdue": sorted(plans.overdue["action_id"]),
        "actions in no plan": [*plans.outside["action_id"]],
        "actions without a cost": [*actions.loc[actions["cost"].isna(), "action_id"]],
        "actions without hours": [*actions.loc[actions["hours"].isna(), "action_id"]],
    }
    # A question of which the answer is nobody has no row.
    assert {q: planted.get(q, []) for q in answered} == answered
    assert len(planted.keys() & answered.keys()) >= 9


def test_the_tiny_response_on_paper(tmp_path: Path) -> None:
    """Figures typed from its answers.md."""
    for part in ("tiny", "tiny_response"):
        for file in (COUNTY.parent / part).iterdir():
            if file.suffix != ".md":
                shutil.copy(file, tmp_path)
    dataset = check(tmp_path).dataset
    plans = plans_on(dataset, date(2019, 3, 31))
    by_state = {s: set(plans.actions.loc[plans.actions["state"] == s, "action_id"]) for s in STATES}
    assert by_state["open"] >= {"A2", "A4", "A7", "A8"}
    assert (by_state["done"], by_state["dropped"]) == ({"A1", "A5"}, {"A3"})
    assert dict(zip(plans.overdue["action_id"], plans.overdue["overdue_days"], strict=True)) == {"A2": 58, "A7": 30}
    assert dict(zip(plans.plans["plan_id"], plans.plans["lasts"], strict=True)) == {
        "B1": True, "B2": True, "B3": True, "B4": False,
    }  # fmt: skip
    gaps = gaps_in(dataset, plans)
    assert (gaps.without_plan, gaps.actions_only, gaps.threats_without_plan) == (("G2",), ("G2",), ("T2",))
    assert (gaps.without_lead, gaps.review_overdue, gaps.all_pursue) == (("B2",), ("B2",), {"B2": 1})
    rows = balance(plans.actions, "strand").to_dict("records")
    assert [tuple(r.values()) for r in rows] == [
        ("pursue", 3, 1, 0, 2, 42.0, 2, 1700.0, 2),
        ("prevent", 2, 2, 1, 0, 16.0, 2, 80.0, 1),
        ("protect", 1, 1, 1, 0, 4.0, 1, 0.0, 1),
        ("prepare", 1, 1, 0, 0, None, 0, None, 0),
    ]


CELLS = st.fixed_dictionaries({
    "strand": st.sampled_from(STRANDS), "plan_id": st.sampled_from(["", "P1", "P2", "P3"]),
    "status": st.sampled_from(["", "open", "done", "dropped"]), "due_on": st.integers(-40, 40) | st.none(),
    "done_on": st.integers(-40, 40) | st.none(), "hours": st.integers(0, 9) | st.none(),
    "cost": st.integers(0, 900) | st.none(), "agency": st.sampled_from(["police", "council", ""]),
})  # fmt: skip
DAY = date(2018, 6, 15)


def with_actions(dataset: Dataset, rows: list[dict[str, object]]) -> Dataset:
    def day(number: object) -> date | None:
        return None if number is None else DAY + timedelta(int(str(number)))

    made = [
        {
            **{n: v or None for n, v in row.items() if n in ("plan_id", "status", "agency")},
            "strand": row["strand"], "hours": row["hours"], "cost": row["cost"], "due_on": day(row["due_on"]),
            "done_on": day(row["done_on"]) if row["status"] == "done" else None,
            "action_id": f"X{k}", "action": "x", "ocg_id": None if row["plan_id"] else "G1",
        }
        for k, row in enumerate(rows)
    ]  # fmt: skip
    table = pa.Table.from_pylist(made, schema=dataset["plan_actions"].schema)
    return Dataset.of({**dataset.tables, "plan_actions": table}, dataset.about)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(CELLS, max_size=12), ahead=st.integers(1, 60))
def test_laws_of_a_day(paper: Dataset, rows, ahead) -> None:
    dataset = with_actions(paper, rows)
    plans, later = plans_on(dataset, DAY), plans_on(dataset, DAY + timedelta(ahead))
    frame = plans.actions
    assert sum((frame["state"] == s).sum() for s in STATES) == len(frame)
    assert set(plans.overdue["state"]) <= {"open"}
    totals, parts = balance(frame, "strand"), balance(frame, "strand", "agency")
    for column in ("actions", "open", "done", "overdue", "with_hours", "with_cost"):
        assert totals[column].sum() == parts[column].sum()
    assert totals["actions"].sum() == frame["state"].isin(["open", "done"]).sum()
    assert all((h is None) == (n == 0) for h, n in zip(totals["hours"], totals["with_hours"], strict=True))
    assert list(totals["strand"]) == list(STRANDS)
    in_plans = sum(plans.plans[s.replace(" ", "_")].sum() for s in STATES)
    assert in_plans + len(plans.outside) == len(frame)
    # What is done stays done; what is overdue and stays open is overdue by as many days more.
    done = set(frame.loc[frame["state"] == "done", "action_id"])
    assert done <= set(later.actions.loc[later.actions["state"] == "done", "action_id"])
    then = dict(zip(later.overdue["action_id"], later.overdue["overdue_days"], strict=True))
    for action, days in zip(plans.overdue["action_id"], plans.overdue["overdue_days"], strict=True):
        assert then.get(action, days + ahead) == days + ahead


def test_every_form_says_the_same_and_tells_the_log_whom(paper, tmp_path: Path, log_file: Path) -> None:
    dataset_of(tmp_path)
    judged = ("--as-of", "2019-03-31")
    said = ocgnet("plan", "overdue", tmp_path, *judged)
    assert "3 of 4 open actions (75%) are overdue on 31/03/2019." in said
    assert re.findall(r"^  (A\d)  overdue by (\d+) days", said, re.MULTILINE) == [
        ("A2", "120"),
        ("A8", "89"),
        ("A4", "242"),
    ]
    assert "Open without a day on which it is due: 0. Open without an owner: 1." in said
    assert "1 of 2 plans that last (50%) are past the day of their review." in said
    assert "P1 for group G1, led by DI Lead: by 90 days" in said
    text = ocgnet("plan", "overdue", tmp_path, *judged, "--format", "csv").split("OFFICIAL")[0]
    rows = list(csv.DictReader(text.splitlines()))
    assert list(rows[0]) == list(ACTION_COLUMNS)
    assert [(r["action_id"], r["overdue_days"]) for r in rows] == [("A2", "120"), ("A8", "89"), ("A4", "242")]
    assert [r["action_id"] for r in json.loads(
        ocgnet("plan", "overdue", tmp_path, *judged, "--owner", "ds a", "--format", "json").partition("\n}\n")[0] + "}"
    )["overdue"]] == ["A2", "A8"]  # fmt: skip
    assert [a.people for a in acts(log_file)] == [{"N1", "N2"}] * 3
    shown = ocgnet("plan", "show", tmp_path, "Ash", *judged)
    assert "P1 for group G1 (Group Ash)" in shown
    assert "Its review is overdue by 90 days." in shown
    assert "A8  overdue by 89 days, due 01/01/2019: Visit (about person N1) (DS A, police)" in shown
    assert "All 2 open actions of P1 are pursue: nothing that is open prevents, protects or prepares." in shown
    assert "01/02/2018 minor, pursue, no agency" in shown
    assert "20/11/2018 C4 undo of C3 A2, by DI: why" in shown
    assert "79% went to pursue" in shown
    whole = json.loads(ocgnet("plan", "show", tmp_path, *judged, "--format", "json").partition("\n}\n")[0] + "}")
    assert [p["plan_id"] for p in whole["plans"]] == ["P1", "P2", "P3"]
    assert [a["action_id"] for a in whole["outside_plans"]] == ["A6", "A7"]
    assert whole["plans"][0]["actions"][1]["hours"] is None, "not recorded is not zero"
    money = json.loads(ocgnet("plan", "balance", tmp_path, *judged, "--format", "json").partition("\n}\n")[0] + "}")
    assert money["by_strand"][1] == {"strand": "prevent", "actions": 0, "open": 0, "overdue": 0, "done": 0,
                                     "hours": None, "with_hours": 0, "cost": None, "with_cost": 0}  # fmt: skip
    ocgnet("load", tmp_path, "--store", tmp_path / "s.duckdb", "--rejects", tmp_path / "no.csv")
    stored = ocgnet("plan", "show", tmp_path / "s.duckdb", *judged, "--format", "json").partition("\n}\n")[0]
    assert json.loads(stored + "}") == whole, "a store answers as the folder does"
    assert "No plan, group, person, thing or threat Nobody" in ocgnet("plan", "show", tmp_path, "Nobody", code=2)


def test_no_sign_of_a_record_acts_on_the_page(paper, tmp_path: Path) -> None:
    """Neither markup nor a sign that turns the direction of writing, wherever a record is free to hold one."""
    sign = "\u202e<b>&"
    rows = FILES["plan_actions"].replace("Warrant", sign).replace("DS A", sign).replace("police", f"police{sign}")
    plans = FILES["plans"].replace("End supply", sign).replace("DI Lead", sign)
    changes = FILES["plan_changes"].replace("why", sign).replace("DI,", f"{sign},")
    dataset = dataset_of(tmp_path, plan_actions=rows, plans=plans, plan_changes=changes)
    shown = plans_on(dataset, date(2019, 3, 31))
    sheets = [sheet_of_plan(dataset, shown, row) for row in shown.plans.to_dict("records")]
    page = plans_page(dataset, shown, [*sheets, *sheets_outside(dataset, shown)], gaps_in(dataset, shown))
    assert "\u202e" not in page
    assert "<b>" not in page
    assert page.count("&lt;b&gt;&amp;") >= 10


def test_a_page_of_all_plans_opens_without_a_complaint_and_says_what_they_lack(
    browser, tmp_path: Path, log_file
) -> None:
    page = tmp_path / "plans.html"
    ocgnet("plan", "show", COUNTY, "--out", page)
    [act] = acts(log_file)
    assert (act.kind, act.facts["files"]) == ("export", [str(page)])
    browser.open(page)
    assert browser.complaints() == []
    assert browser.left() == []
    text = browser.run("return document.body.innerText")
    plans = plans_on(check(COUNTY).dataset, date(2019, 3, 31))
    live, late = int((plans.actions["state"] == "open").sum()), len(plans.overdue)
    assert f"{late} of {live} open actions" in browser.run("return document.querySelector('h1').innerText")
    assert len(browser.run("return [...document.querySelectorAll('.sheet')]")) >= len(plans.plans)
    for plan in plans.plans["plan_id"]:
        assert f"{plan} for " in text
    assert text.count("OFFICIAL-SENSITIVE") >= 2
    assert "National Audit Office" in text
    assert "Before acting on this" in text
