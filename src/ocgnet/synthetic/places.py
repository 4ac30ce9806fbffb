"""An invented county: districts and wards on a coast that is on no map."""

from __future__ import annotations

from random import Random

from ocgnet.synthetic.folder import Row

FORCE = "Lyonmere Constabulary"

DISTRICTS = (
    "Amberholt Quay", "Brackenmere", "Caldovar", "Dunmerrow", "Eastmere Sands", "Fallowick", "Garrowmouth",
    "Highmerrow", "Lyonmere City", "Netherwick Vale",
)  # fmt: skip

_WARDS = ("Bellfounders", "Cloth Hall", "Lantern Hill", "Old Ropewalk", "Saltpans", "Tannery Green")


def wards() -> dict[str, list[str]]:
    """Return the wards of each district; a ward's name is unique within the county."""
    return {d: [f"{d.split(maxsplit=1)[0]} {w}" for w in _WARDS] for d in DISTRICTS}


def ward_rows(rng: Random) -> list[Row]:
    """Return the rows of table ``wards``."""
    return [
        {"ward": w, "district": d, "population": rng.randint(3_200, 15_800)} for d, ws in wards().items() for w in ws
    ]


def spot(rng: Random, district: str) -> tuple[float, float]:
    """Return latitude and longitude in the open sea west of Scilly, where the county would lie."""
    i = DISTRICTS.index(district)
    return round(49.60 + 0.04 * (i // 5) + rng.uniform(0, 0.035), 4), round(
        -7.60 + 0.06 * (i % 5) + rng.uniform(0, 0.05), 4
    )
