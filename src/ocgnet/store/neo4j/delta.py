"""What a few records change in a database that holds many: only what their keys name is read and written.

Beside the nodes and relationships of the records themselves that is little: what a changed row no longer names, which
goes where nothing else names it; rows of the same person in other tables, which share a node; and places of sightings,
which are walked along once a thing of that id is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, unmatched
from ocgnet.model import PERSON_TABLES
from ocgnet.model.graph import DISTRICT, NODE_ROWS, NODES, SIGHTING, THING, TIES, WARD, Node, Tie
from ocgnet.store.contract import StoreReport
from ocgnet.store.merging import laid_over
from ocgnet.store.neo4j.connection import Connection
from ocgnet.store.neo4j.property_graph import (
    END,
    KEY,
    START,
    UNLISTED,
    Graph,
    dataset_of,
    graph_of,
    is_own_row,
    node_schema,
    only_named,
    tie_schema,
)
from ocgnet.store.neo4j.reading import pull_named_nodes, pull_named_ties, pull_ties_at
from ocgnet.store.neo4j.writing import Changes, changes_between

_HAS_ROWS = frozenset(rows.node.label for rows in NODE_ROWS)
_AT_PLACE = next(t for t in TIES if t.end.recorded)


def delta_of(connection: Connection, dataset: Dataset, deletes: Dataset, stored: int) -> tuple[Changes, StoreReport]:
    """Return what bringing ``dataset`` and removing the rows of ``deletes`` changes, as a whole load would find it.

    Of ``deletes`` only the columns that tell rows apart count; a row that is not there is passed over. ``stored``
    are the rows that the database holds. No row stands in both.
    """
    new, gone = graph_of(dataset), graph_of(deletes)
    have = _named(connection, dataset, new, gone)
    old = dataset_of(have)
    added, changed = laid_over(old, dataset)
    removed = sum(
        old[name].num_rows - unmatched(name, old[name], rows).num_rows for name, rows in deletes.tables.items()
    )
    concerned = _concerned(old, dataset, deletes)
    want = new if concerned.rows == dataset.rows else graph_of(concerned)
    want = _with_places(connection, have, want, new)
    changes = _compared(connection, have, want, gone, dataset.forces)
    rows = stored + added - removed
    return changes, StoreReport(rows, added, changed, removed, rows - added - changed)


def _keys(table: pa.Table) -> list[str]:
    keys: list[str] = table[KEY].to_pylist()
    return keys


def _listed(table: pa.Table) -> pa.Table:
    return table.filter(pc.is_null(table[UNLISTED]))


def _named(connection: Connection, dataset: Dataset, new: Graph, gone: Graph) -> Graph:
    """Return what the database holds of all that records name, and what hangs on the nodes that are their rows."""
    nodes, ties = {}, {}
    places = set(dataset["sightings"]["place"].drop_null().to_pylist())
    for node in NODES:
        keys = {*_keys(new.nodes[node.label]), *_keys(gone.nodes[node.label]), *(places if node is THING else ())}
        nodes[node.label] = (
            pull_named_nodes(connection, node, sorted(keys)) if keys else node_schema(node).empty_table()
        )
    for tie in TIES:
        parts = [tie_schema(tie).empty_table()]
        if tie.derived:
            own = tie.start.node if is_own_row(tie, tie.start) or tie.start.node is WARD else tie.end.node
            # A ward that crimes name and no table holds is part of a district as well.
            tables = [t.nodes[own.label] if own is WARD else _listed(t.nodes[own.label]) for t in (new, gone)]
            keys = {key for table in tables for key in _keys(table)}
            if keys:
                parts.append(pull_ties_at(connection, tie, own, sorted(keys)))
            if tie is _AT_PLACE and (things := _keys(_listed(gone.nodes[THING.label]))):
                at = pull_ties_at(connection, tie, THING, things)
                parts.append(at.filter(pc.invert(pc.is_in(at[START], pa.array(sorted(keys), pa.string())))))
        else:
            named = pa.concat_tables([new.ties[tie.type], gone.ties[tie.type]])
            if named.num_rows:
                parts.append(pull_named_ties(connection, tie, named))
        ties[tie.type] = pa.concat_tables(parts)
    return Graph(nodes, ties)


def _concerned(old: Dataset, dataset: Dataset, deletes: Dataset) -> Dataset:
    """Return the records as they will be, with what decides how they look: rows of the same people, and places."""
    tables = {name: dataset[name] for name in dataset.rows}
    of_person = [t[name][key] for t in (dataset, deletes) for name, key in PERSON_TABLES.items()]
    people = pa.chunked_array([c for column in of_person for c in column.chunks], pa.string())
    named = {**PERSON_TABLES, "things": "thing_id"}
    for name, key in named.items():
        ids = people if name in PERSON_TABLES else dataset["sightings"]["place"]
        rows = old[name].filter(pc.is_in(old[name][key], ids))
        rows = unmatched(name, unmatched(name, rows, dataset[name]), deletes[name])
        tables[name] = pa.concat_tables([dataset[name], rows])
    return replace(Dataset.of(tables), forces=dataset.forces)


def _with_places(connection: Connection, have: Graph, want: Graph, new: Graph) -> Graph:
    """Return the wanted graph with the sightings whose place is now a recorded thing."""
    recorded = set(_keys(_listed(have.nodes[THING.label])))
    fresh = [key for key in _keys(_listed(new.nodes[THING.label])) if key not in recorded]
    if not fresh:
        return want
    query = (
        f"UNWIND $ids AS id MATCH (s:{SIGHTING.label} {{place: id}}) WHERE s.load_id IS NOT NULL "
        f"RETURN s.{SIGHTING.key} AS sighting, id"
    )
    ties = want.ties[_AT_PLACE.type]
    there = set(_keys(want.nodes[SIGHTING.label]))
    rows = [(r["sighting"], r["id"]) for r in connection.rows(query, ids=fresh) if r["sighting"] not in there]
    more = pa.table([[a for a, _ in rows], [b for _, b in rows]], schema=ties.select([START, END]).schema)
    return replace(want, ties={**want.ties, _AT_PLACE.type: pa.concat_tables([ties, more])})


def _compared(connection: Connection, have: Graph, want: Graph, gone: Graph, forces: Mapping[str, str]) -> Changes:
    """Return the difference, leaving alone what links only name and what other records still name."""
    nodes: dict[str, pa.Table] = {}
    # A country and the like stands in no table: it goes only when nothing names it.
    rows_gone = {
        node.label: set(_keys(_listed(gone.nodes[node.label]))) if node.label in _HAS_ROWS else set() for node in NODES
    }
    for node in NODES:
        wanted, there = want.nodes[node.label], have.nodes[node.label]
        # What is only named here may stand in a table of the store.
        leave = pc.and_(pc.is_in(wanted[KEY], there[KEY]), pc.fill_null(wanted[UNLISTED], False))
        leave = pc.and_(leave, pc.invert(pc.is_in(wanted[KEY], pa.array(sorted(rows_gone[node.label]), pa.string()))))
        nodes[node.label] = wanted.filter(pc.invert(leave))
    held = {
        node.label: have.nodes[node.label].filter(pc.is_in(have.nodes[node.label][KEY], nodes[node.label][KEY]))
        for node in NODES
    }
    changes = changes_between(Graph(held, have.ties), Graph(nodes, want.ties))
    return _with_gone(connection, changes, have, want, rows_gone, forces)


def _with_gone(
    connection: Connection,
    changes: Changes,
    have: Graph,
    want: Graph,
    rows_gone: Mapping[str, set[str]],
    forces: Mapping[str, str],
) -> Changes:
    """Add the nodes that go: rows taken away, and what only rows named that name it no longer."""
    ties = dict(changes.ties)
    nodes = dict(changes.nodes)
    for node in NODES:
        fewer: Counter[str] = Counter()
        for tie in TIES:
            for name, end in ((START, tie.start), (END, tie.end)):
                if end.node is node and _names(tie, name):
                    fewer.update(ties[tie.type].gone[name].to_pylist())
        asked = {*fewer, *rows_gone[node.label]} - set(_keys(want.nodes[node.label]))
        if not asked:
            continue
        schema = node_schema(node)
        go: list[str] = []
        bare: list[str] = []
        for row in connection.rows(_still_named(node), keys=sorted(asked)):
            key = row["key"]
            if row["named"] > fewer[key]:
                bare += [key] if key in rows_gone[node.label] else []
            elif row["unlisted"] or node.label not in _HAS_ROWS or key in rows_gone[node.label]:
                go.append(key)
        change = nodes[node.label]
        if bare:
            there = have.nodes[node.label]
            there = there.filter(pc.is_in(there[KEY], pa.array(bare, pa.string())))
            change = change._replace(changed=pa.concat_tables([change.changed, only_named(node, there, forces)]))
        if go:
            rows = pa.table(
                [pa.array(go, f.type) if f.name == KEY else pa.nulls(len(go), f.type) for f in schema], schema=schema
            )
            change = change._replace(gone=pa.concat_tables([change.gone, rows]))
            for tie in (t for t in TIES if t.start.node is node and t.end.node is DISTRICT):
                parts = pa.concat_tables([ties[tie.type].gone, pull_ties_at(connection, tie, node, go)])
                ties[tie.type] = ties[tie.type]._replace(gone=parts)
        nodes[node.label] = change
    return Changes(nodes, ties)


def _names(tie: Tie, name: str) -> bool:
    """Tell whether a relationship keeps the node at one of its ends: not where the node is the row it is made from."""
    end = tie.start if name == START else tie.end
    return not end.recorded and not is_own_row(tie, end) and not (tie.start.node is WARD and name == START)


def _still_named(node: Node) -> str:
    """Return the query that counts, by key, the relationships that name a node of a kind."""
    counts = []
    for name, pattern in ((START, "(n)-[r:{}]->()"), (END, "(n)<-[r:{}]-()")):
        types = [t.type for t in TIES if (t.start if name == START else t.end).node is node and _names(t, name)]
        if types:
            counts.append(f"COUNT {{ {pattern.format('|'.join(types))} WHERE r.load_id IS NOT NULL }}")
    return (
        f"UNWIND $keys AS key MATCH (n:{node.label} {{{node.key}: key}}) WHERE n.load_id IS NOT NULL "
        f"RETURN key, coalesce(n.unlisted, false) AS unlisted, {' + '.join(counts) or '0'} AS named"
    )
