"""Names as they are compared: without capitals, accents, strokes and signs."""

from __future__ import annotations

import unicodedata

STRUCK = {
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "ŋ": "n",
    "ə": "a",
    "æ": "ae",
    "œ": "oe",
} | {"þ": "th", "ĸ": "k", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ŀ": "l"}
"""Letters of their own that Unicode does not take apart, and how they are typed where a keyboard lacks them."""

_STRUCK = str.maketrans(dict[str, str | int | None](STRUCK))


_SIGNS = {n: None if chr(n) in "'`." else " " for n in range(128) if not chr(n).isalnum()}


def plain(text: str) -> str:
    """Return text without capitals, accents, strokes, punctuation and further spacing, for comparing.

    >>> plain("  Ångela  O'VARRICK-Smith "), plain("Łukasz Đỗ")
    ('angela ovarrick smith', 'lukasz do')
    """
    if text.isascii():
        return " ".join(text.lower().translate(_SIGNS).split())
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_STRUCK)
    letters = (c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’`.\u200d\u200b" else " " for c in apart)
    return " ".join("".join(letters).split())
