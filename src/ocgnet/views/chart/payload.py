"""From an analysis to everything the chart shows: plain values, nothing of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.time.paths import Earlier
from ocgnet.results import MEASURES, Analysis
from ocgnet.views.chart.boxes import Box, boxes_of, home_groups
from ocgnet.views.chart.compared import CHANGES, all_events, all_stands, both_periods
from ocgnet.views.chart.heading import heading
from ocgnet.views.chart.layout import grid_places, two_level
from ocgnet.views.chart.subjects import subjects
from ocgnet.views.chart.values import column, plain, short

CELL = (150.0, 82.0)
"""Width and height of a place in the overview; boxes are smaller, so that lines show between them."""

TIE_COLUMNS = ("weight", "kinds", "first_on", "last_on", "events", "events_withheld")
COMPARED_COLUMNS = ("change", "weight_before", "events_before")

Payload = dict[str, Any]


def chart_payload(analysis: Analysis, earlier: Earlier | None = None) -> Payload:
    """Return what the chart shows.

    Parameters
    ----------
    analysis : Analysis
        One run.
    earlier : Earlier, optional
        An earlier period to set beside it.

    Returns
    -------
    dict
        JSON-ready. ``meta``: title, marking, data line, what is left out, run. ``people``, ``ties``:
        one list per column, positions included. ``roles``: rows of [person, box, recorded role, suggested role,
        stability, crimes, reports, because, stability in a word]. ``boxes``: groups, communities and remainders
        with their people. ``children``: one list per column; ``child_links``: rows of [child, person].
        ``people.stands``: as what somebody stands whom no crime that counts suspects, else ``""``. ``links_as``:
        rows of [person, event, victim, witness or other] for such links.
        ``events``: one list per column, the grade as a position in ``grades`` (-1 without one). With an earlier
        period ``ties`` holds those of both, and ``change``, ``weight_before`` and ``events_before`` of each.

    Notes
    -----
    Pure and deterministic. Without people every list is empty. People of a tie who are not in the
    people table cannot stand in a picture: such ties are counted under ``meta.left_out``.
    """
    people = analysis.people.to_frame().sort_values("nominal_id", kind="stable", ignore_index=True)
    ids = pd.Index(people["nominal_id"])
    frame = analysis.ties.to_frame()
    ties, unknown = _tie_columns(frame if earlier is None else both_periods(frame, earlier), ids)
    a, b = np.array(ties["a"], int), np.array(ties["b"], int)
    weight = np.array(ties["weight"], float)
    tied = np.zeros(len(ids), bool)
    tied[a] = tied[b] = True
    roles = analysis.roles.to_frame()
    boxes = boxes_of(analysis.groups, home_groups(roles, ids), people["community"].fillna("").to_numpy(object), tied)
    of_person, cell = where_people_are(boxes, len(ids))
    events = all_events(analysis.events, earlier)
    stands, links_as = subjects(all_stands(analysis.stands, earlier), ids, events)
    if earlier is not None:
        boxes = [replace(x, name="No group, no tie in this period") if x.kind == "alone" else x for x in boxes]
    positions = two_level(ids.tolist(), cell, a, b, weight)
    now = np.array([c != "gone" for c in ties["change"]], bool) if earlier is not None else np.ones(len(a), bool)
    links = _box_links(of_person, a[now], b[now], weight[now], len(boxes))
    tied_now = len(np.unique(np.concatenate([a[now], b[now]])))
    children, child_links = _children(analysis.children.to_frame(), ids)
    return {
        "meta": heading(analysis, len(ids), tied_now, int(now.sum()), boxes, links, unknown, _became(ties, earlier)),
        "people": _people_columns(people, of_person, positions) | {"stands": stands},
        "roles": _role_rows(roles, ids, {box.id: i for i, box in enumerate(boxes)}),
        "ties": ties,
        "boxes": box_rows(boxes, positions),
        "children": children,
        "child_links": child_links,
        "links_as": links_as,
        **event_columns(events),
    }


def _became(ties: Payload, earlier: Earlier | None) -> Payload | None:
    """Return what became of the ties, in numbers."""
    if earlier is None:
        return None
    return {
        "period": [plain(earlier.first), plain(earlier.last)],
        "left_out": [[x.what, x.why, x.count] for x in earlier.left_out],
        "notes": list(earlier.notes),
        **{change: ties["change"].count(change) for change in CHANGES},
    }


def event_columns(events: pd.DataFrame) -> Payload:
    """Return events column by column, and the grades among them as [scheme, source, information]."""
    if events.empty:
        return {
            "events": {c: [] for c in ("id", "kind", "on", "title", "grade", "origin", "district", "ward")},
            "grades": [],
        }
    grades = list(zip(*(events[c] for c in ("grading_scheme", "source_grade", "intelligence_grade")), strict=True))
    known = sorted({g for g in grades if any(g)})
    number = {g: i for i, g in enumerate(known)}
    columns = {c: events[c].tolist() for c in ("kind", "title", "origin", "district", "ward")}
    return {
        "events": {
            "id": events["event_id"].tolist(),
            "on": column(events["on"]),
            "grade": [number.get(g, -1) for g in grades],
        }
        | columns,
        "grades": [list(g) for g in known],
    }


def where_people_are(boxes: Sequence[Box], people: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the box and the layout cell of each person; cells without people take no number."""
    box_of, cell_of, cell = np.zeros(people, int), np.zeros(people, int), 0
    for position, box in enumerate(boxes):
        for part in box.parts:
            box_of[part], cell_of[part] = position, cell
            cell += bool(part)
    return box_of, cell_of


