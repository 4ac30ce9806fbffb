"""The layout keeps groups apart, forgets row order, and stays put when the records change little."""

import numpy as np
from chart_sample import sample_analysis
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.views.chart.layout import MARGIN, SPACING, grid_places, hashed_points, push_apart, two_level


def network(people=120, groups=8, seed=3):
    random = np.random.default_rng(seed)
    ids = [f"N{i:04d}" for i in range(people)]
    cell = np.sort(random.integers(0, groups, people))
    a, b = random.integers(0, people, (2, people * 3))
    near = random.random(len(a)) < 0.9
    b = np.where(near, np.clip(a + random.integers(1, 4, len(a)), 0, people - 1), b)
    pairs = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    return ids, cell, pairs[:, 0], pairs[:, 1], np.ones(len(pairs))


def boxes(positions, cell):
    low = np.array([positions[cell == c].min(axis=0) for c in np.unique(cell)])
    high = np.array([positions[cell == c].max(axis=0) for c in np.unique(cell)])
    return low, high


def test_boxes_around_groups_do_not_overlap():
    ids, cell, a, b, weight = network()
    low, high = boxes(two_level(ids, cell, a, b, weight), cell)
    for i in range(len(low)):
        for j in range(i):
            apart = np.maximum(low[i] - high[j], low[j] - high[i])
            # Rounding to whole numbers may cost one unit on each side.
            assert (apart >= 2 * np.array(MARGIN) - 4).any()


def test_people_of_a_group_do_not_cover_one_another():
    ids, cell, a, b, weight = network()
    found = two_level(ids, cell, a, b, weight)
    gaps = np.abs(found[:, None, :] - found[None, :, :]) / [0.9 * SPACING, 0.72 * SPACING]
    gaps[np.arange(len(ids)), np.arange(len(ids))] = 9
    assert gaps.max(axis=2).min() > 0.9


def test_ties_bring_people_nearer_than_chance():
    ids, cell, a, b, weight = network(people=300, groups=10)
    found = two_level(ids, cell, a, b, weight).astype(float)
    inside = cell[a] == cell[b]
    tied = np.hypot(*(found[a[inside]] - found[b[inside]]).T).mean()
    pairs = [(i, j) for c in range(10) for i in np.flatnonzero(cell == c) for j in np.flatnonzero(cell == c) if i < j]
    i, j = np.array(pairs).T
    assert tied < 0.8 * np.hypot(*(found[i] - found[j]).T).mean()


def test_order_of_ties_has_no_say():
    ids, cell, a, b, weight = network()
    order = np.random.default_rng(0).permutation(len(a))
    assert (two_level(ids, cell, a, b, weight) == two_level(ids, cell, a[order], b[order], weight[order])).all()


def test_nobody_gives_nothing_and_one_person_a_place():
    none = np.zeros(0, int)
    assert two_level([], none, none, none, none).shape == (0, 2)
    assert two_level(["N1"], np.zeros(1, int), none, none, none).shape == (1, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_boxes_pushed_apart_are_apart(count, seed):
    random = np.random.default_rng(seed)
    width, height = random.uniform(1, 10, (2, count))
    found = push_apart(random.normal(size=(count, 2)) * 3, width, height, rounds=2000)
    apart = np.abs(found[:, None, :] - found[None, :, :])
    need = np.stack([(width[:, None] + width) / 2, (height[:, None] + height) / 2], axis=2)
    over = (need - apart).min(axis=2)
    over[np.arange(count), np.arange(count)] = -1
    assert over.max() < 0.02


@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_every_point_gets_its_own_place_on_the_grid(count, seed):
    places = grid_places(np.random.default_rng(seed).normal(size=(count, 2)), 100, 50)
    assert len({tuple(p) for p in places.round(3).tolist()}) == count
    rows = {}
    for x, y in places.round(3).tolist():
        rows.setdefault(y, []).append(x)
    assert all(
        later - earlier >= 99.9
        for xs in rows.values()
        for earlier, later in zip(sorted(xs), sorted(xs)[1:], strict=False)
    )


def test_many_boxes_keep_their_order_from_top_to_bottom_and_within_each_row():
    points = np.random.default_rng(7).normal(size=(2001, 2))
    places = grid_places(points, 100, 50)
    assert len({tuple(p) for p in places.round(3).tolist()}) == len(points)
    down = np.argsort(points[:, 1], kind="stable")
    assert (np.diff(places[down, 1]) >= 0).all()
    for y in np.unique(places[:, 1]):
        row = np.flatnonzero(places[:, 1] == y)
        assert (np.diff(places[row[np.argsort(points[row, 0])], 0]) > 0).all()


def test_hashed_points_fill_the_disc():
    points = hashed_points([f"N{i}" for i in range(2000)])
    radius = np.hypot(*points.T)
    assert radius.max() <= 1
    # Half of an even disc lies within 1/sqrt(2) of the middle.
    assert abs((radius < 0.5**0.5).mean() - 0.5) < 0.05


def test_people_stay_where_they_were_when_a_few_ties_go():
    ids, cell, a, b, weight = network(people=200, groups=10)
    before = two_level(ids, cell, a, b, weight).astype(float)
    keep = np.random.default_rng(1).random(len(a)) > 0.03
    after = two_level(ids, cell, a[keep], b[keep], weight[keep]).astype(float)
    moved = np.hypot(*(before - after).T)
    width = np.ptp(before[:, 0])
    assert np.median(moved) < 0.15 * width
    assert len(sample_analysis(3, 0, 0).people.frame) == 3
