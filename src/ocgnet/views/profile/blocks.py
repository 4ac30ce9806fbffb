"""What a chapter of the report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ocgnet.views.html.grids import Grid


@dataclass(frozen=True)
class Block:
    """A part of a chapter: a heading, sentences, a picture, the table behind it, and a table in full view."""

    heading: str
    sentences: list[str]
    picture: Markup | str = ""
    caption: str = ""
    behind: Grid | None = None
    grid: Grid | None = None


@dataclass(frozen=True)
class Chapter:
    """A chapter with its blocks."""

    key: str
    title: str
    blocks: list[Block]
