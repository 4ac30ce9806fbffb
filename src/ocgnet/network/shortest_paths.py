"""Measures on shortest paths, exact or estimated from a sample of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from ocgnet.evidence.spans import group_starts
from ocgnet.network.centrality import components
from ocgnet.network.graph import WeightedGraph

Spread = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Applies a function to parts of the work and gives the answers in the order of the parts, as ``map`` does."""

_ROWS_AT_ONCE = 4_000_000
"""Distances held at once, so that memory does not grow with the number of pivots."""
_BITS = 64
"""Searches that one word holds."""
_WORDS_AT_ONCE = 50_000
"""Words taken along ties at once, few enough to stay in the cache of a processor."""
_WORK_OF_A_SHARE = 20_000_000
"""Sources times ties that one process takes at once."""
_SHARES_AT_MOST = 16
_DEEP = 200
"""Steps after which searches that all pass over all ties at each step cost more than searches one by one."""
_SAMPLES = 10
"""Samples of pivots whose spread gives the error of an estimate."""


def pivots_of(graph: WeightedGraph, exact_up_to: int, pivots: int, seed: int) -> np.ndarray | None:
    """Choose the sources of an estimate, or None when every source is to be used.

    Nothing is estimated up to ``exact_up_to`` people with ties; people without ties are no sources. Sorted.
    """
    people = np.flatnonzero(graph.connected)
    if len(people) <= max(exact_up_to, pivots, 2):
        return None
    return np.sort(np.random.default_rng(seed).choice(people, max(pivots, 2), replace=False))


def betweenness(
    graph: WeightedGraph, pivots: np.ndarray | None = None, *, steps: bool = False, networks: int = 1
) -> np.ndarray:
    """Return the share of shortest paths between other people that run through each person.

    The meaning is that of ``networkx.betweenness_centrality`` with distance 1/weight, normalised by the (n − 1)(n −
    2)/2 pairs of others; with ``steps`` every tie is one step long, whatever its weight. Paths of equal length
    share their pair (compared with a tolerance, which agrees with exact arithmetic where naive floating point does
    not). Zeros with fewer than three people.

    With ``pivots``, drawn from the people with ties, it is estimated from these sources only: the sum over them is
    scaled by the number of possible sources; a pivot is no source of its own betweenness and is scaled by one
    source fewer. The estimate is unbiased, so slightly above 1 is possible. Where several ``networks`` stand side
    by side in the graph, each is judged by its own people and pivots.

    Brandes 2001, https://doi.org/10.1080/0022250X.2001.9990249; Brandes & Pich 2007,
    https://doi.org/10.1142/S0218127407018403
    """
    n = graph.people // networks
    if n < 3 or not len(graph.a):
        return np.zeros(graph.people)
    paths = _paths_from((graph, pivots, steps))
    if pivots is not None:
        paths *= _scale(graph, pivots, networks)
    return _of_pairs(paths, n)


def _of_pairs(paths: np.ndarray, people: int) -> np.ndarray:
    """Return sums of shares of paths as a share of all pairs of others."""
    # Nothing below the tolerance of the computation is a path.
    return np.where(paths < 1e-9, 0.0, paths) / ((people - 1) * (people - 2) / 2)


def _paths_from(work: tuple[WeightedGraph, np.ndarray | None, bool]) -> np.ndarray:
    """Return per person the sum over some sources (None: all) of the share of their shortest paths, not yet scaled."""
    graph, sources, steps = work
    weights, chosen = None if steps else graph.distances, None if sources is None else sources.tolist()
    return np.asarray(graph.igraph.betweenness(directed=False, weights=weights, sources=chosen), float)


def _near_to(work: tuple[WeightedGraph, np.ndarray, bool]) -> np.ndarray:
    """Return per person the sum of 1/distance to some sources, not yet scaled."""
    graph, sources, steps = work
    return _nearness_in_steps(graph, sources) if steps else _nearness(graph, sources)


