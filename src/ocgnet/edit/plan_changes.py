"""The one way in which a plan and its actions change: each change keeps what stood before it, and can be undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count

from ocgnet.edit.change import Change, Row, rows_of
from ocgnet.edit.place import Place
from ocgnet.errors import UsageError
from ocgnet.evidence.plan_history import change_number, standing
from ocgnet.model import TABLES
from ocgnet.model.columns import STRANDS
from ocgnet.model.response import SUBJECTS

Cells = Mapping[str, str]
"""Text by column, as the model writes it."""

_STATE = ("status", "done_on")
_SPENT = ("cost", "hours")


@dataclass(frozen=True)
class Decision:
    """Who decided a change, why, and on which day."""

    by: str
    reason: str
    on: date

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise UsageError("Say who decided it and why: --by NAME --reason TEXT. Nothing was changed.")

    @property
    def cells(self) -> dict[str, str]:
        """Columns of a change that say who, why and when."""
        return {"changed_by": self.by.strip(), "reason": self.reason.strip(), "changed_on": self.on.isoformat()}


@dataclass(frozen=True)
class Made:
    """A change that was made: a row of ``plan_changes``."""

    change_id: str
    change: str
    on: str
    by: str
    reason: str
    undoes: str
    before: str

    def is_of(self, decision: Decision) -> bool:
        """Tell whether it was decided by the same person for the same reason on the same day."""
        cells = decision.cells
        return (self.by, self.reason, self.on) == (cells["changed_by"], cells["reason"], cells["changed_on"])

    def cells_before(self) -> Cells | None:
        """Return the cells that the change replaced, None where there was no action before it.

        Raises
        ------
        UsageError
            When what is kept of them cannot be read.
        """
        if not self.before:
            return None
        try:
            cells = json.loads(self.before)
        except ValueError:
            cells = None
        columns = {c.name for c in TABLES["plan_actions"].columns}
        if not isinstance(cells, dict) or not set(cells) <= columns or not all(type(c) is str for c in cells.values()):
            raise UsageError(
                f"What stood before {self.change_id} cannot be read (plan_changes, column before), so it cannot be "
                "undone. Record the action anew instead."
            )
        return cells


@dataclass(frozen=True)
class History:
    """An action of a plan as it stands, and every change that was made to it.

    Parameters
    ----------
    action_id : str
        The action.
    cells : mapping of str to str, or None
        How it stands; None where no row does, as after its addition was undone.
    plan : mapping of str to str
        The row of its plan; empty without one.
    changes : tuple of Made
        In the order in which they were made.
    """

    action_id: str
    cells: Cells | None
    plan: Cells
    changes: tuple[Made, ...]

    @cached_property
    def standing(self) -> frozenset[str]:
        """Ids of the changes that were not undone, or whose undoing was undone."""
        return standing([(made.change_id, made.undoes) for made in self.changes])

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of the people whom the action or its plan is about."""
        cells = self.cells or next((c for m in reversed(self.changes) if (c := m.cells_before())), {})
        of_kind = [row.get("subject_id", "") for row in (cells, self.plan) if row.get("subject_kind") == "person"]
        return tuple(sorted({*of_kind, cells.get("nominal_id", "")} - {""}))

    def latest(self) -> Made:
        """Return the latest change that stands and is no undoing.

        Raises
        ------
        UsageError
            When there is none.
        """
        for made in reversed(self.changes):
            if made.change_id in self.standing and made.change != "undo":
                return made
        undone = " that was not undone" if self.changes else ""
        raise UsageError(f"No change of {self.action_id}{undone} is recorded, so there is nothing to undo.")

    def named(self, change_id: str) -> Made:
        """Return a change by its id."""
        return next(made for made in self.changes if made.change_id == change_id)


