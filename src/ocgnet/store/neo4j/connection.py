"""One connection to a Neo4j database, and its faults in an analyst's words."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from ocgnet import __version__
from ocgnet.errors import OpenLineWarning, StoreError, UsageError
from ocgnet.store.contract import OWN_SERVER


def kept_password(uri: str, user: str) -> str:
    """Return the password of a user at a server; empty when none is kept, or there is no keyring.

    It is put there with ``keyring set "ocgnet bolt://127.0.0.1:7687" neo4j``.
    """
    try:
        import keyring
    except ImportError:
        return ""
    try:
        return keyring.get_password(f"ocgnet {uri}", user) or ""
    except Exception:
        # Each of its many backends fails in its own way; the keyboard is asked then.
        return ""


SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""Beginnings of addresses that mean a Neo4j server."""

OLDEST = (5, 26)
"""Oldest version of the server on which every question has its right answer; those before it were tried.

Up to 5.22 a third of the questions are not understood; 5.23 and 5.24 stumble over three more and, as 5.25 does, leave
people out of an answer without a word (high-concentration-nominals). Versions by the year, 2025.01 and later, follow.
"""

RETRY_SECONDS = 120.0
"""How long a transaction that another writer disturbed is tried again; the driver's own 30 s is short for loads."""

# The driver reports retries to its logger; without a handler Python would print them.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Address:
    """Which database (None: the user's own), and as whom; an empty password means a server without log-in."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None

    @classmethod
    def of(cls, uri: str, ask: Callable[[str], str] | None = None) -> Address:
        """Complete an address from the environment.

        ``neo4j`` alone is the server of one's own, whose folder holds its address and password. For any other the
        password is ``OCGNET_NEO4J_PASSWORD``, or the content of the file that ``OCGNET_NEO4J_PASSWORD_FILE`` names, or
        what the system's keyring keeps, or what ``ask`` returns; ``OCGNET_NEO4J_USER`` and ``OCGNET_NEO4J_DATABASE``
        name user and database. A database behind the address (``bolt://host:7687/hants``) goes before the latter. An
        address that itself holds a user or password is refused: it would end up in the shell's history.
        """
        if uri == OWN_SERVER:
            return _own()
        if "@" in uri:
            raise UsageError(
                "Leave user and password out of the store's address, where others can see them. Set OCGNET_NEO4J_USER "
                "and OCGNET_NEO4J_PASSWORD (or OCGNET_NEO4J_PASSWORD_FILE) instead."
            )
        scheme, _, rest = uri.partition("://")
        host, _, named = rest.partition("/")
        server, database = f"{scheme}://{host}", named or os.environ.get("OCGNET_NEO4J_DATABASE")
        user = os.environ.get("OCGNET_NEO4J_USER") or "neo4j"
        password = os.environ.get("OCGNET_NEO4J_PASSWORD", "")
        file = os.environ.get("OCGNET_NEO4J_PASSWORD_FILE")
        if not password and file:
            try:
                password = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise StoreError(f"The password file {file} cannot be read. Correct OCGNET_NEO4J_PASSWORD_FILE.") from (
                    error
                )
        password = password or kept_password(server, user)
        if not password and ask is not None:
            password = ask(f"Password of {user} at {server}: ")
        return cls(server, user, password, database or None)


def _own() -> Address:
    # Running a server needs parts of Unix that using one elsewhere does not.
    from ocgnet.store.neo4j import LocalServer

    server = LocalServer()
    running = server.running()
    if running is None:
        raise StoreError(f"No server of {server.home} is running. Start it with: ocgnet neo4j start")
    try:
        return Address(running.uri, password=server.password_file.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise StoreError(f"The password file {server.password_file} cannot be read ({error.strerror}).") from error


class Connection:
    """An open driver with the database that it asks."""

    def __init__(self, driver: neo4j.Driver, address: Address) -> None:
        self.driver = driver
        self.address = address

    def session(self, **options: Any) -> neo4j.Session:
        """Open a session on the database."""
        return self.driver.session(database=self.address.database, **options)

    def rows(self, query: str, **parameters: Any) -> list[neo4j.Record]:
        """Run one reading query as a managed transaction and return its rows."""
        with self.session(default_access_mode=neo4j.READ_ACCESS) as session:
            return session.execute_read(lambda tx: list(tx.run(query, parameters)))

    def run(self, query: str, **parameters: Any) -> list[neo4j.Record]:
        """Run one writing query as a managed transaction and return its rows."""
        rows: list[neo4j.Record] = self.write(lambda tx: list(tx.run(query, parameters)))
        return rows

    def write(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do ``work(transaction, *arguments)`` as one managed transaction, which may be repeated."""
        with self.session() as session:
            return session.execute_write(work, *arguments)


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """Open a connection, check that it leads to a server that will do, and close it at the end.

    Whatever goes wrong with the server inside the block is a ``StoreError`` that says what to do. An address of another
    machine that asks for no encryption is warned of (``OpenLineWarning``).
    """
    if is_open(address.uri):
        warnings.warn(
            f"{address.uri} is another machine, and what goes there and back, the password too, is not encrypted. Use "
            f"{address.uri.replace('://', '+s://', 1)} where the server has a certificate.",
            OpenLineWarning,
            stacklevel=2,
        )
    with in_words(address):
        try:
            driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password) if address.password else None,
                user_agent=f"ocgnet/{__version__}",
                max_transaction_retry_time=RETRY_SECONDS,
                connection_timeout=10.0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
        except (ConfigurationError, ValueError) as error:
            raise UsageError(
                f"'{address.uri}' is no address of a Neo4j server; give one such as bolt://127.0.0.1:7687."
            ) from error
        with driver:
            try:
                agent = driver.get_server_info().agent
            except ValueError as error:
                raise StoreError(f"The address {address.uri} leads nowhere. Correct its name or port.") from error
            refuse_old(agent, address.uri)
            yield Connection(driver, address)


