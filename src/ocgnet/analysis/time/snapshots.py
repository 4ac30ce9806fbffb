"""One network after another: position, suggested role and ties of each snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ocgnet import network as engine
from ocgnet.analysis.position import score_of
from ocgnet.analysis.roles.tiers import NO_GROUP, NONE, TIERS, seats_of, stand
from ocgnet.analysis.time.paths import (
    Course,
    Window,
    evidence_over,
    evidence_within,
    paths_of,
    trend_figures,
    windows_of,
)
from ocgnet.dataset import Dataset, names_of
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.joined import Joining
from ocgnet.evidence.period import period_before
from ocgnet.network.ties import Ties, ties_of
from ocgnet.results import Figure, ResultTable, not_computed
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Time:
    """What `over_time` answers."""

    # ``snapshots``: one row per snapshot and membership (or nominal without one) that has anything to show
    snapshots: ResultTable = field(default_factory=lambda: not_computed("snapshots"))
    # ``paths``: one row per nominal with ties in any snapshot
    paths: ResultTable = field(default_factory=lambda: not_computed("paths"))
    # ``turnover``: one row per snapshot
    turnover: ResultTable = field(default_factory=lambda: not_computed("turnover"))
    figures: Mapping[str, Figure] = field(default_factory=dict)  # ``nominals_rising`` and ``nominals_falling``
    notes: tuple[str, ...] = ()  # Why there are no snapshots, or what was estimated in them


def over_time(
    dataset: Dataset,
    evidence: Evidence,
    joining: Joining | None,
    names: Mapping[str, str],
    settings: Settings,
    *,
    comparable: bool = True,
) -> Time:
    """Follow position, suggested roles and ties over snapshots of the period before and of the period.

    Where the records do not cover both periods (``comparable``), the snapshots are of the period only, and nobody
    is said to rise, fall, enter or leave. Tables without rows, and a note, when the records hold no date or are
    more than ``snapshot_up_to`` nominals; without a note when ``snapshot_months`` is 0.

    A snapshot rests on the evidence of its own months only, judged as the whole run is: the same ties, position
    score and thresholds. Scores are percentiles within the snapshot, so that a quiet quarter lowers nobody. Roles
    are suggested within the groups of its last day; few ties in three months mean that more groups than in the
    whole year say nothing. With more than ``snapshot_pivots`` people with ties, betweenness and closeness of a
    snapshot are estimated from that many of them, and a note says so.
    """
    windows = windows_of(evidence.period, settings.snapshot_months, period_before(evidence.period, settings))
    windows = tuple(w for w in windows if w.now or comparable)
    if not settings.snapshot_months:
        return Time()
    if not windows:
        return Time(notes=("Snapshots over time are not made: the records hold no date.",))
    if len(evidence.nominals) > settings.snapshot_up_to:
        note = (
            f"Snapshots over time are not computed for {len(evidence.nominals):,} nominals (up to "
            f"{settings.snapshot_up_to:,}); name fewer groups to see theirs."
        )
        return Time(notes=(note,))
    over = evidence_over(dataset, evidence, settings).with_things(joining)
    taken: list[_Snapshot] = []
    for window in windows:
        taken.append(_Snapshot.of(evidence_within(dataset, over, window, settings), window, taken, settings))
    over_people = ("score", "connected", "tier", "grouped")
    course = Course(windows, *(np.array([getattr(s, name) for s in taken]) for name in over_people))
    notes = []
    if estimated := sum(s.estimated for s in taken):
        notes.append(
            f"In {estimated} of {len(taken)} snapshots betweenness and closeness are estimated from the paths of "
            f"{settings.snapshot_pivots:,} people."
        )
    return Time(
        ResultTable("snapshots", pd.concat([s.frame(names) for s in taken], ignore_index=True)),
        paths_of(course, over.nominals, names, settings),
        ResultTable("turnover", _turnover(taken)),
        trend_figures(course, settings),
        tuple(notes),
    )


@dataclass(frozen=True)
class _Snapshot:
    """One snapshot: arrays over people, and the seats for which a role is suggested."""

    window: Window
    evidence: Evidence
    score: np.ndarray
    connected: np.ndarray
    tier: np.ndarray
    grouped: np.ndarray
    estimated: bool
    seat_person: np.ndarray
    seat_ocg: np.ndarray
    seat_role: np.ndarray
    pairs: np.ndarray
    ties: np.ndarray
    formed: np.ndarray | None
    dissolved: np.ndarray | None

    @classmethod
    def of(cls, evidence: Evidence, window: Window, earlier: list[_Snapshot], settings: Settings) -> _Snapshot:
        ties = ties_of(evidence, settings)
        graph = engine.WeightedGraph.of(ties)
        pivots = engine.pivots_of(graph, settings.snapshot_pivots, settings.snapshot_pivots, settings.seed)
        score = score_of(graph, pivots)
        seats = seats_of(evidence)
        person, people = seats.person, ties.people
        tier = stand(score[person], graph.connected[person], seats.group, settings).tier
        highest, grouped = np.full(people, NONE), np.zeros(people, bool)
        np.maximum.at(highest, person, tier)
        grouped[person[(seats.group >= 0) & (not seats.whole)]] = True
        pairs = _pairs(ties)
        past = earlier[-1].pairs if earlier else None
        return cls(
            window=window,
            evidence=evidence,
            score=score,
            connected=graph.connected,
            tier=highest,
            grouped=grouped,
            estimated=pivots is not None,
            seat_person=person,
            seat_ocg=seats.ocg,
            seat_role=np.where((seats.group < 0) | seats.whole, NO_GROUP, np.array(TIERS, object)[tier]),
            pairs=pairs,
            ties=_per_person(pairs, people),
            formed=None if past is None else _per_person(np.setdiff1d(pairs, past, assume_unique=True), people),
            dissolved=None if past is None else _per_person(np.setdiff1d(past, pairs, assume_unique=True), people),
        )

    def frame(self, names: Mapping[str, str]) -> pd.DataFrame:
        """Return the rows of the table ``snapshots``: whoever has a group, a tie or an event."""
        people = len(self.score)
        crimes, reports = (e.counts(people) for e in (self.evidence.crimes, self.evidence.reports))
        shown = (self.seat_ocg != "") | ((self.ties + crimes + reports) > 0)[self.seat_person]
        person = self.seat_person[shown]
        ids = self.evidence.nominals[person]
        blank = pd.array([pd.NA] * len(person), dtype="Int64")
        return pd.DataFrame(
            {
                "period_from": pd.Timestamp(self.window.first),
                "period_to": pd.Timestamp(self.window.last),
                "nominal_id": pd.array(ids, dtype="str"),
                "name": names_of(ids, names),
                "ocg_id": self.seat_ocg[shown],
                "suggested_role": self.seat_role[shown],
                "position_score": self.score[person],
                "ties": self.ties[person],
                "ties_formed": blank if self.formed is None else pd.array(self.formed[person], dtype="Int64"),
                "ties_dissolved": blank if self.dissolved is None else pd.array(self.dissolved[person], dtype="Int64"),
                "crimes": crimes[person],
                "reports": reports[person],
            }
        )


def _pairs(ties: Ties) -> np.ndarray:
    """Return one number per tie, increasing and unique."""
    return np.asarray(ties.a.astype(np.int64) * ties.people + ties.b)


def _per_person(pairs: np.ndarray, people: int) -> np.ndarray:
    a, b = np.divmod(pairs, max(people, 1))
    return np.asarray(np.bincount(a, minlength=people) + np.bincount(b, minlength=people))


def _turnover(taken: list[_Snapshot]) -> pd.DataFrame:
    """Return one row per snapshot: who and what came and went."""
    connected = np.array([s.connected for s in taken])
    seen = np.logical_or.accumulate(connected, axis=0)
    later = np.logical_or.accumulate(connected[::-1], axis=0)[::-1]
    rows = []
    for i, s in enumerate(taken):
        row: dict[str, object] = {
            "period_from": pd.Timestamp(s.window.first),
            "period_to": pd.Timestamp(s.window.last),
            "crimes": len(s.evidence.crimes.events),
            "reports": len(s.evidence.reports.events),
            "people": int(s.connected.sum()),
            "entered": pd.NA if not i else int((connected[i] & ~seen[i - 1]).sum()),
            "left": pd.NA if not i else int((connected[i - 1] & ~later[i]).sum()),
            "ties": len(s.pairs),
            "ties_formed": pd.NA if s.formed is None else int(s.formed.sum()) // 2,
            "ties_dissolved": pd.NA if s.dissolved is None else int(s.dissolved.sum()) // 2,
        }
        rows.append(row)
    blank = ("entered", "left", "ties_formed", "ties_dissolved")
    return pd.DataFrame(rows).astype(dict.fromkeys(blank, "Int64"))
