"""The check of a few records that are added to a store: they are judged together with the rows of the store they meet.

Looked up are the rows that the records refer to, that are about the same people and things, and that a changed day or
id could put in the wrong; they take part in every rule, and are never told of for what was wrong with them before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.check import Checked, check
from ocgnet.checks.families import YOUNGEST
from ocgnet.checks.table import CheckedTable
from ocgnet.checks.thing_references import identify_things
from ocgnet.checks.totals import without_totals
from ocgnet.dataset import About, SourceFile, equal_in, unmatched
from ocgnet.english import counted
from ocgnet.model import PERSON_TABLES, TABLES, Kind, targets_of
from ocgnet.settings import Settings
from ocgnet.sources import Finding, RawTable, Rule, Severity, Source
from ocgnet.sources.parquet import as_text
from ocgnet.sources.problems import one

LookUp = Callable[[str, str, Collection[str]], pa.Table]
"""Gives the rows of a table of which a column holds one of some texts; of a list of ids, one of its ids."""

BEYOND = 2**30
"""Line from which on rows are no lines of a file but rows of the store."""

_BEYOND = re.compile(r"(?:\b[\w.]+, )?\b([Ll])ines? 107[0-9]{7}\b")

_SAME = {
    "memberships": ("nominal_id", "nominal_id"),
    "missing_episodes": ("child_id", "child_id"),
    "thing_links": ("thing_id", "thing_id"),
    "associations": ("person_b", "person_a"),
}
"""Tables whose rows are compared with one another: the column whose ids are looked up, and where."""

_DATED = {"crimes": (("occurred_on", "recorded_on"), ("crime_links", "crime_id"))}
"""Tables whose days date what other tables say of people: those days, and where the rows are named."""


@dataclass(frozen=True)
class Kept:
    """What a store keeps of one force, for looking rows up; ids are those of the force's own files.

    Parameters
    ----------
    look_up : callable
        Gives rows of the store.
    given : frozenset of str
        Tables that the store has; empty while it holds nothing.
    about : About
        What the force said of its records.
    sources : tuple of SourceFile
        Files of the force's latest load.
    wards : callable
        Gives all wards.
    numbered : callable
        Gives one thing whose id is a number, if there is any.
    seen : object
        What tells the store, as it was looked at, from what others make of it.
    """

    look_up: LookUp
    given: frozenset[str]
    about: About
    sources: tuple[SourceFile, ...]
    wards: Callable[[], pa.Table]
    numbered: Callable[[], pa.Table]
    seen: object = None


def check_beside(
    source: Source,
    kept: Kept,
    *,
    deletes: Mapping[str, pa.Table],
    settings: Settings,
    weights: Mapping[str, float] | None = None,
) -> Checked:
    """Find every problem that the records of a source bring into a store, in one pass.

    A source that says nothing of itself is described as the force's records are. ``deletes`` are rows of the store, in
    the types of the model, that go. What rules would say of rows of the store that stay is an error where it was none
    before, and stops the load: such a row cannot be left out.
    """
    if "about.toml" not in {p.name.lower() for p in source.stamps} and source.about == About():
        source = replace(source, about=kept.about)
    usable = [without_totals(raw, source.words) for raw in source.tables.values() if raw.usable]
    alone = {raw.name: CheckedTable(raw, source.words, settings.open_ends) for raw in usable}
    near = _Near(kept)
    _gather(near, alone, deletes)
    before = near.tables()
    after = {
        name: unmatched(name, unmatched(name, rows, alone[name].typed() if name in alone else None), deletes.get(name))
        for name, rows in before.items()
    }
    checked = check(_beside(source, after, kept), settings=settings, weights=weights)
    both = [
        one(
            alone[name].raw.file,
            Rule.TWICE,
            f"{counted(count, 'row')} of {name} would be brought and removed at once. Take out one of the two.",
            whole_file=True,
        )
        for name, rows in deletes.items()
        if name in alone and (count := rows.num_rows - unmatched(name, rows, alone[name].typed()).num_rows)
    ]
    cleared = _cleared(alone, before)
    checked = replace(checked, findings=(*checked.findings, *both, *cleared))
    return _of_source(
        checked,
        source,
        after,
        before,
        lambda: check(_beside(replace(source, tables={}), before, kept), settings=settings, weights=weights),
    )


@dataclass
class _Near:
    """Rows of the store, gathered as they are needed; nothing is asked for twice."""

    kept: Kept
    parts: dict[str, list[pa.Table]] = field(default_factory=dict)
    asked: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def ask(self, name: str, column: str, texts: Iterable[str | None]) -> pa.Table:
        """Add the rows of a table of which a column holds one of these texts, and return those not asked for before."""
        asked = self.asked.setdefault((name, column), set())
        fresh = {t for t in texts if t} - asked
        asked |= fresh
        if not fresh or name not in self.kept.given:
            return TABLES[name].schema.empty_table()
        return self.add(name, self.kept.look_up(name, column, fresh))

    def add(self, name: str, rows: pa.Table) -> pa.Table:
        if rows.num_rows:
            self.parts.setdefault(name, []).append(rows)
        return rows

    def targets(self, name: str, rows: pa.Table) -> None:
        """Add the rows to which rows of a table refer."""
        for column in TABLES[name].columns:
            if column.refers and rows.num_rows:
                texts = set(_ids(rows[column.name], many=column.many))
                for target in targets_of(column):
                    self.ask(target, TABLES[target].key[0], texts)

    def referring(self, name: str, ids: Iterable[str], *, only: Collection[str] = TABLES) -> None:
        """Add the rows that name one of some ids of a table, with what else they refer to."""
        ids = set(ids)
        for other in only:
            for column in TABLES[other].columns:
                if column.refers and name in targets_of(column):
                    self.targets(other, self.ask(other, column.name, ids))

    def tables(self) -> dict[str, pa.Table]:
        """Return what was gathered, each row once."""
        found = {}
        for name, parts in self.parts.items():
            if len(parts) == 1:
                found[name] = parts[0]
                continue
            with duckdb.connect() as db:
                db.register("gathered", pa.concat_tables(parts))
                distinct = db.sql("SELECT DISTINCT * FROM gathered").to_arrow_table()
            found[name] = distinct.cast(TABLES[name].schema)
        return found


def _gather(near: _Near, alone: Mapping[str, CheckedTable], deletes: Mapping[str, pa.Table]) -> None:
    near.add("wards", near.kept.wards())
    for name, t in alone.items():
        for declared in t.declared.columns:
            texts = _ids(t.columns[declared.name].texts, many=declared.many) if declared.kind is Kind.ID else []
            own = tuple(PERSON_TABLES) if PERSON_TABLES.get(name) == declared.name else ()
            for target in own or (targets_of(declared) if declared.refers else ()):
                near.ask(target, TABLES[target].key[0], texts)
        if _absent(t):
            first = t.declared.identity[0]
            near.ask(name, first, t.columns[first].texts.to_pylist())
    _gather_things(near, alone)
    for name, (column, where) in _SAME.items():
        if name in alone:
            near.targets(name, near.ask(name, where, alone[name].columns[column].texts.to_pylist()))
    _gather_dated(near, alone)
    if "family_links" in alone:
        _gather_forebears(near, alone["family_links"])
    for name, rows in deletes.items():
        key = TABLES[name].key[0]
        near.add(name, rows)
        if TABLES[name].key == (key,):
            ids = rows[key].to_pylist()
            near.referring(name, ids)
            for other, of_other in PERSON_TABLES.items() if name in PERSON_TABLES else ():
                near.ask(other, of_other, ids)


def _gather_things(near: _Near, alone: Mapping[str, CheckedTable]) -> None:
    """Add the things that are identified as the records' are, or whose number records name."""
    for (name, column), read in identify_things(alone, {})[0].items():
        near.ask("things", "normalised", read.forms.to_pylist())
        near.ask("things", "thing_id", read.forms.to_pylist())
        if alone[name].columns[column].distinct:
            near.add("things", near.kept.numbered())
    if "things" in alone:
        for column in ("thing_id", "normalised"):
            near.ask("things", column, alone["things"].columns[column].texts.to_pylist())


