"""Structural holes: how far a person's contacts know each other already, and where all hangs on one person."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ocgnet.network.graph import WeightedGraph, degree, positions, strength

_PATHS_AT_ONCE = 5_000_000
"""Two-step paths held at once by the effective size."""


def effective_size(graph: WeightedGraph) -> np.ndarray:
    """Return how many separate contacts each person has: contacts less their redundancy.

    The meaning is ``networkx.effective_size`` with ``weight`` and ``nodes=list(G)``; without ``nodes``, networkx
    3.6 takes a matrix path that is wrong for weighted graphs. A contact j of person i counts 1 − Σ p(i,q) m(j,q)
    over the other contacts q, where p is the share of i's weight that goes to q and m(j,q) is the weight of j and q
    relative to j's strongest tie. Ten contacts who do not know each other count ten; ten who all know each other
    equally well count one. 0 without ties. Burt 1992, Structural Holes, chapter 2.
    """
    n = graph.people
    effective = degree(graph).astype(float)
    if not len(graph.a):
        return effective
    weight = np.asarray(graph.weight, float)
    total = strength(graph)
    most = np.zeros(n)
    np.maximum.at(most, graph.a, weight)
    np.maximum.at(most, graph.b, weight)
    for corners, sides in _triangles(graph):
        for k in range(3):
            # Side k lies opposite corner k: both contacts of the ego know each other by it.
            ego, j, q = corners[k], corners[k - 2], corners[k - 1]
            to_j, to_q, between = weight[sides[k - 1]], weight[sides[k - 2]], weight[sides[k]]
            redundant = between / total[ego] * (to_q / most[j] + to_j / most[q])
            effective -= np.bincount(ego, redundant, n)
    return np.asarray(np.round(effective, 12))


def _triangles(graph: WeightedGraph) -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
    """Yield triangles in blocks: three corners, and three ties of which the k-th lies opposite corner k.

    Each tie points from the person with fewer ties to the one with more, so that nobody has many ties
    out, and a triangle is two ties in a row whose ends are tied.
    """
    n = graph.people
    rank = np.empty(n, np.int64)
    rank[np.argsort(degree(graph), kind="stable")] = np.arange(n)
    turned = rank[graph.a] > rank[graph.b]
    source, target = np.where(turned, graph.b, graph.a), np.where(turned, graph.a, graph.b)
    code = source.astype(np.int64) * n + target
    tie = np.argsort(code, kind="stable")
    source, target, code = source[tie], target[tie], code[tie]
    begin = np.searchsorted(source, np.arange(n + 1))
    onward = np.diff(begin)[target]
    until = np.cumsum(onward)
    start = 0
    while start < len(tie):
        before = until[start - 1] if start else 0
        stop = max(int(np.searchsorted(until, before + _PATHS_AT_ONCE, side="right")), start + 1)
        size = onward[start:stop]
        first = np.repeat(np.arange(start, stop), size)
        second = positions(begin[target[start:stop]], size)
        wanted = source[first].astype(np.int64) * n + target[second]
        third = np.minimum(np.searchsorted(code, wanted), len(code) - 1)
        closed = code[third] == wanted
        first, second, third = first[closed], second[closed], third[closed]
        yield [source[first], target[first], target[second]], [tie[second], tie[third], tie[first]]
        start = stop


def constraint(graph: WeightedGraph) -> np.ndarray:
    """Return Burt's constraint: how far a person's contacts lead back to one another.

    The meaning is ``networkx.constraint`` with ``weight``; low is free, 1 is a single contact, NaN is nobody. Burt
    2004, https://doi.org/10.1086/421787
    """
    if not len(graph.a):
        return np.full(graph.people, np.nan)
    return np.asarray(graph.igraph.constraint(weights=graph.strengths), float)


def articulation(graph: WeightedGraph) -> np.ndarray:
    """Return whether the network falls into more parts without each person, shape ``(people,)``."""
    cuts = np.zeros(graph.people, bool)
    cuts[graph.igraph.articulation_points()] = True
    return cuts


def participation(graph: WeightedGraph, label: np.ndarray) -> np.ndarray:
    """Return how evenly the weight of each person's ties is spread over communities.

    1 − Σ (share of weight that goes to each community)²: 0 when all ties stay in one community, towards 1 when they
    reach many evenly; NaN without ties. Guimerà & Amaral 2005, https://doi.org/10.1038/nature03288
    """
    person = np.concatenate([graph.a, graph.b]).astype(np.int64)
    other = label[np.concatenate([graph.b, graph.a])].astype(np.int64)
    weight = np.tile(np.asarray(graph.weight, float), 2)
    width = int(label.max(initial=0)) + 1
    pair, which = np.unique(person * width + other, return_inverse=True)
    to = np.bincount(which, weight, len(pair))
    who = pair // width
    total = np.bincount(who, to, graph.people)
    squares = np.bincount(who, to**2, graph.people)
    squared = np.full(graph.people, np.nan)
    np.divide(squares, total**2, out=squared, where=total > 0)
    return np.asarray(np.round(1 - squared, 12))
