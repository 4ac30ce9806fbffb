"""Two periods in one picture: which ties are new, which are gone, which were kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ocgnet.analysis.time.paths import Earlier

CHANGES = ("new", "kept", "gone")


def both_periods(now: pd.DataFrame, earlier: Earlier) -> pd.DataFrame:
    """Return the ties of both periods with what became of each.

    Parameters
    ----------
    now : DataFrame
        Table ``ties`` of the analysis.
    earlier : Earlier
        Ties of the earlier period.

    Returns
    -------
    DataFrame
        Columns of ``ties``, and ``change`` (one of ``CHANGES``), ``weight_before`` (NaN for a new tie) and
        ``events_before``. A tie that is gone keeps the values it had, so nothing of it looks like today's.
        Sorted by pair.
    """
    pair = ["person_a", "person_b"]
    then = earlier.ties.to_frame().set_index(pair)
    today = now.set_index(pair)
    kept = today.index.isin(then.index)
    gone = then[~then.index.isin(today.index)]
    held = then.reindex(today.index)
    today = today.assign(
        change=np.where(kept, "kept", "new").astype(object),
        weight_before=held["weight"].to_numpy(float),
        events_before=held["events"].fillna("").to_numpy(object),
    )
    gone = gone.assign(change="gone", weight_before=gone["weight"], events_before="")
    both = pd.concat([today, gone]) if len(gone) else today
    return both.reset_index().sort_values(pair, kind="stable", ignore_index=True)


def all_events(now: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Return the events of both periods, each once: a report may stand behind contacts of both."""
    if earlier is None or earlier.events.empty:
        return now
    both = earlier.events if now.empty else pd.concat([now, earlier.events])
    return both.drop_duplicates(["kind", "event_id"]).sort_values(
        ["kind", "event_id"], kind="stable", ignore_index=True
    )


def all_stands(now: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Return as what people stand in the crimes of both periods, each once."""
    if earlier is None or earlier.stands.empty:
        return now
    both = earlier.stands if now.empty else pd.concat([now, earlier.stands])
    return both.drop_duplicates(["nominal_id", "crime_id"])
