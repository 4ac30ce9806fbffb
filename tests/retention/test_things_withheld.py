"""What only restricted people use stands nowhere in clear, others' record stays, and what is overdue is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.restricted import RESTRICTED, in_use
from ocgnet.evidence.things_withheld import without_overdue_things
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.things_job import things_of
from things_folder import things_folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Dataset:
    return check(things_folder(tmp_path_factory.mktemp("things") / "records", R1="Call 07700900111.")).dataset


def restricted(dataset: Dataset, *ids: str) -> Dataset:
    tables = dict(dataset.tables)
    for name, key in PERSON_TABLES.items():
        t = tables[name]
        since = pa.array([date(2019, 3, 1) if i in ids else None for i in t[key].to_pylist()], pa.date32())
        tables[name] = t.set_column(t.column_names.index("restricted_on"), "restricted_on", since)
    return replace(dataset, tables=tables)


def everything(dataset: Dataset) -> str:
    return "\n".join(str(t.to_pylist()) for t in dataset.tables.values())


def test_what_only_one_restricted_person_uses_worked_on_paper(dataset):
    kept = in_use(restricted(dataset, "N02"))
    a1, b1, t1 = (f"withheld-thing-{n}" for n in (1, 2, 3))
    things = {r["thing_id"]: r for r in kept["things"].to_pylist()}
    assert set(things) == {a1, b1, t1, "B2", "L1", "T2", "T3", "V1", "V2", "+447700900556"}
    assert {k: v for k, v in things[t1].items() if v is not None} == {"thing_id": t1, "kind": "phone"}
    calls = [(r["from_thing"], r["to_thing"]) for r in kept["communications"].to_pylist()]
    # T2 is also N01's and T3 is N03's: their calls with N02's phone stay theirs.
    expected = [(t1, "T2"), ("T2", "+447700900556"), ("T3", "T2"), ("T3", t1), ("T3", "L1")]
    assert sorted(calls) == sorted(expected)
    assert {(r["from_account"], r["to_account"]) for r in kept["transfers"].to_pylist()} == {(b1, "B2"), ("B2", b1)}
    assert [(r["thing_id"], r["place"]) for r in kept["sightings"].to_pylist()] == [
        ("V1", a1),
        ("V2", a1),
        ("V2", "CAM9"),
    ]
    links = {(r["person_id"], r["thing_id"], r["source"]) for r in kept["thing_links"].to_pylist()}
    assert ("withheld-1", t1, None) in links
    assert ("withheld-1", "T2", None) in links, "the thing is N01's too"
    counted = {(x.what, x.count) for x in kept.left_out if x.why == RESTRICTED}
    assert {("things", 4), ("communications", 2)} <= counted
    clear = ("900111", "900555", "12 Mill Lane", "SW1A 2AA", "60161331926819", "Brenna", "'T1'", "'A1'", "'B1'")
    assert not [word for word in clear if word in everything(kept)]
    assert [word for word in clear if word in everything(dataset)] == [*clear], "the test can fail"


def test_a_thing_whose_users_are_all_restricted_is_withheld_and_one_that_a_group_has_is_not(dataset):
    both = in_use(restricted(dataset, "N01", "N02"))
    assert not {"T2", "B2"} & set(both["things"]["thing_id"].to_pylist())
    assert {"V1", "L1", "V2"} <= set(both["things"]["thing_id"].to_pylist())
    # Now nobody else is in touch with 07700 900556.
    assert "900556" not in everything(both)
    assert both["transfers"].num_rows == 0


def test_no_answer_about_things_names_what_is_withheld(dataset):
    answers = things_of(restricted(dataset, "N02"))
    text = "\n".join(table.frame.to_csv() for table in answers.tables.values())
    assert not [word for word in ("900111", "T1,", "12 Mill", "60161331926819", "N02") if word in text]


@pytest.mark.parametrize("include", [False, True])
def test_what_is_recorded_of_overdue_things_takes_no_part_and_is_counted(dataset, include):
    day = date(2019, 3, 31)
    kept = without_overdue_things(dataset, day, include_overdue=include)
    if include:
        assert kept is dataset
        return
    assert kept.left_out == (LeftOut("communications", "review of the thing overdue", 3),)
    assert "T3" not in {i for c in ("from_thing", "to_thing") for i in kept["communications"][c].to_pylist()}
    assert LeftOut("communications", "review of the thing overdue", 3) in things_of(dataset).left_out
    # Due on the day is not overdue.
    assert without_overdue_things(dataset, date(2019, 1, 1), include_overdue=False) is dataset


def test_every_column_of_things_is_looked_at():
    """A table that gets a column of things later has to be withheld too."""
    named = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.refers == "things"}
    assert named == {
        ("thing_links", "thing_id"), ("communications", "from_thing"), ("communications", "to_thing"),
        ("sightings", "thing_id"), ("transfers", "from_account"), ("transfers", "to_account"),
        ("group_things", "thing_id"), ("crime_things", "thing_id"), ("orders", "thing_id"),
        # Premises on which somebody acted are nobody's own, and stay (test_response_privacy.py).
        ("threats", "thing_id"), ("activities", "thing_id"),
    }  # fmt: skip
