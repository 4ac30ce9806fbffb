"""Everything held about one person, cell by cell, for the answer to an access request.

Gathered are the rows of every table with a column of people, the crimes, reports, groups and services that they name,
the actions and activities of plans about the person with every change of those actions, the things the person is
linked to with what is recorded of those, what runs that were written back say, and what the log tells. Each cell is
one of three: it is the person's own and can be given; it is somebody else's and is withheld; or a person has to
decide, because it was written in somebody's own words, is intelligence, or is about others too. Nobody else's id or
name stands in it, whichever it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.read import Told
from ocgnet.edit import Place
from ocgnet.edit.change import rows_of
from ocgnet.edit.stores import Neo4jPlace
from ocgnet.errors import UsageError
from ocgnet.evidence.things_withheld import BETWEEN
from ocgnet.evidence.written_identifiers import identifiers_in, means_one_thing, squeezed, without_identifiers
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind, ids_of_people, names_person
from ocgnet.model.graph import (
    HAS_MEASURES,
    HAS_SUGGESTION,
    IN_COMMUNITY,
    IN_GROUP,
    MEASURES,
    OCG,
    OUTSIDE,
    PERSON,
    RUN,
    SUGGESTION,
    TIED_WITH,
)  # fmt: skip
from ocgnet.model.response import SUBJECTS
from ocgnet.queries.watched_rows import Row
from ocgnet.retention.erase import STAFF
from ocgnet.retention.unused_things import RECORDED_OF, NamedThings

GIVE, WITHHELD, DECIDE = "give", "withheld", "decide"
"""What is done with a cell."""

ANOTHER = "[another person]"
"""What stands in a text where somebody else's id or name stood."""

OWN = "about the person"
OTHER = "names another person"
AT_WORK = "names somebody at work"
SOURCE = "may lead to the source of a report"
WORDS = "written in somebody's own words"
SHARED = "is about another person too"
INTELLIGENCE = "is intelligence, or tells that there is some"
PLANS = "tells what the police suppose or plan"
GROUP = "is about a group of several people"
AUTHORITY = "tells under what authority it was obtained"
LOGGED = "tells what was done with the records"

_DECIDED = {
    OWN: GIVE, OTHER: WITHHELD, AT_WORK: WITHHELD, SOURCE: WITHHELD, AUTHORITY: WITHHELD, WORDS: DECIDE, SHARED: DECIDE,
    INTELLIGENCE: DECIDE, PLANS: DECIDE, GROUP: DECIDE, LOGGED: DECIDE,
}  # fmt: skip
"""What is done with a cell by what it is."""

_RELATIONS: dict[str, str] = {
    "memberships": PLANS, "plans": PLANS, "plan_actions": PLANS, "scores": PLANS, "plan_changes": PLANS,
    "activities": PLANS, "associations": INTELLIGENCE, "intel_links": INTELLIGENCE,
    "thing_links": INTELLIGENCE, "intelligence_gaps": INTELLIGENCE,
}  # fmt: skip
"""Tables of which even the person's own id tells what an investigation may depend on; of others it is the person's."""

_EVENTS: dict[str, str] = {"crimes": OWN, "intel_reports": INTELLIGENCE, "ocgs": GROUP, "services": OWN}
"""Tables whose rows a person's rows name, and what such a row is."""

_OF_PLANS = (("plans", "plan_id"), ("plan_actions", "action_id"))
_RESTING_ON_PLANS = (
    ("plan_actions", "plan_id", "plans"),
    ("plan_changes", "action_id", "plan_actions"),
    ("activities", "plan_id", "plans"),
)
"""Tables that tell of a plan or an action by its id: table, column, and the table that the column names."""

COLUMNS = ("table", "row", "column", "says", "value", "because", "decision")


