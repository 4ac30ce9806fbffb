"""What the county's page says of its response, counted again from the CSV files without any code of the package."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from ocgnet.analysis.response.priority_schemes import shipped_scheme

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
COUNTY = FIXTURES / "county"
TODAY = "2019-03-31"
Rows = list[dict[str, str]]


def read(table: str) -> Rows:
    with (COUNTY / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def page() -> dict[str, list[str]]:
    """The ids that the page gives for each question."""
    text = (FIXTURES / "county_answers.md").read_text(encoding="utf-8").partition("## What is done")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:2] == "| "]
    answers = {question: ids.split() for question, _, ids in rows[1:]}
    assert [int(count) for _, count, _ in rows[1:]] == [len(ids) for ids in answers.values()]
    return answers


def lasting(rows: Rows) -> Rows:
    return [r for r in rows if not r["to_date"] or r["to_date"] >= TODAY]


def test_plans(page: dict[str, list[str]]) -> None:
    plans, actions = read("plans"), read("plan_actions")
    planned = {p["subject_id"] for p in lasting(plans)}
    live = [g["ocg_id"] for g in read("ocgs") if not g["archived_on"]]
    assert page["groups without a plan"] == [g for g in live if g not in planned]
    threats = [t["threat_id"] for t in read("threats")]
    assert page["threats without a plan"] == [t for t in threats if t not in planned]
    assert page["plans past review"] == [p["plan_id"] for p in lasting(plans) if "" < p["review_on"] < TODAY]
    # A plan that nobody leads is warned of by the check, which finds nothing in this county.
    assert page["plans without a lead"] == [p["plan_id"] for p in lasting(plans) if not p["lead_responsible_officer"]]
    for name, states in (
        ("plans that are all pursue, open and done", ("open", "done")),
        ("plans with open actions that are all pursue", ("open",)),
    ):
        strands = defaultdict(set)
        for action in actions:
            if action["status"] in states:
                strands[action["plan_id"]].add(action["strand"])
        pursue = [p["plan_id"] for p in lasting(plans) if strands[p["plan_id"]] == {"pursue"}]
        assert page[name] == pursue
    late = [a["action_id"] for a in actions if a["status"] == "open" and a["due_on"] < TODAY]
    assert page["actions overdue"] == late
    for question, column in (("in no plan", "plan_id"), ("without a cost", "cost"), ("without hours", "hours")):
        assert page[f"actions {question}"] == [a["action_id"] for a in actions if not a[column]]
    # Everything that a command is to say happens somewhere.
    assert [q for q in list(page)[:10] if not page[q]] == ["plans without a lead"]


def test_actions_of_a_plan_are_about_its_subject() -> None:
    plans = {p["plan_id"]: p for p in read("plans")}
    members = {(m["nominal_id"], m["ocg_id"]) for m in read("memberships")}
    in_plan = [a for a in read("plan_actions") if a["plan_id"]]
    assert len(in_plan) > 90
    for action in in_plan:
        plan = plans[action["plan_id"]]
        own = action["subject_id"] or action["ocg_id"] or action["nominal_id"]
        assert own == plan["subject_id"] or (action["nominal_id"], plan["subject_id"]) in members
        assert (action["done_on"] or action["due_on"]) >= plan["from_date"]


def test_cases(page: dict[str, list[str]]) -> None:
    assignments, meetings = read("assignments"), read("case_meetings")
    still = [a for a in assignments if not a["to_date"]]
    people = {a["person_id"] for a in still}
    without = {a["person_id"] for a in still if not a["owner"]}
    assert page["people with an open case that has no owner"] == sorted(without)
    owned = {a["person_id"] for a in still if a["owner"]}
    assert page["people none of whose open cases has an owner"] == sorted(without - owned)
    assert sorted(page["cases that ended"]) == sorted(
        f"{a['person_id']}/{a['service_id']}" for a in assignments if a["to_date"]
    )
    used = {a["service_id"] for a in assignments}
    assert page["services that look after nobody"] == [
        s["service_id"] for s in read("services") if s["service_id"] not in used
    ]
    births = {p["person_id"]: p["date_of_birth"] for p in read("people")}
    births |= {c["child_id"]: c["date_of_birth"] for c in read("children")}
    of_age = {p: f"{int(births[p][:4]) + 18}{births[p][4:]}" for p in people}
    begun = {(a["person_id"], a["from_date"]) for a in still}
    grown = sorted({p for p, first in begun if first < of_age[p] <= TODAY})
    assert page["turned eighteen while a case was open"] == grown
    held = defaultdict(list)
    for row in meetings:
        held[row["person_id"]].append(row)
    late = []
    for person, rows in held.items():
        last = max(rows, key=lambda r: r["held_on"])
        if "" < last["next_on"] < TODAY:
            late.append(person)
    assert page["people whose next meeting is overdue"] == sorted(late)
    assert page["people spoken of every month"] == sorted(p for p, rows in held.items() if len(rows) >= 6)
    assert page["people with an open case and no meeting"] == sorted(people - set(held))
    assert all(page[q] for q in page if "case" in q or "meeting" in q)


def test_orders_and_the_referral_mechanism(page: dict[str, list[str]]) -> None:
    orders, premises = read("orders"), {t["thing_id"] for t in read("things") if t["kind"] == "premises"}
    assert page["orders in force"] == [o["order_id"] for o in lasting(orders)]
    assert page["orders that ran out"] == [o["order_id"] for o in orders if o not in lasting(orders)]
    assert page["orders breached"] == [o["order_id"] for o in orders if o["breached_on"]]
    assert {o["thing_id"] for o in orders} - {""} < premises
    stages = defaultdict(dict)
    for row in read("nrm_stages"):
        stages[row["person_id"]][row["stage"]] = row["decided_on"]
    referred = {r["person_id"]: r["made_on"] for r in read("referrals") if r["kind"] == "nrm"}
    assert page["referral mechanism: no stage on record"] == sorted(set(referred) - set(stages))
    last = defaultdict(list)
    for person, days in sorted(stages.items()):
        assert days["referred"] == referred[person]
        assert max(days.values()) <= TODAY
        last[max(days, key=lambda s, days=days: days[s])].append(person)
    for stage in ("conclusive grounds", "reasonable grounds", "negative", "referred"):
        assert page[f"referral mechanism: {stage}"] == last[stage.replace(" ", "_")]
    assert len(last["negative"]) == 2
    # One negative came at once, the other after reasonable grounds.
    assert sorted(len(stages[p]) for p in last["negative"]) == [2, 3]


def test_scores(page: dict[str, list[str]]) -> None:
    rows, scheme = read("scores"), shipped_scheme()
    assert {r["scheme"] for r in rows} == {scheme.name}
    current = [r for r in rows if r["version"] == scheme.version]
    assert page["scores under the version before"] == [
        f"{r['subject_id']}/{r['component']}" for r in rows if r["version"] != scheme.version
    ]
    assert {r["component"] for r in rows} <= {c.name for c in scheme.components}
    assert {float(r["score"]) for r in rows} == {0, 1, 2, 3, 4}
    live = {g["ocg_id"] for g in read("ocgs") if not g["archived_on"]}
    assert page["groups that no assessor scored"] == sorted(live - {r["subject_id"] for r in rows})
    given = defaultdict(list)
    for r in sorted(current, key=lambda r: r["scored_on"]):
        given[f"{r['subject_id']}/{r['component']}"].append(float(r["score"]))
    raised = {name for name, scores in given.items() if scores[-1] > scores[0]}
    assert set(page["scores raised between the meetings"]) == raised
    # What the records answer of a group is scored by hand for one group only.
    measured = {c.name for c in scheme.components if c.measure}
    assert page["scores of a component that the records answer too"] == [
        f"{r['subject_id']}/{r['component']}"
        for r in rows
        if r["component"] in measured and r["subject_kind"] == "group"
    ]


def test_children_seen_together(page: dict[str, list[str]]) -> None:
    """Counted from the files: who was at the pier on both evenings, at the flat, and how many at the club."""
    core = page["children seen at the pier, the child at risk first"]
    pier, flat, club = page["the pier, the flat, and the club of too many"]
    seen = defaultdict(lambda: defaultdict(set))
    for link in read("thing_links"):
        if link["thing_id"] in (pier, flat, club):
            assert link["relation"] == "seen_at"
            seen[link["thing_id"]][link["from_date"]].add(link["person_id"])
    assert [len(people) for _, people in sorted(seen[pier].items())] == [4, 3]
    assert set.union(*seen[pier].values()) == set(core)
    assert page["children seen together at a second place"] == sorted(core[:2])
    (at_flat,), (at_club,) = seen[flat].values(), seen[club].values()
    assert set(core[:2]) == at_flat & {c["child_id"] for c in read("children")}
    assert len(at_club) == 20
    levels = [r["level"] for r in read("child_risks") if r["child_id"] == core[0] and r["assessed_on"] <= TODAY]
    assert levels[-1] in ("medium", "high")
