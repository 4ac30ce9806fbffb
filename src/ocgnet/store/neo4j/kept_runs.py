"""The runs that a store keeps beside its records, as nodes and relationships of their own.

What a run suggests and measures never stands on a record: a suggestion is a node, and recorded roles stay as they are.
Whatever belongs to a run goes with it, with the person and with the group.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ocgnet import __version__
from ocgnet.errors import StoreError
from ocgnet.model.graph import (
    ASSESSED_AS,
    COMMUNITY,
    HAS_MEASURES,
    HAS_SUGGESTION,
    IN_COMMUNITY,
    IN_GROUP,
    MEASURES,
    OCG,
    OF_RUN,
    OUTSIDE,
    PERSON,
    RUN,
    RUN_NODES,
    SUGGESTION,
    TIED_WITH,
    Node,
)
from ocgnet.results import Analysis, ResultTable
from ocgnet.store.contract import LoadManifest
from ocgnet.store.neo4j.connection import Address, Connection, connected
from ocgnet.store.neo4j.lease import one_load
from ocgnet.store.neo4j.loads import complete_loads_in, nodes_of_others
from ocgnet.store.neo4j.writing import BATCH, Progress, ensure_constraints, silent

SUGGESTED: Mapping[str, str] = {
    "suggested_role": "role",
    "position_score": "score",
    "stability": "stability",
    "stability_word": "stability_word",
    "rank_in_group": "rank_in_group",
    "ties_in_group": "ties_in_group",
    "because": "because",
}
"""Property of a suggestion by the column of the table of roles that it holds."""

_OF_PEOPLE = ("nominal_id", "name", "community")
"""Columns of the table of people that are no measures: the person, and what stands as :data:`IN_COMMUNITY`."""

_RUN = f"(run:{RUN.label} {{{RUN.key}: $run_id}})"


def _person(variable: str, place: int) -> str:
    return f"MATCH ({variable}:{PERSON.label} {{{PERSON.key}: row[{place}]}}) WHERE {variable}.load_id IS NOT NULL "


def _node(variable: str, node: Node) -> str:
    return f"MERGE ({variable}:{node.label} {{{node.key}: row[1]}}) SET {variable} += row[2] "


_TO_GROUP = f"MATCH (g:{OCG.label} {{{OCG.key}: row[3]}}) WHERE g.load_id IS NOT NULL "
_BETWEEN_PEOPLE = f"{_person('a', 0)}{_person('b', 1)}"

_WRITE: Mapping[str, str] = {
    f"{SUGGESTION.label}": f"MATCH {_RUN} UNWIND $rows AS row {_person('p', 0)}{_TO_GROUP}{_node('s', SUGGESTION)}"
    f"MERGE (p)-[:{HAS_SUGGESTION}]->(s) MERGE (s)-[:{IN_GROUP}]->(g) MERGE (s)-[:{OF_RUN}]->(run) ",
    f"{MEASURES.label}": f"MATCH {_RUN} UNWIND $rows AS row {_person('p', 0)}{_node('m', MEASURES)}"
    f"MERGE (p)-[:{HAS_MEASURES}]->(m) MERGE (m)-[:{OF_RUN}]->(run) ",
    f"{COMMUNITY.label}": f"MATCH {_RUN} UNWIND $rows AS row {_node('c', COMMUNITY)}MERGE (c)-[:{OF_RUN}]->(run) ",
    IN_COMMUNITY: f"UNWIND $rows AS row {_person('p', 0)}MATCH (c:{COMMUNITY.label} {{{COMMUNITY.key}: row[1]}}) "
    f"MERGE (p)-[r:{IN_COMMUNITY} {{run_id: $run_id}}]->(c) SET r += row[2] ",
    TIED_WITH: f"UNWIND $rows AS row {_BETWEEN_PEOPLE}MERGE (a)-[r:{TIED_WITH} {{run_id: $run_id}}]->(b) "
    "SET r += row[2] ",
    OUTSIDE: f"UNWIND $rows AS row {_person('p', 0)}MATCH (g:{OCG.label} {{{OCG.key}: row[1]}}) "
    f"WHERE g.load_id IS NOT NULL MERGE (p)-[r:{OUTSIDE} {{run_id: $run_id}}]->(g) SET r += row[2] ",
}
"""Statement by label or type; the rows are those of :func:`rows_of_run`, in the order in which they are written."""

_REMOVE: Sequence[str] = (
    *(
        f"MATCH (:{PERSON.label})-[r:{kind} {{run_id: $run_id}}]->() WITH r LIMIT $batch DELETE r RETURN count(*) AS n"
        for kind in (TIED_WITH, IN_COMMUNITY, OUTSIDE)
    ),
    f"MATCH {_RUN}<-[:{OF_RUN}]-(x) WITH x LIMIT $batch DETACH DELETE x RETURN count(*) AS n",
    f"MATCH {_RUN} DETACH DELETE run RETURN 0 AS n",
)

_CARRY_OVER = (
    f"MATCH (p:{PERSON.label})-[r:{ASSESSED_AS}]->(run:{RUN.label}) WITH p, r, run LIMIT $batch "
    f"OPTIONAL MATCH (g:{OCG.label} {{{OCG.key}: r.ocg_id}}) "
    f"WITH p, r, run, g, run.{RUN.key} + '|' + p.{PERSON.key} + '|' + r.ocg_id AS key "
    "FOREACH (_ IN CASE WHEN g IS NULL THEN [] ELSE [1] END | "
    f"MERGE (s:{SUGGESTION.label} {{{SUGGESTION.key}: key}}) SET s.role = r.suggested_role, "
    "s.score = r.position_score, s.stability = r.stability, s.because = r.because, s.caption = r.suggested_role, "
    f"s.{RUN.key} = run.{RUN.key}, s.as_of = run.as_of, s.marking = run.marking, s.load_id = run.load_id "
    f"MERGE (p)-[:{HAS_SUGGESTION}]->(s) MERGE (s)-[:{IN_GROUP}]->(g) MERGE (s)-[:{OF_RUN}]->(run)) "
    "DELETE r RETURN count(*) AS n"
)


@dataclass(frozen=True)
class Kept:
    """How much of a run a store keeps, in rows."""

    suggestions: int
    measures: int  # people
    communities: int
    ties: int

    def __str__(self) -> str:
        return (
            f"{self.suggestions:,} suggestions, measures of {self.measures:,} people, {self.communities:,} communities "
            f"and {self.ties:,} ties"
        )


@dataclass(frozen=True)
class KeptRun:
    """One run that a store keeps, as in its run.json; not ``complete`` when writing it back broke off."""

    run_id: str
    as_of: str
    period_from: str
    period_to: str
    force: str
    kept: Kept
    complete: bool


def write_back(
    uri: str,
    analysis: Analysis,
    ask: Callable[[str], str] | None = None,
    progress: Progress = silent,
    manifest: LoadManifest | None = None,
) -> Kept:
    """Store a run beside the records it was made from; return how much was written.

    A suggested role of somebody without a group is not kept: without a group there is nothing to have a role in. A run
    is told by its id, so writing it again changes nothing. Runs of before stay until :func:`remove_run` takes them
    away. Membership and its recorded role are not touched. No load writes at the same time; ``manifest`` is that of the
    load whose records were analysed, where known.

    Raises
    ------
    StoreError
        When the server is away or refuses, or the records in it are no longer those of the analysis. What was written
        stays, marked as incomplete, until the run is written again or removed.
    """
    work = rows_of_run(analysis)
    kept = Kept(*(len(work[name]) for name in (SUGGESTION.label, MEASURES.label, COMMUNITY.label, TIED_WITH)))
    with connected(Address.of(uri, ask)) as connection:
        complete_loads_in(connection)
        _refuse_others(connection)
        ensure_constraints(connection)
        carry_over(connection)
        with one_load(connection, progress) as leased:
            latest = complete_loads_in(leased)[-1]
            if manifest not in (None, latest.state.manifest):
                raise StoreError(
                    f"{latest.loaded_by} loaded other records into {uri} at {latest.loaded_at}, after those of run "
                    f"{analysis.run_id} were read. Nothing of it was kept. Analyse the store again."
                )
            load_id = latest.load_id
            leased.run(
                f"MERGE {_RUN} SET run += $properties",
                run_id=analysis.run_id,
                properties=_run_node(analysis, kept) | {"load_id": load_id, "complete": False},
            )
            for name, rows in work.items():
                statement = _WRITE[name] + "RETURN count(*) AS done"
                for start in range(0, len(rows), BATCH):
                    batch = rows[start : start + BATCH]
                    for row in batch:
                        row[2]["load_id"] = load_id
                    [record] = leased.run(statement, run_id=analysis.run_id, rows=batch)
                    if record["done"] != len(batch):
                        raise StoreError(
                            f"{uri} no longer holds everybody of this analysis, so run {analysis.run_id} is incomplete "
                            "there. Analyse the store again."
                        )
                    progress(name, start + len(batch), len(rows))
            leased.run(f"MATCH {_RUN} SET run.complete = true", run_id=analysis.run_id)
    return kept


def kept_runs(uri: str, ask: Callable[[str], str] | None = None) -> list[KeptRun]:
    """Return the runs that a store keeps, by day of judgement, then id; empty without any."""
    days = ", ".join(f"toString(run.{day}) AS {day}" for day in ("as_of", "period_from", "period_to"))
    counts = ", ".join(f"coalesce(run.{name}, 0) AS {name}" for name in Kept.__dataclass_fields__)
    query = (
        f"MATCH (run:{RUN.label}) RETURN run.{RUN.key} AS run_id, {days}, run.force AS force, {counts}, "
        "run.complete AS complete ORDER BY run.as_of, run_id"
    )
    with connected(Address.of(uri, ask)) as connection:
        carry_over(connection)
        rows = [row.data() for row in connection.rows(query)]
    return [KeptRun(kept=Kept(**{name: row.pop(name) for name in Kept.__dataclass_fields__}), **row) for row in rows]


def remove_run(uri: str, run_id: str, ask: Callable[[str], str] | None = None) -> bool:
    """Take a run and everything of it away; return whether there was one."""
    with connected(Address.of(uri, ask)) as connection:
        carry_over(connection)
        # One that is broken off here is no whole run any more.
        marked = connection.run(f"MATCH {_RUN} SET run.complete = false RETURN run", run_id=run_id)
        for statement in _REMOVE:
            while (rows := connection.run(statement, run_id=run_id, batch=BATCH)) and rows[0]["n"]:
                pass
    return bool(marked)


def has_earlier_shape(connection: Connection) -> bool:
    """Tell whether a database keeps runs as an earlier version wrote them."""
    [row] = connection.rows(f"MATCH ()-[r:{ASSESSED_AS}]->() RETURN count(r) AS n")
    return bool(row["n"])


def carry_over(connection: Connection) -> None:
    """Bring runs that an earlier version wrote into the present shape.

    They hold suggestions alone; of people without a group they kept a word that is no suggestion, which goes.
    """
    if not has_earlier_shape(connection):
        return
    ensure_constraints(connection)
    while connection.run(_CARRY_OVER, batch=BATCH)[0]["n"]:
        pass
    connection.run(
        f"MATCH (run:{RUN.label}) WHERE run.measures IS NULL "
        f"SET run.suggestions = COUNT {{ (run)<-[:{OF_RUN}]-(:{SUGGESTION.label}) }}"
    )


def _refuse_others(connection: Connection) -> None:
    """Refuse a database where somebody else keeps nodes under a label of a run."""
    for other in nodes_of_others(connection, RUN_NODES):
        raise StoreError(
            f"{connection.address.uri} holds {other['n']:,} {other['label']} nodes that ocgnet did not write, and "
            "a run among them could not be told from them. Use another database (OCGNET_NEO4J_DATABASE) or server."
        )


def _run_node(analysis: Analysis, kept: Kept) -> dict[str, Any]:
    figures = {name: figure.value for name, figure in sorted(analysis.figures.items())}
    return {
        "as_of": analysis.as_of,
        "period_from": analysis.period_from,
        "period_to": analysis.period_to,
        "network_from": analysis.network_from,
        "marking": analysis.marking,
        "synthetic": analysis.about.synthetic,
        "force": analysis.about.force,
        "version": __version__,
        **vars(kept),
        "settings": json.dumps(analysis.settings.to_dict(), sort_keys=True),
        "figures": json.dumps(figures, sort_keys=True),
        "notes": list(analysis.notes),
        "caption": f"analysis of {analysis.as_of}" if analysis.as_of else "analysis",
    }


def rows_of_run(analysis: Analysis) -> dict[str, list[list[Any]]]:
    """Return what a run leaves by label or type: start or None, key or end, properties, and the group if any."""
    run = analysis.run_id
    marks = {RUN.key: run, "as_of": analysis.as_of, "marking": analysis.marking}
    marks = {name: mark for name, mark in marks.items() if mark is not None}

    roles = analysis.roles
    suggestions = [
        [person, f"{run}|{person}|{group}", marks | properties | {"caption": properties.get("role", "")}, group]
        for person, group, properties in zip(
            *(_cells(roles, c) for c in ("nominal_id", "ocg_id")), _properties(roles, SUGGESTED), strict=True
        )
        if group
    ]
    people = analysis.people
    measured = {c.name: c.name for c in people.columns if c.name not in _OF_PEOPLE}
    measures = [
        [person, f"{run}|{person}", marks | properties | {"caption": "measures"}]
        for person, properties in zip(_cells(people, "nominal_id"), _properties(people, measured), strict=True)
    ]
    placed = [
        (person, community, properties)
        for person, community, properties in zip(
            *(_cells(analysis.communities, c) for c in ("nominal_id", "community")),
            _properties(analysis.communities, {"stability": "stability"}),
            strict=True,
        )
        if community
    ]
    communities = [
        [None, f"{run}|{name}", marks | {"community": name, "caption": f"community {name}"}]
        for name in dict.fromkeys(name for _, name, _ in placed)
    ]
    ties = [
        [a, b, properties | {"kinds": properties["kinds"].split("|")}]
        for a, b, properties in zip(
            *(_cells(analysis.ties, c) for c in ("person_a", "person_b")),
            _properties(analysis.ties, {c: c for c in ("weight", "kinds", "first_on", "last_on")}),
            strict=True,
        )
    ]
    outside = [
        [person, group, properties]
        for person, group, properties in zip(
            *(_cells(analysis.outside_but_tied, c) for c in ("nominal_id", "ocg_id")),
            _properties(analysis.outside_but_tied, {"ties": "ties"}),
            strict=True,
        )
    ]
    return {
        SUGGESTION.label: suggestions,
        MEASURES.label: measures,
        COMMUNITY.label: communities,
        IN_COMMUNITY: [[person, f"{run}|{name}", properties] for person, name, properties in placed],
        TIED_WITH: ties,
        OUTSIDE: outside,
    }


def _properties(table: ResultTable, names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the named columns of each row as properties; a blank cell is none."""
    columns = [_cells(table, column) for column in names]
    for row in zip(*columns, strict=True):
        yield {name: cell for name, cell in zip(names.values(), row, strict=True) if cell is not None}


def _day(value: Any) -> date:
    day: date = value.date() if isinstance(value, datetime) else value
    return day


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "count": int,
    "number": float,
    "share": float,
    "flag": bool,
    "date": _day,
}
"""How the cells of a kind of column are kept, so that a property has one type throughout; others are text."""


def _cells(table: ResultTable, name: str) -> list[Any]:
    """Return a column as the driver takes it; None for what is blank."""
    [column] = [c for c in table.columns if c.name == name]
    values = table.frame[name]
    plain = _PLAIN.get(column.kind, str)
    blank = values.isna() | (values.astype(object) == "")
    return [None if b else plain(v) for v, b in zip(values, blank, strict=True)]
