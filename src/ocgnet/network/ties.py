"""Weighted ties between people, each with the events that made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import LeftOut
from ocgnet.evidence.evidence import Associations, Evidence, Incidence
from ocgnet.evidence.joined import Joined, OnDays
from ocgnet.evidence.spans import group_starts
from ocgnet.model.things import THING_KINDS
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

if TYPE_CHECKING:
    import networkx as nx

EVENT_KINDS = ("crime", "report")
"""First entries of ``Ties.kinds``; the kinds of contact follow."""
CRIME, REPORT = 0, 1

SHARED = tuple(f"shared_{kind}" for kind in sorted(THING_KINDS))
SUSPECTED = tuple(f"suspected_{kind}" for kind in sorted(THING_KINDS))
CALLS, TRAVELLED = ("calls", "suspected_calls"), ("travelled", "suspected_travelled")
"""Last entries of ``Ties.kinds``: a thing that both used, by its kind, calls between their phones, and vehicles that
were seen together; confirmed apart from suspected."""

BY_THINGS = (*SHARED, *SUSPECTED, *CALLS, *TRAVELLED)

_PER_CONTRIBUTION = ("kind", "event", "first", "last", "named", "source", "other_source")


@dataclass(frozen=True)
class Ties:
    """Undirected weighted ties, sorted by pair, and the contributions they are made of.

    The contributions of tie ``t`` are the rows ``start[t]`` up to ``start[t + 1]`` of ``kind``,
    ``event``, ``amount``, ``first``, ``last``, ``named``, ``source`` and ``other_source``, crimes before reports
    before contacts before things.
    """

    people: int  # Number of nominals, tied or not; positions run from 0
    a: np.ndarray  # a and b (int32, shape (ties,)): positions in ``Evidence.nominals``, ``a`` < ``b``
    b: np.ndarray
    weight: np.ndarray  # float, shape (ties,): strength: the sum of the amounts, above 0
    start: np.ndarray  # int64, shape (ties + 1,): where the contributions of each tie begin
    kind: np.ndarray  # int8 per contribution: position in ``kinds``
    # int32 per contribution: position in ``Evidence.crimes.events``, ``Evidence.reports.events``,
    # ``Evidence.associations``, or of ``Evidence.joined`` in ``shared``, or the first day in ``calls`` or ``travelled``
    event: np.ndarray
    amount: np.ndarray  # float per contribution: what it adds to the weight
    # first and last (datetime64[D]): per contribution: dates, NaT when not known; equal for a crime or report
    first: np.ndarray
    last: np.ndarray
    named: np.ndarray  # bool per contribution: whether its id may be named in results
    source: np.ndarray  # int32 per contribution: position in ``sources``, -1 when not known
    # int32 per contribution: a second source without which it would not be known, -1 where there is none
    other_source: np.ndarray
    kinds: tuple[str, ...]  # ``crime``, ``report``, the kinds of contact, and what things do
    sources: tuple[str, ...] = ()  # Sorted references of the sources behind reports
    left_out: tuple[LeftOut, ...] = ()  # Events and contacts that made no tie, and why

    def __len__(self) -> int:
        return len(self.a)

    @property
    def tie(self) -> np.ndarray:
        """Per contribution: the tie it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def of_kinds(self, kinds: tuple[str, ...]) -> np.ndarray:
        """Return which contributions are of some kinds."""
        return np.isin(self.kind, [self.kinds.index(k) for k in kinds])

    @property
    def contacts(self) -> np.ndarray:
        """Which contributions are recorded contacts."""
        return (self.kind > REPORT) & (self.kind < len(self.kinds) - len(BY_THINGS))

    @property
    def shared(self) -> np.ndarray:
        """Which contributions are things that both used."""
        return self.of_kinds((*SHARED, *SUSPECTED))

    def counts(self, kind: int) -> np.ndarray:
        """Return per tie how many contributions are of one kind (a position in ``kinds``)."""
        return np.bincount(self.tie[self.kind == kind], minlength=len(self))

    def layer(self, *kinds: str) -> Ties:
        """Return the ties that these kinds of evidence alone would make.

        Raises `ValueError` when a kind is not one of ``kinds``.
        """
        if unknown := sorted(set(kinds) - set(self.kinds)):
            raise ValueError(f"no kind of evidence {', '.join(unknown)}; there are {', '.join(self.kinds)}")
        return self.kept(self.of_kinds(kinds))

    def kept(self, keep: np.ndarray) -> Ties:
        """Return the ties that the contributions marked in ``keep`` alone would make."""
        tie = self.tie[keep]
        used, begins = np.unique(tie, return_index=True)
        amount = self.amount[keep]
        return replace(
            self,
            a=self.a[used],
            b=self.b[used],
            weight=weights_of(amount, begins),
            start=np.append(begins, len(tie)),
            amount=amount,
            **{n: getattr(self, n)[keep] for n in _PER_CONTRIBUTION},
        )

    def labels(self, evidence: Evidence) -> pa.Array:
        """Return per contribution the id of its event: crime, report, or kind of contact with its report.

        Of what things do it is the kind with the things: ``shared_vehicle V1``, ``calls T1 and T2``. Contributions that
        may not be named have their label too; whoever prints masks with ``named``.
        """
        contacts = evidence.associations
        by_report = np.where(contacts.report.astype(bool), contacts.kind + " " + contacts.report, contacts.kind)
        texts = [evidence.crimes.events, evidence.reports.events, by_report, *_labels_of_things(evidence.joined)]
        ids = pa.array(np.concatenate(texts), pa.string())
        begin = np.cumsum([0, *map(len, texts)])
        contact_kinds = len(self.kinds) - len(EVENT_KINDS) - len(BY_THINGS)
        things = [begin[3]] * (len(SHARED) + len(SUSPECTED)) + [begin[4], begin[5], begin[6], begin[7]]
        offset = np.array([begin[0], begin[1], *[begin[2]] * contact_kinds, *things])
        return ids.take(pa.array(self.event + offset[self.kind]))

    def graph(self) -> nx.Graph:
        """Return a networkx graph: nodes ``0 … people − 1``, edges with ``weight`` and ``distance`` = 1/weight."""
        import networkx as nx  # half a second that a run without networkx need not wait

        graph = nx.Graph()
        graph.add_nodes_from(range(self.people))
        rows = zip(self.a.tolist(), self.b.tolist(), self.weight.tolist(), strict=True)
        graph.add_edges_from((a, b, {"weight": w, "distance": 1 / w}) for a, b, w in rows)
        return graph

    def to_table(self, evidence: Evidence) -> ResultTable:
        """Return the table ``ties``, sorted by person_a, then person_b.

        Events that may not be named are counted in ``events_withheld`` instead of listed.
        """
        ids = pa.array(evidence.nominals, pa.string())
        tie, named = self.tie, self.named
        begun, ended = self._span()
        columns: dict[str, Any] = {
            "person_a": ids.take(pa.array(self.a)).to_pandas(),
            "person_b": ids.take(pa.array(self.b)).to_pandas(),
            "weight": self.weight,
            "kinds": self._kinds().to_pandas(),
            "first_on": begun.astype("datetime64[s]"),
            "last_on": ended.astype("datetime64[s]"),
            "events": _joined(self.labels(evidence).filter(pa.array(named)), tie[named], len(self)).to_pandas(),
            "events_withheld": np.bincount(tie[~named], minlength=len(self)),
        }
        return ResultTable("ties", pd.DataFrame(columns))

    def _span(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the earliest and latest date per tie, NaT when it has none."""
        if not len(self):
            return self.first[:0], self.last[:0]
        return np.fmin.reduceat(self.first, self.start[:-1]), np.fmax.reduceat(self.last, self.start[:-1])

    def _kinds(self) -> pa.Array:
        """Return per tie the kinds that made it, joined in the order of ``kinds``."""
        tie = self.tie
        # Contributions of a tie are sorted by kind.
        new = group_starts(tie, self.kind)
        names = pa.array(self.kinds, pa.string()).take(pa.array(self.kind[new]))
        return _joined(names, tie[new], len(self))


def _labels_of_things(joined: Joined) -> list[np.ndarray]:
    """Return the labels of what is shared, of calls, of suspected calls, of journeys, and of suspected ones."""
    shared, calls, travelled = joined.shared, joined.calls, joined.travelled
    said = np.where(shared.suspected, "suspected_", "shared_").astype(object)
    of_shared = said + joined.kind[shared.thing] + " " + joined.things[shared.thing]
    of_calls, of_travelled = _between(joined, calls), _between(joined, travelled)
    return [of_shared, *(k + " " + of_calls for k in CALLS), *(k + " " + of_travelled for k in TRAVELLED)]


def _between(joined: Joined, days: OnDays) -> np.ndarray:
    """Return at the first day of each contact the pairs of things behind it, each once; empty texts elsewhere."""
    texts = np.full(len(days.a), "", object)
    starts = days.contact
    at = np.repeat(starts, np.diff(np.append(starts, len(days.a))))
    order = np.lexsort((days.thing_b, days.thing_a, at))
    fresh = group_starts(at[order], days.thing_a[order], days.thing_b[order]) if len(order) else np.zeros(0, bool)
    for row in order[fresh].tolist():
        pair = f"{joined.things[days.thing_a[row]]} and {joined.things[days.thing_b[row]]}"
        texts[at[row]] = f"{texts[at[row]]}, {pair}" if texts[at[row]] else pair
    return texts


def weights_of(amount: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Return the sum of the amounts of each tie, rounded to 12 decimals and never 0."""
    if not len(begins):
        return np.zeros(0)
    return np.maximum(np.round(np.add.reduceat(amount, begins), 12), 1e-12)


def _joined(texts: pa.Array, row: np.ndarray, rows: int) -> pa.Array:
    """Join with ``|`` the texts of each row (sorted); rows without any give an empty text."""
    ends = np.append(0, np.cumsum(np.bincount(row, minlength=rows))).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), texts), "|")


