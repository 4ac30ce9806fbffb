"""What is recorded about each child: age, adverse experiences, missing episodes, risks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.child_links import missing_in_period
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.model import PERSON_TABLES
from ocgnet.model.words import ACES
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

ADULT = 18
_DECLARING = ("children", "family_links", "missing_episodes", "child_aces")


def ages_on(births: pd.Series, day: date) -> pd.Series:
    """Return whole years of age on ``day``; missing where the date of birth is, negative before birth.

    Somebody born on 29 February grows a year older on 1 March of other years.

    >>> ages_on(pd.Series(pd.to_datetime(["2001-03-31", "2001-04-01", None])), date(2019, 3, 31)).tolist()
    [18, 17, <NA>]
    """
    passed = (births.dt.month < day.month) | ((births.dt.month == day.month) & (births.dt.day <= day.day))
    return (day.year - births.dt.year - (~passed).astype(int)).astype("Int64")


def children_on(dataset: Dataset, day: date | None, settings: Settings, left_out: list[LeftOut]) -> pd.Series:
    """Return the age of everybody who counts as a child on ``day``, by id, sorted.

    A child is under 18. Somebody whom a table of children names (``children``, ``family_links``,
    ``missing_episodes``, ``child_aces``) and whose date of birth is not known counts as under 18; with
    several dates of birth the latest decides. Nominals and others are children when their date of
    birth says so; a nominal whose review is overdue is not taken from that record.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    day : date or None
        None when the records hold no date: nobody's age is then known.
    settings : Settings
        ``include_overdue``.
    left_out : list of LeftOut
        Grows by those who are 18 or over, or not born yet.
    """
    ids = pa.concat_arrays([dataset[n]["child_id"].combine_chunks() for n in _DECLARING])
    declared = set(pc.unique(ids).to_pylist())
    births = pd.concat(
        pd.DataFrame({"id": t[key].to_pylist(), "born": t["date_of_birth"].to_numpy().astype("datetime64[s]")})
        for t, key in ((_usable(dataset[name], day, settings), key) for name, key in PERSON_TABLES.items())
    )
    born = births.dropna().groupby("id")["born"].max()
    everybody = pd.Index(sorted(declared | set(born.index)), dtype=object)
    born = born.reindex(everybody)
    age = ages_on(born, day) if day else pd.Series(pd.NA, everybody, dtype="Int64")
    named = everybody.isin(list(declared))
    adult, unborn = (age >= ADULT).fillna(value=False), (age < 0).fillna(value=False)
    for mask, why in ((adult, f"{ADULT} or over on {day}"), (unborn, f"born after {day}")):
        if count := int((mask.to_numpy(dtype=bool) & named).sum()):
            left_out.append(LeftOut("children", why, count))
    keep = ~(adult | unborn).to_numpy(dtype=bool) & (named | age.notna().to_numpy())
    return age[keep]


def _usable(t: pa.Table, day: date | None, settings: Settings) -> pa.Table:
    """Return the rows whose review is not overdue; tables without reviews as they are."""
    if "review_due" not in t.column_names or settings.include_overdue or day is None:
        return t
    return t.filter(pc.invert(pc.fill_null(pc.less(t["review_due"], pa.scalar(day)), False)))


def aces_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return how many adverse experiences are known (``known``) and not recorded either way (``unknown``)."""
    t = dataset["child_aces"]
    if day is not None:
        t = t.filter(pc.invert(pc.fill_null(pc.greater(t["recorded_on"], pa.scalar(day)), False)))
    frame = pd.DataFrame({"id": t["child_id"].to_pylist(), "status": t["status"].to_pylist()}, dtype=object)
    counts = frame.value_counts(["id", "status"]).unstack(fill_value=0).reindex(ids, fill_value=0)
    counts = counts.reindex(columns=["observed", "not_observed"], fill_value=0)
    unknown = len(ACES) - counts["observed"] - counts["not_observed"]
    return pd.DataFrame({"known": counts["observed"].astype(int), "unknown": unknown.astype(int)}, index=ids)


def missing_of(dataset: Dataset, evidence: Evidence, settings: Settings, ids: pd.Index) -> pd.DataFrame:
    """Return the missing episodes of the period per child.

    Returns
    -------
    DataFrame
        By child: ``episodes``, and how many of them have a return interview ``outstanding`` (none, and
        more than ``settings.interview_hours`` since the child was found), ``late`` (held after that
        time) or ``unclear`` (no time of return recorded).
    """
    t = missing_in_period(dataset, evidence)
    found, held = (t[n].to_numpy().astype("datetime64[s]") for n in ("found_at", "return_interview_at"))
    due = found + np.timedelta64(settings.interview_hours, "h")
    # What happened after the analysis date was not known on it. Without a date there are no episodes.
    end = np.datetime64(evidence.period.as_of or date.max, "s") + np.timedelta64(1, "D")
    found, held = (np.where(x < end, x, np.datetime64("NaT", "s")) for x in (found, held))
    nothing = np.isnat(found)
    frame = pd.DataFrame(
        {
            "id": np.array(t["child_id"].to_pylist(), dtype=object),
            "episodes": 1,
            "outstanding": ~nothing & np.isnat(held) & (due < end),
            "late": ~nothing & ~np.isnat(held) & (held > due),
            "unclear": nothing,
        }
    )
    return frame.groupby("id").sum().reindex(ids, fill_value=0).astype(int)


def risks_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return the recorded risks per child as text: ``cse_risk``, ``cse_scheme``, ``cce_risk``; blank when none."""
    t = dataset["children"]
    later = pc.fill_null(pc.greater(t["cse_flagged_on"], pa.scalar(day, pa.date32())), False)
    frame = pd.DataFrame(
        {
            "cse_risk": pc.if_else(later, "", pc.fill_null(t["cse_risk"], "")).to_pylist(),
            "cse_scheme": pc.fill_null(t["cse_risk_scheme"], "").to_pylist(),
            "cce_risk": pc.fill_null(t["cce_risk"], "").to_pylist(),
        },
        index=pd.Index(t["child_id"].to_pylist(), dtype=object),
        dtype=object,
    )
    return frame.reindex(ids, fill_value="")
