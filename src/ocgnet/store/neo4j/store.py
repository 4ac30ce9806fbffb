"""The production store: a Neo4j database, version 5.26 or later, Community included."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from neo4j.exceptions import ClientError

from ocgnet.checks.beside_store import Kept
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.errors import StoreError
from ocgnet.model.graph import LEASE, LOAD, NODES
from ocgnet.store.contract import FEW, NO_DELETES, ChangedSinceError, LoadManifest, StoreReport
from ocgnet.store.merging import described, forces_of, kept_of, merge, next_state
from ocgnet.store.neo4j.connection import Address, Connection, connected
from ocgnet.store.neo4j.delta import delta_of
from ocgnet.store.neo4j.lease import one_load
from ocgnet.store.neo4j.loads import (
    Load,
    begin,
    complete,
    complete_loads_in,
    load_id_of,
    loads_in,
    next_load,
    nodes_in,
    nodes_of_others,
    states_of,
)
from ocgnet.store.neo4j.property_graph import dataset_of, graph_of, shape
from ocgnet.store.neo4j.reading import filled, pull, pull_numbered, pull_rows, pull_wards
from ocgnet.store.neo4j.writing import Changes, Progress, apply, changes_between, ensure_constraints, silent


@dataclass(frozen=True)
class Plan:
    """What a load will do to a database, in rows and in nodes and relationships.

    It is not ``needed`` when the database already holds exactly this and its latest load is this one. ``unfinished`` is
    a sentence about another load of this force that broke off before it, ``reshaped`` one about a graph that another
    version of ocgnet left; empty when there is none.
    """

    report: StoreReport
    changes: Changes
    load: Load
    needed: bool
    unfinished: str
    reshaped: str


class Neo4jStore:
    """A store in a Neo4j database.

    A load compares what the database holds with what it should hold and writes the difference, so a load that was
    interrupted anywhere and is repeated ends in the same graph as one that was not. One load writes at a time, and the
    next compares with what that one left. While a load is incomplete nothing is read. ``progress`` is told what is
    being written, how many rows of it are done, and how many there are.
    """

    def __init__(self, address: Address, progress: Progress = silent) -> None:
        self.address = address
        self.progress = progress

    def write(
        self,
        dataset: Dataset,
        manifest: LoadManifest,
        *,
        replace: bool = False,
        deletes: Dataset = NO_DELETES,
        seen: object = None,
    ) -> StoreReport:
        """Bring the records of ``dataset``, whose ids carry the manifest's prefix, into the database."""
        with connected(self.address) as connection:
            _refuse_foreign(connection)
            try:
                # Two that make rules for everything at once would stop each other.
                ensure_constraints(connection, [LEASE])
                with one_load(connection, self.progress) as leased:
                    ensure_constraints(connection)
                    plan = _plan(leased, dataset, manifest, replace=replace, deletes=deletes, seen=seen)
                    if plan.needed:
                        begin(leased, plan.load, dataset)
                        apply(leased, plan.changes, plan.load.load_id, self.progress)
                        complete(leased, plan.load)
            except ClientError:
                # Where nothing may be written, a load that has nothing to write has nothing to ask for.
                plan = _plan(connection, dataset, manifest, replace=replace, deletes=deletes)
                if plan.needed:
                    raise
                return plan.report
        return dataclasses.replace(
            plan.report, notes=tuple(filter(None, (leased.orphan, plan.unfinished, plan.reshaped)))
        )

    def foresee(
        self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False, deletes: Dataset = NO_DELETES
    ) -> StoreReport:
        """Return what :meth:`write` would report, and change nothing."""
        return self.plan(dataset, manifest, replace=replace, deletes=deletes).report

    def plan(
        self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False, deletes: Dataset = NO_DELETES
    ) -> Plan:
        """Return what :meth:`write` would do, and change nothing."""
        with connected(self.address) as connection:
            _refuse_foreign(connection)
            return _plan(connection, dataset, manifest, replace=replace, deletes=deletes)

    @contextmanager
    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """Give what the database keeps of the force of a prefix, while the connection is open."""
        with connected(self.address) as connection:
            loads = loads_in(connection)
            yield kept_of(
                states_of(loads),
                prefix,
                filled(connection),
                lambda name, column, texts: pull_rows(connection, name, column, sorted(texts)),
                lambda: pull_wards(connection),
                lambda: pull_numbered(connection, prefix),
                _latest(loads),
            )

    def read(self) -> Dataset:
        """Return all records, equal to what was written.

        ``StoreError`` while a load is incomplete: figures over half of the records would be wrong.
        """
        with connected(self.address) as connection:
            before = complete_loads_in(connection)
            records = dataset_of(pull(connection, whole=False))
            if loads_in(connection) != before:
                raise StoreError(
                    f"Somebody loaded records into {self.address.uri} while they were read. Run the same command again."
                )
        return described(records, states_of(before))

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        with connected(self.address) as connection:
            return complete_loads_in(connection)[-1].state.manifest

    def loads(self) -> list[Load]:
        """Return all loads, the latest last."""
        with connected(self.address) as connection:
            return loads_in(connection)


