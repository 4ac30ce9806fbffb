"""How far a figure would move by chance if the same year came again.

Recorded crimes are no sample, yet a count of 20 could as well have been 14 or 27. Crimes, stops, reports and
disruptions are taken as independent events: a count is then Poisson, a sum of weights compound Poisson, and a share of
events binomial. Events that come in series (one offender, one night, one operation) vary more than that, so the
intervals are the least that has to be allowed for.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaincinv, gammaincinv, ndtri

# scipy.stats holds the same under plainer names, and takes half a second to load.

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


LEAST_EVENTS = 6
"""Fewest events on two sides together of which any split lies outside chance: all of five fall on one side in one of
16 tosses of a coin, all of six in one of 32."""


def ratio_interval(now: int, then: int) -> tuple[float, float]:
    """Return the exact 95% interval of ``now / then - 1`` for two Poisson counts over equally long times.

    Given how many there are together, those of now are binomial (Clopper and Pearson 1934). The upper end is infinite
    where there were none then. Below ``LEAST_EVENTS`` together it always holds 0, and says next to nothing.

    >>> [round(v, 3) for v in ratio_interval(20, 10)], ratio_interval(0, 0)
    ([-0.106, 3.785], (-1.0, inf))
    """
    low = float(betaincinv(now, then + 1, 0.025)) if now else 0.0
    high = float(betaincinv(now + 1, then, 0.975)) if then else 1.0
    return low / (1 - low) - 1, high / (1 - high) - 1 if high < 1 else math.inf


TREND_LEAST = 10
"""Fewest with, fewest without, and fewest beyond the first row for which ``trend`` may be read."""


def trend(part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    """Return Cochran and Armitage's test for a trend of shares over rows in order, with scores 0, 1, 2, ...

    How many standard errors the shares rise by, below 0 where they fall, and how often chance alone gives as much
    either way (Cochran 1954; Armitage 1955). NaN twice where there is nobody, all or none have it, or all are in one
    row. A normal approximation, to be read where both those with and those without number ``TREND_LEAST`` or more.

    >>> z, chance = trend(np.array([1.0, 4, 9]), np.array([20.0, 20, 20]))
    >>> round(z, 3), round(chance, 4)
    (2.991, 0.0028)
    """
    scores = np.arange(len(part), dtype=float)
    people, cases = whole.sum(), part.sum()
    p = cases / people if people else 0.0
    spread = p * (1 - p) * ((whole * scores**2).sum() - (whole * scores).sum() ** 2 / people) if people else 0.0
    if spread <= 0:
        return math.nan, math.nan
    z = float((scores * (part - whole * p)).sum() / math.sqrt(spread))
    return z, float(math.erfc(abs(z) / math.sqrt(2)))


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
