"""Loading: corrected, replaced, interrupted at any point, beside other people's data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import StoreError
from ocgnet.sources import SourceFile
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j import writing
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.reading import pull
from ocgnet.store.neo4j.store import Neo4jStore
from ocgnet.store.neo4j.writing import changes_between

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
MANIFEST = LoadManifest((SourceFile("nominals.csv", "ab" * 32, 2),), "0.1.0")

EVERYTHING = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) "
    "RETURN properties(n) AS n, labels(n) AS l, properties(r) AS r, properties(m) AS m"
)


def everything(neo4j) -> list[str]:
    """All nodes and relationships with all properties, apart from when a load began."""
    rows = neo4j.query(EVERYTHING)
    for row in rows:
        if "loaded_at" in row["n"]:
            row["n"].pop("loaded_at")
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


@pytest.fixture
def tiny() -> Dataset:
    return check(TINY).dataset


def test_loading_twice_changes_not_one_property(neo4j, tiny) -> None:
    store = open_store(neo4j.uri)
    store.write(tiny, MANIFEST)
    before = neo4j.query(EVERYTHING)
    store.write(tiny, MANIFEST)
    assert sorted(map(str, neo4j.query(EVERYTHING))) == sorted(map(str, before))


def test_what_is_kept_keeps_the_load_that_brought_it(neo4j) -> None:
    store = open_store(neo4j.uri)
    store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["N1", "N2"], "name": ["A", "B"]})}), MANIFEST)
    store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["N1", "N2"], "name": ["A", "C"]})}), MANIFEST)
    rows = neo4j.query("MATCH (p:Person), (l:Load {load_id: p.load_id}) RETURN l.number AS n ORDER BY p.person_id")
    assert [r["n"] for r in rows] == [1, 2]


def test_loads_are_a_history(neo4j) -> None:
    """A, B and A again are three loads; the same as the latest once more is none."""
    store = Neo4jStore(neo4j.address)
    first, second = (Dataset.of({"nominals": pa.table({"nominal_id": ["N1"], "name": [n]})}) for n in ("A", "B"))
    for records in (first, first, second, first, first, second):
        store.write(records, MANIFEST)
    rows = neo4j.query(
        "MATCH (l:Load) RETURN l.number AS number, l.load_id AS id, l.complete AS complete, l.loaded_by AS who, "
        "l.loaded_at AS at ORDER BY number"
    )
    assert [(r["number"], r["complete"]) for r in rows] == [(1, True), (2, True), (3, True), (4, True)]
    assert len({r["id"] for r in rows}) == 4
    assert all(r["who"] and r["at"] for r in rows)
    a, b, a_again, b_again = (r["id"] for r in rows)
    assert (a_again, b_again) == (f"{a}-3", f"{b}-4")
    [person] = neo4j.query("MATCH (p:Person) RETURN p.name AS name, p.load_id AS load_id")
    assert person == {"name": "B", "load_id": b_again}
    # Rows that a load of the same files takes away make it another load; half a load that is repeated stays one.
    store.write(first, MANIFEST)
    gone = Dataset.of({"nominals": pa.table({"nominal_id": ["N1"]})})
    store.write(Dataset.of({}), MANIFEST, deletes=gone)
    assert [load.number for load in store.loads()] == [1, 2, 3, 4, 5, 6]
    neo4j.query("MATCH (l:Load {number: 6}) SET l.complete = false")
    store.write(Dataset.of({}), MANIFEST, deletes=gone)
    assert [(load.number, load.complete) for load in store.loads()][-1] == (6, True)


def test_a_load_leaves_its_manifest(neo4j) -> None:
    dataset = Dataset.of({"nominals": pa.table({"nominal_id": ["N1"]})}, left_out=(LeftOut("crimes", "no ward", 3),))
    open_store(neo4j.uri).write(dataset, replace(MANIFEST, prefix="NORTH:"))
    [row] = neo4j.query("MATCH (l:Load) RETURN l {.*} AS l")
    load = row["l"]
    assert load["files"] == [f"nominals.csv: 2 rows, sha256 {'ab' * 32}"]
    assert (load["rows"], load["left_out"], load["prefix"], load["complete"]) == (
        1,
        ["3 of crimes: no ward"],
        "NORTH:",
        True,
    )
    assert load["loaded_by"]
    assert load["loaded_at"][:4].isdigit()


class BrokenOffError(Exception):
    """Raised in place of a dead machine."""


@pytest.mark.parametrize("replacing", [False, True])
def test_a_load_interrupted_after_any_batch_ends_in_the_same_graph(neo4j, tiny, replacing) -> None:
    store = Neo4jStore(neo4j.address)
    # What is there before: everybody has another name, and one nominal is there who will be gone.
    names = pa.array(["before"] * (tiny["nominals"].num_rows + 1))
    ids = [*tiny["nominals"]["nominal_id"].to_pylist(), "N999"]
    old = Dataset.of({"nominals": pa.table({"nominal_id": ids, "name": names})})
    store.write(old, MANIFEST)
    store.write(tiny, MANIFEST, replace=replacing)
    wanted, fingerprint = everything(neo4j), store.read().fingerprint

    steps: list[str] = []
    neo4j.wipe()
    store.write(old, MANIFEST)
    Neo4jStore(neo4j.address, lambda what, _done, _total: steps.append(what)).write(tiny, MANIFEST, replace=replacing)
    assert len(steps) > 15
    for stop in range(int(replacing), len(steps), 5):
        neo4j.wipe()
        store.write(old, MANIFEST)
        seen: list[str] = []

        def break_off(what: str, _done: int, _total: int, stop: int = stop, seen: list[str] = seen) -> None:
            seen.append(what)
            if len(seen) > stop:
                raise BrokenOffError

        with pytest.raises(BrokenOffError):
            Neo4jStore(neo4j.address, break_off).write(tiny, MANIFEST, replace=replacing)
        with pytest.raises(StoreError, match="is not finished"):
            store.read()
        store.write(tiny, MANIFEST, replace=replacing)
        assert store.read().fingerprint == fingerprint
        assert everything(neo4j) == wanted


def test_a_killed_load_that_is_repeated_ends_in_the_same_graph(neo4j, tmp_path) -> None:
    county = check(TINY.parent / "county").dataset
    script = (
        "import sys\nfrom pathlib import Path\nfrom ocgnet.checks.check import check\n"
        "from ocgnet.store import *\n"
        "from ocgnet.store.neo4j import writing\nwriting.BATCH = 500\n"
        "from ocgnet.store.neo4j.store import Neo4jStore\nfrom ocgnet.store.neo4j.connection import Address\n"
        "store = Neo4jStore(Address.of(sys.argv[1]), lambda what, done, total: print(what, done, flush=True))\n"
        "store.write(check(Path(sys.argv[2])).dataset, LoadManifest((), '0.1.0'))\n"
    )
    seen = []
    for lines in (2, 25, 60):
        process = subprocess.Popen(
            [sys.executable, "-c", script, neo4j.uri, str(TINY.parent / "county")],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        assert process.stdout is not None
        seen = [line for line, _ in zip(process.stdout, range(lines), strict=False)]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert len(seen) == 60  # each repetition got further, and the last was killed in the middle as well
    store = Neo4jStore(neo4j.address)
    with pytest.raises(StoreError, match="is not finished"):
        store.read()
    # A transaction of the killed program may still be at work in the server.
    time.sleep(1)
    store.write(county, LoadManifest((), "0.1.0"))
    assert store.read().fingerprint == county.fingerprint
    assert not store.plan(county, LoadManifest((), "0.1.0")).needed


def test_two_writers_at_once_end_in_one_graph(neo4j, tiny, monkeypatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setattr(writing, "BATCH", 3)
    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(Neo4jStore(neo4j.address).write, tiny, MANIFEST) for _ in range(2)]:
            one.result()
    store = open_store(neo4j.uri)
    store.write(tiny, MANIFEST)
    assert store.read().fingerprint == tiny.fingerprint


def test_other_labels_are_never_touched(neo4j, tiny) -> None:
    neo4j.query("CREATE (m:Movie {title: 'Theirs', load_id: 'theirs'})-[:ABOUT {x: 1}]->(:Genre {name: 'noir'})")
    theirs = "MATCH (m:Movie)-[r:ABOUT]->(g:Genre) RETURN m {.*} AS m, r {.*} AS r, g {.*} AS g"
    before = neo4j.query(theirs)
    store = open_store(neo4j.uri)
    store.write(tiny, MANIFEST)
    store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["N999"]})}), MANIFEST, replace=True)
    assert neo4j.query(theirs) == before
    assert store.read()["nominals"]["nominal_id"].to_pylist() == ["N999"]
    assert neo4j.query("MATCH (n) WHERE NOT n:Movie AND NOT n:Genre AND NOT n:Load RETURN count(n) AS n") == [{"n": 1}]


def test_a_note_of_somebody_elses_stays_and_its_person_keeps_only_the_id(neo4j) -> None:
    store = open_store(neo4j.uri)
    store.write(Dataset.of({"nominals": pa.table({"nominal_id": ["N1", "N2"], "name": ["A", "B"]})}), MANIFEST)
    neo4j.query("MATCH (p:Person {person_id: 'N1'}) CREATE (:Note {text: 'mine'})-[:ON]->(p)")
    after = Dataset.of({"nominals": pa.table({"nominal_id": ["N2"], "name": ["B"]})})
    store.write(after, MANIFEST, replace=True)
    assert store.read().fingerprint == after.fingerprint
    [row] = neo4j.query("MATCH (:Note)-[:ON]->(p) RETURN labels(p) AS labels, keys(p) AS keys, p.unlisted AS unlisted")
    assert (row["labels"], sorted(row["keys"]), row["unlisted"]) == (
        ["Person"],
        ["load_id", "person_id", "unlisted"],
        True,
    )


def test_nodes_of_others_under_our_label_are_refused(neo4j, tiny) -> None:
    neo4j.query("CREATE (:Person {name: 'an actor'})")
    with pytest.raises(StoreError, match="1 Person nodes that ocgnet did not load"):
        open_store(neo4j.uri).write(tiny, MANIFEST)
    assert neo4j.query("MATCH (n) RETURN n {.*} AS n") == [{"n": {"name": "an actor"}}]


def test_a_dry_run_changes_nothing(neo4j, tiny) -> None:
    store = Neo4jStore(neo4j.address)
    plan = store.plan(tiny, MANIFEST)
    assert plan.report.added == sum(tiny.rows.values())
    assert neo4j.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
    store.write(tiny, MANIFEST)
    fewer = tiny["nominals"].slice(1)
    other = Dataset.of({**tiny.tables, "nominals": fewer}, tiny.about)
    before = everything(neo4j)
    plan = store.plan(other, MANIFEST, replace=True)
    assert plan.report.removed == 1
    assert everything(neo4j) == before


def test_pieces_and_batches_do_not_show(neo4j, monkeypatch) -> None:
    from ocgnet.store.neo4j import reading

    county = check(TINY.parent / "county").dataset
    store = Neo4jStore(neo4j.address)
    monkeypatch.setattr(writing, "BATCH", 333)
    store.write(county, MANIFEST)
    with connected(neo4j.address) as connection:
        whole = pull(connection)
        monkeypatch.setattr(reading, "NODE_PIECE", 997)
        monkeypatch.setattr(reading, "TIE_PIECE", 1_009)
        pieces = pull(connection)
    assert not changes_between(whole, pieces)
    assert pc.sum(pa.array([t.num_rows for t in pieces.ties.values()])).as_py() > 20_000
    assert store.read().fingerprint == county.fingerprint
