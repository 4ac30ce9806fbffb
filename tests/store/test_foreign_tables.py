"""What somebody else keeps in a store's file stays, or the store says that it cannot keep it and changes nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.edit import open_place
from ocgnet.errors import StoreError, UsageError
from ocgnet.retention.erase import erase, erasure_in
from ocgnet.store import LoadManifest, open_store

DATASET = check(Path(__file__).parents[2] / "fixtures" / "tiny").dataset
THEIRS = (
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, note VARCHAR DEFAULT 'none' CHECK (length(note) < 99))",
    "INSERT INTO notes VALUES (1, 'mine')",
    "CREATE INDEX by_note ON notes (note)",
    "CREATE SCHEMA own",
    "CREATE TYPE own.mood AS ENUM ('well', 'ill')",
    "CREATE TABLE own.moods AS SELECT 'ill'::own.mood AS mood",
    "CREATE SEQUENCE numbers START 7",
    "CREATE MACRO twice(a) AS a + a",
    "CREATE VIEW active AS SELECT count(*) AS n FROM memberships WHERE to_date IS NULL",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.duckdb"
    open_store(str(path)).write(DATASET, LoadManifest((), "0"))
    with duckdb.connect(str(path)) as db:
        for statement in THEIRS:
            db.execute(statement)
    return path


def theirs(path: Path) -> list[list[tuple]]:
    asked = (
        "SELECT * FROM notes", "SELECT mood::VARCHAR FROM own.moods", "SELECT nextval('numbers')", "SELECT twice(4)",
        "SELECT index_name FROM duckdb_indexes()",
        "SELECT column_default FROM duckdb_columns() WHERE column_name = 'note'",
    )  # fmt: skip
    with duckdb.connect(str(path)) as db:
        return [db.execute(query).fetchall() for query in asked]


def test_a_load_and_an_erasure_keep_tables_and_views_of_others(path):
    store = open_store(str(path))
    before = theirs(path)
    assert before == [[(1, "mine")], [("ill",)], [(7,)], [(8,)], [("by_note",)], [("'none'",)]]
    store.write(DATASET, LoadManifest((), "1"), replace=True)
    assert store.read().tables == DATASET.tables
    erasure = erasure_in(open_place(str(path)).texts(), "person", "N03")
    proof = erase(str(path), erasure, (), ())
    assert proof.remains == []
    after = theirs(path)
    assert [after[k] for k in (0, 1, 3, 4, 5)] == [before[k] for k in (0, 1, 3, 4, 5)]
    # A number that was drawn is never drawn again.
    assert after[2][0][0] > 7
    with duckdb.connect(str(path), read_only=True) as db:
        [(active,)] = db.execute("SELECT n FROM active").fetchall()
        assert active == sum(
            m["to_date"] is None and m["nominal_id"] != "N03" for m in DATASET["memberships"].to_pylist()
        )
    assert b"Caddo Jarmingle" not in path.read_bytes()
    # Who is erased and stands in a table of others, or in how a view is made, is told.
    with duckdb.connect(str(path)) as db:
        db.execute("INSERT INTO notes VALUES (2, 'saw JARMINGLE, Caddo')")
        db.execute("CREATE VIEW his AS SELECT * FROM notes WHERE note = 'Brenna O''Varrick'")
    erasure = erasure_in(open_place(str(path)).texts(), "person", "N02")
    assert [r.partition(": ")[2] for r in erase(str(path), erasure, (), ()).remains] == ["his: how it is made"]


def test_what_cannot_be_kept_is_said_and_nothing_is_changed(tmp_path):
    """An index of somebody else's on a table of ours goes with that table, when a load writes it anew."""
    path = tmp_path / "s.duckdb"
    open_store(str(path)).write(DATASET, LoadManifest((), "0"))
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE INDEX theirs ON nominals (name)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"index main.theirs, which is not of ocgnet .* Nothing was changed\."):
        open_store(str(path)).write(DATASET, LoadManifest((), "1"), replace=True)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["s.duckdb"]
    # Rows are removed where they are, so an erasure keeps it.
    erasure = erasure_in(open_place(str(path)).texts(), "person", "N03")
    assert erase(str(path), erasure, (), ()).remains == []
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT index_name FROM duckdb_indexes()").fetchall() == [("theirs",)]


@pytest.mark.parametrize("name", ["md:x.duckdb", "sqlite:x.duckdb", "http:x.duckdb", "./md:x.duckdb", "s3:/a/x.duckdb"])
def test_a_name_that_begins_as_an_address_is_no_file(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="begins as an address does"):
        open_store(name)
    store = open_store(str(tmp_path / "md:x.duckdb"))
    store.write(type(DATASET).of({"nominals": DATASET["nominals"]}), LoadManifest((), "0"))
    assert isinstance(store.read()["nominals"], pa.Table)
