"""Records of an extreme shape: a crime or report with everybody, groups of the same two people, a star, a chain.

Run it as ``python benchmarks/extremes.py [SHAPE [SIZE]]``; without words every shape is run at a quarter, a half and
the whole of a small size. Each is a process of its own; it prints the CPU seconds of the command, the peak of memory so
far, and the exponent of growth from one size to the next: 1 is in proportion, 2 with the square.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

SIZES = {"crime": 8_000, "report": 8_000, "groups": 400, "star": 24_000, "chain": 24_000, "districts": 1_600}
"""Largest size of each shape that is run: a minute for all of them."""

ABOUT = """force = "Made-up"
synthetic = true
as_of = 2019-03-31
period_from = 2018-04-01
period_to = 2019-03-31
"""


def write(folder: Path, shape: str, size: int) -> None:
    """Write the records of a shape."""
    people = {"groups": 2, "star": size + 1, "chain": size + 1}.get(shape, size)
    crimes = {"crime": 1, "report": 0, "groups": 1}.get(shape, size)
    links: dict[str, Iterable[tuple[int, int]]] = {
        "crime": ((i, 0) for i in range(size)),
        "groups": ((i, 0) for i in range(2)),
        "star": (link for i in range(size) for link in ((0, i), (i + 1, i))),
        "chain": (link for i in range(size) for link in ((i, i), (i + 1, i))),
        "districts": ((i, i) for i in range(size)),
    }
    rows = {
        "nominals": ["nominal_id,name,review_due", *(f"N{i},Person {i},2030-01-01" for i in range(people))],
        "crimes": [
            "crime_id,offence_code,recorded_on,district",
            *(f"K{i},92A,2018-06-01,D{i if shape == 'districts' else 0}" for i in range(crimes)),
        ],
        "crime_links": [
            "person_id,crime_id,link_role", *(f"N{p},K{c},suspect" for p, c in links.get(shape, ())),
        ],
    }  # fmt: skip
    if shape == "report":
        rows["intel_reports"] = ["report_id,reported_on,handling_code", "R0,2018-06-01,P"]
        rows["intel_links"] = ["person_id,report_id", *(f"N{i},R0" for i in range(size))]
    if shape == "groups":
        rows["ocgs"] = ["ocg_id,status", *(f"G{i},active" for i in range(size))]
        rows["memberships"] = ["nominal_id,ocg_id", *(f"N{p},G{i}" for i in range(size) for p in range(2))]
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8")


def cost(shape: str, size: int) -> tuple[float, int]:
    """Return the CPU seconds and the megabytes of the command on a shape of one size."""
    with TemporaryDirectory() as place:
        folder = Path(place, "records")
        folder.mkdir()
        write(folder, shape, size)
        command = "profile" if shape == "districts" else "analyse"
        measured = "import resource, sys\nfrom ocgnet.cli import main\nsys.argv[0] = 'ocgnet'\nmain()\n"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", measured, command, str(folder), "--out", str(Path(place, "out"))],
            env=os.environ | {"OCGNET_LOG": str(Path(place, "log", "log.jsonl"))}, check=True, capture_output=True,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss // 1000


def main() -> None:
    """Run one shape or all, at rising sizes."""
    shapes = sys.argv[1:2] or [*SIZES]
    for shape in shapes:
        largest = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES[shape]
        measured = []
        for size in (largest // 4, largest // 2, largest):
            seconds, megabytes = cost(shape, size)
            measured.append((size, seconds))
            print(f"  {shape:<10}{size:>9,}{seconds:9.1f} s of CPU{megabytes:9,} MB at most so far", flush=True)
        grown = [math.log(t / s) / math.log(n / m) for (m, s), (n, t) in pairwise(measured)]
        print(f"  {shape:<10} grows with the power {', '.join(f'{g:.2f}' for g in grown)}")


if __name__ == "__main__":
    main()
