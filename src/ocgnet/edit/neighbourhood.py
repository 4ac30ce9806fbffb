"""The rows that a change concerns, with those they refer to and those that refer to them, and what is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.check import Checked, check
from ocgnet.dataset import About, Dataset
from ocgnet.edit.change import Change, Row, places_of, rows_of
from ocgnet.errors import RecordError
from ocgnet.model import PERSON_TABLES, TABLES, Kind, targets_of
from ocgnet.model.things import THING_IDENTIFIERS
from ocgnet.sources import Problem, RawTable, Source
from ocgnet.words import Words

_MAY_BE_A_THING = ("sightings", "place")
"""A column that no reference is asked of: a camera's code stands there, or the id of a thing, recorded now or later."""

LookUp = Callable[[str, str, Collection[str]], pa.Table]
"""Gives the rows of a table of which a column holds one of some texts; of a list of ids, one of its ids."""


@dataclass
class Neighbourhood:
    """Some rows of records, gathered as they are needed.

    Parameters
    ----------
    look_up : callable
        Gives rows of the records.
    given : frozenset of str
        Tables that the records have; a reference into another one is not looked up.
    about : About
        What the records say of themselves.
    words : Words
        What their words mean.
    """

    look_up: LookUp
    given: frozenset[str]
    about: About
    words: Words
    tables: dict[str, pa.Table] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    _asked: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _seen: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)

    def gather(self, name: str, column: str, texts: Iterable[str]) -> list[dict[str, str]]:
        """Add the rows of a table of which a column holds one of these texts, and return those not met before."""
        asked = self._asked.setdefault((name, column), set())
        fresh = {t.strip() for t in texts} - asked - {""}
        asked |= fresh
        if not fresh or name not in self.given:
            return []
        table = self.look_up(name, column, fresh)
        seen = self._seen.setdefault(name, set())
        rows = rows_of(table)
        # Two copies of one row stay two: which of them counts is for the check to say.
        new = [k for k, row in enumerate(rows) if tuple(row.values()) not in seen]
        seen.update(tuple(rows[k].values()) for k in new)
        part = table.take(pa.array(new, pa.int64()))
        self.tables[name] = pa.concat_tables([self.tables[name], part]) if name in self.tables else part
        self.rows.setdefault(name, []).extend(rows[k] for k in new)
        return [rows[k] for k in new]

    def gather_targets(self, name: str, rows: Iterable[Row]) -> None:
        """Add the rows to which these rows of a table refer; of people, their rows in every table of people."""
        rows = list(rows)
        for column in TABLES[name].columns:
            own = (*PERSON_TABLES,) if PERSON_TABLES.get(name) == column.name else ()
            targets = own or (targets_of(column) if column.refers else ())
            texts = {part for row in rows for part in _parts(row.get(column.name, ""), many=column.many)}
            if (name, column.name) == _MAY_BE_A_THING:
                targets = ("things",)
            for target in targets if texts else ():
                self.gather(target, TABLES[target].key[0], texts)

    def gather_referring(self, name: str, rows: Iterable[Row]) -> None:
        """Add the rows that refer to these rows of a table, with what else they refer to."""
        key = TABLES[name].key[0]
        texts = {row[key] for row in rows}
        for other, table in TABLES.items():
            for column in table.columns:
                seen_there = name == "things" and (other, column.name) == _MAY_BE_A_THING
                if seen_there or (column.refers and name in targets_of(column)):
                    self.gather_targets(other, self.gather(other, column.name, texts))

    def checked(
        self, tables: Mapping[str, pa.Table] | None = None, lines: Mapping[str, np.ndarray] | None = None
    ) -> Checked:
        """Check the rows gathered, or others in their place; every table that is given is there, if without rows."""
        found: dict[str, RawTable] = {}
        for name in TABLES:
            table = (self.tables if tables is None else tables).get(name)
            if table is None and name not in self.given:
                continue
            table = TABLES[name].schema.empty_table() if table is None else table
            rows = rows_of(table)
            columns = {c: pa.chunked_array([pa.array([r[c] for r in rows], pa.string())]) for c in table.column_names}
            at = lines[name] if lines and name in lines else np.arange(2, len(rows) + 2, dtype=np.int32)
            found[name] = RawTable(name, name, columns, at, (), len(rows))
        # One day for the rows before and after, so that a new row changes nothing about others.
        day = self.about.as_of or date.today()
        return check(Source(Path("records"), self.about, found, words=self.words), as_of=day)


