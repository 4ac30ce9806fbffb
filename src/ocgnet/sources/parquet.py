"""Parquet to text columns, so that one check serves all formats."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model import Kind, Table
from ocgnet.sources.cells import read_header
from ocgnet.sources.files import opened
from ocgnet.sources.parquet_pages import PREFIXED, Page, pages_of
from ocgnet.sources.problems import Rule, one
from ocgnet.sources.source import RawTable

MOST_ROWS = 50_000_000
"""Rows of one file; columns of nothing but blanks take no room in it, and memory when read."""

MOST_CELLS = 200_000_000
"""Values of the columns that are read, those within lists each by itself."""

MOST_TEXT = 2_000_000_000
"""Bytes of text of all columns together, and of the columns as the file packs them."""

STEEPEST, SMALL = 150, 100_000_000
"""How many times its packed size a file may unpack to, and the bytes up to which that does not matter."""


def read_parquet(table: Table, path: Path, *, encoded: bool = False) -> RawTable:
    """Read one Parquet file; its first row counts as line 2, as if a header stood above it.

    With ``encoded`` columns come as distinct texts and the number of each row's, and instants as times.
    """
    # Only folders with Parquet need this part of Arrow; it costs start-up.
    import pyarrow.parquet as pq

    nothing = np.empty(0, np.int32)
    try:
        with opened(path) as raw:
            metadata = pq.read_metadata(raw)
            schema = metadata.schema.to_arrow_schema()
            header = read_header(table, path.name, schema.names)
            findings = list(header.findings)
            findings += [
                one(path.name, Rule.UNREADABLE, _no_kind(kind), line=1, column=name, value=str(kind), whole_file=True)
                for name in header.places
                if not _is_kind(kind := schema.field(name).type)
            ]
            if why := _too_large(raw, metadata, header.places):
                findings.append(one(path.name, Rule.UNREADABLE, why, whole_file=True))
            if any(f.whole_file for f in findings):
                return RawTable(table.name, path.name, {}, nothing, tuple(findings))
            raw.seek(0)
            # Texts stay a list of distinct ones and a number a row until their size is known: a file of a few
            # kilobytes can repeat a long text a hundred million times.
            leaves = [metadata.schema.column(k) for k in range(metadata.num_columns)]
            texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
            with pq.ParquetFile(raw, read_dictionary=texts) as file:
                given = _read(file, list(header.places))
            if (total := sum(map(_text_bytes, given.columns))) > MOST_TEXT:
                size = f"{total / 1e9:.1f} GB, and {MOST_TEXT / 1e9:g} are the most"
                why = f"The texts of the columns come to {size}. Shorten them."
                findings.append(one(path.name, Rule.UNREADABLE, why, whole_file=True))
                return RawTable(table.name, path.name, {}, nothing, tuple(findings))
    except (pa.ArrowException, OSError, ValueError) as error:
        remedy = f"The file is no Parquet file, or is damaged ({str(error).splitlines()[0][:100]}). Export it again."
        return RawTable(table.name, path.name, {}, nothing, (one(path.name, Rule.UNREADABLE, remedy, whole_file=True),))
    columns: dict[str, pa.ChunkedArray] = {}
    for name in header.places:
        kind_of = table.column(name).kind
        text = _encoded(given[name], kind_of) if encoded else as_text(given[name], kind_of)
        if isinstance(text, str):
            kind = str(given[name].type)
            findings.append(one(path.name, Rule.UNREADABLE, text, line=1, column=name, value=kind, whole_file=True))
        elif (row := _first_wrong(text)) is not None:
            remedy = "The text in this cell is not UTF-8. Export the table again with its texts in UTF-8."
            findings.append(one(path.name, Rule.ENCODING, remedy, line=row + 2, column=name, whole_file=True))
        else:
            columns[name] = text
    lines = np.arange(2, given.num_rows + 2, dtype=np.int32)
    return _without_blank_rows(RawTable(table.name, path.name, columns, lines, tuple(findings), given.num_rows))


def _read(file: Any, names: list[str]) -> pa.Table:
    """Read some columns; Arrow reads lists of distinct texts of one row group at a time only."""
    groups = range(file.num_row_groups)
    lists = any(pa.types.is_nested(file.schema_arrow.field(name).type) for name in names)
    if len(groups) < 2 or not lists:
        return file.read(columns=names)
    return pa.concat_tables([file.read_row_group(k, columns=names) for k in groups])


def _too_large(raw: BinaryIO, metadata: Any, names: Collection[str]) -> str | None:
    """Return why a file would take more memory than its records could need; its pages say, before one is unpacked."""
    rows, shorter = metadata.num_rows, "Export a shorter period."
    if rows > MOST_ROWS:
        return f"The file holds {rows:,} rows, and {MOST_ROWS:,} are the most. {shorter}"
    packed = unpacked = 0
    values = rows * len(names)
    for page in _pages(raw, metadata, names):
        packed, unpacked, values = packed + page.packed, unpacked + page.unpacked, values + page.listed
        if page.encoding == PREFIXED:
            return (
                "Texts are written as what they share with the text before (DELTA_BYTE_ARRAY), so that nobody can tell "
                "how long they are. Export the table with dictionaries (version 1.0), or as CSV."
            )
        if values > MOST_CELLS:
            return f"The file holds over {MOST_CELLS:,} values that would be read. {shorter}"
        if unpacked > MOST_TEXT:
            return f"The file unpacks to over {MOST_TEXT / 1e9:g} GB. {shorter}"
    if unpacked > SMALL and unpacked > STEEPEST * packed:
        times = f"{unpacked / max(packed, 1):,.0f} times"
        return f"The file unpacks to {times} its size, which no records do. Export the table again, or as CSV."
    return None


def _pages(raw: BinaryIO, metadata: Any, names: Collection[str]) -> Iterator[Page]:
    """Yield the pages of the columns that are read."""
    for group in (metadata.row_group(k) for k in range(metadata.num_row_groups)):
        for chunk in (group.column(k) for k in range(group.num_columns)):
            if chunk.path_in_schema.partition(".")[0] in names:
                yield from pages_of(raw, chunk)


def _is_kind(kind: pa.DataType) -> bool:
    """Tell whether a column of this kind can be read as text, before any of it is."""
    kind = kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind
    return not (pa.types.is_nested(kind) or pa.types.is_fixed_size_binary(kind))


def _no_kind(kind: pa.DataType) -> str:
    return f"The column holds {str(kind)[:60]}, which is no text, number, date or flag. Export it as text."


def _text_bytes(column: pa.ChunkedArray) -> int:
    """Return the bytes of the texts of a column that is kept as distinct ones, once they are written out."""
    total = 0
    for chunk in column.chunks:
        values = chunk.flatten() if pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type) else chunk
        if pa.types.is_dictionary(values.type):
            total += pc.sum(pc.take(pc.binary_length(values.dictionary), values.indices)).as_py() or 0
    return total


def _first_wrong(column: pa.ChunkedArray) -> int | None:
    """Return the first row whose text is no UTF-8."""
    row = 0
    for chunk in column.chunks:
        try:
            chunk.validate(full=True)
        except pa.ArrowInvalid:
            for k, text in enumerate(chunk.cast(pa.binary()).to_pylist()):
                try:
                    (text or b"").decode()
                except UnicodeDecodeError:
                    return row + k
        row += len(chunk)
    return None


def as_text(column: pa.ChunkedArray, holds: Kind, *, stored: bool = False) -> pa.ChunkedArray | str:
    """Return a column as a CSV would write it, or a sentence on why it cannot be.

    ``holds`` is what the column of the model holds; instants that are ``stored`` as the model says are in universal
    time without saying it.
    """
    kind = column.type
    try:
        if pa.types.is_dictionary(kind):
            column, kind = column.cast(kind.value_type), kind.value_type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return pc.binary_join(_lists(column), "|")
        if pa.types.is_timestamp(kind) and holds is Kind.INSTANT:
            return _instants(column, zoned=stored or kind.tz is not None, stored=stored)
        if pa.types.is_timestamp(kind):
            return _moments(column) if kind.tz is None else "These times have a zone. Write local time without one."
        return _numbers(column) if pa.types.is_floating(kind) else column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _no_kind(kind)


def _lists(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return lists of texts; of values that are kept as distinct ones Arrow casts no list, so each is written out."""
    if pa.types.is_dictionary(column.type.value_type):
        kind = pa.list_(column.type.value_type.value_type)
        column = pa.chunked_array([chunk.cast(kind) for chunk in column.chunks], kind)
    return column.cast(pa.list_(pa.string()))


