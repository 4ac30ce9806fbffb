"""Filling an empty database through ``neo4j-admin database import``, offline and fast.

On one's own server ocgnet does all of it (:func:`bulk_load`); for any other it writes the files with which whoever runs
that server does it (:func:`write_for_import`).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.files.locking import alone
from ocgnet.files.writing import MARKING_FILE, marking_text, result_folder, scratch_folder, write_text
from ocgnet.model.graph import LEASE, LOAD, NODES, POINT, TIES
from ocgnet.store.contract import LoadManifest, StoreReport
from ocgnet.store.merging import next_state
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.connection import OLDEST, Address, Connection, connected
from ocgnet.store.neo4j.lease import one_load
from ocgnet.store.neo4j.loads import Load, complete, load_id_of, load_node
from ocgnet.store.neo4j.property_graph import END, KEY, LABELS, START, Graph, graph_of
from ocgnet.store.neo4j.writing import Progress, constraints, ensure_constraints, indexes, silent

_TYPES = {
    pa.date32(): ":date",
    pa.timestamp("s"): ":localdatetime",
    pa.int64(): ":long",
    pa.float64(): ":double",
    pa.bool_(): ":boolean",
    pa.list_(pa.string()): ":string[]",
    POINT: ":point{crs:WGS-84}",
}

UNFINISHED = "bulk-unfinished"
"""File in the server's folder while an import is under way."""

SHORT = 5_000_000
"""Rows below which an import is done before Java's slow compiler pays: 13 instead of 18 s of work for 1,200,000."""

_DELIMITERS = ("\x1f", "\x1e", "\x1d", ";", "~", "^")
"""Characters that may part the values of a list; the first that stands in no value is used."""


def bulk_load(
    server: LocalServer, address: Address, dataset: Dataset, manifest: LoadManifest, progress: Progress = silent
) -> tuple[StoreReport, float]:
    """Fill the empty database of a server of one's own; the same graph as :meth:`Neo4jStore.write` makes.

    The server is stopped, filled and started again. The files lie in its own folder, for the owner only, and are
    removed whatever happens; those of an import that was killed are removed by the next one. Another load waits until
    the server stops, and is refused then. Returned are a report in which every row is added, and the seconds that it
    took without the server's stop and start. ``StoreError`` when the database holds anything at all, or the import
    fails; it may then be run again.
    """
    unfinished = server.home / UNFINISHED
    with alone(unfinished, vanish=True):
        # An import that was broken off leaves a database that does not open. It was empty, so nothing is lost.
        if unfinished.exists() and not _opens(address):
            return _imported(server, address, dataset, manifest, progress, lambda: None)
        with connected(address) as connection:
            _refuse_full(connection)
            ensure_constraints(connection, [LEASE])
            with one_load(connection, progress) as leased:
                # The server stops with the last look: nobody loads into what the import writes over.
                return _imported(server, address, dataset, manifest, progress, lambda: _refuse_full(leased))


def _imported(
    server: LocalServer,
    address: Address,
    dataset: Dataset,
    manifest: LoadManifest,
    progress: Progress,
    look_again: Callable[[], None],
) -> tuple[StoreReport, float]:
    unfinished = server.home / UNFINISHED
    state = next_state(None, dataset, manifest, replace=True)
    load = Load.begun(load_id_of(dataset, manifest), 1, state, sum(dataset.rows.values()))
    began = perf_counter()
    with scratch_folder(server.home / "import" / "records") as folder:
        graph = graph_of(dataset)
        arguments = write_files(folder, graph, load, dataset, progress)
        spent = perf_counter() - began
        look_again()
        server.stop()
        unfinished.touch()
        began = perf_counter()
        progress("import", 0, 1)
        try:
            command = ("database", "import", "full", "neo4j", "--overwrite-destination=true", *arguments)
            done = server.admin(*command, short=sum(dataset.rows.values()) < SHORT)
            progress("import", 1, 1)
        finally:
            spent += perf_counter() - began
            running = server.start()
        if not done.returncode:
            unfinished.unlink()
        else:
            says = next((x for x in reversed((done.stderr + done.stdout).splitlines()) if x.strip()), "no reason given")
            raise StoreError(
                f"The bulk import failed ({says.strip()[:300]}). Nothing was loaded: correct that and run the "
                "same command again."
            )
    began = perf_counter()
    with connected(Address(running.uri, address.user, address.password, address.database)) as connection:
        ensure_constraints(connection)
        complete(connection, load)
    spent += perf_counter() - began
    rows = sum(dataset.rows.values())
    return StoreReport(rows, rows, 0, 0, 0), spent


