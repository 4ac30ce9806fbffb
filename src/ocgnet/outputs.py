"""Writing files about people: whole or not at all, readable by their owner only.

A folder of results is built beside its final place and swapped in with a rename; a single file is
written to a sibling and renamed. Whatever fails on the way, the old content stays.
"""

from __future__ import annotations

import csv
import ctypes
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ocgnet.errors import OutputError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet may run a cell that begins so; in a text cell an apostrophe goes before it."""

_STARTS = frozenset(FORMULA_STARTS)
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def neutral(text: str) -> str:
    """Return text that no spreadsheet runs as a formula.

    >>> neutral("=1+1")
    "'=1+1"
    >>> neutral("O'Neil")
    "O'Neil"

    A negative number is no formula and stays a number.

    >>> neutral("-0.25"), neutral("-0.25+1")
    ('-0.25', "'-0.25+1")
    """
    if text[:1] not in _STARTS or _NEGATIVE.fullmatch(text):
        return text
    return f"'{text}"


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a private sibling of ``path``, then put it in place with one rename.

    Raises
    ------
    OutputError
        When the folder is missing, read-only or full, or when ``path`` is a link, a folder or a device;
        ``path`` is as before.
    """
    path = Path(path)
    refuse_strange(path)
    try:
        sweep(path)
        handle, name = tempfile.mkstemp(prefix=_partial(path), dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            write(partial)
            to_disk(partial)
            partial.replace(path)
            to_disk(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} could not be written ({error.strerror or error}). Nothing was changed.") from error


def refuse_strange(path: Path) -> None:
    """Refuse a place for a file where something else stands than a file.

    Raises
    ------
    OutputError
        When it is a link (records would go, or seem to go, to another place), a folder, a pipe or a device.
    """
    if path.is_symlink():
        raise OutputError(f"{path} is a link. Name the file itself, so that it goes where you expect.")
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path} is a device or a pipe and no file. Name a file.")


_HOST = re.sub("[^A-Za-z0-9]", "", platform.node())[:40] or "here"
_LEFT = re.compile(r"-([A-Za-z0-9]+)-([0-9]+)-[^-.]{8}(\.wal)?")


def _partial(path: Path) -> str:
    """Return how the name begins under which a file or folder is filled; it tells whose it is."""
    return f".{path.name[:120]}.part-{_HOST}-{os.getpid()}-"


def sweep(path: Path) -> None:
    """Remove what a killed process of this machine left half written of ``path``: it may hold records.

    What a living process is writing stays.
    """
    begin = f".{path.name[:120]}.part"
    try:
        beside = list(path.parent.iterdir())
    except PermissionError:
        # A folder one may write to and not list.
        return
    for left in beside:
        if not left.name.startswith(begin):
            continue
        whose = _LEFT.fullmatch(left.name[len(begin) :])
        if whose is None or whose[1] != _HOST or _lives(int(whose[2])):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    if os.name == "nt":
        # There a signal would end the process, and a file that is still written cannot be removed.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def to_disk(path: Path) -> None:
    """Wait until a file or folder stands on the disk, so that a power cut leaves the old or the new one."""
    if path.is_dir() and os.name == "nt":
        # Windows opens no folder; its renames are journaled by the file system.
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all, for the owner only."""
    write_file(path, lambda partial: partial.write_bytes(text.encode("utf-8")))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows of text as CSV with Unix line ends, formulas neutralised.

    A cell with a line end of any kind is quoted: outside quotes a carriage return would end the row, and
    what follows it would stand at the start of a cell of its own, where a formula runs.

    >>> csv_text(["a"], [["x\r=1+1"]])
    'a\n"x\r=1+1"\n'
    """
    text = _UnixEnds()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(c) for c in header])
    writer.writerows([neutral(c) if c[:1] in _STARTS else c for c in row] for row in rows)
    return "".join(text.rows)


