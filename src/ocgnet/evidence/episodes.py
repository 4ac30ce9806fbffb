"""Missing episodes: those of one child that overlap merged into one, and hours as they passed.

Times in the records are those of the clock on the wall in England and Wales. Between two of them lie as many hours as
passed, which on the two nights of the year on which the clock changes are not those that the figures suggest.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from ocgnet.clocks import universal
from ocgnet.evidence.spans import reaches


def interviews(
    returned: np.ndarray, held: np.ndarray, refused: np.ndarray, end: date | None, hours: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which return interviews were held late, and which are outstanding, by hours as they passed.

    ``returned``, ``held`` and ``refused`` are the return of the child, the interview and the day on which the child
    refused it, NaT where not known by ``end``; without an ``end`` everything is due. One that was refused is neither.

    In the hour that comes twice a record has two readings. An interview is late when it is late by both, and
    outstanding when it is by either: nobody is blamed on a doubt, and no child waits on one.
    """
    limit = np.timedelta64(hours, "h")
    late = universal(held) > universal(returned, later=True) + limit
    due = ~np.isnat(returned) & np.isnat(held) & np.isnat(refused)
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
    refused = [r["interview_refused_on"] for r in rows if r["interview_refused_on"] is not None]
    who = {p.strip() for r in rows for p in str(r["companions"] or "").split("|") if p.strip()}
    return {
        **rows[0],
        "found_at": returned,
        "found_where": places[0] if places else None,
        "companions": "|".join(sorted(who - {str(rows[0]["child_id"])})) or None,
        "return_interview_at": min(after) if after else None,
        "interview_refused_on": min((r for r in refused if r >= returned.date()), default=None),
    }
