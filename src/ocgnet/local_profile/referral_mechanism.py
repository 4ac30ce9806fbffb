"""The national referral mechanism: who is referred, as victim of what, how far each came, how long it took.

A referral is a row of ``referrals`` of kind nrm; its stages are those of the person in ``nrm_stages`` from its day
on and before the person's next one. A negative decision says that somebody is no victim and is never counted as one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import share_interval
from ocgnet.analysis.waiting import half_within
from ocgnet.evidence.ages import ADULT, age_of
from ocgnet.local_profile.changes import count_figure, not_recorded
from ocgnet.local_profile.figures import EVENTS, NO_INTERVAL, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.local_profile.submissions import EXPLOITATION
from ocgnet.model.response import NRM_STAGES
from ocgnet.results import Figure
from ocgnet.results.columns import fact

REACHED = {
    "conclusive_grounds": "conclusive grounds: a victim",
    "reasonable_grounds": "reasonable grounds: a potential victim",
    "negative": "negative decision: no victim",
    "referred": "referred: no decision yet",
}
OF_STAGE = {
    "nrm_victims": "conclusive_grounds",
    "nrm_potential": "reasonable_grounds",
    "nrm_negative": "negative",
    "nrm_waiting": "referred",
}
"""Stage by the figure that says how many of those referred have come to it and no further."""
NO_STAGE, UNSURE = "no stage on record: not known", "a stage without a day: not known"
BANDS = ((0, 9), (10, 14), (15, 17), (18, 24), (25, 200))
BY_STAGE, BY_TYPE, BY_AGE, BY_DISTRICT = "stage reached", "type of exploitation", "age at referral", "district"
STEPS = ("referral to first decision", "reasonable grounds to final decision")

CASES = TableOf(
    "nrm_cases",
    "NRM referrals",
    "Who was referred to the National Referral Mechanism, as victim of what, and how far did each referral come?",
    (
        fact("by", "text", "What the referrals are counted by."),
        fact("value", "text", "Stage by the day of judgement, type as recorded, age on the day of referral, or home."),
        people("referrals", "Referrals of the period."),
        made("share", "share", "Share of the referrals of the period."),
        made("low", "share", "Lower end of the 95% interval of that share."),
        made("high", "share", "Upper end of that interval."),
        people("referrals_before", "Referrals of the period before, their stages by the comparable day."),
    ),
    whole=("by",),
    apart=(("referrals", "share", "low", "high"), ("referrals_before",)),
)
WAITS = TableOf(
    "nrm_waits",
    "NRM waiting times",
    "How long do decisions of the National Referral Mechanism take, and how long have those undecided waited?",
    (
        fact("referred", "text", "When they were referred; all are judged on the day of judgement."),
        fact("step", "text", "Between which stages."),
        people("cases", "Referrals that came to the first of the two."),
        people("decided", "Of these, decided by the day of judgement.", "cases"),
        people("waiting", "Of these, still waiting on that day.", "cases"),
        people("no_day", "Of these, not known: without a stage on record, or without the day of one.", "cases"),
        made("days_decided", "count", "Median days of those decided alone; too short while others wait.", "decided"),
        made("days_waiting", "count", "Median days so far of those still waiting.", "waiting"),
        made("days_all", "count", "Median days when those still waiting count as not decided yet (Kaplan and Meier "
             "1958); blank when fewer than half are decided.", "decided"),
    ),
    whole=None,
    stays=True,
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A stage on record; ``day`` is None where it has none."""

    stage: str
    day: date | None
    exploitation: str | None


