"""Files of text: which sign separates cells, which one quotes them, and in what encoding the letters stand."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ocgnet.errors import SourceError
from ocgnet.importing.header import LOOKED_AT, HeaderAt, find_header, header_at, unique_names
from ocgnet.importing.mapping import SourceRule
from ocgnet.importing.prints import Print, read_print
from ocgnet.sources.cells import LONGEST_CELL, MOST_COLUMNS, Header
from ocgnet.sources.csv import TextForm, read_under
from ocgnet.sources.files import opened
from ocgnet.sources.source import RawTable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", "~": "tilde"}
ENCODINGS = ("cp1252", "cp850", "mac_roman", "cp1250", "iso8859_15")
"""What is offered when a file is no UTF-8; the first is what Windows writes in western Europe."""

LARGEST_PRINT = 20_000_000
"""Bytes of the largest print of records in rows that is read as one."""

_PRINT_SAMPLE, _FEWEST_PAIRS = 4_000, 6
_BLOCK = 8_000_000
_SAMPLE = 200_000

_CLEARLY, _MOSTLY = 0.2, 0.5
"""Share of rows by which one sign must cut more evenly than another, and that it must cut evenly at all."""

Chooser = Callable[[str, str, dict[str, str]], str]
"""Asks about one file: what is to be known (``delimiter``, ``encoding``), the question, what each choice looks like."""


@dataclass(frozen=True)
class TextHead:
    """The form of a file, and its header."""

    form: TextForm
    at: HeaderAt
    header_row: int
    asked: tuple[str, ...] = ()  # what of the form somebody had to say


def print_of_text(path: Path, encoding: str = "") -> Print | None:
    """Read a file of lines such as ``Surname: ARDEN`` as records; None for any other file.

    An encoding that neither the mapping says nor UTF-8 is, is none of a print, and is asked about as for any file.
    """
    with opened(path) as file:
        sample = file.read(_PRINT_SAMPLE)
        if sample.count(b":") + sample.count(b"\t") < _FEWEST_PAIRS:
            return None
        data = sample + file.read(LARGEST_PRINT + 1)
    if len(data) > LARGEST_PRINT:
        return None
    try:
        text = data.decode(encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return None
    lines = text.splitlines()
    # A table of several columns is none, and is not looked through.
    if sum(line.count("\t") > 1 or line.count(",") > 3 for line in lines[:LOOKED_AT]) > LOOKED_AT // 5:
        return None
    return read_print([(number, [line]) for number, line in enumerate(lines, 1)])


def read_text(path: Path, rule: SourceRule, choose: Chooser) -> tuple[RawTable, TextHead]:
    """Read a file of text whose form the rule says or the file shows; else ``choose`` is asked."""
    asked: list[str] = []

    def noted(what: str, question: str, choices: dict[str, str]) -> str:
        asked.append(what)
        return choose(what, question, choices)

    encoding = _encoding(path, rule.encoding, noted)
    _check_encoding(path, encoding)
    sample = _sample(path, encoding)
    quote = rule.quote or _quote(sample)
    delimiter = rule.delimiter or _delimiter(path, sample, quote, noted)
    head = replace(_head(path, sample, TextForm(delimiter, quote, encoding), rule.header), asked=tuple(asked))
    names = unique_names(head.at.names)
    places = {name or f"Column {k + 1} (no name)": k for k, name in enumerate(names)}
    if len(names) > MOST_COLUMNS:
        raise SourceError(f"{path} has {len(names):,} columns, and a table has at most {MOST_COLUMNS:,}.")
    try:
        return read_under(path, head.form, Header(len(names), places, ())), head
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not written in {encoding} throughout (byte {error.start:,}). Save it as CSV UTF-8, or say the "
            f'encoding in the mapping: [sources.{rule.name}] encoding = "cp1252".'
        ) from error


def _check_encoding(path: Path, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise SourceError(f"{path}: no encoding is called {encoding}. Write utf-8, cp1252 or cp850.") from None


# Letters of western Europe and the signs that Windows puts into text; whatever else stands in a file may be another
# encoding's letter.
_USUAL = frozenset(
    [*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100), 0x80, 0x85, *range(0x91, 0x98), 0xA0, 0xA3, 0xB0]
)


def _encoding(path: Path, said: str, choose: Chooser) -> str:
    """Return the encoding that a file is certain to have, or the one that was said or is chosen.

    What is UTF-8 throughout is UTF-8, whatever last month's was.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    high: Counter[int] = Counter()
    is_utf8, example = True, b""
    with opened(path) as file:
        begin = file.read(4)
        if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        while block := file.read(_BLOCK):
            if b"\0" in block:
                raise SourceError(f"{path} holds NUL bytes, so it is no file of text, or UTF-16 without its mark. "
                                  "Save it as CSV UTF-8.")  # fmt: skip
            if block.isascii() and is_utf8 and not decoder.getstate()[0]:
                continue
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            signs = block.translate(None, bytes(range(128)))
            high.update(signs)
            odd = re.search(rb"[^\r\n]{0,20}[\x80-\xff][^\r\n]{0,20}", block)
            example = example or (odd[0] if odd else b"")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if is_utf8:
        return "utf-8"
    if said or high.keys() <= _USUAL:
        return said or "cp1252"
    shown = {e: example.decode(e, "replace") for e in ENCODINGS}
    return choose("encoding", f"Which of these reads right? {path.name} is not UTF-8.", shown)


