"""Suggested against recorded roles: counts, kappa, and every disagreement with its reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ocgnet.analysis.tiers import INSUFFICIENT
from ocgnet.model.columns import ROLES
from ocgnet.results import RESULT_TABLES, Agreement, ResultTable

NOT_ASSESSED = "not assessed"
"""Row of the confusion table for memberships without a recorded role."""


def agreement(roles: ResultTable) -> Agreement:
    """Compare suggested with recorded roles of members.

    Parameters
    ----------
    roles : ResultTable
        The table ``roles``; rows without a group take no part.

    Returns
    -------
    Agreement
        ``table`` counts every membership, those not assessed and those with insufficient data too;
        ``kappa`` is over the memberships with both roles.

    Notes
    -----
    Quadratic-weighted kappa (Cohen 1968, https://doi.org/10.1037/h0026256) counts a principal taken
    for peripheral four times as heavily as a neighbour. Plain accuracy is not given: since about four
    in five members are not principal, calling nobody principal would score 80%.
    """
    frame = roles.frame[roles.frame["ocg_id"] != ""]
    ladder = list(reversed(ROLES))
    recorded = frame["recorded_role"].replace({"": NOT_ASSESSED})
    table = (
        pd.crosstab(recorded, frame["suggested_role"])
        .reindex(index=[*ROLES, NOT_ASSESSED], columns=[*ROLES, INSUFFICIENT], fill_value=0)
        .astype(int)
        .rename_axis(index="recorded_role", columns="suggested_role")
    )
    both = table.loc[ladder, ladder].to_numpy().astype(float)
    return Agreement(table, int(both.sum()), quadratic_kappa(both))


def quadratic_kappa(counts: np.ndarray) -> float | None:
    """Return the quadratic-weighted kappa of a square table of ordered categories.

    Returns
    -------
    float or None
        1 for full agreement, 0 for what chance gives; None with fewer than two compared, or when all
        of them stand in one category, because chance then explains everything.

    Examples
    --------
    >>> quadratic_kappa(np.diag([5.0, 3.0, 2.0]))
    1.0
    """
    total = counts.sum()
    if total < 2:
        return None
    at = np.arange(len(counts))
    penalty = (at[:, None] - at[None, :]) ** 2
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    by_chance = float((penalty * expected).sum())
    return None if by_chance == 0 else 1 - float((penalty * counts).sum()) / by_chance


def disagreements(roles: ResultTable) -> ResultTable:
    """Return the table ``disagreements``: memberships whose suggested role is not the recorded one.

    Parameters
    ----------
    roles : ResultTable
        The table ``roles``.

    Returns
    -------
    ResultTable
        Two steps apart first, then by falling position score, nominal and group; ``because`` begins
        with which way they differ. Neither side is taken to be right: a record may be old, and a
        network holds only what was seen.
    """
    frame = roles.frame
    ladder = {role: i for i, role in enumerate(ROLES)}
    recorded, suggested = (frame[c].map(ladder) for c in ("recorded_role", "suggested_role"))
    apart = (recorded - suggested).fillna(0)
    found = frame[apart != 0].assign(steps_apart=apart[apart != 0].abs().astype(int))
    way = np.where(
        apart[apart != 0] > 0,
        "Network position is higher than the recorded role",
        "The recorded role is higher than network position",
    )
    word = found["stability_word"].astype(str)
    firm = np.where(word == "", ".", " (" + word + ").")
    found = found.assign(because=pd.Series(way, found.index) + firm + " " + found["because"].astype(str))
    found = found.sort_values(
        ["steps_apart", "position_score", "nominal_id", "ocg_id"], ascending=[False, False, True, True], kind="stable"
    )
    return ResultTable("disagreements", found[[c.name for c in RESULT_TABLES["disagreements"]]].reset_index(drop=True))
