"""The national referral mechanism: who is referred, as victim of what, how far each came, how long it took.

A referral is a row of ``referrals`` of kind nrm; its stages are those of the person in ``nrm_stages`` from its day
on and before the person's next one. A negative decision says that somebody is no victim and is never counted as one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.intervals import share_interval
from ocgnet.evidence.ages import ADULT, age_on
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


def median_wait(days: np.ndarray, decided: np.ndarray) -> float:
    """Return the median days until a decision, with those still waiting as censored (Kaplan and Meier 1958).

    The first day by which the estimated share of undecided is a half or less; NaN where it never is. Who waits since as
    many days as another one's decision took counts as undecided on that day.

    >>> median_wait(np.array([10, 20, 30, 40]), np.array([True, True, False, False]))
    20.0
    >>> median_wait(np.array([10, 20, 30]), np.array([True, False, False]))
    nan
    """
    left = 1.0
    for day in np.unique(days[decided]):
        left *= 1 - (decided & (days == day)).sum() / (days >= day).sum()
        if left <= 0.5 + 1e-12:
            return float(day)
    return float("nan")


class Mechanism:
    """The referrals of both periods with their stages, and the person's birth and home."""

    def __init__(self, material: Material) -> None:
        self._material = material
        on = [material.records.inside(which, "made_on") for which in (NOW, BEFORE)]
        every = material.records.sql(
            f"""
            SELECT person_id, made_on, coalesce({on[NOW]}, false) AS now, coalesce({on[BEFORE]}, false) AS before
            FROM referrals WHERE kind = 'nrm' ORDER BY person_id, made_on NULLS FIRST
            """
        ).to_pandas(date_as_object=False)
        stages = material.records.sql(
            "SELECT person_id, stage, decided_on, exploitation FROM nrm_stages WHERE person_id IN "
            "(SELECT person_id FROM referrals WHERE kind = 'nrm') ORDER BY ALL"
        ).to_pandas(date_as_object=False)
        self.staged = material.dataset["nrm_stages"].num_rows > 0
        stages = self._of_referral(every, stages)
        self._none = stages.iloc[:0]
        self._stages = dict(list(stages.groupby("referral")))
        self.all = every[every["now"] | every["before"]].copy()
        who = material.persons("SELECT person_id FROM referrals WHERE kind = 'nrm'").reindex(self.all["person_id"])
        who.index = self.all.index
        born, made_on = (c.to_numpy().astype("datetime64[D]") for c in (who["born"], self.all["made_on"]))
        self.all["age"] = age_on(born, made_on)
        self.all["district"] = who["district"].where(who["district"].notna(), NO_DISTRICT)
        for which, column in (("now", "reached"), ("before", "reached_then")):
            day = self._day(which)
            self.all[column] = [self._reached(i, day) for i in self.all.index]
        kinds = stages.dropna(subset=["exploitation"]).groupby("referral")["exploitation"].last()
        self.all["type"] = [str(kinds.get(i, "not_known")).replace("_", " ") for i in self.all.index]

    def _day(self, which: str) -> date | None:
        return (self._material.period if which == "now" else self._material.before).as_of

    @staticmethod
    def _of_referral(every: pd.DataFrame, stages: pd.DataFrame) -> pd.DataFrame:
        """Return stages with the row of the referral that each belongs to, in the order of their days.

        That is the person's latest referral by its day; the first one where it is earlier than all, the last where it
        has no day.
        """
        of_person = dict(list(every.groupby("person_id")))
        belongs = []
        for stage in stages.itertuples():
            mine = of_person[stage.person_id]
            made_by = mine.index[mine["made_on"].le(stage.decided_on) | mine["made_on"].isna()]
            belongs.append(
                mine.index[-1] if pd.isna(stage.decided_on) else (made_by if len(made_by) else mine.index[:1])[-1]
            )
        stages = stages.assign(
            referral=np.array(belongs, np.int64), rank=stages["stage"].map(NRM_STAGES.index).astype(int)
        )
        return stages.sort_values(["referral", "decided_on", "rank"], na_position="first")

    def _reached(self, referral: int, day: date | None) -> str:
        """Return the stage of a referral by a day, in words: the latest, of several on one day the later one."""
        mine = self._stages.get(referral, self._none)
        dated = mine[mine["decided_on"].notna()]
        if len(dated) < len(mine) and len(mine) > 1:
            return UNSURE
        if day is not None and len(dated):
            mine = dated[dated["decided_on"] <= pd.Timestamp(day)]
        return REACHED[str(mine["stage"].iloc[-1])] if len(mine) else NO_STAGE

    def counts(self, which: str, by: str) -> dict[str, int]:
        """Return referrals of a period (``now`` or ``before``) by one of the ways of ``CASES``."""
        column = {
            BY_STAGE: "reached" if which == "now" else "reached_then",
            BY_TYPE: "type",
            BY_AGE: "band",
            BY_DISTRICT: "district",
        }[by]
        rows = self.all[self.all[which]]
        values = rows["age"].map(band) if column == "band" else rows[column]
        return {str(value): int(n) for value, n in values.value_counts(sort=False).items()}

    def waits(self, which: str, step: str) -> dict[str, Any]:
        """Return how long one step took those of a period, and how long those undecided have waited."""
        day = self._day("now")
        rows = self.all[self.all[which]]
        taken, decided, unknown = [], [], 0
        for referral, made_on, reached in zip(rows.index, rows["made_on"], rows["reached"], strict=True):
            mine = self._stages.get(referral, self._none)
            if day is not None:
                mine = mine[mine["decided_on"].isna() | (mine["decided_on"] <= pd.Timestamp(day))]
            start, ends = made_on, mine[mine["stage"] != "referred"]
            if step == STEPS[1]:
                granted = mine.loc[mine["stage"] == "reasonable_grounds", "decided_on"]
                if granted.empty:
                    continue
                start, ends = granted.iloc[0], mine[mine["stage"].isin(("conclusive_grounds", "negative"))]
                ends = ends[ends["decided_on"].isna() | (ends["decided_on"] >= start)]
            if reached in (NO_STAGE, UNSURE) or pd.isna(start) or ends["decided_on"].isna().any() or day is None:
                unknown += 1
                continue
            end = ends["decided_on"].min() if len(ends) else pd.Timestamp(day)
            taken.append((end - start).days)
            decided.append(bool(len(ends)))
        days, over = np.array(taken, float), np.array(decided, bool)
        return {
            "step": step,
            "cases": len(days) + unknown,
            "decided": int(over.sum()),
            "waiting": int((~over).sum()),
            "no_day": unknown,
            "days_decided": _whole(np.median(days[over])) if over.any() else np.nan,
            "days_waiting": _whole(np.median(days[~over])) if (~over).any() else np.nan,
            "days_all": median_wait(days, over),
        }


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
    total = int(mechanism.all["now"].sum())
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
    rows = mechanism.all[mechanism.all["now"]]
    if not material.has("referrals") or rows.empty:
        return {}
    made_on = f"referrals of kind nrm made {material.now}"
    aged = rows["age"].notna()
    figures: dict[str, Figure] = {
        "nrm_children": _share(
            material, "Children among those referred", int((rows["age"] < ADULT).sum()), int(aged.sum()),
            f"{made_on}; under {ADULT} on that day; age not known for {int((~aged).sum()):,}",
        )
    }  # fmt: skip
    if not mechanism.staged:
        says, why = f"Of those referred, {REACHED['referred']}", "no stage is recorded (table nrm_stages)"
        return figures | {"nrm_waiting": not_recorded(material, EXPLOITATION, says, why)}
    reached, as_of = rows["reached"], material.period.as_of
    for figure_id, stage in OF_STAGE.items():
        figures[figure_id] = _share(
            material, f"Of those referred, {REACHED[stage]}", int((reached == REACHED[stage]).sum()), len(rows),
            f"{made_on}; latest stage by {as_of}",
        )  # fmt: skip
    silent = int(reached.isin((NO_STAGE, UNSURE)).sum())
    figures["nrm_no_stage"] = count_figure(
        material, EXPLOITATION, silent, "Referred, and the stage reached is not known", made_on
    )
    return figures


def _share(material: Material, says: str, part: int, whole: int, records: str) -> ProfileFigure:
    ends = share_interval(part, whole) if whole else NO_INTERVAL
    value = part / whole if whole else None
    return material.figure(EXPLOITATION, value, "share", says, part, whole or None, records, ends, whole, EVENTS)
