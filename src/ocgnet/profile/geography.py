"""Districts, their local-authority areas and their residents, as the table ``wards`` says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Geography:
    """What is known of places.

    Parameters
    ----------
    wards : pandas.DataFrame
        ``ward``, ``district``, ``population`` (NaN where not recorded); one row a ward.
    area_of : dict of str to str
        Local-authority area by district; a district that is its own area is absent.
    population : dict of str to int
        Residents by district, where every ward of it has a number.
    """

    wards: pd.DataFrame
    area_of: dict[str, str]
    population: dict[str, int]

    @classmethod
    def of(cls, wards: pa.Table) -> Geography:
        """Return the places of the table ``wards``; empty without rows."""
        frame = wards.select(["ward", "district", "area", "population"]).to_pandas()
        areas = {}
        for district, named in frame.dropna(subset=["area"]).groupby("district")["area"]:
            # A district whose wards name two areas belongs to the one that most of them name.
            areas[str(district)] = min(Counter(named).items(), key=lambda pair: (-pair[1], pair[0]))[0]
        known = frame.groupby("district")["population"].agg(["sum", "count", "size"])
        whole = known[known["count"] == known["size"]]["sum"]
        return cls(
            frame[["ward", "district", "population"]],
            areas,
            {str(d): int(n) for d, n in whole.items()},
        )

    @property
    def areas(self) -> dict[str, list[str]]:
        """Districts by local-authority area, areas with most districts first."""
        found: dict[str, list[str]] = {}
        for district, area in sorted(self.area_of.items()):
            found.setdefault(area, []).append(district)
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))

    @property
    def main_area(self) -> str:
        """The area that holds most districts; empty when no district belongs to a larger area."""
        return next(iter(self.areas), "")

    def residents(self, districts: list[str]) -> int | None:
        """Return the residents of some districts together, None unless all are known."""
        if not districts or any(d not in self.population for d in districts):
            return None
        return sum(self.population[d] for d in districts)
