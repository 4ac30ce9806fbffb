"""CSV to text columns with true lines: Arrow for plain files, ``csv.reader`` for awkward ones, which it reads right."""

from __future__ import annotations

import codecs
import csv
import gc
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress, islice
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ocgnet.errors import SourceError
from ocgnet.model import Column, Kind, Table
from ocgnet.sources.arrays import strings, text_bytes
from ocgnet.sources.cells import LONGEST_CELL, MOST_COLUMNS, Header, read_header
from ocgnet.sources.files import changed, opened
from ocgnet.sources.problems import Finding, Rule, one
from ocgnet.sources.source import RawTable

# Plain CSV files, read by Arrow: the same rows as ``csv.reader`` gives, several times sooner.
#
# Most exports are plain. Whatever is awkward about a file (a quote or a line end within a cell, a row of another
# width, a blank line, a byte that is no text) is left to the slower reader, which finds the line and says what to do
# about it.

_BLOCK = 16_000_000
_LINE, _QUOTE = ord("\n"), ord('"')


def read_plain(table: Table, name: str, file: BinaryIO) -> RawTable | None:
    """Read a file from where it stands to its end; None when it is not plain, and it is then where it was."""
    begin = file.tell()
    plain = _plain_table(table, name, file)
    if plain is None:
        file.seek(begin)
    return plain


def _plain_table(table: Table, name: str, file: BinaryIO) -> RawTable | None:
    first = file.readline(LONGEST_CELL)
    if not _is_plain(first) or _QUOTE in first or not first.isascii() or not first.strip(b" ,\r\n"):
        return None
    cells = first.decode().rstrip("\r\n").split(",")
    header = read_header(table, name, cells)
    if not 2 <= len(cells) <= MOST_COLUMNS or any(f.whole_file for f in header.findings):
        return None
    columns = _plain_columns(file, header)
    if columns is None:
        return None
    rows = len(next(iter(columns.values()))) if columns else 0
    return RawTable(table.name, name, columns, np.arange(2, rows + 2, dtype=np.int32), header.findings, rows)


@dataclass
class _Odd:
    """Rows of another width than the header's, by their place among all rows, and their number of cells."""

    places: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    before: int = 0

    def __call__(self, row: arrow_csv.InvalidRow) -> str:
        self.places.append(self.before + row.number - 1)
        self.widths.append(row.actual_columns)
        return "skip"


def _plain_columns(
    file: BinaryIO, header: Header, delimiter: str = ",", odd: _Odd | None = None
) -> dict[str, pa.ChunkedArray] | None:
    """Read the rows from where a file stands to its end; None when they are not plain.

    With ``odd``, rows of another width are collected there, and blank rows stay as rows of blank cells; without it,
    either makes the file one that is not plain.
    """
    numbered = [str(k) for k in range(header.width)]
    options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(numbered, pa.string()), strings_can_be_null=False)
    parse = arrow_csv.ParseOptions(
        delimiter=delimiter, double_quote=False, ignore_empty_lines=False, invalid_row_handler=odd
    )
    columns: dict[str, list[pa.Array]] = {c: [] for c in header.places}
    while block := file.read(_BLOCK) + file.readline(LONGEST_CELL):
        if not _is_plain(block, ord(delimiter)):
            return None
        # Only a reader of one thread says which row it passed over.
        how = arrow_csv.ReadOptions(column_names=numbered, use_threads=odd is None)
        passed = 0 if odd is None else len(odd.places)
        try:
            read = arrow_csv.read_csv(pa.BufferReader(block), how, parse, options)
        except pa.ArrowInvalid:
            return None
        if odd is not None:
            odd.before += read.num_rows + len(odd.places) - passed
        elif any((np.diff(text_bytes(chunk)[0]) == 0).any() for chunk in read[0].chunks):
            # The row may be blank, and blank rows are no rows.
            return None
        for column, place in header.places.items():
            columns[column] += read[place].chunks
    return {c: pa.chunked_array(chunks, pa.string()) for c, chunks in columns.items()}


def _is_plain(block: bytes, delimiter: int = ord(",")) -> bool:
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
        np.isin(before, (delimiter, _LINE)).all()
        and np.isin(after, (delimiter, ord("\r"), _LINE)).all()
        and (np.searchsorted(ends, opening) == np.searchsorted(ends, closing)).all()
    )


