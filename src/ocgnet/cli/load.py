"""The command that brings the records of a folder into a store: a whole folder, or a change of what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replace_field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from ocgnet import __version__
from ocgnet.cli.console import Counted, ask_password, recorded, say, tell_people
from ocgnet.cli.options import (
    ACCEPT_LOSS,
    DATABASE,
    FOLDER,
    OWN_SETTINGS,
    RECORDS,
    REJECTS,
    SKIP_REJECTS,
    TODAY,
    accepted_losses,
    own_store,
    result_folder,
    with_own,
)
from ocgnet.cli.records import accepted, read_folder, unstored
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError, UsageError
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, Store, StoreReport, open_store
from ocgnet.store.contract import NO_DELETES, ChangedSinceError

if TYPE_CHECKING:
    pass

app = typer.Typer()


@app.command()
def load(
    records: RECORDS = "",
    folder: FOLDER = None,
    store: Annotated[
        str,
        typer.Option(
            help="Store to fill, such as ocg.duckdb or bolt://127.0.0.1:7687.",
            metavar="STORE",
            show_default=False,
            callback=own_store,
        ),
    ] = "",
    database: DATABASE = "",
    bulk_files: Annotated[
        Path | None,
        typer.Option(
            help="Fill no store, and write what whoever runs a Neo4j server imports into a new database there.",
            metavar="DIR",
            show_default=False,
            callback=result_folder("ocgnet load --bulk-files"),
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Remove what the folder no longer holds.")] = False,
    prefix: Annotated[
        str, typer.Option(help="Put this before every id, so that several forces share a store.", metavar="HANTS:")
    ] = "",
    deletes: Annotated[
        Path | None,
        typer.Option(help="CSV of rows to remove: table, and what tells the row.", metavar="FILE", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Fill the empty database of your own Neo4j server offline, which is faster.")
    ] = False,
    home: Annotated[Path | None, typer.Option(help="Folder of that server.", metavar="DIR", show_default=False)] = None,
    skip_rejects: SKIP_REJECTS = False,
    accept_loss: ACCEPT_LOSS = None,
    rejects: REJECTS = Path("rejects.csv"),
    today: TODAY = None,
    own_settings: OWN_SETTINGS = None,
) -> None:
    """Bring the records of a folder into a store."""
    from ocgnet.cli.watch import watch_after_load
    from ocgnet.store.contract import OWN_SERVER, in_database

    settings = Settings(accepted_losses=accepted_losses(accept_loss, skip_rejects=skip_rejects))
    if bool(store) == bool(bulk_files):
        raise UsageError("Say where the records go, once: --store STORE, or --bulk-files DIR.")
    if bulk_files and (replace or dry_run or bulk or home):
        raise UsageError(
            "--bulk-files writes the files of a new database; --replace, --dry-run, --bulk and --home are for a store."
        )
    if deletes and (replace or bulk or bulk_files):
        raise UsageError(
            "--deletes is for a change of what a store holds: leave --replace, --bulk and --bulk-files out."
        )
    place = in_database(store, database) if store else ""
    target = bulk_files or open_store(place, ask_password)
    # What goes may be all that there is to say.
    source = deletes if deletes and not (records or folder) else unstored(records, folder)
    kind = "export" if bulk_files else "read" if dry_run else "load"
    with recorded(kind, source, bulk_files or Path(place)) as act:
        settings = with_own(settings, own_settings, today)
        judge = partial(
            _incoming,
            source,
            target,
            prefix,
            deletes,
            alone=isinstance(target, Path) or replace or bulk,
            skip_rejects=skip_rejects,
            rejects=rejects,
            settings=settings,
        )
        incoming = judge()
        if isinstance(target, Path):
            _write_for_import(target, incoming.dataset, incoming.manifest, database)
            act.wrote(target)
            return
        if dry_run:
            for line in foresee(target, incoming, replace=replace):
                say(line)
            return
        incoming, done = _brought(target, incoming, judge, replace=replace, bulk=bulk, home=home)
        act.note(
            store=place if "://" in place or place == OWN_SERVER else str(Path(place).absolute()),
            rows=done.rows,
            added=done.added,
            changed=done.changed,
            removed=done.removed,
        )
    say(
        f"{place} holds {done.rows:,} rows: {done.added:,} added, {done.changed:,} changed, "
        f"{done.removed:,} removed, {done.kept:,} as they were."
    )
    for note in done.notes:
        say(note)
    for loss in incoming.dataset.losses:
        say(f"{loss}. The store remembers that, and so does every answer made from it.")
    watch_after_load(place, target)


@dataclass(frozen=True)
class Incoming:
    """Checked records on their way into a store, the rows that go, and what the store was when they were checked."""

    dataset: Dataset
    manifest: LoadManifest
    deletes: Dataset = NO_DELETES
    seen: object = None


def _incoming(
    source: Path,
    target: Store | Path,
    prefix: str,
    deletes: Path | None,
    *,
    alone: bool,
    skip_rejects: bool,
    rejects: Path,
    settings: Settings,
) -> Incoming:
    """Check the records of a folder, by themselves (``alone``) or beside a store, and give their ids the prefix."""
    from ocgnet.store.merging import with_prefix

    if alone or isinstance(target, Path):
        own = Incoming(*read_folder(source, skip_rejects=skip_rejects, rejects=rejects, settings=settings, brief=False))
    else:
        own = read_beside(
            source, target, prefix, deletes, skip_rejects=skip_rejects, rejects=rejects, settings=settings
        )
    dataset, gone = with_prefix(own.dataset, prefix), with_prefix(own.deletes, prefix)
    if gone.rows:
        tell_people(gone)
    if prefix:
        tell_people(dataset)
    return Incoming(dataset, replace_field(own.manifest, prefix=prefix), gone, own.seen)


CHECKS = 5
"""How often a load that others overtake is checked beside what they left, before it gives up."""


def _brought(
    store: Store, incoming: Incoming, judge: Callable[[], Incoming], *, replace: bool, bulk: bool, home: Path | None
) -> tuple[Incoming, StoreReport]:
    """Load, and where somebody else changed the store after the check, check again beside what it holds now."""
    for _ in range(CHECKS - 1):
        try:
            return incoming, write(store, incoming, replace=replace, bulk=bulk, home=home)
        except ChangedSinceError:
            say("Somebody else changed the store meanwhile: the records are checked again beside what it holds now.")
            incoming = judge()
    return incoming, write(store, incoming, replace=replace, bulk=bulk, home=home)


def read_beside(
    source: Path,
    store: Store,
    prefix: str,
    deletes: Path | None,
    *,
    skip_rejects: bool,
    rejects: Path,
    settings: Settings,
) -> Incoming:
    """Return the checked records of a folder that are added to a store, the rows that go, and what the store was then.

    They are judged together with what the store holds of their force, whose ids have a prefix there. ``source`` is the
    list of rows that go where that is all there is.

    Raises
    ------
    RecordError
        As :func:`read_folder` does, and when a row to remove is not there.
    """
    from ocgnet.checks.beside_store import check_beside
    from ocgnet.checks.check import check
    from ocgnet.checks.deletes import read_deletes
    from ocgnet.sources import Source, read_source

    with store.kept(prefix) as kept:
        read = Source(source, kept.about, {}) if source == deletes else read_source(source)
        files = read.fingerprints()
        gone = read_deletes(deletes, kept, read.words, files) if deletes else None
        if kept.given or gone:
            checked = check_beside(read, kept, deletes=gone.rows if gone else {}, settings=settings)
        else:
            checked = check(read, settings=settings)
    if gone:
        checked = replace_field(checked, findings=(*checked.findings, *gone.findings))
        files = (*files, gone.source)
    dataset = accepted(checked, settings, skip_rejects=skip_rejects, rejects=rejects, brief=False)
    return Incoming(dataset, LoadManifest(files, __version__), Dataset.of(gone.rows if gone else {}), kept.seen)


_HERE = ("127.0.0.1", "localhost")


def foresee(store: Store, incoming: Incoming, *, replace: bool) -> list[str]:
    """Return lines that say what a load would do; nothing is changed."""
    from ocgnet.store.neo4j.store import Neo4jStore

    lines = []
    if isinstance(store, Neo4jStore):
        plan = store.plan(incoming.dataset, incoming.manifest, replace=replace, deletes=incoming.deletes)
        done = plan.report
        for name, (new, changed, gone) in plan.changes.counts().items():
            lines.append(f"{name + ':':18}{new:>10,} new {changed:>10,} changed {gone:>10,} removed")
    else:
        done = store.foresee(incoming.dataset, incoming.manifest, replace=replace, deletes=incoming.deletes)
    lines.append(
        f"Nothing was changed. A load would add {done.added:,} rows, change {done.changed:,}, remove {done.removed:,} "
        f"and leave {done.kept:,} as they are."
    )
    return lines


def write(store: Store, incoming: Incoming, *, replace: bool, bulk: bool, home: Path | None) -> StoreReport:
    """Load, showing progress where there is a terminal.

    Raises
    ------
    UsageError
        When a bulk load is asked of a store that is no server of the user's own.
    """
    from ocgnet.store.neo4j.store import Neo4jStore

    counted = Counted()
    with counted.shown():
        if bulk:
            return _bulk(store, incoming.dataset, incoming.manifest, home, counted)
        written = partial(
            store.write,
            incoming.dataset,
            incoming.manifest,
            replace=replace,
            deletes=incoming.deletes,
            seen=incoming.seen,
        )
        if not isinstance(store, Neo4jStore):
            return written()
        store.progress = counted
        try:
            return written()
        except KeyboardInterrupt:
            raise StoreError(
                f"Stopped. {store.address.uri} may hold a part of this load, and nothing is read from it until "
                "the same command has run to its end."
            ) from None


def _write_for_import(out: Path, dataset: Dataset, manifest: LoadManifest, database: str) -> None:
    from ocgnet.store.neo4j.bulk import README_FILE, write_for_import

    counted = Counted()
    with counted.shown():
        write_for_import(out, dataset, manifest, database, counted)
    say(f"{out} holds {sum(dataset.rows.values()):,} rows for the import; {out / README_FILE} says how it is done.")


def _bulk(store: Store, dataset: Dataset, manifest: LoadManifest, home: Path | None, counted: Counted) -> StoreReport:
    from ocgnet.store.neo4j import LocalServer
    from ocgnet.store.neo4j.bulk import bulk_load
    from ocgnet.store.neo4j.store import Neo4jStore

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
