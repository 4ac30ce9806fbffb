"""What can go wrong with a server, each a sentence that says what to do, and nothing lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError, UsageError
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j import connection as connection_room
from ocgnet.store.neo4j import writing
from ocgnet.store.neo4j.connection import Address, connected
from ocgnet.store.neo4j.server import GUARDS
from ocgnet.store.neo4j.store import Neo4jStore

MANIFEST = LoadManifest((), "0.1.0")


def people(count: int, name: str = "A") -> Dataset:
    ids = [f"N{i:03d}" for i in range(count)]
    return Dataset.of({"nominals": pa.table({"nominal_id": ids, "name": [name] * count})})


def ocgnet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocgnet", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def folder(tmp_path: Path) -> Path:
    made = tmp_path / "records"
    made.mkdir()
    (made / "nominals.csv").write_text("nominal_id,name\nN1,A\n", encoding="utf-8")
    return made


def test_nobody_answers(tmp_path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(StoreError, match=r"No Neo4j answers.*ocgnet neo4j start"):
        open_store(f"bolt://127.0.0.1:{port}").read()
    assert time.monotonic() - began < 15
    done = ocgnet(
        "load", str(folder(tmp_path)), "--store", f"bolt://127.0.0.1:{port}", OCGNET_NEO4J_PASSWORD="s3cret-x"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "s3cret-x" not in done.stdout + done.stderr
    assert "No Neo4j answers" in " ".join(done.stderr.split())


def test_an_address_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError) as error:
        open_store("bolt://neo4j:s3cret-x@127.0.0.1:7687")
    assert "s3cret-x" not in str(error.value)
    assert "OCGNET_NEO4J_PASSWORD" in str(error.value)


def test_no_address_at_all() -> None:
    with pytest.raises(UsageError, match="names no store"):
        open_store("http://127.0.0.1:7474")
    with pytest.raises(UsageError, match="no address"):
        open_store("bolt://?x=1").read()
    with pytest.raises(StoreError, match="leads nowhere"):
        open_store("bolt://127.0.0.1:port").read()


def test_wrong_password(neo4j, tmp_path, monkeypatch) -> None:
    done = ocgnet("load", str(folder(tmp_path)), "--store", neo4j.uri, OCGNET_NEO4J_PASSWORD="s3cret-x")
    assert done.returncode == 1
    text = " ".join(done.stderr.split())
    assert "does not accept the user neo4j with this password" in text
    assert "s3cret-x" not in text
    assert neo4j.password not in text
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(tmp_path / "absent"))
    with pytest.raises(StoreError, match=r"cannot be read\. Correct OCGNET_NEO4J_PASSWORD_FILE"):
        open_store(neo4j.uri)


def test_no_password_is_asked_for_at_the_keyboard_only(neo4j, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("OCGNET_NEO4J_PASSWORD_FILE")
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return neo4j.password

    open_store(neo4j.uri, answer).write(people(1), MANIFEST)
    assert asked == [f"Password of neo4j at {neo4j.uri}: "]
    done = ocgnet("load", str(folder(tmp_path)), "--store", neo4j.uri, OCGNET_NEO4J_PASSWORD_FILE="")
    assert done.returncode == 1
    assert "Set OCGNET_NEO4J_PASSWORD" in " ".join(done.stderr.split())


def test_wrong_database(neo4j, monkeypatch) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_DATABASE", "nowhere")
    with pytest.raises(StoreError, match=r"has no database nowhere, .* Correct --database or OCGNET_NEO4J_DATABASE"):
        open_store(neo4j.uri).read()


def test_an_empty_database(neo4j) -> None:
    with pytest.raises(StoreError, match=r"holds no records yet\. Load them with: ocgnet load"):
        open_store(neo4j.uri).read()


def test_a_value_changed_by_hand(neo4j) -> None:
    store = open_store(neo4j.uri)
    dataset = Dataset.of({"nominals": pa.table({"nominal_id": ["N1"], "date_of_birth": [date(1990, 1, 2)]})})
    store.write(dataset, MANIFEST)
    neo4j.query("MATCH (p:Nominal) SET p.date_of_birth = 'January'")
    with pytest.raises(StoreError, match="Person in the database has a date_of_birth that is no date32"):
        store.read()


def test_the_server_dies_in_mid_load_and_nothing_is_lost(neo4j, monkeypatch) -> None:
    monkeypatch.setattr(connection_room, "RETRY_SECONDS", 2.0)
    monkeypatch.setattr(writing, "BATCH", 10)
    store = Neo4jStore(neo4j.address)
    store.write(people(30), MANIFEST)

    def die(_what: str, done: int, _total: int) -> None:
        if done == 20:
            os.kill(neo4j.running.pid, signal.SIGKILL)

    began = time.monotonic()
    with pytest.raises(StoreError, match="run the same command again"):
        Neo4jStore(neo4j.address, die).write(people(100, "B"), MANIFEST)
    assert time.monotonic() - began < 60
    assert not neo4j.answers()
    assert neo4j.mend() == "was down and has been started again"
    assert neo4j.mend() == ""
    assert neo4j.uri == store.address.uri
    with pytest.raises(StoreError, match="is not finished"):
        store.read()
    assert store.write(people(100, "B"), MANIFEST).added < 100 - 20
    assert store.read().fingerprint == people(100, "B").fingerprint


def test_a_deadlock_with_a_second_writer_is_overcome(neo4j, caplog) -> None:
    """The second writer holds N1 and wants N0, ours holds N0 and wants N1; the server breaks one of them off."""
    store = Neo4jStore(neo4j.address)
    store.write(people(2), MANIFEST)
    held, go_on = threading.Event(), threading.Event()
    broken: list[str] = []

    def second() -> None:
        from neo4j.exceptions import TransientError

        with connected(neo4j.address) as other, other.session() as session:
            try:
                with session.begin_transaction() as tx:
                    tx.run("MATCH (p:Person {person_id: 'N001'}) SET p.theirs = 1").consume()
                    held.set()
                    go_on.wait(60)
                    tx.run("MATCH (p:Person {person_id: 'N000'}) SET p.theirs = 1").consume()
            except TransientError as error:
                broken.append(error.code or "")

    thread = threading.Thread(target=second)
    thread.start()
    assert held.wait(20)

    def once_ours_waits() -> None:
        blocked = "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN count(*) AS n"
        limit = time.monotonic() + 60
        while neo4j.query(blocked) == [{"n": 0}] and time.monotonic() < limit:
            time.sleep(0.05)
        go_on.set()

    watch = threading.Thread(target=once_ours_waits)
    watch.start()
    store.write(people(2, "B"), MANIFEST)
    thread.join()
    watch.join()
    assert broken == ["Neo.TransientError.Transaction.DeadlockDetected"] or "DeadlockDetected" in caplog.text
    assert store.read()["nominals"]["name"].to_pylist() == ["B", "B"]


def test_a_second_writer_who_never_ends_is_named(neo4j, monkeypatch) -> None:
    monkeypatch.setattr(connection_room, "RETRY_SECONDS", 1.0)
    store = Neo4jStore(neo4j.address)
    store.write(people(2), MANIFEST)
    with connected(neo4j.address) as other, other.session() as session, session.begin_transaction() as tx:
        tx.run("MATCH (p:Person {person_id: 'N001'}) SET p.theirs = 1").consume()
        with connection_room.in_words(neo4j.address), pytest.raises(StoreError, match="wait for it"):
            _write_with_timeout(neo4j.address)
        tx.rollback()


def _write_with_timeout(address: Address) -> None:
    from neo4j import unit_of_work

    with connected(address) as connection, connection.session() as session:
        session.execute_write(
            unit_of_work(timeout=1.0)(lambda tx: tx.run("MATCH (p:Person) SET p.name = 'C'").consume())
        )


def test_a_database_that_may_only_be_read_until_the_next_start(neo4j) -> None:
    """And that start finds settings of an earlier version, which kept queries from nothing, and writes them anew."""
    store = Neo4jStore(neo4j.address)
    store.write(people(2), MANIFEST)
    own, settings = (neo4j.server.home / "conf" / name for name in ("own.conf", "neo4j.conf"))
    neo4j.server.stop()
    own.write_text("server.databases.read_only=neo4j\n", encoding="utf-8")
    try:
        first = neo4j.running = neo4j.server.start()
        with pytest.raises(StoreError, match="is read-only at the moment"):
            store.write(people(2, "B"), MANIFEST)
        assert store.read().fingerprint == people(2).fingerprint
        assert store.write(people(2), MANIFEST).kept == 2
    finally:
        own.unlink()
        old = settings.read_text(encoding="utf-8").splitlines()
        settings.write_text("\n".join(line for line in old if line.partition("=")[0] not in GUARDS), encoding="utf-8")
        second = neo4j.running = neo4j.server.start()
    assert second.pid != first.pid
    assert (second.bolt_port, second.http_port) == (first.bolt_port, first.http_port)
    assert all(f"{name}={value}" in settings.read_text(encoding="utf-8") for name, value in GUARDS.items())
    assert neo4j.server.start().pid == second.pid
    assert store.read().fingerprint == people(2).fingerprint
    assert store.write(people(2, "B"), MANIFEST).changed == 2
