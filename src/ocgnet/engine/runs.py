"""Runs of neighbouring positions, written out one after the other."""

from __future__ import annotations

import numpy as np


def positions(begin: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return ``begin``, ``begin + 1``, … of each run, as many as its size.

    Parameters
    ----------
    begin, size : ndarray of int, shape (runs,)
        Where each run begins, and how many positions it has; none is a run too.

    Examples
    --------
    >>> positions(np.array([5, 9, 0]), np.array([2, 0, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    found: np.ndarray = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    return found
