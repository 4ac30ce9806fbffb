"""Vehicles that may have travelled together, with those who used them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import About, Dataset, names_of
from ocgnet.english import counted
from ocgnet.evidence.co_travel import CoTravel
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_PLACES_NAMED = 5


def travelled_together_of(dataset: Dataset, use: ThingUse, travel: CoTravel, settings: Settings) -> ResultTable:
    """Return pairs of vehicles that chance brings together as often in at most ``settings.together_chance`` of cases.

    Least chance first, then most days. A user is who used the vehicle on a day on which the two were seen together;
    several at once, or somebody who takes no part, is nobody.
    """
    pairs = np.flatnonzero(travel.chance <= settings.together_chance)
    pairs = pairs[np.lexsort((travel.two[pairs], travel.one[pairs], -travel.days[pairs], travel.chance[pairs]))]
    labels = labels_of(dataset, use)
    frame = pd.DataFrame(
        {
            "days": travel.days[pairs],
            "times": travel.times[pairs],
            "places": travel.places[pairs],
            "common_days": travel.common_days[pairs],
            "share": travel.days[pairs] / np.maximum(travel.common_days[pairs], 1),
            "expected": travel.expected[pairs],
            "chance": travel.chance[pairs],
            "first_day": travel.first[pairs],
            "last_day": travel.last[pairs],
        }
    )
    for side, thing in (("one", travel.one), ("other", travel.two)):
        user = use.users_on(thing[travel.pair].astype(np.int64), travel.day)
        users = _different(travel.pair, np.where(user >= 0, user, -1), len(travel))
        frame[side] = use.things[thing[pairs]]
        frame[f"{side}_label"] = labels[thing[pairs]]
        frame[f"{side}_users"] = ["|".join(use.people[u] for u in users[p]) for p in pairs]
        frame[f"{side}_user_names"] = [
            "|".join(filter(None, names_of(use.people[users[p]], dataset.shown_names))) for p in pairs
        ]
    where = _different(travel.pair, np.unique(travel.place.astype(str), return_inverse=True)[1], len(travel))
    words = np.unique(travel.place.astype(str))
    frame["at_places"] = ["|".join(words[where[p]]) for p in pairs]
    refs = authorities_of(dataset.about, dataset["sightings"], "sightings")
    frame["authority_refs"] = [
        "|".join(sorted({r for rows in (travel.one_row, travel.two_row) for r in refs[rows[m]] if r}))
        for m in (slice(*np.searchsorted(travel.pair, (p, p + 1))) for p in pairs)
    ]
    frame["because"] = [
        _because(row, list(words[where[p]]), settings.together_minutes)
        for row, p in zip(frame.to_dict("records"), pairs, strict=True)
    ]
    return ResultTable.of("travelled_together", frame)


def _because(row: dict[str, Any], places: list[str], minutes: int) -> str:
    more = f" and {len(places) - _PLACES_NAMED} more" if len(places) > _PLACES_NAMED else ""
    return (
        f"{row['one']} and {row['other']} may have travelled together: within {minutes} minutes of each other on "
        f"{counted(row['days'], 'day')} ({counted(row['times'], 'occasion')}), at "
        f"{', '.join(places[:_PLACES_NAMED])}{more}. Both were at one place on {counted(row['common_days'], 'day')}; "
        f"had each come at one of its own usual hours, they would have met on {row['expected']:.1f} of them, and on "
        f"{row['days']:,} or more {chance_words(row['chance'])}."
    )


def chance_words(chance: float) -> str:
    """Return how often chance alone gives something, in words.

    >>> chance_words(0.034), chance_words(0.00002), chance_words(0)
    ('in 3.4% of cases', 'in fewer than 1 of 10,000 cases', 'in fewer than 1 of 10,000 cases')
    """
    return "in fewer than 1 of 10,000 cases" if chance < 1e-4 else f"in {chance * 100:.2g}% of cases"


def labels_of(dataset: Dataset, use: ThingUse) -> np.ndarray:
    """Return what each thing of the links is called; see :func:`labels_of_things`."""
    return labels_of_things(pa.array(use.things, pa.string()), dataset["things"])


def labels_of_things(ids: pa.Array, things: pa.Table) -> np.ndarray:
    """Return what things are called: the label as recorded, else what identifies them as written, else nothing."""
    row = pc.index_in(ids, things["thing_id"].combine_chunks())
    named = [things[c].combine_chunks().take(row) for c in ("label", "registration", "number", "normalised")]
    label = pc.fill_null(pc.coalesce(*named), "")
    return np.asarray(label.to_numpy(zero_copy_only=False)).astype(object)


def authorities_of(about: About, t: pa.Table, table: str) -> np.ndarray:
    """Return under what authority each row of a table was obtained, empty where nothing says."""
    refs = pc.fill_null(t["authority_ref"], getattr(about, f"{table}_authority"))
    return np.asarray(refs.to_numpy()).astype(object)


def _different(group: np.ndarray, value: np.ndarray, groups: int) -> list[np.ndarray]:
    """Return the different values of each group, sorted; negative ones are none."""
    order = np.lexsort((value, group))
    group, value = group[order], value[order]
    keep = value >= 0
    if len(keep):
        keep &= group_starts(group, value)
    group, value = group[keep], value[keep]
    return np.split(value, np.searchsorted(group, np.arange(1, groups)))
