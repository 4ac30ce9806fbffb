"""Who on record might be meant by a person on a form: candidates with reasons, for a person to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ocgnet.casework.form_checks import NamedPerson
from ocgnet.casework.likeness import likenesses, plain
from ocgnet.dataset import Dataset
from ocgnet.model import PERSON_TABLES


@dataclass(frozen=True)
class MatchRules:
    """When somebody on record is shown as a candidate; likeness of names is out of 100.

    Parameters
    ----------
    same_birth, swapped_birth, no_birth, other_birth : float
        Least likeness of the name when the date of birth is the same, has day and month swapped, is missing on
        one side, or differs.
    most : int
        Candidates shown for one person because of the name. Everybody of the same date of birth and the same
        district follows, whatever the name: it may be written in another script, or have been misheard.
    """

    same_birth: float = 50.0
    swapped_birth: float = 70.0
    no_birth: float = 80.0
    other_birth: float = 90.0
    most: int = 5


@dataclass(frozen=True)
class Known:
    """Somebody on record: id, name, further names, date of birth, sex, district."""

    person_id: str
    name: str
    others: tuple[str, ...]
    born: date | None
    sex: str
    district: str


@dataclass(frozen=True)
class Candidate:
    """Somebody on record who may be meant, with what speaks for it and against it."""

    person: Known
    likeness: float
    because: tuple[str, ...]
    against: tuple[str, ...]


class KnownPeople:
    """Everybody on record, ready to be compared.

    Parameters
    ----------
    dataset : Dataset
        Somebody who stands in several tables of people is one person with all names; where dates of birth differ
        each is compared.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._people: dict[str, list[Known]] = {}
        for table, key in PERSON_TABLES.items():
            for row in dataset[table].to_pylist():
                aliases = tuple(a.strip() for a in (row.get("aliases") or "").split("|") if a.strip())
                entry = Known(
                    row[key], row["name"] or "", aliases, row["date_of_birth"], row["sex"] or "", row["district"] or ""
                )
                self._people.setdefault(row[key], []).append(entry)
        entries = [k for i in sorted(self._people) for k in self._people[i]]
        self._rows = [(k, n) for k in entries for n in (k.name, *k.others) if n]
        self._names = [plain(n) for _, n in self._rows]
        self._ids = np.array([k.person_id for k, _ in self._rows], dtype=object)
        self._born = np.array([k.born or "NaT" for k, _ in self._rows], dtype="datetime64[D]")
        words = {d: plain(d) for d in {k.district for k in entries}}
        self._districts = np.array([words[k.district] for k, _ in self._rows], dtype=object)
        self._nameless = [k for k in entries if not (k.name or k.others)]

    def candidates(self, named: NamedPerson, rules: MatchRules | None = None) -> list[Candidate]:
        """Return who may be meant, the best first; empty when nobody is near.

        The number of the form, then the same date of birth, then likeness of the name, then the id decide the order.
        Those of the same date of birth and district whose names differ come after all others.
        """
        rules = rules or MatchRules()
        alike = likenesses(plain(named.name), self._names)
        same, swapped, unknown = self._births(named.date_of_birth)
        least = np.select(
            [same, swapped, unknown], [rules.same_birth, rules.swapped_birth, rules.no_birth], rules.other_birth
        )
        near = np.flatnonzero((alike >= least) | (self._ids == (named.known_id or None)))
        best: dict[str, int] = {}
        for i in near[np.lexsort((-alike[near], ~same[near]))].tolist():
            best.setdefault(self._ids[i], i)
        given = [k for k in self._people.get(named.known_id, []) if k.person_id not in best]
        found = [self._candidate(named, i, float(alike[i])) for i in best.values()]
        found += [Candidate(k, 0.0, ("the number on the form",), ("no name on record",)) for k in given[:1]]
        found.sort(key=lambda c: _order(c, named))
        shown = found[: rules.most]
        return shown + self._same_birth_and_district(named, alike, same, {c.person.person_id for c in shown}, rules)

    def _same_birth_and_district(
        self, named: NamedPerson, alike: np.ndarray, same: np.ndarray, but: set[str], rules: MatchRules
    ) -> list[Candidate]:
        """Return everybody else who was born on that day and lives in that district, the likest name first."""
        district = plain(named.district)
        if named.date_of_birth is None or not district:
            return []
        here = np.flatnonzero(same & (self._districts == district))
        likest: dict[str, int] = {}
        for i in here[np.lexsort((here, -alike[here]))].tolist():
            if self._ids[i] not in but:
                likest.setdefault(self._ids[i], i)
        found = [
            self._candidate(named, i, float(alike[i]))
            if alike[i] >= rules.same_birth
            else _born_alike(self._rows[i][0], named, float(alike[i]), "the names differ")
            for i in likest.values()
        ]
        found += [
            _born_alike(known, named, 0.0, "no name on record")
            for known in self._nameless
            if known.born == named.date_of_birth and plain(known.district) == district
            if known.person_id not in but and known.person_id not in likest
        ]
        return sorted(found, key=lambda c: _order(c, named))

    def _births(self, born: date | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        blank = np.isnat(self._born)
        if born is None:
            return np.zeros_like(blank), np.zeros_like(blank), np.ones_like(blank)
        swapped = _swapped(born)
        return (
            self._born == np.datetime64(born),
            np.zeros_like(blank) if swapped is None else self._born == np.datetime64(swapped),
            blank,
        )

    def _candidate(self, named: NamedPerson, row: int, alike: float) -> Candidate:
        known, name = self._rows[row]
        because: list[str] = []
        against: list[str] = []
        if named.known_id:
            (because if known.person_id == named.known_id else against).append(
                "the number on the form" if known.person_id == named.known_id else "the form gives another number"
            )
        kind = "name" if name == known.name else f"alias {name}"
        words = f"same {kind}" if plain(name) == plain(named.name) else f"{kind} {alike:.0f}% alike"
        if alike >= 100 and not words.startswith("same"):
            words = f"same {kind} in another order"
        (because if alike >= MatchRules.same_birth else against).append(words)
        if named.date_of_birth is None or known.born is None:
            against.append("date of birth not known on one side")
        elif named.date_of_birth == known.born:
            because.append("same date of birth")
        elif known.born == _swapped(named.date_of_birth):
            because.append("same date of birth with day and month swapped")
        else:
            against.append(f"another date of birth: {known.born}, not {named.date_of_birth}")
        for word, one, other in (("district", named.district, known.district), ("sex", named.sex, known.sex)):
            if one and other:
                (because if plain(one) == plain(other) else against).append(
                    f"same {word}" if plain(one) == plain(other) else f"another {word}: {other}"
                )
        return Candidate(known, alike, tuple(because), tuple(against))


def _born_alike(known: Known, named: NamedPerson, alike: float, names: str) -> Candidate:
    against = [names]
    if named.known_id:
        against.insert(0, "the form gives another number")
    if named.sex and known.sex and plain(named.sex) != plain(known.sex):
        against.append(f"another sex: {known.sex}")
    return Candidate(known, alike, ("same date of birth and district",), tuple(against))


def _swapped(born: date) -> date | None:
    """Return the date with day and month swapped; None when there is none or it is the same.

    >>> _swapped(date(2004, 3, 9)), _swapped(date(2004, 3, 31)), _swapped(date(2004, 3, 3))
    (datetime.date(2004, 9, 3), None, None)
    """
    if born.day > 12 or born.day == born.month:
        return None
    return date(born.year, born.day, born.month)


def _order(candidate: Candidate, named: NamedPerson) -> tuple[bool, bool, float, str]:
    return (
        candidate.person.person_id != named.known_id,
        named.date_of_birth is None or candidate.person.born != named.date_of_birth,
        -candidate.likeness,
        candidate.person.person_id,
    )


def match(people: Mapping[str, Sequence[NamedPerson]], dataset: Dataset) -> dict[str, list[list[Candidate]]]:
    """Return the candidates for everybody named, by report and in the order of each form."""
    known = KnownPeople(dataset)
    return {report: [known.candidates(p) for p in named] for report, named in people.items()}
