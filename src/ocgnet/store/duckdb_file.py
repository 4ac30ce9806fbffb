"""The embedded store: one DuckDB file, no server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.beside_store import Kept
from ocgnet.dataset import Dataset
from ocgnet.errors import OutputError, StoreError
from ocgnet.files.locking import alone
from ocgnet.files.writing import write_file
from ocgnet.model import TABLES, Kind, Table
from ocgnet.model.things import THING_TABLES
from ocgnet.store.contract import FEW, NO_DELETES, ChangedSinceError, LoadManifest, StoreReport
from ocgnet.store.duckdb_open import connect
from ocgnet.store.merging import (
    ForceState,
    described,
    kept_of,
    merge,
    next_state,
    nothing_kept,
    same_cells,
    same_identity,
)

FORMAT = 2
"""Version of the file's layout; a file of another layout is refused."""

_TYPES = {
    Kind.DATE: "DATE",
    Kind.MOMENT: "TIMESTAMP_S",
    Kind.INSTANT: "TIMESTAMP_S",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.FLAG: "BOOLEAN",
}


class DuckDBFile:
    """A store in one file, which is made on the first write, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(
        self,
        dataset: Dataset,
        manifest: LoadManifest,
        *,
        replace: bool = False,
        deletes: Dataset = NO_DELETES,
        seen: object = None,
    ) -> StoreReport:
        """Bring the records of ``dataset`` into the store, all or nothing."""
        with self._alone():
            if seen is not None and seen != self._seen():
                raise ChangedSinceError(self.path)
            if not replace and self._holds_many(dataset, deletes):
                return self._write_delta(dataset, manifest, deletes)
            before = self._seen()
            states = self.states() if self.path.exists() else {}
            merged, report = self._merged(dataset, manifest, replace=replace, deletes=deletes)
            states[manifest.prefix] = next_state(states.pop(manifest.prefix, None), dataset, manifest, replace=replace)
            self._write(merged, states, before)
        return report

    def _holds_many(self, dataset: Dataset, deletes: Dataset) -> bool:
        """Tell whether the store holds many rows beside those of a load."""
        asked = sum(dataset.rows.values()) + sum(deletes.rows.values())
        if not self.path.exists():
            return False
        with self.opened() as db:
            self.states(db)
            return _rows_in(db) >= FEW * asked

    def _write_delta(self, dataset: Dataset, manifest: LoadManifest, deletes: Dataset) -> StoreReport:
        """Change the rows that records name where they are; with rows to remove, write the file anew."""
        with _for_owner_only(), self.opened(read_only=False) as db:
            states = self.states(db)
            state = next_state(states.get(manifest.prefix), dataset, manifest, replace=False)
            delta = _delta(db, dataset, deletes)
            report = _report(delta, _rows_in(db))
            if not delta and list(states.items())[-1] == (manifest.prefix, state):
                return report

            def apply(db: duckdb.DuckDBPyConnection, schema: str) -> None:
                for name, (new, changed, gone) in delta.items():
                    table = f'{schema}."{name}"'
                    for rows in (changed, gone):
                        db.register("named_rows", rows)
                        same = same_identity(name, "t", "n")
                        db.execute(f"DELETE FROM {table} t USING named_rows n WHERE {same}")
                        db.unregister("named_rows")
                    for rows in (changed, new):
                        db.register("named_rows", rows)
                        db.execute(f"INSERT INTO {table} SELECT * FROM named_rows")
                        db.unregister("named_rows")
                states.pop(manifest.prefix, None)
                db.execute(f"DELETE FROM {schema}.{_LOADS}")
                _keep_states(db, f"{schema}.{_LOADS}", {**states, manifest.prefix: state})

            self.change(db, apply, anew=bool(report.removed))
        return report

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the store for changing rows where they are; nobody else reads or writes it meanwhile."""
        with self._alone(), _for_owner_only(), self.opened(read_only=False) as db:
            yield db

    def change(
        self, db: duckdb.DuckDBPyConnection, apply: Callable[[duckdb.DuckDBPyConnection, str], None], *, anew: bool
    ) -> None:
        """Let ``apply`` change rows of the database of the name it is given, all or nothing.

        ``db`` is what :meth:`changing` gave; ``anew`` writes the whole file anew, after which it is of no further use:
        in place, what goes stays in the file's free space until that is used.
        """
        [(name,)] = db.execute("SELECT current_database()").fetchall()

        def make(new: Path) -> None:
            db.execute("ATTACH ':memory:' AS changed")
            db.execute(f'COPY FROM DATABASE "{name}" TO changed')
            apply(db, "changed")
            self._to_file(db, name, new)

        if anew:
            self._put(make)
            return
        with self._written():
            db.execute("BEGIN")
            apply(db, f'"{name}"')
            db.execute("COMMIT")
        # From here on it is done: should there be no room to write it into its place, the log beside the file holds it.
        with suppress(duckdb.Error):
            db.execute("CHECKPOINT")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second load of the same file waiting: it adds to what the first one has written."""
        real = self.path.resolve()
        try:
            with alone(real.with_name(f".{real.name}"), vanish=True):
                if self.path.with_name(f"{self.path.name}.wal").exists():
                    # A change was committed and its process killed: a new file in this place would lose it.
                    with self.opened(read_only=False) as db:
                        db.execute("CHECKPOINT")
                yield
        except OSError as error:
            raise StoreError(
                f"{self.path} could not be written ({error.strerror or error}). Nothing was changed."
            ) from error

    def _seen(self) -> tuple[int, int, int] | None:
        """Return what tells the file, as it is now, from what another program makes of it; None for none."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return None
        return now.st_ino, now.st_size, now.st_mtime_ns

    def _write(self, records: Dataset, states: Mapping[str, ForceState], before: tuple[int, int, int] | None) -> None:
        foreign = bool(self._foreign())

        def make(new: Path) -> None:
            if foreign:
                self._fill_around(records, states, new)
            else:
                with connect(new) as db:
                    _fill(db, records, states)
                    # Closing would do this too, and say nothing when the disk is full.
                    db.execute("CHECKPOINT")
            # Whoever writes without the lock, or took it away, is not written over.
            if self._seen() != before:
                raise StoreError(
                    f"Another program changed {self.path} during this load. Nothing was changed: look at what it holds "
                    "now, and run the same command again."
                )

        self._put(make)

    def _foreign(self) -> set[tuple[str, str, str]]:
        """Return what somebody else keeps in the file."""
        if not self.path.exists():
            return set()
        with self.opened() as db:
            [(name,)] = db.execute("SELECT current_database()").fetchall()
            return _of_others(db, name)

    def _fill_around(self, records: Dataset, states: Mapping[str, ForceState], new: Path) -> None:
        """Fill a new file with records and with what somebody else keeps in the old one.

        In memory first: what is dropped in a file stays in its free space.
        """
        with connect(":memory:", reaches=self.path.parent) as db:
            db.execute("ATTACH ':memory:' AS changed")
            db.execute(f"ATTACH {_quoted(self.path)} AS old (READ_ONLY)")
            db.execute("COPY FROM DATABASE old TO changed")
            for name in (*TABLES, _LOADS):
                db.execute(f'DROP TABLE IF EXISTS changed.main."{name}"')
            db.execute("USE changed")
            _fill(db, records, states)
            self._to_file(db, "old", new)

    def _to_file(self, db: duckdb.DuckDBPyConnection, before: str, new: Path) -> None:
        """Write the database ``changed`` into a file, once all that somebody else kept ``before`` is in it."""
        db.execute(f"ATTACH {_quoted(new)} AS anew")
        db.execute("COPY FROM DATABASE changed TO anew")
        if lost := _of_others(db, before) - _of_others(db, "anew"):
            kind, schema, name = min(lost)
            raise StoreError(
                f"{self.path} also holds the {kind} {schema}.{name}, which is not of ocgnet and cannot be kept. Move "
                "it into a file of its own first. Nothing was changed."
            )
        db.execute("CHECKPOINT anew")
        db.execute("DETACH anew")

    def _put(self, make: Callable[[Path], None]) -> None:
        """Put a new file, which ``make`` makes, in the place of the store."""

        def fill(new: Path) -> None:
            new.unlink()
            try:
                make(new)
            finally:
                # What the database had not merged into its file, when the disk filled up.
                new.with_name(f"{new.name}.wal").unlink(missing_ok=True)
            new.chmod(0o600)

        with self._written():
            write_file(self.path, fill, replace=True)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OutputError as error:
            raise StoreError(str(error)) from error
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path} could not be written ({str(error).splitlines()[0][:200]}). Nothing was changed."
            ) from error

    def foresee(
        self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False, deletes: Dataset = NO_DELETES
    ) -> StoreReport:
        """Return what :meth:`write` would report, and change nothing."""
        if not replace and self._holds_many(dataset, deletes):
            with self.opened() as db:
                self.states(db)
                return _report(_delta(db, dataset, deletes), _rows_in(db))
        return self._merged(dataset, manifest, replace=replace, deletes=deletes)[1]

    @contextmanager
    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """Give what the store keeps of the force of a prefix, while it is open."""
        if not self.path.exists():
            yield nothing_kept()
            return
        seen = self._seen()
        with self.opened() as db:
            states = self.states(db)
            sized = db.execute("SELECT table_name FROM duckdb_tables() WHERE estimated_size > 0").fetchall()

            def numbered() -> pa.Table:
                form = f"{prefix}[0-9]+"
                query = "SELECT * FROM things WHERE regexp_full_match(thing_id, $form) LIMIT 1"
                return db.sql(query, params={"form": form}).to_arrow_table().cast(TABLES["things"].schema)

            yield kept_of(
                states,
                prefix,
                frozenset(TABLES) & {name for (name,) in sized},
                partial(looked_up, db),
                lambda: db.sql("SELECT * FROM wards").to_arrow_table().cast(TABLES["wards"].schema),
                numbered,
                seen,
            )

    def read(self, db: duckdb.DuckDBPyConnection | None = None) -> Dataset:
        """Return all records, equal to what was written; ``db`` where the store is open already."""
        with nullcontext(db) if db is not None else self.opened() as db_open:
            states = self.states(db_open)
            try:
                tables = {name: db_open.sql(f'SELECT * FROM "{name}"').to_arrow_table() for name in TABLES}
                records = Dataset.of(tables)
            except (duckdb.CatalogException, pa.ArrowException, KeyError, ValueError) as error:
                raise StoreError(_not_ours(self.path, str(error).splitlines()[0][:100])) from error
        _refuse_values(records, self.path)
        return described(records, states)

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        return list(self.states().values())[-1].manifest

    def _merged(
        self, dataset: Dataset, manifest: LoadManifest, *, replace: bool, deletes: Dataset
    ) -> tuple[Dataset, StoreReport]:
        old = self.read() if self.path.exists() else None
        prefixes = self.states() if self.path.exists() else ()
        return merge(old, dataset, replace=replace, prefix=manifest.prefix, prefixes=prefixes, deletes=deletes)

    def states(self, db: duckdb.DuckDBPyConnection | None = None) -> dict[str, ForceState]:
        """Return the state of each force by its prefix, the latest load last."""
        with nullcontext(db) if db is not None else self.opened() as db_open:
            documents = _documents(db_open, self.path)
        try:
            states = [ForceState.from_json(text) for text in documents]
            # Half a character, which JSON can spell, could be printed nowhere.
            json.dumps([json.loads(text) for text in documents], ensure_ascii=False).encode()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StoreError(_not_ours(self.path, "its description cannot be read")) from error
        return {state.manifest.prefix: state for state in states}

    @contextmanager
    def opened(self, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the store; ``StoreError`` when it is none, or something goes wrong inside the block."""
        if self.path.exists() and not self.path.is_file():
            raise StoreError(f"{self.path} is no file, so it is no store. Name a file that ends in .duckdb.")
        if not self.path.exists():
            raise StoreError(f"There is no store {self.path}. Make it with: ocgnet load FOLDER --store {self.path}")
        try:
            # A change writes the whole store anew, into a file beside it.
            with connect(self.path, read_only=read_only, reaches=None if read_only else self.path.parent) as db:
                _refuse_views(db, self.path)
                _add_later_tables(db, temporary=read_only)
                yield db
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path} cannot be opened as a store ({str(error).splitlines()[0]}). If another program has it "
                "open, close that program; if it is damaged, load the folder into a new store."
            ) from error


def looked_up(db: duckdb.DuckDBPyConnection, name: str, column: str, texts: Collection[str]) -> pa.Table:
    """Return the rows of a table of which a column holds one of some texts; of a list of ids, one of its ids."""
    hit = f'"{column}" IN (SELECT unnest($texts))'
    if TABLES[name].column(column).many:
        hit = f"list_has_any(string_split(\"{column}\", '|'), $texts)"
    rows: pa.Table = db.sql(f'SELECT * FROM "{name}" WHERE {hit}', params={"texts": sorted(texts)}).to_arrow_table()
    return rows.cast(TABLES[name].schema)


@contextmanager
def _for_owner_only() -> Iterator[None]:
    """Let files that the database makes beside its own be readable by their owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


_LOADS = "ocgnet_load"
"""Table that holds the state of each force."""


def _fill(db: duckdb.DuckDBPyConnection, records: Dataset, states: Mapping[str, ForceState]) -> None:
    for table in TABLES.values():
        db.execute(_ddl(table))
        db.register("incoming", records[table.name])
        db.execute(f'INSERT INTO "{table.name}" SELECT * FROM incoming')
        db.unregister("incoming")
    db.execute(f"CREATE TABLE {_LOADS} (format INTEGER, document VARCHAR)")
    _keep_states(db, _LOADS, states)


def _keep_states(db: duckdb.DuckDBPyConnection, table: str, states: Mapping[str, ForceState]) -> None:
    # The latest load stands last.
    for state in states.values():
        db.execute(f"INSERT INTO {table} VALUES (?, ?)", [FORMAT, state.to_json()])


def _rows_in(db: duckdb.DuckDBPyConnection) -> int:
    counts = " UNION ALL ".join(f'SELECT count(*) AS n FROM "{name}"' for name in TABLES)
    [(rows,)] = db.execute(f"SELECT sum(n) FROM ({counts})").fetchall()
    return int(rows)


class _Rows(NamedTuple):
    """Rows of one table by what happens to them."""

    new: pa.Table
    changed: pa.Table
    gone: pa.Table


def _delta(db: duckdb.DuckDBPyConnection, dataset: Dataset, deletes: Dataset) -> dict[str, _Rows]:
    """Return, by table, what bringing some rows and removing others changes; tables without a change are absent."""
    delta = {}
    for name in TABLES:
        if not (dataset[name].num_rows or deletes[name].num_rows):
            continue
        same = same_identity(name, "t", "n")
        equal = same_cells(name, "t", "n")
        db.register("named_rows", dataset[name])
        db.register("rows_to_go", deletes[name])
        rows = _Rows(
            *(
                db.sql(sql).to_arrow_table().cast(TABLES[name].schema)
                for sql in (
                    f'SELECT * FROM named_rows n WHERE NOT EXISTS (SELECT 1 FROM "{name}" t WHERE {same})',
                    f'SELECT n.* FROM named_rows n JOIN "{name}" t ON {same} WHERE NOT ({equal})',
                    f'SELECT t.* FROM "{name}" t JOIN rows_to_go n ON {same}',
                )
            )
        )
        db.unregister("named_rows")
        db.unregister("rows_to_go")
        if any(t.num_rows for t in rows):
            delta[name] = rows
    return delta


def _report(delta: Mapping[str, _Rows], stored: int) -> StoreReport:
    new, changed, gone = (sum(rows[k].num_rows for rows in delta.values()) for k in range(3))
    rows = stored + new - gone
    return StoreReport(rows, new, changed, gone, rows - new - changed)


def _add_later_tables(db: duckdb.DuckDBPyConnection, *, temporary: bool) -> None:
    """Let a store that was made before a table was declared have it, without rows.

    A file that is only read stays as it is; of another program's nothing is added.
    """
    there = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if _LOADS in there:
        for table in (t for t in THING_TABLES if t.name not in there):
            db.execute(_ddl(table, "TEMP TABLE" if temporary else "TABLE"))


def _of_others(db: duckdb.DuckDBPyConnection, database: str) -> set[tuple[str, str, str]]:
    """Return kind, schema and name of all that is in a database and not of ocgnet."""
    held = db.execute(
        "SELECT 'table', schema_name, table_name FROM duckdb_tables() WHERE database_name = $name AND NOT internal "
        "UNION SELECT 'view', schema_name, view_name FROM duckdb_views() WHERE database_name = $name AND NOT internal "
        "UNION SELECT 'index', schema_name, index_name FROM duckdb_indexes() WHERE database_name = $name "
        "UNION SELECT 'sequence', schema_name, sequence_name FROM duckdb_sequences() WHERE database_name = $name "
        "UNION SELECT 'type', schema_name, type_name FROM duckdb_types() WHERE database_name = $name AND NOT internal "
        "UNION SELECT 'macro', schema_name, function_name FROM duckdb_functions() WHERE database_name = $name "
        "AND NOT internal UNION SELECT 'schema', schema_name, '' FROM duckdb_schemas() WHERE database_name = $name "
        "AND NOT internal",
        {"name": database},
    ).fetchall()
    return {row for row in held if not (row[0] == "table" and row[1] == "main" and row[2] in {*TABLES, _LOADS})}


def _quoted(path: Path) -> str:
    place = str(path).replace("'", "''")
    return f"'{place}'"


def _ddl(table: Table, what: str = "TABLE") -> str:
    columns = ", ".join(
        f'"{c.name}" {"VARCHAR" if c.many else _TYPES.get(c.kind, "VARCHAR")}{" NOT NULL" if c.never_blank else ""}'
        for c in table.columns
    )
    return f'CREATE {what} "{table.name}" ({columns})'


def _refuse_views(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file in which something else stands under a table's name: a view would run what its author wrote."""
    stands = "SELECT table_name FROM information_schema.tables WHERE table_type <> 'BASE TABLE' ORDER BY ALL"
    if ours := [name for (name,) in db.execute(stands).fetchall() if name.lower() in {*TABLES, "ocgnet_load"}]:
        raise StoreError(
            f"{path} holds {ours[0]} as a view and not as a table, so ocgnet did not write it and nothing of it is "
            "read. Ask whoever sent it for their folder of records."
        )


def _refuse_values(records: Dataset, path: Path) -> None:
    """Refuse what no load writes: records were checked on their way into a store, if it was ocgnet that loaded them."""
    for table in TABLES.values():
        for column in table.columns:
            cells = records[table.name][column.name]
            if column.never_blank and cells.null_count:
                raise StoreError(_not_ours(path, f"{table.name}.{column.name} is blank in {cells.null_count:,} rows"))
            if column.enum:
                words = {word for text in pc.unique(cells).to_pylist() if text for word in text.split("|")}
                if strange := sorted(words - set(column.enum)):
                    raise StoreError(_not_ours(path, f"{table.name}.{column.name} holds '{strange[0][:60]}'"))


def _not_ours(path: Path, why: str) -> str:
    return (
        f"{path} holds what ocgnet does not write ({why}), so nothing of it is read. Ask whoever sent it for their "
        "folder of records."
    )


def _documents(db: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    try:
        rows = db.execute(f"SELECT format, document FROM {_LOADS} ORDER BY rowid").fetchall()
    except duckdb.CatalogException as error:
        raise StoreError(f"{path} is a DuckDB file of another program. Name a new file for the store.") from error
    if not rows or any(form != FORMAT for form, _ in rows):
        raise StoreError(f"{path} was written by another version of ocgnet. Use that one, or load into a new file.")
    return [text for _, text in rows]
