"""Check calls as CSV and Parquet: processor time and peak memory against DuckDB reading and adding up the same file.

Each phone calls ten others, however many phones there are: python benchmarks/communications.py 1000000 10000000.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from check_million import run

ROWS = (100_000, 1_000_000)
OF_EACH, FAN_OUT = 100, 10
RUNS = 2

DUCKDB = """
import json, sys, duckdb
sql = 'SELECT from_thing, to_thing, count(*) AS n, min("at"), max("at") FROM '
sql += f"'{sys.argv[1]}' GROUP BY from_thing, to_thing ORDER BY n DESC"
own = duckdb.connect()
own.execute("SET enable_progress_bar = false")
print(json.dumps(own.sql(sql).to_arrow_table().num_rows))
"""

CHECK = """
import json, sys
from ocgnet.checks.check import check
checked = check(sys.argv[1])
assert not checked.errors
print(json.dumps(checked.dataset["communications"].num_rows))
"""


def write(folder: Path, rows: int, ending: str) -> Path:
    """Write phones and their calls; return the file of the calls."""
    draw = np.random.default_rng(1)
    phones = max(rows // OF_EACH, 20)
    caller = draw.integers(0, phones, rows)
    called = (caller + draw.integers(1, FAN_OUT + 1, rows) ** 2) % phones
    called = np.where(called == caller, (caller + 1) % phones, called)
    ids = pa.array([f"T{k:07d}" for k in range(phones)])
    at = np.datetime64("2019-01-01", "s") + draw.integers(0, 365 * 86_400, rows).astype("timedelta64[s]")
    calls = {
        "from_thing": ids.take(pa.array(caller)),
        "to_thing": ids.take(pa.array(called)),
        "at": pa.array(at).cast(pa.timestamp("s", "UTC")),
        "kind": pa.array(["call", "sms"]).take(pa.array(draw.integers(0, 2, rows))),
        "duration": pa.array(draw.integers(0, 600, rows)),
        "authority_ref": pa.array(["U1"]).take(pa.array(np.zeros(rows, int))),
    }
    numbers = pa.array([f"0770{k:07d}" for k in range(phones)])
    tables = {
        "nominals": pa.table({"nominal_id": ["N1"], "name": ["Ada Example"]}),
        "things": pa.table({"thing_id": ids, "kind": pa.array(["phone"] * phones), "number": numbers}),
        "communications": pa.table(calls),
    }
    for name, table in tables.items():
        if ending == "parquet":
            pq.write_table(table, folder / f"{name}.parquet")
            continue
        as_text = table
        if name == "communications":
            text = pc.strftime(table["at"].cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
            as_text = table.set_column(2, "at", text)
        arrow_csv.write_csv(as_text, folder / f"{name}.csv", arrow_csv.WriteOptions(quoting_style="none"))
    return folder / f"communications.{ending}"


def measured(rows: int, ending: str) -> tuple[float, float]:
    """Print one line; return the least processor time of DuckDB and of the check."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = write(folder, rows, ending)
        runs = [(run(DUCKDB, calls), run(CHECK, folder)) for _ in range(RUNS)]
    alone, checked = (min(side[1] for side in sides) for sides in zip(*runs, strict=True))
    peak = max(side[2] for _, side in runs)
    kept = {side[0] for _, side in runs}
    print(
        f"{rows:,} calls, {ending}: DuckDB {alone:.2f} s, check and records {checked:.2f} s of processor time "
        f"({checked / alone:.1f} times), peak {peak:,} MB, kept {json.dumps(sorted(kept))}",
        flush=True,
    )
    return alone, checked


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or list(ROWS)
    for ending in ("parquet", "csv"):
        times = [(rows, measured(rows, ending)[1]) for rows in sizes]
        for (less, before), (more, after) in pairwise(times):
            print(f"  {less:,} to {more:,}: grows as n^{math.log(after / before) / math.log(more / less):.2f}")


if __name__ == "__main__":
    main()
