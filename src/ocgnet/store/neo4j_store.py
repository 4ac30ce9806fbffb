"""The production store: a Neo4j database, version 5 or later, Community included."""

from __future__ import annotations

import getpass
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.model.graph import LOAD, NODES
from ocgnet.store.contract import LoadManifest, StoreReport
from ocgnet.store.merging import merge
from ocgnet.store.neo4j_connection import Address, Connection, connected
from ocgnet.store.neo4j_graph import dataset_of, graph_of
from ocgnet.store.neo4j_read import pull
from ocgnet.store.neo4j_write import Changes, Progress, apply, changes_between, ensure_constraints
from ocgnet.store.state import ForceState, described, next_state


def _silent(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Load:
    """One load as its node tells it; ``complete`` is false until its last batch is in."""

    load_id: str
    number: int
    complete: bool
    loaded_by: str
    loaded_at: str
    state: ForceState


@dataclass(frozen=True)
class Plan:
    """What a load will do to a database.

    Parameters
    ----------
    report : StoreReport
        Rows by what happens to them.
    changes : Changes
        Nodes and relationships by what happens to them.
    load_id : str
        Twelve hex digits from the records, the files and the prefix.
    state : ForceState
        Of the force afterwards.
    number : int
        Of the load.
    needed : bool
        False when the database already holds exactly this and its latest load is this one.
    """

    report: StoreReport
    changes: Changes
    load_id: str
    state: ForceState
    number: int
    needed: bool


class Neo4jStore:
    """A store in a Neo4j database.

    A load compares what the database holds with what it should hold and writes the difference, so a
    load that was interrupted anywhere and is repeated ends in the same graph as one that was not.
    While a load is incomplete nothing is read.

    Parameters
    ----------
    address : Address
        Which database, and as whom.
    progress : callable
        Told what is being written, how many rows of it are done, and how many there are.
    """

    def __init__(self, address: Address, progress: Progress = _silent) -> None:
        self.address = address
        self.progress = progress

    def write(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False) -> StoreReport:
        """Bring the records of ``dataset``, whose ids carry the manifest's prefix, into the database.

        Raises
        ------
        StoreError
            When the server is away, refuses, or holds other people's nodes under a label of ours.
        """
        with connected(self.address) as connection:
            _refuse_foreign(connection)
            plan = _plan(connection, dataset, manifest, replace=replace)
            if plan.needed:
                ensure_constraints(connection)
                _begin(connection, plan, dataset)
                apply(connection, plan.changes, plan.load_id, self.progress)
                _complete(connection, plan)
        return plan.report

    def foresee(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False) -> StoreReport:
        """Return what :meth:`write` would report, and change nothing."""
        return self.plan(dataset, manifest, replace=replace).report

    def plan(self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False) -> Plan:
        """Return what :meth:`write` would do, and change nothing."""
        with connected(self.address) as connection:
            _refuse_foreign(connection)
            return _plan(connection, dataset, manifest, replace=replace)

    def read(self) -> Dataset:
        """Return all records, equal to what was written.

        Raises
        ------
        StoreError
            When the database holds none, or a load is incomplete: figures over half of the records
            would be wrong.
        """
        with connected(self.address) as connection:
            before = _complete_loads(connection)
            records = dataset_of(pull(connection))
            if _loads(connection) != before:
                raise StoreError(
                    f"Somebody loaded records into {self.address.uri} while they were read. Run the same command again."
                )
        return described(records, _states(before))

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        with connected(self.address) as connection:
            return _complete_loads(connection)[-1].state.manifest

    def loads(self) -> list[Load]:
        """Return all loads, the latest last."""
        with connected(self.address) as connection:
            return _loads(connection)


def _plan(connection: Connection, dataset: Dataset, manifest: LoadManifest, *, replace: bool) -> Plan:
    loads = _loads(connection)
    states = _states(loads)
    have = pull(connection)
    prefix = manifest.prefix
    old = dataset_of(have) if any(t.num_rows for t in have.nodes.values()) else None
    merged, report = merge(old, dataset, replace=replace, prefix=prefix, prefixes=states)
    changes = changes_between(have, graph_of(merged))
    state = next_state(states.get(prefix), dataset, manifest, replace=replace)
    load_id = load_id_of(dataset, manifest)
    latest = loads[-1] if loads else None
    same = latest is not None and latest.complete and latest.load_id == load_id and latest.state == state
    number = (latest.number if latest else 0) + (0 if same else 1)
    return Plan(report, changes, load_id, state, number, needed=bool(changes) or not same)


def load_id_of(dataset: Dataset, manifest: LoadManifest) -> str:
    """Return the id of a load: twelve hex digits from the records, the files and the prefix."""
    return hashlib.sha256(repr((dataset.fingerprint, manifest)).encode()).hexdigest()[:12]


def _refuse_foreign(connection: Connection) -> None:
    """Refuse a database where somebody else keeps nodes under a label of ours; other labels do not matter."""
    for node in (*NODES, LOAD):
        found = connection.rows(
            f"MATCH (n:{node.label}) WHERE n.load_id IS NULL RETURN count(n) AS n",
        )[0]["n"]
        if found:
            raise StoreError(
                f"{connection.address.uri} holds {found:,} {node.label} nodes that ocgnet did not load, and mixing them "
                "with yours would falsify figures. Name another database (OCGNET_NEO4J_DATABASE) or server."
            )


def _loads(connection: Connection) -> list[Load]:
    found = connection.rows(
        f"MATCH (l:{LOAD.label}) RETURN l.load_id AS load_id, l.number AS number, l.complete AS complete, "
        "l.loaded_by AS loaded_by, l.loaded_at AS loaded_at, l.state AS state ORDER BY l.number, l.load_id"
    )
    try:
        return [Load(**{**r.data(), "state": ForceState.from_json(r["state"])}) for r in found]
    except (TypeError, ValueError, KeyError) as error:
        raise StoreError(
            f"{connection.address.uri} has a Load node that this version of ocgnet cannot read. Use the version that "
            "loaded it, or another database."
        ) from error


def _states(loads: list[Load]) -> dict[str, ForceState]:
    """Return the state of each force by prefix, the latest load last."""
    states: dict[str, ForceState] = {}
    for load in loads:
        states.pop(load.state.manifest.prefix, None)
        states[load.state.manifest.prefix] = load.state
    return states


def _complete_loads(connection: Connection) -> list[Load]:
    loads = _loads(connection)
    if not loads:
        uri = connection.address.uri
        raise StoreError(f"{uri} holds no records yet. Load them with: ocgnet load FOLDER --store {uri}")
    latest = {load.state.manifest.prefix: load for load in loads}
    for load in latest.values():
        if not load.complete:
            raise StoreError(
                f"A load into {connection.address.uri}, begun by {load.loaded_by} at {load.loaded_at}, is not finished. "
                "Wait for it if it is still running; if it was interrupted, run the same ocgnet load again."
            )
    return loads


def _begin(connection: Connection, plan: Plan, dataset: Dataset) -> None:
    """Leave the load's node, so that nobody reads before the load is complete."""
    sources = plan.state.manifest.sources
    connection.run(
        f"MERGE (l:{LOAD.label} {{load_id: $load_id}}) SET l += $about, l.complete = false",
        load_id=plan.load_id,
        about={
            "number": plan.number,
            "prefix": plan.state.manifest.prefix,
            "force": plan.state.about.force,
            "loaded_by": getpass.getuser(),
            "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": plan.state.manifest.version,
            "files": [f"{s.file}: {s.rows} rows, sha256 {s.sha256}" for s in sources],
            "rows": sum(dataset.rows.values()),
            "left_out": [f"{x.count} of {x.what}: {x.why}" for x in dataset.left_out],
            "state": plan.state.to_json(),
        },
    )


def _complete(connection: Connection, plan: Plan) -> None:
    connection.run(f"MATCH (l:{LOAD.label} {{load_id: $load_id}}) SET l.complete = true", load_id=plan.load_id)
