"""Matching and confirming: candidates with reasons, and nobody merged before a person decides."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from filled_forms import people, table
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.casework.intake.form_checks import NamedPerson
from ocgnet.casework.intake.matching import HEADER, KnownPeople, match, read_decisions, write_candidates
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError

ON_RECORD = (
    ("N1", "John Smith", date(1980, 5, 4)),
    ("N2", "John Smith", date(2004, 2, 29)),
    ("N3", "Jon Smyth", date(1980, 5, 4)),
    ("N4", "Smith, John", None),
    ("N5", "Maria Ångström", date(1980, 4, 5)),
    ("N6", "Peter Parker", date(1980, 5, 4)),
)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (NamedPerson("John Smith", date(1980, 5, 4)), ["N1", "N3", "N2"]),
        (NamedPerson("john SMITH"), ["N1", "N2", "N4", "N3"]),
        (NamedPerson("Maria Angstrom", date(1980, 5, 4)), ["N5"]),
        (NamedPerson("Maria Angstrom", date(1999, 1, 1)), ["N5"]),
        (NamedPerson("Zed Quill", date(1980, 5, 4)), []),
        (NamedPerson("Zed Quill", known_id="N6"), ["N6"]),
        (NamedPerson("Zed Quill", known_id="N9"), []),
    ],
)
def test_candidates_are_found_in_order(named: NamedPerson, expected: list[str]) -> None:
    found = [c.person.person_id for c in KnownPeople(people(*ON_RECORD)).candidates(named)]
    if named.name == "John Smith":
        assert found[: len(expected)] == expected
        assert set(found) - set(expected) <= {"N4"}
    else:
        assert found == expected


def test_reasons_speak_for_and_against() -> None:
    found = KnownPeople(people(*ON_RECORD)).candidates(NamedPerson("John Smith", date(1980, 5, 4)))
    reasons = {c.person.person_id: (c.because, c.against) for c in found}
    assert reasons["N1"] == (("same name", "same date of birth"), ())
    assert reasons["N2"] == (("same name",), ("another date of birth: 2004-02-29, not 1980-05-04",))
    swapped = KnownPeople(people(*ON_RECORD)).candidates(NamedPerson("Maria Angstrom", date(1980, 5, 4)))[0]
    assert swapped.because == ("same name", "same date of birth with day and month swapped")


def test_an_alias_and_a_second_table_count_for_one_person() -> None:
    records = Dataset.of(
        {
            "nominals": table("nominals", {"nominal_id": "N1", "name": "John Smith", "aliases": "Jack Flash|JS"}),
            "children": table("children", {"child_id": "N1", "name": "J Smith", "date_of_birth": date(2004, 1, 1)}),
        }
    )
    found = KnownPeople(records).candidates(NamedPerson("jack flash", None))
    assert [(c.person.person_id, c.because[0]) for c in found] == [("N1", "same alias Jack Flash")]
    found = KnownPeople(records).candidates(NamedPerson("John Smith", date(2004, 1, 1)))
    assert [c.person.person_id for c in found] == ["N1"]


@given(st.permutations(ON_RECORD))
def test_candidates_do_not_depend_on_the_order_of_the_records(rows: list[tuple[str, str, date | None]]) -> None:
    named = NamedPerson("John Smith", date(1980, 5, 4))
    assert KnownPeople(people(*rows)).candidates(named) == KnownPeople(people(*ON_RECORD)).candidates(named)


LIVING = (
    ("N1", "Łukasz Wójcik", date(1994, 4, 4), "Easter"),
    ("N2", "Олександр Шевченко", date(1990, 5, 6), "Easter"),
    ("N3", "Ann Other", date(1990, 5, 6), "easter "),
    ("N4", "Oleksandr Shevchenko", date(1991, 1, 1), "Wester"),
    ("N5", "Bo Else", date(1990, 5, 6), "Wester"),
    ("N6", None, date(1990, 5, 6), "Easter"),
    ("N7", "Cy Nowhere", date(1990, 5, 6), None),
)


def living(*rows: tuple[str, str | None, date, str | None]) -> Dataset:
    fields = ("nominal_id", "name", "date_of_birth", "district")
    return Dataset.of({"nominals": table("nominals", *(dict(zip(fields, r, strict=True)) for r in rows))})


def test_everybody_of_that_birth_and_district_follows_those_of_that_name() -> None:
    named = NamedPerson("Oleksandr Shevchenko", date(1990, 5, 6), "female", "Easter")
    found = KnownPeople(living(*LIVING)).candidates(named)
    # The name first, though born on another day; then the birth and the district: the likest name, then the id.
    assert found[0].person.person_id == "N4"
    assert {c.person.person_id for c in found[1:]} == {"N2", "N3", "N6"}
    reasons = {c.person.person_id: (c.because, c.against) for c in found[1:]}
    assert reasons["N2"] == reasons["N3"] == (("same date of birth and district",), ("the names differ",))
    assert reasons["N6"] == (("same date of birth and district",), ("no name on record",))


def test_letters_with_a_stroke_are_the_letters_that_are_typed_for_them() -> None:
    found = KnownPeople(living(*LIVING)).candidates(NamedPerson("Lukasz Wojcik", date(1994, 4, 4), "", "Easter"))
    assert [(c.person.person_id, c.because) for c in found] == [
        ("N1", ("same name", "same date of birth", "same district"))
    ]


def test_no_number_of_namesakes_hides_whoever_was_born_on_that_day_there() -> None:
    namesakes = [(f"A{k}", "Oleksandr Shevchenko", date(1950 + k, 1, 1), "Easter") for k in range(9)]
    named = NamedPerson("Oleksandr Shevchenko", date(1990, 5, 6), "", "Easter")
    found = [c.person.person_id for c in KnownPeople(living(*LIVING, *namesakes)).candidates(named)]
    assert len(found[:5]) == 5
    assert {"N2", "N3", "N6"} <= set(found[5:])
    assert len(found) == len(set(found))


@given(st.permutations(LIVING))
def test_those_of_that_birth_and_district_do_not_depend_on_the_order_of_the_records(rows) -> None:
    named = NamedPerson("Oleksandr Shevchenko", date(1990, 5, 6), "", "Easter")
    assert KnownPeople(living(*rows)).candidates(named) == KnownPeople(living(*LIVING)).candidates(named)


def listed(tmp_path: Path, *named: NamedPerson) -> tuple[Path, Dataset]:
    records = people(*ON_RECORD, intel_reports=table("intel_reports", {"report_id": "R"}))
    asked = {"R": named}
    write_candidates(tmp_path / "c.csv", asked, match(asked, records), "MARK")
    return tmp_path / "c.csv", records


def decide(path: Path, decisions: dict[tuple[str, str], str], delimiter: str = ",") -> None:
    """Fill in decisions by person and candidate, as a spreadsheet saves them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["decision"] = decisions.get((row["person"], row["candidate"]), "")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def test_nobody_is_linked_before_a_person_decides(tmp_path: Path) -> None:
    path, records = listed(tmp_path, NamedPerson("John Smith", date(1980, 5, 4)), NamedPerson("Zed"))
    decided, problems = read_decisions(path, records)
    assert (decided.links, decided.new, decided.open, problems) == ((), (), 2, [])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["decision"] for r in rows} == {""}
    assert {r["marking"] for r in rows} == {"MARK"}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_decisions_become_links_new_people_or_text(tmp_path: Path, delimiter: str) -> None:
    smith, zed = NamedPerson("John Smith", date(1980, 5, 4)), NamedPerson("=Zed", None, "male", "Easter")
    path, records = listed(tmp_path, smith, zed, NamedPerson("X"))
    decide(path, {("1", "N1"): "YES", ("2", ""): "new", ("3", ""): " text"}, delimiter)
    decided, problems = read_decisions(path, records)
    assert not problems
    assert decided.change() == {
        "people": [
            {"person_id": "R-2", "name": "=Zed", "date_of_birth": "", "sex": "male", "district": "Easter"},
        ],
        "intel_links": [{"person_id": "N1", "report_id": "R"}, {"person_id": "R-2", "report_id": "R"}],
    }
    assert (decided.text, decided.open) == (1, 0)
    done = people(
        *ON_RECORD,
        intel_reports=table("intel_reports", {"report_id": "R"}),
        intel_links=table("intel_links", *({"person_id": p, "report_id": "R"} for p in ("N1", "R-2"))),
    )
    again, _ = read_decisions(path, done)
    assert (again.change(), again.done) == ({}, 2)


@pytest.mark.parametrize(
    ("decisions", "column", "says"),
    [
        ({("1", "N1"): "yes", ("1", "N3"): "yes"}, "decision", "several decisions"),
        ({("1", "N1"): "yes", ("1", ""): "new"}, "decision", "several decisions"),
        ({("1", "N1"): "perhaps"}, "decision", "Write yes"),
        ({("1", ""): "yes"}, "decision", "names nobody on record"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(
    tmp_path: Path, decisions: dict[tuple[str, str], str], column: str, says: str
) -> None:
    path, records = listed(tmp_path, NamedPerson("John Smith", date(1980, 5, 4)))
    decide(path, decisions)
    decided, problems = read_decisions(path, records)
    assert decided.links == ()
    assert [(p.column, says in p.remedy) for p in problems] == [(column, True)]
    assert all(p.row for p in problems)


def test_a_list_for_other_records_is_refused(tmp_path: Path) -> None:
    path, _ = listed(tmp_path, NamedPerson("John Smith", date(1980, 5, 4)))
    decide(path, {("1", "N1"): "yes"})
    _, problems = read_decisions(path, people())
    assert {p.column for p in problems} == {"report_id", "candidate"}
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column report_id"):
        read_decisions(tmp_path / "other.csv", people())
