"""Violence around drugs by district, and how often county lines, debt bondage and cuckooing are recorded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import ratio_interval
from ocgnet.harm import normal_code
from ocgnet.local_profile.county_lines import EVERYWHERE, LINES, counted_events
from ocgnet.local_profile.figures import EVENTS, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.results import Figure
from ocgnet.results.columns import fact

VIOLENT = (
    "homicide", "violence with injury", "violence without injury", "robbery of personal property",
    "robbery of business property",
)  # fmt: skip
"""Offence groups that count as violence here."""
NOT_VIOLENT = "106"
"""Modern slavery, which the Home Office counts as violence without injury: it would be most of what is marked."""
OF_DRUGS = ("drugs", "county_line")
"""Markers by which a violent crime counts as related to drugs."""
MARKS = ("county_line", "drugs", "debt_bondage", "cuckooing")
"""Markers of crimes, and topics of reports, that the chapter counts one by one."""
ALL_REPORTS = "of every origin and grade"

VIOLENCE = TableOf(
    "drug_violence",
    "Drug violence",
    "How much violence is recorded as related to drugs, where, and has it changed?",
    (
        fact("district", "text", "District."),
        people("crimes", "Violent crimes of the period marked as drugs or county line."),
        people("crimes_before", "The same in the period before."),
        made("crimes_change", "share", "Change on the period before; blank where both hold too few to say."),
        made("change_low", "share", "Lower end of the 95% interval of that change."),
        made("change_high", "share", "Upper end; blank where it has none."),
        people("reports", "Intelligence reports of the period on violence around drugs."),
        people("reports_before", "The same in the period before."),
    ),
    totals=("district", EVERYWHERE),
    ordered_by=("crimes",),
    apart=(
        ("crimes", "crimes_before", "crimes_change", "change_low", "change_high"),
        ("reports", "reports_before"),
    ),
)
MARKED = TableOf(
    "line_marks",
    "Line markers",
    "How often are county lines, debt bondage and cuckooing recorded?",
    (
        fact("marker", "text", "Marker of a crime, and topic of a report; who bears two counts in both."),
        people("crimes", "Crimes of the period with that marker."),
        people("crimes_before", "The same in the period before."),
        made("crimes_change", "share", "Change on the period before; blank where both hold too few to say."),
        made("change_low", "share", "Lower end of the 95% interval of that change."),
        made("change_high", "share", "Upper end; blank where it has none."),
        people("reports", "Intelligence reports of the period on it."),
        people("reports_before", "The same in the period before."),
    ),
    whole=None,
    apart=(
        ("crimes", "crimes_before", "crimes_change", "change_low", "change_high"),
        ("reports", "reports_before"),
    ),
)


def drug_violence(material: Material) -> Part:
    """Return violence around drugs by district, and the markers of county lines.

    Where no crime bears a marker of drugs, or no report has a topic, nobody records it: blank cells, never nought.
    """
    kept = _recorded(material)
    violence = _violence(material, kept)
    return Part((violence, _marks(material, kept)), _violence_figures(material, violence.frame, kept))


def _of_marks(material: Material, marks: Iterable[str], *, violent: bool) -> dict[str, Counter[str]]:
    """Return crimes by district in each period, keys ``now`` and ``before``, that bear any of these markers."""
    codes = [c for c in material.records.codes if c and normal_code(c) == normal_code(NOT_VIOLENT)]
    only = f"offence_group IN ({_texts(VIOLENT)})" if violent else "true"
    if violent and codes:
        only += f" AND offence_code NOT IN ({_texts(codes)})"
    rows = material.records.sql(
        f"""
        SELECT district, count(*) FILTER (mask & {1 << NOW} > 0) AS now,
               count(*) FILTER (mask & {1 << BEFORE} > 0) AS before
        FROM {material.records.flagged} WHERE list_has_any(marks, [{_texts(marks)}]) AND {only} GROUP BY 1
        """
    )
    return {
        which: Counter(dict(zip(rows["district"].to_pylist(), rows[which].to_pylist(), strict=True)))
        for which in ("now", "before")
    }


def _of_topic(material: Material, topic: str) -> dict[str, Counter[str]]:
    """Return reports by district in each period on a topic."""
    inside = [material.records.inside(w, "reported_on") for w in (NOW, BEFORE)]
    rows = material.records.sql(
        f"""
        SELECT coalesce(nullif(trim(district), ''), '{NO_DISTRICT}') AS district,
               count(*) FILTER ({inside[0]}) AS now, count(*) FILTER ({inside[1]}) AS before
        FROM intel_reports
        WHERE topics IS NOT NULL AND list_contains(string_split(topics, '|'), '{topic}') AND ({" OR ".join(inside)})
        GROUP BY 1
        """
    )
    return {
        which: Counter(dict(zip(rows["district"].to_pylist(), rows[which].to_pylist(), strict=True)))
        for which in ("now", "before")
    }


def _texts(words: Iterable[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


@dataclass(frozen=True)
class _Recorded:
    """What anybody records: whether any crime bears a marker of drugs, and any report a topic."""

    marks: bool
    topics: bool


def _recorded(material: Material) -> _Recorded:
    topics = material.dataset["intel_reports"]["topics"]
    marked = any(sum(c.values()) for c in _of_marks(material, MARKS, violent=False).values())
    return _Recorded(marked, topics.null_count < len(topics))


def _row(material: Material, kept: _Recorded, crimes: tuple[int, int], reports: tuple[int, int]) -> dict[str, Any]:
    """Return the cells of crimes with their change, and of reports; blank where nobody records them."""
    marked, topics = kept.marks, kept.topics
    now, then = crimes
    known = marked and not material.gap("crimes")
    # Of a few every change is possible: their counts say all there is.
    enough = known and then > 0 and now + then >= material.settings.least_records
    low, high = ratio_interval(now, then) if enough else (np.nan, np.nan)
    return {
        "crimes": now if marked else np.nan,
        "crimes_before": then if known else np.nan,
        "crimes_change": now / then - 1 if enough else np.nan,
        "change_low": low,
        "change_high": high if high < math.inf else np.nan,
        "reports": reports[0] if topics else np.nan,
        "reports_before": material.then("intel_reports", reports[1]) if topics else np.nan,
    }


def _violence(material: Material, kept: _Recorded) -> ProfileTable:
    if not kept.marks and not kept.topics:
        return table_of(VIOLENCE, [])
    crimes, reports = _of_marks(material, OF_DRUGS, violent=True), _of_topic(material, "drug_violence")
    counts = [crimes["now"], crimes["before"], reports["now"], reports["before"]]
    rows = [
        {"district": d} | _row(material, kept, (counts[0][d], counts[1][d]), (counts[2][d], counts[3][d]))
        for d in set().union(*counts)
    ]
    rows.sort(key=lambda r: (r["district"] == NO_DISTRICT, -np.nan_to_num(r["crimes"]), r["district"]))
    sums = [sum(c.values()) for c in counts]
    whole = _row(material, kept, (sums[0], sums[1]), (sums[2], sums[3]))
    return table_of(VIOLENCE, [{"district": EVERYWHERE} | whole, *rows])


def _marks(material: Material, kept: _Recorded) -> ProfileTable:
    if not kept.marks and not kept.topics:
        return table_of(MARKED, [])
    rows = []
    for mark in MARKS:
        crimes, reports = _of_marks(material, (mark,), violent=False), _of_topic(material, mark)
        pairs = [(sum(c["now"].values()), sum(c["before"].values())) for c in (crimes, reports)]
        rows.append({"marker": mark.replace("_", " ")} | _row(material, kept, *pairs))
    return table_of(MARKED, rows)


def _violence_figures(material: Material, violence: pd.DataFrame, kept: _Recorded) -> dict[str, Figure]:
    whole = violence[violence["district"] == EVERYWHERE].to_dict("records")
    row = {k: None if pd.isna(v) else v for k, v in whole[0].items()} if whole else {}
    figures: dict[str, Figure] = {}
    if material.has("crimes"):
        figures |= _crime_figures(material, row)
    if material.has("intel_reports"):
        for after, which in (("", NOW), ("_before", BEFORE)):
            days, number = material.windows.words(which), row.get(f"reports{after}")
            counted = f"reports on violence around drugs dated {days}, {ALL_REPORTS}"
            if number is None:
                why = material.gap("intel_reports") if after and kept.topics else "no report has a topic"
                counted += f": not known, because {why}"
            figures[f"drug_violence_reports{after}"] = _known(
                number, "Intelligence reports on violence around drugs", counted, days
            )
    return figures


def _crime_figures(material: Material, row: Mapping[str, Any]) -> dict[str, Figure]:
    rule = f"{', '.join(VIOLENT)}; without modern slavery; marked as drugs or county line"
    silent = "no crime of either period bears a marker of drugs, so it is not known whether they are recorded"
    gap = silent if row.get("crimes") is None else material.gap("crimes")
    says = "Violent crimes related to drugs"
    figures: dict[str, Figure] = {}
    for after, which in (("", NOW), ("_before", BEFORE)):
        counted, number = f"{material.crimes_words(which)}: {rule}", row.get(f"crimes{after}")
        counted += f": not known, because {gap}" if number is None else ""
        figures[f"drug_violence{after}"] = _known(number, says, counted, material.windows.words(which))
    now, then, change = row.get("crimes"), row.get("crimes_before"), row.get("crimes_change")
    few = f"they are fewer than {material.settings.least_records} in both periods together, or none before"
    gap = gap or (few if change is None else "")
    ends = (row.get("change_low"), row.get("change_high")) if change is not None else (None, None)
    whole = (int(now), int(then)) if change is not None and now is not None and then else (None, None)
    figures["drug_violence_change"] = material.figure(
        LINES, change, "change", "Change in violent crimes related to drugs", whole[0], whole[1],
        f"{rule}; {material.now} against {material.windows.words(BEFORE)}"
        + (f": no change is stated, because {gap}" if gap else ""),
        ends if None not in ends else (None, None), int(now or 0) + int(then or 0), EVENTS,
    )  # fmt: skip
    return figures


def _known(number: float | None, says: str, counted: str, period: str) -> ProfileFigure:
    if number is None:
        return ProfileFigure(None, "count", says, filter=counted, chapter=LINES, period=period)
    return counted_events(int(number), says, counted, LINES, period)
