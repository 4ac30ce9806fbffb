"""How well two partitions of the same people agree."""

from __future__ import annotations

import numpy as np


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


def _counts(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width = int(other.max(initial=0)) + 1
    both = np.unique(one.astype(np.int64) * width + other, return_counts=True)[1]
    return both, np.unique(one, return_counts=True)[1], np.unique(other, return_counts=True)[1]
