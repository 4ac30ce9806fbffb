"""Days as a force writes them: the format of a column found from all its values, and the reading of one text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ocgnet.english import MONTHS
from ocgnet.errors import SourceError
from ocgnet.model import Kind
from ocgnet.words import built_in, plain

EXCEL = "excel"
"""The format of a spreadsheet's day numbers, counted from 30 December 1899."""

NO_DAYS = ("0000-00-00", "0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900-01-00")
"""Days that systems write where none is known."""

_ZONE = "(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_CLOCK = (
    r"(?:[ T]+(?:at )?(?P<clock>[0-9]{1,2}[:.]?[0-9]{2}(?:[:.][0-9]{2}(?:\.[0-9]+)?)?)"
    rf"(?: ?(?P<half>[AaPp])\.?[Mm]\.?| ?hrs| ?h| ?{_ZONE})?)?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]+)?"
_PIECES = {
    "%d": r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?",
    "%m": "(?P<m>[0-9]{1,2})",
    "%Y": "(?P<Y>[0-9]{4})",
    "%y": "(?P<y>[0-9]{2})",
    "%b": r"(?P<b>[A-Za-z]{3,9})\.?",
}
_FIRST_SERIAL, _LAST_SERIAL = 1, 73_050
"""From 1900 to the end of 2099."""


@dataclass(frozen=True)
class DateReading:
    """How the days of one column are written.

    ``choices`` are formats of which the values do not say which is meant, in the order in which they are offered, for
    ``undecided`` cells; none when ``formats`` are certain. ``unread`` counts cells of no format.
    """

    formats: tuple[str, ...]
    century: int | None = None
    unknown: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    undecided: int = 0
    unread: int = 0
    why: str = ""


def _compiled(form: str, *, fixed: bool = False) -> re.Pattern[str]:
    text = re.sub(r"[ T]%H.*$", "", form).replace("%B", "%b")
    pattern = ""
    for piece in re.split(r"(%[a-zA-Z%])", text):
        if piece.startswith("%"):
            if piece not in _PIECES:
                raise SourceError(
                    f"{form} is no format of a day: write {', '.join(_PIECES)}, such as %d/%m/%Y, or {EXCEL}."
                )
            pattern += _PIECES[piece].replace("{1,2}", "{2}") if fixed else _PIECES[piece]
        else:
            pattern += re.escape(piece)
    return re.compile(f"{_WEEKDAY}{pattern}{_CLOCK}", re.IGNORECASE)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    # Without signs between them only a fixed number of digits says where the month begins.
    return _compiled(form, fixed=re.search(r"%[a-zA-Z]%", form) is not None)


