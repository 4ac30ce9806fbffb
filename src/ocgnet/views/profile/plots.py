"""Pictures of a profile: severity against volume, change, juveniles; SVG that survives greyscale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from ocgnet.views.figures_text import count, share
from ocgnet.views.plots.svg import (
    BLUE,
    CHANCE,
    GRID,
    INK,
    QUIET,
    Scale,
    chart,
    element,
    label,
    line,
    shortened,
)  # fmt: skip
from ocgnet.views.profile.numbers import percent

WIDTH = 760.0
_NAMES, _END, _TOP, _ROW = 238.0, 700.0, 46.0, 26.0


def round_top(value: float) -> float:
    """Return a round number at or above a value, for the end of an axis.

    >>> round_top(5049480), round_top(0.31), round_top(0)
    (6000000.0, 0.4, 1.0)
    """
    if value <= 0:
        return 1.0
    size = 10.0 ** len(str(int(value))) / 10 if value >= 1 else 0.1
    while value / size > 10:
        size *= 10
    while value / size < 1:
        size /= 10
    return next(round(step * size, 10) for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value)


def _axis(x: Scale, bottom: float, words: str, form: str) -> list[Markup]:
    """Return grid lines, their values and the name of the axis."""
    parts = []
    for i in range(5):
        value = x.top * i / 4
        at = x.at(value)
        said = f"{value:.0%}" if form == "share" else f"{value:,.0f}" if x.top >= 4 else f"{value:g}"
        parts += [
            line(at, _TOP - 8, at, bottom, stroke=QUIET if not i else GRID, stroke_width=1),
            label(at, bottom + 20, said, anchor="middle"),
        ]
    return [*parts, label(_END, bottom + 40, words, anchor="end", quiet=True)]


def bars(key: str, title: str, rows: Sequence[tuple[str, float, float, float, str]], axis: str) -> Markup:
    """Return horizontal bars with intervals.

    Parameters
    ----------
    key : str
        Unique on the page.
    title : str
        The finding.
    rows : sequence of (str, float, float, float, str)
        Name, value, lower and upper end of its interval (equal to the value for none), and what to print.
    axis : str
        What the bars measure.
    """
    if not rows:
        return Markup("")
    longest = max(max(r[1], r[3]) for r in rows)
    # Ticks stand at quarters, so a short axis ends at a multiple of four.
    x = Scale(math.ceil(longest / 4) * 4 if longest < 40 else round_top(longest), _NAMES, _END - 60)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, axis, "number")
    for i, (name, value, low, high, said) in enumerate(rows):
        y = _TOP + _ROW * i
        parts += [
            label(_NAMES - 8, y + 14, shortened(name, 30), anchor="end"),
            element("rect", x=_NAMES, y=y + 3, width=max(x.at(value) - _NAMES, 0.5), height=14, fill=BLUE),
            *_whisker(x, y + 10, low, high),
            label(max(x.at(value), x.at(high)) + 8, y + 14, said),
        ]
    return chart(key, WIDTH, bottom + 50, title, f"Bars of {axis}, one for each row of the table below.", *parts)


def _whisker(x: Scale, y: float, low: float, high: float) -> list[Markup]:
    if high <= low:
        return []
    return [
        line(x.at(low), y, x.at(high), y, stroke="#ffffff", stroke_width=4),
        line(x.at(low), y, x.at(high), y, stroke=INK, stroke_width=1.5),
        *(line(x.at(v), y - 4, x.at(v), y + 4, stroke=INK, stroke_width=1.5) for v in (low, high)),
    ]


def severity_and_volume(offences: pd.DataFrame) -> Markup:
    """Return each offence group's share of crimes (hollow) and of harm (filled), joined by a line."""
    rows = offences[(offences["share_of_crimes"] > 0) | (offences["share_of_severity"] > 0)].head(20)
    if rows.empty:
        return Markup("")
    top = round_top(max(rows["share_of_crimes"].max(), rows["share_of_severity"].fillna(0).max()))
    x = Scale(top, _NAMES, _END - 20)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, "share of the whole", "share")
    first = rows.iloc[0]
    parts += [
        element("circle", cx=_NAMES + 6, cy=18, r=6, fill="#ffffff", stroke=INK, stroke_width=2),
        label(_NAMES + 18, 23, "share of all crimes"),
        element("circle", cx=_NAMES + 176, cy=18, r=6.5, fill=BLUE),
        label(_NAMES + 188, 23, "share of all harm"),
    ]
    for i, r in enumerate(rows.itertuples()):
        y = _TOP + _ROW * i + 9
        at = x.at(float(r.share_of_crimes))
        parts.append(label(_NAMES - 8, y + 5, shortened(str(r.offence_group), 32), anchor="end"))
        hollow = element("circle", cx=at, cy=y, r=5.5, fill="#ffffff", stroke=INK, stroke_width=2)
        if pd.isna(r.share_of_severity):
            right = at > (_NAMES + _END) / 2
            beside = at - 12 if right else at + 12
            parts += [hollow, label(beside, y + 5, "harm not known", anchor="end" if right else "start", quiet=True)]
            continue
        ends = sorted((float(r.share_of_crimes), float(r.share_of_severity)))
        parts += [
            line(x.at(ends[0]), y, x.at(ends[1]), y, stroke=CHANCE, stroke_width=4),
            element("circle", cx=x.at(float(r.share_of_severity)), cy=y, r=6.5, fill=BLUE),
            hollow,
        ]
        if i < 3:
            parts.append(label(x.at(ends[1]) + 12, y + 5, f"{share(r.share_of_severity)} of harm"))
    title = (
        f"{str(first.offence_group).capitalize()}: {count(first.crimes)} of {count(offences['crimes'].sum())} crimes "
        f"({share(first.share_of_crimes)}), {share(first.share_of_severity)} of harm"
    )
    return chart(
        "volume", WIDTH, bottom + 50, title,
        "For each offence group its share of crimes, hollow, and its share of harm, filled; the most harmful first.",
        *parts,
    )  # fmt: skip