# Make ties: every event adds to the pairs of people that it links.
#
# An event with n people adds 1/(n−1) to each of its pairs, so that what it gives to one person sums to
# 1 whatever its size (Newman 2001, https://doi.org/10.1103/PhysRevE.64.016132). Events above a size
# make no ties at all: a raid on a party says little about any two guests, and one event of 2,000
# people would add two million ties.


Contributions = dict[str, np.ndarray]
"""Contributions before they are gathered into ties: their columns in `Ties`, of one length, with ``a`` and ``b``."""


def ties_of(evidence: Evidence, settings: Settings) -> Ties:
    """Project the evidence onto ties between nominals.

    Sorted pairs with ``a`` < ``b``; none without evidence. A weight of 0 in the settings switches a kind off. A
    crime or report with n people (nominals or not) adds ``weight / (n − 1)`` to each pair. Contacts of one kind
    between two people add ``weight × log2(1 + times)``, with ``times`` summed over their records: one observation
    weighs exactly ``weight``, and the three hundredth call adds less than the second, because counts of calls are
    not counts of independent evidence. Weights are rounded to 12 decimals, so that the order of summation cannot
    part two equal ties.

    With ``one_origin_once`` reports that share a source and link the same people add once, as do contacts of one
    kind between the same two people on reports of one source: one informant who is written up twice is not two
    informants. Of such reports the newest stands, then one that may be named, then the smallest id; of such
    contacts the one seen most often.

    With a half-life an amount counts ``0.5 ** (age / half_life_days)``, the age counted from the day of the event,
    or the latest day of a contact, to the analysis date. What has no date does not age.
    """
    left_out: list[LeftOut] = []
    people = len(evidence.nominals)
    kinds = (*EVENT_KINDS, *sorted(k for k, _ in settings.association_weights), *BY_THINGS)
    shared = evidence.joined.shared
    of_things = (*shared.origin, *shared.other_origin)
    sources = sorted({*evidence.reports.origin, *evidence.associations.origin, *of_things} - {""})
    code = {s: i for i, s in enumerate(sources)}
    parts = [
        _from_events(evidence.crimes, CRIME, settings.crime_weight, settings, code, left_out),
        _from_events(evidence.reports, REPORT, settings.report_weight, settings, code, left_out),
        _from_contacts(evidence.associations, kinds, settings, code, left_out),
    ]
    if len(evidence.joined.things):
        parts += _from_things(evidence.joined, kinds, settings, code, left_out)
        parts[2], parts[4] = _calls_or_contacts(parts[2], parts[4], kinds, people, left_out)
    for part in parts:
        part.setdefault("other_source", np.full(len(part["a"]), -1, np.int32))
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    pair = rows["a"].astype(np.int64) * people + rows["b"]
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    begins = np.flatnonzero(group_starts(pair))
    a, b = np.divmod(pair[begins], max(people, 1))
    amount = (rows["amount"] * _faded(rows["last"], evidence.period.as_of, settings.half_life_days))[order]
    return Ties(
        people=people,
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        weight=weights_of(amount, begins),
        start=np.append(begins, len(pair)),
        amount=amount,
        **{name: rows[name][order] for name in _PER_CONTRIBUTION},
        kinds=kinds,
        sources=tuple(sources),
        left_out=tuple(left_out),
    )


