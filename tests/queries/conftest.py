"""The real server with one of the fixtures in it, loaded once for all tests that only read."""

from __future__ import annotations

import pytest
from filled_server import FIXTURES, filled


@pytest.fixture(scope="module")
def tiny(neo4j_server):
    with filled(neo4j_server, FIXTURES / "tiny") as server:
        yield server


@pytest.fixture(scope="module")
def county(neo4j_server):
    with filled(neo4j_server, FIXTURES / "county") as server:
        yield server
