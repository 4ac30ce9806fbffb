"""Reading a query file: its header, its ``:param`` lines, and the query itself.

The header is made of comments, so that a file works as it stands when it is pasted into Neo4j Browser::

    // Title
    //
    // Purpose, in one or more lines.
    //
    // kind: table
    // subject: groups
    // scans: OCG, Nominal
    // columns:
    //   person_id: The member.
    //
    // ocg_id (text): The group.
    :param ocg_id => 'OCG01';

    MATCH ...
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ocgnet.errors import UsageError
from ocgnet.queries.literals import literal
from ocgnet.queries.query import PARAMETER_KINDS, SUBJECTS, Parameter, Query, ReturnColumn

PARAM = re.compile(r":param\s+(\w+)\s*(?:=>|:)\s*(.*?);?\s*$")
"""A line that gives a parameter its default: the name, and the value as a Cypher literal."""

_SAYS = re.compile(r"(\w+) \((\w+)\): (.+)")
_COLUMN = re.compile(r" {2,}(\w+): (.+)")
_FIELD = re.compile(r"(kind|subject|scans): (.+)")


def read_query(name: str, source: str, *, own: bool = False) -> Query:
    """Read a query file.

    Parameters
    ----------
    name : str
        Its name, for errors too.
    source : str
        Its text.
    own : bool
        A file of the user's own, which needs no header; the kinds of its parameters follow from their defaults.

    Raises
    ------
    UsageError
        When the header lacks something, with the line.
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
            tuple(s.strip() for s in self.fields.get("scans", "").split(",") if s.strip()),
            tuple(self.parameters),
            tuple(self.columns),
            text,
            source,
        )

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