def _faded(last: np.ndarray, as_of: date | None, half_life: float) -> np.ndarray:
    """Return the share of each amount that is left on the analysis date; 1 without a half-life or a date."""
    if not half_life or as_of is None:
        return np.ones(len(last))
    age = (np.datetime64(as_of, "D") - last).astype(float)
    return np.where(np.isnat(last), 1.0, 0.5 ** (np.maximum(np.nan_to_num(age), 0) / half_life))


def _once(links: Incidence) -> np.ndarray:
    """Return which events stand: of those with one source and the same people, the newest."""
    sourced = np.flatnonzero(links.origin != "")
    stands = np.ones(len(links.events), bool)
    if len(sourced):
        origin = np.unique(links.origin[sourced].astype(str), return_inverse=True)[1]
        company, day = links.company[sourced], links.on[sourced].astype(np.int64)
        # Ids are sorted, so the position breaks the last tie.
        order = np.lexsort((sourced, ~links.named[sourced], -day, company, origin))
        stands[sourced[order]] = group_starts(origin[order], company[order])
    return stands


def _from_events(
    links: Incidence, kind: int, weight: float, settings: Settings, sources: dict[str, int], left_out: list[LeftOut]
) -> Contributions:
    """Expand each event into its pairs of nominals, in the order of events."""
    cap = settings.event_cap
    used = (links.people >= 2) & (links.people <= cap) & (weight > 0)
    if big := int((links.people > cap).sum()):
        what = "crimes" if kind == CRIME else "intel_reports"
        left_out.append(LeftOut(what, f"more than {cap} people, so it makes no ties (it still counts as linked)", big))
    if kind == REPORT and settings.one_origin_once:
        once = _once(links)
        if repeated := int((used & ~once).sum()):
            why = "same source and same people as another report, so both add to ties once"
            left_out.append(LeftOut("intel_reports", why, repeated))
        used &= once
    chosen = used[links.event]
    person, event = links.person[chosen], links.event[chosen]
    # Links are sorted by event, then person: each one pairs with those after it in the same event.
    size = np.bincount(event, minlength=len(links.events))
    end = np.cumsum(size)[event]
    partners = end - np.arange(len(event)) - 1
    left = np.repeat(np.arange(len(event)), partners)
    within = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    made_by = event[left]
    return {
        "a": person[left],
        "b": person[left + 1 + within],
        "kind": np.full(len(left), kind, np.int8),
        "event": made_by,
        "amount": weight / (links.people[made_by] - 1.0),
        "first": links.on[made_by],
        "last": links.on[made_by],
        "named": links.named[made_by],
        "source": _coded(links.origin, sources)[made_by],
    }


