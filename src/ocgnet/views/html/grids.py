"""Tables of the pages: which columns and rows, and every cell as text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ocgnet.english import counted
from ocgnet.local_profile.figures import ProfileTable
from ocgnet.model.columns import ROLES
from ocgnet.results import Analysis, Curve, ResultColumn, ResultTable
from ocgnet.views.svg.analysis import curve_rows
from ocgnet.views.tables.terminal import shown
from ocgnet.views.tables.text import plain_values
from ocgnet.views.words.numbers import (
    UNKNOWN,
    band,
    before_text,
    count,
    day,
    percent,
    period_text,
    plain,
    printed,
    ratio,
    share,
    value_of,
    value_text,
)
from ocgnet.views.workbook import GROUP_COLUMNS
from ocgnet.visible import visible

MOST_ROWS = 200
"""Rows of one table of the report; the files hold all of them."""

MOST_PROFILE_ROWS = 45
"""Rows of one table of a profile."""

_NUMBERS = ("count", "number", "share")
_CHANGES = frozenset({
    "change", "crimes_change", "severity_change", "severity_change_base", "change_low", "change_high", "base_low",
    "base_high", "fraud_change", "computer_misuse_change", "money_laundering_change",
})  # fmt: skip
_HEADS = {
    "share_of_severity": "share of harm",
    "severity_per_1000": "severity per 1,000",
    "crimes_per_1000": "crimes per 1,000",
    "crimes_per_10000": "crimes per 10,000",
    "per_10000": "per 10,000",
    "knife_per_10000": "knife per 10,000",
    "severity_change": "change in harm",
    "crimes_change": "change in crimes",
    "severity_change_base": "change since base",
    "rank_by_severity": "rank by harm",
    "null_low": "chance from",
    "null_median": "chance, middle",
    "null_high": "chance to",
    "harm_unknown": "harm not known",
    "out_share": "share out of force",
    "out_juveniles": "juveniles of them",
    "out_juvenile_share": "their share",
    **dict.fromkeys(("base_low", "change_low", "low", "member_low", "out_low"), "from"),
    **dict.fromkeys(("base_high", "change_high", "high", "member_high", "out_high"), "to"),
    **dict.fromkeys(("forms_before", "referrals_before", "groups_before", "disruptions_before"), "before"),
}


@dataclass(frozen=True)
class Grid:
    """A table on a page: headings, and rows of cells as text, in which `` | `` begins a new line.

    Columns are named by their place: ``assessed`` are assessments, ``right`` numbers, ``whole`` stay on one line,
    ``prose`` have long texts, which need width, and ``tight`` very long words, which may break anywhere. ``more`` says
    where further rows are, ``caption`` what the table answers, where the page does not say.
    """

    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    assessed: Collection[int] = ()
    right: Collection[int] = ()
    more: str = ""
    caption: str = ""
    whole: Collection[int] = ()
    prose: Collection[int] = ()
    tight: Collection[int] = ()


def of_table(table: ResultTable, columns: Sequence[str], frame: pd.DataFrame) -> Grid:
    """Return some columns and rows of a result table."""
    declared = {c.name: c for c in table.columns}
    return _grid([declared[c] for c in columns], frame, f"tables/{table.name}.csv")


def profile_grid(table: ProfileTable, columns: Sequence[str] = (), frame: pd.DataFrame | None = None) -> Grid:
    """Return some columns and rows of a table of a profile; all of them where none are named."""
    declared = {c.name: c for c in table.columns}
    chosen = [declared[c] for c in columns or table.frame.columns]
    rows = table.frame if frame is None else frame
    top = rows.head(MOST_PROFILE_ROWS)
    cells = [[_profile_cell(c, v) for v in plain_values(top[c.name], c.kind)] for c in chosen]
    return Grid(
        [_HEADS.get(c.name, c.name.replace("_", " ")) for c in chosen],
        list(zip(*cells, strict=True)),
        right=[i for i, c in enumerate(chosen) if c.kind in _NUMBERS],
        more=_more(len(rows), MOST_PROFILE_ROWS, f"tables/{table.name}.csv"),
        caption=table.question,
        prose=[i for i, column in enumerate(cells) if max(map(len, column), default=0) > 60],
    )


def _profile_cell(column: ResultColumn, value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return "–"
    if isinstance(value, float):
        if column.name in _CHANGES:
            return percent(value)
        return share(value) if column.kind == "share" else plain(value, "number")
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return day(value) if isinstance(value, date) else printed(visible(str(value)))


def profile_curve_grid(curves: Sequence[Curve], k: int) -> Grid:
    """Return the numbers behind the concentration of crimes and reports on nominals."""
    heads = ["people"]
    for curve in curves:
        if curve.events and curve.people:
            heads += [f"{curve.kind} that relate to them", "chance alone gives"]
    caption = "To how few nominals do how many crimes and reports relate?"
    return Grid(heads, curve_rows(curves, k), right=range(len(heads)), caption=caption)


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
    total = value_of(analysis.figures, "ocgs")
    said = []
    if total:
        if (abroad := value_of(analysis.figures, "ocgs_abroad")) is not None:
            countries = value_of(analysis.figures, "countries_abroad")
            where = f", in {counted(countries, 'country', 'countries')}" if countries else ""
            said.append(f"{ratio(abroad, total, 'groups')} operate outside the UK{where}.")
        if (disruptions := value_of(analysis.figures, "disruptions")) is not None:
            before = value_of(analysis.figures, "disruptions_before")
            then = f" ({count(before)} from {before_text(analysis)})" if before is not None else ""
            were = counted(disruptions, "disruption was", "disruptions were")
            said.append(f"{were} recorded from {period_text(analysis)}{then}.")
    return said


def curve_grid(analysis: Analysis) -> Grid:
    """Return the numbers behind the concentration curve."""
    heads = ["people"]
    for curve in analysis.curves:
        if curve.events and curve.people:
            heads += [f"{curve.kind} that relate to them", f"{curve.kind}: chance alone gives"]
    places = range(len(heads))
    return Grid(heads, curve_rows(analysis.curves, analysis.settings.top_k), assessed=places, right=places)


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
        return Grid()
    rows = [
        (index if str(index).startswith("not ") else f"recorded {index}", *(count(0 if pd.isna(v) else v) for v in row))
        for index, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    heads = ["", *(f"suggested {c}" if c in ROLES else str(c) for c in table.columns)]
    return Grid(heads, rows, assessed=range(1, len(heads)), right=range(1, len(heads)))


def network_grid(analysis: Analysis) -> Grid:
    """Return the network in numbers."""
    n = analysis.network
    heads = ("measure", "value", "what it is")
    if reason := analysis.unknown("network"):
        return Grid(heads, [("every measure", UNKNOWN, reason)], assessed={1}, right={1})
    same = "share of 'two people tied to the same third' that are tied themselves"
    rows = [
        ("people", count(n.nodes), "nominals that take part"),
        ("ties", count(n.edges), "pairs with a shared crime, a shared report or a recorded contact"),
        ("people without a tie", count(n.isolates), f"of {count(n.nodes)}"),
        ("separate parts", count(n.components), "people without a tie are parts of their own"),
        ("density", _decimal(n.density), "share of all possible ties"),
        ("mean degree", _decimal(n.mean_degree), "ties a person"),
        ("transitivity", _decimal(n.transitivity), same),
        ("average distance", _decimal(n.average_distance), "steps between two people who can reach each other"),
        ("highest betweenness", _decimal(n.max_betweenness), "largest share of shortest paths through one person"),
    ]
    return Grid(heads, rows, assessed={1}, right={1})


def left_out_grid(analysis: Analysis) -> Grid:
    """Return what took no part, and why."""
    rows = [(_head(x.what), printed(x.why), count(x.count)) for x in analysis.left_out]
    return Grid(("records", "why", "rows"), rows, right={2})


def dates_grid(frame: pd.DataFrame) -> Grid:
    """Return from when to when the records of each table run."""
    rows = [
        (_head(r.table), _day_or_dash(r.first), _day_or_dash(r.last), count(r.dated), count(r.undated))
        for r in frame.itertuples()
    ]
    heads = ("records", "first dated", "last dated", "dated", "undated")
    caption = "First and last dated record of each table up to the day of judgement"
    return Grid(heads, rows, assessed={3, 4}, right={3, 4}, caption=caption)


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
        told = printed(visible(f.unknown or f.filter)) or "–"
        rows.append((key, visible(f.says), value_text(f), counts, told, interval, chance))
    return Grid(FIGURE_HEADS, rows, assessed={2, 3, 5, 6}, right={2}, prose={1, 4}, tight={0})


FIGURE_HEADS = ("figure", "what it is", "value", "counts", "filter", "95% interval", "by chance")


def _grid(columns: Sequence[ResultColumn], frame: pd.DataFrame, file: str) -> Grid:
    top = frame.head(MOST_ROWS)
    cells = [[printed(shown(v, c.kind, c.name)) for v in plain_values(top[c.name], c.kind)] for c in columns]
    return Grid(
        [_head(c.name) for c in columns],
        list(zip(*cells, strict=True)),
        assessed=[i for i, c in enumerate(columns) if c.assessment],
        right=[i for i, c in enumerate(columns) if c.kind in _NUMBERS],
        more=_more(len(frame), MOST_ROWS, file),
        whole=[i for i, c in enumerate(columns) if c.kind in ("id", "date") or _short_names(c.name, cells[i])],
        prose=[i for i, column in enumerate(cells) if any(map(_long, column))],
        tight=[i for i, column in enumerate(cells) if any(map(_tight, column))],
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


def _more(rows: int, most: int, file: str) -> str:
    return f"The first {count(most)} of {count(rows)} rows; all of them are in {file}." if rows > most else ""
