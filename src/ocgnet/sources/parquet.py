"""Parquet to text columns, so that one check serves all formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import Table
from ocgnet.sources.cells import read_header
from ocgnet.sources.files import LARGEST, opened
from ocgnet.sources.problems import Rule, one
from ocgnet.sources.source import RawTable

MOST_ROWS = 50_000_000
"""Rows of one file; columns of nothing but blanks take no room in it, and memory when read."""

MOST_TEXT = 2_000_000_000
"""Bytes of one column of text."""


def read_parquet(table: Table, path: Path) -> RawTable:
    """Read one Parquet file; its first row counts as line 2, as if a header stood above it."""
    # Only folders with Parquet need this part of Arrow; it costs start-up.
    import pyarrow.parquet as pq

    nothing = np.empty(0, np.int32)
    try:
        # Texts stay a list of distinct ones and a number a row until their size is known: a file of a few
        # kilobytes can repeat a long text a hundred million times.
        with opened(path) as raw:
            metadata = pq.read_metadata(raw)
            schema = metadata.schema.to_arrow_schema()
            header = read_header(table, path.name, schema.names)
            findings = list(header.findings)
            if why := _too_large(metadata):
                findings.append(one(path.name, Rule.UNREADABLE, why, whole_file=True))
            if any(f.whole_file for f in findings):
                return RawTable(table.name, path.name, {}, nothing, tuple(findings))
            raw.seek(0)
            texts = [name for name in header.places if pa.types.is_string(schema.field(name).type)]
            with pq.ParquetFile(raw, read_dictionary=texts) as file:
                given = file.read(columns=list(header.places))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        remedy = f"The file is no Parquet file, or is damaged ({str(error).splitlines()[0][:100]}). Export it again."
        return RawTable(table.name, path.name, {}, nothing, (one(path.name, Rule.UNREADABLE, remedy, whole_file=True),))
    columns: dict[str, pa.ChunkedArray] = {}
    for name in header.places:
        text, kind = _repeated(given[name]) or as_text(given[name]), str(given[name].type)
        if isinstance(text, str):
            findings.append(one(path.name, Rule.UNREADABLE, text, line=1, column=name, value=kind, whole_file=True))
        else:
            columns[name] = text
    lines = np.arange(2, given.num_rows + 2, dtype=np.int32)
    return _without_blank_rows(RawTable(table.name, path.name, columns, lines, tuple(findings), given.num_rows))


def _too_large(metadata: Any) -> str | None:
    packed = [metadata.row_group(k).total_byte_size for k in range(metadata.num_row_groups)]
    if metadata.num_rows > MOST_ROWS:
        return f"The file holds {metadata.num_rows:,} rows, and {MOST_ROWS:,} are the most. Export a shorter period."
    if sum(packed) > LARGEST:
        size = f"{sum(packed) / 1e9:.1f} GB, and {LARGEST / 1e9:g} are the most"
        return f"The file unpacks to {size}. Export a shorter period."
    return None


def _repeated(column: pa.ChunkedArray) -> str | None:
    """Return why a column that repeats its texts cannot be written out; None when it can."""
    if not pa.types.is_dictionary(column.type) or not pa.types.is_string(column.type.value_type):
        return None
    total = sum(
        pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0 for chunk in column.chunks
    )
    if total <= MOST_TEXT:
        return None
    return f"The texts of the column come to {total / 1e9:.1f} GB, and {MOST_TEXT / 1e9:g} are the most. Shorten them."


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | str:
    """Return a column as a CSV would write it, or a sentence on why it cannot be."""
    kind = column.type
    try:
        if pa.types.is_dictionary(kind):
            column, kind = column.cast(kind.value_type), kind.value_type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return pc.binary_join(column.cast(pa.list_(pa.string())), "|")
        if pa.types.is_timestamp(kind):
            return _moments(column) if kind.tz is None else "These times have a zone. Write local time without one."
        return _numbers(column) if pa.types.is_floating(kind) else column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return f"The column holds {kind}, which is no text, number, date or flag. Export it as text."


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    seconds = column.cast(pa.timestamp("s"), safe=False)
    text = pc.strftime(seconds, "%Y-%m-%dT%H:%M:%S")
    return pc.if_else(pc.ends_with(text, "T00:00:00"), pc.utf8_slice_codeunits(text, 0, 10), text)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = column.cast(pa.float64())
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    digits = pc.if_else(whole, column, 0.0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, digits, column.cast(pa.string()))


def _without_blank_rows(raw: RawTable) -> RawTable:
    filled = np.zeros(len(raw.lines), bool)
    for column in raw.columns.values():
        filled |= pc.fill_null(pc.not_equal(column, ""), False).to_numpy()
    if filled.all():
        return raw
    keep = pa.array(filled)
    columns = {name: c.filter(keep) for name, c in raw.columns.items()}
    return RawTable(raw.name, raw.file, columns, raw.lines[filled], raw.findings, int(filled.sum()))
