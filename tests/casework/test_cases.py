"""Cases: what is on the page stands in the rows, what is overdue is worked on paper, and the list is an oracle's."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.audit.read import acts
from ocgnet.casework.cases.case_page import plain_lines, view_of
from ocgnet.casework.cases.case_records import NAMED_IN, CaseRecords
from ocgnet.casework.cases.cases import around, case_list, case_of
from ocgnet.casework.cases.one_case import latest_stage
from ocgnet.casework.cases.overdue import OVERDUE
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.dataset import Dataset
from ocgnet.errors import RecordError, UsageError
from ocgnet.evidence.restricted import in_use
from ocgnet.model import TABLES
from ocgnet.model.columns import Kind
from ocgnet.model.response import MEETING_KINDS, NRM_STAGES, ORDER_KINDS
from ocgnet.settings import Settings

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DAY = date(2019, 3, 31)

ADDED = {
    "services": """service_id,name,agency,kind
S1,MET team,county council,missing_exploited_trafficked
S2,Adults team,county council,adult_services
S3,Youth offending team,youth justice,youth_justice
""",
    "assignments": """person_id,service_id,from_date,to_date,owner
C2,S1,2018-12-28,,Worker One
C2,S3,2018-06-01,2018-11-30,Worker Two
C3,S3,2018-10-01,,
""",
    "case_meetings": """person_id,held_on,kind,attended,decisions,next_on
C2,2019-01-03,strategy,police|council,Section 47 enquiry,2019-02-01
C2,2019-04-10,exploitation,,Secret of the future,
""",
    "orders": """order_id,kind,person_id,thing_id,protects,issued_by,from_date,to_date,breached_on
OR1,emergency_protection_order,C2,,C2,family court,2018-12-28,2019-01-05,
OR2,child_abduction_warning_notice,N07,,C2,police,2019-01-10,,2019-02-02
""",
    "nrm_stages": """person_id,stage,decided_on,exploitation
C2,referred,2018-12-28,criminal
C2,reasonable_grounds,2019-01-04,criminal
""",
    "child_risks": """child_id,exploitation,level,assessed_on
C2,criminal,medium,2018-12-28
C2,criminal,high,2019-02-01
C2,criminal,low,2019-05-01
""",
    "intelligence_gaps": """gap_id,question,subject_kind,subject_id,owner,raised_on,due_on,closed_on
GA1,Who drives the child?,person,C2,Officer A,2019-01-05,2019-02-01,
GA2,Which school?,person,C2,Officer A,2019-01-05,2019-02-01,2019-01-20
GA3,Where does the group meet?,group,G1,Officer A,2019-01-05,2019-02-01,
""",
    "plans": """plan_id,subject_kind,subject_id,aim,lead_responsible_officer,from_date,to_date,review_on
P1,person,C2,Keep the child safe,Officer A,2019-01-05,,2019-03-01
""",
    "plan_actions": """action_id,plan_id,strand,action,owner,agency,due_on,status,done_on
A1,P1,protect,Safety plan with school,Worker One,school,2019-02-15,open,
A2,P1,protect,Move of home,Worker One,council,2019-03-15,done,2019-03-10
""",
    "referrals": """person_id,kind,made_on,made_by,outcome
C2,mash,2018-12-27,police,assessment
C2,ictg,2019-01-15,council,pending
C2,nrm,2018-12-28,police,
""",
    "missing_episodes": """child_id,missing_from,found_at,found_where,companions,return_interview_at,\
