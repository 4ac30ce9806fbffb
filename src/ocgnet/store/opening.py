"""Finding the store that a name means."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ocgnet.errors import UsageError
from ocgnet.store.contract import OWN_SERVER, Store

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
"""How a name begins that means something else than a file, to DuckDB too; one letter alone is a drive of Windows."""


def open_store(uri: str, ask: Callable[[str], str] | None = None) -> Store:
    """Return the store that ``uri`` names; nothing is opened or created yet.

    That is a file ending in ``.duckdb``, the address of a Neo4j server such as ``bolt://127.0.0.1:7687``, or ``neo4j``
    for the server that ``ocgnet neo4j start`` started in its usual folder. ``ask`` is asked for a password that neither
    ``OCGNET_NEO4J_PASSWORD`` nor ``OCGNET_NEO4J_PASSWORD_FILE`` gives.
    """
    scheme, _, rest = uri.partition("://")
    if not rest and Path(uri).suffix == ".duckdb" and not _SCHEME.match(str(Path(uri))):
        from ocgnet.store.duckdb_file import DuckDBFile

        return DuckDBFile(Path(uri))
    if rest or uri == OWN_SERVER:
        from ocgnet.store.neo4j.connection import SCHEMES, Address
        from ocgnet.store.neo4j.store import Neo4jStore

        if scheme in SCHEMES or uri == OWN_SERVER:
            return Neo4jStore(Address.of(uri, ask))
    if Path(uri).suffix == ".duckdb" and "://" not in uri:
        raise UsageError(
            f"'{uri}' begins as an address does, and no such store is known. For a file of this name write the folder "
            f"before it: {Path.cwd() / uri}"
        )
    raise UsageError(
        f"'{uri}' names no store: give a file that ends in .duckdb, the address of a Neo4j server such as "
        f"bolt://127.0.0.1:7687, or {OWN_SERVER} for the one that ocgnet neo4j start started."
    )
