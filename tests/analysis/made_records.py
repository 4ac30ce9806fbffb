"""Small sets of records for the tests of concentration, children, figures and groups."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from ocgnet.dataset import About, Dataset
from ocgnet.model import TABLES, Kind

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SHARED = Path(__file__).resolve().parents[3] / "shared"


def table(name: str, records: Iterable[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in records], TABLES[name].schema)


def dataset(about: About | None = None, **tables: Iterable[Mapping[str, object]]) -> Dataset:
    return Dataset.of({name: table(name, records) for name, records in tables.items()}, about)


def linked(
    members: Iterable[str],
    crimes: list,
    reports: Iterable = (),
    instead: dict[str, list[dict[str, object]]] | None = None,
) -> Dataset:
    """Members of one group, and per crime or report the people it links, such as ``["A", "AB"]``.

    ``instead`` replaces tables.
    """
    members, reports = list(members), list(reports)
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
        | (instead or {})
    )


def folder(path: Path) -> Dataset:
    """Read a folder of CSV files of a known good form; skip the test when it is absent."""
    if not (path / "nominals.csv").exists():
        pytest.skip(f"{path.name} is not here")
    tables = {}
    for file in sorted(path.glob("*.csv")):
        if file.stem in TABLES:
            declared = TABLES[file.stem].columns
            types = {c.name: pa.string() if c.kind is Kind.INSTANT else c.arrow for c in declared}
            options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
            read = pyarrow.csv.read_csv(file, convert_options=options)
            for c in declared:
                if c.kind is Kind.INSTANT and c.name in read.column_names:
                    instants = [None if t is None else _universal(t) for t in read[c.name].to_pylist()]
                    read = read.set_column(read.column_names.index(c.name), c.name, pa.array(instants, c.arrow))
            tables[file.stem] = read
    about = path / "about.toml"
    return Dataset.of(tables, About(**tomllib.loads(about.read_text("utf-8"))) if about.exists() else None)


def _universal(text: str) -> datetime:
    """A time with its zone in universal time; a day alone is its first second."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)


def profile() -> dict[str, float]:
    """Return the published figures by id."""
    path = SHARED / "seed" / "profile_figures.csv"
    if not path.exists():
        pytest.skip("the published figures are not beside this checkout")
    with path.open(encoding="utf-8") as file:
        return {row["figure_id"]: float(row["value"]) for row in csv.DictReader(file)}


ABOUT = About(as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
DURING, BEFORE, LATER = date(2018, 8, 1), date(2017, 8, 1), date(2019, 5, 1)
LONG_AGO = date(2016, 9, 1)


def small_county() -> Dataset:
    """Three groups now and two a year ago; A and B are parents, A in two groups."""
    return dataset(
        ABOUT,
        nominals=[{"nominal_id": i} for i in "ABCD"],
        ocgs=[
            {"ocg_id": "G1", "mapped_on": BEFORE, "status": "active"}
            | {"primary_crime_type": "Drug_trafficking", "commodity": "Powder cocaine"},
            {"ocg_id": "G2", "mapped_on": DURING, "status": "active"}
            | {"primary_crime_type": "drug trafficking", "commodity": "heroin"},
            {"ocg_id": "G3", "mapped_on": DURING, "status": "active", "primary_crime_type": "fraud"},
            {"ocg_id": "OLD", "mapped_on": BEFORE, "archived_on": DURING, "status": "archived"},
        ],
        ocg_countries=[
            {"ocg_id": g, "country": c}
            for g, c in (("G1", "ES"), ("G1", "nl"), ("G2", "NL"), ("G3", "GB"), ("OLD", "FR"))
        ],
        memberships=[
            {"nominal_id": "A", "ocg_id": "G1", "role": "peripheral", "from_date": BEFORE},
            {"nominal_id": "A", "ocg_id": "G2", "role": "principal", "from_date": DURING},
            {"nominal_id": "B", "ocg_id": "G2", "from_date": DURING},
            {"nominal_id": "C", "ocg_id": "G3", "role": "significant", "from_date": DURING},
            {"nominal_id": "D", "ocg_id": "OLD", "role": "significant", "from_date": date(2017, 1, 1)},
        ],
        children=[{"child_id": f"K{i}", "date_of_birth": date(2010, 1, 1)} for i in range(4)],
        family_links=[
            {"adult_id": "A", "child_id": "K0", "relationship": "parent"},
            {"adult_id": "B", "child_id": "K0", "relationship": "guardian"},
            {"adult_id": "A", "child_id": "K1", "relationship": "step_parent"},
            {"adult_id": "C", "child_id": "K2", "relationship": "sibling"},
            {"adult_id": "D", "child_id": "K3", "relationship": "parent"},
        ],
        disruptions=[
            {"disruption_id": f"D{i}", "ocg_id": "G1", "happened_on": on, "level": level, "strand": "pursue"}
            for i, (on, level) in enumerate(
                # The one of long ago says that disruptions were recorded before the earlier period began.
                [(DURING, "major"), (DURING, "none"), (BEFORE, "major"), (LATER, "minor"), (LONG_AGO, "major")]
            )
        ],
        crimes=[{"crime_id": c, "recorded_on": DURING} for c in ("X1", "X2", "X3")],
        crime_links=[
            {"person_id": p, "crime_id": c, "link_role": r}
            for p, c, r in zip(
                "ACBD", ["X1", "X1", "X2", "X3"], ["suspect", "arrested", "victim", "suspect"], strict=True
            )
        ],
    )
