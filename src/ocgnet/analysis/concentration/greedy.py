"""The greedy marginal curve: whom to add next so that the set covers most, and what a swap would cost.

The ranking of ``ranking.Chosen`` orders people by what each holds; two people of one crew then stand
high for the same events. The greedy curve asks the other question: given those already chosen, who adds
most that is new?
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ocgnet.analysis.concentration.coverage import Linked, harm_counts, ranking
from ocgnet.analysis.concentration.ranking import Chosen
from ocgnet.network.graph import positions
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_NAMED = 10
"""How many ids of a tie are listed; the count of the tie is always whole."""


@dataclass(frozen=True)
class Greedy:
    """People in the order in which they add most."""

    # int, shape (steps,): position of the person chosen at each step; nobody who adds nothing
    person: np.ndarray
    # int, shape (steps,): per kind: events that this person adds to those covered before
    gained: tuple[np.ndarray, ...]
    # int per step: the others who would have added as much, in the order of the tie-break
    ties: tuple[np.ndarray, ...]
    # float: per person of the set, the first ``chosen`` steps: coverage lost when the person is replaced by the
    # best one outside the set, as a share. Below 0 when the set covers more with the other
    swap_loss: np.ndarray
    swap_with: np.ndarray  # int: who that would be; -1 when nobody is left to swap with


def greedy_cover(kinds: tuple[Linked, ...], harm: np.ndarray, chosen: int, steps: int) -> Greedy:
    """Add, one at a time, the person who covers most that is not covered yet.

    What counts is the mean over kinds of the share of events covered, so that crimes and reports weigh the same
    whatever their numbers. Gains are compared as whole numbers (events of a kind times the totals of the other
    kinds): equal gains are equal, whatever the machine. ``harm`` breaks ties, unknown last, then position does. The
    curve ends when everything is covered, or after ``steps`` people; swaps are judged for the first ``chosen``.

    Greedy choice covers at least 1 - 1/e (63%) of what the best set of that size covers, and no method of practical
    cost promises more (Nemhauser, Wolsey and Fisher 1978, https://doi.org/10.1007/BF01588971); ``swap_loss`` below
    0 shows where one swap improves it.

    The gain of everybody is kept up to date while events become covered, each once, so that the whole curve costs
    the number of links and one look over the people per step; every tie is seen.
    """
    cover = _Cover(tuple(k for k in kinds if k.events), harm)
    cover.extend(min(chosen, steps))
    swap_loss, swap_with = cover.swaps()
    cover.extend(steps)
    nothing = np.zeros(len(cover.person), np.int64)
    gained = iter(np.array(cover.gained, np.int64).T)
    return Greedy(
        np.array(cover.person, np.int64),
        tuple(next(gained, nothing) if k.events else nothing for k in kinds),
        tuple(cover.ties),
        swap_loss,
        swap_with,
    )


class _Cover:
    """What is covered so far, and what each person would add."""

    def __init__(self, kinds: tuple[Linked, ...], harm: np.ndarray) -> None:
        self.kinds = kinds
        # One event of a kind is worth the product of the totals of the other kinds: whole numbers.
        product = math.prod(k.events for k in kinds)
        self.each = [product // k.events for k in kinds]
        self.whole = product * len(kinds)
        self.by_event = [np.cumsum(k.size) - k.size for k in kinds]
        self.by_person = [np.argsort(k.person, kind="stable") for k in kinds]
        counts = [np.bincount(k.person, minlength=len(harm)) for k in kinds]
        self.starts = [np.concatenate(([0], np.cumsum(c))) for c in counts]
        self.times = [np.zeros(k.events, np.int64) for k in kinds]
        self.worth = np.zeros(len(harm), np.int64)
        for count, each in zip(counts, self.each, strict=True):
            self.worth += count * each
        # People in the order of the tie-break: severity, then position.
        self.order = ranking(np.zeros(len(harm)), harm)
        self.person: list[int] = []
        self.gained: list[list[int]] = []
        self.ties: list[np.ndarray] = []

    def extend(self, people: int) -> None:
        """Choose until there are so many people, or nobody adds anything."""
        while len(self.person) < people and self.worth.any():
            worth = self.worth[self.order]
            best = self.order[worth == worth.max()]
            self.person.append(int(best[0]))
            self.ties.append(best[1:])
            self.gained.append([self._cover(i, best[0]) for i in range(len(self.kinds))])

    def _cover(self, i: int, person: int) -> int:
        """Cover the person's events of one kind; return how many are new."""
        events = self._events(i, person)
        new = events[self.times[i][events] == 0]
        self.times[i][events] += 1
        self.worth -= self._links(i, new) * self.each[i]
        return len(new)

    def swaps(self) -> tuple[np.ndarray, np.ndarray]:
        """Return per person chosen what the best swap would lose, as a share, and with whom."""
        loss, other = np.full(len(self.person), np.nan), np.full(len(self.person), -1)
        outside = self.order[~np.isin(self.order, self.person)]
        if not len(outside):
            return loss, other
        for at, member in enumerate(self.person):
            worth, released = self.worth.copy(), 0
            for i, times in enumerate(self.times):
                events = self._events(i, member)
                own = events[times[events] == 1]
                released += len(own) * self.each[i]
                worth += self._links(i, own) * self.each[i]
            best = outside[np.argmax(worth[outside])]
            loss[at], other[at] = (released - int(worth[best])) / self.whole, best
        return loss, other

    def _events(self, i: int, person: int) -> np.ndarray:
        links = self.by_person[i][self.starts[i][person] : self.starts[i][person + 1]]
        return self.kinds[i].event[links]

    def _links(self, i: int, events: np.ndarray) -> np.ndarray:
        """Return how many of the events link each person; links are sorted by event."""
        begin, size = self.by_event[i][events], self.kinds[i].size[events]
        links = positions(begin, size)
        return np.bincount(self.kinds[i].person[links], minlength=len(self.worth))


def greedy_of(chosen: Chosen, settings: Settings) -> Greedy:
    """Return the greedy curve over the people of ``chosen``, as far as ``settings.greedy_people``."""
    harm = harm_counts(chosen.kinds[0])[0]
    steps = max(settings.greedy_people, settings.top_k)
    return greedy_cover(chosen.kinds, harm, settings.top_k, steps)


def greedy_table(chosen: Chosen, greedy: Greedy, names: Mapping[str, str]) -> ResultTable:
    """Return the table ``greedy``: one row per step, in the order of choice."""
    ids, steps = chosen.ids, len(greedy.person)
    covered = [np.cumsum(g) for g in greedy.gained]
    shares = [c / k.events if k.events else np.full(steps, np.nan) for c, k in zip(covered, chosen.kinds, strict=True)]
    swap_loss, swap_with = np.full(steps, np.nan), np.full(steps, "", object)
    swap_loss[: len(greedy.swap_loss)] = greedy.swap_loss
    swap_with[: len(greedy.swap_with)] = [ids[p] if p >= 0 else "" for p in greedy.swap_with]
    own = ids[greedy.person]
    frame = pd.DataFrame(
        {
            "nominal_id": pd.array(own, dtype="str"),
            "name": pd.array([names.get(i, "") for i in own], dtype="str"),
            "rank": np.arange(1, steps + 1),
            "gained_crimes": greedy.gained[0],
            "gained_reports": greedy.gained[1],
            "crimes_covered": covered[0],
            "crimes_covered_share": shares[0],
            "reports_covered": covered[1],
            "reports_covered_share": shares[1],
            "covered_share": _mean(shares, steps),
            "ties": np.array([len(t) for t in greedy.ties], np.int64),
            "tied_with": pd.array(["|".join(ids[t[:_NAMED]]) for t in greedy.ties], dtype="str"),
            "swap_loss": swap_loss,
            "swap_with": pd.array(swap_with, dtype="str"),
        }
    )
    return ResultTable("greedy", frame)


def _mean(shares: list[np.ndarray], steps: int) -> np.ndarray:
    """Return the mean over the kinds that have events."""
    of_kinds = [s for s in shares if not np.isnan(s).any()]
    return sum(of_kinds, np.zeros(steps)) / len(of_kinds) if of_kinds else np.full(steps, np.nan)


LISTS = ("both", "crimes", "reports", "greedy", "before")
"""Names of the lists, in the order of the columns."""


def top_lists(chosen: Chosen, greedy: Greedy, then: Chosen | None, top_k: int, names: Mapping[str, str]) -> ResultTable:
    """Return the table ``top_lists``: everybody who stands in at least one list, by rank.

    Each list is ``top_k`` long, and nobody without an event of its kind is in it. Without the period before
    (``then``) its columns are blank.
    """
    people = len(chosen.ids)
    rank = {"both": _ranks(chosen.order, people)}
    length = {"both": chosen.count}
    for i, name in enumerate(("crimes", "reports")):
        order, length[name] = chosen.apart(i, top_k)
        rank[name] = np.where(chosen.parts[i] > 0, _ranks(order, people), 0)
    rank["greedy"], length["greedy"] = _ranks(greedy.person, people), min(top_k, len(greedy.person))
    rank["before"], length["before"] = np.zeros(people, np.int64), 0
    if then is not None:
        at = {name: i for i, name in enumerate(chosen.ids)}
        still = [(at[name], r) for r, name in enumerate(then.ids[then.order], 1) if name in at]
        rank["before"][[i for i, _ in still]] = [r for _, r in still]
        length["before"] = then.count
    inside = {name: (rank[name] > 0) & (rank[name] <= length[name]) for name in LISTS}
    rows = np.flatnonzero(np.any(list(inside.values()), axis=0))
    rows = rows[np.argsort(rank["both"][rows])]
    listed = ["|".join(name for name in LISTS if inside[name][row]) for row in rows]
    ids = chosen.ids[rows]
    columns: dict[str, object] = {
        "nominal_id": pd.array(ids, dtype="str"),
        "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
        "lists": pd.array(listed, dtype="str"),
    }
    for name, column in zip(LISTS, ("rank", "crime_rank", "report_rank", "greedy_rank", "before_rank"), strict=True):
        columns[column] = pd.array(rank[name][rows], dtype="Int64")
        columns[column][rank[name][rows] == 0] = pd.NA  # type: ignore[index]
    return ResultTable("top_lists", pd.DataFrame(columns))


def _ranks(order: np.ndarray, people: int) -> np.ndarray:
    """Return the rank of each person from 1; 0 for people who are not in the order."""
    rank = np.zeros(people, np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank
