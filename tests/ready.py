"""The program, run in a copy of a process that has fetched beforehand all that commands need.

Starting Python and its libraries is most of what a short command costs. Tests that ask what a command says and writes
run it here. Tests of the program as it is installed, of the main job, of faults and of hostile records start it anew.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

LIBRARIES = (
    "duckdb", "igraph", "jinja2", "neo4j", "networkx", "pandas", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet",
    "python_calamine", "rapidfuzz", "scipy.sparse", "scipy.stats", "xlsxwriter",
)  # fmt: skip
"""What commands import when they need it."""
SECONDS = 300
_ready: subprocess.Popen[bytes] | None = None


def ocgnet(*words: object, cwd: Path | None = None, code: int = 0, **environment: str) -> str:
    """Run a command that ends with ``code``; return what it printed, and behind it what it said on the side."""
    done = run(*words, cwd=cwd, **environment)
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def run(*words: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this process's environment, as it is now and with what is named, and nothing to read."""
    global _ready  # noqa: PLW0603 (one for all tests of this process)
    if _ready is None or _ready.poll() is not None:
        _ready = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with tempfile.TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        job = {
            "words": [str(w) for w in words],
            "cwd": str(cwd or Path.cwd()),
            "environment": os.environ | environment,
            "out": str(out),
            "err": str(err),
        }
        assert _ready.stdin is not None
        assert _ready.stdout is not None
        _ready.stdin.write(json.dumps(job).encode() + b"\n")
        _ready.stdin.flush()
        if not select.select([_ready.stdout], [], [], SECONDS)[0]:
            end()
            raise TimeoutError(f"ocgnet {' '.join(job['words'])} does not end")
        code = int(_ready.stdout.readline())
        done = subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))
    assert "Traceback" not in done.stderr, done.stderr
    return done


def end() -> None:
    """Let the process go that stands ready, if there is one."""
    global _ready  # noqa: PLW0603 (as above)
    if _ready is not None:
        _ready.kill()
        _ready.communicate()
        _ready = None


def _fetch() -> None:
    import ocgnet

    for library in LIBRARIES:
        importlib.import_module(library)
    for module in pkgutil.walk_packages(ocgnet.__path__, "ocgnet."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _become(job: Mapping[str, object]) -> NoReturn:
    """Turn this copy into the command: its words, folder, environment and streams."""
    from ocgnet.cli import main

    for stream, where, how in (
        (0, os.devnull, os.O_RDONLY),
        (1, job["out"], os.O_WRONLY | os.O_CREAT),
        (2, job["err"], os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(str(where), how, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(str(job["cwd"]))
    sys.argv = ["ocgnet", *job["words"]]
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    # As Python ends, but for taking apart what was fetched, which is the work of half a second.
    threading._shutdown()
    atexit._run_exitfuncs()
    os._exit(code)


def _serve() -> None:
    """Run each command that is asked for, one after the other, and tell the code with which it ended."""
    asked, answer = os.fdopen(os.dup(0), "rb", buffering=0), os.dup(1)
    # What a copy prints before it has streams of its own must not be read as an answer.
    os.dup2(2, 1)
    _fetch()
    # What stands now is no garbage: copies that end need not look through it.
    gc.freeze()
    while line := asked.readline():
        with warnings.catch_warnings():
            # Libraries begin threads of their own that wait for work; a copy begins its own again.
            warnings.simplefilter("ignore", DeprecationWarning)
            copy = os.fork()
        if not copy:
            asked.close()
            os.close(answer)
            _become(json.loads(line))
        os.write(answer, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))


if __name__ == "__main__":
    _serve()
