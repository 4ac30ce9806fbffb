"""Words: what a force writes, and which of our words it means.

All words stand in ``data/words.toml``; a force adds its own in a ``words.toml`` beside its records, in the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind
from ocgnet.model.columns import COUNTRIES
from ocgnet.notation import TomlError, parse_toml

NOT_KNOWN = "not_known"
"""The key under which a list of words that mean "not known" stands, for all columns or for one."""

HEADERS = "headers"
"""The key under which a force's names of columns stand, by table and column of ours."""

RISK_LEVELS = ("none", "low", "raised")
"""Our words for a risk of exploitation under whatever scheme; ``raised`` is above low, or of no said level."""

RISK_COLUMNS = ("cse_risk", "cce_risk")

LONGEST_WORD = 100
MOST_WORDS = 5_000
LARGEST_FILE = 1_000_000

_GAPS = re.compile(r"[\s_\-\u2010-\u2015]+")
_REPEATED = re.compile(r"(.)\1+")


def plain(text: str) -> str:
    """Return a word as it is compared: lower case; underscores, hyphens and repeated spaces are one space.

    What has no letter and no digit keeps its signs, each once.

    >>> plain(" Step-Parent"), plain("NOT__known"), plain("N/K"), plain("---"), plain("Parent’s  partner")
    ('step parent', 'not known', 'n/k', '-', "parent's partner")
    """
    text = text.strip().replace("’", "'").replace("‘", "'")
    if not any(map(str.isalnum, text)):
        return _REPEATED.sub(r"\1", re.sub("[\u2010-\u2015]", "-", text))
    return _GAPS.sub(" ", text).strip().lower()


class WordsError(ValueError):
    """A words file that cannot be used; ``key`` is where in it, as ``memberships.role``, empty for all of it."""

    def __init__(self, key: str, says: str) -> None:
        super().__init__(says)
        self.key = key[:LONGEST_WORD]


@dataclass(frozen=True)
class Words:
    """What words mean; all are held as :func:`plain` makes them.

    ``columns`` gives by table and column our words for each word, several where it is ambiguous; ``column_not_known``
    gives further words that mean "not known" in one column, beside ``not_known`` in all of them. ``totals`` are names
    of rows that add others up. ``risk`` gives words by level, and under ``not_known``; ``own_risk`` levels by word of a
    force's own scheme. ``crime_kinds`` gives phrases by kind of crime, each the words that must all occur. ``headers``
    gives by name of a column in a force's exports the tables and columns of ours that it fills.
    """

    not_known: frozenset[str]
    totals: frozenset[str]
    columns: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    column_not_known: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    risk: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crime_kinds: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    own_risk: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def meant(self, table: str, column: Column, text: str) -> tuple[str, ...] | None:
        """Return which of a column's words a text may mean: several if it is ambiguous, none for "not known".

        None when the text is no word that is known here, and stands for itself.
        """
        word = plain(text)
        if own := self._own(column, text, word):
            return (own,)
        of_column = self.columns.get((table, column.name), {})
        if word in of_column:
            return of_column[word]
        if column.name in RISK_COLUMNS and word in self.own_risk:
            level = self.own_risk[word]
            return () if level == NOT_KNOWN else (level,)
        if self.is_not_known(table, column, word):
            # NA is Namibia where a country is wanted.
            return None if column.pattern and re.fullmatch(column.pattern, text) else ()
        begun = tuple(own for own in column.enum if plain(own).startswith(word))
        return begun if len(begun) > 1 else None

    def _own(self, column: Column, text: str, word: str) -> str:
        """Return the column's own word that a text spells; nothing when it spells none."""
        if column.kind is Kind.FLAG and word in self.flags:
            return "yes" if self.flags[word] else "no"
        if column.name == "country" and text.isascii() and text.upper() in COUNTRIES and word not in self.not_known:
            return text.upper()
        return next((own for own in column.enum if plain(own) == word), "")

    def is_not_known(self, table: str, column: Column, word: str) -> bool:
        """Say whether a plain word means "not known" in a column."""
        if column.kind is Kind.ID:
            return word in self.not_known and not is_short(word)
        return word in self.not_known or word in self.column_not_known.get((table, column.name), ())

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Every lower-case spelling of the words that mean "not known", by which a column of a million is searched."""
        words = {*self.not_known, *(w for of_column in self.column_not_known.values() for w in of_column)}
        dashes = {"-" * n for n in range(1, 11)} | {"–", "—"}
        signs = {w * n for w in words if len(w) == 1 and not w.isalnum() for n in range(1, 11)}
        return frozenset(w.replace(" ", gap) for w in words for gap in (" ", "_", "-")) | dashes | signs

    def crime_kind(self, text: str) -> tuple[str, ...]:
        """Return the kind of crime that a text speaks of; several when it speaks of two, none when of none.

        >>> built_in().crime_kind("Drugs - Class A supply"), built_in().crime_kind("Drugs and firearms")
        (('drug trafficking',), ('drug trafficking', 'firearms'))
        >>> built_in().crime_kind("Possession of drugs"), built_in().crime_kind("Jaywalking")
        (('drug possession',), ())
        """
        if plain(text) in self.crime_kinds:
            return (plain(text),)
        held = set(re.findall(r"[^\W_]+", text.lower()))
        best, kinds = 0, []
        for kind, phrases in self.crime_kinds.items():
            fits = max((len(p) for p in phrases if held.issuperset(p)), default=0)
            if fits > best:
                best, kinds = fits, [kind]
            elif fits and fits == best:
                kinds.append(kind)
        return tuple(kinds)

    def risk_level(self, text: str) -> str | None:
        """Return the level of a recorded risk, ``not_known`` for one that says nothing, None for a word in no list."""
        word = plain(text)
        if word in self.own_risk:
            return self.own_risk[word]
        if not word or word in self.not_known:
            return NOT_KNOWN
        return next((level for level, words in self.risk.items() if word in words), None)


def is_short(word: str) -> bool:
    """Say whether a word is so short that it may as well be somebody's id or initials, as ``NA`` and ``U`` may."""
    return word.isalnum() and len(word) <= 4


