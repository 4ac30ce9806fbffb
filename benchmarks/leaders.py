"""Leader AUC of the position score beside each single centrality, on published networks with known leaders.

Run it as ``python benchmarks/leaders.py [FOLDER]``; FOLDER holds one data folder per network with a
``truth.csv`` (nominal_id, leader) and defaults to ``../shared/data`` beside the checkout. With 7 and
23 leaders a difference under .05 is noise.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from ocgnet import engine
from ocgnet.analysis.position import position_of
from ocgnet.dataset import Dataset
from ocgnet.engine import WeightedGraph
from ocgnet.model import TABLES, Kind
from ocgnet.projection import ties_of
from ocgnet.results import MEASURES
from ocgnet.scope import evidence_of
from ocgnet.settings import Settings

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


def main(home: Path) -> None:
    settings = Settings()
    folders = sorted(p.parent for p in home.glob("*/truth.csv"))
    if not folders:
        print(f"No network with a truth.csv under {home}.")
    for folder in folders:
        data, truth = read(folder)
        evidence = evidence_of(data, settings)
        leader = np.array([truth.get(i, False) for i in evidence.nominals])
        ties = ties_of(evidence, settings)
        position = position_of(ties, settings)
        found = {m: auc(np.round(position.measures[m], 12), leader) for m in MEASURES}
        plain = WeightedGraph(ties.people, ties.a, ties.b, np.ones(len(ties)))
        counts = WeightedGraph(ties.people, ties.a, ties.b, raw_counts(evidence, ties))
        told = {
            "degree": engine.degree(plain),
            "betweenness": engine.betweenness(plain),
            "pagerank": engine.pagerank(counts),
        }
        print(f"\n{folder.name}: {leader.sum()} leaders of {len(leader)}, {len(ties)} ties")
        print(f"  position score      {auc(position.score, leader):.3f}")
        for m, value in sorted(found.items(), key=lambda item: -item[1]):
            print(f"  {m:<18}  {value:.3f}")
        for m, values in told.items():
            given = PUBLISHED.get(folder.name, {}).get(m)
            beside = "" if given is None else f"   given elsewhere {given:.3f}"
            print(f"  {m} (as given)".ljust(30) + f"{auc(np.round(values, 12), leader):.3f}{beside}")


def raw_counts(evidence, ties) -> np.ndarray:
    """Observations per tie, both directions added."""
    return np.bincount(ties.tie, evidence.associations.times[ties.event], minlength=len(ties))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)
