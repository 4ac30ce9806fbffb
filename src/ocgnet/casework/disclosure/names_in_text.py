"""Whether a text names somebody whom the pseudonyms of a pack hide, however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, permutations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.english import MONTHS
from ocgnet.model import PERSON_TABLES
from ocgnet.spelling import STRUCK, plain

_PARTICLES = re.compile("al|av|bin|d|da|das|de|del|della|den|der|di|dos|du|el|ibn|la|le|mac|mc|o|st|ter|van|von")
"""Parts of a name that name nobody by themselves."""

_SHORT_WORDS = re.compile(
    "a|am|an|as|at|be|by|do|go|he|hi|if|in|is|it|me|my|no|of|oh|ok|on|or|so|to|up|us|we|all|and|any|are|ask|but|can|"
    "did|few|for|had|has|her|him|his|how|its|law|led|let|met|new|not|now|off|old|one|our|out|own|put|ran|sad|saw|say|"
    "see|set|she|son|the|too|two|was|way|who|why|yes|yet|you"
)
"""Words that name somebody only in capitals: ``is`` does not, ``IS`` may be Ida Smith."""

_RANKS = re.compile("pc|dc|ps|ds|pi|di|ci|dci|dsu|supt|pcso|acc|dcc|cc|sgt|insp|mr|mrs|ms|miss|dr")
"""What may stand before the sender's own name."""

_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})[\s./\u2010-\u2015-]+(\d{1,2})[\s./\u2010-\u2015-]+(\d{2,4})(?!\d)")
_FIGURES = re.compile(r"(?<!\d)(?:\d{6}|\d{8})(?!\d)")
_LATIN = re.compile(r"\b(?:e\.g\.|i\.e\.|a\.m\.|p\.m\.)")
_SHORTEST_JOINED = 5
"""Letters of a name that is looked for across a space or a line's end as well: shorter ones would join by chance."""


class HiddenNames:
    """The names, numbers and days that a text may not hold.

    ``close`` are the ids of whom a pack is about and of those around them: of these each part of each name counts,
    forename, surname or alias, each id, their initials and their dates of birth; so does each part of ``names``, such
    as a social worker's. ``further`` are other phrases that tell who is meant, such as a school. Of everybody else in
    ``dataset`` only a whole name counts, in any order. What somebody of ``but`` is called names nobody. Capitals,
    accents, spacing, hyphens and possessives make no difference.

    A nickname, a misspelling and a description ("her twin") are not seen. A name that is a word as well is taken for
    the name, of the shortest words only in capitals.
    """

    def __init__(
        self,
        dataset: Dataset,
        close: Collection[str],
        names: Iterable[str] = (),
        further: Iterable[str] = (),
        but: Collection[str] = (),
    ) -> None:
        self._parts: set[str] = set()
        self._initials: set[str] = set()
        self._seen: dict[str, str] = {}
        for name in [*names, *_names(dataset, close)]:
            parts = _parts_of(name)
            self._parts |= {p for p in parts if len(parts) == 1 or (len(p) > 1 and not _PARTICLES.fullmatch(p))}
            self._parts |= {"".join(order) for n in (2, 3) for order in permutations(parts[:5], n)}
            self._parts |= {w for a, b in permutations(parts[:5], 2) if len(b) > 2 for w in (a[0] + b, b + a[0])}
            self._initials |= _initials_of(parts) | _initials_of(plain(name).split())
        for name in _names(dataset, but):
            self._parts -= set(_parts_of(name))
            self._initials -= _initials_of(_parts_of(name))
        phrases = (w for w in sorted(set(further)) if w.strip())
        self._ids = [_id_pattern(i) for i in (*sorted(close), *phrases)]
        self._born = _born(dataset, close)
        self._whole = _whole_names(dataset, but)

    def named_in(self, text: str) -> str:
        """Return the words of a text that name somebody, as they stand there; empty when none do."""
        if text not in self._seen:
            self._seen[text] = self._named_in(text)
        return self._seen[text]

    def _named_in(self, text: str) -> str:
        shown = "".join(c for c in text if unicodedata.category(c) != "Cf")  # such as a soft hyphen
        folded, words = _folded(shown), _words(shown)
        finds = (
            (m.group() for pattern in self._ids for m in pattern.finditer(folded)),
            _days_in(shown, self._born),
            self._close_names(words),
            self._single_letters(words),
            self._whole_names(shown),
        )
        return next((named for kind in finds for named in kind), "")

    def _close_names(self, words: Sequence[str]) -> Iterator[str]:
        """Yield words that are, or make together with the next one, a part of a name or its initials."""
        for word, following in zip(words, [*words[1:], ""], strict=False):
            token = word.casefold()
            joined = token + following.casefold()
            named = token in self._parts or (token.endswith("s") and token[:-1] in self._parts)
            if (named or token in self._initials) and (word.isupper() or not _SHORT_WORDS.fullmatch(token)):
                yield word
            elif len(joined) >= _SHORTEST_JOINED and joined in self._parts:
                yield f"{word} {following}"

    def _single_letters(self, words: Sequence[str]) -> Iterator[str]:
        """Yield runs of two and more words of one letter each that are initials, or a name that is spelled out."""
        for single, letters in groupby(words, key=lambda w: len(w) == 1 and w.isalpha()):
            run = " ".join(letters) if single else ""
            joined = run.replace(" ", "").casefold()
            if len(joined) > 1 and any(n in joined for n in (*self._initials, *(p for p in self._parts if len(p) > 1))):
                yield run

    def _whole_names(self, text: str) -> Iterator[str]:
        """Yield the whole names of anybody on record, of two words or more, all of which stand in the text."""
        words = set(_apart(pa.chunked_array([[text]])).to_pylist()[0])
        words |= {w[:-1] for w in words if w.endswith("s")}
        hit = pc.is_in(pc.list_flatten(self._whole), pa.array(sorted(words), pa.string()))
        of_name = pc.list_parent_indices(self._whole).filter(hit).to_numpy()
        lengths = pc.fill_null(pc.list_value_length(self._whole), 0).to_numpy()
        here = (np.bincount(of_name, minlength=len(lengths)) == lengths) & (lengths > 1)
        return (" ".join(sorted(self._whole[int(at)].as_py())) for at in np.flatnonzero(here)[:1])