def read_day(text: str, formats: Sequence[str], century: int | None = None) -> tuple[date, str] | None:
    """Return the day of a text and its clock (``21:30:00``, or nothing); None when it fits no format.

    >>> read_day("3/4/19 9:05pm", ["%d/%m/%y"], 30), read_day("43558", ["excel"]), read_day("31/02/2019", ["%d/%m/%Y"])
    ((datetime.date(2019, 4, 3), '21:05:00'), (datetime.date(2019, 4, 3), ''), None)
    """
    for form in formats:
        if form == EXCEL:
            if re.fullmatch(r"[0-9]{1,5}(\.[0-9]+)?", text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
                return _serial(float(text))
            continue
        match = _pattern(form).fullmatch(text)
        if match and (day := _day(match, century)):
            clock = _clock(match)
            return None if clock is None else (day, clock)
    return None


def _serial(number: float) -> tuple[date, str]:
    seconds = round(number % 1 * 86_400)
    # The spreadsheet believes in a 29 February 1900.
    day = date(1899, 12, 30 if number >= 61 else 31) + timedelta(days=int(number))
    hour, rest = divmod(seconds, 3_600)
    return day, f"{hour:02}:{rest // 60:02}:{rest % 60:02}" if 0 < seconds < 86_400 else ""


def _day(match: re.Match[str], century: int | None) -> date | None:
    held = match.groupdict()
    if "b" in held:
        if held["b"][:3].lower() not in MONTHS:
            return None
        month = MONTHS.index(held["b"][:3].lower()) + 1
    else:
        month = int(held["m"])
    year = int(held["Y"]) if "Y" in held else full_year(int(held["y"]), century)
    try:
        return date(year, month, int(held["d"]))
    except ValueError:
        return None


def full_year(two: int, century: int | None) -> int:
    """Return the year of two digits: of this century up to ``century``, else of the last one.

    >>> full_year(24, 26), full_year(27, 26)
    (2024, 1927)
    """
    return two + (2_000 if two <= (century or 0) else 1_900)


def _clock(match: re.Match[str]) -> str | None:
    text = match.group("clock")
    if not text:
        return ""
    digits = re.findall("[0-9]+", text.partition(".")[0] if ":" in text else text)
    if len(digits) == 1 and len(digits[0]) in (3, 4):
        digits = [digits[0][:-2], digits[0][-2:]]
    hour, minute, second = (int(n) for n in (*digits, "0", "0")[:3])
    if half := match.group("half"):
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else None


# Finding the format.

_SHAPES = (
    (re.compile(rf"{_WEEKDAY}([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_CLOCK}", re.IGNORECASE), "%Y-%m-%d"),
    (re.compile(rf"{_WEEKDAY}([0-9]{{4}})/([0-9]{{1,2}})/([0-9]{{1,2}}){_CLOCK}", re.IGNORECASE), "%Y/%m/%d"),
    (re.compile(rf"{_WEEKDAY}([0-9]{{4}})\.([0-9]{{1,2}})\.([0-9]{{1,2}}){_CLOCK}", re.IGNORECASE), "%Y.%m.%d"),
)
_NUMBERS = re.compile(
    rf"{_WEEKDAY}([0-9]{{1,2}})(?P<s>[-/. ])([0-9]{{1,2}})(?P=s)([0-9]{{4}}|[0-9]{{2}}){_CLOCK}", re.IGNORECASE
)
_NAMED = re.compile(
    rf"{_WEEKDAY}([0-9]{{1,2}})(?:st|nd|rd|th)?(?P<s>[-/. ]?)([A-Za-z]{{3,9}})(?P<t>\.?,?[-/. ]?)"
    rf"([0-9]{{4}}|[0-9]{{2}}){_CLOCK}",
    re.IGNORECASE,
)
_NAMED_FIRST = re.compile(
    rf"{_WEEKDAY}([A-Za-z]{{3,9}})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}}){_CLOCK}", re.IGNORECASE
)
_EIGHT = re.compile("[0-9]{8}")
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")


def find_dates(counts: Mapping[str, int], *, today: date, ahead: bool = False) -> DateReading:
    """Find the format of a column from its different texts and how often each stands there.

    A day comes before its month unless a value says otherwise; when none says so, the formats are left to be chosen.
    Years of two digits are those up to this year (twenty more for a column of what is planned, ``ahead``), else of the
    last century. Different formats may stand in one column, as a spreadsheet leaves them.
    """
    by_form: dict[str, list[tuple[str, int]]] = {}
    unread = 0
    unknown: list[str] = []
    for text, times in counts.items():
        form = _form(text)
        if form:
            by_form.setdefault(form, []).append((text, times))
        elif plain(text) not in built_in().not_known:
            unread += times
    formats: list[str] = []
    choices: tuple[str, ...] = ()
    undecided = 0
    why: list[str] = []
    verdicts = {form: _decided(form, rows) for form, rows in by_form.items()}
    orders = {_month_first(d[0]) for d, evidence in verdicts.values() if evidence}
    for form in sorted(by_form, key=lambda f: -sum(n for _, n in by_form[f])):
        decided, evidence = verdicts[form]
        if len(decided) > 1 and len(orders) == 1:
            # What decides the order of long years decides that of short ones.
            decided = tuple(d for d in decided if _month_first(d) in orders)[:1] or decided
        if len(decided) > 1:
            choices, undecided = decided, undecided + sum(n for _, n in by_form[form])
        formats.append(decided[0])
        why.append(f"{shown_format(decided[0])}{evidence}")
    if not choices and (swapped := _swapped(by_form, formats)):
        choices = swapped
        undecided = sum(n for _, n in by_form["%Y-%m-%d"])
        why.append("a spreadsheet may have read the month first in the others")
    century = (today.year % 100 + (20 if ahead else 0)) if any("%y" in f for f in formats) else None
    if century is not None:
        why.append(f"years up to {century:02} are of this century")
    for text in (t for rows in by_form.values() for t, _ in rows):
        day = read_day(text, formats, None)
        if (day and day[0].isoformat() in NO_DAYS) or text in NO_DAYS:
            unknown.append(text)
    if unknown:
        why.append(f"{', '.join(unknown[:3])} for not known")
    return DateReading(tuple(formats), century, tuple(unknown), choices, undecided, unread, "; ".join(why))


def _form(text: str) -> str:
    """Return the shape of a text, with the day first where only numbers stand; nothing for no day."""
    for shape, form in _SHAPES:
        if shape.fullmatch(text):
            return form
    if _EIGHT.fullmatch(text):
        return "%d%m%Y"
    if _SERIAL.fullmatch(text):
        return EXCEL
    return _signed(text) or _with_name(text)


def _signed(text: str) -> str:
    match = _NUMBERS.fullmatch(text)
    return f"%d{match['s']}%m{match['s']}{'%Y' if len(match[4]) == 4 else '%y'}" if match else ""


def _with_name(text: str) -> str:
    if (match := _NAMED.fullmatch(text)) and match[3][:3].lower() in MONTHS:
        return f"%d{match['s']}%b{match['t'].lstrip('.')}{'%Y' if len(match[5]) == 4 else '%y'}"
    if (match := _NAMED_FIRST.fullmatch(text)) and match[1][:3].lower() in MONTHS:
        return "%b %d, %Y" if "," in text else "%b %d %Y"
    return ""


def _decided(form: str, rows: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], str]:
    """Return the formats that all these texts may have, the likeliest first, and what decided it."""
    if form == "%d%m%Y":
        forms: tuple[str, ...] = ("%Y%m%d", "%d%m%Y", "%m%d%Y")
    elif re.fullmatch(r"%d[-/. ]%m[-/. ]%[Yy]", form):
        forms = (form, re.sub("%d(.)%m", r"%m\1%d", form))
    else:
        return (form,), ""
    # A day that is in no calendar decides nothing: it is a slip, or a way to say that none is known.
    rows = [(t, n) for t, n in rows if len({_read(t, f) for f in forms}) > 1] or list(rows)[:1]
    fitting: Counter[str] = Counter()
    alone: dict[str, str] = {}
    for text, times in rows:
        fits = [f for f in forms if _plausible(text, f)]
        for f in fits:
            fitting[f] += times
        if len(fits) == 1:
            alone.setdefault(fits[0], text)
    if all(len({_read(t, f) for f in forms}) == 1 for t, _ in rows):
        return forms[:1], ""
    most = max(fitting.values(), default=0)
    best = tuple(f for f in forms if fitting[f] == most)
    if len(alone) > 1 and most < sum(n for _, n in rows):
        # Values speak for both orders: one of them is a slip, unless there are many of each.
        other = sum(n for t, n in rows if not any(_plausible(t, f) for f in best[:1]))
        if other > 0.02 * most:
            return forms, ""
    # What decided it is told, not shown: a day of birth has no place in a mapping that forces share.
    decided = len(best) == 1 and best[0] in alone
    return best, ", as a number above 12 says" if decided else ""


