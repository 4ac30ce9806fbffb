"""The next import into a folder: what it changes, what stays as somebody changed it, and what is gone from the export.

Beside the records stand marks of the rows as the last import gave them, keyed hashes and no cell. By them a row is
known that nobody has changed since, which takes what the export says now; one that somebody changed, which stays; and
one that somebody took out, which does not come back.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ocgnet.errors import SourceError
from ocgnet.evidence.written_identifiers import IDENTIFYING, known_by, means_one_thing
from ocgnet.importing.assemble import Assembled, Part, named_in
from ocgnet.importing.mapping import SourceRule
from ocgnet.importing.rows import SourceRows, plain_array
from ocgnet.importing.sheets import Sheet
from ocgnet.model import PERSON_TABLES, TABLES, THING_USES, Kind, names_person, targets_of
from ocgnet.model.response import SUBJECTS
from ocgnet.sources.arrays import strings
from ocgnet.sources.reading import read_source

MARKS_FILE = "import.marks.parquet"
"""Marks of the rows as the last import gave them, beside the records."""

_APART = "\x1f"
_BLOCK = 50_000
"""Rows that are marked at a time."""

_SCHEMA = pa.schema([("table", pa.string()), ("columns", pa.string()), ("key", pa.uint64()), ("row", pa.uint64())])


@dataclass(frozen=True)
class Marks:
    """Of one table: the columns that the last import filled, and the mark of each row by the mark of its identity."""

    columns: tuple[str, ...]
    rows: pd.Series  # uint64 by uint64


@dataclass(frozen=True)
class Kept:
    """A cell that somebody changed since the last import, and what the export says now."""

    table: str
    identity: str
    column: str
    here: str
    export: str


@dataclass(frozen=True, eq=False)
class Again:
    """Tables as they are to be, and everything that is not simply as the export says it."""

    assembled: Assembled
    kept: tuple[Kept, ...]
    vanished: Mapping[str, tuple[str, ...]]  # identities by table
    dropped: bool  # whether those went, as was asked
    taken_out: Mapping[str, int]  # rows by table that somebody took out since, or that name who was erased
    own: Mapping[str, int]  # rows by table that no import gave
    marks: Mapping[str, Marks]


def merge(
    assembled: Assembled,
    folder: Mapping[str, pa.Table],
    marks: Mapping[str, Marks],
    key: bytes,
    erased_among: Callable[[Iterable[str]], set[str]],
    erased_things_among: Callable[[Iterable[str]], set[str]],
    incomplete: Collection[str] = (),
    *,
    drop_vanished: bool = False,
) -> Again:
    """Lay an import over the folder that an earlier one made.

    Parameters
    ----------
    assembled : Assembled
        What the exports give now.
    folder : mapping
        Text of every table of the folder, ``""`` for a blank cell.
    marks : mapping
        By table, from the last import.
    key : bytes
        16 bytes under which rows are marked.
    erased_among : callable
        Gives those of some ids that were erased.
    erased_things_among : callable
        Gives those of some ids and identifiers of things, each as ``known_by`` gives it, that went with who was erased.
    incomplete : collection
        Tables of which a sheet was not given this time: what they no longer give has not vanished.
    drop_vanished : bool
        Whether rows go that the export no longer gives. Only those that nobody changed since, that nobody added
        anything to, such as a date of review, and that name nobody who is restricted: those records are to be kept.

    Notes
    -----
    A column that the mapping does not fill keeps what stands in the folder. Rows are known by the identity of their
    table; of several with one identity in the export all are taken, so that the check says what is wrong with them.
    """
    complete = {a.rule.into for a in assembled.accounts} - set(incomplete)
    erased = erased_among(_people_named(assembled))
    erased_things = _erased_things(assembled, erased_things_among)
    if not folder and not marks and not erased and not erased_things:
        tables = {n: _table(parts) for n, parts in assembled.parts.items()}
        return Again(assembled, (), {}, drop_vanished, {}, {}, {n: _marks(n, t, key) for n, t in tables.items()})
    gone = _gone(folder, marks, key)
    # Tables that no import fills stay as they are.
    names = [n for n in TABLES if n in assembled.parts or n in marks]
    laid_tables: list[_Laid] = []
    merged: dict[str, list[Part]] = {}
    kept: list[Kept] = []
    vanished: dict[str, tuple[str, ...]] = {}
    taken_out: dict[str, int] = {}
    own: dict[str, int] = {}
    new_marks: dict[str, Marks] = {}
    erased |= _taken_out_people(assembled, gone, key)
    away = _things_away(assembled, folder, gone, erased, erased_things, key)
    described = _described(assembled)
    restricted = _restricted(folder)
    in_folder = {n: set(folder[n][c].to_pylist()) for n, c in PERSON_TABLES.items() if n in folder}
    for name in names:
        parts = assembled.parts.get(name, ())
        if name in PERSON_TABLES and name in folder:
            parts = _without_known_ghosts(name, parts, folder[name])
        laid = _Laid(name, parts, folder.get(name), marks.get(name), key)
        beside = set().union(*(ids for n, ids in in_folder.items() if n != name)) if name in PERSON_TABLES else set()
        dropping = drop_vanished and name in complete
        out = laid.merged(gone.get(name), erased, away, described, beside, restricted, drop_vanished=dropping)
        if name not in complete:
            laid.vanished = ()
        laid_tables.append(laid)
        merged[name] = [p for p in out if len(p)]
        kept += laid.kept
        for into, value in ((vanished, laid.vanished), (taken_out, laid.taken_out), (own, laid.own)):
            if value:
                into[name] = value  # type: ignore[assignment]
        if len(laid.marks.rows):
            new_marks[name] = laid.marks
    return Again(Assembled(merged, assembled.accounts), tuple(kept), vanished, drop_vanished, taken_out, own, new_marks)


def texts_of(folder: Path, filled: Collection[str]) -> dict[str, pa.Table]:
    """Return the tables of a folder as text, with the columns that they have.

    A table that cannot be read and that no import filled is left alone; ``SourceError`` for one of ``filled``.
    """
    texts = {}
    for name, raw in read_source(folder).tables.items():
        if not raw.usable:
            if name not in filled:
                continue
            problem = next(p for f in raw.findings if f.whole_file for p in f.problems())
            raise SourceError(f"{folder / problem.file}: {problem.remedy} Nothing was changed.")
        if name in filled and raw.file != f"{name}.csv":
            raise SourceError(f"{folder / raw.file} took the place of {name}.csv. Import into a new folder.")
        columns = {n: pc.fill_null(c.cast(pa.string()), "") for n, c in raw.columns.items()}
        texts[name] = pa.table({n: pc.utf8_trim_whitespace(c) for n, c in columns.items()})
    return texts


@dataclass(frozen=True)
class Away:
    """Things that stay out with all that is recorded of them, and those that somebody who was not erased uses."""

    things: set[str]
    used: set[str]


class _Laid:
    """One table of an import over that of the folder."""

    def __init__(
        self, name: str, parts: Sequence[Part], table: pa.Table | None, before: Marks | None, key: bytes
    ) -> None:
        self.name, self.parts, self.key = name, parts, key
        self.identity = TABLES[name].identity
        self.new = _frame(parts)
        self.old = pd.DataFrame() if table is None else _text_frame(table)
        self.before = before or Marks((), pd.Series([], np.array([], np.uint64), np.uint64))
        self.kept: list[Kept] = []
        self.vanished: tuple[str, ...] = ()
        self.dropped = np.zeros(0, np.int64)
        self.taken_out = self.own = 0
        self.marks = self.before

    def merged(
        self,
        gone: pd.Index | None,
        erased: set[str],
        away: Away,
        described: set[str],
        beside: set[str],
        restricted: set[str],
        *,
        drop_vanished: bool,
    ) -> list[Part]:
        """Return the parts of the table as it is to be, without who was ``erased`` and the things that are ``away``.

        ``described`` are people of whom the export has a row, ``beside`` those in other tables of the folder, and
        ``restricted`` those whose records are to be kept and not used.
        """
        new_key, old_key = (_identity_marks(self.name, _arrow(f), self.key) for f in (self.new, self.old))
        self.marks = _later(self.before, _marks(self.name, _arrow(self.new), self.key))
        ordered, first = np.unique(old_key, return_index=True)
        at = np.minimum(np.searchsorted(ordered, new_key), max(len(ordered) - 1, 0))
        known = ordered[at] == new_key if len(ordered) else np.zeros(len(new_key), bool)
        old_row = np.where(known, first[at], 0) if len(ordered) else np.zeros(len(new_key), np.int64)
        unchanged = self._unchanged(old_key)
        out = np.zeros(len(new_key), bool) if gone is None else np.isin(new_key, gone.to_numpy())
        if self.name == "things":
            out &= ~self.new["thing_id"].isin(away.used).to_numpy()  # somebody else uses it now
        out |= _names_any(self.name, self.new, erased) | _of_any_thing(self.name, self.new, away.things)
        out &= ~known
        self.taken_out = int(out.sum())
        if beside:
            # Known by the id alone in the export, and with a row of their own here.
            blank = (self.new.drop(columns=PERSON_TABLES[self.name]) == "").all(axis=1).to_numpy()
            out |= ~known & blank & self.new[PERSON_TABLES[self.name]].isin(beside).to_numpy()
        stays = known & ~unchanged[old_row] if len(unchanged) else known
        self._compare(np.flatnonzero(stays), old_row)
        given = np.isin(old_key, new_key)
        imported = np.isin(old_key, self.before.rows.index.to_numpy())
        self.own = int((~given & ~imported).sum())
        absent = ~given & imported
        # Who was known by the id alone, and is described in another sheet of people now.
        moved = np.zeros(len(old_key), bool)
        if self.name in PERSON_TABLES and len(self.old):
            moved = (
                absent
                & unchanged
                & ~_names_any(self.name, self.old, restricted)
                & self.old[PERSON_TABLES[self.name]].isin(described).to_numpy()
            )
        absent &= ~moved
        self.vanished = tuple(_shown_identity(self.old[absent], self.identity))
        added = [c for c in self.old.columns if c not in self.before.columns]
        as_given = unchanged & (self.old[added] == "").all(axis=1).to_numpy()
        as_given &= ~_names_any(self.name, self.old, restricted)
        going = moved | (absent & as_given if drop_vanished else False)
        if going.any():
            left = self.marks.rows.drop(pd.Index(old_key[going]), errors="ignore")
            self.marks = replace(self.marks, rows=left)
        self.dropped = np.flatnonzero(going & ~moved)
        # What stays as it stands in the folder: changed there, its own, or gone from the export.
        stay = np.zeros(len(old_key), bool)
        stay[old_row[stays]] = True
        stay |= ~given & ~going
        return [*self._imported(~out & ~stays, known, old_row), *self._from_folder(np.flatnonzero(stay))]

    def restored(self, referred: Mapping[str, set[str]]) -> list[Part]:
        """Return the rows that were dropped and to which something refers that stays."""
        if not len(self.dropped) or len(self.identity) != 1:
            return []
        ids = self.old[self.identity[0]].to_numpy()[self.dropped]
        return self._from_folder(self.dropped[np.isin(ids, sorted(referred.get(self.name, ())))])

    def _unchanged(self, old_key: np.ndarray) -> np.ndarray:
        """Tell of each row of the folder whether it stands as the last import gave it."""
        if not len(self.old):
            return np.zeros(0, bool)
        now = _hashed(_arrow(self.old), self.before.columns, self.key)
        rows = self.before.rows[~self.before.rows.index.duplicated()]
        if not len(rows):
            return np.zeros(len(self.old), bool)
        # No reindexing, which would turn the marks into floats wherever one is missing.
        at = rows.index.get_indexer(old_key)
        return np.asarray((at >= 0) & (rows.to_numpy(np.uint64)[at] == now), bool)

    def _compare(self, rows: np.ndarray, old_row: np.ndarray) -> None:
        """Note where a row that stays says otherwise than the export."""
        for column in self.new.columns:
            says = self.new[column].to_numpy()[rows]
            stands = self.old[column].to_numpy()[old_row[rows]] if column in self.old else np.full(len(rows), "")
            for at in np.flatnonzero(says != stands).tolist():
                identity = _APART.join(self.new[c].iloc[rows[at]] for c in self.identity if c in self.new)
                shown = identity.replace(_APART, ", ")
                self.kept.append(Kept(self.name, shown, column, str(stands[at]), str(says[at])))

    def _imported(self, mask: np.ndarray, known: np.ndarray, old_row: np.ndarray) -> list[Part]:
        """Return the rows that are as the export says, with the columns that only the folder fills."""
        further = [c for c in self.old.columns if c not in self.new]
        out, begin = [], 0
        for part in self.parts:
            at = slice(begin, begin + len(part))
            begin += len(part)
            columns = dict(part.columns)
            for column in further:
                cells = np.where(known[at], self.old[column].to_numpy()[old_row[at]], "")
                columns[column] = strings(cells.tolist())
            out.append(Part(part.source, columns, part.places).kept(mask[at]))
        return out

    def _from_folder(self, rows: np.ndarray) -> list[Part]:
        if not len(rows):
            return []
        frame = self.old.iloc[rows]
        name = f"{self.name}.csv"
        columns = {c: strings(frame[c].tolist()) for c in frame}
        sheet = Sheet(
            f"{name} as it stands",
            name,
            tuple(frame.columns),
            {c: pa.chunked_array([v]) for c, v in columns.items()},
            (rows + 2).astype(np.int32),
        )
        return [Part(SourceRows(SourceRule(self.name), (sheet,)), columns, np.arange(len(rows)))]


def _table(parts: Sequence[Part]) -> pa.Table:
    """Return the cells of several parts; a column that one of them does not fill is blank there."""
    names = list(dict.fromkeys(n for p in parts for n in p.columns))
    blank = {len(p): pa.repeat("", len(p)) for p in parts}
    return pa.table(
        {n: pa.chunked_array([plain_array(p.columns.get(n, blank[len(p)])) for p in parts], pa.string()) for n in names}
    )


def _frame(parts: Sequence[Part]) -> pd.DataFrame:
    return _text_frame(_table(parts))


def _cells(column: pa.Array | None, length: int) -> np.ndarray:
    if column is None:
        return np.full(length, "", object)
    return np.asarray(plain_array(column).to_numpy(zero_copy_only=False), object)


def _text_frame(table: pa.Table) -> pd.DataFrame:
    return pd.DataFrame({n: _cells(plain_array(table[n]), table.num_rows) for n in table.column_names}, dtype=object)


def _hashed(table: pa.Table, names: Sequence[str], key: bytes) -> np.ndarray:
    """Return a keyed hash (uint64, SipHash) of each row in some columns; one that is not there is blank."""
    if not table.num_rows:
        return np.zeros(0, np.uint64)
    blank = pa.repeat("", table.num_rows)
    cells = [plain_array(table[n]) if n in table.column_names else blank for n in names] or [blank]
    # One text a row, with a sign between the cells that no keyboard writes.
    joined = pc.binary_join_element_wise(*cells, _APART)
    said = base64.b85encode(key).decode()[:16]
    # A block at a time: a million texts as objects take more memory than their table.
    blocks = (joined.slice(k, _BLOCK).to_numpy(zero_copy_only=False) for k in range(0, table.num_rows, _BLOCK))
    return np.concatenate([pd.util.hash_array(b.astype(object), hash_key=said, categorize=False) for b in blocks])


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.table({str(n): pa.array(frame[n].to_numpy(), pa.string()) for n in frame.columns})


def _identity_marks(name: str, table: pa.Table, key: bytes) -> np.ndarray:
    return _hashed(table, TABLES[name].identity, key)


def _marks(name: str, table: pa.Table, key: bytes) -> Marks:
    columns = tuple(table.column_names)
    return Marks(columns, pd.Series(_hashed(table, columns, key), _identity_marks(name, table, key), np.uint64))


def _later(before: Marks, now: Marks) -> Marks:
    """Return the marks of now, and of what is no longer given those of before."""
    if not now.columns:
        return before
    left = before.rows[~before.rows.index.isin(now.rows.index)]
    if before.columns != now.columns:
        # Of what the export no longer gives, the old marks mean other columns: known, and taken as changed.
        left = pd.Series(np.zeros(len(left), np.uint64), left.index)
    return Marks(now.columns, pd.concat([now.rows, left]))


def _referred(merged: Mapping[str, Sequence[Part]], others: Mapping[str, pa.Table]) -> dict[str, set[str]]:
    """Return, by table, the ids to which what stays refers."""
    out: dict[str, set[str]] = {}
    frames = {n: _frame(parts) for n, parts in merged.items()} | {n: _text_frame(t) for n, t in others.items()}
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if not column.refers or column.name not in frame:
                continue
            for kind, targets in SUBJECTS.items() if column.refers == "subject" else (("", targets_of(column)),):
                cells = set(_of_kind(frame, column.name, kind) if kind else frame[column.name])
                ids = {part.strip() for cell in cells for part in cell.split("|")} if column.many else cells
                for target in targets:
                    out.setdefault(target, set()).update(ids)
    return out


def _of_kind(frame: pd.DataFrame, column: str, kind: str) -> pd.Series:
    """Return the cells of a column; of subjects those in rows of one kind, blank in all others."""
    if column != "subject_id":
        return frame[column]
    kinds = frame["subject_kind"] if "subject_kind" in frame else pd.Series("", frame.index)
    return frame[column].where(kinds == kind, "")


def _gone(folder: Mapping[str, pa.Table], marks: Mapping[str, Marks], key: bytes) -> dict[str, pd.Index]:
    """Return, by table, the marks of identities that an import gave and that stand in the folder no more."""
    out = {}
    for name, before in marks.items():
        here = _identity_marks(name, folder[name], key) if name in folder else np.zeros(0, np.uint64)
        out[name] = before.rows.index[~np.isin(before.rows.index.to_numpy(np.uint64), here)]
    return out


def _people_named(assembled: Assembled) -> set[str]:
    """Return every id of a person that the export names."""
    ids: set[str] = set()
    for name, parts in assembled.parts.items():
        for column in _of_people(name):
            ids |= {
                i for p in parts if column in p.columns for i in pc.unique(named_in(p, column, "person")).to_pylist()
            }
    return ids - {""}


def _taken_out_people(assembled: Assembled, gone: Mapping[str, pd.Index], key: bytes) -> set[str]:
    """Return the ids of people whom an import gave and who were taken out of the folder since."""
    named = sorted(_people_named(assembled))
    ids: set[str] = set()
    for name, column in PERSON_TABLES.items():
        if name in gone and len(gone[name]):
            marks = _identity_marks(name, pa.table({column: strings(named)}), key)
            away = np.isin(marks, gone[name].to_numpy(np.uint64))
            ids |= {n for n, out in zip(named, away.tolist(), strict=True) if out}
    return ids


def _of_things(name: str) -> list[str]:
    """Return the columns of a table that hold the id of a thing."""
    own = {"things": ["thing_id"], "sightings": ["place"]}.get(name, [])
    return [*own, *(c.name for c in TABLES[name].columns if c.refers in ("things", "subject"))]


def _of_any_thing(name: str, frame: pd.DataFrame, things: set[str]) -> np.ndarray:
    """Tell of each row whether it is about one of some things."""
    out = np.zeros(len(frame), bool)
    for column in _of_things(name) if things else ():
        if column in frame:
            out |= _of_kind(frame, column, "thing").isin(things).to_numpy()
    return out


def _erased_things(assembled: Assembled, among: Callable[[Iterable[str]], set[str]]) -> set[str]:
    """Return the ids of things of the export that went with somebody erased, known by their ids or their numbers."""
    ids_by: dict[str, set[str]] = {}
    for name, parts in assembled.parts.items():
        for column in _of_things(name):
            named = (named_in(p, column, "thing") for p in parts if column in p.columns)
            for ids in (pc.unique(n).to_pylist() for n in named):
                for thing in filter(None, ids):
                    ids_by.setdefault(known_by(thing), set()).add(thing)
    listed = _frame(assembled.parts.get("things", ()))
    for column in (c for c in IDENTIFYING if c in listed):
        for thing, cell in zip(listed["thing_id"], listed[column], strict=True):
            if means_one_thing(cell):
                ids_by.setdefault(known_by(cell), set()).add(thing)
    return {thing for known in among(ids_by) for thing in ids_by[known]}


def _things_away(
    assembled: Assembled,
    folder: Mapping[str, pa.Table],
    gone: Mapping[str, pd.Index],
    erased: set[str],
    erased_things: set[str],
    key: bytes,
) -> Away:
    """Return the things that stay out: taken out since, or of somebody erased, and used by nobody else.

    Such a phone is not brought back by the calls of the next month either.
    """
    used: set[str] = set()
    out = set(erased_things)
    for name, column in THING_USES.items():
        given = _frame(assembled.parts.get(name, ()))
        held = _text_frame(folder[name]) if name in folder else pd.DataFrame()
        taken_out = np.zeros(len(given), bool)
        if name in gone and len(given):
            taken_out = np.isin(_identity_marks(name, _arrow(given), key), gone[name].to_numpy(np.uint64))
        for frame, left in ((given, taken_out), (held, np.zeros(len(held), bool))):
            if column in frame:
                theirs, things = _names_any(name, frame, erased), _of_kind(frame, column, "thing")
                out |= set(things[theirs])
                used |= set(things[~theirs & ~left])
    listed = _frame(assembled.parts.get("things", ()))
    if "things" in gone and len(listed):
        marks = _identity_marks("things", _arrow(listed), key)
        out |= set(listed["thing_id"][np.isin(marks, gone["things"].to_numpy(np.uint64))])
    here = set(folder["things"]["thing_id"].to_pylist()) if "things" in folder else set()
    return Away(out - used - here - {""}, used)


def _without_known_ghosts(name: str, parts: Sequence[Part], table: pa.Table) -> list[Part]:
    """Leave people of whom the export has the id alone, and the folder more than that: they stay as they are."""
    frame, column = _text_frame(table), PERSON_TABLES[name]
    more = frame[(frame.drop(columns=column) != "").any(axis=1)][column]
    return [p if len(p.columns) > 1 else p.kept(~np.isin(_cells(p.columns[column], len(p)), more)) for p in parts]


def _described(assembled: Assembled) -> set[str]:
    """Return the ids of people of whom the export says more than the id."""
    return {
        i
        for name, column in PERSON_TABLES.items()
        for p in assembled.parts.get(name, ())
        if len(p.columns) > 1 and column in p.columns
        for i in p.columns[column].to_pylist()
    }


def _of_people(name: str) -> list[str]:
    """Return the columns of a table that hold one person's id."""
    return [
        c.name
        for c in TABLES[name].columns
        if c.kind is Kind.ID and not c.many
        and names_person(name, c)
    ]  # fmt: skip


