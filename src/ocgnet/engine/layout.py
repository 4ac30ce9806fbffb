"""Positions by springs, from given first positions."""

from __future__ import annotations

import random

import igraph
import numpy as np

from ocgnet.engine.structure import _GENERATOR


def spring_positions(start: np.ndarray, edges: np.ndarray, weights: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Return Fruchterman-Reingold positions that grow out of ``start``.

    Parameters
    ----------
    start : ndarray of float, shape (n, 2)
        First positions, all different. They decide the outcome.
    edges : ndarray of int, shape (m, 2)
        Pairs of rows of ``start``, sorted; may be empty.
    weights : ndarray of float, shape (m,)
        Strength of each pair; stronger pairs end nearer.
    rounds : int
        Iterations.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Centred on the origin. With no or one row, the origin.

    References
    ----------
    Fruchterman & Reingold 1991, https://doi.org/10.1002/spe.4380211102

    Examples
    --------
    >>> start = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> found = spring_positions(start, np.array([[0, 1]]), np.array([1.0]))
    >>> near, far = np.hypot(*(found[0] - found[1])), np.hypot(*(found[0] - found[2]))
    >>> bool(near < far)
    True
    """
    if len(start) < 2:
        return np.zeros((len(start), 2))
    graph = igraph.Graph(n=len(start), edges=edges.tolist())
    with _GENERATOR:
        # igraph shakes every step a little, with the process-wide generator: fix it, then restore it.
        igraph.set_random_number_generator(random.Random(0))  # noqa: S311 - reproducible, not secret
        try:
            layout = graph.layout_fruchterman_reingold(
                # igraph reads NumPy scalars as "no weights" without a word; a list of floats is safe.
                weights=[float(w) for w in weights] if len(weights) else None,
                seed=start.tolist(),
                niter=rounds,
                grid=len(start) > 1000,
            )
        finally:
            igraph.set_random_number_generator(random)
    found: np.ndarray = np.asarray(layout.coords, float).reshape(-1, 2)
    centred: np.ndarray = found - found.mean(axis=0)
    return centred
