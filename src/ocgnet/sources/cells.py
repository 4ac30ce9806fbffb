"""From the text of one cell to the value it stands for: the one verdict on what a cell may hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ocgnet.clocks import ZONE
from ocgnet.english import close_to
from ocgnet.model import Column, Kind, Table
from ocgnet.sources.problems import Finding, Rule, Severity, one

LONGEST_ID = 200
"""Characters an id may have."""

LONGEST_CELL = 1_000_000
"""Characters a cell may have; a longer one is nearly always a quote that was never closed."""

FORMULA_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
"""What a spreadsheet leaves in a cell whose formula failed."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
EARLIEST = date(1900, 1, 1)
ZONED = r"[0-9] ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
"""How the text of an instant with a zone ends, the last digit of its clock with it."""


class CellError(ValueError):
    """A text that does not stand for what its column holds."""

    def __init__(self, rule: Rule, remedy: str) -> None:
        super().__init__(remedy)
        self.rule, self.remedy = rule, remedy


def read_cell(column: Column, text: str) -> Any:
    """Return the value of a cell that is not blank and has no space around it, or raise ``CellError``.

    Dates are ISO 8601 or dd/mm/yyyy; a moment has a ``T`` or a space before its clock, whose seconds may be missing,
    and a bare date stands for its midnight; flags are true, false, yes, no, 1 or 0. Several values keep their ``|``.

    >>> from ocgnet.model import table
    >>> read_cell(table("crimes").column("recorded_on"), "31/01/2019")
    datetime.date(2019, 1, 31)
    >>> read_cell(table("crimes").column("crime_id"), "00123")
    '00123'
    """
    if text in FORMULA_ERRORS:
        raise CellError(Rule.TEXT, "The formula in this cell failed. Correct it, or clear the cell.")
    if not column.many:
        return _read_one(column, text)
    parts = [part.strip() for part in text.split("|")]
    return "|".join(_read_one(column, part) for part in parts if part) or None


DAY_FIRST = "/"
"""What stands in a date that is written dd/mm/yyyy, and in no other."""


def _read_one(column: Column, text: str) -> Any:
    value = _READ[column.kind](column, text)
    if column.between is not None and not column.between[0] <= value <= column.between[1]:
        low, high = (f"{end:g}" for end in column.between)
        bound = f"from {low} to {high}" if column.between[1] < 1e9 else f"of {low} or more"
        raise CellError(Rule.RANGE, f"Write a number {bound}.")
    if column.pattern and not re.fullmatch(column.pattern, value):
        raise CellError(Rule.PATTERN, f"Write {column.pattern_says}.")
    return value


def _id(_: Column, text: str) -> str:
    if "|" in text:
        raise CellError(Rule.ID, "An id may not hold the sign |, which separates several values. Give one id.")
    if not text.isprintable():
        raise CellError(Rule.ID, "The id holds a line break or an invisible character. Type it again.")
    if len(text) > LONGEST_ID:
        raise CellError(Rule.ID, f"The id is longer than {LONGEST_ID} characters. Look for a missing comma or quote.")
    return text


def _text(_: Column, text: str) -> str:
    if "\0" in text:
        raise CellError(Rule.TEXT, "The cell holds a NUL byte, so the file is damaged here. Export it again.")
    if len(text) > LONGEST_CELL:
        raise CellError(Rule.TEXT, f"The cell is longer than {LONGEST_CELL:,} characters. Shorten it.")
    return text


def _enum(column: Column, text: str) -> str:
    if text in column.enum:
        return text
    guess = close_to(re.sub("[ -]+", "_", text[:100].lower()), column.enum, 1, 0.75)
    what = f"{guess[0]}; allowed are" if guess else "one of"
    raise CellError(Rule.ENUM, f"Write {what} {', '.join(column.enum)}.")


def _date(_: Column, text: str) -> date:
    day, _gap, clock = text.replace("T", " ").partition(" ")
    value = _day(day, Rule.DATE)
    if clock and not re.fullmatch(r"00?:00(:00(\.0+)?)?", clock):
        raise CellError(Rule.DATE, f"Write the date without a time: {value}.")
    return value


def _moment(_: Column, text: str) -> datetime:
    day, _gap, clock = text.replace("T", " ").partition(" ")
    on = _day(day, Rule.MOMENT)
    if not clock:
        return datetime(on.year, on.month, on.day)
    if not (match := _CLOCK.fullmatch(clock)):
        zone = re.search(r"[0-9](Z|[+-][0-9:]+)$", clock)
        tip = "Write local time without a zone" if zone else "Write the time as hours and minutes"
        raise CellError(Rule.MOMENT, f"{tip}, such as {on}T21:30.")
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(on.year, on.month, on.day, hour, minute, second)
    except ValueError:
        raise CellError(Rule.MOMENT, f"There is no such time of day. Write it as {on}T21:30.") from None


