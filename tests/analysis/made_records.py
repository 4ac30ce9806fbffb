"""Small sets of records for the tests of concentration, children, figures and groups."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from ocgnet.dataset import About, Dataset
from ocgnet.model import TABLES

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SHARED = Path(__file__).resolve().parents[3] / "shared"


def table(name: str, records: Iterable[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in records], TABLES[name].schema)


def dataset(about: About | None = None, **tables: Iterable[Mapping[str, object]]) -> Dataset:
    return Dataset.of({name: table(name, records) for name, records in tables.items()}, about)


def linked(
    members: str | list[str], crimes: list[str | list[str]], reports: list[str | list[str]] = (), **more
) -> Dataset:
    """Members of one group, and per crime or report the people it links, such as ``["A", "AB"]``."""
    people = sorted(set(members) | {p for event in (*crimes, *reports) for p in event})
    return dataset(
        **{
            "nominals": [{"nominal_id": p} for p in people],
            "ocgs": [{"ocg_id": "G", "status": "active"}],
            "memberships": [{"nominal_id": p, "ocg_id": "G"} for p in members],
            "crimes": [{"crime_id": f"c{i}"} for i in range(len(crimes))],
            "crime_links": [
                {"person_id": p, "crime_id": f"c{i}", "link_role": "suspect"}
                for i, event in enumerate(crimes)
                for p in event
            ],
            "intel_reports": [{"report_id": f"r{i}"} for i in range(len(reports))],
            "intel_links": [{"person_id": p, "report_id": f"r{i}"} for i, event in enumerate(reports) for p in event],
        }
        | more
    )


def folder(path: Path) -> Dataset:
    """Read a folder of CSV files of a known good form; skip the test when it is absent."""
    if not (path / "nominals.csv").exists():
        pytest.skip(f"{path.name} is not here")
    tables = {}
    for file in sorted(path.glob("*.csv")):
        if file.stem in TABLES:
            types = {c.name: c.arrow for c in TABLES[file.stem].columns}
            options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
            tables[file.stem] = pyarrow.csv.read_csv(file, convert_options=options)
    about = path / "about.toml"
    return Dataset.of(tables, About(**tomllib.loads(about.read_text("utf-8"))) if about.exists() else None)


def profile() -> dict[str, float]:
    """Return the published figures by id."""
    path = SHARED / "seed" / "profile_figures.csv"
    if not path.exists():
        pytest.skip("the published figures are not beside this checkout")
    with path.open(encoding="utf-8") as file:
        return {row["figure_id"]: float(row["value"]) for row in csv.DictReader(file)}
