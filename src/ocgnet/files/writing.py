"""Writing files about people: whole or not at all, readable by their owner only.

A folder of results is built beside its final place and swapped in with a rename; a single file is
written to a sibling and renamed. Whatever fails on the way, the old content stays.

Only what ocgnet wrote itself, and nobody changed since, is ever written over. That is told by hashes, never
by names: a folder lists those of its files in ``files.json``, a page or an archive ends with its own, and a
table has them in its companion ``NAME.csv.marking.txt``.
"""

from __future__ import annotations

import csv
import ctypes
import hashlib
import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ocgnet.errors import OutputError
from ocgnet.model import TABLES

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


def write_file(path: Path, write: Callable[[Path], object], *, replace: bool = False) -> None:
    """Let ``write`` fill a private sibling of ``path``, then put it in place with one rename.

    Parameters
    ----------
    path : Path
        Where the file goes.
    write : callable
        Fills the file of the path it is given.
    replace : bool
        Replace whatever file stands there: for records and stores that the user asked to change, and for tables
        that are written into a new folder.

    Raises
    ------
    OutputError
        When :func:`refuse_file` refuses the place, or the folder is missing, read-only or full; ``path`` is
        as before.
    """
    path = Path(path)
    refuse = refuse_strange if replace else refuse_file
    refuse(path)
    try:
        sweep(path)
        handle, name = tempfile.mkstemp(prefix=_partial(path), dir=path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            write(partial)
            to_disk(partial)
            # Somebody may have put a file there meanwhile.
            refuse(path)
            partial.replace(path)
            to_disk(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} could not be written ({error.strerror or error}). Nothing was changed.") from error


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """Give a private folder beside a file that is being made, and remove it with all that is in it.

    What a killed process left of one is removed first, so that nothing of records stays where nobody looks.
    """
    sweep(beside)
    scratch = Path(tempfile.mkdtemp(prefix=_partial(beside), dir=beside.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def refuse_file(path: Path) -> None:
    """Refuse a place for a result where a table of records belongs, or a file that ocgnet did not write stands.

    Raises
    ------
    OutputError
        Saying why, and what to do; also as :func:`refuse_strange`.
    """
    refuse_strange(path)
    if is_of_records(path):
        raise OutputError(
            f"{path} is the name of a table or of a description of the records in {path.parent}, where no result may "
            "stand. Name another file."
        )
    try:
        foreign = path.exists() and not is_own(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be read, so it stays ({error.strerror or error}). Name another file."
        ) from error
    if foreign:
        raise OutputError(
            f"{path} was not written by ocgnet, or was changed since, and would be lost. Move it away, or name another "
            "file."
        )


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


_OF_RECORDS = frozenset(
    {"about.toml", "words.toml", *(f"{t}{ending}" for t in TABLES for ending in (".csv", ".parquet"))}
)


def is_of_records(path: Path) -> bool:
    """Tell whether a file of this name would be read with the records of the folder in which it stands.

    Letters of either case count, as for whoever reads the folder.
    """
    if _plain_name(path) not in _OF_RECORDS:
        return False
    try:
        beside = [p.name for p in path.parent.iterdir() if p.name != path.name]
    except FileNotFoundError:
        return False
    except OSError:
        # Where nobody may look, something may stand.
        return True
    return any(_plain_name(Path(name)) in _OF_RECORDS for name in beside)


def _plain_name(path: Path) -> str:
    # Windows ends a name before dots and blanks at its end.
    return path.name.casefold().rstrip(". ")


def is_own(path: Path) -> bool:
    """Tell whether ocgnet wrote a file and nobody changed it since.

    A page or an archive ends with the hash of all that goes before (:func:`sealed`), the hash of a table
    stands in its companion, and a companion is known by its sentence.
    """
    data = path.read_bytes()
    if path.name.endswith(_MARKING_ENDING):
        return _COMPANION.fullmatch(data) is not None
    if seal := _SEAL.search(data):
        return hashlib.sha256(data[: seal.start()]).hexdigest().encode() == seal[1]
    try:
        companion = _COMPANION.fullmatch(marking_file(path).read_bytes())
    except OSError:
        return False
    return companion is not None and hashlib.sha256(data).hexdigest().encode() in companion["made"].split()


_SEAL = re.compile(rb"(?:<!-- )?ocgnet:([0-9a-f]{64})(?: -->\n)?\Z")


def sealed(page: str) -> str:
    """Return a page with its hash at the end, by which it is known as ocgnet's own.

    >>> sealed("<p>a")[:24]
    '<p>a<!-- ocgnet:e71530e4'
    """
    return f"{page}<!-- ocgnet:{hashlib.sha256(page.encode('utf-8')).hexdigest()} -->\n"


def sealed_archive(data: bytes) -> bytes:
    """Return a zip archive with its hash as its comment, by which it is known as ocgnet's own."""
    seal = b"ocgnet:" + b"0" * 64
    # The last two bytes of an archive without a comment are the length of the comment.
    body = data[:-2] + len(seal).to_bytes(2, "little")
    return body + b"ocgnet:" + hashlib.sha256(body).hexdigest().encode()


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


def write_text(path: Path, text: str, *, replace: bool = False) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all, for the owner only; ``replace`` as for a file."""
    write_file(path, lambda partial: partial.write_bytes(text.encode("utf-8")), replace=replace)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows of text as CSV with Unix line ends, formulas neutralised.

    A cell with a line end of any kind is quoted: outside quotes a carriage return would end the row, and
    what follows it would stand at the start of a cell of its own, where a formula runs.

    >>> csv_text(["a"], [["x\r=1+1"]])
    'a\n"x\r\'=1+1"\n'

    Where semicolons or tabs separate cells, as they do in other parts of the world, what stands behind one within a
    cell begins a cell too, and whoever opens it there does not see its quotes.

    >>> csv_text(["a"], [["x;=1+1"]])
    "a\nx;'=1+1\n"
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
        self.rows.append(f"{_ELSEWHERE.sub(_with_apostrophe, row[:-2])}\n")


_ELSEWHERE = re.compile(r"(?<=[;\t\r\n])\"*(?=[=+@-])")
"""Where a cell of a table that is read with another separator would begin with a formula."""


def _with_apostrophe(before: re.Match[str]) -> str:
    return f"{before[0]}'"


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    for_excel: bool = False,
    marking: str = "",
    replace: bool = False,
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
    replace : bool
        As :func:`write_file`.
    """
    write_marked(path, ("\ufeff" if for_excel else "") + csv_text(header, rows), marking, replace=replace)


def write_marked(path: Path, text: str, marking: str, *, replace: bool = False) -> None:
    """Write text that has no room for its marking, with a companion that holds it; without a marking no companion."""
    if marking:
        refuse_file(path)
        made = [hashlib.sha256(text.encode("utf-8")).hexdigest()]
        if path.exists():
            # Until the new file is in place the old one is ours as well.
            made.append(_sha256(path))
        write_text(marking_file(path), marking_text(marking, path.name, made))
    write_text(path, text, replace=replace)


MARKING_FILE = "MARKING.txt"
"""Companion of a folder of tables."""

_MARKING_ENDING = ".marking.txt"


def marking_file(path: Path) -> Path:
    """Return where the marking of a single table stands.

    >>> marking_file(Path("changes.csv")).name
    'changes.csv.marking.txt'
    """
    return path.with_name(f"{path.name}{_MARKING_ENDING}")


def marking_text(marking: str, what: str, made: Sequence[str] = (), about: str = "") -> str:
    """Return what the companion of tables says; with the hashes by which a single one is known as ocgnet's own.

    ``about`` is a sentence about what is in them.

    >>> print(marking_text("OFFICIAL-SENSITIVE", "roles.csv"), end="")
    OFFICIAL-SENSITIVE
    <BLANKLINE>
    This marking holds for roles.csv. Keep this file with it, and mark what is made of it.
    <BLANKLINE>
    OFFICIAL-SENSITIVE
    """
    said = " ".join(marking.split())
    by = f"As ocgnet wrote it, its sha256 is:\n{chr(10).join(dict.fromkeys(made))}" if made else ""
    kept = f"This marking holds for {what}. Keep this file with it, and mark what is made of it."
    return "\n\n".join(filter(None, (said, kept, about, by, said))) + "\n"


_COMPANION = re.compile(
    rb"(?P<said>[^\n]*)\n\nThis marking holds for [^\n]*\. Keep this file with it, and mark what is made of it\.\n\n"
    rb"As ocgnet wrote it, its sha256 is:\n(?P<made>(?:[0-9a-f]{64}\n)+)\n(?P=said)\n"
)

FILES = "files.json"
"""Lists the files of a folder with their hashes, as ocgnet wrote them."""


@contextmanager
def result_folder(out: Path, made_by: str, own: Collection[str] = ()) -> Iterator[Path]:
    """Give a private folder to fill; on success it becomes ``out``, on failure nothing remains.

    Parameters
    ----------
    out : Path
        Where the results go. A folder that the same command made is replaced as a whole.
    made_by : str
        The command, noted in ``files.json``; with an empty one nothing is noted, and ``out`` is never replaced.
    own : collection of str
        Names of files that the user may have put there or changed, and that the command writes anew from them.

    Raises
    ------
    OutputError
        When ``out`` holds a file that this command did not write or that was changed since (it would be
        lost), is a link, or cannot be written.
    """
    out = Path(out)
    refuse_foreign(out, made_by, own)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        sweep(out)
        partial = Path(tempfile.mkdtemp(prefix=_partial(out), dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out} cannot be made here ({error.strerror or error}).") from error
    try:
        yield partial
        if made_by:
            write_text(partial / FILES, _manifest(partial, made_by))
        for path in partial.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
            to_disk(path)
        # Somebody may have put a file there meanwhile.
        refuse_foreign(out, made_by, own)
        _swap(partial, out)
        to_disk(out.parent)
    except OSError as error:
        raise OutputError(f"{out} could not be written ({error.strerror or error}). Nothing was changed.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def refuse_foreign(out: Path, made_by: str, own: Collection[str] = ()) -> None:
    """Refuse a place for results that is a link, a file, or a folder with other files than the same command wrote.

    Raises
    ------
    OutputError
        Naming the first such file, so that nothing of the user's is ever replaced.
    """
    if out.is_symlink():
        raise OutputError(f"{out} is a link. Name the folder itself, so that results go where you expect.")
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file. Name a folder for the results.")
    try:
        made = _made(out, made_by)
        for path in sorted(out.rglob("*")):
            name = path.relative_to(out).as_posix()
            if path.is_symlink():
                raise OutputError(
                    f"{out} holds {name}, which is a link and which no run of ocgnet made. Choose another folder, or "
                    "remove the link."
                )
            if path.is_dir() or (made and name == FILES) or name in own:
                continue
            if not made_by:
                raise OutputError(f"{out} is not empty, and what is in it stays as it is. Name a new folder.")
            if name not in made:
                raise OutputError(
                    f"{out} holds {name}, which {made_by or 'ocgnet'} did not write and which would be lost. Choose "
                    "another folder, or move that file."
                )
            if not path.is_file() or _known_by(path) != made[name]:
                raise OutputError(
                    f"{out} holds {name}, which was changed since {made_by} wrote it and which would be lost. Choose "
                    "another folder, or move that file."
                )
    except OSError as error:
        raise OutputError(f"{out} cannot be looked at, so it stays ({error.strerror or error}).") from error


def _manifest(folder: Path, made_by: str) -> str:
    files = {p.relative_to(folder).as_posix(): _known_by(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    return json.dumps({"made_by": made_by, "sha256": files}, ensure_ascii=False, indent=1) + "\n"


def _known_by(path: Path) -> str:
    """Return the hash by which a file of a folder is known; that of ``run.json`` leaves its numbers out.

    They tell how long each step took, and the same run would else have another list of files each time.
    """
    if path.name != "run.json":
        return _sha256(path)
    plain = re.sub(rb"[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?", b"0", path.read_bytes())
    return hashlib.sha256(plain).hexdigest()


def _made(folder: Path, made_by: str) -> dict[str, str]:
    """Return the hashes of the files that a command wrote into a folder, by name; empty when it did not make it."""
    try:
        document = json.loads((folder / FILES).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    if not made_by or not isinstance(document, dict) or document.get("made_by") != made_by:
        return {}
    files = document.get("sha256")
    return {str(k): str(v) for k, v in files.items()} if isinstance(files, dict) else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
