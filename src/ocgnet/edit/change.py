"""What is to change: rows added, dropped and edited, as text, by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.errors import SourceError, UsageError
from ocgnet.model import TABLES, Column, Kind
from ocgnet.sources.cells import CellError, read_cell
from ocgnet.sources.parquet import as_text

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

    erasing : bool
        Nothing of what goes may stay in free space of a file.

    Raises
    ------
    UsageError
        When a table or column is not in the model. One row dropped or edited twice is refused with the rows.
    """

    add: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    drop: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    edit: Mapping[str, Sequence[tuple[Row, Row]]] = field(default_factory=dict)
    erasing: bool = False

    def __post_init__(self) -> None:
        for name in (*self.add, *self.drop, *self.edit):
            if name not in TABLES:
                raise UsageError(f"There is no table {name}.")
        for name in self.tables:
            columns = {c.name for c in TABLES[name].columns}
            identity = set(TABLES[name].identity)
            by_identity = [*self.drop.get(name, ()), *(who for who, _ in self.edit.get(name, ()))]
            for given in (*self.add.get(name, ()), *(new for _, new in self.edit.get(name, ()))):
                if unknown := sorted(set(given) - columns):
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


_INSTANTS = frozenset(c.name for table in TABLES.values() for c in table.columns if c.kind is Kind.INSTANT)
"""Columns of every table that holds one of that name; what a store keeps in them is universal time."""


def texts_of(table: pa.Table) -> pa.Table:
    """Return a table as text, as a CSV would hold it; blank for null."""
    columns = {}
    for name in table.column_names:
        text = as_text(table[name], Kind.INSTANT if name in _INSTANTS else Kind.TEXT, stored=True)
        if isinstance(text, str):
            raise SourceError(f"{name}: {text}")
        columns[name] = pc.fill_null(text, "")
    return pa.table(columns)


def rows_of(table: pa.Table) -> list[dict[str, str]]:
    """Return the rows of a table as text by column; blank for null."""
    columns = {name: text.to_pylist() for name, text in zip(table.column_names, texts_of(table).columns, strict=True)}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def identity_of(name: str, row: Row) -> tuple[Any, ...]:
    """Return what tells a row of a table from all others, by what its cells stand for.

    >>> identity_of("stop_checks", {"stop_id": " S1 "})
    ('S1',)
    """
    table = TABLES[name]
    return tuple(_value(table.column(n), (row.get(n) or "").strip()) for n in table.identity)


def places_of(name: str, rows: Sequence[Row], wanted: Sequence[Row]) -> list[list[int]]:
    """Return where among the rows of a table each identity stands: once, but for rows recorded twice by mistake.

    Cells are compared by what they stand for: ``31/01/2019`` and ``2019-01-31`` are one day.

    Raises
    ------
    UsageError
        When a row does not exist, or is asked for twice.
    """
    by_identity: dict[tuple[Any, ...], list[int]] = {}
    for k, row in enumerate(rows if wanted else ()):
        by_identity.setdefault(identity_of(name, row), []).append(k)
    places = []
    for given in wanted:
        where = by_identity.pop(identity_of(name, given), None)
        if where is None and identity_of(name, given) in map(partial(identity_of, name), rows):
            raise UsageError(f"One row of {name} is to be changed twice. Nothing was changed.")
        if where is None:
            cells = ", ".join(f"{n} {given.get(n) or '(blank)'}" for n in TABLES[name].identity)
            raise UsageError(f"{name} holds no row with {cells}. Nothing was changed.")
        places.append(where)
    return places


def _value(column: Column, text: str) -> Any:
    if not text:
        return None
    with suppress(CellError):
        return read_cell(column, text)
    return text
