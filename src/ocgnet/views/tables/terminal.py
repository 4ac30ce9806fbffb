"""A result table on the screen: the finding, the main columns, and where the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocgnet.results import ResultColumn, ResultTable
from ocgnet.views.figures_text import count, day, share
from ocgnet.views.tables.text import plain_values
from ocgnet.visible import visible

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
    "children": ("child_id", "age", "band_child", "band_adults", "ocgs", "because"),
    "communities": ("nominal_id", "name", "community", "stability"),
    "ties": ("person_a", "person_b", "weight", "kinds", "first_on", "last_on"),
}
"""Columns that fit a screen, by table."""

SCORES = frozenset({"position_score", "principal_score", "score_in_group"})
"""Shares that are a place on a scale, so that a percentage would mislead."""

_PROSE = 20
"""How much wider than any other column the reasons stay when room is short."""

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
    left_out: str = "",
) -> None:
    """Print a result table that fits 100 columns.

    Parameters
    ----------
    console : rich.console.Console
        Where to print.
    table : ResultTable
        Any result; one without rows prints a sentence instead.
    columns : sequence of str, optional
        Declared column names; default ``MAIN_COLUMNS``, else the first seven.
    limit : int
        Rows shown; the line below says how many there are.
    finding : str
        One sentence above the table.
    files : str
        Where all rows and columns are, printed below.
    marking : str
        Protective marking, printed above and below.
    left_out : str
        One sentence on what was left out, below the table.

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
    chosen = [declared[name] for name in columns or MAIN_COLUMNS.get(table.name) or list(declared)[:7]]
    width = min(console.width, WIDTH)
    rows = len(table.frame)
    if marking:
        console.print(_text(marking, "bold"), width=width)
    if finding:
        console.print(_text(finding), width=width)
    if rows:
        console.print(_grid(table, chosen, limit, width), width=width)
    else:
        console.print(_text(f"The table {table.name} has no rows for these records and filters."), width=width)
    assessed = [c.name.replace("_", " ") for c in chosen if c.assessment]
    if rows and assessed:
        console.print(_text(f"Worked out or suggested, not recorded: {', '.join(assessed)}.", "italic"), width=width)
    if left_out:
        console.print(_text(left_out), width=width)
    said = f"{count(min(limit, rows))} of {count(rows)} rows, {len(chosen)} of {len(declared)} columns."
    if rows:
        console.print(_text(said + (f" All of them: {files}" if files else "")), width=width)
    elif files:
        console.print(_text(f"All tables: {files}"), width=width)
    if marking:
        console.print(_text(marking, "bold"), width=width)


def _grid(table: ResultTable, chosen: list[ResultColumn], limit: int, room: int) -> Table:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    top = table.frame.head(limit)
    cells = [[shown(v, c.kind, c.name) for v in plain_values(top[c.name], c.kind)] for c in chosen]
    heads = [c.name.replace("_", " ") for c in chosen]
    natural = [
        max([*map(cell_len, head.split()), *map(cell_len, column)]) for head, column in zip(heads, cells, strict=True)
    ]
    # Two characters stand between columns.
    widths = _narrowed(natural, [c.name == "because" for c in chosen], room - 2 * (len(chosen) - 1))
    for column, head, width in zip(chosen, heads, widths, strict=True):
        right = column.kind in _NUMERIC
        grid.add_column(
            _text(head, "italic" if column.assessment else ""),
            justify="right" if right else "left",
            overflow="fold",
            width=width,
        )
    for row in zip(*cells, strict=True):
        grid.add_row(*map(_text, row))
    return grid


def _narrowed(widths: list[int], prose: list[bool], room: int) -> list[int]:
    """Return widths that fit, taken from the widest columns; prose stays wider than the others.

    >>> _narrowed([5, 40, 100], [False, False, True], 100)
    [5, 37, 58]
    """
    widths = list(widths)
    while sum(widths) > max(room, len(widths)):
        keep = [w - _PROSE if p and w > _PROSE else w for w, p in zip(widths, prose, strict=True)]
        widths[keep.index(max(keep))] -= 1
    return widths


def shown(value: Any, kind: str, name: str = "") -> str:
    """Return a cell as people read it: shares as percentages, dates dd/mm/yyyy, a dash when missing.

    >>> shown(0.94, "share"), shown(None, "text"), shown(True, "flag"), shown(1234.5678, "number")
    ('94%', '–', 'yes', '1,235')
    >>> shown(0.94, "share", "position_score")
    '0.94'
    """
    if value is None or value == "" or value != value:  # noqa: PLR0124 (NaN)
        said = "–"
    elif isinstance(value, bool):
        said = "yes" if value else "no"
    elif name in SCORES:
        said = f"{value:.2f}"
    elif kind == "share":
        said = share(value)
    elif kind == "count":
        said = count(value)
    elif kind == "number":
        said = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    else:
        said = day(value) if isinstance(value, date) else visible(str(value))
    return said


def _text(words: str, style: str = "") -> Text:
    return Text(visible(words), style=style)
