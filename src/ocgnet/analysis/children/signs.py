"""The dated records that place children on the prevent pathway."""

from __future__ import annotations

from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import COMPANY, FAMILY, dates, frame_of, named, text
from ocgnet.analysis.children.pathway import ORDER, PLACE, SIGNS
from ocgnet.analysis.children.records import EXPLOITING, WEAPONS, flagged, risk_level
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, age_on
from ocgnet.model.columns import RELATIONSHIPS
from ocgnet.settings import Settings

_FIELDS = ("child_id", "on", "sign", "what", "record", "nominal_id")

_BY_BASIS = {
    "family": "family_link",
    **{r: "family_link" for r in RELATIONSHIPS if r not in FAMILY},
    **dict.fromkeys(COMPANY, "company"),
    "contact": "contact",
    "same_report": "named_together",
    "same_crime_as_witness": "witness",
    "same_crime_as_other": "witness",
    "same_crime_as_victim": "victim",
}
"""Sign by basis of a link; the child's own memberships and crimes as a suspect are signs without one."""


def signs_of(
    dataset: Dataset,
    day: date | None,
    settings: Settings,
    ids: pd.Index,
    records: pd.DataFrame,
    crimes: pd.DataFrame,
    episodes: pd.DataFrame,
    births: pd.Series,
) -> pd.DataFrame:
    """Return every sign of the linked children up to ``day``.

    ``records`` are those of ``records_of`` over the period and the period before, ``births`` the latest recorded
    dates of birth by id.

    ``child_id``, ``on`` (NaT when undated), ``sign`` (key of ``SIGNS``), ``what`` (in words), ``record`` (as it may
    be named, or blank) and ``nominal_id`` (or blank). Sorted by child, date (undated last), stage, record.
    """
    parts = [
        _from_links(records),
        _aces(dataset),
        _referrals(dataset),
        _risks(dataset, settings),
        _missing(episodes, settings),
        _crimes(crimes, dataset, births),
        _stops(dataset),
        _memberships(dataset),
    ]
    rows = pd.concat([f for f in parts if len(f)] or [_rows(child_id=[])], ignore_index=True)
    keep = rows["child_id"].isin(ids).to_numpy(dtype=bool)
    if day is not None:
        keep = keep & ~(rows["on"] >= pd.Timestamp(day) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
    rows = rows[keep].drop_duplicates()
    rows = pd.concat([rows, _weapons(rows, crimes)], ignore_index=True)
    rows["place"] = rows["sign"].map(PLACE).astype(int)
    order = ["child_id", "on", "place", "sign", "record", "nominal_id", "what"]
    rows = rows.sort_values(order, na_position="last", kind="stable")
    return rows[list(_FIELDS)].reset_index(drop=True)


_rows = partial(frame_of, _FIELDS)


def _worded(sign: str, more: list[str]) -> list[str]:
    says = SIGNS[sign].says
    return [f"{says}: {m}" if m else says for m in more]


def _from_links(records: pd.DataFrame) -> pd.DataFrame:
    rows = records.assign(sign=records["basis"].map(_BY_BASIS)).dropna(subset="sign").reset_index(drop=True)
    triples = zip(rows["sign"], rows["how"], rows["nominal_id"], strict=True)
    what = [f"{SIGNS[sign].says}: {how.replace('_', ' ')}, {nominal}" for sign, how, nominal in triples]
    return _rows(**{n: rows[n] for n in ("child_id", "on", "sign", "record", "nominal_id")}, what=what)


def _aces(dataset: Dataset) -> pd.DataFrame:
    t = dataset["child_aces"]
    t = t.filter(pc.equal(t["status"], "observed"))
    child, ace = text(t["child_id"]), text(t["ace"])
    what = _worded("adverse_experience", [a.replace("_", " ") for a in ace])
    record = named("child_aces", child, ace)
    return _rows(child_id=child, on=dates(t["recorded_on"]), sign="adverse_experience", what=what, record=record)


def _referrals(dataset: Dataset) -> pd.DataFrame:
    t = dataset["referrals"]
    t = t.filter(pc.is_in(t["kind"], pa.array(["nrm", "ictg", "early_help"])))
    kind, who = text(t["kind"]), text(t["person_id"])
    sign = ["early_help" if k == "early_help" else "referred_as_exploited" for k in kind]
    pairs = zip(sign, kind, strict=True)
    what = [SIGNS[s].says if s == "early_help" else f"{SIGNS[s].says}: {k.upper()}" for s, k in pairs]
    record = named("referrals", who, kind, text(t["made_on"]))
    return _rows(child_id=who, on=dates(t["made_on"]), sign=sign, what=what, record=record)


def _risks(dataset: Dataset, settings: Settings) -> pd.DataFrame:
    t = dataset["children"]
    undated = np.full(t.num_rows, np.datetime64("NaT", "s"))
    rows = []
    for column, kind, on in (("cse_risk", "sexual", dates(t["cse_flagged_on"])), ("cce_risk", "criminal", undated)):
        risk = text(pc.fill_null(t[column], ""))
        here = np.array([risk_level(r, settings) in ("low", "raised") for r in risk], bool)
        child = text(t["child_id"])[here]
        what = _worded("risk_flagged", [f"{kind} exploitation, '{r}' in its own scheme" for r in risk[here]])
        record = named(f"children/{column}", child)
        rows.append(_rows(child_id=child, on=on[here], sign="risk_flagged", what=what, record=record))
    t = dataset["child_risks"]
    t = t.filter(pc.is_in(t["level"], pa.array(["low", "medium", "high"])))
    child, of, level = (text(t[n]) for n in ("child_id", "exploitation", "level"))
    what = _worded("risk_flagged", [f"{k} exploitation, assessed as {x}" for k, x in zip(of, level, strict=True)])
    record = named("child_risks", child, of, text(t["assessed_on"]))
    rows.append(_rows(child_id=child, on=dates(t["assessed_on"]), sign="risk_flagged", what=what, record=record))
    return pd.concat(rows, ignore_index=True)


def _missing(episodes: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    begun = episodes["begun"]
    record = named("missing_episodes", episodes["child_id"], _minutes(begun))
    where = [f"found at {w}" if w else "" for w in episodes["where"]]
    every = _rows(
        child_id=episodes["child_id"], on=begun, sign="missing", what=_worded("missing", where), record=record
    )
    # The episode that makes the n-th within a year is the one that says "repeatedly".
    nth = settings.repeat_missing
    before = episodes.groupby("child_id")["begun"].shift(nth - 1)
    often = (begun - before <= pd.Timedelta(days=365)).to_numpy(dtype=bool) if nth > 1 else np.ones(len(begun), bool)
    what = f"{SIGNS['repeat_missing'].says}: {nth} times or more within a year"
    again = every[often].assign(sign="repeat_missing", what=what)
    return pd.concat([every, again], ignore_index=True)


def _minutes(moments: pd.Series) -> np.ndarray:
    if not len(moments):
        return np.array([], object)
    return np.asarray(np.datetime_as_string(moments.to_numpy().astype("datetime64[s]"), unit="m"))


def _crimes(crimes: pd.DataFrame, dataset: Dataset, births: pd.Series) -> pd.DataFrame:
    """Return what the child's own crimes say; one in which the child is a victim never speaks of a suspect."""
    victim = crimes["victim"].to_numpy(dtype=bool)
    suspect = crimes["suspect"].to_numpy(dtype=bool) & ~victim
    exploiting = flagged(crimes["flags"], EXPLOITING)
    private = crimes["private"].to_numpy(dtype=bool)
    top = _heaviest_before(crimes, victim | suspect)
    heavier = (crimes["harm"].to_numpy() > top) & (top > 0) & (victim | suspect)
    parts = []
    for sign, mask in (
        ("harmed_in_private", victim & private),
        ("victim", victim & exploiting),
        ("suspect", suspect),
        ("more_severe", heavier),
        ("other_child_harmed", suspect & exploiting & _children_harmed(crimes, dataset, births)),
    ):
        parts.append(_from_crimes(crimes[mask], sign, with_role=sign in ("suspect", "more_severe")))
    return pd.concat(parts, ignore_index=True)


def _from_crimes(own: pd.DataFrame, sign: str, *, with_role: bool) -> pd.DataFrame:
    own = own.reset_index(drop=True)
    says = SIGNS[sign].says
    stands_as = ["victim" if victim else role for victim, role in zip(own["victim"], own["role"], strict=True)]
    what = [f"{says}: {role}" for role in stands_as] if with_role else says
    return _rows(child_id=own["child_id"], on=own["on"], sign=sign, what=what, record=own["crime_id"])


def _heaviest_before(crimes: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Return per crime the heaviest known weight on any earlier day of the same child; NaN without one."""
    dated = crimes[counts & crimes["on"].notna().to_numpy(dtype=bool)]
    days = dated.groupby(["child_id", "on"], as_index=False)["harm"].max()
    days["top"] = days["harm"].fillna(0.0).groupby(days["child_id"]).cummax()
    days["top"] = days.groupby("child_id")["top"].shift(1)
    placed = crimes[["child_id", "on"]].merge(days[["child_id", "on", "top"]], on=["child_id", "on"], how="left")
    return np.asarray(placed["top"].to_numpy(dtype=float))


def _children_harmed(crimes: pd.DataFrame, dataset: Dataset, births: pd.Series) -> np.ndarray:
    """Return whether another person, under 18 at the time, is victim of each crime."""
    t = dataset["crime_links"]
    t = t.filter(pc.equal(t["link_role"], "victim"))
    victims = pd.DataFrame({"crime_id": text(t["crime_id"]), "other": text(t["person_id"])}, dtype=object)
    pairs = crimes[["child_id", "crime_id", "on"]].reset_index().merge(victims, on="crime_id")
    pairs = pairs[(pairs["child_id"] != pairs["other"]).to_numpy(dtype=bool)]
    born = births.reindex(pairs["other"].tolist()).to_numpy().astype("datetime64[D]")
    young = age_on(born, pairs["on"].to_numpy().astype("datetime64[D]")) < ADULT
    harmed = np.zeros(len(crimes), bool)
    harmed[pairs["index"].to_numpy(dtype=np.int64)[young]] = True
    return harmed


def _weapons(rows: pd.DataFrame, crimes: pd.DataFrame) -> pd.DataFrame:
    """Return crimes with a weapon that come after an earlier sign of exploitation or involvement."""
    involved = rows["sign"].map(PLACE) == ORDER["exploited_or_involved"]
    begun = rows[involved].groupby("child_id")["on"].min()
    armed = flagged(crimes["flags"], WEAPONS) & (crimes["victim"] | crimes["suspect"]).to_numpy(dtype=bool)
    own = crimes[armed & crimes["child_id"].isin(begun.index).to_numpy(dtype=bool)]
    since = begun.reindex(own["child_id"].tolist()).to_numpy().astype("datetime64[s]")
    own = own[own["on"].to_numpy().astype("datetime64[s]") > since]
    return _from_crimes(own, "weapon", with_role=True)


def _stops(dataset: Dataset) -> pd.DataFrame:
    t = dataset["stop_checks"]
    t = t.filter(pc.and_(pc.is_valid(t["person_id"]), pc.fill_null(t["transient_dealer"], False)))
    sign, child, stop = "stopped_as_dealer", text(t["person_id"]), text(t["stop_id"])
    return _rows(child_id=child, on=dates(t["happened_on"]), sign=sign, what=SIGNS[sign].says, record=stop)


def _memberships(dataset: Dataset) -> pd.DataFrame:
    t = dataset["memberships"]
    who, group = text(t["nominal_id"]), text(t["ocg_id"])
    what = _worded("member", [str(g) for g in group])
    return _rows(
        child_id=who,
        on=dates(t["from_date"]),
        sign="member",
        what=what,
        record=named("memberships", who, group),
        nominal_id=who,
    )
