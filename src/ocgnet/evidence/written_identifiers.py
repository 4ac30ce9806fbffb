"""How texts write what identifies a thing: a telephone number however it is spaced, a registration, an account."""

from __future__ import annotations

import re
from collections.abc import Collection

import pyarrow as pa

from ocgnet.model.things import THING_IDENTIFIERS

IDENTIFYING = ("normalised", *dict.fromkeys(THING_IDENTIFIERS.values()))
"""Columns of things in which what identifies one stands; a label may do so too."""

_SURE_DIGITS = 8
"""Digits from which a number alone is that of a thing wherever it stands; shorter ones are numbers of anything."""

_SURE_MIXED = 5
"""Letters and digits from which a mark, such as a registration, is no word or place in a list."""

_PART = re.compile(r"\+?[^\W_]+")
_BETWEEN_PARTS = re.compile(r"[\s().\-/,]{1,3}")
_PARTS = 8
"""Parts of one identifier that a text may set apart, as the words of an address."""

_GAP = r"[\s().\-/]{0,3}"
_TELEPHONE = re.compile(r"(?:\+|00)(?:44(?:0(?=[1-9]))?|(?=[1-9]))([0-9]{7,13})|0([1-9][0-9]{8,9})")
"""With its country in front, or with the nought before an area code of the United Kingdom."""


def _dialled(identifier: str) -> re.Match[str] | None:
    return _TELEPHONE.fullmatch(re.sub(r"[\s().\-/]", "", identifier))


def is_telephone(identifier: str) -> bool:
    """Tell whether it is written as a telephone number that means one line.

    >>> is_telephone("+447700900123"), is_telephone("07700 900123"), is_telephone("40123456")
    (True, True, False)
    """
    return _dialled(identifier) is not None


def means_one_thing(identifier: str) -> bool:
    """Tell whether it stands for nothing else where a text repeats it.

    >>> [means_one_thing(i) for i in ("+447700900123", "AB12 CDE", "A1", "12 Mill Lane", "red car", "40123456", "47")]
    [True, True, False, True, False, True, False]
    """
    bare = squeezed(identifier)
    if bare.isdigit():
        return len(bare) >= _SURE_DIGITS
    return len(bare) >= _SURE_MIXED and any(c.isdigit() for c in bare)


def squeezed(identifier: str) -> str:
    """Return its letters and digits in small letters; of a telephone number those that every way of writing has.

    >>> squeezed("+44 (0)7700 900123"), squeezed("07700 900123"), squeezed("AB12 CDE")
    ('7700900123', '7700900123', 'ab12cde')
    """
    if dialled := _dialled(identifier):
        return dialled[1] or dialled[2]
    return "".join(re.findall(r"[^\W_]", identifier)).lower()


def known_by(identifier: str) -> str:
    """Return by what a thing is known again in another export: what identifies it as :func:`squeezed`, else as it is.

    >>> known_by("+44 7700 900123"), known_by("T-1")
    ('7700900123', 'T-1')
    """
    return squeezed(identifier) if means_one_thing(identifier) else identifier


def pattern_of(identifier: str) -> str:
    """Return a regular expression for the ways in which a text in small letters writes it, as a whole.

    >>> bool(re.fullmatch(pattern_of("+447700900123"), "+44 (0) 7700-900 123"))
    True
    >>> bool(re.search(pattern_of("AB12 CDE"), "a silver car, ab12cde, drove off"))
    True
    """
    bare = squeezed(identifier)
    if not bare:
        return r"(?!)"
    if is_telephone(identifier):
        before = rf"(?:\+|00)?(?:44{_GAP}(?:0{_GAP})?)?|\(?0{_GAP}"
        return rf"(?<![^\W_])(?:{before})?{_GAP.join(bare)}(?![^\W_])"
    words = re.findall(r"[^\W_]+", identifier.lower())
    if any(len(w) > 1 and w.isalpha() for w in words) and len(words) > 1 and not re.fullmatch(r"[a-z0-9]{4,8}", bare):
        between = r"[\W_]{1,6}".join(map(re.escape, words))
    else:
        between = r"[\s\-./]{0,2}".join(bare)
    return rf"(?<![^\W_]){between}(?![^\W_])"


def identifiers_in(things: pa.Table) -> set[str]:
    """Return everything that identifies any of these things, as it is written; of labels those of more than a word."""
    written = {cell.strip() for name in IDENTIFYING for cell in things[name].to_pylist() if cell}
    labels = {cell.strip() for cell in things["label"].to_pylist() if cell}
    return (written - {""}) | {label for label in labels if re.search(r"[\s\d]", label)}


def without_identifiers(text: str, wanted: Collection[str], word: str) -> str:
    """Return a text in which a word stands for each identifier of a set, however it is spaced.

    Parameters
    ----------
    text : str
        The text.
    wanted : collection of str
        Identifiers as :func:`squeezed` gives them.
    word : str
        What stands for them.

    >>> without_identifiers("Call +44 7700 900-123 or 12.", {"7700900123"}, "[x]")
    'Call [x] or 12.'
    """
    parts = [m.span() for m in _PART.finditer(text)]
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(parts):
        last = first
        for k in range(first, min(first + _PARTS, len(parts))):
            if k > first and not _BETWEEN_PARTS.fullmatch(text[parts[k - 1][1] : parts[k][0]]):
                break
            if squeezed(text[parts[first][0] : parts[k][1]]) in wanted:
                last = k + 1
        if last > first:
            spans.append((parts[first][0], parts[last - 1][1]))
        first = max(last, first + 1)
    for begin, end in reversed(spans):
        text = text[:begin] + word + text[end:]
    return text
