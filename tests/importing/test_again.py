"""The next month's import: what the export changes, what stays as somebody changed it, who never comes back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ocgnet.importing.accounts import DIFFERENCES_FILE, REPORT_FILE
from ocgnet.importing.again import MARKS_FILE
from ocgnet.importing.mapping import MAPPING_FILE
from ocgnet.sources.reading import OWN_FILES
from ready import ocgnet

MAPPING = """
[about]
synthetic = true
as_of = 2024-03-31

[sources]
people = "people.csv"
members = "members.csv"
groups = "groups.csv"

[[table]]
into = "nominals"
from = "people"
nominal_id = "{URN}"
name = "{Forename} {Surname}"
date_of_birth = { from = "{DOB}", date = ["%d/%m/%Y"] }

[[table]]
into = "ocgs"
from = "groups"
ocg_id = "{OCG}"
name = "{Name}"

[[table]]
into = "memberships"
from = "members"
ocg_id = "{OCG}"
nominal_id = "{URN}"
role = "{Role}"
from_date = { from = "{Since}", date = ["%d/%m/%Y"] }
"""
PEOPLE = {
    "U1": "ARDEN,Ann,01/02/1980",
    "U2": "BYRNE,Bob,13/03/1981",
    "U3": "COLE,Cy,04/05/1982",
    "U4": "DARE,Di,06/07/1983",
}
MEMBERS = {"U1": "Principal", "U2": "Peripheral", "U3": "Peripheral", "U9": "Peripheral"}


def export(folder: Path, people: dict[str, str], members: dict[str, str]) -> Path:
    folder.mkdir()
    (folder / "people.csv").write_text("URN,Surname,Forename,DOB\n" + "".join(f"{u},{p}\n" for u, p in people.items()))
    (folder / "groups.csv").write_text("OCG,Name\nG1,KESTREL\n")
    rows = "".join(f"G1,{u},{r},14/02/2020\n" for u, r in members.items())
    (folder / "members.csv").write_text(f"OCG,URN,Role,Since\n{rows}")
    return folder


def rows(folder: Path, table: str) -> dict[str, dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    return {" ".join(r[c] for c in ("nominal_id", "from_date") if c in r) or str(i): r for i, r in enumerate(read)}


@pytest.fixture
def imported(tmp_path: Path, monkeypatch) -> Path:
    """Give a folder into which the first month was imported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.toml").write_text(MAPPING)
    export(tmp_path / "one", PEOPLE, MEMBERS)
    ocgnet("import", "one", "--into", "mine", "--map", "map.toml")
    assert set(rows(tmp_path / "mine", "nominals")) == {"U1", "U2", "U3", "U4", "U9"}
    return tmp_path / "mine"


def again(*options: str, source: str = "two") -> str:
    return ocgnet("import", source, "--into", "mine", *options)


def test_the_same_export_again_changes_no_byte(imported: Path) -> None:
    before = {p.name: p.read_bytes() for p in imported.iterdir() if p.name != "files.json"}
    said = again(source="one")
    assert {p.name: p.read_bytes() for p in imported.iterdir() if p.name != "files.json"} == before
    assert "no longer gives" not in said
    assert "changed here" not in said


def test_what_nobody_changed_follows_the_export_and_what_somebody_changed_stays(imported: Path) -> None:
    ocgnet(
        "role",
        "set",
        "U3",
        "G1",
        "significant",
        "--by",
        "DC T",
        "--reason",
        "seen",
        "--on",
        "2024-01-01",
        "--folder",
        "mine",
    )
    ocgnet("review", "done", "U2", "--until", "2031-01-01", "--by", "DC T", "--reason", "kept", "--folder", "mine")
    export(
        imported.parent / "two",
        {"U2": "BYRNE,Robert,13/03/1981", "U3": "COLE,Cy,04/05/1982", "U5": "EVANS,Ed,08/09/1984", "U4": PEOPLE["U4"]},
        MEMBERS | {"U3": "Principal", "U5": "Peripheral"},
    )
    said = again()
    nominals = rows(imported, "nominals")
    assert (nominals["U2"]["name"], nominals["U2"]["review_due"]) == ("Robert BYRNE", "2031-01-01"), "what only we say"
    assert nominals["U5"]["name"] == "Ed EVANS"
    assert nominals["U1"]["name"] == "Ann ARDEN", "gone from the export, and stays"
    assert "that the export no longer gives; kept (--drop-vanished takes them out): U1" in said
    members = rows(imported, "memberships")
    assert members["U3 2020-02-14"]["role"] == "principal", "the row of the export is as the export says"
    assert members["U3 2024-01-01"]["role"] == "significant", "and what was judged here stays"
    assert "memberships: 1 row that no import gave; kept." in said
    assert "no errors" in ocgnet("check", "mine")


