"""A recorded role changes one at a time, by a person, with its history kept."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.audit.read import acts
from ocgnet.checks.check import check
from ocgnet.edit.recorded_roles import NOT_ASSESSED, role_change, roles_held
from ocgnet.errors import UsageError
from ocgnet.model.columns import ROLES
from ready import ocgnet
from whole_change import changed_dataset

pytestmark = pytest.mark.long

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
DATASET = check(TINY).dataset
DAY = date(2019, 3, 31)


def test_the_old_row_is_closed_and_a_new_one_begins(tmp_path, log_file):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    before = (place / "memberships.csv").read_text(encoding="utf-8").splitlines()
    said = ocgnet("role", "set", "N01", "G1", "significant", "--by", "DI A", "--reason", "Replaced by N03",
                  "--folder", place, "--on", "31/03/2019")  # fmt: skip
    assert said == "N01 is recorded as significant in G1 from 31/03/2019, judged by DI A; until then principal.\n"
    after = (place / "memberships.csv").read_text(encoding="utf-8").splitlines()
    assert after[1] == before[1].replace("2016-02-01,,", "2016-02-01,2019-03-30,")
    assert after[2:] == [*before[2:], "N01,G1,significant,2019-03-31,,DI A,2019-03-31"]
    for file in TINY.iterdir():
        if file.name != "memberships.csv":
            assert (place / file.name).read_bytes() == file.read_bytes()
    (act,) = acts(log_file)
    assert (act.kind, act.by, act.reason, act.people, act.end) == ("role", "DI A", "Replaced by N03", {"N01"}, "done")
    assert act.facts == {
        "nominal": "N01", "ocg": "G1", "before": "principal", "after": "significant", "holds_from": "2019-03-31",
    }  # fmt: skip
    shown = ocgnet("role", "show", "N01", "--folder", place)
    assert "G1  principal    from 01/02/2016 to 30/03/2019, judged by Analyst A on 01/03/2016\n" in shown
    assert "G1  significant  from 31/03/2019 until now, judged by DI A on 31/03/2019: Replaced by N03\n" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("N99", "G1", "principal"), "no nominal N99"),
        (("N01", "G9", "principal"), "no group G9"),
        (("N01", "G1", "boss"), "is no role"),
        (("N01", "G1", "principal"), "principal already"),
        (("N02", "G3", "principal"), "not recorded as a member of G3"),
        (("N01", "G1", "peripheral", "--on", "2016-02-01"), "is not after that"),
        (("N01", "G1", "peripheral", "--on", "2999-01-01"), "lies ahead"),
        (("N01", "G1", "peripheral", "--reason", " "), "Say why"),
        (("N01", "G1", "peripheral", "--by", " "), "Say who"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(tmp_path, words, says):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    given = list(words)
    for option, value in (("--by", "DI A"), ("--reason", "why")):
        if option not in given:
            given += [option, value]
    assert says in ocgnet("role", "set", *given, "--folder", place, code=2)
    assert (place / "memberships.csv").read_bytes() == (TINY / "memberships.csv").read_bytes()


@pytest.mark.parametrize("option", ["--by", "--reason"])
def test_author_and_reason_are_needed(tmp_path, option):
    words = {"--by": "DI A", "--reason": "why"}
    words.pop(option)
    ocgnet("role", "set", "N01", "G1", "peripheral", *[w for pair in words.items() for w in pair], "--folder", TINY,
           code=2)  # fmt: skip


def test_no_command_takes_several_roles_at_once():
    shown = ocgnet("role", "set", "--help")
    assert "[RECORDS] {NOMINAL} {OCG} {role}\n" in re.sub(" +\n", "\n", shown)
    assert not {"--all", "--file", "--accept", "--suggested"} & set(re.findall("--[a-z-]+", shown))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_day_has_exactly_the_role_that_was_recorded_for_it(data):
    dataset = DATASET
    recorded = [(date(2016, 2, 1), "principal")]
    days = data.draw(st.lists(st.dates(date(2016, 2, 2), DAY), min_size=1, max_size=5, unique=True).map(sorted))
    for day in days:
        role = data.draw(st.sampled_from([*ROLES, NOT_ASSESSED]).filter(lambda r: r != recorded[-1][1]))
        _, change = role_change(dataset, "N01", "G1", role, "DI A", day)
        dataset = changed_dataset(dataset, change)
        recorded.append((day, role))
    held = [h for h in roles_held(dataset, "N01") if h.ocg_id == "G1"]
    assert [(h.from_date, h.role) for h in held] == recorded
    asked = data.draw(st.dates(date(2016, 2, 1), DAY))
    on_that_day = [h.role for h in held if h.from_date <= asked and (h.to_date is None or asked <= h.to_date)]
    assert on_that_day == [[role for day, role in recorded if day <= asked][-1]]


def test_a_member_who_left_has_no_role_to_change():
    with pytest.raises(UsageError, match=r"left G3 on 2018-09-30"):
        role_change(DATASET, "N07", "G3", "principal", "DI A", DAY)


def test_a_suggestion_never_becomes_a_recorded_role(tmp_path):
    place = shutil.copytree(TINY, tmp_path / "tiny")
    ocgnet("analyse", place, "--out", tmp_path / "out")
    text = (tmp_path / "out" / "tables" / "roles.csv").read_text(encoding="utf-8")
    roles = list(csv.DictReader(text.splitlines()))
    assert any(r["suggested_role"] not in ("", r["recorded_role"]) for r in roles)
    assert (place / "memberships.csv").read_bytes() == (TINY / "memberships.csv").read_bytes()
