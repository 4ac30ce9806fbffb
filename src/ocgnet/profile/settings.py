"""What a profile was asked: the analysis behind it, the periods set side by side, and every threshold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ocgnet.harm import WeightSet
from ocgnet.settings import Settings


@dataclass(frozen=True)
class ProfileSettings:
    """Every filter, threshold and seed of a profile.

    Parameters
    ----------
    analysis : Settings
        Period, filters and seed that the profile shares with ``ocgnet analyse``.
    weights : WeightSet
        Severity weights.
    before_from, before_to : date or None
        Period that changes are measured against; default the one that ``analysis.compare_to`` asks for.
    base_from, base_to : date or None
        Base period of the long-term change; default the one before that, by the same rule.
    high_harm : float
        Weight from which an offence is of high harm, and harm in the period from which a person is one
        of the few. The weights are days in custody, so the default is a year.
    age_bands : tuple of int
        Ages at which the bands of victims begin.
    young : (int, int)
        Youngest and oldest age of the figure about young victims, both included.
    top_wards : int
        How many wards are named for their severity, and how many more for their severity a head.
    threats : int
        How many threats of a ward or district are named.
    funnel_limits : tuple of float
        Shares of wards that chance alone leaves inside the funnel, inner and outer limit.
    draws : int
        Most resamples of people, and most random allocations, behind a band.
    draw_budget : int
        Links times draws spent on each; beyond it there are fewer draws, and the output says how many.
    least_draws : int
        Fewest draws, whatever the budget.
    least_records : int
        Records below which a comparison says that there are too few.
    """

    analysis: Settings = field(default_factory=Settings)
    weights: WeightSet = field(default_factory=WeightSet.shipped)
    before_from: date | None = None
    before_to: date | None = None
    base_from: date | None = None
    base_to: date | None = None
    high_harm: float = 365.0
    age_bands: tuple[int, ...] = (0, 10, 18, 25, 35, 45, 55, 65)
    young: tuple[int, int] = (10, 24)
    top_wards: int = 3
    threats: int = 3
    funnel_limits: tuple[float, float] = (0.95, 0.998)
    draws: int = 200
    draw_budget: int = 4_000_000
    least_draws: int = 40
    least_records: int = 20

    def to_dict(self) -> dict[str, Any]:
        """Plain values for run.json."""
        own = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in vars(self).items()
            if name not in ("analysis", "weights")
        }
        weights = {"vintage": self.weights.vintage, "fingerprint": self.weights.fingerprint}
        return {**own, "weights": weights, "analysis": self.analysis.to_dict()}
