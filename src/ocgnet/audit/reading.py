"""The acts that the log tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocgnet.audit.line import read_line
from ocgnet.audit.people import keyed_id, unpacked
from ocgnet.errors import LogError

COLUMNS = (
    "number", "at", "kind", "end", "by", "account", "what", "people", "recipient", "reason", "facts", "why",
)  # fmt: skip
"""Columns of an act as a table shows it."""


@dataclass
class Told:
    """One act, from all its lines.

    Parameters
    ----------
    number : int
        Number of its first line.
    at : str
        When that was written, UTC.
    end : str
        ``done``, ``failed``, or empty when no end is told.
    people : set of str
        Ids of everybody whom any of its lines names.
    erased : set of str
        Keyed hashes, for an erasure.
    facts : mapping
        What its last line tells.
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
        return {name: str(given[name]) for name in COLUMNS}


def acts(path: Path) -> list[Told]:
    """Return all acts of the log in the order in which they began; lines that were damaged are passed over.

    Raises
    ------
    LogError
        When the log cannot be read. One that does not exist has no acts.
    """
    told: dict[str, Told] = {}
    for entry in _entries(path):
        act = told.setdefault(str(entry.get("act", "")), Told(int(entry["seq"]), str(entry.get("at", ""))))
        act.kind = str(entry.get("kind", act.kind))
        for name in ("by", "account", "what", "recipient", "reason", "why"):
            if name in entry:
                setattr(act, name, str(entry[name]))
        if entry.get("state") in ("done", "failed"):
            act.end = str(entry["state"])
        people = entry.get("people", {})
        act.people.update(unpacked(people))
        act.erased.update(people.get("keyed", ()))
        act.facts |= entry.get("facts", {})
    return sorted(told.values(), key=lambda act: act.number)


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
