"""The node that each load leaves: who, when, which files, how many rows, what was left out."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from neo4j import Record

from ocgnet.dataset import Dataset
from ocgnet.days import days_of, latest_event
from ocgnet.errors import StoreError
from ocgnet.model.graph import LOAD, NODES, Node
from ocgnet.settings import Settings
from ocgnet.store.contract import LoadManifest
from ocgnet.store.merging import ForceState
from ocgnet.store.neo4j.connection import Connection
from ocgnet.store.neo4j.property_graph import shape
from ocgnet.store.neo4j.role_labels import mark_roles


@dataclass(frozen=True)
class Load:
    """One load as its node tells it; the highest ``number`` of a database is the latest.

    ``load_id`` is twelve hex digits from the records, the files and the prefix (``content``), with the number of the
    load behind them where an earlier load brought the same; ``complete`` is false until its last batch is in;
    ``loaded_at`` is UTC; ``state`` is that of the force once the load is complete; ``shape`` is that of the graph which
    it leaves, empty for one from before there were shapes; ``stored`` are the rows of all forces that the database then
    holds, None where an earlier version left the node, and ``nodes`` how many of each label, as ``Person 1200``, once
    it is complete. ``latest_event`` is that of the force's records where nobody named a day.
    """

    load_id: str
    number: int
    complete: bool
    loaded_by: str
    loaded_at: str
    state: ForceState
    shape: str
    stored: int | None
    nodes: tuple[str, ...] = ()
    latest_event: date | None = None

    @classmethod
    def begun(cls, load_id: str, number: int, state: ForceState, stored: int, *, onto: Load | None = None) -> Load:
        """Return a load that begins now, by whoever runs this program; ``onto`` is the force's load that it adds to."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        latest = onto.latest_event if onto else None
        return cls(load_id, number, False, getpass.getuser(), now, state, shape(), stored, (), latest)

    @property
    def content(self) -> str:
        """What :func:`load_id_of` gives for what this load brought."""
        return self.load_id.partition("-")[0]


def next_load(loads: list[Load], content: str, *, again: bool) -> tuple[str, int]:
    """Return id and number of a load that comes after these: those of the latest when it is the latest ``again``."""
    if again:
        return loads[-1].load_id, loads[-1].number
    number = loads[-1].number + 1 if loads else 1
    return (f"{content}-{number}" if content in {load.load_id for load in loads} else content), number


def load_id_of(dataset: Dataset, manifest: LoadManifest) -> str:
    """Return the id of a load: the same for the same records, files and prefix."""
    return hashlib.sha256(repr((dataset.fingerprint, manifest)).encode()).hexdigest()[:12]


def load_node(load: Load, dataset: Dataset) -> dict[str, Any]:
    """Return the properties of a load's node, apart from its id."""
    manifest = load.state.manifest
    about, settings = load.state.about, Settings()
    # Counting the days of all records takes a while.
    days = () if about.as_of else (latest_event(days_of(dataset.tables, settings), settings).day, load.latest_event)
    latest = max(filter(None, days), default=None)
    return {
        "number": load.number,
        "complete": load.complete,
        "prefix": manifest.prefix,
        "force": about.force,
        "loaded_by": load.loaded_by,
        "loaded_at": load.loaded_at,
        "version": manifest.version,
        "files": [f"{s.file}: {s.rows} rows, sha256 {s.sha256}" for s in manifest.sources],
        "rows": sum(dataset.rows.values()),
        "left_out": [f"{x.count} of {x.what}: {x.why}" for x in dataset.left_out],
        "state": load.state.to_json(),
        "shape": load.shape,
        "stored": load.stored,
        # For whoever asks in Neo4j Browser, which sets its values from them.
        "as_of": about.as_of,
        "latest_event": latest,
        "period_from": about.period_from,
        "period_to": about.period_to,
    }


def loads_in(connection: Connection) -> list[Load]:
    """Return all loads of a database, the latest last."""
    nodes = connection.rows(
        f"MATCH (l:{LOAD.label}) RETURN l.load_id AS load_id, l.number AS number, l.complete AS complete, "
        "l.loaded_by AS loaded_by, l.loaded_at AS loaded_at, l.state AS state, coalesce(l.shape, '') AS shape, "
        "l.stored AS stored, coalesce(l.nodes, []) AS nodes, toString(l.latest_event) AS latest "
        "ORDER BY l.number, l.load_id"
    )
    try:
        return [_load(**r.data()) for r in nodes]
    except (TypeError, ValueError, KeyError) as error:
        raise StoreError(
            f"{connection.address.uri} has a Load node that this version of ocgnet cannot read. Use the version that "
            "loaded it, or another database."
        ) from error


