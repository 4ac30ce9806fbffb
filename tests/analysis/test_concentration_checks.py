"""The second null, lists apart, one-origin reports, grades, and how often the null cries wolf."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from benchmarks.null_rate import drawn_anew
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_records import linked
from scipy import stats

from ocgnet.analysis.concentration import chance as null_counts
from ocgnet.analysis.concentration.by_grade import grade_sensitivity
from ocgnet.analysis.concentration.chance import counts_kept_coverage, dealt_anew, random_coverage
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.concentration.coverage import (
    Linked,
    covered_by_rank,
    fractional_counts,
    full_counts,
    ranking,
    scores,
)
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings

FEW = {"null_draws": 5, "bootstrap_draws": 5, "counts_null_draws": 100}


def linked_events(events, people):
    """Events given as lists of positions."""
    person = np.array([p for e in events for p in sorted(e)], int)
    size = np.array([len(e) for e in events], int)
    return Linked(person, np.repeat(np.arange(len(events)), size), size, people, np.full(len(events), np.nan))


@settings(max_examples=150, deadline=None)
@given(
    events=st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=4), min_size=1, max_size=12),
    seed=st.integers(0, 99),
)
def test_dealing_anew_keeps_every_count_and_every_size(events, seed):
    kind = linked_events(events, 8)
    for place in dealt_anew(kind, 5, np.random.default_rng(seed)):
        assert (np.bincount(place, minlength=8) == full_counts(kind)).all()
        anew = [place[kind.event == e] for e in range(kind.events)]
        assert all(len(set(e.tolist())) == len(e) for e in anew)


def test_every_way_to_deal_comes_up_about_as_often():
    # A in two events, B in two, C in one; sizes 2, 2 and 1. All tables with these margins, by brute force.
    kind = linked_events([[0, 1], [0, 2], [1]], 3)
    tables = set()
    for order in permutations(kind.person.tolist()):
        if order[0] != order[1] and order[2] != order[3]:
            tables.add((frozenset(order[:2]), frozenset(order[2:4]), order[4]))
    drawn = dealt_anew(kind, 6_000, np.random.default_rng(2))
    found = {}
    for place in drawn:
        key = (frozenset(place[:2].tolist()), frozenset(place[2:4].tolist()), int(place[4]))
        found[key] = found.get(key, 0) + 1
    assert set(found) == tables
    share = np.array(list(found.values())) / 6_000
    assert share == pytest.approx(np.full(len(tables), 1 / len(tables)), abs=0.06)


HUB = [list(range(100)), *[[i % 100, (i * 7 + 3) % 100] for i in range(40)]]
"""Everybody in one event of a hundred people, and forty events of two."""


@settings(max_examples=60, deadline=None)
@given(
    large=st.lists(st.sets(st.integers(0, 39), min_size=17, max_size=40), min_size=1, max_size=4),
    small=st.lists(st.sets(st.integers(0, 39), min_size=1, max_size=4), max_size=30),
    seed=st.integers(0, 99),
)
# A draw that cannot succeed: somebody is taken who has no link left.
@example(large=[set(range(17)), set(range(18)), {*range(17), 18}], small=[{0}], seed=0)
def test_large_events_keep_every_count_and_every_size_too(large, small, seed):
    kind = linked_events([*large, *small], 40)
    for place in dealt_anew(kind, 3, np.random.default_rng(seed)):
        assert (np.bincount(place, minlength=40) == full_counts(kind)).all()
        assert all(len(set(place[kind.event == e].tolist())) == n for e, n in enumerate(kind.size))


def test_everybody_stays_in_an_event_that_names_everybody():
    kind = linked_events(HUB, 100)
    drawn = dealt_anew(kind, 50, np.random.default_rng(3))
    assert (np.sort(drawn[:, :100], axis=1) == np.arange(100)).all()
    # The forty small ones are dealt: not one draw has the partners of another.
    assert len({tuple(row) for row in drawn[:, 100:].tolist()}) == 50


class Counting(np.random.Generator):
    """Random numbers as ever, and how often they were asked for."""

    asked = 0

    def integers(self, *args, **kwargs):
        self.asked += 1
        return super().integers(*args, **kwargs)


def test_whoever_stands_in_every_event_stays_there_and_the_others_are_dealt():
    """A hub of 2,000 events of three: exchanged with the others it found no place in 20 deals of as many exchanges."""
    event = np.repeat(np.arange(2_000), 3)
    person = np.stack([np.zeros(2_000, int), np.arange(2_000) % 50 + 1, np.arange(2_000) % 50 + 51], axis=1).ravel()
    kind = Linked(person, event, np.full(2_000, 3), 101, np.full(2_000, np.nan))
    drawn = dealt_anew(kind, 4, np.random.default_rng(5))
    for place in drawn:
        assert len(np.unique(place + event * 101)) == len(event)
        assert np.bincount(place, minlength=101).tolist() == np.bincount(person, minlength=101).tolist()
    assert (drawn != person).mean() > 0.6


def test_a_large_event_takes_no_more_exchanges_than_the_small_ones():
    # Exchanging the repetitions of one event of two hundred people away asked for random places 78,000 times.
    rng = Counting(np.random.PCG64(1))
    dealt_anew(linked_events(HUB, 100), 200, rng)
    assert 0 < rng.asked < 400


def every_table(kind):
    """Return every allocation with the counts and sizes of ``kind``, each event a frozen set."""
    found, open_tables = [], [((), full_counts(kind))]
    for n in kind.size.tolist():
        grown = []
        for given_, left in open_tables:
            for event in combinations(np.flatnonzero(left).tolist(), n):
                rest = left.copy()
                rest[list(event)] -= 1
                grown.append(((*given_, frozenset(event)), rest))
        open_tables = grown
    for table, _ in open_tables:
        found.append(table)
    return found


@pytest.mark.parametrize("first", ["filled", "moved"])
def test_allocations_of_crowded_events_against_every_allocation_there_is(first, monkeypatch):
    """Events of 4, 3, 2 and 2 of six people: who stands where, how often, against all allocations."""
    kind = linked_events([[0, 1, 2, 3], [0, 1, 4], [0, 5], [1, 2]], 6)
    tables = every_table(kind)
    if first == "filled":
        monkeypatch.setattr(null_counts, "_CROWDED", 2)
    else:
        monkeypatch.setattr(null_counts, "_DEALS", 0)
    drawn = dealt_anew(kind, 4_000, np.random.default_rng(8))
    for event in range(kind.events):
        for person in range(6):
            share = (drawn[:, kind.event == event] == person).any(axis=1).mean()
            exact = np.mean([person in table[event] for table in tables])
            # 4.5 standard errors; filling one event after the other is not quite even-handed in so small a table.
            slack = 4.5 * (exact * (1 - exact) / 4_000) ** 0.5 + (0.04 if first == "filled" else 0)
            assert share == pytest.approx(exact, abs=slack), (event, person)


def test_one_crime_of_everybody_costs_the_second_null_its_draws_when_it_must_and_says_so():
    # 41 events, 180 links: filling the large one costs six times its hundred people.
    assert null_counts.counts_cost_of([linked_events(HUB, 100)]) == pytest.approx(180 + 600, abs=45)
    names = [f"N{i:03}" for i in range(100)]
    data = linked(names, [[names[i] for i in sorted(set(e))] for e in HUB])
    for budget, computed in ((20_000_000, True), (200 * 180, False)):
        asked = Settings(null_draws=5, bootstrap_draws=5, counts_null_links=budget)
        figure = concentrate(evidence_of(data, asked), {}, asked).figures["top_nominals_crime_counts_kept"]
        assert (figure.null_low is not None) is computed
        assert ("not computed" in figure.filter) is not computed
        assert computed or "size of the events" in figure.filter


def test_partners_share_more_than_counts_kept_gives():
    # Three people always together: with everybody's counts kept and company at random the top covers more.
    rng = np.random.default_rng(4)
    names = [f"N{i:02}" for i in range(40)]
    crimes = [names[:3]] * 40 + [list(rng.choice(names[3:], 3, replace=False)) for _ in range(60)]
    found = concentrate(evidence_of(linked(names, crimes), Settings()), {}, Settings(top_k=3, **FEW))
    figure = found.figures["top_nominals_crime_counts_kept"]
    assert figure.value == found.crimes.value == 0.4
    assert figure.null_low > 0.6
    assert "share events with one another more than chance" in figure.filter
    assert figure.outside_chance is None


def test_single_links_leave_the_second_null_nothing_to_deal():
    kind = linked_events([[0], [0], [1], [2]], 3)
    (found,) = counts_kept_coverage([kind], 1, 7, np.random.default_rng(1))
    assert found.tolist() == [0.5] * 7
    (nothing,) = counts_kept_coverage([linked_events([], 3)], 1, 2, np.random.default_rng(1))
    assert np.isnan(nothing).all()


def test_the_second_null_is_left_out_where_it_would_take_too_long_and_says_so():
    asked = Settings(null_draws=5, bootstrap_draws=5, counts_null_draws=200, counts_null_links=10)
    found = concentrate(evidence_of(linked("AB", ["AB", "A"]), asked), {}, asked)
    figure = found.figures["top_nominals_crime_counts_kept"]
    assert (figure.value, figure.null_low) == (1.0, None)
    assert "not computed" in figure.filter


def test_top_lists_say_who_is_in_which():
    # Crimes: A 3, B 1, C 1, D 0. Reports: D 3, B 2. Both: D and A hold 3/5 of one kind each, B 1/5 + 2/5.
    now = linked("ABCD", ["A", "A", "A", "B", "C"], ["D", "D", "D", "B", "B"])
    then = evidence_of(linked("ABCD", ["C", "C"]), Settings())
    asked = Settings(top_k=2, **FEW)
    before = replace(then, period=replace(then.period, note="another period"))
    frame = concentrate(evidence_of(now, asked), {}, asked, before).lists.frame.set_index("nominal_id")
    assert frame["lists"].to_dict() == {
        "A": "both|crimes|greedy",
        "B": "crimes|reports",
        "C": "before",
        "D": "both|reports|greedy",
    }
    assert frame["rank"].tolist() == sorted(frame["rank"])
    assert frame.loc["C", "before_rank"] == 1
    assert frame["crime_rank"].isna().to_dict() == {"A": False, "D": True, "B": False, "C": False}


def test_reports_of_one_source_count_once():
    # r0 to r3 are one source: A holds 4 of 6 reports, of which one origin; counted once A holds 1 of 3.
    reports = ["A", "A", "A", "AB", "B", "C"]
    sources = [{"report_id": f"r{i}", "source_ref": "S1" if i < 4 else None} for i in range(6)]
    asked = Settings(top_k=1, **FEW)
    found = concentrate(evidence_of(linked("ABC", [], reports, {"intel_reports": sources}), asked), {}, asked)
    assert (found.reports.numerator, found.reports.denominator) == (4, 6)
    once = found.figures["top_nominals_intel_once"]
    # The one report names A and B; B holds 1/2 + 1 of three and leads then.
    assert (once.numerator, once.denominator) == (2, 3)
    assert "3 of 6 reports repeat" in once.filter
    assert "0 of 1 are in the top 1" in once.filter


def test_a_repeated_report_changes_nothing_when_origins_count_once():
    reports, asked = ["A", "BC", "B"], Settings(top_k=1, **FEW)

    def once(events):
        sources = [{"report_id": f"r{i}", "source_ref": "S1" if e == "BC" else None} for i, e in enumerate(events)]
        data = linked("ABC", ["A"], events, {"intel_reports": sources})
        return concentrate(evidence_of(data, asked), {}, asked).figures["top_nominals_intel_once"]

    one, other = once(reports), once([*reports, "BC", "BC"])
    assert (one.value, one.numerator, one.denominator) == (other.value, other.numerator, other.denominator)


def test_grades_move_the_top_and_say_by_how_much():
    graded = [("3", "E"), ("3", "E"), ("3", "E"), ("2", "C"), ("2", "C"), ("2", "B"), ("1", "A"), ("1", "D")]
    names = ["A", "A", "A", "B", "B", "C", "C", "D"]
    reports = [
        {"report_id": f"r{i}", "grading_scheme": "3x5x2", "source_grade": s, "intelligence_grade": g}
        for i, (s, g) in enumerate(graded)
    ]
    asked = Settings(top_k=1, **FEW)
    data = linked("ABCD", [], names, {"intel_reports": reports})
    found = grade_sensitivity(data, evidence_of(data, asked), asked, {"A": "Ay"})
    frame = found.table.frame.set_index("nominal_id")
    # Usable (as asked): B 2, C 2, D 1, so B by id. All: A 3. Corroborated: C 2. Reliable: C and D one each.
    assert frame.index.tolist() == ["B", "C", "A"]
    assert frame["reports"].tolist() == [2, 2, 0]
    assert frame["reports_all"].tolist() == [2, 2, 3]
    assert frame["reports_corroborated"].tolist() == [0, 2, 0]
    assert frame["reports_reliable"].tolist() == [0, 1, 0]
    assert frame.index[frame["in_top_all"]].tolist() == ["A"]
    assert frame.index[frame["in_top_corroborated"]].tolist() == ["C"]
    assert frame.index[frame["in_top_reliable"]].tolist() == ["C"]
    assert frame["rank_all"].tolist() == [2, 3, 1]
    assert frame["rank"].isna().tolist() == [False, False, True]
    assert found.figures["top_kept_all"].value == 0
    assert found.figures["top_intel_share_reliable"].value == 0.5
    assert frame.loc["A", "name"] == "Ay"


def test_without_grades_the_strict_filters_know_nothing():
    data, asked = linked("AB", ["A"], ["A", "B"]), Settings(top_k=1, **FEW)
    found = grade_sensitivity(data, evidence_of(data, asked), asked, {})
    assert found.figures["top_kept_corroborated"].value is None
    assert found.figures["top_intel_share_all"].value == 0.5


def test_the_null_cries_wolf_as_often_as_it_says():
    """Type-I rate: data made by the null itself pass its 95th percentile in at most about 5% of cases.

    The statistic is discrete, so the rate may be lower, never higher than the level but for sampling.
    """
    people, k, times = 100, 8, 600
    rng = np.random.default_rng(11)
    sizes = [1] * 150 + [2] * 50, [1] * 300 + [3] * 40
    made = [linked_events([range(n) for n in s], people) for s in sizes]
    limit = [np.quantile(d[:, 0], 0.95) for d in random_coverage(made, np.array([k]), 4_000, rng)]
    above = np.zeros(2, int)
    for _ in range(times):
        kinds = [drawn_anew(kind, rng) for kind in made]
        order = ranking(scores(kinds, [fractional_counts(c) for c in kinds]), np.full(people, np.nan))
        above += [covered_by_rank(c, order)[k - 1] / c.events > m for c, m in zip(kinds, limit, strict=True)]
    for found in above:
        assert found <= stats.binom.ppf(0.9999, times, 0.05)
        assert found >= stats.binom.ppf(0.0001, times, 0.02)
