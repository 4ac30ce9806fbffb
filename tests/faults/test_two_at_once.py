"""Two commands at the same place at the same time: both are right, or one is refused with the reason."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.csv as pc_csv
import pytest
from fault_records import exported, lost, two_versions

from every_command import LAUNCH, ROOT, ocgnet
from ocgnet.checks.check import check
from ocgnet.errors import StoreError
from ocgnet.store import LoadManifest
from ocgnet.store.duckdb_file import DuckDBFile
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.lease import one_load
from ocgnet.store.neo4j.store import Neo4jStore
from ocgnet.store.neo4j.writing import silent

TINY = ROOT / "fixtures" / "tiny"


def together(*commands: tuple[object, ...], cwd: Path) -> list[tuple[int, str]]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, words)],
            cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for words in commands
    ]  # fmt: skip
    return [(process.returncode, said) for process in running for said in [process.communicate(timeout=300)[0]]]


@pytest.mark.parametrize("turn", range(3))
def test_loads_of_two_forces_into_one_file(turn: int, tmp_path: Path, log_file, tally) -> None:
    first, second = two_versions(tmp_path, 2_000 + turn)
    loads = [("load", first, "--prefix", "A:"), ("load", second, "--prefix", "B:")]
    found = together(*((*words, "--store", "both.duckdb") for words in loads), cwd=tmp_path)
    assert [code for code, _ in found] == [0, 0], found
    for words in loads:
        assert ocgnet("load", *words[1:], "--store", "in-turn.duckdb", cwd=tmp_path).code == 0
    both, in_turn = exported(str(tmp_path / "both.duckdb")), exported(str(tmp_path / "in-turn.duckdb"))
    tally["records lost"] += lost(in_turn, both)
    assert both == in_turn
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    tally["faults survived"] += 1


def test_the_same_load_twice(tmp_path: Path, log_file, tally) -> None:
    first, _ = two_versions(tmp_path, 2_000)
    words = ("load", first, "--store", "s.duckdb")
    assert [code for code, _ in together(words, words, words, cwd=tmp_path)] == [0, 0, 0]
    assert ocgnet("load", first, "--store", "alone.duckdb", cwd=tmp_path).code == 0
    assert exported(str(tmp_path / "s.duckdb")) == exported(str(tmp_path / "alone.duckdb"))
    tally["faults survived"] += 1


def test_loads_of_two_forces_into_one_server(neo4j, tmp_path: Path, log_file, tally) -> None:
    first, second = two_versions(tmp_path, 60)
    loads = [("load", first, "--prefix", "A:"), ("load", second, "--prefix", "B:")]
    found = together(*((*words, "--store", neo4j.uri) for words in loads), cwd=tmp_path)
    assert [code for code, _ in found] == [0, 0], found
    for words in loads:
        assert ocgnet("load", *words[1:], "--store", "in-turn.duckdb", cwd=tmp_path).code == 0
    both, in_turn = exported(neo4j.uri), exported(str(tmp_path / "in-turn.duckdb"))
    tally["records lost"] += lost(in_turn, both)
    assert both == in_turn
    tally["faults survived"] += 1


@pytest.mark.parametrize("kind", ["file", "server"])
def test_a_replacing_load_beside_another_is_done_before_it_or_after_it(
    kind: str, request, tmp_path: Path, log_file, tally
) -> None:
    store = request.getfixturevalue("neo4j").uri if kind == "server" else "both.duckdb"
    first, second = two_versions(tmp_path, 60)
    adding, replacing = (first, False), (second, True)
    wanted = [in_turn(tmp_path / "one.duckdb", adding, replacing), in_turn(tmp_path / "two.duckdb", replacing, adding)]
    assert wanted[0] != wanted[1]
    loads = [("load", first, "--store", store), ("load", second, "--store", store, "--replace")]
    found = together(*loads, cwd=tmp_path)
    assert [code for code, _ in found] == [0, 0], found
    assert exported(store if kind == "server" else str(tmp_path / store)) in wanted
    tally["faults survived"] += 1


def in_turn(store: Path, *loads: tuple[Path, bool]) -> dict[str, bytes]:
    """Return what a file holds after loads of folders, one after the other, each with or without ``--replace``."""
    for folder, replace in loads:
        DuckDBFile(store).write(check(folder).dataset, LoadManifest((), ""), replace=replace)
    return exported(str(store))


def test_a_file_that_changed_during_a_load_is_not_written_over(tmp_path: Path, monkeypatch, log_file, tally) -> None:
    first, second = two_versions(tmp_path, 60)
    wanted = in_turn(tmp_path / "other.duckdb", (second, True))
    in_turn(tmp_path / "s.duckdb", (first, True))
    merged = DuckDBFile._merged

    def beside(self, *arguments, **how):
        done = merged(self, *arguments, **how)
        shutil.copy(tmp_path / "other.duckdb", self.path)  # as a program that knows nothing of the lock
        return done

    monkeypatch.setattr(DuckDBFile, "_merged", beside)
    with pytest.raises(StoreError, match="Another program changed"):
        in_turn(tmp_path / "s.duckdb", (first, True))
    assert exported(str(tmp_path / "s.duckdb")) == wanted
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    tally["faults survived"] += 1


@pytest.mark.long
def test_one_load_of_a_server_waits_for_the_other_or_takes_its_place(
    neo4j, begin, tmp_path: Path, log_file, tally
) -> None:
    first, second = two_versions(tmp_path, 60)
    wanted = in_turn(tmp_path / "second.duckdb", (second, True))
    Neo4jStore(neo4j.address).write(check(second).dataset, LoadManifest((), ""))
    loads = [("load", folder, "--store", neo4j.uri, "--replace") for folder in (first, second)]

    # A load that pauses half-way keeps the second one waiting, which then writes over all of it.
    paused = stopped_half_way(neo4j, begin, *loads[0])
    waiting = begin(*loads[1])
    while b"Waiting for a load that " not in (line := waiting.stdout.readline()):
        assert line, "it did not wait"
    [held] = neo4j.query("MATCH (l:Load) RETURN l.complete AS complete ORDER BY l.number DESC LIMIT 1")
    assert held == {"complete": False}
    paused.send_signal(signal.SIGCONT)
    for run in (paused, waiting):
        said = run.communicate(timeout=120)[0]
        assert run.returncode == 0, said
    assert exported(neo4j.uri) == wanted

    # One of which nothing is heard any more loses its place, and is told so when it wakes up.
    paused = stopped_half_way(neo4j, begin, *loads[0])
    # What a minute without a word does: the server breaks off the batch, and the lease is late.
    for row in neo4j.query(
        "SHOW TRANSACTIONS YIELD transactionId AS id, currentQuery AS at WHERE NOT at STARTS WITH 'SHOW'"
    ):
        neo4j.query("TERMINATE TRANSACTIONS $id", id=row["id"])
    neo4j.query("MATCH (k:LoadLease) SET k.renewed = k.renewed - duration('PT1M')")
    done = ocgnet(*loads[1], cwd=tmp_path)
    assert done.code == 0, done.err
    assert "never came to its end, and this one has taken its place" in done.out
    assert "part of another load" in done.out
    paused.send_signal(signal.SIGCONT)
    said = paused.communicate(timeout=120)[0].decode()
    assert (paused.returncode, "Another load took over" in said) == (1, True), said
    assert exported(neo4j.uri) == wanted

    # One that was killed loses it at once.
    paused = stopped_half_way(neo4j, begin, *loads[0])
    paused.kill()
    paused.wait()
    done = ocgnet(*loads[1], cwd=tmp_path)
    assert (done.code, "never came to its end" in done.out) == (0, True), done.out + done.err
    assert exported(neo4j.uri) == wanted
    assert neo4j.query("MATCH (k:LoadLease) RETURN k") == []
    tally["faults survived"] += 3


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Begin commands, and end those that a test left, which would hold the server's records."""
    begun = []

    def one(*words: object) -> subprocess.Popen[bytes]:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *map(str, words)],
                cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
        )  # fmt: skip
        return begun[-1]

    yield one
    for process in begun:
        process.kill()
        process.communicate()


