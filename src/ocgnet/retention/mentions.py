"""Where a text names somebody: as recorded, and as people write names, for a person to decide about.

What stands in a text exactly as the records write it and means nobody else is certain. Everything else may mean
somebody else or no person at all, so it is only listed: the name in police order (SURNAME, Forename), with initials or
further names, an alias, a number of the police computer, the id, a surname or forename alone, and the date of birth
beside any of these. Capitals, accents, spacing, hyphens and line breaks, within a word too, make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.lookalikes import LIKE_LATIN
from ocgnet.english import MONTHS
from ocgnet.evidence.written_identifiers import is_telephone, means_one_thing, pattern_of, squeezed

_STRUCK = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters of their own that Unicode does not take apart."""


_BROKEN = r"[\s\-\u2010-\u2015'\u2018\u2019`]{0,4}"
"""What may stand between two letters of one word: a line may end there."""

_APART = r"[\W_]{0,6}"
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"
_NUMBER_IN_TEXT = 5
"""Digits from which an id that is a number is looked for in texts: shorter ones are numbers of anything."""


def folded(text: str) -> str:
    r"""Return text without capitals, accents, strokes and invisible signs, for finding.

    >>> folded("E\u0301MERIC \u0141u\u00adk")
    'emeric luk'
    """
    if text.isascii():
        return text.lower()
    return _bare(text)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).translate(LIKE_LATIN).casefold().translate(_STRUCK)
    return apart.translate({ord(c): None for c in set(apart) if _is_mark(c)})


def _is_mark(character: str) -> bool:
    if unicodedata.combining(character):
        return True
    return unicodedata.category(character)[0] == "C" and not character.isspace()


_folded = lru_cache(maxsize=4096)(_bare)
"""What is left of one character, which a text has many times over."""


def _placed(text: str) -> tuple[str, list[int]]:
    """Return folded text, and where in the text each of its letters stands."""
    letters, places = [], []
    for place, character in enumerate(text):
        plain = _folded(character)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), [*places, len(text)]


def is_number(identity: str) -> bool:
    """Tell whether an id is a plain number, whose digits stand in texts and cells that are about something else.

    >>> is_number("2"), is_number("12-34"), is_number("N2")
    (True, True, False)
    """
    return not any(c.isalpha() for c in identity)


@dataclass(frozen=True)
class Mention:
    """A passage of a text, from ``begin`` to before ``end``, that means somebody for certain, or may."""

    begin: int
    end: int
    how: str  # in which way it is written, as a person reads it
    certain: bool = False


@dataclass(frozen=True)
class Written:
    """What the records hold of somebody that a text may repeat."""

    id: str
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()  # of the police computer
    born: tuple[date, ...] = ()
    # What identifies things that go as well, and nothing that stays; and the ids of those things.
    identifiers: tuple[str, ...] = ()
    things: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Form:
    how: str
    pattern: re.Pattern[str]
    linked: bool = False  # only in texts that are linked to the person
    capital: bool = False  # elsewhere only where it begins with a capital letter
    strong: bool = False  # means this person wherever it stands
    own_words: bool = False  # only in what somebody wrote in their own words
    certain: bool = False  # means nothing else, however it is written


