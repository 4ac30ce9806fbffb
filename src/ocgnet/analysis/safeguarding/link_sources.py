"""Where links between children and OCG nominals come from: one row per record."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.safeguarding.bases import FAMILY
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.contacts import contacts_once
from ocgnet.evidence.episodes import merged_episodes
from ocgnet.evidence.evidence import Evidence, Incidence
from ocgnet.evidence.grades import keep_grades
from ocgnet.settings import Settings

FIELDS = ("child_id", "nominal_id", "basis", "how", "verified", "on", "event", "record", "report")

_CRIME_BASES = {
    "victim": "same_crime_as_victim",
    "witness": "same_crime_as_witness",
    "other": "same_crime_as_other",
}
_AB = ("person_a", "person_b")


def frame_of(**columns: object) -> pd.DataFrame:
    """Return rows of links with blanks for whatever a source does not say."""
    blank = {"verified": "unknown", "on": np.datetime64("NaT", "s"), "event": "", "record": "", "report": ""}
    lengths = [len(c) for c in columns.values() if isinstance(c, np.ndarray | pd.Series)]
    index = pd.RangeIndex(lengths[0] if lengths else 0)
    frame = pd.DataFrame({n: columns.get(n, blank.get(n, "")) for n in FIELDS}, index=index)
    return frame.astype({n: object for n in FIELDS if n != "on"} | {"on": "datetime64[s]"})


def text(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Return a column as Python strings."""
    return np.array(column.to_pylist(), dtype=object)


