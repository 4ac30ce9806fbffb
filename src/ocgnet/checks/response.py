"""Rules about plans, cases and orders that no single cell breaks: stages, breaches, and actions against their plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.table import CheckedTable, always
from ocgnet.evidence.spans import reaches
from ocgnet.sources import Rule, Severity

_FAR = 730
"""Days ahead from which on a meeting is more likely a slip of the year: nobody calls one two years before."""

_SLIP = 50 * 365
"""Days ahead that every date that is planned is told for."""

Tables = Mapping[str, CheckedTable]


def check_response(tables: Tables, today: date) -> None:
    """Warn of what contradicts itself in plans, actions, stages of referrals, meetings, orders and assignments."""
    for name, rule in (
        ("plans", _leads),
        ("plan_actions", _statuses),
        ("assignments", _assignments),
        ("orders", _breaches),
        ("priorities", _targets),
    ):
        if name in tables and len(tables[name].raw.lines):
            rule(tables[name])
    if "plan_actions" in tables:
        _subjects(tables["plan_actions"], tables.get("plans"))
    if "nrm_stages" in tables:
        _stages(tables["nrm_stages"], tables.get("referrals"))
    if "case_meetings" in tables:
        _meetings(tables["case_meetings"], np.datetime64(today, "D"))


def _leads(plans: CheckedTable) -> None:
    """Warn of plans that nobody leads, of whom nobody can be asked what is overdue."""
    column = plans.columns["lead_responsible_officer"]
    rows = np.flatnonzero(column.blank & plans.good)
    remedy = "No officer leads this plan, so nobody answers for what is overdue in it. Fill in who does."
    plans.report("lead_responsible_officer", Rule.NO_LEAD, rows, lambda _: ("", remedy), Severity.WARNING)


def _targets(priorities: CheckedTable) -> None:
    """Warn of a target of which nobody can tell whether it is met."""
    columns = {name: priorities.columns[name] for name in ("target", "measure", "direction")}
    for name, remedy in (
        ("measure", "The target has no measure, so it cannot be judged. Fill in the id of a figure of the profile."),
        ("direction", "Nothing says whether the target is to be reached or not passed. Write at_least or at_most."),
    ):
        rows = np.flatnonzero(~columns["target"].blank & columns[name].blank & priorities.good)
        priorities.report(name, Rule.TARGET, rows, lambda _, says=remedy: ("", says), Severity.WARNING)  # type: ignore[misc]


def _statuses(actions: CheckedTable) -> None:
    """Warn of actions done on no day, and of days on which open actions were done."""
    status, done = actions.columns["status"], actions.columns["done_on"]
    for word, wrong, remedy in (
        ("done", done.blank, "Done, and no day says when. Fill in done_on; until then it counts in no period."),
        ("open", ~done.blank, "done_on says that it was done, and the status that it is open. Correct one of the two."),
    ):
        rows = np.flatnonzero(status.spread(status.mask(word.__eq__)) & wrong & actions.good)
        actions.report_text("status", Rule.STATUS, rows, always(remedy), Severity.WARNING)


def _subjects(actions: CheckedTable, plans: CheckedTable | None) -> None:
    """Warn of an action about another group, person or threat than its plan or its own other columns say."""
    of_plan: dict[str, tuple[str, str]] = {}
    if plans is not None:
        ids, kinds, subjects = (plans.columns[n] for n in ("plan_id", "subject_kind", "subject_id"))
        of_plan = {
            ids.text(row): (kinds.text(row), subjects.text(row))
            for row in np.flatnonzero(plans.good & ~ids.blank).tolist()
        }
    wrong: dict[str, dict[int, str]] = {}
    columns = {n: actions.columns[n] for n in ("plan_id", "subject_kind", "subject_id", "ocg_id", "nominal_id")}
    filled = np.sum([~columns[n].blank for n in ("plan_id", "subject_id", "ocg_id", "nominal_id")], axis=0)
    for row in np.flatnonzero((filled > 1) & actions.good).tolist():
        cells = {n: c.text(row) for n, c in columns.items()}
        kind, subject = of_plan.get(cells["plan_id"], ("", ""))
        own = (cells["subject_kind"], cells["subject_id"])
        for name, of_kind in (("ocg_id", "group"), ("nominal_id", "person")):
            if cells[name] and own[0] == of_kind and own[1] != cells[name]:
                wrong.setdefault(name, {})[row] = "subject_id"
            elif cells[name] and kind == of_kind and subject != cells[name]:
                wrong.setdefault(name, {})[row] = "its plan"
        if own[1] and kind == own[0] and subject != own[1]:
            wrong.setdefault("subject_id", {})[row] = "its plan"
    for name, against in wrong.items():

        def explain(row: int, name: str = name, against: Mapping[int, str] = against) -> tuple[str, str]:
            what = {"ocg_id": "group", "nominal_id": "person"}.get(name, columns["subject_kind"].text(row))
            return columns[name].text(row), (
                f"This is another {what} than {against[row]} names. Correct the id, or move the action to a plan "
                f"about this {what}."
            )

        actions.report(name, Rule.CONTRADICTS, np.array(sorted(against), np.int64), explain, Severity.WARNING)


def _stages(stages: CheckedTable, referrals: CheckedTable | None) -> None:
    """Warn of decisions before or without a referral, and of one that follows a negative one."""
    person, stage, days = stages.columns["person_id"], stages.columns["stage"], stages.columns["decided_on"]
    decided = days.times().astype("datetime64[D]")
    by_person: dict[str, list[int]] = {}
    for row in np.flatnonzero(stages.good & ~person.blank).tolist():
        by_person.setdefault(person.text(row), []).append(row)
    referred_elsewhere = set(_referred(referrals)) if referrals is not None else set()
    early: dict[int, int] = {}
    alone: list[int] = []
    after: dict[int, int] = {}
    for who, rows in by_person.items():
        referred = [r for r in rows if stage.text(r) == "referred"]
        negative = [r for r in rows if stage.text(r) == "negative"]
        for row in (r for r in rows if stage.text(r) != "referred"):
            if not referred and who not in referred_elsewhere:
                alone.append(row)
            if referred and all(decided[r] > decided[row] for r in referred):
                early[row] = referred[0]
            if stage.text(row) == "conclusive_grounds" and (no := [r for r in negative if decided[r] <= decided[row]]):
                after[row] = no[0]
    negative_before = (
        "Line {line} says before this that the decision was negative. Where the case was taken up again, a meeting "
        "should say why; else correct one of the two."
    )
    of_each: tuple[tuple[CheckedColumn, Mapping[int, int], str], ...] = (
        (days, early, "This decision lies before the referral on line {line}. Correct one of the two days."),
        (stage, after, negative_before),
        (stage, dict.fromkeys(alone, 0), "No referral of this person is recorded. Add its stage, with the day."),
    )
    for column, against, says in of_each:

        def explain(
            row: int, column: CheckedColumn = column, against: Mapping[int, int] = against, says: str = says
        ) -> tuple[str, str]:
            return column.text(row), says.format(line=stages.raw.lines[against[row]])

        rows_wrong = np.array(sorted(against), np.int64)
        stages.report(column.declared.name, Rule.STAGES, rows_wrong, explain, Severity.WARNING)


def _referred(referrals: CheckedTable) -> Iterator[str]:
    kind = referrals.columns["kind"]
    for row in kind.where(kind.mask(lambda text: text == "nrm")).tolist():
        yield referrals.columns["person_id"].text(row)


def _breaches(orders: CheckedTable) -> None:
    """Warn of orders that were breached once they had ended."""
    end, breach = orders.columns["to_date"], orders.columns["breached_on"]
    if not end.distinct or not breach.distinct:
        return
    rows = np.flatnonzero((breach.times() > end.times()) & orders.good)

    def explain(row: int) -> tuple[str, str]:
        return breach.text(row), (
            f"The order had ended by then (to_date {end.text(row)}), and an order that has ended is not breached. "
            "Correct one of the two dates."
        )

    orders.report("breached_on", Rule.BREACH, rows, explain, Severity.WARNING)


def _meetings(meetings: CheckedTable, today: np.datetime64) -> None:
    """Warn of meetings that lie years ahead."""
    for name in ("held_on", "next_on"):
        column = meetings.columns[name]
        ahead = (column.distinct_days - today).astype(np.int64)
        far = ~np.isnat(column.distinct_days) & (ahead > _FAR) & (ahead <= _SLIP)
        remedy = f"This meeting lies more than two years ahead of today ({today}). Correct the year."
        meetings.report_text(name, Rule.FAR_OFF, column.where(far), always(remedy), Severity.WARNING)


def _assignments(assignments: CheckedTable) -> None:
    """Warn of somebody who is assigned to one service twice at the same time; one may end as the next begins."""
    person, service = assignments.columns["person_id"], assignments.columns["service_id"]
    begun, ended = (assignments.columns[n].times().astype("datetime64[D]") for n in ("from_date", "to_date"))
    first = np.where(np.isnat(begun), np.datetime64("0001-01-01"), begun).astype(np.int64)
    last = np.where(np.isnat(ended), np.datetime64("9999-12-31"), ended).astype(np.int64)
    pair = person.codes.astype(np.int64) * (service.distinct + 1) + service.codes
    rows = np.flatnonzero((person.codes >= 0) & (service.codes >= 0) & assignments.good)
    order = rows[np.lexsort((last[rows], first[rows], pair[rows]))]
    again = np.sort(order[reaches(pair[order], first[order], last[order])])

    def explain(row: int) -> tuple[str, str]:
        same = order[
            (pair[order] == pair[row]) & (order != row) & (first[order] <= first[row]) & (last[order] > first[row])
        ]
        return service.text(row), (
            f"Line {assignments.raw.lines[same.min()]} assigns the same person to {service.text(row)} for the same "
            "time. The case counts once. Fill in to_date where the first ended, or make one row of the two."
        )

    assignments.report("service_id", Rule.ASSIGNMENTS, again, explain, Severity.WARNING)
