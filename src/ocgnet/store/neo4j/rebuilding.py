"""Writing the database of one's own server anew, so that nothing stays of what was removed from it.

Neo4j leaves removed records in its store until it needs their room, in its transaction logs until they are pruned, and
in the pages of its indexes. The Community edition has no command against that. So everything the database holds,
whoever put it there, is written into files, imported beside it, and put in its place by the next start of the server
(:meth:`ocgnet.store.neo4j.server.LocalServer.start`); a kill at any moment leaves the old database or the new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from neo4j.spatial import Point

from ocgnet.errors import StoreError
from ocgnet.files.writing import scratch_folder, write_text
from ocgnet.store.neo4j.connection import Address, Connection, connected
from ocgnet.store.neo4j.server import ANEW, LocalServer

_TYPES = {
    "STRING": "", "INTEGER": "long", "FLOAT": "double", "BOOLEAN": "boolean", "DATE": "date",
    "LOCAL DATETIME": "localdatetime", "ZONED DATETIME": "datetime", "LOCAL TIME": "localtime", "ZONED TIME": "time",
    "DURATION": "duration", "POINT": "point", "LIST<STRING NOT NULL>": "string[]", "LIST<INTEGER NOT NULL>": "long[]",
    "LIST<FLOAT NOT NULL>": "double[]", "LIST<BOOLEAN NOT NULL>": "boolean[]",
}  # fmt: skip
"""Types that the import reads, by their names in Cypher."""

_BETWEEN = "\x1f"
"""Parts the values of a list."""

_EMPTY = "ocgnet_empty"
"""Property that holds the names of those that are empty lists, which no file can say; gone once they are made."""

_MADE_EMPTY = tuple(
    f"MATCH {pattern} WHERE x.{_EMPTY} IS NOT NULL FOREACH (name IN x.{_EMPTY} | SET x[name] = []) REMOVE x.{_EMPTY}"
    for pattern in ("(x)", "()-[x]->()")
)

_CRS = {4326: "WGS-84", 4979: "WGS-84-3D", 7203: "cartesian", 9157: "cartesian-3D"}
"""Systems of coordinates by their numbers."""

_NODES, _TIES = "n", "r"
_COLUMNS = {
    _NODES: "MATCH (n) WITH reduce(a = '', l IN labels(n) | a + l + $between) AS what, n AS x",
    _TIES: "MATCH ()-[r]->() WITH type(r) AS what, r AS x",
}
_ROWS = {
    _NODES: "MATCH (n) RETURN elementId(n) AS id, reduce(a = '', l IN labels(n) | a + l + $between) AS what, n AS x",
    _TIES: "MATCH (a)-[r]->(b) RETURN elementId(a) AS id, elementId(b) AS other, type(r) AS what, r AS x",
}


def own_server(address: Address) -> LocalServer | None:
    """Return the server behind an address when ``ocgnet neo4j start`` started it on this machine; else None."""
    parts = urlsplit(address.uri)
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    asked = "SHOW SETTINGS YIELD name, value WHERE name = 'server.directories.neo4j_home' RETURN value"
    with connected(address) as connection:
        homes = [Path(row["value"]) for row in connection.rows(asked)]
    for home in homes:
        server = LocalServer.as_it_runs(home)
        running = server.running() if server is not None else None
        if running is not None and running.bolt_port == parts.port and address.database in (None, "neo4j"):
            return server
    return None


def rebuild(server: LocalServer, address: Address) -> None:
    """Write the database of a server of one's own anew; the server is stopped meanwhile and then answers as before.

    Raises
    ------
    StoreError
        When something in the database cannot be written into a file, or the import fails; the old database stays.
    """
    with scratch_folder(server.home / "import" / "rebuilding") as folder:
        with connected(address) as connection:
            schema = _schema(connection)
            arguments = _written(connection, folder)
        server.stop()
        server.rebuilt.unlink(missing_ok=True)
        try:
            done = server.admin(
                "database", "import", "full", ANEW, "--overwrite-destination=true", *arguments, short=True
            )
            if not done.returncode:
                write_text(server.rebuilt, json.dumps({"then": [*_MADE_EMPTY, *schema]}), replace=True)
        finally:
            server.start()
        if done.returncode:
            says = next((x for x in reversed((done.stderr + done.stdout).splitlines()) if x.strip()), "no reason given")
            raise StoreError(f"the import failed: {says.strip()[:300]}")


def _schema(connection: Connection) -> list[str]:
    """Return the statements that make the constraints and indexes of a database."""
    constraints = connection.rows("SHOW CONSTRAINTS YIELD createStatement RETURN createStatement AS made")
    indexes = connection.rows(
        "SHOW INDEXES YIELD createStatement, owningConstraint, type "
        "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN createStatement AS made"
    )
    return [row["made"] for row in (*constraints, *indexes)]


def _written(connection: Connection, folder: Path) -> list[str]:
    """Write every node and relationship into files, and return the arguments that name them to the import."""
    arguments = [
        "--id-type=string", "--bad-tolerance=0", "--multiline-fields=true", f"--array-delimiter=U+{ord(_BETWEEN):04X}",
        f"--report-file={folder / 'report'}",
    ]  # fmt: skip
    for kind, option in ((_NODES, "nodes"), (_TIES, "relationships")):
        columns = _columns(connection, kind)
        with ExitStack() as opened:
            files = {}
            for number, (what, types) in enumerate(columns.items()):
                path = folder / f"{option}{number}.csv"
                files[what] = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
                ends = [":ID", ":LABEL"] if kind == _NODES else [":START_ID", ":END_ID", ":TYPE"]
                names = [f"{name}:{form}" if form else name for name, form in types.items()]
                _line(files[what], [*ends, *names, f"{_EMPTY}:string[]"])
                arguments.append(f"--{option}={path}")
            for row in _rows(connection, kind):
                what, types = row["what"], columns[row["what"]]
                ends = [row["id"], what.rstrip(_BETWEEN)] if kind == _NODES else [row["id"], row["other"], what]
                empty = [name for name, value in row["x"].items() if value == []]
                cells = [_text(row["x"].get(name)) for name in types]
                _line(files[what], [*ends, *cells, _text(empty)])
    return arguments


def _columns(connection: Connection, kind: str) -> dict[str, dict[str, str]]:
    """Return the properties with their types for each set of labels, or each type of relationship."""
    columns: dict[str, dict[str, str]] = {}
    whats = connection.rows(f"{_COLUMNS[kind]} RETURN DISTINCT what ORDER BY what", between=_BETWEEN)
    columns.update({row["what"]: {} for row in whats})
    asked = f"{_COLUMNS[kind]} UNWIND keys(x) AS name RETURN DISTINCT what, name, valueType(x[name]) AS type"
    for row in connection.rows(f"{asked} ORDER BY what, name, type", between=_BETWEEN):
        what, name, said = row["what"], row["name"], row["type"].removesuffix(" NOT NULL")
        if said == "LIST<NOTHING>":
            continue
        where = f"{what.rstrip(_BETWEEN).replace(_BETWEEN, ':')}.{name}"
        if said not in _TYPES or not name.replace("_", "a").replace(" ", "a").isalnum():
            raise StoreError(f"{where} ({said}) cannot be written into a file for the import")
        if columns[what].setdefault(name, _TYPES[said]) != _TYPES[said]:
            raise StoreError(f"{where} holds values of several types")
    return columns


def _rows(connection: Connection, kind: str) -> Iterator[Any]:
    with connection.session(fetch_size=20_000) as session:
        yield from session.run(_ROWS[kind], {"between": _BETWEEN})


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        cells = [str(_text(v)) for v in value]
        if any(_BETWEEN in cell for cell in cells) or cells == [""]:
            raise StoreError("a list holds nothing but an empty text, or a character that parts lists in the import")
        return _BETWEEN.join(cells) if cells else None
    if isinstance(value, Point):
        x, y, *z = value
        height = "".join(f",z:{h!r}" for h in z)
        return f"{{x:{x!r},y:{y!r}{height},crs:{_CRS[value.srid or 0]}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.iso_format()) if hasattr(value, "iso_format") else str(value)


def _line(file: TextIO, cells: list[str | None]) -> None:
    # An empty text stands in quotes; nothing at all is no property.
    file.write(",".join("" if c is None else '"' + c.replace('"', '""') + '"' for c in cells) + "\n")
