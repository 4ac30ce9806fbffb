"""Two commands at the same place at the same time: both are right, or one is refused with the reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fault_records import exported, lost, two_versions

from every_command import LAUNCH, ROOT, ocgnet

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
    for (code, said), words in zip(found, loads, strict=True):
        assert "Traceback" not in said
        assert code in (0, 1), said
        if code:
            assert "again" in said, said
        done = ocgnet("load", *words[1:], "--store", neo4j.uri, cwd=tmp_path)
        assert done.code == 0, done.err
    for words in loads:
        assert ocgnet("load", *words[1:], "--store", "in-turn.duckdb", cwd=tmp_path).code == 0
    both, in_turn = exported(neo4j.uri), exported(str(tmp_path / "in-turn.duckdb"))
    tally["records lost"] += lost(in_turn, both)
    assert both == in_turn
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
