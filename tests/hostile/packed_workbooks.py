"""Workbooks put together part by part, as no spreadsheet program would."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>nominal_id</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
)
PERSON = '<row r="2"><c r="A2" t="inlineStr"><is><t>N1</t></is></c></row>'


def links(*targets: tuple[str, str]) -> str:
    """Return a part that says where other parts stand."""
    each = "".join(
        f'<Relationship Id="rId{k}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for k, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def workbook(
    path: Path, rows: Iterable[str | bytes], *, shared: str = "", before: str = "", sheet: str = "nominals"
) -> Path:
    """Write a workbook of one sheet from pieces of XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        packed.writestr("_rels/.rels", links(("officeDocument", "xl/workbook.xml")))
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            links(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        )
        if shared:
            packed.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{_MAIN}">{before}<sheetData>'.encode())
            for row in rows:
                part.write(row if isinstance(row, bytes) else row.encode())
            part.write(b"</sheetData></worksheet>")
    return path


def lying(path: Path, size: int) -> Path:
    """Let the archive say that its last part has another size than it has."""
    data = bytearray(path.read_bytes())
    last = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, last + 24, size)
    path.write_bytes(data)
    return path
