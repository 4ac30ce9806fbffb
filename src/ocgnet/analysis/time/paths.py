"""What became of each person over the snapshots: path of roles, rising or falling, come or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from ocgnet.analysis.events import events_of, stands_of
from ocgnet.analysis.roles.tiers import NO_GROUP, NONE, TIERS
from ocgnet.dataset import Dataset, LeftOut, names_of
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import Associations, Evidence, evidence_of
from ocgnet.evidence.joined import joining_of
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.period import Period, months_after, period_before, period_of
from ocgnet.evidence.record_dates import gaps_of, record_dates
from ocgnet.evidence.restricted import in_use
from ocgnet.network.ties import ties_of
from ocgnet.results import Figure, ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Window:
    """One stretch of time, both days included; ``now`` is false for those of the period before."""

    first: date
    last: date
    now: bool


def windows_of(period: Period, months: int, before: Period | None = None) -> tuple[Window, ...]:
    """Cut the period before, and the period, into stretches of ``months`` months.

    Without ``before`` that is the period of the same length that ends the day before it. The last stretch of each
    ends with it, and may be shorter. Empty without dates or with 0 months.

    >>> year = Period(date(2019, 3, 31), date(2018, 4, 1), date(2019, 3, 31), "")
    >>> [str(w.first) for w in windows_of(year, 6)]
    ['2017-04-01', '2017-10-01', '2018-04-01', '2018-10-01']
    """
    windows = []
    for span, now in ((before or period.before(), False), (period, True)):
        if span.first is None or span.last is None or months < 1:
            return ()
        step, first = 0, span.first
        while first <= span.last:
            step += months
            following = months_after(span.first, step)
            windows.append(Window(first, min(following - timedelta(days=1), span.last), now))
            first = following
    return tuple(windows)


def evidence_over(dataset: Dataset, evidence: Evidence, settings: Settings) -> Evidence:
    """Return the evidence of the period and of the time before it, filtered as on the analysis date.

    The time before reaches back to the period before, and as far as signs on the pathway count. What may not be used
    today (overdue for review, outside the grade filter) is in no snapshot either.
    """
    period = evidence.period
    first = period_before(period, settings).first
    if first is not None and period.as_of is not None:
        # A short period has a short one before it, and no sign may be lost by that.
        first = min(first, period.as_of - timedelta(days=settings.pathway_days - 1))
    return evidence_of(dataset, settings, replace(period, first=first))


def evidence_within(dataset: Dataset, over: Evidence, window: Window, settings: Settings) -> Evidence:
    """Return the part of ``over`` that falls into a window, with the memberships of its last day.

    A contact counts in every window that its first and last sighting touch; an undated one counts in all, since it
    may have held at any time.
    """
    first, last = np.datetime64(window.first), np.datetime64(window.last)
    contacts = over.associations
    begun = np.where(np.isnat(contacts.first), contacts.last, contacts.first)
    ended = np.where(np.isnat(contacts.last), contacts.first, contacts.last)
    # Comparisons with an absent date are false: an undated contact is neither over nor still to come.
    touched = ~((ended < first) | (begun > last))
    return replace(
        over,
        period=replace(over.period, as_of=window.last, first=window.first, last=window.last),
        crimes=over.crimes.of_events((over.crimes.on >= first) & (over.crimes.on <= last)),
        reports=over.reports.of_events((over.reports.on >= first) & (over.reports.on <= last)),
        associations=Associations(**{f.name: getattr(contacts, f.name)[touched] for f in fields(contacts)}),
        memberships=memberships_on(dataset, window.last, pa.array(over.nominals, pa.string()), settings.ocgs),
        left_out=(),
        joined=over.joined.within(window.first, window.last),
    )


DIRECTIONS = ("never tied", "rising", "falling", "steady", "entered", "left", "too few snapshots")
NEVER, RISING, FALLING, STEADY, ENTERED, LEFT, TOO_FEW = range(7)
"""Positions in ``DIRECTIONS``."""

_TREND_STREAM = 104
_DIGITS = 9


@dataclass(frozen=True)
class Course:
    """Everybody's standing in every snapshot."""

    windows: tuple[Window, ...]  # The snapshots, in order
    score: np.ndarray  # float, shape (windows, people): position score in the network of the snapshot
    connected: np.ndarray  # bool, shape (windows, people): whether the person has a tie there
    # int, shape (windows, people): highest suggested role over the person's groups, a position in
    # ``tiers.TIERS``
    tier: np.ndarray
    # bool, shape (windows, people): whether the person was in a group on the last day, and so could be judged
    grouped: np.ndarray

    @property
    def now(self) -> np.ndarray:
        """Whether each snapshot belongs to the period itself, shape ``(windows,)``."""
        return np.array([w.now for w in self.windows], bool)


@dataclass(frozen=True)
class Trend:
    """Both years compared; arrays with one entry per person."""

    direction: np.ndarray  # int: position in ``DIRECTIONS``
    # before and now (float): mean score over the snapshots with ties of each year, NaN without any
    before: np.ndarray
    now: np.ndarray
    times_before: np.ndarray  # times_before and times_now (int): how many snapshots those are
    times_now: np.ndarray


