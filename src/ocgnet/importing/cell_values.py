"""What the cells of a column look like, as evidence of what the column is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.harm import look_up, offence_groups, readings
from ocgnet.importing.sheets import Sheet
from ocgnet.importing.word_maps import codes_by_offence, likely
from ocgnet.model import TABLES, Column, Kind
from ocgnet.model.columns import COUNTRIES
from ocgnet.words import RISK_COLUMNS, Words, built_in, plain

_MOST = 300
"""Different texts of a column that are looked at."""

_MOST_IDS = 300_000
"""Different ids of a list that are looked for in other sheets."""

MOSTLY = 0.8
HARDLY = 0.2

_DAY = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}[ -]?[A-Za-z]{3,9}[ ,-]{0,2}\d{2,4}|"
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)
DATE = re.compile(_DAY)
MOMENT = re.compile(rf"{_DAY}(?:[T ,]+\d{{1,2}}:\d{{2}}.*)?")
DATE_AND_MORE = re.compile(rf"({_DAY})\s*[\[(].*")
NUMBER = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+|[+-]?\d+(?:\.\d+)?")
DECIMAL = re.compile(r"(?!\d{7,}\.0$)-?\d+\.\d+")
"""A measure; 44190012345.0 is an id that a program took for one."""
INTEGER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.0+)?")
PHONE = re.compile(r"(?:\+44|0)[\s-]?\d(?:[\s-]?\d){8,10}")
PLATE = re.compile(r"[A-Z]{2}\d{2}\s?[A-Z]{3}")
POSTCODE = re.compile(r".*\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b.*")
EMAIL = re.compile(r"\S+@\S+\.\S+")
CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
NAMES = re.compile(r"[^\W\d_][\w'’-]*,?(?: [^\W\d_][\w'’.-]*){1,3}")
"""Two to four words without digits, as names of people are."""
WORDS_ONLY = re.compile(r"[^\W\d_][^\d]*")
GRADES_3X5X2 = re.compile(r"(?i)\s*([123])\s*[/-]?\s*([A-E])(?:\s*[/-]?\s*([PC]))?\s*")
GRADES_5X5X5 = re.compile(r"(?i)\s*([A-E])\s*[/-]?\s*([1-5])\s*[/-]?\s*([1-5])\s*")
ONE_GRADE = re.compile(r"(?i)[1-5A-EPC]")
BLOOD_GROUP = re.compile(r"(?i)(?:ab|[abo])\s*(?:[+-]|pos(?:itive)?|neg(?:ative)?)?")
FROM_TO = re.compile(r"(?i)\d{1,3}\s*(?:-|to|–)\s*\d{1,3}|(?:under|over)\s*\d{1,3}|\d{1,3}\s*\+")
SMALL_NUMBER = re.compile(r"\d{1,2}")
ETHNICITY = re.compile(r"(?i)[WMABO][0-9]{1,2}|(?:white|black|asian|mixed|chinese|arab)\b.*|not stated|other")
PNC = re.compile(r"(?i)\d{2,4}/\d{1,7}[A-Z]")
COUNTRY = re.compile(r"[A-Z]{2}")
ID_IN_BRACKETS = re.compile(r".*[\[(]\s*([^()\[\]]*\d[^()\[\]]*)\s*[\])]\s*")
_LONGEST_ID = 64
_LONG_TEXT = 80
_MOST_SEXES = 12
_SEXES = ("gwryw", "benyw")
_BOTH_SEXES = ("m", "f", "male", "female", "man", "woman", "boy", "girl", *_SEXES)
SEVERAL = (";", "|", "\n", " / ", "/", ",")
"""Signs that part several values in a cell, the least common in values first."""


class Bearing(Enum):
    """What the cells say of a guess."""

    AGAINST = "against"
    SILENT = "silent"
    FOR = "for"


@dataclass(frozen=True, eq=False)
class CellValues:
    """The commonest texts of a column with how often each stands there, and all of them; blank ones left out."""

    counts: Mapping[str, int]
    every: pa.ChunkedArray
    rows: int

    @classmethod
    def of(cls, sheet: Sheet, column: str) -> CellValues:
        """Return the values of a sheet's column; those that say only that nothing is known are left out."""
        counts = sheet.counts(column, _MOST)
        silent = built_in().not_known
        spoken = {text: n for text, n in counts.items() if plain(text) not in silent or text.isdigit()}
        held = sheet.columns[column]
        return cls(spoken, held.filter(pc.not_equal(held, "")), sheet.num_rows)

    @property
    def none(self) -> bool:
        """Whether there is no value to judge by."""
        return not self.counts

    def share(self, fits: Callable[[str], object]) -> float:
        """Return which share of the different texts fits; 0 for none at all."""
        return sum(bool(fits(text)) for text in self.counts) / len(self.counts) if self.counts else 0.0

    def like(self, pattern: re.Pattern[str]) -> float:
        """Return which share of the different texts a pattern fits whole."""
        return self.share(pattern.fullmatch)

    @cached_property
    def length(self) -> float:
        """Mean length of the different texts."""
        return sum(map(len, self.counts)) / max(len(self.counts), 1)

    @cached_property
    def distinct(self) -> float:
        """Different texts by cells that are not blank."""
        different: int = pc.count_distinct(self.every).as_py()
        return different / max(len(self.every), 1)

    @cached_property
    def dates(self) -> float:
        """Share that are days, with or without a time or an age behind."""
        return self.share(lambda t: MOMENT.fullmatch(t) or DATE_AND_MORE.fullmatch(t))

    @cached_property
    def filled(self) -> float:
        """Share of the rows in which the column says something."""
        return len(self.every) / self.rows if self.rows and self.counts else float(not self.rows)

    @cached_property
    def things(self) -> bool:
        """Whether these are telephones, number plates, postcodes or mail addresses."""
        return any(self.like(p) > 0.5 for p in (PHONE, PLATE, POSTCODE, EMAIL))

    def between(self, signs: Sequence[str], fits: Callable[[str], object] = bool) -> str:
        """Return the sign that parts several values in a cell; empty where there is one each.

        Every part of most cells in which the sign stands must fit.
        """
        for sign in signs:
            cells = [text for text in self.counts if sign in text.strip(sign)]
            apart = [all(fits(p.strip()) for p in text.split(sign) if p.strip()) for text in cells]
            if cells and sum(apart) >= MOSTLY * len(apart):
                return sign
        return ""

    @cached_property
    def several_ids(self) -> str:
        """The sign between several ids in a cell; empty where there is one each."""
        return self.between((";", "|", "\n", ","), lambda p: any(map(str.isdigit, p)))

    @cached_property
    def bracketed(self) -> bool:
        """Whether an id stands in brackets behind a name."""
        pieces = self.pieces(self.several_ids)
        return bool(pieces) and sum(bool(ID_IN_BRACKETS.fullmatch(p)) for p in pieces) > len(pieces) / 2

    @cached_property
    def ids(self) -> frozenset[str]:
        """Ids that stand in the cells, those in brackets without the names before them."""
        pieces = self.pieces(self.several_ids)
        if not self.bracketed:
            return frozenset(pieces)
        return frozenset(m[1].strip() for p in pieces if (m := ID_IN_BRACKETS.fullmatch(p)))

    @cached_property
    def every_id(self) -> frozenset[str]:
        """Ids of all cells, of a long column those of its first different ones."""
        if self.several_ids or self.bracketed:
            return self.ids
        return frozenset(pc.unique(self.every)[:_MOST_IDS].to_pylist())

    def pieces(self, sign: str) -> list[str]:
        """Return the values of all cells, apart."""
        return [p.strip() for text in self.counts for p in (text.split(sign) if sign else [text]) if p.strip()]

    def understood(self, table: str, column: Column, words: Words) -> float:
        """Return which share of the texts are words of a column."""
        return self.share(lambda t: any(bool(words.meant(table, column, p)) for p in _pieces(column, t)))


