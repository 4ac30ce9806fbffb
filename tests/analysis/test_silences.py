"""Silences around an event: worked on paper, and against asking every day of a number's life."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_calls import BEGIN, call, records, used

from ocgnet.analysis.things.coverage import Coverage
from ocgnet.analysis.things.silences import silence_around
from ocgnet.dataset import Dataset
from ocgnet.settings import Settings
from ocgnet.things_job import things_of


def on(day: int) -> date:
    return BEGIN + timedelta(days=day)


def silences(found: Dataset, **options: object):
    return things_of(found, Settings(**options)).tables["silences"].frame


def of_one_phone(days: list[int], **tables: list[dict]) -> Dataset:
    calls = [call("1", "X", d) for d in days] + [call("Y", "Z", 40)]
    return records(calls, [used("A", "1"), used("V", "Y")], **tables)


def crime(day: int, role: str = "suspect", person: str = "A") -> dict[str, list[dict]]:
    return {
        "crimes": [{"crime_id": "C", "occurred_on": on(day)}],
        "crime_links": [{"person_id": person, "crime_id": "C", "link_role": role}],
    }


def test_a_phone_that_is_silent_for_a_week_after_an_arrest():
    """In use every day but from the 11th to the 17th day, after an arrest on the 10th."""
    row = silences(of_one_phone([*range(11), *range(18, 31)], **crime(10, "arrested"))).iloc[0]
    assert (row["thing_id"], row["person"], row["event"], row["event_id"]) == ("1", "A", "arrest", "C")
    assert (row["active_on_day"], row["silent_before"], row["silent_after"], row["still_silent"]) == (True, 0, 7, False)
    assert (row["days_as_long_after"], row["of_days"], row["chance_after"]) == (1, 30, 1 / 30)
    assert (row["gaps_as_long_after"], row["gaps"], row["longest_gap"], row["chance_before"]) == (1, 23, 7, 1)
    assert "Silent for 7 days after it: so on 1 of the 30 days of its life (3%)." in row["because"]


def test_a_number_that_is_not_used_again_is_silent_at_least_to_the_end_of_the_records():
    row = silences(of_one_phone([*range(0, 20, 2), 20], **crime(20))).iloc[0]
    assert (row["still_silent"], row["silent_after"], row["days_as_long_after"]) == (True, 20, 0)
    assert "not in use again up to the end of the records" in row["because"]


def test_victims_other_users_and_short_silences_are_no_rows():
    days = [*range(11), *range(18, 31)]
    assert silences(of_one_phone(days, **crime(10, "victim"))).empty
    assert silences(of_one_phone(days, **crime(10, person="V"))).empty
    assert silences(of_one_phone(days, **crime(10)), silence_least_days=8).empty
    assert silences(of_one_phone([0, 1, 2, 30], **crime(10))).empty, "too few days to have a usual gap"


def test_a_disruption_asks_of_its_members_phones_and_of_the_things_the_group_holds():
    acts = {
        "ocgs": [{"ocg_id": "G", "name": "G"}],
        "memberships": [{"nominal_id": "A", "ocg_id": "G"}],
        "group_things": [{"ocg_id": "G", "thing_id": "X"}],
        "disruptions": [{"disruption_id": "D", "ocg_id": "G", "happened_on": on(12), "level": "major"}],
    }
    frame = silences(of_one_phone([*range(11), *range(18, 31)], **acts))
    assert frame[["thing_id", "person", "ocg_id", "silent_before", "silent_after"]].to_numpy().tolist() == [
        ["1", "A", "G", 1, 5],
        ["X", "", "G", 1, 5],
    ]


def test_the_end_of_one_authority_is_no_silence_that_is_unlike_the_number():
    """Records under the phone's own authority end on day 25, those of others go on to day 40."""
    calls = [call("1", "X", d) | {"authority_ref": "AUTH-2"} for d in (*range(0, 20, 2), 20)]
    calls += [call("Y", "Z", 40), call("Y", "Z", 25) | {"authority_ref": "AUTH-2"}]
    row = silences(records(calls, [used("A", "1"), used("V", "Y")], **crime(20))).iloc[0]
    assert (row["silent_after"], row["not_covered"], row["still_silent"]) == (20, 15, True)
    assert str(row["records_to"])[:10] == str(on(25))
    # Five days are known to be silent: as often in its life as never, and not twenty.
    assert (row["days_as_long_after"], row["of_days"]) == (0, 20)
    assert (
        "On 15 days of this no record under the authorities of the number reaches (they end on 2019-01-26)"
        in (row["because"])
    )
    calls[-1] = call("Y", "Z", 21) | {"authority_ref": "AUTH-2"}
    row = silences(records(calls, [used("A", "1"), used("V", "Y")], **crime(20))).iloc[0]
    # One known day of silence is as usual as can be: ten gaps of a day, each one day of two.
    assert (row["not_covered"], row["days_as_long_after"], row["chance_after"]) == (19, 10, 0.5)


def test_a_hole_between_two_authorities_makes_no_usual_gap():
    """From day 11 to day 29 no authority reaches the phone: its longest gap is there, and it is usual all the same."""
    days = [*range(11), *range(30, 36)]
    calls = [call("1", "X", d) | {"authority_ref": "A1" if d < 20 else "A2"} for d in days]
    calls += [call("Y", "Z", 39) | {"authority_ref": "A2"}, call("Y", "Z", 60)]
    row = silences(records(calls, [used("A", "1"), used("V", "Y")], **crime(35))).iloc[0]
    assert (row["longest_gap"], row["gaps_as_long_after"], row["of_days"]) == (19, 0, 16)
    assert (row["silent_after"], row["not_covered"]) == (25, 21)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=6), st.integers(-3, 40), st.integers(0, 20))
def test_days_that_records_reach_are_counted_like_one_by_one(spans, low, more):
    first = np.array([f for f, _ in spans], np.int64)
    last = np.array([f + n for f, n in spans], np.int64)
    reached = {d for f, n in spans for d in range(f, f + n + 1)}
    assert int(Coverage.of(first, last).days(low, low + more)) == len(reached & set(range(low, low + more + 1)))


@settings(max_examples=150, deadline=None)
@given(st.sets(st.integers(0, 30), min_size=5), st.integers(0, 30))
def test_the_chance_is_the_share_of_days_that_were_followed_by_as_long_a_silence(days, event):
    used_on = np.array(sorted(days))
    found = silence_around(used_on, event, 40, Coverage(np.array([0]), np.array([40])))
    if found is None or not found["days_as_long_after"]:
        return
    life = range(used_on[0], used_on[-1])
    after = [min(d for d in days if d > x) - x - 1 for x in life]
    assert found["days_as_long_after"] == sum(s >= found["silent_after"] for s in after)
    assert found["of_days"] == len(after)
    before = [x - max(d for d in days if d < x) - 1 for x in range(used_on[0] + 1, used_on[-1] + 1)]
    if found["silent_before"] is not None:
        assert found["days_as_long_before"] == sum(s >= found["silent_before"] for s in before)
