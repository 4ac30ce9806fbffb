"""What every chapter of a profile works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ocgnet.dataset import Dataset
from ocgnet.period import Period
from ocgnet.profile.geography import Geography
from ocgnet.profile.records import BEFORE, NOW, Cube, Records, Windows
from ocgnet.record_dates import RecordDates, record_dates, why_not_compared
from ocgnet.settings import ProfileSettings


@dataclass(frozen=True)
class Material:
    """The records, the dates and what was asked.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    settings : ProfileSettings
        What was asked.
    period : Period
        Dates of the profile.
    windows : Windows
        Its three periods.
    records : Records
        The crimes in DuckDB.
    """

    dataset: Dataset
    settings: ProfileSettings
    period: Period
    windows: Windows
    records: Records

    @cached_property
    def geography(self) -> Geography:
        """Districts, areas and residents."""
        return Geography.of(self.dataset["wards"])

    @property
    def cube(self) -> Cube:
        """Sums of crimes."""
        return self.records.cube

    def has(self, *names: str) -> bool:
        """Whether all these tables were part of the records."""
        return all(name in self.dataset.given for name in names)

    @property
    def before(self) -> Period:
        """The period that this one is compared with, judged as long after its end as this one after its own."""
        days, now = self.windows.before, self.period
        if days is None or now.as_of is None or now.last is None:
            return now
        return Period(days[1] + (now.as_of - now.last), *days, now.note)

    @cached_property
    def dates(self) -> dict[str, RecordDates]:
        """When the records of each table are dated."""
        return record_dates(self.dataset, self.period.as_of)

    def gap(self, table: str, which: int = BEFORE) -> str:
        """Return why a table cannot be compared with one of the earlier periods; empty when it can."""
        days, now = self.windows.days[which], self.period
        if days is None:
            return "the records hold no date"
        return why_not_compared(self.dates, table, now, Period(days[1], *days, now.note))

    def then(self, table: str, count: float) -> float:
        """Return a count of the period before; NaN where the records of its table do not cover both periods."""
        return float("nan") if self.gap(table) else count

    def gaps(self, *tables: str) -> list[str]:
        """Return why these tables, so far as they have records, cannot be compared with the period before."""
        return [why for name in tables if name in self.dates and (why := self.gap(name))]

    @property
    def now(self) -> str:
        """The period in words."""
        return self.windows.words(NOW)

    def crimes_words(self, which: int = NOW) -> str:
        """Return which crimes count in one of the periods."""
        return f"crimes dated {self.windows.words(which)} (recorded, else occurred)"
