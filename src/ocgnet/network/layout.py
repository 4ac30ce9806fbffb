"""Positions by springs, from given first positions."""

from __future__ import annotations

import igraph
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from ocgnet.network.centrality import seeded


def spring_positions(start: np.ndarray, edges: np.ndarray, weights: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Return Fruchterman-Reingold positions that grow out of ``start``.

    ``start`` holds first positions, shape (n, 2), all different: they decide the outcome. ``edges`` are sorted
    pairs of its rows, shape (m, 2), and may be none; those of more weight end nearer. The answer is centred on the
    origin; no or one row is the origin. Fruchterman & Reingold 1991, https://doi.org/10.1002/spe.4380211102
    """
    if len(start) < 2:
        return np.zeros((len(start), 2))
    graph = igraph.Graph(n=len(start), edges=edges.tolist())
    # igraph shakes every step a little.
    with seeded(0):
        layout = graph.layout_fruchterman_reingold(
            # igraph reads NumPy scalars as "no weights" without a word; a list of floats is safe.
            weights=[float(w) for w in weights] if len(weights) else None,
            seed=start.tolist(),
            niter=rounds,
            grid=len(start) > 1000,
        )
    placed: np.ndarray = np.asarray(layout.coords, float).reshape(-1, 2)
    centred: np.ndarray = placed - placed.mean(axis=0)
    return centred


def smoothed_positions(start: np.ndarray, edges: np.ndarray, weights: np.ndarray, pull: float = 0.2) -> np.ndarray:
    """Return positions between one's own ``start`` and the mean of one's neighbours.

    Springs settle in one of many arrangements, and a small change of the data picks another. This has one solution,
    which changes little when little changes. ``start`` says where each would stand alone, shape (n, 2), and rows
    without an edge stay there; ``edges`` are pairs of its rows, each once; ``weights`` and ``pull`` (how much the
    start counts against the neighbours together) are above 0.

    >>> start = np.array([[0.0, 0.0], [3.0, 0.0], [9.0, 9.0]])
    >>> smoothed_positions(start, np.array([[0, 1]]), np.array([2.0]), pull=1.0).round(6).tolist()
    [[1.0, 0.0], [2.0, 0.0], [9.0, 9.0]]
    """
    n = len(start)
    if not len(edges):
        return np.array(start, float)
    half = sparse.coo_matrix((weights, (edges[:, 0], edges[:, 1])), shape=(n, n))
    ties = (half + half.T).tocsr()
    strength = np.asarray(ties.sum(axis=1)).ravel()
    tied = strength > 0
    share = sparse.diags(np.where(tied, 1 / np.where(tied, strength, 1), 0.0)) @ ties
    system = sparse.diags(np.where(tied, 1 + pull, pull)) - share
    placed: np.ndarray = np.asarray(spsolve(system.tocsc(), pull * np.asarray(start, float)))
    return placed
