"""Counts, parts and communities of the network."""

from __future__ import annotations

import math
import random
import threading

import igraph
import numpy as np
from scipy.sparse.csgraph import connected_components

from ocgnet.engine.graph import WeightedGraph

_GENERATOR = threading.Lock()
"""igraph draws from one generator for the whole process: only one seeded call may hold it."""


def degree(graph: WeightedGraph) -> np.ndarray:
    """Return how many people each person has ties with, shape ``(people,)``."""
    return np.bincount(graph.a, minlength=graph.people) + np.bincount(graph.b, minlength=graph.people)


def strength(graph: WeightedGraph) -> np.ndarray:
    """Return the sum of the weights of each person's ties, shape ``(people,)``."""
    n = graph.people
    found = np.bincount(graph.a, graph.weight, n) + np.bincount(graph.b, graph.weight, n)
    return np.asarray(found, float)


def core(graph: WeightedGraph) -> np.ndarray:
    """Return the largest k such that each person is in a part where everyone has k ties.

    The meaning is ``networkx.core_number``; weights play no part. 0 without ties.
    """
    return np.asarray(graph.igraph.coreness(), np.int64)


def components(graph: WeightedGraph) -> np.ndarray:
    """Return the part that each person belongs to, numbered by its first person."""
    if not graph.people:
        return np.zeros(0, np.int64)
    labels = connected_components(graph.matrix(np.ones(len(graph.a))), directed=False)[1]
    first, which = np.unique(labels, return_index=True, return_inverse=True)[1:]
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[which]


def transitivity(graph: WeightedGraph) -> float | None:
    """Return three times triangles over pairs of ties that share a person; None where no ties share one."""
    found = float(graph.igraph.transitivity_undirected(mode="nan"))
    return None if math.isnan(found) else found


def leiden(graph: WeightedGraph, seed: int, resolution: float = 1.0) -> np.ndarray:
    """Return one Leiden partition by weighted modularity.

    Parameters
    ----------
    graph : WeightedGraph
        Sorted, because the order of nodes changes the outcome as a seed does.
    seed : int
        Seed of the run; the process-wide generator of igraph is restored afterwards.
    resolution : float
        Above 1 gives more and smaller communities.

    Returns
    -------
    ndarray of int, shape (people,)
        Label per person; labels carry no meaning. A person without ties is alone.

    References
    ----------
    Traag, Waltman & van Eck 2019, https://doi.org/10.1038/s41598-019-41695-z
    """
    if not len(graph.a):
        return np.arange(graph.people)
    with _GENERATOR:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible, not secret
        try:
            found = graph.igraph.community_leiden(
                objective_function="modularity", weights=graph.strengths, resolution=resolution, n_iterations=2
            )
        finally:
            igraph.set_random_number_generator(random)
    return np.asarray(found.membership, np.int64)
