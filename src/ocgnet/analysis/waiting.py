"""How long something takes, where some still wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Days = TypeVar("Days", int, float)


def half_within(took: Sequence[Days], waited: Sequence[Days]) -> Days | None:
    """Return the days within which half are decided, those that still wait counted for as long as they waited.

    The median of Kaplan and Meier (1958): the earliest day by which the share still waiting is a half or less; None
    while it is above. One that waits so far counts as waiting on the day up to which it is known.

    >>> half_within([1, 2, 30], []), half_within([1, 2], [90, 90, 90]), half_within([], [])
    (2, None, None)
    """
    share = 1.0
    for day in sorted(set(took)):
        at_risk = sum(d >= day for d in took) + sum(d >= day for d in waited)
        share *= 1 - took.count(day) / at_risk
        if share <= 0.5 + 1e-12:
            return day
    return None
