"""Ids of things that have none of their own: what identifies them, written in one way.

The same phone stands as ``07700 900123`` in one sheet and as ``+44 7700 900123`` in another. It is one thing, so its id
is what is left of both once spaces, signs and the country are written in one way. What has not the form of its kind
keeps its text, so that nothing becomes one that only looks alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_UNITED_KINGDOM = re.compile(r"(?:\+440?|00440?|44|0)([1-37][0-9]{9})")
_ELSEWHERE = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_MARK = re.compile(r"(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{2,8}")
_SORT_CODE_AND_NUMBER = re.compile(r"[0-9]{14}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
LENGTH = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
"""A length in hours, minutes and seconds."""
_GAPS = re.compile(r"[\s().\-/]")


def phone(text: str) -> str:
    """Return a number with its country in front, as E.164 writes it.

    >>> phone("07700 900123"), phone("+44 (0)7700 900123"), phone("7700900123"), phone("80818")
    ('+447700900123', '+447700900123', '7700900123', '80818')
    """
    bare = _GAPS.sub("", text)
    if home := _UNITED_KINGDOM.fullmatch(bare):
        return f"+44{home[1]}"
    abroad = _ELSEWHERE.fullmatch(bare)
    return f"+{abroad[1]}" if abroad else text


def registration(text: str) -> str:
    """Return a mark in capitals without gaps.

    >>> registration("ab12 cde"), registration("no plate")
    ('AB12CDE', 'no plate')
    """
    bare = re.sub(r"[\s\-.]", "", text).upper()
    return bare if _MARK.fullmatch(bare) else text


def account(text: str) -> str:
    """Return sort code and number as fourteen digits, an IBAN without gaps; a number alone may be of any bank.

    >>> account("60-16-13 31926819"), account("31926819")
    ('60161331926819', '31926819')
    """
    bare = re.sub(r"[\s\-/]", "", text).upper()
    return bare if _SORT_CODE_AND_NUMBER.fullmatch(bare) or _IBAN.fullmatch(bare) else text


def digits(text: str) -> str:
    """Return a number of digits alone, such as an IMEI or a UPRN, without the signs between them.

    >>> digits("49-015420-323751-8"), digits("SC 12")
    ('490154203237518', 'SC 12')
    """
    bare = _GAPS.sub("", text)
    return bare if bare.isdecimal() else text


def handle(text: str) -> str:
    """Return an online handle without its first sign and without regard to capitals.

    >>> handle("@Al_Example")
    'al_example'
    """
    return text.casefold().lstrip("@").strip() or text


def address(text: str) -> str:
    """Return an address in capitals, without the signs between its words.

    >>> address("Flat 2, 42 Acre Road,  Northtown NT7 3AB"), address("42 Acre Rd. Northtown")
    ('FLAT 2 42 ACRE ROAD NORTHTOWN NT7 3AB', '42 ACRE RD NORTHTOWN')
    """
    return " ".join(re.findall(r"[^\W_]+(?:['’/&-][^\W_]+)*", text.upper())) or text


def seconds(text: str) -> str:
    """Return a length as hours, minutes and seconds in seconds; two numbers alone may be either pair, and stay.

    >>> seconds("00:01:28"), seconds("1:00:00"), seconds("88"), seconds("01:28"), seconds("00:61:00")
    ('88', '3600', '88', '01:28', '00:61:00')
    """
    length = LENGTH.fullmatch(text.strip())
    return str(int(length[1]) * 3600 + int(length[2]) * 60 + int(length[3])) if length else text


FORMS: Mapping[str, Callable[[str], str]] = {
    "phone": phone,
    "registration": registration,
    "account": account,
    "digits": digits,
    "handle": handle,
    "address": address,
    "seconds": seconds,
}
"""By the name that a mapping gives it, what writes an id, or a length of time, in one way."""
