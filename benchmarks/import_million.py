"""Import 1,000,000 crimes of a workbook's shape as text: CPU against a check of the same rows in our shape, memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 1_000_000
OFFENCES = (
    ("ABH", "8N"),
    ("Robbery personal", "34B"),
    ("Theft of motor vehicle", "49"),
    ("Burglary residential", "28A"),
)
MAPPING = """
[about]
as_of = 2024-12-31
[sources]
people = "people.csv"
crimes = "extract.csv"
[[table]]
into = "nominals"
from = "people"
nominal_id = "{URN}"
name = "{Forename} {Surname}"
[[table]]
into = "crimes"
from = "crimes"
crime_id = "{Occurrence no}"
offence_code = "{HO class}"
offence = "{Offence}"
recorded_on = "{Date}"
ward = "{Beat / ward}"
district = "{District}"
"""


def write(folder: Path, seed: int = 1) -> None:
    """Write an export with a title and a total, and the same rows as a data folder."""
    draw = random.Random(seed)
    own = folder / "own"
    own.mkdir()
    (folder / "map.toml").write_text(MAPPING, encoding="utf-8")
    (folder / "people.csv").write_text("URN,Surname,Forename\nN1,Lee,Ann\n", encoding="utf-8")
    (own / "nominals.csv").write_text("nominal_id,name\nN1,Ann Lee\n", encoding="utf-8")
    (own / "about.toml").write_text("as_of = 2024-12-31\n", encoding="utf-8")
    with (folder / "extract.csv").open("w", encoding="utf-8") as theirs, (own / "crimes.csv").open("w") as ours:
        theirs.write("Occurrence extract,,,,,\nOccurrence no,HO class,Offence,Date,Beat / ward,District\n")
        ours.write("crime_id,offence_code,offence,recorded_on,ward,district\n")
        for k in range(ROWS):
            offence, code = OFFENCES[draw.randrange(len(OFFENCES))]
            day, month, year = draw.randrange(1, 29), draw.randrange(1, 13), draw.randrange(2021, 2025)
            place = f"Ward {k % 90},District {k % 9}"
            theirs.write(f"44{k:09},{code},{offence},{day:02}/{month:02}/{year},{place}\n")
            ours.write(f"44{k:09},{code},{offence},{year}-{month:02}-{day:02},{place}\n")
        theirs.write(f"Total records: {ROWS},,,,,\n")


def run(folder: Path, *words: str) -> tuple[float, int]:
    """Run a command; return its CPU seconds, start-up included, and its peak memory in MB."""
    measured = (
        "import json, resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))\n"
    )
    command = [sys.executable, "-c", measured, sys.executable, "-m", "ocgnet", *words]
    environment = os.environ | {"OCGNET_LOG": str(folder / "log" / "log.jsonl")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    cpu, peak = json.loads(done.stdout)
    return cpu, peak


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "log").mkdir()
        write(folder)
        best: dict[str, tuple[float, int]] = {}
        for turn in range(3):
            for what, words in (
                ("check", ("check", "own")),
                ("import", ("import", "people.csv", "extract.csv", "--map", "map.toml", "--into", f"out{turn}")),
            ):
                cpu, peak = run(folder, *words)
                old = best.get(what, (cpu, peak))
                best[what] = (min(cpu, old[0]), max(peak, old[1]))
    print(f"{ROWS:,} rows; least CPU of three runs by turns, start-up included")
    for what, (cpu, peak) in best.items():
        print(f"{what}: {cpu:.2f} s CPU, peak {peak} MB, ratio {cpu / best['check'][0]:.2f}")


if __name__ == "__main__":
    main()
