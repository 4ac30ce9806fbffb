"""Opening what is an ordinary file and nothing else, and noticing when it changes while it is read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from ocgnet.errors import SourceError
from ocgnet.files.writing import to_disk

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


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


# Several files of a folder changed as one: staged beside them, named in a journal, moved in place.
#
# ::
#
#     mydata/.ocgnet-amend/memberships.csv    the new file, whole
#                          journal.json       its presence decides: from here on the change has happened
#
# A process that ends before the journal stands has changed nothing; one that ends after it leaves the
# moves to whoever opens the folder next, for reading or changing.

STAGE = ".ocgnet-amend"
"""Hidden folder in a data folder that holds a change under way; no table is read from it."""

_JOURNAL = "journal.json"


def commit(folder: Path, names: Sequence[str]) -> None:
    """Let staged files take the place of those in the folder, all or none."""
    stage = folder / STAGE
    for name in names:
        to_disk(stage / name)
    written = stage / f"{_JOURNAL}.new"
    written.write_text(json.dumps({name: _sha256(stage / name) for name in sorted(names)}), encoding="utf-8")
    to_disk(written)
    to_disk(stage)
    written.replace(stage / _JOURNAL)
    to_disk(stage)
    settle(folder)


def settle(folder: Path) -> bool:
    """Finish a change that was decided and not finished; return whether there was one.

    ``SourceError`` when it cannot be finished here: half of it would be wrong to read.
    """
    stage = folder / STAGE
    journal = stage / _JOURNAL
    if not journal.exists():
        return False
    try:
        promised = json.loads(journal.read_text(encoding="utf-8"))
        for name, digest in promised.items():
            staged = stage / Path(name).name
            # A file that is no longer staged is in place already: moved before, or by another process.
            with suppress(FileNotFoundError):
                if _sha256(staged) != digest:
                    raise SourceError(f"{staged} is damaged, so the change to {folder} cannot be finished.")
                staged.replace(folder / staged.name)
        to_disk(folder)
        journal.unlink(missing_ok=True)
        shutil.rmtree(stage, ignore_errors=True)
    except FileNotFoundError:
        # Somebody else finished it at the same time.
        return True
    except (OSError, ValueError, AttributeError) as error:
        raise SourceError(
            f"A change to {folder} is decided and half done, and it cannot be finished ({error}). "
            "Run the command again where you may write into that folder."
        ) from error
    return True


def discard(folder: Path) -> None:
    """Remove what was staged and never decided."""
    if not (folder / STAGE / _JOURNAL).exists():
        shutil.rmtree(folder / STAGE, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
