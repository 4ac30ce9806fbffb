"""Everybody outside the organised part: birth, sex, home. No names, so that nobody can be meant."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ocgnet.synthetic.force.offences import AGES
from ocgnet.synthetic.force.years import days_of

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
