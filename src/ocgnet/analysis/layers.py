"""What each kind of evidence alone would say, and what a group's own ties say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ocgnet import engine
from ocgnet.analysis.position import score_of
from ocgnet.analysis.tiers import Seats
from ocgnet.projection import Ties
from ocgnet.results import ResultTable
from ocgnet.results.types import not_computed
from ocgnet.scope import Evidence
from ocgnet.settings import Settings


def layers_of(evidence: Evidence, ties: Ties, settings: Settings) -> ResultTable:
    """Return the table ``layers``: a row per person and kind of evidence that ties the person.

    Parameters
    ----------
    evidence, ties
        Of one analysis.
    settings : Settings
        As for `ocgnet.analysis.position.position_of`; a layer is estimated as the whole is.

    Returns
    -------
    ResultTable
        Sorted by nominal, then layer in the order of ``Ties.kinds``; empty without ties.
    """
    parts = []
    for kind in np.unique(ties.kind).tolist():
        graph = engine.WeightedGraph.of(ties.layer(ties.kinds[kind]))
        pivots = engine.pivots_of(graph, settings.betweenness_exact_up_to, settings.betweenness_pivots, settings.seed)
        who = np.flatnonzero(graph.connected)
        values = (engine.degree(graph), engine.strength(graph), score_of(graph, pivots))
        parts.append((who, np.full(len(who), kind), *(v[who] for v in values)))
    if not parts:
        return not_computed("layers")
    person, kind, degree, strength, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((kind, person))
    frame = pd.DataFrame(
        {
            "nominal_id": evidence.nominals[person[order]],
            "layer": np.array(ties.kinds, object)[kind[order]],
            "degree": degree[order],
            "strength": np.round(strength[order], 12),
            "position_score": score[order],
        }
    )
    return ResultTable("layers", frame)


def within_group(ties: Ties, seats: Seats) -> tuple[np.ndarray, np.ndarray]:
    """Return how many ties each seat has inside its group, and its position score there.

    Parameters
    ----------
    ties : Ties
        The whole network.
    seats : Seats
        Who belongs to which group.

    Returns
    -------
    degree : ndarray of int, shape (seats,)
    score : ndarray of float, shape (seats,)
        Mean percentile among the group's members with ties inside it, everybody outside taken away;
        0 without such ties.
    """
    width = int(seats.group.max(initial=0)) + 1
    held = np.flatnonzero(seats.group >= 0)
    code = seats.person[held].astype(np.int64) * width + seats.group[held]
    begin = np.searchsorted(code, np.arange(ties.people + 1) * width)
    count = np.diff(begin)[ties.a]
    tie = np.repeat(np.arange(len(ties)), count)
    first = np.repeat(begin[ties.a], count) + np.arange(len(tie)) - np.repeat(np.cumsum(count) - count, count)
    wanted = ties.b[tie].astype(np.int64) * width + code[first] % width if len(tie) else np.zeros(0, np.int64)
    second = np.searchsorted(code, wanted)
    found = second < len(code)
    found[found] = code[second[found]] == wanted[found]
    a, b, weight = held[first[found]], held[second[found]], ties.weight[tie[found]]
    order = np.lexsort((b, a))
    graph = engine.WeightedGraph(len(seats.person), a[order], b[order], weight[order])
    return engine.degree(graph), score_of(graph, None, np.maximum(seats.group, 0))