def _encoded(column: pa.ChunkedArray, holds: Kind) -> pa.ChunkedArray | str:
    """Return a column as distinct texts, or as times; a sentence on why it cannot be read."""
    kind = column.type
    if pa.types.is_timestamp(kind) and holds is Kind.INSTANT:
        if kind.tz is None and _all_midnight(column.cast(pa.timestamp("s"), safe=False)):
            return as_text(column, holds)
        return column.cast(pa.timestamp("s", kind.tz and "UTC"), safe=False)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or not len(column):
        return as_text(column, holds)
    if not pa.types.is_dictionary(kind):
        try:
            column = column.dictionary_encode()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return as_text(column, holds)
    chunks: list[pa.DictionaryArray] = []
    for chunk in column.unify_dictionaries().chunks:
        text = chunks[0].dictionary if chunks else as_text(pa.chunked_array([chunk.dictionary]), holds)
        if isinstance(text, str):
            return text
        text = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
        chunks.append(pa.DictionaryArray.from_arrays(chunk.indices, text))
    return pa.chunked_array(chunks)


def _all_midnight(seconds: pa.ChunkedArray) -> bool:
    """Whether times are days: a column of dates is often written as one of midnights."""
    # A time among others may well be midnight; one look at the first hundred tells most columns.
    return all(
        bool(pc.all(pc.equal(some, pc.floor_temporal(some, unit="day"))).as_py())
        for some in (seconds.slice(0, 100), seconds)
    )


