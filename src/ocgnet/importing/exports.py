"""What a force exported, whatever it is: workbooks, files of text, Parquet, JSON lines, folders and zips of them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.errors import SourceError
from ocgnet.files.writing import scratch_folder
from ocgnet.importing.header import LOOKED_AT, HeaderAt, find_header, header_at, unique_names
from ocgnet.importing.mapping import SourceRule, fits, rule_of, slug
from ocgnet.importing.prints import Print, read_print
from ocgnet.importing.sheets import RowsLeft, Sheet
from ocgnet.importing.text_files import Chooser, print_of_text, read_text
from ocgnet.model import Column, Kind, Table
from ocgnet.sources.arrays import strings
from ocgnet.sources.cells import FORMULA_ERRORS
from ocgnet.sources.files import LARGEST, opened
from ocgnet.sources.problems import Finding, Rule
from ocgnet.sources.xlsx import cells_text, open_book, sheet_rows, too_long
from ocgnet.words import built_in, plain

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt", ".dat", ".psv")
LINES = (".jsonl", ".ndjson", ".json")
ENDINGS = (*WORKBOOKS, *TEXTS, *LINES, ".parquet", ".zip")

_NO_TABLE = "no workbook, text, Parquet or JSON"
_MOST_FILES = 10_000
_STEEPEST = 200
_SMALL = 20_000_000


@dataclass(frozen=True)
class Exports:
    """Every sheet that was read, and the files of a folder or zip that were not."""

    sheets: tuple[Sheet, ...]
    not_read: Mapping[str, str] = field(default_factory=dict)  # why, by name


def refuse_choice(what: str, question: str, choices: dict[str, str]) -> str:
    """Stand in for a person where none can be asked: say what has to be said in the mapping."""
    offered = "; ".join(f'{what} = "{c}" reads {shown}' for c, shown in choices.items())
    raise SourceError(f"{question} Say it in the mapping, under [sources.NAME]: {offered}")


def read_sheets(
    paths: Sequence[Path], rules: Sequence[SourceRule] = (), choose: Chooser = refuse_choice, beside: Path | None = None
) -> Exports:
    """Read every sheet of some files, folders and zips, in the order named.

    ``rules`` say of sources how they are read; ``choose`` is asked what a file does not show. A zip is unpacked into a
    private folder beside ``beside`` (default: the zip), which goes afterwards. ``SourceError`` when a file that is
    named, or that a rule means, cannot be read; another one of a folder or zip is listed as not read.
    """
    sheets: list[Sheet] = []
    not_read: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path} does not exist. Name a workbook, a file of text, Parquet or JSON lines, a zip "
                              "or a folder of them.")  # fmt: skip
        several = path.is_dir()
        files = sorted(p for p in path.iterdir() if p.is_file() and p.name[0] not in ".~") if several else [path]
        for file in files:
            if several and file.suffix.lower() not in ENDINGS:
                not_read[file.name] = _NO_TABLE
                continue
            with _unpacked(file, beside or file) as (inside, passed):
                not_read |= dict.fromkeys(passed, _NO_TABLE)
                for one in inside:
                    if not several and one == file:
                        sheets += _sheets_of(one, rules, choose)
                    elif (
                        one.suffix.lower() not in WORKBOOKS and rules and not any(fits(r, one.name, "") for r in rules)
                    ):
                        not_read[one.name] = "the mapping does not name it"
                    else:
                        sheets += _sheets_where_readable(one, rules, choose, not_read)
    if not sheets:
        raise SourceError(f"{', '.join(map(str, paths))} holds no table that can be read.")
    return Exports(_named_once(sheets), not_read)


def _sheets_where_readable(
    path: Path, rules: Sequence[SourceRule], choose: Chooser, not_read: dict[str, str]
) -> list[Sheet]:
    """Read one of several files; one that cannot be read, and that no rule means, stands in nobody's way."""
    try:
        return _sheets_of(path, rules, choose)
    except SourceError as error:
        if any(fits(r, path.name, "") for r in rules):
            raise
        not_read[path.name] = str(error).replace(f"{path} ", "").replace(f"{path}, ", "")
        return []


@contextmanager
def _unpacked(file: Path, beside: Path) -> Iterator[tuple[list[Path], list[str]]]:
    """Give the files that a zip holds, in a private folder that goes afterwards; any other file is itself."""
    if file.suffix.lower() != ".zip":
        yield [file], []
        return
    with scratch_folder(beside) as folder:
        yield _extracted(file, folder)


