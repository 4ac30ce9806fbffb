"""A day's change against what the store already holds: ratios to a bare driver that writes the same rows.

Run it as ``python benchmarks/load_delta.py [ROWS] [TIMES …]`` with ROWS = 1,200,000, of which a day's change is 1%, and
TIMES = 1 2 4, by how much the database is larger. For each it fills a server of its own offline and an embedded file,
and loads days of the same shape into them: half of the people and crimes are changed ones, all links are new. The bare
loop gets its batches ready and writes days of its own, in turn with ours, so that both meet the same server.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from neo4j_load import MANIFEST, address_of, bare, batches_of, records, timed
from ocgnet.checks.beside_store import check_beside
from ocgnet.dataset import Dataset
from ocgnet.settings import Settings
from ocgnet.sources import read_source
from ocgnet.store import Store, open_store
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.bulk import bulk_load
from ocgnet.store.neo4j.property_graph import graph_of
from ocgnet.store.neo4j.store import Neo4jStore

DAYS = 3


def day_of(people: int, rows: int, seed: int) -> Dataset:
    """Make one day: a twelfth of its rows people, a twelfth crimes, half of them known; and new links."""
    draw = np.random.default_rng(seed)
    each = rows // 12
    known = draw.choice(people, each, replace=False)

    def ids(letter: str) -> pa.Array:
        old = [f"{letter}{i:07d}" for i in known[: each // 2]]
        return pa.array(sorted([*old, *(f"{letter}D{seed:03d}{i:05d}" for i in range(each - each // 2))]))

    persons, crimes = ids("N"), ids("C")
    links = rows - 2 * each
    pairs = {
        (f"N{a:07d}", b) for a, b in zip(draw.integers(0, people, links), draw.integers(0, each, links), strict=True)
    }
    chosen = sorted(pairs)
    word = pa.array([f"changed on day {seed}"] * each)
    return Dataset.of(
        {
            "nominals": pa.table({"nominal_id": persons, "name": word, "district": word}),
            "crimes": pa.table({"crime_id": crimes, "offence": word, "district": word}),
            "crime_links": pa.table(
                {
                    "person_id": [a for a, _ in chosen],
                    "crime_id": crimes.take(pa.array([b for _, b in chosen])),
                    "link_role": ["witness"] * len(chosen),
                }
            ),
        }
    )


def written(dataset: Dataset, folder: Path) -> Path:
    folder.mkdir()
    for name in dataset.rows:
        table = dataset[name]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(table.column_names)
            out.writerows([["" if v is None else v for v in row.values()] for row in table.to_pylist()])
    return folder


def loaded(store: Store, folder: Path) -> tuple[float, float]:
    """Load a day; return the seconds of reading and checking, and of writing."""

    def check() -> Dataset:
        with store.kept() as kept:
            checked = check_beside(read_source(folder), kept, deletes={}, settings=Settings())
        assert not checked.errors, checked.problems[:3]
        return checked.dataset

    checking, dataset = timed(check)
    writing, report = timed(lambda: store.write(dataset, MANIFEST))
    assert report.added + report.changed == sum(dataset.rows.values()), report
    return checking, writing


def on_server(rows: int, day: int, home: Path, folders: list[Path], bare_days: list[Dataset]) -> None:
    server = LocalServer(home / "neo4j")
    try:
        address = address_of(server)
        filling, _ = timed(lambda: bulk_load(server, address, records(rows * 10 // 12), MANIFEST))
        address = address_of(server)
        store = Neo4jStore(address)
        theirs, checks, writes = [], [], []
        for folder, other in zip(folders, bare_days, strict=True):
            work = batches_of(graph_of(other))
            theirs.append(timed(lambda: bare(address, work))[0])  # noqa: B023
            checking, writing = loaded(store, folder)
            checks.append(checking)
            writes.append(writing)
        said(f"Neo4j, {rows:,} rows (filled in {filling:.0f} s)", day, theirs, checks, writes)
    finally:
        server.stop()


def in_file(rows: int, day: int, home: Path, folders: list[Path]) -> None:
    store = open_store(str(home / "ocg.duckdb"))
    filling, _ = timed(lambda: store.write(records(rows * 10 // 12), MANIFEST))
    checks, writes = zip(*(loaded(store, folder) for folder in folders), strict=True)
    said(f"DuckDB, {rows:,} rows (filled in {filling:.1f} s)", day, [filling * day / rows], checks, writes)


def said(what: str, day: int, theirs: list[float], checks: list[float], writes: list[float]) -> None:
    """Print the medians, the first day apart, whose queries the server has yet to plan."""
    first = f"first day {checks[0] + writes[0]:.2f}"
    ours = [a + b for a, b in zip(checks, writes, strict=True)]
    check, write, whole, bare_loop = (float(np.median(x[1:] or x)) for x in (checks, writes, ours, theirs))
    print(
        f"{what}: {day:,} rows checked in {check:.2f} s, written in {write:.2f} s, {whole:.2f} s in all ({first}); "
        f"beside {bare_loop:.2f} s: {write / bare_loop:.1f} and {whole / bare_loop:.1f} times",
        flush=True,
    )


def main() -> None:
    rows = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_200_000
    times = [float(x) for x in sys.argv[2:]] or [1, 2, 4]
    day = rows // 100
    for many in times:
        with tempfile.TemporaryDirectory() as place:
            home = Path(place)
            people = int(rows * min(times)) // 12
            days = [day_of(people, day, seed) for seed in range(2 * DAYS)]
            folders = [written(d, home / f"day{k}") for k, d in enumerate(days[:DAYS])]
            in_file(int(rows * many), day, home, folders)
            on_server(int(rows * many), day, home, folders, days[DAYS:])


if __name__ == "__main__":
    main()
