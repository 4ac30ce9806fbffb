"""What the ties ask about recorded groups: one that looks like two, two that look like one, people between.

They are questions to the officer who knows the group. A community is not an OCG, and nothing here
changes a recorded membership.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import gammaln

from ocgnet.analysis.communities.communities import Communities
from ocgnet.dataset import LeftOut
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.membership import Memberships
from ocgnet.network.ties import Ties
from ocgnet.results import ResultTable
from ocgnet.settings import Settings


def adjusted_rand(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return the share of pairs that two partitions treat alike, corrected for chance.

    1 for the same partition, 0 for what random labels of the same sizes give; None with fewer than two people. 1
    where both put everybody together, or both everybody apart. Labels are at least 0. Hubert & Arabie 1985,
    https://doi.org/10.1007/BF01908075

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    if len(one) < 2:
        return None
    both, rows, columns = _counts(one, other)
    together, first, second = (float((c * (c - 1) / 2).sum()) for c in (both, rows, columns))
    by_chance = first * second / (len(one) * (len(one) - 1) / 2)
    most = (first + second) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def mutual_information(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return what each of two partitions tells about the other, over the mean of their entropies.

    0 to 1; None for nobody, 1 where neither partition divides anybody. Not corrected for chance: many small
    communities score high by themselves. Strehl & Ghosh 2002, Journal of Machine Learning Research 3, 583-617.
    """
    if not len(one):
        return None
    both, rows, columns = (c / len(one) for c in _counts(one, other))
    shared, first, second = (float(-(p * np.log(p)).sum()) for p in (both, rows, columns))
    if first + second == 0:
        return 1.0
    return min(max(2 * (first + second - shared) / (first + second), 0.0), 1.0)