def history_of(place: Place, action: str) -> History:
    """Return how an action stands, and its changes.

    Raises
    ------
    UsageError
        When the records know no such action.
    RecordError
        When its row breaks a rule.
    """
    part = place.part("plan_actions", "action_id", [action])
    rows = [row for row in rows_of(part["plan_actions"]) if row["action_id"] == action]
    changes = place.part("plan_changes", "action_id", [action])["plan_changes"]
    made = [
        Made(r["change_id"], r["change"], r["changed_on"], r["changed_by"], r["reason"], r["undoes"], r["before"])
        for r in rows_of(changes)
        if r["action_id"] == action
    ]
    if not rows and not made:
        raise UsageError(f"There is no action {action} in these records. ocgnet plan show lists them.")
    plan_id = rows[0]["plan_id"] if rows else ""
    plans = [row for row in rows_of(part["plans"]) if row["plan_id"] == plan_id] if plan_id else []
    ordered = sorted(made, key=lambda m: (m.on, change_number(m.change_id), m.change_id))
    return History(action, rows[0] if rows else None, plans[0] if plans else {}, tuple(ordered))


def action_of_change(place: Place, change_id: str) -> str:
    """Return the id of the action that a change was made to, empty where there is no such change."""
    rows = rows_of(place.look_up("plan_changes", "change_id", [change_id]))
    return rows[0]["action_id"] if rows else ""


_FIRST_LOOK = 512
"""Ids looked for at once, at first."""


def next_id(place: Place, letters: str, beside: str, *columns: tuple[str, str]) -> str:
    """Return the id after the highest of its kind: the letters and a number, for the force of the id ``beside``.

    ``columns`` are the tables and columns in which such ids stand. Ids that went are not given again as long as a
    change still names them.
    """
    start = beside.rpartition(":")[0]
    stem = f"{start}:{letters}" if start else letters
    for most in (_FIRST_LOOK << k for k in count()):
        by_number = {f"{stem}{n:04d}": n for n in range(1, most + 1)}
        taken = {
            row[column] for name, column in columns for row in rows_of(place.look_up(name, column, by_number.keys()))
        }
        highest = max((by_number.get(i, 0) for i in taken), default=0)
        if highest <= most // 2:
            return f"{stem}{highest + 1:04d}"
    raise AssertionError("numbers do not end")


ACTION_IDS = (("plan_actions", "action_id"), ("plan_changes", "action_id"))
CHANGE_IDS = (("plan_changes", "change_id"),)
PLAN_IDS = (("plans", "plan_id"), ("plan_actions", "plan_id"))


def plan_of(place: Place, plan: str) -> Cells:
    """Return the row of a plan.

    Raises
    ------
    UsageError
        When the records know no such plan.
    """
    rows = rows_of(place.part("plans", "plan_id", [plan])["plans"])
    found = [row for row in rows if row["plan_id"] == plan]
    if not found:
        raise UsageError(f"There is no plan {plan} in these records. ocgnet plan show lists them.")
    return found[0]


def plans_of(place: Place, kind: str, subject: str, on: date) -> list[Cells]:
    """Return the plans of a subject that last on a day, by id."""
    part = place.part("plans", "subject_id", [subject])["plans"]
    rows = [row for row in rows_of(part) if (row["subject_kind"], row["subject_id"]) == (kind, subject)]
    lasting = [row for row in rows if not row["to_date"] or row["to_date"] >= on.isoformat()]
    return sorted(lasting, key=lambda row: row["plan_id"])


def refuse_unknown(place: Place, kind: str, subject: str) -> None:
    """Refuse a subject that no table of its kind holds."""
    if not any(place.look_up(name, TABLES[name].key[0], [subject]).num_rows for name in SUBJECTS[kind]):
        raise UsageError(f"There is no {kind} {subject} in these records. Nothing was changed.")


def plan_started(place: Place, cells: Cells, decision: Decision) -> tuple[str, Change]:
    """Return the id of a new plan and the change that records it; none where the very same was recorded before.

    Raises
    ------
    UsageError
        When a plan for the same subject lasts on that day.
    """
    row = {**cells, "from_date": decision.on.isoformat()}
    for plan in plans_of(place, cells["subject_kind"], cells["subject_id"], decision.on):
        if all(plan[name] == text for name, text in row.items()):
            return plan["plan_id"], Change()
        raise UsageError(
            f"{plan['plan_id']} is the plan for {plan['subject_kind']} {plan['subject_id']} and lasts. Add actions to "
            f"it, or end it first: ocgnet plan end {plan['plan_id']}. Nothing was changed."
        )
    new = next_id(place, "P", cells["subject_id"], *PLAN_IDS)
    return new, Change(add={"plans": [{"plan_id": new, **row}]})


