"""Writes a data folder: one CSV per table of the model and ``about.toml``, byte for byte repeatable."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from ocgnet.model import TABLES
from ocgnet.outputs import result_folder

Row = dict[str, object]
"""One row by column name; a column that is absent or None is left blank."""

ABOUT_FILE = "about.toml"


@contextmanager
def made_up_folder(out: Path) -> Iterator[Path]:
    """Give a private folder to fill with made-up records; on success it becomes ``out``, on failure nothing remains.

    A folder that ``ocgnet synthesise`` made and nobody changed is replaced as a whole. Any other is refused, so that
    real records are never lost, nor made-up ones that somebody worked on.

    Raises
    ------
    OutputError
        When ``out`` holds a file that was not made up there or was changed since, is a link, or cannot be written.
    """
    with result_folder(out, "ocgnet synthesise") as partial:
        yield partial


def write_folder(out: Path, tables: Mapping[str, Iterable[Row]], about: Mapping[str, object]) -> None:
    """Write tables and description into ``out``, which is made when it does not exist.

    Rows are written in the order of the table's identity.

    Raises
    ------
    KeyError
        When a table or a column is not in the model.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / ABOUT_FILE).write_bytes("".join(f"{k} = {_toml(v)}\n" for k, v in about.items()).encode())
    for name, rows in tables.items():
        (out / f"{name}.csv").write_bytes(csv_text(name, rows).encode())


def csv_text(name: str, rows: Iterable[Row]) -> str:
    """Return rows of a table as CSV with a header, in the order of the table's identity.

    Raises
    ------
    KeyError
        When the table or a column is not in the model.
    """
    declared = TABLES[name]
    columns = [c.name for c in declared.columns]
    ready = [{k: _cell(v) for k, v in row.items()} for row in rows]
    if unknown := {k for row in ready for k in row} - set(columns):
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
    ready.sort(key=lambda row: [row.get(k, "") for k in declared.identity])
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(ready)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, bool | date):
        return _cell(value)
    return f'"{value}"'