def _load(*, state: str, nodes: list[str], latest: str | None, **others: Any) -> Load:
    day = date.fromisoformat(latest) if latest else None
    return Load(**others, state=ForceState.from_json(state), nodes=tuple(nodes), latest_event=day)


def complete_loads_in(connection: Connection) -> list[Load]:
    """Return all loads of a database, of which there must be one, and each force's latest complete."""
    loads = loads_in(connection)
    if not loads:
        uri = connection.address.uri
        raise StoreError(f"{uri} holds no records yet. Load them with: ocgnet load FOLDER --store {uri}")
    for load in {load.state.manifest.prefix: load for load in loads}.values():
        if not load.complete:
            raise StoreError(
                f"A load into {connection.address.uri}, begun by {load.loaded_by} at {load.loaded_at}, is not "
                "finished. Wait for it if it is still running; if it was interrupted, run the same ocgnet load again."
            )
    return loads


def require_shape(uri: str, loads: list[Load]) -> None:
    """Refuse a database whose latest load left the graph of another version, which questions would misread."""
    if loads and loads[-1].shape != shape():
        raise StoreError(
            f"{uri} was loaded with another version of ocgnet and lacks properties that the "
            "questions of this one read, so their answers would be wrong. Load the same records again with this "
            "version: ocgnet load. No record is changed by that."
        )


def states_of(loads: list[Load]) -> dict[str, ForceState]:
    """Return the state of each force by prefix, the latest load last."""
    states: dict[str, ForceState] = {}
    for load in loads:
        states.pop(load.state.manifest.prefix, None)
        states[load.state.manifest.prefix] = load.state
    return states


def begin(connection: Connection, load: Load, dataset: Dataset) -> None:
    """Leave the load's node, so that nobody reads before the load is complete."""
    connection.run(
        f"MERGE (l:{LOAD.label} {{load_id: $load_id}}) SET l += $properties",
        load_id=load.load_id,
        properties=load_node(load, dataset),
    )


def complete(connection: Connection, load: Load) -> None:
    """Say that the last batch of a load is in."""
    mark_roles(connection)
    connection.run(
        f"MATCH (l:{LOAD.label} {{load_id: $load_id}}) SET l.complete = true, l.nodes = $nodes",
        load_id=load.load_id,
        nodes=list(nodes_in(connection)),
    )


def nodes_in(connection: Connection) -> tuple[str, ...]:
    """Return how many nodes of each of our labels a database holds, as ``Person 1200``; the server keeps count."""
    counts = (f"MATCH (n:{n.label}) WITH count(n) AS n RETURN '{n.label} ' + n AS said" for n in NODES)
    return tuple(sorted(row["said"] for row in connection.rows(" UNION ALL ".join(counts))))


def nodes_of_others(connection: Connection, kinds: Iterable[Node]) -> list[Record]:
    """Return, as ``label`` and ``n``, how many nodes under labels of ours are somebody else's; no row without any."""
    # A label without any such node gives no row.
    counts = (f"MATCH (n:{n.label}) WHERE n.load_id IS NULL RETURN '{n.label}' AS label, count(n) AS n" for n in kinds)
    return [row for row in connection.rows(" UNION ALL ".join(counts)) if row["n"]]


def again(connection: Connection, change: str, rows: int) -> str:
    """Leave the node of a change of single records, which stands for the latest load from here on; return its id.

    ``change`` tells this change from others; ``rows`` are those that it adds, less those that it takes away. The node
    is written in the transaction of ``connection``.
    """
    latest = loads_in(connection)[-1]
    load_id = hashlib.sha256(f"{latest.load_id} {latest.number} {change}".encode()).hexdigest()[:12]
    [record] = connection.run(
        f"MATCH (l:{LOAD.label} {{load_id: $load_id}}) RETURN properties(l) AS old", load_id=latest.load_id
    )
    old = record["old"]
    new = {
        "load_id": load_id,
        "number": latest.number + 1,
        "loaded_by": getpass.getuser(),
        "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": old["rows"] + rows,
    }
    if "stored" in old:
        new["stored"] = old["stored"] + rows
    connection.run(f"CREATE (l:{LOAD.label}) SET l = $properties", properties=old | new)
    return load_id
