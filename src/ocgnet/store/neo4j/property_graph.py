"""A dataset as a property graph, and back: columns in, columns out, nothing lost.

Both directions are rendered from :mod:`ocgnet.model.graph` and run in an in-memory DuckDB, so no row is
touched by Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.harm import SCHEME, WeightSet, look_up, normal_code, weights
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind
from ocgnet.model.graph import (
    DISTRICT,
    NODE_ROWS,
    NODES,
    PERSON,
    PERSON_ROWS,
    TIES,
    WARD,
    End,
    Node,
    NodeRows,
    Tie,
    derived_of,
    further_labels,
)
from ocgnet.store.duckdb_open import in_memory

KEY, LABELS, START, END, ROW_KEY, UNLISTED = "_key", "_labels", "_start", "_end", "row_key", "unlisted"

_SHARED = tuple(
    c for c in TABLES["nominals"].columns if c.name in {d.name for d in TABLES["people"].columns} - {"person_id"}
)
"""Columns that every table of people has."""


@dataclass(frozen=True)
class Graph:
    """Nodes by label and relationships by type, as columns.

    Nodes have ``_key``, the properties, ``unlisted``; people and things also ``_labels``, their further labels joined
    by ``|``. They are sorted by key. Relationships have ``_start``, ``_end``, the properties, and are sorted by these.
    """

    nodes: Mapping[str, pa.Table]
    ties: Mapping[str, pa.Table]


@cache
def shape() -> str:
    """Return what tells the form of a graph from that of other versions: twelve hex digits over what is derived."""
    elements: tuple[Node | Tie, ...] = (*NODES, *TIES)
    derived = [[(d.name, str(d.type), d.sql) for d in derived_of(of)] for of in elements]
    return hashlib.sha256(repr((derived, WeightSet.shipped().fingerprint)).encode()).hexdigest()[:12]


@cache
def node_schema(node: Node) -> pa.Schema:
    """Return the columns of a kind of node in a :class:`Graph`."""
    fields: dict[str, pa.DataType] = {KEY: pa.string()}
    if further_labels(node):
        fields[LABELS] = pa.string()
    if node is PERSON:
        fields |= {f"{rows.prefix}{c.name}": _arrow(c) for rows in PERSON_ROWS for c in _SHARED}
    else:
        fields |= {p: pa.string() for p in node.parts}
    for rows in NODE_ROWS:
        if rows.node is node:
            fields |= {c.name: _arrow(c) for c in rows.properties}
    fields |= {d.name: d.type for d in derived_of(node)}
    return pa.schema([*fields.items(), (UNLISTED, pa.bool_())])


@cache
def tie_schema(tie: Tie) -> pa.Schema:
    """Return the columns of a type of relationship in a :class:`Graph`."""
    fields = {START: pa.string(), END: pa.string()}
    if tie.merge_key == ROW_KEY:
        fields[ROW_KEY] = pa.string()
    fields |= {c.name: _arrow(c) for c in tie.properties}
    fields |= {d.name: d.type for d in derived_of(tie)}
    return pa.schema(list(fields.items()))


def _arrow(column: Column) -> pa.DataType:
    return pa.list_(pa.string()) if column.many else column.arrow


def graph_of(dataset: Dataset) -> Graph:
    """Return a dataset as a graph; ends of links that stand in no table become ``unlisted`` nodes."""
    filled = frozenset(dataset.rows)
    if not filled:
        return Graph(
            {n.label: node_schema(n).empty_table() for n in NODES}, {t.type: tie_schema(t).empty_table() for t in TIES}
        )
    beside = {"weighed": _weighed(dataset["crimes"]), "forces": _forces(dataset)}
    with in_memory({**dataset.tables, **beside}) as db:
        nodes: dict[str, pa.Table] = {}
        # Districts come last: they are ends of wards, which are made here.
        for node in sorted(NODES, key=lambda n: n is DISTRICT):
            needed = filled & _tables_of(node) or (node is DISTRICT and nodes[WARD.label].num_rows)
            schema = node_schema(node)
            nodes[node.label] = _fetch(db, _node_sql(node), schema) if needed else schema.empty_table()
            db.register(f"node {node.label}", nodes[node.label])
        ties = {}
        for tie in TIES:
            needed = nodes[WARD.label].num_rows if tie.start.node is WARD else tie.table in filled
            ties[tie.type] = _fetch(db, _tie_sql(tie), tie_schema(tie)) if needed else tie_schema(tie).empty_table()
    return Graph({n.label: nodes[n.label] for n in NODES}, ties)


def _forces(dataset: Dataset) -> pa.Table:
    """Return prefix and word of each force; see :class:`ocgnet.model.graph.Derived`."""
    words = dataset.forces or {"": dataset.about.force}
    return pa.table(
        {"prefix": [*words], "force": [w or None for w in words.values()]},
        pa.schema([("prefix", pa.string()), ("force", pa.string())]),
    )


def _weighed(crimes: pa.Table) -> pa.Table:
    """Return every offence code of some crimes with its severity weight; see :class:`ocgnet.model.graph.Derived`."""
    table = weights()
    rows = [
        {
            "offence_code": code,
            "code": normal_code(code),
            "weight": weight,
            "scheme": None if weight is None else SCHEME,
        }
        for code in pc.unique(crimes["offence_code"]).drop_null().to_pylist()
        for weight in [look_up(table, code)]
    ]
    names = {"offence_code": pa.string(), "code": pa.string(), "weight": pa.float64(), "scheme": pa.string()}
    return pa.Table.from_pylist(rows, pa.schema(list(names.items())))


def only_named(node: Node, rows: pa.Table, forces: Mapping[str, str]) -> pa.Table:
    """Return nodes as they are where links alone name them; of ``rows`` only keys and their parts count."""
    derived = {d.name for d in derived_of(node)}
    held = {KEY: rows[KEY], UNLISTED: pa.array([True] * rows.num_rows), **{p: rows[p] for p in node.parts}}
    if further_labels(node):
        held[LABELS] = pa.array([""] * rows.num_rows)
    schema = node_schema(node)
    bare = pa.table(
        {f.name: held.get(f.name, pa.nulls(rows.num_rows, f.type)) for f in schema if f.name not in derived}
    )
    empty = Dataset.of({})
    beside = {"weighed": _weighed(empty["crimes"]), "forces": _forces(replace(empty, forces=forces))}
    with in_memory({"bare": bare, **beside}) as db:
        return _fetch(db, _with_derived(node, "SELECT * FROM bare"), schema)


def dataset_of(graph: Graph) -> Dataset:
    """Return the records that a graph holds; the inverse of :func:`graph_of`."""
    parts: dict[str, list[pa.Table]] = {}
    with in_memory({f"node {label}": table for label, table in graph.nodes.items()}) as db:
        for rows in (r for r in NODE_ROWS if graph.nodes[r.node.label].num_rows):
            parts.setdefault(rows.table, []).append(_fetch(db, _rows_sql(rows), TABLES[rows.table].schema))
        for tie in (t for t in TIES if not t.derived and graph.ties[t.type].num_rows):
            db.register("ties", graph.ties[tie.type])
            parts.setdefault(tie.table, []).append(_fetch(db, _links_sql(tie), TABLES[tie.table].schema))
            db.unregister("ties")
    records = Dataset.of({name: pa.concat_tables(tables) for name, tables in parts.items()})
    return replace(records, given=frozenset(records.rows))


def _tables_of(node: Node) -> frozenset[str]:
    """Return the tables of the model that may name a node of this kind."""
    rows = {r.table for r in NODE_ROWS if r.node is node}
    return frozenset(rows | {t.table for t in TIES if node in (t.start.node, t.end.node)})


def joined(*cells: str) -> str:
    r"""Return the SQL that joins columns into one text, so that different cells never give the same text.

    A ``|`` inside a cell is written ``\|`` and a backslash twice; a blank cell is nothing.

    >>> print(joined('"kind"'))
    replace(replace(coalesce(CAST("kind" AS VARCHAR), ''), '\', '\\'), '|', '\|')
    """
    clean = (rf"replace(replace(coalesce(CAST({c} AS VARCHAR), ''), '\', '\\'), '|', '\|')" for c in cells)
    return " || '|' || ".join(clean)


def _cell(table: str, name: str) -> str:
    """Return the SQL of a column as it stands in a joined key."""
    if TABLES[table].column(name).kind in (Kind.MOMENT, Kind.INSTANT):
        return f"strftime(\"{name}\", '%Y-%m-%dT%H:%M:%S')"
    return f'"{name}"'


def _key(node: Node, table: str, columns: tuple[str, ...]) -> str:
    return joined(*(_cell(table, c) for c in columns)) if node.parts else f'"{columns[0]}"'


def _property(column: Column) -> str:
    return f"string_split(\"{column.name}\", '|')" if column.many else f'"{column.name}"'


def _node_sql(node: Node) -> str:
    if node is PERSON:
        return _person_sql()
    parts = []
    own = [rows for rows in NODE_ROWS if rows.node is node]
    for rows in own:
        cells = [f'{_property(c)} AS "{c.name}"' for c in rows.properties]
        if rows.word_labels:
            whens = " ".join(f"WHEN '{word}' THEN '{label}'" for word, label in rows.word_labels)
            cells.append(f"CASE \"{rows.word_column}\" {whens} ELSE '' END AS {LABELS}")
        parts.append(f'SELECT {_key(node, rows.table, rows.key)} AS {KEY}, {", ".join(cells)} FROM "{rows.table}"')
    if ends := _ends_sql(node):
        known = f"WHERE {KEY} NOT IN (SELECT {KEY} FROM ({parts[0]}))" if parts else ""
        listed = f", true AS {UNLISTED}" if own else ""
        listed += f", '' AS {LABELS}" if further_labels(node) else ""
        parts.append(f"SELECT *{listed} FROM ({ends}) {known}")
    return f"{_with_derived(node, ' UNION ALL BY NAME '.join(parts))} ORDER BY {KEY}"


def _with_derived(of: Node | Tie, rows: str) -> str:
    cells = "".join(f', {d.sql} AS "{d.name}"' for d in derived_of(of))
    return f"SELECT *{cells} FROM ({rows}) AS this"


def _ends_sql(node: Node) -> str:
    """Return the SQL of all nodes of a kind that links name: the key, and the columns it is made of."""
    words: dict[str, list[str]] = {}
    for tie in TIES:
        for end in (tie.start, tie.end):
            if end.node is not node or end.recorded or is_own_row(tie, end):
                continue
            cells = "".join(f', "{c}" AS "{p}"' for p, c in zip(node.parts, end.columns, strict=False))
            key = _key(node, tie.table, end.columns)
            column, word = tie.word or ("", "")
            rows = f"SELECT {key} AS {KEY}{cells} FROM {_source(tie)} WHERE {_needs(end)}"
            # Types that a word of the row decides name the same ends, unless it says in which table the id stands.
            words.setdefault(f'{rows} AND "{column}" IN ' if column else rows, []).append(f"'{word}'")
    ends = [f"{rows}({', '.join(of)})" if rows.endswith(" IN ") else rows for rows, of in words.items()]
    return f"SELECT DISTINCT * FROM ({' UNION ALL '.join(ends)})" if ends else ""


def named_by_links(node: Node) -> bool:
    """Tell whether a link may name such a node without any table that holds it."""
    return bool(_ends_sql(node))


def is_own_row(tie: Tie, end: End) -> bool:
    """Tell whether the node at an end is the row from which the relationship is made."""
    return any(rows.table == tie.table and rows.node is end.node and rows.key == end.columns for rows in NODE_ROWS)


def _source(tie: Tie) -> str:
    """Return the SQL of the rows from which a type of relationship is made."""
    if tie.start.node is WARD:
        return f'"node {WARD.label}"'
    if tie.many:
        return (
            f'(SELECT DISTINCT * FROM (SELECT * REPLACE (unnest(string_split("{tie.many}", \'|\')) AS "{tie.many}") '
            f'FROM "{tie.table}") WHERE "{tie.many}" <> \'\')'
        )
    return f'"{tie.table}"'


def _needs(end: End) -> str:
    needs = [f'"{c}" IS NOT NULL' for c in end.needs]
    if end.recorded:
        [rows] = [r for r in NODE_ROWS if r.node is end.node]
        needs.append(f'"{end.columns[0]}" IN (SELECT "{rows.key[0]}" FROM "{rows.table}")')
    return " AND ".join(needs)


def _person_sql() -> str:
    """Return the SQL of everybody: one row a person over all tables of people and all links."""
    ids = " UNION ".join(
        [*(f'SELECT "{key}" AS {KEY} FROM "{name}"' for name, key in PERSON_TABLES.items()), _ends_sql(PERSON)]
    )
    labels = ", ".join(f"CASE WHEN {r.table}.{r.key[0]} IS NOT NULL THEN '{r.label}' END" for r in PERSON_ROWS)
    several = f"({' + '.join(f'({r.table}.{r.key[0]} IS NOT NULL)::INTEGER' for r in PERSON_ROWS)}) > 1"
    listed = " OR ".join(f"{r.table}.{r.key[0]} IS NOT NULL" for r in PERSON_ROWS)
    first = {c.name: ", ".join(f'{r.table}."{c.name}"' for r in PERSON_ROWS) for c in _SHARED}
    # The review of a nominal's record says whether the nominal takes part; a child's or victim's date is another one.
    nominal = PERSON_ROWS[0]
    first["review_due"] = (
        f"CASE WHEN {nominal.table}.{nominal.key[0]} IS NOT NULL THEN {nominal.table}.review_due "
        f"ELSE coalesce({', '.join(f'{r.table}.review_due' for r in PERSON_ROWS[1:])}) END"
    )
    cells = [f'coalesce({columns}) AS "{name}"' for name, columns in first.items()]
    shared = {c.name for c in _SHARED}
    for r in PERSON_ROWS:
        cells += [f'CASE WHEN {several} THEN {r.table}."{c.name}" END AS "{r.prefix}{c.name}"' for c in _SHARED]
        cells += [f'{_property(c)} AS "{c.name}"' for c in r.properties if c.name not in shared]
    joins = " ".join(f'LEFT JOIN "{r.table}" AS {r.table} ON {KEY} = {r.table}."{r.key[0]}"' for r in PERSON_ROWS)
    rows = (
        f"SELECT {KEY}, concat_ws('|', {labels}) AS {LABELS}, {', '.join(cells)}, "
        f"CASE WHEN NOT ({listed}) THEN true END AS {UNLISTED} FROM ({ids}) {joins}"
    )
    return f"{_with_derived(PERSON, rows)} ORDER BY {KEY}"


def _tie_sql(tie: Tie) -> str:
    cells = [
        f"{_key(end.node, tie.table, end.columns)} AS {name}" for name, end in ((START, tie.start), (END, tie.end))
    ]
    if tie.merge_key == ROW_KEY:
        cells.append(f"{joined(*(_cell(tie.table, c) for c in tie.apart))} AS {ROW_KEY}")
    cells += [f'{_property(c)} AS "{c.name}"' for c in tie.properties]
    order = ", ".join((START, END, *((tie.merge_key,) if tie.merge_key else ())))
    kept = [_needs(tie.start), _needs(tie.end)]
    if tie.word is not None:
        kept.append(f"\"{tie.word[0]}\" = '{tie.word[1]}'")
    rows = f"SELECT {', '.join(cells)} FROM {_source(tie)} WHERE {' AND '.join(kept)}"
    return f"{_with_derived(tie, rows)} ORDER BY {order}"


def _column(column: Column, name: str) -> str:
    return f"array_to_string(\"{name}\", '|')" if column.many else f'"{name}"'


def _rows_sql(rows: NodeRows) -> str:
    cells = {c.name: _column(c, c.name) for c in rows.properties}
    if not rows.node.parts:
        cells[rows.key[0]] = KEY
    where = f"{UNLISTED} IS NOT TRUE"
    if rows.node is PERSON:
        where = f"list_contains(string_split({LABELS}, '|'), '{rows.label}')"
        for c in _SHARED:
            cells[c.name] = f'CASE WHEN contains({LABELS}, \'|\') THEN "{rows.prefix}{c.name}" ELSE "{c.name}" END'
    chosen = ", ".join(f'{cells[c.name]} AS "{c.name}"' for c in TABLES[rows.table].columns)
    return f'SELECT {chosen} FROM "node {rows.node.label}" WHERE {where}'


def _links_sql(tie: Tie) -> str:
    cells = {c.name: _column(c, c.name) for c in tie.properties}
    cells |= {tie.start.columns[0]: START, tie.end.columns[0]: END}
    chosen = ", ".join(f'{cells[c.name]} AS "{c.name}"' for c in TABLES[tie.table].columns)
    return f"SELECT {chosen} FROM ties"


def _fetch(db: duckdb.DuckDBPyConnection, sql: str, schema: pa.Schema) -> pa.Table:
    """Run one query and give its columns in the order and types of ``schema``; absent ones are blank."""
    rows = db.sql(sql).to_arrow_table()
    columns = [
        rows[f.name].cast(f.type) if f.name in rows.column_names else pa.nulls(rows.num_rows, f.type) for f in schema
    ]
    return pa.table(columns, schema=schema).combine_chunks()
