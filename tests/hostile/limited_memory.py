"""One command in a process of its own that gets six gigabytes at most and tells how many it took."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

LIMITED = """
import atexit, re, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (6_000_000_000, 6_000_000_000))

def peak():
    # Of this program alone: what the kernel tells a parent includes the parent's own memory before the fork.
    print("PEAK", re.search("VmHWM:\\s+([0-9]+)", open("/proc/self/status").read())[1], file=sys.stderr)

atexit.register(peak)
from ocgnet.cli import main
sys.argv[0] = "ocgnet"
main()
"""


def limited(*arguments: object, cwd: Path, seconds: float) -> tuple[int, str, float, float]:
    """Run a command; return its code, words, seconds and megabytes at most."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *map(str, arguments)],
        cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    said, _, peak = done.stderr.rpartition("PEAK ")
    return done.returncode, done.stdout + said, time.monotonic() - began, int(peak) / 1000