class Mentions:
    """Finds somebody in texts.

    Parameters
    ----------
    who : Written
        The person, or a report, which has an id only; with the things that go as well.
    others : iterable of str
        Names of everybody else in the records, officers included.
    """

    def __init__(self, who: Written, others: Iterable[str] = ()) -> None:
        self.who = who
        names = [folded(n) for n in others if n]
        # Wider apart than the parts of one name may be.
        self._everybody = ("\n" * 8).join(names)
        self._tokens = {t for n in names for p in n.split() for t in (*_words_of(p), "".join(_words_of(p)))}
        own = [n for n in (*who.names, *who.aliases, *who.numbers) if re.search(r"\s|\d|-", n.strip())]
        shared = {n for n in own if self._is_others(n)}
        self.shared = len(shared)
        sure = {i for i in who.identifiers if means_one_thing(i)}
        self.exact = tuple(sorted(({n.strip() for n in own} - {s.strip() for s in shared}) | sure))
        """Names and numbers, as recorded, that are nobody else's: they are replaced wherever they stand."""
        self._as_recorded = {unicodedata.normalize("NFC", n).casefold() for n in self.exact}
        self.surname_shared = any(t in self._tokens for n in who.names for t in [_parted(n)[2]] if t)

    def _is_others(self, name: str) -> bool:
        return bool(re.search(rf"{_BEGIN}{_joined(_words_of(folded(name)))}{_END}", self._everybody))

    @property
    def _id_in_texts(self) -> bool:
        return not is_number(self.who.id) or len(re.sub(r"\D", "", self.who.id)) >= _NUMBER_IN_TEXT

    @cached_property
    def _forms(self) -> tuple[_Form, ...]:
        return tuple(self._made())

    def _made(self) -> Iterator[_Form]:
        for name in self.who.names:
            yield from self._of_name(name)
        for alias in self.who.aliases:
            words = _words_of(folded(alias))
            if words:
                alone = len(words) == 1 and not any(c.isdigit() for c in alias)
                strong = not alone and not self._is_others(alias)
                yield _Form("alias", _whole(_joined(words)), capital=alone, strong=strong, own_words=alone)
        for number in self.who.numbers:
            if words := _words_of(folded(number)):
                yield _Form("number of the police computer", _whole(_joined(words)), strong=not self._is_others(number))
        if self._id_in_texts:
            yield _Form("id", _whole(re.escape(folded(self.who.id))), strong=not is_number(self.who.id))
        for identifier in self.who.identifiers:
            if len(squeezed(identifier)) >= _NUMBER_IN_TEXT:
                yield _Form(
                    "identifier of a thing",
                    re.compile(pattern_of(identifier)),
                    strong=means_one_thing(identifier),
                    certain=is_telephone(identifier),
                )
        for thing in self._things_in_texts:
            yield _Form("id of a thing", _whole(re.escape(folded(thing))))

    @property
    def _things_in_texts(self) -> list[str]:
        return [t for t in self.who.things if not is_number(t) or len(re.sub(r"\D", "", t)) >= _NUMBER_IN_TEXT]

    def _of_name(self, name: str) -> Iterator[_Form]:
        first, middle, last = _parted(name)
        if not last:
            if first:
                yield _Form("name", _whole(_word(first)), capital=True, own_words=True)
            return
        strong = not self._is_others(name) and not self._is_others(f"{first} {last}")
        between = "".join(rf"(?:{_word(m)}{_APART}|{re.escape(m[0])}\.?{_APART})?" for m in middle)
        f, s = _word(first), _word(last)
        yield _Form("name", _whole(f"{f}{_APART}{between}{s}"), strong=strong)
        after = "".join(rf"(?:{_APART}(?:{_word(m)}|{re.escape(m[0])}{_END}))?" for m in middle)
        yield _Form("police order", _whole(f"{s}{_APART}{f}{after}"), strong=strong)
        yield _Form(
            "with further names", _whole(rf"{f}[\s\-]{{1,3}}(?:[^\W\d_]+[\s\-.]{{1,3}}){{1,2}}{s}"), capital=True
        )
        initials = rf"{re.escape(first[0])}[.\s]{{0,2}}(?:[^\W\d_][.\s]{{0,2}}){{0,2}}"
        yield _Form("initials", _whole(rf"{initials}(?<=[.\s]){s}"))
        yield _Form(
            "police order, initials",
            _whole(rf"{s}[,;\s]{{1,4}}{re.escape(first[0])}(?:[.\s]{{0,2}}[^\W\d_]{_END}){{0,2}}"),
        )
        letters = [first[0], *(rf"(?:{re.escape(m[0])}[.\s]{{0,2}})?" for m in middle), last[0]]
        dotted = rf"{re.escape(letters[0])}\.\s?{''.join(letters[1:-1])}{re.escape(letters[-1])}\."
        yield _Form("initials alone", re.compile(_BEGIN + dotted), own_words=True)
        plain = re.escape(first[0]) + "".join(rf"(?:{re.escape(m[0])})?" for m in middle) + re.escape(last[0])
        yield _Form("initials alone", _whole(plain), linked=True, capital=True, own_words=True)
        for part in dict.fromkeys((last, *(p for p in _words_of(folded(name.rsplit(maxsplit=1)[-1])) if len(p) > 2))):
            yield _Form("surname alone", _whole(_word(part)), linked=part in self._tokens, capital=True, own_words=True)
        yield _Form("forename alone", _whole(f), linked=True, own_words=True)

    def within(self, text: str, *, linked: bool = False, own_words: bool = True) -> list[Mention]:
        """Return every passage of a text that means or may mean the person, in order, none within another.

        ``linked`` texts stand in a row that is tied to the person; in one that is not ``own_words`` but a word of a
        list, a place or a reference, only whole names are looked for.
        """
        plain, places = _placed(text)
        passages: list[Mention] = []
        for form in self._forms:
            if (form.linked and not linked) or (form.own_words and not own_words):
                continue
            for hit in form.pattern.finditer(plain):
                begin, end = places[hit.start()], places[hit.end() - 1] + 1
                while end < len(text) and not _folded(text[end]):
                    end += 1
                passage = text[begin:end]
                if form.capital and not _begins_large(passage) and not linked:
                    continue
                if form.how == "initials alone" and form.linked and passage != passage.upper():
                    continue
                certain = form.certain or self._is_certain(text, begin, end)
                passages.append(Mention(begin, end, form.how, certain))
        if passages or linked:
            passages += self._births(text, plain, places)
        return _apart(passages)

    def _is_certain(self, text: str, begin: int, end: int) -> bool:
        if unicodedata.normalize("NFC", text[begin:end]).casefold() not in self._as_recorded:
            return False
        # Mary-Ann Oak is not Ann Oak, nor is Ann Oak-Smith.
        return not re.search(r"\w[-\u2010-\u2015]$", text[:begin]) and not re.match(r"[-\u2010-\u2015]\w", text[end:])

    def _births(self, text: str, plain: str, places: Sequence[int]) -> Iterator[Mention]:
        for born in self.who.born:
            for hit in _birth(born).finditer(plain):
                yield Mention(places[hit.start()], min(places[hit.end() - 1] + 1, len(text)), "date of birth")

    def named(self, text: str) -> bool:
        """Tell whether a text means the person, in whichever way it is written, and cannot mean anybody else."""
        plain = folded(text)
        return any(form.strong and form.how != "id" and form.pattern.search(plain) for form in self._forms)

    def strong_words(self) -> tuple[str, ...]:
        """Return what has to stand in a text, folded and without what is no letter or digit, that ``named`` finds."""
        return tuple(sorted({"".join(_words_of(folded(n))) for n in self._needed(strong=True)} - {""}))

    def _needed(self, *, strong: bool) -> Iterator[str]:
        yield from (_parted(n)[2] or n for n in self.who.names)
        yield from (a for a in self.who.aliases if not strong or re.search(r"\s|\d|-", a.strip()))
        yield from self.who.numbers
        yield from (squeezed(i) for i in self.who.identifiers if not strong or means_one_thing(i))
        if not strong:
            for name in self.who.names:
                yield from _words_of(folded(name.rsplit(maxsplit=1)[-1]))

    def candidates(self, texts: pa.ChunkedArray) -> pa.Array:
        """Return which of many texts are worth looking at one by one: a quick answer that misses none.

        Initials alone are found by it where they are written with stops.
        """
        coded = pc.fill_null(texts.cast(pa.string()), "").combine_chunks().dictionary_encode()
        return self._worth_a_look(coded.dictionary).take(coded.indices)

    def _worth_a_look(self, texts: pa.Array) -> pa.Array:
        signs = pc.utf8_lower(pc.utf8_normalize(texts, "NFKD"))
        plain = pc.replace_substring_regex(signs, r"[\pM\p{Cf}]+", "")
        squeezed = pc.replace_substring_regex(plain, r"[\s\pP\pS]+", "")
        # What is left beside ASCII may be a letter that only _folded knows.
        hit = pc.match_substring_regex(squeezed, r"[^\x00-\x7f]")
        for word in {"".join(_words_of(folded(n))) for n in self._needed(strong=False)} - {""}:
            if len(word) > 2:
                hit = pc.or_(hit, pc.match_substring(squeezed, word))
        for identity in (*((self.who.id,) if self._id_in_texts else ()), *self._things_in_texts):
            alone = rf"(?:^|[^\pL\pN]){re.escape(folded(identity))}(?:$|[^\pL\pN])"
            hit = pc.or_(hit, pc.match_substring_regex(plain, alone))
        for name in self.who.names:
            first, _, last = _parted(name)
            if last:
                dotted = rf"\b{re.escape(first[0])}\.\s?(?:\pL\.?\s?){{0,3}}{re.escape(last[0])}\."
                hit = pc.or_(hit, pc.match_substring_regex(plain, dotted))
        return hit


