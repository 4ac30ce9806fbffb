"""What several rooms of tests share: a real browser, a real Neo4j server, every output, and the counts of faults."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from neo4j.exceptions import DriverError, Neo4jError

import ready
from installed import OCGNET, missing
from ocgnet.errors import StoreError
from ocgnet.queries.guide import welcome
from ocgnet.store.neo4j import LocalServer
from ocgnet.store.neo4j.connection import Address, connected

# A shell that runs the tests in the background makes them, and all they start, deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def log_file(tmp_path_factory, monkeypatch):
    """Give every test a log of its own; the user's is never written."""
    file = tmp_path_factory.mktemp("log") / "log.jsonl"
    monkeypatch.setenv("OCGNET_LOG", str(file))
    return file


@pytest.fixture(scope="session", autouse=True)
def no_process_left():
    """End, when all is done, the process in whose copies commands are run."""
    yield
    ready.end()


FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,720", "--lang=en-GB",
)  # fmt: skip


def outside(url):
    """Return whether an address is neither this file nor made by the page itself."""
    return not url.startswith(("file://", "data:", "blob:", "about:"))


class Browser:
    """Chromium with what tests ask of it; ``driver`` is the selenium driver."""

    def __init__(self, driver, downloads):
        self.driver = driver
        self.downloads = downloads

    def open(self, path, fragment=""):
        """Open a file and forget what was logged before."""
        self.driver.get("about:blank")
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.driver.get(path.as_uri() + (f"#{fragment}" if fragment else ""))
        return self

    def requests(self):
        """Addresses asked for since the page was opened, from the browser's own network log."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def left(self):
        """Addresses outside the machine that were asked for and not stopped by the page's own policy."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        stopped = {
            m["params"]["requestId"]
            for m in messages
            if m["method"] == "Network.loadingFailed" and m["params"].get("blockedReason") == "csp"
        }
        asked = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return [a["request"]["url"] for a in asked if a["requestId"] not in stopped and outside(a["request"]["url"])]

    def left_this_machine(self):
        """Addresses of other machines that were asked for, loopback apart, and not stopped by the page's own policy."""
        near = ("http://127.0.0.1:", "ws://127.0.0.1:", "chrome://", "chrome-untrusted://", "devtools://")
        return [address for address in self.left() if not address.startswith(near)]

    def complaints(self):
        """Errors and warnings of the console, broken policy included."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]

    def run(self, script, *arguments):
        """Return what a script returns."""
        return self.driver.execute_script(script, *arguments)


@pytest.fixture(scope="session")
def pdftotext():
    """Give the program that reads a printed page back."""
    return shutil.which("pdftotext") or missing("pdftotext is not installed; make system installs it.")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Give a headless Chromium with a fresh profile; without one, skip, or fail where CI=true."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        missing("Chromium or its driver is not installed; make system installs both.")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    profile, downloads = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    try:
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
        screen = {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        yield Browser(driver, downloads)
    finally:
        driver.quit()


_TALLY = pytest.StashKey[Counter[str]]()


@pytest.fixture(scope="session")
def tally(request):
    """Count what the hostile and the fault suites tried; printed when the run ends."""
    return request.config.stash.setdefault(_TALLY, Counter())


def pytest_sessionfinish(session):
    """Hand the counts of one worker to the run that started it."""
    if output := getattr(session.config, "workeroutput", None):
        output["tally"] = dict(session.config.stash.get(_TALLY, Counter()))
        output["mended"] = session.config.stash.get(_MENDED, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Add what a worker counted."""
    output = getattr(node, "workeroutput", {})
    node.config.stash.setdefault(_TALLY, Counter()).update(output.get("tally", {}))
    node.config.stash.setdefault(_MENDED, []).extend(output.get("mended", []))


_TOGETHER = {
    "force_county": "force",
    "other_force": "force",
    "force_run": "force",
    "every_output": "every output",
}
"""What takes minutes to make is made by one worker: tests that need it stay together; others go by file."""


_LONG = ("faults", "neo4j", "queries", "hostile", "local_profile", "demo", "edit", "casework")
"""Folders whose files take longest: they begin first, so that no worker waits for one of them at the end."""


