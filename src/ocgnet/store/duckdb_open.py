"""Opening DuckDB so that it never looks for anything outside this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa


@contextmanager
def connect(path: Path | str, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB without extensions, and close it at the end."""
    db = duckdb.connect(
        str(path),
        read_only=read_only,
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False},
    )
    try:
        yield db
    except RuntimeError as error:
        # The database answers Ctrl-C, while it is at work, with an error of its own.
        if "Query interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        db.close()


@contextmanager
def in_memory(tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB that sees these tables under their names."""
    with connect(":memory:") as db:
        for name, table in tables.items():
            db.register(name, table)
        yield db