def stopped_half_way(neo4j, begin, *words: object) -> subprocess.Popen[bytes]:
    """Begin a load and pause its process when it is known to the server and has written nothing of its records."""
    changed = pc_csv.read_csv(words[1] / "nominals.csv")["nominal_id"][0].as_py()
    latest = "MATCH (l:Load) WITH l ORDER BY l.number DESC LIMIT 1 WHERE NOT l.complete RETURN l"
    with connected(neo4j.address) as other, other.session() as session, session.begin_transaction() as held:
        # The load waits at the node of somebody whom both versions tell of otherwise.
        held.run("MERGE (p:Person {person_id: $id}) SET p.held = true", id=changed).consume()
        running = begin(*words)
        while running.poll() is None and not neo4j.query(latest):
            time.sleep(0.01)
        running.send_signal(signal.SIGSTOP)
        held.rollback()
    assert running.poll() is None, running.communicate()[0]
    return running


def test_nobody_changes_a_record_of_a_server_while_it_is_loaded(neo4j, tmp_path: Path, log_file, tally) -> None:
    assert ocgnet("load", TINY, "--store", neo4j.uri, cwd=tmp_path).code == 0
    change = ("review done", "--store", neo4j.uri, "--by", "DC Test", "--reason", "x", "--until", "2030-01-01", "--")
    who = neo4j.query("MATCH (n:Nominal) RETURN n.person_id AS id ORDER BY id LIMIT 1")[0]["id"]
    with connected(neo4j.address) as connection, one_load(connection, silent):
        done = ocgnet(*change, who, cwd=tmp_path)
    assert (done.code, "is under way in this database. Nothing was changed" in done.err) == (1, True), done.err
    assert ocgnet(*change, who, cwd=tmp_path).code == 0
    tally["faults survived"] += 1


def test_two_analyses_into_one_folder(tmp_path: Path, log_file, tally) -> None:
    words = ("analyse", TINY, "--out", "out")
    found = together(words, words, cwd=tmp_path)
    assert all(code in (0, 1) and "Traceback" not in said for code, said in found), found
    assert 0 in [code for code, _ in found]
    assert ocgnet("analyse", TINY, "--out", "alone", cwd=tmp_path).code == 0
    for path in (tmp_path / "alone").rglob("*"):
        if path.is_file() and path.name != "run.json":
            assert (tmp_path / "out" / path.relative_to(tmp_path / "alone")).read_bytes() == path.read_bytes()
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    tally["faults survived"] += 1


def test_six_writers_of_the_log_lose_no_line(tmp_path: Path, log_file, tally) -> None:
    words = ("roles", TINY, "--format", "csv")
    assert {code for code, _ in together(*[words] * 6, cwd=tmp_path)} == {0}
    done = ocgnet("log show", "--format", "csv", cwd=tmp_path)
    assert done.out.count("\n") >= 7
    assert ocgnet("log verify", cwd=tmp_path).code == 0
    tally["faults survived"] += 1