def test_a_cell_changed_by_hand_stays_and_both_are_listed(imported: Path) -> None:
    file = imported / "nominals.csv"
    file.write_text(file.read_text("utf-8").replace("Di DARE", "Diana DARE"), "utf-8")
    export(imported.parent / "two", PEOPLE | {"U4": "DARE,Di,07/07/1983"}, MEMBERS)
    said = again()
    assert rows(imported, "nominals")["U4"]["name"] == "Diana DARE"
    assert rows(imported, "nominals")["U4"]["date_of_birth"] == "1983-07-06"
    assert "nominals: 1 row changed here since the last import; kept, with the difference listed." in said
    with (imported / "import_differences.csv").open(encoding="utf-8-sig", newline="") as listed:
        assert list(csv.reader(listed))[1:] == [
            ["nominals", "U4", "name", "Diana DARE", "Di DARE"],
            ["nominals", "U4", "date_of_birth", "1983-07-06", "1983-07-07"],
        ]
    assert "1 row changed here" in again(), "and is so the month after, too"
    ocgnet("review", "erase", "U4", "--by", "T", "--reason", "asked", "--folder", "mine")
    assert not any(b"DARE" in file.read_bytes() for file in imported.iterdir()), "the list goes with the person"


def test_whoever_was_erased_never_comes_back(imported: Path, log_file: Path) -> None:
    ocgnet("review", "erase", "U1", "--by", "T", "--reason", "asked", "--folder", "mine")
    ocgnet("review", "erase", "U9", "--by", "T", "--reason", "asked", "--folder", "mine")
    export(imported.parent / "two", PEOPLE, MEMBERS)
    said = again()
    assert set(rows(imported, "nominals")) == {"U2", "U3", "U4"}
    assert {key.split()[0] for key in rows(imported, "memberships")} == {"U2", "U3"}
    assert said.count("not brought back") == 2
    ocgnet("import", "two", "--into", "other", "--map", "map.toml")
    assert set(rows(imported.parent / "other", "nominals")) == {"U2", "U3", "U4"}, "nor into another folder"
    told = [json.loads(line) for line in log_file.read_text("utf-8").splitlines()]
    assert told[-1]["facts"]["not_brought_back"] == 4
    for file in imported.iterdir():
        assert b"ARDEN" not in file.read_bytes(), file.name


def test_whoever_was_erased_does_not_come_back_in_other_capitals_or_spacing(imported: Path) -> None:
    ocgnet("review", "erase", "U1", "--by", "T", "--reason", "asked", "--folder", "mine")
    people = {u: p for u, p in PEOPLE.items() if u != "U1"} | {"u1": PEOPLE["U1"], "U 1": PEOPLE["U1"]}
    export(imported.parent / "two", people, MEMBERS | {"u1": "Principal"})
    said = again()
    assert set(rows(imported, "nominals")) == {"U2", "U3", "U4", "U9"}
    assert "nominals: 3 rows taken out" in said
    assert b"ARDEN" not in (imported / "nominals.csv").read_bytes()


