"""Times with a zone and times without one: which of them a folder may hold side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ocgnet.checks.instants import InstantColumn, Told
from ocgnet.checks.table import CheckedTable, always
from ocgnet.clocks import ZONE
from ocgnet.english import counted
from ocgnet.sources import Rule


def check_zones(tables: Mapping[str, CheckedTable]) -> list[str]:
    """Refuse times without a zone in a folder that holds times with one; return a sentence for each column of others.

    One system that tells the time in universal time and one that tells it by the clock on the wall agree from October
    to March, and lie an hour apart in summer. A day alone has no hour that could be wrong.
    """
    columns = [(table, column, column.told) for table, column in _instants(tables)]
    zoned = any((what == Told.ZONED).any() for _, _, what in columns)
    sentences = []
    for table, column, what in columns:
        rows = column.where((what == Told.ON_THE_WALL) & ~column.refused)
        name = column.declared.name
        if zoned:
            remedy = (
                "This time has no zone, and others in these records have one, so in summer it may be an hour off. "
                "Write the zone of every time: Z for universal time, or how far the clock is ahead of it (+01:00 in "
                f"{ZONE} in summer)."
            )
            table.report_text(name, Rule.ZONE, rows, always(remedy))
        elif len(rows):
            sentences.append(f"{table.raw.file}, {name}: {counted(len(rows), 'time')} without a zone read as {ZONE}.")
    return sentences


def _instants(tables: Mapping[str, CheckedTable]) -> Iterator[tuple[CheckedTable, InstantColumn]]:
    for table in tables.values():
        for column in table.columns.values():
            if isinstance(column, InstantColumn) and column.distinct:
                yield table, column
