"""Children by group: how many, in the order of the groups, nobody ranked."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from ocgnet.views.figures_text import count, of
from ocgnet.views.plots.svg import BLUE, GRID, QUIET, Scale, chart, element, label, line, shortened

WIDTH = 760.0
MOST_ROWS = 60
_LEFT, _RIGHT, _TOP, _ROW = 250.0, 690.0, 12.0, 24.0


def children_chart(groups: pd.DataFrame) -> Markup:
    """Return zero-based bars of linked children per group, in the order of group ids.

    Parameters
    ----------
    groups : DataFrame
        Columns ``ocg_id``, ``name``, ``children``; groups without a child are left out.

    Returns
    -------
    Markup
        One SVG element; empty when no group has a child. At most 60 groups are drawn.
    """
    linked = groups[groups["children"].fillna(0) > 0].sort_values("ocg_id")
    if linked.empty:
        return Markup("")
    drawn = linked.head(MOST_ROWS)
    x = Scale(float(drawn["children"].max()), _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(drawn)
    parts = [line(_LEFT, _TOP, _LEFT, bottom, stroke=QUIET, stroke_width=1)]
    names = zip(drawn["ocg_id"], drawn["name"].fillna(""), drawn["children"], strict=True)
    for i, (ocg, name, children) in enumerate(names):
        at = _TOP + _ROW * i
        parts += [
            label(_LEFT - 10, at + 17, shortened(f"{ocg} {name}".strip(), 32), anchor="end"),
            element("rect", x=_LEFT, y=at + 4, width=x.at(children) - _LEFT, height=_ROW - 8, fill=BLUE),
            label(x.at(children) + 8, at + 17, count(children), bold=True),
            line(_LEFT, at + _ROW, _RIGHT, at + _ROW, stroke=GRID, stroke_width=0.5),
        ]
    return chart(
        "children",
        WIDTH,
        bottom + 10,
        f"Linked children in {of(len(linked), 'group', 'groups')}",
        "One bar per group, in the order of their ids. A child linked to two groups counts in both.",
        *parts,
    )
