"""Questions on made-up records full of ties, blanks and ended memberships: the answers that Neo4j once gave.

``generated_answers.json`` holds, by seed and question, the number of rows and a digest of them, as Neo4j 5.26 gave them
for texts that worked everything out of the records themselves. Asked here is the view without a server; that the view
answers as Neo4j does is tested beside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from generated_records import records

from ocgnet.queries import Query, find
from ocgnet.queries.local_view import as_the_view_reads, own_answer, view_of

KEPT = json.loads((Path(__file__).parent / "generated_answers.json").read_text(encoding="utf-8"))


def values_of(query: Query, seed: int) -> list[dict[str, Any]]:
    """The values of the file for people and things of these records, and lenient ones on another day."""
    named = {
        "person_id": f"N{seed % 12}", "person_a": f"N{(seed + 1) % 12}", "person_b": f"N{(seed + 2) % 12}",
        "ocg_id": f"G{seed % 4}", "crime_id": f"K{seed % 12}", "line_id": "T3", "account_id": "T4", "place_id": "T9",
    }  # fmt: skip
    lenient = {
        "include_overdue": True, "as_of": date(2018, 6, 1), "period_from": date(2017, 3, 31), "limit": 1000,
        "refused_sources": ["3x5x2 1", "5x5x5 A"], "family": ["parent", "sibling"],
    }  # fmt: skip
    own = {p.name: p.default for p in query.parameters}
    least = {name: 1 for name in own if name.startswith("min_")}
    first = own | {name: value for name, value in named.items() if name in own}
    return [first, first | {name: value for name, value in (lenient | least).items() if name in own}]


def digest(query: Query, rows: Iterable[tuple[Any, ...]]) -> str:
    """Return how many rows there are and what tells them from others, without the column that came later."""
    left = [
        [_rounded(value) for column, value in zip(query.columns, row, strict=True) if column.name != "severity_scheme"]
        for row in rows
    ]
    return f"{len(left)} {hashlib.sha256(json.dumps(left, default=str).encode()).hexdigest()[:8]}"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return [_rounded(v) for v in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("seed", sorted(KEPT, key=int))
def test_the_answers_are_still_those(seed: str) -> None:
    dataset = records(int(seed))
    view = view_of(dataset)
    answers = {}
    for name in KEPT[seed]:
        query = find(name)
        answers[name] = []
        for values in values_of(query, int(seed)):
            own = own_answer(dataset, query, values)
            rows = (
                own.rows
                if own
                else [
                    tuple(row[c.name] for c in query.columns)
                    for row in view.cypher(as_the_view_reads(query.text), params=values)
                ]
            )
            answers[name].append(digest(query, rows))
    assert answers == KEPT[seed]


def test_hardly_a_question_is_without_rows() -> None:
    """A digest of nothing would hold whatever a question left out."""
    names = set().union(*KEPT.values())
    empty = {name for name in names if all(a.startswith("0 ") for kept in KEPT.values() for a in kept[name])}
    assert empty <= {
        "addresses-of-several-nominals",
        "children-only-through-peripheral-members",
        "first-and-last-contact",
        "money-passed-through",
        "people-nothing-is-known-of",
        "silence-around-an-event",
        "vehicles-seen-together",
    }
