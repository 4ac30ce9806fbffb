"""Runs a command again and again, killed at its first rename, folder or line of the log, at its second, and so on."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

# All that the commands need is fetched once, and each turn is a copy of this process.
import ocgnet.amending.file_place
import ocgnet.amending.store_place
import ocgnet.casework.disclosure.pack_files
import ocgnet.casework.intake.form_checks
import ocgnet.casework.intake.form_files
import ocgnet.casework.intake.matching
import ocgnet.casework.intake.take_in
import ocgnet.casework.referral.refer
import ocgnet.cli.app  # noqa: F401
from ocgnet.cli import main

CHANGES = {"os.rename", "os.mkdir", "ctypes.dlsym"}
"""Steps after which another state may be found; the last one is how two folders change places."""


def turn(words: list[str], place: Path, kill_at: int) -> int | None:
    """Run a command in a copy of this process; return its code, or None when it was killed."""
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    os.chdir(place)
    os.environ["OCGNET_LOG"] = str(place.parent / "log" / "log.jsonl")
    said = os.open(place.parent / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    seen = 0

    def count(event: str, given: tuple) -> None:
        nonlocal seen
        changes = event in CHANGES or (event == "open" and given[2] & os.O_RDWR and ".jsonl" in str(given[0]))
        # A folder that is made sure of and stands already changes nothing: the next change finds the same state.
        if event == "os.mkdir" and os.path.isdir(given[0]):  # noqa: PTH112 (a Path would be seen again)
            changes = False
        seen += bool(changes)
        if seen == kill_at and changes:
            os.kill(os.getpid(), signal.SIGKILL)

    if kill_at:
        sys.addaudithook(count)
    sys.argv = ["ocgnet", *words]
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code or 0
    sys.stdout.flush()
    os._exit(code)


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
        first = turn(words, scratch / "place", kill_at)
        log = scratch / "log" / "log.jsonl"
        done = '"state":"done"' in log.read_text() if log.exists() else False
        second = turn(words, scratch / "place", 0) if kill_at else None
        report = {"kill_at": kill_at, "first": first, "done": done, "second": second, "files": look(scratch / "place")}
        report["said"] = (scratch / "said.txt").read_text()
        sys.stdout.write(json.dumps(report) + "\n")
        sys.stdout.flush()
        if kill_at and first is not None:
            break
        kill_at += step if kill_at else 1


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4]))