def plan_edited(plan: Cells, cells: Cells) -> Change:
    """Return the change that gives a plan new cells; none where it has them."""
    new = {name: text for name, text in cells.items() if plan[name] != text}
    return Change(edit={"plans": [({"plan_id": plan["plan_id"]}, new)]}) if new else Change()


def action_added(place: Place, cells: Cells, decision: Decision) -> tuple[str, str, Change]:
    """Return the ids of a new action and of its change, and the change itself.

    Where the same person added the very same for the same reason on the same day, by a command that was killed
    behind the record, those ids come back with no change.

    Parameters
    ----------
    place : Place
        The records, held alone.
    cells : mapping
        Columns of ``plan_actions`` but for the id; the state is open.
    decision : Decision
        Who, why and when.

    Raises
    ------
    UsageError
        For a strand that is none of the four, or an action without words.
    """
    if cells.get("strand") not in STRANDS:
        raise UsageError(f"'{cells.get('strand', '')}' is no strand; give {', '.join(STRANDS)}. Nothing was changed.")
    if not cells.get("action", "").strip():
        raise UsageError("Say what is to be done: --action TEXT. Nothing was changed.")
    row = {"status": "open", **{name: text.strip() for name, text in cells.items() if text.strip()}}
    column = next((c for c in ("plan_id", "subject_id", "ocg_id", "nominal_id") if c in row), "")
    if not column:
        raise UsageError("Say what the action is about: a plan, or a group, person, thing or threat.")
    beside = row[column]
    part = place.part("plan_actions", column, [beside])["plan_actions"]
    for recorded in rows_of(part):
        if _same_cells(recorded, row):
            history = history_of(place, recorded["action_id"])
            for made in history.changes:
                if made.change == "add" and made.change_id in history.standing and made.is_of(decision):
                    return history.action_id, made.change_id, Change()
    action = next_id(place, "A", beside, *ACTION_IDS)
    change = next_id(place, "C", beside, *CHANGE_IDS)
    told = {"change_id": change, "action_id": action, "change": "add", **decision.cells}
    return action, change, Change(add={"plan_actions": [{"action_id": action, **row}], "plan_changes": [told]})


def _same_cells(one: Cells, other: Cells) -> bool:
    numbers = {n for n in _SPENT if one.get(n) and other.get(n)}
    texts = {c.name for c in TABLES["plan_actions"].columns} - {"action_id"} - numbers
    return all(one.get(n, "") == other.get(n, "") for n in texts) and all(
        float(one[n]) == float(other[n]) for n in numbers
    )


def action_done(place: Place, history: History, decision: Decision, spent: Cells) -> tuple[str, Change]:
    """Return the id of the change by which an action is done, and the change; see :func:`action_dropped`.

    ``spent`` are ``cost`` and ``hours`` where they became known.
    """
    new = {"status": "done", "done_on": decision.on.isoformat(), **{n: t for n, t in spent.items() if t}}
    return _with_state(place, history, "do", new, decision)


def action_dropped(place: Place, history: History, decision: Decision) -> tuple[str, Change]:
    """Return the id of the change by which an action is dropped, and the change.

    No change comes back where the same was recorded before by the same person for the same reason on the same day.

    Raises
    ------
    UsageError
        When the action is done or dropped already, or was changed on a later day.
    """
    return _with_state(place, history, "drop", {"status": "dropped"}, decision)


def _with_state(place: Place, history: History, change: str, new: Cells, decision: Decision) -> tuple[str, Change]:
    cells = history.cells
    if cells is None:
        raise UsageError(
            f"The addition of {history.action_id} was undone ({history.changes[-1].change_id}), so there is nothing to "
            f"{change}. Undo that first: ocgnet plan undo {history.changes[-1].change_id}."
        )
    last = history.changes[-1] if history.changes else None
    if cells["status"] in ("done", "dropped"):
        if last and last.change == change and last.is_of(decision):
            return last.change_id, Change()
        when = f" since {cells['done_on']}" if cells["status"] == "done" and cells["done_on"] else ""
        raise UsageError(
            f"{history.action_id} is {cells['status']} already{when}. Nothing was changed. If that is wrong, undo it: "
            f"ocgnet plan undo {history.action_id}."
        )
    _refuse_earlier(history, decision)
    before = {name: cells[name] for name in (*_STATE, *new)}
    return _told(place, history, change, decision, before, edit=new)


