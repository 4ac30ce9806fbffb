"""Who belongs to which group on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.evidence.spans import group_starts


@dataclass(frozen=True)
class Memberships:
    """Memberships that hold on a day, sorted by person then group, one entry per pair."""

    person: np.ndarray  # int32: position in the ids that were asked about
    ocg: np.ndarray  # str (object): id of the group
    role: np.ndarray  # str (object): recorded role, empty when not assessed

    def members(self, people: int) -> np.ndarray:
        """Return whether each person belongs to any group, shape ``(people,)``."""
        belongs = np.zeros(people, bool)
        belongs[self.person] = True
        return belongs


def memberships_on(dataset: Dataset, day: date | None, ids: pa.Array, ocgs: tuple[str, ...] = ()) -> Memberships:
    """Return the memberships that hold on ``day``.

    Without a day every membership holds; without ``ocgs`` all groups are meant; people who are not among ``ids``
    are left out. A group that is not mapped yet, or archived, on that day has no members. Of several rows for one
    person and group the one that began last holds; a row without a start began before all others.
    """
    t = dataset["memberships"]
    if ocgs:
        t = t.filter(pc.is_in(t["ocg_id"], pa.array(ocgs, pa.string())))
    live = pa.array(groups_on(dataset, day), pa.string())
    listed = pc.is_in(t["ocg_id"], dataset["ocgs"]["ocg_id"].combine_chunks())
    t = t.filter(pc.or_(pc.is_in(t["ocg_id"], live), pc.invert(listed)))
    if day is not None:
        t = t.filter(pc.and_(_begun(t["from_date"], day), _lasting(t["to_date"], day)))
    t = t.append_column("person", pc.index_in(t["nominal_id"], ids))
    t = t.filter(pc.is_valid(t["person"]))
    start = pc.fill_null(t["from_date"].cast(pa.int32()), -(2**31))
    t = t.append_column("start", start).sort_by([(n, "ascending") for n in ("person", "ocg_id", "start")])
    person, ocg = t["person"].to_numpy().astype(np.int32), t["ocg_id"].to_numpy().astype(object)
    last = group_starts(person[::-1], ocg[::-1])[::-1]
    role = pc.fill_null(t["role"], "").to_numpy().astype(object)
    return Memberships(person[last], ocg[last], role[last])


ENDED, ARCHIVED = "the membership ended", "the group was archived"
"""Why a membership is over."""

NOT_BEGUN, NOT_MAPPED = "the membership begins later", "the group is mapped later"
"""Why a membership does not hold yet."""


def memberships_off(dataset: Dataset, day: date | None) -> pd.DataFrame:
    """Return the recorded memberships that do not hold on ``day``, and why.

    One row per person and group without a membership that holds: ``nominal_id``, ``ocg_id``, ``role`` (empty when
    not assessed), ``why`` and ``on`` (the last day it held, or the first day it will; NaT when not recorded). Of
    several rows for one pair the one that ended last stands for all, and one that ended before one that is still to
    begin. Sorted by person, then group. Without a day only groups recorded as archived have no members.
    """
    t = dataset["memberships"]
    groups = dataset["ocgs"]
    at = pc.index_in(t["ocg_id"], groups["ocg_id"].combine_chunks())
    columns = {n: t[n].to_numpy().astype(object) for n in ("nominal_id", "ocg_id")}
    frame = pd.DataFrame(columns | {"role": pc.fill_null(t["role"], "").to_numpy().astype(object)}, dtype=object)
    for name in ("from_date", "to_date"):
        frame[name] = t[name].to_numpy().astype("datetime64[s]")
    for name in ("mapped_on", "archived_on"):
        frame[name] = groups[name].combine_chunks().take(at).to_numpy(zero_copy_only=False).astype("datetime64[s]")
    live = groups_on(dataset, day)
    gone = pd.Series(pc.is_valid(at).to_numpy().astype(bool) & ~frame["ocg_id"].isin(live).to_numpy(dtype=bool))
    judged = pd.Timestamp(day) if day is not None else pd.NaT
    # Comparisons with an absent date are false: what is not recorded neither ends nor is still to come.
    unmapped, later = frame["mapped_on"] > judged, frame["from_date"] > judged
    ended = frame["to_date"] < judged
    archived = gone & ~unmapped
    ended_first = ended & ~(archived & (frame["archived_on"] <= frame["to_date"]))
    frame["why"] = np.select([ended_first, archived, later, unmapped], [ENDED, ARCHIVED, NOT_BEGUN, NOT_MAPPED], "")
    frame["on"] = np.select(
        [ended_first, archived, later, unmapped],
        [frame[n] for n in ("to_date", "archived_on", "from_date", "mapped_on")],
        np.datetime64("NaT", "s"),
    )
    key = ["nominal_id", "ocg_id"]
    holds = frame[frame["why"] == ""]
    pairs = pd.MultiIndex.from_frame(frame[key])
    off = frame[~pairs.isin(pd.MultiIndex.from_frame(holds[key]))].copy()
    off["over"] = off["why"].isin((ENDED, ARCHIVED))
    off = off.sort_values([*key, "over", "on"], kind="stable", na_position="first")
    return off.drop_duplicates(key, keep="last")[[*key, "role", "why", "on"]].reset_index(drop=True)


def groups_on(dataset: Dataset, day: date | None) -> list[str]:
    """Return the sorted ids of groups that were mapped and not archived on ``day``.

    ``archived_on`` decides; ``status`` only where a group is archived without a date.
    """
    t = dataset["ocgs"]
    archived = pc.equal(pc.fill_null(t["status"], ""), "archived")
    if day is None:
        return list(t.filter(pc.invert(archived))["ocg_id"].to_pylist())
    gone = pc.if_else(pc.is_valid(t["archived_on"]), pc.invert(_lasting(t["archived_on"], day, strict=True)), archived)
    return list(t.filter(pc.and_(_begun(t["mapped_on"], day), pc.invert(gone)))["ocg_id"].to_pylist())


def _begun(column: pa.ChunkedArray, day: date) -> pa.ChunkedArray:
    return pc.fill_null(pc.less_equal(column, pa.scalar(day)), True)


def _lasting(column: pa.ChunkedArray, day: date, *, strict: bool = False) -> pa.ChunkedArray:
    compare = pc.greater if strict else pc.greater_equal
    return pc.fill_null(compare(column, pa.scalar(day)), True)
