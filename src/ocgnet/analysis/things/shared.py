"""Who shares which thing, at the same time or in turn, and which things have too many users to say anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.analysis.things.travelled import labels_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.spans import group_starts, reaches
from ocgnet.evidence.thing_use import SEEN_ONCE, ThingUse
from ocgnet.model.things import NOT_TO_BE_SHARED_AS
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

OPEN = np.iinfo(np.int32).max
"""A day after all days; minus it is before them."""


@dataclass(frozen=True)
class Stretches:
    """Stretches of days on which somebody has a thing, sorted by thing, person and first day; none of one touch."""

    thing: np.ndarray  # int64
    person: np.ndarray  # int64: position in ``ThingUse.people``; from their number on, people who take no part
    first: np.ndarray  # first and last (int64): days, -OPEN and OPEN where nothing is said
    last: np.ndarray

    def kept(self, keep: np.ndarray) -> Stretches:
        """Return those marked."""
        return Stretches(self.thing[keep], self.person[keep], self.first[keep], self.last[keep])


def stretches_of(use: ThingUse, links: np.ndarray, aside: np.ndarray | None = None) -> Stretches:
    """Return who has which thing when, by the links marked, and by those marked of people who take no part."""
    hidden = np.zeros(len(use.aside.person), bool) if aside is None else aside
    thing = np.append(use.thing[links], use.aside.thing[hidden]).astype(np.int64)
    person = np.append(use.person[links].astype(np.int64), use.aside.person[hidden] + len(use.people))
    first = np.append(use.first[links], use.aside.first[hidden])
    last = np.append(use.last[links], use.aside.last[hidden])
    begin = np.where(np.isnat(first), -OPEN, first.astype(np.int64))
    end = np.where(np.isnat(last), OPEN, last.astype(np.int64))
    order = np.lexsort((begin, person, thing))
    thing, person, begin, end = thing[order], person[order], begin[order], end[order]
    if not len(thing):
        return Stretches(thing, person, begin, end)
    fresh = np.flatnonzero(~reaches(np.cumsum(group_starts(thing, person)), begin, np.minimum(end, OPEN - 1) + 1))
    return Stretches(thing[fresh], person[fresh], begin[fresh], np.maximum.reduceat(end, fresh))


def joining(relation: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return which links can join people: not of customers or employees, nor a sighting on a day not known."""
    undated = np.isin(relation, SEEN_ONCE) & np.isnat(first) & np.isnat(last)
    return np.asarray(~np.isin(relation, NOT_TO_BE_SHARED_AS) & ~undated)


def users_of_things(use: ThingUse) -> np.ndarray:
    """Return how many people have each thing in a way that can join them, those who take no part among them."""
    own = joining(use.relation, use.first, use.last)
    hidden = joining(use.aside.relation, use.aside.first, use.aside.last)
    every = stretches_of(use, own, hidden)
    begins = group_starts(every.thing, every.person) if len(every.thing) else np.zeros(0, bool)
    return np.bincount(every.thing[begins], minlength=len(use.things))


def shared_things_of(
    dataset: Dataset, use: ThingUse, members: Memberships, settings: Settings
) -> tuple[ResultTable, ResultTable, tuple[LeftOut, ...]]:
    """Return what people share, a row per thing and two people; and the things with too many users for that.

    At least one of the two is a nominal. What is confirmed is worked out from confirmed links alone. Things of more
    than ``settings.thing_cap`` users are in the second table only. With it what was left out.
    """
    joins = joining(use.relation, use.first, use.last)
    users = users_of_things(use)
    fits = (users >= 2) & (users <= settings.thing_cap)
    every = stretches_of(use, joins)
    every = every.kept(fits[every.thing])
    firm = stretches_of(use, joins & ~use.suspected)
    firm = firm.kept(fits[firm.thing])
    pairs = _pairs(every)
    for name, spans in (("all", every), ("firm", firm)):
        together = _together(spans).rename(columns={"since": f"since_{name}", "until": f"until_{name}"})
        pairs = pairs.merge(together, on=["thing", "one", "other"], how="left")
    ids = dataset["nominals"]["nominal_id"].to_pylist()
    groups: dict[str, set[str]] = {}
    for person, ocg in zip(members.person.tolist(), members.ocg.tolist(), strict=True):
        groups.setdefault(ids[person], set()).add(ocg)
    nominal = pd.Index(use.people).isin(ids)
    pairs = pairs[nominal[pairs["one"]] | nominal[pairs["other"]]].reset_index(drop=True)
    table = ResultTable.of("shared_things", _described(dataset, use, pairs, groups, joins, users))
    gone = [
        LeftOut("thing_links", why, int(rows.sum()))
        for why, rows in (
            (f"as {' or '.join(NOT_TO_BE_SHARED_AS)}, which joins nobody", np.isin(use.relation, NOT_TO_BE_SHARED_AS)),
            ("seen on a day that is not known", ~joins & ~np.isin(use.relation, NOT_TO_BE_SHARED_AS)),
        )
        if rows.any()
    ]
    return table, _crowded(dataset, use, users, nominal, joins, settings), tuple(gone)


