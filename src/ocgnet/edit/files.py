"""Records in a folder of CSV and Parquet files, and those in a workbook, which is only read."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.check import Checked, check, read_dataset
from ocgnet.dataset import About, Dataset
from ocgnet.edit.change import Change, Row, places_of, rows_of
from ocgnet.edit.neighbourhood import Concerned
from ocgnet.edit.place import Place
from ocgnet.errors import OutputError, RecordError, SourceError, UsageError
from ocgnet.files.locking import alone
from ocgnet.model import TABLES, Column, Kind, names_person
from ocgnet.model.response import SUBJECTS
from ocgnet.sources import RawTable, Source, read_source
from ocgnet.sources.cells import CellError, read_cell
from ocgnet.sources.files import STAGE, commit, discard
from ocgnet.words import Words

_MARK = "\ufeff"


class FilePlace(Place):
    """A folder, or a workbook.

    Parameters
    ----------
    path : Path
        Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sources: dict[str, Source] = {}

    def dataset(self) -> Dataset:
        return read_dataset(self.path)[0]

    def sound(self, person: str = "") -> Dataset:
        checked = check(self.path)
        if not checked.whole():
            return read_dataset(checked.source)[0]
        if person:
            _refuse_faults_of(person, checked)
        return checked.dataset

    def texts(self) -> Mapping[str, pa.Table]:
        source = read_source(self.path)
        for raw in source.tables.values():
            if not raw.usable:
                problem = next(p for f in raw.findings if f.whole_file for p in f.problems())
                raise RecordError(f"{problem.file} cannot be searched: {problem.remedy} Nothing was changed.")
        return {name: _texts(source.tables.get(name), name) for name in TABLES}

    def look_up(self, name: str, column: str, texts: Collection[str]) -> pa.Table:
        raw = self._source(name).tables.get(name)
        if raw is not None and not raw.usable:
            problem = next(p for f in raw.findings if f.whole_file for p in f.problems())
            raise RecordError(f"{problem.file}: {problem.remedy} Nothing was changed.")
        table = _texts(raw, name)
        wanted = pa.array(sorted(texts), pa.string())
        if TABLES[name].column(column).many:
            lists = pc.split_pattern(table[column].combine_chunks(), "|")
            hit = pc.is_in(pc.utf8_trim_whitespace(pc.list_flatten(lists)), wanted)
            return table.take(pc.unique(pc.list_parent_indices(lists).filter(hit)))
        return table.filter(pc.is_in(table[column], wanted))

    @contextmanager
    def _hold(self) -> Iterator[None]:
        if not self.path.is_dir():
            raise UsageError(
                f"{self.path} is a workbook, and a workbook is only read. Save each sheet as a CSV file of its name "
                "into one folder (ocgnet template DIR writes one to fill in) or load the workbook into a store (ocgnet "
                f"load {self.path} --store records.duckdb), and change the records there."
            )
        try:
            with alone(self.path / STAGE, vanish=True):
                self._sources.clear()
                yield
        except OSError as error:
            raise OutputError(
                f"{self.path} could not be changed ({error.strerror or error}). Nothing was changed."
            ) from error

    @property
    def about(self) -> About:
        return self._source("").about

    @property
    def words(self) -> Words:
        return self._source("").words

    @property
    def given(self) -> frozenset[str]:
        return self._source("").present

    def _source(self, name: str) -> Source:
        """Return what is read of one table, or of none."""
        if name not in self._sources:
            self._sources[name] = read_source(self.path, only=(name,))
        return self._sources[name]

    def _write(self, change: Change, _concerned: Concerned) -> None:
        discard(self.path)
        stage = self.path / STAGE
        stage.mkdir(mode=0o700)
        try:
            staged = [self._staged(stage, name, change).name for name in change.tables]
            if change.erasing:
                staged += [_cleared(file, stage) for file in _parquet_tables(self.path) if file.name not in staged]
            commit(self.path, staged)
        finally:
            discard(self.path)
            self._sources.clear()

    def _staged(self, stage: Path, name: str, change: Change) -> Path:
        """Write the new file of a table into the stage."""
        raw = self._source(name).tables.get(name)
        if raw is None:
            staged = stage / f"{name}.csv"
            staged.write_bytes(new_csv(name, change.add.get(name, ())))
            staged.chmod(0o600)
            return staged
        old = self.path / raw.file
        if old.is_symlink():
            raise SourceError(f"{old} is a link. Change the folder in which the file itself stands.")
        staged = stage / raw.file
        if old.suffix.lower() == ".csv":
            staged.write_bytes(edited_csv(old, raw, change))
        else:
            write_edited_parquet(old, raw, change, staged)
        shutil.copymode(old, staged)
        return staged


def _texts(raw: RawTable | None, name: str) -> pa.Table:
    """Return a table as text with every column of the model, ids and words without the spaces around them."""
    rows = 0 if raw is None else len(raw.lines)
    columns = {}
    for column in TABLES[name].columns:
        if raw is None or column.name not in raw.columns:
            columns[column.name] = pa.array([""] * rows, pa.string())
            continue
        text = pc.fill_null(raw.columns[column.name].cast(pa.string()), "")
        columns[column.name] = text if column.kind is Kind.TEXT else pc.utf8_trim_whitespace(text)
    return pa.table(columns)