def replaced(text: str, mentions: Iterable[Mention], word: str) -> str:
    """Return a text with passages replaced by a word."""
    for mention in sorted(mentions, key=lambda m: -m.begin):
        text = text[: mention.begin] + word + text[mention.end :]
    return text


def concealing(mentions: Mentions, word: str) -> Callable[[str], str]:
    """Return what takes every passage out of a text that may mean somebody, for what must name nobody at all."""

    def conceal(text: str) -> str:
        return replaced(text, mentions.within(text, linked=True), word)

    return conceal


def _apart(passages: Iterable[Mention]) -> list[Mention]:
    """Return passages none of which overlaps another: certain ones first, then longer ones."""
    chosen: list[Mention] = []
    for mention in sorted(passages, key=lambda m: (not m.certain, m.begin - m.end, m.begin)):
        if all(mention.end <= c.begin or mention.begin >= c.end for c in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda m: m.begin)


def _begins_large(passage: str) -> bool:
    return passage[:1] != passage[:1].lower() or passage[:1] == passage[:1].upper()


def _words_of(plain: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain)


def _parted(name: str) -> tuple[str, list[str], str]:
    """Return forename, further names and surname of a recorded name, folded, letters and digits only.

    >>> _parted("Ann Mary O'Neil-Oak"), _parted("OAK, Ann"), _parted("Cher")
    (('ann', ['mary'], 'oneiloak'), ('ann', [], 'oak'), ('cher', [], ''))
    """
    before, comma, after = name.partition(",")
    words = [w for w in ("".join(_words_of(folded(p))) for p in (f"{after} {before}" if comma else name).split()) if w]
    if len(words) < 2:
        return (words[0] if words else ""), [], ""
    if comma and (surname := "".join(_words_of(folded(before)))):
        given = [w for w in ("".join(_words_of(folded(p))) for p in after.split()) if w]
        return (given[0], given[1:], surname) if given else (surname, [], "")
    return words[0], words[1:-1], words[-1]


