"""Centrality of people, and the parts and communities of the network."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import igraph
import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from ocgnet.network.graph import WeightedGraph, degree, strength
from ocgnet.network.structural_holes import effective_size

_GENERATOR = threading.Lock()
"""igraph draws from one generator for the whole process: only one seeded call may hold it."""


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let igraph draw from a generator of this seed, and from its usual one again afterwards."""
    with _GENERATOR:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - reproducible, not secret
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


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
    share = float(graph.igraph.transitivity_undirected(mode="nan"))
    return None if math.isnan(share) else share


def leiden(graph: WeightedGraph, seed: int, resolution: float = 1.0) -> np.ndarray:
    """Return one Leiden partition by weighted modularity.

    Label per person, without meaning; a person without ties is alone. A ``resolution`` above 1 gives more and
    smaller communities. The order of nodes changes the outcome as a seed does, so the graph is sorted; the
    process-wide generator of igraph is restored afterwards. Traag, Waltman & van Eck 2019,
    https://doi.org/10.1038/s41598-019-41695-z
    """
    if not len(graph.a):
        return np.arange(graph.people)
    with seeded(seed):
        partition = graph.igraph.community_leiden(
            objective_function="modularity", weights=graph.strengths, resolution=resolution, n_iterations=2
        )
    return np.asarray(partition.membership, np.int64)


_SMALL = 16
"""Components up to this size are solved together as dense matrices."""


_SETTLED = 1e-12
"""Sum of changes of all ranks from which a walk has settled."""


def pagerank(graph: WeightedGraph, damping: float = 0.85) -> np.ndarray:
    """Return the share of a random walk along ties, by weight, that is spent at each person.

    The meaning is ``networkx.pagerank`` with ``weight``: with probability 1 − ``damping``, and always from a person
    without ties, the walk goes on from anybody. Sums to 1, off by less than 1e-11 in all; empty for nobody. Brin &
    Page 1998, https://doi.org/10.1016/S0169-7552(98)00110-X

    Plain power iteration: it took 66 ms for 200,000 ties where igraph's solver, whose threads wait for each other
    on a busy machine, took between 130 and 920 ms.
    """
    n = graph.people
    matrix, total = graph.matrix(graph.weight), strength(graph)
    share = np.divide(damping, total, out=np.zeros(n), where=total > 0)
    rank, change = np.full(n, 1 / max(n, 1)), float(n)
    # No step leaves more of the change before it than ``damping``, and the first changes 2 at most. In a star of 50,000
    # the rounding of the hub's sum alone changes more than the limit, for ever.
    for _ in range(math.ceil(math.log(_SETTLED / 2) / math.log(damping)) + 1 if damping else 1):
        if change <= _SETTLED:
            break
        walked = matrix @ (rank * share)
        # What does not walk along a tie starts anew from anybody.
        walked += (1 - walked.sum()) / n
        rank, change = walked, float(np.abs(walked - rank).sum())
    return rank


def eigenvector(graph: WeightedGraph) -> np.ndarray:
    """Return eigenvector centrality within each person's own component.

    On a network in parts the eigenvector of the whole sits in one dense part and calls everybody else 0. Here each
    part has its own, with the meaning of ``networkx.eigenvector_centrality_numpy`` with ``weight``, and takes a
    share of the total length (1) by its number of people, so that the root mean square is equal in every part; 0
    for people without ties. On a connected network this is networkx's answer. Bonacich 1987,
    https://doi.org/10.1086/228631
    """
    part = components(graph)
    size = np.bincount(part, minlength=1)
    score = np.zeros(graph.people)
    tied = int(graph.connected.sum())
    if not tied:
        return score
    part_of_tie = part[graph.a]
    # Ties and people of one part stand together; people keep their order, so ties stay sorted.
    ties, people = np.argsort(part_of_tie, kind="stable"), np.argsort(part, kind="stable")
    local = np.empty(graph.people, np.int64)
    local[people] = np.arange(graph.people) - np.repeat(np.cumsum(size) - size, size)
    tie_end, person_end = np.cumsum(np.bincount(part_of_tie, minlength=len(size))), np.cumsum(size)
    for p in np.flatnonzero(size > _SMALL):
        own = ties[tie_end[p - 1] if p else 0 : tie_end[p]]
        members = people[person_end[p] - size[p] : person_end[p]]
        inside = WeightedGraph(int(size[p]), local[graph.a[own]], local[graph.b[own]], graph.weight[own])
        score[members] = np.abs(_leading(inside))
    for k in range(2, _SMALL + 1):
        parts = np.flatnonzero(size == k)
        if len(parts):
            row = np.full(len(size), -1)
            row[parts] = np.arange(len(parts))
            own, members = row[part_of_tie] >= 0, row[part] >= 0
            dense = np.zeros((len(parts), k, k))
            where = row[part_of_tie[own]], local[graph.a[own]], local[graph.b[own]]
            dense[where] = dense[where[0], where[2], where[1]] = graph.weight[own]
            leading = np.abs(np.linalg.eigh(dense)[1][:, :, -1])
            score[members] = leading[row[part[members]], local[members]]
    # Beyond ten digits the answer is that of the linear algebra library, not of the network.
    return np.asarray(np.round(score * np.sqrt(size[part] / tied) * graph.connected, 10))


_RESTARTS = 60
"""Restarts of Lanczos' method; made-up counties and forces need under ten."""


def _leading(graph: WeightedGraph) -> np.ndarray:
    """Return the leading eigenvector of a connected network, of length 1.

    In a long thin network, such as a chain of 30,000 people, the largest eigenvalues lie so close together that
    Lanczos' method needs restarts by the thousand. There the matrix, which such a network leaves nearly empty, is
    inverted about a bound above all of them instead: 0.2 s of CPU for that chain, in place of minutes.
    """
    # Strength is a start that is near the answer and does not depend on a generator.
    matrix, start = graph.matrix(graph.weight), strength(graph)
    try:
        vectors = eigsh(matrix, k=1, which="LA", v0=start, maxiter=_RESTARTS)[1]
    except ArpackNoConvergence:
        vectors = eigsh(matrix.tocsc(), k=1, sigma=start.max() * (1 + 1e-9), which="LM", v0=start)[1]
    return np.asarray(vectors[:, 0])


CENTRALITIES: dict[str, Callable[[WeightedGraph], np.ndarray]] = {
    "degree": degree,
    "strength": strength,
    "eigenvector": eigenvector,
    "pagerank": pagerank,
    "core": core,
    "effective_size": effective_size,
}
"""Measures of a person that need nothing but the graph, by their name in tables (``results.MEASURES``)."""
