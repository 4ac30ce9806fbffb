"""Which dates an analysis speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Period:
    """Dates of an analysis; all None when the data holds no date.

    Parameters
    ----------
    as_of : date or None
        Day at which ages, reviews and memberships are judged.
    first, last : date or None
        Period of the figures, both days included.
    note : str
        One sentence on where the dates come from.
    """

    as_of: date | None
    first: date | None
    last: date | None
    note: str

    def before(self) -> Period:
        """Return the year before this period, judged a year before its ``as_of``."""
        if self.first is None or self.as_of is None:
            return self
        return Period(year_before(self.as_of), year_before(self.first), self.first - timedelta(days=1), self.note)


def year_before(day: date) -> date:
    """Return the same day of the year before; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def period_of(dataset: Dataset, settings: Settings) -> Period:
    """Return the dates of an analysis: options first, then ``about.toml``, then the data.

    Raises
    ------
    UsageError
        When the period ends before it begins, or dates are asked of data without any.
    """
    about = dataset.about
    as_of = settings.as_of or settings.period_to or about.as_of or dataset.latest_date
    if as_of is None:
        if settings.period_from:
            raise UsageError("These records hold no date, so --from and --to cannot be applied.")
        return Period(None, None, None, "The records hold no date, so all of them count.")
    if settings.as_of or settings.period_to:
        source = "as asked"
    else:
        source = "as about.toml says" if about.as_of else "the latest date in the data"
    asked = settings.as_of or settings.period_to
    last = settings.period_to or (as_of if asked else about.period_to or as_of)
    first = settings.period_from or (None if asked else about.period_from)
    first = first or year_before(last) + timedelta(days=1)
    if first > last:
        raise UsageError(f"The period begins on {first} and ends on {last}: give --from a date before --to.")
    return Period(as_of, first, last, f"Ages, reviews and memberships are judged on {as_of} ({source}).")
