"""Where a command writes: options whose place is refused before any work is done, unless what stands there is ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from ocgnet.audit import log_path
from ocgnet.audit.log import refuse_log
from ocgnet.errors import UsageError
from ocgnet.files.writing import is_of_records, marking_file, refuse_file, refuse_foreign, refuse_strange


def result_file(path: Path | None) -> Path | None:
    """Refuse a file that ocgnet did not write, a table of records and the log; for an option of a file."""
    if path is not None:
        refuse_log(log_path(), path)
        refuse_file(path)
        if marking_file(path).exists():
            refuse_file(marking_file(path))
    return path


def rejects_file(asked: typer.Context, option: typer.CallbackParam, path: Path) -> Path:
    """As :func:`result_file`, where nothing is written unless there are problems: only a file that was named."""
    source = asked.get_parameter_source(str(option.name))
    return path if source is not None and source.name == "DEFAULT" else result_file(path) or path


def kept_file(path: Path) -> Path:
    """Refuse a table of records and the log; for a file that is made when it is absent and never written over."""
    refuse_log(log_path(), path)
    if is_of_records(path):
        refuse_file(path)
    return path


def result_folder(made_by: str) -> Callable[[Path], Path]:
    """Return what refuses a folder that holds anything else than what the named command wrote."""

    def refuse(path: Path) -> Path:
        refuse_log(log_path(), path)
        refuse_foreign(path, made_by)
        return path

    return refuse


def pack_folder(path: Path) -> Path:
    """As :func:`result_folder` for a new one; the pack of a command that was killed at its end may stand there."""
    from ocgnet.casework.disclosure.pack import RECEIPT

    refuse_log(log_path(), path)
    if not (path / RECEIPT).is_file() or path.is_symlink():
        refuse_foreign(path, "")
    return path


def store(name: str) -> str:
    """Refuse a file that is no store of ocgnet; for a store that is to be filled."""
    from ocgnet.store import open_store
    from ocgnet.store.duckdb_file import DuckDBFile

    if "://" not in name and name.endswith(".duckdb"):
        path = Path(name)
        refuse_log(log_path(), path)
        refuse_strange(path)
        found: Any = open_store(name)
        if isinstance(found, DuckDBFile) and path.exists():
            found.manifest()
    elif "://" not in name and Path(name).exists():
        raise UsageError(f"{name} is no store. Name a file that ends in .duckdb, or the address of a Neo4j server.")
    return name
