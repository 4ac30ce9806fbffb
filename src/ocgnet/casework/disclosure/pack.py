"""A pack: what one audience may see about some children, cut from their records."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ocgnet.analysis.children.links import BASES
from ocgnet.casework.child_records import ChildRecords
from ocgnet.casework.concerns import without_members
from ocgnet.casework.recipients import PACK_TABLES, TITLES, Audience, SharedColumn
from ocgnet.dataset import About, LeftOut
from ocgnet.errors import OutputError, SourceError, UsageError
from ocgnet.files.writing import write_text
from ocgnet.settings import Settings

# Stable pseudonyms from a key that stays behind.

_HEAD = "ocgnet pseudonym key, version 1. Whoever holds it can tell who is meant. Keep it away from every pack."
_FORM = re.compile(r"[0-9a-f]{64}")


class Pseudonyms:
    """Replaces ids by pseudonyms.

    ``key`` are 32 secret bytes.

    A pseudonym is the first 60 bits of HMAC-SHA-256 (RFC 2104) over the id, in the letters and digits of base 32. The
    same key and id give the same pseudonym in every pack; without the key an id cannot be worked out, nor guessed and
    tried. Pseudonymised records are still personal data: what is said of a person may tell who it is.

    >>> names = Pseudonyms(bytes(32))
    >>> names.of("C1") == names.of("C1"), names.of("C1") == names.of("C2"), names.of("")
    (True, False, '')
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a pseudonym key has 32 bytes")
        self._key = key

    def of(self, identifier: str) -> str:
        """Return the pseudonym of one id, or of several separated by ``|``; blank stays blank."""
        return "|".join(self._one(part) for part in identifier.split("|")) if identifier else ""

    def whose(self, pseudonym: str, identifiers: Iterable[str]) -> str | None:
        """Return the id among ``identifiers`` that has this pseudonym, or None."""
        wanted = pseudonym.strip().upper()
        return next((i for i in identifiers if hmac.compare_digest(self._one(i), wanted)), None)

    def _one(self, identifier: str) -> str:
        digest = hmac.new(self._key, b"ocgnet:id:" + identifier.encode("utf-8"), hashlib.sha256).digest()
        letters = base64.b32encode(digest)[:12].decode("ascii")
        return f"P-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def read_key(path: Path) -> Pseudonyms:
    """Read a key file.

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
    found = [line for line in text.splitlines() if _FORM.fullmatch(line)]
    if len(found) != 1 or not text.startswith(_HEAD):
        raise SourceError(f"{path} is no key of pseudonyms. Name the key file of the pack, or a new file.")
    return Pseudonyms(bytes.fromhex(found[0]))


def key_at(path: Path, pack: Path) -> Pseudonyms:
    """Return the pseudonyms of a key file, which is made when it does not exist; never inside the pack.

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


# Small counts in summaries: hidden, and hidden so that a sum does not give them back.


def suppress(counts: Mapping[str, int], threshold: int) -> dict[str, int | None]:
    """Hide the small counts of one breakdown whose total the reader knows.

    Counts from 1 to ``threshold - 1`` are hidden; nought is printed, because it is about nobody. One hidden count
    alone would follow from the total by subtraction, and several would when their sum leaves only one way to fill
    them: the next smallest counts above nought are hidden too (secondary suppression), all of one size together,
    while fewer than two are hidden, while what is hidden adds up to less than twice the threshold, or while its sum
    is the least or the most that so many small counts can have. Where that does not help, and in a breakdown of fewer
    than ``threshold`` people, nothing is printed.

    ``counts`` are of parts that do not overlap; ``threshold`` is the least count that is printed, 3 or more, since
    below 3 a hidden count can be worked out. The same keys in the same order; None where hidden.

    Held by a test that knows this rule and the total and tries all ways to fill a breakdown: no hidden count of up to
    five categories can be worked out. It does not guard against what a reader knows from elsewhere.

    >>> suppress({"Easter": 12, "Norther": 9, "Wester": 2, "Souther": 0}, 5)
    {'Easter': 12, 'Norther': None, 'Wester': None, 'Souther': 0}
    >>> suppress({"Easter": 12, "Wester": 9}, 5)
    {'Easter': 12, 'Wester': 9}
    """
    if sum(counts.values()) < threshold:
        return dict.fromkeys(counts)
    hidden = {k: n for k, n in counts.items() if 0 < n < threshold}
    while hidden and _gives_itself_away(hidden, threshold):
        left = [n for k, n in counts.items() if k not in hidden and n]
        if not left:
            return dict.fromkeys(counts)
        hidden |= {k: n for k, n in counts.items() if n == min(left)}
    return {k: None if k in hidden else n for k, n in counts.items()}


