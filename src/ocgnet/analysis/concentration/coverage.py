"""Who holds how much of a set of events: shares, one ranking over both kinds, union coverage.

Plain arrays in and out. The concentration table, its null and its intervals all rank and cover by
these functions, so that chance is measured with the same rule as the finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocgnet.evidence.evidence import Incidence

_SHARE_DIGITS = 12
_SUM_DIGITS = 9


@dataclass(frozen=True)
class Linked:
    """One kind of event and the people it links, restricted to the people who may be chosen."""

    # int: position among those people, one entry per link; links are sorted by event, then person
    person: np.ndarray
    event: np.ndarray  # int: position of the event, 0 to ``events - 1``; every event has at least one link
    size: np.ndarray  # int per event: how many of those people it links
    people: int  # How many people may be chosen
    harm: np.ndarray  # float per event: severity weight, NaN when not known or when the kind has none

    @property
    def events(self) -> int:
        """Number of events: the denominator of every share."""
        return len(self.size)

    @property
    def links(self) -> int:
        """Number of links between a person and an event."""
        return len(self.person)

    def related_to(self, people: np.ndarray) -> int:
        """Return how many events link at least one of the people marked; each once."""
        return len(np.unique(self.event[people[self.person]]))


def linked_to(incidence: Incidence, keep: np.ndarray) -> Linked:
    """Return the events linked to at least one person marked in ``keep``, and those links."""
    own = incidence.of_people(keep)
    place = np.cumsum(keep) - 1
    event = own.event.astype(np.int64)
    return Linked(
        place[own.person].astype(np.int64),
        event,
        np.bincount(event, minlength=len(own.events)),
        int(keep.sum()),
        own.harm,
    )


def full_counts(linked: Linked) -> np.ndarray:
    """Return events per person; over people they sum past the number of events."""
    return np.bincount(linked.person, minlength=linked.people)


def fractional_counts(linked: Linked, weight: np.ndarray | None = None) -> np.ndarray:
    """Return each person's part of the events when every event is split evenly over its people.

    Sums to the number of events, or to the sum of ``weight`` (worth of each event; NaN counts as nothing). The
    parts of one person are added in order of size, so that the order of the events does not change the last digit;
    comparisons round first (``scores``).
    """
    part = (1.0 if weight is None else np.nan_to_num(weight)) / np.maximum(linked.size, 1)
    each = part[linked.event]
    order = np.argsort(each, kind="stable")
    return np.bincount(linked.person[order], weights=each[order], minlength=linked.people)


def harm_counts(linked: Linked) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of known harm per person, and how many of the person's events have none known.

    The sum is NaN for a person whose every event is of unknown harm, and 0 for a person without events.
    """
    each = linked.harm[linked.event]
    order = np.argsort(each, kind="stable")
    total = np.bincount(linked.person[order], weights=np.nan_to_num(each[order]), minlength=linked.people)
    unknown = np.bincount(linked.person[np.isnan(each)], minlength=linked.people)
    nothing_known = (unknown > 0) & (unknown == full_counts(linked))
    return np.where(nothing_known, np.nan, np.round(total, _SUM_DIGITS)), unknown


def scores(kinds: Sequence[Linked], parts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the sum over kinds of each person's fractional share; a kind without events adds nothing.

    Rounded to twelve decimals: thirds and sixths that add up to the same are equal.
    """
    total = np.zeros(kinds[0].people)
    for linked, part in zip(kinds, parts, strict=True):
        if linked.events:
            total += part / linked.events
    return np.asarray(np.round(total, _SHARE_DIGITS))


def ranking(score: np.ndarray, harm: np.ndarray) -> np.ndarray:
    """Return positions from first to last: score descending, then harm descending, then position.

    Harm that is not known comes after all known harm. People are held in the order of their ids, so
    the last tie is broken by id.

    >>> ranking(np.array([0.2, 0.5, 0.5]), np.array([9.0, 1.0, np.nan])).tolist()
    [1, 2, 0]
    """
    return np.lexsort((np.arange(len(score)), -np.nan_to_num(harm, nan=-1.0), -score))


def first_rank(linked: Linked, order: np.ndarray) -> np.ndarray:
    """Return per event the rank, from 0, of the first person in ``order`` whom it links."""
    rank = np.empty(linked.people, np.int64)
    rank[order] = np.arange(linked.people)
    if not linked.events:
        return np.zeros(0, np.int64)
    starts = np.concatenate(([0], np.cumsum(linked.size)[:-1]))
    return np.asarray(np.minimum.reduceat(rank[linked.person], starts))


def covered_by_rank(linked: Linked, order: np.ndarray) -> np.ndarray:
    """Return how many events relate to the first k people of ``order``, for k = 1 to all.

    This is a union: an event with several of them counts once.

    >>> two = Linked(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([2, 1]), 2, np.full(2, np.nan))
    >>> covered_by_rank(two, np.array([0, 1])).tolist()
    [1, 2]
    """
    return np.cumsum(np.bincount(first_rank(linked, order), minlength=linked.people))


def sparse_gini(counts: np.ndarray) -> float | None:
    """Return the Gini coefficient corrected for sparse counts: 1 − max(n/c, 1)(1 − G).

    0 when the events are spread as evenly as their number allows, towards 1 when few units hold them; None without
    units or events. G is the plain coefficient over n units, c the events in all. After Bernasco, W. and Steenbeek,
    W. (2017), "More places than crimes: implications for evaluating the law of crime concentration at place",
    Journal of Quantitative Criminology 33.

    >>> sparse_gini(np.array([1, 0, 0, 1]))
    0.0
    """
    n, c = len(counts), int(counts.sum())
    if not n or not c:
        return None
    ordered = np.sort(counts)
    gini = float((2 * np.arange(1, n + 1) - n - 1) @ ordered) / (n * c)
    return round(1 - max(n / c, 1.0) * (1 - gini), _SHARE_DIGITS) + 0.0


def rank_grid(people: int, always: int) -> np.ndarray:
    """Return the numbers of people at which curves are drawn: all up to 500, thinned beyond.

    Beyond 500 people the grid keeps every number to 100, then about 200 in equal ratios, and always
    the end and ``always``. The first is 0.
    """
    if people <= 500:
        return np.arange(people + 1)
    grid = np.concatenate((np.arange(101), np.round(np.geomspace(100, people, 200)), [min(always, people), people]))
    return np.unique(grid.astype(np.int64))
