"""Answers without a server, against Neo4j's own: every question, with many values.

A question that the view gets wrong our own code answers, and one that our own code answers the view still gets wrong:
when a later version mends it, this test says so.
"""

from __future__ import annotations

import math
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from filled_server import FIXTURES, filled

from ocgnet.checks.check import check
from ocgnet.errors import StoreError
from ocgnet.model.graph import NODES, TIES
from ocgnet.queries import bind, find, local_view, pack, read_query
from ocgnet.queries.ask import ask
from ocgnet.queries.local_view import (
    COMPARED,
    ON_RECORDS,
    as_the_view_reads,
    ask_locally,
    compared,
    own_answer,
    refusal,
    view_of,
)
from ocgnet.queries.own_answers import OWN_ANSWERS
from ocgnet.queries.view_trial import failed
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.neo4j.property_graph import graph_of

OURS = {*OWN_ANSWERS, *ON_RECORDS}
TABLES = [q for q in pack() if q.kind == "table" and q.subject != "runs"]
OF_THE_RESPONSE = {q.name for q in TABLES if q.subject in ("response", "cases")} - {"disruptions-by-group"}
"""Both answers are held to the rows themselves in test_response_answers."""


EVERYTHING = {
    "limit": ("1000000", "3"),
    "k": ("5", "40"),
    "worst": ("2",),
    "min_groups": ("1",),
    "min_crimes": ("1",),
    "min_reports": ("1",),
    "min_episodes": ("1",),
    "include_overdue": ("yes",),
    "link_roles": ("arrested,suspect,charged", "convicted"),
    # A filter that leaves nothing, and one that leaves everything.
    "refused_sources": ("", "3x5x2 1,3x5x2 2,3x5x2 3,5x5x5 A,5x5x5 B,5x5x5 C,5x5x5 D,5x5x5 E"),
    "refused_contents": ("",),
    "restricted": ("",),
    "family": ("sibling,grandparent,parent",),
    "quarter_from": ("2017-01-01",),
    "period_from": ("2016-01-01",),
    "as_of": ("2018-03-31", "2018-12-31"),
    "name": ("o", "1975", "jorin tolvander", "emeric  NERROVAR"),
}


TINY = EVERYTHING | {
    "person_id": ("N01", "N02", "N03", "N04", "N05", "N06", "N07", "C2"),
    "ocg_id": ("G1", "G2", "G3"),
    "person_a": ("N01",),
    "person_b": ("N06",),
}
COUNTY = {name: EVERYTHING[name][-1:] for name in ("as_of", "refused_sources", "link_roles")} | {
    "person_id": ("N0096", "CH020"),
    "ocg_id": ("OCG04",),
    "person_b": ("N0052",),
}


