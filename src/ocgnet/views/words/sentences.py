"""Sentences written in a template: a heading ``# place``, then paragraphs, folded to one line each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

Words = Mapping[str, list[str]]
"""Sentences by their place."""

_SET_ASIDE = {ord(space): chr(0xFDD0 + n) for n, space in enumerate(" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")}
_PUT_BACK = {ord(mark): chr(space) for space, mark in _SET_ASIDE.items()}


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Return lines of label and text, which a colon parts."""
    return [(label, text) for label, _, text in (line.partition(": ") for line in lines)]


def sentences(template: str, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Return by heading the sentences of a template of this package, as plain text.

    A paragraph that comes out empty is left out; a heading without any has an empty list. White space of the template
    is folded, that of a value stays: no record can end a paragraph or begin a heading.
    """
    places: dict[str, list[str]] = {}
    for part in f"\n{_template(template).render(values)}".split("\n# ")[1:]:
        place, _, text = part.partition("\n")
        folded = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
        places[place] = [sentence.translate(_PUT_BACK) for sentence in folded if sentence]
    return places


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("ocgnet.views.words", ""),
        autoescape=False,  # noqa: S701 (plain text; a page escapes it)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value.translate(_SET_ASIDE) if isinstance(value, str) else value,
    )
    environment.filters["fold"] = lambda text: " ".join(text.split())
    return environment.get_template(name)