def _instant(column: Column, text: str) -> datetime:
    """Read a day, a time with its zone, or a time on the wall; in universal time, a day alone as 00:00:00."""
    match = re.search(f"{ZONED}$", text) if len(text) > len("2019-01-31") else None
    clock = _moment(column, text[: match.start() + 1] if match else text)
    if match is None:
        alone = len(text) <= len("2019-01-31")
        return clock if alone else clock.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC).replace(tzinfo=None)
    zone = match[1]
    if zone == "Z":
        return clock
    sign, hours, minutes = zone[0], int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
    if hours > 14 or minutes > 59:
        raise CellError(Rule.MOMENT, f"There is no such time zone. Write it as {clock:%Y-%m-%dT%H:%M}+01:00.")
    ahead = timedelta(hours=hours, minutes=minutes)
    try:
        return clock - ahead if sign == "+" else clock + ahead
    except OverflowError:
        raise CellError(Rule.MOMENT, "No calendar reaches this time. Correct the year.") from None


def _day(text: str, rule: Rule) -> date:
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif re.fullmatch(r"[0-9]{5}(\.0)?", text):
        raise CellError(rule, "This is a spreadsheet's day number. Format the column as a date and export it again.")
    else:
        raise CellError(rule, "Write the date as year-month-day, such as 2019-01-31.")
    try:
        value = date(year, month, day)
    except ValueError:
        swapped = " The day comes first in dd/mm/yyyy." if DAY_FIRST in text and month > 12 else ""
        raise CellError(rule, f"There is no such day in the calendar.{swapped} Write it as 2019-01-31.") from None
    if value < EARLIEST:
        raise CellError(Rule.IMPOSSIBLE_DATE, "A date before 1900 cannot be right. Correct the year.")
    return value


def _integer(_: Column, text: str) -> int:
    if _INTEGER.fullmatch(text):
        return int(text)
    raise CellError(Rule.INTEGER, "Write a whole number in digits only, such as 1200.")


def _number(_: Column, text: str) -> float:
    if _NUMBER.fullmatch(text) and abs(number := float(text)) < float("inf"):
        return number
    raise CellError(Rule.NUMBER, "Write a number in digits with a point, such as 51.5, and without a unit.")


def _flag(_: Column, text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise CellError(Rule.FLAG, "Write true or false (yes, no, 1 and 0 will do), or leave it blank.") from None


_READ: dict[Kind, Callable[[Column, str], Any]] = {
    Kind.ID: _id,
    Kind.TEXT: _text,
    Kind.ENUM: _enum,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.INSTANT: _instant,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
}


MOST_COLUMNS = 1_000
"""Columns with a name that a table may have; the widest table of the model has about twenty."""


@dataclass(frozen=True)
class Header:
    """How many cells a header has, where each column of the model stands in it, and what is wrong with it."""

    width: int
    places: dict[str, int]
    findings: tuple[Finding, ...]


def read_header(table: Table, file: str, cells: Sequence[str], line: int = 1) -> Header:
    """Match the cells of a header with the columns of a table.

    A name counts when it is written exactly as in the model; for a near miss the remedy names the
    column that is probably meant. A column without a name is left alone: spreadsheets leave them behind.
    """
    note = partial(one, file, line=line)
    names = [c.strip() for c in cells]
    if (named := sum(map(bool, names))) > MOST_COLUMNS:
        remedy = (
            f"The header names {named:,} columns, and a table has at most {MOST_COLUMNS:,}. Export the table again, "
            f"with the columns of {table.name} only; ocgnet template DIR writes them."
        )
        return Header(len(cells), {}, (note(Rule.HEADER, remedy, whole_file=True),))
    if refused := _other_separator(table, names):
        first = next(c.name for c in table.columns if c.never_blank)
        return Header(len(cells), {}, (note(Rule.MISSING_COLUMN, refused, column=first, whole_file=True),))
    known = {c.name for c in table.columns}
    places: dict[str, int] = {}
    findings: list[Finding] = []
    for place, name in enumerate(names):
        if name in known:
            places.setdefault(name, place)
    for name, times in sorted(Counter(filter(None, names)).items()):
        if times > 1:
            remedy = f"Rename or delete one of the {times} columns called {name}."
            findings.append(note(Rule.HEADER, remedy, column=name, value=name, whole_file=True))
    absent = [c.name for c in table.columns if c.name not in places]
    meant = {n: near(n, absent) for n in names if n and n not in known}
    for name, guess in meant.items():
        tip = f"Rename it to {guess}" if guess else "Delete it, or leave it"
        remedy = f"{tip}: {table.name} has no column of this name, so it is not read."
        findings.append(note(Rule.UNKNOWN_COLUMN, remedy, column=name, value=name, severity=Severity.WARNING))
    for column in table.columns:
        if column.never_blank and not column.once and column.name not in places:
            remedy = _missing(table, column.name, {g: n for n, g in meant.items()})
            findings.append(note(Rule.MISSING_COLUMN, remedy, column=column.name, whole_file=True))
    return Header(len(names), places, tuple(findings))


def near(text: str, allowed: Sequence[str], cutoff: float = 0.75) -> str:
    """Return the allowed word that is probably meant, or nothing; ``cutoff`` is the least likeness, from 0 to 1.

    >>> near("Nominal ID", ["nominal_id", "name"]), near("colour", ["nominal_id", "name"])
    ('nominal_id', '')
    """
    return next(iter(close_to(text.strip().lower().replace(" ", "_")[:100], allowed, 1, cutoff)), "")


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
