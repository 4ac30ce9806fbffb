"""The house keeps its order: imports point down, rooms stay small, nothing names the world outside."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "ocgnet"
RANKS = (
    ("errors", "parallel", "visible"),
    ("model",),
    ("words",),
    ("dataset",),
    ("files", "harm"),
    ("settings",),
    ("days",),
    ("evidence",),
    ("sources", "results", "audit"),
    ("checks",),
    ("store",),
    ("edit",),
    ("queries",),
    ("network",),
    ("analysis",),
    ("main_job", "local_profile"),
    ("views",),
    ("casework", "retention"),
    ("cli", "api"),
)
RANK = {room: level for level, rooms in enumerate(RANKS) for room in rooms}
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.name != "__main__.py" and p != SOURCE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("ocgnet."):
            parts = node.module.split(".")
            found.update([parts[1]] if len(parts) > 1 else [n.name for n in node.names])
        elif isinstance(node, ast.Import):
            found.update(n.name.split(".")[1] for n in node.names if n.name.startswith("ocgnet."))
    return found - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    above = {other for other in imported(path) if other != room and RANK[other] >= RANK[room]}
    assert not above, f"{room} imports {above}, which stand beside or above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_room_is_one_room(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "misc", "manager", "common"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 700


def test_only_the_engine_knows_igraph() -> None:
    knows = {room_of(p) for p in MODULES if re.search(r"^\s*(import|from) igraph", p.read_text("utf-8"), re.MULTILINE)}
    assert knows == {"network"}


def test_analysis_reads_no_clock_no_file() -> None:
    for path in (SOURCE / "analysis").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bopen\(|datetime\.now|date\.today|time\.time|pathlib", text), path.name
