"""From when to when the records of each table run, and which periods they cover.

A comparison needs records on both sides: where they begin late, end early or have a hole, the difference says
when somebody began to record, not what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.evidence.period import Period, months_after
from ocgnet.model import TABLES

EVENT_TABLES: dict[str, tuple[str, ...]] = {
    "crimes": ("recorded_on", "occurred_on"),
    "intel_reports": ("reported_on",),
    "disruptions": ("happened_on",),
    "stop_checks": ("happened_on",),
    "referrals": ("made_on",),
    "missing_episodes": ("missing_from",),
    "associations": ("last_seen", "first_seen"),
}
"""Tables of which one row is one event, with the columns that date it, the first that is known."""

STATE_TABLES: dict[str, str] = {"ocgs": "mapped_on", "memberships": "from_date"}
"""Tables of which one row holds from a day on, with the column of that day."""

MONTHLY = 4
"""Records that a table must have in each of its other months for a month without any to be a hole."""

LEAST_MONTHS = 6
"""Months that a table must span before that is judged."""

SILENT_TIMES = 3.0
"""Silence at an end that is longer than this many times the mean distance between a table's days is a hole."""

LONGEST_TIMES = 1.5
"""And longer than this many times the longest distance between two of its days."""


@dataclass(frozen=True)
class RecordDates:
    """When the records of one table are dated."""

    table: str
    days: np.ndarray  # datetime64[D]: distinct days with records, sorted, none after the day of judgement
    # datetime64[m]: distinct months of these, sorted, and in ``in_month`` the records of each
    months: np.ndarray
    in_month: np.ndarray  # int
    # dated, undated and later: rows with a date up to that day, without a date, and dated after it
    dated: int
    undated: int
    later: int

    @property
    def first(self) -> date | None:
        """First dated record; None without any."""
        return _day(self.days[0]) if len(self.days) else None

    @property
    def last(self) -> date | None:
        """Last dated record up to the day of judgement; None without any."""
        return _day(self.days[-1]) if len(self.days) else None

    @property
    def noun(self) -> str:
        """The table in words."""
        return self.table.replace("_", " ").replace("ocgs", "groups")

    def gap(self, first: date, last: date) -> str:
        """Return why a period is not covered, as the end of a sentence; empty when it is.

        A period is covered when the first record of the table is not later than the first month of the period;
        when the silence between the ends of the period and the nearest records is no longer than is usual in
        this table (three times the mean, and one and a half times the longest distance between two of its
        days); and when no calendar month of the period is empty in a table that has four or more records in
        each of its other months. One day with records says nothing about how often there are any, so it covers
        nothing.
        """
        if not len(self.days):
            return f"no record of {self.noun} has a date"
        begin, end = np.datetime64(first, "D"), np.datetime64(last, "D")
        here, until = self.days[0], self.days[-1]
        runs = f"{self.noun} are recorded from {_day(here):%d/%m/%Y} to {_day(until):%d/%m/%Y}"
        following = months_after(first.replace(day=1), 1)
        if here >= np.datetime64(following, "D") or here > end or len(self.days) < 2:
            return f"{runs} only"
        distance = np.diff(self.days).astype(int)
        usual = max(SILENT_TIMES * distance.mean(), LONGEST_TIMES * distance.max())
        if (here - begin).astype(int) > usual or (end - until).astype(int) > usual:
            return f"{runs} only"
        if hole := self._empty_month(first, last):
            return f"no {self.noun} are recorded in {hole:%m/%Y}"
        return ""

    def _empty_month(self, first: date, last: date) -> date | None:
        """Return the first whole month of a period without records, in a table that has them month by month."""
        held = self.months
        # The first and the last month may be recorded in part.
        if int((held[-1] - held[0]).astype(int)) + 1 < LEAST_MONTHS or (self.in_month[1:-1] < MONTHLY).any():
            return None
        begin = np.datetime64(months_after(first.replace(day=1), int(first.day > 1)), "M")
        end = (np.datetime64(last, "D") + 1).astype("datetime64[M]")
        empty = np.setdiff1d(np.arange(begin, end), held)
        return _day(empty[0].astype("datetime64[D]")) if len(empty) else None


