"""Ctrl-C, at start-up or in the middle, ends with a sentence and leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OCGNET = Path(sys.executable).with_name("ocgnet")


@pytest.mark.parametrize("seconds", [0.5, 1.5, 3.0])
def test_ctrl_c(seconds: float, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [OCGNET, "analyse", ROOT / "fixtures" / "county", "--out", "out"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    left = [p.name for p in tmp_path.iterdir()]
    if running.returncode == 0:
        # A fast machine may have finished; then everything is there.
        assert left == ["out"]
    else:
        assert running.returncode == 130
        assert "Traceback" not in said
        assert "No file is half written" in said
        assert left == []
