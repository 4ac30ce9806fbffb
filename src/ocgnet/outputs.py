"""Writing files about people: whole or not at all, readable by their owner only.

A folder of results is built beside its final place and swapped in with a rename; a single file is
written to a sibling and renamed. Whatever fails on the way, the old content stays.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
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
        When the folder is missing, read-only or full; ``path`` is as before.
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            write(partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} could not be written ({error.strerror or error}). Nothing was changed.") from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all, for the owner only."""
    write_file(path, lambda partial: partial.write_bytes(text.encode("utf-8")))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text as CSV with Unix line ends, formulas neutralised."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([neutral(c) for c in header])
    writer.writerows([neutral(c) if c[:1] in _STARTS else c for c in row] for row in rows)
    return text.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, for_excel: bool = False) -> None:
    """Write rows of text as :func:`csv_text`, whole or not at all, for the owner only.

    ``for_excel`` begins the file with a byte order mark, which Excel needs to read UTF-8; tables
    that programs read go without.
    """
    write_text(path, ("\ufeff" if for_excel else "") + csv_text(header, rows))


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
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out} cannot be made here ({error.strerror or error}).") from error
    try:
        yield partial
        for path in partial.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        _swap(partial, out)
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
            if not path.is_dir() and not ours(path.relative_to(out).as_posix()):
                raise OutputError(
                    f"{out} holds {path.relative_to(out)}, which no run of ocgnet wrote and which would be lost. "
                    "Choose another folder, or move that file."
                )


def _swap(partial: Path, out: Path) -> None:
    if not out.exists():
        partial.rename(out)
        return
    old = out.with_name(f".{out.name}.old-{os.getpid()}")
    out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old)
