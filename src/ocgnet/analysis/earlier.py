"""The ties of an earlier period, to set beside those of the period that an analysis is about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from ocgnet.analysis.events import events_of, stands_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import evidence_of
from ocgnet.evidence.period import Period, period_before, period_of
from ocgnet.evidence.record_dates import gaps_of, record_dates
from ocgnet.network.ties import ties_of
from ocgnet.results import ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Earlier:
    """Ties of an earlier period, made by the same filters as those of the analysis.

    Parameters
    ----------
    first, last : date
        The period, both days included.
    ties : ResultTable
        Table ``ties`` of that period.
    events : pandas.DataFrame
        Its events, as from :func:`ocgnet.analysis.events.events_of`.
    left_out : tuple of LeftOut
        What took no part in it, and why.
    notes : tuple of str
        What cannot be called new or gone, because the records do not cover both periods.
    stands : pandas.DataFrame
        As what people stand in its crimes, as from :func:`ocgnet.analysis.events.stands_of`.
    """

    first: date
    last: date
    ties: ResultTable
    events: pd.DataFrame
    left_out: tuple[LeftOut, ...]
    stands: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


def side_by_side(dataset: Dataset, settings: Settings) -> Settings:
    """Return the settings of an analysis whose ties are set beside those of an earlier period.

    Like stands beside like: the network is then made of the period's own records, as that of the earlier period
    is of its own; with all records a tie of long ago would be new, and none would ever be gone.

    Raises
    ------
    UsageError
        When the settings give the network another first day.
    """
    first = period_of(dataset, settings).first
    if settings.network_from not in (None, first):
        raise UsageError(
            "Two periods side by side have each its own network, of its own records: leave out --network-from."
        )
    return replace(settings, network_from=first)


def earlier_ties(dataset: Dataset, settings: Settings, first: date | None = None, last: date | None = None) -> Earlier:
    """Return the ties of an earlier period.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    settings : Settings
        Those of the analysis; its filters hold for both periods.
    first, last : date, optional
        The earlier period; default the one that ``settings.compare_to`` asks for.

    Raises
    ------
    UsageError
        When the records hold no date, one of the two dates is missing, or the period does not end
        before the one of the analysis begins.

    Notes
    -----
    Reviews are judged on the day of the analysis: a record that is overdue now is not shown because
    an earlier period was asked for. Contacts without a date belong to every period and so are kept ties.
    """
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
