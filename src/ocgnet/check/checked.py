"""What a check found, and the records that passed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import groupby

from ocgnet.abreast import abreast
from ocgnet.check.readings import Reading
from ocgnet.check.references import cascade
from ocgnet.check.tables import CheckedTable
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import RecordError
from ocgnet.period import Period
from ocgnet.sources import Finding, Problem, Rule, Source, SourceFile

LISTED = 1_000
"""Problems of one rule in one column of one file that ``Checked.problems`` lists; ``rejects`` yields all."""


@dataclass(frozen=True, eq=False)
class Checked:
    """The verdict on a source.

    Parameters
    ----------
    source : Source
        What was read.
    findings : tuple of Finding
        Everything found, by file in the order of the model.
    period : Period
        The dates by which ages were judged.
    tables : mapping of str to CheckedTable
        Tables that could be read.
    read_as : tuple of str
        What was read as something else than it says, one sentence for each kind, with its count; no fault.
    """

    source: Source
    findings: tuple[Finding, ...]
    period: Period
    tables: Mapping[str, CheckedTable]
    read_as: tuple[str, ...] = ()

    @cached_property
    def errors(self) -> int:
        """Number of errors."""
        return sum(len(f) for f in self.findings if f.is_error)

    @cached_property
    def warning_count(self) -> int:
        """Number of warnings."""
        return sum(len(f) for f in self.findings if not f.is_error)

    @property
    def problems(self) -> list[Problem]:
        """Errors, at most ``LISTED`` of one rule in one column of one file."""
        return [p for f in self.findings if f.is_error for p in f.problems(LISTED)]

    @property
    def warnings(self) -> list[Problem]:
        """Warnings, at most ``LISTED`` of one rule in one column of one file."""
        return [p for f in self.findings if not f.is_error for p in f.problems(LISTED)]

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What was written in a force's words and read in ours, by table and column, the most frequent first.

        What was read as not recorded is a warning instead.
        """
        return tuple(r for t in self.tables.values() for r in t.readings if r.means)

    @property
    def rows_in(self) -> dict[str, int]:
        """Rows read per table, those with errors among them."""
        return {name: raw.rows_in for name, raw in self.source.tables.items()}

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """Name, hash and rows of every file that was read."""
        return self.source.fingerprints()

    def rejects(self) -> Iterator[Problem]:
        """Yield every error, made one at a time, by file, then row."""
        errors = [f for f in self.findings if f.is_error]
        for _, of_file in groupby(errors, key=lambda f: f.file):
            yield from merge(*(f.problems() for f in of_file), key=lambda p: p.row or 0)

    @property
    def fallen(self) -> tuple[Finding, ...]:
        """Rows left out because a row they name was; known once ``dataset`` was made."""
        return tuple(f for t in self.tables.values() for f in t.fallen)

    def whole(self) -> bool:
        """Return whether every table can be used, if need be without some of its rows."""
        return not any(f.is_error and f.whole_file for f in self.findings)

    @cached_property
    def dataset(self) -> Dataset:
        """The good rows, typed; rows with an error, and rows that refer to one of those, are left out and counted.

        Raises
        ------
        RecordError
            When a whole table or ``about.toml`` cannot be used: leaving that out would not be leaving
            out rows.
        """
        for finding in self.findings:
            if finding.is_error and finding.whole_file:
                problem = next(finding.problems())
                where = f"{problem.file}, line {problem.row}" if problem.row else problem.file
                raise RecordError(f"{where}: {problem.remedy} Until then nothing can be loaded.")
        cascade(self.tables)
        left_out = tuple(
            LeftOut(name, why, count, refused=why != Rule.NO_RECORD.value)
            for name, t in self.tables.items()
            for why, count in t.left_out()
        )
        typed = abreast(CheckedTable.typed, self.tables.values())
        return Dataset.of(dict(zip(self.tables, typed, strict=True)), self.source.about, left_out)
