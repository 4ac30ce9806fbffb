"""Who submits information about exploitation: reports by origin and sector, by topic, by district for its residents."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import count_interval, share_interval
from ocgnet.local_profile.changes import CHANGE, change_figure, changed, count_figure, not_recorded
from ocgnet.local_profile.figures import EVENTS, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.model import table
from ocgnet.results import Figure
from ocgnet.results.columns import fact

EXPLOITATION = "exploitation"
"""Chapter of the figures."""
TOPICS = ("cse", "cce", "modern_slavery", "county_line")
"""Topics of a report that make it one about exploitation."""
FORM, POLICE = "cpi_form", "police"
ORIGINS = {"police": "police", "app": "app", "partner": "partner", "cpi_form": "partner's form (CPI)"}
PER = 10_000
_SECTOR = table("intel_reports").column("sector")
_BOTH = (
    people("reports", "Reports of the period."),
    people("reports_before", "Reports of the period before."),
    *CHANGE,
)

REPORTS = TableOf(
    "exploitation_reports",
    "Exploitation reports",
    "Who submits information about exploitation?",
    (
        fact("origin", "text", "How the report came in."),
        fact("sector", "text", "Sector of the submitter."),
        *_BOTH,
    ),
    ordered_by=("reports", "origin"),
)
REPORT_TOPICS = TableOf(
    "exploitation_topics",
    "Exploitation topics",
    "What kind of exploitation are reports about? One that is about two counts in both.",
    (fact("topic", "text", "Topic as recorded."), *_BOTH),
)
REPORT_DISTRICTS = TableOf(
    "exploitation_report_districts",
    "Submissions by district",
    "How much information about exploitation is submitted about each district, for its residents?",
    (
        fact("district", "text", "District that the report is about."),
        *_BOTH,
        fact("population", "count", "Residents, from the table wards; blank where not recorded."),
        made("per_10000", "number", "Reports of the period per 10,000 residents."),
        made("low", "number", "Lower end of the 95% interval of that rate."),
        made("high", "number", "Upper end of that interval."),
    ),
)


class Submissions:
    """The reports of both periods, with what they are about."""

    def __init__(self, material: Material) -> None:
        self._material = material
        on = [material.records.inside(which, "reported_on") for which in (NOW, BEFORE)]
        self.all = material.records.sql(
            f"""
            SELECT {on[NOW]} AS now, {on[BEFORE]} AS before, coalesce(origin, 'not recorded') AS origin, sector,
                   coalesce(nullif(trim(district), ''), '{NO_DISTRICT}') AS district,
                   string_split(coalesce(topics, ''), '|') AS about, coalesce(topics, '') <> '' AS known
            FROM intel_reports WHERE {on[NOW]} OR {on[BEFORE]}
            """
        ).to_pandas()
        for which in ("now", "before"):
            self.all[which] = self.all[which].fillna(value=False).astype(bool)
        words = {s: _SECTOR.counted_word(s if isinstance(s, str) else None) for s in self.all["sector"].unique()}
        self.all["sector"] = [words[s] for s in self.all["sector"]]
        about = [[t for t in topics if t in TOPICS] for topics in self.all["about"]]
        self.exploitation = self.all.assign(about=about)[np.array([bool(t) for t in about], bool)]

    @cached_property
    def gap(self) -> str:
        """Why the periods cannot be compared; empty when they can."""
        if gap := self._material.gap("intel_reports"):
            return gap
        return "" if self.known("before") else "no report of the period before says what it is about"

    def known(self, which: str = "now") -> bool:
        """Whether any report of a period says what it is about."""
        return bool((self.all["known"] & self.all[which]).any())

    def row(self, reports: pd.DataFrame) -> dict[str, float]:
        """Return some reports in both periods with the change."""
        now, then = (float(reports[which].sum()) for which in ("now", "before"))
        then = float("nan") if self.gap else then
        return {"reports": now, "reports_before": then} | changed(now, then, self._material.settings.least_records)


def reports_table(reports: Submissions) -> ProfileTable:
    """Return reports about exploitation by origin and sector; no rows where no report says what it is about."""
    rows = []
    if reports.known():
        sectors = reports.exploitation["sector"].where(reports.exploitation["origin"] != POLICE, POLICE)
        for (origin, sector), part in reports.exploitation.groupby(["origin", sectors], sort=True):
            rows.append({"origin": ORIGINS.get(str(origin), str(origin)), "sector": sector} | reports.row(part))
        place = {words: at for at, words in enumerate(ORIGINS.values())}
        rows.sort(key=lambda r: (place.get(r["origin"], len(place)), -r["reports"], r["sector"]))
    return table_of(REPORTS, rows)


def topics_table(reports: Submissions) -> ProfileTable:
    """Return reports by topic of exploitation."""
    rows = []
    if reports.known():
        for topic in TOPICS:
            hit = np.array([topic in about for about in reports.exploitation["about"]], bool)
            rows.append({"topic": topic.replace("_", " ")} | reports.row(reports.exploitation[hit]))
    return table_of(REPORT_TOPICS, rows)


def districts_table(material: Material, reports: Submissions) -> ProfileTable:
    """Return reports about exploitation by district, with the rate for its residents where they are known."""
    residents = material.geography.population
    if not reports.known():
        return table_of(REPORT_DISTRICTS, [])
    parts = dict(list(reports.exploitation.groupby("district")))
    rows = []
    for district in [*sorted({*residents, *parts} - {NO_DISTRICT}), *({NO_DISTRICT} & parts.keys())]:
        row = reports.row(parts.get(district, reports.exploitation.iloc[:0]))
        people_there = residents.get(district)
        low, high = count_interval(int(row["reports"]))
        rate = dict.fromkeys(("per_10000", "low", "high"), np.nan)
        if people_there:
            ends = (row["reports"], low, high)
            rate = {n: PER * v / people_there for n, v in zip(rate, ends, strict=True)}
        rows.append({"district": district, **row, "population": people_there, **rate})
    return table_of(REPORT_DISTRICTS, rows)


def submission_figures(material: Material, reports: Submissions) -> dict[str, Figure]:
    """Return how many reports are about exploitation, the change, and how many of them are forms of partners."""
    says = "Reports about exploitation"
    if not material.has("intel_reports") or not reports.known():
        why = f"no intelligence report dated {material.now} says what it is about (column topics)"
        return {"exploitation_reports": not_recorded(material, EXPLOITATION, says, why)}
    dated, now = (frame[frame["now"]] for frame in (reports.all, reports.exploitation))
    silent, forms = int((~dated["known"]).sum()), int((now["origin"] == FORM).sum())
    topics = ", ".join(t.replace("_", " ") for t in TOPICS)
    records = f"reports dated {material.now} of every origin and grade with one of the topics {topics}"
    row = reports.row(reports.exploitation)
    aware = f"{records}; {silent:,} of {len(dated):,} reports name no topic: what they are about is not known"
    ends = share_interval(forms, len(now)) if len(now) else (None, None)
    return {
        "exploitation_reports": count_figure(material, EXPLOITATION, len(now), says, aware),
        "exploitation_reports_change": change_figure(
            material, EXPLOITATION, "Change in reports about exploitation", (row["reports"], row["reports_before"]),
            records, reports.gap,
        ),
        "exploitation_forms": material.figure(
            EXPLOITATION, forms / len(now) if len(now) else None, "share",
            "Partners' forms (CPI) among reports about exploitation", forms, len(now) or None, records, ends,
            len(now), EVENTS,
        ),
    }  # fmt: skip
