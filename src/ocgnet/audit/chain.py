"""The file of the log: lines are only ever added, each chained to the one before, and the head is anchored.

Beside ``log.jsonl`` stand ``log.jsonl.head`` (number, hash and end of the last line, so that a tail that
was cut off is noticed) and ``log.jsonl.key`` (secret of the keyed hashes). The file is only ever opened for appending,
so it may be one that the system lets nobody change otherwise.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocgnet.errors import LogError
from ocgnet.files.locking import lock

# One line of the log: JSON whose last field is the hash of all bytes before it, the former hash included.

BEGINNING = "0" * 64
"""Hash that the first line is chained to."""

_TAIL = ',"hash":"'
_TAIL_LENGTH = len(_TAIL) + 64 + len('"}')


@dataclass(frozen=True)
class Line:
    """A whole line of the log, chained to the one before by its hash; ``seq`` counts from 1."""

    seq: int
    before: str
    hash: str
    entry: Mapping[str, Any]


def written(seq: int, before: str, entry: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the bytes of a line, line end included, and its hash.

    >>> text, digest = written(1, BEGINNING, {"kind": "read"})
    >>> text.endswith((digest + '"}' + chr(10)).encode())
    True
    """
    body = json.dumps({"seq": seq, "before": before, **entry}, ensure_ascii=True, separators=(",", ":"))[:-1]
    digest = hashlib.sha256(body.encode("ascii")).hexdigest()
    return f'{body}{_TAIL}{digest}"}}\n'.encode("ascii"), digest


_SHAPES: Mapping[str, type] = dict.fromkeys(
    ("before", "hash", "act", "kind", "state", "at", "day", "by", "account", "what", "recipient", "reason", "why",
     "clock_back_from"), str
) | {"seq": int, "missing_bytes": int, "people": dict, "facts": dict, "gap": dict}  # fmt: skip
"""What the fields of a line are, those that are there."""


def hash_of(raw: bytes) -> str:
    """Return the hash that a line ends in, or nothing where it is not that of the bytes before it."""
    body, tail = raw[:-_TAIL_LENGTH], raw[-_TAIL_LENGTH:]
    digest = hashlib.sha256(body).hexdigest()
    return digest if tail == f'{_TAIL}{digest}"}}'.encode("ascii") else ""


def read_line(raw: bytes) -> Line | None:
    """Return the line that these bytes (without line end) are, or None when they are none or were changed."""
    digest = hash_of(raw)
    if not digest:
        return None
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or not {"seq", "before"} <= entry.keys():
        return None
    if any(type(entry[name]) is not shape for name, shape in _SHAPES.items() if name in entry):
        return None
    return Line(entry["seq"], entry["before"], digest, entry)


_HEAD_BYTES = 256
_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Head:
    """The last line of the log, its time ``at`` and the byte of its ``end``; number 0 before the first line."""

    seq: int = 0
    hash: str = BEGINNING
    end: int = 0
    at: str = ""


def append(path: Path, entry: Mapping[str, Any]) -> int:
    """Add one line and return its number; the line is on disk when this returns.

    What stands at the end of the file and is no whole line of the chain (cut short by a crash or a full disk, or put
    there by somebody else) stays; the new line holds its length and hash under ``gap``. Where lines are missing, the
    new line goes on from the anchored head, so that the loss stays visible. After a ``LogError`` the file is as before,
    or, where nothing can be taken back, ends in a piece of a line.
    """
    try:
        with held(path) as handle:
            return _append(handle, path, entry)
    except OSError as error:
        raise LogError(
            f"The log {path} cannot be written ({error.strerror or error}), and nothing is done without it. {_REMEDY}"
        ) from error


_REMEDY = (
    "Make room or see that this account may write there. Without a policy of whoever runs this computer, OCGNET_LOG "
    "names another file."
)


