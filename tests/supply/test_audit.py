"""An audit that looked nothing up fails, and a file of advisories takes the place of the network."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pytest

from every_command import ROOT, ocgnet
from ocgnet.errors import OpenLineWarning, StoreError
from ocgnet.store.neo4j.connection import Address, connected

SPEC = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
assert SPEC is not None
assert SPEC.loader is not None
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

LOCKED = {"pandas": "2.2.0", "typer": "0.12"}


def advisory(name: str, *events: dict[str, str], **more: object) -> dict[str, object]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": f"MADE-UP-{name}", "modified": "2026-01-02T00:00:00Z"} | {
        "affected": [{"package": package, "ranges": ranges, **more}]
    }


def test_an_audit_that_looked_nothing_up_fails_and_says_so() -> None:
    """What pip-audit answers where its database cannot be reached: every package skipped, no fault found."""
    skipped = [{"name": name, "skip_reason": "no answer from the database"} for name in LOCKED]
    code, says = audit.verdict(LOCKED, *audit.answered({"dependencies": skipped}))
    assert code == 1
    assert "0 of 2 packages looked up" in says
    assert "The audit failed" in says
    assert audit.verdict(LOCKED, {}, {})[0] == 1
    assert audit.verdict({}, {}, {})[0] == 1
    half = [{"name": "Pandas", "version": "2.2.0", "vulns": []}, skipped[1]]
    assert audit.verdict(LOCKED, *audit.answered({"dependencies": half}))[0] == 1


def test_an_audit_that_looked_everything_up_passes_only_without_faults() -> None:
    clean = [{"name": name, "version": v, "vulns": []} for name, v in LOCKED.items()]
    says = "2 of 2 packages looked up, 0 known faults."
    assert audit.verdict(LOCKED, *audit.answered({"dependencies": clean})) == (0, says)
    bad = [{**clean[0], "vulns": [{"id": "MADE-UP-1"}]}, clean[1]]
    code, says = audit.verdict(LOCKED, *audit.answered({"dependencies": bad}))
    assert code == 1
    assert "pandas 2.2.0: MADE-UP-1" in says


@pytest.mark.parametrize(
    ("events", "concerns"),
    [
        ([{"introduced": "0"}, {"fixed": "2.2.1"}], True),
        ([{"introduced": "0"}, {"fixed": "2.2.0"}], False),
        ([{"introduced": "2.2.0"}], True),
        ([{"introduced": "2.10"}], False),
        ([{"introduced": "0"}, {"last_affected": "2.2.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.1.9"}], False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "2.3"}], True),
        ([{"introduced": "what is this"}], True),
    ],
)
def test_an_advisory_concerns_the_versions_that_it_names(events: list[dict[str, str]], concerns: bool) -> None:
    assert audit.concerned(advisory("Pandas", *events), "pandas", "2.2.0") is concerns
    assert not audit.concerned(advisory("other", *events), "pandas", "2.2.0")


def test_a_file_of_advisories_is_enough_and_an_empty_one_is_not(tmp_path: Path) -> None:
    def run(place: Path) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, ROOT / "tools" / "audit.py", "--file", place]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    nothing = tmp_path / "nothing.json"
    nothing.write_text("[]")
    assert run(nothing).returncode == 1
    assert "holds no advisory" in run(nothing).stdout
    old = advisory("pandas", {"introduced": "0"}, {"fixed": "0.1"})
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as held:
        held.writestr("a.json", json.dumps(old))
    clean = run(tmp_path / "old.zip")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "the newest of 2026-01-02" in clean.stdout
    (tmp_path / "folder").mkdir()
    now = advisory("pandas", {"introduced": "0"})
    (tmp_path / "folder" / "b.json").write_text(json.dumps(now))
    found = run(tmp_path / "folder")
    assert found.returncode == 1
    assert "MADE-UP-pandas" in found.stdout
    (tmp_path / "folder" / "b.json").write_text(json.dumps([old, now | {"withdrawn": "2026-01-03T00:00:00Z"}]))
    assert run(tmp_path / "folder").returncode == 0


def test_every_jar_of_the_server_has_a_hash_and_a_licence_and_none_is_a_test_program() -> None:
    from ocgnet.store.neo4j.jars import pinned, version

    page = (ROOT / "docs" / "licences-neo4j.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    jars = pinned()
    assert len(rows) == len(jars) > 200
    assert all(len(digest) == 64 for digest in jars.values())
    assert all(len(row) == 3 and row[2].removesuffix(" |").strip() for row in rows)
    for row in rows:
        stem = f"{row[0].removeprefix('| ')}-{row[1]}"
        assert any(jar.startswith(stem) for jar in jars), stem
    assert f"neo4j-{version()}.jar" in jars
    assert not [jar for jar in jars if any(w in jar for w in ("junit", "mockito", "harness", "test-utils", "hamcrest"))]


def test_an_open_line_to_another_machine_is_warned_of_and_one_on_this_machine_is_not(tmp_path: Path) -> None:
    with pytest.warns(OpenLineWarning, match=r"is not encrypted. Use bolt\+s://"), pytest.raises(StoreError):  # noqa: SIM117
        with connected(Address("bolt://nowhere.invalid:7687")):
            pass
    for uri in ("bolt://127.0.0.1:9", "neo4j://localhost:9", "bolt+s://nowhere.invalid:7687"):
        with warnings.catch_warnings(), pytest.raises(StoreError):  # noqa: PT012
            warnings.simplefilter("error")
            with connected(Address(uri)):
                pass
    done = ocgnet("runs", "bolt://nowhere.invalid:7687", cwd=tmp_path,
                  environment={"OCGNET_NEO4J_PASSWORD": "x"})  # fmt: skip
    assert "Careful: bolt://nowhere.invalid:7687 is another machine" in " ".join(done.err.split())
