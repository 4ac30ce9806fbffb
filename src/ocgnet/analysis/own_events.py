"""The single crimes and reports that carry most of a person's ties, and what the network loses with each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.analysis.losses import Loss, shares_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import CRIME, REPORT, Ties
from ocgnet.settings import Settings

EACH = 3
"""Events of one person that are left out alone, at most."""


@dataclass(frozen=True)
class OwnEvents:
    """Pairs of a person and an event, sorted by person, those that take most from the person first.

    Parameters
    ----------
    person : ndarray of int, shape (pairs,)
        Position in ``Evidence.nominals``; at most ``EACH`` pairs each.
    event : ndarray of int, shape (pairs,)
        Position in ``ids``.
    goes, weakens : ndarray of int, shape (pairs,)
        Ties of the person that rest on the event alone, and others that it adds to.
    cut : ndarray of int, shape (pairs,)
        The first of those that rest on it alone, -1 for none.
    order : ndarray of int, shape (pairs,)
        Place among the pairs of the person, from 0.
    ids : ndarray of str (object)
        Ids of crimes, then of reports.
    losses : mapping of int to Loss
        By position in ``ids``.
    """

    person: np.ndarray
    event: np.ndarray
    goes: np.ndarray
    weakens: np.ndarray
    cut: np.ndarray
    order: np.ndarray
    ids: np.ndarray
    losses: dict[int, Loss]


def own_events(evidence: Evidence, ties: Ties, settings: Settings, asked: np.ndarray) -> OwnEvents:
    """Return the events that take most from each person's ties.

    Parameters
    ----------
    evidence, ties, settings
        Of one analysis.
    asked : ndarray of bool, shape (people,)
        Whose events to look for.

    Notes
    -----
    Ties that go count before weight that goes: paths depend on which ties there are. Of equal events crimes come
    before reports, then the smallest id.

    A report goes with the contacts that it records. What may not be named because of its handling is no candidate.
    Nor is a report in whose place another of the same source would stand, since with ``one_origin_once`` both add
    once: without either of them the ties stay.
    """
    owner, ids = _owners(evidence, ties, settings)
    by, at, left, gone = shares_of(evidence, ties, owner)
    lost = np.where(gone, ties.weight[at], ties.weight[at] - left)
    row = np.tile(np.arange(len(by)), 2)
    person = np.concatenate([ties.a[at], ties.b[at]]).astype(np.int64)
    mine = asked[person]
    row, person = row[mine], person[mine]
    pair, which = np.unique(person * max(len(ids), 1) + by[row], return_inverse=True)
    goes = np.bincount(which, gone[row], len(pair)).astype(np.int64)
    every, weight = np.bincount(which, minlength=len(pair)), np.bincount(which, lost[row], len(pair))
    cut = np.full(len(pair), len(ties))
    np.minimum.at(cut, which[gone[row]], at[row][gone[row]])
    who, event = np.divmod(pair, max(len(ids), 1))
    order = np.lexsort((event, -np.round(weight, 9), -goes, who))
    begins = np.searchsorted(who[order], who[order])
    place = np.arange(len(order)) - begins
    taken = order[place < EACH]
    wanted = np.unique(event[taken])
    first, last = np.searchsorted(by, wanted), np.searchsorted(by, wanted, side="right")
    losses = {}
    for e, i, j in zip(wanted.tolist(), first.tolist(), last.tolist(), strict=True):
        losses[e] = Loss(at[i:j], left[i:j], gone[i:j])
    return OwnEvents(
        person=who[taken],
        event=event[taken],
        goes=goes[taken],
        weakens=(every - goes)[taken],
        cut=np.where(goes[taken] > 0, cut[taken], -1),
        order=place[place < EACH],
        ids=ids,
        losses=losses,
    )


def _owners(evidence: Evidence, ties: Ties, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Return per contribution the event that is tried with it (-1 for none), and the ids of events."""
    crimes, contacts = evidence.crimes.events, evidence.associations
    reports = np.array(sorted({*evidence.reports.events, *contacts.report} - {""}), object)
    place = {r: len(crimes) + i for i, r in enumerate(reports.tolist())}
    replaced = _replaced(evidence) if settings.one_origin_once else set()
    of_report, of_contact = (
        np.array([-1 if r in replaced else place.get(r, -1) for r in held.tolist()], np.int64)
        for held in (evidence.reports.events, contacts.report)
    )
    owner = np.full(len(ties.kind), -1)
    for rows, of in (
        (ties.kind == CRIME, np.arange(len(crimes))),
        (ties.kind == REPORT, of_report),
        (ties.kind > REPORT, of_contact),
    ):
        owner[rows] = of[ties.event[rows]]
    owner[~ties.named] = -1
    return owner, np.concatenate([crimes, reports])


def _replaced(evidence: Evidence) -> set[str]:
    """Return the reports that say once more what another record of the same source says."""
    reports, contacts = evidence.reports, evidence.associations
    known = np.flatnonzero(reports.origin != "")
    again = _repeated(reports.origin[known], reports.company[known])
    found = set(reports.events[known[again]].tolist())
    known = np.flatnonzero(contacts.origin != "")
    again = _repeated(contacts.origin[known], contacts.a[known], contacts.b[known], contacts.kind[known])
    return found | set(contacts.report[known[again]].tolist())


def _repeated(*columns: np.ndarray) -> np.ndarray:
    """Return which rows have an equal."""
    code = np.zeros(len(columns[0]), np.int64)
    for values in columns:
        which = np.unique(values.astype(str) if values.dtype == object else values, return_inverse=True)[1]
        code = np.unique(code * (int(which.max(initial=0)) + 1) + which, return_inverse=True)[1]
    return np.bincount(code, minlength=1)[code] > 1
