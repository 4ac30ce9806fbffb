"""What watches found of a person: what goes when the person is erased, and what is held about the person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from ocgnet.edit import Changed, Place
from ocgnet.queries.watched_rows import Row, changing, home_of, is_state, read_state
from ocgnet.retention.search import Words, files_in


def files_of_watches(where: str | Path, place: Place, folders: Iterable[Path]) -> list[Path]:
    """Return what keeps the finds of watches, of these records and in some folders, and what declares the watches."""
    declared, kept = home_of(where, place)
    files = {file.absolute() for file in files_in(folder for folder in folders if folder.exists()) if is_state(file)}
    return sorted(files | {file.absolute() for file in (declared, kept) if file.exists()})


def rows_erased(files: Iterable[Path], words: Words) -> dict[str, dict[str, Changed]]:
    """Take the rows that name who is erased out of the files that keep what watches found; return how many, by file.

    A row goes whole with what was decided about it: whom it was about can be told from the rest of it.

    Raises
    ------
    SourceError, OutputError
        When a file cannot be read or changed.
    """
    gone: dict[str, dict[str, Changed]] = {}
    for file in filter(is_state, files):
        with changing(file) as put:
            state = read_state(file)
            after, removed = state, 0
            for name, seen in state.watches.items():
                kept = tuple(row for row in seen.rows if not _names(row, words))
                why = "" if words.in_cell("why", seen.failed_why) else seen.failed_why
                removed += len(seen.rows) - len(kept)
                after = replace(after, watches={**after.watches, name: replace(seen, rows=kept, failed_why=why)})
            if after != state:
                put(after)
        if removed:
            gone[str(file)] = {"rows of watches": Changed(dropped=removed)}
    return gone


def _names(row: Row, words: Words) -> bool:
    cells = {**row.cells, **row.key}
    if any(words.in_cell(column, cell) for column, cell in cells.items()):
        return True
    # A list of ids may go by any heading; a count may read as an id that is a number, and is no evidence.
    parts = {part.strip() for cell in (*row.key.values(), *row.evidence.values()) for part in cell.split("|")}
    decided = json.dumps([asdict(decided) for decided in row.decisions], ensure_ascii=False)
    return not words.numbers.isdisjoint(parts) or words.in_bytes(decided.encode(), loose=False)


def all_rows(where: str | Path, place: Place) -> list[tuple[str, Row]]:
    """Return every row that watches of some records found, with the name of its watch."""
    return [*read_state(home_of(where, place)[1]).rows()]
