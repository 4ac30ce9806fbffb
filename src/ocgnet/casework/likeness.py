"""How alike two texts or names are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

_STRUCK = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "ə": "a", "æ": "ae", "œ": "oe"}
    | {"þ": "th", "ĸ": "k", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ŀ": "l"}
)
"""Letters of their own that Unicode does not take apart, and how they are typed where a keyboard lacks them."""


def plain(text: str) -> str:
    """Return text without capitals, accents, strokes, punctuation and further spacing, for comparing.

    >>> plain("  Ångela  O'VARRICK-Smith "), plain("Łukasz Đỗ")
    ('angela ovarrick smith', 'lukasz do')
    """
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_STRUCK)
    letters = (c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’`.\u200d\u200b" else " " for c in apart)
    return " ".join("".join(letters).split())


def likeness(one: str, other: str) -> float:
    """Return how alike two plain texts are, from 0 to 100, whatever the order of their words.

    The share of letters that stay when one text is turned into the other, as they stand or after their words were
    sorted, whichever is more (rapidfuzz, ``ratio`` and ``token_sort_ratio``): where first letters differ, sorting
    puts words against words that were never meant. An empty text is like nothing.

    >>> likeness("ann oak", "oak ann"), likeness("", ""), round(likeness("katya jones", "catya jones"))
    (100.0, 0.0, 91)
    """
    from rapidfuzz import fuzz

    return float(max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))) if one and other else 0.0


def likenesses(one: str, others: Sequence[str]) -> np.ndarray:
    """Return :func:`likeness` of one plain text to many, shape ``(len(others),)``."""
    from rapidfuzz import fuzz, process

    if not others:
        return np.zeros(0)
    scorers = (fuzz.ratio, fuzz.token_sort_ratio)
    found = np.maximum(*(process.cdist([one], others, scorer=s, dtype=np.float32)[0] for s in scorers)).astype(float)
    blank = np.array([not o or not one for o in others])
    return np.where(blank, 0.0, found)
