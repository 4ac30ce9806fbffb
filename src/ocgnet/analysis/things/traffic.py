"""What passed between things, added up once per pair and day, and per pair of people or things in touch.

Ten million rows are added up by one sort of whole numbers; everything else is computed from the sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.things.coverage import Coverage
from ocgnet.analysis.things.travelled import labels_of_things
from ocgnet.clocks import ZONE
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.period import Period, overdue
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import ThingUse
from ocgnet.settings import Settings

ENDS = {"communications": ("from_thing", "to_thing"), "transfers": ("from_account", "to_account")}
"""Tables of what passes from one thing to another, with the columns of the two ends."""

_DAY = 86_400


@dataclass(frozen=True)
class Contacts:
    """Who was in touch with whom, one row per subject and contact, sorted by them."""

    subject: np.ndarray  # int64
    contact: np.ndarray  # int64
    to_contact: np.ndarray  # int64: times from the subject to the contact
    from_contact: np.ndarray  # int64: times from the contact to the subject
    days: np.ndarray  # int64: different days
    first: np.ndarray  # first and last (datetime64[D])
    last: np.ndarray
    pair: np.ndarray  # int64 per row that was added up: position of the sum it went into

    @property
    def times(self) -> np.ndarray:
        """Times in either direction."""
        return np.asarray(self.to_contact + self.from_contact)

    def __len__(self) -> int:
        return len(self.subject)


def contacts_of(
    subject: np.ndarray, contact: np.ndarray, day: np.ndarray, to_contact: np.ndarray, from_contact: np.ndarray
) -> Contacts:
    """Add up times per subject and contact; ``subject`` and ``contact`` are not negative, ``day`` is datetime64[D].

    Rows may repeat a subject, contact and day: the day counts once.
    """
    pairs = Contacts(*(np.empty(0, np.int64),) * 5, *(np.empty(0, "datetime64[D]"),) * 2, np.empty(0, np.int64))
    if not len(subject):
        return pairs
    day_number = day.astype(np.int64)
    low = day_number.min()
    width, height = int(day_number.max() - low) + 1, int(contact.max()) + 1
    pair_key = subject.astype(np.int64) * height + contact
    if int(subject.max() + 1) * height * width < 2**62:
        order = np.argsort(pair_key * width + (day_number - low), kind="stable")
    else:
        order = np.lexsort((day_number, pair_key))
    sorted_pair, sorted_day = pair_key[order], day_number[order]
    begins = group_starts(sorted_pair)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(order)) - 1
    fresh_day = group_starts(sorted_pair, sorted_day).astype(np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(begins) - 1
    return Contacts(
        sorted_pair[starts] // height,
        sorted_pair[starts] % height,
        np.add.reduceat(to_contact[order].astype(np.int64), starts),
        np.add.reduceat(from_contact[order].astype(np.int64), starts),
        np.add.reduceat(fresh_day, starts),
        sorted_day[starts].astype("datetime64[D]"),
        sorted_day[ends].astype("datetime64[D]"),
        place,
    )


@dataclass(frozen=True)
class Traffic:
    """What passed between things by one table, one row per pair of things and day, sorted by them."""

    table: str  # communications or transfers
    rows: pa.Table  # the records that count
    place: np.ndarray  # int32 per record: its row below
    forward: np.ndarray  # bool per record: whether it went from ``one`` to ``two``
    things: np.ndarray  # str (object): sorted ids of everything in touch
    kind: np.ndarray  # str (object) per thing
    label: np.ndarray  # str (object) per thing: as recorded, else its number; empty when neither is
    linked: np.ndarray  # int64 per thing: position in ``ThingUse.things``, -1 where nobody has to do with it
    withheld: np.ndarray  # bool per thing: used only by people who take no part; never named
    one: np.ndarray  # one and two (int32): positions in ``things``, the smaller first
    two: np.ndarray
    day: np.ndarray  # datetime64[D], in Europe/London
    out: np.ndarray  # int64: times from ``one`` to ``two``
    back: np.ndarray  # int64: times from ``two`` to ``one``
    left_out: tuple[LeftOut, ...]

    @cached_property
    def pairs(self) -> Contacts:
        """Sums per pair of things, ``subject`` the smaller."""
        return contacts_of(self.one, self.two, self.day, self.out, self.back)

    @cached_property
    def degree(self) -> np.ndarray:
        """With how many other things each is in touch, int64."""
        pairs, things = self.pairs, len(self.things)
        return np.bincount(pairs.subject, minlength=things) + np.bincount(pairs.contact, minlength=things)

    @cached_property
    def covers(self) -> tuple[np.datetime64, np.datetime64]:
        """First and last day on which anything is recorded; NaT twice when nothing is."""
        nothing = np.datetime64("NaT", "D")
        return (self.day.min(), self.day.max()) if len(self.day) else (nothing, nothing)

    @cached_property
    def life(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last day of each thing, datetime64[D]."""
        pairs = self.pairs
        ends = np.concatenate((pairs.subject, pairs.contact))
        first, last = np.full(len(self.things), 2**40), np.full(len(self.things), -(2**40))
        np.minimum.at(first, ends, np.tile(pairs.first.astype(np.int64), 2))
        np.maximum.at(last, ends, np.tile(pairs.last.astype(np.int64), 2))
        return first.astype("datetime64[D]"), last.astype("datetime64[D]")

    def users(self, use: ThingUse) -> tuple[np.ndarray, np.ndarray]:
        """Return who used ``one`` and ``two`` of every row on its day, as ``ThingUse.users_on`` says it."""
        return use.users_on(self.linked[self.one], self.day), use.users_on(self.linked[self.two], self.day)

    def both_ways(self, rows: np.ndarray | slice = slice(None)) -> tuple[np.ndarray, ...]:
        """Return thing, other thing, day, times to the other and from it, each row once from either end."""
        one, two, day, out, back = (v[rows] for v in (self.one, self.two, self.day, self.out, self.back))
        return (
            np.concatenate((one, two)),
            np.concatenate((two, one)),
            np.concatenate((day, day)),
            np.concatenate((out, back)),
            np.concatenate((back, out)),
        )

    def authorities(self, group: np.ndarray, groups: int) -> list[str]:
        """Return by group the authorities behind its rows, sorted and joined by |.

        ``group`` holds for each row of the sums the group it belongs to, negative for none.
        """
        encoded = self.rows["authority_ref"].combine_chunks().dictionary_encode()
        words = np.array(["" if w is None else w for w in encoded.dictionary.to_pylist()], object)
        code = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        where = group[self.place]
        hit = (where >= 0) & (code >= 0)
        joined: list[list[str]] = [[] for _ in range(groups)]
        for key in np.unique(where[hit].astype(np.int64) * max(len(words), 1) + code[hit]).tolist():
            joined[key // len(words)].append(words[key % len(words)])
        return ["|".join(sorted(refs)) for refs in joined]

    @cached_property
    def _by_authority(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The authority of each record, and the first and last day of all records under each; those without are one."""
        encoded = self.rows["authority_ref"].combine_chunks().dictionary_encode()
        code = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
        day = self.day[self.place].astype(np.int64)
        first, last = np.full(len(encoded.dictionary) + 1, 2**40), np.full(len(encoded.dictionary) + 1, -(2**40))
        np.minimum.at(first, code, day)
        np.maximum.at(last, code, day)
        return code, first, last

    def coverage(self, things: np.ndarray) -> dict[int, Coverage]:
        """Return by thing how far all records under the authorities reach under which it has any.

        Whose records an authority covers no table says: that it reaches a day is what its other records show.
        """
        code, first, last = self._by_authority
        wanted = np.zeros(len(self.things), bool)
        wanted[things] = True
        keys = [np.zeros(0, np.int64)]
        for end in (self.one, self.two):
            whose = end[self.place].astype(np.int64)
            rows = np.flatnonzero(wanted[whose])
            keys.append(np.unique(whose[rows] * len(first) + code[rows]))
        thing, authority = np.divmod(np.unique(np.concatenate(keys)), len(first))
        starts = np.flatnonzero(group_starts(thing)) if len(thing) else np.zeros(0, np.int64)
        return {
            int(thing[rows[0]]): Coverage.of(first[authority[rows]], last[authority[rows]])
            for rows in np.split(np.arange(len(thing)), starts[1:])
            if len(rows)
        }

    def at(self, things: np.ndarray) -> np.ndarray:
        """Return which rows have one of these things at either end, as positions."""
        wanted = np.zeros(len(self.things), bool)
        wanted[things] = True
        return np.flatnonzero(wanted[self.one] | wanted[self.two])

    def position(self, ids: Iterable[str]) -> np.ndarray:
        """Return the position of each id, -1 of one that was in touch with nothing."""
        wanted = pa.array(list(ids), pa.string())
        at = pc.index_in(wanted, pa.array(self.things, pa.string()))
        return np.asarray(pc.fill_null(at, -1).to_numpy(zero_copy_only=False).astype(np.int64))


def traffic_of(
    dataset: Dataset, use: ThingUse, settings: Settings, period: Period, table: str = "communications"
) -> Traffic:
    """Add up what passed between things up to the day of judgement; without records everything is empty.

    What has a thing at an end whose review is overdue does not count, unless it is asked for, nor does what came from
    a thing to itself. A time is put on the day that it was in Europe/London; a day alone stays that day.
    """
    source, target = ENDS[table]
    rows, gone = dataset[table], []
    day = local_time(rows["at"])[0]

    def keep(mask: np.ndarray, why: str) -> None:
        nonlocal rows, day
        if not mask.all():
            gone.append(LeftOut(table, why, int((~mask).sum())))
            rows, day = rows.filter(pa.array(mask)), day[mask]

    if period.as_of is not None:
        keep(day <= np.datetime64(period.as_of, "D"), f"after {period.as_of}, the day of judgement")
    things = dataset["things"]
    if not settings.include_overdue:
        stale = things.filter(overdue(things, period.as_of))["thing_id"].combine_chunks()
        if len(stale):
            either = pc.or_(pc.is_in(rows[source], stale), pc.is_in(rows[target], stale))
            keep(~either.to_numpy().astype(bool), "review of the thing overdue")
    keep(pc.not_equal(rows[source], rows[target]).to_numpy().astype(bool), "from a thing to itself")
    ids = pc.unique(pa.chunked_array([*rows[source].chunks, *rows[target].chunks], pa.string()))
    ids = ids.take(pc.sort_indices(ids))
    start, end = (pc.index_in(rows[c], ids).to_numpy().astype(np.int32) for c in (source, target))
    times = pc.fill_null(rows["count"], 1).to_numpy() if "count" in rows.column_names else np.ones(len(day), np.int64)
    forward = start < end
    one, two = np.minimum(start, end), np.maximum(start, end)
    order = _by_pair_and_day(one, two, day, len(ids))
    begins = group_starts(one[order], two[order], day[order])
    starts = np.flatnonzero(begins)
    place = np.empty(len(order), np.int32)
    place[order] = np.cumsum(begins) - 1
    out = np.bincount(place, times * forward, len(starts)).astype(np.int64)
    back = np.bincount(place, times * ~forward, len(starts)).astype(np.int64)
    firsts = order[starts]
    kind, label = _described(ids, things, "account" if table == "transfers" else "phone")
    linked, withheld = _linked(ids, use)
    return Traffic(
        table, rows, place, forward, np.asarray(ids.to_numpy(zero_copy_only=False)).astype(object), kind, label,
        linked, withheld, one[firsts], two[firsts], day[firsts], out, back, tuple(gone),
    )  # fmt: skip


def local_time(at: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Return the day (datetime64[D]) and the hour (int64) in Europe/London of each time in universal time.

    A day alone is kept as midnight: it stays that day and has no hour, -1. A call at midnight sharp in winter cannot be
    told from it and has none either.
    """
    universal = at.cast(pa.timestamp("s")).to_numpy().astype("datetime64[s]").astype(np.int64)
    zoned = at.cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", ZONE))
    local = pc.local_timestamp(zoned).to_numpy().astype("datetime64[s]").astype(np.int64)
    hour = np.where(universal % _DAY == 0, -1, local % _DAY // 3600)
    return (local // _DAY).astype("datetime64[D]"), hour


def _by_pair_and_day(one: np.ndarray, two: np.ndarray, day: np.ndarray, things: int) -> np.ndarray:
    """Return the order of records by pair and day: one sort of whole numbers wherever these hold the three."""
    if not len(one):
        return np.empty(0, np.int64)
    number = day.astype(np.int64)
    number -= number.min()
    width = int(number.max()) + 1
    if things * things * width < 2**62:
        number += (one.astype(np.int64) * things + two) * width
        return np.argsort(number, kind="stable")
    return np.lexsort((number, two, one))


def _described(ids: pa.Array, things: pa.Table, otherwise: str) -> tuple[np.ndarray, np.ndarray]:
    """Return kind and label of each id; a number that stands in no table is of the kind ``otherwise``."""
    row = pc.index_in(ids, things["thing_id"].combine_chunks())
    kind = pc.fill_null(things["kind"].combine_chunks().take(row), otherwise)
    return np.asarray(kind.to_numpy(zero_copy_only=False)).astype(object), labels_of_things(ids, things)


def _linked(ids: pa.Array, use: ThingUse) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each id among the things of links, and whether only people who take no part use it."""
    of_use = pc.index_in(ids, pa.array(use.things, pa.string()))
    at = pc.fill_null(of_use, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    seen, hidden = np.zeros(len(use.things) + 1, bool), np.zeros(len(use.things) + 1, bool)
    seen[use.thing], hidden[use.aside.thing] = True, True
    linked = np.where((seen | hidden)[at], at, -1)
    return linked, (hidden & ~seen)[at]
