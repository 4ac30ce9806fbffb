"""Concentration: how much of what is linked to OCG activity relates to a few nominals.

One set of k nominals, chosen once by crimes and reports together, is measured on both. The headline is
a union over events: a crime with three of the nominals counts once. Beside it stand what chance alone
would give, how precisely the share is known, and the same share counted otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ocgnet.analysis.concentration.chance import DRAWS_FOR_999
from ocgnet.analysis.concentration.coverage import first_rank, fractional_counts, full_counts, harm_counts, sparse_gini
from ocgnet.analysis.concentration.greedy import Greedy, greedy_of, greedy_table, top_lists
from ocgnet.analysis.concentration.ranking import Chosen, Measured
from ocgnet.evidence.evidence import Evidence, Incidence
from ocgnet.evidence.period import Period
from ocgnet.evidence.wording import crime_words, report_words
from ocgnet.results import Curve, Figure, ResultTable
from ocgnet.settings import Settings

INTERVAL = (0.025, 0.5, 0.975)
"""Ends and middle of every interval and band."""


class Words:
    """Sentences for the figures of one analysis."""

    def __init__(self, evidence: Evidence, settings: Settings, measured: Measured) -> None:
        self.who = "nominals" if measured.chosen.all_nominals else "OCG nominals"
        self.activity = "any nominal" if measured.chosen.all_nominals else "OCG activity"
        self.fallback = measured.chosen.all_nominals and len(measured.chosen.ids) > 0
        stand_in = "; no membership holds, so all nominals stand in for OCG nominals" if self.fallback else ""
        self.kinds = (
            f"{crime_words(evidence.period, settings)}{stand_in}",
            f"{report_words(evidence.period, settings)}{stand_in}",
        )
        self.set = (
            f"{measured.chosen.count} of {len(measured.chosen.ids)} {self.who}, chosen by the sum of fractional shares "
            "of crimes and of reports"
        )
        self.k = settings.top_k
        self.used = len(measured.null[0]), len(measured.resampled.coverage[0])
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


def headline(measured: Measured, i: int, name: str, words: Words) -> Figure:
    """Return the union coverage of one kind (0 crimes, 1 reports) with its interval and null."""
    kind = measured.chosen.kinds[i]
    says = f"{name} linked to {words.activity} that relate to the {measured.chosen.count} top {words.who}"
    if not kind.events:
        return Figure(None, "share", says, filter=f"{words.kinds[i]}; no such event is linked to {words.who}")
    hit = kind.related_to(measured.chosen.top)
    value = hit / kind.events
    draws = measured.null[i][:, np.searchsorted(measured.grid, min(words.k, len(measured.chosen.ids)))]
    least, median, most = (float(v) for v in np.quantile(draws, INTERVAL))
    low, high = (float(v) for v in np.quantile(measured.resampled.coverage[i], (INTERVAL[0], INTERVAL[2])))
    enough = len(draws) >= DRAWS_FOR_999
    outside = bool(value > np.quantile(draws, 0.999, method="higher")) if enough else None
    counted = f"{words.kinds[i]}; a union, each event once; {words.set}; {words.draws}"
    return Figure(value, "share", says, hit, kind.events, counted, low, high, least, median, most, outside)


def others(measured: Measured, words: Words) -> dict[str, Figure]:
    """Return the same holdings counted otherwise, the overlap of both kinds, and the Gini coefficients."""
    top = measured.chosen.top
    figures = {
        "top_nominals": Figure(
            measured.chosen.count,
            "count",
            f"The {words.who} with the largest shares of linked crimes and reports",
            measured.chosen.count,
            len(measured.chosen.ids),
            f"top {words.k} asked for; nobody without a linked event is chosen; {words.kinds[0]}; {words.kinds[1]}",
        )
    }
    for i, name in enumerate(("crime", "intel")):
        kind, what = measured.chosen.kinds[i], ("crimes", "reports")[i]
        # Shares of nothing are unknown, not 0.
        fractional = float(measured.chosen.parts[i][top].sum() / kind.events) if kind.events else None
        figures[f"top_nominals_{name}_fractional"] = Figure(
            fractional,
            "share",
            f"Fractional share of the linked {what}: each split evenly over its {words.who}",
            filter=f"{words.kinds[i]}; adds up to 100% over all {words.who}; {words.set}",
        )
        figures[f"top_nominals_{name}_full"] = Figure.share(
            int(full_counts(kind)[top].sum()),
            kind.events,
            f"Full count of the linked {what}: one for every one of its {words.who}, so sums pass 100%",
            f"{words.kinds[i]}; an event with several of them counts several times; {words.set}",
        )
    figures["top_nominals_harm_share"] = _harm_figure(measured, words)
    figures["top_nominals_overlap"] = _overlap(measured, words)
    for i, name in enumerate(("crime", "report")):
        counts = full_counts(measured.chosen.kinds[i])
        figures[f"{name}_gini"] = Figure(
            sparse_gini(counts),
            "number",
            f"Concentration of {name}s over all {words.who}, corrected for sparse counts (0 even, 1 in one hand)",
            filter=f"{words.kinds[i]}; {int(counts.sum()):,} links of {len(counts)} {words.who}",
        )
    return figures


def _harm_figure(measured: Measured, words: Words) -> Figure:
    crimes = measured.chosen.kinds[0]
    harm = np.nan_to_num(crimes.harm)
    total, unknown = float(harm.sum()), int(np.isnan(crimes.harm).sum())
    hit = harm[first_rank(crimes, measured.chosen.order) < measured.chosen.count]
    return Figure(
        float(hit.sum()) / total if total > 0 else None,
        "share",
        f"Severity of crimes linked to {words.activity} that relates to the {measured.chosen.count} top {words.who}",
        filter=f"{words.kinds[0]}; a union weighted by severity; severity is unknown for {unknown} of "
        f"{crimes.events} crimes, which take no part; {words.set}",
    )


def _overlap(measured: Measured, words: Words) -> Figure:
    """Return how many stand in the top k by crimes alone and in the top k by reports alone."""
    ranked = [measured.chosen.apart(i, words.k) for i in range(2)]
    sets = [set(order[:length].tolist()) for order, length in ranked]
    ranked_by = "top {} by crimes alone and top {} by reports alone, each by fractional share".format(*map(len, sets))
    possible = all(sets)
    return Figure(
        len(sets[0] & sets[1]) if possible else None,
        "count",
        f"{words.who[0].upper()}{words.who[1:]} who are in the top {words.k} by crimes alone and by reports alone",
        filter=f"{ranked_by}; intelligence volume also measures police attention; {words.kinds[0]}; {words.kinds[1]}",
    )


def holdout(measured: Measured, then: Chosen, before: Period, words: Words) -> dict[str, Figure]:
    """Return what the set chosen on the earlier period holds of this one.

    None where nobody could be chosen then, or where groups are recorded for one of the periods only.
    """
    chosen = then.count if then.all_nominals == measured.chosen.all_nominals else 0
    inside = np.isin(measured.chosen.ids, then.ids[then.order[:chosen]])
    since = f"set of {chosen} chosen by the same rule on {before.first} to {before.last}"
    still = f"{since}, of whom {int(inside.sum())} are still among the {words.who}"
    figures = {}
    for i, (name, what) in enumerate((("crime", "Crimes"), ("intel", "Intelligence reports"))):
        kind = measured.chosen.kinds[i]
        figures[f"holdout_{name}_share"] = Figure.share(
            kind.related_to(inside),
            kind.events if chosen else 0,
            f"{what} of this period that relate to the top {words.who} of the period before",
            f"{still}; {words.kinds[i]}",
        )
    figures["top_nominals_new"] = Figure.share(
        int((measured.chosen.top & ~inside).sum()),
        measured.chosen.count if chosen else 0,
        f"Top {words.who} who were not among the top of the period before",
        since,
    )
    return figures


# Reports that share one origin: what changes when they count once.
#
# Five reports of one informant corroborate nothing five times. Which report comes from whom stands in
# ``source_ref``; a report without one is taken to be an origin of its own.


def once_per_origin(reports: Incidence) -> Incidence:
    """Return the reports with those of one origin made one, which names whoever any of them names.

    The one report bears the id of the first, the earliest date, and may be named only when all of them may. How
    many people it names outside the nominals is not known, so ``people`` is the largest of the parts or the number
    of nominals, whichever is more. Reports without an origin stay as they are.
    """
    origin = reports.origin
    names, code = np.unique(origin.astype(str), return_inverse=True)
    alone = names[code] == "" if len(names) else np.zeros(0, bool)
    key = np.where(alone, np.arange(len(origin)) + len(names), code)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    # Events are numbered by their first report, so that they stay sorted by id.
    number = np.argsort(np.argsort(first))[group]
    first = np.sort(first)
    width = max(int(reports.person.max(initial=0)) + 1, 1)
    event, person = np.divmod(np.unique(number[reports.event] * np.int64(width) + reports.person), width)
    events = len(first)
    people = np.bincount(event, minlength=events)
    np.maximum.at(people, number, reports.people)
    on = np.full(events, np.datetime64("NaT"), "datetime64[D]")
    np.fmin.at(on, number, reports.on)
    named = np.ones(events, bool)
    np.logical_and.at(named, number, reports.named)
    return replace(
        reports,
        person=person.astype(np.int32),
        event=event.astype(np.int32),
        events=reports.events[first],
        people=people.astype(np.int32),
        on=on,
        named=named,
        **{n: getattr(reports, n)[first] for n in ("harm", "origin", "company")},
    )


NAMES = (("crime", "crimes"), ("intel", "intelligence reports"))
"""How figure ids and sentences name the kinds of event."""


def counts_kept(measured: Measured, words: Words) -> dict[str, Figure]:
    """Return the headline beside the null in which everybody keeps the number of crimes and of reports.

    The value is the headline's own; only what it is compared with differs, and the words say on which
    side of the central 95% it falls.
    """
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        kind, draws = measured.chosen.kinds[i], measured.counts_null[i]
        says = (
            f"The same share of {what}, beside what the top {words.who} would cover if everybody kept the number of "
            f"{what} and with whom were chance"
        )
        if not kind.events:
            figure = Figure(None, "share", says, filter=f"{words.kinds[i]}; no such event is linked to {words.who}")
        else:
            hit = kind.related_to(measured.chosen.top)
            figure = Figure.share(hit, kind.events, says, f"{words.kinds[i]}; {_NOT_DRAWN}")
            if len(draws):
                low, median, high = (float(v) for v in np.quantile(draws, INTERVAL))
                side = _side(hit / kind.events, low, high)
                counted = f"{words.kinds[i]}; null of {len(draws):,} allocations with every count kept; {side}"
                figure = replace(figure, filter=counted, null_low=low, null_median=median, null_high=high)
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


def greedily(measured: Measured, greedy: Greedy, words: Words) -> dict[str, Figure]:
    """Return what the same number of people cover at most, as far as greedy choice finds it."""
    k = min(words.k, len(greedy.person))
    same = len(set(greedy.person[:k].tolist()) & set(np.flatnonzero(measured.chosen.top).tolist()))
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        figures[f"greedy_{name}_share"] = Figure.share(
            int(greedy.gained[i][:k].sum()),
            measured.chosen.kinds[i].events,
            f"{what.capitalize()} that relate to the {k} {words.who} chosen one by one to cover most",
            f"{words.kinds[i]}; each adds most to the mean share of crimes and of reports covered so far; {same} of "
            f"these {k} are among the top {measured.chosen.count}; chosen to be large, so the null of the headline is "
            "no comparison for it",
        )
    return figures


def counted_once(measured: Measured, evidence: Evidence, settings: Settings, words: Words) -> dict[str, Figure]:
    """Return the headlines with reports that share one source reference counted once, and the set chosen anew."""
    reports = once_per_origin(evidence.reports)
    merged = len(evidence.reports.events) - len(reports.events)
    once = Chosen.of(replace(evidence, reports=reports), settings)
    same = int((once.top & measured.chosen.top).sum())
    figures = {}
    for i, (name, what) in enumerate(NAMES):
        figures[f"top_nominals_{name}_once"] = Figure.share(
            once.kinds[i].related_to(once.top),
            once.kinds[i].events,
            f"{what.capitalize()} that relate to the {once.count} top {words.who} with one-origin reports once",
            f"{words.kinds[i]}; {merged:,} of {len(evidence.reports.events):,} reports repeat a source "
            f"reference and count with its first; set chosen anew, {same} of {once.count} are in the "
            f"top {measured.chosen.count} as well",
        )
    return figures


@dataclass(frozen=True)
class Concentration:
    """What ``concentrate`` answers."""

    table: ResultTable  # ``concentration``: one row per OCG nominal, in rank order
    greedy: ResultTable  # ``greedy``: people in the order in which they add most to what is covered
    # ``top_lists``: who is in the top by both kinds, by one kind alone, greedily, and the period before
    lists: ResultTable
    curves: tuple[Curve, Curve]  # Union coverage of crimes and of reports along that ranking, with the null
    # crimes and reports: headlines ``top_nominals_crime_share`` and ``top_nominals_intel_share``
    crimes: Figure
    reports: Figure
    # ``top_nominals``; the shares counted otherwise (``top_nominals_crime_fractional``, ``…_full``,
    # ``top_nominals_harm_share``); ``top_nominals_overlap``; ``crime_gini``, ``report_gini``; the second null
    # ``top_nominals_…_counts_kept``; ``greedy_…_share``; with one-origin reports once ``top_nominals_…_once``;
    # with an earlier period ``holdout_crime_share``, ``holdout_intel_share`` and ``top_nominals_new``
    others: Mapping[str, Figure]
    chosen: tuple[str, ...]  # Ids of the set, in rank order
    all_nominals: bool  # True when no membership holds, so that all nominals stand in for OCG nominals
    notes: tuple[str, ...]  # Caveats: the stand-in above, fewer draws than asked

    @property
    def figures(self) -> dict[str, Figure]:
        """All figures by id, the headlines first."""
        return {"top_nominals_crime_share": self.crimes, "top_nominals_intel_share": self.reports, **self.others}


def concentrate(
    evidence: Evidence, names: Mapping[str, str], settings: Settings, before: Evidence | None = None
) -> Concentration:
    """Measure how much of the linked crimes and reports relates to the top k nominals.

    Shares are None (in tables NaN) where there is no event to share; events that link no OCG nominal take no part.
    Without any membership all nominals stand in for OCG nominals, and every text says so.

    The set: OCG nominals by the sum of their fractional share of crimes and of reports (each event split evenly
    over its OCG nominals); ties by severity of the crimes, then id. Nobody without an event is chosen, so the set
    may hold fewer than k. The set chosen on an earlier period, ``before``, is measured on this one too (hold-out);
    the same period again, as with records without dates, is ignored.

    The null gives every event's links to OCG nominals at random, without repetition within an event, chooses the
    top k anew and measures their union coverage. "Outside chance" means above the 99.9th percentile; it is None
    with fewer than 1,000 draws. A second null keeps everybody's number of events and asks about overlap alone.

    The 95% interval resamples events and keeps the set fixed; inclusion chooses the set anew in every resample.
    Where links × draws pass the budget in ``settings`` there are fewer draws, at least 100; the filter text of each
    headline states how many were used.
    """
    measured = Measured.of(evidence, settings)
    words = Words(evidence, settings, measured)
    crimes, reports = (headline(measured, i, name, words) for i, name in ((0, "Crimes"), (1, "Intelligence reports")))
    curves = _curve(measured, 0, "crimes"), _curve(measured, 1, "reports")
    greedy = greedy_of(measured.chosen, settings)
    beside = others(measured, words) | counts_kept(measured, words) | greedily(measured, greedy, words)
    beside |= counted_once(measured, evidence, settings, words)
    then = None
    if before is not None and before.period != evidence.period:
        then = Chosen.of(before, settings)
        beside |= holdout(measured, then, before.period, words)
    return Concentration(
        ResultTable("concentration", _frame(measured, names)),
        greedy_table(measured.chosen, greedy, names),
        top_lists(measured.chosen, greedy, then, settings.top_k, names),
        curves,
        crimes,
        reports,
        beside,
        tuple(measured.chosen.ids[measured.chosen.order[: measured.chosen.count]]),
        measured.chosen.all_nominals,
        tuple(words.notes),
    )


def _curve(measured: Measured, i: int, name: str) -> Curve:
    kind, grid = measured.chosen.kinds[i], measured.grid
    if kind.events:
        covered = np.concatenate(([0.0], measured.covered[i] / kind.events))[grid]
        low, median, high = np.quantile(measured.null[i], INTERVAL, axis=0)
    else:
        covered = low = median = high = np.full(len(grid), np.nan)
    return Curve(name, kind.events, len(measured.chosen.ids), grid, covered, low, median, high)


def _frame(measured: Measured, names: Mapping[str, str]) -> pd.DataFrame:
    order, (crimes, reports) = measured.chosen.order, measured.chosen.kinds
    harm, unknown = harm_counts(crimes)
    total = float(np.nansum(crimes.harm))
    harm_part = fractional_counts(crimes, crimes.harm)
    harm_share = np.where(np.isnan(harm), np.nan, harm_part / total) if total > 0 else np.full(len(harm), np.nan)
    ids = measured.chosen.ids[order]
    covered = measured.covered
    return pd.DataFrame(
        {
            "nominal_id": pd.array(ids, dtype="str"),
            "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
            "rank": np.arange(1, len(ids) + 1),
            "in_top": np.arange(len(ids)) < measured.chosen.count,
            "crimes": full_counts(crimes)[order],
            "reports": full_counts(reports)[order],
            "harm": harm[order],
            "harm_unknown": unknown[order],
            "crime_share": _share(measured.chosen.parts[0], crimes.events)[order],
            "report_share": _share(measured.chosen.parts[1], reports.events)[order],
            "harm_share": harm_share[order],
            "crimes_covered": covered[0],
            "crimes_covered_share": _share(covered[0], crimes.events),
            "reports_covered": covered[1],
            "reports_covered_share": _share(covered[1], reports.events),
            "inclusion": measured.resampled.inclusion[order],
        }
    )


def _share(part: np.ndarray, events: int) -> np.ndarray:
    return part / events if events else np.full(len(part), np.nan)
