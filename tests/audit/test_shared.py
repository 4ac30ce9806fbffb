"""One log for several accounts, pinned by the administrator, in a file that the system lets nobody shorten."""

from __future__ import annotations

import contextlib
import grp
import io
import os
import pty
import pwd
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from every_command import LAUNCH, ROOT
from installed import missing
from ocgnet.audit import log_of, log_path, policy
from ocgnet.audit.chain import append, key_of
from ocgnet.audit.given import given_before, giving
from ocgnet.audit.read import acts
from ocgnet.audit.verify import verify
from ocgnet.cli.app import app
from ocgnet.errors import LogError

ANALYST, COLLEAGUE, AUDITOR = (uid.pw_uid for uid in pwd.getpwall()[1:4])
GROUP = grp.getgrall()[-1].gr_gid
TINY = ROOT / "fixtures" / "tiny"


@pytest.fixture
def shared(monkeypatch):
    """A folder that a group shares, as an administrator makes it; everybody else may look into it."""
    if os.geteuid():
        missing("giving a folder to another account needs root.")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place, "log")
        folder.mkdir()
        os.chown(folder, 0, GROUP)
        folder.chmod(0o2775)
        # Where Python itself stands another account may not read, so all that is needed is fetched before.
        for words in (["show", "--person", "N1"], ["verify"], ["path"], ["head"]):
            assert CliRunner().invoke(app, ["log", *words]).exit_code == 0
        monkeypatch.setenv("OCGNET_LOG", str(folder / "log.jsonl"))
        yield folder / "log.jsonl"


def as_account(uid: int, group: int, work: Callable[[], object]) -> str:
    """Do something in a copy of this process that belongs to another account; return what it printed."""
    with tempfile.TemporaryFile() as heard:
        child = os.fork()
        if not child:
            code = 1
            try:
                os.dup2(heard.fileno(), 1)
                os.dup2(heard.fileno(), 2)
                sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb"), "utf-8")
                sys.stderr = sys.stdout
                os.setgroups([])
                os.setgid(group)
                os.setuid(uid)
                # What a shell lets others do does not matter.
                os.umask(0o077)
                work()
                code = 0
            except SystemExit as leaving:
                code = leaving.code or 0
            except BaseException:
                traceback.print_exc()
            finally:
                with contextlib.suppress(Exception):
                    sys.stdout.flush()
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        heard.seek(0)
        printed = heard.read().decode()
    assert status == 0, printed
    return printed


def act() -> None:
    with log_of().act("read", people=["N1"]):
        pass


def command(*words: str) -> Callable[[], object]:
    return lambda: app(list(words))


def test_several_accounts_write_one_log(shared):
    for uid in (ANALYST, COLLEAGUE, ANALYST):
        as_account(uid, GROUP, act)
    as_account(COLLEAGUE, GROUP, lambda: key_of(shared))
    as_account(ANALYST, GROUP, lambda: key_of(shared))
    names = [pwd.getpwuid(uid).pw_name for uid in (ANALYST, COLLEAGUE, ANALYST)]
    assert [told.account for told in acts(shared)] == names
    assert (verify(shared).lines, verify(shared).faults) == (6, ())
    for number, uid in enumerate((ANALYST, COLLEAGUE), 1):

        def give(number: int = number) -> None:
            with giving(shared, number, "2026-01-01", "x", {"C1": "1"}, lambda *_: None):
                pass

        as_account(uid, GROUP, give)
    assert [given.number for given in given_before(shared)] == [1, 2]
    # Nobody else reads it, and in a folder of one's own nobody but oneself.
    assert {p.stat().st_mode & 0o777 for p in shared.parent.iterdir()} == {0o660}
    shared.parent.chmod(0o755)
    append(shared.with_name("own.jsonl"), {"kind": "read"})
    assert shared.with_name("own.jsonl").stat().st_mode & 0o777 == 0o600


def test_who_may_only_read_can_look_and_cannot_act(shared):
    as_account(ANALYST, GROUP, act)
    for file in shared.parent.iterdir():
        file.chmod(0o664)
    before = {p.name: p.read_bytes() for p in shared.parent.iterdir()}
    other = GROUP + 1
    assert "is whole: 2 lines" in as_account(AUDITOR, other, command("log", "verify"))
    assert as_account(AUDITOR, other, command("log", "path")) == f"{shared}\n"
    assert as_account(AUDITOR, other, command("log", "head")).strip() == verify(shared).head
    shown = as_account(AUDITOR, other, command("log", "show", "--person", "N1"))
    assert "This account may only read" in shown
    assert "Erasures of N1 are not looked for" in shown
    assert "1 of 1 acts" in shown

    def refused() -> None:
        with pytest.raises(LogError, match="cannot be written"):
            act()

    as_account(AUDITOR, other, refused)
    assert {p.name: p.read_bytes() for p in shared.parent.iterdir()} == before


