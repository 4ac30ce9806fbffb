"""Suggested roles beside recorded ones. A suggestion is an assessment; it never overwrites a record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.analysis.layers import within_group
from ocgnet.analysis.position import SCORED, Position, names_of
from ocgnet.analysis.reasons import reasons_for
from ocgnet.analysis.robustness import Stability, word_of
from ocgnet.analysis.tiers import NO_GROUP, TIERS, seats_of, stand
from ocgnet.analysis.volume import volume_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import Ties
from ocgnet.results import ResultTable
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
        Sorted by nominal, then group. Nominals without a group have a blank ``ocg_id`` and the word
        ``no group`` instead of a suggestion, also where no membership holds at all; ``because`` then says
        where everybody stands in the whole network.

    Notes
    -----
    Members of a group with fewer than ``min_group`` tied members have a place in it and no role.
    """
    seats = seats_of(evidence)
    person = seats.person
    standing = stand(position.score[person], position.connected[person], seats.group, settings)
    volume = volume_of(evidence, seats)
    inside = within_group(ties, seats)
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
