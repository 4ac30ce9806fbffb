"""Where each person stands in the network: measures, percentiles and one score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ocgnet import engine
from ocgnet.analysis.ranks import percentiles
from ocgnet.projection import Ties
from ocgnet.results import MEASURES, ResultTable
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

if TYPE_CHECKING:
    from ocgnet.analysis.communities import Communities

SCORED = ("degree", "betweenness", "closeness", "pagerank")
"""Measures whose percentiles make the position score, in equal parts."""

_ON_PATHS: Mapping[str, Callable[[engine.WeightedGraph, np.ndarray | None], np.ndarray]] = {
    "betweenness": engine.betweenness,
    "closeness": engine.harmonic_closeness,
}
_DIRECT: Mapping[str, Callable[[engine.WeightedGraph], np.ndarray]] = {
    "degree": engine.degree,
    "strength": engine.strength,
    "eigenvector": engine.eigenvector,
    "pagerank": engine.pagerank,
    "core": engine.core,
}


@dataclass(frozen=True)
class Position:
    """Position of every nominal in the whole network.

    Parameters
    ----------
    measures, percentiles : mapping of str to ndarray, shape (people,)
        By name, in the order of ``results.MEASURES``. Percentiles are mid-ranks among people with
        ties; 0 for people without.
    score : ndarray of float, shape (people,)
        See `position_of`.
    connected : ndarray of bool, shape (people,)
        Whether the person has a tie.
    notes : tuple of str
        What was estimated, and from how much.
    """

    measures: Mapping[str, np.ndarray]
    percentiles: Mapping[str, np.ndarray]
    score: np.ndarray
    connected: np.ndarray
    notes: tuple[str, ...]

    def columns(self, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return measure and percentile columns as the result tables order them, for some people or all."""
        found = {}
        for name in MEASURES:
            for column, values in ((name, self.measures[name]), (f"{name}_percentile", self.percentiles[name])):
                found[column] = values if rows is None else values[rows]
        return found

    def table(self, evidence: Evidence, communities: Communities, names: Mapping[str, str]) -> ResultTable:
        """Return the table ``people``: one row per nominal, sorted by id.

        Parameters
        ----------
        evidence : Evidence
            The one this position comes from, for crimes, reports and harm.
        communities : Communities
            Of the same ties.
        names : mapping of str to str
            Name by person id.

        Notes
        -----
        ``harm`` is 0 for a person without crimes and blank where none of the crimes has a weight.
        """
        n, crimes = len(evidence.nominals), evidence.crimes
        weight = crimes.harm[crimes.event]
        known = ~np.isnan(weight)
        counted, of_known = crimes.counts(n), np.bincount(crimes.person[known], minlength=n)
        harm = np.bincount(crimes.person[known], weight[known], minlength=n)
        frame = pd.DataFrame(
            {
                "nominal_id": evidence.nominals,
                "name": names_of(evidence.nominals, names),
                "position_score": self.score,
                "community": communities.label,
                **self.columns(),
                "crimes": counted,
                "reports": evidence.reports.counts(n),
                "harm": np.where((counted > 0) & (of_known == 0), np.nan, np.round(harm, 6)),
                "harm_unknown": counted - of_known,
            }
        )
        return ResultTable("people", frame)


def position_of(ties: Ties, settings: Settings) -> Position:
    """Return every measure, its percentile, and the position score.

    Parameters
    ----------
    ties : Ties
        The network.
    settings : Settings
        ``betweenness_exact_up_to``, ``betweenness_pivots`` and ``seed``.

    Returns
    -------
    Position
        Zeros for people without ties; empty arrays for nobody.

    Notes
    -----
    The score is the plain mean of four percentiles among people with ties: degree (how many people),
    weighted PageRank (how strongly, and with whom), betweenness (who connects people that have no
    shorter way), harmonic closeness (how near everybody). No single measure finds leaders in every
    kind of network: degree-like measures win in some, brokerage in others, so one of each family
    enters, and degree beside PageRank because the weight of a tie also measures how closely a person
    was watched. Percentiles, because the measures share no unit and a few extreme values would decide
    a mean of raw values; equal parts, because any other weights would have to be learned from networks
    that are not the one at hand. The score of 0.5 is a person in the middle of those with ties. The
    number of crimes or reports is no part of it.

    Above ``betweenness_exact_up_to`` people with ties, betweenness and closeness are estimated from a
    seeded sample of them, and ``notes`` says so.
    """
    graph = engine.WeightedGraph.of(ties)
    pivots = engine.pivots_of(graph, settings.betweenness_exact_up_to, settings.betweenness_pivots, settings.seed)
    measures = measures_of(graph, MEASURES, pivots)
    ranked = {name: percentiles(values, graph.connected) for name, values in measures.items()}
    notes = []
    if pivots is not None:
        notes.append(
            f"Betweenness and closeness are estimated from the paths of {len(pivots):,} "
            f"of {int(graph.connected.sum()):,} people with ties; "
            "average distance and maximum betweenness of the whole network need every path and are not given."
        )
    return Position(
        MappingProxyType(measures), MappingProxyType(ranked), score_of(ranked), graph.connected, tuple(notes)
    )


def measures_of(
    graph: engine.WeightedGraph, names: tuple[str, ...], pivots: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return the named measures, those on shortest paths estimated from ``pivots`` when given."""
    return {n: _ON_PATHS[n](graph, pivots) if n in _ON_PATHS else _DIRECT[n](graph) for n in names}


def score_of(ranked: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the position score from the percentiles of the ``SCORED`` measures."""
    total: np.ndarray = sum((ranked[n] for n in SCORED), np.zeros(len(ranked[SCORED[0]])))
    return np.round(total / len(SCORED), 9)


def names_of(ids: np.ndarray, names: Mapping[str, str]) -> np.ndarray:
    """Return the name of each id, empty where none is recorded."""
    found = np.empty(len(ids), object)
    found[:] = [names.get(i, "") for i in ids]
    return found
