"""What is recorded about each child: adverse experiences, risks, and crimes that name the child."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import dates, text
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.period import dated_by
from ocgnet.harm import harm_of, look_up, offence_groups
from ocgnet.model.columns import ACES, RISK_LEVELS, SUSPECT_ROLES
from ocgnet.network import WeightedGraph, components
from ocgnet.settings import Settings
from ocgnet.words import plain

EXPLOITING = frozenset({"cse", "cce", "modern_slavery", "county_line"})
"""Flags of a crime of exploitation."""

WEAPONS = frozenset({"knife", "firearm"})
"""Flags of a crime with a weapon."""


NOT_SAID, IN_NO_LIST = "not said", "in no list"
"""What ``risk_level`` says of a recorded risk that says nothing, and of a word that stands in no list."""


def aces_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return what is known of adverse experiences.

    By child: ``known`` (how many were observed), ``unknown`` (not recorded either way), ``observed`` and ``asked``
    (the same as lists of words, separated by ``|``, in the order of the model).
    """
    t = dated_by(dataset["child_aces"], "recorded_on", day)
    frame = pd.DataFrame({"id": text(t["child_id"]), "ace": text(t["ace"]), "status": text(t["status"])}, dtype=object)
    wide = frame[frame["status"] != "unknown"].drop_duplicates(["id", "ace"]).set_index(["id", "ace"])["status"]
    status = wide.unstack().reindex(index=ids, columns=list(ACES)).to_numpy(dtype=object)
    observed, ruled_out = status == "observed", status == "not_observed"
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


def risks_of(dataset: Dataset, day: date | None, ids: pd.Index, settings: Settings) -> pd.DataFrame:
    """Return the recorded risks per child.

    ``cse_risk``, ``cse_scheme``, ``cce_risk``, ``cce_scheme`` as text, blank when none; ``cse_on`` and ``cce_on`` their
    dates. A risk of sexual exploitation that was flagged after ``day`` was not known on it. The newest assessment of
    ``child_risks`` by ``day`` counts where the child's own row says nothing, or where it is the higher of the two: of
    two records that differ the one that asks for more care.
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
            "cce_scheme": "",
        },
        index=index,
        dtype=object,
    ).reindex(ids, fill_value="")
    frame["cse_on"] = pd.Series(on.astype("datetime64[s]"), index).reindex(ids)
    frame["cce_on"] = pd.Series(np.datetime64("NaT", "s"), ids, dtype="datetime64[s]")
    for (child, exploitation), (level, scheme, assessed_on) in newest_assessments(dataset, day).items():
        name = {"sexual": "cse", "criminal": "cce"}[exploitation]
        if child in frame.index:
            of_row, assessed = (_RANK[risk_level(r, settings)] for r in (frame.at[child, f"{name}_risk"], level))
            if assessed > of_row:
                columns = [f"{name}_risk", f"{name}_scheme", f"{name}_on"]
                frame.loc[child, columns] = [level, scheme, pd.Timestamp(assessed_on)]
    return frame


_RANK = {NOT_SAID: 0, "none": 1, "low": 2, IN_NO_LIST: 3, "raised": 4}
"""What counts where two records of a risk differ: the higher; a word in no list may mean any level but is kept."""


def newest_assessments(dataset: Dataset, day: date | None) -> dict[tuple[str, str], tuple[str, str, date | None]]:
    """Return level, scheme and day of each child's newest assessment of each kind; an undated one is the oldest."""
    rows = dated_by(dataset["child_risks"], "assessed_on", day).to_pylist()
    # Of two on one day the higher: in doubt the one that asks for more care.
    rows.sort(key=lambda r: (r["assessed_on"] or date.min, RISK_LEVELS.index(r["level"])))
    return {(r["child_id"], r["exploitation"]): (r["level"], r["scheme"] or "", r["assessed_on"]) for r in rows}


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