@dataclass(frozen=True)
class Concerned:
    """What a change does to the rows concerned.

    Parameters
    ----------
    before, after : mapping of str to pyarrow.Table
        The rows gathered, as they are and as they will be, typed where the records are.
    gone : mapping of str to pyarrow.Table
        By table: rows that go, as they are.
    edited : mapping of str to list of (int, int, Row)
        By table: row of ``before``, row of ``after``, and the cells that change.
    added : mapping of str to pyarrow.Table
        By table: new rows, typed.
    """

    before: Mapping[str, pa.Table]
    after: Mapping[str, pa.Table]
    gone: Mapping[str, pa.Table]
    edited: Mapping[str, list[tuple[int, int, Row]]]
    added: Mapping[str, pa.Table]


def concerned_by(change: Change, near: Neighbourhood) -> Concerned:
    """Return what a change does, once the rows concerned have passed the check.

    Rows that are not concerned, and what was wrong before, never stand in the way: only an error that the change
    brings refuses it, in its own rows or in those that refer to them.

    Raises
    ------
    RecordError
        When the change breaks rules.
    UsageError
        When a row to drop or edit does not exist.
    """
    dropped: dict[str, list[int]] = {}
    edited: dict[str, list[tuple[int, Row]]] = {}
    for name in change.tables:
        first = TABLES[name].identity[0]
        drop, edit, add = change.drop.get(name, ()), change.edit.get(name, ()), change.add.get(name, ())
        wanted = [*drop, *(who for who, _ in edit)]
        near.gather(name, first, [r.get(first, "") for r in (*wanted, *add, *(new for _, new in edit))])
        places = places_of(name, near.rows.get(name, []), wanted)
        dropped[name] = [k for where in places[: len(drop)] for k in where]
        edited[name] = [(k, cells) for where, (_, cells) in zip(places[len(drop) :], edit, strict=True) for k in where]
    for name in change.tables:
        rows = near.rows.get(name, [])
        old = [rows[k] for k in (*dropped[name], *(k for k, _ in edited[name]))]
        new = [{**rows[k], **cells} for k, cells in edited[name]]
        near.gather_targets(name, [*old, *new, *change.add.get(name, ())])
        moved = [rows[k] for k, cells in edited[name] if _bears(name, cells)]
        fresh = change.add.get(name, ()) if name == "things" else ()
        near.gather_referring(name, [*(rows[k] for k in dropped[name]), *moved, *fresh])
    before = dict(near.tables)
    texts: dict[str, pa.Table] = {}
    lines: dict[str, np.ndarray] = {}
    for name in {*before, *change.tables}:
        rows = near.rows.get(name, [])
        texts[name], lines[name] = _changed(
            name, rows, dropped.get(name, []), edited.get(name, []), change.add.get(name, ())
        )
    checked = near.checked(texts, lines)
    _refuse_new(near, checked, texts, lines)
    after, added, gone = {}, {}, {}
    edits: dict[str, list[tuple[int, int, Row]]] = {}
    for name in texts:
        kept = int((lines[name] < len(near.rows.get(name, [])) + 2).sum())
        typed = _typed(checked, name, lines[name])
        at = {int(line): k for k, line in enumerate(lines[name])}
        edits[name] = [(k, at[k + 2], {**cells, **_filled_in(name, cells)}) for k, cells in edited.get(name, [])]
        added[name] = typed.slice(kept)
        if name in before:
            gone[name] = before[name].take(pa.array(dropped.get(name, []), pa.int64()))
        after[name] = _laid_over(name, before.get(name), typed, lines[name][:kept] - 2, edits[name])
    return Concerned(before, after, gone, edits, added)


def _parts(text: str, *, many: bool) -> Iterator[str]:
    yield from (p.strip() for p in (text.split("|") if many else (text,)) if p.strip())


def _bears(name: str, cells: Row) -> bool:
    """Tell whether cells are compared with rows that refer to their own: an id, or a day."""
    table = TABLES[name]
    return any(table.column(c).key or table.column(c).kind in (Kind.DATE, Kind.MOMENT, Kind.INSTANT) for c in cells)


def _filled_in(name: str, cells: Row) -> Row:
    """Return what the check fills in anew where cells change: what identifies a thing, from its number or mark."""
    changed = name == "things" and not {"kind", *THING_IDENTIFIERS.values()}.isdisjoint(cells)
    return {"normalised": ""} if changed else {}


