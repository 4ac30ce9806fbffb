"""The program: its commands, each fetched when it is asked for, and what happens when one fails."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from ocgnet import __version__
from ocgnet.errors import OcgnetError, OpenLineWarning, UsageError
from ocgnet.visible import visible

COMMANDS = {
    "import": ("importing", "Bring in a force's own exports as they are: into a checked data folder."),
    "template": ("records", "Write empty tables with a dictionary, ready to be filled in."),
    "check": ("records", "Find every problem in the records, in one pass."),
    "load": ("load", "Bring the records of a folder into a store."),
    "analyse": ("analyse", "Answer everything: tables, chart, report and workbook in one folder."),
    "roles": ("analyse", "Print suggested roles beside recorded ones."),
    "concentration": ("analyse", "Print the nominals who carry the largest share of crimes and reports."),
    "communities": ("analyse", "Print the communities found in the ties."),
    "profile": ("profile", "Make the local profile: harm, groups, county lines, vulnerability, in one folder."),
    "juveniles": (
        "profile",
        "List the juveniles who are linked to many serious offences, by name: for those who may see them.",
    ),
    "network": ("analyse", "Draw who has ties with whom, in one page that opens without a network."),
    "children": (
        "analyse",
        "Print the children linked to members of groups: who, how surely, how pressing, and what is not known.",
    ),
    "peers": (
        "peers",
        "Draw who was with exploited children, and where: stops, missing episodes, places, vehicles, in one folder.",
    ),
    "things": (
        "things",
        "Say what joins people besides events: shared things, unattributed numbers, successors, lines, money.",
    ),
    "compare": ("analyse", "Say who changed role between two runs, and why."),
    "query": ("query", "Ask a question of the store: members, pairs, children, reviews due, and what --list shows."),
    "watch": ("watch", "Questions that are asked at each load: what is new, confirmed or dismissed by whom."),
    "synthesise": ("synthesise", "Make up records with known answers, for trying things out."),
    "neo4j": ("neo4j", "Run a Neo4j server on this machine, for yourself only."),
    "runs": ("neo4j", "List the runs that ocgnet analyse --write-back keeps in a store, or remove one."),
    "disclose": ("disclose", "Make a pack about children for one partner: only what that partner needs."),
    "may-share": (
        "may_share",
        "Say what the rules let a recipient see, and why; no records are opened. Exit code 3: nothing of it.",
    ),
    "whose": ("disclose", "Say who is meant by a pseudonym, for whoever holds the key."),
    "log": ("log", "Say who did what with whose records."),
    "refer": ("disclose", "Record a referral and write the pack for its route; a wrong route is refused."),
    "referrals": ("referrals", "Record what came of a referral, and see who waits for how long."),
    "case": ("case", "Show one case on one page, what is overdue first, or list all that are open."),
    "review": ("rights", "Review what is kept, and erase what is not to be kept."),
    "subject-access": ("rights", "Gather everything held about one person, for the answer to an access request."),
    "role": ("review", "Record what a person judged a member's role to be, one at a time."),
    "disruption": ("disruption", "Record disruptions of groups, count them, and look at what came before and after."),
    "prioritise": (
        "prioritise",
        "Rank groups, people and threats by a declared scheme; make the page of a tasking meeting.",
    ),
    "plan": ("plan", "Plans against groups and threats and about people: actions, what is overdue, and the balance."),
    "intake": ("intake", "Take in filled forms, and confirm who is meant on them."),
}
"""Module of each command, and what the list of commands says of it: the first line of the command itself."""


@cache
def fetched(name: str) -> Any:
    """Return a command, or a group of them, whole."""
    return typer.main.get_group(import_module(f"ocgnet.cli.{COMMANDS[name][0]}").app).commands[name]


class Program(TyperGroup):
    """The commands by name; none of their modules is loaded to list them or to complete a name."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {name: TyperCommand(name, help=says) for name, (_, says) in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that is asked for, whole; completing a word looks at no file and no store."""
        name, command, rest = super().resolve_command(ctx, args)
        command = command and fetched(str(name))
        if command and ctx.resilient_parsing:
            _only_words(command)
        return name, command, rest


def _only_words(command: Any) -> None:
    """Let a command complete words alone: what its options refuse is looked at by whoever runs it."""
    for below in getattr(command, "commands", {}).values():
        _only_words(below)
    for option in command.params:
        option.callback = None


app = typer.Typer(
    cls=Program,
    name="ocgnet",
    help="Network analysis of organised crime groups: roles, concentration, and the children to safeguard first.",
    epilog="Begin with: ocgnet template mydata, fill in what you have, then ocgnet analyse mydata --out results",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def program(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    """Network analysis of organised crime groups."""
    if version:
        typer.echo(f"ocgnet {__version__}")
        raise typer.Exit


def _refuse_what_is_no_text(words: Sequence[str]) -> None:
    """Refuse a word of the command that is not UTF-8: it could stand in no log, no document and on no page."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UsageError(
                f"'{visible(word)}' is not UTF-8, so it can be written nowhere. Rename the file or folder, or type the "
                "words again."
            ) from None


def run() -> None:
    """Run one command; print an error as one sentence and leave with its exit code."""
    # Whatever is written holds records of people: nobody but the owner may read it.
    os.umask(0o077)
    # What libraries have to say is for those who write programs, and may hold values.
    logging.lastResort = logging.NullHandler()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Ours are for whoever runs the command, once.
    warnings.simplefilter("once", OpenLineWarning)
    warnings.showwarning = _warn
    # Where the caller closed them, what is printed goes nowhere.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the end)
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the end)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its number instead.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            _refuse_what_is_no_text(sys.argv[1:])
            app()
        finally:
            # A full disk behind the output shows here, while it can still be said.
            sys.stdout.flush()
    except OcgnetError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output closed it, as `head` does.
        _say_no_more()
        sys.exit(0)
    except RuntimeError as error:
        # DuckDB's own answer to Ctrl-C while it is at work, and Python's where a class was being made just then.
        if "Query interrupted" not in str(error) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        raise KeyboardInterrupt from error
    except MemoryError:
        _complain(
            "There is too little memory for these records. Nothing is half written. Close other programs, or choose a "
            "shorter period or fewer groups."
        )
        sys.exit(OcgnetError.exit_code)
    except OSError as error:
        _say_no_more()
        where = f"{error.filename} " if error.filename else "What this command reads or prints "
        _complain(f"{where}cannot be used ({error.strerror or error}). No file is half written.")
        sys.exit(OcgnetError.exit_code)


def _warn(message: Warning | str, category: type[Warning], *place: Any, **_more: Any) -> None:
    """Print a warning of ours as a sentence, and one of a library as Python does."""
    ours = issubclass(category, OpenLineWarning)
    _complain(f"Careful: {message}" if ours else warnings.formatwarning(message, category, *place[:2]))


def _complain(sentence: str) -> None:
    Console(stderr=True).print(Text(visible(sentence, keep="\n")), soft_wrap=True)


def _say_no_more() -> None:
    """Let whatever is still to be printed go nowhere, so that ending says nothing a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
