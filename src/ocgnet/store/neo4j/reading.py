"""Reading a graph out of Neo4j: whole columns, collected on the server, in bounded pieces.

One row of lists costs a fraction of as many rows: measured in ``benchmarks/neo4j_load.py``. Pieces are
ranges of keys, so that each is found through an index and needs little of the server's memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import neo4j
import pyarrow as pa

from ocgnet.errors import StoreError
from ocgnet.model import TABLES
from ocgnet.model.graph import (
    NODE_ROWS,
    NODES,
    PERSON_ROWS,
    THING,
    TIES,
    WARD,
    End,
    Node,
    NodeRows,
    Tie,
    derived_of,
    further_labels,
)
from ocgnet.store.neo4j.connection import Connection
from ocgnet.store.neo4j.property_graph import (
    END,
    KEY,
    LABELS,
    START,
    Graph,
    dataset_of,
    is_own_row,
    node_schema,
    tie_schema,
)

NODE_PIECE = 20_000
TIE_PIECE = 50_000
"""Nodes and relationships that the server collects at a time."""

READERS = 2
"""Pieces asked for at a time: while one is unpacked here, the server collects the next."""


def pull(connection: Connection, *, whole: bool = True) -> Graph:
    """Return what ocgnet loaded into a database; nodes and relationships of others are not looked at.

    ``whole`` is with what is derived, for comparing; without it, what is derived stays blank or absent.
    """
    nodes: dict[str, pa.Table] = {}
    ties: dict[str, pa.Table] = {}
    sizes = _sizes(connection)
    for node in NODES:
        tables = list(_nodes(connection, node, whole=whole)) if sizes[node.label] else []
        nodes[node.label] = _all(tables, node_schema(node))
    for tie in TIES:
        count = sizes[tie.type] if whole or not tie.derived else 0
        ties[tie.type] = pull_ties(connection, tie, nodes[tie.start.node.label][KEY], count, whole=whole)
    return Graph(nodes, ties)


def _sizes(connection: Connection) -> dict[str, int]:
    """Return how many there are of each label and type, from the server's own counts."""
    counts = [f"MATCH (n:{n.label}) WITH count(n) AS n RETURN '{n.label}' AS name, n" for n in NODES]
    counts += [f"MATCH ()-[r:{t.type}]->() WITH count(r) AS n RETURN '{t.type}' AS name, n" for t in TIES]
    return {row["name"]: row["n"] for row in connection.rows(" UNION ALL ".join(counts))}


