"""Looking for somebody in a Neo4j database, and taking away what records alone do not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ocgnet.model.graph import HAS_MEASURES, HAS_SUGGESTION, OF_RUN, PERSON, REPORT, RUN, SUGGESTION, THING
from ocgnet.retention.search import SUBJECT, SUBJECT_AS, SUBJECT_KIND, Words
from ocgnet.store.neo4j.connection import Address, connected
from ocgnet.store.neo4j.kept_runs import carry_over

_TIES = "MATCH ()-[r]->() UNWIND keys(r) AS k WITH type(r) AS what, k, r[k] AS v"
_OTHER_SUBJECTS = " ".join(f"WHEN '{kind}' THEN '{ids}'" for kind, ids in SUBJECT_AS.items())
_READ_AS = f"CASE k WHEN '{SUBJECT}' THEN CASE n.{SUBJECT_KIND} {_OTHER_SUBJECTS} ELSE k END ELSE k END"
_NODES = f"MATCH (n) UNWIND keys(n) AS k WITH labels(n)[0] AS what, {_READ_AS} AS k, n[k] AS v"
_TEXTS = """
WITH what, k, CASE WHEN v IS :: STRING NOT NULL THEN [v] WHEN v IS :: LIST<STRING NOT NULL> NOT NULL THEN v ELSE [] END
AS texts UNWIND texts AS text RETURN DISTINCT what, k AS property, text ORDER BY what, property
"""
_RUNS = f"""
MATCH (run:{RUN.label}) RETURN run.{RUN.key} AS run_id,
  COLLECT {{
    MATCH (run)<-[:{OF_RUN}]-()<-[:{HAS_SUGGESTION}|{HAS_MEASURES}]-(p:{PERSON.label}) RETURN DISTINCT p.{PERSON.key}
  }} AS ids,
  COLLECT {{ MATCH (run)<-[:{OF_RUN}]-(s:{SUGGESTION.label}) RETURN DISTINCT s.because }} AS reasons,
  [k IN keys(run) WHERE run[k] IS :: STRING NOT NULL | run[k]] AS texts ORDER BY run_id
"""


@dataclass(frozen=True)
class Searched:
    """What a search of a database found."""

    # nodes, ties: how many were looked at.
    nodes: int
    ties: int
    found: tuple[str, ...]  # label or type and property where a word was found; never the word


def search_graph(address: Address, words: Words, kept: Iterable[str] = ()) -> Searched:
    """Look at every text of every node and relationship of a database, whoever put it there.

    ``kept`` are passages that a person decided to keep.
    """
    kept = [k for k in kept if k]
    found: dict[str, None] = {}
    with connected(address) as connection:
        for query in (_NODES, _TIES):
            with connection.session() as session:
                for row in session.run(query + _TEXTS):
                    text = row["text"]
                    for passage in kept:
                        text = text.replace(passage, "")
                    if words.in_cell(row["property"], text):
                        found[f"{row['what']}.{row['property']}"] = None
        [nodes] = connection.rows("MATCH (n) RETURN count(n) AS n")
        [ties] = connection.rows("MATCH ()-[r]->() RETURN count(r) AS n")
        return Searched(nodes["n"], ties["n"], tuple(found))


def runs_naming(address: Address, words: Words) -> list[str]:
    """Return the ids of written-back runs that suggest or measure something of somebody, or name them in a reason."""
    with connected(address) as connection:
        carry_over(connection)
        return [
            row["run_id"]
            for row in connection.rows(_RUNS)
            if any(words.in_cell(PERSON.key, i) for i in row["ids"] if i)
            or any(words.in_bytes(t.encode("utf-8", "surrogatepass")) for t in (*row["reasons"], *row["texts"]) if t)
        ]


def remove_rest(address: Address, what: str, identity: str) -> int:
    """Remove a node that stayed because somebody else tied something to it, with those ties; return how many."""
    node = {"person": PERSON, "report": REPORT, "thing": THING}[what]
    with connected(address) as connection:
        [row] = connection.run(
            f"MATCH (n:{node.label} {{{node.key}: $id}}) DETACH DELETE n RETURN count(*) AS n", id=identity
        )
        return int(row["n"])