@dataclass
class Referral:
    """A referral with its stages, in the order of their days and of the mechanism; those without a day first."""

    made_on: date | None
    periods: tuple[str, ...]  # ``now``, ``before``: the periods in which it was made
    stages: list[Stage]
    age: float = float("nan")  # on the day of the referral; NaN where not known
    district: str = NO_DISTRICT

    def reached(self, day: date | None) -> str:
        """Return the stage by a day, in words: the latest, and of several on one day the later one."""
        dated = [s for s in self.stages if s.day is not None and (day is None or s.day <= day)]
        undated = [s for s in self.stages if s.day is None]
        if undated and len(self.stages) > 1:
            return UNSURE
        latest = (undated or dated)[-1:]
        return REACHED[latest[0].stage] if latest else NO_STAGE

    @property
    def exploitation(self) -> str:
        """Type of exploitation as its last stage with one says."""
        kinds = [s.exploitation for s in self.stages if s.exploitation]
        return (kinds or ["not known"])[-1].replace("_", " ")

    def wait(self, step: str, day: date) -> tuple[int, bool] | Literal[False] | None:
        """Return days of one step up to a day and whether it was decided; None where not known, False where not begun.

        The first step begins with the referral and ends with any decision, the second with reasonable grounds.
        """
        begun, until = [self.made_on], [s for s in self.stages if s.day is None or s.day <= day]
        ends = [s.day for s in until if s.stage != "referred"]
        if step == STEPS[1]:
            begun = [s.day for s in until if s.stage == "reasonable_grounds"]
            ends = [s.day for s in until if s.stage in ("conclusive_grounds", "negative")]
        if not begun:
            return False
        start = begun[0]
        if start is None or None in ends or self.reached(day) in (NO_STAGE, UNSURE):
            return None
        after = [end for end in ends if end is not None and end >= start]
        return (min([*after, day]) - start).days, bool(after)


class Mechanism:
    """The referrals of both periods with their stages."""

    def __init__(self, material: Material) -> None:
        self._days = {"now": material.period.as_of, "before": material.before.as_of}
        on = [material.records.inside(which, "made_on") for which in (NOW, BEFORE)]
        made = material.records.sql(
            f"""
            SELECT person_id, made_on, coalesce({on[NOW]}, false) AS now, coalesce({on[BEFORE]}, false) AS before
            FROM referrals WHERE kind = 'nrm' ORDER BY person_id, made_on NULLS FIRST
            """
        ).to_pylist()
        of_person: dict[str, list[Referral]] = {}
        for row in made:
            periods = tuple(which for which in ("now", "before") if row[which])
            of_person.setdefault(row["person_id"], []).append(Referral(row["made_on"], periods, []))
        self.staged = material.dataset["nrm_stages"].num_rows > 0
        for row in material.records.sql("SELECT * FROM nrm_stages").to_pylist():
            if theirs := of_person.get(row["person_id"]):
                _latest_by(theirs, row["decided_on"]).stages.append(
                    Stage(row["stage"], row["decided_on"], row["exploitation"])
                )
        for row in material.persons("SELECT person_id FROM referrals WHERE kind = 'nrm'").reset_index().itertuples():
            for referral in of_person[row.id]:
                referral.age = _age(row.born, referral.made_on)
                referral.district = row.district if isinstance(row.district, str) else NO_DISTRICT
        self.all = [r for theirs in of_person.values() for r in theirs if r.periods]
        for referral in self.all:
            referral.stages.sort(key=lambda s: (s.day or date.min, NRM_STAGES.index(s.stage)))

    def made(self, which: str) -> list[Referral]:
        """Return the referrals of a period, ``now`` or ``before``."""
        return [r for r in self.all if which in r.periods]

    def reached(self, which: str) -> list[str]:
        """Return the stage of each referral of a period by the day on which that period is judged."""
        return [r.reached(self._days[which]) for r in self.made(which)]

    def counts(self, which: str, by: str) -> Counter[str]:
        """Return referrals of a period by one of the ways of ``CASES``."""
        if by == BY_STAGE:
            return Counter(self.reached(which))
        values = [{BY_TYPE: r.exploitation, BY_AGE: band(r.age), BY_DISTRICT: r.district} for r in self.made(which)]
        return Counter(of_referral[by] for of_referral in values)

    def waits(self, which: str, step: str) -> dict[str, Any]:
        """Return how long one step took those of a period, and how long those undecided have waited."""
        day = self._days["now"]
        found = [r.wait(step, day) for r in self.made(which)] if day else []
        known = [w for w in found if w]
        days, over = np.array([w[0] for w in known], float), np.array([w[1] for w in known], bool)
        half = half_within(days[over].tolist(), days[~over].tolist())
        return {
            "step": step,
            "cases": sum(w is not False for w in found),
            "decided": int(over.sum()),
            "waiting": int((~over).sum()),
            "no_day": sum(w is None for w in found),
            "days_decided": _whole(np.median(days[over])) if over.any() else np.nan,
            "days_waiting": _whole(np.median(days[~over])) if (~over).any() else np.nan,
            "days_all": np.nan if half is None else half,
        }


