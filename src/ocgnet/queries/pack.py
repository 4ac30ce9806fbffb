"""Where the questions are, and finding one by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.queries.query import PARAM, SUBJECTS, Query, read_query

_ROOM = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the folder of the questions: beside the package when installed, at the top of a checkout."""
    inside, checkout = _ROOM / "cypher", _ROOM.parents[1] / "cypher"
    return inside if inside.is_dir() else checkout


@cache
def pack() -> tuple[Query, ...]:
    """Return all questions, by subject, tables before pictures, then by name.

    Raises UsageError when a file cannot be read as a query.
    """
    found = [read_query(p.stem, p.read_text(encoding="utf-8")) for p in sorted(folder().glob("*.cypher"))]
    return tuple(sorted(found, key=lambda q: (SUBJECTS.index(q.subject), q.kind == "picture", q.name)))


def find(name: str) -> Query:
    """Return the question of that name; underscores, capitals and the ending do not matter.

    Raises UsageError when there is none, with the names that come near.
    """
    asked = name.lower().removesuffix(".cypher").replace("_", "-").replace(" ", "-")
    queries = {q.name: q for q in pack()}
    if asked in queries:
        return queries[asked]
    words = [n for n in queries if asked and asked in n]
    hint = did_you_mean(words[:5] or close_to(asked, queries, cutoff=0.5))
    raise UsageError(f"There is no question '{name}'.{hint} See all of them with: ocgnet query --list")


# The questions as favourites of Neo4j Browser: a zip file that is dropped on its window.
#
# Browser draws a picture only when a query is run alone. So one favourite sets all values, and every
# other one is a query without them; this works because a parameter means the same in every question.

VALUES = "ocgnet/00 values"
SCHEMA = "picture-schema"
"""The first favourite of all: a picture of what is recorded, which needs no values."""

_EARLY = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold; equal questions give equal bytes."""


def favourites(queries: Sequence[Query]) -> dict[str, str]:
    """Return the text of each favourite by its place; the folder is the part before the slash.

    The first line of a favourite, a comment, is the name that Browser shows.
    """
    lines: dict[str, str] = {}
    for query in queries:
        for line in query.source.splitlines():
            if found := PARAM.fullmatch(line):
                lines.setdefault(found[1], line)
    values = "\n".join(lines[name] for name in sorted(lines))
    places = {VALUES: f"// Set the values: run this first\n{values}\n"}
    for query in queries:
        folder = "pictures" if query.kind == "picture" else query.subject
        place = "ocgnet/00 schema" if query.name == SCHEMA else f"ocgnet {folder}/{query.name}"
        places[place] = f"// {query.title.removeprefix('Picture: ')}\n{query.text}\n"
    return places


def favourites_zip(queries: Sequence[Query]) -> bytes:
    """Return the zip file that Neo4j Browser imports; equal questions give equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for place, text in sorted(favourites(queries).items()):
            archive.writestr(zipfile.ZipInfo(f"{place}.cypher", _EARLY), text.encode("utf-8"))
    return file.getvalue()
