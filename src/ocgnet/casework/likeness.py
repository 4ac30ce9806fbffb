"""How alike two texts or names are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np


def plain(text: str) -> str:
    """Return text without capitals, accents, punctuation and further spacing, for comparing.

    >>> plain("  Ångela  O'VARRICK-Smith ")
    'angela ovarrick smith'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = (c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’`.\u200d\u200b" else " " for c in apart)
    return " ".join("".join(letters).split())


def likeness(one: str, other: str) -> float:
    """Return how alike two plain texts are, from 0 to 100, whatever the order of their words.

    The share of letters that stay when one text is turned into the other, after their words were sorted
    (rapidfuzz, ``token_sort_ratio``). An empty text is like nothing.

    >>> likeness("ann oak", "oak ann"), likeness("", "")
    (100.0, 0.0)
    """
    from rapidfuzz import fuzz

    return float(fuzz.token_sort_ratio(one, other)) if one and other else 0.0


def likenesses(one: str, others: Sequence[str]) -> np.ndarray:
    """Return :func:`likeness` of one plain text to many, shape ``(len(others),)``."""
    from rapidfuzz import fuzz, process

    if not others:
        return np.zeros(0)
    found = process.cdist([one], others, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0].astype(float)
    blank = np.array([not o or not one for o in others])
    return np.where(blank, 0.0, found)
