"""A day's change: loading a few rows over many gives the records, and the graph, of loading all of them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset
from ocgnet.errors import StoreError
from ocgnet.model import TABLES, Column, Kind
from ocgnet.model.response import RESPONSE_TABLES
from ocgnet.sources import SourceFile
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.property_graph import graph_of
from ocgnet.store.neo4j.reading import pull
from ocgnet.store.neo4j.writing import changes_between

ABOUT = About(force="Made-up", synthetic=True)
MANIFEST = LoadManifest((SourceFile("nominals.csv", "ab" * 32, 2),), "0.1.0")

_FEW_VALUES = {
    Kind.ID: ["A", "B", "C|1"],
    Kind.DATE: [date(2019, 1, 1), date(2018, 6, 30)],
    Kind.MOMENT: [datetime(2019, 1, 1, 22, 30), datetime(2018, 6, 30)],
    Kind.INSTANT: [datetime(2019, 1, 1, 22, 30), datetime(2018, 6, 30)],
    Kind.INTEGER: [0, 7],
    Kind.NUMBER: [0.5, 51.25],
    Kind.FLAG: [True, False],
}


def values_of(column: Column) -> list[object]:
    """So few values that rows of all tables meet: ids, places and words alike."""
    values: list[object] = [*(column.enum[:2] or _FEW_VALUES.get(column.kind, ["A", "x"]))]
    if column.name == "place":
        values = ["A", "B", "camera"]
    if column.many:
        values = [values[0], "|".join(map(str, values[:2]))]
    return values if column.never_blank else [*values, None]


def rows(name: str, most: int) -> st.SearchStrategy[pa.Table]:
    table = TABLES[name]
    row = st.fixed_dictionaries({c.name: st.sampled_from(values_of(c)) for c in table.columns})
    lists = st.lists(row, max_size=most, unique_by=lambda r: tuple(r[c] for c in table.identity))
    return lists.map(lambda found: pa.Table.from_pylist(found, schema=table.schema))


def datasets(most: int, tables: int) -> st.SearchStrategy[Dataset]:
    names = st.sets(st.sampled_from(sorted(TABLES)), min_size=tables // 2, max_size=tables)
    of_names = names.flatmap(lambda chosen: st.fixed_dictionaries({name: rows(name, most) for name in sorted(chosen)}))
    return of_names.map(lambda tables: Dataset.of(tables, ABOUT))


@st.composite
def days(draw: st.DrawFn) -> tuple[Dataset, Dataset]:
    """What comes on a day, and what goes: no row stands in both."""
    come, go = draw(datasets(3, 6)), draw(datasets(4, 8))
    left = {name: laid(go[name], come[name], name, keep=False) for name in go.rows}
    return come, Dataset.of({name: only_identity(table, name) for name, table in left.items()})


def only_identity(table: pa.Table, name: str) -> pa.Table:
    """What a list of rows to remove knows: no cell but those that tell rows apart."""
    own = set(TABLES[name].identity)
    return pa.table({c: table[c] if c in own else pa.nulls(len(table), table[c].type) for c in table.column_names})


def laid(under: pa.Table, over: pa.Table, name: str, *, keep: bool) -> pa.Table:
    """Lay rows over others by identity, in plain Python; without ``keep`` only what is not laid over stays."""
    identity = TABLES[name].identity
    by_identity = {tuple(r[c] for c in identity): r for r in under.to_pylist()}
    for row in over.to_pylist():
        key = tuple(row[c] for c in identity)
        by_identity.pop(key, None)
        if keep:
            by_identity[key] = row
    return pa.Table.from_pylist(list(by_identity.values()), schema=TABLES[name].schema)


def merged(records: Dataset, come: Dataset, go: Dataset) -> Dataset:
    """The records of somebody who keeps the folder by hand."""
    tables = {}
    for name in TABLES:
        left = laid(records[name], go[name], name, keep=False)
        tables[name] = laid(left, come[name], name, keep=True)
    return Dataset.of(tables, ABOUT)


@pytest.fixture
def always_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest store hold many rows beside those of a load, so that no load reads all of it."""
    for module in ("duckdb_file", "neo4j.store"):
        monkeypatch.setattr(f"ocgnet.store.{module}.FEW", 0)


