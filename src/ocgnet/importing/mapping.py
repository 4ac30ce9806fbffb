"""The mapping of an import, ``import.toml``: which columns of which sheet fill which columns of our tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.english import near
from ocgnet.errors import SourceError
from ocgnet.importing.sheets import Sheet
from ocgnet.importing.thing_ids import FORMS
from ocgnet.model import ABOUT_FIELDS, TABLES
from ocgnet.notation import TomlError, parse_toml
from ocgnet.sources.files import opened
from ocgnet.words import LARGEST_FILE, Words, WordsError, built_in, with_own

MAPPING_FILE = "import.toml"
"""The mapping that made a folder, beside its records."""

OWN_LINE = "# How ocgnet import reads these exports (docs/import.md)."
"""Begins every mapping that the program wrote."""

FORMAT = 1
OPEN = "?"
"""What stands for a word, or a date's format, that nobody has said the meaning of."""

_LARGEST_FILE = 4_000_000
_NAMED = re.compile(r"\{([^{}]*)\}")


class Guess(StrEnum):
    """How a rule came to be: without a doubt, to be asked about, or said by a person."""

    CERTAIN = "certain"
    ASK = "ask"
    ANSWERED = "answered"


@dataclass(frozen=True)
class SourceRule:
    """Which sheet a source of the mapping is, and how it is read.

    ``file`` and ``sheet`` are patterns of names (``crimes_*.csv``); empty for any. ``header`` is the physical row of
    the names of the columns, 0 to find it; of a file of text ``delimiter``, ``quote`` and ``encoding`` are found where
    they are empty.
    """

    name: str
    file: str = ""
    sheet: str = ""
    header: int = 0
    delimiter: str = ""
    quote: str = ""
    encoding: str = ""


@dataclass(frozen=True)
class ColumnRule:
    """How one column of a table is filled.

    ``parts`` is a text with names of columns in it (``{Forename} {Surname}``), ``first`` several of which the first
    that is not blank counts, ``const`` the same text in every row. ``part`` is a regular expression of which the first
    group is kept, ``form`` writes it in one way (``FORMS``), ``between`` is the sign that separates several values in a
    cell. ``date`` holds formats of days,
    ``century`` the last two digits up to which a year of two digits is of this century, ``unknown`` texts that say
    nothing, ``values`` our word for each of theirs: blank to leave the cell blank, ``?`` when nobody has said. ``take``
    (``count``, ``first``, ``last``) makes one row of all that agree in the other columns.
    """

    column: str
    parts: str = ""
    const: str = ""
    first: tuple[str, ...] = ()
    part: str = ""
    form: str = ""
    between: str = ""
    date: tuple[str, ...] = ()
    century: int | None = None
    unknown: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    take: str = ""
    guess: Guess = Guess.CERTAIN
    why: str = ""

    @property
    def templates(self) -> tuple[str, ...]:
        """Every text with names of columns in it."""
        return self.first or ((self.parts,) if self.parts else ())

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that are read, in order; of a joined source with its alias before them."""
        return tuple(dict.fromkeys(name for text in self.templates for name in _NAMED.findall(text)))


@dataclass(frozen=True)
class Join:
    """A look-up in another source: the row whose column ``to`` equals ``on`` here; ``{alias.Column}`` reads it.

    A value that stands in several rows of the other source finds none of them, because it could be either.
    """

    source: str
    on: str
    to: str
    alias: str


@dataclass(frozen=True)
class Each:
    """Several values in one cell, each a row of its own.

    ``between`` separates them, ``part`` (a regular expression) takes what counts of a piece. The column then means the
    piece.
    """

    column: str
    between: str
    part: str = ""


@dataclass(frozen=True)
class TableRule:
    """What fills one table from one source.

    Rows count whose column of ``where`` has one of the values, and none of those of ``unless``. The two columns of
    ``unordered`` are one pair whichever comes first. With ``one_per_key`` the sheet says the same record in several
    rows: the first counts, and what later ones say otherwise is counted.
    """

    into: str
    source: str
    columns: tuple[ColumnRule, ...]
    joins: tuple[Join, ...] = ()
    each: Each | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unordered: tuple[str, ...] = ()
    one_per_key: bool = False
    guess: Guess = Guess.CERTAIN
    why: str = ""

    def column(self, name: str) -> ColumnRule | None:
        """Return the rule of a column; None when nothing fills it."""
        return next((c for c in self.columns if c.column == name), None)


@dataclass(frozen=True)
class ImportMapping:
    """A whole mapping.

    ``unused_sources`` and ``unused_columns`` (by source) say what is left out on purpose, and why; what is named
    nowhere is left out too, and told.
    """

    sources: tuple[SourceRule, ...] = ()
    tables: tuple[TableRule, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    unused_sources: Mapping[str, str] = field(default_factory=dict)
    unused_columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def source(self, name: str) -> SourceRule | None:
        """Return a source by its name."""
        return next((s for s in self.sources if s.name == name), None)

    def with_column(self, at: int, rule: ColumnRule) -> ImportMapping:
        """Return the mapping with one column of its ``at``-th table filled otherwise."""
        old = self.tables[at]
        kept = tuple(rule if c.column == rule.column else c for c in old.columns)
        return self.with_table(at, replace(old, columns=kept))

    def with_table(self, at: int, rule: TableRule) -> ImportMapping:
        """Return the mapping with its ``at``-th table filled otherwise."""
        return replace(self, tables=(*self.tables[:at], rule, *self.tables[at + 1 :]))


def rule_of(rules: Sequence[SourceRule], file: str, sheet: str) -> SourceRule:
    """Return the first rule whose patterns a sheet fits; an empty one for a sheet that fits none."""
    return next((r for r in rules if fits(r, file, sheet)), SourceRule(slug(sheet or file.rpartition(".")[0])))


def fits(rule: SourceRule, file: str, sheet: str) -> bool:
    """Say whether a file, or a sheet of one, is a source of a mapping; case is no difference."""
    return (not rule.file or fnmatch(file.lower(), rule.file.lower())) and (
        not rule.sheet or fnmatch(sheet.strip().lower(), rule.sheet.strip().lower())
    )


def words_beside(path: Path) -> Words:
    """Return our words with those of a ``words.toml`` that stands beside a mapping."""
    beside = path.with_name("words.toml")
    if not beside.is_file():
        return built_in()
    with opened(beside) as file:
        data = file.read(LARGEST_FILE + 1)
    try:
        return with_own(built_in(), data)
    except WordsError as wrong:
        raise SourceError(f"{beside}, {wrong.key or 'whole file'}: {wrong}") from wrong


def slug(name: str) -> str:
    """Return a name as it stands for a source.

    >>> slug("Occurrence links"), slug("crimes 2024-03")
    ('occurrence_links', 'crimes_2024_03')
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "sheet"


