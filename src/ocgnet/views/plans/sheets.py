"""What is said of plans: a sheet of each, the balance of all, and what they lack, every number with its whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.response.plans import (
    COUNTED,
    DONE,
    DROPPED,
    OPEN,
    STATES,
    UNKNOWN,
    Gaps,
    Plans,
    all_pursue,
    balance,
)
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.model.columns import STRANDS
from ocgnet.views.words.numbers import count, day, printed, ratio

NATIONAL = (
    "Of the national spending on organised crime, 79% went to pursue and 4% to prevent (National Audit Office, "
    "Tackling serious and organised crime, June 2019)."
)
"""The national figure, of money; shown beside what is ours, never compared with numbers of actions."""

HANDBOOK = "A plan that only pursues leaves those at risk of being drawn in, and those who are harmed, where they are."
MOST_LISTED = 12
"""Ids named in one sentence; csv and json hold all."""


def money(pounds: float) -> str:
    """Return pounds without pence.

    >>> money(4660.0)
    '£4,660'
    """
    return f"£{pounds:,.0f}"


def effort(hours: float) -> str:
    """Return hours, halves and quarters as they are.

    >>> effort(10.0), effort(7.5)
    ('10 hours', '7.5 hours')
    """
    return counted(round(hours, 2), "hour") if float(hours).is_integer() else f"{hours:,.4g} hours"


def pursue_sentence(plan: str, number: int) -> str:
    """Say that everything open in a plan is pursue."""
    whole = f"The one open action of {plan} is" if number == 1 else f"All {count(number)} open actions of {plan} are"
    return f"{whole} pursue: nothing that is open prevents, protects or prepares."


def listed(ids: Sequence[str]) -> str:
    """Return ids, the first few of many."""
    more = f" and {count(len(ids) - MOST_LISTED)} more" if len(ids) > MOST_LISTED else ""
    return ", ".join(ids[:MOST_LISTED]) + more


@dataclass(frozen=True)
class Sheet:
    """One plan, or the actions of one subject outside plans, as it is read.

    Parameters
    ----------
    heading : str
        Which plan, for whom.
    facts : list of (str, str)
        Lead, days, aim.
    sentences : list of str
        What stands out.
    strands : list of (str, list of tuple of str)
        By strand: its actions as cells of :data:`ACTION_HEADS`.
    beside : list of (str, list of str)
        Activities, disruptions and the history, by what they are.
    """

    heading: str
    facts: list[tuple[str, str]]
    sentences: list[str]
    strands: list[tuple[str, list[tuple[str, ...]]]]
    beside: list[tuple[str, list[str]]] = field(default_factory=list)
    pursues_only: bool = False


ACTION_HEADS = ("action", "what is to be done", "owner and agency", "due", "state", "hours", "money")


def sheet_of_plan(dataset: Dataset, plans: Plans, row: Any) -> Sheet:
    """Return the sheet of a plan, a row of ``Plans.plans``."""
    own = plans.actions[plans.actions["plan_id"] == row["plan_id"]]
    lasting = f"from {day(row['from_date'])}" if row["from_date"] else "from a day that is not recorded"
    lasting += f" to {day(row['to_date'])}" if row["to_date"] else ""
    review = f"due on {day(row['review_on'])}" if row["review_on"] else "no day recorded"
    facts = [
        ("led by", row["lead"] or "nobody on record"),
        ("lasts", lasting),
        ("next review", review),
        ("aim", row["aim"] or "not recorded"),
    ]
    sentences = _sentences(own, row["plan_id"], plans, outside=False)
    if row["review_overdue_days"] is not None:
        sentences.insert(0, f"Its review is overdue by {counted(row['review_overdue_days'], 'day')}.")
    if not row["lasts"] and row["open"]:
        sentences.insert(0, f"It ended on {day(row['to_date'])} with {counted(row['open'], 'action')} still open.")
    if not row["lead"]:
        sentences.insert(0, "No officer who leads it is on record.")
    group = row["subject_id"] if row["subject_kind"] == "group" else ""
    return Sheet(
        f"{row['plan_id']} for {row['subject_kind']} {row['subject_id']}{_name_of(dataset, row)}",
        facts,
        sentences,
        _strands(own, (row["subject_kind"], row["subject_id"])),
        _beside(dataset, plans, group, row["plan_id"], list(own["action_id"])),
        row["plan_id"] in all_pursue(own),
    )


def sheets_outside(dataset: Dataset, plans: Plans) -> list[Sheet]:
    """Return a sheet for each subject that has actions outside plans."""
    sheets = []
    for (kind, subject), own in plans.outside.groupby(["subject_kind", "subject_id"]):
        name = f"{kind} {subject}" if subject else "what is not recorded"
        about = {"subject_kind": kind, "subject_id": subject}
        sheets.append(
            Sheet(
                f"Actions outside plans for {name}{_name_of(dataset, about)}",
                [],
                _sentences(own, name, plans, outside=True),
                _strands(own, (kind, subject)),
                _beside(dataset, plans, subject if kind == "group" else "", "", list(own["action_id"])),
                _pursues_only(own),
            )
        )
    return sheets


def _pursues_only(own: pd.DataFrame) -> bool:
    live = own[own["state"] == OPEN]
    return bool(len(live)) and set(live["strand"]) == {STRANDS[0]}


def _name_of(dataset: Dataset, row: Any) -> str:
    """Return the name of a group or a threat; people and things go by their ids."""
    table, key = {"group": ("ocgs", "ocg_id"), "threat": ("threats", "threat_id")}.get(row["subject_kind"], ("", ""))
    if not table:
        return ""
    names = dataset[table].filter(pc.equal(dataset[table][key], row["subject_id"]))["name"].to_pylist()
    return f" ({names[0]})" if names and names[0] else ""


def _sentences(own: pd.DataFrame, name: str, plans: Plans, *, outside: bool) -> list[str]:
    if own.empty:
        return ["No action of it is on record."]
    live, late = int((own["state"] == OPEN).sum()), own["overdue_days"].dropna()
    verb = "is" if live == 1 else "are"
    told = [f"{ratio(live, len(own), 'actions')} {verb} open on {day(plans.day)}"]
    if len(late):
        longest = counted(max(late), "day")
        told.append(f"{count(len(late))} of them overdue" + (f", by {longest}" if len(late) == 1 else
                                                            f", the longest by {longest}"))  # fmt: skip
    sentences = ["; ".join(told) + "."]
    undue = int(((own["state"] == OPEN) & own["due_on"].isna()).sum())
    if undue:
        sentences.append(f"{counted(undue, 'open action has', 'open actions have')} no day on which it is due.")
    if _pursues_only(own):
        whole = name if not outside else f"those for {name} outside plans"
        sentences.append(pursue_sentence(whole, live))
    acting = own[own["state"].isin(COUNTED)]
    lacking = [s for s in STRANDS if not (acting["strand"] == s).any()]
    if acting.empty:
        sentences.append("No action is open or done.")
    elif lacking and not _pursues_only(own):
        sentences.append(f"No action that is open or done is {' or '.join(lacking)}.")
    if not outside:
        sentences.append(_spent(acting))
    return sentences


def _spent(acting: pd.DataFrame) -> str:
    """Say what the actions that are open or done take, with how many of them say so."""
    parts = []
    for column, unit, what in (("hours", effort, "hours"), ("cost", money, "money")):
        cells = acting[column].dropna()
        if len(cells):
            parts.append(f"{unit(float(sum(cells)))} ({what} recorded for {ratio(len(cells), len(acting), 'actions')})")
        else:
            parts.append(f"{what} recorded for none of {counted(len(acting), 'action')}")
    return f"What is open or done takes {' and '.join(parts)}." if len(acting) else "No hours and no money are counted."


def _strands(own: pd.DataFrame, subject: tuple[str, str]) -> list[tuple[str, list[tuple[str, ...]]]]:
    order = {state: k for k, state in enumerate(STATES)}
    rows = sorted(own.to_dict("records"), key=lambda r: (order[r["state"]], r["due_on"] or date.max, r["action_id"]))
    return [(s, [action_cells(r, subject) for r in rows if r["strand"] == s]) for s in STRANDS]


def action_cells(row: Any, subject: tuple[str, str] | None = None) -> tuple[str, ...]:
    """Return the cells of an action under :data:`ACTION_HEADS`, with whom it is about beside the subject named."""
    own = (row["subject_kind"], row["subject_id"])
    besides = [f"{own[0]} {own[1]}"] if subject not in (None, own) else []
    if row["nominal_id"] not in ("", row["subject_id"], (subject or ("", ""))[1]):
        besides.append(f"person {row['nominal_id']}")
    about = f" (about {' and '.join(besides)})" if besides else ""
    owner = ", ".join(x for x in (row["owner"], row["agency"]) if x) or "nobody on record"
    return (
        row["action_id"],
        f"{row['action']}{about}",
        owner,
        day(row["due_on"]) if row["due_on"] else "no day",
        _state_text(row),
        "not recorded" if row["hours"] is None else f"{row['hours']:,.4g}",
        "not recorded" if row["cost"] is None else money(row["cost"]),
    )


OVERDUE_HEADS = ("agency", "owner", "action", "plan", "what is to be done", "due", "days overdue")


def overdue_cells(row: Any) -> tuple[str, ...]:
    """Return the cells of an action that is overdue under ``OVERDUE_HEADS``."""
    action, what, _, due, *_ = action_cells(row)
    where = f"{row['plan_id'] or 'no plan'}, {row['subject_kind']} {row['subject_id']}"
    return (
        row["agency"] or "not recorded",
        row["owner"] or "not recorded",
        action,
        where,
        f"{what} ({row['strand']})",
        due,
        count(row["overdue_days"]),
    )


def _state_text(row: Any) -> str:
    if row["overdue_days"] is not None:
        return f"overdue by {counted(row['overdue_days'], 'day')}"
    if row["state"] in (OPEN, UNKNOWN):
        return "open" if row["state"] == OPEN else "state not recorded"
    return f"{row['state']} {day(row['ended_on'])}" if row["ended_on"] else f"{row['state']}, day not recorded"


def _beside(
    dataset: Dataset, plans: Plans, group: str, plan: str, actions: Iterable[str]
) -> list[tuple[str, list[str]]]:
    """Return what was done beside the actions up to the day, and what was changed about them."""
    parts = []
    if group or plan:
        label = "Operations and days of action"
        rows = [
            r
            for r in dataset["activities"].to_pylist()
            if r["happened_on"] <= plans.day and ((plan and r["plan_id"] == plan) or (group and r["ocg_id"] == group))
        ]
        parts.append((label, _or_unknown(plans, "activities", [_activity(r) for r in _by_day(rows)])))
    if group:
        rows = [r for r in dataset["disruptions"].to_pylist() if r["ocg_id"] == group and r["happened_on"] <= plans.day]
        label = f"Disruptions of {group}"
        parts.append((label, _or_unknown(plans, "disruptions", [_disruption(r) for r in _by_day(rows)])))
    wanted = set(actions)
    made = [r for r in dataset["plan_changes"].to_pylist() if r["action_id"] in wanted and r["changed_on"] <= plans.day]
    if made:
        made.sort(key=lambda r: (r["changed_on"], len(r["change_id"]), r["change_id"]))
        parts.append(("Changes of actions", [_made(r) for r in made]))
    return parts


def _by_day(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda r: r["happened_on"], reverse=True)


def _or_unknown(plans: Plans, table: str, lines: list[str]) -> list[str]:
    return [f"Not known: these records have no table {table}."] if table in plans.missing else lines


def _activity(row: dict[str, Any]) -> str:
    agencies = f" ({', '.join((row['agencies'] or '').split('|'))})" if row["agencies"] else ""
    results = f": {'; '.join(row['results'].split('|'))}" if row["results"] else ""
    return f"{day(row['happened_on'])} {row['name'] or row['activity_id']}{agencies}{results}"


def _disruption(row: dict[str, Any]) -> str:
    what = f": {row['description']}" if row["description"] else ""
    return f"{day(row['happened_on'])} {row['level']}, {row['strand']}, {row['lead_agency'] or 'no agency'}{what}"


def _made(row: dict[str, Any]) -> str:
    what = f"undo of {row['undoes']}" if row["change"] == "undo" else row["change"]
    told = f"{day(row['changed_on'])} {row['change_id']} {what} {row['action_id']}"
    return f"{told}, by {row['changed_by']}: {row['reason']}"


# The balance, and what plans lack.

BALANCE_HEADS = ("strand", "agency", "actions", "open", "overdue", "done", "hours (from)", "money (from)")
BALANCE_SAYS = "Actions, hours and money by strand and agency; in brackets from how many of the actions"


def balance_cells(actions: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the balance by strand and agency as cells of ``BALANCE_HEADS``, each strand with its total first."""
    totals, parts = balance(actions, "strand"), balance(actions, "strand", "agency")
    rows = []
    for total in totals.to_dict("records"):
        rows.append((str(total["strand"]), "all agencies", *_numbers(total)))
        own = parts[parts["strand"] == total["strand"]]
        rows += [("", str(r["agency"]), *_numbers(r)) for r in own.to_dict("records")]
    return rows


