"""Make ties: every event adds to the pairs of people that it links.

An event with n people adds 1/(n−1) to each of its pairs, so that what it gives to one person sums to
1 whatever its size (Newman 2001, https://doi.org/10.1103/PhysRevE.64.016132). Events above a size
make no ties at all: a raid on a party says little about any two guests, and one event of 2,000
people would add two million ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ocgnet.dataset import LeftOut
from ocgnet.evidence.evidence import Associations, Evidence, Incidence
from ocgnet.projection.ties import CRIME, EVENT_KINDS, REPORT, Ties, weights_of
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
    source: np.ndarray


def ties_of(evidence: Evidence, settings: Settings) -> Ties:
    """Project the evidence onto ties between nominals.

    Parameters
    ----------
    evidence : Evidence
        Links, reports and contacts after all filters; victims and witnesses are already gone.
    settings : Settings
        ``crime_weight``, ``report_weight``, ``association_weights`` and ``event_cap``; a weight of 0
        switches a kind off. ``half_life_days`` and ``one_origin_once``.

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

    With ``one_origin_once`` reports that share a source and link the same people add once, as do
    contacts of one kind between the same two people on reports of one source: one informant who is
    written up twice is not two informants. Of such reports the newest stands, then one that may be
    named, then the smallest id; of such contacts the one seen most often.

    With a half-life an amount counts ``0.5 ** (age / half_life_days)``, the age counted from the day
    of the event, or the latest day of a contact, to the analysis date. What has no date does not age.
    """
    left_out: list[LeftOut] = []
    people = len(evidence.nominals)
    kinds = (*EVENT_KINDS, *sorted(k for k, _ in settings.association_weights))
    sources = sorted({*evidence.reports.origin, *evidence.associations.origin} - {""})
    code = {s: i for i, s in enumerate(sources)}
    parts = [
        _from_events(evidence.crimes, CRIME, settings.crime_weight, settings, code, left_out),
        _from_events(evidence.reports, REPORT, settings.report_weight, settings, code, left_out),
        _from_contacts(evidence.associations, kinds, settings, code, left_out),
    ]
    rows = _Rows(*(np.concatenate([getattr(p, f) for p in parts]) for f in _Rows.__dataclass_fields__))
    pair = rows.a.astype(np.int64) * people + rows.b
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    begins = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, np.int64)
    a, b = np.divmod(pair[begins], max(people, 1))
    amount = (rows.amount * _faded(rows.last, evidence.period.as_of, settings.half_life_days))[order]
    return Ties(
        people=people,
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        weight=weights_of(amount, begins),
        start=np.append(begins, len(pair)),
        kind=rows.kind[order],
        event=rows.event[order],
        amount=amount,
        first=rows.first[order],
        last=rows.last[order],
        named=rows.named[order],
        source=rows.source[order],
        kinds=kinds,
        sources=tuple(sources),
        left_out=tuple(left_out),
    )


def _faded(last: np.ndarray, as_of: date | None, half_life: float) -> np.ndarray:
    """Return the share of each amount that is left on the analysis date; 1 without a half-life or a date."""
    if not half_life or as_of is None:
        return np.ones(len(last))
    age = (np.datetime64(as_of, "D") - last).astype(float)
    return np.where(np.isnat(last), 1.0, 0.5 ** (np.maximum(np.nan_to_num(age), 0) / half_life))


def _once(links: Incidence) -> np.ndarray:
    """Return which events stand: of those with one source and the same people, the newest."""
    known = np.flatnonzero(links.origin != "")
    stands = np.ones(len(links.events), bool)
    if len(known):
        origin = np.unique(links.origin[known].astype(str), return_inverse=True)[1]
        company, day = links.company[known], links.on[known].astype(np.int64)
        # Ids are sorted, so the position breaks the last tie.
        order = np.lexsort((known, ~links.named[known], -day, company, origin))
        again = np.zeros(len(known), bool)
        again[1:] = (origin[order][1:] == origin[order][:-1]) & (company[order][1:] == company[order][:-1])
        stands[known[order[again]]] = False
    return stands


def _from_events(
    links: Incidence, kind: int, weight: float, settings: Settings, sources: dict[str, int], left_out: list[LeftOut]
) -> _Rows:
    """Expand each event into its pairs of nominals, in the order of events."""
    cap = settings.event_cap
    used = (links.people >= 2) & (links.people <= cap) & (weight > 0)
    if big := int((links.people > cap).sum()):
        what = "crimes" if kind == CRIME else "intel_reports"
        left_out.append(LeftOut(what, f"more than {cap} people, so it makes no ties (it still counts as linked)", big))
    if kind == REPORT and settings.one_origin_once:
        once = _once(links)
        if repeated := int((used & ~once).sum()):
            why = "same source and same people as another report, so both add to ties once"
            left_out.append(LeftOut("intel_reports", why, repeated))
        used &= once
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
        source=_coded(links.origin, sources)[made_by],
    )


def _coded(origin: np.ndarray, sources: dict[str, int]) -> np.ndarray:
    """Return the position of each source, -1 where it is not known."""
    names, which = np.unique(origin.astype(str), return_inverse=True)
    return np.array([sources.get(n, -1) for n in names], np.int32)[which]


def _from_contacts(
    contacts: Associations, kinds: tuple[str, ...], settings: Settings, sources: dict[str, int], left_out: list[LeftOut]
) -> _Rows:
    """Turn recorded contacts into contributions; records of one pair and kind share one logarithm."""
    weights = dict(settings.association_weights)
    source = _coded(contacts.origin, sources)
    code_of = {k: i for i, k in enumerate(kinds)}
    names, which = np.unique(contacts.kind.astype(str), return_inverse=True)
    kind = np.array([code_of.get(k, -1) for k in names], np.int8)[which]
    each = np.array([weights.get(k, 0.0) for k in names], float)[which]
    used = np.flatnonzero((each > 0) & (contacts.times > 0))
    if unseen := int((contacts.times <= 0).sum()):
        left_out.append(LeftOut("associations", "observed 0 times, so it makes no tie", unseen))
    if settings.one_origin_once:
        most = used[np.lexsort((-contacts.times[used], source[used], kind[used], contacts.b[used], contacts.a[used]))]
        again = np.zeros(len(most), bool)
        again[1:] = source[most[1:]] >= 0
        for values in (contacts.a, contacts.b, kind, source):
            again[1:] &= values[most[1:]] == values[most[:-1]]
        if again.any():
            why = "same source, people and kind as another contact, so both add to the tie once"
            left_out.append(LeftOut("associations", why, int(again.sum())))
        used = np.sort(most[~again])
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
        named=contacts.named[used],
        source=source[used],
    )
