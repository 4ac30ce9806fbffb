"""Commands about referrals that were made: recording what came of one, and who waits."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say
from ocgnet.cli.naming import PERSON, meant
from ocgnet.cli.options import (
    BY,
    FORMAT,
    ROWS,
    Format,
    OfRecords,
    day_of,
    day_option,
    folder_of,
    has_come,
    result_file,
    text_option,
)
from ocgnet.english import counted
from ocgnet.errors import UsageError
from ocgnet.model.columns import OUTCOMES

if TYPE_CHECKING:
    from ocgnet.casework.referral.outcomes import Outcomes

room = typer.Typer(help="Record what came of a referral, and see who waits for how long.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="referrals")


@room.command(cls=OfRecords)
def outcome(
    ctx: typer.Context,
    named: Annotated[str, typer.Argument(help="Id or name of who was referred.", metavar="PERSON", show_default=False)],
    kind: Annotated[
        str, typer.Argument(help=f"What came of it: {', '.join(OUTCOMES)}.", metavar="OUTCOME", show_default=False)
    ],
    on: Annotated[datetime, day_option("Day on which that was decided, today at the latest.", judge=has_come)],
    by: BY,
    route: Annotated[str, typer.Option("--kind", help="Route, where there are several.", metavar="ROUTE")] = "",
    made_on: Annotated[
        datetime | None, day_option("Day on which it was made, where there are several.", "--made-on", judge=None)
    ] = None,
    why: Annotated[str, text_option("What was decided, in words; kept with the referral.")] = "",
    reason: Annotated[str, text_option("Why an outcome that is recorded already is changed.")] = "",
) -> None:
    """Record what came of one referral; another outcome takes its place only with a reason."""
    from ocgnet.edit import open_place
    from ocgnet.edit.recorded_outcomes import Outcome, outcome_change
    from ocgnet.retention.restriction import refuse_restricted

    if not by.strip():
        raise UsageError("Say with --by who records it: a person answers for it, never a program.")
    word, way = (text.strip().lower().replace("-", "_").replace(" ", "_") for text in (kind, route))
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    person = meant(place, folder, PERSON, named, "PERSON", reason=reason)
    log = log_of().outside(folder)
    with log.act("refer", people=[person], by=by.strip(), reason=reason) as act, place.alone():
        refuse_restricted(place, [person])
        decided = outcome_change(
            place, person, Outcome(word, on.date(), " ".join(why.split())), way, day_of(made_on), reason
        )
        act.begins(route=decided.route, made_on=decided.made_on, outcome=word, outcome_on=on.date().isoformat())
        place.amend(decided.change)
        act.note(recorded="now" if decided.change.tables else "already", changed=bool(decided.before))
    what = f"{decided.route} referral of {person} made on {decided.made_on}"
    if not decided.change.tables:
        say(f"This outcome of the {what} is recorded already. Nothing was changed.")
        return
    say(f"Recorded: {what}: {word.replace('_', ' ')} on {on:%d/%m/%Y}, by {by.strip()}.")
    if decided.before:
        say(f"Before that: {decided.before}.")
    if decided.route == "nrm":
        say("The stages of the NRM stand in nrm_stages: record the decision there as well.")


@room.command(cls=OfRecords)
def show(
    ctx: typer.Context,
    route: Annotated[str, typer.Option("--kind", help="Only this route.", metavar="ROUTE")] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="List only those that wait.")] = False,
    since: Annotated[datetime | None, day_option("First day of the referrals that count.", "--from")] = None,
    as_of: Annotated[
        datetime | None, day_option("Day on which is judged; without it that of the records, else today.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="TOML file with your own days (referral_days, rereferral_days).", metavar="FILE", show_default=False
        ),
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
    out: Annotated[
        Path | None,
        typer.Option(help="Page to write, for print.", metavar="FILE.html", show_default=False, callback=result_file),
    ] = None,
) -> None:
    """Say who waits for an outcome and how long, how long outcomes took, and who was referred again; by route."""
    from ocgnet.casework.disclosure.disclose import judged_on
    from ocgnet.casework.referral.outcomes import WAITS, outcomes
    from ocgnet.casework.referral.outcomes_page import caveats, outcomes_html, sentences, title
    from ocgnet.edit import open_place
    from ocgnet.english import near
    from ocgnet.evidence.restricted import in_use
    from ocgnet.files.writing import csv_text, sealed, write_text
    from ocgnet.model import TABLES
    from ocgnet.settings import RULES, Settings, read_settings

    settings = read_settings(rules, Settings(), RULES) if rules is not None else Settings()
    way = route.strip().lower().replace("-", "_")
    if way and way not in (routes := TABLES["referrals"].column("kind").enum):
        raise UsageError(f"--kind: '{route}' is no route{near(way, routes)}")
    if out is not None and out.suffix.lower() != ".html":
        raise UsageError(f"{out}: give the page a name that ends in .html.")
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    with log_of().outside(folder, out).act("read" if out is None else "export") as act:
        dataset = place.sound()
        day = judged_on(in_use(dataset), day_of(as_of), date.today())
        found = outcomes(dataset, day, settings, day_of(since), way)
        act.saw({f.person_id for f in found.referrals})
        if out is not None:
            write_text(out, sealed(outcomes_html(found, dataset.about)))
            act.wrote(out)
        act.note(judged_on=day.isoformat(), waiting=found.routes[0].waiting if found.routes else 0)
    chosen = [f.row() for f in found.referrals if not waiting or f.state == WAITS]
    marking, beside = dataset.about.marked, [*caveats(found), *(f"Left out: {loss}." for loss in dataset.losses)]
    if form is Format.csv:
        hand_over(csv_text(_COLUMNS, [tuple(row.values()) for row in chosen]), marking, f"{title(found)}.", *beside)
    elif form is Format.json:
        document = {
            "judged_on": day.isoformat(),
            "recorded": found.recorded,
            "rereferral_days": found.again_days,
            "by_route": [counts.row() for counts in found.routes],
            "not_counted": {"later": found.later, "restricted": found.restricted},
            "review_overdue": found.review_overdue,
            "earlier_may_be_unseen": found.unseen,
            "referrals": chosen,
        }
        hand_over(json.dumps(document, ensure_ascii=False, indent=1) + "\n", marking, *beside)
    else:
        say(marking)
        say(f"{title(found)}.")
        for sentence in sentences(found):
            say(sentence)
        _print(found, chosen[:rows], len(chosen))
        for sentence in beside:
            say(sentence)
        say(marking)
    if out is not None:
        say(f"page: {out}", error=form is not Format.table)


_COLUMNS = ("person_id", "route", "made_on", "state", "days", "late", "outcome", "decided_on", "again_after_days")


def _print(found: Outcomes, shown: list[dict[str, str]], number: int) -> None:
    from ocgnet.views.words.numbers import printed

    say("")
    for counts in found.routes:
        took = "" if counts.median_days is None else f", half of the dated within {counts.median_days:g} days"
        longest = "" if counts.longest_wait is None else f" (longest {counted(counts.longest_wait, 'day')})"
        say(
            f"  {counts.route or 'all'}: {counts.made} made, {counts.waiting} waiting{longest}, {counts.decided} "
            f"decided{took}, {counts.again} again"
        )
    say("")
    for row in shown:
        days = counted(int(row["days"]), "day") if row["days"] else "time not known"
        again = (
            f", {counted(int(row['again_after_days']), 'day')} after an earlier one" if row["again_after_days"] else ""
        )
        came = ": ".join(filter(None, (row["state"], row["outcome"])))
        say(printed(f"  {row['person_id']} {row['route']} of {row['made_on']}: {came}, {days}{again}"))
    if found.routes:
        say(f"{len(shown)} of {number} referrals. All of them: --format csv")
