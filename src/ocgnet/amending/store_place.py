"""Records in a store, the embedded one or Neo4j."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ocgnet.amending.change import Change, Changed
from ocgnet.amending.file_place import refuse_wrong
from ocgnet.amending.rows import amended
from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError, StoreError, UsageError
from ocgnet.model import TABLES
from ocgnet.model.graph import LOAD
from ocgnet.sources import RawTable, Source
from ocgnet.sources.parquet import as_text
from ocgnet.store import Store
from ocgnet.store.duckdb_file import DuckDBFile
from ocgnet.store.neo4j.store import Neo4jStore


class StorePlace:
    """A store.

    Parameters
    ----------
    store : Store
        One that ``open_store`` gave.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def dataset(self) -> Dataset:
        """Return all records; they were checked on the way in."""
        return self.store.read()

    def amend(self, change: Change) -> dict[str, Changed]:
        """Make a change in one write: one new file, or one transaction."""
        if not change.tables:
            return {}
        before = self.store.read()
        after = changed_dataset(before, change)
        if isinstance(self.store, DuckDBFile):
            self.store.rewrite(before, after)
        elif isinstance(self.store, Neo4jStore):
            _rewrite_graph(self.store, before, after)
        else:
            raise UsageError("This kind of store cannot be changed record by record.")
        return change.counted()


def changed_dataset(dataset: Dataset, change: Change) -> Dataset:
    """Return a dataset with a change made, once the whole has passed the check.

    Raises
    ------
    RecordError
        When the changed whole breaks rules.
    UsageError
        When a row to drop or edit does not exist.
    """
    tables: dict[str, RawTable] = {}
    for name in TABLES:
        if dataset[name].num_rows or name in dataset.given or name in change.tables:
            raw = _raw(name, dataset[name])
            tables[name] = amended(raw, change) if name in change.tables else raw
    checked = check(Source(Path("records"), dataset.about, tables))
    refuse_wrong(checked, "The change breaks rules")
    whole = checked.dataset
    return Dataset(dataset.about, whole.tables, dataset.left_out, dataset.given | frozenset(change.tables))


def _raw(name: str, table: pa.Table) -> RawTable:
    columns = {}
    for column in table.column_names:
        text = as_text(table[column])
        if isinstance(text, str):
            raise SourceError(f"{name}.{column}: {text}")
        columns[column] = text
    return RawTable(name, name, columns, np.arange(2, table.num_rows + 2, dtype=np.int32), (), table.num_rows)


class _OneTransaction:
    """A connection whose every write goes into one transaction."""

    def __init__(self, address: Any, transaction: Any) -> None:
        self.address = address
        self.transaction = transaction

    @contextmanager
    def session(self, **_: Any) -> Iterator[_OneTransaction]:
        yield self

    def execute_write(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return work(self.transaction, *arguments)

    def run(self, text: str, **parameters: Any) -> None:
        self.transaction.run(text, parameters).consume()


def _rewrite_graph(store: Neo4jStore, before: Dataset, after: Dataset) -> None:
    """Write the difference in one transaction, with a load node of its own."""
    from ocgnet.store.neo4j.connection import connected
    from ocgnet.store.neo4j.loads import Load, begin, complete, complete_loads_in, load_id_of
    from ocgnet.store.neo4j.property_graph import dataset_of, graph_of
    from ocgnet.store.neo4j.reading import pull
    from ocgnet.store.neo4j.writing import apply, changes_between, ensure_constraints

    with connected(store.address) as connection:
        ensure_constraints(connection)
        with connection.session() as session, session.begin_transaction() as transaction:
            # Writing to the nodes of all loads keeps every other change waiting until this one is made.
            transaction.run(f"MATCH (l:{LOAD.label}) SET l.number = l.number").consume()
            loads = complete_loads_in(connection)
            have = pull(connection)
            held = dataset_of(have)
            if any(not held[name].equals(before[name]) for name in TABLES):
                raise StoreError(
                    f"Somebody changed records in {store.address.uri} meanwhile. Nothing was changed; try again."
                )
            state = loads[-1].state
            load = Load.begun(load_id_of(after, state.manifest), loads[-1].number + 1, state)
            changes = changes_between(have, graph_of(after))
            one: Any = _OneTransaction(connection.address, transaction)
            begin(one, load, after)
            apply(one, changes, load.load_id, store.progress)
            complete(one, load)
            transaction.commit()
