"""A result table on the screen: the finding, the main columns, and where the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocgnet.results import ResultColumn, ResultTable
from ocgnet.views.figures_text import count, day, share, visible
from ocgnet.views.tables.text import plain_values

WIDTH = 100
"""Widest table, in characters."""

MAIN_COLUMNS: dict[str, tuple[str, ...]] = {
    "roles": ("nominal_id", "name", "ocg_id", "recorded_role", "suggested_role", "stability", "because"),
    "people": ("nominal_id", "name", "position_score", "community", "degree", "crimes", "reports", "harm"),
    "concentration": (
        "rank",
        "nominal_id",
        "name",
        "crimes",
        "reports",
        "crimes_covered_share",
        "reports_covered_share",
        "inclusion",
    ),
    "children": ("child_id", "age", "priority", "ocgs", "because"),
    "communities": ("nominal_id", "name", "community", "stability"),
    "ties": ("person_a", "person_b", "weight", "kinds", "first_on", "last_on"),
}
"""Columns that fit a screen, by table."""

SCORES = frozenset({"position_score"})
"""Shares that are a place on a scale, so that a percentage would mislead."""

_ROOM = {"because": 36}
_MOST = {"name": 18, "recorded_role": 11, "suggested_role": 11, "ocgs": 18, "kinds": 24}
_NUMERIC = ("count", "number", "share")


def print_table(
    console: Console,
    table: ResultTable,
    *,
    columns: Sequence[str] | None = None,
    limit: int = 20,
    finding: str = "",
    files: str = "",
    marking: str = "",
) -> None:
    """Print a result table that fits 100 columns.

    Parameters
    ----------
    console : rich.console.Console
        Where to print.
    table : ResultTable
        Any result; one without rows prints a sentence instead.
    columns : sequence of str, optional
        Declared column names; default ``MAIN_COLUMNS``.
    limit : int
        Rows shown; the line below says how many there are.
    finding : str
        One sentence above the table.
    files : str
        Where all rows and columns are, printed below.
    marking : str
        Protective marking, printed above and below.

    Raises
    ------
    KeyError
        When a column is not declared.

    Notes
    -----
    Words from the data are printed as they are: markup in them is not read, and control and
    direction characters are spelled out.
    """
    declared = {c.name: c for c in table.columns}
    chosen = [declared[name] for name in columns or MAIN_COLUMNS[table.name]]
    width = min(console.width, WIDTH)
    rows = len(table.frame)
    if marking:
        console.print(_text(marking, "bold"), width=width)
    if finding:
        console.print(_text(finding), width=width)
    if rows:
        console.print(_grid(table, chosen, limit), width=width)
    else:
        console.print(_text(f"The table {table.name} has no rows for these records and filters."), width=width)
    said = f"{count(min(limit, rows))} of {count(rows)} rows, {len(chosen)} of {len(declared)} columns."
    if rows:
        console.print(_text(said + (f" All of them: {files}" if files else "")), width=width)
    elif files:
        console.print(_text(f"All tables: {files}"), width=width)
    if marking:
        console.print(_text(marking, "bold"), width=width)


def _grid(table: ResultTable, chosen: list[ResultColumn], limit: int) -> Table:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    for column in chosen:
        numeric = column.kind in _NUMERIC
        grid.add_column(
            _text(column.name.replace("_", " ")),
            justify="right" if numeric else "left",
            overflow="fold",
            min_width=_ROOM.get(column.name, 6),
            max_width=_MOST.get(column.name),
        )
    top = table.frame.head(limit)
    cells = [plain_values(top[c.name], c.kind) for c in chosen]
    for row in zip(*cells, strict=True):
        grid.add_row(*(_text(shown(v, c.kind, c.name)) for v, c in zip(row, chosen, strict=True)))
    return grid


def shown(value: Any, kind: str, name: str = "") -> str:
    """Return a cell as people read it: shares as percentages, dates dd/mm/yyyy, a dash when missing.

    >>> shown(0.94, "share"), shown(None, "text"), shown(True, "flag"), shown(1234.5678, "number")
    ('94%', '–', 'yes', '1,235')
    >>> shown(0.94, "share", "position_score")
    '0.94'
    """
    if value is None or value == "" or (isinstance(value, float) and value != value):  # noqa: PLR0124 (NaN)
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in SCORES:
        return f"{value:.2f}"
    if kind == "share":
        return share(value)
    if kind == "count":
        return count(value)
    if kind == "number":
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return day(value) if isinstance(value, date) else visible(str(value))


def _text(words: str, style: str = "") -> Text:
    return Text(visible(words), style=style)
