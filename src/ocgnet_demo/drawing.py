"""Writes a data folder: one CSV per table of the model and ``about.toml``, byte for byte repeatable."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from math import exp
from pathlib import Path
from random import Random
from typing import TypeVar

from ocgnet.files.writing import result_folder
from ocgnet.model import TABLES

Row = dict[str, object]
"""One row by column name; a column that is absent or None is left blank."""

ABOUT_FILE = "about.toml"


@contextmanager
def made_up_folder(out: Path) -> Iterator[Path]:
    """Give a private folder to fill with made-up records; on success it becomes ``out``, on failure nothing remains.

    A folder that ``ocgnet synthesise`` made and nobody changed is replaced as a whole. Any other is refused, so that
    real records are never lost, nor made-up ones that somebody worked on.

    Raises
    ------
    OutputError
        When ``out`` holds a file that was not made up there or was changed since, is a link, or cannot be written.
    """
    with result_folder(out, "ocgnet synthesise") as partial:
        yield partial


def write_folder(out: Path, tables: Mapping[str, Iterable[Row]], about: Mapping[str, object]) -> None:
    """Write tables and description into ``out``, which is made when it does not exist.

    Rows are written in the order of the table's identity.

    Raises
    ------
    KeyError
        When a table or a column is not in the model.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / ABOUT_FILE).write_bytes("".join(f"{k} = {_toml(v)}\n" for k, v in about.items()).encode())
    for name, rows in tables.items():
        (out / f"{name}.csv").write_bytes(csv_text(name, rows).encode())


def csv_text(name: str, rows: Iterable[Row]) -> str:
    """Return rows of a table as CSV with a header, in the order of the table's identity.

    Raises
    ------
    KeyError
        When the table or a column is not in the model.
    """
    declared = TABLES[name]
    columns = [c.name for c in declared.columns]
    ready = [{k: _cell(v) for k, v in row.items()} for row in rows]
    if unknown := {k for row in ready for k in row} - set(columns):
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    ready.sort(key=lambda row: [row.get(k, "") for k in declared.identity])
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(ready)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, bool | date):
        return _cell(value)
    return f'"{value}"'


# Offences of the county's crimes, under codes of the severity weights.

OFFENCES = {
    "92A": "Trafficking in controlled drugs",
    "92D": "Possession of controlled drugs (excluding cannabis)",
    "92E": "Possession of cannabis",
    "8N": "Assault with injury",
    "105A": "Assault without injury",
    "5D": "Assault with intent to cause serious harm",
    "3B": "Threats to kill",
    "10B": "Possession of firearms offences",
    "10D": "Possession of article with blade or point",
    "34B": "Robbery of personal property",
    "28E": "Burglary - residential",
    "30C": "Burglary - business and community",
    "48": "Theft or unauthorised taking of a motor vehicle",
    "49": "Other theft",
    "46": "Shoplifting",
    "54": "Handling stolen goods",
    "38": "Profiting from or concealing proceeds of crime",
    "33A": "Making, supplying or possessing articles for use in fraud",
    "106": "Modern slavery",
    "36": "Kidnapping",
    "58D": "Other criminal damage",
    "8L": "Harassment",
    "71": "Abuse of children through sexual exploitation",
    "9A": "Public fear, alarm or distress",
}

GENERAL = {
    "8N": 14.0, "105A": 14.0, "9A": 8.0, "58D": 8.0, "8L": 6.0, "46": 10.0, "49": 8.0, "28E": 5.0, "30C": 3.0,
    "48": 4.0, "10D": 3.0, "3B": 2.0, "34B": 3.0, "5D": 1.0, "54": 2.0, "92D": 5.0, "92E": 6.0,
}  # fmt: skip
"""How often each code occurs outside organised crime."""

