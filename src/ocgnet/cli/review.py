"""Commands by which a person decides about records: review due, done and erase, role set and show."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say
from ocgnet.cli.naming import GROUP, PERSON, meant
from ocgnet.cli.options import (
    BY,
    FORMAT,
    ON,
    REASON,
    ROWS,
    Format,
    OfRecords,
    day_option,
    folder_of,
    named_day,
    on_or_today,
)
from ocgnet.edit import Changed
from ocgnet.errors import OutputError, UsageError
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.edit import Place
    from ocgnet.retention.erase import Erasure, Proof
    from ocgnet.retention.mention_list import Passage

room = typer.Typer(help="Review what is kept, and erase what is not to be kept.", no_args_is_help=True)
roles = typer.Typer(help="Record what a person judged a member's role to be, one at a time.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="review")
app.add_typer(roles, name="role")

IDENTITY = Annotated[
    str,
    typer.Argument(
        help="Id of the person, or with --report of the report, or what another such option says.",
        metavar="IDENTITY",
        show_default=False,
    ),
]
REPORT = Annotated[bool, typer.Option("--report", help="The id is a report's.")]
THING = Annotated[bool, typer.Option("--thing", help="The id is a thing's, such as a phone or a vehicle.")]


@room.command(cls=OfRecords)
def due(
    ctx: typer.Context,
    on: ON = None,
    as_of: Annotated[
        datetime | None, day_option("Day on which is judged, ahead perhaps; without it the day on which it is done.")
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
) -> None:
    """List people, reports and things whose review date has passed, with what speaks for keeping and for letting go."""
    from ocgnet.edit import open_place
    from ocgnet.english import counted
    from ocgnet.evidence.restricted import in_use, restricted_ids
    from ocgnet.files.writing import csv_text
    from ocgnet.retention.reviews import COLUMNS, reviews_due, row_of
    from ocgnet.views.words.numbers import count

    where: Path | str = ctx.obj
    with log_of().outside(folder_of(ctx.obj)).act("review") as act:
        every = open_place(where, ask_password).dataset()
        dataset, hidden = in_use(every), restricted_ids(every.tables)
        made = on_or_today(on)
        day = as_of.date() if as_of else made
        found = reviews_due(dataset, day)
        act.note(
            people=[d.id for d in found if d.what == "nominal"],
            judged_on=day.isoformat(),
            **named_day(on),
            overdue=len(found),
        )
    people = counted(len(hidden), "person", "people")
    unlisted = (
        [f"Not listed: {people} whose processing is restricted; their reviews are held by hand."] if hidden else []
    )
    if form is Format.csv:
        hand_over(csv_text(COLUMNS, map(row_of, found)), dataset.about.marked, *unlisted)
        return
    if form is Format.json:
        plain = [dict(zip(COLUMNS, row_of(d), strict=True)) for d in found]
        hand_over(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", dataset.about.marked, *unlisted)
        return
    say(dataset.about.marked)
    say(" ".join((f"{count(len(found))} reviews are overdue on {day:%d/%m/%Y}.", *unlisted)))
    for d in found[:rows]:
        named = f"{d.what} {d.id}{f' {d.name}' if d.name else ''}"
        say(visible(f"{named}: due {d.review_due:%d/%m/%Y}, {d.overdue_days} days ago"))
        say(visible(f"    to keep: {'; '.join(d.keep) or 'nothing found'}"))
        say(visible(f"    to go:   {'; '.join(d.go) or 'nothing found'}"))
    if len(found) > rows:
        say(f"{count(rows)} of {count(len(found))} shown. All of them: --format csv")
    say("Keep one with: ocgnet review done ID --until DATE. Let one go with: ocgnet review erase ID")


@room.command(cls=OfRecords)
def done(
    ctx: typer.Context,
    named: IDENTITY,
    by: BY,
    reason: REASON,
    until: Annotated[datetime, day_option("Day of the next review.")],
    report: REPORT = False,
    thing: THING = False,
    on: ON = None,
) -> None:
    """Record that a person, report or thing was reviewed and is kept until another day."""
    from ocgnet.edit import Change, open_place
    from ocgnet.edit.change import rows_of
    from ocgnet.model import PERSON_TABLES
    from ocgnet.retention.reviews import WHAT

    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    refuse_unsaid(by, reason)
    kind, of_record = _what(report=report, thing=thing), report or thing
    identity = named if of_record else meant(place, folder, PERSON, named, "ID", reason=reason)
    log = log_of().outside(folder)
    with log.act("review", people=[] if of_record else [identity], by=by, reason=reason) as act:
        day = until.date()
        with place.alone():
            keys = {"report": {"intel_reports": "report_id"}, "thing": {"things": "thing_id"}}.get(kind, PERSON_TABLES)
            dates = {
                name: _day(rows[0]["review_due"])
                for name, key in keys.items()
                if (rows := rows_of(place.look_up(name, key, [identity])))
            }
            if not dates:
                raise UsageError(f"There is no {kind} {identity} in these records.")
            before = min(filter(None, dates.values()), default=None)
            # One that was killed when it was recorded already is finished.
            if day != before and day <= max(filter(None, (before, on_or_today(on)))):
                raise UsageError(f"{day:%d/%m/%Y} is not after the review that is due, or not ahead. Give a later day.")
            for table, column in (("intel_links", "report_id"), ("thing_links", "thing_id")) if of_record else ():
                if column in keys.values():
                    act.saw(link["person_id"] for link in rows_of(place.look_up(table, column, [identity])))
            # Somebody who stands in several tables is one person with one next review.
            next_review = {"review_due": day.isoformat()}
            edits = {name: [({keys[name]: identity}, next_review)] for name, given in dates.items() if given != day}
            place.amend(Change(edit=edits))
        act.note(
            kept=f"{kind if of_record else WHAT[next(iter(dates))]} {identity}",
            before=before.isoformat() if before else "none",
            next_review=day.isoformat(),
            **named_day(on),
        )
    earlier = f"until then it was {before:%d/%m/%Y}" if before else "there was none before"
    say(f"{identity} is kept; the next review is due on {day:%d/%m/%Y} ({earlier}).")


def _day(text: str) -> date | None:
    """Return the day of a cell, None where it is blank or no day."""
    from ocgnet.model import TABLES
    from ocgnet.sources.cells import CellError, read_cell

    try:
        day: date | None = read_cell(TABLES["nominals"].column("review_due"), text) if text else None
    except CellError:
        return None
    return day


MENTIONS = Annotated[
    Path | None,
    typer.Option(
        help="List of passages of texts that may mean the person: written when the file does not exist, and taken back "
        "with a decision (replace or keep) for each.",
        metavar="FILE",
    ),
]


@room.command(cls=OfRecords)
def erase(
    ctx: typer.Context,
    identity: IDENTITY,
    by: BY,
    reason: REASON,
    report: REPORT = False,
    authority: Annotated[
        bool,
        typer.Option("--authority", help="It is the reference of an authority: all rows obtained under it go."),
    ] = False,
    mentions: MENTIONS = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or file of yours to clear and search as well; may be repeated.", metavar="PATH"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    on: ON = None,
) -> None:
    """Remove a person, a report or all rows of an authority from the records and what was made of them; prove it."""
    from ocgnet.audit.chain import key_of
    from ocgnet.audit.erased import THINGS, remember
    from ocgnet.audit.given import forget
    from ocgnet.audit.log import command_line
    from ocgnet.audit.read import acts
    from ocgnet.edit import open_place
    from ocgnet.retention.erase import ERASED, LOOKING_UP, elsewhere, erased_before, erasure_in, undecided_in
    from ocgnet.retention.erase import erase as erase_everywhere
    from ocgnet.retention.mention_list import read_list
    from ocgnet.retention.mentions import concealing

    where: Path | str = ctx.obj
    refuse_unsaid(by, reason)
    what = _what(report=report, authority=authority)
    named = [] if authority else [identity]
    log = log_of().outside(folder_of(where), *(also or ()))
    # Looking up who is to be erased is an act of its own, told without the reason: that may hold a name, and which
    # words are names is known only afterwards.
    with log.act("erase", people=named, by=by, what=LOOKING_UP, reason="to erase") as act:
        told = acts(log.path)
        # One that was killed when the records were done already is finished: they no longer know the id.
        before = erased_before(told, identity, key_of(log.path)) if named else None
        decisions = read_list(mentions) if mentions is not None and mentions.exists() else {}
        place = open_place(where, ask_password)
        lenient = not authority and (bool(also) or before is not None)
        erasure = erasure_in(place.texts(), what, identity, decisions, lenient=lenient, about=place.about)
        others = elsewhere(where, erasure, also or (), told, decisions)
        passages = undecided_in([erasure, *others.values()])
        if passages and mentions is not None and not mentions.exists() and not dry_run:
            _write_mentions(mentions, passages, place.about.marked)
            act.wrote(mentions)
        act.note(erased="nothing yet" if not dry_run else "nothing, a trial run")
    if dry_run:
        for line in _rows_said(erasure.change.counted()):
            say(line)
        _say_passages(erasure, passages)
        say("Nothing was changed.")
        return
    if passages:
        _say_passages(erasure, passages)
        raise UsageError(_undecided(passages, mentions, decided=bool(decisions)))
    # Names are known now, in whichever way they are written.
    conceal = concealing(erasure.mentions, ERASED)
    # Of one that was begun before, which words of the reason are names is no longer known; then it was.
    finished = before if before is not None and not erasure.change.tables else None
    reason_told = finished.reason if finished else conceal(reason)
    typed = conceal(command_line())
    named = named or sorted({row["person_id"] for row in erasure.change.drop.get("thing_links", ())})
    with log.act("erase", people=named, by=by, reason=reason_told, what=typed, conceal=erasure.words) as act:
        # Before the records no longer know them, also where this run is killed.
        remember(log.path, *erasure.things_to_remember, of=THINGS)
        proof = erase_everywhere(where, erasure, also or (), told, ask_password, others=others, list_file=mentions)
        if authority:
            _no_row_left(open_place(where, ask_password), identity, proof, str(where))
        else:
            remember(log.path, identity)
        act.note(
            erased=what,
            summaries=forget(log.path, identity) if what == "person" else 0,
            rows={name: vars(c) for rows in proof.changed.values() for name, c in rows.items()},
            places=len(proof.changed),
            files_removed=len(proof.removed),
            runs_removed=len(proof.runs),
            files_searched=len(proof.looked),
            found_again=len(proof.remains),
            not_searched=len(proof.unsearched),
            passages_replaced=erasure.replaced,
            passages_kept=[f"{p.table}.{p.column}: {conceal(why)}" for p, why in erasure.kept],
            **named_day(on),
        )
    _say_proof(proof, erasure, log.path)


def _what(**given: bool) -> str:
    chosen = [what for what, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise UsageError(f"Give one of {' and '.join(f'--{what}' for what in chosen)}. Nothing was changed.")
    return chosen[0] if chosen else "person"


def _no_row_left(place: Place, ref: str, proof: Proof, where: str) -> None:
    """Tell the proof of rows that are still held under a reference."""
    from ocgnet.retention.authorities import held_by_authority

    left = held_by_authority(place.texts(), place.about).get(ref.strip(), {})
    proof.remains += [f"{where}: {rows:,} rows of {name} under {ref}" for name, rows in left.items()]


@room.command(cls=OfRecords)
def authorities(ctx: typer.Context) -> None:
    """List under which authority how many rows of which table are held."""
    from ocgnet.edit import open_place
    from ocgnet.retention.authorities import held_by_authority

    with log_of().outside(folder_of(ctx.obj)).act("review") as act:
        place = open_place(ctx.obj, ask_password)
        held = held_by_authority(place.texts(), place.about)
        act.note(authorities=sum(bool(ref) for ref in held))
    say(place.about.marked)
    for ref, rows in held.items():
        tables = ", ".join(f"{name} {count:,}" for name, count in rows.items())
        say(visible(f"{ref or 'no authority'}: {tables}"))
    if not held:
        say("No row of these records is of a kind that is obtained under an authority.")
    say("Erase what was obtained under one with: ocgnet review erase REFERENCE --authority")


def _write_mentions(path: Path, passages: list[Passage], marking: str) -> None:
    from ocgnet.retention.mention_list import write_list

    if path.suffix.lower() != ".csv":
        raise UsageError(f"{path}: give the list a name that ends in .csv. Nothing was changed.")
    write_list(path, passages, marking)


def _undecided(passages: list[Passage], mentions: Path | None, *, decided: bool) -> str:
    many = "1 passage" if len(passages) == 1 else f"{len(passages):,} passages"
    may = f"{many} in texts may mean who is to be erased. Nothing was changed. "
    if mentions is None:
        return (
            f"{may}Let the same command write them into a list with --mentions FILE.csv, decide about each, and give "
            "the list back."
        )
    if decided:
        return (
            f"{may}{mentions} does not decide about them: complete it, or name a new file, into which all of them are "
            "written."
        )
    return (
        f"{may}They stand in {mentions}: write replace or keep into its first column, for keep a reason into the "
        "second, and give the same command again. The list names people; it is removed once the erasure is made."
    )


_SHOWN = 10
"""Passages told on the terminal; the list holds all."""


def _say_passages(erasure: Erasure, passages: list[Passage]) -> None:
    if erasure.replaced:
        say(f"Names replaced in texts: {erasure.replaced:,}")
    for passage in passages[:_SHOWN]:
        say(f"    may mean them: {passage.told()}")
    if len(passages) > _SHOWN:
        say(f"    and {len(passages) - _SHOWN:,} more")


def _say_proof(proof: Proof, erasure: Erasure, log: Path) -> None:
    for name, rows in proof.changed.items():
        say(f"{name}:")
        for line in _rows_said(rows) or ["    nothing to change"]:
            say(line)
    for path in proof.removed:
        say(f"Removed {path}")
    for run in proof.runs:
        say(f"Removed run {run} from the store; write the analysis back again.")
    if erasure.replaced:
        say(f"Replaced in texts: {erasure.replaced:,} passages.")
    for passage, why in erasure.kept:
        say(visible(f"Kept by decision: {passage.told()}: {why}"))
    _say_search(proof, erasure, log)
    if proof.remains:
        for place in proof.remains:
            say(f"STILL FOUND {place}")
        raise OutputError("The records are erased, and the places above still name them. Clear those by hand.")
    files = f"{len(proof.looked):,} files{' and the store' if proof.graph else ''}"
    if proof.unsearched:
        say(f"Found in none of the {files} that were searched; the places marked NOT SEARCHED were not looked at.")
    else:
        say(f"Found nowhere in {files}.")


def _say_search(proof: Proof, erasure: Erasure, log: Path) -> None:
    names = " and the names" if len(erasure.words) > 1 else ""
    things = " and what identifies things that went" if erasure.things else ""
    say(f"Searched for {'no id' if erasure.what == 'authority' else 'the id'}{names}{things} in:")
    for line in proof.graph:
        say(f"    {line}")
    for looked in proof.looked:
        say(f"    {looked.path} ({looked.how})")
    if not erasure.change.tables:
        say(f"The records hold no such {erasure.what}, so names are not known: only the id was searched for.")
    say("Not searched for:")
    for line in erasure.unsought():
        say(f"    {line}")
    say(f"Not searched: the log {log}, whose earlier lines stay as they were; backups, mail, print, other computers.")
    for line in proof.unsearched:
        say(visible(f"NOT SEARCHED {line}"))


def refuse_unsaid(by: str, reason: str) -> None:
    """Refuse an act of which nobody says who decided it and why."""
    if not by.strip() or not reason.strip():
        raise UsageError("Say who decided it and why: --by NAME --reason TEXT.")


def _rows_said(rows: dict[str, Changed]) -> list[str]:
    parts = []
    for name, changed in rows.items():
        said = [f"{n:,} {word}" for n, word in ((changed.dropped, "removed"), (changed.edited, "changed")) if n]
        parts.append(f"    {name}: {', '.join(said)}")
    return parts


NOMINAL = Annotated[str, typer.Argument(help="Id or name of the nominal.", metavar="NOMINAL", show_default=False)]


@roles.command(name="set", cls=OfRecords)
def set_role(
    ctx: typer.Context,
    person: NOMINAL,
    group: Annotated[str, typer.Argument(help="Id or name of the group.", metavar="OCG", show_default=False)],
    role: Annotated[
        str, typer.Argument(help="principal, significant, peripheral or not_assessed.", show_default=False)
    ],
    by: BY,
    reason: REASON,
    on: ON = None,
) -> None:
    """Record a role; the one before is kept with its last day."""
    from ocgnet.edit import open_place
    from ocgnet.edit.recorded_roles import memberships_of, role_change
    from ocgnet.retention.restriction import refuse_restricted

    if not reason.strip():
        raise UsageError("Say why the role changes: --reason TEXT.")
    folder = folder_of(ctx.obj)
    place, log = open_place(ctx.obj, ask_password), log_of().outside(folder)
    nominal = meant(place, folder, PERSON, person, "NOMINAL", reason=reason)
    ocg = meant(place, folder, GROUP, group, "OCG", reason=reason)
    with log.act("role", people=[nominal], by=by, reason=reason) as act:
        day = on_or_today(on)
        with place.alone():
            refuse_restricted(place, [nominal])
            old, change = role_change(memberships_of(place, nominal, ocg), nominal, ocg, role, by, day)
            place.amend(change)
            judged = place.about.as_of
        act.note(nominal=nominal, ocg=ocg, before=old.role, after=role, holds_from=day.isoformat())
    say(f"{nominal} is recorded as {role} in {ocg} from {day:%d/%m/%Y}, judged by {by}; until then {old.role}.")
    if judged is not None and judged < day:
        say(f"These records are judged on {judged:%d/%m/%Y}, before that day, so analyses show it with --as-of {day}.")


@roles.command(cls=OfRecords)
def show(ctx: typer.Context, person: NOMINAL) -> None:
    """Print the history of somebody's recorded roles, with the reasons that this computer's log holds."""
    from ocgnet.audit.read import acts
    from ocgnet.edit import open_place
    from ocgnet.edit.recorded_roles import memberships_of, roles_held
    from ocgnet.retention.restriction import refuse_restricted

    folder = folder_of(ctx.obj)
    place, log = open_place(ctx.obj, ask_password), log_of().outside(folder)
    nominal = meant(place, folder, PERSON, person, "NOMINAL")
    with log.act("read", people=[nominal]):
        refuse_restricted(place, [nominal])
        held = roles_held(memberships_of(place, nominal), nominal)
    reasons = {
        (str(told.facts.get("ocg")), str(told.facts.get("holds_from")), str(told.facts.get("after"))): told.reason
        for told in acts(log.path)
        if told.kind == "role" and told.end == "done" and told.facts.get("nominal") == nominal
    }
    say(place.about.marked)
    if not held:
        say(f"{nominal} is not recorded as a member of any group.")
    for row in held:
        begin = f"{row.from_date:%d/%m/%Y}" if row.from_date else "an unknown day"
        end = f"to {row.to_date:%d/%m/%Y}" if row.to_date else "until now"
        judged = f", judged by {row.assessed_by or 'nobody named'}"
        judged += f" on {row.assessed_on:%d/%m/%Y}" if row.assessed_on else ""
        why = reasons.get((row.ocg_id, row.from_date.isoformat() if row.from_date else "", row.role), "")
        say(visible(f"{row.ocg_id}  {row.role:12} from {begin} {end}{judged}{f': {why}' if why else ''}"))