def _pairs(spans: Stretches) -> pd.DataFrame:
    """Return each two people of each thing once, with the first and last day of each."""
    begins = np.flatnonzero(group_starts(spans.thing, spans.person)) if len(spans.thing) else np.zeros(0, np.int64)
    latest = np.maximum.reduceat(spans.last, begins) if len(begins) else begins
    each = pd.DataFrame(
        {"thing": spans.thing[begins], "person": spans.person[begins], "first": spans.first[begins], "last": latest}
    )
    # At most ``thing_cap`` users of a thing: the pairs of one are few.
    both = each.merge(each, on="thing", suffixes=("_one", "_other"))
    both = both[both["person_one"] < both["person_other"]]
    return both.rename(columns={"person_one": "one", "person_other": "other"}).reset_index(drop=True)


def _together(spans: Stretches) -> pd.DataFrame:
    """Return the first and last day on which two people had one thing at once; every two that are looked at overlap."""
    if not len(spans.thing):
        return pd.DataFrame({c: np.zeros(0, np.int64) for c in ("thing", "one", "other", "since", "until")})
    order = np.lexsort((spans.person, spans.first, spans.thing))
    thing, person, first, last = (v[order] for v in (spans.thing, spans.person, spans.first, spans.last))
    width = 2 * OPEN + 1
    begin, end = thing * width + (first + OPEN), thing * width + (last + OPEN)
    after = np.searchsorted(begin, end, "right") - np.arange(len(begin)) - 1
    left = np.repeat(np.arange(len(begin)), after)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    frame = pd.DataFrame(
        {
            "thing": thing[left],
            "one": np.minimum(person[left], person[right]),
            "other": np.maximum(person[left], person[right]),
            "since": np.maximum(first[left], first[right]),
            "until": np.minimum(last[left], last[right]),
        }
    )
    frame = frame[frame["one"] != frame["other"]]
    return frame.groupby(["thing", "one", "other"], as_index=False).agg({"since": "min", "until": "max"})


def _described(
    dataset: Dataset,
    use: ThingUse,
    pairs: pd.DataFrame,
    groups: Mapping[str, set[str]],
    joins: np.ndarray,
    users: np.ndarray,
) -> pd.DataFrame:
    thing = pairs["thing"].to_numpy(np.int64)
    labels, names = labels_of(dataset, use), dataset.shown_names
    firm, at_once = pairs["since_firm"].notna().to_numpy(), pairs["since_all"].notna().to_numpy()
    since = pairs["since_firm"].where(firm, pairs["since_all"])
    until = pairs["until_firm"].where(firm, pairs["until_all"])
    frame = pd.DataFrame({"thing": use.things[thing], "kind": use.kind[thing], "label": labels[thing]})
    sure = np.ones(len(pairs), bool)
    reports: list[set[str]] = [set() for _ in range(len(pairs))]
    for side in ("one", "other"):
        person = pairs[side].to_numpy(np.int64)
        links = [_links(use, joins, t, p) for t, p in zip(thing, person, strict=True)]
        frame[side] = use.people[person]
        frame[f"{side}_name"] = [names.get(i, "") for i in frame[side]]
        frame[f"{side}_relations"] = ["|".join(dict.fromkeys(sorted(use.relation[rows]))) for rows in links]
        frame[f"{side}_groups"] = ["|".join(sorted(groups.get(i, ()))) for i in frame[side]]
        frame[f"{side}_first"], frame[f"{side}_last"] = days(pairs[f"first_{side}"]), days(pairs[f"last_{side}"])
        sure &= np.array([bool((~use.suspected[rows]).any()) for rows in links], bool)
        for own, rows in zip(reports, links, strict=True):
            own.update(r for r in use.report[rows] if r)
    frame["how"] = np.where(at_once, "at the same time", "in turn")
    frame["together_from"], frame["together_to"] = days(since), days(until)
    frame["confidence"] = np.where(np.where(at_once, firm, sure), "confirmed", "suspected")
    frame["across_groups"] = [
        bool(a and b and not set(a.split("|")) & set(b.split("|")))
        for a, b in zip(frame["one_groups"], frame["other_groups"], strict=True)
    ]
    frame["users"] = users[thing]
    frame["reports"] = [len(r) for r in reports]
    frame["report_ids"] = ["|".join(sorted(r)) for r in reports]
    frame["because"] = [_because(row) for row in frame.to_dict("records")]
    frame["turn"], frame["unsure"] = ~at_once, frame["confidence"] == "suspected"
    return frame.sort_values(
        ["across_groups", "turn", "unsure", "users", "thing", "one", "other"],
        ascending=[False, True, True, True, True, True, True],
    )


