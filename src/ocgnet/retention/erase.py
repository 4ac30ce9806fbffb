"""Erasing a person or a report from records, from what was made of them and from a graph, and proving it.

Decisions: a report that names nobody else and on which no contact of others rests goes with the person; a
report that names others stays, and the person's id and names in its text become ``[erased]``. Crimes stay,
without their link to the person: they are recorded events, not relations. A contact that an erased report
records goes with it. A plan action against a group stays, without the person. A name that somebody else
has too, an officer included, is left where it stands, because it may mean them; so is a nickname of one
word, which may be an ordinary word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.audit.read import Told, whole_words
from ocgnet.edit import Change, Changed, Place, open_place
from ocgnet.edit.change import Row, rows_of
from ocgnet.edit.stores import Neo4jPlace
from ocgnet.errors import OutputError, UsageError
from ocgnet.files.writing import marking_file
from ocgnet.model import PERSON_TABLES, TABLES, Column, Kind
from ocgnet.model.graph import ASSESSED_AS, PERSON, REPORT, RUN
from ocgnet.retention.search import Looked, Words, files_in, look_at
from ocgnet.store.neo4j.connection import Address, connected
from ocgnet.store.neo4j.loads import remove_run
from ocgnet.views.folder import ours
from ocgnet.views.tables.problems import HEADER

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
    """An erasure that is ready to be made."""

    what: str  # ``person`` or ``report``
    id: str
    words: tuple[str, ...]  # the id, and the names that are nobody else's: what may be found nowhere afterwards
    shared: int  # names that somebody else has too, and that are therefore not searched for
    reports: tuple[str, ...]  # ids of reports that go with the person
    change: Change  # rows that go and rows that change


def person_erasure(texts: Texts, person: str) -> Erasure:
    """Return what erasing a person takes.

    Raises UsageError when nobody in the records has this id, in a table of people or in any relation.
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

    Raises UsageError when there is no such report.
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


# Files made from records: recognising them, and removing those that name somebody who is erased.
#
# A result that names a person is removed as a whole, because every share, rank and reason in it was worked
# out with that person; ``ocgnet analyse`` makes it anew without.

RUN_FILE, RECEIPT = "run.json", "receipt.json"
"""What tells the folder of a run, and of a pack that was disclosed."""

_REJECTS = ",".join(HEADER)


def written_by_ocgnet(acts: Iterable[Told]) -> list[Path]:
    """Return files and folders that the log says ocgnet wrote on this computer and that are still there."""
    found: set[Path] = set()
    for act in acts:
        # What was refused wrote no result; a list of what is wrong with the records it did write.
        told = list(act.facts.get("files") or ()) if act.kind != "erase" else []
        if act.end == "done" and act.kind in ("export", "disclose", "refer", "load"):
            told += [act.facts.get("folder"), act.facts.get("store")]
        if told:
            paths = (Path(str(t)) for t in told if t and "://" not in str(t))
            found.update(p for p in paths if p.is_absolute() and p.exists() and not p.is_symlink())
    return sorted(found)


def runs_in(places: Iterable[Path]) -> list[Path]:
    """Return the folders of runs and packs at or below some places, sorted."""
    found = set()
    for file in files_in(places):
        if any(
            file.name == name and _is_document(file, key) for name, key in ((RUN_FILE, "run_id"), (RECEIPT, "receipt"))
        ):
            found.add(file.parent)
    return sorted(found)


def stores_in(places: Iterable[Path]) -> list[Path]:
    """Return the DuckDB stores of ocgnet at or below some places, sorted."""
    return [f for f in files_in(places) if f.suffix == ".duckdb" and _is_store(f)]


def remove_naming(places: Iterable[Path], named: Iterable[Path], words: Words) -> list[Path]:
    """Remove what was derived and names somebody, and return it.

    Runs, packs and lists of rejects are recognised in ``places``; other files there stay. Files of ``named``, which
    the log says ocgnet wrote or the user named one by one, go when they name somebody. Raises OutputError when a file
    cannot be removed; what was removed before stays removed.
    """
    removed: list[Path] = []
    for folder in runs_in(places):
        own = list(_own_files(folder))
        if any(look_at(file, words).found for file in own):
            removed += [*map(_remove, own)]
            _remove_empty(folder)
    rest = {f for f in files_in(places) if f.name.endswith("rejects.csv") and _is_rejects(f)}
    rest |= {f for f in files_in(named) if f.suffix != ".duckdb" or not _is_store(f)}
    for file in sorted(rest):
        if file.exists() and look_at(file, words).found:
            removed.append(_remove(file))
            if marking_file(file).exists():
                removed.append(_remove(marking_file(file)))
    return removed


