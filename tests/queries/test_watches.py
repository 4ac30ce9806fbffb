"""Watches: what is new at each load, what somebody decided about it, and that a failure never looks like no news."""

from __future__ import annotations

import json
import shutil
import stat
import threading
from datetime import date
from pathlib import Path

import pytest
from filled_server import FIXTURES, filled
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.audit.read import acts
from ocgnet.cli.app import app
from ocgnet.edit import open_place
from ocgnet.errors import OcgnetError, OutputError, SourceError, UsageError
from ocgnet.model import TABLES
from ocgnet.queries import Answer, pack
from ocgnet.queries.watched_rows import (
    AT_START,
    CONFIRM,
    DISMISS,
    NEW,
    State,
    changing,
    decide,
    home_of,
    merged,
    read_state,
    undo,
)
from ocgnet.queries.watches import Watch, read_watches, tables_beside, tables_missing
from ocgnet.queries.watching import run_watches

LINKED = """
[[watch]]
name = "linked children"
question = "linked-children"
who = "DC Sample"
why = "A child who is newly linked is looked at by the panel."
"""
DAYS = [date(2026, 1, day) for day in range(1, 29)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with the small records, and one watch in them; the adult of C1 is no parent yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(FIXTURES / "tiny", tmp_path / "data")
    (tmp_path / "data" / "watches.toml").write_text(LINKED, encoding="utf-8")
    links(tmp_path / "data", without="N02")
    return tmp_path


def links(folder: Path, without: str = "") -> None:
    lines = (FIXTURES / "tiny" / "family_links.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not without or without not in line]
    (folder / "family_links.csv").write_text("".join(kept), encoding="utf-8")


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def ran(where: Path | str, day: int) -> tuple[State, list]:
    """Ask the watches of some records on a day of January, and return what is kept and what was found."""
    place = open_place(where)
    file, kept = home_of(where, place)
    found = run_watches(where, place, read_watches(file), kept, DAYS[day])
    return read_state(kept), found


def test_on_paper_what_was_there_is_not_new_and_what_comes_goes_and_comes_again_is_told(home):
    """C2 is linked at the start; C1 comes on the second day, goes on the third, and is there again on the fourth."""
    folder = home / "data"
    state, (first,) = ran(folder, 0)
    assert (first.first, first.at_start, first.new) == (True, 1, ())
    ((_, row),) = state.rows()
    assert (row.id, row.state, row.key) == ("W1", AT_START, {"child_id": "C2", "nominal_id": "N06", "ocg_id": "G2"})
    links(folder)
    state, (second,) = ran(folder, 1)
    assert (second.new, second.gone, second.there) == (("W2",), (), 2)
    row = dict(enumerate(r for _, r in state.rows()))[1]
    assert (row.key["child_id"], row.state, row.first_seen, row.open) == ("C1", NEW, "2026-01-02", True)
    assert set(row.evidence) == {"relationship", "verified", "recorded_role", "overdue_since", "path"}
    links(folder, without="N02")
    _, (third,) = ran(folder, 2)
    assert (third.new, third.gone) == ((), ("W2",))
    links(folder)
    state, (fourth,) = ran(folder, 3)
    assert (fourth.new, fourth.again) == ((), ("W2",))
    row = [r for _, r in state.rows()][1]
    assert (row.first_seen, row.again_on, row.gone_on, row.open) == ("2026-01-02", "2026-01-04", "", True)


def test_a_dismissed_row_stays_dismissed_until_its_evidence_changes(home):
    folder = home / "data"
    ran(folder, 0)
    links(folder)
    ran(folder, 1)
    run("watch", "dismiss", folder, "W2", "--by", "DC S", "--reason", "known to the panel")
    links(folder, without="N02")
    ran(folder, 2)
    links(folder)
    state, (again,) = ran(folder, 3)
    row = [r for _, r in state.rows()][1]
    assert (again.again, again.changed, row.state, row.open) == (("W2",), (), DISMISS, False)
    roles = folder / "memberships.csv"
    roles.write_text(roles.read_text(encoding="utf-8").replace("significant", "peripheral"), encoding="utf-8")
    state, (changed,) = ran(folder, 4)
    row = [r for _, r in state.rows()][1]
    assert (changed.changed, row.state, row.changed, row.open) == (("W2",), DISMISS, ["recorded_role", "path"], True)
    said = run("watch", "show", folder)
    assert "recorded role was significant, is peripheral" in said
    # Decided anew, on what it is now.
    run("watch", "confirm", folder, "W2", "--by", "DS T", "--reason", "seen")
    state, (quiet,) = ran(folder, 5)
    row = [r for _, r in state.rows()][1]
    assert (quiet.changed, row.state, row.open, [d.by for d in row.decisions]) == ((), CONFIRM, False, ["DC S", "DS T"])
    run("watch", "undo", folder, "W2", "--by", "DS T", "--reason", "wrong row")
    assert [r for _, r in read_state(folder / "watched.json").rows()][1].state == DISMISS


def watch(asked: str = "Q", key: tuple[str, ...] = (), evidence: tuple[str, ...] = ()) -> Watch:
    return Watch("w", next(q for q in pack() if q.name == "linked-children"), (asked,), key, evidence, "a", "b")


def answer(*rows: tuple) -> Answer:
    return Answer(("child_id", "ocg_ids", "times"), rows)


def test_a_row_that_changes_only_in_counts_is_not_new_and_no_other_evidence():
    state, _ = merged(State(), watch(), answer(("C1", ["G1"], 3)), "1", "2026-01-01", set())
    state, _ = decide(state, "W1", DISMISS, "a", "b", "2026-01-01")
    state, found = merged(state, watch(), answer(("C1", ["G1"], 9)), "2", "2026-01-02", set())
    assert (found.new, found.changed) == ((), ())
    _, found = merged(state, watch(), answer(("C1", ["G1", "G2"], 9)), "3", "2026-01-03", set())
    assert (found.new, found.changed) == ((), ("W1",))
    # Counts are evidence where the watch says so.
    state, _ = merged(State(), watch(evidence=("times",)), answer(("C1", [], 3)), "1", "2026-01-01", set())
    state, _ = decide(state, "W1", DISMISS, "a", "b", "2026-01-01")
    _, found = merged(state, watch(evidence=("times",)), answer(("C1", ["G1"], 4)), "2", "2026-01-02", set())
    assert found.changed == ("W1",)


def test_a_watch_that_asks_something_else_than_before_begins_anew_and_keeps_what_was_decided():
    state, _ = merged(State(), watch(), answer(("C1", [], 1)), "1", "2026-01-01", set())
    state, _ = decide(state, "W1", CONFIRM, "a", "b", "2026-01-01")
    state, found = merged(state, watch("R"), answer(("C1", [], 1), ("C2", [], 1)), "2", "2026-01-02", set())
    assert (found.first, found.new, found.at_start) == (True, (), 1)
    assert [row.state for _, row in state.rows()] == [CONFIRM, AT_START]


def test_an_answer_that_was_asked_for_earlier_takes_nothing_away():
    state, _ = merged(State(), watch(), answer(("C1", [], 1)), "1", "2026-01-01", set())
    state, _ = merged(state, watch(), answer(("C1", ["G1"], 1), ("C2", [], 1)), "3", "2026-01-03", set())
    state, found = merged(state, watch(), answer(("C1", [], 1), ("C3", [], 1)), "2", "2026-01-03", set())
    assert (found.new, found.gone) == (("W3",), ())
    assert [(row.key["child_id"], row.gone_on, row.evidence["ocg_ids"]) for _, row in state.rows()] == [
        ("C1", "", "G1"), ("C2", "", ""), ("C3", "", ""),
    ]  # fmt: skip


STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "G1", "G2"]), max_size=4),
        st.tuples(st.sampled_from([CONFIRM, DISMISS, "undo"]), st.sampled_from("abcd")),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_law_the_state_is_what_a_plain_diary_of_all_answers_says(steps):
    """Kept beside is a diary, by row, of days on which it was there with which evidence, and what was decided on it."""
    state, answers, decisions, named = State(), [], {}, {}
    for at, step in enumerate(steps):
        day = DAYS[at].isoformat()
        if isinstance(step, dict):
            rows = answer(*((name, [groups] * bool(groups), at) for name, groups in step.items()))
            state, _ = merged(state, watch(), rows, f"{at:03}", day, set())
            answers.append((day, step))
            named = {row.key["child_id"]: row.id for _, row in state.rows()}
            continue
        what, name = step
        standing = decisions.setdefault(name, [])
        if name not in named or (what == "undo" and not standing):
            with pytest.raises(UsageError):
                undo(state, named.get(name, "W99"), "x", "y", day) if what == "undo" else decide(
                    state, "W99", what, "x", "y", day
                )
            continue
        if what == "undo":
            state, _ = undo(state, named[name], "x", "y", day)
            standing.pop()
        else:
            state, _ = decide(state, named[name], what, "x", f"{at}", day)
            standing.append((what, next(step[name] for _, step in reversed(answers) if name in step)))
    rows = {row.key["child_id"]: row for _, row in state.rows()}
    assert set(rows) == {name for _, step in answers for name in step}
    for name, row in rows.items():
        there = [(day, step[name]) for day, step in answers if name in step]
        assert (row.first_seen, row.last_seen) == (there[0][0], there[-1][0])
        assert row.at_start is (name in answers[0][1])
        missed = [day for day, step in answers if day > there[-1][0] and name not in step]
        assert row.gone_on == (missed[0] if missed else "")
        last = decisions.get(name) or []
        assert row.state == (last[-1][0] if last else AT_START if row.at_start else NEW)
        assert bool(row.changed) is bool(last and last[-1][1] != there[-1][1])
        waits = row.state == NEW or (row.state == DISMISS and bool(row.changed))
        assert row.open is (not row.gone_on and waits)