def whole_log(path: Path) -> tuple[bytes, Head | None]:
    """Return the bytes of the log, empty for none, and its anchor; who may only read the files can look at both.

    The anchor is looked at first, so that it never knows more than the bytes do.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return b"", read_head(path)
    try:
        # A file system that gives readers no lock shows at most a line that is not yet whole.
        with suppress(OSError):
            lock(handle, shared=True)
        head = read_head(path)
        return _read_from(handle, 0, os.fstat(handle).st_size), head
    finally:
        os.close(handle)


def read_head(path: Path) -> Head | None:
    """Return the anchored head of the log; None when it is missing or damaged, ``OSError`` when it is out of reach."""
    try:
        with _head_file(path).open("rb") as file:
            anchor = file.read(16 * _HEAD_BYTES)
        head = Head(**json.loads(anchor))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, RecursionError):
        return None
    numbers = all(type(number) is int and number >= 0 for number in (head.seq, head.end))
    texts = all(isinstance(text, str) for text in (head.hash, head.at))
    # Other bytes may mean the same; they are not what was written.
    return head if numbers and texts and anchor == _anchor_of(head) else None


def key_of(path: Path) -> bytes:
    """Return the secret for keyed hashes, which is made on first use."""
    file = path.with_name(f"{path.name}.key")
    try:
        if not file.exists() or file.stat().st_size == 0:
            with held(path), _opened(file) as handle:
                # Another process may have made it meanwhile.
                if os.fstat(handle).st_size == 0:
                    _write(handle, secrets.token_hex(32).encode("ascii"))
        return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise LogError(
            f"The key of the log, {file}, cannot be read or made ({error}), and nothing is done without it. {_REMEDY}"
        ) from error


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Open the log for appending, which makes it where there is none; nobody else writes it or beside it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _opened(path, os.O_APPEND) as handle:
        lock(handle)
        yield handle


def share(path: Path) -> None:
    """Let the group write a new file in a folder that hands on its group, as an administrator makes one."""
    handed_on = stat.S_ISGID | stat.S_IWGRP
    if path.parent.stat().st_mode & handed_on == handed_on:
        path.chmod(0o660)


@contextmanager
def _opened(path: Path, how: int = 0) -> Iterator[int]:
    """Open a file of the log; a new one is its owner's only, or, in a folder that hands on its group, the group's."""
    try:
        handle = os.open(path, _FLAGS | how)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.close(os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600))
            share(path)
        handle = os.open(path, _FLAGS | how)
    try:
        yield handle
    finally:
        os.close(handle)


def _head_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def _append(handle: int, path: Path, entry: Mapping[str, Any]) -> int:
    size = os.fstat(handle).st_size
    anchored = read_head(path)
    if anchored is None and size == 0:
        # An anchor before the first line: a kill in between leaves a log that goes on from it.
        _anchor(path, Head())
    head, gap = _end_of_chain(handle, size, anchored)
    moment = datetime.now(UTC)
    now = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    # People speak of the day on their own calendar, which near midnight is another than the one of UTC.
    extra: dict[str, Any] = {"at": now, "day": moment.astimezone().date().isoformat()}
    if head.at > now:
        extra["clock_back_from"] = head.at
    # A line that was cut short is closed first, so that this one begins on a line of its own.
    lead = b"" if size == 0 or _read_from(handle, size - 1, size) == b"\n" else b"\n"
    if gap:
        extra["gap"] = {"bytes": len(gap), "sha256": hashlib.sha256(gap).hexdigest()}
    if size < head.end:
        extra["missing_bytes"] = head.end - size
    if anchored is None and head.seq:
        extra["anchor"] = "was missing"
    text, digest = written(head.seq + 1, head.hash, {**extra, **entry})
    try:
        _write(handle, lead + text)
    except OSError:
        # What was written of this line is taken back, so that the chain stays whole. Where the system lets nobody take
        # anything back, it stays as a line cut short does.
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise
    # Should the anchor not move, the line itself is on disk, and the next one moves it.
    with suppress(OSError):
        _anchor(path, Head(head.seq + 1, digest, size + len(lead) + len(text), now))
    return head.seq + 1


def _end_of_chain(handle: int, size: int, anchored: Head | None) -> tuple[Head, bytes]:
    """Return the last line to go on from, and the bytes behind it that are no line of the chain."""
    head = anchored or Head()
    if size <= head.end:
        return head, b""
    start = head.end
    rest = _read_from(handle, start, size)
    # Lines behind the anchor were written by a process that ended before it moved the anchor.
    position = 0
    while position < len(rest):
        # A last line may be whole and lack its line end only.
        line_end = rest.find(b"\n", position)
        stop = len(rest) if line_end < 0 else line_end
        line = read_line(rest[position:stop])
        if line is None or line.before != head.hash or line.seq != head.seq + 1:
            break
        position = min(stop + 1, len(rest))
        head = Head(line.seq, line.hash, start + position, str(line.entry.get("at", "")))
    return head, rest[position:]


def _read_from(handle: int, start: int, stop: int) -> bytes:
    os.lseek(handle, start, os.SEEK_SET)
    parts, left = [], stop - start
    while left > 0 and (part := os.read(handle, min(left, 1 << 24))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
    os.fsync(handle)


def _anchor(path: Path, head: Head) -> None:
    with _opened(_head_file(path)) as handle:
        _write(handle, _anchor_of(head))


def _anchor_of(head: Head) -> bytes:
    return json.dumps(asdict(head)).encode("ascii").ljust(_HEAD_BYTES - 1) + b"\n"
