"""A question as an object: what it asks, what it needs, what it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ocgnet.errors import UsageError

PARAMETER_KINDS: dict[str, str] = {
    "text": "text",
    "texts": "texts separated by commas",
    "roles": "roles of a link to a crime, such as arrested,suspect, and never victim or witness",
    "date": "a date such as 2019-03-31 or 31/03/2019",
    "flag": "yes or no",
    "whole": "a whole number",
    "number": "a number",
    "numbers": "numbers by name, such as 92A=512.9,8N=189.2",
}
"""What a parameter may be, with how it is written on the command line."""

SUBJECTS = (
    "people", "groups", "response", "crime", "intelligence", "children", "cases", "ties", "things", "quality", "runs",
)  # fmt: skip
"""What the questions are about, in the order in which they are listed."""


@dataclass(frozen=True)
class Parameter:
    """One value that a question needs; its kind is a key of ``PARAMETER_KINDS``."""

    name: str
    kind: str
    says: str
    default: Any


@dataclass(frozen=True)
class ReturnColumn:
    """One column of the answer, with one plain sentence about it."""

    name: str
    says: str


@dataclass(frozen=True)
class Query:
    """One question, read from its file.

    ``name`` is that of its file without ending. ``subject`` is one of ``SUBJECTS``, empty for a query of the user's
    own; ``kind`` is ``table`` or ``picture``, and ``draws`` are the tables of whose text a picture is made. Of the
    labels and types in ``scans`` all may be read, because the question is about all of them. ``columns`` are exactly
    what is returned, empty for an own query that does not say. ``text`` is what the server gets, ``source`` the whole
    file as it is pasted into Neo4j Browser.
    """

    name: str
    title: str
    purpose: str
    subject: str
    kind: str
    draws: tuple[str, ...]
    scans: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[ReturnColumn, ...]
    text: str
    source: str


@dataclass(frozen=True)
class Answer:
    """What a question gave: names in the order of the query, and rows of plain values.

    These are text, numbers, flags, dates, lists, and for nodes, relationships and paths dictionaries.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    restricted: int = 0  # people of these records who are in no answer, because their processing is restricted
    notes: tuple[str, ...] = ()  # sentences that stand beside the rows, such as what was left out
    total: int | None = None  # rows that there are where the question's limit lets only some through


# Values as a ``:param`` line writes them.

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
    Raises ValueError for anything else.

    >>> literal("['arrested', 'suspect']"), literal("date('2019-03-31')")
    (['arrested', 'suspect'], datetime.date(2019, 3, 31))
    >>> literal("({`8N`: 189.2, b: -3})"), literal("false")
    ({'8N': 189.2, 'b': -3}, False)
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


# Reading a query file: its header, its ``:param`` lines, and the query itself.
#
# The header is made of comments, so that a file works as it stands when it is pasted into Neo4j Browser::
#
#     // Title
#     //
#     // Purpose, in one or more lines.
#     //
#     // kind: table
#     // subject: groups
#     // scans: OCG, Nominal
#     // columns:
#     //   person_id: The member.
#     //
#     // ocg_id (text): The group.
#     :param ocg_id => 'OCG01';
#
#     MATCH ...

PARAM = re.compile(r":param\s+(\w+)\s*(?:=>|:)\s*(.*?);?\s*$")
"""A line that gives a parameter its default: the name, and the value as a Cypher literal."""

_SAYS = re.compile(r"(\w+) \((\w+)\): (.+)")
_COLUMN = re.compile(r" {2,}(\w+): (.+)")
_FIELD = re.compile(r"(kind|subject|draws|scans): (.+)")


def read_query(name: str, source: str, *, own: bool = False) -> Query:
    """Read a query file; the user's ``own`` needs no header, and its parameters are of the kinds of their defaults.

    Raises UsageError when the header lacks something, with the line.
    """
    try:
        return _Reader(name, own).read(source)
    except ValueError as error:
        raise UsageError(f"{name}.cypher cannot be read as a query: {error}.") from error


