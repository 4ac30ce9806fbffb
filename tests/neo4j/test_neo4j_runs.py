"""Writing an analysis back beside the recorded facts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.main_job import analyse
from ocgnet.model import TABLES
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.kept_runs import remove_run, write_back

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
RECORDED = (
    "MATCH (p:Person)-[m:MEMBER_OF]->(o:OCG) "
    "RETURN p {.*} AS p, m {.*} AS m, o {.*} AS o ORDER BY p.person_id, m.row_key"
)


@pytest.fixture(scope="module")
def checked():
    return check(TINY)


def test_a_run_stands_beside_the_recorded_roles(neo4j, checked) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    before = neo4j.query(RECORDED)
    analysis = analyse(store.read())
    frame = analysis.roles.frame
    assert write_back(neo4j.uri, analysis) == len(frame)
    assert write_back(neo4j.uri, analysis) == len(frame)
    rows = neo4j.query(
        "MATCH (p:Person)-[r:ASSESSED_AS]->(run:AnalysisRun {run_id: $run}) RETURN p.person_id AS nominal_id, "
        "r.ocg_id AS ocg_id, r.suggested_role AS suggested_role, r.position_score AS position_score, "
        "r.stability AS stability, r.because AS because ORDER BY nominal_id, ocg_id",
        run=analysis.run_id,
    )
    wanted = frame.sort_values(["nominal_id", "ocg_id"])[list(rows[0])].astype(object)
    assert rows == wanted.where(wanted.notna(), None).to_dict("records")
    assert neo4j.query(RECORDED) == before
    assert store.read().fingerprint == checked.dataset.fingerprint
    [run] = neo4j.query("MATCH (r:AnalysisRun) RETURN r {.*} AS r")
    assert (run["r"]["complete"], run["r"]["suggestions"]) == (True, len(frame))


def test_old_runs_stay_until_they_are_removed(neo4j, checked) -> None:
    from ocgnet.settings import Settings

    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    first, second = analyse(checked.dataset), analyse(checked.dataset, Settings(seed=2))
    write_back(neo4j.uri, first)
    write_back(neo4j.uri, second)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"), replace=True)
    runs = (
        "MATCH (r:AnalysisRun) OPTIONAL MATCH (r)<-[a:ASSESSED_AS]-() "
        "RETURN r.run_id AS run, count(a) AS n ORDER BY run"
    )
    count = len(first.roles.frame)
    assert neo4j.query(runs) == [{"run": r, "n": count} for r in sorted((first.run_id, second.run_id))]
    assert remove_run(neo4j.uri, first.run_id)
    assert not remove_run(neo4j.uri, first.run_id)
    assert neo4j.query(runs) == [{"run": second.run_id, "n": count}]


def hub() -> Dataset:
    """X is tied to every member of G1 and to others, and is recorded in no group."""
    ties = [("X", p) for p in "ABCDEF"] + [("A", "B"), ("A", "G")]
    records = {
        "nominals": [{"nominal_id": p} for p in "ABCDEFGX"],
        "ocgs": [{"ocg_id": "G1", "status": "active"}],
        "memberships": [{"nominal_id": p, "ocg_id": "G1"} for p in "ABCD"],
        "associations": [{"person_a": a, "person_b": b, "kind": "meeting"} for a, b in ties],
    }
    blank = {name: dict.fromkeys(TABLES[name].schema.names) for name in records}
    return Dataset.of(
        {n: pa.Table.from_pylist([blank[n] | r for r in rows], TABLES[n].schema) for n, rows in records.items()}
    )


def test_people_of_no_group_stand_beside_it_until_the_run_or_the_records_go(neo4j) -> None:
    from ocgnet.settings import Settings

    store, dataset = open_store(neo4j.uri), hub()
    store.write(dataset, LoadManifest((), "0.1.0"), replace=True)
    first, second = (analyse(dataset, Settings(resamples=4, seed=seed)) for seed in (1, 2))
    asked = (
        "MATCH (p:Person)-[r:OUTSIDE_BUT_TIED]->(g:OCG) WHERE r.load_id IS NOT NULL "
        "RETURN p.person_id AS person, g.ocg_id AS ocg, r.run_id AS run, r.ties AS ties ORDER BY run"
    )
    for run in (first, second, first):
        write_back(neo4j.uri, run)
    runs = sorted((first.run_id, second.run_id))
    assert neo4j.query(asked) == [{"person": "X", "ocg": "G1", "run": r, "ties": 4} for r in runs]
    # They are no records: what is read back is what was written.
    assert store.read().fingerprint == dataset.fingerprint
    remove_run(neo4j.uri, first.run_id)
    assert [row["run"] for row in neo4j.query(asked)] == [second.run_id]
    without = {n: t for n, t in dataset.tables.items() if n not in ("ocgs", "memberships")}
    store.write(Dataset.of(without, dataset.about), LoadManifest((), "0.1.0"), replace=True)
    assert neo4j.query(asked) == []
    assert neo4j.query("MATCH (g:OCG) RETURN g") == []
    remove_run(neo4j.uri, second.run_id)


def test_people_who_are_no_longer_there_are_said(neo4j, checked) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    analysis = analyse(checked.dataset)
    gone = analysis.roles.frame["nominal_id"].iloc[0]
    neo4j.query("MATCH (p:Person {person_id: $gone}) DETACH DELETE p", gone=gone)
    with pytest.raises(StoreError, match=r"no longer holds everybody.*Analyse the store again"):
        write_back(neo4j.uri, analysis)