ONCE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONCE
@given(first=datasets(6, 12), day=days())
def test_a_days_change_in_a_file_is_the_folder_with_the_change_made(
    tmp_path_factory: pytest.TempPathFactory, always_few: None, first: Dataset, day: tuple[Dataset, Dataset]
) -> None:
    come, go = day
    path = tmp_path_factory.mktemp("store") / "days.duckdb"
    store = open_store(str(path))
    store.write(first, MANIFEST)
    wanted = merged(first, come, go)
    foreseen = store.foresee(come, MANIFEST, deletes=go)
    report = store.write(come, MANIFEST, deletes=go)
    assert report == foreseen
    back = store.read()
    for name in TABLES:
        assert back[name].equals(wanted[name]), name
    before, after = sum(first.rows.values()), sum(wanted.rows.values())
    assert (report.rows, report.added - report.removed) == (after, after - before)
    assert report.kept == after - report.added - report.changed
    held = path.read_bytes()
    again = store.write(come, MANIFEST, deletes=go)
    assert (again.added, again.changed, again.removed, again.kept) == (0, 0, 0, after)
    assert path.read_bytes() == held


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(ONCE, max_examples=2)
@given(first=datasets(6, 12), after=st.lists(days(), min_size=3, max_size=3))
def test_days_of_changes_on_a_server_leave_the_graph_of_the_folder(
    neo4j, always_few: None, first: Dataset, after: list[tuple[Dataset, Dataset]]
) -> None:
    neo4j.wipe()
    store = open_store(neo4j.uri)
    store.write(first, MANIFEST)
    wanted = first
    for come, go in after:
        wanted = merged(wanted, come, go)
        foreseen = store.foresee(come, MANIFEST, deletes=go)
        assert store.write(come, MANIFEST, deletes=go) == foreseen
        with connected(store.address) as connection:
            assert changes_between(pull(connection), graph_of(wanted)).counts() == {}
        assert foreseen.rows == sum(wanted.rows.values())
    assert store.read().tables == wanted.tables
    others = neo4j.query("MATCH (n) WHERE n.load_id IS NULL RETURN count(n) AS n")
    assert others[0]["n"] == 0


def every_table() -> Dataset:
    """Three rows in every table, each cell in the order of its values."""
    tables = {}
    for name, table in TABLES.items():
        listed = [{c.name: values_of(c)[k % len(values_of(c))] for c in table.columns} for k in range(3)]
        unique = {tuple(row[c] for c in table.identity): row for row in listed}
        tables[name] = pa.Table.from_pylist(list(unique.values()), schema=table.schema)
    return Dataset.of(tables, ABOUT)


@pytest.mark.long
def test_a_server_looks_up_the_rows_that_a_file_does(neo4j, tmp_path: Path) -> None:
    server, file = open_store(neo4j.uri), open_store(str(tmp_path / "days.duckdb"))
    dataset = every_table()
    for store in (server, file):
        store.write(dataset, MANIFEST)
    with server.kept() as one, file.kept() as other:
        assert (one.given, one.about, one.sources) == (other.given, other.about, other.sources)
        assert one.wards().num_rows == other.wards().num_rows == dataset["wards"].num_rows
        assert one.numbered().num_rows == other.numbered().num_rows == 0
        for name, table in TABLES.items():
            for column in table.columns:
                if column.kind is Kind.ID:
                    answers = [
                        Dataset.of({name: kept.look_up(name, column.name, ["B", "?"])})[name] for kept in (one, other)
                    ]
                    assert answers[0].equals(answers[1]), (name, column.name)
        seen = one.seen, other.seen
    for store, before in zip((server, file), seen, strict=True):
        store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["+1"]})}, ABOUT), MANIFEST, seen=before)
        held = sum(store.read().rows.values())
        with pytest.raises(StoreError, match="Somebody changed"):
            store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["+2"]})}, ABOUT), MANIFEST, seen=before)
        assert sum(store.read().rows.values()) == held


@pytest.mark.long
def test_a_day_of_rows_that_name_what_only_the_server_holds_is_tied_to_it(neo4j, always_few: None) -> None:
    """A change of a plan's action, an order, a score: each comes alone, and what it names stands in the store."""
    records = every_table()
    naming = {t.name: t for t in RESPONSE_TABLES if any(c.refers for c in t.columns)}
    few = {name: rows.slice(0, 1) if name in naming else rows for name, rows in records.tables.items()}
    first = Dataset.of(few, ABOUT)
    store = open_store(neo4j.uri)
    neo4j.wipe()
    store.write(first, MANIFEST)
    held = first
    late = ("plan_actions", "plans", "threats")  # what is named comes after what names it
    for names in ([name for name in naming if name not in late], late):
        come = Dataset.of({name: records[name] for name in names}, ABOUT)
        held = merged(held, come, Dataset.of({}, ABOUT))
        store.write(come, MANIFEST)
        with connected(store.address) as connection:
            assert changes_between(pull(connection), graph_of(held)).counts() == {}
    assert held.tables == records.tables
    tied = neo4j.query(
        "MATCH (:PlanChange)-[r:CHANGE_OF]->(a:PlanAction) RETURN count(r) AS n, count(a.strand) AS known"
    )
    assert tied == [{"n": records["plan_changes"].num_rows, "known": records["plan_changes"].num_rows}]