MADE_BY = "ocgnet load --bulk-files"
"""What a folder of files for an import is known by."""

SCHEMA_FILE, README_FILE = "schema.cypher", "README.txt"


def write_for_import(
    out: Path, dataset: Dataset, manifest: LoadManifest, database: str = "", progress: Progress = silent
) -> None:
    """Write what whoever runs a server imports into a new database there; no server is asked.

    The folder holds the files of the import, the constraints and indexes, and the exact command. What it makes is the
    graph of :meth:`Neo4jStore.write <ocgnet.store.neo4j.store.Neo4jStore.write>`, its ``Load`` node among it, so that
    the next load finds nothing to do.

    Parameters
    ----------
    out : Path
        Folder to write, whole or not at all, for its owner only; one that this function wrote is replaced.
    dataset : Dataset
        Records, with the manifest's prefix before every id.
    manifest : LoadManifest
        What they were read from.
    database : str
        Name of the database; without one ``neo4j``.

    Raises
    ------
    OutputError
        When the folder holds anything else, or cannot be written.
    """
    state = next_state(None, dataset, manifest, replace=True)
    # The import makes all of it or nothing that opens.
    load = replace(Load.begun(load_id_of(dataset, manifest), 1, state, sum(dataset.rows.values())), complete=True)
    with result_folder(out, MADE_BY) as folder:
        arguments = write_files(folder, graph_of(dataset), load, dataset, progress)
        here = [argument.replace(f"{folder}/", "") for argument in arguments]
        write_text(folder / SCHEMA_FILE, "".join(f"{statement};\n" for statement in schema_statements()))
        write_text(folder / MARKING_FILE, marking_text(dataset.about.marked, "every file of this folder"))
        write_text(folder / README_FILE, _readme(dataset, load, database or "neo4j", here))


def schema_statements() -> list[str]:
    """Return what makes the constraints and indexes of a database, and waits until they answer."""
    return [*constraints().values(), *indexes().values(), "CALL db.awaitIndexes(600)"]


def _readme(dataset: Dataset, load: Load, database: str, arguments: list[str]) -> str:
    command = shlex.join(["neo4j-admin", "database", "import", "full", database, *arguments])
    rows = sum(dataset.rows.values())
    return f"""{dataset.about.marked}

Records of {dataset.about.force or "a force"} for a Neo4j database: {rows:,} rows, load {load.load_id}, written by
ocgnet {load.state.manifest.version} at {load.loaded_at}. The files of this folder hold records of people, every cell
as it was recorded: open none in a spreadsheet, which would run one that begins as a formula does.

1. Take a Neo4j server of version {OLDEST} or later and a database that is not there yet, or is empty and stopped
   (Community: stop the server). The account under which Neo4j runs must be able to read these files; so far only the
   account that wrote them is.
2. In this folder, on that server, run:

{command}

   Where the database is there already, add --overwrite-destination=true: all that it holds is then lost. The import
   stops at the first row that it cannot bring in; the database is then not usable, and the same command is run again.
3. Start the server. Enterprise: CREATE DATABASE `{database}` in the database system.
4. Make the constraints and indexes:

cypher-shell -d {database} -f {SCHEMA_FILE}

5. Whoever loads from now on: ocgnet load FOLDER --store neo4j+s://SERVER says that nothing changed, and brings what
   changed since.
6. Delete this folder. ocgnet review erase does not reach copies of it.

{dataset.about.marked}
"""


def _opens(address: Address) -> bool:
    """Tell whether the database is open."""
    with connected(replace(address, database="system")) as connection:
        query = "SHOW DATABASES YIELD name, currentStatus WHERE name <> 'system' RETURN currentStatus AS status"
        return all(row["status"] == "online" for row in connection.rows(query))


def _refuse_full(connection: Connection) -> None:
    """Refuse a database that holds anything but the lease of a load; one that is another's by now is an error too."""
    [row] = connection.run(f"OPTIONAL MATCH (n) WHERE NOT n:{LEASE.label} RETURN count(n) AS n")
    if row["n"]:
        raise StoreError(
            f"{connection.address.uri} is not empty, and a bulk load would overwrite it. Load without --bulk, which "
            "adds to what is there."
        )


