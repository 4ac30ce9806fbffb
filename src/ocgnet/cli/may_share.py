"""The command that says what the rules of sharing allow; it opens no records."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ocgnet.cli.console import hand_over, say
from ocgnet.cli.disclose import OWN_RECIPIENTS
from ocgnet.cli.options import FORMAT, OWN_SETTINGS, Format, with_own
from ocgnet.errors import UsageError

app = typer.Typer()

REFUSED = 3
"""Exit code where one recipient was asked about and receives nothing of it."""


@app.command("may-share")
def may_share(
    to: Annotated[
        str,
        typer.Option(help="Recipient or route, such as education or mash; without it all of them.", metavar="NAME"),
    ] = "",
    what: Annotated[
        str,
        typer.Option(
            help="What it is about: aces, missing, parents, or a column such as child_aces.status.", metavar="WORDS"
        ),
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the words that --what takes.")] = False,
    pseudonymise: Annotated[bool, typer.Option("--pseudonymise", help="As in a pack whose ids are replaced.")] = False,
    form: FORMAT = Format.table,
    own_recipients: OWN_RECIPIENTS = None,
    own_settings: OWN_SETTINGS = None,
) -> None:
    """Say what the rules let a recipient see, and why; no records are opened. Exit code 3: nothing of it."""
    from ocgnet.casework.may_share import NO, all_words, answers, said, topic_of
    from ocgnet.casework.recipients import sharing_rules
    from ocgnet.files.writing import csv_text
    from ocgnet.settings import Settings

    if listed:
        for word, others, says in all_words():
            say(f"{word}: {says}{f' ({others})' if others else ''}")
        return
    if not what.strip():
        raise UsageError("Say with --what what it is about, such as --what aces. All words: ocgnet may-share --list.")
    rules, settings = sharing_rules(own_recipients), with_own(Settings(), own_settings, None)
    found = answers(rules, topic_of(what), settings, to, pseudonymised=pseudonymise)
    rows = [answer.row() for answer in found]
    if form is Format.csv:
        hand_over(csv_text(list(rows[0]), [tuple(row.values()) for row in rows]))
    elif form is Format.json:
        hand_over(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    elif to.strip():
        for sentence in said(found[0]):
            say(sentence)
    else:
        _print(rows, found[0].topic.says)
    if rules.file:
        say(f"recipients:  {rules.file}", error=form is not Format.table)
    if to.strip() and found[0].verdict == NO:
        raise typer.Exit(REFUSED)


def _print(rows: list[dict[str, str]], what: str) -> None:
    from ocgnet.casework.may_share import NOT_JUDGED

    wide = max(len(row["to"]) for row in rows)
    say(f"Who may receive {what}:")
    for row in rows:
        more = row["columns"].replace("|", ", ")
        say(f"  {row['to']:<{wide}}  {row['answer']:<4}  {more}")
    if why := {row["because"] for row in rows} if not any(row["columns"] for row in rows) else set():
        say(f"why: {min(why, key=len)}.")
    say("only: a part of it, or under conditions. Each with its reasons and conditions: --to NAME, or --format csv.")
    say(NOT_JUDGED)