def _changed(
    name: str, rows: list[dict[str, str]], dropped: list[int], edited: list[tuple[int, Row]], add: Sequence[Row]
) -> tuple[pa.Table, np.ndarray]:
    """Return the rows of a table as text with the change made, and the line of each: new ones come last."""
    new, gone = dict(edited), set(dropped)
    kept = [k for k in range(len(rows)) if k not in gone]
    whole = [*({**rows[k], **new.get(k, {})} for k in kept), *add]
    columns = {c.name: pa.array([r.get(c.name, "") for r in whole], pa.string()) for c in TABLES[name].columns}
    lines = [k + 2 for k in (*kept, *range(len(rows), len(rows) + len(add)))]
    return pa.table(columns), np.array(lines, np.int32)


def _refuse_new(
    near: Neighbourhood, after: Checked, texts: Mapping[str, pa.Table], lines: Mapping[str, np.ndarray]
) -> None:
    """Raise ``RecordError`` with the first error that was not there before."""

    def key(p: Problem) -> tuple[object, ...]:
        return (p.file, p.row, p.column, p.rule, p.value)

    new = list(after.rejects())
    if new:
        old = {key(p) for p in near.checked().rejects()}
        new = [p for p in new if key(p) not in old]
    if not new:
        return
    first = new[0]
    where = first.file
    if first.row and first.file in texts:
        place = int(np.searchsorted(lines[first.file], first.row))
        [row] = rows_of(texts[first.file].slice(place, 1))
        where += ", " + ", ".join(f"{n} {row[n] or '(blank)'}" for n in TABLES[first.file].identity)
    many = "1 problem" if len(new) == 1 else f"{len(new):,} problems, the first"
    value = f", value {first.value!r}" if first.value else ""
    raise RecordError(
        f"The change breaks rules: {many} in {where}, column {first.column or '–'}{value}: {first.remedy} "
        "Nothing was changed."
    )


def _typed(checked: Checked, name: str, lines: np.ndarray) -> pa.Table:
    """Return the rows that begin on some lines in the types of the model; a row of totals is blank."""
    table = checked.tables[name]
    at = np.searchsorted(table.raw.lines, lines)
    there = np.minimum(at, max(len(table.raw.lines) - 1, 0))
    return (
        pa.table({n: c.taken(there) for n, c in table.columns.items()})
        if len(lines)
        else TABLES[name].schema.empty_table()
    )


def _laid_over(
    name: str, before: pa.Table | None, typed: pa.Table, kept: np.ndarray, edits: list[tuple[int, int, Row]]
) -> pa.Table:
    """Return the rows that stay as they are, with the cells that change and the new rows as they were read."""
    if before is None or before.schema != TABLES[name].schema:
        return typed
    stay = before.take(pa.array(kept, pa.int64()))
    for column in {c for _, _, cells in edits for c in cells}:
        mask = np.zeros(len(kept), bool)
        mask[[k for _, k, cells in edits if column in cells]] = True
        place = stay.column_names.index(column)
        new = typed[column].slice(0, len(kept)).combine_chunks().filter(pa.array(mask))
        values = pc.replace_with_mask(stay[column].combine_chunks(), pa.array(mask), new)
        stay = stay.set_column(place, stay.schema.field(place), values)
    return pa.concat_tables([stay, typed.slice(len(kept))])


def part_of(near: Neighbourhood, name: str) -> Dataset:
    """Return the rows gathered as a dataset; a cell that cannot be read is blank, but never in the table ``name``.

    Raises
    ------
    RecordError
        When a row of that table breaks a rule.
    """
    if all(table.schema == TABLES[n].schema for n, table in near.tables.items()):
        # A store's rows were checked on the way in.
        return Dataset.of(near.tables, near.about)
    checked = near.checked()
    for problem in checked.rejects():
        if problem.file == name and problem.row:
            row = near.rows[name][problem.row - 2]
            where = ", ".join(f"{n} {row.get(n) or '(blank)'}" for n in TABLES[name].identity)
            raise RecordError(
                f"The row of {name} with {where} breaks a rule, column {problem.column}, value {problem.value!r}: "
                f"{problem.remedy} Nothing was changed."
            )
    tables = {n: _typed(checked, n, np.arange(2, len(rows) + 2, dtype=np.int32)) for n, rows in near.rows.items()}
    return Dataset.of(tables, near.about)