@dataclass(frozen=True)
class Held:
    """One cell that is held about the person."""

    table: str
    row: int  # number among the rows of this table that are held about the person, from 1
    column: str
    says: str  # what the column is, in one sentence
    value: str  # empty where it is withheld
    because: str  # what the cell is: a key of ``_DECIDED``

    @property
    def decision(self) -> str:
        """``give``, ``withheld`` or ``decide``."""
        return _DECIDED[self.because]

    @property
    def cells(self) -> tuple[str, ...]:
        """The cell as text, in the order of ``COLUMNS``."""
        return (self.table, str(self.row), self.column, self.says, self.value, self.because, self.decision)


@dataclass(frozen=True)
class Access:
    """Everything held about one person."""

    person: str
    names: tuple[str, ...]  # the person's own names and numbers
    held: tuple[Held, ...]
    restricted: str  # ISO day since when processing is restricted, or empty

    @property
    def counted(self) -> dict[str, int]:
        """Number of cells by decision, all three of them."""
        counts = Counter(cell.decision for cell in self.held)
        return {decision: counts[decision] for decision in (GIVE, WITHHELD, DECIDE)}

    @property
    def tables(self) -> dict[str, list[list[Held]]]:
        """Rows by table, in the order in which they were gathered."""
        rows: dict[str, dict[int, list[Held]]] = {}
        for cell in self.held:
            rows.setdefault(cell.table, {}).setdefault(cell.row, []).append(cell)
        return {table: list(by_row.values()) for table, by_row in rows.items()}


class _OwnThings:
    """The things that a person is linked to, and what identifies all others."""

    def __init__(self, texts: Mapping[str, pa.Table], person: str) -> None:
        self.texts = texts
        self._named = NamedThings(texts)
        links, things = texts["thing_links"], texts["things"]
        mine = pc.equal(links["person_id"], person)
        self.ids = set(links.filter(mine)["thing_id"].to_pylist()) - {""}
        self.shared = self.ids & set(links.filter(pc.invert(mine))["thing_id"].to_pylist())
        own = pc.is_in(things["thing_id"], pa.array(sorted(self.ids), pa.string()))
        written = identifiers_in(things.filter(pc.invert(own)))
        for name in BETWEEN:
            for column in BETWEEN[name]:
                others = ~self._named.where(name, column, self.ids)
                written |= set(pc.unique(texts[name][column].filter(pa.array(others))).to_pylist())
        self._mine = {squeezed(i) for i in identifiers_in(things.filter(own))}
        self.others = {squeezed(i) for i in written if means_one_thing(i)} - self._mine
        self._listed = set(things["thing_id"].to_pylist())

    def held(self, others: _Others) -> Iterator[Held]:
        """Yield the things, and what is recorded of them; the other end of a call or transfer is somebody else's."""
        for name, columns in _OF_THINGS.items():
            hit = np.zeros(self.texts[name].num_rows, bool)
            for column in columns:
                hit |= self._named.where(name, column, self.ids)
            at = pa.array(np.flatnonzero(hit))
            ends = {c: self._named.column(name, c).take(at).to_pylist() for c in columns}
            for k, row in enumerate(rows_of(self.texts[name].take(at))):
                yield from self._row(name, k + 1, row, {c: ends[c][k] for c in columns}, others)

    def _row(
        self, name: str, number: int, row: Mapping[str, str], ends: Mapping[str, str], others: _Others
    ) -> Iterator[Held]:
        is_shared = name in BETWEEN or not self.shared.isdisjoint(ends.values())
        for column in TABLES[name].columns:
            cell = row[column.name]
            if not cell:
                continue
            thing = ends.get(column.name)
            # The place of a sighting may be the code of a camera.
            if thing is not None and thing not in self.ids and (column.name != "place" or thing in self._listed):
                yield _held(name, number, column, "", OTHER)
            elif column.kind is Kind.TEXT and column.name != "authority_ref":
                yield _held(name, number, column, others.without(cell), SHARED if is_shared else INTELLIGENCE)
            else:
                yield _cell(name, number, column, cell, SHARED if is_shared else INTELLIGENCE, others)


_OF_THINGS: dict[str, tuple[str, ...]] = {
    "things": ("thing_id",), **RECORDED_OF, "group_things": ("thing_id",), "crime_things": ("thing_id",),
}  # fmt: skip
"""Tables of things and of what is recorded of them, with their columns of things."""


