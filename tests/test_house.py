"""The house keeps its order: imports point down, rooms stay small, nothing names the world outside."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import ocgnet

SOURCE = Path(__file__).parent.parent / "src" / "ocgnet"
RANKS = (
    ("clocks", "english", "errors", "notation", "parallel", "spelling", "visible"),
    ("model",),
    ("words",),
    ("dataset",),
    ("files", "harm"),
    ("limits",),
    ("settings",),
    ("days",),
    ("evidence",),
    ("sources", "results", "audit"),
    ("checks",),
    ("importing",),
    ("store",),
    ("edit",),
    ("queries",),
    ("network",),
    ("analysis",),
    ("things_job",),
    ("main_job", "local_profile"),
    ("views",),
    ("casework", "retention"),
    ("cli", "api"),
)
RANK = {room: level for level, rooms in enumerate(RANKS) for room in rooms}
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.name != "__main__.py" and p != SOURCE / "__init__.py")
SUBJECTS = {"ocgnet.cli", "ocgnet.views.words", "ocgnet.views.svg"}
"""Packages that have one module a subject, under the subject's own name: it stands in the subject's package too."""


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


def named(source: Path) -> dict[str, Path]:
    """Every module below a folder by its dotted name, packages by theirs."""
    paths = sorted(source.rglob("*.py"))
    return {".".join(p.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): p for p in paths}


def modules_imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Modules that a file imports anywhere: at its head, in a function, behind TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by dots; write the name out"
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield from (m for m in (inner if inner in modules else node.module,) if m in modules)


def circles(modules: dict[str, Path]) -> list[set[str]]:
    """Sets of modules that import each other in a round.

    A package is its ``__init__``: importing a module of it is no import of what the package hands on. The top of
    an import package, which hands everything on when it is asked, stands outside.
    """
    graph = nx.DiGraph()
    for name, path in modules.items():
        graph.add_edges_from((name, other) for other in modules_imported(path, modules) if "." in name and "." in other)
    rounds = [set(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    return sorted(rounds + [{name} for name in nx.nodes_with_selfloops(graph)], key=sorted)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    above = {other for other in imported(path) if other != room and RANK[other] >= RANK[room]}
    assert not above, f"{room} imports {above}, which stand beside or above it"


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(named(SOURCE.parent)) == []


def test_a_circle_is_seen_wherever_the_import_stands(tmp_path: Path) -> None:
    package = tmp_path / "house" / "room"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from house.room.one import f\n")
    (package / "one.py").write_text("def f():\n    from house.room import two\n")
    (package / "two.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.room.one\n")
    (package / "three.py").write_text("import house.room.one\nfrom house.room.two import x\n")
    assert circles(named(tmp_path)) == [{"house.room.one", "house.room.two"}]
    (package / "two.py").write_text("from house.room import f\n")
    assert circles(named(tmp_path)) == [{"house.room", "house.room.one", "house.room.two"}]
    (package / "two.py").write_text("x = 1\n")
    assert circles(named(tmp_path)) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_room_is_one_room(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "misc", "manager", "common"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 700


def test_a_module_name_stands_in_two_packages_at_most() -> None:
    packages = defaultdict(set)
    for name, path in named(SOURCE).items():
        package = f"ocgnet.{name}".rpartition(".")[0]
        if path.name not in {"__init__.py", "__main__.py"} and package not in SUBJECTS:
            packages[path.stem].add(package)
    assert {name: where for name, where in packages.items() if len(where) > 2} == {}


def test_no_room_hides_a_public_name() -> None:
    """A module under the package replaces, once imported, what the package offers under the same name."""
    script = """
import importlib, inspect, pkgutil, random, sys
import ocgnet
names = [m.name for m in pkgutil.walk_packages(ocgnet.__path__, "ocgnet.") if not m.name.endswith("__main__")]
random.Random(sys.argv[1]).shuffle(names)
for name in names:
    importlib.import_module(name)
print(*(n for n in ocgnet.__all__ if not callable(getattr(ocgnet, n)) and n != "errors"))
"""
    for seed in "123":
        done = subprocess.run([sys.executable, "-c", script, seed], capture_output=True, text=True, check=True)
        assert done.stdout.split() == []
    tops = {p.stem for p in SOURCE.iterdir()}
    assert tops & set(ocgnet.__all__) == {"errors"}


def test_no_two_files_of_tests_bear_one_name() -> None:
    """Pytest imports them by that name alone, and finds none of the tests when two meet."""
    names = Counter(p.name for p in Path(__file__).parent.rglob("*.py"))
    assert {name for name, files in names.items() if files > 1} <= {"conftest.py"}


def test_only_the_engine_knows_igraph() -> None:
    knows = {room_of(p) for p in MODULES if re.search(r"^\s*(import|from) igraph", p.read_text("utf-8"), re.MULTILINE)}
    assert knows == {"network"}


def test_only_synthesise_knows_the_made_up_county() -> None:
    knows = {str(p.relative_to(SOURCE)) for p in MODULES if "ocgnet_demo" in p.read_text(encoding="utf-8")}
    assert knows <= {"cli/synthesise.py"}


def test_analysis_reads_no_clock_no_file() -> None:
    for path in (SOURCE / "analysis").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bopen\(|datetime\.now|date\.today|time\.time|pathlib", text), path.name


def test_tests_of_one_file_stay_with_one_worker(request) -> None:
    """Else every slow fixture is made once a worker, and nothing but the clock says so."""
    assert request.node.nodeid.endswith("test_house.py") == ("PYTEST_XDIST_WORKER" in os.environ)


def test_a_check_loads_no_library_of_networks() -> None:
    """A check, a load and an import of records print problems, and work out no tie."""
    script = "import sys, ocgnet.checks.check, ocgnet.views.tables.problems; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
