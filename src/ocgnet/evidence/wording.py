"""Which records were counted, in the words that stand beside every figure."""

from __future__ import annotations

from ocgnet.evidence.period import Period
from ocgnet.settings import GRADE_FILTERS, Settings


def period_words(period: Period) -> str:
    """Return the period, such as ``2018-04-01 to 2019-03-31``."""
    return f"{period.first} to {period.last}" if period.first else "all records (none is dated)"


def day_words(period: Period) -> str:
    """Return the analysis date, such as ``on 2019-03-31``."""
    return f"on {period.as_of}" if period.as_of else "at any time (the records hold no date)"


def group_words(settings: Settings) -> str:
    """Return the groups the analysis is limited to, with a leading semicolon; empty for all groups."""
    return f"; groups {', '.join(settings.ocgs)} only" if settings.ocgs else ""


def crime_words(period: Period, settings: Settings) -> str:
    """Return which crimes count."""
    roles = " or ".join(settings.link_roles)
    return f"crimes dated {period_words(period)}; linked as {roles}{group_words(settings)}"


def report_words(period: Period, settings: Settings) -> str:
    """Return which reports count."""
    overdue = "" if settings.include_overdue else "; review not overdue"
    return (
        f"reports dated {period_words(period)}; grade filter '{settings.min_grade}' "
        f"({GRADE_FILTERS[settings.min_grade]}){overdue}{group_words(settings)}"
    )
