"""What joins two nominals through things: what they share, and calls between their phones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.clocks import on_the_wall
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.co_travel import CoTravel, co_travel_of
from ocgnet.evidence.period import Period
from ocgnet.evidence.spans import group_starts, reaches
from ocgnet.evidence.thing_use import NOBODY, SEEN_ONCE, SEVERAL, TAKES_NO_PART, USERS, ThingUse, thing_use
from ocgnet.evidence.things_withheld import without_overdue_things
from ocgnet.model.things import NOT_TO_BE_SHARED_AS, PLACES, THING_IDENTIFIERS
from ocgnet.settings import Settings

_OPEN = np.iinfo(np.int32).max
_ROWS_AT_ONCE = 1 << 20
_TABLE = TypeVar("_TABLE", "SharedThings", "Calls", "Travelled")


@dataclass(frozen=True)
class SharedThings:
    """Things that two nominals used at overlapping times; one row per pair and thing, sorted by both."""

    a: np.ndarray  # a and b (int32): positions in ``Evidence.nominals``, ``a`` < ``b``
    b: np.ndarray
    thing: np.ndarray  # int32: position in ``Joined.things``
    suspected: np.ndarray  # bool: whether they share it only if what is suspected is true
    users: np.ndarray  # int32: the most people who used it at once on the days on which both did, these two among them
    first: np.ndarray  # first and last (datetime64[D]): first and last day on which both used it, NaT where open
    last: np.ndarray
    named: np.ndarray  # bool: whether every report behind it may be named in results
    reports: np.ndarray  # int32: different reports behind it that may be named
    # origin and other_origin (str (object)): sources without which it would not be known, empty where none is so
    origin: np.ndarray
    other_origin: np.ndarray


@dataclass(frozen=True)
class OnDays:
    """Days on which things brought two nominals into touch.

    A row per pair, day and two things, sorted by pair, ``suspected``, day and things.
    """

    a: np.ndarray  # a and b (int32): positions in ``Evidence.nominals``, ``a`` < ``b``
    b: np.ndarray
    suspected: np.ndarray  # bool: whether who used one of the things on that day is only suspected
    day: np.ndarray  # datetime64[D]: day on the wall
    thing_a: np.ndarray  # thing_a and thing_b (int32): what each used, positions in ``Joined.things``
    thing_b: np.ndarray
    named: np.ndarray  # bool: whether it may be named that these people used these things

    @property
    def contact(self) -> np.ndarray:
        """Where each contact begins: the days of one pair, confirmed apart from suspected."""
        return np.flatnonzero(group_starts(self.a, self.b, self.suspected))


@dataclass(frozen=True)
class Travelled(OnDays):
    """Days on which the vehicles of two nominals were seen together, more often than chance makes likely."""


@dataclass(frozen=True)
class Calls(OnDays):
    """Days on which attributed phones of two nominals were in touch."""

    forward: np.ndarray  # forward and backward (int64): communications from ``a`` to ``b``, and back
    backward: np.ndarray


@dataclass(frozen=True)
class Joined:
    """Everything by which things join nominals."""

    things: np.ndarray  # str (object): sorted ids of all things
    kind: np.ndarray  # str (object) per thing
    label: np.ndarray  # str (object) per thing: what identifies it in words, empty when nothing is recorded
    shared: SharedThings
    calls: Calls
    travelled: Travelled
    crowded: np.ndarray  # int32: positions of things with too many users to tie anybody, sorted
    crowd: np.ndarray  # int32: users of each
    left_out: tuple[LeftOut, ...] = ()

    def words(self, thing: np.ndarray) -> list[str]:
        """Return what each thing is in words: ``vehicle V1 AB12CDE``."""
        parts = zip(self.kind[thing], self.things[thing], self.label[thing], strict=True)
        return [" ".join(filter(None, (k.replace("_", " "), t, "" if w == t else w))) for k, t, w in parts]

    def within(self, first: date | None, last: date | None) -> Joined:
        """Return what joins people in a period: calls of its days, and what is shared on some day of it."""
        begin = np.datetime64(first if first is not None else date.min, "D")
        end = np.datetime64(last if last is not None else date.max, "D")
        # Comparisons with an absent date are false: what is open is neither over nor still to come.
        touched = ~((self.shared.last < begin) | (self.shared.first > end))
        calls, travelled = self.calls, self.travelled
        return replace(
            self,
            shared=_rows(self.shared, touched),
            calls=_rows(calls, (calls.day >= begin) & (calls.day <= end)),
            travelled=_rows(travelled, (travelled.day >= begin) & (travelled.day <= end)),
        )


def _rows(table: _TABLE, keep: np.ndarray) -> _TABLE:
    return replace(table, **{f.name: getattr(table, f.name)[keep] for f in fields(table)})


def _empty(of: type[_TABLE]) -> _TABLE:
    days, flags, texts = ("day", "first", "last"), ("suspected", "named"), ("origin", "other_origin")
    kinds: dict[str, Any] = dict.fromkeys(days, "datetime64[D]") | dict.fromkeys(flags, bool)
    kinds |= dict.fromkeys(texts, object) | dict.fromkeys(("forward", "backward"), np.int64)
    return of(**{f.name: np.zeros(0, kinds.get(f.name, np.int32)) for f in fields(of)})


_NONE = np.zeros(0, object)
NOTHING = Joined(
    _NONE, _NONE, _NONE, _empty(SharedThings), _empty(Calls), _empty(Travelled), np.zeros(0, np.int32),
    np.zeros(0, np.int32),
)  # fmt: skip
"""What records without things join."""


@dataclass(frozen=True)
class Joining:
    """What joins nominals through things up to the day of judgement, and what that was worked out from."""

    use: ThingUse
    travel: CoTravel
    whole: Joined

    def within(self, period: Period) -> Joined:
        """Return what falls into a period: what two people shared on some day of it, and the calls of its days."""
        whole, inside = self.whole, self.whole.within(period.first, period.last)
        left_out = list(whole.left_out)
        for what, unit, before, after in (
            ("thing_links", "pairs of people who shared a thing", whole.shared, inside.shared),
            ("communications", "days of calls between two people", whole.calls, inside.calls),
            ("sightings", "days of journeys together of two people", whole.travelled, inside.travelled),
        ):
            if gone := len(before.a) - len(after.a):
                left_out.append(LeftOut(what, f"outside {period.first} to {period.last}: {unit}", gone))
        return replace(inside, left_out=tuple(sorted(left_out)))


def joining_of(dataset: Dataset, nominals: np.ndarray, settings: Settings, period: Period) -> Joining | None:
    """Return what joins nominals through things, up to the day of judgement; None without links to things.

    ``nominals`` are the sorted ids of those who take part.
    """
    if not dataset["thing_links"].num_rows:
        return None
    before = set(dataset.left_out)
    dataset = without_overdue_things(dataset, period.as_of, include_overdue=settings.include_overdue)
    use = thing_use(dataset, settings, period)
    travel = co_travel_of(dataset, use, settings, period)
    place = pc.index_in(pa.array(use.people, pa.string()), pa.array(nominals, pa.string()))
    nominal = pc.fill_null(place, -1).to_numpy().astype(np.int32)
    left_out = [*(x for x in dataset.left_out if x not in before), *use.left_out]
    shared, crowded, crowd = _shared(use, nominal, settings, period.as_of, left_out)
    calls = _calls(dataset, use, nominal, period.as_of, left_out)
    travelled = _travelled(travel, use, nominal, settings, left_out)
    whole = Joined(
        use.things, use.kind, _labels(dataset, use), shared, calls, travelled, crowded, crowd, tuple(sorted(left_out))
    )  # fmt: skip
    return Joining(use, travel, whole)


def _labels(dataset: Dataset, use: ThingUse) -> np.ndarray:
    """Return what identifies each thing as recorded: its number or mark, or its label."""
    t = dataset["things"]
    words = pc.fill_null(t["label"], "")
    for kind, column in THING_IDENTIFIERS.items():
        if kind not in (*PLACES, "organisation"):
            own = pc.and_(pc.equal(t["kind"], kind), pc.not_equal(pc.fill_null(t[column], ""), ""))
            words = pc.if_else(own, pc.fill_null(t[column], ""), words)
    at = pc.index_in(pa.array(use.things, pa.string()), t["thing_id"].combine_chunks())
    taken = pc.fill_null(pa.chunked_array([words]) if isinstance(words, pa.Array) else words, "").combine_chunks()
    return np.asarray(pc.fill_null(taken.take(at), "").to_numpy(zero_copy_only=False)).astype(object)


# What two people share.


def _shared(
    use: ThingUse, nominal: np.ndarray, settings: Settings, as_of: date | None, left_out: list[LeftOut]
) -> tuple[SharedThings, np.ndarray, np.ndarray]:
    """Return what pairs of nominals share; with things that have too many users, and how many.

    What is confirmed is worked out from confirmed links alone, so that a suspicion never changes it.
    """
    joins = ~np.isin(use.relation, NOT_TO_BE_SHARED_AS)
    if many := int((~joins).sum()):
        left_out.append(LeftOut("thing_links", f"as {' or '.join(NOT_TO_BE_SHARED_AS)}, which joins nobody", many))
    undated = joins & np.isin(use.relation, SEEN_ONCE) & np.isnat(use.first) & np.isnat(use.last)
    if many := int(undated.sum()):
        left_out.append(LeftOut("thing_links", "seen on a day that is not known, so it makes no tie", many))
    joins &= ~undated
    firm = _Shares.of(use, joins & ~use.suspected, settings.thing_cap)
    every = firm if not (joins & use.suspected).any() else _Shares.of(use, joins, settings.thing_cap)
    code = [s.thing.astype(np.int64) * len(use.people) ** 2 + s.one * len(use.people) + s.two for s in (firm, every)]
    more = ~np.isin(code[1], code[0])
    parts = []
    for shares, counted, suspected in ((firm, np.ones(len(code[0]), bool), False), (every, more, True)):
        a, b = nominal[shares.one], nominal[shares.two]
        rows = np.flatnonzero(counted & (a >= 0) & (b >= 0))
        parts.append(shares.table(use, a, b, rows, suspected, as_of))
    whole = SharedThings(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(SharedThings)})
    order = np.lexsort((whole.thing, whole.b, whole.a))
    return _rows(whole, order), every.crowded.astype(np.int32), every.crowd.astype(np.int32)


@dataclass(frozen=True)
class _Shares:
    """Pairs of people who used a thing at overlapping times, once a pair and thing."""

    links: np.ndarray  # int: the links of ``ThingUse`` that count here
    thing: np.ndarray  # int64 per pair and thing
    one: np.ndarray  # one and two (int64): positions in ``ThingUse.people``, ``one`` < ``two``
    two: np.ndarray
    users: np.ndarray  # int64: the most users at once on the days of both
    first: np.ndarray  # first and last (int64): days, ±``_OPEN`` where open
    last: np.ndarray
    crowded: np.ndarray  # int: things with more users than the cap, sorted
    crowd: np.ndarray  # int: their users

    @classmethod
    def of(cls, use: ThingUse, counts: np.ndarray, cap: int) -> _Shares:
        links = np.flatnonzero(counts)
        aside = use.aside
        hidden = ~np.isin(aside.relation, NOT_TO_BE_SHARED_AS)
        hidden &= ~(np.isin(aside.relation, SEEN_ONCE) & np.isnat(aside.first) & np.isnat(aside.last))
        thing = np.append(use.thing[links], aside.thing[hidden]).astype(np.int64)
        # People who take no part are users like others; nobody is tied to them.
        person = np.append(use.person[links], aside.person[hidden] + len(use.people)).astype(np.int64)
        first = np.append(use.first[links], aside.first[hidden])
        last = np.append(use.last[links], aside.last[hidden])
        begin = np.where(np.isnat(first), -_OPEN, first.astype(np.int64))
        end = np.where(np.isnat(last), _OPEN, last.astype(np.int64))
        order = np.lexsort((begin, person, thing))
        thing, person, begin, end = thing[order], person[order], begin[order], end[order]
        owner = np.cumsum(group_starts(thing, person)) - 1 if len(thing) else thing
        fresh = np.flatnonzero(~reaches(owner, begin, end + 1))
        users = np.bincount(thing[group_starts(thing, person)], minlength=len(use.things))
        crowded = np.flatnonzero(users > cap)
        end = np.maximum.reduceat(end, fresh) if len(fresh) else end
        thing, person, begin = thing[fresh], person[fresh], begin[fresh]
        keep = (users[thing] >= 2) & (users[thing] <= cap)
        pairs = _overlapping(thing[keep], person[keep], begin[keep], end[keep])
        known = pairs[2] < len(use.people)
        which, one, two, most, since, until = (column[known] for column in pairs)
        return cls(links, which, one, two, most, since, until, crowded, users[crowded])

    def table(
        self, use: ThingUse, a: np.ndarray, b: np.ndarray, keep: np.ndarray, suspected: bool, as_of: date | None
    ) -> SharedThings:
        """Return the rows marked in ``keep`` with what stands behind them."""
        a, b, thing = a[keep], b[keep], self.thing[keep]
        swapped = a > b
        behind = [_Behind.of(use, self.links, thing, who[keep]) for who in (self.one, self.two)]
        of_a = np.where(swapped, behind[1].origin, behind[0].origin)
        of_b = np.where(swapped, behind[0].origin, behind[1].origin)
        origin = np.where(of_a == "", of_b, of_a)
        other_origin = np.where((of_a == "") | (of_a == of_b), "", of_b)
        first, last = self.first[keep], self.last[keep]
        on = _OPEN if as_of is None else int(np.datetime64(as_of, "D").astype(np.int64))
        # What still lasts is known to last up to the day of judgement; of what has no day at all nothing is known.
        last = np.where((last >= _OPEN) & (first <= -_OPEN), _OPEN, np.minimum(last, on))
        return SharedThings(
            np.minimum(a, b), np.maximum(a, b), thing.astype(np.int32), np.full(len(a), suspected),
            self.users[keep].astype(np.int32), _dates(first), _dates(last), behind[0].named & behind[1].named,
            (behind[0].reports + behind[1].reports).astype(np.int32), origin, other_origin,
        )  # fmt: skip


def _dates(days: np.ndarray) -> np.ndarray:
    return np.where(np.abs(days) >= _OPEN, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))


@dataclass(frozen=True)
class _Behind:
    """What stands behind the use of things by people."""

    named: np.ndarray  # bool: whether every report may be named
    reports: np.ndarray  # int: reports that may be named
    origin: np.ndarray  # str (object): the one source of every link, empty when there are several or none is known

    @classmethod
    def of(cls, use: ThingUse, links: np.ndarray, thing: np.ndarray, person: np.ndarray) -> _Behind:
        width = max(len(use.people), 1)
        # Links are sorted by thing and person.
        code = use.thing[links].astype(np.int64) * width + use.person[links]
        begins = np.flatnonzero(group_starts(code)) if len(code) else code
        if not len(begins) or not len(thing):
            return cls(np.ones(len(thing), bool), np.zeros(len(thing), int), np.full(len(thing), "", object))
        named = np.logical_and.reduceat(use.named[links], begins)
        source = np.unique(use.origin[links].astype(str), return_inverse=True)
        low, high = (f.reduceat(source[1], begins) for f in (np.minimum, np.maximum))
        origin = np.where(low == high, source[0][low].astype(object), "")
        report = np.unique(use.report[links].astype(str), return_inverse=True)[1]
        rows = np.flatnonzero(use.report[links] != "")
        group = np.searchsorted(code[begins], code)
        different = np.unique(group[rows].astype(np.int64) * (len(links) + 1) + report[rows])
        reports = np.bincount(different // (len(links) + 1), minlength=len(begins))
        at = np.searchsorted(code[begins], thing * width + person)
        return cls(named[at], reports[at], origin[at])


def _overlapping(thing: np.ndarray, person: np.ndarray, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return pairs of people with a stretch of one thing on one day: thing, one, two, users, first, last.

    The stretches of one person and thing do not overlap. Each pair that is looked at is one that overlaps.
    """
    if not len(thing):
        nothing = np.zeros(0, np.int64)
        return (nothing,) * 6
    bounded = np.concatenate([begin[begin > -_OPEN], end[end < _OPEN]])
    low, high = (int(bounded.min()) - 1, int(bounded.max()) + 1) if len(bounded) else (0, 1)
    width = high - low + 2
    start, stop = thing * width + np.maximum(begin, low) - low, thing * width + np.minimum(end, high) - low
    order = np.lexsort((person, start))
    thing, person, begin, end, start, stop = (v[order] for v in (thing, person, begin, end, start, stop))
    after = np.searchsorted(start, stop, side="right") - np.arange(len(start)) - 1
    left = np.repeat(np.arange(len(start)), after)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    if not len(left):
        return (left.astype(np.int64),) * 6
    # How many use the thing from each day on which that changes.
    changes = np.concatenate([start, stop + 1])
    order = np.argsort(changes, kind="stable")
    at = changes[order]
    ends = np.flatnonzero(np.append(group_starts(at)[1:], True))
    count = np.append(np.cumsum(np.repeat([1, -1], len(start))[order])[ends], 0)
    at = at[ends]
    until = np.minimum(stop[left], stop[right])
    from_change = np.searchsorted(at, start[right], side="right") - 1
    to_change = np.searchsorted(at, until, side="right")
    most = np.maximum.reduceat(count, np.column_stack([from_change, to_change]).ravel())[::2]
    one, two = np.minimum(person[left], person[right]), np.maximum(person[left], person[right])
    first, last = np.maximum(begin[left], begin[right]), np.minimum(end[left], end[right])
    order = np.lexsort((two, one, thing[left]))
    which, one, two = thing[left][order], one[order], two[order]
    begins = np.flatnonzero(group_starts(which, one, two))
    return (
        which[begins], one[begins], two[begins], np.maximum.reduceat(most[order], begins),
        np.minimum.reduceat(first[order], begins), np.maximum.reduceat(last[order], begins),
    )  # fmt: skip


