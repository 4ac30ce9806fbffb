"""Spans of time of one owner that overlap, and groups of equal keys, in sorted arrays."""

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
    rank = np.cumsum(group_starts(owner))
    latest = np.maximum.accumulate(rank * width + (ended - low))
    within = np.zeros(len(owner), bool)
    within[1:] = (rank[1:] == rank[:-1]) & (rank[1:] * width + (begun[1:] - low) < latest[:-1])
    return within


def group_starts(*keys: np.ndarray) -> np.ndarray:
    """Return where a group of equal keys begins, bool, in arrays of one length that are sorted by them."""
    starts = np.ones(len(keys[0]), bool)
    starts[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return starts