# What fails says so.


def test_a_watch_that_cannot_be_answered_says_so_and_is_never_nothing_new(home):
    folder = home / "data"
    (folder / "watches.toml").write_text(
        LINKED + '[[watch]]\nname = "together"\nquestion = "missing-together"\nwho = "a"\nwhy = "b"\n', encoding="utf-8"
    )
    ran(folder, 0)
    (folder / "missing_episodes.csv").rename(home / "away.csv")
    said = run("watch", "run", folder)
    assert "together: not answered: missing-together reads missing_episodes" in " ".join(said.split())
    assert "Whether anything is new is not known" in said
    assert "together: nothing new" not in said
    shown = " ".join(run("watch", "show", folder, "--state", "all").split())
    assert "1 watch could not be answered" in shown
    assert "person a C2; person b N07" in shown, "what was found before stays"
    (home / "away.csv").rename(folder / "missing_episodes.csv")
    state, found = ran(folder, 5)
    assert [one.failed for one in found] == ["", ""]
    assert state.watches["together"].failed_on == ""


BAD = {
    "who": '[[watch]]\nname="a"\nquestion="linked-children"\nwhy="b"',
    "linked-children": '[[watch]]\nname="a"\nquestion="linked-childen"\nwho="a"\nwhy="b"',
    "limit": '[[watch]]\nname="a"\nquestion="nominals-by-harm"\nparameters={limit=3}\nwho="a"\nwhy="b"',
    "picture": '[[watch]]\nname="a"\nquestion="picture-person"\nwho="a"\nwhy="b"',
    "once": '[[watch]]\nname="a"\nwho="a"\nwhy="b"',
    "two watches": LINKED + LINKED,
    "no TOML": "[[watch",
    "questoin": '[[watch]]\nname="a"\nquestoin="x"\nwho="a"\nwhy="b"',
    "nothing else": 'title="x"',
}


