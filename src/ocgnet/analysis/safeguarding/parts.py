"""The table of components: each component of each child, with what it adds and what to find out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ocgnet.analysis.safeguarding.rules import COMPONENTS, Component, added, points_of
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def components_table(children: Sequence[str], parts: Sequence[Sequence[Component]], settings: Settings) -> ResultTable:
    """Return the table ``child_components``: one row per child and component, in the order of ``COMPONENTS``."""
    points = points_of(settings)
    rows = []
    for child, own in sorted(zip(children, parts, strict=True), key=lambda pair: pair[0]):
        for part in own:
            now, more = added(part, points)
            topic = COMPONENTS[part.name]
            rows.append(
                {
                    "child_id": child,
                    "component": part.name,
                    "title": topic.title,
                    "about": topic.about,
                    "value": part.value,
                    "state": part.state.value,
                    "points": now,
                    "could_add": more,
                    "find_out": part.find_out,
                    "evidence": "|".join(part.evidence),
                }
            )
    frame = pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["child_components"]])
    return ResultTable("child_components", frame.astype({"points": "int64", "could_add": "int64"}))
