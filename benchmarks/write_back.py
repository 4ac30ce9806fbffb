"""Keeping a run in a real Neo4j: against a bare driver loop with the same rows, in one run.

Run it as ``python benchmarks/write_back.py [TIES]``, with TIES = 100,000 by default among a fifth as many people. Both
write measures, communities and ties of a new run; the loop is the shortest that a driver allows, and has its rows
already. It starts a server of its own, with a heap of 1 GB, and stops it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import neo4j
import numpy as np
import pandas as pd
import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.main_job import analyse
from ocgnet.results import Analysis, ResultTable
from ocgnet.store import LoadManifest
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.connection import Address
from ocgnet.store.neo4j.kept_runs import remove_run, rows_of_run, write_back
from ocgnet.store.neo4j.store import Neo4jStore

BATCH = 10_000
BARE = {
    "Measures": "MATCH (run:AnalysisRun {run_id: $run}) UNWIND $rows AS row MATCH (p:Person {person_id: row[0]}) "
    "MERGE (m:Measures {measures_id: row[1]}) SET m += row[2] "
    "MERGE (p)-[:HAS_MEASURES]->(m) MERGE (m)-[:OF_RUN]->(run)",
    "Community": "MATCH (run:AnalysisRun {run_id: $run}) UNWIND $rows AS row "
    "MERGE (c:Community {community_id: row[1]}) SET c += row[2] MERGE (c)-[:OF_RUN]->(run)",
    "IN_COMMUNITY": "UNWIND $rows AS row MATCH (p:Person {person_id: row[0]}) "
    "MATCH (c:Community {community_id: row[1]}) MERGE (p)-[r:IN_COMMUNITY {run_id: $run}]->(c) SET r += row[2]",
    "TIED_WITH": "UNWIND $rows AS row MATCH (a:Person {person_id: row[0]}) MATCH (b:Person {person_id: row[1]}) "
    "MERGE (a)-[r:TIED_WITH {run_id: $run}]->(b) SET r += row[2]",
}


def a_run(ties: int) -> tuple[Dataset, Analysis]:
    """Return people, and a run that ties them at random; its measures are those of ten people, over and over."""
    draw = np.random.default_rng(1)
    ids = np.array([f"N{i:07d}" for i in range(ties // 5)])
    dataset = Dataset.of({"nominals": pa.table({"nominal_id": ids, "name": ids})})
    pairs = [{"person_a": a, "person_b": b, "kind": "meeting"} for a, b in pairwise(ids[:10])]
    few = {"nominals": pa.table({"nominal_id": ids[:10]}), "associations": pa.Table.from_pylist(pairs)}
    analysis = analyse(Dataset.of(few))
    ends = np.sort(draw.integers(0, len(ids), (ties * 2, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    ends = ends[np.sort(draw.permutation(len(ends))[:ties])]

    def many(name: str, rows: int, **columns: object) -> ResultTable:
        frame = analysis.tables[name].frame
        frame = pd.concat([frame] * (rows // len(frame) + 1), ignore_index=True)[:rows]
        return ResultTable(name, frame.assign(**columns))

    tables = {
        "people": many("people", len(ids), nominal_id=ids),
        "communities": many(
            "communities", len(ids), nominal_id=ids, community=[f"C{i % 500}" for i in range(len(ids))]
        ),
        "ties": many("ties", len(ends), person_a=ids[ends[:, 0]], person_b=ids[ends[:, 1]]),
    }
    return dataset, replace(analysis, tables={**analysis.tables, **tables})


def bare(address: Address, run_id: str, work: dict[str, list[list[object]]]) -> None:
    """Send ready rows in the shortest loop that a driver allows."""
    with neo4j.GraphDatabase.driver(address.uri, auth=(address.user, address.password)) as driver:
        driver.execute_query("MERGE (:AnalysisRun {run_id: $run, load_id: 'x'})", run=run_id)
        with driver.session() as session:
            for name, statement in BARE.items():
                for start in range(0, len(work[name]), BATCH):
                    session.run(statement, rows=work[name][start : start + BATCH], run=run_id).consume()


def main() -> None:
    ties = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000
    dataset, analysis = a_run(ties)
    with tempfile.TemporaryDirectory() as home:
        server = LocalServer(Path(home) / "neo4j")
        try:
            address = Address(server.start().uri, "neo4j", server.password_file.read_text(encoding="utf-8").strip())
            os.environ["OCGNET_NEO4J_PASSWORD"] = address.password
            Neo4jStore(address).write(dataset, LoadManifest((), "benchmark"))
            write_back(address.uri, analysis)  # warms the server for both
            remove_run(address.uri, analysis.run_id)
            work = rows_of_run(analysis)
            ours, theirs = [], []
            for which in ("theirs", "ours", "ours", "theirs"):
                began = time.perf_counter()
                if which == "ours":
                    write_back(address.uri, analysis)
                else:
                    bare(address, analysis.run_id, work)
                (ours if which == "ours" else theirs).append(round(time.perf_counter() - began, 1))
                began = time.perf_counter()
                remove_run(address.uri, analysis.run_id)
                print(f"ours {ours}, bare loop {theirs} s; removed in {time.perf_counter() - began:.1f} s", flush=True)
            print(f"ratio {sum(ours) / sum(theirs):.2f}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