def variants(query, choices: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """Values to ask a question with: its own, lenient ones, and from there one changed at a time."""
    names = [p.name for p in query.parameters]
    lenient = {n: v[0] for n, v in EVERYTHING.items() if n in names and (n.startswith("min_") or n == "limit")}
    if query.name == "shortest-link":
        # There may be thousands of ways; the first ones tell.
        lenient = {}
    found = [{}, lenient]
    found += [lenient | {n: v} for n in names for v in choices.get(n, ())]
    return [[f"{n}={v}" for n, v in chosen.items()] for chosen in found]


def same(one, other) -> bool:
    """Tell whether two answers are equal; sums of floats may differ in their last digits."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def of_view(view, query, values) -> list[tuple] | None:
    """What the view answers; None when it answers with an error, whatever the engine raises."""
    try:
        return [
            tuple(row[c.name] for c in query.columns)
            for row in view.cypher(as_the_view_reads(query.text), params=values)
        ]
    except Exception:
        return None


def differing(server, view, query, choices: dict[str, tuple[str, ...]]) -> tuple[list, list]:
    """Values with which the view, and our own code, answer otherwise than Neo4j."""
    by_view, by_own = [], []
    # What is about things is compared value by value on a folder of its own.
    for given in [[]] if query.subject == "things" else variants(query, choices):
        values = bind(query, given)
        expected = list(ask(server.connection, query, values).rows)
        if not same(of_view(view, query, values), expected):
            by_view.append(given)
        own = own_answer(server.dataset, query, values)
        if own is not None and not same(list(own.rows), expected):
            by_own.append(given)
    return by_view, by_own


@pytest.mark.parametrize("fixture", ["tiny", "county"])
def test_nothing_is_lost_on_the_way_into_the_view(fixture: str) -> None:
    dataset = check(FIXTURES / fixture).dataset
    view, graph = view_of(dataset), graph_of(dataset)
    for node in NODES:
        count = next(iter(view.cypher(f"MATCH (n:{node.label}) RETURN count(n) AS n")))["n"]
        assert count == graph.nodes[node.label].num_rows
    for tie in TIES:
        count = next(iter(view.cypher(f"MATCH ()-[r:{tie.type}]->() RETURN count(r) AS n")))["n"]
        assert count == graph.ties[tie.type].num_rows
    people = {
        r["id"]: r
        for r in view.cypher(
            as_the_view_reads("MATCH (p:Person) RETURN p.person_id AS id, p.name AS name, p.date_of_birth AS d")
        )
    }
    for row in graph.nodes["Person"].to_pylist():
        assert (people[row["_key"]]["name"], people[row["_key"]]["d"]) == (row["name"], row["date_of_birth"])


@pytest.fixture(scope="module")
def wrong(neo4j_server):
    """Every question that the view, and our own code, answer otherwise on either fixture, with the values."""
    by_view: dict[str, list] = {}
    by_own: dict[str, list] = {}
    for fixture, choices in (("county", COUNTY), ("tiny", TINY)):
        with filled(neo4j_server, FIXTURES / fixture) as server:
            view = view_of(server.dataset)
            for query in (q for q in TABLES if q.name not in OF_THE_RESPONSE):
                for kept, bad in zip((by_view, by_own), differing(server, view, query, choices), strict=True):
                    if bad:
                        kept.setdefault(query.name, []).extend((fixture, given) for given in bad)
    return by_view, by_own


def test_what_the_view_answers_is_what_neo4j_answers(wrong) -> None:
    assert {name: given[:3] for name, given in wrong[0].items() if name not in OURS} == {}


def test_what_our_own_code_answers_is_what_neo4j_answers(wrong) -> None:
    assert {name: given[:3] for name, given in wrong[1].items()} == {}


def test_what_our_own_code_answers_the_view_still_gets_wrong(wrong) -> None:
    assert set(wrong[0]) >= OURS


def test_every_table_is_answered() -> None:
    assert {q.name for q in TABLES if refusal(q)} == set()
    assert {q.name for q in TABLES} >= OURS


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("picture-group", "a picture is drawn by Neo4j Browser"),
        ("ties-in-a-run", "runs are kept in a Neo4j server alone"),
    ],
)
def test_what_cannot_be_trusted_is_refused_by_name(name: str, says: str) -> None:
    dataset = check(FIXTURES / "tiny").dataset
    with pytest.raises(StoreError, match=says):
        ask_locally(dataset, find(name), bind(find(name), ()))


def test_a_query_of_ones_own_needs_the_server() -> None:
    own = read_query("mine", "MATCH (n) RETURN n", own=True)
    with pytest.raises(StoreError, match="only the questions of the pack are answered"):
        ask_locally(check(FIXTURES / "tiny").dataset, own, {})


def test_the_range_of_the_engine_is_said_once_and_the_lock_is_in_it() -> None:
    asked = tomllib.loads((FIXTURES.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert [a for a in asked if a.startswith("kglite")] == [f"kglite>={COMPARED[0]},<={COMPARED[1]}"]
    [pinned] = re.findall(
        r"^kglite==(\S+)", (FIXTURES.parent / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert compared(pinned)
    assert pinned == metadata.version("kglite")


def test_an_engine_that_fails_the_trial_is_refused(monkeypatch) -> None:
    assert failed(view_of, as_the_view_reads) == ""

    class Broken:
        """A view whose engine forgets the last row."""

        def __init__(self, records) -> None:
            self.view = view_of(records)

        def cypher(self, text, params):
            return list(self.view.cypher(text, params=params))[:-1]

    assert failed(Broken, as_the_view_reads) == "group-members"
    monkeypatch.setattr(local_view, "_failed", lambda: "linked-children")
    query = find("groups-now")
    with pytest.raises(StoreError, match=r"answers linked-children wrongly on this machine"):
        ask_locally(check(FIXTURES / "tiny").dataset, query, bind(query, ()))


def test_another_version_of_the_engine_is_not_trusted(monkeypatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "0.99.0")
    query = find("groups-now")
    with pytest.raises(StoreError, match=r"kglite 0\.99\.0 is installed, whose answers nobody compared"):
        ask_locally(check(FIXTURES / "tiny").dataset, query, bind(query, ()))


def test_the_command_answers_from_a_file(tmp_path: Path) -> None:
    from ocgnet.queries.ask import ask_store

    checked = check(FIXTURES / "tiny")
    path = tmp_path / "tiny.duckdb"
    open_store(str(path)).write(checked.dataset, LoadManifest(checked.sources, "test"))
    about, values, answer = ask_store(str(path), find("groups-abroad"), ())
    assert (about.synthetic, str(values["as_of"])) == (True, "2019-03-31")
    assert answer.rows == (("ES", 1, ["G1"]), ("NL", 1, ["G1"]))
