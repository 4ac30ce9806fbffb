"""A question with its values written in, so that Neo4j Browser needs no parameters set before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from ocgnet.queries.query import Query

_PARTS = re.compile(
    r"""'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` | //[^\n]* | /\*.*?\*/ | \$(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)
"""What may hold a dollar sign without meaning a parameter, and a parameter."""


def written_out(query: Query, values: Mapping[str, Any]) -> str:
    """Return the text of a question with every parameter replaced by its value.

    Text and comments stay as they are, whatever stands in them.

    Raises
    ------
    KeyError
        When a parameter has no value.
    """

    def value(part: re.Match[str]) -> str:
        return part[0] if part["name"] is None else cypher(values[part["name"]])

    return _PARTS.sub(value, query.text)


def cypher(value: Any) -> str:
    r"""Return a value as Cypher writes it.

    >>> cypher("O'Neil"), cypher(["a", 1, 0.5, None, True]), cypher(date(2019, 3, 31))
    ("'O\\'Neil'", "['a', 1, 0.5, null, true]", "date('2019-03-31')")
    >>> cypher({"8N": 189.2})
    '{`8N`: 189.2}'

    Raises
    ------
    TypeError
        For anything that no parameter can be.
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
