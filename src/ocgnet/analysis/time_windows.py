"""Snapshots over time: the stretches of a period, and the evidence that falls into each."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Associations, Evidence, Incidence, evidence_of
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.period import Period, months_after, period_before
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Window:
    """One stretch of time, both days included; ``now`` is false for those of the period before."""

    first: date
    last: date
    now: bool


def windows_of(period: Period, months: int, before: Period | None = None) -> tuple[Window, ...]:
    """Cut the period before, and the period, into stretches of ``months`` months.

    Without ``before`` that is the period of the same length that ends the day before it.

    The last stretch of each ends with it, and may be shorter. Empty without dates or with 0 months.

    >>> year = Period(date(2019, 3, 31), date(2018, 4, 1), date(2019, 3, 31), "")
    >>> [str(w.first) for w in windows_of(year, 6)]
    ['2017-04-01', '2017-10-01', '2018-04-01', '2018-10-01']
    """
    found = []
    for span, now in ((before or period.before(), False), (period, True)):
        if span.first is None or span.last is None or months < 1:
            return ()
        step, first = 0, span.first
        while first <= span.last:
            step += months
            following = months_after(span.first, step)
            found.append(Window(first, min(following - timedelta(days=1), span.last), now))
            first = following
    return tuple(found)


def evidence_over(dataset: Dataset, evidence: Evidence, settings: Settings) -> Evidence:
    """Return the evidence of the period and of the time before it, filtered as on the analysis date.

    The time before reaches back to the period before, and as far as signs on the pathway count. What may not be used
    today (overdue for review, outside the grade filter) is in no snapshot either.
    """
    period = evidence.period
    first = period_before(period, settings).first
    if first is not None and period.as_of is not None:
        # A short period has a short one before it, and no sign may be lost by that.
        first = min(first, period.as_of - timedelta(days=settings.pathway_days - 1))
    return evidence_of(dataset, settings, replace(period, first=first))


def evidence_within(dataset: Dataset, over: Evidence, window: Window, settings: Settings) -> Evidence:
    """Return the part of ``over`` that falls into a window, with the memberships of its last day.

    Notes
    -----
    A contact counts in every window that its first and last sighting touch; an undated one counts in
    all, since it may have held at any time.
    """
    first, last = np.datetime64(window.first), np.datetime64(window.last)
    contacts = over.associations
    begun = np.where(np.isnat(contacts.first), contacts.last, contacts.first)
    ended = np.where(np.isnat(contacts.last), contacts.first, contacts.last)
    # Comparisons with an absent date are false: an undated contact is neither over nor still to come.
    touched = ~((ended < first) | (begun > last))
    return replace(
        over,
        period=replace(over.period, as_of=window.last, first=window.first, last=window.last),
        crimes=_dated(over.crimes, first, last),
        reports=_dated(over.reports, first, last),
        associations=Associations(**{f.name: getattr(contacts, f.name)[touched] for f in fields(contacts)}),
        memberships=memberships_on(dataset, window.last, pa.array(over.nominals, pa.string()), settings.ocgs),
        left_out=(),
    )


def _dated(events: Incidence, first: np.datetime64, last: np.datetime64) -> Incidence:
    inside = (events.on >= first) & (events.on <= last)
    number = np.cumsum(inside) - 1
    kept = inside[events.event]
    return replace(
        events,
        person=events.person[kept],
        event=number[events.event[kept]].astype(np.int32),
        **{f.name: getattr(events, f.name)[inside] for f in fields(events) if f.name not in ("person", "event")},
    )
