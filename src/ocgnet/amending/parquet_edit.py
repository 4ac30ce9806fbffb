"""Changing rows of a Parquet file; its schema stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ocgnet.amending.change import Change, Row
from ocgnet.amending.rows import parts
from ocgnet.errors import RecordError
from ocgnet.model import TABLES, Column, Kind
from ocgnet.sources import RawTable
from ocgnet.sources.cells import CellError, read_cell


def write_edited_parquet(path: Path, raw: RawTable, change: Change, out: Path) -> None:
    """Write a Parquet file with a change made to ``out``; types, order of columns and rows are kept."""
    import pyarrow.parquet as pq

    gone, edits, added = parts(raw, change)
    given = pq.read_table(path)
    for column in TABLES[raw.name].columns:
        needed = any(column.name in new for _, new in edits) or any(row.get(column.name) for row in added)
        if needed and column.name not in given.column_names:
            given = given.append_column(column.name, pa.nulls(given.num_rows, pa.string()))
    # Blank rows of the file are no rows of the table: a row is found by its line.
    places = raw.lines.astype(np.int64) - 2
    order = list(range(given.num_rows))
    fresh: list[pa.Table] = []
    for row, new in edits:
        place = int(places[row])
        order[place] = given.num_rows + len(fresh)
        fresh.append(_with(raw.name, given.slice(place, 1), new))
    dropped = {int(places[row]) for row in gone}
    order = [k for p, k in enumerate(order) if p not in dropped]
    blank = pa.table([pa.nulls(1, f.type) for f in given.schema], schema=_nullable(given.schema))
    order += range(given.num_rows + len(fresh), given.num_rows + len(fresh) + len(added))
    fresh += [_with(raw.name, blank, row) for row in added]
    whole = pa.concat_tables([given.cast(_nullable(given.schema)), *fresh]).take(pa.array(order, pa.int64()))
    pq.write_table(whole, out)


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([f.with_nullable(True) for f in schema], metadata=schema.metadata)


def _with(name: str, row: pa.Table, new: Row) -> pa.Table:
    """Return a table of one row with new cells, in the types of the file."""
    row = row.cast(_nullable(row.schema))
    for column in TABLES[name].columns:
        if column.name in new and column.name in row.column_names:
            place = row.column_names.index(column.name)
            field = row.schema.field(place)
            row = row.set_column(place, field, _cell(column, new[column.name], field.type))
    return row


def _cell(column: Column, text: str, kind: pa.DataType) -> pa.Array:
    text = text.strip() if column.kind is not Kind.TEXT else text
    if not text:
        return pa.nulls(1, kind)
    if pa.types.is_dictionary(kind):
        return pa.array([text], pa.string()).cast(kind.value_type).dictionary_encode().cast(kind)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.array([text.split("|")], kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.array([text], kind)
    try:
        value: Any = read_cell(column, text)
        return pa.array([value]).cast(kind)
    except CellError as error:
        wrong = f"column {column.name}, value {text!r}: {error.remedy}"
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        wrong = f"column {column.name} of the file holds {kind}, which cannot be {text!r}."
    # A typed file cannot hold it, so the check of the changed whole would never see it.
    raise RecordError(f"The change breaks rules: {wrong} Nothing was changed.")
