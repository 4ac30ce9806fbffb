"""Commands about the log: where it is, what it tells, whether it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ocgnet.audit import KINDS, Act, log_of, log_path
from ocgnet.audit.chain import key_of
from ocgnet.audit.log import VARIABLE
from ocgnet.audit.policy import FILE, policy
from ocgnet.audit.read import COLUMNS, Told, acts
from ocgnet.audit.verify import verify as verdict_on
from ocgnet.cli.console import hand_over, recorded, say
from ocgnet.cli.options import FORMAT, ROWS, Format, day_option, result_file
from ocgnet.dataset import DEFAULT_MARKING
from ocgnet.errors import LogError, UsageError
from ocgnet.files.writing import csv_text, write_csv, write_marked
from ocgnet.views.words.numbers import count
from ocgnet.visible import visible

room = typer.Typer(help="Say who did what with whose records.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(room, name="log")

PERSON = Annotated[str, typer.Option(help="Only acts about this person; erasures too.", metavar="ID")]
KIND = Annotated[str, typer.Option(help=f"Only acts of this kind: {', '.join(KINDS)}.", metavar="KIND")]
SINCE = Annotated[datetime | None, day_option("Only acts from this day on, UTC.", judge=None)]


@room.command()
def path() -> None:
    """Print where the log is, on one line."""
    file = log_path()
    typer.echo(str(file))
    if (named := os.environ.get(VARIABLE)) and file == policy().log:
        say(f"{VARIABLE} names {named}, which is not followed: {FILE} lays the place down.", error=True)


@room.command()
def head() -> None:
    """Print number and hash of the last line: note them elsewhere, so that nobody can rewrite the log unnoticed."""
    if not (last := verdict_on(log_path()).head):
        raise LogError(f"{log_path()} has no lines yet, so there is no head to note.")
    typer.echo(last)


@room.command()
def show(
    person: PERSON = "", kind: KIND = "", since: SINCE = None, form: FORMAT = Format.table, rows: ROWS = 30
) -> None:
    """Print what was done, the latest last; csv and json give all acts with everybody's ids."""
    with _looking("read") as act:
        chosen = _chosen(person, kind, since)
        if act:
            act.note(people=[person] if person else [], acts=len(chosen))
    if form is Format.csv:
        table = ([told.row(ids=True)[c] for c in COLUMNS] for told in chosen)
        hand_over(csv_text(COLUMNS, table))
    elif form is Format.json:
        hand_over(_json(chosen))
    else:
        _print(chosen, rows)


@room.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head that was noted elsewhere, as ocgnet log head prints it.", metavar="NUMBER:HASH"),
    ] = None,
) -> None:
    """Look for lines that were changed, removed, moved or put in; leave with 1 when there are any."""
    verdict = verdict_on(log_path(), head or ())
    for found in verdict.faults:
        say(f"{'FAULT':6}{found}")
    for found in verdict.notes:
        say(f"{'note':6}{found}")
    if verdict.faults:
        say(f"{log_path()} was meddled with: {len(verdict.faults):,} faults in {verdict.lines:,} lines.")
        raise typer.Exit(LogError.exit_code)
    if not verdict.lines:
        say(f"No line stands in {log_path()}: nothing was logged here, or the log was removed whole. A head that was "
            "noted elsewhere tells which: ocgnet log verify --head NUMBER:HASH")  # fmt: skip
        return
    say(f"{log_path()} is whole: {verdict.lines:,} lines. Its head is {verdict.head or 'not there yet'}")


@room.command()
def export(
    file: Annotated[
        Path,
        typer.Argument(help="File to write, ending in .csv or .json.", show_default=False, callback=result_file),
    ],
    person: PERSON = "",
    kind: KIND = "",
    since: SINCE = None,
) -> None:
    """Write acts with everybody's ids to a file."""
    ending = file.suffix.lower()
    if ending not in (".csv", ".json"):
        raise UsageError(f"{file} is neither .csv nor .json. Name a file with one of these endings.")
    with _looking("export", file) as act:
        chosen = _chosen(person, kind, since)
        if act:
            act.note(people=[person] if person else sorted({p for told in chosen for p in told.people}))
        if ending == ".csv":
            table = ([told.row(ids=True)[c] for c in COLUMNS] for told in chosen)
            write_csv(file, COLUMNS, table, for_excel=True, marking=DEFAULT_MARKING)
        else:
            write_marked(file, _json(chosen), DEFAULT_MARKING)
        if act:
            act.wrote(file)
    say(f"{file} holds {len(chosen):,} acts.")


@contextmanager
def _looking(kind: str, *places: Path) -> Iterator[Act | None]:
    """Look at the log as an act of its own; an account that may only read it looks all the same, which is said."""
    file = log_path()
    if not file.exists() or os.access(file, os.W_OK):
        with recorded(kind, *places) as act:
            yield act
        return
    say(f"This account may only read {file}, so this look at it stands nowhere in it.", error=True)
    yield None


def _chosen(person: str, kind: str, since: datetime | None) -> list[Told]:
    if kind and kind not in KINDS:
        raise UsageError(f"--kind knows no '{kind}'; it takes {', '.join(KINDS)}.")
    log = log_of()
    key = None
    try:
        key = key_of(log.path) if person else None
    except LogError as error:
        say(f"Erasures of {person} are not looked for. {error}", error=True)
    begin = since.date().isoformat() if since else ""
    return [
        told
        for told in acts(log.path)
        if (not person or told.concerns(person, key)) and (not kind or told.kind == kind) and told.at >= begin
    ]


def _json(chosen: list[Told]) -> str:
    plain = [vars(told) | {"people": sorted(told.people), "erased": sorted(told.erased)} for told in chosen]
    text = json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
    # A path that is no text is written as JSON spells it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _print(chosen: list[Told], rows: int) -> None:
    for told in chosen[-rows:]:
        row = told.row(ids=False)
        heading = f"{told.number:>6}  {told.at[:19]}Z  {told.kind:8} {told.end or 'no end':7} {told.by}"
        if told.account != told.by:
            heading += f" (account {told.account})"
        say(visible(f"{heading}, {count(len(told.people) + len(told.erased))} people"))
        for name in ("what", "recipient", "reason", "facts", "why"):
            if row[name]:
                say(visible(f"{'':8}{name + ':':11}{row[name]}"))
    say(f"{count(min(rows, len(chosen)))} of {count(len(chosen))} acts in {log_path()}")
