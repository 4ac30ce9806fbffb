"""Deal lines worked on paper: who held them, customers, runners and children apart, hours, and a disruption."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from made_calls import BEGIN, call, in_touch, records, used

from ocgnet.analysis.things.deal_lines import deal_lines_of
from ocgnet.dataset import Dataset
from ocgnet.settings import Settings

GROUP = {"ocgs": [{"ocg_id": "G", "name": "G"}], "group_things": [{"ocg_id": "G", "thing_id": "LINE"}]}


def answers(found: Dataset, **options: object) -> dict:
    given = Settings(**options)
    return {t.name: t.frame for t in deal_lines_of(found, in_touch(found, given), given)}


def line_of_two_hands() -> Dataset:
    """C1 to C4 call the line and are called by the runner R, whom the line calls; K is 15; X does neither."""
    calls = [call(c, "LINE", d, duration=20) for c in ("C1", "C2", "C3", "C4") for d in (10, 20, 30)]
    calls += [call("LINE", "R1", d, duration=300) for d in (10, 20, 30)] + [call("R1", "LINE", 11)]
    calls += [call("R1", c, 12) for c in ("C1", "C2", "C3")]
    calls += [call("LINE", "K1", 15), call("X", "LINE", 16)]
    links = [used("A", "LINE", 0, 19), used("B", "LINE", 20), used("R", "R1"), used("K", "K1"), used("P", "C1")]
    return records(
        calls,
        links,
        children=[{"child_id": "K", "date_of_birth": date(2003, 6, 1)}],
        nominals=[{"nominal_id": i, "name": i, "district": "Kettering"} for i in "ABPR"],
        **GROUP,
    )


def test_customers_and_runners_are_apart_and_a_child_comes_first():
    frame = answers(line_of_two_hands())["deal_line_users"]
    rows = frame[["part", "contact", "times", "to_contact", "from_contact", "with_others"]]
    assert rows[rows["times"].notna()].to_numpy().tolist() == [
        ["child", "K", 1, 1, 0, 0],
        ["runner", "R", 4, 3, 1, 3],
        ["customer", "C2", 3, 0, 3, 1],
        ["customer", "C3", 3, 0, 3, 1],
        ["customer", "C4", 3, 0, 3, 0],
        ["customer", "P", 3, 0, 3, 1],
        ["contact", "X", 1, 0, 1, 0],
    ]
    child = frame.iloc[0]
    assert (child["age"], child["child"]) == (15, True)
    assert child["because"].startswith("A child may need safeguarding before anything else: 15 years old")
    assert "never a suspicion" in child["because"]
    because = frame.set_index("contact")["because"]
    assert because["R"] == (
        "May run for the line: called by it rather than calling it (4 times on 4 days, 1 from them and 3 from the "
        "line), and in touch with 3 other contacts of the line."
    )
    assert "3 of 3 timed calls no longer than 120 seconds" in because["C2"]


def test_the_line_says_who_held_it_in_turn_and_where_its_contacts_are():
    whole = answers(line_of_two_hands())["deal_lines"]
    row = whole.iloc[0]
    assert len(whole) == 1
    assert (row["line"], row["ocgs"], row["children"], row["child_ids"]) == ("LINE", "G", 1, "K")
    assert row["users_in_turn"] == "A from 2019-01-01 to 2019-01-20|B from 2019-01-21"
    assert (row["users"], row["times"], row["contacts"], row["customers"], row["runners"]) == (2, 18, 7, 4, 1)
    assert (row["districts"], row["district_unknown"], row["no_hour"], row["busiest_hours"]) == (
        "Kettering 2",
        5,
        18,
        "",
    )
    assert row["because"].startswith("Children in touch with it may need safeguarding first: K.")


@pytest.mark.parametrize(("born", "part"), [(date(2001, 1, 15), "child"), (date(2001, 1, 14), "user")])
def test_whoever_was_under_18_on_the_first_day_is_a_child(born, part):
    """The line is held from 14 January 2019 on, a day before or on the eighteenth birthday."""
    people = [{"nominal_id": "A", "date_of_birth": born}]
    found = records([call("C1", "LINE", 14)], [used("A", "LINE", 13)], nominals=people, **GROUP)
    frame = answers(found)["deal_line_users"]
    assert frame[frame["contact"] == "A"][["part", "child"]].to_numpy().tolist() == [[part, part == "child"]]


def test_what_is_recorded_comes_before_what_the_calls_look_like():
    links = [
        used("P", "C1"),
        used("P", "LINE", relation="runner"),
        used("Q", "C2"),
        used("Q", "LINE", relation="customer"),
    ]
    calls = [call("C1", "LINE", d) for d in (1, 2, 3)] + [call("LINE", "C2", 1)]
    frame = answers(records(calls, links, **GROUP))["deal_line_users"]
    assert frame[["contact", "part", "recorded"]].to_numpy().tolist() == [
        ["P", "runner", "runner"],
        ["Q", "customer", "customer"],
    ]


def test_hours_are_those_of_london_and_a_day_alone_has_none():
    at = [datetime(2019, 7, 1, 21, 15), datetime(2019, 1, 1, 22, 5), datetime(2019, 7, 2)]
    found = records(
        [*(call("C1", "LINE", t, count=2) for t in at), call("C1", "OTHER", datetime(2019, 7, 1, 9))], **GROUP
    )
    given = answers(found)
    rows = given["deal_line_hours"][["hour", "times", "of_times"]].astype("Int64").to_numpy(dtype=object, na_value=None)
    assert rows.tolist() == [[None, 2, 6], [22, 4, 6]]
    assert (given["deal_lines"]["busiest_hours"][0], given["deal_lines"]["no_hour"][0]) == ("22:00 4", 2)


def test_equal_stretches_before_and_after_a_disruption_as_far_as_the_records_go():
    """On day 100 with records up to day 110: ten days either side, the day itself counted in neither."""
    calls = [call("C1", "LINE", d) for d in range(80, 101)] + [call("C2", "LINE", d) for d in (99, 101, 110)]
    calls += [call("C3", "LINE", 105)]
    acts = [
        {"disruption_id": f"D{i}", "ocg_id": g, "happened_on": BEGIN.replace(month=4, day=11), "level": "major"}
        for i, g in ((1, "G"), (2, "H"))
    ]
    row = answers(records(calls, **GROUP, disruptions=acts))["deal_line_disruptions"]
    assert row["disruption_id"].tolist() == ["D1"], "another group's disruption is none of this line's"
    row = row.iloc[0]
    assert (str(row["happened_on"])[:10], row["window_days"]) == ("2019-04-11", 10)
    assert (row["times_before"], row["times_after"], row["per_day_after"]) == (11, 3, 0.3)
    assert (row["contacts_before"], row["contacts_after"], row["contacts_kept"], row["contacts_new"]) == (2, 2, 1, 1)
    assert "depends on whose records were obtained" in row["because"]


def disruption(day: int) -> list[dict]:
    return [{"disruption_id": "D", "ocg_id": "G", "happened_on": BEGIN + timedelta(day), "level": "major"}]


def test_how_usual_a_change_is_for_the_line_counted_day_by_day():
    """Twice a day for 40 days, then once, with a quiet week before it: many days saw as great a fall."""
    times = dict.fromkeys(range(100), 2) | dict.fromkeys(range(100, 140), 1) | dict.fromkeys(range(60, 67), 0)
    calls = [call("C1", "LINE", d, count=n) for d, n in times.items() if n] + [call("X", "Y", 160)]
    frame = answers(records(calls, **GROUP, disruptions=disruption(99)), line_compare_days=10)["deal_line_disruptions"]

    def change(day: int) -> int:
        after, before = ((range(day + 1, day + 11)), range(day - 10, day))
        return sum(times.get(d, 0) for d in after) - sum(times.get(d, 0) for d in before)

    whole = [d for d in range(140) if d >= 10]
    as_much = [d for d in whole if change(d) <= change(99)]
    row = frame.iloc[0]
    assert (row["times_after"] - row["times_before"], row["window_days"]) == (change(99), 10) == (-10, 10)
    assert (row["days_as_much"], row["of_days"], row["not_covered"]) == (len(as_much), len(whole), 0)
    assert row["chance"] == len(as_much) / len(whole)
    assert f"around {len(as_much)} of {len(whole)} days of its life" in row["because"]


def test_records_that_end_with_an_authority_say_nothing_of_what_a_disruption_changed():
    calls = [call("C1", "LINE", d) | {"authority_ref": "AUTH-2"} for d in range(60, 101)] + [call("X", "Y", 160)]
    made = records(calls, **GROUP, disruptions=disruption(100))
    row = answers(made, line_compare_days=10)["deal_line_disruptions"].iloc[0]
    assert (row["times_before"], row["times_after"], row["not_covered"]) == (10, 0, 10)
    assert row[["chance", "days_as_much", "of_days"]].isna().all()
    assert "On 10 days of the two stretches no record under the authorities of the line reaches" in row["because"]


def test_a_thing_of_kind_line_without_calls_is_listed_and_a_limit_to_other_groups_leaves_it_out():
    things = [{"thing_id": "LINE", "kind": "line"}]
    found = records([], things=things, **GROUP)
    assert answers(found)["deal_lines"]["line"].tolist() == ["LINE"]
    assert all(frame.empty for frame in answers(found, ocgs=("H",)).values())
