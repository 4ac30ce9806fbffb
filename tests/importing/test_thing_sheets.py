"""Sheets of phones, calls, vehicles, addresses and accounts: what they become, and what never comes back."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.importing.convert import convert
from ocgnet.importing.dates import day_converter
from ocgnet.importing.mapping import OPEN, ColumnRule, Guess, ImportMapping
from ocgnet.importing.matching import suggest
from ocgnet.importing.questions import Asked, answered
from ocgnet.importing.rows import sources_of
from ocgnet.importing.sheets import Sheet
from ocgnet.importing.thing_ids import FORMS
from ocgnet.model import TABLES, Kind
from ocgnet.words import built_in, with_own
from ready import ocgnet

PEOPLE = "URN|Surname|Forename|DOB\nU1001|ARDEN|Ann|01/02/1980\nU1002|BYRNE|Bob|13/03/1981\nU1003|COLE|Cy|04/05/1982"


def sheet(name: str, grid: str) -> Sheet:
    header, *rows = (line.split("|") for line in grid.splitlines())
    columns = {h: pa.chunked_array([pa.array([r[k] for r in rows], pa.string())]) for k, h in enumerate(header)}
    lines = np.arange(2, len(rows) + 2, dtype=np.int32)
    return Sheet(name, "export.xlsx", tuple(header), columns, lines, sheet=name)


def rules(*sheets: Sheet) -> dict[str, dict[str, ColumnRule]]:
    """Return the rules that are suggested for the last sheet, by table and column."""
    mapping = suggest([sheet("Nominals", PEOPLE), *sheets])
    of_sheet = [t for t in mapping.tables if t.source != "nominals"]
    return {t.into: {c.column: c for c in t.columns} for t in of_sheet}


def test_a_sheet_of_vehicles_gives_things_and_a_link_for_each_column_of_people() -> None:
    given = sheet(
        "Vehicles",
        "VRM|Make|Model|Keeper URN|Driver URN\nAA12 XAA|Ford|Focus|U1001|U1002\nAB12 XAA|VW|Polo|U1002|U1003",
    )
    mapping = suggest([sheet("Nominals", PEOPLE), given])
    links = [t for t in mapping.tables if t.into == "thing_links"]
    assert [(t.column("person_id").parts, t.column("relation").const) for t in links] == [
        ("{Keeper URN}", "keeper"), ("{Driver URN}", "user"),
    ]  # fmt: skip
    things = next(t for t in mapping.tables if t.into == "things")
    assert (things.column("label").parts, things.column("kind").const, things.one_per_key) == (
        "{Make} {Model}", "vehicle", True,
    )  # fmt: skip


def test_how_many_live_somewhere_is_nobody() -> None:
    grid = "UPRN|Address|Occupants\n100012345678|4 Fen Lane|4\n100012345699|9 Dock Street|2"
    assert "thing_links" not in rules(sheet("Addresses", grid))
    people = rules(sheet("Addresses", grid.replace("|4\n", "|U1001\n").replace("|2", "|U1002")))
    assert people["thing_links"]["person_id"].parts == "{Occupants}"


def test_officers_with_a_telephone_are_no_users_of_it() -> None:
    grid = "Collar no|Officer|Phone|Email\n2231|DC Holt|07700 900401|a@x.test\n2232|PC Shaw|07700 900402|b@x.test"
    assert rules(sheet("Staff", grid)) == {}


def test_calls_make_no_contacts_of_people_and_lose_no_row() -> None:
    phones = sheet("Phones", "Number|URN\n07700 900001|U1001\n07700 900002|U1002")
    calls = sheet(
        "CDR",
        "A number|B number|Start date/time|Type|Duration (s)\n"
        "07700 900001|+44 7700 900002|27/02/2024 00:49:54|VOICE|61\n"
        "07700 900001|07700 900077|28/02/2024 01:00:00|SMS|0",
    )
    fed = rules(phones, calls)
    assert "associations" not in fed
    assert {"from_thing", "to_thing", "at", "kind", "duration"} <= fed["communications"].keys()
    mapping = suggest([sheet("Nominals", PEOPLE), phones, calls])
    asked = Asked(
        sources_of(mapping.sources, [sheet("Nominals", PEOPLE), phones, calls]), built_in(), date(2024, 3, 31)
    )
    rule = next(t for t in mapping.tables if t.into == "communications")
    rows = asked.gathered(0, rule)
    assert rows.columns["to_thing"].to_pylist() == ["+447700900002", "+447700900077"]


def test_a_day_and_its_time_in_two_columns_are_one_instant() -> None:
    grid = "A number|B number|Date|Time|Secs\n07700 900001|07700 900002|27/02/2024|00:49:54|61"
    asked, mapping = asked_of(sheet("Nominals", PEOPLE), sheet("Calls", grid))
    rule = next(t for t in mapping.tables if t.into == "communications")
    at = rule.column("at")
    assert at.parts == "{Date} {Time}"
    column = TABLES["communications"].column("at")
    texts = asked.gathered(mapping.tables.index(rule), rule).columns["at"]
    assert convert("communications", column, at, texts, built_in()).texts.to_pylist() == ["2024-02-27T00:49:54"]


CALLS = sheet(
    "CDR", "A number|B number|Start\n07700 900001|07700 900002|27/02/2024 00:49\n07700 900001|07700 900003|28/02/2024"
)


def asked_of(*sheets: Sheet) -> tuple[Asked, ImportMapping]:
    mapping = suggest(sheets)
    asked = Asked(sources_of(mapping.sources, sheets), built_in(), date(2024, 3, 31))
    return asked, asked.completed(mapping)


def test_the_authority_of_communications_is_one_question_and_never_invented() -> None:
    asked, mapping = asked_of(sheet("Nominals", PEOPLE), CALLS)
    assert mapping.about["communications_authority"] == OPEN
    authorities = [q for q in asked.questions(mapping) if q.about == "authority"]
    assert len(authorities) == 1
    without = answered(mapping, authorities[0], "", asked)
    assert [t.into for t in without.tables] == ["nominals"]
    assert "communications_authority" not in without.about
    named = answered(mapping, authorities[0], "SPOC/1", asked)
    assert named.about["communications_authority"] == "SPOC/1"
    assert not [q for q in asked.questions(named) if q.about == "authority"]


def test_no_authority_is_asked_for_where_a_column_names_it() -> None:
    grid = "A number|B number|Start|Authority ref\n07700 900001|07700 900002|27/02/2024 00:49|SPOC/1"
    asked, mapping = asked_of(sheet("Nominals", PEOPLE), sheet("CDR", grid))
    assert not [q for q in asked.questions(mapping) if q.about == "authority"]
    rule = next(t for t in mapping.tables if t.into == "communications")
    assert rule.column("authority_ref").parts == "{Authority ref}"


def test_a_relation_that_nothing_says_is_asked() -> None:
    relation = rules(sheet("Addresses", "Address|URN\n4 Fen Lane, Northtown|U1001\n9 Dock Street, Northtown|U1002"))
    assert relation["thing_links"]["relation"].guess is Guess.ASK


def test_a_force_says_itself_what_its_columns_of_things_are_called() -> None:
    given = sheet("Motors", "KZ7|OWNR_PT|Model\nAA12|U1001|Focus\nBB12|U1002|Polo")
    assert rules(given) == {}
    told = with_own(built_in(), b'[headers.things]\nregistration = ["KZ7"]\n')
    mapping = suggest([sheet("Nominals", PEOPLE), given], words=told)
    things = next(t for t in mapping.tables if t.into == "things")
    assert (things.column("registration").parts, things.column("registration").guess) == ("{KZ7}", Guess.CERTAIN)


def test_cells_that_can_hardly_be_anything_else_are_asked_about() -> None:
    links = rules(sheet("Zorg", "Zq|Xw\nAA12 XAA|U1001\nAB12 XAB|U1002"))["thing_links"]
    assert (links["thing_id"].parts, links["person_id"].parts) == ("{Zq}", "{Xw}")
    asked, mapping = asked_of(sheet("Nominals", PEOPLE), sheet("Zorg", "Zq|Xw\nAA12 XAA|U1001\nAB12 XAB|U1002"))
    assert {q.about for q in asked.questions(mapping)} == {"table", "column"}


# Laws.

DIGITS = st.integers(0, 999).map(lambda n: f"7700900{n:03d}")
GAPS = st.lists(st.sampled_from(("", " ", "-", ".", " (", ") ")), min_size=10, max_size=10)


@settings(deadline=None)
@given(DIGITS, GAPS, st.sampled_from(("0", "+44", "0044", "44", "+44 (0)", "+44 0")))
def test_one_number_is_one_phone_however_it_is_written(number: str, gaps: Sequence[str], begin: str) -> None:
    written = begin + "".join(g + d for g, d in zip(gaps, number, strict=True))
    assert FORMS["phone"](written) == f"+44{number}"


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(sorted(FORMS)))
def test_an_id_in_one_form_stays_as_it_is(text: str, form: str) -> None:
    once = FORMS[form](text)
    assert FORMS[form](once) == once
    assert bool(once) == bool(text)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(DIGITS, DIGITS, st.integers(0, 3_600)).filter(lambda c: c[0] != c[1]), min_size=2, max_size=30,
        unique=True,
    ),
    st.booleans(),
)  # fmt: skip
def test_every_call_goes_into_one_row_with_its_numbers_time_and_length(
    calls: list[tuple[str, str, int]], in_hours: bool
) -> None:
    """The length in seconds, or as a clock shows it."""
    clock = [f"0{s // 3600}:{s // 60 % 60:02}:{s % 60:02}" for _, _, s in calls]
    grid = "A number|B number|Start|Duration\n" + "\n".join(
        f"0{a}|+44 {b}|2024-02-27 {at}|{at if in_hours else s}" for (a, b, s), at in zip(calls, clock, strict=True)
    )
    given_sheet = sheet("CDR", grid)
    mapping = suggest([given_sheet])
    asked = Asked(sources_of(mapping.sources, [given_sheet]), built_in(), date(2024, 3, 31))
    mapping = asked.completed(mapping)
    rows = asked.gathered(0, mapping.tables[0])
    table = TABLES["communications"]
    ours = {
        c.column: convert(table.name, table.column(c.column), c, rows.columns[c.column], built_in())
        for c in mapping.tables[0].columns
    }
    assert not any(column.lost for column in ours.values())
    came = zip(*(ours[c].texts.to_pylist() for c in ("from_thing", "to_thing", "duration")), strict=True)
    assert sorted(came) == sorted((f"+44{a}", f"+44{b}", str(s)) for a, b, s in calls)


@settings(deadline=None)
@given(st.datetimes().map(lambda t: t.replace(microsecond=0)), st.sampled_from(("", "Z", "+01:00", "-0530")))
def test_an_instant_keeps_its_zone_and_a_moment_has_none(at, zone: str) -> None:
    text = f"{at.isoformat(' ')}{zone}"
    instant, moment = (day_converter(["%Y-%m-%d"], None, (), kind) for kind in (Kind.INSTANT, Kind.MOMENT))
    assert instant(text) == f"{at.isoformat()}{zone}"
    assert moment(text) == at.isoformat()


# Again, and who was erased.

MAPPING = """
[about]
synthetic = true
as_of = 2024-03-31
communications_authority = "made up 1"

