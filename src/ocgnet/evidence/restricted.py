"""People whose processing is restricted: records without them, and with a word where a child's link needs one.

A record that would have to be erased may be kept as evidence, or its accuracy may be contested and nobody can tell;
then its processing is restricted (Data Protection Act 2018, section 47). Whoever is restricted is in no output but
the answer to an access request. Three rules follow:

- nobody's id, name or particulars reach an answer: every table is rewritten before anything is computed;
- a plan about them is gone with its actions and changes, and so is an intelligence gap; an order on them stays only
  for whom it protects;
- what others did stays right: an event of three people stays one of three, with ``withheld-1`` for one of them;
- a child does not leave the list of linked children because the adult is restricted: the adult is withheld there.

What only they use, such as a phone, is withheld as they are (:mod:`ocgnet.evidence.things_withheld`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.period import overdue
from ocgnet.evidence.things_withheld import things_withheld
from ocgnet.evidence.written_identifiers import pattern_of
from ocgnet.model import PERSON_TABLES, TABLES, ids_of_people, names_person
from ocgnet.model.response import cells_before, written_before

RESTRICTED = "processing restricted"
"""Why a person takes no part, in every count of what was left out."""

SILENT = "words withheld: they name a person whose processing is restricted"
"""Why the title and text of a report are gone, though the report counts."""

WITHHELD = "[withheld]"
"""What stands in a text where an id or name stood."""

_ALONE = frozenset(
    (
        "people", "children", "child_aces", "missing_episodes", "referrals", "plans", "plan_actions", "assignments",
        "case_meetings", "nrm_stages", "scores", "child_risks", "intelligence_gaps",
    )
)  # fmt: skip
"""Tables of which a row speaks of one person: it goes whole. Of others the id alone is replaced."""


def restricted_ids(tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """Return the sorted ids of everybody whom any table of people says to be restricted; typed tables or texts."""
    ids: set[str] = set()
    for name, key in PERSON_TABLES.items():
        t = tables[name]
        since = t["restricted_on"]
        marked = pc.not_equal(since, "") if pa.types.is_string(since.type) else pc.is_valid(since)
        ids.update(t.filter(pc.fill_null(marked, False))[key].to_pylist())
    return tuple(sorted(ids))


def used(t: pa.Table, day: date | None, *, include_overdue: bool) -> tuple[pa.Table, dict[str, int]]:
    """Return the rows of nominals or reports that take part, and how many do not, by reason; each row once.

    What is restricted never does; what is overdue for review on ``day`` only where it is asked for.
    """
    gone: dict[str, int] = {}
    if "restricted_on" in t.column_names:
        kept = t.filter(pc.is_null(t["restricted_on"]))
        gone[RESTRICTED], t = t.num_rows - kept.num_rows, kept
    if not include_overdue:
        kept = t.filter(pc.invert(overdue(t, day)))
        gone["review overdue"], t = t.num_rows - kept.num_rows, kept
    return t, gone


def in_use(dataset: Dataset) -> Dataset:
    """Return the records as every answer may use them; the same object where nobody is restricted.

    Rows about a restricted person alone are gone and counted in ``left_out``; elsewhere the id is replaced. Of a
    nominal a row without particulars stays, still marked, so that a child who is linked by it is not lost; the
    evidence leaves it out and counts it. Words of reports that name somebody restricted are gone, and in all other
    texts the ids and names are ``[withheld]``.
    """
    if dataset.withheld is not None or not (ids := restricted_ids(dataset.tables)):
        return dataset
    word = _words_for(ids, dataset)
    things = things_withheld(dataset.tables, ids)
    names = _names_of(ids, dataset, things.identifiers)
    given = {**dataset.tables, **things.tables}
    left_out = [LeftOut(name, RESTRICTED, rows) for name, rows in things.gone.items()]
    tables: dict[str, pa.Table] = {}
    for name in TABLES:
        t = given[name]
        kept = _without_plans_gone(name, _without(name, t, word), given, tables)
        if kept.num_rows < t.num_rows:
            left_out.append(LeftOut(name, RESTRICTED, t.num_rows - kept.num_rows))
        tables[name] = _concealed(name, kept, names)
    tables["intel_reports"], silent = _silenced(tables["intel_reports"], dataset["intel_links"], ids)
    if silent:
        left_out.append(LeftOut("intel_reports", SILENT, silent))
    return replace(dataset.changed(tables, left_out), withheld=frozenset(word.values()))


def counted_for_children(dataset: Dataset) -> Dataset:
    """Return records in which a withheld adult takes part, nameless: a child is not lost because of a restriction."""
    if not dataset.withheld:
        return dataset
    t = dataset["nominals"]
    place = t.column_names.index("restricted_on")
    t = t.set_column(place, t.schema.field(place), pa.nulls(t.num_rows, pa.date32()))
    return replace(dataset, tables={**dataset.tables, "nominals": t})


def _words_for(ids: Iterable[str], dataset: Dataset) -> dict[str, str]:
    """Return what stands for each id: a number by their order, and no id that somebody has."""
    taken = {i for n, key in PERSON_TABLES.items() for i in dataset[n][key].to_pylist()}
    stem = "withheld"
    while any(i.startswith(f"{stem}-") for i in taken):
        stem += "-"
    return {i: f"{stem}-{number}" for number, i in enumerate(ids, 1)}


def _names_of(ids: Iterable[str], dataset: Dataset, things: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds their ids, full names and things in a text; a name of one word may be an ordinary word."""
    wanted = set(ids)
    words = set(wanted)
    for name, key in PERSON_TABLES.items():
        t = dataset[name]
        for row in t.filter(pc.is_in(t[key], pa.array(sorted(wanted), pa.string()))).to_pylist():
            own = (row.get("name"), row.get("pnc_id"), *(row.get("aliases") or "").split("|"))
            words.update(w.strip() for w in own if w and re.search(r"[\s\d]", w.strip()))
    longest = sorted(words, key=lambda w: (-len(w), w))
    parts = (r"\s+".join(map(re.escape, w.split())) for w in longest)
    any_of = [rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", *map(pattern_of, things)]
    return re.compile("|".join(any_of), re.IGNORECASE) if longest else None


def _without(name: str, t: pa.Table, word: Mapping[str, str]) -> pa.Table:
    """Return a table without the rows about the restricted alone, and of others' rows their ids as the word."""
    wanted = pa.array(word, pa.string())
    gone = None
    for column in TABLES[name].columns:
        if not names_person(name, column) or not t.num_rows:
            continue
        cells = ids_of_people(t, column)
        if column.many:
            split = ("|".join(word.get(p.strip(), p) for p in c.split("|")) if c else c for c in cells.to_pylist())
            t = _set(t, column.name, pa.array(split, pa.string()))
            continue
        hit = pc.fill_null(pc.is_in(cells, wanted), False)
        if not pc.any(hit).as_py():
            continue
        alone = hit if name in _ALONE or column.name == "child_id" else None
        if (name, column.name) == ("orders", "person_id"):
            # It stays for whom it protects.
            alone = pc.and_(hit, pc.or_(pc.is_null(t["protects"]), pc.is_in(t["protects"], wanted)))
        if alone is not None:
            gone = alone if gone is None else pc.or_(gone, alone)
        if name not in _ALONE and column.name != "child_id":
            t = _set(t, column.name, pa.array([word.get(c, c) for c in cells.to_pylist()], pa.string()))
            if PERSON_TABLES.get(name) == column.name:
                t = _bare(t, hit, (column.name, "restricted_on"))
    return t if gone is None else t.filter(pc.invert(gone))


_RESTING_ON = {"plan_actions": ("plan_id", "plans"), "plan_changes": ("action_id", "plan_actions")}
"""Tables of which a row goes with the row of another table that it names, and its column."""


def _without_plans_gone(
    name: str, t: pa.Table, before: Mapping[str, pa.Table], after: Mapping[str, pa.Table]
) -> pa.Table:
    """Return a table without rows of a plan or an action that is gone; an activity only loses such a plan."""
    if name != "activities" and name not in _RESTING_ON:
        return t
    column, of = _RESTING_ON.get(name, ("plan_id", "plans"))
    key = TABLES[of].key[0]
    if before[of].num_rows == after[of].num_rows:
        return t
    gone = set(before[of][key].to_pylist()) - set(after[of][key].to_pylist())
    hit = pc.is_in(t[column], pa.array(sorted(gone), pa.string()))
    if name != "activities":
        return t.filter(pc.invert(hit))
    return _set(t, column, pc.if_else(hit, pa.scalar(None, pa.string()), t[column]))


def _bare(t: pa.Table, rows: pa.ChunkedArray, kept: tuple[str, ...]) -> pa.Table:
    """Return a table of which some rows keep nothing but some columns."""
    for field in t.schema:
        if field.name not in kept:
            t = _set(t, field.name, pc.if_else(rows, pa.scalar(None, field.type), t[field.name]))
    return t


def _concealed(name: str, t: pa.Table, names: re.Pattern[str] | None) -> pa.Table:
    """Return a table whose free texts hold no id or name of them."""
    for column in TABLES[name].columns:
        worded = column.free_text or (name, column.name) == ("things", "label")
        if names is None or not worded or not t.num_rows:
            continue
        cells = t[column.name].to_pylist()
        conceal = partial(names.sub, WITHHELD)
        if (name, column.name) == ("plan_changes", "before"):
            conceal = partial(_concealed_before, conceal)
        fresh = [conceal(c) if c else c for c in cells]
        if fresh != cells:
            t = _set(t, column.name, pa.array(fresh, pa.string()))
    return t


def _concealed_before(conceal: Callable[[str], str], text: str) -> str:
    cells = cells_before(text)
    return conceal(text) if cells is None else written_before({n: conceal(c) for n, c in cells.items()})


def _silenced(reports: pa.Table, links: pa.Table, ids: tuple[str, ...]) -> tuple[pa.Table, int]:
    """Return the reports, those that name one of them without their words, and how many had some."""
    naming = links.filter(pc.is_in(links["person_id"], pa.array(ids, pa.string())))["report_id"].combine_chunks()
    hit = pc.fill_null(pc.is_in(reports["report_id"], naming), False)
    worded = pc.and_(hit, pc.or_(pc.is_valid(reports["title"]), pc.is_valid(reports["text"])))
    for column in TABLES["intel_reports"].columns:
        if column.name in ("title", "text"):
            reports = _set(reports, column.name, pc.if_else(hit, pa.scalar(None, pa.string()), reports[column.name]))
    return reports, pc.sum(worded).as_py() or 0


def _set(t: pa.Table, name: str, cells: pa.Array | pa.ChunkedArray) -> pa.Table:
    return t.set_column(t.column_names.index(name), name, cells)
