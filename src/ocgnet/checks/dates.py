"""Rules about days: births and events that cannot have happened yet, dates far off, and open ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, always
from ocgnet.dataset import About
from ocgnet.days import Days, is_dated
from ocgnet.english import counted
from ocgnet.evidence.period import Period
from ocgnet.model import Ahead, Kind
from ocgnet.settings import Settings
from ocgnet.sources import Rule, Severity

_LONGEST_PLAN = 50
"""Years that a plan or a review may lie ahead before it is more likely a slip, or an open end that nobody declared."""

_YEAR = 365.2425


def check_dates(
    tables: Mapping[str, CheckedTable], days: Mapping[str, Days], about: About, period: Period, settings: Settings
) -> None:
    """Refuse births that have not come; name dates after today or far off, and rows that begin after the analysis.

    Rows that begin after the analysis are named only where somebody named its day: otherwise that day is the latest
    event, after which a membership may well begin. ``days`` are those of the good rows of tables with dates.
    """
    today = np.datetime64(settings.today, "D")
    named = settings.as_of or settings.period_to or about.as_of
    judged = np.datetime64(max(d for d in (named, period.last) if d), "D") if named else None
    latest_birth = min(filter(None, (about.as_of, settings.today)))
    remedy = f"This lies after {judged}, the last day of the analysis, and does not count. Is the date right?"
    for name, checked in tables.items():
        for column in checked.columns.values():
            if column.declared.kind not in (Kind.DATE, Kind.MOMENT, Kind.INSTANT) or not column.distinct:
                continue
            if column.declared.name == "date_of_birth":
                _births(checked, column, period.as_of, latest_birth)
            elif column.declared.ahead is Ahead.PLANNED:
                _plans(checked, column, settings.today)
            elif is_dated(column.declared):
                odd = _odd(checked, column, days.get(name), settings)
                if column.declared.counts_from and judged is not None:
                    later = (column.distinct_days > judged) & (column.distinct_days <= today) & ~odd
                    checked.report_text(
                        column.declared.name, Rule.LATER, column.where(later), always(remedy), Severity.WARNING
                    )


def _births(checked: CheckedTable, column: CheckedColumn, as_of: date | None, latest: date) -> None:
    """Refuse births after ``latest``, the day of the records or today; warn of those after the analysis alone."""
    born = column.distinct_days
    ahead = born > np.datetime64(latest, "D")
    remedy = f"Nobody in these records is born after {latest}. Correct the year."
    checked.report_text(column.declared.name, Rule.IMPOSSIBLE_DATE, column.where(ahead), always(remedy))
    if as_of is not None:
        since = (born > np.datetime64(as_of, "D")) & ~ahead
        remedy = f"This person is born after {as_of}, the day of the analysis, and has no age on it. Is the date right?"
        checked.report_text(column.declared.name, Rule.LATER, column.where(since), always(remedy), Severity.WARNING)


def _plans(checked: CheckedTable, column: CheckedColumn, today: date) -> None:
    name = column.declared.name
    ahead = (column.distinct_days - np.datetime64(today, "D")).astype(int) > _LONGEST_PLAN * _YEAR
    remedy = (
        f"This lies more than {_LONGEST_PLAN} years ahead. Correct the year; where it stands for no end, clear the "
        "cell, or name the date under open_ends in a settings file."
    )
    checked.report_text(name, Rule.FAR_OFF, column.where(ahead), always(remedy), Severity.WARNING)


def _odd(checked: CheckedTable, column: CheckedColumn, days: Days | None, settings: Settings) -> np.ndarray:
    """Name dates after today or far off, and return which distinct texts hold one."""
    name, today = column.declared.name, np.datetime64(settings.today, "D")
    ahead = column.distinct_days > today
    last = days.far_after(settings) if days is not None else None
    far = column.distinct_days > last if last is not None else np.zeros(len(ahead), bool)
    odd: np.ndarray = ahead | far
    if not odd.any():
        return odd
    next_day = days.last_by(today if last is None else min(today, last)) if days is not None else None
    key = [checked.columns[n] for n in checked.declared.key]

    def explain(row: int) -> tuple[str, str]:
        text = column.text(row)
        day = column.times()[row].astype("datetime64[D]")
        who = ", ".join(c.text(row) for c in key)
        where = (
            f" lies {_span(next_day, day)} after the next date in {checked.raw.file} ({next_day})" if next_day else ""
        )
        after = f"after today ({settings.today})" if day > today else ""
        both = f"{where}, and {after}" if where and after else where or f" lies {after}"
        return text, f"{who}: {name} {day}{both}. It never decides the day of an analysis. Correct the year."

    for rule, mask in ((Rule.FAR_OFF, far), (Rule.AHEAD, ahead & ~far)):
        checked.report(name, rule, column.where(mask), explain, Severity.WARNING)
    return odd


def _span(first: np.datetime64, last: np.datetime64) -> str:
    """Return how long it is from one day to another, in whole years from two years on.

    >>> _span(np.datetime64("2019-01-05"), np.datetime64("2091-01-05"))
    '72 years'
    >>> _span(np.datetime64("2019-01-05"), np.datetime64("2019-01-06"))
    '1 day'
    """
    days = int((last - first).astype(int))
    # Two days of grace, because leap days make whole years shorter or longer than their mean.
    years = int((days + 2) / _YEAR)
    if years >= 2:
        return f"{years} years"
    return counted(days, "day")


def open_ends_read(tables: Mapping[str, CheckedTable]) -> tuple[str, ...]:
    """Return the sentence that says how many open ends were read as blank, and where; none without any."""
    places = {
        f"{checked.raw.file} {name}": column.open_ends
        for checked in tables.values()
        for name, column in checked.columns.items()
        if column.open_ends
    }
    if not places:
        return ()
    count = sum(places.values())
    listed = ", ".join(f"{where} {n:,}" for where, n in places.items())
    return (f"{counted(count, 'open end')} read as no end: {listed}.",)