[sources]
people = "people.csv"
phones = "phones.csv"
calls = "calls.csv"

[[table]]
into = "nominals"
from = "people"
nominal_id = "{URN}"
name = "{Name}"

[[table]]
into = "things"
from = "phones"
one_per_key = true
thing_id = { from = "{Number}", form = "phone" }
kind = { const = "phone" }
number = "{Number}"

[[table]]
into = "thing_links"
from = "phones"
person_id = "{URN}"
thing_id = { from = "{Number}", form = "phone" }
relation = { const = "user" }

[[table]]
into = "communications"
from = "calls"
from_thing = { from = "{A}", form = "phone" }
to_thing = { from = "{B}", form = "phone" }
at = { from = "{At}", date = ["%d/%m/%Y"] }
"""
ONE = [("1", "2", "01/02/2024 10:00"), ("2", "3", "02/02/2024 11:00"), ("3", "9", "03/02/2024 12:00")]
USERS = [("1", "U1"), ("2", "U2"), ("3", "U2"), ("3", "U3")]


def number(k: str) -> str:
    return f"07700 90000{k}"


def export(folder: Path, calls: Sequence[tuple[str, str, str]], users: Sequence[tuple[str, str]] = USERS) -> None:
    folder.mkdir()
    (folder / "people.csv").write_text("URN,Name\nU1,Ann Arden\nU2,Bob Byrne\nU3,Cy Cole\n")
    (folder / "phones.csv").write_text("Number,URN\n" + "".join(f"{number(k)},{u}\n" for k, u in users))
    (folder / "calls.csv").write_text("A,B,At\n" + "".join(f"{number(a)},{number(b)},{at}\n" for a, b, at in calls))


def column(folder: Path, table: str, *names: str) -> list[tuple[str, ...]]:
    file = folder / f"{table}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as text:
        return sorted(tuple(row[n].removeprefix("+447700900") for n in names) for row in csv.DictReader(text))


@pytest.fixture
def imported(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.toml").write_text(MAPPING)
    export(tmp_path / "one", ONE)
    ocgnet("import", "one", "--into", "mine", "--map", "map.toml")
    return tmp_path / "mine"


def test_the_same_calls_again_change_no_byte(imported: Path) -> None:
    before = {p.name: p.read_bytes() for p in imported.iterdir() if p.name != "files.json"}
    ocgnet("import", "one", "--into", "mine")
    assert {p.name: p.read_bytes() for p in imported.iterdir() if p.name != "files.json"} == before


def test_the_phone_of_somebody_erased_does_not_come_back_nor_do_its_calls(imported: Path) -> None:
    ocgnet("review", "erase", "U1", "--by", "T", "--reason", "asked", "--folder", "mine")
    calls = [*ONE, ("2", "1", "01/03/2024 09:00"), ("2", "9", "02/03/2024 09:00")]
    export(imported.parent / "two", calls)
    ocgnet("import", "two", "--into", "mine")
    ocgnet("import", "two", "--into", "other", "--map", "map.toml")
    for folder in (imported, imported.parent / "other"):
        assert column(folder, "things", "thing_id") == [("002",), ("003",)], folder
        assert column(folder, "thing_links", "thing_id", "person_id") == [("002", "U2"), ("003", "U2"), ("003", "U3")]
        assert column(folder, "communications", "from_thing", "to_thing") == [
            ("002", "003"),
            ("002", "009"),
            ("003", "009"),
        ]


def test_the_phone_of_somebody_erased_is_known_by_itself_where_no_export_names_the_person(imported: Path) -> None:
    ocgnet("review", "erase", "U1", "--by", "T", "--reason", "asked", "--folder", "mine")
    export(imported.parent / "two", [*ONE, ("2", "1", "01/03/2024 09:00")], USERS[1:])
    ocgnet("import", "two", "--into", "other", "--map", "map.toml")
    assert column(imported.parent / "other", "communications", "from_thing", "to_thing") == [
        ("002", "003"),
        ("003", "009"),
    ]
    # Another export gives it another id, and writes the number otherwise; one that somebody uses comes in.
    by_ref = MAPPING.replace('thing_id = { from = "{Number}", form = "phone" }', 'thing_id = "{Ref}"')
    by_ref = by_ref.partition('[[table]]\ninto = "communications"')[0]
    (imported.parent / "refs.toml").write_text(by_ref.replace('calls = "calls.csv"\n', ""))
    (imported.parent / "refs").mkdir()
    (imported.parent / "refs" / "people.csv").write_text("URN,Name\nU2,Bob Byrne\n")
    for user, phones in ("", ["PH2"]), ("U2", ["PH1", "PH2"]):
        rows = f"Number,URN,Ref\n0044 7700 900001,{user},PH1\n07700 900002,U2,PH2\n"
        (imported.parent / "refs" / "phones.csv").write_text(rows)
        ocgnet("import", "refs", "--into", f"refs-{user}", "--map", "refs.toml")
        assert column(imported.parent / f"refs-{user}", "things", "thing_id") == [(p,) for p in phones]


def test_a_phone_that_others_use_stays_and_only_the_link_goes(imported: Path) -> None:
    ocgnet("review", "erase", "U3", "--by", "T", "--reason", "asked", "--folder", "mine")
    export(imported.parent / "two", ONE)
    ocgnet("import", "two", "--into", "mine")
    assert column(imported, "things", "thing_id") == [("001",), ("002",), ("003",)]
    assert column(imported, "thing_links", "thing_id", "person_id") == [("001", "U1"), ("002", "U2"), ("003", "U2")]
    assert len(column(imported, "communications", "at")) == 3


def test_a_phone_that_somebody_else_has_now_comes_back_with_its_new_calls(imported: Path) -> None:
    ocgnet("review", "erase", "U1", "--by", "T", "--reason", "asked", "--folder", "mine")
    export(imported.parent / "two", [*ONE, ("1", "3", "05/03/2024 09:00")], [*USERS, ("1", "U2")])
    ocgnet("import", "two", "--into", "mine")
    assert ("001", "U2") in column(imported, "thing_links", "thing_id", "person_id")
    assert ("001", "U1") not in column(imported, "thing_links", "thing_id", "person_id")
    assert ("001",) in column(imported, "things", "thing_id")
    # What was erased stays out; what was recorded since is about who has it now.
    assert column(imported, "communications", "from_thing", "to_thing") == [
        ("001", "003"),
        ("002", "003"),
        ("003", "009"),
    ]
