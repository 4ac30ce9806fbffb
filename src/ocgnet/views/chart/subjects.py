"""Victims, witnesses and others in the chart: who is no suspect, and which links say so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ocgnet.analysis.events import STANDS


def subjects(stands: pd.DataFrame, ids: pd.Index, events: pd.DataFrame) -> tuple[list[str], list[list[int | str]]]:
    """Return who is no suspect in any crime that counts, and each link that is not as a suspect.

    Parameters
    ----------
    stands : DataFrame
        As from :func:`ocgnet.analysis.events.stands_of`; may be without rows.
    ids : Index of str
        People, one per result.
    events : DataFrame
        Events of the chart, one row each.

    Returns
    -------
    list of str
        Per person ``victim``, ``witness`` or ``other`` (the first that any crime gives), ``""`` for who is a
        suspect of at least one crime and for who is linked to none.
    list of [int, int, str]
        Row of the person, row of the event and as what, sorted.
    """
    order = np.full(len(ids), len(STANDS))
    if stands.empty:
        return [""] * len(ids), []
    person = ids.get_indexer(stands["nominal_id"])
    place = stands["stands_as"].map({word: n for n, word in enumerate(STANDS)}).to_numpy(int)
    known = person >= 0
    np.minimum.at(order, person[known], place[known])
    words = np.array(["", *STANDS[1:], ""], object)
    crimes = events[events["kind"] == "crime"] if len(events) else events
    row = pd.Index(crimes["event_id"]).get_indexer(stands["crime_id"]) if len(crimes) else np.full(len(stands), -1)
    drawn = known & (row >= 0) & (place > 0)
    # Crimes come first among the events and in their order, but the row is that of the whole table.
    at = np.flatnonzero((events["kind"] == "crime").to_numpy()) if len(events) else np.zeros(0, int)
    links = zip(person[drawn].tolist(), at[row[drawn]].tolist(), stands["stands_as"][drawn], strict=True)
    return words[order].tolist(), sorted([p, e, word] for p, e, word in links)
