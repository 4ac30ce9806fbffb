"""The tiny folder of a response against the page that was worked on paper."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ocgnet.analysis.response.plans import balance, gaps_in, plans_on
from ocgnet.analysis.response.priorities import given_scores
from ocgnet.analysis.response.priority_schemes import shipped_scheme
from ocgnet.casework.cases.cases import case_list
from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.settings import Settings
from ocgnet.things_job import things_of

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny_response"
TODAY = date(2019, 3, 31)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    checked = check(TINY)
    assert checked.errors == 0
    assert checked.dataset is not None
    return checked.dataset


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of the page, without its head."""
    text = (TINY / "answers.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = text[text.index("|") :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def days_in(cell: str) -> list[date]:
    return [date(int(y), int(m), int(d)) for d, m, y in re.findall(r"(\d\d)/(\d\d)/(\d{4})", cell)]


def test_people_groups_and_events_are_those_of_the_tiny_folder() -> None:
    for path in (TINY.parent / "tiny").glob("*.csv"):
        own = (TINY / path.name).read_text(encoding="utf-8")
        if path.stem == "referrals":
            assert own.startswith(path.read_text(encoding="utf-8"))
        else:
            assert own == path.read_text(encoding="utf-8"), path.name


def test_plans(dataset: Dataset) -> None:
    standing = plans_on(dataset, TODAY)
    actions = {a.action_id: a for a in standing.actions.itertuples()}
    plans = {p.plan_id: p for p in standing.plans.itertuples()}
    for name, about, lead, lasts, review, *states, overdue in table("Plans"):
        plan = plans[name]
        assert (f"{plan.subject_kind} {plan.subject_id}", plan.lead or "nobody") == (
            about.replace("child", "person"),
            lead,
        )
        assert bool(plan.lasts) == (lasts == "yes")
        assert [plan.review_on] == (days_in(review) or [None])
        assert plan.review_overdue_days == (31 if "ago" in review else None)
        for state, cell in zip(("open", "done", "dropped"), states, strict=True):
            of_plan = {i for i, a in actions.items() if a.plan_id == name and a.state == state}
            assert of_plan == set(cell.split())
        late = {i: a.overdue_days for i, a in actions.items() if a.plan_id == name and a.overdue_days is not None}
        assert late == {i: int(days) for i, days in re.findall(r"(A\d), due \S+ (\d+) days", overdue)}
    gaps = gaps_in(dataset, standing)
    assert (gaps.without_plan, gaps.actions_only, gaps.without_lead) == (("G2",), ("G2",), ("B2",))
    assert (gaps.review_overdue, gaps.all_pursue) == (("B2",), {"B2": 1})


def test_balance(dataset: Dataset) -> None:
    text = (TINY / "answers.md").read_text(encoding="utf-8").partition("| strand |")[2].partition("\n\n")[0]
    paper = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    rows = balance(plans_on(dataset, TODAY).actions, "strand").itertuples(index=False)
    known = [
        ["not known" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in r]
        for r in rows
    ]
    assert known == paper


def test_cases(dataset: Dataset) -> None:
    cases = case_list(dataset, TODAY, Settings()).cases
    assert [
        [
            c.person.id,
            sorted(c.services),
            [s for s, owner in c.assigned if not owner],
            [o.due for o in c.overdue],
            c.stage,
        ]
        for c in cases
    ] == [
        [person, services.split(), without.split(), days_in(overdue), stage]
        for person, _, services, without, overdue, stage in table("Cases")
    ]
    assert [c.person.age for c in cases] == [15, 18]


def test_orders(dataset: Dataset) -> None:
    orders = dataset["orders"].to_pylist()
    lasting = {o["order_id"]: o["to_date"] is None or o["to_date"] >= TODAY for o in orders}
    assert lasting == {order: stands.startswith("yes") for order, _, stands, _ in table("Orders")}
    assert [[o["breached_on"]] if o["breached_on"] else [] for o in orders] == [days_in(r[3]) for r in table("Orders")]


def test_scores(dataset: Dataset) -> None:
    given = given_scores(dataset, shipped_scheme(), TODAY)
    latest = {(r.subject_id, r.component): r.score for r in given.frame.itertuples()}
    assert latest == {("G1", "community"): 3, ("T1", "capability"): 4}


def test_things(dataset: Dataset) -> None:
    answers = things_of(dataset)
    shared = answers.tables["shared_things"].frame
    rows = zip(shared["thing"], shared["one"], shared["other"], strict=True)
    spans = [
        [day.date() for day in span if not pd.isna(day)]
        for span in zip(shared["together_from"], shared["together_to"], strict=True)
    ]
    assert {(thing, f"{one} {other}"): span for (thing, one, other), span in zip(rows, spans, strict=True)} == {
        (thing, who): days_in(when) for thing, who, when in table("Things")
    }
    nobodys = answers.tables["unattributed"].frame.iloc[0]
    assert tuple(nobodys[["thing_id", "most_in_touch", "times", "of_times"]]) == ("TL2", "N02", 1, 2)
