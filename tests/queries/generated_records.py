"""Made-up records of every table, small and full of ties, blanks, ended memberships and days on the borders."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.model import TABLES, Column, Kind
from ocgnet.model.columns import Table
from ocgnet.model.things import THING_TABLES

T = TypeVar("T")

IDS: dict[str, list[str]] = {
    "nominals": [f"N{i}" for i in range(12)],
    "children": [*(f"C{i}" for i in range(7)), "N0", "N1"],  # two are nominals as well
    "people": [f"V{i}" for i in range(4)],
    "ocgs": [f"G{i}" for i in range(4)],
    "crimes": [f"K{i}" for i in range(12)],
    "intel_reports": [f"R{i}" for i in range(14)],
    "things": [f"T{i}" for i in range(12)],
    "disruptions": [f"D{i}" for i in range(8)],
    "plan_actions": [f"A{i}" for i in range(5)],
    "stop_checks": [f"S{i}" for i in range(4)],
    "threats": [f"TH{i}" for i in range(4)],
    "plans": [f"PL{i}" for i in range(9)],
    "plan_changes": [f"CH{i}" for i in range(12)],
    "services": [f"SV{i}" for i in range(4)],
    "orders": [f"O{i}" for i in range(12)],
    "activities": [f"AC{i}" for i in range(8)],
    "priorities": [f"PR{i}" for i in range(4)],
    "intelligence_gaps": [f"GA{i}" for i in range(24)],
}
_NO_TABLE = ["X1", "X2"]
_PEOPLE = [*dict.fromkeys([*IDS["nominals"], *IDS["children"], *IDS["people"]]), *_NO_TABLE]
_ROWS = {
    "memberships": 22, "crime_links": 70, "intel_links": 60, "associations": 30, "thing_links": 70,
    "communications": 50, "sightings": 30, "missing_episodes": 18, "child_aces": 20, "transfers": 18,
    "family_links": 16, "assignments": 26, "case_meetings": 24, "nrm_stages": 24, "scores": 40,
    "child_risks": 40, "ocg_activities": 24,
}  # fmt: skip
_LATER = {
    *("threats", "plans", "plan_changes", "services", "assignments", "case_meetings", "orders", "nrm_stages"),
    *("activities", "scores", "child_risks", "ocg_activities", "priorities", "intelligence_gaps"),
    *(("crimes", name) for name in ("occurred_hour", "victim_kind", "loss")),
    *(("referrals", name) for name in ("outcome_kind", "outcome_on")),
    ("intel_reports", "topics"),
    *(("plan_actions", name) for name in ("plan_id", "subject_kind", "subject_id", "cost", "hours")),
    ("missing_episodes", "interview_refused_on"),
}
"""Tables and columns that came after the kept answers were given: each is thrown by a dice of its own, so that the
throws of all others stay those of then."""

_WORDS_OF_THEN = {("crimes", "flags"): 6}
"""Columns whose list of words has grown, with how many there were: those that came later are thrown apart."""

_DAYS = [
    date(2017, 3, 31), date(2017, 4, 1), date(2018, 3, 31), date(2018, 4, 1), date(2018, 6, 1), date(2018, 6, 2),
    date(2018, 12, 31), date(2019, 1, 1), date(2019, 3, 31), date(2019, 4, 1), date(2020, 1, 1),
]  # fmt: skip
_BORN = [
    date(1907, 1, 1), date(1908, 3, 31), date(1908, 4, 1), date(1980, 1, 1), date(2000, 2, 29), date(2001, 3, 30),
    date(2001, 3, 31), date(2001, 4, 1), date(2008, 5, 5), date(2019, 4, 5),
]  # fmt: skip
_WORDS: dict[str, list[str]] = {
    "name": ["Ann A", "ann a ", "Bob B", "Cy"],
    "offence_code": ["8N", "008N", "4/1", "4.1", "28E", "92A", "NFIB3A", "23", "049"],
    "district": ["Lyonmere City", "East"],
    "ward": ["Lyonmere Lantern Hill", "Hill"],
    "source_grade": ["1", "2", "3", "A", "D"],
    "intelligence_grade": ["A", "B", "E", "1", "5"],
    "handling_code": ["P", "C", "3"],
    "currency": ["GBP", "EUR"],
    "country": ["NL", "ES"],
    "pnc_id": ["1/A", "2/B"],
    "agencies": ["police", "council", "health"],
    "scheme": ["moment", "matrix"],
    "version": ["1", "2"],
    "component": ["harm", "likelihood"],
    "activity": ["drug supply", "money laundering"],
}
_KINDS_OF_THING = ["phone", "phone", "phone", "line", "account", "account", "account", "vehicle", "vehicle", "address"]
_PHONES, _ACCOUNTS = range(4), range(4, 7)
_THINGS_BY_COLUMN = {
    "from_thing": _PHONES, "to_thing": _PHONES, "from_account": _ACCOUNTS, "to_account": _ACCOUNTS,
}  # fmt: skip


_SUBJECTS = {"group": "ocgs", "thing": "things", "threat": "threats"}


class _Dice(random.Random):
    """Throws whose sequence every version of Python keeps: they rest on ``random()`` alone."""

    def of(self, values: Sequence[T]) -> T:
        return values[int(self.random() * len(values))]

    def happens(self, share: float) -> bool:
        return self.random() < share


def records(seed: int) -> Dataset:
    """Return the records of a seed, the same on every machine."""
    dice = _Dice(seed)
    # In the order of when the kept answers were given.
    order = sorted(TABLES.values(), key=lambda table: (table.name == "wards", table in THING_TABLES))
    return Dataset.of({table.name: _table(table, dice, seed) for table in order})


def _put_in_order(table: Table, row: dict[str, Any]) -> None:
    for first, last in table.orders:
        pair = [row[first], row[last]]
        if (table.name, last) in _LATER and None not in pair and str(pair[0]) > str(pair[1]):
            row[last] = None
        elif None not in pair and str(pair[0]) > str(pair[1]):
            row[first], row[last] = pair[::-1]


def _table(table: Table, dice: _Dice, seed: int) -> pa.Table:
    ids = IDS.get(table.name)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number in range(len(ids) if ids else _ROWS.get(table.name, 6)):
        row = {}
        for c in table.columns:
            own = {table.name, (table.name, c.name)} & _LATER
            row[c.name] = _cell(table, c, _Dice(f"{seed} {table.name} {c.name} {number}") if own else dice)
            if own and row[c.name] in _NO_TABLE:
                row[c.name] = _PEOPLE[number % 12]
        if ids:
            row[table.columns[0].name] = ids[number]
        for (name, column), of_then in _WORDS_OF_THEN.items():
            thrown = _Dice(f"{seed} {name} {column} {number}")
            if name == table.name and thrown.happens(0.4):
                more = thrown.of(table.column(column).enum[of_then:])
                row[column] = "|".join(filter(None, (row[column], more)))
        if table.name == "things":
            row["kind"] = _KINDS_OF_THING[number % len(_KINDS_OF_THING)]
        if "subject_kind" in row:
            # What the subject is decides where its id stands.
            thrown = _Dice(f"{seed} {table.name} subject {number}")
            of_kind = IDS.get(_SUBJECTS.get(row["subject_kind"], ""), _PEOPLE[:-2])
            row["subject_id"] = row["subject_kind"] and thrown.of(of_kind)
        _put_in_order(table, row)
        if all(row[a] != row[b] for a, b in table.differ):
            rows.setdefault(tuple(row[c] for c in table.identity), row)
    return pa.Table.from_pylist(list(rows.values()), table.schema)


def _cell(table: Table, column: Column, dice: _Dice) -> Any:
    rare = column.name in ("restricted_on", "review_due") or (table.name, column.name) == ("things", "label")
    if not column.never_blank and dice.happens(0.8 if rare else 0.25):
        return None
    if column.many:
        values = [_single(table, column, dice) for _ in range(2)]
        return "|".join(sorted({str(v) for v in values}))
    return _single(table, column, dice)


def _single(table: Table, column: Column, dice: _Dice) -> Any:
    if column.name in _THINGS_BY_COLUMN:
        return IDS["things"][dice.of(_THINGS_BY_COLUMN[column.name])]
    if column.refers == "subject":
        return ""
    if column.refers or column.name == "place":
        return dice.of(_PEOPLE if column.refers == "person" else IDS[column.refers or "things"])
    if column.kind is Kind.ENUM:
        # Many links of users, so that calls have a speaker.
        words = column.enum[: _WORDS_OF_THEN.get((table.name, column.name), len(column.enum))]
        return "user" if column.name == "relation" and dice.happens(0.4) else dice.of(words)
    return {
        Kind.DATE: lambda: dice.of(_BORN if column.name == "date_of_birth" else _DAYS),
        Kind.MOMENT: lambda: _moment(dice),
        Kind.INSTANT: lambda: _moment(dice),
        Kind.FLAG: lambda: dice.happens(0.5),
        Kind.INTEGER: lambda: 1 + int(dice.random() * 3),
        Kind.NUMBER: lambda: dice.of([50.0, 95.0, 100.0] if column.between != (-90, 90) else [51.5]),
    }.get(column.kind, lambda: dice.of(_WORDS.get(column.name, ["one", "two"])))()


def _moment(dice: _Dice) -> datetime:
    day = dice.of(_DAYS)
    return datetime(day.year, day.month, day.day) + timedelta(minutes=dice.of([0, 1, 61, 125, 720, 1439]))
