"""What counts: from all records to the evidence of one analysis, with everything left out counted."""

# Victims and witnesses are gone before any tie is made: ties are built from this evidence only.
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.contacts import contacts_once
from ocgnet.evidence.grades import keep_grades, may_be_named, withheld
from ocgnet.evidence.joined import NOTHING, Joined, Joining, joining_of
from ocgnet.evidence.membership import Memberships, memberships_on
from ocgnet.evidence.period import Period, network_period, period_of
from ocgnet.evidence.restricted import used
from ocgnet.evidence.spans import group_starts
from ocgnet.harm import harm_of
from ocgnet.model import table
from ocgnet.model.columns import LINK_ROLES
from ocgnet.settings import Settings

_PER_EVENT = ("events", "people", "on", "named", "harm", "origin", "company")


@dataclass(frozen=True)
class Incidence:
    """Which nominal is linked to which event; pairs are unique and sorted by event, then person."""

    person: np.ndarray  # int32: position in ``Evidence.nominals``
    event: np.ndarray  # int32: position in ``events``; same length as ``person``
    events: np.ndarray  # str (object): sorted ids of the events that link at least one nominal
    people: np.ndarray  # int32 per event: how many people it links under the same filters, nominals or not
    on: np.ndarray  # datetime64[D] per event: its date, NaT when not known
    # bool per event: whether its id may be named in results (false under handling conditions)
    named: np.ndarray
    harm: np.ndarray  # float per event: severity weight of a crime, NaN when not known; NaN for reports
    # str (object) per event: ``source_ref`` of a report, empty when not known and for crimes
    origin: np.ndarray
    # uint64 per event: equal for two events of one kind that link the same people, nominals or not
    company: np.ndarray

    def of_people(self, keep: np.ndarray) -> Incidence:
        """Return the links of the people marked in ``keep`` (bool per nominal); events of nobody go."""
        chosen = keep[self.person]
        used, event = np.unique(self.event[chosen], return_inverse=True)
        return replace(
            self,
            person=self.person[chosen],
            event=event.astype(np.int32),
            **{n: getattr(self, n)[used] for n in _PER_EVENT},
        )

    def of_events(self, keep: np.ndarray) -> Incidence:
        """Return the links of the events marked in ``keep`` (bool per event)."""
        number = np.cumsum(keep) - 1
        kept = keep[self.event]
        return replace(
            self,
            person=self.person[kept],
            event=number[self.event[kept]].astype(np.int32),
            **{n: getattr(self, n)[keep] for n in _PER_EVENT},
        )

    def counts(self, people: int) -> np.ndarray:
        """Return events per person, shape ``(people,)``."""
        return np.bincount(self.person, minlength=people)


@dataclass(frozen=True)
class Associations:
    """Recorded contacts between two nominals, one entry per record, sorted by pair."""

    a: np.ndarray  # a and b (int32): positions in ``Evidence.nominals``, ``a`` < ``b``
    b: np.ndarray
    kind: np.ndarray  # str (object): kind of contact
    times: np.ndarray  # float: times observed; 1 when not recorded
    first: np.ndarray  # first and last (datetime64[D]): first and latest observation, NaT when not known
    last: np.ndarray
    # directed and forward (bool): whether the contact has a direction, and if so whether it runs from ``a`` to
    # ``b``
    directed: np.ndarray
    forward: np.ndarray
    # report and origin (str (object)): report that records it, empty when none or not to be named; and that
    # report's source
    report: np.ndarray
    named: np.ndarray  # bool: whether its report may be named in results
    origin: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """Everything an analysis may use."""

    period: Period
    nominals: np.ndarray  # str (object): sorted ids of the nominals that take part
    crimes: Incidence  # crimes and reports: links after all filters
    reports: Incidence
    associations: Associations  # Contacts after all filters
    memberships: Memberships  # On the analysis date
    left_out: tuple[LeftOut, ...]  # What the filters removed
    # What joins nominals through things; only where ties are made of the evidence (``with_things``)
    joined: Joined = NOTHING

    def with_things(self, joining: Joining | None) -> Evidence:
        """Return the same with what joins the nominals through things in its period; None where nothing does."""
        joined = NOTHING if joining is None else joining.within(self.period)
        return replace(self, joined=joined, left_out=tuple(sorted((*self.left_out, *joined.left_out))))

    @property
    def members(self) -> np.ndarray:
        """Whether each nominal belongs to a group on the analysis date."""
        return self.memberships.members(len(self.nominals))


@dataclass(frozen=True)
class Scope:
    """What one analysis rests on."""

    figures: Evidence  # Of the period: what is counted
    # Of all records up to the day of judgement, or from ``settings.network_from``: what makes ties, and with
    # them positions, roles and communities. The same nominals, filters and memberships as ``figures``
    network: Evidence
    # What the filters removed, and what lies outside one of the two periods or outside both; each row once
    left_out: tuple[LeftOut, ...]
    outside: tuple[LeftOut, ...]  # Of these, what lies outside a period
    joining: Joining | None = None  # What joins the nominals through things, of any period


