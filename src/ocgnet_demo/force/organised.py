"""The organised part: groups, members, families and their events, as in the small county, moved to these districts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from zlib import crc32

from ocgnet_demo.county.county import county_tables
from ocgnet_demo.county.events import Events
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, pick, stream
from ocgnet_demo.force.counts import DISTRICTS, Wards, moved, moved_ward
from ocgnet_demo.force.targets import SEVERITY, Targets

Tables = dict[str, list[Row]]

YEAR_BEFORE: Events = ((330, 930), (1440, 2830))
"""Events of the year before: crimes per member a little lower than in the year, reports higher, as the profile says."""
TALON = "OCG Talon"
REASONS = "child criminal exploitation in county lines"


@dataclass(frozen=True)
class Organised:
    """Tables of the organised part.

    Parameters
    ----------
    tables : dict of str to list of dict
        Rows by table, without ``stop_checks`` and ``wards``, which are made for the whole force.
    talon : str
        Group of the case study.
    talon_crimes : list of str
        Crimes of the year of which its members are suspects.
    """

    tables: Tables
    talon: str
    talon_crimes: list[str]


def organised_part(seed: int, scale: float, wards: Wards, first: date) -> Organised:
    """Return the organised part.

    Groups, members, families and disruptions stay whole at any scale; below 1 the events are thinned, every
    ``1/scale``-th in order of time, so that their part of the force's severity stays what it is.

    Parameters
    ----------
    first : date
        First day of the year.
    """
    tables = county_tables(seed, YEAR_BEFORE)
    del tables["stop_checks"], tables["wards"]
    _move(tables, wards)
    if scale < 1:
        _thin(tables, scale)
    talon, crimes = _case_study(tables, first)
    return Organised(tables, talon, crimes)


def _move(tables: Tables, wards: Wards) -> None:
    """Put everybody and everything into the districts of the force."""
    ordinary = {
        d: [w for w, at, pull in zip(wards.name, wards.district.tolist(), wards.pull, strict=True) if at == i and pull]
        for i, d in enumerate(DISTRICTS)
    }
    for name, key in (
        ("people", "person_id"), ("nominals", "nominal_id"), ("children", "child_id"), ("intel_reports", "report_id"),
    ):  # fmt: skip
        for row in tables[name]:
            if row["district"]:
                row["district"] = moved(str(row["district"]), crc32(str(row[key]).encode()) & 1)
    for crime in tables["crimes"]:
        if crime["district"]:
            district, turn = moved_ward(str(crime["district"]), str(crime["ward"]))
            crime |= {"district": district, "ward": ordinary[district][turn % len(ordinary[district])]}
        # The small county lies in the open sea; these districts do not.
        crime |= {"latitude": None, "longitude": None}


def _thin(tables: Tables, scale: float) -> None:
    """Keep every ``1/scale``-th crime and report of each kind, and the rows that go with them."""
    for events, links, key, on in (
        ("crimes", "crime_links", "crime_id", "recorded_on"),
        ("intel_reports", "intel_links", "report_id", "reported_on"),
    ):
        rows = sorted(tables[events], key=lambda r, on=on, key=key: (str(r[on] or "9"), str(r[key])))  # type: ignore[misc]
        kept = [r for i, r in enumerate(rows) if int((i + 1) * scale) > int(i * scale)]
        ids = {r[key] for r in kept}
        tables[events] = kept
        tables[links] = [r for r in tables[links] if r[key] in ids]
    reports = {r["report_id"] for r in tables["intel_reports"]}
    for row in tables["associations"]:
        if row.get("report_id") not in reports:
            row["report_id"] = None
    named = {
        str(v)
        for table in ("crime_links", "intel_links", "family_links", "associations")
        for r in tables[table]
        for k, v in r.items()
        if k in ("person_id", "adult_id", "child_id", "person_a", "person_b")
    }
    tables["people"] = [r for r in tables["people"] if str(r["person_id"]) in named]


def _case_study(tables: Tables, first: date) -> tuple[str, list[str]]:
    """Name one county-line group Talon; it has suspects in the year, and no referred child stands beside it yet."""
    members: dict[str, set[str]] = {}
    for row in tables["memberships"]:
        if row["to_date"] is None:
            members.setdefault(str(row["ocg_id"]), set()).add(str(row["nominal_id"]))
    referred = {str(r["person_id"]) for r in tables["referrals"] if r["kind"] == "nrm"}
    in_year = {str(r["crime_id"]) for r in tables["crimes"] if isinstance(d := r["recorded_on"], date) and d >= first}
    fit: list[tuple[int, str, list[str]]] = []
    for group in tables["ocgs"]:
        people = members.get(str(group["ocg_id"]), set())
        if group["archived_on"] is None and group["primary_crime_type"] == "drug trafficking":
            beside = _beside(tables, people)
            crimes = sorted(
                {
                    str(r["crime_id"])
                    for r in tables["crime_links"]
                    if r["person_id"] in people and r["link_role"] in ("arrested", "suspect")
                }
                & in_year
            )
            if crimes and not beside & referred and not people & referred:
                fit.append((len(crimes), str(group["ocg_id"]), crimes))
    if not fit:
        raise RuntimeError("No group is fit for the case study.")
    _, talon, crimes = max(fit)
    for group in tables["ocgs"]:
        if group["ocg_id"] == talon:
            group |= {"name": TALON, "county_line": True}
    return talon, crimes


def _beside(tables: Tables, people: set[str]) -> set[str]:
    """Return everybody who shares a family link, an event or a missing episode with ``people``."""
    found: set[str] = set()
    for table, key in (("crime_links", "crime_id"), ("intel_links", "report_id")):
        theirs = {r[key] for r in tables[table] if r["person_id"] in people}
        found |= {str(r["person_id"]) for r in tables[table] if r[key] in theirs}
    found |= {str(r["child_id"]) for r in tables["family_links"] if r["adult_id"] in people}
    alone: Callable[[Row], bool] = lambda r: not set(str(r.get("companions") or "").split("|")) & people  # noqa: E731
    found |= {str(r["child_id"]) for r in tables["missing_episodes"] if not alone(r)}
    return found | {
        str(r[b])
        for r in tables["associations"]
        for a, b in (("person_a", "person_b"), ("person_b", "person_a"))
        if r[a] in people
    }


# Intelligence of the whole force that names nobody in a group: forms of partners by sector, and the police's own.

_REPORTS = {
    2016: {"police": 2600, "partner": 420, "app": 0, "cpi_form": 820},
    2017: {"police": 2900, "partner": 460, "app": 120, "cpi_form": 940},
    2018: {"police": 2750, "partner": 430, "app": 260, "cpi_form": 880},
}
"""Reports by year and origin at scale 1."""
_SECTORS = (("education", 38.0), ("housing", 21.0), ("social care", 18.0), ("health", 13.0), ("retail", 5.0),
            ("voluntary sector", 5.0))  # fmt: skip
_TITLES = (("Concern for a child", 22.0), ("Supply", 20.0), ("Address", 16.0), ("Vehicle", 12.0), ("Sighting", 12.0),
           ("Modern slavery", 9.0), ("Weapon", 5.0), ("Fraud", 4.0))  # fmt: skip
_SOURCES = (("1", 2.5), ("2", 7.0), ("3", 0.5))
_CONTENTS = (("A", 1.0), ("B", 2.0), ("C", 2.5), ("D", 4.2), ("E", 0.3))
_NAMED = 0.45
"""Share of reports that name a nominal."""


def paper_rows(seed: int, scale: float, nominals: int) -> tuple[list[Row], list[Row]]:
    """Return rows for ``intel_reports`` and ``intel_links``.

    Parameters
    ----------
    nominals : int
        How many nominals there are outside the organised part; some are named.
    """
    rng = stream(seed, "force papers")
    drafts = [
        (day_between(rng, date(year, 4, 1), min(date(year + 1, 3, 31), AS_OF)), origin)
        for year, origins in _REPORTS.items()
        for origin, count in origins.items()
        for _ in range(round(count * scale))
    ]
    reports: list[Row] = []
    links: list[Row] = []
    for number, (on, origin) in enumerate(sorted(drafts), 1):
        report = f"IR1{number:06d}"
        reports.append({"report_id": report} | _report(rng, on, origin))
        if nominals and rng.random() < _NAMED:
            links.append({"report_id": report, "person_id": f"N{1_000_001 + rng.randrange(nominals)}"})
    return reports, links


def _report(rng: Random, on: date, origin: str) -> Row:
    return {
        "reported_on": on,
        "grading_scheme": "3x5x2",
        "source_grade": pick(rng, _SOURCES),
        "intelligence_grade": pick(rng, _CONTENTS),
        "handling_code": "P",
        "origin": origin,
        "sector": None if origin == "police" else pick(rng, _SECTORS),
        "district": rng.choices(list(SEVERITY), list(SEVERITY.values()))[0],
        "title": pick(rng, _TITLES),
        "review_due": date(on.year + 6, on.month, min(on.day, 28)),
    }


# Stop checks and arrests of transient dealers, many of them from elsewhere, some of them children.

PLACE = "Basingstoke and Deane"
_MARCH = 0.085
"""Share of a year's stops that falls in March; alike in 2018 and 2019, so that March to February counts the same."""
_ELSEWHERE = {"Southampton": 0.26, "Portsmouth": 0.22}
_TOGETHER = 0.18
_OTHERS = 0.12
"""Stops of people who are not taken for transient dealers, against those who are."""


