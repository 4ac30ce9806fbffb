"""Questions of the pack that our own code answers where no server is asked: same columns, same rows as on Neo4j.

They are those that kglite answers otherwise than Neo4j does, and whoever else is named in ``OWN_ANSWERS``.
Nothing here asks Cypher: the records stand as nodes and ties in DuckDB, and ways are searched for step by step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ocgnet.dataset import Dataset
from ocgnet.queries.one_force import FORCE
from ocgnet.store.duckdb_open import in_memory
from ocgnet.store.neo4j.property_graph import Graph, graph_of

Rows = Iterable[tuple[Any, ...]]

# What the questions have in common, as named parts of a statement. People are those who may be shown.
_PARTS = {
    "nominals": """SELECT _key AS person_id, name, born FROM Person
      WHERE list_contains(string_split(_labels, '|'), 'Nominal') AND restricted_on IS NULL
        AND ($include_overdue OR overdue_after >= $as_of) AND $force IN ('', force)""",
    "people": """SELECT _key AS person_id, name FROM Person
      WHERE restricted_on IS NULL AND ($include_overdue OR overdue_after >= $as_of)""",
    "held": """SELECT DISTINCT _start AS person_id, _end AS ocg_id FROM MEMBER_OF
      WHERE $as_of BETWEEN valid_from AND valid_to""",
    "belongs": """SELECT person_id, ocg_id FROM held WHERE ocg_id IN (SELECT _key FROM OCG
      WHERE $as_of BETWEEN valid_from AND valid_to)""",
    "linked": """SELECT _start AS person_id, crime_id, link_role FROM LINKED_TO JOIN (
        SELECT _key AS crime_id, day FROM Crime) ON crime_id = _end
      WHERE day BETWEEN $period_from AND $period_to""",
    "suspected": "SELECT DISTINCT person_id, crime_id FROM linked WHERE list_contains($link_roles, link_role)",
    "refused": """SELECT _key AS report_id FROM IntelReport
      WHERE NOT ($include_overdue OR overdue_after >= $as_of)
        OR list_contains($refused_sources::VARCHAR[], source_grading)
        OR list_contains($refused_contents::VARCHAR[], content_grading)""",
    "own": "SELECT person_id, list(ocg_id ORDER BY ocg_id) AS own_groups FROM belongs GROUP BY person_id",
}

_VICTIMS = """SELECT person_id, name,
  CASE WHEN lived BETWEEN 0 AND 1109999 THEN lived // 10000 END AS age, as_victim, coalesce(as_suspect, 0), own_groups
FROM (SELECT *, year($as_of) * 10000 + month($as_of) * 100 + day($as_of) - born AS lived
  FROM nominals) JOIN own USING (person_id)
JOIN (SELECT person_id, count(DISTINCT crime_id) AS as_victim FROM linked WHERE link_role = 'victim' GROUP BY person_id)
  USING (person_id)
LEFT JOIN (SELECT person_id, count(*) AS as_suspect FROM suspected GROUP BY person_id) USING (person_id)
ORDER BY as_victim DESC, person_id"""


def _from_tables(statement: str) -> Callable[[Dataset, Mapping[str, Any]], Rows]:
    """Return what answers a question with one statement over nodes and ties."""
    return lambda dataset, values: _asked(graph_of(dataset), statement, values)


def _asked(graph: Graph, statement: str, values: Mapping[str, Any]) -> Rows:
    text = _with_parts(statement)
    named = {name: ({FORCE: ""} | dict(values))[name] for name in re.findall(r"\$(\w+)", text)}
    with in_memory({**graph.nodes, **graph.ties}) as db:
        return db.execute(text, named).fetchall()


def _with_parts(statement: str) -> str:
    """Put before a statement the parts that it is made of, and those that they are made of."""
    needed: set[str] = set()
    todo = [statement]
    while todo:
        more = {part for part in _PARTS if re.search(rf"\b{part}\b", todo[-1])} - needed
        todo.pop()
        needed |= more
        todo += [_PARTS[part] for part in more]
    parts = ", ".join(f"{name} AS ({text})" for name, text in _PARTS.items() if name in needed)
    return f"WITH {parts} {statement}"


Node = tuple[str, str]
"""Label and key; a person and a crime may have the same key."""


def _shortest_link(dataset: Dataset, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    start, end = ("Person", values["person_a"]), ("Person", values["person_b"])
    neighbours = _neighbours(graph_of(dataset), values)
    if start == end or not {start, end} <= neighbours.keys():
        return
    layers: list[set[Node]] = [{end}]
    seen = {end}
    while start not in seen and layers[-1] and len(layers) <= _MOST_STEPS:
        layers.append({n for node in layers[-1] for n in neighbours[node]} - seen)
        seen |= layers[-1]
    if start in seen:
        for way in islice(_ways([start], layers[-2::-1], neighbours), values["limit"]):
            yield len(layers) - 1, [start[1], *way]


_MOST_STEPS = 8


def _ways(at: list[Node], layers: Sequence[set[Node]], neighbours: Mapping[Node, set[Node]]) -> Iterator[list[str]]:
    """Yield the keys on the ways through the layers, in their order; two nodes of one key are one step of a way."""
    if not layers:
        yield []
        return
    by_key: dict[str, list[Node]] = {}
    for node in {n for one in at for n in neighbours[one]} & layers[0]:
        by_key.setdefault(node[1], []).append(node)
    for key in sorted(by_key):
        for rest in _ways(by_key[key], layers[1:], neighbours):
            yield [key, *rest]


_PASSED = """SELECT 'Person', _key FROM Person WHERE _key IN ($person_a, $person_b) AND restricted_on IS NULL
UNION SELECT 'Person', person_id FROM people JOIN Person ON person_id = _key
  WHERE list_has_any(string_split(_labels, '|'), ['Nominal', 'Child'])
UNION SELECT 'Crime', _key FROM Crime
UNION SELECT 'OCG', _key FROM OCG
  WHERE $as_of BETWEEN valid_from AND valid_to
UNION SELECT 'IntelReport', _key FROM IntelReport WHERE _key NOT IN (FROM refused)
  AND NOT list_contains($restricted::VARCHAR[], handling_grading)"""

_WALKED = """SELECT 'Person', _start, 'Crime', _end FROM LINKED_TO WHERE list_contains($link_roles, link_role)
UNION SELECT 'Person', _start, 'IntelReport', _end FROM MENTIONED_IN
UNION SELECT 'Person', _start, 'Person', _end FROM FAMILY_OF
UNION SELECT 'Person', person_id, 'OCG', ocg_id FROM held
UNION SELECT 'Person', _start, 'Person', _end FROM ASSOCIATES_WITH
  WHERE report_id IS NULL OR report_id NOT IN (FROM refused)"""


def _neighbours(graph: Graph, values: Mapping[str, Any]) -> dict[Node, set[Node]]:
    """Return, of every node that a way may pass, those one step away."""
    passed: dict[Node, set[Node]] = {(label, key): set() for label, key in _asked(graph, _PASSED, values)}
    for a, x, b, y in _asked(graph, _WALKED, values):
        one, other = (a, x), (b, y)
        if one in passed and other in passed:
            passed[one].add(other)
            passed[other].add(one)
    return passed


OWN_ANSWERS: Mapping[str, Callable[[Dataset, Mapping[str, Any]], Rows]] = {
    "members-who-are-victims": _from_tables(_VICTIMS),
    "shortest-link": _shortest_link,
}
"""What answers a question of the pack, by its name: the records and the values it is asked with, to its rows."""
