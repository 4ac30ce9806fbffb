"""The crimes of one year in columns: where, when, in private or not, with which flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ocgnet.model.columns import CRIME_FLAGS
from ocgnet_demo.drawing import Row
from ocgnet_demo.drug_lines import EXPLOITING, VIOLENT, marks_of_force
from ocgnet_demo.force.counts import DISTRICTS, NOWHERE, Areas, Wards
from ocgnet_demo.force.targets import (
    BASE,
    CSE_UP,
    HIGH_HARM,
    NOW,
    UNKNOWN,
    Offences,
    Targets,
    days_of,
    generator,
    in_turn,
    number,
    rhythm,
)

FLAGS = CRIME_FLAGS
LONGEST_WAIT = 100
"""Days within which every crime is recorded."""
_NO_WARD = 0.01
_CHANCES = {
    "cce": {"92A": 0.03, "106": 0.45},
    "county_line": {"92A": 0.09, "106": 0.35},
    "modern_slavery": {"106": 0.95, "72": 0.6},
    "knife": {"1": 0.4, "2": 0.5, "5D": 0.4, "8N": 0.02, "34B": 0.28, "10D": 0.92, "90": 0.95, "3B": 0.04},
    "firearm": {"10A": 0.95, "10B": 0.9, "81": 0.9, "34B": 0.02, "34A": 0.08},
}
_CSE_CODES = ("71", "22B", "88A", "19D", "20B", "88C", "20A", "72")
_CSE_PER_SEVERITY = 1.6e-5
"""Crimes of child sexual exploitation in the year before, by a district's severity."""
_CSE_MORE = {"Portsmouth": 0.55, "Basingstoke and Deane": 0.6, "Eastleigh": 0.65}


@dataclass
class Crimes:
    """Crimes in columns; the last ``len(organised)`` are those of the organised part.

    Parameters
    ----------
    year : int
        Financial year, by the calendar year of its April.
    code : ndarray of int
        Position in the offences, -1 when no code is recorded.
    district : ndarray of int
        Position in ``DISTRICTS`` or ``NOWHERE``.
    ward : ndarray of int
        Position in the wards, -1 when none is recorded.
    recorded, occurred : ndarray of int
        Day numbers, ``UNKNOWN`` when not recorded.
    private : ndarray of bool
        In a private space.
    flags : ndarray of int
        One bit for each of ``FLAGS``.
    organised : list of str
        Ids in the organised part.
    """

    year: int
    code: np.ndarray
    district: np.ndarray
    ward: np.ndarray
    recorded: np.ndarray
    occurred: np.ndarray
    private: np.ndarray
    flags: np.ndarray
    organised: list[str]

    def __len__(self) -> int:
        return len(self.code)

    @property
    def made(self) -> int:
        """Number of crimes outside the organised part; they come first."""
        return len(self.code) - len(self.organised)

    @property
    def on(self) -> np.ndarray:
        """Day on which each crime happened as far as is known, else the day it was recorded."""
        return np.where(self.occurred == UNKNOWN, self.recorded, self.occurred)

    def harm(self, table: Offences) -> np.ndarray:
        """Return the severity of each crime, 0 where no code is recorded."""
        return np.where(self.code >= 0, table.weight[self.code], 0.0)

    def order(self) -> np.ndarray:
        """Return the positions in the order in which the crimes are numbered: by day, undated ones last."""
        day = np.where(self.recorded == UNKNOWN, 10**6, self.recorded)
        return np.argsort(day, kind="stable")


def draw_crimes(
    seed: int,
    year: int,
    counts: np.ndarray,
    table: Offences,
    areas: Areas,
    wards: Wards,
    organised: list[Row],
    targets: Targets,
) -> Crimes:
    """Return the crimes of a year: ``counts`` of each area and offence, and those of the organised part."""
    rng = generator(seed, f"crimes {year}")
    area, code = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    district, ward = areas.district[area], areas.ward[area].copy()
    _spread(rng, wards, district, ward)
    first, _ = days_of(year)
    cumulated = rhythm(year)
    turn, wait = np.empty(len(code)), rng.exponential(3.0, len(code))
    for c in range(len(table)):
        of = np.flatnonzero(code == c)
        turn[of] = in_turn(rng, len(of))
    recorded = first + np.searchsorted(cumulated, turn, side="right")
    slow = table.of("rape", "other sexual")[code]
    wait = np.minimum(np.where(slow, wait * 8, wait), LONGEST_WAIT).astype(np.int64)
    occurred = np.where(rng.random(len(code)) < 0.92, recorded - wait, UNKNOWN)
    theirs = _theirs(organised, table, wards)
    found = Crimes(
        year,
        np.concatenate([code, theirs["code"]]),
        np.concatenate([district, theirs["district"]]),
        np.concatenate([ward, theirs["ward"]]),
        np.concatenate([recorded, theirs["recorded"]]),
        np.concatenate([occurred, theirs["occurred"]]),
        np.concatenate([rng.random(len(code)) < table.private[code], theirs["private"] > 0]),
        np.concatenate([_flags(rng, table, code), theirs["flags"]]),
        [str(row["crime_id"]) for row in organised],
    )
    _settle_private(rng, found, table, targets)
    _settle_cse(rng, found, table, targets)
    _mark_lines(seed, found, table)
    return found