def source_of(sheet: Sheet) -> SourceRule:
    """Return the source that a sheet is: by its name in a workbook, by the file's name without its numbers elsewhere.

    Next month's file has another date in its name.
    """
    if sheet.sheet:
        return SourceRule(slug(sheet.name), sheet=_any_of(sheet.sheet))
    stem, dot, ending = sheet.file.rpartition(".")
    rule = SourceRule(slug(sheet.name), file=f"{re.sub('[0-9]+', '*', _any_of(stem))}{dot}{ending}")
    return _as_said(rule, sheet)


def with_ours(mapping: ImportMapping, sheets: Sequence[Sheet]) -> ImportMapping:
    """Return a mapping that takes sheets of our own tables, with our own names of columns, for what they are."""
    for sheet in sheets:
        table = TABLES.get(slug(sheet.name))
        names = [] if table is None else [c.name for c in table.columns if c.name in sheet.header]
        # Another system's table may bear the name of one of ours, and an id or two.
        if table is None or not set(table.key) <= set(names) or len(names) < 0.8 * len(sheet.header):
            continue
        source = source_of(sheet)
        why = "it is called so here"
        columns = tuple(ColumnRule(name, parts=f"{{{name}}}", why=why) for name in names)
        rule = TableRule(table.name, source.name, columns, why="table and columns bear the names they have here")
        others = tuple(t for t in mapping.tables if t.source != source.name)
        unused = {n: w for n, w in mapping.unused_sources.items() if n != source.name}
        rest = {n: "no column of the table is called so" for n in sheet.header if n not in names}
        columns_unused = {**mapping.unused_columns, source.name: rest}
        mapping = replace(mapping, tables=(*others, rule), unused_sources=unused, unused_columns=columns_unused)
        if mapping.source(source.name) is None:
            mapping = replace(mapping, sources=(*mapping.sources, source))
    order = list(TABLES)
    return replace(mapping, tables=tuple(sorted(mapping.tables, key=lambda t: order.index(t.into))))


