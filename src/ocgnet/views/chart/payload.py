"""From an analysis to everything the chart shows: plain values, nothing of the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.results import MEASURES, Analysis
from ocgnet.settings import GRADE_FILTERS
from ocgnet.views.chart.boxes import Box, boxes_of, home_groups
from ocgnet.views.chart.layout import grid_places, two_level

OPEN_ALL_UP_TO = 150
"""Up to so many people the chart opens on everybody, above it on the groups."""

RECORDED_KINDS = ("crime", "co_offending")
"""Kinds that rest on a recorded crime: such a tie is drawn solid, every other one dashed."""

CELL = (150.0, 82.0)
"""Width and height of a place in the overview; boxes are smaller, so that lines show between them."""

Payload = dict[str, Any]


def chart_payload(analysis: Analysis) -> Payload:
    """Return what the chart shows.

    Parameters
    ----------
    analysis : Analysis
        One run.

    Returns
    -------
    dict
        JSON-ready. ``meta``: title, marking, data line, what is left out, run. ``people``, ``ties``:
        one list per column, positions included. ``roles``: rows of [person, box, recorded role, suggested role,
        stability, crimes, reports, because]. ``boxes``: groups, communities and remainders with their people.
        ``children``: one list per column;
        ``child_links``: rows of [child, person].

    Notes
    -----
    Pure and deterministic. Without people every list is empty. People of a tie who are not in the
    people table cannot stand in a picture: such ties are counted under ``meta.left_out``.
    """
    people = analysis.people.to_frame().sort_values("nominal_id", kind="stable", ignore_index=True)
    ids = pd.Index(people["nominal_id"])
    ties, unknown = _tie_columns(analysis.ties.to_frame(), ids)
    a, b = np.array(ties["a"], int), np.array(ties["b"], int)
    weight = np.array(ties["weight"], float)
    tied = np.zeros(len(ids), bool)
    tied[a] = tied[b] = True
    roles = analysis.roles.to_frame()
    boxes = boxes_of(analysis.groups, home_groups(roles, ids), people["community"].fillna("").to_numpy(object), tied)
    of_person, cell = where_people_are(boxes, len(ids))
    positions = two_level(ids.tolist(), cell, a, b, weight)
    links = _box_links(of_person, a, b, weight, len(boxes))
    children, child_links = _children(analysis.children.to_frame(), ids)
    return {
        "meta": _meta(analysis, len(ids), int(tied.sum()), len(a), boxes, links, unknown),
        "people": _people_columns(people, of_person, positions),
        "roles": _role_rows(roles, ids, {box.id: i for i, box in enumerate(boxes)}),
        "ties": ties,
        "boxes": box_rows(boxes, positions),
        "children": children,
        "child_links": child_links,
    }


def where_people_are(boxes: Sequence[Box], people: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the box and the layout cell of each person; cells without people take no number."""
    box_of, cell_of, cell = np.zeros(people, int), np.zeros(people, int), 0
    for position, box in enumerate(boxes):
        for part in box.parts:
            box_of[part], cell_of[part] = position, cell
            cell += bool(part)
    return box_of, cell_of


