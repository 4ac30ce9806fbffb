"""Changing single records where they are, in a folder or a store: each change is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ocgnet.edit.change import Change, Changed
from ocgnet.edit.place import Place

__all__ = ["Change", "Changed", "Place", "open_place"]


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
        from ocgnet.edit.files import FilePlace

        return FilePlace(path)
    from ocgnet.edit.stores import place_of_store
    from ocgnet.store import open_store

    return place_of_store(open_store(str(where), ask))
