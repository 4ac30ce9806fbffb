"""What watches found, kept beside the records: every row with when it was first seen, and who decided what about it.

The file names people. It belongs to its owner alone, is written whole or not at all, and whoever changes it holds its
lock from reading to writing, so that two at once lose nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from ocgnet.audit.log import state_folder
from ocgnet.edit.change import rows_of as rows_of_table
from ocgnet.edit.place import Place
from ocgnet.edit.stores import Neo4jPlace
from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import OutputError, SourceError, UsageError
from ocgnet.files.locking import alone
from ocgnet.files.ordinary_files import read_small
from ocgnet.files.writing import write_file
from ocgnet.model import PERSON_TABLES
from ocgnet.notation import parse_json
from ocgnet.queries.parameters import words
from ocgnet.queries.query import Answer
from ocgnet.queries.watches import FILE, Watch
from ocgnet.store.contract import OWN_SERVER

ENDING = "watched.json"
"""How the name of the file ends that keeps what watches found."""

KIND = "what watches found"
"""What such a file says of itself."""

LARGEST = 500_000_000
"""Bytes of one, at most."""

CONFIRM, DISMISS = "confirmed", "dismissed"
NEW, AT_START = "new", "there at the start"


@dataclass(frozen=True)
class Decided:
    """What an analyst decided about a row, on the evidence that it had then."""

    decision: str  # CONFIRM or DISMISS
    by: str
    on: str  # ISO day
    reason: str
    evidence: dict[str, str]
    undone_by: str = ""
    undone_on: str = ""
    undone_because: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a watch, as it was last seen; days are ISO days."""

    id: str
    key: dict[str, str]
    cells: dict[str, str]
    evidence: dict[str, str]
    first_seen: str
    at_start: bool
    last_seen: str
    gone_on: str = ""  # first day on which it was no longer there; empty while it is
    again_on: str = ""  # day on which it was there again after it was gone
    decisions: tuple[Decided, ...] = ()

    @property
    def decided(self) -> Decided | None:
        """The decision that holds; None while there is none."""
        standing = [d for d in self.decisions if not d.undone_on]
        return standing[-1] if standing else None

    @property
    def changed(self) -> list[str]:
        """The columns of evidence that are not as they were when it was decided."""
        if self.decided is None:
            return []
        names = dict.fromkeys((*self.decided.evidence, *self.evidence))
        return [name for name in names if self.decided.evidence.get(name, "") != self.evidence.get(name, "")]

    @property
    def state(self) -> str:
        """``new`` and ``there at the start`` while nobody decided, else the decision."""
        return self.decided.decision if self.decided else AT_START if self.at_start else NEW

    @property
    def open(self) -> bool:
        """Whether somebody has to look: it is new, or was dismissed on other evidence, and it is there."""
        return not self.gone_on and (self.state == NEW or (self.state == DISMISS and bool(self.changed)))

    @property
    def fingerprint(self) -> str:
        """A short hash of the evidence, by which two states of a row are told apart."""
        return fingerprint(self.evidence)

    def words(self) -> Iterator[str]:
        """Yield every text of the row, lists apart."""
        for cell in (*self.key.values(), *self.cells.values()):
            yield cell
            yield from (part.strip() for part in cell.split("|"))


def fingerprint(evidence: Mapping[str, str]) -> str:
    """Return a short hash of evidence; that of a column that is not there is blank."""
    plain = sorted((name, cell) for name, cell in evidence.items() if cell)
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Seen:
    """What one watch found so far; ``failed`` says since when, and why, it was not answered."""

    asked: str
    first_run: str
    last_run: str  # UTC, when the question was asked
    rows: tuple[Row, ...] = ()
    failed_on: str = ""
    failed_why: str = ""


