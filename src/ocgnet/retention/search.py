"""Looking for an id or a name in files, inside workbooks, archives, Parquet and DuckDB files too."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ocgnet.errors import SourceError
from ocgnet.store.duckdb_open import connect

_PLACES = re.compile(rb'\s(?:r|ref|sqref|topLeftCell|activeCell)="[A-Z0-9:$ ]*"')
_PIECE = 1 << 23
_OVERLAP = 1 << 12
_DEEPEST = 3
"""Archives within archives that are opened."""


@dataclass(frozen=True)
class Looked:
    """One file that was searched."""

    path: Path
    how: str  # what was looked at: ``text``, ``archive``, ``DuckDB tables`` or ``Parquet columns``
    found: tuple[str, ...]  # where in it a word was found: a part, a table and column, or ``text``; never the word


class Words:
    """Words to look for, in every way in which files of ocgnet write them.

    Found as whole words only (``N1`` not within ``N12``), in any case of letters, as plain text, as HTML, XML and
    JSON write them, in UTF-8 and UTF-16. An id of digits only is found where it fills a cell, a quoted text or an
    element, because as a number it stands in every file.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(sorted({w for w in words if w}, key=lambda w: (-len(w), w)))
        any_of = [self._bounded(form) for form in self._forms()]
        self._bytes = re.compile(b"|".join(any_of), re.IGNORECASE) if any_of else re.compile(rb"(?!)")
        wide = [re.escape(w.encode("utf-16-le")) for w in self.words if not w.isdigit()]
        self._wide = re.compile(b"|".join(wide), re.IGNORECASE) if wide else re.compile(rb"(?!)")
        plain = "|".join(map(re.escape, self.words))
        self.text = rf"(?i)(?:^|[^\pL\pN])(?:{plain})(?:$|[^\pL\pN])"

    def _forms(self) -> Iterator[tuple[bytes, bool]]:
        for word in self.words:
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

    def in_bytes(self, data: bytes) -> bool:
        """Tell whether any word stands in these bytes."""
        return bool(self._bytes.search(data) or self._wide.search(data))


def look_at(path: Path, words: Words) -> Looked:
    """Search one file.

    Raises SourceError when it cannot be read: what was not looked at proves nothing.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return Looked(path, "Parquet columns", tuple(_parquet(path, words)))
        with path.open("rb") as file:
            begin = file.read(16)
        if begin[8:12] == b"DUCK":
            return Looked(path, "DuckDB tables", tuple(_duckdb(path, words)))
        with path.open("rb") as file:
            if begin.startswith(b"PK\x03\x04"):
                return Looked(path, "archive", tuple(_archive(file, words, 1)))
            if begin.startswith(b"\x1f\x8b"):
                with gzip.open(file) as unpacked:
                    return Looked(path, "archive", ("text",) if _streamed(unpacked, words) else ())
            return Looked(path, "text", ("text",) if _streamed(file, words) else ())
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise SourceError(f"{path} could not be searched ({error}).") from error


def files_in(places: Iterable[Path]) -> list[Path]:
    """Return all files of some folders and files, sorted; links are not followed."""
    found: set[Path] = set()
    for place in places:
        if place.is_symlink():
            continue
        if place.is_file():
            found.add(place.absolute())
        elif place.is_dir():
            found.update(p.absolute() for p in place.rglob("*") if p.is_file() and not p.is_symlink())
    return sorted(found)


def _streamed(file: IO[bytes] | gzip.GzipFile, words: Words) -> bool:
    before = b""
    while piece := file.read(_PIECE):
        if words.in_bytes(before + piece):
            return True
        before = piece[-_OVERLAP:]
    return False


def _archive(file: IO[bytes], words: Words, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(file) as packed:
        for info in packed.infolist():
            if words.in_bytes(info.filename.encode("utf-8", "replace")):
                yield f"name of {info.filename!r}"
            with packed.open(info) as part:
                begin = part.read(4)
            if begin == b"PK\x03\x04" and depth < _DEEPEST:
                inner = io.BytesIO(packed.read(info))
                yield from (f"{info.filename}: {where}" for where in _archive(inner, words, depth + 1))
                continue
            with packed.open(info) as part:
                if info.filename.endswith((".xml", ".rels")):
                    # A cell of a sheet may be called N10 without anybody of that id in it.
                    text = _PLACES.sub(b"", part.read())
                    # Formats within a cell split a name over several elements.
                    if words.in_bytes(text) or words.in_bytes(re.sub(rb"<[^>]*>", b"", text)):
                        yield info.filename
                elif _streamed(part, words):
                    yield info.filename


def _duckdb(path: Path, words: Words) -> Iterator[str]:
    with connect(path, read_only=True) as db:
        columns = db.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns ORDER BY ALL"
        ).fetchall()
        for schema, table, column in columns:
            cell = f'CAST("{column}" AS VARCHAR)'
            [(hits,)] = db.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" WHERE regexp_matches({cell}, ?)', [words.text]
            ).fetchall()
            if hits:
                yield f"{table}.{column}"


def _parquet(path: Path, words: Words) -> Iterator[str]:
    with connect(":memory:") as db:
        columns = [row[0] for row in db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
        for column in columns:
            [(hits,)] = db.execute(
                f'SELECT count(*) FROM read_parquet(?) WHERE regexp_matches(CAST("{column}" AS VARCHAR), ?)',
                [str(path), words.text],
            ).fetchall()
            if hits:
                yield column