def scope_of(dataset: Dataset, settings: Settings) -> Scope:
    """Apply the filters once, and cut what passes them to the period of the figures and to that of the network.

    With records that hold no date, everything counts in both. A crime or report without a date belongs to no
    period, so it is in no figure; but it shows that people were together, so it makes ties, unless the network was
    asked to begin on a day. Nothing that is dated after the day of judgement counts in either.

    Raises `UsageError` when the settings name a group that is not in the data, or dates that cannot be.
    """
    period = period_of(dataset, settings)
    span = network_period(period, settings)
    sifted = _Sifted.of(dataset, settings, period)
    now, ever = sifted.within(period), sifted.within(span)
    gone: list[LeftOut] = []
    for name, dates in sifted.dates().items():
        gone += _out_of_either(period, span, name, dates, now[name], ever[name])
    shown = sifted.reports.filter(pa.array(now["intel_reports"] | ever["intel_reports"]))
    network = sifted.evidence(span, ever)
    joining = joining_of(dataset, network.nominals, settings, span)
    network = network.with_things(joining)
    return Scope(
        sifted.evidence(period, now),
        network,
        tuple(sorted([*sifted.left_out, *gone, *withheld(shown), *network.joined.left_out])),
        tuple(sorted(gone)),
        joining,
    )


def evidence_of(dataset: Dataset, settings: Settings, period: Period | None = None) -> Evidence:
    """Apply the filters of ``settings`` to all records, and keep what falls into one period.

    Another ``period``, such as the one before, may be judged instead of that of the settings. Absent tables are no
    error: their arrays are empty. Raises `UsageError` when the settings name a group that is not in the data.
    """
    period = period or period_of(dataset, settings)
    sifted = _Sifted.of(dataset, settings, period)
    return replace(sifted.evidence(period, sifted.within(period)), left_out=sifted.out_of(period))


def left_out_of(dataset: Dataset, settings: Settings, period: Period) -> tuple[LeftOut, ...]:
    """Return what ``evidence_of`` would leave out, without making the evidence."""
    return _Sifted.of(dataset, settings, period).out_of(period)


@dataclass(frozen=True)
class _Dates:
    """When each row of a table began and ended, NaT where not known; one day for an event."""

    first: np.ndarray
    last: np.ndarray

    def inside(self, period: Period, *, undated: bool) -> np.ndarray:
        """Return which rows touch a period; comparisons with an absent day are false."""
        if period.last is None:
            return np.ones(len(self.first), bool)
        gone = self.first > np.datetime64(period.last, "D")
        if period.first is not None:
            gone |= self.last < np.datetime64(period.first, "D")
        return np.asarray(~gone & (undated | ~np.isnat(self.first)))