def _shares(graph: WeightedGraph, sources: np.ndarray) -> list[np.ndarray]:
    """Cut sources into shares of a second or two each; the network alone decides into how many."""
    number = min(max(len(sources) * len(graph.a) // _WORK_OF_A_SHARE, 1), _SHARES_AT_MOST)
    return [sources[i::number] for i in range(number)]


def betweenness_with_error(
    graph: WeightedGraph, pivots: np.ndarray | None, *, steps: bool = False, spread: Spread = map
) -> tuple[np.ndarray, np.ndarray]:
    """Return betweenness, and the standard error of an estimate.

    The pivots are split into ten samples (fewer with fewer than twenty); the spread of their answers gives the
    error of their mean, with the correction for drawing without replacement. The error is 0 when every source is
    used. ``spread`` does shares of the work, as ``map`` does; several processes give the same answer.
    """
    n = graph.people
    if n < 3 or not len(graph.a):
        return np.zeros(n), np.zeros(n)
    if pivots is None:
        shares = _shares(graph, np.flatnonzero(graph.connected))
        if len(shares) == 1:
            return betweenness(graph, steps=steps), np.zeros(n)
        total = sum(spread(_paths_from, [(graph, share, steps) for share in shares]), np.zeros(n))
        return _of_pairs(total, n), np.zeros(n)
    # Every tenth pivot, so that no sample has people of one corner only (ids sort by age of record).
    samples = max(2, min(_SAMPLES, len(pivots) // 2))
    raw = spread(_paths_from, [(graph, pivots[i::samples], steps) for i in range(samples)])
    drawn = np.array([_of_pairs(paths * _scale(graph, pivots[i::samples]), n) for i, paths in enumerate(raw)])
    share = np.array([len(pivots[i::samples]) for i in range(samples)]) / len(pivots)
    mean = share @ drawn
    error = np.sqrt((share @ (drawn - mean) ** 2) / (samples - 1))
    possible = max(int(graph.connected.sum()), 1)
    return mean, np.asarray(error * np.sqrt(max(1 - len(pivots) / possible, 0.0)))


def harmonic_closeness(
    graph: WeightedGraph,
    pivots: np.ndarray | None = None,
    *,
    steps: bool = False,
    networks: int = 1,
    spread: Spread = map,
) -> np.ndarray:
    """Return the mean of 1/distance from each person to everyone else.

    The meaning is ``networkx.harmonic_centrality`` with distance 1/weight, divided by n − 1 over the whole network:
    people who cannot be reached add 0, and fewer than two people get zeros. ``pivots``, ``steps`` and ``networks``
    as in `betweenness`, ``spread`` as in `betweenness_with_error`. Boldi & Vigna 2014,
    https://doi.org/10.1080/15427951.2013.865686
    """
    n = graph.people // networks
    if n < 2 or not len(graph.a):
        return np.zeros(graph.people)
    every = np.flatnonzero(graph.connected) if pivots is None else pivots
    parts = [(graph, share, steps) for share in _shares(graph, every)]
    total = sum(spread(_near_to, parts), np.zeros(graph.people))
    if pivots is not None:
        total *= _scale(graph, pivots, networks)
    return total / (n - 1)


def _nearness(graph: WeightedGraph, sources: np.ndarray) -> np.ndarray:
    """Return per person the sum of 1/distance from the sources; scipy is twice as fast as igraph here."""
    n, matrix = graph.people, graph.matrix(graph.distance)
    total = np.zeros(n)
    step = max(_ROWS_AT_ONCE // n, 1)
    for i in range(0, len(sources), step):
        some = sources[i : i + step]
        away = dijkstra(matrix, indices=some)
        away[np.arange(len(some)), some] = np.inf
        total += (1.0 / away).sum(axis=0)
    return total


def _nearness_in_steps(graph: WeightedGraph, sources: np.ndarray) -> np.ndarray:
    """Return per person the sum of 1/steps from the sources.

    Many searches at once, 64 to a word: bit k of a person's words says that source k has reached them, and
    one pass over all ties takes every search one step further (ten times as fast as one by one). Searches
    in different parts never meet, so they share bits: a thousand small parts take one round.
    """
    if not len(sources):
        return np.zeros(graph.people)
    number = np.arange(len(sources))
    if len(sources) > _BITS:
        part = components(graph)[sources]
        order = np.argsort(part, kind="stable")
        first = group_starts(part[order])
        number[order] = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    ends = np.concatenate([graph.a, graph.b])
    order = np.argsort(ends, kind="stable")
    others = np.concatenate([graph.b, graph.a])[order]
    people, begin = np.unique(ends[order], return_index=True)
    # Only people with ties are searched, so words are held for them alone.
    place = np.zeros(graph.people, np.int64)
    place[people] = np.arange(len(people))
    others, total = place[others], np.zeros(len(people))
    searches = int(number.max()) + 1
    words = max(1, min(-(-searches // _BITS), _WORDS_AT_ONCE // max(len(others), 1)))
    for i in range(0, searches, _BITS * words):
        now = (number >= i) & (number < i + _BITS * words)
        word, bit = np.divmod(number[now] - i, _BITS)
        reached = np.zeros((len(people), words), np.uint64)
        reached[place[sources[now]], word] = np.uint64(1) << bit.astype(np.uint64)
        arrived, steps = reached.copy(), 0
        while True:
            steps += 1
            # Only what arrived in the last step can take the next one.
            arrived = np.bitwise_or.reduceat(arrived[others], begin, axis=0) & ~reached
            new = np.bitwise_count(arrived).sum(axis=1)
            if not new.any():
                break
            if steps > _DEEP:
                return _nearness_one_by_one(graph, sources)
            total += new / steps
            reached |= arrived
    nearness = np.zeros(graph.people)
    nearness[people] = total
    return nearness


def _nearness_one_by_one(graph: WeightedGraph, sources: np.ndarray) -> np.ndarray:
    """Return the same from one search at a time, which passes each tie once however far apart people are."""
    total = np.zeros(graph.people)
    step = max(_ROWS_AT_ONCE // graph.people, 1)
    for i in range(0, len(sources), step):
        away = np.array(graph.igraph.distances(source=sources[i : i + step].tolist()), float)
        # The source itself, at no distance, is none of the others.
        total += np.divide(1.0, away, out=np.zeros_like(away), where=away > 0).sum(axis=0)
    return total


def _scale(graph: WeightedGraph, pivots: np.ndarray, networks: int = 1) -> np.ndarray:
    """Return per person how many possible sources each pivot of the same network stands for."""
    n = max(graph.people // networks, 1)
    others = graph.connected.reshape(networks, -1).sum(axis=1) - 1
    used = np.bincount(pivots // n, minlength=networks)
    scale = np.repeat(others / np.maximum(used, 1), n)
    scale[pivots] = (others / np.maximum(used - 1, 1))[pivots // n]
    return scale


def average_distance(graph: WeightedGraph) -> float | None:
    """Return the mean number of steps between people who can reach each other; None without ties."""
    if not len(graph.a):
        return None
    return float(graph.igraph.average_path_length(directed=False, unconn=True))


def max_betweenness(graph: WeightedGraph) -> float | None:
    """Return the highest normalised betweenness, every tie one step long; None below three people."""
    n = graph.people
    if n < 3:
        return None
    return float(max(graph.igraph.betweenness(directed=False))) / ((n - 1) * (n - 2) / 2)
