"""A pack: what one audience may see about some children, cut from their records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ocgnet.analysis.children.links import BASES
from ocgnet.casework.child_records import ChildRecords
from ocgnet.casework.concerns import without_members
from ocgnet.casework.disclosure.names_in_text import HiddenNames
from ocgnet.casework.disclosure.pseudonyms import Pseudonyms
from ocgnet.casework.recipients import REASONS, TITLES, Audience, SharedColumn
from ocgnet.dataset import About, LeftOut
from ocgnet.evidence.restricted import RESTRICTED
from ocgnet.results.small_counts import rounded, suppress
from ocgnet.settings import Settings

# Counts about the children of a pack, with small ones hidden and the others rounded.


def shown(count: int | None) -> str:
    """Return a count as it is printed.

    >>> shown(12), shown(None)
    ('12', 'not shown')
    """
    return "not shown" if count is None else f"{count:,}"


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


class KeptBack(NamedTuple):
    """What a table would hold about a child if it might leave: counted, and never called nothing."""

    child: str  # as it stands in the tables
    table: str
    what: str  # entry or report
    why: str
    number: int


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
    withheld: tuple[LeftOut, ...] = ()  # how many reports and records of people stayed behind and why, for the sender
    kept_back: tuple[KeptBack, ...] = ()  # the same by child and table, for the sender
    pseudonymised: bool = False  # whether ids are pseudonyms and columns that identify are gone
    conditions_met: int = 0  # reports whose handling conditions the sender confirmed as met
    steps: tuple[str, ...] = ()  # what the recipient does before using it
    agreement: str = ""  # reference of the sharing agreement; empty when none was named
    destroy_by: date | None = None  # day by which the recipient destroys it
    facts: tuple[tuple[str, str], ...] = field(default=())  # further lines at the top, such as the first responder
    # Said to the sender alone, and in no file of the pack: what to read again, what to do next and whom to tell.
    before_it_leaves: str = ""
    for_sender: tuple[str, ...] = ()

    @property
    def marking(self) -> str:
        """The marking with the word that the people are made up."""
        return self.about.marked

    @property
    def seen(self) -> frozenset[str]:
        """What the recipient may be told of; see :meth:`Audience.places`."""
        return self.audience.places(pseudonymised=self.pseudonymised)

    @property
    def tells_why(self) -> bool:
        """Whether the recipient may be told why something stays behind: whoever sees reasons or reports may."""
        return bool(self.seen & REASONS)

    def withheld_said(self) -> tuple[LeftOut, ...]:
        """Return what stayed behind as the recipient is told of it."""
        counts: Counter[tuple[str, str]] = Counter()
        for held in self.withheld:
            if self.tells_why or held.what == "people":
                counts[held.what, self._why_said(held.why)] += held.count
        return tuple(LeftOut(what, why, count) for (what, why), count in counts.items())

    def kept_from(self, child: str) -> dict[str, list[tuple[str, str, int]]]:
        """Return by table what is kept back about a child, as the recipient is told of it: what, why, count."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for kept in self.kept_back:
            if kept.child == child:
                counts[kept.table, kept.what, self._why_said(kept.why)] += kept.number
        by_table: dict[str, list[tuple[str, str, int]]] = {}
        for (table, what, why), count in counts.items():
            by_table.setdefault(table, []).append((what, why, count))
        return by_table

    def _why_said(self, why: str) -> str:
        """Return a reason as the recipient is told it; that somebody is restricted is for no output."""
        return why if self.tells_why and why != RESTRICTED else KEPT_BY_SENDER


KEPT_BY_SENDER = "kept back by the sender"
"""All that a recipient learns of why who is not told what the police hold, and anybody of a restriction."""

_NAMES_SOMEBODY = "the words name somebody"


class Cut(NamedTuple):
    """The tables that an audience gets, and what of them stayed behind."""

    children: tuple[str, ...]  # as they stand in the tables, sorted
    tables: tuple[PackTable, ...]
    kept_back: tuple[KeptBack, ...]
    people: tuple[LeftOut, ...]  # whose records stayed behind, by reason


