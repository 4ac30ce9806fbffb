"""Plans on a day: what was open and overdue then, and how actions, hours and money fall on strands and agencies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ocgnet.analysis.response.agencies import Spellings
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.membership import groups_on
from ocgnet.evidence.plan_history import change_number, standing
from ocgnet.model.columns import STRANDS

OPEN, DONE, DROPPED, UNKNOWN = "open", "done", "dropped", "not recorded"
STATES = (OPEN, DONE, DROPPED, UNKNOWN)
"""States of an action on a day."""

COUNTED = (OPEN, DONE)
"""States of the actions that a balance counts: what is dropped takes no effort any more, and an action of which no
state is recorded may be dropped."""

NOBODY = "not recorded"
"""Stands for an owner or agency that is blank."""

ACTION_COLUMNS = (
    "action_id", "plan_id", "subject_kind", "subject_id", "nominal_id", "strand", "action", "owner", "agency",
    "due_on", "state", "ended_on", "overdue_days", "cost", "hours",
)  # fmt: skip
PLAN_COLUMNS = (
    "plan_id", "subject_kind", "subject_id", "aim", "lead", "from_date", "to_date", "review_on", "lasts",
    "review_overdue_days", *(state.replace(" ", "_") for state in STATES), "overdue", *STRANDS,
)  # fmt: skip


@dataclass(frozen=True)
class Plans:
    """Plans and actions as they stood on a day, as it is known now.

    Parameters
    ----------
    day : date
        The day.
    plans : pandas.DataFrame
        ``PLAN_COLUMNS`` of the plans that had begun, by id: ``lasts`` is whether the plan had not ended, counts of
        its actions by state, how many were ``overdue``, and by strand how many were open or done.
    actions : pandas.DataFrame
        ``ACTION_COLUMNS`` of the actions that there were, by id. The subject is that of the row, else of its plan,
        else the group and else the nominal of an old row; ``nominal_id`` is whom a row names beside it. ``ended_on``
        is when it was done or dropped, None where that is not recorded; ``overdue_days`` is None unless it was open
        and due before.
    missing : tuple of str
        Tables that the records lack: what rests on them is not known.
    left_out : tuple of LeftOut
        What takes no part, and why.
    """

    day: date
    plans: pd.DataFrame
    actions: pd.DataFrame
    missing: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def of(self, *, plans: Collection[str] = (), subject: tuple[str, str] | None = None) -> Plans:
        """Return some plans with their actions, or those about a subject with the actions outside plans."""
        if subject is None:
            chosen = self.plans["plan_id"].isin(list(plans))
            own = self.actions["plan_id"].isin(list(plans))
        else:
            kind, name = subject
            chosen, own = (
                (frame["subject_kind"] == kind) & (frame["subject_id"] == name) for frame in (self.plans, self.actions)
            )
            own |= self.actions["plan_id"].isin(self.plans.loc[chosen, "plan_id"])
            if kind == "person":
                own |= self.actions["nominal_id"] == name
        return Plans(self.day, _kept(self.plans, chosen), _kept(self.actions, own), self.missing, self.left_out)

    @property
    def outside(self) -> pd.DataFrame:
        """Actions that stand in no plan on record."""
        return _kept(self.actions, ~self.actions["plan_id"].isin(self.plans["plan_id"]))

    @property
    def overdue(self) -> pd.DataFrame:
        """Actions that are overdue, by agency and owner, the longest first; blank ones stand last."""
        late = _kept(self.actions, self.actions["overdue_days"].notna())
        order = late.assign(
            a=[(not x, x) for x in late["agency"]],
            o=[(not x, x) for x in late["owner"]],
            d=[-x for x in late["overdue_days"]],
        )
        return _kept(late, order.sort_values(["a", "o", "d", "action_id"]).index)


def _kept(frame: pd.DataFrame, rows: Any) -> pd.DataFrame:
    return frame.loc[rows].reset_index(drop=True)


def plans_on(dataset: Dataset, day: date) -> Plans:
    """Return the plans and actions of some records on a day.

    What was undone counts as if it had never been done, on every day: the state is that of the day as it is known
    now. An action is there from the day on which ``ocgnet plan`` added it, else from the first day of its plan, else
    from ever. It is done from ``done_on`` on, and where that is blank on every day; dropped from the day of the change
    that says so, and without one on every day.

    Parameters
    ----------
    dataset : Dataset
        Checked records, without people whose processing is restricted.
    day : date
        The day of judgement.
    """
    added, dropped = _days_of_changes(dataset)
    plans = {row["plan_id"]: row for row in dataset["plans"].to_pylist()}
    begun = {name: row for name, row in plans.items() if not row["from_date"] or row["from_date"] <= day}
    rows, later = [], 0
    for row in dataset["plan_actions"].to_pylist():
        first = added.get(row["action_id"])
        if (first and first > day) or (first is None and row["plan_id"] in plans.keys() - begun.keys()):
            later += 1
            continue
        state, ended = _state(row, dropped.get(row["action_id"]), day)
        due = row["due_on"]
        kind, subject = _subject(row, plans.get(row["plan_id"] or "", {}))
        rows.append(
            {
                **{n: row[n] or "" for n in ("action_id", "plan_id", "nominal_id", "strand", "action")},
                **{n: (row[n] or "").strip() for n in ("owner", "agency")},
                "subject_kind": kind,
                "subject_id": subject,
                "due_on": due,
                "state": state,
                "ended_on": ended,
                "overdue_days": (day - due).days if state == OPEN and due and due < day else None,
                "cost": row["cost"],
                "hours": row["hours"],
            }
        )
    actions = pd.DataFrame(rows, columns=[*ACTION_COLUMNS], dtype=object)
    actions = actions.sort_values("action_id", ignore_index=True)
    left = [
        LeftOut("plans", f"not begun on {day}", len(plans) - len(begun)),
        LeftOut("plan_actions", f"not there yet on {day}", later),
        *(x for x in dataset.left_out if x.what in ("plans", "plan_actions", "plan_changes")),
    ]
    missing = tuple(n for n in ("plans", "plan_actions", "disruptions", "activities") if n not in dataset.given)
    return Plans(
        day, _plan_rows(list(begun.values()), actions, day), actions, missing, tuple(x for x in left if x.count)
    )


def _days_of_changes(dataset: Dataset) -> tuple[dict[str, date], dict[str, date]]:
    """Return the days on which actions were added and dropped, by action, as far as changes that stand say so."""
    by_action: dict[str, list[dict[str, Any]]] = {}
    for row in dataset["plan_changes"].to_pylist():
        by_action.setdefault(row["action_id"], []).append(row)
    days: dict[str, dict[str, date]] = {"add": {}, "drop": {}}
    for action, rows in by_action.items():
        rows.sort(key=lambda r: (r["changed_on"], change_number(r["change_id"]), r["change_id"]))
        stand = standing([(r["change_id"], r["undoes"] or "") for r in rows])
        for row in rows:
            if row["change_id"] in stand and row["change"] in days:
                days[row["change"]][action] = row["changed_on"]
    return days["add"], days["drop"]


def _state(row: dict[str, Any], dropped: date | None, day: date) -> tuple[str, date | None]:
    """Return the state of an action on a day, and when it was done or dropped."""
    if row["status"] == DONE:
        done = row["done_on"]
        return (OPEN, None) if done and done > day else (DONE, done)
    if row["status"] == DROPPED:
        return (OPEN, None) if dropped and dropped > day else (DROPPED, dropped)
    return row["status"] or UNKNOWN, None


def _subject(row: dict[str, Any], plan: dict[str, Any]) -> tuple[str, str]:
    for of in (row, plan):
        if of.get("subject_id"):
            return of["subject_kind"], of["subject_id"]
    if row["ocg_id"]:
        return "group", row["ocg_id"]
    return ("person", row["nominal_id"]) if row["nominal_id"] else ("", "")


def _plan_rows(plans: Sequence[dict[str, Any]], actions: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of plans with the counts of their actions."""
    by_plan = dict(tuple(actions.groupby("plan_id")))
    none = actions.head(0)
    rows = []
    for plan in plans:
        own = by_plan.get(plan["plan_id"], none)
        counted = own[own["state"].isin(COUNTED)]
        lasts = not plan["to_date"] or plan["to_date"] >= day
        late = lasts and plan["review_on"] and plan["review_on"] < day
        rows.append(
            {
                **{n: plan[n] or "" for n in ("plan_id", "subject_kind", "subject_id", "aim")},
                "lead": (plan["lead_responsible_officer"] or "").strip(),
                **{n: plan[n] for n in ("from_date", "to_date", "review_on")},
                "lasts": lasts,
                "review_overdue_days": (day - plan["review_on"]).days if late else None,
                **{s.replace(" ", "_"): int((own["state"] == s).sum()) for s in STATES},
                "overdue": int(own["overdue_days"].notna().sum()),
                **{s: int((counted["strand"] == s).sum()) for s in STRANDS},
            }
        )
    frame = pd.DataFrame(rows, columns=[*PLAN_COLUMNS], dtype=object)
    return frame.sort_values("plan_id", ignore_index=True)


