"""One Neo4j server in a folder of the user's: loopback only, with a password of its own."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ocgnet.errors import StoreError
from ocgnet.store.neo4j.browser import LOOPBACK, Welcome, write_jar
from ocgnet.store.neo4j.jars import java, library

if TYPE_CHECKING:
    import neo4j

HEAD = "# Written by ocgnet at every start. Settings of your own go into own.conf beside it."


GUARDS = {
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
} | LOOPBACK
"""What keeps a query, which may only read, from reading files of this machine, and Browser and queries from others."""


def guarded(text: str) -> bool:
    """Tell whether these settings hold all of ``GUARDS``; those of an earlier version of ocgnet do not."""
    lines = {line.strip() for line in text.splitlines()}
    return all(f"{name}={value}" in lines for name, value in GUARDS.items())


NOTHING = Welcome({}, ())


def configuration(bolt: int, http: int, heap: str, own: str, welcome: Welcome = NOTHING) -> str:
    r"""Return the server's settings: loopback only, no reports to anybody, and what the user set.

    A setting in ``own`` takes the place of ours, except where the server listens, what it tells its maker, and what
    a query may reach: named there too, those stand twice and the server refuses to start, which is meant.

    >>> text = configuration(7687, 7474, "1g", "db.logs.query.enabled=VERBOSE\n")
    >>> [line for line in text.splitlines() if "query" in line]
    ['db.logs.query.enabled=VERBOSE']
    """
    fixed = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.bolt.advertised_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    } | GUARDS
    usual = {
        # Queries hold names of people: they are not logged unless the user says so.
        "db.logs.query.enabled": "OFF",
        "server.memory.heap.max_size": heap,
        "server.memory.pagecache.size": "512m",
        "db.tx_log.preallocate": "false",
    } | welcome.setting(http)
    named = {line.partition("=")[0].strip() for line in own.splitlines()}
    ours = fixed | {name: value for name, value in usual.items() if name not in named}
    return "\n".join([HEAD, *(f"{name}={value}" for name, value in ours.items()), own])


ANEW = "anew"
"""Name of a database that is written anew, until it takes the place of the old one."""

START_SECONDS = 240
STOP_SECONDS = 90

_QUICK = "-XX:TieredStopAtLevel=1"
"""Only Java's fast compiler: less work within the first minutes, slower code after them."""

_DATABASES = (
    "SHOW DATABASES YIELD name, currentStatus, statusMessage "
    "WHERE name <> 'system' RETURN currentStatus AS status, statusMessage AS message"
)

_OPEN = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
"""Parts of Java that the server reaches into."""


@dataclass(frozen=True)
class Running:
    """Where a started server answers, on 127.0.0.1."""

    pid: int
    bolt_port: int
    http_port: int

    @property
    def uri(self) -> str:
        """Address for programs, as ``--store`` takes it."""
        return f"bolt://127.0.0.1:{self.bolt_port}"

    @property
    def browser(self) -> str:
        """Address of Neo4j Browser."""
        return f"http://127.0.0.1:{self.http_port}/browser/"


