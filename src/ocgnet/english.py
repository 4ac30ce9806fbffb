"""English: counts with their nouns, ordinals, the months, and words that were perhaps meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How the names of the months begin, which is all that many people write of them."""


def counted(number: float, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "child", "children"), counted(0, "child", "children"), counted(1200, "report")
    ('1 child', '0 children', '1,200 reports')
    """
    return f"{round(number):,} {one if number == 1 else many or f'{one}s'}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(number: int) -> str:
    """Return a whole number as a sentence says it: a word up to ten, figures above.

    >>> in_words(0), in_words(2), in_words(11)
    ('no', 'two', '11')
    """
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ...

    >>> [ordinal(i) for i in (1, 2, 3, 4, 11, 12, 13, 21, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th']
    """
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def close_to(word: str, known: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return the known words closest to a wrong one, closest first; none below a likeness from 0 to 1."""
    from difflib import get_close_matches  # slow to load, and only mistakes need it

    return get_close_matches(word, list(known), most, cutoff)


def did_you_mean(close: Collection[str]) -> str:
    """Return the sentence that offers words, a space before it; empty without any.

    >>> did_you_mean(close_to("C01", ["C001", "N1"]))
    ' Did you mean C001?'
    """
    return f" Did you mean {' or '.join(close)}?" if close else ""


def near(word: str, known: Collection[str]) -> str:
    """Return the end of a sentence about an unknown word: the word that was perhaps meant, or all there are.

    Examples
    --------
    >>> "no such rule" + near("victm", ["victim", "parent"]), "no such rule" + near("x", ["victim", "parent"])
    ('no such rule; did you mean victim?', 'no such rule; there are parent, victim.')
    """
    close = close_to(word, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(known))}."
