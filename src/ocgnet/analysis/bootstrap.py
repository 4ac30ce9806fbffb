"""How much a finding depends on the events that happened to be recorded: resampling of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ocgnet.analysis.coverage import Linked

_BLOCK = 400_000
_SHARE_DIGITS = 9


@dataclass(frozen=True)
class Resampled:
    """What resampling of events gave.

    Parameters
    ----------
    coverage : tuple of ndarray of float
        Per kind: union coverage of the chosen set in each resample, shape ``(draws,)``; NaN without events.
    inclusion : ndarray of float
        Per person: share of resamples in which the person is in the top k chosen anew; NaN without events.
    """

    coverage: tuple[np.ndarray, ...]
    inclusion: np.ndarray


def resample(
    kinds: Sequence[Linked], order: np.ndarray, chosen: int, top_k: int, draws: int, rng: np.random.Generator
) -> Resampled:
    """Resample the events of each kind with replacement and measure again.

    Parameters
    ----------
    kinds : sequence of Linked
        Kinds of event over the same people.
    order : ndarray of int
        The ranking that was found; its first ``chosen`` people are the fixed set of the interval.
    chosen : int
        How many people that set holds.
    top_k : int
        How many people are chosen anew in each resample.
    draws : int
        Number of resamples.
    rng : numpy.random.Generator
        Source of randomness.

    Notes
    -----
    Two questions, kept apart. The interval asks how precisely the share of *these* people is known:
    the set stays fixed, otherwise the choosing would raise every resample. The inclusion asks how
    firmly each person belongs to the set: the top k is chosen anew by the same rule from each resample.
    Ties in a resample are broken by the ranking that was found.
    """
    people = len(order)
    if not people or not draws or not any(k.events for k in kinds):
        nothing = tuple(np.full(draws, np.nan) for _ in kinds)
        return Resampled(nothing, np.full(people, np.nan))
    place = np.empty(people, np.int64)
    place[order] = np.arange(people)
    parts = [_parts(k, place) for k in kinds]
    held = [_held(k, place < chosen) for k in kinds]
    coverage = tuple(np.full(draws, np.nan) for _ in kinds)
    kept = np.zeros(people, np.int64)
    step = max(1, _BLOCK // (sum(k.events for k in kinds) + people))
    for start in range(0, draws, step):
        block = min(step, draws - start)
        score = np.zeros((people, block))
        for kind, part, mask, out in zip(kinds, parts, held, coverage, strict=True):
            if kind.events:
                weight = _weights(kind.events, block, rng)
                out[start : start + block] = mask @ weight / kind.events
                score += (part @ weight) / kind.events
        kept += top_mask(np.round(score.T, _SHARE_DIGITS), top_k).sum(axis=0)
    return Resampled(coverage, (kept / draws)[place])


def top_mask(score: np.ndarray, k: int) -> np.ndarray:
    """Mark the ``k`` highest of each row; equal scores go to the first columns, zero is never marked.

    >>> top_mask(np.array([[1.0, 3.0, 1.0, 0.0]]), 2).tolist()
    [[True, True, False, False]]
    """
    if k >= score.shape[1]:
        return np.asarray(score > 0)
    least = np.partition(score, score.shape[1] - k, axis=1)[:, score.shape[1] - k, None]
    above, level = score > least, score == least
    room = k - above.sum(axis=1, keepdims=True)
    return np.asarray((above | (level & (np.cumsum(level, axis=1) <= room))) & (score > 0))


def _parts(kind: Linked, place: np.ndarray) -> sparse.csr_array:
    """Return the matrix (rank, event) of 1/size: each event split evenly over its people."""
    value = (1.0 / np.maximum(kind.size, 1))[kind.event]
    return sparse.csr_array((value, (place[kind.person], kind.event)), shape=(kind.people, kind.events))


def _held(kind: Linked, inside: np.ndarray) -> np.ndarray:
    """Return per event 1.0 when it links one of the people marked ``inside``, otherwise 0.0."""
    return (np.bincount(kind.event, weights=inside[kind.person], minlength=kind.events) > 0).astype(float)


def _weights(events: int, block: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each event is drawn, shape ``(events, block)``; every column sums to ``events``."""
    drawn = rng.integers(0, events, (block, events)) * block + np.arange(block)[:, None]
    return np.bincount(drawn.reshape(-1), minlength=events * block).reshape(events, block).astype(float)
