"""The headline of concentration asked otherwise: another null, another choice, one-origin reports once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocgnet.analysis.concentration_figures import INTERVAL, Words
from ocgnet.analysis.greedy import Greedy
from ocgnet.analysis.measured import Chosen, Measured
from ocgnet.analysis.origins import once_per_origin
from ocgnet.evidence.evidence import Evidence
from ocgnet.results import Figure
from ocgnet.settings import Settings

NAMES = (("crime", "crimes"), ("intel", "intelligence reports"))
"""How figure ids and sentences name the kinds of event."""


def counts_kept(found: Measured, words: Words) -> dict[str, Figure]:
    """Return the headline beside the null in which everybody keeps the number of crimes and of reports.

    The value is the headline's own; only what it is compared with differs, and the words say on which
    side of the central 95% it falls.
    """
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        kind, draws = found.chosen.kinds[i], found.counts_null[i]
        says = (
            f"The same share of {what}, beside what the top {words.who} would cover if everybody kept the number of "
            f"{what} and with whom were chance"
        )
        if not kind.events:
            figure = Figure(None, "share", says, filter=f"{words.kinds[i]}; no such event is linked to {words.who}")
        else:
            hit = int(found.covered[i][found.chosen.count - 1]) if found.chosen.count else 0
            figure = Figure(hit / kind.events, "share", says, hit, kind.events, f"{words.kinds[i]}; {_NOT_DRAWN}")
            if len(draws):
                low, median, high = (float(v) for v in np.quantile(draws, INTERVAL))
                told = (
                    f"null of {len(draws):,} allocations with every count kept; {_side(hit / kind.events, low, high)}"
                )
                figure = replace(
                    figure, filter=f"{words.kinds[i]}; {told}", null_low=low, null_median=median, null_high=high
                )
        figures[f"top_nominals_{name}_counts_kept"] = figure
    return figures


_NOT_DRAWN = (
    "this null is not computed, because the number of links and the size of the events would make it take too long"
)


def _side(value: float, low: float, high: float) -> str:
    """Say what a share below, inside or above the band means."""
    if value < low:
        return "the share is below its central 95%: the top share events with one another more than chance gives"
    if value > high:
        return "the share is above its central 95%: the top share events with one another less than chance gives"
    return "the share is inside its central 95%: the overlap of the top is what chance gives"


def greedily(found: Measured, greedy: Greedy, words: Words) -> dict[str, Figure]:
    """Return what the same number of people cover at most, as far as greedy choice finds it."""
    k = min(words.k, len(greedy.person))
    same = len(set(greedy.person[:k].tolist()) & set(np.flatnonzero(found.chosen.top).tolist()))
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        events = found.chosen.kinds[i].events
        hit = int(greedy.gained[i][:k].sum())
        figures[f"greedy_{name}_share"] = Figure(
            hit / events if events else None,
            "share",
            f"{what.capitalize()} that relate to the {k} {words.who} chosen one by one to cover most",
            hit if events else None,
            events or None,
            f"{words.kinds[i]}; each adds most to the mean share of crimes and of reports covered so far; {same} of "
            f"these {k} are among the top {found.chosen.count}; chosen to be large, so the null of the headline is no "
            "comparison for it",
        )
    return figures


def counted_once(found: Measured, evidence: Evidence, settings: Settings, words: Words) -> dict[str, Figure]:
    """Return the headlines with reports that share one source reference counted once, and the set chosen anew."""
    reports = once_per_origin(evidence.reports)
    merged = len(evidence.reports.events) - len(reports.events)
    once = Chosen.of(replace(evidence, reports=reports), settings)
    same = int((once.top & found.chosen.top).sum())
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        kind = once.kinds[i]
        hit = len(np.unique(kind.event[once.top[kind.person]]))
        figures[f"top_nominals_{name}_once"] = Figure(
            hit / kind.events if kind.events else None,
            "share",
            f"{what.capitalize()} that relate to the {once.count} top {words.who} with one-origin reports once",
            hit if kind.events else None,
            kind.events or None,
            f"{words.kinds[i]}; {merged:,} of {len(evidence.reports.events):,} reports repeat a source "
            f"reference and count with its first; set chosen anew, {same} of {once.count} are in the "
            f"top {found.chosen.count} as well",
        )
    return figures
