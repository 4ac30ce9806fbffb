"""Made-up covert networks whose leaders and cells are known, in five shapes that the literature describes.

Each shape puts its leaders where another centrality should find them, so that a score cannot do well
by fitting one shape. What is seen is not what is: counts of contacts are heavy-tailed and say more
about who was watched than about who leads, and a share of ties and people is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Planted:
    """A network with known leaders.

    Parameters
    ----------
    people : int
        Nodes from 0.
    a, b : ndarray of int
        Ends of each tie, ``a`` < ``b``, sorted.
    times : ndarray of float
        Times each tie was observed, at least 1.
    leader : ndarray of bool, shape (people,)
    cell : ndarray of int, shape (people,)
        The cell or branch that each person belongs to.
    """

    people: int
    a: np.ndarray
    b: np.ndarray
    times: np.ndarray
    leader: np.ndarray
    cell: np.ndarray


def hierarchical(rng: np.random.Generator, people: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw a ladder of command: everyone answers to one above, peers of one boss know each other now and then."""
    span = int(rng.integers(3, 6))
    boss = np.maximum((np.arange(people) - 1) // span, 0)
    level = np.zeros(people, int)
    for i in range(1, people):
        level[i] = level[boss[i]] + 1
    pairs = {(int(boss[i]), i) for i in range(1, people)}
    pairs |= {(int(boss[boss[i]]), i) for i in range(1, people) if level[i] > 1 and rng.random() < 0.12}
    for i in range(people):
        pairs |= {(i, j) for j in range(i + 1, people) if boss[i] == boss[j] and i and rng.random() < 0.35}
    cell = np.arange(people)
    for i in range(people - 1, 0, -1):
        j = i
        while level[j] > 1:
            j = boss[j]
        cell[i] = j
    return pairs, level <= 1, cell


def cellular(rng: np.random.Generator, people: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw cells that know themselves; their heads and a few coordinators hold the rest together."""
    size = int(rng.integers(4, 9))
    cell = np.arange(people) // size
    leader = np.zeros(people, bool)
    pairs: Pairs = set()
    heads = []
    for c in range(cell[-1] + 1):
        inside = np.flatnonzero(cell == c)
        heads.append(int(inside[0]))
        pairs |= {(int(inside[0]), int(i)) for i in inside[1:]}
        pairs |= {(int(i), int(j)) for i in inside[1:] for j in inside[1:] if i < j and rng.random() < 0.55}
    pairs |= set(pairwise(heads))
    pairs |= {(i, j) for i in heads for j in heads if i < j and rng.random() < 0.25}
    leader[heads] = True
    return pairs, leader, cell


def core_periphery(rng: np.random.Generator, people: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw a dense core that leads and a periphery that hangs on it."""
    core = np.arange(people) < max(3, round(people * rng.uniform(0.1, 0.2)))
    pull = rng.gamma(2, 0.5, people)
    pairs: Pairs = set()
    for i in range(people):
        for j in range(i + 1, people):
            chance = (0.55, 0.12 * pull[i], 0.012 * pull[i] * pull[j])[int(not core[i]) + int(not core[j])]
            if rng.random() < chance:
                pairs.add((i, j))
    return pairs, core, core.astype(int)


def brokers(rng: np.random.Generator, people: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw crews around hubs of their own; the leaders are no hubs but stand between the crews."""
    leaders = max(2, round(people * 0.1))
    crews = max(2, leaders)
    cell = np.r_[np.full(leaders, -1), rng.integers(0, crews, people - leaders)]
    pairs: Pairs = set()
    degree = np.ones(people)
    for c in range(crews):
        inside = np.flatnonzero(cell == c).tolist()
        for at, i in enumerate(inside[1:], 1):
            before = np.array(inside[:at])
            chance = degree[before] / degree[before].sum()
            for j in rng.choice(before, min(2, at), replace=False, p=chance):
                pairs.add((int(j), int(i)))
                degree[[i, j]] += 1
    for i in range(leaders):
        for c in rng.choice(crews, min(crews, int(rng.integers(2, 5))), replace=False):
            inside = np.flatnonzero(cell == c)
            if len(inside):
                j = int(rng.choice(inside, p=degree[inside] / degree[inside].sum()))
                pairs.add((i, j))
    return pairs, np.arange(people) < leaders, np.where(cell < 0, crews, cell)


def insulated(rng: np.random.Generator, people: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw leaders who deal with lieutenants and with each other only; the lieutenants run the crews."""
    leaders = max(2, round(people * 0.07))
    lieutenants = max(3, round(people * 0.15))
    cell = np.full(people, -1)
    workers = np.arange(leaders + lieutenants, people)
    cell[workers] = rng.integers(leaders, leaders + lieutenants, len(workers))
    cell[leaders : leaders + lieutenants] = np.arange(leaders, leaders + lieutenants)
    pairs = {(i, j) for i in range(leaders) for j in range(i + 1, leaders) if rng.random() < 0.7}
    for j in range(leaders, leaders + lieutenants):
        known = rng.random(leaders) < 0.45
        known[rng.integers(leaders)] = True
        pairs |= {(int(i), j) for i in np.flatnonzero(known)}
        pairs |= {(j, int(w)) for w in np.flatnonzero(cell == j) if w != j}
    for i in workers:
        pairs |= {(int(i), int(j)) for j in workers if i < j and cell[i] == cell[j] and rng.random() < 0.35}
    return pairs, np.arange(people) < leaders, np.where(cell < 0, 0, cell)


SHAPES: dict[str, Callable[[np.random.Generator, int], tuple[Pairs, np.ndarray, np.ndarray]]] = {
    "hierarchical": hierarchical,
    "cellular": cellular,
    "core-periphery": core_periphery,
    "brokers": brokers,
    "insulated": insulated,
}


def planted(shape: str, seed: int, people: int | None = None, noise: float = 0.1, missing: float = 0.15) -> Planted:
    """Return one network as it would be seen.

    Parameters
    ----------
    shape : str
        A name of ``SHAPES``.
    seed : int
        Seed.
    people : int, optional
        Drawn between 20 and 150 when not given.
    noise : float
        Ties between random people, as a share of the true ones.
    missing : float
        Share of ties that nobody saw.
    """
    rng = np.random.default_rng([seed, sorted(SHAPES).index(shape)])
    n = people or int(np.exp(rng.uniform(np.log(20), np.log(150))))
    pairs, leader, cell = SHAPES[shape](rng, n)
    ordered = sorted(pairs)
    extra = rng.integers(0, n, (round(noise * len(ordered)), 2)).tolist()
    ordered = sorted({*ordered, *((min(i, j), max(i, j)) for i, j in extra if i != j)})
    seen = np.array(ordered)[rng.random(len(ordered)) >= missing]
    # How closely somebody is watched has little to do with rank.
    watched = rng.lognormal(0, 0.7, n)
    times = 1 + rng.poisson(1.5 * watched[seen[:, 0]] * watched[seen[:, 1]])
    shuffle = rng.permutation(n)
    ends = np.sort(shuffle[seen], axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    new_leader, new_cell = np.zeros(n, bool), np.zeros(n, int)
    new_leader[shuffle], new_cell[shuffle] = leader, cell
    return Planted(n, ends[order, 0], ends[order, 1], times[order].astype(float), new_leader, new_cell)
