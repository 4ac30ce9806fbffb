"""Which child is linked to which OCG nominal, on what basis and by which records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.grades import keep_grades
from ocgnet.scope import Evidence, Incidence
from ocgnet.settings import Settings

FAMILY = ("parent", "step_parent", "guardian")
"""Relationships that make the basis ``family``: the one that the profile's figures count."""

BASES: dict[str, str] = {
    "family": "parent, step-parent or guardian",
    "own_membership": "the child is recorded as a member of a group",
    "partner_of_parent": "partner of a parent",
    "household": "same household",
    "grandparent": "grandparent",
    "sibling": "sibling",
    "missing_with": "went missing together",
    "same_crime_as_victim": "victim in a crime that is linked to the nominal",
    "same_crime_as_witness": "witness in a crime that is linked to the nominal",
    "same_crime_as_suspect": "arrested, suspect, charged or convicted in a crime that is linked to the nominal",
    "same_crime_as_other": "otherwise named in a crime that is linked to the nominal",
    "same_report": "named in the same report",
    "contact": "recorded contact of another kind",
}
"""Every basis with its meaning, in the order in which paths are shown. Only ``family`` is in the profile's figure."""

_CRIME_BASES = {
    "victim": "same_crime_as_victim",
    "witness": "same_crime_as_witness",
    "other": "same_crime_as_other",
}


class Link(NamedTuple):
    """One row of ``links_of``: a child, an OCG nominal of one group, a basis and a manner."""

    child_id: str
    ocg_id: str
    nominal_id: str
    role: str
    basis: str
    how: str
    verified: str
    on: pd.Timestamp
    records: int
    event: str


_FIELDS = ["child_id", "nominal_id", "basis", "how", "verified", "on", "event"]


def links_of(
    dataset: Dataset, evidence: Evidence, settings: Settings, children: np.ndarray, left_out: list[LeftOut]
) -> pd.DataFrame:
    """Return one row per child, group, OCG nominal, basis and manner.

    Parameters
    ----------
    dataset, evidence, settings
        As in ``children.linked_children``.
    children : ndarray of str (object)
        Ids of everybody who counts as a child.
    left_out : list of LeftOut
        Grows by the records that take no part.

    Returns
    -------
    DataFrame
        ``child_id``, ``ocg_id``, ``nominal_id``, ``role`` (blank when not assessed), ``basis``, ``how`` (the
        relationship or manner), ``verified`` (yes, no, unknown), ``on`` (freshest date, NaT when undated),
        ``records`` (how many), ``event`` (id of the freshest record that may be named, or blank). Sorted by
        child, then basis in the order of ``BASES``, nominal, group. Victim status precedes suspect status.
    """
    m = evidence.memberships
    members = pd.DataFrame({"nominal_id": evidence.nominals[m.person], "ocg_id": m.ocg, "role": m.role}, dtype=object)
    nominals = pa.array(sorted(set(members["nominal_id"])), pa.string())
    young = pa.array(children, pa.string())
    found = [
        _own(members, young),
        _family(dataset, evidence, nominals, young, left_out),
        *_associations(dataset, evidence, settings, nominals, young),
        _missing(dataset, evidence, nominals, young),
        _crimes(dataset, evidence, young),
        _reports(dataset, evidence, young),
    ]
    rows = pd.concat([f for f in found if len(f)] or [_frame()], ignore_index=True)
    own = rows["basis"] == "own_membership"
    return _together(rows[own | (rows["child_id"] != rows["nominal_id"])], members)


def _frame(**columns: object) -> pd.DataFrame:
    """Return links with blanks for whatever a source does not say."""
    blank = {"verified": "unknown", "on": np.datetime64("NaT", "s"), "event": ""}
    frame = pd.DataFrame({n: columns.get(n, blank.get(n, "")) for n in _FIELDS}, index=_index(columns))
    return frame.astype({n: object for n in _FIELDS if n != "on"} | {"on": "datetime64[s]"})


def _index(columns: dict[str, object]) -> pd.RangeIndex:
    lengths = [len(c) for c in columns.values() if isinstance(c, np.ndarray | pd.Series)]
    return pd.RangeIndex(lengths[0] if lengths else 0)


