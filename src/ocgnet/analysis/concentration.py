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

from ocgnet.analysis.bootstrap import Resampled, resample
from ocgnet.analysis.coverage import (
    Linked,
    covered_by_rank,
    first_rank,
    fractional_counts,
    full_counts,
    harm_counts,
    linked_to,
    rank_grid,
    ranking,
    scores,
    sparse_gini,
)
from ocgnet.analysis.null_model import DRAWS_FOR_999, draws_within, random_coverage
from ocgnet.analysis.wording import crime_words, report_words
from ocgnet.results import Curve, Figure, ResultTable
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

_INTERVAL = (0.025, 0.5, 0.975)
_NULL_STREAM, _BOOTSTRAP_STREAM = 101, 102


@dataclass(frozen=True)
class Concentration:
    """What ``concentrate`` answers.

    Parameters
    ----------
    table : ResultTable
        ``concentration``: one row per OCG nominal, in rank order.
    curves : tuple of Curve
        Union coverage of crimes and of reports along that ranking, with the null.
    crimes, reports : Figure
        Headlines ``top_nominals_crime_share`` and ``top_nominals_intel_share``.
    others : mapping of str to Figure
        ``top_nominals``; the shares counted otherwise (``top_nominals_crime_fractional``, ``…_full``,
        ``top_nominals_harm_share``); ``top_nominals_overlap``; ``crime_gini``, ``report_gini``; with an
        earlier period ``holdout_crime_share``, ``holdout_intel_share`` and ``top_nominals_new``.
    chosen : tuple of str
        Ids of the set, in rank order.
    all_nominals : bool
        True when no membership holds, so that all nominals stand in for OCG nominals.
    """

    table: ResultTable
    curves: tuple[Curve, Curve]
    crimes: Figure
    reports: Figure
    others: Mapping[str, Figure]
    chosen: tuple[str, ...]
    all_nominals: bool

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
        An earlier period: the set chosen there by the same rule is measured on this one (hold-out).

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

    The 95% interval resamples events and keeps the set fixed; inclusion chooses the set anew in every
    resample (``analysis.bootstrap``). Where links × draws pass the budget in ``settings`` there are fewer
    draws, at least 100; the filter text of each headline states how many were used.

    Without any membership all nominals stand in for OCG nominals, and every text says so.
    """
    found = _Measured.of(evidence, settings)
    words = _Words(evidence, settings, found)
    crimes, reports = (_headline(found, i, name, words) for i, name in ((0, "Crimes"), (1, "Intelligence reports")))
    curves = _curve(found, 0, "crimes"), _curve(found, 1, "reports")
    others = _others(found, words)
    if before is not None:
        others |= _holdout(found, before, settings, words)
    return Concentration(
        ResultTable("concentration", _frame(found, names)),
        curves,
        crimes,
        reports,
        others,
        tuple(found.ids[found.order[: found.chosen]]),
        found.all_nominals,
    )


@dataclass(frozen=True)
class _Measured:
    """Ranking, coverage, null and resamples of one period; people are positions in ``ids``."""

    ids: np.ndarray
    all_nominals: bool
    kinds: tuple[Linked, Linked]
    parts: tuple[np.ndarray, np.ndarray]
    order: np.ndarray
    chosen: int
    grid: np.ndarray
    null: list[np.ndarray]
    resampled: Resampled

    @classmethod
    def of(cls, evidence: Evidence, settings: Settings) -> _Measured:
        ids, all_nominals, kinds, parts, order, chosen = _ranked(evidence, settings)
        links = sum(k.links for k in kinds)
        grid = rank_grid(len(ids), settings.top_k)
        null_draws = draws_within(settings.null_draws, links, settings.null_links)
        boot_draws = draws_within(settings.bootstrap_draws, links, settings.bootstrap_links)
        null = random_coverage(kinds, grid, null_draws, np.random.default_rng([settings.seed, _NULL_STREAM]))
        rng = np.random.default_rng([settings.seed, _BOOTSTRAP_STREAM])
        resampled = resample(kinds, order, chosen, settings.top_k, boot_draws, rng)
        return cls(ids, all_nominals, kinds, parts, order, chosen, grid, null, resampled)

    @property
    def covered(self) -> tuple[np.ndarray, np.ndarray]:
        return covered_by_rank(self.kinds[0], self.order), covered_by_rank(self.kinds[1], self.order)

    @property
    def top(self) -> np.ndarray:
        """Whether each person is in the set."""
        inside = np.zeros(len(self.ids), bool)
        inside[self.order[: self.chosen]] = True
        return inside


def _ranked(
    evidence: Evidence, settings: Settings
) -> tuple[np.ndarray, bool, tuple[Linked, Linked], tuple[np.ndarray, np.ndarray], np.ndarray, int]:
    members = evidence.members
    all_nominals = not members.any()
    keep = np.ones(len(members), bool) if all_nominals else members
    kinds = linked_to(evidence.crimes, keep), linked_to(evidence.reports, keep)
    parts = fractional_counts(kinds[0]), fractional_counts(kinds[1])
    score = scores(kinds, parts)
    order = ranking(score, harm_counts(kinds[0])[0])
    chosen = min(settings.top_k, int((score > 0).sum()))
    return evidence.nominals[keep], all_nominals, kinds, parts, order, chosen


class _Words:
    """Sentences for the figures of one analysis."""

    def __init__(self, evidence: Evidence, settings: Settings, found: _Measured) -> None:
        self.who = "nominals" if found.all_nominals else "OCG nominals"
        self.activity = "any nominal" if found.all_nominals else "OCG activity"
        fallback = "; no membership holds, so all nominals stand in for OCG nominals" if found.all_nominals else ""
        self.kinds = (
            f"{crime_words(evidence.period, settings)}{fallback}",
            f"{report_words(evidence.period, settings)}{fallback}",
        )
        self.set = (
            f"{found.chosen} of {len(found.ids)} {self.who}, chosen by the sum of fractional shares "
            "of crimes and of reports"
        )
        self.k = settings.top_k
        self.wanted = settings.null_draws, settings.bootstrap_draws

    def draws(self, null: int, boot: int) -> str:
        """Return how many draws stand behind a headline, and that they were reduced."""
        told = f"null of {null:,} random allocations; interval of {boot:,} resamples of events, set kept fixed"
        if (null, boot) != self.wanted:
            told += f" (reduced from {self.wanted[0]:,} and {self.wanted[1]:,} because of the number of links)"
        if null < DRAWS_FOR_999:
            told += "; too few draws to see a 99.9th percentile"
        return told


def _headline(found: _Measured, i: int, name: str, words: _Words) -> Figure:
    kind = found.kinds[i]
    says = f"{name} linked to {words.activity} that relate to the {found.chosen} top {words.who}"
    if not kind.events:
        return Figure(None, "share", says, filter=f"{words.kinds[i]}; no such event is linked to {words.who}")
    hit = int(found.covered[i][found.chosen - 1]) if found.chosen else 0
    value = hit / kind.events
    draws = found.null[i][:, np.searchsorted(found.grid, min(words.k, len(found.ids)))]
    null_low, null_median, null_high = (float(v) for v in np.quantile(draws, _INTERVAL))
    low, high = (float(v) for v in np.quantile(found.resampled.coverage[i], (_INTERVAL[0], _INTERVAL[2])))
    outside = None
    if len(draws) >= DRAWS_FOR_999:
        outside = bool(value > np.quantile(draws, 0.999, method="higher"))
    return Figure(
        value,
        "share",
        says,
        hit,
        kind.events,
        f"{words.kinds[i]}; a union, each event once; {words.set}; "
        f"{words.draws(len(draws), len(found.resampled.coverage[i]))}",
        low,
        high,
        null_low,
        null_median,
        null_high,
        outside,
    )


def _curve(found: _Measured, i: int, name: str) -> Curve:
    kind, grid = found.kinds[i], found.grid
    if kind.events:
        covered = np.concatenate(([0.0], found.covered[i] / kind.events))[grid]
        low, median, high = np.quantile(found.null[i], _INTERVAL, axis=0)
    else:
        covered = low = median = high = np.full(len(grid), np.nan)
    return Curve(name, kind.events, len(found.ids), grid, covered, low, median, high)


def _others(found: _Measured, words: _Words) -> dict[str, Figure]:
    top = found.top
    figures = {
        "top_nominals": Figure(
            found.chosen,
            "count",
            f"The {words.who} with the largest shares of linked crimes and reports",
            found.chosen,
            len(found.ids),
            f"top {words.k} asked for; nobody without a linked event is chosen; {words.kinds[0]}; {words.kinds[1]}",
        )
    }
    for i, name in enumerate(("crime", "intel")):
        kind, what = found.kinds[i], ("crimes", "reports")[i]
        # Shares of nothing are unknown, not 0.
        fractional = float(found.parts[i][top].sum() / kind.events) if kind.events else None
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
        counts = full_counts(found.kinds[i])
        figures[f"{name}_gini"] = Figure(
            sparse_gini(counts),
            "coefficient",
            f"Concentration of {name}s over all {words.who}, corrected for sparse counts (0 even, 1 in one hand)",
            filter=f"{words.kinds[i]}; {int(counts.sum()):,} links of {len(counts)} {words.who}",
        )
    return figures


def _harm_figure(found: _Measured, words: _Words) -> Figure:
    crimes = found.kinds[0]
    known = np.nan_to_num(crimes.harm)
    total, unknown = float(known.sum()), int(np.isnan(crimes.harm).sum())
    hit = known[first_rank(crimes, found.order) < found.chosen]
    return Figure(
        float(hit.sum()) / total if total > 0 else None,
        "share",
        f"Severity of crimes linked to {words.activity} that relates to the {found.chosen} top {words.who}",
        filter=f"{words.kinds[0]}; a union weighted by severity; severity is unknown for {unknown} of "
        f"{crimes.events} crimes, which take no part; {words.set}",
    )


def _overlap(found: _Measured, words: _Words) -> Figure:
    """Return how many stand in the top k by crimes alone and in the top k by reports alone."""
    harm = harm_counts(found.kinds[0])[0]
    sets = []
    for part in found.parts:
        order = ranking(part, harm)
        sets.append(set(order[: min(words.k, int((part > 0).sum()))].tolist()))
    told = "top {} by crimes alone and top {} by reports alone, each by fractional share".format(*map(len, sets))
    possible = all(sets)
    return Figure(
        len(sets[0] & sets[1]) if possible else None,
        "count",
        f"{words.who[0].upper()}{words.who[1:]} who are in the top {words.k} by crimes alone and by reports alone",
        filter=f"{told}; intelligence volume also measures police attention; {words.kinds[0]}; {words.kinds[1]}",
    )


def _holdout(found: _Measured, before: Evidence, settings: Settings, words: _Words) -> dict[str, Figure]:
    """Return what the set chosen on the earlier period holds of this one."""
    ids, _, _, _, order, chosen = _ranked(before, settings)
    earlier = ids[order[:chosen]]
    inside = np.isin(found.ids, earlier)
    since = f"set of {chosen} chosen by the same rule on {before.period.first} to {before.period.last}"
    told = f"{since}, of whom {int(inside.sum())} are still among the {words.who}"
    figures = {}
    for i, (name, what) in enumerate((("crime", "Crimes"), ("intel", "Intelligence reports"))):
        kind = found.kinds[i]
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
    new = found.chosen - int(inside[found.order[: found.chosen]].sum())
    known = bool(found.chosen and chosen)
    figures["top_nominals_new"] = Figure(
        new / found.chosen if known else None,
        "share",
        f"Top {words.who} who were not among the top of the period before",
        new if known else None,
        found.chosen if known else None,
        since,
    )
    return figures


def _frame(found: _Measured, names: Mapping[str, str]) -> pd.DataFrame:
    order, (crimes, reports) = found.order, found.kinds
    harm, unknown = harm_counts(crimes)
    known = float(np.nansum(crimes.harm))
    harm_part = fractional_counts(crimes, crimes.harm)
    harm_share = np.where(np.isnan(harm), np.nan, harm_part / known) if known > 0 else np.full(len(harm), np.nan)
    ids = found.ids[order]
    covered = found.covered
    return pd.DataFrame(
        {
            "nominal_id": pd.array(ids, dtype="str"),
            "name": pd.array([names.get(i, "") for i in ids], dtype="str"),
            "rank": np.arange(1, len(ids) + 1),
            "in_top": np.arange(len(ids)) < found.chosen,
            "crimes": full_counts(crimes)[order],
            "reports": full_counts(reports)[order],
            "harm": harm[order],
            "harm_unknown": unknown[order],
            "crime_share": _share(found.parts[0], crimes.events)[order],
            "report_share": _share(found.parts[1], reports.events)[order],
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
