"""Random numbers in columns, named by purpose like the streams of the small county."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Return a generator of its own for one purpose; the same bytes with the same release of NumPy.

    >>> bool(generator(1, "days").random() == generator(1, "days").random())
    True
    """
    return np.random.default_rng([seed, crc32(purpose.encode())])


def rounded(values: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers near ``values`` that add up to ``total``: largest remainders, ties by position.

    ``values`` are scaled to ``total`` first; none may be negative.

    >>> rounded(np.array([1.0, 1.0, 2.0]), 5)
    array([1, 1, 3])
    """
    share = values * (total / values.sum()) if values.sum() > 0 else values * 0.0
    whole = np.floor(share).astype(np.int64)
    order = np.argsort(-(share - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def spread(rng: np.random.Generator, values: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers that add up to ``total``, each the one below or above its share, by chance.

    The shares are laid end to end and counted where they pass a whole number, from a random start: a cell with a
    tenth of a crime has one in a tenth of all cases, where largest remainders would never give it any.

    >>> spread(np.random.default_rng(1), np.array([0.1, 5.0, 0.1, 4.8]), 10).sum()
    np.int64(10)
    """
    if total <= 0 or values.sum() <= 0:
        return np.zeros(len(values), np.int64)
    ends = np.cumsum(values) * (total / values.sum())
    # The last end is the total exactly, whatever the sums lost on the way.
    ends[-1] = total
    counted = np.floor(ends + rng.random()).astype(np.int64)
    return np.diff(counted, prepend=0)


def in_turn(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return ``count`` numbers in [0, 1) in random order, one in each of ``count`` equal parts.

    Parts of equal width keep every share near its chance however few there are.
    """
    return (rng.permutation(count) + rng.random(count)) / max(count, 1)
