"""Looking for somebody in a Neo4j database, and taking away what records alone do not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocgnet.model.graph import ASSESSED_AS, PERSON, REPORT, RUN
from ocgnet.store.neo4j.connection import Address, Connection, connected

_NODES = """
MATCH (n) UNWIND keys(n) AS k WITH n, k, n[k] AS v
WHERE (v IS :: STRING NOT NULL AND v =~ $words)
   OR (v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x =~ $words))
RETURN labels(n)[0] AS what, k AS property, count(*) AS hits ORDER BY what, property
"""
_TIES = """
MATCH ()-[r]->() UNWIND keys(r) AS k WITH r, k, r[k] AS v
WHERE (v IS :: STRING NOT NULL AND v =~ $words)
   OR (v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x =~ $words))
RETURN type(r) AS what, k AS property, count(*) AS hits ORDER BY what, property
"""
_RUNS = f"""
MATCH (run:{RUN.label}) OPTIONAL MATCH (p)-[r:{ASSESSED_AS}]->(run)
WITH run, collect(r.because) AS reasons, collect(p.{PERSON.key}) AS ids
WHERE any(x IN reasons WHERE x =~ $words) OR any(x IN ids WHERE x =~ $words)
   OR any(x IN [k IN keys(run) WHERE run[k] IS :: STRING NOT NULL | run[k]] WHERE x =~ $words)
RETURN run.{RUN.key} AS run_id ORDER BY run_id
"""


@dataclass(frozen=True)
class Searched:
    """What a search of a database found.

    Parameters
    ----------
    nodes, ties : int
        How many were looked at.
    found : tuple of str
        Label or type and property where a word was found; never the word.
    """

    nodes: int
    ties: int
    found: tuple[str, ...]


def search_graph(address: Address, words: tuple[str, ...]) -> Searched:
    """Look at every text of every node and relationship of a database, whoever put it there."""
    with connected(address) as connection:
        found = [
            f"{row['what']}.{row['property']}"
            for query in (_NODES, _TIES)
            for row in connection.rows(query, words=_pattern(words))
        ]
        [nodes] = connection.rows("MATCH (n) RETURN count(n) AS n")
        [ties] = connection.rows("MATCH ()-[r]->() RETURN count(r) AS n")
        return Searched(nodes["n"], ties["n"], tuple(found))


def runs_naming(address: Address, words: tuple[str, ...]) -> list[str]:
    """Return the ids of written-back runs whose suggestions or reasons name somebody."""
    with connected(address) as connection:
        return [row["run_id"] for row in connection.rows(_RUNS, words=_pattern(words))]


def remove_rest(address: Address, what: str, identity: str) -> int:
    """Remove a node that stayed because somebody else tied something to it, with those ties; return how many."""
    node = PERSON if what == "person" else REPORT
    with connected(address) as connection:
        return _removed(connection, node.label, node.key, identity)


def _removed(connection: Connection, label: str, key: str, identity: str) -> int:
    [row] = connection.run(f"MATCH (n:{label} {{{key}: $id}}) DETACH DELETE n RETURN count(*) AS n", id=identity)
    return int(row["n"])


def _pattern(words: tuple[str, ...]) -> str:
    """Return a regular expression of the server for a text that holds any of the words, not within a longer one."""
    plain = "|".join(re.sub(r"([^\w\s])", r"\\\1", w) for w in words)
    return rf"(?isu).*(?<![\p{{L}}\p{{N}}])(?:{plain})(?![\p{{L}}\p{{N}}]).*"
