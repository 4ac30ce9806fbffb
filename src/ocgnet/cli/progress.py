"""Says what a command is doing, once it has been doing it for two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

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

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` rows of ``what`` are written."""
        self._progress.update(self._task, description=what, completed=done, total=total)
