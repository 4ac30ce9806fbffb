"""The chapter on county lines: stops of transient dealers, referrals, partners' information."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.intervals import count_interval, share_interval
from ocgnet.evidence.ages import ADULT, age_on
from ocgnet.local_profile.figures import EVENTS, ProfileFigure, ProfileTable, first_slug, slug, table_of, unused
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.model import table
from ocgnet.results import Figure

LINES = "county lines"
EVERYWHERE = "all districts"
SECTOR = table("intel_reports").column("sector")


def of_periods(material: Material, name: str, column: str) -> tuple[pa.Table, pa.Table]:
    """Return the rows of a table in the period and in the period before."""
    rows = material.dataset[name]
    return material.dated(rows, column), material.dated(rows, column, BEFORE)


def transient_dealers_table(material: Material) -> ProfileTable:
    """Return stops of suspected transient dealers by period and district, all districts first."""
    rows: list[dict[str, Any]] = []
    for t, which in zip(of_periods(material, "stop_checks", "happened_on"), (NOW, BEFORE), strict=True):
        if which == BEFORE and material.gap("stop_checks"):
            continue
        dealers = t.filter(pc.fill_null(t["transient_dealer"], False))
        frame = pd.DataFrame(
            {
                "district": [d or NO_DISTRICT for d in dealers["district"].to_pylist()],
                "arrested": pc.fill_null(pc.equal(dealers["outcome"], "arrested"), False).to_numpy().astype(bool),
                "age": ages_at_stop(material, dealers),
            }
        )
        rows.append(_stops(frame, material.windows.words(which), EVERYWHERE))
        rows += [_stops(part, material.windows.words(which), str(d)) for d, part in frame.groupby("district")]
    return table_of("transient_dealers", rows)


def ages_at_stop(material: Material, stops: pa.Table) -> np.ndarray:
    """Return ages on the day of the stop: from the date given there, else from the person's own record."""
    born = stops["date_of_birth"].to_numpy().astype("datetime64[D]")
    missing = np.isnat(born)
    if missing.any():
        for name, key in (("nominals", "nominal_id"), ("children", "child_id"), ("people", "person_id")):
            t = material.dataset[name]
            place = pc.index_in(stops["person_id"], t[key].combine_chunks(), skip_nulls=True)
            found = t["date_of_birth"].combine_chunks().take(place.combine_chunks()).to_numpy(zero_copy_only=False)
            # Of several dates of birth the latest, as everywhere: in doubt somebody is a child.
            born = np.where(missing, np.fmax(born, found.astype("datetime64[D]")), born)
    return age_on(born, stops["happened_on"].to_numpy().astype("datetime64[D]"))


def _stops(frame: pd.DataFrame, period: str, district: str) -> dict[str, Any]:
    stops, young = len(frame), int((frame["age"] < ADULT).sum())
    low, high = share_interval(young, stops) if stops else (np.nan, np.nan)
    return {
        "period": period,
        "district": district,
        "stops": stops,
        "arrested": int(frame["arrested"].sum()),
        "juveniles": young,
        "age_unknown": int(frame["age"].isna().sum()),
        "juvenile_share": young / stops if stops else np.nan,
        "low": low,
        "high": high,
    }


def line_figures(material: Material, dealers: ProfileTable, referrals: ProfileTable) -> dict[str, Figure]:
    """Return transient dealers and juveniles among them, now, before and by district, and referrals.

    A district named after two places goes by the first of them in the id.
    """
    figures: dict[str, Figure] = {}
    if material.has("stop_checks"):
        for which, after in ((BEFORE, "_before"), (NOW, "")):
            days, gap = material.windows.words(which), which == BEFORE and material.gap("stop_checks")
            if gap:
                figures |= _unstated(days, gap)
                continue
            rows = dealers.frame[dealers.frame["period"] == days]
            for row in rows[rows["district"] == EVERYWHERE].to_dict("records"):
                figures |= _dealers(row, days, f"transient_dealers{after}", f"transient_juveniles{after}", "")
        rows = dealers.frame[(dealers.frame["period"] == material.now) & (dealers.frame["district"] != EVERYWHERE)]
        short = Counter(map(first_slug, rows["district"]))
        for row in rows.to_dict("records"):
            name = str(row["district"])
            key = first_slug(name) if short[first_slug(name)] == 1 else slug(name)
            found = _dealers(row, material.now, "", unused(f"transient_juveniles_{key}", figures), f" in {name}")
            figures |= {k: f for k, f in found.items() if k}
    if material.has("referrals"):
        made = referrals.frame[referrals.frame["kind"] == "nrm"]
        for figure_id, column, which in (
            ("nrm_referrals", "referrals", NOW),
            ("nrm_referrals_before", "referrals_before", BEFORE),
        ):
            days, says = material.windows.words(which), "Referrals to the National Referral Mechanism"
            counted = f"referrals of kind nrm made {days}"
            if which == BEFORE and (gap := material.gap("referrals")):
                counted += f": not stated, because {gap}"
                figures[figure_id] = ProfileFigure(None, "count", says, filter=counted, chapter=LINES, period=days)
            else:
                figures[figure_id] = counted_events(int(made[column].sum()), says, counted, LINES, days)
    return figures


