"""The command about things, on the bundled county: in short, by group, by table, and for other programs."""

import csv
import io
import json
from pathlib import Path

import pytest

from ocgnet.cli.things import TABLE, View
from ocgnet.results.thing_columns import QUESTIONS, THING_RESULTS
from ready import ocgnet, run

COUNTY = Path(__file__).parent.parent.parent / "fixtures" / "county"


def table(*words: object, cwd: Path) -> str:
    """What goes to standard output; what is said beside it goes elsewhere."""
    done = run("things", COUNTY, *words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_table_has_a_view_and_a_question():
    assert set(TABLE.values()) == set(THING_RESULTS) == set(QUESTIONS)
    assert set(TABLE) == set(View) - {View.overview}


def test_in_short_every_question_is_answered(tmp_path):
    said = " ".join(ocgnet("things", COUNTY, cwd=tmp_path).split())
    for _, question in QUESTIONS.values():
        assert question in said
    assert "Nothing, as far as these records say." not in said
    assert "TL6114 may have taken over from TL9374" in said
    assert said.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") == 2


def test_one_command_says_which_number_matters_most_to_a_group_and_why(tmp_path):
    said = " ".join(ocgnet("things", COUNTY, "--group", "OCG03", cwd=tmp_path).split())
    assert "1. In touch with 7 of 20 members of OCG03" in said
    assert "Nobody is recorded as its user" in said
    assert "by chance" in said


def test_a_table_for_programs_holds_what_was_asked_and_nothing_else(tmp_path):
    rows = json.loads(table("--view", "unattributed", "--group", "OCG03", "--format", "json", cwd=tmp_path))
    assert rows[0]["thing_id"] == "TL9735"
    every = list(csv.DictReader(io.StringIO(table("--view", "unattributed", "--format", "csv", cwd=tmp_path))))
    assert len(rows) == sum(r["ocg_id"] == "OCG03" or "OCG03" in r["other_groups"].split("|") for r in every)
    by_number = json.loads(table("--view", "unattributed", "--thing", "07700 900071", "--format", "json", cwd=tmp_path))
    assert {r["thing_id"] for r in by_number} == {"TL9735"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--with", "N0001"), "--person"),
        (("--format", "json"), "Name one table with --view"),
        (("--thing", "TL973"), "TL9735"),
    ],
)
def test_what_cannot_be_answered_is_said(words, says, tmp_path):
    assert says in ocgnet("things", COUNTY, *words, cwd=tmp_path, code=2)


def test_a_line_is_shown_before_and_after_side_by_side_and_reasons_left_away_are_counted(tmp_path):
    talon = COUNTY.parent / "case_studies" / "talon" / "records"
    said = " ".join(ocgnet("things", talon, "--view", "line-disruptions", cwd=tmp_path).split())
    assert "L1 D1 major 09/10/2018 28 69 35" in said
    assert "more row" not in said
    users = " ".join(ocgnet("things", talon, "--view", "line-users", cwd=tmp_path).split())
    assert "3. Recorded as user" in users
    assert "Reasons of 2 more rows: --format csv" in users
