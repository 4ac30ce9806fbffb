"""County lines in both counties: markers on crimes, where those who were stopped live, and lines with their users.

Everything is drawn from streams of its own after all other rows, so that none of them moves: markers are added to
those a crime has, a blank home force is filled or stays blank, and lines are phones that nothing else knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np

from ocgnet.model.columns import CRIME_FLAGS
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, pick, stream

# Markers on crimes.

VIOLENT = ("1", "2", "3B", "5D", "5E", "8N", "8P", "8S", "11A", "13", "34A", "34B", "36", "105A", "3A")
"""Codes of violence and robbery that may be related to drugs."""
EXPLOITING = ("cce", "county_line", "modern_slavery")
"""Markers beside which debt bondage and cuckooing are found."""
CHANCES = {"debt_bondage": 0.16, "cuckooing": 0.12}
DRUGS = 0.012
"""Share of violent crimes marked as related to drugs where nothing else is said."""
DRUGS_OF: dict[str, tuple[float, float]] = {
    "Basingstoke and Deane": (0.034, 0.022), "Southampton": (0.016, 0.017), "Portsmouth": (0.015, 0.016),
    "Lyonmere City": (0.09, 0.06), "Brackenmere": (0.03, 0.05),
}  # fmt: skip
"""The same in the year before and in the year, by district: most in one, and fewer there than the year before."""


def marked_as_drugs(district: str, year: int, violent: int) -> int:
    """Return how many of the violent crimes of a district and year are marked as related to drugs: a known answer.

    >>> marked_as_drugs("Basingstoke and Deane", 2018, 1000), marked_as_drugs("Hart", 2018, 100)
    (22, 1)
    """
    before, now = DRUGS_OF.get(district, (DRUGS, DRUGS))
    return round((now if year >= FIRST.year else before) * violent)


def with_marks(flags: str, *more: str) -> str:
    """Return markers with further ones, in the order of the model.

    >>> with_marks("county_line|cce", "drugs")
    'cce|county_line|drugs'
    """
    have = {*flags.split("|"), *more}
    return "|".join(f for f in CRIME_FLAGS if f in have)


def mark_crimes(seed: int, crimes: Iterable[Row]) -> None:
    """Mark crimes, given as rows, in place; what is dated in no financial year from 2016 on is left alone."""
    rng = stream(seed, "marks of drugs")
    violent: dict[tuple[str, int], list[Row]] = {}
    for crime in sorted(crimes, key=lambda row: str(row["crime_id"])):
        flags = str(crime["flags"] or "")
        if set(flags.split("|")) & set(EXPLOITING):
            more = [mark for mark, chance in CHANCES.items() if rng.random() < chance]
            crime["flags"] = with_marks(flags, *more)
        if isinstance(on := crime["recorded_on"], date) and crime["offence_code"] in VIOLENT:
            year = on.year - (on.month < FIRST.month)
            violent.setdefault((str(crime["district"] or ""), year), []).append(crime)
    for (district, year), rows in sorted(violent.items()):
        for crime in rng.sample(rows, marked_as_drugs(district, year, len(rows))):
            crime["flags"] = with_marks(str(crime["flags"] or ""), "drugs")


def marks_page(crimes: Iterable[Row]) -> str:
    """Return the part of the page of answers that says how many crimes bear which marker."""
    rows = list(crimes)
    lines = []
    for mark in ("county_line", "drugs", "debt_bondage", "cuckooing"):
        marked = [r["recorded_on"] for r in rows if mark in str(r["flags"] or "").split("|")]
        days = [d for d in marked if isinstance(d, date)]
        now, before = sum(d >= FIRST for d in days), sum(BEFORE_FIRST <= d < FIRST for d in days)
        lines.append(f"| {mark} | {now} | {before} |\n")
    head = "| marker | crimes of the year | of the year before |\n|---|---|---|\n"
    return "\n## Markers of county lines on crimes\n\n" + head + "".join(lines)


# Where those who were stopped live.

_LOCAL = 0.75
"""Share of stops without a home force whose home is this force; of the others nobody asked."""


def name_home_force(seed: int, stops: Iterable[Row], force: str) -> None:
    """Let most stops without a home force have this one, in place; the others stay not recorded."""
    rng = stream(seed, "homes of those stopped")
    for stop in sorted(stops, key=lambda row: str(row["stop_id"])):
        if not stop["home_force"] and rng.random() < _LOCAL:
            stop["home_force"] = force


# Lines of the force, each with users in turn, runners and customers.

LINES_OF = {
    "Basingstoke and Deane": 8, "Southampton": 6, "Portsmouth": 5, "Rushmoor": 2, "Test Valley": 2, "Havant": 1,
    "Isle of Wight": 1, "Winchester": 1,
}  # fmt: skip
"""Threats that are county lines, by district: most within the area in one, and most of all the force there."""
NOT_PLACED = 2
"""Further lines whose district nobody recorded."""
HELD = 6
"""Further lines, of county-line groups, which are no threats of their own."""
_WORDS = ("Harrier", "Juniper", "Kestrel", "Linnet", "Marram", "Nettle", "Osprey", "Plover", "Quince", "Rowan",
          "Sorrel", "Teasel", "Umber", "Vetch", "Willow", "Yarrow")  # fmt: skip
_BEGIN = date(2016, 9, 1)


@dataclass(frozen=True)
class Lines:
    """Rows of ``things``, ``thing_links``, ``group_things`` and ``threats``."""

    things: list[Row]
    links: list[Row]
    held: list[Row]
    threats: list[Row]


def draw_lines(seed: int, groups: list[str], adults: list[str], young: list[str], threats: int) -> Lines:
    """Return lines, with people who use them.

    Parameters
    ----------
    groups : list of str
        County-line groups, of which some hold a line.
    adults, young : list of str
        Nominals to choose from: 18 or over all the time, and under 18 when the year begins.
    threats : int
        Threats that there are already; those here are numbered after them.
    """
    rng = stream(seed, "lines")
    places: list[str | None] = [d for d, n in LINES_OF.items() for _ in range(n)]
    places += [None] * NOT_PLACED
    found = Lines([], [], [], [])
    free, under = rng.sample(adults, min(len(adults), 500)), rng.sample(young, min(len(young), 60))
    for number in range(len(places) + min(HELD, len(groups))):
        line = f"LN{number + 1:04d}"
        first = day_between(rng, _BEGIN, date(2019, 1, 15))
        last = first + timedelta(days=rng.randint(60, 620))
        found.things.append({"thing_id": line, "kind": "line", "label": f"Line {number + 1}"})
        if number < len(places):
            found.threats.append(
                {
                    "threat_id": f"T{threats + number + 1:02d}",
                    "name": f"The {_WORDS[number % len(_WORDS)]} line" + (" again" if number >= len(_WORDS) else ""),
                    "kind": "county_line",
                    "thing_id": line,
                    "district": places[number],
                    "recorded_on": min(first + timedelta(days=rng.randint(10, 90)), AS_OF),
                }
            )
        else:
            found.held.append({"ocg_id": groups[number - len(places)], "thing_id": line, "from_date": first})
        found.links.extend(_users(rng, line, first, last, free, under))
    return found


def _users(rng: Random, line: str, first: date, last: date, free: list[str], young: list[str]) -> list[Row]:
    """Draw who held a line in turn, who ran for it, a third of them under 18, and who bought."""
    rows: list[Row] = []

    def add(who: list[str], relation: str, begin: date | None, end: date, confidence: str) -> None:
        if who and (begin is None or begin <= AS_OF):
            rows.append(
                {
                    "person_id": who.pop(), "thing_id": line, "relation": relation, "from_date": begin,
                    "to_date": end if end <= AS_OF else None, "confidence": confidence,
                }
            )  # fmt: skip

    turns = rng.randint(1, 3)
    length = (last - first).days // turns
    for turn in range(turns):
        begin = first + timedelta(days=turn * length)
        add(free, "user", begin, begin + timedelta(days=length - 1), "attributed")
    for _ in range(rng.randint(0, 4)):
        begin = day_between(rng, first, last)
        end = min(begin + timedelta(days=rng.randint(20, 200)), last)
        sure = pick(rng, (("attributed", 4.0), ("suspected", 1.0)))
        add(young if rng.random() < 0.35 else free, "runner", begin if rng.random() < 0.95 else None, end, sure)
    for _ in range(rng.randint(0, 3)):
        begin = day_between(rng, first, last)
        add(free, "customer", begin, min(begin + timedelta(days=rng.randint(1, 90)), last), "suspected")
    return rows


def marks_of_force(seed: int, year: int, violent: np.ndarray, district: np.ndarray, names: tuple[str, ...],
                   exploiting: np.ndarray) -> dict[str, np.ndarray]:  # fmt: skip
    """Return which crimes of a year bear ``drugs``, ``debt_bondage`` and ``cuckooing``, in columns.

    Parameters
    ----------
    violent, exploiting : ndarray of bool
        Crimes of violence, and those with a marker of ``EXPLOITING``.
    district : ndarray of int
        Position in ``names``, or beyond them for none.
    """
    rng = np.random.default_rng([seed, year, 20])
    drugs = np.zeros(len(violent), bool)
    for at in range(len(names) + 1):
        rows = np.flatnonzero(violent & (district == at))
        name = names[at] if at < len(names) else ""
        drugs[rng.permutation(rows)[: marked_as_drugs(name, year, len(rows))]] = True
    others = {mark: exploiting & (rng.random(len(violent)) < chance) for mark, chance in CHANCES.items()}
    return {"drugs": drugs, **others}
