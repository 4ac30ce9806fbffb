"""Records in a store: the embedded one, changed row by row in its file, or Neo4j, node by node."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa

from ocgnet.dataset import About, Dataset
from ocgnet.edit.change import Change, Row, texts_of
from ocgnet.edit.neighbourhood import Concerned
from ocgnet.edit.place import Place
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.model.graph import LOAD
from ocgnet.store import Store
from ocgnet.store.duckdb_file import DuckDBFile, looked_up
from ocgnet.store.merging import ForceState, described, forces_of
from ocgnet.store.neo4j.store import Neo4jStore


class StorePlace(Place):
    """A store; its records were checked on the way in.

    Parameters
    ----------
    store : Store
        One that ``open_store`` gave.
    """

    store: Store

    def dataset(self) -> Dataset:
        return self.store.read()

    def sound(self, _person: str = "") -> Dataset:
        return self.dataset()

    def texts(self) -> Mapping[str, pa.Table]:
        return {name: texts_of(t) for name, t in self.dataset().tables.items()}

    @property
    def about(self) -> About:
        return described(Dataset.of({}), self._states()).about

    @property
    def given(self) -> frozenset[str]:
        return self._filled().union(*(s.given for s in self._states().values()))

    @abstractmethod
    def _states(self) -> Mapping[str, ForceState]:
        """Return the state of each force."""

    @abstractmethod
    def _filled(self) -> frozenset[str]:
        """Return the tables that hold rows."""


def place_of_store(store: Store) -> StorePlace:
    """Return the place that a store is."""
    if isinstance(store, DuckDBFile):
        return DuckDBPlace(store)
    if isinstance(store, Neo4jStore):
        return Neo4jPlace(store)
    raise UsageError("This kind of store cannot be changed record by record.")


class DuckDBPlace(StorePlace):
    """The embedded store."""

    store: DuckDBFile

    def __init__(self, store: DuckDBFile) -> None:
        self.store = store
        self._held: duckdb.DuckDBPyConnection | None = None

    def dataset(self) -> Dataset:
        with self._open() as db:
            return self.store.read(db)

    def look_up(self, name: str, column: str, texts: Collection[str]) -> pa.Table:
        with self._open() as db:
            return looked_up(db, name, column, texts)

    @contextmanager
    def _hold(self) -> Iterator[None]:
        with self.store.changing() as db:
            self._held = db
            try:
                yield
            finally:
                self._held = None

    def _filled(self) -> frozenset[str]:
        with self._open() as db:
            sized = db.execute("SELECT table_name FROM duckdb_tables() WHERE estimated_size > 0").fetchall()
        return frozenset(TABLES) & {name for (name,) in sized}

    def _states(self) -> Mapping[str, ForceState]:
        with self._open() as db:
            return self.store.states(db)

    @contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._held is not None:
            yield self._held
            return
        with self.store.opened() as db:
            yield db

    def _write(self, change: Change, concerned: Concerned) -> None:
        if self._held is None:
            raise RuntimeError("nothing is written but alone")

        def apply(db: duckdb.DuckDBPyConnection, schema: str) -> None:
            for name in change.tables:
                _apply(db, f'{schema}."{name}"', name, concerned)

        self.store.change(self._held, apply, anew=change.erasing)


def _apply(db: duckdb.DuckDBPyConnection, table: str, name: str, concerned: Concerned) -> None:
    """Drop, edit and add rows of one table."""
    identity = TABLES[name].identity
    same = " AND ".join(f't."{c}" IS NOT DISTINCT FROM n."was {c}"' for c in identity)
    if name in concerned.gone and concerned.gone[name].num_rows:
        gone = concerned.gone[name].select(list(identity)).rename_columns([f"was {c}" for c in identity])
        db.register("rows", gone)
        db.execute(f"DELETE FROM {table} t USING rows n WHERE {same}")
        db.unregister("rows")
    by_columns: dict[tuple[str, ...], list[tuple[int, int, Row]]] = {}
    for edit in concerned.edited.get(name, ()):
        by_columns.setdefault(tuple(sorted(edit[2])), []).append(edit)
    for columns, edits in by_columns.items():
        if not columns:
            continue
        old = concerned.before[name].select(list(identity)).take(pa.array([b for b, _, _ in edits]))
        new = concerned.after[name].select(list(columns)).take(pa.array([a for _, a, _ in edits]))
        names = [*(f"was {c}" for c in identity), *columns]
        db.register("rows", pa.table([*old.columns, *new.columns], names=names))
        cells = ", ".join(f'"{c}" = n."{c}"' for c in columns)
        db.execute(f"UPDATE {table} t SET {cells} FROM rows n WHERE {same}")
        db.unregister("rows")
    if concerned.added[name].num_rows:
        db.register("rows", concerned.added[name])
        db.execute(f"INSERT INTO {table} SELECT * FROM rows")
        db.unregister("rows")


class Neo4jPlace(StorePlace):
    """A Neo4j database."""

    store: Neo4jStore

    def __init__(self, store: Neo4jStore) -> None:
        self.store = store
        self._held: Any = None

    def look_up(self, name: str, column: str, texts: Collection[str]) -> pa.Table:
        from ocgnet.store.neo4j.reading import pull_rows

        with self._open() as connection:
            return pull_rows(connection, name, column, sorted(texts))

    @contextmanager
    def _hold(self) -> Iterator[None]:
        from ocgnet.store.neo4j.connection import connected
        from ocgnet.store.neo4j.lease import keep_loads_out
        from ocgnet.store.neo4j.loads import complete_loads_in
        from ocgnet.store.neo4j.writing import ensure_constraints

        with connected(self.store.address) as connection:
            ensure_constraints(connection)
            with connection.session() as session, session.begin_transaction() as transaction:
                keep_loads_out(transaction)
                # Writing to the nodes of all loads keeps every other change waiting until this one is made.
                transaction.run(f"MATCH (l:{LOAD.label}) SET l.number = l.number").consume()
                self._held = _OneTransaction(connection.address, transaction)
                try:
                    complete_loads_in(self._held)
                    yield
                    transaction.commit()
                finally:
                    self._held = None

    def _filled(self) -> frozenset[str]:
        from ocgnet.store.neo4j.reading import filled

        with self._open() as connection:
            return filled(connection)

    def _states(self) -> Mapping[str, ForceState]:
        from ocgnet.store.neo4j.loads import complete_loads_in, states_of

        with self._open() as connection:
            return states_of(complete_loads_in(connection))

    @contextmanager
    def _open(self) -> Iterator[Any]:
        from ocgnet.store.neo4j.connection import connected

        if self._held is not None:
            yield self._held
            return
        with connected(self.store.address) as connection:
            yield connection

    def _write(self, change: Change, concerned: Concerned) -> None:
        """Write the nodes and relationships that differ, with a load node of their own."""
        from ocgnet.store.neo4j.loads import again
        from ocgnet.store.neo4j.property_graph import graph_of
        from ocgnet.store.neo4j.role_labels import mark_roles
        from ocgnet.store.neo4j.writing import apply, changes_between, over_others

        forces = forces_of(self._states())
        before, after = (
            graph_of(replace(Dataset.of(dict(tables)), forces=forces)) for tables in (concerned.before, concerned.after)
        )
        rows = sum(len(change.add.get(n, ())) - len(change.drop.get(n, ())) for n in change.tables)
        load_id = again(self._held, hashlib.sha256(repr(change).encode()).hexdigest(), rows)
        apply(self._held, over_others(changes_between(before, after)), load_id, self.store.progress)
        if {"memberships", "nominals", "ocgs"} & set(change.tables):
            mark_roles(self._held)


class _OneTransaction:
    """A connection whose every query goes into one transaction."""

    def __init__(self, address: Any, transaction: Any) -> None:
        self.address = address
        self.transaction = transaction

    def write(self, work: Any, *arguments: Any) -> Any:
        return work(self.transaction, *arguments)

    def rows(self, text: str, **parameters: Any) -> list[Any]:
        return list(self.transaction.run(text, parameters))

    run = rows