def _gives_itself_away(hidden: Mapping[str, int], threshold: int) -> bool:
    total, cells = sum(hidden.values()), len(hidden)
    return cells < 2 or total < 2 * threshold or total in (cells, cells * (threshold - 1))


def shown(count: int | None) -> str:
    """Return a count as it is printed.

    >>> shown(12), shown(None)
    ('12', 'not shown')
    """
    return "not shown" if count is None else f"{count:,}"


# Counts about the children of a pack, with small ones hidden.

_AGES = ((10, "under 10"), (13, "10 to 12"), (16, "13 to 15"), (18, "16 or 17"))


@dataclass(frozen=True)
class Summary:
    """Breakdowns of the children of a pack."""

    children: int | None  # how many, rounded; None where that is hidden
    # Count by category, rounded, by title of the breakdown; None where hidden.
    breakdowns: Mapping[str, Mapping[str, int | None]]
    threshold: int  # least count that is printed
    base: int  # to which every count is rounded
    counted: Mapping[str, str]  # what was counted of each child, by true id; nothing of it is printed

    def rows(self) -> list[tuple[str, str, str]]:
        """Return breakdown, category and printed count, the total first."""
        found = [("all", "children", shown(self.children))]
        return found + [(title, c, shown(n)) for title, counts in self.breakdowns.items() for c, n in counts.items()]

    @property
    def hidden(self) -> bool:
        """Whether any count is hidden."""
        return self.children is None or any(n is None for b in self.breakdowns.values() for n in b.values())


def rounded(count: int | None, base: int) -> int | None:
    """Return a count rounded to the nearest multiple of ``base``, a half upwards; None stays None.

    >>> [rounded(n, 5) for n in (5, 7, 8, 12, 13)], rounded(7, 1), rounded(6, 4), rounded(None, 5)
    ([5, 5, 10, 10, 15], 7, 8, None)
    """
    return None if count is None else (2 * count + base) // (2 * base) * base


_NOTICED = "why they came to notice (one child may count several times)"


def summary_of(records: ChildRecords, settings: Settings) -> Summary:
    """Count the children by district, age, missing episodes and basis of concern.

    ``suppress`` is applied to every breakdown with ``least_shown`` of the settings, and what is left is rounded to
    ``rounded_to``. A concern is no part of a whole, because one child may have several: its count is hidden when it,
    or the number of children without it, is small. Districts whose count is hidden are joined as other districts:
    their names alone would say that somebody lives there. Fewer children than ``least_shown`` have no breakdown.
    """
    total, threshold, base = len(records.children), settings.least_shown, settings.rounded_to
    who = records.rows["children"]
    linked: dict[str, set[str]] = {}
    for concern in records.concerns:
        linked.setdefault(concern.basis, set()).add(concern.child_id)
    of_child = {
        r["child_id"]: {
            "district": r["district"] or "not recorded",
            "age": _age(r),
            "missing episodes in the period": _often(len(records.of(r["child_id"], "missing"))),
        }
        for r in who
    }
    counted = {
        child: json.dumps([*parts.values(), sorted(b for b, those in linked.items() if child in those)])
        for child, parts in of_child.items()
    }
    if total < threshold:
        return Summary(None, {}, threshold, base, counted)
    first = {
        "district": (),
        "age": (*(a for _, a in _AGES), "not known"),
        "missing episodes in the period": ("none", "one", "two or more"),
    }
    parts = {title: _counts([p[title] for p in of_child.values()], words) for title, words in first.items()}
    breakdowns = {title: suppress(counts, threshold) for title, counts in parts.items()}
    breakdowns["district"] = _joined(parts["district"], breakdowns["district"])
    breakdowns[_NOTICED] = {}
    for basis, words in BASES.items():
        children = len(linked.get(basis, ()))
        breakdowns[_NOTICED][words] = suppress({basis: children, "": total - children}, threshold)[basis]
    printed = {title: {c: rounded(n, base) for c, n in counts.items()} for title, counts in breakdowns.items()}
    return Summary(rounded(total, base), printed, threshold, base, counted)


def _joined(counts: Mapping[str, int], printed: Mapping[str, int | None]) -> dict[str, int | None]:
    found: dict[str, int | None] = {c: n for c, n in printed.items() if n is not None}
    hidden = sum(counts[c] for c, n in printed.items() if n is None)
    return found | ({"other districts": hidden} if hidden else {})


