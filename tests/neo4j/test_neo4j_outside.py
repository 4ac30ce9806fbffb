"""A question that only reads reaches nothing outside the database: no file, no address, on any server."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import ready
from ocgnet.errors import StoreError
from ocgnet.queries.ask import outside
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.connection import connected


class Listener:
    """Listens on loopback and counts who comes."""

    def __init__(self, family: socket.AddressFamily, host: str) -> None:
        self.socket = socket.socket(family)
        self.socket.bind((host, 0))
        self.socket.listen(5)
        self.port = self.socket.getsockname()[1]
        self.came: list[object] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                other, whence = self.socket.accept()
            except OSError:
                return
            self.came.append(whence)
            other.close()


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener]]:
    both = Listener(socket.AF_INET, "127.0.0.1"), Listener(socket.AF_INET6, "::1")
    yield both
    for listener in both:
        listener.socket.close()


def addresses(v4: int, v6: int) -> list[str]:
    return [
        f"http://127.0.0.1:{v4}/", f"https://127.0.0.1:{v4}/", f"ftp://127.0.0.1:{v4}/x", f"http://[::1]:{v6}/",
        f"http://localhost:{v4}/", f"http://[::ffff:127.0.0.1]:{v4}/", f"http://0.0.0.0:{v4}/",
        f"http://2130706433:{v4}/", f"jar:http://127.0.0.1:{v4}/x.jar!/x", f"//127.0.0.1:{v4}/", "s3://bucket/x",
        "file:///marker.csv", "file:/marker.csv", "file:///../import/marker.csv", "jar:file:///marker.jar!/x",
    ]  # fmt: skip


def test_the_server_itself_refuses_files_and_addresses(neo4j, listeners) -> None:
    """Past ocgnet, as in Neo4j Browser: whoever may ask this server still cannot read a file or call out."""
    marker = neo4j.server.home / "import" / "marker.csv"
    marker.write_text("MARKER\n", encoding="utf-8")
    # The listeners do hear: else a test that nothing came would prove nothing.
    for listener, family, host in zip(listeners, (socket.AF_INET, socket.AF_INET6), ("127.0.0.1", "::1"), strict=True):
        with socket.socket(family) as probe:
            probe.connect((host, listener.port))
    try:
        with connected(neo4j.address) as connection, connection.session() as session:
            for url in addresses(*(listener.port for listener in listeners)):
                with pytest.raises(Exception, match=r"Cannot load from URL|Invalid URL") as refused:
                    session.run("LOAD CSV FROM $url AS line RETURN line", url=url).data()
                assert "MARKER" not in str(refused.value)
    finally:
        marker.unlink()
    assert [len(listener.came) for listener in listeners] == [1, 1]


REACHING = {
    "plain": "LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line",
    "small letters and a comment": "load /* x */ csv with headers from 'http://127.0.0.1:{port}/' as line return line",
    "with a runtime": "CYPHER runtime=slotted LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line",
    "in a subquery": "CALL {{ LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line }} RETURN line",
    "for each row": "UNWIND [1, 2] AS n CALL (n) {{ LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line }} "
    "RETURN line",
    "in transactions": "CALL {{ LOAD CSV FROM 'http://127.0.0.1:{port}/' AS l RETURN l }} IN TRANSACTIONS RETURN l",
    "in a union": "RETURN 1 AS x UNION LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line AS x",
    "in EXISTS": "RETURN EXISTS {{ LOAD CSV FROM 'http://127.0.0.1:{port}/' AS line RETURN line }} AS x",
    "in a list": "RETURN [x IN [1] | COLLECT {{ LOAD CSV FROM 'http://127.0.0.1:{port}/' AS l RETURN l }}] AS x",
    "in a case": "UNWIND [1] AS n RETURN CASE WHEN EXISTS {{ UNWIND [n] AS m LOAD CSV FROM 'http://127.0.0.1:{port}/' "
    "AS l RETURN l }} THEN 1 END AS x",
    "a file": "LOAD CSV FROM 'file:///marker.csv' AS line RETURN line",
    "an address in a value": ":param url => 'http://127.0.0.1:{port}/';\nLOAD CSV FROM $url AS line RETURN line",
}  # fmt: skip


def asked(neo4j, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = folder / "own.cypher"
    file.write_text(text + "\n", encoding="utf-8")
    access = {"OCGNET_NEO4J_PASSWORD_FILE": str(neo4j.server.password_file), "OCGNET_NEO4J_PASSWORD": ""}
    return ready.run("query", "--file", file, "--store", neo4j.uri, "--format", "csv", **access)


@pytest.mark.parametrize("how", REACHING)
def test_a_query_of_ones_own_that_reads_files_or_addresses_is_refused_by_its_plan(
    how: str, neo4j, listeners, tmp_path: Path
) -> None:
    done = asked(neo4j, tmp_path, REACHING[how].format(port=listeners[0].port))
    assert done.returncode == 1, done.stdout + done.stderr
    # In our words: the plan was looked at, and the server was not asked to open anything.
    assert "reads a file or an address (LOAD CSV)" in done.stderr
    assert not done.stdout
    assert listeners[0].came == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CALL dbms.listConfig() YIELD name RETURN name", "dbms.listConfig"),
        ("CALL `dbms`.queryJmx('*:*') YIELD name RETURN name", "dbms.queryJmx"),
        ("CALL { CALL dbms.listConfig() YIELD name RETURN name } RETURN name", "dbms.listConfig"),
        ("RETURN [x IN [1] | COLLECT { CALL dbms.listConfig() YIELD name RETURN name }] AS x", "dbms.listConfig"),
    ],
)
def test_a_procedure_of_which_the_plan_shows_nothing_is_refused(text: str, name: str, neo4j, tmp_path: Path) -> None:
    done = asked(neo4j, tmp_path, text)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"calls {name}" in done.stderr


def test_what_only_names_such_words_is_answered(neo4j, tmp_path: Path) -> None:
    for text, answer in (
        ("RETURN 'LOAD CSV FROM \\'http://x\\' CALL apoc.load.json(1)' AS t // LOAD CSV", "apoc.load.json"),
        ("RETURN 1 AS `LOAD CSV`", "LOAD CSV"),
        ("RETURN [x IN [1] | COLLECT { UNWIND ['LOAD CSV FROM'] AS l RETURN l }] AS x", "LOAD CSV FROM"),
        ("CALL db.labels() YIELD label RETURN count(label) AS labels", "labels"),
        ("CALL db.schema.visualization() YIELD nodes RETURN size(nodes) AS n", "n"),
    ):
        done = asked(neo4j, tmp_path, text)
        assert done.returncode == 0, f"{text}: {done.stderr}"
        assert answer in done.stdout


def test_functions_and_procedures_that_were_added_to_a_server_are_refused() -> None:
    """Plans as Neo4j 5.26 gives them; a server with such additions is not at hand."""

    def step(name: str, details: str, *below: dict) -> dict:
        return {"operatorType": f"{name}@neo4j", "args": {"Details": details}, "children": list(below)}

    added = ["apoc.cypher.runFirstColumnSingle", "apoc.text.join"]
    loads = step("ProduceResults", "value", step("ProcedureCall", "apoc.load.json($autostring_0) :: (value :: MAP)"))
    assert "apoc.load.json" in outside(loads, added)
    runs = step("ProduceResults", "x", step("Projection", "apoc.cypher.runFirstColumnSingle($autostring_0, {}) AS x"))
    assert "apoc.cypher.runFirstColumnSingle" in outside(runs, added)
    harmless = step("ProduceResults", "x", step("Projection", 'my.apoc.text.join(1), "apoc.text.join(1)" AS x'))
    assert outside(harmless, added) == ""


@pytest.mark.parametrize("name", ["conf/neo4j.conf", "nominals.csv", "logs/console.log", "ocgnet.json", "data/x/y"])
def test_a_folder_of_somebodys_is_no_home_of_a_server(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    with pytest.raises(StoreError, match=file.name):
        LocalServer(tmp_path).start()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [file]
    assert file.read_text() == "mine"
