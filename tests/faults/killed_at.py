"""Runs a command again and again, killed at its first system call that changes a file, at its second, and so on."""

import importlib
import json
import os
import shutil
import sys
from pathlib import Path

import system_calls

from ocgnet.audit.verify import verify
from ocgnet.cli import main

# All that the commands need is fetched once, and each turn is a copy of this process.
for _name in (
    "audit.read", "casework.disclosure.pack_files", "casework.intake.form_checks", "casework.intake.form_files",
    "casework.intake.matching", "casework.intake.take_in", "casework.referral.refer", "cli.app", "cli.disclose",
    "cli.intake", "cli.review", "cli.rights", "edit.files", "edit.recorded_roles", "edit.stores", "retention.erase",
    "retention.restriction",
    "views.tables.problems",
):  # fmt: skip
    importlib.import_module(f"ocgnet.{_name}")


def turn(words: list[str], place: Path, kill_at: int) -> tuple[int | None, int]:
    """Run a command in a copy of this process; return its code, or None when it was killed, and the calls seen."""

    def command() -> int:
        os.chdir(place)
        os.environ["OCGNET_LOG"] = str(place.parent / "log" / "log.jsonl")
        said = os.open(place.parent / "said.txt", os.O_WRONLY)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.argv = ["ocgnet", *words]
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        sys.stdout.flush()
        return code

    (place.parent / "said.txt").write_bytes(b"")
    return system_calls.run(command, place.parent, kill_at)


def look(place: Path) -> dict[str, str]:
    # The empty file of a lock may stay until the next change; it says and stops nothing.
    files = (p for p in sorted(place.rglob("*")) if p.is_file() and (p.suffix != ".lock" or p.stat().st_size))
    return {p.relative_to(place).as_posix(): p.read_bytes().hex() for p in files}


def run(start: Path, scratch: Path, words: list[str], step: int) -> None:
    """Print one line of JSON for each point at which the command was killed and begun again."""
    kill_at = 0
    while True:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(start, scratch / "place")
        first, calls = turn(words, scratch / "place", kill_at)
        log = scratch / "log" / "log.jsonl"
        done = '"state":"done"' in log.read_text() if log.exists() else False
        second = turn(words, scratch / "place", 0)[0] if kill_at else None
        faults = [str(fault) for fault in verify(log).faults]
        report = {
            "log": faults,
            "kill_at": kill_at,
            "first": first,
            "done": done,
            "second": second,
            "files": look(scratch / "place"),
        }
        report["said"] = (scratch / "said.txt").read_text()
        report["calls"] = calls
        sys.stdout.write(json.dumps(report) + "\n")
        sys.stdout.flush()
        if kill_at and first is not None:
            break
        kill_at += step if kill_at else 1


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4]))
