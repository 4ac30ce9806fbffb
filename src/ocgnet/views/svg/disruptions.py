"""The picture of before and after: two dots a row, joined by a line; it survives greyscale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ocgnet.views.svg.profile import round_top
from ocgnet.views.svg.svg import BLUE, CHANCE, GRID, INK, QUIET, Scale, chart, element, label, line, shortened

WIDTH = 760.0
_NAMES, _END, _TOP, _ROW = 200.0, 690.0, 62.0, 22.0
MOST_ROWS = 32
"""Rows of the picture; the table beside it holds all."""


@dataclass(frozen=True)
class Pair:
    """One row: what was counted before and after, of a group that was disrupted or of one that was not.

    ``expected`` is what it would have come to in proportion to the groups that were not disrupted, or None.
    """

    name: str
    before: float
    after: float
    disrupted: bool
    expected: float | None = None


def before_after_dots(rows: Sequence[Pair], noun: str, title: str) -> Markup:
    """Return a hollow dot for before and a filled one for after in each row; nothing without rows.

    Disrupted groups are blue and stand out by their names; a tick says what would be in proportion to the others.
    """
    rows = rows[:MOST_ROWS]
    if not rows:
        return Markup("")
    longest = max(max(r.before, r.after, r.expected or 0.0) for r in rows)
    # Ticks stand at quarters, and each is a whole number.
    x = Scale(4.0 * (math.ceil(max(longest, 1) / 4) if longest < 40 else round_top(longest / 4)), _NAMES, _END - 40)
    bottom = _TOP + _ROW * len(rows)
    parts = [*_legend(any(r.expected is not None for r in rows)), *_axis(x, bottom, noun)]
    for i, row in enumerate(rows):
        y = _TOP + _ROW * i + 9
        colour = BLUE if row.disrupted else QUIET
        ends = sorted((x.at(row.before), x.at(row.after)))
        parts += [
            label(_NAMES - 12, y + 5, shortened(row.name, 26), anchor="end", bold=row.disrupted),
            line(ends[0], y, ends[1], y, stroke=colour if row.disrupted else CHANCE, stroke_width=4),
        ]
        if row.expected is not None:
            at = x.at(row.expected)
            parts.append(line(at, y - 8, at, y + 8, stroke=INK, stroke_width=2.5))
        parts += [
            element("circle", cx=x.at(row.after), cy=y, r=5.5, fill=colour),
            element("circle", cx=x.at(row.before), cy=y, r=5, fill="#ffffff", stroke=INK, stroke_width=2),
            label(
                max(ends[1], x.at(row.expected or 0.0)) + 14,
                y + 5,
                f"{row.before:,.0f} to {row.after:,.0f}",
                quiet=not row.disrupted,
            ),
        ]
    about = f"For each group {noun} in the window before, hollow, and in the window after, filled."
    return chart("before-after", WIDTH, bottom + 48, title, about, *parts)


def _axis(x: Scale, bottom: float, noun: str) -> list[Markup]:
    parts = []
    for i in range(5):
        value = x.top * i / 4
        at = x.at(value)
        parts += [
            line(at, _TOP - 6, at, bottom, stroke=QUIET if not i else GRID, stroke_width=1),
            label(at, bottom + 18, f"{value:,.0f}", anchor="middle"),
        ]
    return [*parts, label(_END, bottom + 38, noun, anchor="end", quiet=True)]


def _legend(with_expected: bool) -> list[Markup]:
    parts = [
        element("circle", cx=_NAMES + 6, cy=16, r=5, fill="#ffffff", stroke=INK, stroke_width=2),
        label(_NAMES + 16, 21, "before"),
        element("circle", cx=_NAMES + 86, cy=16, r=5.5, fill=INK),
        label(_NAMES + 96, 21, "after"),
        label(_NAMES + 156, 21, "blue and bold: disrupted"),
    ]
    if with_expected:
        parts += [
            line(_NAMES + 6, 32, _NAMES + 6, 48, stroke=INK, stroke_width=2.5),
            label(_NAMES + 16, 45, "after, in proportion to groups not disrupted in the same days"),
        ]
    return parts
