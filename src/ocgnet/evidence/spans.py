"""Spans of time of one owner that overlap, found in sorted arrays."""

from __future__ import annotations

import numpy as np


def reaches(owner: np.ndarray, begun: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Return per span whether it begins while an earlier span of the same owner still lasts.

    ``owner`` rises, and ``begun`` within an owner; an ``ended`` before its ``begun`` reaches nowhere. Spans that
    only touch (one begins as the other ends) do not overlap. The spans marked False are as many as there are
    stretches once all that overlap are merged. The range of all times, multiplied by the number of owners, has to
    stay below 2**62: seconds of ten thousand years do for ten million.

    >>> reaches(np.array([0, 0, 0, 1]), np.array([1, 2, 5, 3]), np.array([5, 3, 6, 9])).tolist()
    [False, True, False, False]
    """
    if not len(owner):
        return np.zeros(0, bool)
    low = int(begun.min())
    ended = np.maximum(ended, begun)
    width = int(ended.max()) - low + 1
    rank = np.cumsum(np.r_[False, owner[1:] != owner[:-1]])
    latest = np.maximum.accumulate(rank * width + (ended - low))
    found = np.zeros(len(owner), bool)
    found[1:] = (rank[1:] == rank[:-1]) & (rank[1:] * width + (begun[1:] - low) < latest[:-1])
    return found
