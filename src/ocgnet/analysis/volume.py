"""How much is linked to a person: shown beside the suggested role, and no part of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.analysis.position import percentiles
from ocgnet.analysis.tiers import Seats
from ocgnet.evidence.evidence import Evidence


@dataclass(frozen=True)
class Volume:
    """Linked crimes and reports; arrays in the row order of the table ``roles``.

    Parameters
    ----------
    crimes, reports : ndarray of int, shape (seats,)
        Events of the network that name the person.
    percentile : ndarray of float, shape (seats,)
        Mid-rank of their sum among all seats of the same group, with ties or without.
    """

    crimes: np.ndarray
    reports: np.ndarray
    percentile: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Crimes and reports together."""
        return np.asarray(self.crimes + self.reports)


def volume_of(evidence: Evidence, seats: Seats) -> Volume:
    """Return the volume of each seat.

    Volume measures police attention as much as crime, and the number of arrests finds leaders hardly
    better than chance in some gangs; so it stands beside the role and never changes it.
    """
    n = len(evidence.nominals)
    crimes, reports = evidence.crimes.counts(n)[seats.person], evidence.reports.counts(n)[seats.person]
    ranked = percentiles((crimes + reports).astype(float), np.ones(len(crimes), bool), seats.group)
    return Volume(crimes, reports, ranked)
