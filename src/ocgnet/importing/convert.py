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
    if not text or plain(text) in words.not_known:
        return ""
    digits = re.sub(r"(?<=[0-9])[, ](?=[0-9]{3}(\D|$))", "", text)
    return digits if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", digits) else None


def _days(column: Column, rule: ColumnRule, texts: pa.Array) -> Converted:
    said = [f for f in rule.date if f != OPEN]
    turned = day_converter(said, rule.century, rule.unknown, column.kind)
    formats = " or ".join(map(shown_format, said)) or "a format that nobody has said yet"
    return _of(texts, turned, f"no day written {formats}")
