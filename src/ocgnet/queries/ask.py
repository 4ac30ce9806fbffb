"""Asking a question of a store, and its answer as table, CSV or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import neo4j
from neo4j.exceptions import ClientError

from ocgnet.dataset import About, Dataset
from ocgnet.days import Days, days_of, latest_event
from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import StoreError, UsageError
from ocgnet.evidence.restricted import restricted_ids
from ocgnet.model import PERSON_TABLES
from ocgnet.model.graph import PERSON, RUN
from ocgnet.queries.asked_about import held_by, held_in, refuse_unknown
from ocgnet.queries.crimes_near import notes_from_server
from ocgnet.queries.find_person import answer_from_server
from ocgnet.queries.one_force import called, of_one_force, tables_of
from ocgnet.queries.parameters import bind, days_of_graph, name_of, plain, standing_values
from ocgnet.queries.query import Answer, Query
from ocgnet.settings import Settings
from ocgnet.store import open_store
from ocgnet.store.contract import OWN_SERVER
from ocgnet.store.duckdb_file import DuckDBFile
from ocgnet.store.merging import ForceState
from ocgnet.store.neo4j.connection import Connection, connected
from ocgnet.store.neo4j.kept_runs import has_earlier_shape
from ocgnet.store.neo4j.loads import require_shape, states_of
from ocgnet.store.neo4j.store import Neo4jStore

if TYPE_CHECKING:
    import kglite

# Asking a Neo4j server, in its read mode only.

ON_SERVER: Mapping[str, Callable[[Connection, Mapping[str, Any]], Answer]] = {"find-person": answer_from_server}
"""Questions of the pack that our own code answers, from what it reads on the server; their text serves Browser."""

BESIDE: Mapping[str, Callable[[Connection, Mapping[str, Any]], tuple[str, ...]]] = {"crimes-near": notes_from_server}
"""What stands beside the answer of a question, by its name: sentences about what is in no row of it."""

LIMIT = "limit"
"""Parameter of a question that says how many rows its answer has at most."""

EVERY_ROW = 2**53
"""A limit that no answer reaches."""

_WRITES = {"Neo.ClientError.Statement.AccessMode", "Neo.ClientError.Security.Forbidden"}


def ask(connection: Connection, query: Query, values: Mapping[str, Any]) -> Answer:
    """Ask a question on a server and return its answer.

    The session is opened for reading, and the server itself refuses whatever would write. A query of the user's own
    is planned first and refused, before it runs, when the plan reaches outside the database.

    Raises StoreError when the query would write, read a file, call out, or run what the plan does not show;
    UsageError when the server does not understand it, or a parameter is missing.
    """
    if query.subject and (own := ON_SERVER.get(query.name)):
        return own(connection, values)
    try:
        with connection.session(default_access_mode=neo4j.READ_ACCESS) as session:
            if not query.subject and (reach := session.execute_read(_outside, query.text, dict(values))):
                raise StoreError(
                    f"{query.name} {reach}, and ocgnet query asks only what is in the database: such a query can hand "
                    "names to another machine or read files of the server's. Nothing was asked. Leave that out, and "
                    "load records with ocgnet load."
                )
            answer = session.execute_read(_answer, query.text, dict(values))
        if not query.subject:
            return replace(answer, notes=_warnings(connection, query, values))
    except ClientError as error:
        raise _in_words(query, error) from error
    beside = BESIDE.get(query.name)
    return replace(answer, notes=beside(connection, values)) if beside else answer


def _count(connection: Connection, query: Query, values: Mapping[str, Any], limit: int = EVERY_ROW) -> int:
    """Return how many rows a question has with a limit; the server counts them."""
    text = f"CALL () {{\n{query.text}\n}} RETURN count(*) AS rows"
    return int(connection.rows(text, **{**values, LIMIT: limit})[0]["rows"])


def restricted_people(connection: Connection) -> int:
    """Return how many people of a database are in no answer because their processing is restricted."""
    rows = connection.rows(f"MATCH (p:{PERSON.label}) WHERE p.restricted_on IS NOT NULL RETURN count(p) AS n")
    return int(rows[0]["n"])


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

    ``plan`` is as the driver gives it for ``EXPLAIN``: a query inside an expression (in a list comprehension, say) is
    no step of its own there but stands in the details of a step, in Neo4j's own spelling. ``added`` are functions that
    the server has and that are no part of Neo4j.
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


_UNKNOWN = {
    "01N50": ("label", "CALL db.labels() YIELD label AS name"),
    "01N51": ("relationship type", "CALL db.relationshipTypes() YIELD relationshipType AS name"),
    "01N52": ("property", "CALL db.propertyKeys() YIELD propertyKey AS name"),
}
"""What the server warns of by its status, and how to ask for the names that there are."""


def _warnings(connection: Connection, query: Query, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the server finds odd in a query of the user's own, in sentences; what is only slow or old is not."""
    with connection.session(
        default_access_mode=neo4j.READ_ACCESS,
        notifications_min_severity="WARNING",
        notifications_disabled_classifications=["DEPRECATION", "PERFORMANCE"],
    ) as session:
        told = session.run(f"EXPLAIN {query.text}", dict(values)).consume().gql_status_objects
    sentences = []
    for status in (each for each in told if each.is_notification):
        name = re.search(r"`([^`]*)`", status.status_description)
        if status.gql_status not in _UNKNOWN or name is None:
            sentences.append(f"Neo4j warns: {status.status_description.removeprefix('warn: ')}")
            continue
        word, text = _UNKNOWN[status.gql_status]
        names = [row["name"] for row in connection.rows(f"{text} RETURN name")]
        hint = did_you_mean(close_to(name[1], names, cutoff=0.5))
        sentences.append(f"{connection.address.uri} holds no {word} {name[1]}, which {query.name} asks for.{hint}")
    return tuple(dict.fromkeys(sentences))


