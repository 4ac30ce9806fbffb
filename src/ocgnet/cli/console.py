"""What a command says: to whoever runs it, to the program that reads its output, to the log, and while it works."""

from __future__ import annotations

import getpass
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from ocgnet.audit import Act, log_of
from ocgnet.audit.log import ASKED
from ocgnet.dataset import Dataset
from ocgnet.visible import visible


def hand_over(text: str, *beside: str) -> None:
    """Give text to the program that reads the output, in UTF-8 everywhere; whoever runs the command sees ``beside``.

    A table for a program has no room for the marking, nor for what was left out.
    """
    sys.stdout.buffer.write(text.encode("utf-8"))
    for line in beside:
        say(line, error=True)


def say(text: str, *, error: bool = False) -> None:
    """Print one sentence, wrapped by the terminal and never cut; what a record holds cannot act there."""
    Console(stderr=error).print(Text(visible(text, keep="\n")), soft_wrap=True)


def screen() -> Console:
    """Return where tables go: the terminal, or, where the output goes elsewhere, a hundred columns."""
    there = Console()
    return there if there.is_terminal or "COLUMNS" in os.environ else Console(width=100)


def ask_password(prompt: str) -> str:
    """Ask for a password without showing it; empty when nobody is at the keyboard."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else ""


PATIENCE = 2.0
"""Seconds of silence before a bar appears."""


class _Bar:
    """A bar that a terminal shows after a while, and nothing anywhere else."""

    def __init__(self, first: str, total: int | None, *columns: ProgressColumn) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            *columns,
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(first, total=total)

    def _ended(self) -> None:
        """Do what is due before the bar goes."""

    @contextmanager
    def shown(self) -> Iterator[Self]:
        """Show the bar after a while, and take it away at the end."""
        timer = threading.Timer(PATIENCE, self._progress.start)
        timer.daemon = True
        if self._progress.console.is_terminal:
            timer.start()
        try:
            yield self
        finally:
            timer.cancel()
            self._ended()
            # Stopping what never started would print an empty line.
            if self._progress.live.is_started:
                self._progress.stop()


class Steps(_Bar):
    """Named steps of one command, timed.

    Parameters
    ----------
    total : int
        How many steps there will be.
    """

    def __init__(self, total: int) -> None:
        super().__init__("reading", total)
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()
        self._name = ""

    def __call__(self, name: str) -> None:
        """Begin the step ``name``; the one before ends."""
        self._ended()
        self._name = name
        self._progress.update(self._task, description=name)

    def part(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` parts of some work within the step are done."""
        self._progress.update(self._task, description=f"{self._name}: {done} of {total} parts")

    def so_far(self) -> dict[str, float]:
        """Return seconds by step, the running one included."""
        return self.seconds | {self._name: round(time.perf_counter() - self._began, 3)}

    def _ended(self) -> None:
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._began, 3)
            self._progress.advance(self._task)
        self._began = now


class Counted(_Bar):
    """How many rows of whatever is being written are written."""

    def __init__(self) -> None:
        super().__init__("comparing with the store", None, MofNCompleteColumn())
        self._waited = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` rows of ``what`` are written; without any, what is waited for, once."""
        if not total and what != self._waited:
            self._waited = what
            say(f"{what}.", error=True)
        self._progress.update(self._task, description=what, completed=done, total=total)


def ask_reason(kind: str) -> str:
    """Ask for the reason of an act that was given none; empty when nobody is at the keyboard."""
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt(f"Reason for this ({kind}), which the log keeps", default="", show_default=False, err=True))


# Whatever a command tells the log, its policy may want the reason of.
ASKED.set(ask_reason)

_ACT: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def recorded(kind: str, *places: Path | None, what: str = "") -> Iterator[Act]:
    """Run a command as one act of the log; without the log it does not run.

    Parameters
    ----------
    kind : str
        Kind of act.
    *places : Path or None
        Folders and files of records or results: the log may not stand in them.
    what : str
        What the log says instead of the command line.
    """
    with log_of().outside(*places).act(kind, what=what) as act:
        token = _ACT.set(act)
        try:
            yield act
        finally:
            _ACT.reset(token)


def tell_people(dataset: Dataset) -> None:
    """Tell the log whose records the running command has read, before it shows or writes anything of them."""
    from ocgnet.audit.read import people_in

    with _running() as act:
        act.saw(people_in(dataset))


def tell_file(file: Path) -> None:
    """Tell the log of a file that the running command wrote, which may name people."""
    with _running() as act:
        act.wrote(file)


@contextmanager
def _running() -> Iterator[Act]:
    """Give the act that is under way; outside of any, an act of reading."""
    if (act := _ACT.get()) is not None:
        yield act
    else:
        with recorded("read") as act:
            yield act
