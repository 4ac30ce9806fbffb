"""What a change of a plan keeps of the action as it was: cells written as JSON, opened to take somebody out of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate

from ocgnet.model import TABLES, Kind
from ocgnet.model.response import SUBJECTS, cells_before, written_before
from ocgnet.retention.mentions import Mention, replaced

HISTORY = ("plan_changes", "before")
"""The table and column that hold such cells."""

_OF_NOBODY = SUBJECTS.keys() - {"person"}
"""Kinds of subject that are no person; a kind that is no word of ours counts as one."""

_IDS = frozenset(c.name for c in TABLES["plan_actions"].columns if c.kind is Kind.ID)


@dataclass(frozen=True)
class CellsBefore:
    """Cells of an action as it was, and the same as a text of one line a cell, in which passages are looked for."""

    cells: Mapping[str, str]

    @property
    def text(self) -> str:
        """The cells as a person reads them."""
        return "\n".join(f"{name}: {cell}" for name, cell in self.cells.items())

    def written(self) -> str:
        """Return the cells as JSON again."""
        return written_before(self.cells)

    def without_ids(self, person: str, plans: Collection[str]) -> CellsBefore:
        """Return the cells without the id of a person, and without those of some plans."""
        cells = dict(self.cells)
        if cells.get("nominal_id") == person:
            cells["nominal_id"] = ""
        if cells.get("subject_id") == person and cells.get("subject_kind") not in _OF_NOBODY:
            cells |= {"subject_kind": "", "subject_id": ""}
        if cells.get("plan_id") in plans:
            cells["plan_id"] = ""
        return CellsBefore(cells)

    def mentions(self, within: Callable[[str], list[Mention]]) -> list[Mention]:
        """Return what is found in the cells, placed in :attr:`text`; an id is no text."""
        begins = accumulate((len(n) + len(c) + 3 for n, c in self.cells.items()), initial=0)
        return [
            Mention(m.begin + at + len(name) + 2, m.end + at + len(name) + 2, m.how, m.certain)
            for at, (name, cell) in zip(begins, self.cells.items(), strict=False)
            if name not in _IDS
            for m in within(cell)
        ]

    def replaced(self, mentions: Collection[Mention], word: str) -> CellsBefore:
        """Return the cells with passages of :attr:`text` replaced by a word."""
        cells, at = {}, 0
        for name, cell in self.cells.items():
            begin = at + len(name) + 2
            at = begin + len(cell) + 1
            own = [Mention(m.begin - begin, m.end - begin, m.how) for m in mentions if begin <= m.begin < at]
            cells[name] = replaced(cell, own, word)
        return CellsBefore(cells)


def opened(text: str) -> CellsBefore | None:
    """Return the cells that a text holds as JSON; None when it is none, and stays an ordinary text."""
    cells = cells_before(text)
    return None if cells is None else CellsBefore(cells)
