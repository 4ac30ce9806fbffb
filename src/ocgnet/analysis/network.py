"""The tie network as a whole."""

from __future__ import annotations

import numpy as np

from ocgnet import engine
from ocgnet.analysis.position import graph_of
from ocgnet.projection import Ties
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
        ``max_betweenness`` need every shortest path and are None; `not_computed` says so.

    Returns
    -------
    Network
        None where a value is undefined: density and mean degree of nobody, transitivity where no two
        ties share a person, distance without ties, betweenness among fewer than three people.
    """
    graph = graph_of(ties)
    nodes, edges = ties.people, len(ties)
    small = not not_computed(ties, settings)
    return Network(
        nodes=nodes,
        edges=edges,
        isolates=nodes - int(graph.connected.sum()),
        components=int(engine.components(graph).max(initial=-1)) + 1,
        density=2 * edges / (nodes * (nodes - 1)) if nodes > 1 else None,
        mean_degree=2 * edges / nodes if nodes else None,
        transitivity=engine.transitivity(graph),
        average_distance=engine.average_distance(graph) if small else None,
        max_betweenness=engine.max_betweenness(graph) if small else None,
    )


def not_computed(ties: Ties, settings: Settings | None = None) -> tuple[str, ...]:
    """Return a note on what `summary` leaves out because the network is too large; empty otherwise."""
    limit = (settings or Settings()).betweenness_exact_up_to
    people = int(np.count_nonzero(ties.connected))
    if people <= limit:
        return ()
    return (
        f"Average distance and maximum betweenness are not computed for {people:,} people with ties "
        f"(exact up to {limit:,}).",
    )
