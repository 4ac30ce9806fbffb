"""Rules that hold a date of birth against everything else that is recorded of the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, always
from ocgnet.evidence.ages import OLDEST, birthday
from ocgnet.model import PERSON_TABLES, Kind
from ocgnet.sources import Rule, Severity
from ocgnet.sources.arrays import bools, fixed, missing, numbers, strings

REFUSED_BEFORE_BIRTH = ("crime_links", "missing_episodes", "child_aces")
"""Tables in which an event before birth is an error. Elsewhere it is a warning, because an unborn child can be
named, visited and referred, and because the rest of such a row may stand."""

_DATED_ELSEWHERE = {
    "crime_links": ("crime_id", "crimes", ("occurred_on", "recorded_on")),
    "intel_links": ("report_id", "intel_reports", ("reported_on",)),
}
"""Links that carry no date of their own: the column that names the event, its table, and where its day stands."""

_NEVER = np.int64(2**62)
_UNKNOWN = np.datetime64("NaT", "D")


class Births:
    """Dates of birth by person id, over all tables of people; rows that broke a rule give no date.

    Where tables disagree the earlier date is held, so that nothing is called impossible that need not be.
    """

    def __init__(self, tables: Mapping[str, CheckedTable]) -> None:
        parts = [(tables[n], key) for n, key in PERSON_TABLES.items() if n in tables and len(tables[n].raw.lines)]
        ids = [t.columns[key].texts for t, key in parts]
        pooled = pa.concat_arrays(ids).dictionary_encode() if parts else strings([]).dictionary_encode()
        self.ids = pooled.dictionary
        place = numbers(pooled.indices, np.int32)
        self._first = np.full(len(self.ids), _NEVER)
        last = np.full(len(self.ids), -_NEVER)
        begin = 0
        for t, key in parts:
            codes = t.columns[key].codes
            born = t.columns["date_of_birth"].times().astype("datetime64[D]")
            rows = np.flatnonzero(~np.isnat(born) & (codes >= 0) & t.good)
            who = place[begin + codes[rows]]
            days = born[rows].astype(np.int64)
            np.minimum.at(self._first, who, days)
            np.maximum.at(last, who, days)
            begin += t.columns[key].distinct
        self.any = bool((self._first < _NEVER).any())
        self.disputed = (self._first < _NEVER) & (self._first != last)

    def of(self, column: CheckedColumn) -> np.ndarray:
        """Return the date of birth per row of a column of ids, NaT where not known."""
        return np.append(self.of_texts(column.texts), _UNKNOWN).take(column.codes)

    def of_texts(self, texts: pa.Array) -> np.ndarray:
        """Return the date of birth per id, NaT where not known."""
        days = self._first.astype("datetime64[D]")
        days[self._first == _NEVER] = _UNKNOWN
        return np.append(days, _UNKNOWN).take(places(texts, self.ids))


def places(texts: pa.Array, known: pa.Array) -> np.ndarray:
    """Return the first position of each text in ``known``, -1 where it does not stand there."""
    if len(texts) * 4 < len(known):
        # A table of the few texts is made faster than one of all that are known.
        encoded = texts.dictionary_encode()
        found = pc.index_in(known, encoded.dictionary)
        there = np.flatnonzero(~missing(found))[::-1]  # the first is set last, and stays
        at = np.full(len(encoded.dictionary) + 1, -1, np.int64)
        at[numbers(found, np.int32)[there]] = there
        return np.where(missing(encoded.indices), -1, at[numbers(encoded.indices, np.int32)])
    position = pc.index_in(texts, known)
    return np.where(missing(position), -1, numbers(position, np.int32))


def check_two_births(tables: Mapping[str, CheckedTable], births: Births) -> None:
    """Warn of every row of a person whose tables of people give different dates of birth."""
    if not births.disputed.any():
        return
    disputed = births.ids.filter(fixed(births.disputed, pa.bool_()))
    births_of: dict[str, list[str]] = {}
    places: list[tuple[CheckedTable, str, np.ndarray]] = []
    for name, key in PERSON_TABLES.items():
        if name in tables:
            t = tables[name]
            column = t.columns[key]
            rows = column.where(bools(pc.is_in(column.texts, disputed)))
            rows = rows[t.good[rows] & ~t.columns["date_of_birth"].blank[rows]]
            places.append((t, key, rows))
            for row in rows.tolist():
                day = t.columns["date_of_birth"].text(row)
                births_of.setdefault(column.text(row), []).append(f"{day} in {t.raw.file}, line {t.raw.lines[row]}")
    for t, key, rows in places:

        def explain(row: int, t: CheckedTable = t, key: str = key) -> tuple[str, str]:
            person = t.columns[key].text(row)
            return t.columns["date_of_birth"].text(row), (
                f"{person} has two dates of birth: {'; '.join(births_of[person])}. Correct the wrong one. "
                "Until then the later one decides whether somebody is a child."
            )

        t.report("date_of_birth", Rule.TWO_BIRTHS, rows, explain, Severity.WARNING)


def check_ages(tables: Mapping[str, CheckedTable], as_of: date | None) -> None:
    """Warn of people who would be older than anybody, on the day of the analysis or, when stopped, on that day."""
    for name in (*PERSON_TABLES, "stop_checks"):
        if name not in tables or name == "children":
            # A child of 18 or over is told already.
            continue
        t = tables[name]
        column = t.columns["date_of_birth"]
        if not column.distinct:
            continue
        over = birthday(column.distinct_days, OLDEST + 1)
        if name == "stop_checks":
            rows = np.flatnonzero(np.append(over, _UNKNOWN)[column.codes] <= t.columns["happened_on"].times())
        elif as_of is not None:
            rows = column.where(over <= np.datetime64(as_of, "D"))
        else:
            continue
        remedy = (
            f"Born on this day somebody is over {OLDEST} years old, so the age is taken as not known. "
            "Correct the date, or leave it blank."
        )
        t.report_text("date_of_birth", Rule.AGE, rows[t.good[rows]], always(remedy), Severity.WARNING)


def check_before_birth(tables: Mapping[str, CheckedTable], births: Births) -> None:
    """Report what happened to, or is recorded of, a person before the person was born; a row is told once."""
    if not births.any:
        return
    for t in tables.values():
        people = [t.columns[c.name] for c in t.declared.columns if c.refers in ("person", "nominals") and not c.many]
        if t.declared.name == "children":
            people = [t.columns["child_id"]]
        if not people or not len(t.raw.lines):
            continue
        born = [births.of(column) for column in people]
        severity = Severity.ERROR if t.declared.name in REFUSED_BEFORE_BIRTH else Severity.WARNING
        reported = ~t.good
        for name, days, says in _days(t, tables):
            early = [(days < b) for b in born]
            rows = np.flatnonzero(np.logical_or.reduce(early) & ~reported)
            reported[rows] = True
            t.report(name, Rule.BEFORE_BIRTH, rows, _before(t, name, days, says, people, born), severity)
        if t.declared.name == "missing_episodes":
            _companions(t, births)


def _days(t: CheckedTable, tables: Mapping[str, CheckedTable]) -> Iterator[tuple[str, np.ndarray, str]]:
    """Give column, day per row and its name in words, for each column that dates what a row says of its people."""
    if t.declared.name in _DATED_ELSEWHERE:
        name, events, columns = _DATED_ELSEWHERE[t.declared.name]
        if events in tables:
            yield name, _days_of_events(t.columns[name], tables[events], columns), f"The day of {name}"
    for column in t.declared.columns:
        if column.event and column.kind in (Kind.DATE, Kind.MOMENT, Kind.INSTANT):
            yield column.name, t.columns[column.name].times().astype("datetime64[D]"), column.name


def _days_of_events(column: CheckedColumn, events: CheckedTable, names: tuple[str, ...]) -> np.ndarray:
    """Return the day of the event that each row names: of several columns the first that is filled."""
    key = events.columns[events.declared.key[0]]
    days = np.full(len(events.raw.lines), _UNKNOWN)
    for name in reversed(names):
        given = events.columns[name].times().astype("datetime64[D]")
        days = np.where(np.isnat(given), days, given)
    of_text = np.full(len(key.texts), _UNKNOWN)
    sound = (key.codes >= 0) & events.good
    of_text[key.codes[sound]] = days[sound]
    of_named = np.append(of_text, _UNKNOWN)[places(column.texts, key.texts)]
    return np.append(of_named, _UNKNOWN).take(column.codes)


def _before(
    t: CheckedTable, name: str, days: np.ndarray, says: str, people: list[CheckedColumn], born: list[np.ndarray]
) -> Callable[[int], tuple[str, str]]:
    def explain(row: int) -> tuple[str, str]:
        early = sorted({(p.text(row), str(b[row])) for p, b in zip(people, born, strict=True) if days[row] < b[row]})
        who = " and ".join(f"{person}, born {day}" for person, day in early)
        return t.columns[name].text(row), (
            f"{says} ({days[row]}) lies before the birth of {who}. Correct one of the two dates, or the id."
        )

    return explain


def _companions(t: CheckedTable, births: Births) -> None:
    """Warn of companions who were not born when the child went missing."""
    column = t.columns["companions"]
    rows = np.flatnonzero(~column.blank & t.good)
    if not len(rows):
        return
    split = pc.split_pattern(column.texts.take(fixed(column.codes[rows], pa.int32())), "|")
    who = pc.utf8_trim_whitespace(pc.list_flatten(split))
    at = rows[numbers(pc.list_parent_indices(split), np.int64)]
    gone = t.columns["missing_from"].times().astype("datetime64[D]")
    early = births.of_texts(who) > gone[at]
    unborn: dict[int, list[str]] = {}
    for row, person in zip(at[early].tolist(), who.filter(fixed(early, pa.bool_())).to_pylist(), strict=True):
        unborn.setdefault(row, []).append(person)

    def explain(row: int) -> tuple[str, str]:
        names = ", ".join(unborn[row])
        return column.text(row), f"{names} was not born yet on {gone[row]}. Correct the id or one of the dates."

    t.report("companions", Rule.BEFORE_BIRTH, np.array(sorted(unborn), np.int64), explain, Severity.WARNING)
