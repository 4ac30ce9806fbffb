"""Which share of people carries which share of harm: Lorenz curve, resampled people, and what chance gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GRID = np.unique(np.round(np.r_[0, np.geomspace(0.001, 0.1, 40), np.linspace(0.1, 1, 91)], 4))
"""Shares of people at which curves are drawn: finer where the few are."""

_ENDS = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class Lorenz:
    """Concentration of harm over people."""

    people: int
    harm: float  # of all of them together
    # Share of harm that the first share of people in ``GRID`` carries, people in descending order of harm (float).
    curve: np.ndarray
    # low, high (float): 95% band of the curve from resampling people.
    low: np.ndarray
    high: np.ndarray
    # null_low, null_median, null_high (float): the same when the crimes fall on these people at random.
    null_low: np.ndarray
    null_median: np.ndarray
    null_high: np.ndarray
    few: int  # how many people carry the threshold or more
    few_harm: float  # harm of these few
    # few_interval, few_harm_interval: 95% intervals of the share of people and of the share of harm.
    few_interval: tuple[float, float]
    few_harm_interval: tuple[float, float]
    # few_null, few_harm_null: 2.5%, 50% and 97.5% of the same two shares under random allocation.
    few_null: tuple[float, float, float]
    few_harm_null: tuple[float, float, float]
    gini: float
    # resamples, allocations: draws behind the bands.
    resamples: int
    allocations: int


def curve_of(harm: np.ndarray) -> np.ndarray:
    """Return the share of harm that each share of people in ``GRID`` carries; ``harm`` is descending.

    Between two people the curve is a straight line, so it is defined at every share.

    >>> curve_of(np.array([3.0, 1.0]))[GRID == 0.5]
    array([0.75])
    """
    total = np.concatenate(([0.0], np.cumsum(harm)))
    if not total[-1]:
        return np.full(len(GRID), np.nan)
    return np.asarray(np.interp(GRID * len(harm), np.arange(len(total)), total) / total[-1])


def lorenz_of(
    harm: np.ndarray,
    links: np.ndarray,
    least: float,
    draws: int,
    budget: int,
    fewest: int,
    rng: np.random.Generator,
) -> Lorenz | None:
    """Return the concentration of harm; None when nobody carries any.

    ``harm`` is descending; ``links`` are the parts of crimes behind each link and add up to it. ``least`` is the harm
    from which a person is one of the few, ``budget`` the most people or links times draws.

    Two questions, kept apart. The band around the curve asks how the shares would vary with other people of the same
    kind: people are resampled with replacement, which needs only how often each value of harm is drawn. The null asks
    what the shares would be if the same crimes fell on the same people at random: everybody gets one link, because
    only who has one is among these people at all, and the remaining links fall on anybody with equal chance. Some
    then carry several by chance, and heavy offences remain heavy. What lies above it is due to heavy crimes that fall
    on the same people again.
    """
    total = float(harm.sum())
    if not len(harm) or total <= 0:
        return None
    boot = max(fewest, min(draws, budget // len(harm)))
    null = max(fewest, min(draws, budget // max(len(links), 1)))
    curves, few, few_harm = _resampled(harm, least, boot, rng)
    chance, chance_few, chance_harm = _allocated(links, len(harm), least, null, rng)
    chosen = int(np.searchsorted(-harm, -least, side="right"))
    place = np.arange(1, len(harm) + 1)
    low, high = np.quantile(curves, (_ENDS[0], _ENDS[2]), axis=0)
    null_low, null_median, null_high = np.quantile(chance, _ENDS, axis=0)
    return Lorenz(
        len(harm),
        total,
        curve_of(harm),
        low,
        high,
        null_low,
        null_median,
        null_high,
        chosen,
        float(harm[:chosen].sum()),
        _pair(few),
        _pair(few_harm),
        _three(chance_few),
        _three(chance_harm),
        float(((len(harm) + 1 - 2 * place) @ harm) / (len(harm) * total)),
        boot,
        null,
    )


def _pair(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, (_ENDS[0], _ENDS[2]))
    return float(low), float(high)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    low, median, high = np.quantile(values, _ENDS)
    return float(low), float(median), float(high)


def _resampled(
    harm: np.ndarray, least: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return curves, shares of few and their shares of harm, one a resample of people."""
    value, count = np.unique(harm, return_counts=True)
    value, count = value[::-1], count[::-1]
    curves, few, few_harm = np.empty((draws, len(GRID))), np.empty(draws), np.empty(draws)
    heavy = value >= least
    for i in range(draws):
        drawn = rng.multinomial(len(harm), count / len(harm))
        people, carried = np.cumsum(drawn), np.cumsum(drawn * value)
        total = carried[-1] or np.nan
        curves[i] = np.interp(GRID * len(harm), np.r_[0, people], np.r_[0, carried]) / total
        few[i], few_harm[i] = drawn[heavy].sum() / len(harm), (drawn * value)[heavy].sum() / total
    return np.nan_to_num(curves), few, np.nan_to_num(few_harm)


def _allocated(
    links: np.ndarray, people: int, least: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the same for random allocations of the links over all people, at least one each."""
    curves, few, few_harm = np.empty((draws, len(GRID))), np.empty(draws), np.empty(draws)
    total = float(links.sum())
    for i in range(draws):
        shuffled = rng.permutation(links)
        carried = shuffled[:people].copy()
        if len(links) > people:
            further = rng.integers(0, people, len(links) - people)
            carried += np.bincount(further, weights=shuffled[people:], minlength=people)
        carried = np.sort(carried)[::-1]
        curves[i] = curve_of(carried)
        chosen = int(np.searchsorted(-carried, -least, side="right"))
        few[i], few_harm[i] = chosen / people, carried[:chosen].sum() / total
    return curves, few, few_harm
