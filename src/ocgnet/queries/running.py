"""Asking a Neo4j server, in its read mode only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import neo4j
from neo4j.exceptions import ClientError

from ocgnet.errors import StoreError, UsageError
from ocgnet.queries.query import Answer, Query
from ocgnet.queries.values import plain
from ocgnet.store.neo4j_connection import Connection

_WRITES = {"Neo.ClientError.Statement.AccessMode", "Neo.ClientError.Security.Forbidden"}


def ask(connection: Connection, query: Query, values: Mapping[str, Any]) -> Answer:
    """Ask a question on a server and return its answer.

    The session is opened for reading, and the server itself refuses whatever would write.

    Raises
    ------
    StoreError
        When the query would write.
    UsageError
        When the server does not understand it, or a parameter is missing.
    """
    try:
        with connection.session(default_access_mode=neo4j.READ_ACCESS) as session:
            return session.execute_read(_answer, query.text, dict(values))
    except ClientError as error:
        raise _in_words(query, error) from error


def _answer(tx: neo4j.ManagedTransaction, text: str, values: dict[str, Any]) -> Answer:
    result = tx.run(text, values)
    columns = tuple(result.keys())
    return Answer(columns, tuple(tuple(plain(v) for v in record.values()) for record in result))


def _in_words(query: Query, error: ClientError) -> Exception:
    code, message = error.code or "", " ".join((error.message or "").split())
    if code in _WRITES:
        return StoreError(
            f"{query.name} would write, and ocgnet query only reads: the server refused it and nothing was changed. "
            "Records are changed with ocgnet load."
        )
    if code == "Neo.ClientError.Statement.ParameterMissing":
        return UsageError(
            f"{query.name} needs values that it does not declare ({message}). For each, add a line such as "
            ":param name => 'value'; at the top of the file."
        )
    if code.startswith("Neo.ClientError.Statement."):
        return UsageError(f"Neo4j does not understand {query.name}: {message}")
    return error
