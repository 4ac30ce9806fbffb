"""What counts: from all records to the evidence of one analysis, with everything left out counted."""

# Victims and witnesses are gone before any tie is made: ties are built from this evidence only.
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.grades import keep_grades, may_be_named, withheld
from ocgnet.harm import harm_of
from ocgnet.membership import Memberships, memberships_on
from ocgnet.model import table
from ocgnet.period import Period, period_of
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Incidence:
    """Which nominal is linked to which event; pairs are unique and sorted by event, then person.

    Parameters
    ----------
    person : ndarray of int32
        Position in ``Evidence.nominals``.
    event : ndarray of int32
        Position in ``events``; same length as ``person``.
    events : ndarray of str (object)
        Sorted ids of the events that link at least one nominal.
    people : ndarray of int32
        Per event: how many people it links under the same filters, nominals or not.
    on : ndarray of datetime64[D]
        Per event: its date, NaT when not known.
    named : ndarray of bool
        Per event: whether its id may be named in results (false under handling conditions).
    harm : ndarray of float
        Per event: severity weight of a crime, NaN when not known; NaN for reports.
    origin : ndarray of str (object)
        Per event: ``source_ref`` of a report, empty when not known and for crimes.
    company : ndarray of uint64
        Per event: equal for two events of one kind that link the same people, nominals or not.
    """

    person: np.ndarray
    event: np.ndarray
    events: np.ndarray
    people: np.ndarray
    on: np.ndarray
    named: np.ndarray
    harm: np.ndarray
    origin: np.ndarray
    company: np.ndarray

    def of_people(self, keep: np.ndarray) -> Incidence:
        """Return the links of the people marked in ``keep`` (bool per nominal); events of nobody go."""
        chosen = keep[self.person]
        used, event = np.unique(self.event[chosen], return_inverse=True)
        return replace(
            self,
            person=self.person[chosen],
            event=event.astype(np.int32),
            **{n: getattr(self, n)[used] for n in ("events", "people", "on", "named", "harm", "origin", "company")},
        )

    def counts(self, people: int) -> np.ndarray:
        """Return events per person, shape ``(people,)``."""
        return np.bincount(self.person, minlength=people)


@dataclass(frozen=True)
class Associations:
    """Recorded contacts between two nominals, one entry per record, sorted by pair.

    Parameters
    ----------
    a, b : ndarray of int32
        Positions in ``Evidence.nominals``, ``a`` < ``b``.
    kind : ndarray of str (object)
        Kind of contact.
    times : ndarray of float
        Times observed; 1 when not recorded.
    first, last : ndarray of datetime64[D]
        First and latest observation, NaT when not known.
    directed, forward : ndarray of bool
        Whether the contact has a direction, and if so whether it runs from ``a`` to ``b``.
    report, origin : ndarray of str (object)
        Report that records it, empty when none or not to be named; and that report's source.
    named : ndarray of bool
        Whether its report may be named in results.
    """

    a: np.ndarray
    b: np.ndarray
    kind: np.ndarray
    times: np.ndarray
    first: np.ndarray
    last: np.ndarray
    directed: np.ndarray
    forward: np.ndarray
    report: np.ndarray
    named: np.ndarray
    origin: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """Everything an analysis may use.

    Parameters
    ----------
    period : Period
        Dates of the analysis.
    nominals : ndarray of str (object)
        Sorted ids of the nominals that take part.
    crimes, reports : Incidence
        Links after all filters.
    associations : Associations
        Contacts after all filters.
    memberships : Memberships
        On the analysis date.
    left_out : tuple of LeftOut
        What the filters removed.
    """

    period: Period
    nominals: np.ndarray
    crimes: Incidence
    reports: Incidence
    associations: Associations
    memberships: Memberships
    left_out: tuple[LeftOut, ...]

    @property
    def members(self) -> np.ndarray:
        """Whether each nominal belongs to a group on the analysis date."""
        return self.memberships.members(len(self.nominals))


