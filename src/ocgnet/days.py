"""The day on which records are judged when nobody names one, and the dates that cannot have decided it.

That day is the latest event that is not after today. One mistyped year must not make everybody an adult, so a date
that lies far after all others of its table decides nothing, nor does an open end such as 9999-12-31.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.errors import UsageError
from ocgnet.model import TABLES, Ahead, Column
from ocgnet.settings import Settings

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that may be asked for; beyond them no record is judged, and counting days soon leaves the calendar."""

_FEWEST = 6
"""Different days a table must have before one that comes after them can be called far off."""

_SILENCES = 2
"""How many times the longest gap between earlier days a late date is away; sparse tables are left alone."""


@dataclass(frozen=True)
class Days:
    """How often each day stands in the dated columns of one table.

    The different days rise and hold no open ends; ``dating`` says of each whether it stands in a column that may date
    the records.
    """

    day: np.ndarray
    count: np.ndarray
    dating: np.ndarray

    def last_by(self, day: np.datetime64) -> np.datetime64 | None:
        """Return the last day up to and with ``day``; None without any."""
        place = int(np.searchsorted(self.day, day, "right"))
        return self.day[place - 1] if place else None

    def far_after(self, settings: Settings) -> np.datetime64 | None:
        """Return the last day that lies near the others, or None where every day does.

        A date is far off when it lies more than ``far_days`` after the ``far_percentile`` of the table's dates (the
        date at the position rounded down, so that of up to 1,000 dates it is the last but one), and more than twice as
        long after it as the longest gap between days from the first quarter of the dates up to it. The second half
        leaves sparse tables alone, where years without a record are ordinary; so does the rule that a table with fewer
        than six different earlier days has no far date. The first quarter is left aside because one crime of long ago
        would hide every later slip.
        """
        # A day that is still to come is told as such, and must not hide another slip behind it.
        come = self.day <= np.datetime64(settings.today, "D")
        if come.sum() <= _FEWEST:
            return None
        upto = np.cumsum(self.count[come])
        place = int(settings.far_percentile / 100 * (upto[-1] - 1))
        last = int(np.searchsorted(upto, place, "right"))
        if last + 1 < _FEWEST:
            return None
        quarter = min(int(np.searchsorted(upto, upto[-1] // 4, "right")), last - 1)
        longest = int(np.diff(self.day[quarter : last + 1]).astype(int).max())
        far = max(settings.far_days, _SILENCES * longest)
        near = self.day <= self.day[last] + np.timedelta64(far, "D")
        return None if near.all() else self.day[near][-1]


@dataclass(frozen=True)
class Latest:
    """The latest event of some records; None when none with a date can have happened by today.

    ``after_today`` counts dates of events after today that would have decided it on a later day.
    """

    day: date | None
    after_today: int


def latest_event(tables: Mapping[str, Days], settings: Settings) -> Latest:
    """Return the latest event that is not after today and not far off; no table is needed."""
    today = np.datetime64(settings.today, "D")
    latest: date | None = None
    after = 0
    for days in tables.values():
        far = days.far_after(settings)
        chosen = days.dating if far is None else days.dating & (days.day <= far)
        past = days.day[chosen & (days.day <= today)]
        after += int(days.count[chosen & (days.day > today)].sum())
        if len(past):
            latest = max(filter(None, (latest, past[-1].item())))
    return Latest(latest, after)


def is_dated(column: Column) -> bool:
    """Whether the days of a column are those of what happened; plans and births are not."""
    return column.event and column.ahead is not Ahead.PLANNED


def days_of(tables: Mapping[str, pa.Table], settings: Settings) -> dict[str, Days]:
    """Return the days of those typed tables in which any event, or the end of one, has a date."""
    by_table = {}
    for name, t in tables.items():
        events = [c for c in TABLES[name].columns if c.event and t[c.name].null_count < t.num_rows]
        parts = [(c, *_counted(t[c.name])) for c in events]
        if parts:
            by_table[name] = pooled(parts, settings)
    return by_table


def pooled(parts: Iterable[tuple[Column, np.ndarray, np.ndarray]], settings: Settings) -> Days:
    """Return the days of one table from those of its columns, each with how often it stands there.

    Columns of ends that may be planned are left aside; with no other column no day is left.
    """
    columns = [part for part in parts if is_dated(part[0])]
    if not columns:
        return Days(np.empty(0, "datetime64[D]"), np.empty(0, np.int64), np.empty(0, bool))
    day, place = np.unique(np.concatenate([d.astype("datetime64[D]") for _, d, _ in columns]), return_inverse=True)
    count = np.bincount(place, np.concatenate([n for _, _, n in columns]), len(day)).astype(np.int64)
    dating = np.zeros(len(day), bool)
    dating[place[np.concatenate([np.full(len(d), c.dates_records) for c, d, _ in columns])]] = True
    ends = np.array([np.datetime64(d, "D") for d in settings.open_ends], "datetime64[D]")
    keep = (count > 0) & ~np.isnat(day) & ~np.isin(day, ends)
    return Days(day[keep], count[keep], dating[keep])


def _counted(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    counted = pc.value_counts(column.drop_null().cast(pa.date32()))
    if isinstance(counted, pa.ChunkedArray):
        counted = counted.combine_chunks()
    days = counted.field("values").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return days, counted.field("counts").to_numpy(zero_copy_only=False)


def is_no_day(day: date) -> bool:
    """Whether a date stands for no end and not for a day on which anything could be judged."""
    return day > LAST_DAY or day in Settings().open_ends


def check_asked(day: date | None, option: str) -> None:
    """Refuse a day that lies outside every calendar of records."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(
            f"{option} {day} is no day on which records can be judged: give one from {FIRST_DAY} to {LAST_DAY}, or "
            "leave the option out."
        )
