"""Values as a ``:param`` line writes them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<date>date\(\s*(?P<quote>['"])(?P<day>[0-9-]+)(?P=quote)\s*\))
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<name>`[^`]+`|[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>[\[\](){},:]))""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}


def literal(text: str) -> Any:
    """Return the value that a Cypher literal stands for.

    Text, numbers, ``true``, ``false``, ``null``, ``date('…')``, lists and maps of these are known, each
    also in parentheses: Neo4j Browser takes the braces of a map away unless it stands in parentheses.

    >>> literal("['arrested', 'suspect']"), literal("date('2019-03-31')")
    (['arrested', 'suspect'], datetime.date(2019, 3, 31))
    >>> literal("({`8N`: 189.2, b: -3})"), literal("false")
    ({'8N': 189.2, 'b': -3}, False)

    Raises
    ------
    ValueError
        When the text is anything else.
    """
    tokens = _tokens(text)
    value = _value(tokens)
    if tokens:
        raise ValueError(f"'{text}' goes on after its value")
    return value


def _tokens(text: str) -> list[re.Match[str]]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"'{text[at:]}' is no value")
        found.append(token)
        at = token.end()
    return found[::-1]


def _value(tokens: list[re.Match[str]]) -> Any:
    if not tokens:
        raise ValueError("there is no value")
    token = tokens.pop()
    if token["date"]:
        return date.fromisoformat(token["day"])
    if token["text"]:
        return re.sub(r"\\(.)", r"\1", token["text"][1:-1])
    if token["number"]:
        return int(token["number"]) if re.fullmatch("-?[0-9]+", token["number"]) else float(token["number"])
    if token["name"] in _WORDS:
        return _WORDS[token["name"]]
    return _bracketed(token, tokens)


def _bracketed(token: re.Match[str], tokens: list[re.Match[str]]) -> Any:
    if token["mark"] == "(":
        value = _value(tokens)
        if not tokens or tokens.pop()["mark"] != ")":
            raise ValueError("')' is missing")
        return value
    if token["mark"] == "[":
        return _members(tokens, "]")
    if token["mark"] == "{":
        return dict(_members(tokens, "}"))
    raise ValueError(f"'{token[0].strip()}' is no value")


def _members(tokens: list[re.Match[str]], closing: str) -> list[Any]:
    """Take the members of a list, or the pairs of a map, up to the closing bracket."""
    found: list[Any] = []
    while True:
        if tokens and tokens[-1]["mark"] == closing and not found:
            tokens.pop()
            return found
        if closing == "}":
            name = tokens.pop()["name"] if tokens else None
            if not name or not tokens or tokens.pop()["mark"] != ":":
                raise ValueError("a map needs a name and a colon before each value")
            found.append((name.strip("`"), _value(tokens)))
        else:
            found.append(_value(tokens))
        mark = tokens.pop()["mark"] if tokens else None
        if mark == closing:
            return found
        if mark != ",":
            raise ValueError(f"'{closing}' is missing")
