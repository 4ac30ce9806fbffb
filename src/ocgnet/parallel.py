"""Work done side by side: by threads for what NumPy, Arrow and DuckDB do outside Python, by processes for the rest."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from importlib import import_module
from multiprocessing import connection, get_context, parent_process, resource_tracker
from types import TracebackType
from typing import Any, Self, TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")


def abreast(work: Callable[[Given], Found], items: Iterable[Given]) -> list[Found]:
    """Return what ``work`` makes of each item, in their order; the first error is raised once all are done.

    >>> abreast(len, ["a", "bc"])
    [1, 2]
    """
    with ThreadPoolExecutor() as threads:
        return list(threads.map(work, items))


# Long work on every core: the same answers as on one, sooner.

WORTH = 16
"""Parts from which a process is started; each takes about a quarter of a second, and starting one about a second."""
MOST = 8
"""Processes at most, because each holds a copy of the network."""


class Cores:
    """Does parts of some work in this process and in one more for each further core, and keeps their order.

    Parameters
    ----------
    told : callable
        Told how many parts of how many are done.
    cores : int, optional
        How many to use; default those that this process may run on.

    Notes
    -----
    Unless :meth:`begin` did so before, no process is started for fewer than ``WORTH`` parts, and none where the
    machine refuses: this process then does everything itself. A process that helps ends with this one, however
    this one ends.
    """

    def __init__(self, told: Callable[[int, int], None], cores: int | None = None) -> None:
        self._told = told
        self._cores = min(_own_cores() if cores is None else cores, MOST)
        self._others: _Others | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Let the processes go; when something went wrong, without waiting for what they were doing."""
        if self._others is not None:
            self._others.end(wait=kind is None)

    def begin(self) -> None:
        """Start the other processes now, so that they are ready when there is work for them."""
        self._start(_READY * (self._cores - 1))

    def aside(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Begin a job in another process where one runs; what is returned gives the answer.

        Parameters
        ----------
        function : callable
            A function of a module, which other processes can find by its name.
        *arguments
            What to give it.
        """
        futures = [] if self._others is None else self._start([(function, *arguments)])
        if not futures:
            return partial(function, *arguments)

        def answer() -> Any:
            return function(*arguments) if futures[0].cancel() else self._answer(futures[0], function, *arguments)

        return answer

    def __call__(self, function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
        """Return the answer for each part, in order.

        Parameters
        ----------
        function : callable
            A function of a module, which other processes can find by its name.
        parts : sequence
            What to give it, one at a time.
        """
        futures = self._asked(function, parts)
        found: dict[int, Any] = {}
        # From the end backwards, this process does whatever no other has begun.
        for i in range(len(parts) - 1, -1, -1):
            if not futures or futures[i].cancel():
                found[i] = function(parts[i])
                self._told(len(found) + sum(f.done() and not f.cancelled() for f in futures), len(parts))
        for i, future in enumerate(futures):
            if i not in found:
                found[i] = self._answer(future, function, parts[i])
                self._told(len(found), len(parts))
        return [found[i] for i in range(len(parts))]

    def _asked(self, function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Future[Any]]:
        if len(parts) < (WORTH if self._others is None else 2):
            return []
        return self._start([(function, part) for part in parts])

    def _start(self, jobs: Sequence[tuple[Any, ...]]) -> list[Future[Any]]:
        if self._cores < 2:
            return []
        try:
            if self._others is None:
                self._others = _Others(self._cores - 1)
            return [self._others.ask(*job) for job in jobs]
        except (OSError, NotImplementedError):
            self._cores = 1
            return []

    def _answer(self, future: Future[Any], function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return future.result()
        except BrokenProcessPool:
            # The other process was ended from outside, or could not start: what it had is done here.
            self._cores = 1
            return function(*arguments)


class _Others:
    """Other processes, and for each a hand here which gives it one job at a time.

    A job that no hand has taken up can be taken back. Taken back from the processes' own pool, it would stop that
    pool from telling that one of its processes was ended, and whoever waits for the rest would wait for ever.
    """

    def __init__(self, count: int) -> None:
        # Fresh processes: one that is copied from a process with threads may hang.
        self._pool = ProcessPoolExecutor(count, get_context("spawn"), _prepare)
        self._hands = ThreadPoolExecutor(count, initializer=_without_ctrl_c)

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._hands.submit(self._done, function, *arguments)

    def end(self, *, wait: bool) -> None:
        for pool in (self._hands, self._pool):
            pool.shutdown(wait=wait, cancel_futures=True)

    def _done(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            asked = self._pool.submit(function, *arguments)
        except OSError as error:
            raise BrokenProcessPool from error
        return asked.result()


def _own_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_READY = ((import_module, "ocgnet.views.workbook"), (import_module, "ocgnet.analysis.roles.resampling"))
"""What a process fetches before there is work: the modules of the work."""


def _without_ctrl_c() -> None:
    """Keep Ctrl-C from this thread, and so from the processes that it starts, from their first instant on.

    Python's own tracker of resources lets it through again where it starts, so that comes first.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _prepare() -> None:
    """Leave Ctrl-C to the first process, and end when it is gone; whatever is written is the owner's only."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What goes wrong here is told by the first process; nobody reads a second traceback.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    first = parent_process()
    if first is not None:
        threading.Thread(target=_end_with, args=(first.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    connection.wait([sentinel])
    os._exit(1)
