"""What is recorded about each child: adverse experiences, risks, and crimes that name the child."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.safeguarding.link_sources import dates, text
from ocgnet.dataset import Dataset
from ocgnet.harm import harm_of
from ocgnet.model.columns import ACES, SUSPECT_ROLES

"""Link roles that name a person as a suspect; the strongest last."""

EXPLOITING = frozenset({"cse", "cce", "modern_slavery", "county_line"})
"""Flags of a crime of exploitation."""

WEAPONS = frozenset({"knife", "firearm"})
"""Flags of a crime with a weapon."""


def aces_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return what is known of adverse experiences.

    Returns
    -------
    DataFrame
        By child: ``known`` (how many were observed), ``unknown`` (not recorded either way), ``observed`` and
        ``asked`` (the same as lists of words, separated by ``|``, in the order of the model).
    """
    t = dataset["child_aces"]
    if day is not None:
        t = t.filter(pc.invert(pc.fill_null(pc.greater(t["recorded_on"], pa.scalar(day)), False)))
    frame = pd.DataFrame({"id": text(t["child_id"]), "ace": text(t["ace"]), "status": text(t["status"])}, dtype=object)
    wide = frame[frame["status"] != "unknown"].drop_duplicates(["id", "ace"]).set_index(["id", "ace"])["status"]
    known = wide.unstack().reindex(index=ids, columns=list(ACES)).to_numpy(dtype=object)
    observed, ruled_out = known == "observed", known == "not_observed"
    words = np.array([a.replace("_", " ") for a in ACES], object)
    return pd.DataFrame(
        {
            "known": observed.sum(axis=1).astype(int),
            "unknown": (~observed & ~ruled_out).sum(axis=1).astype(int),
            "observed": ["|".join(words[row]) for row in observed],
            "asked": ["|".join(words[row]) for row in ~observed & ~ruled_out],
        },
        index=ids,
    )


def risks_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return the recorded risks per child.

    Returns
    -------
    DataFrame
        ``cse_risk``, ``cse_scheme``, ``cce_risk`` as text, blank when none; ``cse_on`` the date of the flag. A risk
        of sexual exploitation that was flagged after ``day`` was not known on it.
    """
    t = dataset["children"]
    later = pc.fill_null(pc.greater(t["cse_flagged_on"], pa.scalar(day, pa.date32())), False)
    on = dates(t["cse_flagged_on"])
    on = np.where(later.to_numpy().astype(bool), np.datetime64("NaT", "s"), on)
    index = pd.Index(text(t["child_id"]), dtype=object)
    frame = pd.DataFrame(
        {
            "cse_risk": pc.if_else(later, "", pc.fill_null(t["cse_risk"], "")).to_pylist(),
            "cse_scheme": pc.fill_null(t["cse_risk_scheme"], "").to_pylist(),
            "cce_risk": pc.fill_null(t["cce_risk"], "").to_pylist(),
        },
        index=index,
        dtype=object,
    ).reindex(ids, fill_value="")
    frame["cse_on"] = pd.Series(on.astype("datetime64[s]"), index).reindex(ids)
    return frame


def crimes_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return the crimes that name each child, on any date up to ``day``.

    Returns
    -------
    DataFrame
        One row per child and crime: ``child_id``, ``crime_id``, ``on`` (recorded, else occurred; NaT undated),
        ``victim`` and ``suspect`` (whether the child is named so), ``role`` (the strongest suspect role, or blank),
        ``harm`` (severity weight; NaN when not known), ``flags`` (separated by ``|``), ``private`` (in a
        private space). Sorted by child, date, crime; undated ones last.
    """
    links, crimes = dataset["crime_links"], dataset["crimes"]
    own = links.filter(pc.is_in(links["person_id"], pa.array(ids.tolist(), pa.string())))
    frame = pd.DataFrame(
        {"child_id": text(own["person_id"]), "crime_id": text(own["crime_id"]), "link": text(own["link_role"])},
        dtype=object,
    )
    grade = {role: i for i, role in enumerate(SUSPECT_ROLES, 1)}
    frame["grade"] = frame["link"].map(grade).fillna(0).astype(int)
    frame["victim"] = (frame["link"] == "victim").astype(bool)
    frame = frame.groupby(["child_id", "crime_id"], as_index=False).agg(
        grade=("grade", "max"), victim=("victim", "any")
    )
    at = pc.fill_null(pc.index_in(pa.array(frame["crime_id"].tolist(), pa.string()), crimes["crime_id"]), -1)
    place = at.to_numpy(zero_copy_only=False).astype(np.int64)
    on = np.append(dates(pc.coalesce(crimes["recorded_on"], crimes["occurred_on"])), np.datetime64("NaT", "s"))
    frame = frame.assign(
        on=on[place],
        suspect=frame["grade"] > 0,
        role=[("", *SUSPECT_ROLES)[g] for g in frame["grade"]],
        harm=np.append(harm_of(crimes["offence_code"]), np.nan)[place],
        flags=np.append(text(pc.fill_null(crimes["flags"], "")), "")[place],
        private=np.append(pc.fill_null(crimes["private_space"], False).to_numpy().astype(bool), np.array([False]))[
            place
        ],
    )
    if day is not None:
        frame = frame[~(frame["on"] > pd.Timestamp(day)).to_numpy(dtype=bool)]
    columns = ["child_id", "crime_id", "on", "victim", "suspect", "role", "harm", "flags", "private"]
    return frame.sort_values(["child_id", "on", "crime_id"], kind="stable")[columns].reset_index(drop=True)


def flagged(flags: pd.Series, wanted: frozenset[str]) -> np.ndarray:
    """Return whether each cell of flags, separated by ``|``, holds one of those wanted.

    >>> flagged(pd.Series(["cce|county_line", "knife", ""]), EXPLOITING).tolist()
    [True, False, False]
    """
    return np.array([bool(wanted & {f.strip() for f in cell.split("|")}) for cell in flags], bool)


def exploits(flags: str) -> bool:
    """Return whether the flags of one crime call it a crime of exploitation."""
    return bool(EXPLOITING & {f.strip() for f in flags.split("|")})
