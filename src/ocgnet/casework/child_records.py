"""What the records hold about some children, as the rows from which every pack is cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import missing_within
from ocgnet.casework.concerns import MISSING_NOW, Concern, concerns_of, unknowns_of
from ocgnet.casework.may_leave import Leaving
from ocgnet.dataset import Dataset
from ocgnet.english import close_to
from ocgnet.evidence.ages import DECLARING, age_of
from ocgnet.evidence.episodes import interviews
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.period import Period
from ocgnet.model import PERSON_TABLES
from ocgnet.settings import Settings

STANDINGS: dict[str, str] = {
    "victim": "victim",
    "witness": "witness",
    "suspect": "suspect",
    "arrested": "suspect",
    "charged": "suspect",
    "convicted": "convicted",
    "other": "otherwise named",
}
"""Standing by link role: the categories of data subject, victims first."""

_ORDER = tuple(dict.fromkeys(STANDINGS.values()))

_STATUS = ("observed", "unknown", "not_observed")
_OF_CHILD = (
    "name", "sex", "district", "school", "social_worker", "cse_risk_scheme", "cse_risk", "cse_flagged_on", "cce_risk",
)  # fmt: skip

Row = dict[str, str]


@dataclass(frozen=True)
class ChildRecords:
    """Everything on record about some children that may leave at all."""

    children: tuple[str, ...]  # ids, sorted
    period: Period  # dates by which it was judged
    rows: Mapping[str, list[Row]]  # rows by table of ``PACK_TABLES``, with all columns as text; blank when not known
    concerns: tuple[Concern, ...]  # why they came to notice, with the basis
    held: Mapping[str, str]  # why somebody's own record stays behind, by id; rows that rest on it are still here
    reports_held: Mapping[str, list[str]]  # why each report about a child stays behind, by child

    def of(self, child: str, table: str) -> list[Row]:
        """Return the rows of one child in one table."""
        return self._by_child[table].get(child, [])

    @cached_property
    def _by_child(self) -> dict[str, dict[str, list[Row]]]:
        found: dict[str, dict[str, list[Row]]] = {}
        for name, rows in self.rows.items():
            of_table = found.setdefault(name, {})
            for row in rows:
                of_table.setdefault(row["child_id"], []).append(row)
        return found


def child_records(
    leaving: Leaving, period: Period, settings: Settings, children: Collection[str], made_by: date | None = None
) -> ChildRecords:
    """Gather what the records hold about some children.

    Missing episodes, crimes and reports outside the period are not gathered; everything, when it has no dates.
    Referrals bear the day on which they were made, not that of the analysis: those up to ``made_by`` are gathered
    (default the day of the period). Rows are sorted by child, then date, victims before suspects.
    """
    data, ids = leaving.dataset, tuple(sorted(set(children)))
    chosen = pa.array(ids, pa.string())

    def of(name: str, key: str = "child_id", table: pa.Table | None = None) -> list[dict[str, Any]]:
        t = data[name] if table is None else table
        return list(t.filter(pc.is_in(t[key], chosen)).to_pylist())

    def until(name: str, key: str, begun: str) -> list[dict[str, Any]]:
        """Return rows about the children that had begun when the pack is made, by child and day."""
        known = _until(of(name, key), begun, made_by or period.as_of)
        return sorted(known, key=lambda r: (r[key], _text(r[begun])))

    services = _by_id(data["services"], "service_id", of("assignments", "person_id"))
    evidence = evidence_of(data, settings, period)
    concerns = tuple(concerns_of(data, evidence, settings, ids))
    names = data.names
    crime_links, intel_links = (of(name, "person_id") for name in ("crime_links", "intel_links"))
    rows = {
        "children": _who({n: {r[k]: r for r in of(n, k)} for n, k in PERSON_TABLES.items()}, ids, period.as_of),
        "concerns": [{k: v for k, v in c._asdict().items() if k not in ("basis", "overdue")} for c in concerns],
        "family": [_family(r, names) for r in _until(of("family_links"), "recorded_on", period.as_of)],
        "experiences": [
            {"child_id": r["child_id"], "experience": _words(r["ace"])}
            | {"status": _words(r["status"]), "recorded_on": _text(r["recorded_on"])}
            for r in sorted(
                _until(of("child_aces"), "recorded_on", period.as_of),
                key=lambda r: (r["child_id"], _STATUS.index(r["status"]), r["ace"]),
            )
        ],
        "missing": [
            _missing(r, period.as_of, settings) for r in of("missing_episodes", table=missing_within(data, evidence))
        ],
        "crimes": _crimes(crime_links, _by_id(data["crimes"], "crime_id", crime_links), period),
        "referrals": [
            {"child_id": r["person_id"], "kind": r["kind"], "made_on": _text(r["made_on"])}
            | _outcome(r, made_by or period.as_of)
            for r in _until(of("referrals", "person_id"), "made_on", made_by or period.as_of)
        ],
        "risks": [
            {"child_id": r["child_id"], "exploitation": r["exploitation"], "level": r["level"]}
            | {n: _text(r[n]) for n in ("assessed_on", "scheme")}
            for r in until("child_risks", "child_id", "assessed_on")
        ],
        "services": [
            {"child_id": r["person_id"], "service": _text(services.get(r["service_id"], {}).get("name"))}
            | {"agency": _text(services.get(r["service_id"], {}).get("agency"))}
            | {n: _text(r[n]) for n in ("from_date", "to_date")}
            for r in until("assignments", "person_id", "from_date")
        ],
        "meetings": [
            {"child_id": r["person_id"], "kind": _words(r["kind"])} | {n: _text(r[n]) for n in ("held_on", "next_on")}
            # One that is called already is what the reader is to be at.
            for r in sorted(of("case_meetings", "person_id"), key=lambda r: (r["person_id"], r["held_on"], r["kind"]))
        ],
        "orders": [
            {"child_id": r["protects"], "kind": _words(r["kind"])}
            | {n: _text(r[n]) for n in ("from_date", "to_date", "breached_on")}
            for r in until("orders", "protects", "from_date")
        ],
        "stages": [
            {"child_id": r["person_id"], "nrm_stage": _words(r["stage"]), "decided_on": _text(r["decided_on"])}
            for r in until("nrm_stages", "person_id", "decided_on")
        ],
        "reports": _reports(intel_links, _by_id(data["intel_reports"], "report_id", intel_links), period),
    }
    rows["unknown"] = unknowns_of(ids, rows, settings)
    reports_held = {child: reasons for child in ids if (reasons := leaving.reasons_about([child]))}
    return ChildRecords(ids, period, rows, concerns, leaving.people, reports_held)


def _by_id(table: pa.Table, key: str, links: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return by id the rows that some links name."""
    named = pa.array(sorted({link[key] for link in links}), pa.string())
    return {r[key]: r for r in table.filter(pc.is_in(table[key], named)).to_pylist()}