def _text(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    return np.asarray(column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy())


def _dates(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy().astype("datetime64[s]"))


def _own(members: pd.DataFrame, young: pa.Array) -> pd.DataFrame:
    ids = pa.array(sorted(set(members["nominal_id"])), pa.string())
    own = _text(ids.filter(pc.is_in(ids, young))).astype(object)
    return _frame(child_id=own, nominal_id=own, basis="own_membership", how="own membership")


def _family(
    dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array, left_out: list[LeftOut]
) -> pd.DataFrame:
    t = dataset["family_links"]
    t = t.filter(pc.and_(pc.is_in(t["adult_id"], nominals), pc.is_in(t["child_id"], young)))
    if (as_of := evidence.period.as_of) is not None:
        later = pc.fill_null(pc.greater(t["recorded_on"], pa.scalar(as_of)), False)
        if gone := pc.sum(later).as_py():
            left_out.append(LeftOut("family_links", f"recorded after {as_of}", gone))
        t = t.filter(pc.invert(later))
    how = _text(t["relationship"]).astype(object)
    verified = pc.if_else(t["verified"], "yes", "no")
    return _frame(
        child_id=_text(t["child_id"]),
        nominal_id=_text(t["adult_id"]),
        basis=np.where(np.isin(how.astype(str), FAMILY), "family", how),
        how=how,
        verified=_text(pc.fill_null(verified, "unknown")),
        on=_dates(t["recorded_on"]),
    )


def _associations(
    dataset: Dataset, evidence: Evidence, settings: Settings, nominals: pa.Array, young: pa.Array
) -> Iterator[pd.DataFrame]:
    """Give contacts between a child and an OCG nominal, under the filters that all contacts pass."""
    t = dataset["associations"]
    one, other = (pc.and_(pc.is_in(t[a], nominals), pc.is_in(t[b], young)) for a, b in (_AB, _AB[::-1]))
    t = t.filter(pc.or_(one, other))
    first, last = evidence.period.first, evidence.period.last
    if first is not None and last is not None:
        over = pc.less(pc.coalesce(t["last_seen"], t["first_seen"]), pa.scalar(first))
        later = pc.greater(pc.coalesce(t["first_seen"], t["last_seen"]), pa.scalar(last))
        t = t.filter(pc.invert(pc.fill_null(pc.or_kleene(over, later), False)))
    refused = _refused_reports(dataset, evidence, settings)
    t = t.filter(pc.invert(pc.is_in(t["report_id"], refused)))
    kind = _text(t["kind"]).astype(object)
    # A contact that still lasts is fresh to the end of the period, not beyond it.
    on = _dates(pc.coalesce(t["last_seen"], t["first_seen"]))
    if last is not None:
        on = np.where(on > np.datetime64(last, "s"), np.datetime64(last, "s"), on)
    for a, b in (_AB, _AB[::-1]):
        here = _text(pc.and_(pc.is_in(t[a], nominals), pc.is_in(t[b], young))).astype(bool)
        yield _frame(
            child_id=_text(t[b])[here],
            nominal_id=_text(t[a])[here],
            basis=np.where(kind[here] == "household", "household", "contact"),
            how=kind[here],
            on=on[here],
        )


_AB = ("person_a", "person_b")


def _refused_reports(dataset: Dataset, evidence: Evidence, settings: Settings) -> pa.Array:
    reports = dataset["intel_reports"]
    bad = pc.invert(keep_grades(reports, settings.min_grade))
    if not settings.include_overdue and evidence.period.as_of is not None:
        due = pc.less(reports["review_due"], pa.scalar(evidence.period.as_of))
        bad = pc.or_(bad, pc.fill_null(due, False))
    return reports.filter(bad)["report_id"].combine_chunks()


def missing_in_period(dataset: Dataset, evidence: Evidence) -> pa.Table:
    """Return the missing episodes that began in the period (all, when the records hold no date)."""
    t = dataset["missing_episodes"]
    first, last = evidence.period.first, evidence.period.last
    if first is None or last is None:
        return t
    day = t["missing_from"].cast(pa.date32(), safe=False)
    return t.filter(pc.and_(pc.greater_equal(day, pa.scalar(first)), pc.less_equal(day, pa.scalar(last))))


def _missing(dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array) -> pd.DataFrame:
    t = missing_in_period(dataset, evidence)
    t = t.filter(pc.and_(pc.is_valid(t["companions"]), pc.is_in(t["child_id"], young)))
    named = pc.split_pattern(t["companions"].combine_chunks(), "|")
    row = pc.list_parent_indices(named).to_numpy(zero_copy_only=False)
    who = pc.utf8_trim_whitespace(pc.list_flatten(named))
    here = _text(pc.is_in(who, nominals)).astype(bool)
    return _frame(
        child_id=_text(t["child_id"])[row][here],
        nominal_id=_text(who)[here],
        basis="missing_with",
        how="missing together",
        on=_dates(t["missing_from"])[row][here],
    )


def _crimes(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    t = dataset["crime_links"]
    t = t.filter(pc.is_in(t["person_id"], young))
    frame = _shared(evidence, evidence.crimes, t, "crime_id", "link_role")
    basis = frame.pop("link_role").map(lambda role: _CRIME_BASES.get(role, "same_crime_as_suspect"))
    return _frame(**frame, basis=basis, how="same crime")


def _reports(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    t = dataset["intel_links"]
    t = t.filter(pc.is_in(t["person_id"], young))
    return _frame(**_shared(evidence, evidence.reports, t, "report_id"), basis="same_report", how="same report")


def _shared(evidence: Evidence, incidence: Incidence, t: pa.Table, key: str, *more: str) -> pd.DataFrame:
    """Return the pairs of child and OCG nominal in one event, however each is named in it."""
    own = incidence.of_people(evidence.members)
    place = pc.index_in(t[key], pa.array(own.events, pa.string()))
    t, place = t.filter(pc.is_valid(place)), pc.drop_null(place)
    children = pd.DataFrame(
        {"child_id": _text(t["person_id"]), "at": place.to_numpy(), **{n: _text(t[n]) for n in more}}
    )
    adults = pd.DataFrame({"nominal_id": evidence.nominals[own.person], "at": own.event})
    pairs = children.merge(adults, on="at").reset_index(drop=True)
    at = pairs.pop("at").to_numpy()
    pairs["on"] = own.on[at].astype("datetime64[s]")
    pairs["event"] = np.where(own.named[at], own.events[at], "")
    return pairs


def _together(rows: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Join repeated records of one manner, and add the groups of each nominal."""
    certain = {"yes": 0, "no": 1, "unknown": 2}
    # The freshest record that may be named stands for all: sort it to the end of its manner.
    rows = rows.assign(sure=rows["verified"].map(certain), can=rows["event"] != "")
    rows = rows.sort_values(["on", "event"], na_position="first", kind="stable")
    manner = ["child_id", "nominal_id", "basis", "how"]
    named = rows[rows["can"]].groupby(manner, sort=False)["event"].last()
    joined = rows.groupby(manner, sort=False).agg(sure=("sure", "min"), on=("on", "max"), records=("basis", "size"))
    joined = joined.join(named, how="left").reset_index()
    joined["event"] = joined["event"].astype(object).where(joined["event"].notna(), "")
    joined["verified"] = joined["sure"].map({v: k for k, v in certain.items()})
    joined = joined.merge(members, on="nominal_id")
    joined["order"] = joined["basis"].map({b: i for i, b in enumerate(BASES)})
    joined = joined.sort_values(["child_id", "order", "nominal_id", "ocg_id", "how"], kind="stable")
    return joined[list(Link._fields)].reset_index(drop=True)


def path_words(link: Link) -> str:
    """Return one path from group to child in words.

    >>> on = pd.Timestamp("2018-05-01")
    >>> path_words(Link("C1", "OCG012", "N045", "principal", "family", "parent", "yes", on, 1, ""))
    'OCG012 ← N045 (principal) — parent (verified, 2018-05-01)'
    """
    start = f"{link.ocg_id} ← {link.nominal_id} ({link.role or 'role not assessed'}) — "
    how = link.how.replace("_", " ")
    on = "undated" if pd.isna(link.on) else f"{link.on:%Y-%m-%d}"
    if link.basis == "own_membership":
        return f"{start}the child's own membership"
    if link.basis.startswith("same_"):
        # The event of a restricted report stays blank, so its id cannot slip into any text.
        event = link.event or "not named because of its handling code"
        as_what = f" as {link.basis.rpartition('_')[2]}" if link.basis != "same_report" else ""
        further = f", one of {link.records}" if link.records > 1 else ""
        return f"{start}{how}{as_what} ({event}{further}, latest {on})"
    if link.basis in ("missing_with", "contact") or link.records > 1:
        times = f"{link.records} times, latest " if link.records > 1 else ""
        return f"{start}{how if link.basis != 'contact' else f'contact: {how}'} ({times}{on})"
    certain = {"yes": "verified", "no": "not verified", "unknown": "verification not recorded"}
    return f"{start}{how} ({certain[link.verified]}, {on})"
