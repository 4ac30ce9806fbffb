"""The dated records that place children on the prevent pathway."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import COMPANY, FAMILY, dates, named, text
from ocgnet.analysis.children.pathway import ORDER, SIGNS
from ocgnet.analysis.children.records import EXPLOITING, WEAPONS, flagged
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, age_on
from ocgnet.model.columns import RELATIONSHIPS
from ocgnet.settings import Settings
from ocgnet.words import plain

NOT_SAID, IN_NO_LIST = "not said", "in no list"
"""What ``risk_level`` says of a recorded risk that says nothing, and of a word that stands in no list."""

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
    "own_membership": "member",
}
"""Sign by basis of a link; being a suspect in the same crime comes from the child's own crimes."""


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
    found = [
        _from_links(records),
        _aces(dataset),
        _referrals(dataset),
        _risks(dataset, settings),
        _missing(episodes, settings),
        _crimes(crimes, dataset, births),
        _stops(dataset),
        _memberships(dataset),
    ]
    rows = pd.concat([f for f in found if len(f)] or [_rows(child_id=[])], ignore_index=True)
    keep = rows["child_id"].isin(ids).to_numpy(dtype=bool)
    if day is not None:
        keep = keep & ~(rows["on"] >= pd.Timestamp(day) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
    rows = rows[keep].drop_duplicates()
    rows = pd.concat([rows, _weapons(rows, crimes)], ignore_index=True)
    rows["place"] = rows["sign"].map({name: ORDER[sign.stage] for name, sign in SIGNS.items()}).astype(int)
    order = ["child_id", "on", "place", "sign", "record", "nominal_id", "what"]
    rows = rows.sort_values(order, na_position="last", kind="stable")
    return rows[list(_FIELDS)].reset_index(drop=True)


def _rows(**columns: object) -> pd.DataFrame:
    lengths = [len(c) for c in columns.values() if isinstance(c, np.ndarray | pd.Series | list)]
    blank = {"on": np.datetime64("NaT", "s")}
    frame = pd.DataFrame(
        {n: columns.get(n, blank.get(n, "")) for n in _FIELDS}, index=pd.RangeIndex(lengths[0] if lengths else 0)
    )
    return frame.astype({n: object for n in _FIELDS if n != "on"} | {"on": "datetime64[s]"})


def _worded(sign: str, more: list[str]) -> list[str]:
    says = SIGNS[sign].says
    return [f"{says}: {m}" if m else says for m in more]


def _from_links(records: pd.DataFrame) -> pd.DataFrame:
    sign = records["basis"].map(_BY_BASIS)
    here = sign.notna().to_numpy(dtype=bool) & (sign != "member").to_numpy(dtype=bool)
    rows, sign = records[here].reset_index(drop=True), sign[here].tolist()
    how = [h.replace("_", " ") for h in rows["how"]]
    pairs = zip(sign, how, rows["nominal_id"], strict=True)
    what = [f"{SIGNS[s].says}: {h}, {n}" for s, h, n in pairs]
    return _rows(
        child_id=rows["child_id"],
        on=rows["on"],
        sign=sign,
        what=what,
        record=rows["record"],
        nominal_id=rows["nominal_id"],
    )


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
    found = []
    for column, what, on in (("cse_risk", "sexual", True), ("cce_risk", "criminal", False)):
        risk = text(pc.fill_null(t[column], ""))
        here = np.array([risk_level(r, settings) in ("low", "raised") for r in risk], bool)
        child = text(t["child_id"])[here]
        said = [f"{what} exploitation, '{r}' in its own scheme" for r in risk[here]]
        undated = np.full(int(here.sum()), np.datetime64("NaT", "s"))
        found.append(
            _rows(
                child_id=child,
                on=dates(t["cse_flagged_on"])[here] if on else undated,
                sign="risk_flagged",
                what=_worded("risk_flagged", said),
                record=named(f"children/{column}", child),
            )
        )
    return pd.concat(found, ignore_index=True)


def risk_level(recorded: str, settings: Settings) -> str:
    """Return the level of a recorded risk.

    ``none``, ``low``, ``raised``, ``not said``, or ``in no list`` for a word of which nobody has said what it
    means: it is no risk and no absence of one.

    >>> [risk_level(word, Settings()) for word in (" Not_At  risk", "LOW", "amber", "N/K", "Standard")]
    ['none', 'low', 'raised', 'not said', 'in no list']
    """
    word = plain(recorded)
    if not word or word in settings.risk_not_said:
        return NOT_SAID
    for level in ("none", "low", "raised"):
        if word in getattr(settings, f"risk_{level}"):
            return level
    return IN_NO_LIST


def _missing(episodes: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    begun = episodes["begun"]
    record = named("missing_episodes", text_of(episodes["child_id"]), _minutes(begun))
    where = [f"found at {w}" if w else "" for w in episodes["where"]]
    every = _rows(
        child_id=episodes["child_id"], on=begun, sign="missing", what=_worded("missing", where), record=record
    )
    # The episode that makes the n-th within a year is the one that says "repeatedly".
    nth = settings.repeat_missing
    before = episodes.groupby("child_id")["begun"].shift(nth - 1)
    often = (begun - before <= pd.Timedelta(days=365)).to_numpy(dtype=bool) if nth > 1 else np.ones(len(begun), bool)
    again = episodes[often]
    what = _worded("repeat_missing", [f"{nth} times or more within a year"] * len(again))
    return pd.concat(
        [every, _rows(child_id=again["child_id"].to_numpy(), on=again["begun"].to_numpy(), sign="repeat_missing",
                      what=what, record=record[often])],
        ignore_index=True,
    )  # fmt: skip


def text_of(column: pd.Series) -> np.ndarray:
    """Return a column as an array of Python objects."""
    return np.asarray(column.to_numpy(dtype=object))


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
    found = []
    for sign, mask in (
        ("harmed_in_private", victim & private),
        ("victim", victim & exploiting),
        ("suspect", suspect),
        ("more_severe", heavier),
        ("other_child_harmed", suspect & exploiting & _children_harmed(crimes, dataset, births)),
    ):
        own = crimes[mask]
        more = ["victim" if v else str(role) for v, role in zip(own["victim"], own["role"], strict=True)]
        more = more if sign in ("suspect", "more_severe") else [""] * len(own)
        crime = text_of(own["crime_id"])
        found.append(
            _rows(
                child_id=text_of(own["child_id"]),
                on=own["on"].to_numpy(),
                sign=sign,
                what=_worded(sign, more),
                record=crime,
            )
        )
    return pd.concat(found, ignore_index=True)


def _heaviest_before(crimes: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Return per crime the heaviest known weight on any earlier day of the same child; NaN without one."""
    dated = crimes[counts & crimes["on"].notna().to_numpy(dtype=bool)]
    days = dated.groupby(["child_id", "on"], as_index=False)["harm"].max()
    days["top"] = days["harm"].fillna(0.0).groupby(days["child_id"]).cummax()
    days["top"] = days.groupby("child_id")["top"].shift(1)
    found = crimes[["child_id", "on"]].merge(days[["child_id", "on", "top"]], on=["child_id", "on"], how="left")
    return np.asarray(found["top"].to_numpy(dtype=float))


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
    stage = rows["sign"].map({name: sign.stage for name, sign in SIGNS.items()})
    begun = rows[stage == "exploited_or_involved"].groupby("child_id")["on"].min()
    armed = flagged(crimes["flags"], WEAPONS) & (crimes["victim"] | crimes["suspect"]).to_numpy(dtype=bool)
    own = crimes[armed & crimes["child_id"].isin(begun.index).to_numpy(dtype=bool)]
    since = begun.reindex(own["child_id"].tolist()).to_numpy().astype("datetime64[s]")
    own = own[own["on"].to_numpy().astype("datetime64[s]") > since]
    more = ["victim" if v else str(role) for v, role in zip(own["victim"], own["role"], strict=True)]
    return _rows(
        child_id=text_of(own["child_id"]),
        on=own["on"].to_numpy(),
        sign="weapon",
        what=_worded("weapon", more),
        record=text_of(own["crime_id"]),
    )


def _stops(dataset: Dataset) -> pd.DataFrame:
    t = dataset["stop_checks"]
    t = t.filter(pc.and_(pc.is_valid(t["person_id"]), pc.fill_null(t["transient_dealer"], False)))
    what = _worded("stopped_as_dealer", [""] * t.num_rows)
    child, stop = text(t["person_id"]), text(t["stop_id"])
    return _rows(child_id=child, on=dates(t["happened_on"]), sign="stopped_as_dealer", what=what, record=stop)


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
