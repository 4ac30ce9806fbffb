"""Which single tie or person a suggestion turns on: looked for in the resamples, then tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocgnet.analysis.losses import Loss, of_person, of_tie
from ocgnet.analysis.resampling import TIES, Drawn, Plan
from ocgnet.analysis.tiers import NONE, PERIPHERAL
from ocgnet.projection import Ties

_AT_ONCE = 100_000
"""Pairs of seat and tie that are counted at once."""


@dataclass(frozen=True)
class Suspected:
    """For each seat the one own tie, or tied person, whose absence goes most with another suggestion.

    Parameters
    ----------
    kind : int
        ``TIES`` or ``PEOPLE``.
    seat : ndarray of int
        Seats with such a one, once each.
    what : ndarray of int
        The tie or the person.
    excess : ndarray of float
        Share of the resamples without it that change the suggestion, less the share of the others.
    """

    kind: int
    seat: np.ndarray
    what: np.ndarray
    excess: np.ndarray

    def losses(self, ties: Ties, at_most: int, base: np.ndarray) -> tuple[list[Loss], np.ndarray]:
        """Return the losses to try, and per seat which of them concerns it (-1 for one that is not tried).

        Higher tiers come first, then larger excess, when there are more than ``at_most``.
        """
        order = np.lexsort((self.seat, -np.round(self.excess, 9), -base[self.seat]))
        first = np.sort(np.unique(self.what[order], return_index=True)[1])[:at_most]
        tried = np.sort(self.what[order][first])
        at = np.searchsorted(tried, self.what) if len(tried) else np.zeros(len(self.what), np.int64)
        at = np.minimum(at, max(len(tried) - 1, 0))
        known = tried[at] == self.what if len(tried) else np.zeros(len(self.what), bool)
        of = [of_tie(t) if self.kind == TIES else of_person(ties, t) for t in tried.tolist()]
        return of, np.where(known, at, -1)


def suspected(ties: Ties, plan: Plan, found: Sequence[Drawn], kind: int, asked: np.ndarray) -> Suspected:
    """Look through the resamples of one kind.

    Parameters
    ----------
    ties, plan, found
        Of one analysis.
    kind : int
        ``TIES`` or ``PEOPLE``.
    asked : ndarray of bool, shape (seats,)
        The seats to look for.

    Returns
    -------
    Suspected
        Only where most resamples without it give another role, and a larger share than of the others. Nobody
        becomes more by having fewer ties, so those suggested peripheral are not asked; nor is it news that
        somebody without the only tie, or in a group that becomes too small, gets no suggestion.
        Of equals the tie with the person of smallest id.
    """
    own = [d for d in found if d.kind == kind]
    width = len(ties) if kind == TIES else ties.people
    out = np.zeros((len(own), width), bool)
    for row, d in zip(out, own, strict=True):
        row[d.out] = True
    changed = np.array([(d.tier != plan.base) & (d.tier != NONE) for d in own]).reshape(len(own), len(plan.base))
    present = np.ones_like(changed) if kind == TIES else ~out[:, plan.person]
    changed &= present
    moved = np.flatnonzero(changed.any(axis=0) & (plan.base > PERIPHERAL) & asked)
    seat, tie, other = _own_ties(ties, plan.person[moved])
    seat, what = moved[seat], tie if kind == TIES else other
    excess = np.zeros(len(seat))
    total, counted = changed.sum(axis=0), present.sum(axis=0)
    for i in range(0, len(seat), _AT_ONCE):
        s, w = seat[i : i + _AT_ONCE], what[i : i + _AT_ONCE]
        gone = out[:, w] & present[:, s]
        without, bad = gone.sum(axis=0), (gone & changed[:, s]).sum(axis=0)
        rest = np.maximum(counted[s] - without, 1)
        rate, usual = bad / np.maximum(without, 1), (total[s] - bad) / rest
        excess[i : i + _AT_ONCE] = np.where((rate > 0.5) & (rate > usual), rate - usual, 0.0)
    some = np.flatnonzero(excess > 0)
    order = some[np.lexsort((other[some], -np.round(excess[some], 9), seat[some]))]
    first = order[np.r_[True, seat[order][1:] != seat[order][:-1]]] if len(order) else order
    return Suspected(kind, seat[first], what[first], excess[first])


def _own_ties(ties: Ties, person: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per own tie of each of these people: position in ``person``, the tie, and whom it ties."""
    ends, others = np.concatenate([ties.a, ties.b]), np.concatenate([ties.b, ties.a])
    order = np.argsort(ends, kind="stable")
    begin = np.searchsorted(ends[order], np.arange(ties.people + 1))
    count = np.diff(begin)[person]
    row = np.repeat(np.arange(len(person)), count)
    at = order[np.repeat(begin[person] - np.cumsum(count) + count, count) + np.arange(len(row))]
    return row, at % max(len(ties), 1), others[at]
