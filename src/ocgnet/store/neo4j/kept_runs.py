"""The runs that a store keeps beside its records: one node a run, one relationship a suggestion.

Recorded roles stay as they are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ocgnet import __version__
from ocgnet.errors import StoreError
from ocgnet.model.graph import ASSESSED_AS, OCG, OUTSIDE, PERSON, RUN
from ocgnet.results import Analysis
from ocgnet.store.neo4j.connection import Address, connected
from ocgnet.store.neo4j.loads import complete_loads_in
from ocgnet.store.neo4j.writing import ensure_constraints

_ROLES = ("ocg_id", "suggested_role", "position_score", "stability", "because")
"""Columns of the table of roles that a suggestion carries; ``ocg_id`` tells several of one person apart."""

_BATCH = 5_000

_WRITE_OUTSIDE = (
    f"UNWIND $rows AS row MATCH (p:{PERSON.label} {{{PERSON.key}: row[0]}}) WHERE p.load_id IS NOT NULL "
    f"MATCH (g:{OCG.label} {{{OCG.key}: row[1]}}) WHERE g.load_id IS NOT NULL "
    f"MERGE (p)-[r:{OUTSIDE} {{run_id: $run_id}}]->(g) SET r.ties = row[2], r.load_id = $load_id "
    "RETURN count(*) AS done"
)

_WRITE = (
    f"MATCH (run:{RUN.label} {{{RUN.key}: $run_id}}) UNWIND $rows AS row "
    f"MATCH (p:{PERSON.label} {{{PERSON.key}: row[0]}}) WHERE p.load_id IS NOT NULL "
    f"MERGE (p)-[r:{ASSESSED_AS} {{ocg_id: row[1]}}]->(run) SET r += row[2], r.load_id = $load_id "
    "RETURN count(*) AS done"
)


def write_back(uri: str, analysis: Analysis, ask: Callable[[str], str] | None = None) -> int:
    """Store a run beside the records it was made from; return how many suggestions were written.

    A run is told by its id, so writing it again changes nothing. Runs of before stay until :func:`remove_run` takes
    them away. Membership and its recorded role are not touched. ``StoreError`` when the server is away or refuses, or
    the records in it are no longer those of the analysis.
    """
    frame = analysis.roles.frame
    rows: list[list[Any]] = [
        [str(person), str(row["ocg_id"]), {k: _plain(v) for k, v in row.items() if k != "ocg_id"}]
        for person, row in zip(frame["nominal_id"], frame[list(_ROLES)].to_dict("records"), strict=True)
    ]
    tied = analysis.outside_but_tied.frame
    columns = (tied[c] for c in ("nominal_id", "ocg_id", "ties"))
    outside: list[list[Any]] = [[str(p), str(g), int(n)] for p, g, n in zip(*columns, strict=True)]
    with connected(Address.of(uri, ask)) as connection:
        load_id = complete_loads_in(connection)[-1].load_id
        ensure_constraints(connection)
        connection.run(
            f"MERGE (run:{RUN.label} {{{RUN.key}: $run_id}}) SET run += $properties, run.load_id = $load_id",
            run_id=analysis.run_id,
            load_id=load_id,
            properties=_run_node(analysis) | {"complete": False},
        )
        work: list[tuple[str, list[list[Any]]]] = [(_WRITE, rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)]
        work += [(_WRITE_OUTSIDE, outside[i : i + _BATCH]) for i in range(0, len(outside), _BATCH)]
        for statement, batch in work:
            [record] = connection.run(statement, run_id=analysis.run_id, load_id=load_id, rows=batch)
            if record["done"] != len(batch):
                raise StoreError(
                    f"{uri} no longer holds everybody of this analysis, so run {analysis.run_id} is incomplete there. "
                    "Analyse the store again."
                )
        connection.run(
            f"MATCH (run:{RUN.label} {{{RUN.key}: $run_id}}) SET run.complete = true", run_id=analysis.run_id
        )
    return len(rows)


@dataclass(frozen=True)
class KeptRun:
    """One run that a store keeps, as in its run.json; not ``complete`` when writing it back broke off."""

    run_id: str
    as_of: str
    period_from: str
    period_to: str
    force: str
    suggestions: int
    complete: bool


def kept_runs(uri: str, ask: Callable[[str], str] | None = None) -> list[KeptRun]:
    """Return the runs that a store keeps, by day of judgement, then id; empty without any."""
    days = ", ".join(f"toString(run.{day}) AS {day}" for day in ("as_of", "period_from", "period_to"))
    query = (
        f"MATCH (run:{RUN.label}) RETURN run.{RUN.key} AS run_id, {days}, run.force AS force, "
        "run.suggestions AS suggestions, run.complete AS complete ORDER BY run.as_of, run_id"
    )
    with connected(Address.of(uri, ask)) as connection:
        return [KeptRun(**row.data()) for row in connection.rows(query)]


def remove_run(uri: str, run_id: str, ask: Callable[[str], str] | None = None) -> bool:
    """Take a run, its suggestions and whom it places beside groups away; return whether there was one."""
    with connected(Address.of(uri, ask)) as connection:
        match = f"MATCH (run:{RUN.label} {{{RUN.key}: $run_id}})"
        runs = connection.run(f"{match} RETURN count(run) AS n", run_id=run_id)[0]["n"]
        connection.run(f"{match} MATCH (run)<-[r:{ASSESSED_AS}]-() DELETE r", run_id=run_id)
        connection.run(f"MATCH (:{PERSON.label})-[r:{OUTSIDE} {{run_id: $run_id}}]->() DELETE r", run_id=run_id)
        connection.run(f"{match} DELETE run", run_id=run_id)
    return bool(runs)


def _run_node(analysis: Analysis) -> dict[str, Any]:
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
        "suggestions": len(analysis.roles.frame),
        "settings": json.dumps(analysis.settings.to_dict(), sort_keys=True),
        "figures": json.dumps(figures, sort_keys=True),
        "notes": list(analysis.notes),
    }


def _plain(value: Any) -> Any:
    """Return a cell as the driver takes it; a blank one clears the property."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value
