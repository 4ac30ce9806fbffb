"""Names of columns: what the words in a header mean, whichever way a system writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORT_NAMES = re.compile(r"\b(?:[A-Za-z]\.){2,}[A-Za-z]?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_GRADING = re.compile(r"(?i)\b[35]\s*x\s*5\s*x\s*[25]\b")
_ASIDE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+")
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_LONGEST_PHRASE = 5
_SHORTEST_RUN = 8
_AT_AN_END = frozenset(("a", "at", "on", "to"))
"""Words that mean something of a column only as its first or last word: "relationship to child" has no end."""


@dataclass(frozen=True)
class Phrase:
    """Meanings that together name a column; ``doubt`` 0 for sure, 1 to ask, 2 only with what the cells hold."""

    meanings: frozenset[str]
    doubt: int = 0


@dataclass(frozen=True)
class Lexicon:
    """Words of headers by meaning, and the phrases of meanings that name our columns.

    ``meanings`` gives the meaning of each phrase of words; ``around`` are words that say nothing of a column;
    ``targets`` phrases by table and column; ``sheets`` the meanings in a sheet's name that speak for a table.
    """

    meanings: Mapping[tuple[str, ...], str]
    around: frozenset[str]
    targets: Mapping[tuple[str, str], tuple[Phrase, ...]]
    sheets: Mapping[str, frozenset[str]]

    @cached_property
    def single(self) -> dict[str, str]:
        """Meanings of phrases of one word."""
        return {words[0]: meaning for words, meaning in self.meanings.items() if len(words) == 1}

    @cached_property
    def without_vowels(self) -> dict[str, str]:
        """Words by what is left of them without vowels, where that is of one word's only."""
        left: dict[str, set[str]] = {}
        for word in {w for words in self.meanings for w in words if len(w) > 3}:
            left.setdefault(_without_vowels(word), set()).add(word)
        return {short: min(words) for short, words in left.items() if len({w.rstrip("s") for w in words}) == 1}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word that stands anywhere in the lexicon."""
        return frozenset(w for words in self.meanings for w in words) | self.around

    def read(self, header: str) -> tuple[str, ...]:
        """Return the meanings of a header's words in their order; a word that is not known stands with a ``?``.

        What stands in round brackets explains the name and is left out.

        >>> built_in().read("NMNL_ID"), built_in().read("Date/Time Last Seen"), built_in().read("Occurrence[HO Class]")
        (('person', 'id'), ('date', 'last', 'seen'), ('crime', 'ho'))
        """
        return tuple(dict.fromkeys(meaning for meaning, _ in self._phrases(self._parts(header))))

    def _parts(self, header: str) -> list[str]:
        """Return the words of a header that count."""
        aside = _ASIDE.sub(" ", _GRADING.sub(" grading ", header))
        words = [part for word in self._words(aside) or self._words(header) for part in self._known(word)]
        last = len(words) - 1
        words = [w for at, w in enumerate(words) if w not in _AT_AN_END or at in (0, last)]
        return [w for w in words if w not in self.around or (w,) in self.meanings]

    def used_in(self, headers: Iterable[str]) -> set[tuple[str, ...]]:
        """Return the phrases of the lexicon that occur in headers."""
        return {words for header in headers for _, words in self._phrases(self._parts(header)) if words}

    def _phrases(self, words: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the meaning of each phrase in the words, the longest first, and the phrase; ? marks what is unknown."""
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
                phrase = tuple(words[at : at + length])
                if meaning := self.meanings.get(phrase):
                    yield meaning, phrase
                    at += length
                    break
            else:
                if words[at] not in self.around:
                    yield words[at] if words[at].isdigit() else f"?{words[at]}", ()
                at += 1

    def _words(self, header: str) -> list[str]:
        """Return the words of a header; what camel case parts is one word where the lexicon has it (MisPer, DoB)."""
        words: list[str] = []
        for written in _WORD.findall(_plain(header)):
            whole = singular(written.lower())
            parts = [whole] if whole in self.vocabulary else map(singular, _CAMEL.sub(" ", written).lower().split())
            words += parts
        return words

    def _known(self, word: str) -> list[str]:
        """Return the words of the lexicon that a word is, without vowels, run together or mistyped; else itself."""
        if word in self.vocabulary or word.isdigit():
            return [word]
        if (
            len(word) > 2
            and not _VOWELS.search(word)
            and (full := self.without_vowels.get(word) or self.without_vowels.get(word + "s"))
        ):
            return [full]
        if parts := self._run_together(word):
            return parts
        if len(word) > 4 and (near := process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)):
            return [str(near[0])]
        return [word]

    def _run_together(self, word: str) -> list[str]:
        """Return the words of the lexicon of which a long word is made; none when there is no such way."""
        if len(word) < _SHORTEST_RUN:
            return []
        for at in range(len(word) - 2, 2, -1):
            head, rest = word[:at], singular(word[at:])
            if head not in self.vocabulary:
                continue
            if rest in self.vocabulary and len(rest) > 2:
                return [head, rest]
            for small in ("of", "at", "on", "by"):
                tail = rest.removeprefix(small)
                if tail != rest and len(tail) > 2 and tail in self.vocabulary:
                    return [head, small, tail]
        return []

    @cached_property
    def _long_words(self) -> list[str]:
        return sorted(w for w in self.vocabulary if len(w) > 4)


def _without_vowels(word: str) -> str:
    """Return a word as systems shorten it: its first letter, then no vowel.

    >>> _without_vowels("nominal"), _without_vowels("offence")
    ('nmnl', 'offnc')
    """
    return _VOWELS.sub("", word)


def _plain(header: str) -> str:
    """Return a header without the signs that part no words.

    >>> _plain("D.O.B."), _plain("Kid's name")
    ('dob', 'Kid name')
    """
    text = header.replace("’", "'").replace("'s", "").replace("'", "")
    return _SHORT_NAMES.sub(lambda m: m[0].replace(".", "").lower(), text)


def singular(word: str) -> str:
    """Return a word in the singular, by its ending alone.

    >>> [singular(w) for w in ("agencies", "crimes", "status", "address", "aces", "sus")]
    ['agency', 'crime', 'status', 'address', 'ace', 'sus']
    """
    if word == "times":
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "sui" else word


@cache
def built_in() -> Lexicon:
    """Return the lexicon that comes with the program."""
    return lexicon_of(tomllib.loads((files("ocgnet") / "data" / "header_words.toml").read_text(encoding="utf-8")))


def lexicon_of(given: Mapping[str, Mapping[str, Iterable[str]]]) -> Lexicon:
    """Return the lexicon that a file of header words describes, in the form of ``data/header_words.toml``."""
    from ocgnet.model import PERSON_TABLES

    around = frozenset(map(singular, given["around"]))
    meanings: dict[tuple[str, ...], str] = {}
    for meaning, phrases in given["words"].items():
        for phrase in (meaning, *phrases):
            words = tuple(singular(w) for w in phrase.split() if w not in around or phrase == w)
            meanings.setdefault(words or (phrase,), meaning)
    targets: dict[tuple[str, str], tuple[Phrase, ...]] = {}
    for table, columns in given.items():
        if table in ("words", "around", "sheets"):
            continue
        for name in PERSON_TABLES if table == "person" else (table,):
            for column, phrases in columns.items():
                targets[name, column] = tuple(_phrase(p) for p in phrases)
    sheets = {table: frozenset(words) for table, words in given["sheets"].items()}
    return Lexicon(meanings, around, targets, sheets)


def _phrase(text: str) -> Phrase:
    bare = text.rstrip("~")
    return Phrase(frozenset(bare.split()), len(text) - len(bare))
