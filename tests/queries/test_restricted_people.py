"""Whoever is restricted is in no answer of the pack, on the real server and in the view that stands in for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from test_local_view import TINY, variants

from ocgnet.dataset import Dataset
from ocgnet.edit.stores import place_of_store
from ocgnet.main_job import analyse
from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask, restricted_people
from ocgnet.queries.local_view import as_the_view_reads, own_answer, refusal, view_of
from ocgnet.retention.restriction import lifting, restriction, standing_of
from ocgnet.retention.subject_access import access_of, runs_about
from ocgnet.settings import Settings
from ocgnet.store.neo4j.kept_runs import remove_run, write_back
from ocgnet.store.neo4j.property_graph import graph_of
from ocgnet.store.neo4j.store import Neo4jStore

RESTRICTED = {"N02": "Brenna O'Varrick", "N07": "Garrin Pelladdle", "C2": "Orrin Oskigan"}
"""A parent, somebody who went missing with a child, and a child."""


def cells(value) -> list[str]:
    """Every text in an answer, keys and values of nodes and paths among them."""
    return [json.dumps(value, ensure_ascii=False, default=str)]


def named_in(rows) -> set[str]:
    text = "\n".join(cells(list(rows)))
    return {word for person in RESTRICTED.items() for word in person if f'"{word}' in text or f"{word} " in text}


@pytest.fixture
def restricted(tiny):
    """The server with some people restricted as the command does it, and as it was afterwards."""
    place = place_of_store(Neo4jStore(tiny.server.address))
    for person in RESTRICTED:
        place.amend(restriction(standing_of(place, person), "evidence", date(2019, 3, 1)))
    yield tiny
    for person in RESTRICTED:
        place.amend(lifting(standing_of(place, person)))


def test_no_question_and_no_picture_names_them(restricted) -> None:
    asked, before = 0, set()
    for query in pack():
        for given in variants(query, TINY):
            asked += 1
            shown = named_in(ask(restricted.connection, query, bind(query, given)).rows)
            assert not shown, (query.name, given, shown)
    assert asked > 300
    place = place_of_store(Neo4jStore(restricted.server.address))
    for person in RESTRICTED:
        place.amend(lifting(standing_of(place, person)))
    assert restricted_people(restricted.connection) == 0
    for query in pack():
        if named_in(ask(restricted.connection, query, bind(query, [])).rows):
            before.add(query.name)
    assert len(before) > 10, "unrestricted, many questions name them, so the test can fail"


def test_no_answer_about_a_run_names_them_though_it_was_made_before(restricted, monkeypatch) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(restricted.server.server.password_file))
    analysis = analyse(restricted.dataset, Settings(resamples=20, null_draws=100, bootstrap_draws=100))
    assert {"N02", "N07"} < set(analysis.roles.frame["nominal_id"])
    write_back(restricted.server.uri, analysis)
    about = [q for q in pack() if "AnalysisRun" in q.scans]

    def shown() -> dict[str, set[str]]:
        return {
            q.name: named_in(
                row
                for given in ([], ["ocg_id=G1"], ["ocg_id=G2"], ["person_id=N01"], ["person_id=N02"])
                if all(pair.partition("=")[0] in {p.name for p in q.parameters} for pair in given)
                for row in ask(restricted.connection, q, bind(q, given)).rows
            )
            # The child is in no run; a community bears the same name.
            - {"C2"}
            for q in about
        }

    assert {name: people for name, people in shown().items() if people} == {}
    # In G1 every reason names one of them; the members are drawn all the same. In G2 none does.
    for group, member, suggested in (("G1", "N01", False), ("G2", "N05", True)):
        drawn = cells(restricted.rows("picture-suggested-roles", f"ocg_id={group}"))[0]
        assert (f'"{member}"' in drawn, '"HAS_SUGGESTION"' in drawn) == (True, suggested)
    place = place_of_store(Neo4jStore(restricted.server.address))
    for person in RESTRICTED:
        place.amend(lifting(standing_of(place, person)))
    assert {name for name, people in shown().items() if people} >= {
        "suggested-against-recorded", "picture-suggested-roles", "ties-in-a-run", "members-not-assessed",
    }  # fmt: skip
    assert remove_run(restricted.server.uri, analysis.run_id)


def test_a_child_keeps_its_place_with_the_adult_withheld(restricted) -> None:
    # C1 is N02's child (answers.md); C2 is restricted itself.
    rows = restricted.rows("linked-children")
    names = [c.name for c in find("linked-children").columns]
    (child,) = [dict(zip(names, row, strict=True)) for row in rows]
    assert (child["child_id"], child["nominal_id"], child["nominal_name"]) == ("C1", "withheld", None)
    assert child["path"] == "G1 - significant withheld - parent of C1"
    assert restricted_people(restricted.connection) == 3


def test_an_access_request_tells_of_runs_that_were_written_back(tiny, monkeypatch) -> None:
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(tiny.server.server.password_file))
    analysis = analyse(tiny.dataset, Settings(resamples=20, null_draws=100, bootstrap_draws=100))
    write_back(tiny.server.uri, analysis)
    place = place_of_store(Neo4jStore(tiny.server.address))
    said = runs_about(place, "N01")
    (own,) = [row for row in analysis.tables["roles"].frame.to_dict("records") if row["nominal_id"] == "N01"]
    assert own["suggested_role"] in {row.get("role") for row in said}
    assert {"ocg_id", "score", "because"} < set().union(*said), "the suggestion with its group"
    assert {"betweenness_percentile", "community", "weight", "kinds"} < set().union(*said), "what was measured"
    access = access_of(place.texts(), "N01", runs=said)
    cells = [cell for cell in access.held if cell.table == "runs"]
    assert {cell.decision for cell in cells} == {"decide"}
    assert not any(other in cell.value for cell in cells for other in ("N02", "N03", "N04"))
    assert runs_about(place, "P01") == []
    assert remove_run(tiny.server.uri, analysis.run_id)
    assert runs_about(place, "N01") == []


def test_the_view_without_a_server_names_nobody_either(tiny) -> None:
    records = with_restricted(tiny.dataset)
    view = view_of(records)
    for query in (q for q in pack() if not refusal(q)):
        for given in variants(query, TINY):
            values = bind(query, given)
            own = own_answer(records, query, values)
            rows = (
                own.rows
                if own
                else [list(row.values()) for row in view.cypher(as_the_view_reads(query.text), params=values)]
            )
            assert not named_in(rows), (query.name, given)


def with_restricted(dataset: Dataset) -> Dataset:
    """The same records with these people restricted in every table that holds them."""
    tables = dict(dataset.tables)
    for name, key in (("nominals", "nominal_id"), ("children", "child_id"), ("people", "person_id")):
        t = tables[name]
        since = [date(2019, 3, 1) if i in RESTRICTED else None for i in t[key].to_pylist()]
        place = t.column_names.index("restricted_on")
        tables[name] = t.set_column(place, t.schema.field(place), pa.array(since, pa.date32()))
    return replace(dataset, tables=tables)


def test_the_graph_says_of_everybody_whether_they_are_restricted(tiny) -> None:
    people = graph_of(with_restricted(tiny.dataset)).nodes["Person"].to_pylist()
    assert {row["_key"] for row in people if row["restricted_on"]} == set(RESTRICTED)
