"""Erasing a person or a report from records, from what was made of them and from a graph, and proving it.

Decisions: a report that names nobody else and on which no contact of others rests goes with the person; a report that
names others stays, and the person's name in its text becomes ``[erased]``. Crimes stay, without their link to the
person. A plan about the person goes with its actions; an action of somebody else's plan goes when it is about the
person, and only loses the id when a group is named beside it. Changes go with their action. An intelligence gap about
the person goes. An order on somebody else, which protects the person, stays without saying whom it protects. Premises
stay while an order, an activity, a threat, a plan or a score is about them.

An id goes by the columns that hold ids, never by its characters in a number or a text. In texts a name goes by itself
only where it stands exactly as recorded and nobody else bears it; whatever else may mean the person is for somebody
to decide about, passage by passage, before anything is changed (:mod:`ocgnet.retention.mentions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.read import Told
from ocgnet.dataset import About
from ocgnet.edit import Change, Changed, Place, open_place
from ocgnet.edit.change import Row, rows_of
from ocgnet.edit.stores import Neo4jPlace
from ocgnet.errors import SourceError, StoreError, UsageError
from ocgnet.evidence.written_identifiers import known_by, means_one_thing
from ocgnet.files.writing import marking_file
from ocgnet.model import PERSON_TABLES, TABLES, THING_USES, Column, Kind, ids_of_kind, ids_of_people, names_person
from ocgnet.retention.authorities import rows_under
from ocgnet.retention.database import remove_rest, runs_naming, search_graph
from ocgnet.retention.derived import (
    has_loose_ids,
    out_of_reach,
    remove,
    remove_naming,
    runs_in,
    stores_in,
    written_by_ocgnet,
)
from ocgnet.retention.mention_list import Decision, Key, Passage
from ocgnet.retention.mentions import Mention, Mentions, Written, is_number, replaced
from ocgnet.retention.plan_history import HISTORY, opened
from ocgnet.retention.search import Looked, Words, files_in, look_at, naming_in_use, passed_over
from ocgnet.retention.unused_things import RECORDED_OF, Unused, things_in_no_row, unused_things
from ocgnet.retention.watch_rows import files_of_watches, rows_erased
from ocgnet.sources.cells import CellError, read_cell
from ocgnet.store.neo4j.connection import Address
from ocgnet.store.neo4j.kept_runs import remove_run
from ocgnet.store.neo4j.rebuilding import own_server, rebuild

ERASED = "[erased]"
"""What stands in a text where an erased name stood."""

STAFF = frozenset(
    ("assessed_by", "assessor", "changed_by", "lead_responsible_officer", "made_by", "owner", "social_worker")
)
"""Columns that name people who work on a case, never its subjects."""

_IDENTIFYING = ("name", "aliases", "pnc_id")
_NEVER_CONCEALED = STAFF | frozenset(_IDENTIFYING)
"""Other people's own names stay whatever they look like."""

_RESTING_ON_REPORTS = tuple(
    name
    for name, t in TABLES.items()
    if name != "intel_links" and any(c.name == "report_id" and c.refers == "intel_reports" for c in t.columns)
)
"""Tables of what a report records, such as a contact: a row goes with its report."""

Texts = Mapping[str, pa.Table]
"""Every table of the model as text, whatever is wrong with its rows."""


