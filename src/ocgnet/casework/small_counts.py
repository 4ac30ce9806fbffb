"""Small counts in summaries: hidden, and hidden so that a sum does not give them back."""

from __future__ import annotations

from collections.abc import Mapping

THRESHOLD = 5
"""Counts below this are not printed. Five is the usual rule for counts of people who may be known locally."""


def suppress(counts: Mapping[str, int], threshold: int = THRESHOLD) -> dict[str, int | None]:
    """Hide the small counts of one breakdown whose total the reader knows.

    Counts from 1 to ``threshold - 1`` are hidden; nought is printed, because it is about nobody. One
    hidden count alone would follow from the total by subtraction, and several would when their sum
    leaves only one way to fill them: the next smallest counts above nought are hidden too (secondary
    suppression), all of one size together, while fewer than two are hidden, while what is hidden adds up
    to less than twice the threshold, or while its sum is the least or the most that so many small counts
    can have. Where that does not help, and in a breakdown of fewer than ``threshold`` people, nothing is
    printed.

    Parameters
    ----------
    counts : mapping of str to int
        Count by category, of a breakdown into parts that do not overlap.
    threshold : int
        Least count that is printed, 3 or more; below 3 a hidden count can be worked out.

    Returns
    -------
    dict
        The same keys in the same order; None where hidden. Empty for an empty breakdown.

    Notes
    -----
    Held by a test that knows this rule and the total and tries all ways to fill a breakdown: no hidden
    count of up to five categories can be worked out. It does not guard against what a reader knows from
    elsewhere.

    Examples
    --------
    >>> suppress({"Easter": 12, "Norther": 9, "Wester": 2, "Souther": 0})
    {'Easter': 12, 'Norther': None, 'Wester': None, 'Souther': 0}
    >>> suppress({"Easter": 12, "Wester": 9})
    {'Easter': 12, 'Wester': 9}
    """
    if sum(counts.values()) < threshold:
        return dict.fromkeys(counts)
    hidden = {k: n for k, n in counts.items() if 0 < n < threshold}
    while hidden and _gives_itself_away(hidden, threshold):
        left = [n for k, n in counts.items() if k not in hidden and n]
        if not left:
            return dict.fromkeys(counts)
        hidden |= {k: n for k, n in counts.items() if n == min(left)}
    return {k: None if k in hidden else n for k, n in counts.items()}


def _gives_itself_away(hidden: Mapping[str, int], threshold: int) -> bool:
    total, cells = sum(hidden.values()), len(hidden)
    return cells < 2 or total < 2 * threshold or total in (cells, cells * (threshold - 1))


def shown(count: int | None) -> str:
    """Return a count as it is printed.

    >>> shown(12), shown(None)
    ('12', 'not shown')
    """
    return "not shown" if count is None else f"{count:,}"
