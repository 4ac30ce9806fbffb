"""Commands about watches: questions asked at each load, what is new, and what somebody decided about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocgnet.audit import log_of
from ocgnet.cli.console import ask_password, hand_over, say
from ocgnet.cli.options import (
    BY,
    FORMAT,
    ON,
    REASON,
    ROWS,
    Format,
    OfRecords,
    again,
    folder_of,
    named_day,
    on_or_today,
    result_file,
)
from ocgnet.cli.review import refuse_unsaid
from ocgnet.errors import OcgnetError, UsageError
from ocgnet.visible import visible

if TYPE_CHECKING:
    from ocgnet.edit import Place
    from ocgnet.queries.watched_rows import Row, State
    from ocgnet.queries.watches import Watch
    from ocgnet.store import Store

app = typer.Typer()
room = typer.Typer(
    help="Questions that are asked at each load: what is new, confirmed or dismissed by whom.", no_args_is_help=True
)
app.add_typer(room, name="watch")

WATCH = Annotated[str, typer.Option("--watch", help="Only this watch.", metavar="NAME")]
ROW = Annotated[str, typer.Argument(help="Id of the row, such as W12.", metavar="ROW", show_default=False)]


class Choice(StrEnum):
    """Which rows are shown."""

    open = "open"
    new = "new"
    start = "start"
    confirmed = "confirmed"
    dismissed = "dismissed"
    gone = "gone"
    all = "all"


def _declared(place: Place, where: Path | str) -> tuple[tuple[Watch, ...], Path, Path]:
    """Return the watches of some records, the file that declares them, and the file of what they found."""
    from ocgnet.queries.watched_rows import home_of
    from ocgnet.queries.watches import read_watches

    file, state = home_of(where, place)
    return read_watches(file), file, state


@room.command(name="list", cls=OfRecords)
def list_watches(ctx: typer.Context) -> None:
    """List the watches of these records: who watches what, when it was last answered, and what waits for a decision."""
    from ocgnet.edit import open_place
    from ocgnet.queries.watched_rows import people_in_rows, read_state
    from ocgnet.views.watches.told_watches import beside, list_line, shown_of

    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    with log_of().outside(folder).act("read") as act:
        watches, file, kept = _declared(place, ctx.obj)
        state = read_state(kept)
        named = people_in_rows(place, (row for _, row in state.rows()), date.today())
        shown = shown_of(watches, state, named, "all")
        act.note(watches=[watch.name for watch in watches])
    if not watches:
        say(f"No watch is declared. {file} declares them; docs/watches.md shows how.")
        return
    say(place.about.marked)
    for _, watch, seen, rows in shown.watches:
        if watch is not None:
            say(visible(list_line(watch, seen, rows)))
    for sentence in beside(shown):
        say(visible(sentence))
    say(f"Declared in {file}. What waits: {again(ctx, 'watch show')}")


@room.command(cls=OfRecords)
def run(ctx: typer.Context, watch: WATCH = "", on: ON = None) -> None:
    """Ask every watch now, and say what is new since it was asked before."""
    from ocgnet.edit import open_place

    where = ctx.obj
    place = open_place(where, ask_password)
    watches, file, kept = _declared(place, where)
    if not watches:
        raise UsageError(f"No watch is declared. Declare one in {file}: docs/watches.md shows how.")
    say(place.about.marked)
    ask_watches(where, place, watches, kept, on_or_today(on), only=watch, noted=named_day(on))
    say(f"Decide with ocgnet watch confirm or dismiss. What waits: {again(ctx, 'watch show')}")


def ask_watches(
    where: Path | str,
    place: Place,
    watches: tuple[Watch, ...],
    kept: Path,
    day: date,
    *,
    only: str = "",
    noted: dict[str, str] | None = None,
) -> None:
    """Ask watches as one act of the log, and say what is new."""
    from ocgnet.queries.watched_rows import people_in_rows, read_state
    from ocgnet.queries.watches import named
    from ocgnet.queries.watching import run_watches
    from ocgnet.views.watches.told_watches import sentences_of

    asked = (named(watches, only),) if only else watches
    with log_of().outside(folder_of(where)).act("query") as act:
        # An erasure looks for people in the file, also where this run is killed.
        act.begins(watches=[watch.name for watch in asked], files=[str(kept.absolute())])
        act.wrote(kept)
        found = run_watches(where, place, asked, kept, day, ask_password)
        rows = [row for name, row in read_state(kept).rows() if any(w.name == name for w in asked)]
        act.note(
            people=sorted(people_in_rows(place, rows, day).people),
            watches=[watch.name for watch in asked],
            new=sum(len(one.new) for one in found),
            not_answered=[one.watch for one in found if one.failed],
            **(noted or {}),
        )
    for sentence in sentences_of(found):
        say(visible(sentence))


def watch_after_load(name: str, store: Store) -> None:
    """Ask the watches of a store that was loaded; whatever goes wrong is said, and the load stays what it is."""
    from ocgnet.edit.stores import place_of_store

    try:
        place = place_of_store(store)
        watches, _, kept = _declared(place, name)
        if watches:
            say(f"Asking {len(watches):,} watches.", error=True)
            ask_watches(name, place, watches, kept, date.today())
    except OcgnetError as error:
        say(f"Watches were not asked, so whether anything is new is not known: {error}")
    except Exception as error:
        # The records are loaded; nothing about watches may make that look otherwise.
        say(f"Watches were not asked, so whether anything is new is not known ({type(error).__name__}).")


@room.command(cls=OfRecords)
def show(
    ctx: typer.Context,
    watch: WATCH = "",
    state: Annotated[Choice, typer.Option("--state", help="Which rows to show.")] = Choice.open,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a page to print into this file.", metavar="FILE.html", callback=result_file),
    ] = None,
    form: FORMAT = Format.table,
    rows: ROWS = 30,
) -> None:
    """Show what watches found: first seen, still there or gone since, decided by whom and why."""
    from ocgnet.edit import open_place
    from ocgnet.files.writing import write_text
    from ocgnet.queries.watched_rows import people_in_rows, read_state
    from ocgnet.queries.watches import named
    from ocgnet.views.watches.told_watches import (
        beside,
        rows_csv,
        rows_json,
        shown_of,
        terminal_lines,
        title_of,
    )
    from ocgnet.views.watches.watches_page import watches_page

    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    with log_of().outside(folder, out).act("export" if out else "read") as act:
        watches, file, kept = _declared(place, ctx.obj)
        found = read_state(kept)
        only = watch if watch in found.watches else named(watches, watch).name if watch else ""
        in_rows = people_in_rows(place, (row for _, row in found.rows()), date.today())
        shown = shown_of(watches, found, in_rows, state.value, only)
        words = {word for row in shown.rows for word in row.words()}
        act.saw(sorted(in_rows.people & words))
        about, today = place.about, date.today()
        if out is not None:
            write_text(out, watches_page(about, shown, today))
            act.wrote(out)
    if not watches and not found.watches:
        say(f"No watch is declared. {file} declares them; docs/watches.md shows how.")
    if out is not None:
        say(visible(f"{title_of(shown, today)}."))
        say(f"page: {out}")
        return
    if form is not Format.table:
        given = rows_csv(shown) if form is Format.csv else rows_json(shown, about.marked)
        hand_over(given, about.marked, *map(visible, beside(shown)))
        return
    say(about.marked)
    say(visible(f"{title_of(shown, today)}."))
    for line in terminal_lines(shown, rows):
        say(visible(line))
    for sentence in beside(shown):
        say(visible(sentence))


@room.command(cls=OfRecords)
def confirm(ctx: typer.Context, row: ROW, by: BY, reason: REASON, on: ON = None) -> None:
    """Record that a row is what the watch looks for, by name and with a reason."""
    from ocgnet.queries.watched_rows import CONFIRM, decide

    made = _decide(ctx, row, by, reason, on, lambda state, day: decide(state, row, CONFIRM, by.strip(), reason, day))
    say(f"{made.id} is confirmed. Undo it with: {again(ctx, 'watch undo', made.id)}")


@room.command(cls=OfRecords)
def dismiss(ctx: typer.Context, row: ROW, by: BY, reason: REASON, on: ON = None) -> None:
    """Record that a row is not what the watch looks for; it stays dismissed until its evidence changes."""
    from ocgnet.queries.watched_rows import DISMISS, decide

    made = _decide(ctx, row, by, reason, on, lambda state, day: decide(state, row, DISMISS, by.strip(), reason, day))
    say(f"{made.id} is dismissed on the evidence {made.fingerprint}. Undo it with: {again(ctx, 'watch undo', made.id)}")


@room.command(name="undo", cls=OfRecords)
def undo_decision(ctx: typer.Context, row: ROW, by: BY, reason: REASON, on: ON = None) -> None:
    """Undo the decision about a row; both stay on record."""
    from ocgnet.queries.watched_rows import undo

    made = _decide(ctx, row, by, reason, on, lambda state, day: undo(state, row, by.strip(), reason, day))
    said = f"{made.decided.decision} again, as before" if made.decided else "not decided"
    say(f"{made.id} is {said}.")


def _decide(
    ctx: typer.Context,
    name: str,
    by: str,
    reason: str,
    on: datetime | None,
    change: Callable[[State, str], tuple[State, Row]],
) -> Row:
    """Change what is decided about a row, as one act of the log."""
    from ocgnet.edit import open_place
    from ocgnet.queries.watched_rows import changing, home_of, people_in_rows, read_state, row_named
    from ocgnet.retention.restriction import refuse_restricted

    refuse_unsaid(by, reason)
    folder, place = folder_of(ctx.obj), open_place(ctx.obj, ask_password)
    day = on_or_today(on)
    with log_of().outside(folder).act("review", by=by, reason=reason) as act:
        _, kept = home_of(ctx.obj, place)
        with changing(kept) as put:
            state = read_state(kept)
            watch, row = row_named(state, name)
            people = people_in_rows(place, [row], day).people
            act.saw(sorted(people))
            act.wrote(kept)
            refuse_restricted(place, people)
            after, made = change(state, day.isoformat())
            if after is not state:
                put(after)
        act.note(watch=watch, row=made.id, before=row.state, after=made.state, evidence=made.fingerprint)
    return made
