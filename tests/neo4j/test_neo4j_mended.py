"""A test that leaves the shared server dead or broken spoils no other test."""

from __future__ import annotations

import os
import shutil
import signal


def test_a_server_that_is_in_order_is_left_alone(neo4j) -> None:
    before = neo4j.running
    assert neo4j.mend() == ""
    assert neo4j.running == before


def test_a_dead_server_is_started_again_with_what_it_held(neo4j) -> None:
    neo4j.query("CREATE (:Kept {person_id: 'N1'})")
    os.kill(neo4j.running.pid, signal.SIGKILL)
    while neo4j.server.running() is not None:
        pass
    assert not neo4j.answers()
    assert neo4j.mend() == "was down and has been started again"
    assert neo4j.query("MATCH (n:Kept) RETURN n.person_id AS id") == [{"id": "N1"}]
    assert neo4j.mend() == ""


def test_a_database_that_does_not_open_is_given_up_for_an_empty_one(neo4j) -> None:
    neo4j.server.stop()
    data = neo4j.server.home / "data"
    shutil.rmtree(data / "transactions" / "neo4j")
    for file in (data / "databases" / "neo4j").glob("neostore*"):
        file.write_bytes(b"\0" * 100)
    assert "had a database that did not open" in neo4j.mend()
    assert neo4j.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
