"""Whom an answer shows is told to the log, on both stores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.cli.app import app
from ocgnet.queries.ask import people_shown
from ocgnet.queries.query import Answer
from ocgnet.store import LoadManifest, open_store

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


@pytest.fixture(params=["duckdb", "neo4j"])
def uri(request, tmp_path) -> str:
    where = request.getfixturevalue("neo4j").uri if request.param == "neo4j" else str(tmp_path / "ocg.duckdb")
    open_store(where).write(check(TINY).dataset, LoadManifest((), "0"))
    return where


def test_ids_and_names_are_found_under_any_column_and_within_lists_and_maps(uri):
    answer = Answer(
        ("a", "b", "c"),
        (("N01", 3, None), (["x", "C2"], {"who": "Brenna O'Varrick", "on": date(2019, 1, 1)}, "N0")),
    )
    assert people_shown(uri, answer, {"person_id": "P01", "limit": 5}) == ["C2", "N01", "N02", "P01"]
    assert people_shown(uri, Answer(("n",), ((5,),)), {}) == []


def test_a_query_tells_whom_it_showed_before_it_shows_them(neo4j, log_file):
    open_store(neo4j.uri).write(check(TINY).dataset, LoadManifest((), "0"))
    words = ["query", "group-members", "--store", neo4j.uri, "--param", "ocg_id=G1", "--format", "csv"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    (act,) = acts(log_file)
    assert (act.kind, act.end) == ("query", "done")
    assert act.people == {f"N{k:02}" for k in range(1, 11) if f"N{k:02}" in done.stdout}
    assert act.people >= {"N01", "N03"}


def test_a_query_of_ones_own_is_kept_word_for_word(neo4j, log_file, tmp_path):
    open_store(neo4j.uri).write(check(TINY).dataset, LoadManifest((), "0"))
    (tmp_path / "mine.cypher").write_text("MATCH (p:Nominal) RETURN p.date_of_birth LIMIT 1;\n", encoding="utf-8")
    words = ["query", "--file", str(tmp_path / "mine.cypher"), "--store", neo4j.uri]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    (act,) = acts(log_file)
    assert act.facts["query"].startswith("MATCH (p:Nominal) RETURN p.date_of_birth LIMIT 1")
    assert act.people == set()
