"""Small counts of people: hidden, and hidden so that a sum does not give them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def suppress(counts: Mapping[str, int], threshold: int) -> dict[str, int | None]:
    """Hide the small counts of one breakdown whose total the reader knows.

    Counts from 1 to ``threshold - 1`` are hidden; nought is printed, because it is about nobody. One hidden count
    alone would follow from the total by subtraction, and several would when their sum leaves only one way to fill
    them: the next smallest counts above nought are hidden too (secondary suppression), all of one size together,
    while fewer than two are hidden, while what is hidden adds up to less than twice the threshold, or while its sum
    is the least or the most that so many small counts can have. Where that does not help, and in a breakdown of fewer
    than ``threshold`` people, nothing is printed.

    ``counts`` are of parts that do not overlap; ``threshold`` is the least count that is printed, 3 or more, since
    below 3 a hidden count can be worked out. The same keys in the same order; None where hidden.

    Held by a test that knows this rule and the total and tries all ways to fill a breakdown: no hidden count of up to
    five categories can be worked out. It does not guard against what a reader knows from elsewhere.

    >>> suppress({"Easter": 12, "Norther": 9, "Wester": 2, "Souther": 0}, 5)
    {'Easter': 12, 'Norther': None, 'Wester': None, 'Souther': 0}
    >>> suppress({"Easter": 12, "Wester": 9}, 5)
    {'Easter': 12, 'Wester': 9}
    """
    if sum(counts.values()) < threshold:
        return dict.fromkeys(counts)
    hidden = {k: n for k, n in counts.items() if 0 < n < threshold}
    while hidden and gives_itself_away(list(hidden.values()), threshold):
        left = [n for k, n in counts.items() if k not in hidden and n]
        if not left:
            return dict.fromkeys(counts)
        hidden |= {k: n for k, n in counts.items() if n == min(left)}
    return {k: None if k in hidden else n for k, n in counts.items()}


def hidden_rows(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Return which rows of a whole are hidden together, by the rule of :func:`suppress` in every column.

    ``counts`` has a row a part and a column a count (float; NaN is not known and counts as nought). All columns of a
    row are hidden together, so each column has to be safe; where no further row helps, all are hidden. No rows: none.

    >>> hidden_rows(np.array([[12.0, 9], [9, 8], [2, 30], [0, 0], [40, 41]]), 5).tolist()
    [False, True, True, False, False]
    """
    known = np.nan_to_num(counts)
    hidden = ((known > 0) & (known < threshold)).any(axis=1)
    column = 0
    while hidden.any() and column < known.shape[1]:
        values = known[:, column]
        held = values[hidden & (values > 0)]
        if not len(held) or not gives_itself_away(held.tolist(), threshold):
            column += 1
            continue
        left = values[~hidden & (values > 0)]
        if not len(left):
            return np.ones(len(known), bool)
        hidden |= values == left.min()
        # A row that is hidden for one column may leave another one open.
        column = 0
    return np.asarray(hidden)


def gives_itself_away(hidden: Sequence[float], threshold: int) -> bool:
    """Tell whether hidden counts above nought follow from their sum, for whoever knows the rule of hiding."""
    total, cells = sum(hidden), len(hidden)
    return cells < 2 or total < 2 * threshold or total in (cells, cells * (threshold - 1))


def rounded(count: int | None, base: int) -> int | None:
    """Return a count rounded to the nearest multiple of ``base``, a half upwards; None stays None.

    >>> [rounded(n, 5) for n in (5, 7, 8, 12, 13)], rounded(7, 1), rounded(6, 4), rounded(None, 5)
    ([5, 5, 10, 10, 15], 7, 8, None)
    """
    return None if count is None else (2 * count + base) // (2 * base) * base
