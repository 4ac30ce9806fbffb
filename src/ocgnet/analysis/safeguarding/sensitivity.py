"""How the order of children changes when one component is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ocgnet.analysis.safeguarding.rules import COMPONENTS, SIDES, Component, added, band_of, points_of
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def sensitivity_table(children: Sequence[str], parts: Sequence[Sequence[Component]], settings: Settings) -> ResultTable:
    """Return the table ``child_sensitivity``: one row per child and component left out.

    Parameters
    ----------
    children : sequence of str
        Ids, in any order.
    parts : sequence of sequences of Component
        Components of each child.
    settings : Settings
        Points and bands.

    Returns
    -------
    ResultTable
        Sorted by child, then in the order of ``COMPONENTS``. Bands, points and places are those of the band to which
        the component belongs: about the child, or about the adults. ``place`` is 1 for the most points; children
        with equal points share the smallest place of theirs.
    """
    names = list(COMPONENTS)
    points = points_of(settings)
    matrix = np.zeros((len(children), len(names)), dtype=np.int64)
    for i, own in enumerate(parts):
        for part in own:
            matrix[i, names.index(part.name)] = added(part, points)[0]
    side = [COMPONENTS[n].side for n in names]
    shape = matrix.shape
    total, without, place, place_without = (np.zeros(shape, dtype=np.int64) for _ in range(4))
    for name in SIDES:
        own_side = np.array([s == name for s in side], bool)
        sums = matrix[:, own_side].sum(axis=1)
        total[:, own_side] = sums[:, None]
        without[:, own_side] = sums[:, None] - matrix[:, own_side]
        place[:, own_side] = _places(sums[:, None])
        place_without[:, own_side] = _places(without[:, own_side])

    def banded(points: np.ndarray) -> np.ndarray:
        rows = ((band_of(int(v), settings, s) for v, s in zip(row, side, strict=True)) for row in points)
        return np.array([band for row in rows for band in row], object)

    frame = pd.DataFrame(
        {
            "child_id": np.repeat(np.array(children, object), len(names)),
            "component": names * len(children),
            "about": side * len(children),
            "points": total.ravel(),
            "points_without": without.ravel(),
            "band": banded(total),
            "band_without": banded(without),
            "place": place.ravel(),
            "place_without": place_without.ravel(),
        }
    )
    frame["band_changes"] = (frame["band"] != frame["band_without"]).astype(bool)
    frame["order"] = frame["component"].map({n: i for i, n in enumerate(names)})
    frame = frame.sort_values(["child_id", "order"], kind="stable").reset_index(drop=True)
    counts = ["points", "points_without", "place", "place_without"]
    columns = [c.name for c in RESULT_TABLES["child_sensitivity"]]
    return ResultTable("child_sensitivity", frame[columns].astype(dict.fromkeys(counts, "int64")))


def _places(points: np.ndarray) -> np.ndarray:
    """Return places by column, 1 for the most points, equal points sharing the smallest.

    >>> _places(np.array([[3], [5], [3]])).ravel().tolist()
    [2, 1, 2]
    """
    found = np.empty_like(points)
    for column in range(points.shape[1]):
        values = points[:, column]
        found[:, column] = len(values) - np.searchsorted(np.sort(values), values, side="right") + 1
    return found


def in_words(table: ResultTable) -> dict[str, str]:
    """Return per child on what each of the two bands rests: which component alone would change it."""
    band: dict[tuple[str, str], str] = {}
    changing: dict[tuple[str, str], list[str]] = {}
    for row in table.frame.itertuples(index=False):
        key = (str(row.child_id), str(row.about))
        band[key] = str(row.band)
        if row.band_changes:
            title = COMPONENTS[str(row.component)].title
            said = f"{title[:1].lower()}{title[1:]} ({row.band_without})"
            changing.setdefault(key, []).append(said)
    found: dict[str, list[str]] = {}
    for (child, about), now in band.items():
        key = (child, about)
        rests = (
            f"would leave {now} without: {', '.join(changing[key])}"
            if key in changing
            else f"stays {now} without any one component"
        )
        found.setdefault(child, []).append(f"About the {about}: {rests}")
    return {child: ". ".join(said) for child, said in found.items()}
