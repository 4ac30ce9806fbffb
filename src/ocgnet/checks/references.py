"""Ids that must stand in another table, and rows that fall because the row they name fell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.lookalikes import is_scientific, lookalikes_of, targets_of
from ocgnet.checks.table import CheckedTable
from ocgnet.model import TABLES, Column
from ocgnet.parallel import abreast
from ocgnet.sources import Finding, RawTable, Rule, Severity
from ocgnet.sources.arrays import bools, fixed, strings
from ocgnet.sources.problems import one

CheckedTables = Mapping[str, CheckedTable]


def check_references(
    tables: CheckedTables, given: Mapping[str, RawTable], made: Mapping[tuple[str, str], pa.Array]
) -> list[Finding]:
    """Report every id that its table does not hold; return what could not be looked up at all.

    ``given`` are all tables of the source, those that could not be read among them. ``made`` are, by table and column,
    numbers of things that stand in no row and become one.
    """
    unchecked: dict[str, list[str]] = {}
    asked: list[tuple[CheckedTable, CheckedColumn, list[CheckedTable]]] = []
    for checked, declared in _references(tables):
        targets = targets_of(declared)
        if any(t in given and t not in tables for t in targets) or ("nominals" in targets and "nominals" not in given):
            # That table is unreadable or absent and reported; every id in it would seem to be missing.
            continue
        present = [tables[t] for t in targets if t in tables]
        if not present and (checked.raw.name, declared.name) not in made:
            if not checked.columns[declared.name].blank.all():
                unchecked.setdefault(targets[0], []).append(f"{checked.raw.file} ({declared.name})")
            continue
        asked.append((checked, checked.columns[declared.name], present))

    def keys(checked: CheckedTable, column: CheckedColumn, present: list[CheckedTable]) -> list[pa.Array]:
        numbers = made.get((checked.raw.name, column.declared.name))
        return [*(_key(target).texts for target in present), *([] if numbers is None else [numbers])]

    looked_up = abreast(lambda ask: _missing(ask[1], keys(*ask)), asked)
    for (checked, column, present), (missing, known) in zip(asked, looked_up, strict=True):
        severity = Severity.WARNING if column.declared.lenient else Severity.ERROR
        alike = lookalikes_of(
            column.texts.filter(fixed(missing, pa.bool_())), [_key(t).texts for t in present] or [strings([])]
        )
        by_number = (checked.raw.name, column.declared.name) in made
        remedy = _remedy(column.declared, present, known, alike, by_number=by_number)
        checked.report_text(column.declared.name, Rule.REFERENCE, column.where(missing), remedy, severity)
    return [
        one(
            target,
            Rule.UNCHECKED,
            f"No table {target} was given, so {', '.join(places)} could not be compared with it. "
            f"Add {target}.csv if you have it.",
            severity=Severity.WARNING,
        )
        for target, places in unchecked.items()
    ]


def cascade(tables: CheckedTables) -> None:
    """Leave out the rows that name a row left out, until nothing changes."""
    changed = True
    while changed:
        changed = False
        for checked, declared in _references(tables):
            targets = [tables[t] for t in targets_of(declared) if t in tables]
            if declared.lenient or not any((~t.good).any() for t in targets):
                continue
            column = checked.columns[declared.name]
            standing = np.zeros(column.distinct, bool)
            known = np.zeros(column.distinct, bool)
            for target in targets:
                key = _key(target)
                known |= _among(column.texts, key.texts)
                codes = np.unique(key.codes[target.good])
                standing |= _among(column.texts, key.texts.take(fixed(codes[codes >= 0], pa.int32())))
                # What a store holds of a row that was refused stays as it is.
                standing |= _among(column.texts, target.kept)
            rows = column.where(known & ~standing)
            rows = rows[checked.good[rows] & checked.own[rows]]
            if len(rows):
                changed = True
                lost = [t.raw.name for t in targets if not t.good.all() or t.raw.rows_in > len(t.raw.lines)]
                checked.fall(rows, declared.name, " or ".join(lost))


def _references(tables: CheckedTables) -> Iterator[tuple[CheckedTable, Column]]:
    for checked in tables.values():
        for column in checked.declared.columns:
            if column.refers and checked.columns[column.name].distinct:
                yield checked, column


def _key(target: CheckedTable) -> CheckedColumn:
    return target.columns[target.declared.key[0]]


def _among(texts: pa.Array, known: pa.Array) -> np.ndarray:
    if 4 * len(texts) < len(known):
        # A look at each known text costs less than a table of all of them.
        known = known.filter(pc.is_in(known, texts))
    return bools(pc.is_in(texts, known))


def _missing(column: CheckedColumn, keys: list[pa.Array]) -> tuple[np.ndarray, set[str]]:
    """Return which distinct texts hold an id that stands under no key; of lists of ids also the ids that do."""
    known: set[str] = set()
    if column.declared.many:
        named = sorted({part for text in column.texts.to_pylist() for part in _parts(text)})
        known = set(compress(named, _under(strings(named), keys)))
        missing = column.mask(lambda text: not known.issuperset(_parts(text)))
    else:
        missing = ~_under(column.texts, keys) & ~column.refused
    return missing & ~_among(column.texts, strings([""])), known


def _under(texts: pa.Array, keys: list[pa.Array]) -> np.ndarray:
    listed: np.ndarray = np.logical_or.reduce([_among(texts, k) for k in keys])
    return listed


def _parts(text: str) -> list[str]:
    return [part for part in (p.strip() for p in text.split("|")) if part]


def _remedy(
    column: Column,
    present: list[CheckedTable],
    known: set[str],
    alike: Callable[[str], str],
    *,
    by_number: bool = False,
) -> Callable[[str], str]:
    files = {t.raw.name: t.raw.file for t in present}
    names = " or ".join(files.get(t, f"{t}.csv") for t in targets_of(column))
    unread = [t.raw.file for t in present if t.raw.rows_in > len(t.raw.lines)]
    first = f"Mend the rows of {', '.join(unread)} that cannot be read; then add" if unread else "Add"

    def remedy(text: str) -> str:
        ids = ", ".join(part for part in _parts(text) if part not in known) if column.many else text
        if is_scientific(text):
            return f"{text} looks like a number that a spreadsheet has shortened. Export this column again as text."
        if near := alike(text):
            return (
                f"{ids} stands in no table, but {near} does and is only written otherwise. Write one id in both places."
            )
        if column.lenient:
            return f"{ids} stands in no table. {first} {ids} to {names}, if more is known."
        if by_number:
            return f"{ids} is the id of no thing, and no number. {first} {ids} to {names}, or correct it."
        return f"{first} {ids} to {names}, or correct the id."

    return remedy


def missing_nominals(given: Mapping[str, RawTable], place: str) -> list[Finding]:
    """Report that the one table that is always needed is not there."""
    if "nominals" in given:
        return []
    columns = ", ".join(c.name for c in TABLES["nominals"].columns[:3])
    remedy = (
        f"Add nominals.csv with the columns {columns}: one row for each person on a police record. "
        "It is the one table that is always needed."
    )
    return [one(place, Rule.MISSING_TABLE, remedy, whole_file=True)]
