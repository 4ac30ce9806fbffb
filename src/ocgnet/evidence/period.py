"""Which dates an analysis speaks of, and which rows those of a table are."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import About, Dataset
from ocgnet.days import Days, check_asked, days_of, latest_event
from ocgnet.errors import UsageError
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Period:
    """Dates of an analysis; all None when the data holds no date."""

    as_of: date | None  # Day at which ages, reviews and memberships are judged
    first: date | None  # first and last: period of the figures, both days included
    last: date | None
    note: str  # One sentence on where the dates come from
    # The day on the clock where it decided ``as_of``, so that the same records are judged otherwise on another
    # day
    today: date | None = None

    def before(self, same_period_last_year: bool = False) -> Period:
        """Return the period that this one is compared with.

        That is a period of the same length that ends the day before, or the same days a year earlier, judged as
        long after its end as this one is after its own; this period itself without dates. Whole months, such as
        a quarter or a financial year, are compared with as many whole months, however many days they have: a
        financial year with one of 366 days, January to March with October to December. Any other period is
        compared with as many days. A year earlier, whole months stay whole months; otherwise 29 February
        becomes 28 February.

        Raises `UsageError` when the same days a year earlier would overlap this period.
        """
        if self.first is None or self.last is None or self.as_of is None:
            return self
        months = _whole_months(self.first, self.last)
        if same_period_last_year:
            first = months_after(self.first, -12)
            last = months_after(first, months) - timedelta(days=1) if months else months_after(self.last, -12)
            if last >= self.first:
                raise UsageError(
                    f"The period of {self.first} to {self.last} is longer than a year, so the same days a year "
                    f"earlier are part of it. Leave out --compare-to {SAME_PERIOD_LAST_YEAR}, or shorten the period."
                )
        else:
            last = max(self.first, date.min + timedelta(days=1)) - timedelta(days=1)
            days = min(self.last - self.first, last - date.min)
            first = months_after(self.first, -months) if months else last - days
        return Period(last + (self.as_of - self.last), first, last, self.note)


SAME_PERIOD_LAST_YEAR = "same-period-last-year"
"""Word of ``--compare-to`` for the same days a year earlier."""

COMPARE_TO = ("period-before", SAME_PERIOD_LAST_YEAR)
"""What a period may be compared with: as long a period just before it, or the same days a year earlier."""


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month.

    >>> months_after(date(2019, 11, 30), 3), months_after(date(2019, 4, 1), -3)
    (datetime.date(2020, 2, 29), datetime.date(2019, 1, 1))
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year < date.min.year:
        return date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _whole_months(first: date, last: date) -> int:
    """Return how many whole months a period has, from a day of the month to the day before it; 0 otherwise.

    >>> _whole_months(date(2018, 4, 1), date(2019, 3, 31)), _whole_months(date(2019, 1, 1), date(2019, 3, 30))
    (12, 0)
    """
    following = last if last == date.max else last + timedelta(days=1)
    months = (following.year - first.year) * 12 + following.month - first.month
    return months if months > 0 and months_after(first, months) == following else 0


def year_up_to(last: date) -> date:
    """Return the first day of the year that ends on a day.

    >>> [str(year_up_to(date(*d))) for d in ((2019, 3, 31), (2021, 2, 28), (2020, 2, 28), (2020, 2, 29))]
    ['2018-04-01', '2020-03-01', '2019-03-01', '2019-03-01']
    """
    following = last if last == date.max else last + timedelta(days=1)
    before = months_after(following, -12)
    return before if before.day == following.day else before + timedelta(days=1)


def overdue(t: pa.Table, day: date | None) -> pa.ChunkedArray:
    """Return whether the review of each row was due before ``day``; of none without a day or a date of review."""
    return pc.fill_null(pc.less(t["review_due"], pa.scalar(day, pa.date32())), False)


def dated_by(t: pa.Table, column: str, day: date | None) -> pa.Table:
    """Return the rows that were there on the day: those not dated after it, and undated ones."""
    return t.filter(pc.invert(pc.fill_null(pc.greater(t[column], pa.scalar(day, pa.date32())), False)))


def dated_within(t: pa.Table, column: str, period: Period) -> pa.Table:
    """Return the rows dated in a period, which undated ones are not; all when the records hold no date."""
    if period.first is None or period.last is None:
        return t
    day = t[column].cast(pa.date32(), safe=False)
    return t.filter(pc.and_(pc.greater_equal(day, pa.scalar(period.first)), pc.less_equal(day, pa.scalar(period.last))))


def period_before(period: Period, settings: Settings) -> Period:
    """Return the period that one is compared with, as ``settings.compare_to`` asks."""
    return period.before(settings.compare_to == SAME_PERIOD_LAST_YEAR)


def network_period(period: Period, settings: Settings) -> Period:
    """Return the dates of the network: up to the day of judgement, from the first record unless a day is asked.

    Raises `UsageError` when it would begin after the day of judgement, or dates are asked of records without any.
    """
    first = settings.network_from
    if first is None:
        return Period(period.as_of, None, period.as_of, period.note)
    if period.as_of is None:
        raise UsageError("These records hold no date, so --network-from cannot be applied.")
    if first > period.as_of:
        raise UsageError(f"The network begins on {first}, after {period.as_of}, the day of judgement.")
    return Period(period.as_of, first, period.as_of, period.note)


def period_of(dataset: Dataset, settings: Settings) -> Period:
    """Return the dates of an analysis: options first, then ``about.toml``, then the latest event in the data.

    Raises `UsageError` when the period ends before it begins, or dates are asked of data without any.
    """
    return period_on(dataset.about, lambda: days_of(dataset.tables, settings), settings)


def period_on(about: About, days: Callable[[], Mapping[str, Days]], settings: Settings) -> Period:
    """Return the dates of an analysis of records whose days are counted only where nobody names one.

    ``days`` counts the days of the tables, which takes a while. Raises as `period_of` does.
    """
    for day, option in ((settings.as_of, "--as-of"), (settings.period_from, "--from"), (settings.period_to, "--to")):
        check_asked(day, option)
    today = None
    if (asked := settings.as_of or settings.period_to) is not None:
        as_of, source = asked, "as asked"
    elif about.as_of is not None:
        as_of, source = about.as_of, "as about.toml says"
    else:
        counted = days()
        latest = latest_event(counted, settings)
        if latest.day is None:
            if settings.period_from:
                raise UsageError("These records hold no date of an event, so --from and --to cannot be applied.")
            return _without_events(settings.today if counted else None)
        as_of, source = latest.day, "the latest event in the data"
        if latest.after_today:
            today = settings.today
            source += (
                f" that is not after today, {today}; {_lie_after(latest.after_today)} after it; "
                f"--today {today} gives the same again"
            )
    last = settings.period_to or (as_of if asked else about.period_to or as_of)
    if settings.period_to and last > as_of:
        raise UsageError(f"The period ends on {last}, after {as_of}, the day of judgement: nothing later counts.")
    last = min(last, as_of)
    first = settings.period_from or (None if asked else about.period_from)
    first = first or year_up_to(last)
    if first > last:
        raise UsageError(f"The period begins on {first} and ends on {last}: give --from a date before --to.")
    return Period(as_of, first, last, f"Ages, reviews and memberships are judged on {as_of} ({source}).", today)


def _without_events(today: date | None) -> Period:
    """Return the dates of records of which no event can have happened by today; None where nothing is dated at all."""
    if today is None:
        return Period(None, None, None, "The records hold no date, so all of them count.")
    note = (
        f"No event in the records is dated by today, so all of them count. Ages, reviews and memberships are judged on "
        f"{today}, today; --today {today} gives the same again."
    )
    return Period(today, None, None, note, today)


def _lie_after(dates: int) -> str:
    return "1 date of an event lies" if dates == 1 else f"{dates:,} dates of events lie"
