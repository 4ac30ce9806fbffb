"""Small networks for the tests of position, communities and roles."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest

from ocgnet.dataset import Dataset
from ocgnet.model import TABLES

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def rows(name: str, records: Iterable[dict]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in records], TABLES[name].schema)


def network(
    edges: Iterable[tuple[str, str] | tuple[str, str, int]],
    groups: dict[str, str] | None = None,
    recorded: dict[str, str] | None = None,
    alone: str = "",
) -> Dataset:
    """Contacts (a, b, times), members as {group: letters}, recorded roles, people without ties."""
    edges, groups = [(*e, 1)[:3] for e in edges], groups or {}
    people = sorted({p for e in edges for p in e[:2]} | {p for m in groups.values() for p in m} | set(alone))
    contacts = [{"person_a": a, "person_b": b, "kind": "meeting", "times_observed": t} for a, b, t in edges]
    members = [
        {"nominal_id": p, "ocg_id": g, "role": (recorded or {}).get(p)}
        for g, people_in in groups.items()
        for p in people_in
    ]
    return Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": p, "name": f"Name {p}"} for p in people)),
            "associations": rows("associations", contacts),
            "ocgs": rows("ocgs", ({"ocg_id": g} for g in groups)),
            "memberships": rows("memberships", members),
        }
    )


def star(centre: str, leaves: str) -> list[tuple[str, str]]:
    return [(centre, leaf) for leaf in leaves]


def clique(people: str) -> list[tuple[str, str]]:
    return [(a, b) for i, a in enumerate(people) for b in people[i + 1 :]]


def published(folder: str) -> tuple[Dataset, dict[str, bool]]:
    """Read a published network beside the checkout; skip where there is none."""
    home = SHARED / folder
    if not home.is_dir():
        pytest.skip(f"{folder} is not beside this checkout")

    def read(name: str) -> list[dict]:
        with (home / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return [{k: v or None for k, v in r.items()} for r in csv.DictReader(file)]

    contacts = [r | {"times_observed": int(r["times_observed"])} for r in read("associations")]
    data = {
        "nominals": rows("nominals", read("nominals")),
        "ocgs": rows("ocgs", read("ocgs")),
        "memberships": rows("memberships", read("memberships")),
        "associations": rows("associations", contacts),
    }
    return Dataset.of(data), {r["nominal_id"]: r["leader"] == "1" for r in read("truth")}
