"""Where the header of a sheet stands: under titles, under merged names of groups of columns, or nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LOOKED_AT = 60
"""Rows that are looked at to find the header."""

_LONGEST_NAME = 80
_VALUE = re.compile(
    r"[+-]?[0-9][0-9 ,.]*([eE][+-]?[0-9]+)?%?|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ].*)?"
    r"|[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?"
)

Row = Sequence[str]
Span = tuple[int, int, int]
"""A merged range of one row: the place of the row, its first column and its last."""


@dataclass(frozen=True)
class HeaderAt:
    """The place of the header among the rows looked at.

    ``names`` has one for every column, empty where none stands; ``first`` is the place of the first record, ``row``
    that of the names, -1 when no row looks like names; ``titles`` is what stood above.
    """

    names: tuple[str, ...]
    row: int
    first: int
    titles: tuple[str, ...] = ()


def find_header(rows: Sequence[Row], merged: Sequence[Span] = ()) -> HeaderAt:
    """Find the header among the first rows that are not blank.

    The first row that fills at least three fifths of the columns with different names, none of them a number or a day,
    is the header. A row of other names right under it that fills its gaps belongs to it; so does a row above it that
    names groups of its columns: merged cells, or names above columns that are called the same.
    """
    width = max(map(len, rows), default=0)
    filled = [sum(bool(c.strip()) for c in row) for row in rows]
    # The records' own width: what nearly all rows fill at most, so that one long title row decides nothing.
    full = sorted(filled)[int(len(filled) * 0.9)] if filled else 0
    for at, row in enumerate(rows):
        if filled[at] >= max(1, 0.6 * full) and _is_names(row):
            return _around(rows, at, width, [m for m in merged if m[2] - m[1] + 1 < width])
    return HeaderAt(tuple(f"Column {k + 1}" for k in range(width)), -1, 0)


def header_at(rows: Sequence[Row], at: int) -> HeaderAt:
    """Take the row at a place that somebody named for the header."""
    width = max(map(len, rows))
    return HeaderAt(_padded(rows[at], width), at, at + 1, _titles(rows[:at]))


def _is_names(row: Row) -> bool:
    cells = [c.strip() for c in row if c.strip()]
    if any(len(c) > _LONGEST_NAME or _VALUE.fullmatch(c) for c in cells):
        return False
    return sum(any(map(str.isalpha, c)) for c in cells) >= 0.7 * len(cells)


def _padded(row: Row, width: int) -> tuple[str, ...]:
    # Braces are how a mapping names a column.
    cells = [" ".join(c.split()).replace("{", "(").replace("}", ")") for c in row]
    return tuple(cells + [""] * (width - len(cells)))


def _titles(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(text for row in rows if (text := " ".join(c.strip() for c in row if c.strip())))


def _around(rows: Sequence[Row], at: int, width: int, merged: Sequence[Span]) -> HeaderAt:
    names = _padded(rows[at], width)
    first = at + 1
    if first < len(rows) and (below := _padded(rows[first], width)) and _fills_gaps(names, below):
        return HeaderAt(_joined(_spread(names, below), below), at, first + 1, _titles(rows[:at]))
    above = _padded(rows[at - 1], width) if at else ()
    named = [k for k, c in enumerate(above) if c]
    groups = [m for m in merged if m[0] == at - 1 and m[2] > m[1]]
    repeated = any(n > 1 for n in Counter(filter(None, names)).values())
    if named and _is_names(above) and (groups or (repeated and len(named) > 1)):
        spread = list(above)
        for _, begin, end in groups:
            spread[begin : end + 1] = [above[begin]] * (end - begin + 1)
        group = tuple(spread) if groups else _spread(above, names)
        return HeaderAt(_joined(group, names), at, first, _titles(rows[: at - 1]))
    return HeaderAt(names, at, first, _titles(rows[:at]))


def _fills_gaps(names: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether a row under the names is a second row of names: it fills gaps and no column that stands alone."""
    gaps = [k for k, c in enumerate(names) if not c]
    filled = [k for k, c in enumerate(below) if c]
    if not gaps or len(filled) < 2 or not _is_names(below) or not any(k in gaps for k in filled):
        return False
    # Every name of the second row stands under a group: a gap, or the name that begins the gap.
    return all(k in gaps or (k + 1 in gaps and below[k + 1]) for k in filled)


def _spread(groups: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Let a name reach over the columns after it that have none of their own."""
    spread, last = [], ""
    for group, name in zip(groups, below, strict=True):
        last = group or (last if name else "")
        spread.append(last)
    return tuple(spread)


def _joined(groups: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{g} {n}".strip() for g, n in zip(groups, names, strict=True))


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names of which each stands once: a second ``Date`` is ``Date (2)``; ``""`` stays.

    >>> unique_names(["Date", "", "Date", "Date (2)"])
    ['Date', '', 'Date (3)', 'Date (2)']
    """
    taken = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        free, number = name, 1
        while name and free in seen:
            number += 1
            tried = f"{name} ({number})"
            free = name if tried in taken or tried in seen else tried
        seen.add(free)
        unique.append(free)
    return unique