def _own_files(folder: Path) -> Iterator[Path]:
    pack = (folder / RECEIPT).exists()
    for file in files_in([folder]):
        if pack or ours(file.relative_to(folder.absolute()).as_posix()):
            yield file


def _remove(file: Path) -> Path:
    try:
        file.unlink()
    except OSError as error:
        raise OutputError(
            f"{file} names who is to be erased and cannot be removed ({error.strerror or error}). Remove it, and run "
            "the command again."
        ) from error
    return file


def _remove_empty(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()


def _is_document(file: Path, key: str) -> bool:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and key in document


def _is_rejects(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8-sig") as text:
            return text.readline().strip() == _REJECTS
    except (OSError, ValueError):
        return False


def _is_store(file: Path) -> bool:
    import duckdb

    from ocgnet.store.duckdb_open import connect

    try:
        with connect(file, read_only=True) as db:
            return bool(db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'ocgnet_load'").fetchall())
    except duckdb.Error:
        return False


# Looking for somebody in a Neo4j database, and taking away what records alone do not hold.

_NODES = """
MATCH (n) UNWIND keys(n) AS k WITH n, k, n[k] AS v
WHERE (v IS :: STRING NOT NULL AND v =~ $words)
   OR (v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x =~ $words))
RETURN labels(n)[0] AS what, k AS property, count(*) AS hits ORDER BY what, property
"""
_TIES = """
MATCH ()-[r]->() UNWIND keys(r) AS k WITH r, k, r[k] AS v
WHERE (v IS :: STRING NOT NULL AND v =~ $words)
   OR (v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x =~ $words))
RETURN type(r) AS what, k AS property, count(*) AS hits ORDER BY what, property
"""
_RUNS = f"""
MATCH (run:{RUN.label}) OPTIONAL MATCH (p)-[r:{ASSESSED_AS}]->(run)
WITH run, collect(r.because) AS reasons, collect(p.{PERSON.key}) AS ids
WHERE any(x IN reasons WHERE x =~ $words) OR any(x IN ids WHERE x =~ $words)
   OR any(x IN [k IN keys(run) WHERE run[k] IS :: STRING NOT NULL | run[k]] WHERE x =~ $words)
RETURN run.{RUN.key} AS run_id ORDER BY run_id
"""


@dataclass(frozen=True)
class Searched:
    """What a search of a database found."""

    # nodes, ties: how many were looked at.
    nodes: int
    ties: int
    found: tuple[str, ...]  # label or type and property where a word was found; never the word


def search_graph(address: Address, words: tuple[str, ...]) -> Searched:
    """Look at every text of every node and relationship of a database, whoever put it there."""
    with connected(address) as connection:
        found = [
            f"{row['what']}.{row['property']}"
            for query in (_NODES, _TIES)
            for row in connection.rows(query, words=_pattern(words))
        ]
        [nodes] = connection.rows("MATCH (n) RETURN count(n) AS n")
        [ties] = connection.rows("MATCH ()-[r]->() RETURN count(r) AS n")
        return Searched(nodes["n"], ties["n"], tuple(found))


def runs_naming(address: Address, words: tuple[str, ...]) -> list[str]:
    """Return the ids of written-back runs whose suggestions or reasons name somebody."""
    with connected(address) as connection:
        return [row["run_id"] for row in connection.rows(_RUNS, words=_pattern(words))]


def remove_rest(address: Address, what: str, identity: str) -> int:
    """Remove a node that stayed because somebody else tied something to it, with those ties; return how many."""
    node = PERSON if what == "person" else REPORT
    with connected(address) as connection:
        [row] = connection.run(
            f"MATCH (n:{node.label} {{{node.key}: $id}}) DETACH DELETE n RETURN count(*) AS n", id=identity
        )
        return int(row["n"])


def _pattern(words: tuple[str, ...]) -> str:
    """Return a regular expression of the server for a text that holds any of the words, not within a longer one."""
    plain = "|".join(re.sub(r"([^\w\s])", r"\\\1", w) for w in words)
    return rf"(?isu).*(?<![\p{{L}}\p{{N}}])(?:{plain})(?![\p{{L}}\p{{N}}]).*"


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


def erasure_in(texts: Texts, what: str, identity: str, *, lenient: bool = False) -> Erasure:
    """Return what erasing a ``person`` or ``report`` from records takes.

    Where the records do not hold it, that is a ``UsageError``; with ``lenient`` nothing of the records changes, and
    the id alone, whose names are not known, is looked for in files.
    """
    try:
        return person_erasure(texts, identity) if what == "person" else report_erasure(texts, identity)
    except UsageError:
        if lenient:
            return Erasure(what, identity, (identity,), 0, (), Change())
        raise


def erased_before(acts: Iterable[Told], identity: str, key: bytes | None) -> Told | None:
    """Return the last act that began to erase somebody or a report; None when the log tells of none."""
    begun = [a for a in acts if a.kind == "erase" and a.what != LOOKING_UP and a.concerns(identity, key)]
    return begun[-1] if begun else None


def erase(
    where: str | Path,
    erasure: Erasure,
    also: Sequence[Path],
    told: Sequence[Told],
    ask: Callable[[str], str] | None = None,
) -> Proof:
    """Erase from other stores, from derived files and from records, then search everything.

    The records come last: they alone know the names, so that an erasure which was interrupted can be repeated.

    Stores, runs and packs in the folders of ``also`` lose the person, and a file named itself goes when it names the
    person; other files in the folders are searched only. ``told`` are acts of the log, from which files that ocgnet
    wrote are found. ``remains`` of the proof says where something could not be removed.
    """
    for path in also:
        if not path.exists():
            raise UsageError(f"--also {path} does not exist. Nothing was changed.")
    proof = Proof()
    # A report that named nobody else goes with its person, so whatever names it tells of the person too.
    words = Words((*erasure.words, *erasure.reports))
    place = open_place(where, ask)
    # What would be refused is refused before anything else is gone.
    place.foresee(erasure.change)
    known = written_by_ocgnet(told)
    home = [where] if isinstance(where, Path) else [Path(where)] if where.endswith(".duckdb") else []
    for store in stores_in([*also, *known]):
        if store not in [h.absolute() for h in home] and look_at(store, words).found:
            _from_place(str(store), open_place(str(store)), _found_in(store, erasure), proof, ask)
    folders = [*also, *home, *known]
    single = [p for p in (*also, *known) if p.is_file()]
    proof.removed += remove_naming(folders, single, words)
    _from_place(str(where), place, erasure, proof, ask)
    # The log tells of single files and of folders of runs; other files that stand in those are searched as well.
    for file in files_in([*folders, *runs_in(folders)]):
        looked = look_at(file, words)
        proof.looked.append(looked)
        proof.remains += [f"{file}: {where_in}" for where_in in looked.found]
    return proof


def _found_in(store: Path, erasure: Erasure) -> Erasure:
    """Return the erasure for another store; what it does not know by id is searched for afterwards all the same."""
    return erasure_in(open_place(str(store)).texts(), erasure.what, erasure.id, lenient=True)


def _from_place(name: str, place: Place, erasure: Erasure, proof: Proof, ask: Callable[[str], str] | None) -> None:
    proof.changed[name] = place.amend(erasure.change)
    if not isinstance(place, Neo4jPlace):
        return
    address = place.store.address
    for run in runs_naming(address, erasure.words):
        remove_run(name, run, ask)
        proof.runs.append(run)
    for what, identity in [(erasure.what, erasure.id), *(("report", r) for r in erasure.reports)]:
        remove_rest(address, what, identity)
    found = search_graph(address, erasure.words)
    proof.graph.append(f"{address.uri}: {found.nodes:,} nodes and {found.ties:,} relationships")
    proof.remains += [f"{address.uri}: {where}" for where in found.found]