def is_open(uri: str) -> bool:
    """Tell whether an address leads to another machine without encryption; a name counts as another one.

    >>> [is_open(u) for u in ("bolt://10.1.2.3:7687", "neo4j://h", "bolt+s://h", "bolt+ssc://h")]
    [True, True, False, False]
    >>> [is_open(f"bolt://{host}:7687") for host in ("127.0.0.1", "127.9.9.9", "localhost", "[::1]")]
    [False, False, False, False]
    """
    scheme, _, rest = uri.partition("://")
    if scheme not in ("bolt", "neo4j"):
        return False
    try:
        host = urlsplit(f"//{rest}").hostname
        # Without a host it is no address, which is refused with that sentence.
        return host is not None and host != "localhost" and not ip_address(host).is_loopback
    except ValueError:
        return True


def refuse_old(agent: str, uri: str) -> None:
    """Refuse a server whose version is too old, by how it names itself.

    >>> refuse_old("Neo4j/5.26.0", "bolt://here"), refuse_old("Neo4j/2026.08.1", "bolt://here")
    (None, None)
    >>> refuse_old("Neo4j/4.4.12", "bolt://here")
    Traceback (most recent call last):
    ...
    ocgnet.errors.StoreError: The server at bolt://here is Neo4j 4.4.12; version 5.26 or later is needed. ...
    """
    version = agent.partition("/")[2]
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers and numbers < OLDEST:
        raise StoreError(
            f"The server at {uri} is Neo4j {version}; version {'.'.join(map(str, OLDEST))} or later is needed. Ask for "
            "an upgrade, or use a server of your own: ocgnet neo4j start"
        )