def _names_any(name: str, frame: pd.DataFrame, people: set[str]) -> np.ndarray:
    """Tell of each row whether it names one of some people."""
    out = np.zeros(len(frame), bool)
    if people:
        for column in _of_people(name):
            if column in frame:
                out |= _of_kind(frame, column, "person").isin(people).to_numpy()
    return out


def _restricted(folder: Mapping[str, pa.Table]) -> set[str]:
    """Return the ids of people whose processing is restricted in any table of the folder."""
    frames = {n: _text_frame(folder[n]) for n in PERSON_TABLES if n in folder}
    return {
        person
        for name, frame in frames.items()
        if "restricted_on" in frame
        for person in frame[frame["restricted_on"] != ""][PERSON_TABLES[name]]
    }


def _shown_identity(frame: pd.DataFrame, identity: Sequence[str]) -> list[str]:
    columns = [frame[c] for c in identity if c in frame]
    return [", ".join(filter(None, row)) for row in zip(*columns, strict=True)] if len(frame) else []


# Kept beside the records.


def write_marks(path: Path, marks: Mapping[str, Marks]) -> None:
    """Write the marks of every table; neither an id nor a cell stands in them."""
    parts = [
        pa.table(
            [
                pa.repeat(name, len(m.rows)),
                pa.repeat(_APART.join(m.columns), len(m.rows)),
                pa.array(m.rows.index.to_numpy(np.uint64)),
                pa.array(m.rows.to_numpy(np.uint64)),
            ],
            schema=_SCHEMA,
        )
        for name, m in marks.items()
    ]
    pq.write_table(pa.concat_tables(parts) if parts else _SCHEMA.empty_table(), path)


def read_marks(path: Path) -> dict[str, Marks]:
    """Read what `write_marks` wrote; nothing where no import made the folder; ``SourceError`` when it is damaged."""
    if not path.exists():
        return {}
    try:
        frame = pq.read_table(path, schema=_SCHEMA).to_pandas()
    except (pa.ArrowInvalid, OSError, KeyError) as error:
        raise SourceError(
            f"{path} cannot be read, and without it nobody knows which rows were changed since the last import. "
            "Restore it from a backup, or import into a new folder."
        ) from error
    return {
        str(name): Marks(tuple(rows["columns"].iloc[0].split(_APART)), pd.Series(rows["row"].to_numpy(), rows["key"]))
        for name, rows in frame.groupby("table", sort=False)
    }
