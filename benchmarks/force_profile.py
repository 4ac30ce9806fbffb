"""The local profile of a force-wide county beside DuckDB alone on the same files, with peak memory.

Run it as ``python benchmarks/force_profile.py [FOLDER [RUNS]]``; without a folder the county is made first (260,000
crimes in the year). The peer reads the same files with DuckDB's own reader, types declared and nothing checked, and
computes the same tables, whose SQL is ``force_profile.sql``. Before anything is timed, its cells are compared with
those of the command, one by one. Each side is a process of its own; the least of three runs counts.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from ocgnet.harm import look_up, weights
from ocgnet.local_profile.offences import group_of
from ocgnet.model import TABLES, Kind
from ocgnet.notation import parse_toml

QUERIES = Path(__file__).with_suffix(".sql")

DUCKDB = """
import csv, json, re, sys, time
start = time.perf_counter()
from pathlib import Path
import duckdb
folder, given = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")
for name, types in given["types"].items():
    file = folder / f"{name}.csv"
    if file.exists():
        header = next(csv.reader(file.open(encoding="utf-8-sig", newline="")))
        columns = {h: types[h] for h in header}
        how = f"header=true, auto_detect=false, delim=',', quote='\\"', escape='\\"', columns={columns}"
        db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{file}', {how})")
    else:
        columns = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
        db.execute(f"CREATE TABLE {name} ({columns})")
read = time.perf_counter() - start
db.execute("CREATE TABLE about AS SELECT ? AS force", [given["force"]])
db.execute("CREATE TABLE weight (offence_code VARCHAR, weight DOUBLE, grp VARCHAR, family VARCHAR)")
db.executemany("INSERT INTO weight VALUES (?, ?, ?, ?)", given["weights"])
found = {}
for part in re.split(r"^-- (?=prepare|table|figures)", Path(sys.argv[3]).read_text(), flags=re.MULTILINE)[1:]:
    head, _, query = part.partition("\\n")
    answer = db.execute(query)
    if head != "prepare":
        found[head] = answer.to_arrow_table() if hasattr(answer, "to_arrow_table") else answer.fetch_arrow_table()
wall = time.perf_counter() - start
if len(sys.argv) > 4:
    for head, rows in found.items():
        name = re.sub(r":.*", "", head).replace("table ", "")
        rows.to_pandas().to_csv(Path(sys.argv[4]) / f"{name}.csv", index=False)
print(json.dumps({"wall": wall, "read": read}))
"""

OURS = """
import json, sys, time
start = time.perf_counter()
from ocgnet.checks.check import read_dataset
from ocgnet.store import open_store
from ocgnet.local_profile.profile import profile_of
source = sys.argv[1]
dataset = open_store(source).read() if source.endswith(".duckdb") else read_dataset(source)[0]
read = time.perf_counter() - start
profile_of(dataset)
print(json.dumps({"wall": time.perf_counter() - start, "read": read}))
"""

COMMAND = """
import json, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run([sys.executable, "-m", "ocgnet", "profile", *sys.argv[1:]], capture_output=True, text=True)
assert done.returncode == 0, done.stderr
print(json.dumps({"wall": time.perf_counter() - start, "read": 0.0}))
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


def given_of(folder: Path) -> dict[str, object]:
    """Return what the peer cannot know: the force, the weights with their offence groups, and the types of columns."""
    kinds = {
        Kind.DATE: "DATE",
        Kind.MOMENT: "TIMESTAMP",
        Kind.INTEGER: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.FLAG: "BOOLEAN",
    }
    known = weights()
    recorded = duckdb.sql(
        f"SELECT DISTINCT offence_code FROM read_csv('{folder}/crimes.csv', all_varchar=true)"
    ).fetchall()
    codes = sorted({*known, *(code for (code,) in recorded if code)})
    return {
        "force": parse_toml((folder / "about.toml").read_bytes())["force"],
        "weights": [[code, look_up(known, code), *group_of(code)] for code in codes],
        "types": {
            t.name: {c.name: "VARCHAR" if c.many else kinds.get(c.kind, "VARCHAR") for c in t.columns}
            for t in TABLES.values()
        },
    }


def compare(theirs: Path, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, float]) -> tuple[int, list[str]]:
    """Return how many cells of the peer stand in our tables and figures, and those that differ, in words.

    ``theirs`` is the folder of the peer's answers. Where one side is blank and the other nought they are equal: SQL has
    no rows for what there is none of. Our files hold six digits.
    """
    cells, differ = 0, []

    def same(one: float, two: float) -> bool:
        return math.isclose(0 if pd.isna(one) else one, 0 if pd.isna(two) else two, rel_tol=1e-5, abs_tol=1e-9)

    heads = re.findall(r"^-- table (\w+): (.+?) \| (.+)$", QUERIES.read_text("utf-8"), flags=re.MULTILINE)
    for name, keys, values in heads:
        by, columns = keys.split(", "), values.split(", ")
        peer, mine = _read(theirs / f"{name}.csv"), tables[name]
        both = peer.astype(dict.fromkeys(by, str)).merge(
            mine.astype(dict.fromkeys(by, str)), on=by, how="left", suffixes=("_peer", ""), indicator=True
        )
        for row in both.to_dict("records"):
            for column in columns:
                cells += 1
                one, two = row[f"{column}_peer"], row[column]
                if row["_merge"] != "both" or not same(one, two):
                    differ.append(f"{name}, {[row[k] for k in by]}, {column}: {one} by DuckDB, {two} here")
    for figure_id, value in _read(theirs / "figures.csv").itertuples(index=False):
        cells += 1
        if figure_id not in figures or not same(value, figures[figure_id]):
            differ.append(f"figure {figure_id}: {value} by DuckDB, {figures.get(figure_id)} here")
    return cells, differ


def _read(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else place / "county"
        if not folder.exists():
            from ocgnet_demo.force.force import write_force

            write_force(folder, 1, 1.0)
        given = place / "given.json"
        given.write_text(json.dumps(given_of(folder)), "utf-8")
        store, out, answers = place / "county.duckdb", place / "out", place / "answers"
        answers.mkdir()
        subprocess.run([sys.executable, "-m", "ocgnet", "load", str(folder), "--store", str(store)], check=True)
        peer_of = (DUCKDB, str(folder), str(given), str(QUERIES))
        run(*peer_of, str(answers))
        run(COMMAND, str(folder), "--out", str(out))
        tables = {file.stem: _read(file) for file in (out / "tables").glob("*.csv")}
        cells, differ = compare(answers, tables, json.loads((out / "run.json").read_text("utf-8"))["figures"])
        print(f"{cells:,} cells compared, {len(differ):,} differ", *differ[:20], sep="\n  ")
        sides = {
            "DuckDB alone": peer_of,
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
        if differ:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