def _word(letters: str) -> str:
    return _BROKEN.join(map(re.escape, letters))


def _joined(words: Sequence[str]) -> str:
    return _APART.join(map(_word, words)) if words else r"(?!)"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_BEGIN}{pattern}{_END}")


@lru_cache(maxsize=64)
def _birth(born: date) -> re.Pattern[str]:
    """Return what finds a date as people write it, the year in two digits too.

    >>> [bool(_birth(date(1990, 5, 3)).search(t)) for t in ("3.5.90", "03/05/1990", "1990-05-03", "3rd may 1990")]
    [True, True, True, True]
    """
    day, month = rf"0?{born.day}", rf"0?{born.month}"
    year = rf"(?:{born.year}|['\u2019]?{born.year % 100:02})"
    part = r"\s?[./\-\u2010-\u2015 ]\s?"
    said = rf"{MONTHS[born.month - 1]}[a-z]*\.?"
    ways = (
        rf"{day}{part}{month}{part}{year}",
        rf"{born.year}{part}{month}{part}{day}",
        rf"{born.year}{born.month:02}{born.day:02}|{born.day:02}{born.month:02}{born.year}",
        rf"{day}(?:st|nd|rd|th)?\s?(?:of\s)?[\s\-]?{said},?[\s\-]?{year}",
        rf"{said}[\s\-]{day}(?:st|nd|rd|th)?,?[\s\-]{born.year}",
    )
    return re.compile(rf"(?<!\d)(?:{'|'.join(ways)})(?!\d)")
