"""Reading what is an ordinary file and nothing else, and noticing when it changes while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from ocgnet.errors import SourceError

LARGEST = 4_000_000_000
"""Bytes of one file that is read whole; a table takes about twice its size in memory."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True)
class Stamp:
    """What changes when somebody else writes to a file or puts another in its place."""

    device: int
    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp of a file; a link counts as what it leads to."""
        return cls.from_stat(path.stat())

    @classmethod
    def from_stat(cls, status: os.stat_result) -> Stamp:
        """Return the stamp that the operating system's answer holds."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def refusal(path: Path) -> str | None:
    """Return why a path cannot be read as a file, as the end of a sentence; None for an ordinary file.

    A pipe or a device is never opened: reading it might wait, or go on, for ever.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return "is a link that leads nowhere" if path.is_symlink() else "does not exist"
    except OSError as error:
        return "is a link that leads to itself" if path.is_symlink() else f"cannot be read ({error.strerror or error})"
    for is_kind, what in _KINDS:
        if is_kind(status.st_mode):
            return f"is {what} and no file"
    if status.st_size > LARGEST:
        return f"holds {status.st_size / 1e9:.1f} GB, more than one file may ({LARGEST / 1e9:g} GB)"
    return None


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open an ordinary file for reading, and refuse at the end what changed meanwhile.

    Half of one export and half of the next would be wrong without a trace.
    """
    if why := refusal(path):
        raise SourceError(f"{path} {why}. Put the table itself in its place.")
    try:
        # Should a pipe have taken the file's place since, opening it must not wait for a writer.
        with open(path, "rb", opener=_without_waiting) as file:
            before = Stamp.from_stat(os.fstat(file.fileno()))
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{path} is no ordinary file. Put the table itself in its place.")
            yield file
            if before != Stamp.of(path):
                raise SourceError(changed(path))
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error


def changed(path: Path) -> str:
    """Say that a file changed while it was read."""
    return f"{path} was changed while it was read. Wait until whoever writes it is done, then run the command again."


def read_small(path: Path, most: int) -> bytes:
    """Return the bytes of an ordinary file that a person wrote; ``SourceError`` when it has more than ``most``.

    A device or a pipe may go on for ever, and a long file may be anything.
    """
    if (why := refusal(path)) is not None:
        raise SourceError(f"{path} cannot be read: it {why}. Name the file itself.")
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error
    if len(data) > most:
        raise SourceError(f"{path} holds over {most / 1e6:g} MB, far more than what belongs there. Name another file.")
    return data


def small_text(path: Path, most: int) -> str:
    """Return a small file as text without its byte order mark, as :func:`read_small`; also when it is no UTF-8."""
    try:
        return read_small(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} cannot be read as UTF-8 text ({error}). Save it as UTF-8.") from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
