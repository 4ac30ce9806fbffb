"""One .xlsx, a sheet a table, to text columns that know their row of the sheet."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine

from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.model import TABLES, Table
from ocgnet.sources.cells import near, read_header
from ocgnet.sources.files import Stamp, changed, refusal
from ocgnet.sources.problems import Finding, Rule, Severity, one
from ocgnet.sources.source import RawTable, read_about

# What a workbook would take once unpacked, found without unpacking it into memory.
#
# A few kilobytes of .xlsx can stand for gigabytes: parts that compress a thousandfold, one text that a
# million cells share, or a cell in the last corner of a sheet, to which a reader lays out every row and
# column. All three are measured here in one pass over the packed bytes.

MOST_PARTS = 10_000
"""Files inside the archive; a workbook of a hundred sheets has about four hundred."""

STEEPEST = 150
"""How many times larger a part may become; the XML of real sheets stays under forty."""

SMALL = 20_000_000
"""Bytes of a part up to which its ratio does not matter."""

ROOM = 28_000_000
"""Cells, blank ones between the filled among them, that a sheet may span however few are filled: A to Z, every row."""

SPARSE = 50
"""Cells spanned for each filled one; a sheet beyond ``ROOM`` may not be emptier than that."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Extent of an Excel sheet."""

MOST_TEXT = 500_000_000
"""Characters of all cells of a workbook together."""

_BLOCK, _OVERLAP = 1 << 20, 64
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s>/])([^>]*)>")
_PLACE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]*)([0-9]+)")
_SHARED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\bt\s*=\s*[\"']s[\"'][^>]*>.{0,2000}?<(?:\w+:)?v[^>]*>\s*0*([0-9]{1,9})", re.DOTALL
)
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"']*)")
_ITEM = re.compile(rb"<(?:\w+:)?si[\s>]")


def refuse_bomb(path: Path, largest: int) -> None:
    """Refuse a workbook that would take more memory than its records could need, is damaged, or is no archive.

    ``largest`` is in bytes, of all parts together.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            _refuse_sizes(path, parts, largest)
            texts, tags = _Lengths(), 0
            for part in parts:
                tags += _measured(path, part, packed, texts)
            if tags * texts.longest > MOST_TEXT:
                _refuse_text(path, packed, parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError(
            f"{path} is no .xlsx workbook, is damaged, or is protected by a password. "
            "Open it in Excel and save it as an Excel workbook (.xlsx) without a password."
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error


def _refuse_sizes(path: Path, parts: list[zipfile.ZipInfo], largest: int) -> None:
    if len(parts) > MOST_PARTS:
        raise SourceError(
            f"{path} is an archive of {len(parts):,} files and no workbook. Save its sheets as CSV files."
        )
    names = Counter(part.filename.lower() for part in parts)
    if twice := [name for name, times in names.items() if times > 1]:
        raise SourceError(
            f"{path} holds the part {twice[0][:80]} twice, so nobody can say which of the two counts. Open it in Excel "
            "and save it again."
        )
    unpacked = sum(part.file_size for part in parts)
    if unpacked > largest:
        raise SourceError(
            f"{path} unpacks to {unpacked / 1e9:.1f} GB, more than a workbook may ({largest / 1e9:g} GB). "
            "Save its sheets as CSV files."
        )
    for part in parts:
        if part.file_size > SMALL and part.file_size > STEEPEST * part.compress_size:
            raise SourceError(
                f"{path} unpacks to {part.file_size / max(part.compress_size, 1):,.0f} times its size "
                f"({part.filename[:80]}), which no records do. Save its sheets as CSV files."
            )


class _Lengths:
    """Lengths of the texts that cells share, summed up as the XML passes by; ``each`` keeps them all, in order."""

    def __init__(self, *, each: bool = False) -> None:
        self.longest = 0
        self.lengths: list[int] = []
        self._each = each
        self._inside = False

    def begin(self) -> None:
        """Begin another part."""
        self._inside = False

    def take(self, xml: bytes) -> None:
        """Pass over a piece of XML; what follows the last opening counts on."""
        for k, piece in enumerate(_ITEM.split(xml)):
            if k:
                self._inside = True
                if not self._each:
                    self.lengths.clear()
                self.lengths.append(0)
            if self._inside:
                self.lengths[-1] += len(piece)
                self.longest = max(self.longest, self.lengths[-1])


def _measured(path: Path, part: zipfile.ZipInfo, packed: zipfile.ZipFile, texts: _Lengths) -> int:
    """Refuse a part that spans too much; return how many tags it has, which no number of its cells exceeds."""
    where = _where(path, part, packed)
    tags, order = 0, _Order()
    texts.begin()
    for xml in _pieces(path, part, packed):
        order.take(where, xml)
        tags += xml.count(b"<")
        texts.take(xml)
    # A row that begins without a number, or a cell without a place, follows those before it.
    rows, columns = max(order.rows, 99_999), max(order.columns, 26)
    if rows * max(columns, min(order.bare, MOST_COLUMNS)) > ROOM:
        _refuse_stray(path, part, packed)
    if not order.certain:
        _refuse_twice(path, part, packed)
    return tags


_REFERENCE = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']\s*([A-Za-z]+[0-9]+)")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")
_OWN_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*[\"']\s*([0-9]+)")


class _Order:
    """Whether the places that a sheet gives its cells go on and on, as every spreadsheet program writes them."""

    def __init__(self) -> None:
        self.last = self.last_row = -1
        self.holds = True
        self.placed = self.bare = self.rows = self.columns = 0

    def take(self, where: str, xml: bytes) -> None:
        """Pass over a piece of XML; refuse a place that no sheet has."""
        references, rows = _REFERENCE.findall(xml), _OWN_ROW.findall(xml)
        self.bare += len(_CELL.findall(xml)) - len(references)
        if rows:
            if max(map(len, rows)) > _LONGEST_PLACE:
                raise SourceError(_beyond(where))
            numbers = np.array(rows).astype(np.int64)
            self.last_row = self._after(numbers, self.last_row)
            self.rows = max(self.rows, int(numbers.max()))
        if references:
            self.placed += len(references)
            row, column = _places(where, references)
            self.last = self._after(row * (MOST_COLUMNS + 1) + column, self.last)
            self.rows, self.columns = max(self.rows, int(row.max())), max(self.columns, int(column.max()))
        if self.rows > MOST_ROWS or self.columns > MOST_COLUMNS:
            raise SourceError(_beyond(where))

    def _after(self, places: np.ndarray, last: int) -> int:
        self.holds &= bool(places[0] > last) and bool((np.diff(places) > 0).all())
        return int(places[-1])

    @property
    def certain(self) -> bool:
        """Whether no cell can have the place of another: all are placed, in order, or all follow each other."""
        return self.holds and not (self.placed and self.bare)


def _places(where: str, references: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return the row and the column of references such as ``AB12``, both from 1."""
    if (width := max(map(len, references))) > _LONGEST_PLACE:
        raise SourceError(_beyond(where))
    signs = np.array(references, f"S{width}").view(np.uint8).reshape(len(references), width).T.astype(np.int64)
    row, column = np.zeros((2, len(references)), np.int64)
    for sign in signs:
        column = np.where(sign >= ord("A"), column * 26 + (sign & 31), column)
        row = np.where((sign >= ord("0")) & (sign <= ord("9")), row * 10 + sign - ord("0"), row)
    return row, column