def changes(key: str, offences: pd.DataFrame, title: str, least: int = 10) -> Markup:
    """Return the change in harm of each offence group since the base period, with its interval.

    Groups with fewer than ``least`` crimes on either side are left to the table.
    """
    enough = (offences["crimes"] >= least) & (offences["crimes_base"] >= least)
    rows = offences[offences["severity_change_base"].notna() & enough].sort_values(
        "severity_change_base", ascending=False
    )
    if rows.empty:
        return Markup("")
    reach = min(max(rows["severity_change_base"].abs().max() * 1.25, 0.2), 2.0)
    middle, bottom = (_NAMES + _END - 60) / 2, _TOP + _ROW * len(rows)
    x = Scale(reach, middle, _END - 60)
    parts = []
    for value in (-reach, -reach / 2, 0.0, reach / 2, reach):
        parts += [
            line(x.at(value), _TOP - 8, x.at(value), bottom, stroke=GRID if value else INK, stroke_width=1),
            label(x.at(value), bottom + 20, f"{value:+.0%}" if value else "0", anchor="middle"),
        ]
    parts.append(label(_END, bottom + 40, "change in harm since the base period", anchor="end", quiet=True))
    for i, r in enumerate(rows.itertuples()):
        y = _TOP + _ROW * i + 9
        low, high = (min(max(float(v), -reach), reach) for v in (r.base_low, r.base_high))
        at = min(max(float(r.severity_change_base), -reach), reach)
        clear = r.base_low > 0 or r.base_high < 0
        parts += [
            label(_NAMES - 8, y + 5, shortened(str(r.offence_group), 32), anchor="end", bold=clear),
            line(x.at(low), y, x.at(high), y, stroke=BLUE if clear else QUIET, stroke_width=2),
            element(
                "circle", cx=x.at(at), cy=y, r=5.5, fill=BLUE if clear else "#ffffff",
                stroke=BLUE if clear else QUIET, stroke_width=2,
            ),
            label(_END - 46, y + 5, percent(float(r.severity_change_base))),
        ]  # fmt: skip
    words = "Filled: the whole interval lies on one side of 0. Hollow: chance may explain it."
    return chart(key, WIDTH, bottom + 50, title, words, *parts)


def dots(key: str, title: str, rows: Sequence[tuple[str, float, float, float, str]], axis: str) -> Markup:
    """Return shares as dots with intervals; rows as in ``bars``."""
    if not rows:
        return Markup("")
    x = Scale(min(round_top(max(r[3] for r in rows)), 1.0), _NAMES, _END - 90)
    bottom = _TOP + _ROW * len(rows)
    parts = _axis(x, bottom, axis, "share")
    for i, (name, value, low, high, said) in enumerate(rows):
        y = _TOP + _ROW * i + 9
        first = i == 0
        parts += [
            label(_NAMES - 8, y + 5, shortened(name, 30), anchor="end", bold=first),
            line(x.at(low), y, x.at(min(high, x.top)), y, stroke=INK if first else QUIET, stroke_width=2),
            element("circle", cx=x.at(value), cy=y, r=5.5, fill=BLUE, stroke="#ffffff", stroke_width=1),
            label(_END - 82, y + 5, said),
        ]
    return chart(key, WIDTH, bottom + 50, title, f"Dots: {axis}; lines: 95% intervals.", *parts)
