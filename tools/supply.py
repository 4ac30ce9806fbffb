"""What the program is made of: the list of licences, and the software bill of materials.

    python tools/supply.py licences            prints docs/licences.md
    python tools/supply.py sbom FILE.cdx.json  writes a CycloneDX 1.6 document

Both follow from requirements.lock and from what is installed; nothing is asked of any other machine. The
document holds no clock: the same lock gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"

ELSEWHERE = {"cffi": "MIT", "colorama": "BSD-3-Clause", "pycparser": "BSD-3-Clause"}
"""Licences of packages that the lock holds for Windows only, as their own metadata state them."""

SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "gnu general public license (gpl)": "GPL-2.0-or-later",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
"""What packages write in place of an SPDX expression. igraph's own licence file says: version 2 or later."""

PARTS = (
    ("vis-network", "9.1.2", "Apache-2.0 OR MIT", "draws the chart; inside pyvis, and inside every chart page"),
    ("ONS Crime Severity Score weights", "2019-20", "OGL-UK-3.0", "src/ocgnet/data/ons_crime_severity_weights.csv"),
)
"""What is shipped and is no Python package. No font and no picture is: pages use what the reader's machine has."""

USES = ("program", "build", "test")
"""For what a package is there, the first that applies; all but the program are optional."""


@dataclass(frozen=True)
class Pin:
    """One package of the lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def pins() -> list[Pin]:
    """Return the packages of the lock, sorted by name."""
    text = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        pinned = re.match(r"([A-Za-z0-9._-]+)==(\S+)\s*(?:;\s*(.*?))?\s*(--hash.*)?$", line)
        if pinned:
            hashes = tuple(sorted(re.findall(r"sha256:([0-9a-f]{64})", line)))
            found.append(Pin(_plain(pinned[1]), pinned[2], (pinned[3] or "").strip(), hashes))
    return sorted(found, key=lambda p: p.name)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    """Return the licence of a package as an SPDX expression.

    Raises
    ------
    LookupError
        When its metadata state none that is known here: somebody has to read it.
    """
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier") or [] if c.startswith("License")]
    given = (str(metadata.get("License") or "").splitlines() or [""])[0].strip()
    for said in (given, *classifiers):
        if re.fullmatch(r"[A-Za-z0-9.-]+-[0-9.]+(-or-later|-Clause)?|MIT|ISC|MIT OR Apache-2\.0", said):
            return said
        if said.lower() in SPDX:
            return SPDX[said.lower()]
    raise LookupError(f"{name} states no licence that is known: {given!r}, {classifiers}. Read it and add it to SPDX.")


def needs(of: Distribution) -> Iterator[str]:
    """Yield what a package asks for without extras; Windows counts, because the lock serves it too."""
    for text in of.requires or []:
        asked = Requirement(text)
        for system, name in (("linux", "posix"), ("win32", "nt")):
            place = {"extra": "", "sys_platform": system, "os_name": name}
            if asked.marker is None or asked.marker.evaluate(place):
                yield _plain(asked.name)


def asked_for(use: str = "program") -> list[str]:
    """Return what ocgnet itself asks for, as pyproject.toml says."""
    own = project()
    texts = own["dependencies"] if use == "program" else own["optional-dependencies"][use]
    return [_plain(Requirement(text).name) for text in texts]


def project() -> dict[str, Any]:
    """Return the description of ocgnet."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def uses() -> dict[str, str]:
    """Return for each package of the lock what it is there for."""
    names = {p.name for p in pins()}
    found: dict[str, str] = {}
    for use in USES:
        todo = asked_for(use)
        while todo:
            name = todo.pop()
            if name in found or name not in names:
                continue
            found[name] = use
            try:
                todo += needs(distribution(name))
            except PackageNotFoundError:
                continue
    return {name: found.get(name, "test") for name in sorted(names)}


