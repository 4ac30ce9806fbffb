"""Snapshots: cut by hand, judged by hand, and laws that no records may break."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import ABOUT, FIXTURES, dataset, folder, linked
from scipy import stats

from ocgnet.analysis.time.paths import (
    DIRECTIONS,
    Course,
    Window,
    evidence_over,
    evidence_within,
    trend,
    trend_figures,
    windows_of,
)
from ocgnet.analysis.time.snapshots import over_time
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.period import Period
from ocgnet.settings import Settings

QUICK = Settings(snapshot_draws=5)
Q1, Q2, Q3 = (date(2018, m, 15) for m in (5, 8, 11))
Q4 = date(2019, 2, 15)
EARLY = date(2017, 5, 15)


def records(crimes, members="ABCDE", **more):
    """Crimes as (date, people); members of one group from the beginning."""
    return dataset(
        ABOUT,
        **{
            "nominals": [{"nominal_id": p} for p in "ABCDE"],
            "ocgs": [{"ocg_id": "G", "status": "active"}],
            "memberships": [{"nominal_id": p, "ocg_id": "G"} for p in members],
            "crimes": [{"crime_id": f"c{i}", "recorded_on": on} for i, (on, _) in enumerate(crimes)],
            "crime_links": [
                {"person_id": p, "crime_id": f"c{i}", "link_role": "suspect"}
                for i, (_, people) in enumerate(crimes)
                for p in people
            ],
        }
        | more,
    )


def time_of(data, asked=QUICK):
    return over_time(data, evidence_of(data, asked), None, {}, asked)


@settings(max_examples=60, deadline=None)
@given(first=st.dates(date(2000, 3, 1), date(2020, 1, 1)), days=st.integers(0, 900), months=st.integers(1, 14))
def test_stretches_cover_every_day_once(first, days, months):
    period = Period(first + timedelta(days=days), first, first + timedelta(days=days), "")
    found = windows_of(period, months)
    assert found[0].first == period.before().first
    assert found[-1].last == period.last
    for one, following in pairwise(found):
        assert following.first == one.last + timedelta(days=1)
    assert all(w.first <= w.last for w in found)
    assert [w.now for w in found] == [w.first >= first for w in found]


def test_events_and_contacts_fall_where_their_dates_say():
    contacts = [
        {"person_a": "A", "person_b": "B", "kind": "meeting", "first_seen": Q1, "last_seen": Q3},
        {"person_a": "A", "person_b": "C", "kind": "phone", "last_seen": Q2},
        {"person_a": "A", "person_b": "D", "kind": "family"},
    ]
    data = records([(Q1, "AB"), (Q2, "BC"), (date(2018, 6, 30), "AC"), (date(2018, 7, 1), "AD")], associations=contacts)
    evidence = evidence_of(data, QUICK)
    over = evidence_over(data, evidence, QUICK)
    windows = [w for w in windows_of(evidence.period, 3) if w.now]
    parts = [evidence_within(data, over, w, QUICK) for w in windows]
    assert [p.crimes.events.tolist() for p in parts] == [["c0", "c2"], ["c1", "c3"], [], []]
    kinds = [p.associations.kind.tolist() for p in parts]
    assert kinds == [["meeting", "family"], ["meeting", "phone", "family"], ["meeting", "family"], ["family"]]
    # Links still point at the same people after the cut.
    assert [parts[1].nominals[i] for i in parts[1].crimes.person] == ["B", "C", "A", "D"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.dates(date(2016, 1, 1), date(2020, 1, 1)), st.sets(st.sampled_from("ABCDE"), min_size=1))))
def test_a_window_holds_what_its_own_analysis_would_hold(crimes):
    data = records(crimes)
    over = evidence_over(data, evidence_of(data, QUICK), QUICK)
    window = Window(date(2018, 7, 1), date(2018, 9, 30), now=True)
    cut = evidence_within(data, over, window, QUICK)
    own = evidence_of(data, replace(QUICK, period_from=window.first, period_to=window.last))
    for name in ("events", "person", "event", "people", "on"):
        assert getattr(cut.crimes, name).tolist() == getattr(own.crimes, name).tolist(), name
    assert cut.memberships.ocg.tolist() == own.memberships.ocg.tolist()


def test_who_came_and_went_worked_by_hand():
    data = records([(EARLY, "AB"), (Q1, "AB"), (Q1, "CD"), (Q2, "AB"), (Q2, "AC"), (Q4, "DE")])
    found = time_of(data)
    turnover = found.turnover.frame
    assert turnover["crimes"].tolist() == [1, 0, 0, 0, 2, 2, 0, 1]
    assert turnover["ties"].tolist() == [1, 0, 0, 0, 2, 2, 0, 1]
    assert turnover["ties_formed"].tolist()[1:] == [0, 0, 0, 2, 1, 0, 1]
    assert turnover["ties_dissolved"].tolist()[1:] == [1, 0, 0, 0, 1, 2, 0]
    # C and D are new in the first quarter of the year, E in the last; A, B and C are not seen after the second.
    assert turnover["entered"].tolist()[1:] == [0, 0, 0, 2, 0, 0, 1]
    assert turnover["left"].tolist()[1:] == [0, 0, 0, 0, 0, 3, 0]
    assert turnover.loc[0, ["entered", "left", "ties_formed", "ties_dissolved"]].isna().all()
    paths = found.paths.frame.set_index("nominal_id")
    assert paths["direction"].to_dict() == {
        "A": "too few snapshots",
        "B": "too few snapshots",
        "C": "entered",
        "D": "entered",
        "E": "entered",
    }
    assert paths.loc["A", "first_from"] == pd.Timestamp(2017, 4, 1)
    assert paths.loc["A", "last_to"] == pd.Timestamp(2018, 9, 30)
    assert paths.loc["D", ["snapshots_before", "snapshots_now"]].tolist() == [0, 2]
    rows = found.snapshots.frame.set_index(["period_from", "nominal_id"])
    assert rows.loc[(pd.Timestamp(2018, 7, 1), "A"), ["ties", "ties_formed", "ties_dissolved"]].tolist() == [2, 1, 0]


def test_roles_follow_the_position_of_each_snapshot():
    star = [(Q1, ["A", p]) for p in "BCDE"]
    other = [(Q2, ["E", p]) for p in "ABCD"]
    found = time_of(records(star + other))
    rows = found.snapshots.frame
    leads = rows[rows["suggested_role"] == "principal"]
    assert list(zip(leads["period_from"].dt.strftime("%m-%d"), leads["nominal_id"], strict=True)) == [
        ("04-01", "A"),
        ("07-01", "E"),
    ]
    paths = found.paths.frame.set_index("nominal_id")
    assert paths.loc["A", "roles"].split(" > ")[4:6] == ["principal", "peripheral"]
    assert paths.loc["A", "role_changes"] == paths.loc["E", "role_changes"] == 1
    assert paths.loc["B", "role_changes"] == 0


def test_who_is_in_no_group_is_not_judged():
    found = time_of(records([(Q1, ["A", p]) for p in "BCDE"], members="BCDE"))
    own = found.snapshots.frame.query("nominal_id == 'A'")
    assert own["suggested_role"].tolist() == ["no group"]
    paths = found.paths.frame.set_index("nominal_id")
    assert paths.loc["A", "roles"].split(" > ")[3:6] == ["no ties", "no group", "no ties"]


def test_large_snapshots_are_estimated_and_it_is_said():
    data = records([(Q1, ["A", p]) for p in "BCDE"])
    assert time_of(data).notes == ()
    few = time_of(data, replace(QUICK, snapshot_pivots=3))
    assert few.notes == ("In 1 of 8 snapshots betweenness and closeness are estimated from the paths of 3 people.",)


def test_the_group_of_a_snapshot_is_that_of_its_last_day():
    memberships = [
        {"nominal_id": "A", "ocg_id": "G", "from_date": date(2016, 1, 1), "to_date": date(2018, 8, 1)},
        {"nominal_id": "A", "ocg_id": "H", "from_date": date(2018, 8, 2)},
    ]
    ocgs = [{"ocg_id": g, "status": "active"} for g in "GH"]
    found = time_of(records([(Q1, "AB"), (Q2, "AB")], memberships=memberships, ocgs=ocgs))
    own = found.snapshots.frame.query("nominal_id == 'A'")
    assert own["ocg_id"].tolist() == ["G"] * 5 + ["H"] * 3


def test_what_may_not_be_used_today_is_in_no_snapshot():
    reports = [
        {"report_id": "r0", "reported_on": EARLY, "review_due": date(2018, 1, 1)},
        {"report_id": "r1", "reported_on": EARLY},
    ]
    links = [{"person_id": p, "report_id": r} for r in ("r0", "r1") for p in "AB"]
    data = records([(Q1, "AB")], intel_reports=reports, intel_links=links)
    assert time_of(data).turnover.frame["reports"].tolist()[0] == 1
    assert time_of(data, replace(QUICK, include_overdue=True)).turnover.frame["reports"].tolist()[0] == 2


def test_rising_needs_both_years_and_the_declared_change():
    now = np.array([False] * 2 + [True] * 2)
    #                 rises  short of it  falls  once only  new   gone  never
    score = np.array([
        [0.20, 0.30, 0.90, 0.1, 0.0, 0.5, 0.0],
        [0.40, 0.30, 0.80, 0.0, 0.0, 0.5, 0.0],
        [0.50, 0.49, 0.50, 0.9, 0.5, 0.0, 0.0],
        [0.50, 0.50, 0.80, 0.9, 0.5, 0.0, 0.0],
    ])  # fmt: skip
    found = trend(score, score > 0, now, QUICK)
    names = [DIRECTIONS[d] for d in found.direction]
    assert names == ["rising", "steady", "falling", "too few snapshots", "entered", "left", "never tied"]
    # .3 to .5 is a change of .2 exactly, which counts although floats fall short of it.
    assert found.now[0] - found.before[0] < 0.2


def test_chance_is_shown_beside_the_risers():
    # Nobody changes: each person's scores come from one urn, so about one share in twenty leaves its band.
    windows = tuple(Window(date(2017, 1, 1), date(2017, 1, 1), now=i >= 4) for i in range(8))
    tier = np.zeros((8, 300), int)
    outside = 0
    for seed in range(20):
        still = np.random.default_rng(seed).random((8, 300))
        figures = trend_figures(
            Course(windows, still, still > 0, tier, tier == 0), replace(QUICK, snapshot_draws=100)
        ).values()
        assert {f.denominator for f in figures} == {300}
        outside += sum(not f.null_low <= f.value <= f.null_high for f in figures)
    assert outside <= stats.binom.ppf(0.9999, 40, 0.07)
    moved = still.copy()
    moved[4:, :90] += 0.5
    risen = trend_figures(Course(windows, moved, moved > 0, tier, tier == 0), replace(QUICK, snapshot_draws=100))
    assert risen["nominals_rising"].value > risen["nominals_rising"].null_high + 0.1


def test_no_dates_and_too_many_people_are_said():
    undated = linked("ABCD", ["AB", "CD"])
    found = time_of(undated)
    assert found.snapshots.frame.empty
    assert "no date" in found.notes[0]
    many = time_of(records([(Q1, "AB")]), replace(QUICK, snapshot_up_to=4))
    assert many.paths.frame.empty
    assert "5 nominals (up to 4)" in many.notes[0]
    off = time_of(records([(Q1, "AB")]), replace(QUICK, snapshot_months=0))
    assert off.turnover.frame.empty
    assert off.notes == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_changes_nothing(seed):
    data = folder(FIXTURES / "tiny")
    rng = np.random.default_rng(seed)
    mixed = {n: data[n].take(pa.array(rng.permutation(data[n].num_rows))) for n in data.given}
    one, other = time_of(data), time_of(Dataset.of(mixed, data.about))
    for name in ("snapshots", "paths", "turnover"):
        assert getattr(one, name).frame.equals(getattr(other, name).frame)
    assert one.figures == other.figures
