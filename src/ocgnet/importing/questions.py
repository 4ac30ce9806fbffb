"""What a mapping leaves open once the sheets are read: formats of days, words, doubtful guesses; one question each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.english import counted
from ocgnet.importing.convert import has_words, meaning
from ocgnet.importing.dates import find_dates, read_day, shown_format
from ocgnet.importing.mapping import OPEN, ColumnRule, Guess, ImportMapping, TableRule
from ocgnet.importing.rows import Gathered, SourceRows, filled, gather
from ocgnet.importing.word_maps import best
from ocgnet.model import TABLES, Ahead, Column, Kind
from ocgnet.words import Words

SKIP = ""
"""The choice that leaves cells blank, or a column or table out."""

_MOST_WORDS = 12
"""Words of one column that are asked about one by one."""

_LISTED = 60
_LONGEST = 40


@dataclass(frozen=True)
class Question:
    """One question about one table, with its choices: what is answered and how it is shown, the best guess first.

    ``about`` is ``table``, ``column``, ``date``, ``word``, ``rest``, ``words``, ``constant`` or ``authority``; ``word``
    the word in question. ``cells`` show what stands in the sheet: for whoever is asked, and for no file. Without a
    ``guess`` no choice is better than another, and one has to be named; where there is no choice, the answer is a text.
    """

    about: str
    table: int
    column: str
    text: str
    choices: tuple[tuple[str, str], ...]
    word: str = ""
    cells: str = ""
    guess: bool = True


class Asked:
    """The sheets of a mapping, and what it leaves open; rows of a rule are gathered once, and anew when it changes."""

    def __init__(self, sources: Mapping[str, SourceRows], words: Words, today: date) -> None:
        self.sources, self.words, self.today = sources, words, today
        self._held: dict[int, tuple[TableRule, Gathered]] = {}

    def gathered(self, number: int, rule: TableRule) -> Gathered:
        """Return the rows of the ``number``-th rule."""
        shape = replace(
            rule,
            guess=Guess.CERTAIN,
            why="",
            columns=tuple(
                replace(c, date=(), century=None, unknown=(), values={}, guess=Guess.CERTAIN, why="")
                for c in rule.columns
            ),
        )
        held = self._held.get(number)
        if held is None or held[0] != shape:
            held = shape, gather(rule, self.sources)
            self._held[number] = held
        return replace(held[1], rule=rule)

    def completed(self, mapping: ImportMapping) -> ImportMapping:
        """Fill in what the values say for certain: formats of days, and a list of the words that nobody knows yet.

        Where an authority has to be named for a table and nothing names it, its place in ``[about]`` is marked open.
        """
        for key in authorities_open(mapping):
            mapping = replace(mapping, about={**mapping.about, key: OPEN})
        for number, rule in enumerate(mapping.tables):
            rows = self.gathered(number, rule)
            columns = tuple(self._completed(rule, c, rows) for c in rule.columns)
            if columns != rule.columns:
                mapping = mapping.with_table(number, replace(rule, columns=columns))
        return mapping

    def _completed(self, rule: TableRule, given: ColumnRule, rows: Gathered) -> ColumnRule:
        column = TABLES[rule.into].column(given.column)
        if given.const or given.take == "count":
            return given
        texts = rows.columns[given.column]
        if column.kind in (Kind.DATE, Kind.MOMENT, Kind.INSTANT) and not given.date:
            found = find_dates(counts_of(texts), today=self.today, ahead=column.ahead is Ahead.PLANNED)
            if found.choices:
                return replace(given, date=(OPEN,), century=found.century, unknown=found.unknown, guess=Guess.ASK)
            why = f"{given.why}; {found.why}" if given.why and found.why else given.why or found.why
            return replace(given, date=found.formats, century=found.century, unknown=found.unknown, why=why)
        if has_words(rule.into, column):
            unknown = self._unknown(rule, given, column, texts)
            new = [w for w in unknown if w not in given.values]
            if new and _are_words(unknown, texts):
                return replace(given, values={**given.values, **dict.fromkeys(new[:_LISTED], OPEN)})
        return given

    def _unknown(self, rule: TableRule, given: ColumnRule, column: Column, texts: pa.Array) -> dict[str, int]:
        """Return the words of a column that have no meaning yet, with how often they stand there."""
        meant = meaning(rule.into, column, given.values, self.words)
        unknown: Counter[str] = Counter()
        for text, times in counts_of(texts).items():
            for piece in text.split(given.between or "|") if column.many else (text,):
                if meant(piece.strip()) is None:
                    unknown[piece.strip()] += times
        return dict(sorted(unknown.items(), key=lambda p: (-p[1], p[0])))

    def questions(self, mapping: ImportMapping) -> Iterator[Question]:
        """Yield what is open, each table before its columns; an answer may settle later ones."""
        for number, rule in enumerate(mapping.tables):
            rows = self.gathered(number, rule)
            if rule.guess is Guess.ASK:
                yield self._about_table(number, rule, rows)
            yield from self._absent(number, rule)
            for given in rule.columns:
                yield from self._about_column(number, rule, given, rows)
        for key, numbers in authorities_open(mapping).items():
            yield self._about_authority(key, [mapping.tables[n] for n in numbers], numbers[0])

    def _about_authority(self, key: str, rules: Sequence[TableRule], number: int) -> Question:
        into, shown = rules[0].into, " and ".join(self.sources[r.source].shown for r in rules)
        text = (
            f"Under what authority were the {into} in {shown} obtained? Its reference is written into about.toml once, "
            f"as {key}; without one the {into} are left out."
        )
        return Question("authority", number, key, text, (), guess=False)

    def _about_table(self, number: int, rule: TableRule, rows: Gathered) -> Question:
        sample = "; ".join(f"{c.column} = {_first(rows.columns[c.column])}" for c in rule.columns if c.reads)
        says = TABLES[rule.into].says.partition(".")[0]
        text = f"Does {rows.source.shown} hold {says[0].lower()}{says[1:]} ({rule.into})? {rule.why}".strip()
        choices = (("yes", "yes"), (SKIP, f"no, leave it out of {rule.into}"))
        return Question("table", number, "", text, choices, cells=f"First row: {sample[:300]}")

    def _absent(self, number: int, rule: TableRule) -> Iterator[Question]:
        for column in TABLES[rule.into].columns:
            if column.never_blank and column.enum and rule.column(column.name) is None:
                shown = self.sources[rule.source].shown
                text = f"Nothing in {shown} says the {column.name} of {rule.into}. What is it, in every row?"
                choices = [(word, word) for word in column.enum]
                choices.append((SKIP, f"leave it out of {rule.into}"))
                yield Question("constant", number, column.name, text, tuple(choices), guess=False)

    def _about_column(self, number: int, rule: TableRule, given: ColumnRule, rows: Gathered) -> Iterator[Question]:
        column = TABLES[rule.into].column(given.column)
        if given.date == (OPEN,):
            yield self._about_days(number, given, column, rows)
        elif given.guess is Guess.ASK:
            yield self._about_guess(number, rule, given, column, rows)
        if has_words(rule.into, column) and not given.const and (rule.into, column.name) != ("crimes", "offence_code"):
            yield from self._about_words(number, rule, given, column, rows)

    def _about_days(self, number: int, given: ColumnRule, column: Column, rows: Gathered) -> Question:
        counts = counts_of(rows.columns[given.column])
        found = find_dates(counts, today=self.today, ahead=column.ahead is Ahead.PLANNED)
        example = next((t for t in counts if _differs(t, found.choices)), "")
        shown = [(c, f"{shown_format(c)}: {example} is {_as_day(example, c)}") for c in found.choices]
        text = f"{_where(rows, given)}: {found.undecided:,} days can be read in two ways. Which is it?"
        choices = (*shown, (SKIP, "leave these cells blank"))
        return Question("date", number, given.column, text, choices, guess=False)

    def _about_guess(self, number: int, rule: TableRule, given: ColumnRule, column: Column, rows: Gathered) -> Question:
        sample = ", ".join(list(counts_of(rows.columns[given.column]))[:4]) if given.reads else given.const
        text = f"Is {_where(rows, given)}, the {given.column} of {rule.into}? {column.says} {given.why}".strip()
        if given.const:
            text = f"Is the {given.column} of {rule.into}, from {rows.source.shown}, always {given.const}? {given.why}"
        shown = [("yes", "yes")]
        if len(given.reads) == 1 and not given.part:
            shown += [(f"{{{c}}}", f"no, take {c}") for c in rows.source.header if c not in given.reads][:8]
        if given.const and column.enum:
            shown += [(f"={word}", f"no, it is {word}") for word in column.enum if word != given.const]
        out = "leave the whole table out" if column.never_blank else "no, leave it blank"
        return Question("column", number, given.column, text, (*shown, (SKIP, out)), cells=f"It holds {sample[:200]}")

    def _about_words(
        self, number: int, rule: TableRule, given: ColumnRule, column: Column, rows: Gathered
    ) -> Iterator[Question]:
        texts = rows.columns[given.column]
        unknown = self._unknown(rule, given, column, texts)
        where = _where(rows, given)
        if unknown and not _are_words(unknown, texts):
            text = f"{where} holds {len(unknown):,} texts that are no words for {rule.into}.{column.name}. What then?"
            all_are = [(word, f"all are {word}") for word in column.enum] if column.never_blank else []
            out = f"leave {rule.into} out" if column.never_blank else "leave the column out"
            yield Question("words", number, given.column, text, ((SKIP, out), *all_are))
            return
        for word, times in list(unknown.items())[:_MOST_WORDS]:
            ours = column.enum or ("yes", "no")
            likely = self.words.meant(rule.into, column, word) or best(rule.into, column.name, word)
            guesses = [w for w in likely if w in ours]
            order = [*guesses, *(w for w in ours if w not in likely)]
            text = f"{where}: what does {word} mean ({counted(times, 'row')})?"
            skip = "leave those rows out" if column.never_blank else "leave those cells blank"
            shown = [(w, w) for w in order]
            choices = (*shown, (SKIP, skip))
            yield Question("word", number, given.column, text, choices, word, guess=bool(guesses))
        if len(unknown) > _MOST_WORDS:
            text = f"{where} has {len(unknown) - _MOST_WORDS:,} further words without a meaning here. What about them?"
            left = ((SKIP, "leave them out"), (OPEN, "I write them into the mapping"))
            yield Question("rest", number, given.column, text, left)


def _as_written(rule: ColumnRule) -> ColumnRule:
    """Return a rule without what turns texts into ours, which no row depends on."""
    return replace(rule, date=(), century=None, unknown=(), values={}, guess=Guess.CERTAIN, why="")


def _where(rows: Gathered, given: ColumnRule) -> str:
    return f"{rows.source.shown}, {' and '.join(given.reads)}"


def answered(mapping: ImportMapping, question: Question, answer: str, asked: Asked) -> ImportMapping:
    """Return the mapping with one answer."""
    if question.about == "authority":
        return _with_authority(mapping, question.column, answer)
    number, rule = question.table, mapping.tables[question.table]
    given = rule.column(question.column)
    if question.about == "table" and answer:
        return mapping.with_table(number, replace(rule, guess=Guess.ANSWERED))
    if given is not None and question.about in ("word", "rest"):
        return mapping.with_column(number, _with_words(given, question, answer))
    if answer == SKIP:
        blank = (
            question.about not in ("table", "constant") and not TABLES[rule.into].column(question.column).never_blank
        )
        return _without_column(mapping, number, given) if given and blank else _without(mapping, number)
    if question.about == "constant" or given is None:
        added = ColumnRule(question.column, const=answer, guess=Guess.ANSWERED)
        return mapping.with_table(number, replace(rule, columns=(*rule.columns, added)))
    return mapping.with_column(number, _otherwise(rule, given, question, answer, asked))


def authorities_open(mapping: ImportMapping) -> dict[str, list[int]]:
    """Return the keys of ``[about]`` that have to name an authority and do not, each with the rules that need it."""
    needed: dict[str, list[int]] = {}
    for number, rule in enumerate(mapping.tables):
        for column in TABLES[rule.into].columns:
            key = f"{rule.into}_authority"
            open_still = column.once and column.required and rule.column(column.name) is None
            if open_still and str(mapping.about.get(key, "")).strip() in ("", OPEN):
                needed.setdefault(key, []).append(number)
    return needed


def _with_authority(mapping: ImportMapping, key: str, answer: str) -> ImportMapping:
    """Return the mapping with the reference of an authority; without the tables that need one where none was named."""
    if answer != SKIP:
        return replace(mapping, about={**mapping.about, key: answer})
    for number in reversed(authorities_open(mapping).get(key, [])):
        mapping = _without(mapping, number)
    return replace(mapping, about={k: v for k, v in mapping.about.items() if k != key})


def _with_words(given: ColumnRule, question: Question, answer: str) -> ColumnRule:
    if question.about == "word":
        return replace(given, values={**given.values, question.word: answer})
    return replace(given, values={w: (answer if ours == OPEN else ours) for w, ours in given.values.items()})


def _otherwise(rule: TableRule, given: ColumnRule, question: Question, answer: str, asked: Asked) -> ColumnRule:
    """Return a column's rule with an answer about its days, its whole content or the guess."""
    if question.about == "date":
        column = TABLES[rule.into].column(given.column)
        texts = asked.gathered(question.table, rule).columns[given.column]
        found = find_dates(counts_of(texts), today=asked.today, ahead=column.ahead is Ahead.PLANNED)
        formats = tuple(answer if f == found.choices[0] else f for f in found.formats)
        return replace(given, date=formats, guess=Guess.ANSWERED)
    if answer == "yes":
        return replace(given, guess=Guess.ANSWERED)
    if question.about == "words" or answer.startswith("="):
        return ColumnRule(given.column, const=answer.removeprefix("="), guess=Guess.ANSWERED)
    return ColumnRule(given.column, parts=answer, guess=Guess.ANSWERED)


