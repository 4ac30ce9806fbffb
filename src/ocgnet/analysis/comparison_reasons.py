"""Why a role or position differs between two runs, from what both wrote about the person."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

_FEWEST_POINTS = 0.05
"""Percentile change from which a measure is named."""

_MOST_MEASURES = 3
_COUNTS = {"evidence_crimes": "crimes", "evidence_reports": "reports", "degree": "people tied"}


def why_moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return which measures and how much evidence differ between two rows of the table ``roles``.

    Notes
    -----
    The measures whose percentile moved most come first, at most three of those that moved by five points
    or more, then counts of evidence. A suggested role is a place within the group, so it may change when
    nothing of the person's own did.

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
        return "no measure of the person's own moved by five percentile points or more"
    return "; ".join(said)


def places_of(roles: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return everybody's place by position among the tied people of the group, such as ``2 of 7``.

    Parameters
    ----------
    roles : pandas.DataFrame
        The table ``roles`` as text.

    Returns
    -------
    dict
        By nominal and group; people without ties have no place. Equal scores share the better place.
        Nominals without a group are placed among each other.
    """
    tied = roles[pd.to_numeric(roles["degree"]) > 0]
    score = pd.to_numeric(tied["position_score"]).groupby(tied["ocg_id"])
    place = score.rank(method="min", ascending=False).astype(int)
    keys = zip(tied["nominal_id"], tied["ocg_id"], strict=True)
    told = (f"{rank} of {size}" for rank, size in zip(place, score.transform("size"), strict=True))
    return dict(zip(keys, told, strict=True))


def _number(text: str) -> float:
    return float(text) if text else 0.0
