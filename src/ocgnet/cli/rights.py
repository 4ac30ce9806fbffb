"""Commands for the rights of the people concerned: restriction instead of erasure, and its lifting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, say
from ocgnet.cli.naming import PERSON, meant
from ocgnet.cli.options import BY, ON, REASON, OfRecords, again, folder_of, named_day, on_or_today, result_folder
from ocgnet.cli.review import refuse_unsaid, room
from ocgnet.model.columns import RESTRICTED_BECAUSE

if TYPE_CHECKING:
    from ocgnet.retention.restriction import Standing

app = typer.Typer()
app.add_typer(room, name="review")

NAMED = Annotated[str, typer.Argument(help="Id or name of the person.", metavar="PERSON", show_default=False)]
SHOWN = 20
"""How many results made before are listed."""


@room.command(cls=OfRecords)
def restrict(
    ctx: typer.Context,
    named: NAMED,
    because: Annotated[
        str,
        typer.Option(
            help=f"Ground: {'; '.join(f'{word} ({says})' for word, says in RESTRICTED_BECAUSE.items())}.",
            metavar="GROUND",
            show_default=False,
        ),
    ],
    by: BY,
    reason: REASON,
    on: ON = None,
) -> None:
    """Keep a person's record and leave it out of every answer, where the law asks for that instead of erasure."""
    from ocgnet.audit.read import acts
    from ocgnet.edit import open_place
    from ocgnet.retention.derived import made_before
    from ocgnet.retention.restriction import restriction, standing_of

    refuse_unsaid(by, reason)
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    person = meant(place, folder, PERSON, named, "PERSON", reason=reason, restricted=True)
    log, ground = log_of().outside(folder), because.strip().lower()
    with log.act("review", people=[person], by=by, reason=reason) as act:
        with place.alone():
            before = standing_of(place, person)
            place.amend(restriction(before, ground, on_or_today(on)))
        act.note(restricted=person, because=ground, before=_in_words(before), **named_day(on))
    say(
        f"Processing of {person} is restricted: {RESTRICTED_BECAUSE[ground]}. The record is kept and is in no answer "
        f"but that to an access request; {_in_words(before)} until now."
    )
    say(f"Undo it with: {again(ctx, 'review lift', person)}")
    if made := made_before(acts(log.path), person):
        say("Results made before may still name this person. Remove them or make them anew:")
        for path in made[:SHOWN]:
            say(f"    {path}")
        if len(made) > SHOWN:
            say(f"    and {len(made) - SHOWN:,} more; ocgnet log show --person {person} lists them all.")


@room.command(cls=OfRecords)
def lift(ctx: typer.Context, named: NAMED, by: BY, reason: REASON, on: ON = None) -> None:
    """Lift the restriction of a person's record, which takes part in answers again."""
    from ocgnet.edit import open_place
    from ocgnet.retention.restriction import lifting, standing_of

    refuse_unsaid(by, reason)
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    person = meant(place, folder, PERSON, named, "PERSON", reason=reason, restricted=True)
    with log_of().outside(folder).act("review", people=[person], by=by, reason=reason) as act:
        with place.alone():
            before = standing_of(place, person)
            place.amend(lifting(before))
        act.note(lifted=person, before=_in_words(before), **named_day(on))
    say(f"Processing of {person} is not restricted; {_in_words(before)} until now.")


def _in_words(standing: Standing) -> str:
    return (
        f"restricted since {standing.since} ({standing.because or 'no ground'})"
        if standing.restricted
        else "it was not"
    )


MADE_BY = "ocgnet subject-access"


@app.command(name="subject-access", cls=OfRecords)
def subject_access(
    ctx: typer.Context,
    named: NAMED,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the answer.", metavar="DIR", show_default=False, callback=result_folder(MADE_BY)),
    ],
    by: BY,
    reason: REASON,
    on: ON = None,
) -> None:
    """Gather everything held about one person, for the answer to an access request."""
    from ocgnet.audit.chain import key_of
    from ocgnet.audit.read import acts
    from ocgnet.edit import open_place
    from ocgnet.files import writing
    from ocgnet.retention.access_files import PAGE, TABLE, write_access
    from ocgnet.retention.derived import out_of_reach, written_by_ocgnet
    from ocgnet.retention.erase import names_of
    from ocgnet.retention.search import Words, files_in, naming
    from ocgnet.retention.subject_access import access_of, runs_about
    from ocgnet.retention.watch_rows import all_rows

    refuse_unsaid(by, reason)
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    person = meant(place, folder, PERSON, named, "PERSON", reason=reason, restricted=True)
    log = log_of().outside(folder, out)
    before = acts(log.path)
    with log.act("read", people=[person], by=by, reason=reason, what=f"subject-access, into {out}") as act:
        key = key_of(log.path)
        concerning = [told for told in before if told.concerns(person, key)]
        access = access_of(place.texts(), person, concerning, runs_about(place, person), all_rows(ctx.obj, place))
        files = [f for f in files_in(written_by_ocgnet(before)) if out.absolute() not in f.parents]
        holding, unread = naming(files, Words([person, *access.names]))
        unsearched = [*unread, *out_of_reach(before, names_of(ctx.obj, place)), *_ELSEWHERE]
        with writing.result_folder(out, MADE_BY) as partial:
            write_access(partial, access, place.about.marked, on_or_today(on), holding, unsearched)
        act.wrote(*(out / name for name in (PAGE, TABLE)))
        counts = access.counted
        act.note(cells=counts, files_naming=len(holding), **named_day(on))
    say(place.about.marked)
    say(
        f"{counts['give'] + counts['decide'] + counts['withheld']:,} cells are held about {person}: {counts['give']:,} "
        f"about the person, {counts['decide']:,} for you to decide on, {counts['withheld']:,} of others, withheld."
    )
    say(f"{len(holding):,} files made before name the person; {len(unread):,} could not be looked at.")
    say(f"page:       {out / PAGE} (a working copy: read it before anything is given)")
    say(f"table:      {out / TABLE}")


_ELSEWHERE = (
    "forms and lists that others sent, once they were taken in",
    "backups, mail, print, other computers, and the systems that these records come from",
)
