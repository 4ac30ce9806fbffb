"""The tie network as a whole."""

from __future__ import annotations

from ocgnet import network as engine
from ocgnet.network.ties import Ties
from ocgnet.results import Network
from ocgnet.settings import Settings


def summary(ties: Ties, settings: Settings | None = None) -> Network:
    """Return the usual figures of the network, undirected and unweighted, over all nominals.

    Parameters
    ----------
    ties : Ties
        The network.
    settings : Settings, optional
        ``betweenness_exact_up_to``: with more people with ties than that, ``average_distance`` and
        ``max_betweenness`` need every shortest path and are None.

    Returns
    -------
    Network
        None where a value is undefined: density and mean degree of nobody, transitivity where no two
        ties share a person, distance without ties, betweenness among fewer than three people.
    """
    graph = engine.WeightedGraph.of(ties)
    nodes, edges = ties.people, len(ties)
    tied = int(graph.connected.sum())
    small = tied <= (settings or Settings()).betweenness_exact_up_to
    return Network(
        nodes=nodes,
        edges=edges,
        isolates=nodes - tied,
        components=int(engine.components(graph).max(initial=-1)) + 1,
        density=2 * edges / (nodes * (nodes - 1)) if nodes > 1 else None,
        mean_degree=2 * edges / nodes if nodes else None,
        transitivity=engine.transitivity(graph),
        average_distance=engine.average_distance(graph) if small else None,
        max_betweenness=engine.max_betweenness(graph) if small else None,
    )
