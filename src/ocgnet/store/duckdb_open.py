"""Opening DuckDB so that nothing in a file reaches outside it: no other file, no address, no extension."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

PATIENCE = 5.0
"""Seconds: a change of single records holds the file for a fraction of one, reading all of it for a few."""


@contextmanager
def connect(
    path: Path | str, *, read_only: bool = False, reaches: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB without extensions, and close it at the end; wait a little while another process changes the file.

    A file that somebody sent may hold views and defaults that read files: none is read but ``path`` itself, and the
    file, or the files of the folder, that ``reaches`` names.
    """
    db = _patiently(str(path), read_only)
    try:
        if reaches is not None:
            allowed = "allowed_directories" if reaches.is_dir() else "allowed_paths"
            place = str(reaches.absolute()).replace("'", "''")
            db.execute(f"SET {allowed} = ['{place}']")
        db.execute("SET enable_external_access = false")
        yield db
    except RuntimeError as error:
        # The database answers Ctrl-C, while it is at work, with an error of its own.
        if "Query interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        db.close()


def _patiently(path: str, read_only: bool) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # A table that is absent is absent, and no variable of this program.
        "python_enable_replacements": False,
    }
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return duckdb.connect(path, read_only=read_only, config=config)
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextmanager
def in_memory(tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB that sees these tables under their names."""
    with connect(":memory:") as db:
        for name, table in tables.items():
            db.register(name, table)
        yield db
