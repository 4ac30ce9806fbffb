"""What the network loses with one source, one person or one tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocgnet.evidence.evidence import Evidence
from ocgnet.network.ties import CRIME, REPORT, Ties
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Loss:
    """Ties that weaken or go."""

    ties: np.ndarray  # int: positions of the ties concerned, sorted
    weight: np.ndarray  # float: what is left of each, above 0; of no meaning where it goes
    gone: np.ndarray

    @property
    def cuts(self) -> bool:
        """Whether a tie goes, so that paths change."""
        return bool(self.gone.any())

    @property
    def key(self) -> bytes:
        """Equal for two losses that take the same."""
        return self.ties.tobytes() + self.weight.tobytes() + self.gone.tobytes()


@dataclass(frozen=True)
class SourceLosses:
    """The losses of every single source."""

    losses: tuple[Loss, ...]  # without repeats, those that take most weight first
    of: np.ndarray  # int, shape (sources,): per source that adds to ties: position in ``losses``, never falling
    source: np.ndarray  # int, shape (sources,): position in ``Ties.sources``


def of_tie(tie: int) -> Loss:
    """Return the loss of one tie."""
    return Loss(np.array([tie]), np.ones(1), np.ones(1, bool))


def of_person(ties: Ties, person: int) -> Loss:
    """Return the loss of all that is known of one person."""
    own = np.flatnonzero((ties.a == person) | (ties.b == person))
    return Loss(own, np.ones(len(own)), np.ones(len(own), bool))


def of_sources(evidence: Evidence, ties: Ties) -> SourceLosses:
    """Return what the network loses with each source, its reports and the contacts on them left out.

    Many sources lose the network the same: two informants who each told once of the same two people. Such losses are
    computed once and counted for each. What is left of a tie is what the remaining records would make of it; records
    of contact share one logarithm, so the others count a little more.
    """
    by, at, left, gone = shares_of(evidence, ties, ties.source, ties.other_source)
    begins = np.flatnonzero(np.r_[True, by[1:] != by[:-1]]) if len(by) else by
    told = by[begins]
    heavy = np.add.reduceat(np.where(gone, ties.weight[at], ties.weight[at] - left), begins) if len(by) else by
    order = np.lexsort((told, -np.round(heavy, 9)))
    known: dict[bytes, int] = {}
    losses: list[Loss] = []
    of, ends = np.zeros(len(told), np.int64), np.append(begins, len(by))
    for i in order.tolist():
        part = slice(ends[i], ends[i + 1])
        loss = Loss(at[part], left[part], gone[part])
        of[i] = known.setdefault(loss.key, len(losses))
        if of[i] == len(losses):
            losses.append(loss)
    order = np.lexsort((told, of))
    return SourceLosses(tuple(losses), of[order], told[order])


def shares_of(
    evidence: Evidence, ties: Ties, owner: np.ndarray, other: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what each owner of contributions takes away from each tie.

    ``owner``, shape (contributions,), says whose each is, such as a source or an event; below 0 for nobody's.
    ``other`` may name a second owner of what goes with either. Returns each pair of an owner and a tie that it adds
    to, once, sorted; what the other contributions make of that tie, above 0 (1 where nothing is left, so that equal
    losses have equal keys); and whether nothing is left.
    """
    whose = [owner] if other is None else [owner, other]
    rows, width = np.concatenate([np.flatnonzero(o >= 0) for o in whose]), max(len(ties), 1)
    tie = ties.tie
    code = np.concatenate([o[o >= 0] for o in whose]).astype(np.int64) * width + tie[rows]
    pair, which, many = np.unique(code, return_inverse=True, return_counts=True)
    taken = np.bincount(which, ties.amount[rows], len(pair)) - _regained(evidence, ties, owner, pair)
    by, at = np.divmod(pair, width)
    gone = many == np.diff(ties.start)[at]
    return by, at, np.where(gone, 1.0, np.maximum(np.round(ties.weight[at] - taken, 12), 1e-12)), gone


