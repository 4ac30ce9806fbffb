"""The safeguarding cases that are worked on paper, taken to their referral and to a disclosure."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.casework.disclosure.disclose import Request, disclosure, linked_ids
from ocgnet.casework.disclosure.pack import Pack
from ocgnet.casework.disclosure.pack_files import pack_folder, write_pack
from ocgnet.casework.referral.refer import Referral, referral_pack
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.settings import Settings

CASES = Path(__file__).parent.parent.parent / "fixtures" / "safeguarding"
DAY = date(2019, 3, 31)


@pytest.fixture(scope="module")
def records() -> Dataset:
    return read_dataset(CASES)[0]


def referred(records: Dataset, person: str, kind: str = "mash") -> Pack:
    return referral_pack(records, Referral(person, kind, DAY, "DC Example", "Worried", "County Police"), Settings())


def rows(pack: Pack, table: str) -> list[dict[str, str]]:
    found = next(t for t in pack.tables if t.name == table)
    return [dict(zip((c.name for c in found.columns), row, strict=True)) for row in found.rows]


def test_suspect_and_victim_is_a_victim_first(records: Dataset) -> None:
    pack = referred(records, "C1")
    standings = [r["standing"] for r in rows(pack, "crimes")]
    assert standings[0] == "victim"
    assert set(standings) == {"victim", "suspect"}
    concerns = [r["concern"] for r in rows(pack, "concerns")]
    assert concerns[0] == "Is a victim of a crime that is linked to a recorded member of an organised crime group"
    assert any("section 45" in step for step in pack.steps)


def test_two_nominals_in_two_groups_are_two_reasons_and_no_group_is_named(records: Dataset) -> None:
    pack = referred(records, "C2")
    assert [(r["concern"].split(" of ")[0], r["how_sure"]) for r in rows(pack, "concerns")] == [
        ("Parent", "verified"),
        ("Step parent", "verification not recorded"),
    ]
    shown = str([t.rows for t in pack.tables])
    assert not [i for i in ("G1", "G2", "N1", "N2") if f"'{i}'" in shown]


def test_who_turned_18_last_week_is_no_child(records: Dataset) -> None:
    with pytest.raises(UsageError, match="N6 is 18 on 2019-03-31"):
        referred(records, "N6")
    with pytest.raises(UsageError, match="18 or over"):
        disclosure(records, Request("health", ("N6",), "x", "y"), Settings())


def test_three_experiences_known_leave_the_others_open(records: Dataset) -> None:
    pack = referred(records, "C3")
    assert [r["status"] for r in rows(pack, "experiences")] == ["observed"] * 3 + ["unknown"] * 3 + ["not observed"] * 2
    unknown = [r["not_known"] for r in rows(pack, "unknown")]
    assert "5 of the 10 adverse childhood experiences: neither seen nor ruled out" in unknown
    # "none" was said of the one risk; "Not assessed" says nothing of the other.
    assert "risk of sexual exploitation: no assessment is recorded" in unknown
    assert "risk of criminal exploitation: no assessment is recorded" not in unknown


def test_a_parent_who_left_the_group_is_family_and_no_reason(records: Dataset) -> None:
    pack = referred(records, "C4")
    assert rows(pack, "concerns") == []
    assert [r["relationship"] for r in rows(pack, "family")] == ["parent"]


def test_a_parent_whose_record_is_overdue_stays_behind_counted_and_said(records: Dataset) -> None:
    """C2 has two reasons, a parent N1 and a step-parent N2, each on record as family: N1 and what rests on N1 stay."""
    t = records["nominals"]
    due = pa.array([date(2019, 1, 15) if n == "N1" else None for n in t["nominal_id"].to_pylist()], pa.date32())
    late = t.set_column(t.column_names.index("review_due"), "review_due", due)
    overdue = Dataset.of(dict(records.tables) | {"nominals": late}, records.about)
    before, pack = referred(records, "C2"), referred(overdue, "C2")
    assert [r["concern"].split(" of ")[0] for r in rows(pack, "concerns")] == ["Step parent"]
    assert rows(pack, "family") == [r for r in rows(before, "family") if r["relationship"] != "parent"]
    assert [(w.what, w.why, w.count) for w in pack.withheld] == [("people", "record overdue for review", 1)]
    assert {(k.table, k.what, k.why, k.number) for k in pack.kept_back} == {
        ("concerns", "entry", "record overdue for review", 1),
        ("family", "entry", "record overdue for review", 1),
    }
    # Since when is in no pack, and every child of the list stays one to count.
    assert "2019-01-15" not in str([t.rows for t in pack.tables])
    linked = sorted(safeguard(overdue).table.frame["child_id"])
    assert list(linked_ids(overdue, period_of(overdue, Settings()), Settings())) == linked
    assert list(linked_ids(records, period_of(records, Settings()), Settings())) == linked


def test_who_is_not_told_why_learns_that_an_adult_is_kept_back_and_nothing_else(
    records: Dataset, tmp_path: Path
) -> None:
    """All adults of C2 are overdue: housing gets no adult, and does not learn of a police record or its review."""
    t = records["nominals"]
    due = pa.array([date(2019, 1, 15)] * t.num_rows, pa.date32())
    late = t.set_column(t.column_names.index("review_due"), "review_due", due)
    overdue = Dataset.of(dict(records.tables) | {"nominals": late}, records.about)
    pack, _ = disclosure(overdue, Request("housing", ("C2",), "Rehousing", "DC Example"), Settings())
    with pack_folder(tmp_path / "pack") as partial:
        receipt = write_pack(partial, pack, page="disclosure")
    page = (tmp_path / "pack" / "disclosure.html").read_text(encoding="utf-8")
    assert rows(pack, "family") == []
    assert receipt["withheld"] == [{"what": "people", "why": "kept back by the sender", "count": 2}]
    assert "family and household: 2 entries (kept back by the sender)" in page
    assert "Nothing recorded:" not in page
    assert not re.search("overdue|review|a report|police record", page)
    # To the sender the reason is said.
    assert [(w.why, w.count) for w in pack.withheld] == [("record overdue for review", 2)]


def test_a_parent_who_is_restricted_is_in_no_word_of_the_pack_and_counted(records: Dataset, tmp_path: Path) -> None:
    """C2's parent N1 is restricted, the step-parent is not: that it is a restriction is for the sender alone."""
    t = records["nominals"]
    since = pa.array([date(2019, 1, 15) if n == "N1" else None for n in t["nominal_id"].to_pylist()], pa.date32())
    marked = t.set_column(t.column_names.index("restricted_on"), "restricted_on", since)
    restricted = Dataset.of(dict(records.tables) | {"nominals": marked}, records.about)
    pack = referred(restricted, "C2")
    with pack_folder(tmp_path / "pack") as partial:
        receipt = write_pack(partial, pack, page="referral")
    everything = "".join(p.read_text("utf-8") for p in (tmp_path / "pack").rglob("*.*") if p.is_file())
    assert [r["concern"].split(" of ")[0] for r in rows(pack, "concerns")] == ["Step parent"]
    assert [r["relationship"] for r in rows(pack, "family")] == ["step parent"]
    assert receipt["withheld"] == [{"what": "people", "why": "kept back by the sender", "count": 1}]
    assert "why the child came to notice: 1 entry (kept back by the sender)" in everything
    assert not re.search("N1|restrict|withheld-", everything.replace('"withheld"', ""))
    assert records.names["N1"] not in everything
    assert [(w.what, w.why, w.count) for w in pack.withheld] == [("people", "processing restricted", 1)]


