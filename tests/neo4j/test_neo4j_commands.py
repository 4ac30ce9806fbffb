"""The commands on a real server: load, and the same analysis from every store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


def ocgnet(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocgnet", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"COLUMNS": "200"} | environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_same_tables_from_folder_file_and_server(neo4j, tmp_path) -> None:
    for store in (neo4j.uri, "ocg.duckdb"):
        done = ocgnet(tmp_path, "load", TINY, "--store", store)
        assert done.returncode == 0, done.stderr
        assert "added, 0 changed, 0 removed, 0 as they were" in done.stdout
        assert done.stderr == ""
    runs = {"folder": (TINY,), "file": ("--store", "ocg.duckdb"), "server": ("--store", neo4j.uri)}
    for name, source in runs.items():
        done = ocgnet(tmp_path, "analyse", *source, "--out", name)
        assert done.returncode == 0, done.stderr
        assert neo4j.password not in done.stdout + done.stderr
    tables = sorted(p.name for p in (tmp_path / "folder" / "tables").iterdir())
    assert "roles.csv" in tables
    for name in ("file", "server"):
        for table in [*(f"tables/{t}" for t in tables), "network.html"]:
            assert (tmp_path / name / table).read_bytes() == (tmp_path / "folder" / table).read_bytes(), (name, table)


@pytest.mark.parametrize("kind", ["neo4j", "duckdb"])
def test_prefix_dry_run_and_replace(request, tmp_path, kind) -> None:
    store = request.getfixturevalue("neo4j").uri if kind == "neo4j" else "ocg.duckdb"
    north, south = tmp_path / "north", tmp_path / "south"
    for folder, ids in ((north, ("N1", "N2")), (south, ("N1",))):
        folder.mkdir()
        (folder / "nominals.csv").write_text("\n".join(["nominal_id", *ids]) + "\n", encoding="utf-8")
    assert ocgnet(tmp_path, "load", north, "--store", store, "--prefix", "NORTH:").returncode == 0
    assert ocgnet(tmp_path, "load", south, "--store", store, "--prefix", "SOUTH:").returncode == 0
    (north / "nominals.csv").write_text("nominal_id\nN2\nN3\n", encoding="utf-8")
    again = ("load", north, "--store", store, "--prefix", "NORTH:", "--replace")
    done = ocgnet(tmp_path, *again, "--dry-run")
    assert "Nothing was changed. A load would add 1 rows, change 0, remove 1 and leave 2 as they are." in done.stdout
    if kind == "neo4j":
        assert ["Person:", "1", "new", "0", "changed", "1", "removed"] in [
            line.split() for line in done.stdout.splitlines()
        ]
    done = ocgnet(tmp_path, *again)
    assert "holds 3 rows: 1 added, 0 changed, 1 removed, 2 as they were." in done.stdout
    done = ocgnet(tmp_path, "load", north, "--store", store, "--prefix", "NORTH")
    assert done.returncode == 2
    assert "such as HANTS:" in done.stderr


def test_bulk_is_for_a_server_of_ones_own(neo4j, tmp_path) -> None:
    done = ocgnet(tmp_path, "load", TINY, "--store", "ocg.duckdb", "--bulk")
    assert (done.returncode, "leave it out for any other store" in done.stderr) == (2, True)
    done = ocgnet(tmp_path, "load", TINY, "--store", neo4j.uri, "--bulk", "--home", tmp_path / "elsewhere")
    assert (done.returncode, "load without --bulk" in done.stderr) == (2, True)
    assert neo4j.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