_LONGEST_PLACE = 12
"""Signs of a reference, or of the number of a row."""


def _refuse_twice(path: Path, part: zipfile.ZipInfo, packed: zipfile.ZipFile) -> None:
    """Refuse a sheet that fills one cell twice: the reader would keep one of the two, and say nothing."""
    where, row, column = _where(path, part, packed), 0, 0
    filled: set[int] = set()
    for xml in _pieces(path, part, packed):
        for kind, attributes in _TAG.findall(xml):
            place = _PLACE.search(attributes)
            if kind == b"row":
                row, column = (_row(where, place[2]) if place else row + 1), 0
                continue
            if place:
                row, column = _row(where, place[2]), _column(where, place[1])
            else:
                column += 1
            if attributes.endswith(b"/"):
                continue
            key = row * MOST_COLUMNS + column
            if key in filled:
                raise SourceError(
                    f"{where}: the cell in row {row:,}, column {column:,} stands twice in the file, so one of the two "
                    "would be lost. Open the workbook in Excel, look at that row, and save it again."
                )
            filled.add(key)


def _refuse_stray(path: Path, part: zipfile.ZipInfo, packed: zipfile.ZipFile) -> None:
    """Refuse a sheet whose filled cells are lost in the room between them."""
    row = column = filled = last_row = last_column = 0
    where = _where(path, part, packed)
    first_row, first_column = MOST_ROWS, MOST_COLUMNS
    last = ""
    for xml in _pieces(path, part, packed):
        for kind, attributes in _TAG.findall(xml):
            place = _PLACE.search(attributes)
            if kind == b"row":
                row, column = (_row(where, place[2]) if place else row + 1), 0
                continue
            if place:
                row, column = _row(where, place[2]), _column(where, place[1])
            else:
                column += 1
            if attributes.endswith(b"/"):
                continue
            filled += 1
            if row > last_row or column > last_column:
                last = f"row {row:,}, column {column:,}"
            first_row, last_row = min(first_row, row), max(last_row, row)
            first_column, last_column = min(first_column, column), max(last_column, column)
    spanned = max(last_row - first_row + 1, 0) * max(last_column - first_column + 1, 0)
    if spanned > ROOM and spanned > SPARSE * filled:
        raise SourceError(
            f"{where}: the cell in {last} stands far from the others, so the sheet spans "
            f"{spanned:,} cells of which {filled:,} are filled. Delete the rows and columns beyond the table, "
            "or save the sheet as CSV."
        )


