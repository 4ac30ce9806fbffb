"""A disk that fills up while a command writes: one sentence, exit code 1, and everything is as it was."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from every_command import LAUNCH, ROOT
from installed import missing

TINY, COUNTY = ROOT / "fixtures" / "tiny", ROOT / "fixtures" / "county"

LOOK = """
import hashlib, json, pathlib
print("LOOK", json.dumps({str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(pathlib.Path().rglob("*"))
                          if p.is_file()}))
"""


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory):
    """Give a function that runs commands on a disk of some kilobytes; where none can be made, skip or fail."""
    words = ["unshare", "--mount"] if not os.getuid() else ["unshare", "--map-root-user", "--mount"]
    place = tmp_path_factory.mktemp("disk")
    probe = [*words, "sh", "-c", f"mount -t tmpfs -o size=64k none {shlex.quote(str(place))}"]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True, check=False).returncode:
        missing("No small disk can be mounted here: it needs Linux and the right to make a mount namespace.")

    def run(kilobytes: int, commands: list[tuple[object, ...]], log: str) -> list[tuple[int, str, dict[str, str]]]:
        """Run commands one after the other; return code, words and files after each."""
        python = shlex.quote(sys.executable)
        script = [
            f"mount -t tmpfs -o size={kilobytes}k,mode=700 none {shlex.quote(str(place))}",
            f"cd {shlex.quote(str(place))}",
        ]
        for command in commands:
            line = " ".join(shlex.quote(str(w)) for w in command)
            launch = line if command[0] in ("cp", "dd", "rm") else f"{python} -c {shlex.quote(LAUNCH)} {line}"
            script += [f"{launch} 2>&1; echo CODE $?", f"{python} -c {shlex.quote(LOOK)}", "echo NEXT"]
        done = subprocess.run(
            [*words, "sh", "-c", "\n".join(script)], capture_output=True, text=True, timeout=300, check=False,
            env=os.environ | {"OCGNET_LOG": log, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        found = []
        for part in done.stdout.split("NEXT\n")[:-1]:
            said, _, rest = part.rpartition("CODE ")
            code, _, look = rest.partition("LOOK ")
            found.append((int(code), said, json.loads(look)))
        assert len(found) == len(commands), done.stdout + done.stderr
        return found

    return run


CASES: dict[str, tuple[int, tuple[object, ...]]] = {
    # kilobytes of the disk, and the command
    "load": (700, ("load", COUNTY, "--store", "s.duckdb")),
    "load with hardly any room": (40, ("load", TINY, "--store", "s.duckdb")),
    "analyse": (600, ("analyse", TINY, "--out", "out")),
    "analyse with hardly any room": (40, ("analyse", TINY, "--out", "out")),
    "network": (300, ("network", TINY, "--out", "chart.html")),
    "profile": (100, ("profile", TINY, "--out", "profile")),
    "disclose": (12, ("disclose", "--to", "childrens-services", "--children", "C1,C2", "--out", "pack", "--reason", "x",
                      "--folder", TINY)),
    "template": (40, ("template", "new")),
    "synthesise": (700, ("synthesise", "ocgs", "--out", "county")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_command_on_a_full_disk_leaves_nothing(case: str, small_disk, tmp_path: Path, tally) -> None:
    kilobytes, command = CASES[case]
    [(code, said, files)] = small_disk(kilobytes, [command], str(tmp_path / "log.jsonl"))
    assert code == 1, said
    assert "Traceback" not in said
    assert "space" in said, said
    assert set(files) <= {"rejects.csv", "rejects.csv.marking.txt"}
    tally["faults survived"] += 1


def test_what_stood_there_before_stays(small_disk, tmp_path: Path, tally) -> None:
    """A store and results that fit; then larger ones that do not."""
    fill = ("dd", "if=/dev/zero", "of=filler", "bs=1024", "count=100000")
    found = small_disk(
        24_000,
        [
            ("load", TINY, "--store", "s.duckdb"),
            ("analyse", TINY, "--out", "out"),
            fill,
            ("load", COUNTY, "--store", "s.duckdb", "--replace"),
            ("analyse", COUNTY, "--out", "out"),
            ("rm", "filler"),
            ("analyse", "--store", "s.duckdb", "--out", "again"),
        ],
        str(tmp_path / "log.jsonl"),
    )
    assert [code for code, _, _ in found[:2]] == [0, 0], found[0][1] + found[1][1]
    before = found[1][2]
    for code, said, files in (found[3], found[4]):
        assert code == 1, said
        assert "Traceback" not in said
        files.pop("filler")
        assert {k: v for k, v in files.items() if "rejects" not in k} == {
            k: v for k, v in before.items() if "rejects" not in k
        }
        tally["faults survived"] += 1
    code, said, files = found[6]
    assert code == 0, said
    for name in ("tables/roles.csv", "tables/ties.csv", "report.html"):
        assert files[f"again/{name}"] == before[f"out/{name}"], "the records in the store are the ones loaded first"


def test_without_room_for_the_log_nothing_is_done(small_disk, tmp_path: Path, tally) -> None:
    found = small_disk(
        60,
        [("dd", "if=/dev/zero", "of=filler", "bs=1024", "count=100000"), ("roles", TINY, "--format", "csv"),
         ("load", TINY, "--store", str(tmp_path / "s.duckdb"))],
        "log/log.jsonl",
    )  # fmt: skip
    for code, said, _ in found[1:]:
        assert code == 1, said
        assert "Traceback" not in said
        assert "N01" not in said, "nothing of the records is shown that could not be logged"
        tally["faults survived"] += 1
    assert not (tmp_path / "s.duckdb").exists()


def test_printing_to_a_full_disk_is_one_sentence(tmp_path: Path, log_file, tally) -> None:
    for words in (("roles", TINY, "--format", "csv"), ("check", TINY), ("query", "--list")):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-c", LAUNCH, *map(str, words)],
                cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "No space left" in done.stderr
        tally["faults survived"] += 1