class _Reader:
    """Takes a file line by line."""

    def __init__(self, name: str, own: bool) -> None:
        self.name, self.own = name, own
        self.prose: list[str] = []
        self.fields: dict[str, str] = {}
        self.columns: list[ReturnColumn] = []
        self.says: dict[str, tuple[str, str]] = {}
        self.parameters: list[Parameter] = []
        self.in_columns = False

    def read(self, source: str) -> Query:
        lines = source.lstrip("\ufeff").splitlines()
        body = len(lines)
        for at, line in enumerate(lines):
            if line.startswith("//"):
                self._comment(line[2:].removeprefix(" "))
            elif line.startswith(":param"):
                self._parameter(line, at + 1)
            elif line.strip():
                body = at
                break
        text = "\n".join(lines[body:]).strip().removesuffix(";").strip()
        title, purpose = self._prose()
        if not text:
            raise ValueError("it holds no query")
        if not self.own:
            self._complete(title, purpose)
        return Query(
            self.name,
            title,
            purpose,
            self.fields.get("subject", ""),
            self.fields.get("kind", "table"),
            self._several("draws"),
            self._several("scans"),
            tuple(self.parameters),
            tuple(self.columns),
            text,
            source,
        )

    def _several(self, field: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.fields.get(field, "").split(",") if word.strip())

    def _comment(self, text: str) -> None:
        if field := _FIELD.fullmatch(text):
            self.fields[field[1]] = field[2].strip()
        elif text.strip() == "columns:":
            self.in_columns = True
        elif self.in_columns and (column := _COLUMN.fullmatch(" " + text if text.startswith(" ") else text)):
            self.columns.append(ReturnColumn(column[1], column[2]))
        elif says := _SAYS.fullmatch(text):
            self.says[says[1]] = (says[2], says[3])
        else:
            self.in_columns = False
            if not self.fields and not self.parameters:
                self.prose.append(text.strip())

    def _parameter(self, line: str, number: int) -> None:
        found = PARAM.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number} is not written as :param name => value;")
        name = found[1]
        try:
            default = literal(found[2])
        except ValueError as error:
            raise ValueError(f"the value in line {number} is not understood ({error})") from error
        kind, says = self.says.get(name, ("", ""))
        if not self.own and not kind:
            raise ValueError(f"the line above line {number} does not say what {name} is")
        kind = kind or kind_of(default)
        if kind not in PARAMETER_KINDS:
            raise ValueError(f"{name} is declared as '{kind}', which is none of {', '.join(PARAMETER_KINDS)}")
        if not fits(kind, default):
            raise ValueError(f"the default of {name} in line {number} is not {PARAMETER_KINDS[kind]}")
        self.parameters.append(Parameter(name, kind, says, default))

    def _prose(self) -> tuple[str, str]:
        written = "\n".join(self.prose).strip().split("\n\n", 1)
        title = written[0].replace("\n", " ").strip() or self.name
        return title, " ".join(written[1].split()) if len(written) > 1 else ""

    def _complete(self, title: str, purpose: str) -> None:
        if title == self.name or not purpose:
            raise ValueError("it does not begin with a title and a purpose")
        if self.fields.get("kind") not in {"table", "picture"}:
            raise ValueError("it does not say kind: table or kind: picture")
        if self.fields.get("subject") not in SUBJECTS:
            raise ValueError(f"its subject is none of {', '.join(SUBJECTS)}")
        if not self.columns:
            raise ValueError("it declares no columns")
        if untold := set(self.says) - {p.name for p in self.parameters}:
            raise ValueError(f"it describes {', '.join(sorted(untold))} without a :param line")


def kind_of(value: Any) -> str:
    """Return the kind of parameter that a value belongs to.

    >>> [kind_of(v) for v in (True, 3, 0.5, "x", ["x"], {"a": 1})]
    ['flag', 'whole', 'number', 'text', 'texts', 'numbers']
    """
    kinds = {bool: "flag", int: "whole", float: "number", list: "texts", dict: "numbers", date: "date"}
    return kinds.get(type(value), "text")


def fits(kind: str, value: Any) -> bool:
    """Tell whether a value is of a kind; nothing at all fits every kind."""
    if value is None:
        return True
    if kind in {"texts", "roles"}:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if kind == "numbers":
        return isinstance(value, dict) and all(kind_of(v) in {"whole", "number"} for v in value.values())
    return kind_of(value) == kind or (kind == "number" and kind_of(value) == "whole")
