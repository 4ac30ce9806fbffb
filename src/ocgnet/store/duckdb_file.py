"""The embedded store: one DuckDB file, no server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import OutputError, StoreError
from ocgnet.model import TABLES, Kind, Table
from ocgnet.outputs import write_file
from ocgnet.sources import SourceFile
from ocgnet.store.contract import LoadManifest, StoreReport

FORMAT = 1
"""Version of the file's layout; a file of a later layout is refused."""

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
        old = self.read() if self.path.exists() else None
        merged, report = _merge(old, dataset, replace=replace)

        def fill(partial: Path) -> None:
            partial.unlink()
            with _connect(partial) as db:
                for table in TABLES.values():
                    db.execute(_ddl(table))
                    db.register("incoming", merged[table.name])
                    db.execute(f'INSERT INTO "{table.name}" SELECT * FROM incoming')
                    db.unregister("incoming")
                db.execute("CREATE TABLE ocgnet_load (format INTEGER, document VARCHAR)")
                db.execute("INSERT INTO ocgnet_load VALUES (?, ?)", [FORMAT, _document(merged, manifest)])
            partial.chmod(0o600)

        try:
            write_file(self.path, fill)
        except OutputError as error:
            raise StoreError(str(error)) from error
        return report

    def read(self) -> Dataset:
        """Return all records, equal to what was written."""
        with self._open() as db:
            document = _load_document(db, self.path)
            tables = {
                name: db.sql(f'SELECT * FROM "{name}"').to_arrow_table()
                for name in TABLES
            }
        about: dict[str, Any] = document["about"]
        about |= {k: date.fromisoformat(about[k]) for k in _ABOUT_DATES if about[k]}
        found = Dataset.of(tables, About(**about), tuple(LeftOut(**x) for x in document["left_out"]))
        return Dataset(found.about, found.tables, found.left_out, frozenset(document["given"]))

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        with self._open() as db:
            document = _load_document(db, self.path)
        return LoadManifest(tuple(SourceFile(**s) for s in document["sources"]), document["version"])

    @contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.path.exists():
            raise StoreError(f"There is no store {self.path}. Make it with: ocgnet load FOLDER --store {self.path}")
        try:
            with _connect(self.path, read_only=True) as db:
                yield db
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path} cannot be opened as a store ({str(error).splitlines()[0]}). If another program has it "
                "open, close that program; if it is damaged, load the folder into a new store."
            ) from error


_ABOUT_DATES = ("as_of", "period_from", "period_to")


@contextmanager
def _connect(path: Path | str, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB without extensions, so that it never looks for any outside this machine."""
    db = duckdb.connect(
        str(path),
        read_only=read_only,
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False},
    )
    try:
        yield db
    finally:
        db.close()


def _ddl(table: Table) -> str:
    columns = ", ".join(
        f'"{c.name}" {"VARCHAR" if c.many else _TYPES.get(c.kind, "VARCHAR")}{" NOT NULL" if c.never_blank else ""}'
        for c in table.columns
    )
    return f'CREATE TABLE "{table.name}" ({columns})'


def _document(dataset: Dataset, manifest: LoadManifest) -> str:
    return json.dumps(
        {
            "about": {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(dataset.about).items()},
            "left_out": [asdict(x) for x in dataset.left_out],
            "given": sorted(dataset.given),
            "sources": [asdict(s) for s in manifest.sources],
            "version": manifest.version,
        },
        sort_keys=True,
    )


def _load_document(db: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    try:
        rows = db.execute("SELECT format, document FROM ocgnet_load").fetchall()
    except duckdb.CatalogException as error:
        raise StoreError(f"{path} is a DuckDB file of another program. Name a new file for the store.") from error
    if not rows or rows[0][0] > FORMAT:
        raise StoreError(f"{path} was written by a later ocgnet. Use that version, or load into a new file.")
    found: dict[str, Any] = json.loads(rows[0][1])
    return found


def _merge(old: Dataset | None, new: Dataset, *, replace: bool) -> tuple[Dataset, StoreReport]:
    """Lay ``new`` over ``old`` by identity and count what happens to each row."""
    if old is None:
        rows = sum(new.rows.values())
        return new, StoreReport(rows, rows, 0, 0, 0)
    added = changed = removed = kept = 0
    tables: dict[str, pa.Table] = {}
    with _connect(":memory:") as db:
        for name, table in TABLES.items():
            db.register("old_rows", old[name])
            db.register("new_rows", new[name])
            same_id = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in table.identity)
            same_all = " AND ".join(f'o."{c.name}" IS NOT DISTINCT FROM n."{c.name}"' for c in table.columns)
            [(matched, equal)] = db.execute(
                f"SELECT count(*), count(*) FILTER ({same_all}) FROM old_rows o JOIN new_rows n ON {same_id}"
            ).fetchall()
            gone: pa.Table = db.sql(
                f"SELECT o.* FROM old_rows o WHERE NOT EXISTS (SELECT 1 FROM new_rows n WHERE {same_id})"
            ).to_arrow_table()
            added += new[name].num_rows - matched
            changed += matched - equal
            kept += equal + (0 if replace else gone.num_rows)
            removed += gone.num_rows if replace else 0
            tables[name] = new[name] if replace else pa.concat_tables([new[name], gone.cast(new[name].schema)])
            db.unregister("old_rows")
            db.unregister("new_rows")
    merged = Dataset.of(tables, new.about, new.left_out)
    given = new.given if replace else new.given | old.given
    merged = Dataset(merged.about, merged.tables, merged.left_out, given)
    return merged, StoreReport(sum(merged.rows.values()), added, changed, removed, kept)
