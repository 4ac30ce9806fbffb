"""What stands beside tables in CSV, which have no room for it: what each column is, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ocgnet.dataset import LeftOut
from ocgnet.files.writing import MARKING_FILE, marking_text, write_csv, write_text
from ocgnet.results import ResultTable
from ocgnet.views.figures_text import count, printed
from ocgnet.views.tables.text import csv_rows

COLUMNS_FILE, LEFT_OUT_FILE = "columns.csv", "left_out.csv"
"""Names of the companions in a folder of tables."""


def files_of(names: Iterable[str]) -> frozenset[str]:
    """Return the relative paths of tables of these names, and of the companions that stand beside them."""
    return frozenset(f"tables/{n}" for n in (MARKING_FILE, COLUMNS_FILE, LEFT_OUT_FILE, *(f"{n}.csv" for n in names)))


def write_tables(folder: Path, tables: Mapping[str, ResultTable], left_out: Iterable[LeftOut], marking: str) -> None:
    """Write tables with their companions into a new folder ``tables``."""
    room = folder / "tables"
    room.mkdir()
    write_text(room / MARKING_FILE, marking_text(marking, "every table in this folder"))
    for name, table in tables.items():
        write_csv(room / f"{name}.csv", *csv_rows(table), replace=True)
    write_csv(room / COLUMNS_FILE, *column_rows(tables.values()), replace=True)
    write_csv(room / LEFT_OUT_FILE, *left_out_rows(left_out), replace=True)


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
    """Return header and rows that count what was left out or withheld, why, and what was refused on the way in."""
    header = ("what", "why", "count", "refused")
    return header, ((x.what, x.why, str(x.count), "true" if x.refused else "false") for x in left_out)


def outside_line(outside: Sequence[LeftOut]) -> str:
    """Return one line on what lies outside the period of the figures or of the network; empty when nothing does.

    >>> why = "no date, so in no period"
    >>> outside_line([LeftOut("crimes", why, 2), LeftOut("intel_reports", why, 1)])
    'Outside a period: 2 of crimes, 1 of intel reports (no date, so in no period).'
    """
    by_reason: dict[str, list[str]] = {}
    for x in sorted(outside, key=lambda x: (x.why, -x.count, x)):
        by_reason.setdefault(x.why, []).append(f"{count(x.count)} of {x.what.replace('_', ' ')}")
    said = "; ".join(f"{', '.join(rows)} ({printed(why)})" for why, rows in by_reason.items())
    return f"Outside a period: {said}." if said else ""


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
