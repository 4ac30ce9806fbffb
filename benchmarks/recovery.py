"""How well planted leaders and planted communities are found again when ties and people are missing.

Run it as ``python benchmarks/recovery.py [SEEDS]``; it prints the tables of docs/measures/position.md and
docs/measures/communities.md.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from leaders import auc, planted_ties
from ocgnet.analysis.communities.against_groups import adjusted_rand
from ocgnet.analysis.communities.communities import at_resolutions, find_communities
from ocgnet.analysis.position import position_of
from ocgnet.settings import Settings
from planted import SHAPES, Planted, planted

MISSING = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
PEOPLE = 100
WITH_CELLS = ("hierarchical", "cellular", "brokers", "insulated")


def without(network: Planted, ties: float, people: float, seed: int) -> Planted:
    """Take away a share of the ties, and every tie of a share of the people."""
    rng = np.random.default_rng(seed)
    gone = rng.random(network.people) < people
    keep = (rng.random(len(network.a)) >= ties) & ~gone[network.a] & ~gone[network.b]
    return replace(network, a=network.a[keep], b=network.b[keep], times=network.times[keep])


def leaders_found(shape: str, seed: int, ties: float, people: float, settings: Settings) -> float:
    full = planted(shape, seed, PEOPLE, missing=0.0)
    seen = without(full, ties, people, seed)
    return auc(position_of(planted_ties(seen), settings).score, full.leader)


def communities_found(shape: str, seed: int, ties: float, settings: Settings) -> list[float]:
    full = planted(shape, seed, PEOPLE, missing=0.0)
    seen = planted_ties(without(full, ties, 0.0, seed))
    found = at_resolutions(seen, settings, find_communities(seen, settings))
    return [adjusted_rand(c.number, full.cell) or 0.0 for _, c in sorted(found.items())]


def main(seeds: int) -> None:
    settings = Settings()
    print("Leader AUC by share missing")
    print("| shape | missing |" + "".join(f" {m:.0%} |" for m in MISSING))
    for shape in SHAPES:
        for kind in ("ties", "people"):
            row = []
            for m in MISSING:
                share = (m, 0.0) if kind == "ties" else (0.0, m)
                row.append(np.mean([leaders_found(shape, s, *share, settings) for s in range(seeds)]))
            print(f"| {shape} | {kind} |" + "".join(f" {v:.2f} |" for v in row), flush=True)
    print("\nAdjusted Rand of communities with planted cells, by resolution")
    print("| ties missing |" + "".join(f" {r:g} |" for r in sorted(settings.community_resolutions)))
    for m in MISSING:
        rows = [communities_found(shape, s, m, settings) for shape in WITH_CELLS for s in range(seeds)]
        print(f"| {m:.0%} |" + "".join(f" {v:.2f} |" for v in np.mean(rows, axis=0)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
