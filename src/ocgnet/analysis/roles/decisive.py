"""Which single tie, person or event a suggestion turns on: each is tried alone, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocgnet.analysis.roles.losses import Loss, OwnEvents, of_person, of_tie, own_events
from ocgnet.analysis.roles.resampling import PEOPLE, TIES, Drawn, Plan
from ocgnet.analysis.roles.tiers import NONE
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.graph import positions
from ocgnet.network.ties import Ties

# Whose absence is most likely to change somebody's suggestion: own ties and tied people, and those next above.

NEXT_ABOVE = 3
"""Members of the group next above somebody: without one of them, or one of their ties, that person may rise."""


@dataclass(frozen=True)
class Near:
    """Pairs of a seat that is judged and a tie or person near it, each once, sorted by both."""

    # seat, what (int): the seat, and the tie or person.
    seat: np.ndarray
    what: np.ndarray
    own: np.ndarray  # bool: whether it is an own tie or a tied person, not only one next above or a tie of theirs
    whom: np.ndarray  # int: whom an own tie ties, or the person; parts what is equal otherwise, the smallest first


def ties_near(ties: Ties, plan: Plan, score: np.ndarray) -> Near:
    """Return per seat that is judged the own ties and those of the people next above in the group.

    Members of a group follow each other by ``score``.
    """
    seat, tie, _ = _own_ties(ties, plan)
    low, high = _next_above(plan, score)
    row, theirs, _ = _ties_of(ties, high)
    seat, tie = _once(np.concatenate([seat, low[row]]), np.concatenate([tie, theirs]), len(ties))
    person, a, b = plan.person[seat], ties.a[tie], ties.b[tie]
    return Near(seat, tie, (a == person) | (b == person), np.where(a == person, b, a))


def people_near(ties: Ties, plan: Plan, score: np.ndarray) -> Near:
    """Return per seat that is judged the tied people and those who stand next above in the group."""
    own, _, other = _own_ties(ties, plan)
    low, high = _next_above(plan, score)
    seat, person = _once(np.concatenate([own, low]), np.concatenate([other, high]), ties.people)
    width = max(ties.people, 1)
    return Near(seat, person, np.isin(seat * width + person, own * width + other), person)


def _once(seat: np.ndarray, what: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each pair once, sorted."""
    return np.divmod(np.unique(seat * max(width, 1) + what), max(width, 1))


