"""How far suggested roles depend on single ties, people and sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ocgnet import network as engine
from ocgnet.analysis.position import SCORED, Position, score_of
from ocgnet.analysis.roles.decisive import EVENTS, Turning, turning_of
from ocgnet.analysis.roles.losses import EACH, Loss, SourceLosses, of_sources
from ocgnet.analysis.roles.resampling import PEOPLE, TIES, Plan, drawn, in_parts, seconds_of, starts_within, without
from ocgnet.analysis.roles.tiers import NONE, TIERS, Seats, seats_of
from ocgnet.english import counted
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import Ties
from ocgnet.settings import Settings

SOURCE = 2
"""The third kind of resample beside ``TIES`` and ``PEOPLE``: one source left out."""
_ONE_SIDED = 1.644854
"""How many standard errors below a share 95 of 100 means of further samples do not fall."""

_EXACT_WORK = 30_000_000
"""People times ties times losses up to which paths are exact after each loss; about a second."""


@dataclass(frozen=True)
class Stability:
    """How often each suggestion comes out the same; arrays in the row order of the table ``roles``."""

    # Over the resamples that hold the person; NaN where not computed, or where nothing is suggested (float, shape
    # (seats,)).
    share: np.ndarray
    # The same for resamples without ties, without people and without one source; NaN without any (float, shape (3,
    # seats)).
    by_kind: np.ndarray
    sure: np.ndarray  # float, shape (seats,): what further resamples can be expected to keep; see `sure_share`
    # The other tier that comes out most often (the lower of equals), as a position in ``TIERS``; -1 for none (int,
    # shape (seats,)).
    otherwise: np.ndarray
    draws: int  # resamples drawn at random, of ties and of people
    sources: int  # how many single sources were left out in turn
    source_changes: np.ndarray  # int, shape (seats,): how many of them change the suggestion
    # source_tier, source_tie (int, shape (seats,)): the tier without the first of those (they are sorted by what they
    # take), and the own tie to which it adds most; -1 for none, and for a tie of which a report may not be named.
    source_tier: np.ndarray
    source_tie: np.ndarray
    turning: Turning  # the single ties, people and events without which the suggestion is another
    notes: tuple[str, ...]  # how it was computed, or why not


def stability_of(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    settings: Settings,
    spread: engine.Spread = map,
    beforehand: Callable[[str], None] | None = None,
    *,
    singles: bool = True,
) -> Stability:
    """Return the share of resamples in which each person keeps the suggested role.

    ``spread`` does the work in parts, as ``map`` does; several processes give the same answer. ``beforehand`` is told
    in a sentence what it is about to cost, from a minute on. Without ``singles`` no single tie, person or event is
    tried, and ``turning`` says nothing.

    The drawn resamples leave out, in turn, ``drop_ties`` of the ties and a share of the people between the two of
    ``drop_people``. Beside them each single source is left out, with all its reports and the contacts that stand on
    them. A source counts in the share of a person when it adds to a tie of that person or changes the role: a
    thousand sources that never spoke of somebody would make every role look stable. Score and roles are computed anew
    each time; someone who loses every tie has no role there, someone who is left out is not counted there.

    Paths of a drawn resample are exact where people with ties times ties times resamples is at most
    ``resample_work``; else they are estimated from as many people as that allows, at least ``resample_pivots``, drawn
    anew each time, so that the figure is if anything too low. A note says which. Paths after the loss of a source are
    exact while that is affordable, and else estimated from the same people with and without the source, so that only
    the source can change a role.
    """
    seats = seats_of(evidence)
    people = int(position.connected.sum())
    if people > settings.resample_up_to:
        note = (
            f"Stability of roles is not computed for {people:,} people with ties (up to {settings.resample_up_to:,})."
        )
        return replace(_nothing(seats), notes=(note,))
    plan = _plan(position, seats, settings)
    judged = plan.base != NONE
    if not settings.resamples or not judged.any():
        return _nothing(seats)
    cost = seconds_of(plan.graph, plan.starts)
    if beforehand and (sentence := cost_of(settings.resamples, cost, people)):
        beforehand(sentence)
    parts = [(plan, numbers) for numbers in in_parts(range(settings.resamples), cost)]
    samples = [d for part in spread(drawn, parts) for d in part]
    sources = of_sources(evidence, ties)
    limited = sources.losses[: settings.drop_sources]
    after = _tiers_without(plan, position, spread, limited)
    counts = np.zeros((3, len(TIERS), len(judged)), np.int64)
    row = np.arange(len(judged))
    for d in samples:
        present = np.ones(ties.people, np.int64)
        present[d.out if d.kind == PEOPLE else d.out[:0]] = 0
        counts[d.kind, d.tier, row] += present[plan.person]
    of = sources.of[sources.of < len(limited)]
    changes, first = _count_sources(counts[SOURCE], plan, ties, sources, after, of)
    total, kept = counts.sum(axis=1), counts[:, plan.base, row]
    others = counts.sum(axis=0)
    others[plan.base, row] = 0
    turning = Turning.nothing(len(judged))
    if singles:
        tried = partial(_tiers_without, plan, position, spread)
        known = {loss.key: tier for loss, tier in zip(limited, after, strict=True)}
        turning = turning_of(evidence, ties, plan, position.score, samples, tried, known)
    told = first >= 0
    share = _share(kept.sum(axis=0), total.sum(axis=0), judged)
    by_kind = np.array([_share(k, t, judged) for k, t in zip(kept, total, strict=True)])
    return Stability(
        share=share,
        by_kind=by_kind,
        sure=sure_share(share, by_kind[[TIES, PEOPLE]], settings.resamples),
        otherwise=np.where(judged & (others.max(axis=0) > 0), others.argmax(axis=0), -1),
        draws=settings.resamples,
        sources=len(of),
        source_changes=np.where(judged, changes, 0),
        source_tier=np.where(told & judged, after[np.where(told, of[first], 0), row] if len(of) else -1, -1),
        source_tie=_behind(plan, ties, sources, np.where(judged, first, -1)),
        turning=turning,
        notes=(_told(sources, of, settings, plan.starts, people), *_not_tried(turning, settings)),
    )


_MINUTE = 60
"""Seconds of one processor from which it is said beforehand what the stability of roles costs."""


def cost_of(resamples: int, each: float, people: int) -> str:
    """Return what resamples of ``each`` seconds cost and how to ask for less; empty below a minute of one processor.

    >>> cost_of(500, 0.01, 900)
    ''
    >>> cost_of(500, 0.18, 19_000)[:89]
    'The stability of roles takes about 2 minutes of one processor or more (19,000 people with'
    """
    if resamples * each < _MINUTE:
        return ""
    minutes = counted(round(resamples * each / _MINUTE), "minute")
    return (
        f"The stability of roles takes about {minutes} of one processor or more ({people:,} people with ties, "
        f"{resamples:,} resamples, and single sources, ties, people and events left out). For less: "
        f"resamples = {resamples // 5:,} in a settings file takes a fifth of them; 0 takes none, and then no role is "
        "called stable or fragile."
    )


def word_of(share: np.ndarray, sure: np.ndarray, settings: Settings) -> np.ndarray:
    """Return stable, fair or fragile for each seat, empty where the share is not known.

    ``sure`` decides what is stable, so that the word holds in further resamples.
    """
    words = np.select([sure >= settings.stable_from, share >= settings.fair_from], ["stable", "fair"], "fragile")
    return np.asarray(np.where(np.isnan(share), "", words), object)


def sure_share(share: np.ndarray, by_kind: np.ndarray, draws: int) -> np.ndarray:
    """Return the share that may be relied on: the least of all, of each kind of resample, and of what chance leaves.

    ``share``, shape (seats,), is over everything that was left out, sources among it; ``by_kind``, shape (2, seats),
    over resamples without ties and without people, NaN without any; ``draws`` counts the two together.

    A role that is kept in most resamples may owe some of that to the draw, and further resamples then keep it less.
    So the mean of the two kinds counts with the lower end of its interval, which 95 of 100 further means lie above
    (Wilson 1927). Few resamples make nothing sure.

    >>> kinds = np.array([[0.95, 0.95], [0.95, 0.95]])
    >>> sure_share(np.array([0.95, 0.8]), kinds, 500).round(3).tolist()
    [0.931, 0.8]
    """
    if not draws:
        return share
    mean, z = np.where(np.isnan(by_kind), share, by_kind).mean(axis=0), _ONE_SIDED
    centre, spread = mean + z * z / (2 * draws), mean * (1 - mean) / draws + z * z / (4 * draws * draws)
    lower = (centre - z * np.sqrt(np.maximum(spread, 0))) / (1 + z * z / draws)
    return np.asarray(np.fmin(np.fmin(share, lower), np.fmin(by_kind[0], by_kind[1])))


def _nothing(seats: Seats) -> Stability:
    n = len(seats.person)
    unknown, none = np.full(n, np.nan), np.full(n, -1)
    zero = np.zeros(n, np.int64)
    return Stability(unknown, np.tile(unknown, (3, 1)), unknown, none, 0, 0, zero, none, none, Turning.nothing(n), ())


def _plan(position: Position, seats: Seats, settings: Settings) -> Plan:
    paths = {name: position.percentiles[name] for name in SCORED}
    blank = np.zeros(len(seats.person), np.int8)
    starts = starts_within(position.graph, settings)
    plan = Plan(position.graph, seats.person, seats.group, settings, blank, paths, None, blank, starts)
    base = plan.tiers(position.score[None], position.connected[None])[0]
    return replace(plan, base=base, of_fixed=base)


def _tiers_without(plan: Plan, position: Position, spread: engine.Spread, losses: tuple[Loss, ...]) -> np.ndarray:
    """Return the tiers after each loss, shape ``(losses, seats)``, exact where that is affordable."""
    graph, s = plan.graph, plan.settings
    if not losses:
        return np.zeros((0, len(plan.base)), np.int8)
    tied = int(graph.connected.sum())
    cutting = sum(loss.cuts for loss in losses)
    pivots = engine.pivots_of(graph, s.resample_pivots, s.resample_pivots, s.seed)
    if pivots is not None and (position.estimated or tied * len(graph.a) * cutting > _EXACT_WORK):
        of_fixed = plan.tiers(score_of(graph, pivots)[None], graph.connected[None])[0]
        plan = replace(plan, fixed=pivots, of_fixed=of_fixed)
    each = seconds_of(graph, tied if plan.fixed is None else len(plan.fixed))
    cost = (cutting * each + (len(losses) - cutting) * seconds_of(graph, 0)) / len(losses)
    parts = [(plan, part) for part in in_parts(losses, cost)]
    return np.concatenate(list(spread(without, parts)))


def _count_sources(
    counts: np.ndarray, plan: Plan, ties: Ties, sources: SourceLosses, after: np.ndarray, of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add the sources that bear on each seat to ``counts``; return how many change it, and the first of them."""
    n, row = len(plan.base), np.arange(len(plan.base))
    changes, first = np.zeros(n, np.int64), np.full(n, -1)
    begins = np.searchsorted(of, np.arange(len(after) + 1))
    for i, tier in enumerate(after):
        many = int(begins[i + 1] - begins[i])
        touched = np.zeros(ties.people, bool)
        own = sources.losses[i].ties
        touched[ties.a[own]] = touched[ties.b[own]] = True
        changed = tier != plan.base
        bears = changed | touched[plan.person]
        counts[tier[bears], row[bears]] += many
        changes += many * changed
        first[(first < 0) & changed] = begins[i]
    return changes, first