def _until(rows: list[dict[str, Any]], column: str, day: date | None) -> list[dict[str, Any]]:
    """Keep what was known on the day; an undated row is kept."""
    return [r for r in rows if day is None or r[column] is None or r[column] <= day]


def _within(on: date | None, period: Period) -> bool:
    if period.first is None or period.last is None:
        return True
    return on is not None and period.first <= on <= period.last


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)


def _words(value: object) -> str:
    return _text(value).replace("_", " ")


def _who(found: Mapping[str, Mapping[str, dict[str, Any]]], ids: tuple[str, ...], day: date | None) -> list[Row]:
    rows = []
    for child in ids:
        records = [found[n][child] for n in ("children", "people", "nominals") if child in found[n]]
        merged = {k: next((r[k] for r in records if r.get(k) is not None), None) for k in _OF_CHILD}
        flagged = merged["cse_flagged_on"]
        if day is not None and flagged is not None and flagged > day:
            merged |= dict.fromkeys(("cse_risk", "cse_risk_scheme", "cse_flagged_on"))
        # Where tables disagree the latest date of birth decides: in doubt somebody is a child.
        born = max((r["date_of_birth"] for r in records if r["date_of_birth"] is not None), default=None)
        age = age_of(born, day)
        row = {"child_id": child, "date_of_birth": _text(born), "age": "not known" if age is None else str(age)}
        rows.append(row | {k: _text(v) for k, v in merged.items()})
    return rows


def _family(row: dict[str, Any], names: Mapping[str, str]) -> Row:
    verified = {True: "yes", False: "no", None: "not recorded"}[row["verified"]]
    return {
        "child_id": row["child_id"],
        "relationship": _words(row["relationship"]),
        "adult_id": row["adult_id"],
        "adult_name": names.get(row["adult_id"], ""),
        "verified": verified,
        "recorded_on": _text(row["recorded_on"]),
    }


