"""Concentration: how much of what is linked to OCG activity relates to a few nominals.

One set of k nominals, chosen once by crimes and reports together, is measured on both. The headline is
a union over events: a crime with three of the nominals counts once. Beside it stand what chance alone
would give, how precisely the share is known, and the same share counted otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ocgnet.analysis.concentration_checks import counted_once, counts_kept, greedily
from ocgnet.analysis.concentration_figures import INTERVAL, Words, headline, holdout, others
from ocgnet.analysis.coverage import fractional_counts, full_counts, harm_counts
from ocgnet.analysis.greedy import greedy_of, greedy_table
from ocgnet.analysis.measured import Chosen, Measured
from ocgnet.analysis.top_lists import top_lists
from ocgnet.evidence.evidence import Evidence
from ocgnet.results import Curve, Figure, ResultTable
from ocgnet.settings import Settings


@dataclass(frozen=True)
class Concentration:
    """What ``concentrate`` answers.

    Parameters
    ----------
    table : ResultTable
        ``concentration``: one row per OCG nominal, in rank order.
    greedy : ResultTable
        ``greedy``: people in the order in which they add most to what is covered.
    lists : ResultTable
        ``top_lists``: who is in the top by both kinds, by one kind alone, greedily, and the period before.
    curves : tuple of Curve
        Union coverage of crimes and of reports along that ranking, with the null.
    crimes, reports : Figure
        Headlines ``top_nominals_crime_share`` and ``top_nominals_intel_share``.
    others : mapping of str to Figure
        ``top_nominals``; the shares counted otherwise (``top_nominals_crime_fractional``, ``…_full``,
        ``top_nominals_harm_share``); ``top_nominals_overlap``; ``crime_gini``, ``report_gini``; the second
        null ``top_nominals_…_counts_kept``; ``greedy_…_share``; with one-origin reports once ``top_nominals_…_once``;
        with an earlier period ``holdout_crime_share``, ``holdout_intel_share`` and ``top_nominals_new``.
    chosen : tuple of str
        Ids of the set, in rank order.
    all_nominals : bool
        True when no membership holds, so that all nominals stand in for OCG nominals.
    notes : tuple of str
        Caveats: the stand-in above, fewer draws than asked.
    """

    table: ResultTable
    greedy: ResultTable
    lists: ResultTable
    curves: tuple[Curve, Curve]
    crimes: Figure
    reports: Figure
    others: Mapping[str, Figure]
    chosen: tuple[str, ...]
    all_nominals: bool
    notes: tuple[str, ...]

    @property
    def figures(self) -> dict[str, Figure]:
        """All figures by id, the headlines first."""
        return {"top_nominals_crime_share": self.crimes, "top_nominals_intel_share": self.reports, **self.others}


def concentrate(
    evidence: Evidence, names: Mapping[str, str], settings: Settings, before: Evidence | None = None
) -> Concentration:
    """Measure how much of the linked crimes and reports relates to the top k nominals.

    Parameters
    ----------
    evidence : Evidence
        After all filters. Events that link no OCG nominal take no part.
    names : mapping of str to str
        Name by id; people without one get a blank.
    settings : Settings
        ``top_k``, ``seed``, ``null_draws``, ``null_links``, ``bootstrap_draws``, ``bootstrap_links``.
    before : Evidence, optional
        An earlier period: the set chosen there by the same rule is measured on this one (hold-out). The
        same period again, as with records without dates, is ignored.

    Returns
    -------
    Concentration
        Shares are None (in tables NaN) where there is no event to share.

    Notes
    -----
    The set: OCG nominals by the sum of their fractional share of crimes and of reports (each event split
    evenly over its OCG nominals); ties by severity of the crimes, then id. Nobody without an event is
    chosen, so the set may hold fewer than k.

    The null gives every event's links to OCG nominals at random, without repetition within an event,
    chooses the top k anew and measures their union coverage (``analysis.null_model``). "Outside chance"
    means above the 99.9th percentile; it is None with fewer than 1,000 draws.

    A second null keeps everybody's number of events and asks about overlap alone (``analysis.null_counts``).
    The greedy curve adds people by what is not covered yet (``analysis.greedy``).

    The 95% interval resamples events and keeps the set fixed; inclusion chooses the set anew in every
    resample (``analysis.bootstrap``). Where links × draws pass the budget in ``settings`` there are fewer
    draws, at least 100; the filter text of each headline states how many were used.

    Without any membership all nominals stand in for OCG nominals, and every text says so.
    """
    found = Measured.of(evidence, settings)
    words = Words(evidence, settings, found)
    crimes, reports = (headline(found, i, name, words) for i, name in ((0, "Crimes"), (1, "Intelligence reports")))
    curves = _curve(found, 0, "crimes"), _curve(found, 1, "reports")
    greedy = greedy_of(found.chosen, settings)
    beside = others(found, words) | counts_kept(found, words) | greedily(found, greedy, words)
    beside |= counted_once(found, evidence, settings, words)
    then = None
    if before is not None and before.period != evidence.period:
        then = Chosen.of(before, settings)
        beside |= holdout(found, then, before.period, words)
    return Concentration(
        ResultTable("concentration", _frame(found, names)),
        greedy_table(found.chosen, greedy, names),
        top_lists(found.chosen, greedy, then, settings.top_k, names),
        curves,
        crimes,
        reports,
        beside,
        tuple(found.chosen.ids[found.chosen.order[: found.chosen.count]]),
        found.chosen.all_nominals,
        tuple(words.notes),
    )


def _curve(found: Measured, i: int, name: str) -> Curve:
    kind, grid = found.chosen.kinds[i], found.grid
    if kind.events:
        covered = np.concatenate(([0.0], found.covered[i] / kind.events))[grid]
        low, median, high = np.quantile(found.null[i], INTERVAL, axis=0)
    else:
        covered = low = median = high = np.full(len(grid), np.nan)
    return Curve(name, kind.events, len(found.chosen.ids), grid, covered, low, median, high)


def _frame(found: Measured, names: Mapping[str, str]) -> pd.DataFrame:
    order, (crimes, reports) = found.chosen.order, found.chosen.kinds
    harm, unknown = harm_counts(crimes)
    known = float(np.nansum(crimes.harm))
    harm_part = fractional_counts(crimes, crimes.harm)
    harm_share = np.where(np.isnan(harm), np.nan, harm_part / known) if known > 0 else np.full(len(harm), np.nan)
    ids = found.chosen.ids[order]
    covered = found.covered
    return pd.DataFrame(
        {
            "nominal_id": pd.array(ids, dtype="str"),
            "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
            "rank": np.arange(1, len(ids) + 1),
            "in_top": np.arange(len(ids)) < found.chosen.count,
            "crimes": full_counts(crimes)[order],
            "reports": full_counts(reports)[order],
            "harm": harm[order],
            "harm_unknown": unknown[order],
            "crime_share": _share(found.chosen.parts[0], crimes.events)[order],
            "report_share": _share(found.chosen.parts[1], reports.events)[order],
            "harm_share": harm_share[order],
            "crimes_covered": covered[0],
            "crimes_covered_share": _share(covered[0], crimes.events),
            "reports_covered": covered[1],
            "reports_covered_share": _share(covered[1], reports.events),
            "inclusion": found.resampled.inclusion[order],
        }
    )


def _share(part: np.ndarray, events: int) -> np.ndarray:
    return part / events if events else np.full(len(part), np.nan)