def _numbers(row: Any) -> tuple[str, ...]:
    hours = "not known" if row["hours"] is None else f"{row['hours']:,.6g}"
    cost = "not known" if row["cost"] is None else money(row["cost"])
    return (
        count(row["actions"]),
        *(count(row[n]) for n in ("open", "overdue", "done")),
        f"{hours} ({count(row['with_hours'])})",
        f"{cost} ({count(row['with_cost'])})",
    )


def balance_sentences(plans: Plans) -> list[str]:
    """Say how actions, hours and money fall on the strands, each share with its two counts."""
    totals = balance(plans.actions, "strand").to_dict("records")
    actions = sum(r["actions"] for r in totals)
    if not actions:
        return ["No action is open or done, so there is no balance."]
    shares = [f"{ratio(r['actions'], actions, 'actions')} {r['strand']}" for r in totals]
    sentences = [f"Actions: {'; '.join(shares)}."]
    for column, unit, what in (("hours", effort, "Hours"), ("cost", money, "Money")):
        whole, known = sum(r[column] or 0 for r in totals), sum(r[f"with_{column}"] for r in totals)
        without = actions - known
        if not known:
            sentences.append(f"{what}: not known for any of {counted(actions, 'action')}.")
            continue
        parts = [
            f"{r['strand']} not known"
            if r[column] is None
            else f"{r['strand']} {unit(r[column])} of {unit(whole)} ({r[column] / whole:.0%})"
            if whole
            else f"{r['strand']} {unit(r[column])}"
            for r in totals
        ]
        are = "is" if without == 1 else "are"
        lacking = f" {counted(without, 'action')} without {what.lower()} on record {are} not in it." if without else ""
        sentences.append(f"{what}: {'; '.join(parts)}.{lacking}")
    sentences.append(NATIONAL)
    return sentences


