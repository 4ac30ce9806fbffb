"""The tables of a folder from gathered rows: grouped, each record once, and every row that goes no further with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.english import counted
from ocgnet.importing.convert import Converted, convert
from ocgnet.importing.mapping import TableRule
from ocgnet.importing.rows import Gathered, SourceRows, filled
from ocgnet.importing.sheets import RowsLeft
from ocgnet.model import PERSON_TABLES, TABLES, Kind, Table
from ocgnet.sources.arrays import fixed, strings
from ocgnet.words import Words

GHOSTS = "people named in links and in no sheet of people"


@dataclass(frozen=True, eq=False)
class ColumnAccount:
    """What became of the cells of one column of a table: how many were filled before and after, and which were lost."""

    column: str
    reads: tuple[str, ...]
    filled_in: int
    filled_out: int
    lost: tuple[RowsLeft, ...] = ()


@dataclass(frozen=True, eq=False)
class RuleAccount:
    """What became of the rows of one rule, from the rows of its sheets to those of the table."""

    rule: TableRule
    source: SourceRows
    rows_in: int
    rows_out: int
    left: tuple[RowsLeft, ...]
    notes: tuple[str, ...]
    columns: tuple[ColumnAccount, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """Rows of one table from one rule: texts by column, and the row of the source that each comes from."""

    source: SourceRows
    columns: Mapping[str, pa.Array]
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def kept(self, mask: np.ndarray) -> Part:
        """Return the rows that are marked."""
        if mask.all():
            return self
        flags = fixed(mask, pa.bool_())
        return Part(self.source, {n: c.filter(flags) for n, c in self.columns.items()}, self.places[mask])


@dataclass(eq=False)
class Assembled:
    """Tables by name, each of parts in the order of the mapping, and what became of every rule's rows."""

    parts: dict[str, list[Part]] = field(default_factory=dict)
    accounts: list[RuleAccount] = field(default_factory=list)

    def rows(self, table: str) -> int:
        """Return how many rows a table has."""
        return sum(map(len, self.parts.get(table, ())))


def assemble(gathered: Sequence[Gathered], words: Words) -> Assembled:
    """Make the tables of a folder of what was gathered, in the order of the mapping."""
    out = Assembled()
    for rows in gathered:
        part, account = _part(rows, words, out.parts.get(rows.rule.into, ()))
        if len(part):
            out.parts.setdefault(rows.rule.into, []).append(part)
        out.accounts.append(account)
    return out


def _part(rows: Gathered, words: Words, earlier: Sequence[Part]) -> tuple[Part, RuleAccount]:
    rule, table = rows.rule, TABLES[rows.rule.into]
    lines = rows.source.lines
    converted: dict[str, Converted] = {
        c.column: convert(table.name, table.column(c.column), c, rows.columns[c.column], words)
        for c in rule.columns
        if c.take != "count"
    }
    columns = [
        ColumnAccount(
            c.column,
            c.reads,
            int(filled(rows.columns[c.column]).sum()),
            int(filled(converted[c.column].texts).sum()),
            tuple(RowsLeft(lost.why, lines[rows.places[lost.where]]) for lost in converted[c.column].lost),
        )
        for c in rule.columns
        if c.take != "count" and not c.const
    ]
    left, notes = list(rows.left), list(rows.notes)
    part = Part(rows.source, {n: c.texts for n, c in converted.items()}, rows.places)
    part = _required(part, table, rule, left)
    part = _in_one_order(part, rule.unordered)
    if rule.unordered or table.differ:
        part = _not_oneself(part, table, left)
    if any(c.take for c in rule.columns):
        before = len(part)
        part = _grouped(part, rule)
        if len(part) != before:
            notes.append(f"{before:,} rows make {len(part):,}, counted")
    else:
        part = _each_once(part, table, rule, left, notes)
    part = _not_again(part, table, earlier, left, notes)
    account = RuleAccount(rule, rows.source, rows.source.num_rows, len(part), tuple(left), tuple(notes), tuple(columns))
    return part, account


def _leave(part: Part, mask: np.ndarray, why: str, left: list[RowsLeft]) -> Part:
    """Leave the marked rows, and say so."""
    if not mask.any():
        return part
    left.append(RowsLeft(why, part.source.lines[part.places[mask]]))
    return part.kept(~mask)


