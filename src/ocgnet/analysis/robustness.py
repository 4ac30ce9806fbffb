"""How far suggested roles depend on any single tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet import engine
from ocgnet.analysis.position import SCORED, Position, measures_of, score_of
from ocgnet.analysis.ranks import percentiles
from ocgnet.analysis.tiers import NONE, Seats, seats_of, stand
from ocgnet.projection import Ties
from ocgnet.scope import Evidence
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Stability:
    """How often each suggestion comes out the same.

    Parameters
    ----------
    share : ndarray of float, shape (seats,)
        In the row order of the table ``roles``; NaN where not computed, or where nothing is suggested.
    notes : tuple of str
        How it was computed, or why not.
    """

    share: np.ndarray
    notes: tuple[str, ...]


def stability_of(evidence: Evidence, ties: Ties, position: Position, settings: Settings) -> Stability:
    """Return the share of resamples in which each person keeps the suggested role.

    Parameters
    ----------
    evidence, ties, position
        Of one analysis.
    settings : Settings
        ``resamples``, ``resample_up_to``, ``drop_ties``, ``resample_pivots`` and ``seed``.

    Notes
    -----
    Each resample leaves out ``drop_ties`` of the ties, drawn at random, and computes score and roles
    anew; someone who loses every tie has no role there. With more than ``resample_pivots`` people,
    betweenness and closeness of a resample are estimated from that many sources, drawn anew each
    time, so that the figure is if anything too low.
    """
    seats = seats_of(evidence)
    unknown = np.full(len(seats.person), np.nan)
    people = int(position.connected.sum())
    if people > settings.resample_up_to:
        note = (
            f"Stability of roles is not computed for {people:,} people with ties (up to {settings.resample_up_to:,})."
        )
        return Stability(unknown, (note,))
    base = _tiers(position.score, position.connected, seats, settings)
    if not settings.resamples or not (base != NONE).any():
        return Stability(unknown, ())
    kept = np.zeros(len(seats.person))
    drop = round(settings.drop_ties * len(ties))
    for draw in np.random.default_rng(settings.seed).spawn(settings.resamples):
        keep = np.ones(len(ties), bool)
        keep[draw.choice(len(ties), drop, replace=False)] = False
        graph = engine.WeightedGraph.of(ties, keep)
        pivots = engine.pivots_of(graph, settings.resample_pivots, settings.resample_pivots, int(draw.integers(2**31)))
        ranked = {n: percentiles(v, graph.connected) for n, v in measures_of(graph, SCORED, pivots).items()}
        kept += _tiers(score_of(ranked), graph.connected, seats, settings) == base
    share = np.where(base == NONE, np.nan, kept / settings.resamples)
    note = (
        f"Stability of a role is the share of {settings.resamples:,} resamples, each without "
        f"{settings.drop_ties:.0%} of the ties, in which the person keeps it."
    )
    return Stability(share, (note,))


def _tiers(score: np.ndarray, connected: np.ndarray, seats: Seats, settings: Settings) -> np.ndarray:
    return stand(score[seats.person], connected[seats.person], seats.group, settings).tier
