"""One changed role in a DuckDB store of 775,000 rows: CPU against a bare ``UPDATE`` and checkpoint, and of the command.

The bare peer opens the file, changes the end of one membership and checkpoints, in the same process as the library
call, turn by turn. The library finds the rows, checks them and those they refer to, and writes the end and a new row.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

NOMINALS = 44_600
TURNS = 7
LIMIT, SECONDS = 5.0, 1.5
"""At most so many times the CPU of the bare peer, and CPU seconds of the whole command."""

CALLS = """
import json, sys, time
from datetime import date
import duckdb
from ocgnet.edit import open_place
from ocgnet.edit.recorded_roles import memberships_of, role_change
store, turns = sys.argv[1], int(sys.argv[2])
with duckdb.connect(store, read_only=True) as db:
    chosen = db.execute(
        "SELECT nominal_id, ocg_id, role FROM memberships WHERE to_date IS NULL AND from_date < DATE '2019-01-01' "
        "QUALIFY count(*) OVER (PARTITION BY nominal_id) = 1 ORDER BY ALL LIMIT 100"
    ).fetchall()
def bare(who, ocg, role):
    with duckdb.connect(store) as db:
        db.execute("BEGIN")
        db.execute("UPDATE memberships SET to_date = DATE '2020-01-01' WHERE nominal_id = ? AND ocg_id = ?", [who, ocg])
        db.execute("COMMIT")
        db.execute("CHECKPOINT")
def library(who, ocg, role):
    place = open_place(store)
    with place.alone():
        new = "significant" if role != "significant" else "peripheral"
        place.amend(role_change(memberships_of(place, who, ocg), who, ocg, new, "DC Test", date(2020, 1, 2))[1])
seconds = {"bare": [], "library": []}
for turn in range(turns + 1):
    for name, call in (("bare", bare), ("library", library)):
        begin = time.process_time()
        call(*chosen.pop())
        if turn:
            seconds[name].append(time.process_time() - begin)
print(json.dumps(seconds | {"next": chosen[0]}))
"""


def main() -> None:
    from ocgnet.checks.check import read_dataset
    from ocgnet.store import LoadManifest, open_store
    from ocgnet_demo.network import write_network

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_network(folder / "records", NOMINALS, 1)
        dataset = read_dataset(folder / "records")[0]
        store = folder / "s.duckdb"
        open_store(str(store)).write(dataset, LoadManifest((), "0"))
        size = f"{sum(dataset.rows.values()):,} rows, {store.stat().st_size / 1e6:.0f} MB"
        done = subprocess.run(
            [sys.executable, "-c", CALLS, store, str(TURNS)], capture_output=True, text=True, check=True
        )
        seconds = json.loads(done.stdout)
        bare, library = median(seconds["bare"]), median(seconds["library"])
        ratio = library / bare
        print(f"{size}: bare {bare:.3f} s of CPU, library {library:.3f} s, {ratio:.1f} times (limit {LIMIT:g})")
        who, ocg, role = seconds["next"]
        new = "significant" if role != "significant" else "peripheral"
        words = [
            "role",
            "set",
            who,
            ocg,
            new,
            "--store",
            store,
            "--by",
            "DC Test",
            "--reason",
            "seen",
            "--on",
            "2020-01-02",
        ]
        launch = "import sys; from ocgnet.cli import main; main()"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", launch, *map(str, words)],
            env=os.environ | {"OCGNET_LOG": str(folder / "log.jsonl")},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"ocgnet role set: {cpu:.2f} s of CPU (limit {SECONDS:g})")
        if ratio > LIMIT or cpu > SECONDS:
            raise SystemExit("over the limit")


if __name__ == "__main__":
    main()
