"""Names of wards and districts: one spelling for one place, and a word about every name that no list holds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, by_frequency
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import strings

OF_EVENTS = ("crimes", "intel_reports", "stop_checks")
"""Tables whose districts are those of the force."""

OF_PEOPLE = ("nominals", "people", "children")
"""Tables whose districts may lie anywhere, because people may live anywhere."""

_NEAR = 80.0
"""Likeness, of 100, from which a name of the list is named as the one that may be meant."""

_MOST_COMPARED = 2_000
"""Names of districts in which people live that are compared with the list."""

_PAIRS = 4_000_000

_DROPPED = re.compile(r"['’‘`´.]")
_GAPS = re.compile(r"[\s\-\u2010-\u2015,/_]+")


def sign_of(name: str) -> str:
    """Return a name without what only its spelling adds: case, accents, stops, apostrophes, hyphens, repeated spaces.

    An ampersand is the word and, Saint is St.

    >>> sign_of("ST. MARY’S  & Quay") == sign_of("Saint Marys and quay"), sign_of("St Mary")
    (True, 'st mary')
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = _GAPS.sub(" ", _DROPPED.sub("", bare.casefold().replace("&", " and "))).split()
    return " ".join("st" if w == "saint" else w for w in words)


def check_places(tables: Mapping[str, CheckedTable]) -> None:
    """Write every name of a district and ward as the table ``wards`` does, and tell of those that it does not hold.

    Names that differ only in their signs (``sign_of``) are one place: they are read as the table has them, with a
    warning. What is merely alike is never joined. Without the table, the spelling of most rows counts.
    """
    listed = tables.get("wards")
    if listed is not None and len(listed.raw.lines):
        _one_spelling([(listed, "district")])
        _one_spelling([(listed, "area")])
        _wards_of(listed, _Wards())
        known = _Wards.of(listed)
        for name in (*OF_EVENTS, *OF_PEOPLE):
            if name in tables:
                _districts_as_listed(tables[name], listed.raw.file, known, lives=name in OF_PEOPLE)
        if "crimes" in tables:
            _wards_of(tables["crimes"], known, listed.raw.file)
        return
    _one_spelling([(tables[n], "district") for n in (*OF_EVENTS, *OF_PEOPLE) if n in tables])
    if "crimes" in tables:
        _wards_of(tables["crimes"], _Wards())


@dataclass
class _Wards:
    """The places of the table ``wards``."""

    districts: dict[str, str] = field(default_factory=dict)
    by_district: dict[tuple[str, str], str] = field(default_factory=dict)
    anywhere: dict[str, set[str]] = field(default_factory=dict)
    homes: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, wards: CheckedTable) -> _Wards:
        listed = cls()
        for ward, district in _pairs_of(wards.columns["ward"], wards.columns["district"]).names():
            if district:
                listed.districts[sign_of(district)] = district
            if ward:
                listed.by_district[sign_of(ward), district] = ward
                listed.anywhere.setdefault(sign_of(ward), set()).add(ward)
                listed.homes.setdefault(sign_of(ward), set()).add(district)
        return listed


@dataclass(frozen=True)
class _Pairs:
    """Which pairs of ward and district occur, and in which rows."""

    ward: CheckedColumn
    district: CheckedColumn
    held: np.ndarray
    of_row: np.ndarray

    def names(self) -> list[tuple[str, str]]:
        """Return the names of each pair; blank where not recorded."""
        wards, districts = ([*c.texts.to_pylist(), ""] for c in (self.ward, self.district))
        return [(wards[w], districts[d]) for w, d in zip(*divmod(self.held, len(districts)), strict=True)]


def _pairs_of(ward: CheckedColumn, district: CheckedColumn) -> _Pairs:
    width = len(district.texts) + 1
    codes = np.where(ward.codes < 0, len(ward.texts), ward.codes).astype(np.int64) * width
    codes += np.where(district.codes < 0, width - 1, district.codes)
    if (size := (len(ward.texts) + 1) * width) > _PAIRS:
        held, of_row = np.unique(codes, return_inverse=True)
        return _Pairs(ward, district, held, of_row)
    # Marking each pair is several times faster than sorting the rows.
    marked = np.zeros(size, bool)
    marked[codes] = True
    held = np.flatnonzero(marked)
    place = np.empty(size, np.int32)
    place[held] = np.arange(len(held))
    return _Pairs(ward, district, held, place[codes])


def _one_spelling(columns: Iterable[tuple[CheckedTable, str]]) -> None:
    """Give each place of some columns the spelling of most rows."""
    placed = [(table, table.columns[name]) for table, name in columns]
    counts: Counter[str] = Counter()
    for _, column in placed:
        number = np.bincount(column.codes[column.codes >= 0], minlength=column.distinct)
        for text, rows in zip(column.texts.to_pylist(), number.tolist(), strict=True):
            counts[text] += rows
    chosen: dict[str, str] = {}
    for text in sorted((t for t in counts if t), key=lambda t: _rank(t, counts[t])):
        chosen.setdefault(sign_of(text), text)
    for table, column in placed:
        _restate(table, column, lambda text: chosen.get(sign_of(text), text), "as most rows write it")


def _rank(text: str, rows: int) -> tuple[int, bool, str]:
    return -rows, text.isupper() or text.islower(), text


