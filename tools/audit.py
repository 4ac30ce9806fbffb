"""Whether the lock names a library with a known fault; fails when it could not be told of every one.

    python tools/audit.py PIP-AUDIT          asks the public database through this pip-audit
    python tools/audit.py --file ADVISORIES  asks what was brought here: a file with an advisory or a list of them (JSON
                                             in the OSV format), a zip of such files, or a folder of them

Leaves with 0 only when every locked package was looked up and none has a known fault.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.version import InvalidVersion, Version

sys.path.insert(0, str(Path(__file__).parent))

import supply


def verdict(locked: Mapping[str, str], found: Mapping[str, list[str]], skipped: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code and what is said.

    ``found`` are ids of faults by package that was looked up, ``skipped`` why others were not.
    """
    missing = sorted(set(locked) - set(found))
    lines = [f"{name} {locked[name]}: not looked up ({skipped.get(name, 'no answer')})" for name in missing]
    lines += [f"{name} {locked.get(name, '')}: {', '.join(ids)}" for name, ids in sorted(found.items()) if ids]
    faults = sum(map(len, found.values()))
    looked = len(locked) - len(missing)
    lines.append(f"{looked} of {len(locked)} packages looked up, {faults} known faults.")
    if missing:
        lines.append("The audit failed: it says nothing of packages that were not looked up.")
    return int(bool(missing or faults or not locked)), "\n".join(lines)


def answered(report: Mapping[str, Any]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what the JSON of pip-audit says: faults by package, and why packages were skipped."""
    packages = report.get("dependencies", [])
    found = {plain(p["name"]): [v["id"] for v in p["vulns"]] for p in packages if "vulns" in p}
    return found, {plain(p["name"]): str(p["skip_reason"]) for p in packages if "skip_reason" in p}


def plain(name: str) -> str:
    """Return the name of a package as the lock has it."""
    return name.lower().replace("_", "-").replace(".", "-")


def advisories(place: Path) -> Iterator[dict[str, Any]]:
    """Yield the advisories of a file, zip or folder that were not withdrawn."""
    if place.is_dir():
        texts = [p.read_bytes() for p in sorted(place.rglob("*.json"))]
    elif zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as held:
            texts = [held.read(name) for name in held.namelist() if name.endswith(".json")]
    else:
        texts = [place.read_bytes()]
    for text in texts:
        given = json.loads(text)
        yield from (a for a in (given if isinstance(given, list) else [given]) if not a.get("withdrawn"))


def concerned(advisory: Mapping[str, Any], name: str, version: str) -> bool:
    """Tell whether an advisory in the OSV format concerns this version of a package."""
    for affected in advisory.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") != "PyPI" or plain(package.get("name", "")) != name:
            continue
        ranges = [r["events"] for r in affected.get("ranges", []) if r.get("type") == "ECOSYSTEM"]
        if version in affected.get("versions", []) or any(_within(Version(version), events) for events in ranges):
            return True
    return False


def _within(version: Version, events: list[dict[str, str]]) -> bool:
    inside = False
    for event in events:
        for kind, text in event.items():
            try:
                at = Version("0" if text == "0" else text)
            except InvalidVersion:
                # In doubt it concerns us: somebody has to look.
                return True
            if kind == "introduced" and version >= at:
                inside = True
            elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
                inside = False
    return inside


def from_file(place: Path, locked: Mapping[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the faults of a file by package; nothing is looked up in one that holds no advisory about PyPI."""
    known = list(advisories(place))
    about = [a for a in known for x in a.get("affected", []) if x.get("package", {}).get("ecosystem") == "PyPI"]
    if not about:
        return {}, dict.fromkeys(locked, f"{place} holds no advisory about a Python package")
    newest = max(str(a.get("modified", "")) for a in about)
    print(f"{len(about)} advisories in {place}, the newest of {newest[:10] or 'an unknown day'}.")
    return {n: sorted({str(a["id"]) for a in about if concerned(a, n, v)}) for n, v in locked.items()}, {}


def from_database(pip_audit: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what the public database says."""
    with TemporaryDirectory() as scratch:
        out = Path(scratch) / "audit.json"
        words = ["--requirement", str(supply.LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
        subprocess.run([pip_audit, *words, "--output", str(out)], check=False)
        return answered(json.loads(out.read_text(encoding="utf-8"))) if out.exists() else ({}, {})


def main(words: list[str]) -> int:
    """Run the audit and return its exit code."""
    locked = {pin.name: pin.version for pin in supply.pins()}
    if words[:1] == ["--file"] and len(words) == 2:
        code, says = verdict(locked, *from_file(Path(words[1]), locked))
    elif len(words) == 1:
        code, says = verdict(locked, *from_database(words[0]))
    else:
        sys.exit(__doc__)
    print(says)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
