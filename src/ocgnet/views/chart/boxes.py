"""Which box of the overview each person belongs to: a group, a community, or one of two remainders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd

READABLE_BOXES = 44
"""Beside the groups, the largest communities get a box of their own until there are so many boxes; the
rest share one that says how many they are."""

LONGEST_CODE = 6
"""Characters that fit into a mark; longer ids of groups are shortened there."""

SMALLEST_COMMUNITY = 4
"""Communities of fewer people share a box."""

ROLE_ORDER = {"principal": 0, "significant": 1, "peripheral": 2}


@dataclass(frozen=True)
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
    parts : list of list of int
        Rows of the people table, one list per part that stands together in the picture.
    facts : dict of str to object
        What the records say of a group.
    """

    id: str
    kind: str
    code: str
    name: str
    parts: list[list[int]]
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def people(self) -> list[int]:
        """Everybody in the box."""
        return sorted(chain.from_iterable(self.parts))


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
    found: np.ndarray = first.reindex(ids).fillna("").to_numpy(dtype=object)
    return found


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
        Groups by id (also those without a member here), communities by size, then the remainders.
        Every person is in exactly one box.
    """
    recorded = {row["ocg_id"]: row for row in groups.to_dict("records")}
    ids = sorted(set(recorded) | (set(home.tolist()) - {""}))
    boxes = []
    for ocg, code in zip(ids, short_codes(ids), strict=True):
        facts = {k: v for k, v in recorded.get(ocg, {}).items() if k not in ("ocg_id", "name")}
        name = recorded.get(ocg, {}).get("name")
        name = name if isinstance(name, str) and name else ocg
        boxes.append(Box(f"ocg:{ocg}", "ocg", code, name, [np.flatnonzero(home == ocg).tolist()], facts))
    loose = (home == "") & (community != "") & tied
    names, where = np.unique(community[loose].astype(str), return_inverse=True)
    members: list[list[int]] = [[] for _ in names]
    for row, place in zip(np.flatnonzero(loose).tolist(), where.tolist(), strict=True):
        members[place].append(row)
    # The largest first; equal sizes by their first person, which outlives a renumbering of communities.
    order = sorted(range(len(names)), key=lambda i: (-len(members[i]), members[i][0]))
    small = []
    for i in order:
        if len(members[i]) >= SMALLEST_COMMUNITY and len(boxes) < READABLE_BOXES:
            code = names[i] if len(names[i]) <= LONGEST_CODE else "C"
            # A community is no group, even where a group has the same letters as its id.
            code = f"({code})" if code in recorded or code in ids else code
            boxes.append(Box(f"community:{names[i]}", "community", code, f"Community {names[i]}", [members[i]]))
        else:
            small.append(members[i])
    if small:
        more = "smaller communities" if len(small) < len(names) else "communities"
        boxes.append(Box("small", "small", "…", f"{len(small)} {more}", small))
    alone = np.flatnonzero((home == "") & ~loose).tolist()
    if alone:
        boxes.append(Box("alone", "alone", "–", "No group, no tie", [alone]))
    return boxes


def short_codes(ids: Sequence[str]) -> list[str]:
    """Return a short code per group that cannot be read as another group's: its id, or a marked part of it.

    Ids that all fit stand as they are recorded. Longer ones give way to their ends or their beginnings,
    with an ellipsis for what is left out, where these tell all groups apart; else groups are numbered with a
    sign that no id begins with.

    >>> short_codes(["OCG03", "OCG12"]), short_codes(["OCG-2019-007", "OCG-2019-12"])
    (['OCG03', 'OCG12'], ['…9-007', '…19-12'])
    >>> short_codes(["north-quay-44-b", "south-quay-44-b"]), short_codes(["a-long-way-off", "a-long-way-oof"])
    (['north…', 'south…'], ['…y-off', '…y-oof'])
    """
    if all(len(i) <= LONGEST_CODE for i in ids):
        return list(ids)
    kept = LONGEST_CODE - 1
    for shorter in ([f"…{i[-kept:]}" for i in ids], [f"{i[:kept]}…" for i in ids]):
        codes = [i if len(i) <= LONGEST_CODE else code for i, code in zip(ids, shorter, strict=True)]
        if len(set(codes)) == len(ids):
            return codes
    sign = "#"
    while any(i.startswith(sign) for i in ids):
        sign += "#"
    return [f"{sign}{n}" for n in range(1, len(ids) + 1)]
