"""What is shipped is listed, with its licence and hashes, and the wheel runs by itself."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from every_command import ROOT, ocgnet

SPEC = importlib.util.spec_from_file_location("supply", ROOT / "tools" / "supply.py")
assert SPEC is not None
assert SPEC.loader is not None
supply = importlib.util.module_from_spec(SPEC)
sys.modules["supply"] = supply
SPEC.loader.exec_module(supply)

COPYLEFT_THAT_IS_NAMED = {"igraph"}
"""What the README warns of; any other such licence in the program has to be decided on first."""


def listed() -> dict[str, tuple[str, str, str]]:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").split("## Python packages")[1]
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \| ([^|]+) \| (\w+) \|$", page, re.MULTILINE)
    return {name: (release, terms.strip(), use) for name, release, terms, use in rows if name != "package"}


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", n).lower(): v for n, v in pins}


def test_every_package_of_the_lock_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if "==" in line]
    assert len(lines) == len(locked())
    assert [line.split()[0] for line in lines if "--hash=sha256:" not in line] == []


def test_licences_are_listed_for_exactly_what_is_locked() -> None:
    assert {name: release for name, (release, _, _) in listed().items()} == locked(), "run: make licences"
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == supply.licences(), "run: make licences"


def test_what_binds_whoever_passes_it_on_is_named_in_the_readme() -> None:
    bound = {
        n for n, (_, terms, use) in listed().items() if use == "program" and re.search(r"\b(A?GPL|SSPL|BUSL)", terms)
    }
    assert bound == COPYLEFT_THAT_IS_NAMED
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in bound:
        assert name in readme
    assert "Open Government Licence" in readme


def test_what_is_shipped_and_no_package_is_listed_as_it_is() -> None:
    from ocgnet.views.chart.html import LIBRARY

    release = next(release for name, release, _, _ in supply.PARTS if name == "vis-network")
    assert f"vis-{release}/" in LIBRARY
    # No font, picture or program of others lies in the package unlisted.
    kinds = {p.suffix for p in (ROOT / "src" / "ocgnet").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert not kinds & {
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".png",
        ".jpg",
        ".ico",
        ".jar",
        ".dll",
        ".so",
        ".exe",
        ".zip",
    }
    assert not list((ROOT / "src" / "ocgnet").rglob("*.min.js"))


def test_the_bill_names_all_of_it_with_hashes_and_licences() -> None:
    bill = supply.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    packages = {c["name"]: c for c in bill["components"] if c.get("purl")}
    assert {name: c["version"] for name, c in packages.items()} == locked()
    for name, component in packages.items():
        assert component["licenses"] == [{"expression": listed()[name][1]}]
        assert component["purl"] == f"pkg:pypi/{name}@{component['version']}"
        assert component["hashes"], name
    assert {name for name, c in packages.items() if c["scope"] == "required"} == {
        name for name, (_, _, use) in listed().items() if use == "program"
    }
    refs = {c["bom-ref"] for c in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert len(refs) == len(bill["components"]) + 1
    assert {d["ref"] for d in bill["dependencies"]} <= refs
    assert {r for d in bill["dependencies"] for r in d["dependsOn"]} <= refs
    assert bill == supply.bill(), "no clock and no chance in it"


@pytest.mark.large
def test_the_wheel_runs_in_a_fresh_environment_in_an_empty_folder(tmp_path: Path, log_file) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = (tmp_path / "dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "fresh"], check=True)
    python = tmp_path / "fresh" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    (tmp_path / "empty").mkdir()
    # The libraries are those of this environment; ocgnet itself is installed there as a link only, which a path
    # does not follow.
    environment = {"PYTHONPATH": sysconfig.get_path("purelib"), "OCGNET_LOG": str(log_file), "PATH": "/usr/bin:/bin"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [tmp_path / "fresh" / "bin" / "ocgnet", *words],
            cwd=tmp_path / "empty", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = subprocess.run(
        [python, "-c", "import ocgnet; print(ocgnet.__file__)"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(tmp_path / "fresh") in where, "the wheel itself is what runs"
    run("template", "mine")
    run("synthesise", "network", "--nominals", "40", "--out", "records")
    run("analyse", "records", "--out", "results")
    assert "group-members" in run("query", "--list")
    document = json.loads((tmp_path / "empty" / "results" / "run.json").read_text(encoding="utf-8"))
    assert document["rows_in"]["nominals"] == 40
    assert ocgnet("--version", cwd=tmp_path).out == run("--version")
