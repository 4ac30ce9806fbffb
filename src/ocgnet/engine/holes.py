"""Structural holes: how far the contacts of a person know each other already, and where the network hangs on one person."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from ocgnet.engine.graph import WeightedGraph

_PATHS_AT_ONCE = 20_000_000
"""Two-step paths held at once by the effective size."""


def effective_size(graph: WeightedGraph) -> np.ndarray:
    """Return how many separate contacts each person has: contacts less their redundancy.

    The meaning is ``networkx.effective_size`` with ``weight`` and ``nodes=list(G)``. A contact j of
    person i counts 1 − Σ p(i,q) m(j,q) over the other contacts q, where p is the share of i's weight
    that goes to q and m(j,q) is the weight of j and q relative to j's strongest tie. Ten contacts who
    do not know each other count ten; ten who all know each other equally well count one.

    Returns
    -------
    ndarray of float, shape (people,)
        0 without ties; at most the degree.

    Notes
    -----
    Without ``nodes``, networkx 3.6 takes a matrix path that is wrong for weighted graphs.

    References
    ----------
    Burt 1992, Structural Holes, chapter 2.
    """
    n = graph.people
    if not len(graph.a):
        return np.zeros(n)
    weight = graph.matrix(np.asarray(graph.weight, float))
    begin, size = weight.indptr[:-1], np.diff(weight.indptr)
    tied = size > 0
    total, most = np.ones(n), np.ones(n)
    total[tied] = np.add.reduceat(weight.data, begin[tied])
    most[tied] = np.maximum.reduceat(weight.data, begin[tied])
    share = csr_array((weight.data / np.repeat(total, size), weight.indices, weight.indptr), shape=(n, n))
    # Symmetric weights: the transpose of w(j,q) / most(j) is w(q,j) / most(j).
    likeness = csr_array((weight.data / most[weight.indices], weight.indices, weight.indptr), shape=(n, n))
    known = csr_array((np.ones(len(weight.data)), weight.indices, weight.indptr), shape=(n, n))
    paths = np.cumsum(np.add.reduceat(np.r_[size[weight.indices], 0], np.minimum(begin, len(weight.data))) * tied)
    found = size.astype(float)
    start = 0
    while start < n:
        before = paths[start - 1] if start else 0
        stop = max(int(np.searchsorted(paths, before + _PATHS_AT_ONCE)), start + 1)
        block = (share[start:stop] @ likeness).multiply(known[start:stop])
        found[start:stop] -= np.asarray(block.sum(axis=1)).ravel()
        start = stop
    return np.asarray(np.round(found, 12))


def constraint(graph: WeightedGraph) -> np.ndarray:
    """Return Burt's constraint: how far a person's contacts lead back to one another.

    The meaning is ``networkx.constraint`` with ``weight``; low is free, 1 is a single contact.

    Returns
    -------
    ndarray of float, shape (people,)
        NaN without ties.

    References
    ----------
    Burt 2004, https://doi.org/10.1086/421787
    """
    if not len(graph.a):
        return np.full(graph.people, np.nan)
    return np.asarray(graph.igraph.constraint(weights=graph.strengths), float)


def articulation(graph: WeightedGraph) -> np.ndarray:
    """Return whether the network falls into more parts without each person, shape ``(people,)``."""
    found = np.zeros(graph.people, bool)
    found[graph.igraph.articulation_points()] = True
    return found


def participation(graph: WeightedGraph, label: np.ndarray) -> np.ndarray:
    """Return how evenly the weight of each person's ties is spread over communities.

    Parameters
    ----------
    graph : WeightedGraph
        The network.
    label : ndarray of int, shape (people,)
        Community of each person.

    Returns
    -------
    ndarray of float, shape (people,)
        1 − Σ (share of weight that goes to each community)²: 0 when all ties stay in one community,
        towards 1 when they reach many evenly; NaN without ties.

    References
    ----------
    Guimerà & Amaral 2005, https://doi.org/10.1038/nature03288
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
    found = np.full(graph.people, np.nan)
    np.divide(squares, total**2, out=found, where=total > 0)
    return np.asarray(np.round(1 - found, 12))
