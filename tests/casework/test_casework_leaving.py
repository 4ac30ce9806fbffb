"""Which reports may leave, what a pack may tell of gaps, and the numbers of a summary; worked by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import planted_folder as planted
import pytest
from allowed_columns import ALLOWED
from filled_forms import table

from ocgnet.casework.child_records import ChildRecords, child_records
from ocgnet.casework.disclosure.disclose import Request, disclosure
from ocgnet.casework.disclosure.pack import summary_of
from ocgnet.casework.may_leave import may_know, may_leave, people_held
from ocgnet.casework.recipients import PACK_TABLES, RECIPIENTS, ROUTES
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.model import PERSON_TABLES, Sensitivity
from ocgnet.model.columns import ACES
from ocgnet.model.things import THING_TABLES
from ocgnet.settings import Settings

DAY = date(2019, 3, 31)
EXACT = Settings(rounded_to=1)


def one_report(**fields: object) -> Dataset:
    return Dataset.of({"intel_reports": table("intel_reports", {"report_id": "R"} | fields)})


@pytest.mark.parametrize(
    ("scheme", "code", "conditions", "police", "partner"),
    [
        ("3x5x2", "P", None, True, True),
        ("3x5x2", "C", None, False, False),
        ("3x5x2", "P", "ask first", False, False),
        ("5x5x5", "1", None, True, False),
        ("5x5x5", "2", None, True, True),
        ("5x5x5", "3", None, False, False),
        ("5x5x5", "4", None, False, False),
        ("5x5x5", "5", None, False, False),
        ("3x5x2", None, None, False, False),
        (None, None, None, False, False),
    ],
)
def test_a_handling_code_is_read_under_its_own_scheme(
    scheme: str | None, code: str | None, conditions: str | None, police: bool, partner: bool
) -> None:
    records = one_report(grading_scheme=scheme, handling_code=code, handling_conditions=conditions)
    for audience, leaves in (("police", police), ("partner", partner)):
        assert bool(may_leave(records, audience, DAY).dataset["intel_reports"].num_rows) == leaves
        assert may_leave(records, audience, DAY, ["R"]).dataset["intel_reports"].num_rows == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"source_grade": "3"}, "graded as unreliable or suspected false"),
        ({"intelligence_grade": "E"}, "graded as unreliable or suspected false"),
        ({"review_due": date(2019, 3, 30)}, "review overdue"),
        ({"review_due": date(2019, 3, 31)}, ""),
        ({"source_grade": "2", "intelligence_grade": "D"}, ""),
    ],
)
def test_a_condition_that_is_met_does_not_mend_a_grade_or_a_review(fields: dict[str, object], why: str) -> None:
    records = one_report(**{"grading_scheme": "3x5x2", "handling_code": "P"} | fields)
    assert list(may_leave(records, "partner", DAY, ["R"]).held.values()) == ([why] if why else [])


def test_a_link_to_a_report_that_nobody_has_stays_behind() -> None:
    records = Dataset.of({"intel_links": table("intel_links", {"person_id": "A", "report_id": "GONE"})})
    leaving = may_leave(records, "police", DAY)
    assert leaving.dataset["intel_links"].num_rows == 0
    police, school = RECIPIENTS["police"], RECIPIENTS["education"]
    assert [(w.why, w.count) for w in leaving.held_from(police, ["A"])] == [("its handling code is not known", 1)]
    assert leaving.held_from(police, ["B"]) == ()
    assert leaving.held_from(school, ["A"]) == (), "a school does not learn that there are reports"


@pytest.mark.parametrize(("table_name", "held"), [("nominals", True), ("people", True), ("children", False)])
def test_whose_review_is_overdue_stays_behind_and_a_child_s_never_takes_a_child_away(
    table_name: str, held: bool
) -> None:
    key = PERSON_TABLES[table_name]
    rows = ({key: person, "review_due": due} for person, due in (("A", date(2019, 3, 30)), ("B", DAY), ("C", None)))
    records = Dataset.of({table_name: table(table_name, *rows)}, About(as_of=DAY))
    assert dict(people_held(records, DAY)) == ({"A": "record overdue for review"} if held else {})
    assert dict(people_held(records, None)) == {}


def gathered(records: Dataset, *children: str) -> ChildRecords:
    settings = Settings()
    return child_records(may_know(records), period_of(records, settings), settings, children)


def test_a_recipient_does_not_learn_of_gaps_in_what_it_does_not_see() -> None:
    from ocgnet.casework.disclosure.pack import cut_tables

    records = Dataset.of({"children": table("children", {"child_id": "A"})}, About(as_of=DAY))
    everything = gathered(records, "A")
    told = {}
    for name, audience in (RECIPIENTS | ROUTES).items():
        told[name] = {row[1] for t in cut_tables(everything, audience).tables if t.name == "unknown" for row in t.rows}
    aces = f"{len(ACES)} of the {len(ACES)} adverse childhood experiences: neither seen nor ruled out"
    born = "date of birth; the child counts as under 18"
    risk = "risk of criminal exploitation: no assessment is recorded"
    assert {aces, born, risk, "who cares for the child", "school"} <= told["mash"]
    assert told["ictg"] == {born, "school", "whether there is a social worker"}
    assert aces not in told["nrm"] | told["police"]
    assert risk in told["nrm"] & told["police"]
    assert told["education"] == told["housing"] == set()


def test_two_crimes_that_read_alike_stay_two() -> None:
    crimes = ({"crime_id": c, "offence": "Assault", "recorded_on": date(2018, 9, 1)} for c in "KL")
    links = ({"person_id": "A", "crime_id": c, "link_role": "victim"} for c in "KL")
    records = Dataset.of(
        {
            "children": table("children", {"child_id": "A", "date_of_birth": date(2008, 1, 1)}),
            "crimes": table("crimes", *crimes),
            "crime_links": table("crime_links", *links),
        },
        About(as_of=DAY),
    )
    pack, _ = disclosure(records, Request("childrens-services", ("A",), "x", "y"), Settings())
    assert [len(t.rows) for t in pack.tables if t.name == "crimes"] == [2]


def test_a_school_that_is_not_on_record_gets_no_pack() -> None:
    records = Dataset.of({"children": table("children", {"child_id": "A", "date_of_birth": date(2008, 1, 1)})})
    with pytest.raises(UsageError, match="there is nobody to send this to"):
        disclosure(records, Request("education", ("A",), "x", "y"), Settings())


def test_a_summary_worked_by_hand() -> None:
    """12 children: 6 in Easter, 4 in Norther, 1 each in Souther and Wester; 5 of age 4, 7 of age 14; 1 was missing."""
    places = ["Easter"] * 6 + ["Norther"] * 4 + ["Souther", "Wester"]
    births = [date(2015, 1, 1)] * 5 + [date(2005, 1, 1)] * 7
    ids = [f"C{i:02}" for i in range(12)]
    records = Dataset.of(
        {
            "children": table(
                "children",
                *(
                    {"child_id": c, "district": d, "date_of_birth": b}
                    for c, d, b in zip(ids, places, births, strict=True)
                ),
            ),
            "missing_episodes": table("missing_episodes", {"child_id": "C00", "missing_from": datetime(2018, 9, 1)}),
        },
        About(as_of=DAY),
    )
    summary = summary_of(gathered(records, *ids), EXACT)
    assert summary.children == 12
    # Norther, Souther and Wester are small; their sum, 6, is under twice five, so Easter goes with them: all hidden.
    assert summary.breakdowns["district"] == {"other districts": 12}
    ages = {"under 10": 5, "10 to 12": 0, "13 to 15": 7, "16 or 17": 0, "not known": 0}
    assert summary.breakdowns["age"] == ages
    # One child went missing; the 11 who did not would give that away.
    assert summary.breakdowns["missing episodes in the period"] == {"none": None, "one": None, "two or more": 0}
    assert set(summary.breakdowns["why they came to notice (one child may count several times)"].values()) == {0}
    assert summary_of(gathered(records, *ids[:4]), EXACT).rows() == [("all", "children", "not shown")]


def test_large_counts_are_printed_as_they_are() -> None:
    """40 children: 20 in Easter and 20 in Wester, all of 14, none missing."""
    ids = [f"C{i:02}" for i in range(40)]
    rows = ({"child_id": c, "date_of_birth": date(2005, 1, 1), "district": "EW"[i % 2]} for i, c in enumerate(ids))
    summary = summary_of(gathered(Dataset.of({"children": table("children", *rows)}, About(as_of=DAY)), *ids), EXACT)
    assert summary.breakdowns["district"] == {"E": 20, "W": 20}


def test_counts_are_rounded_after_small_ones_are_hidden() -> None:
    """22 children, 8 in Easter and 14 in Wester: to the nearest 5 that is 20, 10 and 15."""
    ids = [f"C{i:02}" for i in range(22)]
    rows = ({"child_id": c, "date_of_birth": date(2005, 1, 1), "district": "EW"[i >= 8]} for i, c in enumerate(ids))
    records = gathered(Dataset.of({"children": table("children", *rows)}, About(as_of=DAY)), *ids)
    summary = summary_of(records, Settings())
    assert (summary.children, summary.breakdowns["district"]) == (20, {"E": 10, "W": 15})
    assert summary_of(records, Settings(least_shown=9)).breakdowns["district"] == {"other districts": 20}


def test_when_the_record_cannot_be_made_there_is_no_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import planted_folder as planted
    from typer.testing import CliRunner

    from ocgnet.cli.app import app

    monkeypatch.chdir(tmp_path)
    data = planted.write_planted(tmp_path / "data")
    (data / "referrals.csv").rename(tmp_path / "elsewhere.csv")
    (data / "referrals.csv").symlink_to(tmp_path / "elsewhere.csv")
    before = (tmp_path / "elsewhere.csv").read_bytes()
    words = [
        "refer",
        planted.CHILD,
        "--kind",
        "mash",
        "--reason",
        "x",
        "--by",
        "y",
        "--folder",
        "data",
        "--out",
        "pack",
    ]
    assert CliRunner().invoke(app, words).exit_code != 0
    assert not (tmp_path / "pack").exists()
    assert (tmp_path / "elsewhere.csv").read_bytes() == before


def test_nothing_of_things_and_no_authority_is_for_any_recipient() -> None:
    """What joins people through things stays inside: phones, addresses and accounts are other people's too."""
    own = [c for t in THING_TABLES for c in t.columns if c.refers in ("", "things")]
    of_things = {c.name for c in own if c.sensitivity is not Sensitivity.PLAIN}
    shared = {c.name for columns in PACK_TABLES.values() for c in columns}
    assert shared & of_things <= {"kind", "district"}, "kinds of referrals, districts of children"
    assert "authority_ref" not in {
        c for columns in ALLOWED.values() for cells in columns.values() for c in cells.split()
    }
    assert not {t.name for t in THING_TABLES} & set(PACK_TABLES)
    # The test can see a mark: the planted folder holds one in every text of every such table.
    marks = {m for m in planted.all_marks() if any(m.startswith(f"MK{t.name.replace('_', '')}Z") for t in THING_TABLES)}
    assert {m.split("Z")[0] for m in marks if "Zauthorityref" in m} == {
        f"MK{t.name.replace('_', '')}" for t in THING_TABLES
    }
