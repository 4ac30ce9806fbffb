"""Looking for an id or a name in files, inside workbooks, archives, Parquet and DuckDB files too."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow.parquet as pq

from ocgnet.errors import SourceError
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.model.graph import NODES
from ocgnet.model.response import SUBJECTS
from ocgnet.retention.mentions import Mentions, folded
from ocgnet.store.duckdb_open import connect

_PLACES = re.compile(rb'\s(?:r|ref|sqref|topLeftCell|activeCell)="[A-Z0-9:$ ]*"')
_PIECE = 1 << 23
_OVERLAP = 1 << 12
_DEEPEST = 3
"""Archives within archives that are opened."""

_CLOSED = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"7z\xbc\xaf": "an archive of another kind",
    b"Rar!": "an archive of another kind",
    b"BZh": "an archive of another kind",
    b"\xfd7zXZ": "an archive of another kind",
    b"(\xb5/\xfd": "an archive of another kind",
    b"\xd0\xcf\x11\xe0": "an old Office file or a mail",
}
"""How files begin in which a name does not stand as text."""

SUBJECT, SUBJECT_KIND = "subject_id", "subject_kind"
"""Columns of a subject, which is a person in some rows and a group, a thing or a threat in others."""

SUBJECT_AS: dict[str, str] = {kind: TABLES[names[0]].key[0] for kind, names in SUBJECTS.items() if kind != "person"}
"""By kind of any other subject: the column of ids as which its cell is read."""

_OF_PEOPLE = frozenset(
    c.name for t in TABLES.values() for c in t.columns if c.refers in ("person", *PERSON_TABLES)
) | frozenset(PERSON_TABLES.values())

_OTHER_IDS = frozenset(
    (
        *(c.name for t in TABLES.values() for c in t.columns if c.key and c.name.endswith("_id") and not c.refers),
        # Its parts stand beside it.
        *(node.key for node in NODES if node.parts and _OF_PEOPLE.isdisjoint(node.parts)),
    )
) - frozenset(PERSON_TABLES.values())
"""Columns that hold ids, and never of people by themselves."""


_OF_THINGS = frozenset(c.name for t in TABLES.values() for c in t.columns if c.refers == "things") | frozenset(
    ("thing_id", "place", "thing", "number", "line", "phone", "vehicle", "account")
)


@dataclass(frozen=True)
class Looked:
    """One file that was searched."""

    path: Path
    how: str  # what was looked at: ``text``, ``archive``, ``DuckDB tables`` or ``Parquet columns``
    found: tuple[str, ...]  # where in it a word was found: a part, a table and column, or ``text``; never the word


class Words:
    """Words to look for, in every way in which files of ocgnet write them.

    Found as whole words only (``N1`` not within ``N12``), in any case of letters, as plain text, as HTML, XML and
    JSON write them, in UTF-8 and UTF-16; a name also in police order, in any spacing and without its accents. An id
    of digits only is looked for in columns of ids; where ``loose``, as for a result that can be made anew, wherever it
    fills a cell, a quoted text or an element.

    Parameters
    ----------
    words : iterable of str
        Ids and names.
    mentions : Mentions, optional
        Who bears the names, for the further ways in which a name is written.
    reports, things : iterable of str
        Ids of reports and of things, not of people.
    """

    def __init__(
        self,
        words: Iterable[str],
        mentions: Mentions | None = None,
        *,
        reports: Iterable[str] = (),
        things: Iterable[str] = (),
    ) -> None:
        self.reports, self.things = frozenset(reports), frozenset(things)
        own = frozenset(words)
        self.words = tuple(sorted({*own, *self.reports, *self.things} - {""}, key=lambda w: (-len(w), w)))
        self.mentions = mentions
        self.numbers = frozenset(w for w in self.words if w.isdigit())
        self._of_people = self.numbers & own - self.reports
        self._near = [re.compile("".join(map(_loosely, w))) for w in mentions.strong_words()] if mentions else []
        self._loose = self._compiled(self.words)
        self._strict = self._compiled([w for w in self.words if w not in self.numbers])
        wide = [re.escape(w.encode("utf-16-le")) for w in self.words if w not in self.numbers]
        self._wide = re.compile(b"|".join(wide), re.IGNORECASE) if wide else re.compile(rb"(?!)")

    def _compiled(self, words: Sequence[str]) -> re.Pattern[bytes]:
        any_of = [self._bounded(form) for form in self._forms(words)]
        return re.compile(b"|".join(any_of), re.IGNORECASE) if any_of else re.compile(rb"(?!)")

    @staticmethod
    def _forms(words: Iterable[str]) -> Iterator[tuple[bytes, bool]]:
        for word in words:
            for form in {
                word,
                html.escape(word),
                html.escape(word, quote=False),
                json.dumps(word)[1:-1],
                json.dumps(word, ensure_ascii=False)[1:-1],
                json.dumps(html.escape(word))[1:-1],
                # As a page writes JSON into a script: with <, > and & as escapes.
                json.dumps(word)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
                word.replace("'", "''"),
                word.replace('"', '""'),
            }:
                yield form.encode("utf-8", "surrogatepass"), word.isdigit()

    @staticmethod
    def _bounded(given: tuple[bytes, bool]) -> bytes:
        form, number = given
        if number:
            return rb"(?:^|(?<=[\"',>|;\s(\x00]))" + re.escape(form) + rb"(?=$|[\"',<|;\s)\x00])"
        before = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4}))"
        return before + re.escape(form) + rb"(?![A-Za-z0-9])"

    def in_bytes(self, data: bytes, *, loose: bool = True) -> bool:
        """Tell whether any word stands in these bytes; of ids that are numbers only where ``loose``."""
        if (self._loose if loose else self._strict).search(data) or self._wide.search(data):
            return True
        return bool(self._near) and self._named(data.decode("utf-8", "replace"))

    def _named(self, text: str) -> bool:
        """Tell whether a text, as files write it, holds a name in another way than as recorded."""
        read = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text) if "\\u" in text else text
        read = re.sub(r"\\[nrtbf]", " ", html.unescape(read) if "&" in read else read)
        plain = folded(read)
        if self.mentions is None or not any(near.search(plain) for near in self._near):
            return False
        return self.mentions.named(read)

    def in_cell(self, column: str, cell: str) -> bool:
        """Tell whether the cell of a column means who is looked for: ids by columns of ids, names anywhere."""
        if self._strict.search(cell.encode("utf-8", "surrogatepass")):
            return True
        if self.mentions is not None and self._named(cell):
            return True
        return not self._ids_in(column).isdisjoint(p.strip() for p in cell.split("|"))

    def is_id(self, column: str) -> bool:
        """Tell whether a column of this name holds ids of what is looked for."""
        return bool(self._ids_in(column))

    def _ids_in(self, column: str) -> frozenset[str]:
        """Return the ids that are numbers and that a column of this name may hold: the thing 1 is not the person 1."""
        name = column.strip().lower()
        if name == "report_id":
            return self.numbers & self.reports
        if name in _OF_THINGS or name.startswith("thing"):
            return self.numbers & self.things
        of_people = name in _OF_PEOPLE or name in ("id", "person", "nominal", "child")
        return self._of_people if of_people or (name.endswith("_id") and name not in _OTHER_IDS) else frozenset()


def _loosely(letter: str) -> str:
    return rf"{re.escape(letter)}[\W_]{{0,6}}"


def look_at(path: Path, words: Words, *, loose: bool = True, kept: Mapping[str, Sequence[str]] | None = None) -> Looked:
    """Search one file.

    Parameters
    ----------
    path : Path
        The file.
    words : Words
        What is looked for.
    loose : bool
        An id of digits is found wherever it may stand, not in columns of ids only.
    kept : mapping of str to sequence of str, optional
        By table: passages of the records that a person decided to keep, and that are therefore passed over.

    Raises
    ------
    SourceError
        When it cannot be read: what was not looked at proves nothing.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return Looked(path, "Parquet columns", tuple(_parquet(path, words, _of(kept, path.stem))))
        with path.open("rb") as file:
            begin = file.read(16)
        if begin[8:12] == b"DUCK":
            return Looked(path, "DuckDB tables", tuple(_duckdb(path, words, kept or {})))
        with path.open("rb") as file:
            if begin.startswith(b"PK\x03\x04"):
                return Looked(path, "archive", tuple(_archive(file, words, 1, loose)))
            if begin.startswith(b"\x1f\x8b"):
                with gzip.open(file) as unpacked:
                    return Looked(path, "archive", ("text",) if _streamed(unpacked, words, loose) else ())
            return _plain_file(path, file, words, loose, _of(kept, path.stem))
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, duckdb.Error) as error:
        raise SourceError(f"{path} could not be searched ({error}).") from error


