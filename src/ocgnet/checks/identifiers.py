"""What identifies a thing, in one form: phone numbers, IMEIs, registrations, accounts, company numbers, UPRNs, handles.

Phone numbers are read as by a caller in the United Kingdom and written in the form of ITU-T E.164; an IMEI bears the
check digit of 3GPP TS 23.003; marks of vehicles have the forms that the Driver and Vehicle Licensing Agency and its
Northern Irish forerunner issued; an IBAN bears the check digits of ISO 13616.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.model.things import THING_IDENTIFIERS
from ocgnet.sources.arrays import bools, fixed, strings, without

NUMBERED = ("phone", "sim", "line")
"""Kinds of thing whose number is one that can be called."""

_REGION, _HOME = "GB", 44
_GAPS = r"[\s().\-/]"
_UNITED_KINGDOM = r"^(?:(?:\+440?|00440?|44|0)?(7[0-9]{9})|(?:\+440?|00440?|44|0)([1-3][0-9]{9}))$"
"""Mobile and geographic numbers of the United Kingdom; nearly all there are, read without a look at each."""

SHORT_CODE = r"^[1-9][0-9]{2,5}$"
"""Numbers of services that a network keeps for itself, such as voicemail; they are the same in no other country."""

_CALLABLE = re.compile(r"[+0][0-9]{6,17}|[1-9][0-9]{9,16}")
"""Without its area code, or a sign of where it begins, a number is one of many."""

_MARKS = re.compile(
    r"[A-Z]{2}[0-9]{2}[A-Z]{3}"  # since 2001
    r"|[A-Z][0-9]{1,3}[A-Z]{3}"  # 1983 to 2001, with the letter of the year first
    r"|[A-Z]{3}[0-9]{1,3}[A-Z]"  # 1963 to 1982, with the letter of the year last
    r"|[A-Z]{1,3}[0-9]{1,4}|[0-9]{1,4}[A-Z]{1,3}"  # without a year, and those of Northern Ireland
    r"|[0-9]{3}[DX][0-9]{3}"  # diplomats
    r"|[A-Z]{2}[0-9]{2}[A-Z]{2}|[0-9]{2}[A-Z]{2}[0-9]{2}"  # armed forces
)
_POSTCODE = r"^(?i:GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]? ?[0-9][ABD-HJLNP-UW-Z]{2})$"
_COMPANY = re.compile(r"([A-Z]{2})([0-9]{1,6})|([A-Z])([0-9]{7})|([0-9]{1,8})|([A-Z]{2}[0-9]{5}[A-Z])")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def identifiers_of(kind: str, texts: pa.Array) -> pa.Array:
    """Return what identifies things of a kind in one form; null for a text that is no identifier of the kind.

    >>> identifiers_of("phone", strings(["07700 900123", "+44 (0)7700 900123", "none"])).to_pylist()
    ['+447700900123', '+447700900123', None]
    """
    if kind in NUMBERED:
        return phone_numbers(texts)
    return _each(texts, _FORMS[THING_IDENTIFIERS[kind] if kind not in _FORMS else kind])


def phone_numbers(texts: pa.Array, *, short_codes: bool = True) -> pa.Array:
    """Return phone numbers in the form of E.164, short codes as their digits; null for what is neither.

    A number counts when it is as long as its country's numbers are; whether it was ever given out nobody asks.
    """
    bare = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"\.0+$", ""), _GAPS, "")
    home = bools(pc.match_substring_regex(bare, _UNITED_KINGDOM))
    forms = pc.replace_substring_regex(bare, _UNITED_KINGDOM, r"+44\1\2")
    standing = home.copy()
    if short_codes:
        standing |= bools(pc.match_substring_regex(bare, SHORT_CODE))
    if (rest := np.flatnonzero(~standing)).size:
        others = [_elsewhere(text) for text in bare.take(fixed(rest, pa.int64())).to_pylist()]
        of_rest = np.zeros(len(texts), np.int64)
        of_rest[rest] = np.arange(len(rest))
        numbers = strings([number or "" for number in others])
        # A text of another country takes the place of what could not be read as one of ours.
        forms = pc.if_else(fixed(standing, pa.bool_()), forms, numbers.take(fixed(of_rest, pa.int64())))
        standing[rest] = [number is not None for number in others]
    return without(forms, ~standing)


def _elsewhere(bare: str) -> str | None:
    if not _CALLABLE.fullmatch(bare):
        return None
    import phonenumbers  # slow to load, and numbers of one country do without

    try:
        number = phonenumbers.parse(bare, _REGION)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.country_code == _HOME and (number.national_number or 0) < 10**8:
        # A few numbers of services are this short; any other has lost its end.
        possible = phonenumbers.is_valid_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if possible else None


def registration(text: str) -> str | None:
    """Return a mark of the United Kingdom in capitals without gaps; None for what has no such form.

    >>> registration("ab12 cde"), registration("A1"), registration("W-AB 1234 X")
    ('AB12CDE', 'A1', None)
    """
    bare = re.sub(r"[\s\-.]", "", text).upper()
    return bare if _MARKS.fullmatch(bare) else None


def imei(text: str) -> str | None:
    """Return the 15 digits of an IMEI whose check digit (Luhn) is right; None otherwise.

    Records of calls often leave the check digit out, which says nothing that the 14 digits before it do not: it is
    worked out.

    >>> imei("49-015420-323751-8"), imei("490154203237519"), imei("49 015420 323751")
    ('490154203237518', None, '490154203237518')
    """
    bare = re.sub(r"[\s\-/.]", "", text)
    if not re.fullmatch(r"[0-9]{14,15}", bare):
        return None
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(bare[:14])]
    whole = bare[:14] + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
    return whole if bare in (whole, whole[:14]) else None


def account(text: str) -> str | None:
    """Return an account as sort code and account number, 14 digits, or as the IBAN of another country.

    The IBAN of an account in the United Kingdom holds both, and is the same account.

    >>> account("60-16-13 31926819"), account("GB29 NWBK 6016 1331 9268 19"), account("31926819")
    ('60161331926819', '60161331926819', None)
    """
    bare = re.sub(r"[\s\-/]", "", text).upper()
    if re.fullmatch(r"[0-9]{14}", bare):
        return bare
    if not _IBAN.fullmatch(bare):
        return None
    if int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 != 1:
        return None
    home = re.fullmatch(r"GB[0-9]{2}[A-Z]{4}([0-9]{14})", bare)
    return home[1] if home else bare


def company_number(text: str) -> str | None:
    """Return the eight signs of a company number, with the zeros that a spreadsheet takes away.

    >>> company_number("445790"), company_number("sc1234"), company_number("Acme Ltd")
    ('00445790', 'SC001234', None)
    """
    bare = re.sub(r"\s", "", text).upper()
    if not (match := _COMPANY.fullmatch(bare)):
        return None
    if match[5]:
        return bare.zfill(8) if int(bare) else None
    return match[1] + match[2].zfill(6) if match[1] else bare


def uprn(text: str) -> str | None:
    """Return a unique property reference number without zeros in front; None for what is not up to twelve digits.

    >>> uprn("0100023336956"), uprn("100 023 336 956"), uprn("12 Mill Lane")
    (None, '100023336956', None)
    """
    bare = re.sub(r"\s", "", text)
    return bare.lstrip("0") or None if re.fullmatch(r"[0-9]{1,12}", bare) else None


def handle(text: str) -> str | None:
    """Return an online handle without its first sign @ and without regard to capitals.

    >>> handle("@Al_Example"), handle("@")
    ('al_example', None)
    """
    return unicodedata.normalize("NFKC", text).casefold().strip().lstrip("@").strip() or None


def no_postcodes(texts: pa.Array) -> np.ndarray:
    """Return which texts have not the form of a postcode (BS 7666), a gap within it or none.

    >>> no_postcodes(strings(["SW1A 2AA", "m11ae", "12345"])).tolist()
    [False, False, True]
    """
    return ~bools(pc.match_substring_regex(pc.replace_substring_regex(texts, r"\s+", " "), _POSTCODE))


def what_to_write(kind: str) -> str:
    """Return what identifies a thing of a kind, for a sentence on what to write."""
    return _SAYS["number" if kind in NUMBERED else THING_IDENTIFIERS[kind] if kind not in _SAYS else kind]


def _each(texts: pa.Array, form: Callable[[str], str | None]) -> pa.Array:
    forms = [form(text) for text in texts.to_pylist()]
    return without(strings([f or "" for f in forms]), np.array([f is None for f in forms], bool))


_FORMS: dict[str, Callable[[str], str | None]] = {
    "account": account,
    "online_handle": handle,
    "imei": imei,
    "registration": registration,
    "company_number": company_number,
    "uprn": uprn,
}
"""By the column, or by the kind where kinds share a column."""

_SAYS = {
    "number": "a phone number with its area code, such as 07700 900123, or with its country, such as +447700900123",
    "account": "the sort code and the account number, such as 60-16-13 31926819, or the IBAN",
    "online_handle": "the handle",
    "imei": "the fifteen digits of the IMEI, of which the last is the check digit, or the fourteen before it",
    "registration": "the mark as on the plate, such as AB12 CDE",
    "company_number": "the company number, eight digits, or two letters and six digits",
    "uprn": "the UPRN, up to twelve digits",
}
