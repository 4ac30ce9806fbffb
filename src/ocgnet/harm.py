"""Crime severity: offence codes in the notations of the Home Office, and the weight of each.

The shipped table is the ONS Crime Severity Score, 2019-20 vintage, under the Open Government Licence v3.0.
Two burglary codes of that table stand there under the codes of distraction burglary; both are added
under their own codes (28A in a dwelling, 30A in a building other than a dwelling) at the same weight.
"""

from __future__ import annotations

import calendar
import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.english import counted
from ocgnet.errors import UsageError

SCHEME = "ONS Crime Severity Score, 2019-20"
"""What the weights that come with the program are called beside a weight."""

VINTAGE = "ONS Crime Severity Score weights, 2019-20 vintage, Open Government Licence v3.0"
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e9
"""Least and most that a severity weight may be, 0 apart: the sum of a year's crimes and its squares stay numbers."""

_WEIGHTS = "ons_crime_severity_weights.csv"
_REKEYED = {"28A": "28C", "30A": "30C"}
_REKEYED_NAMES = {"28A": "Burglary in a dwelling", "30A": "Burglary in a building other than a dwelling"}
_CODE_HEADS = ("offence_code", "ho_code", "code")

_LONGEST_CODE = 30
"""Characters beyond which a text is no notation of a code, whatever stands in it."""

_CLASS = re.compile(r"([0-9]{1,3})[/.]?([A-Z]?)")
_SUBCLASS = re.compile(r"([0-9]{1,3})([A-Z]?)[/.-]([0-9]{1,3})")
_FIVE_OR_SIX = re.compile(r"([0-9]{3})([0-9]{2,3})")
_FOUR = re.compile(r"[0-9]{4}")
_APART = re.compile(r"([0-9]{1,3}) ([0-9]{1,3})")
_MONTHS = {m.upper(): k for k, m in enumerate(calendar.month_abbr) if m}
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})-([A-Z]{3})")
_MONTH_OF_YEAR = re.compile(r"([A-Z]{3})-([0-9]{2})")
_CALENDAR = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})( 00:00:00)?")
_CALENDAR_DAY_FIRST = re.compile(r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<y>[0-9]{4})")
_WITH_SUBCLASS = re.compile(r"([0-9]{1,3}[A-Z]?)\.[0-9]+")

T = TypeVar("T")


def readings(code: str) -> tuple[str, ...]:
    """Return what a text may stand for in the notations of the Home Office, as the table of weights writes it.

    A class has up to three digits and perhaps a letter (``8N``, ``008N``, ``105A``); its subclass follows a stroke, a
    point or a hyphen (``4/4``, ``004/04``, ``37.1``), or, where three digits of class and two of subclass are written
    together, the third digit (``00404``). Subclass 0 is the class as a whole (``802/00``). Nothing for a text in no
    such notation; several codes when it is ambiguous, as after a spreadsheet took 4/1 for a day.

    >>> readings("4/4"), readings("004/04"), readings(" 8n"), readings("08/N"), readings("00404"), readings("802/00")
    (('4.4',), ('4.4',), ('8N',), ('8N',), ('4.4',), ('802',))
    >>> readings("0401"), readings("4 1"), readings("04-Jan"), readings("NFIB3A")
    (('4.1', '40.1', '401'), ('4.1', '41'), ('4.1', '1.4'), ())
    """
    if len(code) > _LONGEST_CODE:
        return ()
    plain = re.sub(r"\s*([/.-])\s*", r"\1", " ".join(code.upper().split()))
    plain = re.sub(r"(?<=[0-9]) (?=[A-Z]$)", "", plain)
    if match := _CLASS.fullmatch(plain):
        codes = [_written(match[1], match[2])]
    elif match := _SUBCLASS.fullmatch(plain):
        codes = [_written(match[1], match[2], match[3])]
    elif match := _FIVE_OR_SIX.fullmatch(plain):
        codes = [_written(match[1], "", match[2])]
    elif _FOUR.fullmatch(plain):
        codes = [_written(plain[:2], "", plain[2:]), _written(plain[:3], "", plain[3:])]
        codes += [_written(plain[1:])] if plain[0] == "0" else []
    elif match := _APART.fullmatch(plain):
        codes = [_written(match[1], "", match[2]), _written(match[1] + match[2])]
    else:
        codes = [_written(a, "", b) for a, b in _day_of_a_spreadsheet(plain)]
    return tuple(dict.fromkeys(filter(None, codes)))


