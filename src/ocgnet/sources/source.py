"""Untyped rows that know their file and line: what every reader gives to the check."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from ocgnet.dataset import About
from ocgnet.errors import SourceError
from ocgnet.sources.ordinary import Stamp, changed, opened
from ocgnet.sources.problems import Finding
from ocgnet.words import Words, built_in


@dataclass(frozen=True)
class RawTable:
    """The rows of one table as text.

    Parameters
    ----------
    name : str
        Table of the model.
    file : str
        Name of the file, or of the sheet, as the analyst knows it.
    columns : mapping of str to pyarrow.ChunkedArray of string
        Columns of the model that were given, each of the same length; blank is ``""`` or null.
    lines : ndarray of int32
        Physical line on which each row begins.
    findings : tuple of Finding
        What was wrong with the file and with rows that could not be read at all.
    rows_in : int
        Rows in the file, those that could not be read among them; blank lines are no rows.
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


@dataclass(frozen=True, order=True)
class SourceFile:
    """One file that was read.

    Parameters
    ----------
    file : str
        Its name without the folder.
    sha256 : str
        Hash of its bytes.
    rows : int
        Rows it held, without the header.
    """

    file: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Source:
    """Everything a folder or workbook holds.

    Parameters
    ----------
    path : Path
        Folder or workbook.
    about : About
        What it says of itself.
    tables : mapping of str to RawTable
        By name of the table, in the order of the model.
    findings : tuple of Finding
        What was wrong with files that are no table.
    files : tuple of Path
        Files that were read, sorted by name.
    stamps : mapping of Path to Stamp
        What each file looked like before it was read.
    words : Words
        What words mean, those of the force's ``words.toml`` among them.
    """

    path: Path
    about: About
    tables: Mapping[str, RawTable]
    findings: tuple[Finding, ...] = ()
    files: tuple[Path, ...] = ()
    stamps: Mapping[Path, Stamp] = field(default_factory=dict)
    words: Words = field(default_factory=built_in)

    def fingerprints(self) -> tuple[SourceFile, ...]:
        """Return name, hash and rows of every file; reads the files once more.

        Raises
        ------
        SourceError
            When a file is no longer the one that was read: its hash would vouch for other records.
        """
        rows = {t.file: t.rows_in for t in self.tables.values()}
        total = sum(rows.values())
        found = []
        for path in self.files:
            with opened(path) as file:
                if path in self.stamps and Stamp.of(path) != self.stamps[path]:
                    raise SourceError(changed(path))
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found.append(SourceFile(path.name, digest, total if path == self.path else rows.get(path.name, 0)))
        return tuple(found)