def _pieces(column: Column, text: str) -> list[str]:
    return [p.strip() for p in re.split(r"[|;/,]", text)] if column.many else [text]


def bearing(values: CellValues, table: str, name: str, words: Words) -> Bearing:
    """Say whether the cells speak for or against a column being one of ours; silent where there are none."""
    if values.none:
        return Bearing.SILENT
    if judge := _BY_NAME.get(name):
        return judge(values)
    column = TABLES[table].column(name)
    if column.kind in (Kind.ENUM, Kind.FLAG):
        known = values.understood(table, column, words)
        listed = known < 0.01 and values.share(lambda t: likely(table, name, t)) >= 0.5
        return Bearing.SILENT if listed else _either(known, 0.5, 0.01)
    return _BY_KIND[column.kind](values)


def evident(values: CellValues, name: str) -> bool:
    """Say whether cells can hardly be anything but a column of ours: PNC ids, sexes, ethnicities, offences."""
    if judge := _EVIDENT.get(name):
        return len(values.counts) > 1 and judge(values) >= MOSTLY
    return False


def _either(share: float, enough: float, least: float) -> Bearing:
    return Bearing.FOR if share >= enough else Bearing.AGAINST if share < least else Bearing.SILENT


def _id(values: CellValues) -> Bearing:
    no_id = values.things or values.dates > 0.5 or values.like(CLOCK) > 0.5 or values.like(DECIMAL) > 0.5
    alike = sum(len(i) <= _LONGEST_ID and any(map(str.isdigit, i)) and i.count(" ") < 3 for i in values.ids)
    if no_id or alike <= len(values.ids) / 2:
        return Bearing.AGAINST
    return Bearing.FOR if values.bracketed or values.several_ids else Bearing.SILENT


def _name(values: CellValues) -> Bearing:
    same = len(values.counts) == 1 and sum(values.counts.values()) > 2
    lettered = values.share(lambda t: any(map(str.isalpha, t)))
    if same or lettered < MOSTLY or values.things or values.dates > 0.5:
        return Bearing.AGAINST
    return Bearing.FOR if values.like(NAMES) >= MOSTLY else Bearing.SILENT


