"""The made-up workbook comes in with one command and a few answers, and the next month with none."""

from __future__ import annotations

import csv
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"
WORKBOOK = EXPORTS / "force_export.xlsx"
COMMAND = (sys.executable, "-m", "ocgnet", "import", str(WORKBOOK), "--into", "out")

ANSWERS = {"CHA": "charged", "CON": "convicted", "Uncle": "household", "Mum's partner": "partner_of_parent"}
"""Words that a person of the force knows; any other question is answered with the best guess."""


AUTHORITY = "made up 1"


def at_a_terminal(folder: Path) -> tuple[list[str], str, int]:
    """Run the command at a terminal; return the questions that were asked, all that was shown, and the exit code."""
    child, terminal = pty.fork()
    if not child:
        os.chdir(folder)
        os.execve(sys.executable, COMMAND, os.environ | {"COLUMNS": "200", "TERM": "dumb"})
    asked: list[str] = []
    shown = since = ""
    while True:
        try:
            new = os.read(terminal, 65_536).decode("utf-8", "replace")
        except OSError:
            break
        shown, since = shown + new, since + new
        if since.endswith("(Enter for none): "):
            asked.append(since)
            os.write(terminal, f"{AUTHORITY}\n".encode())
            since = ""
        if since.endswith("last): "):
            asked.append(since)
            word = re.search(r"what does (.*?) mean", since)
            ours = ANSWERS[word[1]] if word else ""
            number = re.search(rf"^ *([0-9]+)  {ours}\r?$", since, re.MULTILINE)
            os.write(terminal, f"{number[1] if ours and number else ''}\n".encode())
            since = ""
    return asked, shown, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def rows(folder: Path, table: str, *columns: str) -> set[tuple[str, ...]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {tuple(row[c] for c in columns) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], str]:
    folder = tmp_path_factory.mktemp("import")
    asked, shown, code = at_a_terminal(folder)
    assert code == 0, shown
    return folder, asked, shown


SAME = {
    "nominals": ("nominal_id", "name", "date_of_birth"),
    "memberships": ("nominal_id", "ocg_id", "role", "from_date", "to_date"),
    "ocgs": ("ocg_id", "name"),
    "crimes": ("crime_id", "offence_code", "ward", "district"),
    "crime_links": ("person_id", "crime_id", "link_role"),
    "intel_reports": ("report_id", "reported_on", "source_grade", "intelligence_grade", "handling_code", "text"),
    "intel_links": ("person_id", "report_id"),
    "things": ("thing_id", "kind", "label", "number", "registration", "postcode"),
    "thing_links": ("person_id", "thing_id", "relation", "confidence", "to_date"),
    "communications": ("from_thing", "to_thing", "at", "kind", "duration"),
    "sightings": ("thing_id", "at", "place", "source"),
    "transfers": ("from_account", "to_account", "at", "amount"),
    "children": ("child_id", "name", "date_of_birth"),
    "family_links": ("adult_id", "child_id", "relationship"),
}
"""Columns that a person who made the folder by hand and an import have to agree on."""


@pytest.mark.long
def test_the_workbook_comes_in_with_a_few_answers(imported: tuple[Path, list[str], str]) -> None:
    folder, asked, shown = imported
    assert len(asked) <= 10
    for table, columns in SAME.items():
        assert rows(folder / "out", table, *columns) == rows(EXPORTS / "by_hand", table, *columns), table
    assert "  not used:" not in shown
    assert f'communications_authority = "{AUTHORITY}"' in (folder / "out" / "about.toml").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_next_month_asks_nothing(imported: tuple[Path, list[str], str]) -> None:
    folder, _, _ = imported
    before = {t: (folder / "out" / f"{t}.csv").read_bytes() for t in SAME}
    done = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert {t: (folder / "out" / f"{t}.csv").read_bytes() for t in SAME} == before


def test_check_of_an_export_ends_with_the_command_to_try(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ocgnet", "check", str(WORKBOOK)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = " ".join(done.stdout.split("If this is")[-1].split())
    assert last.endswith(f"try: ocgnet import {WORKBOOK} --into mydata")


@pytest.mark.long
def test_our_own_tables_come_in_as_they_are(tmp_path: Path) -> None:
    tiny = Path(__file__).parents[2] / "fixtures" / "tiny"
    command = [sys.executable, "-m", "ocgnet", "import", str(tiny), "--into", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    for file in tiny.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as text:
            header = next(csv.reader(text))
        assert rows(tmp_path / "out", file.stem, header[0]) == rows(tiny, file.stem, header[0]), file.name