def _written(of_class: str, letter: str = "", subclass: str = "") -> str:
    """Write a code as the table does; nothing for a class that cannot be."""
    if not 0 < int(of_class) <= 999:
        return ""
    return f"{int(of_class)}{letter}" + (f".{int(subclass)}" if subclass and int(subclass) else "")


def _day_of_a_spreadsheet(plain: str) -> list[tuple[str, str]]:
    """Return both orders of the two numbers that a spreadsheet may have turned into a day."""
    if (match := _DAY_OF_MONTH.fullmatch(plain)) and match[2] in _MONTHS:
        pair = match[1], str(_MONTHS[match[2]])
    elif (match := _MONTH_OF_YEAR.fullmatch(plain)) and match[1] in _MONTHS:
        pair = match[2], str(_MONTHS[match[1]])
    elif match := _CALENDAR.fullmatch(plain) or _CALENDAR_DAY_FIRST.fullmatch(plain):
        pair = match["d"], match["m"]
    else:
        return []
    return [pair, pair[::-1]]


def normal_code(code: str) -> str:
    """Return an offence code as the table of weights writes it.

    What is in no notation of the Home Office, or in an ambiguous one, stays as it is, in upper case and without
    spaces: no sign is ever dropped to make a code of it.

    >>> normal_code(" 008n"), normal_code("4/1"), normal_code("08/N"), normal_code("nfib 3a")
    ('8N', '4.1', '8N', 'NFIB3A')
    """
    codes = readings(code)
    return codes[0] if len(codes) == 1 else "".join(code.upper().split())


def in_words(code: str) -> str:
    """Return a normal code in words.

    >>> in_words("4.1"), in_words("8N")
    ('class 4 subclass 1 (4/1)', 'class 8N')
    """
    of_class, _, subclass = code.partition(".")
    return f"class {of_class} subclass {subclass} ({of_class}/{subclass})" if subclass else f"class {of_class}"


def look_up(table: Mapping[str, T], code: str) -> T | None:
    """Return what a table by normal code holds for a code: its own row, else that of its class as a whole.

    >>> look_up({"2": 5.0, "4.1": 7.0}, "2/1"), look_up({"2": 5.0, "4.1": 7.0}, "4/9")
    (5.0, None)
    """
    normal = normal_code(code)
    if normal in table:
        return table[normal]
    of_class = _WITH_SUBCLASS.fullmatch(normal)
    return table.get(of_class[1]) if of_class else None


