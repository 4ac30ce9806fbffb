"""Offences against prosperity: whom they were done to, what was lost, and what a national bureau sends to the force.

Existing crimes only gain the kind of victim, the loss and the flag ``cyber``. The bureau's crimes are further ones,
under codes of their own that no weight belongs to: they carry no harm, lie in no ward and name nobody, so that every
figure of harm, wards and people stays what it is. Every draw comes from a stream of its own.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model.columns import VICTIM_KINDS
from ocgnet_demo.drawing import Row, pick, stream
from ocgnet_demo.force.targets import generator, rounded

NOT_RECORDED = 0.1
"""Share of the crimes below of which no kind of victim is recorded."""
LOSS_RECORDED = 0.65
"""Share of the crimes with a typical loss of which it is recorded."""
VICTIMS: dict[str, tuple[float, float, float, float]] = {
    "33A": (0.15, 0.35, 0.05, 0.45), "38": (0, 0.1, 0.05, 0.85), "60": (0, 0.5, 0.5, 0), "61": (0.3, 0.5, 0.2, 0),
    "61A": (0, 0.1, 0.5, 0.4), "814": (0, 0, 1, 0), "46": (0, 1, 0, 0), "34A": (0, 1, 0, 0),
    "30C": (0, 0.92, 0.08, 0), "30D": (0, 0.92, 0.08, 0), "31A": (0, 1, 0, 0), "41": (0, 0.9, 0.1, 0),
}  # fmt: skip
"""Shares of persons, businesses, public bodies and society among the victims, by offence code."""
LOSSES = {"33A": 900.0, "38": 6_500.0, "61": 700.0, "41": 1_100.0}
"""Typical loss in pounds, by offence code."""
CYBER = {"8R": 0.45, "8L": 0.08, "86": 0.7, "35": 0.3, "33A": 0.2, "38": 0.1}
"""Chance of the flag ``cyber``, by offence code."""
BUREAU: dict[str, tuple[int, int, tuple[float, float, float, float], float, float]] = {
    "NFIB1A": (20, 18, (0.9, 0.1, 0, 0), 1_800, 0.5), "NFIB1D": (60, 70, (1, 0, 0, 0), 7_000, 0.8),
    "NFIB1H": (90, 84, (0.85, 0.15, 0, 0), 1_200, 0.5), "NFIB2E": (40, 46, (0.95, 0.05, 0, 0), 14_000, 0.4),
    "NFIB3A": (180, 190, (0.92, 0.08, 0, 0), 260, 0.85), "NFIB3C": (42, 44, (0.97, 0.03, 0, 0), 2_600, 0),
    "NFIB3E": (90, 96, (0.95, 0.05, 0, 0), 420, 0.9), "NFIB3F": (30, 24, (1, 0, 0, 0), 240, 0.8),
    "NFIB3G": (40, 36, (0, 1, 0, 0), 900, 0.3), "NFIB4A": (6, 5, (0.4, 0.6, 0, 0), 500, 0.2),
    "NFIB5A": (158, 166, (0.8, 0.2, 0, 0), 1_300, 0.5), "NFIB5B": (42, 40, (0.3, 0.7, 0, 0), 2_200, 0.4),
    "NFIB5D": (48, 60, (0.1, 0.75, 0.15, 0), 11_000, 0.7), "NFIB8A": (24, 20, (0, 0.8, 0.2, 0), 9_000, 0.1),
    "NFIB9": (20, 18, (0.1, 0.9, 0, 0), 6_000, 0.1), "NFIB13": (18, 17, (0, 0, 1, 0), 3_100, 0),
    "NFIB90": (32, 30, (0.8, 0.2, 0, 0), 800, 0.3), "NFIB50A": (16, 21, (0.6, 0.35, 0.05, 0), 350, 1),
    "NFIB51A": (4, 6, (0, 0.8, 0.2, 0), 0, 1), "NFIB52A": (5, 9, (0, 0.8, 0.2, 0), 4_000, 1),
    "NFIB52B": (13, 24, (0.95, 0.05, 0, 0), 600, 1), "NFIB52C": (22, 36, (0.9, 0.1, 0, 0), 300, 1),
}  # fmt: skip
"""What the bureau sends at scale 1, by code: crimes of the year before and of the year, shares of the kinds of victim,
typical loss in pounds (0 where none is known of), and share of crimes flagged ``cyber``."""
_BASE = 0.9
"""Crimes of the base year, against the year before."""
_NOWHERE = 0.04


def mark_frauds(seed: int, crimes: list[Row]) -> None:
    """Give the crimes of the small county, in place, kinds of victim, losses and the flag ``cyber``."""
    rng = stream(seed, "frauds/marks")
    for crime in sorted(crimes, key=lambda c: str(c["crime_id"])):
        code = str(crime["offence_code"] or "")
        kinds, typical = VICTIMS.get(code), LOSSES.get(code, 0.0)
        drawn = [rng.random() for _ in range(3)]
        if kinds and drawn[0] >= NOT_RECORDED:
            crime["victim_kind"] = pick(rng, _shares(kinds))
        if typical and drawn[1] < LOSS_RECORDED:
            crime["loss"] = f"{typical * rng.lognormvariate(0, 1):.2f}"
        if drawn[2] < CYBER.get(code, 0.0):
            crime["flags"] = "|".join(filter(None, (str(crime["flags"] or ""), "cyber")))


def columns_of(seed: int, year: int, codes: tuple[str, ...], code: np.ndarray) -> dict[str, np.ndarray]:
    """Return victims, losses and the flag ``cyber`` of the crimes of a year of the force.

    ``victim_kind`` is a position, -1 where not recorded; ``loss`` is NaN where not recorded. ``code`` is the
    position in ``codes`` of each crime, -1 where no code is recorded.
    """
    rng = generator(seed, f"frauds/marks {year}")
    # The last row, for position -1, is blank.
    shares = np.array([*(VICTIMS.get(c, (0.0,) * 4) for c in codes), (0.0,) * 4])
    typical = np.array([*(LOSSES.get(c, 0.0) for c in codes), 0.0])
    chance = np.array([*(CYBER.get(c, 0.0) for c in codes), 0.0])
    size = len(code)
    upto = np.cumsum(shares, axis=1)[code]
    kind = (rng.random(size)[:, None] >= upto).sum(axis=1)
    kind = np.where((upto[:, -1] > 0) & (kind < len(VICTIM_KINDS)) & (rng.random(size) >= NOT_RECORDED), kind, -1)
    lost = typical[code] * rng.lognormal(0, 1, size)
    lost = np.where((lost > 0) & (rng.random(size) < LOSS_RECORDED), lost, np.nan)
    return {"victim_kind": kind, "loss": lost, "cyber": rng.random(size) < chance[code]}


def pounds(losses: np.ndarray) -> pa.Array:
    """Return losses as text with two decimals; blank where not recorded."""
    known = np.nan_to_num(losses)
    whole = pc.cast(pa.array(known.astype(np.int64)), pa.string())
    pence = pc.utf8_lpad(pc.cast(pa.array(np.floor(known * 100).astype(np.int64) % 100), pa.string()), 2, "0")
    return pc.if_else(pa.array(np.isnan(losses)), "", pc.binary_join_element_wise(whole, pence, "."))


def bureau_rows(seed: int, scale: float, residents: dict[str, int]) -> list[Row]:
    """Return the crimes that the bureau sent over three years, most where most people live; none has a ward."""
    rng = stream(seed, "frauds/bureau")
    rows: list[Row] = []
    for year, part in ((2016, 0), (2017, 0), (2018, 1)):
        wanted = np.array([of[part] for of in BUREAU.values()], float) * (_BASE if year == 2016 else 1.0)
        counts = rounded(wanted, round(float(wanted.sum()) * scale))
        drafts = [c for c, n in zip(BUREAU, counts.tolist(), strict=True) for _ in range(n)]
        rng.shuffle(drafts)
        days = sorted(date(year, 4, 1) + timedelta(days=rng.randrange(365)) for _ in drafts)
        for number, (code, on) in enumerate(zip(drafts, days, strict=True), 1):
            _, _, kinds, typical, cyber = BUREAU[code]
            lost = typical and rng.random() < LOSS_RECORDED
            rows.append(
                {
                    "crime_id": f"NF{year % 100}-{number:05d}",
                    "offence_code": code,
                    "recorded_on": on,
                    "occurred_on": on - timedelta(days=rng.randint(0, 40)) if rng.random() < 0.5 else None,
                    "district": None if rng.random() < _NOWHERE else pick(rng, tuple(residents.items())),
                    "flags": "cyber" if rng.random() < cyber else "",
                    "victim_kind": None if rng.random() < NOT_RECORDED else pick(rng, _shares(kinds)),
                    "loss": f"{typical * rng.lognormvariate(0, 1.2):.2f}" if lost else None,
                }
            )
    return rows


def _shares(kinds: tuple[float, float, float, float]) -> tuple[tuple[str, float], ...]:
    return tuple(zip(VICTIM_KINDS, kinds, strict=True))