def _instants(column: pa.ChunkedArray, *, zoned: bool, stored: bool) -> pa.ChunkedArray:
    seconds = column.cast(pa.timestamp("s", column.type.tz), safe=False).cast(pa.timestamp("s"))
    times = pc.strftime(seconds, "%Y-%m-%dT%H:%M:%SZ" if zoned else "%Y-%m-%dT%H:%M:%S")
    if not stored and (zoned or not _all_midnight(seconds)):
        return times
    midnight = pc.equal(seconds, pc.floor_temporal(seconds, unit="day"))
    return pc.if_else(midnight, pc.utf8_slice_codeunits(times, 0, 10), times)


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


def _filled(column: pa.ChunkedArray) -> np.ndarray:
    """Return in which rows something stands."""
    if pa.types.is_timestamp(column.type):
        return np.asarray(pc.is_valid(column).to_numpy())
    if pa.types.is_dictionary(column.type):
        column = pa.chunked_array(
            [pc.not_equal(chunk.dictionary, "").take(chunk.indices) for chunk in column.chunks], pa.bool_()
        )
        return np.asarray(pc.fill_null(column, False).to_numpy())
    return np.asarray(pc.fill_null(pc.not_equal(column, ""), False).to_numpy())


def _never_blank(column: pa.ChunkedArray) -> bool:
    """Whether distinct texts or times alone tell that something stands in every row."""
    if column.null_count or not pa.types.is_dictionary(column.type):
        return not column.null_count and pa.types.is_timestamp(column.type)
    return all(pc.all(pc.not_equal(c.dictionary, ""), skip_nulls=False).as_py() for c in column.chunks)


def _without_blank_rows(raw: RawTable) -> RawTable:
    if any(map(_never_blank, raw.columns.values())):
        return raw
    filled = np.zeros(len(raw.lines), bool)
    for column in raw.columns.values():
        filled |= _filled(column)
        if filled.all():
            return raw
    keep = pa.array(filled)
    columns = {name: c.filter(keep) for name, c in raw.columns.items()}
    return RawTable(raw.name, raw.file, columns, raw.lines[filled], raw.findings, int(filled.sum()))
