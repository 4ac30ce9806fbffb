"""How often the two nulls of concentration cry wolf: the share of data without any concentration that they flag.

Run it as ``python -m benchmarks null_rate``. Data are made by chance alone, ranked and measured by the
rule of the finding, and compared with the null at several levels. A test of level 5% should flag 5% of
them, or a little less where the share can take few values.

The second null is checked against data made by another method: a long chain of exchanges of single
links, which keeps every count by construction and shares no code with the null.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocgnet.analysis.concentration.chance import counts_kept_coverage, distinct_people, random_coverage
from ocgnet.analysis.concentration.coverage import Linked, covered_by_rank, fractional_counts, ranking, scores

LEVELS = (0.05, 0.01, 0.001)
CASES = {
    "small: 60 people, 80 crimes, 150 reports": (60, 5, (70, 10), (120, 20, 10)),
    "middling: 207 people, 400 crimes, 800 reports": (207, 13, (300, 80, 20), (600, 150, 50)),
    "county: 207 people, 2,018 crimes, 6,004 reports": (207, 13, (1373, 520, 119, 6), (3994, 1657, 314, 39)),
}
"""People, top k, and how many events link one, two, three … of them."""

DATA, DRAWS, SEED = 2_000, 20_000, 1


def events(people: int, counts: tuple[int, ...]) -> Linked:
    """Return events of these sizes; who they link is drawn later."""
    size = np.repeat(np.arange(1, len(counts) + 1), counts)
    person = np.concatenate([np.arange(n) for n in size])
    return Linked(person, np.repeat(np.arange(len(size)), size), size, people, np.full(len(size), np.nan))


def drawn_anew(kind: Linked, rng: np.random.Generator) -> Linked:
    """Return events of the same sizes with people drawn as the null draws them: one random data set."""
    person = np.empty(kind.links, np.int64)
    begins = np.cumsum(kind.size) - kind.size
    for n in np.unique(kind.size):
        events = begins[kind.size == n]
        drawn = np.sort(distinct_people(int(n), kind.people, (1, len(events)), rng)[:, 0], axis=0)
        for seat, who in enumerate(drawn):
            person[events + seat] = who
    return replace(kind, person=person)


def share(kinds: list[Linked], k: int) -> list[float]:
    """Return the union coverage of the top k of some data, per kind, by the rule of the finding."""
    order = ranking(scores(kinds, [fractional_counts(c) for c in kinds]), np.full(kinds[0].people, np.nan))
    return [float(covered_by_rank(c, order)[k - 1]) / c.events for c in kinds]


def first_null() -> None:
    """Print how often data made by the first null pass its own percentiles."""
    print(f"Null of random allocation: share of {DATA:,} chance data above its percentile (crimes, reports)")
    for name, (people, k, *counts) in CASES.items():
        rng = np.random.default_rng(SEED)
        kinds = [events(people, c) for c in counts]
        null = [d[:, 0] for d in random_coverage(kinds, np.array([k]), DRAWS, rng)]
        made = np.array([share([drawn_anew(c, rng) for c in kinds], k) for _ in range(DATA)])
        rates = (
            f"{level:.1%}: "
            + ", ".join(
                f"{(made[:, i] > np.quantile(n, 1 - level, method='higher')).mean():.2%}" for i, n in enumerate(null)
            )
            for level in LEVELS
        )
        print(f"  {name:50} {'   '.join(rates)}")


def exchanged(kind: Linked, rng: np.random.Generator, rounds: int = 30) -> Linked:
    """Return the events after many exchanges of two links, each refused when somebody would stand twice."""
    member = [set(kind.person[kind.event == e].tolist()) for e in range(kind.events)]
    person, event = kind.person.tolist(), kind.event.tolist()
    for i, j in rng.integers(0, kind.links, (rounds * kind.links, 2)).tolist():
        a, b, e, f = person[i], person[j], event[i], event[j]
        if e != f and a != b and b not in member[e] and a not in member[f]:
            member[e] = member[e] - {a} | {b}
            member[f] = member[f] - {b} | {a}
            person[i], person[j] = b, a
    order = np.lexsort((person, event))
    return Linked(np.array(person)[order], kind.event, kind.size, kind.people, kind.harm)


def second_null(name: str, weight: np.ndarray, rng: np.random.Generator, data: int = 400) -> None:
    """Print how often data with kept counts leave the central band of the second null."""
    people, k = len(weight), 8
    blank = events(people, (120, 60, 30))
    groups = [rng.choice(people, n, replace=False, p=weight / weight.sum()) for n in blank.size]
    kind = Linked(np.concatenate([np.sort(g) for g in groups]), blank.event, blank.size, people, blank.harm)
    (null,) = counts_kept_coverage([kind], k, DRAWS, rng)
    made = np.array([share([exchanged(kind, rng)], k)[0] for _ in range(data)])
    most = np.bincount(kind.person).max() / kind.events
    print(f"Null that keeps counts, {name}: {data} data by exchanges; one person in {most:.0%} of events")
    print(f"  mean share {made.mean():.4f} by exchanges, {null.mean():.4f} by the null")
    for level in LEVELS[:2]:
        low, high = np.quantile(null, level / 2, method="lower"), np.quantile(null, 1 - level / 2, method="higher")
        print(f"  outside its central {1 - level:.0%}: {np.mean((made < low) | (made > high)):.2%}")


def main() -> None:
    """Print both."""
    first_null()
    rng = np.random.default_rng(SEED)
    second_null("few with many", rng.lognormal(0, 1, 100), rng)
    second_null("two with most", rng.lognormal(0, 1, 100) * np.where(np.arange(100) < 2, 100, 1), rng)


if __name__ == "__main__":
    main()