def _coded(origin: np.ndarray, sources: dict[str, int]) -> np.ndarray:
    """Return the position of each source, -1 where it is not known."""
    names, which = np.unique(origin.astype(str), return_inverse=True)
    return np.array([sources.get(n, -1) for n in names], np.int32)[which]


def _from_contacts(
    contacts: Associations, kinds: tuple[str, ...], settings: Settings, sources: dict[str, int], left_out: list[LeftOut]
) -> Contributions:
    """Turn recorded contacts into contributions; records of one pair and kind share one logarithm."""
    weights = dict(settings.association_weights)
    source = _coded(contacts.origin, sources)
    code_of = {k: i for i, k in enumerate(kinds)}
    names, which = np.unique(contacts.kind.astype(str), return_inverse=True)
    kind = np.array([code_of.get(k, -1) for k in names], np.int8)[which]
    each = np.array([weights.get(k, 0.0) for k in names], float)[which]
    used = np.flatnonzero((each > 0) & (contacts.times > 0))
    if unseen := int((contacts.times <= 0).sum()):
        left_out.append(LeftOut("associations", "observed 0 times, so it makes no tie", unseen))
    if settings.one_origin_once:
        most = used[np.lexsort((-contacts.times[used], source[used], kind[used], contacts.b[used], contacts.a[used]))]
        again = ~group_starts(*(v[most] for v in (contacts.a, contacts.b, kind, source))) & (source[most] >= 0)
        if again.any():
            why = "same source, people and kind as another contact, so both add to the tie once"
            left_out.append(LeftOut("associations", why, int(again.sum())))
        used = np.sort(most[~again])
    used = used[np.lexsort((kind[used], contacts.b[used], contacts.a[used]))]
    a, b, kind, times = contacts.a[used], contacts.b[used], kind[used], contacts.times[used]
    group = np.cumsum(group_starts(a, b, kind)) - 1
    total = np.bincount(group, weights=times)[group] if len(used) else times
    return {
        "a": a,
        "b": b,
        "kind": kind,
        "event": used.astype(np.int32),
        "amount": each[used] * np.log2(1 + total) * times / total,
        "first": np.where(np.isnat(contacts.first[used]), contacts.last[used], contacts.first[used]),
        "last": np.where(np.isnat(contacts.last[used]), contacts.first[used], contacts.last[used]),
        "named": contacts.named[used],
        "source": source[used],
    }