def evidence_of(dataset: Dataset, settings: Settings, period: Period | None = None) -> Evidence:
    """Apply the filters of ``settings`` to all records.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    settings : Settings
        Filters.
    period : Period, optional
        Judge another period, such as the one before; default the one of ``settings``.

    Returns
    -------
    Evidence
        Empty arrays where the data has none; absent tables are no error.

    Raises
    ------
    UsageError
        When ``settings.ocgs`` names a group that is not in the data.
    """
    period = period or period_of(dataset, settings)
    sieve = _Sieve(period)
    nominals = _nominals(dataset, settings, sieve)
    links = sieve.keep(
        dataset["crime_links"],
        pc.is_in(dataset["crime_links"]["link_role"], pa.array(settings.link_roles, pa.string())),
        f"link role is not {' or '.join(settings.link_roles)}",
        "crime_links",
    )
    crimes = _events(dataset, "crimes", "crime_links")
    crimes = crimes.append_column("on", pc.coalesce(crimes["recorded_on"], crimes["occurred_on"]))
    crimes = sieve.dated(crimes, "crimes")
    reports = _events(dataset, "intel_reports", "intel_links")
    reports = reports.append_column("on", reports["reported_on"])
    if not settings.include_overdue:
        reports = sieve.not_overdue(reports, "intel_reports")
    reports = sieve.keep(
        reports,
        keep_grades(reports, settings.min_grade),
        f"grade outside '{settings.min_grade}'",
        "intel_reports",
    )
    associations = _associations(dataset, nominals, reports, sieve)
    reports = sieve.dated(reports, "intel_reports")
    sieve.found += withheld(reports)
    free = np.ones(crimes.num_rows, bool)
    return Evidence(
        period,
        nominals.to_numpy(zero_copy_only=False).astype(object),
        _incidence(
            links, crimes, nominals, free, harm_of(crimes["offence_code"]), pa.nulls(crimes.num_rows, pa.string())
        ),
        _incidence(
            dataset["intel_links"],
            reports,
            nominals,
            may_be_named(reports).to_numpy(zero_copy_only=False),
            np.full(reports.num_rows, np.nan),
            reports["source_ref"],
        ),
        associations,
        memberships_on(dataset, period.as_of, nominals, settings.ocgs),
        tuple(sorted(sieve.found)),
    )


class _Sieve:
    """Filters rows and counts what goes."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.found: list[LeftOut] = []

    def keep(self, t: pa.Table, mask: pa.ChunkedArray | pa.Array, why: str, what: str) -> pa.Table:
        kept = t.filter(pc.fill_null(mask, False))
        if gone := t.num_rows - kept.num_rows:
            self.found.append(LeftOut(what, why, gone))
        return kept

    def not_overdue(self, t: pa.Table, what: str) -> pa.Table:
        if self.period.as_of is None:
            return t
        due = pc.fill_null(pc.less(t["review_due"], pa.scalar(self.period.as_of)), False)
        return self.keep(t, pc.invert(due), "review overdue", what)

    def dated(self, t: pa.Table, what: str) -> pa.Table:
        """Keep what happened in the period; column ``on`` holds the date."""
        first, last = self.period.first, self.period.last
        if first is None or last is None:
            return t
        t = self.keep(t, pc.is_valid(t["on"]), "no date, so in no period", what)
        inside = pc.and_(pc.greater_equal(t["on"], pa.scalar(first)), pc.less_equal(t["on"], pa.scalar(last)))
        return self.keep(t, inside, f"outside {first} to {last}", what)


def _nominals(dataset: Dataset, settings: Settings, sieve: _Sieve) -> pa.Array:
    t = dataset["nominals"]
    if not settings.include_overdue:
        t = sieve.not_overdue(t, "nominals")
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
    starts = np.flatnonzero(np.r_[True, event[1:] != event[:-1]]) if len(event) else event
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


def _associations(dataset: Dataset, nominals: pa.Array, reports: pa.Table, sieve: _Sieve) -> Associations:
    t = dataset["associations"]
    first, last = sieve.period.first, sieve.period.last
    if first is not None and last is not None:
        # An undated contact is kept: it is a recorded relation, not an event of some other year.
        over = pc.fill_null(pc.less(pc.coalesce(t["last_seen"], t["first_seen"]), pa.scalar(first)), False)
        later = pc.fill_null(pc.greater(pc.coalesce(t["first_seen"], t["last_seen"]), pa.scalar(last)), False)
        t = sieve.keep(t, pc.invert(pc.or_(over, later)), f"outside {first} to {last}", "associations")
    known = pc.is_in(t["report_id"], dataset["intel_reports"]["report_id"].combine_chunks())
    usable = pc.is_in(t["report_id"], reports["report_id"].combine_chunks())
    # A contact stands on its report: when the filters take the report away, the contact goes with it.
    t = sieve.keep(t, pc.or_(usable, pc.invert(known)), "its report is filtered out", "associations")
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
