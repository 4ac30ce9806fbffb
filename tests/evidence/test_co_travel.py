"""Vehicles seen together: on paper, against brute force, and against a shuffle of the times of day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.stats import binom

from ocgnet.analysis.things.travelled import travelled_together_of
from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.evidence.co_travel import CoTravel, co_travel_of, together_by_hour
from ocgnet.evidence.independent_trials import at_least
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import thing_use
from ocgnet.model import TABLES
from ocgnet.settings import Settings

BEGIN = datetime(2019, 1, 7)  # a Monday in winter, when the clock shows universal time


def sighting(vehicle: str, minutes: float, place: str | tuple[float, float] = "C1", **cells: object) -> dict:
    where = {"place": place} if isinstance(place, str) else dict(zip(("latitude", "longitude"), place, strict=True))
    return {"thing_id": vehicle, "at": BEGIN + timedelta(minutes=minutes)} | where | cells


def records(sightings: list[dict], links: list[dict] | None = None, kind: str = "vehicle") -> Dataset:
    def table(name: str, rows: list[dict]) -> pa.Table:
        return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema)

    links = links or []
    things = sorted({s["thing_id"] for s in sightings} | {x["thing_id"] for x in links})
    return Dataset.of(
        {
            "things": table("things", [{"thing_id": t, "kind": kind, "registration": f"MARK {t}"} for t in things]),
            "nominals": table(
                "nominals", [{"nominal_id": p, "name": f"Name {p}"} for p in sorted({x["person_id"] for x in links})]
            ),
            "thing_links": table("thing_links", links),
            "sightings": table("sightings", sightings),
        },
        About(as_of=date(2019, 12, 31), sightings_authority="ANPR-1"),
    )


def travel(made: Dataset, settings: Settings) -> CoTravel:
    period = period_of(made, settings)
    return co_travel_of(made, thing_use(made, settings, period), settings, period)


def hours(day: int, hour: float) -> float:
    return (day * 24 + hour) * 60


def test_three_evenings_on_paper():
    """A and B are within minutes on days 0, 1 and 2; on day 3 both pass, two hours apart. C follows A twice."""
    made = records(
        [
            *(sighting("A", hours(d, 20), f"C{d}") for d in range(4)),
            *(sighting("B", hours(d, 20) + 9, f"C{d}") for d in range(3)),
            sighting("B", hours(3, 22), "C3"),
            sighting("C", hours(0, 20), "C0"),
            sighting("C", hours(1, 20), "C1"),
        ],
        [{"person_id": "N1", "thing_id": "A", "relation": "keeper"}],
    )
    found = travel(made, Settings())
    assert [(found.one.tolist(), found.two.tolist())] == [([0], [1])]
    assert [v.tolist() for v in (found.days, found.times, found.places, found.common_days)] == [[3], [3], [3], [4]]
    assert [str(found.first[0]), str(found.last[0])] == ["2019-01-07", "2019-01-09"]
    # Seen at each camera once, so each hour is one of all its own: A at 20 always, B at 20 in three of four.
    within = 2 / 6 - 1 / 36
    each = 0.75 * within
    assert found.expected == pytest.approx([4 * each])
    assert found.chance == pytest.approx([binom.sf(2, 4, each)])
    frame = travelled_together_of(made, thing_use(made, Settings()), found, Settings(together_chance=1)).frame
    row = frame.iloc[0]
    assert (row["one_users"], row["one_user_names"], row["other_users"]) == ("N1", "Name N1", "")
    assert (row["at_places"], row["authority_refs"], row["share"]) == ("C0|C1|C2", "ANPR-1", 0.75)
    assert row["because"] == (
        "A and B may have travelled together: within 10 minutes of each other on 3 days (3 occasions), at C0, C1, C2. "
        "Both were at one place on 4 days; had each come at one of its own usual hours, they would have met on 0.9 of "
        "them, and on 3 or more in 4% of cases."
    )
    assert travelled_together_of(made, thing_use(made, Settings()), found, Settings()).frame.empty


def test_what_cannot_tell_is_counted():
    days = [d * 1440 for d in range(5)]
    made = records([sighting(v, d) for v in "AB" for d in days] + [sighting("A", 90), sighting("A", 90)])
    found = travel(made, Settings())
    assert len(found) == 0
    assert found.left_out == (
        LeftOut("sightings", "only the day is known, so nobody can tell who was near", 10),
        LeftOut("sightings", "the same sighting once more", 1),
    )
    phones = records([sighting("A", 90)], kind="phone")
    assert travel(phones, Settings()).left_out == (LeftOut("sightings", "not of a vehicle", 1),)
    assert len(travel(records([]), Settings())) == 0


def test_a_crowd_says_nothing_and_makes_no_pairs():
    """Twelve pass one camera in the same minute every day; two of them also meet elsewhere."""
    crowd = [sighting(f"V{n:02}", hours(d, 8) + n / 60) for n in range(12) for d in range(4)]
    pair = [sighting(v, hours(d, 15), "C2") for v in ("V00", "V01") for d in range(4)]
    found = travel(records(crowd + pair), Settings(together_crowd=10))
    assert (found.one.tolist(), found.two.tolist(), found.days.tolist()) == ([0], [1], [4])
    assert set(found.place) == {"C2"}
    assert found.left_out == (LeftOut("sightings", "more than 10 others at the place within 10 minutes", 48),)
    assert len(travel(records(crowd + pair), Settings(together_crowd=11))) == 12 * 11 / 2


def test_nobody_learns_of_a_vehicle_of_somebody_restricted():
    made = records(
        [sighting(v, hours(d, 9)) for v in "AB" for d in range(3)],
        [{"person_id": "N1", "thing_id": "A", "relation": "keeper"}],
    )
    assert len(travel(made, Settings())) == 1
    nominals = made["nominals"].set_column(
        made["nominals"].column_names.index("restricted_on"),
        "restricted_on",
        pa.array([date(2019, 2, 1)], pa.date32()),
    )
    restricted = Dataset.of({**made.tables, "nominals": nominals}, made.about)
    found = travel(restricted, Settings())
    assert len(found) == 0
    assert found.left_out == (LeftOut("sightings", "the vehicle is used only by people who take no part", 3),)


def test_coordinates_are_one_place_within_the_metres_wherever_the_grid_lies():
    """A degree of latitude is 111,195 m on the sphere: .0008 degrees are 89 m, .001 are 111 m."""
    for base in (51.0, 51.00005, 51.01239):
        made = records(
            [sighting("A", hours(d, 9), (base, -1.0)) for d in range(3)]
            + [sighting("B", hours(d, 9) + 5, (base + 0.0008, -1.0)) for d in range(3)]
            + [sighting("C", hours(d, 9) + 5, (base - 0.001, -1.0)) for d in range(3)]
        )
        found = travel(made, Settings())
        assert (found.one.tolist(), found.two.tolist(), found.common_days.tolist()) == ([0], [1], [3])


PLACES = ("C1", "C2", (51.5, -1.0), (51.5005, -1.0), (51.5012, -1.0))
SIGHTINGS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 3), st.integers(0, 200), st.sampled_from(PLACES)),
    max_size=60,
    unique=True,
)


def near(one: str | tuple, other: str | tuple) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return abs(one[0] - other[0]) * 111_195 <= 100


@examples(max_examples=80, deadline=None)
@given(SIGHTINGS, st.integers(2, 3), st.integers(2, 8))
def test_days_and_meetings_are_those_of_brute_force(drawn, least, cap):
    made = records([sighting(v, hours(d, 12) + m, p) for v, d, m, p in drawn])
    found = travel(made, Settings(together_days=least, together_crowd=cap))
    around = Counter(
        a for a in drawn for b in drawn if a != b and a[1] == b[1] and abs(a[2] - b[2]) <= 10 and near(a[3], b[3])
    )
    alone = [s for s in drawn if around[s] <= cap]
    days, meetings = defaultdict(set), Counter()
    for a, b in combinations(alone, 2):
        if a[0] != b[0] and a[1] == b[1] and abs(a[2] - b[2]) <= 10 and near(a[3], b[3]):
            pair = tuple(sorted((a[0], b[0])))
            days[pair].add(a[1])
            meetings[pair] += 1
    names = sorted({v for v, *_ in drawn})
    mine = {
        (names[a], names[b]): (n, int(m))
        for a, b, n, m in zip(
            found.one, found.two, found.days.tolist(), np.bincount(found.pair, minlength=len(found)), strict=True
        )
    }
    assert mine == {p: (len(d), meetings[p]) for p, d in days.items() if len(d) >= least}
    assert all(found.common_days >= found.days)


def test_the_chance_is_that_of_a_shuffle():
    """Redraw the time of each day from the vehicle's own hours, and count how often as many days come out."""
    rng = np.random.default_rng(7)
    sightings = []
    for vehicle, usual in (("A", 9.0), ("B", 9.5), ("C", 10.5)):
        for day in range(40):
            for place in ("C1", "C2"):
                if rng.random() < 0.7:
                    hour = float(np.clip(rng.normal(usual, 0.8), 5, 22)) if rng.random() < 0.9 else rng.uniform(5, 22)
                    sightings.append((vehicle, day, hour, place))
    made = records([sighting(v, hours(d, h), p) for v, d, h, p in sightings])
    found = travel(made, Settings(together_days=2, together_minutes=40))
    assert len(found) == 3
    own = defaultdict(list)
    for vehicle, day, hour, place in sightings:
        own[vehicle].append((day, int(hour), place))

    def redrawn(vehicle: str, day: int, place: str) -> float:
        there = [h for d, h, p in own[vehicle] if p == place and d != day]
        k = rng.integers(len(there) + 1)
        hour = there[k] if k < len(there) else own[vehicle][rng.integers(len(own[vehicle]))][1]
        return float(hour + rng.random())

    for n, (a, b) in enumerate((("A", "B"), ("A", "C"), ("B", "C"))):
        visits = [{(d, p) for d, _, p in own[v]} for v in (a, b)]
        common = sorted(visits[0] & visits[1])
        draws = 3000
        as_many = 0
        for _ in range(draws):
            met = {d for d, p in common if abs(redrawn(a, d, p) - redrawn(b, d, p)) <= 40 / 60}
            as_many += len(met) >= found.days[n]
        assert found.chance[n] == pytest.approx(as_many / draws, abs=0.02)


@examples(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), max_size=12), min_size=1, max_size=8), st.integers(0, 13))
def test_trials_of_equal_chance_are_binomial_and_any_are_those_of_convolution(groups, least):
    flat = np.array([p for g in groups for p in g])
    start = np.cumsum([0] + [len(g) for g in groups])
    got = at_least(flat, start, np.full(len(groups), least))
    for mine, group in zip(got, groups, strict=True):
        law = np.array([1.0])
        for p in group:
            law = np.convolve(law, [1 - p, p])
        assert mine == pytest.approx(law[least:].sum(), abs=1e-12)
    equal = at_least(np.full(30, 0.2), np.array([0, 30]), np.array([25]))
    assert equal[0] == pytest.approx(binom.sf(24, 30, 0.2), rel=1e-9)


def test_two_random_minutes_of_the_hours_are_as_near_as_drawn_ones():
    rng = np.random.default_rng(3)
    one, other = rng.random((2, 400_000)) * 60
    for apart, got in ((0, together_by_hour(25)[7, 7]), (60, together_by_hour(25)[7, 8])):
        assert got == pytest.approx((np.abs(one - other - apart) <= 25).mean(), abs=0.005)
    assert together_by_hour(60)[3, 4] == 0