def _sex(values: CellValues) -> Bearing:
    known = values.share(lambda t: plain(t)[:1] in "mf12u" or "male" in plain(t) or plain(t) in _SEXES)
    return Bearing.AGAINST if len(values.counts) > _MOST_SEXES else _either(known, MOSTLY, 0.3)


def _offence_code(values: CellValues) -> Bearing:
    known = values.share(lambda t: look_up(offence_groups(), t) is not None)
    coded = values.share(readings)
    return Bearing.FOR if known >= 0.5 else Bearing.AGAINST if coded < 0.5 else Bearing.SILENT


def _grade(values: CellValues) -> Bearing:
    share = values.share(lambda t: any(p.fullmatch(t.strip()) for p in (ONE_GRADE, GRADES_3X5X2, GRADES_5X5X5)))
    return Bearing.FOR if share >= MOSTLY else Bearing.AGAINST


def _condition(values: CellValues) -> Bearing:
    if values.dates > 0.5 or values.share(ONE_GRADE.fullmatch) > 0.5:
        return Bearing.AGAINST
    return Bearing.FOR if values.share(lambda t: len(t) > 3) >= MOSTLY else Bearing.SILENT


def _country(values: CellValues) -> Bearing:
    return _either(values.share(lambda t: t.upper() in COUNTRIES or t.upper() in ("UK", "EL")), MOSTLY, 0.5)


def _text(values: CellValues) -> Bearing:
    if values.dates > 0.5 or values.like(NUMBER) > 0.5:
        return Bearing.AGAINST
    return Bearing.FOR if values.length > 25 else Bearing.SILENT


def _words_of_text(values: CellValues) -> Bearing:
    return Bearing.AGAINST if values.dates > 0.5 or values.like(NUMBER) > 0.5 or values.things else Bearing.SILENT


def _risk(values: CellValues) -> Bearing:
    return _either(values.share(lambda t: built_in().risk_level(t) is not None), 0.5, HARDLY)


def _degrees(most: int) -> Callable[[CellValues], Bearing]:
    def judge(values: CellValues) -> Bearing:
        inside = values.share(lambda t: re.fullmatch(r"-?\d{1,3}\.\d+", t) and abs(float(t)) <= most)
        return _either(inside, MOSTLY, 0.5)

    return judge


def _pnc(values: CellValues) -> Bearing:
    return _either(values.like(PNC), 0.5, 0.01)


def _group(values: CellValues) -> Bearing:
    other = max(values.like(p) for p in (BLOOD_GROUP, FROM_TO, ETHNICITY))
    if values.things or values.dates > 0.5 or values.length > _LONG_TEXT or other > 0.5:
        return Bearing.AGAINST
    return Bearing.SILENT


def _dates(values: CellValues) -> Bearing:
    return _either(values.dates, MOSTLY, 0.5)


def _no_date(values: CellValues) -> Bearing:
    return Bearing.AGAINST if values.dates > 0.5 or values.like(CLOCK) > 0.5 else Bearing.SILENT


_BY_KIND: dict[Kind, Callable[[CellValues], Bearing]] = {
    Kind.DATE: _dates,
    Kind.MOMENT: _dates,
    Kind.INSTANT: _dates,
    Kind.INTEGER: lambda values: _either(values.like(INTEGER), MOSTLY, 0.5),
    Kind.NUMBER: lambda values: _either(values.like(NUMBER), MOSTLY, 0.5),
    Kind.ID: _id,
    Kind.TEXT: _no_date,
}
_OF_WORDS = (
    "title", "offence", "aliases", "school", "primary_crime_type", "ethnicity", "commodity", "reason", "action",
    "made_by", "lead_agency", "partners", "found_where", "sector", "lead_responsible_officer",
)  # fmt: skip
_BY_NAME: dict[str, Callable[[CellValues], Bearing]] = {
    **dict.fromkeys(_OF_WORDS, _words_of_text),
    **dict.fromkeys(RISK_COLUMNS, _risk),
    **dict.fromkeys(("source_grade", "intelligence_grade", "handling_code"), _grade),
    **dict.fromkeys(("text", "description"), _text),
    "handling_conditions": _condition,
    "name": _name,
    "sex": _sex,
    "offence_code": _offence_code,
    "country": _country,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "pnc_id": _pnc,
    "ocg_id": _group,
}
_EVIDENT: dict[str, Callable[[CellValues], float]] = {
    "pnc_id": lambda values: values.like(PNC),
    "sex": lambda values: values.share(lambda t: plain(t) in _BOTH_SEXES) if len(values.counts) <= 4 else 0.0,
    "ethnicity": lambda values: values.like(ETHNICITY),
    "offence_code": lambda values: values.share(lambda t: not t.isdigit() and look_up(offence_groups(), t)),
    "offence": lambda values: values.share(codes_by_offence().__contains__),
}
