"""What was found, used or aimed at at which crimes, and who had to do with it on that day: no link to the crime."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.things.travelled import labels_of
from ocgnet.dataset import Dataset, LeftOut, names_of
from ocgnet.english import counted
from ocgnet.evidence.period import Period
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.model.things import PLACES
from ocgnet.results import ResultTable


def things_at_crimes_of(
    dataset: Dataset, use: ThingUse, period: Period, prompts: Collection[tuple[str, str]]
) -> tuple[ResultTable, tuple[LeftOut, ...]]:
    """Return the things of crimes, those of most crimes first, with who is recorded to have to do with them that day.

    A crime's day is that on which it happened, else on which it was recorded; without either, everybody counts who ever
    had to do with the thing. Crimes after the day of judgement are left out and counted. Links of people to crimes
    stand beside, whatever they are linked as; but not those of a resident to crimes at the home for which the
    resident stands in ``prompts`` (place and resident): others may have used it, and safeguarding comes first.
    """
    held = dataset["crime_things"]
    crimes = dataset["crimes"]
    at = pc.index_in(held["crime_id"], crimes["crime_id"].combine_chunks())
    day = pc.coalesce(crimes["occurred_on"], crimes["recorded_on"]).combine_chunks().take(at.combine_chunks())
    on = day.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    late = np.zeros(len(on), bool) if period.as_of is None else on > np.datetime64(period.as_of, "D")
    why = f"of crimes after {period.as_of}, the day of judgement"
    gone = (LeftOut("crime_things", why, int(late.sum())),) if late.any() else ()
    frame = held.select(["crime_id", "thing_id", "involvement", "authority_ref"]).to_pandas()
    frame = frame.assign(on=on, position=_positions(held["thing_id"], use))[~late].reset_index(drop=True)
    if not len(frame):
        return ResultTable.of("things_at_crimes", ()), gone
    linked = _linked(dataset)
    groups = dataset["group_things"].to_pandas().groupby("thing_id")["ocg_id"].agg(lambda g: "|".join(sorted(set(g))))
    frame["crimes"] = frame.groupby("thing_id")["crime_id"].transform("nunique")
    labels = labels_of(dataset, use)
    known = frame["position"].to_numpy()
    frame["thing"], frame["kind"], frame["label"] = frame["thing_id"], use.kind[known], labels[known]
    frame["day"] = frame["on"].to_numpy().astype("datetime64[s]")
    frame["involvement"] = frame["involvement"].fillna("other")
    frame["authority_refs"] = frame["authority_ref"].fillna("")
    frame["thing_groups"] = [groups.get(i, "") for i in frame["thing_id"]]
    days = frame["day"].to_numpy().astype("datetime64[D]")
    described = [
        _people(use, thing, on, crime, linked, prompts)
        for thing, on, crime in zip(known.tolist(), days, frame["crime_id"], strict=True)
    ]
    for column in ("people", "person_ids", "relations", "also_linked"):
        frame[column] = [d[column] for d in described]
    frame["person_names"] = [
        "|".join(filter(None, names_of(ids.split("|") if ids else [], dataset.shown_names)))
        for ids in frame["person_ids"]
    ]
    frame["because"] = [_because(r) for r in frame.to_dict("records")]
    order = ["crimes", "thing", "day", "crime_id", "involvement"]
    return ResultTable.of("things_at_crimes", frame.sort_values(order, ascending=[False, *[True] * 4])), gone


def _positions(things: pa.ChunkedArray, use: ThingUse) -> np.ndarray:
    return np.asarray(pc.index_in(things, pa.array(use.things, pa.string())).to_numpy().astype(np.int64))


def _linked(dataset: Dataset) -> dict[tuple[str, str], str]:
    """Return as what each person is linked to each crime, joined by ``and``."""
    links = dataset["crime_links"].select(["crime_id", "person_id", "link_role"]).to_pandas()
    roles = links.groupby(["crime_id", "person_id"])["link_role"].agg(lambda r: " and ".join(sorted(set(r))))
    return {(str(c), str(p)): str(role) for (c, p), role in roles.items()}


def _people(
    use: ThingUse,
    thing: int,
    on: np.datetime64,
    crime: str,
    linked: dict[tuple[str, str], str],
    prompts: Collection[tuple[str, str]],
) -> dict[str, Any]:
    """Return who had to do with a thing on a day, as what, and as what they are linked to a crime."""
    rows = np.arange(*np.searchsorted(use.thing, (thing, thing + 1)))
    # Comparisons with an absent date are false: what is open is neither over nor still to come.
    rows = rows[~((use.first[rows] > on) | (use.last[rows] < on))]
    as_what: dict[str, set[str]] = {}
    for row in rows.tolist():
        suspected = " (suspected)" if use.confidence[row] == "suspected" else ""
        as_what.setdefault(use.people[use.person[row]], set()).add(f"{use.relation[row]}{suspected}".replace("_", " "))
    people = sorted(as_what)
    at_risk = {p for p in people if (use.things[thing], p) in prompts}
    for person in at_risk:
        as_what[person].add("may need safeguarding")
    return {
        "people": len(people),
        "person_ids": "|".join(people),
        "relations": "|".join(f"{p}: {' and '.join(sorted(as_what[p]))}" for p in people),
        "also_linked": "|".join(
            f"{p}: {linked[crime, p]}" for p in people if (crime, p) in linked and p not in at_risk
        ),
    }


def _because(row: dict[str, Any]) -> str:
    when = "on a day that is not known" if pd.isna(row["day"]) else f"on {row['day']:%Y-%m-%d}"
    what = f"{row['kind'].replace('_', ' ')} {row['thing']}"
    text = f"Crime {row['crime_id']} {when}: {what} ({row['involvement']})"
    text += f", which stands at {counted(row['crimes'], 'crime')}. "
    day = "at whatever time" if pd.isna(row["day"]) else "on that day"
    who = row["relations"].replace("|", "; ")
    text += f"Recorded to have to do with it {day}: {who}. " if who else f"Nobody is recorded with it {day}. "
    if row["also_linked"]:
        text += f"Linked to the crime in the records: {row['also_linked'].replace('|', '; ')}. "
    text += "To have to do with a thing is no link to the crime"
    return f"{text}{', and who lives where it happened may be its victim' if row['kind'] in PLACES else ''}."
