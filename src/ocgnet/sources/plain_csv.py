"""Plain CSV files, read by Arrow: the same rows as ``csv.reader`` gives, several times sooner.

Most exports are plain. Whatever is awkward about a file (a quote or a line end within a cell, a row of another width, a
blank line, a byte that is no text) is left to the slower reader, which finds the line and says what to do about it.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ocgnet.model import Table
from ocgnet.sources.arrays import text_bytes
from ocgnet.sources.cells import LONGEST_CELL
from ocgnet.sources.headers import MOST_COLUMNS, read_header
from ocgnet.sources.source import RawTable

_BLOCK = 16_000_000
_LINE, _QUOTE = ord("\n"), ord('"')
_PARSE = arrow_csv.ParseOptions(double_quote=False, ignore_empty_lines=False)


def read_plain(table: Table, name: str, file: BinaryIO) -> RawTable | None:
    """Read a file from where it stands to its end.

    Returns
    -------
    RawTable or None
        None when the file is not plain; the file is then where it was.
    """
    begin = file.tell()
    found = _plain_table(table, name, file)
    if found is None:
        file.seek(begin)
    return found


def _plain_table(table: Table, name: str, file: BinaryIO) -> RawTable | None:
    first = file.readline(LONGEST_CELL)
    if not _is_plain(first) or _QUOTE in first or not first.isascii() or not first.strip(b" ,\r\n"):
        return None
    cells = first.decode().rstrip("\r\n").split(",")
    header = read_header(table, name, cells)
    if not 2 <= len(cells) <= MOST_COLUMNS or any(f.whole_file for f in header.findings):
        return None
    numbered = [str(k) for k in range(len(cells))]
    options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(numbered, pa.string()), strings_can_be_null=False)
    columns: dict[str, list[pa.Array]] = {c: [] for c in header.places}
    rows = 0
    while block := file.read(_BLOCK) + file.readline(LONGEST_CELL):
        if not _is_plain(block):
            return None
        try:
            read = arrow_csv.read_csv(
                pa.BufferReader(block), arrow_csv.ReadOptions(column_names=numbered), _PARSE, options
            )
        except pa.ArrowInvalid:
            return None
        if any((np.diff(text_bytes(chunk)[0]) == 0).any() for chunk in read[0].chunks):
            # The row may be blank, and blank rows are no rows.
            return None
        rows += read.num_rows
        for column, place in header.places.items():
            columns[column] += read[place].chunks
    joined = {c: pa.chunked_array(chunks, pa.string()) for c, chunks in columns.items()}
    return RawTable(table.name, name, joined, np.arange(2, rows + 2, dtype=np.int32), header.findings, rows)


def _is_plain(block: bytes) -> bool:
    """Say whether every line is short, ends in one way, and every quote begins or ends a cell of one line."""
    if 0 in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _LINE)
    if np.diff(ends, prepend=-1, append=len(data)).max() >= LONGEST_CELL:
        return False
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    # A quote that is the first or last byte of the block stands beside a line end, or beside nothing.
    before, after = data[opening - 1][opening > 0], data[(closing + 1)[closing + 1 < len(data)]]
    return bool(
        np.isin(before, (ord(","), _LINE)).all()
        and np.isin(after, (ord(","), ord("\r"), _LINE)).all()
        and (np.searchsorted(ends, opening) == np.searchsorted(ends, closing)).all()
    )
