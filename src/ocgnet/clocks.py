"""Clocks: the time on the wall in England and Wales, and universal time, which both nights of the year agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

ZONE = "Europe/London"
"""Whose clock the records tell the time by."""

_LAST = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())


def universal(local: np.ndarray, *, later: bool = False) -> np.ndarray:
    """Return the instants (UTC) of times on the wall.

    NaT stays NaT. In October the hour from one to two comes twice, and a record does not say which is meant: the
    first of the two unless ``later``. The hour that March leaves out is read by the clock as it stood before.

    >>> wall = np.array(["2019-03-31T00:30", "2019-03-31T02:30", "2019-10-27T01:30"], "datetime64[s]")
    >>> universal(wall).astype(str).tolist()
    ['2019-03-31T00:30:00', '2019-03-31T01:30:00', '2019-10-27T00:30:00']
    >>> universal(wall[2:], later=True).astype(str).tolist()
    ['2019-10-27T01:30:00']
    """
    wall = local.astype("datetime64[s]")
    days, which = np.unique(wall.astype("datetime64[D]"), return_inverse=True)
    dated = ~np.isnat(days)
    begin, end = (np.zeros(len(days), np.int64) for _ in range(2))
    begin[dated] = [_ahead(int(day)) for day in days[dated].astype("datetime64[s]").astype(np.int64)]
    end[dated] = [_ahead(int(day)) for day in (days[dated] + 1).astype("datetime64[s]").astype(np.int64)]
    ahead = begin[which]
    for row in np.flatnonzero((begin != end)[which] & ~np.isnat(wall)).tolist():
        ahead[row] = _ahead(int(wall[row].astype(np.int64)), later=later)
    return np.asarray(wall - ahead.astype("timedelta64[s]"))


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(ZONE)


@cache
def _ahead(wall: int, *, later: bool = False) -> int:
    """Return by how many seconds the clock on the wall is ahead, at a time on it."""
    if wall >= _LAST:
        # Nobody has said how clocks will stand; a calendar ends in the year 9999.
        return 0
    at = datetime.fromtimestamp(wall, UTC).replace(tzinfo=_zone(), fold=int(later))
    offset = at.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def on_the_wall(instants: np.ndarray) -> np.ndarray:
    """Return what the clock on the wall shows at some instants (UTC), ``datetime64[s]``; NaT stays NaT.

    >>> on_the_wall(np.array(["2019-06-30T23:30", "2019-12-31T23:30"], "datetime64[s]")).astype(str).tolist()
    ['2019-07-01T00:30:00', '2019-12-31T23:30:00']
    """
    seconds = instants.astype("datetime64[s]")
    # Clocks change on the hour.
    hours, which = np.unique(seconds.astype("datetime64[h]"), return_inverse=True)
    ahead = np.zeros(len(hours), np.int64)
    dated = ~np.isnat(hours)
    ahead[dated] = [_ahead_at(int(hour)) for hour in hours[dated].astype("datetime64[s]").astype(np.int64)]
    return np.asarray(seconds + ahead[which].astype("timedelta64[s]"))


@cache
def _ahead_at(instant: int) -> int:
    """Return by how many seconds the clock on the wall is ahead at an instant."""
    if instant >= _LAST:
        return 0
    offset = datetime.fromtimestamp(instant, UTC).astimezone(_zone()).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
