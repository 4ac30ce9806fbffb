"""What stands beside tables in CSV, which have no room for it: what each column is, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ocgnet.dataset import LeftOut
from ocgnet.results import ResultTable
from ocgnet.views.figures_text import count

COLUMNS_FILE, LEFT_OUT_FILE = "columns.csv", "left_out.csv"
"""Names of the companions in a folder of tables."""


def column_rows(tables: Iterable[ResultTable]) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return header and rows that tell, of every column, whether it is a recorded fact or an assessment."""
    header = ("table", "column", "kind", "fact_or_assessment", "meaning")
    rows = (
        (table.name, c.name, c.kind, "assessment" if c.assessment else "fact", c.says)
        for table in tables
        for c in table.columns
    )
    return header, rows


def left_out_rows(left_out: Iterable[LeftOut]) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return header and rows that count what was left out or withheld, and why."""
    return ("what", "why", "count"), ((x.what, x.why, str(x.count)) for x in left_out)


def left_out_line(left_out: Sequence[LeftOut]) -> str:
    """Return one sentence on what was left out or withheld, the largest parts first.

    >>> left_out_line([LeftOut("nominals", "review overdue", 2), LeftOut("crimes", "no date", 1)])
    'Left out: 2 of nominals (review overdue), 1 of crimes (no date).'
    >>> left_out_line([])
    'Nothing was left out.'
    """
    largest = sorted(left_out, key=lambda x: (-x.count, x))
    parts = [f"{count(x.count)} of {x.what.replace('_', ' ')} ({x.why})" for x in largest]
    return f"Left out: {', '.join(parts)}." if parts else "Nothing was left out."