@pytest.fixture(params=["disk", "full"])
def append_only(request, tmp_path):
    """A log of one act to which the system lets even root only append; and how much room its disk has."""
    folder = tmp_path / "place"
    folder.mkdir()
    small = request.param == "full"
    if small and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode:
        missing("this machine lets nobody mount a small disk.")
    path = folder / "log.jsonl"
    try:
        append(path, {"act": "1", "kind": "read", "state": "begun"})
        if not shutil.which("chattr") or subprocess.run(["chattr", "+a", path], check=False).returncode:
            pytest.skip(f"the file system of {folder} has no files that can only be appended to (chattr +a)")
        with pytest.raises(PermissionError):
            os.truncate(path, 0)
        yield path, small
    finally:
        subprocess.run(["chattr", "-a", path], check=False)
        if small:
            subprocess.run(["umount", folder], check=True)


def test_a_log_that_can_only_be_appended_to(append_only):
    path, small = append_only
    ran = refused = 0
    room = path.with_name("room")
    for turn in range(60 if small else 5):
        if small and turn == 20:
            # The disk fills up, and is emptied again.
            with contextlib.suppress(OSError), room.open("wb", buffering=0) as file:
                while file.write(b"x" * 4096):
                    pass
        if small and turn == 40:
            room.unlink()
        try:
            with log_of(path).act("read", what="y" * 1500):
                ran += 1
        except LogError:
            refused += 1
    assert (ran >= (20 if small else 5), bool(refused)) == (True, small)
    verdict = verify(path)
    assert verdict.faults == ()
    assert any("cut short" in note.what for note in verdict.notes) == small
    assert len(acts(path)) == ran + 1
    with pytest.raises(PermissionError):
        os.truncate(path, 0)


WRONG = {
    "no TOML": "log = ",
    "no text": b"\xff",
    "a key it does not know": "logs = '/x'",
    "a path from nowhere": "log = 'log.jsonl'",
    "a number for a path": "log = 5",
    "a kind it does not know": "reason_for = ['gossip']",
    "a list of numbers": "reason_for = [1]",
    "no list": "reason_for = 'read'",
    "deep": "reason_for = " + "[" * 5000,
    "long": "#" * 70_000,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_policy_that_cannot_be_followed_stops_everything(text, tmp_path, monkeypatch):
    file = tmp_path / "policy.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setattr(policy, "FILE", file)
    with pytest.raises(LogError, match=r"^The policy .*policy\.toml .* Tell whoever runs this computer\.$"):
        log_path()


def test_a_reason_is_wanted_of_the_kinds_that_the_policy_names_and_holds_for_what_is_within(
    tmp_path, monkeypatch, log_file
):
    file = tmp_path / "policy.toml"
    file.write_text(f"log = '{tmp_path}/pinned.jsonl'\nreason_for = ['read']\n", encoding="utf-8")
    monkeypatch.setattr(policy, "FILE", file)
    with pytest.raises(LogError, match="needs a reason on this computer"), log_of().act("read", reason=" "):
        pytest.fail("it must not run")
    with log_of().act("load"), pytest.raises(LogError, match="needs a reason"), log_of().act("read"):
        pytest.fail("it must not run")
    with log_of().act("load", reason="Operation X"), log_of().act("read"):
        pass
    assert [(told.kind, told.reason) for told in acts(tmp_path / "pinned.jsonl")] == [
        ("load", ""), ("load", "Operation X"), ("read", "Operation X"),
    ]  # fmt: skip
    assert not log_file.exists()


@pytest.fixture
def pinned(tmp_path):
    """Words that run a program where ``/etc/ocgnet`` holds a policy, and the log that it pins."""
    etc = tmp_path / "etc"
    (etc / "ocgnet").mkdir(parents=True)
    for name in ("passwd", "group", "nsswitch.conf", "ld.so.cache", "localtime"):
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), etc / name)
    log = tmp_path / "force" / "log.jsonl"
    (etc / "ocgnet" / "policy.toml").write_text(f"log = '{log}'\nreason_for = ['read']\n", encoding="utf-8")
    words = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else []), "sh", "-c",
             f'mount --bind "{etc}" /etc && exec "$@"', "sh"]  # fmt: skip
    if subprocess.run([*words, "true"], check=False).returncode:
        missing("unshare makes no mount namespace here: it needs Linux and the right to make one.")
    return [*words, sys.executable, "-c", LAUNCH], log


@pytest.mark.long
def test_the_administrator_pins_the_log_and_asks_for_reasons(pinned, log_file, tmp_path):
    words, log = pinned

    def ran(*more: str | bytes | Path, **how) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*words, *map(os.fsencode, more)], cwd=tmp_path, capture_output=True, check=False, **how)

    done = ran("log", "path", text=True)
    assert (done.returncode, done.stdout) == (0, f"{log}\n")
    assert f"OCGNET_LOG names {log_file}, which is not followed" in done.stderr
    done = ran("check", TINY, stdin=subprocess.DEVNULL, text=True)
    assert (done.returncode, "needs a reason" in done.stderr) == (1, True), done.stderr
    ours, theirs = pty.openpty()
    os.write(ours, b"Operation \xff X\n")
    done = ran("check", TINY, stdin=theirs)
    assert done.returncode == 0, done.stderr
    assert b"Reason for this (read)" in done.stderr
    assert not log_file.exists()
    shown = subprocess.run(
        [sys.executable, "-c", LAUNCH, "log", "show", "--format", "json"],
        env=os.environ | {"OCGNET_LOG": str(log)}, capture_output=True, check=False,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert b"Operation" in shown.stdout
