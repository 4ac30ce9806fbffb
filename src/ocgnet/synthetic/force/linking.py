"""Victims, suspects and witnesses of one year's crimes, and how they knew each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.synthetic.force.allotting import Allotment, allot
from ocgnet.synthetic.force.crimes import Crimes
from ocgnet.synthetic.force.harm_of_others import Brought
from ocgnet.synthetic.force.offences import HIGH_HARM, YOUNG, Offences
from ocgnet.synthetic.force.places import DISTRICTS
from ocgnet.synthetic.force.population import GROWN, Register, births_in_class, births_of_offenders
from ocgnet.synthetic.force.published import Targets
from ocgnet.synthetic.force.randomness import generator
from ocgnet.synthetic.force.relationships import relationships_of
from ocgnet.synthetic.force.years import days_of

ROLES = ("victim", "suspect", "arrested", "charged", "convicted", "witness")
VICTIM, SUSPECT, ARRESTED, CHARGED, CONVICTED, WITNESS = range(6)
_TWO_SUSPECTS, _TWO_VICTIMS = 0.05, 0.02
_LINKS_PER_OFFENDER, _LINKS_PER_VICTIM = 1.5, 1.62
_AGAIN_OFFENDER, _AGAIN_VICTIM = 0.35, 0.16
"""Shares of a year's people who were there the year before already."""
_BOTH = 0.05
"""Share of the grown victims who are nominals."""
_WITNESSED = 0.05
_LATE = {"with injury": 0.0, "without injury": 0.35, "stalking": 0.5, "damage": 0.7, "drug possession": 0.5}
"""How soon a light link of each group goes to one of the few, 0 first; 0.9 where nothing is said."""


@dataclass
class Known:
    """The people of the year before, by whom a year begins: positions in a register and their cells."""

    person: np.ndarray
    cell: np.ndarray


@dataclass(frozen=True)
class Links:
    """Who is linked to which crime; sorted by crime, then role.

    Parameters
    ----------
    crime : ndarray of int
        Position in the crimes.
    person : ndarray of int
        Position in the register of the victims and witnesses, or, where ``nominal``, of the offenders.
    nominal : ndarray of bool
        Which register.
    role : ndarray of int
        Position in ``ROLES``.
    relationship : ndarray of int
        Position in ``relationships.WORDS``; 0 is blank.
    """

    crime: np.ndarray
    person: np.ndarray
    nominal: np.ndarray
    role: np.ndarray
    relationship: np.ndarray


