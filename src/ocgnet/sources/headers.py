"""From the header of a file to the columns of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ocgnet.model import Table
from ocgnet.sources.problems import Finding, Rule, Severity, one

MOST_COLUMNS = 1_000
"""Columns with a name that a table may have; the widest table of the model has about twenty."""


@dataclass(frozen=True)
class Header:
    """Where each column of the model stands in a file.

    Parameters
    ----------
    width : int
        Number of cells of the header.
    places : dict of str to int
        Position by column of the model.
    findings : tuple of Finding
        Repeated, unknown and missing columns.
    """

    width: int
    places: dict[str, int]
    findings: tuple[Finding, ...]


def read_header(table: Table, file: str, cells: Sequence[str], line: int = 1) -> Header:
    """Match the cells of a header with the columns of a table.

    A name counts when it is written exactly as in the model; for a near miss the remedy names the
    column that is probably meant. A column without a name is left alone: spreadsheets leave them behind.
    """
    named = sum(1 for c in cells if c.strip())
    if named > MOST_COLUMNS:
        remedy = (
            f"The header names {named:,} columns, and a table has at most {MOST_COLUMNS:,}. Export the table again, "
            f"with the columns of {table.name} only; ocgnet template DIR writes them."
        )
        return Header(len(cells), {}, (one(file, Rule.HEADER, remedy, line=line, whole_file=True),))
    names = [c.strip() for c in cells]
    if refused := _other_separator(table, names):
        first = next(c.name for c in table.columns if c.never_blank)
        return Header(
            len(cells), {}, (one(file, Rule.MISSING_COLUMN, refused, line=line, column=first, whole_file=True),)
        )
    counts = Counter(n for n in names if n)
    known = {c.name for c in table.columns}
    places: dict[str, int] = {}
    findings: list[Finding] = []
    for place, name in enumerate(names):
        if name in known and name not in places:
            places[name] = place
    for name in sorted(n for n, times in counts.items() if times > 1):
        remedy = f"Rename or delete one of the {counts[name]} columns called {name}."
        findings.append(one(file, Rule.HEADER, remedy, line=line, column=name, value=name, whole_file=True))
    absent = [c.name for c in table.columns if c.name not in places]
    meant = {n: near(n, absent) for n in names if n and n not in known}
    for name, guess in meant.items():
        tip = f"Rename it to {guess}" if guess else "Delete it, or leave it"
        remedy = f"{tip}: {table.name} has no column of this name, so it is not read."
        findings.append(
            one(file, Rule.UNKNOWN_COLUMN, remedy, line=line, column=name, value=name, severity=Severity.WARNING)
        )
    for column in table.columns:
        if column.never_blank and column.name not in places:
            remedy = _missing(table, column.name, {g: n for n, g in meant.items()})
            findings.append(
                one(file, Rule.MISSING_COLUMN, remedy, line=line, column=column.name, whole_file=True),
            )
    return Header(len(names), places, tuple(findings))


def near(text: str, allowed: Sequence[str]) -> str:
    """Return the allowed word that is probably meant, or nothing.

    >>> near("Nominal ID", ["nominal_id", "name"]), near("colour", ["nominal_id", "name"])
    ('nominal_id', '')
    """
    found = get_close_matches(text.strip().lower().replace(" ", "_")[:100], allowed, 1, 0.75)
    return found[0] if found else ""


_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def _other_separator(table: Table, names: Sequence[str]) -> str:
    """Return what to do about cells that another sign than the comma separates; nothing when commas do."""
    known = {c.name for c in table.columns}
    for mark, word in _SEPARATORS.items():
        if len(names) == 1 and mark in names[0] and known & {n.strip(" \"'") for n in names[0].lower().split(mark)}:
            return f"The cells are separated by {word}. Save the file with commas between the cells (CSV UTF-8)."
    return ""


def _missing(table: Table, column: str, renamed: dict[str, str]) -> str:
    if column in renamed:
        return f"Rename the column {renamed[column]} to {column}; {table.name} cannot be read without it."
    first = ", ".join(c.name for c in table.columns[:4])
    return f"Add the column {column}; the first line holds the names of the columns, such as {first}."
