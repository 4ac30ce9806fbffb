"""Where everybody stands: groups first, then the people inside each group.

Every first position comes from a hash of an identifier, so the same records give the same picture,
similar records give a similar one, and the order of rows has no say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from ocgnet.english import counted
from ocgnet.network.layout import smoothed_positions, spring_positions

SPACING = 48.0
"""Distance between neighbours in a group, in the chart's own units (pixels at zoom 1)."""

MARGIN = (30.0, 38.0)
"""Room left and right of a group, and above and below it, where its name stands."""

WIDE = 1.5
"""Width of the whole picture by its height: screens and A4 landscape are wider than high."""


def hashed_points(ids: Sequence[str]) -> np.ndarray:
    """Return one point of the unit disc per identifier, the same wherever the identifier appears.

    >>> points = hashed_points(["N1", "N2", "N1"])
    >>> bool((points[0] == points[2]).all()), bool((points[0] == points[1]).all())
    (True, False)
    """
    raw = b"".join(hashlib.blake2b(i.encode("utf-8", "surrogatepass"), digest_size=8).digest() for i in ids)
    u = np.frombuffer(raw, ">u4").reshape(-1, 2) / 2.0**32
    radius, angle = np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1]
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def two_level(
    ids: Sequence[str],
    cell: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    weight: np.ndarray,
) -> np.ndarray:
    """Place people (sorted ``ids``, length n) so that groups stay apart and close people stay close.

    ``cell`` is the group or community of each person, 0 to c - 1, every number used; ``a``, ``b`` and ``weight``, shape
    (m,), are ties as rows of ``ids`` with their strength. The places are whole numbers of shape (n, 2); no two cells
    overlap, nor the margins of ``MARGIN`` around them.

    Notes
    -----
    Spring positions inside each cell; then the cells, each between where its people's identifiers put it and
    the cells it has ties with, pushed apart until the boxes around their people part. Springs among the cells
    gave ties shorter by a quarter to two fifths, but another picture whenever a few people came or went.
    Cells without ties to others stand in rows underneath.
    """
    n = len(ids)
    if n == 0:
        return np.zeros((0, 2), int)
    by_pair = np.lexsort((weight, np.maximum(a, b), np.minimum(a, b)))
    a, b, weight = np.minimum(a, b)[by_pair], np.maximum(a, b)[by_pair], weight[by_pair]
    count = int(cell.max()) + 1
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(count + 1))
    inside = cell[a] == cell[b]
    tied = np.argsort(cell[a[inside]], kind="stable")
    ta, tb, tw = a[inside][tied], b[inside][tied], weight[inside][tied]
    cuts = np.searchsorted(cell[ta], np.arange(count + 1))
    start = hashed_points(ids)
    local = np.empty(n, int)
    local[order] = np.arange(n) - np.repeat(starts[:-1], np.diff(starts))
    positions = np.zeros((n, 2))
    for c in range(count):
        rows, mine = order[starts[c] : starts[c + 1]], slice(cuts[c], cuts[c + 1])
        positions[rows] = _inside(start[rows], np.column_stack([local[ta[mine]], local[tb[mine]]]), tw[mine])
    room = np.full(n, 0.9 * SPACING), np.full(n, 0.72 * SPACING)
    positions = push_apart(positions, *room, part=cell)
    low = np.minimum.reduceat(positions[order], starts[:-1])
    high = np.maximum.reduceat(positions[order], starts[:-1])
    positions -= ((low + high) / 2)[cell]
    size = high - low + 2 * np.array(MARGIN)
    # The mean over everybody in a cell moves little when a few people come or go.
    sums = np.column_stack([np.bincount(cell, start[:, axis], count) for axis in (0, 1)])
    centres = _place_cells(sums / np.sqrt(np.diff(starts))[:, None], cell, a, b, weight, size)
    placed: np.ndarray = np.rint(positions + centres[cell]).astype(int)
    return placed


