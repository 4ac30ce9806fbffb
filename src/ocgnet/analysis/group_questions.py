"""What the ties ask about recorded groups: one that looks like two, two that look like one, people between.

They are questions to the officer who knows the group. A community is not an OCG, and nothing here
changes a recorded membership.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ocgnet.analysis.communities import Communities
from ocgnet.analysis.partition_fit import adjusted_mutual_information, adjusted_rand, mutual_information
from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import Ties
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings

TWO, ONE, BETWEEN = "looks like two", "looks like one", "stands between"
_JOINED = 2
"""Ties between two groups below which one community says nothing about them."""


def community_fit(evidence: Evidence, found: Mapping[float, Communities]) -> ResultTable:
    """Return the table ``community_fit``: how communities at each resolution agree with recorded groups.

    Parameters
    ----------
    evidence : Evidence
        For memberships; people in two groups belong to no partition and are left out.
    found : mapping of float to Communities
        By resolution.

    Returns
    -------
    ResultTable
        By rising resolution; agreement is blank where fewer than two people can be compared.
    """
    person, group = _only_group(evidence)
    rows = []
    for resolution in sorted(found):
        number = found[resolution].number
        tied = number[person] > 0
        one, other = number[person[tied]], group[tied]
        rows.append(
            {
                "resolution": resolution,
                "communities": int(number.max(initial=0)),
                "people": int(tied.sum()),
                "adjusted_rand": _number(adjusted_rand(one, other)),
                "mutual_information": _number(mutual_information(one, other)),
                "adjusted_mutual_information": _number(adjusted_mutual_information(one, other)),
            }
        )
    return ResultTable("community_fit", pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["community_fit"]]))


def best_resolution(fit: ResultTable) -> float | None:
    """Return the resolution that agrees best with recorded groups, the lowest of equals; None without any."""
    known = fit.frame[fit.frame["adjusted_rand"].notna()]
    return None if known.empty else float(known["resolution"].iloc[int(known["adjusted_rand"].to_numpy().argmax())])


def group_questions(evidence: Evidence, ties: Ties, communities: Communities | None, settings: Settings) -> ResultTable:
    """Return the table ``group_questions``, sorted by question, then falling share, then ids.

    Parameters
    ----------
    evidence, ties
        Of one analysis.
    communities : Communities or None
        At the resolution that agrees best with recorded groups; None asks about people between only.
    settings : Settings
        ``split_share``, ``merge_share`` and ``between_share``.

    Notes
    -----
    A group looks like two when its second largest community holds at least two of its tied members
    and at least ``split_share`` of them. Two groups look like one when two ties or more join them and one community
    holds at least ``merge_share`` of the tied members of each. A member stands between when at least
    ``between_share`` of the weight of ties to the own and to one other group goes to the other.
    """
    rows = _between(evidence, ties, settings)
    if communities is not None:
        rows += _twos(evidence, communities, settings) + _ones(evidence, ties, communities, settings)
    order = {TWO: 0, ONE: 1, BETWEEN: 2}
    rows.sort(key=lambda r: (order[str(r[0])], -float(str(r[4])), *map(str, r[1:4])))
    return ResultTable(
        "group_questions", pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["group_questions"]])
    )


def _only_group(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Return the people with exactly one group, and its number."""
    held = evidence.memberships
    once = np.bincount(held.person, minlength=len(evidence.nominals))[held.person] == 1
    group = np.unique(held.ocg.astype(str), return_inverse=True)[1]
    return held.person[once], group[once].astype(np.int64)


def _members(evidence: Evidence, number: np.ndarray) -> pd.DataFrame:
    """Return tied members with their community: columns person, ocg, community."""
    held = evidence.memberships
    frame = pd.DataFrame({"person": held.person, "ocg": held.ocg, "community": number[held.person]})
    return frame[frame["community"] > 0]


