"""Several benchmarks are named in one line, and each gets its own words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.__main__ import EVERY, asked

ROOT = Path(__file__).parent.parent


def test_words_go_to_the_benchmark_before_them() -> None:
    assert asked(["scale", "recovery"]) == [("scale", []), ("recovery", [])]
    assert asked(["chart", "build", "frames", "scale", "1000", "sampled"]) == [
        ("chart", ["build", "frames"]),
        ("scale", ["1000", "sampled"]),
    ]
    assert [name for name, _ in asked([])] == EVERY
    with pytest.raises(SystemExit, match="1000 is no benchmark"):
        asked(["1000", "scale"])


def test_every_benchmark_can_be_run_by_name_and_what_they_share_is_none() -> None:
    files = {p.stem for p in (ROOT / "benchmarks").glob("*.py")}
    assert files - set(EVERY) == {"__init__", "__main__", "planted"}


def test_two_that_are_named_both_run(tmp_path: Path) -> None:
    """The second one's name was once read as a number by the first; a folder without networks is soon done."""
    words = ["leaders", str(tmp_path), "1", "recovery", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("==")] == [
        f"== leaders {tmp_path} 1",
        "== recovery 1",
    ]
    assert "Leader AUC by share missing" in done.stdout
