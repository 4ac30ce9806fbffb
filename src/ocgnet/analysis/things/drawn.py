"""The things that a chart draws: who used them, whose they are, and how they are in touch with one another."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.things.traffic import local_time
from ocgnet.dataset import Dataset
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.model.things import THING_IDENTIFIERS
from ocgnet.results.things import (
    CONTACT_COLUMNS,
    GROUP_COLUMNS,
    LINK_COLUMNS,
    MONTH_COLUMNS,
    THING_COLUMNS,
    UNATTRIBUTED_COLUMNS,
    ThingsDrawn,
)

MOST_UNATTRIBUTED = 20
"""Unattributed numbers of each group that a chart holds; the table ``unattributed`` has them all."""


def things_drawn(
    dataset: Dataset, use: ThingUse, nominals: np.ndarray, as_of: date | None, unattributed: pd.DataFrame
) -> ThingsDrawn:
    """Return the things of these nominals and of the groups, and the unattributed numbers most central to each group.

    ``nominals`` are the ids of the people in the chart. A thing is drawn when one of them has to do with it, when a
    group holds it, or when it is among the first ``MOST_UNATTRIBUTED`` of a group in ``unattributed`` (at least the
    columns ``ocg_id``, ``thing_id``, ``rank`` and ``because``). ``others`` counts the people of a thing who are not
    in the chart, without saying who. Communications after ``as_of`` do not count; only those between two things that
    are drawn make a contact, while ``calls`` and the months of a thing count all of its own.
    """
    own = np.isin(use.people, nominals)
    shown = own[use.person] if len(use) else np.zeros(0, bool)
    links = pd.DataFrame(
        {
            "thing_id": use.things[use.thing[shown]],
            "nominal_id": use.people[use.person[shown]],
            "relation": use.relation[shown],
            "from_date": use.first[shown].astype("datetime64[s]"),
            "to_date": use.last[shown].astype("datetime64[s]"),
            "confidence": use.confidence[shown],
            "report_id": use.report[shown],
        },
        columns=list(LINK_COLUMNS),
    )
    groups = _groups(dataset, as_of)
    leads = unattributed[unattributed["rank"] <= MOST_UNATTRIBUTED] if len(unattributed) else unattributed
    leads = leads.reindex(columns=list(UNATTRIBUTED_COLUMNS)).reset_index(drop=True)
    ids = sorted({*links["thing_id"], *groups["thing_id"], *leads["thing_id"]})
    if not ids:
        return ThingsDrawn()
    drawn = pa.array(ids, pa.string())
    communications = dataset["communications"]
    communications = communications.append_column("on", pa.array(local_time(communications["at"])[0]))
    if as_of is not None:
        communications = communications.filter(pc.less_equal(communications["on"], pa.scalar(as_of)))
    months = _months(communications, drawn)
    return ThingsDrawn(
        _things(dataset, use, own, drawn, communications),
        links,
        groups,
        _contacts(communications, drawn),
        months,
        leads,
    )


def _groups(dataset: Dataset, as_of: date | None) -> pd.DataFrame:
    held = dataset["group_things"]
    if as_of is not None:
        late = pc.fill_null(pc.greater(held["from_date"], pa.scalar(as_of)), False)
        held = held.filter(pc.invert(late))
    return held.select(list(GROUP_COLUMNS)).to_pandas()


def _things(
    dataset: Dataset, use: ThingUse, own: np.ndarray, drawn: pa.Array, communications: pa.Table
) -> pd.DataFrame:
    recorded = dataset["things"]
    rows = recorded.take(pc.index_in(drawn, recorded["thing_id"].combine_chunks()))
    frame = rows.select(["kind", "label", "district"]).to_pandas().fillna("")
    frame["kind"] = frame["kind"].replace("", "other")
    written = {name: rows[name].to_pylist() for name in sorted({*THING_IDENTIFIERS.values(), "postcode"})}
    frame["thing_id"] = drawn.to_pandas()
    frame["identifier"] = [
        written[THING_IDENTIFIERS.get(kind, "number")][n] or written["postcode"][n] or ""
        for n, kind in enumerate(frame["kind"])
    ]
    place = pd.Series(range(len(frame)), frame["thing_id"])
    away = np.unique(use.thing.astype(np.int64)[~own[use.person]] * max(len(own), 1) + use.person[~own[use.person]])
    aside = np.unique(use.aside.thing.astype(np.int64) * (use.aside.person.max(initial=0) + 1) + use.aside.person)
    others = np.zeros(len(frame), int)
    for pairs, width in ((away, max(len(own), 1)), (aside, use.aside.person.max(initial=0) + 1)):
        at = place.reindex(use.things[pairs // width]).dropna().astype(int)
        others += np.bincount(at, minlength=len(frame))
    frame["others"] = others
    sides = _sides(communications, drawn)
    totals = sides.group_by("thing").aggregate([("times", "sum"), ("on", "min"), ("on", "max")]).to_pandas()
    totals = totals.set_index("thing").reindex(range(len(frame)))
    frame["calls"] = totals["times_sum"].fillna(0).astype(int).to_numpy()
    for name, column in (("first_on", "on_min"), ("last_on", "on_max")):
        frame[name] = pd.to_datetime(totals[column]).to_numpy().astype("datetime64[s]")
    return frame[list(THING_COLUMNS)]


def _sides(communications: pa.Table, drawn: pa.Array) -> pa.Table:
    """Return one row per drawn end of each communication: its thing, its day, and for how many it stands."""
    times = pc.fill_null(communications["count"], 1)
    day = communications["on"]
    parts = []
    for end in ("from_thing", "to_thing"):
        row = pc.index_in(communications[end], drawn)
        held = pc.is_valid(row)
        parts.append(pa.table({"thing": row.filter(held), "on": day.filter(held), "times": times.filter(held)}))
    return pa.concat_tables(parts)


def _months(communications: pa.Table, drawn: pa.Array) -> pd.DataFrame:
    sides = _sides(communications, drawn)
    month = pc.add(pc.multiply(pc.year(sides["on"]), 12), pc.subtract(pc.month(sides["on"]), 1))
    counts = sides.append_column("month", month).group_by(["thing", "month"]).aggregate([("times", "sum")]).to_pandas()
    counts = counts.sort_values(["thing", "month"], ignore_index=True)
    ids = drawn.to_pandas()
    return pd.DataFrame(
        {
            "thing_id": ids[counts["thing"].to_numpy(int)].to_numpy(),
            "month": [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in counts["month"]],
            "times": counts["times_sum"].to_numpy(int),
        },
        columns=list(MONTH_COLUMNS),
    )


def _contacts(communications: pa.Table, drawn: pa.Array) -> pd.DataFrame:
    """Return who is in touch with whom, either way, among the things that are drawn."""
    ends = [pc.index_in(communications[name], drawn) for name in ("from_thing", "to_thing")]
    held = pc.and_(pc.is_valid(ends[0]), pc.is_valid(ends[1]))
    a, b = (end.filter(held).to_numpy().astype(np.int64) for end in ends)
    rows = communications.filter(held)
    frame = pa.table(
        {
            "a": np.minimum(a, b),
            "b": np.maximum(a, b),
            "on": rows["on"],
            "times": pc.fill_null(rows["count"], 1),
        }
    )
    pairs = frame.group_by(["a", "b"]).aggregate(
        [("times", "sum"), ("on", "count_distinct"), ("on", "min"), ("on", "max")]
    )
    table = pairs.to_pandas().sort_values(["a", "b"], ignore_index=True)
    ids = drawn.to_pandas()
    return pd.DataFrame(
        {
            "thing_a": ids[table["a"].to_numpy(int)].to_numpy(),
            "thing_b": ids[table["b"].to_numpy(int)].to_numpy(),
            "times": table["times_sum"].to_numpy(int),
            "days": table["on_count_distinct"].to_numpy(int),
            "first_on": pd.to_datetime(table["on_min"]).to_numpy().astype("datetime64[s]"),
            "last_on": pd.to_datetime(table["on_max"]).to_numpy().astype("datetime64[s]"),
        },
        columns=list(CONTACT_COLUMNS),
    )
