"""Ids that look alike and may mean one person or group, and ids that a spreadsheet has changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.table import CheckedTable
from ocgnet.model import PERSON_TABLES, Kind, targets_of
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools, byte_screen, fixed, strings, text_bytes

_SCIENTIFIC = r"^[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,3}$"

LIKE_LATIN = str.maketrans(
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
    if is_scientific(text) and (number := float(text.replace(",", "."))).is_integer():
        text = str(int(number))
    plain = unicodedata.normalize("NFKD", text).translate(LIKE_LATIN).casefold().translate(LIKE_LATIN)
    plain = "".join(c for c in plain if not unicodedata.combining(c) and not unicodedata.category(c).startswith("C"))
    plain = re.sub(r"^([0-9]+)\.0+$", r"\1", re.sub(r"[\s\-_\u2010-\u2015]+", "", plain)).translate(_ALIKE)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", plain)


def is_scientific(text: str) -> bool:
    """Return whether an id is a number in scientific notation, as a spreadsheet writes a long one.

    >>> [is_scientific(t) for t in ("4.47E+11", "1e5", "4,47E+11", "E5", "12E5", "N1E5")]
    [True, True, True, False, False, False]
    """
    return re.match(_SCIENTIFIC, text) is not None


def check_spreadsheet_ids(tables: Mapping[str, CheckedTable]) -> None:
    """Warn of ids in scientific notation: a spreadsheet writes 447000000012 as 4.47E+11, for many ids the same."""
    for t in tables.values():
        for column in t.declared.columns:
            # An id that names another table is told there, or as a reference to nothing.
            elsewhere = any(name in tables for name in targets_of(column)) if column.refers else False
            if column.kind is not Kind.ID or elsewhere or not t.columns[column.name].distinct:
                continue
            checked = t.columns[column.name]
            wrong = bools(pc.match_substring_regex(checked.texts, _SCIENTIFIC))

            def remedy(text: str) -> str:
                return (
                    f"{text} looks like a number that a spreadsheet has shortened: different ids become one. Export "
                    "again with this column as text, from the system that holds the records."
                )

            t.report_text(column.name, Rule.SPREADSHEET_ID, checked.where(wrong), remedy, Severity.WARNING)


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
    shapes = [_shape(t) for t in texts if len(t)]
    if "" not in shapes and len(set(shapes)) == len(shapes):
        # Every table numbers its own way, as systems do: nothing in it can look like anything else.
        return
    pooled = pc.unique(pa.concat_arrays(texts))
    marks = fingerprints(pooled)
    ordered = np.sort(marks)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return
    suspects = pooled.filter(fixed(np.isin(marks, twice), pa.bool_()))
    of_kind: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for part, (t, key) in enumerate(parts):
        column = t.columns[key]
        for row in column.where(bools(pc.is_in(column.texts, suspects))).tolist():
            text, who = column.text(row), unicodedata.normalize("NFKC", t.columns[name].text(row))
            if who and t.good[row]:
                kind = (skeleton(text), " ".join(who.casefold().split()))
                of_kind.setdefault(kind, []).append((text, part, row))
    twins: list[dict[int, tuple[str, CheckedTable, int]]] = [{} for _ in parts]
    for rows in of_kind.values():
        rows.sort()
        days = [_day(parts[part][0], born, row) for _, part, row in rows]
        for later, (text, part, row) in enumerate(rows):
            for (other, its_part, place), day in zip(rows[:later], days, strict=False):
                if other != text and (day == days[later] or "" in (day, days[later])):
                    twins[part][row] = (other, parts[its_part][0], place)
                    break
    for (t, key), of_table in zip(parts, twins, strict=True):
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


def lookalikes_of(texts: pa.Array, known: list[pa.Array]) -> Callable[[str], str]:
    """Return what gives, for an id that stands in no table, the one that does and looks like it; else empty.

    Nothing is compared before somebody asks: most folders hold no such id.
    """

    @cache
    def near() -> dict[str, str]:
        ids = pa.concat_arrays(known)
        held = np.isin(fingerprints(ids), fingerprints(texts))
        return {skeleton(text): text for text in sorted(ids.filter(fixed(held, pa.bool_())).to_pylist())}

    return lambda text: near().get(skeleton(text), "")


def told_apart(one: str, other: str) -> list[str]:
    r"""Return in words how two ids that look alike differ.

    >>> told_apart("n1", "N1"), told_apart("007", "7"), told_apart("N\u041d", "NH")
    (['capitals'], ['leading zeros'], ['letters of another alphabet (\u041d is CYRILLIC CAPITAL LETTER EN)'])
    """
    steps: list[tuple[str, Callable[[str], str]]] = [
        ("how an accent is stored", lambda s: unicodedata.normalize("NFC", s)),
        ("spaces or hyphens", lambda s: re.sub(r"[\s\-_\u2010-\u2015]+", "", s)),
        (_letters(one + other), lambda s: s.translate(LIKE_LATIN)),
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
        if sign.translate(LIKE_LATIN) != sign:
            return f"letters of another alphabet ({sign} is {unicodedata.name(sign, 'unnamed')})"
    return "letters of another alphabet"


def fingerprints(texts: pa.Array) -> np.ndarray:
    """Return a uint64 for the skeleton of every id: the same for the same skeleton, another for another.

    Made of the bytes at once, because a million ids are looked at in every check. That two skeletons share a number has
    a chance of one in 10**7 for a million ids; whoever asks compares the skeletons themselves.
    """
    ends, data = text_bytes(texts)
    marks = _hashed(ends, data)
    odd = np.zeros(len(texts), bool)
    odd[np.searchsorted(ends, np.flatnonzero(_ODD[data]), "right") - 1] = True
    # Only what begins with a digit and holds an E may be a number in scientific notation.
    begins = np.zeros(len(texts), bool)
    some = np.diff(ends) > 0
    begins[some] = _DIGIT[data[ends[:-1][some]]]
    with_e = np.searchsorted(ends, np.flatnonzero(_E[data]), "right") - 1
    odd[with_e[begins[with_e]]] = True
    closer = [skeleton(text) for text in texts.filter(fixed(odd, pa.bool_())).to_pylist()]
    if closer:
        marks[odd] = _hashed(*text_bytes(strings(closer)))
    return marks


def _shape(texts: pa.Array) -> str:
    """Return the common shape of distinct ids, with ``#`` for digits, such as ``n#``; empty when they have none.

    Ids of one shape are as long as each other and differ in digits only, so each has a skeleton of its own; and ids
    of another shape have other skeletons.
    """
    ends, data = text_bytes(texts)
    length = int(ends[1])
    if not length or (np.diff(ends) != length).any():
        return ""
    grid = data.reshape(-1, length)
    digits, same = _DIGIT[grid].all(axis=0), (grid == grid[0]).all(axis=0)
    if not (digits | same).all() or _ODD[grid[0]].any():
        return ""
    letters = ["#" if d else chr(c) for d, c in zip(digits, _FOLDED[grid[0]], strict=True)]
    # What folds into a digit, or an E among digits, may run together with the digits beside it.
    if any(c.isdigit() for c in letters) or (digits[0] and "e" in letters):
        return ""
    return re.sub("#+", "#", re.sub(r"[ _-]", "", "".join(letters)))


_ODD = byte_screen(*range(0x20), ord("."), *range(0x7F, 0x100))
_DIGIT, _E = byte_screen(*range(ord("0"), ord("9") + 1)), byte_screen(ord("e"), ord("E"))
_GAP = byte_screen(ord(" "), ord("-"), ord("_"))
_FOLDED = np.array([ord(chr(b).lower().translate(_ALIKE)) if b < 0x80 else b for b in range(256)], np.uint8)


def _hashed(ends: np.ndarray, data: np.ndarray) -> np.ndarray:
    """Return a number per text of its bytes without capitals, gaps and leading zeros."""
    marks = np.zeros(len(ends) - 1, np.uint64)
    lengths = np.diff(ends)
    text = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    kept = ~_GAP[data]
    text, signs = text[kept], _FOLDED[data[kept]]
    if not len(signs):
        return marks
    digit = _DIGIT[signs]
    fresh = np.r_[True, text[1:] != text[:-1]]
    at = np.arange(len(signs), dtype=np.int32)
    start = np.maximum.accumulate(np.where(digit & (fresh | ~np.r_[False, digit[:-1]]), at, np.int32(0)))
    worth = np.maximum.accumulate(np.where(digit & (signs != ord("0")), at, np.int32(-1)))
    # A zero leads when nothing but zeros stands before it in its run of digits, and a digit comes after it.
    followed = np.r_[digit[1:] & ~fresh[1:], False]
    stays = ~(digit & (signs == ord("0")) & (worth < start) & followed)
    text, signs = text[stays], signs[stays]
    fresh = np.r_[True, text[1:] != text[:-1]]
    place = np.arange(len(text)) - np.maximum.accumulate(np.where(fresh, np.arange(len(text)), 0))
    mixed = (signs.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (place.astype(np.uint64) + np.uint64(1)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    begins = np.flatnonzero(fresh)
    marks[text[begins]] = np.add.reduceat(mixed, begins)
    return marks