def _restate(table: CheckedTable, column: CheckedColumn, meant: Callable[[str], str], why: str) -> None:
    texts = column.texts.to_pylist()
    changes = {k: new for k, text in enumerate(texts) if text and (new := meant(text)) != text}
    if changes:
        _tell(table, column, Rule.SPELLING, column.codes, texts, changes, lambda k: f"Read as {changes[k]}, {why}.")
        column.restate(changes)


def _tell(
    table: CheckedTable,
    column: CheckedColumn,
    rule: Rule,
    of_row: np.ndarray,
    names: Sequence[str],
    odd: Iterable[int],
    remedy: Callable[[int], str],
) -> None:
    """Warn of some names, as :func:`by_frequency` gives their rows."""

    def explain(row: int) -> tuple[str, str]:
        # Asked only of what somebody reads, so that a million odd names cost no million sentences.
        k = int(of_row[row])
        return names[k], remedy(k)

    for rows in by_frequency(of_row, names, list(odd)):
        table.report(column.declared.name, rule, rows, explain, Severity.WARNING)


def _districts_as_listed(table: CheckedTable, file: str, known: _Wards, *, lives: bool) -> None:
    column = table.columns["district"]
    _restate(table, column, lambda text: known.districts.get(sign_of(text), text), f"as {file} writes it")
    names = sorted(known.districts.values())
    texts = column.texts.to_pylist()
    odd = [k for k, text in enumerate(texts) if text and text not in set(names)]
    if lives:
        # People may live anywhere; only what may be a district of the force is told.
        odd = [k for k in odd[:_MOST_COMPARED] if _near(texts[k], names)]

    def remedy(k: int) -> str:
        return _missing("district", texts[k], file, _near(texts[k], names))

    _tell(table, column, Rule.PLACE, column.codes, texts, odd, remedy)


def _missing(what: str, name: str, file: str, guess: str) -> str:
    tip = f" Is {guess} meant?" if guess else ""
    return f"The {what} {name} stands in no row of {file}, so nothing is known of its residents.{tip}"


def _near(name: str, names: Iterable[str]) -> str:
    from rapidfuzz import fuzz, process

    ordered = sorted(names)
    best = process.extractOne(sign_of(name), [sign_of(n) for n in ordered], scorer=fuzz.ratio, score_cutoff=_NEAR)
    return ordered[best[2]] if best else ""


def _wards_of(table: CheckedTable, known: _Wards, file: str = "") -> None:
    """Give each ward the spelling of the list, or without one that of most rows of its district."""
    ward = table.columns["ward"]
    pairs = _pairs_of(ward, table.columns["district"])
    names = pairs.names()
    meant = dict(_as_listed(names, known)) if known.by_district else _as_most(names, np.bincount(pairs.of_row))
    changed = {k: new for k, new in meant.items() if new != names[k][0]}
    why = f"as {file} writes it" if file else "as most rows of its district write it"
    wards = [name for name, _ in names]
    _tell(table, ward, Rule.SPELLING, pairs.of_row, wards, changed, lambda k: f"Read as {changed[k]}, {why}.")
    if known.by_district:
        odd = []
        for k, (name, around) in enumerate(names):
            # As the list spells it, the ward is none of the list, or none of its district.
            listed = meant.get(k)
            if name and (listed is None or (around and around not in known.homes[sign_of(listed)])):
                odd.append(k)
        _tell(table, ward, Rule.PLACE, pairs.of_row, wards, odd, lambda k: _no_such_ward(*names[k], known, file))
    if changed:
        _put(ward, pairs, changed)


def _no_such_ward(ward: str, district: str, known: _Wards, file: str) -> str:
    if homes := known.homes.get(sign_of(ward), set()):
        where = " and ".join(sorted(homes))
        return f"{file} has the ward {ward} in {where}, and not in {district}. Correct one of the two."
    inside = {name for (_, around), name in known.by_district.items() if around == district}
    anywhere = {name for names in known.anywhere.values() for name in names}
    return _missing("ward", ward, file, _near(ward, inside) or _near(ward, anywhere))


def _as_listed(names: list[tuple[str, str]], known: _Wards) -> Iterator[tuple[int, str]]:
    for k, (ward, district) in enumerate(names):
        if not ward:
            continue
        sign = sign_of(ward)
        anywhere = known.anywhere.get(sign, set())
        if listed := known.by_district.get((sign, district)):
            yield k, listed
        elif len(anywhere) == 1:
            # The district is not recorded, or is another; the name itself can only be this one.
            yield k, next(iter(anywhere))


def _as_most(names: list[tuple[str, str]], rows: np.ndarray) -> dict[int, str]:
    best: dict[tuple[str, str], str] = {}
    for k in sorted((k for k, n in enumerate(names) if n[0]), key=lambda k: _rank(names[k][0], int(rows[k]))):
        best.setdefault((sign_of(names[k][0]), names[k][1]), names[k][0])
    return {k: best[sign_of(ward), district] for k, (ward, district) in enumerate(names) if ward}


def _put(ward: CheckedColumn, pairs: _Pairs, changed: Mapping[int, str]) -> None:
    """Write other names into the rows of some pairs."""
    texts = ward.texts.to_pylist()
    place = {text: k for k, text in enumerate(texts)}
    of_pair = pairs.held // (len(pairs.district.texts) + 1)
    of_pair[of_pair == len(texts)] = -1
    for k, new in changed.items():
        if new not in place:
            place[new] = len(texts)
            texts.append(new)
        of_pair[k] = place[new]
    ward.put(of_pair[pairs.of_row].astype(np.int32), strings(texts))
