"""Records are named in one way by every command; people and groups by id or by name; words are completed unread."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from every_command import LAUNCH, ROOT
from ocgnet.audit.read import acts
from ocgnet.cli.app import COMMANDS, app, fetched
from ocgnet.cli.naming import GROUP, PERSON, the_id
from ocgnet.cli.options import OfRecords
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.model import TABLES

TINY = ROOT / "fixtures" / "tiny"


def records(**tables: list[dict[str, object]]) -> Dataset:
    full = {n: pa.Table.from_pylist(tables.get(n, []), t.schema) for n, t in TABLES.items()}
    return Dataset(About(), full)


@pytest.fixture
def people() -> Dataset:
    return records(
        nominals=[
            {"nominal_id": "N1", "name": "Shabana BEGUMI", "aliases": "Sparrow | Shab"},
            {"nominal_id": "N2", "name": "Émeric Fennick", "aliases": None},
            {"nominal_id": "BEGUMI2", "name": "Émeric Oskigan", "aliases": None},
            {"nominal_id": "Fennick", "name": "Somebody Else", "aliases": None},
        ],
        ocgs=[{"ocg_id": "G1", "name": "Operation Kestrel"}, {"ocg_id": "G2", "name": "Operation Harrier"}],
    )


@pytest.mark.parametrize(
    ("what", "asked", "taken"),
    [
        (PERSON, "N1", "N1"),
        (PERSON, "Begumi", "N1"),
        (PERSON, "begumi shabana", "N1"),
        (PERSON, "SPARROW", "N1"),
        (PERSON, "emeric fennick", "N2"),
        (PERSON, "Fennick", "Fennick"),
        (GROUP, "KESTREL", "G1"),
        (GROUP, "operation harrier", "G2"),
    ],
)
def test_an_id_goes_before_a_name_and_what_was_taken_is_said(people, what, asked, taken, capsys) -> None:
    assert the_id(people, what, asked, "--it") == taken
    said = capsys.readouterr().err
    assert said == "" if asked == taken else said.startswith(f"--it: {asked} is taken for {taken} ")


def test_several_of_a_name_are_listed_and_none_is_taken(people) -> None:
    with pytest.raises(UsageError, match=r"emeric is the name of 2: BEGUMI2 Émeric Oskigan; N2 Émeric Fennick\. Give"):
        the_id(people, PERSON, "emeric", "--person")


@pytest.mark.parametrize(("what", "asked", "meant"), [(GROUP, "Kestral", "Kestrel"), (PERSON, "BEGUMI3", "BEGUMI2")])
def test_a_slip_is_answered_with_what_looks_like_it(people, what, asked, meant) -> None:
    with pytest.raises(UsageError, match=rf"no {what} {asked} in these records, by id or by name\. Did you .*{meant}"):
        the_id(people, what, asked, "--it")


def test_every_command_that_reads_records_takes_them_in_front_and_by_either_option() -> None:
    reads = {
        f"{name} {below}".strip(): command
        for name in COMMANDS
        for below, command in getattr(fetched(name), "commands", {"": fetched(name)}).items()
        if {"folder", "store"} <= {p.name for p in command.params}
    }
    assert len(reads) >= 17
    for name, command in reads.items():
        arguments = [p.name for p in command.params if p.param_type_name == "argument"]
        assert arguments[0] == "records", name
        # Behind the place others follow: the command has to know whether it was given.
        assert isinstance(command, OfRecords) or arguments == ["records"], name


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    shutil.copytree(TINY, tmp_path / "tiny")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OCGNET_LOG", str(tmp_path / "log" / "log.jsonl"))
    return tmp_path


def test_the_three_ways_to_name_records_answer_alike(place) -> None:
    run = CliRunner().invoke
    assert run(app, ["load", "tiny", "--store", "ocg.duckdb", "--rejects", "no.csv"]).exit_code == 0
    for words in (["role", "show", "{}", "N01"], ["review", "due", "{}"], ["children", "{}", "--format", "csv"]):
        said = set()
        for named in (["tiny"], ["--folder", "tiny"], ["ocg.duckdb"], ["--store", "ocg.duckdb"]):
            at = words.index("{}")
            done = run(app, [*words[:at], *named, *words[at + 1 :]])
            assert done.exit_code == 0, done.output
            said.add(done.stdout)
        assert len(said) == 1, words
    for words in (
        ["role", "show", "N01"],
        ["review", "due"],
        ["children"],
        ["children", "tiny", "--store", "x.duckdb"],
    ):
        assert isinstance(run(app, words).exception, UsageError | SystemExit)


def test_an_act_takes_a_name_says_the_id_and_tells_the_log_ids_only(place) -> None:
    judged = ("peripheral", "--by", "DC Test", "--reason", "seen there")
    done = CliRunner().invoke(app, ["role", "set", "tiny", "fennick", "ALDER", *judged])
    assert done.exit_code == 0, done.output
    assert "NOMINAL: fennick is taken for N01 Aldric Fennick." in done.stderr
    assert "OCG: ALDER is taken for G1 Group Alder." in done.stderr
    assert done.stdout.startswith("N01 is recorded as peripheral in G1 ")
    told = acts(place / "log" / "log.jsonl")
    assert [act.people for act in told if act.kind == "role"] == [{"N01"}]
    assert [act.people for act in told if act.kind == "read"] == [{"N01"}, set()]


def test_a_pack_is_made_for_children_by_name_and_its_log_holds_ids_only(place) -> None:
    asked = ["--to", "housing", "--reason", "Support", "--by", "DC Test", "--on", "2019-03-31", "--out", "pack"]
    done = CliRunner().invoke(app, ["disclose", "tiny", "--children", "orrin oskigan, C1", *asked])
    assert done.exit_code == 0, done.output
    assert "--children: orrin oskigan is taken for C2 Orrin Oskigan." in done.stderr
    rows = (place / "pack" / "tables" / "children.csv").read_text("utf-8-sig").splitlines()[1:]
    assert sorted(row.split(",")[0] for row in rows) == ["C1", "C2"]
    told = acts(place / "log" / "log.jsonl")
    assert [act.people for act in told if act.kind == "disclose"] == [{"C1", "C2"}]


def completed(*words: str) -> set[str]:
    asked = {"_OCGNET_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_words_are_completed_in_bash_and_no_record_is_read(place) -> None:
    assert completed("ocgnet", "ro") == {"roles", "role"}
    assert completed("ocgnet", "review", "e") == {"erase"}
    assert completed("ocgnet", "roles", "tiny", "--format", "") == {"table", "csv", "json"}
    # A store that is none, a file of somebody's and a day to come are refused by whoever runs it, not on the way.
    (place / "mine.duckdb").write_text("mine")
    assert completed("ocgnet", "load", "tiny", "--store", "mine.duckdb", "--rej") == {"--rejects"}
    assert completed("ocgnet", "review", "done", "tiny", "N01", "--on", "2999-01-01", "--unt") == {"--until"}
    for file in (place / "tiny").iterdir():
        file.unlink()
    assert completed("ocgnet", "children", "tiny", "--view", "mis") == {"missing"}
    assert not (place / "log").exists()


def test_the_list_of_commands_says_what_each_says_of_itself_and_loads_none() -> None:
    for name, (_, says) in COMMANDS.items():
        assert fetched(name).help.split("\n")[0] == says, name
    code = "import sys; from ocgnet.cli.app import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "roles" in loaded
    assert not {"numpy", "pandas", "pyarrow", "igraph", "ocgnet.cli.options"} & set(loaded.split())
