"""One .xlsx, a sheet a table, to text columns that know their row of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine

from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.model import TABLES, Table
from ocgnet.sources.about import read_about
from ocgnet.sources.headers import near, read_header
from ocgnet.sources.ordinary import Stamp, changed, refusal
from ocgnet.sources.packed import refuse_bomb
from ocgnet.sources.problems import Finding, Rule, Severity, one
from ocgnet.sources.source import RawTable

LARGEST = 1_000_000_000
"""Bytes a workbook may hold when unpacked; more would not fit the memory of a plain laptop."""

OWN_SHEETS = frozenset(("about", "dictionary", "readme"))
"""Sheets that are no table of the model and yet known."""

_EXACT = 1e15


def read_workbook(path: Path) -> tuple[About, dict[str, RawTable], list[Finding]]:
    """Read every sheet that is a table of the model.

    Dates come as ISO text, numbers as they are shown without a trailing ``.0``, formulas as the value
    that was saved with them. The header is the first row that is not blank.

    Raises
    ------
    SourceError
        When the file is no workbook, is protected by a password, is too large when unpacked, or changes
        while it is read.
    """
    if why := refusal(path):
        raise SourceError(f"{path} {why}. Name the workbook itself.")
    before = Stamp.of(path)
    refuse_bomb(path, LARGEST)
    tables: dict[str, RawTable] = {}
    findings: list[Finding] = []
    about = About()
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            for sheet in book.sheet_names:
                name = sheet.strip().lower()
                if name == "about":
                    about, wrong = _about(sheet, _rows(book, sheet))
                    findings += wrong
                elif name in TABLES and name in tables:
                    remedy = f"Two sheets hold the table {name}. Rename or delete one of them."
                    findings.append(one(sheet, Rule.TWICE, remedy, whole_file=True))
                elif name in TABLES:
                    tables[name] = _table(TABLES[name], sheet, _rows(book, sheet))
                elif name not in OWN_SHEETS:
                    guess = near(name, list(TABLES))
                    tip = f"Rename it to {guess}, if that is meant" if guess else "Leave it, or delete it"
                    remedy = f"{tip}: no table has this name, so the sheet is not read."
                    findings.append(one(sheet, Rule.UNKNOWN_FILE, remedy, severity=Severity.WARNING))
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
    return about, tables, findings


def _rows(book: python_calamine.CalamineWorkbook, sheet: str) -> list[tuple[int, list[Any]]]:
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
    long = [k for k, c in enumerate(cells) if isinstance(c, int | float) and abs(c) >= _EXACT]
    remedy = "A spreadsheet keeps only 15 digits of a number. Format the column as text and enter it again."
    if not long:
        return []
    return [Finding(sheet, column, Rule.ID, lines[long], lambda k: (cells_text(cells[long[k]]), remedy))]


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