def _from_things(
    joined: Joined, kinds: tuple[str, ...], settings: Settings, sources: dict[str, int], left_out: list[LeftOut]
) -> list[Contributions]:
    """Turn what is shared, calls and journeys into contributions, in this order."""
    if len(joined.crowded):
        why = f"more than {settings.thing_cap} users (thing_cap), so it makes no ties"
        left_out.append(LeftOut("things", why, len(joined.crowded)))
    return [
        _from_shared(joined, kinds, settings, sources),
        _from_days(joined.calls, CALLS, settings.calls_weight, kinds, settings),
        _from_days(joined.travelled, TRAVELLED, settings.travelled_weight, kinds, settings),
    ]


def _from_shared(joined: Joined, kinds: tuple[str, ...], settings: Settings, sources: dict[str, int]) -> Contributions:
    """Give each pair that shares a thing ``weight / (n - 1)``, n being the most that used it at once with them."""
    shared = joined.shared
    weights, place = dict(settings.thing_weights), {k: i for i, k in enumerate(kinds)}
    names, which = np.unique(joined.kind.astype(str), return_inverse=True)
    each = np.array([weights.get(k, 0.0) for k in names], float)[which][shared.thing]
    kind = [np.array([place[f"{word}_{k}"] for k in names], np.int8)[which][shared.thing] for word in _WORDS]
    amount = each / (shared.users - 1.0) * np.where(shared.suspected, settings.suspected_share, 1.0)
    part = {
        "a": shared.a,
        "b": shared.b,
        "kind": np.where(shared.suspected, kind[1], kind[0]),
        "event": np.arange(len(shared.a), dtype=np.int32),
        "amount": amount,
        "first": np.where(np.isnat(shared.first), shared.last, shared.first),
        "last": np.where(np.isnat(shared.last), shared.first, shared.last),
        "named": shared.named,
        "source": _coded(shared.origin, sources),
        "other_source": _coded(shared.other_origin, sources),
    }
    order = np.lexsort((shared.thing, part["kind"], shared.b, shared.a))
    order = order[amount[order] > 0]
    return {name: values[order] for name, values in part.items()}


