"""What the server returns as plain values, and plain values as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import neo4j.graph
import neo4j.time

from ocgnet.model.graph import LOAD, NODES, RUN

_KEYS = {n.label: n.key for n in (*NODES, LOAD, RUN)}
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
        return {"node": _name(value), "labels": sorted(value.labels), "properties": properties}
    ends = [_name(n) for n in getattr(value, "nodes", ())]
    return {"tie": getattr(value, "type", ""), "from": ends[0], "to": ends[-1], "properties": properties}


def _name(node: neo4j.graph.Node | None) -> str:
    if node is None:
        return ""
    for label in node.labels:
        if (key := _KEYS.get(label)) and (found := node.get(key)) is not None:
            return str(found)
    return node.element_id


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
    found = (tie["properties"].get(n) for n in ("role", "link_role", "kind", "relationship", "suggested_role"))
    return " ".join([tie["tie"], *(str(f) for f in found if f)])
