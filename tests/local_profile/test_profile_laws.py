"""Laws of curves and intervals, and answers from tables of statistics."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.intervals import (
    change_interval,
    count_interval,
    funnel,
    share_interval,
    sum_interval,
    weighted_share_interval,
)
from ocgnet.evidence.ages import age_on
from ocgnet.local_profile.lorenz import GRID, curve_of, lorenz_of
from ocgnet.local_profile.two_profiles import HIGHER, LOWER, TOO_FEW, UNCLEAR, compare_profiles

harms = st.lists(st.floats(0.01, 5000), min_size=1, max_size=60).map(lambda v: np.sort(np.array(v))[::-1])


@given(harms)
def test_a_lorenz_curve_rises_is_concave_and_lies_above_equality(harm):
    curve = curve_of(harm)
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    assert (np.diff(curve) >= -1e-12).all()
    assert (curve >= GRID - 1e-9).all()
    steps = np.diff(curve) / np.diff(GRID)
    assert (np.diff(steps) <= 1e-6).all()


@settings(max_examples=25)
@given(harms, st.floats(0.01, 5000))
def test_the_few_are_those_at_or_above_the_threshold(harm, least):
    found = lorenz_of(harm, harm, least, 20, 10_000, 20, np.random.default_rng(1))
    assert found.few == (harm >= least).sum()
    assert found.few_harm == pytest.approx(harm[harm >= least].sum())
    assert 0 <= found.gini < 1
    # One link a person: random allocation only shuffles, so chance gives the curve itself.
    assert found.null_median == pytest.approx(found.curve, abs=1e-9)


def test_repetition_shows_above_chance_and_heavy_offences_alone_do_not():
    rng = np.random.default_rng(2)
    links = np.sort(rng.choice([10.0, 1000.0], 3000, p=[0.95, 0.05]))
    person = rng.integers(0, 2000, 3000)
    alone = np.bincount(person, weights=links, minlength=2000)
    alone = np.sort(alone[np.bincount(person, minlength=2000) > 0])[::-1]
    at = int(np.argmin(np.abs(GRID - 0.02)))
    chance = lorenz_of(alone, links, 365, 200, 10**7, 40, rng)
    assert chance.null_low[at] - 0.03 <= chance.curve[at] <= chance.null_high[at] + 0.03
    # The same harm with every heavy link on one of thirty people.
    heavy, light = links[links > 500].sum(), links[links < 500].sum()
    others = len(alone) - 30
    repeated = np.r_[np.full(30, heavy / 30), np.full(others, light / others)]
    found = lorenz_of(repeated, links, 365, 200, 10**7, 40, rng)
    assert found.curve[at] > 2 * found.null_high[at]


def test_nobody_harmed_gives_nothing():
    assert lorenz_of(np.array([]), np.array([]), 1, 10, 10, 10, np.random.default_rng(1)) is None
    assert lorenz_of(np.zeros(3), np.zeros(3), 1, 10, 10, 10, np.random.default_rng(1)) is None


@given(st.integers(0, 400), st.integers(1, 400))
def test_share_interval_holds_the_share(part, more):
    low, high = share_interval(part, part + more)
    assert 0 <= low <= part / (part + more) <= high <= 1


def test_intervals_agree_with_published_values():
    # Newcombe 1998, method 3: 81 of 263 and 15 of 148.
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert share_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    # Exact Poisson limits of 0 and 20 events.
    assert count_interval(0) == pytest.approx((0, 3.689), abs=1e-3)
    assert count_interval(20) == pytest.approx((12.217, 30.888), abs=1e-3)


def test_sums_of_equal_weights_are_counts():
    assert sum_interval(400.0 * 50, 400.0**2 * 50) == pytest.approx([400 * v for v in count_interval(50)], rel=0.03)
    low, high = weighted_share_interval(5 * 30, 25 * 30, 5 * 70, 25 * 70)
    assert (low, high) == pytest.approx(
        (0.3 - 1.96 * math.sqrt(0.21 / 100), 0.3 + 1.96 * math.sqrt(0.21 / 100)), abs=1e-4
    )
    low, high = change_interval(110, 110, 100, 100)
    assert low < 0.1 < high
    assert (1 + low) * (1 + high) == pytest.approx(1.1**2)
    assert sum_interval(0.0, 0.0) == (0.0, 0.0)


def test_the_funnel_narrows_and_covers_what_it_says():
    people = np.array([500.0, 5000.0, 50_000.0, 0.0])
    low, high = funnel(people, 2.0, 800.0, 0.95)
    width = high - low
    assert width[0] > width[1] > width[2] > 0
    assert np.isnan(low[3])
    assert (low[:3] < 2000).all()
    assert (high[:3] > 2000).all()
    # Simulated wards of 5,000 people, with crimes of weight 400 at the rate that gives this mean.
    rng = np.random.default_rng(4)
    drawn = rng.poisson(5000 * 2.0 / 400, 20_000) * 400 / 5
    assert ((drawn > low[1]) & (drawn < high[1])).mean() == pytest.approx(0.95, abs=0.02)


def details(value, unit, low, high, records, **more):
    return {
        "value": value,
        "unit": unit,
        "low": low,
        "high": high,
        "records": records,
        "says": "",
        "chapter": "",
    } | more


def test_comparison_gives_newcombe_for_shares_and_says_when_there_are_too_few():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339.
    one, two = (
        details(56 / 70, "share", *share_interval(56, 70), 70),
        details(48 / 80, "share", *share_interval(48, 80), 80),
    )
    row = compare_profiles({"a": one}, {"a": two}, 20).frame.iloc[0]
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert row["verdict"] == HIGHER
    assert compare_profiles({"a": two}, {"a": one}, 20).frame.iloc[0]["verdict"] == LOWER
    assert compare_profiles({"a": one}, {"a": one}, 20).frame.iloc[0]["verdict"] == UNCLEAR
    assert compare_profiles({"a": one}, {"a": two}, 71).frame.iloc[0]["verdict"] == TOO_FEW
    few = details(4, "count", *count_interval(4), 4), details(9, "count", *count_interval(9), 9)
    assert compare_profiles({"c": few[0]}, {"c": few[1]}, 20).frame.iloc[0]["verdict"] == TOO_FEW
    unknown = details(None, "share", None, None, None)
    row = compare_profiles({"a": one}, {"a": unknown}, 20).frame.iloc[0]
    assert row["difference"] is None or math.isnan(row["difference"])
    assert row["verdict"] == "not known on both sides"
    assert len(compare_profiles({"a": one}, {"b": one}, 20).frame) == 0


@given(st.dates(max_value=date(2015, 1, 1)), st.integers(0, 20_000))
def test_age_is_full_years(born, days):
    on = np.datetime64(born, "D") + days
    age = age_on(np.array([born], "M8[D]"), np.array([on]))[0]
    year = on.astype("M8[Y]").astype(int) + 1970
    month_day = (on.astype(object).month, on.astype(object).day)
    assert age == year - born.year - (month_day < (born.month, born.day))