def _own_ties(ties: Ties, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per own tie of each seat that is judged: the seat, the tie, and whom it ties."""
    seats = np.flatnonzero(plan.base != NONE)
    row, tie, other = _ties_of(ties, plan.person[seats])
    return seats[row], tie, other


def _next_above(plan: Plan, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of a seat that is judged and one of the ``NEXT_ABOVE`` people next above it in the group.

    Equal scores stand in the order of ids.
    """
    judged = np.flatnonzero(plan.base != NONE)
    person, group = plan.person[judged], plan.group[judged]
    order = np.lexsort((person, -score[person], group))
    seats, people = [judged[:0]], [person[:0]]
    for step in range(1, NEXT_ABOVE + 1):
        low, high = order[step:], order[:-step]
        same = group[low] == group[high]
        seats.append(judged[low[same]])
        people.append(person[high[same]])
    return np.concatenate(seats), np.concatenate(people)


def _ties_of(ties: Ties, person: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per tie of each of these people: position in ``person``, the tie, and whom it ties."""
    ends, others = np.concatenate([ties.a, ties.b]), np.concatenate([ties.b, ties.a])
    order = np.argsort(ends, kind="stable")
    begin = np.searchsorted(ends[order], np.arange(ties.people + 1))
    count = np.diff(begin)[person]
    row = np.repeat(np.arange(len(person)), count)
    at = order[positions(begin[person], count)]
    return row, at % max(len(ties), 1), others[at]


EVENTS = 2
"""The third kind of single loss beside ``TIES`` and ``PEOPLE``: one crime or report."""
_AT_ONCE = 100_000
"""Pairs of seat and tie that are counted at once."""

Tried = Callable[[tuple[Loss, ...]], np.ndarray]
"""Gives the tiers after each loss, shape ``(losses, seats)``."""


@dataclass(frozen=True)
class Turning:
    """What single losses do to each suggestion; rows are ``TIES``, ``PEOPLE`` and ``EVENTS``."""

    # on, to (int, shape (3, seats)): the tie and the person (see the comment above) and the own event (a position in
    # ``ids``) without which the suggestion is another, and that tier; -1 where none was found.
    on: np.ndarray
    to: np.ndarray
    # same, silent (int, shape (3, seats)): how many of those were tried alone and leave the suggestion as it is, and
    # how many leave none.
    same: np.ndarray
    silent: np.ndarray
    # goes, weakens (int, shape (seats,)): own ties that go and that weaken without the event.
    goes: np.ndarray
    weakens: np.ndarray
    cut: np.ndarray  # int, shape (seats,): the first own tie that goes without the event, -1 for none
    ids: np.ndarray  # str: ids of events
    untried: np.ndarray  # int, shape (3,): how many seats had one to try that was not, because there were too many

    @classmethod
    def nothing(cls, seats: int) -> Turning:
        """Return that nothing was tried."""
        none, zero = (np.full((3, 3, seats), i) for i in (-1, 0))
        return cls(
            on=none[0],
            to=none[1],
            same=zero[0],
            silent=zero[1],
            goes=zero[2, 0],
            weakens=zero[2, 1],
            cut=none[2, 0],
            ids=np.zeros(0, object),
            untried=np.zeros(3, np.int64),
        )


@dataclass(frozen=True)
class _Pairs:
    """Pairs of a seat and something of its own; sorted by seat, and those of one seat as they are preferred."""

    # seat, what (int): the seat, and the tie, person or event.
    seat: np.ndarray
    what: np.ndarray
    excess: np.ndarray  # float: how much the resamples suspect it; 0 for not at all, and for events


def turning_of(
    evidence: Evidence,
    ties: Ties,
    plan: Plan,
    score: np.ndarray,
    samples: Sequence[Drawn],
    tried: Tried,
    known: Mapping[bytes, np.ndarray],
) -> Turning:
    """Leave out single ties, people and events, and see whose suggestion is another.

    ``tried`` computes everything anew without each loss; ``known`` are tiers after losses that were computed before,
    by `Loss.key`: a source that told once is one report.

    Ties and people are suspected in the resamples: most of those without it give another role, and a larger share
    than of the others. The one that each seat suspects most is tried alone. Events are too many to meet in the
    resamples; the few that take most from each person are tried, whatever the resamples say. Each trial tells about
    everybody whose own it is, so that a tie tried for one end is known at the other. Of each kind at most
    ``single_changes`` are tried: higher tiers first, then what is suspected most. Events that take what a loss
    computed before took are known without, whatever their number.

    It is no news that somebody without the only tie, or in a group that becomes too small, gets no suggestion: that
    is neither another role nor the same, and counted apart.
    """
    base, at_most = plan.base, plan.settings.single_changes
    found = Turning.nothing(len(base))
    known = dict(known)

    def leave_out(kind: int, pairs: _Pairs, chosen: np.ndarray, losses: list[Loss]) -> np.ndarray:
        """Fill in one kind; return the pairs that are told."""
        new = {loss.key: loss for loss in losses if loss.key not in known}
        if new:
            known.update(zip(new, tried(tuple(new.values())), strict=True))
        row = _place(chosen, pairs.what)
        rows = np.flatnonzero(row >= 0)
        after = np.array([known[loss.key] for loss in losses]).reshape(len(losses), len(base))
        tier, seat = after[row[rows], pairs.seat[rows]], pairs.seat[rows]
        found.same[kind] = np.bincount(seat[tier == base[seat]], minlength=len(base))
        found.silent[kind] = np.bincount(seat[tier == NONE], minlength=len(base))
        turns = np.flatnonzero((tier != base[seat]) & (tier != NONE))
        first = turns[np.unique(seat[turns], return_index=True)[1]]
        found.on[kind, seat[first]], found.to[kind, seat[first]] = pairs.what[rows[first]], tier[first]
        return rows[first]

    for kind in (TIES, PEOPLE):
        near = ties_near(ties, plan, score) if kind == TIES else people_near(ties, plan, score)
        # Who turns on a tie turns on somebody at its end: only the others suspect people.
        pairs = _suspected(near, ties, plan, samples, kind, found.on[TIES] < 0)
        chosen, found.untried[kind] = _likeliest(pairs, base, at_most)
        leave_out(kind, pairs, chosen, [of_tie(i) if kind == TIES else of_person(ties, i) for i in chosen.tolist()])
    asked = np.zeros(ties.people, bool)
    asked[plan.person[base != NONE]] = True
    events = own_events(evidence, ties, plan.settings, asked)
    pairs, row = _of_seats(events, plan)
    free = np.array([e for e, loss in events.losses.items() if loss.key in known], np.int64)
    chosen, found.untried[EVENTS] = _heaviest(events, pairs, row, base, at_most, free)
    told = leave_out(EVENTS, pairs, chosen, [events.losses[e] for e in chosen.tolist()])
    for of_seat, of_pair in ((found.goes, events.goes), (found.weakens, events.weakens), (found.cut, events.cut)):
        of_seat[pairs.seat[told]] = of_pair[row[told]]
    return replace(found, ids=events.ids)


def _suspected(
    near: Near,
    ties: Ties,
    plan: Plan,
    samples: Sequence[Drawn],
    kind: int,
    asked: np.ndarray,
) -> _Pairs:
    """Look through the resamples of one kind.

    What is suspected comes first, the own before that of others, then what is suspected most; of equals the tie
    with the person of smallest id.
    """
    found = [d for d in samples if d.kind == kind]
    out = np.zeros((len(found), len(ties) if kind == TIES else ties.people), bool)
    for line, d in zip(out, found, strict=True):
        line[d.out] = True
    shape = len(found), len(plan.base)
    changed = np.array([(d.tier != plan.base) & (d.tier != NONE) for d in found]).reshape(shape)
    present = np.ones_like(changed) if kind == TIES else ~out[:, plan.person]
    changed &= present
    seat, what = near.seat, near.what
    excess = np.zeros(len(seat))
    total, counted = changed.sum(axis=0), present.sum(axis=0)
    moved = np.flatnonzero((total > 0)[seat] & asked[seat])
    for i in range(0, len(moved), _AT_ONCE):
        at = moved[i : i + _AT_ONCE]
        s, w = seat[at], what[at]
        gone = out[:, w] & present[:, s]
        without, bad = gone.sum(axis=0), (gone & changed[:, s]).sum(axis=0)
        rest = np.maximum(counted[s] - without, 1)
        rate, usual = bad / np.maximum(without, 1), (total[s] - bad) / rest
        excess[at] = np.where((rate > 0.5) & (rate > usual), rate - usual, 0.0)
    order = np.lexsort((near.whom, -np.round(excess, 9), ~near.own, excess <= 0, seat))
    return _Pairs(seat[order], what[order], excess[order])


def _likeliest(pairs: _Pairs, base: np.ndarray, at_most: int) -> tuple[np.ndarray, int]:
    """Return which ties or people are tried, sorted, and for how many seats there was no room.

    Each seat has the one that it suspects most. Higher tiers come first, then larger excess.
    """
    some = np.flatnonzero(pairs.excess > 0)
    best = some[np.unique(pairs.seat[some], return_index=True)[1]]
    order = best[np.lexsort((pairs.seat[best], -np.round(pairs.excess[best], 9), -base[pairs.seat[best]]))]
    chosen = _first_of(pairs.what[order], at_most)
    return chosen, int((_place(chosen, pairs.what[best]) < 0).sum())


def _of_seats(events: OwnEvents, plan: Plan) -> tuple[_Pairs, np.ndarray]:
    """Return the events of each seat that is judged, and which pair of ``events`` each is."""
    seats = np.flatnonzero(plan.base != NONE)
    begin, end = (np.searchsorted(events.person, plan.person[seats], side=side) for side in ("left", "right"))
    seat = np.repeat(seats, end - begin)
    row = positions(begin, end - begin)
    return _Pairs(seat, events.event[row], np.zeros(len(seat))), row


def _heaviest(
    events: OwnEvents, pairs: _Pairs, row: np.ndarray, base: np.ndarray, at_most: int, free: np.ndarray
) -> tuple[np.ndarray, int]:
    """Return which events are tried, sorted, and for how many seats one of theirs had no room.

    The heaviest of everybody come first, higher tiers before lower ones, then the second of everybody. Those in
    ``free``, of which the outcome is known already, take no room.
    """
    order = np.lexsort((pairs.what, -events.goes[row], -base[pairs.seat], events.order[row]))
    ranked = pairs.what[order]
    known = np.isin(ranked, free)
    chosen = np.union1d(_first_of(ranked[~known], at_most), ranked[known])
    return chosen, len(np.unique(pairs.seat[_place(chosen, pairs.what) < 0]))


def _first_of(values: np.ndarray, at_most: int) -> np.ndarray:
    """Return the first so many different values, sorted."""
    first = np.sort(np.unique(values, return_index=True)[1])[:at_most]
    return np.sort(values[first])


def _place(chosen: np.ndarray, what: np.ndarray) -> np.ndarray:
    """Return the position of each in ``chosen`` (sorted), -1 for none."""
    at = np.minimum(np.searchsorted(chosen, what), max(len(chosen) - 1, 0))
    known = chosen[at] == what if len(chosen) else np.zeros(len(what), bool)
    return np.where(known, at, -1)
