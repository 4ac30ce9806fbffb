"""What became of every sheet, row and column of an import, for people (a text) and for a spreadsheet (rows)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch

import numpy as np

from ocgnet.english import counted
from ocgnet.importing.again import Again
from ocgnet.importing.assemble import RuleAccount
from ocgnet.importing.mapping import ImportMapping, fits, slug
from ocgnet.importing.outcome import Outcome
from ocgnet.importing.rows import SourceRows
from ocgnet.importing.sheets import RowsLeft, Sheet

REPORT_FILE = "import_report.csv"
"""What became of every row and column, beside the records."""

HEADER = ("sheet", "table", "column", "what", "count", "why", "rows")
"""Columns of the report."""

DIFFERENCES_FILE = "import_differences.csv"
"""What the folder says otherwise than the last export, beside the records; only where there is any."""

DIFFERENCES = ("table", "record", "column", "here", "export")
"""Columns of that list."""

_SHOWN = 5


def lines_of(outcome: Outcome) -> Iterator[str]:
    """Yield the report as sentences, a paragraph for each sheet."""
    used = outcome.assembled.accounts
    for sheet in outcome.exports.sheets:
        of_sheet = [a for a in used if sheet in a.source.sheets]
        yield from _sheet_lines(sheet, of_sheet, outcome)
    for name, why in outcome.exports.not_read.items():
        yield f"{name}: not read: {why.rstrip('.')}."
    for table, (count, example) in outcome.ghosts.items():
        yield (
            f"{counted(count, 'id')} such as {example}: named in links, and described in no sheet of people. Kept in "
            f"{table}, by the id alone."
        )
    if outcome.again:
        yield from _lines_again(outcome.again)
    for table, rows in outcome.tables.items():
        yield f"{table}: {counted(rows.num_rows, 'row')}."


def _lines_again(again: Again) -> Iterator[str]:
    """Yield what stays otherwise than the export says."""
    rows = {(k.table, k.identity) for k in again.kept}
    for table, count in Counter(t for t, _ in rows).items():
        yield f"{table}: {counted(count, 'row')} changed here since the last import; kept, with the difference listed."
    for table, identities in again.vanished.items():
        some = ", ".join(identities[:_SHOWN]) + (", …" if len(identities) > _SHOWN else "")
        then = "dropped where nobody changed them" if again.dropped else "kept (--drop-vanished takes them out)"
        yield f"{table}: {counted(len(identities), 'row')} that the export no longer gives; {then}: {some}"
    for table, count in again.taken_out.items():
        yield f"{table}: {counted(count, 'row')} taken out of this folder, or of somebody erased; not brought back."
    for table, count in again.own.items():
        yield f"{table}: {counted(count, 'row')} that no import gave; kept."


def differences_of(again: Again) -> Iterator[tuple[str, ...]]:
    """Yield what the folder and the export say otherwise, as rows of ``DIFFERENCES``."""
    for k in again.kept:
        yield k.table, k.identity, k.column, k.here, k.export
    for table, identities in again.vanished.items():
        for identity in identities:
            yield table, identity, "", "dropped" if again.dropped else "kept", "no longer given"


def _sheet_lines(sheet: Sheet, accounts: Sequence[RuleAccount], outcome: Outcome) -> Iterator[str]:
    head = f"header in row {sheet.header_row}" if sheet.header_row > 1 else ""
    form = ""
    if sheet.form and (sheet.form["delimiter"], sheet.form["encoding"]) != (",", "utf-8"):
        form = f"cells separated by {sheet.form['delimiter']!r}, {sheet.form['encoding']}"
    told = ", ".join(filter(None, (counted(sheet.num_rows, "row"), head, form)))
    yield f"{sheet.name} ({told})"
    if not accounts:
        yield f"  not used: {why_unused(outcome.mapping, sheet)}"
    for left in (*sheet.left, *sheet.cells_left):
        yield f"  left: {_left(left)}"
    for account in accounts:
        why = f" ({account.rule.why})" if account.rule.why else ""
        yield f"  to {account.rule.into}: {counted(account.rows_in, 'row')} in, {account.rows_out:,} out{why}"
        for note in account.notes:
            yield f"    {note}"
        for left in account.left:
            yield f"    left: {_left(left)}"
        for column in account.columns:
            rule = account.rule.column(column.column)
            why = f" ({rule.why})" if rule and rule.why else ""
            yield (
                f"    {column.column} from {' and '.join(column.reads)}: {column.filled_in:,} filled, "
                f"{column.filled_out:,} kept{why}"
            )
            for lost in column.lost:
                yield f"      left: {_left(lost)}"
    if accounts and (columns := columns_unused(outcome.mapping, sheet, [a.source for a in accounts])):
        yield f"  columns not used: {', '.join(columns)}"


def _left(left: RowsLeft) -> str:
    rows = ", ".join(str(n) for n in left.rows[:_SHOWN].tolist()) + (", …" if len(left) > _SHOWN else "")
    return f"{len(left):,} {left.why} (row{'s' if len(left) > 1 else ''} {rows})"


def columns_unused(mapping: ImportMapping, sheet: Sheet, sources: Sequence[SourceRows]) -> list[str]:
    """Return the columns of a sheet that no rule reads."""
    names = {s.rule.name for s in sources}
    read: set[str] = set()
    for table in mapping.tables:
        aliases = {j.alias: j.source for j in table.joins}
        own = table.source in names
        for name in [n for c in table.columns for n in c.reads] + [*table.where, *table.unless]:
            alias, dot, rest = name.partition(".")
            if own:
                read.add(name)
            if dot and aliases.get(alias) in names:
                read.add(rest)
        if own:
            read |= {j.on for j in table.joins} | ({table.each.column} if table.each else set())
        read |= {j.to for j in table.joins if j.source in names}
    return [c for c in sheet.header if c not in read]


def rows_of(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """Yield the report as rows of ``HEADER``: what is kept, and each kind of what is left, with the rows as ranges."""
    for sheet in outcome.exports.sheets:
        yield from _rows_of_sheet(sheet, outcome)
    for account in outcome.assembled.accounts:
        yield from _rows_of_rule(account)
    for name, why in outcome.exports.not_read.items():
        yield name, "", "", "file not read", "", why, ""
    for table, (count, _) in outcome.ghosts.items():
        yield "", table, "", "rows added", str(count), "named in links, and described in no sheet of people", ""


def _rows_of_sheet(sheet: Sheet, outcome: Outcome) -> Iterator[tuple[str, ...]]:
    mapping = outcome.mapping
    accounts = [a for a in outcome.assembled.accounts if sheet in a.source.sheets]
    yield sheet.name, "", "", "rows read", str(sheet.num_rows), "", ""
    for what, kinds in (("rows left", sheet.left), ("cells left", sheet.cells_left)):
        for left in kinds:
            yield sheet.name, "", "", what, str(len(left)), left.why, ranges(left.rows)
    if not accounts:
        yield sheet.name, "", "", "sheet not used", str(sheet.num_rows), why_unused(mapping, sheet), ""
        return
    for name in columns_unused(mapping, sheet, [a.source for a in accounts]):
        whys = [mapping.unused_columns.get(a.source.rule.name, {}).get(name, "") for a in accounts]
        yield sheet.name, "", name, "column not used", "", next(filter(None, whys), "nothing of ours holds it"), ""


def _rows_of_rule(account: RuleAccount) -> Iterator[tuple[str, ...]]:
    shown, into = account.source.shown, account.rule.into
    yield shown, into, "", "rows kept", str(account.rows_out), account.rule.why, ""
    for left in account.left:
        yield shown, into, "", "rows left", str(len(left)), left.why, ranges(left.rows)
    for note in account.notes:
        yield shown, into, "", "note", "", note, ""
    for column in account.columns:
        yield shown, into, column.column, "cells kept", str(column.filled_out), f"from {' and '.join(column.reads)}", ""
        for lost in column.lost:
            yield shown, into, column.column, "cells left", str(len(lost)), lost.why, ranges(lost.rows)


def ranges(rows: np.ndarray) -> str:
    """Return numbers as ranges.

    >>> ranges(np.array([4, 5, 6, 9]))
    '4-6,9'
    """
    ordered = np.unique(rows)
    if not len(ordered):
        return ""
    breaks = np.flatnonzero(np.diff(ordered) > 1)
    begins, ends = ordered[np.r_[0, breaks + 1]], ordered[np.r_[breaks, len(ordered) - 1]]
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(begins.tolist(), ends.tolist(), strict=True))


def why_unused(mapping: ImportMapping, sheet: Sheet) -> str:
    """Return what the mapping says of a sheet that it leaves out, by its name or a pattern of names."""
    named = [s.name for s in mapping.sources if fits(s, sheet.file, sheet.sheet)]
    names = (*named, slug(sheet.name), sheet.name.lower(), sheet.file.lower())
    for pattern, why in mapping.unused_sources.items():
        if any(fnmatch(name, pattern.lower()) for name in names):
            return why or "left out on purpose"
    joined = {j.source for t in mapping.tables for j in t.joins}
    if any(s.name in joined and fits(s, sheet.file, sheet.sheet) for s in mapping.sources):
        return "rows of other sheets are looked up in it"
    return "the mapping does not name it"
