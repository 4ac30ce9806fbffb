"""Whose absence is most likely to change somebody's suggestion: own ties and tied people, and those next above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.analysis.resampling import Plan
from ocgnet.analysis.tiers import NONE
from ocgnet.network.graph import positions
from ocgnet.network.ties import Ties

NEXT_ABOVE = 3
"""Members of the group next above somebody: without one of them, or one of their ties, that person may rise."""


@dataclass(frozen=True)
class Near:
    """Pairs of a seat that is judged and a tie or person near it, each once, sorted by both.

    Parameters
    ----------
    seat, what : ndarray of int
        The seat, and the tie or person.
    own : ndarray of bool
        Whether it is an own tie or a tied person, not only one next above or a tie of theirs.
    whom : ndarray of int
        Whom an own tie ties, or the person; parts what is equal otherwise, the smallest first.
    """

    seat: np.ndarray
    what: np.ndarray
    own: np.ndarray
    whom: np.ndarray


def ties_near(ties: Ties, plan: Plan, score: np.ndarray) -> Near:
    """Return per seat that is judged the own ties and those of the people next above in the group.

    Parameters
    ----------
    ties, plan
        Of one analysis.
    score : ndarray of float, shape (people,)
        Position score, by which members of a group follow each other.
    """
    seat, tie, _ = _own_ties(ties, plan)
    low, high = _next_above(plan, score)
    row, theirs, _ = _ties_of(ties, high)
    seat, tie = _once(np.concatenate([seat, low[row]]), np.concatenate([tie, theirs]), len(ties))
    person, a, b = plan.person[seat], ties.a[tie], ties.b[tie]
    return Near(seat, tie, (a == person) | (b == person), np.where(a == person, b, a))


def people_near(ties: Ties, plan: Plan, score: np.ndarray) -> Near:
    """Return per seat that is judged the tied people and those who stand next above in the group.

    Parameters
    ----------
    ties, plan, score
        As in `ties_near`.
    """
    own, _, other = _own_ties(ties, plan)
    low, high = _next_above(plan, score)
    seat, person = _once(np.concatenate([own, low]), np.concatenate([other, high]), ties.people)
    width = max(ties.people, 1)
    return Near(seat, person, np.isin(seat * width + person, own * width + other), person)


def _once(seat: np.ndarray, what: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each pair once, sorted."""
    return np.divmod(np.unique(seat * max(width, 1) + what), max(width, 1))


def _own_ties(ties: Ties, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per own tie of each seat that is judged: the seat, the tie, and whom it ties."""
    seats = np.flatnonzero(plan.base != NONE)
    row, tie, other = _ties_of(ties, plan.person[seats])
    return seats[row], tie, other


def _next_above(plan: Plan, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of a seat that is judged and one of the ``NEXT_ABOVE`` people next above it in the group.

    Equal scores stand in the order of ids.
    """
    judged = np.flatnonzero(plan.base != NONE)
    person, group = plan.person[judged], plan.group[judged]
    order = np.lexsort((person, -score[person], group))
    seats, people = [judged[:0]], [person[:0]]
    for step in range(1, NEXT_ABOVE + 1):
        low, high = order[step:], order[:-step]
        same = group[low] == group[high]
        seats.append(judged[low[same]])
        people.append(person[high[same]])
    return np.concatenate(seats), np.concatenate(people)


def _ties_of(ties: Ties, person: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per tie of each of these people: position in ``person``, the tie, and whom it ties."""
    ends, others = np.concatenate([ties.a, ties.b]), np.concatenate([ties.b, ties.a])
    order = np.argsort(ends, kind="stable")
    begin = np.searchsorted(ends[order], np.arange(ties.people + 1))
    count = np.diff(begin)[person]
    row = np.repeat(np.arange(len(person)), count)
    at = order[positions(begin[person], count)]
    return row, at % max(len(ties), 1), others[at]
