"""Chance: the same number of links per event, given to people at random.

With few events a list of "the top 13" always holds more than its share, because it is chosen after
looking. The null repeats the whole procedure on random data: allocate, rank by the same rule, measure
the union coverage of the first k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ocgnet.analysis.coverage import Linked

_BLOCK = 400_000
"""Links and people handled at once; small enough to stay in the processor's cache."""

_SHARE_DIGITS = 12
FEWEST_DRAWS = 100
DRAWS_FOR_999 = 1_000
"""With fewer draws than this nothing can be said of a 99.9th percentile."""


def cost_of(kinds: Sequence[Linked]) -> int:
    """Return what one draw costs, in links: an event that links a large part of the people costs all of them."""
    return sum(int(np.where(_by_order(k.size, k.people), k.people, k.size).sum()) for k in kinds)


def draws_within(wanted: int, links: int, budget: int) -> int:
    """Return how many draws a budget of random links allows: at most ``wanted``, at least 100 of them.

    >>> draws_within(2_000, 10_800, 400_000_000), draws_within(2_000, 1_000_000, 400_000_000)
    (2000, 400)
    """
    return min(wanted, max(FEWEST_DRAWS, budget // max(links, 1)))


def random_coverage(
    kinds: Sequence[Linked], grid: np.ndarray, draws: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return union coverage of the top k under random allocation, for every k of ``grid``.

    Parameters
    ----------
    kinds : sequence of Linked
        Kinds of event over the same people; their event sizes are kept, their people are not.
    grid : ndarray of int
        Numbers of people, 0 to all, increasing.
    draws : int
        Random allocations.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    list of ndarray of float
        Per kind: shape ``(draws, len(grid))``, shares in [0, 1]; all NaN for a kind without events.

    Notes
    -----
    Each event of n people is given to n different people, every set of n being equally likely. The
    people are then ranked by the sum over kinds of their fractional share, as in the finding. Equal
    sums are ordered by position, which under random allocation is a random order: severity is not
    allocated, so it cannot break ties here.
    """
    people = kinds[0].people
    covered = [np.full((draws, len(grid)), np.nan) for _ in kinds]
    if not people or not any(k.events for k in kinds):
        return covered
    sizes = [np.unique(k.size, return_counts=True) for k in kinds]
    step = max(1, _BLOCK // (sum(k.links for k in kinds) + people))
    for start in range(0, draws, step):
        block = min(step, draws - start)
        given = [_allocate(s, people, block, rng) for s in sizes]
        order = _order(given, [k.events for k in kinds], people, block)
        for kind, groups, out in zip(kinds, given, covered, strict=True):
            if kind.events:
                reached = _reached(groups, order, people, block)
                out[start : start + block, grid > 0] = reached[:, grid[grid > 0] - 1] / kind.events
                out[start : start + block, grid == 0] = 0.0
    return covered


def _allocate(
    sizes: tuple[np.ndarray, np.ndarray], people: int, block: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return per size an array ``(size, block, events)`` of cells, draw × people + person."""
    offset = (np.arange(block) * people)[:, None]
    return [distinct_people(int(n), people, (block, int(count)), rng) + offset for n, count in zip(*sizes, strict=True)]


def drawn_anew(kind: Linked, rng: np.random.Generator) -> Linked:
    """Return events of the same sizes with people drawn as the null draws them: one random data set."""
    person = np.empty(kind.links, np.int64)
    begins = np.cumsum(kind.size) - kind.size
    for n in np.unique(kind.size):
        events = begins[kind.size == n]
        drawn = np.sort(distinct_people(int(n), kind.people, (1, len(events)), rng)[:, 0], axis=0)
        for seat, who in enumerate(drawn):
            person[events + seat] = who
    return replace(kind, person=person)


def distinct_people(n: int, people: int, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` different people for each cell of ``shape``, every set equally likely.

    Returns
    -------
    ndarray of int
        Shape ``(n, *shape)``; within a cell no number repeats.

    Notes
    -----
    Floyd's algorithm for sets much smaller than the population, random keys for the others.
    """
    if _by_order(n, people):
        flat = np.empty((shape[0] * shape[1], n), np.int64)
        for i in range(len(flat)):
            flat[i] = rng.permutation(people)[:n]
        return flat.T.reshape(n, *shape)
    chosen = np.empty((n, *shape), np.int64)
    for i, last in enumerate(range(people - n, people)):
        drawn = rng.integers(0, last + 1, shape)
        taken = (chosen[:i] == drawn).any(axis=0) if i != 1 else chosen[0] == drawn
        chosen[i] = np.where(taken, last, drawn) if i else drawn
    return chosen


def _by_order(size: Any, people: int) -> Any:
    """Return where people are drawn by putting all of them in a random order."""
    return size * size > 16 * people


def _counts(cells: np.ndarray, people: int, block: int) -> np.ndarray:
    return np.bincount(cells.reshape(-1), minlength=block * people).reshape(block, people)


def _order(given: list[list[np.ndarray]], events: list[int], people: int, block: int) -> np.ndarray:
    """Return per draw the people from first to last, shape ``(block, people)``."""
    score = np.zeros((block, people))
    for groups, total in zip(given, events, strict=True):
        if total:
            part = np.zeros((block, people))
            for cells in groups:
                part += _counts(cells, people, block) / len(cells)
            score += part / total
    return np.argsort(-np.round(score, _SHARE_DIGITS), axis=1, kind="stable")


def _reached(groups: list[np.ndarray], order: np.ndarray, people: int, block: int) -> np.ndarray:
    """Return events covered by the first 1, 2, … people of each draw, shape ``(block, people)``."""
    rank = np.empty((block, people), np.int64)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(people), order.shape), axis=1)
    rank += (np.arange(block) * people)[:, None]
    flat = rank.reshape(-1)
    first = np.zeros((block, people), np.int64)
    for cells in groups:
        if len(cells) > cells[0].size:
            at = flat[cells].min(axis=0)
        else:
            at = flat[cells[0]]
            for further in cells[1:]:
                np.minimum(at, flat[further], out=at)
        first += _counts(at, people, block)
    return np.cumsum(first, axis=1)