def _spread(rng: np.random.Generator, wards: Wards, district: np.ndarray, ward: np.ndarray) -> None:
    """Put what lies in the rest of a district into its ordinary wards, in proportion to their pull."""
    for d in range(NOWHERE):
        of = np.flatnonzero((district == d) & (ward < 0))
        choice = np.flatnonzero((wards.district == d) & (wards.pull > 0))
        total = np.cumsum(wards.pull[choice])
        ward[of] = choice[np.searchsorted(total / total[-1], rng.random(len(of)), side="right")]
        ward[of[rng.random(len(of)) < _NO_WARD]] = -1


def _flags(rng: np.random.Generator, table: Offences, code: np.ndarray) -> np.ndarray:
    found = np.zeros(len(code), np.int64)
    for flag, chances in _CHANCES.items():
        chance = np.zeros(len(table))
        for name, share in chances.items():
            chance[table.position(name)] = share
        found |= np.where(rng.random(len(code)) < chance[code], 1 << FLAGS.index(flag), 0)
    return found


def _mark_lines(seed: int, crimes: Crimes, table: Offences) -> None:
    """Add markers of county lines to those that crimes have; they take numbers of their own."""
    codes = [table.position(code) for code in VIOLENT if code in table.code]
    violent = np.isin(crimes.code, codes) & (crimes.recorded != UNKNOWN)
    bits = sum(1 << FLAGS.index(mark) for mark in EXPLOITING)
    marks = marks_of_force(seed, crimes.year, violent, crimes.district, DISTRICTS, (crimes.flags & bits) > 0)
    for mark, of in marks.items():
        crimes.flags |= np.where(of, 1 << FLAGS.index(mark), 0)


def _theirs(organised: list[Row], table: Offences, wards: Wards) -> dict[str, np.ndarray]:
    """Return the crimes of the organised part as numbers."""

    def day(value: object) -> int:
        return number(value) if isinstance(value, date) else UNKNOWN

    where = {w: i for i, w in enumerate(wards.name)}
    rows = [
        (
            table.position(str(r["offence_code"])) if r["offence_code"] else -1,
            DISTRICTS.index(str(r["district"])) if r["district"] else NOWHERE,
            where[str(r["ward"])] if r["ward"] else -1,
            day(r["recorded_on"]),
            day(r["occurred_on"]),
            int(bool(r["private_space"])),
            sum(1 << FLAGS.index(f) for f in str(r["flags"]).split("|") if f),
        )
        for r in organised
    ]
    names = ("code", "district", "ward", "recorded", "occurred", "private", "flags")
    return dict(zip(names, np.array(rows, np.int64).reshape(-1, len(names)).T, strict=True))


def _settle_private(rng: np.random.Generator, crimes: Crimes, table: Offences, targets: Targets) -> None:
    """Change some crimes from private to public or back until both shares are as wanted."""
    rape = table.of("rape")
    high = (table.weight >= HIGH_HARM) & ~rape
    for kind, share in ((rape, targets.rape_private), (high, targets.high_private)):
        of = np.flatnonzero(kind[crimes.code] & (crimes.code >= 0) & (crimes.recorded != UNKNOWN))
        excess = int(crimes.private[of].sum()) - round(share * len(of))
        # Only where both occur: hardly a burglary of a home is in public.
        open_to = (table.private[crimes.code[of]] > 0.2) & (table.private[crimes.code[of]] < 0.95) & (of < crimes.made)
        change = of[open_to & (crimes.private[of] == (excess > 0))]
        chosen = rng.permutation(change)[: abs(excess)]
        crimes.private[chosen] = excess < 0


def _settle_cse(rng: np.random.Generator, crimes: Crimes, table: Offences, targets: Targets) -> None:
    """Flag crimes of child sexual exploitation: more than the year before in nine districts, fewer in five."""
    bit = 1 << FLAGS.index("cse")
    codes = np.array([table.position(c) for c in _CSE_CODES])
    fit = np.isin(crimes.code, codes) & (np.arange(len(crimes)) < crimes.made)
    likely = np.array([_CSE_CODES.index(c) if c in _CSE_CODES else 0 for c in table.code])
    for d, district in enumerate(DISTRICTS):
        before = max(2, round(targets.severity[district] * _CSE_PER_SEVERITY))
        more = max(1, round(before * _CSE_MORE.get(district, 0.12)))
        fewer = max(1, round(before * 0.1))
        wanted = {NOW: before + (more if district in CSE_UP else -fewer), BASE: max(1, before - more)}
        there = crimes.district == d
        have = int(((crimes.flags & bit) > 0)[there].sum())
        of = np.flatnonzero(fit & there)
        order = np.argsort(likely[crimes.code[of]] + 2.0 * rng.random(len(of)), kind="stable")
        crimes.flags[of[order[: max(0, wanted.get(crimes.year, before) - have)]]] |= bit
