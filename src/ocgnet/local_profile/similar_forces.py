"""A force among several: its rank on each figure that can be ranked, and the ranks that chance leaves open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from ocgnet.english import ordinal
from ocgnet.local_profile.figures import ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, made
from ocgnet.local_profile.two_profiles import Details, counts_words, difference_ends, ends_of

RANKED = ("share", "ratio")
"""Units of figures that a force's size does not decide."""

_WEIGHED = re.compile(r"severity|harm|_few$")
"""Figures that follow from severity weights."""

_NOT_RANKED = {
    "count": "a count grows with the size of a force: look at shares and at numbers a head",
    "score": "a sum of weights grows with the size of a force: look at severity a head",
    "change": "a change is set against each force's own past",
    "years": "an age has no rank that would say anything",
    "number": "it has no interval",
}
SAME_LENGTH = 3
"""Days by which periods may differ (leap years) and numbers a head still be ranked together."""

SIMILAR_FORCES = TableOf(
    "similar_forces",
    "Similar forces",
    "Where does this force stand among the others, and which ranks does chance leave open? 1st is the highest value.",
    (
        made("figure_id", "id", "Id of the figure."),
        made("chapter", "text", "Chapter of the report."),
        made("says", "text", "What the figure is."),
        made("unit", "text", "share or ratio; other units are not ranked."),
        made("value", "number", "Here."),
        made("counts", "text", "Numerator and denominator here."),
        made("lowest", "number", "Lowest of all, this force included."),
        made("middle", "number", "Middle of all, this force included."),
        made("highest", "number", "Highest of all, this force included."),
        made("forces", "count", "How many forces are ranked, this one included."),
        made("rank", "count", "Rank here: 1 is the highest; equals share a rank."),
        made("rank_best", "count", "Highest rank that chance leaves open."),
        made("rank_worst", "count", "Lowest rank that chance leaves open."),
        made("stands", "text", "The same in words, or why there is no rank."),
        made("because", "text", "Which forces take no part, and why."),
    ),
    whole=None,
)


@dataclass(frozen=True)
class Other:
    """Another force: its figures, as in ``figure_details`` of run.json."""

    name: str
    details: Details
    days: tuple[date, date] | None
    weights: object  # as in ``parameters`` of run.json
    run_id: str
    notes: tuple[str, ...] = ()


def similar_forces(here: Other, others: Sequence[Other], least: int) -> ProfileTable:
    """Return each figure of this force with its rank among all forces that know it.

    A force is ranked above another where its value is higher; 1st is the highest, equals share a rank. It *could be*
    any rank from 1 + the forces that are higher by more than chance to the number of forces less those that are lower
    by more than chance, where two forces differ by more than chance when the 95% interval of their difference, put
    together from their two intervals as in a comparison of two, does not hold 0. Each pair is judged by itself: of
    seven pairs one passes by chance alone in up to a third of cases, so with many forces the true range is wider
    (Goldstein and Spiegelhalter 1996 on league tables). A force whose figure rests on fewer than ``least`` records
    takes no part in it. In the order of the figures here; figures of single wards are left out.
    """
    rows = [_row(name, here, others, least) for name in here.details if not name.startswith("ward_")]
    return table_of(SIMILAR_FORCES, [row for row in rows if row])


def _row(name: str, here: Other, others: Sequence[Other], least: int) -> dict[str, Any]:
    """Return the row of a figure; nothing for one that no other profile holds."""
    mine = here.details[name]
    if not any(name in other.details for other in others):
        return {}
    row: dict[str, Any] = {
        "figure_id": name,
        **{column: mine.get(column, "") for column in ("chapter", "says", "unit", "value")},
        "counts": counts_words(mine),
        "stands": "not ranked",
    }
    unit = str(mine.get("unit"))
    if unit not in RANKED:
        return row | {"because": _NOT_RANKED.get(unit, "it cannot be ranked across forces")}
    if why := _unfit(name, here, here, least):
        return row | {"stands": "too few to say" if why == _few(least) else "not ranked", "because": f"here {why}"}
    absent = {other.name: why for other in others if (why := _unfit(name, other, here, least))}
    ranked = [other.details[name] for other in others if other.name not in absent]
    because = "; ".join(f"{force}: {why}" for force, why in absent.items())
    if not ranked:
        return row | {"because": because}
    values = sorted([float(mine["value"]), *(float(d["value"]) for d in ranked)])
    rank, best, worst = rank_of(mine, ranked)
    return row | {
        "lowest": values[0],
        "middle": median(values),
        "highest": values[-1],
        "forces": len(values),
        "rank": rank,
        "rank_best": best,
        "rank_worst": worst,
        "stands": stands_words(rank, best, worst, len(values)),
        "because": because,
    }


def rank_of(mine: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> tuple[int, int, int]:
    """Return the rank of a figure among others, and the best and the worst that chance leaves open.

    All have an interval.
    """
    value = float(mine["value"])
    rank = 1 + sum(float(other["value"]) > value for other in others)
    ends = [difference_ends(mine, other) for other in others]
    above = sum(high < 0 for _, high in ends)
    below = sum(low > 0 for low, _ in ends)
    return rank, 1 + above, len(others) + 1 - below


def stands_words(rank: int, best: int, worst: int, forces: int) -> str:
    """Return a rank in words.

    >>> stands_words(2, 1, 4, 8), stands_words(8, 8, 8, 8)
    ('2nd of 8, could be 1st to 4th', '8th of 8')
    """
    stands = f"{ordinal(rank)} of {forces}"
    return stands if best == worst else f"{stands}, could be {ordinal(best)} to {ordinal(worst)}"


def _few(least: int) -> str:
    return f"it rests on fewer than {least:,} records"


def _unfit(name: str, force: Other, here: Other, least: int) -> str:
    """Return why a force takes no part in the ranks of a figure; empty when it does."""
    found = force.details.get(name)
    if found is None or found.get("value") is None:
        return "not known"
    if any(found.get(column) != here.details[name].get(column) for column in ("unit", "says")):
        return "it counts something else there"
    if ends_of(found) is None:
        return "no interval"
    if int(found.get("records") or 0) < least:
        return _few(least)
    if _WEIGHED.search(name) and force.weights != here.weights:
        return "other weights"
    far = abs(_length(force) - _length(here)) > SAME_LENGTH
    return "a period of another length" if found.get("unit") == "ratio" and far else ""


def _length(force: Other) -> int:
    return 0 if force.days is None else (force.days[1] - force.days[0]).days
