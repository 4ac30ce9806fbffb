"""Ids of people in a line of the log: all of them, few as they are, many packed, erased ones as keyed hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any


def whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds ids and names as whole words in any case of letters, the longest first.

    >>> found = whole_words(["N1", "Ann Oak"])
    >>> found.sub("-", "N1 and ann oak, not N12"), whole_words([]).search("N1")
    ('- and -, not N12', None)
    """
    chosen = sorted(filter(None, set(words)), key=lambda w: (-len(w), w))
    any_of = "|".join(map(re.escape, chosen))
    return re.compile(rf"(?<![^\W_])(?:{any_of})(?![^\W_])" if chosen else r"(?!)", re.IGNORECASE)


PLAIN = 50
"""Up to so many ids stand in a line as they are; more are packed."""


def packed(ids: Iterable[str]) -> dict[str, Any]:
    """Return all ids for a line of the log.

    Up to :data:`PLAIN` ids are a JSON list ``ids``. More are ``packed``: the sorted ids as a JSON list,
    deflated by zlib, in base64. Nothing is ever capped.

    >>> packed(["N2", "N1", "N2"])
    {'count': 2, 'ids': ['N1', 'N2']}
    """
    chosen = sorted(set(ids))
    if len(chosen) <= PLAIN:
        return {"count": len(chosen), "ids": chosen}
    text = json.dumps(chosen, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return {"count": len(chosen), "packed": base64.b64encode(zlib.compress(text, 6)).decode("ascii")}


def keyed(ids: Iterable[str], key: bytes) -> dict[str, Any]:
    """Return ids as HMAC-SHA256 under the key of the log, so that an erasure names nobody.

    Whoever holds the key can still ask whether a certain id was erased.
    """
    return {"count": len(set(ids)), "keyed": sorted({keyed_id(i, key) for i in ids})}


def keyed_id(person: str, key: bytes) -> str:
    """Return the keyed hash of one id."""
    return hmac.new(key, person.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def unpacked(people: Mapping[str, Any]) -> list[str]:
    """Return the ids of a line; none for an erasure.

    >>> unpacked(packed(str(n) for n in range(1000))) == sorted(str(n) for n in range(1000))
    True
    """
    if "packed" in people:
        return list(json.loads(zlib.decompress(base64.b64decode(people["packed"]))))
    return list(people.get("ids", ()))
