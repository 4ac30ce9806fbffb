"""Whom an answer shows: the ids of the people named in its cells or in the values it was asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ocgnet.model import PERSON_TABLES
from ocgnet.model.graph import PERSON
from ocgnet.queries.query import Answer
from ocgnet.store import open_store
from ocgnet.store.duckdb_file import DuckDBFile
from ocgnet.store.duckdb_open import connect
from ocgnet.store.neo4j_connection import connected
from ocgnet.store.neo4j_store import Neo4jStore


def people_shown(
    uri: str, answer: Answer, values: Mapping[str, Any], password: Callable[[str], str] | None = None
) -> list[str]:
    """Return the sorted ids of everybody whom an answer names, by id or by name, under whatever column.

    Two people of one name are both returned, because the answer does not tell them apart. Somebody whom an
    answer describes without id and name is not found.

    Parameters
    ----------
    uri : str
        The store that was asked.
    answer : Answer
        What it answered.
    values : mapping
        What it was asked with.
    password : callable, optional
        As for ``open_store``.
    """
    words = sorted({*_words(answer.rows), *_words(values.values())})
    if not words:
        return []
    store = open_store(uri, password)
    if isinstance(store, DuckDBFile):
        with connect(store.path, read_only=True) as db:
            found = [
                db.execute(
                    f'SELECT "{key}" FROM "{name}" WHERE "{key}" IN (SELECT unnest($1)) OR name IN (SELECT unnest($1))',
                    [words],
                ).fetchall()
                for name, key in PERSON_TABLES.items()
            ]
        return sorted({row[0] for rows in found for row in rows})
    if isinstance(store, Neo4jStore):
        with connected(store.address) as connection:
            rows = connection.rows(
                f"MATCH (p:{PERSON.label}) WHERE p.{PERSON.key} IN $words OR p.name IN $words "
                f"RETURN p.{PERSON.key} AS id ORDER BY id",
                words=words,
            )
        return [row["id"] for row in rows]
    return []


def _words(cells: Iterable[Any]) -> Iterator[str]:
    """Yield every text within lists, maps and rows."""
    for cell in cells:
        if isinstance(cell, str):
            yield cell
        elif isinstance(cell, Mapping):
            yield from _words(cell.values())
        elif isinstance(cell, Sequence):
            yield from _words(cell)
