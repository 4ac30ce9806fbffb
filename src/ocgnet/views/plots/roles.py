"""How firmly each suggested principal stands."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import pandas as pd
from markupsafe import Markup

from ocgnet.views.figures_text import count, share
from ocgnet.views.plots.svg import BLUE, GRID, QUIET, Scale, chart, element, label, line, shortened

WIDTH = 760.0
MOST_ROWS = 60
"""Rows that still make a picture; the table holds everybody."""

_LEFT, _RIGHT, _TOP, _ROW = 230.0, 560.0, 44.0, 20.0


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

    A filled dot is also recorded as principal; a hollow one is recorded otherwise, which the words at
    the right say. At most 60 rows are drawn, in the order given.

    Returns
    -------
    Markup
        One SVG element; empty without rows.
    """
    if not rows:
        return Markup("")
    drawn = rows[:MOST_ROWS]
    bottom = _TOP + _ROW * len(drawn) + 6
    x = Scale(1.0, _LEFT, _RIGHT)
    also = sum(r.recorded == "principal" for r in rows)
    parts = [line(x.at(v), _TOP - 8, x.at(v), bottom, stroke=GRID, stroke_width=1) for v in (0, 0.25, 0.5, 0.75, 1)]
    parts += [label(x.at(v), _TOP - 16, f"{v:.0%}", anchor="middle") for v in (0, 0.5, 1)]
    parts.append(label(_RIGHT + 30, _TOP - 16, "recorded role", quiet=True))
    parts.append(label(0, _TOP - 16, "group, nominal", quiet=True))
    previous = None
    for i, row in enumerate(drawn):
        at = _TOP + _ROW * i + 8
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
        label(_RIGHT + 30, at + 5, row.recorded or "not assessed", bold=same),
    )