_CHUNK = 2_000
_LONGEST_LINE = 32_000_000
_LINE_END = re.compile("\r\n|\r|\n")
_SAVE = "Save the file as CSV UTF-8 (in Excel: Save as, CSV UTF-8)."


def read_csv(table: Table, path: Path) -> RawTable:
    """Read one CSV file; ``SourceError`` when it may not be opened, or changes while it is read.

    UTF-8 with or without a byte order mark; any line ends; commas; cells may hold line breaks within quotes. Blank
    lines are passed over. Rows with too few or too many cells, and rows with a misplaced quote, are findings of their
    own line; the rest of the file is still read.
    """
    try:
        with opened(path) as file:
            if refused := _encoding(file, path.name):
                return _nothing(table, path.name, refused)
            if plain := read_plain(table, path.name, file):
                return plain
            if refused := _endless_line(file, path.name):
                return _nothing(table, path.name, refused)
            with _many_rows(), io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
                return _Reading(table, path.name, text).read()
    except UnicodeDecodeError:
        return _nothing(table, path.name, _not_utf8(path))


@dataclass(frozen=True)
class TextForm:
    """How a file of text writes a table; ``skip`` are the physical lines above its first record."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    skip: int = 0


def read_under(path: Path, form: TextForm, header: Header) -> RawTable:
    """Read the records below a header that is known, of whatever form, as :func:`read_csv` would.

    Blank lines between records may stay as rows of blank cells.
    """
    table = Table(path.stem, "", tuple(Column(name, Kind.TEXT, "") for name in header.places))
    with opened(path) as file:
        if form.encoding == "utf-8" and form.quote == '"' and header.width > 1:
            begin = file.read(len(codecs.BOM_UTF8))
            file.seek(len(begin) if begin == codecs.BOM_UTF8 else 0)
            above = [file.readline(LONGEST_CELL) for _ in range(form.skip)]
            odd = _Odd()
            # A line that ends otherwise is none for the quick reader, and its own lines count otherwise.
            usual = not any(b"\r" in line.removesuffix(b"\r\n") for line in above)
            columns = _plain_columns(file, header, form.delimiter, odd) if usual else None
            if columns is not None:
                return _with_odd(table, path.name, columns, odd, header, form.skip)
            file.seek(0)
        encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
        with _many_rows(), io.TextIOWrapper(file, encoding=encoding, newline="") as text:
            for _ in range(form.skip):
                text.readline(LONGEST_CELL)
            return _Reading(table, path.name, text, form).read(header)


def _with_odd(
    table: Table, name: str, columns: dict[str, pa.ChunkedArray], odd: _Odd, header: Header, skip: int
) -> RawTable:
    lines = np.arange(skip + 1, skip + odd.before + 1, dtype=np.int32)
    places = np.array(odd.places, np.int64)
    finding = _odd_finding(name, lines[places], np.array(odd.widths, np.int32), header.width)
    kept = np.delete(lines, places)
    return RawTable(table.name, name, columns, kept, (finding,) if len(places) else (), odd.before)


def _odd_finding(name: str, lines: np.ndarray, widths: np.ndarray, width: int) -> Finding:
    def explain(k: int) -> tuple[str, str]:
        return f"{widths[k]} cells", (
            f"The header has {width} cells and this row {widths[k]}: "
            + (
                "a cell is missing."
                if widths[k] < width
                else "put quotes round a cell that holds a comma, or delete a cell."
            )
        )

    return Finding(name, "", Rule.WIDTH, lines, explain)


@contextmanager
def _many_rows() -> Iterator[None]:
    """Allow long cells, and rest the garbage collector: millions of short-lived rows make it run in vain.

    With it, reading takes three times as long.
    """
    was_on, limit = gc.isenabled(), csv.field_size_limit(LONGEST_CELL)
    gc.disable()
    try:
        yield
    finally:
        csv.field_size_limit(limit)
        if was_on:
            gc.enable()


class _Reading:
    """One pass over one file."""

    def __init__(self, table: Table, name: str, text: TextIO, form: TextForm | None = None) -> None:
        self.table, self.name = table, name
        form = form or TextForm()
        self.reader = csv.reader(text, delimiter=form.delimiter, quotechar=form.quote, strict=True)
        self.findings: list[Finding] = []
        self.skip = self.line = form.skip
        self.rows_in = 0
        self.chunks: dict[str, list[pa.Array]] = {}
        self.lines: list[np.ndarray] = []
        self.odd: list[tuple[int, int]] = []
        self.misquoted: list[int] = []

    def read(self, known: Header | None = None) -> RawTable:
        """Read to the end; below a header that is ``known``, or the one that stands first."""
        header = known or self._header()
        if header is None or any(f.whole_file for f in self.findings):
            return _nothing(self.table, self.name, *self.findings)
        self.chunks = {name: [] for name in header.places}
        more = True
        while more:
            rows: list[list[str]] = []
            error = None
            try:
                # extend keeps what it has when the reader raises, which a list comprehension would not.
                rows.extend(islice(self.reader, _CHUNK))
                more = len(rows) == _CHUNK
            except csv.Error as caught:
                error = caught
            starts = self._starts(rows, refused=int(error is not None))
            if error is not None:
                more = self._misquoted(error, int(starts[-1]))
            self._take(rows, starts[:-1], header)
            self.line = self.skip + self.reader.line_num
        self._report_misquoted()
        self._report_odd(header)
        columns = {name: pa.chunked_array(c, pa.string()) for name, c in self.chunks.items()}
        lines = np.concatenate(self.lines) if self.lines else np.empty(0, np.int32)
        return RawTable(self.table.name, self.name, columns, lines, tuple(self.findings), self.rows_in)

    def _header(self) -> Header | None:
        try:
            for cells in self.reader:
                begin, self.line = self.line + 1, self.reader.line_num
                if any(c.strip() for c in cells):
                    header = read_header(self.table, self.name, cells, begin)
                    self.findings += header.findings
                    return header
        except csv.Error as error:
            rule, remedy = Rule.QUOTE, "and a quote in it is misplaced. Delete the quote."
            if "field limit" in str(error):
                rule, remedy = Rule.HEADER, f"and one has over {LONGEST_CELL:,} characters. Export the table again."
            remedy = f"The first line holds the names of the columns, {remedy}"
            self.findings = [one(self.name, rule, remedy, line=self.line + 1, whole_file=True)]
            return None
        names = ",".join(c.name for c in self.table.columns)
        remedy = f"The file is empty. Write the header {names} or remove the file."
        self.findings.append(one(self.name, Rule.EMPTY, remedy, whole_file=True))
        return None

    def _starts(self, rows: list[list[str]], refused: int) -> np.ndarray:
        """Return the line on which each row begins, and the one on which the next would.

        ``refused`` is 1 when the reader gave up on the row after these, else 0.
        """
        if self.skip + self.reader.line_num - self.line == len(rows) + refused:
            return np.arange(self.line + 1, self.line + len(rows) + 2, dtype=np.int32)
        heights = [1 + len(_LINE_END.findall(",".join(row))) for row in rows]
        return np.cumsum([self.line + 1, *heights], dtype=np.int32)

    def _take(self, rows: list[list[str]], starts: np.ndarray, header: Header) -> None:
        """Keep the rows of the right width, remember the others, pass over blank ones."""
        self.rows_in += len(rows)
        if set(map(len, rows)) - {header.width} or "" in next(zip(*rows, strict=False), ()):
            rows, starts = self._even(rows, starts, header.width)
        if rows:
            self.lines.append(starts)
            cells = list(zip(*rows, strict=True))
            for name, place in header.places.items():
                self.chunks[name].append(strings(cells[place]))

    def _even(self, rows: list[list[str]], starts: np.ndarray, width: int) -> tuple[list[list[str]], np.ndarray]:
        right = np.ones(len(rows), bool)
        for k in [k for k, row in enumerate(rows) if len(row) != width or not row[0]]:
            row = rows[k]
            if not any(map(str.strip, row)):
                right[k] = False
                self.rows_in -= 1
            elif len(row) != width:
                right[k] = False
                self.odd.append((int(starts[k]), len(row)))
        return list(compress(rows, right)), starts[right]

    def _report_odd(self, header: Header) -> None:
        if not self.odd:
            return
        lines, widths = np.array(self.odd, np.int32).T
        self.findings.append(_odd_finding(self.name, lines, widths, header.width))

    def _misquoted(self, error: csv.Error, begin: int) -> bool:
        """Note a record that cannot be parsed; return whether the rest of the file can still be read."""
        self.rows_in += 1
        last, text = self.skip + self.reader.line_num, str(error)
        if last == begin and "end of data" not in text and "field limit" not in text:
            self.misquoted.append(begin)
            return True
        if "field limit" in text:
            rule = Rule.TEXT
            remedy = (
                f"A cell on line {begin} has over {LONGEST_CELL:,} characters, so what follows cannot be read. "
                "Shorten it, or close a quote that was opened there."
            )
        else:
            rule = Rule.QUOTE
            remedy = f"A quote on line {begin} is never closed, so lines {begin} to {last} cannot be read. "
            remedy += "Close or delete it."
        self.findings.append(one(self.name, rule, remedy, line=begin, whole_file=True))
        return "end of data" not in text and "field limit" not in text

    def _report_misquoted(self) -> None:
        if self.misquoted:
            remedy = 'Text follows a closing quote. Write a quote inside a cell twice: "the ""Duke"" pub".'
            lines = np.array(self.misquoted, np.int32)
            self.findings.append(Finding(self.name, "", Rule.QUOTE, lines, lambda _: ("", remedy)))


def _nothing(table: Table, name: str, *findings: Finding) -> RawTable:
    empty = {c.name: pa.chunked_array([], pa.string()) for c in table.columns}
    return RawTable(table.name, name, empty, np.empty(0, np.int32), findings)


def _encoding(file: BinaryIO, name: str) -> Finding | None:
    """Return why the file is no UTF-8 text; else leave the file behind its byte order mark."""
    begin = file.read(4096)
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or begin[:200].count(0) > len(begin[:200]) // 4:
        remedy = f"The file is written in UTF-16, not in UTF-8. {_SAVE}"
        return one(name, Rule.ENCODING, remedy, whole_file=True)
    if begin.startswith(b"PK\x03\x04"):
        return one(name, Rule.ENCODING, f"This is a workbook with the ending .csv. {_SAVE}", whole_file=True)
    file.seek(len(codecs.BOM_UTF8) if begin.startswith(codecs.BOM_UTF8) else 0)
    return None


def _endless_line(file: BinaryIO, name: str) -> Finding | None:
    """Return why no line can be read when one has tens of megabytes; else leave the file where it was."""
    begin, at = file.tell(), 1
    while block := file.read(_LONGEST_LINE):
        if len(block) == _LONGEST_LINE and b"\n" not in block and b"\r" not in block:
            remedy = (
                f"A line of over {_LONGEST_LINE // 1_000_000} MB is no record. Look for missing line ends, or export "
                "the table again."
            )
            return one(name, Rule.WIDTH, remedy, line=at, whole_file=True)
        at += block.count(b"\n") or block.count(b"\r")
    file.seek(begin)
    return None


def _not_utf8(path: Path) -> Finding:
    """Name the first line that is not UTF-8, and what it would say in the encoding it most likely has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, before = 1, b""
    with opened(path) as file:
        while block := file.read(_LONGEST_LINE):
            # What the decoder still holds of the block before stands in front of this one.
            data = decoder.getstate()[0] + block
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                line += len(_LINE_END.findall(data[: error.start].decode("utf-8", "replace")))
                return _no_utf8(path.name, line, before + data[: error.start], data[error.start :])
            line += len(_LINE_END.findall(text))
            before = block[-40:]
        if held := decoder.getstate()[0]:
            return _no_utf8(path.name, line, before[: -len(held)], held)
    raise SourceError(changed(path))


def _no_utf8(name: str, line: int, before: bytes, rest: bytes) -> Finding:
    word = re.split(rb"[,;\t\r\n]", before[-40:])[-1]
    value = (word + re.split(rb"[,;\t\r\n]", rest[:40])[0]).decode("cp1252", "replace")
    remedy = f"The file is not UTF-8 (from Excel it is most likely Windows-1252). {_SAVE}"
    return one(name, Rule.ENCODING, remedy, line=line, value=value, whole_file=True)