def _counts(categories: Sequence[str], first: Sequence[str]) -> dict[str, int]:
    counts = Counter(categories)
    return {c: counts[c] for c in (*first, *sorted(set(counts) - set(first)))}


def _age(row: Mapping[str, str]) -> str:
    if not row["age"].isdigit():
        return "not known"
    age = int(row["age"])
    return next((words for end, words in _AGES if age < end), "18 or over")


def _often(episodes: int) -> str:
    return ("none", "one")[episodes] if episodes < 2 else "two or more"


RECEIPT = "receipt.json"
"""What left, as data: counts and hashes of the files, no row about a person."""


@dataclass(frozen=True)
class PackTable:
    """One table of a pack."""

    # name, title: key of ``PACK_TABLES`` and heading.
    name: str
    title: str
    columns: tuple[SharedColumn, ...]  # columns that this audience needs
    rows: tuple[tuple[str, ...], ...]  # cells as text, sorted; the first is always the child
    because: tuple[str, ...]  # why the audience needs it


@dataclass(frozen=True)
class Pack:
    """What leaves, apart from how it is written."""

    audience: Audience
    about: About
    title: str  # the sentence at the top
    by: str
    reason: str
    on: date | None  # day of the pack
    period: str  # one sentence on the dates
    children: tuple[str, ...]  # ids or pseudonyms as they stand in the tables; empty in a pack of numbers only
    tables: tuple[PackTable, ...]  # in the order in which they are shown
    summary: Summary | None = None  # counts with small ones hidden
    withheld: tuple[LeftOut, ...] = ()  # how many reports stayed behind and why
    pseudonymised: bool = False  # whether ids are pseudonyms and columns that identify are gone
    conditions_met: int = 0  # reports whose handling conditions the sender confirmed as met
    steps: tuple[str, ...] = ()  # what to do and whom to tell next
    facts: tuple[tuple[str, str], ...] = field(default=())  # further lines at the top, such as the first responder

    @property
    def marking(self) -> str:
        """The marking with the word that the people are made up."""
        return self.about.marked


def cut_tables(
    records: ChildRecords, audience: Audience, pseudonyms: Pseudonyms | None = None
) -> tuple[tuple[str, ...], tuple[PackTable, ...]]:
    """Cut the tables that an audience needs.

    The needs of the audience decide: a column that is not named there is not looked at. Pseudonyms replace ids, and
    leave out every column that identifies. First come the children as they are named in the tables, by child.
    """
    name = pseudonyms.of if pseudonyms else str
    tables = []
    for table, wanted in audience.columns.items():
        columns = tuple(c for c in wanted if not (pseudonyms and c.identifies))
        if len(columns) < 2:
            continue
        rows = _rows(records, table, columns, audience)
        cells = [tuple(name(r[c.name]) if c.person else r[c.name] for c in columns) for r in rows]
        because = tuple(dict.fromkeys(n.because for n in audience.needs if n.table == table))
        # By the child as shown: the order of a pseudonymised pack says nothing about the ids.
        cells.sort(key=lambda r: r[0])
        tables.append(PackTable(table, TITLES[table], columns, tuple(cells), because))
    return tuple(sorted(name(c) for c in records.children)), tuple(tables)


def _rows(
    records: ChildRecords, table: str, columns: Sequence[SharedColumn], audience: Audience
) -> list[dict[str, str]]:
    names = [c.name for c in columns]
    chosen = records.rows[table]
    if table == "crimes" and (standings := audience.standings()):
        chosen = [r for r in chosen if r["standing"] in standings]
    if table == "unknown":
        seen = {f"{t}.{c.name}" for t, shared in audience.columns.items() for c in shared}
        chosen = [r for r in chosen if r["about"] in seen]
    rows = [{n: r[n] for n in names} for r in chosen]
    return without_members(rows) if table == "concerns" and "adult_id" not in names else rows


def needs_of(audience: Audience, *, pseudonymised: bool = False) -> list[tuple[str, str, str]]:
    """Return table, columns and reason for each need, as the pack prints them."""
    gone = {(t, c.name) for t, columns in PACK_TABLES.items() for c in columns if pseudonymised and c.identifies}
    found = []
    for need in audience.needs:
        if left := [c for c in need.columns if (need.table, c) not in gone]:
            only = f" (only as {' or '.join(need.only)})" if need.only else ""
            words = ", ".join(left).replace("cse_", "CSE ").replace("cce_", "CCE ").replace("_", " ")
            found.append((TITLES[need.table], words + only, need.because))
    return found
