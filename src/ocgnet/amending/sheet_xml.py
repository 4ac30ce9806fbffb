"""Changing the XML of a sheet by byte spans, so that whatever is not concerned stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from ocgnet.errors import SourceError, UsageError

Span = tuple[int, int]

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Cell:
    """A cell: its place in the bytes, its style, and the number of its shared string."""

    span: Span
    style: str = ""
    shared: int | None = None
    formula: bool = False


@dataclass
class SheetRow:
    """A row: its place, where its cells begin and end, and its cells by column (from 0)."""

    span: Span
    inner: Span
    cells: dict[int, Cell] = field(default_factory=dict)


class Sheet:
    """Where rows and cells stand in the XML of a sheet.

    Parameters
    ----------
    data : bytes
        The XML, in UTF-8.
    name : str
        Name of the sheet, for errors.

    Raises
    ------
    SourceError
        When it is no XML, or XML with a document type, which no workbook has.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        self.rows: dict[int, SheetRow] = {}
        self.end: Span = (0, 0)
        self.dimension: Span | None = None
        self.prefix = ""
        self._stack: list[tuple[str, int, Mapping[str, str]]] = []
        self._row = self._column = 0
        self._text: list[str] = []
        elements(data, name, self._start, self._close, self._text.append)

    def _start(self, tag: str, at: int, given: Mapping[str, str]) -> None:
        self._stack.append((tag, at, given))
        if tag == "row":
            self._row = int(given.get("r") or self._row + 1)
            self._column = -1
            self.rows[self._row] = SheetRow((at, at), (tag_end(self.data, at), 0))
        elif tag == "c":
            self._column = column_of(given["r"]) if "r" in given else self._column + 1
            self.rows[self._row].cells[self._column] = Cell((at, at), given.get("s", ""))
        elif tag == "v":
            self._text.clear()
        elif tag == "f" and self._row in self.rows and self._column in self.rows[self._row].cells:
            self.rows[self._row].cells[self._column].formula = True

    def _close(self, tag: str, at: int) -> None:
        _, begin, _given = self._stack.pop()
        stop = tag_end(self.data, at)
        if tag == "row":
            row = self.rows[self._row]
            row.span, row.inner = (begin, stop), (row.inner[0], max(at, row.inner[0]))
        elif tag == "c":
            self.rows[self._row].cells[self._column].span = (begin, stop)
        elif tag == "v" and self._stack[-1][2].get("t") == "s":
            self.rows[self._row].cells[self._column].shared = int("".join(self._text))
        elif tag == "sheetData":
            self.end = (at, stop)
            name = re.match(rb"</?([^\s/>]+)", self.data[begin:])
            self.prefix = name[1].decode().rpartition("sheetData")[0] if name else ""
        elif tag == "dimension":
            self.dimension = (begin, stop)

    def changed(self, gone: set[int], edits: Mapping[int, Mapping[int, str]], added: list[Mapping[int, str]]) -> bytes:
        """Return the XML without some rows, with new cells in others, and with new rows at the end.

        Parameters
        ----------
        gone : set of int
            Numbers of rows.
        edits : mapping of int to mapping of int to str
            Text by row and column.
        added : list of mapping of int to str
            Text by column.

        Raises
        ------
        SourceError
            When a row that goes or a cell that changes holds a formula: others may depend on it.
        """
        patches: list[tuple[Span, bytes]] = []
        for number in gone:
            self._refuse_formula(number, self.rows[number].cells)
            patches.append((self.rows[number].span, b""))
        for number, texts in edits.items():
            self._refuse_formula(number, texts)
            patches.append((self.rows[number].span, self._row_with(number, texts)))
        last = max(self.rows, default=0)
        more = b"".join(self._new_row(last + k, texts) for k, texts in enumerate(added, 1))
        at, stop = self.end
        if more and self.data[at : at + 2] != b"</":
            open_tag = self.data[at:stop].rstrip(b">").rstrip().rstrip(b"/")
            patches.append(((at, stop), open_tag + b">" + more + f"</{self.prefix}sheetData>".encode()))
        elif more:
            patches.append(((at, at), more))
        if more and self.dimension:
            patches.append((self.dimension, b""))
        return patched(self.data, patches)

    def _refuse_formula(self, number: int, columns: Mapping[int, object]) -> None:
        if any(self.rows[number].cells[c].formula for c in columns if c in self.rows[number].cells):
            raise SourceError(
                f"Row {number} of sheet {self.name} holds a formula. In Excel copy that row, paste it as values, save, "
                "and run the command again. Nothing was changed."
            )

    def _row_with(self, number: int, texts: Mapping[int, str]) -> bytes:
        row = self.rows[number]
        parts: dict[int, bytes] = {}
        for column, cell in row.cells.items():
            raw = self.data[slice(*cell.span)]
            # A cell may leave its place to be counted; beside new cells it has to say it.
            named = re.match(rb"<\S+(\s[^>]*)?\sr=", raw)
            parts[column] = raw if named else re.sub(rb"^<([^\s/>]+)", rb'<\1 r="' + _ref(number, column) + b'"', raw)
        for column, text in texts.items():
            parts[column] = self._cell(number, column, text, row.cells[column].style if column in row.cells else "")
        begin = self.data[row.span[0] : row.inner[0]]
        if begin.endswith(b"/>"):
            begin = begin[:-2] + b">"
        return begin + b"".join(parts[c] for c in sorted(parts)) + f"</{self.prefix}row>".encode()

    def _new_row(self, number: int, texts: Mapping[int, str]) -> bytes:
        cells = b"".join(self._cell(number, c, texts[c], "") for c in sorted(texts) if texts[c])
        return f'<{self.prefix}row r="{number}">'.encode() + cells + f"</{self.prefix}row>".encode()

    def _cell(self, number: int, column: int, text: str, style: str) -> bytes:
        p, s = self.prefix, f' s="{style}"' if style else ""
        place = _ref(number, column).decode()
        if not text:
            return f'<{p}c r="{place}"{s}/>'.encode()
        return (
            f'<{p}c r="{place}"{s} t="inlineStr"><{p}is><{p}t xml:space="preserve">{xml_text(text)}'
            f"</{p}t></{p}is></{p}c>"
        ).encode()


