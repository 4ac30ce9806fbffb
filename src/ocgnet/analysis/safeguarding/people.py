"""Who counts as a child on a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.ages import ADULT, age_on
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.model import PERSON_TABLES

_DECLARING = ("children", "family_links", "missing_episodes", "child_aces")


def ages_on(births: pd.Series, day: date) -> pd.Series:
    """Return whole years of age on ``day``; missing where :func:`ocgnet.ages.age_on` says not known.

    >>> ages_on(pd.Series(pd.to_datetime(["2001-03-31", "2001-04-01", None])), date(2019, 3, 31)).tolist()
    [18, 17, <NA>]
    """
    ages = age_on(births.to_numpy().astype("datetime64[D]"), np.array(day, "datetime64[D]"))
    return pd.Series(ages, births.index).astype("Int64")


def children_on(dataset: Dataset, day: date | None, left_out: list[LeftOut]) -> pd.Series:
    """Return the age of everybody who counts as a child on ``day``, by id, sorted.

    A child is under 18. Somebody whom a table of children names (``children``, ``family_links``,
    ``missing_episodes``, ``child_aces``) and whose age is not known counts as under 18, also when a date
    of birth would make somebody older than anybody;
    with several dates of birth the latest decides. Nominals and others are children when their date of birth
    says so, also where the review of that record is overdue.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    day : date or None
        None when the records hold no date: nobody's age is then known.
    left_out : list of LeftOut
        Grows by those who are 18 or over, or not born yet.
    """
    ids = pa.concat_arrays([dataset[n]["child_id"].combine_chunks() for n in _DECLARING])
    declared = set(pc.unique(ids).to_pylist())
    born = births_of(dataset)
    everybody = pd.Index(sorted(declared | set(born.index)), dtype=object)
    born = born.reindex(everybody)
    age = ages_on(born, day) if day else pd.Series(pd.NA, everybody, dtype="Int64")
    named = everybody.isin(list(declared))
    adult = (age >= ADULT).fillna(value=False)
    unborn = born > pd.Timestamp(day) if day else pd.Series(False, everybody)
    for mask, why in ((adult, f"{ADULT} or over on {day}"), (unborn, f"born after {day}")):
        if count := int((mask.to_numpy(dtype=bool) & named).sum()):
            left_out.append(LeftOut("children", why, count))
    keep = ~(adult | unborn).to_numpy(dtype=bool) & (named | age.notna().to_numpy())
    return age[keep]


def births_of(dataset: Dataset) -> pd.Series:
    """Return the latest recorded date of birth by id, of everybody in any table of people."""
    births = pd.concat(
        pd.DataFrame({"id": t[key].to_pylist(), "born": t["date_of_birth"].to_numpy().astype("datetime64[s]")})
        for t, key in ((dataset[name], key) for name, key in PERSON_TABLES.items())
    )
    return births.dropna().groupby("id")["born"].max()
