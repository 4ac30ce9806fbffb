"""Write the schema of an import's mapping: ``python tools/import_schema.py > docs/import.schema.json``."""

from __future__ import annotations

import json
import sys
from typing import Any

from ocgnet.importing.mapping import FORMAT, Guess
from ocgnet.importing.thing_ids import FORMS
from ocgnet.model import ABOUT_FIELDS, TABLES

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
ONE_OR_MORE = {"anyOf": [TEXT, TEXTS]}
REASONS = {"anyOf": [TEXTS, {"type": "object", "additionalProperties": TEXT}]}
GUESS = {"enum": [str(g) for g in Guess]}


def closed(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Return an object with these keys and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


COLUMN = {
    "anyOf": [
        {"type": "string", "description": "Names of columns in braces, anything between them."},
        closed(
            {
                "from": {"type": "string", "description": "Names of columns in braces, anything between them."},
                "const": {"type": "string", "description": "The same in every row."},
                "first": {**TEXTS, "description": "Of these the first that is not blank."},
                "part": {"type": "string", "description": "A regular expression; its first group is kept."},
                "form": {"enum": list(FORMS), "description": "Written in one way, so that it identifies a thing."},
                "between": {"type": "string", "description": "What separates several values in a cell."},
                "date": {**ONE_OR_MORE, "description": "Formats of days, such as %d/%m/%Y, or excel."},
                "century": {"type": "integer", "minimum": 0, "maximum": 99},
                "unknown": {**ONE_OR_MORE, "description": "Texts that say nothing."},
                "values": {"type": "object", "additionalProperties": TEXT},
                "take": {"enum": ["count", "first", "last"]},
                "guess": GUESS,
                "why": TEXT,
            }
        ),
    ]
}


def schema() -> dict[str, Any]:
    """Return the schema, with the tables and columns of the model."""
    source = closed(
        dict.fromkeys(("file", "sheet", "delimiter", "quote", "encoding"), TEXT)
        | {"header": {"type": "integer", "minimum": 0}}
    )
    join = closed(dict.fromkeys(("source", "on", "to", "alias"), TEXT), ("source", "on", "to"))
    each = closed(dict.fromkeys(("column", "between", "part"), TEXT), ("column", "between"))
    filters = {"type": "object", "additionalProperties": ONE_OR_MORE}
    tables = [
        closed(
            {
                "into": {"const": table.name},
                "from": TEXT,
                "join": {"type": "array", "items": {"$ref": "#/$defs/join"}},
                "each": {"$ref": "#/$defs/each"},
                "where": {"$ref": "#/$defs/filters"},
                "unless": {"$ref": "#/$defs/filters"},
                "unordered": TEXTS,
                "one_per_key": {"type": "boolean"},
                "guess": GUESS,
                "why": TEXT,
                **{c.name: {"description": c.says, "$ref": "#/$defs/column"} for c in table.columns},
            },
            ("into", "from"),
            description=table.says,
        )
        for table in TABLES.values()
    ]
    whole = closed(
        {
            "format": {"const": FORMAT},
            "about": {"type": "object", "properties": {f.name: {"description": f.says} for f in ABOUT_FIELDS}},
            "sources": {"type": "object", "additionalProperties": {"anyOf": [TEXT, {"$ref": "#/$defs/source"}]}},
            "table": {"type": "array", "items": {"oneOf": tables}},
            "unused": closed({"sources": REASONS, "columns": {"type": "object", "additionalProperties": REASONS}}),
        }
    )
    definitions = {"column": COLUMN, "source": source, "join": join, "each": each, "filters": filters}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "The mapping of ocgnet import"}
    return head | whole | {"$defs": definitions}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=1) + "\n")
