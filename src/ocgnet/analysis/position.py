"""Where each person stands in the network: measures, percentiles and one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ocgnet import network as engine
from ocgnet.dataset import names_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.spans import group_starts
from ocgnet.network.ties import Ties
from ocgnet.results import MEASURES, Network, ResultTable
from ocgnet.settings import Settings

if TYPE_CHECKING:
    from ocgnet.analysis.communities.communities import Communities

_DIGITS = 9
"""Decimals, relative to the largest value, at which two computed values are the same."""


def settled(values: np.ndarray) -> np.ndarray:
    """Return values rounded relative to the largest, so that rounding noise cannot part equals.

    >>> settled(np.array([0.1 + 0.2, 0.3, 3.0])).tolist()
    [0.1, 0.1, 1.0]
    """
    largest = float(np.max(np.abs(values), initial=0.0))
    return np.round(values / largest, _DIGITS) if largest > 0 else np.zeros(len(values))


def percentiles(values: np.ndarray, among: np.ndarray, group: np.ndarray | None = None) -> np.ndarray:
    """Return the mid-rank percentile of each value.

    (number below + half the number equal, oneself included) / number ranked: above 0, below 1, and with mean 0.5.
    Who is not ``among`` the ranked gets 0 and moves nobody; with ``group`` the rank is that within the group.

    >>> percentiles(np.array([1.0, 5.0, 5.0, 9.0]), np.ones(4, bool)).tolist()
    [0.125, 0.5, 0.5, 0.875]
    """
    ranks = np.zeros(len(values))
    who = np.flatnonzero(among)
    if not len(who):
        return ranks
    block = np.zeros(len(who), np.int64) if group is None else group[who]
    value = settled(values)[who] if group is None else _settled_within(values[who], block)
    order = np.lexsort((value, block))
    value, block = value[order], block[order]
    at = np.arange(len(who))
    new_block, new_value = group_starts(block), group_starts(block, value)
    begins, starts = at[new_block], at[new_value]
    of_block, of_value = np.cumsum(new_block) - 1, np.cumsum(new_value) - 1
    size = np.diff(np.append(begins, len(who)))[of_block]
    equal = np.diff(np.append(starts, len(who)))[of_value]
    below = starts[of_value] - begins[of_block]
    ranks[who[order]] = (below + equal / 2) / size
    return ranks


def _settled_within(values: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Return values rounded relative to the largest of their own block; blocks are numbered from 0."""
    largest = np.zeros(int(block.max()) + 1)
    np.maximum.at(largest, block, np.abs(values))
    return np.asarray(np.round(values / np.where(largest > 0, largest, 1.0)[block], _DIGITS))


SCORED = ("effective_size", "betweenness_steps", "closeness_steps")
"""Measures whose percentiles make the position score, in equal parts."""

_BETWEEN = {"betweenness": False, "betweenness_steps": True}
_CLOSE = {"closeness": False, "closeness_steps": True}
"""Measures on paths, and whether each counts steps instead of distances."""