def _plain_file(path: Path, file: IO[bytes], words: Words, loose: bool, kept: Sequence[str]) -> Looked:
    begin = file.read(16)
    file.seek(0)
    if _streamed(file, words, loose, kept):
        return Looked(path, "text", ("text",))
    if closed := next((what for sign, what in _CLOSED.items() if begin.startswith(sign)), ""):
        raise ValueError(f"{closed}, whose content is not read")
    if words.numbers and not loose and path.suffix.lower() == ".csv":
        return Looked(path, "columns of ids and text", tuple(_csv(path, words)))
    return Looked(path, "text", ())


def _of(kept: Mapping[str, Sequence[str]] | None, name: str) -> Sequence[str]:
    return (kept or {}).get(name, ())


def naming(files: Iterable[Path], words: Words) -> tuple[list[Path], list[str]]:
    """Return the files in which a word stands, and in a sentence each that could not be searched."""
    found: list[Path] = []
    unread: list[str] = []
    for file in files:
        try:
            if look_at(file, words).found:
                found.append(file)
        except SourceError as error:
            unread.append(str(error))
    return found, unread


def naming_in_use(places: Sequence[Path], words: Words) -> tuple[list[Path], int]:
    """Return the files of a program at work in which a word stands, sorted, and how many files were searched.

    A file that is gone when it is opened holds nothing; what it became is looked for, until no file is new. A file
    that is there and cannot be searched is a ``SourceError``.
    """
    naming_files: set[Path] = set()
    searched: dict[Path, int] = {}
    while new := [file for file in files_in(places) if searched.get(file) != _number(file)]:
        for file in new:
            try:
                # Before it is read: what takes its name afterwards is another file.
                number = file.stat().st_ino
                looked = look_at(file, words, loose=False)
            except FileNotFoundError:
                continue
            except SourceError as error:
                if isinstance(error.__cause__, FileNotFoundError):
                    continue
                raise
            searched[file] = number
            if looked.found:
                naming_files.add(file)
    return sorted(naming_files), len(searched)


