"""One load at a time in a database: a lease that a load takes, renews, and shows again with every batch it writes."""

from __future__ import annotations

import getpass
import os
import platform
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j
from neo4j.exceptions import ClientError, DriverError, Neo4jError

from ocgnet.errors import StoreError
from ocgnet.model.graph import LEASE
from ocgnet.store.neo4j.connection import Connection

ORPHANED = 30
"""Seconds by the server's clock after which a lease that was not renewed is another load's to take."""

RENEWED = 5.0
"""Seconds between two renewals; every batch renews it besides."""

ASKED_AGAIN = 0.5
"""Seconds between two looks at a lease that another load holds."""

BATCH_SECONDS = 60.0
"""Seconds after which the server breaks off a batch: of a process that stopped in the middle of one."""

_NODE = f"(k:{LEASE.label} {{{LEASE.key}: 'load'}})"
_LATE = f"k.renewed < datetime.realtime() - duration({{seconds: {ORPHANED}}})"

# Looking at the lease takes no lock, which a load holds in every batch.
_LOOK = f"MATCH {_NODE} WHERE k.token IS NOT NULL RETURN properties(k) AS held, {_LATE} AS late"
# Writing to the node before reading it keeps every other load that asks waiting for the answer.
_TAKE = (
    f"MERGE {_NODE} SET k.asked = $token WITH k, properties(k) AS before, "
    f"k.token IS NULL OR k.token IN $ended OR {_LATE} AS free "
    "FOREACH (_ IN CASE WHEN free THEN [1] ELSE [] END | "
    "SET k += $holder, k.token = $token, k.renewed = datetime.realtime()) RETURN before, free"
)
_RENEW = f"MATCH {_NODE} WHERE k.token = $token SET k.renewed = datetime.realtime() RETURN k.token AS token"
_GIVE_BACK = f"MATCH {_NODE} WHERE k.token = $token DELETE k"
_LOCK = f"MERGE {_NODE} SET k.asked = 'change'"


class Leased(Connection):
    """A connection of which every write counts only while its load holds the lease.

    ``orphan`` is a sentence about the load that held it before and never ended; empty when there was none.
    """

    def __init__(self, connection: Connection, token: str, orphan: str) -> None:
        super().__init__(connection.driver, connection.address)
        self.token = token
        self.orphan = orphan

    def write(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do the work in the transaction that shows and renews the lease; ``StoreError`` when it is another's."""

        def shown(tx: neo4j.ManagedTransaction) -> Any:
            if not tx.run(_RENEW, token=self.token).single():
                raise self._lost()
            return work(tx, *arguments)

        try:
            return super().write(neo4j.unit_of_work(timeout=BATCH_SECONDS)(shown))
        except ClientError as error:
            # The server broke off a batch that paused for too long, and another load went on.
            if any(row["held"]["token"] == self.token for row in self.rows(_LOOK)):
                raise
            raise self._lost() from error

    def _lost(self) -> StoreError:
        return StoreError(
            f"Another load took over {self.address.uri} because nothing was heard of this one for {ORPHANED} seconds. "
            "This one has stopped, and what it had not yet written is not in the store. Look at what the other "
            "brought, then run this one again."
        )


@contextmanager
def one_load(connection: Connection, waiting: Callable[[str, int, int], None]) -> Iterator[Leased]:
    """Hold the lease of a database, waiting until no other load does; ``waiting`` is told for whom.

    The lease of a load whose process ended, or of which nothing was heard for :data:`ORPHANED` seconds, is taken over.
    The load that lost it is told so by its next batch, and by its end.
    """
    token = secrets.token_hex(8)
    leased = Leased(connection, token, _taken(connection, token, waiting))
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(connection, token, over), daemon=True)
    renewing.start()
    try:
        yield leased
    finally:
        over.set()
        renewing.join()
        # A server that is away forgets nobody: the lease is an orphan then.
        with suppress(Neo4jError, DriverError), connection.session() as session:
            session.run(_GIVE_BACK, token=token).consume()


def keep_loads_out(transaction: Any) -> None:
    """Keep loads waiting until a transaction that changes single records ends; ``StoreError`` while one runs.

    ``transaction`` has ``run``; the node that it locks is made and removed in it.
    """
    held = _held(transaction.run(_LOOK))
    if not held:
        # One that takes the lease now waits here or is waited for, and then looked at.
        transaction.run(_LOCK).consume()
        held = _held(transaction.run(_LOOK))
    if held:
        raise StoreError(
            f"A load that {_whose(held)} is under way in this database. Nothing was changed: run the same command "
            "again when it is done."
        )
    transaction.run(f"MATCH {_NODE} DELETE k").consume()


def _held(rows: Iterable[Any]) -> dict[str, Any] | None:
    """Return the lease that another load holds; None when there is none, or it is an orphan."""
    live = [row["held"] for row in rows if not (row["late"] or _ended(row["held"]))]
    return live[0] if live else None


def _taken(connection: Connection, token: str, waiting: Callable[[str, int, int], None]) -> str:
    holder = {
        "by": getpass.getuser(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "process": os.getpid(),
        "machine": _machine(),
    }
    while True:
        rows = connection.rows(_LOOK)
        if held := _held(rows):
            waiting(f"Waiting for a load that {_whose(held)}", 0, 0)
            time.sleep(ASKED_AGAIN)
            continue
        ended = [row["held"]["token"] for row in rows if not row["late"]]
        [row] = connection.run(_TAKE, token=token, holder=holder, ended=ended)
        if row["free"]:
            before = row["before"]
            return (
                f"A load that {_whose(before)} never came to its end, and this one has taken its place."
                if before.get("token")
                else ""
            )


def _renew(connection: Connection, token: str, over: threading.Event) -> None:
    while not over.wait(RENEWED):
        # Whether it still holds is told by the next batch.
        with suppress(Neo4jError, DriverError), connection.session() as session:
            session.run(_RENEW, token=token).consume()


def _whose(held: dict[str, Any]) -> str:
    return f"{held.get('by')} began at {held.get('since')}"


def _ended(held: dict[str, Any]) -> bool:
    """Tell whether the process that holds a lease ran here and is no more."""
    if sys.platform == "win32" or held.get("machine") != _machine():
        return False
    try:
        os.kill(int(held["process"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """Return what tells this machine, since its start, from others; in a container, where processes count anew, it."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)
