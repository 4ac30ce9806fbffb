"""Things that take no part: those of restricted people alone, without what identifies them, and those overdue.

What only restricted people use is theirs: its number, registration or address stands in no output. Premises on which
somebody acted, by an order, an activity or a plan, are not theirs alone. What passed
between it and somebody else's thing is the other one's record too, so that it stays, with a word for the thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.period import overdue
from ocgnet.evidence.written_identifiers import identifiers_in, means_one_thing, squeezed
from ocgnet.model import TABLES, THING_USES, ids_of_kind, ids_of_people, names_person

THING_WITHHELD = "withheld-thing"
"""Begin of what stands for the id of a thing that only restricted people use."""

BETWEEN: dict[str, tuple[str, str]] = {
    "communications": ("from_thing", "to_thing"),
    "transfers": ("from_account", "to_account"),
}
"""Tables of what passed between two things, with the columns of both."""

_OF_ONE = ("sightings", "group_things", "crime_things")
_BARE = ("thing_id", "kind")
"""What stays of a thing that is withheld."""


@dataclass(frozen=True)
class ThingsWithheld:
    """Tables of things in which nothing identifies what only restricted people use."""

    tables: Mapping[str, pa.Table]  # those that are other than before
    gone: Mapping[str, int]  # rows that are gone or bare, by table
    identifiers: tuple[str, ...]  # what texts may not repeat: ids, and what means one of these things alone


def things_withheld(tables: Mapping[str, pa.Table], people: Collection[str]) -> ThingsWithheld:
    """Withhold what only some people use.

    Of such a thing its row keeps the kind, and a number stands for its id. Where it was seen is gone, and so is what
    passed between it and things of nobody else, with numbers that are in no row after that.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Typed tables of the model, ids of people as they are.
    people : collection of str
        Ids of the restricted.
    """
    links, things = tables["thing_links"], tables["things"]
    theirs = pc.is_in(links["person_id"], pa.array(sorted(people), pa.string()))
    used = {i for name, column in THING_USES.items() for i in _used_by_others(name, column, tables[name], people)}
    hidden = sorted(_ids(links.filter(theirs)["thing_id"]) - used)
    if not hidden:
        return ThingsWithheld({}, {}, ())
    word = _words_for(hidden, _ids(things["thing_id"]))
    new: dict[str, pa.Table] = {}
    gone: dict[str, int] = {}
    met: set[str] = set()
    for name, ends in BETWEEN.items():
        t = tables[name]
        at = [_is_in(t[end], hidden) for end in ends]
        shown = [_is_in(t[end], used) for end in ends]
        out = (at[0] & ~shown[1]) | (at[1] & ~shown[0])
        met |= {i for end in ends for i in _ids(t[end].filter(pa.array(out)))}
        gone[name] = int(out.sum())
        new[name] = _worded(t.filter(pa.array(~out)), ends, word)
    seen = tables["sightings"]
    out = _is_in(seen["thing_id"], hidden)
    gone["sightings"] = int(out.sum())
    new["sightings"] = _without_place(seen.filter(pa.array(~out)), word)
    new["thing_links"] = _blank(_worded(links, ("thing_id",), word), _is_in(links["thing_id"], hidden), ("source",))
    left = {i for t in (*new.values(), tables["group_things"], tables["crime_things"]) for i in _named(t)}
    lost = _is_in(things["thing_id"], met - left - set(hidden))
    bare = _is_in(things["thing_id"], hidden)
    gone["things"] = int((lost | bare).sum())
    stays = things.filter(pa.array(~(bare | lost)))
    new["things"] = pa.concat_tables([stays, _bared(things.filter(pa.array(bare)), word)])
    others = {squeezed(i) for i in identifiers_in(stays)}
    own = {i for i in identifiers_in(things.filter(pa.array(bare | lost))) if means_one_thing(i)}
    # A number alone is an amount or a day in a text far more often than an id.
    identifiers = {i for i in own if squeezed(i) not in others} | {i for i in hidden if not i.isdigit()}
    new["orders"] = _worded(tables["orders"], ("thing_id",), word)
    changed = {name: t for name, t in new.items() if t is not tables[name]}
    return ThingsWithheld(changed, {name: n for name, n in gone.items() if n}, tuple(sorted(identifiers)))


def without_overdue_things(dataset: Dataset, day: date | None, *, include_overdue: bool) -> Dataset:
    """Return records without what is recorded of things whose review was due before a day.

    The things stay in their table, and so do links of people to them, which :func:`ocgnet.evidence.thing_use` counts.

    Parameters
    ----------
    dataset : Dataset
        Records.
    day : date or None
        Day of judgement; without one nothing is overdue.
    include_overdue : bool
        They take part all the same.
    """
    things = dataset["things"]
    late = _ids(things.filter(overdue(things, day))["thing_id"]) if not include_overdue else set()
    if not late:
        return dataset
    tables, left_out = dict(dataset.tables), []
    for name in (*BETWEEN, *_OF_ONE):
        t = dataset[name]
        out = np.zeros(t.num_rows, bool)
        for column in BETWEEN.get(name, ("thing_id",)):
            out |= _is_in(t[column], late)
        if out.any():
            left_out.append(LeftOut(name, "review of the thing overdue", int(out.sum())))
            tables[name] = t.filter(pa.array(~out))
    return dataset.changed(tables, left_out)


def _used_by_others(name: str, column: str, t: pa.Table, people: Collection[str]) -> set[str]:
    """Return the things that a table shows in use, but for rows that name one of some people."""
    for declared in TABLES[name].columns if t.num_rows else ():
        if names_person(name, declared) and declared.name != "protects":
            t = t.filter(pa.array(~_is_in(ids_of_people(t, declared), people)))
    return _ids(ids_of_kind(t, TABLES[name].column(column), "thing"))


def _ids(column: pa.ChunkedArray) -> set[str]:
    return {i for i in pc.unique(column).to_pylist() if i}


def _named(t: pa.Table) -> set[str]:
    columns = ("thing_id", "place", *(end for ends in BETWEEN.values() for end in ends))
    return {i for c in columns if c in t.column_names for i in _ids(t[c])}


def _is_in(column: pa.ChunkedArray, ids: Collection[str]) -> np.ndarray:
    return np.asarray(pc.is_in(column, pa.array(sorted(ids), pa.string())), bool)


def _words_for(hidden: list[str], taken: set[str]) -> dict[str, str]:
    stem = THING_WITHHELD
    while any(i.startswith(f"{stem}-") for i in taken):
        stem += "-"
    return {i: f"{stem}-{number}" for number, i in enumerate(hidden, 1)}


def _worded(t: pa.Table, columns: Collection[str], word: Mapping[str, str]) -> pa.Table:
    """Return a table in which words stand for some things."""
    ids, words = pa.array(list(word), pa.string()), pa.array(list(word.values()), pa.string())
    for name in columns:
        at = pc.index_in(t[name], ids)
        if at.null_count < len(at):
            t = t.set_column(t.column_names.index(name), name, pc.coalesce(words.take(at.combine_chunks()), t[name]))
    return t


def _without_place(t: pa.Table, word: Mapping[str, str]) -> pa.Table:
    rows = _is_in(t["place"], list(word))
    return _worded(_blank(t, rows, ("latitude", "longitude")), ("place",), word)


def _blank(t: pa.Table, rows: np.ndarray, columns: Collection[str]) -> pa.Table:
    for name in columns if rows.any() else ():
        field = t.schema.field(name)
        cells = pc.if_else(pa.array(rows), pa.scalar(None, field.type), t[name])
        t = t.set_column(t.column_names.index(name), field, cells)
    return t


def _bared(t: pa.Table, word: Mapping[str, str]) -> pa.Table:
    blank = [f.name for f in t.schema if f.name not in _BARE]
    return _worded(_blank(t, np.ones(t.num_rows, bool), blank), ("thing_id",), word)
