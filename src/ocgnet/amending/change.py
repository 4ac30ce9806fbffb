"""What is to change: rows added, dropped and edited, as text, by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ocgnet.errors import UsageError
from ocgnet.model import TABLES

Row = Mapping[str, str]
"""Text by column, as in a CSV file; an absent column is blank."""


@dataclass(frozen=True)
class Changed:
    """Rows of one table by what happened to them."""

    added: int = 0
    dropped: int = 0
    edited: int = 0


@dataclass(frozen=True)
class Change:
    """Rows to add, drop and edit.

    Parameters
    ----------
    add : mapping of str to sequence of mappings
        By table: new rows.
    drop : mapping of str to sequence of mappings
        By table: identities (all columns of ``Table.identity``; an absent one is blank) of rows that go.
    edit : mapping of str to sequence of (mapping, mapping)
        By table: identity of a row, and the new text of some of its columns.

    Raises
    ------
    UsageError
        When a table or column is not in the model. One row dropped or edited twice is refused with the rows.
    """

    add: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    drop: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    edit: Mapping[str, Sequence[tuple[Row, Row]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.add, *self.drop, *self.edit):
            if name not in TABLES:
                raise UsageError(f"There is no table {name}.")
        for name in self.tables:
            known = {c.name for c in TABLES[name].columns}
            identity = set(TABLES[name].identity)
            by_identity = [*self.drop.get(name, ()), *(who for who, _ in self.edit.get(name, ()))]
            for given in (*self.add.get(name, ()), *(new for _, new in self.edit.get(name, ()))):
                if unknown := sorted(set(given) - known):
                    raise UsageError(f"{name} has no column {', '.join(unknown)}.")
            for given in by_identity:
                if unknown := sorted(set(given) - identity):
                    raise UsageError(f"{', '.join(unknown)} does not identify a row of {name}.")

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables concerned, in the order of the model."""
        concerned = {n for part in (self.add, self.drop, self.edit) for n, rows in part.items() if rows}
        return tuple(n for n in TABLES if n in concerned)

    def counted(self) -> dict[str, Changed]:
        """Return how many rows are added, dropped and edited, by table."""
        return {
            n: Changed(len(self.add.get(n, ())), len(self.drop.get(n, ())), len(self.edit.get(n, ())))
            for n in self.tables
        }
