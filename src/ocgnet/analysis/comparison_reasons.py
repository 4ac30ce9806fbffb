"""Why a role or position differs between two runs, from what both wrote about the person."""

from __future__ import annotations

from collections.abc import Mapping

_FEWEST_POINTS = 0.05
"""Percentile change from which a measure is named."""

_MOST_MEASURES = 3
_COUNTS = {"evidence_crimes": "crimes", "evidence_reports": "reports", "degree": "people tied"}


def why_moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return which measures and how much evidence differ between two rows of the table ``roles``.

    Notes
    -----
    The measures whose percentile moved most come first, at most three of those that moved by five points
    or more, then counts of evidence. When nothing of the person's own moved, others of the group did,
    because a suggested role is a place within the group.

    Examples
    --------
    >>> was = {"degree": "3", "betweenness_percentile": "0.41", "evidence_crimes": "2"}
    >>> why_moved(was, {"degree": "5", "betweenness_percentile": "0.83", "evidence_crimes": "2"})
    'betweenness percentile 41 to 83; people tied 3 to 5'
    """
    moved = []
    for column in before.keys() & after.keys():
        if column.endswith("_percentile"):
            one, other = _number(before[column]), _number(after[column])
            if round(abs(other - one), 9) >= _FEWEST_POINTS:
                measure = column.removesuffix("_percentile").replace("_", " ")
                moved.append((-abs(other - one), measure, f"{measure} percentile {100 * one:.0f} to {100 * other:.0f}"))
    said = [text for _, _, text in sorted(moved)[:_MOST_MEASURES]]
    said += [
        f"{name} {before[column] or 0} to {after[column] or 0}"
        for column, name in _COUNTS.items()
        if column in before and column in after and before[column] != after[column]
    ]
    if not said:
        return "nothing of the person's own moved by five percentile points or more: others of the group did"
    return "; ".join(said)


def _number(text: str) -> float:
    return float(text) if text else 0.0