def _links(use: ThingUse, joins: np.ndarray, thing: int, person: int) -> np.ndarray:
    """Return the links of a person to a thing that can join; links are sorted by thing, then person."""
    low, high = np.searchsorted(use.thing, (thing, thing + 1))
    begin, end = low + np.searchsorted(use.person[low:high], (person, person + 1))
    rows = np.arange(begin, end)
    return np.asarray(rows[joins[rows]])


def days(numbers: Sequence[float] | pd.Series) -> np.ndarray:
    """Return days from their numbers, NaT where nothing is said."""
    values = np.asarray(numbers, float)
    known = np.isfinite(values) & (np.abs(values) < OPEN)
    return np.where(known, np.where(known, values, 0).astype(np.int64).astype("datetime64[D]"), np.datetime64("NaT"))


def _because(row: Mapping[str, Any]) -> str:
    what = f"{row['kind'].replace('_', ' ')} {row['thing']}"
    as_what = [row[f"{side}_relations"].replace("_", " ").replace("|", " and ") for side in ("one", "other")]
    who = f"{row['one']} ({as_what[0]}) and {row['other']} ({as_what[1]})"
    if row["how"] == "in turn":
        said = f"{who} had to do with {what} in turn, on no day that is recorded both at once"
    else:
        since, until = row["together_from"], row["together_to"]
        begin = f"from {since:%Y-%m-%d}" if not pd.isna(since) else "from a day that is not recorded"
        end = f" to {until:%Y-%m-%d}" if not pd.isna(until) else ", with no end recorded"
        said = f"{who} had to do with {what} at the same time {begin}{end}"
    if row["confidence"] == "suspected":
        said += "; this is suspected and not confirmed"
    if row["across_groups"]:
        said += f". They belong to different groups: {row['one_groups']} and {row['other_groups']}"
    if row["reports"]:
        said += f". {counted(row['reports'], 'report')} that may be named"
    return f"{said}."


def _crowded(
    dataset: Dataset, use: ThingUse, users: np.ndarray, nominal: np.ndarray, joins: np.ndarray, settings: Settings
) -> ResultTable:
    crowded = np.flatnonzero(users > settings.thing_cap)
    crowded = crowded[np.lexsort((crowded, -users[crowded]))]
    rows = np.flatnonzero(joins & nominal[use.person]) if len(use.person) else np.zeros(0, np.int64)
    keys = np.unique(use.thing[rows].astype(np.int64) * max(len(use.people), 1) + use.person[rows])
    nominals = np.bincount(keys // max(len(use.people), 1), minlength=len(use.things))
    rule = f"more than {settings.thing_cap:,} users: it makes no tie and is shared by nobody (thing_cap)"
    return ResultTable.of(
        "crowded_things",
        pd.DataFrame(
            {
                "thing": use.things[crowded],
                "kind": use.kind[crowded],
                "label": labels_of(dataset, use)[crowded],
                "users": users[crowded],
                "nominals": nominals[crowded],
                "because": [f"{counted(n, 'user')}, {rule}." for n in users[crowded]],
            }
        ),
    )
