"""Words of exports beyond those that every check reads: names of offences with their codes, and likely meanings.

Names of offences stand in ``data/offence_names.csv`` and, as titles of classes, in the table of severity weights; what
a word most likely means in ``data/likely_words.toml``. A force adds words of both kinds in its ``words.toml``.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from ocgnet.harm import normal_code, offence_names
from ocgnet.model import TABLES
from ocgnet.words import built_in, plain

_LIKE_ENOUGH = 80
_MOST_CHOICES = 3

_LONG_FORMS = (
    (r"\bpwits\b", "possession with intent to supply"),
    (r"\bposs\b|\bpossess(?:ing|ed)?\b", "possession"),
    (r"\bw/i\b", "with intent"),
    (r"\bw/o\b", "without"),
    (r"\bs(?:ec)?\.? ?(\d+)\b|\bsection (\d+)\b", r"section \1\2"),
    (r"\bm/?v\b", "motor vehicle"),
    (r"\bgrievous bodily harm\b", "gbh"),
    (r"\bactual bodily harm\b", "abh"),
    (r"\battempt\b|\batt\b", "attempted"),
    (r"\b(?:being )?concerned in (?:the )?supply(?:ing)?\b", "supply"),
    (r"\b(?:offer(?:ing)? to supply|supplying)\b", "supply"),
    (r"\b(?:controlled )?drugs? (?:of )?class\b", "class"),
    (r"\bclass ([abc])(?: controlled)?(?: drugs?)?\b", r"class_\1"),
    (r"&", " and "),
)
_DRUGS = re.compile(
    r"\b(?:a |of )*(?:controlled drugs?|class_[abc]|(?:crack |powder )?cocaine|crack|heroin|"
    r"cannabis(?: resin| herbal)?|ketamine|mdma|ecstasy|amphetamines?|methamphetamine|drugs?)\b"
)
_SUPPLY = re.compile(r"(?:possession|production|supply)\b")
_SMALL = re.compile(r"\b(?:of|a|an|the|to|in|on|with|or|and)\b")


class OffenceNames(Mapping[str, str]):
    """Codes by name of an offence, whichever way the name is written; a name of several classes is not in it.

    >>> codes_by_offence()["PWITS class A - cocaine"], codes_by_offence()["Possession of cocaine"]
    ('92A', '92D')
    >>> codes_by_offence()["Sec 18 Wounding With Intent"], "Robbery" in codes_by_offence()
    ('5D', False)
    """

    def __init__(self, by_name: Mapping[str, str]) -> None:
        self._by_name = by_name

    def __getitem__(self, name: str) -> str:
        return self._by_name[comparable(name)]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and comparable(name) in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def comparable(name: str) -> str:
    """Return the name of an offence as it is compared: written out, without small words and signs.

    Which drug was supplied makes no other offence; which was possessed does.

    >>> comparable("Poss w/i to supply Class A (heroin)"), comparable("S.47 assault - A.B.H.")
    ('possession intent supply', 'section 47 assault abh')
    >>> comparable("Possession of Class B drugs"), comparable("Possession of cannabis")
    ('possession class b', 'possession cannabis')
    """
    text = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", name.lower().replace("’", "'"))
    for short, long in _LONG_FORMS:
        text = re.sub(short, long, text)
    text = re.sub(r"[^\w ]+", " ", text)
    if "supply" in text and _SUPPLY.match(text.strip()):
        text = _DRUGS.sub(" ", text)
    text = re.sub(r"\bdrugs\b", "drug", re.sub(r"\bshops\b", "shop", text))
    return " ".join(_SMALL.sub(" ", text).replace("_", " ").split())


@cache
def codes_by_offence() -> OffenceNames:
    """Return the names of offences that come with the program."""
    by_name: dict[str, set[str]] = {}
    for code, title in offence_names().items():
        by_name.setdefault(comparable(title), set()).add(normal_code(code))
    text = (files("ocgnet") / "data" / "offence_names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        by_name.setdefault(comparable(row["name"]), set()).add(row["code"] and normal_code(row["code"]))
    certain = {name: next(iter(codes)) for name, codes in by_name.items() if len(codes) == 1}
    return OffenceNames({name: code for name, code in certain.items() if code})


@cache
def _likely() -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    text = (files("ocgnet") / "data" / "likely_words.toml").read_text(encoding="utf-8")
    listed: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for table, columns in tomllib.loads(text).items():
        for column, by_ours in columns.items():
            for ours, theirs in by_ours.items():
                for word in map(plain, theirs):
                    of_column = listed.setdefault((table, column), {})
                    of_column[word] = (*of_column.get(word, ()), ours)
    return listed


def likely(table: str, column: str, word: str) -> tuple[str, ...]:
    """Return our words that a word of an export is listed as most likely meaning; none where it is not listed."""
    return _likely().get((table, column), {}).get(plain(word), ())


def known(table: str, column: str) -> Mapping[str, str]:
    """Return our word or code for words of a column that mean one thing, beside those of ``words.built_in``.

    For ``crimes.offence_code`` these are codes by name of the offence.
    """
    return codes_by_offence() if (table, column) == ("crimes", "offence_code") else {}


def best(table: str, column: str, word: str) -> tuple[str, ...]:
    """Return our words that a word may mean, the likeliest first, at most three; for a question, never as an answer.

    >>> best("crime_links", "link_role", "CHA"), best("memberships", "role", "Signifcant")
    (('charged',), ('significant',))
    """
    of_column = TABLES[table].column(column)
    listed = likely(table, column, word)
    spelled = {plain(own): own for own in of_column.enum}
    spelled |= {w: ours[0] for w, ours in built_in().columns.get((table, column), {}).items() if len(ours) == 1}
    if (table, column) == ("crimes", "offence_code"):
        codes = codes_by_offence()
        alike = process.extract(comparable(word), list(codes), scorer=fuzz.token_sort_ratio, limit=_MOST_CHOICES)
        return tuple(dict.fromkeys(codes[name] for name, score, _ in alike if score >= _LIKE_ENOUGH))
    alike = process.extract(plain(word), list(spelled), scorer=fuzz.ratio, limit=_MOST_CHOICES)
    near = (spelled[w] for w, score, _ in alike if score >= _LIKE_ENOUGH)
    return tuple(dict.fromkeys((*listed, *near)))[:_MOST_CHOICES]
