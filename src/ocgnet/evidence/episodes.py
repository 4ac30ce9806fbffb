"""Missing episodes: those of one child that overlap merged into one, and hours as they passed.

Times in the records are those of the clock on the wall in England and Wales. Between two of them lie as many hours as
passed, which on the two nights of the year on which the clock changes are not those that the figures suggest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from ocgnet.evidence.spans import reaches

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


def interviews(returned: np.ndarray, held: np.ndarray, end: date | None, hours: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which return interviews were held late, and which are outstanding, by hours as they passed.

    ``returned`` and ``held`` are the return of the child and the interview, NaT where not known by ``end``; without an
    ``end`` everything is due.

    In the hour that comes twice a record has two readings. An interview is late when it is late by both, and
    outstanding when it is by either: nobody is blamed on a doubt, and no child waits on one.
    """
    limit = np.timedelta64(hours, "h")
    late = universal(held) > universal(returned, later=True) + limit
    due = ~np.isnat(returned) & np.isnat(held)
    if end is not None:
        midnight = universal(np.array([end], "datetime64[D]").astype("datetime64[s]") + np.timedelta64(1, "D"))
        due &= universal(returned) + limit < midnight
    return late, due


def merged_episodes(t: pa.Table) -> pa.Table:
    """Return the table ``missing_episodes`` with episodes of one child that overlap merged into one.

    The same table where nothing overlaps. A merged episode lasts from the first beginning to the last recorded
    return, with every companion. The place is the one of that return; the return interview is the first that was
    held after it, because one that was held while the child was missing by another record is none. An episode
    without a recorded return overlaps with nothing that begins after it.
    """
    if t.num_rows < 2:
        return t
    child = t["child_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    begun, returned = (t[n].to_numpy().astype("datetime64[s]") for n in ("missing_from", "found_at"))
    starts = begun.astype(np.int64)
    ends = np.where(np.isnat(returned), starts, returned.astype(np.int64))
    order = np.lexsort((starts, child))
    again = reaches(child[order], starts[order], ends[order])
    if not again.any():
        return t
    stretch = np.cumsum(~again)
    several = np.bincount(stretch)[stretch] > 1
    alone = np.ones(t.num_rows, bool)
    alone[order[several]] = False
    rows: dict[int, list[int]] = {}
    for place, row in zip(stretch[several].tolist(), order[several].tolist(), strict=True):
        rows.setdefault(place, []).append(row)
    merged = [_merged(t.take(pa.array(of)).to_pylist()) for of in rows.values()]
    both = pa.concat_tables([t.filter(pa.array(alone)), pa.Table.from_pylist(merged, schema=t.schema)])
    return both.sort_by([("child_id", "ascending"), ("missing_from", "ascending")]).combine_chunks()


def _merged(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one row for several that overlap, given by their beginning."""
    returned = max(r["found_at"] for r in rows if r["found_at"] is not None)
    last = [r for r in rows if r["found_at"] == returned]
    places = [r["found_where"] for r in (*last, *reversed(rows)) if r["found_where"]]
    held = [r["return_interview_at"] for r in rows if r["return_interview_at"] is not None]
    after = [h for h in held if h >= returned]
    who = {p.strip() for r in rows for p in str(r["companions"] or "").split("|") if p.strip()}
    return {
        **rows[0],
        "found_at": returned,
        "found_where": places[0] if places else None,
        "companions": "|".join(sorted(who - {str(rows[0]["child_id"])})) or None,
        "return_interview_at": min(after) if after else None,
    }
