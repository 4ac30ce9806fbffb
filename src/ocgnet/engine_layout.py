"""Positions by springs, on sorted ids and arrays; with ``engine`` the only place that imports igraph."""

from __future__ import annotations

import igraph
import numpy as np


def spring_positions(start: np.ndarray, edges: np.ndarray, weights: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Return Fruchterman-Reingold positions that grow out of ``start``.

    Parameters
    ----------
    start : ndarray of float, shape (n, 2)
        First positions, all different. They decide the outcome: nothing is drawn at random.
    edges : ndarray of int, shape (m, 2)
        Pairs of rows of ``start``; may be empty.
    weights : ndarray of float, shape (m,)
        Strength of each pair; stronger pairs end nearer.
    rounds : int
        Iterations.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Centred on the origin. With no or one row, the origin.

    Notes
    -----
    Method: Fruchterman and Reingold (1991), doi:10.1002/spe.4380211102.
    """
    if len(start) < 2:
        return np.zeros((len(start), 2))
    graph = igraph.Graph(n=len(start), edges=edges.tolist())
    # igraph reads NumPy scalars as "no weights" without a word; a list of floats is safe.
    layout = graph.layout_fruchterman_reingold(
        weights=[float(w) for w in weights] if len(weights) else None,
        seed=start.tolist(),
        niter=rounds,
        grid=len(start) > 1000,
    )
    found = np.asarray(layout.coords, float).reshape(-1, 2)
    return found - found.mean(axis=0)