def _sample(path: Path, encoding: str) -> str:
    """Return the first lines of a file, whole lines only."""
    with opened(path) as file:
        data = file.read(_SAMPLE)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig" if encoding == "utf-8" else encoding,
                            errors="replace", newline="").read()  # fmt: skip
    if len(data) == _SAMPLE:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    if not text.strip():
        raise SourceError(f"{path} is empty. Export it again, or leave it out.")
    return text


def _quote(sample: str) -> str:
    """Return the sign round cells: the single one where cells begin and end with it and no cell does with the other."""
    double = len(re.findall(r'(?:^|[,;\t|])"', sample))
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", sample))
    return "'" if single > 2 and not double else '"'


def _rows(sample: str, form: TextForm) -> list[list[str]]:
    limit = csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    try:
        # A quote that is never closed ends the sample, and the reading says where it stands.
        rows.extend(csv.reader(io.StringIO(sample, newline=""), delimiter=form.delimiter, quotechar=form.quote))
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(limit)
    return rows


def _delimiter(path: Path, sample: str, quote: str, choose: Chooser) -> str:
    """Return the sign that cuts nearly all rows into as many cells, the names of columns too; asked when two do."""
    steady: dict[str, tuple[float, int]] = {}
    shown = {}
    for sign, word in DELIMITERS.items():
        rows = [r for r in _rows(sample, TextForm(sign, quote)) if any(c.strip() for c in r)]
        widths = Counter(len(r) for r in rows if len(r) > 1)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda p: (p[1], p[0]))
        begin = next(k for k, r in enumerate(rows) if len(r) == width)
        # A sign that stands within cells cuts rows, and not the names above them.
        steady[sign] = times / len(rows), -begin
        shown[sign] = f"{word}: {' / '.join(rows[begin][:6])}"
    if not steady:
        # One column: any sign that does not occur will do.
        return ","
    ranked = sorted(steady, key=lambda s: steady[s], reverse=True)
    best = steady[ranked[0]]
    rivals = [s for s in ranked[1:] if steady[s][0] >= best[0] - _CLEARLY and steady[s][1] >= best[1]]
    if best[0] >= _MOSTLY and not rivals:
        return ranked[0]
    return choose("delimiter", f"Which sign separates the cells of {path.name}?", shown)


def _head(path: Path, sample: str, form: TextForm, named: int) -> TextHead:
    """Find the header; ``named`` is the line on which somebody said that it stands, 0 for nobody."""
    rows: list[list[str]] = []
    ends: list[int] = []
    begins: list[int] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=form.delimiter, quotechar=form.quote)
    last = 0
    try:
        for row in reader:
            if any(c.strip() for c in row):
                rows.append(row)
                begins.append(last + 1)
                ends.append(reader.line_num)
            last = reader.line_num
            if len(rows) >= LOOKED_AT:
                break
    except csv.Error as error:
        if not rows:
            raise SourceError(f"{path}, line 1: the quotes cannot be read ({error}). Export the file again.") from error
    if named and named not in begins:
        raise SourceError(f"{path} has no row that begins on line {named}, where the mapping says its header stands.")
    at = header_at(rows, begins.index(named)) if named else find_header(rows)
    width = _steady_width(rows, at)
    names = at.names[:width] + ("",) * (width - len(at.names))
    at = HeaderAt(names, at.row, at.first, at.titles)
    skip = ends[at.first - 1] if at.first else 0
    return TextHead(TextForm(form.delimiter, form.quote, form.encoding, skip), at, begins[at.row] if at.row >= 0 else 0)


def _steady_width(rows: list[list[str]], at: HeaderAt) -> int:
    """Return how many cells a record has; a title may have more, and a row cut short fewer than the header."""
    widths = Counter(len(r) for r in rows[at.first :])
    named = len(rows[at.row]) if at.row >= 0 else 0
    return max(widths.items(), key=lambda p: (p[1], p[0] == named, p[0]))[0] if widths else named
