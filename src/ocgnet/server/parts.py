"""What a server is made of: Java, and the jars that the pom pins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from ocgnet.errors import StoreError

JAVA_NEEDED = 17
"""Oldest Java on which the pinned server runs."""

FETCH_SECONDS = 900
"""Longest time that Maven may take before the download is given up."""


def version() -> str:
    """Return the version of the server that the pom pins."""
    text = (files("ocgnet.server") / "pom.xml").read_text(encoding="utf-8")
    found = ET.fromstring(text).find("{*}version")  # noqa: S314 - our own file
    if found is None or not found.text:
        raise ValueError("pom.xml has no version")
    return found.text


def java() -> Path:
    """Return a Java of version 17 or later, from ``JAVA_HOME`` or the search path.

    Raises
    ------
    StoreError
        When there is none, saying what was found instead.
    """
    candidates = [str(Path(os.environ["JAVA_HOME"]) / "bin" / "java")] if os.environ.get("JAVA_HOME") else []
    seen = []
    for candidate in (*candidates, "java"):
        path = shutil.which(candidate)
        if path is None:
            continue
        number = _java_version(path)
        if number >= JAVA_NEEDED:
            return Path(path)
        seen.append(f"{path} is version {number}" if number else f"{path} does not start")
    found = f" ({'; '.join(seen)})" if seen else ""
    raise StoreError(
        f"Neo4j needs Java {JAVA_NEEDED} or later, and none was found{found}. Install it "
        f"(on Debian: apt-get install openjdk-{JAVA_NEEDED}-jre-headless) or point JAVA_HOME at it."
    )


def _java_version(path: str) -> int:
    """Return the major version that a Java states, 0 when it does not run."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(found.group(1)) if found else 0


def library() -> Path:
    """Return the folder of the server's jars, fetched through Maven on first use.

    The folder is ``OCGNET_NEO4J_LIB`` when that is set (jars brought there by hand, for a machine
    without a network), else one per version in the user's cache. It is filled beside its place and
    renamed, so a download that breaks off leaves nothing behind.

    Raises
    ------
    StoreError
        When the jars are absent and Maven is missing or fails.
    """
    if given := os.environ.get("OCGNET_NEO4J_LIB"):
        if not any(Path(given).glob("neo4j-*.jar")):
            raise StoreError(f"OCGNET_NEO4J_LIB names {given}, which holds no Neo4j jars. Correct it or unset it.")
        return Path(given)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ocgnet"
    lib = cache / f"neo4j-{version()}"
    if not lib.is_dir():
        _fetch(lib)
    return lib


def _fetch(lib: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreError(
            "The Neo4j server is not on this machine yet and is fetched with Maven, which is missing. Install Maven "
            "(on Debian: apt-get install maven), or set OCGNET_NEO4J_LIB to a folder with the server's jars."
        )
    lib.parent.mkdir(parents=True, exist_ok=True)
    with (
        as_file(files("ocgnet.server") / "pom.xml") as pom,
        TemporaryDirectory(dir=lib.parent, prefix=f".{lib.name}.") as scratch,
    ):
        partial = Path(scratch) / "lib"
        command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={partial}"]
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False, cwd=scratch
            )
        except subprocess.TimeoutExpired as error:
            raise StoreError(
                "Fetching the Neo4j server with Maven took too long. Check the network and try again."
            ) from error
        if done.returncode or not any(partial.glob("neo4j-*.jar")):
            says = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
            raise StoreError(
                f"Maven could not fetch the Neo4j server ({says.removeprefix('[ERROR] ')[:300]}). Check the network "
                "and Maven's settings, or set OCGNET_NEO4J_LIB to a folder with the server's jars."
            )
        try:
            partial.rename(lib)
        except OSError:
            # Somebody else fetched the same version meanwhile.
            if not lib.is_dir():
                raise
