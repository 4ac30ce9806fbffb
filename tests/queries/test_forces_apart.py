"""One force of a store that holds several is answered as by a store that holds it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocgnet.checks.check import check
from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.queries import find, pack
from ocgnet.queries.ask import ask_store
from ocgnet.store import LoadManifest, open_store
from ocgnet.store.merging import with_prefix

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FORCES = {"A:": "tiny_response", "B:": "tiny_response"}

OF_ONE = {
    "ocg_id",
    "person_id",
    "person_a",
    "thing_id",
    "line_id",
    "account_id",
    "place_id",
    "premises_id",
    "case_id",
    "plan_id",
    "service_id",
    "crime_id",
    "ward",
    "name",
}
"""Parameters that name one record, whose force stands in its id, or one place or name, which forces share."""


NOT_TOLD_APART = {
    "accounts-of-several-people", "addresses-of-several-nominals", "brokers-between-groups", "children-seen-together",
    "children-missing-repeatedly", "communications-by-authority", "communities-of-a-run", "groups-sharing-members",
    "money-passed-through", "named-but-not-on-record", "new-this-quarter", "no-group-but-many-group-ties",
    "outside-but-tied", "people-in-several-groups", "picture-groups-sharing-members",
    "return-interviews-overdue", "suggested-against-recorded", "things-across-groups", "things-shared",
    "vehicles-seen-together",
}  # fmt: skip
"""Questions to which the records of the example answer nothing."""

LOCALLY = (
    "groups-now", "linked-children", "members-who-are-victims", "brokers-between-groups", "no-group-but-many-group-ties"
)  # fmt: skip
"""Asked of a file too: two of the embedded engine, and three that our own code answers."""


def load(store: str, *prefixes: str) -> dict[str, Dataset]:
    loaded = {}
    for prefix in prefixes:
        checked = check(FIXTURES / FORCES[prefix])
        loaded[prefix] = with_prefix(checked.dataset, prefix)
        open_store(store).write(loaded[prefix], LoadManifest(checked.sources, "1", prefix))
    return loaded


def questions():
    return [q for q in pack() if any(p.name == "force" for p in q.parameters)]


def test_every_question_about_all_records_can_be_asked_of_one_force() -> None:
    lacking = {q.name for q in pack() if not {p.name for p in q.parameters} & {"force", *OF_ONE}}
    # Within so many metres of a place is whatever lies there, whoever recorded it; the schema tells of no record.
    assert lacking == {"crimes-near", "picture-schema"}
    for query in questions():
        assert query.text.count("$force IN ['', ") >= 1, query.name


def answers(store: str, *given: str) -> dict[str, tuple]:
    return {q.name: ask_store(store, q, given)[1:] for q in questions()}


def test_a_file_answers_for_one_force_as_if_it_were_alone(tmp_path) -> None:
    one, two = str(tmp_path / "one.duckdb"), str(tmp_path / "two.duckdb")
    load(one, "B:")
    load(two, "A:", "B:")
    for name in LOCALLY:
        alone, together = (ask_store(one, find(name), [])[2], ask_store(two, find(name), ["force=B"])[2])
        assert together == alone, name
        assert not alone.rows or ask_store(two, find(name), [])[2].rows != alone.rows, name


@pytest.mark.long
def test_a_force_is_answered_as_if_it_were_alone(neo4j) -> None:
    load(neo4j.uri, "B:")
    alone = answers(neo4j.uri)
    load(neo4j.uri, "A:")
    together = answers(neo4j.uri, "force=B")
    for name, (values, answer) in alone.items():
        assert together[name][1] == answer, name
        assert together[name][0] == values | {"force": "B"}, name
    assert sum(bool(answer.rows) for _, answer in alone.values()) >= 20
    both = answers(neo4j.uri)
    # A filter that did nothing would be seen by all but these.
    assert {name for name, (_, answer) in alone.items() if both[name][1].rows == answer.rows} <= NOT_TOLD_APART


def test_a_force_goes_by_its_prefix_or_its_name_and_an_unknown_one_is_no_empty_answer(tmp_path) -> None:
    store = str(tmp_path / "ocg.duckdb")
    loaded = load(store, "B:")
    name = loaded["B:"].about.force
    query = find("groups-now")
    rows = {
        given: ask_store(store, query, [f"force={given}"])[2].rows for given in ("", "B", "b", "B:", name, name.lower())
    }
    assert len(set(rows.values())) == 1
    assert rows[""]
    with pytest.raises(UsageError, match=rf"holds no force 'X'\. It holds B \({name}\)"):
        ask_store(store, query, ["force=X"])
