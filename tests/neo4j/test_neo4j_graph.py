"""The graph as investigators see it, loaded from the tiny fixture into the real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocgnet.check import check
from ocgnet.store import LoadManifest, open_store

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


@pytest.fixture
def tiny(neo4j):
    checked = check(TINY)
    open_store(neo4j.uri).write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    return neo4j


def test_every_row_is_where_the_graph_contract_says(tiny) -> None:
    rows = check(TINY).dataset.rows
    counts = {
        "MEMBER_OF": "memberships",
        "LINKED_TO": "crime_links",
        "MENTIONED_IN": "intel_links",
        "ASSOCIATES_WITH": "associations",
        "FAMILY_OF": "family_links",
        "HAS_ACE": "child_aces",
    }
    for kind, table in counts.items():
        assert tiny.query(f"MATCH ()-[r:{kind}]->() RETURN count(r) AS n") == [{"n": rows[table]}], kind