_REAL = {
    "neo4j_server", "browser", "pdftotext", "office", "without_network", "every_output", "force_run", "other_force",
    "small_disk", "tally",
}  # fmt: skip
"""Fixtures of a server, a browser, an office suite, a large county, hostile records and faults."""


_STARTS = {"subprocess", "installed", "every_command", "ready", "killed_at"}
"""Modules with which a test starts a program."""


def _starts_program(function, seen):
    """Tell whether a function of the tests, or one that it calls, uses such a module."""
    if function in seen:
        return False
    seen.add(function)
    names, todo = set(), [function.__code__]
    while todo:
        code = todo.pop()
        names.update(code.co_names)
        todo.extend(c for c in code.co_consts if isinstance(c, type(code)))
    if "getfixturevalue" in names:
        # A fixture that is chosen while the test runs may be a server.
        return True
    used = [function.__globals__[n] for n in names - {"missing"} if n in function.__globals__]
    if any({getattr(u, "__name__", ""), getattr(u, "__module__", "")} & _STARTS or u is OCGNET for u in used):
        return True
    ours = [u for u in used if isinstance(u, type(function)) and not u.__module__.startswith("ocgnet")]
    return any(_starts_program(inspect.unwrap(u), seen) for u in ours)


def is_quick(item):
    """Tell whether a test needs no such fixture, starts no program, itself or by what it calls, and is soon over."""
    if _REAL & set(getattr(item, "fixturenames", ())) or {"browser", "office", "large", "long"} & set(item.keywords):
        return False
    if not isinstance(item, pytest.Function):
        return True
    # Of the fixtures in this file _REAL says it.
    fixtures = [found[-1].func for found in item._fixtureinfo.name2fixturedefs.values()]
    tested = getattr(item.obj, "hypothesis", None)
    functions = [tested.inner_test if tested else item.obj, *(f for f in fixtures if f.__module__ != __name__)]
    seen = set()
    return not any(_starts_program(f, seen) for f in map(inspect.unwrap, functions) if hasattr(f, "__code__"))


# First of all, since xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Say which tests one worker runs, whole files and files that share something slow, and which begin first."""
    for item in items:
        if is_quick(item):
            item.add_marker(pytest.mark.quick)
    shared = {}
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in _TOGETHER:
                shared[item.path] = _TOGETHER[fixture]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(shared.get(item.path, str(item.path))))
    items.sort(key=lambda item: _LONG.index(item.path.parent.name) if item.path.parent.name in _LONG else len(_LONG))


def pytest_terminal_summary(terminalreporter, config):
    """Print those counts, and which tests left a server that had to be mended."""
    for line in config.stash.get(_MENDED, []):
        terminalreporter.write_line(line)
    counts = config.stash.get(_TALLY, None)
    if counts:
        terminalreporter.section("hostile input, faults and leaks")
        first = ("inputs tried", "kill points", "faults survived", "records lost", "outputs searched", "leaks found")
        for what in dict.fromkeys((*first, *sorted(counts))):
            terminalreporter.write_line(f"{what}: {counts[what]:,}")


@pytest.fixture(scope="session")
def without_network():
    """Give the words that run a program where there is no interface but loopback; where they fail, skip or fail."""
    words = ["unshare", "--map-root-user", "--net"] if os.getuid() else ["unshare", "--net"]
    if not shutil.which("unshare") or subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        missing("unshare makes no network namespace here: it needs Linux and the right to make one.")
    return tuple(words)


@pytest.fixture(scope="session")
def every_output(tmp_path_factory, without_network):
    """Run every command over hostile records, without a network and with a password in the environment."""
    sys.path.insert(0, str(Path(__file__).parent / "hostile"))
    from every_output import run_everything

    return run_everything(tmp_path_factory.mktemp("every"), without_network)


