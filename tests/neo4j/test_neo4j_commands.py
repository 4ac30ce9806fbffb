"""The commands on a real server: load, and the same analysis from every store."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import ready

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


def ocgnet(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return ready.run(*arguments, cwd=folder, **({"COLUMNS": "200"} | environment))


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


def test_the_database_is_named_beside_the_store(neo4j, tmp_path) -> None:
    """Wherever a store is named; the option goes before the environment, and only a server has databases."""
    here = ("--store", neo4j.uri, "--database", "neo4j")
    elsewhere = {"OCGNET_NEO4J_DATABASE": "nowhere"}
    done = ocgnet(tmp_path, "load", TINY, *here, **elsewhere)
    assert (done.returncode, f"{neo4j.uri}/neo4j holds 105 rows" in done.stdout) == (0, True), done.stderr
    for words in (("review", "due"), ("query", "groups-now"), ("runs",)):
        done = ocgnet(tmp_path, *words, *here, **elsewhere)
        assert done.returncode == 0, done.stderr
        done = ocgnet(tmp_path, *words, *here[:3], "nowhere")
        assert (done.returncode, "has no database nowhere" in done.stderr) == (1, True), (words, done.stderr)
    for words, says in (
        (("roles", TINY, "--database", "hants"), "is none. Leave it out"),
        (("roles", "neo4j", "--database", "hants"), "Your own server has one database, neo4j, and no hants"),
        (("roles", neo4j.uri, "--database", "hants/x"), "is no name of a database"),
        (("roles", f"{neo4j.uri}/neo4j", "--database", "hants"), "names a database already"),
    ):
        done = ocgnet(tmp_path, *words)
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr


def test_a_run_is_written_back_listed_and_removed(neo4j, tmp_path) -> None:
    assert ocgnet(tmp_path, "load", TINY, "--store", neo4j.uri).returncode == 0
    done = ocgnet(tmp_path, "analyse", "--store", neo4j.uri, "--out", "run", "--write-back")
    assert done.returncode == 0, done.stderr
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["run_id"]
    tables = {
        name: pd.read_csv(tmp_path / "run" / "tables" / f"{name}.csv", comment="#")
        for name in ("roles", "people", "ties")
    }
    suggestions = tables["roles"]["ocg_id"].notna().sum()
    assert f"run {run} is kept in {neo4j.uri}: {suggestions} suggestions, measures of " in done.stdout
    assert f" {len(tables['people'])} people, " in done.stdout
    assert f" and {len(tables['ties'])} ties\n" in done.stdout
    [listed] = [row for row in ocgnet(tmp_path, "runs", "--store", neo4j.uri).stdout.splitlines() if run in row]
    assert f" {suggestions} " in listed
    assert " yes " in listed
    assert ocgnet(tmp_path, "runs", "--store", neo4j.uri, "--remove", run).returncode == 0
    gone = ocgnet(tmp_path, "runs", "--store", neo4j.uri, "--remove", run)
    assert (gone.returncode, "keeps no run" in gone.stderr) == (1, True)
    assert neo4j.query("MATCH ()-[r:HAS_SUGGESTION|TIED_WITH]->() RETURN count(r) AS n") == [{"n": 0}]


def test_writing_back_needs_a_server(tmp_path) -> None:
    done = ocgnet(tmp_path, "analyse", TINY, "--write-back")
    assert (done.returncode, "name one as the place of the records" in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "ocgnet-results").exists()


def test_neo4j_alone_means_the_server_of_ones_own(neo4j, tmp_path) -> None:
    data = str(neo4j.server.home.parent.parent)
    own = {"XDG_DATA_HOME": data, "OCGNET_NEO4J_PASSWORD": "", "OCGNET_NEO4J_PASSWORD_FILE": ""}
    done = ocgnet(tmp_path, "load", TINY, "--store", "neo4j", **own)
    assert done.returncode == 0, done.stderr
    assert "neo4j holds" in done.stdout
    away = ocgnet(tmp_path, "load", TINY, "--store", "neo4j", XDG_DATA_HOME=str(tmp_path / "nowhere"))
    assert (away.returncode, "ocgnet neo4j start" in away.stderr) == (1, True)


def test_a_disruption_is_recorded_once_on_a_server_and_shown_as_in_a_folder(neo4j, tmp_path) -> None:
    # With a prefix: the disruption belongs to the same force as its group.
    assert ocgnet(tmp_path, "load", TINY, "--store", neo4j.uri, "--prefix", "NORTH:").returncode == 0
    words = ("disruption", "add", "--group", "NORTH:G1", "--on", "2019-03-01", "--level", "minor", "--strand", "pursue",
             "--agency", "police", "--partners", "council|housing", "--by", "DI A", "--reason", "Debrief",
             "--store", neo4j.uri)  # fmt: skip
    done = ocgnet(tmp_path, *words)
    assert done.stdout.startswith("NORTH:G1-20190301-1 is recorded: disruption of NORTH:G1"), done.stderr
    assert "is recorded already, as NORTH:G1-20190301-1" in ocgnet(tmp_path, *words).stdout
    rows = "MATCH (d:Disruption)-[:AGAINST]->(g {ocg_id: 'NORTH:G1'}) WHERE d.happened_on = date('2019-03-01') "
    assert neo4j.query(rows + "RETURN d.level AS level, d.lead_agency AS lead, d.partners AS partners") == [
        {"level": "minor", "lead": "police", "partners": ["council", "housing"]}
    ]
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    there = [w.replace("NORTH:", "") for w in words[:-2]]
    assert ocgnet(tmp_path, *there, "--folder", folder).returncode == 0
    for view in ("counts", "before-after"):
        shown = [
            json.loads(ocgnet(tmp_path, "disruption", "show", *where, "--view", view, "--format", "json").stdout)
            for where in ((folder,), ("--store", neo4j.uri))
        ]
        assert json.loads(json.dumps(shown[1]).replace("NORTH:", "")) == shown[0]