@pytest.mark.parametrize("word", BAD)
def test_what_is_wrong_with_a_declaration_is_said_with_file_and_watch(home, word):
    file = home / "data" / "watches.toml"
    file.write_text(BAD[word], encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_watches(file)
    assert str(file) in str(error.value)
    assert word in str(error.value)


def test_a_declared_column_that_the_answer_lacks_is_told_and_an_answer_without_ids_needs_a_key(home):
    file = home / "data" / "watches.toml"
    file.write_text(LINKED + 'key = ["child"]\n', encoding="utf-8")
    _, (found,) = ran(home / "data", 0)
    assert "Did you mean child_id" in found.failed
    file.write_text(LINKED.replace("linked-children", "year-on-year"), encoding="utf-8")
    _, (found,) = ran(home / "data", 0)
    assert "no column of ids" in found.failed


def test_every_question_reads_tables_that_there_are_and_says_which_are_missing():
    anything = {"find-person", "picture-schema", "crimes-near"}
    for query in pack():
        assert tables_missing(query, TABLES) == tables_beside(query, TABLES) == [], query.name
        # A question about runs reads none of the records.
        if query.subject != "runs" and query.name not in anything:
            assert tables_missing(query, ()) or tables_beside(query, ()), query.name


def test_a_table_that_a_question_can_do_without_is_said_beside_its_answer(home):
    folder = home / "data"
    asked = LINKED.replace("linked-children", "linked-children-without-referral")
    (folder / "watches.toml").write_text(asked, encoding="utf-8")
    (folder / "referrals.csv").unlink()
    _, (found,) = ran(folder, 0)
    assert found.at_start == 1
    assert found.notes[0].endswith("also reads referrals, which these records do not have.")


def test_a_damaged_file_is_told_and_never_written_over(home):
    file = home / "data" / "watched.json"
    file.write_text('{"kind": "what watches found", "watches": {"a": {}}, "next": 1}', encoding="utf-8")
    with pytest.raises(SourceError, match="Move it away"):
        ran(home / "data", 0)
    assert "next" in file.read_text(encoding="utf-8")


# The file: its owner's alone, whole or not at all, and two at once lose nothing.


def test_the_file_is_its_owners_alone_and_no_file_of_the_records(home):
    folder = home / "data"
    ran(folder, 0)
    assert stat.S_IMODE((folder / "watched.json").stat().st_mode) == 0o600
    assert "watched.json" not in run("check", folder)
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []


def test_a_run_that_is_stopped_while_it_writes_leaves_the_file_as_it_was(home, monkeypatch):
    folder = home / "data"
    ran(folder, 0)
    before = (folder / "watched.json").read_bytes()
    links(folder)

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("ocgnet.files.writing.to_disk", full)
        with pytest.raises(OutputError, match="Nothing was changed"):
            ran(folder, 1)
    assert (folder / "watched.json").read_bytes() == before
    _, (found,) = ran(folder, 2)
    assert found.new == ("W2",)


def test_those_who_decide_at_once_lose_nothing(home):
    rows = answer(*((f"C{i}", [], 1) for i in range(24)))
    file = home / "watched.json"
    with changing(file) as put:
        put(merged(State(), watch(), rows, "1", "2026-01-01", set())[0])

    def decides(name: str) -> None:
        with changing(file) as put:
            put(decide(read_state(file), name, CONFIRM, f"by {name}", "b", "2026-01-02")[0])

    threads = [threading.Thread(target=decides, args=(f"W{i}",)) for i in range(1, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.decided.by for _, row in read_state(file).rows()} == {f"by W{i}" for i in range(1, 25)}


# After a load.


def test_each_load_asks_the_watches_beside_the_store_and_is_not_harmed_by_them(home, log_file):
    (home / "watches.toml").write_text(LINKED, encoding="utf-8")
    first = run("load", "data", "--store", "ocg.duckdb")
    assert "linked children: 1 row there at the start" in first
    links(home / "data")
    second = run("load", "data", "--store", "ocg.duckdb")
    assert "linked children: 1 new row (W2)" in second
    assert {p.name for p in home.iterdir()} >= {"ocg.duckdb", "ocg.duckdb.watched.json"}
    told = [act for act in acts(log_file) if act.kind == "query"]
    assert [(act.facts["watches"], act.facts["new"]) for act in told] == [
        (["linked children"], 0), (["linked children"], 1),
    ]  # fmt: skip
    assert told[1].people == {"C1", "C2", "N02", "N06"}
    (home / "watches.toml").write_text("[[watch", encoding="utf-8")
    third = run("load", "data", "--store", "ocg.duckdb")
    assert "holds" in third
    assert "whether anything is new is not known" in third
    (home / "watches.toml").unlink()
    assert "watch" not in run("load", "data", "--store", "ocg.duckdb").lower()


# Whoever is erased, restricted, or asks what is held.


@pytest.mark.parametrize("where", ["data", "ocg.duckdb"])
def test_whoever_is_erased_is_in_no_row_and_a_search_proves_it(home, where):
    links(home / "data")
    (home / "watches.toml").write_text(LINKED, encoding="utf-8")
    (home / "data" / "answers.md").unlink()
    run("load", "data", "--store", "ocg.duckdb")
    place = open_place(where)
    _, kept = home_of(where, place)
    run("watch", "run", where)
    rows = {row.key["child_id"]: row.id for _, row in read_state(kept).rows()}
    run("watch", "confirm", where, rows["C2"], "--by", "DC S", "--reason", "stays with C1")
    run("watch", "confirm", where, rows["C1"], "--by", "DC S", "--reason", "seen")
    access = run("subject-access", where, "C1", "--by", "A", "--reason", "b", "--out", "access")
    held = (home / "access" / "held.csv").read_text(encoding="utf-8-sig")
    assert "cells are held" in access
    assert "watches,1,child_id,What the question gave.,C1," in held
    assert "N02" not in "".join(line for line in held.splitlines() if line.startswith("watches"))
    said = run("review", "erase", where, "C1", "--by", "A", "--reason", "b", "--also", "ocg.duckdb")
    assert "rows of watches: 2 removed" in said, "what names the child in a reason goes as well"
    assert f"{kept.name} (text)" in said
    assert "STILL FOUND" not in said
    assert "C1" not in kept.read_text(encoding="utf-8")


def test_whoever_is_restricted_is_not_shown_not_decided_about_and_not_gone(home):
    folder = home / "data"
    links(folder)
    ran(folder, 0)
    run("review", "restrict", folder, "C1", "--because", "evidence", "--by", "A", "--reason", "b")
    said = run("watch", "show", folder, "--state", "all")
    assert "C1" not in said
    assert "Not shown: 1 row naming somebody whose processing is restricted" in said
    _, (found,) = ran(folder, 1)
    assert found.gone == (), "that a restricted person is in no answer says nothing"
    with pytest.raises(OcgnetError, match="restricted"):
        run("watch", "confirm", folder, "W1", "--by", "A", "--reason", "b")
    run("review", "lift", folder, "C1", "--by", "A", "--reason", "b")
    assert "C1" in run("watch", "show", folder, "--state", "all")


def test_a_page_and_a_table_of_what_is_new_bear_the_marking(home):
    folder = home / "data"
    ran(folder, 0)
    links(folder)
    ran(folder, 1)
    run("watch", "show", folder, "--out", "new.html")
    page = (home / "new.html").read_text(encoding="utf-8")
    assert "1 row waits for a decision" in page
    assert page.count("SYNTHETIC DATA") >= 3
    rows = run("watch", "show", folder, "--format", "csv")
    assert "linked children,W2,new," in rows
    document = json.loads(CliRunner().invoke(app, ["watch", "show", str(folder), "--format", "json"]).stdout)
    assert document["watches"][0]["rows"][0]["first_seen"] == "2026-01-02"


# On a real server.


def test_a_server_answers_watches_and_own_queries_read_only(home, neo4j_server, monkeypatch):
    with filled(neo4j_server, FIXTURES / "tiny") as server:
        uri = server.server.address.uri
        monkeypatch.setenv("OCGNET_NEO4J_PASSWORD", server.server.address.password)
        place = open_place(uri)
        file, kept = home_of(uri, place)
        assert home / "state" / "ocgnet" / "watches" in kept.parents
        file.parent.mkdir(parents=True)
        (file.parent / "reads.cypher").write_text(
            "MATCH (p:Nominal) WHERE p.restricted_on IS NULL RETURN p.person_id AS person_id", encoding="utf-8"
        )
        (file.parent / "writes.cypher").write_text("CREATE (x:Nominal) RETURN x.person_id AS person_id", "utf-8")
        watches = [LINKED] + [
            f'[[watch]]\nname = "{name}"\nfile = "{name}.cypher"\nwho = "a"\nwhy = "b"\n'
            for name in ("reads", "writes")
        ]
        file.write_text("".join(watches), encoding="utf-8")
        state, found = ran(uri, 0)
        links(home / "data")
        folder_state, _ = ran(home / "data", 0)
        cells = [row.cells for row in folder_state.watches["linked children"].rows]
        assert [row.cells for row in state.watches["linked children"].rows] == cells, "as in a folder"
        assert found[1].at_start == server.dataset["nominals"].num_rows
        assert "would write" in found[2].failed
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD", "wrong")
    gone = open_place("bolt://127.0.0.1:9")
    (away,) = run_watches("bolt://127.0.0.1:9", gone, read_watches(file)[:1], home / "kept.json", DAYS[0])
    assert away.failed
