"""Weighted ties between people, each with the events that made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import LeftOut
from ocgnet.evidence.evidence import Evidence
from ocgnet.results import ResultTable

if TYPE_CHECKING:
    import networkx as nx

EVENT_KINDS = ("crime", "report")
"""First entries of ``Ties.kinds``; the kinds of contact follow."""
CRIME, REPORT = 0, 1


@dataclass(frozen=True)
class Ties:
    """Undirected weighted ties, sorted by pair, and the contributions they are made of.

    The contributions of tie ``t`` are the rows ``start[t]`` up to ``start[t + 1]`` of ``kind``,
    ``event``, ``amount``, ``first``, ``last``, ``named`` and ``source``, crimes before reports before contacts.

    Parameters
    ----------
    people : int
        Number of nominals, tied or not; positions run from 0.
    a, b : ndarray of int32, shape (ties,)
        Positions in ``Evidence.nominals``, ``a`` < ``b``.
    weight : ndarray of float, shape (ties,)
        Strength: the sum of the amounts, above 0.
    start : ndarray of int64, shape (ties + 1,)
        Where the contributions of each tie begin.
    kind : ndarray of int8
        Per contribution: position in ``kinds``.
    event : ndarray of int32
        Per contribution: position in ``Evidence.crimes.events``, ``Evidence.reports.events`` or
        ``Evidence.associations``.
    amount : ndarray of float
        Per contribution: what it adds to the weight.
    first, last : ndarray of datetime64[D]
        Per contribution: dates, NaT when not known; equal for a crime or report.
    named : ndarray of bool
        Per contribution: whether its id may be named in results.
    source : ndarray of int32
        Per contribution: position in ``sources``, -1 when not known.
    kinds : tuple of str
        ``crime``, ``report`` and the kinds of contact.
    sources : tuple of str
        Sorted references of the sources behind reports.
    left_out : tuple of LeftOut
        Events and contacts that made no tie, and why.
    """

    people: int
    a: np.ndarray
    b: np.ndarray
    weight: np.ndarray
    start: np.ndarray
    kind: np.ndarray
    event: np.ndarray
    amount: np.ndarray
    first: np.ndarray
    last: np.ndarray
    named: np.ndarray
    source: np.ndarray
    kinds: tuple[str, ...]
    sources: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return len(self.a)

    @property
    def tie(self) -> np.ndarray:
        """Per contribution: the tie it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @property
    def connected(self) -> np.ndarray:
        """Whether each person has a tie, shape ``(people,)``."""
        found = np.zeros(self.people, bool)
        found[self.a] = True
        found[self.b] = True
        return found

    def counts(self, kind: int) -> np.ndarray:
        """Return per tie how many contributions are of one kind (a position in ``kinds``)."""
        return np.bincount(self.tie[self.kind == kind], minlength=len(self))

    def layer(self, *kinds: str) -> Ties:
        """Return the ties that these kinds of evidence alone would make.

        Raises
        ------
        ValueError
            When a kind is not one of ``kinds``.
        """
        if unknown := sorted(set(kinds) - set(self.kinds)):
            raise ValueError(f"no kind of evidence {', '.join(unknown)}; there are {', '.join(self.kinds)}")
        chosen = [self.kinds.index(k) for k in kinds]
        keep = np.isin(self.kind, chosen)
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
            **{n: getattr(self, n)[keep] for n in ("kind", "event", "first", "last", "named", "source")},
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
        new = np.ones(len(tie), bool)
        # Contributions of a tie are sorted by kind, so a kind begins where it differs from the row before.
        new[1:] = (tie[1:] != tie[:-1]) | (self.kind[1:] != self.kind[:-1])
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
