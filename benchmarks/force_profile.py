"""The local profile of a force-wide county beside DuckDB alone on the same files, with peak memory.

Run it as ``python benchmarks/force_profile.py [FOLDER [RUNS]]``; without a folder the county is made first (260,000
crimes in the year). The peer reads the same files with DuckDB's own reader, types declared and nothing checked, and
computes the same group sums. Each side is a process of its own; the least of three runs counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

DUCKDB = """
import json, sys, time
start = time.perf_counter(), time.process_time()
from pathlib import Path
import duckdb
folder, weights = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")
for file in sorted(folder.glob("*.csv")):
    columns = json.loads(Path(sys.argv[3]).read_text())[file.stem]
    header = file.open(encoding="utf-8-sig").readline().strip().split(",")
    types = {h: columns[h] for h in header}
    how = f"header=true, auto_detect=false, delim=',', quote='\\"', escape='\\"', columns={types}"
    db.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_csv('{file}', {how})")
read = time.perf_counter() - start[0]
db.execute("CREATE TABLE weight (offence_code VARCHAR, weight DOUBLE, grp VARCHAR)")
db.executemany("INSERT INTO weight VALUES (?, ?, ?)", weights)
day = "coalesce(recorded_on, occurred_on)"
db.execute(f"CREATE TABLE c AS SELECT *, {day} AS on_day, "
           f"CASE WHEN {day} BETWEEN DATE '2018-04-01' AND DATE '2019-03-31' THEN 'now' "
           f"WHEN {day} BETWEEN DATE '2017-04-01' AND DATE '2018-03-31' THEN 'before' ELSE 'base' END AS w "
           "FROM crimes LEFT JOIN weight USING (offence_code)")
sums = "count(*), sum(weight), sum(weight * weight), count(*) FILTER (weight IS NULL)"
for by in ("w", "w, district", "w, ward, district", "w, grp", "w, district, grp", "ward, district, grp",
           "w, grp, private_space"):
    db.sql(f"SELECT {by}, {sums} FROM c GROUP BY {by}").fetchall()
db.sql("SELECT w, area, sum(weight) FROM c LEFT JOIN (SELECT DISTINCT district, area FROM wards) USING (district) "
       "GROUP BY ALL").fetchall()
for role in ("('victim')", "('arrested', 'suspect')"):
    db.execute(f"CREATE OR REPLACE TABLE parts AS SELECT person_id, crime_id, "
               "weight / count(*) OVER (PARTITION BY crime_id) AS part, district, on_day, relationship FROM "
               "(SELECT person_id, crime_id, min(relationship_to_victim) AS relationship FROM crime_links "
               f"WHERE link_role IN {role} GROUP BY ALL) JOIN c USING (crime_id) WHERE w = 'now'")
    harm = "(SELECT person_id, sum(part) AS h FROM parts WHERE part IS NOT NULL GROUP BY 1)"
    db.sql(f"SELECT sum(h), count(*), count(*) FILTER (h >= 365), sum(h) FILTER (h >= 365) FROM {harm}").fetchall()
    db.sql(f"SELECT h, sum(h) OVER (ORDER BY h DESC ROWS UNBOUNDED PRECEDING) FROM {harm}").to_arrow_table()
    db.sql("SELECT relationship, district, sum(part), count(*) FROM parts GROUP BY ALL").fetchall()
    born = "coalesce(n.date_of_birth, k.date_of_birth, p.date_of_birth)"
    db.sql(f"SELECT date_diff('year', {born}, on_day), sum(part), count(DISTINCT parts.person_id) FROM parts "
           "LEFT JOIN people p USING (person_id) LEFT JOIN nominals n ON n.nominal_id = parts.person_id "
           "LEFT JOIN children k ON k.child_id = parts.person_id GROUP BY 1").fetchall()
print(json.dumps({"wall": time.perf_counter() - start[0], "cpu": time.process_time() - start[1], "read": read}))
"""

OURS = """
import json, sys, time
start = time.perf_counter(), time.process_time()
from ocgnet.checks.check import read_dataset
from ocgnet.store import open_store
from ocgnet.local_profile.profile import profile_of
source = sys.argv[1]
dataset = open_store(source).read() if source.endswith(".duckdb") else read_dataset(source)[0]
read = time.perf_counter() - start[0]
profile_of(dataset)
print(json.dumps({"wall": time.perf_counter() - start[0], "cpu": time.process_time() - start[1], "read": read}))
"""

COMMAND = """
import json, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run([sys.executable, "-m", "ocgnet", "profile", *sys.argv[1:]], capture_output=True, text=True)
assert done.returncode == 0, done.stderr
print(json.dumps({"wall": time.perf_counter() - start, "cpu": 0.0, "read": 0.0}))
"""


def run(program: str, *arguments: str) -> dict[str, float]:
    """Run a program in a process of its own; return its seconds and its peak memory in MB."""
    measured = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "assert done.returncode == 0, done.stderr\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([json.loads(done.stdout), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))\n"
    )
    # A process of its own per run, so that the peak of one is not reported for another.
    command = [sys.executable, "-c", measured, sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer, cpu, peak = json.loads(done.stdout)
    return {**answer, "cpu": cpu, "peak": peak}


def main() -> None:
    from ocgnet.harm import normal_code, weights
    from ocgnet.local_profile.offences import group_of
    from ocgnet.model import TABLES, Kind

    kinds = {
        Kind.DATE: "DATE",
        Kind.MOMENT: "TIMESTAMP",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.FLAG: "BOOLEAN",
    }
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else place / "county"
        if not folder.exists():
            from ocgnet_demo.force.force import write_force

            write_force(folder, 1, 1.0)
        codes = place / "codes.json"
        codes.write_text(json.dumps([[c, w, group_of(normal_code(c))[0]] for c, w in weights().items()]), "utf-8")
        types = place / "types.json"
        columns = {
            t.name: {c.name: "VARCHAR" if c.many else kinds.get(c.kind, "VARCHAR") for c in t.columns}
            for t in TABLES.values()
        }
        types.write_text(json.dumps(columns), "utf-8")
        store = place / "county.duckdb"
        subprocess.run([sys.executable, "-m", "ocgnet", "load", str(folder), "--store", str(store)], check=True)
        out = place / "out"
        sides = {
            "DuckDB alone": (DUCKDB, str(folder), str(codes), str(types)),
            "profile from the folder, checked": (OURS, str(folder)),
            "profile from a store": (OURS, str(store)),
            "whole command, folder": (COMMAND, str(folder), "--out", str(out)),
            "whole command, store": (COMMAND, "--store", str(store), "--out", str(out)),
        }
        best: dict[str, dict[str, float]] = {}
        for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
            for what, (program, *arguments) in sides.items():
                seen = run(program, *arguments)
                best[what] = {k: min(v, best.get(what, seen)[k]) if k != "peak" else v for k, v in seen.items()}
        peer = best["DuckDB alone"]
        for what, seen in best.items():
            print(
                f"{what:34}{seen['wall']:6.2f} s on the clock ({seen['read']:.2f} s reading), "
                f"{seen['cpu']:6.2f} s CPU, "
                f"peak {seen['peak']:,.0f} MB: {seen['wall'] / peer['wall']:.1f} times on the clock, "
                f"{seen['cpu'] / peer['cpu']:.1f} in CPU"
            )


if __name__ == "__main__":
    main()