@dataclass(frozen=True)
class _Sifted:
    """What passes every filter but that of dates."""

    dataset: Dataset
    settings: Settings
    nominals: pa.Array
    links: pa.Table
    crimes: pa.Table
    reports: pa.Table
    associations: pa.Table
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, dataset: Dataset, settings: Settings, period: Period) -> _Sifted:
        sieve = _Sieve(settings, period)
        nominals = _nominals(dataset, settings, sieve)
        links = dataset["crime_links"]
        for role in LINK_ROLES:
            if role not in settings.link_roles:
                why = f"linked as {role}, not as {' or '.join(settings.link_roles)}"
                links = sieve.keep(links, pc.not_equal(links["link_role"], role), why, "crime_links")
        crimes = _events(dataset, "crimes", "crime_links")
        crimes = crimes.append_column("on", pc.coalesce(crimes["recorded_on"], crimes["occurred_on"]))
        reports = _events(dataset, "intel_reports", "intel_links")
        reports = reports.append_column("on", reports["reported_on"])
        reports = sieve.in_use(reports, "intel_reports")
        graded = keep_grades(reports, settings.min_grade)
        reports = sieve.keep(reports, graded, f"grade outside '{settings.min_grade}'", "intel_reports")
        contacts, again = contacts_once(dataset["associations"])
        sieve.count("associations", "the same contact written the other way round, so it counts once", again)
        listed = pc.is_in(contacts["report_id"], dataset["intel_reports"]["report_id"].combine_chunks())
        usable = pc.is_in(contacts["report_id"], reports["report_id"].combine_chunks())
        # A contact stands on its report: when the filters take the report away, the contact goes with it.
        contacts = sieve.keep(contacts, pc.or_(usable, pc.invert(listed)), "its report is filtered out", "associations")
        return cls(dataset, settings, nominals, links, crimes, reports, contacts, tuple(sieve.left_out))

    def dates(self) -> dict[str, _Dates]:
        """Return the dates of what passed, by table."""
        crimes, reports = _days(self.crimes["on"]), _days(self.reports["on"])
        first, last = (_days(self.associations[n]) for n in ("first_seen", "last_seen"))
        return {
            "crimes": _Dates(crimes, crimes),
            "intel_reports": _Dates(reports, reports),
            "associations": _Dates(np.where(np.isnat(first), last, first), np.where(np.isnat(last), first, last)),
        }

    def within(self, period: Period) -> dict[str, np.ndarray]:
        """Return which rows of each table count in a period.

        An undated event is in no period that has a first day. An undated contact is in all: it is a recorded
        relation, not an event of some other year.
        """
        endless = period.first is None
        return {
            name: dates.inside(period, undated=endless or name == "associations")
            for name, dates in self.dates().items()
        }

    def out_of(self, period: Period) -> tuple[LeftOut, ...]:
        """Return what the filters and one period leave out; sorted."""
        held = self.within(period)
        gone = [row for name, dates in self.dates().items() for row in _out_of(period, name, dates, held[name])]
        return tuple(sorted((*self.left_out, *gone, *withheld(self.reports.filter(pa.array(held["intel_reports"]))))))

    def evidence(self, period: Period, held: dict[str, np.ndarray]) -> Evidence:
        """Return the evidence of the rows marked in ``held``; what was left out is the caller's to say."""
        crimes = self.crimes.filter(pa.array(held["crimes"]))
        reports = self.reports.filter(pa.array(held["intel_reports"]))
        return Evidence(
            period,
            self.nominals.to_numpy(zero_copy_only=False).astype(object),
            _incidence(
                self.links, crimes, self.nominals, np.ones(crimes.num_rows, bool), harm_of(crimes["offence_code"]),
                pa.nulls(crimes.num_rows, pa.string()),
            ),
            _incidence(
                self.dataset["intel_links"], reports, self.nominals,
                may_be_named(reports).to_numpy(zero_copy_only=False), np.full(reports.num_rows, np.nan),
                reports["source_ref"],
            ),
            _associations(self.associations.filter(pa.array(held["associations"])), self.nominals, self.reports),
            memberships_on(self.dataset, period.as_of, self.nominals, self.settings.ocgs),
            (),
        )  # fmt: skip


def _days(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy().astype("datetime64[D]"))


def _out_of(period: Period, name: str, dates: _Dates, held: np.ndarray) -> list[LeftOut]:
    """Return how many rows do not count in one period."""
    undated = np.isnat(dates.first)
    reasons = (
        (~held & undated, "no date, so in no period"),
        (~held & ~undated, f"outside {period.first} to {period.last}"),
    )
    return [LeftOut(name, why, int(mask.sum())) for mask, why in reasons if mask.any()]


def _out_of_either(
    period: Period, span: Period, name: str, dates: _Dates, now: np.ndarray, ever: np.ndarray
) -> list[LeftOut]:
    """Return how many rows do not count in the figures, in the network, or in both; each row once."""
    if period.as_of is None:
        return []
    undated = np.isnat(dates.first)
    late = dates.first > np.datetime64(period.as_of, "D")
    reasons = (
        (~now & ever & undated, "no date: in the network, in no figure of the period"),
        (~now & ever & ~undated, f"outside {period.first} to {period.last}: in the network, in no figure"),
        (now & ~ever, f"before {span.first}: in the figures, not in the network"),
        (~now & ~ever & undated, "no date, so in no period"),
        (~now & ~ever & late, f"after {period.as_of}, the day of judgement"),
        (~now & ~ever & ~undated & ~late, f"before {span.first}, so in neither the network nor the figures"),
    )
    return [LeftOut(name, why, int(mask.sum())) for mask, why in reasons if mask.any()]


class _Sieve:
    """Filters rows and counts what goes."""

    def __init__(self, settings: Settings, period: Period) -> None:
        self.settings, self.period = settings, period
        self.left_out: list[LeftOut] = []

    def keep(self, t: pa.Table, mask: pa.ChunkedArray | pa.Array, why: str, what: str) -> pa.Table:
        kept = t.filter(pc.fill_null(mask, False))
        self.count(what, why, t.num_rows - kept.num_rows)
        return kept

    def count(self, what: str, why: str, rows: int) -> None:
        if rows:
            self.left_out.append(LeftOut(what, why, rows))

    def in_use(self, t: pa.Table, what: str) -> pa.Table:
        kept, gone = used(t, self.period.as_of, include_overdue=self.settings.include_overdue)
        for why, rows in gone.items():
            self.count(what, why, rows)
        return kept


