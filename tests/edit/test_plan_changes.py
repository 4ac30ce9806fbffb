"""Actions of plans are added, done, dropped and undone, one transaction each, with everything kept."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from every_command import LAUNCH
from ocgnet.analysis.response.plans import plans_on
from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.edit import Change, Place, open_place
from ocgnet.edit.plan_changes import (
    Decision,
    action_added,
    action_done,
    action_dropped,
    change_undone,
    history_of,
    plan_started,
)
from ocgnet.errors import UsageError
from ocgnet.store import LoadManifest, open_store
from ready import ocgnet

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
TABLES = ("nominals", "ocgs", "memberships")
DAY = date(2019, 3, 1)
BY = ("--by", "DI A", "--reason", "Agreed at the meeting")
OLD = """action_id,ocg_id,nominal_id,strand,action,owner,agency,due_on,status,done_on
OLD1,G1,,pursue,Plan: warrant,Sgt B,police,31/01/2019,,
"""


def made_folder(place: Path) -> Path:
    """Make a few tables, and an action recorded before plans were, without a state, its day as forces write it."""
    place.mkdir(parents=True)
    for name in TABLES:
        shutil.copy(TINY / f"{name}.csv", place)
    shutil.copy(TINY / "about.toml", place)
    (place / "plan_actions.csv").write_text(OLD, encoding="utf-8")
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made_folder(tmp_path / "records")


@pytest.fixture(scope="module")
def worked_folder(tmp_path_factory) -> Path:
    """One action done, and one of which the addition was undone; nothing in these tests changes it."""
    records = made_folder(tmp_path_factory.mktemp("worked") / "records")
    place = open_place(records)
    with place.alone():
        place.amend(plan_started(place, {"subject_kind": "group", "subject_id": "G1"}, decided(0))[1])
        for text, on in (("one", 1), ("two", 2)):
            row = {"plan_id": "P0001", "strand": "pursue", "action": text}
            place.amend(action_added(place, row, decided(on))[2])
            if text == "one":
                place.amend(action_done(place, history_of(place, "A0001"), decided(9), {})[1])
        undone = history_of(place, "A0002")
        place.amend(change_undone(place, undone, undone.latest(), decided(9))[1])
    return records


def test_an_addition_taken_back_is_no_fault_of_the_records(worked_folder: Path) -> None:
    assert {r["action_id"] for r in rows(worked_folder, "plan_changes")} - {
        r["action_id"] for r in rows(worked_folder, "plan_actions")
    } == {"A0002"}
    checked = check(worked_folder)
    assert (checked.errors, [p for p in checked.warnings if p.file == "plan_changes.csv"]) == (0, [])


def rows(place: Path, name: str) -> list[dict[str, str]]:
    with (place / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_change_is_one_act_with_all_that_stood_before(folder: Path, log_file: Path) -> None:
    ocgnet("plan", "start", folder, "--group", "ALDER", "--lead", "DI Lead", *BY, "--on", "2019-03-01")
    said = ocgnet("plan", "add", folder, "--group", "G1", "--strand", "prevent", "--action", "Youth worker sees him",
                  "--owner", "Sgt B", "--agency", "council", "--due", "2019-03-20", "--hours", "7.5", "--cost", "300",
                  *BY, "--on", "2019-03-02")  # fmt: skip
    assert said.startswith("A0001 is an open action of P0001: prevent, due on 20/03/2019, owned by Sgt B.\n")
    assert said.endswith(f"Undo it with: ocgnet plan undo {folder} A0001\n")
    ocgnet("plan", "do", folder, "A0001", *BY, "--on", "2019-03-10", "--hours", "9")
    ocgnet("plan", "drop", folder, "OLD1", *BY, "--on", "2019-03-11")
    [old, new] = rows(folder, "plan_actions")
    assert (old["status"], old["due_on"], old["done_on"]) == ("dropped", "31/01/2019", "")
    assert {n: c for n, c in new.items() if c} == {
        "action_id": "A0001", "plan_id": "P0001", "strand": "prevent", "action": "Youth worker sees him",
        "owner": "Sgt B", "agency": "council", "due_on": "2019-03-20", "status": "done", "done_on": "2019-03-10",
        "cost": "300", "hours": "9",
    }  # fmt: skip
    made = rows(folder, "plan_changes")
    assert [(m["change_id"], m["action_id"], m["change"], m["changed_on"]) for m in made] == [
        ("C0001", "A0001", "add", "2019-03-02"),
        ("C0002", "A0001", "do", "2019-03-10"),
        ("C0003", "OLD1", "drop", "2019-03-11"),
    ]
    assert {(m["changed_by"], m["reason"]) for m in made} == {("DI A", "Agreed at the meeting")}
    assert [m["before"] and json.loads(m["before"]) for m in made] == [
        "", {"status": "open", "done_on": "", "hours": "7.5"}, {"status": "", "done_on": ""},
    ]  # fmt: skip
    assert ocgnet("plan", "undo", folder, "A0001", *BY, "--on", "2019-03-12").startswith("Undone: C0002 (do of A0001")
    assert (rows(folder, "plan_actions")[1]["status"], rows(folder, "plan_actions")[1]["hours"]) == ("open", "7.5")
    ocgnet("plan", "undo", folder, "C0004", *BY, "--on", "2019-03-12")
    assert (rows(folder, "plan_actions")[1]["status"], rows(folder, "plan_actions")[1]["hours"]) == ("done", "9")
    told = acts(log_file)
    assert {a.kind for a in told} == {"plan", "read"}
    assert [(a.by, a.reason, a.end) for a in told if a.kind == "plan"] == [("DI A", BY[3], "done")] * 6
    assert [a.facts.get("change") for a in told if a.kind == "plan"][1:] == [f"C000{n}" for n in range(1, 6)]
    assert check(folder).whole()


def test_an_action_about_a_person_is_told_of_the_person_and_not_touched_when_restricted(folder, log_file) -> None:
    given = ("--strand", "protect", "--action", "Visit", *BY, "--on", "2019-03-02")
    assert "A0001 is an open action of person N02, which has no plan" in ocgnet(
        "plan", "add", folder, "--person", "N02", *given
    )
    ocgnet("plan", "start", folder, "--person", "N03", "--lead", "DI Lead", *BY, "--on", "2019-03-01")
    assert "A0002 is an open action of P0001" in ocgnet("plan", "add", folder, "--plan", "P0001", *given)
    ocgnet("plan", "do", folder, "A0002", *BY, "--on", "2019-03-03")
    assert [a.people for a in acts(log_file)] == [{"N02"}, {"N03"}, {"N03"}, {"N03"}]
    ocgnet("review", "restrict", folder, "N03", "--because", "accuracy", *BY, "--on", "2019-03-04")
    before = (folder / "plan_actions.csv").read_bytes()
    for words in (("drop", "A0002"), ("undo", "A0002"), ("undo", "C0002"), ("end", "P0001")):
        assert "restricted since 2019-03-04" in ocgnet("plan", words[0], folder, words[1], *BY, code=2)
    assert "restricted since" in ocgnet("plan", "add", folder, "--plan", "P0001", *given, code=2)
    assert (folder / "plan_actions.csv").read_bytes() == before
    for words in (("N03",), ("P0001",)):
        assert "restricted since 2019-03-04" in ocgnet("plan", "show", folder, *words, code=2)
    shown = ocgnet("plan", "show", folder, "--format", "json")
    assert not {"N03", "P0001", "A0002"} & set(re.findall(r"[\w ]+", shown))
    assert "plan actions: 1 processing restricted." in shown


def test_what_is_given_again_after_a_kill_is_recorded_once(folder: Path) -> None:
    added = ("plan", "add", folder, "--group", "G1", "--strand", "pursue", "--action", "Warrant", *BY, "--on",
             "2019-03-02", "--hours", "3.50")  # fmt: skip
    ocgnet(*added)
    assert "was on record already and was not recorded twice" in ocgnet(*added)
    assert "A0002" in ocgnet(*added[:-2]), "without the hours it is another action"
    for words in (("do", "A0001"), ("undo", "A0001"), ("drop", "A0002"), ("undo", "C0004")):
        for _ in range(2):
            ocgnet("plan", words[0], folder, words[1], *BY, "--on", "2019-03-05")
    assert [m["change"] for m in rows(folder, "plan_changes")] == ["add", "add", "do", "undo", "drop", "undo"]
    # The last undoing names the first one, and takes it back.
    assert [a["status"] for a in rows(folder, "plan_actions")] == ["", "done", "dropped"]
    started = ("plan", "start", folder, "--group", "G2", "--lead", "DI Lead", *BY, "--on", "2019-03-05")
    assert ocgnet(*started).startswith("P0001 is the plan") is ocgnet(*started).startswith("P0001 is the plan") is True
    assert len(rows(folder, "plans")) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("do", "A9"), "There is no action A9"),
        (("undo", "C9"), "There is no action C9"),
        (("undo", "OLD1"), "No change of OLD1 is recorded"),
        (("do", "A0001"), "A0001 is done already since 2019-03-10"),
        (("drop", "A0001"), "A0001 is done already since 2019-03-10"),
        (("undo", "C0001"), "A0001 changed since C0001: C0002 (do, 2019-03-10). Undo that first"),
        (("undo", "A0001", "--on", "2019-03-09"), "was changed on 2019-03-10 (C0002), after 2019-03-09"),
        (("do", "A0002"), "The addition of A0002 was undone (C0004)"),
        (("undo", "C0003"), "C0003 was undone by C0004"),
        (("undo", "A0002"), "No change of A0002 that was not undone is recorded"),
        (("add", "--strand", "attack", "--action", "x", "--group", "G1"), "'attack' is no strand"),
        (("add", "--strand", "pursue", "--action", " ", "--group", "G1"), "Say what is to be done"),
        (("add", "--strand", "pursue", "--action", "x"), "one of --plan, --group"),
        (("add", "--strand", "pursue", "--action", "x", "--group", "G1", "--plan", "P1"), "one of --plan, --group"),
        (("add", "--strand", "pursue", "--action", "x", "--group", "G99"), "no group G99"),
        (("add", "--strand", "pursue", "--action", "x", "--plan", "P99"), "no plan P99"),
        (("start", "--group", "G1", "--lead", "x"), "P0001 is the plan for group G1 and lasts"),
        (("start", "--threat", "T1", "--lead", "x"), "no threat T1"),
        (("review", "P0001", "--review", "2019-03-14"), "does not lie ahead"),
        (("drop", "OLD1", "--reason", " "), "Say who decided it and why"),
        (("drop", "OLD1", "--by", " "), "Say who decided it and why"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(worked_folder, words, says) -> None:
    folder = worked_folder
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    options = {"--by": "DI B", "--reason": "why", "--on": "2019-03-14"}
    more = [w for name, value in options.items() if name not in words for w in (name, value)]
    assert says in ocgnet("plan", words[0], folder, *words[1:], *more, code=2)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_an_action_changed_by_hand_is_not_undone_over_it(folder: Path) -> None:
    ocgnet("plan", "do", folder, "OLD1", *BY, "--on", "2019-03-10")
    file = folder / "plan_actions.csv"
    file.write_text(file.read_text("utf-8").replace("done,2019-03-10", "open,"), "utf-8")
    assert "OLD1 was changed by hand since C0001: its state is open" in ocgnet("plan", "undo", folder, "C0001", *BY,
                                                                               code=2)  # fmt: skip


def decided(days: int, by: str = "DI A") -> Decision:
    return Decision(by, "Agreed", DAY + timedelta(days))


STEPS = st.lists(
    st.tuples(st.sampled_from(("add", "do", "drop", "undo", "redo")), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=6,
)
SUBJECTS = (
    {"plan_id": "P0001"}, {"subject_kind": "group", "subject_id": "G2"}, {"ocg_id": "G1"}, {"nominal_id": "N01"},
)  # fmt: skip


def actions_in(place: Place) -> dict[str, dict[str, object]]:
    return {row["action_id"]: row for row in place.dataset()["plan_actions"].to_pylist()}


def states_in(place: Place) -> list[list[tuple[str, str]]]:
    """Return which actions there were on some days before, during and after the changes, and in which state."""
    dataset = place.dataset()
    on_days = [plans_on(dataset, DAY + timedelta(n)).actions for n in (-60, 0, 1, 2, 200)]
    return [list(zip(frame["action_id"], frame["state"], strict=True)) for frame in on_days]


def carried_out(place: Place, steps: list[tuple[str, int, bool]]) -> list[str]:
    """Make changes to some actions, leave out what is refused, and return the ids of those that were made."""
    made = []
    with place.alone():
        for k, (step, which, more) in enumerate(steps):
            decision = decided(k // 2, f"DI {k}")
            if step == "add":
                row = {**SUBJECTS[which], "strand": "pursue", "action": f"one {k}", "hours": "2" if more else ""}
                _, change_id, change = action_added(place, row, decision)
            else:
                try:
                    history = history_of(place, ["OLD1", "A0001", "A0002", "A0003"][which])
                    if step == "do":
                        change_id, change = action_done(place, history, decision, {"cost": "9.5" if more else ""})
                    elif step == "drop":
                        change_id, change = action_dropped(place, history, decision)
                    elif step == "undo":
                        change_id, change = change_undone(place, history, history.latest(), decision)
                    else:
                        last = history.changes[-1] if history.changes else history.latest()
                        change_id, change = change_undone(place, history, last, decision)
                except UsageError:
                    continue
            assert change.tables
            place.amend(change)
            made.append(change_id)
    return made


def taken_back(place: Place, made: list[str]) -> None:
    """Undo all changes, the last first."""
    with place.alone():
        for change_id in reversed(made):
            [row] = place.look_up("plan_changes", "change_id", [change_id]).to_pylist()
            history = history_of(place, row["action_id"])
            _, change = change_undone(place, history, history.named(change_id), decided(99, f"for {change_id}"))
            place.amend(change)


def prepared(kind: str, tmp: Path) -> Place:
    records = tmp / "records"
    if not records.exists():
        made_folder(records)
        place = open_place(records)
        with place.alone():
            cells = {"subject_kind": "group", "subject_id": "G1"}
            place.amend(plan_started(place, cells, decided(0))[1])
        open_store(str(tmp / "kept.duckdb")).write(check(records).dataset, LoadManifest((), "0"))
    fresh = tmp / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    if kind == "folder":
        return open_place(Path(shutil.copytree(records, fresh / "records")))
    return open_place(str(shutil.copy(tmp / "kept.duckdb", fresh / "s.duckdb")))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_undoing_everything_in_reverse_gives_back_the_same_actions(steps, tmp_path) -> None:
    after = {}
    for kind in ("folder", "store"):
        place = prepared(kind, tmp_path)
        before, on_days = actions_in(place), states_in(place)
        made = carried_out(place, steps)
        after[kind] = (made, actions_in(place), place.dataset()["plan_changes"].to_pylist())
        taken_back(place, made)
        assert actions_in(place) == before
        assert states_in(place) == on_days, "what was undone counts on no day"
        kept = place.dataset()["plan_changes"].to_pylist()
        assert len(kept) == 2 * len(made), "the history is kept"
        # Undoing the undoing, the last first, gives back what was there before everything was undone.
        undoings = [r["change_id"] for r in kept if r["changed_by"].startswith("for ")]
        taken_back(place, sorted(undoings))
        assert actions_in(place) == after[kind][1]
    assert after["folder"] == after["store"]


def test_the_same_on_a_server(neo4j, tmp_path: Path) -> None:
    steps = [("add", 0, True), ("do", 1, True), ("undo", 1, False), ("redo", 1, False), ("drop", 0, False),
             ("add", 3, False), ("undo", 2, False), ("redo", 2, False)]  # fmt: skip
    folder = prepared("folder", tmp_path)
    open_store(neo4j.uri).write(folder.dataset(), LoadManifest((), "0"))
    server = open_place(neo4j.uri)
    before = actions_in(server)
    made = carried_out(server, steps)
    assert made == carried_out(folder, steps)
    assert len(made) == 8
    assert actions_in(server) == actions_in(folder)
    for place in (server, folder):
        taken_back(place, made)
    assert actions_in(server) == actions_in(folder) == before
    told = [place.dataset()["plan_changes"].to_pylist() for place in (server, folder)]
    assert told[0] == told[1]
    assert len(told[0]) == 16


@pytest.mark.long
def test_two_at_once_lose_no_action(folder: Path, log_file: Path) -> None:
    words = [
        ("plan", "add", folder, "--group", "G1", "--strand", "pursue", "--action", f"Action {n}", *BY) for n in range(3)
    ]
    running = [subprocess.Popen([sys.executable, "-c", LAUNCH, *map(str, w)], stdout=subprocess.PIPE) for w in words]
    assert all(process.communicate(timeout=120)[0] for process in running)
    assert [process.returncode for process in running] == [0, 0, 0]
    assert {a["action"] for a in rows(folder, "plan_actions")[1:]} == {f"Action {n}" for n in range(3)}
    assert [a["action_id"] for a in rows(folder, "plan_actions")[1:]] == ["A0001", "A0002", "A0003"]
    assert sorted(m["change_id"] for m in rows(folder, "plan_changes")) == ["C0001", "C0002", "C0003"]


def test_ids_go_on_after_the_highest_and_stay_with_their_force(folder: Path) -> None:
    place = open_place(folder)
    row = {"subject_kind": "group", "subject_id": "G1", "strand": "prepare", "action": "x"}
    many = [{**row, "action_id": f"A{n:04d}"} for n in (7, 300, 511, 1024)]
    place.amend(Change(add={"plan_actions": many}))
    assert action_added(place, row, decided(0))[0] == "A1025"
    assert action_added(place, {**row, "subject_id": "HANTS:G1"}, decided(0))[:2] == ("HANTS:A0001", "HANTS:C0001")
