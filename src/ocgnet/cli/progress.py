"""Says what a command is doing, once it has been doing it for two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PATIENCE = 2.0
"""Seconds of silence before a bar appears."""


class Steps:
    """Named steps of one command, timed; a bar on a terminal when they take long.

    Parameters
    ----------
    total : int
        How many steps there will be.
    """

    def __init__(self, total: int) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.perf_counter()
        self._name = ""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("reading", total=total)

    def __call__(self, name: str) -> None:
        """Begin the step ``name``; the one before ends."""
        self._close()
        self._name = name
        self._progress.update(self._task, description=name)

    def so_far(self) -> dict[str, float]:
        """Return seconds by step, the running one included."""
        return self.seconds | {self._name: round(time.perf_counter() - self._began, 3)}

    def _close(self) -> None:
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._began, 3)
            self._progress.advance(self._task)
        self._began = now

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """Show the bar after a while, and take it away at the end."""
        timer = threading.Timer(PATIENCE, self._progress.start)
        timer.daemon = True
        if self._progress.console.is_terminal:
            timer.start()
        try:
            yield self
        finally:
            timer.cancel()
            self._close()
            self._progress.stop()