class _Others:
    """Takes everybody else's ids and names out of a text; the person's own stay."""

    def __init__(self, texts: Mapping[str, pa.Table], person: str, things: _OwnThings) -> None:
        self.person = person
        self.own: set[str] = {person}
        self._things = things.others
        own_names: list[str] = []
        words: set[str] = set()
        ids: set[str] = set()
        for name, key in PERSON_TABLES.items():
            wanted = [c for c in (key, "name", "aliases", "pnc_id") if c in texts[name].column_names]
            for row in texts[name].select(wanted).to_pylist():
                names = [n.strip() for n in (row["name"], *(row.get("aliases") or "").split("|")) if n.strip()]
                if row[key] == person:
                    own_names += [*names, row.get("pnc_id") or ""]
                else:
                    ids.update(filter(None, (row[key], row.get("pnc_id"))))
                    words.update(part for n in names for part in re.findall(r"\w+", n))
        for name, table in TABLES.items():
            for column in table.columns:
                cells = pc.unique(texts[name][column.name]).to_pylist()
                if names_person(name, column):
                    people = pc.unique(ids_of_people(texts[name], column)).to_pylist()
                    ids.update(part.strip() for cell in people if cell for part in cell.split("|"))
                elif column.name in STAFF:
                    words.update(part for cell in cells for part in re.findall(r"\w+", cell))
        self.names = tuple(dict.fromkeys(filter(None, own_names)))
        self.own.update(part for n in self.names for part in re.findall(r"\w+", n))
        # Numbers alone are amounts and days in a text far more often than ids.
        self._ids = {i.casefold() for i in ids - {person, ""} if not i.isdigit()}
        # As a name is written: with a capital, or all in capitals; in small letters it may be an ordinary word.
        self._words = {f for w in words - self.own if len(w) > 1 and not w.isdigit() for f in (w, w.upper(), w.title())}
        joined = [i for i in self._ids if not re.fullmatch(r"\w+", i)]
        any_of = "|".join(map(re.escape, sorted(joined, key=lambda w: (-len(w), w)))) or r"(?!)"
        self._joined = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE)

    def without(self, text: str) -> str:
        """Return a text without them."""
        bare = self._joined.sub(ANOTHER, without_identifiers(text, self._things, ANOTHER))
        # The O' of a name goes with it.
        bare = re.sub(r"(?:\b\w['’])?\w+", lambda m: ANOTHER if self._is_another(m[0]) else m[0], bare)
        again = re.escape(ANOTHER)
        return re.sub(rf"{again}(?:[\s,.'’-]*{again})+", ANOTHER, bare)

    def _is_another(self, word: str) -> bool:
        parts = (word, re.split("['’]", word)[-1])
        return not self.own.intersection(parts) and (not self._words.isdisjoint(parts) or word.casefold() in self._ids)


def access_of(
    texts: Mapping[str, pa.Table],
    person: str,
    acts: Iterable[Told] = (),
    runs: Iterable[Mapping[str, object]] = (),
    watched: Iterable[tuple[str, Row]] = (),
) -> Access:
    """Return everything that is held about one person; restricted and overdue records are part of it.

    Parameters
    ----------
    texts : mapping of str to pyarrow.Table
        Every table of the model as text, whatever is wrong with its rows.
    person : str
        The id.
    acts : iterable of Told
        Acts of the log that concern the person.
    runs : iterable of mapping
        What runs that were written back say of the person, as from :func:`runs_about`.
    watched : iterable of pairs
        Rows that watches found, of anybody, each behind the name of its watch.

    Raises
    ------
    UsageError
        When no table of people and no relation names this id.
    """
    things = _OwnThings(texts, person)
    others = _Others(texts, person, things)
    held: list[Held] = []
    named: dict[str, set[str]] = {name: set() for name in _EVENTS}
    restricted = ""
    for name, table in TABLES.items():
        for number, row in enumerate(_naming(texts, name, person), 1):
            restricted = restricted or row.get("restricted_on", "")
            held += _row(name, number, row, person, others)
            for column in table.columns:
                if column.refers in named and row[column.name]:
                    named[column.refers].add(row[column.name])
    if not held:
        raise UsageError(f"Nobody in these records has the id {person}.")
    held += _of_plans(texts, person, others)
    for name, because in _EVENTS.items():
        key = TABLES[name].key[0]
        t = texts[name]
        rows = rows_of(t.filter(pc.is_in(t[key], pa.array(sorted(named[name]), pa.string()))))
        held += [cell for number, row in enumerate(rows, 1) for cell in _event(name, number, row, because, others)]
    held += [*things.held(others), *_suggested(runs, others), *_watched(watched, others)]
    held += _logged(acts, others)
    return Access(person, others.names, tuple(held), restricted)


