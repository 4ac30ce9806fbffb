"""What people share: on paper, and against brute force over days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations

import pandas as pd
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from made_calls import AS_OF, BEGIN, records, used

from ocgnet.analysis.things.shared import shared_things_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.thing_use import thing_use
from ocgnet.settings import Settings


def shared(made: Dataset, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame, tuple[LeftOut, ...]]:
    members = memberships_on(made, AS_OF, made["nominals"]["nominal_id"].combine_chunks())
    table, crowded, gone = shared_things_of(made, thing_use(made, settings), members, settings)
    return table.frame, crowded.frame, gone


def of_groups(**groups: str) -> dict[str, list[dict]]:
    return {
        "ocgs": [{"ocg_id": g, "status": "active"} for g in sorted({*groups.values()})],
        "memberships": [{"nominal_id": p, "ocg_id": g} for p, g in groups.items()],
    }


def test_a_house_of_two_groups_and_a_line_in_turn_on_paper():
    """H: A and B on days 10 to 20, C seen there on day 5. L: A until day 30, then B. V: suspected of B only."""
    links = [
        used("A", "H", 0, 20, relation="tenant"),
        used("B", "H", 10, 40, relation="user", report_id="R1"),
        used("C", "H", 5, relation="seen_at"),
        used("A", "L", 0, 30),
        used("B", "L", 31),
        used("A", "V", 0),
        used("B", "V", 3, 9, confidence="suspected"),
        used("A", "firm", relation="employee"),
        used("B", "firm", relation="employee"),
        used("A", "H", relation="seen_at"),
    ]
    made = records([], links, **of_groups(A="G1", B="G2", C="G1"), intel_reports=[{"report_id": "R1"}])
    frame, crowded, gone = shared(made, Settings(min_grade="all"))
    columns = ["thing", "one", "other", "how", "together_from", "together_to", "confidence", "across_groups"]
    rows = [[None if pd.isna(v) else str(v)[:10] for v in row] for row in frame[columns].to_numpy()]
    assert rows == [
        ["H", "A", "B", "at the sam", "2019-01-11", "2019-01-21", "confirmed", "True"],
        ["V", "A", "B", "at the sam", "2019-01-04", "2019-01-10", "suspected", "True"],
        ["L", "A", "B", "in turn", None, None, "confirmed", "True"],
        ["H", "B", "C", "in turn", None, None, "confirmed", "True"],
        ["H", "A", "C", "at the sam", "2019-01-06", "2019-01-06", "confirmed", "False"],
    ]
    assert frame["because"][0] == (
        "A (tenant) and B (user) had to do with phone H at the same time from 2019-01-11 to 2019-01-21. They belong to "
        "different groups: G1 and G2. 1 report that may be named."
    )
    assert crowded.empty
    assert gone == (
        LeftOut("thing_links", "as customer or employee, which joins nobody", 2),
        LeftOut("thing_links", "seen on a day that is not known", 1),
    )


def test_a_thing_with_too_many_users_is_listed_and_shared_by_nobody():
    links = [used(p, "hostel", 0) for p in "ABCD"] + [used(p, "flat", 0) for p in "ABC"]
    frame, crowded, _ = shared(records([], links), Settings(thing_cap=3))
    assert set(frame["thing"]) == {"flat"}
    assert crowded[["thing", "users", "nominals"]].to_numpy().tolist() == [["hostel", 4, 4]]
    assert crowded["because"][0] == "4 users, more than 3 users: it makes no tie and is shared by nobody (thing_cap)."


def test_two_who_are_no_nominals_have_no_row_and_restricted_people_count_and_are_not_named():
    links = [used(p, "flat", 0) for p in "ABC"]
    made = records([], links, nominals=[{"nominal_id": "A"}, {"nominal_id": "R", "restricted_on": date(2019, 2, 1)}])
    assert shared(made, Settings())[0][["one", "other"]].to_numpy().tolist() == [["A", "B"], ["A", "C"]]
    links.append(used("R", "flat", 0))
    made = records([], links, nominals=[{"nominal_id": "A"}, {"nominal_id": "R", "restricted_on": date(2019, 2, 1)}])
    frame = shared(made, Settings())[0]
    assert frame[["one", "other", "users"]].to_numpy().tolist() == [["A", "B", 4], ["A", "C", 4]]
    assert len(shared(made, Settings(thing_cap=3))[0]) == 0


LINKS = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"), st.sampled_from("XY"), st.integers(0, 9), st.integers(0, 4),
        st.sampled_from(["recorded", "suspected"]),
    ),
    max_size=14,
)  # fmt: skip


@examples(max_examples=25, deadline=None)
@given(LINKS)
def test_days_together_are_those_of_brute_force(drawn):
    made = records([], [used(p, t, d, d + n, confidence=c) for p, t, d, n, c in drawn])
    frame = shared(made, Settings(thing_cap=4))[0]
    every, firm = defaultdict(set), defaultdict(set)
    for p, t, d, n, c in drawn:
        every[t, p] |= set(range(d, d + n + 1))
        if c == "recorded":
            firm[t, p] |= set(range(d, d + n + 1))
    expected = {}
    for thing in "XY":
        people = sorted(p for t, p in every if t == thing)
        for a, b in combinations(people, 2) if len(people) <= 4 else ():
            sure = firm[thing, a] & firm[thing, b]
            both = sure or every[thing, a] & every[thing, b]
            certain = bool(sure) if both else bool(firm[thing, a] and firm[thing, b])
            ends = (min(both), max(both)) if both else None
            expected[thing, a, b] = (ends, "confirmed" if certain else "suspected")
    mine = {
        (t, a, b): (
            None if pd.isna(since) else ((since.date() - BEGIN).days, (until.date() - BEGIN).days),
            sure,
        )
        for t, a, b, since, until, sure in frame[
            ["thing", "one", "other", "together_from", "together_to", "confidence"]
        ].itertuples(index=False)
    }
    assert mine == expected
