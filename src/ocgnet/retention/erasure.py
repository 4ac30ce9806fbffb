"""What has to change in records so that a person or a report is gone from them, relations included.

Decisions: a report that names nobody else and on which no contact of others rests goes with the person; a
report that names others stays, and the person's id and names in its text become ``[erased]``. Crimes stay,
without their link to the person: they are recorded events, not relations. A contact that an erased report
records goes with it. A plan action against a group stays, without the person. A name that somebody else
has too, an officer included, is left where it stands, because it may mean them; so is a nickname of one
word, which may be an ordinary word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.read import whole_words
from ocgnet.edit import Change
from ocgnet.edit.change import Row, rows_of
from ocgnet.errors import UsageError
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind

ERASED = "[erased]"
"""What stands in a text where an erased id or name stood."""

STAFF = frozenset(("assessed_by", "made_by", "owner", "lead_responsible_officer", "social_worker"))
"""Columns that name people who work on a case, never its subjects."""

_IDENTIFYING = ("name", "aliases", "pnc_id")
_NEVER_CONCEALED = STAFF | frozenset(_IDENTIFYING)
"""Other people's own names stay whatever they look like."""

_PEOPLE = ("person", *PERSON_TABLES)

Texts = Mapping[str, pa.Table]
"""Every table of the model as text, whatever is wrong with its rows."""


@dataclass(frozen=True)
class Erasure:
    """An erasure that is ready to be made.

    Parameters
    ----------
    what : str
        ``person`` or ``report``.
    id : str
        Whose records go.
    words : tuple of str
        The id, and the names that are nobody else's: what may be found nowhere afterwards.
    shared : int
        Names that somebody else has too, and that are therefore not searched for.
    reports : tuple of str
        Ids of reports that go with the person.
    change : Change
        Rows that go and rows that change.
    """

    what: str
    id: str
    words: tuple[str, ...]
    shared: int
    reports: tuple[str, ...]
    change: Change


def person_erasure(texts: Texts, person: str) -> Erasure:
    """Return what erasing a person takes.

    Raises
    ------
    UsageError
        When nobody in the records has this id, in a table of people or in any relation.
    """
    if not any(_mentions(texts, name, person) for name in TABLES):
        raise UsageError(f"Nobody in these records has the id {person}. Nothing was changed.")
    words, shared = _names(texts, person)
    reports = _only_about(texts, person)
    builder = _Builder(texts, words)
    for name, table in TABLES.items():
        for column in table.columns:
            if not _is_person(name, column):
                continue
            rows = _rows_naming(texts[name], column, person)
            if column.many:
                builder.edit(name, rows, {column.name: partial(_without, column.name, person)})
            elif name == "plan_actions":
                builder.edit(name, [r for r in rows if r["ocg_id"]], {column.name: _blank})
                builder.drop(name, [r for r in rows if not r["ocg_id"]])
            else:
                builder.drop(name, rows)
    for report in reports:
        _drop_report(builder, texts, report)
    builder.conceal()
    return Erasure("person", person, words, shared, reports, builder.change())


def report_erasure(texts: Texts, report: str) -> Erasure:
    """Return what erasing a report takes: its row, whom it names, and contacts that it alone records.

    Raises
    ------
    UsageError
        When there is no such report.
    """
    if not _rows(texts["intel_reports"], "report_id", report) and not _rows(texts["intel_links"], "report_id", report):
        raise UsageError(f"There is no report {report} in these records. Nothing was changed.")
    builder = _Builder(texts, (report,))
    _drop_report(builder, texts, report)
    builder.conceal()
    return Erasure("report", report, (report,), 0, (report,), builder.change())


