"""Whether summaries, set side by side, would tell about single children."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocgnet.audit.given import Given
from ocgnet.errors import UsageError


def refuse_near(new: Given, earlier: Sequence[Given], least: int) -> None:
    """Refuse a summary that gives fewer than ``least`` children away beside those given before, to whomever.

    Whoever holds two summaries can take one from the other; what is left tells of the children in whom they differ: in
    one and not the other, or counted in another way since. The same holds for one and the sum, or the difference, of
    two others. Nobody in whom they differ gives nothing away: the same may be given again. Sums of more than three are
    not looked at.

    Raises UsageError that names the earlier summaries by their numbers in the log, and nobody.
    """
    held, starts = _counts([new, *earlier])
    now, before = held[0], held[1:]
    for place, one in enumerate(before):
        others = before[place + 1 :]
        beside = [now - one, now - one - others, now - one + others, now + one - others]
        of_children = np.logical_or.reduceat(np.vstack(beside) != 0, starts, axis=1).sum(axis=1)
        near = np.flatnonzero((of_children > 0) & (of_children < least))
        if len(near):
            second = earlier[place + 1 + (near[0] - 1) % len(others)] if near[0] else None
            raise UsageError(_refusal([earlier[place], *([second] if second else [])], least))


def _counts(summaries: Sequence[Given]) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each summary (row) counts each mark (int8), and where the marks of the next person begin."""
    marks = sorted({pair for s in summaries for pair in s.people.items()})
    column = {pair: i for i, pair in enumerate(marks)}
    held = np.zeros((len(summaries), len(marks)), np.int8)
    for row, summary in enumerate(summaries):
        held[row, [column[pair] for pair in summary.people.items()]] = 1
    people = [person for person, _ in marks]
    return held, np.array([i for i, p in enumerate(people) if i == 0 or p != people[i - 1]], int)


def _refusal(earlier: Sequence[Given], least: int) -> str:
    named = " and ".join(f"summary {g.number} of the log ({g.day}, {g.recipient})" for g in earlier)
    return (
        f"Set beside {named}, these numbers would tell of fewer than {least} children, and so of single ones. Nothing "
        f"is given. Give the earlier numbers again, or wait until at least {least} children differ."
    )