def adjusted_mutual_information(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return what each of two partitions tells about the other beyond chance, over the mean of their entropies.

    1 for the same partition, 0 for what random labels of the same sizes give on average, below 0 for less; None
    with fewer than two people. 1 where both put everybody together, or both everybody apart. Chance is the mean
    over every order of the labels of one partition: a cell of people in two parts of sizes a and b holds k people
    with the hypergeometric chance of k. Parts of one size are reckoned once. Vinh, Epps & Bailey 2010, Journal of
    Machine Learning Research 11, 2837-2854.

    Two pairs against two other pairs share nothing. Of the three ways to pair four people, one tells all (ln 2), so
    that chance gives ln 2 / 3: (0 - 1/3) / (1 - 1/3).

    >>> adjusted_mutual_information(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    -0.5
    """
    n = len(one)
    if n < 2:
        return None
    both, rows, columns = _counts(one, other)
    joint, first, second = (float(-(c / n * np.log(c / n)).sum()) for c in (both, rows, columns))
    by_chance = _by_chance(rows, columns, n)
    most = (first + second) / 2 - by_chance
    return 1.0 if abs(most) < _NOTHING else round((first + second - joint - by_chance) / most, 12)


_NOTHING = 1e-12
"""Differences of entropies below this are rounding."""


def _by_chance(rows: np.ndarray, columns: np.ndarray, n: int) -> float:
    """Return the mean mutual information of two partitions with these sizes of parts, in nats."""
    total = 0.0
    second, many = np.unique(columns, return_counts=True)
    for a, times in zip(*np.unique(rows, return_counts=True), strict=True):
        for b, each in zip(second, many, strict=True):
            k = np.arange(max(1, a + b - n), min(a, b) + 1)
            chance = gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1) - gammaln(n + 1)
            chance = chance - gammaln(k + 1) - gammaln(a - k + 1) - gammaln(b - k + 1) - gammaln(n - a - b + k + 1)
            total += float(times * each * (k / n * np.log(n * k / (a * b)) * np.exp(chance)).sum())
    return total


def _counts(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width = int(other.max(initial=0)) + 1
    both = np.unique(one.astype(np.int64) * width + other, return_counts=True)[1]
    return both, np.unique(one, return_counts=True)[1], np.unique(other, return_counts=True)[1]


TWO, ONE, BETWEEN = "looks like two", "looks like one", "stands between"
MOST_GROUPS = 100
"""Groups of one person up to which questions about groups rest on that person."""

_JOINED = 2
"""Ties between two groups below which one community says nothing about them."""


def community_fit(evidence: Evidence, by_resolution: Mapping[float, Communities]) -> ResultTable:
    """Return the table ``community_fit``: how communities at each resolution agree with recorded groups.

    By rising resolution; agreement is blank where fewer than two people can be compared. People in two groups
    belong to no partition and are left out.
    """
    person, group = _only_group(evidence)
    rows = []
    for resolution in sorted(by_resolution):
        number = by_resolution[resolution].number
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
    return ResultTable.of("community_fit", rows)


def best_resolution(fit: ResultTable) -> float | None:
    """Return the resolution that agrees best with recorded groups, the lowest of equals; None without any."""
    rated = fit.frame[fit.frame["adjusted_rand"].notna()]
    return None if rated.empty else float(rated["resolution"].iloc[int(rated["adjusted_rand"].to_numpy().argmax())])


def group_questions(evidence: Evidence, ties: Ties, communities: Communities | None, settings: Settings) -> ResultTable:
    """Return the table ``group_questions``, sorted by question, then falling share, then ids.

    ``communities`` are those at the resolution that agrees best with recorded groups; None asks about people
    between only.

    A group looks like two when its second largest community holds at least two of its tied members and at least
    ``split_share`` of them. Two groups look like one when two ties or more join them and one community holds at
    least ``merge_share`` of the tied members of each. A member stands between when at least ``between_share`` of
    the weight of ties to the own and to one other group goes to the other. Nothing is asked about people in more than
    ``MOST_GROUPS`` groups; :func:`not_asked` counts their memberships.
    """
    held, few = evidence.memberships, _in_few(evidence)
    evidence = replace(evidence, memberships=Memberships(held.person[few], held.ocg[few], held.role[few]))
    rows = _between(evidence, ties, settings)
    if communities is not None:
        rows += _twos(evidence, communities, settings) + _ones(evidence, ties, communities, settings)
    order = {TWO: 0, ONE: 1, BETWEEN: 2}
    rows.sort(key=lambda r: (order[str(r[0])], -float(str(r[4])), *map(str, r[1:4])))
    return ResultTable.of("group_questions", rows)


def not_asked(evidence: Evidence) -> tuple[LeftOut, ...]:
    """Return how many memberships stand behind no question about groups, since their member is in too many."""
    rows = len(evidence.memberships.person) - int(_in_few(evidence).sum())
    why = f"the member is in more than {MOST_GROUPS} groups, so no question about groups rests on it"
    return (LeftOut("memberships", why, rows),) if rows else ()


def _in_few(evidence: Evidence) -> np.ndarray:
    """Return which memberships are of people in no more groups than are asked about.

    A tie counts for every pair of groups of its two ends: one between two people who are both in 10,000 groups would
    count for a hundred million.
    """
    person = evidence.memberships.person
    return np.asarray(np.bincount(person, minlength=len(evidence.nominals))[person] <= MOST_GROUPS)


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
    rows: list[tuple[object, ...]] = []
    for ocg, members in _members(evidence, communities.number).groupby("ocg", sort=True):
        sizes = members["community"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        if len(sizes) < 2 or sizes.iloc[1] < 2 or sizes.iloc[1] < settings.split_share * len(members):
            continue
        second = members.loc[members["community"] == sizes.index[1], "person"]
        because = (
            f"Of {len(members)} tied members {sizes.iloc[0]} are tied mostly among themselves, and so are "
            f"{sizes.iloc[1]} others (named here)."
        )
        rows.append((TWO, ocg, "", _named(evidence, second), round(sizes.iloc[1] / len(members), 6), because))
    return rows


def _ones(evidence: Evidence, ties: Ties, communities: Communities, settings: Settings) -> list[tuple[object, ...]]:
    members = _members(evidence, communities.number)
    size = members.groupby("ocg").size()
    inside = members.groupby(["community", "ocg"]).size().rename("held").reset_index()
    inside = inside[(inside["held"] >= settings.merge_share * inside["ocg"].map(size)) & (inside["held"] > 1)]
    # From the pairs that ties join, which are few; all pairs in one community may be millions.
    joined = {pair: n for pair, n in _ties_between(evidence, ties).items() if n >= _JOINED}
    pairs = pd.DataFrame([*joined], columns=["ocg", "ocg_other"], dtype=object)
    pairs = pairs.merge(inside, on="ocg")
    pairs = pairs.merge(inside, left_on=["ocg_other", "community"], right_on=["ocg", "community"], suffixes=("", "_o"))
    pairs = pairs.drop(columns="ocg_o").rename(columns={"held_o": "held_other"})
    rows: list[tuple[object, ...]] = []
    for row in pairs.itertuples(index=False):
        between = joined[row.ocg, row.ocg_other]
        both = members[members["ocg"].isin((row.ocg, row.ocg_other)) & (members["community"] == row.community)]
        total = int(size[row.ocg] + size[row.ocg_other])
        because = (
            f"One community holds {row.held} of {size[row.ocg]} tied members of {row.ocg} and {row.held_other} of "
            f"{size[row.ocg_other]} of {row.ocg_other}; {between} ties join the two."
        )
        share = round((row.held + row.held_other) / total, 6)
        rows.append((ONE, row.ocg, row.ocg_other, _named(evidence, both["person"]), share, because))
    return rows


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
    rows: list[tuple[object, ...]] = []
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
        rows.append((BETWEEN, row.ocg, row.other_ocg, _named(evidence, [row.person]), round(share, 6), because))
    return rows


def _named(evidence: Evidence, people: object) -> str:
    return "|".join(evidence.nominals[np.unique(np.asarray(people, int))].tolist())


def _number(value: float | None) -> float:
    return np.nan if value is None else round(value, 9)
