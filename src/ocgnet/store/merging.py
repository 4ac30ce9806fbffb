"""Laying new records over old ones: the same in every store."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.beside_store import Kept, LookUp
from ocgnet.dataset import About, Dataset, LeftOut, equal_in, unmatched
from ocgnet.errors import UsageError
from ocgnet.model import TABLES, Kind, Table
from ocgnet.model.things import UNDER_AUTHORITY
from ocgnet.sources import SourceFile
from ocgnet.store.contract import NO_DELETES, LoadManifest, StoreReport
from ocgnet.store.duckdb_open import in_memory

_FORM = re.compile(r"[A-Za-z0-9_-]+:")

_REFERENCES = frozenset({"source_ref"})
"""Columns of text whose values are one force's own references, so that equal ones of two forces mean nothing."""


def checked_prefix(prefix: str) -> str:
    """Return a prefix that can be told apart from the ids behind it: letters, digits, ``-`` or ``_``, and a colon."""
    if not _FORM.fullmatch(prefix):
        raise UsageError(f"'{prefix}' is no prefix: give letters or digits and a colon, such as HANTS:")
    return prefix


def with_prefix(dataset: Dataset, prefix: str) -> Dataset:
    """Return the dataset with a prefix before every id, so that no other force has the same.

    References to ids get it as well, and so do the references of intelligence sources. Names of wards
    and districts stay: a ward is the same place for everybody. An empty prefix changes nothing.

    >>> one = Dataset.of({"nominals": pa.table({"nominal_id": ["N1"]})})
    >>> with_prefix(one, "HANTS:")["nominals"]["nominal_id"].to_pylist()
    ['HANTS:N1']
    """
    if not prefix:
        return dataset
    checked_prefix(prefix)
    tables = {}
    for name, table in dataset.tables.items():
        columns = {
            c.name: _prefixed(table[c.name], prefix, many=c.many)
            if c.kind is Kind.ID or c.name in _REFERENCES
            else table[c.name]
            for c in TABLES[name].columns
        }
        tables[name] = pa.table(columns, schema=table.schema)
    return dataclasses.replace(
        Dataset.of(tables, dataset.about, dataset.left_out),
        given=dataset.given,
        forces={prefix: force_word(prefix, dataset.about)},
    )


def force_word(prefix: str, about: About) -> str:
    """Return what a force is called in the graph: its prefix where it has one, else its name; empty without either.

    >>> force_word("HANTS:", About(force="Hampshire")), force_word("", About(force="Hampshire"))
    ('HANTS', 'Hampshire')
    """
    return prefix.removesuffix(":") or about.force


def _prefixed(column: pa.ChunkedArray, prefix: str, *, many: bool) -> pa.ChunkedArray:
    if many:
        # An empty piece between two bars is no id.
        return pc.replace_substring_regex(column, r"(^|\|)([^|])", rf"\1{prefix}\2")
    return pc.binary_join_element_wise(prefix, column, "")


def owned(table: Table, prefix: str, prefixes: Iterable[str]) -> str:
    """Return the SQL condition on a row that the force of ``prefix`` brought it.

    A row belongs to the longest of ``prefixes`` (all in the store; empty for the force that loaded without) that its id
    begins with. A table without ids (wards) belongs to everybody: it is owned only where there is no other force.

    >>> owned(TABLES["crimes"], "", ["", "HANTS:"])
    "NOT starts_with(crime_id, 'HANTS:')"
    """
    ids = [c.name for c in table.columns if c.key and c.kind is Kind.ID]
    others = sorted(p for p in prefixes if p != prefix and p.startswith(prefix))
    if not ids:
        return "true" if not set(prefixes) - {prefix} else "false"
    own = [f"starts_with({ids[0]}, '{prefix}')"] if prefix else []
    return " AND ".join([*own, *(f"NOT starts_with({ids[0]}, '{p}')" for p in others)]) or "true"


def without_prefix(table: pa.Table, name: str, prefix: str) -> pa.Table:
    """Return rows of a table with the ids of a force's own files; the inverse of :func:`with_prefix`."""
    for column in TABLES[name].columns if prefix else ():
        if column.kind is Kind.ID or column.name in _REFERENCES:
            place = table.column_names.index(column.name)
            begins = r"(^|\|)" if column.many else "(^)"
            bare = pc.replace_substring_regex(table[column.name], begins + re.escape(prefix), r"\1")
            table = table.set_column(place, table.schema.field(place), bare)
    return table


def nothing_kept() -> Kept:
    """Return what a store keeps that holds nothing of a force."""
    return Kept(
        lambda name, _column, _texts: TABLES[name].schema.empty_table(),
        frozenset(),
        About(),
        (),
        TABLES["wards"].schema.empty_table,
        TABLES["things"].schema.empty_table,
    )