@dataclass(frozen=True)
class State:
    """What all watches of some records found, by the name of the watch; ``next`` is the number of the next row."""

    watches: Mapping[str, Seen] = field(default_factory=dict)
    next: int = 1

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield every row with the name of its watch."""
        for name, seen in self.watches.items():
            yield from ((name, row) for row in seen.rows)

    def with_rows(self, name: str, rows: Iterable[Row]) -> State:
        """Return the state with other rows of a watch."""
        return replace(self, watches={**self.watches, name: replace(self.watches[name], rows=tuple(rows))})


# Where it is kept.


def home_of(where: str | Path, place: Place) -> tuple[Path, Path]:
    """Return where the watches of some records are declared, and where is kept what they found.

    In a folder of records both stand in it; beside a store or a workbook the second bears its name. For a Neo4j
    database both stand in the state of whoever asks, in a folder of its address.
    """
    if isinstance(place, Neo4jPlace):
        address = place.store.address
        called = address.uri.partition("://")[2] + f"_{address.database}" * bool(address.database)
        own = OWN_SERVER if str(where) == OWN_SERVER else re.sub(r"[^A-Za-z0-9.-]+", "_", called)
        folder = state_folder() / "watches" / own
        return folder / FILE, folder / ENDING
    path = Path(where)
    return (
        (path / FILE, path / ENDING) if path.is_dir() else (path.parent / FILE, path.parent / f"{path.name}.{ENDING}")
    )


def is_state(path: Path) -> bool:
    """Tell whether a file keeps what watches found."""
    if not path.name.endswith(ENDING):
        return False
    try:
        return bool(_document(path))
    except (SourceError, OSError):
        return False


def _document(path: Path) -> dict[str, Any]:
    try:
        document = parse_json(read_small(path, LARGEST))
    except ValueError as error:
        raise SourceError(f"{path} is no JSON in UTF-8 ({error}), so what watches found cannot be read.") from error
    if not isinstance(document, dict):
        raise SourceError(f"{path} does not keep what watches found. Move it away.")
    return document if document.get("kind") == KIND else {}


def read_state(path: Path) -> State:
    """Return what watches found so far; nothing where there is no file.

    Raises
    ------
    SourceError
        When the file cannot be read, or is none of ocgnet.
    """
    if not path.exists() and not path.is_symlink():
        return State()
    document = _document(path)
    try:
        watches = {
            str(name): Seen(**{**seen, "rows": tuple(_row(row) for row in seen["rows"])})
            for name, seen in document["watches"].items()
        }
        return State(watches, int(document["next"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(
            f"{path} does not keep what watches found as ocgnet writes it. Move it away: the next run begins anew."
        ) from error


def _row(row: Mapping[str, Any]) -> Row:
    texts = {name: {str(k): str(v) for k, v in row[name].items()} for name in ("key", "cells", "evidence")}
    return Row(**{**row, **texts, "decisions": tuple(Decided(**decided) for decided in row["decisions"])})


@contextmanager
def changing(path: Path) -> Iterator[Callable[[State], None]]:
    """Hold the lock of the file, and give what puts a new state in its place, whole or not at all.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(path.with_name(f".{path.name}"), vanish=True):
            yield lambda state: _write(path, state)
    except OSError as error:
        raise OutputError(f"{path} could not be changed ({error.strerror or error}). Nothing was changed.") from error


def _write(path: Path, state: State) -> None:
    document = {"kind": KIND, **asdict(state)}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    write_file(path, lambda partial: partial.write_text(text + "\n", encoding="utf-8"), replace=True)


# What a run makes of an answer.


@dataclass(frozen=True)
class Found:
    """What one run of one watch found: ids of rows, and sentences to be read beside them.

    ``failed`` says why the question was not answered; then nothing is known, which is not that nothing is new.
    """

    watch: str
    who: str
    question: str
    new: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    there: int = 0
    at_start: int = 0
    first: bool = False
    failed: str = ""
    notes: tuple[str, ...] = ()


def rows_of(
    watch: Watch, answer: Answer
) -> dict[tuple[str, ...], tuple[dict[str, str], dict[str, str], dict[str, str]]]:
    """Return key, all cells and evidence of each row of an answer, by its key.

    Rows of one key are one row, whose cells are theirs together, in order and without repetition.
    """
    columns = answer.columns
    key, evidence = watch.key_of(columns), watch.evidence_of(columns, answer.rows)
    merged: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for row in answer.rows:
        cells = {column: words(value) for column, value in zip(columns, row, strict=True)}
        own = merged.setdefault(tuple(cells[c] for c in key), {c: [] for c in columns})
        for column, cell in cells.items():
            if cell and cell not in own[column]:
                own[column].append(cell)
    made = {}
    for identity, lists in merged.items():
        whole = {column: "|".join(sorted(several)) for column, several in lists.items()}
        made[identity] = ({c: whole[c] for c in key}, whole, {c: whole[c] for c in evidence})
    return made


