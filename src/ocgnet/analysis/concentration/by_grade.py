"""How far the top list depends on which reports are believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from ocgnet.analysis.concentration.coverage import full_counts
from ocgnet.analysis.concentration.ranking import Chosen
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.evidence.wording import report_words
from ocgnet.results import Figure, ResultTable
from ocgnet.settings import Settings

FILTERS = ("all", "corroborated", "reliable")
"""Filters that are compared, each a name of ``settings.GRADE_FILTERS``."""

_NOT_REPORTS = ("crimes", "crime_links", "associations")


@dataclass(frozen=True)
class GradeSensitivity:
    """What ``grade_sensitivity`` answers."""

    table: ResultTable  # ``grade_sensitivity``: whoever is in the top k under any filter
    # ``top_kept_<filter>`` (how many of the top k as asked stay) and ``top_intel_share_<filter>``
    figures: Mapping[str, Figure]


def grade_sensitivity(
    dataset: Dataset, evidence: Evidence, settings: Settings, names: Mapping[str, str]
) -> GradeSensitivity:
    """Choose the top k anew under other grade filters.

    Crimes have no grade and stay as they are; reports are filtered anew. A person without an event under a filter
    has no rank there. Ranks follow the rule of ``concentration``.
    """
    asked = Chosen.of(evidence, settings)
    # Only reports differ, so the other tables need not be filtered again.
    bare = {name: t.slice(0, 0) if name in _NOT_REPORTS else t for name, t in dataset.tables.items()}
    reports_only = replace(dataset, tables=MappingProxyType(bare), given=dataset.given | {*_NOT_REPORTS})
    choices = {"": asked}
    for name in FILTERS:
        other = evidence_of(reports_only, replace(settings, min_grade=name), evidence.period)
        choices[name] = Chosen.of(replace(evidence, reports=other.reports), settings)
    return GradeSensitivity(_table(choices, names), _figures(choices, evidence, settings))


def _table(choices: Mapping[str, Chosen], names: Mapping[str, str]) -> ResultTable:
    asked = choices[""]
    rows = np.flatnonzero(np.any([c.top for c in choices.values()], axis=0))
    place = {name: _ranks(c) for name, c in choices.items()}
    rows = rows[np.argsort(np.argsort(asked.order)[rows])]
    ids = asked.ids[rows]
    columns: dict[str, object] = {
        "nominal_id": pd.array(ids, dtype="str"),
        "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
    }
    for name, chosen in choices.items():
        end = f"_{name}" if name else ""
        columns[f"rank{end}"] = place[name][rows]
        columns[f"in_top{end}"] = chosen.top[rows]
        columns[f"reports{end}"] = full_counts(chosen.kinds[1])[rows]
    return ResultTable("grade_sensitivity", pd.DataFrame(columns))


def _ranks(chosen: Chosen) -> pd.api.extensions.ExtensionArray:
    """Return the rank of each person from 1, blank for people without an event."""
    rank = pd.array(np.argsort(chosen.order) + 1, dtype="Int64")
    rank[(chosen.parts[0] == 0) & (chosen.parts[1] == 0)] = pd.NA
    return rank


def _figures(choices: Mapping[str, Chosen], evidence: Evidence, settings: Settings) -> dict[str, Figure]:
    asked = choices[""]
    figures = {}
    for name in FILTERS:
        chosen = choices[name]
        words = report_words(evidence.period, replace(settings, min_grade=name))
        reports = chosen.kinds[1]
        kept = int((asked.top & chosen.top).sum()) if asked.count and reports.events else None
        figures[f"top_kept_{name}"] = Figure(
            kept,
            "count",
            f"Of the top {asked.count}, how many stay in the top under the grade filter '{name}'",
            kept,
            None if kept is None else asked.count,
            f"{words}; crimes have no grade and stay as they are",
        )
        figures[f"top_intel_share_{name}"] = Figure.share(
            reports.related_to(chosen.top),
            reports.events,
            f"Intelligence reports that relate to the top {chosen.count} chosen under the grade filter '{name}'",
            f"{words}; a union, each report once",
        )
    return figures
