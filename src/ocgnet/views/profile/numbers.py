"""Figures of a profile in words; every share with its two counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ocgnet.local_profile.profile import Profile
from ocgnet.results import Figure
from ocgnet.views.figures_text import UNKNOWN, band, count, day, share

Figures = Mapping[str, Figure]


def value_of(figures: Figures, name: str) -> float | None:
    """Return the value of a figure; None when it is absent or not known."""
    figure = figures.get(name)
    return None if figure is None else figure.value


def known(figures: Figures, *names: str) -> bool:
    """Whether all these figures have a value."""
    return all(value_of(figures, n) is not None for n in names)


def percent(change: float) -> str:
    """Return a change as a signed percentage; small ones keep a digit after the point.

    >>> percent(0.0412), percent(-0.0061), percent(0.41)
    ('+4.1%', '-0.6%', '+41%')
    """
    return f"{change:+.1%}" if abs(change) < 0.095 else f"{change:+.0%}"


def moved(change: float) -> str:
    """Return a change as a verb with its size.

    >>> moved(0.04), moved(-0.01), moved(0.0)
    ('rose by 4.0%', 'fell by 1.0%', 'did not change')
    """
    if not change:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} by {percent(change)[1:]}"


def part_of(figure: Figure, noun: str, *, interval: bool = False, chance: bool = False) -> str:
    """Return a share with numerator and denominator, and its interval and chance where asked for.

    >>> part_of(Figure(.22, "share", "", 440, 2000, low=.20, high=.24), "crimes", interval=True)
    '440 of 2,000 crimes (22%, 95% interval 20–24%)'
    """
    if figure.value is None or figure.numerator is None or not figure.denominator:
        return f"a share of {noun} that is {UNKNOWN}"
    # A count that is part of a whole, such as 25 of 38 groups, is printed with its share too.
    inside = share(figure.numerator / figure.denominator if figure.unit == "count" else figure.value)
    if interval and figure.low is not None and figure.high is not None:
        inside += f", 95% interval {band(figure.low, figure.high)}"
    if chance and figure.null_low is not None and figure.null_high is not None:
        inside += f"; {chance_words(figure.null_low, figure.null_high)} by chance"
    return f"{count(figure.numerator)} of {count(figure.denominator)} {noun} ({inside})"


def chance_words(low: float, high: float) -> str:
    """Return the band that chance gives; one number where both ends print alike.

    >>> chance_words(0.1001, 0.1004), chance_words(0.1, 0.2)
    ('10%', '10–20%')
    """
    return share(low) if f"{low:.1%}" == f"{high:.1%}" else band(low, high)


def interval_words(figure: Figure) -> str:
    """Return the interval of a figure in the words of its unit; a dash without one."""
    if figure.low is None or figure.high is None:
        return "–"
    return f"{plain(figure.low, figure.unit)} to {plain(figure.high, figure.unit)}"


def plain(value: float | None, unit: str) -> str:
    """Return a value in the words of its unit.

    >>> plain(1234567.2, "score"), plain(0.04, "change"), plain(-4.0, "change"), plain(None, "count")
    ('1,234,567', '+4.0%', '-4', 'not known')
    """
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return UNKNOWN
    if unit == "share":
        return share(value)
    if unit == "change":
        return f"{value:+,.0f}" if value and float(value).is_integer() and abs(value) > 1 else percent(value)
    if unit in ("ratio", "number"):
        if not value:
            return "0"
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return count(value)


def before_words(profile: Profile) -> str:
    """Return the period that changes count from, such as ``01/10/2018 to 31/12/2018``."""
    return period_words(profile.windows.before)


def day_before(profile: Profile) -> str:
    """Return the day on which groups and members of the period before are judged; a dash without dates."""
    days = profile.tables["group_years"].frame["day"]
    return day(days.iloc[0]) if len(days) else "–"


def period_words(days: tuple[date, date] | None) -> str:
    """Return a period as print shows it."""
    return f"{day(days[0])} to {day(days[1])}" if days else "no period: the records hold no date"
