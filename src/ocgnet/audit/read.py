"""The acts that the log tells of."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.chain import read_line
from ocgnet.dataset import Dataset
from ocgnet.errors import LogError
from ocgnet.model import PERSON_TABLES, TABLES, ids_of_people, names_person

# Ids of people in a line of the log: all of them, few as they are, many packed, erased ones as keyed hashes.


def whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds ids and names as whole words in any case of letters, the longest first.

    >>> found = whole_words(["N1", "Ann Oak"])
    >>> found.sub("-", "N1 and ann oak, not N12"), whole_words([]).search("N1")
    ('- and -, not N12', None)
    """
    chosen = sorted(filter(None, set(words)), key=lambda w: (-len(w), w))
    any_of = "|".join(map(re.escape, chosen))
    return re.compile(rf"(?<![^\W_])(?:{any_of})(?![^\W_])" if chosen else r"(?!)", re.IGNORECASE)


LARGEST = 1 << 26
"""Bytes of the ids of one line, unpacked, at most: five million ids."""

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
    """Return the ids of a line; none for an erasure. ``ValueError`` when it holds what was never packed here.

    >>> unpacked(packed(str(n) for n in range(1000))) == sorted(str(n) for n in range(1000))
    True
    """
    if "packed" in people:
        opened = zlib.decompressobj()
        text = opened.decompress(base64.b64decode(people["packed"]), LARGEST)
        if opened.unconsumed_tail:
            raise ValueError(f"more than {LARGEST:,} bytes of ids")
        return _texts(json.loads(text))
    return _texts(people.get("ids", []))


def _texts(ids: Any) -> list[str]:
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ValueError("ids that are no texts")
    return ids


COLUMNS = (
    "number", "at", "kind", "end", "by", "account", "what", "people", "recipient", "reason", "facts", "why",
)  # fmt: skip
"""Columns of an act as a table shows it."""


@dataclass
class Told:
    """One act, from all its lines.

    ``number`` and ``at`` (UTC) are those of its first line; ``end`` is ``done``, ``failed``, or empty when no end is
    told; ``people`` is everybody whom any of its lines names, ``erased`` keyed hashes for an erasure; ``facts`` are
    those of its last line.
    """

    number: int
    at: str
    kind: str = ""
    end: str = ""
    by: str = ""
    account: str = ""
    what: str = ""
    recipient: str = ""
    reason: str = ""
    why: str = ""
    people: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)

    def concerns(self, person: str, key: bytes | None) -> bool:
        """Tell whether the act was about a person; of erasures only where the key of the log is at hand."""
        return person in self.people or (key is not None and bool(self.erased) and keyed_id(person, key) in self.erased)

    def row(self, *, ids: bool) -> dict[str, str]:
        """Return the act as text by column: the number of people, or with ``ids`` all of them, ``|`` between."""
        count = len(self.people) + len(self.erased)
        people = "|".join([*sorted(self.people), *(f"keyed {h}" for h in sorted(self.erased))]) if ids else f"{count:,}"
        facts = "; ".join(f"{k}: {_plain(v)}" for k, v in self.facts.items())
        given = vars(self) | {"number": str(self.number), "people": people, "facts": facts}
        # A path or a word of the command line may be no text; what it was stays in the log.
        return {name: str(given[name]).encode("utf-8", "backslashreplace").decode("utf-8") for name in COLUMNS}


def acts(path: Path) -> list[Told]:
    """Return all acts of the log in the order in which they began; lines that were damaged are passed over.

    A log that does not exist has no acts; one that cannot be read is a ``LogError``.
    """
    by_act: dict[str, Told] = {}
    for entry in _entries(path):
        act = by_act.setdefault(str(entry.get("act", "")), Told(int(entry["seq"]), str(entry.get("at", ""))))
        act.kind = str(entry.get("kind", act.kind))
        for name in ("by", "account", "what", "recipient", "reason", "why"):
            if name in entry:
                setattr(act, name, str(entry[name]))
        if entry.get("state") in ("done", "failed"):
            act.end = str(entry["state"])
        act.facts |= entry.get("facts", {})
        people = entry.get("people", {})
        try:
            act.people.update(unpacked(people))
            act.erased.update(_texts(people.get("keyed", [])))
        except (ValueError, zlib.error, RecursionError):
            act.facts["people"] = f"those of line {entry['seq']} cannot be read; ocgnet did not write it"
    return sorted(by_act.values(), key=lambda act: act.number)


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open("rb") as file:
            for raw in file:
                line = read_line(raw.rstrip(b"\n"))
                if line is not None:
                    yield line.entry
    except FileNotFoundError:
        return
    except OSError as error:
        raise LogError(f"The log {path} cannot be read ({error.strerror or error}).") from error


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def people_in(dataset: Dataset) -> list[str]:
    """Return the ids of everybody in a dataset, sorted: those with a row of their own and those only named.

    >>> people_in(Dataset.of({"nominals": pa.table({"nominal_id": ["N2", "N1"]})}))
    ['N1', 'N2']
    """
    columns = [dataset[name][key] for name, key in PERSON_TABLES.items()]
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers and names_person(name, column) and dataset[name].num_rows:
                cells = ids_of_people(dataset[name], column)
                columns.append(pc.list_flatten(pc.split_pattern(cells, "|")) if column.many else cells)
    ids = pc.unique(pa.chunked_array([c for column in columns for c in column.chunks], pa.string()))
    return sorted(i for i in ids.to_pylist() if i)
