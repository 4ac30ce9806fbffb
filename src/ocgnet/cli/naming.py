"""Who or what is meant by an option: an id as it is, else somebody's name or a group's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ocgnet.audit import log_of
from ocgnet.cli.console import say
from ocgnet.dataset import Dataset
from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.evidence.restricted import restricted_ids
from ocgnet.model import PERSON_TABLES
from ocgnet.model.things import THING_IDENTIFIERS

if TYPE_CHECKING:
    from ocgnet.edit.place import Place

GROUP, PERSON, THING, THREAT = "group", "person", "thing", "threat"
_TABLES = {
    GROUP: {"ocgs": "ocg_id"},
    PERSON: PERSON_TABLES,
    THING: {"things": "thing_id"},
    THREAT: {"threats": "threat_id"},
}
LISTED = 20
"""How many of several matches are listed."""


def the_id(dataset: Dataset, what: str, asked: str, option: str) -> str:
    """Return the id that is meant by an id, a name, another name or some words of it; what was taken is said.

    Parameters
    ----------
    dataset : Dataset
        Where ids and names stand; an id comes before every name.
    what : str
        ``GROUP``, ``PERSON``, ``THREAT`` or ``THING``; a thing goes by its label, number, mark and what else
        identifies it.
    asked : str
        What was given; empty stays empty.
    option : str
        What it was given for.

    Raises
    ------
    UsageError
        When several are called so, all of them listed; when nobody is, with ids and names that look alike.
    """
    if not asked or asked in _ids(dataset, what):
        return asked
    names = list(_names(dataset.tables, what))
    found = _called(asked, names)
    if not found:
        words = (word for _, name in names for word in (name, *name.split()))
        there = {word.casefold(): word for word in sorted({*_ids(dataset, what), *words})}
        guess = did_you_mean([there[w] for w in close_to(asked.casefold(), there, cutoff=0.7)])
        raise UsageError(f"{option}: no {what} {asked} in these records, by id or by name.{guess}")
    return _only(found, asked, option)


def meant(
    place: Place, folder: Path | None, what: str, asked: str, option: str, *, reason: str = "", restricted: bool = False
) -> str:
    """As :func:`the_id`, for an act on a place of records: where the id stands there nothing else is read.

    A name is looked up in an act of its own, for the ``reason`` of the act that it is looked up for; nobody's is
    returned as it is, and that act says what to do then.
    Names of people whose processing is restricted are known to the acts about restriction and access alone.
    """
    tables = _TABLES[what]
    if any(place.look_up(table, key, [asked]).num_rows for table, key in tables.items()):
        return asked
    with log_of().outside(folder).act("read", what="looking up who is meant by a name", reason=reason) as act:
        texts = place.texts()
        hidden = () if restricted or what != PERSON else restricted_ids(texts)
        found = _called(asked, (pair for pair in _names(texts, what) if pair[0] not in hidden))
        act.saw(found if what == PERSON else ())
        return _only(found, asked, option) if found else asked


def _only(found: Mapping[str, str], asked: str, option: str) -> str:
    listed = [f"{i} {name}" for i, name in sorted(found.items())]
    if len(listed) > 1:
        more = f"; and {len(listed) - LISTED:,} more" if len(listed) > LISTED else ""
        raise UsageError(
            f"{option}: {asked} is the name of {len(listed):,}: {'; '.join(listed[:LISTED])}{more}. Give the id of the "
            "one that is meant."
        )
    say(f"{option}: {asked} is taken for {listed[0]}.", error=True)
    return next(iter(found))


def the_ids(dataset: Dataset, what: str, asked: Iterable[str], option: str) -> tuple[str, ...]:
    """Return the ids of several, sorted, each once; see :func:`the_id`."""
    return tuple(sorted({the_id(dataset, what, one, option) for one in asked}))


def _called(asked: str, names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return those of this whole name; without any, those whose names hold all of its words."""
    words = _plain(asked).split()
    plain = [(i, name, _plain(name).split()) for i, name in names]
    whole = {i: name for i, name, own in plain if own == words}
    return whole or {i: name for i, name, own in plain if words and set(words) <= set(own)}


def _plain(name: str) -> str:
    """Return a name in small letters without accents.

    >>> _plain("Émeric D'ULMICK")
    "emeric d'ulmick"
    """
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _ids(dataset: Dataset, what: str) -> set[str]:
    from ocgnet.casework.child_records import known_people

    if what == PERSON:
        return known_people(dataset)
    return {i for table, key in _TABLES[what].items() for i in dataset[table][key].to_pylist()}


def _names(tables: Mapping[str, pa.Table], what: str) -> Iterator[tuple[str, str]]:
    """Yield id and name, a person's other names as well; the name on record comes last and stays."""
    for table, key in _TABLES[what].items():
        rows = tables[table]
        ids = rows[key].to_pylist()
        if what == THING:
            for column in ("label", "normalised", *sorted(set(THING_IDENTIFIERS.values()))):
                yield from ((i, text) for i, text in zip(ids, rows[column].to_pylist(), strict=True) if text)
            continue
        if "aliases" in rows.column_names:
            others = zip(ids, rows["aliases"].to_pylist(), strict=True)
            yield from ((i, one.strip()) for i, several in others for one in (several or "").split("|") if one.strip())
        yield from ((i, name) for i, name in zip(ids, rows["name"].to_pylist(), strict=True) if name)
