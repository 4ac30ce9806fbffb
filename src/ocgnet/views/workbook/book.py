"""One xlsx file: formats, sheets of a table, sheets of sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from ocgnet.results import ResultColumn
from ocgnet.views.figures_text import count
from ocgnet.views.tables import SCORES, plain_values
from ocgnet.visible import visible

EXCEL_ROWS = 1_048_576
MOST_CELLS = 500_000
"""Cells of one sheet; beyond it the file would take minutes to open. The CSV tables hold every row."""

_LONGEST = 32_000
"""Characters of one cell; Excel refuses more than 32,767."""

_HEAD = 5
_WIDEST, _NARROWEST = 80, 9
_ONE_PAGE = 240
"""Characters side by side that stay readable when fitted to one landscape page."""

_LINE, _MOST_LINES = 13.0, 30

_NUMBER_FORMATS = {"count": "#,##0", "number": "0.0###", "large": "#,##0", "share": "0.0%", "date": "dd/mm/yyyy"}
_RIGHT = ("count", "number", "share", "date")


class Book:
    """A workbook that is being written; a context manager that closes the file.

    Parameters
    ----------
    target : Path or BytesIO
        File to write, or memory.
    title : str
        In the document's properties.
    marking : str
        Printed in header and footer of every sheet, and first on each.
    made : date or None
        Date in the document's properties; a fixed one when None, never the clock.
    """

    def __init__(self, target: Path | BytesIO, title: str, marking: str, made: date | None) -> None:
        self._book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        day = made or date(2000, 1, 1)
        self._book.set_properties(
            {
                "title": title,
                "comments": marking,
                "created": datetime(day.year, day.month, day.day),
            }
        )
        self.marking = marking
        self._formats: dict[str, Any] = {
            name: self._book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", **look})
            for name, look in _LOOKS.items()
        }

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._book.close()

    def page(self, name: str, widths: tuple[int, ...]) -> Page:
        """Begin a sheet of sentences with columns of the given widths."""
        sheet = self._sheet(name)
        sheet.hide_gridlines(2)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        return Page(sheet, self._formats, widths[-1])

    def table(
        self,
        sheet_name: str,
        question: str,
        table: str,
        columns: tuple[ResultColumn, ...],
        frame: pd.DataFrame,
        units: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """Write one table as an Excel table with filters below its question.

        ``units`` gives, for a column whose numbers are of several kinds, the kind of each row.
        """
        sheet = self._sheet(sheet_name)
        sheet.set_landscape()
        most = min(EXCEL_ROWS - _HEAD, MOST_CELLS // len(columns))
        top = frame.head(most)
        sheet.write_string(0, 0, self.marking, self._formats["marking"])
        sheet.write_string(1, 0, question, self._formats["question"])
        sheet.write_string(2, 0, _extent(len(frame), len(top), table), self._formats["quiet"])
        looks = [
            self._formats[("assessed" if c.assessment else "recorded") + ("_right" if c.kind in _RIGHT else "")]
            for c in columns
        ]
        widths, lines = [], np.ones(len(top), int)
        for i, (column, look) in enumerate(zip(columns, looks, strict=True)):
            kind = "assessment" if column.assessment else "recorded fact"
            sheet.write_string(3, i, kind, self._formats["kind"])
            values = plain_values(top[column.name], column.kind)
            width, wraps = _room(column, values)
            widths.append(width)
            if wraps:
                lines = np.maximum(lines, [_lines(v or "", width) for v in values])
            kinds = list(units.get(column.name, ()))[: len(values)] or [_kind(column, values, wraps)] * len(values)
            self._column(sheet, i, values, [self._formats[k] for k in kinds])
            sheet.set_column(i, i, width)
            sheet.write_string(4, i, column.name, look)
        for row in np.flatnonzero(lines > 1).tolist():
            sheet.set_row(row + _HEAD, _LINE * min(int(lines[row]), _MOST_LINES))
        sheet.add_table(
            4,
            0,
            4 + max(len(top), 1),
            len(columns) - 1,
            {
                "name": f"table_{table}",
                "style": "Table Style Light 1",
                "columns": [{"header": c.name, "header_format": f} for c, f in zip(columns, looks, strict=True)],
            },
        )
        sheet.freeze_panes(_HEAD, _frozen(columns))
        sheet.repeat_rows(4)
        sheet.repeat_columns(0, _frozen(columns) - 1)
        sheet.fit_to_pages(ceil(sum(widths) / _ONE_PAGE), 0)

    def _column(self, sheet: Any, at: int, values: list[Any], looks: Sequence[Any]) -> None:
        """Write the cells of a column; a missing value stays blank."""
        for row, (value, look) in enumerate(zip(values, looks, strict=True), _HEAD):
            if value is None or value == "" or value != value:  # noqa: PLR0124 (NaN)
                continue
            if isinstance(value, bool):
                sheet.write_string(row, at, "yes" if value else "no", look)
            elif isinstance(value, date):
                sheet.write_datetime(row, at, value, look)
            elif isinstance(value, int | float):
                sheet.write_number(row, at, value, look)
            else:
                sheet.write_string(row, at, _fitting(value), look)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        # An ampersand begins a code in headers and footers; two of them print one.
        said = self.marking.replace("&", "&&")[:200]
        sheet.set_header(f'&C&"Arial,Bold" {said}')
        sheet.set_footer(f'&C&"Arial,Bold" {said}&R&P of &N')
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        return sheet


class Page:
    """A sheet of sentences, filled from the top."""

    def __init__(self, sheet: Any, formats: dict[str, Any], width: int) -> None:
        self._sheet, self._formats, self._width, self._row = sheet, formats, width, 0

    def line(self, text: str, look: str) -> None:
        """Write a line over both columns."""
        self._sheet.write_string(self._row, 0, visible(text), self._formats[look])
        self._row += 1

    def heading(self, text: str) -> None:
        """Write a heading after a free row."""
        self._row += 1
        self.line(text, "heading")

    def pair(self, name: str, text: str, look: str = "") -> None:
        """Write a label and its text."""
        first = {"fact": "recorded", "assessment": "assessed"}.get(look, "label")
        self._sheet.write_string(self._row, 0, visible(name), self._formats[first])
        self._sheet.write_string(self._row, 1, _fitting(text), self._formats["wrapped"])
        # Explicit heights: not every program fits the height of a wrapped row when it opens a file.
        self._sheet.set_row(self._row, _LINE * min(_lines(text, self._width), _MOST_LINES) + 2)
        self._row += 1


_RECORDED = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B0C0C", "indent": 1}
_ASSESSED = {"bold": True, "italic": True, "font_color": "#0B0C0C", "bg_color": "#CFE3F1", "indent": 1}
_LOOKS: dict[str, dict[str, Any]] = {
    "marking": {"bold": True, "font_size": 11},
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12, "bottom": 1},
    "question": {"bold": True, "font_size": 12},
    "label": {"bold": True, "text_wrap": True},
    "quiet": {"font_color": "#505A5F"},
    "kind": {"font_color": "#505A5F", "font_size": 8, "italic": True},
    "recorded": _RECORDED,
    "recorded_right": {**_RECORDED, "align": "right"},
    "assessed": _ASSESSED,
    "assessed_right": {**_ASSESSED, "align": "right"},
    "wrapped": {"text_wrap": True},
    "id": {},
    "text": {"indent": 1},
    "prose": {"indent": 1, "text_wrap": True},
    "flag": {"indent": 1},
    "score": {"num_format": "0.00"},
    **{kind: {"num_format": number_format} for kind, number_format in _NUMBER_FORMATS.items()},
}


def _extent(rows: int, shown: int, table: str) -> str:
    if not rows:
        return "No rows for these records and filters."
    if shown < rows:
        return f"The first {count(shown)} of {count(rows)} rows. All of them are in tables/{table}.csv."
    return f"{count(rows)} {'row' if rows == 1 else 'rows'}."


def _frozen(columns: tuple[ResultColumn, ...]) -> int:
    """Return how many columns stay on the left: the id, and the name after it."""
    return 2 if len(columns) > 4 and columns[1].name == "name" else 1


def _fitting(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … (cut here; the CSV table holds all of it)"


def _room(column: ResultColumn, values: list[Any]) -> tuple[int, bool]:
    """Return the width of a column in characters, and whether its texts wrap."""
    longest = max([len(column.name) + 4, *(_width(v) for v in values[:2000])])
    wraps = column.kind in ("id", "text") and longest > _WIDEST
    return min(max(longest + 1, _NARROWEST), _WIDEST), wraps


def _kind(column: ResultColumn, values: list[Any], wraps: bool) -> str:
    """Return the look of a column: its kind, or how its numbers and texts are best read."""
    if wraps:
        return "prose"
    if column.name in SCORES:
        return "score"
    large = column.kind == "number" and any(v is not None and abs(v) >= 1000 for v in values)
    return "large" if large else column.kind


def _lines(text: str, width: int) -> int:
    return max(1, ceil(len(text) * 0.92 / width))


def _width(value: Any) -> int:
    if value is None:
        return 0
    return 10 if isinstance(value, int | float | date) else len(str(value))
