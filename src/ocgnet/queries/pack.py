"""Where the questions are, and finding one by name."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

from ocgnet.errors import UsageError
from ocgnet.queries.header import read_query
from ocgnet.queries.query import SUBJECTS, Query

_ROOM = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the folder of the questions: beside the package when installed, at the top of a checkout."""
    inside, checkout = _ROOM / "cypher", _ROOM.parents[1] / "cypher"
    return inside if inside.is_dir() else checkout


@cache
def pack() -> tuple[Query, ...]:
    """Return all questions, by subject, tables before pictures, then by name.

    Raises
    ------
    UsageError
        When a file cannot be read as a query.
    """
    found = [read_query(p.stem, p.read_text(encoding="utf-8")) for p in sorted(folder().glob("*.cypher"))]
    return tuple(sorted(found, key=lambda q: (SUBJECTS.index(q.subject), q.kind == "picture", q.name)))


def find(name: str) -> Query:
    """Return the question of that name; underscores, capitals and the ending do not matter.

    Raises
    ------
    UsageError
        When there is none, with the names that come near.
    """
    asked = name.lower().removesuffix(".cypher").replace("_", "-").replace(" ", "-")
    queries = {q.name: q for q in pack()}
    if asked in queries:
        return queries[asked]
    words = [n for n in queries if asked and asked in n]
    near = words or difflib.get_close_matches(asked, list(queries), 3, 0.5)
    hint = f" Did you mean {' or '.join(near[:5])}?" if near else ""
    raise UsageError(f"There is no question '{name}'.{hint} See all of them with: ocgnet query --list")