@cache
def built_in() -> Words:
    """Return the words that come with the program."""
    text = (files("ocgnet") / "data" / "words.toml").read_text(encoding="utf-8")
    given = parse_toml(text.encode())
    return _with(Words(frozenset(), frozenset()), given, own=False)


def with_own(words: Words, data: bytes) -> Words:
    """Return words with those of a force's file; where both know a word, the force's meaning counts.

    ``WordsError`` names the first thing that is wrong, with its key.
    """
    if len(data) > LARGEST_FILE:
        raise WordsError("", f"A list of words has at most {LARGEST_FILE:,} bytes. Keep to the words that are used.")
    try:
        given = parse_toml(data)
    except UnicodeDecodeError:
        raise WordsError("", "Save words.toml as UTF-8.") from None
    except TomlError as error:
        says = str(error).partition("(")[0].strip().rstrip(".")[:LONGEST_WORD]
        raise WordsError("", f'Write lines such as arrested = ["nicked"] ({says}).') from None
    _judge(given)
    return _with(words, given, own=True)


def _columns_of(table: str) -> Iterable[str]:
    return [c.name for c in TABLES[next(iter(PERSON_TABLES)) if table == "person" else table].columns]


def _judge(given: Mapping[str, Any]) -> None:
    """Refuse a file of words that says something that cannot be meant."""
    counted = 0
    for key, words in _lists(given):
        counted += len(words)
        if counted > MOST_WORDS:
            raise WordsError(key, f"A list of words holds at most {MOST_WORDS:,}. Keep to the words that are used.")
    for name, section in given.items():
        if name in (NOT_KNOWN, "totals"):
            continue
        if not isinstance(section, dict):
            raise WordsError(
                name, f"No such list. At the top stand {NOT_KNOWN} and totals; write others under a [heading]."
            )
        if name == "flag":
            _judge_section(name, section, ("yes", "no"))
        elif name == "risk":
            _judge_section(name, section, (*RISK_LEVELS, NOT_KNOWN))
        elif name == HEADERS:
            _judge_headers(section)
        elif name in TABLES or name == "person":
            for column, words in section.items():
                _judge_column(name, column, words)
        else:
            raise WordsError(name, f"No such table. Headings are [flag], [risk] and [table.column], as {_EXAMPLE}.")


_EXAMPLE = "[crime_links.link_role]"


def _lists(given: Mapping[str, Any], key: str = "", depth: int = 0) -> Iterator[tuple[str, list[str]]]:
    for name, value in given.items():
        at = f"{key}.{name}" if key else name
        if isinstance(value, dict):
            if depth > 1:
                raise WordsError(at, f"Headings have a table and a column, as {_EXAMPLE}, and no more.")
            yield from _lists(value, at, depth + 1)
            continue
        if not isinstance(value, list) or not all(isinstance(w, str) and plain(w) for w in value):
            raise WordsError(at, 'Write a list of words in quotes, as ["one", "two"].')
        if any(len(w) > LONGEST_WORD or not w.isprintable() for w in value):
            raise WordsError(at, f"A word is one line of at most {LONGEST_WORD} characters.")
        yield at, value


def _judge_headers(section: Mapping[str, Any]) -> None:
    """Refuse names of columns that are listed under no column of ours."""
    for table, columns in section.items():
        if table not in (*TABLES, "person") or not isinstance(columns, dict):
            raise WordsError(
                f"{HEADERS}.{table}", 'Write [headers.crimes], and under it recorded_on = ["Date logged"].'
            )
        for column in columns:
            if column not in _columns_of(table):
                known = ", ".join(_columns_of(table))
                raise WordsError(f"{HEADERS}.{table}.{column}", f"The table has no such column; it has {known}.")


