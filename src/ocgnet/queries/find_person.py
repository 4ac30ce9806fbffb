"""Finding somebody by a name that is not quite right, or by a date of birth, on either kind of store.

One rule holds wherever the records stand. A full-text index alone would lose people without a word: its search for
misspelt words looks at the 50 nearest spellings, and its search for the beginning of a word folds no accents. So the
names of everybody are compared here; the index serves whoever asks in Neo4j Browser.

The rule. Names and what is asked are compared without capitals, accents, strokes and signs. A word that is asked fits a
word of a name (or two or three in a row, written together) when it is the same, begins it, stands within it (from 3
letters on), or becomes it by one change (from 3 letters on) or two (from 6 letters on); a change is a letter too much,
missing, another, or swapped with its neighbour. A name fits when every word fits one of its words, in any order; one
between the first and the last, such as a middle name, may be missing. The id itself fits as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.errors import UsageError
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.restricted import restricted_ids
from ocgnet.model.graph import PERSON, PERSON_ROWS
from ocgnet.queries.query import Answer
from ocgnet.spelling import plain
from ocgnet.store.neo4j.connection import Connection

COLUMNS = ("person_id", "name", "aliases", "born", "kind", "groups", "matched")
LONGEST, MOST_WORDS = 200, 10
"""Letters and words of a name that is asked for, at most."""

NAME_ASKED = "name"
"""Parameter of which the log keeps a keyed hash and never the words."""

_IS = {"Nominal": "nominal", "Child": "child", "OtherPerson": "other"}
_TOGETHER = 3
"""Words of a name that somebody may write as one: van der Berg, Vanderberg."""


@dataclass
class _Person:
    """Somebody who may be shown; ``names`` and ``births`` are those of every table of people, the first one first."""

    person_id: str
    overdue: bool
    names: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    births: list[date] = field(default_factory=list)
    recorded_as: list[str] = field(default_factory=list)


class _Fit(NamedTuple):
    """How a name fits what was asked, the better the smaller."""

    missing: int  # words asked that are not in the name
    changes: int  # letters that differ
    parts: int  # words asked that are only part of one; within it counts twice
    further: int  # words of the name that were not asked
    alias: bool


# Reading who is on record, from either kind of store.


def _recorded(dataset: Dataset, as_of: date) -> list[_Person]:
    withheld = set(restricted_ids(dataset.tables))
    people: dict[str, _Person] = {}
    for rows in PERSON_ROWS:
        for row in dataset[rows.table].to_pylist():
            person_id = row[rows.key[0]]
            if person_id in withheld:
                continue
            due = row["review_due"] if rows.label == "Nominal" else None
            person = people.setdefault(person_id, _Person(person_id, due is not None and due < as_of))
            person.names += [row["name"]] if row["name"] else []
            person.births += [row["date_of_birth"]] if row["date_of_birth"] else []
            person.aliases += filter(None, (row.get("aliases") or "").split("|"))
            person.recorded_as.append(_IS[rows.label])
    return list(people.values())


PIECE = 20_000
"""People that the server collects at a time."""

_OWN_NAMES, _OWN_BIRTHS = (
    f"[x IN [{', '.join(f'p.{rows.prefix}{column}' for rows in PERSON_ROWS)}, p.{column}] WHERE x IS NOT NULL | {cell}]"
    for column, cell in (("name", "x"), ("date_of_birth", "toString(x)"))
)
_PEOPLE = (
    f"MATCH (p:{PERSON.label}) WHERE p.person_id > $low AND p.unlisted IS NULL WITH p ORDER BY p.person_id LIMIT $size "
    "WITH collect(p) AS people RETURN people[-1].person_id AS last, size(people) AS size, "
    "[p IN people WHERE p.restricted_on IS NULL | [p.person_id, p.overdue_after < $as_of, "
    f"{_OWN_NAMES}, coalesce(p.aliases, []), {_OWN_BIRTHS}, p:Nominal, p:Child, p:OtherPerson]] AS rows"
)


def _on_server(connection: Connection, as_of: date) -> list[_Person]:
    people: list[_Person] = []
    low, size = "", PIECE
    while size == PIECE:
        [piece] = connection.rows(_PEOPLE, low=low, size=PIECE, as_of=as_of)
        low, size = piece["last"], piece["size"]
        for person_id, overdue, names, aliases, births, *is_a in piece["rows"]:
            recorded_as = [word for word, true in zip(_IS.values(), is_a, strict=True) if true]
            born = [date.fromisoformat(b) for b in births]
            people.append(_Person(person_id, overdue, names, [a for a in aliases if a], born, recorded_as))
    return people


_GROUPS = (
    "UNWIND $ids AS id MATCH (p:Nominal {person_id: id})-[m:MEMBER_OF]->(g:OCG) "
    "WHERE m.valid_from <= $as_of <= m.valid_to AND g.valid_from <= $as_of <= g.valid_to "
    "WITH id, g.ocg_id AS ocg_id, m ORDER BY m.valid_from "
    "WITH id, ocg_id, last(collect(m)) AS m RETURN id, ocg_id, m.role AS role ORDER BY id, ocg_id"
)


def _group(ocg_id: str, role: str | None) -> str:
    return f"{ocg_id} {role or 'not assessed'}"


def answer_from_records(dataset: Dataset, values: Mapping[str, Any]) -> Answer:
    """Return who fits what was asked, from records; see :func:`_answer` for order, columns and errors."""
    asked = Asked.of(values)
    rows, notes = _answer(_recorded(dataset, values["as_of"]), asked, include_overdue=values["include_overdue"])
    ids = pa.array([row[0] for row in rows], pa.string())
    groups: dict[str, list[str]] = {}
    if rows:
        held = memberships_on(dataset, values["as_of"], ids)
        for at, ocg_id, role in zip(held.person, held.ocg, held.role, strict=True):
            groups.setdefault(rows[at][0], []).append(_group(ocg_id, role))
    return _with_groups(rows, groups, notes)


def answer_from_server(connection: Connection, values: Mapping[str, Any]) -> Answer:
    """Return who fits what was asked, from a Neo4j server; see :func:`_answer` for order, columns and errors."""
    asked = Asked.of(values)
    rows, notes = _answer(_on_server(connection, values["as_of"]), asked, include_overdue=values["include_overdue"])
    groups: dict[str, list[str]] = {}
    if rows:
        for row in connection.rows(_GROUPS, ids=[row[0] for row in rows], as_of=values["as_of"]):
            groups.setdefault(row["id"], []).append(_group(row["ocg_id"], row["role"]))
    return _with_groups(rows, groups, notes)


def _with_groups(rows: Sequence[tuple[Any, ...]], groups: Mapping[str, list[str]], notes: tuple[str, ...]) -> Answer:
    return Answer(COLUMNS, tuple((*row[:5], groups.get(row[0], []), row[5]) for row in rows), notes=notes)


# What is asked.

_YEAR = re.compile(r"(?:19|20)\d\d")
_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d\d)"),
)


@dataclass(frozen=True)
class Asked:
    """A name as it was typed, its words as they are compared, and a day or year of birth; either may be absent."""

    typed: str
    words: tuple[str, ...]
    born: date | int | None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Asked:
        """Read a name, a date or year of birth, or both; every other sign is a sign and nothing else.

        Raises UsageError without either, for more than LONGEST letters, and for a day that is none. The sentence never
        repeats what was asked: it goes to the log.
        """
        text = str(values["name"] or "")
        if len(text) > LONGEST or len(text.split()) > MOST_WORDS:
            raise UsageError(f"--param name takes up to {LONGEST} letters and {MOST_WORDS} words: leave out the rest.")
        births = {word: born for word in text.replace(",", " ").split() if (born := _born(word)) is not None}
        if len(births) > 1:
            raise UsageError("--param name holds more than one date or year of birth: leave one.")
        typed = " ".join(word for word in text.split() if word.strip(",") not in births)
        words = tuple(plain(typed).split())
        if not words and not births:
            raise UsageError(
                "--param name holds nothing to look for. Give a name, a date of birth such as 1984-03-31 or a year, or "
                "both: --param name='soren tolvandr 1984'. Letters may be wrong, and a part of a name will do."
            )
        return cls(typed, words, next(iter(births.values()), None))

    def tier(self, births: Sequence[date]) -> tuple[int, str]:
        """Return how well dates of birth fit, 0 the best, and that in words; without a date asked all fit."""
        if self.born is None:
            return 0, ""
        if isinstance(self.born, int):
            if any(b.year == self.born for b in births):
                return 0, f"born {self.born}"
        elif self.born in births:
            return 0, "date of birth"
        elif any((b.year, b.day, b.month) == (self.born.year, self.born.month, self.born.day) for b in births):
            return 1, "day and month of birth swapped"
        return (3, "another date of birth") if births else (2, "no date of birth recorded")


def _born(word: str) -> date | int | None:
    """Return the day or year that a word is; None for any other word."""
    if _YEAR.fullmatch(word):
        return int(word)
    for pattern in _DAYS:
        if day := pattern.fullmatch(word):
            if len(day["y"]) == 2:
                raise UsageError("--param name holds a date of birth with a year of two digits: write all four.")
            try:
                return date(int(day["y"]), int(day["m"]), int(day["d"]))
            except ValueError as error:
                raise UsageError("--param name holds a date of birth that is no day of the calendar.") from error
    return None


# Comparing.


class _Names:
    """All names, folded once, with the names that each word, or words written together, stands in."""

    def __init__(self, names: Iterable[str]) -> None:
        self.words = {name: tuple(plain(name).split()) for name in names}
        self.pieces = {name: _pieces(words) for name, words in self.words.items()}
        self.names_of: dict[str, list[str]] = {}
        for name, pieces in self.pieces.items():
            for piece in pieces:
                self.names_of.setdefault(piece, []).append(name)
        self._all = list(self.names_of)

    def fits(self, asked: Sequence[str]) -> dict[str, _Fit]:
        """Return the names in which the words asked are, each with how it fits."""
        near = {one: self._near(one) for one in asked}
        must = (asked[0], asked[-1])
        holding = [{n for piece in near[one] for n in self.names_of[piece]} for one in must]
        fits = {}
        for name in holding[0] & holding[1]:
            missing = changes = parts = covered = 0
            for one in asked:
                ways = [(near[one][piece], -size) for piece, size in self.pieces[name].items() if piece in near[one]]
                if ways:
                    (changed, part), size = min(ways)
                    changes, parts, covered = changes + changed, parts + part, covered - size
                else:
                    missing += 1
            if missing <= 1:
                further = max(0, len(self.words[name]) - covered)
                fits[name] = _Fit(missing, changes, parts, further, alias=False)
        return fits

    def _near(self, asked: str) -> dict[str, tuple[int, int]]:
        """Return the pieces that a word fits, each with letters changed, and 1 for its beginning, 2 for within."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 0 if len(asked) < 3 else 1 if len(asked) < 6 else 2
        near: dict[str, tuple[int, int]] = {}
        if most and self._all:
            far = process.cdist([asked], self._all, scorer=OSA.distance, score_cutoff=most)[0]
            near = {self._all[at]: (int(far[at]), 0) for at in np.flatnonzero(far <= most)}
        if len(asked) >= 3:
            near |= {piece: (0, 2) for piece in self._all if asked in piece}
        near |= {piece: (0, 1) for piece in self._all if piece.startswith(asked)}
        return near | ({asked: (0, 0)} if asked in self.names_of else {})