@dataclass(frozen=True)
class Erasure:
    """An erasure that is ready to be made once no passage is undecided."""

    what: str  # ``person``, ``report`` or ``authority``
    id: str
    mentions: Mentions  # what finds who is erased in a text
    reports: tuple[str, ...]  # ids of reports that go with the person
    change: Change  # rows that go and rows that change
    things: tuple[str, ...] = ()  # ids of things that go, and numbers that no row of things holds
    undecided: tuple[Passage, ...] = ()  # passages that may mean the person
    kept: tuple[tuple[Passage, str], ...] = ()  # those that stay, with the reason
    replaced: int = 0  # passages that go

    @property
    def words(self) -> tuple[str, ...]:
        """The id, the names that are nobody else's, and things that go: what may be found nowhere afterwards."""
        own = () if self.what == "authority" else (self.id,)
        return tuple(dict.fromkeys((*own, *self.mentions.exact, *self.things)))

    @property
    def things_to_remember(self) -> set[str]:
        """What the things that go are known by in a later export: their ids, and what identifies them alone."""
        if self.what == "authority":
            return set()
        return {known_by(i) for i in (*self.things, *filter(means_one_thing, self.mentions.who.identifiers))}

    def kept_by_table(self) -> dict[str, list[str]]:
        """Return the passages that stay, by table."""
        by_table: dict[str, list[str]] = {}
        for passage, _ in self.kept:
            by_table.setdefault(passage.table, []).append(passage.passage)
        return by_table

    def sought(self) -> Words:
        """Return what is searched for. Whatever names a report that named nobody else tells of the person too."""
        reports = (self.id,) if self.what == "report" else self.reports
        own = () if self.what == "authority" else (self.id,)
        return Words((*own, *self.mentions.exact), self.mentions, reports=reports, things=self.things)

    def unsought(self) -> list[str]:
        """Return what cannot be searched for, or was not, in sentences."""
        told = []
        if self.mentions.shared:
            told.append(f"in files, {self.mentions.shared} names that somebody else in the records has too")
        if self.what == "authority":
            told.append("the reference itself: take it out of about.toml and load again, so that no new row bears it")
            told.append("results that rest on these rows and name nothing of them: make them anew")
        elif is_number(self.id):
            told.append("the id where it is only a number in a text or a cell: it was searched for in columns of ids")
        if self.what == "person":
            told.append(
                "in files, a surname, forename, initials or nickname of one word alone, or a date of birth alone"
            )
            told.append("in texts that are not linked to the person, a forename alone or initials without stops")
            told.append("a stop check that names nobody, whatever date of birth it holds")
        if any(not means_one_thing(i) for i in self.mentions.who.identifiers):
            told.append("in files, short numbers and labels of things that went, which may mean something else")
        if self.mentions.surname_shared:
            told.append("in texts that are not linked to the person, the surname alone, which others have too")
        return told


def person_erasure(texts: Texts, person: str, decisions: Mapping[Key, Decision] | None = None) -> Erasure:
    """Return what erasing a person takes.

    Raises UsageError when nobody in the records has this id, in a table of people or in any relation.
    """
    if not any(_mentions(texts, name, person) for name in TABLES):
        raise UsageError(f"Nobody in these records has the id {person}. Nothing was changed.")
    reports = _only_about(texts, person)
    builder = _Builder(texts, decisions or {})
    for name, table in TABLES.items():
        for column in table.columns:
            if not names_person(name, column):
                continue
            rows = _rows_naming(texts[name], column, person)
            if column.many:
                builder.edit(name, rows, {column.name: partial(_without, column.name, person)})
                continue
            also = [row for row in rows if _is_about_others(name, column.name, row, person)]
            cells = ("subject_kind", column.name) if column.refers == "subject" else (column.name,)
            builder.edit(name, also, dict.fromkeys(cells, _blank))
            builder.drop(name, [row for row in rows if row not in also])
    builder.drop_resting_on_plans()
    for report in reports:
        _drop_report(builder, texts, report)
    things = builder.drop_unused_things()
    builder.conceal(_mentions_of(texts, person, things), _linked_to(texts, person))
    return builder.erasure("person", person, reports, things.ids)


def report_erasure(texts: Texts, report: str, decisions: Mapping[Key, Decision] | None = None) -> Erasure:
    """Return what erasing a report takes: its row, whom it names, and contacts that it alone records.

    Raises UsageError when there is no such report.
    """
    if not _rows(texts["intel_reports"], "report_id", report) and not _rows(texts["intel_links"], "report_id", report):
        raise UsageError(f"There is no report {report} in these records. Nothing was changed.")
    builder = _Builder(texts, decisions or {})
    _drop_report(builder, texts, report)
    things = builder.drop_unused_things()
    builder.conceal(Mentions(Written(report, identifiers=things.identifiers, things=things.ids)), {})
    return builder.erasure("report", report, (report,), things.ids)


def authority_erasure(texts: Texts, ref: str, about: About, decisions: Mapping[Key, Decision] | None = None) -> Erasure:
    """Return what erasing all rows takes that were obtained under an authority.

    A thing whose row goes stays, without what the row said of it, where rows of another authority name it. Raises
    UsageError when no row was obtained under it.
    """
    gone = rows_under(texts, about, ref)
    things, bare = things_in_no_row(texts, gone)
    builder = _Builder(texts, decisions or {})
    for name, mask in things.rows.items():
        builder.drop(name, rows_of(texts[name].filter(pa.array(mask))))
    for row in rows_of(texts["things"].filter(pa.array(bare))):
        builder.edit(
            "things", [row], {c.name: _blank for c in TABLES["things"].columns if not c.never_blank and row[c.name]}
        )
    builder.conceal(Mentions(Written("", identifiers=things.identifiers, things=things.ids)), {})
    return builder.erasure("authority", ref, (), things.ids)


