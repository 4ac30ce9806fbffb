"""Districts, wards and residents, and where the places of the small county lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ocgnet.synthetic.force.published import AREA, SEVERITY, UNITARY, WARDS
from ocgnet.synthetic.force.randomness import generator
from ocgnet_demo.drawing import DISTRICTS as SMALL
from ocgnet_demo.drawing import Row
from ocgnet_demo.drawing import wards as small_wards

DISTRICTS = tuple(SEVERITY)
NOWHERE = len(DISTRICTS)
"""Position of crimes without a district."""
_RESIDENTS = {
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
        left = _RESIDENTS[district]
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
