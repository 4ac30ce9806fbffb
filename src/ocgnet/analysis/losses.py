"""What the network loses with one source, one person or one tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import REPORT, Ties


@dataclass(frozen=True)
class Loss:
    """Ties that weaken or go.

    Parameters
    ----------
    ties : ndarray of int
        Positions of the ties concerned, sorted.
    weight : ndarray of float
        What is left of each, above 0; of no meaning where it goes.
    gone : ndarray of bool
        Whether nothing is left of it.
    """

    ties: np.ndarray
    weight: np.ndarray
    gone: np.ndarray

    @property
    def cuts(self) -> bool:
        """Whether a tie goes, so that paths change."""
        return bool(self.gone.any())

    @property
    def key(self) -> bytes:
        """Equal for two losses that take the same."""
        return self.ties.tobytes() + self.weight.tobytes() + self.gone.tobytes()


@dataclass(frozen=True)
class SourceLosses:
    """The losses of every single source.

    Parameters
    ----------
    losses : tuple of Loss
        Without repeats, those that take most weight first.
    of : ndarray of int, shape (sources,)
        Per source that adds to ties: position in ``losses``, never falling.
    source : ndarray of int, shape (sources,)
        Position in ``Ties.sources``.
    """

    losses: tuple[Loss, ...]
    of: np.ndarray
    source: np.ndarray


def of_tie(tie: int) -> Loss:
    """Return the loss of one tie."""
    return Loss(np.array([tie]), np.ones(1), np.ones(1, bool))


def of_person(ties: Ties, person: int) -> Loss:
    """Return the loss of all that is known of one person."""
    own = np.flatnonzero((ties.a == person) | (ties.b == person))
    return Loss(own, np.ones(len(own)), np.ones(len(own), bool))


def of_sources(evidence: Evidence, ties: Ties) -> SourceLosses:
    """Return what the network loses with each source, its reports and the contacts on them left out.

    Notes
    -----
    Many sources lose the network the same: two informants who each told once of the same two people.
    Such losses are computed once and counted for each. What is left of a tie is what the remaining
    records would make of it; records of contact share one logarithm, so the others count a little more.
    """
    by, at, left, gone = shares_of(evidence, ties, ties.source)
    begins = np.flatnonzero(np.r_[True, by[1:] != by[:-1]]) if len(by) else by
    told = by[begins]
    heavy = np.add.reduceat(np.where(gone, ties.weight[at], ties.weight[at] - left), begins) if len(by) else by
    order = np.lexsort((told, -np.round(heavy, 9)))
    known: dict[bytes, int] = {}
    losses: list[Loss] = []
    of, ends = np.zeros(len(told), np.int64), np.append(begins, len(by))
    for i in order.tolist():
        part = slice(ends[i], ends[i + 1])
        loss = Loss(at[part], left[part], gone[part])
        of[i] = known.setdefault(loss.key, len(losses))
        if of[i] == len(losses):
            losses.append(loss)
    order = np.lexsort((told, of))
    return SourceLosses(tuple(losses), of[order], told[order])


def shares_of(
    evidence: Evidence, ties: Ties, owner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what each owner of contributions takes away from each tie.

    Parameters
    ----------
    evidence, ties
        Of one analysis.
    owner : ndarray of int, shape (contributions,)
        Whose each contribution is, such as a source or an event; below 0 for nobody's.

    Returns
    -------
    by, at : ndarray of int
        Each pair of an owner and a tie that it adds to, once, sorted.
    left : ndarray of float
        What the other contributions make of the tie, above 0; 1 where nothing is left, so that equal losses have
        equal keys.
    gone : ndarray of bool
        Whether nothing is left.
    """
    rows, width = np.flatnonzero(owner >= 0), max(len(ties), 1)
    tie = ties.tie
    code = owner[rows].astype(np.int64) * width + tie[rows]
    pair, which, many = np.unique(code, return_inverse=True, return_counts=True)
    taken = np.bincount(which, ties.amount[rows], len(pair)) - _regained(evidence, ties, owner, pair)
    by, at = np.divmod(pair, width)
    gone = many == np.diff(ties.start)[at]
    return by, at, np.where(gone, 1.0, np.maximum(np.round(ties.weight[at] - taken, 12), 1e-12)), gone


def _regained(evidence: Evidence, ties: Ties, owner: np.ndarray, pair: np.ndarray) -> np.ndarray:
    """Return per pair of owner and tie what the other contacts add more once those of the owner are gone."""
    found = np.zeros(len(pair))
    rows = np.flatnonzero(ties.kind > REPORT)
    if not len(rows) or not (owner[rows] >= 0).any():
        return found
    width, kinds = max(len(ties), 1), len(ties.kinds)
    cell = ties.tie[rows].astype(np.int64) * kinds + ties.kind[rows]
    cells, which = np.unique(cell, return_inverse=True)
    times = evidence.associations.times[ties.event[rows]]
    total = np.bincount(which, times, len(cells))
    amount = np.bincount(which, ties.amount[rows], len(cells))
    # Per owner and cell: the times and the amount that go.
    owned = np.flatnonzero(owner[rows] >= 0)
    code = owner[rows][owned].astype(np.int64) * len(cells) + which[owned]
    own, group = np.unique(code, return_inverse=True)
    by, at = np.divmod(own, len(cells))
    rest = total[at] - np.bincount(group, times[owned], len(own))
    kept = amount[at] - np.bincount(group, ties.amount[rows][owned], len(own))
    some = rest > 0
    factor = np.ones(len(own))
    factor[some] = np.log2(1 + rest[some]) / rest[some] * total[at][some] / np.log2(1 + total[at][some])
    more = np.where(some, kept * (factor - 1), 0.0)
    place = np.searchsorted(pair, by * width + cells[at] // kinds)
    np.add.at(found, place, more)
    return found
