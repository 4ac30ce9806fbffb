"""What single change would give somebody another suggested role, in plain words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.position import SCORED, Position
from ocgnet.analysis.resampling import PEOPLE, TIES
from ocgnet.analysis.robustness import Stability
from ocgnet.analysis.text_columns import counted, join, listed, number
from ocgnet.analysis.tiers import PRINCIPAL, SIGNIFICANT, Seats, Standing
from ocgnet.analysis.turning import EVENTS, Turning
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import REPORT, Ties
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
    """Return one text per row: percentile points, a tie, an event, a person, a source.

    Parameters
    ----------
    evidence, ties, position, seats, standing, stability, settings
        Of one analysis; without ``stability`` only the percentile points are told.
    rows : ndarray of int
        Seats with a suggestion.

    Notes
    -----
    A tie, person or event was tried alone, and another one may do the same; how many were tried without another
    role is told where none was found. Sources are never named, a source is placed behind a tie only where every
    report may be named, and no event is tried that may not.
    """
    person = seats.person[rows]
    parts = [_points(position, standing, settings, seats.words, person, rows)]
    if stability is not None and stability.draws:
        every = pa.array(evidence.nominals, pa.string())
        parts += _by_one(evidence, ties, every, stability.turning, seats.words, person, rows)
        if stability.sources:
            parts.append(_by_source(ties, every, stability, seats.words, person, rows))
    told = pc.binary_join_element_wise(*parts, "; ", null_handling="skip")
    return join("What would change it: ", told, ".")


def _by_one(
    evidence: Evidence,
    ties: Ties,
    every: pa.Array,
    turning: Turning,
    words: tuple[str, ...],
    person: np.ndarray,
    rows: np.ndarray,
) -> list[pa.Array]:
    """Say which tie, event and person change the role, and how many were tried that do not."""
    tie, other, event = turning.on[:, rows]
    at = np.maximum(tie, 0)
    ends = np.array([ties.a[at], ties.b[at]]) if len(ties) else np.array([at, at])
    own = (tie >= 0) & (ends == person).any(axis=0)
    partner = np.where(ends[0] == person, ends[1], ends[0])
    resting, alone = _resting(evidence, ties, at, tie >= 0)
    one, two = (every.take(pa.array(end)) for end in ends)
    whose = pc.if_else(pa.array(own), join("to ", every.take(pa.array(partner))), join("between ", one, " and ", two))
    told = join("without the tie ", whose, resting, ": ", _tier(words, turning.to[TIES][rows]))
    parts = [pc.if_else(pa.array(tie >= 0), told, None)]
    ids = pa.array(turning.ids, pa.string()) if len(turning.ids) else pa.array([""])
    which = ids.take(pa.array(np.maximum(event, 0)))
    # An own tie that rests on the event alone, and the event: one change, said once.
    again = own & (alone == np.array(which.to_pylist(), object)) & (turning.to[TIES][rows] == turning.to[EVENTS][rows])
    told = join(
        "without ", which, _loses(ties, every, turning, person, rows), ": ", _tier(words, turning.to[EVENTS][rows])
    )
    parts.append(pc.if_else(pa.array((event >= 0) & ~again), told, None))
    known = (other >= 0) & ~(own & (other == partner))
    whom = every.take(pa.array(np.maximum(other, 0)))
    told = join("were ", whom, " unknown: ", _tier(words, turning.to[PEOPLE][rows]))
    parts.append(pc.if_else(pa.array(known), told, None))
    parts.append(_the_same(turning, rows))
    return parts


def _resting(evidence: Evidence, ties: Ties, at: np.ndarray, some: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Say which ties rest on one record, and return its id where that is a crime or report that may be named."""
    alone, none = np.full(len(at), "", object), pa.array([""] * len(at))
    if not len(ties):
        return none, alone
    rests = some & (np.diff(ties.start)[at] == 1)
    row = ties.start[at]
    named = rests & ties.named[row] & (ties.kind[row] <= REPORT)
    alone[named] = ties.labels(evidence).take(pa.array(row[named])).to_pylist()
    told = pc.if_else(pa.array(named), join(" (which rests on ", pa.array(alone, pa.string()), " alone)"), "")
    return pc.if_else(pa.array(rests & ~named), " (which rests on one record)", told), alone


def _loses(ties: Ties, every: pa.Array, turning: Turning, person: np.ndarray, rows: np.ndarray) -> pa.Array:
    """Say which own tie goes, or how many go and weaken, without the event."""
    goes, weakens = turning.goes[rows], turning.weakens[rows]
    whom = every.take(pa.array(_partner(ties, np.maximum(turning.cut[rows], 0), person)))
    cut = pc.if_else(pa.array(goes == 1), join("the tie to ", whom, " goes"), join(counted(goes, "own tie"), " go"))
    weaker = join(counted(weakens, "own tie"), pc.if_else(pa.array(weakens == 1), " weakens", " weaken"))
    return join(" (", listed([(cut, goes > 0), (weaker, weakens > 0)]), ")")


def _the_same(turning: Turning, rows: np.ndarray) -> pa.Array:
    """Say how many ties, people and events were tried alone where none of that kind changes the role."""
    missing, silent = turning.on[:, rows] < 0, turning.silent[:, rows]
    tried = (turning.same[:, rows] + silent) * missing
    words = ((TIES, "tie", "ties"), (PEOPLE, "person", "people"), (EVENTS, "event", "events"))
    told = [
        (join(number(tried[kind]), " ", pc.if_else(pa.array(tried[kind] == 1), one, more)), tried[kind] > 0)
        for kind, one, more in words
    ]
    without = (silent * missing).sum(axis=0)
    leave = pc.if_else(pa.array(without == 1), " leaves no suggestion)", " leave no suggestion)")
    aside = pc.if_else(pa.array(without > 0), join(" (", number(without), leave), "")
    some = join("tried alone, no other role: ", listed(told), aside)
    nothing = pc.if_else(pa.array(missing.all(axis=0)), "no single tie, person or event was tried", None)
    return pc.if_else(pa.array(tried.any(axis=0)), some, nothing)


def _points(
    position: Position,
    standing: Standing,
    settings: Settings,
    words: tuple[str, ...],
    person: np.ndarray,
    rows: np.ndarray,
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
    told = join(number(each), points, word, " in each measure", alone, ": ", _tier(words, to))
    nobody = pc.if_else(pa.array(top), "nobody ranks below", "no points while the highest scores are equal")
    return pc.if_else(pa.array(np.isnan(need)), nobody, told)


def _by_source(
    ties: Ties, every: pa.Array, stability: Stability, words: tuple[str, ...], person: np.ndarray, rows: np.ndarray
) -> pa.Array:
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
        _tier(words, stability.source_tier[rows]),
    )
    return pc.if_else(pa.array(many > 0), some, f"none of {stability.sources:,} single sources")


def _partner(ties: Ties, tie: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return the other end of each tie."""
    if not len(ties):
        return np.zeros(len(tie), np.int64)
    return np.asarray(np.where(ties.a[tie] == person, ties.b[tie], ties.a[tie]), np.int64)


def _tier(words: tuple[str, ...], tier: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(np.maximum(tier, 0)))