def _regained(evidence: Evidence, ties: Ties, owner: np.ndarray, pair: np.ndarray) -> np.ndarray:
    """Return per pair of owner and tie what the other contacts add more once those of the owner are gone."""
    found = np.zeros(len(pair))
    rows = np.flatnonzero(ties.contacts)
    if not len(rows) or not (owner[rows] >= 0).any():
        return found
    width, kinds = max(len(ties), 1), len(ties.kinds)
    cell = ties.tie[rows].astype(np.int64) * kinds + ties.kind[rows]
    cells, which = np.unique(cell, return_inverse=True)
    times = evidence.associations.times[ties.event[rows]]
    total = np.bincount(which, times, len(cells))
    amount = np.bincount(which, ties.amount[rows], len(cells))
    # Per owner and cell: the times and the amount that go.
    owned = np.flatnonzero(owner[rows] >= 0)
    code = owner[rows][owned].astype(np.int64) * len(cells) + which[owned]
    own, group = np.unique(code, return_inverse=True)
    by, at = np.divmod(own, len(cells))
    rest = total[at] - np.bincount(group, times[owned], len(own))
    kept = amount[at] - np.bincount(group, ties.amount[rows][owned], len(own))
    some = rest > 0
    factor = np.ones(len(own))
    factor[some] = np.log2(1 + rest[some]) / rest[some] * total[at][some] / np.log2(1 + total[at][some])
    more = np.where(some, kept * (factor - 1), 0.0)
    place = np.searchsorted(pair, by * width + cells[at] // kinds)
    np.add.at(found, place, more)
    return found


# The single crimes and reports that carry most of a person's ties, and what the network loses with each.

EACH = 3
"""Events of one person that are left out alone, at most."""


@dataclass(frozen=True)
class OwnEvents:
    """Pairs of a person and an event, sorted by person, those that take most from the person first."""

    person: np.ndarray  # int, shape (pairs,): position in ``Evidence.nominals``; at most ``EACH`` pairs each
    event: np.ndarray  # int, shape (pairs,): position in ``ids``
    # goes, weakens (int, shape (pairs,)): ties of the person that rest on the event alone, and others that it adds
    # to.
    goes: np.ndarray
    weakens: np.ndarray
    cut: np.ndarray  # int, shape (pairs,): the first of those that rest on it alone, -1 for none
    order: np.ndarray  # int, shape (pairs,): place among the pairs of the person, from 0
    ids: np.ndarray  # str: ids of crimes, then of reports, then things in words
    losses: dict[int, Loss]  # by position in ``ids``


def own_events(evidence: Evidence, ties: Ties, settings: Settings, asked: np.ndarray) -> OwnEvents:
    """Return the events that take most from each person's ties.

    ``asked``, shape (people,), tells whose events to look for.

    Ties that go count before weight that goes: paths depend on which ties there are. Of equal events crimes come
    before reports before things, then the smallest id.

    A report goes with the contacts that it records. What may not be named because of its handling is no candidate.
    Nor is a report in whose place another of the same source would stand, since with ``one_origin_once`` both add
    once: without either of them the ties stay.
    """
    owner, ids = _owners(evidence, ties, settings)
    by, at, left, gone = shares_of(evidence, ties, owner)
    lost = np.where(gone, ties.weight[at], ties.weight[at] - left)
    row = np.tile(np.arange(len(by)), 2)
    person = np.concatenate([ties.a[at], ties.b[at]]).astype(np.int64)
    mine = asked[person]
    row, person = row[mine], person[mine]
    pair, which = np.unique(person * max(len(ids), 1) + by[row], return_inverse=True)
    goes = np.bincount(which, gone[row], len(pair)).astype(np.int64)
    every, weight = np.bincount(which, minlength=len(pair)), np.bincount(which, lost[row], len(pair))
    cut = np.full(len(pair), len(ties))
    np.minimum.at(cut, which[gone[row]], at[row][gone[row]])
    who, event = np.divmod(pair, max(len(ids), 1))
    order = np.lexsort((event, -np.round(weight, 9), -goes, who))
    begins = np.searchsorted(who[order], who[order])
    place = np.arange(len(order)) - begins
    taken = order[place < EACH]
    wanted = np.unique(event[taken])
    first, last = np.searchsorted(by, wanted), np.searchsorted(by, wanted, side="right")
    losses = {}
    for e, i, j in zip(wanted.tolist(), first.tolist(), last.tolist(), strict=True):
        losses[e] = Loss(at[i:j], left[i:j], gone[i:j])
    return OwnEvents(
        person=who[taken],
        event=event[taken],
        goes=goes[taken],
        weakens=(every - goes)[taken],
        cut=np.where(goes[taken] > 0, cut[taken], -1),
        order=place[place < EACH],
        ids=ids,
        losses=losses,
    )


def _owners(evidence: Evidence, ties: Ties, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Return per contribution the event that is tried with it (-1 for none), and the ids of events."""
    crimes, contacts = evidence.crimes.events, evidence.associations
    reports = np.array(sorted({*evidence.reports.events, *contacts.report} - {""}), object)
    place = {r: len(crimes) + i for i, r in enumerate(reports.tolist())}
    replaced = _replaced(evidence) if settings.one_origin_once else set()
    of_report, of_contact = (
        np.array([-1 if r in replaced else place.get(r, -1) for r in held.tolist()], np.int64)
        for held in (evidence.reports.events, contacts.report)
    )
    owner = np.full(len(ties.kind), -1)
    # A thing is one event, whoever shares it: without it all that share it lose it.
    things, of_thing = np.unique(evidence.joined.shared.thing, return_inverse=True)
    for rows, of in (
        (ties.kind == CRIME, np.arange(len(crimes))),
        (ties.kind == REPORT, of_report),
        (ties.contacts, of_contact),
        (ties.shared, of_thing + len(crimes) + len(reports)),
    ):
        owner[rows] = of[ties.event[rows]]
    owner[~ties.named] = -1
    return owner, np.concatenate([crimes, reports, np.array(evidence.joined.words(things), object)])


def _replaced(evidence: Evidence) -> set[str]:
    """Return the reports that say once more what another record of the same source says."""
    reports, contacts = evidence.reports, evidence.associations
    known = np.flatnonzero(reports.origin != "")
    again = _repeated(reports.origin[known], reports.company[known])
    found = set(reports.events[known[again]].tolist())
    known = np.flatnonzero(contacts.origin != "")
    again = _repeated(contacts.origin[known], contacts.a[known], contacts.b[known], contacts.kind[known])
    return found | set(contacts.report[known[again]].tolist())


def _repeated(*columns: np.ndarray) -> np.ndarray:
    """Return which rows have an equal."""
    code = np.zeros(len(columns[0]), np.int64)
    for values in columns:
        which = np.unique(values.astype(str) if values.dtype == object else values, return_inverse=True)[1]
        code = np.unique(code * (int(which.max(initial=0)) + 1) + which, return_inverse=True)[1]
    return np.bincount(code, minlength=1)[code] > 1
