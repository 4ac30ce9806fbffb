"""The file of the log: lines are only ever added, each chained to the one before, and the head is anchored.

Beside ``log.jsonl`` stand ``log.jsonl.head`` (number, hash and end of the last line, so that a tail that
was cut off is noticed), ``log.jsonl.key`` (secret of the keyed hashes) and ``log.jsonl.lock``.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocgnet.errors import LogError
from ocgnet.files.locking import alone

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


def read_line(raw: bytes) -> Line | None:
    """Return the line that these bytes (without line end) are, or None when they are none or were changed."""
    body, tail = raw[:-_TAIL_LENGTH], raw[-_TAIL_LENGTH:]
    digest = hashlib.sha256(body).hexdigest()
    if tail != f'{_TAIL}{digest}"}}'.encode("ascii"):
        return None
    try:
        entry = json.loads(raw)
        return Line(int(entry["seq"]), str(entry["before"]), digest, entry)
    except (ValueError, KeyError, TypeError):
        return None


_HEAD_BYTES = 256
_FLAGS = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


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
    new line goes on from the anchored head, so that the loss stays visible. After a ``LogError`` the file is as before.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(path):
            return _append(path, entry)
    except OSError as error:
        raise LogError(
            f"The log {path} cannot be written ({error.strerror or error}), and nothing is done without it. "
            "Make room or give yourself the right to write there, or let OCGNET_LOG name another file."
        ) from error


def read_head(path: Path) -> Head | None:
    """Return the anchored head of the log; None when it is missing or damaged."""
    try:
        return Head(**json.loads(_head_file(path).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def key_of(path: Path) -> bytes:
    """Return the secret for keyed hashes; made on first use, readable by the owner only."""
    file = path.with_name(f"{path.name}.key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(path):
            if not file.exists() or file.stat().st_size == 0:
                handle = os.open(file, _FLAGS, 0o600)
                try:
                    os.write(handle, secrets.token_hex(32).encode("ascii"))
                    os.fsync(handle)
                finally:
                    os.close(handle)
            return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise LogError(
            f"The key of the log, {file}, cannot be read or made ({error}), and nothing is done without it. Let "
            "OCGNET_LOG name another file, or give yourself the right to write there."
        ) from error


def _head_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def _append(path: Path, entry: Mapping[str, Any]) -> int:
    handle = os.open(path, _FLAGS, 0o600)
    try:
        size = os.fstat(handle).st_size
        anchored = read_head(path)
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
            _write_at(handle, size, lead + text)
            os.fsync(handle)
        except OSError:
            # What was written of this line is taken back, so that the chain stays whole.
            os.ftruncate(handle, size)
            raise
        _anchor(path, Head(head.seq + 1, digest, size + len(lead) + len(text), now))
        return head.seq + 1
    finally:
        os.close(handle)


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


def _write_at(handle: int, start: int, data: bytes) -> None:
    os.lseek(handle, start, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _anchor(path: Path, head: Head) -> None:
    """Move the anchor; where that fails the line itself is on disk, and the next one moves it."""
    text = json.dumps(asdict(head)).encode("ascii").ljust(_HEAD_BYTES - 1) + b"\n"
    try:
        handle = os.open(_head_file(path), _FLAGS, 0o600)
    except OSError:
        return
    try:
        _write_at(handle, 0, text)
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
