"""Where everybody stands: groups first, then the people inside each group.

Every first position comes from a hash of an identifier, so the same records give the same picture,
similar records give a similar one, and the order of rows has no say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from ocgnet.engine_layout import spring_positions

SPACING = 64.0
"""Distance between neighbours in a group, in the chart's own units (pixels at zoom 1)."""

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
) -> tuple[np.ndarray, np.ndarray]:
    """Place people so that groups stay apart and close people stay close.

    Parameters
    ----------
    ids : sequence of str, length n
        Sorted identifiers.
    cell : ndarray of int, shape (n,)
        Group or community of each person, 0 to c - 1, every number used.
    a, b, weight : ndarray, shape (m,)
        Ties as rows of ``ids`` with their strength.

    Returns
    -------
    positions : ndarray of int, shape (n, 2)
    centres : ndarray of int, shape (c, 2)
        Middle of each cell.

    Notes
    -----
    Spring positions of the cells, pushed apart until their discs no longer overlap; then spring positions
    inside each cell, scaled to its disc. Cells without ties to others stand in rows underneath.
    """
    n = len(ids)
    if n == 0:
        return np.zeros((0, 2), int), np.zeros((0, 2), int)
    count = int(cell.max()) + 1
    size = np.bincount(cell, minlength=count)
    radius = SPACING * (0.62 * np.sqrt(size) + 0.35)
    first = np.full(count, n)
    np.minimum.at(first, cell, np.arange(n))
    centres = _place_cells([ids[i] for i in first], cell, a, b, weight, radius)
    positions = np.zeros((n, 2))
    order = np.argsort(cell, kind="stable")
    local = np.empty(n, int)
    starts = np.concatenate([[0], np.cumsum(size)])
    local[order] = np.arange(n) - np.repeat(starts[:-1], size)
    inside = cell[a] == cell[b]
    tied = np.argsort(cell[a[inside]], kind="stable")
    ta, tb, tw = a[inside][tied], b[inside][tied], weight[inside][tied]
    cuts = np.searchsorted(cell[ta], np.arange(count + 1))
    start = hashed_points(ids)
    for c in range(count):
        rows = order[starts[c] : starts[c + 1]]
        mine = slice(cuts[c], cuts[c + 1])
        edges = np.column_stack([local[ta[mine]], local[tb[mine]]])
        positions[rows] = centres[c] + _inside(start[rows], edges, tw[mine], radius[c])
    return np.rint(positions).astype(int), np.rint(centres).astype(int)


def _inside(start: np.ndarray, edges: np.ndarray, weight: np.ndarray, radius: float) -> np.ndarray:
    """Spring positions of one group within a disc; people without a tie inside stand on its rim."""
    n = len(start)
    if n == 1:
        return np.zeros((1, 2))
    tied = np.zeros(n, bool)
    tied[edges.ravel()] = True
    found = np.zeros((n, 2))
    if tied.any():
        row = np.cumsum(tied) - 1
        found[tied] = _to_disc(spring_positions(start[tied] * np.sqrt(tied.sum()), row[edges], np.log1p(weight)))
    if not tied.all():
        k = int((~tied).sum())
        angle = 2 * np.pi * np.arange(k) / k + 0.4
        rim = np.column_stack([np.cos(angle), np.sin(angle)])
        found[~tied] = rim * (1.0 if k <= 12 or tied.any() else np.sqrt((np.arange(k) + 0.5) / k)[:, None])
        if not tied.any() and k > 12:
            golden = np.arange(k) * np.pi * (3 - np.sqrt(5))
            found = np.column_stack([np.cos(golden), np.sin(golden)]) * np.sqrt((np.arange(k) + 0.5) / k)[:, None]
        found[tied] *= 0.72
    return push_apart(found * radius * 0.9, np.full(n, 0.8 * SPACING), np.full(n, 0.62 * SPACING))


