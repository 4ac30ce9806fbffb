"""What a run says beside its tables, and what it keeps back from every one of its files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.cli.app import app
from ocgnet.results import RESULT_TABLES
from ocgnet.retention.search import Words, files_in, look_at

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on the tiny fixture."""
    out = tmp_path_factory.mktemp("run") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCGNET_LOG", str(out.parent / "log.jsonl"))
        done = CliRunner().invoke(app, ["analyse", str(TINY), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    return out


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


def test_every_column_of_every_table_is_told_to_be_a_fact_or_an_assessment(run):
    told = {(r["table"], r["column"]): r["fact_or_assessment"] for r in rows(run / "tables" / "columns.csv")}
    there = {
        (file.stem, column)
        for file in (run / "tables").glob("*.csv")
        if file.stem in RESULT_TABLES
        for column in next(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    }
    assert set(told) == there
    assert set(told.values()) == {"fact", "assessment"}
    assert told["roles", "recorded_role"] == "fact"
    assert told["roles", "suggested_role"] == told["roles", "because"] == "assessment"


def test_what_was_left_out_and_withheld_is_counted_beside_the_tables(run):
    document = json.loads((run / "run.json").read_text(encoding="utf-8"))
    beside = [
        {**r, "count": int(r["count"]), "refused": r["refused"] == "true"}
        for r in rows(run / "tables" / "left_out.csv")
    ]
    assert beside == document["left_out"]
    # R5 under code 3 of 5x5x5 and R6 under code C of 3x5x2 count, and are not named; R7 and N10 are overdue.
    counted = {(r["what"], r["why"]): r["count"] for r in beside}
    assert counted["intel_reports", "under handling conditions: it counts, and no output names it"] == 2
    assert counted["intel_reports", "review overdue"] == 1
    assert counted["nominals", "review overdue"] == 1


@pytest.mark.parametrize(
    "word", ["R4", "R5", "R6", "R7", "N10", "Jorrin Tolvander", "Paid in coins", "A child was there", "Kept too long"]
)
def test_what_is_restricted_overdue_or_graded_too_low_stands_in_no_file_of_a_run(run, word):
    looked = [look_at(file, Words([word])) for file in files_in([run])]
    assert len(looked) > 20
    assert [f"{x.path.name}: {x.found}" for x in looked if x.found] == []


def test_what_may_be_named_is_found_by_the_same_search(run):
    found = {x.path.name for x in (look_at(file, Words(["R3"])) for file in files_in([run])) if x.found}
    assert {"ties.csv", "network.html"} <= found


def test_a_printed_table_says_what_is_worked_out_and_what_was_left_out(tmp_path):
    shown = CliRunner().invoke(app, ["roles", str(TINY)], catch_exceptions=False, env={"COLUMNS": "100"}).output
    flat = " ".join(shown.split())
    assert "Worked out or suggested, not recorded: suggested role, stability, because." in flat
    assert "1 of nominals (review overdue)" in flat
    assert "2 of intel reports (under handling conditions: it counts, and no output names it)" in flat
    program = CliRunner().invoke(app, ["roles", str(TINY), "--format", "csv"], catch_exceptions=False)
    assert "Left out:" in program.stderr
    assert "Left out:" not in program.stdout
