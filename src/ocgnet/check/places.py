"""Names of wards and districts: one spelling for one place, and a word about every name that no list holds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from ocgnet.check.columns import CheckedColumn
from ocgnet.check.tables import CheckedTable
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import strings

OF_EVENTS = ("crimes", "intel_reports", "stop_checks")
"""Tables whose districts are those of the force."""

OF_PEOPLE = ("nominals", "people", "children")
"""Tables whose districts may lie anywhere, because people may live anywhere."""

MOST_TOLD = 20
"""Names of one column that are told one by one; the others are told together."""

_NEAR = 80.0
"""Likeness, of 100, from which a name of the list is named as the one that may be meant."""

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
        found = cls()
        for ward, district in _pairs_of(wards.columns["ward"], wards.columns["district"]).names():
            if district:
                found.districts[sign_of(district)] = district
            if ward:
                found.by_district[sign_of(ward), district] = ward
                found.anywhere.setdefault(sign_of(ward), set()).add(ward)
                found.homes.setdefault(sign_of(ward), set()).add(district)
        return found


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
        number = np.bincount(column.codes[column.codes >= 0], minlength=len(column.texts))
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
    if not changes:
        return
    rows = {texts[k]: np.flatnonzero(column.codes == k) for k in changes}
    _tell(table, column, Rule.SPELLING, rows, {texts[k]: f"Read as {new}, {why}." for k, new in changes.items()})
    column.restate(changes)


def _tell(
    table: CheckedTable, column: CheckedColumn, rule: Rule, rows: Mapping[str, np.ndarray], remedies: Mapping[str, str]
) -> None:
    """Warn of names, each with its count; of very many the rest together."""
    order = sorted(rows, key=lambda name: (-len(rows[name]), name))
    for name in order[:MOST_TOLD]:
        table.report(column.declared.name, rule, rows[name], _always(name, remedies[name]), Severity.WARNING)
    if len(order) > MOST_TOLD:
        name_of = {int(row): name for name in order[MOST_TOLD:] for row in rows[name]}
        rest = np.array(sorted(name_of), np.int64)
        table.report(
            column.declared.name, rule, rest, lambda row: (name_of[row], remedies[name_of[row]]), Severity.WARNING
        )


def _always(name: str, remedy: str) -> Callable[[int], tuple[str, str]]:
    return lambda _: (name, remedy)


def _districts_as_listed(table: CheckedTable, file: str, known: _Wards, *, lives: bool) -> None:
    column = table.columns["district"]
    _restate(table, column, lambda text: known.districts.get(sign_of(text), text), f"as {file} writes it")
    names = set(known.districts.values())
    texts = column.texts.to_pylist()
    rows, remedies = {}, {}
    for k, text in enumerate(texts):
        if not text or text in names:
            continue
        guess = _near(text, names)
        if (guess or not lives) and len(here := np.flatnonzero(column.codes == k)):
            rows[text], remedies[text] = here, _missing("district", text, file, guess)
    _tell(table, column, Rule.PLACE, rows, remedies)


def _missing(what: str, name: str, file: str, guess: str) -> str:
    tip = f" Is {guess} meant?" if guess else ""
    return f"The {what} {name} stands in no row of {file}, so nothing is known of its residents.{tip}"


def _near(name: str, names: Iterable[str]) -> str:
    from rapidfuzz import fuzz, process

    ordered = sorted(names)
    found = process.extractOne(sign_of(name), [sign_of(n) for n in ordered], scorer=fuzz.ratio, score_cutoff=_NEAR)
    return ordered[found[2]] if found else ""


def _wards_of(table: CheckedTable, known: _Wards, file: str = "") -> None:
    """Give each ward the spelling of the list, or without one that of most rows of its district."""
    ward = table.columns["ward"]
    pairs = _pairs_of(ward, table.columns["district"])
    names = pairs.names()
    meant = dict(_as_listed(names, known)) if known.by_district else _as_most(names, np.bincount(pairs.of_row))
    changed = {k: new for k, new in meant.items() if new != names[k][0]}
    rows: dict[str, np.ndarray] = {}
    remedies: dict[str, str] = {}
    why = f"as {file} writes it" if file else "as most rows of its district write it"
    for k, new in changed.items():
        text = names[k][0]
        here = np.flatnonzero(pairs.of_row == k)
        rows[text] = np.union1d(rows[text], here) if text in rows else here
        remedies[text] = f"Read as {new}, {why}."
    _tell(table, ward, Rule.SPELLING, rows, remedies)
    if known.by_district:
        _tell_missing(table, pairs, names, meant, known, file)
    if changed:
        _put(ward, pairs, changed)


def _as_listed(names: list[tuple[str, str]], known: _Wards) -> Iterator[tuple[int, str]]:
    for k, (ward, district) in enumerate(names):
        if not ward:
            continue
        sign = sign_of(ward)
        anywhere = known.anywhere.get(sign, set())
        if found := known.by_district.get((sign, district)):
            yield k, found
        elif len(anywhere) == 1:
            # The district is not recorded, or is another; the name itself can only be this one.
            yield k, next(iter(anywhere))


def _as_most(names: list[tuple[str, str]], rows: np.ndarray) -> dict[int, str]:
    best: dict[tuple[str, str], str] = {}
    for k in sorted((k for k, n in enumerate(names) if n[0]), key=lambda k: _rank(names[k][0], int(rows[k]))):
        best.setdefault((sign_of(names[k][0]), names[k][1]), names[k][0])
    return {k: best[sign_of(ward), district] for k, (ward, district) in enumerate(names) if ward}


def _tell_missing(
    table: CheckedTable, pairs: _Pairs, names: list[tuple[str, str]], meant: Mapping[int, str], known: _Wards, file: str
) -> None:
    rows: dict[str, np.ndarray] = {}
    remedies: dict[str, str] = {}
    for k, (ward, district) in enumerate(names):
        if not ward:
            continue
        homes = known.homes.get(sign_of(ward), set())
        if k in meant and (not district or district in homes):
            continue
        here = np.flatnonzero(pairs.of_row == k)
        rows[ward] = np.union1d(rows[ward], here) if ward in rows else here
        if homes:
            remedies[ward] = (
                f"{file} has the ward {ward} in {' and '.join(sorted(homes))}, and not in {district or 'no district'}. "
                "Correct one of the two."
            )
        else:
            inside = {n for (_, d), n in known.by_district.items() if d == district}
            remedies[ward] = _missing("ward", ward, file, _near(ward, inside) or _near(ward, _all(known)))
    _tell(table, pairs.ward, Rule.PLACE, rows, remedies)


def _all(known: _Wards) -> set[str]:
    return {name for names in known.anywhere.values() for name in names}


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