def _gather_dated(near: _Near, alone: Mapping[str, CheckedTable]) -> None:
    """Add what is recorded of people whose birth changes, and who takes part in events whose day does."""
    for name, key in PERSON_TABLES.items():
        if name in alone:
            near.referring(name, _changed(near, alone[name], key, ("date_of_birth",)))
    for name, (days, (links, by)) in _DATED.items():
        if name in alone:
            ids = _changed(near, alone[name], TABLES[name].key[0], days, known=True)
            near.targets(links, near.ask(links, by, ids))


def _changed(near: _Near, t: CheckedTable, key: str, days: tuple[str, ...], *, known: bool = False) -> list[str]:
    """Return the ids of rows that give a day which the store's row does not; with ``known`` the store has one."""
    name = t.declared.name
    near.ask(name, key, t.columns[key].texts.to_pylist())
    new = t.typed().select([key, *days])
    old = pa.concat_tables(near.parts.get(name, [TABLES[name].schema.empty_table()])).select([key, *days])
    same = equal_in((key, *days), "o", "n")
    dated = " OR ".join(f'n."{c}" IS NOT NULL' for c in days)
    among = f'AND n."{key}" IN (SELECT "{key}" FROM old)' if known else ""
    with duckdb.connect() as db:
        db.register("new", new)
        db.register("old", old)
        rows = db.execute(
            f'SELECT n."{key}" FROM new n WHERE ({dated}) {among} AND NOT EXISTS (SELECT 1 FROM old o WHERE {same})'
        ).fetchall()
    return [key for (key,) in rows]