class _Builder:
    """Collects rows that go and cells that change."""

    mentions: Mentions

    def __init__(self, texts: Texts, decisions: Mapping[Key, Decision]) -> None:
        self.texts = texts
        self.decisions = decisions
        self.gone: dict[str, dict[tuple[str, ...], Row]] = {}
        self.new: dict[str, dict[tuple[str, ...], tuple[Row, dict[str, str]]]] = {}
        self.undecided: list[Passage] = []
        self.kept: list[tuple[Passage, str]] = []
        self.replaced = 0

    def drop(self, name: str, rows: list[dict[str, str]]) -> None:
        for row in rows:
            identity = _identity(name, row)
            self.gone.setdefault(name, {})[tuple(identity.values())] = identity

    def edit(self, name: str, rows: list[dict[str, str]], cells: Mapping[str, Callable[[dict[str, str]], str]]) -> None:
        for row in rows:
            identity = _identity(name, row)
            _, new = self.new.setdefault(name, {}).setdefault(tuple(identity.values()), (identity, {}))
            new |= {column: make(row) for column, make in cells.items()}

    def drop_unused_things(self) -> Unused:
        """Drop the things that nobody uses once the rows dropped so far are gone, with what is recorded of them."""
        gone = {name: self._dropped(name) for name in (*THING_USES, *RECORDED_OF)}
        unused = unused_things(self.texts, gone)
        for name, mask in unused.rows.items():
            self.drop(name, rows_of(self.texts[name].filter(pa.array(mask))))
        return unused

    def plans_gone(self) -> set[str]:
        """Return the ids of the plans that go."""
        return {row["plan_id"] for row in self.gone.get("plans", {}).values()}

    def drop_resting_on_plans(self) -> None:
        """Drop the actions of plans that go, and the changes of actions that go; activities lose such a plan."""
        actions, changes, going = self.texts["plan_actions"], self.texts["plan_changes"], self.plans_gone()
        self.drop("plan_actions", rows_of(actions.filter(_among(actions["plan_id"], going))))
        activities = self.texts["activities"]
        self.edit("activities", rows_of(activities.filter(_among(activities["plan_id"], going))), {"plan_id": _blank})
        gone = [row["action_id"] for row in self.gone.get("plan_actions", {}).values()]
        self.drop("plan_changes", rows_of(changes.filter(_among(changes["action_id"], gone))))

    def _dropped(self, name: str) -> np.ndarray:
        """Tell of each row of a table whether it goes."""
        going = self.gone.get(name, {})
        columns = [self.texts[name][c].to_pylist() for c in TABLES[name].identity] if going else []
        if not going:
            return _none(self.texts[name])
        return np.fromiter((row in going for row in zip(*columns, strict=True)), bool)

    def conceal(self, mentions: Mentions, linked: Mapping[str, set[str]]) -> None:
        """Take the person out of every text that stays; ``linked`` are the ids, by table, of what is tied to them."""
        self.mentions = mentions
        for name, table in TABLES.items():
            if not self.texts[name].num_rows:
                continue
            tied = _tied(self.texts[name], name, linked)
            for column in table.columns:
                if column.kind is not Kind.TEXT or column.name in _NEVER_CONCEALED or column.key:
                    continue
                near = np.asarray(self.mentions.candidates(self.texts[name][column.name]))
                # What stands there as JSON is opened first.
                every = (name, column.name) == HISTORY
                at = np.flatnonzero(near | (tied if column.free_text else False) | every)
                for k, row in zip(at.tolist(), rows_of(self.texts[name].take(pa.array(at))), strict=True):
                    self._conceal(name, column, row, linked=bool(tied[k]))

    def _conceal(self, name: str, column: Column, row: dict[str, str], *, linked: bool) -> None:
        identity = _identity(name, row)
        key = tuple(identity.values())
        if key in self.gone.get(name, {}) or column.name in self.new.get(name, {}).get(key, ({}, {}))[1]:
            return
        within = partial(self.mentions.within, linked=linked, own_words=column.free_text)
        before = opened(row[column.name]) if (name, column.name) == HISTORY else None
        if before is None:
            text = row[column.name]
            going = self._going(name, identity, column, text, within(text))
            new = replaced(text, going, ERASED)
        else:
            bare = before.without_ids(self.mentions.who.id, self.plans_gone())
            going = self._going(name, identity, column, bare.text, bare.mentions(within))
            new = bare.replaced(going, ERASED).written() if going or bare != before else row[column.name]
        self.replaced += len(going)
        if new != row[column.name]:
            self.edit(name, [row], {column.name: lambda _: new})

    def _going(
        self, name: str, identity: dict[str, str], column: Column, text: str, mentions: Sequence[Mention]
    ) -> list[Mention]:
        """Return the passages of a text that go; the others are kept, or are to be decided about."""
        going = []
        for mention in mentions:
            passage = text[mention.begin : mention.end]
            where = Passage(name, identity, column.name, mention.begin, passage, mention.how, text)
            decision = self.decisions.get(where.key)
            if mention.certain or (decision is not None and decision.replace):
                going.append(mention)
            elif decision is None:
                self.undecided.append(where)
            else:
                self.kept.append((where, decision.reason))
        return going

    def erasure(self, what: str, identity: str, reports: tuple[str, ...], things: tuple[str, ...]) -> Erasure:
        edits = {
            name: [pair for key, pair in rows.items() if key not in self.gone.get(name, {})]
            for name, rows in self.new.items()
        }
        change = Change(drop={n: list(rows.values()) for n, rows in self.gone.items()}, edit=edits, erasing=True)
        undecided, kept = tuple(self.undecided), tuple(self.kept)
        return Erasure(what, identity, self.mentions, reports, change, things, undecided, kept, self.replaced)