def trend(score: np.ndarray, connected: np.ndarray, now: np.ndarray, settings: Settings) -> Trend:
    """Judge whether people rise or fall from one year to the next.

    Only snapshots with ties enter the means, so that being unseen is not falling: whoever has ties in one year only
    has entered or left. With fewer than ``snapshot_least`` snapshots with ties in either year nothing is said of a
    direction.
    """
    mean, times = [], []
    for rows in (~now, now):
        count = connected[rows].sum(axis=0)
        total = np.where(connected[rows], score[rows], 0.0).sum(axis=0)
        mean.append(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))
        times.append(count)
    change = np.round(mean[1] - mean[0], _DIGITS)
    enough = np.minimum(*times) >= max(settings.snapshot_least, 1)
    # Without snapshots of one of the periods nobody can be said to have come, gone, risen or fallen.
    both = bool(now.any()) and not bool(now.all())
    direction = np.select(
        [
            (times[0] == 0) & (times[1] == 0),
            (times[0] == 0) & both,
            (times[1] == 0) & both,
            ~enough,
            change >= settings.snapshot_change,
            change <= -settings.snapshot_change,
        ],
        [NEVER, ENTERED, LEFT, TOO_FEW, RISING, FALLING],
        STEADY,
    )
    return Trend(direction, mean[0], mean[1], times[0], times[1])


def paths_of(course: Course, ids: np.ndarray, names: Mapping[str, str], settings: Settings) -> ResultTable:
    """Return the table ``paths``: one row per nominal with a tie in any snapshot, sorted by id."""
    judged = trend(course.score, course.connected, course.now, settings)
    rows = np.flatnonzero(judged.direction != NEVER)
    connected, tier = course.connected[:, rows], course.tier[:, rows]
    earliest = np.argmax(connected, axis=0)
    latest = len(course.windows) - 1 - np.argmax(connected[::-1], axis=0)
    first, last = (np.array([getattr(w, end) for w in course.windows], object) for end in ("first", "last"))
    spoken = np.where(course.grouped[:, rows], np.array(TIERS, object)[tier], NO_GROUP)
    spoken[~connected] = "no ties"
    change = np.round(judged.now - judged.before, _DIGITS)[rows]
    frame = pd.DataFrame(
        {
            "nominal_id": pd.array(ids[rows], dtype="str"),
            "name": names_of(ids[rows], names),
            "direction": np.array(DIRECTIONS, object)[judged.direction[rows]],
            "change": change,
            "score_before": np.round(judged.before[rows], _DIGITS),
            "score_now": np.round(judged.now[rows], _DIGITS),
            "snapshots_before": judged.times_before[rows],
            "snapshots_now": judged.times_now[rows],
            "first_from": pd.to_datetime(first[earliest]),
            "last_to": pd.to_datetime(last[latest]),
            "role_changes": _role_changes(tier),
            "roles": [" > ".join(column) for column in spoken.T],
            "because": [_because(judged, row, course, settings) for row in rows.tolist()],
        }
    )
    return ResultTable("paths", frame)


def _role_changes(tier: np.ndarray) -> np.ndarray:
    """Return how often a suggested role differs from the one suggested last; gaps are passed over."""
    latest, changes = np.zeros(tier.shape[1], np.int64), np.zeros(tier.shape[1], np.int64)
    for row in tier:
        changes += (row != NONE) & (latest != NONE) & (row != latest)
        latest = np.where(row != NONE, row, latest)
    return changes


def _because(judged: Trend, row: int, course: Course, settings: Settings) -> str:
    """Return the reasons for one person's direction, in words."""
    spans = []
    for now, times, mean in ((False, judged.times_before, judged.before), (True, judged.times_now, judged.now)):
        own = [w for w in course.windows if w.now is now]
        if not own:
            spans.append("the records do not cover the period before")
            continue
        what = f"ties in {times[row]} of {len(own)} snapshots from {own[0].first} to {own[-1].last}"
        spans.append(f"{what}, mean position score {mean[row]:.2f}" if times[row] else what)
    words, least = "; ".join(spans), settings.snapshot_least
    change, limit = round(judged.now[row] - judged.before[row], _DIGITS), settings.snapshot_change
    match judged.direction[row]:
        case 1 | 2:
            return f"{words}; {change:+.2f}, a change of {limit:g} or more"
        case 3:
            return f"{words}; {change:+.2f}, a change under {limit:g}"
        case 6:
            return f"{words}; a direction needs {least} snapshots with ties in each period"
    return words


