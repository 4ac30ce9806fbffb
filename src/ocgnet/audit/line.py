"""One line of the log: JSON whose last field is the hash of all bytes before it, the former hash included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64
"""Hash that the first line is chained to."""

_TAIL = ',"hash":"'
_TAIL_LENGTH = len(_TAIL) + 64 + len('"}')


@dataclass(frozen=True)
class Line:
    """A whole line of the log.

    Parameters
    ----------
    seq : int
        Number of the line, from 1; it grows by one whatever the clock does.
    before, hash : str
        Hash of the line before, and of this one.
    entry : mapping
        Everything that the line says.
    """

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
