"""How well two partitions of the same people agree."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln


def adjusted_rand(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return the share of pairs that two partitions treat alike, corrected for chance.

    Parameters
    ----------
    one, other : ndarray of int, shape (n,)
        Label of each person in either partition, at least 0.

    Returns
    -------
    float or None
        1 for the same partition, 0 for what random labels of the same sizes give; None with fewer
        than two people. 1 where both put everybody together, or both everybody apart.

    References
    ----------
    Hubert & Arabie 1985, https://doi.org/10.1007/BF01908075

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    if len(one) < 2:
        return None
    both, rows, columns = _counts(one, other)
    together, first, second = (float((c * (c - 1) / 2).sum()) for c in (both, rows, columns))
    by_chance = first * second / (len(one) * (len(one) - 1) / 2)
    most = (first + second) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def mutual_information(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return what each of two partitions tells about the other, over the mean of their entropies.

    Returns
    -------
    float or None
        0 to 1; None for nobody, 1 where neither partition divides anybody. Not corrected for chance:
        many small communities score high by themselves.

    References
    ----------
    Strehl & Ghosh 2002, Journal of Machine Learning Research 3, 583-617.
    """
    if not len(one):
        return None
    both, rows, columns = (c / len(one) for c in _counts(one, other))
    shared, first, second = (float(-(p * np.log(p)).sum()) for p in (both, rows, columns))
    if first + second == 0:
        return 1.0
    return min(max(2 * (first + second - shared) / (first + second), 0.0), 1.0)


def adjusted_mutual_information(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return what each of two partitions tells about the other beyond chance, over the mean of their entropies.

    Parameters
    ----------
    one, other : ndarray of int, shape (n,)
        Label of each person in either partition, at least 0.

    Returns
    -------
    float or None
        1 for the same partition, 0 for what random labels of the same sizes give on average, below 0 for
        less; None with fewer than two people. 1 where both put everybody together, or both everybody apart.

    Notes
    -----
    Chance is the mean over every order of the labels of one partition: a cell of people in two parts of sizes
    a and b holds k people with the hypergeometric chance of k. Parts of one size are reckoned once.

    References
    ----------
    Vinh, Epps & Bailey 2010, Journal of Machine Learning Research 11, 2837-2854.

    Examples
    --------
    Two pairs against two other pairs share nothing. Of the three ways to pair four people, one tells all (ln 2), so
    that chance gives ln 2 / 3: (0 - 1/3) / (1 - 1/3).

    >>> adjusted_mutual_information(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    -0.5
    """
    n = len(one)
    if n < 2:
        return None
    both, rows, columns = _counts(one, other)
    joint, first, second = (float(-(c / n * np.log(c / n)).sum()) for c in (both, rows, columns))
    by_chance = _by_chance(rows, columns, n)
    most = (first + second) / 2 - by_chance
    return 1.0 if abs(most) < _NOTHING else round((first + second - joint - by_chance) / most, 12)


_NOTHING = 1e-12
"""Differences of entropies below this are rounding."""


def _by_chance(rows: np.ndarray, columns: np.ndarray, n: int) -> float:
    """Return the mean mutual information of two partitions with these sizes of parts, in nats."""
    total = 0.0
    second, many = np.unique(columns, return_counts=True)
    for a, times in zip(*np.unique(rows, return_counts=True), strict=True):
        for b, each in zip(second, many, strict=True):
            k = np.arange(max(1, a + b - n), min(a, b) + 1)
            chance = gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1) - gammaln(n + 1)
            chance = chance - gammaln(k + 1) - gammaln(a - k + 1) - gammaln(b - k + 1) - gammaln(n - a - b + k + 1)
            total += float(times * each * (k / n * np.log(n * k / (a * b)) * np.exp(chance)).sum())
    return total


def _counts(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width = int(other.max(initial=0)) + 1
    both = np.unique(one.astype(np.int64) * width + other, return_counts=True)[1]
    return both, np.unique(one, return_counts=True)[1], np.unique(other, return_counts=True)[1]
