"""The program: its commands, and what happens when one fails."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from ocgnet import __version__
from ocgnet.cli import (
    analysing,
    charting,
    children,
    comparing,
    disclose,
    intake,
    log,
    neo4j,
    profiling,
    querying,
    records,
    refer,
    review,
    role,
    runs,
    synthesising,
)
from ocgnet.errors import OcgnetError
from ocgnet.visible import visible

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


for room in (
    records,
    analysing,
    profiling,
    charting,
    children,
    comparing,
    querying,
    synthesising,
    neo4j,
    runs,
    disclose,
    log,
    refer,
    review,
    role,
    intake,
):
    room.register(app)


def run() -> None:
    """Run one command; print an error as one sentence and leave with its exit code."""
    # Whatever is written holds records of people: nobody but the owner may read it.
    os.umask(0o077)
    # What libraries have to say is for those who write programs, and may hold values.
    logging.lastResort = logging.NullHandler()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Where the caller closed them, what is printed goes nowhere.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the end)
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the end)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its number instead.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
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
        if "Query interrupted" not in str(error):
            raise
        # DuckDB's own answer to Ctrl-C while it is at work.
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


def _complain(sentence: str) -> None:
    Console(stderr=True).print(Text(visible(sentence, keep="\n")), soft_wrap=True)


def _say_no_more() -> None:
    """Let whatever is still to be printed go nowhere, so that ending says nothing a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