class LocalServer:
    """A server that keeps everything it has in one folder, by default ``ocgnet/neo4j`` under the user's data folder.

    ``heap`` is the memory of the Java heap, as Java writes it. A ``brief`` server lives for minutes only, as in tests,
    and leaves out Java's slow compiler. ``lib`` holds the jars of another version than ours, and ``entry`` names the
    class by which they start.
    """

    def __init__(
        self,
        home: Path | None = None,
        heap: str = "1g",
        *,
        brief: bool = False,
        lib: Path | None = None,
        entry: str = "org.neo4j.server.CommunityEntryPoint",
    ) -> None:
        self._lib, self._entry = lib, entry
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        self.home = (home or data / "ocgnet" / "neo4j").absolute()
        self.heap = heap
        self.brief = brief
        # Of the user neo4j; only its owner reads it.
        self.password_file = self.home / "password"
        self._state = self.home / "ocgnet.json"
        self._console = self.home / "logs" / "console.log"
        # There while a database that was written anew waits to take the place of the old one; holds what is to be
        # asked of it then.
        self.rebuilt = self.home / "rebuilt.json"
        self._welcome = self.home / "browser.json"
        self._browser = self.home / "browser.jar"
        self._log = self.home / "logs" / "neo4j.log"

    @classmethod
    def as_it_runs(cls, home: Path) -> LocalServer | None:
        """Return the server that runs in a folder, to be started again as it was; None when none of ours runs."""
        server = cls(home)
        running = server.running()
        words = (_words(running.pid) if running is not None else None) or []
        heap = next((w.removeprefix("-Xmx") for w in words if w.startswith("-Xmx")), "")
        return cls(home, heap, brief=_QUICK in words) if heap else None

    def start(self, welcome: Welcome | None = None) -> Running:
        """Start the server, or return the one that runs; it answers when this returns.

        ``welcome`` is what Browser shows after log-in; without it, what the last start was given. One that runs with
        the settings of an earlier version of ocgnet, or with another welcome, is stopped first. ``StoreError`` when
        Java or the jars are missing, somebody else's files stand in the folder, or the server ends by itself or does
        not answer in time.
        """
        self._refuse_foreign()
        with self._alone():
            running = self.running()
            kept = Welcome.read(self._welcome)
            if running is not None and not (guarded(self._settings()) and welcome in (None, kept)):
                self._end(running)
                running = None
            if running is None:
                self._put_in_place()
                running = self._launch(welcome or kept)
            self._wait(running)
            self._complete_rebuilt(running)
        return running

    def _put_in_place(self) -> None:
        """Let a database that was written anew take the place of the old one; remove one that is not whole."""
        for part in ("databases", "transactions"):
            new, old = (self.home / "data" / part / name for name in (ANEW, "neo4j"))
            if not new.is_dir():
                continue
            if self.rebuilt.exists():
                shutil.rmtree(old, ignore_errors=True)
                new.rename(old)
            else:
                shutil.rmtree(new)

    def _complete_rebuilt(self, running: Running) -> None:
        """Make what a database had before it was written anew and no file says: constraints, indexes, empty lists."""
        from neo4j.exceptions import ClientError

        if not self.rebuilt.exists():
            return
        password = self.password_file.read_text(encoding="utf-8").strip()
        for statement in json.loads(self.rebuilt.read_text(encoding="utf-8"))["then"]:
            try:
                _asked(running, password, statement, database="neo4j")
            except ClientError as error:
                if "AlreadyExists" not in (error.code or ""):
                    raise StoreError(
                        f"The server in {self.home} could not make a constraint or index again ({error.code}): "
                        f"{statement}"
                    ) from error
        self.rebuilt.unlink()

    def running(self) -> Running | None:
        """Return the server of this folder if its process is alive and is ours."""
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))
            running = Running(*(int(state[f.name]) for f in fields(Running)))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return running if self._is_ours(running.pid) else None

    def stop(self) -> bool:
        """End the server cleanly; return whether one was running.

        One that does not end is a ``StoreError``; nothing is killed by force, because that may lose the last records.
        """
        with self._alone():
            running = self.running()
            if running is not None:
                self._end(running)
            return running is not None

    def _end(self, running: Running) -> None:
        os.kill(running.pid, signal.SIGTERM)
        limit = time.monotonic() + STOP_SECONDS
        while time.monotonic() < limit:
            _reap(running.pid)
            if not self._is_ours(running.pid):
                return
            time.sleep(0.1)
        raise StoreError(
            f"The server in {self.home} (process {running.pid}) was asked to end and is still busy after "
            f"{STOP_SECONDS} s. Wait for it, or read {self._console}."
        )

    def admin(self, *arguments: str, short: bool = False) -> subprocess.CompletedProcess[str]:
        """Run ``neo4j-admin`` with these arguments on this folder; the server must be stopped.

        ``short`` leaves out Java's slow compiler, which does not pay within half a minute.
        """
        java, *rest = self._java()
        command = [java, *([_QUICK] if short and not self.brief else []), *rest, "org.neo4j.cli.AdminTool", *arguments]
        environment = os.environ | {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        return subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, env=environment, cwd=self.home
        )

    def _settings(self) -> str:
        try:
            return (self.home / "conf" / "neo4j.conf").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def _refuse_foreign(self) -> None:
        """Refuse a folder that holds anything but a server of ours, whose settings and logs are written over."""
        if self._settings().startswith(HEAD):
            return
        try:
            held = (p for p in self.home.rglob("*") if not p.is_dir() or p.is_symlink())
            names = (p.relative_to(self.home).as_posix() for p in held)
            # A start that was broken off leaves some of these.
            left = next((n for n in names if n not in (".lock", "password", "conf/own.conf")), "")
        except OSError as error:
            raise StoreError(f"{self.home} cannot be used for a server ({error.strerror or error}).") from error
        if left:
            raise StoreError(
                f"{self.home} holds {left}, which ocgnet neo4j start did not write and might write over. Name an empty "
                "or new folder with --home."
            )

    def _java(self) -> list[str]:
        opens = [f"--add-opens={part}=ALL-UNNAMED" for part in _OPEN]
        quick = [_QUICK] if self.brief else []
        jars = f"{self._browser}{os.pathsep}{self._lib or library()}/*"
        return [str(java()), *quick, *opens, "-Dfile.encoding=UTF-8", f"-Xmx{self.heap}", "-cp", jars]

    def _launch(self, welcome: Welcome) -> Running:
        # What is missing is said before anything is made.
        program = self._java()
        for part in ("conf", "data", "logs", "plugins", "import", "run"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        if not self.password_file.exists():
            _private(self.password_file, secrets.token_urlsafe(24))
        bolt, http = self._ports()
        conf = self.home / "conf"
        own = (conf / "own.conf").read_text(encoding="utf-8") if (conf / "own.conf").exists() else ""
        (conf / "neo4j.conf").write_text(configuration(bolt, http, self.heap, own, welcome), encoding="utf-8")
        welcome.write(self._welcome)
        write_jar(self._lib or library(), welcome, self._browser)
        command = [
            *program,
            self._entry,
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
        ]
        # Earlier starts wrote into the same log; what they said is not this one's.
        log_begins = self._log.stat().st_size if self._log.exists() else 0
        with self._console.open("wb") as console:
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.home,
            )
        # The server outlives this program: its end is nobody's business here.
        process.returncode = 0
        running = Running(process.pid, bolt, http)
        _private(self._state, json.dumps(asdict(running) | {"log_begins": log_begins}))
        return running

    def _ports(self) -> tuple[int, int]:
        """Return the ports of the last start if they are free, else free ones."""
        try:
            last = json.loads(self._state.read_text(encoding="utf-8"))
            wanted = (int(last["bolt_port"]), int(last["http_port"]))
        except (OSError, ValueError, KeyError, TypeError):
            wanted = (0, 0)
        with _free(wanted[0]) as bolt, _free(wanted[1]) as http:
            return bolt, http

    def _wait(self, running: Running) -> None:
        """Return once the server answers to its own password."""
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        password = self.password_file.read_text(encoding="utf-8").strip()
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            _reap(running.pid)
            if not self._is_ours(running.pid):
                raise StoreError(f"The server in {self.home} ended while starting: {self._last_word()}")
            if _listens(running.bolt_port):
                try:
                    databases = _asked(running, password, _DATABASES)
                except AuthError:
                    self._set_password(running, password)
                except (DriverError, Neo4jError):
                    pass  # Not ready yet: the databases open after the port does.
                else:
                    # One that is broken never comes online; commands then say what to do.
                    if databases and all(r["status"] == "online" or r["message"] for r in databases):
                        return
            time.sleep(0.2)
        raise StoreError(
            f"The server in {self.home} does not answer after {START_SECONDS} s: {self._last_word()} Stop it with: "
            f"ocgnet neo4j stop --home {self.home}"
        )

    def _set_password(self, running: Running, password: str) -> None:
        """Give a new server our password in place of the one that everybody knows."""
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        try:
            _asked(running, "neo4j", "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=password)
        except AuthError as error:
            raise StoreError(
                f"The server in {self.home} does not take the password in {self.password_file}. Put the right one "
                "into that file, or start another server with --home and an empty folder."
            ) from error
        except (DriverError, Neo4jError):
            pass  # Not ready yet; the caller tries again.

    def _is_ours(self, pid: int) -> bool:
        """Tell whether this process is the server of this folder, and no later process of the same number."""
        # A process that is just being replaced by another program has no words for a moment.
        for _ in range(20):
            words = _words(pid)
            if words != []:
                break
            time.sleep(0.05)
        return words is not None and f"--home-dir={self.home}" in words

    def _last_word(self) -> str:
        """Return the last complaint of this start, from the server's log or its console."""
        for log in (self._log, self._console):
            try:
                text = log.read_bytes()
                # A log that is shorter than it was has been begun anew.
                begins = self._log_begins() if log == self._log else 0
                lines = text[begins if begins <= len(text) else 0 :].decode("utf-8", "replace").splitlines()
            except OSError:
                continue
            bad = [line for line in lines if "ERROR" in line or "Exception" in line or "Error:" in line]
            if bad:
                return f"{bad[-1].strip()[:300]} ({log})."
        return f"see {self._console}."

    def _log_begins(self) -> int:
        try:
            return int(json.loads(self._state.read_text(encoding="utf-8"))["log_begins"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second start or stop of the same folder waiting."""
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.home / ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise StoreError(f"{self.home} cannot be used for a server ({error.strerror or error}).") from error


def _asked(
    running: Running, password: str, query: str, *, database: str = "system", **parameters: str
) -> list[neo4j.Record]:
    from neo4j import GraphDatabase

    with GraphDatabase.driver(running.uri, auth=("neo4j", password)) as driver:
        return driver.execute_query(query, parameters, database_=database).records


def _private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def _free(wanted: int) -> Iterator[int]:
    """Hold a free port of this machine, the wanted one if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _reap(pid: int) -> None:
    """Take note of an ended child, which else keeps its number."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _words(pid: int) -> list[str] | None:
    """Return the command line of a process: None when there is none, empty while it is being replaced."""
    if Path("/proc/self/stat").exists():
        try:
            state = (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
            )
            text = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            return None
        return None if state in "ZX" else [word for word in text.split("\0") if word]
    done = subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.split() or None
