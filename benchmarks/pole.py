"""The whole POLE example through its mapping: what comes in, beside a count that shares no code with the import.

Run it as ``python benchmarks/pole.py FOLDER`` on your own copy of the data set "POLE" of the Neo4j graph examples, in
its form as CSV files (nodes and relationships). Without a folder it says so and ends.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MAPPING = Path(__file__).parent.parent / "examples" / "pole.toml"


def rows(folder: Path, kind: str) -> list[dict[str, str]]:
    """Return the rows of one file of the data set."""
    (file,) = folder.glob(f"*.{kind}.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def pairs(folder: Path, kind: str, **where: str) -> set[frozenset[str]]:
    """Return the different pairs of people of one kind of relationship."""
    found = [r for r in rows(folder, f"relationships.{kind}") if all(r[k] == v for k, v in where.items())]
    return {frozenset((r[":START_ID"], r[":END_ID"])) for r in found} - {frozenset((r[":START_ID"],)) for r in found}


def expected(folder: Path) -> dict[str, int]:
    """Count what each table is to hold."""
    contacts = [pairs(folder, k) for k in ("KNOWS", "KNOWS_LW", "KNOWS_PHONE", "KNOWS_SN")]
    family = rows(folder, "relationships.FAMILY_REL")
    parents = {(r[":START_ID"], r[":END_ID"]) for r in family if r["rel_type"] == "PARENT"}
    return {
        "nominals": len({r[":ID"] for r in rows(folder, "nodes.Person")}),
        "crimes": len({r[":ID"] for r in rows(folder, "nodes.Crime")}),
        "crime_links": len({(r[":START_ID"], r[":END_ID"]) for r in rows(folder, "relationships.PARTY_TO")}),
        "associations": sum(map(len, contacts)) + len(pairs(folder, "FAMILY_REL", rel_type="SIBLING")),
        "family_links": len(parents),
    }


def main() -> None:
    if len(sys.argv) < 2:
        print("Name the folder of your copy: python benchmarks/pole.py FOLDER")
        return
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        words = [sys.executable, "-m", "ocgnet", "import", folder, "--map", MAPPING, "--into", f"{place}/pole"]
        subprocess.run(
            words, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"OCGNET_LOG": f"{place}/log.jsonl"}
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wrong = 0
        for table, count in expected(folder).items():
            with (Path(place) / "pole" / f"{table}.csv").open(encoding="utf-8", newline="") as text:
                mapped = sum(1 for _ in csv.reader(text)) - 1
            wrong += mapped != count
            print(f"{table:14}{mapped:>8,} rows, counted in the files themselves {count:,}")
    print(f"{after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.1f} s CPU")
    if wrong:
        raise SystemExit(f"{wrong} tables differ.")


if __name__ == "__main__":
    main()