interview_refused_on
C2,2018-12-24T20:00,2018-12-25T02:30,public park,N07,2018-12-27T10:00,
C2,2019-02-10T22:00,2019-02-11T06:00,station,,,
C2,2019-03-10T22:00,2019-03-11T06:00,,,,2019-03-13
C2,2019-03-20T22:00,2019-03-21T06:00,,,2019-03-29T10:00,
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny force with rows about two of its children."""
    place = tmp_path_factory.mktemp("cases") / "data"
    shutil.copytree(TINY, place)
    for name, text in ADDED.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    return read_dataset(folder)[0]


def records_on(dataset: Dataset, day: date = DAY) -> CaseRecords:
    return CaseRecords(dataset, day, Settings(as_of=day))


def test_what_is_overdue_is_what_paper_says(dataset: Dataset) -> None:
    found = case_of(records_on(dataset), "C2")
    # Interview: found 11 February, due 14 February. ICTG: 15 January and three days; "pending" is no outcome.
    assert [(o.what, o.on, o.due, o.days(DAY)) for o in found.overdue] == [
        ("interview", date(2019, 2, 11), date(2019, 2, 14), 45),
        ("referral", date(2019, 1, 15), date(2019, 1, 18), 72),
        ("meeting", date(2019, 2, 1), date(2019, 2, 1), 58),
        ("order", date(2018, 12, 28), date(2019, 1, 5), 85),
        ("action", date(2019, 2, 15), date(2019, 2, 15), 44),
        ("plan_review", date(2019, 3, 1), date(2019, 3, 1), 30),
    ]
    assert [o.why for o in found.overdue if o.what == "meeting"] == [
        "it was to follow the strategy meeting of 2019-01-03, and none was held since; one is arranged for 2019-04-10"
    ]
    (order,) = [o for o in found.overdue if o.what == "order"]
    assert order.why.endswith("it lasts 15 days at most (Children Act 1989, section 45), so record what followed")
    assert found.title == "C2, 15: six things are overdue, the return interview of 11 February first"
    assert found.open_because == ("missing", "service", "referral", "meeting", "order", "nrm", "plan")


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        # It ran out on 5 January 2019: the day after is the first without it, and a year later it is told no more.
        (date(2019, 1, 5), []),
        (date(2019, 1, 6), ["order"]),
        (date(2020, 1, 5), ["order"]),
        (date(2020, 1, 6), []),
    ],
)
def test_an_order_is_overdue_from_the_day_after_its_last_for_a_year(
    dataset: Dataset, day: date, kinds: list[str]
) -> None:
    late = case_of(records_on(dataset, day), "C2").overdue
    assert [o.what for o in late if o.what == "order"] == kinds


def test_each_part_says_what_it_comes_to(dataset: Dataset) -> None:
    says = {part.name: part.says for part in case_of(records_on(dataset), "C2").parts}
    assert says == {
        "referrals": "3 referrals, 1 without an outcome.",
        "services": "1 service looks after C2 now, 1 ended, owned by Worker One.",
        "meetings": "1 meeting held, last on 2019-01-03, the next on 2019-04-10.",
        "orders": "2 orders, 1 in force, 1 breached.",
        "missing": "3 in 90 days, 4 in 365 days (episodes are on record only since 2018-12-24). Repeat missing by the "
        "rule of the settings: 3 or more in 90 days.",
        "nrm": "Latest: reasonable grounds: a potential victim, since 2019-01-04.",
        "risks": "Sexual exploitation: not assessed by day. Criminal exploitation: high on 2019-02-01, medium before.",
        "plans": "1 plan, 2 actions, 1 still to be done.",
        "gaps": "2 gaps, 1 open.",
    }  # fmt: skip


def test_an_interview_refused_late_or_absent_are_told_apart(dataset: Dataset) -> None:
    missing = next(p for p in case_of(records_on(dataset), "C2").parts if p.name == "missing")
    assert [e.more.partition("; ")[0] for e in missing.entries] == [
        "return interview held later than 72 hours",
        "return interview refused on 2019-03-13",
        "no return interview recorded, and 72 hours have passed",
        "return interview held within 72 hours",
    ]


def test_whoever_turns_eighteen_stays_a_case_with_a_hand_over_to_say(dataset: Dataset) -> None:
    grown = case_of(records_on(dataset), "C3")
    assert (grown.person.age, grown.person.child) == (18, False)
    assert grown.open_because == ("service",)
    assert [o.what for o in grown.overdue] == ["hand_over"]
    assert grown.hand_over == (
        "C3 turned 18 on 2019-03-31: no service for adults is assigned; the case stays a case."
    )  # fmt: skip
    before = case_of(records_on(dataset, date(2019, 3, 1)), "C3")
    assert before.hand_over == "C3 turns 18 on 2019-03-31, in 30 days: no service for adults is assigned."
    assert before.overdue == ()
    assert case_of(records_on(dataset, date(2018, 9, 29)), "C3").hand_over == ""
    taken = with_rows(dataset, "assignments", {"person_id": "C3", "service_id": "S2", "from_date": date(2019, 3, 1)})
    after = case_of(records_on(taken), "C3")
    assert after.overdue == ()
    assert "a service for adults is assigned: Adults team (S2; county council, adult services)" in after.hand_over


def test_a_negative_decision_is_no_victim_and_what_comes_after_is_said(dataset: Dataset) -> None:
    refused = with_rows(dataset, "nrm_stages", {"person_id": "C2", "stage": "negative", "decided_on": date(2019, 2, 1)})
    assert nrm_says(refused) == "Latest: negative decision: decided to be no victim, since 2019-02-01."
    again = {"person_id": "C2", "stage": "reasonable_grounds", "decided_on": date(2019, 3, 1)}
    assert nrm_says(with_rows(refused, "nrm_stages", again)) == (
        "Latest: reasonable grounds: a potential victim, since 2019-03-01. It came after a negative decision on "
        "2019-02-01."
    )
    assert "nrm" not in case_of(records_on(refused), "C2").open_because
    undated = {"person_id": "C2", "stage": "conclusive_grounds", "decided_on": None}
    assert nrm_says(with_rows(dataset, "nrm_stages", undated)).endswith("so a later one may be recorded.")
    assert latest_stage([undated | {"stage": "referred"}, undated]) == (None, False)


def nrm_says(dataset: Dataset) -> str:
    return next(p.says for p in case_of(records_on(dataset), "C2").parts if p.name == "nrm")


def test_a_missing_table_is_not_known_and_never_none(dataset: Dataset) -> None:
    tables = {n: t for n, t in dataset.tables.items() if n in dataset.given - {"assignments", "case_meetings"}}
    bare = Dataset.of(tables, dataset.about)
    says = {p.name: p.says for p in case_of(records_on(bare), "C2").parts}
    assert says["services"] == "Not known: these records hold no table assignments."
    assert says["meetings"] == "Not known: these records hold no table case_meetings."
    assert case_list(bare, DAY, Settings(as_of=DAY)).without == ("assignments", "case_meetings")
    assert "whether a service for adults is assigned is not known" in case_of(
        records_on(bare), "C3"
    ).hand_over or "C3" not in records_on(bare).people  # fmt: skip


def test_the_adults_are_those_that_children_names(dataset: Dataset) -> None:
    asked = Settings(as_of=DAY)
    links = safeguard(dataset, asked).links
    theirs = {(r.nominal_id, r.ocg_id, r.basis) for r in links[links["child_id"] == "C2"].itertuples()}
    concerns = around(dataset, asked, "C2", DAY).rows["concerns"]
    assert {(r["adult_id"], r["ocg_id"]) for r in concerns} == {(n, o) for n, o, _ in theirs}
    assert len(concerns) == len(theirs) == 3


def test_a_link_that_rests_on_an_overdue_or_restricted_record_says_so(dataset: Dataset) -> None:
    marks = {"N06": {"review_due": date(2019, 1, 1)}, "N07": {"restricted_on": date(2019, 1, 1)}}
    rows = [r | marks.get(r["nominal_id"], {}) for r in dataset["nominals"].to_pylist()]
    marked = in_use(dataset.changed({"nominals": pa.Table.from_pylist(rows, TABLES["nominals"].schema)}))
    records = records_on(marked)
    view = view_of(records, case_of(records, "C2"), around(marked, Settings(as_of=DAY), "C2", DAY))
    adults = next(s for s in view.sections if s.title == "Adults linked")
    said = " ".join(line.more for line in adults.lines)
    assert "the guardian's record is overdue for review since 01/01/2019" in said
    assert "name withheld, because processing is restricted" in said
    assert "N07" not in str(view)


def with_rows(dataset: Dataset, name: str, *rows: dict[str, Any]) -> Dataset:
    more = pa.Table.from_pylist(list(rows), schema=TABLES[name].schema)
    whole = Dataset.of({name: pa.concat_tables([dataset[name], more])})[name]
    return dataset.changed({name: whole})


def test_the_county_has_the_cases_that_were_planted() -> None:
    """What the code that drew the county says of it, beside what the list finds."""
    county = TINY.parent / "county"
    answers = {
        cells[1].strip(): cells[3].split()
        for line in (county.parent / "county_answers.md").read_text(encoding="utf-8").splitlines()
        if len(cells := line.split("|")) == 5
    }
    cases = case_list(read_dataset(county)[0], DAY, Settings(as_of=DAY)).cases
    by_id = {c.person.id: c for c in cases}
    grown = {i for i, c in by_id.items() if c.person.age == 18}
    assert grown == set(answers["turned eighteen while a case was open"])
    alone = {i for i, c in by_id.items() if "service" in c.open_because and not c.owners}
    assert alone == set(answers["people none of whose open cases has an owner"])
    unowned = {i for i, c in by_id.items() if any(not owner for _, owner in c.assigned)}
    assert unowned == set(answers["people with an open case that has no owner"])
    late = {i for i, c in by_id.items() if any(o.what == "meeting" for o in c.overdue)}
    assert late == set(answers["people whose next meeting is overdue"])
    assert not {i for i, c in by_id.items() if c.services} & set(
        answers["children of members, referred or missing with one, in no case"]
    )  # fmt: skip
    for stage in ("conclusive grounds", "negative"):
        stages = {i for i, c in by_id.items() if c.stage == stage.replace(" ", "_")}
        assert stages <= set(answers[f"referral mechanism: {stage}"])


# Laws over made-up records.

PEOPLE = ("C1", "C2", "C3", "C4")
days_of = st.sampled_from((366, 365, 364, 200, 91, 90, 89, 30, 4, 3, 2, 1, 0, -1, -20)).map(
    lambda ago: DAY - timedelta(days=ago)
)
"""Days at and beside every limit that a rule has, and some between."""
maybe = lambda values: st.none() | values  # noqa: E731


@st.composite
def made_up(draw: st.DrawFn) -> Dataset:
    """Draw some rows of every table of cases; ids may repeat people, days lie on both sides of ``DAY``."""
    who = st.sampled_from(PEOPLE)

    def rows(table: str, /, **cells: st.SearchStrategy[Any]) -> pa.Table:
        drawn = draw(st.lists(st.fixed_dictionaries(cells), max_size=4))
        identity = TABLES[table].identity
        once = {tuple(r.get(c) for c in identity): r for r in drawn}
        return pa.Table.from_pylist(list(once.values()), schema=TABLES[table].schema)

    def ends(t: pa.Table, first: str, *later: str) -> pa.Table:
        kept = [r for r in t.to_pylist() if all(r[n] is None or r[first] is None or r[n] >= r[first] for n in later)]
        return pa.Table.from_pylist(kept, schema=t.schema)

    moments = days_of.map(lambda d: datetime(d.year, d.month, d.day, 20))
    subject = st.sampled_from((*PEOPLE, "G1"))
    plans = rows("plans", plan_id=st.sampled_from(("P1", "P2")), subject_id=subject, from_date=maybe(days_of),
                 to_date=maybe(days_of), review_on=maybe(days_of))  # fmt: skip
    kind = pa.array(["group" if s == "G1" else "person" for s in plans["subject_id"].to_pylist()], pa.string())
    plans = plans.set_column(plans.column_names.index("subject_kind"), plans.schema.field("subject_kind"), kind)
    actions = rows("plan_actions", action_id=st.sampled_from(("A1", "A2", "A3")), plan_id=st.sampled_from(("P1", "P2")),
                   nominal_id=maybe(who), strand=st.just("protect"), action=st.just("do"), due_on=maybe(days_of),
                   status=maybe(st.sampled_from(("open", "done", "dropped"))))  # fmt: skip
    tables = {
        "children": pa.Table.from_pylist(
            [{"child_id": c, "date_of_birth": draw(st.sampled_from((None, date(2001, 3, 31), date(2001, 4, 1))))}
             for c in PEOPLE], schema=TABLES["children"].schema),
        "services": rows("services", service_id=st.just("S1"), name=st.just("Team"),
                         kind=maybe(st.just("adult_services"))),
        "assignments": ends(rows("assignments", person_id=who, service_id=st.sampled_from(("S1", "S2")),
                                 from_date=maybe(days_of), to_date=maybe(days_of), owner=maybe(st.just("W"))),
                            "from_date", "to_date"),
        "case_meetings": ends(rows("case_meetings", person_id=who, held_on=days_of,
                                   kind=st.sampled_from(MEETING_KINDS[:2]), next_on=maybe(days_of)),
                              "held_on", "next_on"),
        "orders": ends(rows("orders", order_id=st.sampled_from(("O1", "O2", "O3")),
                            kind=st.sampled_from(ORDER_KINDS[:2]), person_id=who, protects=maybe(who),
                            from_date=days_of, to_date=maybe(days_of)),
                       "from_date", "to_date"),
        "nrm_stages": rows("nrm_stages", person_id=who, stage=st.sampled_from(NRM_STAGES), decided_on=maybe(days_of)),
        "referrals": rows("referrals", person_id=who, kind=st.sampled_from(("mash", "nrm", "cpi")), made_on=days_of,
                          outcome=maybe(st.sampled_from(("done", "pending")))),
        "missing_episodes": ends(rows("missing_episodes", child_id=who, missing_from=moments, found_at=maybe(moments),
                                      return_interview_at=maybe(moments)),
                                 "missing_from", "found_at", "return_interview_at"),
        "plans": ends(plans, "from_date", "to_date"),
        "plan_actions": actions,
    }  # fmt: skip
    return Dataset.of(tables)


DATED = {"referrals": "made_on", "assignments": "from_date", "orders": "from_date", "nrm_stages": "decided_on",
         "missing_episodes": "missing_from", "plans": "from_date"}  # fmt: skip


def rows_about(dataset: Dataset) -> dict[str, dict[str, bool]]:
    """Return by person and record of a row about somebody whether it was known on ``DAY``, by pandas."""
    known: dict[str, dict[str, bool]] = {person: {} for person in PEOPLE}
    plans = dataset["plans"].to_pandas()
    of_plan = dict(plans[plans["subject_kind"] == "person"][["plan_id", "subject_id"]].to_numpy().tolist())
    for name, columns in NAMED_IN.items():
        frame = dataset[name].to_pandas().astype(object)
        for row in frame.where(frame.notna(), None).to_dict("records"):
            about = {row[c] for c in columns if c != "subject_id" or row["subject_kind"] == "person"} - {None}
            if name == "plan_actions" and not (row["subject_id"] or row["ocg_id"] or row["nominal_id"]):
                about = {of_plan[row["plan_id"]]} if row["plan_id"] in of_plan else set()
            key = [row[c] for c in TABLES[name].identity]
            text = ["" if k is None else f"{k:%Y-%m-%dT%H:%M}" if isinstance(k, datetime) else str(k) for k in key]
            on = row.get(DATED.get(name, ""))
            there = on is None or pd.Timestamp(on) < pd.Timestamp(DAY) + pd.Timedelta(days=1)
            for person in about:
                known[person]["/".join((name, *text))] = there
    return known


@settings(max_examples=30, deadline=None)
@given(made_up())
def test_every_row_about_somebody_stands_on_the_page_and_nothing_else_does(dataset: Dataset) -> None:
    records, every = records_on(dataset), rows_about(dataset)
    for person, about in every.items():
        found = case_of(records, person)
        shown = [r for part in found.parts for e in part.entries for r in e.records]
        assert sorted(shown) == sorted(r for r, known in about.items() if known)
        assert found.later == sum(not known for known in about.values())
        assert {o.record for o in found.overdue} - {""} <= set(shown)
        assert all(o.what in OVERDUE and o.due <= DAY for o in found.overdue)


CYCLE = timedelta(days=28 * 365 + 7)
"""28 years: weekdays, leap years and the nights on which clocks change come again."""


def shifted(dataset: Dataset) -> Dataset:
    tables = {}
    for name, given_table in dataset.tables.items():
        t = given_table
        for column in TABLES[name].columns:
            if t.num_rows and column.kind in (Kind.DATE, Kind.MOMENT):
                cells = [None if c is None else c + CYCLE for c in t[column.name].to_pylist()]
                place = t.column_names.index(column.name)
                t = t.set_column(place, t.schema.field(place), pa.array(cells, t.schema.field(place).type))
        tables[name] = t
    return Dataset.of({n: t for n, t in tables.items() if n in dataset.given})


@settings(max_examples=25, deadline=None)
@given(made_up())
def test_shifting_every_date_and_the_day_shifts_nothing_else(dataset: Dataset) -> None:
    now = case_list(dataset, DAY, Settings(as_of=DAY))
    then = case_list(shifted(dataset), DAY + CYCLE, Settings(as_of=DAY + CYCLE))
    assert now.counts() == then.counts()
    assert now.by_owner() == then.by_owner()
    for one, other in zip(now.cases, then.cases, strict=True):
        assert (one.person.id, one.person.age, one.open_because) == (
            other.person.id,
            other.person.age,
            other.open_because,
        )
        assert [(o.what, o.days(DAY)) for o in one.overdue] == [(o.what, o.days(DAY + CYCLE)) for o in other.overdue]
        assert (one.repeat_missing, one.stage, one.assigned) == (other.repeat_missing, other.stage, other.assigned)


ORACLE = """
WITH day AS (SELECT DATE '2019-03-31' AS d),
who AS (SELECT child_id AS p, date_of_birth IS NULL OR date_of_birth + INTERVAL 18 YEAR > d AS child
    FROM children, day),
