"""Which box of the overview each person belongs to: a group, a community, or one of two remainders."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

LARGEST_COMMUNITIES = 40
"""At most so many communities get a box of their own; the rest share one that says how many they are."""

SMALLEST_COMMUNITY = 4
"""Communities of fewer people share a box."""

ROLE_ORDER = {"principal": 0, "significant": 1, "peripheral": 2}


@dataclass
class Box:
    """One box of the overview.

    Parameters
    ----------
    id : str
        ``ocg:<id>``, ``community:<id>``, ``small`` or ``alone``.
    kind : str
        ``ocg``, ``community``, ``small`` (several small communities) or ``alone`` (no group, no tie).
    code : str
        Short name that fits into a mark.
    name : str
        Name in words.
    people : list of int
        Rows of the people table.
    cells : list of int
        Cells of the layout that the box gathers.
    facts : dict of str to object
        What the records say of a group.
    """

    id: str
    kind: str
    code: str
    name: str
    people: list[int] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)


def home_groups(roles: pd.DataFrame, ids: pd.Index) -> np.ndarray:
    """Return the group under which each person is drawn, ``""`` without one.

    Somebody in several groups is drawn where the recorded role is highest; ties go to the smaller id.

    Parameters
    ----------
    roles : DataFrame
        Table ``roles``.
    ids : Index of str
        People, one per result.
    """
    held = roles[roles["ocg_id"].fillna("") != ""]
    rank = held["recorded_role"].map(ROLE_ORDER).fillna(len(ROLE_ORDER))
    held = held.assign(_rank=rank).sort_values(["nominal_id", "_rank", "ocg_id"], kind="stable")
    first = held.drop_duplicates("nominal_id").set_index("nominal_id")["ocg_id"]
    return first.reindex(ids).fillna("").to_numpy(dtype=object)


def boxes_of(groups: pd.DataFrame, home: np.ndarray, community: np.ndarray, tied: np.ndarray) -> list[Box]:
    """Sort people into boxes.

    Parameters
    ----------
    groups : DataFrame
        One row per group, as in ``Analysis.groups``.
    home : ndarray of str
        Group per person, ``""`` without one.
    community : ndarray of str
        Community per person, ``""`` without one.
    tied : ndarray of bool
        Whether the person has a tie.

    Returns
    -------
    list of Box
        Groups by id (also those without a member in the picture), communities by size, then remainders.
        Every person is in exactly one box; cells are numbered from 0 in the order of the boxes.
    """
    boxes = []
    for position, row in enumerate(groups.sort_values("ocg_id").to_dict("records")):
        facts = {k: v for k, v in row.items() if k not in ("ocg_id", "name")}
        name = row["name"] if isinstance(row["name"], str) and row["name"] else row["ocg_id"]
        people = np.flatnonzero(home == row["ocg_id"]).tolist()
        boxes.append(Box(f"ocg:{row['ocg_id']}", "ocg", f"G{position + 1}", name, people, facts=facts))
    known = set(groups["ocg_id"])
    for extra in sorted(set(home.tolist()) - known - {""}):
        people = np.flatnonzero(home == extra).tolist()
        boxes.append(Box(f"ocg:{extra}", "ocg", f"G{len(boxes) + 1}", extra, people))
    loose = (home == "") & (community != "") & tied
    names, where, count = np.unique(community[loose].astype(str), return_inverse=True, return_counts=True)
    rows = np.flatnonzero(loose)
    members: list[list[int]] = [[] for _ in names]
    for row, place in zip(rows.tolist(), where.tolist(), strict=True):
        members[place].append(row)
    # The largest first; equal sizes by their first person, which outlives a renumbering of communities.
    order = sorted(range(len(names)), key=lambda i: (-int(count[i]), members[i][0]))
    cell = len(boxes)
    small = Box("small", "small", "sm", "")
    for rank, i in enumerate(order):
        if count[i] >= SMALLEST_COMMUNITY and rank < LARGEST_COMMUNITIES:
            name = f"Community {names[i]}"
            boxes.append(Box(f"community:{names[i]}", "community", f"C{rank + 1}", name, members[i]))
        else:
            small.people.extend(members[i])
            small.facts[str(names[i])] = members[i]
    for position, box in enumerate(boxes):
        box.cells = [position]
    cell = len(boxes)
    if small.people:
        small.cells = list(range(cell, cell + len(small.facts)))
        small.name = f"{len(small.facts)} smaller communities"
        boxes.append(small)
        cell += len(small.cells)
    alone = np.flatnonzero((home == "") & ~loose).tolist()
    if alone:
        boxes.append(Box("alone", "alone", "–", "No group, no tie", alone, [cell]))
    return boxes
