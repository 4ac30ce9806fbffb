"""The graph as investigators see it: labels, keys and relationships of the graph contract, on a real server."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.model.graph import NODES, TIES
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.writing import tie_statement

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
MANIFEST = LoadManifest((), "0.1.0")


def load(neo4j, tables: dict[str, dict[str, list[object]]]) -> Dataset:
    dataset = Dataset.of({name: pa.table(columns) for name, columns in tables.items()})
    open_store(neo4j.uri).write(dataset, MANIFEST)
    return dataset


@pytest.mark.parametrize("name", ["tiny", "county"])
def test_every_row_is_where_the_graph_contract_says(neo4j, name) -> None:
    checked = check(FIXTURES / name)
    open_store(neo4j.uri).write(checked.dataset, LoadManifest(checked.sources, "0.1.0"))
    rows = checked.dataset.rows
    for kind, table in {
        "(:Person)-[:MEMBER_OF]->(:OCG)": "memberships",
        "(:Person)-[:LINKED_TO]->(:Crime)": "crime_links",
        "(:Person)-[:MENTIONED_IN]->(:IntelReport)": "intel_links",
        "(:Person)-[:ASSOCIATES_WITH]->(:Person)": "associations",
        "(:Person)-[:FAMILY_OF]->(:Person)": "family_links",
        "(:Person)-[:HAS_ACE]->(:Ace)": "child_aces",
        "(:OCG)-[:OPERATES_IN]->(:Country)": "ocg_countries",
        "(:Person:Child)-[:WENT_MISSING]->(:MissingEpisode)": "missing_episodes",
        "(:Person)-[:REFERRED]->(:Referral)": "referrals",
        "(:Disruption)-[:AGAINST]->(:OCG)": "disruptions",
    }.items():
        assert neo4j.query(f"MATCH {kind} RETURN count(*) AS n") == [{"n": rows.get(table, 0)}], kind
    for label, table in {"Nominal": "nominals", "Child": "children", "OtherPerson": "people"}.items():
        assert neo4j.query(f"MATCH (n:Person:{label}) RETURN count(n) AS n") == [{"n": rows.get(table, 0)}], label
    [none] = neo4j.query(
        "MATCH (n) WITH count(CASE WHEN n.load_id IS NULL THEN 1 END) AS nodes "
        "MATCH ()-[r]->() RETURN nodes, count(CASE WHEN r.load_id IS NULL THEN 1 END) AS ties"
    )
    assert none == {"nodes": 0, "ties": 0}
    back = open_store(neo4j.uri).read()
    assert back.fingerprint == checked.dataset.fingerprint


def test_a_person_in_two_tables_keeps_what_each_says(neo4j) -> None:
    dataset = load(
        neo4j,
        {
            "nominals": {"nominal_id": ["N1", "N2"], "name": [None, "B"], "pnc_id": ["12/1A", None]},
            "children": {"child_id": ["N1"], "name": ["Kim"], "date_of_birth": [date(2006, 1, 2)], "school": ["S"]},
        },
    )
    [kim] = neo4j.query("MATCH (p:Nominal:Child) RETURN p {.*} AS p")
    assert {k: v for k, v in kim["p"].items() if k != "load_id"} == {
        "person_id": "N1", "name": "Kim", "child_name": "Kim", "pnc_id": "12/1A", "school": "S",
        "date_of_birth": kim["p"]["date_of_birth"], "child_date_of_birth": kim["p"]["date_of_birth"],
    }  # fmt: skip
    assert kim["p"]["date_of_birth"].to_native() == date(2006, 1, 2)
    assert open_store(neo4j.uri).read().fingerprint == dataset.fingerprint


def test_a_person_who_leaves_a_table_loses_its_label_and_columns(neo4j) -> None:
    both = {"nominals": {"nominal_id": ["N1"], "pnc_id": ["12/1A"]}, "children": {"child_id": ["N1"], "school": ["S"]}}
    load(neo4j, both)
    dataset = Dataset.of({"children": pa.table({"child_id": ["N1"], "school": ["S"]})})
    open_store(neo4j.uri).write(dataset, MANIFEST, replace=True)
    [row] = neo4j.query("MATCH (p:Person) RETURN labels(p) AS labels, keys(p) AS keys")
    assert sorted(row["labels"]) == ["Child", "Person"]
    assert sorted(row["keys"]) == ["load_id", "person_id", "school"]


def test_an_adult_in_no_table_is_a_plain_person(neo4j) -> None:
    load(
        neo4j,
        {
            "children": {"child_id": ["K1"]},
            "family_links": {"adult_id": ["X9"], "child_id": ["K1"], "relationship": ["parent"]},
        },
    )
    [row] = neo4j.query(
        "MATCH (a)-[r:FAMILY_OF]->(c:Child) RETURN labels(a) AS labels, a.unlisted AS unlisted, "
        "r.relationship AS relationship, c.unlisted AS child"
    )
    assert row == {"labels": ["Person"], "unlisted": True, "relationship": "parent", "child": None}
    assert open_store(neo4j.uri).read()["people"].num_rows == 0


def test_several_rows_of_a_pair_stay_apart(neo4j) -> None:
    load(
        neo4j,
        {
            "nominals": {"nominal_id": ["N1"]},
            "ocgs": {"ocg_id": ["O1"]},
            "crimes": {"crime_id": ["C1"]},
            "memberships": {
                "nominal_id": ["N1"] * 3,
                "ocg_id": ["O1"] * 3,
                "role": ["peripheral", "significant", None],
                "from_date": [date(2017, 1, 1), date(2018, 1, 1), None],
            },
            "crime_links": {
                "person_id": ["N1"] * 3,
                "crime_id": ["C1"] * 3,
                "link_role": ["arrested", "charged", "victim"],
            },
        },
    )
    roles = neo4j.query("MATCH (:Person)-[r:MEMBER_OF]->(:OCG) RETURN r.role AS role, r.from_date AS d ORDER BY d")
    assert [r["role"] for r in roles] == ["peripheral", "significant", None]
    links = neo4j.query(
        "MATCH (:Person)-[r:LINKED_TO]->(:Crime) RETURN r.link_role AS role, r.data_subject AS subject ORDER BY role"
    )
    assert [(r["role"], r["subject"]) for r in links] == [
        ("arrested", "suspect"),
        ("charged", "suspect"),
        ("victim", "victim"),
    ]


def test_places_companions_and_years(neo4j) -> None:
    load(
        neo4j,
        {
            "crimes": {
                "crime_id": ["C1", "C2", "C3"],
                "district": ["Porthaven", "Porthaven", None],
                "ward": ["Quayside", None, "Quayside"],
                "recorded_on": [date(2018, 5, 1), None, None],
                "flags": ["cse|county_line", None, None],
            },
            "children": {"child_id": ["K1", "K2"]},
            "missing_episodes": {
                "child_id": ["K1"],
                "missing_from": [datetime(2018, 12, 31, 23, 30)],
                "companions": ["K2|X9|K2"],
            },
        },
    )
    wards = neo4j.query(
        "MATCH (c:Crime)-[:OCCURRED_IN]->(w:Ward) OPTIONAL MATCH (w)-[:PART_OF]->(d:District) "
        "RETURN c.crime_id AS c, w.ward_key AS w, w.ward AS ward, d.district AS d ORDER BY c"
    )
    assert [tuple(r.values()) for r in wards] == [
        ("C1", "Porthaven|Quayside", "Quayside", "Porthaven"),
        ("C3", "|Quayside", "Quayside", None),
    ]
    assert neo4j.query("MATCH (c:Crime) WHERE 'cse' IN c.flags RETURN c.recorded_year AS y") == [{"y": 2018}]
    episode = neo4j.query(
        "MATCH (:Child)-[:WENT_MISSING]->(e:MissingEpisode)<-[:COMPANION_IN]-(p:Person) "
        "RETURN e.episode_id AS e, e.missing_year AS y, p.person_id AS p ORDER BY p"
    )
    assert episode == [{"e": "K1|2018-12-31T23:30:00", "y": 2018, "p": p} for p in ("K2", "X9")]


def test_every_key_is_unique_and_found_through_an_index(neo4j) -> None:
    load(neo4j, {"nominals": {"nominal_id": ["N1"]}})
    there = {
        (r["labels"][0], r["keys"][0])
        for r in neo4j.query("SHOW CONSTRAINTS YIELD labelsOrTypes AS labels, properties AS keys")
    }
    assert there == {(n.label, n.key) for n in NODES} | {
        ("Load", "load_id"),
        ("LoadLease", "lease_id"),
        ("AnalysisRun", "run_id"),
    }
    for tie in TIES:
        plan = neo4j.explain(tie_statement(tie), rows=[["a", "b", {}, "c"]], load_id="x")
        scans = [name for name in plan if "ByLabelScan" in name or "AllNodesScan" in name]
        assert not scans, (tie.type, plan)