def _gather_forebears(near: _Near, links: CheckedTable) -> None:
    """Add the links from which a circle of forebears may come: those of the adults' parents, and so on."""
    relationship = links.columns["relationship"]
    rows = relationship.where(relationship.mask(lambda text: text in YOUNGEST))
    adult = links.columns["adult_id"]
    ids = {adult.text(row) for row in rows.tolist()}
    while ids:
        above = near.ask("family_links", "child_id", ids)
        near.targets("family_links", above)
        ids = set(above.filter(pc.is_in(above["relationship"], pa.array(list(YOUNGEST))))["adult_id"].to_pylist())


def _ids(column: pa.Array | pa.ChunkedArray, *, many: bool) -> list[str]:
    texts: list[str] = [t for t in column.to_pylist() if t]
    return [part for text in texts for p in text.split("|") if (part := p.strip())] if many else texts


def _beside(source: Source, rows: Mapping[str, pa.Table], kept: Kept) -> Source:
    """Return a source with rows of the store behind those of its files."""
    tables = {}
    for name, table in TABLES.items():
        own = source.tables.get(name)
        near = rows.get(name)
        if own is not None and (near is None or not own.usable):
            tables[name] = own
        elif own is not None and near is not None:
            count = len(own.lines)
            columns = {}
            for c in table.columns:
                mine = own.columns.get(c.name)
                if mine is None and not near[c.name].null_count < near.num_rows:
                    continue
                text = pa.chunked_array([[""] * count], pa.string()) if mine is None else _plain(mine)
                columns[c.name] = pa.chunked_array([*text.chunks, *_text(near, c.name).chunks], pa.string())
            lines = np.concatenate([own.lines, np.arange(BEYOND, BEYOND + near.num_rows)]).astype(np.int32)
            tables[name] = replace(own, columns=columns, lines=lines)
        elif near is not None or name in kept.given:
            near = table.schema.empty_table() if near is None else near
            lines = np.arange(BEYOND, BEYOND + near.num_rows, dtype=np.int32)
            tables[name] = RawTable(
                name,
                f"{name}.csv",
                {c.name: _text(near, c.name) for c in table.columns},
                lines,
                (),
                near.num_rows,
            )
    return replace(source, tables=tables)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of a file as texts; of Parquet it may hold distinct texts, or times."""
    if pa.types.is_string(column.type):
        return column
    text = as_text(column, Kind.INSTANT if pa.types.is_timestamp(column.type) else Kind.TEXT)
    return text if not isinstance(text, str) else column.cast(pa.string())


def _text(rows: pa.Table, name: str) -> pa.ChunkedArray:
    column = rows[name]
    text = as_text(column, Kind.INSTANT if name in _INSTANTS else Kind.TEXT, stored=True)
    if isinstance(text, str):
        raise TypeError(text)
    filled: pa.ChunkedArray = pc.fill_null(text, "")
    return filled


_INSTANTS = frozenset(c.name for t in TABLES.values() for c in t.columns if c.kind is Kind.INSTANT)


def _of_source(
    checked: Checked,
    source: Source,
    after: Mapping[str, pa.Table],
    before: Mapping[str, pa.Table],
    checked_before: Callable[[], Checked],
) -> Checked:
    """Return the verdict on the rows of the source alone, with what they do to rows of the store."""
    findings: list[Finding] = []
    names = {t.raw.file: name for name, t in checked.tables.items()}
    was: set[tuple[str, str, Rule, str]] | None = None
    for finding in checked.findings:
        own = int(np.searchsorted(finding.lines, BEYOND))
        if own or finding.whole_file:
            findings.append(replace(finding, lines=finding.lines[:own], explain=_in_words(finding.explain)))
        if own < len(finding.lines) and finding.is_error:
            was = _broken(checked_before(), before) if was is None else was
            name = names[finding.file]
            rows = [_identity(name, after[name], int(line) - BEYOND) for line in finding.lines[own:]]
            new = [own + k for k, row in enumerate(rows) if (name, row, finding.rule, finding.column) not in was]
            if new:
                findings.append(_put_wrong(finding, name, new, [rows[k - own] for k in new]))
    for name, t in checked.tables.items():
        t.own = t.raw.lines < BEYOND
        # What was wrong in the store before is no reason to leave out what names it.
        t.reason[~t.own] = -1
        if name in before:
            t.kept = before[name][TABLES[name].key[0]]
    return Checked(source, tuple(findings), checked.period, checked.tables, checked.read_as, checked.by_number)


def _cleared(alone: Mapping[str, CheckedTable], before: Mapping[str, pa.Table]) -> list[Finding]:
    """Warn of columns that a file does not have and that rows of the store which it replaces hold something in."""
    findings = []
    for name, t in alone.items():
        rows = before.get(name)
        absent = [c for c in _absent(t) if rows is not None and rows[c].null_count < rows.num_rows]
        if rows is None or not absent:
            continue
        others = unmatched(name, rows, t.typed())
        for column in absent:
            filled = [r.num_rows - r[column].null_count for r in (rows, others)]
            if count := filled[0] - filled[1]:
                of_rows = "a row of the store that it replaces has" if count == 1 else f"{count:,} such rows have"
                remedy = f"The file has no {column}, and {of_rows} one, which is then lost. Add the column to keep it."
                findings.append(one(t.raw.file, Rule.MISSING_COLUMN, remedy, column=column, severity=Severity.WARNING))
    return findings


def _absent(t: CheckedTable) -> list[str]:
    """Return the columns of a table that a file does not have; what is worked out of others is none."""
    told = {*t.declared.identity, "normalised"}
    return [c.name for c in t.declared.columns if c.name not in t.raw.columns and c.name not in told]


def _put_wrong(finding: Finding, name: str, new: list[int], rows: list[str]) -> Finding:
    """Return what a load does to rows of the store that stay: such a row can be left out by no option."""
    explain = _in_words(finding.explain)

    def said(k: int) -> tuple[str, str]:
        value, remedy = explain(new[k])
        if finding.rule is Rule.REFERENCE:
            remedy = f"{value} goes, and the row with {rows[k]} still names it."
            return value, f"{remedy} Name that row in --deletes as well, or keep {value}."
        says = f"The row with {rows[k]} would break a rule by this load. {remedy}"
        return value, f"{says} Bring that row as well, as it has to be, or name it in --deletes."

    lines = np.zeros(len(new), np.int32)
    return Finding(f"{name} in the store", finding.column, finding.rule, lines, said, whole_file=True)


def _broken(checked: Checked, rows: Mapping[str, pa.Table]) -> set[tuple[str, str, Rule, str]]:
    """Return what was wrong with rows of the store: table, row, rule and column."""
    names = {t.raw.file: name for name, t in checked.tables.items()}
    return {
        (names[f.file], _identity(names[f.file], rows[names[f.file]], int(line) - BEYOND), f.rule, f.column)
        for f in checked.findings
        if f.is_error and f.file in names and not f.whole_file
        for line in f.lines
    }


def _identity(name: str, rows: pa.Table, row: int) -> str:
    cells = rows.slice(row, 1).select(list(TABLES[name].identity)).to_pylist()[0]
    return ", ".join(f"{c} {'(blank)' if v is None else v}" for c, v in cells.items())


def _in_words(explain: Callable[[int], tuple[str, str]]) -> Callable[[int], tuple[str, str]]:
    """Return an explanation that calls a row of the store by that name and by no line."""

    def said(k: int) -> tuple[str, str]:
        value, remedy = explain(k)
        return value, _BEYOND.sub(lambda m: "A row of the store" if m[1] == "L" else "a row of the store", remedy)

    return said