# Calls between attributed phones.


def _calls(dataset: Dataset, use: ThingUse, nominal: np.ndarray, as_of: date | None, left_out: list[LeftOut]) -> Calls:
    """Return the days on which two nominals were in touch by their phones, each phone attributed on the day.

    Read in parts, of which only communications between two things with a user are looked at further.
    """
    counts: dict[str, int] = {}
    parts = [_attributed(batch, use, nominal, as_of, counts) for batch in _batches(dataset["communications"], use)]
    left_out += [LeftOut("communications", why, n) for why, n in counts.items() if n]
    names = [f.name for f in fields(Calls)]
    if not any(len(p["a"]) for p in parts):
        return _empty(Calls)
    whole = pa.table({name: np.concatenate([p[name] for p in parts]) for name in names})
    keys = names[: names.index("forward")]
    # One sum per pair, day and things, however many rows.
    summed = whole.group_by(keys).aggregate([("forward", "sum"), ("backward", "sum")])
    summed = summed.rename_columns([c.removesuffix("_sum") for c in summed.column_names])
    summed = summed.sort_by([(key, "ascending") for key in keys])
    columns = {name: np.asarray(summed[name].to_numpy()) for name in names}
    columns["day"] = columns["day"].astype("datetime64[D]")
    return Calls(**columns)


