"""What single change would give somebody another suggested role, in plain words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.position import SCORED, Position
from ocgnet.analysis.resampling import PEOPLE, TIES
from ocgnet.analysis.robustness import Stability
from ocgnet.analysis.text_columns import join, number
from ocgnet.analysis.tiers import PRINCIPAL, SIGNIFICANT, TIERS, Seats, Standing
from ocgnet.projection import Ties
from ocgnet.scope import Evidence
from ocgnet.settings import Settings


def changes_for(
    evidence: Evidence,
    ties: Ties,
    position: Position,
    seats: Seats,
    standing: Standing,
    stability: Stability | None,
    settings: Settings,
    rows: np.ndarray,
) -> pa.Array:
    """Return one text per row: percentile points, a tie, a person, a source.

    Parameters
    ----------
    evidence, ties, position, seats, standing, stability, settings
        Of one analysis; without ``stability`` only the percentile points are told.
    rows : ndarray of int
        Seats with a suggestion.

    Notes
    -----
    The tie and the person are those that were suspected in the resamples and then tried alone: another one may
    do the same. Sources are never named, and a source is placed behind a tie only where every report may be named.
    """
    person = seats.person[rows]
    parts = [_points(position, standing, settings, person, rows)]
    if stability is not None and stability.draws:
        every = pa.array(evidence.nominals, pa.string())
        tie = stability.turns_on[TIES][rows]
        at = np.maximum(tie, 0)
        partner = _partner(ties, at, person)
        alone = (tie >= 0) & (np.diff(ties.start)[at] == 1) if len(ties) else np.zeros(len(rows), bool)
        resting = pc.if_else(pa.array(alone), " (which rests on one record)", "")
        told = join(
            "without the tie to ", every.take(pa.array(partner)), resting, ": ", _tier(stability.turned[TIES][rows])
        )
        parts.append(pc.if_else(pa.array(tie >= 0), told, None))
        other = stability.turns_on[PEOPLE][rows]
        known = (other >= 0) & ((tie < 0) | (other != partner))
        whom = every.take(pa.array(np.maximum(other, 0)))
        told = join("were ", whom, " unknown: ", _tier(stability.turned[PEOPLE][rows]))
        parts.append(pc.if_else(pa.array(known), told, None))
        if stability.sources:
            parts.append(_by_source(ties, every, stability, person, rows))
    told = pc.binary_join_element_wise(*parts, "; ", null_handling="skip")
    return join("What would change it: ", told, ".")


def _points(
    position: Position, standing: Standing, settings: Settings, person: np.ndarray, rows: np.ndarray
) -> pa.Array:
    """Say how many percentile points part the seat from another tier; the score is the mean of the scored measures."""
    tier, gap, held, score = (v[rows] for v in (standing.tier, standing.gap, standing.held, standing.score))
    top = tier == PRINCIPAL
    least = np.where(top | (tier == SIGNIFICANT), settings.principal_least, settings.significant_least)
    # A principal falls behind somebody, or below what a principal needs at least.
    by_least = np.where(top, np.fmin(score - least, gap) < gap, held) | (top & np.isnan(gap))
    need = np.where(by_least, np.abs(score - least), gap)
    to = np.where(by_least, np.where(top, SIGNIFICANT, tier + 1), standing.against[rows])
    ranked = np.array([position.percentiles[n][person] for n in SCORED])
    room = np.where(top, ranked.max(axis=0), 1 - ranked.min(axis=0))
    # Rounded up, so that with as many the threshold is passed.
    one, each = (np.ceil(np.nan_to_num(need) * 100 * k + 1e-6).astype(np.int64) for k in (len(SCORED), 1))
    word = pc.if_else(pa.array(top), "fewer", "more")
    points = pc.if_else(pa.array(each == 1), " percentile point ", " percentile points ")
    alone = pc.if_else(pa.array(one <= room * 100), join(" (or ", number(one), " in one)"), "")
    told = join(number(each), points, word, " in each measure", alone, ": ", _tier(to))
    nobody = pc.if_else(pa.array(top), "nobody ranks below", "no points while the highest scores are equal")
    return pc.if_else(pa.array(np.isnan(need)), nobody, told)


def _by_source(ties: Ties, every: pa.Array, stability: Stability, person: np.ndarray, rows: np.ndarray) -> pa.Array:
    """Say how many single sources change the role, into what, and behind which tie the heaviest stands."""
    many, tie = stability.source_changes[rows], stability.source_tie[rows]
    behind = every.take(pa.array(_partner(ties, np.maximum(tie, 0), person)))
    one = pa.array(many == 1)
    heaviest = pc.if_else(one, "", "the heaviest, ")
    where = pc.if_else(pa.array(tie >= 0), join(" (", heaviest, "behind the tie to ", behind, ")"), "")
    some = join(
        number(many),
        f" of {stability.sources:,} single sources",
        where,
        " left out: ",
        _tier(stability.source_tier[rows]),
    )
    return pc.if_else(pa.array(many > 0), some, f"none of {stability.sources:,} single sources")


def _partner(ties: Ties, tie: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return the other end of each tie."""
    if not len(ties):
        return np.zeros(len(tie), np.int64)
    return np.asarray(np.where(ties.a[tie] == person, ties.b[tie], ties.a[tie]), np.int64)


def _tier(tier: np.ndarray) -> pa.Array:
    return pa.array(TIERS).take(pa.array(np.maximum(tier, 0)))