services AS (SELECT person_id AS p FROM assignments, day
    WHERE coalesce(from_date, d) <= d AND coalesce(to_date, d) >= d),
referral AS (SELECT person_id AS p, made_on FROM referrals r, day
    WHERE made_on <= d AND kind <> 'cpi' AND coalesce(outcome, 'pending') = 'pending'
    AND NOT (kind = 'nrm' AND EXISTS (FROM nrm_stages n
        WHERE n.person_id = r.person_id AND stage <> 'referred' AND decided_on BETWEEN made_on AND d))),
late_meeting AS (SELECT person_id AS p FROM case_meetings m, day
    WHERE held_on <= d AND next_on < d AND NOT EXISTS (FROM case_meetings o WHERE o.person_id = m.person_id
        AND o.held_on <= d AND o.held_on > m.held_on AND (o.kind = m.kind OR o.held_on >= m.next_on))),
meeting AS (SELECT person_id AS p FROM case_meetings, day WHERE held_on > d OR next_on >= d UNION FROM late_meeting),
ours AS (SELECT person_id AS p, o.* FROM orders o, day WHERE from_date <= d
    UNION SELECT protects, o.* FROM orders o, day WHERE from_date <= d AND protects IS NOT NULL),
force AS (SELECT p FROM ours JOIN who USING (p), day WHERE coalesce(to_date, d) >= d AND (protects = p OR child)),
stages AS (SELECT person_id AS p, arg_max(stage, (decided_on, list_position(
        ['referred', 'reasonable_grounds', 'conclusive_grounds', 'negative'], stage)))
        FILTER (decided_on IS NOT NULL) AS dated, any_value(stage) AS one, count(*) AS n
    FROM nrm_stages, day WHERE coalesce(decided_on, d) <= d GROUP BY 1),
