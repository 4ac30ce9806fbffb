"""Make ties: every event adds to the pairs of people that it links.

An event with n people adds 1/(n−1) to each of its pairs, so that what it gives to one person sums to
1 whatever its size (Newman 2001, https://doi.org/10.1103/PhysRevE.64.016132). Events above a size
make no ties at all: a raid on a party says little about any two guests, and one event of 2,000
people would add two million ties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.dataset import LeftOut
from ocgnet.projection.ties import CRIME, EVENT_KINDS, REPORT, Ties
from ocgnet.scope import Associations, Evidence, Incidence
from ocgnet.settings import Settings


@dataclass(frozen=True)
class _Rows:
    """Contributions before they are gathered into ties; arrays of one length."""

    a: np.ndarray
    b: np.ndarray
    kind: np.ndarray
    event: np.ndarray
    amount: np.ndarray
    first: np.ndarray
    last: np.ndarray
    named: np.ndarray


def ties_of(evidence: Evidence, settings: Settings) -> Ties:
    """Project the evidence onto ties between nominals.

    Parameters
    ----------
    evidence : Evidence
        Links, reports and contacts after all filters; victims and witnesses are already gone.
    settings : Settings
        ``crime_weight``, ``report_weight``, ``association_weights`` and ``event_cap``. A weight of 0
        switches a kind off.

    Returns
    -------
    Ties
        Pairs with ``a`` < ``b``, sorted; without evidence there are none.

    Notes
    -----
    A crime or report with n people (nominals or not) adds ``weight / (n − 1)`` to each pair. Contacts
    of one kind between two people add ``weight × log2(1 + times)``, with ``times`` summed over their
    records: one observation weighs exactly ``weight``, and the three hundredth call adds less than
    the second, because counts of calls are not counts of independent evidence. Weights are rounded
    to 12 decimals, so that the order of summation cannot part two equal ties.
    """
    left_out: list[LeftOut] = []
    people = len(evidence.nominals)
    kinds = (*EVENT_KINDS, *sorted(k for k, _ in settings.association_weights))
    parts = [
        _from_events(evidence.crimes, CRIME, settings.crime_weight, settings.event_cap, left_out),
        _from_events(evidence.reports, REPORT, settings.report_weight, settings.event_cap, left_out),
        _from_contacts(evidence.associations, kinds, dict(settings.association_weights), left_out),
    ]
    rows = _Rows(*(np.concatenate([getattr(p, f) for p in parts]) for f in _Rows.__dataclass_fields__))
    pair = rows.a.astype(np.int64) * people + rows.b
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    begins = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, np.int64)
    a, b = np.divmod(pair[begins], max(people, 1))
    amount = rows.amount[order]
    return Ties(
        people=people,
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        weight=np.round(np.add.reduceat(amount, begins), 12) if len(begins) else np.zeros(0),
        start=np.append(begins, len(pair)),
        kind=rows.kind[order],
        event=rows.event[order],
        amount=amount,
        first=rows.first[order],
        last=rows.last[order],
        named=rows.named[order],
        kinds=kinds,
        left_out=tuple(left_out),
    )


def _from_events(links: Incidence, kind: int, weight: float, cap: int, left_out: list[LeftOut]) -> _Rows:
    """Expand each event into its pairs of nominals, in the order of events."""
    used = (links.people >= 2) & (links.people <= cap) & (weight > 0)
    if big := int((links.people > cap).sum()):
        what = "crimes" if kind == CRIME else "intel_reports"
        left_out.append(LeftOut(what, f"more than {cap} people, so it makes no ties (it still counts as linked)", big))
    chosen = used[links.event]
    person, event = links.person[chosen], links.event[chosen]
    # Links are sorted by event, then person: each one pairs with those after it in the same event.
    size = np.bincount(event, minlength=len(links.events))
    end = np.cumsum(size)[event]
    partners = end - np.arange(len(event)) - 1
    left = np.repeat(np.arange(len(event)), partners)
    within = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    made_by = event[left]
    return _Rows(
        a=person[left],
        b=person[left + 1 + within],
        kind=np.full(len(left), kind, np.int8),
        event=made_by,
        amount=weight / (links.people[made_by] - 1.0),
        first=links.on[made_by],
        last=links.on[made_by],
        named=links.named[made_by],
    )


def _from_contacts(
    contacts: Associations, kinds: tuple[str, ...], weights: dict[str, float], left_out: list[LeftOut]
) -> _Rows:
    """Turn recorded contacts into contributions; records of one pair and kind share one logarithm."""
    code_of = {k: i for i, k in enumerate(kinds)}
    names, which = np.unique(contacts.kind.astype(str), return_inverse=True)
    kind = np.array([code_of.get(k, -1) for k in names], np.int8)[which]
    each = np.array([weights.get(k, 0.0) for k in names], float)[which]
    used = np.flatnonzero((each > 0) & (contacts.times > 0))
    if unseen := int((contacts.times <= 0).sum()):
        left_out.append(LeftOut("associations", "observed 0 times, so it makes no tie", unseen))
    used = used[np.lexsort((kind[used], contacts.b[used], contacts.a[used]))]
    a, b, kind, times = contacts.a[used], contacts.b[used], kind[used], contacts.times[used]
    new = np.ones(len(used), bool)
    new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1]) | (kind[1:] != kind[:-1])
    group = np.cumsum(new) - 1
    total = np.bincount(group, weights=times)[group] if len(used) else times
    return _Rows(
        a=a,
        b=b,
        kind=kind,
        event=used.astype(np.int32),
        amount=each[used] * np.log2(1 + total) * times / total,
        first=np.where(np.isnat(contacts.first[used]), contacts.last[used], contacts.first[used]),
        last=np.where(np.isnat(contacts.last[used]), contacts.first[used], contacts.last[used]),
        named=np.ones(len(used), bool),
    )
