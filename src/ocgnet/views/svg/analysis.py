"""Charts of an analysis: the concentration curve, roles with their stability, children by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from markupsafe import Markup

from ocgnet.english import counted
from ocgnet.results import Curve
from ocgnet.views.svg.svg import (
    BLUE,
    CHANCE,
    GREEN,
    GRID,
    INK,
    QUIET,
    Scale,
    chart,
    element,
    label,
    line,
    points,
    shortened,
)
from ocgnet.views.words.numbers import band, count, share

WIDTH, HEIGHT = 760.0, 440.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 736.0, 58.0, 376.0
_LOOK = {"crimes": (BLUE, None), "reports": (GREEN, "9 5")}
_NOUN = {"crimes": "crimes", "reports": "intelligence reports"}


def shown_up_to(curve_people: int, k: int) -> int:
    """Return how many people the picture shows: all, unless ``k`` would vanish at the left edge.

    >>> shown_up_to(207, 13), shown_up_to(100_000, 13)
    (207, 390)
    """
    return min(curve_people, max(30 * k, 100))


def share_at(curve: Curve, values: np.ndarray, k: int) -> float:
    """Return a share at ``k`` people, on the straight line between points of a thinned curve."""
    return float(np.interp(k, curve.k, values))


def concentration_chart(curves: Sequence[Curve], k: int) -> Markup:
    """Return cumulative share against people, the first ``k`` marked, chance in grey behind; empty without an event."""
    curves = [c for c in curves if c.events and c.people and c.kind in _LOOK]
    if not curves:
        return Markup("")
    people = max(c.people for c in curves)
    k = min(k, people)
    top = shown_up_to(people, k)
    x, y = Scale(top, _LEFT, _RIGHT), Scale(1.0, _BOTTOM, _TOP)
    at_k = [(c, share_at(c, c.covered, k)) for c in curves]
    said = " and ".join(f"{share(v)} of {_NOUN[c.kind]}" for c, v in at_k)
    drawn = f"the first {count(top)} of {count(people)}" if top < people else f"all {count(people)}"
    return chart(
        "concentration",
        WIDTH,
        HEIGHT,
        f"The first {count(k)} people relate to {said}",
        f"Share of events against number of people in the order of the ranking, for {drawn} people. "
        "Grey bands show what random allocation of the same links gives, 95% of the time.",
        *_frame(x, y, top),
        *(_chance(c, x, y) for c in curves),
        *(_curve(c, x, y) for c in curves),
        *_mark(at_k, k, x, y),
        *_names(curves, x, y),
    )


def curve_rows(curves: Sequence[Curve], k: int) -> list[list[str]]:
    """Return the table beneath the picture: people, and per curve the share covered and the band of chance."""
    curves = [c for c in curves if c.events and c.people]
    people = max((c.people for c in curves), default=0)
    steps = sorted({n for n in (1, 2, 5, 10, k, 20, 50, 100, 200, 500, 1000, 10_000, people) if 0 < n <= people})
    rows = []
    for n in steps:
        row = [count(n)]
        for c in curves:
            low, high = share_at(c, c.null_low, n), share_at(c, c.null_high, n)
            covered = share_at(c, c.covered, n)
            row += [f"{count(round(covered * c.events))} of {count(c.events)} ({share(covered)})", _range(low, high)]
        rows.append(row)
    return rows


def _range(low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return "not computed"
    return share(low) if low == high else band(low, high)


def _frame(x: Scale, y: Scale, top: int) -> list[Markup]:
    parts = []
    for level in (0, 0.25, 0.5, 0.75, 1):
        at = y.at(level)
        parts += [
            line(_LEFT, at, _RIGHT, at, stroke=QUIET if level == 0 else GRID, stroke_width=1),
            label(_LEFT - 8, at + 5, f"{level:.0%}", anchor="end"),
        ]
    step = _step(top)
    for n in range(0, top + 1, step):
        parts += [
            line(x.at(n), _BOTTOM, x.at(n), _BOTTOM + 5, stroke=QUIET, stroke_width=1),
            label(x.at(n), _BOTTOM + 22, count(n), anchor="middle"),
        ]
    parts.append(label(_RIGHT, HEIGHT - 14, "number of people, in the order of the ranking", anchor="end", quiet=True))
    parts.append(label(_LEFT - 8, HEIGHT - 14, "share of events that relate to them ↑", quiet=True))
    return parts


def _step(top: int) -> int:
    """Return a round distance between ticks that gives about six of them."""
    for size in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000):
        if top / size <= 8:
            return size
    return int(10 ** (len(str(top)) - 1))


def _within(curve: Curve, x: Scale, values: np.ndarray) -> list[tuple[float, float]]:
    """Return the points of a curve that lie in the picture, with an exact last point."""
    inside = curve.k <= x.top
    pairs = list(zip(curve.k[inside].tolist(), values[inside].tolist(), strict=True))
    if pairs and pairs[-1][0] < min(x.top, curve.people):
        pairs.append((x.top, share_at(curve, values, int(x.top))))
    return pairs


def _chance(curve: Curve, x: Scale, y: Scale) -> Markup:
    if np.isnan(curve.null_low).any() or np.isnan(curve.null_high).any():
        return Markup("")
    low, high = _within(curve, x, curve.null_low), _within(curve, x, curve.null_high)
    outline = [(x.at(k), y.at(v)) for k, v in (*high, *reversed(low))]
    middle = [(x.at(k), y.at(v)) for k, v in _within(curve, x, curve.null_median)]
    dash = "4 4" if _LOOK[curve.kind][1] else None
    return element(
        "g",
        element("polygon", points=points(outline), fill=CHANCE, fill_opacity=0.45),
        element("polyline", points=points(middle), fill="none", stroke=QUIET, stroke_width=1, stroke_dasharray=dash),
    )


def _curve(curve: Curve, x: Scale, y: Scale) -> Markup:
    colour, dash = _LOOK[curve.kind]
    path = [(x.at(k), y.at(v)) for k, v in _within(curve, x, curve.covered)]
    return element(
        "polyline",
        points=points(path),
        fill="none",
        stroke=colour,
        stroke_width=3,
        stroke_dasharray=dash,
        class_="curve",
    )


def _mark(at_k: list[tuple[Curve, float]], k: int, x: Scale, y: Scale) -> list[Markup]:
    here = x.at(k)
    first = "the first person:" if k == 1 else f"the first {count(k)} people:"
    parts = [line(here, 10, here, _BOTTOM, stroke=INK, stroke_width=1, stroke_dasharray="2 3")]
    parts += [
        element("circle", cx=here, cy=y.at(v), r=5.5, fill="#ffffff", stroke=_LOOK[c.kind][0], stroke_width=3)
        for c, v in at_k
    ]
    left = here + 8 if here < (_LEFT + _RIGHT) / 2 else here - 8 - 240 * len(at_k)
    parts.append(label(left, 22, first))
    for c, v in sorted(at_k, key=lambda pair: -pair[1]):
        colour, dash = _LOOK[c.kind]
        words = f"{share(v)} of {_NOUN[c.kind]}"
        parts.append(line(left, 37, left + 30, 37, stroke=colour, stroke_width=3, stroke_dasharray=dash))
        parts.append(label(left + 36, 42, words, bold=True))
        left += 36 + 8 * len(words) + 24
    return parts


def _names(curves: Sequence[Curve], x: Scale, y: Scale) -> list[Markup]:
    """Name the curves and the band on the picture: the upper one above its line, the others below theirs."""
    grid = np.arange(1, int(x.top) + 1)
    levels = [(c, np.interp(grid, c.k, c.covered)) for c in curves]
    levels.sort(key=lambda pair: -float(pair[1].sum()))
    parts = []
    highest = np.max([np.interp(grid, c.k, c.null_high) for c in curves], axis=0)
    for place, (c, values) in enumerate(levels):
        name = f"{_NOUN[c.kind]} ({count(c.events)})"
        room = len(name) * 7.5 + 20
        if place == 0:
            spots = [(x.at(grid[i]), values[i]) for i in (_first(values, v) for v in (0.7, 0.8, 0.9, 0.95))]
            left, value = next((s for s in spots if s[0] - _LEFT > room), spots[-1])
            parts.append(label(left - 10, y.at(value) - 6, name, anchor="end"))
        else:
            # Below its own line, and only where the band of chance leaves room; the words at k name it anyway.
            gaps = [(_first(values, v), _first(highest, v)) for v in (0.3, 0.4, 0.5, 0.6, 0.7)]
            wide = [i for i, j in gaps if x.at(float(grid[j] - grid[i])) - _LEFT > room]
            parts += [label(x.at(float(grid[i])) + 10, y.at(float(values[i])) + 14, name) for i in wide[:1]]
    lowest = np.min([np.interp(grid, c.k, c.null_low) for c in curves], axis=0)
    if not np.isnan(lowest).any():
        i = _first(lowest, 0.3 * float(lowest[-1]))
        name = "grey: what chance alone gives"
        parts.append(label(min(x.at(grid[i]) + 16, _RIGHT - 210), y.at(lowest[i]) + 22, name, quiet=True))
    return parts


def _first(values: np.ndarray, level: float) -> int:
    """Return the first position at which an increasing row of values reaches a level, else the last."""
    return min(int(np.searchsorted(values, level)), len(values) - 1)


# How firmly each suggested principal stands.

MOST_ROWS = 60
"""Rows that still make a picture; the table holds everybody."""

_ROLE_LEFT, _ROLE_RIGHT, _ROLE_TOP, _ROLE_ROW = 230.0, 560.0, 44.0, 20.0


@dataclass(frozen=True)
class Standing:
    """One suggested principal: group, person, share of resamples, recorded role (empty: not assessed)."""

    group: str
    person: str
    stability: float
    recorded: str


def wilson(share_found: float, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95% interval of a share seen in ``n`` draws (Wilson 1927); 0 to 1 without draws.

    >>> [round(v, 3) for v in wilson(0.94, 500)]
    [0.916, 0.958]
    """
    if n <= 0:
        return 0.0, 1.0
    centre = (share_found + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share_found * (1 - share_found) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def standings(principals: pd.DataFrame) -> list[Standing]:
    """Return what the picture shows of suggested principals, in their order; without stability they are left out."""
    found = principals[principals["stability"].notna()]
    found = found.assign(ocg_id=found["ocg_id"].fillna(""), recorded_role=found["recorded_role"].fillna(""))
    columns = (found[c].tolist() for c in ("ocg_id", "nominal_id", "stability", "recorded_role"))
    return [Standing(*row) for row in zip(*columns, strict=True)]


def roles_chart(rows: list[Standing], resamples: int) -> Markup:
    """Return one dot per suggested principal at its share of resamples, with the interval of that share.

    A filled dot is also recorded as principal; a hollow one is recorded otherwise, which the words at the right say. At
    most 60 rows are drawn, in the order given; empty without rows.
    """
    if not rows:
        return Markup("")
    drawn = rows[:MOST_ROWS]
    bottom = _ROLE_TOP + _ROLE_ROW * len(drawn) + 6
    x = Scale(1.0, _ROLE_LEFT, _ROLE_RIGHT)
    also = sum(r.recorded == "principal" for r in rows)
    parts = [
        line(x.at(v), _ROLE_TOP - 8, x.at(v), bottom, stroke=GRID, stroke_width=1) for v in (0, 0.25, 0.5, 0.75, 1)
    ]
    parts += [label(x.at(v), _ROLE_TOP - 16, f"{v:.0%}", anchor="middle") for v in (0, 0.5, 1)]
    parts.append(label(_ROLE_RIGHT + 30, _ROLE_TOP - 16, "recorded role", quiet=True))
    parts.append(label(0, _ROLE_TOP - 16, "group, nominal", quiet=True))
    previous = None
    for i, row in enumerate(drawn):
        at = _ROLE_TOP + _ROLE_ROW * i + 8
        if row.group != previous:
            parts.append(line(0, at - 9, WIDTH, at - 9, stroke=GRID, stroke_width=1))
            parts.append(label(0, at + 5, shortened(row.group or "no group", 13)))
        parts.append(_person(row, at, x, resamples))
        previous = row.group
    return chart(
        "roles",
        WIDTH,
        bottom + 8,
        f"{count(also)} of {count(len(rows))} suggested principals are also recorded as principal",
        f"One row per suggested principal, grouped by organised crime group: share of {count(resamples)} resamples "
        "with the same suggestion, with its 95% interval. Filled: also recorded as principal. Hollow: recorded "
        "otherwise or not assessed.",
        *parts,
    )


def _person(row: Standing, at: float, x: Scale, resamples: int) -> Markup:
    low, high = wilson(row.stability, resamples)
    same = row.recorded == "principal"
    return element(
        "g",
        element("title", f"{row.person}: {share(row.stability)} of resamples"),
        label(108, at + 5, shortened(row.person, 14)),
        line(x.at(low), at, x.at(high), at, stroke=QUIET, stroke_width=2),
        element(
            "circle",
            cx=x.at(row.stability),
            cy=at,
            r=5,
            fill=BLUE if same else "#ffffff",
            stroke=BLUE,
            stroke_width=2,
            stroke_dasharray=None if row.recorded else "2 2",
        ),
        label(_ROLE_RIGHT + 30, at + 5, row.recorded or "not assessed", bold=same),
    )


# Children by group: how many, in the order of the groups, nobody ranked.

_BAR_LEFT, _BAR_RIGHT, _BAR_TOP, _BAR_ROW = 250.0, 690.0, 12.0, 24.0


def children_chart(groups: pd.DataFrame) -> Markup:
    """Return zero-based bars of linked children per group, in the order of group ids.

    ``groups`` has columns ``ocg_id``, ``name`` and ``children``. Groups without a child are left out, at most 60 are
    drawn; empty when no group has a child.
    """
    linked = groups[groups["children"].fillna(0) > 0].sort_values("ocg_id")
    if linked.empty:
        return Markup("")
    drawn = linked.head(MOST_ROWS)
    x = Scale(float(drawn["children"].max()), _BAR_LEFT, _BAR_RIGHT)
    bottom = _BAR_TOP + _BAR_ROW * len(drawn)
    parts = [line(_BAR_LEFT, _BAR_TOP, _BAR_LEFT, bottom, stroke=QUIET, stroke_width=1)]
    names = zip(drawn["ocg_id"], drawn["name"].fillna(""), drawn["children"], strict=True)
    for i, (ocg, name, children) in enumerate(names):
        at = _BAR_TOP + _BAR_ROW * i
        parts += [
            label(_BAR_LEFT - 10, at + 17, shortened(f"{ocg} {name}".strip(), 32), anchor="end"),
            element("rect", x=_BAR_LEFT, y=at + 4, width=x.at(children) - _BAR_LEFT, height=_BAR_ROW - 8, fill=BLUE),
            label(x.at(children) + 8, at + 17, count(children), bold=True),
            line(_BAR_LEFT, at + _BAR_ROW, _BAR_RIGHT, at + _BAR_ROW, stroke=GRID, stroke_width=0.5),
        ]
    return chart(
        "children",
        WIDTH,
        bottom + 10,
        f"Linked children in {counted(len(linked), 'group')}",
        "One bar per group, in the order of their ids. A child linked to two groups counts in both.",
        *parts,
    )