def kept_of(
    states: Mapping[str, ForceState],
    prefix: str,
    filled: frozenset[str],
    look_up: LookUp,
    wards: Callable[[], pa.Table],
    numbered: Callable[[], pa.Table],
    seen: object,
) -> Kept:
    """Return what a store keeps of the force of ``prefix``, by that force's own ids; nothing before its first load.

    ``filled`` are the tables with rows of anybody; ``look_up``, ``wards`` and ``numbered`` use ids as in the store.
    """
    if prefix not in states:
        return dataclasses.replace(nothing_kept(), seen=seen)

    def mine(name: str, column: str, texts: Collection[str]) -> pa.Table:
        declared = TABLES[name].column(column)
        is_id = declared.kind is Kind.ID
        rows = look_up(name, column, [f"{prefix}{text}" for text in texts] if is_id else texts)
        if rows.num_rows and set(states) - {prefix}:
            with in_memory({"found": rows}) as db:
                rows = db.sql(f"SELECT * FROM found WHERE {owned(TABLES[name], prefix, states)}").to_arrow_table()
            rows = rows.cast(TABLES[name].schema)
        return without_prefix(rows, name, prefix)

    return Kept(
        mine,
        filled | states[prefix].given,
        states[prefix].about,
        states[prefix].manifest.sources,
        wards,
        lambda: without_prefix(numbered(), "things", prefix),
        seen,
    )


def about_all(abouts: Sequence[About]) -> About:
    """Return one description for the records of several forces.

    Where they differ, names and markings are listed, the latest analysis date counts, and no period is
    set; made-up records of one make the whole made up.

    >>> from datetime import date
    >>> about_all([About(force="A", as_of=date(2019, 3, 31)), About(force="B", synthetic=True)])
    About(force='A, B', marking='OFFICIAL-SENSITIVE', synthetic=True, as_of=datetime.date(2019, 3, 31), \
period_from=None, period_to=None, thing_links_authority='', communications_authority='', sightings_authority='', \
transfers_authority='')
    """
    if len(abouts) == 1:
        return abouts[0]
    periods = {(a.period_from, a.period_to) for a in abouts}
    first, last = periods.pop() if len(periods) == 1 else (None, None)
    return About(
        force=", ".join(sorted({a.force for a in abouts if a.force})),
        marking=" / ".join(sorted({a.marking for a in abouts})),
        synthetic=any(a.synthetic for a in abouts),
        as_of=max((a.as_of for a in abouts if a.as_of), default=None),
        period_from=first,
        period_to=last,
        **{name: ", ".join(sorted({getattr(a, name) for a in abouts} - {""})) for name in _AUTHORITIES},
    )


_AUTHORITIES = tuple(f"{name}_authority" for name in UNDER_AUTHORITY)


def left_out_all(parts: Iterable[Iterable[LeftOut]]) -> tuple[LeftOut, ...]:
    """Return what several loads left out, equal reasons counted together, sorted."""
    counts: dict[tuple[str, str, bool], int] = {}
    for part in parts:
        for x in part:
            key = (x.what, x.why, x.refused)
            counts[key] = counts.get(key, 0) + x.count
    return tuple(sorted(LeftOut(what, why, count, refused) for (what, why, refused), count in counts.items()))


def merge(
    old: Dataset | None,
    new: Dataset,
    *,
    replace: bool,
    prefix: str = "",
    prefixes: Iterable[str] = (),
    deletes: Dataset = NO_DELETES,
) -> tuple[Dataset, StoreReport]:
    """Lay ``new``, whose ids are prefixed already, over ``old`` by identity and count what happens to each row.

    With ``replace`` old rows that ``new`` lacks are removed, of the force of ``prefix`` only; rows of other forces
    count as kept. Rows of ``deletes``, of which only the columns that tell rows apart count, are removed in any case.
    The result is described and given as ``new`` is; what other forces said of theirs is the store's to keep.
    """
    if old is None:
        rows = sum(new.rows.values())
        return new, StoreReport(rows, rows, 0, 0, 0)
    everyone = {*prefixes, prefix}
    added, changed = laid_over(old, new)
    removed = 0
    tables: dict[str, pa.Table] = {}
    for name, table in TABLES.items():
        staying = unmatched(name, unmatched(name, old[name], new[name]), deletes[name])
        if replace and staying.num_rows:
            with in_memory({"old_rows": staying}) as db:
                others = f"SELECT * FROM old_rows WHERE NOT ({owned(table, prefix, everyone)})"
                staying = db.sql(others).to_arrow_table()
        removed += old[name].num_rows - staying.num_rows
        tables[name] = pa.concat_tables([new[name], staying.cast(new[name].schema)])
    # What is laid over an old row is no row of its own.
    removed -= sum(new.rows.values()) - added
    given = new.given if replace else new.given | old.given
    merged = dataclasses.replace(Dataset.of(tables, new.about, new.left_out), given=given)
    rows = sum(merged.rows.values())
    return merged, StoreReport(rows, added, changed, removed, rows - added - changed)


