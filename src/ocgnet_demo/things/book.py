"""The people that things are drawn for, the book that takes down what is drawn, and the answers to it.

Everything is drawn from the rows of a county's other tables and from streams of random numbers of its own, so that no
other table changes. Phone numbers are those that Ofcom keeps for drama, registrations and company numbers bear signs
that are never issued, postcodes are of the area YY, which is nowhere, and sort codes are 00-00-00.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

from ocgnet_demo.drawing import AS_OF, DISTRICTS, FIRST, Row, spot, stream

LONDON = ZoneInfo("Europe/London")
LAST = AS_OF - timedelta(days=1)
"""Last day on which something is drawn, so that nothing is after the day of judgement in any zone."""

MOBILE = [f"07700 {n}" for n in range(900_000, 901_000)]
LANDLINE = [
    f"{prefix}{n:0{digits}d}"
    for prefix, digits in (
        ("01632 960", 3), ("020 7946 0", 3), ("0113 496 0", 3), ("0114 496 0", 3), ("0115 496 0", 3),
        ("0116 496 0", 3), ("0117 496 0", 3), ("0118 496 0", 3), ("0121 496 0", 3), ("0131 496 0", 3),
        ("0141 496 0", 3), ("0151 496 0", 3), ("0161 496 0", 3), ("0191 498 0", 3),
    )
    for n in range(1_000)
]  # fmt: skip
"""Numbers that nobody has: Ofcom keeps them for drama."""

_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_COLOURS = ("Grey", "Black", "White", "Blue", "Silver", "Red")
_BODIES = ("hatchback", "saloon", "van", "estate", "pickup")
_STREETS = ("Ropewalk", "Tannery Row", "Saltpan Lane", "Lantern Street", "Cloth Hall Road", "Bellfounders Court")
_RANK = {"principal": 0, "significant": 1, "peripheral": 2}


@dataclass(frozen=True)
class Cast:
    """Who there is: taken from the rows of the other tables, in sorted order."""

    groups: Mapping[str, Sequence[str]]  # Members today by role and id, of each live group, largest group first
    lines: Sequence[str]  # Groups that run a county line, largest first
    home: Mapping[str, str]  # District of everybody who has one
    bonds: Mapping[tuple[str, str], int]  # Reports and contacts that pairs of members stand in together
    public: Sequence[str]  # Adults who are no nominals
    victims: Sequence[str]  # Those of them who were victims of crime twice or more, most often first
    children: Sequence[str]  # Ids of people aged 13 to 17 who are no nominals
    disruptions: Mapping[str, Sequence[date]]  # Days of each group's disruptions in the year
    reports: Mapping[str, Sequence[str]]  # Reports of good standing that name each person
    crimes: Sequence[tuple[str, str]]  # Crimes of the year and one suspect of each

    @classmethod
    def of(cls, tables: Mapping[str, list[Row]]) -> Cast:
        """Take the cast from a county's tables."""
        live = {str(g["ocg_id"]) for g in tables["ocgs"] if g["archived_on"] is None}
        roles: dict[str, dict[str, int]] = defaultdict(dict)
        for m in tables["memberships"]:
            if m["ocg_id"] in live and m["to_date"] is None:
                roles[str(m["ocg_id"])][str(m["nominal_id"])] = _RANK.get(str(m["role"]), 2)
        groups = {
            g: sorted(roles[g], key=lambda p: (roles[g][p], p))
            for g in sorted(roles, key=lambda g: (-len(roles[g]), g))
        }
        nominals = {str(n["nominal_id"]) for n in tables["nominals"]}
        people = {str(p["person_id"]): p for p in tables["people"]}
        home = {str(n["nominal_id"]): str(n["district"]) for n in tables["nominals"]}
        home |= {p: str(row["district"]) for p, row in people.items()}
        home |= {str(c["child_id"]): str(c["district"]) for c in tables["children"]}
        hurt: dict[str, int] = defaultdict(int)
        suspects: dict[str, str] = {}
        for link in tables["crime_links"]:
            if link["link_role"] == "victim" and link["person_id"] in people:
                hurt[str(link["person_id"])] += 1
            elif link["link_role"] in ("arrested", "suspect") and link["person_id"] in nominals:
                suspects.setdefault(str(link["crime_id"]), str(link["person_id"]))
        year = {str(c["crime_id"]) for c in tables["crimes"] if _within(c["recorded_on"], FIRST, AS_OF)}
        disruptions: dict[str, list[date]] = defaultdict(list)
        for d in tables["disruptions"]:
            happened = d["happened_on"]
            if isinstance(happened, date) and FIRST <= happened <= AS_OF:
                disruptions[str(d["ocg_id"])].append(happened)
        sound = {str(r["report_id"]) for r in tables["intel_reports"] if _sound(r)}
        return cls(
            groups,
            [str(g["ocg_id"]) for n in groups for g in tables["ocgs"] if g["ocg_id"] == n and g["county_line"]],
            home,
            _bonds(tables, sound, {p for members in groups.values() for p in members}),
            sorted(set(people) - nominals),
            sorted((p for p, n in hurt.items() if n > 1), key=lambda p: (-hurt[p], p)),
            sorted(
                str(c["child_id"])
                for c in tables["children"]
                if c["child_id"] not in nominals and _within(c["date_of_birth"], date(2001, 6, 1), date(2005, 3, 1))
            ),
            {g: sorted(days) for g, days in sorted(disruptions.items())},
            _grouped(
                (str(k["person_id"]), str(k["report_id"])) for k in tables["intel_links"] if k["report_id"] in sound
            ),
            sorted((c, p) for c, p in suspects.items() if c in year),
        )  # fmt: skip


