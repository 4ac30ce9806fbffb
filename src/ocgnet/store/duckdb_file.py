"""The embedded store: one DuckDB file, no server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, StoreError
from ocgnet.model import TABLES, Kind, Table
from ocgnet.outputs import write_file
from ocgnet.store.contract import LoadManifest, StoreReport
from ocgnet.store.duckdb_open import connect
from ocgnet.store.merging import merge
from ocgnet.store.state import ForceState, described, next_state

FORMAT = 2
"""Version of the file's layout; a file of another layout is refused."""

_TYPES = {
    Kind.DATE: "DATE",
    Kind.MOMENT: "TIMESTAMP_S",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.FLAG: "BOOLEAN",
}


class DuckDBFile:
    """A store in one file.

    Parameters
    ----------
    path : Path
        The file; made on the first write, readable by its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False) -> StoreReport:
        """Bring the records of ``dataset`` into the store, all or nothing.

        Raises
        ------
        StoreError
            When the file is another program's, or the folder cannot be written.
        """
        states = self._states() if self.path.exists() else {}
        merged, report = self._merged(dataset, manifest, replace=replace)
        states[manifest.prefix] = next_state(states.pop(manifest.prefix, None), dataset, manifest, replace=replace)

        def fill(partial: Path) -> None:
            partial.unlink()
            with connect(partial) as db:
                for table in TABLES.values():
                    db.execute(_ddl(table))
                    db.register("incoming", merged[table.name])
                    db.execute(f'INSERT INTO "{table.name}" SELECT * FROM incoming')
                    db.unregister("incoming")
                db.execute("CREATE TABLE ocgnet_load (format INTEGER, document VARCHAR)")
                # The latest load stands last.
                for state in states.values():
                    db.execute("INSERT INTO ocgnet_load VALUES (?, ?)", [FORMAT, state.to_json()])
            partial.chmod(0o600)

        try:
            write_file(self.path, fill)
        except OutputError as error:
            raise StoreError(str(error)) from error
        return report

    def foresee(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False) -> StoreReport:
        """Return what :meth:`write` would report, and change nothing."""
        return self._merged(dataset, manifest, replace=replace)[1]

    def read(self) -> Dataset:
        """Return all records, equal to what was written."""
        states = self._states()
        with self._open() as db:
            tables = {name: db.sql(f'SELECT * FROM "{name}"').to_arrow_table() for name in TABLES}
        return described(Dataset.of(tables), states)

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        return list(self._states().values())[-1].manifest

    def _merged(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool) -> tuple[Dataset, StoreReport]:
        old = self.read() if self.path.exists() else None
        prefixes = self._states() if self.path.exists() else ()
        return merge(old, dataset, replace=replace, prefix=manifest.prefix, prefixes=prefixes)

    def _states(self) -> dict[str, ForceState]:
        """Return the state of each force by its prefix, the latest load last."""
        with self._open() as db:
            found = [ForceState.from_json(text) for text in _documents(db, self.path)]
        return {state.manifest.prefix: state for state in found}

    @contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.path.exists():
            raise StoreError(f"There is no store {self.path}. Make it with: ocgnet load FOLDER --store {self.path}")
        try:
            with connect(self.path, read_only=True) as db:
                yield db
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path} cannot be opened as a store ({str(error).splitlines()[0]}). If another program has it "
                "open, close that program; if it is damaged, load the folder into a new store."
            ) from error


def _ddl(table: Table) -> str:
    columns = ", ".join(
        f'"{c.name}" {"VARCHAR" if c.many else _TYPES.get(c.kind, "VARCHAR")}{" NOT NULL" if c.never_blank else ""}'
        for c in table.columns
    )
    return f'CREATE TABLE "{table.name}" ({columns})'


def _documents(db: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    try:
        rows = db.execute("SELECT format, document FROM ocgnet_load ORDER BY rowid").fetchall()
    except duckdb.CatalogException as error:
        raise StoreError(f"{path} is a DuckDB file of another program. Name a new file for the store.") from error
    if not rows or any(form != FORMAT for form, _ in rows):
        raise StoreError(f"{path} was written by another version of ocgnet. Use that one, or load into a new file.")
    return [text for _, text in rows]