def _identity(name: str, row: Row) -> dict[str, str]:
    return {c: row[c] for c in TABLES[name].identity}


def _drop_report(builder: _Builder, texts: Texts, report: str) -> None:
    for name in ("intel_reports", "intel_links", *_RESTING_ON_REPORTS):
        builder.drop(name, _rows(texts[name], "report_id", report))


def _none(table: pa.Table) -> np.ndarray:
    return np.zeros(table.num_rows, bool)


def _mentions_of(texts: Texts, person: str, things: Unused) -> Mentions:
    """Return what finds a person in texts, by their names, aliases, numbers and things and by everybody else's."""
    own: dict[str, set[str]] = {"name": set(), "aliases": set(), "pnc_id": set()}
    others: set[str] = set()
    born = set()
    for name, key in PERSON_TABLES.items():
        wanted = [c for c in (key, *_IDENTIFYING, "date_of_birth") if c in texts[name].column_names]
        for row in texts[name].select(wanted).to_pylist():
            written = {
                "name": [row["name"]],
                "aliases": (row.get("aliases") or "").split("|"),
                "pnc_id": [row.get("pnc_id")],
            }
            for kind, names in written.items():
                plain = {n.strip() for n in names if n and n.strip()}
                (own[kind] if row[key] == person else others).update(plain)
            if row[key] == person:
                with suppress(CellError):
                    born.add(read_cell(TABLES[name].column("date_of_birth"), row["date_of_birth"]))
    for name, table in TABLES.items():
        for column in STAFF & {c.name for c in table.columns}:
            others.update(w for w in pc.unique(texts[name][column]).to_pylist() if w)
    who = Written(
        person,
        tuple(sorted(own["name"])),
        tuple(sorted(own["aliases"] - own["name"])),
        tuple(sorted(own["pnc_id"])),
        tuple(sorted(b for b in born if b)),
        things.identifiers,
        things.ids,
    )
    return Mentions(who, others)


def _linked_to(texts: Texts, person: str) -> dict[str, set[str]]:
    """Return the ids of the reports, crimes and groups of a person, of the person with their relatives, and of plans.

    Those are the plans and actions about any of these people and groups.
    """

    def ids(name: str, column: str, of: str) -> set[str]:
        table = texts[name]
        return set(table.filter(pc.equal(table[column], person))[of].to_pylist()) - {"", None}

    contacts = [("associations", c, "report_id") for c in ("person_a", "person_b")]
    contacts.append(("thing_links", "person_id", "report_id"))
    relatives = ids("family_links", "adult_id", "child_id") | ids("family_links", "child_id", "adult_id")
    groups, family = ids("memberships", "nominal_id", "ocg_id"), {person} | relatives
    plans, actions, subject = texts["plans"], texts["plan_actions"], TABLES["plans"].column("subject_id")
    of_either = [_among(ids_of_kind(plans, subject, k), i) for k, i in (("person", family), ("group", groups))]
    theirs = set(plans.filter(pc.or_(*of_either))["plan_id"].to_pylist())
    own = _tied(actions, "plan_actions", {"person": family, "ocgs": groups, "plans": theirs})
    return {
        "plans": theirs,
        "plan_actions": set(actions.filter(pa.array(own))["action_id"].to_pylist()),
        "intel_reports": set().union(*(ids(*way) for way in (("intel_links", "person_id", "report_id"), *contacts))),
        "crimes": ids("crime_links", "person_id", "crime_id"),
        "ocgs": groups,
        "person": family,
    }