@contextmanager
def in_words(address: Address) -> Iterator[None]:
    """Turn whatever the driver raises into one sentence; the password is in none of them."""
    try:
        yield
    except AuthError as error:
        raise StoreError(_about_log_in(address, error)) from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise StoreError(
            f"No Neo4j answers at {address.uri} (any more). Nothing that was loaded is lost: start the server (your "
            "own: ocgnet neo4j start), check the address, and run the same command again."
        ) from error
    except TransientError as error:
        if "DatabaseUnavailable" in (error.code or ""):
            raise StoreError(_NOT_OPEN.format(uri=address.uri)) from error
        if "OutOfMemory" in (error.code or "") or "MemoryPool" in (error.code or ""):
            raise StoreError(
                f"The server at {address.uri} has too little memory for this. Give it more (ocgnet neo4j start --heap "
                "2g) and run the same command again; nothing is lost."
            ) from error
        raise StoreError(
            f"Another program keeps writing to {address.uri}, so this could not finish ({error.code}). Run the same "
            "command again when it is done; what was written so far is found and not repeated."
        ) from error
    except ClientError as error:
        raise StoreError(_about_request(address, error)) from error
    except (Neo4jError, DriverError) as error:
        code = getattr(error, "code", None) or type(error).__name__
        raise StoreError(
            f"Neo4j at {address.uri} could not do this ({code}). Its own log says more; nothing that was loaded is "
            "lost."
        ) from error


def _about_log_in(address: Address, error: AuthError) -> str:
    if error.code == "Neo.ClientError.Security.AuthenticationRateLimit":
        return f"{address.uri} was given too many wrong passwords. Wait some seconds, then use the right one."
    if error.code in {"Neo.ClientError.Security.Forbidden", "Neo.ClientError.Security.CredentialsExpired"}:
        return (
            f"{address.uri} does not let the user {address.user} do this ({error.code}). Ask for the right to write, "
            "or change a password that has expired."
        )
    return (
        f"{address.uri} does not accept the user {address.user} with this password. Set OCGNET_NEO4J_PASSWORD, or "
        "OCGNET_NEO4J_PASSWORD_FILE to the file that holds it (a server of your own: ocgnet neo4j shell-url says "
        "which)."
    )


_NOT_OPEN = (
    "The database at {uri} is not open. If a load with --bulk was broken off, run it again with --bulk; else read the "
    "server's log."
)
_READ_ONLY = (
    "The user {user} may only read at {uri}. Ask for the right to write, or set OCGNET_NEO4J_USER to a user who has it."
)
_READ_ONLY_DATABASE = "The database at {uri} is read-only at the moment. Ask whoever runs it, then try again."
_TOO_LONG = (
    "{uri} broke off because it took too long ({code}). Another program may hold the same records: wait for it and run "
    "the same command again."
)
_REFUSALS = {
    "Database.DatabaseNotFound": (
        "{uri} has no database {database}, or none that {user} may use. Correct --database or OCGNET_NEO4J_DATABASE, "
        "or leave both out for the user's own. A server of the Community edition has one, neo4j."
    ),
    "Database.DatabaseUnavailable": _NOT_OPEN,
    "Security.Forbidden": _READ_ONLY,
    "Statement.AccessMode": _READ_ONLY,
    "General.WriteOnReadOnlyAccessDatabase": _READ_ONLY_DATABASE,
    "General.ReadOnly": _READ_ONLY_DATABASE,
    "Schema.ConstraintValidationFailed": (
        "{uri} holds a record of the same id that this load did not bring. Another program may be loading: wait for it "
        "and run the same command again."
    ),
    "Transaction.LockClientStopped": _TOO_LONG,
    "Transaction.TransactionTimedOut": _TOO_LONG,
    "Transaction.TransactionTimedOutClientConfiguration": _TOO_LONG,
}
"""What to say of an error by the end of its code, after ``Neo.ClientError.``."""
_RULES_OF_OTHERS = (
    "{uri} holds nodes or rules of somebody else under a name that ocgnet uses ({code}). Use another database for "
    "ocgnet."
)
_UNKNOWN = "Neo4j at {uri} refused a request ({code}). Its own log says more; nothing that was loaded is lost."


def _about_request(address: Address, error: ClientError) -> str:
    code = (error.code or "").removeprefix("Neo.ClientError.")
    says = _REFUSALS.get(code) or (_RULES_OF_OTHERS if code.startswith("Schema.") else _UNKNOWN)
    database = address.database or "for this user"
    return says.format(uri=address.uri, user=address.user, database=database, code=error.code)