_Part = dict[str, np.ndarray]


def _batches(t: pa.Table, use: ThingUse) -> Iterator[_Part]:
    """Give communications part by part: things as positions (-1 for one that nobody uses), days, and how many."""
    users = np.isin(use.relation, USERS)
    hidden = np.isin(use.aside.relation, USERS)
    used = np.unique(np.append(use.thing[users], use.aside.thing[hidden]))
    among = pa.array(use.things[used], pa.string())
    used = np.append(used, -1)
    for batch in t.select(["from_thing", "to_thing", "at", "count", "last_at"]).to_batches(_ROWS_AT_ONCE):
        ends = (pc.fill_null(pc.index_in(batch[n], among), -1).to_numpy() for n in ("from_thing", "to_thing"))
        start, target = (used[at] for at in ends)
        at, last = (batch[n].to_numpy(zero_copy_only=False).astype("datetime64[s]") for n in ("at", "last_at"))
        day = on_the_wall(at).astype("datetime64[D]")
        until = (
            np.where(np.isnat(last), day, on_the_wall(last).astype("datetime64[D]"))
            if batch["last_at"].null_count < len(day)
            else day
        )
        count = pc.fill_null(batch["count"], 1).to_numpy()
        yield {"from": start, "to": target, "day": day, "until": until, "count": count}


