"""Suggested roles beside recorded ones. A suggestion is an assessment; it never overwrites a record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.analysis.position import Position, names_of
from ocgnet.analysis.reasons import reasons_for
from ocgnet.analysis.robustness import Stability
from ocgnet.analysis.tiers import INSUFFICIENT, TIERS, seats_of, stand
from ocgnet.model.tables import ROLES
from ocgnet.projection import Ties
from ocgnet.results import Agreement, ResultTable
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

NOT_ASSESSED = "not assessed"
"""Row of the confusion table for memberships without a recorded role."""


def suggest_roles(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    settings: Settings,
    stability: Stability | None,
    names: Mapping[str, str],
) -> ResultTable:
    """Return the table ``roles``: a row per membership on the analysis date, and one per nominal without any.

    Parameters
    ----------
    evidence, ties, position
        Of one analysis.
    settings : Settings
        Thresholds within the group; see `ocgnet.analysis.tiers.stand`.
    stability : Stability or None
        Of the same evidence; None leaves the column blank.
    names : mapping of str to str
        Name by person id.

    Returns
    -------
    ResultTable
        Sorted by nominal, then group. Nominals without a group have a blank ``ocg_id`` and are judged
        against each other over the whole network.
    """
    seats = seats_of(evidence)
    person = seats.person
    standing = stand(position.score[person], position.connected[person], seats.group, settings)
    n = len(evidence.nominals)
    ids = evidence.nominals[person]
    frame = pd.DataFrame(
        {
            "nominal_id": ids,
            "name": names_of(ids, names),
            "ocg_id": seats.ocg,
            "recorded_role": seats.recorded,
            "suggested_role": np.array(TIERS, object)[standing.tier],
            "position_score": position.score[person],
            "stability": np.full(len(person), np.nan) if stability is None else stability.share,
            "evidence_crimes": evidence.crimes.counts(n)[person],
            "evidence_reports": evidence.reports.counts(n)[person],
            **position.columns(person),
            "because": reasons_for(evidence, ties, position, seats, standing, settings),
        }
    )
    return ResultTable("roles", frame)


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
