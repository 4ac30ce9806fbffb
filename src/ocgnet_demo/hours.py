"""The hour of the day at which made-up crimes happen."""

from __future__ import annotations

import numpy as np

UNKNOWN_HOUR = -1
UNKNOWN_OF_TEN = 1
"""Of ten crimes this many have no hour."""

KNIFE_BANDS = (10, 4, 4, 6, 10, 24, 22, 20)
"""Of 100 knife crimes of known hour how many fall into each three hours of the day, from midnight on; each year has
this to the nearest crime, so it can be looked for. Most fall after school and in the evening."""

_OTHER = (5, 4, 3, 2, 1, 1, 1, 2, 4, 4, 4, 4, 6, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 5)
"""Of 104 other crimes how many fall into each hour."""


def hours_of(drawn: np.ndarray, knife: np.ndarray) -> np.ndarray:
    """Return the hour of each crime of one year, ``UNKNOWN_HOUR`` where none is recorded.

    Parameters
    ----------
    drawn : ndarray of float
        A random number from 0 up to 1 for each crime.
    knife : ndarray of bool
        Whether a knife was there: their hours keep to ``KNIFE_BANDS`` exactly, those of others by chance.
    """
    found = np.empty(len(drawn), np.int64)
    others = drawn[~knife]
    # What the first digit is not needed for draws the hour.
    rest = (others * 10) % 1
    by_chance = np.searchsorted(np.cumsum(_OTHER) / sum(_OTHER), rest, side="right")
    found[~knife] = np.where(others * 10 < UNKNOWN_OF_TEN, UNKNOWN_HOUR, by_chance)
    found[np.flatnonzero(knife)[np.argsort(drawn[knife], kind="stable")]] = _in_bands(int(knife.sum()))
    return found


def _in_bands(crimes: int) -> np.ndarray:
    """Return the hours of so many knife crimes, those without one first.

    >>> np.bincount(_in_bands(111) // 3 + 1).tolist()
    [11, 10, 4, 4, 6, 10, 24, 22, 20]
    """
    unknown = round(crimes * UNKNOWN_OF_TEN / 10)
    ends = np.rint(np.cumsum(KNIFE_BANDS) / sum(KNIFE_BANDS) * (crimes - unknown)).astype(np.int64)
    inside = np.diff(ends, prepend=0)
    bands = np.repeat(np.arange(len(KNIFE_BANDS)), inside)
    return np.concatenate([np.full(unknown, UNKNOWN_HOUR), bands * 3 + np.arange(len(bands)) % 3])


def knife_hours(crimes: int) -> dict[str, int]:
    """Return how many of so many knife crimes of a year are in each three hours, and how many have no hour."""
    hours = _in_bands(crimes)
    bands = {f"{3 * b:02} to {3 * b + 3:02}": int((hours // 3 == b).sum()) for b in range(len(KNIFE_BANDS))}
    return bands | {"not known": int((hours == UNKNOWN_HOUR).sum())}
