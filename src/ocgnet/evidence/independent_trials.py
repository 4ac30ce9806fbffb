"""How often chance alone reaches a number of days, when each day has a chance of its own."""

from __future__ import annotations

import numpy as np

_CELLS_AT_ONCE = 4_000_000


def at_least(chance: np.ndarray, start: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return per group the chance that at least so many of its independent trials succeed (Poisson binomial).

    Computed exactly, by adding one trial after the other, so that a small chance keeps its digits.

    Parameters
    ----------
    chance : float array
        Chance of each trial, group after group.
    start : int array, shape (groups + 1,)
        Where the trials of each group begin in ``chance``.
    least : int array, shape (groups,)
        How many have to succeed. At most 0 is certain; more than there are trials is impossible.

    Examples
    --------
    >>> at_least(np.array([0.5, 0.5, 0.1]), np.array([0, 2, 3]), np.array([1, 1])).tolist()
    [0.75, 0.1]
    """
    trials = np.diff(start)
    tail = np.where(least <= 0, 1.0, 0.0)
    open_groups = np.flatnonzero((least > 0) & (least <= trials))
    open_groups = open_groups[np.argsort(trials[open_groups], kind="stable")]
    while len(open_groups):
        # Groups of about one size are worked out together, in a matrix as wide as the largest.
        width = int(trials[open_groups[0]]) * 2
        many = max(1, min(int(np.searchsorted(trials[open_groups], width, "right")), _CELLS_AT_ONCE // width))
        now, open_groups = open_groups[:many], open_groups[many:]
        steps, need = int(trials[now[-1]]), least[now].astype(np.int64)
        reached = np.zeros((many, int(need.max()) + 1))
        reached[:, 0] = 1
        row = np.arange(many)
        for step in range(steps):
            inside = step < trials[now]
            p = np.where(inside, chance[np.where(inside, start[now] + step, 0)], 0.0)
            tail[now] += reached[row, need - 1] * p
            reached[:, 1:] += (reached[:, :-1] - reached[:, 1:]) * p[:, None]
            reached[:, 0] *= 1 - p
    return np.minimum(tail, 1.0)