BY_TYPE: dict[str, dict[str, float]] = {
    "drug trafficking": {"92A": 34.0, "92D": 12.0, "92E": 4.0, "10D": 5.0, "34B": 3.0, "5D": 2.0, "38": 3.0, "36": 0.6},
    "money laundering": {"38": 30.0, "33A": 10.0, "54": 5.0},
    "fraud": {"33A": 30.0, "38": 10.0},
    "modern slavery": {"106": 20.0, "38": 5.0, "3B": 5.0},
    "organised immigration crime": {"106": 12.0, "33A": 8.0, "38": 5.0},
    "organised acquisitive crime": {"28E": 22.0, "30C": 16.0, "48": 12.0, "54": 10.0},
    "firearms": {"10B": 18.0, "3B": 5.0, "92A": 6.0},
    "child sexual exploitation": {"71": 14.0, "3B": 3.0},
}
"""What is added to that for a group of each primary crime type."""

PLAIN_VICTIM = frozenset({"8N", "105A", "5D", "3B", "34B", "28E", "48", "49", "8L", "36", "106", "71", "58D"})
"""Codes of offences that have a victim who is a person."""


# The financial year that the county is about, and the year before.

AS_OF = date(2019, 3, 31)
FIRST = date(2018, 4, 1)
BEFORE_AS_OF = date(2018, 3, 31)
BEFORE_FIRST = date(2017, 4, 1)


# An invented county: districts and wards on a coast that is on no map.

FORCE = "Lyonmere Constabulary"

DISTRICTS = (
    "Amberholt Quay", "Brackenmere", "Caldovar", "Dunmerrow", "Eastmere Sands", "Fallowick", "Garrowmouth",
    "Highmerrow", "Lyonmere City", "Netherwick Vale",
)  # fmt: skip

_WARDS = ("Bellfounders", "Cloth Hall", "Lantern Hill", "Old Ropewalk", "Saltpans", "Tannery Green")


def wards() -> dict[str, list[str]]:
    """Return the wards of each district; a ward's name is unique within the county."""
    return {d: [f"{d.split(maxsplit=1)[0]} {w}" for w in _WARDS] for d in DISTRICTS}


def ward_rows(rng: Random) -> list[Row]:
    """Return the rows of table ``wards``."""
    return [
        {"ward": w, "district": d, "population": rng.randint(3_200, 15_800)} for d, ws in wards().items() for w in ws
    ]


def spot(rng: Random, district: str) -> tuple[float, float]:
    """Return latitude and longitude in the open sea west of Scilly, where the county would lie."""
    i = DISTRICTS.index(district)
    return round(49.60 + 0.04 * (i // 5) + rng.uniform(0, 0.035), 4), round(
        -7.60 + 0.06 * (i % 5) + rng.uniform(0, 0.05), 4
    )


# Named streams of random numbers: the same seed gives the same bytes on every machine.

T = TypeVar("T")


def stream(seed: int, purpose: str) -> Random:
    """Return a generator of its own for one purpose, so that a change in one table leaves the others as they are.

    >>> stream(1, "names").random() == stream(1, "names").random()
    True
    """
    return Random(f"{seed}/{purpose}")  # noqa: S311  nothing here is secret, and it has to be repeatable


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a day from ``first`` to ``last``, both included; ``first`` where the range is empty."""
    return first + timedelta(days=rng.randint(0, max((last - first).days, 0)))


def mirrored_after(born: date, day: date, last: date) -> date:
    """Return ``day``, or when it lies before a birth a day as long after it, but no later than ``last``.

    A day is moved, not drawn again, so that everything drawn after it stays as it is.

    >>> mirrored_after(date(2018, 3, 10), date(2018, 3, 1), date(2019, 3, 31))
    datetime.date(2018, 3, 19)
    """
    return day if day >= born else min(born + (born - day), last)


def pick(rng: Random, choices: Sequence[tuple[T, float]]) -> T:
    """Return one of several (value, weight) pairs' values."""
    return rng.choices([c for c, _ in choices], [w for _, w in choices])[0]


def poisson(rng: Random, mean: float) -> int:
    """Return a Poisson count, by multiplying uniforms (small means only)."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
