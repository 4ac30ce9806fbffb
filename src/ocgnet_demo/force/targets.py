"""The published figures that the force-wide county is made for: the one place where they stand.

Source: Serious and organised crime local profile, Hampshire Constabulary, financial year 2018/19. What the
profile does not say (how many crimes, how many people live in a ward) is chosen here so that it fits.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np

from ocgnet.harm import weights
from ocgnet_demo.drawing import AS_OF

# Offences of the force: how often each occurs, who suffers it, who is suspected, where and since when.
#
# The rates are made up. They are chosen so that the severities fit the published ones at about 260,000 crimes.

HIGH_HARM = 365.0
"""Weight (days in custody) from which the profile calls an offence, or a person's year, one of high harm."""

AGES = ((0, 9), (10, 12), (13, 15), (16, 24), (25, 92))
"""Classes of a victim's age; a victim stays in the class for the whole year."""
YOUNG = (1, 2, 3)
"""Positions of the classes from 10 to 24."""

_CLASSES = {
    "child": (0.55, 0.45, 0, 0, 0),
    "teen": (0, 0.1, 0.9, 0, 0),
    "13 to 15": (0, 0, 1, 0, 0),
    "16 and over": (0, 0, 0, 0.25, 0.75),
    "all": (0.01, 0.015, 0.035, 0.17, 0.77),
    "older": (0, 0, 0, 0.08, 0.92),
}
"""Shares of the classes of age among the victims, by the word in the table."""
_NUMBERS = ("count", "victim", "suspect", "private", "female", "women")


@dataclass(frozen=True)
class Offences:
    """Offences in columns, one entry per code.

    Parameters
    ----------
    code, text, group : tuple of str
        Code as in the severity weights, words, and the group it is counted in.
    weight : ndarray of float
        Severity weight.
    count : ndarray of float
        Crimes in the year at scale 1, before they are fitted.
    victim, suspect, private : ndarray of float
        Chance that a person is the victim, that somebody is suspected, that it happened in a private space.
    female, ages : ndarray of float
        Female share of the victims, and shares of their age classes, shape ``(codes, 5)``.
    women : ndarray of float
        Female share of the suspects.
    level : ndarray of int
        0 where the count stands as it is, 1 where it is fitted to the severity, 2 where it is fitted to the volume.
    """

    code: tuple[str, ...]
    text: tuple[str, ...]
    group: tuple[str, ...]
    weight: np.ndarray
    count: np.ndarray
    victim: np.ndarray
    suspect: np.ndarray
    private: np.ndarray
    female: np.ndarray
    ages: np.ndarray
    women: np.ndarray
    level: np.ndarray

    def __len__(self) -> int:
        return len(self.code)

    def of(self, *groups: str) -> np.ndarray:
        """Return whether each code belongs to one of ``groups``."""
        return np.isin(np.array(self.group), groups)

    def position(self, code: str) -> int:
        """Return where a code stands."""
        return self.code.index(code)


