"""What each kind of evidence alone would say, and what a group's own ties say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ocgnet import network as engine
from ocgnet.analysis.position import SCORED, Position, mean_percentile, measures_of, percentiles
from ocgnet.analysis.roles.tiers import Seats
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.graph import positions
from ocgnet.network.ties import Ties
from ocgnet.results import ResultTable
from ocgnet.results.types import not_computed
from ocgnet.settings import Settings


def layers_of(evidence: Evidence, ties: Ties, settings: Settings) -> ResultTable:
    """Return the table ``layers``: a row per person and kind of evidence that ties the person.

    A layer is estimated as the whole is. Sorted by nominal, then layer in the order of ``Ties.kinds``; empty without
    ties.
    """
    parts = []
    for kind in np.unique(ties.kind).tolist():
        graph = engine.WeightedGraph.of(ties.layer(ties.kinds[kind]))
        pivots = engine.pivots_of(graph, settings.betweenness_exact_up_to, settings.betweenness_pivots, settings.seed)
        who = np.flatnonzero(graph.connected)
        scored = measures_of(graph, SCORED, pivots)
        score = mean_percentile({n: percentiles(v, graph.connected) for n, v in scored.items()})
        values = (engine.degree(graph), engine.strength(graph), score, *scored.values())
        parts.append((who, np.full(len(who), kind), *(v[who] for v in values)))
    if not parts:
        return not_computed("layers")
    person, kind, degree, strength, score, *own = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((kind, person))
    frame = pd.DataFrame(
        {
            "nominal_id": evidence.nominals[person[order]],
            "layer": np.array(ties.kinds, object)[kind[order]],
            "degree": degree[order],
            "strength": np.round(strength[order], 12),
            "position_score": score[order],
            **{name: values[order] for name, values in zip(SCORED, own, strict=True)},
        }
    )
    return ResultTable("layers", frame)


def within_group(ties: Ties, seats: Seats, position: Position) -> dict[str, np.ndarray]:
    """Return how many ties each seat has inside its group, its position score there, and the measures behind it.

    ``degree``, ``score`` and the scored measures, each of shape (seats,), in the network of the group's members with
    ties inside it, everybody outside taken away; 0 without such ties. Betweenness and closeness are relative to the
    pairs and the others of the group. Where no membership holds, everybody is one group: above the people up to whom
    paths are exact, the estimates of the whole network are those of the group.
    """
    if seats.whole and position.estimated:
        whole = {name: position.measures[name] for name in SCORED}
        return {"degree": engine.degree(position.graph), "score": position.score, **whole}
    width = int(seats.group.max(initial=0)) + 1
    held = np.flatnonzero(seats.group >= 0)
    code = seats.person[held].astype(np.int64) * width + seats.group[held]
    begin = np.searchsorted(code, np.arange(ties.people + 1) * width)
    count = np.diff(begin)[ties.a]
    tie = np.repeat(np.arange(len(ties)), count)
    first = positions(begin[ties.a], count)
    wanted = ties.b[tie].astype(np.int64) * width + code[first] % width if len(tie) else np.zeros(0, np.int64)
    second = np.searchsorted(code, wanted)
    found = second < len(code)
    found[found] = code[second[found]] == wanted[found]
    a, b, weight = held[first[found]], held[second[found]], ties.weight[tie[found]]
    order = np.lexsort((b, a))
    graph = engine.WeightedGraph(len(seats.person), a[order], b[order], weight[order])
    group = np.maximum(seats.group, 0)
    scored = measures_of(graph, SCORED)
    score = mean_percentile({n: percentiles(v, graph.connected, group) for n, v in scored.items()})
    # The engine relates to everybody in the graph; here everybody is the own group.
    n, size = len(seats.person), np.bincount(seats.group[held], minlength=width)[group]
    pairs, others = np.maximum((size - 1) * (size - 2), 1), np.maximum(size - 1, 1)
    scored["betweenness_steps"] = scored["betweenness_steps"] * (n - 1) * (n - 2) / pairs
    scored["closeness_steps"] = scored["closeness_steps"] * (n - 1) / others
    return {"degree": engine.degree(graph), "score": score, **scored}


# How much is linked to a person: shown beside the suggested role, and no part of it.


@dataclass(frozen=True)
class Volume:
    """Linked crimes and reports; arrays in the row order of the table ``roles``."""

    # crimes, reports (int, shape (seats,)): events of the network that name the person.
    crimes: np.ndarray
    reports: np.ndarray
    # Mid-rank of their sum among all seats of the same group, with ties or without (float, shape (seats,)).
    percentile: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Crimes and reports together."""
        return np.asarray(self.crimes + self.reports)


def volume_of(evidence: Evidence, seats: Seats) -> Volume:
    """Return the volume of each seat.

    Volume measures police attention as much as crime, and the number of arrests finds leaders hardly
    better than chance in some gangs; so it stands beside the role and never changes it.
    """
    n = len(evidence.nominals)
    crimes, reports = evidence.crimes.counts(n)[seats.person], evidence.reports.counts(n)[seats.person]
    ranked = percentiles((crimes + reports).astype(float), np.ones(len(crimes), bool), seats.group)
    return Volume(crimes, reports, ranked)
