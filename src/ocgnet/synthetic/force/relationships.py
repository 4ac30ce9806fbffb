"""How suspects stood to the victim: acquaintances and strangers with given shares of the area's harm."""

from __future__ import annotations

import numpy as np

from ocgnet.synthetic.force.crimes import Crimes
from ocgnet.synthetic.force.offences import Offences
from ocgnet.synthetic.force.places import DISTRICTS
from ocgnet.synthetic.force.published import UNITARY, Targets

WORDS = ("", "acquaintance", "stranger", "partner", "ex_partner", "family", "neighbour", "unknown")
_OTHER = np.array([0.06, 0, 0, 0.33, 0.25, 0.20, 0.09, 0.07])
"""Shares of the other relationships, blank included."""
_AREA = np.array([d not in UNITARY for d in DISTRICTS] + [False])
_CITY = (0.9, 1.2)
"""Acquaintances and strangers outside the area, against inside."""
_STRANGE = {
    "robbery personal": 0.9, "theft from person": 0.9, "vehicle": 0.8, "bicycle": 0.8, "burglary": 0.6, "arson": 0.5,
    "public order": 0.7, "damage": 0.5, "other sexual": 0.5, "rape": 0.35, "with injury": 0.35, "stalking": 0.05,
}  # fmt: skip


def relationships_of(
    rng: np.random.Generator,
    crimes: Crimes,
    known: np.ndarray,
    table: Offences,
    targets: Targets,
    brought: dict[str, float],
) -> np.ndarray:
    """Return the relationship at each crime outside the organised part, as a position in ``WORDS``.

    Parameters
    ----------
    known : ndarray of bool
        Crimes with a suspect and a victim; the others stay blank.
    brought : dict of str to float
        Harm in the area that the organised part brings, by relationship.
    """
    found = np.zeros(crimes.made, np.int64)
    harm = crimes.harm(table)
    strange = np.array([_STRANGE.get(g, 0.3) for g in table.group])
    for inside in (True, False):
        there = _AREA[crimes.district] == inside
        of = np.flatnonzero(known & there[: crimes.made])
        key = strange[crimes.code[of]] + 0.9 * rng.random(len(of))
        order = of[np.argsort(key, kind="stable")]
        total = float(harm[there].sum())
        acquainted, strangers = targets.known * total, targets.stranger * total
        if inside:
            acquainted -= brought.get("acquaintance", 0.0)
            strangers -= brought.get("stranger", 0.0)
        else:
            acquainted, strangers = acquainted * _CITY[0], strangers * _CITY[1]
        found[of] = rng.choice(len(WORDS), len(of), p=_OTHER)
        found[order[np.cumsum(harm[order]) <= acquainted]] = WORDS.index("acquaintance")
        back = order[::-1]
        found[back[np.cumsum(harm[back]) <= strangers]] = WORDS.index("stranger")
    return found