def balance_filter(plans: Plans) -> str:
    """Say which actions the balance counts."""
    states = plans.actions["state"].value_counts()
    out = [f"{count(states[s])} {'dropped' if s != UNKNOWN else 'without a state on record'}"
           for s in STATES if s not in COUNTED and s in states]  # fmt: skip
    inside = int(plans.actions[plans.actions["state"].isin(COUNTED)]["plan_id"].isin(plans.plans["plan_id"]).sum())
    outside = int(plans.actions["state"].isin(COUNTED).sum()) - inside
    return (
        f"Counted: actions open or done on {day(plans.day)}, {count(inside)} in plans and {count(outside)} outside. "
        f"Not counted: {', '.join(out) or 'none'}. Hours and money are those spent or planned, as recorded."
    )


def gap_sentences(gaps: Gaps, day_said: str) -> list[str]:
    """Say what plans lack."""
    if gaps.without_plan is None:
        told = ["Which groups have a plan is not known: these records have no table plans."]
    else:
        bare = f"{ratio(len(gaps.without_plan), gaps.groups, 'groups')} mapped on {day_said}"
        told = [f"{bare} {_have(gaps.without_plan)} no plan that lasts{_named(gaps.without_plan)}."]
        if gaps.actions_only == gaps.without_plan and gaps.actions_only:
            told[0] += " There are actions outside plans for all of them."
        elif gaps.actions_only:
            told[0] += f" For {count(len(gaps.actions_only))} of them there are actions outside plans"
            told[0] += f"{_named(gaps.actions_only)}."
        if gaps.threats:
            bare = ratio(len(gaps.threats_without_plan), gaps.threats, "threats on record")
            told.append(f"{bare} {_have(gaps.threats_without_plan)} no plan{_named(gaps.threats_without_plan)}.")
    if not gaps.plans:
        return told
    for ids, lacks in (
        (gaps.without_lead, "no officer who leads it on record"),
        (gaps.review_overdue, "a review that is overdue"),
        (gaps.without_actions, "no action that is open or done"),
    ):
        told.append(f"{ratio(len(ids), gaps.plans, 'plans that last')} {_have(ids)} {lacks}{_named(ids)}.")
    acting = counted(gaps.plans - len(gaps.without_actions), "plan")
    lacks = "; ".join(f"no {s} in {count(len(gaps.without_strand[s]))}" for s in STRANDS)
    told.append(f"Of the {acting} with actions open or done: {lacks}.")
    if gaps.all_pursue:
        who = ratio(len(gaps.all_pursue), gaps.plans, "plans that last")
        told.append(f"In {who} every open action is pursue{_named([*gaps.all_pursue])}. {HANDBOOK}")
    return told


def _have(ids: Sequence[str]) -> str:
    return "has" if len(ids) == 1 else "have"


def _named(ids: Sequence[str]) -> str:
    return f" ({listed(ids)})" if ids else ""


def left_out_sentences(plans: Plans) -> list[str]:
    """Say what takes no part, and which tables are missing."""
    told = [f"Not known: these records have no table {name}." for name in plans.missing]
    for state in (DONE, DROPPED):
        own = plans.actions[plans.actions["state"] == state]
        if undated := int(own["ended_on"].isna().sum()):
            which = ratio(undated, len(own), f"{state} actions")
            told.append(f"Without the day on which that was: {which}, taken as {state} on every day.")
    return told + [f"{x.what.replace('_', ' ')}: {count(x.count)} {printed(x.why)}." for x in plans.left_out]
