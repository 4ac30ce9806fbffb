"""Reports that share one origin: what changes when they count once.

Five reports of one informant corroborate nothing five times. Which report comes from whom stands in
``source_ref``; a report without one is taken to be an origin of its own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocgnet.evidence.evidence import Incidence


def once_per_origin(reports: Incidence) -> Incidence:
    """Return the reports with those of one origin made one, which names whoever any of them names.

    Parameters
    ----------
    reports : Incidence
        Links of nominals to reports; those without an origin stay as they are.

    Notes
    -----
    The one report bears the id of the first, the earliest date, and may be named only when all of them
    may. How many people it names outside the nominals is not known, so ``people`` is the largest of the
    parts or the number of nominals, whichever is more.
    """
    origin = reports.origin
    names, code = np.unique(origin.astype(str), return_inverse=True)
    alone = names[code] == "" if len(names) else np.zeros(0, bool)
    key = np.where(alone, np.arange(len(origin)) + len(names), code)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    # Events are numbered by their first report, so that they stay sorted by id.
    number = np.argsort(np.argsort(first))[group]
    first = np.sort(first)
    width = max(int(reports.person.max(initial=0)) + 1, 1)
    event, person = np.divmod(np.unique(number[reports.event] * np.int64(width) + reports.person), width)
    events = len(first)
    people = np.bincount(event, minlength=events)
    np.maximum.at(people, number, reports.people)
    on = np.full(events, np.datetime64("NaT"), "datetime64[D]")
    np.fmin.at(on, number, reports.on)
    named = np.ones(events, bool)
    np.logical_and.at(named, number, reports.named)
    return replace(
        reports,
        person=person.astype(np.int32),
        event=event.astype(np.int32),
        events=reports.events[first],
        people=people.astype(np.int32),
        on=on,
        named=named,
        **{n: getattr(reports, n)[first] for n in ("harm", "origin", "company")},
    )
