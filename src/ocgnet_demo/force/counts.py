"""How many crimes of each offence in each area and year, so that every severity adds up.

An area is a named ward, the rest of a district, or nowhere. What the organised part brings counts towards
every total; the rest is fitted around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ocgnet_demo.drawing import DISTRICTS as SMALL
from ocgnet_demo.drawing import Row
from ocgnet_demo.drawing import wards as small_wards
from ocgnet_demo.force.targets import (
    AREA,
    BASE,
    BEFORE,
    NOW,
    SEVERITY,
    THEFT_FIRST,
    UNITARY,
    WARDS,
    Offences,
    Targets,
    generator,
    rounded,
    spread,
)

# Districts, wards and residents, and where the places of the small county lie in them.

DISTRICTS = tuple(SEVERITY)
NOWHERE = len(DISTRICTS)
"""Position of crimes without a district."""
RESIDENTS = {
    "Basingstoke and Deane": 175_000, "East Hampshire": 120_000, "Eastleigh": 131_000, "Fareham": 116_000,
    "Gosport": 85_000, "Hart": 96_000, "Havant": 125_000, "Isle of Wight": 141_000, "New Forest": 179_000,
    "Portsmouth": 215_000, "Rushmoor": 95_000, "Southampton": 253_000, "Test Valley": 125_000, "Winchester": 124_000,
}  # fmt: skip
_WARD_SIZE = {"Southampton": 12_500, "Portsmouth": 14_000}
_USUAL_SIZE = 7_800
_FIRST = (
    "Bellfounders", "Cloth Hall", "Lantern Hill", "Old Ropewalk", "Saltpans", "Tannery Green", "Copperas", "Fuller's",
    "Gallows Down", "Hempstalls", "Kiln Lane", "Linden", "Mill Race", "Netmakers", "Osier Beds", "Pound Street",
    "Quarry Top", "Reed Bank", "Sheepwash", "Tithe Barn", "Upper Wharf", "Vinegar Yard", "Weavers", "Yew Walk",
)  # fmt: skip
# The small county has ten districts of six wards; each half of one lies in a district here.
_HALVES = (
    "Southampton", "Portsmouth", "Southampton", "Basingstoke and Deane", "Portsmouth", "Havant", "Southampton",
    "Isle of Wight", "Basingstoke and Deane", "Rushmoor", "Portsmouth", "New Forest", "Havant", "Test Valley",
    "Eastleigh", "Gosport", "Fareham", "Winchester", "East Hampshire", "Hart",
)  # fmt: skip


@dataclass(frozen=True)
class Wards:
    """Wards in columns, sorted by district, named wards of the profile first.

    Parameters
    ----------
    name : tuple of str
        Name, unique within the county.
    district, residents : ndarray of int
        Position in ``DISTRICTS``, and population.
    pull : ndarray of float
        How much crime a ward draws beside the others of its district; 0 for the named ones, which are fitted apart.
    """

    name: tuple[str, ...]
    district: np.ndarray
    residents: np.ndarray
    pull: np.ndarray

    def rows(self) -> list[Row]:
        """Return the rows of table ``wards``."""
        names = [DISTRICTS[d] for d in self.district.tolist()]
        return [
            {"ward": w, "district": d, "area": None if d in UNITARY else AREA, "population": n}
            for w, d, n in zip(self.name, names, self.residents.tolist(), strict=True)
        ]


def wards_of(seed: int) -> Wards:
    """Return the wards; residents and pull hang on the seed."""
    rng = generator(seed, "wards")
    names: list[str] = []
    columns: list[tuple[int, int, float]] = []
    for d, district in enumerate(DISTRICTS):
        left = RESIDENTS[district]
        for ward in WARDS:
            if ward.district == district:
                names.append(ward.name)
                columns.append((d, ward.population, 0.0))
                left -= ward.population
        count = min(round(left / _WARD_SIZE.get(district, _USUAL_SIZE)), len(_FIRST))
        shares = rng.uniform(0.88, 1.12, count)
        people = np.round(left * shares / shares.sum()).astype(int)
        pull = people * np.clip(rng.lognormal(0, 0.2, count), 0.75, 1.15)
        short = district.split(maxsplit=1)[0] if not district.startswith(("East H", "New")) else district
        names += [f"{short} {w}" for w in _FIRST[:count]]
        columns += [(d, int(n), float(p)) for n, p in zip(people, pull, strict=True)]
    district_of, residents, draw = np.array(columns).T
    return Wards(tuple(names), district_of.astype(int), residents.astype(int), draw)


@cache
def _half_of() -> dict[tuple[str, int], str]:
    return {(d, half): _HALVES[2 * i + half] for i, d in enumerate(SMALL) for half in (0, 1)}


def moved(district: str, half: int) -> str:
    """Return the district here in which one half (0 or 1) of a district of the small county lies."""
    return _half_of()[district, half]


def moved_ward(district: str, ward: str) -> tuple[str, int]:
    """Return the district here of a ward of the small county, and which ordinary ward of it in turn."""
    position = small_wards()[district].index(ward)
    return moved(district, position // 3), position % 3 + 3 * (SMALL.index(district) % 2)


_THEFT = ("burglary", "business burglary", "vehicle", "theft from person", "bicycle", "shoplifting", "other theft")
_SEXUAL = ("rape", "other sexual")
_DRUGS = ("drug trafficking", "drug possession")
_CITY = ("shoplifting", "public order", "theft from person", "bicycle", "drug possession", "with injury")
_SEXUAL_FIRST = {"Basingstoke and Deane": 1.75, "Havant": 1.75, "Hart": 1.7, "Fareham": 1.25}
"""How much more common sexual offences are where they stand out, or where named wards are full of other offences."""
_PLAIN = ("8N", "49", "58C")
"""Offences by which what is missing after rounding is made up: a heavy, a middling and a light one."""
_GROWN = {"rape": 1.09, "other sexual": 1.05, "drug trafficking": 1.06, "with injury": 1.03}
"""Growth on the year before, of the offences whose number is not fitted."""
_EARLIER = 0.96
"""The base year against the year before, where nothing is published."""


@dataclass(frozen=True)
class Areas:
    """Areas in order: named wards, rests of the districts, nowhere.

    Parameters
    ----------
    district : ndarray of int
        Position in ``DISTRICTS`` or ``NOWHERE``.
    ward : ndarray of int
        Position of the named ward, -1 for a rest, which has all other wards of its district.
    """

    district: np.ndarray
    ward: np.ndarray

    @property
    def named(self) -> int:
        """Number of named wards."""
        return int((self.ward >= 0).sum())


def areas_of(targets: Targets, ward_names: tuple[str, ...]) -> Areas:
    """Return the areas of a county."""
    districts = [DISTRICTS.index(w.district) for w in targets.wards]
    wards = [ward_names.index(w.name) for w in targets.wards]
    rest = range(NOWHERE + 1)
    return Areas(np.array([*districts, *rest]), np.array([*wards, *(-1 for _ in rest)]))


def fit_counts(
    seed: int, targets: Targets, scale: float, table: Offences, areas: Areas, organised: dict[int, np.ndarray]
) -> dict[int, np.ndarray]:
    """Return the crimes to be added to the organised part, by year, each of shape ``(areas, codes)``.

    Parameters
    ----------
    organised : dict of int to ndarray of int
        Crimes of the organised part by year, shape ``(districts + 1, codes)``.
    """
    now = _totals_now(targets, scale, table, organised[NOW].sum(0))
    here = _here(seed, targets, table, areas, organised[NOW], now)
    # The totals of the earlier years stand on what was really made, after rounding.
    now = here.sum(0) + organised[NOW].sum(0)
    before = _totals_before(targets, table, now, organised[BEFORE].sum(0))
    base = before * np.where(table.level == 0, _EARLIER, 0.98)
    for group, change in targets.since_base:
        base = np.where(table.of(group), now / (1 + change), base)
    return {
        BASE: _then(seed, BASE, table, here, np.rint(base), organised[BASE].sum(0)),
        BEFORE: _then(seed, BEFORE, table, here, np.rint(before), organised[BEFORE].sum(0)),
        NOW: here,
    }


def _totals_now(targets: Targets, scale: float, table: Offences, organised: np.ndarray) -> np.ndarray:
    """Return the crimes of the year by code, the organised part included."""
    counts = table.count * scale
    rape = table.of("rape")
    counts[rape] *= targets.rape * targets.total / (counts * table.weight)[rape].sum()
    counts = _levelled(counts, table, targets.total, targets.crimes, organised)
    whole = np.maximum(np.rint(counts), organised)
    whole[rape] = rounded(counts[rape], round(counts[rape].sum()))
    return np.asarray(whole)


def _totals_before(targets: Targets, table: Offences, now: np.ndarray, organised: np.ndarray) -> np.ndarray:
    counts = now.astype(float)
    for group, growth in _GROWN.items():
        counts = np.where(table.of(group) & (table.level == 0), now / growth, counts)
    for group, change in targets.since_base:
        counts = np.where(table.of(group), now / (1 + change) ** 0.5, counts)
    slavery = table.position("106")
    counts[slavery] = now[slavery] / (1 + targets.slavery_change)
    harm = float(now @ table.weight) / (1 + targets.severity_change)
    fixed = table.of(*(g for g, _ in targets.since_base))
    return _levelled(counts, table, harm, now.sum() / (1 + targets.volume_change), organised, fixed)


def _levelled(
    counts: np.ndarray,
    table: Offences,
    harm: float,
    crimes: float,
    least: np.ndarray,
    fixed: np.ndarray | None = None,
) -> np.ndarray:
    """Return the counts with levels 1 and 2 multiplied by a factor each, so that severity and volume fit."""
    middle, light = table.level == 1, table.level == 2
    if fixed is not None:
        middle, light = middle & ~fixed, light & ~fixed
    found = np.maximum(counts, least)
    for _ in range(20):
        rest = ~(middle | light)
        wanted = np.array([harm - (found * table.weight)[rest].sum(), crimes - found[rest].sum()])
        parts = np.array(
            [
                [(found * table.weight)[middle].sum(), (found * table.weight)[light].sum()],
                [found[middle].sum(), found[light].sum()],
            ]
        )
        factors = np.clip(np.linalg.solve(parts, wanted), 0.05, 20.0)
        found = np.where(middle, found * factors[0], np.where(light, found * factors[1], found))
        found = np.maximum(found, least)
    return np.asarray(found)


def _here(
    seed: int, targets: Targets, table: Offences, areas: Areas, organised: np.ndarray, totals: np.ndarray
) -> np.ndarray:
    """Return the crimes of the year by area and code, without the organised part."""
    counts = np.zeros((len(areas.district), len(table)), np.int64)
    free = totals - organised.sum(0)
    rng = generator(seed, "rounding")
    # Offences of a group side by side, so that the group's share keeps to the ward's as well.
    order = np.argsort(np.array(table.group), kind="stable")
    for a, ward in enumerate(targets.wards):
        mix = _mix(table, free, ward.threats)
        crimes = ward.harm * targets.total / (mix @ table.weight)
        counts[a, order] = spread(rng, mix[order], max(1, round(crimes)))
    named = areas.named
    wanted = np.array([*targets.severity.values(), targets.elsewhere]) - organised @ table.weight
    np.subtract.at(wanted, areas.district[:named], counts[:named] @ table.weight)
    left = np.maximum(free - counts.sum(0), 0.0)
    start = _character(seed, table) * left * (wanted / wanted.sum())[:, None]
    fitted = _both_margins(start, table.weight, wanted, left)
    for c in range(len(table)):
        counts[named:, c] = spread(rng, fitted[:, c], round(left[c]))
    _make_up(counts, named, table, wanted)
    return counts


def _mix(table: Offences, usual: np.ndarray, threats: dict[str, float]) -> np.ndarray:
    """Return the shares of the codes in a ward whose threats have given shares; the others keep their proportion."""
    mix = usual / usual.sum()
    fixed = table.of(*threats)
    mix[~fixed] *= (1 - sum(threats.values())) / mix[~fixed].sum()
    for group, share in threats.items():
        inside = table.of(group)
        mix[inside] *= share / mix[inside].sum()
    return np.asarray(mix)


def _character(seed: int, table: Offences) -> np.ndarray:
    """Return how much more or less common each offence is in each district, shape ``(districts + 1, codes)``."""
    rng = generator(seed, "character")
    groups = sorted(set(table.group))
    draw = np.exp(rng.normal(0, 0.09, (NOWHERE + 1, len(groups))))
    factor = draw[:, [groups.index(g) for g in table.group]]
    for i, district in enumerate(DISTRICTS):
        # County lines follow the railway; the profile names Basingstoke.
        factor[i, table.of(*_DRUGS)] *= 1.8 if district == "Basingstoke and Deane" else 1.0
        if district == THEFT_FIRST:
            factor[i, table.of(*_DRUGS)] *= 0.5
            factor[i, table.of(*_SEXUAL)] *= 0.30
            factor[i, table.of(*_THEFT)] *= 2.3
            factor[i, table.of("with injury", "without injury")] *= 0.75
        elif district in UNITARY:
            factor[i, table.of(*_CITY)] *= 1.15
        else:
            factor[i, table.of(*_SEXUAL)] *= _SEXUAL_FIRST.get(district, 1.15)
    return factor


def _both_margins(start: np.ndarray, weight: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return ``start`` scaled so that the rows have their severities and the columns their numbers."""
    found = start.copy()
    for _ in range(300):
        found *= (rows / np.maximum(found @ weight, 1e-9))[:, None]
        found *= columns / np.maximum(found.sum(0), 1e-9)
    return found