_OWN_LIMIT = re.compile(r"\bLIMIT\s+(?:(\d+)|\$(\w+))\s*$", re.IGNORECASE)


def own_limit(query: Query, values: Mapping[str, Any]) -> int | None:
    """Return the number with which a query of the user's own ends its rows; None without one, or for a question."""
    bare = _PARTS.sub(lambda part: part[0] if part["name"] else "", query.text)
    if query.subject or not (limit := _OWN_LIMIT.search(bare.rstrip(" \n;"))):
        return None
    return int(limit[1] or values[limit[2]])


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
    if code == "Neo.ClientError.Procedure.ProcedureNotFound":
        return UsageError(f"The server has no procedure that {query.name} calls: {message}")
    if code.startswith("Neo.ClientError.Statement."):
        return UsageError(f"Neo4j does not understand {query.name}: {message}")
    return error


# Whom an answer shows: the ids of the people named in its cells or in the values it was asked with.


def people_shown(
    uri: str, answer: Answer, values: Mapping[str, Any], password: Callable[[str], str] | None = None
) -> list[str]:
    """Return the sorted ids of everybody whom an answer, or the values it was asked with, names by id or by name.

    Two people of one name are both returned, because the answer does not tell them apart. Somebody whom an
    answer describes without id and name is not found.
    """
    words = sorted({*_words(answer.rows), *_words(values.values())})
    if not words:
        return []
    store = open_store(uri, password)
    if isinstance(store, DuckDBFile):
        with store.opened() as db:
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


# A question with its values written in, so that Neo4j Browser needs no parameters set before it.

