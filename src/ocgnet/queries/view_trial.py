"""A trial of the engine behind the view: five questions over a few records, whose answers were worked on paper.

Which versions of kglite answer every question of the pack as Neo4j does, a test compares. The trial tells at first use
that the one on this machine, built for its processor and system, is not broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from ocgnet.dataset import Dataset
from ocgnet.queries.pack import find
from ocgnet.queries.parameters import bind

_DAYS = {
    "born": date(2010, 4, 1),
    "early": date(2016, 5, 1),
    "joined": date(2018, 1, 1),
    "first": date(2018, 5, 1),
    "last": date(2018, 6, 30),
}


def _day(*names: str | None) -> pa.Array:
    return pa.array([_DAYS[name] if name else None for name in names], pa.date32())


def records() -> Dataset:
    """Return three nominals, two groups, a child, and what joins them; one nominal's review is overdue."""
    return Dataset.of({
        "nominals": pa.table({
            "nominal_id": ["N1", "N2", "N3"],
            "name": ["Ada Ärm", "Bo", "Cy"],
            "review_due": _day(None, None, "last"),
        }),
        "children": pa.table({"child_id": ["C1"], "name": ["Di"], "date_of_birth": _day("born")}),
        "ocgs": pa.table({"ocg_id": ["G1", "G2"], "name": ["One", "Two"]}),
        "memberships": pa.table({
            "nominal_id": ["N1", "N1", "N2", "N3"],
            "ocg_id": ["G1", "G2", "G1", "G1"],
            "role": ["principal", None, "peripheral", "principal"],
            "from_date": _day("joined", None, "joined", "joined"),
            "to_date": _day(None, None, "last", None),
        }),
        "family_links": pa.table({"adult_id": ["N1"], "child_id": ["C1"], "relationship": ["parent"]}),
        "crimes": pa.table({"crime_id": ["K1", "K2", "K3"], "recorded_on": _day("first", "last", "early")}),
        "crime_links": pa.table({
            "person_id": ["N1", "N2", "N1", "N2", "N1", "N2"],
            "crime_id": ["K1", "K1", "K2", "K2", "K3", "K3"],
            "link_role": ["suspect", "arrested", "charged", "victim", "suspect", "suspect"],
        }),
        "intel_reports": pa.table({
            "report_id": ["R1", "R2"],
            "reported_on": _day("first", "last"),
            "grading_scheme": ["3x5x2", "3x5x2"],
            "source_grade": ["1", "3"],
            "intelligence_grade": ["A", "A"],
        }),
        "intel_links": pa.table({"person_id": ["N1", "N2", "N1"], "report_id": ["R1", "R1", "R2"]}),
    })  # fmt: skip


_FIRST, _JOINED = _DAYS["first"], _DAYS["joined"]

ON_PAPER: Mapping[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {
    ("group-members", ("ocg_id=G1",)): [("N1", "Ada Ärm", "principal", _JOINED, None, None)],
    ("people-in-several-groups", ()): [("N1", "Ada Ärm", 2, ["G1 principal", "G2 not assessed"])],
    ("co-offending-pairs", ("min_crimes=1",)): [("N1", "Ada Ärm", "N2", "Bo", 1, _FIRST, _FIRST)],
    ("nominals-by-reports", ()): [("N1", "Ada Ärm", 1, 0, 1, _FIRST), ("N2", "Bo", 1, 0, 1, _FIRST)],
    ("linked-children", ()): [
        ("C1", "Di", 8, "parent", None, "N1", "Ada Ärm", None, "G2", None, "G2 - not assessed N1 - parent of C1"),
        ("C1", "Di", 8, "parent", None, "N1", "Ada Ärm", "principal", "G1", None, "G1 - principal N1 - parent of C1"),
    ],
}
"""Rows on 31 March 2019 by question and values: N2 left, N3 is overdue, K3 is early, R2 comes from a refused source."""


def failed(view_of: Callable[[Dataset], Any], as_the_view_reads: Callable[[str], str]) -> str:
    """Return the name of the first question that a view answers otherwise than on paper; empty when it passes."""
    view = view_of(records())
    for (name, given), expected in ON_PAPER.items():
        query = find(name)
        try:
            answer = view.cypher(as_the_view_reads(query.text), params=bind(query, given))
            rows = [tuple(row[c.name] for c in query.columns) for row in answer]
        except Exception:
            # Whatever the engine raises, it has not answered.
            return name
        if sorted(map(repr, rows)) != sorted(map(repr, expected)):
            return name
    return ""