def _people_columns(people: pd.DataFrame, box: np.ndarray, positions: np.ndarray) -> Payload:
    shown = ["name", "position_score", "community", "crimes", "reports", "harm", "harm_unknown"]
    measures = [c for m in MEASURES for c in (m, f"{m}_percentile")]
    return {
        "id": people["nominal_id"].tolist(),
        "box": box.tolist(),
        "x": positions[:, 0].tolist(),
        "y": positions[:, 1].tolist(),
        **{c: column(people[c]) for c in (*shown, *measures)},
    }


def _tie_columns(ties: pd.DataFrame, ids: pd.Index) -> tuple[Payload, int]:
    a, b = ids.get_indexer(ties["person_a"]), ids.get_indexer(ties["person_b"])
    known = (a >= 0) & (b >= 0) & (a != b)
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.flatnonzero(known)[np.lexsort((high[known], low[known]))]
    rows = ties.iloc[order]
    return {
        "a": low[order].tolist(),
        "b": high[order].tolist(),
        **{c: column(rows[c]) for c in (*TIE_COLUMNS, *COMPARED_COLUMNS) if c in rows},
    }, int((~known).sum())


def _role_rows(roles: pd.DataFrame, ids: pd.Index, box: dict[str, int]) -> list[list[Any]]:
    person = ids.get_indexer(roles["nominal_id"])
    where = [box.get(f"ocg:{g}") if isinstance(g, str) and g else None for g in roles["ocg_id"]]
    columns = (
        "recorded_role",
        "suggested_role",
        "stability",
        "evidence_crimes",
        "evidence_reports",
        "because",
        "stability_word",
    )
    values = zip(person.tolist(), where, *(column(roles[c]) for c in columns), strict=True)
    return sorted((list(v) for v in values if v[0] >= 0), key=lambda v: (v[0], -1 if v[1] is None else v[1]))


def box_rows(boxes: Sequence[Box], positions: np.ndarray) -> list[Payload]:
    """Return boxes with their place in the overview, near the middle of their people."""
    size = np.sqrt([max(len(box.people), 1) for box in boxes]) if boxes else np.zeros(0)
    share = size / size.max() if len(size) else size
    width, height = np.rint(112 + 22 * share).astype(int), np.rint(42 + 18 * share).astype(int)
    middle = np.array([positions[box.people].mean(axis=0) if box.people else (0.0, 0.0) for box in boxes]).reshape(
        -1, 2
    )
    rest = np.array([box.kind in ("small", "alone") for box in boxes], bool)
    place = np.zeros((len(boxes), 2))
    place[~rest] = grid_places(middle[~rest], *CELL)
    # Whoever is in no group stands apart, in a row of their own underneath.
    low = place[~rest, 1].max() + CELL[1] if (~rest).any() else 0.0
    across = (np.arange(rest.sum()) - (rest.sum() - 1) / 2) * CELL[0]
    place[rest] = np.column_stack([across, np.full(len(across), low)])
    return [
        {
            "id": box.id,
            "kind": box.kind,
            "code": box.code,
            "name": box.name,
            "people": box.people,
            "x": round(float(place[i, 0])),
            "y": round(float(place[i, 1])),
            "w": int(width[i]),
            "h": int(height[i]),
            "facts": {k: plain(v) for k, v in box.facts.items()},
        }
        for i, box in enumerate(boxes)
    ]


def _box_links(box: np.ndarray, a: np.ndarray, b: np.ndarray, weight: np.ndarray, count: int) -> list[list[Any]]:
    low, high = np.minimum(box[a], box[b]), np.maximum(box[a], box[b])
    across = low != high
    pair, place, ties = np.unique(low[across] * max(count, 1) + high[across], return_inverse=True, return_counts=True)
    strength = np.bincount(place, weights=weight[across], minlength=len(pair))
    return [
        [*map(int, divmod(int(p), count)), int(n), short(float(s))]
        for p, n, s in zip(pair, ties, strength, strict=True)
    ]


def _children(children: pd.DataFrame, ids: pd.Index) -> tuple[Payload, list[list[int]]]:
    children = children.sort_values("child_id", kind="stable", ignore_index=True)
    links = []
    for row, cell in enumerate(children["nominals"].fillna("")):
        found = ids.get_indexer([p for p in cell.split("|") if p])
        links += [[row, person] for person in sorted(set(found.tolist())) if person >= 0]
    return {"id": children["child_id"].tolist()} | {
        c: column(children[c]) for c in children.columns if c != "child_id"
    }, links