def cut_tables(
    records: ChildRecords,
    audience: Audience,
    pseudonyms: Pseudonyms | None = None,
    hidden: HiddenNames | None = None,
) -> Cut:
    """Cut the tables that an audience needs.

    The needs of the audience decide: a column that is not named there is not looked at. Pseudonyms replace ids, and
    leave out every column that identifies or holds what somebody wrote in their own words; a cell of another text
    that names one of ``hidden`` is left blank. What rests on the record of somebody in ``records.held`` stays behind,
    and is counted by child and by table, as are such cells and the reports of ``records.reports_held``.
    """
    name = pseudonyms.of if pseudonyms else str
    tables = []
    kept: Counter[tuple[str, str, str, str]] = Counter()
    people: set[str] = set()
    for table, columns in audience.shared(pseudonymised=pseudonyms is not None).items():
        if len(columns) < 2:
            continue
        names = [c.name for c in columns]
        leave, stay, whose = _rows(records, table, names, audience)
        people |= whose
        kept.update((name(r["child_id"]), table, "entry", why) for r, why in stay)
        cells = [tuple(name(r[c.name]) if c.person else r[c.name] for c in columns) for r in leave]
        if hidden:
            for at, row in enumerate(cells):
                wrong = {i for i, c in enumerate(columns) if c.any_words and hidden.named_in(row[i])}
                kept.update((row[0], table, "entry", _NAMES_SOMEBODY) for _ in wrong)
                cells[at] = tuple("" if i in wrong else cell for i, cell in enumerate(row))
        because = tuple(dict.fromkeys(n.because for n in audience.needs if n.table == table))
        # By the child as shown: the order of a pseudonymised pack says nothing about the ids.
        cells.sort(key=lambda r: r[0])
        tables.append(PackTable(table, TITLES[table], columns, tuple(cells), because))
        if table in ("concerns", "reports") and audience.places() & REASONS:
            for child, reasons in records.reports_held.items():
                kept.update((name(child), table, "report", why) for why in reasons)
    whys = Counter(records.held[p] for p in people)
    return Cut(
        tuple(sorted(name(c) for c in records.children)),
        tuple(tables),
        tuple(KeptBack(*key, count) for key, count in sorted(kept.items())),
        tuple(LeftOut("people", why, count) for why, count in sorted(whys.items())),
    )


_RESTS_ON = {"concerns": "member", "family": "adult_id"}
"""By table the column with the person on whose record a whole row rests."""


def _rows(
    records: ChildRecords, table: str, names: Sequence[str], audience: Audience
) -> tuple[list[dict[str, str]], list[tuple[dict[str, str], str]], set[str]]:
    """Return the rows of a table that leave, those that stay with the reason why, and whose records keep them."""
    chosen, held = records.rows[table], records.held
    if table == "unknown":
        seen = audience.places()
        chosen = [r for r in chosen if r["about"] in seen]
    person = _RESTS_ON.get(table, "")
    stay = [(r, held[r[person]]) for r in chosen if r.get(person) in held]
    people = {r[person] for r, _ in stay}
    leave = [r for r in chosen if r.get(person) not in held]
    if "companions" in names:
        with_child = [(r, c) for r in leave for c in r["companions"].split("|") if c in held]
        people |= {c for _, c in with_child}
        stay += [(r, held[c]) for r, c in with_child]
        leave = [r | {"companions": "|".join(c for c in r["companions"].split("|") if c not in held)} for r in leave]
    cut = [{n: r[n] for n in names} for r in leave]
    if table == "concerns" and "adult_id" not in names:
        cut = without_members(cut)
        by_why = {why: [{n: r[n] for n in names} for r, w in stay if w == why] for _, why in stay}
        stay = [(r, why) for why, rows in by_why.items() for r in without_members(rows)]
    return cut, stay, people


def needs_of(audience: Audience, *, pseudonymised: bool = False) -> list[tuple[str, str, str]]:
    """Return table, columns and reason for each need, as the pack prints them."""
    shared = audience.shared(pseudonymised=pseudonymised)
    rows = []
    for need in audience.needs:
        if left := [c for c in need.columns if c in {s.name for s in shared.get(need.table, ())}]:
            words = ", ".join(left).replace("cse_", "CSE ").replace("cce_", "CCE ").replace("_", " ")
            rows.append((TITLES[need.table], words, need.because))
    return rows