_PARTS = re.compile(
    r"""'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` | //[^\n]* | /\*.*?\*/ | \$(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)
"""What may hold a dollar sign without meaning a parameter, and a parameter."""


def written_out(query: Query, values: Mapping[str, Any]) -> str:
    """Return the text of a question with its parameters replaced by their values; one without a value stays.

    Text and comments stay as they are, whatever stands in them.
    """

    def value(part: re.Match[str]) -> str:
        return cypher(values[part["name"]]) if part["name"] in values else part[0]

    return _PARTS.sub(value, query.text)


def cypher(value: Any) -> str:
    r"""Return a value as Cypher writes it; raises TypeError for anything that no parameter can be.

    >>> cypher("O'Neil"), cypher(["a", 1, 0.5, None, True]), cypher(date(2019, 3, 31))
    ("'O\\'Neil'", "['a', 1, 0.5, null, true]", "date('2019-03-31')")
    >>> cypher({"8N": 189.2})
    '{`8N`: 189.2}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"`{k.replace('`', '``')}`: {cypher(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(cypher, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"date('{value.isoformat()}')"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    raise TypeError(f"{type(value).__name__} is no value of a question")


def browser_link(browser: str, text: str) -> str:
    """Return the address under which Neo4j Browser opens with a query in its editor, not yet run."""
    return f"{browser}?cmd=edit&arg={quote(text, safe='')}"


_DATES = ("as_of", "period_from", "period_to")


def ask_store(
    uri: str,
    query: Query,
    given: Sequence[str],
    password: Callable[[str], str] | None = None,
    settings: Settings | None = None,
    *,
    every_row: bool = False,
) -> tuple[About, dict[str, Any], Answer]:
    """Ask a question of a Neo4j server or a DuckDB file, with ``name=value`` as on the command line.

    A question with a limit gives as many rows and says how many there are without it; with ``every_row`` it gives all,
    unless the limit was given. Returned with the answer are the description of the records, with their marking, and
    what the question was asked with: dates that were not given are those of the records, as ``ocgnet analyse`` would
    set them, and only without any the defaults of the file.

    Raises UsageError when a value does not fit or names what the store does not hold, the server does not understand a
    query, or the name means no store; StoreError when the store is away or incomplete, the query would write, or it
    cannot be asked this here.
    """
    settings = settings or Settings()
    # Values are judged before anything is opened, so that a slip is told at once.
    bind(query, given)
    uncut = every_row and LIMIT in (p.name for p in query.parameters) and LIMIT not in map(name_of, given)
    store = open_store(uri, password)
    if not isinstance(store, Neo4jStore):
        dataset = store.read()
        states = store.states() if isinstance(store, DuckDBFile) else {}
        return ask_records(Records(dataset, states, uri), query, given, settings, every_row=every_row)
    told, about, prefix = of_one_force(query, given, _states(store, query), uri)
    with connected(store.address) as connection:
        if RUN.label in query.scans and has_earlier_shape(connection):
            raise StoreError(
                f"{uri} keeps runs as an earlier version of ocgnet wrote them, which this question does not see. Bring "
                f"them over with: ocgnet runs {uri}"
            )
        values = _values(query, told, about, settings, partial(days_of_graph, connection, force=called(prefix, about)))
        refuse_unknown(query, values, held_by(connection), uri)
        answer = ask(connection, query, {**values, LIMIT: EVERY_ROW} if uncut else values)
        if not uncut and _may_be_cut(query, values, len(answer.rows)):
            total = _count(connection, query, values)
            answer = replace(answer, total=total if total > len(answer.rows) else None)
        return about, values, replace(answer, restricted=restricted_people(connection))


class Records:
    """Records that were read to be asked of; the view that questions are asked of is built once, when it is needed.

    Parameters
    ----------
    dataset : Dataset
        All records.
    states : mapping of str to ForceState
        The state of each force by its prefix.
    name : str
        What the records are called in errors.
    """

    def __init__(self, dataset: Dataset, states: Mapping[str, ForceState], name: str) -> None:
        self.dataset, self.states, self.name = dataset, states, name

    @cached_property
    def view(self) -> kglite.FrozenGraph:
        """The records as a graph."""
        from ocgnet.queries.local_view import view_of

        return view_of(self.dataset)


def ask_records(
    records: Records, query: Query, given: Sequence[str], settings: Settings, *, every_row: bool
) -> tuple[About, dict[str, Any], Answer]:
    """As :func:`ask_store`, of records that were read already."""
    from ocgnet.queries.local_view import ask_locally

    dataset = records.dataset
    told, about, prefix = of_one_force(query, given, records.states, records.name)
    values = _values(query, told, about, settings, partial(days_of, tables_of(dataset, prefix)))
    refuse_unknown(query, values, held_in(dataset), records.name)
    uncut = every_row and LIMIT in values and LIMIT not in map(name_of, given)
    asked = {**values, LIMIT: EVERY_ROW} if LIMIT in values else values
    answer = ask_locally(dataset, query, asked, None if uncut else values.get(LIMIT), lambda: records.view)
    return about, values, replace(answer, restricted=len(restricted_ids(dataset.tables)))


def _may_be_cut(query: Query, values: Mapping[str, Any], rows: int) -> bool:
    """Tell whether the limit of a question may have left something out of so many rows."""
    if not query.subject or LIMIT not in values:
        return False
    return rows >= values[LIMIT] or not query.text.endswith(f"LIMIT ${LIMIT}")


def _steps_drawn(answer: Answer) -> Iterator[Mapping[str, Any]]:
    """Yield nodes and relationships of an answer of paths, each as often as it is in one."""
    for (drawn,) in answer.rows:
        yield from drawn.get("path", [drawn])


@dataclass(frozen=True)
class Link:
    """The address that opens a question in Neo4j Browser, and what is to be said beside it.

    ``cut`` are the limit of the question and the number of rows that there are, where rows are left out; ``marks`` is
    how many a picture draws, 0 for a table.
    """

    address: str
    cut: tuple[int, int] | None
    marks: int


def link_to_ask(query: Query, given: Sequence[str], password: Callable[[str], str] | None = None) -> Link:
    """Return the link that opens a question, its values written in, in Neo4j Browser of one's own server.

    Raises UsageError when a value does not fit; StoreError when that server does not run, or its database is
    incomplete.
    """
    from ocgnet.store.neo4j import LocalServer

    bind(query, given)
    store = open_store(OWN_SERVER, password)
    running = LocalServer().running()
    if running is None or not isinstance(store, Neo4jStore):
        raise StoreError("Your own server has just ended. Start it with: ocgnet neo4j start")
    told, about, prefix = of_one_force(query, given, _states(store, query), OWN_SERVER)
    with connected(store.address) as connection:
        values = _values(
            query, told, about, Settings(), partial(days_of_graph, connection, force=called(prefix, about))
        )
        refuse_unknown(query, values, held_by(connection), OWN_SERVER)
        cut = None
        if query.subject and LIMIT in values:
            total = _count(connection, query, values)
            cut = (values[LIMIT], total) if total > _count(connection, query, values, values[LIMIT]) else None
        marks = 0
        if query.kind == "picture":
            marks = len({step["node"] for step in _steps_drawn(ask(connection, query, values)) if "node" in step})
    return Link(browser_link(running.browser, written_out(query, values)), cut, marks)


def values_at(
    uri: str, queries: Sequence[Query], password: Callable[[str], str] | None = None
) -> tuple[About, dict[str, dict[str, Any]]]:
    """Return the description of a Neo4j database, and by name what each question would be asked with there.

    Raises UsageError for another kind of store; StoreError when the database is away or incomplete.
    """
    store = open_store(uri, password)
    if not isinstance(store, Neo4jStore):
        raise UsageError(
            f"{uri} is no Neo4j server, and only there this is used. Name one, such as bolt://127.0.0.1:7687."
        )
    _, about, _ = of_one_force(queries[0], (), _states(store, queries[0]), uri)
    with connected(store.address) as connection:
        days = cache(partial(days_of_graph, connection))
        return about, {query.name: _values(query, (), about, Settings(), days) for query in queries}


def _states(store: Neo4jStore, query: Query) -> dict[str, ForceState]:
    """Return the state of each force of a database; none of one without loads of ours.

    StoreError when a load is incomplete, or another version of the program left the graph that a question of the pack
    reads; a query of the user's own may read what is there.
    """
    loads = store.loads()
    if query.subject:
        require_shape(store.address.uri, loads)
    for load in {load.state.manifest.prefix: load for load in loads}.values():
        if not load.complete:
            raise StoreError(
                f"A load into {store.address.uri}, begun by {load.loaded_by} at {load.loaded_at}, is not finished, and "
                "half of the records give wrong answers. Wait for it, or run the same ocgnet load again."
            )
    return states_of(loads)


def _values(
    query: Query,
    given: Sequence[str],
    about: About,
    settings: Settings,
    days: Callable[[Settings], Mapping[str, Days]],
) -> dict[str, Any]:
    """Return all values of a question; dates that depend on one another are set together."""
    if not any(p.kind == "date" for p in query.parameters):
        return bind(query, given)
    named = set(map(name_of, given))
    first = bind(query, given)
    asked = replace(settings, **{n: first[n] for n in _DATES if n in named and n in first})
    if {"period_from", "period_to"} <= named and first["period_from"] > first["period_to"]:
        raise UsageError("The period begins after it ends: give a period_from before the period_to.")
    latest = None
    if about.as_of is None:
        found = days(settings)
        latest = latest_event(found, settings).day or (settings.today if found else None)
    return bind(query, given, standing_values(about, latest, asked))