def without_rank(author: str) -> str:
    """Return the sender's name without what stands before it: a rank may look like initials.

    >>> without_rank("DC Example"), without_rank("Dr. Example")
    ('Example', 'Example')
    """
    first, _, rest = author.strip().partition(" ")
    return rest if rest and _RANKS.fullmatch(first.strip(".").casefold()) else author


def people_around(dataset: Dataset, children: Collection[str]) -> set[str]:
    """Return the ids of children and of those around them.

    Their adults, other children of these adults, and whoever is recorded with them in a contact, a missing episode, a
    crime or a report.
    """
    family = dataset["family_links"]
    adults = set(_where(family, "child_id", children)["adult_id"].to_pylist())
    siblings = set(_where(family, "adult_id", adults)["child_id"].to_pylist())
    people = set(children) | adults | siblings
    for one, other in (("person_a", "person_b"), ("person_b", "person_a")):
        people |= set(_where(dataset["associations"], one, children)[other].to_pylist())
    for companions in _where(dataset["missing_episodes"], "child_id", children)["companions"].to_pylist():
        people |= {c.strip() for c in (companions or "").split("|")}
    for links, event in (("crime_links", "crime_id"), ("intel_links", "report_id")):
        shared = _where(dataset[links], "person_id", children)[event].to_pylist()
        people |= set(_where(dataset[links], event, shared)["person_id"].to_pylist())
    return {p for p in people if p}


def _where(table: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], pa.array(sorted(set(values)), pa.string())))


def _names(dataset: Dataset, people: Collection[str]) -> Iterator[str]:
    """Yield every name and alias of some people."""
    for table, key in PERSON_TABLES.items():
        rows = _where(dataset[table], key, people)
        for column in ("name", "aliases"):
            if column in rows.column_names:
                yield from (n for text in rows[column].to_pylist() for n in (text or "").split("|") if n.strip())


