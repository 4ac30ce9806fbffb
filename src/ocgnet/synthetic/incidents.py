"""Turns bonds and activity into incidents: who was together in which crime or report."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from ocgnet.synthetic.activity import Year
from ocgnet.synthetic.bonds import Bonds
from ocgnet_demo.drawing import stream

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
