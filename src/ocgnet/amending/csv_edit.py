"""Changing rows of a CSV file so that every other byte stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ocgnet.amending.change import Change, Row
from ocgnet.amending.rows import parts
from ocgnet.model import TABLES
from ocgnet.sources import RawTable

_MARK = "\ufeff"


def edited_csv(path: Path, raw: RawTable, change: Change) -> bytes:
    """Return the bytes of a CSV file with a change made.

    Rows that are not concerned keep their bytes, and so do header, order of columns, byte order mark and
    line ends. Only where a change needs a column that the file lacks does the header get it, and every
    row a comma more.

    Parameters
    ----------
    path : Path
        The file.
    raw : RawTable
        What was read from it, without findings that are errors.
    change : Change
        Rows of this table are found by their identity.
    """
    gone, edits, added = parts(raw, change)
    text = path.read_bytes().decode("utf-8")
    mark = _MARK if text.startswith(_MARK) else ""
    lines = io.StringIO(text[len(mark) :], newline="").readlines()
    begin = 0
    header, height = _record(lines, begin)
    while not any(c.strip() for c in header):
        begin += height
        header, height = _record(lines, begin)
    end = _line_end(lines[begin + height - 1]) or "\n"
    names = [c.strip() for c in header]
    needed = {c for _, new in edits for c in new} | {c for row in added for c in row if row[c]}
    further = [c.name for c in TABLES[raw.name].columns if c.name in needed and c.name not in names]
    if further:
        lines = _widened(lines, begin, further, end)
        names += further
    new: dict[int, str] = {}
    old: dict[int, int] = {}
    for row in gone:
        start = int(raw.lines[row]) - 1
        old[start], new[start] = _record(lines, start)[1], ""
    for row, cells in edits:
        start = int(raw.lines[row]) - 1
        record, old[start] = _record(lines, start)
        record += [""] * (len(names) - len(record))
        for name, value in cells.items():
            record[names.index(name)] = value
        new[start] = _written(record, _line_end(lines[start + old[start] - 1]) or end)
    kept: list[str] = []
    k = 0
    while k < len(lines):
        if k in old:
            kept.append(new[k])
            k += old[k]
        else:
            kept.append(lines[k])
            k += 1
    body = "".join(kept)
    if added and not body.endswith(("\n", "\r")):
        body += end
    body += "".join(_written([row.get(n, "") for n in names], end) for row in added)
    return (mark + body).encode("utf-8")


def new_csv(name: str, rows: Sequence[Row]) -> bytes:
    """Return a CSV file of a table that did not exist, with all columns of the model."""
    names = [c.name for c in TABLES[name].columns]
    return "".join(_written(r, "\n") for r in (names, *([row.get(n, "") for n in names] for row in rows))).encode()


def _record(lines: Sequence[str], start: int) -> tuple[list[str], int]:
    """Return the cells of the record that begins on a line, and how many lines it takes."""
    reader = csv.reader((lines[k] for k in range(start, len(lines))), strict=True)
    return next(reader), reader.line_num


def _written(cells: Sequence[str], end: str) -> str:
    text = io.StringIO(newline="")
    # A row of one blank cell would else be a blank line. Told of both line ends, the writer quotes a cell that
    # holds either; outside quotes it would break the row in two.
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()[:-2] + end


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _widened(lines: Sequence[str], begin: int, further: Sequence[str], end: str) -> list[str]:
    """Return the lines with further columns at the end of the header and a blank cell for each in every row."""
    wide: list[str] = list(lines[:begin])
    k = begin
    while k < len(lines):
        cells, height = _record(lines, k)
        last = lines[k + height - 1]
        close = _line_end(last)
        more = "".join(f",{name}" for name in further) if k == begin else "," * len(further)
        blank = not any(c.strip() for c in cells) and k != begin
        wide += lines[k : k + height - 1]
        wide.append(last if blank else f"{last.rstrip(chr(13) + chr(10))}{more}{close or (end if k == begin else '')}")
        k += height
    return wide
