"""Summaries set side by side: what they tell of single children, by an oracle and through the command."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.audit import log_path
from ocgnet.audit.given import Given, forget, given_before, giving, keyed_mark
from ocgnet.audit.read import acts
from ocgnet.casework.disclosure.differencing import refuse_near
from ocgnet.cli.app import app
from ocgnet.errors import LogError, OcgnetError, UsageError

SETS = st.lists(st.dictionaries(st.sampled_from("ABCDEFGH"), st.sampled_from("xy")), min_size=1, max_size=5)


def told_of(new: dict[str, str], others: list[dict[str, str]]) -> list[int]:
    """Of how many people each sum or difference of up to three summaries tells, worked one person at a time."""
    sizes = []
    for many in (1, 2):
        for chosen in combinations(others, many):
            for signs in ((-1,),) if many == 1 else ((-1, -1), (-1, 1), (1, -1)):
                left = Counter(new.items())
                for one, sign in zip(chosen, signs, strict=True):
                    for pair in one.items():
                        left[pair] += sign
                sizes.append(len({person for (person, _), n in left.items() if n}))
    return sizes


@settings(max_examples=150, deadline=None)
@given(SETS, st.integers(3, 5))
@example([{"A": "x"}, {}, {}, {}], 3)
def test_refused_is_what_tells_of_fewer_than_the_least_and_nothing_else(sets: list[dict[str, str]], least: int) -> None:
    new, *earlier = (Given(n, "2026-01-01", "partnership", people) for n, people in enumerate(sets))
    tells = any(0 < size < least for size in told_of(sets[0], sets[1:]))
    if not tells:
        refuse_near(new, earlier, least)
        return
    with pytest.raises(UsageError) as refusal:
        refuse_near(new, earlier, least)
    # The summaries that it names do tell of too few.
    named = [g for g in earlier if f"summary {g.number} of" in str(refusal.value)]
    assert any(0 < size < least for size in told_of(dict(new.people), [dict(g.people) for g in named]))


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty children of 14, twelve of them in Easter."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    lines = [f"KID{i:02},2005-01-01,{'Easter' if i < 12 else 'Wester'}" for i in range(20)]
    (folder / "children.csv").write_text("\n".join(["child_id,date_of_birth,district", *lines]) + "\n")
    (folder / "nominals.csv").write_text("nominal_id,name,date_of_birth\nN1,Ann Example,1980-01-01\n")
    (folder / "about.toml").write_text("synthetic = true\nas_of = 2019-03-31\nperiod_to = 2019-03-31\n")
    return folder


def asked(data: Path, out: str, *children: int, **more: str) -> str:
    words = ["disclose", str(data), "--to", "partnership", "--out", out, "--reason", "Plan services"]
    words += ["--children", ",".join(f"KID{i:02}" for i in children)]
    done = CliRunner().invoke(app, [*words, *(w for k, v in more.items() for w in (f"--{k}", v))])
    if isinstance(done.exception, OcgnetError):
        return str(done.exception)
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    return ""


def numbers(out: str) -> dict[str, str]:
    with (Path(out) / "tables" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        return {f"{r['breakdown']}: {r['category']}": r["children"] for r in csv.DictReader(file)}


def test_two_summaries_that_differ_by_one_child_do_not_both_leave(county: Path) -> None:
    assert asked(county, "all", *range(20)) == ""
    first = [act for act in acts(log_path()) if act.kind == "disclose"][-1]
    assert numbers("all")["all: children"] == "20"
    refusal = asked(county, "without", *range(19))
    assert f"summary {first.number} of the log" in refusal
    assert "partnership" in refusal
    assert "KID" not in refusal
    assert not Path("without").exists()
    # Five fewer tell of five; then a sixth would be told of by the two; the same again tells nothing.
    assert asked(county, "fifteen", *range(15)) == ""
    assert "would tell of fewer than 5" in asked(county, "fourteen", *range(14))
    assert asked(county, "again", *range(15)) == ""
    # Two halves whose sum lacks one child of the whole.
    assert asked(county, "half", *range(9)) == ""
    assert "and summary" in asked(county, "rest", *range(9, 19))


def test_one_child_counted_in_another_way_since_is_told_of_too(county: Path) -> None:
    assert asked(county, "before", *range(20)) == ""
    text = (county / "children.csv").read_text()
    (county / "children.csv").write_text(text.replace("KID00,2005-01-01,Easter", "KID00,2005-01-01,Wester"))
    assert "would tell of fewer than 5" in asked(county, "after", *range(20))


def test_what_is_kept_names_nobody_and_an_erasure_drops_it(county: Path) -> None:
    asked(county, "all", *range(20))
    file = log_path().with_name(f"{log_path().name}.given")
    assert file.stat().st_mode & 0o077 == 0
    key = bytes.fromhex(log_path().with_name(f"{log_path().name}.key").read_text())
    mark = keyed_mark("given", "KID19", key)
    assert mark in file.read_text()
    assert "KID" not in file.read_text()
    erased = CliRunner().invoke(
        app, ["review", "erase", "KID19", "--folder", str(county), "--by", "Officer", "--reason", "Retention is over"]
    )
    assert erased.exit_code == 0, erased.output
    assert mark not in file.read_text()
    # How many differ stays known: the nineteen who are left would give the erased child away.
    [kept] = given_before(log_path())
    assert len(kept.people) == 20
    assert "would tell of fewer than 5" in asked(county, "left", *range(19))


def test_a_summary_that_could_not_be_given_does_not_stand_in_the_way(county: Path) -> None:
    Path("blocked").write_text("somebody else's file")
    assert "blocked" in asked(county, "blocked", *range(20))
    assert given_before(log_path()) == ()
    assert asked(county, "nineteen", *range(19)) == ""
    assert len(given_before(log_path())) == 1


def test_the_threshold_and_the_base_are_settings(county: Path) -> None:
    Path("own.toml").write_text("least_shown = 10\nrounded_to = 1\n")
    assert asked(county, "all", *range(18), settings="own.toml") == ""
    assert numbers("all")["all: children"] == "18"
    assert numbers("all")["district: other districts"] == "18"
    assert "fewer than 10" in asked(county, "eleven", *range(11), settings="own.toml")


def test_a_damaged_file_stops_numbers_and_nothing_else(county: Path) -> None:
    asked(county, "all", *range(20))
    log_path().with_name(f"{log_path().name}.given").write_text('{"half')
    assert "no numbers leave without it" in asked(county, "more", *range(20))


def give_and_fail(log: Path) -> None:
    with giving(log, 1, date.today().isoformat(), "x", {"A": "1"}, lambda *_: None):
        assert len(given_before(log)) == 1
        raise ZeroDivisionError


def test_a_body_that_fails_takes_back_what_was_noted_and_forgetting_nobody_changes_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with pytest.raises(ZeroDivisionError):
        give_and_fail(log)
    assert given_before(log) == ()
    assert forget(log, "A") == 0
    log.with_name("log.jsonl.given").write_text(json.dumps([{"number": 1}]))
    with pytest.raises(LogError, match="cannot be read"):
        given_before(log)
