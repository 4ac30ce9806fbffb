"""A made-up force whose records, when analysed, give the group-level figures of a published local profile.

Everything is decided upwards from people: groups and members, whom they really deal with, how active they
are, and from that the crimes, reports and contacts on record. No figure is written anywhere in the folder; what is
planted among its phones, vehicles, addresses and accounts stands on the page of answers, which is no part of it.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

from ocgnet_demo.county.crimes import CrimeBook, knives_page, put_hours
from ocgnet_demo.county.crimes import fill as fill_crimes
from ocgnet_demo.county.events import BEFORE, Events, contact_rows, incidents_of, outside_groups, year_before, year_now
from ocgnet_demo.county.families import Families, ace_rows, missing_rows, referral_rows
from ocgnet_demo.county.group_activities import draw_group_activities
from ocgnet_demo.county.groups import Bonds, Roster, group_rows, make_roster, members
from ocgnet_demo.county.people import Person, Registry, nominal_row
from ocgnet_demo.county.priorities import draw_priorities
from ocgnet_demo.county.reports import ReportBook, disruption_rows, plan_rows, stop_rows
from ocgnet_demo.county.reports import fill as fill_reports
from ocgnet_demo.county.response import draw_response, response_page
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, FIRST, FORCE, Row, day_between, stream, ward_rows, write_folder
from ocgnet_demo.drug_lines import mark_crimes, marks_page, name_home_force
from ocgnet_demo.exploited import add_topics, draw_risks
from ocgnet_demo.frauds import mark_frauds
from ocgnet_demo.many_offences import plant_offences
from ocgnet_demo.referral_outcomes import draw_outcomes
from ocgnet_demo.seen_together import draw_seen_together
from ocgnet_demo.things.planted import AUTHORITY, answers_page, draw_things

SEED = 1
ABOUT = {
    "force": FORCE,
    "marking": "OFFICIAL-SENSITIVE",
    "synthetic": True,
    "as_of": AS_OF,
    "period_from": FIRST,
    "period_to": AS_OF,
    **AUTHORITY,
}
PUBLIC = 1_100
OVERDUE = 9
LINE_OF_NOBODY = "another runner"
"""Decoy whose first telephone is a line that no group is known to run."""


def write_county(out: Path, seed: int = SEED) -> str:
    """Write the county's data folder, and return the page of what is to be found in it.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist, tables of an earlier run are replaced.
    seed : int
        Another seed gives other people and events, and the same group-level figures.
    """
    tables = county_tables(seed)
    mark_crimes(seed, tables["crimes"])
    name_home_force(seed, tables["stop_checks"], FORCE)
    things, cases = draw_things(seed, tables)
    line = next(c.things[0] for c in cases if c.what == LINE_OF_NOBODY)
    response, answers = draw_response(seed, tables | things, line=line)
    risks, at_risk = draw_risks(seed, tables)
    mark_frauds(seed, tables["crimes"])
    activities, done = draw_group_activities(seed, tables)
    offending = plant_offences(seed, tables)
    priorities, found = draw_priorities(seed, tables | response)
    answers |= draw_outcomes(seed, tables["referrals"], response["nrm_stages"])
    answers |= at_risk | add_topics(seed, tables["intel_reports"]) | done | found | offending
    answers |= draw_seen_together(seed, tables, risks, things)
    write_folder(out, tables | things | response | activities | priorities | {"child_risks": risks}, ABOUT)
    planted = knives_page(tables["crimes"]) + marks_page(tables["crimes"])
    return answers_page(cases) + planted + response_page(answers)


def county_tables(seed: int = SEED, before: Events = BEFORE) -> dict[str, list[Row]]:
    """Return the rows of every table of the county.

    Parameters
    ----------
    before : ((int, int), (int, int))
        Crimes and reports of the year before, each with one of the few and without.
    """
    registry = Registry(seed, AS_OF)
    roster = make_roster(seed, registry)
    ocgs, countries = group_rows(roster, seed)
    trade = _trade(roster, ocgs)
    bonds = Bonds(roster, seed)
    public = _public(registry)
    families = Families(seed, registry, roster, public)
    crimes, crime_links, reports, intel_links = _events(seed, roster, bonds, sorted(public), trade, families, before)
    today = members(roster.on(AS_OF))
    return {
        "people": [p.row("person_id") for p in (*public.values(), *families.grown)],
        "nominals": _nominals(seed, roster, set(today), families.young_nominals),
        "ocgs": ocgs,
        "ocg_countries": countries,
        "memberships": roster.memberships,
        "crimes": crimes,
        "crime_links": crime_links,
        "intel_reports": reports,
        "intel_links": intel_links,
        "associations": contact_rows(stream(seed, "contacts"), bonds, set(today), _together(intel_links)),
        "children": families.children,
        "family_links": families.links,
        "child_aces": ace_rows(seed, families.children),
        "missing_episodes": missing_rows(seed, families.children, sorted(today)),
        "referrals": referral_rows(seed, families.children),
        "disruptions": disruption_rows(roster, seed),
        "plan_actions": plan_rows(roster, seed),
        "stop_checks": stop_rows(roster, seed),
        "wards": ward_rows(stream(seed, "wards")),
    }


def _events(
    seed: int,
    roster: Roster,
    bonds: Bonds,
    public: list[str],
    trade: dict[str, str],
    families: Families,
    before_events: Events,
) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Draw crimes and reports of both years; return their rows and the rows of their links."""
    today, then = members(roster.on(AS_OF)), members(roster.on(BEFORE_AS_OF))
    home = {p: person.district for p, person in roster.people.items()}
    now = year_now(bonds, today, sorted(set(roster.people) - set(today)), seed)
    # Who joined since was mostly not heard of a year ago; some associates were.
    known = sorted((set(roster.people) - set(then) - set(today)) | set(stream(seed, "known").sample(sorted(today), 60)))
    before = year_before(bonds, then, [p for p in known if p not in then], now, seed, before_events)
    crimes_now, reports_now = incidents_of(seed, "year", bonds, now, 1.0)
    crimes_then, reports_then = incidents_of(seed, "year before", bonds, before, 0.6)
    rng = stream(seed, "crimes")
    book = CrimeBook(rng, trade, home)
    fill_crimes(
        book,
        rng,
        crimes_now,
        crimes_then,
        outside_groups(rng, bonds, now.others, 420),
        public,
        sorted(today),
    )
    families.in_crimes(book, sorted(today))
    crimes, crime_links = book.rows()
    put_hours(seed, crimes)
    rng = stream(seed, "reports")
    papers = ReportBook(rng, home)
    fill_reports(
        papers,
        rng,
        reports_now,
        reports_then,
        outside_groups(rng, bonds, now.others, 520),
        public,
    )
    reports, intel_links = papers.rows()
    families.in_reports(intel_links, sorted(today))
    return crimes, crime_links, reports, intel_links


