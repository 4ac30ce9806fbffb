"""Killed at every system call that changes a file: the same command again ends as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import ready
from every_command import ROOT
from ocgnet.audit import log_of
from ocgnet.audit.read import acts
from ocgnet.casework.referral.refer import Referral, begun_before
from ocgnet.checks.check import read_dataset
from ocgnet.edit import Change, open_place
from ocgnet.errors import OutputError
from ocgnet.files.writing import refuse_strange
from ocgnet.store import LoadManifest, open_store

TINY = ROOT / "fixtures" / "tiny"
SCRIPT = Path(__file__).with_name("killed_at.py")


def killed_at_every_call(start: Path, scratch: Path, words: list[str], step: int = 1) -> tuple[dict, list[dict]]:
    """Return the run that nothing happened to, and all others; with a step only every so many calls."""
    told = [sys.executable, SCRIPT, start, scratch, json.dumps(words), str(step)]
    done = subprocess.run(told, capture_output=True, text=True, check=False, timeout=3600)
    assert not done.returncode, done.stderr
    whole, *killed = (json.loads(line) for line in done.stdout.splitlines())
    assert whole["first"] == 0, whole["said"]
    *killed, last = killed
    assert last["first"] == 0, "the last one was not killed any more"
    assert all(k["first"] is None for k in killed)
    return whole, killed


REFER = ["refer", "--kind", "mash", "--reason", "Gone again, and afraid.", "--by", "DC Test", "--on", "2019-03-31"]
BY = ["--by", "DC Test", "--reason", "Asked", "--on", "2019-03-31"]
FORM = {"form_ref": "F1", "submitted_on": "2019-03-30", "child_at_risk": "no", "title": "t", "text": "x",
        "sector": "health", "organisation": "o", "submitter": "s", "people": [{"name": "Aldric Fennick"}]}  # fmt: skip
ACTS = {
    "refer": [*REFER, "--out", "pack", "C2"],
    "outcome": ["referrals", "outcome", "C2", "accepted", "--why", "child in need plan", *BY],
    "intake": ["intake", "cpi", "f.json", "--by", "DC Test"],
    "confirm": ["intake", "confirm", "mine.csv", "--by", "DC Test"],
    "role": ["role", "set", "N01", "G1", "significant", *BY],
    "plan": ["plan", "add", "--group", "G1", "--strand", "prevent", "--action", "Youth worker sees him", *BY],
    "review": ["review", "done", "N01", "--until", "2031-01-01", *BY],
    "restrict": ["review", "restrict", "N01", "--because", "evidence", *BY],
    "erase": ["review", "erase", "N03", *BY],
}

# Where a pack is written or everything is searched through, every call takes minutes: here a part of them. With a step
# of 1 no referral into a folder, no erasure, no confirmation and no action of a plan ended otherwise.
STEPS = {("refer", "store"): 4, ("refer", "folder"): 2, ("erase", "store"): 3, ("erase", "folder"): 2,
         ("confirm", "store"): 2, ("confirm", "folder"): 2, ("restrict", "folder"): 2,
         ("outcome", "store"): 5, ("outcome", "folder"): 4, ("plan", "store"): 4, ("plan", "folder"): 4}  # fmt: skip


@pytest.mark.parametrize("where", ["folder", "store"])
@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_system_call_the_same_command_ends_as_if_nothing_had_happened(
    act: str, where: str, tmp_path: Path, tally
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "f.json").write_text(json.dumps({"form": "cpi", "reports": [FORM]}), encoding="utf-8")
    # The paper with the answers names people, and is no table from which an erasure takes them.
    shutil.copytree(TINY, start / "records", ignore=shutil.ignore_patterns("*.md"))
    if act == "erase":
        # A passage that somebody has to decide about.
        reports = start / "records" / "intel_reports.csv"
        text = reports.read_text(encoding="utf-8")
        assert "Sat together" in text
        reports.write_text(text.replace("Sat together", "JARMINGLE (Caddo) sat"), encoding="utf-8")
    if where == "folder":
        words = [*ACTS[act], "--folder", "records"]
    else:
        open_store(str(start / "s.duckdb")).write(read_dataset(start / "records")[0], LoadManifest((), "test"))
        shutil.rmtree(start / "records")
        words = [*ACTS[act], "--store", "s.duckdb"]
    if act == "confirm":
        ready.ocgnet(*ACTS["intake"], *words[-2:], cwd=start)
        asked = pd.read_csv(start / "candidates.csv", dtype=str)
        asked.assign(decision=["yes", "", ""][: len(asked)]).to_csv(start / "mine.csv", index=False)
    if act == "erase":
        words += ["--mentions", "list.csv"]
        ready.ocgnet(*words, cwd=start, code=2)
        asked = pd.read_csv(start / "list.csv", dtype=str)
        assert list(asked["passage"]) == ["JARMINGLE (Caddo"]
        asked.assign(decision="replace").to_csv(start / "list.csv", index=False)
    step = STEPS.get((act, where), 1)
    whole, killed = killed_at_every_call(start, tmp_path / "scratch", words, step)
    assert step * len(killed) > 10
    if act == "erase":
        assert "list.csv" not in whole["files"]
        assert b"JARMINGLE".hex() not in "".join(whole["files"].values())
    assert any(k["done"] for k in killed), "killed behind the last line of the log as well"
    for run in killed:
        where_killed = f"killed at call {run['kill_at']}: {run['said']}"
        assert run["second"] == 0, where_killed
        assert run["log"] == [], where_killed
        assert run["files"].keys() == whole["files"].keys(), where_killed
        for name, data in run["files"].items():
            if name.endswith(".duckdb"):
                assert records_in(data, tmp_path) == records_in(whole["files"][name], tmp_path), where_killed
            else:
                assert data == whole["files"][name], f"{name}, {where_killed}"
        tally["faults survived"] += 1
        tally["kill points"] += 1


def records_in(data: str, tmp_path: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of a store whose bytes are given in hexadecimal digits."""
    place = tmp_path / "look.duckdb"
    place.write_bytes(bytes.fromhex(data))
    return {name: table.to_pylist() for name, table in open_store(str(place)).read().tables.items()}


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


def test_only_the_same_act_that_came_to_no_end_is_finished(recorded, log_file, tmp_path: Path) -> None:
    dataset, referral = recorded
    today = Referral("C2", "mash", date(2019, 4, 1), "DC Test", "Afraid.")

    def found(asked: Referral, on: date | None):
        return begun_before(dataset, acts(log_file), asked, on, tmp_path / "pack")

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