def _logged(acts: Iterable[Told], others: _Others) -> Iterator[Held]:
    """Yield what the log tells of the person: when, what, for whom and why, and no one else."""
    for number, act in enumerate(acts, 1):
        for name, says, value, because in (
            ("at", "When it began (UTC).", act.at, LOGGED),
            ("kind", "What was done.", act.kind, LOGGED),
            ("recipient", "To whom records went.", act.recipient, LOGGED),
            ("reason", "Why, in the words of whoever did it.", others.without(act.reason), WORDS),
        ):
            if value:
                yield Held("log", number, name, says, value, because)
        yield Held("log", number, "by", "Who did it.", "", AT_WORK)


def _suggested(runs: Iterable[Mapping[str, object]], others: _Others) -> Iterator[Held]:
    """Yield what runs that were written back to a store say of the person; each is an assessment."""
    for number, row in enumerate(runs, 1):
        for name, value in sorted(row.items()):
            if value is not None:
                yield Held("runs", number, name, "What an analysis found.", others.without(str(value)), WORDS)


def _watched(rows: Iterable[tuple[str, Row]], others: _Others) -> Iterator[Held]:
    """Yield what watches found of the person, by id or by name, and what was decided about it."""
    own = {others.person, *others.names} - {""}
    for number, (watch, row) in enumerate(((name, row) for name, row in rows if not own.isdisjoint(row.words())), 1):
        yield Held("watches", number, "watch", "Which question found it.", others.without(watch), PLANS)
        for column, cell in {**row.key, **row.cells}.items():
            if cell:
                yield Held("watches", number, column, "What the question gave.", others.without(cell), PLANS)
        yield Held("watches", number, "first_seen", "When it was first seen.", row.first_seen, PLANS)
        for decided in row.decisions:
            said = f"{decided.decision}, {decided.on}: {others.without(decided.reason)}"
            yield Held("watches", number, "decision", "What was decided about it, and why.", said, WORDS)
            yield Held("watches", number, "decided_by", "Who decided it.", "", AT_WORK)


def runs_about(place: Place, person: str) -> list[dict[str, object]]:
    """Return what runs that were written back to a Neo4j database say of somebody; none of other places."""
    from ocgnet.store.neo4j.connection import connected
    from ocgnet.store.neo4j.kept_runs import carry_over

    if not isinstance(place, Neo4jPlace):
        return []
    asked = (
        f"MATCH (p:{PERSON.label} {{{PERSON.key}: $person}}) CALL (p) {{ "
        f"MATCH (p)-[t:{HAS_SUGGESTION}|{HAS_MEASURES}]->(x) OPTIONAL MATCH (x)-[:{IN_GROUP}]->(g:{OCG.label}) "
        f"RETURN x.{RUN.key} AS run, type(t) AS what, elementId(x) AS apart, "
        f"x {{.*, {OCG.key}: g.{OCG.key}}} AS said UNION ALL "
        f"MATCH (p)-[t:{IN_COMMUNITY}|{OUTSIDE}|{TIED_WITH}]-(x) "
        f"RETURN t.{RUN.key} AS run, type(t) AS what, elementId(t) AS apart, "
        f"t {{.*, community: x.community, {OCG.key}: x.{OCG.key}}} AS said }} "
        "RETURN said ORDER BY run, what, apart"
    )
    keeping = {SUGGESTION.key, MEASURES.key, "load_id", "caption"}
    with connected(place.store.address) as connection:
        carry_over(connection)
        rows = connection.rows(asked, person=person)
    return [{name: value for name, value in row["said"].items() if name not in keeping} for row in rows]