def _month_first(form: str) -> bool:
    return form.find("%m") < form.find("%d")


def _read(text: str, form: str) -> date | None:
    day = read_day(text, [form], 30)
    return day[0] if day else None


def _plausible(text: str, form: str) -> bool:
    day = read_day(text, [form], 30)
    return day is not None and 1850 <= day[0].year <= 2200


def _swapped(by_form: Mapping[str, list[tuple[str, int]]], formats: Sequence[str]) -> tuple[str, ...]:
    """Return the choices when a spreadsheet seems to have read days month first: real days and texts in one column.

    It then made days of all texts that it could, so that every text left has a day above 12, and no real day has.
    """
    texts = [t for f, rows in by_form.items() if re.fullmatch(r"%d[-/. ]%m[-/. ]%Y", f) for t, _ in rows]
    real = [t for t, _ in by_form.get("%Y-%m-%d", ())]
    if len(texts) < 3 or len(real) < 3 or "%Y-%m-%d" not in formats:
        return ()
    above = all(int(re.match("[0-9]+", t)[0]) > 12 for t in texts)  # type: ignore[index]
    below = all((day := read_day(t, ["%Y-%m-%d"])) and day[0].day <= 12 for t in real)
    return ("%Y-%m-%d", "%Y-%d-%m") if above and below else ()


def shown_format(form: str) -> str:
    """Return a format as people write it.

    >>> shown_format("%d/%m/%Y"), shown_format("excel"), shown_format("%d-%b-%y")
    ('day/month/year', "a spreadsheet's day number", 'day-month-year of two digits')
    """
    if form == EXCEL:
        return "a spreadsheet's day number"
    names = {"%d": "day", "%m": "month", "%b": "month", "%B": "month", "%Y": "year", "%y": "year of two digits"}
    return re.sub("%[a-zA-Z]", lambda m: names.get(m[0], m[0]), form)


def day_converter(
    formats: Sequence[str], century: int | None, unknown: Sequence[str], kind: Kind
) -> Callable[[str], str | None]:
    """Return what turns a text into ISO text: blank when it says that nothing is known, None when it is no day.

    An instant keeps the zone that is written behind its time.
    """
    no_days = set(unknown)

    def converted(text: str) -> str | None:
        if not text or text in no_days or plain(text) in built_in().not_known:
            return ""
        day = read_day(text, formats, century)
        if day is None:
            return None
        if kind is Kind.DATE or not day[1]:
            return day[0].isoformat()
        zone = re.search(f"{_ZONE}$", text, re.IGNORECASE) if kind is Kind.INSTANT else None
        return f"{day[0]}T{day[1]}{zone[0].upper() if zone else ''}"

    return converted