def _attributed(rows: _Part, use: ThingUse, nominal: np.ndarray, as_of: date | None, counts: dict[str, int]) -> _Part:
    """Return the communications between two nominals, a row for each day known; count the others by why."""

    def keep(mask: np.ndarray, why: str) -> np.ndarray:
        counts[why] = counts.get(why, 0) + len(mask) - int(mask.sum())
        return mask

    if as_of is not None:
        mask = keep(~(rows["day"] > np.datetime64(as_of, "D")), f"after {as_of}, the day of judgement")
        rows = {n: v[mask] for n, v in rows.items()}
    nobody = "nobody is recorded as the user of one of the two"
    mask = keep((rows["from"] >= 0) & (rows["to"] >= 0), nobody)
    rows = {n: v[mask] for n, v in rows.items()}
    sender, unsure, named = use.uses_on(rows["from"], rows["day"])
    receiver, unsure_too, named_too = use.uses_on(rows["to"], rows["day"])
    rows |= {"sender": sender, "receiver": receiver, "suspected": unsure | unsure_too, "named": named & named_too}
    worst = np.minimum(sender, receiver)
    for code, why in (
        (TAKES_NO_PART, "somebody takes no part: review overdue or processing restricted"),
        (SEVERAL, "several people use one of the two on that day"),
        (NOBODY, nobody),
    ):
        counts[why] = counts.get(why, 0) + int((worst == code).sum())
    rows = {n: v[worst >= 0] for n, v in rows.items()}
    long = np.flatnonzero(rows["until"] > rows["day"])
    same = np.ones(len(rows["day"]), bool)
    for end, who in (("from", "sender"), ("to", "receiver")):
        then, unsure, named = use.uses_on(rows[end][long], rows["until"][long])
        same[long] &= then == rows[who][long]
        rows["suspected"][long] |= unsure
        rows["named"][long] &= named
    mask = keep(same, "several in one row, and not one user from the first to the last")
    rows = {n: v[mask] for n, v in rows.items()}
    one = keep(rows["sender"] != rows["receiver"], "both are used by one person")
    rows = {n: v[one] for n, v in rows.items()}
    a, b = nominal[rows["sender"]], nominal[rows["receiver"]]
    both = keep((a >= 0) & (b >= 0), "not between two nominals who take part")
    a, b, rows = a[both], b[both], {n: v[both] for n, v in rows.items()}
    forward = a < b
    count = rows["count"].astype(np.int64)
    part = {
        "a": np.minimum(a, b),
        "b": np.maximum(a, b),
        "suspected": rows["suspected"],
        "day": rows["day"].astype("datetime64[D]").astype(np.int32),
        "thing_a": np.where(forward, rows["from"], rows["to"]).astype(np.int32),
        "thing_b": np.where(forward, rows["to"], rows["from"]).astype(np.int32),
        "named": rows["named"],
        "forward": np.where(forward, count, 0),
        "backward": np.where(forward, 0, count),
    }
    # Of several in one row the first and the last day are known, and only up to the day of judgement.
    ends_in_time = rows["until"] > rows["day"]
    if as_of is not None:
        ends_in_time &= rows["until"] <= np.datetime64(as_of, "D")
    again = {n: v[ends_in_time] for n, v in part.items()}
    again["day"] = rows["until"][ends_in_time].astype("datetime64[D]").astype(np.int32)
    again["forward"], again["backward"] = 0 * again["forward"], 0 * again["backward"]
    return {n: np.concatenate([v, again[n]]) for n, v in part.items()}


