"""The graph as investigators see it: labels, keys and relationships of the graph contract, on a real server."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import About, Dataset
from ocgnet.edit import Change
from ocgnet.edit.stores import place_of_store
from ocgnet.model.graph import NODES, TIES
from ocgnet.model.things import RELATIONS, THING_KINDS
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.property_graph import graph_of
from ocgnet.store.neo4j.writing import apply, changes_between, over_others, tie_statement

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
    assert {k: v for k, v in kim["p"].items() if k not in ("load_id", "overdue_after")} == {
        "person_id": "N1", "caption": "Kim (N1)", "born": 20060102, "name": "Kim", "child_name": "Kim",
        "pnc_id": "12/1A", "school": "S",
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
    assert sorted(row["keys"]) == ["caption", "load_id", "overdue_after", "person_id", "school"]


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


def roles_drawn(neo4j) -> dict[str, list[str]]:
    rows = neo4j.query(
        "MATCH (p:Nominal) RETURN p.person_id AS id, "
        "[l IN labels(p) WHERE l IN ['Principal', 'Significant', 'Peripheral']] AS roles"
    )
    return {row["id"]: row["roles"] for row in rows if row["roles"]}


def test_the_highest_recorded_role_of_the_day_is_a_label(neo4j) -> None:
    """N1 is peripheral in one group and principal in another; N2's better role has ended and N3's group is archived;
    N4's role was not assessed; processing of N5's record is restricted."""
    day = date(2019, 3, 31)
    members = [
        ("N1", "A", "peripheral", None, None),
        ("N1", "B", "principal", None, None),
        ("N2", "A", "principal", date(2017, 1, 1), date(2018, 1, 1)),
        ("N2", "A", "significant", date(2018, 1, 2), None),
        ("N3", "C", "principal", None, None),
        ("N4", "A", None, None, None),
        ("N5", "A", "principal", None, None),
    ]
    names = ("nominal_id", "ocg_id", "role", "from_date", "to_date")
    people = ["N1", "N2", "N3", "N4", "N5"]
    tables = {
        "nominals": pa.table({"nominal_id": people, "restricted_on": [None, None, None, None, day]}),
        "ocgs": pa.table({"ocg_id": ["A", "B", "C"], "archived_on": [None, None, date(2018, 1, 1)]}),
        "memberships": pa.table(dict(zip(names, map(list, zip(*members, strict=True)), strict=True))),
    }
    store = open_store(neo4j.uri)
    dataset = Dataset.of(tables, About(as_of=day))
    store.write(dataset, MANIFEST)
    assert roles_drawn(neo4j) == {"N1": ["Principal"], "N2": ["Significant"]}
    assert open_store(neo4j.uri).read().fingerprint == dataset.fingerprint
    who = {"nominal_id": "N1", "ocg_id": "B", "from_date": ""}
    place_of_store(store).amend(Change(edit={"memberships": [(who, {"role": "significant"})]}))
    assert roles_drawn(neo4j) == {"N1": ["Significant"], "N2": ["Significant"]}
    earlier = Dataset.of(tables, About(as_of=date(2017, 6, 1)))
    store.write(earlier, MANIFEST)
    assert roles_drawn(neo4j) == {"N1": ["Principal"], "N2": ["Principal"], "N3": ["Principal"]}


NOON = datetime(2018, 12, 31, 12, 30)


def test_a_thing_carries_its_kind_as_a_label_and_loses_it_with_the_kind(neo4j) -> None:
    things = {"thing_id": [f"T{i}" for i in range(len(THING_KINDS))], "kind": list(THING_KINDS)}
    load(neo4j, {"things": things})
    held = neo4j.query("MATCH (t:Thing) RETURN t.kind AS kind, [l IN labels(t) WHERE l <> 'Thing'] AS labels")
    assert {row["kind"]: row["labels"] for row in held} == {
        "phone": ["Phone"], "sim": ["Sim"], "device": ["Device"], "vehicle": ["Vehicle"], "address": ["Address"],
        "premises": ["Premises"], "account": ["Account"], "organisation": ["Organisation"],
        "online_handle": ["OnlineHandle"], "line": ["Line"], "weapon": ["Weapon"], "other": ["OtherThing"],
    }  # fmt: skip
    again = Dataset.of({"things": pa.table(things | {"kind": ["line", *THING_KINDS[1:]]})})
    assert open_store(neo4j.uri).write(again, MANIFEST).changed == 1
    [row] = neo4j.query("MATCH (t:Thing {thing_id: 'T0'}) RETURN labels(t) AS labels, t.kind AS kind")
    assert (sorted(row["labels"]), row["kind"]) == (["Line", "Thing"], "line")
    # Somebody who names a thing by hand as what it is not is put right by the next load.
    neo4j.query("MATCH (t:Thing {thing_id: 'T1'}) SET t:Phone")
    open_store(neo4j.uri).write(again, MANIFEST)
    assert neo4j.query("MATCH (t:Phone) RETURN count(t) AS n") == [{"n": 0}]


def test_what_a_person_is_to_a_thing_is_the_type_of_the_relationship(neo4j) -> None:
    relations = list(RELATIONS)
    load(
        neo4j,
        {
            "things": {"thing_id": ["T1"], "kind": ["other"]},
            "thing_links": {
                "person_id": ["N1"] * (len(relations) + 1),
                "thing_id": ["T1"] * len(relations) + ["T9"],
                "relation": [*relations, "user"],
                "from_date": [date(2018, 1, 1)] * (len(relations) + 1),
            },
        },
    )
    held = neo4j.query("MATCH (:Person)-[r]->(:Thing {thing_id: 'T1'}) RETURN type(r) AS t, r.relation AS relation")
    assert {row["relation"]: row["t"] for row in held} == RELATIONS
    named = neo4j.query("MATCH (:Person)-[:USES]->(t {thing_id: 'T9'}) RETURN labels(t) AS labels, t.unlisted AS u")
    assert named == [{"labels": ["Thing"], "u": True}]
    # Another relation is another relationship, and the old one goes.
    changed = Dataset.of(
        {
            "thing_links": pa.table({"person_id": ["N1"], "thing_id": ["T1"], "relation": ["keeper"]}),
            "things": pa.table({"thing_id": ["T1"], "kind": ["vehicle"]}),
        }
    )
    open_store(neo4j.uri).write(changed, MANIFEST, replace=True)
    assert neo4j.query("MATCH (:Person)-[r]->(t:Vehicle) RETURN type(r) AS t") == [{"t": "KEEPS"}]
    assert neo4j.query("MATCH (t:Thing) RETURN count(t) AS n") == [{"n": 1}]


def test_what_passes_between_things_is_in_universal_time(neo4j) -> None:
    load(
        neo4j,
        {
            "things": {
                "thing_id": ["T1", "T2", "A1", "A2", "V1", "P1"],
                "kind": ["phone", "line", "account", "account", "vehicle", "premises"],
            },
            "communications": {
                "from_thing": ["T1", "T1"],
                "to_thing": ["T2", "T2"],
                "at": [NOON, NOON],
                "kind": ["call", "sms"],
                "duration": [61.5, None],
                "count": [None, 3],
                "last_at": [None, datetime(2019, 1, 1, 0, 5)],
                "authority_ref": ["X/1", "X/1"],
            },
            "transfers": {
                "from_account": ["A1"], "to_account": ["A2"], "at": [NOON], "amount": [9.5], "currency": ["GBP"],
            },
            "sightings": {"thing_id": ["V1", "V1"], "at": [NOON, NOON], "place": ["P1", "CAM9"]},
            "ocgs": {"ocg_id": ["O1"]},
            "crimes": {"crime_id": ["C1"]},
            "group_things": {"ocg_id": ["O1"], "thing_id": ["P1"], "confidence": ["suspected"]},
            "crime_things": {"crime_id": ["C1", "C1"], "thing_id": ["V1", "V1"], "involvement": ["used", "found"]},
        },
    )  # fmt: skip
    calls = neo4j.query(
        "MATCH (:Phone)-[r:COMMUNICATED_WITH]->(:Line) RETURN r.kind AS kind, r.at_year AS y, r.last_year AS z, "
        "r.at = localdatetime('2018-12-31T12:30:00') AS noon, r.duration AS d, r.count AS n, r.authority_ref AS a "
        "ORDER BY kind"
    )
    assert calls == [
        {"kind": "call", "noon": True, "y": 2018, "z": None, "d": 61.5, "n": None, "a": "X/1"},
        {"kind": "sms", "noon": True, "y": 2018, "z": 2019, "d": None, "n": 3, "a": "X/1"},
    ]
    assert neo4j.query("MATCH (:Account)-[r:TRANSFERRED_TO]->(:Account) RETURN r.amount AS a, r.at_year AS y") == [
        {"a": 9.5, "y": 2018}
    ]
    seen = neo4j.query(
        "MATCH (v:Vehicle)-[:SEEN_IN]->(s:Sighting) OPTIONAL MATCH (s)-[:AT_PLACE]->(p:Thing) "
        "RETURN s.place AS place, p.thing_id AS thing, s.at_year AS y ORDER BY place"
    )
    # The code of a camera is no thing.
    assert seen == [{"place": "CAM9", "thing": None, "y": 2018}, {"place": "P1", "thing": "P1", "y": 2018}]
    assert neo4j.query("MATCH (t:Thing) RETURN count(t) AS n") == [{"n": 6}]
    assert neo4j.query("MATCH (:OCG)-[r:HAS_THING]->(t) RETURN t.thing_id AS t, r.confidence AS c") == [
        {"t": "P1", "c": "suspected"}
    ]
    involved = neo4j.query("MATCH (:Crime)-[r:INVOLVES]->(:Vehicle) RETURN r.involvement AS i ORDER BY i")
    assert [row["i"] for row in involved] == ["found", "used"]


def test_a_sighting_that_goes_leaves_nothing_even_where_only_a_part_is_compared(neo4j) -> None:
    sightings = {"thing_id": ["V1"], "at": [NOON], "place": ["P1"]}
    load(
        neo4j,
        {"things": {"thing_id": ["V1", "P1"], "kind": ["vehicle", "premises"]}, "sightings": sightings},
    )
    part = graph_of(Dataset.of({"sightings": pa.table(sightings)}))
    with connected(neo4j.address) as connection:
        gone = over_others(changes_between(part, graph_of(Dataset.of({}))))
        apply(connection, gone, "x", lambda *_: None)
    assert neo4j.query("MATCH (s:Sighting) RETURN count(s) AS n") == [{"n": 0}]


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
        ("Suggestion", "suggestion_id"),
        ("Measures", "measures_id"),
        ("Community", "community_id"),
    }
    for tie in TIES:
        plan = neo4j.explain(tie_statement(tie), rows=[["a", "b", {}, "c"]], load_id="x")
        scans = [name for name in plan if "ByLabelScan" in name or "AllNodesScan" in name]
        assert not scans, (tie.type, plan)
