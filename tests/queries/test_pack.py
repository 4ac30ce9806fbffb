"""What holds of every file of the pack, read as text."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from ocgnet.errors import UsageError
from ocgnet.harm import normal_code, weights
from ocgnet.model.graph import LOAD, NODES, RUN_NODES, RUN_TIES, TIES, further_labels
from ocgnet.queries import Query, find, pack
from ocgnet.queries.query import SUBJECTS

PACK = pack()
LABELS = {n.label for n in (*NODES, LOAD, *RUN_NODES)} | {label for n in NODES for label in further_labels(n)}
TYPES = {t.type for t in TIES} | set(RUN_TIES)


def each(check):
    return pytest.mark.parametrize("query", PACK, ids=lambda q: q.name)(check)


def bare(query: Query) -> str:
    """The query without its texts in quotation marks."""
    return re.sub(r"'[^']*'", "''", query.text)


def test_the_pack_covers_its_subjects() -> None:
    assert len(PACK) >= 30
    assert {q.subject for q in PACK} == set(SUBJECTS)
    assert sum(q.kind == "picture" for q in PACK) >= 10


@each
def test_every_value_is_a_declared_parameter(query: Query) -> None:
    used = set(re.findall(r"\$(\w+)", query.text))
    assert used == {p.name for p in query.parameters}


def test_a_parameter_means_the_same_everywhere() -> None:
    meanings = defaultdict(set)
    for query in PACK:
        for p in query.parameters:
            meanings[p.name].add((p.kind, p.says, str(p.default)))
    assert {name: m for name, m in meanings.items() if len(m) > 1} == {}


def test_the_weights_are_those_of_the_analysis() -> None:
    carriers = [p for q in PACK for p in q.parameters if p.name == "weights"]
    assert len(carriers) >= 4
    for p in carriers:
        assert p.default == weights()
    # The queries look codes up as they stand after the same clean-up.
    assert all(normal_code(code) == code for code in weights())


@each
def test_only_labels_and_types_of_the_model_are_named(query: Query) -> None:
    text = bare(query)
    labels = set(re.findall(r"\(\w*:(\w+)", text)) | set(re.findall(r"(?<!\[)\b[a-z]:([A-Z]\w+)", text))
    types = {t for group in re.findall(r"\[\w*:([A-Z_|]+)", text) for t in group.split("|")}
    assert labels <= LABELS
    assert types <= TYPES
    assert set(query.scans) <= LABELS | TYPES


@each
def test_the_portable_subset_is_kept(query: Query) -> None:
    text = bare(query)
    assert not re.search(r"CALL\s*\{", text), "a subquery names what it takes: CALL (x) { … }"
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|LOAD)\b", text)
    assert not re.search(r"\bapoc\.|\bgds\.|\bpercentile|\bduration\b|\bdate\(\)|\btimestamp\(", text)
    for span in re.findall(r"[A-Z_]\*([^\]]*)\]", text):
        assert re.fullmatch(r"\.\.\d", span), "a variable length is bounded"


@each
def test_the_label_of_a_thing_is_not_taken_from_the_view(query: Query) -> None:
    # The engine that stands in for a server gives the kind of node where a thing has no label of its own.
    assert set(re.findall(r"(\w+\.label)\b(?! <> 'Thing'| END)", query.text)) == set()


@each
def test_a_table_ends_in_one_order(query: Query) -> None:
    last = query.text[query.text.rfind("RETURN ") :]
    if query.kind == "table":
        assert "ORDER BY" in last
        returned = re.findall(r"AS (\w+)|(?:RETURN |, )(\w+)(?=,| *\n|$)", last.split("ORDER BY")[0])
        assert [a or b for a, b in returned if (a or b)][-1] == query.columns[-1].name
    elif "LIMIT $limit" in query.text:
        assert re.search(r"ORDER BY .*\n *LIMIT", query.text), "what a limit cuts off is decided by an order"


@each
def test_two_of_a_kind_are_met_once(query: Query) -> None:
    for one, other in re.findall(r"\((\w+):Nominal\)[^\n]*\((\w+):Nominal\)", query.text):
        if one != "p" and "q:" not in query.text:
            assert f"{one}.person_id < {other}.person_id" in query.text


@each
def test_a_link_to_a_crime_is_never_taken_whatever_its_role(query: Query) -> None:
    links = len(re.findall(r"\[\w*:LINKED_TO\]", query.text))
    roles = len(re.findall(r"link_role (IN \$link_roles|= 'victim')", query.text))
    assert roles >= links


@each
def test_memberships_are_judged_on_a_day(query: Query) -> None:
    for name in re.findall(r"\[(\w+):MEMBER_OF\]", query.text):
        if query.name == "new-this-quarter":
            continue
        for column, sign in (("from_date", "<="), ("to_date", ">=")):
            assert re.search(rf"coalesce\({name}\.{column} {sign} (\$as_of|y\.day), true\)", query.text), name


@each
def test_a_header_is_written_for_people(query: Query) -> None:
    assert query.purpose.endswith(".")
    assert all(p.says.endswith(".") for p in query.parameters)
    assert all(c.says.endswith(".") for c in query.columns)
    assert query.title.startswith("Picture: ") == (query.kind == "picture") == query.name.startswith("picture-")
    for line in query.source.splitlines():
        if line.startswith(":param"):
            # Neo4j Browser takes a command up to the semicolon, which may stand nowhere else in the line.
            assert line.endswith(";")
            assert line.count(";") == 1
            # It takes the braces of a map away unless something stands before them.
            assert "=> {" not in line


@pytest.mark.parametrize("asked", ["linked-children", "linked_children", "Linked-Children", "linked-children.cypher"])
def test_a_question_is_found_however_its_name_is_written(asked: str) -> None:
    assert find(asked).name == "linked-children"


def test_a_slip_is_answered_with_what_comes_near() -> None:
    with pytest.raises(UsageError, match=r"Did you mean .*brokers-between-groups"):
        find("broker-between-group")
    with pytest.raises(UsageError, match=r"Did you mean .*harm-by-district or nominals-by-harm"):
        find("harm")
    with pytest.raises(UsageError, match=r"There is no question 'zzz'\. See all"):
        find("zzz")