class Linker:
    """Links people to crimes year by year; people may come back.

    Parameters
    ----------
    seed : int
        Seed of the county.
    table : Offences
        Offences.
    targets : Targets
        What the year is to give; the earlier years are alike.
    """

    def __init__(self, seed: int, table: Offences, targets: Targets) -> None:
        self.people = Register("P")
        self.nominals = Register("N")
        self._seed, self._table, self._targets = seed, table, targets
        self._late = np.array([_LATE.get(g, 0.9) for g in table.group])
        nobody = np.zeros(0, np.int64)
        self._victims, self._offenders = Known(nobody, nobody), Known(nobody, nobody)

    def link(self, crimes: Crimes, brought: Brought) -> Links:
        """Return the links of one year's crimes outside the organised part."""
        rng = generator(self._seed, f"links {crimes.year}")
        table, code = self._table, crimes.code[: crimes.made]
        hurt = rng.random(len(code)) < table.victim[code]
        suspected = rng.random(len(code)) < table.suspect[code]
        crime, offender = self._suspects(rng, crimes, np.flatnonzero(suspected), brought)
        struck, victim, nominal = self._hurt(rng, crimes, np.flatnonzero(hurt), brought)
        how = relationships_of(rng, crimes, hurt & suspected, table, self._targets, brought.by_relationship)
        parts = [
            (struck, victim, nominal, np.full(len(struck), VICTIM), np.zeros(len(struck), np.int64)),
            *_proceedings(rng, crime, offender, how[crime]),
            self._witnesses(rng, len(code)),
        ]
        crime, person, is_nominal, role, relationship = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((person, role, crime))
        return Links(crime[order], person[order], is_nominal[order], role[order], relationship[order])

    def _suspects(
        self, rng: np.random.Generator, crimes: Crimes, chosen: np.ndarray, brought: Brought
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return crime and offender of every suspicion."""
        table = self._table
        second = chosen[rng.random(len(chosen)) < _TWO_SUSPECTS]
        crime = np.concatenate([chosen, second])
        parts = 1 + np.isin(crime, second)
        code = crimes.code[crime]
        harm = table.weight[code] / parts
        female = (rng.random(len(crime)) < table.women[code]).astype(np.int64)
        easy = self._late[code]
        found = allot(
            rng, harm, female, easy, self._targets.offenders, brought.offenders, _LINKS_PER_OFFENDER, HIGH_HARM
        )
        local = _apart(rng, found, crime)
        crime, local = crime[local >= 0], local[local >= 0]
        home = _home(rng, local, len(found.cell), crimes.district[crime])
        old = _again(rng, found.cell, self._offenders, _AGAIN_OFFENDER)
        new = old < 0
        born = births_of_offenders(rng, crimes.year, int(new.sum()))
        old[new] = self.nominals.add(born, found.cell[new] == 1, home[new])
        self._offenders = Known(old, found.cell)
        return crime, old[local]

    def _hurt(
        self, rng: np.random.Generator, crimes: Crimes, chosen: np.ndarray, brought: Brought
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return crime and victim of every injury, and whether the victim is a nominal."""
        table = self._table
        second = chosen[(rng.random(len(chosen)) < _TWO_VICTIMS) & (table.weight[crimes.code[chosen]] < HIGH_HARM)]
        crime = np.concatenate([chosen, second])
        harm = table.weight[crimes.code[crime]] / (1 + np.isin(crime, second))
        cell = self._cells(rng, crimes, crime, harm, brought.young)
        easy = self._late[crimes.code[crime]]
        found = allot(rng, harm, cell, easy, self._targets.victims, brought.victims, _LINKS_PER_VICTIM, HIGH_HARM)
        local = _apart(rng, found, crime)
        crime, local = crime[local >= 0], local[local >= 0]
        home = _home(rng, local, len(found.cell), crimes.district[crime])
        stays = found.cell // 2 == GROWN
        old = np.where(stays, _again(rng, found.cell, self._victims, _AGAIN_VICTIM), -1)
        nominal = self._also_nominals(rng, crimes.year, found, old)
        new = (old < 0) & (nominal < 0)
        old[new] = self.people.add(
            births_in_class(rng, crimes.year, found.cell[new] // 2), found.cell[new] % 2 == 1, home[new]
        )
        kept = stays & (nominal < 0)
        self._victims = Known(old[kept], found.cell[kept])
        return crime, np.where(nominal >= 0, nominal, old)[local], (nominal >= 0)[local]

    def _cells(
        self, rng: np.random.Generator, crimes: Crimes, crime: np.ndarray, harm: np.ndarray, brought: float
    ) -> np.ndarray:
        """Return sex and class of age of each victim (female + 2 x class), young ones with the wanted share of harm."""
        table, code = self._table, crimes.code[crime]
        female = rng.random(len(crime)) < table.female[code]
        limits = np.cumsum(table.ages, axis=1)
        drawn = rng.random(len(crime))[:, None] * limits[code, -1:]
        age = np.minimum((drawn >= limits[code]).sum(1), GROWN)
        wanted = self._targets.young * crimes.harm(table).sum() - brought
        excess = float(harm[np.isin(age, YOUNG)].sum()) - wanted
        teen = YOUNG[-1]
        either = (table.ages[code, teen] > 0) & (table.ages[code, GROWN] > 0)
        source, goal = (teen, GROWN) if excess > 0 else (GROWN, teen)
        order = rng.permutation(np.flatnonzero(either & (age == source)))
        age[order[np.cumsum(harm[order]) <= abs(excess)]] = goal
        return np.asarray(female + 2 * age)

    def _also_nominals(self, rng: np.random.Generator, year: int, found: Allotment, old: np.ndarray) -> np.ndarray:
        """Return a nominal for some of the new grown victims, -1 for the others; each nominal once."""
        born, female, _ = self.nominals.columns()
        first, _ = days_of(year)
        result = np.full(len(found.cell), -1, np.int64)
        for sex in (0, 1):
            free = np.flatnonzero((found.cell == 2 * GROWN + sex) & (old < 0))
            grown = np.flatnonzero((born < first - 26 * 366) & (female == sex))
            count = min(round(_BOTH * len(free)), len(grown))
            result[rng.permutation(free)[:count]] = rng.permutation(grown)[:count]
        return result

    def _witnesses(
        self, rng: np.random.Generator, crimes: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        crime = np.flatnonzero(rng.random(crimes) < _WITNESSED)
        n = len(crime)
        person = rng.integers(0, max(self.people.size, 1), n)
        return crime, person, np.zeros(n, bool), np.full(n, WITNESS), np.zeros(n, np.int64)


def _proceedings(
    rng: np.random.Generator, crime: np.ndarray, person: np.ndarray, how: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Return suspects and arrests, and which of the arrested were charged and convicted."""
    step = rng.random(len(crime))
    arrested, charged, convicted = step < 0.42, step < 0.14, step < 0.06
    found = []
    for role, which in ((SUSPECT, ~arrested), (ARRESTED, arrested), (CHARGED, charged), (CONVICTED, convicted)):
        n = int(which.sum())
        found.append((crime[which], person[which], np.ones(n, bool), np.full(n, role), how[which]))
    return found


def _apart(rng: np.random.Generator, found: Allotment, crime: np.ndarray) -> np.ndarray:
    """Return whose each link is, after parting two links of one crime that fell to one person.

    Where a small county has nobody else of that sex and age, the second link is nobody's: -1.
    """
    person = found.person.copy()
    by_cell = {c: found.few + np.flatnonzero(found.cell[found.few :] == c) for c in np.unique(found.cell).tolist()}
    for _ in range(50):
        same = _repeated(person, crime)
        if not len(same):
            break
        for i in same.tolist():
            choice = by_cell[int(found.cell[person[i]])]
            person[i] = choice[rng.integers(len(choice))] if len(choice) else person[i]
    person[_repeated(person, crime)] = -1
    return person


def _repeated(person: np.ndarray, crime: np.ndarray) -> np.ndarray:
    """Return the links that link a person to a crime for the second time."""
    order = np.lexsort((person, crime))
    same = (person[order[1:]] == person[order[:-1]]) & (crime[order[1:]] == crime[order[:-1]])
    return np.sort(order[1:][same])


def _home(rng: np.random.Generator, person: np.ndarray, people: int, district: np.ndarray) -> np.ndarray:
    """Return where everybody lives: mostly where the crime was."""
    home = rng.integers(0, len(DISTRICTS), people)
    home[person] = np.where(
        (district < len(DISTRICTS)) & (rng.random(len(person)) < 0.9),
        district,
        rng.integers(0, len(DISTRICTS), len(person)),
    )
    return home


def _again(rng: np.random.Generator, cell: np.ndarray, known: Known, share: float) -> np.ndarray:
    """Return for some people who they were the year before (same cell), -1 for the others; nobody twice."""
    result = np.full(len(cell), -1, np.int64)
    for c in np.unique(cell).tolist():
        here, there = np.flatnonzero(cell == c), known.person[known.cell == c]
        count = min(round(share * len(here)), len(there))
        result[rng.permutation(here)[:count]] = rng.permutation(there)[:count]
    return result
