"""A perspective for Neo4j Bloom (Explore in newer interfaces), made from the model, the style and the questions.

The form is that of perspectives which Neo4j publishes with its example graphs, and of later ones that others published;
Bloom itself was not at hand, and no perspective made here was opened in it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ocgnet.model.graph import NODES, PERSON, PERSON_ROWS, RUN_NODES, RUN_TIES, TIES, Node, further_labels
from ocgnet.queries.ask import written_out
from ocgnet.queries.asked_about import MEANT
from ocgnet.queries.pack import folder
from ocgnet.queries.query import Query
from ocgnet.store.neo4j.property_graph import node_schema, tie_schema

VERSION = "2.21.0"
"""Version of Bloom whose form of a perspective this is; a later one brings older ones up to date."""

_NARROWER = {"line_id": "Line", "account_id": "Account"}
"""Further label of a thing that is meant."""

ASKED_FOR: dict[str, tuple[str, str]] = {
    name: (_NARROWER.get(name, node.label), name if node.parts else node.key)
    for names, (node, _) in MEANT.items()
    for name in names
}
"""Values that are typed into a search phrase, with the label and the property that suggest some."""

_TYPES = {pa.int64(): "bigint", pa.float64(): "number", pa.bool_(): "boolean", pa.list_(pa.string()): "array"}
_MADE_AT = 0
"""When it was made: the same records and questions make the same file."""


def perspective(questions: Mapping[str, tuple[Query, Mapping[str, Any]]], name: str = "ocgnet") -> str:
    """Return the file that Bloom imports.

    Parameters
    ----------
    questions : mapping
        By name each question that draws a picture, with the values it is asked with; those of :data:`ASKED_FOR` are
        left to whoever types the phrase.
    name : str
        What the perspective is called.
    """
    style = grass()
    categories = [
        {
            "id": number,
            "name": label,
            "labels": [label],
            "properties": [{"name": f.name, "exclude": False, "dataType": _type(f)} for f in fields],
            "color": _of(style, f"node.{label}", "color", "#D5D8DA"),
            "size": round(float(_of(style, f"node.{label}", "diameter", "65px").removesuffix("px")) / 65, 2),
            "icon": "no-icon",
            "textSize": 1,
            "textAlign": "top",
            "captionKeys": [shown],
            "captions": [_caption(shown, "property")],
            "styleRules": [],
            "createdAt": _MADE_AT,
            "lastEditedAt": _MADE_AT,
        }
        for number, (label, fields, shown) in enumerate(_categories(style), start=1)
    ]
    document = {
        "name": name,
        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "ocgnet")),
        "version": VERSION,
        "type": "STANDARD_PERSPECTIVE",
        "createdAt": _MADE_AT,
        "lastEditedAt": _MADE_AT,
        "categories": categories,
        "labels": {label: _properties(label, fields) for label, fields, _ in _categories(style)},
        "relationshipTypes": list(_relationships(style)),
        "templates": [_phrase(query, values) for query, values in (questions[name] for name in sorted(questions))],
        "sceneActions": [],
        "hiddenRelationshipTypes": [],
        "hiddenCategories": [],
        "hideUncategorisedData": False,
        "maxLimitToastMsgEnabled": False,
        "parentPerspectiveId": None,
        "palette": {"colors": sorted({str(c["color"]) for c in categories}), "currentIndex": 0},
        "metadata": {
            "pathSegments": [
                {"source": t.start.node.label, "relationshipType": t.type, "target": t.end.node.label} for t in TIES
            ],
            "indexes": [
                {"label": n.label, "type": "native", "propertyKeys": [{"key": n.key, "metadataProp": False}]}
                for n in NODES
            ],
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def grass() -> dict[str, dict[str, str]]:
    """Return the style of Neo4j Browser, which Bloom's follows: by selector each property with its value."""
    text = (folder() / "browser" / "ocgnet.grass").read_text(encoding="utf-8")
    blocks = re.findall(r"([\w.]+)\s*\{([^}]*)\}", text)
    return {selector: dict(re.findall(r"([\w-]+):\s*'?(.*?)'?;", body)) for selector, body in blocks}


