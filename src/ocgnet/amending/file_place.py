"""Records in a folder of CSV and Parquet files, or in one workbook."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from ocgnet.amending.change import Change, Changed
from ocgnet.amending.csv_edit import edited_csv, new_csv
from ocgnet.checks.check import Checked, check, read_dataset
from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, RecordError, SourceError
from ocgnet.files.locking import alone
from ocgnet.files.writing import write_file
from ocgnet.model import TABLES
from ocgnet.sources import RawTable, Source, read_source
from ocgnet.sources.csv import read_csv
from ocgnet.sources.files import STAGE, commit, discard
from ocgnet.sources.parquet import read_parquet


class FilePlace:
    """A folder or a workbook.

    Parameters
    ----------
    path : Path
        Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def dataset(self) -> Dataset:
        """Return all records, checked."""
        return read_dataset(self.path)[0]

    def amend(self, change: Change) -> dict[str, Changed]:
        """Make a change: only the files concerned are written, each whole and all together or not at all.

        In a folder, rows of CSV files that are not concerned keep their bytes. In a workbook, cells that
        are not concerned keep theirs, formats included; other parts of the file are copied.
        """
        if not change.tables:
            return {}
        try:
            lock = self.path / STAGE if self.path.is_dir() else self.path.with_name(f".{self.path.name}")
            with alone(lock, vanish=True):
                source = read_source(self.path)
                refuse_wrong(check(source), f"{self.path} cannot be changed")
                if self.path.is_dir():
                    self._folder(source, change)
                else:
                    self._workbook(source, change)
        except OSError as error:
            raise OutputError(
                f"{self.path} could not be changed ({error.strerror or error}). Nothing was changed."
            ) from error
        return change.counted()

    def _folder(self, source: Source, change: Change) -> None:
        discard(self.path)
        stage = self.path / STAGE
        stage.mkdir(mode=0o700)
        try:
            tables = dict(source.tables)
            names = []
            for name in change.tables:
                staged = self._staged(stage, source.tables.get(name), name, change)
                names.append(staged.name)
                declared = TABLES[name]
                tables[name] = (
                    read_csv(declared, staged) if staged.suffix.lower() == ".csv" else read_parquet(declared, staged)
                )
            ordered = {n: tables[n] for n in TABLES if n in tables}
            refuse_wrong(check(replace(source, tables=ordered)), "The change breaks rules")
            commit(self.path, names)
        finally:
            discard(self.path)

    def _staged(self, stage: Path, raw: RawTable | None, name: str, change: Change) -> Path:
        """Write the new file of a table into the stage."""
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
            from ocgnet.amending.parquet_edit import write_edited_parquet

            write_edited_parquet(old, raw, change, staged)
        shutil.copymode(old, staged)
        return staged

    def _workbook(self, source: Source, change: Change) -> None:
        from ocgnet.amending.workbook_edit import write_edited_workbook

        def fill(partial: Path) -> None:
            # The reader tells a workbook by its ending.
            named = partial.with_name(f"{partial.name}.xlsx")
            try:
                write_edited_workbook(self.path, source, change, named)
                refuse_wrong(check(named), "The change breaks rules")
                shutil.copymode(self.path, named)
                named.replace(partial)
            finally:
                named.unlink(missing_ok=True)

        write_file(self.path, fill, replace=True)


def refuse_wrong(checked: Checked, what: str) -> None:
    """Raise ``RecordError`` with the first problem when there is one."""
    if checked.errors:
        first = checked.problems[0]
        where = f"{first.file}, line {first.row}" if first.row else first.file
        raise RecordError(
            f"{what}: {checked.errors:,} problems, the first in {where}, column {first.column or '–'}"
            f"{f', value {first.value!r}' if first.value else ''}: {first.remedy} Nothing was changed."
        )
