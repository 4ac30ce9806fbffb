"""A test that leaves the shared server dead or broken spoils no other test; dead: test_neo4j_faults.py."""

from __future__ import annotations

import shutil


def test_a_server_that_is_in_order_is_left_alone(neo4j) -> None:
    before = neo4j.running
    assert neo4j.mend() == ""
    assert neo4j.running == before


def test_a_database_that_does_not_open_is_given_up_for_an_empty_one(neo4j) -> None:
    neo4j.server.stop()
    data = neo4j.server.home / "data"
    shutil.rmtree(data / "transactions" / "neo4j")
    for file in (data / "databases" / "neo4j").glob("neostore*"):
        file.write_bytes(b"\0" * 100)
    assert "had a database that did not open" in neo4j.mend()
    assert neo4j.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
