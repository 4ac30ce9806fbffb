"""How active everybody is: who leads how many crimes and reports in each year.

A few nominals, mostly runners and handlers rather than principals, stand behind a large part of what is
recorded. How much of it is decided here by count; that the analysis finds the same people and the same
shares is for the analysis to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ocgnet.synthetic.bonds import Bonds
from ocgnet_demo.drawing import stream


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