def _tied(table: pa.Table, name: str, linked: Mapping[str, set[str]]) -> np.ndarray:
    """Tell of each row whether one of its ids is of those that are linked."""
    tied = np.zeros(table.num_rows, bool)
    for column in TABLES[name].columns:
        if column.refers == "subject":
            for kind, target in (("person", "person"), ("group", "ocgs")):
                tied |= np.asarray(_among(ids_of_kind(table, column, kind), linked.get(target, ())), bool)
            continue
        target = "person" if names_person(name, column) else column.refers or (name if column.key else "")
        ids = linked.get(target)
        if not ids or column.kind is not Kind.ID:
            continue
        if column.many:
            tied |= [not ids.isdisjoint(map(str.strip, (c or "").split("|"))) for c in table[column.name].to_pylist()]
        else:
            tied |= np.asarray(pc.is_in(table[column.name], pa.array(sorted(ids), pa.string())))
    return tied


def _only_about(texts: Texts, person: str) -> tuple[str, ...]:
    """Return the reports that name this person, nobody else, and on which nothing that is recorded of others rests."""
    links = texts["intel_links"]
    named = links.filter(pc.equal(links["person_id"], person))["report_id"]
    among = links.filter(pc.is_in(links["report_id"], named.combine_chunks()))
    others = set(among.filter(pc.not_equal(among["person_id"], person))["report_id"].to_pylist())
    for name in _RESTING_ON_REPORTS:
        t = texts[name]
        apart = pa.chunked_array([pa.array(~_none(t))])
        for column in TABLES[name].columns:
            if names_person(name, column):
                apart = pc.and_(apart, pc.not_equal(pc.fill_null(ids_of_people(t, column), ""), person))
        others |= set(t.filter(apart)["report_id"].to_pylist())
    return tuple(sorted(set(named.to_pylist()) - others))


def _mentions(texts: Texts, name: str, person: str) -> bool:
    return any(_rows_naming(texts[name], c, person) for c in TABLES[name].columns if names_person(name, c))


def _rows_naming(table: pa.Table, column: Column, person: str) -> list[dict[str, str]]:
    cells = ids_of_people(table, column)
    if not column.many:
        return rows_of(table.filter(pc.fill_null(pc.equal(cells, person), False)))
    near = table.filter(pc.fill_null(pc.match_substring(cells, person), False))
    return [row for row in rows_of(near) if person in map(str.strip, row[column.name].split("|"))]


def _is_about_others(name: str, column: str, row: Row, person: str) -> bool:
    """Tell whether a row that names a person in a column stays without it: an action or an order about another too."""
    if name == "orders":
        return column == "protects" and row["person_id"] != person
    return name == "plan_actions" and bool(row["ocg_id"])


def _among(cells: pa.ChunkedArray, ids: Iterable[str]) -> pa.ChunkedArray:
    """Tell of each cell whether it is one of some ids; a blank one never is."""
    return pc.is_in(cells, pa.array(sorted(set(ids) - {""}), pa.string()))


def _rows(table: pa.Table, column: str, value: str) -> list[dict[str, str]]:
    return rows_of(table.filter(pc.fill_null(pc.equal(table[column], value), False)))


def _without(column: str, person: str, row: dict[str, str]) -> str:
    return "|".join(p for p in row[column].split("|") if p.strip() != person)


def _blank(_: dict[str, str]) -> str:
    return ""


# Erasing somebody or a report everywhere it can be found, and proving it.

LOOKING_UP = "ocgnet review erase: looking up"
"""What the log says of finding out who is to be erased, which changes nothing."""