def _required(part: Part, table: Table, rule: TableRule, left: list[RowsLeft]) -> Part:
    for column in table.columns:
        if column.once:
            continue  # about.toml may say it for the whole file
        if column.never_blank and column.name in part.columns:
            blank = ~filled(part.columns[column.name])
            reads = getattr(rule.column(column.name), "reads", ())
            of = f" (from {', '.join(reads)})" if reads else ""
            part = _leave(part, blank, f"{column.name}{of} is blank or has no meaning here", left)
    return part


def _in_one_order(part: Part, pair: Sequence[str]) -> Part:
    if not pair:
        return part
    one, other = (part.columns[n] for n in pair)
    swap = pc.greater(one, other)
    columns = dict(part.columns)
    columns[pair[0]] = pc.if_else(swap, other, one)
    columns[pair[1]] = pc.if_else(swap, one, other)
    return Part(part.source, columns, part.places)


def _not_oneself(part: Part, table: Table, left: list[RowsLeft]) -> Part:
    for one, other in table.differ:
        if one in part.columns and other in part.columns:
            same = _flags(pc.equal(part.columns[one], part.columns[other]))
            part = _leave(part, same, f"{one} and {other} are the same", left)
    return part


def _flags(array: pa.Array) -> np.ndarray:
    bits = np.frombuffer(array.buffers()[1], np.uint8) if len(array) else np.zeros(0, np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].astype(bool)


def codes_of(columns: Sequence[pa.Array]) -> np.ndarray:
    """Return a number for each row, equal for rows that agree in all columns, in no order."""
    total = np.zeros(len(columns[0]) if columns else 0, np.int64)
    for column in columns:
        encoded = column.dictionary_encode()
        numbers = np.frombuffer(encoded.indices.buffers()[1], np.int32, len(column)).astype(np.int64)
        several = len(encoded.dictionary)
        if total.size and total.max(initial=0) > (2**62) // max(several, 1):
            total = np.unique(total, return_inverse=True)[1].astype(np.int64)
        total = total * several + numbers
    return total