nrm AS (SELECT p FROM stages WHERE coalesce(dated, CASE WHEN n = 1 THEN one ELSE 'referred' END)
    IN ('referred', 'reasonable_grounds')),
going AS (SELECT subject_id AS p, review_on FROM plans, day
    WHERE subject_kind = 'person' AND coalesce(from_date, d) <= d AND coalesce(to_date, d) >= d),
action AS (SELECT coalesce(nominal_id, subject) AS p, due_on FROM (
    SELECT a.*, (SELECT l.subject_id FROM plans l WHERE l.plan_id = a.plan_id AND subject_kind = 'person') AS subject
    FROM plan_actions a) WHERE coalesce(status, 'open') = 'open' AND coalesce(nominal_id, subject) IS NOT NULL),
planned AS (SELECT p FROM (SELECT p FROM going UNION SELECT p FROM action) JOIN who USING (p) WHERE child),
open AS (FROM services UNION SELECT p FROM referral UNION FROM meeting UNION FROM force UNION FROM nrm
    UNION FROM planned)
SELECT p, 'open' AS what, count(*) AS n FROM open GROUP BY 1
UNION ALL SELECT p, 'referral', count(*) FROM referral, day WHERE made_on + 3 < d GROUP BY 1
UNION ALL SELECT p, 'meeting', count(*) FROM late_meeting GROUP BY 1
UNION ALL SELECT p, 'order', count(*) FROM ours o, day WHERE to_date < d AND to_date >= d - 365 AND p IN (FROM open)
    AND NOT EXISTS (FROM ours s WHERE s.p = o.p AND s.kind = o.kind AND s.person_id = o.person_id
        AND s.protects IS NOT DISTINCT FROM o.protects AND coalesce(s.to_date, DATE '9999-01-01') > o.to_date)
    GROUP BY 1
