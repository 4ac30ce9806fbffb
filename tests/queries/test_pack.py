"""What holds of every file of the pack, read as text."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from ocgnet.errors import UsageError
from ocgnet.harm import normal_code, weights
from ocgnet.model.graph import LOAD, NODES, RUN_NODES, RUN_TIES, TIES, further_labels
from ocgnet.queries import Query, find, pack
from ocgnet.queries.pack import SCHEMA, favourites
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


def test_the_picture_of_the_schema_draws_every_kind_and_is_the_first_favourite() -> None:
    labels = re.findall(r"'(\w+)'", find(SCHEMA).text)
    assert labels == [n.label for n in NODES]
    first = min(favourites(PACK), key=lambda place: place.split("/"))
    assert favourites(PACK)[first].splitlines()[0] == "// what is recorded, and how it is tied"


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


def test_no_question_carries_weights_of_its_own() -> None:
    """The weight stands on the crime; only who asks with other weights brings some."""
    carriers = [p for q in PACK for p in q.parameters if p.name == "weights"]
    assert len(carriers) >= 4
    assert all(p.default == {} for p in carriers)
    # Given weights are looked up as a crime's code is written.
    assert all(normal_code(code) == code for code in weights())
    for query in PACK:
        if "$weights" in query.text and query.kind == "table":
            assert "severity_scheme" in {c.name for c in query.columns}, query.name


WORKED_OUT_AT_LOAD = (
    r"coalesce\(\w+\.(from_date|to_date|mapped_on|recorded_on|review_due|archived_on) [<>]",
    r"coalesce\(\w+\.(recorded_on|occurred_on|first_seen|last_seen),",
    r"\.status, ''\)",
    r"date\(\w+\.(at|missing_from)\)",
    r"date_of_birth\.(month|day)",
    r"grading_scheme \+",
    r"\boffence_code\b",
    r"\.label\b",
)
"""What a load derives; a question that worked it out itself would have a second meaning of it."""


@each
def test_no_question_works_out_what_a_load_derives(query: Query) -> None:
    assert [p for p in WORKED_OUT_AT_LOAD if re.search(p, query.text)] == []


# What a picture asks beyond its tables, and what it leaves out of them because it draws and does not count.
NOT_SHOWN = {
    "NOT EXISTS { (e)<-[:WENT_MISSING|COMPANION_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }",
    "NOT EXISTS { (r)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }",
    "NOT EXISTS { (n)<-[:MENTIONED_IN]-(x:Person) WHERE x.restricted_on IS NOT NULL }",
    "NOT r.handling_grading IN $restricted",
    "q.restricted_on IS NULL",
    "($include_overdue OR q.overdue_after >= $as_of)",
}
OTHERWISE: dict[str, tuple[set[str], set[str]]] = {
    "picture-co-offending": ({"b IN members"}, {
        "a.restricted_on IS NULL", "b.restricted_on IS NULL", "crimes >= $min_crimes",
        "($include_overdue OR a.overdue_after >= $as_of)", "($include_overdue OR b.overdue_after >= $as_of)",
    }),
    "picture-missing-together": (set(), {
        "NOT EXISTS {", "a.person_id < b.person_id", "a.restricted_on IS NULL", "b.restricted_on IS NULL",
        "o.child_id = e.child_id", "o.found_at > e.missing_from", "o.missing_from < e.missing_from",
    }),
    "picture-money": ({
        "all(m IN relationships(path) WHERE $period_from <= m.day <= $period_to)",
        "all(m IN relationships(path) WHERE type(m) <> 'TRANSFERRED_TO' OR ($period_from <= m.day <= $period_to))",
    }, {
        "(i = 0 OR moves[i - 1].at <= moves[i].at))",
        "all(i IN range(0, steps - 1) WHERE $period_from <= moves[i].day <= $period_to",
    }),
    "picture-person": (set(), {"n.valid_from <= $as_of <= n.valid_to", "q.person_id <> $person_id"}),
    # The parents are those of linked children; a group is not asked for, nor a child's age.
    "picture-case": (set(), {
        "m.valid_from <= $as_of <= m.valid_to", "g.valid_from <= $as_of <= g.valid_to",
        "c.restricted_on IS NULL", "coalesce(0 <= lived < 180000 OR lived >= 1110000, true)",
    }),
    # The people are those who have to do with a thing.
    "picture-premises": (
        {"($include_overdue OR p.overdue_after >= $as_of)"},
        {"($include_overdue OR t.overdue_after >= $as_of)", "q.person_id <> p.person_id"},
    ),
    "picture-reports-on-a-group": ({"a.person_id < b.person_id", "b IN members"}, set()),
    "picture-suggested-roles": ({
        "EXISTS { (s)-[:OF_RUN]->(run) }", "EXISTS { (s)-[:IN_GROUP]->(g) }",
        # The table withholds the reasons alone; a bubble bears them.
        "NOT EXISTS { MATCH (x:Person) WHERE x.restricted_on IS NOT NULL", "s.because CONTAINS x.person_id }",
    }, set()),
    "picture-things-of-a-person": (
        {"w.valid_from <= $as_of", "r.report_id = w.report_id"},
        {"q.person_id <> p.person_id"},
    ),
    "picture-line": (set(), {
        "(u.relation = 'user' OR NOT EXISTS {", "($include_overdue OR t.overdue_after >= $as_of)",
        "q.person_id <> p.person_id", "u.valid_from <= c.day <= u.valid_to", "u.valid_from <= w.valid_to",
        "w.valid_from <= u.valid_to", "w.relation = u.relation", "x IS NULL OR x.person_id <> $person_id",
    }),
    "picture-house": (set(), {
        "($include_overdue OR t.overdue_after >= $as_of)", "apart <= $minutes * 60", "id_a < id_b",
        "q.person_id <> p.person_id", "s.at.hour + s.at.minute + s.at.second > 0", "s.place IS NOT NULL",
        "times >= $min_times",
    }),
}  # fmt: skip


def conditions(query: Query) -> set[str]:
    """Every single condition of a question, at whatever depth, but for whose records are meant."""
    lines = (re.match(r" *(?:WHERE|AND|OR) (.*)", line) for line in query.text.splitlines())
    every = {one.strip() for line in lines if line for one in line[1].split(" AND ")}
    return {one for one in every if not one.startswith("$force IN ['', ")}


@each
def test_a_picture_is_made_of_the_text_of_its_tables(query: Query) -> None:
    """Who or what a table leaves out no picture draws, for the same words; what is otherwise stands here."""
    assert bool(query.draws) == (query.kind == "picture" and query.name != SCHEMA)
    if not query.draws:
        return
    tables = [find(name) for name in query.draws]
    assert {t.kind for t in tables} == {"table"}
    drawn, listed = conditions(query), set().union(*map(conditions, tables))
    more, less = OTHERWISE.get(query.name, (set(), set()))
    assert (drawn - listed - NOT_SHOWN, listed - drawn - NOT_SHOWN) == (more, less)


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
        assert re.search(rf"{name}\.valid_from <= (\$as_of|y\.day) <= {name}\.valid_to", query.text), name


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