def _behind(plan: Plan, ties: Ties, sources: SourceLosses, first: np.ndarray) -> np.ndarray:
    """Return the own tie to which the first changing source of each seat adds most, where it may be told."""
    found = np.full(len(first), -1)
    for seat in np.flatnonzero(first >= 0).tolist():
        person = plan.person[seat]
        own = sources.losses[sources.of[first[seat]]].ties
        own = own[(ties.a[own] == person) | (ties.b[own] == person)]
        most = -1.0
        for tie in own.tolist():
            rows = np.arange(ties.start[tie], ties.start[tie + 1])
            rows = rows[ties.source[rows] == sources.source[first[seat]]]
            if ties.amount[rows].sum() > most and ties.named[rows].all():
                most, found[seat] = ties.amount[rows].sum(), tie
    return found


def _share(kept: np.ndarray, total: np.ndarray, judged: np.ndarray) -> np.ndarray:
    found = np.full(len(kept), np.nan)
    np.divide(kept, total, out=found, where=judged & (total > 0))
    return found


def _not_tried(turning: Turning, settings: Settings) -> tuple[str, ...]:
    """Say for how many roles something was not tried because there were too many."""
    most = f"{settings.single_changes:,}"
    notes = []
    suspected = int(turning.untried[[TIES, PEOPLE]].sum())
    if suspected:
        each = f"the {most} ties and {most} people that matter most likely"
        notes.append(
            f"Which single tie or person a role turns on was tried on {each}; {suspected:,} roles were left out of it."
        )
    if turning.untried[EVENTS]:
        notes.append(
            f"Which single crime or report a role turns on was computed for {most} events, the heaviest of each person "
            f"first; for {turning.untried[EVENTS]:,} roles one of the {EACH} heaviest was left out of it."
        )
    return tuple(notes)


def _told(sources: SourceLosses, of: np.ndarray, settings: Settings, starts: int, people: int) -> str:
    random = settings.resamples
    each = (
        f"{random - random // 2:,} without {settings.drop_ties:.0%} of the ties, "
        f"{random // 2:,} without {settings.drop_people[0]:.0%} to {settings.drop_people[1]:.0%} of the people"
    )
    paths = "paths in them are exact"
    if starts < people:
        paths = (
            f"paths in them are estimated from {starts:,} of {people:,} people with ties, so the share may be too low"
        )
    text = f"Stability of a role is the share of {random:,} resamples in which the person keeps it: {each} ({paths})"
    if not len(of):
        return f"{text}."
    every = len(sources.of)
    single = f"{len(of):,} of {every:,} sources (those that add most)" if len(of) < every else f"{every:,} sources"
    return (
        f"{text}; beside them each of {single} was left out alone, and counts for the people whose ties it adds to "
        "or whose role it changes."
    )
