"""Measures with networkx's meaning at igraph's speed; the only room that imports igraph.

A weight is a strength for PageRank, eigenvector and communities, and a distance (1/weight) for
betweenness and closeness. Everything works on sorted arrays, so results never depend on row order.
"""

from ocgnet.network.centrality import CENTRALITIES, components, core, eigenvector, leiden, pagerank, transitivity
from ocgnet.network.graph import WeightedGraph, degree, strength
from ocgnet.network.shortest_paths import (
    Spread,
    average_distance,
    betweenness,
    betweenness_with_error,
    harmonic_closeness,
    max_betweenness,
    pivots_of,
)
from ocgnet.network.structural_holes import articulation, constraint, effective_size, participation

__all__ = [
    "CENTRALITIES",
    "Spread",
    "WeightedGraph",
    "articulation",
    "average_distance",
    "betweenness",
    "betweenness_with_error",
    "components",
    "constraint",
    "core",
    "degree",
    "effective_size",
    "eigenvector",
    "harmonic_closeness",
    "leiden",
    "max_betweenness",
    "pagerank",
    "participation",
    "pivots_of",
    "strength",
    "transitivity",
]