def _number(file: Path) -> int | None:
    """Return the number by which the system knows a file; None when it is gone, as one that was never searched."""
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return None


def files_in(places: Iterable[Path]) -> list[Path]:
    """Return all files of some folders and files, sorted; links are not followed."""
    found: set[Path] = set()
    for place in places:
        if place.is_symlink():
            continue
        if place.is_file():
            found.add(place.absolute())
        elif place.is_dir():
            # A folder that goes meanwhile has no files; one that cannot be opened is told by passed_over.
            paths = (Path(folder) / name for folder, _, names in os.walk(place.absolute()) for name in names)
            found.update(path for path in paths if path.is_file() and not path.is_symlink())
    return sorted(found)


def passed_over(places: Iterable[Path]) -> list[str]:
    """Return what :func:`files_in` leaves out at or below some places, each with the reason, sorted."""
    left: set[str] = set()

    def unread(error: OSError) -> None:
        left.add(f"{error.filename}: {error.strerror or error}")

    for place in places:
        if place.is_symlink():
            left.add(f"{place.absolute()}: a link, which is not followed")
        if place.is_symlink() or not place.is_dir():
            continue
        for folder, names, files in os.walk(place.absolute(), onerror=unread):
            for name in (*names, *files):
                path = Path(folder) / name
                if path.is_symlink():
                    left.add(f"{path}: a link, which is not followed")
                elif not path.is_dir() and not path.is_file():
                    left.add(f"{path}: no file, but a pipe or a device")
    return sorted(left)


def _streamed(file: IO[bytes] | gzip.GzipFile, words: Words, loose: bool, kept: Sequence[str] = ()) -> bool:
    before = b""
    while piece := file.read(_PIECE):
        if not piece.strip(b"\x00"):
            # Room that a database took beforehand.
            before = b""
            continue
        data = before + piece
        for passage in kept:
            data = data.replace(passage.replace('"', '""').encode("utf-8"), b"")
        if words.in_bytes(data, loose=loose):
            return True
        before = piece[-_OVERLAP:]
    return False


