"""Named streams of random numbers: the same seed gives the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, purpose: str) -> Random:
    """Return a generator of its own for one purpose, so that a change in one table leaves the others as they are.

    >>> stream(1, "names").random() == stream(1, "names").random()
    True
    """
    return Random(f"{seed}/{purpose}")  # noqa: S311  nothing here is secret, and it has to be repeatable


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a day from ``first`` to ``last``, both included; ``first`` where the range is empty."""
    return first + timedelta(days=rng.randint(0, max((last - first).days, 0)))


def mirrored_after(born: date, day: date, last: date) -> date:
    """Return ``day``, or when it lies before a birth a day as long after it, but no later than ``last``.

    A day is moved, not drawn again, so that everything drawn after it stays as it is.

    >>> mirrored_after(date(2018, 3, 10), date(2018, 3, 1), date(2019, 3, 31))
    datetime.date(2018, 3, 19)
    """
    return day if day >= born else min(born + (born - day), last)


def pick(rng: Random, choices: Sequence[tuple[T, float]]) -> T:
    """Return one of several (value, weight) pairs' values."""
    return rng.choices([c for c, _ in choices], [w for _, w in choices])[0]


def poisson(rng: Random, mean: float) -> int:
    """Return a Poisson count, by multiplying uniforms (small means only)."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
