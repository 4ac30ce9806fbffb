"""Children at risk: flags of sexual exploitation, referrals to the national mechanism, and the case of one group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import numpy as np

from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, BEFORE_FIRST, FIRST, Row, day_between, pick, stream
from ocgnet_demo.force.counts import DISTRICTS
from ocgnet_demo.force.organised import REASONS, Organised
from ocgnet_demo.force.targets import AGES, SEVERITY, Targets, days_of, scale_of_few

SCHEME = "Lyonmere CSE screening 2017"
"""Scheme of the organised part's children."""
_FLAGGED = {
    ("low", False): 150, ("medium", False): 200, ("high", False): 150,
    ("low", True): 150, ("medium", True): 150, ("high", True): 100,
}  # fmt: skip
"""Children flagged at scale 1, by risk and whether in the year or the year before: fewer at medium or high risk now."""
_AGES = ((10, 2.0), (11, 4.0), (12, 8.0), (13, 15.0), (14, 21.0), (15, 31.0), (16, 15.0), (17, 4.0))
_ADULT_SINCE = date(2001, 3, 31)
_RESIDENCE = {"Portsmouth": 17.0, "Southampton": 15.0, "Havant": 12.0}
"""Where the most children at risk live, the three districts that the profile names; the others follow severity."""
_ETHNICITIES = (("W1", 78.0), ("W9", 6.0), ("M1", 4.0), ("A2", 3.0), ("B1", 3.0), ("NS", 6.0))
_BEFORE_SHARE = 0.55
"""Referrals in the year before, against the year."""
_FOUND = ("reasonable grounds", "conclusive grounds")
"""Outcomes by which a child is a potential victim, or a victim."""
_OTHER_OUTCOMES = (*_FOUND, "no conclusive grounds", "decision awaited")


class Youth:
    """Adds children to the tables of the organised part.

    Parameters
    ----------
    seed : int
        Seed of the county.
    scale : float
        Factor on the children flagged.
    organised : Organised
        Its tables ``children``, ``referrals``, ``crimes`` and ``crime_links`` are added to.
    targets : Targets
        What they are to give.
    """

    def __init__(self, seed: int, scale: float, organised: Organised, targets: Targets) -> None:
        self._rng = stream(seed, "force youth")
        self._tables = organised.tables
        self._number = 1_000_000
        self._flagged(scale_of_few(scale), targets.cse_female)
        self._case(organised, targets.talon)
        self._referred(targets.referred)

    def _child(self, born: date, sex: str, district: str, **more: object) -> str:
        self._number += 1
        child = f"CH{self._number}"
        row: Row = {"child_id": child, "date_of_birth": born, "sex": sex, "district": district}
        self._tables["children"].append(row | {"ethnicity": pick(self._rng, _ETHNICITIES)} | more)
        return child

    def _flagged(self, scale: float, female_share: float) -> None:
        """Flag children until every risk of every year has its number and its girls."""
        rng = self._rng
        for (risk, now), count in _FLAGGED.items():
            first, last = (FIRST, AS_OF) if now else (BEFORE_FIRST, BEFORE_AS_OF)
            there = [
                c["sex"]
                for c in self._tables["children"]
                if c.get("cse_risk") == risk and isinstance(d := c.get("cse_flagged_on"), date) and first <= d <= last
            ]
            wanted = max(round(count * scale), len(there))
            girls = max(round(female_share * wanted) - there.count("female"), 0)
            for i in range(wanted - len(there)):
                on = day_between(rng, first, last)
                self._child(
                    _born(rng, on, pick(rng, _AGES)),
                    "female" if i < girls else "male",
                    _residence(rng),
                    cse_risk_scheme=SCHEME,
                    cse_risk=risk,
                    cse_flagged_on=on,
                )

    def _case(self, organised: Organised, count: int) -> None:
        """Let children be victims of crimes of the case study's group, and refer them."""
        rng, tables = self._rng, self._tables
        chosen = set(rng.sample(organised.talon_crimes, min(3, len(organised.talon_crimes))))
        crimes = sorted((c for c in tables["crimes"] if c["crime_id"] in chosen), key=lambda c: str(c["crime_id"]))
        for crime in crimes:
            flags = {f for f in str(crime["flags"] or "").split("|") if f} | {"cce", "county_line"}
            crime["flags"] = "|".join(
                f for f in ("cse", "cce", "county_line", "modern_slavery", "knife", "firearm") if f in flags
            )
        for i in range(count):
            crime = crimes[i % len(crimes)]
            on = crime["recorded_on"]
            assert isinstance(on, date)  # noqa: S101  only dated crimes of the year are chosen
            child = self._exploited(on)
            tables["crime_links"].append({"person_id": child, "crime_id": crime["crime_id"], "link_role": "victim"})
            made = min(on + timedelta(days=rng.randint(2, 40)), AS_OF)
            self._refer(child, made, _FOUND[i % 3 == 0], "police")

    def _referred(self, count: int) -> None:
        """Refer children until the year, and the year before, have their numbers."""
        rng = self._rng
        for row in self._tables["referrals"]:
            if row["kind"] == "nrm":
                row["reason"] = REASONS
        for first, last, wanted in ((BEFORE_FIRST, BEFORE_AS_OF, round(count * _BEFORE_SHARE)), (FIRST, AS_OF, count)):
            have = sum(
                r["kind"] == "nrm" and isinstance(d := r["made_on"], date) and first <= d <= last
                for r in self._tables["referrals"]
            )
            for _ in range(wanted - have):
                on = day_between(rng, first, last)
                made_by = rng.choice(("police", "police", "social care", "voluntary sector"))
                self._refer(self._exploited(on), on, rng.choice(_OTHER_OUTCOMES), made_by)

    def _exploited(self, on: date) -> str:
        rng = self._rng
        born = _born(rng, on, pick(rng, ((14, 15.0), (15, 30.0), (16, 35.0), (17, 20.0))))
        return self._child(born, "male" if rng.random() < 0.82 else "female", _residence(rng), cce_risk="high")

    def _refer(self, child: str, on: date, outcome: str, made_by: str) -> None:
        self._tables["referrals"].append(
            {
                "person_id": child,
                "kind": "nrm",
                "made_on": on,
                "made_by": made_by,
                "reason": REASONS,
                "outcome": outcome,
            }
        )


