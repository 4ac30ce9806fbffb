"""One body of tests over every store."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocgnet.dataset import About, Dataset, LeftOut, Loss
from ocgnet.edit.stores import place_of_store
from ocgnet.errors import StoreError, UsageError
from ocgnet.model import TABLES, Column, Kind
from ocgnet.model.things import THING_TABLES
from ocgnet.sources import SourceFile
from ocgnet.store import LoadManifest, Store, open_store
from ocgnet.store.merging import with_prefix
from ocgnet.store.neo4j.property_graph import dataset_of, graph_of
from ocgnet.store.neo4j.writing import changes_between

pytestmark = pytest.mark.long

MANIFEST = LoadManifest((SourceFile("nominals.csv", "ab" * 32, 2),), "0.1.0")


STORES = ("duckdb", "neo4j")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """One empty store of each kind, the Neo4j one on a real server."""
    if request.param == "neo4j":
        return open_store(request.getfixturevalue("neo4j").uri)
    return open_store(str(tmp_path / "ocg.duckdb"))


def small(**names: str) -> Dataset:
    ids = sorted(names)
    return Dataset.of(
        {
            "nominals": pa.table({"nominal_id": ids, "name": [names[i] for i in ids]}),
            "memberships": pa.table(
                {
                    "nominal_id": [ids[0], ids[0]],
                    "ocg_id": ["O1", "O1"],
                    "role": ["peripheral", None],
                    "from_date": [date(2018, 1, 1), date(2019, 1, 1)],
                }
            ),
            "missing_episodes": pa.table({"child_id": ["K1"], "missing_from": [datetime(2018, 5, 1, 22, 30)]}),
        },
        About(force="Made-up", synthetic=True, as_of=date(2019, 3, 31)),
        (LeftOut("crimes", "no such district", 3, refused=True),),
    )


def test_what_is_read_is_what_was_written(store: Store) -> None:
    dataset = small(N1="Åsa O'Neil", N2="=1+1")
    store.write(dataset, MANIFEST)
    back = store.read()
    assert back.fingerprint == dataset.fingerprint
    assert back.about == dataset.about
    assert back.left_out == dataset.left_out
    # Of a table that lost all its rows nothing is held but that, and every later answer knows it.
    assert back.losses == (Loss("crimes", 3, 3),)
    assert back.given == dataset.given
    assert store.manifest() == MANIFEST
    for name in TABLES:
        assert back[name].equals(dataset[name]), name


def test_loading_twice_changes_nothing(store: Store) -> None:
    dataset = small(N1="A", N2="B")
    first = store.write(dataset, MANIFEST)
    again = store.write(dataset, MANIFEST)
    assert (first.added, first.rows) == (5, 5)
    assert (again.added, again.changed, again.removed, again.kept) == (0, 0, 0, 5)
    assert store.read().fingerprint == dataset.fingerprint


def test_a_corrected_folder_updates_and_replace_removes(store: Store) -> None:
    store.write(small(N1="A", N2="B"), MANIFEST)
    report = store.write(small(N1="A", N3="C"), MANIFEST)
    assert (report.added, report.changed, report.removed, report.kept) == (1, 0, 0, 5)
    assert store.read()["nominals"]["nominal_id"].to_pylist() == ["N1", "N2", "N3"]
    report = store.write(small(N1="A2", N3="C"), MANIFEST, replace=True)
    assert (report.added, report.changed, report.removed, report.kept) == (0, 1, 1, 4)
    assert store.read().fingerprint == small(N1="A2", N3="C").fingerprint


def joined_by_things(kind: str = "phone", confidence: str | None = None) -> Dataset:
    """Rows in all seven tables of things; the kind of one thing and how sure a use is may be other ones."""
    noon, midnight = datetime(2019, 1, 5, 12, 30), datetime(2019, 1, 6)
    return Dataset.of(
        {
            "nominals": pa.table({"nominal_id": ["N1", "N2"]}),
            "ocgs": pa.table({"ocg_id": ["O1"]}),
            "crimes": pa.table({"crime_id": ["C1"]}),
            "things": pa.table(
                {
                    "thing_id": ["T1", "T2", "A1", "A2", "V1", "P1"],
                    "kind": [kind, "line", "account", "account", "vehicle", "premises"],
                    "number": ["07700 900001", "07700900002", "12345678", None, None, None],
                    "latitude": [None] * 5 + [51.5],
                    "longitude": [None] * 5 + [-0.125],
                }
            ),
            "thing_links": pa.table(
                {
                    "person_id": ["N1", "N1", "N1", "N2"],
                    "thing_id": ["T1", "T1", "T1", "P1"],
                    "relation": ["user", "user", "subscriber", "resident"],
                    "from_date": [date(2018, 1, 1), date(2019, 1, 1), None, None],
                    "to_date": [date(2018, 6, 30), None, None, None],
                    "confidence": [None, confidence, None, None],
                }
            ),
            "communications": pa.table(
                {
                    "from_thing": ["T1", "T1", "T2"],
                    "to_thing": ["T2", "T2", "T1"],
                    "at": [noon, midnight, noon],
                    "kind": ["call", "sms", None],
                    "duration": [61.5, None, None],
                    "count": [None, 7, None],
                    "last_at": [None, datetime(2019, 12, 31, 23, 59), None],
                    "authority_ref": ["X/1"] * 3,
                }
            ),
            "sightings": pa.table(
                {
                    "thing_id": ["V1", "V1", "V1"],
                    "at": [noon, noon, midnight],
                    "place": ["P1", "CAM9", None],
                    "latitude": [None, None, 51.25],
                    "longitude": [None, None, -1.0],
                    "source": ["officer", "anpr", "cctv"],
                }
            ),
            "transfers": pa.table(
                {
                    "from_account": ["A1", "A1"],
                    "to_account": ["A2", "A2"],
                    "at": [noon, midnight],
                    "amount": [250.0, 0.1],
                    "currency": ["GBP", "GBP"],
                }
            ),
            "group_things": pa.table({"ocg_id": ["O1"], "thing_id": ["P1"]}),
            "crime_things": pa.table(
                {"crime_id": ["C1", "C1"], "thing_id": ["V1", "V1"], "involvement": ["used", "found"]}
            ),
        },
        About(force="Made-up", communications_authority="X/1"),
    )


def test_things_are_read_as_they_were_written_and_loading_them_twice_changes_nothing(store: Store) -> None:
    dataset = joined_by_things()
    rows = sum(dataset.rows.values())
    assert store.foresee(dataset, MANIFEST).added == store.write(dataset, MANIFEST).added == rows
    back = store.read()
    assert back.fingerprint == dataset.fingerprint
    for name in TABLES:
        assert back[name].equals(dataset[name]), name
    again = store.write(dataset, MANIFEST)
    assert (again.added, again.changed, again.removed, again.kept) == (0, 0, 0, rows)
    corrected = joined_by_things("sim", "suspected")
    report = store.write(corrected, MANIFEST)
    assert (report.added, report.changed, report.removed) == (0, 2, 0)
    assert store.read().fingerprint == corrected.fingerprint
    fewer = Dataset.of({**corrected.tables, "sightings": corrected["sightings"].slice(0, 1)}, corrected.about)
    assert store.write(fewer, MANIFEST, replace=True).removed == 2
    assert store.read()["sightings"].equals(fewer["sightings"])


def test_things_of_two_forces_are_told_apart(store: Store) -> None:
    north, south = (with_prefix(joined_by_things(), prefix) for prefix in ("NORTH:", "SOUTH:"))
    store.write(north, replace(MANIFEST, prefix="NORTH:"))
    report = store.write(south, replace(MANIFEST, prefix="SOUTH:"), replace=True)
    assert (report.added, report.removed) == (sum(south.rows.values()), 0)
    both = store.read()
    assert both.about.communications_authority == "X/1"
    for name, columns in {
        "communications": ("from_thing", "to_thing"),
        "transfers": ("from_account", "to_account"),
        "thing_links": ("person_id", "thing_id"),
        "sightings": ("thing_id",),
        "group_things": ("ocg_id", "thing_id"),
        "crime_things": ("crime_id", "thing_id"),
    }.items():
        for row in both[name].select(list(columns)).to_pylist():
            assert len({text.partition(":")[0] for text in row.values()}) == 1, (name, row)
    assert both["sightings"]["place"].to_pylist().count("SOUTH:P1") == 1
    nothing = replace(MANIFEST, prefix="NORTH:")
    store.write(Dataset.of({}), nothing, replace=True)
    assert store.read()["communications"].equals(south["communications"])


def test_a_file_from_before_things_is_read_and_loaded_into(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    store = open_store(str(path))
    store.write(small(N1="A"), MANIFEST)
    with duckdb.connect(str(path)) as db:
        for table in THING_TABLES:
            db.execute(f'DROP TABLE "{table.name}"')
    before = path.read_bytes()
    assert store.read().fingerprint == small(N1="A").fingerprint
    place = place_of_store(store)
    assert place.look_up("things", "thing_id", ["T1"]).num_rows == 0
    assert path.read_bytes() == before
    assert store.write(joined_by_things(), MANIFEST).rows == sum(store.read().rows.values())
    assert store.read()["things"].equals(joined_by_things()["things"])


def force(prefix: str, *ids: str, as_of: date) -> tuple[Dataset, LoadManifest]:
    dataset = Dataset.of(
        {
            "nominals": pa.table({"nominal_id": list(ids)}),
            "intel_reports": pa.table({"report_id": ["R1"], "source_ref": ["S1"]}),
            "missing_episodes": pa.table(
                {"child_id": ["K1"], "missing_from": [datetime(2018, 5, 1)], "companions": ["N1|K2"]}
            ),
            "wards": pa.table({"ward": ["Quayside"], "district": ["Porthaven"]}),
        },
        About(force=prefix, as_of=as_of),
        (LeftOut("crimes", "no such district", 3),),
    )
    return with_prefix(dataset, prefix), LoadManifest((), "0.1.0", prefix)


def test_forces_share_a_store_and_are_told_apart(store: Store) -> None:
    north, south = force("NORTH:", "N1", "N2", as_of=date(2019, 3, 31)), force("SOUTH:", "N1", as_of=date(2019, 6, 30))
    store.write(*north)
    report = store.write(*south, replace=True)
    assert (report.added, report.removed, report.kept) == (3, 0, 5)
    both = store.read()
    assert both["nominals"]["nominal_id"].to_pylist() == ["NORTH:N1", "NORTH:N2", "SOUTH:N1"]
    assert both["missing_episodes"]["companions"].to_pylist() == ["NORTH:N1|NORTH:K2", "SOUTH:N1|SOUTH:K2"]
    assert both["intel_reports"]["source_ref"].to_pylist() == ["NORTH:S1", "SOUTH:S1"]
    assert both["wards"]["ward"].to_pylist() == ["Quayside"]
    assert (both.about.force, both.about.as_of) == ("NORTH:, SOUTH:", date(2019, 6, 30))
    assert both.left_out == (LeftOut("crimes", "no such district", 6),)
    assert store.manifest().prefix == "SOUTH:"

    fewer = force("NORTH:", "N2", as_of=date(2019, 3, 31))
    assert store.foresee(*fewer, replace=True).removed == 1
    assert store.read().fingerprint == both.fingerprint
    assert store.write(*fewer, replace=True).removed == 1
    assert store.read()["nominals"]["nominal_id"].to_pylist() == ["NORTH:N2", "SOUTH:N1"]


def test_a_load_without_prefix_owns_only_what_has_none(store: Store) -> None:
    store.write(*force("NORTH:", "N1", as_of=date(2019, 3, 31)))
    store.write(small(N1="A"), MANIFEST)
    report = store.write(small(N2="B"), MANIFEST, replace=True)
    assert report.removed == 3  # N1 and the two memberships that began with it
    assert store.read()["nominals"]["nominal_id"].to_pylist() == ["N2", "NORTH:N1"]


@pytest.mark.parametrize("prefix", ["HANTS", "HAN TS:", "A|:", ":", "A:B"])
def test_a_prefix_ends_in_a_colon(prefix: str) -> None:
    with pytest.raises(UsageError, match="such as HANTS:"):
        with_prefix(small(N1="A"), prefix)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ocg.duckdb"
    open_store(str(path)).write(small(N1="A"), MANIFEST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["ocg.duckdb"]


def test_what_is_no_store_is_refused_and_kept(tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS x")
    before = other.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(str(other)).write(small(N1="A"), MANIFEST)
    assert other.read_bytes() == before
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(str(junk)).read()
    with pytest.raises(StoreError, match="ocgnet load"):
        open_store(str(tmp_path / "absent.duckdb")).read()
    with pytest.raises(UsageError, match="names no store"):
        open_store("records.csv")


_VALUES = {
    Kind.DATE: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    Kind.MOMENT: st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    Kind.INSTANT: st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    Kind.FLAG: st.booleans(),
}
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)


_ID = st.sampled_from(["N1", "N2", "|", "\\", "a|b", "Ω\U0001f600", "\ue000"]) | _TEXT
"""Few enough to meet in several tables; among them what a joined key has to escape and what sorts oddly."""


def _cell(column: Column) -> st.SearchStrategy[object]:
    """Cells as they pass the checks: of an enumeration its own words only, since a file with another is refused."""
    word = st.sampled_from(column.enum) if column.enum else _ID
    if column.many:
        value = st.lists(word, min_size=1, max_size=3).map("|".join)
    elif column.enum or column.kind is Kind.ID:
        value = word
    else:
        value = _VALUES.get(column.kind, _TEXT)
    return value if column.never_blank else st.none() | value


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    tables = {}
    for name in draw(st.sets(st.sampled_from(sorted(TABLES)), max_size=6)):
        table = TABLES[name]
        row = st.fixed_dictionaries({c.name: _cell(c) for c in table.columns})
        rows = draw(st.lists(row, max_size=4, unique_by=lambda r, t=table: tuple(r[c] for c in t.identity)))
        tables[name] = pa.Table.from_pylist(rows, schema=table.schema)
    return Dataset.of(tables)


@settings(max_examples=15, deadline=None)
@given(datasets())
def test_any_dataset_survives_the_file(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> None:
    survives(open_store(str(tmp_path_factory.mktemp("store") / "any.duckdb")), dataset)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=datasets(), second=datasets())
def test_any_dataset_survives_the_server(neo4j, first: Dataset, second: Dataset) -> None:
    neo4j.wipe()
    store = open_store(neo4j.uri)
    survives(store, first)
    store.write(second, MANIFEST, replace=True)
    assert store.read().fingerprint == second.fingerprint


@settings(max_examples=50, deadline=None)
@given(datasets())
def test_any_dataset_is_a_graph_and_back(dataset: Dataset) -> None:
    graph = graph_of(dataset)
    back = replace(dataset_of(graph), about=dataset.about, left_out=dataset.left_out, given=dataset.given)
    assert back.fingerprint == dataset.fingerprint
    assert not changes_between(graph, graph_of(back))


def survives(store: Store, dataset: Dataset) -> None:
    store.write(dataset, MANIFEST)
    assert store.read().fingerprint == dataset.fingerprint
    store.write(dataset, MANIFEST)
    assert store.read().fingerprint == dataset.fingerprint
