"""The mapping's file: what is written is read again, and what cannot be meant is refused with its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocgnet.errors import SourceError
from ocgnet.importing.mapping import (
    ColumnRule,
    Each,
    Guess,
    ImportMapping,
    Join,
    SourceRule,
    TableRule,
    mapping_text,
    read_mapping,
)
from ocgnet.model import TABLES

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@st.composite
def mappings(draw: st.DrawFn) -> ImportMapping:
    names = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    sources = tuple(SourceRule(n, file=draw(TEXT), header=draw(st.integers(0, 9))) for n in names)
    columns = (
        ColumnRule("person_a", parts=draw(TEXT), part="(x)", guess=draw(st.sampled_from(Guess)), why=draw(TEXT)),
        ColumnRule("person_b", first=(draw(TEXT), draw(TEXT))),
        ColumnRule("kind", const=draw(TEXT)),
        ColumnRule("directed", parts="{b}", values=draw(st.dictionaries(TEXT, TEXT, max_size=3))),
        ColumnRule("times_observed", take="count"),
        ColumnRule("first_seen", parts="{a}", date=(draw(TEXT),), century=draw(st.integers(0, 99)), take="first"),
    )
    table = TableRule(
        "associations",
        names[0],
        columns,
        joins=(Join(names[-1], draw(TEXT), draw(TEXT), draw(TEXT)),),
        each=Each(draw(TEXT), ";"),
        where={draw(TEXT): (draw(TEXT),)},
        unordered=("person_a", "person_b"),
        one_per_key=draw(st.booleans()),
        why=draw(TEXT),
    )
    return ImportMapping(
        sources, (table, table), {"force": draw(TEXT)}, {draw(TEXT): "x"}, {draw(TEXT): {draw(TEXT): draw(TEXT)}}
    )


@given(mappings())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_is_read_again(tmp_path: Path, mapping: ImportMapping) -> None:
    file = tmp_path / "import.toml"
    file.write_text(mapping_text(mapping), encoding="utf-8")
    assert read_mapping(file) == mapping


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('into = "nominal"', "did you mean nominals"),
        ('into = "nominals"\nfrom = "b"', "sources are a"),
        ('into = "nominals"\nfrom = "a"\nnominal = "{x}"', "did you mean nominal_id"),
        ('into = "nominals"\nfrom = "a"\nname = { from = "{x}", const = "y" }', "one of from, first and const"),
        ('into = "nominals"\nfrom = "a"\nname = { from = "{x}", part = "(" }', "no regular expression"),
        ('into = "nominals"\nfrom = "a"\nname = { from = "{x}", part = \'(a)\\1\' }', "no regular expression of RE2"),
        ('into = "nominals"\nfrom = "a"\nguess = "sure"', "certain, ask, answered"),
        ('into = "nominals"\nfrom = "a"\nname = { from = "{x}", century = 100 }', "0 to 99"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "import.toml"
    file.write_text(f'[sources]\na = "a.csv"\n[[table]]\n{line}\n', encoding="utf-8")
    with pytest.raises(SourceError, match=says) as refused:
        read_mapping(file)
    assert "import.toml" in str(refused.value)


HOME = Path(__file__).parent.parent.parent


def test_the_schema_says_what_a_mapping_may_hold() -> None:
    made = subprocess.run([sys.executable, HOME / "tools" / "import_schema.py"], capture_output=True, check=True)
    assert (HOME / "docs" / "import.schema.json").read_bytes() == made.stdout, (
        "run: python tools/import_schema.py > docs/import.schema.json"
    )
    schema = json.loads(made.stdout)
    assert set(schema["$defs"]["source"]["properties"]) | {"name"} == {f.name for f in fields(SourceRule)}
    column = set(schema["$defs"]["column"]["anyOf"][1]["properties"])
    assert column - {"from"} == {f.name for f in fields(ColumnRule)} - {"column", "parts"}
    tables = schema["properties"]["table"]["items"]["oneOf"]
    assert [t["properties"]["into"]["const"] for t in tables] == list(TABLES)
    kept = {f.name for f in fields(TableRule)} - {"source", "columns", "joins"} | {"from", "join"}
    for table in tables:
        names = [c.name for c in TABLES[table["properties"]["into"]["const"]].columns]
        assert set(table["properties"]) == kept | set(names)


@pytest.mark.parametrize("example", ["pole", "police_uk", "gephi"])
def test_the_examples_are_mappings(example: str) -> None:
    assert read_mapping(HOME / "examples" / f"{example}.toml").tables


def test_the_mapping_on_the_page_is_one(tmp_path: Path) -> None:
    page = (HOME / "docs" / "import.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "import.toml").write_text(text, encoding="utf-8")
    mapping = read_mapping(tmp_path / "import.toml")
    assert [t.into for t in mapping.tables] == ["crimes", "crime_links", "associations"]
    assert mapping.tables[1].each == Each("Subjects", ";", r"\((\d+)\)")
