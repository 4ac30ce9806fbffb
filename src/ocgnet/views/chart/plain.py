"""The payload of a network that comes without an analysis: people, groups and ties only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ocgnet.views.chart.boxes import boxes_of
from ocgnet.views.chart.heading import OPEN_ALL_UP_TO
from ocgnet.views.chart.layout import two_level
from ocgnet.views.chart.payload import Payload, box_rows, event_columns, where_people_are
from ocgnet.views.chart.values import plain

PERSON_COLUMNS = ("position_score", "community", "crimes", "reports", "harm", "harm_unknown")
TIE_COLUMNS = ("kinds", "first_on", "last_on", "events_withheld")


def plain_payload(
    title: str,
    marking: str,
    people: Sequence[tuple[str, str, str, str]],
    ties: Sequence[tuple[int, int, float, str]],
) -> Payload:
    """Return what the chart shows of a bare network.

    Parameters
    ----------
    title, marking : str
        Heading, and protective marking.
    people : sequence of (id, name, group, note)
        Sorted by id, each id once; group and note may be empty.
    ties : sequence of (row, row, strength, events)
        Positions in ``people``, the smaller first, each pair once; events separated by ``|``.

    Returns
    -------
    dict
        As from :func:`ocgnet.views.chart.payload.chart_payload`, with the columns of an analysis blank.
    """
    count = len(people)
    ids = [p[0] for p in people]
    group = np.array([p[2] for p in people], object)
    a, b = (np.array([t[end] for t in ties], int) for end in (0, 1))
    weight = np.array([t[2] for t in ties], float)
    tied = np.zeros(count, bool)
    tied[a] = tied[b] = True
    boxes = boxes_of(pd.DataFrame({"ocg_id": [], "name": []}), group, np.full(count, "", object), tied)
    boxes = [replace(box, name="No group") if box.kind == "alone" else box for box in boxes]
    box, cell = where_people_are(boxes, count)
    positions = two_level(ids, cell, a, b, weight)
    return {
        "meta": {
            "title": title, "marking": marking, "data_line": [], "left_out": [], "notes": [], "run_id": "",
            "resamples": 0, "resample_up_to": 0, "recorded_kinds": [], "period": [None, None],
            "open_all_up_to": OPEN_ALL_UP_TO, "compared": None, "opening": "",
        },
        "people": {
            "id": ids, "name": [p[1] for p in people], "box": box.tolist(), "note": [p[3] for p in people],
            "stands": [""] * count, "x": positions[:, 0].tolist(), "y": positions[:, 1].tolist(),
            **{c: [None] * count for c in PERSON_COLUMNS},
        },
        "roles": [],
        "ties": {
            "a": a.tolist(), "b": b.tolist(), "weight": [plain(w) for w in weight], "events": [t[3] for t in ties],
            **{c: [None] * len(ties) for c in TIE_COLUMNS},
        },
        "boxes": box_rows(boxes, positions),
        "children": {"id": [], "name": []},
        "child_links": [],
        "links_as": [],
        **event_columns(pd.DataFrame()),
    }  # fmt: skip
