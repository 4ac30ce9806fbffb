"""Writing a graph to Neo4j: constraints, batches, and what is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb
import neo4j
import pyarrow as pa
from neo4j.spatial import WGS84Point

from ocgnet.dataset import equal_in
from ocgnet.errors import StoreError
from ocgnet.model.graph import (
    ASSESSED_AS,
    HAS_MEASURES,
    HAS_SUGGESTION,
    IN_COMMUNITY,
    IN_GROUP,
    LEASE,
    LOAD,
    LOOKED_UP,
    MEASURES,
    NAME_PROPERTIES,
    NODE_ROWS,
    NODES,
    OCG,
    OUTSIDE,
    PEOPLE_INDEX,
    PERSON,
    PLACED,
    POINT,
    RUN_NODES,
    SUGGESTION,
    TIED_WITH,
    TIES,
    Node,
    Tie,
    further_labels,
)
from ocgnet.store.duckdb_open import in_memory
from ocgnet.store.neo4j.connection import Connection
from ocgnet.store.neo4j.property_graph import END, KEY, LABELS, START, Graph

BATCH = 10_000
"""Rows a transaction; measured in ``benchmarks/neo4j_load.py``."""

Progress = Callable[[str, int, int], None]
"""Told what is being written, how many rows of it are done, and how many there are."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


class Change(NamedTuple):
    """Rows of one label or type by what happens to them, each sorted by identity."""

    new: pa.Table
    changed: pa.Table
    gone: pa.Table


@dataclass(frozen=True)
class Changes:
    """What has to happen to a database so that it holds a wanted graph, by label and by type."""

    nodes: dict[str, Change]
    ties: dict[str, Change]

    def __bool__(self) -> bool:
        return bool(self.counts())

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """Rows new, changed and gone by label and type; those without any left out."""
        rows = {
            name: (c.new.num_rows, c.changed.num_rows, c.gone.num_rows) for name, c in (self.nodes | self.ties).items()
        }
        return {name: numbers for name, numbers in rows.items() if any(numbers)}


def changes_between(have: Graph, want: Graph) -> Changes:
    """Compare what a database holds with what it should hold."""
    with in_memory({}) as db:
        nodes = {n.label: _compare(db, have.nodes[n.label], want.nodes[n.label], (KEY,)) for n in NODES}
        ties = {t.type: _compare(db, have.ties[t.type], want.ties[t.type], identity_of(t)) for t in TIES}
    return Changes(nodes, ties)


def identity_of(tie: Tie) -> tuple[str, ...]:
    """Return the columns that tell relationships of a type apart in a :class:`Graph`."""
    return (START, END, *((tie.merge_key,) if tie.merge_key else ()))


def over_others(changes: Changes) -> Changes:
    """Return changes found among a part of the records, fit for a database that holds more of them.

    What is new in the part may be there already, named by a link, so its blank properties are cleared.
    """
    nodes = {
        name: Change(c.new.slice(0, 0), pa.concat_tables([c.new, c.changed]), c.gone)
        for name, c in changes.nodes.items()
    }
    return Changes(nodes, changes.ties)


def _compare(db: duckdb.DuckDBPyConnection, have: pa.Table, want: pa.Table, identity: tuple[str, ...]) -> Change:
    if not (have.num_rows and want.num_rows):
        return Change(want, have.slice(0, 0), have)
    db.register("have", have)
    db.register("want", want)
    same = " AND ".join(f'h."{c}" = w."{c}"' for c in identity)
    equal = equal_in(want.column_names, "h", "w")
    order = ", ".join(f'"{c}"' for c in identity)
    new, changed, gone = (
        db.sql(sql).to_arrow_table().cast(want.schema)
        for sql in (
            f"SELECT * FROM want w WHERE NOT EXISTS (SELECT 1 FROM have h WHERE {same}) ORDER BY {order}",
            f"SELECT w.* FROM want w JOIN have h ON {same} WHERE NOT ({equal}) ORDER BY {order}",
            f"SELECT * FROM have h WHERE NOT EXISTS (SELECT 1 FROM want w WHERE {same}) ORDER BY {order}",
        )
    )
    db.unregister("have")
    db.unregister("want")
    return Change(new, changed, gone)


def constraints(nodes: Iterable[Node] = (*NODES, LOAD, LEASE, *RUN_NODES)) -> dict[str, str]:
    """Return, by name, the statements that make every key unique; each also makes the index that loading needs."""
    return {
        f"ocgnet_{n.label.lower()}": f"CREATE CONSTRAINT ocgnet_{n.label.lower()} IF NOT EXISTS "
        f"FOR (n:{n.label}) REQUIRE n.{n.key} IS UNIQUE"
        for n in nodes
    }


