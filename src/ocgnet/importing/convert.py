"""From texts as a force writes them to texts as ours: days, words, numbers; each cell that is lost has its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ocgnet.importing.dates import day_converter, shown_format
from ocgnet.importing.mapping import OPEN, ColumnRule
from ocgnet.importing.rows import by_text, filled
from ocgnet.importing.word_maps import known
from ocgnet.model import Column, Kind
from ocgnet.words import Words, plain

CODE_COLUMNS = frozenset({("crimes", "offence_code"), ("ocg_countries", "country")})
"""Columns of text that hold codes, so that words in them are turned into codes."""

_CODE = re.compile(r"[0-9]{1,3}\s?[A-Za-z]{0,3}([/.-][0-9]{1,3})*|[A-Z]{2,6}[0-9]{0,4}")


@dataclass(frozen=True, eq=False)
class Lost:
    """Cells of one column that hold nothing afterwards, and why; ``where`` marks their rows."""

    why: str
    where: np.ndarray


@dataclass(frozen=True, eq=False)
class Converted:
    """One column in our texts, and what of it was lost."""

    texts: pa.Array
    lost: tuple[Lost, ...] = ()


def has_words(table: str, column: Column) -> bool:
    """Say whether the cells of a column are words or codes of a list, of which a mapping keeps the meaning."""
    return column.kind in (Kind.ENUM, Kind.FLAG) or (table, column.name) in CODE_COLUMNS


def meaning(table: str, column: Column, values: Mapping[str, str], words: Words) -> Callable[[str], str | None]:
    """Return what gives our word for a text: blank when it says that nothing is known, None when nobody has said.

    What the mapping says comes first, then the force's own words and ours.
    """
    said = {plain(word): ours for word, ours in values.items()}
    ours_of = known(table, column.name)

    def meant(text: str) -> str | None:
        word = plain(text)
        if not word:
            return ""
        if word in said:
            return None if said[word] == OPEN else said[word]
        means = words.meant(table, column, text)
        if means is not None and len(means) < 2:
            return means[0] if means else ""
        if word in ours_of and means is None:
            return ours_of[word]
        return text if (table, column.name) == ("crimes", "offence_code") and _CODE.fullmatch(text) else None

    return meant


def convert(table: str, column: Column, rule: ColumnRule, texts: pa.Array, words: Words) -> Converted:
    """Turn the texts of one column into ours."""
    if rule.const:
        return Converted(texts)
    if rule.values and not has_words(table, column):
        said = {plain(w): ours for w, ours in rule.values.items()}
        texts = by_text(texts, lambda t: _said(said, t))[0]
    if column.kind in (Kind.DATE, Kind.MOMENT, Kind.INSTANT):
        return _days(column, rule, texts)
    if has_words(table, column):
        one = meaning(table, column, rule.values, words)
        turned = _several(one, rule.between or "|") if column.many else one
        return _of(texts, turned, "the word has no meaning here yet")
    if column.name == "occurred_hour":
        return _of(texts, lambda t: "" if not t or plain(t) in words.not_known else hour_of(t), "no time of day")
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        return _of(texts, lambda t: _number(t, words), "no number")
    return Converted(_plain(column, rule, texts))


def _plain(column: Column, rule: ColumnRule, texts: pa.Array) -> pa.Array:
    if column.many and rule.between:
        sign = rule.between
        return by_text(texts, lambda t: "|".join(filter(None, map(str.strip, t.split(sign)))))[0]
    unknown = set(rule.unknown)
    return by_text(texts, lambda t: "" if t in unknown else t)[0] if unknown else texts


def _said(said: Mapping[str, str], text: str) -> str:
    ours = said.get(plain(text), text)
    return text if ours == OPEN else ours


def _of(texts: pa.Array, turned: Callable[[str], str | None], why: str) -> Converted:
    out, failed = by_text(texts, turned)
    lost = [Lost(why, failed)] if failed.any() else []
    # A word for "not known" is blank on purpose, and counted all the same.
    blank = filled(texts) & ~filled(out) & ~failed
    if blank.any():
        lost.append(Lost("says that it is not known", blank))
    return Converted(out, tuple(lost))


def _several(one: Callable[[str], str | None], sign: str) -> Callable[[str], str | None]:
    def turned(text: str) -> str | None:
        meant = [one(piece.strip()) for piece in text.split(sign)]
        return None if None in meant else "|".join(dict.fromkeys(m for m in meant if m))

    return turned


def _number(text: str, words: Words) -> str | None:
    return "" if not text or plain(text) in words.not_known else number_of(text)


def number_of(text: str) -> str | None:
    """Return a number in digits and a point; None where a text is none. Pounds are the only money that goes unsaid.

    >>> number_of("£1,200.50"), number_of("1 200"), number_of("GBP 30"), number_of("€30"), number_of("about 30")
    ('1200.50', '1200', '30', None, None)
    """
    plain_text = re.sub(r"^(£|GBP)\s*(?=[0-9])", "", text)
    digits = re.sub(r"(?<=[0-9])[, ](?=[0-9]{3}(\D|$))", "", plain_text)
    return digits if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", digits) else None


_TIME_OF_DAY = re.compile(
    r"([0-9]{1,2})(?:[:.]?([0-9]{2})(?::[0-9]{2})?)?\s*(?:hrs?|hours)?\s*([ap]\.?m\.?)?", re.IGNORECASE
)


def hour_of(text: str) -> str | None:
    """Return the hour of a time of day, from 0 to 23; None where a text is no time of day.

    >>> [hour_of(t) for t in ("23:15", "2315", "23:15:00", "9", "0915", "915", "11.30 pm", "12am", "0000 hrs")]
    ['23', '23', '23', '9', '9', '9', '23', '0', '0']
    >>> [hour_of(t) for t in ("24:00", "2360", "night", "13 pm", "20190131")]
    [None, None, None, None, None]
    """
    match = re.fullmatch(r"([0-9])([0-9]{2})", text) or _TIME_OF_DAY.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower() if match.re.groups > 2 else ""
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    return str(hour % 12 + (12 if half.startswith("p") else 0) if half else hour)


def _days(column: Column, rule: ColumnRule, texts: pa.Array) -> Converted:
    said = [f for f in rule.date if f != OPEN]
    turned = day_converter(said, rule.century, rule.unknown, column.kind)
    formats = " or ".join(map(shown_format, said)) or "a format that nobody has said yet"
    return _of(texts, turned, f"no day written {formats}")