def _judge_section(name: str, section: Mapping[str, Any], ours: tuple[str, ...]) -> None:
    seen: dict[str, str] = {}
    for our, words in section.items():
        if our not in ours or not isinstance(words, list):
            raise WordsError(f"{name}.{our}", f"Our words here are {', '.join(ours)}.")
        _judge_words(f"{name}.{our}", our, words, seen)


def _judge_words(key: str, our: str, words: list[str], seen: dict[str, str]) -> None:
    for word in words:
        other = seen.setdefault(plain(word), our)
        if other != our:
            raise WordsError(
                key, f"'{word}' stands under {other} too, so it would mean two things. Delete one of the two."
            )


def _judge_column(table: str, name: str, words: Any) -> None:
    key = f"{table}.{name}"
    if name not in _columns_of(table):
        raise WordsError(key, f"The table {table} has no such column; it has {', '.join(_columns_of(table))}.")
    if not isinstance(words, dict):
        raise WordsError(key, f"Write a heading [{key}], and under it our word = [words].")
    column = TABLES["nominals" if table == "person" else table].column(name)
    seen = {plain(own): own for own in column.enum}
    for our, listed in words.items():
        at = f"{key}.{our}"
        if column.enum and our not in (*column.enum, NOT_KNOWN):
            raise WordsError(at, f"Our words here are {', '.join(column.enum)}.")
        if column.kind not in (Kind.ENUM, Kind.TEXT) and our != NOT_KNOWN:
            raise WordsError(at, f"This column holds no words; only {NOT_KNOWN} can stand here.")
        if not isinstance(listed, list):
            raise WordsError(at, f"Headings have a table and a column, as {_EXAMPLE}, and no more.")
        _judge_words(at, our, listed, seen)


def _with(words: Words, given: Mapping[str, Any], *, own: bool) -> Words:
    columns = {k: dict(v) for k, v in words.columns.items()}
    not_known_here = dict(words.column_not_known)
    flags, risk, own_risk = dict(words.flags), dict(words.risk), dict(words.own_risk)
    kinds = dict(words.crime_kinds)
    headers = {**words.headers, **_headers_of(given.get(HEADERS, {}))}
    for name, section in given.items():
        if name == "flag":
            flags |= {plain(w): our == "yes" for our, listed in section.items() for w in (our, *listed)}
        elif name == "risk" and own:
            own_risk |= {plain(w): our for our, listed in section.items() for w in listed}
        elif name == "risk":
            risk = {our: tuple(map(plain, listed)) for our, listed in section.items()}
        elif isinstance(section, dict) and name != HEADERS:
            for table in PERSON_TABLES if name == "person" else (name,):
                for column, by_word in section.items():
                    at = table, column
                    if at == ("ocgs", "primary_crime_type"):
                        kinds = _more_kinds(kinds, by_word)
                        continue
                    ours: dict[str, tuple[str, ...]] = {}
                    for our, listed in by_word.items():
                        if our == NOT_KNOWN:
                            not_known_here[at] = not_known_here.get(at, frozenset()) | set(map(plain, listed))
                            continue
                        for w in (our, *listed):
                            ours[plain(w)] = tuple(dict.fromkeys((*ours.get(plain(w), ()), our)))
                    columns[at] = columns.get(at, {}) | ours
    return Words(
        words.not_known | set(map(plain, given.get(NOT_KNOWN, ()))),
        words.totals | set(map(plain, given.get("totals", ()))),
        columns,
        not_known_here,
        flags,
        risk,
        kinds,
        own_risk,
        headers,
    )


def _headers_of(section: Mapping[str, Mapping[str, list[str]]]) -> dict[str, frozenset[tuple[str, str]]]:
    """Return by plain name of a force's column the columns of ours that it fills."""
    headers: dict[str, frozenset[tuple[str, str]]] = {}
    for table, columns in section.items():
        for column, listed in columns.items():
            fills = frozenset((t, column) for t in (PERSON_TABLES if table == "person" else (table,)))
            headers |= {plain(h): headers.get(plain(h), frozenset()) | fills for h in listed}
    return headers


def _more_kinds(
    kinds: Mapping[str, tuple[tuple[str, ...], ...]], given: Mapping[str, list[str]]
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Add phrases to kinds; a phrase that stood under another kind goes over to the one it is given under."""
    added = {
        plain(k): tuple(tuple(sorted(set(re.findall(r"[^\W_]+", p.lower())))) for p in listed)
        for k, listed in given.items()
    }
    taken = {phrase for phrases in added.values() for phrase in phrases}
    kept = {k: tuple(p for p in phrases if p not in taken) for k, phrases in kinds.items()}
    return {k: (*kept.get(k, ()), *added.get(k, ())) for k in (*kept, *(k for k in added if k not in kept))}
