"""The list of rows that go: one CSV for all tables, its rows told by the columns that tell records apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.beside_store import Kept
from ocgnet.checks.table import CheckedTable
from ocgnet.dataset import SourceFile
from ocgnet.model import TABLES, Column, Kind, Table
from ocgnet.sources import Finding, RawTable, Rule
from ocgnet.sources.cells import near
from ocgnet.sources.csv import read_csv
from ocgnet.sources.files import opened
from ocgnet.sources.problems import one
from ocgnet.words import Words


def _columns() -> tuple[Column, ...]:
    names = dict.fromkeys(name for table in TABLES.values() for name in table.identity)
    return tuple(Column(name, Kind.TEXT, "Tells a row of its table from others.") for name in names)


LIST = Table("deletes", "Rows to remove.", (Column("table", Kind.TEXT, "Table of the row.", key=True), *_columns()))
"""The list as a table: the name of a table, and beside it every column that tells rows of any table apart."""


@dataclass(frozen=True)
class Deletes:
    """Rows of a store that go.

    Parameters
    ----------
    rows : mapping of str to pyarrow.Table
        The rows, as the store holds them, by table.
    findings : tuple of Finding
        What is wrong with the list; anything at all stops a load, since no row of it may be passed over.
    source : SourceFile
        The file.
    """

    rows: Mapping[str, pa.Table]
    findings: tuple[Finding, ...]
    source: SourceFile


def read_deletes(path: Path, kept: Kept, words: Words, beside: tuple[SourceFile, ...]) -> Deletes:
    """Return the rows that a list names, as the store holds them; every row has to be there, and to be one.

    A column that the list does not have is not compared, so a crime and a person are enough where that link is the only
    one; a blank cell in a column that it has means that the record has none. Where the force's latest load brought
    this very list ``beside`` these very files, its rows may be gone.
    """
    raw = read_csv(LIST, path)
    with opened(path) as file:
        source = SourceFile(path.name, hashlib.file_digest(file, "sha256").hexdigest(), raw.rows_in)
    again = (*beside, source) == kept.sources
    findings = [f for f in raw.findings if f.is_error]
    rows: dict[str, pa.Table] = {}
    if raw.usable and "table" in raw.columns:
        names = pc.utf8_trim_whitespace(pc.fill_null(raw.columns["table"], ""))
        for name in pc.unique(names).to_pylist():
            if name not in TABLES:
                guess = near(name, list(TABLES))
                tip = f"Is {guess} meant?" if guess else f"Write one of {', '.join(TABLES)}."
                lines = raw.lines[pc.equal(names, name).to_numpy()].tolist()
                findings += [_wrong(raw, line, "table", name, f"There is no such table. {tip}") for line in lines]
                continue
            of_name = pc.equal(names, name)
            columns = {c: column.filter(of_name) for c, column in raw.columns.items() if c in TABLES[name].identity}
            lines = raw.lines[of_name.to_numpy()]
            table = CheckedTable(RawTable(name, raw.file, columns, lines, (), len(lines)), words)
            rows[name], wrong = _found(table, columns, kept, again=again)
            findings += wrong
    return Deletes({n: t for n, t in rows.items() if t.num_rows}, tuple(findings), source)


def _wrong(raw: RawTable, line: int, column: str, value: str, remedy: str, rule: Rule = Rule.REFERENCE) -> Finding:
    return one(raw.file, rule, remedy, line=int(line), column=column, value=value, whole_file=True)


def _found(
    table: CheckedTable, given: Mapping[str, pa.ChunkedArray], kept: Kept, *, again: bool
) -> tuple[pa.Table, list[Finding]]:
    """Return the rows of the store that a list names of one table, and what is wrong with the list."""
    declared, raw = table.declared, table.raw
    findings = []
    sound = []
    for row in range(len(raw.lines)):
        for name in declared.identity:
            text, refusal = table.columns[name].why(row)
            needed = name == declared.identity[0] or (declared.column(name).key and name in given)
            if needed and not text:
                says = f"Fill in {name}: rows of {declared.name} are told by {' and '.join(declared.identity)}."
                findings.append(_wrong(raw, raw.lines[row], name, "", says, Rule.REQUIRED))
                break
            if text and refusal is not None:
                findings.append(_wrong(raw, raw.lines[row], name, text, refusal.remedy, refusal.rule))
                break
        else:
            sound.append(row)
    first = declared.identity[0]
    held = kept.look_up(declared.name, first, {table.columns[first].text(row) for row in sound}) if sound else None
    if held is None or declared.name not in kept.given:
        held = declared.schema.empty_table()
    compared = [name for name in declared.identity if name in given]
    by_identity: dict[tuple[object, ...], list[int]] = {}
    for place, cells in enumerate(zip(*(held[c].to_pylist() for c in compared), strict=True)):
        by_identity.setdefault(cells, []).append(place)
    every = np.arange(len(raw.lines))
    wanted = list(zip(*(table.columns[c].taken(every).to_pylist() for c in compared), strict=True))
    places: list[int] = []
    for row in sound:
        hits = by_identity.get(wanted[row], [])
        says = ", ".join(f"{c} {table.columns[c].text(row) or '(blank)'}" for c in compared)
        if len(hits) > 1:
            more = ", ".join(c for c in declared.identity if c not in compared)
            remedy = f"{declared.name} has {len(hits)} such rows. Add the column {more} to say which is meant."
            findings.append(_wrong(raw, raw.lines[row], compared[0], says, remedy, Rule.DUPLICATE))
        elif not hits and not again:
            remedy = f"The store has no such row of {declared.name}. Correct the line, or take it out of the list."
            findings.append(_wrong(raw, raw.lines[row], compared[0], says, remedy))
        places += hits
    return held.take(pa.array(sorted(set(places)), pa.int64())), findings