def _whole_names(dataset: Dataset, but: Collection[str]) -> pa.Array:
    """Return the words of every name and alias of everybody else, one list a name."""
    others = []
    for table, key in PERSON_TABLES.items():
        rows = dataset[table]
        rows = rows.filter(pc.invert(pc.is_in(rows[key], pa.array(sorted(but), pa.string()))))
        for column in ("name", "aliases"):
            if column in rows.column_names:
                others += pc.list_flatten(pc.split_pattern(pc.drop_null(rows[column]), "|")).chunks
    return _apart(pa.chunked_array(others, pa.string()))


def _apart(texts: pa.ChunkedArray) -> pa.Array:
    """Return the words of each text without capitals, accents and signs, as :func:`plain` does for one."""
    bare = pc.utf8_lower(pc.utf8_normalize(texts, "NFKD"))
    for letter, typed in STRUCK.items():
        bare = pc.replace_substring(bare, letter, typed)
    bare = pc.replace_substring_regex(bare, r"[\p{Mn}'’`´.]", "")
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, r"[^\p{L}\p{N}]+", " "))
    return pc.split_pattern(bare, " ").combine_chunks()


def _parts_of(name: str) -> list[str]:
    """Return the parts of a name: O'Varrick is one part, and Varrick names as well.

    >>> _parts_of("Ángela O'Varrick-Smith")
    ['angela', 'ovarrick', 'smith', 'varrick']
    """
    whole = plain(name).split()
    apart = plain(re.sub("['’`´]", " ", name)).split()
    return whole + [p for p in apart if p not in whole and len(p) > 2]


def _initials_of(parts: Sequence[str]) -> set[str]:
    """Return the initials of a name, all of them or of first and last, forwards and backwards; two or more letters.

    >>> sorted(_initials_of(["ann", "mary", "oak"]))
    ['amo', 'ao', 'oa', 'oam', 'oma']
    """
    firsts = [p[0] for p in parts if p[0].isalpha()]
    if len(firsts) < 2:
        return set()
    orders = (firsts, firsts[::-1], [firsts[-1], *firsts[:-1]], [firsts[0], firsts[-1]], [firsts[-1], firsts[0]])
    return {"".join(order) for order in orders}


def _id_pattern(identifier: str) -> re.Pattern[str]:
    """Return what finds an id, or a phrase, whatever stands between its letters and digits."""
    runs = re.findall(r"[^\W\d_]+|\d+", _folded(identifier)) or [re.escape(_folded(identifier))]
    return re.compile(r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, runs)) + r"(?![^\W_])")


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    """Return the words of a text without accents and signs, capitals kept; what owns ends before its ``'s``."""
    words = []
    owned = re.sub("['’`´]s(?!\\w)", " ", _LATIN.sub(" ", text))
    for word in re.sub(r"(?<![^\W_])([^\W\d_])\.", r"\1 ", owned).split():
        words += [w.upper() if word.isupper() else w for w in plain(word).split()]
        # O'Varrick names a Varrick as well, and renee2006 a Renee.
        if re.search("['’`´]", word) or re.search(r"\d[^\W\d_]|[^\W\d_]\d", word):
            words += re.findall(r"[^\W\d_]+", plain(re.sub("['’`´]", " ", word)))
    return words


def _born(dataset: Dataset, people: Collection[str]) -> frozenset[date]:
    days = set()
    for table, key in PERSON_TABLES.items():
        days |= set(_where(dataset[table], key, people)["date_of_birth"].to_pylist())
    return frozenset(days - {None})


def _days_in(text: str, days: Collection[date]) -> Iterator[str]:
    """Yield what in a text writes one of these days: in figures in any order, or with the month in letters."""
    for match in _NUMERIC_DATE.finditer(text):
        figures = sorted(int(g) for g in match.groups())
        for day in days:
            if figures in (sorted((day.year, day.month, day.day)), sorted((day.year % 100, day.month, day.day))):
                yield match.group()
    for match in _FIGURES.finditer(text):
        for day in days:
            if match.group() in {f"{day:{order}}" for order in ("%Y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%y%m%d")}:
                yield match.group()
    words = plain(text).split()
    for day in days:
        month = MONTHS[day.month - 1]
        for at, word in enumerate(words):
            if word.startswith(month):
                beside = words[max(0, at - 2) : at] + words[at + 1 : at + 3]
                if any(re.fullmatch(rf"0?{day.day}(st|nd|rd|th)?", w) for w in beside):
                    yield " ".join([*beside, word])
