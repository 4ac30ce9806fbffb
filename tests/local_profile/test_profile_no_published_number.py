"""No published figure stands in the code that computes a profile."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from published import ABSENT, published

SOURCE = Path(__file__).parents[2] / "src" / "ocgnet"
ROWS = published()
INNOCENT = {4.0, 6.0, 9.0, 10.0, 12.0}
"""Small whole numbers that code needs for counting; no figure can be told from them."""


EXPLAINED = {
    ("", 18.0): "the age of majority",
    ("analysis/concentration/chance.py", 16.0): "how many people an event is dealt to, and how dense a set is drawn",
    ("analysis/response/priority_measures.py", 31.0): "the days of the longest month",
    ("analysis/roles/resampling.py", 31.0): "a power of two",
    ("analysis/time/two_runs.py", 0.05): "a difference of percentiles worth a word",
    ("local_profile/referral_mechanism.py", 14.0): "limit of a band of ages",
    ("local_profile/referral_mechanism.py", 15.0): "limit of a band of ages",
    ("local_profile/referral_mechanism.py", 25.0): "limit of a band of ages",
}
"""Literals that equal a figure by accident: module (empty for all) and what the number is there."""


def modules() -> list[Path]:
    return sorted(p for room in ("local_profile", "analysis") for p in (SOURCE / room).rglob("*.py"))


def numbers_in(path: Path) -> set[float]:
    """Return the numeric literals of a module, docstrings apart, and those of its other texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    bare = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in described | bare:
            if isinstance(node.value, int | float) and not isinstance(node.value, bool):
                found.add(float(node.value))
            elif isinstance(node.value, str):
                found.update(float(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", node.value))
    return found


@pytest.mark.skipif(not ROWS, reason=ABSENT)
def test_no_published_figure_in_the_code() -> None:
    values = {float(r["value"]) for r in ROWS} - INNOCENT
    # A share may be written as a percentage.
    values |= {round(100 * v, 6) for v in values if 0 < v < 1} - INNOCENT - {1.0, 5.0}
    assert len(values) > 60
    assert {p.relative_to(SOURCE).parts[0] for p in modules()} == {"local_profile", "analysis"}
    found = {(str(p.relative_to(SOURCE)), v) for p in modules() for v in numbers_in(p) & values}
    assert {(p, v) for p, v in found if (p, v) not in EXPLAINED and ("", v) not in EXPLAINED} == set()
    assert {key for key in EXPLAINED if key[0]} <= found, "an explanation that is no longer needed"


def test_the_scan_sees_a_planted_number(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('"""Doc 24437456."""\nX = 24437456\nY = "share 0.31 of harm"\n', encoding="utf-8")
    assert {24437456.0, 0.31} <= numbers_in(planted)
    planted.write_text(
        '"""Doc 24437456."""\n\n\ndef f() -> int:\n    """Return 38."""\n    return 7\n', encoding="utf-8"
    )
    assert numbers_in(planted) == {7.0}
