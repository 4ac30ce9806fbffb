"""The list of passages that may mean somebody: written for a person to decide about, and taken back decided."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ocgnet.errors import UsageError
from ocgnet.files.writing import neutral, write_csv
from ocgnet.visible import visible

REPLACE, KEEP = "replace", "keep"
COLUMNS = ("decision", "reason", "passage", "written_as", "before", "after", "table", "row", "column", "at")
"""Columns of the list; the first two are for whoever decides."""

_BESIDE = 60
"""Characters of the text shown before and behind a passage."""

Key = tuple[str, str, str, str, str]
"""Table, row, column, place and passage."""


@dataclass(frozen=True)
class Passage:
    """A passage of the records that may mean who is to be erased."""

    table: str
    row: Mapping[str, str]  # identity
    column: str
    begin: int
    passage: str
    how: str
    text: str

    @property
    def key(self) -> Key:
        """What tells this passage from every other one, as the list writes it."""
        row = "; ".join(f"{name}={cell}" for name, cell in self.row.items())
        cells = (self.table, row, self.column, str(self.begin + 1), self.passage)
        return tuple(_plain(neutral(cell)) for cell in cells)  # type: ignore[return-value]

    def cells(self) -> list[str]:
        """Return the cells of its row of the list, undecided."""
        end = self.begin + len(self.passage)
        table, row, column, at, _ = self.key
        before, after = self.text[max(self.begin - _BESIDE, 0) : self.begin], self.text[end : end + _BESIDE]
        return ["", "", self.passage, self.how, before, after, table, row, column, at]

    def told(self) -> str:
        """Return where it stands and how it is written, without the passage."""
        return visible(f"{self.table}, {self.key[1]}, {self.column}, character {self.begin + 1} ({self.how})")


@dataclass(frozen=True)
class Decision:
    """What is to be done with one passage."""

    replace: bool
    reason: str  # why it is kept


def write_list(path: Path, passages: Iterable[Passage], marking: str) -> None:
    """Write the list for its owner only; a file that exists is never replaced."""
    write_csv(path, COLUMNS, (p.cells() for p in passages), for_excel=True, marking=marking)


def read_list(path: Path) -> dict[Key, Decision]:
    """Return the decisions of a list that was filled in; a row without one is left out.

    Raises
    ------
    UsageError
        When it is no such list, or a decision is neither ``replace`` nor ``keep`` with a reason.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as a list of passages ({error}). Nothing was changed.") from error
    decisions: dict[Key, Decision] = {}
    for number, row in enumerate(rows, 2):
        if missing := [c for c in COLUMNS if row.get(c) is None]:
            raise UsageError(
                f"{path}, row {number}, has no column {missing[0]}: give back the list that this command wrote, "
                "saved as CSV. Nothing was changed."
            )
        decision, reason = row["decision"].strip().lower(), row["reason"].strip()
        if decision not in ("", REPLACE, KEEP):
            raise UsageError(
                f"{path}, row {number}, column decision, says {decision!r}: write {REPLACE} or {KEEP}. Nothing "
                "was changed."
            )
        if decision == KEEP and not reason:
            raise UsageError(f"{path}, row {number}, is to be kept: say why in the column reason. Nothing was changed.")
        if decision:
            key = (row["table"], row["row"], row["column"], row["at"], _plain(row["passage"]))
            decisions[key] = Decision(decision == REPLACE, reason)
    return decisions


def _plain(cell: str) -> str:
    # A spreadsheet may write the line ends of a cell in another way.
    return "\n".join(cell.splitlines())