@dataclass
class Proof:
    """What was erased, and where nothing was found afterwards."""

    changed: dict[str, dict[str, Changed]] = field(default_factory=dict)  # rows by table, by place
    removed: list[Path] = field(default_factory=list)  # derived files that went
    runs: list[str] = field(default_factory=list)  # ids of written-back runs that went
    looked: list[Looked] = field(default_factory=list)  # every file that was searched
    graph: list[str] = field(default_factory=list)  # one sentence for each database that was searched
    remains: list[str] = field(default_factory=list)  # where a word still stands; empty when it is found nowhere
    unsearched: list[str] = field(default_factory=list)  # what could not be looked at, each with the reason


def erasure_in(
    texts: Texts,
    what: str,
    identity: str,
    decisions: Mapping[Key, Decision] | None = None,
    *,
    lenient: bool = False,
    about: About | None = None,
) -> Erasure:
    """Return what erasing a ``person``, a ``report`` or all rows under an ``authority`` from records takes.

    Where the records do not hold it, that is a ``UsageError``; with ``lenient`` nothing of the records changes, and
    the id alone, whose names are not known, is looked for in files.
    """
    try:
        if what == "authority":
            return authority_erasure(texts, identity, about or About(), decisions)
        made = person_erasure if what == "person" else report_erasure
        return made(texts, identity, decisions)
    except UsageError:
        if lenient:
            return Erasure(what, identity, Mentions(Written(identity)), (), Change())
        raise


def erased_before(acts: Iterable[Told], identity: str, key: bytes | None) -> Told | None:
    """Return the last act that began to erase somebody or a report; None when the log tells of none."""
    begun = [a for a in acts if a.kind == "erase" and a.what != LOOKING_UP and a.concerns(identity, key)]
    return begun[-1] if begun else None


def elsewhere(
    where: str | Path,
    erasure: Erasure,
    also: Sequence[Path],
    told: Sequence[Told],
    decisions: Mapping[Key, Decision] | None = None,
) -> dict[Path, Erasure]:
    """Return what the erasure takes from other stores that name the person.

    They stand in the folders of ``also``, or the log says that ocgnet wrote them.
    Those may hold texts that the records do not, so their passages are for a person to decide about as well.

    Raises
    ------
    UsageError
        When a path of ``also`` does not exist.
    """
    for path in also:
        if not path.exists():
            raise UsageError(f"--also {path} does not exist. Nothing was changed.")
    own, words = [h.resolve() for h in _home(where)], Words((erasure.id, *erasure.words), erasure.mentions)
    found: dict[Path, Erasure] = {}
    for store in stores_in([*also, *written_by_ocgnet(told)]):
        # One file may be reached by several names.
        if store.resolve() not in own and _named_in(store, words):
            own.append(store.resolve())
            copy = open_place(str(store))
            # What it does not know by id is searched for afterwards all the same.
            found[store] = erasure_in(copy.texts(), erasure.what, erasure.id, decisions, lenient=True, about=copy.about)
    return found


def names_of(where: str | Path, place: Place) -> frozenset[str]:
    """Return under which names the log may tell of the records at hand: as given, and the address of a database."""
    return frozenset((str(where), *((place.store.address.uri,) if isinstance(place, Neo4jPlace) else ())))


def _home(where: str | Path) -> list[Path]:
    return [where] if isinstance(where, Path) else [Path(where)] if where.endswith(".duckdb") else []


def _named_in(file: Path, words: Words) -> bool:
    try:
        return bool(look_at(file, words, loose=False).found)
    except SourceError:
        return False


def undecided_in(erasures: Iterable[Erasure]) -> list[Passage]:
    """Return the passages to be decided about, those of two copies of one record once."""
    return list({p.key: p for erasure in erasures for p in erasure.undecided}.values())


