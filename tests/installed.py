"""The installed program, run as a process of its own, and what is said where a real part is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

OCGNET = Path(sys.executable).with_name("ocgnet")


def ocgnet(*words: object, cwd: Path | None = None, code: int = 0) -> str:
    """Run a command that ends with ``code``; return what it printed, and behind it what it said on the side."""
    done = subprocess.run(
        [OCGNET, *map(str, words)], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def missing(reason: str) -> NoReturn:
    """Skip for want of a real part; where CI=true fail, because there it has to be."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