_WORDS = ("shared", "suspected")


def _from_days(
    of: OnDays, names: tuple[str, str], each: float, kinds: tuple[str, ...], settings: Settings
) -> Contributions:
    """Give each pair in touch by phone, or whose vehicles travelled together, ``weight × log2(1 + days)``.

    Days and not calls: thirty messages of one evening are one occasion, a call that is dialled again is not two, and a
    record of several calls in a row does not tell their days. ``names`` are the kinds, confirmed and suspected.
    """
    starts = of.contact
    fresh = group_starts(of.a, of.b, of.suspected, of.day)
    days = np.add.reduceat(fresh.astype(np.int64), starts) if len(starts) else np.zeros(0, np.int64)
    ends = np.append(starts[1:], len(of.a))[: len(starts)] - 1
    suspected = of.suspected[starts]
    weight = each * np.where(suspected, settings.suspected_share, 1.0)
    part = {
        "a": of.a[starts],
        "b": of.b[starts],
        "kind": np.where(suspected, kinds.index(names[1]), kinds.index(names[0])).astype(np.int8),
        "event": starts.astype(np.int32),
        "amount": weight * np.log2(1.0 + days),
        "first": of.day[starts],
        "last": of.day[ends],
        # One thing that may not be named would stand in the name of all, as those that are shared do.
        "named": np.logical_and.reduceat(of.named, starts) if len(starts) else np.zeros(0, bool),
        "source": np.full(len(starts), -1, np.int32),
    }
    return {name: values[part["amount"] > 0] for name, values in part.items()}


def _calls_or_contacts(
    contacts: Contributions, calls: Contributions, kinds: tuple[str, ...], people: int, left_out: list[LeftOut]
) -> tuple[Contributions, Contributions]:
    """Let of recorded contacts by phone and of calls between the same two people those count that say more.

    An analyst records what the calls show: both are one finding, and together they would count it twice.
    """
    if "phone" not in kinds or not len(calls["a"]):
        return contacts, calls
    by_phone = contacts["kind"] == kinds.index("phone")
    pairs = [part["a"].astype(np.int64) * people + part["b"] for part in (contacts, calls)]
    both = np.intersect1d(pairs[0][by_phone], pairs[1])
    if not len(both):
        return contacts, calls
    sums = []
    for pair, part, counts in ((pairs[0], contacts, by_phone), (pairs[1], calls, np.ones(len(pairs[1]), bool))):
        rows = np.flatnonzero(counts & np.isin(pair, both))
        sums.append(np.bincount(np.searchsorted(both, pair[rows]), part["amount"][rows], len(both)))
    calls_say_more = np.round(sums[1], 12) >= np.round(sums[0], 12)
    gone = by_phone & np.isin(pairs[0], both[calls_say_more])
    weaker = np.isin(pairs[1], both[~calls_say_more])
    if gone.any():
        why = "of kind phone between two people whose calls are recorded and say more, so they count once"
        left_out.append(LeftOut("associations", why, int(gone.sum())))
    if weaker.any():
        why = "pairs of people whose recorded contacts of kind phone say more than their calls, so they count once"
        left_out.append(LeftOut("communications", why, int(weaker.sum())))
    return (
        {name: values[~gone] for name, values in contacts.items()},
        {name: values[~weaker] for name, values in calls.items()},
    )
