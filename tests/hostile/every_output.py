"""Every command over records that attack: run once, looked at by many tests."""

from __future__ import annotations

import json
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from hostile_records import MARKING, TEXTS, hostile_folder, new_ids

from every_command import Done, Ids, every_command, ocgnet

PASSWORD = "s3cr3t-m4rk3r-ünique"
"""Stands in the environment of every command, and may stand in nothing that leaves one."""

MARKED = f"{MARKING} · SYNTHETIC DATA"


@dataclass(frozen=True)
class Everything:
    """Where it ran, and what each command said."""

    place: Path
    records: Path
    done: tuple[Done, ...]
    modes: dict[str, int]

    @property
    def made(self) -> Path:
        """Folder of the outputs, as they were before the erasure."""
        return self.place / "kept"

    def of(self, name: str) -> list[Done]:
        """Runs of one command."""
        return [d for d in self.done if d.name == name]


def run_everything(place: Path, before: tuple[str, ...]) -> Everything:
    """Run all commands in an otherwise empty folder that anybody may read."""
    place.chmod(0o755)
    records = hostile_folder(place / "records")
    made = place / "made"
    made.mkdir(mode=0o755)
    kept = place / "kept"
    stands_for = new_ids()
    ids = Ids(*(stands_for[i] for i in ("N05", "N10", "G2", "C1", "R1")))
    environment = {
        "OCGNET_NEO4J_PASSWORD": PASSWORD,
        "OCGNET_LOG": str(place / "log" / "log.jsonl"),
        "HOME": str(place / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    (place / "home").mkdir()
    forms = {}
    for kind in ("cpi", "intelligence"):
        forms[kind] = place / f"{kind}.json"
        forms[kind].write_text(json.dumps(_form(kind)), encoding="utf-8")
    known = {str(p) for p in place.rglob("*")}
    done = []
    for name, arguments in every_command(records, ids, forms):
        if name == "review erase" and not kept.exists():
            # It takes away whatever it finds of the person, results of earlier commands included.
            shutil.copytree(made, kept)
        done.append(ocgnet(name, *arguments, cwd=place, environment=environment, before=before))
    modes = {str(p): stat.S_IMODE(p.stat().st_mode) for p in made.rglob("*") if str(p) not in known}
    modes |= {str(p): stat.S_IMODE(p.stat().st_mode) for p in (place / "log").rglob("*")}
    return Everything(place, records, tuple(done), modes)


def _form(kind: str) -> dict[str, object]:
    reports: list[dict[str, object]] = []
    for k in range(0, len(TEXTS) - 3, 3):
        title, text, name = (" ".join(TEXTS[k + n].split()) for n in range(3))
        report = {
            "form_ref": f"F{k}",
            "submitted_on": "2019-03-30",
            "child_at_risk": "no",
            "title": title,
            "text": text,
        }
        of_kind = {
            "cpi": {"sector": "health", "organisation": title, "submitter": name},
            "intelligence": {"origin": "police", "source_ref": title},
        }
        reports.append(report | of_kind[kind] | {"people": [{"name": name}]})
    return {"form": kind, "reports": reports}
