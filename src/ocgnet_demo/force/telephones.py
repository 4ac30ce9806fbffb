"""Telephones, vehicles and premises of a force: those of the groups' members whole, others by scale.

They bear no number and no plate, so that nobody's can be meant. Who calls whom is drawn in columns, as for the large
folders of calls: mostly numbers near by, which among the members' are those of their own group.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ocgnet_demo.drawing import Row
from ocgnet_demo.drug_lines import Lines
from ocgnet_demo.force.counts import DISTRICTS
from ocgnet_demo.force.targets import generator
from ocgnet_demo.force.youth import FIRST_NUMBER
from ocgnet_demo.things.large import communications_of, numbered, write_pieces

OTHERS, CALLS = 25_000, 8
"""Telephones of people in no group at scale 1, and calls of each telephone."""
NOBODYS = 4
"""One telephone in so many of the others is nobody's on record."""
_PREMISES = ("Tideway Chicken", "Quay Cafe", "Saltpan Snooker Hall")
AUTHORITY = {"communications_authority": "CD-2019-0533"}
"""What ``about.toml`` says of where the calls come from; made up as everything else."""


def premises() -> list[Row]:
    """Return rows of ``things`` that are premises."""
    return [
        {"thing_id": f"PL{number:04d}", "kind": "premises", "label": label, "district": DISTRICTS[number * 3]}
        for number, label in enumerate(_PREMISES, 1)
    ]


def write_telephones(out: Path, seed: int, scale: float, members: list[str], nominals: int, lines: Lines) -> str:
    """Write tables ``things``, ``thing_links`` and ``communications``, and return a telephone that is nobody's.

    Parameters
    ----------
    members : list of str
        Members of the groups today, those of one group beside each other.
    nominals : int
        Nominals in no group, of whom some have a telephone or a vehicle.
    lines : Lines
        Lines and who uses them, written after the others.
    """
    rng = generator(seed, "telephones")
    others = max(round(OTHERS * scale), NOBODYS)
    phones = numbered("TL", len(members) + others)
    users = np.arange(others)[np.arange(others) % NOBODYS > 0]
    users = users[:nominals]
    drawn = FIRST_NUMBER + rng.choice(nominals, len(users), replace=False)
    owners = [f"N{number:07d}" for number in drawn.tolist()]
    vehicles = numbered("VH", len(owners) // 3)
    places = premises()
    count = len(phones) + len(vehicles)
    things = {
        "thing_id": pa.concat_arrays([phones, vehicles, pa.array([str(p["thing_id"]) for p in places])]),
        "kind": pa.array(["phone"] * len(phones) + ["vehicle"] * len(vehicles) + ["premises"] * len(places)),
        "label": pa.array([""] * count + [str(p["label"]) for p in places]),
        "district": pa.array([""] * count + [str(p["district"]) for p in places]),
    }
    write_pieces(out, "things", iter([pa.table(things), _columns(lines.things, list(things))]))
    mine = pa.array(np.concatenate([np.arange(len(members)), len(members) + users]))
    links = {
        "person_id": pa.array([*members, *owners, *owners[: len(vehicles)]]),
        "thing_id": pa.concat_arrays([phones.take(mine), vehicles]),
        "relation": pa.array(["user"] * len(mine) + ["keeper"] * len(vehicles)),
    }
    links |= {name: pa.array([""] * len(links["relation"])) for name in ("from_date", "to_date", "confidence")}
    write_pieces(out, "thing_links", iter([pa.table(links), _columns(lines.links, list(links))]))
    write_pieces(out, "communications", communications_of(rng, phones, len(phones) * CALLS))
    return str(phones[len(members)])


def _columns(rows: list[Row], names: list[str]) -> pa.Table:
    """Return rows as columns of text; what is absent or None is blank."""
    texts = [[str("" if (v := row.get(name)) is None else v) for row in rows] for name in names]
    return pa.table([pa.array(t, pa.string()) for t in texts], names)