def test_who_is_restricted_and_what_was_reviewed_stay_where_the_export_gives_them_no_more(imported: Path) -> None:
    """A restriction is there to keep a record as evidence, and a date of review is work that somebody did."""
    by = ("--by", "T", "--reason", "trial", "--folder", "mine")
    ocgnet("review", "restrict", "U1", "--because", "evidence", *by)
    ocgnet("review", "done", "U4", "--until", "2099-01-01", *by)
    export(imported.parent / "two", {"U2": PEOPLE["U2"]}, {"U2": "Peripheral"})
    again("--drop-vanished")
    assert set(rows(imported, "nominals")) == {"U1", "U2", "U4"}
    assert rows(imported, "nominals")["U1"]["restricted_because"] == "evidence"
    assert {key.split()[0] for key in rows(imported, "memberships")} == {"U1", "U2"}


def test_a_row_taken_out_by_hand_stays_out(imported: Path) -> None:
    for name in ("nominals", "memberships"):
        file = imported / f"{name}.csv"
        kept = [line for line in file.read_text("utf-8").splitlines(keepends=True) if "U1" not in line]
        file.write_text("".join(kept), "utf-8")
    again(source="one")
    assert "U1" not in rows(imported, "nominals")
    assert not any(key.startswith("U1") for key in rows(imported, "memberships"))


def test_what_vanished_goes_only_when_asked_and_only_where_nobody_changed_it(imported: Path) -> None:
    file = imported / "nominals.csv"
    file.write_text(file.read_text("utf-8").replace("Di DARE", "Diana DARE"), "utf-8")
    export(imported.parent / "two", {u: PEOPLE[u] for u in ("U2", "U3")}, {"U2": "Peripheral", "U3": "Peripheral"})
    again()
    assert set(rows(imported, "nominals")) == {"U1", "U2", "U3", "U4", "U9"}
    again("--drop-vanished")
    assert set(rows(imported, "nominals")) == {"U2", "U3", "U4"}
    assert "U4" in rows(imported, "nominals"), "somebody worked on that row"
    again(source="one")
    assert set(rows(imported, "nominals")) == {"U1", "U2", "U3", "U4", "U9"}, "who is given again is there again"


def test_a_month_with_a_sheet_missing_is_no_month_in_which_everybody_vanished(imported: Path) -> None:
    export(imported.parent / "two", PEOPLE, MEMBERS)
    (imported.parent / "two" / "people.csv").unlink()
    said = again("--drop-vanished")
    assert "no longer gives" not in said
    assert rows(imported, "nominals")["U1"]["name"] == "Ann ARDEN"


def test_whoever_was_known_by_the_id_alone_is_described_now(imported: Path) -> None:
    export(imported.parent / "two", PEOPLE | {"U9": "FINCH,Flo,01/01/1990"}, MEMBERS)
    again()
    assert rows(imported, "nominals")["U9"]["name"] == "Flo FINCH"
    export(imported.parent / "three", PEOPLE, MEMBERS)
    said = again(source="three")
    assert rows(imported, "nominals")["U9"]["name"] == "Flo FINCH", "what was known of her stays"
    assert "no longer gives; kept (--drop-vanished takes them out): U9" in said


def test_other_files_of_the_folder_stay(imported: Path) -> None:
    (imported / "notes.txt").write_text("mine")
    (imported / "disruptions.csv").write_text("disruption_id,ocg_id,happened_on,level\nD1,G1,2024-01-01,minor\n")
    export(imported.parent / "two", PEOPLE, MEMBERS)
    again()
    assert (imported / "notes.txt").read_text() == "mine"
    assert "D1" in (imported / "disruptions.csv").read_text()


def test_marks_hold_neither_an_id_nor_a_cell(imported: Path) -> None:
    table = pq.read_table(imported / MARKS_FILE)
    assert {str(t) for t in table.schema.types} == {"string", "uint64"}
    assert set(table["table"].to_pylist()) == {"nominals", "ocgs", "memberships"}
    raw = (imported / MARKS_FILE).read_bytes()
    assert not any(word in raw for word in (b"ARDEN", b"U1", b"KESTREL"))
    (imported / MARKS_FILE).write_bytes(raw[: len(raw) // 2])
    assert "import into a new folder" in ocgnet("import", "one", "--into", "mine", code=1)


def test_what_an_import_leaves_beside_the_records_is_known_to_the_check():
    assert {MAPPING_FILE, REPORT_FILE, DIFFERENCES_FILE, MARKS_FILE} <= OWN_FILES
