"""The command about phones, vehicles, addresses, accounts and other things that join people."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.cli.analyse import for_program
from ocgnet.cli.console import Steps, hand_over, say, screen
from ocgnet.cli.naming import GROUP, PERSON, THING, the_id
from ocgnet.cli.options import FORMAT, Asking, Format, Request
from ocgnet.cli.records import read_records
from ocgnet.errors import UsageError

if TYPE_CHECKING:
    from ocgnet.results import ResultTable
    from ocgnet.things_job import ThingsAnalysis

app = typer.Typer()


class View(StrEnum):
    """What to print."""

    overview = "overview"
    shared = "shared"
    crowded = "crowded"
    unattributed = "unattributed"
    contacts = "contacts"
    common = "common-contacts"
    silences = "silences"
    successors = "successors"
    lines = "lines"
    line_users = "line-users"
    line_hours = "line-hours"
    line_disruptions = "line-disruptions"
    travelled = "travelled"
    cuckooing = "cuckooing"
    crimes = "crimes"
    accounts = "accounts"
    passing = "pass-through"
    chains = "chains"


TABLE = {
    View.shared: "shared_things",
    View.crowded: "crowded_things",
    View.unattributed: "unattributed",
    View.contacts: "top_contacts",
    View.common: "common_contacts",
    View.silences: "silences",
    View.successors: "successors",
    View.lines: "deal_lines",
    View.line_users: "deal_line_users",
    View.line_hours: "deal_line_hours",
    View.line_disruptions: "deal_line_disruptions",
    View.travelled: "travelled_together",
    View.cuckooing: "possible_cuckooing",
    View.crimes: "things_at_crimes",
    View.accounts: "shared_accounts",
    View.passing: "pass_through",
    View.chains: "money_chains",
}
"""Table of each view but the overview."""

_COLUMNS = {
    "shared_things": ("thing", "kind", "one_name", "other_name", "how", "confidence", "across_groups", "users"),
    "crowded_things": ("thing", "kind", "label", "users", "nominals"),
    "unattributed": ("ocg_id", "rank", "label", "members", "of_members", "times", "of_times", "chance"),
    "successors": ("old_label", "rank", "new_label", "shared", "of_contacts", "gap_days", "chance"),
    "deal_line_users": ("line", "part", "contact", "contact_name", "recorded", "from_date", "to_date", "times"),
    "deal_line_disruptions": (
        "line",
        "disruption_id",
        "level",
        "happened_on",
        "window_days",
        "times_before",
        "times_after",
        "chance",
    ),
    "deal_lines": ("line", "label", "ocgs", "children", "users", "customers", "runners", "times"),
    "things_at_crimes": ("thing", "label", "crimes", "crime_id", "day", "involvement", "relations", "also_linked"),
    "top_contacts": ("subject_name", "rank", "contact_name", "times", "of_times", "days", "last_day"),
}
"""Columns on the terminal where the first ones are not those that are read; csv and json hold all of them."""

FULL_REASONS = 3
"""Rows whose reasons are printed in full below a table."""


@app.command(cls=Asking)
def things(
    ctx: typer.Context,
    view: Annotated[
        View | None,
        typer.Option(
            help=f"What to print: {', '.join(View)}. Without it all in short, or what matters to --group.",
            metavar="VIEW",
        ),
    ] = None,
    group: Annotated[str, typer.Option(help="Only what has to do with this group.", metavar="ID|NAME")] = "",
    person: Annotated[str, typer.Option(help="Only what has to do with this person.", metavar="ID|NAME")] = "",
    with_person: Annotated[
        str, typer.Option("--with", help="And with this person; for contacts in common.", metavar="ID|NAME")
    ] = "",
    thing: Annotated[
        str, typer.Option(help="Only what has to do with this thing: its id, number or mark.", metavar="ID|NUMBER")
    ] = "",
    form: FORMAT = Format.table,
    rows: Annotated[
        int, typer.Option(help="How many rows to show on the terminal; csv and json give all.", min=1)
    ] = 30,
) -> None:
    """Say what joins people besides events: shared things, unattributed numbers, successors, lines, money."""
    from ocgnet.things_job import things_of

    request: Request = ctx.obj
    if with_person and not person:
        raise UsageError("--with names a second person: name the first with --person.")
    steps = Steps(8)
    with steps.shown():
        steps("reading and checking")
        dataset, _, settings = read_records(request)
        asked = [
            the_id(dataset, GROUP, group, "--group"),
            the_id(dataset, PERSON, person, "--person"),
            the_id(dataset, PERSON, with_person, "--with"),
            the_id(dataset, THING, thing, "--thing"),
        ]
        answers = things_of(dataset, settings, steps)
    names = [i for i in asked if i]
    wanted = view or (View.common if with_person else View.unattributed if group else View.overview)
    if wanted is View.overview:
        if form is not Format.table:
            raise UsageError("The overview is for reading. Name one table with --view to have it as csv or json.")
        _overview(answers, names, request)
        return
    table = about(answers.tables[TABLE[wanted]], names)
    aside = _said(answers)
    if form is not Format.table:
        hand_over(for_program(table, form), answers.marking, *aside)
        return
    _print(table, answers, rows, aside)


def about(table: ResultTable, names: list[str]) -> ResultTable:
    """Return the rows that name every one of some ids, alone in a cell or among several separated by ``|``."""
    from ocgnet.results import ResultTable

    frame = table.frame
    columns = [c.name for c in table.columns if c.kind in ("id", "text")]
    for name in names:
        frame = frame[
            frame[columns].apply(lambda column, name=name: column.map(lambda cell: _holds(cell, name))).any(axis=1)
        ]
    return ResultTable(table.name, frame.reset_index(drop=True))


def _holds(cell: object, name: str) -> bool:
    return isinstance(cell, str) and name in (part.strip() for part in cell.split("|"))


def _said(answers: ThingsAnalysis) -> list[str]:
    """Return what has to be read beside every table."""
    from ocgnet.views.tables.text import left_out_line
    from ocgnet.views.words.numbers import losses_sentence

    lost = losses_sentence(answers.losses, answers.settings.loss_limit)
    return [s for s in (lost, *answers.notes, left_out_line(answers.left_out)) if s]


def _overview(answers: ThingsAnalysis, names: list[str], request: Request) -> None:
    from ocgnet.english import counted
    from ocgnet.results.thing_columns import QUESTIONS

    say(answers.marking)
    for view, name in TABLE.items():
        if name not in answers.tables:
            continue
        table = about(answers.tables[name], names)
        say("")
        say(QUESTIONS[name][1])
        if not len(table.frame):
            say("  Nothing, as far as these records say.")
            continue
        say(f"  {counted(len(table.frame), 'row')}: ocgnet things {request.place} --view {view}")
        if "because" in table.frame:
            say(f"  First: {table.frame['because'].iloc[0]}")
    say("")
    for sentence in _said(answers):
        say(sentence)
    say(answers.marking)


def _print(table: ResultTable, answers: ThingsAnalysis, rows: int, aside: list[str]) -> None:
    from ocgnet.english import counted
    from ocgnet.results.thing_columns import QUESTIONS
    from ocgnet.views.tables.terminal import print_table

    print_table(
        screen(),
        table,
        columns=_COLUMNS.get(table.name),
        limit=rows,
        finding=QUESTIONS[table.name][1],
        files="add --format csv, or run ocgnet analyse",
        marking=answers.marking,
    )
    if "because" in table.frame:
        for place, why in enumerate(table.frame["because"].head(min(rows, FULL_REASONS)), 1):
            say(f"{place}. {why}")
        if (more := min(rows, len(table.frame)) - FULL_REASONS) > 0:
            say(f"Reasons of {counted(more, 'more row')}: --format csv")
    for sentence in aside:
        say(sentence)
