"""Victims, suspects and witnesses of one year's crimes, and how they knew each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np

from ocgnet_demo.drawing import Row
from ocgnet_demo.force.counts import DISTRICTS
from ocgnet_demo.force.crimes import Crimes
from ocgnet_demo.force.targets import HIGH_HARM, UNITARY, YOUNG, Offences, Targets, days_of, generator
from ocgnet_demo.force.youth import GROWN, Register, births_in_class, births_of_offenders

# Who gets which crimes: a few people a year's worth of harm or more, most people little, with heavy tails in both.
#
# Works for victims and for offenders alike. A link is one person's part in one crime; a person's harm is the sum
# of the parts.

_ROUNDS = 200


@dataclass(frozen=True)
class Others:
    """People who have their harm already.

    Parameters
    ----------
    few, people : int
        How many have a year's worth or more, and how many there are.
    few_harm, harm : float
        Their harm.
    """

    few: int
    people: int
    few_harm: float
    harm: float


@dataclass(frozen=True)
class Allotment:
    """Whose each link is.

    Parameters
    ----------
    person : ndarray of int
        Per link, from 0.
    cell : ndarray of int
        Per person: the cell all their links belong to.
    few : int
        The first ``few`` people are those with a year's worth of harm or more.
    """

    person: np.ndarray
    cell: np.ndarray
    few: int


def allot(
    rng: np.random.Generator,
    harm: np.ndarray,
    cell: np.ndarray,
    easy: np.ndarray,
    wanted: tuple[float, float],
    others: Others,
    per_person: float,
    threshold: float,
) -> Allotment:
    """Give every link to a person of its cell.

    Parameters
    ----------
    harm : ndarray of float
        Harm of each link.
    cell : ndarray of int
        Links of different cells (sex and age) cannot be one person's.
    easy : ndarray of float
        The lower, the sooner a light link goes to one of the few.
    wanted : (float, float)
        Share of people who are to be the few, and their share of all harm.
    others : Others
        People outside this allotment who count in both shares.
    per_person : float
        Links per person, about.
    threshold : float
        Harm that makes somebody one of the few.
    """
    heavy = harm >= threshold
    people = round(len(harm) / per_person) + others.people
    few = min(round(wanted[0] * people) - others.few, int(heavy.sum()))
    people = min(round((few + others.few) / wanted[0]), len(harm) + others.people)
    rest = people - others.people - few
    missing = wanted[1] * (harm.sum() + others.harm) - others.few_harm - harm[heavy].sum()
    extra = _extra(rng, harm, easy, ~heavy & np.isin(cell, np.unique(cell[heavy])), missing)
    person = np.full(len(harm), -1, np.int64)
    theirs = heavy | extra
    cells = np.unique(cell)
    few_of = _at_most(np.array([(heavy & (cell == c)).sum() for c in cells]), few)
    rest_of = _at_most(np.array([(~theirs & (cell == c)).sum() for c in cells]), rest)
    starts = np.concatenate([[0], np.cumsum([*few_of, *rest_of])])
    for k, c in enumerate(cells):
        here = cell == c
        person[here & heavy] = starts[k] + _one_each(rng, int((here & heavy).sum()), int(few_of[k]))
        more = here & extra
        person[more] = starts[k] + _drawn(rng, int(more.sum()), int(few_of[k]))
        light = np.flatnonzero(here & ~theirs)
        person[light] = starts[len(cells) + k] + _below(rng, harm[light], int(rest_of[k]), threshold)
    return Allotment(person, np.repeat(np.tile(cells, 2), [*few_of, *rest_of]), int(few_of.sum()))


def _extra(rng: np.random.Generator, harm: np.ndarray, easy: np.ndarray, fit: np.ndarray, missing: float) -> np.ndarray:
    """Return light links that make up the harm that the few are still missing."""
    chosen = np.zeros(len(harm), bool)
    order = np.flatnonzero(fit)
    order = order[np.argsort(easy[order] + rng.random(len(order)), kind="stable")]
    chosen[order[np.cumsum(harm[order]) <= missing]] = True
    return chosen


def _at_most(room: np.ndarray, total: int) -> np.ndarray:
    """Return how many people each cell gets: in proportion to its links, one where there is any, never more."""
    share = np.minimum(np.maximum((room * total / max(room.sum(), 1)).astype(np.int64), room > 0), room)
    while share.sum() < min(total, room.sum()):
        spare = np.flatnonzero(share < room)
        short = min(total, int(room.sum())) - int(share.sum())
        gain = spare[np.argsort(share[spare] / room[spare], kind="stable")][:short]
        share[gain] += 1
    return np.asarray(share)


def _weights(rng: np.random.Generator, people: int) -> np.ndarray:
    """Return the cumulated chance of each person to be met again, falling off as a power."""
    weight = np.minimum(rng.pareto(1.8, people) + 0.4, 9.0)
    total = np.cumsum(weight)
    return np.asarray(total / total[-1])


def _drawn(rng: np.random.Generator, links: int, people: int) -> np.ndarray:
    return np.searchsorted(_weights(rng, people), rng.random(links), side="right") if links else np.zeros(0, np.int64)


def _one_each(rng: np.random.Generator, links: int, people: int) -> np.ndarray:
    """Return a person for each link; everybody has one at least."""
    if not links:
        return np.zeros(0, np.int64)
    first = np.concatenate([np.arange(people), _drawn(rng, links - people, people)])
    return rng.permutation(first)


def _below(rng: np.random.Generator, harm: np.ndarray, people: int, threshold: float) -> np.ndarray:
    """Return a person for each link so that everybody has one and nobody comes up to the threshold."""
    if not len(harm):
        return np.zeros(0, np.int64)
    order = rng.permutation(len(harm))
    person = np.empty(len(harm), np.int64)
    person[order[:people]] = np.arange(people)
    loose = order[people:]
    person[loose] = _drawn(rng, len(loose), people)
    movable = np.zeros(len(harm), bool)
    movable[loose] = True
    for _ in range(_ROUNDS):
        total = np.bincount(person, harm, people)
        over = np.flatnonzero(movable & (total[person] >= threshold))
        if not len(over):
            break
        # Half of them, so that somebody just over keeps what fits.
        over = over[rng.random(len(over)) < 0.5] if len(over) > 4 else over
        person[over] = rng.integers(0, people, len(over))
    return person


# How suspects stood to the victim: acquaintances and strangers with given shares of the area's harm.

WORDS = ("", "acquaintance", "stranger", "partner", "ex_partner", "family", "neighbour", "unknown")
_OTHER = np.array([0.06, 0, 0, 0.33, 0.25, 0.20, 0.09, 0.07])
"""Shares of the other relationships, blank included."""
_AREA = np.array([d not in UNITARY for d in DISTRICTS] + [False])
_CITY = (0.9, 1.2)
"""Acquaintances and strangers outside the area, against inside."""
_STRANGE = {
    "robbery personal": 0.9, "theft from person": 0.9, "vehicle": 0.8, "bicycle": 0.8, "burglary": 0.6, "arson": 0.5,
    "public order": 0.7, "damage": 0.5, "other sexual": 0.5, "rape": 0.35, "with injury": 0.35, "stalking": 0.05,
}  # fmt: skip


def relationships_of(
    rng: np.random.Generator,
    crimes: Crimes,
    known: np.ndarray,
    table: Offences,
    targets: Targets,
    brought: dict[str, float],
) -> np.ndarray:
    """Return the relationship at each crime outside the organised part, as a position in ``WORDS``.

    Parameters
    ----------
    known : ndarray of bool
        Crimes with a suspect and a victim; the others stay blank.
    brought : dict of str to float
        Harm in the area that the organised part brings, by relationship.
    """
    found = np.zeros(crimes.made, np.int64)
    harm = crimes.harm(table)
    strange = np.array([_STRANGE.get(g, 0.3) for g in table.group])
    for inside in (True, False):
        there = _AREA[crimes.district] == inside
        of = np.flatnonzero(known & there[: crimes.made])
        key = strange[crimes.code[of]] + 0.9 * rng.random(len(of))
        order = of[np.argsort(key, kind="stable")]
        total = float(harm[there].sum())
        acquainted, strangers = targets.known * total, targets.stranger * total
        if inside:
            acquainted -= brought.get("acquaintance", 0.0)
            strangers -= brought.get("stranger", 0.0)
        else:
            acquainted, strangers = acquainted * _CITY[0], strangers * _CITY[1]
        found[of] = rng.choice(len(WORDS), len(of), p=_OTHER)
        found[order[np.cumsum(harm[order]) <= acquainted]] = WORDS.index("acquaintance")
        back = order[::-1]
        found[back[np.cumsum(harm[back]) <= strangers]] = WORDS.index("stranger")
    return found


# What the organised part brings to the figures about people, so that the rest can be fitted around it.

SUSPECTED = ("arrested", "suspect")


@dataclass(frozen=True)
class Brought:
    """Harm of the organised part in one year.

    Parameters
    ----------
    victims, offenders : Others
        People and their harm.
    young : float
        Harm to victims aged 10 to 24.
    by_relationship : dict of str to float
        Harm in the local-authority area by relationship of the suspects to the victim.
    """

    victims: Others
    offenders: Others
    young: float
    by_relationship: dict[str, float]


def brought(crimes: list[Row], links: list[Row], births: dict[str, date], table: Offences) -> Brought:
    """Return what these crimes bring; a crime's harm is split evenly over the people in one role.

    Parameters
    ----------
    births : dict of str to date
        Date of birth by person.
    """
    by_id = {str(c["crime_id"]): c for c in crimes if c["offence_code"]}
    harm = {i: float(table.weight[table.position(str(c["offence_code"]))]) for i, c in by_id.items()}
    suspects: dict[str, dict[str, str]] = defaultdict(dict)
    victims: dict[str, set[str]] = defaultdict(set)
    for link in links:
        crime, person = str(link["crime_id"]), str(link["person_id"])
        if crime in by_id and link["link_role"] in SUSPECTED:
            relationship = str(link.get("relationship_to_victim") or "")
            suspects[crime][person] = suspects[crime].get(person) or relationship
        elif crime in by_id and link["link_role"] == "victim":
            victims[crime].add(person)
    by_offender: dict[str, float] = defaultdict(float)
    by_victim: dict[str, float] = defaultdict(float)
    by_relationship: dict[str, float] = defaultdict(float)
    young = 0.0
    for crime, people in sorted(suspects.items()):
        district = by_id[crime]["district"]
        for person, relationship in sorted(people.items()):
            by_offender[person] += harm[crime] / len(people)
            if district and district not in UNITARY:
                by_relationship[relationship] += harm[crime] / len(people)
    for crime, hurt in sorted(victims.items()):
        on = by_id[crime]["occurred_on"] or by_id[crime]["recorded_on"]
        for person in sorted(hurt):
            by_victim[person] += harm[crime] / len(hurt)
            if isinstance(on, date) and person in births and 10 <= _age(births[person], on) <= 24:
                young += harm[crime] / len(hurt)
    return Brought(_others(by_victim), _others(by_offender), young, dict(by_relationship))


def _others(by_person: dict[str, float]) -> Others:
    few = [h for h in by_person.values() if h >= HIGH_HARM]
    return Others(len(few), len(by_person), sum(few), sum(by_person.values()))


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


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