def dates(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column of dates or moments to the second."""
    return np.asarray(column.to_numpy().astype("datetime64[s]"))


def named(table: str, *parts: np.ndarray) -> np.ndarray:
    """Return the name of each record that has no id of its own: its table and key.

    >>> named("family_links", np.array(["N1"]), np.array(["C1"])).tolist()
    ['family_links/N1/C1']
    """
    rows = zip(*parts, strict=True)
    return np.array(["/".join([table, *map(str, row)]) for row in rows], dtype=object)


def by_membership(members: pd.DataFrame, young: pa.Array) -> pd.DataFrame:
    """Return children who are members themselves."""
    ids = pa.array(sorted(set(members["nominal_id"])), pa.string())
    own = text(ids.filter(pc.is_in(ids, young)))
    return frame_of(
        child_id=own, nominal_id=own, basis="own_membership", how="own membership", record=named("memberships", own)
    )


def by_family(
    dataset: Dataset,
    evidence: Evidence,
    settings: Settings,
    nominals: pa.Array,
    young: pa.Array,
    left_out: list[LeftOut],
) -> pd.DataFrame:
    """Return family links between a nominal and a child that were recorded by the analysis date."""
    t = dataset["family_links"]
    t = t.filter(pc.is_in(t["child_id"], young))
    if (as_of := evidence.period.as_of) is not None:
        later = pc.fill_null(pc.greater(t["recorded_on"], pa.scalar(as_of)), False)
        if gone := pc.sum(pc.and_(later, pc.is_in(t["adult_id"], nominals))).as_py():
            left_out.append(LeftOut("family_links", f"recorded after {as_of}", gone))
        t = t.filter(pc.invert(later))
    former = dataset["memberships"]["nominal_id"].filter(
        pc.invert(pc.is_in(dataset["memberships"]["nominal_id"], nominals))
    )
    parents = pc.is_in(t["relationship"], pa.array(FAMILY))
    gone = pc.sum(pc.and_(parents, pc.is_in(t["adult_id"], former.combine_chunks()))).as_py()
    if gone and not settings.ocgs:
        # The basis is membership on the day: a parent who left, or whose group was archived, makes no link.
        left_out.append(LeftOut("family_links", "the parent was in a group, but is no member that counts now", gone))
    t = t.filter(pc.is_in(t["adult_id"], nominals))
    how = text(t["relationship"])
    verified = pc.if_else(t["verified"], "yes", "no")
    return frame_of(
        child_id=text(t["child_id"]),
        nominal_id=text(t["adult_id"]),
        basis=np.where(np.isin(how.astype(str), FAMILY), "family", how),
        how=how,
        verified=text(pc.fill_null(verified, "unknown")),
        on=dates(t["recorded_on"]),
        record=named("family_links", text(t["adult_id"]), text(t["child_id"]), how),
    )


def by_association(
    dataset: Dataset, evidence: Evidence, settings: Settings, nominals: pa.Array, young: pa.Array
) -> Iterator[pd.DataFrame]:
    """Give contacts between a child and an OCG nominal, under the filters that all contacts pass."""
    t, _ = contacts_once(dataset["associations"])
    one, other = (pc.and_(pc.is_in(t[a], nominals), pc.is_in(t[b], young)) for a, b in (_AB, _AB[::-1]))
    t = t.filter(pc.or_(one, other))
    first, last = evidence.period.first, evidence.period.last
    if first is not None and last is not None:
        over = pc.less(pc.coalesce(t["last_seen"], t["first_seen"]), pa.scalar(first))
        later = pc.greater(pc.coalesce(t["first_seen"], t["last_seen"]), pa.scalar(last))
        t = t.filter(pc.invert(pc.fill_null(pc.or_kleene(over, later), False)))
    refused = _refused_reports(dataset, evidence, settings)
    t = t.filter(pc.invert(pc.is_in(t["report_id"], refused)))
    kind = text(t["kind"])
    # A contact that still lasts is fresh to the end of the period, not beyond it.
    on = dates(pc.coalesce(t["last_seen"], t["first_seen"]))
    if last is not None:
        on = np.where(on > np.datetime64(last, "s"), np.datetime64(last, "s"), on)
    record = named("associations", text(t["person_a"]), text(t["person_b"]), kind)
    for a, b in (_AB, _AB[::-1]):
        here = pc.and_(pc.is_in(t[a], nominals), pc.is_in(t[b], young)).to_numpy().astype(bool)
        yield frame_of(
            child_id=text(t[b])[here],
            nominal_id=text(t[a])[here],
            basis=np.where(kind[here] == "household", "household", "contact"),
            how=kind[here],
            on=on[here],
            record=record[here],
            report=text(pc.fill_null(t["report_id"], ""))[here],
        )


def _refused_reports(dataset: Dataset, evidence: Evidence, settings: Settings) -> pa.Array:
    reports = dataset["intel_reports"]
    bad = pc.invert(keep_grades(reports, settings.min_grade))
    if not settings.include_overdue and evidence.period.as_of is not None:
        due = pc.less(reports["review_due"], pa.scalar(evidence.period.as_of))
        bad = pc.or_(bad, pc.fill_null(due, False))
    return reports.filter(bad)["report_id"].combine_chunks()


def missing_within(dataset: Dataset, evidence: Evidence) -> pa.Table:
    """Return the missing episodes, merged, that began in the period (all, when the records hold no date)."""
    t = merged_episodes(dataset["missing_episodes"])
    first, last = evidence.period.first, evidence.period.last
    if first is None or last is None:
        return t
    day = t["missing_from"].cast(pa.date32(), safe=False)
    return t.filter(pc.and_(pc.greater_equal(day, pa.scalar(first)), pc.less_equal(day, pa.scalar(last))))


def companions_of(t: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return who was with the child of an episode: row numbers of ``t``, and ids."""
    t = t.append_column("row", pa.array(range(t.num_rows), pa.int64()))
    t = t.filter(pc.is_valid(t["companions"]))
    split = pc.split_pattern(t["companions"].combine_chunks(), "|")
    row = text(t["row"])[pc.list_parent_indices(split).to_numpy(zero_copy_only=False)].astype(np.int64)
    who = text(pc.utf8_trim_whitespace(pc.list_flatten(split)))
    said = who != ""
    return row[said], who[said]


def by_missing_episodes(dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array) -> pd.DataFrame:
    """Return who went missing together, whichever of the two the episode is recorded for."""
    t = missing_within(dataset, evidence)
    row, who = companions_of(t)
    child, begun = text(t["child_id"])[row], dates(t["missing_from"])[row]
    record = named("missing_episodes", child, np.datetime_as_string(begun, unit="m")) if len(row) else child
    both = pd.DataFrame({"a": np.r_[child, who], "b": np.r_[who, child], "on": np.r_[begun, begun]})
    both["record"] = np.r_[record, record]
    here = both["a"].isin(young.to_pylist()) & both["b"].isin(nominals.to_pylist())
    both = both[here.astype(bool)].reset_index(drop=True)
    return frame_of(
        child_id=both["a"],
        nominal_id=both["b"],
        basis="missing_with",
        how="missing together",
        on=both["on"],
        record=both["record"],
    )


def by_stops(dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array) -> pd.DataFrame:
    """Return who was stopped, or arrested, on one occasion together with an OCG nominal."""
    t = dataset["stop_checks"]
    t = t.filter(pc.and_(pc.is_valid(t["occasion"]), pc.is_valid(t["person_id"])))
    first, last = evidence.period.first, evidence.period.last
    if first is not None and last is not None:
        day = t["happened_on"]
        t = t.filter(pc.and_(pc.greater_equal(day, pa.scalar(first)), pc.less_equal(day, pa.scalar(last))))
    columns = {"occasion": text(t["occasion"]), "person": text(t["person_id"]), "outcome": text(t["outcome"])}
    frame = pd.DataFrame({**columns, "stop": text(t["stop_id"]), "on": dates(t["happened_on"])})
    ours, theirs = (frame[frame["person"].isin(ids.to_pylist())] for ids in (young, nominals))
    pairs = ours.merge(theirs, on=["occasion", "on"], suffixes=("", "_n")).reset_index(drop=True)
    both = ((pairs["outcome"] == "arrested") & (pairs["outcome_n"] == "arrested")).to_numpy(dtype=bool)
    return frame_of(
        child_id=pairs["person"],
        nominal_id=pairs["person_n"],
        basis=np.where(both, "arrested_with", "stopped_with"),
        how=np.where(both, "arrested together", "stopped together"),
        on=pairs["on"],
        record=pairs["stop"],
    )


def by_crimes(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    """Return who is named, in which role, in a crime that is linked to an OCG nominal."""
    links = dataset["crime_links"]
    t = links.filter(pc.is_in(links["person_id"], young))
    frame = _shared(evidence, evidence.crimes, t, "crime_id", "link_role").drop(columns="id")
    role = frame.pop("link_role").to_numpy()
    arrests = links.filter(pc.equal(links["link_role"], "arrested"))
    arrested = set(zip(arrests["person_id"].to_pylist(), arrests["crime_id"].to_pylist(), strict=True))
    pairs = zip(frame["nominal_id"], frame["event"], strict=True)
    both = np.array([pair in arrested for pair in pairs], bool) & (role == "arrested")
    plain = np.array([_CRIME_BASES.get(r, "same_crime_as_suspect") for r in role], object)
    frame = frame.assign(basis=np.where(both, "arrested_with", plain))
    # One crime stands on one of the two: arrested together says more than suspect in the same crime.
    key = pd.MultiIndex.from_frame(frame[["child_id", "nominal_id", "event"]])
    again = key.isin(key[both]) & (frame["basis"] == "same_crime_as_suspect").to_numpy(dtype=bool)
    frame = frame[~again].drop_duplicates().reset_index(drop=True)
    how = np.where(frame["basis"] == "arrested_with", "arrested together", "same crime")
    return frame_of(**{n: frame[n] for n in frame}, how=how, record=frame["event"])


def by_reports(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    """Return who is named in a report that names an OCG nominal; restricted reports stay without id."""
    t = dataset["intel_links"]
    t = t.filter(pc.is_in(t["person_id"], young))
    shared = _shared(evidence, evidence.reports, t, "report_id").rename(columns={"id": "report"})
    how = "same report"
    return frame_of(**{n: shared[n] for n in shared}, basis="same_report", how=how, record=shared["event"])


def _shared(evidence: Evidence, incidence: Incidence, t: pa.Table, key: str, *more: str) -> pd.DataFrame:
    """Return the pairs of child and OCG nominal in one event, however each is named in it."""
    own = incidence.of_people(evidence.members)
    place = pc.index_in(t[key], pa.array(own.events, pa.string()))
    t, place = t.filter(pc.is_valid(place)), pc.drop_null(place)
    children = pd.DataFrame({"child_id": text(t["person_id"]), "at": place.to_numpy(), **{n: text(t[n]) for n in more}})
    adults = pd.DataFrame({"nominal_id": evidence.nominals[own.person], "at": own.event})
    pairs = children.merge(adults, on="at").reset_index(drop=True)
    at = pairs.pop("at").to_numpy()
    pairs["on"] = own.on[at].astype("datetime64[s]")
    pairs["event"] = np.where(own.named[at], own.events[at], "")
    pairs["id"] = own.events[at]
    return pairs
