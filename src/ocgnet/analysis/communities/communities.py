"""Communities: groups of people that hold together over many runs. A community is not an OCG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ocgnet import network as engine
from ocgnet.dataset import names_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import Ties
from ocgnet.results import ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Communities:
    """Community of each person."""

    # str (object), shape (people,): ``C1`` for the largest, and so on; of equal size the one with the smallest
    # id comes first. Empty for people without ties
    label: np.ndarray
    number: np.ndarray  # int, shape (people,): the same as a number from 1; 0 for people without ties
    # float, shape (people,): mean over the person's ties of the share of seeds that agree with the communities
    # given here on whether the two belong together; NaN for people without ties
    stability: np.ndarray
    together: np.ndarray  # float, shape (ties,): share of seeds that put both ends of a tie into one community

    def table(self, evidence: Evidence, names: Mapping[str, str]) -> ResultTable:
        """Return the table ``communities``: one row per nominal, sorted by id."""
        frame = pd.DataFrame(
            {
                "nominal_id": evidence.nominals,
                "name": names_of(evidence.nominals, names),
                "community": self.label,
                "stability": self.stability,
            }
        )
        return ResultTable("communities", frame)


def at_resolutions(ties: Ties, settings: Settings, main: Communities) -> dict[float, Communities]:
    """Return the communities at every resolution of the settings, ``main`` among them.

    Resolution changes communities far more than the algorithm does, and no figure says which is right:
    all are kept, for the analyst to choose from.
    """
    wanted = sorted({*settings.community_resolutions, settings.community_resolution})
    return {
        r: main
        if r == settings.community_resolution
        else find_communities(ties, replace(settings, community_resolution=r))
        for r in wanted
    }


def resolutions_table(evidence: Evidence, by_resolution: Mapping[float, Communities]) -> ResultTable:
    """Return the table ``resolutions``: a row per person with ties and resolution, sorted by both."""
    parts = []
    for resolution in sorted(by_resolution):
        c = by_resolution[resolution]
        who = np.flatnonzero(c.number > 0)
        parts.append(
            pd.DataFrame(
                {
                    "nominal_id": evidence.nominals[who],
                    "resolution": resolution,
                    "community": c.label[who],
                    "size": np.bincount(c.number, minlength=1)[c.number[who]],
                    "stability": c.stability[who],
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return ResultTable("resolutions", frame.sort_values(["nominal_id", "resolution"], kind="stable", ignore_index=True))


def find_communities(ties: Ties, settings: Settings) -> Communities:
    """Return the consensus of several seeded Leiden runs.

    A tie is kept when more than half of the runs put both its ends into one community; communities are the
    connected parts of what is kept. One run depends on its seed and on the order of people as much as on the
    network, and the consensus over ten hardly does. Ties are sorted, so the order of the rows that came in plays no
    part.
    """
    graph = engine.WeightedGraph.of(ties)
    seeds = range(settings.seed, settings.seed + settings.community_seeds)
    together = np.zeros(len(ties))
    for seed in seeds:
        label = engine.leiden(graph, seed, settings.community_resolution)
        together += label[ties.a] == label[ties.b]
    together /= max(len(seeds), 1)
    kept = together > 0.5
    part = engine.components(engine.WeightedGraph.of(ties, kept))
    connected = graph.connected
    number = _by_size(part, connected)
    same = number[ties.a] == number[ties.b]
    agree = np.where(same, together, 1 - together)
    total = np.bincount(ties.a, agree, ties.people) + np.bincount(ties.b, agree, ties.people)
    stability = np.full(ties.people, np.nan)
    np.divide(total, engine.degree(graph), out=stability, where=connected)
    names = np.array(["", *(f"C{i}" for i in range(1, int(number.max(initial=0)) + 1))], object)
    return Communities(names[number], number, stability, together)


def _by_size(part: np.ndarray, connected: np.ndarray) -> np.ndarray:
    """Give each part a number from 1: the largest first, of equal size the one with the smallest person."""
    number = np.zeros(len(part), np.int64)
    labels, first, which, size = np.unique(part[connected], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(labels), np.int64)
    rank[np.lexsort((first, -size))] = np.arange(1, len(labels) + 1)
    number[connected] = rank[which]
    return number
