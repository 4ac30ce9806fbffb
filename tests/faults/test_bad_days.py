"""A clock that jumps, a folder one may not write to, links in the way, records that change: said, and nothing lost."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from fault_records import exported

from every_command import LAUNCH, ROOT, ocgnet

TINY = ROOT / "fixtures" / "tiny"

BACKWARDS = """
import datetime, sys, time
from ocgnet.audit import chain
real, begun = datetime.datetime, time.time()

class Jumping(real):
    turns = 0

    @classmethod
    def now(cls, tz=None):
        # Each look at the clock is a year before the last.
        cls.turns += 1
        return real.fromtimestamp(begun - cls.turns * 31_536_000 - {offset}, tz)

chain.datetime = Jumping
time.time = lambda: Jumping.now().timestamp()
from ocgnet.cli import main
sys.argv[0] = "ocgnet"
main()
"""


def backwards(offset: int, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BACKWARDS.replace("{offset}", str(offset)), *map(str, words)],
        cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_clock_that_jumps_back_changes_no_result_and_breaks_no_log(tmp_path: Path, log_file, tally) -> None:
    assert ocgnet("load", TINY, "--store", "now.duckdb", cwd=tmp_path).code == 0
    assert ocgnet("analyse", TINY, "--out", "now", cwd=tmp_path).code == 0
    for offset, words in enumerate((("load", TINY, "--store", "then.duckdb"), ("analyse", TINY, "--out", "then"))):
        done = backwards(offset * 10**7, *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        tally["faults survived"] += 1
    assert exported(str(tmp_path / "now.duckdb")) == exported(str(tmp_path / "then.duckdb"))
    for path in (tmp_path / "now").rglob("*"):
        if path.is_file() and path.name != "run.json":
            assert (tmp_path / "then" / path.relative_to(tmp_path / "now")).read_bytes() == path.read_bytes(), path.name
    verdict = ocgnet("log verify", cwd=tmp_path)
    assert verdict.code == 0, verdict.out
    shown = ocgnet("log show", "--format", "csv", cwd=tmp_path).out
    assert shown.count("\n") >= 5, "every act of a wrong clock is in the log"


@pytest.fixture
def read_only(tmp_path: Path):
    """Give a folder in which one may look and not write, and what makes that true for the superuser as well."""
    place = tmp_path / "place"
    shutil.copytree(TINY, place / "records")
    for path in (*place.rglob("*"), place):
        path.chmod(0o555 if path.is_dir() else 0o444)
    call = ctypes.CDLL(None, use_errno=True).prctl

    def without_rights() -> None:
        for right in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
            call(24, right, 0, 0, 0)  # PR_CAPBSET_DROP

    yield place, without_rights if not os.getuid() else None
    for path in (place, *place.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize(
    "words",
    [
        ("load", "records", "--store", "s.duckdb"),
        ("analyse", "records", "--out", "out"),
        ("network", "records", "--out", "chart.html"),
        ("profile", "records", "--out", "profile"),
        ("template", "new"),
        ("check", "records"),
        ("role", "set", "--folder", "records", "--by", "x", "--reason", "y", "N01", "G1", "peripheral"),
    ],
    ids=lambda w: w[0],
)
def test_a_folder_one_may_only_read(words: tuple[str, ...], read_only, log_file, tally) -> None:
    place, without_rights = read_only
    before = {str(p): p.read_bytes() for p in place.rglob("*") if p.is_file()}
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *words],
        cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, preexec_fn=without_rights,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "ermission" in done.stderr or "may not" in done.stderr, done.stderr
    assert {str(p): p.read_bytes() for p in place.rglob("*") if p.is_file()} == before
    tally["faults survived"] += 1


_TO_A_FILE = [
    ("load", TINY, "--store", "at.duckdb"),
    ("network", TINY, "--out", "at.html"),
    ("check", TINY, "--rejects", "at.csv"),
    ("log", "export", "at.csv"),
]
_STRANGE = ["link", "dangling link", "folder", "pipe"]


# A device has no ending, and load and log refuse the ending of a name before they look at the place.
@pytest.mark.parametrize(
    ("words", "kind"),
    [*product(_TO_A_FILE, _STRANGE), *product(_TO_A_FILE[1:3], ["device"])],
    ids=lambda given: given if isinstance(given, str) else given[0],
)
def test_a_link_folder_or_device_where_a_file_should_go(kind, words, tmp_path: Path, log_file, tally) -> None:
    place = tmp_path / Path(str(words[-1])).name
    target = tmp_path / "target"
    target.write_text("mine")
    if kind == "link":
        place.symlink_to(target)
    elif kind == "dangling link":
        place.symlink_to(tmp_path / "nowhere")
    elif kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place = Path("/dev/null")
        words = (*words[:-1], place)
    done = ocgnet(str(words[0]), *words[1:], cwd=tmp_path, seconds=60)
    assert done.code in (1, 2), done.err
    assert "Traceback" not in done.err
    assert place.name in done.err or str(place) in done.err
    assert target.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()
    assert Path("/dev/null").is_char_device()
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    tally["faults survived"] += 1


@pytest.mark.parametrize("what", ["a link to results", "a link inside", "a linked table", "somebody's file"])
def test_a_folder_of_results_that_is_not_only_ours(what: str, tmp_path: Path, log_file, tally) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "run.json").write_text("mine")
    out = tmp_path / "out"
    if what == "a link to results":
        out.symlink_to(tmp_path / "mine")
    else:
        out.mkdir()
        if what == "a link inside":
            (out / "tables").symlink_to(tmp_path / "mine")
        elif what == "a linked table":
            (out / "run.json").symlink_to(tmp_path / "mine" / "run.json")
        else:
            (out / "notes.txt").write_text("mine")
    done = ocgnet("analyse", TINY, "--out", "out", cwd=tmp_path)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert (tmp_path / "mine" / "run.json").read_text() == "mine"
    assert (out / "notes.txt").exists() == (what == "somebody's file")
    tally["faults survived"] += 1


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, log_file, tally) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, "roles", str(ROOT / "fixtures" / "county"), "--format", "csv"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout is not None
    running.stdout.read(10)
    running.stdout.close()
    assert running.stderr is not None
    said = running.stderr.read()
    running.stderr.close()
    assert running.wait(60) == 0
    assert b"Traceback" not in said
    assert b"Broken" not in said
    tally["faults survived"] += 1
