"""Changing rows of a workbook; other sheets, formats and parts stay."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import python_calamine

from ocgnet.amending.change import Change
from ocgnet.amending.rows import parts
from ocgnet.amending.sheet_xml import Sheet, elements, patched, tag_end
from ocgnet.errors import SourceError
from ocgnet.model import TABLES
from ocgnet.sources import RawTable, Source
from ocgnet.sources.xlsx import cells_text

_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TYPES = "[Content_Types].xml"
_STRINGS = "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def write_edited_workbook(path: Path, source: Source, change: Change, out: Path) -> None:
    """Write a workbook with a change made to ``out``.

    A shared text that no cell names any more is emptied, so that what was dropped is gone from the file.
    New and changed cells are text; the reader takes dates and numbers from text as well.

    Raises
    ------
    SourceError
        When the workbook is damaged, or a formula stands in the way.
    """
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
        files = {info.filename: packed.read(info) for info in infos}
    book = _Book(files)
    for name in change.tables:
        raw = source.tables.get(name)
        if raw is None:
            book.add_sheet(name)
            columns = [c.name for c in TABLES[name].columns]
            book.change(name, set(), {}, [dict(enumerate(columns)), *(_placed(columns, r) for r in change.add[name])])
        else:
            _change_table(path, book, raw, change)
    book.forget_strings()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for info in infos:
            packed.writestr(info, files.pop(info.filename), zipfile.ZIP_DEFLATED)
        for name, data in files.items():
            packed.writestr(name, data)
    out.chmod(0o600)


def _placed(columns: list[str], row: Mapping[str, str]) -> dict[int, str]:
    return {columns.index(name): text for name, text in row.items()}


def _change_table(path: Path, book: _Book, raw: RawTable, change: Change) -> None:
    gone, edits, added = parts(raw, change)
    line, places = _header(path, raw.file)
    wanted = {c for _, new in edits for c in new} | {c for row in added for c in row if row[c]}
    further = [c.name for c in TABLES[raw.name].columns if c.name in wanted and c.name not in places]
    heading: dict[int, dict[int, str]] = {}
    for name in further:
        places[name] = max(places.values()) + 1
        heading.setdefault(line, {})[places[name]] = name
    book.change(
        raw.file,
        {int(raw.lines[row]) for row in gone},
        heading | {int(raw.lines[row]): {places[c]: text for c, text in new.items()} for row, new in edits},
        [{places[c]: text for c, text in row.items() if text} for row in added],
    )


def _header(path: Path, sheet: str) -> tuple[int, dict[str, int]]:
    """Return the row of the header, and the column of each name; unnamed columns have a name of their own."""
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        opened = book.get_sheet_by_name(sheet)
        first, left = opened.start or (0, 0)
        for line, row in enumerate(opened.to_python(skip_empty_area=True), first + 1):
            names = [cells_text(c).strip() for c in row]
            if any(names):
                return line, {name or f"\0{k}": left + k for k, name in reversed(list(enumerate(names)))}
    raise SourceError(f"Sheet {sheet} is empty.")


class _Book:
    """The parts of a workbook, changed in place in ``files``."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.sheets: dict[str, str] = {}
        self.lost: set[int] = set()
        targets: dict[str, str] = {}
        try:
            elements(files[_RELATIONS], _RELATIONS, lambda tag, _, a: _relation(tag, a, targets), _nothing)
            elements(files[_BOOK], _BOOK, lambda tag, _, a: self._sheet(tag, a, targets), _nothing)
        except KeyError as error:
            raise SourceError(f"The workbook lacks a part ({error}). Open it in Excel and save it again.") from error

    def _sheet(self, tag: str, given: Mapping[str, str], targets: Mapping[str, str]) -> None:
        if tag == "sheet":
            identity = next(v for k, v in given.items() if k.endswith(":id"))
            self.sheets[given["name"]] = posixpath.normpath(posixpath.join("/xl", targets[identity])).lstrip("/")

    def change(
        self, sheet: str, gone: set[int], edits: Mapping[int, Mapping[int, str]], added: list[Mapping[int, str]]
    ) -> None:
        """Change the rows of a sheet, and remember shared texts that its old cells named."""
        part = self.sheets[sheet]
        old = Sheet(self.files[part], sheet)
        cells = [c for n in gone for c in old.rows[n].cells.values()]
        cells += [old.rows[n].cells[k] for n, texts in edits.items() for k in texts if k in old.rows[n].cells]
        self.lost |= {c.shared for c in cells if c.shared is not None}
        self.files[part] = old.changed(gone, edits, added)

    def forget_strings(self) -> None:
        """Empty the shared texts that were lost and that no other cell names."""
        for name, part in self.sheets.items():
            if not self.lost:
                return
            if part.startswith("xl/worksheets/"):
                sheet = Sheet(self.files[part], name)
                self.lost -= {
                    c.shared for row in sheet.rows.values() for c in row.cells.values() if c.shared is not None
                }
        data, number, begins = self.files[_STRINGS], -1, [0]
        patches: list[tuple[tuple[int, int], bytes]] = []

        def start(tag: str, at: int, _: Mapping[str, str]) -> None:
            nonlocal number
            if tag == "si":
                number, begins[0] = number + 1, at

        def close(tag: str, at: int) -> None:
            if tag == "si" and number in self.lost:
                found = re.match(rb"<([^\s/>]*?)si[\s/>]", data[begins[0] :])
                p = found[1] if found else b""
                patches.append(((begins[0], tag_end(data, at)), b"<%ssi><%st></%st></%ssi>" % (p, p, p, p)))

        elements(data, _STRINGS, start, close)
        self.files[_STRINGS] = patched(data, patches)

    def add_sheet(self, name: str) -> None:
        """Add an empty sheet at the end."""
        numbers = [int(n) for part in self.files for n in re.findall(r"^xl/worksheets/sheet(\d+)\.xml$", part)]
        file = f"sheet{max(numbers, default=0) + 1}.xml"
        ids = {int(n) for n in re.findall(rb'sheetId="(\d+)"', self.files[_BOOK])}
        relation = f"rIdOcgnet{max(numbers, default=0) + 1}"
        self.files[f"xl/worksheets/{file}"] = f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'.encode()
        self._insert(
            _BOOK,
            "sheets",
            f'<{{p}}sheet xmlns:ocgr="{_LINKS}" name={quoteattr(name)} sheetId="{max(ids, default=0) + 1}" '
            f'ocgr:id="{relation}"/>',
        )
        self._insert(
            _RELATIONS,
            "Relationships",
            f'<{{p}}Relationship Id="{relation}" Type="{_LINKS}/worksheet" Target="worksheets/{file}"/>',
        )
        self._insert(_TYPES, "Types", f'<{{p}}Override PartName="/xl/worksheets/{file}" ContentType="{_SHEET_TYPE}"/>')
        self.sheets[name] = f"xl/worksheets/{file}"

    def _insert(self, part: str, element: str, text: str) -> None:
        """Put text before the end tag of an element; ``{p}`` stands for its prefix."""
        data = self.files[part]
        ends = list(re.finditer(rb"</([^\s>]*?)" + element.encode() + rb"\s*>", data))
        if not ends:
            raise SourceError(f"{part} of the workbook is unusual. Open it in Excel and save it again.")
        new = text.replace("{p}", ends[-1][1].decode()).encode()
        self.files[part] = patched(data, [((ends[-1].start(), ends[-1].start()), new)])


def _relation(tag: str, given: Mapping[str, str], targets: dict[str, str]) -> None:
    if tag == "Relationship":
        targets[given["Id"]] = given["Target"]


def _nothing(_tag: str, _at: int) -> None:
    pass
