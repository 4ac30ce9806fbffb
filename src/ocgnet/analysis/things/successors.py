"""Numbers that may have taken over from one that fell silent: leads with overlap and chance, never facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from ocgnet.analysis.things.traffic import Traffic
from ocgnet.dataset import LeftOut
from ocgnet.english import counted
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_SURE = 0.99
"""Most that a single draw may be likely: a number in touch with everybody is still drawn by chance."""


@dataclass(frozen=True)
class _Recent:
    """Contacts that numbers of one side had in their last, or first, days; sorted by number."""

    number: np.ndarray  # int64
    contact: np.ndarray  # int64
    size: np.ndarray  # int64 per thing: how many of these contacts it has

    def of(self, number: int) -> np.ndarray:
        """Return the contacts of one number."""
        low, high = np.searchsorted(self.number, (number, number + 1))
        return self.contact[low:high]


def successors_of(
    traffic: Traffic, use: ThingUse, settings: Settings
) -> tuple[ResultTable, tuple[LeftOut, ...], tuple[str, ...]]:
    """Return which number may have taken over the contacts of one that fell silent; best candidate first.

    Only numbers are compared of which one begins within ``successor_gap_days`` of the other's last day and that share
    a contact which is in touch with at most ``contact_cap`` others: the work grows with the number of contacts, not
    with pairs of numbers. See docs/measures/things.md for every rule.

    Returns
    -------
    ResultTable, tuple of LeftOut, tuple of str
        Without traffic no rows; what was left out, and what the end of the records cannot tell.
    """
    blank = ResultTable.of("successors", ())
    if not len(traffic.one):
        return blank, (), ()
    begin, end = traffic.covers
    wait = np.timedelta64(settings.successor_silent_days, "D")
    first, last = traffic.life
    crowded = traffic.degree > settings.contact_cap
    gone = (
        (LeftOut("things", f"in touch with more than {settings.contact_cap:,} others: nobody takes it over",
                 int(crowded.sum())),) if crowded.any() else ()
    )  # fmt: skip
    known = (traffic.degree >= settings.successor_least_shared) & ~traffic.withheld
    dying, born = known & (last <= end - wait), known & (first >= begin + wait)
    late, early = (counted(int((known & x).sum()), "number") for x in (last > end - wait, first < begin + wait))
    note = (
        f"The records run from {begin} to {end}. {late} in use in the last {settings.successor_silent_days} days "
        f"cannot be told to have fallen silent, and {early} in use in the first ones cannot be told to have begun. "
        "A number is silent only as far as these records go."
    )
    old, new = _recent(traffic, dying, born, crowded, first, last, settings)
    pairs = _blocked(old, new, first, last, settings)
    weight = 1 / np.log2(1 + np.maximum(traffic.degree, 1))
    found = _overlaps(pairs, old, weight, settings)
    if not len(found):
        return blank, gone, (note,)
    found["silent_days"] = (end - last[found["old"]]).astype(int)
    found["longest_gap"] = _longest_gaps(traffic, found["old"].to_numpy())
    # A number that is often silent as long is not silent yet.
    found = found[found["silent_days"] > found["longest_gap"]].reset_index(drop=True)
    found["candidates"], found["chance"] = _chances(found, old, new, traffic, crowded, first, last, settings)
    found = found[found["chance"] <= settings.successor_chance]
    if not len(found):
        return blank, gone, (note,)
    found["gap_days"] = (first[found["new"]] - last[found["old"]]).astype(int)
    found = found.sort_values(
        ["old", "weighted_overlap", "gap_days", "new"], ascending=[True, False, True, True]
    ).reset_index(drop=True)
    found["rank"] = found.groupby("old").cumcount() + 1
    frame = _described(found, traffic, use, first, last, settings)
    if doubtful := int((frame["ends_early"] | frame["begins_late"]).sum()):
        note += (
            f" Of {counted(len(frame), 'candidate')} {doubtful:,} may only look like one, as the records under the "
            "authorities of one of the two numbers reach no further; their reasons say so."
        )
    return ResultTable.of("successors", frame), gone, (note,)


def _recent(
    traffic: Traffic, dying: np.ndarray, born: np.ndarray, crowded: np.ndarray, first: np.ndarray, last: np.ndarray,
    settings: Settings,
) -> tuple[_Recent, _Recent]:  # fmt: skip
    """Return the contacts of the last days of numbers that end, and of the first days of those that begin."""
    span = np.timedelta64(settings.successor_recent_days, "D")
    pairs, sides = traffic.pairs, []
    number, contact = (np.concatenate(v) for v in ((pairs.subject, pairs.contact), (pairs.contact, pairs.subject)))
    since, until = np.tile(pairs.first, 2), np.tile(pairs.last, 2)
    for one_of, near in (
        (dying, until >= last[number] - span),
        (born, since <= first[number] + span),
    ):
        rows = np.flatnonzero(one_of[number] & ~crowded[contact] & near)
        rows = rows[np.argsort(number[rows], kind="stable")]
        size = np.bincount(number[rows], minlength=len(traffic.things))
        sides.append(_Recent(number[rows], contact[rows], size))
    return sides[0], sides[1]


def _blocked(
    old: _Recent, new: _Recent, first: np.ndarray, last: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every old number, new number and contact where the new one begins in the window and both share it."""
    if not len(old.number) or not len(new.number):
        return (np.empty(0, np.int64),) * 3
    begins, ends = first[new.number].astype(np.int64), last[old.number].astype(np.int64)
    low = min(begins.min(), ends.min()) - settings.successor_overlap_days
    width = int(max(begins.max(), ends.max()) + settings.successor_gap_days - low) + 2
    order = np.lexsort((begins, new.contact))
    key = new.contact[order] * width + (begins[order] - low)
    base = old.contact * width + (ends - low)
    lowest = np.searchsorted(key, base - settings.successor_overlap_days)
    count = np.searchsorted(key, base + settings.successor_gap_days, "right") - lowest
    row = np.repeat(np.arange(len(base)), count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    match = order[lowest[row] + offset]
    apart = old.number[row] != new.number[match]
    return old.number[row][apart], new.number[match][apart], old.contact[row][apart]


def _overlaps(
    pairs: tuple[np.ndarray, np.ndarray, np.ndarray], old: _Recent, weight: np.ndarray, settings: Settings
) -> pd.DataFrame:
    """Return the pairs whose overlap reaches the cut: shared contacts of all of the old number, plain and weighted."""
    number, successor, contact = pairs
    height = len(weight)
    key, place = np.unique(number * height + successor, return_inverse=True)
    shared = np.bincount(place, minlength=len(key))
    in_common = np.bincount(place, weight[contact], len(key))
    of_weight = np.bincount(old.number, weight[old.contact], height)
    one, two = key // height, key % height
    frame = pd.DataFrame(
        {
            "old": one,
            "new": two,
            "shared": shared,
            "of_contacts": old.size[one],
            "overlap": shared / np.maximum(old.size[one], 1),
            "weighted_overlap": in_common / np.where(of_weight[one] > 0, of_weight[one], 1),
        }
    )
    reach = (frame["shared"] >= settings.successor_least_shared) & (
        frame["weighted_overlap"] >= settings.successor_overlap
    )
    return frame[reach].reset_index(drop=True)


def _longest_gaps(traffic: Traffic, numbers: np.ndarray) -> np.ndarray:
    """Return the most days between two days in use of each number."""
    rows = traffic.at(numbers)
    thing, _, day, *_ = traffic.both_ways(rows)
    wanted = np.zeros(len(traffic.things), bool)
    wanted[numbers] = True
    thing, on = thing[wanted[thing]], day.astype(np.int64)[wanted[thing]]
    order = np.lexsort((on, thing))
    thing, on = thing[order], on[order]
    gap = np.where(group_starts(thing), 0, np.diff(on, prepend=on[:1]))
    longest = np.zeros(len(traffic.things), np.int64)
    np.maximum.at(longest, thing, gap)
    return np.asarray(longest[numbers])


def _chances(
    found: pd.DataFrame, old: _Recent, new: _Recent, traffic: Traffic, crowded: np.ndarray, first: np.ndarray,
    last: np.ndarray, settings: Settings,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return how many numbers begin in the window of each old one, and how often chance gives any such an overlap."""
    begun = np.flatnonzero(new.size)
    begun = begun[np.argsort(first[begun], kind="stable")]
    days = first[begun]
    ends = int(traffic.degree[~crowded].sum())
    candidates, chances = np.zeros(len(found), np.int64), np.zeros(len(found))
    for number, rows in found.groupby("old").indices.items():
        window = (-settings.successor_overlap_days, settings.successor_gap_days)
        low, high = (last[number] + np.timedelta64(d, "D") for d in window)
        inside = begun[np.searchsorted(days, low) : np.searchsorted(days, high, "right")]
        sizes, many = np.unique(new.size[inside[inside != number]], return_counts=True)
        met = traffic.degree[old.of(int(number))]
        shared = found["shared"].to_numpy()[rows]
        candidates[rows] = many.sum()
        chances[rows] = chance_of(met, ends, int((~crowded).sum()) - len(met), sizes, many, shared)
    return candidates, chances


def chance_of(
    degree: np.ndarray, ends: int, others: int, sizes: np.ndarray, many: np.ndarray, shared: np.ndarray
) -> np.ndarray:
    """Return how often at least one of several numbers shares so many contacts with a number by chance alone.

    By chance a number draws its contacts from all numbers there are, none twice, so that one in touch with twice as
    many others is drawn twice as often. For contacts alike this is the hypergeometric distribution; for others it is
    that of draws by chance of which as many hit as the number has contacts, the contacts of others taken as alike.

    Parameters
    ----------
    degree : array
        With how many numbers each contact of the old number is in touch.
    ends : int
        The sum of this over all numbers.
    others : int
        How many more numbers could be drawn.
    sizes, many : array
        How many contacts the other numbers have, and how many numbers have as many.
    shared : array
        How many contacts are shared at least; one answer for each.

    Examples
    --------
    One number that draws one of ten alike holds one of three in three cases of ten:

    >>> chance_of(np.ones(3), 11, 7, np.array([1]), np.array([1]), np.array([1])).round(3).tolist()
    [0.3]
    """
    most = min(len(degree), int(sizes.max())) if len(sizes) else 0
    # Its own ends are none that a number could be joined to.
    hit = np.minimum(degree[:, None] * sizes / np.maximum(ends - sizes, 1), _SURE)
    spread = np.zeros((len(sizes), most + 1))
    spread[:, 0] = 1
    for odds in hit:
        moved = spread * odds[:, None]
        spread = spread - moved
        spread[:, 1:] += moved[:, :-1]
    rest = np.clip((sizes - hit.sum(axis=0)) / max(others, 1), 1 / (max(others, 1) + 1e9), _SURE)
    spread *= binom.pmf(sizes[:, None] - np.arange(most + 1), others, rest[:, None])
    whole = spread.sum(axis=1, keepdims=True)
    spread = np.divide(spread, whole, out=np.zeros_like(spread), where=whole > 0)
    tail = np.pad(np.cumsum(spread[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1))).clip(0, 1)
    at_least = tail[:, np.minimum(shared, most + 1)]
    none: np.ndarray = np.prod((1 - at_least) ** many[:, None], axis=0)
    return 1 - none


def _described(
    found: pd.DataFrame, traffic: Traffic, use: ThingUse, first: np.ndarray, last: np.ndarray, settings: Settings
) -> pd.DataFrame:
    old, new = found["old"].to_numpy(), found["new"].to_numpy()
    frame = found.assign(old_last=last[old], new_first=first[new], chain=_chains(found, traffic.things))
    for side, number, day in (("old", old, last[old]), ("new", new, first[new])):
        frame[f"{side}_thing"], frame[f"{side}_label"] = traffic.things[number], traffic.label[number]
        user = use.users_on(traffic.linked[number], day)
        frame[f"{side}_user"] = [use.people[u] if u >= 0 else "" for u in user]
    key = traffic.pairs.subject * len(traffic.things) + traffic.pairs.contact
    wanted = np.minimum(old, new) * len(traffic.things) + np.maximum(old, new)
    at = np.searchsorted(key, wanted).clip(0, len(key) - 1)
    frame["with_each_other"] = np.where(key[at] == wanted, traffic.pairs.times[at], 0)
    both = np.unique(np.concatenate((old, new)))
    refs, reach = authorities_of_things(traffic, both), traffic.coverage(both)
    frame["old_records_to"] = np.array([reach[t].last[-1] for t in old.tolist()]).astype("datetime64[D]")
    frame["new_records_from"] = np.array([reach[t].first[0] for t in new.tolist()]).astype("datetime64[D]")
    frame["authority_refs"] = [
        "|".join(sorted({*refs[a].split("|"), *refs[b].split("|")} - {""})) for a, b in zip(old, new, strict=True)
    ]
    frame["ends_early"], frame["begins_late"] = _ends_early(frame, settings), _begins_late(frame, settings)
    frame["because"] = [_because(row, settings) for row in frame.to_dict("records")]
    return frame


def _ends_early(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return where the records of the old number end too soon after its last day to say that it fell silent."""
    return (frame["old_records_to"] - frame["old_last"]).dt.days < settings.successor_silent_days


def _begins_late(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return where the records of the new number begin too shortly before its first day to say that it is new."""
    return (frame["new_first"] - frame["new_records_from"]).dt.days < settings.successor_silent_days


def authorities_of_things(traffic: Traffic, things: np.ndarray) -> dict[int, str]:
    """Return for some things the authorities behind all that is recorded of them, joined by |."""
    refs: dict[int, set[str]] = {int(t): set() for t in things}
    for end in (traffic.one, traffic.two):
        at = np.full(len(traffic.things), -1)
        at[things] = np.arange(len(things))
        for thing, words in zip(things.tolist(), traffic.authorities(at[end], len(things)), strict=True):
            refs[thing].update(words.split("|"))
    return {thing: "|".join(sorted(words - {""})) for thing, words in refs.items()}


def _chains(found: pd.DataFrame, things: np.ndarray) -> list[str]:
    """Return for each row the chain of numbers it stands in: each the best candidate of the one before, and back."""
    best_new = found[found["rank"] == 1].set_index("old")["new"].to_dict()
    ordered = found.sort_values(["weighted_overlap", "gap_days", "old"], ascending=[False, True, True])
    best_old = ordered.drop_duplicates("new").set_index("new")["old"].to_dict()
    after = {o: n for o, n in best_new.items() if best_old[n] == o}
    before = {n: o for o, n in after.items()}
    chains = []
    for old, new in zip(found["old"], found["new"], strict=True):
        if after.get(old) != new:
            chains.append("")
            continue
        chain = [old, new]
        while (earlier := before.get(chain[0])) is not None and earlier not in chain:
            chain.insert(0, earlier)
        while (later := after.get(chain[-1])) is not None and later not in chain:
            chain.append(later)
        chains.append("|".join(things[chain]))
    return chains


def _because(r: dict[str, Any], settings: Settings) -> str:
    gap = "on the same day" if r["gap_days"] == 0 else f"{counted(abs(r['gap_days']), 'day')} "
    gap += "" if r["gap_days"] == 0 else "later" if r["gap_days"] > 0 else "before"
    text = (
        f"{r['new_thing']} may have taken over from {r['old_thing']}: it shares {r['shared']} of the "
        f"{counted(r['of_contacts'], 'contact')} of the last {settings.successor_recent_days} days "
        f"({r['weighted_overlap']:.0%} when rare contacts count more). The old one was last in use on "
        f"{r['old_last']:%Y-%m-%d}, the new one first {gap}. By chance any of the {r['candidates']:,} numbers that "
        f"began in that window would share as many in {r['chance']:.1%} of cases."
    )
    if r["ends_early"]:
        text += (
            f" Records under the authorities of the old one end on {r['old_records_to']:%Y-%m-%d}: these may have "
            "ended, and not the number."
        )
    if r["begins_late"]:
        text += (
            f" Records under the authorities of the new one begin on {r['new_records_from']:%Y-%m-%d}: it may be "
            "older than they show."
        )
    if r["with_each_other"]:
        text += f" Against it: the two were in touch with each other {counted(r['with_each_other'], 'time')}."
    if r["old_user"] and r["new_user"]:
        alike = r["old_user"] == r["new_user"]
        text += f" {'The same person is' if alike else 'Different people are'} recorded as their users."
    return text + " A lead, never a fact."
