"""Ranks that treat equal values equally."""

from __future__ import annotations

import numpy as np

_DIGITS = 9
"""Decimals, relative to the largest value, at which two computed values are the same."""


def settled(values: np.ndarray) -> np.ndarray:
    """Return values rounded relative to the largest, so that rounding noise cannot part equals.

    >>> settled(np.array([0.1 + 0.2, 0.3, 3.0])).tolist()
    [0.1, 0.1, 1.0]
    """
    largest = float(np.max(np.abs(values), initial=0.0))
    return np.round(values / largest, _DIGITS) if largest > 0 else np.zeros(len(values))


def percentiles(values: np.ndarray, among: np.ndarray, group: np.ndarray | None = None) -> np.ndarray:
    """Return the mid-rank percentile of each value.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        What to rank.
    among : ndarray of bool, shape (n,)
        Who is ranked; everybody else gets 0 and moves nobody.
    group : ndarray of int, shape (n,), optional
        Rank within these groups instead of over all.

    Returns
    -------
    ndarray of float, shape (n,)
        (number below + half the number equal, oneself included) / number ranked: above 0, below 1,
        and with mean 0.5.

    Examples
    --------
    >>> percentiles(np.array([1.0, 5.0, 5.0, 9.0]), np.ones(4, bool)).tolist()
    [0.125, 0.5, 0.5, 0.875]
    """
    found = np.zeros(len(values))
    who = np.flatnonzero(among)
    if not len(who):
        return found
    block = np.zeros(len(who), np.int64) if group is None else group[who]
    value = settled(values)[who] if group is None else _settled_within(values[who], block)
    order = np.lexsort((value, block))
    value, block = value[order], block[order]
    at = np.arange(len(who))
    new_block = np.r_[True, block[1:] != block[:-1]]
    new_value = new_block | np.r_[True, value[1:] != value[:-1]]
    begins, starts = at[new_block], at[new_value]
    of_block, of_value = np.cumsum(new_block) - 1, np.cumsum(new_value) - 1
    size = np.diff(np.append(begins, len(who)))[of_block]
    equal = np.diff(np.append(starts, len(who)))[of_value]
    below = starts[of_value] - begins[of_block]
    found[who[order]] = (below + equal / 2) / size
    return found


def _settled_within(values: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Return values rounded relative to the largest of their own block; blocks are numbered from 0."""
    largest = np.zeros(int(block.max()) + 1)
    np.maximum.at(largest, block, np.abs(values))
    return np.asarray(np.round(values / np.where(largest > 0, largest, 1.0)[block], _DIGITS))