# Vehicles that were seen together.


def _travelled(
    met: CoTravel, use: ThingUse, nominal: np.ndarray, settings: Settings, left_out: list[LeftOut]
) -> Travelled:
    """Return the days on which vehicles of two nominals travelled together, each attributed on the day.

    Only pairs of vehicles that chance alone brings together as often in at most ``travelled_chance`` of cases.
    """
    left_out += met.left_out
    rows = np.flatnonzero(met.chance[met.pair] <= settings.travelled_chance) if len(met) else np.zeros(0, np.int64)
    pair, day = np.divmod(
        np.unique(met.pair[rows].astype(np.int64) << 32 | met.day[rows].astype("datetime64[D]").astype(np.int64)),
        1 << 32,
    )
    day = day.astype("datetime64[D]")
    one, two = met.one[pair], met.two[pair]
    (driver, unsure, named), (other, unsure_too, named_too) = use.uses_on(one, day), use.uses_on(two, day)
    known = (driver >= 0) & (other >= 0)
    why = "day of a journey together of two vehicles, not both with one user who is known and takes part"
    if unknown := int((~known).sum()):
        left_out.append(LeftOut("sightings", why, unknown))
    a, b = nominal[driver], nominal[other]
    keep = known & (a >= 0) & (b >= 0) & (a != b)
    if less := int((known & ~keep).sum()):
        left_out.append(LeftOut("sightings", "day of a journey together, not of two nominals who take part", less))
    swapped = a > b
    table = Travelled(
        np.minimum(a, b), np.maximum(a, b), unsure | unsure_too, day,
        np.where(swapped, two, one).astype(np.int32), np.where(swapped, one, two).astype(np.int32), named & named_too,
    )  # fmt: skip
    table = _rows(table, keep)
    return _rows(table, np.lexsort((table.thing_b, table.thing_a, table.day, table.suspected, table.b, table.a)))