def crimes_of(dataset: Dataset, day: date | None, ids: pd.Index) -> pd.DataFrame:
    """Return the crimes that name each child, on any date up to ``day``.

    One row per child and crime: ``child_id``, ``crime_id``, ``on`` (recorded, else occurred; NaT undated),
    ``victim`` and ``suspect`` (whether the child is named so), ``role`` (the strongest suspect role, or blank),
    ``harm`` (severity weight; NaN when not known), ``flags`` (separated by ``|``), ``private`` (in a private
    space). Sorted by child, date, crime; undated ones last.
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
    private = pc.fill_null(crimes["private_space"], False).to_numpy().astype(bool)
    frame = frame.assign(
        on=on[place],
        suspect=frame["grade"] > 0,
        role=[("", *SUSPECT_ROLES)[g] for g in frame["grade"]],
        harm=np.append(harm_of(crimes["offence_code"]), np.nan)[place],
        flags=np.append(text(pc.fill_null(crimes["flags"], "")), "")[place],
        private=np.append(private, [False])[place],
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


_SHARED = ("parent", "step_parent", "guardian", "household")
"""Relationships to an adult that put the children who share the adult together."""


def households_of(dataset: Dataset, day: date | None, children: pd.Index) -> pd.Series:
    """Return the household of each child, by id.

    Two children are put together when a parent, step-parent, guardian or member of the household is recorded for
    both, when they are recorded as siblings, or when a shared household is recorded between them; and so on from
    child to child. Records hold no addresses: the households are families and households as recorded, not proof
    that children live under one roof. What was recorded or first seen after ``day`` takes no part.

    A household is ``HH-`` and its smallest id; a child alone is a household too.
    """
    t = dated_by(dataset["family_links"], "recorded_on", day)
    young = pa.array(children.tolist(), pa.string())
    sibling = pc.and_(pc.equal(t["relationship"], "sibling"), pc.is_in(t["adult_id"], young))
    t = t.filter(
        pc.and_(pc.is_in(t["child_id"], young), pc.or_(pc.is_in(t["relationship"], pa.array(_SHARED)), sibling))
    )
    a = dated_by(dataset["associations"], "first_seen", day)
    one, other = (pc.is_in(a[n], young) for n in ("person_a", "person_b"))
    a = a.filter(pc.and_(pc.equal(a["kind"], "household"), pc.or_(one, other)))
    left = np.r_[text(t["child_id"]), text(a["person_a"])]
    right = np.r_[text(t["adult_id"]), text(a["person_b"])]
    # Children come first, so each has its place as its number.
    number, people = pd.factorize(np.r_[children.to_numpy(dtype=object), left, right])
    one, other = np.split(number[len(children) :], 2)
    household = components(WeightedGraph(len(people), one, other, np.ones(len(one))))[: len(children)]
    smallest = pd.Series(children, children, dtype=object).groupby(household).transform("first")
    return "HH-" + smallest


class GroupHarm(NamedTuple):
    """Crimes of a group: how many, their harm, how many are violent, and of how many either is not known."""

    crimes: int = 0
    harm: float = 0.0
    harm_unknown: int = 0
    violent: int = 0
    violent_unknown: int = 0


def harm_of_groups(dataset: Dataset, evidence: Evidence, settings: Settings) -> dict[str, GroupHarm]:
    """Return harm and violence by group.

    A group's crimes are those in the period that link at least one member on the analysis date under the chosen
    link roles, each once; a group without any is absent. Harm is the sum of their known severity weights, and
    ``harm_unknown`` counts crimes without one. A crime is violent when its offence group is one of
    ``violent_offences`` or it is flagged knife or firearm; ``violent_unknown`` counts those without a known offence
    code and without a weapon flag.
    """
    m = evidence.memberships
    members = pd.DataFrame({"person": m.person, "ocg_id": m.ocg})
    links = pd.DataFrame({"person": evidence.crimes.person, "event": evidence.crimes.event})
    pairs = links.merge(members, on="person")[["ocg_id", "event"]].drop_duplicates()
    t = dataset["crimes"]
    at = pc.fill_null(pc.index_in(pa.array(evidence.crimes.events, pa.string()), t["crime_id"]), -1)
    place = at.to_numpy(zero_copy_only=False).astype(np.int64)
    code = np.append(text(pc.fill_null(t["offence_code"], "")), "")[place]
    weapon = flagged(pd.Series(np.append(text(pc.fill_null(t["flags"], "")), "")[place]), WEAPONS)
    groups, violent = offence_groups(), frozenset(settings.violent_offences)
    by_code = {c: look_up(groups, c) if c else None for c in set(code.tolist())}
    hit = np.array([by_code[c] in violent for c in code.tolist()], bool) | weapon
    ungrouped = np.array([by_code[c] is None for c in code.tolist()], bool) & ~weapon
    event = pairs["event"].to_numpy(dtype=np.int64)
    harm = evidence.crimes.harm[event]
    frame = pairs.assign(
        crimes=1,
        harm=np.nan_to_num(harm),
        harm_unknown=np.isnan(harm),
        violent=hit[event],
        violent_unknown=ungrouped[event],
    ).drop(columns="event")
    sums = frame.groupby("ocg_id").sum()
    return {
        str(row.Index): GroupHarm(int(row.crimes), float(row.harm), *map(int, row[3:]))
        for row in sums[list(GroupHarm._fields)].itertuples()
    }


def harm_of_adults(evidence: Evidence, nominals: Collection[str]) -> dict[str, GroupHarm]:
    """Return the harm of the crimes in the period that link each of some nominals, each crime once per nominal.

    By ``nominal_id``, without violence; somebody without a crime is absent.
    """
    wanted = pd.Index(sorted(nominals), dtype=object)
    person, harm = evidence.crimes.person, evidence.crimes.harm[evidence.crimes.event]
    frame = pd.DataFrame({"nominal_id": evidence.nominals[person], "harm": np.nan_to_num(harm), "open": np.isnan(harm)})
    frame = frame[frame["nominal_id"].isin(wanted)]
    sums = frame.groupby("nominal_id").agg(crimes=("harm", "size"), harm=("harm", "sum"), open=("open", "sum"))
    return {str(r.Index): GroupHarm(int(r.crimes), float(r.harm), int(r.open)) for r in sums.itertuples()}
