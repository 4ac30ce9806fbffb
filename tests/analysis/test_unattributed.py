"""Numbers that nobody is known to use: worked on paper, and how firmly they rank, by leaving members out for real."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_calls import call, records, used

from ocgnet.dataset import Dataset
from ocgnet.settings import Settings
from ocgnet.things_job import things_of

MEMBERS = "ABCD"
LINKS = [used(p, f"{p}1") for p in MEMBERS]


def groups(**members: str) -> dict[str, list[dict[str, object]]]:
    return {
        "ocgs": [{"ocg_id": g, "name": g} for g in members],
        "memberships": [{"nominal_id": p, "ocg_id": g} for g, people in members.items() for p in people],
    }


def frame_of(found: Dataset, **options: object):
    return things_of(found, Settings(**options)).tables["unattributed"].frame


def test_the_number_between_all_members_ranks_first_and_says_why():
    """X is in touch with A (3 times), B and C, who never are with each other; Y with A alone, 7 times."""
    calls = [call("X", "A1", 1, count=2), call("A1", "X", 3), call("B1", "X", 4), call("X", "C1", 5)]
    calls += [call("A1", "Y", 6, count=7), call("X", "Z", 7, count=5), call("A1", "B1", 8)]
    found = records(calls, [*LINKS, used("E", "E1")], **groups(G="ABCD", H="E"))
    frame = frame_of(found)
    assert frame[["ocg_id", "rank", "thing_id", "members", "of_members", "times", "of_times"]].to_numpy().tolist() == [
        ["G", 1, "X", 3, 4, 5, 10],
        ["G", 2, "Y", 1, 4, 7, 7],
    ]
    x = frame.iloc[0]
    assert x["score"] == pytest.approx(log2(4) + 2 * log2(2))
    assert (x["share"], x["to_members"], x["days"], x["pairs_apart"], x["of_pairs"]) == (0.5, 3, 4, 2, 3)
    assert (x["most_in_touch"], x["most_in_touch_times"]) == ("A|B|C", "3|1|1")
    # Without A it is 2 against nothing; without B or C 3 against 3, a shared first place.
    assert (x["stays"], x["left_out_in_turn"], x["best_rank"], x["worst_rank"]) == (3, 3, 1, 1)
    assert frame.iloc[1][["best_rank", "worst_rank"]].tolist() == [1, 2]
    assert x["because"] == (
        "In touch with 3 of 4 members of G (A 3 times, B 1 time, C 1 time): 5 of its 10 recorded times (50%), "
        "and 3 of the 3 people in touch with it. It may "
        "stand between members: 2 of 3 pairs of them are not recorded as in touch with each other. Nobody is recorded "
        "as its user. Without any one of the members it ranks 1 to 1. As many members by chance: 100.0%."
    )
    assert x["authority_refs"] == "AUTH-1"


def test_a_number_that_everybody_calls_does_not_stand_above_one_that_the_group_alone_calls():
    links = [used(p, f"{p}1") for p in "ABCDEFGHIJ"]
    calls = [call(f"{p}1", "TAXI", 1, count=3) for p in "ABCDEFGHIJ"] + [call("X", f"{p}1", 1, count=3) for p in "ABC"]
    frame = frame_of(records(calls, links, **groups(G="ABCD")))
    assert frame[["thing_id", "rank", "members", "people"]].to_numpy().tolist() == [["X", 1, 3, 3], ["TAXI", 2, 4, 10]]
    assert frame["score"].tolist() == pytest.approx([6, 8 * 0.4])


def test_the_chance_is_the_share_of_all_draws():
    """Of six people in touch with numbers of nobody two are members; a number with three contacts holds both."""
    links = [used(p, f"{p}1") for p in "ABCDEF"]
    calls = [call("X", f"{p}1", 1) for p in "ABC"] + [call("Y", f"{p}1", 1) for p in "DEF"]
    frame = frame_of(records(calls, links, **groups(G="AB")))
    draws = list(combinations("ABCDEF", 3))
    assert frame["thing_id"].tolist() == ["X"]
    assert frame["chance"][0] == pytest.approx(sum({"A", "B"} <= set(d) for d in draws) / len(draws))


def test_a_number_of_two_groups_is_said_in_both():
    found = records([call("X", "A1", 1), call("X", "B1", 2)], LINKS, **groups(G="A", H="B"))
    frame = frame_of(found)
    assert frame[["ocg_id", "thing_id", "other_groups"]].to_numpy().tolist() == [["G", "X", "H"], ["H", "X", "G"]]
    assert "members of H too" in frame["because"][0]
    assert frame_of(found, ocgs=("H",))["ocg_id"].tolist() == ["H"]


def test_a_suspected_user_is_not_known_and_a_day_without_a_user_is_none():
    """S is only suspected of X; K is known to have used Y, if later; the line L belongs to the group."""
    links = [*LINKS, used("S", "X", confidence="suspected"), used("K", "Y", 100)]
    calls = [call("X", "A1", 1), call("Y", "A1", 1), call("L", "A1", 1)]
    found = records(calls, links, group_things=[{"ocg_id": "G", "thing_id": "L"}], **groups(G="A"))
    frame = frame_of(found)
    assert frame[["thing_id", "suspected_users"]].to_numpy().tolist() == [["X", "S"]]
    assert "S may use it; nobody is known to." in frame["because"][0]


def test_voicemail_is_left_out_and_counted():
    calls = [call("VM", f"{p}1", 1) for p in MEMBERS] + [call("X", "A1", 1)]
    answers = things_of(records(calls, LINKS, **groups(G=MEMBERS)), Settings(contact_cap=3))
    assert answers.tables["unattributed"].frame["thing_id"].tolist() == ["X"]
    assert [x.count for x in answers.left_out if x.what == "communications"] == [4]


def test_accounts_that_nobody_controls_rank_apart_from_numbers():
    transfers = [{"from_account": "ACC1", "to_account": "ACC9", "at": datetime(2019, 3, 1), "amount": 10.0}]
    links = [*LINKS, used("A", "ACC1", relation="controls")]
    found = records([call("X", "A1", 1)], links, transfers=transfers, **groups(G="A"))
    assert frame_of(found)[["by", "thing_id", "kind", "rank"]].to_numpy().tolist() == [
        ["communications", "X", "phone", 1],
        ["transfers", "ACC9", "account", 1],
    ]


@pytest.mark.long
@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("WXYZ"), st.sampled_from(MEMBERS), st.integers(1, 9)), min_size=1))
def test_ranks_without_a_member_are_those_of_records_without_the_member(drawn):
    calls = [call(n, f"{p}1", i, count=times) for i, (n, p, times) in enumerate(drawn)]
    frame = frame_of(records(calls, LINKS, **groups(G=MEMBERS))).set_index("thing_id")
    ranks: dict[str, list[int]] = {thing: [] for thing in frame.index}
    for person in sorted({p for _, p, _ in drawn}):
        rest = [c for c, (_, p, _) in zip(calls, drawn, strict=True) if p != person]
        without = frame_of(records(rest, LINKS, **groups(G=MEMBERS))).set_index("thing_id")["rank"]
        for thing in frame.index:
            ranks[thing].append(int(without.get(thing, len(without) + 1)))
    for thing, row in frame.iterrows():
        both = [row["rank"], *ranks[thing]]
        assert (row["best_rank"], row["worst_rank"]) == (min(both), max(both))
        assert row["stays"] == sum(r <= row["rank"] for r in ranks[thing])
        assert row["left_out_in_turn"] == len(ranks[thing])
