"""Numbers, dates and figures in words, the same in report, workbook and terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from ocgnet.dataset import Loss
from ocgnet.model.columns import SUSPECT_ROLES
from ocgnet.results import Analysis, Figure
from ocgnet.settings import Settings

UNKNOWN = "not known"

Figures = Mapping[str, Figure]


def count(number: float) -> str:
    """Return a whole number with thousands separators.

    >>> count(24437456)
    '24,437,456'
    """
    return f"{round(number):,}"


def share(value: float) -> str:
    """Return a share as a percentage that is never rounded to nothing or to all.

    >>> [share(v) for v in (0, 0.0004, 0.004, 0.216, 0.997, 0.99999, 1)]
    ['0%', 'under 0.1%', '0.4%', '22%', '99.7%', 'over 99.9%', '100%']
    """
    if 0 < value < 0.001:
        return "under 0.1%"
    if 0.999 < value < 1:
        return "over 99.9%"
    return f"{value:.1%}" if 0 < value < 0.0095 or 0.9905 < value < 1 else f"{value:.0%}"


def band(low: float, high: float) -> str:
    """Return two shares as a range.

    >>> band(0.201, 0.242), band(0.2201, 0.2249)
    ('20–24%', '22.0–22.5%')
    """
    digits = 0 if f"{low:.0%}" != f"{high:.0%}" else 1
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}%"


def losses_sentence(losses: Iterable[Loss], limit: float) -> str:
    """Return what could not be read, and what that means for the answers; empty without losses.

    >>> losses_sentence([Loss("crimes", 1, 50), Loss("wards", 1, 2)], 0.05)
    'Not known are figures that rest on wards: 1 of 2 rows (50%) could not be read. At least are figures that rest on \
crimes: 1 of 50 rows (2%) could not be read.'
    """
    ordered = sorted(losses, key=lambda x: (-x.share, x))
    said = []
    for means, lost in (
        ("Not known", [x for x in ordered if x.share > limit]),
        ("At least", [x for x in ordered if x.share <= limit]),
    ):
        if lost:
            said.append(f"{means} are figures that rest on {'; '.join(map(str, lost))}.")
    return " ".join(said)


def roles_said(settings: Settings) -> str:
    """Return as what people are linked to crimes, in brackets, where that is not the default; else nothing.

    >>> roles_said(Settings(link_roles=("arrested", "suspect"))), roles_said(Settings())
    (' (linked to crimes as arrested or suspect)', '')
    """
    if settings.link_roles == SUSPECT_ROLES:
        return ""
    return f" (linked to crimes as {' or '.join(settings.link_roles)})"


def day(when: date | None) -> str:
    """Return a date as print shows it.

    >>> day(date(2019, 3, 31))
    '31/03/2019'
    """
    return when.strftime("%d/%m/%Y") if when else "no date"


def printed(text: str) -> str:
    """Return a sentence with its ISO dates as print shows them.

    >>> printed("outside 2018-04-01 to 2019-03-31")
    'outside 01/04/2018 to 31/03/2019'
    """
    return re.sub(r"\b(\d{4})-(\d{2})-(\d{2})\b", r"\3/\2/\1", text)


def ratio(numerator: float, denominator: float, noun: str) -> str:
    """Return a share that carries its two counts.

    >>> ratio(13, 207, "OCG nominals")
    '13 of 207 OCG nominals (6%)'
    """
    found = f"{count(numerator)} of {count(denominator)} {noun}"
    return f"{found} ({share(numerator / denominator)})" if denominator else found


def measured(figure: Figure, noun: str) -> str:
    """Return a share with its counts, its interval and what chance alone gives, as far as they are known.

    >>> measured(Figure(.22, "share", "", 440, 2000, low=.20, high=.24, null_low=.10, null_high=.12), "crimes")
    '440 of 2,000 crimes (22%, 95% interval 20–24%; 10–12% expected by chance)'
    """
    if figure.value is None:
        return f"a share of {noun} that is {UNKNOWN}"
    within = share(figure.value)
    if figure.low is not None and figure.high is not None:
        within += f", 95% interval {band(figure.low, figure.high)}"
    if figure.null_low is not None and figure.null_high is not None:
        within += f"; {band(figure.null_low, figure.null_high)} expected by chance"
    if figure.numerator is None or figure.denominator is None:
        return f"{within.split(',')[0].split(';')[0]} of {noun}"
    return f"{count(figure.numerator)} of {count(figure.denominator)} {noun} ({within})"


def value_text(figure: Figure) -> str:
    """Return the value of a figure in the words of its unit.

    >>> [value_text(Figure(v, unit, "")) for v, unit in ((None, "count"), (-4, "change"), (0.22, "share"))]
    ['not known', '-4', '22%']
    """
    if figure.value is None:
        return UNKNOWN
    if figure.unit == "share":
        return share(figure.value)
    if figure.unit == "change":
        whole = float(figure.value).is_integer()
        return f"{round(figure.value):+,}" if whole else f"{figure.value:+.0%}"
    return count(figure.value) if float(figure.value).is_integer() else f"{figure.value:,.4g}"


def before_text(analysis: Analysis) -> str:
    """Return the period that the figures are compared with, in words; a caller has seen that there is one."""
    return f"{day(analysis.before_from)} to {day(analysis.before_to)}"


def network_text(analysis: Analysis) -> str:
    """Return which records make ties, in words."""
    if analysis.as_of is None:
        return "all records"
    if analysis.network_from is None:
        return f"all records up to {day(analysis.as_of)}, and undated ones"
    return f"records of {day(analysis.network_from)} to {day(analysis.as_of)}"


def period_text(analysis: Analysis) -> str:
    """Return the period of the figures in words."""
    if analysis.period_from is None or analysis.period_to is None:
        return "no period: the records hold no date"
    return f"{day(analysis.period_from)} to {day(analysis.period_to)}"


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


def range_words(low: float | None, high: float | None, unit: str) -> str:
    """Return two ends of a figure in the words of its unit; a dash without them."""
    return "–" if low is None or high is None else f"{plain(low, unit)} to {plain(high, unit)}"


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


def period_words(days: tuple[date, date] | None) -> str:
    """Return a period as print shows it."""
    return f"{day(days[0])} to {day(days[1])}" if days else "no period: the records hold no date"


def setting_text(value: object) -> str:
    """Return the value of a setting in words.

    >>> [setting_text(v) for v in (None, True, (), ("a", "b"), (("high", 3.0),), 0.5)]
    ['from the data', 'yes', 'all', 'a, b', 'high 3', '0.5']
    """
    if value is None:
        return "from the data"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(f"{x[0]} {x[1]:g}" if isinstance(x, tuple | list) else str(x) for x in value) or "all"
    return f"{value:g}" if isinstance(value, float) else str(value)
