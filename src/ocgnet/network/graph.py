"""An undirected weighted graph as sorted arrays, with igraph's and scipy's view of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import igraph
import numpy as np
from scipy.sparse import coo_array, csr_array

from ocgnet.network.ties import Ties


@dataclass(frozen=True)
class WeightedGraph:
    """People and ties.

    Raises `ValueError` when a weight is not a number above 0: its distance would be none.
    """

    people: int  # Number of nodes, from 0; a node without ties counts
    a: np.ndarray  # a and b (int, shape (ties,)): ends of each tie, ``a`` < ``b``, pairs unique and sorted
    b: np.ndarray
    weight: np.ndarray  # float, shape (ties,): strength of each tie, above 0

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(self.weight) & (self.weight > 0)):
            raise ValueError("every tie needs a finite weight above 0")

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process without igraph's view, which it makes anew where it needs one."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, ties: Ties, keep: np.ndarray | None = None) -> WeightedGraph:
        """Return the graph of all ties, or of those marked in ``keep`` (bool per tie)."""
        if keep is None:
            return cls(ties.people, ties.a, ties.b, ties.weight)
        return cls(ties.people, ties.a[keep], ties.b[keep], ties.weight[keep])

    @classmethod
    def side_by_side(cls, graphs: Sequence[WeightedGraph]) -> WeightedGraph:
        """Return networks of one size as one network in parts: person p of the k-th is number ``k × people + p``.

        Small networks by the hundred are measured several times as fast side by side as one by one.
        """
        n, many = graphs[0].people, len(graphs)
        shift = np.repeat(np.arange(many, dtype=np.int64) * n, [len(g.a) for g in graphs])
        a, b, weight = (np.concatenate([getattr(g, name) for g in graphs]) for name in ("a", "b", "weight"))
        return cls(many * n, a + shift, b + shift, weight)

    @cached_property
    def connected(self) -> np.ndarray:
        """Whether each node has a tie, shape ``(people,)``."""
        tied = np.zeros(self.people, bool)
        tied[self.a] = True
        tied[self.b] = True
        return tied

    @cached_property
    def igraph(self) -> Any:
        """The same graph in igraph, without attributes."""
        edges: Any = np.column_stack([self.a, self.b]).astype(np.int64)
        return igraph.Graph(self.people, memoryview(edges) if len(edges) else [])

    @cached_property
    def strengths(self) -> list[float]:
        """Weights as igraph needs them: given NumPy integers it silently ignores them."""
        return [float(w) for w in self.weight.tolist()]

    @cached_property
    def distance(self) -> np.ndarray:
        """Distance of each tie: 1/weight."""
        return 1.0 / np.asarray(self.weight, float)

    @cached_property
    def distances(self) -> list[float]:
        """Distances as igraph needs them."""
        plain: list[float] = self.distance.tolist()
        return plain

    def matrix(self, values: np.ndarray) -> csr_array:
        """Return the symmetric sparse matrix with one value per tie, shape ``(people, people)``."""
        both = (np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a]))
        return coo_array((np.concatenate([values, values]), both), shape=(self.people, self.people)).tocsr()


def degree(graph: WeightedGraph) -> np.ndarray:
    """Return how many people each person has ties with, shape ``(people,)``."""
    return np.bincount(graph.a, minlength=graph.people) + np.bincount(graph.b, minlength=graph.people)


def strength(graph: WeightedGraph) -> np.ndarray:
    """Return the sum of the weights of each person's ties, shape ``(people,)``."""
    n = graph.people
    total = np.bincount(graph.a, graph.weight, n) + np.bincount(graph.b, graph.weight, n)
    return np.asarray(total, float)


def positions(begin: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return ``begin``, ``begin + 1``, … of each run, as many as its size.

    Each run begins at ``begin`` and has ``size`` positions; none is a run too.

    >>> positions(np.array([5, 9, 0]), np.array([2, 0, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    runs: np.ndarray = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    return runs