def _residence(rng: Random) -> str:
    rest = sum(s for d, s in SEVERITY.items() if d not in _RESIDENCE)
    left = 100 - sum(_RESIDENCE.values())
    return rng.choices(DISTRICTS, [_RESIDENCE.get(d, left * SEVERITY[d] / rest) for d in DISTRICTS])[0]


def _born(rng: Random, on: date, age: int) -> date:
    """Return the birthday of somebody of this age on a day who is still under 18 at the end; younger if need be."""
    while True:
        latest = _years_before(on, age)
        earliest = max(_years_before(on, age + 1) + timedelta(days=1), _ADULT_SINCE + timedelta(days=1))
        if earliest <= latest:
            return day_between(rng, earliest, latest)
        age -= 1


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, min(day.day, 28))


# Everybody outside the organised part: birth, sex, home. No names, so that nobody can be meant.

YEAR = 365.2425
FIRST_NUMBER = 1_000_001
GROWN = len(AGES) - 1
"""Position of the class of age in which somebody stays from year to year."""


@dataclass
class Register:
    """One table of people, growing from year to year.

    Parameters
    ----------
    prefix : str
        First letter of the ids.
    born, female, district : list of ndarray
        Day number of birth, sex and home, one array for every batch of people.
    """

    prefix: str
    born: list[np.ndarray] = field(default_factory=list)
    female: list[np.ndarray] = field(default_factory=list)
    district: list[np.ndarray] = field(default_factory=list)
    size: int = 0

    def add(self, born: np.ndarray, female: np.ndarray, district: np.ndarray) -> np.ndarray:
        """Add people and return their positions."""
        self.born.append(born.astype(np.int32))
        self.female.append(female.astype(bool))
        self.district.append(district.astype(np.int8))
        first, self.size = self.size, self.size + len(born)
        return np.arange(first, self.size)

    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return birth, sex and home of everybody."""
        return (
            np.concatenate([*self.born, np.zeros(0, np.int32)]),
            np.concatenate([*self.female, np.zeros(0, bool)]),
            np.concatenate([*self.district, np.zeros(0, np.int8)]),
        )


def births_in_class(rng: np.random.Generator, year: int, age_class: np.ndarray) -> np.ndarray:
    """Return days of birth of people who are in their class of age all year, and 120 days before it.

    A birthday that crosses a limit would make figures by age hang on whether the crime's or the record's day counts.
    """
    first, last = days_of(year)
    low, high = np.array(AGES)[age_class].T
    latest = first - 120 - np.ceil(low * YEAR).astype(np.int64) - 2
    earliest = last - np.floor((high + 1) * YEAR).astype(np.int64) + 3
    span = latest - earliest
    # Among adults the younger are more often victims.
    part = np.where(age_class == GROWN, rng.beta(2.2, 1.2, len(span)), rng.random(len(span)))
    return np.asarray(earliest + np.floor(part * (span + 1)).astype(np.int64))


def births_of_offenders(rng: np.random.Generator, year: int, count: int) -> np.ndarray:
    """Return days of birth of people aged 10 to 80 in the year, most of them young, an eighth under 18."""
    first, _ = days_of(year)
    young = rng.random(count) < 0.125
    age = np.where(young, rng.triangular(10.6, 17.6, 17.9, count), 18.1 + rng.gamma(2.0, 8.3, count))
    return np.asarray(first - np.floor(np.minimum(age, 80) * YEAR).astype(np.int64))