def erase(
    where: str | Path,
    erasure: Erasure,
    also: Sequence[Path],
    told: Sequence[Told],
    ask: Callable[[str], str] | None = None,
    *,
    others: Mapping[Path, Erasure] | None = None,
    list_file: Path | None = None,
) -> Proof:
    """Erase from other stores, from derived files and from records, then search everything.

    The records come last: they alone know the names, so that an erasure which was interrupted can be repeated.

    Stores, runs and packs in the folders of ``also`` lose the person, and a file named itself goes when it names the
    person; other files in the folders are searched only. ``told`` are acts of the log, from which files that ocgnet
    wrote are found. ``others`` are those stores and what goes from them, as :func:`elsewhere` found them; without it
    they are looked for. ``list_file``, from which the decisions came, goes once the records are changed. ``remains`` of
    the proof says where something could not be removed, ``unsearched`` what could not be looked at.

    Raises
    ------
    UsageError
        When passages are undecided, here or in another store; nothing was changed then.
    """
    if others is None:
        others = elsewhere(where, erasure, also, told)
    if passages := undecided_in([erasure, *others.values()]):
        raise UsageError(
            f"{len(passages):,} passages may mean who is to be erased, and nobody has decided about them. Nothing was "
            "changed."
        )
    proof, words = Proof(), erasure.sought()
    place = open_place(where, ask)
    # What would be refused is refused before anything else is gone.
    place.foresee(erasure.change)
    known, home = written_by_ocgnet(told), _home(where)
    for store, change in others.items():
        _from_place(str(store), open_place(str(store)), change, proof, ask)
    watched = files_of_watches(where, place, [*also, *home, *known])
    proof.changed |= rows_erased(watched, words)
    folders = [*also, *home, *known, *watched]
    lists = [] if list_file is None else [marking_file(list_file.absolute()), list_file.absolute()]
    single = [p for p in known if p.is_file() and p not in lists]
    removed, unread = remove_naming(folders, single, also, words)
    proof.removed += removed
    _from_place(str(where), place, erasure, proof, ask)
    # It names people. Until here it was needed to finish what was interrupted.
    proof.removed += [remove(file) for file in lists if file.exists()]
    # The log tells of single files and of folders of runs; other files that stand in those are searched as well.
    kept = {file: change.kept_by_table() for file, change in others.items()}
    by_place = {file.resolve(): file for file in reversed(files_in([*folders, *runs_in(folders)]))}
    for real, file in sorted(by_place.items()):
        in_records = any(real.is_relative_to(h.resolve()) for h in home)
        held = kept.get(file, erasure.kept_by_table() if in_records else None)
        try:
            looked = look_at(file, words, loose=not in_records and has_loose_ids(file, known), kept=held)
        except SourceError as error:
            unread.append(str(error))
            continue
        proof.looked.append(looked)
        proof.remains += [f"{file}: {where_in}" for where_in in looked.found]
    left = {*passed_over([*folders, *runs_in(folders)]), *out_of_reach(told, names_of(where, place))}
    proof.unsearched += sorted({*unread, *left})
    return proof


def _from_place(name: str, place: Place, erasure: Erasure, proof: Proof, ask: Callable[[str], str] | None) -> None:
    words = erasure.sought()
    # What a run found of the person goes with the person's node; the run itself is known by it before.
    runs = runs_naming(place.store.address, words) if isinstance(place, Neo4jPlace) else []
    proof.changed[name] = place.amend(erasure.change)
    if not isinstance(place, Neo4jPlace):
        return
    address = place.store.address
    for run in dict.fromkeys((*runs, *runs_naming(address, words))):
        remove_run(name, run, ask)
        proof.runs.append(run)
    own = [] if erasure.what == "authority" else [(erasure.what, erasure.id)]
    going = [*own, *(("report", r) for r in erasure.reports)]
    for what, identity in [*going, *(("thing", t) for t in erasure.things)]:
        remove_rest(address, what, identity)
    _clear_freed(address, words, proof)
    found = search_graph(address, words, (passage.passage for passage, _ in erasure.kept))
    proof.graph.append(f"{address.uri}: {found.nodes:,} nodes and {found.ties:,} relationships")
    proof.remains += [f"{address.uri}: {where}" for where in found.found]


def _clear_freed(address: Address, words: Words, proof: Proof) -> None:
    """Leave nothing of what was removed in the files of a server of one's own; say of any other what stays there."""
    server = own_server(address)
    freed = "what was removed stays in its transaction logs and in free places of its store until they are used again"
    if server is None:
        proof.unsearched.append(
            f"{address.uri}: the files of the server; {freed}. Ask who runs it to fill a new database from an export "
            "of this one, and to remove the old one with its logs and backups"
        )
        return
    try:
        rebuild(server, address)
    except StoreError as error:
        proof.unsearched.append(f"{address.uri}: the files of the server, because {error}; {freed}")
        return
    naming_files, searched = naming_in_use([server.home / name for name in ("data", "logs", "import")], words)
    proof.remains += [f"{file}: a file of the server" for file in naming_files]
    proof.graph.append(f"{server.home}: {searched:,} files of the server, whose database was written anew")
