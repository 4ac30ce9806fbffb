"""How far suggested roles depend on single ties, people and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from ocgnet import engine
from ocgnet.analysis.position import Position, score_of
from ocgnet.analysis.tiers import NONE, TIERS, Seats, seats_of, stand
from ocgnet.projection import Ties
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

TIES, PEOPLE, SOURCE = range(3)
"""What a resample leaves out."""


@dataclass(frozen=True)
class Stability:
    """How often each suggestion comes out the same; arrays in the row order of the table ``roles``.

    Parameters
    ----------
    share : ndarray of float, shape (seats,)
        Over the resamples that hold the person; NaN where not computed, or where nothing is suggested.
    by_kind : ndarray of float, shape (3, seats)
        The same for resamples without ties, without people and without one source; NaN without any.
    otherwise : ndarray of int, shape (seats,)
        The other tier that comes out most often (the lower of equals), as a position in ``TIERS``; -1 for none.
    sources : int
        How many single sources were left out in turn.
    draws : int
        Resamples in all.
    notes : tuple of str
        How it was computed, or why not.
    """

    share: np.ndarray
    by_kind: np.ndarray
    otherwise: np.ndarray
    sources: int
    draws: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Resample:
    """One resample: the ties that are left with their weights, and who is left."""

    kind: int
    graph: engine.WeightedGraph
    present: np.ndarray
    seed: int


def stability_of(evidence: Evidence, ties: Ties, position: Position, settings: Settings) -> Stability:
    """Return the share of resamples in which each person keeps the suggested role.

    Parameters
    ----------
    evidence, ties, position
        Of one analysis.
    settings : Settings
        ``resamples``, ``resample_up_to``, ``drop_ties``, ``drop_people``, ``drop_sources``,
        ``resample_pivots`` and ``seed``.

    Notes
    -----
    Each of the ``drop_sources`` sources that add most to ties is left out once, with all its reports
    and the contacts that stand on them. The remaining resamples leave out ``drop_ties`` of the ties
    and a share of the people between the two of ``drop_people`` in turn. Score and roles are computed
    anew each time; someone who loses every tie has no role there, someone who is left out is not
    counted there. With more than ``resample_pivots`` people, paths of a resample are estimated from
    that many sources, drawn anew each time, so that the figure is if anything too low.
    """
    seats = seats_of(evidence)
    unknown = np.full(len(seats.person), np.nan)
    nothing = Stability(unknown, np.tile(unknown, (3, 1)), np.full(len(unknown), -1), 0, 0, ())
    people = int(position.connected.sum())
    if people > settings.resample_up_to:
        note = (
            f"Stability of roles is not computed for {people:,} people with ties (up to {settings.resample_up_to:,})."
        )
        return Stability(nothing.share, nothing.by_kind, nothing.otherwise, 0, 0, (note,))
    base = _tiers(position.score, position.connected, seats, settings)
    pivots_of = partial(engine.pivots_of, exact_up_to=settings.resample_pivots, pivots=settings.resample_pivots)
    if not settings.resamples or not (base != NONE).any():
        return nothing
    order = _heaviest_sources(ties)[: min(settings.drop_sources, settings.resamples)]
    counts = np.zeros((3, len(TIERS), len(base)))
    row = np.arange(len(base))
    # A source is left out of one fixed estimate, so that only the source can change a role.
    fixed = pivots_of(position.graph, seed=settings.seed)
    of_fixed = _tiers(score_of(position.graph, fixed), position.connected, seats, settings)
    for sample in _resamples(ties, position, order, settings):
        graph = sample.graph
        if sample.kind == SOURCE:
            pivots = None if fixed is None else fixed[graph.connected[fixed]]
            tier = _tiers(score_of(graph, pivots), graph.connected, seats, settings)
            tier = np.where(tier == of_fixed, base, tier)
        else:
            tier = _tiers(score_of(graph, pivots_of(graph, seed=sample.seed)), graph.connected, seats, settings)
        counts[sample.kind, tier, row] += sample.present[seats.person]
    judged = base != NONE
    total, kept = counts.sum(axis=1), counts[:, base, row]
    share = _share(kept.sum(axis=0), total.sum(axis=0), judged)
    by_kind = np.array([_share(k, t, judged) for k, t in zip(kept, total, strict=True)])
    others = counts.sum(axis=0)
    others[base, row] = 0
    otherwise = np.where(judged & (others.max(axis=0) > 0), others.argmax(axis=0), -1)
    return Stability(share, by_kind, otherwise, len(order), settings.resamples, (_told(ties, order, settings),))


def word_of(share: np.ndarray, settings: Settings) -> np.ndarray:
    """Return stable, fair or fragile for each share, empty where it is not known."""
    words = np.select([share >= settings.stable_from, share >= settings.fair_from], ["stable", "fair"], "fragile")
    return np.asarray(np.where(np.isnan(share), "", words), object)


def _resamples(ties: Ties, position: Position, sources: np.ndarray, settings: Settings) -> Iterator[_Resample]:
    connected = np.flatnonzero(position.connected)
    everybody = np.ones(ties.people, bool)
    weight = np.asarray(ties.weight, float)
    left_out = _without_sources(ties, sources)
    for i, draw in enumerate(np.random.default_rng(settings.seed).spawn(settings.resamples)):
        present, keep, left = everybody, np.ones(len(ties), bool), weight
        if i < len(sources):
            kind = SOURCE
            touched, amount, gone = left_out[i]
            keep[touched[gone]] = False
            left = weight.copy()
            left[touched] = np.maximum(np.round(left[touched] - amount, 12), 1e-12)
        elif (i - len(sources)) % 2 == 0:
            kind = TIES
            keep[draw.choice(len(ties), round(settings.drop_ties * len(ties)), replace=False)] = False
        else:
            kind = PEOPLE
            number = round(draw.uniform(*settings.drop_people) * len(connected))
            present = everybody.copy()
            least = 1 if settings.drop_people[1] > 0 else 0
            present[draw.choice(connected, max(number, least), replace=False)] = False
            keep = present[ties.a] & present[ties.b]
        graph = engine.WeightedGraph(ties.people, ties.a[keep], ties.b[keep], left[keep])
        yield _Resample(kind, graph, present, int(draw.integers(2**31)))


def _heaviest_sources(ties: Ties) -> np.ndarray:
    """Return the sources by what they add to ties, most first; of equals the smaller reference."""
    known = ties.source >= 0
    total = np.bincount(ties.source[known], ties.amount[known], len(ties.sources))
    found = np.lexsort((np.arange(len(total)), -np.round(total, 9)))
    return np.asarray(found[total[found] > 0])


def _without_sources(ties: Ties, sources: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return per source the ties it adds to, how much, and which of them rest on it alone."""
    order = np.argsort(ties.source, kind="stable")
    begin = np.searchsorted(ties.source[order], np.arange(len(ties.sources) + 1))
    size, tie = np.diff(ties.start), ties.tie
    found = []
    for s in sources.tolist():
        rows = order[begin[s] : begin[s + 1]]
        touched, which, many = np.unique(tie[rows], return_inverse=True, return_counts=True)
        found.append((touched, np.bincount(which, ties.amount[rows]), many == size[touched]))
    return found


def _share(kept: np.ndarray, total: np.ndarray, judged: np.ndarray) -> np.ndarray:
    found = np.full(len(kept), np.nan)
    np.divide(kept, total, out=found, where=judged & (total > 0))
    return found


def _told(ties: Ties, sources: np.ndarray, settings: Settings) -> str:
    random = settings.resamples - len(sources)
    each = [
        f"{random - random // 2:,} without {settings.drop_ties:.0%} of the ties",
        f"{random // 2:,} without {settings.drop_people[0]:.0%} to {settings.drop_people[1]:.0%} of the people",
    ]
    if len(sources):
        behind = len(np.unique(ties.source[ties.source >= 0]))
        of = f" (the heaviest of {behind:,})" if behind > len(sources) else ""
        each.append(f"{len(sources):,} without one source{of}")
    return (
        f"Stability of a role is the share of {settings.resamples:,} resamples in which the person keeps it: "
        f"{', '.join(each)}."
    )


def _tiers(score: np.ndarray, connected: np.ndarray, seats: Seats, settings: Settings) -> np.ndarray:
    return stand(score[seats.person], connected[seats.person], seats.group, settings).tier