def record_dates(dataset: Dataset, as_of: date | None) -> dict[str, RecordDates]:
    """Return when the records of each table are dated; tables without rows or without dated columns are left out.

    In the order of the model. Dates after ``as_of`` are counted apart; without a day of judgement every date is
    taken.
    """
    by_table = {}
    for name, declared in TABLES.items():
        columns = EVENT_TABLES.get(name) or tuple(c.name for c in declared.columns if c.event)
        columns = (STATE_TABLES[name],) if name in STATE_TABLES else columns
        t = dataset[name]
        if not columns or not t.num_rows:
            continue
        on = pc.coalesce(*(pc.cast(t[c], pa.date32(), safe=False) for c in columns))
        dated = pc.drop_null(on)
        every = np.asarray(dated.to_numpy().astype("datetime64[D]"))
        past = every if as_of is None else every[every <= np.datetime64(as_of, "D")]
        days = np.unique(past)
        months, in_month = np.unique(past.astype("datetime64[M]"), return_counts=True)
        by_table[name] = RecordDates(
            name, days, months, in_month, len(past), t.num_rows - len(every), len(every) - len(past)
        )
    return by_table


def why_not_compared(dates: Mapping[str, RecordDates], table: str, now: Period, before: Period) -> str:
    """Return why the events of a table cannot be compared between two periods; empty when they can.

    A table without rows in records that do have it says nothing of when it began, so it is never compared.
    """
    if now.first is None or now.last is None or before.first is None or before.last is None:
        return "the records hold no date"
    if table not in dates:
        return f"no record of {table.replace('_', ' ')} is there"
    recorded = dates[table]
    return recorded.gap(before.first, before.last) or recorded.gap(now.first, now.last)


def gaps_of(dates: Mapping[str, RecordDates], now: Period, before: Period) -> dict[str, str]:
    """Return by table of events with rows why it cannot be compared between two periods; those that can are absent."""
    if now.first is None:
        return {}
    reasons = {name: why_not_compared(dates, name, now, before) for name in EVENT_TABLES if name in dates}
    return {name: why for name, why in reasons.items() if why}


def gap_notes(gaps: Mapping[str, str], now: Period, before: Period) -> tuple[str, ...]:
    """Return the sentence that says of which tables no change is stated; none when all can be compared."""
    if not gaps or now.first is None or now.last is None or before.first is None or before.last is None:
        return ()
    spans = " and ".join(f"{p.first:%d/%m/%Y} to {p.last:%d/%m/%Y}" for p in (before, now) if p.first and p.last)
    return (f"No change is stated where the records do not cover {spans}: {'; '.join(gaps.values())}.",)


def dates_frame(dates: Mapping[str, RecordDates]) -> pd.DataFrame:
    """Return the dates as rows: ``table``, ``first``, ``last`` (NaT without any), ``dated``, ``undated``, ``later``."""
    return pd.DataFrame(
        {
            "table": pd.array(list(dates), dtype="str"),
            "first": pd.to_datetime(pd.Series([d.first for d in dates.values()], dtype=object)),
            "last": pd.to_datetime(pd.Series([d.last for d in dates.values()], dtype=object)),
            "dated": [d.dated for d in dates.values()],
            "undated": [d.undated for d in dates.values()],
            "later": [d.later for d in dates.values()],
        }
    ).astype({"dated": "int64", "undated": "int64", "later": "int64"})


def why_not_known_on(dates: Mapping[str, RecordDates], table: str, day: date | None) -> str:
    """Return why nobody can say how many rows of a table of states held on a day; empty when one can."""
    if day is None:
        return "the records hold no date"
    recorded = dates.get(table)
    if recorded is None or recorded.first is None:
        return f"no record of {table.replace('_', ' ').replace('ocgs', 'groups')} has a date"
    return f"{recorded.noun} are recorded from {recorded.first:%d/%m/%Y} on only" if recorded.first > day else ""


def _day(day: np.datetime64) -> date:
    plain: date = day.astype("datetime64[D]").item()
    return plain
