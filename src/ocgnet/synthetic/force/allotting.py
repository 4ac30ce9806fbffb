"""Who gets which crimes: a few people a year's worth of harm or more, most people little, with heavy tails in both.

Works for victims and for offenders alike. A link is one person's part in one crime; a person's harm is the sum
of the parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDS = 200


@dataclass(frozen=True)
class Others:
    """People who have their harm already.

    Parameters
    ----------
    few, people : int
        How many have a year's worth or more, and how many there are.
    few_harm, harm : float
        Their harm.
    """

    few: int
    people: int
    few_harm: float
    harm: float


@dataclass(frozen=True)
class Allotment:
    """Whose each link is.

    Parameters
    ----------
    person : ndarray of int
        Per link, from 0.
    cell : ndarray of int
        Per person: the cell all their links belong to.
    few : int
        The first ``few`` people are those with a year's worth of harm or more.
    """

    person: np.ndarray
    cell: np.ndarray
    few: int


def allot(
    rng: np.random.Generator,
    harm: np.ndarray,
    cell: np.ndarray,
    easy: np.ndarray,
    wanted: tuple[float, float],
    others: Others,
    per_person: float,
    threshold: float,
) -> Allotment:
    """Give every link to a person of its cell.

    Parameters
    ----------
    harm : ndarray of float
        Harm of each link.
    cell : ndarray of int
        Links of different cells (sex and age) cannot be one person's.
    easy : ndarray of float
        The lower, the sooner a light link goes to one of the few.
    wanted : (float, float)
        Share of people who are to be the few, and their share of all harm.
    others : Others
        People outside this allotment who count in both shares.
    per_person : float
        Links per person, about.
    threshold : float
        Harm that makes somebody one of the few.
    """
    heavy = harm >= threshold
    people = round(len(harm) / per_person) + others.people
    few = min(round(wanted[0] * people) - others.few, int(heavy.sum()))
    people = min(round((few + others.few) / wanted[0]), len(harm) + others.people)
    rest = people - others.people - few
    missing = wanted[1] * (harm.sum() + others.harm) - others.few_harm - harm[heavy].sum()
    extra = _extra(rng, harm, easy, ~heavy & np.isin(cell, np.unique(cell[heavy])), missing)
    person = np.full(len(harm), -1, np.int64)
    theirs = heavy | extra
    cells = np.unique(cell)
    few_of = _at_most(np.array([(heavy & (cell == c)).sum() for c in cells]), few)
    rest_of = _at_most(np.array([(~theirs & (cell == c)).sum() for c in cells]), rest)
    starts = np.concatenate([[0], np.cumsum([*few_of, *rest_of])])
    for k, c in enumerate(cells):
        here = cell == c
        person[here & heavy] = starts[k] + _one_each(rng, int((here & heavy).sum()), int(few_of[k]))
        more = here & extra
        person[more] = starts[k] + _drawn(rng, int(more.sum()), int(few_of[k]))
        light = np.flatnonzero(here & ~theirs)
        person[light] = starts[len(cells) + k] + _below(rng, harm[light], int(rest_of[k]), threshold)
    return Allotment(person, np.repeat(np.tile(cells, 2), [*few_of, *rest_of]), int(few_of.sum()))


def _extra(rng: np.random.Generator, harm: np.ndarray, easy: np.ndarray, fit: np.ndarray, missing: float) -> np.ndarray:
    """Return light links that make up the harm that the few are still missing."""
    chosen = np.zeros(len(harm), bool)
    order = np.flatnonzero(fit)
    order = order[np.argsort(easy[order] + rng.random(len(order)), kind="stable")]
    chosen[order[np.cumsum(harm[order]) <= missing]] = True
    return chosen


def _at_most(room: np.ndarray, total: int) -> np.ndarray:
    """Return how many people each cell gets: in proportion to its links, one where there is any, never more."""
    share = np.minimum(np.maximum((room * total / max(room.sum(), 1)).astype(np.int64), room > 0), room)
    while share.sum() < min(total, room.sum()):
        spare = np.flatnonzero(share < room)
        short = min(total, int(room.sum())) - int(share.sum())
        gain = spare[np.argsort(share[spare] / room[spare], kind="stable")][:short]
        share[gain] += 1
    return np.asarray(share)


def _weights(rng: np.random.Generator, people: int) -> np.ndarray:
    """Return the cumulated chance of each person to be met again, falling off as a power."""
    weight = np.minimum(rng.pareto(1.8, people) + 0.4, 9.0)
    total = np.cumsum(weight)
    return np.asarray(total / total[-1])


def _drawn(rng: np.random.Generator, links: int, people: int) -> np.ndarray:
    return np.searchsorted(_weights(rng, people), rng.random(links), side="right") if links else np.zeros(0, np.int64)


def _one_each(rng: np.random.Generator, links: int, people: int) -> np.ndarray:
    """Return a person for each link; everybody has one at least."""
    if not links:
        return np.zeros(0, np.int64)
    first = np.concatenate([np.arange(people), _drawn(rng, links - people, people)])
    return rng.permutation(first)


def _below(rng: np.random.Generator, harm: np.ndarray, people: int, threshold: float) -> np.ndarray:
    """Return a person for each link so that everybody has one and nobody comes up to the threshold."""
    if not len(harm):
        return np.zeros(0, np.int64)
    order = rng.permutation(len(harm))
    person = np.empty(len(harm), np.int64)
    person[order[:people]] = np.arange(people)
    loose = order[people:]
    person[loose] = _drawn(rng, len(loose), people)
    movable = np.zeros(len(harm), bool)
    movable[loose] = True
    for _ in range(_ROUNDS):
        total = np.bincount(person, harm, people)
        over = np.flatnonzero(movable & (total[person] >= threshold))
        if not len(over):
            break
        # Half of them, so that somebody just over keeps what fits.
        over = over[rng.random(len(over)) < 0.5] if len(over) > 4 else over
        person[over] = rng.integers(0, people, len(over))
    return person
