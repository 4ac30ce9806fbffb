"""The programs of a Neo4j server: the jars that are pinned by their hashes, and the Java that runs them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ocgnet.errors import StoreError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

JAVA_NEEDED = 17
"""Oldest Java on which the pinned server runs."""

FETCH_SECONDS = 900
"""Longest time that Maven may take before the download is given up."""


OURS = files("ocgnet.store.neo4j")
"""Folder of the pom by which Maven finds the server that is started, and of the hashes of its jars."""


def version(of: Traversable = OURS) -> str:
    """Return the version of the server that a pom pins."""
    text = (of / "pom.xml").read_text(encoding="utf-8")
    element = ET.fromstring(text).find("{*}version")  # noqa: S314 - our own file
    if element is None or not element.text:
        raise ValueError("pom.xml has no version")
    return element.text


def java() -> Path:
    """Return a Java of version 17 or later, from ``JAVA_HOME`` or the search path."""
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
    unfit = f" ({'; '.join(seen)})" if seen else ""
    raise StoreError(
        f"Neo4j needs Java {JAVA_NEEDED} or later, and none was found{unfit}. Install it "
        f"(on Debian: apt-get install openjdk-{JAVA_NEEDED}-jre-headless) or point JAVA_HOME at it."
    )


def _java_version(path: str) -> int:
    """Return the major version that a Java states, 0 when it does not run."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    stated = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(stated.group(1)) if stated else 0


def pinned(of: Traversable = OURS) -> dict[str, str]:
    """Return the SHA-256 of every jar of the server, by name."""
    text = (of / "jars.sha256").read_text(encoding="ascii")
    return {name: digest for digest, name in (line.split() for line in text.splitlines())}


def check_jars(lib: Path, of: Traversable = OURS) -> None:
    """Refuse a folder whose jars are not the pinned ones, all of them and no others.

    Raises
    ------
    StoreError
        Naming the first that is another one, that is missing, or that nobody pinned.
    """
    pins = pinned(of)
    for name in sorted({*pins, *(jar.name for jar in lib.glob("*.jar"))}):
        jar = lib / name
        if name not in pins:
            wrong = "is no part of the server"
        elif not jar.is_file():
            wrong = "is missing"
        else:
            with jar.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == pins[name]
            wrong = "" if same else "is not the one that this version of ocgnet names by its hash"
        if wrong:
            raise StoreError(
                f"{name} in {lib} {wrong}, so the Neo4j server is not started. Whoever brought the programs may have "
                "brought others: fetch them again from a place that you trust (docs/licences-neo4j.md lists them)."
            )


def library(of: Traversable = OURS) -> Path:
    """Return the folder of the jars of a server, by default ours, fetched through Maven on first use.

    The folder is ``OCGNET_NEO4J_LIB`` when that is set (jars brought there by hand, for a machine without a network),
    else one per list of jars in the user's cache. It is filled beside its place, checked and renamed, so a download
    that breaks off, or that brings something else, leaves nothing behind. Jars brought by hand are checked once a
    process.
    """
    if of == OURS and (given := os.environ.get("OCGNET_NEO4J_LIB")):
        if not any(Path(given).glob("neo4j-*.jar")):
            raise StoreError(f"OCGNET_NEO4J_LIB names {given}, which holds no Neo4j jars. Correct it or unset it.")
        return _by_hand(Path(given))
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ocgnet"
    jars = hashlib.sha256(repr(sorted(pinned(of).items())).encode()).hexdigest()[:8]
    lib = kept / f"neo4j-{version(of)}-{jars}"
    if not lib.is_dir():
        _fetch(lib, of)
    return lib


@cache
def _by_hand(lib: Path) -> Path:
    check_jars(lib)
    return lib


def _fetch(lib: Path, of: Traversable) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreError(
            "The Neo4j server is not on this machine yet and is fetched with Maven, which is missing. Install Maven "
            "(on Debian: apt-get install maven), or set OCGNET_NEO4J_LIB to a folder with the server's jars."
        )
    lib.parent.mkdir(parents=True, exist_ok=True)
    with (
        as_file(of / "pom.xml") as pom,
        TemporaryDirectory(dir=lib.parent, prefix=f".{lib.name}.") as scratch,
    ):
        partial = Path(scratch) / "lib"
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
        command = [maven, "-q", "-B", "-f", str(pom), *goal]
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
        check_jars(partial, of)
        try:
            partial.rename(lib)
        except OSError:
            # Somebody else fetched the same version meanwhile.
            if not lib.is_dir():
                raise
