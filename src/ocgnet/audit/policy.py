"""What whoever runs this computer lays down for everybody's log: where it stands, and which acts need a reason.

The file belongs to the administrator, stands in a folder that nobody else can write, and outranks the environment.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocgnet.errors import LogError
from ocgnet.notation import parse_toml

KINDS = (
    "import", "load", "read", "merge", "export", "disclose", "refer", "intake", "role", "disruption", "review", "erase",
    "query", "score", "plan",
)  # fmt: skip
"""Kinds of act."""

FILE = Path(r"C:\ProgramData\ocgnet\policy.toml" if sys.platform == "win32" else "/etc/ocgnet/policy.toml")
"""The administrator's file. No variable names another, or it would bind nobody."""

LARGEST = 65_536
"""Bytes of that file, at most."""


@dataclass(frozen=True)
class Policy:
    """``log`` is the file of everybody's log, or None where each account has its own; see :data:`KINDS`."""

    log: Path | None = None
    reason_for: frozenset[str] = frozenset()


def policy() -> Policy:
    """Return what the administrator laid down; ``LogError`` when the file is there and cannot be followed."""
    try:
        with FILE.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Policy()
    except OSError as error:
        raise _unfollowed(f"cannot be read ({error.strerror or error})") from error
    if len(raw) > LARGEST:
        raise _unfollowed(f"is longer than {LARGEST:,} bytes")
    try:
        given = parse_toml(raw)
    except ValueError as error:
        raise _unfollowed(f"is no TOML ({error})") from error
    return _from(given)


def _from(given: dict[str, Any]) -> Policy:
    if strange := sorted(set(given) - {"log", "reason_for"}):
        raise _unfollowed(f"knows no '{strange[0]}'; it takes log and reason_for")
    log, kinds = given.get("log"), given.get("reason_for", [])
    if log is not None and not (isinstance(log, str) and "\0" not in log and Path(log).is_absolute()):
        raise _unfollowed("has a log that is no path from the root on")
    if not isinstance(kinds, list) or not all(isinstance(kind, str) and kind in KINDS for kind in kinds):
        raise _unfollowed(f"has a reason_for that is no list of kinds of act, which are {', '.join(KINDS)}")
    return Policy(Path(log) if log else None, frozenset(kinds))


def _unfollowed(what: str) -> LogError:
    return LogError(f"The policy {FILE} {what}, and nothing is done against it. Tell whoever runs this computer.")
