"""From an analysis to everything the chart shows: plain values, nothing of the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from ocgnet.analysis.events import STANDS
from ocgnet.analysis.time.paths import Earlier
from ocgnet.english import close_to, counted, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.results import MEASURES, Analysis
from ocgnet.results.things import ThingsDrawn
from ocgnet.settings import GRADE_FILTERS
from ocgnet.views.chart.layout import Box, boxes_of, grid_places, home_groups, two_level
from ocgnet.views.words.numbers import day, network_text

# The view that a chart opens on, as the state that the address of the page would hold.

Payload = dict[str, Any]


class View(StrEnum):
    """What a chart can open on."""

    overview = "overview"
    everyone = "everyone"
    group = "group"
    person = "person"
    path = "path"
    child = "child"


@dataclass(frozen=True)
class Opening:
    """What was asked of the opening view; empty texts stand for not asked.

    Without ``view`` the ids choose, and without any the chart does. ``steps`` is 1 or 2, around a person.
    """

    view: View | None = None
    group: str = ""
    person: str = ""
    to_person: str = ""
    child: str = ""
    steps: int = 1


_NEEDS = {
    View.group: ("group",),
    View.person: ("person",),
    View.path: ("person", "to_person"),
    View.child: ("child",),
}
_CHOSEN_BY = (("to_person", View.path), ("person", View.person), ("child", View.child), ("group", View.group))


def opening_state(asked: Opening, payload: Payload) -> str:
    """Return the fragment of the address that shows what was asked; empty when nothing was.

    >>> payload = {"people": {"id": ["N1", "N2"]}, "boxes": [], "children": {"id": []}}
    >>> opening_state(Opening(person="N1", steps=2), payload)
    'view=ego&of=p%3AN1&sel=p%3AN1&steps=2'

    Raises
    ------
    UsageError
        When a view lacks its id, an id is not in the chart, or ids are given that the view does not use.
    """
    given = {name: getattr(asked, name) for name, _ in _CHOSEN_BY if getattr(asked, name)}
    view = asked.view or next((v for name, v in _CHOSEN_BY if name in given), None)
    if view is None:
        return ""
    needs = _NEEDS.get(view, ())
    for name in needs:
        if name not in given:
            raise UsageError(f"--view {view} needs {_option(name)}: the id it is about.")
    for name in given:
        if name not in needs:
            raise UsageError(f"--view {view} makes no use of {_option(name)}: leave one of the two out.")
    if asked.steps != 1 and view is not View.person:
        raise UsageError("--steps is for --view person only.")
    if view in (View.overview, View.everyone):
        return urlencode({"view": {View.overview: "overview", View.everyone: "all"}[view]})
    key = {name: _key(name, given[name], payload) for name in needs}
    if view is View.path:
        if key["person"] == key["to_person"]:
            raise UsageError("A path needs two different people: --person and --to-person name the same one.")
        return urlencode({"view": "path", "of": key["person"], "to": key["to_person"]})
    of = key[needs[0]]
    state = {"view": {View.group: "box", View.person: "ego", View.child: "child"}[view], "of": of, "sel": of}
    return urlencode(state | ({"steps": "2"} if asked.steps == 2 else {}))


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _key(name: str, wanted: str, payload: Payload) -> str:
    """Return the key of a mark in the page."""
    if name == "group":
        known = {box["id"].partition(":")[2]: box for box in payload["boxes"] if box["kind"] == "ocg"}
        letter, what = "b:ocg:", "group"
        if wanted in known and not known[wanted]["people"]:
            raise UsageError(f"Group {wanted} has no member in this analysis, so there is nothing to draw.")
    elif name == "child":
        known, letter, what = dict.fromkeys(payload["children"]["id"]), "c:", "linked child"
    else:
        known, letter, what = dict.fromkeys(payload["people"]["id"]), "p:", "nominal"
    if wanted not in known:
        hint = did_you_mean(close_to(wanted, known))
        raise UsageError(f"{_option(name)}: no {what} {wanted} is in this chart after the filters.{hint}")
    return letter + wanted


# Two periods in one picture: which ties are new, which are gone, which were kept.

CHANGES = ("new", "kept", "gone")


def both_periods(now: pd.DataFrame, earlier: Earlier) -> pd.DataFrame:
    """Return the ties of both periods, sorted by pair, with what became of each.

    Besides the columns of ``ties``: ``change`` (one of ``CHANGES``), ``weight_before`` (NaN for a new tie) and
    ``events_before``. A tie that is gone keeps the values it had, so nothing of it looks like today's.
    """
    pair = ["person_a", "person_b"]
    then = earlier.ties.to_frame().set_index(pair)
    today = now.set_index(pair)
    kept = today.index.isin(then.index)
    gone = then[~then.index.isin(today.index)]
    held = then.reindex(today.index)
    today = today.assign(
        change=np.where(kept, "kept", "new").astype(object),
        weight_before=held["weight"].to_numpy(float),
        events_before=held["events"].fillna("").to_numpy(object),
    )
    gone = gone.assign(change="gone", weight_before=gone["weight"], events_before="")
    both = pd.concat([today, gone]) if len(gone) else today
    return both.reset_index().sort_values(pair, kind="stable", ignore_index=True)


def all_events(now: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Return the events of both periods, each once: a report may stand behind contacts of both."""
    if earlier is None or earlier.events.empty:
        return now
    both = earlier.events if now.empty else pd.concat([now, earlier.events])
    return both.drop_duplicates(["kind", "event_id"]).sort_values(
        ["kind", "event_id"], kind="stable", ignore_index=True
    )


