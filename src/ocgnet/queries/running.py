"""Asking a Neo4j server, in its read mode only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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

    The session is opened for reading, and the server itself refuses whatever would write. A query of the user's own is
    planned first and refused, before it runs, when the plan reaches outside the database.

    Raises
    ------
    StoreError
        When the query would write, read a file, call out, or run what the plan does not show.
    UsageError
        When the server does not understand it, or a parameter is missing.
    """
    try:
        with connection.session(default_access_mode=neo4j.READ_ACCESS) as session:
            if not query.subject and (reach := session.execute_read(_outside, query.text, dict(values))):
                raise StoreError(
                    f"{query.name} {reach}, and ocgnet query asks only what is in the database: such a query can hand "
                    "names to another machine or read files of the server's. Nothing was asked. Leave that out, and "
                    "load records with ocgnet load."
                )
            return session.execute_read(_answer, query.text, dict(values))
    except ClientError as error:
        raise _in_words(query, error) from error


def _answer(tx: neo4j.ManagedTransaction, text: str, values: dict[str, Any]) -> Answer:
    result = tx.run(text, values)
    columns = tuple(result.keys())
    return Answer(columns, tuple(tuple(plain(v) for v in record.values()) for record in result))


ALLOWED = frozenset({
    "db.labels", "db.relationshipTypes", "db.propertyKeys", "db.schema.visualization", "db.schema.nodeTypeProperties",
    "db.schema.relTypeProperties", "db.index.fulltext.queryNodes", "db.index.fulltext.queryRelationships",
    "db.index.fulltext.listAvailableAnalyzers", "db.index.vector.queryNodes", "db.index.vector.queryRelationships",
    "db.info", "db.ping", "dbms.components", "dbms.info",
})  # fmt: skip
"""Procedures of Neo4j itself that tell of the database and nothing else; what any other does no plan shows."""

_FUNCTIONS = "SHOW FUNCTIONS YIELD name, isBuiltIn WHERE NOT isBuiltIn RETURN name"
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_QUOTED = re.compile(r"`(?:[^`]|``)*`")
_CALLED = re.compile(r"(?:\bCALL\s+|\bResolvedCall\()((?:`[^`]*`|\w+)(?:\s*\.\s*(?:`[^`]*`|\w+))*)\s*\(")


def _outside(tx: neo4j.ManagedTransaction, text: str, values: dict[str, Any]) -> str:
    plan = tx.run(f"EXPLAIN {text}", values).consume().plan
    added = [row["name"] for row in tx.run(_FUNCTIONS)]
    return "" if plan is None else outside(plan, added)


def outside(plan: Mapping[str, Any], added: list[str]) -> str:
    """Return what of a plan reaches outside the database, in words; empty when nothing does.

    Parameters
    ----------
    plan : mapping
        As the driver gives it for ``EXPLAIN``. A query inside an expression (in a list comprehension, say) is no step
        of its own there but stands in the details of a step, in Neo4j's own spelling, whatever the user's was.
    added : list of str
        Functions that the server has and that are no part of Neo4j.
    """
    for step, details in _steps(plan):
        bare = _TEXT.sub("''", details)
        if step == "LoadCSV" or re.search(r"\bLOAD\s+CSV\b", _QUOTED.sub("", bare)):
            return "reads a file or an address (LOAD CSV)"
        called = [m[1] for m in _CALLED.finditer(bare)]
        if step == "ProcedureCall":
            called.append(bare.partition("(")[0])
        names = ("".join(name.replace("`", "").split()) for name in called)
        if other := next((n for n in names if n not in ALLOWED), ""):
            return f"calls {other}, of which nobody can see what it reads or sends"
        plain = bare.replace("`", "")
        if own := next((f for f in added if re.search(rf"(?<![\w.]){re.escape(f)}\s*\(", plain)), ""):
            return f"uses {own}, which is no part of Neo4j and of which nobody can see what it reads or sends"
    return ""


def _steps(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and details of every step of a plan."""
    todo = [plan]
    while todo:
        step = todo.pop()
        yield str(step.get("operatorType", "")).partition("@")[0], str(step.get("args", {}).get("Details", ""))
        todo.extend(step.get("children", ()))


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