def _pieces(words: Sequence[str]) -> dict[str, int]:
    """Return every word of a name, and every two and three in a row written together, with how many words it is."""
    return {
        "".join(words[at : at + size]): size
        for size in range(min(_TOGETHER, len(words)), 0, -1)
        for at in range(len(words) - size + 1)
    }


def _answer(
    people: Sequence[_Person], asked: Asked, *, include_overdue: bool
) -> tuple[list[tuple[Any, ...]], tuple[str, ...]]:
    """Return the rows of all who fit, without their groups, and what stands beside them in words.

    Whose date of birth fits comes first, where one was asked; then by words missing, letters changed, words that are
    part of one, further words of the name, name before alias; ties by id. A date alone decides who is shown;
    beside a name it decides the order, and nobody is lost by a date that is wrong or missing.
    """
    names = _Names(n for p in people for n in (*p.names, *p.aliases)) if asked.words else _Names(())
    # What is typed as several words may be one: van der Berg, Vanderberg.
    ways = dict.fromkeys((asked.words, ("".join(asked.words),))) if asked.words else {}
    fitting: dict[str, _Fit] = {}
    for way in ways:
        for name, fit in names.fits(way).items():
            fitting[name] = min(fit, fitting.get(name, fit))
    found, overdue = [], 0
    for person in people:
        tier, birth = asked.tier(person.births)
        fit, how = _Fit(0, 0, 0, 0, False), ""
        if asked.words:
            fits = [
                (fitting[name]._replace(alias=alias), name)
                for alias, recorded in ((False, person.names), (True, person.aliases))
                for name in recorded
                if name in fitting
            ]
            if "".join(plain(person.person_id).split()) == "".join(asked.words):
                how = "id"
            elif fits:
                fit, name = min(fits)
                how = _how(asked, fit, name, names.words[name], person)
            else:
                continue
        elif tier > 1:
            continue
        if person.overdue and not include_overdue:
            overdue += 1
            continue
        matched = "; ".join(filter(None, (how, birth)))
        row = (
            person.person_id,
            next(iter(person.names), None),
            person.aliases,
            next(iter(person.births), None),
            person.recorded_as,
            matched,
        )
        found.append(((tier, fit, person.person_id), row))
    found.sort(key=lambda pair: pair[0])
    left = counted(overdue, "person who fits is", "people who fit are")
    notes = (f"Left out: {left} overdue for review. With them: --param include_overdue=yes",) if overdue else ()
    return [row for _, row in found], notes


def _how(asked: Asked, fit: _Fit, name: str, words: Sequence[str], person: _Person) -> str:
    """Return in words how a name fits, as short as a column of a terminal wants it."""
    kind, only = ("alias", len(person.aliases) == 1) if fit.alias else ("name", name == person.names[0])
    which = kind if only else f"{kind} {name}"
    ways = [f"part of {which}" if fit.parts or fit.further else which]
    if fit.changes:
        ways.append(f"{counted(fit.changes, 'letter')} differ{'s' if fit.changes == 1 else ''}")
    if fit.missing:
        ways.append("a middle word is not in it")
    if ways == [which] and list(words) != list(asked.words):
        ways.append("other order" if sorted(words) == sorted(asked.words) else "words joined or parted")
    if ways == [which] and " ".join(asked.typed.split()).casefold() != " ".join(name.split()).casefold():
        ways.append("accents or signs aside")
    return ", ".join(ways)