def _trade(roster: Roster, ocgs: list[Row]) -> dict[str, str]:
    kind = {str(g["ocg_id"]): str(g["primary_crime_type"]) for g in ocgs}
    return {p: kind[g] for g, people in roster.ever.items() for p in people}


def _public(registry: Registry) -> dict[str, Person]:
    return {p.id: p for p in (registry.person(f"P{i:04d}", (18, 82)) for i in range(1, PUBLIC + 1))}


def _nominals(seed: int, roster: Roster, today: set[str], young: list[Person]) -> list[Row]:
    """Return the rows of ``nominals``; some records of people long out of any group are overdue for review."""
    rng = stream(seed, "nominals")
    overdue = set(rng.sample(sorted(set(roster.people) - today - set(members(roster.on(BEFORE_AS_OF)))), OVERDUE))
    rows = []
    for person in sorted([*roster.people.values(), *young], key=lambda p: p.id):
        if person.id in overdue:
            due = day_between(rng, date(2018, 6, 1), date(2019, 3, 15))
        else:
            due = day_between(rng, date(2019, 5, 1), date(2026, 12, 31))
        rows.append(nominal_row(rng, person, due))
    return rows


def _together(intel_links: list[Row]) -> dict[tuple[str, str], list[str]]:
    """Return the reports that name each pair of people, of whatever grade."""
    named: dict[str, list[str]] = {}
    for link in intel_links:
        named.setdefault(str(link["report_id"]), []).append(str(link["person_id"]))
    found: dict[tuple[str, str], list[str]] = {}
    for report, people in sorted(named.items()):
        for a, b in combinations(sorted(people), 2):
            found.setdefault((a, b), []).append(report)
    return found
