"""Every promise of SECURITY.md stands with tests that exist, with its limit and with its day."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from every_command import ROOT

HEADING = "| promise | test | limit | since |"


def test_each_promise_has_a_test_a_limit_and_a_day():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promised = text.partition("## What is promised")[2].partition("\n## ")[0]
    lines = promised.splitlines()
    headings = [line for line, below in pairwise(lines) if below.startswith("|---")]
    assert set(headings) == {HEADING}
    rows = [line for line in lines if line.startswith("|") and line not in headings and not line.startswith("|---")]
    assert len(rows) > len(headings)
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 4, row
        promise, tests, limit, since = cells
        assert promise
        assert limit, f"where does it end: {promise}"
        assert date.fromisoformat(since) >= date(2026, 11, 22), row
        named = re.findall(r"`([^`]+)`", tests)
        assert named, row
        for name in named:
            assert "def test_" in (ROOT / name).read_text(encoding="utf-8"), f"{name} holds nothing: {promise}"
