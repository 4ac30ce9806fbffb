"""From ``--param name=value`` to the typed values that a question is asked with."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ocgnet.errors import UsageError
from ocgnet.model.columns import LINK_ROLES
from ocgnet.queries.query import PARAMETER_KINDS, Parameter, Query

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def bind(query: Query, given: Sequence[str], standing: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the value of every parameter of a question.

    Parameters
    ----------
    query : Query
        The question.
    given : sequence of str
        ``name=value``, as on the command line; these come first.
    standing : mapping of str to object, optional
        Values that the records themselves suggest, such as the analysis date; these come before the
        defaults of the file.

    Raises
    ------
    UsageError
        When a name is not one of the question's, is given twice, or its value is of another kind.
    """
    asked: dict[str, str] = {}
    for pair in given:
        name, sign, text = pair.partition("=")
        name = name.strip().removeprefix("$")
        if not sign:
            raise UsageError(f"Write --param name=value; '{pair}' has no =.")
        if name in asked:
            raise UsageError(f"--param {name} is given twice. For several values write {name}=one,two.")
        asked[name] = text
    known = {p.name: p for p in query.parameters}
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), 3, 0.5)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
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
    """Return the value that a text on the command line stands for.

    >>> value_of(Parameter("link_roles", "texts", "", []), "arrested, charged")
    ['arrested', 'charged']
    >>> value_of(Parameter("as_of", "date", "", None), "31/03/2019")
    datetime.date(2019, 3, 31)

    Raises
    ------
    UsageError
        When the text is not of the parameter's kind.
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