def _of(style: Mapping[str, Mapping[str, str]], selector: str, name: str, usual: str) -> str:
    everything = style.get(selector.partition(".")[0], {})
    return style.get(selector, {}).get(name) or everything.get(name) or usual


def _categories(style: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, list[pa.Field], str]]:
    """Yield label, properties and caption of each category; a node of several labels bears the style of the first."""
    for node in NODES:
        fields = _shown(node)
        for label in further_labels(node):
            own = [r.table for r in PERSON_ROWS if r.label == label] if node is PERSON else []
            kept = [f for f in fields if not own or not f.name.startswith(_PREFIXES) or f.name in _own(own[0])]
            yield label, kept, "caption"
        yield node.label, fields, "caption"
    for node in RUN_NODES:
        named = re.findall(r"\{(\w+)\}", _of(style, f"node.{node.label}", "caption", ""))
        yield node.label, [pa.field(n, pa.string()) for n in dict.fromkeys((node.key, *named))], (*named, node.key)[0]


_PREFIXES = tuple(r.prefix for r in PERSON_ROWS)


def _own(table: str) -> set[str]:
    [rows] = [r for r in PERSON_ROWS if r.table == table]
    return {c.name for c in rows.properties}


def _shown(node: Node) -> list[pa.Field]:
    return [pa.field(node.key, pa.string()), *(f for f in node_schema(node) if not f.name.startswith("_"))]


def _properties(of: str, fields: Sequence[pa.Field]) -> list[dict[str, str]]:
    return [{"propertyKey": f.name, "type": of, "dataType": _type(f)} for f in fields]


def _type(field: pa.Field) -> str:
    return _TYPES.get(field.type, "string")


def _caption(key: str, kind: str) -> dict[str, Any]:
    return {"key": key, "type": kind, "isCaption": True, "inTooltip": True, "styles": []}


def _relationships(style: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    known = {t.type: [f for f in tie_schema(t) if not f.name.startswith("_")] for t in TIES}
    for kind, fields in (known | {kind: [] for kind in RUN_TIES}).items():
        selector = f"relationship.{kind}"
        named = _of(style, selector, "caption", "").strip("{}")
        shown = _caption(named, "property") if named in {f.name for f in fields} else _caption(kind, "relationship")
        yield {
            "id": kind,
            "name": kind,
            "color": _of(style, selector, "color", "#A9AEB2"),
            "size": float(_of(style, selector, "shaft-width", "1px").removesuffix("px")),
            "textSize": 1,
            "textAlign": "top",
            "properties": _properties(kind, fields),
            "captionKeys": [],
            "captions": [shown],
            "styleRules": [],
        }


def _phrase(query: Query, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a search phrase that draws what a picture of the pack draws, for the values that are typed into it."""
    typed = [p.name for p in query.parameters if p.name in ASKED_FOR]
    words = query.title.removeprefix("Picture: ").strip()
    text = " ".join([words[:1].upper() + words[1:], *(f"${name}" for name in typed)])
    return {
        "id": f"tmpl:{query.name}",
        "name": words,
        "createdAt": _MADE_AT,
        "text": text,
        "cypher": written_out(query, {n: v for n, v in values.items() if n not in typed}),
        "isUpdateQuery": None,
        "isWriteTransactionChecked": None,
        "hasCypherErrors": False,
        "params": [
            {
                "name": f"${name}",
                "dataType": "String",
                "collapsed": False,
                "suggestionLabel": ASKED_FOR[name][0],
                "suggestionProp": ASKED_FOR[name][1],
                "suggestionBoolean": False,
                "cypher": None,
            }
            for name in typed
        ],
    }
