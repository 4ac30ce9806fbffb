"""All things of a county, with the cases that are planted in them, and the page of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocgnet_demo.drawing import Row
from ocgnet_demo.things.book import Book, Case, Cast
from ocgnet_demo.things.calls import draw_calls
from ocgnet_demo.things.money import draw_money
from ocgnet_demo.things.places import draw_places
from ocgnet_demo.things.vehicles import draw_vehicles

AUTHORITY = {
    "communications_authority": "CD-2019-0417",
    "sightings_authority": "ANPR-2019-0088",
    "transfers_authority": "FIN-2019-0032",
}
"""What ``about.toml`` says of where the records come from; made up as everything else."""

_HEAD = """# What is planted among the things of this county

Written by the code that drew the records, not by an analysis of them. A row that is no planted case is a decoy: it
looks like one and is none. All people, numbers and places are made up.
"""

_QUESTIONS = {
    "successor": "A number falls silent, and another takes over its contacts",
    "shared house": "A house that two groups use",
    "cuckooing": "A resident whose home several members of a group come to",
    "travelled together": "Two vehicles that travel together",
    "central number": "A number of nobody, in touch with the leading members of a group",
    "deal line": "A line with users in turn",
    "juvenile in touch": "A child in touch with a line",
    "change after a disruption": "A line that is slow after a disruption",
    "pass-through account": "An account that hands on what it gets (the first), and where to",
    "shared account": "An account that several members control",
}


def draw_things(seed: int, tables: Mapping[str, list[Row]], cases: int = 1) -> tuple[dict[str, list[Row]], list[Case]]:
    """Return the rows of every table of things, and the planted cases with their decoys.

    Parameters
    ----------
    seed : int
        Another seed gives other things and other cases.
    tables : mapping
        The county's other tables; they are read and never changed.
    cases : int
        Planted cases of each kind, with five decoys of each kind for every case at least; five cases at most.
    """
    book = Book(seed, Cast.of(tables), cases)
    draw_vehicles(book, 24 + 8 * cases)
    draw_calls(book, 4 + cases)
    draw_money(book)
    draw_places(book, 40)
    return book.tables, book.answers


def answers_page(cases: Sequence[Case]) -> str:
    """Return the page of answers, a table a question."""
    parts = [_HEAD]
    for question, says in _QUESTIONS.items():
        parts.append(
            f"\n## {says}\n\n| case | what | things | people | groups | from | to |\n|---|---|---|---|---|---|---|\n"
        )
        parts.extend(
            f"| {c.number} | {c.what} | {' '.join(c.things)} | {' '.join(c.people)} | {' '.join(c.groups)} "
            f"| {c.first or ''} | {c.last or ''} |\n"
            for c in cases
            if c.question == question
        )
    return "".join(parts)
