"""How often the first guess of an import is right: which table a sheet feeds, and which of our columns each column.

Run it as ``python -m benchmarks matching``, with ``wrong`` behind it to see every wrong guess. It measures on the
header sets of ``fixtures/header_sets`` (its README says how they are written). Every style is also measured with what
only it taught the program left out: each word of the lexicon that occurs in no other style (``left out`` below). A
guess of a column is right when it feeds all that is wanted and nothing else; it is harmful when it wrongly feeds an
identity, a group, a date of birth, a role, a risk or an experience.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz

from ocgnet.importing.headers import Lexicon, built_in
from ocgnet.importing.mapping import Guess, ImportMapping, source_of
from ocgnet.importing.matching import suggest
from ocgnet.importing.sheets import Sheet
from ocgnet.importing.thing_sheets import built_in as words_of_things
from ocgnet.model import TABLES, Kind

PLACE = Path(__file__).parent.parent / "fixtures" / "header_sets"

HARMS = frozenset(("date_of_birth", "cse_risk", "cce_risk", "ace", "status", "role", "link_role", "relationship"))
"""Columns beside the ids of people and groups in which a wrong guess is about somebody."""


@dataclass(frozen=True)
class Wanted:
    """What a column is to feed: ``all_of``, at least one of each of ``one_of``, and perhaps of ``perhaps``."""

    all_of: frozenset[str] = frozenset()
    one_of: tuple[frozenset[str], ...] = ()
    perhaps: frozenset[str] = frozenset()

    @property
    def feeds(self) -> bool:
        """Whether it is to feed anything."""
        return bool(self.all_of or self.one_of)

    @property
    def allowed(self) -> frozenset[str]:
        """All that it may feed."""
        return self.all_of.union(self.perhaps, *self.one_of)

    def met_by(self, fed: frozenset[str]) -> bool:
        """Say whether what a guess feeds is right."""
        return self.all_of <= fed <= self.allowed and all(fed & some for some in self.one_of)


@dataclass(frozen=True)
class HeaderSet:
    """Sheets of one style, with the tables and columns that they are to feed."""

    style: str
    sheets: tuple[Sheet, ...]
    tables: Mapping[str, tuple[str, ...]]
    wanted: Mapping[tuple[str, str], Wanted]


def wanted_of(cell: str, tables: Sequence[str]) -> Wanted:
    """Read what a cell of the second line of a grid says."""
    all_of, one_of, perhaps = set(), [], set()
    for term in (t.strip() for t in cell.split(",")):
        names = [n if "." in n else f"{tables[0]}.{n}" for n in term.lstrip("?").split("/") if n != "-"]
        for name in names:
            table, _, column = name.partition(".")
            TABLES[table].column(column)
        if term.startswith("?"):
            perhaps |= set(names)
        elif len(names) > 1:
            one_of.append(frozenset(names))
        else:
            all_of |= set(names)
    if "crimes.offence" in all_of | perhaps:
        perhaps.add("crimes.offence_code")  # a name of one class gives its code
    return Wanted(frozenset(all_of), tuple(one_of), frozenset(perhaps))


def header_set(path: Path) -> HeaderSet:
    """Read one file of header sets."""
    sheets, tables, wanted = [], {}, {}
    for given in tomllib.loads(path.read_text(encoding="utf-8"))["sheet"]:
        lines = [[c.strip() for c in line.split("|")] for line in given["grid"].strip("\n").splitlines()]
        heads, answers, *rows = lines
        assert all(len(line) == len(heads) for line in lines), (path.name, given["name"])
        columns = {h: pa.chunked_array([pa.array([r[k] for r in rows])]) for k, h in enumerate(heads)}
        name = given["name"]
        sheets.append(Sheet(name, f"{path.stem}.xlsx", tuple(heads), columns, np.arange(len(rows)), sheet=name))
        tables[name] = tuple(given["into"])
        wanted |= {(name, h): wanted_of(a, given["into"]) for h, a in zip(heads, answers, strict=True)}
    return HeaderSet(path.stem, tuple(sheets), tables, wanted)


@cache
def header_sets() -> tuple[HeaderSet, ...]:
    """Return all header sets, by name of the style."""
    return tuple(header_set(p) for p in sorted(PLACE.glob("*.toml")))


@dataclass
class Tally:
    """Counts of one measurement, and what was wrong."""

    tables: int = 0
    tables_right: int = 0
    feeding: int = 0
    feeding_right: int = 0
    columns: int = 0
    columns_right: int = 0
    certain: int = 0
    wrong_certain: int = 0
    harmful: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the counts of another measurement."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def row(self) -> str:
        """Return the figures in one line."""

        def share(right: int, of: int) -> str:
            return f"{right:4}/{of:<4} {right / max(of, 1):6.1%}"

        return (
            f"tables {share(self.tables_right, self.tables)}  feeding {share(self.feeding_right, self.feeding)}  "
            f"all columns {share(self.columns_right, self.columns)}  certain {self.certain:3}, "
            f"wrong {self.wrong_certain}; harmful {self.harmful}"
        )


Fed = Mapping[tuple[str, str], Mapping[str, bool]]
"""By sheet and header, the columns of ours that it feeds, and whether that is said to be certain."""


def fed_by(mapping: ImportMapping, sheets: Iterable[Sheet]) -> tuple[Fed, dict[str, list[str]]]:
    """Return what each column of each sheet feeds under a mapping, and the tables of each sheet in their order."""
    sheets = list(sheets)
    names = {source_of(s).name: s.name for s in sheets}
    heads = {(s.name, h) for s in sheets for h in s.header}
    fed: dict[tuple[str, str], dict[str, bool]] = {}
    tables: dict[str, list[str]] = {n: [] for n in names.values()}
    for rule in mapping.tables:
        sheet = names[rule.source]
        tables[sheet].append(rule.into)
        for column in rule.columns:
            sure = Guess.ASK not in (rule.guess, column.guess)
            for header in column.reads:
                if (sheet, header) in heads:
                    fed.setdefault((sheet, header), {})[f"{rule.into}.{column.column}"] = sure
    return fed, tables


def is_harmful(target: str) -> bool:
    """Say whether feeding a column of ours from the wrong place would be about somebody."""
    table, _, name = target.partition(".")
    column = TABLES[table].column(name)
    return name in HARMS or name == "ocg_id" or (column.kind is Kind.ID and (column.refers == "person" or column.key))


def tally_of(given: HeaderSet, fed: Fed, tables: Mapping[str, Sequence[str]]) -> Tally:
    """Compare a guess with what is right."""
    tally = Tally()
    for sheet in given.sheets:
        wanted = given.tables[sheet.name]
        first = tables.get(sheet.name, [])[:1]
        tally.tables += 1
        right = first[0] in wanted if first else not wanted
        tally.tables_right += right
        if not right:
            tally.wrong.append(f"{given.style} / {sheet.name}: table {first or 'none'}, not {wanted or 'none'}")
    for (sheet_name, header), wanted_here in given.wanted.items():
        here = fed.get((sheet_name, header), {})
        right = wanted_here.met_by(frozenset(here))
        off = {t for t in here if t not in wanted_here.allowed}
        tally.columns += 1
        tally.columns_right += right
        tally.feeding += wanted_here.feeds
        tally.feeding_right += wanted_here.feeds and right
        tally.certain += any(here.values())
        tally.wrong_certain += any(here[t] for t in off)
        harmful = any(is_harmful(t) for t in off)
        tally.harmful += harmful
        if not right:
            said = {t: "certain" if sure else "ask" for t, sure in here.items()} or "nothing"
            mark = " HARMFUL" if harmful else ""
            tally.wrong.append(f"{given.style} / {sheet_name} / {header}: {said}{mark}")
    return tally


@cache
def suggested(style: str) -> ImportMapping:
    """Return what the program suggests for the header set of a style."""
    return suggest(next(given.sheets for given in header_sets() if given.style == style))


def measured(given: HeaderSet, lexicon: Lexicon | None = None, things: Lexicon | None = None) -> Tally:
    """Measure what the program suggests for one header set, with all its words or with those of lexicons."""
    mapping = suggest(given.sheets, lexicon=lexicon, things=things) if lexicon else suggested(given.style)
    return tally_of(given, *fed_by(mapping, given.sheets))


def without_rows(given: HeaderSet) -> HeaderSet:
    """Return a header set with nothing but its headers."""
    bare = [replace(s, columns={h: c.slice(0, 0) for h, c in s.columns.items()}, rows=s.rows[:0]) for s in given.sheets]
    return replace(given, sheets=tuple(bare))


@cache
def _words_by_style(lexicon: Callable[[], Lexicon]) -> dict[str, frozenset[tuple[str, ...]]]:
    return {
        s.style: frozenset(lexicon().used_in(h for sheet in s.sheets for h in (sheet.name, *sheet.header)))
        for s in header_sets()
    }


def without_style(style: str, lexicon: Callable[[], Lexicon] = built_in) -> Lexicon:
    """Return a lexicon without the words that, of all styles, this one alone uses."""
    by_style = _words_by_style(lexicon)
    others = frozenset().union(*(words for name, words in by_style.items() if name != style))
    only_here = by_style[style] - others
    full = lexicon()
    own = {(meaning,) for meaning in full.meanings.values()}
    kept = {words: m for words, m in full.meanings.items() if words not in only_here or words in own}
    return replace(full, meanings=kept)


def naive(given: HeaderSet) -> Tally:
    """Measure a matcher that compares the words of headers with the names of our columns, and believes itself."""
    columns = [(t.name, c.name) for t in TABLES.values() for c in t.columns]
    fed: dict[tuple[str, str], dict[str, bool]] = {}
    tables: dict[str, list[str]] = {}
    for sheet in given.sheets:
        best = {}
        for header in sheet.header:
            scored = [(fuzz.token_sort_ratio(header.lower(), c.replace("_", " ")), t, c) for t, c in columns]
            best[header] = max(scored)
        votes = Counter(t for score, t, _ in best.values() if score >= 60)
        if votes:
            tables[sheet.name] = [votes.most_common(1)[0][0]]
        for header, (score, table, column) in best.items():
            if score >= 60:
                fed[sheet.name, header] = {f"{table}.{column}": score >= 80}
    return tally_of(given, fed, tables)


def main() -> None:
    whole, left_out, bare, plain = Tally(), Tally(), Tally(), Tally()
    for given in header_sets():
        here = measured(given)
        outside = measured(given, without_style(given.style), without_style(given.style, words_of_things))
        print(f"{given.style:24} {outside.row()}")
        whole.add(here)
        left_out.add(outside)
        bare.add(measured(without_rows(given), built_in()))
        plain.add(naive(given))
    sheets = sum(len(g.sheets) for g in header_sets())
    print(f"{len(header_sets())} styles, {sheets} sheets, {whole.columns} columns, {whole.feeding} of them to be used")
    print(f"{'naive':24} {plain.row()}")
    print(f"{'each style left out':24} {left_out.row()}")
    print(f"{'headers without rows':24} {bare.row()}")
    print(f"{'all words':24} {whole.row()}")
    if "wrong" in sys.argv[1:]:
        print("\nWrong with the style left out:", *left_out.wrong, sep="\n  ")
        print("\nWrong with all words:", *whole.wrong, sep="\n  ")


if __name__ == "__main__":
    main()
