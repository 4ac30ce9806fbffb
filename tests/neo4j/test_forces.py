"""Whose record a node is: the force's prefix or name, on every node that one force brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa

import ready
from ocgnet.dataset import About, Dataset
from ocgnet.model.graph import NODES, is_of_a_force
from ocgnet.store import LoadManifest
from ocgnet.store.merging import with_prefix
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.property_graph import graph_of
from ocgnet.store.neo4j.reading import pull
from ocgnet.store.neo4j.store import Neo4jStore
from ocgnet.store.neo4j.writing import changes_between

TABLES = {
    "nominals": {"nominal_id": ["N1"], "name": ["Ann"]},
    "ocgs": {"ocg_id": ["G1"]},
    "memberships": {"nominal_id": ["N1", "unlisted"], "ocg_id": ["G1", "G1"]},
    "crimes": {"crime_id": ["K1"], "district": ["North"], "ward": ["Quay"]},
    "missing_episodes": {"child_id": ["C|1"], "missing_from": [datetime(2018, 1, 2)]},
    "referrals": {"person_id": ["C|1"], "kind": ["mash"], "made_on": [date(2018, 1, 2)]},
    "things": {"thing_id": ["T1"], "kind": ["phone"]},
    "sightings": {"thing_id": ["T1"], "at": [datetime(2018, 1, 2)]},
}


def records(force: str = "") -> Dataset:
    return Dataset.of({name: pa.table(columns) for name, columns in TABLES.items()}, About(force=force))


def of_nodes(dataset: Dataset) -> dict[str, dict[str, str | None]]:
    return {
        label: dict(zip(t["_key"].to_pylist(), t["force"].to_pylist(), strict=True))
        for label, t in graph_of(dataset).nodes.items()
        if "force" in t.column_names and t.num_rows
    }


def test_it_is_the_prefix_else_the_name_and_nothing_where_all_share() -> None:
    assert {n.label for n in NODES if not is_of_a_force(n)} == {"Ward", "District", "Country", "Ace"}
    people = {"N1": "Kent", "unlisted": "Kent", "C|1": "Kent"}
    found = of_nodes(records("Kent"))
    assert found["Person"] == people
    assert found["MissingEpisode"] == {"C\\|1|2018-01-02T00:00:00": "Kent"}
    assert set().union(*(set(x.values()) for x in found.values())) == {"Kent"}
    assert {f for x in of_nodes(records()).values() for f in x.values()} == {None}
    prefixed = of_nodes(with_prefix(records("Kent"), "KENT-2:"))
    assert prefixed["Person"] == {f"KENT-2:{i}": "KENT-2" for i in people}
    assert {f for x in prefixed.values() for f in x.values()} == {"KENT-2"}
    # The longest prefix decides, and an id with a colon is nobody's prefix.
    several = replace(
        Dataset.of({"nominals": pa.table({"nominal_id": ["A:1", "A:B:1", "B:1", "1", "X:1"]})}),
        forces={"": "Kent", "A:": "A", "A:B:": "A:B", "B:": "B"},
    )
    assert of_nodes(several)["Person"] == {"1": "Kent", "A:1": "A", "A:B:1": "A:B", "B:1": "B", "X:1": "Kent"}


def as_loaded_anew(neo4j) -> bool:
    """Tell whether the database holds the very graph of the records that are read from it."""
    dataset = Neo4jStore(neo4j.address).read()
    with connected(neo4j.address) as connection:
        return not changes_between(pull(connection), graph_of(dataset))


def test_every_way_to_write_keeps_it(neo4j, tmp_path) -> None:
    """Loads of several forces, a force that changes its name, and the change of one record."""
    store = Neo4jStore(neo4j.address)
    kent, surrey = records("Kent"), with_prefix(records("Surrey"), "SUR:")
    store.write(kent, LoadManifest((), "1"))
    store.write(surrey, LoadManifest((), "1", "SUR:"))
    counts = "MATCH (n) WHERE n.load_id IS NOT NULL AND NOT n:Load RETURN n.force AS force, count(n) AS n ORDER BY n"
    assert neo4j.query(counts) == [
        {"force": None, "n": 2},
        {"force": "Kent", "n": 9},
        {"force": "SUR", "n": 9},
    ]
    assert as_loaded_anew(neo4j)
    kept = ("--store", neo4j.uri, "--by", "DC Test", "--reason", "because", "--until", "2030-01-01", "--", "SUR:N1")
    done = ready.run("review", "done", *kept, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert neo4j.query(counts)[2] == {"force": "SUR", "n": 9}
    store.write(records("County of Kent"), LoadManifest((), "2"))
    assert {r["force"] for r in neo4j.query(counts)} == {None, "County of Kent", "SUR"}
    assert as_loaded_anew(neo4j)