def _refuse_text(path: Path, packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Sum what the cells would hold exactly; the product of count and longest text was too large."""
    texts = _Lengths(each=True)
    uses: list[np.ndarray] = []
    for part in parts:
        texts.begin()
        for xml in _pieces(path, part, packed):
            texts.take(xml)
            if indexes := _SHARED.findall(xml):
                uses.append(np.array(indexes, "S9").astype(np.int64))
    of_text = np.array(texts.lengths or [0], np.int64)
    used = np.concatenate(uses) if uses else np.zeros(0, np.int64)
    total = int(of_text[used[used < len(of_text)]].sum())
    if total > MOST_TEXT:
        raise SourceError(
            f"{path} repeats long texts (up to {texts.longest:,} characters) in so many cells that they come to "
            f"{total / 1e9:.1f} GB. Save its sheets as CSV files, and keep long texts in a table of their own."
        )


def _pieces(path: Path, part: zipfile.ZipInfo, packed: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield a part in pieces that end between two tags; reading to the end also checks its size and sum."""
    kept = b""
    with packed.open(part) as file:
        while block := file.read(_BLOCK):
            if not kept and (block[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\0" in block[:2] and b"<" in block[:2])):
                raise SourceError(
                    f"{path}, {part.filename[:80]}: the sheet is not written in UTF-8. Save it again in Excel."
                )
            kept += block
            cut = kept.rfind(b"<")
            if cut <= 0:
                # No tag is as long as a block: this is a text, of which a few bytes are enough to go on from.
                yield kept
                kept = kept[-_OVERLAP:]
            else:
                yield kept[:cut]
                kept = kept[cut:]
    yield kept


def _column(where: str, letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    if number > MOST_COLUMNS:
        raise SourceError(_beyond(where))
    return number


def _row(where: str, digits: bytes) -> int:
    if len(digits.lstrip(b"0")) > 7 or int(digits) > MOST_ROWS:
        raise SourceError(_beyond(where))
    return int(digits)


def _beyond(where: str) -> str:
    return (
        f"{where}: a cell stands beyond row {MOST_ROWS:,} or column XFD, which no sheet has. "
        "Open the workbook in Excel and save it again."
    )


def _where(path: Path, part: zipfile.ZipInfo, packed: zipfile.ZipFile) -> str:
    """Name a part by its sheet, as the analyst knows it, or else by its place in the archive."""
    try:
        with packed.open("xl/_rels/workbook.xml.rels") as file:
            links = [dict(_ATTRIBUTE.findall(tag)) for tag in re.findall(rb"<Relationship\s([^>]*)", file.read(_BLOCK))]
        with packed.open("xl/workbook.xml") as file:
            sheets = [
                dict(_ATTRIBUTE.findall(tag)) for tag in re.findall(rb"<(?:\w+:)?sheet\s([^>]*)", file.read(_BLOCK))
            ]
    except (KeyError, zipfile.BadZipFile):
        links = sheets = []
    ids = {x.get(b"Id") for x in links if part.filename.endswith(x.get(b"Target", b"?").decode("utf-8", "replace"))}
    names = [x[b"name"].decode("utf-8", "replace") for x in sheets if b"name" in x and x.get(b"id") in ids]
    return f"{path}, sheet {html.unescape(names[0])[:60]}" if names else f"{path}, {part.filename[:80]}"


LARGEST = 1_000_000_000
"""Bytes a workbook may hold when unpacked; more would not fit the memory of a plain laptop."""

OWN_SHEETS = frozenset(("about", "dictionary", "readme"))
"""Sheets that are no table of the model and yet known."""

_EXACT = 1e15


def read_workbook(path: Path) -> tuple[About, dict[str, RawTable], list[Finding]]:
    """Read every sheet that is a table of the model.

    Dates come as ISO text, numbers as they are shown without a trailing ``.0``, formulas as the value that was saved
    with them. The header is the first row that is not blank. ``SourceError`` when the file is no workbook, is protected
    by a password, is too large when unpacked, or changes while it is read.
    """
    tables: dict[str, RawTable] = {}
    findings: list[Finding] = []
    about = About()
    with open_book(path) as book:
        for sheet in book.sheet_names:
            name = sheet.strip().lower()
            if name == "about":
                about, wrong = _about(sheet, sheet_rows(book, sheet))
                findings += wrong
            elif name in TABLES and name in tables:
                remedy = f"Two sheets hold the table {name}. Rename or delete one of them."
                findings.append(one(sheet, Rule.TWICE, remedy, whole_file=True))
            elif name in TABLES:
                tables[name] = _table(TABLES[name], sheet, sheet_rows(book, sheet))
            elif name not in OWN_SHEETS:
                guess = near(name, list(TABLES))
                tip = f"Rename it to {guess}, if that is meant" if guess else "Leave it, or delete it"
                remedy = f"{tip}: no table has this name, so the sheet is not read."
                findings.append(one(sheet, Rule.UNKNOWN_FILE, remedy, severity=Severity.WARNING))
    return about, tables, findings


@contextmanager
def open_book(path: Path) -> Iterator[python_calamine.CalamineWorkbook]:
    """Open a workbook that was measured first; ``SourceError`` as :func:`read_workbook`."""
    if why := refusal(path):
        raise SourceError(f"{path} {why}. Name the workbook itself.")
    before = Stamp.of(path)
    refuse_bomb(path, LARGEST)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            yield book
    except python_calamine.CalamineError as error:
        raise SourceError(
            f"{path} cannot be read as a workbook ({error}). Open it in Excel and save it again."
        ) from error
    except BaseException as error:
        # What the reader's own language calls a panic is no Exception of Python's.
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise SourceError(
            f"{path} is damaged inside ({str(error)[:100]}). Open it in Excel and save it again."
        ) from error
    if Stamp.of(path) != before:
        raise SourceError(changed(path))


def sheet_rows(book: python_calamine.CalamineWorkbook, sheet: str) -> list[tuple[int, list[Any]]]:
    """Return the rows that are not blank, with their number in the sheet."""
    opened = book.get_sheet_by_name(sheet)
    first = opened.start[0] + 1 if opened.start else 1
    return [
        (line, row)
        for line, row in enumerate(opened.to_python(skip_empty_area=True), first)
        if any(cell not in ("", None) and str(cell).strip() for cell in row)
    ]


def _about(sheet: str, rows: Sequence[tuple[int, list[Any]]]) -> tuple[About, list[Finding]]:
    pairs = [(line, cells_text(row[0]).strip(), cells_text(row[1]) if len(row) > 1 else "") for line, row in rows]
    pairs = [(line, key, value) for line, key, value in pairs if key and (key, value.strip()) != ("key", "value")]
    return read_about(sheet, {k: v for _, k, v in pairs}, {k: line for line, k, _ in pairs})


def _table(table: Table, sheet: str, rows: Sequence[tuple[int, list[Any]]]) -> RawTable:
    columns: dict[str, pa.ChunkedArray] = {}
    lines = np.array([line for line, _ in rows[1:]], np.int32)
    if not rows:
        names = ", ".join(c.name for c in table.columns[:4])
        remedy = f"The sheet is empty. Write the names of the columns, such as {names}, or delete the sheet."
        return RawTable(table.name, sheet, columns, lines, (one(sheet, Rule.EMPTY, remedy, whole_file=True),))
    begin, head = rows[0]
    header = read_header(table, sheet, [cells_text(cell) for cell in head], begin)
    findings = list(header.findings)
    for name, place in header.places.items():
        cells = [row[place] for _, row in rows[1:]]
        columns[name] = pa.chunked_array([pa.array([cells_text(c) for c in cells], pa.string())])
        findings += _rounded(sheet, name, cells, lines)
    return RawTable(table.name, sheet, columns, lines, tuple(findings), len(lines))


def _rounded(sheet: str, column: str, cells: Sequence[Any], lines: np.ndarray) -> list[Finding]:
    """Refuse long numbers: a spreadsheet keeps fifteen digits and makes the others zero."""
    long = [k for k, c in enumerate(cells) if too_long(c)]
    remedy = "A spreadsheet keeps only 15 digits of a number. Format the column as text and enter it again."
    if not long:
        return []
    return [Finding(sheet, column, Rule.ID, lines[long], lambda k: (cells_text(cells[long[k]]), remedy))]


def too_long(cell: Any) -> bool:
    """Say whether a cell is a number of which a spreadsheet has kept fifteen digits and made the others zero."""
    return isinstance(cell, int | float) and abs(cell) >= _EXACT


def cells_text(cell: Any) -> str:
    """Return a cell as a CSV would write it.

    >>> [cells_text(c) for c in (12.0, 0.5, True, date(2019, 1, 31), datetime(2019, 1, 31, 21, 30))]
    ['12', '0.5', 'true', '2019-01-31', '2019-01-31T21:30:00']
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time().replace(microsecond=0).isoformat() == "00:00:00"
        return cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
