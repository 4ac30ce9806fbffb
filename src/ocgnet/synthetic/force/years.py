"""The three financial years of the force."""

from __future__ import annotations

from datetime import date

import numpy as np

from ocgnet_demo.drawing import AS_OF

YEARS = (2016, 2017, 2018)
"""Base year, year before, and the year; each begins on 1 April."""
BASE, BEFORE, NOW = YEARS
EPOCH = date(1970, 1, 1)
UNKNOWN = -(10**6)
"""Day number of a date that is not recorded."""

_MONTHS = (0.98, 1.04, 1.04, 1.09, 1.05, 0.99, 1.02, 0.99, 0.94, 0.95, 0.90, 1.01)
_WEEKDAYS = (1.03, 0.98, 0.97, 0.98, 1.03, 1.04, 0.97)


def number(day: date) -> int:
    """Return a date as days since 1970."""
    return (day - EPOCH).days


def year_of(day: date) -> int:
    """Return the year in whose April the financial year of ``day`` began.

    >>> year_of(date(2018, 3, 31)), year_of(date(2018, 4, 1))
    (2017, 2018)
    """
    return day.year - (day.month < 4)


def days_of(year: int) -> tuple[int, int]:
    """Return first and last day number of a financial year."""
    first = number(date(year, 4, 1))
    return first, min(number(date(year + 1, 3, 31)), number(AS_OF))


def rhythm(year: int) -> np.ndarray:
    """Return the chance that something of the year falls on each of its days or an earlier one."""
    first, last = days_of(year)
    days = np.arange(first, last + 1).astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(int) % 12
    weight = np.array(_MONTHS)[(month - 3) % 12] * np.array(_WEEKDAYS)[(days.astype(int) + 3) % 7]
    total = np.cumsum(weight)
    return np.asarray(total / total[-1])
