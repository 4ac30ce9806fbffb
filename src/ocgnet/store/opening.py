"""Finding the store that a name means."""

from __future__ import annotations

from pathlib import Path

from ocgnet.errors import UsageError
from ocgnet.store.contract import Store


def open_store(uri: str) -> Store:
    """Return the store that ``uri`` names; nothing is opened or created yet.

    Parameters
    ----------
    uri : str
        A file ending in ``.duckdb``.

    Raises
    ------
    UsageError
        When the name means no kind of store.
    """
    from ocgnet.store.duckdb_file import DuckDBFile

    if "://" not in uri and Path(uri).suffix == ".duckdb":
        return DuckDBFile(Path(uri))
    raise UsageError(f"'{uri}' names no store: give a file that ends in .duckdb.")