def _nominals(dataset: Dataset, settings: Settings, sieve: _Sieve) -> pa.Array:
    t = sieve.in_use(dataset["nominals"], "nominals")
    if settings.ocgs:
        if unknown := sorted(set(settings.ocgs) - set(dataset["ocgs"]["ocg_id"].to_pylist())):
            raise UsageError(f"No group {', '.join(unknown)} in these records; the table ocgs lists their ids.")
        ids = t["nominal_id"].combine_chunks()
        chosen = memberships_on(dataset, sieve.period.as_of, ids, settings.ocgs).members(len(ids))
        t = sieve.keep(t, pa.array(chosen), f"no member of {', '.join(settings.ocgs)}", "nominals")
    return t["nominal_id"].combine_chunks()


def _events(dataset: Dataset, name: str, links: str) -> pa.Table:
    """Return the events, or, when their table was not given, their bare ids as the links name them."""
    t = dataset[name]
    if t.num_rows or name in dataset.given:
        return t
    key = table(name).key[0]
    ids = pc.unique(dataset[links][key].combine_chunks())
    ids = ids.take(pc.sort_indices(ids))
    columns = [ids if c.name == key else pa.nulls(len(ids), c.arrow) for c in table(name).columns]
    return pa.table(columns, schema=table(name).schema)


def _incidence(
    links: pa.Table,
    events: pa.Table,
    nominals: pa.Array,
    named: np.ndarray,
    harm: np.ndarray,
    origin: pa.Array | pa.ChunkedArray,
) -> Incidence:
    """Join links to the events that count; ``events`` is sorted by its key, its first column."""
    key = events.column_names[0]
    event = pc.fill_null(pc.index_in(links[key], events[key].combine_chunks()), -1).to_numpy().astype(np.int64)
    people = links["person_id"].combine_chunks().dictionary_encode()
    nominal = pc.fill_null(pc.index_in(people.dictionary, nominals), -1).to_numpy(zero_copy_only=False)
    width = max(len(nominal), 1)
    linked = event >= 0
    # One link per person and event, however many roles the person has in it.
    pairs = np.unique(event[linked] * width + people.indices.to_numpy()[linked])
    event, code = np.divmod(pairs, width)
    size = np.bincount(event, minlength=events.num_rows)
    company = np.zeros(events.num_rows, np.uint64)
    starts = np.flatnonzero(group_starts(event))
    company[event[starts]] = np.add.reduceat(_scattered(code), starts) if len(event) else 0
    person = nominal[code]
    event, person = event[person >= 0], person[person >= 0]
    used, event = np.unique(event, return_inverse=True)
    order = np.lexsort((person, event))
    return Incidence(
        person[order].astype(np.int32),
        event[order].astype(np.int32),
        events[key].to_numpy().astype(object)[used],
        size[used].astype(np.int32),
        events["on"].to_numpy().astype("datetime64[D]")[used],
        named[used],
        harm[used],
        pc.fill_null(origin, "").to_numpy(zero_copy_only=False).astype(object)[used],
        company[used],
    )


def _scattered(code: np.ndarray) -> np.ndarray:
    """Return 64 scattered bits per number (splitmix64): sums over different sets of people differ."""
    z = (code.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def _associations(t: pa.Table, nominals: pa.Array, reports: pa.Table) -> Associations:
    a, b = (pc.fill_null(pc.index_in(t[n], nominals), -1).to_numpy() for n in ("person_a", "person_b"))
    both = (a >= 0) & (b >= 0) & (a != b)
    t, a, b = t.filter(pa.array(both)), a[both], b[both]
    secret = reports.filter(pc.invert(may_be_named(reports)))["report_id"].combine_chunks()
    named = pc.invert(pc.is_in(t["report_id"], secret))
    report = pc.if_else(named, pc.fill_null(t["report_id"], ""), "")
    row = pc.index_in(t["report_id"], reports["report_id"].combine_chunks(), skip_nulls=True)
    origin = pc.fill_null(reports["source_ref"].combine_chunks().take(row), "").to_numpy().astype(object)
    kind = t["kind"].to_numpy().astype(object)
    report = report.to_numpy().astype(object)
    times = pc.fill_null(t["times_observed"], 1).to_numpy().astype(float)
    low, high = np.minimum(a, b), np.maximum(a, b)
    begun, ended = (t[n].to_numpy().astype("datetime64[D]") for n in ("first_seen", "last_seen"))
    order = np.lexsort((times, report, ended, begun, a, kind, high, low)) if len(a) else np.zeros(0, int)
    return Associations(
        low[order].astype(np.int32),
        high[order].astype(np.int32),
        kind[order],
        times[order],
        begun[order],
        ended[order],
        pc.fill_null(t["directed"], False).to_numpy().astype(bool)[order],
        (a < b)[order],
        report[order],
        named.to_numpy().astype(bool)[order],
        origin[order],
    )
