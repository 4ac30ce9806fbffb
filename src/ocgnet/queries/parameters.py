"""From ``--param name=value`` to the typed values that a question is asked with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import neo4j.graph
import neo4j.time
import numpy as np

from ocgnet.dataset import About
from ocgnet.days import Days, pooled
from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_before, period_on
from ocgnet.model.columns import LINK_ROLES, Column
from ocgnet.model.graph import LOAD, NODE_ROWS, NODES, RUN_NODES, TIES
from ocgnet.queries.query import PARAMETER_KINDS, Parameter, Query
from ocgnet.settings import Settings
from ocgnet.store.neo4j.connection import Connection
from ocgnet.store.neo4j.role_labels import ROLE_LABELS

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def name_of(pair: str) -> str:
    """Return the parameter that a ``name=value`` of the command line names.

    >>> name_of("$as_of = 2019-03-31")
    'as_of'
    """
    return pair.partition("=")[0].strip().removeprefix("$")


def bind(query: Query, given: Sequence[str], standing: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the value of every parameter of a question.

    What is ``given`` as ``name=value`` comes first, then ``standing`` values, which the records themselves suggest,
    then the defaults of the file.

    Raises UsageError when a name is not one of the question's, is given twice, or its value is of another kind.
    """
    asked: dict[str, str] = {}
    for pair in given:
        name, text = name_of(pair), pair.partition("=")[2]
        if "=" not in pair:
            raise UsageError(f"Write --param name=value; '{pair}' has no =.")
        if name in asked:
            raise UsageError(f"--param {name} is given twice. For several values write {name}=one,two.")
        asked[name] = text
    known = {p.name: p for p in query.parameters}
    for name in asked:
        if name not in known:
            hint = did_you_mean(close_to(name, known, cutoff=0.5))
            has = f"It has {', '.join(known)}." if known else "It has none."
            raise UsageError(f"{query.name} has no parameter '{name}'.{hint} {has}")
    values = {}
    for parameter in query.parameters:
        if parameter.name in asked:
            values[parameter.name] = value_of(parameter, asked[parameter.name])
        else:
            values[parameter.name] = (standing or {}).get(parameter.name, parameter.default)
    return values


def value_of(parameter: Parameter, text: str) -> Any:
    """Return the value that a text on the command line stands for; raises UsageError for one of another kind.

    >>> value_of(Parameter("link_roles", "texts", "", []), "arrested, charged")
    ['arrested', 'charged']
    >>> value_of(Parameter("as_of", "date", "", None), "31/03/2019")
    datetime.date(2019, 3, 31)
    """
    try:
        return _READ[parameter.kind](text)
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"--param {parameter.name} takes {PARAMETER_KINDS[parameter.kind]}; '{text}' is none."
        ) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()


def _texts(text: str) -> list[str]:
    return [t.strip() for t in text.split(",") if t.strip()]


def _roles(text: str) -> list[str]:
    """Return link roles; whoever is victim or witness of a crime has no part in offending."""
    roles = _texts(text)
    if not roles or set(roles) - (set(LINK_ROLES) - {"victim", "witness"}):
        raise ValueError(text)
    return roles


def _numbers(text: str) -> dict[str, float]:
    pairs = (t.partition("=") for t in _texts(text))
    return {name.strip(): float(value) for name, _, value in pairs}


_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "texts": _texts,
    "roles": _roles,
    "date": _day,
    "flag": lambda text: _FLAGS[text.strip().lower()],
    "whole": int,
    "number": float,
    "numbers": _numbers,
}


# Values that the records themselves suggest: the analysis date, the period, and the times around them.

QUARTER_MONTHS = 3


def standing_values(about: About, latest: date | None, asked: Settings) -> dict[str, Any]:
    """Return the dates of an analysis as ``ocgnet analyse`` sets them, by the parameter that takes them.

    ``latest`` is the day on which the records are judged where ``about`` names none; ``asked`` has ``as_of``,
    ``period_from`` and ``period_to``, where the command named them. Empty when the records hold no date and none was
    asked.

    >>> found = standing_values(About(as_of=date(2019, 3, 31)), None, Settings())
    >>> found["period_from"].isoformat(), found["quarter_from"].isoformat(), found["before_to"].isoformat()
    ('2018-04-01', '2019-01-01', '2018-03-31')
    """
    day = about.as_of or latest
    if day is None and asked.as_of is None and asked.period_to is None:
        return {}
    described = About(as_of=day, period_from=about.period_from, period_to=about.period_to)
    period = period_on(described, dict, asked)
    if period.as_of is None or period.first is None or period.last is None:
        return {}
    before = period_before(period, asked)
    return {
        "as_of": period.as_of,
        "period_from": period.first,
        "period_to": period.last,
        "as_of_before": before.as_of,
        "before_from": before.first,
        "before_to": before.last,
        "quarter_from": _months_before(period.as_of + timedelta(days=1), QUARTER_MONTHS),
    }


