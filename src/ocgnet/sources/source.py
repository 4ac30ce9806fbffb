"""Untyped rows that know their file and line: what every reader gives to the check."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ocgnet.dataset import About, SourceFile
from ocgnet.days import is_no_day
from ocgnet.errors import SourceError
from ocgnet.model import ABOUT_FIELDS, Column, Kind
from ocgnet.notation import TomlError, parse_toml
from ocgnet.sources.cells import CellError, near, read_cell
from ocgnet.sources.files import Stamp, changed, opened
from ocgnet.sources.problems import Finding, Rule, Severity, one
from ocgnet.words import Words, built_in


@dataclass(frozen=True)
class RawTable:
    """The rows of one table as text; ``file`` is the name of the file or sheet as the analyst knows it.

    Columns of the model that were given have one length; blank is ``""`` or null. ``lines`` (int32) are the physical
    lines on which rows begin. ``rows_in`` counts rows that could not be read too, which ``findings`` tell; blank lines
    are no rows.
    """

    name: str
    file: str
    columns: Mapping[str, pa.ChunkedArray]
    lines: np.ndarray
    findings: tuple[Finding, ...] = ()
    rows_in: int = 0

    @property
    def usable(self) -> bool:
        """Whether the table as a whole could be read."""
        return not any(f.whole_file for f in self.findings)


@dataclass(frozen=True)
class Source:
    """Everything a folder or workbook holds, its tables in the order of the model.

    ``findings`` are about files that are no table; ``stamps`` say what each file looked like before it was read;
    ``words`` hold those of the force's ``words.toml``; ``present`` are its tables, those that were not asked for among
    them.
    """

    path: Path
    about: About
    tables: Mapping[str, RawTable]
    findings: tuple[Finding, ...] = ()
    stamps: Mapping[Path, Stamp] = field(default_factory=dict)
    words: Words = field(default_factory=built_in)
    present: frozenset[str] = frozenset()

    def fingerprints(self) -> tuple[SourceFile, ...]:
        """Return name, hash and rows of every file; reads the files once more.

        ``SourceError`` when a file is no longer the one that was read: its hash would vouch for other records.
        """
        rows = {t.file: t.rows_in for t in self.tables.values()}
        total = sum(rows.values())
        prints = []
        for path, stamp in self.stamps.items():
            with opened(path) as file:
                if Stamp.of(path) != stamp:
                    raise SourceError(changed(path))
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            prints.append(SourceFile(path.name, digest, total if path == self.path else rows.get(path.name, 0)))
        return tuple(prints)


FIELDS: dict[str, Column] = {c.name: c for c in ABOUT_FIELDS}

_LONGEST = 200
_LARGEST_FILE = 100_000


def read_about_file(path: Path) -> tuple[About, list[Finding]]:
    """Read ``about.toml``; what is wrong with it is returned, never raised."""
    with opened(path) as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        remedy = (
            "about.toml holds a few lines, and this file is far longer. Write it anew (ocgnet template DIR shows how)."
        )
        return About(), [one(path.name, Rule.ABOUT, remedy, whole_file=True)]
    try:
        text = data.decode("utf-8-sig")
        given = parse_toml(data)
    except UnicodeDecodeError:
        return About(), [one(path.name, Rule.ENCODING, "Save about.toml as UTF-8.", whole_file=True)]
    except TomlError as error:
        remedy = 'Write one line a key, such as force = "County" or as_of = 2019-03-31.'
        line = re.search(r"line ([0-9]+)", str(error))
        at = int(line[1]) if line else 0
        return About(), [one(path.name, Rule.ABOUT, remedy, line=at, value=str(error), whole_file=True)]
    lines = {
        key: n
        for n, line in reversed(list(enumerate(text.splitlines(), 1)))
        for key in [line.partition("=")[0].strip().strip('"')]
    }
    return read_about(path.name, given, lines)


def read_about(file: str, given: Mapping[str, Any], lines: Mapping[str, int]) -> tuple[About, list[Finding]]:
    """Return the description and what is wrong with it; text is read as a cell of a table would be."""
    read: dict[str, Any] = {}
    findings: list[Finding] = []

    def note(key: str, value: Any, remedy: str, severity: Severity = Severity.ERROR) -> None:
        error = severity is Severity.ERROR
        at = lines.get(key, 0)
        findings.append(
            one(file, Rule.ABOUT, remedy, line=at, column=key, value=_shown(value), severity=severity, whole_file=error)
        )

    for key, value in given.items():
        if key not in FIELDS:
            guess = near(key, list(FIELDS))
            known = f"Known keys are {', '.join(FIELDS)}; this one is not read."
            note(key, value, f"Write {guess} instead." if guess else known, Severity.WARNING)
            continue
        try:
            cell = _value(FIELDS[key], value)
        except CellError as refused:
            note(key, value, refused.remedy)
            continue
        if isinstance(cell, date) and is_no_day(cell):
            remedy = f"This is an open end and no day, so {key} is taken as blank. Leave the line out."
            note(key, value, remedy, Severity.WARNING)
        elif cell is not None:
            read[key] = cell
    about = About(**read)
    if about.period_from and about.period_to and about.period_from > about.period_to:
        remedy = f"The period ends on {about.period_to}, before it begins. Correct one of the two dates."
        note("period_from", str(about.period_from), remedy)
    return about, findings


def _shown(value: Any) -> str:
    # Tables nested in tables by the thousand have no text that Python could write.
    return str(value)[:_LONGEST] if not isinstance(value, dict | list) else "several values"


def _value(field: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, date) and field.kind is Kind.DATE:
        value = value.isoformat()
    if isinstance(value, bool) and field.kind is Kind.FLAG:
        return value
    if not isinstance(value, str):
        raise CellError(Rule.ABOUT, f"Write {_EXAMPLES[field.kind]}.")
    if not (text := value.strip()):
        return None
    if len(text) > _LONGEST or not text.isprintable():
        raise CellError(Rule.ABOUT, f"Write one line of at most {_LONGEST} characters.")
    return read_cell(field, text)


_EXAMPLES = {Kind.TEXT: 'a text in quotes, such as "County"', Kind.FLAG: "true or false", Kind.DATE: "2019-03-31"}
