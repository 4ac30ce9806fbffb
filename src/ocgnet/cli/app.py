"""The program: its commands, and what happens when one fails."""

from __future__ import annotations

import os
import sys

import typer
from rich.console import Console
from rich.text import Text

from ocgnet import __version__
from ocgnet.cli import analysing, charting, comparing, neo4j, querying, records, runs, synthesising
from ocgnet.errors import OcgnetError

app = typer.Typer(
    name="ocgnet",
    help="Network analysis of organised crime groups: roles, concentration, and the children to safeguard first.",
    epilog="Begin with: ocgnet template mydata, fill in what you have, then ocgnet analyse mydata --out results",
    no_args_is_help=True,
    add_completion=False,
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


for room in (records, analysing, charting, comparing, querying, synthesising, neo4j, runs):
    room.register(app)


def run() -> None:
    """Run one command; print an error as one sentence and leave with its exit code."""
    # Whatever is written holds records of people: nobody but the owner may read it.
    os.umask(0o077)
    try:
        app()
    except OcgnetError as error:
        Console(stderr=True).print(Text(str(error)), soft_wrap=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output closed it, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