def test_a_reason_that_rests_on_a_report_that_stays_behind_is_no_nothing(records: Dataset, tmp_path: Path) -> None:
    """C5's only reason is a report that is suspected false."""
    pack = referred(records, "C5")
    with pack_folder(tmp_path / "pack") as partial:
        write_pack(partial, pack, page="referral")
    page = (tmp_path / "pack" / "referral.html").read_text(encoding="utf-8")
    assert "why the child came to notice: 1 report (graded as unreliable or suspected false)" in page
    assert not re.search("Nothing recorded:[^.]*why the child came to notice", page)


def test_a_report_that_is_suspected_false_stays_behind(records: Dataset) -> None:
    pack = referred(records, "C5")
    assert rows(pack, "concerns") == []
    assert [(w.why, w.count) for w in pack.withheld] == [("graded as unreliable or suspected false", 1)]


def test_a_report_under_conditions_stays_behind_until_they_are_met(records: Dataset) -> None:
    asked = Request("police", ("C11",), "x", "y")
    pack, _ = disclosure(records, asked, Settings())
    assert [(w.why, w.count) for w in pack.withheld] == [("handling condition not met", 1)]
    assert [r["report_id"] for r in rows(pack, "reports")] == ["R2"]
    met, _ = disclosure(records, Request("police", ("C11",), "x", "y", ("R3",)), Settings())
    assert {r["report_id"] for r in rows(met, "reports")} == {"R2", "R3"}
    assert (met.withheld, met.conditions_met) == ((), 1)


def test_return_interviews_come_out_as_worked_on_paper(records: Dataset) -> None:
    assert [r["return_interview"] for r in rows(referred(records, "C6"), "missing")] == [
        "held on 2018-05-05, within 72 hours",
        "held on 2019-01-14, later than 72 hours",
        "outstanding",
        "outstanding",
    ]
    assert referred(records, "C9").steps[0].startswith("The child is missing now")


def test_a_child_without_a_date_of_birth_counts_as_a_child(records: Dataset) -> None:
    pack = referred(records, "C10")
    assert pack.title.startswith("A child whose age is not known")
    assert "Was stopped together with a recorded member of an organised crime group" in [
        r["concern"] for r in rows(pack, "concerns")
    ]
    with pytest.raises(UsageError, match="use --kind mash today"):
        referred(records, "C10", "cpi")


def test_siblings_are_looked_at_too(records: Dataset) -> None:
    assert (
        "2 other children are on record with the same adults: look at each of them too."
        in referred(records, "C7").for_sender
    )
