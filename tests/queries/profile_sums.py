"""What the partnership asks of risks, activities, gaps, priorities and outcomes, worked out with pandas alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from response_sums import FIRST, NEVER, Rows, Sums

from ocgnet.dataset import Dataset
from ocgnet.model import TABLES

LEVELS = ["none", "low", "medium", "high"]
NO_OUTCOME = {
    "", "pending", "awaiting", "awaited", "awaiting outcome", "awaiting decision", "outcome awaited", "open", "ongoing",
    "in progress", "not yet decided", "undecided", "tbc", "unknown", "not known", "not recorded",
}  # fmt: skip


class Frames(Sums):
    """The rows of all tables, as frames of plain values; who somebody is, as the other sums work it out."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.frames = {
            name: pd.DataFrame(rows, columns=TABLES[name].schema.names, dtype=object)
            for name, rows in self.rows.items()
        }

    def answer(self, question: str, values: Mapping[str, Any]) -> Rows:
        if question not in PROFILE_SUMS:
            return super().answer(question, values)
        self.values = values
        self.day = values.get("as_of", date(2019, 3, 31))
        return PROFILE_SUMS[question](self)

    def frame(self, name: str, day: str = "") -> pd.DataFrame:
        """Return a table without what was not known on the day, and without the restricted."""
        frame = self.frames[name]
        if day:
            frame = kept(frame, [(on or FIRST) <= self.day for on in frame[day]])
        people = [c for c in ("child_id", "person_id") if c in frame]
        return kept(frame, [not any(self.restricted(p) for p in row) for row in frame[people].to_numpy()])

    def service_names(self, person: str, rows: list[dict[str, Any]]) -> list[str]:
        ids = sorted({r["service_id"] for r in rows if r["person_id"] == person})
        return list(dict.fromkeys(self.service(i) or i for i in ids))


def kept(frame: pd.DataFrame, keep: Iterable[bool]) -> pd.DataFrame:
    """Return the rows to keep; also of a frame without any, where a list of flags would name columns."""
    return frame.loc[pd.Series(list(keep), frame.index, dtype=bool)]


def _mapped_activities(s: Frames) -> pd.DataFrame:
    frame = s.frames["ocg_activities"]
    return kept(frame, [s.holds(r) and s.mapped(r["ocg_id"], s.day) for r in frame.to_dict("records")])


def _county_lines(s: Frames) -> Rows:
    parts = []
    threats = s.frame("threats", "recorded_on")
    parts.append(threats[threats["kind"] == "county_line"][["district"]].assign(threats=1))
    does = _mapped_activities(s)
    parts.append(does[does["activity"] == "county lines"][["district", "ocg_id"]])
    crimes = s.frames["crimes"]
    crimes = crimes.assign(on=crimes["recorded_on"].where(crimes["recorded_on"].notna(), crimes["occurred_on"]))
    crimes = kept(crimes, [s.in_period(on) for on in crimes["on"]])
    marks = crimes["flags"].fillna("").str.split("|")
    crimes = crimes.assign(crimes=1, debt_bondage=["debt_bondage" in m for m in marks])
    crimes = crimes.assign(cuckooing=["cuckooing" in m for m in marks])
    crimes = kept(crimes, ["county_line" in m for m in marks])
    parts.append(crimes[["district", "crimes", "debt_bondage", "cuckooing"]])
    stops = s.frames["stop_checks"]
    stops = kept(
        stops, [bool(r["transient_dealer"]) and s.in_period(r["happened_on"]) for r in stops.to_dict("records")]
    )
    ages = []
    for r in stops.to_dict("records"):
        born = r["date_of_birth"] or (s.of(r["person_id"], "date_of_birth") if r["person_id"] else None)
        on = r["happened_on"]
        ages.append(None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day)))
    stops = stops.assign(stops=1, under_18=[a is not None and 0 <= a < 18 for a in ages])
    parts.append(stops.assign(age_unknown=[a is None for a in ages])[["district", "stops", "under_18", "age_unknown"]])
    every = pd.concat(parts, ignore_index=True)
    counts = ["threats", "crimes", "debt_bondage", "cuckooing", "stops", "under_18", "age_unknown"]
    every = every.reindex(columns=["district", "ocg_id", *counts])
    every["district"] = every["district"].fillna("")
    rows: Rows = []
    for district, own in every.groupby("district"):
        numbers = [int(own[c].fillna(0).astype(int).sum()) for c in counts]
        rows.append((district or None, numbers[0], sorted(set(own["ocg_id"].dropna())), *numbers[1:]))
    return sorted(rows, key=lambda r: (-r[3], r[0] or ""))


def _risk_rose(s: Frames) -> Rows:
    rows: Rows = []
    for (child, kind), own in s.frame("child_risks", "assessed_on").groupby(["child_id", "exploitation"]):
        dated = own[own["assessed_on"].notna()].sort_values("assessed_on")
        if len(dated) < 2 or not s.may_be_child(child):
            continue
        before, last = (dated.iloc[i] for i in (-2, -1))
        rise = LEVELS.index(last["level"]) - LEVELS.index(before["level"])
        if rise > 0:
            who = (child, s.of(child, "name"), s.shown_age(child), kind)
            levels = (before["level"], before["assessed_on"], last["level"], last["assessed_on"])
            services = s.service_names(child, s.assigned(child))
            rows.append((rise, (*who, *levels, services, len(own) - len(dated))))
    return [r for _, r in sorted(rows, key=lambda r: (-r[0], r[1][0], r[1][3]))]


