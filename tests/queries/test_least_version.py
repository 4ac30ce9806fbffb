"""The least version of the server that will do: every question gives there what was worked on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from other_versions import Server, faults

from installed import missing
from ocgnet.errors import StoreError
from ocgnet.store.neo4j.connection import OLDEST, refuse_old
from ocgnet.store.neo4j.jars import library, version
from ocgnet.store.neo4j.server import LocalServer

LEAST = Path(__file__).parents[1] / "neo4j" / "least"


@pytest.mark.long
def test_every_question_is_answered_rightly_by_the_least_version(tmp_path: Path) -> None:
    assert version(LEAST) == ".".join(map(str, (*OLDEST, 0)))
    try:
        server = LocalServer(tmp_path / "neo4j", heap="512m", brief=True, lib=library(LEAST))
        neo4j = Server(server)
    except StoreError as error:
        missing(str(error))
    try:
        [row] = neo4j.query("CALL dbms.components() YIELD name, versions RETURN versions[0] AS version LIMIT 1")
        assert row["version"] == version(LEAST)
        assert faults(neo4j) == []
    finally:
        server.stop()


@pytest.mark.parametrize("found", ["4.4.12", "5.20.0", "5.25.1"])
def test_an_older_server_is_refused_with_both_versions(found: str) -> None:
    with pytest.raises(StoreError, match=rf"is Neo4j {found}; version 5\.26 or later is needed\."):
        refuse_old(f"Neo4j/{found}", "bolt://here")


@pytest.mark.parametrize("agent", ["Neo4j/5.26.0", "Neo4j/5.27-aura", "Neo4j/2025.01.0", "Neo4j/2026.08.1", "Other"])
def test_a_later_server_is_not_refused(agent: str) -> None:
    refuse_old(agent, "bolt://here")
