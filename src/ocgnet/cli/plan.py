"""Commands about plans: what is to be done against a group or threat or about a person, by whom and by when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say, screen
from ocgnet.cli.naming import GROUP, PERSON, THING, THREAT, meant
from ocgnet.cli.options import (
    BY,
    FORMAT,
    ON,
    REASON,
    Format,
    OfRecords,
    again,
    day_option,
    folder_of,
    named_day,
    on_or_today,
    result_file,
    text_option,
)
from ocgnet.errors import UsageError
from ocgnet.model.columns import STRANDS
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.analysis.response.plans import Plans
    from ocgnet.audit import Act
    from ocgnet.dataset import Dataset
    from ocgnet.edit import Change, Place
    from ocgnet.edit.plan_changes import Decision, History

app = typer.Typer()
room = typer.Typer(
    help="Plans against groups and threats and about people: actions, what is overdue, and the balance.",
    no_args_is_help=True,
)
app.add_typer(room, name="plan")

GROUP_OPTION = Annotated[str, typer.Option("--group", help="Id or name of the group.", metavar="ID|NAME")]
PERSON_OPTION = Annotated[str, typer.Option("--person", help="Id or name of the person.", metavar="ID|NAME")]
THING_OPTION = Annotated[
    str, typer.Option("--thing", help="Id, number or mark of the thing, such as premises.", metavar="ID|NUMBER")
]
THREAT_OPTION = Annotated[
    str, typer.Option("--threat", help="Id or name of the threat, such as a county line.", metavar="ID|NAME")
]
LEAD = Annotated[str, typer.Option("--lead", help="Officer who leads the plan.", show_default=False)]
REVIEW = Annotated[datetime | None, day_option("When the plan is to be reviewed next.", "--review")]
PLAN = Annotated[str, typer.Argument(help="Id of the plan.", metavar="PLAN", show_default=False)]
ACTION = Annotated[str, typer.Argument(help="Id of the action.", metavar="ACTION", show_default=False)]
COST = Annotated[float | None, typer.Option(help="Money in pounds, spent or planned.", min=0, show_default=False)]
HOURS = Annotated[float | None, typer.Option(help="Hours of work, spent or planned.", min=0, show_default=False)]


@room.command(cls=OfRecords)
def start(
    ctx: typer.Context,
    lead: LEAD,
    by: BY,
    reason: REASON,
    group: GROUP_OPTION = "",
    person: PERSON_OPTION = "",
    thing: THING_OPTION = "",
    threat: THREAT_OPTION = "",
    aim: Annotated[str, text_option("What the plan is to reach.")] = "",
    review: REVIEW = None,
    on: ON = None,
) -> None:
    """Start a plan for one group, person, thing or threat, with the officer who leads it."""
    from ocgnet.edit import open_place
    from ocgnet.edit.plan_changes import Decision, plan_started, refuse_unknown
    from ocgnet.retention.restriction import refuse_restricted

    decision = Decision(by, reason, on_or_today(on))
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    kind, asked = _named_once({GROUP: group, PERSON: person, THING: thing, THREAT: threat})
    subject = meant(place, folder, kind, asked, f"--{kind}", reason=reason)
    people = [subject] if kind == PERSON else []
    with log_of().outside(folder).act("plan", people=people, by=by, reason=reason) as act:
        with place.alone():
            refuse_unknown(place, kind, subject)
            refuse_restricted(place, people)
            cells = {"subject_kind": kind, "subject_id": subject, "aim": aim.strip()}
            cells |= {"lead_responsible_officer": lead.strip(), "review_on": _iso(review)}
            plan, change = plan_started(place, cells, decision)
            place.amend(change)
        act.note(plan=plan, subject=f"{kind} {subject}", **named_day(on))
    say(visible(f"{plan} is the plan for {kind} {subject} from {decision.on:%d/%m/%Y}, led by {lead.strip()}."))
    if review is None:
        say("It has no day of review yet: ocgnet plan review PLAN --review DATE.")


@room.command(cls=OfRecords)
def review(
    ctx: typer.Context,
    plan: PLAN,
    by: BY,
    reason: REASON,
    next_review: Annotated[datetime, day_option("When the plan is to be reviewed next.", "--review")],
    lead: Annotated[str, typer.Option("--lead", help="Officer who leads the plan from now on.", metavar="NAME")] = "",
    on: ON = None,
) -> None:
    """Record that a plan was reviewed, when it is to be reviewed next, and who leads it from now on."""
    cells = {"review_on": _iso(next_review)}
    if lead.strip():
        cells["lead_responsible_officer"] = lead.strip()
    if next_review.date() <= on_or_today(on):
        raise UsageError(f"--review {next_review:%d/%m/%Y} does not lie ahead of the review. Give a later day.")
    _edit_plan(ctx, plan, by, reason, on, cells)
    led = f", led by {lead.strip()}" if lead.strip() else ""
    say(visible(f"{plan} was reviewed; the next review is due on {next_review:%d/%m/%Y}{led}."))


@room.command(cls=OfRecords)
def end(ctx: typer.Context, plan: PLAN, by: BY, reason: REASON, on: ON = None) -> None:
    """Record the last day of a plan; actions that are still open stay so, and are listed."""
    _edit_plan(ctx, plan, by, reason, on, {"to_date": on_or_today(on).isoformat()})
    say(f"{plan} ends on {on_or_today(on):%d/%m/%Y}.")


def _edit_plan(ctx: typer.Context, plan: str, by: str, reason: str, on: datetime | None, cells: dict[str, str]) -> None:
    """Give a plan new cells, as one act."""
    from ocgnet.edit import open_place
    from ocgnet.edit.plan_changes import Decision, plan_edited, plan_of
    from ocgnet.retention.restriction import refuse_restricted

    Decision(by, reason, on_or_today(on))
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    with log_of().outside(folder).act("plan", by=by, reason=reason) as act:
        with place.alone():
            row = plan_of(place, plan)
            people = [row["subject_id"]] if row["subject_kind"] == PERSON else []
            act.saw(people)
            refuse_restricted(place, people)
            if row["to_date"] and "to_date" in cells and row["to_date"] != cells["to_date"]:
                raise UsageError(f"{plan} ended on {row['to_date']}. Nothing was changed.")
            place.amend(plan_edited(row, cells))
        before = {name: row[name] for name in cells}
        act.note(plan=plan, before=before, after=cells, **named_day(on))


@room.command(cls=OfRecords)
def add(
    ctx: typer.Context,
    strand: Annotated[str, typer.Option(help=f"{', '.join(STRANDS)}.", metavar="STRAND", show_default=False)],
    action: Annotated[str, text_option("What is to be done.")],
    by: BY,
    reason: REASON,
    plan: Annotated[str, typer.Option(help="Id of the plan.", metavar="PLAN")] = "",
    group: GROUP_OPTION = "",
    person: PERSON_OPTION = "",
    thing: THING_OPTION = "",
    threat: THREAT_OPTION = "",
    owner: Annotated[str, typer.Option(help="Who owns the action.", metavar="NAME")] = "",
    agency: Annotated[str, typer.Option(help="Agency of the owner.", metavar="NAME")] = "",
    due: Annotated[datetime | None, day_option("When it is due.")] = None,
    cost: COST = None,
    hours: HOURS = None,
    on: ON = None,
) -> None:
    """Add an action to a plan; of a subject with one plan that lasts, to that plan."""
    from ocgnet.edit import open_place
    from ocgnet.edit.plan_changes import Decision, action_added, plan_of, plans_of, refuse_unknown
    from ocgnet.retention.restriction import refuse_restricted

    decision = Decision(by, reason, on_or_today(on))
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    kind, asked = _named_once({"plan": plan, GROUP: group, PERSON: person, THING: thing, THREAT: threat})
    subject = asked if kind == "plan" else meant(place, folder, kind, asked, f"--{kind}", reason=reason)
    people = [subject] if kind == PERSON else []
    with log_of().outside(folder).act("plan", people=people, by=by, reason=reason) as act:
        with place.alone():
            if kind == "plan":
                row = plan_of(place, subject)
                people = [row["subject_id"]] if row["subject_kind"] == PERSON else []
                act.saw(people)
                if row["to_date"] and row["to_date"] < decision.on.isoformat():
                    raise UsageError(f"{subject} ended on {row['to_date']}. Nothing was changed. Start another plan.")
                of_plan, where = {"plan_id": subject}, subject
            else:
                refuse_unknown(place, kind, subject)
                lasting = plans_of(place, kind, subject, decision.on)
                alone = lasting[0]["plan_id"] if len(lasting) == 1 else ""
                of_plan = {"plan_id": alone} if alone else {"subject_kind": kind, "subject_id": subject}
                outside = f"outside its {len(lasting)} plans" if lasting else "which has no plan that lasts"
                where = alone or f"{kind} {subject}, {outside}"
            refuse_restricted(place, people)
            cells = of_plan | {"strand": strand.strip().lower(), "action": action, "owner": owner, "agency": agency}
            cells |= {"due_on": _iso(due), "cost": _number(cost), "hours": _number(hours)}
            made, change_id, change = action_added(place, cells, decision)
            place.amend(change)
        act.note(action=made, change=change_id, where=where, strand=strand, **named_day(on))
    say(visible(f"{made} is an open action of {where}: {strand}, {_when_due(due)}, owned by {owner or 'nobody yet'}."))
    _say_judged(place, decision.on)
    if not change.tables:
        say("It was on record already and was not recorded twice.")
    say(f"Undo it with: {again(ctx, 'plan undo', made)}")


@room.command(name="do", cls=OfRecords)
def do_action(
    ctx: typer.Context, action: ACTION, by: BY, reason: REASON, cost: COST = None, hours: HOURS = None, on: ON = None
) -> None:
    """Record that an action was done, on the day of --on, with what it took where that is known now."""
    from ocgnet.edit.plan_changes import action_done

    spent = {"cost": _number(cost), "hours": _number(hours)}
    change = _change_action(
        ctx, action, by, reason, on, lambda place, history, decision: action_done(place, history, decision, spent)
    )
    say(f"{action} is done since {on_or_today(on):%d/%m/%Y} ({change}).")
    say(f"Undo it with: {again(ctx, 'plan undo', change)}")


@room.command(cls=OfRecords)
def drop(ctx: typer.Context, action: ACTION, by: BY, reason: REASON, on: ON = None) -> None:
    """Record that an action is not going to be done; it stays on record."""
    from ocgnet.edit.plan_changes import action_dropped

    change = _change_action(ctx, action, by, reason, on, action_dropped)
    say(f"{action} is dropped since {on_or_today(on):%d/%m/%Y} ({change}).")
    say(f"Undo it with: {again(ctx, 'plan undo', change)}")


@room.command(cls=OfRecords)
def undo(
    ctx: typer.Context,
    named: Annotated[
        str,
        typer.Argument(
            help="Id of a change, or of an action for the latest of its changes.",
            metavar="CHANGE|ACTION",
            show_default=False,
        ),
    ],
    by: BY,
    reason: REASON,
    on: ON = None,
) -> None:
    """Undo a change of an action; both stay in its history, and an undoing can be undone by its own id."""
    from ocgnet.edit.plan_changes import change_undone, undone_just_now

    told: list[str] = []

    def undone(place: Place, history: History, decision: Decision) -> tuple[str, Change]:
        from ocgnet.edit import Change

        if named != history.action_id:
            made = history.named(named)
        elif just_now := undone_just_now(history, decision):
            # A command that was killed behind the record, given again, must not undo one change more.
            told.append(f"{just_now.undoes} was undone already. To undo another change as well, give its id.")
            return just_now.change_id, Change()
        else:
            made = history.latest()
        change_id, change = change_undone(place, history, made, decision)
        told.append(f"Undone: {made.change_id} ({made.change} of {history.action_id}, {made.on}).")
        return change_id, change

    change = _change_action(ctx, named, by, reason, on, undone)
    say(visible(told[0]))
    say(f"To have it again: ocgnet plan undo {change}")


def _change_action(
    ctx: typer.Context,
    named: str,
    by: str,
    reason: str,
    on: datetime | None,
    change_of: Callable[[Place, History, Decision], tuple[str, Change]],
) -> str:
    """Make a change of an action, named by its own id or that of one of its changes, as one act; return its id."""
    from ocgnet.edit import open_place
    from ocgnet.edit.plan_changes import Decision, action_of_change, history_of
    from ocgnet.retention.restriction import refuse_restricted

    decision = Decision(by, reason, on_or_today(on))
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    with log_of().outside(folder).act("plan", by=by, reason=reason) as act:
        with place.alone():
            history = history_of(place, action_of_change(place, named) or named)
            _tell(act, history)
            refuse_restricted(place, history.people)
            change_id, change = change_of(place, history, decision)
            place.amend(change)
        act.note(action=history.action_id, change=change_id, **named_day(on))
    _say_judged(place, decision.on)
    return change_id


def _say_judged(place: Place, on: date) -> None:
    """Say where a change is not seen yet: in answers of a day before it."""
    judged = place.about.as_of
    if judged is not None and judged < on:
        say(f"These records are judged on {judged:%d/%m/%Y}, before that day: plan show shows it with --as-of {on}.")


def _tell(act: Act, history: History) -> None:
    if history.people:
        act.saw(history.people)


def _named_once(given: dict[str, str]) -> tuple[str, str]:
    """Return the one of several options that was given, with its value."""
    chosen = [(name, value) for name, value in given.items() if value]
    if len(chosen) != 1:
        names = ", ".join(f"--{name}" for name in given)
        raise UsageError(f"Say what it is about, once: one of {names}. Nothing was changed.")
    return chosen[0]


def _iso(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _when_due(due: datetime | None) -> str:
    return f"due on {due:%d/%m/%Y}" if due else "without a day on which it is due"


# What is asked about plans.

WHAT = Annotated[
    str,
    typer.Argument(
        help="Id of a plan, or id or name of a group, person, thing or threat; without it all.",
        metavar="PLAN|GROUP|PERSON|THREAT",
        show_default=False,
    ),
]
AS_OF = Annotated[
    datetime | None,
    day_option("Day of judgement, ahead perhaps; without it that of the records, else today.", "--as-of"),
]
OUT = Annotated[
    Path | None,
    typer.Option(help="Write a page to print into this file.", metavar="FILE.html", callback=result_file),
]


@dataclass(frozen=True)
class _Asked:
    """What was read: the records, all plans, those that were asked for, and what these are about."""

    dataset: Dataset
    every: Plans
    plans: Plans
    what: str

    def said(self) -> list[str]:
        """Return what has to be read beside an answer."""
        from ocgnet.views.plans.sheets import left_out_sentences

        return [*left_out_sentences(self.plans), *(f"Left out: {loss}." for loss in self.dataset.losses)]


@contextmanager
def _reading(ctx: typer.Context, what: str, as_of: datetime | None, out: Path | None = None) -> Iterator[_Asked]:
    """Read plans as one act of the log, which knows whom they are about before anything is shown."""
    from ocgnet.analysis.response.plans import plans_on
    from ocgnet.edit import open_place
    from ocgnet.edit.plan_changes import plan_of
    from ocgnet.evidence.restricted import in_use
    from ocgnet.retention.restriction import refuse_restricted

    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    kind, name = _subject(place, folder, what) if what else ("", "")
    subject = plan_of(place, name) if kind == "plan" else {"subject_kind": kind, "subject_id": name}
    person = subject["subject_id"] if subject["subject_kind"] == PERSON else ""
    with log_of().outside(folder, out).act("export" if out else "read", people=[person] if person else []) as act:
        refuse_restricted(place, [person] if person else [])
        every = place.sound(person)
        dataset = in_use(every)
        day = as_of.date() if as_of else every.about.as_of or date.today()
        plans = plans_on(dataset, day)
        chosen = plans if not what else plans.of(plans=[name]) if kind == "plan" else plans.of(subject=(kind, name))
        shown = (chosen.plans, chosen.actions)
        people = {i for f in shown for k, i in zip(f["subject_kind"], f["subject_id"], strict=True) if k == PERSON}
        act.saw(sorted((people | set(chosen.actions["nominal_id"])) - {""} - set(dataset.withheld or ())))
        if out is not None:
            act.wrote(out)
        yield _Asked(dataset, plans, chosen, f"{kind} {name}" if what else "")


def _subject(place: Place, folder: Path | None, asked: str) -> tuple[str, str]:
    """Return which plan or subject is meant: an id of any kind comes before every name."""
    from ocgnet.model import TABLES
    from ocgnet.model.response import SUBJECTS

    if place.look_up("plans", "plan_id", [asked]).num_rows:
        return "plan", asked
    for kind, tables in SUBJECTS.items():
        if any(place.look_up(name, TABLES[name].key[0], [asked]).num_rows for name in tables):
            return kind, asked
    for kind in (GROUP, THREAT, PERSON, THING):
        name = meant(place, folder, kind, asked, "PLAN|GROUP|PERSON|THREAT")
        if name != asked:
            return kind, name
    raise UsageError(f"No plan, group, person, thing or threat {asked} is in these records, by id or by name.")


@room.command(cls=OfRecords)
def show(
    ctx: typer.Context,
    what: WHAT = "",
    as_of: AS_OF = None,
    out: OUT = None,
    form: FORMAT = Format.table,
) -> None:
    """Show plans with their actions by strand, who leads them, what is overdue, and what else was done."""
    from ocgnet.analysis.response.plans import gaps_in
    from ocgnet.files.writing import write_text
    from ocgnet.views.plans.printed_plans import plans_page
    from ocgnet.views.plans.sheets import HANDBOOK, NATIONAL, gap_sentences, sheet_of_plan, sheets_outside
    from ocgnet.views.plans.told_plans import (
        PLAN_HEADS,
        actions_csv,
        plan_cells,
        plans_json,
        sheet_lines,
        table_of,
    )
    from ocgnet.views.words.numbers import day

    with _reading(ctx, what, as_of, out) as asked:
        dataset, plans = asked.dataset, asked.plans
        gaps = None if asked.what else gaps_in(dataset, plans)
        sheets = [sheet_of_plan(dataset, plans, row) for row in plans.plans.to_dict("records")]
        sheets += sheets_outside(dataset, plans)
        if out is not None:
            write_text(out, plans_page(dataset, plans, sheets, gaps, asked.what))
            say(f"page: {out}")
            return
    if form is Format.csv:
        hand_over(actions_csv(plans.actions), dataset.about.marked, *asked.said())
        return
    if form is Format.json:
        hand_over(plans_json(dataset, plans), dataset.about.marked, *asked.said())
        return
    say(dataset.about.marked)
    if gaps is not None:
        screen().print(table_of(PLAN_HEADS, plan_cells(plans), right=(3, 4, 5)))
        outside = plans.outside
        say(f"Judged on {day(plans.day)}. Actions outside plans: {len(outside):,}. One plan whole: ocgnet plan show ID")
        for sentence in gap_sentences(gaps, day(plans.day)):
            say(sentence)
    else:
        say(f"Judged on {day(plans.day)}.")
        for sheet in sheets:
            for line in sheet_lines(sheet):
                say(visible(line))
        if not sheets:
            say(f"No plan for {asked.what} and no action about it is on record.")
        if any(sheet.pursues_only for sheet in sheets):
            say(f"{HANDBOOK} {NATIONAL}")
    for sentence in asked.said():
        say(sentence)


@room.command(cls=OfRecords)
def overdue(
    ctx: typer.Context,
    what: WHAT = "",
    owner: Annotated[str, typer.Option(help="Only actions of this owner.", metavar="NAME")] = "",
    agency: Annotated[str, typer.Option(help="Only actions of this agency.", metavar="NAME")] = "",
    as_of: AS_OF = None,
    form: FORMAT = Format.table,
) -> None:
    """List open actions past the day on which they were due by agency and owner, and plans past their review."""
    from ocgnet.analysis.response.plans import OPEN
    from ocgnet.english import counted
    from ocgnet.views.plans.sheets import action_cells
    from ocgnet.views.plans.told_plans import actions_csv, overdue_json
    from ocgnet.views.words.numbers import day, ratio

    with _reading(ctx, what, as_of) as asked:
        plans = asked.plans
        for column, name in (("owner", owner), ("agency", agency)):
            if name:
                own = plans.actions[column].map(str.casefold) == name.strip().casefold()
                plans = replace(plans, actions=plans.actions.loc[own].reset_index(drop=True))
    late, live = plans.overdue, plans.actions[plans.actions["state"] == OPEN]
    if form is Format.csv:
        hand_over(actions_csv(late), asked.dataset.about.marked, *asked.said())
        return
    if form is Format.json:
        hand_over(overdue_json(asked.dataset, plans), asked.dataset.about.marked, *asked.said())
        return
    say(asked.dataset.about.marked)
    say(f"{ratio(len(late), len(live), 'open actions')} are overdue on {day(plans.day)}.")
    head = None
    for row in late.to_dict("records"):
        action, text, who, due, state, *_ = action_cells(row)
        if head != (head := who):
            say(visible(who))
        where = row["plan_id"] or "outside plans"
        say(visible(f"  {action}  {state}, due {due}: {text} ({row['strand']}, {where}, {row['subject_kind']} "
                    f"{row['subject_id']})"))  # fmt: skip
    undue, unowned = int(live["due_on"].isna().sum()), int((live["owner"] == "").sum())
    say(f"Open without a day on which it is due: {undue:,}. Open without an owner: {unowned:,}.")
    reviews = plans.plans[plans.plans["review_overdue_days"].notna()]
    last = int(plans.plans["lasts"].sum())
    say(f"{ratio(len(reviews), last, 'plans that last')} are past the day of their review.")
    for row in reviews.to_dict("records"):
        lead = row["lead"] or "nobody on record"
        by = counted(row["review_overdue_days"], "day")
        say(visible(f"  {row['plan_id']} for {row['subject_kind']} {row['subject_id']}, led by {lead}: by {by}"))
    for sentence in asked.said():
        say(sentence)


@room.command(name="balance", cls=OfRecords)
def show_balance(ctx: typer.Context, what: WHAT = "", as_of: AS_OF = None, form: FORMAT = Format.table) -> None:
    """Say how actions, hours and money fall on strands and agencies, which plans only pursue, and what is missing."""
    from ocgnet.analysis.response.plans import all_pursue, gaps_in
    from ocgnet.views.plans.sheets import (
        BALANCE_HEADS,
        BALANCE_SAYS,
        balance_cells,
        balance_filter,
        balance_sentences,
        gap_sentences,
        pursue_sentence,
    )
    from ocgnet.views.plans.told_plans import balance_csv, balance_json, table_of
    from ocgnet.views.words.numbers import day

    with _reading(ctx, what, as_of) as asked:
        dataset, plans = asked.dataset, asked.plans
        gaps = None if asked.what else gaps_in(dataset, plans)
    filter_says = balance_filter(plans)
    if form is Format.csv:
        hand_over(balance_csv(plans.actions), dataset.about.marked, filter_says, *asked.said())
        return
    if form is Format.json:
        hand_over(balance_json(dataset, plans, gaps, filter_says), dataset.about.marked, *asked.said())
        return
    say(dataset.about.marked)
    screen().print(table_of(BALANCE_HEADS, balance_cells(plans.actions), right=range(2, 8)))
    say(f"{BALANCE_SAYS}.")
    # Over all plans one of the sentences about gaps names them.
    for plan, number in all_pursue(plans.actions).items() if gaps is None else ():
        say(pursue_sentence(plan, number))
    for sentence in balance_sentences(plans):
        say(sentence)
    for sentence in gap_sentences(gaps, day(plans.day)) if gaps else ():
        say(sentence)
    for sentence in (filter_says, *asked.said()):
        say(sentence)