def days_of_graph(connection: Connection, settings: Settings, force: str = "") -> dict[str, Days]:
    """Return the days of the records in a database, by table, as :func:`ocgnet.days.days_of` does of typed tables.

    With a ``force`` only its records count, as the graph calls it.
    """
    held = [(f"(n:{rows.label or rows.node.label})", "n", rows.table, rows.properties) for rows in NODE_ROWS]
    for tie in (t for t in TIES if not t.derived):
        pattern = f"(a:{tie.start.node.label})-[n:{tie.type}]->(:{tie.end.node.label})"
        held.append((pattern, "a", tie.table, tie.properties))
    parts: dict[str, list[tuple[Column, np.ndarray, np.ndarray]]] = {}
    for pattern, owner, table, properties in held:
        for column in (c for c in properties if c.event):
            day = f"n.{column.name}"
            counted = connection.rows(
                f"MATCH {pattern} WHERE {day} IS NOT NULL AND $force IN ['', {owner}.force] "
                f"RETURN date({day}) AS day, count(*) AS rows",
                force=force,
            )
            if counted:
                days = np.array([r["day"].to_native() for r in counted], "datetime64[D]")
                rows = np.array([r["rows"] for r in counted], np.int64)
                parts.setdefault(table, []).append((column, days, rows))
    return {table: pooled(of_table, settings) for table, of_table in parts.items()}


def _months_before(day: date, months: int) -> date:
    """Return the same day some months before, or the last day of a shorter month.

    >>> _months_before(date(2019, 4, 1), 3), _months_before(date(2019, 5, 31), 3)
    (datetime.date(2019, 1, 1), datetime.date(2019, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


# What the server returns as plain values, and plain values as text.

_KEYS = {n.label: n.key for n in (*NODES, LOAD, *RUN_NODES)}
_OWN = {"load_id", "row_key"}
"""Properties of the loading, of no interest to whoever asks."""


def plain(value: Any) -> Any:
    """Return a value of the server without anything of the driver's.

    A node becomes ``{"node": id, "labels": […], "properties": {…}}``, a relationship ``{"tie": type,
    "from": id, "to": id, "properties": {…}}``, a path ``{"path": [node, tie, node, …]}``; an id is the
    key property of our own nodes.
    """
    if isinstance(value, neo4j.time.Date | neo4j.time.DateTime | neo4j.time.Time):
        return value.to_native()
    if isinstance(value, neo4j.time.Duration):
        return value.iso_format()
    if isinstance(value, neo4j.graph.Path | neo4j.graph.Entity):
        return _of_graph(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def _of_graph(value: neo4j.graph.Path | neo4j.graph.Entity) -> dict[str, Any]:
    if isinstance(value, neo4j.graph.Path):
        steps: list[Any] = [value.nodes[0]]
        for tie, node in zip(value.relationships, value.nodes[1:], strict=True):
            steps += [tie, node]
        return {"path": [plain(s) for s in steps]}
    properties = {k: plain(v) for k, v in sorted(value.items()) if k not in _OWN}
    if isinstance(value, neo4j.graph.Node):
        return {"node": _name(value), "labels": sorted(value.labels - {*ROLE_LABELS}), "properties": properties}
    ends = [_name(n) for n in getattr(value, "nodes", ())]
    return {"tie": getattr(value, "type", ""), "from": ends[0], "to": ends[-1], "properties": properties}


def _name(node: neo4j.graph.Node | None) -> str:
    if node is None:
        return ""
    for label in node.labels:
        if (key := _KEYS.get(label)) and (found := node.get(key)) is not None:
            return str(found)
    # A kind of record, as the schema is drawn, is no record: Neo4j numbers it below nothing and calls it by its label.
    return str(node["name"]) if node.element_id.startswith("-") and "name" in node else node.element_id


def words(value: Any) -> str:
    """Return a plain value as one line of text; nothing is an empty text.

    >>> words(None), words(True), words(["a", 1]), words(0.5), words(date(2019, 3, 31))
    ('', 'true', 'a|1', '0.5', '2019-03-31')
    >>> tie = {"tie": "MEMBER_OF", "from": "N1", "to": "G1", "properties": {"role": "principal"}}
    >>> words({"path": [{"node": "N1", "labels": [], "properties": {}}, tie, {"node": "G1", "labels": []}]})
    'N1 -[MEMBER_OF principal]-> G1'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e5 else f"{value:.0f}"
    if isinstance(value, list):
        return "|".join(words(v) for v in value)
    if isinstance(value, dict):
        return _graph_words(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _graph_words(value: dict[str, Any]) -> str:
    if "path" in value:
        steps = value["path"]
        text = words(steps[0])
        for before, tie, node in zip(steps[::2], steps[1::2], steps[2::2], strict=False):
            forward = tie["from"] == before["node"]
            text += f" {'' if forward else '<'}-[{_tie_words(tie)}]-{'>' if forward else ''} {words(node)}"
        return text
    if "node" in value:
        return str(value["node"])
    if "tie" in value:
        return f"{value['from']} -[{_tie_words(value)}]-> {value['to']}"
    return json.dumps(value, ensure_ascii=False, default=words, sort_keys=True)


def _tie_words(tie: dict[str, Any]) -> str:
    found = (
        tie["properties"].get(n) for n in ("role", "link_role", "kind", "relationship", "suggested_role", "involvement")
    )
    return " ".join([tie["tie"], *(str(f) for f in found if f)])
