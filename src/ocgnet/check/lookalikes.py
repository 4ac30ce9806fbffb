"""Ids that look alike and may mean one person or group, and ids that a spreadsheet has changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.check.tables import CheckedTable
from ocgnet.model import PERSON_TABLES, Kind
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools, fixed, numbers, strings

_SCIENTIFIC = r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}$"

_LIKE_LATIN = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоорсухіјѕԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικορτυχ",
    "ABESIJKMHOPCTYXaeoopcyxijsdhqwABEZHIKMNOPTYXovikoptyx",
)
"""Cyrillic and Greek letters that are drawn as Latin ones."""

_ALIKE = str.maketrans("oil", "011")
"""Letters that are taken for digits, after capitals are gone."""


def skeleton(text: str) -> str:
    r"""Return what is left of an id once everything is gone that a typist, a font or a spreadsheet changes.

    Capitals, accents, scripts, spaces, hyphens, zeros that lead a number, ``.0`` behind it, O for 0 and I for 1.

    >>> [skeleton(t) for t in ("N 007", "n7", "N-O7", "\u041d7", "7.0", "1.00E+05", "100000")]
    ['n7', 'n7', 'n7', 'h7', '7', '100000', '100000']
    >>> skeleton("cafe\u0301") == skeleton("caf\u00e9")
    True
    """
    if re.match(_SCIENTIFIC, text) and float(text).is_integer():
        text = str(int(float(text)))
    plain = unicodedata.normalize("NFKD", text).translate(_LIKE_LATIN).casefold().translate(_LIKE_LATIN)
    plain = "".join(c for c in plain if not unicodedata.combining(c) and not unicodedata.category(c).startswith("C"))
    plain = re.sub(r"^([0-9]+)\.0+$", r"\1", re.sub(r"[\s\-_\u2010-\u2015]+", "", plain)).translate(_ALIKE)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", plain)


def check_spreadsheet_ids(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of ids in scientific notation: a spreadsheet writes 447000000012 as 4.47E+11, for many ids the same."""
    for t in tables.values():
        for column in t.declared.columns:
            if column.kind is not Kind.ID or column.refers or not len(t.columns[column.name].texts):
                continue
            checked = t.columns[column.name]
            wrong = bools(pc.match_substring_regex(checked.texts, _SCIENTIFIC))

            def remedy(text: str) -> str:
                return (
                    f"{text} looks like a number that a spreadsheet has shortened: different ids become one. Export "
                    "again with this column as text, from the system that holds the records."
                )

            rows = checked.where(wrong)
            t.report_text(column.name, Rule.SPREADSHEET_ID, rows[t.good[rows]], remedy, Severity.WARNING)