def _twos(evidence: Evidence, communities: Communities, settings: Settings) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for ocg, members in _members(evidence, communities.number).groupby("ocg", sort=True):
        sizes = members["community"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        if len(sizes) < 2 or sizes.iloc[1] < 2 or sizes.iloc[1] < settings.split_share * len(members):
            continue
        second = members.loc[members["community"] == sizes.index[1], "person"]
        because = (
            f"Of {len(members)} tied members {sizes.iloc[0]} are tied mostly among themselves, and so are "
            f"{sizes.iloc[1]} others (named here)."
        )
        found.append((TWO, ocg, "", _named(evidence, second), round(sizes.iloc[1] / len(members), 6), because))
    return found


def _ones(evidence: Evidence, ties: Ties, communities: Communities, settings: Settings) -> list[tuple[object, ...]]:
    members = _members(evidence, communities.number)
    size = members.groupby("ocg").size()
    inside = members.groupby(["community", "ocg"]).size().rename("held").reset_index()
    inside = inside[(inside["held"] >= settings.merge_share * inside["ocg"].map(size)) & (inside["held"] > 1)]
    pairs = inside.merge(inside, on="community", suffixes=("", "_other"))
    pairs = pairs[pairs["ocg"] < pairs["ocg_other"]]
    joined = _ties_between(evidence, ties) if len(pairs) else {}
    found: list[tuple[object, ...]] = []
    for row in pairs.itertuples(index=False):
        between = joined.get((row.ocg, row.ocg_other), 0)
        if between < _JOINED:
            continue
        both = members[members["ocg"].isin((row.ocg, row.ocg_other)) & (members["community"] == row.community)]
        total = int(size[row.ocg] + size[row.ocg_other])
        because = (
            f"One community holds {row.held} of {size[row.ocg]} tied members of {row.ocg} and {row.held_other} of "
            f"{size[row.ocg_other]} of {row.ocg_other}; {between} ties join the two."
        )
        share = round((row.held + row.held_other) / total, 6)
        found.append((ONE, row.ocg, row.ocg_other, _named(evidence, both["person"]), share, because))
    return found


def _pairs(evidence: Evidence, ties: Ties) -> pd.DataFrame:
    """Return ties between members of different groups, both ways: person, ocg, other, other_ocg, weight."""
    held = evidence.memberships
    members = pd.DataFrame({"person": held.person, "ocg": held.ocg})
    both = pd.DataFrame(
        {
            "person": np.concatenate([ties.a, ties.b]),
            "other": np.concatenate([ties.b, ties.a]),
            "weight": np.tile(ties.weight, 2),
        }
    )
    joined = both.merge(members, on="person")
    return joined.merge(members.rename(columns={"person": "other", "ocg": "other_ocg"}), on="other")


def _ties_between(evidence: Evidence, ties: Ties) -> dict[tuple[str, str], int]:
    pairs = _pairs(evidence, ties)
    pairs = pairs[pairs["ocg"] < pairs["other_ocg"]]
    return {k: int(v) for k, v in pairs.groupby(["ocg", "other_ocg"]).size().items()}


def _between(evidence: Evidence, ties: Ties, settings: Settings) -> list[tuple[object, ...]]:
    to = _pairs(evidence, ties).groupby(["person", "ocg", "other_ocg"])["weight"].sum().rename("weight").reset_index()
    if to.empty:
        return []
    held = evidence.memberships
    belongs = set(zip(held.person.tolist(), held.ocg.tolist(), strict=True))
    own = to[to["ocg"] == to["other_ocg"]].set_index(["person", "ocg"])["weight"]
    found: list[tuple[object, ...]] = []
    for row in to[to["ocg"] != to["other_ocg"]].itertuples(index=False):
        if (row.person, row.other_ocg) in belongs:
            continue
        inside = float(own.get((row.person, row.ocg), 0.0))
        share = row.weight / (row.weight + inside)
        if share < settings.between_share:
            continue
        because = (
            f"The member of {row.ocg} has ties of weight {row.weight:.2f} with members of {row.other_ocg}, "
            f"and of {inside:.2f} with the own group."
        )
        found.append((BETWEEN, row.ocg, row.other_ocg, _named(evidence, [row.person]), round(share, 6), because))
    return found


def _named(evidence: Evidence, people: object) -> str:
    return "|".join(evidence.nominals[np.unique(np.asarray(people, int))].tolist())


def _number(value: float | None) -> float:
    return np.nan if value is None else round(value, 9)
