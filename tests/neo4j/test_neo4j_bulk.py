"""The bulk import makes the very graph that loading through Bolt makes."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import ready
from ocgnet.checks.check import check
from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import StoreError
from ocgnet.model import TABLES
from ocgnet.model.graph import NODES, RUN_NODES
from ocgnet.model.things import RELATIONS, THING_KINDS
from ocgnet.store import LoadManifest
from ocgnet.store.neo4j.bulk import bulk_load
from ocgnet.store.neo4j.store import Neo4jStore

COUNTY = Path(__file__).parent.parent.parent / "fixtures" / "county"
TINY = COUNTY.parent / "tiny"


def awkward() -> Dataset:
    """The county, with everything that a CSV file could trip over."""
    county = check(COUNTY).dataset
    names = ['He said "no"', "a,b", "line\nbreak", " spaces ", "\\", "'", "=1+1", "Ω😀", ";", "null", "true", "1e5"]
    odd = pa.table(
        {
            "nominal_id": [f"odd {n}" for n in names],
            "name": names,
            "aliases": [f"{n}|;" for n in names],
            "date_of_birth": [date(1990, 1, 2), None] * 6,
        }
    )
    episodes = pa.Table.from_pylist(
        [
            {"child_id": "odd ;", "missing_from": datetime(2018, 1, 2), "companions": "odd null|odd true||X"},
            {"child_id": "odd ;", "missing_from": datetime(2018, 1, 3, 23, 59, 59), "found_where": "a\r\nb"},
        ],
        schema=TABLES["missing_episodes"].schema,
    )
    noon = datetime(2018, 1, 2, 12)
    things = {
        "things": pa.table(
            {"thing_id": names, "kind": list(THING_KINDS), "number": names, "latitude": [-0.5, None] * 6}
        ),
        "thing_links": pa.table(
            {"person_id": names, "thing_id": ["gone", *names[1:]], "relation": list(RELATIONS)[:12]}
        ),
        "communications": pa.table(
            {
                "from_thing": names[:2],
                "to_thing": names[2:4],
                "at": [noon] * 2,
                "duration": [1e-7, None],
                "count": [None, 3],
            }
        ),
        "sightings": pa.table({"thing_id": names[:2], "at": [noon] * 2, "place": [names[2], "CAM,9"]}),
        "transfers": pa.table({"from_account": ["a,b"], "to_account": ["\\"], "at": [noon], "amount": [0.1]}),
        "group_things": pa.table({"ocg_id": ["OCG01"], "thing_id": ["a,b"], "from_date": [date(2018, 1, 2)]}),
        "crime_things": pa.table({"crime_id": ["a|b"], "thing_id": ["a,b"], "involvement": ["used"]}),
    }
    given = Dataset.of({"nominals": odd, "missing_episodes": episodes, **things}).tables
    tables = {n: pa.concat_tables([t, given[n]]) for n, t in county.tables.items()}
    return Dataset.of(tables, About(force='A "force"', as_of=date(2019, 3, 31)), (LeftOut("crimes", "a, b; c", 2),))


def test_bulk_and_bolt_make_the_same_graph(neo4j) -> None:
    dataset, manifest = awkward(), LoadManifest((), "0.1.0")
    told: list[str] = []
    report, seconds = bulk_load(neo4j.server, neo4j.address, dataset, manifest, lambda what, *_: told.append(what))
    neo4j.running = neo4j.server.start()
    store = Neo4jStore(neo4j.address)
    assert report.rows == report.added == sum(dataset.rows.values())
    assert seconds > 0
    assert {"files", "import"} <= set(told)
    plan = store.plan(dataset, manifest)
    assert (plan.changes.counts(), plan.needed) == ({}, False)
    assert store.read().fingerprint == dataset.fingerprint
    [load] = store.loads()
    assert (load.complete, load.number) == (True, 1)
    assert neo4j.query("SHOW CONSTRAINTS YIELD name RETURN count(name) AS n") == [
        {"n": len(NODES) + 2 + len(RUN_NODES)}
    ]
    named = "CALL db.index.fulltext.queryNodes('ocgnet_people', 'tolvandr~2') YIELD node RETURN count(node) AS n"
    assert neo4j.query(named) == [{"n": 3}]
    assert not list((neo4j.server.home / "import").iterdir())

    before = store.read().fingerprint
    with pytest.raises(StoreError, match=r"is not empty.*Load without --bulk"):
        bulk_load(neo4j.server, neo4j.address, dataset, manifest)
    assert store.read().fingerprint == before


def newest(folder: Path) -> int:
    """Return when the latest file of a folder changed, 0 for none; files may go while one looks."""
    latest = 0
    with suppress(FileNotFoundError):
        for file in folder.iterdir():
            with suppress(FileNotFoundError):
                latest = max(latest, file.stat().st_mtime_ns)
    return latest


def test_a_bulk_load_killed_in_mid_import_is_run_again(neo4j, tmp_path) -> None:
    """The importing program dies with its Java; the database then does not open until the load is repeated."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom ocgnet.checks.check import check\n"
        "from ocgnet.store import LoadManifest\n"
        "from ocgnet.store.neo4j.bulk import bulk_load\nfrom ocgnet.store.neo4j.connection import Address\n"
        "from ocgnet.store.neo4j import LocalServer\n"
        "def die(what, done, total):\n    print(what, flush=True)\n"
        "bulk_load(LocalServer(Path(sys.argv[1])), Address.of(sys.argv[2]), check(Path(sys.argv[3])).dataset, "
        "LoadManifest((), '0.1.0'), die)\n"
    )
    home = neo4j.server.home
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(home), neo4j.uri, str(COUNTY)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("import"):
            break
    store = home / "data" / "databases" / "neo4j"
    began = newest(store)
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        # The import has begun to write the store.
        if newest(store) > began:
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    neo4j.running = neo4j.server.start()
    with pytest.raises(StoreError):
        Neo4jStore(neo4j.address).read()
    dataset = check(COUNTY).dataset
    bulk_load(neo4j.server, neo4j.address, dataset, LoadManifest((), "0.1.0"))
    neo4j.running = neo4j.server.start()
    assert Neo4jStore(neo4j.address).read().fingerprint == dataset.fingerprint
    assert not (home / "bulk-unfinished").exists()


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return ready.run(*arguments, cwd=folder, COLUMNS="200")


@pytest.mark.long
def test_files_for_another_server_make_the_same_database(neo4j, tmp_path) -> None:
    """Import them as README.txt says, with the server's own program; then a load has nothing to do."""
    out = tmp_path / "for the dba"
    done = run(tmp_path, "load", TINY, "--prefix", "HANTS:", "--bulk-files", out)
    assert done.returncode == 0, done.stderr
    assert {stat.S_IMODE(p.stat().st_mode) for p in (out, *out.iterdir())} == {0o700, 0o600}
    readme = (out / "README.txt").read_text(encoding="utf-8")
    [command] = [line for line in readme.splitlines() if line.startswith("neo4j-admin ")]
    server = neo4j.server
    server.stop()
    words = [*shlex.split(command)[1:], "--overwrite-destination=true"]
    java = [*server._java(), "org.neo4j.cli.AdminTool"]
    home = {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")}
    told = subprocess.run([*java, *words], cwd=out, env=os.environ | home, check=False, capture_output=True, text=True)
    neo4j.running = server.start()
    assert told.returncode == 0, told.stderr
    for statement in (out / "schema.cypher").read_text(encoding="utf-8").split(";\n")[:-1]:
        neo4j.query(statement)
    before = neo4j.query("MATCH (n) RETURN count(n) AS n, count(n.load_id) AS loaded")
    made = neo4j.query("SHOW INDEXES YIELD name RETURN name ORDER BY name")
    done = run(tmp_path, "load", TINY, "--prefix", "HANTS:", "--store", neo4j.uri)
    assert "105 rows: 0 added, 0 changed, 0 removed, 105 as they were." in done.stdout, done.stderr
    plan = Neo4jStore(neo4j.address).plan(Neo4jStore(neo4j.address).read(), LoadManifest((), "0", "HANTS:"))
    assert not plan.changes
    assert neo4j.query("SHOW INDEXES YIELD name RETURN name ORDER BY name") == made, "the load had none to make"
    assert neo4j.query("MATCH (n) RETURN count(n) AS n, count(n.load_id) AS loaded") == before
    assert neo4j.query("MATCH (l:Load) RETURN l.complete AS complete, l.prefix AS prefix") == [
        {"complete": True, "prefix": "HANTS:"}
    ]
    run(tmp_path, "load", TINY, "--prefix", "HANTS:", "--store", "ocg.duckdb")
    for name, store in (("file", "ocg.duckdb"), ("server", neo4j.uri)):
        assert run(tmp_path, "analyse", "--store", store, "--out", name).returncode == 0
    for table in (tmp_path / "file" / "tables").iterdir():
        assert (tmp_path / "server" / "tables" / table.name).read_bytes() == table.read_bytes(), table.name


def test_what_files_for_another_server_are_not(tmp_path) -> None:
    """They take the place of nobody's files, and go with no option of a store."""
    records = tmp_path / "records"
    records.mkdir()
    (records / "nominals.csv").write_text("nominal_id\nN1\n", encoding="utf-8")
    for words, says in (
        (("--bulk-files", records), "nominals.csv, which ocgnet load --bulk-files did not write"),
        ((), "once: --store STORE, or --bulk-files DIR"),
        (("--store", "a.duckdb", "--bulk-files", "out"), "once: --store STORE, or --bulk-files DIR"),
        (("--bulk-files", "out", "--replace"), "are for a store"),
    ):
        done = run(tmp_path, "load", records, *words)
        assert (done.returncode != 0, says in done.stderr) == (True, True), done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["records"]
    assert run(tmp_path, "load", records, "--bulk-files", "out").returncode == 0
    (tmp_path / "out" / "Person-Nominal.csv").write_text("changed", encoding="utf-8")
    assert "was changed since" in run(tmp_path, "load", records, "--bulk-files", "out").stderr
