"""A perspective for Bloom: of a published form, of the model, and with phrases that draw what the pictures draw."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import ready
from ocgnet.model.graph import NODES, RUN_NODES, RUN_TIES, TIES, further_labels
from ocgnet.queries import find, pack
from ocgnet.queries.ask import ask_store
from ocgnet.queries.bloom import ASKED_FOR, grass
from ocgnet.queries.pack import SCHEMA

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"

PUBLISHED = {
    "": {
        "name", "id", "version", "categories", "relationshipTypes", "palette", "createdAt", "lastEditedAt", "templates",
        "hiddenRelationshipTypes", "hiddenCategories", "hideUncategorisedData", "parentPerspectiveId",
    },
    "categories": {"id", "name", "color", "size", "icon", "labels", "properties", "createdAt", "lastEditedAt"},
    "relationshipTypes": {"properties", "name", "id"},
}  # fmt: skip
"""What a perspective that Neo4j published with an example graph holds (version 1.4.1), apart from captions."""


@pytest.fixture
def document(neo4j, tmp_path) -> dict:
    assert ready.run("load", TINY, "--store", neo4j.uri, cwd=tmp_path).returncode == 0
    for _ in range(2):
        done = ready.run("query", neo4j.uri, "--perspective", "bloom.json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "OFFICIAL-SENSITIVE" in (tmp_path / "bloom.json.marking.txt").read_text(encoding="utf-8")
    return json.loads((tmp_path / "bloom.json").read_text(encoding="utf-8"))


def test_it_has_the_published_form_every_label_and_phrases_that_draw_the_pictures(neo4j, document) -> None:
    assert set(document) >= PUBLISHED[""]
    for part in ("categories", "relationshipTypes"):
        assert all(set(each) >= PUBLISHED[part] for each in document[part])
    categories = [c["name"] for c in document["categories"]]
    assert set(categories) == {label for n in (*NODES, *RUN_NODES) for label in (n.label, *further_labels(n))}
    assert len(categories) == len(set(categories))
    # A node bears the style of the first category that it belongs to.
    assert all(categories.index(label) < categories.index(n.label) for n in NODES for label in further_labels(n))
    for category in document["categories"]:
        assert set(category["captionKeys"]) <= {p["name"] for p in category["properties"]}
    assert {t["id"] for t in document["relationshipTypes"]} == {*(t.type for t in TIES), *RUN_TIES}
    orange = grass()["node.OCG"]["color"]
    assert {c["color"] for c in document["categories"] if c["name"] == "OCG"} == {orange} == {"#E69F00"}
    names = {row["name"] for row in neo4j.query("MATCH (p:Person) WHERE p.name IS NOT NULL RETURN p.name AS name")}
    assert not [name for name in names if name in json.dumps(document)]

    phrases = {t["id"].removeprefix("tmpl:"): t for t in document["templates"]}
    assert set(phrases) == {q.name for q in pack() if q.kind == "picture"} - {SCHEMA}
    for phrase in phrases.values():
        typed = [p["name"].removeprefix("$") for p in phrase["params"]]
        assert re.findall(r"\$(\w+)", phrase["text"]) == typed
        assert set(typed) <= set(ASKED_FOR)
        # The server asks for every parameter that is left.
        assert neo4j.explain(phrase["cypher"], **dict.fromkeys(typed, "x"))
    drawn = neo4j.query(phrases["picture-group"]["cypher"], ocg_id="G1")
    assert len(drawn) == len(ask_store(neo4j.uri, find("picture-group"), ["ocg_id=G1"])[2].rows) > 0


def test_it_is_made_of_a_server(tmp_path) -> None:
    ready.run("load", TINY, "--store", "ocg.duckdb", cwd=tmp_path)
    for words in ((), ("ocg.duckdb",)):
        done = ready.run("query", *words, "--perspective", "bloom.json", cwd=tmp_path)
        assert (done.returncode, "which store" in done.stderr or "no Neo4j server" in done.stderr) == (2, True)
    assert not (tmp_path / "bloom.json").exists()
