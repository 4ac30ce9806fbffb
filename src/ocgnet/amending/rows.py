"""Finding rows by their identity, and changing a table of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.amending.change import Change, Row
from ocgnet.errors import UsageError
from ocgnet.model import TABLES, Column, Table
from ocgnet.sources import RawTable
from ocgnet.sources.cells import CellError, read_cell


def rows_of(name: str, columns: Mapping[str, pa.ChunkedArray], wanted: Sequence[Row]) -> list[int]:
    """Return the row of each identity.

    Cells are compared by what they stand for: ``31/01/2019`` and ``2019-01-31`` are one day.

    Parameters
    ----------
    name : str
        Table of the model.
    columns : mapping of str to pyarrow.ChunkedArray of string
        The table as text.
    wanted : sequence of mappings
        Identities; columns that are absent are blank.

    Raises
    ------
    UsageError
        When a row does not exist, or is asked for twice.
    """
    if not wanted:
        return []
    table = TABLES[name]
    keys = [_identity(table, w) for w in wanted]
    first = table.identity[0]
    if first in columns:
        text = pc.utf8_trim_whitespace(pc.fill_null(columns[first], ""))
        near = np.flatnonzero(pc.is_in(text, pa.array(sorted({w.get(first, "").strip() for w in wanted}), pa.string())))
    else:
        near = np.empty(0, np.int64)
    taken = {
        n: columns[n].take(pa.array(near)).to_pylist() if n in columns else [""] * len(near) for n in table.identity
    }
    found = {
        _identity(table, {n: cells[k] or "" for n, cells in taken.items()}): int(row) for k, row in enumerate(near)
    }
    for key, given in zip(keys, wanted, strict=True):
        if key not in found:
            said = ", ".join(f"{n} {given.get(n) or '(blank)'}" for n in table.identity)
            raise UsageError(f"{name} holds no row with {said}. Nothing was changed.")
    rows = [found[key] for key in keys]
    if len(set(rows)) < len(rows):
        raise UsageError(f"One row of {name} is to be changed twice. Nothing was changed.")
    return rows


def amended(raw: RawTable, change: Change) -> RawTable:
    """Return a table of text with a change made; order is kept, new rows come last."""
    name = raw.name
    gone, edits, added = parts(raw, change)
    total = len(raw.lines)
    columns: dict[str, pa.ChunkedArray] = {}
    edited = [row for row, _ in edits]
    keep = np.ones(total, bool)
    keep[gone] = False
    needed = {c for _, new in edits for c in new} | {c for row in added for c in row}
    for column in TABLES[name].columns:
        if column.name not in raw.columns and column.name not in needed:
            continue
        text = raw.columns.get(column.name, pa.chunked_array([pa.array([""] * total, pa.string())]))
        if any(column.name in new for _, new in edits):
            cells = text.take(pa.array(edited)).to_pylist()
            mask = np.zeros(total, bool)
            mask[edited] = True
            fresh = [new.get(column.name, old) or "" for (_, new), old in zip(edits, cells, strict=True)]
            order = np.argsort(edited)
            text = pa.chunked_array(
                [pc.replace_with_mask(text.combine_chunks(), pa.array(mask), pa.array(fresh, pa.string()).take(order))]
            )
        more = pa.array([row.get(column.name, "") for row in added], pa.string())
        columns[column.name] = pa.chunked_array([*text.filter(pa.array(keep)).chunks, more], pa.string())
    start = int(raw.lines.max(initial=1)) + 1
    lines = np.concatenate([raw.lines[keep], np.arange(start, start + len(added), dtype=np.int32)])
    return replace(raw, columns=columns, lines=lines, rows_in=len(lines))


def parts(raw: RawTable, change: Change) -> tuple[list[int], list[tuple[int, Row]], Sequence[Row]]:
    """Return rows that go, rows that change with their new cells, and new rows."""
    name = raw.name
    drop, edit = change.drop.get(name, ()), change.edit.get(name, ())
    found = rows_of(name, raw.columns, [*drop, *(who for who, _ in edit)])
    edits = list(zip(found[len(drop) :], (new for _, new in edit), strict=True))
    return found[: len(drop)], edits, change.add.get(name, ())


def _identity(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(_value(table.column(n), (row.get(n) or "").strip()) for n in table.identity)


def _value(column: Column, text: str) -> Any:
    if not text:
        return None
    with suppress(CellError):
        return read_cell(column, text)
    return text
