"""Measures with networkx's meaning at igraph's speed; the only room that imports igraph.

A weight is a strength for PageRank, eigenvector and communities, and a distance (1/weight) for
betweenness and closeness. Everything works on sorted arrays, so results never depend on row order.
"""

from ocgnet.engine.graph import WeightedGraph
from ocgnet.engine.paths import average_distance, betweenness, harmonic_closeness, max_betweenness, pivots_of
from ocgnet.engine.spectral import eigenvector, pagerank
from ocgnet.engine.structure import components, core, degree, leiden, strength, transitivity

__all__ = [
    "WeightedGraph",
    "average_distance",
    "betweenness",
    "components",
    "core",
    "degree",
    "eigenvector",
    "harmonic_closeness",
    "leiden",
    "max_betweenness",
    "pagerank",
    "pivots_of",
    "strength",
    "transitivity",
]