class _Builder:
    """Collects rows that go and cells that change."""

    def __init__(self, texts: Texts, words: tuple[str, ...]) -> None:
        self.texts = texts
        self.words = whole_words(words)
        self.gone: dict[str, dict[tuple[str, ...], Row]] = {}
        self.new: dict[str, dict[tuple[str, ...], tuple[Row, dict[str, str]]]] = {}

    def drop(self, name: str, rows: list[dict[str, str]]) -> None:
        for row in rows:
            identity = {c: row[c] for c in TABLES[name].identity}
            self.gone.setdefault(name, {})[tuple(identity.values())] = identity

    def edit(self, name: str, rows: list[dict[str, str]], cells: dict[str, Callable[[dict[str, str]], str]]) -> None:
        for row in rows:
            identity = {c: row[c] for c in TABLES[name].identity}
            _, new = self.new.setdefault(name, {}).setdefault(tuple(identity.values()), (identity, {}))
            new |= {column: make(row) for column, make in cells.items()}

    def conceal(self) -> None:
        """Take the words out of every text that stays."""
        for name, table in TABLES.items():
            for column in table.columns:
                texts = self.texts[name][column.name]
                if column.kind is not Kind.TEXT or column.name in _NEVER_CONCEALED or column.key or not len(texts):
                    continue
                plain = texts.unique().to_pylist()
                hit = [t for t in plain if t and self.words.search(t)]
                if hit:
                    rows = rows_of(self.texts[name].filter(pc.is_in(texts, pa.array(hit, pa.string()))))
                    self.edit(name, rows, {column.name: partial(self._concealed, column.name)})

    def _concealed(self, column: str, row: dict[str, str]) -> str:
        return self.words.sub(ERASED, row[column])

    def change(self) -> Change:
        edits = {
            name: [pair for key, pair in rows.items() if key not in self.gone.get(name, {})]
            for name, rows in self.new.items()
        }
        return Change(drop={n: list(rows.values()) for n, rows in self.gone.items()}, edit=edits, erasing=True)


def _drop_report(builder: _Builder, texts: Texts, report: str) -> None:
    for name in ("intel_reports", "intel_links", "associations"):
        builder.drop(name, _rows(texts[name], "report_id", report))


def _names(texts: Texts, person: str) -> tuple[tuple[str, ...], int]:
    """Return the id with the names, aliases and numbers that are this person's alone, and how many are not."""
    own: set[str] = set()
    others: set[str] = set()
    for name, key in PERSON_TABLES.items():
        wanted = [c for c in (key, *_IDENTIFYING) if c in texts[name].column_names]
        for row in texts[name].select(wanted).to_pylist():
            said = {row.get("name"), *(row.get("aliases") or "").split("|"), row.get("pnc_id")}
            (own if row[key] == person else others).update(w.strip() for w in said if w and w.strip())
    for name, table in TABLES.items():
        for column in STAFF & {c.name for c in table.columns}:
            others.update(w for w in pc.unique(texts[name][column]).to_pylist() if w)
    # A single word, such as a nickname, may be an ordinary word in somebody else's report.
    own = {w for w in own - {person} if re.search(r"\s|\d", w)}
    everybody = "\n".join(sorted(others))
    shared = {w for w in own if whole_words([w]).search(everybody)}
    return (person, *sorted(own - shared)), len(shared)


def _only_about(texts: Texts, person: str) -> tuple[str, ...]:
    """Return the reports that name this person, nobody else, and on which no contact of others rests."""
    links = texts["intel_links"]
    named = links.filter(pc.equal(links["person_id"], person))["report_id"]
    among = links.filter(pc.is_in(links["report_id"], named.combine_chunks()))
    others = set(among.filter(pc.not_equal(among["person_id"], person))["report_id"].to_pylist())
    t = texts["associations"]
    apart = pc.and_(pc.not_equal(t["person_a"], person), pc.not_equal(t["person_b"], person))
    others |= set(t.filter(apart)["report_id"].to_pylist())
    return tuple(sorted(set(named.to_pylist()) - others))


def _is_person(name: str, column: Column) -> bool:
    return column.refers in _PEOPLE or PERSON_TABLES.get(name) == column.name


def _mentions(texts: Texts, name: str, person: str) -> bool:
    return any(_rows_naming(texts[name], c, person) for c in TABLES[name].columns if _is_person(name, c))


def _rows_naming(table: pa.Table, column: Column, person: str) -> list[dict[str, str]]:
    if not column.many:
        return _rows(table, column.name, person)
    near = table.filter(pc.fill_null(pc.match_substring(table[column.name], person), False))
    return [row for row in rows_of(near) if person in map(str.strip, row[column.name].split("|"))]


def _rows(table: pa.Table, column: str, value: str) -> list[dict[str, str]]:
    return rows_of(table.filter(pc.fill_null(pc.equal(table[column], value), False)))


def _without(column: str, person: str, row: dict[str, str]) -> str:
    return "|".join(p for p in row[column].split("|") if p.strip() != person)


def _blank(_: dict[str, str]) -> str:
    return ""
