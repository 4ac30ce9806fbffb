"""Reading a graph out of Neo4j: whole columns, collected on the server, in bounded pieces.

One row of lists costs a fraction of as many rows: measured in ``benchmarks/neo4j_load.py``. Pieces are
ranges of keys, so that each is found through an index and needs little of the server's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import neo4j
import pyarrow as pa

from ocgnet.errors import StoreError
from ocgnet.model.graph import NODES, PERSON_ROWS, TIES, Node, Tie
from ocgnet.store.neo4j_connection import Connection
from ocgnet.store.neo4j_graph import END, KEY, LABELS, START, Graph, node_schema, tie_schema

NODE_PIECE = 20_000
TIE_PIECE = 50_000
"""Nodes and relationships that the server collects at a time."""

READERS = 2
"""Pieces asked for at a time: while one is unpacked here, the server collects the next."""


def pull(connection: Connection, step: Callable[[str], None] = lambda _: None) -> Graph:
    """Return everything that ocgnet loaded into a database; nodes and relationships of others are not looked at."""
    nodes: dict[str, pa.Table] = {}
    ties: dict[str, pa.Table] = {}
    for node in NODES:
        step(node.label)
        nodes[node.label] = _all(list(_nodes(connection, node)), node_schema(node))
    for tie in TIES:
        step(tie.type)
        ties[tie.type] = pull_ties(connection, tie, nodes[tie.start.node.label][KEY])
    return Graph(nodes, ties)


def pull_ties(connection: Connection, tie: Tie, starts: pa.ChunkedArray) -> pa.Table:
    """Return all relationships of a type, as columns.

    Parameters
    ----------
    connection : Connection
        Where from.
    tie : Tie
        Which type.
    starts : pyarrow.ChunkedArray
        Keys of the nodes from which they may start, in the server's order.
    """
    [count] = connection.rows(f"MATCH ()-[r:{tie.type}]->() RETURN count(r) AS n")
    if not count["n"] or not len(starts):
        return tie_schema(tie).empty_table()
    pieces = max(1, round(count["n"] / TIE_PIECE))
    step = max(1, len(starts) // pieces)
    # Below the first border there is nothing, above the last whatever was added meanwhile.
    borders: list[str | None] = [starts[i].as_py() for i in range(0, len(starts), step)]
    ranges = list(pairwise([*borders, None]))

    def one(low_high: tuple[str | None, str | None]) -> pa.Table:
        low, high = low_high
        query = tie_query(tie, last=high is None)
        [record] = connection.rows(query, low=low, high=high)
        return _table(record, tie_schema(tie), tie.type)

    with ThreadPoolExecutor(READERS) as readers:
        return _all(list(readers.map(one, ranges)), tie_schema(tie))


def tie_query(tie: Tie, *, last: bool) -> str:
    """Return the query that collects the relationships from one range of start nodes.

    >>> print(tie_query(TIES[2], last=True))
    MATCH (a:Person)-[r:MENTIONED_IN]->(b:IntelReport) WHERE a.person_id >= $low AND r.load_id IS NOT NULL \
WITH collect(a.person_id) AS _start, collect(b.report_id) AS _end, collect(r) AS rs RETURN _start, _end
    """
    a, b = tie.start.node, tie.end.node
    below = "" if last else f" AND a.{a.key} < $high"
    cells = [f"[r IN rs | {_value('r', f.name, f.type)}] AS {f.name}" for f in tie_schema(tie)][2:]
    return (
        f"MATCH (a:{a.label})-[r:{tie.type}]->(b:{b.label}) WHERE a.{a.key} >= $low{below} AND r.load_id IS NOT NULL "
        f"WITH collect(a.{a.key}) AS {START}, collect(b.{b.key}) AS {END}, collect(r) AS rs "
        f"RETURN {', '.join((START, END, *cells))}"
    )


def _nodes(connection: Connection, node: Node) -> Iterator[pa.Table]:
    schema = node_schema(node)
    cells = [f"[n IN ns | {_node_value(node, f.name, f.type)}] AS {f.name}" for f in schema]
    query = (
        f"MATCH (n:{node.label}) WHERE n.{node.key} > $low AND n.load_id IS NOT NULL "
        f"WITH n ORDER BY n.{node.key} LIMIT $size WITH collect(n) AS ns RETURN {', '.join(cells)}"
    )
    low = ""
    while True:
        [record] = connection.rows(query, low=low, size=NODE_PIECE)
        table = _table(record, schema, node.label)
        if table.num_rows:
            yield table
        if table.num_rows < NODE_PIECE:
            return
        low = table[KEY][-1].as_py()


def _node_value(node: Node, name: str, kind: pa.DataType) -> str:
    if name == KEY:
        return f"n.{node.key}"
    if name == LABELS:
        # In the order of the declaration, joined as in a Graph: 1, 2, 4 by label.
        return " + ".join(f"CASE WHEN n:{r.label} THEN {2**i} ELSE 0 END" for i, r in enumerate(PERSON_ROWS))
    return _value("n", name, kind)


def _value(of: str, name: str, kind: pa.DataType) -> str:
    """Expression of a property; days and moments travel as text, which both sides handle fast."""
    return f"toString({of}.{name})" if pa.types.is_temporal(kind) else f"{of}.{name}"


_COMBINATIONS = [
    "|".join(r.label for i, r in enumerate(PERSON_ROWS) if number & 2**i) for number in range(2 ** len(PERSON_ROWS))
]


def _table(record: neo4j.Record, schema: pa.Schema, what: str) -> pa.Table:
    columns = []
    for field in schema:
        values = record[field.name]
        if field.name == LABELS:
            values = [_COMBINATIONS[number] for number in values]
        try:
            if pa.types.is_temporal(field.type):
                columns.append(pa.array(values, pa.string()).cast(field.type))
            else:
                columns.append(pa.array(values, field.type))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise StoreError(
                f"Some {what} in the database has a {field.name} that is no {field.type}; somebody changed it by hand. "
                "Load the folder again to put it right."
            ) from error
    return pa.table(columns, schema=schema)


def _all(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables(tables).combine_chunks() if tables else schema.empty_table()
