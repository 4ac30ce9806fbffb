"""The figures of concentration, each with the words for what was counted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ocgnet.analysis.coverage import first_rank, full_counts, sparse_gini
from ocgnet.analysis.measured import Chosen, Measured
from ocgnet.analysis.null_model import DRAWS_FOR_999
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.period import Period
from ocgnet.evidence.wording import crime_words, report_words
from ocgnet.results import Figure
from ocgnet.settings import Settings

INTERVAL = (0.025, 0.5, 0.975)
"""Ends and middle of every interval and band."""


class Words:
    """Sentences for the figures of one analysis."""

    def __init__(self, evidence: Evidence, settings: Settings, found: Measured) -> None:
        self.who = "nominals" if found.chosen.all_nominals else "OCG nominals"
        self.activity = "any nominal" if found.chosen.all_nominals else "OCG activity"
        self.fallback = found.chosen.all_nominals and len(found.chosen.ids) > 0
        told = "; no membership holds, so all nominals stand in for OCG nominals" if self.fallback else ""
        self.kinds = (
            f"{crime_words(evidence.period, settings)}{told}",
            f"{report_words(evidence.period, settings)}{told}",
        )
        self.set = (
            f"{found.chosen.count} of {len(found.chosen.ids)} {self.who}, chosen by the sum of fractional shares "
            "of crimes and of reports"
        )
        self.k = settings.top_k
        self.used = len(found.null[0]), len(found.resampled.coverage[0])
        wanted = settings.null_draws, settings.bootstrap_draws
        self.reduced = ""
        if self.used != wanted:
            self.reduced = f" (reduced from {wanted[0]:,} and {wanted[1]:,} because of the number of links)"
        if self.used[0] < DRAWS_FOR_999:
            self.reduced += "; too few draws to see a 99.9th percentile, so nothing is said of outside chance"

    @property
    def draws(self) -> str:
        """How many draws stand behind a headline."""
        null, boot = self.used
        return (
            f"null of {null:,} random allocations, interval of {boot:,} resamples of events with the set kept fixed"
            f"{self.reduced}"
        )

    @property
    def notes(self) -> Iterator[str]:
        """Give caveats for every output of the run."""
        if self.fallback:
            yield "No membership of a group holds on the analysis date, so concentration is measured over all nominals."
        if self.reduced:
            yield f"Concentration: {self.draws}."


def headline(found: Measured, i: int, name: str, words: Words) -> Figure:
    """Return the union coverage of one kind (0 crimes, 1 reports) with its interval and null."""
    kind = found.chosen.kinds[i]
    says = f"{name} linked to {words.activity} that relate to the {found.chosen.count} top {words.who}"
    if not kind.events:
        return Figure(None, "share", says, filter=f"{words.kinds[i]}; no such event is linked to {words.who}")
    hit = int(found.covered[i][found.chosen.count - 1]) if found.chosen.count else 0
    value = hit / kind.events
    draws = found.null[i][:, np.searchsorted(found.grid, min(words.k, len(found.chosen.ids)))]
    null_low, null_median, null_high = (float(v) for v in np.quantile(draws, INTERVAL))
    low, high = (float(v) for v in np.quantile(found.resampled.coverage[i], (INTERVAL[0], INTERVAL[2])))
    outside = None
    if len(draws) >= DRAWS_FOR_999:
        outside = bool(value > np.quantile(draws, 0.999, method="higher"))
    return Figure(
        value,
        "share",
        says,
        hit,
        kind.events,
        f"{words.kinds[i]}; a union, each event once; {words.set}; {words.draws}",
        low,
        high,
        null_low,
        null_median,
        null_high,
        outside,
    )


def others(found: Measured, words: Words) -> dict[str, Figure]:
    """Return the same holdings counted otherwise, the overlap of both kinds, and the Gini coefficients."""
    top = found.chosen.top
    figures = {
        "top_nominals": Figure(
            found.chosen.count,
            "count",
            f"The {words.who} with the largest shares of linked crimes and reports",
            found.chosen.count,
            len(found.chosen.ids),
            f"top {words.k} asked for; nobody without a linked event is chosen; {words.kinds[0]}; {words.kinds[1]}",
        )
    }
    for i, name in enumerate(("crime", "intel")):
        kind, what = found.chosen.kinds[i], ("crimes", "reports")[i]
        # Shares of nothing are unknown, not 0.
        fractional = float(found.chosen.parts[i][top].sum() / kind.events) if kind.events else None
        full = int(full_counts(kind)[top].sum()) if kind.events else None
        figures[f"top_nominals_{name}_fractional"] = Figure(
            fractional,
            "share",
            f"Fractional share of the linked {what}: each split evenly over its {words.who}",
            filter=f"{words.kinds[i]}; adds up to 100% over all {words.who}; {words.set}",
        )
        figures[f"top_nominals_{name}_full"] = Figure(
            None if full is None else full / kind.events,
            "share",
            f"Full count of the linked {what}: one for every one of its {words.who}, so sums pass 100%",
            full,
            kind.events or None,
            f"{words.kinds[i]}; an event with several of them counts several times; {words.set}",
        )
    figures["top_nominals_harm_share"] = _harm_figure(found, words)
    figures["top_nominals_overlap"] = _overlap(found, words)
    for i, name in enumerate(("crime", "report")):
        counts = full_counts(found.chosen.kinds[i])
        figures[f"{name}_gini"] = Figure(
            sparse_gini(counts),
            "number",
            f"Concentration of {name}s over all {words.who}, corrected for sparse counts (0 even, 1 in one hand)",
            filter=f"{words.kinds[i]}; {int(counts.sum()):,} links of {len(counts)} {words.who}",
        )
    return figures


def _harm_figure(found: Measured, words: Words) -> Figure:
    crimes = found.chosen.kinds[0]
    known = np.nan_to_num(crimes.harm)
    total, unknown = float(known.sum()), int(np.isnan(crimes.harm).sum())
    hit = known[first_rank(crimes, found.chosen.order) < found.chosen.count]
    return Figure(
        float(hit.sum()) / total if total > 0 else None,
        "share",
        f"Severity of crimes linked to {words.activity} that relates to the {found.chosen.count} top {words.who}",
        filter=f"{words.kinds[0]}; a union weighted by severity; severity is unknown for {unknown} of "
        f"{crimes.events} crimes, which take no part; {words.set}",
    )


def _overlap(found: Measured, words: Words) -> Figure:
    """Return how many stand in the top k by crimes alone and in the top k by reports alone."""
    ranked = [found.chosen.apart(i, words.k) for i in range(2)]
    sets = [set(order[:length].tolist()) for order, length in ranked]
    told = "top {} by crimes alone and top {} by reports alone, each by fractional share".format(*map(len, sets))
    possible = all(sets)
    return Figure(
        len(sets[0] & sets[1]) if possible else None,
        "count",
        f"{words.who[0].upper()}{words.who[1:]} who are in the top {words.k} by crimes alone and by reports alone",
        filter=f"{told}; intelligence volume also measures police attention; {words.kinds[0]}; {words.kinds[1]}",
    )


def holdout(found: Measured, then: Chosen, before: Period, words: Words) -> dict[str, Figure]:
    """Return what the set chosen on the earlier period holds of this one.

    None where nobody could be chosen then, or where groups are recorded for one of the periods only.
    """
    chosen = then.count if then.all_nominals == found.chosen.all_nominals else 0
    inside = np.isin(found.chosen.ids, then.ids[then.order[:chosen]])
    since = f"set of {chosen} chosen by the same rule on {before.first} to {before.last}"
    told = f"{since}, of whom {int(inside.sum())} are still among the {words.who}"
    figures = {}
    for i, (name, what) in enumerate((("crime", "Crimes"), ("intel", "Intelligence reports"))):
        kind = found.chosen.kinds[i]
        hit = len(np.unique(kind.event[inside[kind.person]]))
        known = kind.events > 0 and chosen > 0
        figures[f"holdout_{name}_share"] = Figure(
            hit / kind.events if known else None,
            "share",
            f"{what} of this period that relate to the top {words.who} of the period before",
            hit if known else None,
            kind.events if known else None,
            f"{told}; {words.kinds[i]}",
        )
    new = found.chosen.count - int(inside[found.chosen.order[: found.chosen.count]].sum())
    known = bool(found.chosen.count and chosen)
    figures["top_nominals_new"] = Figure(
        new / found.chosen.count if known else None,
        "share",
        f"Top {words.who} who were not among the top of the period before",
        new if known else None,
        found.chosen.count if known else None,
        since,
    )
    return figures