def check_lookalikes(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of ids that differ only in how they are written, where nothing else tells the two apart.

    People of all tables are held against each other: the names have to be the same, and the dates of birth the same
    or unknown on one side. Groups are when they bear the same name.
    """
    people = [(tables[n], key) for n, key in PERSON_TABLES.items() if n in tables]
    _check(people, "name", "date_of_birth", "Is this one person? Give both rows one id")
    if "ocgs" in tables:
        _check([(tables["ocgs"], "ocg_id")], "name", "", "Is this one group? Give both rows one id")


def _check(parts: list[tuple[CheckedTable, str]], name: str, born: str, question: str) -> None:
    texts = [t.columns[key].texts for t, key in parts]
    if not sum(map(len, texts)):
        return
    pooled = pc.unique(pa.concat_arrays(texts))
    bones = skeletons(pooled).dictionary_encode()
    which = numbers(bones.indices, np.int32)
    alike = np.bincount(which, minlength=len(bones.dictionary))[which] > 1
    if not alike.any():
        return
    suspects = pooled.filter(fixed(alike, pa.bool_()))
    of_kind: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for part, (t, key) in enumerate(parts):
        column = t.columns[key]
        for row in column.where(bools(pc.is_in(column.texts, suspects))).tolist():
            text, who = column.text(row), unicodedata.normalize("NFKC", t.columns[name].text(row))
            if who and t.good[row]:
                kind = (skeleton(text), " ".join(who.casefold().split()))
                of_kind.setdefault(kind, []).append((text, part, row))
    told: list[dict[int, tuple[str, CheckedTable, int]]] = [{} for _ in parts]
    for rows in of_kind.values():
        rows.sort()
        days = [_day(parts[part][0], born, row) for _, part, row in rows]
        for later, (text, part, row) in enumerate(rows):
            for (other, its_part, place), day in zip(rows[:later], days, strict=False):
                if other != text and (day == days[later] or "" in (day, days[later])):
                    told[part][row] = (other, parts[its_part][0], place)
                    break
    for (t, key), of_table in zip(parts, told, strict=True):
        places = np.array(sorted(of_table), np.int64)
        t.report(key, Rule.LOOK_ALIKE, places, _told(t, key, of_table, question), Severity.WARNING)


def _day(t: CheckedTable, born: str, row: int) -> str:
    """Return the date of birth of a row, empty when it is not known or nothing is born."""
    if not born or t.columns[born].blank[row]:
        return ""
    day = t.columns[born].times()[row]
    return "" if np.isnat(day) else str(day)


def _told(
    t: CheckedTable, key: str, of_table: Mapping[int, tuple[str, CheckedTable, int]], question: str
) -> Callable[[int], tuple[str, str]]:
    def explain(row: int) -> tuple[str, str]:
        other, table, place = of_table[row]
        text = t.columns[key].text(row)
        apart = " and ".join(told_apart(text, other))
        return text, (
            f"{text} and {other} ({table.raw.file}, line {table.raw.lines[place]}) bear the same name and differ "
            f"only in {apart}. {question} where it is."
        )

    return explain


def told_apart(one: str, other: str) -> list[str]:
    r"""Return in words how two ids that look alike differ.

    >>> told_apart("n1", "N1"), told_apart("007", "7"), told_apart("N\u041d", "NH")
    (['capitals'], ['leading zeros'], ['letters of another alphabet (\u041d is CYRILLIC CAPITAL LETTER EN)'])
    """
    steps: list[tuple[str, Callable[[str], str]]] = [
        ("how an accent is stored", lambda s: unicodedata.normalize("NFC", s)),
        ("spaces or hyphens", lambda s: re.sub(r"[\s\-_\u2010-\u2015]+", "", s)),
        (_letters(one + other), lambda s: s.translate(_LIKE_LATIN)),
        ("capitals", str.casefold),
        ("leading zeros", lambda s: re.sub(r"(?<![0-9])0+(?=[0-9])", "", s)),
    ]
    words = []
    for word, step in steps:
        a, b = step(one), step(other)
        # A step tells the two apart when it changes them differently.
        if (one == other) != (a == b) or (a != one) != (b != other):
            words.append(word)
        one, other = a, b
    if one != other:
        words.append("letters and digits that look alike")
    return words


def _letters(text: str) -> str:
    for sign in text:
        if sign.translate(_LIKE_LATIN) != sign:
            return f"letters of another alphabet ({sign} is {unicodedata.name(sign, 'unnamed')})"
    return "letters of another alphabet"


def skeletons(texts: pa.Array) -> pa.Array:
    """Return :func:`skeleton` of every id; those of plain letters and digits by compiled rules."""
    found = pc.replace_substring_regex(pc.ascii_lower(texts), r"[\s\-_]+", "")
    for letter, digit in zip("oil", "011", strict=True):
        found = pc.replace_substring(found, letter, digit)
    found = pc.replace_substring_regex(found, r"(^|[^0-9])0+([0-9])", r"\1\2")
    odd = ~bools(pc.string_is_ascii(texts)) | bools(pc.match_substring_regex(texts, r"\.|[\x00-\x1f\x7f]"))
    odd |= bools(pc.match_substring_regex(texts, _SCIENTIFIC))
    if not odd.any():
        return found
    closer = [skeleton(text) for text in texts.filter(fixed(odd, pa.bool_())).to_pylist()]
    return pc.replace_with_mask(found, fixed(odd, pa.bool_()), strings(closer))