def all_stands(now: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Return as what people stand in the crimes of both periods, each once."""
    if earlier is None or earlier.stands.empty:
        return now
    both = earlier.stands if now.empty else pd.concat([now, earlier.stands])
    return both.drop_duplicates(["nominal_id", "crime_id"])


# Victims, witnesses and others in the chart: who is no suspect, and which links say so.


def subjects(stands: pd.DataFrame, ids: pd.Index, events: pd.DataFrame) -> tuple[list[str], list[list[int | str]]]:
    """Return who is no suspect in any crime that counts, and each link that is not as a suspect.

    ``stands`` is as from ``stands_of`` and may be without rows, ``ids`` are the people, ``events`` those of the chart.
    Per person ``victim``, ``witness`` or ``other`` (the first that any crime gives), ``""`` for who is a suspect of a
    crime and for who is linked to none; and, sorted, row of the person, row of the event and as what.
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


# Values that JSON holds, as short as they can be without saying less.


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


def column(values: pd.Series) -> list[Any]:
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


# What stands above and below every picture: title, data line, what is left out, and the run.

OPEN_ALL_UP_TO = 150
"""Up to so many people the chart opens on everybody, above it on the groups."""

RECORDED_KINDS = ("crime", "co_offending")
"""Kinds that rest on a recorded crime: such a tie is drawn solid, every other one dashed."""


def heading(
    analysis: Analysis,
    people: int,
    tied: int,
    ties: int,
    boxes: Sequence[Box],
    links: Sequence[Sequence[Any]],
    unknown: int,
    compared: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return what the page says around the picture; ``compared`` is what became of the ties, if that was asked."""
    left = [[x.what, x.why, x.count] for x in analysis.left_out]
    if unknown:
        left.append(["ties", "one of the two people is not in the results", unknown])
    if compared is not None:
        left += [[what, f"earlier period: {why}", count] for what, why, count in compared["left_out"]]
    return {
        "title": f"Not known who has ties with whom: {reason}"
        if (reason := analysis.unknown("network"))
        else (_changed(compared) if compared else _title(people, tied, ties, boxes, links)),
        "marking": analysis.marking,
        "data_line": [*_data_line(analysis), *([f"compared with {_dates(compared)}"] if compared else [])],
        "left_out": left,
        "notes": [*filter(None, [analysis.dates_note]), *(compared["notes"] if compared else ()), *analysis.notes],
        "run_id": analysis.run_id,
        "resamples": analysis.settings.resamples,
        "resample_up_to": analysis.settings.resample_up_to,
        "recorded_kinds": list(RECORDED_KINDS),
        "open_all_up_to": OPEN_ALL_UP_TO,
        "compared": compared["period"] if compared else None,
        "opening": "",
        "period": [plain(analysis.period_from), plain(analysis.period_to)],
    }


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


def _changed(compared: dict[str, Any]) -> str:
    """Return the finding of a comparison."""
    return (
        f"{counted(compared['new'], 'tie')} are new, {compared['kept']:,} were kept and {compared['gone']:,} are gone"
        f" since {_dates(compared)}"
    )


def _dates(compared: dict[str, Any]) -> str:
    return " to ".join(day(date.fromisoformat(end)) for end in compared["period"])


def _data_line(analysis: Analysis) -> list[str]:
    settings, rows = analysis.settings, analysis.rows_in
    nouns = {"crimes": "crime", "intel_reports": "intelligence report", "associations": "recorded contact"}
    sources = [counted(rows[name], noun) for name, noun in nouns.items() if rows.get(name)]
    line = [analysis.about.force] if analysis.about.force else []
    if analysis.period_from or analysis.period_to:
        line.append(f"{day(analysis.period_from)} to {day(analysis.period_to)}")
    line.append(f"ties of {network_text(analysis)}")
    line.append(f"as of {day(analysis.as_of)}" if analysis.as_of else "records hold no date")
    if sources:
        line.append("from " + ", ".join(sources))
    line.append("linked as " + " or ".join(settings.link_roles))
    line.append(f"reports: {GRADE_FILTERS[settings.min_grade]}")
    if settings.ocgs:
        line.append("only " + ", ".join(settings.ocgs))
    out = sum(x.count for x in analysis.left_out)
    line.append(f"{counted(out, 'row')} left out" if out else "no row left out")
    line += [*analysis.first, *(str(loss) for loss in analysis.losses)]
    return line


CELL = (150.0, 82.0)
"""Width and height of a place in the overview; boxes are smaller, so that lines show between them."""

TIE_COLUMNS = ("weight", "kinds", "first_on", "last_on", "events", "events_withheld")
COMPARED_COLUMNS = ("change", "weight_before", "events_before")


def chart_payload(analysis: Analysis, earlier: Earlier | None = None) -> Payload:
    """Return what the chart shows, ready for JSON; ``earlier`` is a period to set beside this one.

    ``meta``: title, marking, data line, what is left out, run. ``people``, ``ties``, ``events``, ``children``: one
    list per column, positions included; ``people.stands``: as what somebody stands whom no crime that counts suspects,
    else ``""``; the grade of an event is a position in ``grades`` (-1 without one). ``roles``: rows of [person, box,
    recorded role, suggested role, stability, crimes, reports, because, stability in a word]. ``boxes``: groups,
    communities and remainders with their people. ``child_links``: rows of [child, person]. ``links_as``: rows of
    [person, event, victim, witness or other]. ``things``, ``thing_links``, ``thing_groups``, ``thing_contacts`` and
    ``unattributed`` are as from `thing_rows`. With an earlier period ``ties`` holds those of both, with
    ``COMPARED_COLUMNS``.

    Pure and deterministic; without people every list is empty. Ties with somebody who is not in the people table cannot
    be drawn and are counted under ``meta.left_out``.
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
        **thing_rows(analysis.things, ids, {x.id.partition(":")[2]: i for i, x in enumerate(boxes) if x.kind == "ocg"}),
    }


def thing_rows(drawn: ThingsDrawn, ids: pd.Index, box: Mapping[str, int]) -> Payload:
    """Return the things of a chart: ``things`` column by column, and rows of links, groups, contacts and leads.

    ``ids`` are the people of the chart and ``box`` the place of each group by its id; rows of others are left away.
    """
    things = drawn.things
    place = pd.Index(things["thing_id"])
    months: list[list[list[Any]]] = [[] for _ in range(len(things))]
    for thing, month, times in drawn.months.itertuples(index=False):
        months[place.get_loc(thing)].append([month, int(times)])
    names = {"first_on": "first", "last_on": "last"}
    columns = {names.get(c, c): column(things[c]) for c in things.columns if c != "thing_id"}
    links = zip(
        place.get_indexer(drawn.links["thing_id"]).tolist(),
        ids.get_indexer(drawn.links["nominal_id"]).tolist(),
        *(column(drawn.links[c]) for c in drawn.links.columns[2:]),
        strict=True,
    )
    groups = zip(
        place.get_indexer(drawn.groups["thing_id"]).tolist(),
        [box.get(g, -1) for g in drawn.groups["ocg_id"]],
        *(column(drawn.groups[c]) for c in drawn.groups.columns[2:]),
        strict=True,
    )
    leads = zip(
        [box.get(g, -1) for g in drawn.unattributed["ocg_id"]],
        place.get_indexer(drawn.unattributed["thing_id"]).tolist(),
        *(column(drawn.unattributed[c]) for c in ("rank", "because")),
        strict=True,
    )
    contacts = zip(
        *(place.get_indexer(drawn.contacts[c]).tolist() for c in ("thing_a", "thing_b")),
        *(column(drawn.contacts[c]) for c in drawn.contacts.columns[2:]),
        strict=True,
    )
    return {
        "things": {"id": things["thing_id"].tolist(), **columns, "months": months},
        "thing_links": sorted([list(row) for row in links if min(row[:2]) >= 0], key=lambda row: row[:2]),
        "thing_groups": sorted([list(row) for row in groups if min(row[:2]) >= 0], key=lambda row: row[:2]),
        "thing_contacts": [list(row) for row in contacts],
        "unattributed": sorted([list(row) for row in leads if row[0] >= 0], key=lambda row: (row[0], row[2])),
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
        "recorded_role", "suggested_role", "stability", "evidence_crimes", "evidence_reports", "because",
        "stability_word",
    )  # fmt: skip
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
