"""Rules about children from a file: a partnership sets its own points, bands and thresholds.

The file is TOML. Thresholds stand at the top under their names in ``Settings``; ``[child_points]`` and
``[adult_points]`` give points to rules, ``[child_bands]`` and ``[adult_bands]`` the points from which each band begins.
What the file does not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from ocgnet.harm import offence_groups
from ocgnet.settings import Settings
from ocgnet.settings_file import is_number, is_whole, near, read_settings_file, refuse, whole_numbers
from ocgnet.words import plain

_COUNT = 1_000_000
_HARM = 1_000_000_000_000
_DAYS = 36_525
"""A hundred years: more would reach past the days a calendar has."""

WHOLE: dict[str, tuple[int, int]] = {
    "many_aces": (1, _COUNT),
    "repeat_missing": (1, _COUNT),
    "interview_hours": (1, _DAYS * 24),
    "missing_open_days": (0, _DAYS),
    "recent_days": (1, _DAYS),
    "many_serious": (1, _COUNT),
    "group_violent_crimes": (1, _COUNT),
    "pathway_days": (1, _DAYS),
    "pathway_months": (0, 1200),
}
"""Thresholds that are whole numbers, with the least and the most each may be."""

NUMBERS = ("serious_harm", "adult_harm", "group_harm")
"""Thresholds that are numbers above 0."""

WORDS = ("violent_offences", "risk_none", "risk_low", "risk_raised", "risk_not_said")
"""Lists of words."""

AT_LEAST = (
    ("adult_principal", "adult_significant"),
    ("cse_risk", "cse_risk_low"),
    ("cce_risk", "cce_risk_low"),
    ("serious_offences_many", "serious_offences"),
    ("victim_exploited", "victim"),
)
"""Rules of one component: the first may not add fewer points than the second."""

POINTS, BANDS = ("child_points", "adult_points"), ("child_bands", "adult_bands")
"""Tables of the file: points by rule, and the points from which each band begins."""

_APART = {"points": POINTS, "bands": BANDS}
"""Tables of one band for child and adults together, which there are no more."""


def read_rules(path: Path, settings: Settings) -> Settings:
    """Return ``settings`` with the rules of a file.

    Raises
    ------
    SourceError
        When the file cannot be read, or is no TOML.
    UsageError
        When a key or value is wrong; every one is named at once.
    """
    return with_rules(read_settings_file(path), settings, str(path))


def with_rules(given: Mapping[str, Any], settings: Settings, name: str) -> Settings:
    """Return ``settings`` with the rules of a parsed file.

    Parameters
    ----------
    given : mapping
        As TOML gives it.
    settings : Settings
        What stays where the file is silent.
    name : str
        Of the file, for messages.

    Raises
    ------
    UsageError
        When a key or value is wrong; the message names each key and what it takes.

    Examples
    --------
    >>> asked = with_rules({"many_aces": 3, "child_points": {"victim": 3}}, Settings(), "rules.toml")
    >>> asked.many_aces, dict(asked.child_points)["victim"], dict(asked.child_points)["cse_risk"]
    (3, 3, 4)
    >>> with_rules({"child_points": {"victm": 5}}, Settings(), "rules.toml")
    Traceback (most recent call last):
    ...
    ocgnet.errors.UsageError: rules.toml cannot be used. child_points.victm: no such rule; did you mean victim?
    """
    points = [problem for table in POINTS for problem in _points(given, settings, table)]
    bands = [problem for table in BANDS for problem in _bands(given, table)]
    refuse(name, [*_unknown(given), *_thresholds(given), *points, *bands])
    changed: dict[str, Any] = {k: given[k] for k in WHOLE if k in given}
    changed |= {k: float(given[k]) for k in NUMBERS if k in given}
    changed |= {k: tuple(plain(w) for w in given[k]) for k in WORDS if k in given}
    for table in POINTS:
        if table in given:
            changed[table] = tuple((dict(getattr(settings, table)) | given[table]).items())
    for table in BANDS:
        if table in given:
            changed[table] = tuple(sorted(given[table].items(), key=lambda band: -band[1]))
    return replace(settings, **changed)


def _unknown(given: Mapping[str, Any]) -> Iterator[str]:
    known = (*WHOLE, *NUMBERS, *WORDS, *POINTS, *BANDS)
    for key in given:
        if key in _APART:
            yield f"{key}: child and adults have a band each; write [{_APART[key][0]}] and [{_APART[key][1]}]."
        elif key not in known:
            yield f"{key}: no such rule or threshold{near(key, known)}"


def _thresholds(given: Mapping[str, Any]) -> Iterator[str]:
    yield from whole_numbers(given, WHOLE)
    for key in NUMBERS:
        value = given.get(key, 1)
        if not (is_number(value) and 0 < value <= _HARM):
            yield f"{key}: {value!r} is no number above 0, up to {_HARM:,}."
    for key in WORDS:
        words = given.get(key, [])
        if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
            yield f"{key}: {words!r} is no list of words, such as [{', '.join(repr(w) for w in ('one', 'two'))}]."
        elif key == "violent_offences":
            groups = set(offence_groups().values())
            yield from (f"{key}: no offence group '{w}'{near(w, groups)}" for w in words if w not in groups)


def _points(given: Mapping[str, Any], settings: Settings, table: str) -> Iterator[str]:
    points = given.get(table, {})
    if not isinstance(points, dict):
        yield f"{table}: {points!r} is no table; write [{table}] and one rule a line."
        return
    known = dict(getattr(Settings(), table))
    for rule, value in points.items():
        if rule not in known:
            yield f"{table}.{rule}: no such rule{near(rule, known)}"
        elif not _points_of(value):
            yield f"{table}.{rule}: {value!r} is no whole number from 0 to {_COUNT:,}."
    final = dict(getattr(settings, table)) | {k: v for k, v in points.items() if _points_of(v)}
    for high, low in AT_LEAST:
        if (high in points or low in points) and final.get(high, 0) < final.get(low, 0):
            yield f"{table}.{high}: {final.get(high, 0)} is less than {table}.{low} ({final.get(low, 0)})."


def _bands(given: Mapping[str, Any], table: str) -> Iterator[str]:
    bands = given.get(table)
    if bands is None:
        return
    if not isinstance(bands, dict) or not bands:
        yield f"{table}: give at least one band under [{table}], such as standard = 0."
        return
    wrong = [name for name, value in bands.items() if not _points_of(value)]
    yield from (f"{table}.{name}: {bands[name]!r} is no whole number from 0 to {_COUNT:,}." for name in wrong)
    yield from (f"{table}.{name!r}: a band needs a name." for name in bands if not name.strip())
    if wrong:
        return
    values = list(bands.values())
    if 0 not in values:
        yield f"{table}: one band must begin at 0, so that every child is in one."
    if len(set(values)) < len(values):
        yield f"{table}: two bands begin at the same points."


def _points_of(value: object) -> TypeGuard[int]:
    return is_whole(value) and 0 <= value <= _COUNT