def _without(mapping: ImportMapping, number: int) -> ImportMapping:
    """Leave out a table; a source of which nothing else is made is then one that is not used."""
    rule = mapping.tables[number]
    tables = (*mapping.tables[:number], *mapping.tables[number + 1 :])
    used = {t.source for t in tables} | {j.source for t in tables for j in t.joins}
    unused = dict(mapping.unused_sources)
    if rule.source not in used:
        unused[rule.source] = "left out when it was asked about"
    return replace(mapping, tables=tables, unused_sources=unused)


def _without_column(mapping: ImportMapping, number: int, given: ColumnRule) -> ImportMapping:
    rule = mapping.tables[number]
    unused = {s: dict(c) for s, c in mapping.unused_columns.items()}
    for name in given.reads:
        if not any(
            name in c.reads for t in mapping.tables for c in t.columns if t.source == rule.source and c != given
        ):
            unused.setdefault(rule.source, {})[name] = "left out when it was asked about"
    columns = tuple(c for c in rule.columns if c.column != given.column)
    return replace(mapping.with_table(number, replace(rule, columns=columns)), unused_columns=unused)


def counts_of(texts: pa.Array) -> dict[str, int]:
    """Return the different texts of a column that are not blank, the most frequent first."""
    counted = pc.value_counts(texts)
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    return dict(sorted(((w, n) for w, n in pairs if w), key=lambda p: (-p[1], p[0])))


def _are_words(unknown: Mapping[str, int], texts: pa.Array) -> bool:
    """Say whether texts can be words of a list: short, few, and several rows each, or beside words that are known.

    What else stands in the column, a name or a note, is never kept in a mapping.
    """
    rows = int(filled(texts).sum())
    if any(len(w) > _LONGEST or sum(map(str.isdigit, w)) > 3 for w in unknown):
        return False
    return len(unknown) <= _LISTED and (len(unknown) * 2 <= rows or sum(unknown.values()) * 2 <= rows)


def _first(texts: pa.Array) -> str:
    return str(texts[0].as_py()) if len(texts) else ""


def _differs(text: str, formats: Sequence[str]) -> bool:
    return len({_as_day(text, f) for f in formats} - {""}) > 1


def _as_day(text: str, form: str) -> str:
    day = read_day(text, [form], 30)
    return f"{day[0].day} {day[0]:%B %Y}" if day else ""
