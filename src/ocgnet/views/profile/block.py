"""What a chapter of the report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ocgnet.views.profile.grids import Grid

NOTHING = Markup("")


@dataclass(frozen=True)
class Block:
    """A part of a chapter: a heading, sentences, a picture, the table behind it, and a table in full view."""

    heading: str
    sentences: tuple[str, ...] = ()
    picture: Markup = NOTHING
    caption: str = ""
    behind: Grid | None = None
    grid: Grid | None = None


@dataclass(frozen=True)
class Chapter:
    """A chapter with its blocks; a chapter without blocks is left out of the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]