def stop_rows(seed: int, targets: Targets) -> list[Row]:
    """Return the rows of ``stop_checks`` of three years."""
    rng = stream(seed, "force stops")
    (before, now), (young_before, young_now) = targets.stops, targets.juveniles
    in_place, young_in_place = (min(n, m) for n, m in zip(targets.stops_basingstoke, (now, young_now), strict=True))
    elsewhere = (now - in_place, young_now - young_in_place)
    march_in, march_out = (_part(in_place, young_in_place), _part(*elsewhere))
    place_before = round(before * 0.14)
    young_place_before = round(young_before * 0.2)
    drafts: list[tuple[date, bool, bool]] = []

    def add(first: date, last: date, stops: tuple[int, int], *, here: bool) -> None:
        count, young = max(stops[0], 0), max(stops[1], 0)
        drafts.extend((day_between(rng, first, last), i < young, here) for i in range(count))

    for march in (date(2018, 3, 1), date(2019, 3, 1)):
        add(march, march.replace(day=31), march_in, here=True)
        add(march, march.replace(day=31), march_out, here=False)
    until = AS_OF.replace(month=2, day=28)
    add(FIRST, until, _less((in_place, young_in_place), march_in), here=True)
    add(FIRST, until, _less(elsewhere, march_out), here=False)
    until = until.replace(year=2018)
    add(BEFORE_FIRST, until, _less((place_before, young_place_before), march_in), here=True)
    add(BEFORE_FIRST, until, _less((before - place_before, young_before - young_place_before), march_out), here=False)
    base = (round(before * 0.9), round(young_before * 0.7))
    add(date(2016, 4, 1), date(2017, 3, 31), base, here=False)
    drafts.sort(key=lambda d: d[0])
    return _rows(rng, drafts)


