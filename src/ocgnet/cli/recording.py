"""Telling the log what a command does, in one place for all commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ocgnet.audit import Act, log_of
from ocgnet.dataset import Dataset

_ACT: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def recorded(kind: str, *places: Path | None) -> Iterator[Act]:
    """Run a command as one act of the log; without the log it does not run.

    Parameters
    ----------
    kind : str
        Kind of act.
    *places : Path or None
        Folders and files of records or results: the log may not stand in them.
    """
    with log_of().outside(*places).act(kind) as act:
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
