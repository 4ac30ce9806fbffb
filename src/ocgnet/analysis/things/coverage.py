"""How far records of a number reach, authority by authority: where none does, an end of records looks like silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Coverage:
    """Stretches of days that records reach, apart from each other and rising; days are whole numbers."""

    first: np.ndarray  # int64
    last: np.ndarray

    @classmethod
    def of(cls, first: np.ndarray, last: np.ndarray) -> Coverage:
        """Return what several stretches reach together; they may overlap."""
        order = np.argsort(first, kind="stable")
        begin, end = first[order].astype(np.int64), np.maximum.accumulate(last[order].astype(np.int64))
        fresh = np.flatnonzero(np.append(True, begin[1:] > end[:-1] + 1)) if len(begin) else np.zeros(0, np.int64)
        return cls(begin[fresh], end[np.append(fresh[1:], len(end)) - 1] if len(fresh) else end)

    def days(self, low: np.ndarray | int, high: np.ndarray | int) -> np.ndarray:
        """Return how many of the days from ``low`` to ``high`` are reached.

        >>> reach = Coverage.of(np.array([20, 1, 8]), np.array([30, 10, 12]))
        >>> reach.days(np.array([5, 13]), np.array([25, 19])).tolist()
        [14, 0]
        """
        begin, end = (np.asarray(v, np.int64)[..., None] for v in (low, high))
        reached = np.minimum(end, self.last) - np.maximum(begin, self.first) + 1
        return np.asarray(np.maximum(reached, 0).sum(axis=-1))