class _UnixEnds:
    """Takes rows that end in both line ends, so that the writer quotes either, and keeps the Unix one."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def write(self, row: str) -> None:
        self.rows.append(f"{row[:-2]}\n")


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, for_excel: bool = False, marking: str = ""
) -> None:
    """Write rows of text as :func:`csv_text`, whole or not at all, for the owner only.

    Parameters
    ----------
    path : Path
        File to write.
    header, rows : sequence
        Texts.
    for_excel : bool
        Begin the file with a byte order mark, which Excel needs to read UTF-8; tables that programs read
        go without.
    marking : str
        Protective marking: a table has no room for it, so it stands in a companion beside the file,
        ``NAME.csv.marking.txt``. Without one no companion is written: for a file that holds no records, or
        one in a folder that has its own ``MARKING.txt``.
    """
    if marking:
        write_text(marking_file(path), marking_text(marking, path.name))
    write_text(path, ("\ufeff" if for_excel else "") + csv_text(header, rows))


MARKING_FILE = "MARKING.txt"
"""Companion of a folder of tables."""


def marking_file(path: Path) -> Path:
    """Return where the marking of a single table stands.

    >>> marking_file(Path("changes.csv")).name
    'changes.csv.marking.txt'
    """
    return path.with_name(f"{path.name}.marking.txt")


def marking_text(marking: str, what: str) -> str:
    """Return what the companion of tables says.

    >>> print(marking_text("OFFICIAL-SENSITIVE", "roles.csv"), end="")
    OFFICIAL-SENSITIVE
    <BLANKLINE>
    This marking holds for roles.csv. Keep this file with it, and mark what is made of it.
    <BLANKLINE>
    OFFICIAL-SENSITIVE
    """
    said = " ".join(marking.split())
    return f"{said}\n\nThis marking holds for {what}. Keep this file with it, and mark what is made of it.\n\n{said}\n"


@contextmanager
def result_folder(out: Path, ours: Callable[[str], bool]) -> Iterator[Path]:
    """Give a private folder to fill; on success it becomes ``out``, on failure nothing remains.

    Parameters
    ----------
    out : Path
        Where the results go. A folder of an earlier run is replaced as a whole.
    ours : callable
        Tells whether a path relative to ``out`` is one that a run writes.

    Raises
    ------
    OutputError
        When ``out`` holds a file that no run wrote (it would be lost), is a link, or cannot be written.
    """
    out = Path(out)
    refuse_foreign(out, ours)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        sweep(out)
        partial = Path(tempfile.mkdtemp(prefix=_partial(out), dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out} cannot be made here ({error.strerror or error}).") from error
    try:
        yield partial
        for path in partial.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
            to_disk(path)
        _swap(partial, out)
        to_disk(out.parent)
    except OSError as error:
        raise OutputError(f"{out} could not be written ({error.strerror or error}). Nothing was changed.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def refuse_foreign(out: Path, ours: Callable[[str], bool]) -> None:
    """Refuse a place for results that is a link, a file, or a folder with somebody else's files.

    Raises
    ------
    OutputError
        Naming the first such file, so that nothing of the user's is ever replaced.
    """
    if out.is_symlink():
        raise OutputError(f"{out} is a link. Name the folder itself, so that results go where you expect.")
    if out.is_file():
        raise OutputError(f"{out} is a file. Name a folder for the results.")
    if out.is_dir():
        for path in sorted(out.rglob("*")):
            if path.is_symlink():
                raise OutputError(
                    f"{out} holds {path.relative_to(out)}, which is a link and which no run of ocgnet made. "
                    "Choose another folder, or remove the link."
                )
            if not path.is_dir() and not ours(path.relative_to(out).as_posix()):
                raise OutputError(
                    f"{out} holds {path.relative_to(out)}, which no run of ocgnet wrote and which would be lost. "
                    "Choose another folder, or move that file."
                )


def _swap(partial: Path, out: Path) -> None:
    """Put a folder in place; where the system can, in one step, so that a kill leaves the old or the new one."""
    if not out.exists():
        partial.rename(out)
        return
    if _exchanged(partial, out):
        # What was in place stands under the private name now, and goes.
        return
    old = partial.with_name(f"{partial.name[:-8]}replaced")
    out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two names change places in one step; False where the system has no call for it."""
    if sys.platform != "linux":
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    done: int = call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0


_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of linux/fcntl.h and linux/fs.h."""