def counted_events(number: int, says: str, counted: str, chapter: str, period: str) -> ProfileFigure:
    """Return a count of independent events with its exact interval."""
    low, high = count_interval(number)
    return ProfileFigure(
        number, "count", says, filter=counted, low=low, high=high,
        chapter=chapter, period=period, records=number, interval=EVENTS,
    )  # fmt: skip


def _unstated(days: str, gap: str) -> dict[str, Figure]:
    """Return the figures of a period that the stop checks do not cover."""
    counted = f"stop checks and arrests {days} marked as transient dealer: not stated, because {gap}"
    return {
        "transient_dealers_before": ProfileFigure(
            None, "count", "Transient dealers stop-checked or arrested", filter=counted, chapter=LINES, period=days
        ),
        "transient_juveniles_before": ProfileFigure(
            None, "share", "Juveniles among transient dealers", filter=counted, chapter=LINES, period=days
        ),
    }


def _dealers(row: dict[str, Any], days: str, count_id: str, share_id: str, where: str) -> dict[str, Figure]:
    stops, young, unknown = (int(row[n]) for n in ("stops", "juveniles", "age_unknown"))
    counted = f"stop checks and arrests {days} marked as transient dealer{where}"
    arrested = f"{counted}; {int(row['arrested']):,} of them arrests"
    return {
        count_id: counted_events(stops, f"Transient dealers stop-checked or arrested{where}", arrested, LINES, days),
        share_id: ProfileFigure(
            young / stops if stops else None, "share", f"Juveniles among transient dealers{where}",
            young if stops else None, stops or None,
            f"{counted}; under {ADULT} on the day; age not known for {unknown:,} of them",
            float(row["low"]) if stops else None, float(row["high"]) if stops else None,
            chapter=LINES, period=days, records=stops, interval=EVENTS if stops else "",
        ),
    }  # fmt: skip


def referrals_table(material: Material) -> ProfileTable:
    """Return referrals by route in both periods.

    By route only: a reason is written in somebody's own words, often the child's, and stays with the record.
    """
    counts = [Counter(t["kind"].to_pylist()) for t in of_periods(material, "referrals", "made_on")]
    kinds = sorted(set(counts[0]) | set(counts[1]))
    return table_of("referrals", [(k, counts[0][k], material.then("referrals", counts[1][k])) for k in kinds])


def partner_information_table(material: Material) -> ProfileTable:
    """Return partnership information forms by the submitter's sector in both periods, most forms first."""
    counts = [
        Counter(map(SECTOR.counted_word, t.filter(pc.equal(t["origin"], "cpi_form"))["sector"].to_pylist()))
        for t in of_periods(material, "intel_reports", "reported_on")
    ]
    total = sum(counts[0].values())
    rows = []
    for sector in sorted(set(counts[0]) | set(counts[1]), key=lambda s: (-counts[0][s], s)):
        forms, before = counts[0][sector], material.then("intel_reports", counts[1][sector])
        rows.append((sector, forms, forms / total if total else np.nan, before))
    return table_of("partner_information", rows)


def partner_figures(material: Material, sectors: ProfileTable) -> dict[str, Figure]:
    """Return how many forms partners sent, and their share of all reports of the period."""
    if not material.has("intel_reports"):
        return {}
    now, _ = of_periods(material, "intel_reports", "reported_on")
    forms, reports = int(sectors.frame["forms"].sum()), now.num_rows
    ends = share_interval(forms, reports) if reports else (None, None)
    counted = f"reports of origin cpi_form dated {material.now}"
    return {
        "cpi_forms": counted_events(forms, "Community partnership information forms", counted, LINES, material.now),
        "cpi_share": material.figure(
            LINES, forms / reports if reports else None, "share", "Forms among all intelligence reports", forms,
            reports or None, f"reports dated {material.now}, every origin and grade", ends, reports, EVENTS,
        ),
    }  # fmt: skip
