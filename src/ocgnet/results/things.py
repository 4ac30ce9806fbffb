"""The things that a chart draws, as frames beside the result tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

THING_COLUMNS = ("thing_id", "kind", "label", "identifier", "district", "calls", "first_on", "last_on", "others")
LINK_COLUMNS = ("thing_id", "nominal_id", "relation", "from_date", "to_date", "confidence", "report_id")
GROUP_COLUMNS = ("thing_id", "ocg_id", "from_date", "to_date")
CONTACT_COLUMNS = ("thing_a", "thing_b", "times", "days", "first_on", "last_on")
MONTH_COLUMNS = ("thing_id", "month", "times")
UNATTRIBUTED_COLUMNS = ("ocg_id", "thing_id", "rank", "because")


def _blank(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=object) for c in columns})


@dataclass(frozen=True)
class ThingsDrawn:
    """Frames that the chart draws things from; all empty where nothing is recorded."""

    things: pd.DataFrame = field(default_factory=lambda: _blank(*THING_COLUMNS))
    links: pd.DataFrame = field(default_factory=lambda: _blank(*LINK_COLUMNS))
    groups: pd.DataFrame = field(default_factory=lambda: _blank(*GROUP_COLUMNS))
    contacts: pd.DataFrame = field(default_factory=lambda: _blank(*CONTACT_COLUMNS))
    months: pd.DataFrame = field(default_factory=lambda: _blank(*MONTH_COLUMNS))
    unattributed: pd.DataFrame = field(default_factory=lambda: _blank(*UNATTRIBUTED_COLUMNS))
