"""Starting, finding and stopping a server of one's own."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

import ready
from ocgnet.errors import StoreError
from ocgnet.queries.guide import welcome
from ocgnet.store.neo4j import LocalServer, jars

ROOT = Path(__file__).parent.parent.parent


def ocgnet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return ready.run("neo4j", *arguments, **environment)


def test_a_second_start_finds_the_first(neo4j_server) -> None:
    home = str(neo4j_server.server.home)
    before = neo4j_server.running
    assert neo4j_server.server.start() == before
    done = ocgnet("start", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    assert before.uri in done.stdout
    done = ocgnet("status", "--home", home)
    assert done.returncode == 0
    assert str(before.pid) in done.stdout
    done = ocgnet("shell-url", "--home", home)
    assert done.stdout.splitlines() == [before.uri, before.browser]
    assert neo4j_server.password not in done.stdout + done.stderr


def test_what_it_keeps_is_for_its_owner_only(neo4j_server) -> None:
    home = neo4j_server.server.home
    assert stat.S_IMODE(home.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "ocgnet.json").stat().st_mode) == 0o600
    assert len(neo4j_server.password) >= 32
    words = Path(f"/proc/{neo4j_server.running.pid}/cmdline").read_bytes().decode()
    assert neo4j_server.password not in words
    for log in (home / "logs").rglob("*"):
        assert neo4j_server.password not in log.read_text(encoding="utf-8", errors="replace"), log


def test_it_listens_on_this_machine_only(neo4j_server) -> None:
    """Every listening socket of the process is bound to the loopback address, after the kernel's own list."""
    pid = neo4j_server.running.pid
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        # A file may be closed while they are listed.
        with suppress(FileNotFoundError):
            inodes.add(str(entry.readlink()))
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in inodes:
                listening.append(cells[1].partition(":")[0])
    assert len(listening) >= 2
    for address in listening:
        assert address in {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_browser_is_served_and_knows_where_the_server_is(neo4j_server) -> None:
    running = neo4j_server.running
    with urllib.request.urlopen(f"http://127.0.0.1:{running.http_port}/") as answer:
        found = json.load(answer)
    assert found["bolt_direct"] == running.uri
    assert found["neo4j_version"] == jars.version()
    with urllib.request.urlopen(running.browser) as answer:
        assert b"neo4j" in answer.read().lower()


def test_a_number_that_another_program_has_now_is_left_alone(tmp_path) -> None:
    server = LocalServer(tmp_path / "home")
    (tmp_path / "home").mkdir()
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            state = {"pid": other.pid, "bolt_port": 1, "http_port": 2}
            (tmp_path / "home" / "ocgnet.json").write_text(json.dumps(state), encoding="utf-8")
            assert server.running() is None
            assert server.stop() is False
            assert other.poll() is None
        finally:
            other.kill()
    done = ocgnet("status", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert "ocgnet neo4j start" in done.stdout
    assert ocgnet("shell-url", "--home", str(tmp_path / "home")).returncode == 1
    assert "No server of" in ocgnet("stop", "--home", str(tmp_path / "home")).stdout


def fake_java(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    java = folder / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    return java


def test_missing_or_old_java_is_said_in_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StoreError, match=r"needs Java 17 or later, and none was found\. Install it"):
        jars.java()
    fake_java(tmp_path / "old", "1.8.0_391")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    with pytest.raises(StoreError, match=r"java is version 8\)"):
        jars.java()
    good = fake_java(tmp_path / "new", "21.0.2")
    monkeypatch.setenv("PATH", str(good.parent))
    assert jars.java() == good
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="Java 17"):
        LocalServer(tmp_path / "home").start()
    assert not (tmp_path / "home" / "conf").exists()


def test_missing_or_failing_maven_is_said_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("OCGNET_NEO4J_LIB", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="Maven, which is missing"):
        jars.library()
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho '[ERROR] the network is unreachable'\nexit 1\n", encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(StoreError, match=r"Maven could not fetch the Neo4j server \(the network is unreachable\)"):
        jars.library()
    assert not list((tmp_path / "cache" / "ocgnet").iterdir())
    monkeypatch.setenv("OCGNET_NEO4J_LIB", str(tmp_path))
    with pytest.raises(StoreError, match="holds no Neo4j jars"):
        jars.library()


def test_jars_that_are_not_the_pinned_ones_start_nothing(tmp_path, monkeypatch) -> None:
    pinned = tmp_path / "neo4j-one.jar"
    pinned.write_bytes(b"what it should be")
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()
    monkeypatch.setattr(jars, "pinned", lambda _: {pinned.name: digest})
    jars.check_jars(tmp_path)
    pinned.write_bytes(b"what it is not")
    monkeypatch.setenv("OCGNET_NEO4J_LIB", str(tmp_path))
    with pytest.raises(StoreError, match=r"neo4j-one\.jar in .* is not the one"):
        jars.library()
    pinned.write_bytes(b"what it should be")
    (tmp_path / "another.jar").touch()
    with pytest.raises(StoreError, match=r"another\.jar in .* is no part of the server"):
        jars.library()
    (tmp_path / "another.jar").unlink()
    monkeypatch.setattr(jars, "pinned", lambda _: {pinned.name: digest, "third.jar": digest})
    with pytest.raises(StoreError, match=r"third\.jar in .* is missing"):
        jars.library()
    # What Maven brings is checked before it gets its place.
    monkeypatch.delenv("OCGNET_NEO4J_LIB")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    maven = tmp_path / "mvn"
    brings = "mkdir ${w#*=}; echo other > ${w#*=}/neo4j-one.jar"
    script = f"#!/bin/sh\nfor w; do case $w in -DoutputDirectory=*) {brings};; esac; done\n"
    maven.write_text(script, encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(StoreError, match=r"neo4j-one\.jar .* is not the one"):
        jars.library()
    assert not list((tmp_path / "cache" / "ocgnet").iterdir())


def test_the_pom_stands_once() -> None:
    assert (ROOT / "tools" / "neo4j" / "pom.xml").resolve() == ROOT / "src" / "ocgnet" / "server" / "pom.xml"


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("swapped", [(), ("databases",), ("databases", "transactions")])
def test_a_database_written_anew_takes_its_place_whole_or_not_at_all(tmp_path, whole, swapped):
    """Killed before the new one was whole the old one stays; after that the next start finishes the change."""
    server = LocalServer(tmp_path)
    for part in ("databases", "transactions"):
        for name in ("neo4j", "anew"):
            (tmp_path / "data" / part / name).mkdir(parents=True)
            (tmp_path / "data" / part / name / "store").write_text(name)
        if whole and part in swapped:
            shutil.rmtree(tmp_path / "data" / part / "neo4j")
            (tmp_path / "data" / part / "anew").rename(tmp_path / "data" / part / "neo4j")
    if whole:
        server.rebuilt.write_text('{"then": []}')
    server._put_in_place()
    held = {p.relative_to(tmp_path / "data").as_posix(): p.read_text() for p in (tmp_path / "data").rglob("store")}
    assert held == dict.fromkeys(("databases/neo4j/store", "transactions/neo4j/store"), "anew" if whole else "neo4j")


def test_what_an_earlier_start_said_is_not_taken_for_this_one(tmp_path, monkeypatch) -> None:
    """A Java that ends at once, with and without a word of its own, after a start whose log holds an error."""
    home = tmp_path / "home"
    java = fake_java(tmp_path / "java", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    said = '#!/bin/sh\n[ "$1" = -version ] && echo \'openjdk version "17.0.1"\' >&2 && exit 0\n'
    log = f"{home}/logs/neo4j.log"
    java.write_text(f"{said}echo 'ERROR of the first' >> {log}\n", encoding="utf-8")
    with pytest.raises(StoreError, match="ended while starting: ERROR of the first"):
        LocalServer(home).start()
    java.write_text(said, encoding="utf-8")
    with pytest.raises(StoreError, match=r"ended while starting: see .*console\.log"):
        LocalServer(home).start()
    java.write_text(f"{said}echo 'ERROR of the third' >> {log}\n", encoding="utf-8")
    with pytest.raises(StoreError, match="ended while starting: ERROR of the third"):
        LocalServer(home).start()


def test_browser_is_served_with_our_pages_from_the_pinned_jar(neo4j_server) -> None:
    here = f"http://127.0.0.1:{neo4j_server.running.http_port}/browser/ocgnet"
    for name, text in welcome().files.items():
        with urllib.request.urlopen(f"{here}/{name}") as answer:
            assert answer.read().decode() == text
            assert (
                "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*;" in answer.headers["Content-Security-Policy"]
            )
    jars.check_jars(jars.library())
