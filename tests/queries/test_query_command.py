"""`ocgnet query` as it is typed, against the real server."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

import ready
from installed import OCGNET
from ocgnet.errors import UsageError
from ocgnet.model.graph import CRIME, OCG, PERSON
from ocgnet.queries import bind, find, pack, read_query
from ocgnet.queries.ask import ask as server_ask
from ocgnet.queries.asked_about import held_by, held_in, refuse_unknown


def run(*words: str, cwd: Path, code: int = 0, env: dict[str, str] | None = None) -> str:
    done = ready.run("query", *words, cwd=cwd, **({"COLUMNS": "100"} | (env or {})))
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def ask(tiny, tmp_path):
    """Ask the server that holds the tiny folder."""
    access = {"OCGNET_NEO4J_PASSWORD_FILE": str(tiny.server.server.password_file), "OCGNET_NEO4J_PASSWORD": ""}

    def asked(*words: str, code: int = 0) -> str:
        return run(*words, "--store", tiny.server.uri, cwd=tmp_path, code=code, env=access)

    return asked


def test_all_questions_are_listed_and_shown(tmp_path: Path) -> None:
    listed = run("--list", cwd=tmp_path)
    assert all(f"  {q.name} " in listed for q in pack())
    assert "group-members" not in run("--list", "missing", cwd=tmp_path)
    assert run("linked_children", "--show", cwd=tmp_path) == find("linked-children").source
    assert "No question mentions" in run("--list", "zebra", cwd=tmp_path, code=2)


def test_what_a_program_reads_is_utf_8_whatever_the_terminal_writes(tmp_path: Path) -> None:
    text = "MATCH (p:Person) WHERE p.name = 'Zoë Ångström' RETURN p.person_id AS id\n"
    (tmp_path / "own.cypher").write_text(text, encoding="utf-8")
    words = [OCGNET, "query", "--file", "own.cypher", "--show"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == text


def test_an_answer_in_three_forms(ask) -> None:
    members = ("group-members", "--param", "ocg_id=G1", "--param", "as_of=31/03/2018")
    table = ask(*members)
    lines = [line.strip() for line in table.splitlines()]
    assert lines[0] == lines[-1] == "OFFICIAL-SENSITIVE · SYNTHETIC DATA"
    assert "Asked with ocg_id G1, as_of 2018-03-31, include_overdue false." in lines
    assert "2 of 2 rows. All of them: --format csv" in lines
    rows = list(csv.reader(ask(*members, "--format", "csv").splitlines()))
    assert rows == [
        ["person_id", "name", "recorded_role", "from_date", "assessed_by", "assessed_on"],
        ["N01", "Aldric Fennick", "principal", "2016-02-01", "Analyst A", "2016-03-01"],
        ["N02", "Brenna O'Varrick", "peripheral", "2016-06-01", "Analyst A", "2016-06-15"],
    ]
    found = json.loads(ask(*members, "--format", "json"))
    assert [r["from_date"] for r in found] == ["2016-02-01", "2016-06-01"]


def test_the_dates_come_from_the_records(ask) -> None:
    told = ask("year-on-year")
    assert "as_of 2019-03-31, period_from 2018-04-01, period_to 2019-03-31, as_of_before 2018-03-31" in told
    # A day that is asked for moves the period and the year before with it.
    told = ask("year-on-year", "--param", "as_of=2018-03-31")
    assert "period_from 2017-04-01, period_to 2018-03-31, as_of_before 2017-03-31, before_from 2016-04-01" in told
    wrong = ask("year-on-year", "--param", "period_from=2019-01-01", "--param", "period_to=2018-01-01", code=2)
    assert wrong.strip() == "The period begins after it ends: give a period_from before the period_to."


def test_nobody_answering_is_said_and_not_an_error(ask) -> None:
    assert "No row answers this question" in ask("group-members", "--param", "ocg_id=G3")
    assert ask("group-members", "--param", "ocg_id=G3", "--format", "json") == "[]\n"


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("group-members", "ocg_id=NOPE", "There is no group NOPE in {store}. Say which is meant: --param ocg_id=…"),
        # The person of the default lives in the bundled county only.
        ("role-history", "", "There is no person N0222 in {store}."),
        ("shortest-link", "person_a=N01", "There is no person N0096 in {store}."),
        ("things-of-a-crime", "crime_id=K99", "There is no crime K99 in {store}."),
        ("worst-offences-of-a-ward", "ward=Nowhere", "There is no ward Nowhere of Lyonmere City in {store}."),
        ("picture-house", "place_id=K1", "There is no place K1 in {store}."),
        ("suggested-against-recorded", "run_id=r0", "There is no run r0 in {store}."),
    ],
)
def test_what_is_not_in_the_store_is_said_by_name(ask, tiny, name: str, given: str, says: str) -> None:
    words = ("--param", given) if given else ()
    expected = says.format(store=tiny.server.uri)
    assert ask(name, *words, code=2).startswith(expected)
    # A file says the same.
    values = bind(find(name), [given] if given else [])
    with pytest.raises(UsageError, match=r"^There is no"):
        refuse_unknown(find(name), values, held_in(tiny.dataset), "a file")


def test_whoever_is_only_named_in_a_link_is_in_the_store(ask, tiny) -> None:
    # P01 stands in people.csv; a companion only in the cell of an episode.
    named = {(PERSON, "N01"), (PERSON, "P01"), (PERSON, "C2"), (OCG, "G3"), (CRIME, "K1")}
    in_file = held_in(tiny.dataset)
    on_server = held_by(tiny.connection)
    for node, key in named:
        assert in_file(node, (key,))
        assert on_server(node, (key,))
    for key in tiny.dataset["missing_episodes"]["companions"].drop_null().to_pylist():
        assert all(in_file(PERSON, (one,)) for one in key.split("|"))
    everybody = {r["id"] for r in tiny.server.query("MATCH (p:Person) RETURN p.person_id AS id")}
    assert all(in_file(PERSON, (i,)) for i in everybody)


def test_what_a_limit_leaves_out_is_said(ask) -> None:
    pairs = ("co-offending-pairs", "--param", "min_crimes=1")
    assert "7 of 7 rows. All of them: --format csv" in ask(*pairs)
    three = (*pairs, "--param", "limit=3")
    assert "3 of 7 rows. More than 3 (7): --param limit=7, or --format csv, for all." in ask(*three)
    assert "2 of 7 rows. More than 3 (7): --param limit=7 --rows 7, or" in ask(*three, "--rows", "2")
    assert len(json.loads(ask(*three, "--format", "json"))) == 3
    seven = ask(*pairs, "--param", "limit=7")
    assert "7 of 7 rows. All of them" in seven


def test_a_limit_of_a_query_of_ones_own_is_said_when_it_is_reached(ask, tmp_path: Path) -> None:
    mine = tmp_path / "mine.cypher"
    mine.write_text("MATCH (p:Nominal) RETURN p.person_id AS id ORDER BY id LIMIT 4;\n", encoding="utf-8")
    assert "mine itself ends with LIMIT 4, which is reached: there may be more." in ask("--file", str(mine))
    mine.write_text(":param n => 99;\nMATCH (p:Nominal) RETURN p.person_id AS id LIMIT $n // LIMIT 1", encoding="utf-8")
    assert "LIMIT" not in ask("--file", str(mine))
    assert "mine itself ends with LIMIT 10" in ask("--file", str(mine), "--param", "n=10")


def test_the_server_warns_of_what_a_query_of_ones_own_misspells(tiny, tmp_path: Path) -> None:
    own = "MATCH (p:Nominl)-[:MEMBER_FO]->(g:OCG) WHERE p.date_of_brith IS NULL RETURN p.name AS name"
    answer = server_ask(tiny.connection, read_query("mine", own, own=True), {})
    assert answer.rows == ()
    uri = tiny.server.uri
    # A server never forgets a name that any record once had, so it may know more of those that come near.
    assert {re.sub(r"(date_of_birth) or .*\?$", r"\1?", note) for note in answer.notes} == {
        f"{uri} holds no label Nominl, which mine asks for. Did you mean Nominal?",
        f"{uri} holds no relationship type MEMBER_FO, which mine asks for. Did you mean MEMBER_OF?",
        f"{uri} holds no property date_of_brith, which mine asks for. Did you mean date_of_birth?",
    }
    right = "MATCH (p:Nominal), (g:OCG) RETURN count(*) AS pairs"
    assert server_ask(tiny.connection, read_query("mine", right, own=True), {}).notes == ()
    absent = read_query("mine", "CALL no.such.thing() YIELD x RETURN x", own=True)
    with pytest.raises(UsageError, match=r"The server has no procedure that mine calls: .*no\.such\.thing"):
        server_ask(tiny.connection, absent, {})


def test_warnings_stand_beside_the_answer(tiny, tmp_path: Path) -> None:
    (tmp_path / "mine.cypher").write_text("MATCH (p:Nominl) RETURN p.name AS name", encoding="utf-8")
    access = {"OCGNET_NEO4J_PASSWORD_FILE": str(tiny.server.server.password_file), "OCGNET_NEO4J_PASSWORD": ""}
    words = ("query", tiny.server.uri, "--file", "mine.cypher", "--format", "csv")
    done = ready.run(*words, cwd=tmp_path, **access)
    assert done.stdout == "name\n"
    assert f"{tiny.server.uri} holds no label Nominl, which mine asks for. Did you mean Nominal?" in done.stderr


def test_slips_are_answered_with_what_fits(ask, tmp_path: Path) -> None:
    assert "Did you mean ocg_id?" in ask("group-members", "--param", "ocgid=G1", code=2)
    assert "takes a date such as" in ask("group-members", "--param", "as_of=soon", code=2)
    assert "never victim or witness" in ask("co-offending-pairs", "--param", "link_roles=victim", code=2)
    assert "Say which store to ask" in run("group-members", cwd=tmp_path, code=2)
    assert "Name one question" in run(cwd=tmp_path, code=2)
    assert "cannot be read: it does not exist" in ask("--file", str(tmp_path / "absent.cypher"), code=1)


def test_a_query_of_ones_own(ask, tmp_path: Path) -> None:
    mine = tmp_path / "mine.cypher"
    mine.write_text(
        ":param first => 'N';\nMATCH (p:Nominal) WHERE p.person_id STARTS WITH $first RETURN count(p) AS n,\n"
        "  {a: date('2019-03-31'), b: [1, null]} AS mixed;\n",
        encoding="utf-8",
    )
    assert json.loads(ask("--file", str(mine), "--format", "json")) == [
        {"n": 10, "mixed": {"a": "2019-03-31", "b": [1, None]}}
    ]
    assert json.loads(ask("--file", str(mine), "--param", "first=X", "--format", "json")) == []
    mine.write_text("MATCH (p:Nominal {person_id: $who}) RETURN p", encoding="utf-8")
    assert "Expected parameter(s): who" in ask("--file", str(mine), code=2)
    mine.write_text("MATCH (p:Nominal RETURN p", encoding="utf-8")
    assert "Neo4j does not understand mine" in ask("--file", str(mine), code=2)


@pytest.mark.parametrize(
    "writes",
    [
        "MATCH (p:Nominal) SET p.name = 'x' RETURN p",
        "CREATE (:Stray) RETURN 1 AS n",
        "MATCH (n) DETACH DELETE n",
        "CREATE INDEX stray FOR (n:Person) ON (n.name)",
    ],
)
def test_the_server_itself_refuses_to_write(ask, tiny, tmp_path: Path, writes: str) -> None:
    before = tiny.server.query("MATCH (n) RETURN count(n) AS n, sum(size(coalesce(n.name, ''))) AS letters")
    mine = tmp_path / "mine.cypher"
    mine.write_text(writes, encoding="utf-8")
    said = ask("--file", str(mine), code=1).strip()
    assert said.startswith(
        "mine would write, and ocgnet query only reads: the server refused it and nothing was changed"
    )
    assert tiny.server.query("MATCH (n) RETURN count(n) AS n, sum(size(coalesce(n.name, ''))) AS letters") == before
    assert tiny.server.query("SHOW INDEXES YIELD name WHERE name = 'stray' RETURN name") == []


def test_half_a_load_is_not_asked(ask, tiny) -> None:
    tiny.server.query("MATCH (l:Load) SET l.complete = false")
    try:
        assert "is not finished" in ask("groups-now", code=1)
    finally:
        tiny.server.query("MATCH (l:Load) SET l.complete = true")


def test_names_in_the_records_run_nowhere(ask, tiny, tmp_path: Path) -> None:
    tiny.server.query("MATCH (p:Person {person_id: 'N01'}) SET p.name = '=1+1[red]\\u001b[31m'")
    try:
        assert "'=1+1[red]" in ask("group-members", "--param", "ocg_id=G1", "--format", "csv")
        table = ask("group-members", "--param", "ocg_id=G1")
        assert "[red]" in table
        assert "\x1b" not in table
    finally:
        tiny.server.query("MATCH (p:Person {person_id: 'N01'}) SET p.name = 'Aldric Fennick'")


def test_favourites_are_written_for_browser(tmp_path: Path) -> None:
    assert "holds" in run("--favourites", "mine.zip", cwd=tmp_path)
    names = zipfile.ZipFile(tmp_path / "mine.zip").namelist()
    assert len(names) == len(pack()) + 1
    assert "ocgnet pictures/picture-group.cypher" in names
