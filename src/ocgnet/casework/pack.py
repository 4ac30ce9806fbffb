"""A pack: what one audience may see about some children, cut from their records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ocgnet.casework.child_records import ChildRecords
from ocgnet.casework.concerns import without_members
from ocgnet.casework.pseudonyms import Pseudonyms
from ocgnet.casework.recipients import PACK_TABLES, TITLES, Audience, SharedColumn
from ocgnet.casework.summary import Summary
from ocgnet.dataset import About, LeftOut

RECEIPT = "receipt.json"
"""What left, as data: counts and hashes of the files, no row about a person."""


@dataclass(frozen=True)
class PackTable:
    """One table of a pack.

    Parameters
    ----------
    name, title : str
        Key of ``PACK_TABLES`` and heading.
    columns : tuple of SharedColumn
        Columns that this audience needs.
    rows : tuple of tuple of str
        Cells as text, sorted; the first is always the child.
    because : tuple of str
        Why the audience needs it.
    """

    name: str
    title: str
    columns: tuple[SharedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """What leaves, apart from how it is written.

    Parameters
    ----------
    audience : Audience
        Who receives it.
    about : About
        Force and marking.
    title : str
        The sentence at the top.
    by, reason : str
        Who sends it, and why.
    on : date or None
        Day of the pack.
    period : str
        One sentence on the dates.
    children : tuple of str
        Ids or pseudonyms as they stand in the tables; empty in a pack of numbers only.
    tables : tuple of PackTable
        In the order in which they are shown.
    summary : Summary or None
        Counts with small ones hidden.
    withheld : tuple of LeftOut
        How many reports stayed behind and why.
    pseudonymised : bool
        Whether ids are pseudonyms and columns that identify are gone.
    conditions_met : int
        Reports whose handling conditions the sender confirmed as met.
    steps : tuple of str
        What to do and whom to tell next.
    facts : tuple of (str, str)
        Further lines at the top, such as the first responder.
    """

    audience: Audience
    about: About
    title: str
    by: str
    reason: str
    on: date | None
    period: str
    children: tuple[str, ...]
    tables: tuple[PackTable, ...]
    summary: Summary | None = None
    withheld: tuple[LeftOut, ...] = ()
    pseudonymised: bool = False
    conditions_met: int = 0
    steps: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def marking(self) -> str:
        """The marking with the word that the people are made up."""
        return self.about.marked


def cut_tables(
    records: ChildRecords, audience: Audience, pseudonyms: Pseudonyms | None = None
) -> tuple[tuple[str, ...], tuple[PackTable, ...]]:
    """Cut the tables that an audience needs.

    Parameters
    ----------
    records : ChildRecords
        All that may leave at all.
    audience : Audience
        Its needs decide; a column that is not named there is not looked at.
    pseudonyms : Pseudonyms, optional
        Replace ids, and leave out every column that identifies.

    Returns
    -------
    (tuple of str, tuple of PackTable)
        Children as they are named in the tables, and the tables, by child.
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
        if left := [c for c in need.columns if (need.table, c) not in gone and c != "child_id"]:
            only = f" (only as {' or '.join(need.only)})" if need.only else ""
            words = ", ".join(left).replace("cse_", "CSE ").replace("cce_", "CCE ").replace("_", " ")
            found.append((TITLES[need.table], words + only, need.because))
    return found
