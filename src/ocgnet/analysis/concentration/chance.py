"""Chance: the same number of links per event, given to people at random.

With few events a list of "the top 13" always holds more than its share, because it is chosen after
looking. The null repeats the whole procedure on random data: allocate, rank by the same rule, measure
the union coverage of the first k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from ocgnet.analysis.concentration.coverage import Linked, full_counts

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

    Per kind: shares in [0, 1], shape ``(draws, len(grid))``; all NaN for a kind without events. ``grid`` rises from
    0 to all people. Each event of n people is given to n different people, every set of n being equally likely. The
    people are then ranked by the sum over kinds of their fractional share, as in the finding. Equal sums are
    ordered by position, which under random allocation is a random order: severity is not allocated, so it cannot
    break ties here.
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


def distinct_people(n: int, people: int, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` different people for each cell of ``shape``, every set equally likely.

    Shape ``(n, *shape)``; within a cell no number repeats. Floyd's algorithm for sets much smaller than the
    population, random keys for the others.
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


# The other null: everybody keeps the number of crimes and of reports, and with whom is left to chance.
#
# The first null (``random_coverage``) asks whether so much in so few hands could be chance. This one
# takes as given how much each person holds and asks about the overlap alone: do the top few share their
# events with one another more, or less, than people so often recorded would by chance?

_TRIES = 100
"""Exchanges tried for one repetition before the deal is given up."""

_CROWDED = 16
"""Events of up to so many people are always dealt; in larger ones cost decides."""

_TRIAL, _TURN = 6, 100
"""What trying one exchange costs: passes over the people of an event, and links that take as long as the rest."""

_DEALS, _MOVES, _MOST_MOVES = 20, 20, 5_000
"""Deals tried for one draw before it is made from the allocation that was found; exchanges a link then, and at most."""


def counts_kept_coverage(kinds: Sequence[Linked], top_k: int, draws: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return union coverage of the top k when people keep their counts and events their sizes.

    Per kind: shares in [0, 1], shape ``(draws,)``; NaN for a kind without events. The ``top_k`` are chosen anew in
    every draw and by the rule of the finding; equal sums are ordered by position.

    The links of a kind are dealt anew to the places in its events (the configuration model of a two-mode network).
    Where one person comes to stand twice in an event, that link changes places with a randomly drawn other one,
    provided nobody then stands twice anywhere. Where 100 attempts do not resolve it, the draw is dealt anew, and
    after 20 deals (very few events, most people in most of them) it is made from the allocation that was found, by
    20 random exchanges a link, 5,000 at most. Where every event links one person there is nothing to deal: all
    draws are equal.

    An event that holds so many of the people that a deal would mostly be repetitions is filled first, the largest
    before the others, each with its number of different people (Chen, Diaconis, Holmes & Liu 2005,
    https://doi.org/10.1198/016214504000001303): with m events left, somebody with c links left is drawn with odds c
    to m − c, so whoever stands in every event stands in this one, and the cost is a number a person.
    """
    people = kinds[0].people
    covered = [np.full(draws, np.nan) for _ in kinds]
    if not people or not any(k.events for k in kinds):
        return covered
    step = max(1, _BLOCK // (sum(k.links for k in kinds) + people))
    for start in range(0, draws, step):
        block = min(step, draws - start)
        dealt = [dealt_anew(k, block, rng) for k in kinds]
        top = _top(kinds, dealt, people, top_k)
        for kind, place, out in zip(kinds, dealt, covered, strict=True):
            if kind.events:
                inside = np.take_along_axis(top, place, axis=1)
                begins = np.cumsum(kind.size) - kind.size
                out[start : start + block] = np.logical_or.reduceat(inside, begins, axis=1).mean(axis=1)
    return covered


def dealt_anew(kind: Linked, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return who stands in each place of each event, shape ``(draws, links)``, with every count kept.

    >>> two = Linked(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.array([2, 2]), 2, np.full(2, np.nan))
    >>> np.sort(dealt_anew(two, 3, np.random.default_rng(1)).reshape(3, 2, 2)).tolist() == [[[0, 1], [0, 1]]] * 3
    True
    """
    place = np.tile(kind.person, (draws, 1))
    if not kind.links or kind.size.max() < 2:
        return place
    # Whoever stands in every event stands there in every deal; exchanging them away from twice in one would never end.
    always = full_counts(kind) == kind.events
    if always.any():
        moves = ~always[kind.person]
        size = np.bincount(kind.event[moves], minlength=kind.events)
        others = replace(kind, person=kind.person[moves], event=kind.event[moves], size=size)
        place[:, moves] = dealt_anew(others, draws, rng)
        return place
    open_draws = np.arange(draws)
    for _ in range(_DEALS):
        dealt, stuck = _dealt(kind, len(open_draws), rng)
        place[open_draws[~stuck]] = dealt[~stuck]
        open_draws = open_draws[stuck]
        if not len(open_draws):
            return place
    deal = _Deal(place[open_draws], kind.size)
    for _ in range(min(_MOVES * kind.links, _MOST_MOVES)):
        at, other = rng.integers(0, kind.links, (2, len(open_draws)))
        deal.change_places(np.arange(len(open_draws)), at, other)
    place[open_draws] = deal.place
    return place


def counts_cost_of(kinds: Sequence[Linked]) -> int:
    """Return what one draw costs, in links that are dealt without a repetition.

    A hundred crimes of two people cost their links; one more of all 200 people costs as much as filling it.

    >>> pairs = np.arange(200)
    >>> two = Linked(pairs, pairs // 2, np.full(100, 2), 200, np.full(100, np.nan))
    >>> event = np.r_[pairs // 2, np.full(200, 100)]
    >>> hub = Linked(np.r_[pairs, pairs], event, np.bincount(event), 200, np.full(101, np.nan))
    >>> counts_cost_of([two]), counts_cost_of([hub])
    (200, 1625)
    """
    total = 0.0
    for kind in kinds:
        counts = full_counts(kind)
        again = _repetitions(kind.size, counts[None])
        exchanging = again * np.maximum(_TRIAL * kind.size, _TURN)
        filling = np.where(kind.size > _CROWDED, _TRIAL * np.count_nonzero(counts), np.inf)
        total += kind.links + float(np.minimum(exchanging, filling).sum())
    return int(total)


def _repetitions(size: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return per event size how many repetitions a deal of the links ``left`` would bring into it, on average."""
    links = max(float(left[0].sum()), 2.0)
    return np.asarray(size * (size - 1.0) / 2 * ((left * (left - 1.0)).sum(axis=1).mean() / (links * (links - 1))))


def _dealt(kind: Linked, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return one deal per draw with repetitions exchanged away, and in which draws that did not succeed."""
    place, left = np.empty((draws, kind.links), np.int64), np.tile(full_counts(kind), (draws, 1))
    begins = np.cumsum(kind.size) - kind.size
    dealt = np.ones(kind.events, bool)
    for event in np.argsort(-kind.size, kind="stable").tolist():
        size, people = int(kind.size[event]), np.count_nonzero(left) / draws
        if size <= _CROWDED or _repetitions(kind.size[[event]], left)[0] * size <= people:
            break
        inside = _filled(left, int(dealt.sum()), size, rng)
        np.put_along_axis(left, inside, np.take_along_axis(left, inside, axis=1) - 1, axis=1)
        place[:, begins[event] : begins[event] + size] = inside
        dealt[event] = False
    if dealt.all():
        return _exchanged(np.broadcast_to(kind.person, (draws, kind.links)), kind.size, rng)
    # Where too few people had a link left, somebody was taken who had none.
    stuck = np.asarray((left < 0).any(axis=1))
    if dealt.any() and not stuck.all():
        fits = np.flatnonzero(~stuck)
        who = np.repeat(np.tile(np.arange(kind.people), len(fits)), left[fits].reshape(-1))
        rest, failed = _exchanged(who.reshape(len(fits), -1), kind.size[dealt], rng)
        place[fits[:, None], np.flatnonzero(dealt[kind.event])] = rest
        stuck[fits] = failed
    return place, stuck


def _filled(left: np.ndarray, events: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return per draw the different people of one event, of those who have ``left`` links for so many events."""
    drawn = rng.random(left.shape)
    with np.errstate(divide="ignore"):
        # In a draw that cannot succeed any more somebody has less than none left, or more than there are events.
        chance = np.log(np.maximum(left, 0)) - np.log(np.maximum(events - left, 0))
        key = np.log(drawn) - np.log1p(-drawn) + chance
    return np.argpartition(-key, size - 1, axis=1)[:, :size]


@dataclass(frozen=True)
class _Deal:
    """Links dealt to the places of events, shape ``(draws, links)``; those of one event stand side by side."""

    place: np.ndarray  # int: who stands there, changed in place
    size: np.ndarray  # int: places of each event

    @cached_property
    def begins(self) -> np.ndarray:
        """First place of each event."""
        return np.asarray(np.cumsum(self.size) - self.size)

    @cached_property
    def event(self) -> np.ndarray:
        """Event of each place."""
        return np.repeat(np.arange(len(self.size)), self.size)

    def repeated(self) -> tuple[np.ndarray, np.ndarray]:
        """Return draw and place of each link whose person stands in that event already, by draw."""
        again = [np.zeros((2, 0), np.int64)]
        for n in np.unique(self.size[self.size > 1]):
            cells = self.begins[self.size == n][:, None] + np.arange(n)
            who = self.place[:, cells]
            order = np.argsort(who, axis=2, kind="stable")
            ordered = np.take_along_axis(who, order, axis=2)
            draw, event, at = np.nonzero(ordered[:, :, 1:] == ordered[:, :, :-1])
            again.append(np.stack([draw, cells[event, order[draw, event, at + 1]]]))
        draw, at = np.concatenate(again, axis=1)
        by_draw = np.lexsort((at, draw))
        return draw[by_draw], at[by_draw]

    def resolve(self, draw: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> None:
        """Exchange one repetition away in each of several different draws."""
        for _ in range(_TRIES):
            again = self._stands(draw, at, self.place[draw, at])
            draw, at = draw[again], at[again]
            if not len(draw):
                return
            self.change_places(draw, at, rng.integers(0, self.place.shape[1], len(draw)))

    def change_places(self, draw: np.ndarray, at: np.ndarray, other: np.ndarray) -> None:
        """Exchange two links in each of several different draws where nobody then stands twice in an event."""
        mine, theirs = self.place[draw, at], self.place[draw, other]
        clear = ~self._stands(draw, at, theirs) & ~self._stands(draw, other, mine)
        clear &= self.event[at] != self.event[other]
        self.place[draw[clear], at[clear]] = theirs[clear]
        self.place[draw[clear], other[clear]] = mine[clear]

    def _stands(self, draw: np.ndarray, at: np.ndarray, who: np.ndarray) -> np.ndarray:
        """Return whether ``who`` stands in the event of place ``at``, that place aside."""
        begin, size = (values[self.event[at]][:, None] for values in (self.begins, self.size))
        column = np.arange(int(size.max(initial=0)))
        around = begin + column
        there = (column < size) & (around != at[:, None])
        around = np.minimum(around, self.place.shape[1] - 1)
        return np.asarray(((self.place[draw[:, None], around] == who[:, None]) & there).any(axis=1))


def _exchanged(who: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return each row dealt to events of these sizes, and which rows still hold a repetition."""
    deal = _Deal(rng.permuted(who, axis=1), size)
    draw, at = deal.repeated()
    # One repetition of every draw at a time: what one exchange resolves is seen by the next.
    turn = np.arange(len(draw)) - np.searchsorted(draw, draw)
    for now in range(int(turn.max(initial=-1)) + 1):
        deal.resolve(draw[turn == now], at[turn == now], rng)
    stuck = np.zeros(len(who), bool)
    stuck[deal.repeated()[0]] = True
    return deal.place, stuck


def _top(kinds: Sequence[Linked], dealt: list[np.ndarray], people: int, top_k: int) -> np.ndarray:
    """Return per draw who is in the top k by the sum of fractional shares, shape ``(draws, people)``."""
    draws = len(dealt[0])
    score = np.zeros((draws, people))
    offset = (np.arange(draws) * people)[:, None]
    for kind, place in zip(kinds, dealt, strict=True):
        if kind.events:
            part = np.broadcast_to((1.0 / kind.size)[kind.event] / kind.events, place.shape)
            cells = (place + offset).reshape(-1)
            score += np.bincount(cells, part.reshape(-1), draws * people).reshape(draws, people)
    return top_mask(np.round(score, _SHARE_DIGITS), top_k)


_SCORE_DIGITS = 9


@dataclass(frozen=True)
class Resampled:
    """What resampling of events gave."""

    # float per kind: union coverage of the chosen set in each resample, shape ``(draws,)``; NaN without events
    coverage: tuple[np.ndarray, ...]
    # float per person: share of resamples in which the person is in the top k chosen anew; NaN without events
    inclusion: np.ndarray


def resample(
    kinds: Sequence[Linked], order: np.ndarray, chosen: int, top_k: int, draws: int, rng: np.random.Generator
) -> Resampled:
    """Resample the events of each kind with replacement and measure again.

    Two questions, kept apart. The interval asks how precisely the share of *these* people is known: the set (the
    first ``chosen`` of ``order``) stays fixed, otherwise the choosing would raise every resample. The inclusion
    asks how firmly each person belongs to the set: the ``top_k`` are chosen anew by the same rule from each
    resample, ties broken by the ranking that was found.
    """
    people = len(order)
    if not people or not draws or not any(k.events for k in kinds):
        nothing = tuple(np.full(draws, np.nan) for _ in kinds)
        return Resampled(nothing, np.full(people, np.nan))
    place = np.empty(people, np.int64)
    place[order] = np.arange(people)
    parts = [_parts(k, place) for k in kinds]
    held = [_held(k, place < chosen) for k in kinds]
    coverage = tuple(np.full(draws, np.nan) for _ in kinds)
    kept = np.zeros(people, np.int64)
    step = max(1, _BLOCK // (sum(k.events for k in kinds) + people))
    for start in range(0, draws, step):
        block = min(step, draws - start)
        score = np.zeros((people, block))
        for kind, part, mask, out in zip(kinds, parts, held, coverage, strict=True):
            if kind.events:
                weight = _weights(kind.events, block, rng)
                out[start : start + block] = mask @ weight / kind.events
                score += (part @ weight) / kind.events
        kept += top_mask(np.round(score.T, _SCORE_DIGITS), top_k).sum(axis=0)
    return Resampled(coverage, (kept / draws)[place])


def top_mask(score: np.ndarray, k: int) -> np.ndarray:
    """Mark the ``k`` highest of each row; equal scores go to the first columns, zero is never marked.

    >>> top_mask(np.array([[1.0, 3.0, 1.0, 0.0]]), 2).tolist()
    [[True, True, False, False]]
    """
    if k >= score.shape[1]:
        return np.asarray(score > 0)
    least = np.partition(score, score.shape[1] - k, axis=1)[:, score.shape[1] - k, None]
    above, level = score > least, score == least
    room = k - above.sum(axis=1, keepdims=True)
    return np.asarray((above | (level & (np.cumsum(level, axis=1) <= room))) & (score > 0))


def _parts(kind: Linked, place: np.ndarray) -> sparse.csr_array:
    """Return the matrix (rank, event) of 1/size: each event split evenly over its people."""
    value = (1.0 / np.maximum(kind.size, 1))[kind.event]
    return sparse.csr_array((value, (place[kind.person], kind.event)), shape=(kind.people, kind.events))


def _held(kind: Linked, inside: np.ndarray) -> np.ndarray:
    """Return per event 1.0 when it links one of the people marked ``inside``, otherwise 0.0."""
    return (np.bincount(kind.event, weights=inside[kind.person], minlength=kind.events) > 0).astype(float)


def _weights(events: int, block: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each event is drawn, shape ``(events, block)``; every column sums to ``events``."""
    drawn = rng.integers(0, events, (block, events)) * block + np.arange(block)[:, None]
    return np.bincount(drawn.reshape(-1), minlength=events * block).reshape(events, block).astype(float)