class Neo4j:
    """A Neo4j server of the tests' own; everything in it is thrown away."""

    def __init__(self, server):
        self.server = server
        self.running = server.start(welcome())

    def answers(self):
        """Return whether the server runs and its database can be asked."""
        running = self.server.running()
        if running is None:
            return False
        self.running = running
        try:
            return self.query("RETURN 1 AS one") == [{"one": 1}]
        except (DriverError, Neo4jError, StoreError):
            return False

    def mend(self):
        """Bring back a server that a test left dead or with a database that does not open; say what was done.

        Returns
        -------
        str
            Empty when nothing was wrong.
        """
        if self.answers():
            return ""
        done = "was down and has been started again"
        self.running = self.server.start()
        if not self.answers():
            self.server.stop()
            for part in ("databases", "transactions"):
                shutil.rmtree(self.server.home / "data" / part / "neo4j", ignore_errors=True)
            (self.server.home / "bulk-unfinished").unlink(missing_ok=True)
            self.running = self.server.start()
            done = "had a database that did not open and has been given an empty one"
        if not self.answers():
            raise StoreError(f"The tests' Neo4j server in {self.server.home} cannot be brought back.")
        return done

    @property
    def uri(self):
        """Address for ``--store``."""
        return self.running.uri

    @property
    def password(self):
        """Password of the user neo4j."""
        return self.server.password_file.read_text(encoding="utf-8").strip()

    @property
    def address(self):
        """Address with user and password."""
        return Address(self.uri, "neo4j", self.password)

    def query(self, text, **parameters):
        """Run one query of any kind in a transaction of its own and return its rows as dictionaries."""
        with connected(self.address) as connection, connection.session() as session:
            return session.run(text, parameters).data()

    def explain(self, text, **parameters):
        """Return the names of the steps by which the server would run a query."""
        with connected(self.address) as connection, connection.session() as session:
            plan = session.run(f"EXPLAIN {text}", parameters).consume().plan
        steps, todo = [], [plan]
        while todo:
            step = todo.pop()
            steps.append(step["operatorType"].partition("@")[0])
            todo.extend(step.get("children", ()))
        return steps

    def wipe(self):
        """Remove every node and relationship; constraints stay, because making them takes seconds."""
        self.query("MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 20000 ROWS")


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory):
    """Give a running server; without Java or the server's jars, skip, or fail where CI=true."""
    server = LocalServer(tmp_path_factory.mktemp("data") / "ocgnet" / "neo4j", brief=True)
    try:
        neo4j = Neo4j(server)
    except StoreError as error:
        missing(str(error))
    try:
        yield neo4j
    finally:
        server.stop()


_MENDED = pytest.StashKey[list[str]]()


@pytest.fixture(autouse=True)
def mended_server(request):
    """Leave the server in order after every test that uses it, however the test ended, and say so if it was not.

    A test that kills the server or spoils its database mends it itself; this stands behind the test that
    fails half-way, so that the tests after it are judged by what they do.
    """
    yield
    if "neo4j_server" in request.fixturenames:
        server = request.getfixturevalue("neo4j_server")
        if done := server.mend():
            request.config.stash.setdefault(_MENDED, []).append(f"{request.node.nodeid}: the Neo4j server {done}")


@pytest.fixture
def neo4j(neo4j_server, monkeypatch):
    """Give the server with an empty database, its password where the commands look for it."""
    for name in ("PASSWORD", "USER", "DATABASE"):
        monkeypatch.delenv(f"OCGNET_NEO4J_{name}", raising=False)
    monkeypatch.setenv("OCGNET_NEO4J_PASSWORD_FILE", str(neo4j_server.server.password_file))
    neo4j_server.wipe()
    return neo4j_server


_MAKE_FORCE = """
import re, sys
from pathlib import Path
from ocgnet_demo.force.force import write_force
write_force(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
# The highest memory of this process alone: what getrusage says begins with that of the process before it.
print(int(re.search("VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def _made_force(folder, seed, scale):
    """Make a force-wide county in a process of its own; return its folder and peak megabytes."""
    words = [sys.executable, "-c", _MAKE_FORCE, str(folder), str(seed), str(scale)]
    return folder, float(subprocess.run(words, check=True, timeout=300, capture_output=True, text=True).stdout)


@pytest.fixture(scope="session")
def force_run(tmp_path_factory):
    """Give the force-wide county of the published figures, and the megabytes that making it took."""
    return _made_force(tmp_path_factory.mktemp("force") / "county", 1, 1.0)


@pytest.fixture(scope="session")
def force_county(force_run):
    """Give the folder of the force-wide county of the published figures: 260,000 crimes in the year."""
    return force_run[0]


@pytest.fixture(scope="session")
def other_force(tmp_path_factory):
    """Give the folder of another force, a tenth of the size, with figures of its own."""
    return _made_force(tmp_path_factory.mktemp("other_force") / "county", 2, 0.1)[0]
