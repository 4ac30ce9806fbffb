"""The organised part: groups, members, families and their events, as in the small county, moved to these districts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from ocgnet.synthetic.force.places import DISTRICTS, Wards, moved, moved_ward
from ocgnet_demo.county.county import county_tables
from ocgnet_demo.county.events import Events
from ocgnet_demo.drawing import Row

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
