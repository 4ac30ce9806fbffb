"""What became of referrals: who waits and how long, how long an outcome took, and who was referred again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import pyarrow.compute as pc

from ocgnet.analysis.waiting import half_within
from ocgnet.casework.cases.case_records import CaseRecords, Row
from ocgnet.casework.cases.one_case import (
    NO_OUTCOME_DUE,
    has_outcome,
    outcome_words,
    recorded_words,
    stages_since,
)
from ocgnet.dataset import Dataset
from ocgnet.evidence.period import overdue
from ocgnet.evidence.restricted import in_use
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.settings import Settings

WAITS, DECIDED, NONE_DUE = "waits", "decided", "no outcome due"
"""States of a referral on a day."""

LEAST = 5
"""Outcomes with a recorded day from which it is said how long half of all took."""
UNDATED = 0.1
"""Share of outcomes without a day up to which it is said: those left out may have taken another time."""


@dataclass(frozen=True)
class Followed:
    """One referral as it was known on a day."""

    person_id: str
    route: str
    made_on: date
    state: str  # WAITS, DECIDED or NONE_DUE
    outcome: str  # in words; empty while it waits
    decided_on: date | None  # None while it waits, and where the day is not recorded
    days: int | None  # up to the outcome, or up to the day while it waits; None where that day is not recorded
    late: bool  # waits for longer than the settings allow
    again_after: int | None  # days since the latest earlier referral of the person by this route, where so few

    def row(self) -> dict[str, str]:
        """Return it as text by column."""
        return {
            "person_id": self.person_id,
            "route": self.route,
            "made_on": self.made_on.isoformat(),
            "state": self.state,
            "days": "" if self.days is None else str(self.days),
            "late": "yes" if self.late else "no",
            "outcome": self.outcome,
            "decided_on": self.decided_on.isoformat() if self.decided_on else "",
            "again_after_days": "" if self.again_after is None else str(self.again_after),
        }


@dataclass(frozen=True)
class RouteCounts:
    """The referrals by one route, or by all of them."""

    route: str  # empty for all
    made: int
    decided: int
    dated: int  # of the decided, those of which the day is recorded: only they took a known time
    median_days: float | None  # of the dated; None without any
    half_within: (
        int | None
    )  # days within which half were decided, those that wait counted up to now; None: not half yet
    waiting: int
    late: int  # of those waiting
    median_wait: float | None  # so far
    longest_wait: int | None
    none_due: int
    again: int  # made within the days of the settings after an earlier one of the same person by the same route

    def row(self) -> dict[str, str]:
        """Return it as text by column; blank where there is no number."""
        texts = {
            name: "" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for name, v in vars(self).items()
        }
        return texts | {"route": self.route or "all"}


@dataclass(frozen=True)
class Outcomes:
    """All referrals on a day, and what has to be said beside them."""

    day: date
    referrals: tuple[Followed, ...]  # those that wait first, the longest first; then by day, the latest first
    routes: tuple[
        RouteCounts, ...
    ]  # all of them first, then by route in the order of the model; those without any are absent
    again_days: int
    late_after: int
    unseen: int  # made so early that an earlier one within these days may have been before the records
    first: date | None  # day of the earliest referral on record
    later: int  # dated after the day, and not counted
    restricted: int  # about people whose processing is restricted, and not counted
    review_overdue: int  # counted, about people whose own record is overdue for review
    recorded: bool  # whether these records hold referrals at all


def outcomes(dataset: Dataset, day: date, settings: Settings, since: date | None = None, route: str = "") -> Outcomes:
    """Return what became of the referrals made up to a day.

    Parameters
    ----------
    dataset : Dataset
        Checked records, restricted people among them: they are counted and left out.
    day : date
        Day on which is judged; an outcome that was recorded for a later day had not been decided on it.
    settings : Settings
        ``referral_days`` and ``rereferral_days``.
    since : date, optional
        First day of those that are counted; whether one was made again is judged on earlier ones too.
    route : str
        Only this route.
    """
    used = in_use(dataset)
    records = CaseRecords(used, day, settings)
    every = sorted(
        (r for person in records.people for r in records.of("referrals", person)),
        key=lambda r: (r["made_on"], r["person_id"], r["kind"]),
    )
    again = _again(every, settings.rereferral_days)
    chosen = [r for r in every if (since is None or r["made_on"] >= since) and (not route or r["kind"] == route)]
    followed = [_followed(records, row, again.get(id(row))) for row in chosen]
    first = every[0]["made_on"] if every else None
    late = _overdue_people(used, day)
    made = used["referrals"]["made_on"]
    return Outcomes(
        day=day,
        referrals=tuple(sorted(followed, key=_order)),
        routes=tuple(_by_route(followed)),
        again_days=settings.rereferral_days,
        late_after=settings.referral_days,
        unseen=sum(first is not None and (r["made_on"] - first).days <= settings.rereferral_days for r in chosen),
        first=first,
        later=pc.sum(pc.greater(made, day)).as_py() or 0,
        restricted=dataset["referrals"].num_rows - used["referrals"].num_rows,
        review_overdue=sum(f.person_id in late for f in followed),
        recorded="referrals" in dataset.given,
    )


def _again(rows: Iterable[Row], most: int) -> dict[int, int]:
    """Return by row the days since the latest earlier referral of the person by the route, up to ``most``."""
    latest: dict[tuple[str, str], date] = {}
    found = {}
    for row in rows:
        key = row["person_id"], row["kind"]
        before = latest.get(key)
        if before is not None and 0 < (row["made_on"] - before).days <= most:
            found[id(row)] = (row["made_on"] - before).days
        latest[key] = row["made_on"]
    return found


def _followed(records: CaseRecords, row: Row, again: int | None) -> Followed:
    decided_on, outcome, state = None, "", WAITS
    if has_outcome(row, records.day):
        decided_on, outcome, state = row["outcome_on"], outcome_words(row), DECIDED
    elif stages := stages_since(records, row):
        # The first decision ends the wait; what is said is where it came to since.
        decided_on, outcome, state = stages[0]["decided_on"], recorded_words(stages[-1]["stage"]), DECIDED
    elif row["kind"] in NO_OUTCOME_DUE:
        state = NONE_DUE
    until = records.day if state == WAITS else decided_on
    days = (until - row["made_on"]).days if until is not None and state != NONE_DUE else None
    late = state == WAITS and row["made_on"] + timedelta(days=records.settings.referral_days) < records.day
    return Followed(row["person_id"], row["kind"], row["made_on"], state, outcome, decided_on, days, late, again)


def _order(one: Followed) -> tuple[bool, int, int, str, str]:
    waits = one.state == WAITS
    return not waits, -(one.days or 0) if waits else 0, -one.made_on.toordinal(), one.person_id, one.route


def _by_route(followed: Sequence[Followed]) -> Iterable[RouteCounts]:
    for route in ("", *TABLES["referrals"].column("kind").enum):
        if of_route := [f for f in followed if not route or f.route == route]:
            yield _counts(route, of_route)


def _counts(route: str, followed: Sequence[Followed]) -> RouteCounts:
    took = [f.days for f in followed if f.state == DECIDED and f.days is not None]
    waited = [f.days for f in followed if f.state == WAITS and f.days is not None]
    decided = sum(f.state == DECIDED for f in followed)
    return RouteCounts(
        route=route,
        made=len(followed),
        decided=decided,
        dated=len(took),
        median_days=median(took) if took else None,
        half_within=half_within(took, waited) if knows_time(len(took), decided) else None,
        waiting=len(waited),
        late=sum(f.late for f in followed),
        median_wait=median(waited) if waited else None,
        longest_wait=max(waited, default=None),
        none_due=sum(f.state == NONE_DUE for f in followed),
        again=sum(f.again_after is not None for f in followed),
    )


def knows_time(dated: int, decided: int) -> bool:
    """Whether enough outcomes bear their day to say how long outcomes take."""
    return dated >= LEAST and decided - dated <= UNDATED * decided


def _overdue_people(dataset: Dataset, day: date) -> set[str]:
    return {
        person
        for name, key in PERSON_TABLES.items()
        for person in dataset[name].filter(overdue(dataset[name], day))[key].to_pylist()
    }
