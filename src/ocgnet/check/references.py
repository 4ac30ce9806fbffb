"""Ids that must stand in another table, and rows that fall because the row they name fell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.check.columns import CheckedColumn
from ocgnet.check.tables import CheckedTable
from ocgnet.model import PERSON_TABLES, TABLES, Column
from ocgnet.sources import Finding, RawTable, Rule, Severity
from ocgnet.sources.arrays import bools, fixed, strings
from ocgnet.sources.problems import one

CheckedTables = Mapping[str, CheckedTable]


def check_references(tables: CheckedTables, given: Mapping[str, RawTable]) -> list[Finding]:
    """Report every id that its table does not hold; return what could not be looked up at all.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        Tables that could be read; their findings grow.
    given : mapping of str to RawTable
        All tables of the source, those that could not be read among them.
    """
    unchecked: dict[str, list[str]] = {}
    for checked, column in _references(tables):
        targets = targets_of(column)
        if any(t in given and t not in tables for t in targets) or ("nominals" in targets and "nominals" not in given):
            # That table is unreadable or absent and reported; every id in it would seem to be missing.
            continue
        present = [tables[t] for t in targets if t in tables]
        if not present:
            if not checked.columns[column.name].blank.all():
                unchecked.setdefault(targets[0], []).append(f"{checked.raw.file} ({column.name})")
            continue
        _dangling(checked, checked.columns[column.name], present, targets)
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


def targets_of(column: Column) -> tuple[str, ...]:
    """Return the tables in which an id of this column may stand."""
    return tuple(PERSON_TABLES) if column.refers == "person" else (column.refers,)


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
            standing = np.zeros(len(column.texts), bool)
            known = np.zeros(len(column.texts), bool)
            for target in targets:
                key = _key(target)
                known |= _among(column.texts, key.texts)
                standing |= _among(column.texts, _standing(key, target.good))
            rows = column.where(known & ~standing)
            rows = rows[checked.good[rows]]
            if len(rows):
                changed = True
                checked.leave_out(rows, Rule.LEFT_OUT)


def _references(tables: CheckedTables) -> Iterator[tuple[CheckedTable, Column]]:
    for checked in tables.values():
        for column in checked.declared.columns:
            if column.refers and len(checked.columns[column.name].texts):
                yield checked, column


def _key(target: CheckedTable) -> CheckedColumn:
    return target.columns[target.declared.key[0]]


def _among(texts: pa.Array, known: pa.Array) -> np.ndarray:
    if 4 * len(texts) < len(known):
        # A look at each known text costs less than a table of all of them.
        known = known.filter(pc.is_in(known, texts))
    return bools(pc.is_in(texts, known))


def _standing(key: CheckedColumn, good: np.ndarray) -> pa.Array:
    codes = np.unique(key.codes[good])
    return key.texts.take(fixed(codes[codes >= 0], pa.int32()))


def _dangling(
    checked: CheckedTable, column: CheckedColumn, present: list[CheckedTable], targets: tuple[str, ...]
) -> None:
    keys = [_key(target).texts for target in present]
    if column.declared.many:
        known = set().union(*(k.to_pylist() for k in keys))
        missing = column.mask(lambda text: bool(_unknown(text, known)))
    else:
        known = set()
        missing = ~np.logical_or.reduce([_among(column.texts, k) for k in keys]) & ~column.refused
    missing &= ~_among(column.texts, strings([""]))
    rows = column.where(missing)
    severity = Severity.WARNING if column.declared.lenient else Severity.ERROR
    checked.report_text(
        column.declared.name, Rule.REFERENCE, rows, _remedy(column.declared, present, targets, known), severity
    )


def _unknown(text: str, known: set[str]) -> list[str]:
    return [part for part in (p.strip() for p in text.split("|")) if part and part not in known]


def _remedy(
    column: Column, present: list[CheckedTable], targets: tuple[str, ...], known: set[str]
) -> Callable[[str], str]:
    files = {t.raw.name: t.raw.file for t in present}
    names = " or ".join(files.get(t, f"{t}.csv") for t in targets)
    unread = [t.raw.file for t in present if t.raw.rows_in > len(t.raw.lines)]
    first = f"Mend the rows of {', '.join(unread)} that cannot be read; then add" if unread else "Add"

    def remedy(text: str) -> str:
        ids = ", ".join(_unknown(text, known)) if column.many else text
        if column.lenient:
            return f"{ids} stands in no table. {first} {ids} to {names}, if more is known."
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