def _within(day: object, first: date, last: date) -> bool:
    return isinstance(day, date) and first <= day <= last


def _sound(report: Row) -> bool:
    """Return whether no filter of reports takes a report away."""
    return (
        report["grading_scheme"] == "3x5x2"
        and report["source_grade"] in ("1", "2")
        and report["intelligence_grade"] in ("A", "B", "C")
        and report["handling_code"] == "P"
        and _within(report["review_due"], AS_OF + timedelta(days=1), date.max)
        and _within(report["reported_on"], FIRST, AS_OF)
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in sorted(pairs):
        groups[key].append(value)
    return dict(groups)


def _bonds(tables: Mapping[str, list[Row]], sound: set[str], members: set[str]) -> dict[tuple[str, str], int]:
    """Return how many reports and contacts name each pair of members."""
    named = _grouped(
        (str(k["report_id"]), str(k["person_id"]))
        for k in tables["intel_links"]
        if k["report_id"] in sound and k["person_id"] in members
    )
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for people in named.values():
        for pair in combinations(people, 2):
            pairs[pair] += 1
    for a in tables["associations"]:
        if a["person_a"] in members and a["person_b"] in members:
            low, high = sorted((str(a["person_a"]), str(a["person_b"])))
            pairs[low, high] += 1
    return dict(sorted(pairs.items()))


@dataclass(frozen=True)
class Case:
    """A planted case, or a decoy that looks like one and is none."""

    question: str
    number: int
    what: str
    """``planted``, or what the decoy is."""
    things: tuple[str, ...]
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def planted(self) -> bool:
        """Whether it is what the question asks for."""
        return self.what == "planted"


@dataclass
class Book:
    """Takes down things and what is recorded of them; ``answers`` are the planted cases and the decoys."""

    seed: int
    cast: Cast
    cases: int = 1
    answers: list[Case] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = stream(self.seed, "things/names")
        self.tables = {
            name: []
            for name in (
                "things", "thing_links", "communications", "sightings", "transfers", "group_things", "crime_things",
            )
        }  # fmt: skip
        landlines = self.rng.sample(LANDLINE, len(LANDLINE))
        self._landline = iter(landlines[: len(landlines) // 4])
        # A large draw runs out of the thousand mobiles, and goes on with the rest.
        self._mobile = iter([*self.rng.sample(MOBILE, len(MOBILE)), *landlines[len(landlines) // 4 :]])
        self._counts: dict[str, int] = defaultdict(int)
        self._serials: dict[str, Iterator[int]] = {}
        self._taken: set[tuple[str, str, datetime]] = set()
        self._public = iter(stream(self.seed, "things/public").sample(self.cast.public, len(self.cast.public)))
        self._victims = iter(self.cast.victims)
        self._met: set[str] = set()

    # People.

    def stranger(self) -> str:
        """Return somebody of no police record who has no part in anything yet; when all have, anybody."""
        chosen = next((p for p in self._public if p not in self._met), None)
        chosen = chosen or self.rng.choice(self.cast.public)
        self._met.add(chosen)
        return chosen

    def victim(self) -> str:
        """Return a resident who was the victim of crime twice or more, and has no part in anything yet."""
        chosen = next(p for p in self._victims if p not in self._met)
        self._met.add(chosen)
        return chosen

    # Things.

    def thing(self, prefix: str, **columns: object) -> str:
        """Take down a thing and return its id."""
        self._counts[prefix] += 1
        if prefix not in self._serials:
            # In no order, so that an id tells nothing of what was drawn after what.
            self._serials[prefix] = iter(stream(self.seed, f"things/{prefix}").sample(range(1, 10_000), 9_999))
        thing_id = f"{prefix}{next(self._serials[prefix]):04d}"
        self.tables["things"].append({"thing_id": thing_id, **columns})
        return thing_id

    def phone(self, *, landline: bool = False, kind: str = "phone", label: str | None = None) -> str:
        """Return a new phone, of nobody so far."""
        number = next(self._landline if landline else self._mobile)
        return self.thing("TL", kind=kind, number=number, label=label)

    def phone_of(self, person: str, first: date | None = None, confidence: str = "attributed") -> str:
        """Return a new phone that one person uses."""
        phone = self.phone()
        self.link(person, phone, "user", first, confidence=confidence)
        return phone

    def vehicle(self, keeper: str | None = None) -> str:
        """Return a new vehicle."""
        rng = self.rng
        mark = f"QQ00 {''.join(rng.choice(_PLATE_LETTERS) for _ in range(3))}"
        while any(t.get("registration") == mark for t in self.tables["things"]):
            mark = f"QQ00 {''.join(rng.choice(_PLATE_LETTERS) for _ in range(3))}"
        vehicle = self.thing(
            "VH", kind="vehicle", registration=mark, label=f"{rng.choice(_COLOURS)} {rng.choice(_BODIES)}"
        )
        if keeper:
            self.link(keeper, vehicle, "keeper", None)
        return vehicle

    def place(self, district: str, kind: str = "address", label: str | None = None) -> str:
        """Return a new address, or premises."""
        rng = self.rng
        number = self._counts["PL"] + 1
        latitude, longitude = spot(rng, district if district in DISTRICTS else rng.choice(DISTRICTS))
        code = f"YY99 {number % 10}{_POSTCODE_LETTERS[number // 10 % 20]}{_POSTCODE_LETTERS[number // 200 % 20]}"
        return self.thing(
            "PL",
            kind=kind,
            label=label or f"{rng.randint(1, 180)} {rng.choice(_STREETS)}",
            postcode=code,
            uprn=f"9999990{number:05d}",
            latitude=latitude,
            longitude=longitude,
            district=district,
        )

    def account(self, *holders: str, relation: str = "signatory", label: str | None = None) -> str:
        """Return a new account."""
        account = self.thing("AC", kind="account", number=f"00-00-00 {self._counts['AC'] + 10_000_001}", label=label)
        for holder in holders:
            self.link(holder, account, relation, None)
        return account

    def organisation(self, label: str) -> str:
        """Return a new organisation."""
        return self.thing("OR", kind="organisation", company_number=f"ZZ{self._counts['OR'] + 1:06d}", label=label)

    # What is recorded of them.

    def link(
        self,
        person: str,
        thing: str,
        relation: str,
        first: date | None,
        last: date | None = None,
        *,
        confidence: str = "recorded",
    ) -> None:
        """Take down what a person is to a thing; on a report that names the person where there is one."""
        reports = self.cast.reports.get(person, ())
        report = self.rng.choice(reports) if reports and self.rng.random() < 0.5 else None
        self.tables["thing_links"].append(
            {
                "person_id": person,
                "thing_id": thing,
                "relation": relation,
                "from_date": first,
                "to_date": last,
                "report_id": report,
                "confidence": confidence,
            }
        )

    def group(self, group: str, thing: str, first: date | None = None, last: date | None = None) -> None:
        """Take down that a thing is a group's."""
        self.tables["group_things"].append({"ocg_id": group, "thing_id": thing, "from_date": first, "to_date": last})

    def call(self, a: str, b: str, at: datetime, kind: str = "call", duration: int | None = None) -> None:
        """Take down a communication, a minute later when there is one in that minute."""
        at = self._free(a, b, at)
        self.tables["communications"].append(
            {"from_thing": a, "to_thing": b, "at": at, "kind": kind, "duration": duration}
        )

    def calls(self, a: str, b: str, at: datetime, last_at: datetime, count: int) -> None:
        """Take down several calls in one row."""
        self.tables["communications"].append(
            {"from_thing": a, "to_thing": b, "at": self._free(a, b, at), "kind": "call", "count": count,
             "last_at": max(at, last_at)}
        )  # fmt: skip

    def sight(self, thing: str, at: datetime, place: str, source: str = "anpr") -> None:
        """Take down that a thing was seen."""
        at = self._free(thing, place, at)
        self.tables["sightings"].append({"thing_id": thing, "at": at, "place": place, "source": source})

    def pay(self, a: str, b: str, at: datetime, amount: float) -> None:
        """Take down a transfer."""
        at = self._free(a, b, at)
        self.tables["transfers"].append(
            {"from_account": a, "to_account": b, "at": at, "amount": f"{amount:.2f}", "currency": "GBP"}
        )

    def answer(
        self,
        question: str,
        number: int,
        what: str,
        things: Sequence[str],
        people: Sequence[str] = (),
        groups: Sequence[str] = (),
        first: date | None = None,
        last: date | None = None,
    ) -> None:
        """Take down a planted case, or a decoy."""
        self.answers.append(Case(question, number, what, tuple(things), tuple(people), tuple(groups), first, last))

    def _free(self, a: str, b: str, at: datetime) -> datetime:
        while (a, b, at) in self._taken:
            at += timedelta(minutes=1)
        self._taken.add((a, b, at))
        return at


def at_hour(rng: Random, day: date, low: float, high: float) -> datetime:
    """Return a time of a day between two hours on the clock in London."""
    minutes = int(rng.uniform(low * 60, min(high * 60, 24 * 60 - 1)))
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=LONDON)


def days_of(rng: Random, first: date, last: date, count: int) -> Iterator[date]:
    """Yield ``count`` days from ``first`` to ``last``, in order, some perhaps twice."""
    span = max((last - first).days, 0)
    yield from (first + timedelta(days=n) for n in sorted(rng.randint(0, span) for _ in range(count)))