def _rows_of(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a table that comes with the program."""
    text = (files("ocgnet") / "data" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


@cache
def weights() -> dict[str, float]:
    """Return the weight by normal offence code."""
    by_code = {code: float(row["weight"]) for row in _rows_of(_WEIGHTS) for code in _codes(row["ho_code"])}
    for code, twin in _REKEYED.items():
        by_code.setdefault(code, by_code[twin])
    return by_code


@cache
def offence_names() -> dict[str, str]:
    """Return the offence in the words of the table by normal offence code.

    What a record says of the offence in its own words may name people; these words do not.
    """
    named = {code: row["offence"] for row in _rows_of(_WEIGHTS) for code in _codes(row["ho_code"])}
    return {**named, **_REKEYED_NAMES}


def _codes(cell: str) -> list[str]:
    """Split a cell such as ``1, 4.1/2/10``, in which the ONS lists the codes of one weight.

    >>> _codes("1, 4.1/2/10"), _codes("4/1")
    (['1', '4.1', '4.2', '4.10'], ['4.1'])
    """
    codes = []
    for part in cell.split(","):
        first, *rest = part.strip().split("/")
        stem, point, _ = first.rpartition(".")
        # Only after a point do strokes list subclasses; 4/1 is the notation of one code.
        codes += [normal_code(first), *(f"{normal_code(stem)}.{int(r)}" for r in rest)] if point else [part.strip()]
    return [normal_code(code) for code in codes]


@dataclass(frozen=True)
class WeightSet:
    """Severity weights under which harm is counted, by normal offence code (``normal_code``).

    ``vintage`` says what they are and where they come from, and is printed on every output; ``fingerprint`` is of the
    sorted weights, so that two runs can be told to have used the same.
    """

    by_code: Mapping[str, float]
    vintage: str
    fingerprint: str = ""

    @classmethod
    def of(cls, by_code: Mapping[str, float], vintage: str) -> WeightSet:
        """Return a weight set with its fingerprint."""
        text = "\n".join(f"{code},{weight!r}" for code, weight in sorted(by_code.items()))
        return cls(dict(by_code), vintage, hashlib.sha256(text.encode()).hexdigest()[:12])

    @classmethod
    def shipped(cls) -> WeightSet:
        """Return the weights of the Office for National Statistics that come with the program."""
        return cls.of(weights(), VINTAGE)


def weights_from(text: str, name: str) -> WeightSet:
    r"""Read other weights from the text of a CSV file, whose ``name`` stands in messages and in the vintage.

    A file that weighs any code of the shipped table is a scale of its own and takes the place of the whole table,
    because sums over two scales mean nothing. A file of other codes only adds them to the table. It has a column
    ``offence_code`` (or ``ho_code``, ``code``) and a column ``weight``; others are passed over.

    ``UsageError`` names the line: a column is missing, a weight is no number or below 0, a code is blank, ambiguous, or
    stands twice with different weights, or there is no row.

    >>> weights_from("code,weight\n 08/N,10\n", "index.csv").by_code
    {'8N': 10.0}
    >>> added = weights_from("code,weight\nNFIB3A,36.8\n", "fraud.csv")
    >>> added.by_code["NFIB3A"], added.by_code["4.1"], added.vintage.rpartition(", and ")[2]
    (36.8, 7973.3934, 'weights of the file fraud.csv for 1 further code')
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(c.strip() for c in row)]
    except csv.Error as error:
        raise UsageError(f"{name} cannot be read as CSV: {error}, near line {reader.line_num}.") from error
    heads = [h.strip().lower() for h in rows[0][1]] if rows else []
    code_at = next((heads.index(h) for h in _CODE_HEADS if h in heads), None)
    if code_at is None or "weight" not in heads:
        raise UsageError(f"{name} needs a header with the columns offence_code and weight.")
    weight_at = heads.index("weight")
    by_code: dict[str, float] = {}
    for line, row in rows[1:]:
        if len(row) != len(heads):
            raise UsageError(f"{name}, line {line}: the header has {len(heads)} cells and this row {len(row)}.")
        weight = _weight(row[weight_at], name, line)
        for code in _codes(row[code_at]):
            if not code:
                raise UsageError(f"{name}, line {line}: the offence code is blank.")
            if len(meant := readings(code)) > 1:
                raise UsageError(f"{name}, line {line}: {code} may be {' or '.join(map(in_words, meant))}.")
            if by_code.setdefault(code, weight) != weight:
                raise UsageError(f"{name}, line {line}: the code {code} stands twice, with different weights.")
    if not by_code:
        raise UsageError(f"{name} holds no weight. Write one offence code and its weight in each row.")
    shipped = weights()
    if any(look_up(shipped, code) is not None for code in by_code):
        return WeightSet.of(by_code, f"weights of the file {name}")
    further = counted(len(by_code), "further code")
    return WeightSet.of({**shipped, **by_code}, f"{VINTAGE}, and weights of the file {name} for {further}")


def _weight(cell: str, name: str, line: int) -> float:
    try:
        weight = float(cell)
    except ValueError:
        weight = math.nan
    if not (weight == 0 or LEAST_WEIGHT <= weight <= MOST_WEIGHT):
        raise UsageError(
            f"{name}, line {line}: the weight '{cell}' is neither 0 nor a number from {LEAST_WEIGHT:f} to "
            f"{MOST_WEIGHT:,.0f}."
        )
    return weight


@cache
def offence_groups() -> dict[str, str]:
    """Return the offence group by normal offence code, such as ``violence with injury``.

    The groups are those under which the Home Office counts recorded crime.
    """
    return {normal_code(row["code"]): row["group"] for row in _rows_of("offence_groups.csv")}


def harm_of(codes: pa.ChunkedArray) -> np.ndarray:
    """Return the severity weight of each offence code; NaN where it is blank or has no weight (unknown, never 0)."""
    encoded = codes.combine_chunks().dictionary_encode()
    table = weights()
    distinct = [look_up(table, c) for c in encoded.dictionary.to_pylist()]
    by_code = np.array([np.nan if w is None else w for w in distinct] + [np.nan])
    positions: np.ndarray = pc.fill_null(encoded.indices, len(by_code) - 1).to_numpy()
    return by_code.take(positions)
