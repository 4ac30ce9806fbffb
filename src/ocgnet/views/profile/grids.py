"""Tables of the report: chosen columns and rows of a profile's table, every cell as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ocgnet.local_profile.figures import ProfileTable
from ocgnet.results import Curve, ResultColumn
from ocgnet.views.svg.analysis import curve_rows
from ocgnet.views.tables import plain_values
from ocgnet.views.words.numbers import count, percent, plain, printed, share
from ocgnet.visible import visible

MOST_ROWS = 45
"""Rows of one table on the page; the workbook and the files hold all of them."""

_HEADS = {
    "share_of_severity": "share of harm",
    "severity_per_1000": "severity per 1,000",
    "crimes_per_1000": "crimes per 1,000",
    "severity_change": "change in harm",
    "crimes_change": "change in crimes",
    "severity_change_base": "change since base",
    "rank_by_severity": "rank by harm",
    "base_low": "from",
    "base_high": "to",
    "change_low": "from",
    "change_high": "to",
    "low": "from",
    "high": "to",
    "null_low": "chance from",
    "null_median": "chance, middle",
    "null_high": "chance to",
    "harm_unknown": "harm not known",
    "forms_before": "before",
    "referrals_before": "before",
    "groups_before": "before",
    "disruptions_before": "before",
}
_CHANGES = (
    "crimes_change",
    "severity_change",
    "severity_change_base",
    "change_low",
    "change_high",
    "base_low",
    "base_high",
)


@dataclass(frozen=True)
class Grid:
    """A table on the page.

    Parameters
    ----------
    heads : tuple of str
        Headings.
    rows : tuple of tuple of str
        Cells; `` | `` begins a new line within one.
    right : frozenset of int
        Columns of numbers.
    prose : frozenset of int
        Columns of sentences, which need width.
    caption : str
        The question that the table answers.
    more : str
        Where further rows are; empty when all are here.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    prose: frozenset[int]
    caption: str
    more: str


def grid_of(table: ProfileTable, columns: Sequence[str] = (), frame: pd.DataFrame | None = None) -> Grid:
    """Return some columns and rows of a table of the profile; all of them where none are named."""
    declared = {c.name: c for c in table.columns}
    chosen = [declared[c] for c in columns or table.frame.columns]
    frame = table.frame if frame is None else frame
    top = frame.head(MOST_ROWS)
    cells = [[_cell(c, v) for v in plain_values(top[c.name], c.kind)] for c in chosen]
    more = ""
    if len(frame) > MOST_ROWS:
        more = f"The first {count(MOST_ROWS)} of {count(len(frame))} rows; all of them are in tables/{table.name}.csv."
    return Grid(
        tuple(_HEADS.get(c.name, c.name.replace("_", " ")) for c in chosen),
        tuple(zip(*cells, strict=True)),
        frozenset(i for i, c in enumerate(chosen) if c.kind in ("count", "number", "share")),
        frozenset(i for i, column in enumerate(cells) if max(map(len, column), default=0) > 60),
        table.question,
        more,
    )


def curve_grid(curves: Sequence[Curve], k: int) -> Grid:
    """Return the numbers behind the concentration of crimes and reports on nominals."""
    heads = ["people"]
    for curve in curves:
        if curve.events and curve.people:
            heads += [f"{curve.kind} that relate to them", "chance alone gives"]
    rows = tuple(tuple(r) for r in curve_rows(curves, k))
    caption = "To how few nominals do how many crimes and reports relate?"
    return Grid(tuple(heads), rows, frozenset(range(len(heads))), frozenset(), caption, "")


def _cell(column: ResultColumn, value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return "–"
    if isinstance(value, float):
        return percent(value) if column.name in _CHANGES else share(value) if column.kind == "share" else rounded(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y"))
    return printed(visible(str(value)))


def rounded(value: float) -> str:
    """Return a number as print shows it: whole from 100 up.

    >>> rounded(1963081.4), rounded(9.7488)
    ('1,963,081', '9.75')
    """
    return plain(value, "number")