def change_undone(place: Place, history: History, undone: Made, decision: Decision) -> tuple[str, Change]:
    """Return the id of the change that undoes another, and the change itself.

    An undoing is a change like any other: it is kept, and may be undone by its own id.

    Raises
    ------
    UsageError
        When it was undone before, when the action changed since (the later change is named), when somebody changed
        it by hand, or when the day lies before a later change.
    """
    for made in history.changes:
        if made.undoes == undone.change_id and made.change_id in history.standing:
            if made.is_of(decision):
                return made.change_id, Change()
            raise UsageError(
                f"{undone.change_id} was undone by {made.change_id} on {made.on}. Nothing was changed. To have it "
                f"again: ocgnet plan undo {made.change_id}."
            )
    later = history.changes[history.changes.index(undone) + 1 :]
    own = {made.change_id for made in later}
    for made in later:
        if made.change_id in history.standing and not (made.change == "undo" and made.undoes in own):
            raise UsageError(
                f"{history.action_id} changed since {undone.change_id}: {made.change_id} ({made.change}, {made.on}). "
                f"Undo that first: ocgnet plan undo {made.change_id}. Nothing was changed."
            )
    _refuse_by_hand(history, undone)
    _refuse_earlier(history, decision)
    restored, cells = undone.cells_before(), history.cells
    if restored is None:
        return _told(place, history, "undo", decision, cells, undone.change_id)
    before = None if cells is None else {name: cells[name] for name in restored}
    return _told(place, history, "undo", decision, before, undone.change_id, edit=restored)


def undone_just_now(history: History, decision: Decision) -> Made | None:
    """Return the last change where it is an undoing by the same person for the same reason on the same day."""
    last = history.changes[-1] if history.changes else None
    return last if last and last.change == "undo" and last.is_of(decision) else None


def _refuse_by_hand(history: History, undone: Made) -> None:
    """Refuse to undo a change of which the records hold no trace any more."""
    expected = {"do": "done", "drop": "dropped"}.get(undone.change)
    gone_by_hand = history.cells is None and undone.change != "undo"
    if gone_by_hand or (expected and history.cells is not None and history.cells["status"] != expected):
        now = "it is gone" if history.cells is None else f"its state is {history.cells['status'] or 'blank'}"
        raise UsageError(
            f"{history.action_id} was changed by hand since {undone.change_id}: {now}. Nothing was changed. Mend the "
            "row in the records themselves."
        )


def _refuse_earlier(history: History, decision: Decision) -> None:
    """Refuse a change on a day before one that was made already: the order of a history is that of its days."""
    last = history.changes[-1] if history.changes else None
    if last and decision.on.isoformat() < last.on:
        raise UsageError(
            f"{history.action_id} was changed on {last.on} ({last.change_id}), after {decision.on}. Give a day that is "
            "not before that: --on DATE. Nothing was changed."
        )


def _told(
    place: Place,
    history: History,
    change: str,
    decision: Decision,
    before: Cells | None,
    undoes: str = "",
    edit: Cells | None = None,
) -> tuple[str, Change]:
    """Return a change of an action with the row that tells of it; without ``edit`` the action goes."""
    new_id = next_id(place, "C", history.action_id, *CHANGE_IDS)
    row: Row = {
        "change_id": new_id,
        "action_id": history.action_id,
        "change": change,
        **decision.cells,
        "undoes": undoes,
        "before": "" if before is None else json.dumps(dict(before), ensure_ascii=False, sort_keys=True),
    }
    who, add = {"action_id": history.action_id}, {"plan_changes": [row]}
    if edit is None:
        return new_id, Change(add=add, drop={"plan_actions": [who]})
    if before is None:
        return new_id, Change(add=add | {"plan_actions": [{**who, **edit}]})
    return new_id, Change(add=add, edit={"plan_actions": [(who, edit)]})
