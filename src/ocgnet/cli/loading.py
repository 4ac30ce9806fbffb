"""Loading into whichever store was named, with what only some of them can do."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from ocgnet.cli.progress import Counted
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError, UsageError
from ocgnet.store import LoadManifest, Store, StoreReport
from ocgnet.store.neo4j.store import Neo4jStore

_HERE = ("127.0.0.1", "localhost")


def foresee(store: Store, dataset: Dataset, manifest: LoadManifest, *, replace: bool) -> list[str]:
    """Return lines that say what a load would do; nothing is changed."""
    lines = []
    if isinstance(store, Neo4jStore):
        plan = store.plan(dataset, manifest, replace=replace)
        done = plan.report
        for name, (new, changed, gone) in plan.changes.counts().items():
            lines.append(f"{name + ':':18}{new:>10,} new {changed:>10,} changed {gone:>10,} removed")
    else:
        done = store.foresee(dataset, manifest, replace=replace)
    lines.append(
        f"Nothing was changed. A load would add {done.added:,} rows, change {done.changed:,}, remove {done.removed:,} "
        f"and leave {done.kept:,} as they are."
    )
    return lines


def write(
    store: Store, dataset: Dataset, manifest: LoadManifest, *, replace: bool, bulk: bool, home: Path | None
) -> StoreReport:
    """Load, showing progress where there is a terminal.

    Raises
    ------
    UsageError
        When a bulk load is asked of a store that is no server of the user's own.
    """
    counted = Counted()
    with counted.shown():
        if bulk:
            return _bulk(store, dataset, manifest, home, counted)
        if not isinstance(store, Neo4jStore):
            return store.write(dataset, manifest, replace=replace)
        store.progress = counted
        try:
            return store.write(dataset, manifest, replace=replace)
        except KeyboardInterrupt:
            raise StoreError(
                f"Stopped. {store.address.uri} may hold a part of this load, and nothing is read from it until "
                "the same command has run to its end."
            ) from None


def _bulk(store: Store, dataset: Dataset, manifest: LoadManifest, home: Path | None, counted: Counted) -> StoreReport:
    from ocgnet.store.neo4j import LocalServer
    from ocgnet.store.neo4j.bulk import bulk_load

    if not isinstance(store, Neo4jStore):
        raise UsageError("--bulk fills a Neo4j server; leave it out for any other store.")
    server = LocalServer(home)
    running = server.running()
    asked = urlsplit(store.address.uri)
    if running is None or asked.hostname not in _HERE or asked.port != running.bolt_port:
        raise UsageError(
            f"--bulk fills a server that ocgnet started, and {store.address.uri} is not the one of {server.home}. "
            "Start it with ocgnet neo4j start, name its folder with --home, or load without --bulk."
        )
    report, _ = bulk_load(server, store.address, dataset, manifest, counted)
    return report