def elements(
    data: bytes,
    name: str,
    start: Callable[[str, int, Mapping[str, str]], None],
    close: Callable[[str, int], None],
    text: Callable[[str], None] = str,  # type: ignore[assignment]
) -> None:
    """Read XML and tell local names and byte positions of tags; what is no plain XML is a ``SourceError``."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{name} is written in UTF-16. Open the workbook in Excel and save it again.")
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SourceError(f"{name} declares a document type, which no workbook does. Ask where the file comes from.")

    begun: list[tuple[int, bool]] = []

    def begin(tag: str, given: Mapping[str, str]) -> None:
        at = parser.CurrentByteIndex
        begun.append((at, data[tag_end(data, at) - 2 : tag_end(data, at)] == b"/>"))
        start(tag.rpartition(":")[2], at, given)

    def end(tag: str) -> None:
        # The parser tells the end of an empty element behind it; it is the same tag as its beginning.
        at, empty = begun.pop()
        close(tag.rpartition(":")[2], at if empty else parser.CurrentByteIndex)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SourceError(f"{name} is damaged ({error}). Open the workbook in Excel and save it again.") from error


def tag_end(data: bytes, at: int) -> int:
    """Return where the tag that begins at ``at`` ends; a ``>`` within quotes is none."""
    quote = 0
    for k in range(at, len(data)):
        c = data[k]
        if quote:
            quote = 0 if c == quote else quote
        elif c in b"\"'":
            quote = c
        elif c == 0x3E:
            return k + 1
    return len(data)


def patched(data: bytes, patches: list[tuple[Span, bytes]]) -> bytes:
    """Return bytes with some spans, which may not overlap, replaced."""
    parts, position = [], 0
    for (begin, stop), new in sorted(patches):
        parts += [data[position:begin], new]
        position = stop
    return b"".join([*parts, data[position:]])


def xml_text(text: str) -> str:
    """Return text for an element of a workbook.

    Raises
    ------
    UsageError
        When it holds a control character, which no workbook can hold.
    """
    if _NO_XML.search(text):
        raise UsageError("A workbook cannot hold control characters. Type the text again.")
    # A workbook reads _x000D_ as a character; what looks so and is text has its first sign written that way.
    text = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return escape(text, {"\r": "_x000D_", '"': "&quot;"})


def column_of(reference: str) -> int:
    """Return the column of a cell, from 0.

    >>> column_of("A1"), column_of("AB12")
    (0, 27)
    """
    column = 0
    for letter in re.match("[A-Z]*", reference.upper())[0]:  # type: ignore[index]
        column = column * 26 + ord(letter) - 64
    return column - 1


def _ref(row: int, column: int) -> bytes:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}".encode()