def _refuse_faults_of(person: str, checked: Checked) -> None:
    """Raise ``RecordError`` where a row that names somebody breaks a rule itself."""
    own = {}
    for name, table in checked.tables.items():
        naming = np.zeros(len(table.raw.lines), bool)
        for column in TABLES[name].columns:
            if names_person(name, column):
                texts = table.columns[column.name]
                among = [person in _ids(text, many=column.many) for text in texts.texts.to_pylist()]
                named = texts.spread(np.array(among, bool))
                if column.refers == "subject":
                    kinds = table.columns["subject_kind"]
                    named &= ~kinds.spread(kinds.mask(lambda kind: kind in SUBJECTS and kind != "person"))
                naming |= named
        own[table.raw.file] = set(table.raw.lines[naming].tolist())
    for problem in checked.rejects():
        if problem.row in own.get(problem.file, ()):
            raise RecordError(
                f"A row about {person} breaks a rule, in {problem.file}, line {problem.row}, column "
                f"{problem.column or '–'}: {problem.remedy} Mend it first. Nothing was changed."
            )


def _ids(text: str, *, many: bool) -> list[str]:
    return [p.strip() for p in text.split("|")] if many else [text]


def _parts(raw: RawTable, change: Change) -> tuple[list[int], list[tuple[int, Row]], Sequence[Row]]:
    """Return rows that go, rows that change with their new cells, and new rows."""
    name = raw.name
    drop, edit = change.drop.get(name, ()), change.edit.get(name, ())
    wanted = [*drop, *(who for who, _ in edit)]
    identity = [n for n in TABLES[name].identity if n in raw.columns]
    # Only rows that begin as one of those are looked at one by one.
    first = TABLES[name].identity[0]
    begins = pc.utf8_trim_whitespace(pc.fill_null(raw.columns[first], ""))
    near = np.flatnonzero(pc.is_in(begins, pa.array({w.get(first, "").strip() for w in wanted}, pa.string())))
    rows = rows_of(pa.table({n: raw.columns[n].take(pa.array(near)) for n in identity}))
    places = [near[where].tolist() for where in places_of(name, rows, wanted)]
    edits = [(k, new) for where, (_, new) in zip(places[len(drop) :], edit, strict=True) for k in where]
    return [k for where in places[: len(drop)] for k in where], edits, change.add.get(name, ())


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
    gone, edits, added = _parts(raw, change)
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


def write_edited_parquet(path: Path, raw: RawTable, change: Change, out: Path) -> None:
    """Write a Parquet file with a change made to ``out``; types, order of columns and rows are kept."""
    import pyarrow.parquet as pq

    gone, edits, added = _parts(raw, change)
    given = pq.read_table(path)
    for column in TABLES[raw.name].columns:
        needed = any(column.name in new for _, new in edits) or any(row.get(column.name) for row in added)
        if needed and column.name not in given.column_names:
            given = given.append_column(column.name, pa.nulls(given.num_rows, pa.string()))
    # Blank rows of the file are no rows of the table: a row is found by its line.
    places = raw.lines.astype(np.int64) - 2
    order = list(range(given.num_rows))
    fresh: list[pa.Table] = []
    for row, new in edits:
        place = int(places[row])
        order[place] = given.num_rows + len(fresh)
        fresh.append(_with(raw.name, given.slice(place, 1), new))
    dropped = {int(places[row]) for row in gone}
    order = [k for p, k in enumerate(order) if p not in dropped]
    blank = pa.table([pa.nulls(1, f.type) for f in given.schema], schema=_nullable(given.schema))
    order += range(given.num_rows + len(fresh), given.num_rows + len(fresh) + len(added))
    fresh += [_with(raw.name, blank, row) for row in added]
    whole = pa.concat_tables([given.cast(_nullable(given.schema)), *fresh]).take(pa.array(order, pa.int64()))
    pq.write_table(_without_rest(whole) if change.erasing else whole, out)


def _parquet_tables(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".parquet" and p.stem.lower() in TABLES)


def _cleared(old: Path, stage: Path) -> str:
    """Write a Parquet file anew that holds nothing but the rows it shows, and return its name."""
    import pyarrow.parquet as pq

    staged = stage / old.name
    pq.write_table(_without_rest(pq.read_table(old)), staged)
    shutil.copymode(old, staged)
    return old.name


def _without_rest(table: pa.Table) -> pa.Table:
    """Return a table without what a Parquet file holds beside its rows: notes, and words that no row uses any more."""
    columns = []
    for column in table.columns:
        kind = column.type
        if pa.types.is_dictionary(kind):
            plain = column.cast(kind.value_type).combine_chunks()
            columns.append(plain.dictionary_encode().cast(kind))
        else:
            columns.append(column)
    fields = [field.with_metadata(None) for field in table.schema]
    return pa.table(columns, pa.schema(fields))


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([f.with_nullable(True) for f in schema], metadata=schema.metadata)


def _with(name: str, row: pa.Table, new: Row) -> pa.Table:
    """Return a table of one row with new cells, in the types of the file."""
    row = row.cast(_nullable(row.schema))
    for column in TABLES[name].columns:
        if column.name in new and column.name in row.column_names:
            place = row.column_names.index(column.name)
            field = row.schema.field(place)
            row = row.set_column(place, field, _cell(column, new[column.name], field.type))
    return row


def _cell(column: Column, text: str, kind: pa.DataType) -> pa.Array:
    text = text.strip() if column.kind is not Kind.TEXT else text
    if not text:
        return pa.nulls(1, kind)
    if pa.types.is_dictionary(kind):
        return pa.array([text], pa.string()).cast(kind.value_type).dictionary_encode().cast(kind)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.array([text.split("|")], kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.array([text], kind)
    try:
        value: Any = read_cell(column, text)
        return pa.array([value]).cast(kind)
    except CellError as error:
        wrong = f"column {column.name}, value {text!r}: {error.remedy}"
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        wrong = f"column {column.name} of the file holds {kind}, which cannot be {text!r}."
    # A typed file cannot hold it, so the check of the changed whole would never see it.
    raise RecordError(f"The change breaks rules: {wrong} Nothing was changed.")