def _naming(texts: Mapping[str, pa.Table], name: str, person: str) -> list[dict[str, str]]:
    """Return the rows of a table that name the person in any column of people, each once."""
    t = texts[name]
    hit = pa.chunked_array([pa.array([False] * t.num_rows, pa.bool_())])
    for column in TABLES[name].columns:
        if names_person(name, column) and t.num_rows:
            cells = ids_of_people(t, column).to_pylist()
            among = [cell is not None and person in map(str.strip, cell.split("|")) for cell in cells]
            hit = pc.or_(hit, pa.chunked_array([pa.array(among, pa.bool_())]))
    return rows_of(t.filter(hit))


def _of_plans(texts: Mapping[str, pa.Table], person: str, others: _Others) -> Iterator[Held]:
    """Yield the actions of plans about the person that name nobody, the changes of all actions, and the activities."""
    own = {name: [row[key] for row in _naming(texts, name, person)] for name, key in _OF_PLANS}
    for name, column, of in _RESTING_ON_PLANS:
        naming = _naming(texts, name, person)
        resting = texts[name].filter(pc.is_in(texts[name][column], pa.array(own[of], pa.string())))
        rows = [row for row in rows_of(resting) if row not in naming]
        if name in own:
            own[name] += [row[TABLES[name].key[0]] for row in rows]
        for number, row in enumerate(rows, len(naming) + 1):
            yield from _row(name, number, row, person, others)


def _row(name: str, number: int, row: Mapping[str, str], person: str, others: _Others) -> Iterator[Held]:
    """Yield the cells of a row that names the person; blank ones hold nothing."""
    of_others = row.get("subject_kind") in SUBJECTS and row["subject_kind"] != "person"
    people = [c for c in TABLES[name].columns if names_person(name, c) and not (c.refers == "subject" and of_others)]
    of_table = _RELATIONS.get(name, OWN)
    shared = any(part.strip() not in ("", person) for c in people for part in row[c.name].split("|"))
    for column in TABLES[name].columns:
        cell = row[column.name]
        if not cell:
            continue
        if column in people:
            parts = [part.strip() for part in cell.split("|") if part.strip()]
            if person in parts:
                yield _held(name, number, column, person, of_table)
            if set(parts) - {person}:
                yield _held(name, number, column, "", OTHER)
        elif name in PERSON_TABLES and column.kind is Kind.TEXT and column.name in ("name", "aliases", "pnc_id"):
            yield _held(name, number, column, cell, OWN)
        else:
            yield _cell(name, number, column, cell, SHARED if shared else of_table, others)


def _event(name: str, number: int, row: Mapping[str, str], because: str, others: _Others) -> Iterator[Held]:
    """Yield the cells of a crime, a report or a group that a row of the person names."""
    for column in TABLES[name].columns:
        if row[column.name]:
            yield _cell(name, number, column, row[column.name], because, others)


def _cell(name: str, number: int, column: Column, cell: str, because: str, others: _Others) -> Held:
    if column.name in STAFF:
        return _held(name, number, column, "", AT_WORK)
    if column.name == "authority_ref":
        return _held(name, number, column, "", AUTHORITY)
    if column.name == "source_ref" or (name, column.name) == ("thing_links", "source"):
        return _held(name, number, column, "", SOURCE)
    if column.free_text:
        return _held(name, number, column, others.without(cell), WORDS if _DECIDED[because] == GIVE else because)
    return _held(name, number, column, others.without(cell) if because == GROUP else cell, because)


def _held(name: str, number: int, column: Column, value: str, because: str) -> Held:
    return Held(name, number, column.name, column.says, value, because)
