"""A password leaves the program towards the server only: in no output, log, error, manifest or command line."""

from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from every_command import ocgnet, texts_of
from ocgnet.errors import UsageError
from ocgnet.store import open_store
from ocgnet.store.neo4j.connection import Address

MARKER = "s3cr3t-m4rk3r-ünique"


def test_no_command_tells_a_password_of_its_environment(every_output) -> None:
    from every_output import PASSWORD

    assert len(every_output.done) > 40
    for done in every_output.done:
        for said in (done.out, done.err, *done.command_lines):
            assert PASSWORD not in said, done.arguments
    seen = [name for name, text in texts_of(every_output.place) if PASSWORD in text]
    assert seen == []


def test_commands_were_watched(every_output) -> None:
    """Guards the test above: the command lines of the processes were seen."""
    slow = every_output.of("analyse")[0]
    assert any("analyse" in line for line in slow.command_lines)


@pytest.mark.parametrize("place", ["OCGNET_NEO4J_PASSWORD", "OCGNET_NEO4J_PASSWORD_FILE"])
@pytest.mark.parametrize(
    "address", ["bolt://127.0.0.1:9", "bolt+s://127.0.0.1:9", "neo4j://nowhere.invalid", "bolt://127.0.0.1:0x"]
)
def test_no_error_on_the_way_to_a_server_tells_it(place, address, tmp_path, log_file, tally) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "nominals.csv").write_text("nominal_id\nN1\n")
    secret = tmp_path / "password"
    secret.write_text(f"{MARKER}\n", encoding="utf-8")
    environment = {place: MARKER if place.endswith("WORD") else str(secret), "OCGNET_LOG": str(log_file)}
    for name, words in (("load", (records, "--store", address)), ("analyse", ("--store", address)),
                        ("query", ("group-members", "--store", address, "--param", "ocg_id=G1"))):  # fmt: skip
        done = ocgnet(name, *words, cwd=tmp_path, environment=environment)
        assert done.code in (1, 2)
        assert MARKER not in done.out + done.err + "".join(done.command_lines)
    secret.unlink()
    searched = list(texts_of(tmp_path))
    leaks = [name for name, text in searched if MARKER in text]
    tally["outputs searched"] += len(searched)
    tally["leaks found"] += len(leaks)
    assert leaks == []
    assert MARKER not in (log_file.read_text(encoding="utf-8") if log_file.exists() else "")


@pytest.mark.parametrize(
    "uri", [f"bolt://neo4j:{MARKER}@host:7687", f"neo4j+s://:{MARKER}@host", f"bolt://x@{MARKER}@host"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(uri: str, tmp_path, log_file) -> None:
    with pytest.raises(UsageError) as refused:
        open_store(uri)
    assert MARKER not in str(refused.value)
    done = ocgnet("analyse", "--store", uri, cwd=tmp_path, environment={"OCGNET_LOG": str(log_file)})
    assert done.code == 2
    assert MARKER not in done.out + done.err
    assert MARKER not in (log_file.read_text(encoding="utf-8") if log_file.exists() else "")


def test_no_option_takes_a_password(every_output) -> None:
    """What has no option cannot end up in a shell's history or in a list of processes."""
    for name in ("load", "analyse", "query", "neo4j start", "disclose", "role set"):
        done = ocgnet(name, "--help", cwd=every_output.place, environment={"COLUMNS": "200"})
        assert "--password" not in done.out


def test_an_address_does_not_show_its_password() -> None:
    assert MARKER not in repr(Address("bolt://here", "neo4j", MARKER))


class Keyring(types.ModuleType):
    """A keyring that holds one password."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service: str, user: str) -> str | None:
        self.asked.append((service, user))
        return MARKER if (service, user) == ("ocgnet bolt://here", "ann") else None


def test_a_keyring_is_asked_where_there_is_one(monkeypatch) -> None:
    held = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", held)
    for name in ("PASSWORD", "PASSWORD_FILE", "USER"):
        monkeypatch.delenv(f"OCGNET_NEO4J_{name}", raising=False)
    monkeypatch.setenv("OCGNET_NEO4J_USER", "ann")
    assert Address.of("bolt://here", lambda _: "typed").password == MARKER
    assert Address.of("bolt://there", lambda _: "typed").password == "typed"
    assert held.asked == [("ocgnet bolt://here", "ann"), ("ocgnet bolt://there", "ann")]
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD", "first")
    assert Address.of("bolt://here", lambda _: "typed").password == "first"
    assert len(held.asked) == 2, "the environment comes first"


@pytest.mark.parametrize("why", ["absent", "broken"])
def test_without_a_keyring_the_keyboard_is_asked(why: str, monkeypatch) -> None:
    broken = types.ModuleType("keyring")

    def fail(*_: str) -> str:
        raise RuntimeError(f"no backend, and {MARKER}")

    broken.get_password = fail  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", broken if why == "broken" else None)
    for name in ("PASSWORD", "PASSWORD_FILE", "USER"):
        monkeypatch.delenv(f"OCGNET_NEO4J_{name}", raising=False)
    assert Address.of("bolt://here", lambda prompt: prompt).password == "Password of neo4j at bolt://here: "
    assert Address.of("bolt://here").password == ""


def test_the_prompt_shows_nothing_of_what_is_typed(tmp_path) -> None:
    """On a real terminal: what is typed at the question does not come back."""
    pty = pytest.importorskip("pty")
    code = "from ocgnet.cli.console import ask_password; print(len(ask_password('Password of x at y: ')))"
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, start_new_session=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while b"y: " not in shown:
        shown += os.read(ours, 1000)
    os.write(ours, f"{MARKER}\n".encode())
    try:
        while part := os.read(ours, 1000):
            shown += part
    except OSError:
        pass  # A terminal whose program has ended reports an error.
    running.wait(20)
    os.close(ours)
    assert MARKER.encode() not in shown
    assert str(len(MARKER)).encode() in shown