def _part(count: int, young: int) -> tuple[int, int]:
    return round(count * _MARCH), round(young * _MARCH * 0.5)


def _less(whole: tuple[int, int], part: tuple[int, int]) -> tuple[int, int]:
    return whole[0] - part[0], whole[1] - part[1]


def _rows(rng: Random, drafts: list[tuple[date, bool, bool]]) -> list[Row]:
    rows: list[Row] = []
    last: Row | None = None
    for on, young, here in drafts:
        row = _row(rng, on, here, transient=True) | {"date_of_birth": _born(rng, on, young)}
        if (
            last is not None
            and rng.random() < _TOGETHER
            and last["district"] == row["district"]
            and last["happened_on"] == on
        ):
            last["occasion"] = row["occasion"] = last.get("occasion") or f"OC{len(rows):05d}"
        rows.append(row)
        last = row
        if rng.random() < _OTHERS:
            rows.append(_row(rng, on, False, transient=False) | {"date_of_birth": _born(rng, on, rng.random() < 0.1)})
    return [{"stop_id": f"SC{i:05d}", **row} for i, row in enumerate(rows, 1)]


def _row(rng: Random, on: date, here: bool, *, transient: bool) -> Row:
    return {
        "happened_on": on,
        "district": PLACE if here else _district(rng),
        "outcome": "arrested" if rng.random() < 0.38 else "stopped",
        "transient_dealer": transient,
        "home_force": rng.choice(("Northreach Police", "Estuary Constabulary", "Capital Police"))
        if transient and rng.random() < 0.7
        else None,
    }


def _district(rng: Random) -> str:
    """Return a district other than ``PLACE``, the cities first."""
    others = {d: s for d, s in SEVERITY.items() if d != PLACE and d not in _ELSEWHERE}
    left = 1 - sum(_ELSEWHERE.values())
    total = sum(others.values())
    chances = _ELSEWHERE | {d: left * s / total for d, s in others.items()}
    return rng.choices(list(chances), list(chances.values()))[0]


def _born(rng: Random, on: date, young: bool) -> date:
    """Return a day of birth: under 18 on the day, or 18 and over."""
    age = rng.triangular(13.6, 17.9, 17.0) if young else 18.05 + rng.gammavariate(1.6, 5.0)
    return on - timedelta(days=int(min(age, 70) * 365.25))
