"""Values written into a question: read back by our own reader and by a real server."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.queries import Query, bind, find, pack
from ocgnet.queries.ask import cypher, written_out
from ocgnet.queries.query import literal

PLAIN = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r\n")),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
    st.dates(),
)
VALUES = st.one_of(
    PLAIN, st.lists(PLAIN, max_size=4), st.dictionaries(st.from_regex(r"[A-Z0-9]{1,4}", fullmatch=True), PLAIN)
)


@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    assert literal(cypher(value)) == value


def test_a_server_reads_what_is_written(neo4j) -> None:
    hostile = ["'}) DETACH DELETE n //", "\\", "\\'", "a\nb\r\tc", "$x", "`", "\u202e", "é😀", ""]
    row = neo4j.query(f"RETURN {cypher(hostile)} AS texts, {cypher({'8N': 0.5, 'a`b': [1, None, True]})} AS numbers")
    assert row == [{"texts": hostile, "numbers": {"8N": 0.5, "a`b": [1, None, True]}}]


def test_only_parameters_are_replaced() -> None:
    text = "MATCH (n {a: $a}) // $b stays\nWHERE n.b <> '$a' AND n.`$a` = \"it's $a\" /* $a */ RETURN $b"
    query = Query("x", "", "", "", "table", (), (), (), (), text, text)
    written = written_out(query, {"a": "'$b", "b": date(2019, 3, 31)})
    assert written == (
        "MATCH (n {a: '\\'$b'}) // $b stays\nWHERE n.b <> '$a' AND n.`$a` = \"it's $a\" /* $a */ "
        "RETURN date('2019-03-31')"
    )


@pytest.mark.parametrize("name", [q.name for q in pack()])
def test_every_question_can_be_written_out(name: str) -> None:
    query = find(name)
    assert "$" not in "".join(written_out(query, bind(query, ())).split("'")[::2])
