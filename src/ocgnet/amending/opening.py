"""Finding the place that a name means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ocgnet.amending.change import Change, Changed
from ocgnet.dataset import Dataset


class Place(Protocol):
    """Where records are and can be changed: a folder, a workbook or a store."""

    def dataset(self) -> Dataset:
        """Return all records, checked.

        Raises
        ------
        RecordError, SourceError, StoreError
            When they break rules or cannot be read.
        """
        ...

    def amend(self, change: Change) -> dict[str, Changed]:
        """Make a change, all or nothing, and return how many rows of each table it touched.

        The changed whole passes the check before anything is written.

        Raises
        ------
        RecordError
            When the records, or the changed ones, break rules.
        UsageError
            When a row to drop or edit does not exist.
        SourceError, StoreError, OutputError
            When the place cannot be read or written.
        """
        ...


def open_place(where: str | Path, ask: Callable[[str], str] | None = None) -> Place:
    """Return the place that a folder, an .xlsx workbook or the name of a store means.

    Parameters
    ----------
    where : str or Path
        A folder or workbook that exists, else what ``open_store`` takes.
    ask : callable, optional
        Asked for the password of a server.

    Raises
    ------
    SourceError
        When a folder or workbook is named that does not exist.
    UsageError
        When the name means nothing at all.
    """
    path = Path(where)
    if path.is_dir() or path.suffix.lower() == ".xlsx" or (isinstance(where, Path) and path.suffix != ".duckdb"):
        from ocgnet.amending.file_place import FilePlace

        return FilePlace(path)
    from ocgnet.amending.store_place import StorePlace
    from ocgnet.store import open_store

    return StorePlace(open_store(str(where), ask))