BALANCE_COLUMNS = ("actions", "open", "overdue", "done", "hours", "with_hours", "cost", "with_cost")


def balance(actions: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return how many actions, hours and pounds fall on strands or agencies.

    Counted are the actions that are open or done. ``hours`` and ``cost`` are sums over those for which they are
    recorded (``with_hours``, ``with_cost`` of ``actions``), and None where they are recorded for none: not known is
    never zero. A blank agency is ``NOBODY``, and one written in other
    letters is one agency.

    Parameters
    ----------
    actions : pandas.DataFrame
        Actions of :func:`plans_on`.
    *by : str
        ``strand`` or ``agency`` or both; strands stand in the order of the model, all four of them where nothing
        else is asked.
    """
    counted = actions[actions["state"].isin(COUNTED)]
    spellings = Spellings(counted["agency"])
    counted = counted.assign(agency=[spellings.of(a) or NOBODY for a in counted["agency"]])
    groups = {key: own for key, own in counted.groupby([*by])} if len(counted) else {}  # noqa: C416
    keys: set[tuple[str, ...]] = set(groups)
    if by == ("strand",):
        keys |= {(s,) for s in STRANDS}
    places = {s: str(k) for k, s in enumerate(STRANDS)}
    rows = []
    for key in sorted(keys, key=lambda k: [places.get(x, x) for x in k]):
        own = groups.get(key, counted.head(0))
        hours, cost = own["hours"].dropna(), own["cost"].dropna()
        rows.append(
            {
                **dict(zip(by, key, strict=True)),
                "actions": len(own),
                "open": int((own["state"] == OPEN).sum()),
                "overdue": int(own["overdue_days"].notna().sum()),
                "done": int((own["state"] == DONE).sum()),
                "hours": float(sum(hours)) if len(hours) else None,
                "with_hours": len(hours),
                "cost": float(sum(cost)) if len(cost) else None,
                "with_cost": len(cost),
            }
        )
    return pd.DataFrame(rows, columns=[*by, *BALANCE_COLUMNS], dtype=object)


@dataclass(frozen=True)
class Gaps:
    """What plans lack.

    Parameters
    ----------
    groups : int
        Groups that are mapped and not archived on the day.
    without_plan : tuple of str, or None
        Those of them without a plan that lasts; None where the records have no table of plans.
    actions_only : tuple of str
        Those of ``without_plan`` with actions that are open or done outside plans.
    threats : int
        Threats that were recorded by the day.
    threats_without_plan : tuple of str
        Those of them without a plan that lasts.
    plans : int
        Plans that last.
    without_lead, review_overdue, without_actions : tuple of str
        Those of them without an officer who leads them, past the day of their review, and without any action that is
        open or done.
    without_strand : mapping of str to tuple of str
        By strand: those of them with actions, none of which is of that strand.
    all_pursue : mapping of str to int
        Plans whose open actions are all pursue, with the number of these.
    """

    groups: int
    without_plan: tuple[str, ...] | None
    actions_only: tuple[str, ...]
    threats: int
    threats_without_plan: tuple[str, ...]
    plans: int
    without_lead: tuple[str, ...]
    review_overdue: tuple[str, ...]
    without_actions: tuple[str, ...]
    without_strand: dict[str, tuple[str, ...]]
    all_pursue: dict[str, int]


def gaps_in(dataset: Dataset, plans: Plans) -> Gaps:
    """Return what plans lack on their day: leads, strands, and groups without any."""
    lasting = plans.plans[plans.plans["lasts"].astype(bool)]
    groups = sorted(groups_on(dataset, plans.day))
    threats = sorted(
        r["threat_id"] for r in dataset["threats"].to_pylist() if not r["recorded_on"] or r["recorded_on"] <= plans.day
    )
    planned = set(lasting.loc[lasting["subject_kind"] == "group", "subject_id"])
    outside = plans.outside
    acted = outside[(outside["subject_kind"] == "group") & outside["state"].isin(COUNTED)]["subject_id"]
    bare = tuple(g for g in groups if g not in planned)
    counts = lasting[[*STRANDS]].sum(axis=1).astype(int) if len(lasting) else pd.Series(dtype=int)
    acting = lasting[counts > 0]
    return Gaps(
        len(groups),
        None if "plans" in plans.missing else bare,
        tuple(g for g in bare if g in set(acted)),
        len(threats),
        tuple(t for t in threats if t not in set(lasting.loc[lasting["subject_kind"] == "threat", "subject_id"])),
        len(lasting),
        tuple(lasting.loc[lasting["lead"] == "", "plan_id"]),
        tuple(lasting.loc[lasting["review_overdue_days"].notna(), "plan_id"]),
        tuple(lasting.loc[counts == 0, "plan_id"]),
        {s: tuple(acting.loc[acting[s] == 0, "plan_id"]) for s in STRANDS},
        all_pursue(plans.actions[plans.actions["plan_id"].isin(lasting["plan_id"])]),
    )


def all_pursue(actions: pd.DataFrame) -> dict[str, int]:
    """Return the plans of which every open action is pursue, with how many these are."""
    live = actions[actions["state"] == OPEN]
    return {str(plan): len(own) for plan, own in live.groupby("plan_id") if plan and set(own["strand"]) == {STRANDS[0]}}
