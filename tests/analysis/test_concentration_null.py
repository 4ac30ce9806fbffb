"""The null against published numbers and against every allocation there is."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from made_records import linked

from ocgnet.analysis.concentration.chance import distinct_people, random_coverage
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.concentration.coverage import Linked, rank_grid, sparse_gini
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings


def events_of(sizes: list[int], people: int) -> Linked:
    """Events of these sizes; who they link is of no matter to the null."""
    person = np.concatenate([np.arange(n) for n in sizes] or [np.zeros(0, int)])
    event = np.repeat(np.arange(len(sizes)), sizes)
    return Linked(person, event, np.array(sizes, int), people, np.full(len(sizes), np.nan))


@pytest.mark.parametrize(
    ("links", "share", "low", "high"), [(207, 0.211, 0.188, 0.237), (400, 0.163, None, None), (800, 0.132, None, None)]
)
def test_thirteen_of_207_by_chance(links, share, low, high):
    """Published: 13 of 207 hold 21.1% [18.8-23.7] with one link per nominal, 16.3% with 400, 13.2% with 800.

    The shares are means over random allocations of that many events with one link each, measured on one
    kind of event; the band is the central 95%.
    """
    grid = rank_grid(207, 13)
    (found,) = random_coverage([events_of([1] * links, 207)], grid, 4_000, np.random.default_rng(5))
    assert found[:, 13].mean() == pytest.approx(share, abs=0.0015)
    if low is not None:
        assert np.quantile(found[:, 13], [0.025, 0.975]) == pytest.approx([low, high], abs=0.0051)


def test_thirteen_of_207_by_chance_through_the_whole_analysis():
    people = [f"N{i:03}" for i in range(207)]
    asked = Settings(bootstrap_draws=20)
    data = linked(people, [[p] for p in people])
    figure = concentrate(evidence_of(data, asked), {}, asked).crimes
    assert figure.value == pytest.approx(13 / 207)
    assert (figure.null_low, figure.null_high) == pytest.approx((0.188, 0.237), abs=0.0051)
    assert figure.outside_chance is False


def every_allocation(kinds: list[list[int]], people: int, k: int) -> list[Counter]:
    """Return per kind how often each number of covered events occurs over all equally likely allocations."""
    found = [Counter() for _ in kinds]
    sets = [combinations(range(people), n) for sizes in kinds for n in sizes]
    bounds = np.cumsum([0] + [len(sizes) for sizes in kinds])
    for given in product(*map(list, sets)):
        score = [Fraction(0)] * people
        parts = [given[a:b] for a, b in pairwise(bounds)]
        for events in parts:
            for event in events:
                for person in event:
                    score[person] += Fraction(1, len(event) * len(events))
        top = set(sorted(range(people), key=lambda p: (-score[p], p))[:k])
        for counter, events in zip(found, parts, strict=True):
            counter[sum(bool(top & set(e)) for e in events)] += 1
    return found


@pytest.mark.parametrize(
    ("kinds", "people", "k"),
    [([[1, 2]], 3, 1), ([[1, 1, 2, 3]], 4, 1), ([[1, 2], [2, 2, 1]], 3, 1), ([[3, 1, 1], [1, 1]], 4, 2)],
)
def test_the_null_against_every_allocation(kinds, people, k):
    draws = 20_000
    rng = np.random.default_rng(11)
    found = random_coverage([events_of(s, people) for s in kinds], np.arange(people + 1), draws, rng)
    for sizes, covered, exact in zip(kinds, found, every_allocation(kinds, people, k), strict=True):
        hits = Counter(np.rint(covered[:, k] * len(sizes)).astype(int).tolist())
        for number in set(hits) | set(exact):
            chance = exact[number] / exact.total()
            assert hits[number] / draws == pytest.approx(chance, abs=4.5 * (chance * (1 - chance) / draws) ** 0.5)
        assert (covered[:, 0] == 0).all()
        assert (covered[:, -1] == 1).all()


@pytest.mark.parametrize(("n", "people"), [(1, 3), (2, 4), (3, 4), (4, 4), (19, 20)])
def test_every_set_of_people_is_equally_likely(n, people):
    draws = 12_000
    drawn = distinct_people(n, people, (3, draws // 3), np.random.default_rng(2))
    sets = Counter(tuple(sorted(c)) for c in drawn.reshape(n, -1).T.tolist())
    possible = list(combinations(range(people), n))
    assert set(sets) == set(possible)
    expected = draws / len(possible)
    chi2 = sum((sets[c] - expected) ** 2 / expected for c in possible)
    freedom = len(possible) - 1
    assert chi2 <= freedom + 5 * (2 * freedom) ** 0.5


def test_thinned_grid_keeps_the_ends_and_the_asked_number():
    grid = rank_grid(100_000, 1_234)
    assert len(grid) < 320
    assert {0, 13, 100, 1_234, 100_000} <= set(grid.tolist())
    assert rank_grid(4, 13).tolist() == [0, 1, 2, 3, 4]
    # The null at a number of people does not depend on how the rest of the curve is thinned.
    kind = events_of([1] * 40 + [2] * 10, 30)
    full = random_coverage([kind], np.arange(31), 50, np.random.default_rng(1))[0]
    thin = random_coverage([kind], np.array([0, 5, 30]), 50, np.random.default_rng(1))[0]
    assert (full[:, [0, 5, 30]] == thin).all()


def test_null_of_nothing_is_unknown():
    (none,) = random_coverage([events_of([], 3)], np.arange(4), 10, np.random.default_rng(1))
    assert np.isnan(none).all()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Plain Gini of 0 0 0 4 is 3/4; four events on four units need no correction.
        ([0, 0, 0, 4], 0.75),
        # Two events on four units, apart: as even as two events can be. Plain Gini says 1/2.
        ([1, 1, 0, 0], 0.0),
        # Both on one unit: G = 3/4, corrected 1 − 2 (1 − 3/4).
        ([2, 0, 0, 0], 0.5),
        ([3, 3, 3], 0.0),
    ],
)
def test_gini_for_sparse_counts_by_hand(counts, expected):
    assert sparse_gini(np.array(counts)) == pytest.approx(expected)


def test_gini_of_nothing_is_unknown():
    assert sparse_gini(np.zeros(3, int)) is None
    assert sparse_gini(np.zeros(0, int)) is None