UNION ALL SELECT p, 'action', count(*) FROM action, day WHERE due_on < d GROUP BY 1
UNION ALL SELECT p, 'plan_review', count(*) FROM going, day WHERE review_on < d GROUP BY 1
"""
"""Who has an open case, missing episodes aside, and how much of each kind is overdue, in the words of a database."""


@settings(max_examples=15, deadline=None)
@given(made_up())
def test_the_list_is_what_a_database_counts(dataset: Dataset) -> None:
    calm = dataset.changed({"missing_episodes": TABLES["missing_episodes"].schema.empty_table()})
    with duckdb.connect() as db:
        for name in ("children", *NAMED_IN):
            db.register(name, calm[name])
        expected = {(p, what): n for p, what, n in db.sql(ORACLE).fetchall()}
    cases = case_list(calm, DAY, Settings(as_of=DAY))
    found = {(c.person.id, "open"): 1 for c in cases.cases}
    records = records_on(calm)
    for person in PEOPLE:
        late = Counter(o.what for o in case_of(records, person).overdue)
        found |= {(person, what): n for what, n in late.items() if what != "hand_over"}
    assert found == expected
    assert [c.person.id for c in cases.cases] == sorted(
        (c.person.id for c in cases.cases),
        key=lambda p: (-len(next(c for c in cases.cases if c.person.id == p).overdue), p),
    )


# The command.


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_shows_lists_and_tells_the_log(folder: Path, log_file: Path, tmp_path: Path) -> None:
    text = run("case", "C2", "--folder", folder)
    assert "C2, 15: six things are overdue, the return interview of 11 February first." in text
    assert "Secret of the future" not in text
    document = json.loads(run("case", "C2", "--folder", folder, "--format", "json"))
    assert [o["what"] for o in document["overdue"]][:2] == ["interview", "referral"]
    page = tmp_path / "case.html"
    run("case", "C2", "--folder", folder, "--out", page)
    html = page.read_text(encoding="utf-8")
    assert html.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") == 3
    assert "six things are overdue" in html
    rows = list(csv.DictReader(run("case", "--list", "--folder", folder, "--format", "csv").splitlines()))
    assert [(r["person_id"], r["owners"], r["overdue"]) for r in rows] == [("C2", "Worker One", "6"), ("C3", "", "1")]
    chosen = json.loads(run("case", "--list", "--no-owner", "--folder", folder, "--format", "json"))
    assert [c["person_id"] for c in chosen["cases"]] == ["C3"]
    assert chosen["counts"]["open"] == 2
    by_name = json.loads(run("case", "--list", "--service", "met TEAM", "--folder", folder, "--format", "json"))
    assert [c["person_id"] for c in by_name["cases"]] == ["C2"]
    shown, _, exported, *lists = acts(log_file)
    assert (shown.kind, exported.kind) == ("read", "export")
    assert {"C2", "N06", "N07", "N01"} <= set(shown.people)
    assert [set(a.people) for a in lists] == [{"C2", "C3"}, {"C3"}, {"C2"}]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("case",), "Name the person whose case it is"),
        (("case", "C2", "--list"), "Leave one of the two out"),
        (("case", "C2", "--no-owner"), "add --list"),
        (("case", "--list", "--service", "S7"), "there is no service S7"),
        (("case", "C9"), "No person C9 in these records"),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(folder: Path, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(*words, "--folder", folder)


def test_a_broken_row_about_somebody_else_is_said_and_stops_nobody(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "data"
    shutil.copytree(folder, place)
    (place / "assignments.csv").write_text(ADDED["assignments"] + "C1,S1,yesterday,,X\n", encoding="utf-8")
    printed = " ".join(run("case", "C2", "--folder", place).split())
    assert "assignments: 1 of 4 rows (25%) could not be read" in printed
    listed = CliRunner().invoke(app, ["case", "--list", "--folder", str(place)])
    assert "Left out: assignments: 1 of 4 rows (25%) could not be read." in listed.output
    with pytest.raises(RecordError):
        run("case", "C1", "--folder", place)


def test_a_store_gives_the_same_case(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "cases.duckdb"
    run("load", folder, "--store", store)
    for words in (("case", "C2", "--format", "json"), ("case", "--list", "--format", "csv")):
        assert run(*words, "--store", store) == run(*words, "--folder", folder)


def test_restricted_and_overdue_people_are_counted_and_said(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "data"
    shutil.copytree(folder, place)
    more = "N10,S1,2018-12-28,,Worker Three\nN08,S1,2018-12-28,,Worker Three\n"
    (place / "assignments.csv").write_text(ADDED["assignments"] + more, encoding="utf-8")
    run("review", "restrict", "N08", "--because", "accuracy", "--by", "A", "--reason", "b", "--folder", place)
    document = json.loads(run("case", "--list", "--folder", place, "--format", "json"))
    # N10's review was due on 1 January 2019; N08 is restricted.
    assert [c["person_id"] for c in document["cases"]] == ["C2", "C3"]
    assert (document["counts"]["restricted"], document["counts"]["overdue_for_review"]) == (1, 1)
    assert "N08" not in json.dumps(document)
    by_id = json.loads(run("case", "N10", "--folder", place, "--format", "json"))
    assert [o["what"] for o in by_id["overdue"]] == ["review"]
    with pytest.raises(UsageError, match="Processing of N08 is restricted"):
        run("case", "N08", "--folder", place)


def test_what_a_record_says_cannot_act(dataset: Dataset) -> None:
    attack = "<script>alert(1)</script>\x1b[31m\u202e"
    told = with_rows(dataset, "case_meetings", {"person_id": "C2", "held_on": date(2019, 3, 1), "kind": "missing",
                                                "decisions": attack})  # fmt: skip
    records = records_on(told)
    view = view_of(records, case_of(records, "C2"), around(told, Settings(as_of=DAY), "C2", DAY))
    assert "\x1b" not in str(plain_lines(view))
    from ocgnet.casework.cases.case_page import case_html

    assert "<script" not in case_html(view)
    assert "&lt;script&gt;" in case_html(view)