def _to_disc(points: np.ndarray) -> np.ndarray:
    """Scale centred points to the unit disc, pulling far ones in so that the middle is not a dot."""
    distance = np.hypot(points[:, 0], points[:, 1])
    furthest = distance.max()
    if furthest == 0:
        return points
    pull = (distance / furthest) ** 0.7
    return points / np.where(distance > 0, distance, 1)[:, None] * pull[:, None]


def _place_cells(
    keys: list[str], cell: np.ndarray, a: np.ndarray, b: np.ndarray, weight: np.ndarray, radius: np.ndarray
) -> np.ndarray:
    count = len(keys)
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
        start = hashed_points([k for k, t in zip(keys, tied, strict=True) if t]) * np.sqrt(tied.sum())
        found = _to_disc(spring_positions(start, row[edges], np.log1p(strength), rounds=500))
        area = np.sqrt((radius[tied] ** 2).sum() * 1.9)
        centres[tied] = push_apart(
            found * area * [np.sqrt(WIDE), 1 / np.sqrt(WIDE)], 2.2 * radius[tied], 2.2 * radius[tied]
        )
    if not tied.all():
        centres[~tied] = _rows(radius[~tied], centres[tied], radius[tied])
    return centres


def _rows(radius: np.ndarray, above: np.ndarray, above_radius: np.ndarray) -> np.ndarray:
    """Stand discs in rows, largest first, under whatever is above."""
    if len(above):
        left = float((above[:, 0] - above_radius).min())
        right = float((above[:, 0] + above_radius).max())
        top = float((above[:, 1] + above_radius).max()) + SPACING
    else:
        left, top = 0.0, 0.0
        right = float(np.sqrt(4 * (radius**2).sum() * WIDE))
    found = np.zeros((len(radius), 2))
    x, y, height = left, top, 0.0
    for i in np.lexsort((np.arange(len(radius)), -radius)):
        r = radius[i] * 1.1
        if x > left and x + 2 * r > right:
            x, y, height = left, y + height, 0.0
        found[i] = x + r, y + r
        x += 2 * r
        height = max(height, 2 * r)
    return found


def push_apart(points: np.ndarray, width: np.ndarray, height: np.ndarray, rounds: int = 200) -> np.ndarray:
    """Move boxes the least needed so that none overlaps another.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Middles.
    width, height : ndarray of float, shape (n,)
        Size of each box.
    rounds : int
        At most so many passes; each moves overlapping pairs apart along their smaller overlap.

    Returns
    -------
    ndarray of float, shape (n, 2)

    Examples
    --------
    >>> push_apart(np.array([[0.0, 1.0], [1.0, 1.0]]), np.full(2, 4.0), np.full(2, 4.0)).round(2).tolist()
    [[-1.5, 1.0], [2.5, 1.0]]
    """
    found = np.array(points, float)
    if len(found) < 2:
        return found
    # The rows are an order that everybody shares, so coinciding boxes part the same way each time.
    found += np.column_stack([np.arange(len(found)), -np.arange(len(found))]) * 1e-6
    reach = float(np.hypot(width.max(), height.max()))
    for _ in range(rounds):
        pairs = cKDTree(found).query_pairs(reach, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        i, j = pairs[:, 0], pairs[:, 1]
        apart = found[j] - found[i]
        need = np.column_stack([(width[i] + width[j]) / 2, (height[i] + height[j]) / 2])
        over = need - np.abs(apart)
        hit = (over > 1e-3).all(axis=1)
        if not hit.any():
            break
        i, j, apart, over = i[hit], j[hit], apart[hit], over[hit]
        along = np.argmin(over / need[hit], axis=1)
        step = np.zeros_like(over)
        rows = np.arange(len(i))
        step[rows, along] = np.where(apart[rows, along] < 0, -1, 1) * (over[rows, along] / 2 + 1e-3)
        moved = np.zeros_like(found)
        np.add.at(moved, i, -step)
        np.add.at(moved, j, step)
        share = np.bincount(np.concatenate([i, j]), minlength=len(found))
        found += moved / np.maximum(np.sqrt(share), 1)[:, None]
    return found