def laid_over(old: Dataset, new: Dataset) -> tuple[int, int]:
    """Return how many rows of ``new`` are not in ``old``, and how many are there with other cells."""
    added = changed = 0
    with in_memory({}) as db:
        for name, count in new.rows.items():
            if not old[name].num_rows:
                added += count
                continue
            db.register("old_rows", old[name])
            db.register("new_rows", new[name])
            [(matched, equal)] = db.execute(
                f"SELECT count(*), count(*) FILTER ({same_cells(name, 'o', 'n')}) FROM old_rows o JOIN new_rows n "
                f"ON {same_identity(name, 'o', 'n')}"
            ).fetchall()
            added += count - matched
            changed += matched - equal
            db.unregister("old_rows")
            db.unregister("new_rows")
    return added, changed


def same_identity(name: str, one: str, other: str) -> str:
    """Return the SQL condition that rows of a table under two names are one record."""
    return equal_in(TABLES[name].identity, one, other)


def same_cells(name: str, one: str, other: str) -> str:
    """Return the SQL condition that rows of a table under two names are equal in every cell."""
    return equal_in((c.name for c in TABLES[name].columns), one, other)


_ABOUT_DATES = ("as_of", "period_from", "period_to")


@dataclass(frozen=True)
class ForceState:
    """State of one force after its latest load: the description of its folder, what the load refused, its manifest.

    ``given`` are the tables that the force ever brought and did not replace; ``most`` are, by table, the most rows that
    a file of it brought since then, where that was not in the latest load.
    """

    about: About
    left_out: tuple[LeftOut, ...]
    given: frozenset[str]
    manifest: LoadManifest
    most: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write the state as text; equal states give equal texts."""
        plain = {
            "about": {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(self.about).items()},
            "left_out": [asdict(x) for x in self.left_out],
            "given": sorted(self.given),
            "sources": [asdict(s) for s in self.manifest.sources],
            "version": self.manifest.version,
            "prefix": self.manifest.prefix,
        }
        if self.most:
            plain["most"] = dict(self.most)
        return json.dumps(plain, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ForceState:
        """Read the text of :meth:`to_json`."""
        plain: dict[str, Any] = json.loads(text)
        about = plain["about"] | {k: date.fromisoformat(plain["about"][k]) for k in _ABOUT_DATES if plain["about"][k]}
        sources = tuple(SourceFile(**s) for s in plain["sources"])
        return cls(
            About(**about),
            # What an earlier version kept is what a load refused.
            tuple(LeftOut(**({"refused": True} | x)) for x in plain["left_out"]),
            frozenset(plain["given"]),
            LoadManifest(sources, plain["version"], plain["prefix"]),
            plain.get("most", {}),
        )


def next_state(before: ForceState | None, dataset: Dataset, manifest: LoadManifest, *, replace: bool) -> ForceState:
    """Return the state of a force once ``dataset`` is loaded."""
    if replace or before is None:
        return ForceState(dataset.about, dataset.left_out, dataset.given, manifest)
    left_out = left_out_all((dataset.left_out, _still_lost(before, dataset, manifest)))
    if manifest.sources == before.manifest.sources:
        return ForceState(dataset.about, left_out, dataset.given | before.given, manifest, before.most)
    brought = {name: _brought(before, name) for name in (*dataset.given, *before.given)}
    most = {name: rows for name, rows in brought.items() if rows > _rows(manifest, name)}
    return ForceState(dataset.about, left_out, dataset.given | before.given, manifest, most)


def _still_lost(before: ForceState, dataset: Dataset, manifest: LoadManifest) -> list[LeftOut]:
    """Return what an earlier load refused and this one cannot have mended: a table that it does not bring as whole."""
    if manifest.sources == before.manifest.sources:
        return []
    return [
        x for x in before.left_out if x.what not in dataset.given or _rows(manifest, x.what) < _brought(before, x.what)
    ]


def _brought(before: ForceState, name: str) -> int:
    """Return the most rows of a table that a file of a force has brought so far."""
    return max(_rows(before.manifest, name), before.most.get(name, 0))


def _rows(manifest: LoadManifest, name: str) -> int:
    """Return the rows of the file that held a table; of a workbook, all of its rows."""
    own = [s.rows for s in manifest.sources if PurePath(s.file).stem == name]
    return sum(own) if own else sum(s.rows for s in manifest.sources)


def described(records: Dataset, states: Mapping[str, ForceState]) -> Dataset:
    """Return records with the description of all forces whose they are; tables with rows count as given."""
    ordered = [states[p] for p in sorted(states)]
    given = frozenset().union(*(s.given for s in ordered), records.rows)
    left_out = ordered[0].left_out if len(ordered) == 1 else left_out_all(s.left_out for s in ordered)
    return Dataset(about_all([s.about for s in ordered]), records.tables, left_out, given, forces=forces_of(states))


def forces_of(states: Mapping[str, ForceState]) -> dict[str, str]:
    """Return what each force of a store is called in the graph, by the prefix of its ids."""
    return {prefix: force_word(prefix, state.about) for prefix, state in states.items()}
