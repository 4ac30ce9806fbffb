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
_WHAT_HAPPENED = re.compile(r"(?i)\bwhat happened\b")
_NUMBER_OF = re.compile(r"(?i)\b(?:no\.?|number|num\.?|#)[\s_]+of[\s_]+")
_EITHER = re.compile(r"([A-Za-z]{3,})\s*/\s*([A-Za-z]{3,})")
_ASIDE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+")
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_LONGEST_PHRASE = 5
_SHORTEST_RUN = 6
_MOST_RUN = 4
_SMALL_WORDS = frozenset(("id", "no", "cd", "dt", "nm", "of", "at", "on", "by"))
"""Words of two letters that may be part of a run."""
_ENDS = frozenset(("from", "to", "first", "last", "secondary", "place"))
_SHORTEST_BEGINNING = 4
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
        """Words by what is left of them without vowels, where all such words mean the same."""
        left: dict[str, set[str]] = {}
        for word in {w for words in self.meanings for w in words if len(w) > 3}:
            left.setdefault(_without_vowels(word), set()).add(word)
        alike = {short: {self.single.get(w, w) for w in words} for short, words in left.items()}
        return {short: min(words) for short, words in left.items() if len(alike[short]) == 1}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word that stands anywhere in the lexicon."""
        return frozenset(w for words in self.meanings for w in words) | self.around

    def read(self, header: str) -> tuple[str, ...]:
        """Return the meanings of a header's words in their order; a word that is not known stands with a ``?``.

        What stands in round brackets explains the name and is left out, but for the word for an id, for one that
        tells the two ends of a period or the present and the past apart, and where the name is only known with it.

        >>> built_in().read("NMNL_ID"), built_in().read("Date/Time Last Seen"), built_in().read("Occurrence[HO Class]")
        (('person', 'id'), ('date', 'last', 'seen'), ('crime', 'ho'))
        """
        return tuple(dict.fromkeys(meaning for meaning, _ in self._phrases(self._parts(header))))

    def is_column_name(self, header: str, column: str) -> bool:
        """Say whether a header is the very name of a column of ours, of more than one word.

        >>> built_in().is_column_name("Found where?", "found_where"), built_in().is_column_name("Status", "status")
        (True, False)
        """
        ours = [singular(w) for w in column.split("_")]
        return len(ours) > 1 and self._words(header) == ours

    def says_aside_what_is_strange(self, header: str) -> bool:
        """Say whether a word that is not known stands in brackets behind a name: ``CSE risk (legacy tool)``."""
        if self._strange(_ASIDE.sub(" ", header)) and not self._strange(header):
            return False  # its name is only known with what stands there
        asides = (self._words(text) for text in _ASIDE.findall(header))
        return any(meaning.startswith("?") for words in asides for meaning, _ in self._phrases(words))

    def _parts(self, header: str) -> list[str]:
        """Return the words of a header that count."""
        aside = _ASIDE.sub(" ", _GRADING.sub(" grading ", header))
        if _ASIDE.search(header) and self._strange(aside):
            inside = header.replace("(", " ").replace(")", " ")
            aside = aside if self._strange(inside) else inside
        words = [part for word in self._words(aside) or self._words(header) for part in self._known(word)]
        for said_aside in _ASIDE.findall(header):
            explained = self._words(said_aside)
            if "id" in map(self.single.get, explained):
                words.append("id")
            elif len(explained) == 1 and self.single.get(explained[0]) in _ENDS:
                words += explained
        last = len(words) - 1
        words = [w for at, w in enumerate(words) if w not in _AT_AN_END or at in (0, last)]
        return [w for w in words if w not in self.around or (w,) in self.meanings]

    def _strange(self, header: str) -> bool:
        """Say whether a header without brackets has a word that is not known."""
        return any(meaning.startswith("?") for meaning in self.read(header))

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
                word = words[at]
                if stem := self._stem(word):
                    yield self.meanings[stem,], (stem,)
                elif word not in self.around:
                    yield word if word.isdigit() else f"?{word}", ()
                at += 1

    def _words(self, header: str) -> list[str]:
        """Return the words of a header; what camel case parts is one word where the lexicon has it (MisPer, DoB)."""
        words: list[str] = []
        for written in _WORD.findall(_EITHER.sub(self._known_of_two, _plain(header))):
            whole = singular(written.lower())
            parts = [whole] if whole in self.vocabulary else map(singular, _CAMEL.sub(" ", written).lower().split())
            words += parts
        return words

    def leaves_half(self, header: str) -> bool:
        """Say whether a header is of two names with a stroke between, of which one is not known (``CRIS/PNC``)."""
        return any(self._known_of_two(m) != m[0] for m in _EITHER.finditer(_plain(header)))

    def _known_of_two(self, two: re.Match[str]) -> str:
        """Return of two words with a stroke between them the one that is known, where the other is not."""
        known = [w for w in two.groups() if (singular(w.lower()),) in self.meanings]
        return known[0] if len(known) == 1 else two[0]

    def _known(self, word: str) -> list[str]:
        """Return the words of the lexicon that a word is, shortened, run together or mistyped; else itself."""
        if word in self.vocabulary or word.isdigit():
            return [word]
        parts = [self._stem(word)] if self._stem(word) else self._shortened(word) or self._run_together(word, _MOST_RUN)
        return parts or self._begun(word) or self._mistyped(word) or [word]

    def _shortened(self, word: str) -> list[str]:
        if len(word) < 3 or _VOWELS.search(word):
            return []
        full = self.without_vowels.get(word) or self.without_vowels.get(word + "s")
        return [full] if full else []

    def _begun(self, word: str) -> list[str]:
        """Return the word of which this is the beginning, where all such words mean the same."""
        begun = {meaning: w for w, meaning in self.single.items() if w.startswith(word)}
        return list(begun.values()) if len(word) >= _SHORTEST_BEGINNING and len(begun) == 1 else []

    def _mistyped(self, word: str) -> list[str]:
        near = process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)
        return [str(near[0])] if near and len(word) > _SHORTEST_BEGINNING else []

    def _stem(self, word: str) -> str:
        """Return the word of which a word is the past or the act, as stopped and scoring are; else nothing."""
        for ending in ("ed", "ing", "d"):
            stem = word.removesuffix(ending)
            for known in (stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem, f"{stem}e"):
                if stem != word and len(known) > 3 and (known,) in self.meanings:
                    return known
        return ""

    def _run_together(self, word: str, most: int) -> list[str]:
        """Return the few words of the lexicon of which a long word is made; none when there is no such way."""
        if most == _MOST_RUN and len(word) < _SHORTEST_RUN:
            return []
        if word in self.vocabulary or singular(word) in self.vocabulary:
            return [singular(word)] if singular(word) in self.vocabulary else [word]
        if word.isdigit():
            return [word]
        for at in range(len(word) - 2, 1, -1) if most > 1 else ():
            head = word[:at]
            begun = [] if head in self.vocabulary or most < _MOST_RUN else self._begun(head)
            if (at > 2 and head in self.vocabulary) or begun or head in _SMALL_WORDS:
                rest = word[at:]
                if (len(rest) > 2 or rest in _SMALL_WORDS) and (tail := self._run_together(rest, most - 1)):
                    return [*(begun or [head]), *tail]
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
    text = _NUMBER_OF.sub("tally ", _WHAT_HAPPENED.sub("narrative", text))
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
    meanings: dict[tuple[str, ...], str] = {(singular(m),): m for m in given["words"]}
    for meaning, phrases in given["words"].items():
        for phrase in phrases:
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
