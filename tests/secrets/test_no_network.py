"""The whole program runs where there is no network, and asks for none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from every_command import ROOT, ocgnet


def test_there_really_is_no_network(without_network) -> None:
    """Guards the tests below."""
    found = subprocess.run(
        [*without_network, sys.executable, "-c", "import socket; print([name for _, name in socket.if_nameindex()])"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert found == "['lo']"


def test_every_command_ran_without_a_network(every_output) -> None:
    """All were run with loopback alone; only those that need a server or another program ended with 1."""
    failed = {done.name for done in every_output.done if done.code != 0}
    assert failed <= {"query", "whose", "runs", "neo4j status", "neo4j shell-url", "intake confirm",
                      "review erase"}  # fmt: skip
    # A trial run, the list of passages that may mean the person, and the erasure once they are decided: it ends with 1,
    # for the hostile name is also the text of other people's cells, which it leaves and tells.
    erasures = every_output.of("review erase")
    assert [done.code for done in erasures] == [0, 2, 1]
    assert "STILL FOUND" in erasures[-1].out + erasures[-1].err
    for name in ("check", "load", "analyse", "network", "profile", "compare", "disclose", "refer", "log verify"):
        assert [done.code for done in every_output.of(name)].count(0) >= 1, name


def test_the_main_job_on_the_county_is_the_same_with_and_without(without_network, tmp_path: Path, log_file) -> None:
    for name, before in (("with", ()), ("without", without_network)):
        done = ocgnet("analyse", ROOT / "fixtures" / "county", "--out", name, cwd=tmp_path, before=before, seconds=300)
        assert done.code == 0, done.err
    tables = sorted(p.name for p in (tmp_path / "with" / "tables").iterdir())
    for name in (*(f"tables/{t}" for t in tables), "report.html", "network.html", "workbook.xlsx"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes(), name


def test_no_socket_is_even_opened(tmp_path: Path, log_file) -> None:
    """The program's own account: Python's audit events of any socket, host name or address."""
    code = (
        "import sys\n"
        "def hear(event, words):\n"
        "    if event.startswith('socket.') and event not in ('socket.gethostname',):\n"
        "        sys.stderr.write(f'CALL {event} {words}\\n')\n"
        "sys.addaudithook(hear)\n"
        "from ocgnet.cli import main\n"
        "sys.argv[0] = 'ocgnet'\n"
        "main()\n"
    )
    tiny = ROOT / "fixtures" / "tiny"
    for words in (
        ("analyse", tiny, "--out", "out"),
        ("load", tiny, "--store", "s.duckdb"),
        ("roles", "--store", "s.duckdb"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, words)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "CALL" not in done.stderr
