"""Counts rows on the terminal while they are written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ocgnet.cli.progress import PATIENCE


class Counted:
    """A bar for whatever is being written, shown once that takes long."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("comparing with the store", total=None)

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` rows of ``what`` are written."""
        self._progress.update(self._task, description=what, completed=done, total=total)

    @contextmanager
    def shown(self) -> Iterator[Counted]:
        """Show the bar after a while, and take it away at the end."""
        timer = threading.Timer(PATIENCE, self._progress.start)
        timer.daemon = True
        if self._progress.console.is_terminal:
            timer.start()
        try:
            yield self
        finally:
            timer.cancel()
            if self._progress.live.is_started:
                self._progress.stop()
