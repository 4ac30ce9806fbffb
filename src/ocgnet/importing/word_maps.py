"""Words of forces beyond those that every check reads (stub; the lists are data files)."""

from __future__ import annotations

from collections.abc import Mapping


def known(table: str, column: str) -> Mapping[str, str]:
    """Return our word for each plain word of a column that is certain."""
    del table, column
    return {}


def best(table: str, column: str, word: str) -> tuple[str, ...]:
    """Return our words for a word, the likeliest first."""
    del table, column, word
    return ()
