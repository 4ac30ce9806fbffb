"""TOML and JSON that somebody else wrote: read in time and memory by its length, into texts that can be written."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

MOST_PARTS = 20
"""Names in one dotted key; the parser takes memory by the square of their number."""

_TEXTS = re.compile(r"#[^\n]*|\"\"\"(?:\\.|[^\\])*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'", re.DOTALL)
_DOTS = re.compile(r"[ \t]*\.[ \t]*")
_BETWEEN = re.compile(r"[\s,=\[\]{}]+")


class TomlError(ValueError):
    """What is no TOML; the message is the parser's, and names the line where it knows it."""


def parse_toml(data: bytes) -> dict[str, Any]:
    """Return what TOML in UTF-8 holds, with or without a byte order mark.

    Raises
    ------
    UnicodeDecodeError
        When it is no UTF-8.
    TomlError
        When it is no TOML, or is nested beyond reason.

    Examples
    --------
    >>> parse_toml(b"a.b = 1")
    {'a': {'b': 1}}
    >>> parse_toml(b"a" + b".a" * 50 + b" = 1")
    Traceback (most recent call last):
    ...
    ocgnet.notation.TomlError: a key has more than 20 parts
    """
    text = data.decode("utf-8-sig")
    # Texts may hold any number of dots; what is left of them is one part.
    plain = _DOTS.sub(".", _TEXTS.sub('""', text))
    if any(word.count(".") >= MOST_PARTS for word in _BETWEEN.split(plain)):
        raise TomlError(f"a key has more than {MOST_PARTS} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error)) from error
    except RecursionError as error:
        raise TomlError("it is nested too deeply") from error


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""How JSON spells half of a character, which is none without the other half."""


def parse_json(data: bytes, **how: Any) -> Any:
    r"""Return what JSON in UTF-8 holds, with or without a byte order mark; ``how`` is given to ``json.loads``.

    Raises
    ------
    UnicodeDecodeError
        When it is no UTF-8.
    ValueError
        When it is no JSON, is nested beyond reason, or holds half a character.

    Examples
    --------
    >>> parse_json(rb'["\ud83d\ude00"]') == ["\U0001f600"]
    True
    >>> parse_json(rb'["\ud83d"]')
    Traceback (most recent call last):
    ...
    ValueError: a text holds half a character (\ud83d)
    """
    text = data.decode("utf-8-sig")
    try:
        given = json.loads(text, **how)
        if _HALF.search(data):
            json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"a text holds half a character (\\u{ord(error.object[error.start]):x})") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return given
