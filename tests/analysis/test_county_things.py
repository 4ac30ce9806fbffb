"""The county answers each question on things with what is planted in it; the page of answers was not made by a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd
import pytest

from ocgnet.checks.check import check
from ocgnet.things_job import ThingsAnalysis, things_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


class Planted(NamedTuple):
    things: list[str]
    people: list[str]
    groups: list[str]
    first: date | None
    last: date | None


@pytest.fixture(scope="module")
def page() -> dict[str, list[list[str]]]:
    """The rows under each heading of the page."""
    headings: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in (FIXTURES / "county_answers.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            rows = headings.setdefault(line[3:], [])
        elif line.startswith("| ") and not line.startswith("| case"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return headings


def planted(page: dict[str, list[list[str]]], heading: str) -> list[Planted]:
    """The planted cases under the one heading that begins so."""
    rows = next(rows for title, rows in page.items() if title.startswith(heading))
    return [
        Planted(r[2].split(), r[3].split(), r[4].split(), *(date.fromisoformat(d) if d else None for d in r[5:7]))
        for r in rows
        if r[1] == "planted"
    ]


def decoys(page: dict[str, list[list[str]]], heading: str) -> dict[str, list[str]]:
    """The things of each decoy under the heading."""
    rows = next(rows for title, rows in page.items() if title.startswith(heading))
    return {r[1]: r[2].split() for r in rows if r[1] != "planted"}


@pytest.fixture(scope="module")
def answers() -> ThingsAnalysis:
    dataset = check(FIXTURES / "county").dataset
    assert dataset is not None
    return things_of(dataset)


def frame(answers: ThingsAnalysis, table: str) -> pd.DataFrame:
    return answers.tables[table].frame


def test_the_vehicles_that_travel_together_are_the_only_ones_listed(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "Two vehicles that travel together")[0]
    listed = frame(answers, "travelled_together")
    assert [set(pair) for pair in listed[["one", "other"]].to_numpy().tolist()] == [set(case.things)]
    row = listed.iloc[0]
    assert {row["one_users"], row["other_users"]} == set(case.people)
    assert (row["first_day"].date(), row["last_day"].date()) == (case.first, case.last)
    assert row["chance"] < 0.001
    assert "may have travelled together" in row["because"]


def test_the_number_of_nobody_is_the_first_of_its_group(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A number of nobody")[0]
    of_group = frame(answers, "unattributed")
    of_group = of_group[(of_group["ocg_id"] == case.groups[0]) & (of_group["by"] == "communications")]
    # Before the switchboard, voicemail and the taxi firm, which everybody calls.
    assert of_group.sort_values("rank")["thing_id"].iloc[0] == case.things[0]
    row = of_group.set_index("thing_id").loc[case.things[0]]
    assert (row["members"], row["share"]) == (7, 1.0)
    popular = {thing for what, things in decoys(page, "A number of nobody").items() for thing in things}
    assert (of_group.loc[of_group["thing_id"].isin(popular), "share"] < 0.5).sum() >= 5


def test_a_line_is_in_touch_with_the_child_more_than_with_any_customer(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A child in touch with a line")[0]
    contacts = frame(answers, "top_contacts")
    row = contacts[(contacts["subject"] == case.people[0]) & (contacts["rank"] == 1)].iloc[0]
    # The line had a user on every one of these days, who so is the child's contact.
    users = {p for c in planted(page, "A line with users in turn") for p in c.people}
    assert row["contact"] in users | set(case.things)
    assert row["first_day"].date() >= case.first
    assert row["last_day"].date() <= case.last


def test_the_number_that_takes_over_the_line_is_the_first_candidate(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A number falls silent")[0]
    listed = frame(answers, "successors").set_index("old_thing")
    row = listed.loc[[case.things[0]]].iloc[0]
    assert (row["new_thing"], row["rank"]) == (case.things[1], 1)
    assert (row["old_last"].date(), row["new_first"].date()) == (case.first, case.last)
    assert row["shared"] >= 10
    assert row["chance"] < 0.001
    assert "may" in row["because"]
    # None of what only looks like a succession is listed.
    pairs = {tuple(pair) for pair in listed.reset_index()[["old_thing", "new_thing"]].to_numpy().tolist()}
    assert not pairs & {tuple(things) for things in decoys(page, "A number falls silent").values()}


def test_the_house_of_two_groups_is_shared_across_them(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A house that two groups use")[0]
    shared = frame(answers, "shared_things")
    across = shared[
        shared["across_groups"] & (shared["how"] == "at the same time") & shared["kind"].isin(["address", "premises"])
    ]
    assert set(across["thing"]) == set(case.things)
    assert set(across["one"]) | set(across["other"]) <= set(case.people)
    groups = {g for side in ("one", "other") for cell in across[f"{side}_groups"] for g in cell.split("|")}
    assert groups == set(case.groups)
    # A hostel and a care home have too many residents to join anybody, and are listed as such.
    crowded = set(frame(answers, "crowded_things")["thing"])
    assert set(decoys(page, "A house that two groups use")["a hostel"]) <= crowded
    assert set(decoys(page, "A resident whose home")["a care home with visitors"]) <= crowded


def test_a_line_has_its_users_in_turn(answers: ThingsAnalysis, page: dict[str, list[list[str]]]) -> None:
    shared = frame(answers, "shared_things")
    for case in planted(page, "A line with users in turn"):
        of_line = shared[(shared["thing"] == case.things[0]) & (shared["how"] == "in turn")]
        assert set(case.people) <= set(of_line["one"]) | set(of_line["other"])


def test_a_deal_line_names_its_users_in_turn_and_the_child(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    lines = frame(answers, "deal_lines").set_index("line")
    for case in planted(page, "A line with users in turn"):
        row = lines.loc[case.things[0]]
        assert [turn.split()[0] for turn in row["users_in_turn"].split("|")] == case.people
        assert row["ocgs"] == case.groups[0]
    case = planted(page, "A child in touch with a line")[0]
    assert case.people[0] in lines.loc[case.things[0], "child_ids"].split("|")


def test_the_home_that_members_come_to_is_the_only_prompt_and_its_resident_no_visitor(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A resident whose home")[0]
    (row,) = frame(answers, "possible_cuckooing").to_dict("records")
    assert [row["place"]] == case.things
    resident, *visitors = case.people
    assert row["resident_id"] == resident
    assert sorted(row["visitor_ids"].split("|")) == sorted(visitors)
    assert "never a suspicion" in row["because"]
    assert row["chance"] < 0.01


def test_the_account_that_hands_on_what_it_gets_is_the_only_one_listed(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "An account that hands on")[0]
    (row,) = frame(answers, "pass_through").to_dict("records")
    through, to = case.things
    assert (row["account"], row["person_ids"]) == (through, "|".join(case.people))
    assert row["share"] == row["amount_passed"] / row["amount_in"]
    chains = frame(answers, "money_chains")
    assert set(zip(chains["through_account"], chains["to_account"], strict=True)) == {(through, to)}


def test_the_account_of_several_members_stands_first(answers: ThingsAnalysis, page: dict[str, list[list[str]]]) -> None:
    case = planted(page, "An account that several members")[0]
    row = frame(answers, "shared_accounts").iloc[0]
    assert [row["account"]] == case.things
    assert row["person_ids"].split("|") == sorted(case.people)
    assert (row["nominals"], row["person_groups"]) == (3, "|".join(case.groups))


def test_a_line_is_slower_after_the_disruption_and_after_no_other(
    answers: ThingsAnalysis, page: dict[str, list[list[str]]]
) -> None:
    case = planted(page, "A line that is slow")[0]
    rows = frame(answers, "deal_line_disruptions")
    rows = rows[rows["line"] == case.things[0]]
    slower = rows[rows["times_after"] < rows["times_before"] / 2]
    assert case.first is not None
    assert [str(day)[:10] for day in slower["happened_on"]] == [str(case.first - pd.Timedelta(days=1))[:10]]


def test_things_at_crimes_are_those_of_a_join_of_the_files(answers: ThingsAnalysis) -> None:
    county = FIXTURES / "county"
    mine = answers.tables["things_at_crimes"].frame
    prompts = answers.tables["possible_cuckooing"].frame
    joined = duckdb.sql(
        f"""
        SELECT t.crime_id, t.thing_id, count(DISTINCT l.person_id) AS people
        FROM '{county}/crime_things.csv' t JOIN '{county}/crimes.csv' c USING (crime_id)
        LEFT JOIN '{county}/thing_links.csv' l ON l.thing_id = t.thing_id
          AND coalesce(CAST(l.from_date AS DATE) <= coalesce(c.occurred_on, c.recorded_on), true)
          AND coalesce(CAST(CASE WHEN l.relation IN ('seen_at', 'passenger')
            THEN coalesce(l.to_date, l.from_date) ELSE l.to_date END AS DATE)
            >= coalesce(c.occurred_on, c.recorded_on), true)
        GROUP BY ALL
        """
    ).fetchall()
    assert len(joined) == len(mine) > 20
    assert set(joined) == set(zip(mine["crime_id"], mine["thing"], mine["people"], strict=True))
    at_risk = set(zip(prompts["place"], prompts["resident_id"], strict=True))
    for place, linked in zip(mine["thing"], mine["also_linked"], strict=True):
        assert not [p for p in linked.split("|") if (place, p.partition(":")[0]) in at_risk]
