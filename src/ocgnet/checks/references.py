"""Ids that must stand in another table, and rows that fall because the row they name fell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.lookalikes import is_scientific, lookalikes_of
from ocgnet.checks.table import CheckedTable
from ocgnet.model import TABLES, Column, targets_of
from ocgnet.model.response import SUBJECTS
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
    asked: list[tuple[_Reference, list[CheckedTable]]] = []
    for reference in _references(tables):
        checked, name = reference.checked, reference.declared.name
        targets = reference.targets
        if reference.declared.may_be_gone:
            continue
        if any(t in given and t not in tables for t in targets) or ("nominals" in targets and "nominals" not in given):
            # That table is unreadable or absent and reported; every id in it would seem to be missing.
            continue
        present = [tables[t] for t in targets if t in tables]
        if not present and (checked.raw.name, name) not in made:
            if reference.within(~checked.columns[name].blank).size:
                unchecked.setdefault(targets[0], []).append(f"{checked.raw.file} ({name})")
            continue
        asked.append((reference, present))

    def missing(ask: tuple[_Reference, list[CheckedTable]]) -> tuple[np.ndarray, set[str]]:
        reference, present = ask
        numbers = made.get((reference.checked.raw.name, reference.declared.name))
        keys = [*(_key(target).texts for target in present), *([] if numbers is None else [numbers])]
        return _missing(reference.column, keys)

    for (reference, present), (unknown, known) in zip(asked, abreast(missing, asked), strict=True):
        checked, column = reference.checked, reference.column
        severity = Severity.WARNING if column.declared.lenient else Severity.ERROR
        alike = lookalikes_of(
            column.texts.filter(fixed(unknown, pa.bool_())), [_key(t).texts for t in present] or [strings([])]
        )
        by_number = (checked.raw.name, column.declared.name) in made
        remedy = _remedy(reference, present, known, alike, by_number=by_number)
        rows = reference.within(column.spread(unknown))
        checked.report_text(column.declared.name, Rule.REFERENCE, rows, remedy, severity)
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
        for reference in _references(tables):
            checked, declared = reference.checked, reference.declared
            targets = [tables[t] for t in reference.targets if t in tables]
            if declared.lenient or not any((~t.good).any() for t in targets):
                continue
            column = reference.column
            standing = np.zeros(column.distinct, bool)
            known = np.zeros(column.distinct, bool)
            for target in targets:
                key = _key(target)
                known |= _among(column.texts, key.texts)
                codes = np.unique(key.codes[target.good])
                standing |= _among(column.texts, key.texts.take(fixed(codes[codes >= 0], pa.int32())))
                # What a store holds of a row that was refused stays as it is.
                standing |= _among(column.texts, target.kept)
            rows = reference.within(column.spread(known & ~standing) & checked.good & checked.own)
            if len(rows):
                changed = True
                lost = [t.raw.name for t in targets if not t.good.all() or t.raw.rows_in > len(t.raw.lines)]
                checked.fall(rows, declared.name, " or ".join(lost))


@dataclass(frozen=True, eq=False)
class _Reference:
    """A column whose ids stand in other tables; of a subject the rows of one kind (None: all rows)."""

    checked: CheckedTable
    declared: Column
    targets: tuple[str, ...]
    rows: np.ndarray | None = None

    @property
    def column(self) -> CheckedColumn:
        return self.checked.columns[self.declared.name]

    def within(self, marked: np.ndarray) -> np.ndarray:
        """Return the places, rising, of the rows that are marked and meant."""
        return np.flatnonzero(marked if self.rows is None else marked & self.rows)


def _references(tables: CheckedTables) -> Iterator[_Reference]:
    for checked in tables.values():
        for column in checked.declared.columns:
            if not column.refers or not checked.columns[column.name].distinct:
                continue
            if column.refers != "subject":
                yield _Reference(checked, column, targets_of(column))
                continue
            kinds = checked.columns["subject_kind"]
            for code, kind in enumerate(kinds.texts.to_pylist()):
                if kind in SUBJECTS:
                    yield _Reference(checked, column, SUBJECTS[kind], kinds.codes == code)


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
    reference: _Reference,
    present: list[CheckedTable],
    known: set[str],
    alike: Callable[[str], str],
    *,
    by_number: bool = False,
) -> Callable[[str], str]:
    column = reference.declared
    files = {t.raw.name: t.raw.file for t in present}
    names = " or ".join(files.get(t, f"{t}.csv") for t in reference.targets)
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
