"""What only Neo4j Enterprise can be told of the graph, rendered from the model: what must be there, who reads what.

The Community edition refuses these statements, so ocgnet runs none: they are scripts for whoever runs a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from ocgnet.model.columns import Column
from ocgnet.model.graph import LOAD, NODE_ROWS, NODES, TIES, Node, Tie, derived_of
from ocgnet.store.neo4j.property_graph import ROW_KEY, named_by_links, node_schema, tie_schema

TYPES = {
    pa.int64(): "INTEGER",
    pa.float64(): "FLOAT",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("s"): "LOCAL DATETIME",
    pa.list_(pa.string()): "LIST<STRING NOT NULL>",
}
"""Type of a property in Cypher by its type in Arrow; of a text nothing is asked, a key apart."""

_SOURCES = frozenset({"source_ref", "authority_ref"})
"""Columns that lead to a source or an authority, beside those in somebody's own words."""

_NOT_RUN = """\
// Rendered from the model of the graph, not to be changed by hand. For Neo4j Enterprise (5.11 or later) alone: the
// Community edition has none of this. NOT RUN on an Enterprise server: a Community server was asked to explain every
// statement, which it understands and does not carry out.
"""


def constraints_script() -> str:
    """Return the statements that make a database refuse a node or relationship that a load could not have left."""
    head = f"""{_NOT_RUN}//
// In the database that holds the records, after the first load (which makes what is unique):
//   cypher-shell -d DATABASE -f constraints.cypher
//
// Whoever adds a node under a label of ocgnet by hand is refused then: it bears no load_id.
"""
    return head + "".join(f"{statement};\n" for statement in (*_existence(), *_types()))


def _existence() -> Iterator[str]:
    for node in (*NODES, LOAD):
        needed = dict.fromkeys((node.key, "load_id"))
        for rows in NODE_ROWS:
            # What a link names stands in no table, and has its key alone.
            if rows.node is node and not named_by_links(node):
                needed |= dict.fromkeys(c.name for c in rows.properties if c.never_blank)
        yield from (_constraint(node, name, "exists", "IS NOT NULL") for name in needed)
    for tie in TIES:
        yield from (_constraint(tie, c.name, "exists", "IS NOT NULL") for c in tie.properties if c.never_blank)


def _types() -> Iterator[str]:
    for node in NODES:
        yield _constraint(node, node.key, "type", "IS :: STRING")
        for field in node_schema(node):
            if field.type in TYPES:
                yield _constraint(node, field.name, "type", f"IS :: {TYPES[field.type]}")
    for tie in TIES:
        for field in tie_schema(tie):
            if field.type in TYPES:
                yield _constraint(tie, field.name, "type", f"IS :: {TYPES[field.type]}")


def _constraint(of: Node | Tie, name: str, kind: str, asks: str) -> str:
    label, pattern = (of.label, f"(x:{of.label})") if isinstance(of, Node) else (of.type, f"()-[x:{of.type}]-()")
    return f"CREATE CONSTRAINT ocgnet_{label.lower()}_{name}_{kind} IF NOT EXISTS FOR {pattern} REQUIRE x.{name} {asks}"


def roles_script() -> str:
    """Return the statements that make two roles of readers, of which one reads nobody's own words and no source."""
    head = f"""{_NOT_RUN}//
// In the database system, once for each database, such as that of each force:
//   cypher-shell -d system -f roles.cypher \\
//     -P "{{database: 'hants', reader: 'ocgnet_hants', without_words: 'ocgnet_hants_without_words'}}"
// and then for each person: GRANT ROLE ocgnet_hants TO NAME
//
// Neither role writes. The second reads who and what is linked, and nothing that somebody wrote in own words (texts of
// reports, descriptions, reasons), in which names of others and of sources may stand, nor a reference to a source or
// an authority. It is meant for Neo4j Browser, Bloom and ocgnet query. Loads and analyses are made by an account that
// reads all: what is hidden would count as not recorded.
"""
    statements = ["CREATE ROLE $reader IF NOT EXISTS", "CREATE ROLE $without_words IF NOT EXISTS"]
    for role in ("$reader", "$without_words"):
        statements += [
            f"GRANT ACCESS ON DATABASE $database TO {role}",
            f"GRANT MATCH {{*}} ON GRAPH $database ELEMENTS * TO {role}",
        ]
    elements: tuple[Node | Tie, ...] = (*NODES, *TIES)
    for of in elements:
        if hidden := hidden_properties(of):
            kind, label = ("NODES", of.label) if isinstance(of, Node) else ("RELATIONSHIPS", of.type)
            statements.append(f"DENY READ {{{', '.join(hidden)}}} ON GRAPH $database {kind} {label} TO $without_words")
    return head + "".join(f"{statement};\n" for statement in statements)


def hidden_properties(of: Node | Tie) -> list[str]:
    """Return the properties of a kind of node or relationship that hold somebody's own words or lead to a source.

    Among them are keys that are made of such a column, and what is derived from one.

    >>> from ocgnet.model.graph import REPORT, SIGHTING
    >>> hidden_properties(REPORT), hidden_properties(SIGHTING)
    (['handling_conditions', 'source_ref', 'text', 'title'], ['authority_ref'])
    """
    hidden = {c.name for c in _columns(of) if c.free_text or c.name in _SOURCES}
    if isinstance(of, Node):
        made = {of.key} if hidden & set(of.parts) else set()
    else:
        made = {ROW_KEY} if of.merge_key == ROW_KEY and hidden & set(of.apart) else set()
    words = {d.name for d in derived_of(of) if hidden & set(re.findall(r"\w+", d.sql))}
    return sorted(hidden | made | words)


def _columns(of: Node | Tie) -> list[Column]:
    if isinstance(of, Tie):
        return list(of.properties)
    return [c for rows in NODE_ROWS if rows.node is of for c in rows.properties]
