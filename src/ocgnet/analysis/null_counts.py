"""The other null: everybody keeps the number of crimes and of reports, and with whom is left to chance.

The first null (``analysis.null_model``) asks whether so much in so few hands could be chance. This one
takes as given how much each person holds and asks about the overlap alone: do the top few share their
events with one another more, or less, than people so often recorded would by chance?
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocgnet.analysis.coverage import Linked

_BLOCK = 400_000
_SHARE_DIGITS = 12
_TRIES = 100
"""Exchanges tried for one repetition before the deal is given up."""

_DEALS = 20
"""Deals tried for one draw before the allocation that was found stands in for it."""


def counts_kept_coverage(kinds: Sequence[Linked], top_k: int, draws: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return union coverage of the top k when people keep their counts and events their sizes.

    Parameters
    ----------
    kinds : sequence of Linked
        Kinds of event over the same people.
    top_k : int
        How many people are chosen, anew in every draw and by the rule of the finding.
    draws : int
        Random allocations.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    list of ndarray of float
        Per kind: shape ``(draws,)``, shares in [0, 1]; NaN for a kind without events.

    Notes
    -----
    The links of a kind are dealt anew to the places in its events (the configuration model of a
    two-mode network). Where one person comes to stand twice in an event, that link changes places with
    a randomly drawn other one, provided nobody then stands twice anywhere. Where 100 attempts do not
    resolve it, the draw is dealt anew, and after 20 deals (very few events, most people in most of them)
    the allocation that was found stands in for it. Equal sums are ordered by position. Where every event
    links one person there is nothing to deal: all draws are equal.
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
    seats, open_draws = _seats(kind), np.arange(draws)
    for _ in range(_DEALS):
        dealt = _dealt(kind, seats, len(open_draws), rng)
        stuck = np.zeros(len(open_draws), bool)
        stuck[_repeated(dealt, seats, kind.size)[0]] = True
        place[open_draws[~stuck]] = dealt[~stuck]
        open_draws = open_draws[stuck]
        if not len(open_draws):
            break
    return place


def _dealt(kind: Linked, seats: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return one deal per draw with repetitions exchanged away, as far as that succeeds."""
    place = rng.permuted(np.broadcast_to(kind.person, (draws, kind.links)), axis=1)
    draw, at = _repeated(place, seats, kind.size)
    # One repetition of every draw at a time: what one exchange resolves is seen by the next.
    turn = np.arange(len(draw)) - np.searchsorted(draw, draw)
    for now in range(int(turn.max(initial=-1)) + 1):
        mine = turn == now
        _exchange(place, seats[kind.event], draw[mine], at[mine], rng)
    return place


def _seats(kind: Linked) -> np.ndarray:
    """Return per event its places, shape ``(events, largest size)``, padded with -1."""
    column = np.arange(int(kind.size.max()))
    begins = np.cumsum(kind.size) - kind.size
    return np.where(column < kind.size[:, None], begins[:, None] + column, -1)


def _repeated(place: np.ndarray, seats: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return draw and place of each link whose person stands in that event already, by draw."""
    found = []
    for n in np.unique(size[size > 1]):
        cells = seats[size == n, :n]
        who = place[:, cells]
        order = np.argsort(who, axis=2, kind="stable")
        ordered = np.take_along_axis(who, order, axis=2)
        draw, event, at = np.nonzero(ordered[:, :, 1:] == ordered[:, :, :-1])
        found.append(np.stack([draw, cells[event, order[draw, event, at + 1]]]))
    draw, at = np.concatenate(found, axis=1)
    by_draw = np.lexsort((at, draw))
    return draw[by_draw], at[by_draw]


def _exchange(place: np.ndarray, mates: np.ndarray, draw: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> None:
    """Resolve one repetition in each of several different draws, in place."""
    for _ in range(_TRIES):
        again = _stands(place, mates, draw, at, place[draw, at])
        draw, at = draw[again], at[again]
        if not len(draw):
            return
        other = rng.integers(0, place.shape[1], len(draw))
        mine, theirs = place[draw, at], place[draw, other]
        clear = ~_stands(place, mates, draw, at, theirs) & ~_stands(place, mates, draw, other, mine)
        clear &= mates[at, 0] != mates[other, 0]
        place[draw[clear], at[clear]] = theirs[clear]
        place[draw[clear], other[clear]] = mine[clear]


def _stands(place: np.ndarray, mates: np.ndarray, draw: np.ndarray, at: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return whether ``who`` stands in the event of place ``at``, that place aside."""
    around = mates[at]
    there = (around >= 0) & (around != at[:, None])
    return np.asarray(((place[draw[:, None], around] == who[:, None]) & there).any(axis=1))


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
    score = np.round(score, _SHARE_DIGITS)
    order = np.argsort(-score, axis=1, kind="stable")[:, :top_k]
    top = np.zeros((draws, people), bool)
    np.put_along_axis(top, order, True, axis=1)
    return top & (score > 0)