def indexes(nodes: Iterable[Node] = NODES) -> dict[str, str]:
    """Return, by name, the statements that make the indexes by which people, places and things are found."""
    nodes = tuple(nodes)
    looked_up = {
        (name := f"ocgnet_{n.label.lower()}_{of}"): f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{n.label}) ON (n.{of})"
        for n, of in LOOKED_UP
        if n in nodes
    }
    statements = looked_up | {
        (name := f"ocgnet_{n.label.lower()}_location"): f"CREATE POINT INDEX {name} IF NOT EXISTS "
        f"FOR (n:{n.label}) ON (n.location)"
        for n in PLACED
        if n in nodes
    }
    if PERSON in nodes:
        names = ", ".join(f"n.{name}" for name in NAME_PROPERTIES)
        statements[PEOPLE_INDEX] = (
            f"CREATE FULLTEXT INDEX {PEOPLE_INDEX} IF NOT EXISTS FOR (n:{PERSON.label}) ON EACH [{names}] "
            "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}"
        )
    return statements


def ensure_constraints(connection: Connection, nodes: Iterable[Node] = (*NODES, LOAD, LEASE, *RUN_NODES)) -> None:
    """Make the constraints and indexes that are missing and wait until all of them answer."""
    nodes = tuple(nodes)
    there = {r["name"] for r in connection.rows("SHOW INDEXES YIELD name")}
    wanted = constraints(nodes) | indexes(nodes)
    missing = [statement for name, statement in wanted.items() if name not in there]
    if missing:
        for statement in missing:
            connection.run(statement)
        connection.rows("CALL db.awaitIndexes(600)")


def node_statement(node: Node, labels: str = "") -> str:
    """Return the statement that writes a batch of nodes.

    >>> from ocgnet.model.graph import OCG
    >>> print(node_statement(OCG))
    UNWIND $rows AS row MERGE (n:OCG {ocg_id: row[0]}) SET n += row[1], n.load_id = $load_id
    """
    further = ""
    if allowed := further_labels(node):
        keep = labels.split("|") if labels else []
        drop = [label for label in allowed if label not in keep]
        further = f" SET n:{':'.join(keep)}" if keep else ""
        further += f" REMOVE n:{':'.join(drop)}" if drop else ""
    return (
        f"UNWIND $rows AS row MERGE (n:{node.label} {{{node.key}: row[0]}}) "
        f"SET n += row[1], n.load_id = $load_id{further}"
    )


def tie_statement(tie: Tie) -> str:
    """Return the statement that writes a batch of relationships and counts those whose ends were there.

    >>> print(tie_statement(TIES[2]))
    UNWIND $rows AS row MATCH (a:Person {person_id: row[0]}) MATCH (b:IntelReport {report_id: row[1]}) \
MERGE (a)-[r:MENTIONED_IN]->(b) SET r += row[2], r.load_id = $load_id RETURN count(*) AS done
    """
    apart = f" {{{tie.merge_key}: row[3]}}" if tie.merge_key else ""
    return (
        f"UNWIND $rows AS row MATCH (a:{tie.start.node.label} {{{tie.start.node.key}: row[0]}}) "
        f"MATCH (b:{tie.end.node.label} {{{tie.end.node.key}: row[1]}}) "
        f"MERGE (a)-[r:{tie.type}{apart}]->(b) SET r += row[2], r.load_id = $load_id RETURN count(*) AS done"
    )


def apply(connection: Connection, changes: Changes, load_id: str, progress: Progress) -> None:
    """Write the changes, batch by batch, each batch in a transaction that may safely be repeated.

    ``StoreError`` when a node that a relationship needs disappeared meanwhile.
    """

    def send(statement: str, batches: Iterable[list[Any]], what: str, total: int) -> None:
        done = 0
        for rows in batches:
            if connection.write(_send, statement, rows, load_id) != len(rows):
                raise StoreError(
                    f"Another program removed records from {connection.address.uri} during this load. Wait for it "
                    "and run the same command again."
                )
            done += len(rows)
            progress(what, done, total)

    for node in NODES:
        change = changes.nodes[node.label]
        for table, blanks in ((change.new, False), (change.changed, True)):
            for labels, part in _by_labels(table):
                send(node_statement(node, labels), batches(part, [KEY], blanks), node.label, part.num_rows)
    for tie in TIES:
        linked = changes.ties[tie.type]
        for table, blanks in ((linked.new, False), (linked.changed, True)):
            send(
                tie_statement(tie),
                batches(table, [START, END], blanks, identity_of(tie)[2:]),
                tie.type,
                table.num_rows,
            )
    for tie in TIES:
        gone = changes.ties[tie.type].gone
        rows = batches(gone, [START, END], False, identity_of(tie)[2:])
        send(_no_more_ties(tie), rows, f"no more {tie.type}", gone.num_rows)
    for node in NODES:
        gone = changes.nodes[node.label].gone.select([KEY])
        for statement in _no_more_nodes(node):
            send(statement, batches(gone, [KEY], False), f"no more {node.label}", gone.num_rows)


