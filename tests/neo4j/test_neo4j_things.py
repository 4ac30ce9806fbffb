"""Access, restriction and erasure of somebody who uses things, on a real server, by the commands."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import ready
from ocgnet.model import TABLES
from ocgnet.model.things import THING_TABLES
from ocgnet.store import open_store
from things_folder import numbers_with_rows, things_folder

WHY = ("--by", "Officer 7", "--reason", "asked for", "--on", "2019-04-01")
OWN = ("7700900111", "7700 900111", "12 Mill Lane", "SW1A 2AA", "31926819", "7700900555")
"""What identifies the things that N02 alone uses, and who was in touch with them alone."""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Give a function that runs a command in a folder of its own."""
    monkeypatch.setenv("OCGNET_LOG", str(tmp_path / "log.jsonl"))
    monkeypatch.setenv("COLUMNS", "200")
    return partial(ready.ocgnet, cwd=tmp_path)


def installed(folder: Path, *words: str) -> None:
    """Run the program as it is installed, in a process of its own."""
    program = str(Path(sys.executable).parent / "ocgnet")
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


IDS = {"T1": "TEL-0001", "A1": "ADDRESS-0001", "B1": "ACCOUNT-0001"}
"""What N02 alone uses, under ids so long that they stand in no binary file of a server by chance."""


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = numbers_with_rows(things_folder(tmp_path / "records", R1="He rang 07700900111, then +44 7700 900 222."))
    for table in THING_TABLES:
        file = folder / f"{table.name}.csv"
        text = file.read_text(encoding="utf-8")
        for short, long in IDS.items():
            text = re.sub(rf"(?<![^,\n]){short}(?![^,\n])", long, text)
        file.write_text(text, encoding="utf-8")
    return folder


def held_in(folder: Path) -> list[tuple[str, ...]]:
    """Return table, column, decision and value of all that an answer holds but the log, without the numbers of rows."""
    [file] = folder.glob("**/*.csv")
    rows = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    return sorted((r["table"], r["column"], r["decision"], r["value"]) for r in rows if r["table"] != "log")


def rows_of(dataset) -> dict[str, list[str]]:
    """Return every row of every table, in any order; blanks as they are."""
    return {
        name: sorted(str([row[c.name] for c in table.columns]) for row in dataset[name].to_pylist())
        for name, table in TABLES.items()
    }


def written(server, *texts: str) -> list[str]:
    """Return what of some texts stands in any property of the database."""
    held = server.query("MATCH (n) RETURN properties(n) AS p UNION ALL MATCH ()-[r]->() RETURN properties(r) AS p")
    whole = "\n".join(str(row["p"]) for row in held)
    return [text for text in texts if text in whole]


@pytest.mark.long
def test_access_restriction_and_erasure_of_things_on_a_server(neo4j, run, folder, tmp_path):
    twin = tmp_path / "twin.duckdb"
    for store in (neo4j.uri, twin):
        run("load", folder, "--store", store)
    asked = ("things", "--view", "contacts", "--format", "csv")
    before = run(*asked, "--store", neo4j.uri)
    assert "N02" in before

    # An answer to an access request holds the same from the server as from a file.
    answers = []
    for place, out in ((twin, "from-file"), (neo4j.uri, "from-server")):
        run("subject-access", place, "N02", "--out", out, *WHY)
        answers.append(held_in(tmp_path / out))
    assert answers[0] == answers[1]
    assert {name for name, *_ in answers[1]} >= {t.name for t in THING_TABLES} - {"crime_things"}
    given = "\n".join(value for *_, value in answers[1])
    assert [word for word in OWN[1:5] if word not in given] == []

    # Restricted, nothing of what only N02 uses is in any answer about things; lifted, it is again.
    run("review", "restrict", neo4j.uri, "N02", "--because", "accuracy", *WHY)
    for words in (asked, ("query", "things-of-a-group", "--format", "csv", "--param", "ocg_id=G1")):
        answer = run(*words, "--store", neo4j.uri)
        assert not [word for word in (*OWN, "N02", *IDS.values()) if word in answer], words
    run("review", "lift", neo4j.uri, "N02", *WHY)
    assert run(*asked, "--store", neo4j.uri) == before

    assert written(neo4j, *OWN) == [*OWN], "the test can fail"
    installed(tmp_path, "review", "erase", neo4j.uri, "N02", *WHY)
    run("review", "erase", twin, "N02", *WHY)
    assert written(neo4j, *OWN, *IDS.values(), "'N02'") == []
    files = [p for p in (neo4j.server.home / "data").rglob("*") if p.is_file()]
    assert not [p for p in files if any(word.encode() in p.read_bytes() for word in OWN)]
    # What stays is what stays of the file, row for row; of things some of every table.
    from_file, from_server = open_store(str(twin)).read(), open_store(neo4j.uri).read()
    assert rows_of(from_server) == rows_of(from_file)
    assert all(from_server[t.name].num_rows for t in THING_TABLES if t.name != "transfers")
    assert neo4j.query("MATCH (s:Sighting) RETURN count(s) AS n") == [{"n": 1}]
    assert run("things", "--view", "contacts", "--format", "csv", "--store", neo4j.uri).count("N02") == 0
