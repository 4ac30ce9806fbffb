"""What the Neo4j server of ocgnet is made of: the hash and the licence of every jar.

    python tools/jars.py

asks Maven for the jars of src/ocgnet/store/neo4j/pom.xml and writes jars.sha256 beside it, by which ocgnet checks what
it fetches, and docs/licences-neo4j.md. Run it after a change of the pom, look at what changed, and commit all three.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
POM = ROOT / "src" / "ocgnet" / "store" / "neo4j" / "pom.xml"
PINS = POM.with_name("jars.sha256")
PAGE = ROOT / "docs" / "licences-neo4j.md"
REPOSITORY = Path.home() / ".m2" / "repository"

HEAD = """# Licences of the Neo4j server

`ocgnet neo4j start` fetches these programs through Maven the first time; nothing of them is shipped. Each is checked by
its SHA-256 (`src/ocgnet/store/neo4j/jars.sha256`) before it is used; one more, one less or another one is refused. The
list is what Neo4j Community {version} needs to run, and Neo4j Browser; `tools/jars.py` renews it. Licences are as
the makers' own metadata state them.

| jar | version | licence |
|---|---|---|
"""


def pom_of(group: str, artifact: str, version: str) -> ET.Element:
    """Return the description of an artifact that Maven has fetched."""
    folder = REPOSITORY.joinpath(*group.split("."), artifact, version)
    return ET.parse(folder / f"{artifact}-{version}.pom").getroot()  # noqa: S314 (as Maven read it)


def licences(group: str, artifact: str, version: str) -> str:
    """Return the licences that an artifact, or the nearest of its parents, states.

    Raises
    ------
    LookupError
        When none of them states any: somebody has to read it.
    """
    name = f"{group}:{artifact}:{version}"
    while True:
        pom = pom_of(group, artifact, version)
        stated = [" ".join((e.text or "").split()) for e in pom.findall("{*}licenses/{*}license/{*}name")]
        if stated:
            return " or ".join(dict.fromkeys(stated)).replace("|", "/")
        parent = pom.find("{*}parent")
        if parent is None:
            raise LookupError(f"{name} states no licence. Read it and decide.")
        group, artifact, version = (
            str(parent.findtext(f"{{*}}{part}")).strip() for part in ("groupId", "artifactId", "version")
        )


def main() -> None:
    """Write the pins and the page."""
    with TemporaryDirectory() as scratch:
        lib, named = Path(scratch) / "lib", Path(scratch) / "list.txt"
        for goal in ([f"copy-dependencies -DoutputDirectory={lib}"], [f"list -DoutputFile={named}"]):
            words = f"dependency:{goal[0]} -DincludeScope=runtime".split()
            subprocess.run(["mvn", "-q", "-B", "-f", str(POM), *words], check=True)
        jars = sorted(lib.iterdir())
        pins = "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in jars)
        found = re.findall(r"^ +([\w.-]+):([\w.-]+):jar:(?:([\w.-]+):)?([\w.-]+):\w+", named.read_text(), re.MULTILINE)
    rows = {
        f"{artifact}-{version}{f'-{kind}' if kind else ''}.jar": (artifact, version, licences(group, artifact, version))
        for group, artifact, kind, version in found
    }
    if sorted(rows) != [jar.name for jar in jars]:
        sys.exit(f"the jars and their list differ: {sorted(set(rows) ^ {jar.name for jar in jars})}")
    lines = (f"| {' | '.join(row)} |\n" for _, row in sorted(rows.items()))
    server = next(version for _, artifact, _, version in found if artifact == "neo4j")
    PAGE.write_text(HEAD.format(version=server) + "".join(lines), encoding="utf-8")
    PINS.write_text(pins, encoding="ascii")
    print(f"{len(rows)} jars")


if __name__ == "__main__":
    main()
