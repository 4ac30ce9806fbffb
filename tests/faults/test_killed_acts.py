"""Killed at every change to the disk: the same command again ends as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from every_command import ROOT
from ocgnet.amending import Change, open_place
from ocgnet.audit import log_of
from ocgnet.audit.read import acts
from ocgnet.casework.referral.refer import Referral, begun_before
from ocgnet.checks.check import read_dataset
from ocgnet.errors import OutputError
from ocgnet.files.writing import refuse_strange

TINY = ROOT / "fixtures" / "tiny"
SCRIPT = Path(__file__).with_name("killed_at.py")


def killed_at_every_change(start: Path, scratch: Path, words: list[str], step: int = 1) -> tuple[dict, list[dict]]:
    """Return the run that nothing happened to, and all others; with a step only every so many changes."""
    told = [sys.executable, SCRIPT, start, scratch, json.dumps(words), str(step)]
    done = subprocess.run(told, capture_output=True, text=True, check=False, timeout=540)
    assert not done.returncode, done.stderr
    whole, *killed = (json.loads(line) for line in done.stdout.splitlines())
    assert whole["first"] == 0, whole["said"]
    *killed, last = killed
    assert last["first"] == 0, "the last one was not killed any more"
    assert all(k["first"] is None for k in killed)
    return whole, killed


REFER = ["refer", "--kind", "mash", "--reason", "Gone again, and afraid.", "--by", "DC Test", "--on", "2019-03-31"]


@pytest.mark.parametrize("where", ["folder", "store"])
def test_a_referral_killed_anywhere_is_on_record_once_and_has_its_pack(where: str, tmp_path: Path, tally) -> None:
    start = tmp_path / "start"
    if where == "folder":
        shutil.copytree(TINY, start / "records")
        words = [*REFER, "--out", "pack", "--folder", "records", "C2"]
    else:
        from ocgnet.store import LoadManifest, open_store

        start.mkdir()
        open_store(str(start / "s.duckdb")).write(read_dataset(TINY)[0], LoadManifest((), "test"))
        words = [*REFER, "--out", "pack", "--store", "s.duckdb", "C2"]
    whole, killed = killed_at_every_change(start, tmp_path / "scratch", words, 1 if where == "folder" else 2)
    assert len(killed) > 5
    assert "pack/referral.html" in whole["files"]
    before_record = after_record = 0
    for run in killed:
        where_killed = f"killed at change {run['kill_at']}: {run['said']}"
        if run["done"]:
            # Nothing was missing but the words on the terminal: it is not sent twice.
            assert run["second"] == 2, where_killed
            assert "Do not send it twice" in run["said"]
        else:
            assert run["second"] == 0, where_killed
        files, wanted = run["files"], whole["files"]
        assert files.keys() == wanted.keys(), where_killed
        for name in files:
            if name.endswith(".duckdb"):
                place = tmp_path / "look.duckdb"
                place.write_bytes(bytes.fromhex(files[name]))
                from ocgnet.store import open_store

                rows = [r for r in open_store(str(place)).read()["referrals"].to_pylist() if r["person_id"] == "C2"]
                assert [r["made_on"] for r in rows].count(date(2019, 3, 31)) == 1, where_killed
            else:
                assert files[name] == wanted[name], f"{name}, {where_killed}"
        tally["faults survived"] += 1
        before_record += not run["done"]
        after_record += run["done"]
    assert before_record > 3
    assert after_record or where == "store"


def test_an_intake_killed_anywhere_is_taken_in_once(tmp_path: Path, tally) -> None:
    start = tmp_path / "start"
    shutil.copytree(TINY, start / "records")
    report = {"form_ref": "F1", "submitted_on": "2019-03-30", "child_at_risk": "no", "title": "t", "text": "x",
              "sector": "health", "organisation": "o", "submitter": "s",
              "people": [{"name": "Aldric Fennick"}]}  # fmt: skip
    (start / "f.json").write_text(json.dumps({"form": "cpi", "reports": [report]}), encoding="utf-8")
    words = ["intake", "cpi", "f.json", "--folder", "records", "--by", "DC Test"]
    whole, killed = killed_at_every_change(start, tmp_path / "scratch", words)
    for run in killed:
        where_killed = f"killed at change {run['kill_at']}: {run['said']}"
        if run["second"]:
            assert "Confirm it first" in run["said"], where_killed
        assert run["files"] == whole["files"], where_killed
        tally["faults survived"] += 1


@pytest.fixture
def recorded(tmp_path: Path, log_file):
    """Give records with a referral whose command was broken off behind the record, and the referral."""
    records = shutil.copytree(TINY, tmp_path / "records")
    referral = Referral("C2", "mash", date(2019, 3, 31), "DC Test", "Afraid.")
    open_place(records).amend(Change(add={"referrals": [referral.row()]}))
    return read_dataset(records)[0], referral


def tell(referral: Referral, *, begins: bool, fails: bool = False, by: str = "DC Test") -> None:
    """Tell the log of an act as refer does."""
    with (
        suppress(OutputError),
        log_of().act("refer", people=[referral.person], by=by, recipient=referral.kind, reason="Afraid.") as act,
    ):
        if begins:
            act.begins(receipt="r1", on=referral.on.isoformat())
        if fails:
            refuse_strange(TINY)


def test_only_the_same_act_that_came_to_no_end_is_finished(recorded, log_file) -> None:
    dataset, referral = recorded
    today = Referral("C2", "mash", date(2019, 4, 1), "DC Test", "Afraid.")

    def found(asked: Referral, on: date | None):
        return begun_before(dataset, acts(log_file), asked, on)

    assert found(today, None) is None, "a referral that came with the records was sent by somebody"
    tell(referral, begins=False, fails=True)
    assert found(today, None) is None, "an act that was refused recorded nothing"
    tell(referral, begins=True, fails=True)
    for on in (None, referral.on):
        begun = found(today if on is None else referral, on)
        assert begun is not None
        assert begun.referral == referral, "past midnight it is the referral of the day before, not another one"
        assert begun.taken_from(dataset)["referrals"].num_rows == dataset["referrals"].num_rows - 1
    assert found(today, today.on) is None, "a day that was named is another referral"
    for other in (
        Referral("C2", "mash", today.on, "DC Other", "Afraid."),
        Referral("C2", "mash", today.on, "DC Test", "Afraid of him."),
        Referral("C1", "mash", today.on, "DC Test", "Afraid."),
        Referral("C2", "early_help", today.on, "DC Test", "Afraid."),
    ):
        assert found(other, None) is None
    tell(referral, begins=True)
    assert found(today, None) is None, "it was done"
