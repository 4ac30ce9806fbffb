"""Tables of the report: which columns and rows, and every cell as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ocgnet.model.columns import ROLES
from ocgnet.results import Analysis, ResultColumn, ResultTable
from ocgnet.views.svg.analysis import curve_rows
from ocgnet.views.tables import plain_values, shown
from ocgnet.views.words.numbers import (
    UNKNOWN,
    band,
    before_text,
    count,
    day,
    number_of,
    of,
    period_text,
    printed,
    ratio,
    share,
    value_text,
)
from ocgnet.views.workbook import GROUP_COLUMNS
from ocgnet.visible import visible

MOST_ROWS = 200
"""Rows of one table on the page; the files hold all of them."""


@dataclass(frozen=True)
class Grid:
    """A table on the page.

    Parameters
    ----------
    heads : tuple of (str, bool)
        Heading, and whether the column is an assessment.
    rows : tuple of tuple of str
        Cells as text.
    right : frozenset of int
        Columns of numbers.
    more : str
        Where further rows are; empty when all are here.
    name : str
        Heading of the table, where there are several of one kind.
    whole : frozenset of int
        Columns whose cells stay on one line.
    prose : frozenset of int
        Columns with long texts, which need width.
    tight : frozenset of int
        Columns with very long words, which may break anywhere.
    """

    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    more: str = ""
    name: str = ""
    whole: frozenset[int] = frozenset()
    prose: frozenset[int] = frozenset()
    tight: frozenset[int] = frozenset()


def of_table(table: ResultTable, columns: Sequence[str], frame: pd.DataFrame, name: str = "") -> Grid:
    """Return some columns and rows of a result table."""
    declared = {c.name: c for c in table.columns}
    return _grid([declared[c] for c in columns], frame, f"tables/{table.name}.csv", name)


def groups_grid(analysis: Analysis) -> Grid:
    """Return the groups on the analysis date."""
    frame = analysis.groups.assign(
        suggested_principals=[
            v.replace("|", " | ") if isinstance(v, str) else v for v in analysis.groups["suggested_principals"]
        ]
    )
    return _grid(GROUP_COLUMNS, frame, "workbook.xlsx")


def group_sentences(analysis: Analysis) -> list[str]:
    """Return what else is known of the groups, each number with its whole."""
    total = number_of(analysis, "ocgs")
    said = []
    if total:
        if (abroad := number_of(analysis, "ocgs_abroad")) is not None:
            countries = number_of(analysis, "countries_abroad")
            where = f", in {of(countries, 'country', 'countries')}" if countries else ""
            said.append(f"{ratio(abroad, total, 'groups')} operate outside the UK{where}.")
        if (disruptions := number_of(analysis, "disruptions")) is not None:
            before = number_of(analysis, "disruptions_before")
            then = f" ({count(before)} from {before_text(analysis)})" if before is not None else ""
            said.append(
                f"{of(disruptions, 'disruption was', 'disruptions were')} recorded from {period_text(analysis)}{then}."
            )
    return said


def curve_grid(analysis: Analysis) -> Grid:
    """Return the numbers behind the concentration curve."""
    heads = [("people", True)]
    for curve in analysis.curves:
        if curve.events and curve.people:
            heads += [(f"{curve.kind} that relate to them", True), (f"{curve.kind}: chance alone gives", True)]
    rows = curve_rows(analysis.curves, analysis.settings.top_k)
    return Grid(tuple(heads), tuple(tuple(r) for r in rows), frozenset(range(len(heads))))


def top_grid(analysis: Analysis) -> Grid:
    """Return the chosen few, in the order of the ranking."""
    columns = ("rank", "nominal_id", "name", "crimes", "reports", "crimes_covered_share", "reports_covered_share")
    frame = analysis.concentration.frame
    return of_table(analysis.concentration, (*columns, "inclusion"), frame[frame["in_top"].fillna(value=False)])


def principals_grid(analysis: Analysis, principals: pd.DataFrame) -> Grid:
    """Return the suggested principals by group, with the reasons."""
    columns = ("ocg_id", "nominal_id", "name", "recorded_role", "position_score", "stability", "because")
    return of_table(analysis.roles, columns, principals)


def outside_grid(analysis: Analysis) -> Grid:
    """Return people of no group who stand above the principals of one."""
    columns = ("nominal_id", "name", "ocg_id", "ties", "position_score", "principal_score", "because")
    return of_table(analysis.outside_but_tied, columns, analysis.outside_but_tied.frame)


def highest_grid(analysis: Analysis) -> Grid:
    """Return who stands highest, where no membership holds."""
    columns = ("rank", "nominal_id", "name", "position_score", "stability", "because")
    return of_table(analysis.highest_positions, columns, analysis.highest_positions.frame)


def agreement_grid(analysis: Analysis) -> Grid:
    """Return the confusion counts of recorded against suggested roles."""
    table = analysis.agreement.table
    if table.empty:
        return Grid((), ())
    rows = tuple(
        (index if str(index).startswith("not ") else f"recorded {index}", *(count(0 if pd.isna(v) else v) for v in row))
        for index, row in zip(table.index, table.to_numpy(), strict=True)
    )
    heads = (("", False), *((f"suggested {c}" if c in ROLES else str(c), True) for c in table.columns))
    return Grid(heads, rows, frozenset(range(1, len(heads))))


def network_grid(analysis: Analysis) -> Grid:
    """Return the network in numbers."""
    n = analysis.network
    heads = (("measure", False), ("value", True), ("what it is", False))
    if reason := analysis.unknown("network"):
        return Grid(heads, (("every measure", UNKNOWN, reason),), frozenset({1}))
    rows = (
        ("people", count(n.nodes), "nominals that take part"),
        ("ties", count(n.edges), "pairs with a shared crime, a shared report or a recorded contact"),
        ("people without a tie", count(n.isolates), f"of {count(n.nodes)}"),
        ("separate parts", count(n.components), "people without a tie are parts of their own"),
        ("density", _decimal(n.density), "share of all possible ties"),
        ("mean degree", _decimal(n.mean_degree), "ties a person"),
        (
            "transitivity",
            _decimal(n.transitivity),
            "share of 'two people tied to the same third' that are tied themselves",
        ),
        ("average distance", _decimal(n.average_distance), "steps between two people who can reach each other"),
        ("highest betweenness", _decimal(n.max_betweenness), "largest share of shortest paths through one person"),
    )
    return Grid(heads, rows, frozenset({1}))


def left_out_grid(analysis: Analysis) -> Grid:
    """Return what took no part, and why."""
    rows = tuple((_head(x.what), printed(x.why), count(x.count)) for x in analysis.left_out)
    return Grid((("records", False), ("why", False), ("rows", False)), rows, frozenset({2}))


def dates_grid(frame: pd.DataFrame) -> Grid:
    """Return from when to when the records of each table run."""
    heads = (("records", False), ("first dated", False), ("last dated", False), ("dated", True), ("undated", True))
    rows = tuple(
        (_head(r.table), _day_or_dash(r.first), _day_or_dash(r.last), count(r.dated), count(r.undated))
        for r in frame.itertuples()
    )
    return Grid(heads, rows, frozenset({3, 4}))


def _day_or_dash(moment: pd.Timestamp) -> str:
    return "–" if pd.isna(moment) else day(moment.date())


def figures_grid(analysis: Analysis) -> Grid:
    """Return every figure with numerator, denominator, filter, interval and chance."""
    rows = []
    for key, f in sorted(analysis.figures.items()):
        counts = f"{count(f.numerator)} of {count(f.denominator)}" if f.numerator is not None and f.denominator else "–"
        interval = band(f.low, f.high) if f.unit == "share" and f.low is not None and f.high is not None else "–"
        chance = "–"
        if f.unit == "share" and f.null_low is not None and f.null_high is not None:
            chance = band(f.null_low, f.null_high) + (f", median {share(f.null_median)}" if f.null_median else "")
        rows.append(
            (
                key,
                visible(f.says),
                value_text(f),
                counts,
                printed(visible(f.unknown or f.filter)) or "–",
                interval,
                chance,
            )
        )
    heads = ("figure", "what it is", "value", "counts", "filter", "95% interval", "by chance")
    assessed = tuple((h, i in (2, 3, 5, 6)) for i, h in enumerate(heads))
    return Grid(assessed, tuple(rows), frozenset({2}), prose=frozenset({1, 4}), tight=frozenset({0}))


def _grid(columns: Sequence[ResultColumn], frame: pd.DataFrame, file: str, name: str = "") -> Grid:
    top = frame.head(MOST_ROWS)
    cells = [[printed(shown(v, c.kind, c.name)) for v in plain_values(top[c.name], c.kind)] for c in columns]
    return Grid(
        tuple((_head(c.name), c.assessment) for c in columns),
        tuple(zip(*cells, strict=True)),
        frozenset(i for i, c in enumerate(columns) if c.kind in ("count", "number", "share")),
        _more(len(frame), file),
        name,
        frozenset(i for i, c in enumerate(columns) if c.kind in ("id", "date") or _short_names(c.name, cells[i])),
        frozenset(i for i, column in enumerate(cells) if any(map(_long, column))),
        frozenset(i for i, column in enumerate(cells) if any(map(_tight, column))),
    )


def _long(cell: str) -> bool:
    return len(cell) > 80 and max(map(len, cell.split(" | "))) > 40


def _short_names(column: str, cells: list[str]) -> bool:
    return column == "name" and max(map(len, cells), default=0) <= 24


def _tight(cell: str) -> bool:
    return max(map(len, cell.split()), default=0) > 24


def _decimal(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3g}"


def _head(name: str) -> str:
    return name.replace("_", " ").replace("ocg", "OCG")


def _more(rows: int, file: str) -> str:
    return f"The first {count(MOST_ROWS)} of {count(rows)} rows; all of them are in {file}." if rows > MOST_ROWS else ""
