"""Who is in which top list: both kinds together, each kind alone, greedily chosen, and the period before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.analysis.greedy import Greedy
from ocgnet.analysis.measured import Chosen
from ocgnet.results import ResultTable

LISTS = ("both", "crimes", "reports", "greedy", "before")
"""Names of the lists, in the order of the columns."""


def top_lists(chosen: Chosen, greedy: Greedy, then: Chosen | None, top_k: int, names: Mapping[str, str]) -> ResultTable:
    """Return the table ``top_lists``: everybody who stands in at least one list, by rank.

    Parameters
    ----------
    chosen : Chosen
        Of this period.
    greedy : Greedy
        Over the same people.
    then : Chosen or None
        Of the period before; None leaves its columns blank.
    top_k : int
        Length of each list; nobody without an event of its kind is in it.
    names : mapping of str to str
        Name by id.
    """
    people = len(chosen.ids)
    rank = {"both": _ranks(chosen.order, people)}
    length = {"both": chosen.count}
    for i, name in enumerate(("crimes", "reports")):
        order, length[name] = chosen.apart(i, top_k)
        rank[name] = np.where(chosen.parts[i] > 0, _ranks(order, people), 0)
    rank["greedy"], length["greedy"] = _ranks(greedy.person, people), min(top_k, len(greedy.person))
    rank["before"], length["before"] = np.zeros(people, np.int64), 0
    if then is not None:
        at = {name: i for i, name in enumerate(chosen.ids)}
        still = [(at[name], r) for r, name in enumerate(then.ids[then.order], 1) if name in at]
        rank["before"][[i for i, _ in still]] = [r for _, r in still]
        length["before"] = then.count
    inside = {name: (rank[name] > 0) & (rank[name] <= length[name]) for name in LISTS}
    rows = np.flatnonzero(np.any(list(inside.values()), axis=0))
    rows = rows[np.argsort(rank["both"][rows])]
    listed = ["|".join(name for name in LISTS if inside[name][row]) for row in rows]
    ids = chosen.ids[rows]
    columns: dict[str, object] = {
        "nominal_id": pd.array(ids, dtype="str"),
        "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
        "lists": pd.array(listed, dtype="str"),
    }
    for name, column in zip(LISTS, ("rank", "crime_rank", "report_rank", "greedy_rank", "before_rank"), strict=True):
        columns[column] = pd.array(rank[name][rows], dtype="Int64")
        columns[column][rank[name][rows] == 0] = pd.NA  # type: ignore[index]
    return ResultTable("top_lists", pd.DataFrame(columns))


def _ranks(order: np.ndarray, people: int) -> np.ndarray:
    """Return the rank of each person from 1; 0 for people who are not in the order."""
    rank = np.zeros(people, np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank
