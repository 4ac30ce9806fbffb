"""What Neo4j Browser shows of the questions after log-in: a guide to click through, values from the records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from ocgnet.queries.ask import written_out
from ocgnet.queries.pack import folder, pack
from ocgnet.queries.query import Query
from ocgnet.store.neo4j.browser import Welcome

_TEMPLATES = Environment(
    loader=PackageLoader("ocgnet.queries", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

GRASS, GUIDE = "ocgnet.grass", "guide.html"

SETTINGS = "config autoComplete: false, allowUserStats: false, allowCrashReports: false, initCmd: ''"
"""Browser's settings: no ties beside those asked for, nothing sent to its maker, and our guide in place of its own."""


def welcome() -> Welcome:
    """Return what Browser of our own server shows after log-in: settings, values, style and guide.

    Nothing in it comes from any record: values are commands that choose them from the database once somebody has
    logged in.
    """
    grass = (folder() / "browser" / GRASS).read_text(encoding="utf-8")
    return Welcome(
        {GRASS: grass, GUIDE: guide_page(pack())},
        (SETTINGS, set_values(), f"style {{here}}/{GRASS}", f"guide {{here}}/{GUIDE}"),
    )


TYPED = "name"
"""The parameter that has a box to type into."""


# Values, chosen in the database.


@cache
def chosen() -> tuple[str, ...]:
    """Return the parameters whose values are chosen in the database, in order."""
    return tuple(re.findall(r" AS (\w+)(?:,\n|$)", values_query().rpartition("RETURN ")[2]))


@cache
def values_query() -> str:
    """Return the query that chooses them; it gives one row whatever the database holds."""
    template = _TEMPLATES.get_template("values.cypher").render()
    return "\n".join(line for line in template.splitlines() if not line.startswith("//")).strip()


def set_values() -> str:
    """Return Browser's command, without its colon and on one line, that sets what questions are asked with first.

    Days are those of the loaded records; group, person, line and the like are chosen from them, as
    ``values.cypher`` says.
    """
    return f"param [{{{', '.join(chosen())}}}] => {{ {' '.join(values_query().split())} }}"


def asked(query: Query) -> str:
    """Return the text of a question in which only what is chosen in the database, or typed, is left a parameter."""
    left = {*chosen(), TYPED}
    return written_out(query, {p.name: p.default for p in query.parameters if p.name not in left})


# The guide.


def guide_page(queries: Sequence[Query]) -> str:
    """Return the guide, a page as Browser reads it: one slide a picture, then all other questions."""
    queries = [replace(q, text=asked(q)) for q in queries]
    page = _TEMPLATES.get_template("guide.html").render(
        questions={q.name: q for q in queries}, told=[], values=set_values(), counting=counting
    )
    return re.sub(r"\n\s*\n", "\n", page)


def counting(text: str) -> str:
    """Return the query that counts the marks and lines which a picture would draw.

    >>> print(counting("MATCH path = (a)--(b) RETURN path"))
    CALL () {
    MATCH path = (a)--(b) RETURN path
    }
    WITH collect(path) AS paths
    RETURN COUNT { UNWIND paths AS p UNWIND nodes(p) AS n RETURN DISTINCT n } AS marks
    """
    return (
        f"CALL () {{\n{text}\n}}\nWITH collect(path) AS paths\n"
        "RETURN COUNT { UNWIND paths AS p UNWIND nodes(p) AS n RETURN DISTINCT n } AS marks"
    )