def pull_ties(connection: Connection, tie: Tie, starts: pa.ChunkedArray, count: int, *, whole: bool = True) -> pa.Table:
    """Return all relationships of a type, as columns.

    ``starts`` are the keys of the nodes from which they may start, in the server's order; ``count`` is about how many
    there are, which says how many pieces to ask for.
    """
    if not count or not len(starts):
        return tie_schema(tie).empty_table()
    pieces = max(1, round(count / TIE_PIECE))
    step = max(1, len(starts) // pieces)
    # Below the first border there is nothing, above the last whatever was added meanwhile.
    borders: list[str | None] = [starts[i].as_py() for i in range(0, len(starts), step)]
    ranges = list(pairwise([*borders, None]))

    wanted = None if whole else frozenset(c.name for c in tie.properties)

    def one(low_high: tuple[str | None, str | None]) -> pa.Table:
        low, high = low_high
        query = tie_query(tie, last=high is None, wanted=wanted)
        [record] = connection.rows(query, low=low, high=high)
        return _table(record, tie_schema(tie), START, tie.type)

    with ThreadPoolExecutor(READERS) as readers:
        return _all(list(readers.map(one, ranges)), tie_schema(tie))


def tie_query(tie: Tie, *, last: bool, wanted: frozenset[str] | None = None) -> str:
    """Return the query that collects the relationships from one range of start nodes.

    A property that none of them has is not sent; ``wanted`` names those to ask for, None means all.

    >>> print(tie_query(TIES[2], last=True))
    MATCH (a:Person)-[r:MENTIONED_IN]->(b:IntelReport) WHERE a.person_id >= $low AND r.load_id IS NOT NULL \
WITH collect(a.person_id) AS _start, collect(b.report_id) AS _end, collect(r) AS found RETURN _start, _end
    """
    a, b = tie.start.node, tie.end.node
    below = "" if last else f" AND a.{a.key} < $high"
    return (
        f"MATCH (a:{a.label})-[r:{tie.type}]->(b:{b.label}) WHERE a.{a.key} >= $low{below} AND r.load_id IS NOT NULL "
        f"{_tie_cells(tie, wanted)}"
    )


def _tie_cells(tie: Tie, wanted: frozenset[str] | None) -> str:
    """Return the end of a query that collects relationships ``r`` from ``a`` to ``b`` as columns."""
    fields = [f for f in tie_schema(tie) if f.name not in (START, END) and (wanted is None or f.name in wanted)]
    counts = "".join(f", count(r.{f.name}) AS _{f.name}" for f in fields)
    cells = [_collected("r", f) for f in fields]
    return (
        f"WITH collect(a.{tie.start.node.key}) AS {START}, collect(b.{tie.end.node.key}) AS {END}, "
        f"collect(r) AS found{counts} RETURN {', '.join((START, END, *cells))}"
    )


def _collected(of: str, field: pa.Field) -> str:
    """Return the expression of a whole column, nothing where all of it is blank.

    Days and moments travel as text, which both sides handle fast.
    """
    cell = f"toString({of}.{field.name})" if pa.types.is_temporal(field.type) else f"{of}.{field.name}"
    cells = f"[{of} IN found | {cell}]"
    return f"CASE _{field.name} WHEN 0 THEN null ELSE {cells} END AS {field.name}"


def pull_named_nodes(connection: Connection, node: Node, keys: Sequence[str]) -> pa.Table:
    """Return the nodes of a kind that have one of some keys, with what is derived."""
    query = (
        f"UNWIND $asked AS key MATCH (n:{node.label} {{{node.key}: key}}) WHERE n.load_id IS NOT NULL "
        f"{_node_cells(node, whole=True)}"
    )
    return _asked_for(connection, query, keys, NODE_PIECE, node_schema(node), KEY, node.label)


def pull_named_ties(connection: Connection, tie: Tie, identities: pa.Table) -> pa.Table:
    """Return the relationships of a type that have one of some identities: both ends, and what tells them apart."""
    a, b = tie.start.node, tie.end.node
    apart = f" {{{tie.merge_key}: row[2]}}" if tie.merge_key else ""
    query = (
        f"UNWIND $asked AS row MATCH (a:{a.label} {{{a.key}: row[0]}}) MATCH (b:{b.label} {{{b.key}: row[1]}}) "
        f"MATCH (a)-[r:{tie.type}{apart}]->(b) WHERE r.load_id IS NOT NULL {_tie_cells(tie, None)}"
    )
    columns = [identities[c].to_pylist() for c in (START, END, *((tie.merge_key,) if tie.merge_key else ()))]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return _asked_for(connection, query, rows, TIE_PIECE, tie_schema(tie), START, tie.type)


def pull_ties_at(connection: Connection, tie: Tie, node: Node, keys: Sequence[str]) -> pa.Table:
    """Return the relationships of a type that hang on a node of a kind with one of some keys."""
    a, b = tie.start.node, tie.end.node
    at = "a" if node is a else "b"
    query = (
        f"UNWIND $asked AS key MATCH ({at}:{node.label} {{{node.key}: key}}) "
        f"MATCH (a:{a.label})-[r:{tie.type}]->(b:{b.label}) WHERE r.load_id IS NOT NULL {_tie_cells(tie, None)}"
    )
    return _asked_for(connection, query, keys, NODE_PIECE, tie_schema(tie), START, tie.type)


def _asked_for(
    connection: Connection, query: str, asked: Sequence[Any], size: int, schema: pa.Schema, key: str, what: str
) -> pa.Table:
    """Return what a query gives for its parameter ``asked``, of which it gets so many at a time."""

    def one(start: int) -> pa.Table:
        [record] = connection.rows(query, asked=list(asked[start : start + size]))
        return _table(record, schema, key, what)

    with ThreadPoolExecutor(READERS) as readers:
        return _all(list(readers.map(one, range(0, len(asked), size))), schema)


def pull_rows(connection: Connection, name: str, column: str, texts: list[str]) -> pa.Table:
    """Return the rows of a table of which a column holds one of some texts; of a list of ids, one of its ids."""
    nodes = {n.label: node_schema(n).empty_table() for n in NODES}
    ties = {t.type: tie_schema(t).empty_table() for t in TIES}
    many = TABLES[name].column(column).many
    for rows in (r for r in NODE_ROWS if r.table == name):
        node, of = rows.node, f"n.{column}"
        if not rows.node.parts and column == rows.key[0]:
            of = f"n.{node.key}"
        label = rows.label or node.label
        cells = _node_cells(node, whole=False)
        hit = f"any(x IN {of} WHERE x IN $texts)" if many else f"{of} IN $texts"
        query = f"MATCH (n:{node.label}) WHERE n:{label} AND {hit} AND n.load_id IS NOT NULL {cells}"
        if walked := _walked(rows, column):
            # What the column names is found through an index, and the rows hang on it.
            ways = (
                f"MATCH (x:{end.node.label})-[r:{tie.type}]-(n:{node.label}) WHERE x.{end.node.key} IN $texts "
                "AND n.load_id IS NOT NULL AND r.load_id IS NOT NULL RETURN n"
                for tie, end in walked
            )
            query = f"CALL () {{ {' UNION '.join(ways)} }} WITH DISTINCT n {cells}"
        [record] = connection.rows(query, texts=texts)
        nodes[node.label] = _table(record, node_schema(node), KEY, node.label)
    for tie in (t for t in TIES if t.table == name and not t.derived):
        a, b = tie.start.node, tie.end.node
        ends = {tie.start.columns[0]: f"a.{a.key}", tie.end.columns[0]: f"b.{b.key}"}
        of = ends.get(column, f"r.{column}")
        cells = _tie_cells(tie, frozenset(c.name for c in tie.properties))
        query = (
            f"MATCH (a:{a.label})-[r:{tie.type}]->(b:{b.label}) WHERE {of} IN $texts AND r.load_id IS NOT NULL {cells}"
        )
        [record] = connection.rows(query, texts=texts)
        ties[tie.type] = _table(record, tie_schema(tie), START, tie.type)
    return dataset_of(Graph(nodes, ties))[name]


def _walked(rows: NodeRows, column: str) -> list[tuple[Tie, End]]:
    """Return the relationships that repeat what a column of a node's rows names, each with the end that it names.

    There are several where another column says in which table the id stands.
    """
    return [
        (tie, end)
        for tie in TIES
        if tie.table == rows.table and tie.derived
        for end in (tie.start, tie.end)
        if not (end.recorded or is_own_row(tie, end)) and end.columns == (column,)
    ]


def pull_wards(connection: Connection) -> pa.Table:
    """Return the rows of the table ``wards``."""
    query = (
        f"MATCH (n:{WARD.label}) WHERE n.unlisted IS NULL AND n.load_id IS NOT NULL {_node_cells(WARD, whole=False)}"
    )
    [record] = connection.rows(query)
    nodes = {n.label: node_schema(n).empty_table() for n in NODES}
    nodes[WARD.label] = _table(record, node_schema(WARD), KEY, WARD.label)
    return dataset_of(Graph(nodes, {t.type: tie_schema(t).empty_table() for t in TIES}))["wards"]


def pull_numbered(connection: Connection, prefix: str) -> pa.Table:
    """Return one row of a thing whose id is nothing but digits behind a prefix; none where there is no such thing."""
    query = (
        f"MATCH (n:{THING.label}) WHERE n.{THING.key} >= $low AND n.{THING.key} < $high AND n.{THING.key} =~ $form "
        f"AND n.unlisted IS NULL AND n.load_id IS NOT NULL RETURN n.{THING.key} AS id LIMIT 1"
    )
    ends = {"low": f"{prefix}0", "high": f"{prefix}:", "form": f"{prefix}[0-9]+"}
    ids = [row["id"] for row in connection.rows(query, **ends)]
    return pull_rows(connection, "things", THING.key, ids)


def filled(connection: Connection) -> frozenset[str]:
    """Return the tables of which a database holds rows."""
    sizes = _sizes(connection)
    people = [f"MATCH (n:{r.label}) WITH count(n) AS n RETURN '{r.table}' AS name, n" for r in PERSON_ROWS]
    sizes |= {row["name"]: row["n"] for row in connection.rows(" UNION ALL ".join(people))}
    nodes = {r.table for r in NODE_ROWS if sizes[r.table if r.label else r.node.label]}
    return frozenset(nodes | {t.table for t in TIES if not t.derived and sizes[t.type]})


def _nodes(connection: Connection, node: Node, *, whole: bool) -> Iterator[pa.Table]:
    schema = node_schema(node)
    cells = _node_cells(node, whole=whole)
    query = (
        f"MATCH (n:{node.label}) WHERE n.{node.key} > $low AND n.load_id IS NOT NULL "
        f"WITH n ORDER BY n.{node.key} LIMIT $size {cells}"
    )
    low = ""
    while True:
        [record] = connection.rows(query, low=low, size=NODE_PIECE)
        table = _table(record, schema, KEY, node.label)
        if table.num_rows:
            yield table
        if table.num_rows < NODE_PIECE:
            return
        low = table[KEY][-1].as_py()


def _node_cells(node: Node, *, whole: bool) -> str:
    """Return the end of a query that collects nodes ``n`` as columns."""
    schema = node_schema(node)
    derived = {d.name for d in derived_of(node)}
    fields = [f for f in schema if f.name not in (KEY, LABELS) and (whole or f.name not in derived)]
    counts = "".join(f", count(n.{f.name}) AS _{f.name}" for f in fields)
    cells = [f"[n IN found | n.{node.key}] AS {KEY}", *(_collected("n", f) for f in fields)]
    if LABELS in schema.names:
        cells.append(f"[n IN found | {_label_number(node)}] AS {LABELS}")
    return f"WITH collect(n) AS found{counts} RETURN {', '.join(cells)}"


def _label_number(node: Node) -> str:
    """Return the expression of a node's further labels as one number: 1, 2, 4 in the order of the declaration."""
    return " + ".join(f"CASE WHEN n:{label} THEN {2**i} ELSE 0 END" for i, label in enumerate(further_labels(node)))


_NODE = {n.label: n for n in NODES}


@cache
def _further(label: str, number: int) -> str:
    """Return the further labels that a number stands for, joined by ``|``."""
    return "|".join(name for i, name in enumerate(further_labels(_NODE[label])) if number & 2**i)


def _table(record: neo4j.Record, schema: pa.Schema, key: str, what: str) -> pa.Table:
    columns = []
    rows = len(record[key])
    for field in schema:
        values = record.get(field.name)
        if values is None:
            columns.append(pa.nulls(rows, field.type))
            continue
        if field.name == LABELS:
            values = [_further(what, number) for number in values]
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
