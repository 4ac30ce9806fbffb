"""Ctrl-C at any moment of any command ends with one sentence and leaves nothing half done."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from every_command import LAUNCH, ROOT, ocgnet
from ocgnet.store.duckdb_open import connect

TINY = ROOT / "fixtures" / "tiny"
COUNTY = ROOT / "fixtures" / "county"

COMMANDS: dict[str, tuple[object, ...]] = {
    "template": ("template", "new"),
    "check": ("check", COUNTY),
    "load": ("load", COUNTY, "--store", "new.duckdb"),
    "analyse": ("analyse", TINY, "--out", "new"),
    "network": ("network", TINY, "--out", "new.html"),
    "profile": ("profile", TINY, "--out", "new"),
    "roles": ("roles", TINY),
    "children": ("children", TINY),
    "compare": ("compare", "run", "run", "--out", "new.csv"),
    "disclose": ("disclose", "--to", "childrens-services", "--children", "C1", "--out", "new", "--reason", "x",
                 "--folder", TINY),
    "role set": ("role", "set", "--folder", "records", "--by", "x", "--reason", "y", "N01", "G1", "peripheral"),
    "review due": ("review", "due", "--folder", TINY),
    "synthesise ocgs": ("synthesise", "ocgs", "--out", "new"),
    "log export": ("log", "export", "new.json"),
}  # fmt: skip
"""Each with what it would make called new, so that one rule holds for all: whole or not at all."""

LISTS = {"rejects.csv", "rejects.csv.marking.txt"}
"""Written as soon as the records are checked."""

SAID = "Stopped. No file is half written"


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("run")
    assert ocgnet("analyse", TINY, "--out", "run", cwd=place, environment={"OCGNET_LOG": str(place / "log")}).code == 0
    return place / "run"


def everything(place: Path) -> dict[str, bytes]:
    return {str(p.relative_to(place)): p.read_bytes() for p in place.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c(name: str, run: Path, tmp_path: Path, log_file, tally) -> None:
    shutil.copytree(run, tmp_path / "run")
    shutil.copytree(TINY, tmp_path / "records")
    before = everything(tmp_path)
    whole = tmp_path / "whole"
    shutil.copytree(tmp_path, whole, ignore=shutil.ignore_patterns("whole"))
    began = time.monotonic()
    uninterrupted = ocgnet(name, *COMMANDS[name][len(name.split()) :], cwd=whole)
    seconds = time.monotonic() - began
    assert uninterrupted.code == 0, uninterrupted.err
    made = everything(whole).keys() - before.keys()
    shutil.rmtree(whole)
    stopped = spoken = 0
    # The same moments on every run; the first falls into the start of Python itself.
    moments = random.Random(name)
    for moment in (0.08, *(moments.uniform(0.2, 1.0) * seconds for _ in range(2))):
        place = tmp_path / f"at-{moment:.3f}"
        place.mkdir()
        for folder in ("run", "records"):
            shutil.copytree(tmp_path / folder, place / folder)
        running = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, COMMANDS[name])],
            cwd=place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(moment)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        after = everything(place)
        if running.returncode == 0:
            assert after.keys() - before.keys() == made
        else:
            stopped += 1
            new = after.keys() - before.keys() - LISTS
            assert new in (set(), made - LISTS), "half of what the command makes"
            assert "ocgnet/" not in said.partition("Traceback")[2], "the program itself was reached, and has to speak"
            # While Python starts, and again while it ends, no program can say anything.
            if running.returncode == 130:
                spoken += 1
                assert SAID in said
            else:
                assert running.returncode in (1, -signal.SIGINT), said
        tally["faults survived"] += 1
    assert stopped
    assert spoken or name not in ("check", "load", "analyse", "profile"), "these take long enough to be stopped at work"
    assert ocgnet("log verify", cwd=tmp_path).code == 0


AT_LOADING = """
import os, signal, sys
def stop(frame, event, _):
    if event != "call" or not frame.f_code.co_filename.endswith("enum.py"):
        return
    while frame is not None and not frame.f_code.co_filename.endswith("duckdb/__init__.py"):
        frame = frame.f_back
    if frame is not None:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)
sys.setprofile(stop)
"""


def test_ctrl_c_while_a_compiled_module_is_loaded(tmp_path: Path, tally) -> None:
    """DuckDB's own module aborts the process on any error in what it calls while it is loaded (exit code 134)."""
    done = subprocess.run(
        [sys.executable, "-c", AT_LOADING + LAUNCH, "check", str(COUNTY)],
        cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, SAID in done.stderr) == (130, True), done.stderr
    tally["faults survived"] += 1


def endless() -> None:
    """Keep the database at work for minutes."""
    with connect(":memory:") as db:
        db.execute("SELECT count(*) FROM range(10000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 3").fetchall()


def test_the_database_at_work_is_stopped_as_everything_else(tally) -> None:
    """DuckDB has its own answer to Ctrl-C, which would else be a traceback."""
    timer = threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        endless()
    tally["faults survived"] += 1
