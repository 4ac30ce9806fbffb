"""How old somebody is on a day: the one place that says so, for checks, analysis, profile and casework."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.model import PERSON_TABLES

if TYPE_CHECKING:
    import pandas as pd

ADULT = 18
"""Age from which a person is no child."""

OLDEST = 110
"""Greatest age in whole years that is believed; a greater one comes from a mistyped or a placeholder date of birth."""


def age_on(born: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return whole years of age on a day.

    ``born`` and ``day`` are arrays of datetime64[D] that broadcast. NaN where either is not known, where the day
    lies before the birth, and above ``OLDEST``: such an age is not known, so it stands in no band of ages and in no
    mean. Who is born on 29 February has the birthday on 1 March in other years.

    >>> born = np.array(["2004-02-29", "2004-02-29", "2018-12-01", "1900-01-01"], "M8[D]")
    >>> age_on(born, np.array(["2022-02-28", "2022-03-01", "2018-06-01", "2018-06-01"], "M8[D]")).tolist()
    [17.0, 18.0, nan, nan]
    """
    born, day = np.broadcast_arrays(born, day)
    both = ~(np.isnat(born) | np.isnat(day))
    months = [d[both].astype("datetime64[M]") for d in (born, day)]
    days = [(d[both] - m.astype("datetime64[D]")).astype(int) for d, m in zip((born, day), months, strict=True)]
    years = ((months[1] - months[0]).astype(int) - (days[1] < days[0])) // 12
    ages = np.full(born.shape, np.nan)
    ages[both] = np.where((years >= 0) & (years <= OLDEST), years, np.nan)
    return ages


def age_of(born: date | None, day: date | None) -> int | None:
    """Return whole years of age of one person on a day; None where :func:`age_on` says not known."""
    if born is None or day is None:
        return None
    years = age_on(np.array([born], "datetime64[D]"), np.array([day], "datetime64[D]"))[0]
    return None if np.isnan(years) else int(years)


def birthday(born: np.ndarray, age: int) -> np.ndarray:
    """Return the day on which an age is reached; born on 29 February means 1 March in other years.

    >>> birthday(np.array(["2001-03-31", "2004-02-29"], "datetime64[D]"), 18).astype(str).tolist()
    ['2019-03-31', '2022-03-01']
    """
    months = born.astype("datetime64[M]")
    day: np.ndarray = (months + np.timedelta64(12 * age, "M")).astype("datetime64[D]") + (
        born - months.astype("datetime64[D]")
    )
    return day


DECLARING = ("children", "family_links", "missing_episodes", "child_aces", "child_risks")
"""Tables whose ``child_id`` names somebody as a child."""


def ages_on(births: pd.Series, day: date) -> pd.Series:
    """Return whole years of age on ``day``; missing where :func:`ocgnet.evidence.ages.age_on` says not known."""
    import pandas as pd

    ages = age_on(births.to_numpy().astype("datetime64[D]"), np.array(day, "datetime64[D]"))
    return pd.Series(ages, births.index).astype("Int64")


def children_on(dataset: Dataset, day: date | None, left_out: list[LeftOut]) -> pd.Series:
    """Return the age of everybody who counts as a child on ``day``, by id, sorted.

    A child is under 18. Somebody whom a table of children names (``children``, ``family_links``,
    ``missing_episodes``, ``child_aces``) and whose age is not known counts as under 18, also when a date of birth
    would make somebody older than anybody; with several dates of birth the latest decides. Nominals and others are
    children when their date of birth says so, also where the review of that record is overdue.

    Without a day nobody's age is known. ``left_out`` grows by those who are 18 or over, or not born yet.
    """
    import pandas as pd

    ids = pa.concat_arrays([dataset[n]["child_id"].combine_chunks() for n in DECLARING])
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
    import pandas as pd

    births = pd.concat(
        pd.DataFrame({"id": t[key].to_pylist(), "born": t["date_of_birth"].to_numpy().astype("datetime64[s]")})
        for t, key in ((dataset[name], key) for name, key in PERSON_TABLES.items())
    )
    return births.dropna().groupby("id")["born"].max()
