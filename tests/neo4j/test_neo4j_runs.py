"""Writing an analysis back beside the recorded facts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.main_job import analyse
from ocgnet.model import TABLES
from ocgnet.model.graph import MEASURES, RUN_NODES, RUN_TIES
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j import kept_runs
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.kept_runs import Kept, remove_run, write_back

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
RECORDED = (
    "MATCH (p:Person)-[m:MEMBER_OF]->(o:OCG) "
    "RETURN p {.*} AS p, m {.*} AS m, o {.*} AS o ORDER BY p.person_id, m.row_key"
)
SMALL = Settings(resamples=20, null_draws=100, bootstrap_draws=100)


@pytest.fixture(scope="module")
def checked():
    return check(TINY)


@pytest.fixture(scope="module")
def small(checked):
    return analyse(checked.dataset, SMALL)


def records_of(**records: list[dict]) -> Dataset:
    """A dataset of these rows; columns that a row does not name are blank."""
    blank = {name: dict.fromkeys(TABLES[name].schema.names) for name in records}
    return Dataset.of(
        {n: pa.Table.from_pylist([blank[n] | r for r in rows], TABLES[n].schema) for n, rows in records.items()}
    )


def hub() -> Dataset:
    """X is tied to every member of G1 and to others, and is recorded in no group."""
    ties = [("X", p) for p in "ABCDEF"] + [("A", "B"), ("A", "G")]
    return records_of(
        nominals=[{"nominal_id": p} for p in "ABCDEFGX"],
        ocgs=[{"ocg_id": "G1", "status": "active"}],
        memberships=[{"nominal_id": p, "ocg_id": "G1"} for p in "ABCD"],
        associations=[{"person_a": a, "person_b": b, "kind": "meeting"} for a, b in ties],
    )


def by_lot() -> Dataset:
    """Sixty people, half of them in six groups, two of them in two; some without a role, a tie, or a date."""
    draw = random.Random(7)
    people, groups, crimes = ([f"{x}{i:02}" for i in range(n)] for x, n in (("N", 60), ("G", 6), ("K", 40)))
    members = [(p, draw.choice(groups)) for p in people[:30]] + [("N00", "G0x"), ("N01", "G0x")]
    pairs = sorted({tuple(sorted(draw.sample(people[:55], 2))) for _ in range(70)})
    days = [None, *(date(2019, 1, 1) - timedelta(n) for n in range(0, 300, 10))]
    return records_of(
        nominals=[{"nominal_id": p, "name": f"Person {p}"} for p in people],
        ocgs=[{"ocg_id": g, "status": "active"} for g in (*groups, "G0x")],
        memberships=[
            {"nominal_id": p, "ocg_id": g, "role": draw.choice([None, "principal", "peripheral"])} for p, g in members
        ],
        crimes=[{"crime_id": k, "recorded_on": draw.choice(days)} for k in crimes],
        crime_links=[
            {"person_id": p, "crime_id": k, "link_role": "suspect"}
            for k in crimes
            for p in draw.sample(people[:50], draw.choice([1, 2, 3]))
        ],
        associations=[
            {"person_a": a, "person_b": b, "kind": draw.choice(["meeting", "phone"]), "last_seen": draw.choice(days)}
            for a, b in pairs
        ],
    )


def everything(neo4j) -> dict[str, list]:
    """Every node and relationship of runs, with all properties, in an order of their own."""
    held = {
        n.label: neo4j.query(f"MATCH (n:{n.label}) RETURN properties(n) AS x ORDER BY n.{n.key}") for n in RUN_NODES
    }
    for tie in RUN_TIES:
        rows = neo4j.query(
            f"MATCH (a)-[r:{tie}]->(b) RETURN properties(a) AS a, properties(r) AS r, properties(b) AS b"
        )
        held[tie] = sorted(rows, key=str)
    return held


def cells(frame: pd.DataFrame, columns: dict[str, str], by: list[str]) -> list[dict]:
    """Rows of a table as the graph should tell them: named columns, blanks as None, sorted."""
    rows = frame[list(columns)].rename(columns=columns).astype(object)
    rows = rows.where(rows.notna() & (rows != ""), None).sort_values(by)
    return rows.to_dict("records")


def test_the_graph_of_a_run_is_its_tables_cell_by_cell(neo4j) -> None:
    dataset, store = by_lot(), open_store(neo4j.uri)
    analysis = analyse(dataset, SMALL)
    store.write(dataset, LoadManifest((), "0.1.0"), replace=True)
    before = neo4j.query(RECORDED)
    kept = write_back(neo4j.uri, analysis)
    roles, people, communities, ties = (analysis.tables[n].frame for n in ("roles", "people", "communities", "ties"))
    suggested = roles[roles["ocg_id"] != ""]
    assert (len(roles) > len(suggested), len(suggested)) == (True, kept.suggestions)
    names = {"nominal_id": "person", "ocg_id": "ocg", "suggested_role": "role", "position_score": "score"}
    same = ("stability", "stability_word", "rank_in_group", "ties_in_group", "because")
    names |= {c: c for c in same}
    assert neo4j.query(
        "MATCH (p:Person)-[:HAS_SUGGESTION]->(s:Suggestion)-[:IN_GROUP]->(g:OCG), (s)-[:OF_RUN]->(r {run_id: $run}) "
        "RETURN p.person_id AS person, g.ocg_id AS ocg, s.role AS role, s.score AS score, "
        + ", ".join(f"s.{c} AS {c}" for c in same)
        + " ORDER BY person, ocg",
        run=analysis.run_id,
    ) == cells(suggested, names, ["person", "ocg"])
    measures = [c for c in people.columns if c not in ("nominal_id", "name", "community")]
    assert neo4j.query(
        f"MATCH (p:Person)-[:HAS_MEASURES]->(m:{MEASURES.label})-[:OF_RUN]->(:AnalysisRun {{run_id: $run}}) RETURN "
        "p.person_id AS nominal_id, " + ", ".join(f"m.{c} AS {c}" for c in measures) + " ORDER BY nominal_id",
        run=analysis.run_id,
    ) == cells(people, {c: c for c in ("nominal_id", *measures)}, ["nominal_id"])
    placed = communities[communities["community"] != ""]
    assert neo4j.query(
        "MATCH (p:Person)-[i:IN_COMMUNITY {run_id: $run}]->(c:Community)-[:OF_RUN]->(:AnalysisRun {run_id: $run}) "
        "RETURN p.person_id AS nominal_id, c.community AS community, i.stability AS stability ORDER BY nominal_id",
        run=analysis.run_id,
    ) == cells(placed, {c: c for c in ("nominal_id", "community", "stability")}, ["nominal_id"])
    of_ties = ["person_a", "person_b", "weight", "kinds", "first_on", "last_on"]
    wanted = cells(ties, {c: c for c in of_ties}, ["person_a", "person_b"])
    got = neo4j.query(
        "MATCH (a:Person)-[t:TIED_WITH {run_id: $run}]->(b:Person) RETURN a.person_id AS person_a, "
        "b.person_id AS person_b, t.weight AS weight, t.kinds AS kinds, t.first_on AS first_on, t.last_on AS last_on "
        "ORDER BY person_a, person_b",
        run=analysis.run_id,
    )
    assert [tie["person_a"] < tie["person_b"] for tie in got] == [True] * len(ties)
    for tie in got:
        tie["kinds"] = "|".join(tie["kinds"])
        for day in ("first_on", "last_on"):
            tie[day] = tie[day] and pd.Timestamp(tie[day].to_native())
    assert got == wanted
    outside = analysis.outside_but_tied.frame
    assert len(outside)
    assert neo4j.query(
        "MATCH (p:Person)-[t:OUTSIDE_BUT_TIED {run_id: $run}]->(g:OCG) RETURN p.person_id AS nominal_id, "
        "g.ocg_id AS ocg_id, t.ties AS ties ORDER BY nominal_id, ocg_id",
        run=analysis.run_id,
    ) == cells(outside, {c: c for c in ("nominal_id", "ocg_id", "ties")}, ["nominal_id", "ocg_id"])
    assert kept == Kept(len(suggested), len(people), placed["community"].nunique(), len(ties))
    # Whatever tells of somebody says whose assessment it is, and no record has become another.
    marks = neo4j.query(
        "MATCH (n:Suggestion|Measures|Community) RETURN DISTINCT n.run_id AS run, toString(n.as_of) AS day, "
        "n.marking AS marking"
    )
    assert marks == [{"run": analysis.run_id, "day": str(analysis.as_of), "marking": analysis.marking}]
    assert neo4j.query(RECORDED) == before
    assert store.read().fingerprint == dataset.fingerprint
    first = everything(neo4j)
    assert write_back(neo4j.uri, analysis) == kept
    assert everything(neo4j) == first
    [run] = kept_runs.kept_runs(neo4j.uri)
    assert (run.run_id, run.kept, run.complete, run.as_of) == (analysis.run_id, kept, True, str(analysis.as_of))
    assert remove_run(neo4j.uri, analysis.run_id)
    assert not remove_run(neo4j.uri, analysis.run_id)
    assert not any(everything(neo4j).values())
    assert store.read().fingerprint == dataset.fingerprint


def test_a_run_that_was_broken_off_is_no_run_until_it_is_written_again(neo4j, checked, small, monkeypatch) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    monkeypatch.setattr(kept_runs, "BATCH", 2)
    write_back(neo4j.uri, small)
    whole = everything(neo4j)
    remove_run(neo4j.uri, small.run_id)
    steps: list[tuple[str, int, int]] = []
    write_back(neo4j.uri, small, progress=lambda *step: steps.append(step))
    remove_run(neo4j.uri, small.run_id)
    assert [done for name, done, _ in steps if name == "Measures"] == [2, 4, 6, 8, 9]
    assert all(earlier[1] < later[1] for earlier, later in pairwise(steps) if earlier[0] == later[0])
    assert {name for name, done, total in steps if done == total} == {
        "Suggestion", "Measures", "Community", "IN_COMMUNITY", "TIED_WITH",
    }  # fmt: skip
    for stop in (0, len(steps) // 3, len(steps) - 2):
        left = iter(range(stop))

        def power_cut(*_, left=left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_back(neo4j.uri, small, progress=power_cut)
        assert [run.complete for run in kept_runs.kept_runs(neo4j.uri)] == [False]
        assert store.read().fingerprint == checked.dataset.fingerprint
        write_back(neo4j.uri, small)
        assert everything(neo4j) == whole
        if stop:
            remove_run(neo4j.uri, small.run_id)
    remove_run(neo4j.uri, small.run_id)
    assert not any(everything(neo4j).values())


def test_old_runs_stay_until_they_are_removed(neo4j, checked, small) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    second = analyse(checked.dataset, Settings(resamples=20, null_draws=100, bootstrap_draws=100, seed=2))
    write_back(neo4j.uri, second)
    alone = everything(neo4j)
    kept = write_back(neo4j.uri, small)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"), replace=True)
    assert {run.run_id: run.kept.suggestions for run in kept_runs.kept_runs(neo4j.uri)} == {
        small.run_id: kept.suggestions,
        second.run_id: (second.roles.frame["ocg_id"] != "").sum(),
    }
    assert remove_run(neo4j.uri, small.run_id)
    assert everything(neo4j) == alone
    remove_run(neo4j.uri, second.run_id)


def without(dataset: Dataset, *gone: str) -> Dataset:
    """The same records without the rows that name somebody or something."""
    tables = {}
    for name, table in dataset.tables.items():
        rows = [row for row in table.to_pylist() if not set(gone) & {v for v in row.values() if isinstance(v, str)}]
        tables[name] = pa.Table.from_pylist(rows, table.schema)
    return Dataset.of(tables, dataset.about)


def test_what_a_run_found_goes_with_the_person_and_with_the_group(neo4j) -> None:
    store, dataset = open_store(neo4j.uri), hub()
    store.write(dataset, LoadManifest((), "0.1.0"), replace=True)
    first, second = (analyse(dataset, Settings(resamples=4, seed=seed)) for seed in (1, 2))
    asked = (
        "MATCH (p:Person)-[r:OUTSIDE_BUT_TIED]->(g:OCG) RETURN p.person_id AS person, g.ocg_id AS ocg, "
        "r.run_id AS run, r.ties AS ties ORDER BY run"
    )
    for run in (first, second, first):
        write_back(neo4j.uri, run)
    runs = sorted((first.run_id, second.run_id))
    assert neo4j.query(asked) == [{"person": "X", "ocg": "G1", "run": r, "ties": 4} for r in runs]
    remove_run(neo4j.uri, second.run_id)
    assert [row["run"] for row in neo4j.query(asked)] == [first.run_id]

    def told() -> dict[str, list[str]]:
        """Of whom a run says something, by how."""
        ends = {
            "HAS_SUGGESTION": "MATCH (p)-[:HAS_SUGGESTION]->(:Suggestion) RETURN p.person_id AS id ORDER BY id",
            "HAS_MEASURES": "MATCH (p)-[:HAS_MEASURES]->(:Measures) RETURN p.person_id AS id ORDER BY id",
            "TIED_WITH": "MATCH (a)-[:TIED_WITH]->(b) RETURN a.person_id + b.person_id AS id ORDER BY id",
        }
        return {name: [row["id"] for row in neo4j.query(query)] for name, query in ends.items()}

    assert told() == {
        "HAS_SUGGESTION": list("ABCD"),
        "HAS_MEASURES": list("ABCDEFGX"),
        "TIED_WITH": ["AB", "AG", "AX", "BX", "CX", "DX", "EX", "FX"],
    }
    store.write(without(dataset, "B"), LoadManifest((), "0.1.0"), replace=True)
    assert neo4j.query("MATCH (p:Person {person_id: 'B'}) RETURN p") == []
    assert told() == {
        "HAS_SUGGESTION": list("ACD"),
        "HAS_MEASURES": list("ACDEFGX"),
        "TIED_WITH": ["AG", "AX", "CX", "DX", "EX", "FX"],
    }
    assert neo4j.query("MATCH (x:Suggestion|Measures) WHERE NOT (x)<--(:Person) RETURN x") == []
    store.write(without(dataset, "B", "G1"), LoadManifest((), "0.1.0"), replace=True)
    assert neo4j.query("MATCH (g:OCG) RETURN g") == []
    assert neo4j.query(asked) == []
    assert (told()["HAS_SUGGESTION"], len(told()["HAS_MEASURES"])) == ([], 7)
    assert neo4j.query("MATCH (s:Suggestion) RETURN s") == []
    remove_run(neo4j.uri, first.run_id)


def test_people_who_are_no_longer_there_are_said(neo4j, checked, small) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    gone = small.roles.frame["nominal_id"].iloc[0]
    neo4j.query("MATCH (p:Person {person_id: $gone}) DETACH DELETE p", gone=gone)
    with pytest.raises(StoreError, match=r"no longer holds everybody.*Analyse the store again"):
        write_back(neo4j.uri, small)
    assert [run.complete for run in kept_runs.kept_runs(neo4j.uri)] == [False]


def test_a_run_of_records_that_were_loaded_over_is_not_kept(neo4j, checked, small) -> None:
    store = open_store(neo4j.uri)
    store.write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    read = store.manifest()
    store.write(checked.dataset, LoadManifest(checked.sources, "another"))
    with pytest.raises(StoreError, match=r"loaded other records .* Analyse the store again"):
        write_back(neo4j.uri, small, manifest=read)
    assert kept_runs.kept_runs(neo4j.uri) == []
    write_back(neo4j.uri, small, manifest=store.manifest())
    assert [run.complete for run in kept_runs.kept_runs(neo4j.uri)] == [True]
    remove_run(neo4j.uri, small.run_id)


def test_nodes_of_somebody_else_under_our_labels_are_refused(neo4j, checked, small) -> None:
    open_store(neo4j.uri).write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    neo4j.query("CREATE (:Community {name: 'a village'})")
    with pytest.raises(StoreError, match="1 Community nodes that ocgnet did not write"):
        write_back(neo4j.uri, small)
    assert neo4j.query("MATCH (r:AnalysisRun) RETURN r") == []
    neo4j.query("MATCH (c:Community) DELETE c")


def test_runs_of_an_earlier_version_are_carried_over(neo4j, checked, small) -> None:
    open_store(neo4j.uri).write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    write_back(neo4j.uri, small)
    asked = (
        "MATCH (p)-[:HAS_SUGGESTION]->(s)-[:IN_GROUP]->(g) RETURN p.person_id AS p, g.ocg_id AS g, s {.role, .score, "
        ".stability, .because, .as_of, .marking, .suggestion_id, .run_id, .load_id} AS s ORDER BY p, g"
    )
    wanted = neo4j.query(asked)
    frame = small.roles.frame
    [load] = neo4j.query("MATCH (run:AnalysisRun) RETURN run.load_id AS id")
    remove_run(neo4j.uri, small.run_id)
    neo4j.query(
        "CREATE (run:AnalysisRun {run_id: $run, as_of: $day, marking: $marking, complete: true, suggestions: 9, "
        "load_id: $load}) WITH run UNWIND $rows AS row MATCH (p:Person {person_id: row.nominal_id}) "
        "CREATE (p)-[:ASSESSED_AS {ocg_id: row.ocg_id, suggested_role: row.suggested_role, "
        "position_score: row.position_score, stability: row.stability, because: row.because}]->(run)",
        run=small.run_id,
        day=small.as_of,
        marking=small.marking,
        load=load["id"],
        rows=cells(
            frame.assign(ocg_id=frame["ocg_id"] + "?"),
            {c: c for c in ("nominal_id", "ocg_id", "suggested_role", "position_score", "stability", "because")},
            ["nominal_id"],
        ),
    )
    neo4j.query("MATCH ()-[r:ASSESSED_AS]->() SET r.ocg_id = left(r.ocg_id, size(r.ocg_id) - 1)")
    with connected(neo4j.address) as connection:
        assert kept_runs.has_earlier_shape(connection)
    [run] = kept_runs.kept_runs(neo4j.uri)
    assert (run.kept, run.complete) == (Kept(len(wanted), 0, 0, 0), True)
    assert neo4j.query("MATCH ()-[r:ASSESSED_AS]->() RETURN r") == []
    assert neo4j.query(asked) == wanted
    remove_run(neo4j.uri, small.run_id)
