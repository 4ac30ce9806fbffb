"""What is planted among the county's things stands in its CSV files, counted there without any code of the package."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ocgnet_demo.county.county import county_tables
from ocgnet_demo.things.book import Case
from ocgnet_demo.things.planted import answers_page, draw_things

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
COUNTY = FIXTURES / "county"
PAGE = FIXTURES / "county_answers.md"
QUESTIONS = {
    "successor", "shared house", "cuckooing", "travelled together", "central number", "deal line",
    "juvenile in touch", "change after a disruption", "pass-through account", "shared account",
}  # fmt: skip
WITH_DECOYS = QUESTIONS - {"deal line", "change after a disruption"}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def rows() -> dict[str, Rows]:
    tables = {}
    for path in COUNTY.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file, strict=True))
    return tables


@pytest.fixture(scope="module")
def drawn() -> tuple[dict[str, list[dict[str, object]]], list[Case]]:
    return draw_things(1, county_tables())


@pytest.fixture(scope="module")
def cases(drawn: tuple[object, list[Case]]) -> list[Case]:
    return drawn[1]


def planted(cases: list[Case], question: str) -> Case:
    return next(c for c in cases if c.question == question and c.planted)


def decoys(cases: list[Case], question: str) -> list[Case]:
    return [c for c in cases if c.question == question and not c.planted]


def contacts(rows: dict[str, Rows], thing: str) -> dict[str, list[datetime]]:
    """When each other thing was in touch with this one, in order."""
    times = defaultdict(list)
    for row in rows["communications"]:
        for own, other in (("from_thing", "to_thing"), ("to_thing", "from_thing")):
            if row[own] == thing:
                times[row[other]] += [datetime.fromisoformat(row[at]) for at in ("at", "last_at") if row[at]]
    return {other: sorted(at) for other, at in times.items()}


def silent_from(rows: dict[str, Rows], thing: str) -> datetime:
    return max(at[-1] for at in contacts(rows, thing).values())


def begun(rows: dict[str, Rows], thing: str) -> datetime:
    return min(at[0] for at in contacts(rows, thing).values())


def groups_of(rows: dict[str, Rows], person: str) -> set[str]:
    return {m["ocg_id"] for m in rows["memberships"] if m["nominal_id"] == person and not m["to_date"]}


def links(rows: dict[str, Rows], thing: str, *relations: str) -> Rows:
    return [k for k in rows["thing_links"] if k["thing_id"] == thing and (not relations or k["relation"] in relations)]


def test_the_page_is_what_the_seed_gives(cases: list[Case]) -> None:
    # The command ends the page with its hash, and so knows that it may replace it.
    assert PAGE.read_text(encoding="utf-8").startswith(answers_page(cases))
    assert {c.question for c in cases} == QUESTIONS
    for question in WITH_DECOYS:
        assert len(decoys(cases, question)) >= 5, question


def test_no_number_plate_or_place_is_real(rows: dict[str, Rows]) -> None:
    forms = {
        "number": r"07700 900\d{3}|(01632 960|020 7946 0|01(1[3-8]|[2-6]1) 496 0|0191 498 0)\d{3}|00-00-00 \d{8}",
        "registration": r"QQ00 [A-Z]{3}",
        "postcode": r"YY99 \d[A-Z]{2}",
        "company_number": r"ZZ\d{6}",
        "imei": r"00100000\d{7}",
        "uprn": r"9999990\d{5}",
    }
    for column, form in forms.items():
        given = [t[column] for t in rows["things"] if t[column]]
        assert given
        assert [v for v in given if not re.fullmatch(form, v)] == []
        if column != "postcode":
            assert len(set(given)) == len(given), column
    # In the sea, where the county lies.
    assert all(
        49.5 < float(t["latitude"]) < 49.8 and -7.7 < float(t["longitude"]) < -7.2
        for t in rows["things"]
        if t["latitude"]
    )


def test_another_seed_plants_other_cases_and_changes_no_other_table(cases: list[Case]) -> None:
    tables = county_tables(12)
    before = {name: [dict(row) for row in table] for name, table in tables.items()}
    things, others = draw_things(12, tables, cases=2)
    assert tables == before
    assert not set(things) & set(tables)
    for question in QUESTIONS - {"change after a disruption"}:
        assert planted(others, question).things != planted(cases, question).things
        if question in WITH_DECOYS:
            assert sum(c.planted for c in others if c.question == question) == 2
            assert len(decoys(others, question)) >= 10


def test_a_number_takes_over_from_a_line(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "successor")
    old, new = case.things
    assert silent_from(rows, old).date() == case.first
    assert begun(rows, new).date() == case.last
    assert timedelta(0) < case.last - case.first <= timedelta(days=6)
    # Of those who were in touch with the old number in its last month, most are with the new one.
    month = datetime.combine(case.first - timedelta(days=30), datetime.min.time()).astimezone()
    late = {other for other, at in contacts(rows, old).items() if at[-1] >= month}
    kept = late & set(contacts(rows, new))
    assert len(kept) >= 10
    assert len(kept) / len(late) > 0.5
    assert not links(rows, new)


def test_what_seems_a_succession_is_none(rows: dict[str, Rows], cases: list[Case]) -> None:
    by_what = {c.what: c.things for c in decoys(cases, "successor")}
    old, new = by_what["another customer"]
    common = set(contacts(rows, old)) & set(contacts(rows, new))
    assert planted(cases, "successor").things[0] in common
    assert len(common) <= 6
    away, new = by_what["back from a holiday"]
    assert silent_from(rows, away) > begun(rows, new) + timedelta(days=30)
    old, new = by_what["already in use"]
    assert begun(rows, new) < silent_from(rows, old) - timedelta(days=40)


def test_a_line_has_users_in_turn(rows: dict[str, Rows], cases: list[Case]) -> None:
    lines = [c for c in cases if c.question == "deal line"]
    assert len(lines) == 2
    for case in lines:
        users = sorted(links(rows, case.things[0], "user"), key=lambda k: k["from_date"])
        assert [k["person_id"] for k in users] == list(case.people)
        assert all(a["to_date"] < b["from_date"] for a, b in pairwise(users))
        assert {g["ocg_id"] for g in rows["group_things"] if g["thing_id"] == case.things[0]} == set(case.groups)
        assert len(contacts(rows, case.things[0])) >= 25
        assert links(rows, case.things[0], "runner")
        assert links(rows, case.things[0], "customer")


def test_a_child_is_in_touch_with_a_line(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "juvenile in touch")
    line, phone = case.things
    assert len(contacts(rows, line)[phone]) >= 20
    born = {c["child_id"]: date.fromisoformat(c["date_of_birth"]) for c in rows["children"]}
    assert born[case.people[0]] > case.last.replace(year=case.last.year - 18)
    lines = {c.things[0] for c in cases if c.question == "deal line"}
    for decoy in decoys(cases, "juvenile in touch"):
        assert not lines & set(contacts(rows, decoy.things[0]))


def test_a_line_is_slow_after_a_disruption(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "change after a disruption")
    disrupted = {d["happened_on"] for d in rows["disruptions"] if d["ocg_id"] in case.groups}
    assert str(case.first - timedelta(days=1)) in disrupted
    days = [at.date() for times in contacts(rows, case.things[0]).values() for at in times]
    length = case.last - case.first
    after = sum(case.first <= day <= case.last for day in days)
    before = sum(case.first - timedelta(days=1) - length <= day < case.first - timedelta(days=1) for day in days)
    assert before >= 30
    assert after < before / 2


def test_a_house_is_used_by_two_groups(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "shared house")
    seen = links(rows, case.things[0], "seen_at")
    assert {k["person_id"] for k in seen} == set(case.people)
    assert all(str(case.first) <= k["from_date"] <= str(case.last) for k in seen)
    assert [sum(g in groups_of(rows, p) for p in case.people) for g in case.groups] == [2, 2]


def test_several_members_come_to_the_home_of_a_victim(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "cuckooing")
    resident, *members = case.people
    assert [k["person_id"] for k in links(rows, case.things[0], "resident")] == [resident]
    assert resident not in {n["nominal_id"] for n in rows["nominals"]}
    hurt = [k for k in rows["crime_links"] if k["person_id"] == resident and k["link_role"] == "victim"]
    assert len(hurt) >= 2
    assert len(members) == 4
    assert all(case.groups[0] in groups_of(rows, p) for p in members)
    visits = links(rows, case.things[0], "seen_at")
    assert {k["person_id"] for k in visits} == set(members)
    assert all(sum(k["person_id"] == p for k in visits) >= 2 for p in members)
    later = next(c for c in decoys(cases, "cuckooing") if c.what == "before the resident moved in")
    moved = links(rows, later.things[0], "resident")[0]["from_date"]
    assert all(k["from_date"] < moved for k in links(rows, later.things[0], "seen_at"))


def meetings(rows: dict[str, Rows], pair: tuple[str, ...], minutes: int = 5) -> set[date]:
    """Days on which two vehicles passed one camera within some minutes."""
    a, b = (
        [(datetime.fromisoformat(s["at"]), s["place"]) for s in rows["sightings"] if s["thing_id"] == vehicle]
        for vehicle in pair
    )
    within = timedelta(minutes=minutes)
    return {at.date() for at, place in a for other, where in b if place == where and abs(at - other) <= within}


def test_two_vehicles_travel_together(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "travelled together")
    assert len(meetings(rows, case.things)) >= 5
    keepers = [links(rows, v, "keeper")[0]["person_id"] for v in case.things]
    assert keepers == list(case.people)
    for decoy in decoys(cases, "travelled together"):
        # Who comes at a regular hour meets others who do, often enough.
        if decoy.what not in ("commuters at one camera", "on market days"):
            assert len(meetings(rows, decoy.things)) <= 4, decoy


def test_a_number_of_nobody_is_central(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "central number")
    number, group = case.things[0], case.groups[0]
    assert not links(rows, number)
    phone_of = {k["thing_id"]: k["person_id"] for k in rows["thing_links"] if k["relation"] == "user"}
    reached = {phone_of[o] for o in contacts(rows, number)}
    assert len(reached) == 7
    assert all(group in groups_of(rows, p) for p in reached)
    popular = {c.what: c.things[0] for c in decoys(cases, "central number")}
    assert len(contacts(rows, popular["a switchboard"])) > 60
    assert len(contacts(rows, popular["one member's partner"])) == 1


def test_an_account_hands_on_what_it_gets(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "pass-through account")
    mule, beyond = case.things
    paid = sum(float(t["amount"]) for t in rows["transfers"] if t["to_account"] == mule)
    handed = [t for t in rows["transfers"] if t["from_account"] == mule]
    assert {t["to_account"] for t in handed} == {beyond}
    assert 0.9 <= sum(float(t["amount"]) for t in handed) / paid < 1
    got = [datetime.fromisoformat(t["at"]) for t in rows["transfers"] if t["to_account"] == mule]
    for t in handed:
        at = datetime.fromisoformat(t["at"])
        assert any(timedelta(0) < at - came <= timedelta(days=3) for came in got)


def test_an_account_has_several_who_control_it(rows: dict[str, Rows], cases: list[Case]) -> None:
    case = planted(cases, "shared account")
    assert {k["person_id"] for k in links(rows, case.things[0], "controls")} == set(case.people)
    assert len(case.people) == 3
    assert all(case.groups[0] in groups_of(rows, p) for p in case.people)


def test_whoever_stands_in_two_groups_has_a_place_of_their_own() -> None:
    # With this seed somebody was to take a second place whose first one was given away.
    tables = county_tables(1006)
    live = {g["ocg_id"] for g in tables["ocgs"] if g["archived_on"] is None}
    now = {m["nominal_id"] for m in tables["memberships"] if m["ocg_id"] in live and m["to_date"] is None}
    assert len(now) == 207
    assert now <= {n["nominal_id"] for n in tables["nominals"]}
