"""Loading into and reading from a real Neo4j: ratios against the bare driver, in one run.

Run it as ``python benchmarks/neo4j_load.py [LINKS] [PART …]`` with LINKS = 1,000,000 by default and the
parts ``bolt`` (against a bare driver loop with the same batches), ``rows`` (against one statement a row,
on a tenth), ``bulk``, ``read`` and ``batches`` (batch sizes and numbers of writers, on a fifth); all of
them when none is named. It starts a server of its own, with a heap of 1 GB, and stops it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.model.graph import CRIME, PERSON, TIES
from ocgnet.store import LoadManifest
from ocgnet.store.neo4j import LocalServer, writing
from ocgnet.store.neo4j.bulk import bulk_load
from ocgnet.store.neo4j.connection import Address, Connection, connected
from ocgnet.store.neo4j.property_graph import KEY, Graph, graph_of
from ocgnet.store.neo4j.reading import pull_ties
from ocgnet.store.neo4j.store import Neo4jStore

MANIFEST = LoadManifest((), "benchmark")
LINKED_TO = next(t for t in TIES if t.type == "LINKED_TO")
PARTS = ("bolt", "rows", "bulk", "read", "batches")


def records(links: int, seed: int = 1) -> Dataset:
    """Make a tenth as many nominals and as many crimes, and links of which few people have many."""
    draw = np.random.default_rng(seed)
    count = links // 10
    people = pa.array([f"N{i:07d}" for i in range(count)])
    crimes = pa.array([f"C{i:07d}" for i in range(count)])
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < links:
        who = (draw.random(links) ** 2 * count).astype(np.int64)
        pairs = np.unique(np.concatenate([pairs, who * count + draw.integers(0, count, links)]))
    pairs = np.sort(draw.permutation(pairs)[:links])
    roles = pa.array(["arrested", "suspect", "charged", "victim"]).take(pa.array(draw.integers(0, 4, links)))
    return Dataset.of(
        {
            "nominals": pa.table({"nominal_id": people, "name": people, "district": roles.slice(0, count)}),
            "crimes": pa.table({"crime_id": crimes, "offence": crimes, "district": roles.slice(0, count)}),
            "crime_links": pa.table(
                {
                    "person_id": people.take(pa.array(pairs // count)),
                    "crime_id": crimes.take(pa.array(pairs % count)),
                    "link_role": roles,
                }
            ),
        }
    )


def timed(job: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = job()
    return time.perf_counter() - began, answer


def wipe(address: Address) -> None:
    with connected(address) as connection, connection.session() as session:
        for kind in ("MATCH ()-[r]->() CALL { WITH r DELETE r }", "MATCH (n) CALL { WITH n DELETE n }"):
            session.run(f"{kind} IN TRANSACTIONS OF 20000 ROWS").consume()


def batches_of(graph: Graph) -> list[tuple[str, list[list[Any]]]]:
    """Return the statements and batches that ocgnet sends for these records."""
    people, crimes, ties = graph.nodes["Person"], graph.nodes["Crime"], graph.ties["LINKED_TO"]
    return [
        (
            writing.node_statement(PERSON, "Nominal"),
            list(writing.batches(people.drop_columns(["_labels"]), ["_key"], False)),
        ),
        (writing.node_statement(CRIME), list(writing.batches(crimes, ["_key"], False))),
        (
            writing.tie_statement(LINKED_TO),
            list(writing.batches(ties, ["_start", "_end"], False, [LINKED_TO.merge_key])),
        ),
    ]


def bare(address: Address, work: Iterable[tuple[str, list[list[Any]]]]) -> None:
    """Send ready batches in the shortest loop that a driver allows."""
    with neo4j.GraphDatabase.driver(address.uri, auth=(address.user, address.password)) as driver:
        for statement in writing.constraints().values():
            driver.execute_query(statement)
        driver.execute_query("CALL db.awaitIndexes")
        with driver.session() as session:
            for statement, batches in work:
                for rows in batches:
                    session.run(statement, rows=rows, load_id="x").consume()


def bolt(address: Address, dataset: Dataset) -> float:
    work = batches_of(graph_of(dataset))
    wipe(address)
    bare(address, batches_of(graph_of(records(20_000))))  # warms the server for both
    ours, theirs = [], []
    for turn in range(2):
        for which in ("ours", "theirs") if turn else ("theirs", "ours"):
            wipe(address)
            if which == "ours":
                seconds, _ = timed(lambda: Neo4jStore(address).write(dataset, MANIFEST))
                ours.append(seconds)
            else:
                seconds, _ = timed(lambda: bare(address, work))
                theirs.append(seconds)
    rows = sum(dataset.rows.values())
    print(f"bolt: ours {ours}, bare loop {theirs} s; ratio {sum(ours) / sum(theirs):.2f} (at most 1.25)")
    print(f"      {rows / min(ours):,.0f} rows/s")
    return min(ours)


def once(address: Address, dataset: Dataset) -> float:
    """Load once, for the parts that compare with it, on a warm server."""
    bare(address, batches_of(graph_of(records(20_000))))
    wipe(address)
    seconds, _ = timed(lambda: Neo4jStore(address).write(dataset, MANIFEST))
    print(f"ours: {seconds:.1f} s; {sum(dataset.rows.values()) / seconds:,.0f} rows/s")
    return seconds


def by_rows(address: Address, dataset: Dataset, ours: float) -> None:
    wipe(address)
    rows = sum(dataset.rows.values())
    tenth = records(len(dataset["crime_links"]) // 10)
    work = [
        (statement, [[row] for rows in batches for row in rows]) for statement, batches in batches_of(graph_of(tenth))
    ]
    seconds, _ = timed(lambda: bare(address, work))
    ratio = (seconds / sum(tenth.rows.values())) / (ours / rows)
    print(f"rows: {seconds:.0f} s for a tenth by one statement a row; ratio {ratio:.0f} (at least 20)")


def bulk(server: LocalServer, address: Address, dataset: Dataset, ours: float) -> Address:
    # The import wants an empty database, and an emptied one is what a first load finds.
    wipe(address)
    whole, (_, seconds) = timed(lambda: bulk_load(server, address, dataset, MANIFEST))
    print(f"bulk: {seconds:.1f} s, files and constraints included ({whole:.1f} s with the server's restart); ", end="")
    print(f"ratio {ours / seconds:.1f} (at least 3)")
    return address_of(server)


def read(address: Address, dataset: Dataset) -> None:
    query = (
        "MATCH (a:Person)-[r:LINKED_TO]->(b:Crime) RETURN a.person_id AS person_id, b.crime_id AS crime_id, "
        "r.link_role AS link_role, r.relationship_to_victim AS relationship_to_victim"
    )
    starts, links = graph_of(dataset).nodes["Person"][KEY], len(dataset["crime_links"])
    with connected(address) as connection:
        pull_ties(connection, LINKED_TO, starts, links, whole=False)  # warms the server's page cache
        ours, table = timed(lambda: pull_ties(connection, LINKED_TO, starts, links, whole=False))
        theirs, result = timed(lambda: connection.driver.execute_query(query))
        again, _ = timed(lambda: pull_ties(connection, LINKED_TO, starts, links, whole=False))
    assert table.num_rows == len(result.records)
    print(f"read: ours {ours:.1f} and {again:.1f} s, execute_query {theirs:.1f} s; ", end="")
    print(f"ratio {theirs / max(ours, again):.1f} (at least 3); {table.num_rows / ours:,.0f} rows/s")


def batches(address: Address, dataset: Dataset) -> None:
    graph = graph_of(dataset)
    ties = graph.ties["LINKED_TO"]
    for size in (1_000, 2_500, 5_000, 10_000, 20_000):
        for writers in (1, 2, 4):
            if writers > 1 and size not in (5_000, 10_000):
                continue
            writing.BATCH = size
            wipe(address)
            *nodes, (statement, every) = batches_of(graph)
            bare(address, nodes)
            retries: list[int] = []
            with connected(address) as connection:
                seconds, _ = timed(lambda: _spread(connection, statement, every, writers, retries))  # noqa: B023
            print(
                f"batches: {size:6,} rows, {writers} writer(s): {len(ties) / seconds:8,.0f} relationships/s, ", end=""
            )
            print(f"{len(retries)} batches tried again")


def _spread(connection: Connection, statement: str, every: list[list[Any]], writers: int, retries: list[int]) -> None:
    """Give each writer a run of batches, so that no two share a start node except at the seams."""
    share = -(-len(every) // writers)

    def one(part: list[list[Any]]) -> None:
        with connection.session() as session:
            for rows in part:
                tries: list[int] = []

                def send(tx: neo4j.ManagedTransaction, rows: list[Any] = rows, tries: list[int] = tries) -> None:
                    tries.append(1)
                    tx.run(statement, rows=rows, load_id="x").consume()

                session.execute_write(send)
                if len(tries) > 1:
                    retries.append(len(tries) - 1)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(one, [every[i : i + share] for i in range(0, len(every), share)]))


def address_of(server: LocalServer) -> Address:
    return Address(server.start().uri, "neo4j", server.password_file.read_text(encoding="utf-8").strip())


def main() -> None:
    links = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    parts = sys.argv[2:] or PARTS
    dataset = records(links)
    with tempfile.TemporaryDirectory() as home:
        server = LocalServer(Path(home) / "neo4j")
        try:
            address = address_of(server)
            print(f"{links // 5:,} nodes and {links:,} relationships")
            ours = bolt(address, dataset) if "bolt" in parts else once(address, dataset)
            if "read" in parts:
                read(address, dataset)
            if "bulk" in parts:
                address = bulk(server, address, dataset, ours)
            if "batches" in parts:
                batches(address, records(links // 5))
            if "rows" in parts:
                by_rows(address, dataset, ours)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