def with_forms(mapping: ImportMapping, sheets: Sequence[Sheet]) -> ImportMapping:
    """Return a mapping that knows what somebody had to say of how a file is written, so that it is asked once."""
    sources = []
    for rule in mapping.sources:
        said = rule
        for sheet in sheets:
            if fits(rule, sheet.file, sheet.sheet):
                said = _as_said(said, sheet)
        sources.append(said)
    return replace(mapping, sources=tuple(sources))


def _as_said(rule: SourceRule, sheet: Sheet) -> SourceRule:
    said = {what: sheet.form[what] for what in sheet.asked}
    return replace(rule, delimiter=said.get("delimiter", rule.delimiter), encoding=said.get("encoding", rule.encoding))


def _any_of(name: str) -> str:
    """Return a name as a pattern that fits itself."""
    return re.sub(r"[\[\]*?]", "?", name)


def linear_pattern(pattern: str) -> str:
    """Return a regular expression whose first group is called ``part``, or all of it, for a reader of linear time.

    Forces share mappings, and one that another program backtracks on would hold up whoever tries it.

    >>> linear_pattern(r"^(?:a|b)([0-9]+)(x)?"), linear_pattern(r"[(]x")
    ('^(?:a|b)(?P<part>[0-9]+)(?:x)?', '(?P<part>[(]x)')
    """
    pieces = re.split(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?<[^>]*>|\((?!\?))", pattern, flags=re.DOTALL)
    groups = [k for k, piece in enumerate(pieces) if piece == "(" or piece.startswith(("(?P<", "(?<"))]
    for k in groups:
        pieces[k] = "(?P<part>" if k == groups[0] else "(?:"
    return "".join(pieces) if groups else f"(?P<part>{pattern})"


# Reading.

_LIST_KEYS = {"first", "date", "unknown"}
_COLUMN_KEYS = {f.name: f.name for f in fields(ColumnRule)} | {"from": "parts"}
_TABLE_KEYS = ("into", "from", "join", "each", "where", "unless", "unordered", "one_per_key", "guess", "why")


def read_mapping(path: Path) -> ImportMapping:
    """Read a mapping; ``SourceError`` with the place and the remedy when it cannot be meant."""
    with opened(path) as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        raise SourceError(f"{path} is longer than a mapping can be. Write it anew: ocgnet import --suggest SOURCE.")
    try:
        given = parse_toml(data)
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    except TomlError as error:
        raise SourceError(f"{path} is no TOML ({error}). Mend that line.") from error
    return _Reader(path.name).mapping(given)


@dataclass
class _Reader:
    """Turns what a file says into rules, and says where it cannot be meant."""

    file: str

    def refuse(self, where: str, remedy: str) -> SourceError:
        return SourceError(f"{self.file}, {where}: {remedy}")

    def known(self, where: str, given: Mapping[str, Any], allowed: Sequence[str]) -> None:
        for key in given:
            if key not in allowed:
                raise self.refuse(where, f"there is no key {key}{near(key, allowed)}")

    def text(self, where: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse(where, "write a text in quotes.")
        return value

    def texts(self, where: str, value: Any) -> tuple[str, ...]:
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list):
            raise self.refuse(where, 'write a list of texts, as ["one", "two"].')
        return tuple(self.text(where, v) for v in several)

    def table_of(self, where: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(where, "write keys and values, as { key = value }.")
        return value

    def mapping(self, given: Mapping[str, Any]) -> ImportMapping:
        self.known("top", given, ("format", "about", "sources", "table", "unused"))
        if given.get("format", FORMAT) != FORMAT:
            raise self.refuse("format", f"this program reads format {FORMAT}.")
        sources = tuple(self.source(n, s) for n, s in self.table_of("sources", given.get("sources", {})).items())
        listed = given.get("table", [])
        if not isinstance(listed, list):
            raise self.refuse("table", "each table begins with [[table]].")
        tables = tuple(self.table(n, t, sources) for n, t in enumerate(listed, 1))
        unused = self.table_of("unused", given.get("unused", {}))
        self.known("unused", unused, ("sources", "columns"))
        columns = self.table_of("unused.columns", unused.get("columns", {}))
        about = self.table_of("about", given.get("about", {}))
        self.known("about", about, [c.name for c in ABOUT_FIELDS])
        return ImportMapping(
            sources,
            tables,
            about,
            self.reasons("unused.sources", unused.get("sources", {})),
            {name: self.reasons(f"unused.columns.{name}", c) for name, c in columns.items()},
        )

    def reasons(self, where: str, value: Any) -> dict[str, str]:
        """Read names with a reason each; a mere list has none."""
        if isinstance(value, list):
            return dict.fromkeys(self.texts(where, value), "")
        return {name: self.text(f"{where}.{name}", why) for name, why in self.table_of(where, value).items()}

    def source(self, name: str, value: Any) -> SourceRule:
        where = f"sources.{name}"
        given = self.table_of(where, {"file": value} if isinstance(value, str) else value)
        self.known(where, given, [f.name for f in fields(SourceRule) if f.name != "name"])
        header = given.get("header", 0)
        if not isinstance(header, int) or isinstance(header, bool) or header < 0:
            raise self.refuse(where, "header is the number of the row with the names of the columns.")
        texts = {k: self.text(f"{where}.{k}", v) for k, v in given.items() if k != "header"}
        return SourceRule(name, header=header, **texts)

    def table(self, number: int, value: Any, sources: Sequence[SourceRule]) -> TableRule:
        given = self.table_of(f"table {number}", value)
        into = given.get("into")
        where = f"table {number} ({into})"
        if into not in TABLES:
            raise self.refuse(where, f"into names no table{near(str(into), TABLES)}")
        names = [c.name for c in TABLES[into].columns]
        self.known(where, given, (*_TABLE_KEYS, *names))
        source = self.text(f"{where}, from", given.get("from", ""))
        if source not in [s.name for s in sources]:
            raise self.refuse(where, f"from names no source; sources are {', '.join(s.name for s in sources)}.")
        each = given.get("each")
        unordered = self.texts(f"{where}, unordered", given.get("unordered", []))
        if unordered and (len(unordered) != 2 or not set(unordered) <= set(names)):
            raise self.refuse(where, "unordered names two columns of the table.")
        return TableRule(
            into,
            source,
            tuple(self.column(where, n, given[n]) for n in names if n in given),
            tuple(self.join(where, j, sources) for j in given.get("join", [])),
            None if each is None else self.each(where, each),
            self.filter(f"{where}, where", given.get("where", {})),
            self.filter(f"{where}, unless", given.get("unless", {})),
            unordered,
            bool(given.get("one_per_key", False)),
            self.guess(where, given),
            self.text(where, given.get("why", "")),
        )

    def guess(self, where: str, given: Mapping[str, Any]) -> Guess:
        try:
            return Guess(given.get("guess", Guess.ANSWERED))
        except ValueError:
            raise self.refuse(where, f"guess is one of {', '.join(Guess)}.") from None

    def filter(self, where: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {column: self.texts(where, v) for column, v in self.table_of(where, value).items()}

    def join(self, where: str, value: Any, sources: Sequence[SourceRule]) -> Join:
        given = self.table_of(f"{where}, join", value)
        self.known(f"{where}, join", given, [f.name for f in fields(Join)])
        texts = {f.name: self.text(f"{where}, join", given.get(f.name, "")) for f in fields(Join)}
        if texts["source"] not in [s.name for s in sources] or not texts["on"] or not texts["to"]:
            raise self.refuse(
                where, 'write a join as { source = "phones", on = "A number", to = "Number", alias = "a" }.'
            )
        return Join(**texts | {"alias": texts["alias"] or texts["source"]})

    def each(self, where: str, value: Any) -> Each:
        given = self.table_of(f"{where}, each", value)
        self.known(f"{where}, each", given, [f.name for f in fields(Each)])
        texts = {f.name: self.text(f"{where}, each", given.get(f.name, "")) for f in fields(Each)}
        if not texts["column"] or not texts["between"]:
            raise self.refuse(where, 'write each as { column = "Subjects", between = ";" }.')
        self.pattern(where, texts["part"])
        return Each(**texts)

    def pattern(self, where: str, text: str) -> None:
        try:
            re.compile(text)
            if text:
                pc.extract_regex(pa.array(["x"], pa.string()), linear_pattern(text))
        except (re.error, pa.ArrowInvalid) as error:
            raise self.refuse(where, f"part is no regular expression of RE2 ({error}).") from error

    def column(self, table: str, name: str, value: Any) -> ColumnRule:
        where = f"{table}, {name}"
        given = {"from": value} if isinstance(value, str) else self.table_of(where, value)
        self.known(where, given, [k for k in _COLUMN_KEYS if k not in ("column", "parts")])
        read: dict[str, Any] = {}
        for key, item in given.items():
            if key in _LIST_KEYS:
                read[key] = self.texts(where, item)
            elif key == "values":
                pairs = self.table_of(f"{where}.values", item).items()
                read[key] = {word: self.text(f"{where}.values", ours) for word, ours in pairs}
            elif key == "century":
                if not isinstance(item, int) or not 0 <= item <= 99:
                    raise self.refuse(where, "century is a number from 0 to 99.")
                read[key] = item
            elif key != "guess":
                read[_COLUMN_KEYS[key]] = self.text(where, item)
        rule = ColumnRule(name, **read, guess=self.guess(where, given))
        if rule.take not in ("", "count", "first", "last"):
            raise self.refuse(where, "take is count, first or last.")
        if sum(map(bool, (rule.parts, rule.const, rule.first))) != (rule.take != "count"):
            raise self.refuse(where, 'one of from, first and const fills a column; only take = "count" needs none.')
        if rule.form and rule.form not in FORMS:
            raise self.refuse(where, f"form is one of {', '.join(FORMS)}.")
        self.pattern(where, rule.part)
        return rule


# Writing.


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    plain = "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped)
    return f'"{plain}"'


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def toml_value(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(k)} = {toml_value(v)}' for k, v in value.items())} }}" if value else "{}"
    return str(value)


def mapping_text(mapping: ImportMapping, comments: Mapping[tuple[int, str], Sequence[str]] | None = None) -> str:
    """Return a mapping as it is read again; ``comments`` stand above columns, by number of the table and column."""
    lines = [OWN_LINE, f"format = {FORMAT}"]
    if mapping.about:
        lines += ["", "[about]", *(f"{k} = {toml_value(v)}" for k, v in mapping.about.items())]
    for source in mapping.sources:
        lines += ["", f"[sources.{_key(source.name)}]"]
        lines += [
            f"{f.name} = {toml_value(getattr(source, f.name))}"
            for f in fields(SourceRule)
            if f.name != "name" and getattr(source, f.name) != f.default
        ]
    for number, table in enumerate(mapping.tables):
        lines += ["", *_table_lines(number, table, comments or {})]
    if mapping.unused_sources or mapping.unused_columns:
        lines += ["", "# What is left out on purpose, and why."]
    if mapping.unused_sources:
        lines += ["[unused.sources]", *(f"{_key(k)} = {toml_value(v)}" for k, v in mapping.unused_sources.items()), ""]
    for name, columns in mapping.unused_columns.items():
        if columns:
            lines += [
                f"[unused.columns.{_key(name)}]",
                *(f"{_key(k)} = {toml_value(v)}" for k, v in columns.items()),
                "",
            ]
    return "\n".join(lines).rstrip() + "\n"


def _table_lines(number: int, table: TableRule, comments: Mapping[tuple[int, str], Sequence[str]]) -> list[str]:
    lines = ["[[table]]", f"into = {toml_value(table.into)}", f"from = {toml_value(table.source)}"]
    lines.append(f"guess = {toml_value(str(table.guess))}")
    if table.why:
        lines.append(f"why = {toml_value(table.why)}")
    if table.joins:
        joined = [{f.name: getattr(j, f.name) for f in fields(Join)} for j in table.joins]
        lines.append(f"join = {toml_value(joined)}")
    if table.each:
        given = {f.name: getattr(table.each, f.name) for f in fields(Each)}
        lines.append(f"each = {toml_value({k: v for k, v in given.items() if v})}")
    filters = ("where", "unless", "unordered", "one_per_key")
    lines += [f"{key} = {toml_value(getattr(table, key))}" for key in filters if getattr(table, key)]
    below = []
    for rule in table.columns:
        told = [f"# {c}" for c in comments.get((number, rule.column), ())]
        given = _column_keys(rule)
        if rule.values:
            below += [*told, f"[table.{rule.column}]", *(f"{k} = {toml_value(v)}" for k, v in given.items())]
            below += [f"[table.{rule.column}.values]"]
            below += [f"{_key(k)} = {toml_value(v)}" for k, v in rule.values.items()]
        else:
            lines += [*told, f"{rule.column} = {toml_value(given)}"]
    return lines + below


def _column_keys(rule: ColumnRule) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for f in fields(ColumnRule):
        value = getattr(rule, f.name)
        if f.name in ("column", "values", "guess", "why") or value in ("", (), None):
            continue
        given["from" if f.name == "parts" else f.name] = value
    given["guess"] = str(rule.guess)
    if rule.why:
        given["why"] = rule.why
    return given