def _firsts(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each row, the place of the first that agrees with it, and which rows are such firsts."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    at = first[inverse]
    return at, at == np.arange(len(codes))


def _grouped(part: Part, rule: TableRule) -> Part:
    """Make one row of all that agree in the columns that are not counted, dated by the earliest or the latest."""
    taken = {c.column: c.take for c in rule.columns if c.take}
    keys = [c for n, c in part.columns.items() if n not in taken]
    codes = codes_of(keys) if keys else np.zeros(len(part), np.int64)
    _, first, inverse, count = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    columns: dict[str, pa.Array] = {}
    for name, take in taken.items():
        if take == "count":
            columns[name] = strings([str(n) for n in count[order].tolist()])
            continue
        texts = part.columns[name]
        values = texts.dictionary_encode()
        words = values.dictionary.to_pylist()
        # A blank is neither the earliest nor the latest.
        sorted_words = np.array([w or "\uffff" if take == "first" else w for w in words], object)
        place = np.argsort(np.argsort(sorted_words))
        ranks = place[np.frombuffer(values.indices.buffers()[1], np.int32, len(texts))]
        best = np.full(len(order), np.iinfo(np.int64).max if take == "first" else -1, np.int64)
        (np.minimum if take == "first" else np.maximum).at(best, rank[inverse], ranks)
        by_rank = [""] * len(words)
        for word, at in zip(words, place, strict=True):
            by_rank[int(at)] = word
        columns[name] = strings([by_rank[k] for k in best.tolist()])
    rows = fixed(first[order].astype(np.int64), pa.int64())
    kept = {n: c.take(rows) for n, c in part.columns.items() if n not in taken}
    return Part(part.source, kept | columns, part.places[first[order]])


def _each_once(part: Part, table: Table, rule: TableRule, left: list[RowsLeft], notes: list[str]) -> Part:
    """Leave rows that say a record again: in the same words, or, of a sheet of another grain, its key once more."""
    names = [n for n in table.identity if n in part.columns]
    if not len(part) or not names:
        return part
    at, is_first = _firsts(codes_of([part.columns[n] for n in names]))
    if is_first.all():
        return part
    agree = np.ones(len(part), bool)
    for name, column in part.columns.items():
        numbers = np.frombuffer(column.dictionary_encode().indices.buffers()[1], np.int32, len(column))
        same = numbers == numbers[at]
        agree &= same
        if rule.one_per_key and not same.all():
            notes.append(f"{name} differs in {int((~same).sum()):,} rows that say a record again; the first counts")
    again = ~is_first if rule.one_per_key else ~is_first & agree
    why = "says a record again" if rule.one_per_key else "says a record again in the same words"
    return _leave(part, again, why, left)


def _not_again(part: Part, table: Table, earlier: Sequence[Part], left: list[RowsLeft], notes: list[str]) -> Part:
    """Leave rows whose record an earlier sheet gave, and note in which columns they say more or otherwise."""
    names = [n for n in table.identity if n in part.columns]
    for other in earlier:
        shared = [n for n in names if n in other.columns]
        if not len(part) or not set(table.key) <= set(shared):
            continue
        whole = codes_of([pa.concat_arrays([other.columns[n], part.columns[n]]) for n in shared])
        again = np.isin(whole[len(other) :], whole[: len(other)])
        if not again.any():
            continue
        codes, first = np.unique(whole[: len(other)], return_index=True)
        at = first[np.searchsorted(codes, whole[len(other) :][again])]
        repeated = part.kept(again)
        for name, column in repeated.columns.items():
            before = other.columns.get(name, strings([""] * len(other))).take(fixed(at.astype(np.int64), pa.int64()))
            differs = filled(column) & ~_flags(pc.equal(column, before))
            if differs.any():
                row = int(part.source.lines[repeated.places[differs]].min())
                notes.append(
                    f"{name} is blank or otherwise in {other.source.shown}, which counts: "
                    f"{counted(int(differs.sum()), 'row')}, such as row {row}"
                )
        part = _leave(part, again, f"{other.source.shown} gave this record", left)
    return part


# People who are named and described nowhere.


def with_ghosts(out: Assembled) -> dict[str, tuple[int, str]]:
    """Add people whom links name and no sheet describes, by their id alone; return how many, by table, and an example.

    A member of a group is a nominal by that; others are people. Nobody is added where no sheet of people was given.
    """
    known = _known_people(out)
    if known is None:
        return {}
    added: dict[str, tuple[int, str]] = {}
    for into, refers in (("nominals", ("nominals",)), ("people", ("person",))):
        missing: list[tuple[Part, np.ndarray, pa.Array]] = []
        for name, parts in out.parts.items():
            for column in TABLES[name].columns:
                may_name = column.refers in refers or (column.refers == "subject" and into == "people")
                if not may_name or column.many or column.kind is not Kind.ID:
                    continue
                for part in parts:
                    if column.name in part.columns:
                        missing += _unknown(part, named_in(part, column.name, "person"), known)
        if not missing:
            continue
        seen: set[str] = set()
        count = 0
        for part, places, ids in missing:
            words = ids.to_pylist()
            new = [k for k, w in enumerate(words) if w not in seen and not seen.add(w)]  # type: ignore[func-returns-value]
            if not new:
                continue
            key = PERSON_TABLES[into]
            out.parts.setdefault(into, []).append(
                Part(part.source, {key: strings([words[k] for k in new])}, part.places[places[new]])
            )
            count += len(new)
        known = pa.concat_arrays([known, strings(sorted(seen))])
        added[into] = (count, min(seen))
    return added


def named_in(part: Part, column: str, kind: str) -> pa.Array:
    """Return the ids of a column; of subjects those of one kind, blank in all other rows."""
    ids = part.columns[column]
    if column != "subject_id":
        return ids
    kinds = part.columns.get("subject_kind")
    return strings([""] * len(ids)) if kinds is None else pc.if_else(pc.equal(kinds, kind), ids, "")


def _known_people(out: Assembled) -> pa.Array | None:
    held = [p.columns[key] for name, key in PERSON_TABLES.items() for p in out.parts.get(name, ()) if key in p.columns]
    return pc.unique(pa.concat_arrays(held)) if held else None


def _unknown(part: Part, ids: pa.Array, known: pa.Array) -> list[tuple[Part, np.ndarray, pa.Array]]:
    absent = filled(ids) & ~_flags(pc.is_in(ids, value_set=known))
    return [(part, np.flatnonzero(absent), ids.filter(fixed(absent, pa.bool_())))] if absent.any() else []
