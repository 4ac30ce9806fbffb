"""The questions as favourites of Neo4j Browser: a zip file that is dropped on its window.

Browser draws a picture only when a query is run alone. So one favourite sets all values, and every
other one is a query without them; this works because a parameter means the same in every question.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from ocgnet.queries.header import PARAM
from ocgnet.queries.query import Query

VALUES = "ocgnet/00 values"
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
        places[f"ocgnet {folder}/{query.name}"] = f"// {query.title.removeprefix('Picture: ')}\n{query.text}\n"
    return places


def favourites_zip(queries: Sequence[Query]) -> bytes:
    """Return the zip file that Neo4j Browser imports; equal questions give equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for place, text in sorted(favourites(queries).items()):
            archive.writestr(zipfile.ZipInfo(f"{place}.cypher", _EARLY), text.encode("utf-8"))
    return file.getvalue()
