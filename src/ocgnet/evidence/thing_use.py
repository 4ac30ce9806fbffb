"""Who has to do with which thing, from when to when: links after every filter, and who used a thing on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.grades import keep_grades, may_be_named
from ocgnet.evidence.period import Period, period_of
from ocgnet.evidence.restricted import RESTRICTED, restricted_ids, used
from ocgnet.evidence.spans import group_starts, reaches
from ocgnet.settings import Settings

USERS = ("user", "owner", "keeper", "subscriber", "controls", "tenant", "resident", "director", "signatory")
"""Relations of those who use a thing. The first that somebody has on a day says who used it on that day."""

SEEN_ONCE = ("seen_at", "passenger")
"""Relations that were observed: without a last day they hold on their first day only."""

NOBODY, SEVERAL, TAKES_NO_PART = -1, -2, -3
"""What stands for the user of a thing on a day: nobody is recorded, several are at once, or it is somebody whose review
is overdue or whose processing is restricted. Only the first is a thing that nobody is known to use."""

_EVER = np.iinfo(np.int32).max
"""A day after all days; minus it is before them."""


@dataclass(frozen=True)
class ThingUse:
    """Links between people and things that count, one a row, sorted by thing, person and first day."""

    people: np.ndarray  # str (object): sorted ids of everybody in these links, nominals or not
    things: np.ndarray  # str (object): sorted ids of all things
    kind: np.ndarray  # str (object) per thing: its kind; "other" where nothing says
    person: np.ndarray  # int32 per link: position in ``people``
    thing: np.ndarray  # int32 per link: position in ``things``
    relation: np.ndarray  # str (object) per link
    confidence: np.ndarray  # str (object) per link: recorded, attributed or suspected
    first: np.ndarray  # first and last (datetime64[D]) per link: NaT where open
    last: np.ndarray
    report: np.ndarray  # str (object) per link: report that records it, empty when none or not to be named
    named: np.ndarray  # bool per link: whether its report may be named in results
    origin: np.ndarray  # str (object) per link: the source behind its report, empty when not known
    aside: Aside  # Links of people who take no part
    left_out: tuple[LeftOut, ...]  # Links that do not count, and why

    def __len__(self) -> int:
        return len(self.person)

    @property
    def suspected(self) -> np.ndarray:
        """Whether each link is only suspected."""
        return np.asarray(self.confidence == "suspected")

    def users_on(self, thing: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return who used each of these things on these days, as positions in ``people`` (int64).

        Of the relations in ``USERS`` the first that somebody has to the thing on the day decides: where one person
        has it, that person; where several do, ``SEVERAL``. ``NOBODY`` where nobody is recorded, and
        ``TAKES_NO_PART`` where the one is somebody who takes no part. A link counts on its first and last day, an
        open one without end.

        Parameters
        ----------
        thing : int array
            Positions in ``things``; negative for a thing that is not known, which nobody uses.
        day : datetime64 array of the same length
            NaT is covered by no link.
        """
        return self.uses_on(thing, day)[0]

    def uses_on(self, thing: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``users_on``, and for each whether it is only suspected, and whether it may be named.

        It may be named where a link that may be named says as much: a suspected one does not where only a report that
        may not be named confirms it.
        """
        on = day.astype("datetime64[D]").astype(np.int64)
        user = np.full(len(thing), NOBODY, np.int64)
        suspected, named = np.zeros(len(thing), bool), np.ones(len(thing), bool)
        open_rows = np.flatnonzero((thing >= 0) & ~np.isnat(day))
        for timeline in self._timelines:
            at = timeline.at(thing[open_rows], on[open_rows])
            hit = at >= 0
            rows, at = open_rows[hit], at[hit]
            user[rows] = timeline.user[at]
            suspected[rows], named[rows] = timeline.suspected[at], timeline.named[at]
            open_rows = open_rows[~hit]
        user[user >= len(self.people)] = TAKES_NO_PART
        return user, suspected & (user >= 0), named | (user < 0)

    @cached_property
    def _timelines(self) -> tuple[_Timeline, ...]:
        """Return by relation in ``USERS`` that occurs who had it when."""
        first, last = _bounds(np.append(self.first, self.aside.first), np.append(self.last, self.aside.last))
        person = np.append(self.person, self.aside.person + len(self.people)).astype(np.int64)
        thing = np.append(self.thing, self.aside.thing).astype(np.int64)
        relation = np.append(self.relation, self.aside.relation)
        hidden = np.zeros(len(self.aside.person), bool)
        sure, named = ~np.append(self.suspected, hidden), np.append(self.named, ~hidden)
        lines = []
        for name in USERS:
            rows = relation == name
            if rows.any():
                lines.append(_Timeline.of(thing[rows], person[rows], first[rows], last[rows], sure[rows], named[rows]))
        return tuple(lines)


@dataclass(frozen=True)
class Aside:
    """Links of people who take no part: they say that a thing has a user, never who."""

    person: np.ndarray  # int32 per link: a number per person
    thing: np.ndarray  # int32 per link: position in ``ThingUse.things``
    relation: np.ndarray  # str (object) per link
    first: np.ndarray  # first and last (datetime64[D]) per link: NaT where open
    last: np.ndarray


@dataclass(frozen=True)
class _Timeline:
    """Who had one relation to a thing, as stretches of days; sorted by thing and begin."""

    low: int  # First day of all stretches that are bounded
    width: int
    key: np.ndarray  # int64: thing × width + first day of the stretch; it lasts until the next
    user: np.ndarray  # int64 per stretch: the person, NOBODY or SEVERAL
    suspected: np.ndarray  # bool per stretch: whether every link of that person is suspected
    named: np.ndarray  # bool per stretch: whether a link that may be named says as much

    @classmethod
    def of(
        cls,
        thing: np.ndarray,
        person: np.ndarray,
        first: np.ndarray,
        last: np.ndarray,
        sure: np.ndarray,
        named: np.ndarray,
    ) -> _Timeline:
        # One span a person and thing: two links of one person that overlap are one user.
        order = np.lexsort((first, person, thing))
        who, what = person[order], thing[order]
        begin, end, sure, named = first[order], last[order], sure[order], named[order]
        pair = np.cumsum(group_starts(what, who)) - 1
        fresh = np.flatnonzero(~reaches(pair, begin, end + 1))
        until = np.maximum.reduceat(end, fresh) if len(fresh) else end
        # What changes on a day: users, the sum of their numbers (the one user where there is one), and links that are
        # firm, that may be named, and that are both.
        changes = np.zeros((5, 2 * (len(fresh) + len(what))), np.int64)
        spans = slice(0, len(fresh)), slice(len(fresh), 2 * len(fresh))
        links = slice(2 * len(fresh), 2 * len(fresh) + len(what)), slice(2 * len(fresh) + len(what), None)
        for way, span, every in zip((1, -1), spans, links, strict=True):
            changes[0, span], changes[1, span] = way, way * who[fresh]
            changes[2, every], changes[3, every], changes[4, every] = way * sure, way * named, way * (sure & named)
        at = np.concatenate((what[fresh], what[fresh], what, what))
        on = np.concatenate((begin[fresh], until + 1, begin, end + 1))
        bounded = on[np.abs(on) < _EVER]
        low = int(bounded.min()) - 1 if len(bounded) else 0
        width = int(bounded.max()) - low + 2 if len(bounded) else 2
        key = at * width + np.clip(on - low, 0, width - 1)
        order = np.argsort(key, kind="stable")
        key = key[order]
        ends = np.flatnonzero(np.append(group_starts(key)[1:], True)) if len(key) else order
        count, total, firm, open_links, firm_and_open = np.cumsum(changes[:, order], axis=1)[:, ends]
        user = np.where(count == 0, NOBODY, np.where(count == 1, total, SEVERAL))
        # What makes it firm has to be open too.
        named = np.where(firm == 0, open_links, firm_and_open) > 0
        return cls(low, width, key[ends], user, firm == 0, named)

    def at(self, thing: np.ndarray, on: np.ndarray) -> np.ndarray:
        """Return which stretch holds each day, -1 where nobody had the relation."""
        day = np.clip(on - self.low, 0, self.width - 2)
        key = thing.astype(np.int64) * self.width + day
        where = np.searchsorted(self.key, key, side="right") - 1
        held = where >= 0
        held &= self.key[where] // self.width == thing
        held &= self.user[where] != NOBODY
        return np.where(held, where, -1)


def _bounds(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last days as numbers, an open one as a day before or after all."""
    begin = np.where(np.isnat(first), -_EVER, first.astype(np.int64))
    end = np.where(np.isnat(last), _EVER, last.astype(np.int64))
    return begin, end


def thing_use(dataset: Dataset, settings: Settings, period: Period | None = None) -> ThingUse:
    """Apply the filters to the links between people and things; without such links everything is empty.

    Links that begin after the day of judgement do not count, nor do those on a report that the filters of reports
    take away, nor those to a thing whose review is overdue. Links of people whose processing is restricted or whose
    review is overdue are kept aside: nobody learns of them, but their things are not taken for things of nobody. A
    link as somebody seen at a thing, or as a passenger, holds on its first day where no last one is given.
    """
    period = period or period_of(dataset, settings)
    links = dataset["thing_links"]
    gone: list[LeftOut] = []

    def keep(rows: pa.Table, mask: pa.Array | pa.ChunkedArray, why: str) -> pa.Table:
        kept = rows.filter(pc.fill_null(mask, False))
        if kept.num_rows < rows.num_rows:
            gone.append(LeftOut("thing_links", why, rows.num_rows - kept.num_rows))
        return kept

    reports = dataset["intel_reports"]
    standing = used(reports, period.as_of, include_overdue=settings.include_overdue)[0]
    standing = standing.filter(keep_grades(standing, settings.min_grade))
    reported, usable = (pc.is_in(links["report_id"], r["report_id"].combine_chunks()) for r in (reports, standing))
    links = keep(links, pc.or_(usable, pc.invert(reported)), "its report is filtered out")
    if period.as_of is not None:
        late = pc.fill_null(pc.greater(links["from_date"], pa.scalar(period.as_of)), False)
        links = keep(links, pc.invert(late), f"after {period.as_of}, the day of judgement")
    overdue = _all_but(dataset["things"], "thing_id", period.as_of, settings)
    links = keep(links, pc.invert(pc.is_in(links["thing_id"], overdue)), "review of the thing overdue")
    silent = pa.array(sorted({*restricted_ids(dataset.tables), *(dataset.withheld or ())}), pa.string())
    restricted = pc.is_in(links["person_id"], silent)
    late_review = pc.is_in(links["person_id"], _all_but(dataset["nominals"], "nominal_id", period.as_of, settings))
    late_review = pc.and_(late_review, pc.invert(restricted))
    hidden = links.filter(pc.or_(restricted, late_review))
    for mask, why in ((restricted, RESTRICTED), (late_review, "review overdue")):
        if rows := pc.sum(mask).as_py():
            gone.append(LeftOut("thing_links", why, rows))
    links = links.filter(pc.invert(pc.or_(restricted, late_review)))
    return _arrays(dataset, links, hidden, reports, tuple(sorted(gone)))


def _all_but(t: pa.Table, key: str, day: date | None, settings: Settings) -> pa.Array:
    """Return the ids of the rows that do not take part."""
    kept = used(t, day, include_overdue=settings.include_overdue)[0][key]
    return t.filter(pc.invert(pc.is_in(t[key], kept.combine_chunks())))[key].combine_chunks()


def _arrays(
    dataset: Dataset, links: pa.Table, hidden: pa.Table, reports: pa.Table, left_out: tuple[LeftOut, ...]
) -> ThingUse:
    recorded = dataset["things"]
    things = _sorted_ids(recorded["thing_id"], dataset["thing_links"]["thing_id"])
    people = _sorted_ids(links["person_id"])
    kind = recorded["kind"].combine_chunks().take(pc.index_in(things, recorded["thing_id"].combine_chunks()))
    secret = reports.filter(pc.invert(may_be_named(reports)))["report_id"].combine_chunks()
    named = pc.invert(pc.is_in(links["report_id"], secret))
    row = pc.index_in(links["report_id"], reports["report_id"].combine_chunks(), skip_nulls=True)
    texts = {
        "relation": pc.fill_null(links["relation"], "other"),
        "confidence": pc.fill_null(links["confidence"], "recorded"),
        "report": pc.if_else(named, pc.fill_null(links["report_id"], ""), ""),
        "origin": pc.fill_null(reports["source_ref"].combine_chunks().take(row), ""),
    }
    columns = {name: _objects(column) for name, column in texts.items()}
    person, thing = _positions(links["person_id"], people), _positions(links["thing_id"], things)
    first, last = _days_of(links)
    order = np.lexsort(
        [pc.rank(pa.array(columns[n], pa.string())).to_numpy() for n in ("report", "confidence", "relation")]
        + [last, first, person, thing]
    )
    strangers = pc.unique(hidden["person_id"].combine_chunks())
    begun, ended = _days_of(hidden)
    aside = Aside(
        _positions(hidden["person_id"], strangers), _positions(hidden["thing_id"], things),
        _objects(pc.fill_null(hidden["relation"], "other")), begun, ended,
    )  # fmt: skip
    return ThingUse(
        _objects(people), _objects(things), _objects(pc.fill_null(kind, "other")),
        person[order], thing[order], columns["relation"][order], columns["confidence"][order], first[order],
        last[order], columns["report"][order], named.to_numpy().astype(bool)[order], columns["origin"][order],
        aside, left_out,
    )  # fmt: skip


def _days_of(links: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last day of each link, NaT where open."""
    first, last = (links[name].to_numpy().astype("datetime64[D]") for name in ("from_date", "to_date"))
    once = pc.is_in(links["relation"], pa.array(SEEN_ONCE)).to_numpy().astype(bool)
    return first, np.where(once & np.isnat(last), first, last)


def _sorted_ids(*columns: pa.ChunkedArray) -> pa.Array:
    ids = pc.unique(pa.chunked_array([chunk for c in columns for chunk in c.chunks], pa.string()))
    return ids.take(pc.sort_indices(ids))


def _positions(ids: pa.ChunkedArray, among: pa.Array) -> np.ndarray:
    return np.asarray(pc.index_in(ids, among).to_numpy().astype(np.int32))


def _objects(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.asarray(texts.to_numpy(zero_copy_only=False) if isinstance(texts, pa.Array) else texts.to_numpy()).astype(
        object
    )
