"""Figures of a profile: one number with all needed to defend it, and whether chance explains a change."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

from ocgnet.local_profile.profile_tables import PROFILE_TABLES
from ocgnet.results import Figure, ResultColumn, ResultTable
from ocgnet.visible import shortened


@dataclass(frozen=True)
class ProfileFigure(Figure):
    """A figure of the profile.

    ``unit`` is ``score`` (sum of weights), ``count``, ``share`` (0 to 1), ``change`` (share of the earlier value; a
    plain difference for ``ocgs_change``), ``ratio`` or ``years``. ``low`` and ``high`` are given where the value
    would vary by chance if the same year came again.
    """

    chapter: str = ""  # chapter of the report
    period: str = ""  # which days were counted
    records: int | None = None  # how many records (crimes, people, stops) the value rests on
    interval: str = ""  # how ``low`` and ``high`` were made; empty without them


class ProfileTable(ResultTable):
    """A table of the profile; its columns are declared in ``profile.columns``."""

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Declared columns."""
        return PROFILE_TABLES[self.name].columns

    @property
    def question(self) -> str:
        """The question that the table answers."""
        return PROFILE_TABLES[self.name].question


def table_of(name: str, rows: pd.DataFrame | Sequence[Mapping[str, Any] | tuple[Any, ...]]) -> ProfileTable:
    """Return rows as the declared table; its columns, and the values of a row that is a tuple, stand in that order."""
    frame = pd.DataFrame(rows, columns=[c.name for c in PROFILE_TABLES[name].columns])
    return ProfileTable(name, frame.reset_index(drop=True))


def slug(name: str) -> str:
    """Return a name as part of a figure id.

    >>> slug("Isle of Wight"), slug("St. Denys & Portswood")
    ('isle_of_wight', 'st_denys_and_portswood')
    """
    return re.sub(r"[\W_]+", "_", shortened(name).lower().replace("&", " and ")).strip("_")


def unused(figure_id: str, figures: Mapping[str, object]) -> str:
    """Return an id that no figure has yet: names that differ only by signs do not take each other's place.

    >>> unused("ward_hill", {}), unused("ward_hill", {"ward_hill": 1, "ward_hill_2": 1})
    ('ward_hill', 'ward_hill_3')
    """
    if figure_id not in figures:
        return figure_id
    number = 2
    while f"{figure_id}_{number}" in figures:
        number += 1
    return f"{figure_id}_{number}"


def ward_slug(name: str) -> str:
    """Return the name of a ward as part of a figure id: as ``slug``, without the word and.

    >>> ward_slug("Frogmore and Darby Green")
    'frogmore_darby_green'
    """
    return "_".join(part for part in slug(name).split("_") if part != "and")


def first_slug(name: str) -> str:
    """Return a district named after two places by the first of them.

    >>> first_slug("Basingstoke and Deane"), first_slug("New Forest")
    ('basingstoke', 'new_forest')
    """
    return slug(name).split("_and_")[0]


# How far a figure would move by chance if the same year came again.
#
# Recorded crimes are no sample, yet a count of 20 could as well have been 14 or 27. Crimes, stops and
# reports are taken as independent events: a count is then Poisson, a sum of weights compound Poisson, and
# a share of events binomial. Events that come in series (one offender, one night) vary more than that, so
# the intervals are the least that has to be allowed for.

# scipy.stats holds the same under plainer names, and takes half a second to load.

CHANCE = "95%, crimes as independent events"
NO_INTERVAL: tuple[float | None, float | None] = (None, None)
EVENTS = "95%, records as independent events"

Z = float(ndtri(0.975))
"""Standard errors on either side of a 95% interval."""


def count_interval(count: int) -> tuple[float, float]:
    """Return the exact 95% interval of a Poisson count (Garwood 1936).

    >>> [round(v, 2) for v in count_interval(10)]
    [4.8, 18.39]
    """
    low = gammaincinv(count, 0.025) if count else 0.0
    return float(low), float(gammaincinv(count + 1, 0.975))


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share of independent events.

    >>> [round(v, 3) for v in share_interval(5, 10)]
    [0.237, 0.763]
    """
    p, square = part / whole, Z * Z
    centre = (p + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * math.sqrt(p * (1 - p) / whole + square / (4 * whole * whole))
    return (0.0 if not part else centre - half), (1.0 if part == whole else centre + half)


def sum_interval(total: float, squares: float) -> tuple[float, float]:
    """Return the 95% interval of a sum of weights; ``squares`` is the sum of the squared weights.

    A gamma distribution with the mean and variance of the compound Poisson sum: it never goes below 0 and
    is skewed to the right, as sums of few heavy weights are.
    """
    if total <= 0:
        return 0.0, 0.0
    shape, scale = total * total / squares, squares / total
    return float(scale * gammaincinv(shape, 0.025)), float(scale * gammaincinv(shape, 0.975))


def weighted_share_interval(part: float, part_squares: float, rest: float, rest_squares: float) -> tuple[float, float]:
    """Return the 95% interval of ``part`` in ``part + rest``, both sums of weights of independent events.

    A rest that was found by subtraction may lie a hair below 0 where there is none; it is then 0.
    """
    rest, rest_squares = max(rest, 0.0), max(rest_squares, 0.0)
    whole = part + rest
    p = part / whole
    spread = math.sqrt((1 - p) ** 2 * part_squares + p**2 * rest_squares) / whole
    return max(p - Z * spread, 0.0), min(p + Z * spread, 1.0)


def change_interval(now: float, now_squares: float, then: float, then_squares: float) -> tuple[float, float]:
    """Return the 95% interval of ``now / then - 1`` for two sums of weights (or counts, with weights 1).

    The interval is symmetric on the scale of the logarithm of the ratio.
    """
    spread = math.sqrt(now_squares / now**2 + then_squares / then**2)
    ratio = now / then
    return ratio * math.exp(-Z * spread) - 1, ratio * math.exp(Z * spread) - 1


def funnel(population: np.ndarray, total: float, squares: float, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return between which sums of weights ``share`` of wards fall when all have the force's rate.

    ``population`` is that of each ward; ``total`` and ``squares`` are the sums of weights and of squared weights over
    all wards, per resident. Both bounds are per 1,000 residents; NaN for a ward without any.
    """
    people = np.where(population > 0, population, np.nan)
    mean, variance = total * people, squares * people
    if not total:
        return np.zeros(len(people)), np.zeros(len(people))
    shape, scale = mean * mean / variance, variance / mean
    tail = (1 - share) / 2
    low, high = (scale * gammaincinv(shape, q) / people * 1000 for q in (tail, 1 - tail))
    return np.asarray(low), np.asarray(high)
