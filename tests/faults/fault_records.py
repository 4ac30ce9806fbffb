"""Two versions of the same records, and what a store holds as bytes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.csv as pc_csv

from ocgnet.store import open_store
from ocgnet_demo.network import write_network


def two_versions(place: Path, nominals: int) -> tuple[Path, Path]:
    """Write two folders that share most rows: the second has other districts, fewer links and more people."""
    first, second = place / "first", place / "second"
    write_network(first, nominals, 1)
    second.mkdir()
    for path in sorted(first.iterdir()):
        if path.suffix != ".csv":
            (second / path.name).write_bytes(path.read_bytes())
            continue
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        names = list(rows[0]) if rows else path.read_text(encoding="utf-8").strip().split(",")
        if path.stem == "nominals":
            for row in rows[::3]:
                row["district"] = f"{row.get('district', '')} again"
            rows.append(rows[-1] | {names[0]: "N-NEW"})
            names = sorted({*names, "district"}, key=lambda n: (n != names[0], n))
        elif path.stem == "crime_links":
            rows = rows[: -len(rows) // 10]
        with (second / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    return first, second


def exported(store: str) -> dict[str, bytes]:
    """Return every table of a store as the bytes of a CSV, rows in the order of their identity."""
    dataset = open_store(store).read()
    found = {}
    for name, table in dataset.tables.items():
        sink = io.BytesIO()
        pc_csv.write_csv(table, sink)
        found[name] = sink.getvalue()
    return found | {"about": repr((dataset.about, dataset.left_out, sorted(dataset.given))).encode()}


def lost(wanted: dict[str, bytes], found: dict[str, bytes]) -> int:
    """Return how many rows of the wanted export are not in the found one."""
    return sum(len(set(wanted[name].splitlines()) - set(found[name].splitlines())) for name in wanted)
