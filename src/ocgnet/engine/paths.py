"""Measures on shortest paths, exact or estimated from a sample of sources."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from ocgnet.engine.graph import WeightedGraph
from ocgnet.engine.structure import components

_ROWS_AT_ONCE = 4_000_000
"""Distances held at once, so that memory does not grow with the number of pivots."""
_BITS = 64
"""Searches that one word holds."""
_SAMPLES = 10
"""Samples of pivots whose spread gives the error of an estimate."""


def pivots_of(graph: WeightedGraph, exact_up_to: int, pivots: int, seed: int) -> np.ndarray | None:
    """Choose the sources of an estimate, or None when every source is to be used.

    Parameters
    ----------
    graph : WeightedGraph
        The network; people without ties are no sources and do not count towards its size.
    exact_up_to : int
        Number of people with ties up to which nothing is estimated.
    pivots : int
        Number of sources above that.
    seed : int
        Seed of the choice.

    Returns
    -------
    ndarray of int, sorted, or None
    """
    people = np.flatnonzero(graph.connected)
    if len(people) <= max(exact_up_to, pivots, 2):
        return None
    return np.sort(np.random.default_rng(seed).choice(people, max(pivots, 2), replace=False))


def betweenness(graph: WeightedGraph, pivots: np.ndarray | None = None, *, steps: bool = False) -> np.ndarray:
    """Return the share of shortest paths between other people that run through each person.

    The meaning is that of ``networkx.betweenness_centrality`` with distance 1/weight, normalised by
    the (n − 1)(n − 2)/2 pairs of others. Paths of equal length share their pair (compared with a
    tolerance, which agrees with exact arithmetic where naive floating point does not).

    Parameters
    ----------
    graph : WeightedGraph
        The network.
    pivots : ndarray of int, optional
        Estimate from these sources only, drawn from the people with ties. The sum over them is scaled
        by the number of possible sources; a pivot is no source of its own betweenness and is scaled
        by one source fewer.
    steps : bool
        Count every tie as one step, whatever its weight.

    Returns
    -------
    ndarray of float, shape (people,)
        Zeros with fewer than three people; unbiased when estimated, so slightly above 1 is possible.

    References
    ----------
    Brandes 2001, https://doi.org/10.1080/0022250X.2001.9990249; Brandes & Pich 2007,
    https://doi.org/10.1142/S0218127407018403
    """
    n = graph.people
    if n < 3 or not len(graph.a):
        return np.zeros(n)
    sources = None if pivots is None else pivots.tolist()
    weights = None if steps else graph.distances
    found = np.asarray(graph.igraph.betweenness(directed=False, weights=weights, sources=sources), float)
    if pivots is not None:
        found *= _scale(graph, pivots)
    # Nothing below the tolerance of the computation is a path.
    return np.where(found < 1e-9, 0.0, found) / ((n - 1) * (n - 2) / 2)


def betweenness_with_error(
    graph: WeightedGraph, pivots: np.ndarray | None, *, steps: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return betweenness, and the standard error of an estimate.

    The pivots are split into ten samples (fewer with fewer than twenty); the spread of their ten
    answers gives the error of their mean, with the correction for drawing without replacement.

    Parameters
    ----------
    graph, pivots, steps
        As for `betweenness`.

    Returns
    -------
    tuple of ndarray of float, shape (people,)
        Estimate and standard error; the error is 0 when every source is used.
    """
    if pivots is None:
        return betweenness(graph, steps=steps), np.zeros(graph.people)
    # Every tenth pivot, so that no sample has people of one corner only (ids sort by age of record).
    samples = max(2, min(_SAMPLES, len(pivots) // 2))
    drawn = np.array([betweenness(graph, pivots[i::samples], steps=steps) for i in range(samples)])
    share = np.array([len(pivots[i::samples]) for i in range(samples)]) / len(pivots)
    found = share @ drawn
    spread = np.sqrt((share @ (drawn - found) ** 2) / (samples - 1))
    possible = max(int(graph.connected.sum()), 1)
    return found, np.asarray(spread * np.sqrt(max(1 - len(pivots) / possible, 0.0)))


def harmonic_closeness(graph: WeightedGraph, pivots: np.ndarray | None = None, *, steps: bool = False) -> np.ndarray:
    """Return the mean of 1/distance from each person to everyone else.

    The meaning is ``networkx.harmonic_centrality`` with distance 1/weight, divided by n − 1 over the
    whole network: people who cannot be reached add 0.

    Parameters
    ----------
    graph : WeightedGraph
        The network.
    pivots : ndarray of int, optional
        Estimate from the distances to these people only, scaled as in `betweenness`.
    steps : bool
        Count every tie as one step, whatever its weight.

    Returns
    -------
    ndarray of float, shape (people,)
        Zeros for fewer than two people.

    References
    ----------
    Boldi & Vigna 2014, https://doi.org/10.1080/15427951.2013.865686
    """
    n = graph.people
    if n < 2 or not len(graph.a):
        return np.zeros(n)
    every = np.flatnonzero(graph.connected) if pivots is None else pivots
    found = _nearness_in_steps(graph, every) if steps else _nearness(graph, every)
    if pivots is not None:
        found *= _scale(graph, pivots)
    return found / (n - 1)


def _nearness(graph: WeightedGraph, sources: np.ndarray) -> np.ndarray:
    """Return per person the sum of 1/distance from the sources; scipy is twice as fast as igraph here."""
    n, matrix = graph.people, graph.matrix(graph.distance)
    found = np.zeros(n)
    step = max(_ROWS_AT_ONCE // n, 1)
    for i in range(0, len(sources), step):
        some = sources[i : i + step]
        away = dijkstra(matrix, indices=some)
        away[np.arange(len(some)), some] = np.inf
        found += (1.0 / away).sum(axis=0)
    return found


def _nearness_in_steps(graph: WeightedGraph, sources: np.ndarray) -> np.ndarray:
    """Return per person the sum of 1/steps from the sources.

    Sixty-four searches at once: bit k of a person's word says that source k has reached them, and one
    pass over all ties takes every search one step further (ten times as fast as one by one). Searches
    in different parts never meet, so they share bits: a thousand small parts take one round.
    """
    if not len(sources):
        return np.zeros(graph.people)
    number = np.arange(len(sources))
    if len(sources) > _BITS:
        part = components(graph)[sources]
        order = np.argsort(part, kind="stable")
        first = np.r_[True, part[order][1:] != part[order][:-1]]
        number[order] = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    n = graph.people
    ends = np.concatenate([graph.a, graph.b])
    order = np.argsort(ends, kind="stable")
    others = np.concatenate([graph.b, graph.a])[order]
    people, begin = np.unique(ends[order], return_index=True)
    found = np.zeros(n)
    for i in range(0, int(number.max()) + 1, _BITS):
        now = (number >= i) & (number < i + _BITS)
        reached = np.zeros(n, np.uint64)
        reached[sources[now]] = np.uint64(1) << (number[now] - i).astype(np.uint64)
        steps = 0
        while True:
            steps += 1
            arrived = np.bitwise_or.reduceat(reached[others], begin) & ~reached[people]
            new = np.bitwise_count(arrived)
            if not new.any():
                break
            found[people] += new / steps
            reached[people] |= arrived
    return found


def _scale(graph: WeightedGraph, pivots: np.ndarray) -> np.ndarray:
    """Return per person how many possible sources each pivot stands for."""
    others, used = int(graph.connected.sum()) - 1, len(pivots)
    scale = np.full(graph.people, others / used)
    scale[pivots] = others / max(used - 1, 1)
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
