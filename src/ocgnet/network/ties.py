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
from ocgnet.evidence.spans import group_starts
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

if TYPE_CHECKING:
    import networkx as nx

EVENT_KINDS = ("crime", "report")
"""First entries of ``Ties.kinds``; the kinds of contact follow."""
CRIME, REPORT = 0, 1

_PER_CONTRIBUTION = ("kind", "event", "first", "last", "named", "source")


@dataclass(frozen=True)
class Ties:
    """Undirected weighted ties, sorted by pair, and the contributions they are made of.

    The contributions of tie ``t`` are the rows ``start[t]`` up to ``start[t + 1]`` of ``kind``,
    ``event``, ``amount``, ``first``, ``last``, ``named`` and ``source``, crimes before reports before contacts.
    """

    people: int  # Number of nominals, tied or not; positions run from 0
    a: np.ndarray  # a and b (int32, shape (ties,)): positions in ``Evidence.nominals``, ``a`` < ``b``
    b: np.ndarray
    weight: np.ndarray  # float, shape (ties,): strength: the sum of the amounts, above 0
    start: np.ndarray  # int64, shape (ties + 1,): where the contributions of each tie begin
    kind: np.ndarray  # int8 per contribution: position in ``kinds``
    # int32 per contribution: position in ``Evidence.crimes.events``, ``Evidence.reports.events`` or
    # ``Evidence.associations``
    event: np.ndarray
    amount: np.ndarray  # float per contribution: what it adds to the weight
    # first and last (datetime64[D]): per contribution: dates, NaT when not known; equal for a crime or report
    first: np.ndarray
    last: np.ndarray
    named: np.ndarray  # bool per contribution: whether its id may be named in results
    source: np.ndarray  # int32 per contribution: position in ``sources``, -1 when not known
    kinds: tuple[str, ...]  # ``crime``, ``report`` and the kinds of contact
    sources: tuple[str, ...] = ()  # Sorted references of the sources behind reports
    left_out: tuple[LeftOut, ...] = ()  # Events and contacts that made no tie, and why

    def __len__(self) -> int:
        return len(self.a)

    @property
    def tie(self) -> np.ndarray:
        """Per contribution: the tie it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def counts(self, kind: int) -> np.ndarray:
        """Return per tie how many contributions are of one kind (a position in ``kinds``)."""
        return np.bincount(self.tie[self.kind == kind], minlength=len(self))

    def layer(self, *kinds: str) -> Ties:
        """Return the ties that these kinds of evidence alone would make.

        Raises `ValueError` when a kind is not one of ``kinds``.
        """
        if unknown := sorted(set(kinds) - set(self.kinds)):
            raise ValueError(f"no kind of evidence {', '.join(unknown)}; there are {', '.join(self.kinds)}")
        return self.kept(np.isin(self.kind, [self.kinds.index(k) for k in kinds]))

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

        Contributions that may not be named have their label too; whoever prints masks with ``named``.
        """
        contacts = evidence.associations
        by_report = np.where(contacts.report.astype(bool), contacts.kind + " " + contacts.report, contacts.kind)
        ids = pa.array(np.concatenate([evidence.crimes.events, evidence.reports.events, by_report]), pa.string())
        crimes, reports = len(evidence.crimes.events), len(evidence.reports.events)
        offset = np.array([0, crimes, *[crimes + reports] * (len(self.kinds) - 2)])
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
    kinds = (*EVENT_KINDS, *sorted(k for k, _ in settings.association_weights))
    sources = sorted({*evidence.reports.origin, *evidence.associations.origin} - {""})
    code = {s: i for i, s in enumerate(sources)}
    parts = [
        _from_events(evidence.crimes, CRIME, settings.crime_weight, settings, code, left_out),
        _from_events(evidence.reports, REPORT, settings.report_weight, settings, code, left_out),
        _from_contacts(evidence.associations, kinds, settings, code, left_out),
    ]
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
