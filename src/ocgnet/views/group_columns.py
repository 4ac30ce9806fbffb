"""Columns of the table of groups and of the table of figures, declared as the result tables are."""

from __future__ import annotations

import pandas as pd

from ocgnet.results import Analysis, ResultColumn


def _fact(name: str, kind: str, says: str) -> ResultColumn:
    return ResultColumn(name, kind, says, assessment=False)


GROUP_COLUMNS: tuple[ResultColumn, ...] = (
    _fact("ocg_id", "id", "The group."),
    _fact("name", "text", "Name of the group or operation as recorded."),
    _fact("status", "text", "Status as recorded."),
    _fact("primary_crime_type", "text", "Primary crime type as recorded."),
    _fact("commodity", "text", "Commodity as recorded."),
    _fact("members", "count", "Memberships that hold on the analysis date."),
    ResultColumn("suggested_principals", "text", "Members whose network position suggests principal, separated by |."),
    ResultColumn("children", "count", "Children under 18 with a parent, step-parent or guardian in the group."),
    ResultColumn("crimes", "count", "Crimes linked to at least one member, each once; groups may share one."),
    ResultColumn("reports", "count", "Reports that name at least one member, each once; groups may share one."),
)

FIGURE_COLUMNS: tuple[ResultColumn, ...] = (
    _fact("figure", "id", "Identifier of the figure, as in run.json."),
    _fact("says", "text", "What the figure is."),
    ResultColumn("value", "number", "The number; blank when it cannot be known from these records."),
    _fact("unit", "text", "count, share or change."),
    ResultColumn("numerator", "count", "What is counted in a share."),
    ResultColumn("denominator", "count", "Of how many."),
    _fact("filter", "text", "Which records were counted."),
    ResultColumn("low", "share", "Lower end of the 95% interval."),
    ResultColumn("high", "share", "Upper end of the 95% interval."),
    ResultColumn("null_low", "share", "Lower end of what chance alone gives, 95% of the time."),
    ResultColumn("null_median", "share", "Median of what chance alone gives."),
    ResultColumn("null_high", "share", "Upper end of what chance alone gives, 95% of the time."),
    ResultColumn("outside_chance", "flag", "Whether the value is above the 99.9th percentile of random allocation."),
)


def figure_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the figures as a table, by figure id."""
    rows = [
        {"figure": key, **{c.name: getattr(figure, c.name) for c in FIGURE_COLUMNS[1:]}}
        for key, figure in sorted(analysis.figures.items())
    ]
    return pd.DataFrame(rows, columns=[c.name for c in FIGURE_COLUMNS], dtype=object)