def plain(value: object) -> Any:
    """Return a value that JSON holds: blanks become None, dates ISO text, numbers four significant digits."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return short(float(value))
    if isinstance(value, (date, pd.Timestamp)):
        return value.isoformat()[:10]
    return str(value)


def short(value: float) -> float | int | None:
    """Return a number with four significant digits; whole numbers without a point, NaN as None.

    >>> short(0.123456), short(12.0), short(float("nan"))
    (0.1235, 12, None)
    """
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.4g}") if abs(value) < 1e4 else round(value, 1)
    return int(rounded) if rounded.is_integer() else rounded


def _column(values: pd.Series) -> list[Any]:
    """Return :func:`plain` of every value, numbers all at once."""
    if values.dtype.kind != "f":
        return [v if type(v) is str else plain(v) for v in values.tolist()]
    number = values.to_numpy(float)
    known = np.isfinite(number)
    with np.errstate(divide="ignore"):
        size = np.floor(np.log10(np.abs(np.where(known & (number != 0), number, 1.0))))
    scale = 10.0 ** np.where(size < 4, 3 - size, 1)
    rounded = np.rint(np.where(known, number, 0) * scale) / scale
    whole = (rounded == np.rint(rounded)).tolist()
    return [
        None if not k else int(v) if w else v for v, k, w in zip(rounded.tolist(), known.tolist(), whole, strict=True)
    ]


def _people_columns(people: pd.DataFrame, box: np.ndarray, positions: np.ndarray) -> Payload:
    shown = ["name", "position_score", "community", "crimes", "reports", "harm", "harm_unknown"]
    measures = [c for m in MEASURES for c in (m, f"{m}_percentile")]
    return {
        "id": people["nominal_id"].tolist(),
        "box": box.tolist(),
        "x": positions[:, 0].tolist(),
        "y": positions[:, 1].tolist(),
        **{c: _column(people[c]) for c in (*shown, *measures)},
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
        **{c: _column(rows[c]) for c in ("weight", "kinds", "first_on", "last_on", "events", "events_withheld")},
    }, int((~known).sum())


def _role_rows(roles: pd.DataFrame, ids: pd.Index, box: dict[str, int]) -> list[list[Any]]:
    person = ids.get_indexer(roles["nominal_id"])
    where = [box.get(f"ocg:{g}") if isinstance(g, str) and g else None for g in roles["ocg_id"]]
    columns = ("recorded_role", "suggested_role", "stability", "evidence_crimes", "evidence_reports", "because")
    values = zip(person.tolist(), where, *(_column(roles[c]) for c in columns), strict=True)
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
        c: _column(children[c]) for c in children.columns if c != "child_id"
    }, links


def _meta(
    analysis: Analysis,
    people: int,
    tied: int,
    ties: int,
    boxes: Sequence[Box],
    links: Sequence[Sequence[Any]],
    unknown: int,
) -> Payload:
    left = [[x.what, x.why, x.count] for x in analysis.left_out]
    if unknown:
        left.append(["ties", "one of the two people is not in the results", unknown])
    return {
        "title": _title(people, tied, ties, boxes, links),
        "marking": analysis.marking,
        "data_line": _data_line(analysis),
        "left_out": left,
        "notes": [*filter(None, [analysis.dates_note]), *analysis.notes],
        "run_id": analysis.run_id,
        "resamples": analysis.settings.resamples,
        "resample_up_to": analysis.settings.resample_up_to,
        "recorded_kinds": list(RECORDED_KINDS),
        "open_all_up_to": OPEN_ALL_UP_TO,
        "period": [plain(analysis.period_from), plain(analysis.period_to)],
    }


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "tie"), counted(1200, "tie"), counted(2, "person", "people")
    ('1 tie', '1,200 ties', '2 people')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _title(people: int, tied: int, ties: int, boxes: Sequence[Box], links: Sequence[Sequence[Any]]) -> str:
    if not people:
        return "No nominal is left after the filters"
    groups = [i for i, box in enumerate(boxes) if box.kind == "ocg" and box.people]
    who = counted(people, "person", "people")
    if not groups:
        return f"{tied:,} of {who} have ties to one another ({counted(ties, 'tie')})"
    joined = {end for link in links if set(link[:2]) <= set(groups) for end in link[:2]}
    if len(groups) == 1:
        return f"{who} around one group share {counted(ties, 'tie')}"
    return f"{len(joined):,} of {len(groups):,} groups have ties to another group ({who}, {counted(ties, 'tie')})"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "not dated"


def _data_line(analysis: Analysis) -> list[str]:
    settings = analysis.settings
    rows = analysis.rows_in
    sources = [
        counted(rows[name], one, many)
        for name, one, many in (
            ("crimes", "crime", ""),
            ("intel_reports", "intelligence report", ""),
            ("associations", "recorded contact", ""),
        )
        if rows.get(name)
    ]
    line = [analysis.about.force] if analysis.about.force else []
    if analysis.period_from or analysis.period_to:
        line.append(f"{_day(analysis.period_from)} to {_day(analysis.period_to)}")
    line.append(f"as of {_day(analysis.as_of)}" if analysis.as_of else "records hold no date")
    if sources:
        line.append("from " + ", ".join(sources))
    line.append("linked as " + " or ".join(settings.link_roles))
    line.append(f"reports: {GRADE_FILTERS[settings.min_grade]}")
    if settings.ocgs:
        line.append("only " + ", ".join(settings.ocgs))
    out = sum(x.count for x in analysis.left_out)
    line.append(f"{counted(out, 'row')} left out" if out else "no row left out")
    return line
