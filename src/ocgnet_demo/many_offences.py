"""Juveniles who are linked to many serious offences, planted among crimes that had no suspect, and some who are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from ocgnet_demo.drawing import Row, stream

SERIOUS, OTHER = ("8N", "34B", "28E", "5D"), ("105A", "49", "58D", "8L")
"""Offence codes of serious offences, and of others, that are given to them."""

MANY, FEWER, MILDER, GROWN = (
    "juveniles linked to 11 or more serious offences",
    "juveniles linked to a serious offence fewer",
    "juveniles linked to as many offences that are not serious",
    "people linked to as many who were 18 before the latest",
)


@dataclass(frozen=True)
class Planted:
    """One person with so many offences."""

    what: str
    name: str
    born: date
    serious: int
    others: int = 0


COUNTY = (
    Planted(MANY, "Corvin Dastrell", date(2003, 2, 10), 13),
    Planted(MANY, "Ebbrin Haskolt", date(2002, 11, 5), 11, 2),
    Planted(FEWER, "Yestin Marrowick", date(2003, 7, 21), 10),
    Planted(MILDER, "Oswick Tellandar", date(2004, 1, 15), 1, 12),
    Planted(GROWN, "Fenrick Ullathorn", date(2000, 5, 1), 12),
)
"""Those of the small county: two have as many as are asked for, three are near to it."""


def plant_offences(seed: int, tables: Mapping[str, list[Row]]) -> dict[str, list[str]]:
    """Add the planted people, and their links to crimes without a suspect; return who is which.

    Each crime gets one of them, so that nobody is tied to anybody by it, and each person has one of the last crimes of
    the year.
    """
    rng = stream(seed, "many offences")
    links, people = tables["crime_links"], tables["people"]
    taken = {str(r["crime_id"]) for r in links if r["link_role"] not in ("victim", "witness")}
    members = {str(r["nominal_id"]) for r in tables["nominals"]} | {str(r["child_id"]) for r in tables["children"]}
    taken |= {str(r["crime_id"]) for r in links if str(r["person_id"]) in members}
    free = [c for c in tables["crimes"] if str(c["crime_id"]) not in taken and isinstance(c["recorded_on"], date)]
    free.sort(key=lambda c: (str(c["recorded_on"]), str(c["crime_id"])))
    pools = {codes: [c for c in free if c["offence_code"] in codes] for codes in (SERIOUS, OTHER)}
    answers: dict[str, list[str]] = {what: [] for what in (MANY, FEWER, MILDER, GROWN)}
    first = 1 + max(int(str(p["person_id"])[1:]) for p in people)
    for number, case in enumerate(COUNTY, first):
        person = f"P{number:04d}"
        answers[case.what].append(person)
        people.append({"person_id": person, "name": case.name, "date_of_birth": case.born, "sex": "male"})
        for codes, count in ((SERIOUS, case.serious), (OTHER, case.others)):
            # The last of what is left, and then from anywhere.
            chosen = [pools[codes].pop() for _ in range(min(count, 1))]
            chosen += [pools[codes].pop(rng.randrange(len(pools[codes]))) for _ in range(count - len(chosen))]
            for crime in chosen:
                role = "arrested" if rng.random() < 0.5 else "suspect"
                links.append({"person_id": person, "crime_id": crime["crime_id"], "link_role": role})
    return answers


# In the force-wide county, where crimes are columns.

LEAST_SCALE = 0.05
"""Scale below which there are too few crimes without a suspect."""

_CASES = (11, 12, 14, 11, 13, 12, 10, 10)
"""Serious offences of each at scale 1: six have eleven or more, two one fewer; of the others there is at least one."""

_EARLIER = (3, 4)
"""Offences of each in the first and the second year; the others are in the third."""


def people_of_force(scale: float) -> list[Row]:
    """Return the rows of ``people`` of those who are planted in a force of that scale."""
    return [
        {"person_id": f"P09000{at:02d}", "date_of_birth": date(2002 + at % 2, 6, 1 + at), "sex": "male"}
        for at in _chosen(scale)
    ]


def _chosen(scale: float) -> list[int]:
    if scale < LEAST_SCALE:
        return []
    part = min(scale, 1.0)
    return [*range(max(round(6 * part), 1)), *range(6, 6 + max(round(2 * part), 1))]


def links_of_force(rng: np.random.Generator, year: int, scale: float, free: np.ndarray) -> list[tuple[str, int, str]]:
    """Return person, crime and link role of each planted link of the first, second or third year (0 to 2).

    ``free`` holds the positions of crimes that are serious and have no suspect.
    """
    counts = [_EARLIER[year] if year < 2 else _CASES[at] - sum(_EARLIER) for at in _chosen(scale)]
    people = [f"P09000{at:02d}" for at, count in zip(_chosen(scale), counts, strict=True) for _ in range(count)]
    crimes = rng.permutation(free)[: len(people)]
    return [
        (person, int(crime), "arrested" if at % 2 else "suspect")
        for at, (person, crime) in enumerate(zip(people, crimes, strict=True))
    ]
