"""From a mapping and the sheets it reads to a checked data folder, and what the check says in terms of the sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.importing.again import Again
from ocgnet.importing.assemble import Assembled, Part, assemble, with_ghosts
from ocgnet.importing.exports import Exports
from ocgnet.importing.ids import refuse_lost_zeros_between, refuse_spoilt
from ocgnet.importing.mapping import OPEN, ImportMapping
from ocgnet.importing.questions import Asked
from ocgnet.importing.rows import plain_array
from ocgnet.model import TABLES
from ocgnet.settings import Settings
from ocgnet.sources.arrays import fixed, strings
from ocgnet.sources.problems import Problem
from ocgnet.sources.source import RawTable, Source, read_about
from ocgnet.words import Words

if TYPE_CHECKING:
    from ocgnet.checks.check import Checked


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an import makes: the tables, what became of every row, and the verdict of the check."""

    mapping: ImportMapping
    exports: Exports
    assembled: Assembled
    ghosts: Mapping[str, tuple[int, str]]
    tables: Mapping[str, pa.Table]
    checked: Checked
    again: Again | None = None

    def place(self, table: str, row: int) -> tuple[str, int]:
        """Return the sheet and the row there of a row of a table, counted from 2 as in its file."""
        at = row - 2
        for part in self.assembled.parts[table]:
            if at < len(part):
                place = int(part.places[at])
                return part.source.sheets[int(part.source.sheet_of[place])].name, int(part.source.lines[place])
            at -= len(part)
        raise KeyError(f"{table} has no row {row}")

    def problems(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield problems with the sheet and the row where the analyst finds them, instead of those of the table."""
        for problem in problems:
            table = problem.file.removesuffix(".csv")
            if problem.row is None or table not in self.assembled.parts:
                yield problem
                continue
            sheet, row = self.place(table, problem.row)
            yield replace(problem, file=sheet, row=row, column=f"{table}.{problem.column}" if problem.column else table)

    def without_rejects(self) -> dict[str, pa.Table]:
        """Return the tables without rows that have an error, and without those that refer to one."""
        _ = self.checked.dataset
        kept: dict[str, pa.Table] = {}
        fallen: dict[str, set[int]] = {}
        for problem in [*self.checked.rejects(), *(p for f in self.checked.fallen for p in f.problems())]:
            if problem.row is not None:
                fallen.setdefault(problem.file.removesuffix(".csv"), set()).add(problem.row - 2)
        for name, table in self.tables.items():
            mask = np.ones(table.num_rows, bool)
            mask[sorted(fallen.get(name, ()))] = False
            kept[name] = table.filter(fixed(mask, pa.bool_()))
        return kept


def outcome(
    mapping: ImportMapping,
    exports: Exports,
    asked: Asked,
    words: Words,
    settings: Settings,
    lay: Callable[[Assembled], Again] | None = None,
) -> Outcome:
    """Apply a mapping: ``SourceError`` when ids are spoilt or a column that it reads is not there.

    ``lay`` lays what came of it over a folder that was imported before.
    """
    from ocgnet.checks.check import check

    gathered = [asked.gathered(n, rule) for n, rule in enumerate(mapping.tables)]
    refuse_spoilt(gathered)
    assembled = assemble(gathered, words)
    refuse_lost_zeros_between(assembled)
    ghosts = with_ghosts(assembled)
    again = lay(assembled) if lay else None
    if again:
        assembled = again.assembled
    tables = {n: _table(n, assembled.parts[n]) for n in TABLES if n in assembled.parts}
    if tables and "nominals" not in tables:
        # Crimes alone are records too. Whoever a link names and no sheet describes is then missing, as the check says.
        tables = {"nominals": pa.table({n: strings([]) for n in ("nominal_id", "name", "date_of_birth")})} | tables
    if not tables:
        raise SourceError("Nothing of these exports fills a table. Look at the mapping, or write one: docs/import.md.")
    given = {key: value for key, value in mapping.about.items() if value != OPEN}
    about, wrong = read_about("import.toml, [about]", given, {})
    if wrong:
        raise SourceError(f"import.toml, [about]: {next(wrong[0].problems()).remedy}")
    source = Source(Path(), about, {n: _raw(n, t) for n, t in tables.items()}, words=words, present=frozenset(tables))
    return Outcome(mapping, exports, assembled, ghosts, tables, check(source, settings=settings), again)


def _table(name: str, parts: Sequence[Part]) -> pa.Table:
    """Join parts of one table; a column that one of them does not have is blank there."""
    filled = [c.name for c in TABLES[name].columns if any(c.name in p.columns for p in parts)]
    columns = {
        c: pa.chunked_array([plain_array(p.columns.get(c, pa.repeat("", len(p)))) for p in parts], pa.string())
        for c in filled
    }
    return pa.table(columns)


def _raw(name: str, table: pa.Table) -> RawTable:
    columns = {c: table[c] for c in table.column_names}
    lines = np.arange(2, table.num_rows + 2, dtype=np.int32)
    return RawTable(name, f"{name}.csv", columns, lines, (), table.num_rows)


def write_tables(folder: Path, tables: Mapping[str, pa.Table], about: About) -> None:
    """Write tables as CSV, and ``about.toml``, into a folder."""
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("wb") as file:
            arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(quoting_style="needed"))
    (folder / "about.toml").write_text(about_text(about), encoding="utf-8")


def about_text(about: About) -> str:
    """Return the description of a folder as its file."""
    from ocgnet.importing.mapping import toml_value
    from ocgnet.model import ABOUT_FIELDS

    given: dict[str, Any] = {f.name: getattr(about, f.name) for f in ABOUT_FIELDS}
    return "".join(f"{name} = {toml_value(value)}\n" for name, value in given.items() if value not in (None, ""))
