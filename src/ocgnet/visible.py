"""Text of records as people may see it: nothing in it acts on a page or a terminal, and nothing hides."""

from __future__ import annotations

import unicodedata

LONGEST = 120
"""Characters of a name that are shown; longer ones are a note that stands in the wrong cell."""

_ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of control, format, surrogate and separator characters."""

_JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: letters of some scripts, and parts of some emoji."""

_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
"""Unseen letters behind a black flag, which name the country whose flag is meant."""

_HINTS = "\u00ad"
"""A soft hyphen says where a word may break and is seen nowhere else."""

_JOINING_SCRIPTS = frozenset((
    "ADLAM", "ARABIC", "BALINESE", "BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "JAVANESE", "KANNADA", "KHMER",
    "MALAYALAM", "MANDAIC", "MONGOLIAN", "MYANMAR", "NKO", "ORIYA", "SINHALA", "SYRIAC", "TAI", "TAMIL", "TELUGU",
    "TIBETAN",
))  # fmt: skip
"""First words of the Unicode names of letters that change their shape at a joiner."""


def visible(text: str, keep: str = "") -> str:
    r"""Return text with every control and direction character spelled out, so that none can act or hide.

    Zero-width joiners stay between letters of scripts that need them, as in Persian names, and between the parts of an
    emoji; elsewhere they are seen nowhere and left out, as soft hyphens are. Acting characters of ``keep`` may stay,
    such as the line end on a terminal.

    >>> visible("a\x1b[31mb\u202ec\nd")
    'a\\x1b[31mb\\u202ec\\nd'
    >>> visible("a\u200cb"), visible("Mac\u00adDonald"), visible("a\nb", keep="\n")
    ('ab', 'MacDonald', 'a\nb')
    >>> visible("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627") == "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    True
    """
    if text.isprintable():
        return text
    shown = []
    for place, character in enumerate(text):
        if character in keep or unicodedata.category(character) not in _ACTING:
            shown.append(character)
        elif character in _JOINERS or character in _TAGS:
            if needed(text, place):
                shown.append(character)
        elif character not in _HINTS:
            shown.append(_spelled(character))
    return "".join(shown)


def spelled(text: str) -> str:
    r"""Return text with every character that cannot be seen spelled out, for showing what is wrong with a cell.

    A joiner stays where its script needs it.

    >>> spelled("N\u200d1"), spelled("Mac\u00adDonald")
    ('N\\u200d1', 'Mac\\xadDonald')
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or needed(text, place) else _spelled(c) for place, c in enumerate(text))


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a name that fits a page: what is cut is counted, and the records hold the whole.

    >>> shortened("O'Neil"), shortened("abcdefgh", 4)
    ("O'Neil", 'abcd… (8 characters)')
    """
    return text if len(text) <= longest else f"{text[:longest].rstrip()}… ({len(text):,} characters)"


def needed(text: str, place: int) -> bool:
    """Tell whether an unseen character belongs to its word: a joiner between what joins, a tag behind its flag."""
    if text[place] in _JOINERS:
        return 0 < place < len(text) - 1 and _joins(text[place - 1]) and _joins(text[place + 1])
    return text[place] in _TAGS and text[:place].rstrip("".join(_TAGS)).endswith("\U0001f3f4")


def _joins(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind[0] in "LM" and unicodedata.name(character, "").partition(" ")[0] in _JOINING_SCRIPTS:
        return True
    # Pictures, skin tones and the sign that asks for a coloured picture are the parts of an emoji.
    return kind in ("So", "Sk") or character == "\ufe0f"


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