def merged(
    state: State, watch: Watch, answer: Answer, asked_at: str, day: str, hidden: set[str], *, cut: bool = False
) -> tuple[State, Found]:
    """Return the state with an answer in it, and what is new.

    A row of a person among ``hidden``, who may be in no answer, stays as it was: that it is missing says nothing. With
    ``cut``, or when another run asked later, a missing row is not gone either. The rows of a first run, and of
    a watch that asks something else than before, were there at the start.
    """
    before = state.watches.get(watch.name)
    first = before is None or before.asked != watch.asked or not before.last_run
    earlier = before is not None and before.last_run > asked_at
    known = {tuple(row.key.values()): row for row in before.rows} if before else {}
    number, rows = state.next, dict(known)
    there = rows_of(watch, answer)
    new: list[str] = []
    again: list[str] = []
    changed: list[str] = []
    gone: list[str] = []
    for identity, (key, cells, evidence) in there.items():
        if (row := known.get(identity)) is None:
            row = Row(f"W{number}", key, cells, evidence, day, first, day)
            number += 1
            if not first:
                new.append(row.id)
        elif not earlier:
            if row.gone_on:
                again.append(row.id)
                row = replace(row, gone_on="", again_on=day)
            was_open = row.open
            row = replace(row, key=key, cells=cells, evidence=evidence, last_seen=day)
            if row.open and not was_open and row.state == DISMISS:
                changed.append(row.id)
        rows[identity] = row
    for identity, row in known.items():
        if identity in there or row.gone_on or cut or earlier or not hidden.isdisjoint(row.words()):
            continue
        rows[identity] = replace(row, gone_on=day)
        gone.append(row.id)
    seen = Seen(
        watch.asked,
        before.first_run if before and before.first_run else day,
        max(asked_at, before.last_run if before else ""),
        tuple(rows.values()),
    )
    found = Found(
        watch.name, watch.who, watch.query.name, tuple(new), tuple(again), tuple(changed), tuple(gone), len(there),
        len(there) - len(known.keys() & there.keys()) if first else 0,
        first,
    )  # fmt: skip
    return State({**state.watches, watch.name: seen}, number), found


def failed(state: State, watch: Watch, why: str, day: str) -> tuple[State, Found]:
    """Return the state of a watch that was not answered: its rows stay as they were, and it says since when."""
    before = state.watches.get(watch.name) or Seen("", "", "")
    seen = replace(before, failed_on=before.failed_on or day, failed_why=why)
    return State({**state.watches, watch.name: seen}, state.next), Found(
        watch.name, watch.who, watch.query.name, failed=why
    )


# What an analyst decides.


def row_named(state: State, name: str) -> tuple[str, Row]:
    """Return a row by its id with the name of its watch; UsageError when there is none."""
    by_id = {row.id.casefold(): (watch, row) for watch, row in state.rows()}
    if name.casefold() not in by_id:
        hint = did_you_mean(close_to(name.upper(), [row.id for _, row in state.rows()]))
        raise UsageError(f"No watch found a row {name}.{hint} See them with: ocgnet watch show")
    return by_id[name.casefold()]


def decide(state: State, name: str, decision: str, by: str, reason: str, on: str) -> tuple[State, Row]:
    """Return the state with a decision about a row; one that stands on the same evidence is not made twice."""
    watch, row = row_named(state, name)
    standing = row.decided
    if standing and (standing.decision, standing.by, standing.reason) == (decision, by, reason) and not row.changed:
        return state, row
    made = replace(row, decisions=(*row.decisions, Decided(decision, by, on, reason, row.evidence)))
    return _with(state, watch, made), made


def undo(state: State, name: str, by: str, reason: str, on: str) -> tuple[State, Row]:
    """Return the state in which the decision that holds about a row is undone; it stays on record.

    Raises
    ------
    UsageError
        When nothing is decided about the row.
    """
    watch, row = row_named(state, name)
    if row.decided is None:
        raise UsageError(f"Nothing is decided about {row.id}. Nothing was changed.")
    undone = replace(row.decided, undone_by=by, undone_on=on, undone_because=reason)
    made = replace(row, decisions=tuple(undone if d is row.decided else d for d in row.decisions))
    return _with(state, watch, made), made


def _with(state: State, watch: str, made: Row) -> State:
    return state.with_rows(watch, (made if row.id == made.id else row for row in state.watches[watch].rows))


# Whom rows name, and who of them may not be shown.


@dataclass(frozen=True)
class Named:
    """Ids of everybody whom rows name by id or by name, and those of them who may not be shown, by the reason."""

    people: frozenset[str]
    restricted: frozenset[str]
    overdue: frozenset[str]

    def hides(self, row: Row) -> bool:
        """Tell whether a row names somebody who may not be shown."""
        return not (self.restricted | self.overdue).isdisjoint(row.words())


def people_in_rows(place: Place, rows: Iterable[Row], day: date) -> Named:
    """Return whom rows name; two people of one name are both returned. Reviews are judged on the day of the records."""
    texts = sorted({word for row in rows for word in row.words()} - {""})
    ids: set[str] = set()
    restricted: set[str] = set()
    late: set[str] = set()
    judged = (place.about.as_of or day).isoformat() if texts else ""
    for table, key in PERSON_TABLES.items() if texts else ():
        for column in (key, "name"):
            for person in rows_of_table(place.look_up(table, column, texts)):
                ids.add(person[key])
                if person["restricted_on"]:
                    restricted.add(person[key])
                elif person["review_due"] and person["review_due"] < judged:
                    late.add(person[key])
    return Named(frozenset(ids), frozenset(restricted), frozenset(late))
