"""Opening DuckDB so that it never looks for anything outside this machine."""

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
def connect(path: Path | str, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB without extensions, and close it at the end; wait a little while another process changes the file."""
    db = _patiently(str(path), read_only)
    try:
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
