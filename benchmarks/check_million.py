"""Check 1,000,000 link rows with 1,000 planted errors: found, true lines, CPU against a bare ``csv.reader``, memory."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS, PEOPLE, CRIMES, PLANTED = 1_000_000, 100_000, 300_000, 1_000
ROLES = ("arrested", "suspect", "charged", "convicted", "victim", "witness", "other")

BARE = """
import csv, json, resource, sys, time
start = time.process_time()
for path in sys.argv[1:]:
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            pass
print(json.dumps({"cpu": time.process_time() - start}))
"""

CHECK = """
import json, sys, time
start = time.process_time()
from ocgnet.checks.check import check
checked = check(sys.argv[1])
cpu = time.process_time() - start
print(json.dumps({"cpu": cpu, "found": [(p.file, p.row, p.rule) for p in checked.rejects()]}))
"""


def plant(folder: Path, seed: int = 1) -> set[tuple[str, int, str]]:
    """Write the tables; return file, line and rule of every planted error."""
    draw = random.Random(seed)
    _write(folder / "nominals.csv", ["nominal_id", "name"], ([f"N{i:06d}", f"Person {i}"] for i in range(PEOPLE)))
    _write(folder / "crimes.csv", ["crime_id", "recorded_on"], ([f"C{i:06d}", "2019-01-31"] for i in range(CRIMES)))
    kinds = list(_SPOIL)
    spoiled = {line: kinds[k % len(kinds)] for k, line in enumerate(draw.sample(range(1_000, ROWS), PLANTED))}
    planted = set()
    seen: set[tuple[str, ...]] = set()
    with (folder / "crime_links.csv").open("w", newline="", encoding="utf-8") as file:
        file.write("person_id,crime_id,link_role\n")
        good: tuple[str, ...] = ()
        for line in range(2, ROWS + 2):
            row: tuple[str, ...] = ()
            while not row or row in seen:
                row = (f"N{draw.randrange(PEOPLE):06d}", f"C{draw.randrange(CRIMES):06d}", draw.choice(ROLES))
            if line in spoiled:
                text, rule = _SPOIL[spoiled[line]](row, good)
                planted.add(("crime_links.csv", line, rule))
                file.write(text + "\n")
            else:
                seen.add(row)
                good = row
                file.write(",".join(row) + "\n")
    return planted


_SPOIL = {
    "unknown person": lambda r, _: (f"X{r[0]},{r[1]},{r[2]}", "reference"),
    "unknown crime": lambda r, _: (f"{r[0]},X{r[1]},{r[2]}", "reference"),
    "other role": lambda r, _: (f"{r[0]},{r[1]},boss", "allowed value"),
    "role in capitals": lambda r, _: (f"{r[0]},{r[1]},SUSPECT", "allowed value"),
    "no person": lambda r, _: (f",{r[1]},{r[2]}", "required"),
    "no crime": lambda r, _: (f"{r[0]},,{r[2]}", "required"),
    "no role": lambda r, _: (f"{r[0]},{r[1]},", "required"),
    "repeated": lambda _, good: (",".join(good), "duplicate"),
    "short": lambda r, _: (f"{r[0]},{r[1]}", "number of cells"),
    "long": lambda r, _: (f"{r[0]},{r[1]},{r[2]},", "number of cells"),
    "bar in the id": lambda r, _: (f"{r[0]}|N1,{r[1]},{r[2]}", "id"),
    "invisible sign in the id": lambda r, _: (f"{r[0]},{r[1]}\u200b,{r[2]}", "id"),
    "stray quote": lambda r, _: (f'"{r[0]}"x,{r[1]},{r[2]}', "quote"),
    "failed formula": lambda r, _: (f"#REF!,{r[1]},{r[2]}", "text"),
}


def _write(path: Path, header: list[str], rows: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def run(program: str, *arguments: Path) -> tuple[dict, float, int]:
    """Run a program; return its answer, its CPU seconds start-up included, and its peak memory in MB."""
    measured = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True).stdout\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([json.loads(done), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))\n"
    )
    # A process of its own per run, so that the peak of one is not reported for another.
    command = [sys.executable, "-c", measured, sys.executable, "-c", program, *map(str, arguments)]
    answer, cpu, peak = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answer, cpu, peak


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planted = plant(folder)
        tables = sorted(folder.glob("*.csv"))
        best: dict[str, list[float]] = {}
        for _ in range(5):
            for what, (answer, cpu, peak) in {
                "bare, all tables": run(BARE, *tables),
                "bare, crime_links": run(BARE, folder / "crime_links.csv"),
                "check": run(CHECK, folder),
            }.items():
                seen = best.setdefault(what, [cpu, answer["cpu"], peak])
                best[what] = [min(seen[0], cpu), min(seen[1], answer["cpu"]), max(seen[2], peak)]
                if what == "check":
                    found = {tuple(f) for f in answer["found"]}
    print(f"{ROWS:,} link rows, {PEOPLE:,} nominals, {CRIMES:,} crimes; least CPU of five runs")
    hits = len(planted & found)
    print(f"planted {len(planted):,}, found with rule and true line {hits:,}, others {len(found - planted)}")
    whole, inside, peak = best["check"]
    print(f"check: {whole:.2f} s CPU as a process, {inside:.2f} s inside, peak {peak:.0f} MB")
    for what in ("bare, all tables", "bare, crime_links"):
        print(
            f"csv.reader {what}: {best[what][0]:.2f} s as a process, {best[what][1]:.2f} s inside; "
            f"ratio {whole / best[what][0]:.1f} as a process, {inside / best[what][1]:.1f} inside"
        )


if __name__ == "__main__":
    main()
