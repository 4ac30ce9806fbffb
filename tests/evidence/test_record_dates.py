"""From when to when records run, and which periods they cover: by hand, and laws."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset
from ocgnet.evidence.period import Period
from ocgnet.evidence.record_dates import RecordDates, dates_frame, gap_notes, gaps_of, record_dates, why_not_known_on
from ocgnet.model import TABLES

D = date
YEAR = (D(2018, 4, 1), D(2019, 3, 31))
BEFORE = (D(2017, 4, 1), D(2018, 3, 31))


def crimes(*days: date | None) -> RecordDates:
    as_of = D(2019, 3, 31)
    rows = [
        dict.fromkeys(TABLES["crimes"].schema.names) | {"crime_id": f"c{i:04}", "recorded_on": d}
        for i, d in enumerate(days)
    ]
    found = Dataset.of({"crimes": pa.Table.from_pylist(rows, TABLES["crimes"].schema)}, About(as_of=as_of))
    return record_dates(found, as_of)["crimes"]


def monthly(first: date, last: date, *, without: tuple[tuple[int, int], ...] = ()) -> list[date]:
    """Four crimes in each month, on the 3rd, 9th, 15th and 21st."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [d for d in days if d.day in (3, 9, 15, 21) and (d.year, d.month) not in without]


def test_first_and_last_dated_record_and_how_many_have_none() -> None:
    found = crimes(D(2018, 5, 1), D(2017, 4, 2), None, D(2018, 5, 1), D(2019, 4, 1))
    assert (found.first, found.last) == (D(2017, 4, 2), D(2018, 5, 1))
    assert (found.dated, found.undated, found.later) == (3, 1, 1)
    frame = dates_frame({"crimes": found})
    assert frame.loc[0, ["table", "dated", "undated", "later"]].tolist() == ["crimes", 3, 1, 1]
    assert record_dates(Dataset.of({}), None) == {}


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (monthly(D(2017, 1, 1), D(2019, 3, 31)), ""),
        # The first crime of the month in which the period begins is as good as one before it.
        (monthly(D(2017, 4, 1), D(2019, 3, 31)), ""),
        (monthly(D(2017, 5, 1), D(2019, 3, 31)), "recorded from 03/05/2017 to 21/03/2019 only"),
        (monthly(D(2017, 10, 1), D(2019, 3, 31)), "recorded from 03/10/2017 to 21/03/2019 only"),
        (monthly(D(2018, 4, 1), D(2019, 3, 31)), "recorded from 03/04/2018 to 21/03/2019 only"),
        (monthly(D(2017, 1, 1), D(2017, 12, 31)), "recorded from 03/01/2017 to 21/12/2017 only"),
        (monthly(D(2017, 1, 1), D(2019, 3, 31), without=((2017, 8),)), "no crimes are recorded in 08/2017"),
        ([D(2017, 4, 2)], "recorded from 02/04/2017 to 02/04/2017 only"),
        ([None], "no record of crimes has a date"),
    ],
)
def test_the_year_before_is_covered_or_the_reason_is_said(days: list[date | None], why: str) -> None:
    found = crimes(*days).gap(*BEFORE)
    assert found.endswith(why) if why else found == ""


def test_a_period_whose_last_month_has_no_record_is_not_covered() -> None:
    ends_early = crimes(*monthly(D(2017, 1, 1), D(2019, 2, 28)))
    assert ends_early.gap(*BEFORE) == ""
    assert ends_early.gap(*YEAR).endswith("to 21/02/2019 only")


def test_months_without_any_are_usual_where_records_are_few() -> None:
    few = crimes(D(2016, 6, 1), D(2017, 5, 5), D(2017, 9, 9), D(2018, 2, 1), D(2018, 7, 3), D(2018, 12, 30))
    assert few.gap(*BEFORE) == few.gap(*YEAR) == ""


@given(st.sets(st.dates(D(2017, 5, 1), D(2019, 3, 31)), min_size=1, max_size=60))
@settings(deadline=None)
def test_records_that_begin_after_the_first_month_never_cover_a_period(days: set[date]) -> None:
    assert crimes(*days).gap(*BEFORE) != ""


def test_a_table_that_does_not_cover_both_periods_is_named_once() -> None:
    now, before = (Period(last, first, last, "") for first, last in (YEAR, BEFORE))
    dates = {"crimes": crimes(*monthly(D(2017, 10, 1), D(2019, 3, 31)))}
    gaps = gaps_of(dates, now, before)
    assert list(gaps) == ["crimes"]
    (said,) = gap_notes(gaps, now, before)
    assert said == (
        "No change is stated where the records do not cover 01/04/2017 to 31/03/2018 and 01/04/2018 to 31/03/2019: "
        "crimes are recorded from 03/10/2017 to 21/03/2019 only."
    )
    whole = {"crimes": crimes(*monthly(D(2017, 4, 1), D(2019, 3, 31)))}
    assert gap_notes(gaps_of(whole, now, before), now, before) == ()
    assert gaps_of(dates, Period(None, None, None, ""), Period(None, None, None, "")) == {}


def test_how_many_groups_there_were_is_known_from_the_first_mapping_on() -> None:
    dates = {"ocgs": crimes(D(2018, 5, 1), D(2018, 6, 1))}
    assert why_not_known_on(dates, "ocgs", D(2018, 5, 1)) == ""
    assert "from 01/05/2018 on only" in why_not_known_on(dates, "ocgs", D(2018, 4, 30))
    assert "has a date" in why_not_known_on({}, "ocgs", D(2018, 4, 30))
