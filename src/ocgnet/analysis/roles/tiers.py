"""From scores to suggested tiers, within each group and the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.evidence.evidence import Evidence
from ocgnet.settings import Settings

INSUFFICIENT = "insufficient data"
NO_GROUP = "no group"
"""Stands for nominals who belong to no group where others do: a role is a role in a group."""
TIERS = (INSUFFICIENT, "peripheral", "significant", "principal")
"""Suggested roles from none to highest; a tier is a position in this tuple."""
NONE, PERIPHERAL, SIGNIFICANT, PRINCIPAL = range(4)
PLACES = (INSUFFICIENT, "lower position", "middle position", "highest position")
"""What the tiers are called where no membership holds: nobody is principal of no group."""


@dataclass(frozen=True)
class Seats:
    """One row per membership on the analysis date, and one per nominal without any; sorted by person, group.

    Where no membership holds at all, everybody is compared over the whole network, as one group, and no role is
    suggested to anybody: a tier is then a place in the network (``PLACES``).
    """

    person: np.ndarray  # int: position in ``Evidence.nominals``
    ocg: np.ndarray  # str: group, empty without one
    recorded: np.ndarray  # str: role that somebody recorded, empty when not assessed
    # Number of the group; -1 for nominals without one, who are not judged. 0 for everybody where no membership holds
    # (int).
    group: np.ndarray
    whole: bool  # whether that is so

    @property
    def words(self) -> tuple[str, ...]:
        """What the tiers are called."""
        return PLACES if self.whole else TIERS


def seats_of(evidence: Evidence) -> Seats:
    """Return the rows for which a role is suggested."""
    held = evidence.memberships
    alone = np.flatnonzero(~evidence.members)
    person = np.concatenate([held.person, alone])
    blank = np.full(len(alone), "", object)
    ocg, recorded = np.concatenate([held.ocg, blank]), np.concatenate([held.role, blank])
    whole = not len(held.person)
    names, group = np.unique(ocg.astype(str), return_inverse=True)
    if len(names) and names[0] == "" and not whole:
        group = group - 1
    order = np.lexsort((group, person))
    return Seats(person[order], ocg[order], recorded[order], group[order], whole)


@dataclass(frozen=True)
class Standing:
    """How each seat stands in its group; arrays with one entry per seat."""

    tier: np.ndarray  # int: position in ``TIERS``
    score: np.ndarray  # float: what the seat was judged by
    # seats, connected (int): how many seats the group has, and how many of them have ties.
    seats: np.ndarray
    connected: np.ndarray
    # above, equal (int): connected seats of the group with a higher and with the same score (oneself included).
    above: np.ndarray
    equal: np.ndarray
    # To the lowest score of a higher tier; for a principal the lead over the best who is none; NaN where there is
    # nobody to compare with (float).
    gap: np.ndarray
    against: np.ndarray  # int: the tier that the gap is measured to
    # Whether the rank in the group would give a higher tier, and the score in the whole network does not (bool).
    held: np.ndarray


def stand(score: np.ndarray, connected: np.ndarray, group: np.ndarray, settings: Settings) -> Standing:
    """Judge each seat within its group.

    Seats without ties are neither judged nor counted; ``group`` says which seats are judged against each other, those
    below 0 not at all. All arrays have the shape (seats,).

    Of c connected seats the best ``principal_share × c`` (rounded to the nearest, at least one) are principal and the
    next ``significant_share × c`` significant. People with equal scores get one tier, the lower one when their tie
    crosses a threshold: nobody is raised by the alphabet. Nobody is principal with a score below ``principal_least``
    in the whole network, nor significant below ``significant_least``: the first of a group at the edge of everything
    leads little. A group with fewer than ``min_group`` connected seats, or whose seats all score the same, says
    nothing.
    """
    n = len(score)
    connected = connected & (group >= 0)
    # Those without a group share a number of their own, so that counts below have a place for them.
    group = group - int(group.min(initial=0))
    groups = int(group.max(initial=-1)) + 1
    seats = np.bincount(group, minlength=groups)[group]
    size = np.bincount(group[connected], minlength=groups)[group]
    who = np.flatnonzero(connected)
    order = who[np.lexsort((-score[who], group[who]))]
    g, s = group[order], score[order]
    at = np.arange(len(order))
    new_group = np.ones(len(order), bool)
    new_group[1:] = g[1:] != g[:-1]
    new_score = new_group.copy()
    new_score[1:] |= s[1:] != s[:-1]
    begins = np.maximum.accumulate(np.where(new_group, at, 0))
    first = np.maximum.accumulate(np.where(new_score, at, 0))
    equal = np.diff(np.append(at[new_score], len(order)))[np.cumsum(new_score) - 1]
    above = first - begins
    c = size[order]
    principals = np.maximum(_nearest(c * settings.principal_share), 1)
    significants = np.maximum(_nearest(c * settings.significant_share), 1)
    reach = above + equal
    tier = np.where(
        reach <= principals, PRINCIPAL, np.where(reach <= principals + significants, SIGNIFICANT, PERIPHERAL)
    )
    highest = np.where(s >= settings.principal_least, PRINCIPAL, PERIPHERAL)
    highest[(s < settings.principal_least) & (s >= settings.significant_least)] = SIGNIFICANT
    tier[(c < settings.min_group) | (equal == c)] = NONE
    held = tier > highest
    tier = np.minimum(tier, highest)
    gap, against = _gaps(tier, s, new_group)
    return Standing(
        tier=_spread(n, order, tier),
        score=score,
        seats=seats,
        connected=size,
        above=_spread(n, order, above),
        equal=_spread(n, order, equal),
        gap=_spread(n, order, gap, np.nan),
        against=_spread(n, order, against),
        held=_spread(n, order, held),
    )


def _gaps(tier: np.ndarray, score: np.ndarray, new_group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance to the next tier, and that tier.

    Rows are sorted by group, then falling score, so tiers fall too.
    """
    n, at = len(tier), np.arange(len(tier))
    new_tier = new_group.copy()
    new_tier[1:] |= tier[1:] != tier[:-1]
    starts = at[new_tier]
    of = np.cumsum(new_tier) - 1
    first, last = starts[of], np.append(starts[1:], n)[of] - 1
    other = np.full(n, -1)
    higher = ~new_group[first]
    other[higher] = first[higher] - 1
    lead = (tier == PRINCIPAL) & (last + 1 < n)
    lead[lead] = ~new_group[last[lead] + 1]
    other[lead] = last[lead] + 1
    compared = (other >= 0) & (tier != NONE)
    gap = np.where(compared, np.abs(score - score[other]), np.nan) if n else score
    return np.round(gap, 9), np.where(compared, tier[other], NONE) if n else tier


def _nearest(values: np.ndarray) -> np.ndarray:
    return np.floor(values + 0.5 + 1e-9).astype(np.int64)


def _spread(n: int, order: np.ndarray, values: np.ndarray, empty: float = 0) -> np.ndarray:
    found = np.full(n, empty, values.dtype)
    found[order] = values
    return found