def _csv(path: Path, words: Words) -> Iterator[str]:
    """Give the columns of ids in which a number stands."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        try:
            rows = csv.reader(text)
            header = next(rows, [])
            at = [(k, name) for k, name in enumerate(header) if words.is_id(name) or name == SUBJECT]
            kind = header.index(SUBJECT_KIND) if SUBJECT_KIND in header else None
            hit = {
                name
                for row in rows
                for k, name in at
                if k < len(row) and words.in_cell(_read_as(name, row, kind), row[k])
            }
        except csv.Error as error:
            raise ValueError(str(error)) from error
    yield from sorted(hit)


def _read_as(column: str, row: Sequence[str], kind: int | None) -> str:
    """Return the column of ids as which a cell is read: of a subject the one that its kind says."""
    if column != SUBJECT or kind is None or kind >= len(row):
        return column
    return SUBJECT_AS.get(row[kind].strip().lower(), column)


def _archive(file: IO[bytes], words: Words, depth: int, loose: bool) -> Iterator[str]:
    with zipfile.ZipFile(file) as packed:
        for info in packed.infolist():
            if words.in_bytes(info.filename.encode("utf-8", "replace"), loose=loose):
                yield f"name of {info.filename!r}"
            with packed.open(info) as part:
                begin = part.read(4)
                part.seek(0)
                if begin == b"PK\x03\x04":
                    if depth >= _DEEPEST:
                        raise ValueError(f"{info.filename} lies more than {_DEEPEST} archives deep")
                    inner = _archive(io.BytesIO(part.read()), words, depth + 1, loose)
                    yield from (f"{info.filename}: {where}" for where in inner)
                elif info.filename.endswith((".xml", ".rels")):
                    # A cell of a sheet may be called N10 without anybody of that id in it.
                    text = _PLACES.sub(b"", part.read())
                    # Formats within a cell split a name over several elements.
                    if words.in_bytes(text, loose=loose) or words.in_bytes(re.sub(rb"<[^>]*>", b"", text), loose=loose):
                        yield info.filename
                elif _streamed(part, words, loose):
                    yield info.filename


def _duckdb(path: Path, words: Words, kept: Mapping[str, Sequence[str]]) -> Iterator[str]:
    with connect(path, read_only=True) as db:
        columns = db.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' "
            "ORDER BY ALL"
        ).fetchall()
        for schema, table, column in columns:
            beside = (schema, table, SUBJECT_KIND) in columns
            for read_as, query in _cells(f"{_quoted(schema)}.{_quoted(table)}", column, has_kinds=beside):
                if _in_cells(db.execute(query), read_as, words, _of(kept, table)):
                    yield f"{table}.{column}"
        # What tables and views of others are made of may name people too.
        for kind in ("table", "view"):
            made = db.execute(
                f"SELECT {kind}_name, concat_ws(' ', sql, comment) FROM duckdb_{kind}s() WHERE NOT internal"
            )
            yield from (f"{name}: how it is made" for name, text in made.fetchall() if words.in_cell("", text))


def _parquet(path: Path, words: Words, kept: Sequence[str]) -> Iterator[str]:
    schema = pq.read_schema(path)
    notes = [schema.metadata or {}, *(field.metadata or {} for field in schema)]
    told = [b"\n".join((key, value)) for held in notes for key, value in held.items() if key != b"ARROW:schema"]
    if any(words.in_bytes(text, loose=False) for text in told):
        yield "metadata"
    with connect(":memory:", reaches=path) as db:
        columns = [row[0] for row in db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
        for column in columns:
            for read_as, query in _cells("read_parquet(?)", column, has_kinds=SUBJECT_KIND in columns):
                if _in_cells(db.execute(query, [str(path)]), read_as, words, kept):
                    yield column


def _cells(table: str, column: str, *, has_kinds: bool) -> Iterator[tuple[str, str]]:
    """Give queries of the distinct cells of a column as text, each with the column of ids as which they are read."""
    query = f"SELECT DISTINCT CAST({_quoted(column)} AS VARCHAR) FROM {table}"
    if column != SUBJECT or not has_kinds:
        yield column, query
        return
    kind = f"lower(trim(CAST({SUBJECT_KIND} AS VARCHAR)))"
    for other, read_as in SUBJECT_AS.items():
        yield read_as, f"{query} WHERE {kind} = '{other}'"
    yield column, f"{query} WHERE coalesce({kind} NOT IN {tuple(SUBJECT_AS)}, true)"


def _quoted(name: str) -> str:
    """Return a name as SQL takes it; whoever made the file chose it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _in_cells(cells: Any, column: str, words: Words, kept: Sequence[str]) -> bool:
    """Tell whether any of the cells that a query gives means who is looked for."""
    while rows := cells.fetchmany(10_000):
        for (cell,) in rows:
            if cell is None:
                continue
            text = cell
            for passage in kept:
                text = text.replace(passage, "")
            if words.in_cell(column, text):
                return True
    return False