@dataclass(frozen=True)
class Position:
    """Position of every nominal in the whole network."""

    # measures and percentiles (shape (people,)): by name, in the order of ``results.MEASURES``. Percentiles are
    # mid-ranks among people with ties; 0 for people without
    measures: Mapping[str, np.ndarray]
    percentiles: Mapping[str, np.ndarray]
    score: np.ndarray  # float, shape (people,): see `position_of`
    connected: np.ndarray  # bool, shape (people,): whether the person has a tie
    # shape (people,): standard errors of ``betweenness`` and ``betweenness_steps``; 0 when exact
    errors: Mapping[str, np.ndarray]
    graph: engine.WeightedGraph  # The network they belong to
    notes: tuple[str, ...]  # What was estimated, and from how much

    @property
    def estimated(self) -> bool:
        """Whether measures on paths are estimated from some of the people."""
        return bool(self.notes)

    def columns(self, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return measure and percentile columns as the result tables order them, for some people or all."""
        columns = {}
        for name in MEASURES:
            for column, values in ((name, self.measures[name]), (f"{name}_percentile", self.percentiles[name])):
                columns[column] = values if rows is None else values[rows]
        return columns

    def table(
        self,
        evidence: Evidence,
        communities: Communities,
        names: Mapping[str, str],
        figures: Evidence | None = None,
    ) -> ResultTable:
        """Return the table ``people``: one row per nominal, sorted by id.

        ``figures`` is the evidence of the period, for crimes, reports and harm; default the one that made the
        position. ``harm`` is 0 for a person without crimes and blank where none of the crimes has a weight.
        """
        counting = figures or evidence
        n, crimes = len(evidence.nominals), counting.crimes
        weight = crimes.harm[crimes.event]
        weighed = ~np.isnan(weight)
        counted, of_known = crimes.counts(n), np.bincount(crimes.person[weighed], minlength=n)
        harm = np.bincount(crimes.person[weighed], weight[weighed], minlength=n)
        frame = pd.DataFrame(
            {
                "nominal_id": evidence.nominals,
                "name": names_of(evidence.nominals, names),
                "position_score": self.score,
                "community": communities.label,
                **self.columns(),
                "betweenness_error": self.errors["betweenness"],
                "betweenness_steps_error": self.errors["betweenness_steps"],
                "constraint": engine.constraint(self.graph),
                "participation": engine.participation(self.graph, communities.number),
                "articulation": engine.articulation(self.graph),
                **_directions(evidence),
                "crimes": counted,
                "reports": counting.reports.counts(n),
                "harm": np.where((counted > 0) & (of_known == 0), np.nan, np.round(harm, 6)),
                "harm_unknown": counted - of_known,
            }
        )
        return ResultTable("people", frame)


def position_of(ties: Ties, settings: Settings, spread: engine.Spread = map) -> Position:
    """Return every measure, its percentile, and the position score.

    Zeros for people without ties; empty arrays for nobody. ``spread`` does long work in parts, as ``map`` does;
    several processes give the same answer.

    The score is the plain mean of three percentiles among people with ties, one of each family of positions that
    research on covert networks ties to leading: effective size (many contacts who do not know each other anyway),
    betweenness (who connects people that have no shorter way) and harmonic closeness (how near everybody). No
    single measure finds leaders in every kind of network, and which family does is not known before the leaders
    are, hence equal parts: any other weights would be learned from networks that are not the one at hand.
    Percentiles, because the measures share no unit and a few extreme values would decide a mean of raw values.

    The two measures on paths count steps. The weight of a tie says how often two people were seen together, which
    depends on who was watched; as a length of the way between others it decides who is on it, and in the drug ring
    of Morselli (2009) it takes betweenness from .78 to .64 of finding those whom the police named. Weight enters
    through effective size only, where it says which of a person's own contacts matter. The number of crimes or
    reports is no part of the score. 0.5 is a person in the middle of those with ties. ``docs/measures/position.md``
    gives the measurements.

    Above ``betweenness_exact_up_to`` people with ties, measures on paths are estimated from a seeded sample of
    them, with the error of betweenness, and ``notes`` says so.
    """
    graph = engine.WeightedGraph.of(ties)
    pivots = engine.pivots_of(graph, settings.betweenness_exact_up_to, settings.betweenness_pivots, settings.seed)
    measures, errors = {}, {}
    for name in MEASURES:
        if name in _BETWEEN:
            measures[name], errors[name] = engine.betweenness_with_error(
                graph, pivots, steps=_BETWEEN[name], spread=spread
            )
        elif name in _CLOSE:
            measures[name] = engine.harmonic_closeness(graph, pivots, steps=_CLOSE[name], spread=spread)
        else:
            measures |= measures_of(graph, (name,), pivots)
    ranked = {name: percentiles(values, graph.connected) for name, values in measures.items()}
    notes = []
    if pivots is not None:
        worst = float(errors["betweenness_steps"].max(initial=0.0))
        notes.append(
            f"Betweenness and closeness are estimated from the paths of {len(pivots):,} "
            f"of {int(graph.connected.sum()):,} people with ties (standard error of betweenness in steps at most "
            f"{worst:.2g}, given per person in people); "
            "average distance and maximum betweenness of the whole network need every path and are not given."
        )
    return Position(
        measures=MappingProxyType(measures),
        percentiles=MappingProxyType(ranked),
        score=mean_percentile(ranked),
        connected=graph.connected,
        errors=MappingProxyType(errors),
        graph=graph,
        notes=tuple(notes),
    )


def measures_of(
    graph: engine.WeightedGraph, names: tuple[str, ...], pivots: np.ndarray | None = None, networks: int = 1
) -> dict[str, np.ndarray]:
    """Return the named measures, those on shortest paths estimated from ``pivots`` when given.

    ``networks`` stand side by side in ``graph``, as in `engine.betweenness`.
    """
    measures = {}
    for name in names:
        if name in _BETWEEN:
            measures[name] = engine.betweenness(graph, pivots, steps=_BETWEEN[name], networks=networks)
        elif name in _CLOSE:
            measures[name] = engine.harmonic_closeness(graph, pivots, steps=_CLOSE[name], networks=networks)
        else:
            measures[name] = engine.CENTRALITIES[name](graph)
    return measures


def score_of(
    graph: engine.WeightedGraph, pivots: np.ndarray | None = None, group: np.ndarray | None = None
) -> np.ndarray:
    """Return the position score of everybody in a network, 0 for people without ties.

    With ``group`` people are ranked within these groups; with ``pivots`` measures on paths are estimated from them.
    """
    measures = measures_of(graph, SCORED, pivots)
    return mean_percentile({n: percentiles(v, graph.connected, group) for n, v in measures.items()})


def mean_percentile(ranked: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the position score from the percentiles of the ``SCORED`` measures."""
    total: np.ndarray = sum((ranked[n] for n in SCORED), np.zeros(len(ranked[SCORED[0]])))
    return np.round(total / len(SCORED), 9)


def _directions(evidence: Evidence) -> dict[str, np.ndarray]:
    """Return how many people each one's directed contacts reach and come from; NaN when none has a direction."""
    contacts, calls, n = evidence.associations, evidence.joined.calls, len(evidence.nominals)
    on, sure = contacts.directed, ~calls.suspected
    if not on.any() and not sure.any():
        return {"out_degree": np.full(n, np.nan), "in_degree": np.full(n, np.nan)}
    source = np.where(contacts.forward, contacts.a, contacts.b)[on].astype(np.int64)
    target = np.where(contacts.forward, contacts.b, contacts.a)[on].astype(np.int64)
    pairs = [source * n + target]
    for runs, one, two in ((calls.forward, calls.a, calls.b), (calls.backward, calls.b, calls.a)):
        rows = sure & (runs > 0)
        pairs.append(one[rows].astype(np.int64) * n + two[rows])
    source, target = np.divmod(np.unique(np.concatenate(pairs)), n)
    return {
        "out_degree": np.bincount(source, minlength=n).astype(float),
        "in_degree": np.bincount(target, minlength=n).astype(float),
    }


def summary(ties: Ties, settings: Settings | None = None) -> Network:
    """Return the usual figures of the network, undirected and unweighted, over all nominals.

    With more than ``betweenness_exact_up_to`` people with ties, ``average_distance`` and ``max_betweenness`` would
    need every shortest path and are None. None also where a value is undefined: density and mean degree of nobody,
    transitivity where no two ties share a person, distance without ties, betweenness among fewer than three people.
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
