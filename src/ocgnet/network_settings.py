"""Settings of ties, roles and communities from a file, so that a force sets its own weights and thresholds once.

The file is TOML. Keys are the names in ``Settings``; ``[association_weights]`` gives the weight of a kind of contact.
What the file does not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ocgnet.settings import HALF_LIFE_LIMITS, WEIGHT_LIMITS, Settings, out_of
from ocgnet.settings_file import is_number, near, read_settings_file, refuse, whole_numbers

_PEOPLE = 100_000_000
_TIMES = 100_000

WHOLE: dict[str, tuple[int, int]] = {
    "event_cap": (2, _PEOPLE),
    "betweenness_exact_up_to": (0, _PEOPLE),
    "betweenness_pivots": (2, _PEOPLE),
    "min_group": (2, _PEOPLE),
    "outsider_ties": (1, _PEOPLE),
    "resamples": (0, _TIMES),
    "resample_up_to": (0, _PEOPLE),
    "drop_sources": (0, _PEOPLE),
    "single_changes": (0, _TIMES),
    "resample_work": (0, 10**15),
    "resample_pivots": (2, _PEOPLE),
    "community_seeds": (1, _TIMES),
    "snapshot_months": (0, 1200),
    "far_days": (1, 36_525),
}
"""Whole numbers, with the least and the most each may be."""

NUMBERS = {"report_weight": WEIGHT_LIMITS, "crime_weight": WEIGHT_LIMITS, "half_life_days": HALF_LIFE_LIMITS}
"""Numbers that may be 0, with the least and the most of every other value."""

SHARES = (
    "principal_share", "significant_share", "principal_least", "significant_least", "drop_ties", "stable_from",
    "fair_from", "split_share", "merge_share", "between_share", "snapshot_change", "loss_limit",
)  # fmt: skip
"""Shares from 0 to 1."""

POSITIVE = ("community_resolution",)
"""Numbers within the limits of a resolution."""

_RESOLUTION = (0.001, 1_000.0)

_NOT_ABOVE = (("significant_least", "principal_least"), ("fair_from", "stable_from"))
"""The first of each pair may not be above the second."""

_DATED = ("open_ends", "far_percentile")
"""Settings about dates that are judged by rules of their own."""

_LISTS = ("drop_people", "community_resolutions")


def read_network_settings(path: Path, settings: Settings) -> Settings:
    """Return ``settings`` with those of a file.

    Raises
    ------
    SourceError
        When the file cannot be read, or is no TOML.
    UsageError
        When a key or value is wrong; every one is named at once.
    """
    return with_network_settings(read_settings_file(path), settings, str(path))


def with_network_settings(given: Mapping[str, Any], settings: Settings, name: str) -> Settings:
    """Return ``settings`` with those of a parsed file.

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
    >>> asked = with_network_settings({"half_life_days": 365, "association_weights": {"phone": 0}}, Settings(), "f")
    >>> asked.half_life_days, dict(asked.association_weights)["phone"], dict(asked.association_weights)["meeting"]
    (365.0, 0.0, 1.0)
    >>> with_network_settings({"event_kap": 5}, Settings(), "own.toml")
    Traceback (most recent call last):
    ...
    ocgnet.errors.UsageError: own.toml cannot be used. event_kap: no such setting; did you mean event_cap?
    """
    weights = dict(settings.association_weights)
    refuse(
        name,
        [*_unknown(given), *_values(given), *_dates(given), *_weights(given.get("association_weights", {}), weights)],
    )
    changed: dict[str, Any] = {k: given[k] for k in (*WHOLE, "one_origin_once") if k in given}
    changed |= {k: float(given[k]) for k in (*NUMBERS, *SHARES, *POSITIVE) if k in given}
    changed |= {k: tuple(float(v) for v in given[k]) for k in _LISTS if k in given}
    if "association_weights" in given:
        own = {k: float(v) for k, v in given["association_weights"].items()}
        changed["association_weights"] = tuple(sorted((weights | own).items()))
    if "far_percentile" in given:
        changed["far_percentile"] = float(given["far_percentile"])
    if "open_ends" in given:
        changed["open_ends"] = tuple(sorted({_day(value) for value in given["open_ends"]} - {None}))
    found = replace(settings, **changed)
    refuse(name, _against_each_other(found))
    return found


def _unknown(given: Mapping[str, Any]) -> Iterator[str]:
    known = (*WHOLE, *NUMBERS, *SHARES, *POSITIVE, *_LISTS, *_DATED, "one_origin_once", "association_weights")
    for key in given:
        if key not in known:
            yield f"{key}: no such setting{near(key, known)}"


def _values(given: Mapping[str, Any]) -> Iterator[str]:
    yield from whole_numbers(given, WHOLE)
    yield from filter(None, (out_of(key, given[key], NUMBERS[key]) for key in NUMBERS if key in given))
    for key in POSITIVE:
        if key in given and not _resolution(given[key]):
            yield f"{key}: {given[key]!r} is no number from 0.001 to 1,000."
    for key in SHARES:
        if key in given and not _share(given[key]):
            yield f"{key}: {given[key]!r} is no share from 0 to 1."
    if not isinstance(given.get("one_origin_once", True), bool):
        yield f"one_origin_once: {given['one_origin_once']!r} is neither true nor false."
    people = given.get("drop_people", [0, 0])
    if not (isinstance(people, list) and len(people) == 2 and all(map(_share, people)) and people[0] <= people[1]):
        yield f"drop_people: {people!r} is no pair of shares, the smaller first, such as [0.02, 0.05]."
    values = given.get("community_resolutions", [1])
    if not (isinstance(values, list) and values and all(map(_resolution, values))):
        yield f"community_resolutions: {values!r} is no list of numbers from 0.001 to 1,000."


def _dates(given: Mapping[str, Any]) -> Iterator[str]:
    ends = given.get("open_ends", [])
    if not isinstance(ends, list) or any(_day(value) is None for value in ends):
        yield f"open_ends: {ends!r} is no list of dates, such as [9999-12-31, 2099-12-31]."
    percentile = given.get("far_percentile", 99.9)
    if not (is_number(percentile) and 50 <= percentile <= 100):
        yield f"far_percentile: {percentile!r} is no number from 50 to 100."


def _day(value: object) -> date | None:
    """Return the day that TOML gives as a date, or as text; None for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _against_each_other(found: Settings) -> Iterator[str]:
    for low, high in _NOT_ABOVE:
        if getattr(found, low) > getattr(found, high):
            yield f"{low}: {getattr(found, low):g} is above {high} ({getattr(found, high):g})."
    if found.principal_share + found.significant_share > 1:
        yield "principal_share and significant_share: together they are above 1."


def _weights(given: Any, known: Mapping[str, float]) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"association_weights: {given!r} is no table; write [association_weights] and one kind a line."
        return
    for kind, value in given.items():
        if kind not in known:
            yield f"association_weights.{kind}: no such kind of contact{near(kind, known)}"
        elif wrong := out_of(f"association_weights.{kind}", value, WEIGHT_LIMITS):
            yield wrong


def _resolution(value: Any) -> bool:
    return is_number(value) and _RESOLUTION[0] <= value <= _RESOLUTION[1]


def _share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1
