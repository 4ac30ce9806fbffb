"""Leader AUC of the position score beside each single centrality, on published and made-up networks.

Run it as ``python benchmarks/leaders.py [FOLDER [SEEDS]]``; FOLDER holds one data folder per network with a
``truth.csv`` (nominal_id, leader) and defaults to ``../shared/data`` beside the checkout. With 7 and
23 leaders a difference under .05 is noise.

The networks are made of all records, as an analysis makes them. Beside that stands what one year of three would
leave: contacts get days at random, spread evenly over three years, and only those of the last count.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from ocgnet import network as engine
from ocgnet.analysis.position import position_of
from ocgnet.dataset import About, Dataset
from ocgnet.evidence.evidence import scope_of
from ocgnet.model import TABLES, Kind
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import Ties, ties_of
from ocgnet.results import MEASURES
from ocgnet.settings import Settings
from planted import SHAPES, Planted, planted

SCORE = "position score"
HOME = Path(__file__).resolve().parents[2] / "shared" / "data"
PUBLISHED = {
    "london_gang": {"degree": 0.888, "betweenness": 0.878, "pagerank": 0.918},
    "caviar": {"degree": 0.815, "betweenness": 0.778, "pagerank": 0.825},
}
"""Figures given for these networks: degree and betweenness without weights, PageRank with raw counts."""


def read(folder: Path) -> tuple[Dataset, dict[str, bool]]:
    tables = {}
    for name in ("nominals", "ocgs", "memberships", "associations"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [{k: v or None for k, v in r.items()} for r in csv.DictReader(file)]
        for column in TABLES[name].columns:
            if column.kind is Kind.INTEGER and rows and column.name in rows[0]:
                rows = [r | {column.name: r[column.name] and int(r[column.name])} for r in rows]
        tables[name] = pa.Table.from_pylist(
            [dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema
        )
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {r["nominal_id"]: r["leader"] == "1" for r in csv.DictReader(file)}
    return Dataset.of(tables), truth


def auc(score: np.ndarray, leader: np.ndarray) -> float:
    """Chance that a leader scores above somebody else, equals counting half."""
    above = (score[leader][:, None] > score[~leader]).mean()
    return float(above + (score[leader][:, None] == score[~leader]).mean() / 2)


def compared(ties: Ties, settings: Settings, leader: np.ndarray) -> dict[str, float]:
    """Leader AUC of the position score and of each single measure."""
    position = position_of(ties, settings)
    single = {m: auc(np.round(position.measures[m], 12), leader) for m in MEASURES}
    return {SCORE: auc(position.score, leader), **single}


def planted_ties(network: Planted) -> Ties:
    """Return the ties of a made-up network, as contacts seen so many times would make them."""
    count = len(network.a)
    weight = np.log2(1 + network.times)
    return Ties(
        people=network.people,
        a=network.a.astype(np.int32),
        b=network.b.astype(np.int32),
        weight=weight,
        start=np.arange(count + 1),
        kind=np.full(count, 2, np.int8),
        event=np.arange(count, dtype=np.int32),
        amount=weight,
        first=np.full(count, np.datetime64("NaT", "D")),
        last=np.full(count, np.datetime64("NaT", "D")),
        named=np.ones(count, bool),
        source=np.full(count, -1, np.int32),
        other_source=np.full(count, -1, np.int32),
        kinds=("crime", "report", "contact"),
    )


def published(home: Path, settings: Settings) -> list[dict[str, float]]:
    """Print and return what each published network says."""
    found = []
    for folder in sorted(p.parent for p in home.glob("*/truth.csv")):
        data, truth = read(folder)
        evidence = scope_of(data, settings).network
        leader = np.array([truth.get(i, False) for i in evidence.nominals])
        ties = ties_of(evidence, settings)
        values = compared(ties, settings, leader)
        found.append(values)
        counts = WeightedGraph(ties.people, ties.a, ties.b, raw_counts(evidence, ties))
        told = {"degree": values["degree"], "betweenness": values["betweenness_steps"]}
        told["pagerank"] = auc(np.round(engine.pagerank(counts), 12), leader)
        print(f"\n{folder.name}: {leader.sum()} leaders of {len(leader)}, {len(ties)} ties of all records")
        cut = [one_year(data, truth, settings, seed) for seed in range(CUTS)]
        low, high = np.quantile(cut, [0.025, 0.975])
        print(
            f"  AUC of the {SCORE}: {values[SCORE]:.3f} with the network of all records; one year of three leaves "
            f"{np.mean(cut):.3f} on average over {CUTS} draws (95% of them {low:.3f} to {high:.3f})"
        )
        for m, value in sorted(values.items(), key=lambda item: -item[1]):
            print(f"  {m:<22}{value:.3f}")
        for m, given in PUBLISHED.get(folder.name, {}).items():
            print(f"  {m} as published".ljust(24) + f"{told[m]:.3f}   given elsewhere {given:.3f}")
    return found


CUTS = 50
LAST = date(2019, 3, 31)


def one_year(data: Dataset, truth: dict[str, bool], settings: Settings, seed: int) -> float:
    """Leader AUC where contacts have days at random within three years, and the network begins with the last."""
    contacts = data["associations"]
    back = np.random.default_rng(seed).integers(0, 3 * 365, contacts.num_rows)
    days = pa.array(np.datetime64(LAST, "D") - back, pa.date32())
    for name in ("first_seen", "last_seen"):
        contacts = contacts.set_column(contacts.column_names.index(name), name, days)
    dated = Dataset.of({n: data[n] for n in data.given} | {"associations": contacts}, About(as_of=LAST))
    network = scope_of(dated, replace(settings, network_from=date(2018, 4, 1))).network
    leader = np.array([truth.get(i, False) for i in network.nominals])
    return auc(position_of(ties_of(network, settings), settings).score, leader)


def summed(name: str, found: list[dict[str, float]]) -> None:
    """Print the mean over networks, what it falls short of the best, and a paired bootstrap against the score."""
    table = {m: np.array([f[m] for f in found]) for m in found[0]}
    best = np.max([v for m, v in table.items() if m != SCORE], axis=0)
    draw = np.random.default_rng(1).integers(0, len(found), (4000, len(found)))
    print(f"\n{name}: {len(found)} networks")
    print(f"  {'':<22}{'mean':>7}{'short of best, mean':>21}{'at most':>9}{'score ahead by (95%)':>24}")
    for m, values in sorted(table.items(), key=lambda item: -item[1].mean()):
        ahead = np.quantile((table[SCORE] - values)[draw].mean(axis=1), [0.025, 0.975])
        told = "" if m == SCORE else f"{ahead[0]:+.3f} to {ahead[1]:+.3f}"
        print(f"  {m:<22}{values.mean():>7.3f}{(best - values).mean():>21.3f}{(best - values).max():>9.3f}{told:>24}")


def main(home: Path, seeds: int) -> None:
    settings = Settings()
    real = published(home, settings)
    if not real:
        print(f"No network with a truth.csv under {home}.")
    elif len(real) > 1:
        summed("Published networks", real)
    every = []
    for shape in SHAPES if seeds else ():
        networks = [planted(shape, seed) for seed in range(seeds)]
        found = [compared(planted_ties(p), settings, p.leader) for p in networks]
        summed(f"Made up, {shape}", found)
        every += found
    if every:
        summed("Made up, all shapes", every)


def raw_counts(evidence, ties) -> np.ndarray:
    """Observations per tie, both directions added."""
    return np.bincount(ties.tie, evidence.associations.times[ties.event], minlength=len(ties))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME, int(sys.argv[2]) if len(sys.argv) > 2 else 40)
