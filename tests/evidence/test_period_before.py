"""The period that one is compared with, worked by hand and held to laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.period import Period, period_before, period_of
from ocgnet.settings import Settings

D = date
DAY = timedelta(days=1)


def before(first: date, last: date, *, last_year: bool = False) -> tuple[date | None, date | None]:
    found = Period(last, first, last, "").before(last_year)
    return found.first, found.last


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (D(2018, 4, 1), D(2019, 3, 31), (D(2017, 4, 1), D(2018, 3, 31))),
        # A financial year of 366 days against one of 365, and the other way round.
        (D(2019, 4, 1), D(2020, 3, 31), (D(2018, 4, 1), D(2019, 3, 31))),
        (D(2020, 4, 1), D(2021, 3, 31), (D(2019, 4, 1), D(2020, 3, 31))),
        (D(2019, 1, 1), D(2019, 3, 31), (D(2018, 10, 1), D(2018, 12, 31))),
        (D(2020, 2, 1), D(2020, 2, 29), (D(2020, 1, 1), D(2020, 1, 31))),
        (D(2019, 3, 11), D(2019, 4, 10), (D(2019, 2, 11), D(2019, 3, 10))),
        (D(2019, 3, 4), D(2019, 3, 10), (D(2019, 2, 25), D(2019, 3, 3))),
        (D(2019, 3, 1), D(2019, 3, 1), (D(2019, 2, 28), D(2019, 2, 28))),
        (D(2017, 4, 1), D(2019, 3, 31), (D(2015, 4, 1), D(2017, 3, 31))),
    ],
)
def test_as_long_a_period_ends_the_day_before(first: date, last: date, expected: tuple[date, date]) -> None:
    assert before(first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (D(2019, 1, 1), D(2019, 3, 31), (D(2018, 1, 1), D(2018, 3, 31))),
        (D(2018, 4, 1), D(2019, 3, 31), (D(2017, 4, 1), D(2018, 3, 31))),
        # A whole February stays a whole February.
        (D(2020, 2, 1), D(2020, 2, 29), (D(2019, 2, 1), D(2019, 2, 28))),
        (D(2021, 2, 1), D(2021, 2, 28), (D(2020, 2, 1), D(2020, 2, 29))),
        (D(2020, 2, 20), D(2020, 2, 29), (D(2019, 2, 20), D(2019, 2, 28))),
        (D(2020, 2, 29), D(2020, 3, 4), (D(2019, 2, 28), D(2019, 3, 4))),
    ],
)
def test_the_same_days_a_year_earlier(first: date, last: date, expected: tuple[date, date]) -> None:
    assert before(first, last, last_year=True) == expected


def test_the_same_days_a_year_earlier_may_not_overlap() -> None:
    with pytest.raises(UsageError, match="longer than a year"):
        before(D(2018, 1, 1), D(2019, 3, 31), last_year=True)


@given(st.dates(D(1900, 1, 1), D(2090, 12, 31)), st.integers(0, 1500))
@example(D(1999, 3, 1), 914)
@settings(deadline=None)
def test_laws_of_the_period_before(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    start, end = before(first, last)
    assert start is not None
    assert end == first - DAY
    # As many days, or as many whole months: these differ by the days that months differ by, at most 3 for September
    # to February against March to August and 1 for a leap day.
    assert abs((end - start).days - days) <= 4
    if days < 27:
        assert (end - start).days == days


@given(st.dates(D(1901, 1, 1), D(2090, 12, 31)))
@settings(deadline=None)
def test_without_dates_a_period_is_the_year_up_to_the_day(day: date) -> None:
    period = period_of(Dataset.of({}, About(as_of=day)), Settings())
    assert period.first is not None
    assert 365 <= (day - period.first).days + 1 <= 366
    following = day + DAY
    assert (period.first.month, period.first.day) == (
        (3, 1) if (following.month, following.day) == (2, 29) else (following.month, following.day)
    )
    earlier = period_before(period, Settings())
    assert earlier.last == period.first - DAY


def test_the_day_before_is_as_long_after_its_period() -> None:
    found = Period(D(2019, 4, 15), D(2019, 1, 1), D(2019, 3, 31), "").before()
    assert found.as_of == D(2019, 1, 15)
    assert Period(None, None, None, "").before().first is None


def test_the_earliest_day_of_the_calendar_has_nothing_before_it() -> None:
    assert before(date.min, D(2019, 3, 31)) == (date.min, date.min)