@cache
def offences() -> Offences:
    """Return the table, from ``offences.csv`` beside this module.

    >>> table = offences()
    >>> table.text[table.position("46")], float(table.weight[table.position("46")])
    ('Shoplifting', 11.8555)
    """
    text = (files("ocgnet_demo.force") / "offences.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    weight = weights()
    column = {name: np.array([float(r[name]) for r in rows]) for name in _NUMBERS}
    return Offences(
        code=tuple(r["code"] for r in rows),
        text=tuple(r["offence"] for r in rows),
        group=tuple(r["group"] for r in rows),
        weight=np.array([weight[r["code"]] for r in rows]),
        ages=np.array([_CLASSES[r["ages"]] for r in rows], float),
        level=np.array([int(r["level"]) for r in rows]),
        **column,
    )


# The three financial years of the force.

YEARS = (2016, 2017, 2018)
"""Base year, year before, and the year; each begins on 1 April."""
BASE, BEFORE, NOW = YEARS
EPOCH = date(1970, 1, 1)
UNKNOWN = -(10**6)
"""Day number of a date that is not recorded."""

_MONTHS = (0.98, 1.04, 1.04, 1.09, 1.05, 0.99, 1.02, 0.99, 0.94, 0.95, 0.90, 1.01)
_WEEKDAYS = (1.03, 0.98, 0.97, 0.98, 1.03, 1.04, 0.97)


def number(day: date) -> int:
    """Return a date as days since 1970."""
    return (day - EPOCH).days


def year_of(day: date) -> int:
    """Return the year in whose April the financial year of ``day`` began.

    >>> year_of(date(2018, 3, 31)), year_of(date(2018, 4, 1))
    (2017, 2018)
    """
    return day.year - (day.month < 4)


def days_of(year: int) -> tuple[int, int]:
    """Return first and last day number of a financial year."""
    first = number(date(year, 4, 1))
    return first, min(number(date(year + 1, 3, 31)), number(AS_OF))


def rhythm(year: int) -> np.ndarray:
    """Return the chance that something of the year falls on each of its days or an earlier one."""
    first, last = days_of(year)
    days = np.arange(first, last + 1).astype("datetime64[D]")
    month = days.astype("datetime64[M]").astype(int) % 12
    weight = np.array(_MONTHS)[(month - 3) % 12] * np.array(_WEEKDAYS)[(days.astype(int) + 3) % 7]
    total = np.cumsum(weight)
    return np.asarray(total / total[-1])


# Random numbers in columns, named by purpose like the streams of the small county.


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Return a generator of its own for one purpose; the same bytes with the same release of NumPy.

    >>> bool(generator(1, "days").random() == generator(1, "days").random())
    True
    """
    return np.random.default_rng([seed, crc32(purpose.encode())])


def rounded(values: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers near ``values`` that add up to ``total``: largest remainders, ties by position.

    ``values`` are scaled to ``total`` first; none may be negative.

    >>> rounded(np.array([1.0, 1.0, 2.0]), 5)
    array([1, 1, 3])
    """
    share = values * (total / values.sum()) if values.sum() > 0 else values * 0.0
    whole = np.floor(share).astype(np.int64)
    order = np.argsort(-(share - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def spread(rng: np.random.Generator, values: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers that add up to ``total``, each the one below or above its share, by chance.

    The shares are laid end to end and counted where they pass a whole number, from a random start: a cell with a
    tenth of a crime has one in a tenth of all cases, where largest remainders would never give it any.

    >>> spread(np.random.default_rng(1), np.array([0.1, 5.0, 0.1, 4.8]), 10).sum()
    np.int64(10)
    """
    if total <= 0 or values.sum() <= 0:
        return np.zeros(len(values), np.int64)
    ends = np.cumsum(values) * (total / values.sum())
    # The last end is the total exactly, whatever the sums lost on the way.
    ends[-1] = total
    counted = np.floor(ends + rng.random()).astype(np.int64)
    return np.diff(counted, prepend=0)


def in_turn(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return ``count`` numbers in [0, 1) in random order, one in each of ``count`` equal parts.

    Parts of equal width keep every share near its chance however few there are.
    """
    return (rng.permutation(count) + rng.random(count)) / max(count, 1)


SEED = 1
AREA = "Hampshire"
"""Local-authority area of all districts but the three that are their own."""
UNITARY = ("Isle of Wight", "Portsmouth", "Southampton")
SEVERITY = {
    "Basingstoke and Deane": 1_963_081, "East Hampshire": 909_586, "Eastleigh": 1_254_186, "Fareham": 1_006_712,
    "Gosport": 1_070_661, "Hart": 612_023, "Havant": 1_606_781, "Isle of Wight": 1_458_550, "New Forest": 1_638_263,
    "Portsmouth": 3_842_440, "Rushmoor": 1_270_009, "Southampton": 5_049_480, "Test Valley": 1_210_587,
    "Winchester": 1_208_576,
}  # fmt: skip
"""Severity of each district (figure 3)."""
SEVERITY_IN_ALL = 24_437_456
CSE_UP = ("Portsmouth", "Basingstoke and Deane", "Eastleigh", "Southampton", "Havant", "Test Valley", "Rushmoor",
          "Winchester", "Gosport")  # fmt: skip
"""The nine districts with more crimes of child sexual exploitation; the profile names the first three."""
THEFT_FIRST = "New Forest"
"""The district of the area in which theft, not sexual offending, does most harm."""


@dataclass(frozen=True)
class NamedWard:
    """A ward of table 2.

    Parameters
    ----------
    harm : float
        Share of the force's severity; where the profile says less than 1%, a share that fits.
    threats : dict of str to float
        Groups of offences with their shares of the ward's crimes.
    """

    name: str
    district: str
    population: int
    harm: float
    threats: dict[str, float]


WARDS = (
    NamedWard("Bargate", "Southampton", 19_500, 0.05, {"without injury": 0.17, "shoplifting": 0.16}),
    NamedWard("Charles Dickens", "Portsmouth", 18_500, 0.04, {"without injury": 0.23, "with injury": 0.18}),
    NamedWard("Eastrop", "Basingstoke and Deane", 6_100, 0.0125,
              {"shoplifting": 0.16, "without injury": 0.15, "with injury": 0.14}),
    NamedWard("Owslebury and Curdridge", "Winchester", 4_400, 0.0056, {"without injury": 0.32, "other sexual": 0.14}),
    NamedWard("Frogmore and Darby Green", "Hart", 5_600, 0.0069, {"with injury": 0.22, "without injury": 0.19}),
    NamedWard("Crondall", "Hart", 2_300, 0.0029, {"without injury": 0.32, "damage": 0.18}),
)  # fmt: skip


@dataclass(frozen=True)
class Targets:
    """What the records are made to give.

    Parameters
    ----------
    severity : dict of str to float
        By district, in the year.
    elsewhere : float
        Severity of crimes without a district.
    crimes : int
        Recorded in the year.
    severity_change, volume_change : float
        Against the year before.
    since_base : dict of str to float
        Change in severity against the base year by group of offences.
    slavery_change : float
        Change in the number of crimes of modern slavery on the year before.
    rape, rape_private, high_private : float
        Rape's share of severity; share of rapes, and of other offences of high harm, in private spaces.
    victims, offenders : (float, float)
        Share of people with a year's worth of harm or more, and their share of all people's harm.
    young : float
        Share of severity against victims aged 10 to 24.
    known, stranger : float
        Shares of the area's severity caused by acquaintances and by strangers.
    cse_female : float
        Female share of the children flagged.
    stops, juveniles : (int, int)
        Transient dealers, and juveniles among them, in the year before and in the year.
    stops_basingstoke : (int, int)
        Transient dealers of the year in Basingstoke, and juveniles among them.
    referred : int
        People referred to the National Referral Mechanism in the year.
    talon : int
        Children referred in the case of one group.
    """

    severity: dict[str, float]
    elsewhere: float
    crimes: int = 260_000
    wards: tuple[NamedWard, ...] = WARDS
    severity_change: float = 0.04
    volume_change: float = -0.01
    since_base: tuple[tuple[str, float], ...] = (("burglary", 0.41), ("weapons", 0.27), ("robbery personal", 0.26))
    slavery_change: float = 0.29
    rape: float = 0.31
    rape_private: float = 0.71
    high_private: float = 0.73
    victims: tuple[float, float] = (0.06, 0.74)
    offenders: tuple[float, float] = (0.04, 0.45)
    young: float = 0.21
    known: float = 0.19
    stranger: float = 0.18
    cse_female: float = 0.82
    stops: tuple[int, int] = (667, 627)
    juveniles: tuple[int, int] = (33, 100)
    stops_basingstoke: tuple[int, int] = (100, 23)
    referred: int = 63
    talon: int = 6

    @property
    def total(self) -> float:
        """Severity of the year."""
        return sum(self.severity.values()) + self.elsewhere


def targets_of(seed: int, scale: float) -> Targets:
    """Return what a county is made to give: the published figures for the seed 1, figures like them for others.

    Severities and crimes scale; stop checks and referrals, of which there are few, not below a tenth.

    Parameters
    ----------
    scale : float
        Factor on severities and counts; shares and changes stay.

    >>> round(targets_of(1, 1.0).total), round(targets_of(1, 0.5).total)
    (24437456, 12218728)
    >>> targets_of(2, 1.0).rape == targets_of(1, 1.0).rape
    False
    """
    found = Targets(dict(SEVERITY), float(SEVERITY_IN_ALL - sum(SEVERITY.values())))
    if seed != SEED:
        found = _another(found, seed)
    few = scale_of_few(scale)

    def scaled(pair: tuple[int, int]) -> tuple[int, int]:
        return round(pair[0] * few), round(pair[1] * few)

    return replace(
        found,
        severity={d: s * scale for d, s in found.severity.items()},
        elsewhere=found.elsewhere * scale,
        crimes=round(found.crimes * scale),
        referred=round(found.referred * few),
        stops=scaled(found.stops),
        juveniles=scaled(found.juveniles),
        stops_basingstoke=scaled(found.stops_basingstoke),
    )


def scale_of_few(scale: float) -> float:
    """Return the factor on counts of a few hundred, which a small scale would leave without any shape.

    >>> scale_of_few(0.002), scale_of_few(0.5)
    (0.1, 0.5)
    """
    return max(scale, 0.1)


def _another(published: Targets, seed: int) -> Targets:
    """Return the figures of another force of the same kind."""
    rng = generator(seed, "targets")

    def near(value: float, spread: float = 0.08) -> float:
        return float(value * rng.uniform(1 - spread, 1 + spread))

    severity = {d: near(s, 0.15) for d, s in published.severity.items()}
    stops = (round(near(667)), round(near(627)))
    return replace(
        published,
        severity=severity,
        elsewhere=near(published.elsewhere, 0.2),
        severity_change=float(rng.uniform(-0.02, 0.06)),
        volume_change=float(rng.uniform(-0.03, 0.03)),
        since_base=tuple((group, near(change, 0.2)) for group, change in published.since_base),
        slavery_change=near(published.slavery_change, 0.3),
        rape=near(0.295, 0.04),
        rape_private=near(published.rape_private, 0.05),
        high_private=near(published.high_private, 0.03),
        victims=(near(0.06, 0.04), near(0.735, 0.01)),
        offenders=(near(0.04, 0.05), near(0.45, 0.02)),
        young=near(published.young),
        known=near(0.185),
        stranger=near(0.175),
        cse_female=near(0.8, 0.05),
        stops=stops,
        juveniles=(round(stops[0] * near(0.05, 0.2)), round(stops[1] * near(0.15, 0.2))),
        stops_basingstoke=(round(near(100)), round(near(21, 0.15))),
        referred=round(near(published.referred)),
    )
