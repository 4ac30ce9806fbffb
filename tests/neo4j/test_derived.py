"""What a load derives from the records for questions and pictures: worked out on paper, and never read back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.harm import harm_of
from ocgnet.model.graph import DERIVED, NODE_ROWS, NODES, TIES, derived_of
from ocgnet.queries import find
from ocgnet.queries.ask import ask_store
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.property_graph import dataset_of, graph_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
MANIFEST = LoadManifest((), "0.1.0")
OPEN, ENDLESS = date(1, 1, 1), date(9999, 12, 31)

RECORDS = {
    "nominals": {"nominal_id": ["N1", "N2"], "name": ["Ann", None], "review_due": [date(2020, 1, 1), None]},
    "people": {"person_id": ["V1"], "name": ["Vic"], "review_due": [date(2020, 1, 1)]},
    "ocgs": {
        "ocg_id": ["G1", "G2", "G3", "G4"],
        "name": ["One", None, "Three", "Four"],
        "status": ["active", "archived", "archived", None],
        "mapped_on": [date(2015, 2, 3), None, None, None],
        "archived_on": [None, None, date(2018, 3, 1), date(1, 1, 1)],
    },
    "memberships": {
        "nominal_id": ["N1", "N2"],
        "ocg_id": ["G1", "G1"],
        "from_date": [date(2016, 1, 1), None],
        "to_date": [None, date(2017, 6, 30)],
    },
    "crimes": {
        "crime_id": ["K1", "K2", "K3", "K4"],
        "offence_code": [" 008n", "NFIB3A", None, "4/10"],
        "recorded_on": [date(2018, 5, 2), None, None, None],
        "occurred_on": [date(2018, 5, 1), date(2018, 4, 1), None, None],
    },
    "intel_reports": {
        "report_id": ["R1", "R2"],
        "reported_on": [date(2018, 7, 4), None],
        "grading_scheme": ["3x5x2", None],
        "source_grade": ["2", "B"],
        "intelligence_grade": ["B", None],
        "handling_code": [None, "C"],
        "review_due": [None, date(2024, 7, 4)],
    },
    "associations": {
        "person_a": ["N1", "N1", "N1", "N1"],
        "person_b": ["N2", "N2", "N2", "X9"],
        "kind": ["telephone", "meeting", "social_media", "telephone"],
        "first_seen": [date(2018, 1, 1), None, date(2018, 1, 1), None],
        "last_seen": [date(2018, 2, 1), date(2018, 3, 1), None, None],
    },
    "missing_episodes": {"child_id": ["V1"], "missing_from": [datetime(2018, 12, 31, 23, 30)]},
    "things": {
        "thing_id": ["T1", "T2", "T3"],
        "kind": ["vehicle", "phone", "other"],
        "label": ["Van", None, None],
        "number": [None, "07700 900837", None],
        "registration": ["AB12 CDE", None, None],
        "review_due": [date(2019, 1, 1), None, None],
    },
}


@pytest.fixture(scope="module")
def records() -> Dataset:
    return Dataset.of({name: pa.table(columns) for name, columns in RECORDS.items()})


def test_each_is_what_the_records_give_on_paper(records) -> None:
    graph = graph_of(records)

    def of(name: str, *columns: str) -> dict[str, tuple[object, ...]]:
        rows = (graph.nodes.get(name) or graph.ties[name]).to_pylist()
        return {r.get("_key") or f"{r['_start']} {r['_end']}": tuple(r[c] for c in columns) for r in rows}

    assert of("Person", "caption", "overdue_after") == {
        "N1": ("Ann (N1)", date(2020, 1, 1)),
        "N2": ("N2", ENDLESS),
        "V1": ("Vic (V1)", ENDLESS),  # no nominal: a review decides of no part in a network
        "X9": ("X9", ENDLESS),
    }
    assert of("OCG", "caption", "valid_from", "valid_to") == {
        "G1": ("One (G1)", date(2015, 2, 3), ENDLESS),
        "G2": ("G2", OPEN, OPEN),
        "G3": ("Three (G3)", OPEN, date(2018, 2, 28)),
        "G4": ("Four (G4)", OPEN, OPEN),
    }
    assert of("MEMBER_OF", "valid_from", "valid_to") == {
        "N1 G1": (date(2016, 1, 1), ENDLESS),
        "N2 G1": (OPEN, date(2017, 6, 30)),
    }
    weight = harm_of(pa.chunked_array([[" 008n", "4/10"]])).tolist()
    scheme = "ONS Crime Severity Score, 2019-20"
    assert of("Crime", "caption", "day", "severity_code", "severity", "severity_scheme") == {
        "K1": (" 008n (K1)", date(2018, 5, 2), "8N", weight[0], scheme),
        "K2": ("NFIB3A (K2)", date(2018, 4, 1), "NFIB3A", None, None),
        "K3": ("(K3)", None, None, None, None),
        "K4": ("4/10 (K4)", None, "4.10", weight[1], scheme),
    }
    gradings = ("source_grading", "content_grading", "handling_grading")
    assert of("IntelReport", "caption", "day", "overdue_after", *gradings) == {
        "R1": ("2018-07-04 (R1)", date(2018, 7, 4), ENDLESS, "3x5x2 2", "3x5x2 B", ""),
        "R2": ("(R2)", None, date(2024, 7, 4), "", "", ""),
    }
    contacts = sorted((r["kind"], r["valid_from"], r["valid_to"]) for r in graph.ties["ASSOCIATES_WITH"].to_pylist())
    assert contacts == [
        ("meeting", date(2018, 3, 1), date(2018, 3, 1)),
        ("social_media", date(2018, 1, 1), date(2018, 1, 1)),
        ("telephone", OPEN, ENDLESS),
        ("telephone", date(2018, 1, 1), date(2018, 2, 1)),
    ]
    assert of("MissingEpisode", "caption", "day") == {"V1|2018-12-31T23:30:00": ("2018-12-31 (V1)", date(2018, 12, 31))}
    assert of("Thing", "name", "caption", "overdue_after") == {
        "T1": ("Van", "Van (T1)", date(2019, 1, 1)),
        "T2": ("07700 900837", "07700 900837 (T2)", ENDLESS),
        "T3": (None, "T3", ENDLESS),
    }


def test_nothing_derived_is_a_record(records) -> None:
    """A wrong derived property changes no record that is read, and none bears the name of a column."""
    graph = graph_of(records)
    for of in (*NODES, *TIES):
        tables = graph.nodes if of in NODES else graph.ties
        name = of.label if of in NODES else of.type
        columns = (
            [c for rows in NODE_ROWS if rows.node is of for c in rows.properties] if of in NODES else of.properties
        )
        assert not {c.name for c in columns} & {d.name for d in derived_of(of)}, name
        for derived in derived_of(of):
            blank = pa.nulls(tables[name].num_rows, derived.type)
            tables[name] = tables[name].set_column(
                tables[name].schema.get_field_index(derived.name), tables[name].schema.field(derived.name), blank
            )
    assert dataset_of(graph).fingerprint == dataset_of(graph_of(records)).fingerprint
    known = {n.label for n in NODES} | {t.type for t in TIES}
    assert set(DERIVED) <= known
    assert all(d.name == "caption" or d.says.endswith(".") for of in DERIVED.values() for d in of)
    assert all("caption" in {d.name for d in derived_of(n)} for n in NODES)


def test_the_documentation_names_each() -> None:
    text = (FIXTURES.parent / "docs" / "neo4j.md").read_text(encoding="utf-8")
    assert [d.name for of in DERIVED.values() for d in of if f"`{d.name}`" not in text] == []


def test_a_database_of_another_version_is_refused_until_it_is_loaded_again(neo4j) -> None:
    """Without what questions read they would answer wrongly; the next load writes it, says so and changes no record."""
    checked = check(FIXTURES / "tiny")
    manifest, store = LoadManifest(checked.sources, "0.1.0"), open_store(neo4j.uri)
    store.write(checked.dataset, manifest)
    answer = ask_store(neo4j.uri, find("groups-now"), [])[2]
    assert answer.rows
    whole = neo4j.query("MATCH (n) WHERE NOT n:Load RETURN properties(n) AS p ORDER BY elementId(n)")
    for of in (*NODES, *TIES):
        pattern = f"(x:{of.label})" if of in NODES else f"()-[x:{of.type}]->()"
        if derived := derived_of(of):
            neo4j.query(f"MATCH {pattern} REMOVE {', '.join(f'x.{d.name}' for d in derived)}")
    neo4j.query("MATCH (l:Load) REMOVE l.shape")
    with pytest.raises(StoreError, match=r"another version of ocgnet .* Load the same records again"):
        ask_store(neo4j.uri, find("groups-now"), [])
    assert store.read().fingerprint == checked.dataset.fingerprint
    report = store.write(checked.dataset, manifest)
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    [note] = report.notes
    assert "Its graph now has the properties that this version's questions read" in note
    assert neo4j.query("MATCH (n) WHERE NOT n:Load RETURN properties(n) AS p ORDER BY elementId(n)") == whole
    assert ask_store(neo4j.uri, find("groups-now"), [])[2] == answer
    assert not store.write(checked.dataset, manifest).notes


def test_a_place_beyond_the_earth_is_no_location() -> None:
    # A server turns such a longitude round the earth by steps and never comes to an end.
    degrees = [(51.5, -0.1), (0.0, 1e300), (91.0, 0.0), (float("nan"), 0.0), (None, None)]
    columns = {name: [place[n] for place in degrees] for n, name in enumerate(("latitude", "longitude"))}
    crimes = pa.table({"crime_id": [f"K{n}" for n in range(len(degrees))], **columns})
    located = graph_of(Dataset.of({"crimes": crimes})).nodes["Crime"]["location"].to_pylist()
    assert located == [[-0.1, 51.5], None, None, None, None]
