"""Crimes and who is linked to them, as what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import numpy as np

from ocgnet_demo.county.events import Incident
from ocgnet_demo.drawing import (
    AS_OF,
    BEFORE_AS_OF,
    BEFORE_FIRST,
    BY_TYPE,
    DISTRICTS,
    FIRST,
    GENERAL,
    OFFENCES,
    PLAIN_VICTIM,
    Row,
    day_between,
    pick,
    spot,
    stream,
    wards,
)
from ocgnet_demo.hours import UNKNOWN_HOUR, hours_of, knife_hours

_RELATIONSHIPS = (("", 30.0), ("acquaintance", 22.0), ("stranger", 22.0), ("partner", 6.0), ("ex_partner", 5.0),
                  ("family", 4.0), ("rival", 6.0), ("neighbour", 5.0))  # fmt: skip


class CrimeBook:
    """Collects crimes and their links.

    Parameters
    ----------
    rng : Random
        Stream of this table.
    trade : dict of str to str
        Primary crime type by nominal; people of no group are absent.
    home : dict of str to str
        District by nominal.
    """

    def __init__(self, rng: Random, trade: dict[str, str], home: dict[str, str]) -> None:
        self._rng = rng
        self._trade = trade
        self._home = home
        self._wards = wards()
        self._drafts: list[tuple[Row, list[Row]]] = []

    def add(self, first: date, last: date, suspects: list[str], victims: list[str], witnesses: list[str]) -> None:
        """Add a crime of these people, somewhere between two days."""
        rng = self._rng
        lead = suspects[0] if suspects else ""
        weights = dict(GENERAL)
        if self._trade.get(lead) and not victims:
            weights |= {c: w + weights.get(c, 0.0) for c, w in BY_TYPE[self._trade[lead]].items()}
        if victims:
            weights = {c: w for c, w in weights.items() if c in PLAIN_VICTIM}
        code = rng.choices(list(weights), list(weights.values()))[0]
        recorded = day_between(rng, first, last)
        occurred = recorded - timedelta(days=int(rng.expovariate(1 / 3)))
        crime = self._where(lead) | {
            "offence_code": code,
            "offence": OFFENCES[code],
            "recorded_on": recorded,
            "occurred_on": max(occurred, first) if rng.random() < 0.9 else None,
            "private_space": rng.random() < (0.55 if code in ("28E", "71", "106") else 0.2),
            "flags": "|".join(self._flags(code, bool(lead) and lead in self._trade)),
        }
        if rng.random() < 0.012:
            crime |= {"offence_code": None, "offence": None}
        self._drafts.append((crime, [*self._suspects(suspects, bool(victims)), *self._rest(victims, witnesses)]))

    def beside(self, person: str, child: str, link_role: str) -> None:
        """Link a child to a crime of the year of which ``person`` is a suspect, if there is one."""
        theirs = [
            links
            for crime, links in self._drafts
            if isinstance(crime["recorded_on"], date)
            and crime["recorded_on"] >= FIRST
            and any(x["person_id"] == person and x["link_role"] in ("arrested", "suspect") for x in links)
        ]
        if theirs:
            self._rng.choice(theirs).append({"person_id": child, "link_role": link_role})

    def undate(self, count: int) -> None:
        """Take the dates away from some crimes."""
        for crime, _ in self._rng.sample(self._drafts, count):
            crime |= {"recorded_on": None, "occurred_on": None}

    def rows(self) -> tuple[list[Row], list[Row]]:
        """Return the rows of ``crimes`` and ``crime_links``, numbered by date."""
        order = sorted(range(len(self._drafts)), key=lambda i: (str(self._drafts[i][0]["recorded_on"] or "9"), i))
        crimes: list[Row] = []
        links: list[Row] = []
        for number, i in enumerate(order, 1):
            crime, linked = self._drafts[i]
            crime_id = f"CR{number:05d}"
            crimes.append({"crime_id": crime_id, **crime})
            links += [{"crime_id": crime_id, **link} for link in linked]
        return crimes, links

    def _where(self, lead: str) -> Row:
        rng = self._rng
        district = self._home[lead] if lead in self._home and rng.random() < 0.75 else rng.choice(DISTRICTS)
        if rng.random() < 0.014:
            return {"district": None, "ward": None}
        latitude, longitude = spot(rng, district)
        ward = rng.choice(self._wards[district])
        return {"district": district, "ward": ward} | (
            {"latitude": latitude, "longitude": longitude} if rng.random() < 0.6 else {}
        )

    def _flags(self, code: str, organised: bool) -> Iterator[str]:
        rng = self._rng
        chances = {
            "cse": 0.9 if code == "71" else 0.0,
            "cce": 0.06 if code == "92A" else 0.0,
            "county_line": 0.22 if code == "92A" and organised else 0.0,
            "modern_slavery": 0.95 if code == "106" else 0.0,
            "knife": {"10D": 0.9, "34B": 0.3, "5D": 0.4, "8N": 0.08}.get(code, 0.0),
            "firearm": 0.9 if code == "10B" else 0.0,
        }
        return (flag for flag, chance in chances.items() if chance and rng.random() < chance)

    def _suspects(self, suspects: list[str], has_victim: bool) -> Iterator[Row]:
        rng = self._rng
        for person in suspects:
            known = (pick(rng, _RELATIONSHIPS) or None) if has_victim else None
            role = "arrested" if rng.random() < 0.45 else "suspect"
            yield {"person_id": person, "link_role": role, "relationship_to_victim": known}
            if role == "arrested" and rng.random() < 0.3:
                yield {"person_id": person, "link_role": "charged", "relationship_to_victim": known}
                if rng.random() < 0.4:
                    yield {"person_id": person, "link_role": "convicted", "relationship_to_victim": known}

    def _rest(self, victims: list[str], witnesses: list[str]) -> Iterator[Row]:
        for role, people in (("victim", victims), ("witness", witnesses)):
            for person in people:
                yield {"person_id": person, "link_role": role}


def fill(
    book: CrimeBook,
    rng: Random,
    now: list[Incident],
    before: list[Incident],
    outside: list[Incident],
    public: list[str],
    members: list[str],
) -> None:
    """Put everybody's crimes into ``book``, with victims and witnesses from the public and among the members.

    Parameters
    ----------
    now, before, outside : list of Incident
        Incidents of the year, of the year before, and of people of no group.
    public : list of str
        People of table ``people``.
    members : list of str
        OCG nominals, some of whom are victims of crimes, of others or of each other.
    """

    def bystanders(share: float) -> list[str]:
        return rng.sample(public, 1 + (rng.random() < 0.1)) if rng.random() < share else []

    for incidents, first, last in ((now, FIRST, AS_OF), (before, BEFORE_FIRST, BEFORE_AS_OF)):
        for people, _ in incidents:
            suspects = [*people, *(bystanders(1.0)[:1] if rng.random() < 0.05 else [])]
            victims = [p for p in bystanders(0.3) if p not in suspects]
            if rng.random() < 0.012:
                # A fight: a member is hurt, sometimes one who is a suspect of the same crime.
                victims = [rng.choice(members) if rng.random() < 0.75 else people[-1]]
            witnesses = [p for p in bystanders(0.1) if p not in suspects and p not in victims]
            book.add(first, last, suspects, victims, witnesses)
    for people, _ in outside:
        book.add(BEFORE_FIRST, AS_OF, people, bystanders(0.5), [])
    for person in rng.sample(members, 30):
        # Victim or witness only: never a link to a crime in the sense of the figures.
        victim = rng.random() < 0.7
        book.add(FIRST, AS_OF, [], [person] if victim else bystanders(1.0)[:1], [] if victim else [person])
    for _ in range(150):
        book.add(BEFORE_FIRST, AS_OF, [], bystanders(1.0), [])
    for people, _ in now[:60]:
        book.add(date(2016, 4, 1), date(2017, 3, 31), people, [], [])
    book.undate(14)


def put_hours(seed: int, crimes: list[Row]) -> None:
    """Give crimes the hour at which they happened, drawn apart, so that nothing else moves."""
    rng = stream(seed, "hours")
    drawn = np.array([rng.random() for _ in crimes])
    knife = np.array(["knife" in str(c["flags"]).split("|") for c in crimes], bool)
    in_year = np.array([_of_year(c) for c in crimes], bool)
    for part in (in_year, ~in_year):
        for at, hour in zip(np.flatnonzero(part), hours_of(drawn[part], knife[part]), strict=True):
            crimes[at]["occurred_hour"] = None if hour == UNKNOWN_HOUR else int(hour)


def knives_page(crimes: list[Row]) -> str:
    """Return at which hours the knife crimes of the year were made to fall."""
    knives = sum(_of_year(c) and "knife" in str(c["flags"]).split("|") for c in crimes)
    rows = "".join(f"| {hours} | {count} |\n" for hours, count in knife_hours(knives).items())
    return (
        f"\n## At which hours knife crimes happen\n\nThe {knives} crimes of the year that are marked knife, by three "
        f"hours of the day.\n\n| hours | crimes |\n|---|---|\n{rows}"
    )


def _of_year(crime: Row) -> bool:
    on = crime["recorded_on"] or crime["occurred_on"]
    return isinstance(on, date) and FIRST <= on <= AS_OF
