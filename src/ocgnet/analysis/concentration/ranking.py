"""Ranking, coverage, chance and resamples of one period: the numbers behind the concentration figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.analysis.concentration.chance import (
    FEWEST_DRAWS,
    Resampled,
    cost_of,
    counts_cost_of,
    counts_kept_coverage,
    draws_within,
    random_coverage,
    resample,
)
from ocgnet.analysis.concentration.coverage import (
    Linked,
    covered_by_rank,
    fractional_counts,
    harm_counts,
    linked_to,
    rank_grid,
    ranking,
    scores,
)
from ocgnet.evidence.evidence import Evidence
from ocgnet.settings import Settings

_NULL_STREAM, _BOOTSTRAP_STREAM, _COUNTS_STREAM = 101, 102, 103


@dataclass(frozen=True)
class Chosen:
    """Who may be chosen in one period, and who is."""

    ids: np.ndarray  # str (object): OCG nominals, sorted; people elsewhere are positions in it
    all_nominals: bool  # True when no membership holds, so that all nominals stand in
    kinds: tuple[Linked, Linked]
    parts: tuple[np.ndarray, np.ndarray]  # float: fractional counts of each person, per kind
    order: np.ndarray  # int: the ranking
    count: int  # How many of its first people are the set: at most k, and nobody without an event

    @classmethod
    def of(cls, evidence: Evidence, settings: Settings) -> Chosen:
        """Choose the top k by the sum of fractional shares; ties by severity, then id."""
        members = evidence.members
        all_nominals = not members.any()
        keep = np.ones(len(members), bool) if all_nominals else members
        kinds = linked_to(evidence.crimes, keep), linked_to(evidence.reports, keep)
        parts = fractional_counts(kinds[0]), fractional_counts(kinds[1])
        score = scores(kinds, parts)
        order = ranking(score, harm_counts(kinds[0])[0])
        count = min(settings.top_k, int((score > 0).sum()))
        return cls(evidence.nominals[keep], all_nominals, kinds, parts, order, count)

    @property
    def top(self) -> np.ndarray:
        """Whether each person is in the set."""
        inside = np.zeros(len(self.ids), bool)
        inside[self.order[: self.count]] = True
        return inside

    def apart(self, kind: int, k: int) -> tuple[np.ndarray, int]:
        """Return the ranking by one kind alone (0 crimes, 1 reports), and how many of it are its top k."""
        order = ranking(scores([self.kinds[kind]], [self.parts[kind]]), harm_counts(self.kinds[0])[0])
        return order, min(k, int((self.parts[kind] > 0).sum()))


@dataclass(frozen=True)
class Measured:
    """What the set holds, beside chance and resamples."""

    chosen: Chosen
    # int per kind: events that relate to the first 1, 2, … people of the ranking
    covered: tuple[np.ndarray, np.ndarray]
    grid: np.ndarray  # int: numbers of people at which the null was measured
    null: list[np.ndarray]  # float per kind: shape ``(draws, len(grid))``
    resampled: Resampled
    # float per kind: coverage of the top k in each draw of the null that keeps each person's counts; no draws
    # where the budget allows fewer than 100
    counts_null: list[np.ndarray]

    @classmethod
    def of(cls, evidence: Evidence, settings: Settings) -> Measured:
        """Measure one period; large data gets fewer draws, within the budgets of ``settings``."""
        chosen = Chosen.of(evidence, settings)
        kinds, order = chosen.kinds, chosen.order
        links = sum(k.links for k in kinds)
        grid = rank_grid(len(chosen.ids), settings.top_k)
        null_draws = draws_within(settings.null_draws, cost_of(kinds), settings.null_links)
        boot_draws = draws_within(settings.bootstrap_draws, links, settings.bootstrap_links)
        null = random_coverage(kinds, grid, null_draws, np.random.default_rng([settings.seed, _NULL_STREAM]))
        rng = np.random.default_rng([settings.seed, _BOOTSTRAP_STREAM])
        resampled = resample(kinds, order, chosen.count, settings.top_k, boot_draws, rng)
        covered = covered_by_rank(kinds[0], order), covered_by_rank(kinds[1], order)
        counts_draws = min(settings.counts_null_draws, settings.counts_null_links // max(counts_cost_of(kinds), 1))
        if settings.counts_null_draws >= FEWEST_DRAWS > counts_draws:
            counts_draws = 0
        rng = np.random.default_rng([settings.seed, _COUNTS_STREAM])
        counts_null = counts_kept_coverage(kinds, settings.top_k, counts_draws, rng)
        return cls(chosen, covered, grid, null, resampled, counts_null)
