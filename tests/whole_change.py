"""A change made to all records at once, row by row in a folder: what an edit of the rows concerned is held to."""

from __future__ import annotations

import csv
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.edit import Change
from ocgnet.model import TABLES


def changed_dataset(dataset: Dataset, change: Change) -> Dataset:
    """Return the whole of some records with a change made row by row, checked as one: the oracle of an edit."""
    folder = Path(tempfile.mkdtemp())
    for name in {*change.tables, *dataset.given}:
        columns = [c.name for c in TABLES[name].columns]
        rows = [{c: _text(row[c]) for c in columns} for row in dataset[name].to_pylist()]
        gone = [{**dict.fromkeys(TABLES[name].identity, ""), **who} for who in change.drop.get(name, ())]
        rows = [row for row in rows if {c: row[c] for c in TABLES[name].identity} not in gone]
        for who, cells in change.edit.get(name, ()):
            full = {**dict.fromkeys(TABLES[name].identity, ""), **who}
            [row] = [row for row in rows if {c: row[c] for c in TABLES[name].identity} == full]
            row.update(cells)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows([*rows, *change.add.get(name, ())])
    whole = read_dataset(folder)[0]
    shutil.rmtree(folder)
    return replace(whole, about=dataset.about)


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)