def _send(tx: neo4j.ManagedTransaction, statement: str, rows: list[Any], load_id: str) -> int:
    record = tx.run(statement, rows=rows, load_id=load_id).single()
    return int(record["done"]) if record else len(rows)


def _no_more_ties(tie: Tie) -> str:
    apart = f" AND r.{tie.merge_key} = row[3]" if tie.merge_key else ""
    return (
        f"UNWIND $rows AS row MATCH (a:{tie.start.node.label} {{{tie.start.node.key}: row[0]}})-[r:{tie.type}]->"
        f"(b:{tie.end.node.label} {{{tie.end.node.key}: row[1]}}) WHERE r.load_id IS NOT NULL{apart} DELETE r"
    )


_NO_MORE_OF_RUNS = (
    f"MATCH (n)-[:{HAS_SUGGESTION}|{HAS_MEASURES}|{IN_GROUP}]-(x:{SUGGESTION.label}|{MEASURES.label}) DETACH DELETE x",
    f"MATCH (n)-[r:{TIED_WITH}|{IN_COMMUNITY}|{OUTSIDE}|{ASSESSED_AS}]-() DELETE r",
)
"""What analyses found of a person or a group goes with them."""


def _no_more_nodes(node: Node) -> tuple[str, ...]:
    """Statements that take nodes away; one that somebody else tied something to keeps its id and nothing more."""
    match = f"UNWIND $rows AS row MATCH (n:{node.label} {{{node.key}: row[0]}}) WHERE n.load_id IS NOT NULL"
    further = further_labels(node)
    labels = f" REMOVE n:{':'.join(further)}" if further else ""
    # One that only links name holds nothing but its key.
    bare = f"SET n = {{{node.key}: row[0], unlisted: true, load_id: $load_id}}{labels}"
    listed = [f"{match} AND n.unlisted IS NULL {bare}"] if any(rows.node is node for rows in NODE_ROWS) else []
    # Where only a part of the records is compared, a place need not be among them.
    placed = [
        f"{match} MATCH (n)-[r:{t.type}]-() WHERE r.load_id IS NOT NULL DELETE r"
        for t in TIES
        if t.derived and (t.start.recorded or t.end.recorded) and node in (t.start.node, t.end.node)
    ]
    return (
        *placed,
        *((f"{match} {rest}" for rest in _NO_MORE_OF_RUNS) if node in (PERSON, OCG) else ()),
        f"{match} AND NOT (n)--() DELETE n",
        *listed,
    )


def _by_labels(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Split nodes by their further labels; those of a kind without any stay together."""
    if LABELS not in table.column_names:
        yield "", table
        return
    import pyarrow.compute as pc

    for labels in sorted(pc.unique(table[LABELS]).to_pylist()):
        yield labels, table.filter(pc.equal(table[LABELS], labels)).drop_columns([LABELS])


def batches(table: pa.Table, ends: Sequence[str], blanks: bool, apart: Sequence[str] = ()) -> Iterator[list[list[Any]]]:
    """Yield batches of ``[*ends, properties, *apart]``; blank properties only where they may have to be cleared."""
    rest = [c for c in table.column_names if c not in {*ends, *apart}]
    rest = [c for c in rest if blanks or table[c].null_count < table.num_rows]
    for start in range(0, table.num_rows, BATCH):
        part = table.slice(start, BATCH)
        heads, tails = ([part[c].to_pylist() for c in columns] for columns in (ends, apart))
        yield [list(row) for row in zip(*heads, _maps(part.select(rest), blanks), *tails, strict=True)]


def _maps(part: pa.Table, blanks: bool) -> list[dict[str, Any]]:
    if not part.num_columns:
        return [{} for _ in range(part.num_rows)]
    rows: list[dict[str, Any]] = part.to_pylist()
    for name in (f.name for f in part.schema if f.type == POINT):
        for row in rows:
            row[name] = row[name] and WGS84Point(row[name])
    if blanks or not any(c.null_count for c in part.columns):
        return rows
    return [{k: v for k, v in row.items() if v is not None} for row in rows]
