"""A question as an object: what it asks, what it needs, what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

SUBJECTS = ("groups", "crime", "intelligence", "children", "ties", "quality", "runs")
"""What the questions are about, in the order in which they are listed."""


@dataclass(frozen=True)
class Parameter:
    """One value that a question needs.

    Parameters
    ----------
    name : str
        Name without the dollar sign.
    kind : str
        Key of ``PARAMETER_KINDS``.
    says : str
        One plain sentence.
    default : object
        Value when none is given.
    """

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
    """One question.

    Parameters
    ----------
    name : str
        Name of its file without ending.
    title : str
        The question in a few words.
    purpose : str
        What the answer is, and what it is not.
    subject : str
        One of ``SUBJECTS``; empty for a query of the user's own.
    kind : str
        ``table`` or ``picture``.
    scans : tuple of str
        Labels and relationship types of which all may be read, because the question is about all of them.
    parameters : tuple of Parameter
        In the order of the file.
    columns : tuple of ReturnColumn
        Exactly what is returned, in order; empty for a query of the user's own that does not say.
    text : str
        The query as the server gets it.
    source : str
        The whole file, as it is pasted into Neo4j Browser.
    """

    name: str
    title: str
    purpose: str
    subject: str
    kind: str
    scans: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[ReturnColumn, ...]
    text: str
    source: str


@dataclass(frozen=True)
class Answer:
    """What a question gave.

    Parameters
    ----------
    columns : tuple of str
        Names in the order of the query.
    rows : tuple of tuple
        Plain values: text, numbers, flags, dates, lists, and for nodes, relationships and paths the
        dictionaries of :mod:`ocgnet.queries.values`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
