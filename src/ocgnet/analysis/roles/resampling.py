"""Suggested tiers of a network of which something is left out; the work that several processes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocgnet import network as engine
from ocgnet.analysis.position import SCORED, mean_percentile, measures_of, percentiles
from ocgnet.analysis.roles.losses import Loss
from ocgnet.analysis.roles.tiers import stand
from ocgnet.settings import Settings

TIES, PEOPLE = range(2)
"""What a drawn resample leaves out."""

_PEOPLE_AND_TIES = 30_000
"""People and ties that are measured side by side; more would leave the cache of a processor."""


@dataclass(frozen=True)
class Plan:
    """All that a resample needs; sent to every process."""

    graph: engine.WeightedGraph
    # person, group (int, shape (seats,)): who is judged, in which group.
    person: np.ndarray
    group: np.ndarray
    settings: Settings  # thresholds, shares to leave out, and the seed
    base: np.ndarray  # int, shape (seats,): tiers of the whole network
    paths: dict[str, np.ndarray]  # percentiles of the scored measures in the whole network
    # People from whom paths are estimated when a loss cuts ties; None when they are exact (int or None).
    fixed: np.ndarray | None
    # Tiers of the whole network by that estimate; equal to ``base`` when exact (int, shape (seats,)).
    of_fixed: np.ndarray
    # From how many people, drawn anew, the paths of a drawn resample start; exact with as many as have ties.
    starts: int

    def tiers(self, score: np.ndarray, connected: np.ndarray) -> np.ndarray:
        """Return the tier of each seat in each of several networks.

        ``score`` and ``connected`` have the shape (networks, people), the answer (networks, seats).
        """
        many = len(score)
        shift = np.arange(many)[:, None] * (int(self.group.max(initial=0)) + 1)
        group = np.where(self.group < 0, -1, self.group + shift).ravel()
        found = stand(score[:, self.person].ravel(), connected[:, self.person].ravel(), group, self.settings)
        return found.tier.astype(np.int8).reshape(many, -1)

    def together(self) -> int:
        """Return how many networks of this size are measured side by side."""
        return max(_PEOPLE_AND_TIES // (self.graph.people + len(self.graph.a) + 1), 1)


@dataclass(frozen=True)
class Drawn:
    """One resample: what it left out, and the tiers of the rest."""

    kind: int  # ``TIES`` or ``PEOPLE``
    out: np.ndarray  # int: ties or people left out, sorted
    tier: np.ndarray  # int8, shape (seats,)


def drawn(work: tuple[Plan, range]) -> list[Drawn]:
    """Return resamples by their numbers: the even ones leave out ties, the odd ones people.

    A resample depends on its number and the seed alone, so that it does not matter who computes it.
    """
    plan, numbers = work
    found = []
    for some in _batches(numbers, plan.together()):
        graphs, pivots, out = zip(*(_draw(plan, i) for i in some), strict=True)
        for i, o, tier in zip(some, out, _tiers(plan, graphs, pivots), strict=True):
            found.append(Drawn(i % 2, o, tier))
    return found


def _draw(plan: Plan, number: int) -> tuple[engine.WeightedGraph, np.ndarray | None, np.ndarray]:
    """Return what a resample leaves of the network, from whom its paths are estimated, and what it leaves out."""
    graph, s = plan.graph, plan.settings
    draw = np.random.default_rng([s.seed, number])
    if number % 2 == 0:
        out = draw.choice(len(graph.a), round(s.drop_ties * len(graph.a)), replace=False)
        keep = np.ones(len(graph.a), bool)
        keep[out] = False
    else:
        connected = np.flatnonzero(graph.connected)
        many = round(draw.uniform(*s.drop_people) * len(connected))
        least = 1 if s.drop_people[1] > 0 else 0
        out = draw.choice(connected, max(many, least), replace=False)
        present = np.ones(graph.people, bool)
        present[out] = False
        keep = present[graph.a] & present[graph.b]
    left = engine.WeightedGraph(graph.people, graph.a[keep], graph.b[keep], graph.weight[keep])
    return left, engine.pivots_of(left, plan.starts, plan.starts, int(draw.integers(2**31))), np.sort(out)


def without(work: tuple[Plan, Sequence[Loss]]) -> np.ndarray:
    """Return the tiers after each loss, shape ``(losses, seats)``.

    A loss that weakens ties and cuts none changes no path, so that only effective size is computed
    anew. Where paths are estimated, they start from the same people with and without the loss, and a
    tier that comes out the same by both is the tier of the whole network.
    """
    plan, losses = work
    found = np.empty((len(losses), len(plan.base)), np.int8)
    cuts = np.array([loss.cuts for loss in losses], bool)
    for some in _batches(np.flatnonzero(~cuts).tolist(), plan.together()):
        found[some] = _tiers_on_same_paths(plan, [_left(plan, losses[i]) for i in some])
    for some in _batches(np.flatnonzero(cuts).tolist(), plan.together()):
        graphs = [_left(plan, losses[i]) for i in some]
        pivots = [None if plan.fixed is None else plan.fixed[g.connected[plan.fixed]] for g in graphs]
        tier = _tiers(plan, graphs, pivots)
        found[some] = np.where(tier == plan.of_fixed, plan.base, tier)
    return found


def _left(plan: Plan, loss: Loss) -> engine.WeightedGraph:
    """Return what a loss leaves of the network."""
    graph = plan.graph
    weight, keep = np.array(graph.weight, float), np.ones(len(graph.a), bool)
    weight[loss.ties], keep[loss.ties] = loss.weight, ~loss.gone
    return engine.WeightedGraph(graph.people, graph.a[keep], graph.b[keep], weight[keep])


def _tiers(plan: Plan, graphs: Sequence[engine.WeightedGraph], pivots: Sequence[np.ndarray | None]) -> np.ndarray:
    """Return the tiers in each network, shape ``(networks, seats)``."""
    n = plan.graph.people
    starts = [np.flatnonzero(g.connected) if p is None else p for g, p in zip(graphs, pivots, strict=True)]
    whole = engine.WeightedGraph.side_by_side(graphs)
    at = None if all(p is None for p in pivots) else np.concatenate([s + i * n for i, s in enumerate(starts)])
    measures = measures_of(whole, SCORED, at, networks=len(graphs))
    block = np.repeat(np.arange(len(graphs)), n)
    score = mean_percentile({name: percentiles(v, whole.connected, block) for name, v in measures.items()})
    return plan.tiers(score.reshape(len(graphs), n), whole.connected.reshape(len(graphs), n))


def _tiers_on_same_paths(plan: Plan, graphs: Sequence[engine.WeightedGraph]) -> np.ndarray:
    """Return the tiers in networks that have the ties of the whole one, some of them weaker."""
    n, many = plan.graph.people, len(graphs)
    whole = engine.WeightedGraph.side_by_side(graphs)
    block = np.repeat(np.arange(many), n)
    ranked = {name: np.tile(values, many) for name, values in plan.paths.items()}
    ranked[SCORED[0]] = percentiles(engine.effective_size(whole), whole.connected, block)
    return plan.tiers(mean_percentile(ranked).reshape(many, n), whole.connected.reshape(many, n))


def _batches(items: Sequence[int], size: int) -> list[list[int]]:
    return [list(items[i : i + size]) for i in range(0, len(items), size)]


def starts_within(graph: engine.WeightedGraph, settings: Settings) -> int:
    """Return from how many people the paths of a drawn resample start: all with ties where that is affordable.

    The cost of all resamples is people times ties times resamples; ``resample_work`` is the most that is spent, and
    ``resample_pivots`` the fewest people whatever they cost.

    >>> line = engine.WeightedGraph(200, np.arange(199), np.arange(1, 200), np.ones(199))
    >>> starts_within(line, Settings(resamples=500)), starts_within(line, Settings(resamples=500, resample_work=10**7))
    (200, 100)
    """
    affordable = settings.resample_work // max(len(graph.a) * settings.resamples, 1)
    return min(max(settings.resample_pivots, affordable), int(graph.connected.sum()))


def in_parts(items: Sequence[Any], cost: float) -> list[Any]:
    """Cut work into parts of about a quarter of a second each: at least one, at most one for each item.

    ``cost`` is roughly the seconds that one item takes.
    """
    number = int(min(max(round(4 * len(items) * cost), 1), max(len(items), 1)))
    ends = [len(items) * i // number for i in range(number + 1)]
    return [items[ends[i] : ends[i + 1]] for i in range(number)]


def seconds_of(graph: engine.WeightedGraph, pivots: int) -> float:
    """Return roughly how long one resample takes on a desk computer: for the size of parts, and to say it."""
    return 1e-3 + 2e-8 * (pivots + 10) * (graph.people + len(graph.a))