def licences() -> str:
    """Return docs/licences.md."""
    rows = [f"| {p.name} | {p.version} | {licence(p.name)} | {use} |" for p in pins() for use in [uses()[p.name]]]
    parts = [f"| {name} | {release} | {terms} | {what} |" for name, release, terms, what in PARTS]
    return "\n".join(
        [
            "# Licences of everything that is shipped or installed",
            "",
            "Made by `make licences` from requirements.lock and from what the packages say of themselves; a test keeps",
            "them together. ocgnet's own code is under the MIT licence.",
            "",
            "igraph is under the GNU General Public License, version 2 or later. Whoever passes on ocgnet with igraph",
            "passes on the whole under that licence; whoever uses it inside the force is not concerned.",
            "",
            "The Neo4j server, which `ocgnet neo4j start` fetches, has [a list of its own](licences-neo4j.md).",
            "",
            "## Shipped inside the package or its pages",
            "",
            "| part | version | licence | where |",
            "|---|---|---|---|",
            *parts,
            "",
            "Contains public sector information licensed under the Open Government Licence v3.0.",
            "",
            "## Python packages",
            "",
            "`program` is needed to run, the others are for making and testing it.",
            "",
            "| package | version | licence | for |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def bill() -> dict[str, Any]:
    """Return the CycloneDX document."""
    of = uses()
    own = project()
    packages = [_component(pin, of[pin.name]) for pin in pins()]
    parts = [
        {
            "type": "library" if name == "vis-network" else "data",
            "bom-ref": re.sub(r"\W+", "-", name.lower()),
            "name": name,
            "version": release,
            "licenses": [{"expression": terms}],
            "description": what,
        }
        for name, release, terms, what in PARTS
    ]
    root = f"pkg:pypi/ocgnet@{own['version']}"
    direct = {p["bom-ref"] for p in packages} & {_ref(n) for n in asked_for()}
    links = [{"ref": root, "dependsOn": sorted(direct) + [p["bom-ref"] for p in parts]}]
    links += [{"ref": _ref(pin.name), "dependsOn": _links(pin.name)} for pin in pins()]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "ocgnet",
                "version": own["version"],
                "description": own["description"],
                "licenses": [{"expression": own["license"]}],
                "purl": root,
            },
            "properties": [{"name": "ocgnet:python", "value": own["requires-python"]}],
        },
        "components": packages + parts,
        "dependencies": links,
    }
    # A number of its own for each content, and the same for the same.
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return {"serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, digest).urn} | document


def _component(pin: Pin, use: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(pin.name),
        "name": pin.name,
        "version": pin.version,
        "scope": {"program": "required", "kglite": "optional"}.get(use, "excluded"),
        "hashes": [{"alg": "SHA-256", "content": h} for h in pin.hashes],
        "licenses": [{"expression": licence(pin.name)}],
        "purl": _ref(pin.name),
    }
    if pin.marker:
        found["properties"] = [{"name": "ocgnet:marker", "value": pin.marker}]
    return found


def _ref(name: str) -> str:
    return next((f"pkg:pypi/{p.name}@{p.version}" for p in pins() if p.name == name), f"pkg:pypi/{name}")


def _links(name: str) -> list[str]:
    try:
        found = set(needs(distribution(name)))
    except PackageNotFoundError:
        return []
    return sorted(_ref(n) for n in found & {p.name for p in pins()})


def strays() -> list[str]:
    """Return packages whose installed version is not the one of the lock."""
    found = []
    for pin in pins():
        try:
            if version(pin.name) != pin.version:
                found.append(f"{pin.name} is {version(pin.name)}, the lock says {pin.version}")
        except PackageNotFoundError:
            if not pin.marker and pin.name not in ELSEWHERE:
                found.append(f"{pin.name} is not installed")
    return found


def main(words: list[str]) -> int:
    """Run one of the two commands."""
    if words == ["licences"]:
        sys.stdout.write(licences())
    elif len(words) == 2 and words[0] == "sbom":
        if different := strays():
            sys.stderr.write("What is installed is not what the lock says: " + "; ".join(different) + "\n")
            return 1
        path = Path(words[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(bill(), indent=1) + "\n", encoding="utf-8")
    else:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
