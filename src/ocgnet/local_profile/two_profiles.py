"""Two profiles side by side: the difference of each figure, its interval, and whether it can be told from chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ocgnet.analysis.intervals import count_interval
from ocgnet.local_profile.figures import ProfileTable, table_of

HIGHER, LOWER, UNCLEAR, TOO_FEW = "higher", "lower", "no clear difference", "too few to say"
UNKNOWN = "not known on both sides"
NO_INTERVAL = "no interval"

Details = Mapping[str, Mapping[str, Any]]


def compare_profiles(here: Details, there: Details, least: int) -> ProfileTable:
    """Return each figure that both profiles hold, with its difference.

    ``here`` and ``there`` are ``figure_details`` of run.json, by figure id; nothing is said of a figure of fewer than
    ``least`` records. In the order of the figures here.

    The interval of a difference is put together from the intervals of the two values (the method of variance
    estimates recovery, Zou and Donner 2008): for shares this is Newcombe's. It is as honest as those intervals are:
    events in series vary more. Where either share rests on fewer than ``least`` records, or two counts together come
    to fewer, the verdict is that there are too few to say. Changes within one profile are not compared. With some 60
    figures about three differences pass their 95% interval by chance alone.
    """
    # A change within a period is left out: a change of changes answers no question.
    shared = [name for name in here if name in there and here[name].get("unit") != "change"]
    rows = [_row(name, here[name], there[name], least) for name in shared]
    return table_of("comparison", rows)


def _row(name: str, here: Mapping[str, Any], there: Mapping[str, Any], least: int) -> dict[str, Any]:
    value, other = here.get("value"), there.get("value")
    row: dict[str, Any] = {
        "figure_id": name,
        "chapter": here.get("chapter", ""),
        "says": here.get("says", ""),
        "unit": here.get("unit", ""),
        "value": value,
        "counts": counts_words(here),
        "other": other,
        "other_counts": counts_words(there),
        "difference": None,
        "difference_low": None,
        "difference_high": None,
        "verdict": UNKNOWN,
        "because": "one side or both cannot tell",
    }
    if value is None or other is None:
        return row
    row["difference"] = float(value - other)
    records = _records(here, there)
    ends = ends_of(here), ends_of(there)
    if ends[0] is None or ends[1] is None:
        verdict = UNCLEAR if value == other else NO_INTERVAL
        return row | {"verdict": verdict, "because": "a value without an interval: only the difference is told"}
    row["difference_low"], row["difference_high"] = difference_ends(here, there)
    if records < least:
        return row | {"verdict": TOO_FEW, "because": f"rests on {records:,} records, fewer than {least:,}"}
    if float(row["difference_low"]) > 0:
        return row | {"verdict": HIGHER, "because": "the whole interval of the difference lies above 0"}
    if float(row["difference_high"]) < 0:
        return row | {"verdict": LOWER, "because": "the whole interval of the difference lies below 0"}
    return row | {"verdict": UNCLEAR, "because": "the interval of the difference holds 0"}


def difference_ends(here: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[float, float]:
    """Return the 95% interval of the difference of two figures, here less there; both have an interval."""
    (low, high), (other_low, other_high) = (_interval(figure) for figure in (here, there))
    value, other = float(here["value"]), float(there["value"])
    return (
        value - other - math.hypot(value - low, other_high - other),
        value - other + math.hypot(high - value, other - other_low),
    )


def _interval(figure: Mapping[str, Any]) -> tuple[float, float]:
    ends = ends_of(figure)
    if ends is None:
        raise ValueError("a figure without an interval has no difference with one")
    return ends


def _records(here: Mapping[str, Any], there: Mapping[str, Any]) -> int:
    """Return what a verdict rests on: of shares the smaller whole, of counts both together."""
    one, two = (int(d.get("records") or 0) for d in (here, there))
    return one + two if here.get("unit") == "count" else min(one, two)


def ends_of(figure: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the 95% interval of a figure, of a count without one the exact Poisson limits; None where it has none."""
    if figure.get("low") is not None and figure.get("high") is not None:
        return float(figure["low"]), float(figure["high"])
    return count_interval(int(figure["value"])) if figure.get("unit") == "count" and figure["value"] >= 0 else None


def counts_words(figure: Mapping[str, Any]) -> str:
    """Return numerator and denominator in words; empty without both."""
    part, whole = figure.get("numerator"), figure.get("denominator")
    return f"{part:,} of {whole:,}" if part is not None and whole is not None else ""
