"""How active everybody is: who leads how many crimes and reports in each year.

A few nominals, mostly runners and handlers rather than principals, stand behind a large part of what is
recorded. How much of it is decided here by count; that the analysis finds the same people and the same
shares is for the analysis to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from ocgnet_demo.county.groups import Bonds
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, BEFORE_FIRST, FIRST, Row, day_between, pick, stream


@dataclass(frozen=True)
class Year:
    """Activity of one year.

    Parameters
    ----------
    few, rest : dict of str to (float, float)
        Weight as lead of a crime and of a report, for the few and for the other members.
    others : list of str
        Nominals of no group who are about.
    crimes, reports : (int, int)
        Events that involve one of the few, and events that involve other members only.
    """

    few: dict[str, tuple[float, float]]
    rest: dict[str, tuple[float, float]]
    others: list[str]
    crimes: tuple[int, int]
    reports: tuple[int, int]


Events = tuple[tuple[int, int], tuple[int, int]]

NOW: Events = ((446, 1581), (2041, 3962))
"""Crimes and reports of the year: with one of the few, and without."""
BEFORE: Events = ((300, 890), (960, 1870))
FEW = 13
CAP = 1.7
"""Highest activity of anybody outside the few, in means."""
_FEW_ROLES = (("principal", 3), ("significant", 5), ("peripheral", 5))


def year_now(bonds: Bonds, roles: dict[str, str], others: list[str], seed: int) -> Year:
    """Draw the activity of the year; ``roles`` are the members' roles today."""
    rng = stream(seed, "activity now")
    few: list[str] = []
    for role, count in _FEW_ROLES:
        # Volume goes with company: somebody without ties would not stay in business.
        fit = sorted(p for p, r in roles.items() if r == role and p not in bonds.hidden and len(bonds.near(p)) >= 3)
        few += rng.sample(fit, count)
    return Year(_few(rng, few), _rest(rng, bonds, roles, set(few)), others, *NOW)


def year_before(
    bonds: Bonds, roles: dict[str, str], others: list[str], now: Year, seed: int, events: Events = BEFORE
) -> Year:
    """Draw the activity of the year before; five of the few are the same where they belonged already."""
    rng = stream(seed, "activity before")
    same = sorted(p for p in now.few if p in roles)
    few = rng.sample(same, min(5, len(same)))
    fit = sorted(p for p in roles if p not in now.few and p not in bonds.hidden and len(bonds.near(p)) >= 2)
    few += rng.sample(fit, FEW - len(few))
    return Year(_few(rng, few), _rest(rng, bonds, roles, set(few)), others, *events)


def _few(rng: Random, few: list[str]) -> dict[str, tuple[float, float]]:
    """Spread the weights of the few; nobody among them falls near the level of the others."""
    ladder = [1.0 + 0.8 * (i / (len(few) - 1)) ** 2 for i in range(len(few))]
    order = rng.sample(few, len(few))
    return {p: (w * rng.uniform(0.9, 1.1), w * rng.uniform(0.95, 1.05)) for p, w in zip(order, ladder, strict=True)}


def _rest(rng: Random, bonds: Bonds, roles: dict[str, str], few: set[str]) -> dict[str, tuple[float, float]]:
    """Weigh the others: skewed, but capped well below the few; hidden principals commit nothing themselves."""
    level = {"principal": (0.75, 1.5), "significant": (1.05, 1.1), "peripheral": (1.1, 0.75), "": (1.0, 0.9)}
    crime: dict[str, float] = {}
    report: dict[str, float] = {}
    for p, role in roles.items():
        if p not in few:
            busy = rng.gammavariate(1.3, 1 / 1.3) * (0.3 + 0.12 * min(len(bonds.near(p)), 8)) + 0.08
            crime[p] = 0.0 if p in bonds.hidden else busy * level[role][0]
            report[p] = 0.12 if p in bonds.hidden else busy * level[role][1]
    crime, report = _capped(crime), _capped(report)
    return {p: (crime[p], report[p]) for p in crime}


def _capped(weights: dict[str, float]) -> dict[str, float]:
    """Cap each weight at a multiple of the mean: whoever is in much company gains from others' events as well."""
    top = CAP * sum(weights.values()) / len(weights)
    return {p: min(w, top) for p, w in weights.items()}


# Turns bonds and activity into incidents: who was together in which crime or report.

CRIME_SIZES = ((1, 0.60), (2, 0.26), (3, 0.10), (4, 0.03), (5, 0.01))
REPORT_SIZES = ((1, 0.58), (2, 0.28), (3, 0.10), (4, 0.04))
GAP, ATTEMPTS = 0.84, 40
"""How near to the last of the few anybody else may come, and how often a year is drawn for that."""


class Incident(NamedTuple):
    """People who were together, lead first, and how many records tell of it from one source."""

    people: list[str]
    times: int = 1


def incidents_of(
    seed: int, purpose: str, bonds: Bonds, year: Year, seen: float
) -> tuple[list[Incident], list[Incident]]:
    """Draw the crimes and the reports of a year.

    Whoever comes near the few, by leading or by keeping company, is held back and the year drawn again,
    so that the few stand apart from everybody else.

    Parameters
    ----------
    purpose : str
        Names the stream of random numbers.
    seen : float
        Share of bonds that leave a trace for certain.
    """
    ready = dict.fromkeys((*year.few, *year.rest, *year.others), 1.0)
    for attempt in range(ATTEMPTS):
        rng = stream(seed, f"{purpose}/{attempt}")
        crimes = _draw(rng, bonds, year, ready, 0, CRIME_SIZES, 0.22 * seen, 0.0)
        reports = _draw(rng, bonds, year, ready, 1, REPORT_SIZES, 0.8 * seen, 0.06)
        share = _shares(year, crimes, reports)
        bar = GAP * min(share[p] for p in year.few)
        near = [p for p in sorted(year.rest) if share[p] > bar]
        if not near:
            return crimes, reports
        for p in near:
            ready[p] *= 0.8 * bar / share[p]
    raise RuntimeError(f"No clear few after {ATTEMPTS} draws of {purpose} with seed {seed}.")