def _outcome(row: dict[str, Any], day: date | None) -> Row:
    """Return what came of a referral, blank where that was decided after the day."""
    later = day is not None and row["outcome_on"] is not None and row["outcome_on"] > day
    kind = "" if later else _words(row["outcome_kind"])
    return {"outcome": "" if later else _text(row["outcome"]), "outcome_kind": kind} | {
        "outcome_on": "" if later else _text(row["outcome_on"])
    }


def _missing(row: dict[str, Any], day: date | None, settings: Settings) -> Row:
    hours = settings.interview_hours
    end = datetime.combine(day, datetime.max.time()) if day else datetime.max
    found, held = (
        row[n] if row[n] is not None and row[n] <= end else None for n in ("found_at", "return_interview_at")
    )
    refused = row["interview_refused_on"] if day is None or (row["interview_refused_on"] or day) <= day else None
    back, talk, no = (np.array([moment], "datetime64[s]") for moment in (found, held, refused))
    late, outstanding = interviews(back, talk, no, day, hours)
    lately = day is not None and row["missing_from"].date() >= day - timedelta(days=settings.missing_open_days)
    if found is None:
        unclear = MISSING_NOW if lately else "time of return not recorded"
        interview = f"held on {held:%Y-%m-%d}" if held else unclear
    elif held is not None:
        interview = f"held on {held:%Y-%m-%d}, {'later than' if late[0] else 'within'} {hours} hours"
    elif refused is not None:
        interview = f"refused on {refused}"
    else:
        interview = "outstanding" if outstanding[0] else "not yet due"
    return {
        "child_id": row["child_id"],
        "missing_from": _text(row["missing_from"]),
        "found_at": _text(found),
        "found_where": _text(row["found_where"]) if found else "",
        "in_company": "yes" if row["companions"] else "not recorded",
        "companions": _text(row["companions"]),
        "return_interview": interview,
    }


def _crimes(links: list[dict[str, Any]], crimes: Mapping[str, dict[str, Any]], period: Period) -> list[Row]:
    rows = []
    for link in links:
        crime = crimes.get(link["crime_id"], {})
        if _within(crime.get("recorded_on") or crime.get("occurred_on"), period):
            rows.append(
                {
                    "child_id": link["person_id"],
                    "standing": STANDINGS[link["link_role"]],
                    "offence": _text(crime.get("offence")) or "offence not recorded",
                    "recorded_on": _text(crime.get("recorded_on")),
                    "flags": ", ".join(_words(crime.get("flags")).split("|")),
                    "crime_id": link["crime_id"],
                }
            )
    # Arrested, suspect and charged are one standing: one crime stands once for each standing.
    once = {tuple(sorted(r.items())): r for r in rows}.values()
    return sorted(once, key=lambda r: (r["child_id"], _ORDER.index(r["standing"]), r["recorded_on"], r["crime_id"]))


def _reports(links: list[dict[str, Any]], reports: Mapping[str, dict[str, Any]], period: Period) -> list[Row]:
    rows = []
    for link in links:
        report = reports.get(link["report_id"], {})
        if _within(report.get("reported_on"), period):
            grades = [_text(report.get(n)) or "not graded" for n in ("source_grade", "intelligence_grade")]
            grading = f"{_text(report.get('grading_scheme'))}: {' / '.join(grades)} / {_text(report['handling_code'])}"
            rows.append(
                {"child_id": link["person_id"], "report_id": link["report_id"]}
                | {"reported_on": _text(report.get("reported_on")), "grading": grading}
            )
    return sorted(rows, key=lambda r: (r["child_id"], r["reported_on"], r["report_id"]))


# Who is known to the records.


def known_people(dataset: Dataset) -> set[str]:
    """Return the ids of everybody who stands in a table of people or is named as a child."""
    found: set[str] = set()
    for name, key in PERSON_TABLES.items():
        found.update(dataset[name][key].to_pylist())
    for name in DECLARING:
        found.update(dataset[name]["child_id"].to_pylist())
    return found


def near_ids(wrong: str, known: Collection[str]) -> str:
    """Return a sentence with ids that look like a wrong one; empty when none does.

    >>> near_ids("C01", {"C001", "N1"})
    ' Is C001 meant?'
    """
    guesses = close_to(wrong, sorted(known), cutoff=0.75)
    return f" Is {' or '.join(guesses)} meant?" if guesses else ""
