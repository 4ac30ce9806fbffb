"""Turns bonds and activity into incidents: who was together in which crime or report."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from ocgnet.synthetic.activity import Year
from ocgnet.synthetic.bonds import Bonds

CRIME_SIZES = ((1, 0.60), (2, 0.26), (3, 0.10), (4, 0.03), (5, 0.01))
REPORT_SIZES = ((1, 0.58), (2, 0.28), (3, 0.10), (4, 0.04))


class Incident(NamedTuple):
    """People who were together, lead first, and how many records tell of it from one source."""

    people: list[str]
    times: int = 1


def crime_groups(rng: Random, bonds: Bonds, year: Year, seen: float) -> list[Incident]:
    """Return who was together in each crime; ``seen`` is the share of bonds that leave a trace for certain."""
    return _draw(rng, bonds, year, 0, year.crimes, CRIME_SIZES, 0.22 * seen, 0.0)


def report_groups(rng: Random, bonds: Bonds, year: Year, seen: float) -> list[Incident]:
    """Return who is named together in each report."""
    return _draw(rng, bonds, year, 1, year.reports, REPORT_SIZES, 0.8 * seen, 0.06)


def outside_groups(rng: Random, bonds: Bonds, people: list[str], count: int) -> list[Incident]:
    """Return incidents among people of no group."""
    active = set(people) - bonds.hidden
    leads = rng.choices(sorted(active), k=count)
    return [Incident(bonds.company(rng, lead, 1 + (rng.random() < 0.3), active)) for lead in leads]


def _draw(
    rng: Random,
    bonds: Bonds,
    year: Year,
    which: int,
    counts: tuple[int, int],
    sizes: tuple[tuple[int, float], ...],
    seen: float,
    repeated: float,
) -> list[Incident]:
    few = {p: w[which] for p, w in year.few.items()}
    rest = {p: w[which] for p, w in year.rest.items() if w[which] > 0}
    # A hidden principal is never named beside anybody: only meetings and calls show the bond.
    company = (set(few) | set(rest) | set(year.others)) - bonds.hidden
    with_few: list[Incident] = []
    without: list[Incident] = []
    for a, b in sorted(bonds.strength):
        if {a, b} <= company and (a in few or b in few or a in rest or b in rest) and rng.random() < seen:
            (with_few if a in few or b in few else without).append(Incident([a, b]))
    for found, leads, allowed, count in (
        (with_few, few, company, counts[0]),
        (without, rest, company - set(few), counts[1]),
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
