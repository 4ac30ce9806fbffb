"""Numbers that fell silent before or after a crime, an arrest or a disruption, against their own usual gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.things.contacts import InTouch
from ocgnet.analysis.things.coverage import Coverage
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.period import Period
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import USERS
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_FEWEST = 5
"""Days in use below which a number has no usual gap."""


def silences_of(
    dataset: Dataset, touch: InTouch, members: Memberships, ids: Sequence[str], settings: Settings, period: Period
) -> ResultTable:
    """Return how long numbers were silent around events of those who used them; least usual first.

    An event is a crime or arrest that links the number's user on the day (``settings.link_roles``), or a disruption
    of a group whose member used it or that holds it. Listed are silences of at least ``silence_least_days`` whole days
    without traffic. The chance is the share of the days of the number's life before, or after, which it was silent as
    long; days that no record under its authorities reaches do not count for it. Numbers in use on fewer than five days
    have no usual gap and are not listed.
    """
    asked = _asked(dataset, touch, members, ids, settings, period)
    thing, day = _days_in_use(touch, np.unique(asked["thing"].to_numpy(dtype=np.int64)))
    if not len(asked) or not len(day):
        return ResultTable.of("silences", ())
    starts = np.flatnonzero(group_starts(thing))
    bounds = {int(t): part for t, part in zip(thing[starts], np.split(day, starts[1:]), strict=True)}
    end = int(touch.traffic.covers[1].astype(np.int64))
    reach = touch.traffic.coverage(np.array(sorted(bounds)))
    rows = [
        {**event, **silence}
        for event in asked.to_dict("records")
        if (silence := silence_around(bounds[event["thing"]], int(event["on"]), end, reach[event["thing"]]))
        and silence["longest"] >= settings.silence_least_days
    ]
    if not rows:
        return ResultTable.of("silences", ())
    frame = pd.DataFrame(rows)
    position = frame["thing"].to_numpy()
    frame["thing_id"], frame["label"] = touch.traffic.things[position], touch.traffic.label[position]
    frame["records_to"] = np.array([reach[t].last[-1] for t in position.tolist()]).astype("datetime64[D]")
    frame["person_name"] = [touch.names.get(p, "") for p in frame["person"]]
    frame["because"] = [_because(row) for row in frame.to_dict("records")]
    frame["least"] = frame[["chance_before", "chance_after"]].min(axis=1)
    frame = frame.sort_values(["least", "thing_id", "event_day", "event", "event_id", "person"], kind="stable")
    return ResultTable.of("silences", frame)


def silence_around(used: np.ndarray, on: int, end: int, reach: Coverage) -> dict[str, Any] | None:
    """Return how long a number was silent before and after a day, and how usual that is for it.

    Parameters
    ----------
    used : int array
        Days on which the number was in use, rising.
    on : int
        Day of the event.
    end : int
        Last day of all records.
    reach : Coverage
        Days that records of this number reach. What is usual is worked out from them alone.

    Returns
    -------
    dict or None
        None where the number has no usual gap, was not in use yet, or had ended before the event.

    Examples
    --------
    In use on days 0 to 4 and 10; silent for days 5 to 9, all of them after an event on day 4:

    >>> used, whole = np.array([0, 1, 2, 3, 4, 10]), Coverage(np.array([0]), np.array([30]))
    >>> row = silence_around(used, 4, 30, whole)
    >>> row["silent_after"], row["days_as_long_after"], row["of_days"], row["still_silent"]
    (5, 1, 10, False)

    Under an authority whose records end on day 12, it is silent from day 10 for two days that are known:

    >>> row = silence_around(used, 10, 30, Coverage(np.array([0]), np.array([12])))
    >>> row["silent_after"], row["not_covered"], row["days_as_long_after"]
    (20, 18, 4)
    """
    if len(used) < _FEWEST or on < used[0]:
        return None
    longest_gap = int(np.diff(used).max()) - 1
    before, after = used[used < on], used[used > on]
    if not len(after) and on - used[used <= on][-1] - 1 > longest_gap:
        return None
    silent_before = int(on - before[-1] - 1) if len(before) else None
    silent_after = int((after[0] - 1 if len(after) else end) - on)
    gaps = reach.days(used[:-1] + 1, used[1:] - 1)
    of_days = int((gaps + 1).sum())
    known = {
        "before": None if silent_before is None else int(reach.days(before[-1] + 1, on - 1)),
        "after": int(reach.days(on + 1, on + silent_after)),
    }
    row: dict[str, Any] = {
        "active_on_day": bool((used == on).any()), "silent_before": silent_before, "silent_after": silent_after,
        "still_silent": not len(after), "of_days": of_days, "gaps": len(gaps), "longest_gap": longest_gap,
        "longest": max(silent_before or 0, silent_after),
        "not_covered": (silent_before or 0) + silent_after - (known["before"] or 0) - (known["after"] or 0),
    }  # fmt: skip
    for side, silent in known.items():
        # Of a gap of g days as many days have at least s silent ones on one side as g exceeds s, and one more.
        days = None if silent is None else int(np.clip(gaps - silent + 1, 0, gaps + 1).sum())
        row[f"days_as_long_{side}"] = days
        row[f"chance_{side}"] = None if days is None else days / of_days
        row[f"gaps_as_long_{side}"] = None if silent is None else int((gaps >= silent).sum())
    return row


def _asked(
    dataset: Dataset, touch: InTouch, members: Memberships, ids: Sequence[str], settings: Settings, period: Period
) -> pd.DataFrame:
    """Return every event with a number: thing, person, ocg_id, event, event_id, event_day and the day as a number."""
    crimes = dataset["crimes"].select(["crime_id", "occurred_on", "recorded_on"]).to_pandas()
    links = dataset["crime_links"].select(["person_id", "crime_id", "link_role"]).to_pandas()
    links = links[links["link_role"].isin(settings.link_roles)].merge(crimes, on="crime_id")
    links["event_day"] = links["occurred_on"].fillna(links["recorded_on"])
    links["event"] = np.where(links["link_role"] == "arrested", "arrest", "crime")
    links = links.rename(columns={"person_id": "person", "crime_id": "event_id"})
    links = links.sort_values(["event", "event_id"]).drop_duplicates(["person", "event_id"])
    acts = dataset["disruptions"].select(["disruption_id", "ocg_id", "happened_on"]).to_pandas()
    acts = acts.rename(columns={"disruption_id": "event_id", "happened_on": "event_day"}).assign(event="disruption")
    belongs = pd.DataFrame({"person": [ids[p] for p in members.person], "ocg_id": members.ocg}).drop_duplicates()
    of_people = pd.concat([links, acts.merge(belongs, on="ocg_id")], ignore_index=True)
    use = touch.use
    rows = np.isin(use.relation, USERS)
    held = pd.DataFrame({"person": use.people[use.person[rows]], "thing_id": use.things[use.thing[rows]]})
    of_people = of_people.merge(held.drop_duplicates(), on="person")
    group_things = dataset["group_things"].select(["ocg_id", "thing_id"]).to_pandas().drop_duplicates()
    of_groups = acts.merge(group_things, on="ocg_id")
    columns = ["person", "ocg_id", "event", "event_id", "event_day", "thing_id"]
    asked = pd.concat([of_people, of_groups], ignore_index=True).reindex(columns=columns)
    asked = asked.dropna(subset=["event_day"])
    for name in ("person", "ocg_id"):
        asked[name] = [i if isinstance(i, str) else "" for i in asked[name]]
    asked["thing"] = touch.traffic.position(asked["thing_id"])
    asked["on"] = asked["event_day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    asked = asked[asked["thing"] >= 0]
    thing = asked["thing"].to_numpy(dtype=np.int64)
    user = use.users_on(touch.traffic.linked[thing], asked["on"].to_numpy().astype("datetime64[D]"))
    whose = np.array([use.people[u] if u >= 0 else "" for u in user], object)
    kept = ~touch.traffic.withheld[thing] & ((asked["person"] == "") | (whose == asked["person"])).to_numpy(dtype=bool)
    if period.as_of is not None:
        kept &= (asked["on"] <= np.datetime64(period.as_of, "D").astype(int)).to_numpy(dtype=bool)
    asked = asked[kept]
    if settings.ocgs:
        people = set(belongs["person"][belongs["ocg_id"].isin(settings.ocgs)])
        asked = asked[asked["ocg_id"].isin(settings.ocgs) | ((asked["ocg_id"] == "") & asked["person"].isin(people))]
    return asked.drop(columns="thing_id")


def _days_in_use(touch: InTouch, things: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which some things were in use, once each, sorted by thing and day."""
    t = touch.traffic
    thing, _, day, *_ = t.both_ways(t.at(things))
    wanted = np.zeros(len(t.things), bool)
    wanted[things] = True
    rows = wanted[thing]
    key = np.unique(np.stack((thing[rows].astype(np.int64), day[rows].astype(np.int64))), axis=1)
    return key[0], key[1]


def _because(row: dict[str, Any]) -> str:
    parts = []
    for side in ("before", "after"):
        silent = row[f"silent_{side}"]
        if pd.isna(silent):
            parts.append(f"It was not in use yet {side} it.")
            continue
        still = ", and not in use again up to the end of the records" if side == "after" and row["still_silent"] else ""
        parts.append(
            f"Silent for {counted(silent, 'day')} {side} it{still}: so on {row[f'days_as_long_{side}']:.0f} of the "
            f"{counted(row['of_days'], 'day')} of its life ({row[f'chance_{side}']:.0%})."
        )
    if row["not_covered"]:
        parts.append(
            f"On {counted(row['not_covered'], 'day')} of this no record under the authorities of the number reaches "
            f"(they end on {row['records_to']:%Y-%m-%d}), so that the records may have been silent and not the number."
        )
    return (
        f"{str(row['event']).capitalize()} {row['event_id']} on {row['event_day']}. {' '.join(parts)} A silence may "
        "have many reasons, and records that were not obtained look like one."
    )
