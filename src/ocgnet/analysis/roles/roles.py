"""Suggested roles beside recorded ones. A suggestion is an assessment; it never overwrites a record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.analysis.position import SCORED, Position
from ocgnet.analysis.roles.layers import volume_of, within_group
from ocgnet.analysis.roles.reasons import reasons_for
from ocgnet.analysis.roles.stability import Stability, word_of
from ocgnet.analysis.roles.tiers import INSUFFICIENT, NO_GROUP, TIERS, seats_of, stand
from ocgnet.dataset import names_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.model.columns import ROLES
from ocgnet.network.ties import Ties
from ocgnet.results import RESULT_TABLES, Agreement, ResultTable
from ocgnet.settings import Settings


def suggest_roles(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    settings: Settings,
    stability: Stability | None,
    names: Mapping[str, str],
) -> ResultTable:
    """Return the table ``roles``: a row per membership on the analysis date, and one per nominal without any.

    Without ``stability`` its columns are blank. Sorted by nominal, then group. Nominals without a group have a blank
    ``ocg_id`` and the word ``no group`` instead of a suggestion, also where no membership holds at all; ``because``
    then says where everybody stands in the whole network.

    Members of a group with fewer than ``min_group`` tied members have a place in it and no role.
    """
    seats = seats_of(evidence)
    person = seats.person
    standing = stand(position.score[person], position.connected[person], seats.group, settings)
    volume = volume_of(evidence, seats)
    inside = within_group(ties, seats, position)
    unknown = np.full(len(person), np.nan)
    # Without any membership a share is one of places, which the table highest_positions gives.
    share = unknown if stability is None or seats.whole else stability.share
    silent = (seats.group < 0) | seats.whole
    ranked = position.connected[person] & ~silent
    ids = evidence.nominals[person]
    frame = pd.DataFrame(
        {
            "nominal_id": ids,
            "name": names_of(ids, names),
            "ocg_id": seats.ocg,
            "recorded_role": seats.recorded,
            "suggested_role": np.where(silent, NO_GROUP, np.array(TIERS, object)[standing.tier]),
            "rank_in_group": pd.array(
                [int(a) + 1 if r else pd.NA for a, r in zip(standing.above, ranked, strict=True)], dtype="Int64"
            ),
            "position_score": position.score[person],
            "stability": share,
            "stability_word": word_of(share, share if stability is None else stability.sure, settings),
            "volume": volume.total,
            "volume_percentile": volume.percentile,
            "ties_in_group": inside["degree"],
            "score_in_group": inside["score"],
            **{f"{name}_in_group": np.round(inside[name], 12) for name in SCORED},
            "evidence_crimes": volume.crimes,
            "evidence_reports": volume.reports,
            **position.columns(person),
            "because": reasons_for(evidence, ties, position, seats, standing, volume, stability, settings),
        }
    )
    return ResultTable("roles", frame)


# Suggested against recorded roles: counts, kappa, and every disagreement with its reasons.

NOT_ASSESSED = "not assessed"
"""Row of the confusion table for memberships without a recorded role."""


def agreement(roles: ResultTable) -> Agreement:
    """Compare suggested with recorded roles of members.

    ``table`` counts every membership, those not assessed and those with insufficient data too; ``kappa`` is over the
    memberships with both roles. Rows without a group take no part.

    Quadratic-weighted kappa (Cohen 1968, https://doi.org/10.1037/h0026256) counts a principal taken for peripheral
    four times as heavily as a neighbour. Plain accuracy is not given: since about four in five members are not
    principal, calling nobody principal would score 80%.
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

    1 for full agreement, 0 for what chance gives; None with fewer than two compared, or when all of them stand in one
    category, because chance then explains everything.

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

    Two steps apart first, then by falling position score, nominal and group; ``because`` begins with which way they
    differ. Neither side is taken to be right: a record may be old, and a network holds only what was seen.
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