def trend_figures(course: Course, settings: Settings) -> dict[str, Figure]:
    """Return how many rise and fall, beside how many would if the order of the snapshots were chance.

    Of each person the snapshots are put into random order, scores and gaps together, and judged again. A share
    inside that band says that the scores of single people wander as much within a year as between the years: then a
    list of risers is a list of chance.
    """
    now = course.now
    shares = _shares(trend(course.score, course.connected, now, settings))
    rng = np.random.default_rng([settings.seed, _TREND_STREAM])
    drawn = []
    for _ in range(settings.snapshot_draws):
        turn = rng.permuted(np.broadcast_to(np.arange(len(now))[:, None], course.score.shape), axis=0)
        score, connected = (np.take_along_axis(m, turn, axis=0) for m in (course.score, course.connected))
        drawn.append(_shares(trend(score, connected, now, settings))[:2])
    figures = {}
    least, limit = settings.snapshot_least, settings.snapshot_change
    for i, name in enumerate(("rising", "falling")):
        low, median, high = (None, None, None)
        if drawn and shares[2]:
            low, median, high = (float(v) for v in np.quantile(np.array(drawn)[:, i], (0.025, 0.5, 0.975)))
        figures[f"nominals_{name}"] = Figure(
            shares[i] if shares[2] else None,
            "share",
            f"Nominals whose position is {name} from the period before to this period",
            round(shares[i] * shares[2]) if shares[2] else None,
            shares[2] or None,
            f"mean position score over snapshots of {settings.snapshot_months} months {name} by {limit:g} or more, of "
            f"nominals with ties in at least {least} snapshots of each year; chance: {settings.snapshot_draws} random "
            "orders of each person's snapshots",
            null_low=low,
            null_median=median,
            null_high=high,
        )
    return figures


def _shares(judged: Trend) -> tuple[float, float, int]:
    """Return the shares rising and falling of those compared, and how many those are."""
    rising, falling, steady = (int((judged.direction == d).sum()) for d in (RISING, FALLING, STEADY))
    compared = rising + falling + steady
    return rising / max(compared, 1), falling / max(compared, 1), compared


@dataclass(frozen=True)
class Earlier:
    """Ties of an earlier period, made by the same filters as those of the analysis."""

    first: date  # first and last: the period, both days included
    last: date
    ties: ResultTable
    events: pd.DataFrame  # Its events, as from :func:`ocgnet.analysis.events.events_of`
    left_out: tuple[LeftOut, ...]  # What took no part in it, and why
    # As what people stand in its crimes, as from :func:`ocgnet.analysis.events.stands_of`
    stands: pd.DataFrame = field(default_factory=pd.DataFrame)
    # What cannot be called new or gone, because the records do not cover both periods
    notes: tuple[str, ...] = ()


def side_by_side(dataset: Dataset, settings: Settings) -> Settings:
    """Return the settings of an analysis whose ties are set beside those of an earlier period.

    Like stands beside like: the network is then made of the period's own records, as that of the earlier period is
    of its own; with all records a tie of long ago would be new, and none would ever be gone. Raises `UsageError`
    when the settings give the network another first day.
    """
    first = period_of(dataset, settings).first
    if settings.network_from not in (None, first):
        raise UsageError(
            "Two periods side by side have each its own network, of its own records: leave out --network-from."
        )
    return replace(settings, network_from=first)


def earlier_ties(dataset: Dataset, settings: Settings, first: date | None = None, last: date | None = None) -> Earlier:
    """Return the ties of an earlier period.

    The filters of ``settings`` hold for both periods; without ``first`` and ``last`` the earlier one is the one
    that ``settings.compare_to`` asks for. Reviews are judged on the day of the analysis: a record that is overdue
    now is not shown because an earlier period was asked for. Contacts without a date belong to every period and so
    are kept ties.

    Raises `UsageError` when the records hold no date, one of the two dates is missing, or the period does not end
    before the one of the analysis begins.
    """
    dataset = in_use(dataset)
    now = period_of(dataset, settings)
    if now.first is None or now.as_of is None:
        raise UsageError("These records hold no date, so there is no earlier period to compare with.")
    if (first is None) != (last is None):
        raise UsageError("Give both --compare-from and --compare-to, or --before for the period before.")
    before = period_before(now, settings)
    first, last = first or before.first, last or before.last
    assert first is not None  # noqa: S101 - before() of a dated period is dated
    assert last is not None  # noqa: S101 - as above
    if first > last:
        raise UsageError(f"The earlier period begins on {first} and ends on {last}: give its first day first.")
    if last >= now.first:
        raise UsageError(f"The earlier period ends on {last}, but the period of the analysis begins on {now.first}.")
    evidence = evidence_of(dataset, settings, Period(now.as_of, first, last, now.note))
    evidence = evidence.with_things(joining_of(dataset, evidence.nominals, settings, evidence.period))
    ties = ties_of(evidence, settings)
    return Earlier(
        first,
        last,
        ties.to_table(evidence),
        events_of(dataset, evidence, ties),
        tuple(sorted((*evidence.left_out, *ties.left_out))),
        stands_of(dataset, evidence, settings),
        _notes(dataset, now, Period(now.as_of, first, last, now.note)),
    )


def _notes(dataset: Dataset, now: Period, before: Period) -> tuple[str, ...]:
    """Say which records that make ties do not cover both periods: what looks new may only be newly recorded."""
    gaps = gaps_of(record_dates(dataset, now.as_of), now, before)
    gaps = {name: gap for name, gap in gaps.items() if name in ("crimes", "intel_reports", "associations")}
    return tuple(f"New or gone may only mean recorded or not: {gap}." for gap in gaps.values())
