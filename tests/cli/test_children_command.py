"""The command about linked children: what a social worker reads, and what programs get."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocgnet.cli.analyse import TABLE, About
from ocgnet.cli.app import app
from ocgnet.errors import UsageError
from ocgnet.results import RESULT_TABLES

pytestmark = pytest.mark.long

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "safeguarding"


def run(*words: object) -> str:
    result = CliRunner().invoke(app, ["children", str(CASES), *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def flat(text: str) -> str:
    return " ".join(text.split())


def test_children_stand_by_band_with_reasons_and_what_to_find_out():
    text = flat(run())
    assert "8 children are linked to members of groups, 4 with a parent" in text
    assert "By what is known about the child: 3 at least urgent, 5 at least standard; it tells apart 15 of 28" in text
    assert "A child at risk goes to the multi-agency safeguarding hub (MASH) today" in text
    assert "C7 Hesta Skarnin, 11: the child at least standard, the adults at least standard" in text
    assert "family · C8; C9 (not linked to a group)" in text
    assert "could be · the child: one answer could make it urgent (CSE risk, CCE risk)" in text
    places = [text.index(f"{c} {n}") for c, n in (("C1", "Perdita"), ("C11", "Fennel"), ("C6", "Kaldo"),
              ("C10", "Brenna"), ("C2", "Naldo"), ("C3", "Cassia"), ("C7", "Hesta"), ("C8", "Dorelle"))]  # fmt: skip
    assert places == sorted(places)
    # A victim stands as a victim first.
    assert "C1 Perdita Alder, 15: the child at least urgent, the adults at least urgent why · Victim in 1 crime" in text
    assert text.startswith("OFFICIAL-SENSITIVE · SYNTHETIC DATA")
    assert text.endswith("OFFICIAL-SENSITIVE · SYNTHETIC DATA")


def test_fewer_children_are_said():
    text = flat(run("--rows", 5))
    assert "5 of 8 children." in text
    assert "Cassia" not in text


def test_the_list_for_programs_is_in_the_order_of_the_bands():
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv"))))
    place = {"urgent": 0, "high": 1, "standard": 2}
    keys = [(place[r["band_child"]], place[r["band_adults"]], r["child_id"]) for r in rows]
    assert keys == sorted(keys)
    assert "priority" not in rows[0]


def test_one_child_whole():
    text = flat(run("--child", "C11"))
    for said in (
        "C11 Fennel Sarvack, 17 years old",
        "About the child: at least urgent",
        "About the adults: at least standard",
        "Victim in 1 crime of exploitation.",
        "would leave urgent without: victim of crime (standard), earlier serious offences (high).",
        "1 not to be named",
        "On the prevent pathway: recruiting since 01/02/2019",
        "safeguarding first: whoever recruits at this age was most often recruited",
        "missing once in the period",
    ):
        assert said.lower() in text.lower()
    assert "R3" not in text
    assert "Perdita" not in text


@pytest.mark.parametrize("view", list(About))
def test_programs_get_whole_tables(view):
    rows = list(csv.DictReader(io.StringIO(run("--view", view.value, "--format", "csv"))))
    assert list(rows[0]) == [c.name for c in RESULT_TABLES[TABLE[view]]]
    assert len(json.loads(run("--view", view.value, "--format", "json"))) == len(rows)
    own = list(csv.DictReader(io.StringIO(run("--view", view.value, "--format", "csv", "--child", "C6"))))
    assert own == [r for r in rows if r["child_id"] == "C6"]
    assert own or view is About.ended


@pytest.mark.parametrize("view", list(About))
def test_every_view_fits_the_screen_and_carries_the_marking(view, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    text = run("--view", view.value)
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("OFFICIAL-SENSITIVE · SYNTHETIC DATA") >= 2


def test_views_without_a_child_say_what_they_add_up_to():
    missing = flat(run("--view", "missing"))
    assert "Places and companions that recur, over all these children." in missing
    assert "N4" in missing
    # Where a child was found is somebody's own words: it is counted, and printed nowhere.
    assert "station" not in missing
    assert "Victim of crime child 1 1 urgent to standard" in flat(run("--view", "sensitivity"))
    assert "How many of the linked children stood at each stage." in flat(run("--view", "pathway"))


def test_a_child_who_is_not_counted_is_told_why_by_id():
    text = flat(run("--child", "C4"))
    assert "C4 is not counted as a linked child in these records." in text
    assert (
        "Parent, N5 Wynne Halvack: was linked until 31/12/2018: the group was archived (N5 in G3). Record: "
        "family_links/N5/C4/parent."
    ) in text
    assert "goes to the multi-agency safeguarding hub (MASH) today, linked or not" in text
    # Turned 18 a week before the day.
    assert "N6 is 18 on 31/03/2019, so no child any more" in flat(run("--child", "N6"))
    # C9 went missing and is not linked: the list of those missing knows the child, and so does the page of the child.
    assert "no return is recorded" in flat(run("--child", "C9", "--view", "missing"))
    told = flat(run("--child", "C9"))
    assert "not a nominal on record" in told
    assert "No return is recorded from the episode of 30/03/2019" in told
    assert "4 with a parent, step-parent or guardian" in flat(run())
    assert "1 child was linked until a membership ended or a group was archived, and is not counted." in flat(run())


def test_a_child_of_parents_whose_review_is_overdue_stays_in_the_headline(tmp_path):
    records = tmp_path / "records"
    shutil.copytree(CASES, records, ignore=shutil.ignore_patterns("*.md"))
    lines = (records / "nominals.csv").read_text(encoding="utf-8").splitlines()
    late = [f"{line},{'review_due' if i == 0 else '2018-01-01'}" for i, line in enumerate(lines)]
    (records / "nominals.csv").write_text("\n".join(late) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["children", str(records)], catch_exceptions=False)
    assert result.exit_code == 0
    text = flat(result.stdout)
    assert "8 children are linked to members of groups, 4 with a parent" in text
    assert "4 of these hang on records that are overdue for review alone; a review not held drops no child." in text
    assert "verified; the parent's record is overdue for review since 01/01/2018" in text


def test_programs_that_ask_for_a_child_who_is_not_counted_are_told_why():
    with pytest.raises(UsageError, match="N5, parent: was linked until 2018-12-31: the group was archived"):
        run("--child", "C4", "--format", "csv")
    with pytest.raises(UsageError, match=r"no person C99 in these records, by id or by name\. Did you mean C9"):
        run("--child", "C99")


def test_own_rules_change_the_bands_and_wrong_ones_are_named(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("[child_bands]\nred = 9\namber = 4\ngreen = 0\n", encoding="utf-8")
    assert "1 at least red, 2 at least amber, 5 at least green" in flat(run("--rules", rules))
    rules.write_text("[child_points]\nvictm = 6\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"child_points\.victm: no such rule; did you mean victim\?"):
        run("--rules", rules)
