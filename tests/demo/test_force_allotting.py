"""Laws of what the force-wide county is put together with: rounding by chance, and who gets which crimes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocgnet_demo.force.links import Others, allot
from ocgnet_demo.force.targets import NOW, days_of, generator, rhythm, rounded, spread
from ocgnet_demo.force.youth import births_in_class

# Nobody allots by a share smaller than a billionth; far below that a division leaves what a number can hold.
VALUES = st.lists(st.just(0.0) | st.floats(1e-9, 1000), min_size=1, max_size=30)


@given(values=VALUES, total=st.integers(0, 5000), seed=st.integers(0, 99))
def test_rounding_by_chance_keeps_the_total_and_stays_beside_each_share(values, total, seed):
    shares = np.array(values)
    found = spread(generator(seed, "law"), shares, total)
    if shares.sum() > 0:
        assert found.sum() == total
        assert (np.abs(found - shares * total / shares.sum()) < 1 + 1e-6).all()
    else:
        assert found.sum() == 0


@given(values=VALUES.filter(lambda v: sum(v) > 0), total=st.integers(0, 5000))
def test_largest_remainders_keep_the_total(values, total):
    found = rounded(np.array(values), total)
    assert found.sum() == total
    assert (np.abs(found - np.array(values) * total / sum(values)) < 1 + 1e-6).all()


def test_rounding_by_chance_is_fair_to_rare_cells():
    rng = generator(1, "fair")
    drawn = np.array([spread(rng, np.array([0.1, 5.0, 0.1, 4.8]), 10) for _ in range(4000)])
    assert np.abs(drawn.mean(0) - [0.1, 5.0, 0.1, 4.8]).max() < 0.03


def test_the_few_have_their_share_and_nobody_else_comes_near():
    rng = generator(7, "allot")
    harm = np.where(rng.random(40_000) < 0.06, rng.uniform(365, 4000, 40_000), rng.choice([6.8, 13.5, 189.2], 40_000))
    cell = rng.integers(0, 4, 40_000)
    others = Others(20, 100, 30_000.0, 35_000.0)
    found = allot(rng, harm, cell, np.zeros(40_000), (0.06, 0.74), others, 1.5, 365.0)
    people = len(found.cell)
    total = np.bincount(found.person, harm, people)
    assert (found.cell[found.person] == cell).all()
    assert (np.bincount(found.person, minlength=people) > 0).all()
    assert (total[: found.few] >= 365).all()
    assert (total[found.few :] < 365).all()
    assert abs((found.few + 20) / (people + 100) - 0.06) < 0.0005
    assert abs((total[: found.few].sum() + 30_000) / (harm.sum() + 35_000) - 0.74) < 0.0005


def test_a_class_of_age_holds_all_year():
    born = births_in_class(generator(3, "ages"), NOW, np.repeat(np.arange(5), 4000))
    first, last = days_of(NOW)
    limits = np.array([(0, 10), (10, 13), (13, 16), (16, 25), (25, 93)]).repeat(4000, axis=0)
    begin, end = (first - 110 - born) / 365.2425, (last - born) / 365.2425
    assert (begin >= limits[:, 0]).all()
    assert (end < limits[:, 1]).all()


def test_days_of_the_year_add_up_and_differ_by_season():
    total = rhythm(NOW)
    assert len(total) == 365
    assert total[-1] == 1
    daily = np.diff(total, prepend=0)
    assert daily.min() > 0.6 / 365
    assert daily.max() < 1.5 / 365
