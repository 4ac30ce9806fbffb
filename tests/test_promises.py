"""SECURITY.md and docs/data-protection.md promise nothing that no test holds and name nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from every_command import ROOT, commands_of_the_program

PAGES = (ROOT / "SECURITY.md", ROOT / "docs" / "data-protection.md")


def rows(page: Path, heading: str) -> list[list[str]]:
    """Return the rows of the tables whose header begins with a word."""
    found: list[list[str]] = []
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[0] == heading:
            inside = True
        elif inside and not set(line) <= set("|-"):
            found.append(cells)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_test_that_is_named_exists_and_holds_tests(page: Path) -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8")))
    assert len(named) > 10
    for name in sorted(named):
        assert (ROOT / name).is_file(), f"{page.name} names {name}, which does not exist"
        assert re.search(r"^def test_", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.parametrize(("page", "heading"), [(PAGES[0], "promise"), (PAGES[1], "duty")])
def test_every_promise_and_duty_has_a_test(page: Path, heading: str) -> None:
    promises = rows(page, heading)
    assert len(promises) > 15
    for cells in promises:
        assert any("tests/" in cell or "those named there" in cell for cell in cells), cells[0]
        assert all(cells), cells


def test_every_statement_about_the_law_has_its_source_and_date_or_is_called_unverified() -> None:
    statements = rows(PAGES[1], "statement")
    assert len(statements) > 15
    for says, source, read, _lawyer in statements:
        assert source, says
        assert re.search(r"\d{4}-\d{2}-\d{2}", read) or "**not verified**" in source, says


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        else:
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_that_are_named_are_there(page: Path) -> None:
    commands = commands_of_the_program()
    rooms = {c.split()[0] for c in commands if " " in c}
    for words in re.findall(r"`ocgnet ([a-z0-9-]+)((?: [a-z]+)?)", page.read_text(encoding="utf-8")):
        name = words[0] + (words[1] if words[0] in rooms else "")
        assert name in commands | rooms, name


def test_both_records_are_filled_in_to_the_end() -> None:
    letters = [cells[0] for cells in rows(PAGES[1], "letter")]
    assert "".join(re.findall(r"\*\*(\w)\*\*", " ".join(letters))) == "ALGOCARE"
    fields = rows(PAGES[1], "field")
    assert len(fields) > 20
    for cells in (*rows(PAGES[1], "letter"), *fields, *rows(PAGES[1], "risk")):
        assert all(len(cell) > 3 for cell in cells[1:]), cells