def _make_up(counts: np.ndarray, named: int, table: Offences, wanted: np.ndarray) -> None:
    """Add or take plain offences until every rest of a district has its severity to within a few points.

    In a small county one rape may be more than a district has room for; the others then get less, so that the
    county's total stays.
    """
    for code in _PLAIN:
        c = table.position(code)
        missing = wanted - counts[named:] @ table.weight
        change = np.rint(missing / table.weight[c]).astype(np.int64)
        possible = np.maximum(change, -counts[named:, c])
        more, excess = np.maximum(possible, 0), int((possible - change).sum())
        less = rounded(more.astype(float), max(int(more.sum()) - excess, 0)) if more.any() else more
        counts[named:, c] += np.minimum(possible, 0) + less


def _then(
    seed: int, year: int, table: Offences, now: np.ndarray, totals: np.ndarray, organised: np.ndarray
) -> np.ndarray:
    """Return the crimes of an earlier year: the year's pattern with small shifts, and totals of their own."""
    rng = generator(seed, f"pattern {year}")
    groups = sorted(set(table.group))
    shift = np.exp(rng.normal(0, 0.04, (len(now), len(groups))))[:, [groups.index(g) for g in table.group]]
    pattern = (now + 0.05) * shift
    left = np.maximum(totals - organised, 0)
    return np.stack([spread(rng, pattern[:, c], int(left[c])) for c in range(len(table))], axis=1)