def _latest_by(referrals: list[Referral], day: date | None) -> Referral:
    """Return a person's latest referral by a day: the first where all are later, the last where there is no day."""
    if day is None:
        return referrals[-1]
    return [referrals[0], *(r for r in referrals if r.made_on is None or r.made_on <= day)][-1]


def _age(born: pd.Timestamp, on: date | None) -> float:
    age = age_of(None if pd.isna(born) else born.date(), on)
    return float("nan") if age is None else float(age)


def _whole(days: float) -> float:
    return float(np.floor(days + 0.5))


def band(age: float) -> str:
    """Return an age as the band in which referrals are counted.

    >>> band(17.0), band(18.0), band(40.0), band(float("nan"))
    ('15 to 17', '18 to 24', '25 and over', 'not known')
    """
    if np.isnan(age):
        return "not known"
    low, high = next(b for b in BANDS if b[0] <= age <= b[1])
    return f"{low} to {high}" if high < BANDS[-1][1] else f"{low} and over"


_BANDS = [*(band(float(low)) for low, _ in BANDS), "not known"]
_ORDER = {BY_STAGE: [*REACHED.values(), UNSURE, NO_STAGE], BY_AGE: _BANDS}


def cases_table(material: Material, mechanism: Mechanism) -> ProfileTable:
    """Return referrals by stage reached, type, age and home in both periods."""
    rows: list[dict[str, Any]] = []
    total = len(mechanism.made("now"))
    for by in (BY_STAGE, BY_TYPE, BY_AGE, BY_DISTRICT):
        now, then = (mechanism.counts(which, by) for which in ("now", "before"))
        known = _ORDER.get(by) or sorted(
            {*now, *then}, key=lambda v: (v in ("not known", NO_DISTRICT), -now.get(v, 0), v)
        )
        for value in (v for v in known if now.get(v) or then.get(v)):
            number = now.get(value, 0)
            low, high = share_interval(number, total) if total else (np.nan, np.nan)
            rows.append(
                {
                    "by": by,
                    "value": value,
                    "referrals": number,
                    "share": number / total if total else np.nan,
                    "low": low,
                    "high": high,
                    "referrals_before": material.then("referrals", then.get(value, 0)),
                }
            )
    return table_of(CASES, rows)


def waits_table(material: Material, mechanism: Mechanism) -> ProfileTable:
    """Return the waiting times of both periods' referrals, all as of the day of judgement; none without stages."""
    if not mechanism.staged:
        return table_of(WAITS, [])
    rows = [
        {"referred": material.windows.words(which)} | mechanism.waits(name, step)
        for which, name in ((NOW, "now"), (BEFORE, "before"))
        for step in STEPS
    ]
    return table_of(WAITS, [r for r in rows if r["cases"]])


def mechanism_figures(material: Material, mechanism: Mechanism) -> dict[str, Figure]:
    """Return children among those referred, what was decided, and who waits; nothing without referrals."""
    rows = mechanism.made("now")
    if not material.has("referrals") or not rows:
        return {}
    made_on = f"referrals of kind nrm made {material.now}"
    aged = [r.age for r in rows if r.age == r.age]
    figures: dict[str, Figure] = {
        "nrm_children": _share(
            material, "Children among those referred", sum(age < ADULT for age in aged), len(aged),
            f"{made_on}; under {ADULT} on that day; age not known for {len(rows) - len(aged):,}",
        )
    }  # fmt: skip
    if not mechanism.staged:
        says, why = f"Of those referred, {REACHED['referred']}", "no stage is recorded (table nrm_stages)"
        return figures | {"nrm_waiting": not_recorded(material, EXPLOITATION, says, why)}
    reached, as_of = Counter(mechanism.reached("now")), material.period.as_of
    for figure_id, stage in OF_STAGE.items():
        figures[figure_id] = _share(
            material, f"Of those referred, {REACHED[stage]}", reached[REACHED[stage]], len(rows),
            f"{made_on}; latest stage by {as_of}",
        )  # fmt: skip
    silent = reached[NO_STAGE] + reached[UNSURE]
    figures["nrm_no_stage"] = count_figure(
        material, EXPLOITATION, silent, "Referred, and the stage reached is not known", made_on
    )
    return figures


def _share(material: Material, says: str, part: int, whole: int, records: str) -> ProfileFigure:
    ends = share_interval(part, whole) if whole else NO_INTERVAL
    value = part / whole if whole else None
    return material.figure(EXPLOITATION, value, "share", says, part, whole or None, records, ends, whole, EVENTS)
