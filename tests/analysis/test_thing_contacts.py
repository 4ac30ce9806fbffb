"""Contacts of people and things: worked on paper, and against DuckDB over the same calls."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_calls import call, in_touch, records, traffic, used

from ocgnet.analysis.things.contacts import common_contacts_of, pairs_of_members, top_contacts_of
from ocgnet.analysis.things.traffic import local_time
from ocgnet.dataset import LeftOut
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.restricted import in_use
from ocgnet.settings import Settings

CALLS = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE"), st.integers(0, 9), st.integers(1, 3)), max_size=40
)


def test_a_call_after_midnight_in_summer_is_of_the_next_day():
    at = [
        datetime(2019, 7, 1, 23, 30),  # half past midnight of the 2nd
        datetime(2019, 1, 1, 23, 30),
        datetime(2019, 7, 1),  # a day alone
        datetime(2019, 3, 31, 0, 59),  # before the clocks go forward
        datetime(2019, 3, 31, 1, 0),  # then it is two
    ]
    day, hour = local_time(pa.chunked_array([pa.array(at, pa.timestamp("s"))]))
    assert day.astype(str).tolist() == ["2019-07-02", "2019-01-01", "2019-07-01", "2019-03-31", "2019-03-31"]
    assert hour.tolist() == [0, 23, -1, 0, 2]


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_sums_of_things_are_those_of_duckdb(drawn):
    calls = [call(a, b, d, count=n) for a, b, d, n in drawn]
    found, _ = traffic(records(calls))
    pairs = found.pairs
    mine = sorted(
        (found.things[a], found.things[b], *numbers)
        for a, b, *numbers in zip(
            pairs.subject, pairs.contact, pairs.to_contact.tolist(), pairs.from_contact.tolist(), pairs.days.tolist(),
            pairs.first.tolist(), pairs.last.tolist(), strict=True,
        )
    )  # fmt: skip
    raw = pa.Table.from_pylist(
        [{"a": a, "b": b, "day": date(2019, 1, 1 + d), "n": n} for a, b, d, n in drawn],
        pa.schema([("a", pa.string()), ("b", pa.string()), ("day", pa.date32()), ("n", pa.int64())]),
    )
    theirs = duckdb.sql(
        "SELECT least(a, b) x, greatest(a, b) y, sum(if(a < b, n, 0))::BIGINT, sum(if(a < b, 0, n))::BIGINT, "
        "count(DISTINCT day), min(day), max(day) FROM raw WHERE a <> b GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert mine == theirs
    assert raw is not None
    own = sum(a == b for a, b, *_ in drawn)
    assert found.left_out == ((LeftOut("communications", "from a thing to itself", own),) if own else ())


def test_a_person_is_in_touch_over_every_phone_and_by_day():
    """A uses 1 up to day 4 and 2 after; B takes 1 over on day 5. X is used by nobody."""
    links = [used("A", "1", 0, 4), used("A", "2", 5), used("B", "1", 5), used("C", "3")]
    calls = [
        call("1", "3", 1),
        call("3", "2", 6, count=2, authority_ref="AUTH-2"),
        call("1", "3", 6),
        call("1", "X", 2),
        call("1", "2", 7),
    ]
    frame = top_contacts_of(in_touch(records(calls, links)), Settings()).frame
    people = frame[frame["subject_kind"] == "person"]
    seen = people[["subject", "rank", "contact_kind", "contact", "times", "of_times", "days"]].to_numpy().tolist()
    assert seen == [
        ["A", 1, "person", "C", 3, 5, 2],
        ["A", 2, "person", "B", 1, 5, 1],
        ["A", 3, "phone", "X", 1, 5, 1],
        ["B", 1, "person", "A", 1, 2, 1],
        ["B", 2, "person", "C", 1, 2, 1],
        ["C", 1, "person", "A", 3, 4, 2],
        ["C", 2, "person", "B", 1, 4, 1],
    ]
    first = people.iloc[0]
    assert (first["to_contact"], first["from_contact"], first["share"]) == (1, 2, 0.6)
    assert (str(first["first_day"])[:10], str(first["last_day"])[:10]) == ("2019-01-02", "2019-01-07")
    assert (first["authority_refs"], first["subject_name"], first["contact_name"]) == (
        "AUTH-1|AUTH-2",
        "Name A",
        "Name C",
    )
    things = frame[frame["subject"] == "1"]
    assert things[["contact", "times", "of_times"]].to_numpy().tolist() == [["3", 2, 4], ["2", 1, 4], ["X", 1, 4]]
    assert set(frame["subject"]) == {"A", "B", "C", "1", "2", "3"}, "X is linked to nobody"


def test_no_more_contacts_are_listed_than_asked():
    calls = [call("1", str(n), n) for n in range(10, 20)]
    frame = top_contacts_of(in_touch(records(calls, [used("A", "1")])), Settings(contacts_shown=3)).frame
    assert frame["contact"].tolist() == ["10", "11", "12"] * 2
    assert set(frame["of_times"]) == {10}


def test_whoever_takes_no_part_counts_and_is_not_named():
    links = [used("A", "1"), used("R", "2")]
    calls = [call("1", "2", 1, count=3), call("1", "X", 1)]
    found = in_use(
        records(calls, links, nominals=[{"nominal_id": "A"}, {"nominal_id": "R", "restricted_on": date(2019, 6, 1)}])
    )
    frame = top_contacts_of(in_touch(found), Settings()).frame
    assert frame[["subject", "contact", "times", "of_times"]].to_numpy().tolist() == [
        ["A", "X", 1, 4],
        ["1", "X", 1, 4],
    ]
    assert "2" not in set(frame["subject"]) | set(frame["contact"])


def test_contacts_in_common_leave_voicemail_out():
    links = [used("A", "1"), used("B", "2"), used("C", "3")]
    calls = [call("1", "X", 1), call("X", "2", 3, count=2), call("1", "VM", 1), call("2", "VM", 2)]
    calls += [call(str(n), "VM", 3) for n in range(100, 108)]
    calls += [call("1", "3", 5), call("2", "3", 6), call("1", "2", 9)]
    touch = in_touch(records(calls, links))
    frame = common_contacts_of(touch, [("A", "B"), ("1", "2"), ("A", "nobody")], Settings(contact_cap=9)).frame
    assert frame[["subjects", "one", "other", "contact"]].to_numpy().tolist() == [
        ["person", "A", "B", "C"],
        ["person", "A", "B", "X"],
        ["thing", "1", "2", "3"],
        ["thing", "1", "2", "X"],
    ]
    row = frame.iloc[1]
    assert (row["times_one"], row["times_other"], row["in_touch_with"]) == (1, 2, 2)
    assert row["because"].startswith("Both were in touch with X: A 1 time, B 2 times.")
    all_of_them = common_contacts_of(touch, [("A", "B")], Settings(contact_cap=10)).frame
    assert all_of_them["contact"].tolist() == ["C", "X", "VM"]


def test_pairs_are_those_of_one_group():
    members = Memberships(np.array([0, 1, 1, 2]), np.array(["G1", "G1", "G2", "G2"], object), np.full(4, ""))
    assert pairs_of_members(members, ["A", "B", "C"]) == [("A", "B"), ("B", "C")]


@pytest.mark.parametrize("calls", [[], [call("1", "1", 1)]])
def test_without_traffic_nobody_has_contacts(calls):
    touch = in_touch(records(calls, [used("A", "1")]))
    assert top_contacts_of(touch, Settings()).frame.empty
    assert common_contacts_of(touch, [("A", "1")], Settings()).frame.empty
