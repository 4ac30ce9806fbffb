"""A scheme and records of which every answer is known on paper."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from ocgnet.dataset import About, Dataset
from ocgnet.model import TABLES

PAPER = """\
scheme = "paper"
version = "2"
{top}
[section.harm]
says = "Harm."
weight = 3
[section.likelihood]
says = "Likelihood."
weight = 1
[component.a]
says = "A."
section = "harm"
weight = 2
[component.b]
says = "B."
section = "harm"
[component.c]
says = "C."
section = "likelihood"
measure = "crimes"
thresholds = [1, 2, 3, 4]
"""


DAY = date(2020, 12, 31)


def table(name: str, *rows: dict) -> pa.Table:
    columns = {n: [r.get(n) for r in rows] for n in {k for r in rows for k in r}}
    schema = TABLES[name].schema
    return pa.table({n: pa.array(cells, schema.field(n).type) for n, cells in columns.items()})


def records(**more: pa.Table) -> Dataset:
    born = date(1980, 1, 1)
    tables = {
        "nominals": table(
            "nominals",
            *({"nominal_id": f"N{i}", "name": f"Person {i}", "date_of_birth": born} for i in (1, 2, 3)),
            {"nominal_id": "N4", "date_of_birth": date(2005, 6, 1)},
            {"nominal_id": "N5"},
        ),
        "ocgs": table(
            "ocgs",
            {"ocg_id": "G1", "name": "One", "county_line": True, "threat_scheme": "old", "threat_score": 70.0},
            {"ocg_id": "G2", "name": "Two", "county_line": False, "lead_responsible_officer": "Insp T"},
            {"ocg_id": "G3", "status": "archived"},
        ),
        "memberships": table(
            "memberships",
            *({"nominal_id": n, "ocg_id": g} for n, g in (("N1", "G1"), ("N2", "G1"), ("N3", "G2"), ("N4", "G2"))),
        ),
        # C3 lies in the year before, C4 has no code and so no weight.
        "crimes": table(
            "crimes",
            {"crime_id": "C1", "offence_code": "1", "recorded_on": date(2020, 3, 1)},
            {"crime_id": "C2", "offence_code": "30A", "recorded_on": date(2020, 4, 1), "flags": "cce|knife"},
            {"crime_id": "C3", "offence_code": "30A", "recorded_on": date(2019, 1, 1)},
            {"crime_id": "C4", "recorded_on": date(2020, 5, 1)},
        ),
        "crime_links": table(
            "crime_links",
            *({"person_id": n, "crime_id": c, "link_role": r} for n, c, r in (
                ("N1", "C1", "suspect"), ("N2", "C1", "charged"), ("N1", "C2", "suspect"), ("N3", "C2", "suspect"),
                ("N3", "C3", "suspect"), ("N2", "C3", "victim"), ("N3", "C4", "suspect"),
            )),
        ),
    } | more  # fmt: skip
    return Dataset.of(tables, About(as_of=DAY))


def score(component, value, on, subject="G1", kind="group", version="1", by="DI One"):
    return {
        "scheme": "ocgnet-priorities", "version": version, "subject_kind": kind, "subject_id": subject,
        "component": component, "scored_on": on, "score": float(value), "assessor": by, "reason": "because",
    }  # fmt: skip
