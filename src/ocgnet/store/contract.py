"""What every store promises."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ocgnet.checks.beside_store import Kept
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError, UsageError
from ocgnet.sources import SourceFile

OWN_SERVER = "neo4j"
"""Name of a store: the server of one's own that ``ocgnet neo4j start`` started in its usual folder."""


def names_store(name: str) -> bool:
    """Tell whether a name can be that of a store only; ``OWN_SERVER`` may be a folder's as well.

    >>> [names_store(name) for name in ("bolt://h", "ocg.duckdb", "neo4j", "mydata")]
    [True, True, False, False]
    """
    return "://" in name or name.endswith(".duckdb")


_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9.-]{2,62}")


def in_database(store: str, database: str) -> str:
    """Return the name of a store that is one database of a Neo4j server; without a database the store as it is.

    Raises
    ------
    UsageError
        When the store is none of a server that may hold several, or the name can be no database's.

    >>> in_database("bolt://h:7687", "hants"), in_database("neo4j", "neo4j"), in_database("bolt://h", "")
    ('bolt://h:7687/hants', 'neo4j', 'bolt://h')
    """
    if not database:
        return store
    if not _DATABASE.fullmatch(database):
        raise UsageError(
            f"'{database}' is no name of a database: it begins with a letter and has 3 to 63 letters, digits, dots or "
            "dashes."
        )
    if store == OWN_SERVER:
        if database.lower() != OWN_SERVER:
            raise UsageError(
                f"Your own server has one database, {OWN_SERVER}, and no {database}. Leave --database out."
            )
        return store
    scheme, mark, rest = store.partition("://")
    if not mark:
        raise UsageError(f"--database names a database of a Neo4j server, and {store} is none. Leave it out.")
    host, _, named = rest.partition("/")
    if named and named.lower() != database.lower():
        raise UsageError(f"{store} names a database already. Leave it out of the address, or --database.")
    return f"{scheme}://{host}/{database}"


class ChangedSinceError(StoreError):
    """A store is no longer what records were checked against; nothing was changed."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"Somebody changed {name} while these records were checked against what it held. Nothing was changed: run "
            "the same command again."
        )


@dataclass(frozen=True)
class LoadManifest:
    """What a load brought: its files, and the version of ocgnet that loaded them.

    ``prefix`` stands before every id of this force; it is empty where the store holds one force only.
    """

    sources: tuple[SourceFile, ...]
    version: str
    prefix: str = ""


@dataclass(frozen=True)
class StoreReport:
    """Rows in the store after a load, and what happened to them; a row is one identity of the model.

    ``notes`` are sentences about what else happened, such as a load of before that never came to its end.
    """

    rows: int
    added: int
    changed: int
    removed: int
    kept: int
    notes: tuple[str, ...] = ()


FEW = 4
"""How many times the rows of a load a store holds at least, so that looking its rows up costs less than reading all."""


NO_DELETES = Dataset.of({})


class Store(Protocol):
    """Keeps the records of one or more loads.

    Writing is all or nothing. Writing the same dataset twice changes nothing; writing a corrected one
    updates rows of the same identity and adds new ones; with ``replace`` rows that the new dataset
    lacks are removed, of the force of the manifest's prefix only. Rows of ``deletes`` are removed in any case: of them
    only the columns that tell rows apart count, and what is not there is passed over. Without ``replace``, a few rows
    beside many in the store cost what they themselves cost. Reading gives a dataset equal to the one written,
    fingerprint included; several forces are read together.
    """

    def write(
        self,
        dataset: Dataset,
        manifest: LoadManifest,
        *,
        replace: bool = False,
        deletes: Dataset = NO_DELETES,
        seen: object = None,
    ) -> StoreReport:
        """Bring the records of ``dataset``, whose ids carry the manifest's prefix, into the store.

        ``seen`` is what :meth:`kept` gave with what they were checked against: of another state of the store since then
        the check says nothing, and it is a ``StoreError``.
        """
        ...

    def foresee(
        self, dataset: Dataset, manifest: LoadManifest, *, replace: bool = False, deletes: Dataset = NO_DELETES
    ) -> StoreReport:
        """Return what :meth:`write` would report, and change nothing."""
        ...

    def kept(self, prefix: str = "") -> AbstractContextManager[Kept]:
        """Give what the store keeps of the force of a prefix, to look rows up; nothing before its first load."""
        ...

    def read(self) -> Dataset:
        """Return all records; ``StoreError`` when the store is empty or not ours."""
        ...

    def manifest(self) -> LoadManifest:
        """Return the manifest of the latest load."""
        ...
