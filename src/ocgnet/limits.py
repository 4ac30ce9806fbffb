"""What a setting takes: numbers between limits, shares, lists and tables of them, each said in words.

A value that does not fit is refused with the end of a sentence about it: "X is no whole number from 1 to 60".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ocgnet.english import near
from ocgnet.words import plain

PEOPLE = 100_000_000
COUNT = 1_000_000
TIMES = 100_000
DAYS = 36_525
"""A hundred years: more would reach past the days a calendar has."""


@dataclass(frozen=True)
class Limits:
    """What a setting takes.

    Parameters
    ----------
    says : str
        The end of the sentence about a value that it does not take: "X is ...".
    fits : callable
        Whether it takes a value, as TOML gives it or as it is kept.
    kept : callable
        Makes what is kept of what TOML gives.
    """

    says: str
    fits: Callable[[Any], bool]
    kept: Callable[[Any], Any] = float

    def wrong(self, key: str, value: Any, _now: object = None) -> Iterator[str]:
        """Say what is wrong with a value."""
        if not self.fits(value):
            yield f"{key}: {value!r} is {self.says}."

    def merged(self, value: Any, _now: object) -> Any:
        """Return what is kept of a value of a file."""
        return self.kept(value)


@dataclass(frozen=True)
class PartLimits:
    """What a table of numbers takes, such as the weight of each kind of contact.

    Parameters
    ----------
    part : str
        What one line of the table is about.
    each : Limits
        What each number may be.
    milder : mapping
        By part the one that may not be more.
    """

    part: str
    each: Limits
    milder: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, key: str, value: Any, now: tuple[tuple[str, float], ...]) -> Iterator[str]:
        """Say what is wrong with the parts that are given, beside those that stay."""
        given, known = dict(value) if isinstance(value, tuple) else value, dict(now)
        if not isinstance(given, dict):
            yield f"{key}: {given!r} is no table; write [{key}] and one {self.part} a line."
            return
        for part, number in given.items():
            if part not in known:
                yield f"{key}.{part}: no such {self.part}{near(part, known)}"
            else:
                yield from self.each.wrong(f"{key}.{part}", number)
        final = known | {part: number for part, number in given.items() if self.each.fits(number)}
        for high, low in self.milder.items():
            if (high in given or low in given) and final.get(high, 0) < final.get(low, 0):
                yield f"{key}.{high}: {final.get(high, 0)} is less than {key}.{low} ({final.get(low, 0)})."

    def merged(self, value: Any, now: tuple[tuple[str, float], ...]) -> Any:
        """Return all parts, with the numbers of a file where it gives them."""
        return tuple((dict(now) | {part: self.each.kept(number) for part, number in value.items()}).items())


@dataclass(frozen=True)
class BandLimits:
    """What a table of bands takes: any names, each with the points from which it begins, one of them from 0."""

    def wrong(self, key: str, value: Any, _now: object) -> Iterator[str]:
        """Say what is wrong with the bands."""
        bands = dict(value) if isinstance(value, tuple) else value
        if not isinstance(bands, dict) or not bands:
            yield f"{key}: give at least one band under [{key}], such as standard = 0."
            return
        yield from (f"{key}.{name!r}: a band needs a name." for name in bands if not name.strip())
        if wrong := [text for name, points in bands.items() for text in POINTS.wrong(f"{key}.{name}", points)]:
            yield from wrong
            return
        if 0 not in bands.values():
            yield f"{key}: one band must begin at 0, so that every child is in one."
        if len(set(bands.values())) < len(bands):
            yield f"{key}: two bands begin at the same points."

    def merged(self, value: Any, _now: object) -> Any:
        """Return the bands of a file, most pressing first; they replace all others."""
        return tuple(sorted(value.items(), key=lambda band: -band[1]))


@dataclass(frozen=True)
class GroupLimits(Limits):
    """What a list of offence groups takes."""

    def wrong(self, key: str, value: Any, _now: object = None) -> Iterator[str]:
        """Say what is wrong with the list, or which group there is not."""
        from ocgnet.harm import offence_groups

        yield from (wrong := list(super().wrong(key, value)))
        groups = set(offence_groups().values())
        unknown = () if wrong else (word for word in value if word not in groups)
        yield from (f"{key}: no offence group '{word}'{near(word, groups)}" for word in unknown)


def is_number(value: object) -> bool:
    """Say whether a value is a finite number that fits into a double; a truth value is none.

    Examples
    --------
    >>> [is_number(v) for v in (1, .5, True, float("nan"), 10**400, "1")]
    [True, True, False, False, False, False]
    """
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return whether a value is a list of values that fit."""
    return lambda values: isinstance(values, list | tuple) and all(map(fits, values))


def whole(least: int, most: int) -> Limits:
    """Take whole numbers between two, both included."""
    return Limits(
        f"no whole number from {least} to {most:,}",
        lambda v: isinstance(v, int) and is_number(v) and least <= v <= most,
        int,
    )


def between(least: float, most: float) -> Limits:
    """Take numbers between two, both included."""
    return Limits(f"no number from {least:g} to {most:,g}", lambda v: is_number(v) and least <= v <= most)


def nought_or(least: float, most: float) -> Limits:
    """Limit numbers of which sums and ratios keep their digits."""
    return Limits(
        f"neither 0 nor a number from {least:g} to {most:,.0f}",
        lambda v: is_number(v) and (v == 0 or least <= v <= most),
    )


def as_day(value: object) -> date | None:
    """Return the day that TOML gives as a date, or as text; None for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


SHARE = Limits("no share from 0 to 1", lambda v: is_number(v) and 0 <= v <= 1)
SHARES = Limits(
    "no pair of shares, the smaller first, such as [0.02, 0.05]",
    lambda v: list_of(SHARE.fits)(v) and len(v) == 2 and v[0] <= v[1],
    lambda v: tuple(map(float, v)),
)
RESOLUTION = between(0.001, 1_000.0)
RESOLUTIONS = Limits(
    "no list of numbers from 0.001 to 1,000",
    lambda v: list_of(RESOLUTION.fits)(v) and len(v) > 0,
    lambda v: tuple(map(float, v)),
)
YES_OR_NO = Limits("neither true nor false", lambda v: isinstance(v, bool), bool)
OPEN_ENDS = Limits(
    "no list of dates, such as [9999-12-31, 2099-12-31]",
    list_of(lambda v: as_day(v) is not None),
    lambda v: tuple(sorted({as_day(text) for text in v} - {None})),
)
HARM = Limits("no number above 0, up to 1,000,000,000,000", lambda v: is_number(v) and 0 < v <= 1e12)
WORDS = Limits(
    "no list of words, such as ['one', 'two']",
    list_of(lambda v: isinstance(v, str) and bool(v.strip())),
    lambda v: tuple(map(plain, v)),
)
POINTS = whole(0, COUNT)