def write_files(folder: Path, graph: Graph, load: Load, dataset: Dataset, progress: Progress = silent) -> list[str]:
    """Write one file per label set and type, and return the arguments that name them to the import."""
    tables = [*graph.nodes.values(), *graph.ties.values()]
    delimiter = _delimiter(tables)
    arguments = [
        "--id-type=string",
        "--bad-tolerance=0",
        f"--array-delimiter={_spelled(delimiter)}",
        f"--report-file={folder / 'report'}",
    ]
    if _any_text(tables, r"[\r\n]"):
        arguments.append("--multiline-fields=true")
    total = sum(t.num_rows for t in tables)
    done = 0
    for labels, header, table in _node_files(graph):
        path = folder / f"{labels.replace(':', '-')}.csv"
        _write(path, header, table, load.load_id, delimiter)
        arguments.append(f"--nodes={labels}={path}")
        progress("files", done := done + table.num_rows, total)
    for tie in TIES:
        if (table := graph.ties[tie.type]).num_rows:
            path = folder / f"{tie.type}.csv"
            ends = {START: f":START_ID({tie.start.node.label})", END: f":END_ID({tie.end.node.label})"}
            _write(path, _header(table, ends), table, load.load_id, delimiter)
            arguments.append(f"--relationships={tie.type}={path}")
            progress("files", done := done + table.num_rows, total)
    path = folder / "load.csv"
    arguments.append(f"--nodes={LOAD.label}={path}")
    cells = {KEY: load.load_id} | load_node(load, dataset)
    lists = {
        name: pa.array([value or None], pa.list_(pa.string()))
        for name, value in cells.items()
        if isinstance(value, list)
    }
    table = pa.table({name: lists.get(name) or pa.array([value]) for name, value in cells.items()})
    _write(path, _header(table, {KEY: f"_load:ID({LOAD.label})"}), table, load.load_id, delimiter)
    return arguments


def _node_files(graph: Graph) -> Iterator[tuple[str, list[str], pa.Table]]:
    """Labels, header and rows of each file of nodes, which are split by their further labels."""
    for node in NODES:
        table, key = graph.nodes[node.label], {KEY: f"{node.key}:ID({node.label})"}
        if LABELS in table.column_names:
            for further in sorted(pc.unique(table[LABELS]).to_pylist()):
                part = table.filter(pc.equal(table[LABELS], further)).drop_columns([LABELS])
                labels = ":".join([node.label, *further.split("|")] if further else [node.label])
                yield labels, _header(part, key), part
        elif table.num_rows:
            yield node.label, _header(table, key), table


def _header(table: pa.Table, ends: Mapping[str, str]) -> list[str]:
    """Return the names of columns with their types; keys and ends of relationships have names of their own."""
    return [ends.get(f.name) or f"{f.name}{_TYPES.get(f.type, '')}" for f in table.schema]


def _write(path: Path, header: list[str], table: pa.Table, load_id: str, delimiter: str) -> None:
    used = [i for i, c in enumerate(table.columns) if c.null_count < table.num_rows]
    columns = [_as_text(table.column(i), delimiter) for i in used]
    columns.append(pa.array([load_id]).take(pa.nulls(table.num_rows, pa.int8()).fill_null(0)))
    with path.open("wb") as file:
        file.write((",".join([*(header[i] for i in used), "load_id"]) + "\n").encode())
        pa.csv.write_csv(
            pa.table(columns, names=[str(i) for i in range(len(columns))]),
            file,
            pa.csv.WriteOptions(include_header=False),
        )


def _as_text(column: pa.ChunkedArray, delimiter: str) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        return pc.binary_join(column, delimiter)
    if column.type == POINT:
        degrees = [pc.list_element(column, i).cast(pa.string()) for i in range(2)]
        return pc.binary_join_element_wise("{longitude:", degrees[0], ",latitude:", degrees[1], "}", "")
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, "%Y-%m-%dT%H:%M:%S")
    return column


def _delimiter(tables: list[pa.Table]) -> str:
    lists = [c.combine_chunks().flatten() for t in tables for c in t.columns if pa.types.is_list(c.type)]
    for delimiter in _DELIMITERS:
        if not any(pc.any(pc.match_substring(values, delimiter)).as_py() for values in lists):
            return delimiter
    raise StoreError("Some lists hold characters that the bulk import cannot part. Load without --bulk.")


def _spelled(delimiter: str) -> str:
    return delimiter if delimiter.isprintable() else f"U+{ord(delimiter):04X}"


def _any_text(tables: list[pa.Table], pattern: str) -> bool:
    for table in tables:
        for column in table.columns:
            values = column.combine_chunks().flatten() if pa.types.is_list(column.type) else column
            if pa.types.is_string(values.type) and pc.any(pc.match_substring_regex(values, pattern)).as_py():
                return True
    return False
