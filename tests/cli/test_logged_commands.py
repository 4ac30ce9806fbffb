"""Every command that reads or writes people tells the log, before anybody sees anything; without it none runs."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.audit import KINDS, log_of, policy
from ocgnet.audit.read import acts, people_in
from ocgnet.audit.verify import verify
from ocgnet.checks.check import check
from ocgnet.cli.app import app
from ocgnet.errors import LogError, OcgnetError
from ocgnet.model import PERSON_TABLES

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DATASET = check(TINY).dataset
EVERYBODY = set(people_in(DATASET))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of one's own with the records in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(TINY, tmp_path / "data")
    return tmp_path


def run(*words: object) -> str:
    """Run a command in this process; an error of ours is raised."""
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_everybody_means_everybody_named_anywhere():
    assert {i for name, key in PERSON_TABLES.items() for i in DATASET[name][key].to_pylist()} <= EVERYBODY
    assert {r["adult_id"] for r in DATASET["family_links"].to_pylist()} <= EVERYBODY


READING = [
    ("check", "data"),
    ("roles", "data"),
    ("concentration", "data", "--format", "csv"),
    ("children", "data", "--format", "json"),
    ("juveniles", "data", "--format", "csv"),
    ("communities", "data"),
    ("disruption", "show", "data"),
    ("review", "due", "--folder", "data", "--as-of", "2019-03-31"),
]


@pytest.mark.parametrize("words", READING, ids=lambda w: w[0])
def test_a_reading_command_is_one_act_about_everybody(home, log_file, words):
    run(*words)
    (act,) = acts(log_file)
    assert (act.kind, act.end) == ("review" if words[0] == "review" else "read", "done")
    assert act.people == ({"N10"} if words[0] == "review" else EVERYBODY)


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (("analyse", "data", "--out", "out"), "out"),
        (("network", "data"), "chart.html"),
        (("juveniles", "data", "--out", "list.csv"), "list.csv"),
    ],
)
def test_a_writing_command_is_an_export_and_names_its_files(home, log_file, words, file):
    run(*words)
    (act,) = acts(log_file)
    assert (act.kind, act.end, act.people) == ("export", "done", EVERYBODY)
    assert act.facts == {"files": [str(home / file)]}


def test_loading_tells_whom_before_the_store_is_written(home, log_file):
    run("load", "data", "--store", "ocg.duckdb")
    run("load", "data", "--store", "ocg.duckdb", "--prefix", "X:", "--dry-run")
    loaded, foreseen = acts(log_file)
    assert (loaded.kind, loaded.end, loaded.people) == ("load", "done", EVERYBODY)
    assert loaded.facts["rows"] == loaded.facts["added"] == sum(DATASET.rows.values())
    assert loaded.facts["store"] == str(home / "ocg.duckdb")
    assert (foreseen.kind, foreseen.people) == ("read", EVERYBODY | {f"X:{i}" for i in EVERYBODY})
    states = [json.loads(line)["state"] for line in log_file.read_text(encoding="utf-8").splitlines()]
    assert states[:3] == ["begun", "about", "done"]


@pytest.mark.parametrize(
    ("words", "writer"),
    [
        (("load", "data", "--store", "ocg.duckdb"), "ocgnet.store.duckdb_file.write_file"),
        (("analyse", "data", "--out", "out"), "ocgnet.views.folder.result_folder"),
        (("network", "data"), "ocgnet.files.writing.write_text"),
        (("roles", "data", "--format", "csv"), "ocgnet.files.writing.csv_text"),
    ],
    ids=lambda w: w[0] if isinstance(w, tuple) else "",
)
def test_killed_while_it_writes_a_command_is_logged_with_everybody(home, log_file, monkeypatch, words, writer):
    class Killed(BaseException):
        """As kill -9 does, nothing is told any more."""

    def kill(*_given, **_named):
        monkeypatch.setattr("ocgnet.audit.log.append", lambda *_: 0)
        raise Killed

    monkeypatch.setattr(writer, kill)
    with pytest.raises(Killed):
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    (act,) = acts(log_file)
    assert (act.end, act.people) == ("", EVERYBODY)
    assert not {p.name for p in home.iterdir()} & {"out", "ocg.duckdb", "chart.html"}


def test_reading_a_store_is_told_as_reading_a_folder(home, log_file):
    run("load", "data", "--store", "ocg.duckdb")
    run("roles", "--store", "ocg.duckdb")
    assert acts(log_file)[1].people == EVERYBODY


def test_comparing_reads_the_people_of_both_runs(home, log_file):
    run("analyse", "data", "--out", "one")
    run("compare", "one", "one")
    run("compare", "one", "one", "--out", "changes.csv")
    _, read, export = acts(log_file)
    nominals = set(DATASET["nominals"]["nominal_id"].to_pylist())
    assert (read.kind, export.kind) == ("read", "export")
    assert nominals - {"N10"} <= read.people <= EVERYBODY
    assert export.people == read.people
    assert export.facts["files"] == [str(home / "changes.csv")]


def test_what_fails_is_told_as_failed(home, log_file):
    (home / "data" / "nominals.csv").write_text("nominal_id,date_of_birth\nN1,31/02/2000\n", encoding="utf-8")
    with pytest.raises(OcgnetError, match="Nothing was done"):
        CliRunner().invoke(app, ["roles", "data"], catch_exceptions=False)
    (act,) = acts(log_file)
    assert (act.end, act.why.partition(":")[0]) == ("failed", "RecordError")


COMMANDS = [
    *READING,
    ("analyse", "data", "--out", "out"),
    ("network", "data"),
    ("things", "data"),
    ("peers", "data", "--out", "out"),
    ("load", "data", "--store", "ocg.duckdb"),
    ("role", "set", "N01", "G1", "peripheral", "--by", "A", "--reason", "b", "--folder", "data"),
    ("role", "show", "N01", "--folder", "data"),
    (
        "disruption",
        "add",
        "data",
        "--group",
        "G1",
        "--on",
        "2019-03-01",
        "--level",
        "minor",
        "--strand",
        "pursue",
        "--agency",
        "police",
        "--by",
        "A",
        "--reason",
        "b",
    ),
    ("prioritise", "show", "data"),
    ("prioritise", "score", "data", "G1", "--component", "community", "--score", "1", "--by", "A", "--reason", "b"),
    ("plan", "show", "data"),
    ("plan", "overdue", "data"),
    ("plan", "balance", "data"),
    ("plan", "start", "data", "--group", "G1", "--lead", "A", "--by", "A", "--reason", "b"),
    ("plan", "add", "data", "--group", "G1", "--strand", "pursue", "--action", "a", "--by", "A", "--reason", "b"),
    ("watch", "show", "data"),
    ("referrals", "show", "data"),
    ("referrals", "outcome", "data", "C2", "accepted", "--on", "2019-03-01", "--by", "A"),
    ("review", "done", "N10", "--until", "2022-01-01", "--by", "A", "--reason", "b", "--folder", "data"),
    ("review", "erase", "N10", "--by", "A", "--reason", "b", "--folder", "data"),
    ("compare", "run", "run"),
    ("log", "show"),
    ("log", "export", "log.csv"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: " ".join(w[:2]))
def test_without_a_log_no_command_runs(home, monkeypatch, words):
    (home / "run").mkdir()
    (home / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("OCGNET_LOG", str(home / "file" / "log.jsonl"))
    before = {p: p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file()}
    with pytest.raises(LogError, match="nothing is done without it"):
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert {p: p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file()} == before


@pytest.mark.parametrize(
    "words",
    [
        ("roles", "data"),
        ("load", "data", "--store", "x.duckdb"),
        ("profile", "run", "--out", "out", "--compare", "data"),
    ],
)
def test_the_log_may_not_stand_in_the_records(home, monkeypatch, words):
    monkeypatch.setenv("OCGNET_LOG", str(home / "data" / "log.jsonl"))
    with pytest.raises(LogError, match="stands inside"):
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert not (home / "data" / "log.jsonl").exists()


def test_the_log_is_shown_verified_and_exported(home, log_file):
    run("roles", "data")
    run("role", "set", "N01", "G1", "peripheral", "--by", "=A()", "--reason", "+b", "--folder", "data")
    assert "read     done" in run("log", "show")
    shown = run("log", "show", "--person", "N01", "--kind", "role")
    assert "reason:    +b" in shown
    assert shown.rstrip().endswith(f"1 of 1 acts in {log_file}")
    assert "0 of 0 acts" in run("log", "show", "--since", "2999-01-01")
    run("log", "export", "acts.csv", "--kind", "role")
    (row,) = csv.DictReader((home / "acts.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (row["by"], row["reason"], row["people"], row["end"]) == ("'=A()", "'+b", "N01", "done")
    run("log", "export", "acts.json")
    plain = json.loads((home / "acts.json").read_text(encoding="utf-8"))
    assert set(plain[0]["people"]) == EVERYBODY
    assert (home / "acts.json").stat().st_mode & 0o777 == 0o600
    assert run("log", "path") == f"{log_file}\n"
    head = run("log", "head").strip()
    assert head == verify(log_file).head
    assert "is whole" in run("log", "verify", "--head", head)


def test_a_path_and_a_reason_that_are_no_text_break_no_later_look(home, log_file):
    with log_of().act("export", reason="\udcff X", what="ocgnet r\udcff.csv \ud800") as act:
        act.wrote(Path("r\udcff.csv"))
    assert acts(log_file)[0].facts["files"] == [str(home / "r\udcff.csv")]  # an erasure finds the very file
    for form in ("table", "csv", "json"):
        assert "\\udcff X" in run("log", "show", "--format", form)
    for name in ("acts.csv", "acts.json"):
        run("log", "export", name)
        assert "\\udcff X" in (home / name).read_text(encoding="utf-8-sig")
    assert json.loads((home / "acts.json").read_text(encoding="utf-8"))[0]["reason"] == "\udcff X"
    run("log", "verify")


def test_the_reason_of_a_command_holds_for_looking_up_who_is_meant(home, log_file, monkeypatch):
    file = home / "policy.toml"
    file.write_text(f"reason_for = {json.dumps(KINDS)}", encoding="utf-8")
    monkeypatch.setattr(policy, "FILE", file)
    name = next(row["name"] for row in DATASET["nominals"].to_pylist() if row["nominal_id"] == "N01")
    words = ("role", "set", name, "G1", "peripheral", "--by", "DC Test", "--folder", "data", "--reason")
    run(*words, "Operation X")
    (home / "data" / "answers.md").unlink()  # it names people, and no erasure changes it
    run("review", "erase", "N03", "--by", "DC Test", "--folder", "data", "--reason", "Asked")
    assert {(told.kind, told.reason) for told in acts(log_file)} == {
        ("read", "Operation X"), ("role", "Operation X"), ("erase", "to erase"), ("erase", "Asked"),
    }  # fmt: skip
    with pytest.raises(LogError, match="'read' needs a reason on this computer"):
        run("roles", "data")


def test_a_log_that_is_not_there_is_not_called_whole(home, log_file):
    said = run("log", "verify")
    assert "whole:" not in said
    assert "nothing was logged here, or the log was removed whole" in " ".join(said.split())


def test_verify_leaves_with_one_and_says_where(home, log_file):
    run("check", "data")
    text = log_file.read_bytes()
    log_file.write_bytes(text.replace(b'"begun"', b'"BEGUN"', 1))
    done = CliRunner().invoke(app, ["log", "verify"])
    assert done.exit_code == 1
    assert "FAULT line 1: it was changed (it was number 1)." in done.output
    assert CliRunner().invoke(app, ["log", "verify", "--head", "1:00"]).exit_code == 1
