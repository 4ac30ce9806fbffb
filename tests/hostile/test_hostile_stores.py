"""A .duckdb that somebody sent is data: nothing that its author wrote in it is run, and nothing else is read by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.errors import SourceError, StoreError
from ocgnet.retention.search import Words, look_at
from ocgnet.store import LoadManifest, open_store

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
MARKER = "Zyxwvut Marker"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store of the small folder, as a load leaves it."""
    place = tmp_path_factory.mktemp("loaded") / "ocg.duckdb"
    open_store(str(place)).write(read_dataset(TINY)[0], LoadManifest((), "0.1.0"))
    return place.read_bytes()


def view_of(name: str, reads: str) -> str:
    return f'ALTER TABLE "{name}" RENAME TO kept; CREATE VIEW "{name}" AS {reads}'


def document_of(change: Callable[[dict], object]) -> Callable[[str], str]:
    def sql(document: str) -> str:
        plain = json.loads(document)
        change(plain)
        return f"UPDATE ocgnet_load SET document = '{json.dumps(plain)}'"

    return sql


SPOILT: dict[str, tuple[str | Callable[[str], str], str]] = {
    "a view that reads a file": (
        view_of("nominals", "SELECT kept.* REPLACE ((SELECT content FROM read_text('{secret}')) AS name) FROM kept"),
        "nominals as a view",
    ),
    "a view under the last table's name": (view_of("wards", "SELECT * FROM kept"), "wards as a view"),
    "a view in other letters": (view_of("people", "SELECT * FROM kept").replace('VIEW "p', 'VIEW "P'), "as a view"),
    "a view as the description": (view_of("ocgnet_load", "SELECT * FROM kept"), "ocgnet_load as a view"),
    "a table too few": ("DROP TABLE wards", "does not write"),
    "a column too many": ("ALTER TABLE wards ADD COLUMN more VARCHAR", "no column more"),
    "a column of another kind": ("ALTER TABLE crimes ALTER latitude TYPE VARCHAR; UPDATE crimes SET latitude = 'x'",
                                 "does not write"),
    "a list of texts": ("ALTER TABLE nominals ALTER name TYPE VARCHAR[] USING [name]", "does not write"),
    "a word that is none of the model": ("UPDATE crime_links SET link_role = 'boss'", "crime_links.link_role holds"),
    "a blank id": ("ALTER TABLE nominals ALTER nominal_id DROP NOT NULL; UPDATE nominals SET nominal_id = NULL",
                   "nominals.nominal_id is blank"),
    "a description that is none": ("UPDATE ocgnet_load SET document = '[]'", "description cannot be read"),
    "nested descriptions": (f"UPDATE ocgnet_load SET document = '{'[' * 100_000}'", "description cannot be read"),
    "half a character": (document_of(lambda d: d["about"].update(force="\ud800")), "description cannot be read"),
    "a number as a day": (document_of(lambda d: d["about"].update(as_of=5)), "description cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_a_store_that_no_load_wrote_is_one_sentence(case: str, loaded: bytes, tmp_path: Path, tally) -> None:
    secret, place = tmp_path / "secret", tmp_path / "sent.duckdb"
    secret.write_text(MARKER)
    place.write_bytes(loaded)
    sql, says = SPOILT[case]
    with duckdb.connect(place) as db:
        [(document,)] = db.execute("SELECT document FROM ocgnet_load").fetchall()
        db.execute(sql(document) if callable(sql) else sql.replace("{secret}", str(secret)))
    with pytest.raises(StoreError, match=says) as refused:
        open_store(str(place)).read()
    assert MARKER not in str(refused.value)
    assert str(place) in str(refused.value)
    tally["inputs tried"] += 1


def test_nothing_but_the_store_itself_is_open_to_its_statements(loaded: bytes, tmp_path: Path, tally) -> None:
    secret, place = tmp_path / "secret.csv", tmp_path / "below" / "sent.duckdb"
    secret.write_text(f"a\n{MARKER}\n")
    place.parent.mkdir()
    place.write_bytes(loaded)
    for read_only in (True, False):
        for sql in (f"FROM read_text('{secret}')", f"FROM '{secret}'", f"ATTACH '{secret}2' AS x", "INSTALL httpfs",
                    f"COPY nominals TO '{secret}3'", "SET enable_external_access = true", "FROM MARKER"):  # fmt: skip
            with pytest.raises(StoreError), open_store(str(place)).opened(read_only=read_only) as db:
                db.execute(sql)
            tally["inputs tried"] += 1


def test_a_search_runs_no_view_and_takes_a_column_by_its_name(tmp_path: Path) -> None:
    secret, place = tmp_path / "secret", tmp_path / "other.duckdb"
    secret.write_text(MARKER)
    with duckdb.connect(place) as db:
        db.execute(f"CREATE VIEW v AS FROM read_text('{secret}')")
        db.execute('CREATE TABLE t ("a"" OR true --" VARCHAR)')
    assert look_at(place, Words([MARKER])).found == ()
    with duckdb.connect(place) as db:
        db.execute("INSERT INTO t VALUES (?)", [MARKER])
    assert look_at(place, Words([MARKER])).found == ('t.a" OR true --',)
    with duckdb.connect() as db:
        db.execute(f"COPY (SELECT '{MARKER}' AS \"a\"\"b\") TO '{tmp_path / 'x.parquet'}'")
    assert look_at(tmp_path / "x.parquet", Words([MARKER])).found == ('a"b',)
    (tmp_path / "y.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError):
        look_at(tmp_path / "y.parquet", Words([MARKER]))
