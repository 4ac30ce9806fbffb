"""Every question on another version of the server than ours: the least that will do, and the latest there is.

    make neo4j-latest

runs them on the latest version of the calendar years (2026.x), which needs Java 21 or later, and prints one line.
Without such a Java it says so; that is no failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from filled_server import FIXTURES, filled, filled_with
from test_queries_on_tiny import PICTURES, TABLES, drawn
from test_questions_about_things import MANIFEST
from test_questions_about_things import PICTURES as PICTURES_OF_THINGS
from test_questions_about_things import TABLES as TABLES_OF_THINGS
from test_response_on_paper import PICTURES as PICTURES_OF_RESPONSE
from test_response_on_paper import TABLES as TABLES_OF_RESPONSE
from things_on_paper import THINGS

from ocgnet.cli.console import say
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask
from ocgnet.store.neo4j.connection import Address, connected
from ocgnet.store.neo4j.jars import OURS
from ocgnet.store.neo4j.server import LocalServer

JAVA_NEEDED = 21
"""Oldest Java on which servers of the calendar years run."""


class Server:
    """A started server, as a fixture is loaded into it."""

    def __init__(self, server: LocalServer) -> None:
        uri = server.start().uri
        self.address = Address(uri, "neo4j", server.password_file.read_text(encoding="utf-8").strip())

    def query(self, text: str) -> list[dict]:
        with connected(self.address) as connection, connection.session() as session:
            return session.run(text).data()

    def wipe(self) -> None:
        self.query("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS")


def faults(neo4j: Server) -> list[str]:
    """Ask every question of the pack; return those with an error, or with other rows than were worked on paper."""
    wrong, asked = [], set()

    def judge(server, name: str, given: tuple[str, ...], expected) -> None:
        asked.add(name)
        try:
            rows = list(ask(server.connection, find(name), bind(find(name), given)).rows)
        except Exception as error:
            wrong.append(f"{name}: {error}")
            return
        if expected is not None and expected != (drawn(rows) if isinstance(expected, set) else rows):
            wrong.append(f"{name}: {rows} and not {expected}")

    elsewhere = TABLES_OF_THINGS | PICTURES_OF_THINGS | TABLES_OF_RESPONSE | PICTURES_OF_RESPONSE
    with filled(neo4j, FIXTURES / "tiny") as server:
        for name, (given, expected) in (TABLES | PICTURES).items():
            judge(server, name, given, expected)
        for query in pack():
            if query.name not in {*TABLES, *PICTURES, *elsewhere}:
                judge(server, query.name, (), None)
    with filled_with(neo4j, THINGS, MANIFEST) as server:
        for name, (given, expected) in (TABLES_OF_THINGS | PICTURES_OF_THINGS).items():
            judge(server, name, given, expected)
    with filled(neo4j, FIXTURES / "tiny_response") as server:
        for name, (given, expected) in (TABLES_OF_RESPONSE | PICTURES_OF_RESPONSE).items():
            judge(server, name, given, expected)
    assert asked == {q.name for q in pack()}
    return wrong


def java_for_latest() -> str:
    """Return the folder of a Java that is new enough; empty when there is none."""
    folders = [os.environ.get("JAVA_HOME", ""), *map(str, sorted(Path("/usr/lib/jvm").glob("*"), reverse=True))]
    if on_path := shutil.which("java"):
        folders.append(str(Path(on_path).resolve().parents[1]))
    for folder in filter(None, folders):
        java = Path(folder) / "bin" / "java"
        if not java.is_file():
            continue
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
        stated = re.search(r'version "(\d+)', done.stderr + done.stdout)
        if stated and int(stated[1]) >= JAVA_NEEDED:
            return folder
    return ""


def fetched(folder: Path) -> Path:
    """Fetch the jars of the latest version through Maven and return their folder."""
    ours = (OURS / "pom.xml").read_text(encoding="utf-8")
    [version] = set(re.findall(r"<version>(5\.26\.\d+)</version>", ours))
    head, _, rest = ours.partition("<dependencies>")
    pom = folder / "pom.xml"
    pom.write_text(f"{head}<dependencies>{rest.replace(version, '[2026,2027)')}", encoding="utf-8")
    lib = folder / "lib"
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib}"]
    subprocess.run(["mvn", "-q", "-B", "-f", str(pom), *goal], check=True, cwd=folder)
    return lib


def main() -> None:
    """Run every question on the latest version and print what came of it."""
    home = java_for_latest()
    if not home:
        say(f"Not run: Neo4j 2026.x needs Java {JAVA_NEEDED} or later, and none is here (JAVA_HOME, /usr/lib/jvm).")
        return
    with TemporaryDirectory() as scratch:
        lib = fetched(Path(scratch))
        # Maven runs on whatever Java it is used to.
        os.environ["JAVA_HOME"] = home
        server = LocalServer(Path(scratch) / "neo4j", brief=True, lib=lib, entry="org.neo4j.server.Neo4jCommunity")
        try:
            neo4j = Server(server)
            [row] = neo4j.query("CALL dbms.components() YIELD name, versions RETURN versions[0] AS version LIMIT 1")
            wrong = faults(neo4j)
        finally:
            server.stop()
    day = datetime.now(UTC).date()
    say("\n".join(wrong) or f"Neo4j {row['version']}, {day}: {len(pack())} questions, every answer as on paper.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
