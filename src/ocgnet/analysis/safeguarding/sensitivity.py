"""How the order of children changes when one component is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ocgnet.analysis.safeguarding.rules import COMPONENTS, added, band_of, bands, points_of
from ocgnet.analysis.safeguarding.rules import Component as Part
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def sensitivity_table(children: Sequence[str], parts: Sequence[Sequence[Part]], settings: Settings) -> ResultTable:
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
        Sorted by child, then in the order of ``COMPONENTS``. ``place`` is 1 for the most points; children with
        equal points share the smallest place of theirs.
    """
    names = list(COMPONENTS)
    points = points_of(settings)
    matrix = np.zeros((len(children), len(names)), dtype=np.int64)
    for i, own in enumerate(parts):
        for part in own:
            matrix[i, names.index(part.name)] = added(part, points)[0]
    total = matrix.sum(axis=1)
    without = total[:, None] - matrix
    place = _places(total[:, None])
    band = [band_of(int(t), settings) for t in total]
    rank = {b: i for i, b in enumerate(bands(settings))}
    left = [[band_of(int(v), settings) for v in row] for row in without]
    frame = pd.DataFrame(
        {
            "child_id": np.repeat(np.array(children, object), len(names)),
            "component": names * len(children),
            "points": np.repeat(total, len(names)),
            "points_without": without.ravel(),
            "band": np.repeat(np.array(band, object), len(names)),
            "band_without": np.array([b for row in left for b in row], object),
            "place": np.repeat(place.ravel(), len(names)),
            "place_without": _places(without).ravel(),
        }
    )
    moved = frame["band"].map(rank).to_numpy() != frame["band_without"].map(rank).to_numpy()
    frame["band_changes"] = moved.astype(bool)
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
    """Return per child on what the band rests: which component alone would change it."""
    band: dict[str, str] = {}
    changing: dict[str, list[str]] = {}
    for row in table.frame.itertuples(index=False):
        child = str(row.child_id)
        band[child] = str(row.band)
        if row.band_changes:
            title = COMPONENTS[str(row.component)].title
            said = f"{title[:1].lower()}{title[1:]} ({row.band_without})"
            changing.setdefault(child, []).append(said)
    return {
        child: f"Would leave {now} without: {', '.join(changing[child])}"
        if child in changing
        else f"Stays {now} without any one component"
        for child, now in band.items()
    }