def _latest(loads: list[Load]) -> tuple[str, int, str, bool] | str:
    """Return what tells the records after some loads from those after another one, or after a changed record."""
    if not loads:
        return "empty"
    return loads[-1].load_id, loads[-1].number, loads[-1].loaded_at, loads[-1].complete


def _plan(
    connection: Connection,
    dataset: Dataset,
    manifest: LoadManifest,
    *,
    replace: bool,
    deletes: Dataset,
    seen: object = None,
) -> Plan:
    loads = loads_in(connection)
    if seen is not None and seen != _latest(loads):
        raise ChangedSinceError(connection.address.uri)
    states = states_of(loads)
    prefix = manifest.prefix
    latest = loads[-1] if loads else None
    state = next_state(states.get(prefix), dataset, manifest, replace=replace)
    forces = forces_of({**states, prefix: state})
    if latest is not None and not replace and _fit_for_delta(loads, forces, dataset, deletes):
        dataset = dataclasses.replace(dataset, forces=forces)
        changes, report = delta_of(connection, dataset, deletes, latest.stored or 0)
    else:
        have = pull(connection)
        old = dataset_of(have) if any(t.num_rows for t in have.nodes.values()) else None
        merged, report = merge(old, dataset, replace=replace, prefix=prefix, prefixes=states, deletes=deletes)
        changes = changes_between(have, graph_of(dataclasses.replace(merged, forces=forces)))
    own = [each for each in loads if each.state.manifest.prefix == prefix]
    onto = own[-1] if own and not replace else None
    content = load_id_of(dataset, manifest)
    # A load that was broken off and is repeated is still the same load, and so is one that finds no record to change.
    moved = report.added or report.changed or report.removed
    again = latest is not None and latest.content == content and not (latest.complete and moved)
    load = Load.begun(*next_load(loads, content, again=again), state, report.rows, onto=onto)
    same = again and latest is not None and latest.complete and latest.state == state and latest.shape == load.shape
    reshaped = "" if latest is None or latest.shape == load.shape else _of_reshaped(changes)
    unfinished = "" if again or not own or own[-1].complete else _of_unfinished(own[-1], replace=replace)
    return Plan(report, changes, load, needed=bool(changes) or not same, unfinished=unfinished, reshaped=reshaped)


def _fit_for_delta(loads: list[Load], forces: Mapping[str, str], dataset: Dataset, deletes: Dataset) -> bool:
    """Tell whether the rows of a load can be looked up: there are few, and all others stand as they should.

    What a broken-off load left half done, what another version shaped otherwise and what forces are called since is
    found by comparing everything.
    """
    latest = loads[-1]
    asked = sum(dataset.rows.values()) + sum(deletes.rows.values())
    called = forces_of(states_of(loads))
    return (
        latest.complete
        and latest.shape == shape()
        and all(forces[prefix] == word for prefix, word in called.items())
        and latest.stored is not None
        and FEW * asked <= latest.stored
    )


def _of_reshaped(changes: Changes) -> str:
    elements = sum(changed for _, changed, _ in changes.counts().values())
    return (
        "The store was loaded with another version of ocgnet. Its graph now has the properties that this version's "
        f"questions read: {counted(elements, 'node or relationship', 'nodes and relationships')} changed, whether or "
        "not their records did."
    )


def _of_unfinished(load: Load, *, replace: bool) -> str:
    rest = (
        "it is replaced."
        if replace
        else "what this load does not change of it stays. Load its files again, or these with --replace."
    )
    return (
        f"The store held a part of another load, begun by {load.loaded_by} at {load.loaded_at} and broken off: {rest}"
    )


def _refuse_foreign(connection: Connection) -> None:
    """Refuse a database where somebody else keeps nodes under a label of ours; other labels do not matter.

    Looking at every node is spared where there are as many of each label as the latest load left.
    """
    loads = loads_in(connection)
    if loads and loads[-1].complete and loads[-1].nodes == nodes_in(connection):
        return
    for foreign in nodes_of_others(connection, (*NODES, LOAD)):
        raise StoreError(
            f"{connection.address.uri} holds {foreign['n']:,} {foreign['label']} nodes that ocgnet did not load, and "
            "mixing them with yours would falsify figures. Name another database (--database) or server."
        )