def _inside(start: np.ndarray, edges: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Spring positions of one group; people without a tie inside stand around the others."""
    n = len(start)
    if n == 1:
        return np.zeros((1, 2))
    tied = np.zeros(n, bool)
    tied[edges.ravel()] = True
    loose = int((~tied).sum())
    found = np.zeros((n, 2))
    # Points of a sunflower fill a disc evenly; after the tied ones their numbers start further out.
    turn = np.arange(loose) * np.pi * (3 - np.sqrt(5))
    out = np.sqrt((np.arange(loose) + n - loose + 0.5) / n)
    found[~tied] = np.column_stack([np.cos(turn), np.sin(turn)]) * out[:, None]
    if loose < n:
        row = np.cumsum(tied) - 1
        springs = spring_positions(start[tied] * np.sqrt(n - loose), row[edges], np.log1p(weight))
        found[tied] = _to_disc(springs) * np.sqrt((n - loose) / n)
    found *= SPACING * 0.62 * np.sqrt(n)
    return found


def _to_disc(points: np.ndarray) -> np.ndarray:
    """Scale centred points to the unit disc, pulling far ones in so that the middle is not a dot."""
    distance = np.hypot(points[:, 0], points[:, 1])
    furthest = distance.max()
    if furthest == 0:
        return points
    pull = (distance / furthest) ** 0.7 / np.where(distance > 0, distance, 1)
    pulled: np.ndarray = points * pull[:, None]
    return pulled


def _place_cells(
    home: np.ndarray, cell: np.ndarray, a: np.ndarray, b: np.ndarray, weight: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Return the middle of each cell from where it would stand alone; ``size`` is width and height with margins."""
    count = len(home)
    low, high = np.minimum(cell[a], cell[b]), np.maximum(cell[a], cell[b])
    across = low != high
    pair, place = np.unique(low[across] * count + high[across], return_inverse=True)
    strength = np.bincount(place, weights=weight[across], minlength=len(pair))
    edges = np.column_stack(np.divmod(pair, count)).astype(int)
    tied = np.zeros(count, bool)
    tied[edges.ravel()] = True
    centres = np.zeros((count, 2))
    if tied.any():
        row = np.cumsum(tied) - 1
        found = smoothed_positions(home[tied], row[edges], np.log1p(strength))
        found = _to_disc(found - found.mean(axis=0))
        reach = np.sqrt(size[tied].prod(axis=1).sum()) * 0.6
        centres[tied] = push_apart(found * reach * [np.sqrt(WIDE), 1 / np.sqrt(WIDE)], size[tied, 0], size[tied, 1])
    if not tied.all():
        centres[~tied] = _rows(size[~tied], centres[tied], size[tied])
    return centres


def _rows(size: np.ndarray, above: np.ndarray, above_size: np.ndarray) -> np.ndarray:
    """Stand boxes in rows, tallest first, under whatever is above."""
    left, top = 0.0, 0.0
    right = float(max(np.sqrt(size.prod(axis=1).sum() * WIDE), size[:, 0].max()))
    if len(above):
        left = float((above - above_size / 2)[:, 0].min())
        right = max(float((above + above_size / 2)[:, 0].max()), left + float(size[:, 0].max()))
        top = float((above + above_size / 2)[:, 1].max())
    found = np.zeros((len(size), 2))
    x, y, height = left, top, 0.0
    for i in np.lexsort((np.arange(len(size)), -size[:, 1])):
        width, tall = size[i]
        if x > left and x + width > right + 1e-6:
            x, y, height = left, y + height, 0.0
        found[i] = x + width / 2, y + tall / 2
        x += width
        height = max(height, tall)
    return found


MOST_ASSIGNED = 600
"""Boxes up to which the places that move them least in all are looked for; the work grows with their cube."""


def grid_places(points: np.ndarray, cell_width: float, cell_height: float) -> np.ndarray:
    """Move points, shape (n, 2), onto a grid, one each, so that they are moved the least in all.

    More than `MOST_ASSIGNED` keep their order only: from top to bottom by row, from left to right within each. Every
    other row is shifted by a quarter of a cell, so that lines between rows do not run along the boxes. The places are
    centred on the origin.
    """
    n = len(points)
    if n == 0:
        return np.zeros((0, 2))
    columns = max(1, round(np.sqrt(n * 2.3 * cell_height / cell_width)))
    rows = -(-n // columns)
    columns = -(-n // rows)
    spots = np.array([[c + 0.5 * (r % 2) - 0.25, r] for r in range(rows) for c in range(columns)], float)
    spots -= spots.mean(axis=0)
    if n > MOST_ASSIGNED:
        down = np.argsort(points[:, 1], kind="stable")
        row = np.empty(n, int)
        row[down] = np.arange(n) // columns
        placed = np.empty((n, 2))
        placed[np.lexsort((points[:, 0], row))] = spots[:n]
        return placed * [cell_width, cell_height]
    # Ranks spread crowded parts out before the assignment, which would otherwise tear them apart.
    rank = np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0, kind="stable") / max(n - 1, 1) - 0.5
    wanted = rank * [columns, rows]
    cost = ((wanted[:, None, :] - spots[None, :, :]) ** 2).sum(axis=2)
    # Only a layout that keeps to an earlier one needs it, and loading it takes a while.
    from scipy.optimize import linear_sum_assignment

    _, chosen = linear_sum_assignment(cost)
    places: np.ndarray = spots[chosen] * [cell_width, cell_height]
    return places


_PUSHED = 2_000_000
"""Boxes times passes that are spent on pushing people apart; among more than 10,000 a last overlap is not seen."""


def push_apart(
    points: np.ndarray, width: np.ndarray, height: np.ndarray, rounds: int = 200, part: np.ndarray | None = None
) -> np.ndarray:
    """Move boxes a little until none overlaps another: middles of shape (n, 2), ``width`` and ``height`` of shape (n,).

    At most ``rounds`` passes, fewer among more than 10,000 boxes, each of which moves overlapping pairs apart along
    their smaller overlap. With ``part`` only boxes of one part push one another.

    >>> push_apart(np.array([[0.0, 1.0], [1.0, 1.0]]), np.full(2, 4.0), np.full(2, 4.0)).round(2).tolist()
    [[-1.5, 1.0], [2.5, 1.0]]
    """
    found = np.array(points, float)
    if len(found) < 2:
        return found
    # The rows are an order that everybody shares, so coinciding boxes part the same way each time.
    found += np.column_stack([np.arange(len(found)), -np.arange(len(found))]) * 1e-6
    part = np.zeros(len(found), int) if part is None else part
    reach = float(np.hypot(width.max(), height.max()))
    # A third axis keeps parts out of each other's reach.
    apart_by = part * 2.0 * reach
    active = np.arange(len(found))
    for _ in range(min(rounds, max(_PUSHED // len(found), 1))):
        here = np.column_stack([found[active], apart_by[active]])
        pairs = cKDTree(here).query_pairs(reach, output_type="ndarray")
        pairs = active[pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]]
        i, j = pairs[:, 0], pairs[:, 1]
        apart = found[j] - found[i]
        need = np.column_stack([(width[i] + width[j]) / 2, (height[i] + height[j]) / 2])
        over = need - np.abs(apart)
        hit = (over > 1e-3).all(axis=1)
        if not hit.any():
            break
        i, j, apart, over, need = i[hit], j[hit], apart[hit], over[hit], need[hit]
        rows, along = np.arange(len(i)), np.argmin(over / need, axis=1)
        step = np.zeros_like(over)
        step[rows, along] = np.where(apart[rows, along] < 0, -1, 1) * (over[rows, along] / 2 + 1e-3)
        ends = np.concatenate([i, j])
        share = np.sqrt(np.maximum(np.bincount(ends, minlength=len(found)), 1))
        for axis in (0, 1):
            pushed = np.bincount(ends, np.concatenate([-step[:, axis], step[:, axis]]), len(found))
            found[:, axis] += pushed / share
        # A part without an overlap stays as it is: nothing from outside can reach it.
        unsettled = np.zeros(int(part.max()) + 1, bool)
        unsettled[part[i]] = True
        active = active[unsettled[part[active]]]
    return found


# Which box of the overview each person belongs to: a group, a community, or one of two remainders.

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

    ``id`` is ``ocg:<id>``, ``community:<id>``, ``small`` (several small communities) or ``alone`` (no group, no tie),
    ``kind`` its first part; ``code`` fits into a mark. ``parts`` are rows of the people table, one list per part that
    stands together in the picture; ``facts`` what the records say of a group.
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
    """Return the group under which each of ``ids`` is drawn, ``""`` without one.

    Somebody in several groups is drawn where the recorded role is highest; ties go to the smaller id.
    """
    held = roles[roles["ocg_id"].fillna("") != ""]
    rank = held["recorded_role"].map(ROLE_ORDER).fillna(len(ROLE_ORDER))
    held = held.assign(_rank=rank).sort_values(["nominal_id", "_rank", "ocg_id"], kind="stable")
    first = held.drop_duplicates("nominal_id").set_index("nominal_id")["ocg_id"]
    found: np.ndarray = first.reindex(ids).fillna("").to_numpy(dtype=object)
    return found


def boxes_of(groups: pd.DataFrame, home: np.ndarray, community: np.ndarray, tied: np.ndarray) -> list[Box]:
    """Sort people into boxes: groups by id (also without a member here), communities by size, then the remainders.

    ``home`` and ``community`` are group and community per person, ``""`` without one; ``tied`` says who has a tie.
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
        smaller = "smaller " if len(small) < len(names) else ""
        name = counted(len(small), f"{smaller}community", f"{smaller}communities")
        boxes.append(Box("small", "small", "…", name, small))
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