def _shares(year: Year, *kinds: list[Incident]) -> dict[str, float]:
    """Return each member's sum of fractional shares, every record split evenly over the members in it."""
    total = dict.fromkeys((*year.few, *year.rest), 0.0)
    for incidents in kinds:
        records = sum(i.times for i in incidents)
        for people, times in incidents:
            inside = [p for p in people if p in total]
            for p in inside:
                total[p] += times / len(inside) / records
    return total


def outside_groups(rng: Random, bonds: Bonds, people: list[str], count: int) -> list[Incident]:
    """Return incidents among people of no group."""
    active = dict.fromkeys(sorted(set(people) - bonds.hidden), 1.0)
    leads = rng.choices(list(active), k=count)
    return [Incident(bonds.company(rng, lead, 1 + (rng.random() < 0.3), active)) for lead in leads]


def _draw(
    rng: Random,
    bonds: Bonds,
    year: Year,
    ready: dict[str, float],
    which: int,
    sizes: tuple[tuple[int, float], ...],
    seen: float,
    repeated: float,
) -> list[Incident]:
    few = {p: w[which] for p, w in year.few.items()}
    rest = {p: w[which] * ready[p] for p, w in year.rest.items() if w[which] > 0}
    # A hidden principal is never named beside anybody: only meetings and calls show the bond.
    company = {p: ready[p] for p in sorted({*few, *rest, *year.others} - bonds.hidden)}
    others = {p: w for p, w in company.items() if p not in few}
    with_few: list[Incident] = []
    without: list[Incident] = []
    for a, b in sorted(bonds.strength):
        if a in company and b in company and {a, b} & (few.keys() | rest.keys()) and rng.random() < seen:
            (with_few if a in few or b in few else without).append(Incident([a, b]))
    involving, excluding = year.crimes if which == 0 else year.reports
    for found, leads, allowed, count in (
        (with_few, few, company, involving),
        (without, rest, others, excluding),
    ):
        names, weights = list(leads), list(leads.values())
        number, share = [s for s, _ in sizes], [w for _, w in sizes]
        left = count - len(found)
        while left > 0:
            lead = rng.choices(names, weights)[0]
            people = bonds.company(rng, lead, rng.choices(number, share)[0], allowed)
            times = 2 if left > 1 and rng.random() < repeated else 1
            found.append(Incident(people, times))
            left -= times
    together = with_few + without
    rng.shuffle(together)
    return together


# Recorded contacts: meetings, calls, households, money; the only trace of principals who stay out of crimes.

_KINDS = (("meeting", 30.0), ("phone", 30.0), ("contact", 12.0), ("co_offending", 8.0), ("financial", 7.0),
          ("online", 6.0), ("household", 4.0), ("family", 3.0))  # fmt: skip


def contact_rows(rng: Random, bonds: Bonds, active: set[str], reports: dict[tuple[str, str], list[str]]) -> list[Row]:
    """Return the rows of ``associations``.

    Parameters
    ----------
    active : set of str
        Members today; bonds of two others are rarely recorded.
    reports : dict of (str, str) to list of str
        Reports by the pair whom they name together, for contacts that stand on a report; some of these
        reports are of a grade that is left out.
    """
    rows: dict[tuple[object, ...], Row] = {}
    for (a, b), strength in sorted(bonds.strength.items()):
        hidden = a in bonds.hidden or b in bonds.hidden
        both = a in active and b in active
        if hidden and (a in active or b in active):
            kinds = ["meeting", *(["phone"] if rng.random() < 0.6 else [])]
        elif rng.random() < (0.5 if both else 0.1):
            kinds = [pick(rng, _KINDS) for _ in range(1 + (rng.random() < 0.25))]
        else:
            continue
        for kind in kinds:
            row = _row(rng, a, b, kind, strength, recent=hidden or rng.random() < 0.85)
            known = reports.get((a, b))
            if kind != "household" and known and rng.random() < 0.5:
                row["report_id"] = rng.choice(known)
            rows[tuple(row[k] for k in ("person_a", "person_b", "kind"))] = row
    return list(rows.values())


def _row(rng: Random, a: str, b: str, kind: str, strength: float, *, recent: bool) -> Row:
    directed = kind in ("phone", "financial") and rng.random() < 0.5
    if directed and rng.random() < 0.5:
        a, b = b, a
    first = (
        day_between(rng, FIRST - timedelta(days=200), AS_OF)
        if recent
        else day_between(rng, date(2016, 5, 1), BEFORE_FIRST)
    )
    last = (
        day_between(rng, max(first, FIRST), AS_OF)
        if recent
        else day_between(rng, first, BEFORE_AS_OF - timedelta(days=90))
    )
    undated = rng.random() < 0.04
    lasting = kind in ("household", "family")
    often = {"phone": 6.0, "meeting": 2.0, "online": 3.0}.get(kind, 1.0)
    return {
        "person_a": a,
        "person_b": b,
        "kind": kind,
        "directed": directed,
        "times_observed": None if lasting else 1 + int(rng.expovariate(1 / (often * min(strength, 4.0)))),
        "first_seen": None if undated else first,
        "last_seen": None if undated else last,
    }
