"""An empty data folder to fill in, with its dictionary; all of it follows from the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ocgnet.dataset import About
from ocgnet.errors import OutputError
from ocgnet.files.writing import is_of_records, write_csv, write_text
from ocgnet.model import ABOUT_FIELDS, PERSON_TABLES, TABLES, Column, Kind, Table
from ocgnet.model.response import SUBJECTS
from ocgnet.model.things import UNDER_AUTHORITY

DICTIONARY = ("table", "column", "kind", "allowed values", "needed", "refers to", "description")
"""Columns of dictionary.csv."""

_WRITTEN = {
    Kind.ID: "id (text; leading zeros count)",
    Kind.TEXT: "text",
    Kind.ENUM: "one of the allowed values",
    Kind.DATE: "date, year-month-day",
    Kind.MOMENT: "date and time, 2019-01-31T21:30",
    Kind.INSTANT: "date, or date and time with its zone, 2019-01-31T21:30:05+00:00",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number with a point",
    Kind.FLAG: "true or false",
}


def write_template(folder: str | Path) -> list[Path]:
    """Write one empty table per file, ``about.toml``, ``dictionary.csv`` and ``README.txt``; return their paths.

    No file is ever replaced: ``OutputError`` when one of that name is there already, and nothing is written then.
    """
    folder = Path(folder)
    names = [*(f"{name}.csv" for name in TABLES), "dictionary.csv", "about.toml", "README.txt"]
    if is_of_records(folder / names[0]) and not any((folder / n).exists() for n in names):
        raise OutputError(
            f"{folder} holds records already, and an empty table beside them would count. Choose another folder."
        )
    with new_files(folder, names) as paths:
        for name, table in TABLES.items():
            write_csv(folder / f"{name}.csv", [c.name for c in table.columns], [], for_excel=True, replace=True)
        write_csv(folder / "dictionary.csv", DICTIONARY, dictionary(), for_excel=True, replace=True)
        write_text(folder / "about.toml", _about(), replace=True)
        write_text(folder / "README.txt", _readme())
    return paths


@contextmanager
def new_files(folder: Path, names: Sequence[str]) -> Iterator[list[Path]]:
    """Let these files be written into a new or existing folder: all or none of them, and none is ever replaced."""
    if there := [n for n in names if (folder / n).exists() or (folder / n).is_symlink()]:
        raise OutputError(f"{folder} already holds {there[0]}, which would be lost. Choose another folder.")
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made here ({error.strerror or error}).") from error
    paths = [folder / n for n in names]
    try:
        yield paths
    except BaseException:
        # Half a template is none: what is missing would look as if it were not wanted.
        for path in paths:
            path.unlink(missing_ok=True)
        if new:
            folder.rmdir()
        raise


def dictionary() -> Iterator[tuple[str, ...]]:
    """Yield one row per column of the model, in its order; see ``DICTIONARY``."""
    for table in TABLES.values():
        for column in table.columns:
            several = ", several separated by |" if column.many else ""
            yield (
                table.name,
                column.name,
                _WRITTEN[column.kind] + several,
                _allowed(column),
                _needed(table, column),
                _refers(column),
                column.says,
            )


def _allowed(column: Column) -> str:
    if column.enum:
        return ", ".join(column.enum)
    if column.between:
        low, high = (f"{end:g}" for end in column.between)
        return f"from {low} to {high}" if column.between[1] < 1e9 else f"{low} or more"
    return column.pattern_says


def _needed(table: Table, column: Column) -> str:
    if column.never_blank:
        return f"in every row, or {table.name}_authority once in about.toml" if column.once else "in every row"
    for names in table.any_of:
        if column.name in names:
            return f"{' or '.join(names)}"
    for pair in table.together:
        if column.name in pair:
            return f"together with {pair[1 - pair.index(column.name)]}"
    return "no"


def _refers(column: Column) -> str:
    if not column.refers:
        return ""
    if column.refers == "subject":
        kinds = "; ".join(f"{kind}: {' or '.join(tables)}" for kind, tables in SUBJECTS.items())
        return f"by subject_kind ({kinds})"
    tables = " or ".join(PERSON_TABLES) if column.refers == "person" else column.refers
    return f"{tables} (an unknown id is a warning)" if column.lenient else tables


def _about() -> str:
    examples = {
        "force": '"My force"',
        "marking": f'"{About().marking}"',
        "synthetic": "false",
        "as_of": "2019-03-31",
        "period_from": "2018-04-01",
        "period_to": "2019-03-31",
        **{f"{name}_authority": '"Reference of the authorisation"' for name in UNDER_AUTHORITY},
    }
    lines = ["# What this folder is. Take the sign # away from a line to use it; every line may stay away.", ""]
    for field in ABOUT_FIELDS:
        lines += [f"# {field.says}", f"# {field.name} = {examples[field.name]}", ""]
    return "\n".join(lines)


def _readme() -> str:
    needed = TABLES["nominals"]
    parts = [
        "A folder for ocgnet",
        "",
        f"1. Fill in {needed.name}.csv: one row for each person on a police record. It is the only table that is",
        "   always needed. Fill in what else you have, and leave or delete the other files.",
        "2. dictionary.csv says of every column what it holds, what is allowed and which table it refers to.",
        "3. Leave a cell blank when something is not known. Write dates as year-month-day: 2019-01-31.",
        "   Other words than those allowed may be read: words.toml beside the tables says what yours mean.",
        "4. A person has one id in all tables. Format columns of ids as text, so that 00123 keeps its zeros.",
        "5. Save from Excel as CSV UTF-8, under the same file name.",
        "6. about.toml says which force this is, on which day ages are judged, and under what authority calls,",
        "   sightings and transfers were obtained, for rows that do not say it themselves.",
        "7. Run: ocgnet check FOLDER. It names every problem with its file, line and remedy.",
        "",
        "Tables",
        "",
    ]
    widest = max(map(len, TABLES))
    parts += [f"  {name.ljust(widest)}  {table.says}" for name, table in TABLES.items()]
    return "\n".join(parts) + "\n"
