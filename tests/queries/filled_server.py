"""A real server with one of the fixtures in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.queries import bind, find
from ocgnet.queries.ask import ask
from ocgnet.store import LoadManifest
from ocgnet.store.neo4j.connection import Connection, connected
from ocgnet.store.neo4j.store import Neo4jStore, load_id_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


class Filled:
    """A server that holds one fixture and nothing else."""

    def __init__(self, server, dataset: Dataset, connection: Connection) -> None:
        self.server = server
        self.dataset = dataset
        self.connection = connection

    def rows(self, name: str, *given: str) -> list[tuple]:
        """Ask a question of the pack."""
        query = find(name)
        return list(ask(self.connection, query, bind(query, given)).rows)


@contextmanager
def filled(server, folder: Path) -> Iterator[Filled]:
    """Load a fixture, unless the server already holds exactly this one."""
    checked = check(folder)
    with filled_with(server, checked.dataset, LoadManifest(checked.sources, "test")) as held:
        yield held


@contextmanager
def filled_with(server, dataset: Dataset, manifest: LoadManifest) -> Iterator[Filled]:
    """Load records, unless the server already holds exactly these."""
    wanted = [{"load_id": load_id_of(dataset, manifest), "complete": True}]
    held = server.query("MATCH (l:Load) RETURN l.load_id AS load_id, l.complete AS complete")
    runs = server.query("MATCH (r:AnalysisRun) RETURN count(r) AS n")[0]["n"]
    if held != wanted or runs:
        server.wipe()
        Neo4jStore(server.address).write(dataset, manifest)
    with connected(server.address) as connection:
        yield Filled(server, dataset, connection)