def _extracted(file: Path, folder: Path) -> tuple[list[Path], list[str]]:
    out: list[Path] = []
    passed: list[str] = []
    try:
        with opened(file) as raw, zipfile.ZipFile(raw) as packed:
            parts = [p for p in packed.infolist() if not p.is_dir()]
            if len(parts) > _MOST_FILES or sum(p.file_size for p in parts) > LARGEST:
                raise SourceError(f"{file} unpacks to more than can be read at once. Name the files one by one.")
            for part in parts:
                # Names that lead out of the folder lose the way; two of one name would be one file.
                name = PurePosixPath(part.filename.replace("\\", "/")).name
                if name[:1] in ".~" or "__MACOSX" in part.filename:
                    continue
                if Path(name).suffix.lower() not in ENDINGS or name.lower().endswith(".zip"):
                    passed.append(name)
                    continue
                if part.file_size > _SMALL and part.file_size > _STEEPEST * part.compress_size:
                    raise SourceError(f"{file}: {name[:80]} unpacks to far more than its size, which no records do.")
                if (folder / name).exists():
                    raise SourceError(f"{file} holds {name[:80]} twice, in two folders. Unpack it and name them apart.")
                with packed.open(part) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
                out.append(folder / name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise SourceError(f"{file} is no zip, is damaged, or is protected by a password ({error}).") from error
    return sorted(out), passed


def _sheets_of(path: Path, rules: Sequence[SourceRule], choose: Chooser) -> list[Sheet]:
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        return _workbook(path, rules)
    rule = rule_of(rules, path.name, "")
    if ending in TEXTS:
        return [_text(path, rule, choose)]
    if ending in LINES:
        return [_json_lines(path)]
    if ending == ".parquet":
        return [_parquet(path)]
    raise SourceError(
        f"{path} is none of {', '.join(ENDINGS)}. Open it in the program that wrote it and save it as .xlsx or CSV."
    )


def _named_once(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    times = Counter(slug(s.name) for s in sheets)
    named = [s if times[slug(s.name)] == 1 else replace(s, name=f"{Path(s.file).stem} {s.name}") for s in sheets]
    again = Counter(slug(s.name) for s in named)
    return tuple(s if again[slug(s.name)] == 1 else replace(s, name=f"{s.name} {k}") for k, s in enumerate(named, 1))


# Workbooks.


def _workbook(path: Path, rules: Sequence[SourceRule]) -> list[Sheet]:
    sheets = []
    with open_book(path) as book:
        for name in book.sheet_names:
            rows = sheet_rows(book, name)
            if not rows:
                continue
            spans = [
                (at, first[1], last[1])
                for first, last in book.get_sheet_by_name(name).merged_cell_ranges or ()
                for at, (line, _) in enumerate(rows[:LOOKED_AT])
                if line == first[0] + 1 and first[0] == last[0]
            ]
            sheets.append(_sheet_of_rows(path.name, name, rows, spans, rule_of(rules, path.name, name)))
    return sheets


def _sheet_of_rows(
    file: str, name: str, rows: list[tuple[int, list[Any]]], spans: list[tuple[int, int, int]], rule: SourceRule
) -> Sheet:
    if not rule.header and _two_wide(cells for _, cells in rows[:LOOKED_AT]):
        printed = read_print([(line, [cells_text(c) for c in cells]) for line, cells in rows])
        if printed is not None:
            return replace(_of_print(name, file, printed), sheet=name)
    # A day or a number is no name of a column, however it is shown.
    head = [[cells_text(c) for c in row] for _, row in rows[:LOOKED_AT]]
    if rule.header:
        places = [at for at, (line, _) in enumerate(rows[:LOOKED_AT]) if line == rule.header]
        if not places:
            raise SourceError(f"{file}, sheet {name}: row {rule.header}, where the mapping says its header stands, "
                              "is blank.")  # fmt: skip
        at = header_at(head, places[0])
    else:
        at = find_header(head, spans)
    below = rows[at.first :]
    lines = np.array([line for line, _ in below], np.int32)
    columns, rounded = {}, {}
    for k, column in enumerate(unique_names(at.names)):
        cells = [row[k] for _, row in below]
        columns[column or f"Column {k + 1} (no name)"] = pa.chunked_array([strings([cells_text(c) for c in cells])])
        if long := [n for n, c in enumerate(cells) if too_long(c)]:
            rounded[column] = lines[long]
    row = rows[at.row][0] if at.row >= 0 else 0
    return replace(_records(name, file, at, row, columns, lines), sheet=name, rounded=rounded)


# Text, Parquet and JSON lines.


def _two_wide(rows: Iterable[Sequence[Any]]) -> bool:
    return all(sum(bool(cells_text(c).strip()) for c in row) <= 2 for row in rows)


def _of_print(name: str, file: str, printed: Print) -> Sheet:
    """Return a print of records in rows as a sheet."""
    columns = {n: pa.chunked_array([strings(cells)]) for n, cells in printed.columns.items()}
    left = (RowsLeft("a title of the print, no field", printed.other),) if len(printed.other) else ()
    return Sheet(name, file, tuple(columns), columns, printed.rows, left=left, header_row=0)


def _text(path: Path, rule: SourceRule, choose: Chooser) -> Sheet:
    if not rule.header and not rule.delimiter and (printed := print_of_text(path, rule.encoding)) is not None:
        return _of_print(path.stem, path.name, printed)
    raw, head = read_text(path, rule, choose)
    if not raw.usable:
        problem = next(p for f in raw.findings if f.whole_file for p in f.problems())
        raise SourceError(f"{path}, line {problem.row}: {problem.remedy}")
    sheet = _records(path.stem, path.name, head.at, head.header_row, raw.columns, raw.lines)
    form = head.form
    return replace(
        sheet,
        left=(*(_left(f) for f in raw.findings), *sheet.left),
        form={"delimiter": form.delimiter, "quote": form.quote, "encoding": form.encoding},
        asked=head.asked,
    )


def _left(finding: Finding) -> RowsLeft:
    if finding.rule is Rule.WIDTH:
        return RowsLeft("cannot be read: another number of cells than the header has", finding.lines)
    return RowsLeft(f"cannot be read: {finding.explain(0)[1]}", finding.lines)


def _parquet(path: Path) -> Sheet:
    import pyarrow.parquet as pq

    from ocgnet.sources.parquet import read_parquet

    try:
        with opened(path) as file:
            names = [str(n) for n in pq.read_schema(file).names]
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path} is no Parquet file, or is damaged ({error}). Export it again.") from error
    raw = read_parquet(Table(path.stem, "", tuple(Column(n, Kind.TEXT, "") for n in names)), path)
    if not raw.usable:
        problem = next(p for f in raw.findings if f.whole_file for p in f.problems())
        raise SourceError(f"{path}, {problem.column or 'whole file'}: {problem.remedy}")
    columns = {n: pc.fill_null(c, "") for n, c in raw.columns.items()}
    return _records(path.stem, path.name, HeaderAt(tuple(names), 0, 1), 1, columns, raw.lines)


def _json_lines(path: Path) -> Sheet:
    """Read one record a line, or one list of records; a record within a record is a column of its own name."""
    with opened(path) as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig", "strict")
        if text.lstrip()[:1] == "[":
            records = [(k, r) for k, r in enumerate(_parsed(text), 1)]
        else:
            records = [(k, _parsed(line)) for k, line in enumerate(text.splitlines(), 1) if line.strip()]
        # Half a character of two is written as an escape, and no table can hold it.
        json.dumps([r for _, r in records], ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise SourceError(
            f"{path} is not UTF-8, or holds half a character ({error}). Export it again as UTF-8."
        ) from error
    except (ValueError, RecursionError, TypeError) as error:
        raise SourceError(f"{path} holds no JSON of one record a line ({error}). Export it again.") from error
    if bare := [k for k, record in records if not isinstance(record, dict)]:
        raise SourceError(f"{path}, record {bare[0]}: a value without names is no record. Export it again.")
    flat = [(k, dict(_flat(record))) for k, record in records]
    names = list(dict.fromkeys(name for _, record in flat for name in record))
    columns = {n: pa.chunked_array([strings([r.get(n, "") for _, r in flat])]) for n in names}
    lines = np.array([k for k, _ in flat], np.int32)
    return _records(path.stem, path.name, HeaderAt(tuple(names), 0, 1), 0, columns, lines)


def _parsed(text: str) -> Any:
    # Numbers stay as they are written: 00123 and 447000000012345678 are ids.
    return json.loads(text, parse_int=str, parse_float=str)


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield f"{before}{name}", "|".join(str(v) for v in value)
        else:
            yield (
                f"{before}{name}",
                "" if value is None else str(value).lower() if value in (True, False) else str(value),
            )


# What of the rows below a header is a record.

_TOTAL = re.compile(
    r"(grand[ -]?|sub[ -]?)?totals?\b|(number|count) of (records|rows)|end of (report|extract|file)", re.IGNORECASE
)


def _records(
    name: str, file: str, at: HeaderAt, row: int, columns: Mapping[str, pa.ChunkedArray], lines: np.ndarray
) -> Sheet:
    """Return a sheet without blank columns, blank rows, totals, and headers that stand again on a later page."""
    columns, failed = _without_failed(columns, lines)
    filled = {c: pc.not_equal(pc.utf8_trim_whitespace(v), "").to_numpy() for c, v in columns.items()}
    kept = {c: v for c, v in columns.items() if filled[c].any() or not _nameless(c)}
    count = np.zeros(len(lines), np.int32)
    for cells in filled.values():
        count += cells
    blank = count == 0
    header = list(kept)
    total = np.zeros(len(lines), bool)
    again = np.zeros(len(lines), bool)
    for k in _suspects(columns, filled, count, header):
        cells = [columns[c][k].as_py().strip() for c in columns]
        shown = [c for c in cells if c]
        total[k] = _is_total(shown, len(header), last=bool((count[k + 1 :] <= 1).all()))
        again[k] = at.row >= 0 and len(shown) > 1 and [c for c in cells if c] == [n for n in at.names if n]
    keep = ~(blank | total | again)
    left = [
        RowsLeft(why, lines[rows])
        for why, rows in (("a total or a note, no record", total), ("the header once more", again & ~total))
        if rows.any()
    ]
    mask = None if keep.all() else pa.array(keep)
    return Sheet(
        name,
        file,
        tuple(header),
        {c: v if mask is None else v.filter(mask) for c, v in kept.items()},
        lines if mask is None else lines[keep],
        at.titles,
        tuple(left),
        row,
        cells_left=failed,
    )


def _without_failed(
    columns: Mapping[str, pa.ChunkedArray], lines: np.ndarray
) -> tuple[dict[str, pa.ChunkedArray], tuple[RowsLeft, ...]]:
    """Return columns in which cells of failed formulas are blank, and where those were."""
    out, left = {}, []
    errors = strings(sorted(FORMULA_ERRORS))
    for name, column in columns.items():
        failed = pc.is_in(column, value_set=errors)
        where = failed.to_numpy()
        if where.any():
            left.append(RowsLeft(f"{name}: the formula failed, so the cell counts as blank", lines[where]))
        out[name] = pc.if_else(failed, "", column) if where.any() else column
    return out, tuple(left)


def _nameless(column: str) -> bool:
    return column.endswith("(no name)") and column.startswith("Column ")


def _suspects(
    columns: Mapping[str, pa.ChunkedArray], filled: Mapping[str, np.ndarray], count: np.ndarray, header: Sequence[str]
) -> list[int]:
    """Return the few rows that may be a total, a note or the header again."""
    if not header or not len(count):
        return []
    suspects = (count == 1) & (len(header) > 1)
    for place, (name, column) in enumerate(columns.items()):
        if place < 2:
            suspects |= pc.match_substring_regex(column, rf"(?i)^\s*({_TOTAL.pattern})").to_numpy()
        if filled[name].any() and name in header:
            suspects |= pc.equal(column, name).to_numpy()
    found: list[int] = np.flatnonzero(suspects).tolist()
    # A sheet of single cells is no sheet of notes.
    return found if len(found) < max(1_000, len(count) // 20) else found[-1_000:]


def _is_total(shown: Sequence[str], width: int, *, last: bool) -> bool:
    if plain(shown[0]) in built_in().totals or _TOTAL.match(shown[0]):
        others = [c for c in shown[1:] if not re.fullmatch(r"[0-9., %]+", c)]
        return width > 1 and not others
    # A sentence alone under the last record; an id alone may be a record.
    return last and len(shown) == 1 and width > 2 and " " in shown[0] and any(map(str.isalpha, shown[0]))