def _high_without_service(s: Frames) -> Rows:
    frame = s.frame("child_risks", "assessed_on")
    rows: Rows = []
    for child, own in frame.groupby("child_id"):
        if not s.may_be_child(child) or s.assigned(child):
            continue
        high = {}
        for kind, of_kind in own.groupby("exploitation"):
            latest = of_kind["assessed_on"].dropna().max() if of_kind["assessed_on"].notna().any() else None
            counts = kept(of_kind, [on is None or on == latest for on in of_kind["assessed_on"]])
            counts = counts[counts["level"] == "high"]
            if len(counts):
                high[kind] = max((on for on in counts["assessed_on"] if on is not None), default=None)
        if not high:
            continue
        referred = [r["made_on"] for r in s.rows["referrals"] if r["person_id"] == child and r["made_on"] <= s.day]
        past = [r for r in s.rows["assignments"] if (r["to_date"] or NEVER) < s.day]
        rows.append(
            (
                *(child, s.of(child, "name"), s.shown_age(child), sorted(high)),
                max((on for on in high.values() if on is not None), default=None),
                *(max(referred, default=None), s.latest_meeting(child), s.service_names(child, past)),
            )
        )
    return sorted(rows, key=lambda r: (r[4] or FIRST, r[0]))


def _groups_by_activity(s: Frames) -> Rows:
    frame = _mapped_activities(s)
    frame = frame.assign(district=frame["district"].fillna(""))
    rows: Rows = []
    for (activity, district), own in frame.groupby(["activity", "district"]):
        levels = own.groupby("ocg_id")["level"].agg(lambda x: set(x.dropna()))
        counts = [sum(level in of for of in levels) for level in ("primary", "secondary")]
        members = set().union(*(s.members(g, s.day) for g in levels.index))
        groups = sorted(levels.index)
        rows.append(
            (activity, district or None, len(groups), groups, *counts, sum(not of for of in levels), len(members))
        )
    return sorted(rows, key=lambda r: (-r[2], r[0], r[1] or ""))


def _open_gaps(s: Frames) -> pd.DataFrame:
    frame = s.frame("intelligence_gaps", "raised_on")
    open_now = [
        (r["closed_on"] or NEVER) > s.day and not (r["subject_kind"] == "person" and s.restricted(r["subject_id"]))
        for r in frame.to_dict("records")
    ]
    return kept(frame, open_now)


def _gaps_by_owner(s: Frames) -> Rows:
    frame = _open_gaps(s)
    frame = frame.assign(owner=frame["owner"].fillna(""))
    rows: Rows = []
    for owner, own in frame.groupby("owner"):
        late = kept(own, [(on or NEVER) < s.day for on in own["due_on"]]).sort_values(["due_on", "gap_id"])
        oldest = late["due_on"].iloc[0] if len(late) else None
        named = sorted(set(own["priority_id"].dropna()))
        rows.append(
            (
                *(owner or None, len(own), len(late), int(own["due_on"].isna().sum()), oldest),
                *((s.day - oldest).days if oldest else None, list(late["gap_id"]), named),
            )
        )
    return sorted(rows, key=lambda r: (r[4] or NEVER, -r[2], -r[1], r[0] or ""))


def _referrals_waiting(s: Frames) -> Rows:
    frame = s.frame("referrals", "made_on")
    stages = s.frames["nrm_stages"]
    decided = stages[
        [r["stage"] != "referred" and (r["decided_on"] or NEVER) <= s.day for r in stages.to_dict("records")]
    ]
    rows: Rows = []
    for r in frame[frame["kind"] != "cpi"].to_dict("records"):
        later = (r["outcome_on"] or FIRST) > s.day
        waits = later or (r["outcome_kind"] is None and (r["outcome"] or "").strip().lower() in NO_OUTCOME)
        since = decided[(decided["person_id"] == r["person_id"])]["decided_on"]
        if not waits or (r["kind"] == "nrm" and any(on >= r["made_on"] for on in since)):
            continue
        same = frame[(frame["person_id"] == r["person_id"]) & (frame["kind"] == r["kind"])]["made_on"]
        person = r["person_id"]
        rows.append(
            (
                *(person, s.of(person, "name"), s.shown_age(person), r["kind"], r["made_on"]),
                *((s.day - r["made_on"]).days, None if later else r["outcome"]),
                *(max((on for on in same if on > r["made_on"]), default=None), s.owners(person)),
            )
        )
    return sorted(rows, key=lambda r: (r[4], r[0], r[3]))


def _priorities(s: Frames) -> Rows:
    gaps = _open_gaps(s)
    rows: Rows = []
    for p in s.rows["priorities"]:
        if s.holds(p):
            own = gaps[gaps["priority_id"] == p["priority_id"]]
            shown = ("priority_id", "priority", "owner", "measure", "direction", "target", "from_date", "to_date")
            late = sum((on or NEVER) < s.day for on in own["due_on"])
            rows.append((*(p[c] for c in shown), len(own), late))
    return sorted(rows)


PROFILE_SUMS: dict[str, Callable[[Frames], Rows]] = {
    "county-lines-by-district": _county_lines,
    "children-whose-risk-rose": _risk_rose,
    "children-at-high-risk-without-a-service": _high_without_service,
    "groups-by-activity-and-district": _groups_by_activity,
    "intelligence-gaps-by-owner": _gaps_by_owner,
    "referrals-without-outcome": _referrals_waiting,
    "priorities-now": _priorities,
}
"""What works each of these questions out of the rows."""
