"""Whom and what a question is asked about, and whether the store holds it: an empty answer never hides a wrong id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.model.graph import CRIME, NODE_ROWS, OCG, PERSON, PLAN, RUN, SERVICE, THING, TIES, WARD, Node
from ocgnet.queries.query import Query
from ocgnet.store.neo4j.connection import Connection

MEANT: dict[tuple[str, ...], tuple[Node, str]] = {
    ("person_id",): (PERSON, "person"),
    ("person_a",): (PERSON, "person"),
    ("person_b",): (PERSON, "person"),
    ("case_id",): (PERSON, "person"),
    ("ocg_id",): (OCG, "group"),
    ("crime_id",): (CRIME, "crime"),
    ("thing_id",): (THING, "thing"),
    ("line_id",): (THING, "line or number"),
    ("account_id",): (THING, "account"),
    ("place_id",): (THING, "place"),
    ("premises_id",): (THING, "thing"),
    ("plan_id",): (PLAN, "plan"),
    ("service_id",): (SERVICE, "service"),
    ("district", "ward"): (WARD, "ward"),
    ("run_id",): (RUN, "run"),
}
"""What parameters of the pack mean: a kind of node, and the word for it."""

Holds = Callable[[Node, tuple[str, ...]], bool]
"""Tells whether a store holds a node, by its key, or by the parts of its key where it has parts."""


def refuse_unknown(query: Query, values: Mapping[str, Any], holds: Holds, store: str) -> None:
    """Raise UsageError when a question of the pack is about somebody or something that the store does not hold.

    Somebody who is only named in a link is held, and so is somebody whose processing is restricted.
    """
    if not query.subject:
        return
    for names, (node, word) in MEANT.items():
        if not all(name in values for name in names):
            continue
        key = tuple(str(values[name]) for name in names)
        if any(key) and not holds(node, key):
            shown = " of ".join(reversed(key)) if len(key) > 1 else key[0]
            raise UsageError(
                f"There is no {word} {shown} in {store}. Say which is meant: "
                f"{' '.join(f'--param {name}=…' for name in names)}"
            )


def held_by(connection: Connection) -> Holds:
    """Return what tells whether a database holds a node."""

    def holds(node: Node, key: tuple[str, ...]) -> bool:
        where = " AND ".join(f"n.{name} = $key[{at}]" for at, name in enumerate(node.parts or (node.key,)))
        return bool(connection.rows(f"MATCH (n:{node.label}) WHERE {where} RETURN 1 LIMIT 1", key=list(key)))

    return holds


def held_in(dataset: Dataset) -> Holds:
    """Return what tells whether records name a node, in a table of its own or at an end of a link."""

    def holds(node: Node, key: tuple[str, ...]) -> bool:
        places = {(rows.table, rows.key, ("", "")) for rows in NODE_ROWS if rows.node is node}
        for tie in TIES:
            for end in (tie.start, tie.end):
                if end.node is node and not end.recorded:
                    places.add((tie.table, end.columns, tie.word or ("", "")))
        return any(_in_table(dataset, *place, key) for place in sorted(places))

    return holds


def _in_table(
    dataset: Dataset, table: str, columns: tuple[str, ...], word: tuple[str, str], key: tuple[str, ...]
) -> bool:
    """Tell whether a row names a key; where a ``word`` of the row says what it names, a row with that word."""
    rows = dataset[table]
    if word[0]:
        rows = rows.filter(pc.equal(rows[word[0]], word[1]))
    for column, value in zip(columns, key, strict=True):
        # A cell may hold several ids.
        cells = pc.split_pattern(rows[column], "|")
        one = pc.list_parent_indices(cells).filter(pc.equal(pc.list_flatten(cells), value))
        rows = rows.take(pc.unique(one))
    return bool(rows.num_rows)
