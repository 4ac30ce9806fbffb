"""Pseudonyms from a key that stays behind, for one recipient each, so that their packs cannot be joined."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterable
from pathlib import Path

from ocgnet.errors import OutputError, SourceError, UsageError
from ocgnet.files.writing import write_text

_HEAD = "ocgnet pseudonym key, version 1. Whoever holds it can tell who is meant. Keep it away from every pack."
_FORM = re.compile(r"[0-9a-f]{64}")


class Pseudonyms:
    """Replaces ids by pseudonyms for one recipient.

    ``key`` are 32 secret bytes; ``recipient`` is the word after ``--to``, which stands for one purpose.

    A pseudonym is the first 60 bits of HMAC-SHA-256 (RFC 2104) over recipient and id, in the letters and digits of
    base 32. The same key, recipient and id give the same pseudonym in every pack; two recipients who lay their packs
    side by side share none. Without the key an id cannot be worked out, nor guessed and tried. Pseudonymised records
    are still personal data: what is said of a person may tell who it is.

    >>> health, police = Pseudonyms(bytes(32), "health"), Pseudonyms(bytes(32), "police")
    >>> health.of("C1") == health.of("C1"), health.of("C1") == police.of("C1"), health.of("")
    (True, False, '')
    """

    def __init__(self, key: bytes, recipient: str) -> None:
        if len(key) != 32:
            raise ValueError("a pseudonym key has 32 bytes")
        # Without a recipient: as in packs of old, where one key gave every recipient the same, for reading them back.
        scope = b"ocgnet:for:" + recipient.encode("utf-8") + b"\0" if recipient else b"ocgnet:id:"
        self._scoped = hmac.new(key, scope, hashlib.sha256)

    def of(self, identifier: str) -> str:
        """Return the pseudonym of one id, or of several separated by ``|``; blank stays blank."""
        return "|".join(self._one(part) for part in identifier.split("|")) if identifier else ""

    def whose(self, pseudonyms: Collection[str], identifiers: Iterable[str]) -> dict[str, str]:
        """Return the id behind each of these pseudonyms that one of ``identifiers`` has; the others are absent.

        ``identifiers`` are gone through once, however many are asked for.
        """
        wanted = {p.strip().upper(): p for p in pseudonyms}
        names = ((self._one(i), i) for i in identifiers)
        return {wanted[name]: i for name, i in names if name in wanted}

    def _one(self, identifier: str) -> str:
        scoped = self._scoped.copy()
        scoped.update(identifier.encode("utf-8"))
        letters = base64.b32encode(scoped.digest())[:12].decode("ascii")
        return f"P-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def read_key(path: Path) -> bytes:
    """Read a key file: 32 bytes.

    Raises SourceError when it is absent, not a key, or open to others than its owner.
    """
    try:
        status = path.stat()
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise SourceError(f"There is no key {path}. Name the key file of the pack.") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a key of pseudonyms. Name the key file of the pack.") from error
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise SourceError(
            f"{path} may be read by others than its owner, so the pseudonyms protect nobody. "
            f"Run: chmod 600 {path}, and ask who has read it."
        )
    lines = [line for line in text.splitlines() if _FORM.fullmatch(line)]
    if len(lines) != 1 or not text.startswith(_HEAD):
        raise SourceError(f"{path} is no key of pseudonyms. Name the key file of the pack, or a new file.")
    return bytes.fromhex(lines[0])


def key_at(path: Path, pack: Path) -> bytes:
    """Return the key in a file, which is made when it does not exist; never inside the pack.

    Raises UsageError when the key would stand inside the pack's folder and leave with it; SourceError as
    :func:`read_key`; OutputError when it cannot be written.
    """
    if path.absolute().resolve().is_relative_to(pack.absolute().resolve()):
        raise UsageError(f"The key {path} would leave with the pack. Name a file outside {pack}.")
    if not path.exists():
        if not path.parent.is_dir():
            raise OutputError(f"{path.parent} is no folder. Name a file for the key in a folder that exists.")
        write_text(path, f"{_HEAD}\n{secrets.token_hex(32)}\n")
        path.chmod(0o600)
    return read_key(path)
