"""100,000 nominals, 300,000 crime links and 700,000 report links: our steps beside the bare engines.

Run it as ``python benchmarks/scale.py [NOMINALS [sampled]]``; with ``sampled`` paths start from 20 people at every
size, which is what growth is measured with: ``python benchmarks/scale.py growth`` does three sizes and prints the
exponents. It prints the CPU seconds of each step (the clock on the wall says more
about the other programs of a shared machine), of bare igraph,
scipy and DuckDB calls for the same measures and counts in the same process, the ratio, and the peak
memory of our part (read before the bare part begins). Up to ``resample_up_to`` people it also prints how long the
resamples of roles take on every core, by the clock on the wall.
"""

from __future__ import annotations

import math
import random
import re
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import igraph
import networkx as nx
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array, diags_array
from scipy.sparse.csgraph import connected_components, dijkstra

from ocgnet import network as engine
from ocgnet.analysis.communities.communities import at_resolutions, find_communities
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.position import position_of
from ocgnet.analysis.roles.layers import layers_of
from ocgnet.analysis.roles.roles import suggest_roles
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import ties_of
from ocgnet.parallel import Cores
from ocgnet.settings import Settings
from ocgnet_demo.network import write_network

_NETWORKX_UP_TO = 2_000
"""People up to which networkx is waited for."""


def records(people: int) -> Dataset:
    """Write a made-up network with 3 crime links and 7 report links per person, and read it as an analyst would."""
    with TemporaryDirectory() as folder:
        write_network(Path(folder), people)
        start = time.perf_counter()
        found, _ = read_dataset(Path(folder))
        print(f"read and checked in {time.perf_counter() - start:.1f} s")
        return found


class Clock:
    """Adds up the steps it is given, and prints each."""

    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work, print and add its seconds, and return what it found."""
        start, began = time.process_time(), time.perf_counter()
        found = work()
        seconds, wall = time.process_time() - start, time.perf_counter() - began
        self.total += seconds
        print(f"  {name:<44}{seconds:8.2f} s{wall:10.2f} s on the wall", flush=True)
        return found


def ours(data: Dataset, settings: Settings) -> tuple[float, Any]:
    names: dict[str, str] = {}
    apart = Clock()
    print("Apart (not in the ratio)")
    evidence = apart("evidence", lambda: evidence_of(data, settings))
    step = Clock()
    print("Ours")
    ties = step("ties, each with its events", lambda: ties_of(evidence, settings))
    position = step("position (all measures, score)", lambda: position_of(ties, settings))
    communities = step("communities", lambda: find_communities(ties, settings))
    step("the same at further resolutions", lambda: at_resolutions(ties, settings, communities))
    step("layers: each kind of evidence alone", lambda: layers_of(evidence, ties, settings))
    with Cores(lambda _done, _total: None) as cores:
        stability = apart(
            f"stability of roles ({settings.resamples} resamples, not above {settings.resample_up_to:,} people)",
            lambda: stability_of(evidence, ties, position, settings, cores),
        )
    step("roles with reasons", lambda: suggest_roles(evidence, ties, position, settings, stability, names))
    once = replace(settings, null_draws=1, bootstrap_draws=1)
    step("concentration without resamples", lambda: concentrate(evidence, names, once))
    print("Apart (not in the ratio)")
    apart("concentration with null and bootstrap", lambda: concentrate(evidence, names, settings))
    apart("table of ties with their events", lambda: ties.to_table(evidence))
    apart("table of people", lambda: position.table(evidence, communities, names))
    return step.total, (evidence, ties)


def bare(found: Any, settings: Settings) -> float:
    # igraph warns that its eigenvector is near 0 far from the dense part; that is what it is asked for.
    warnings.simplefilter("ignore", RuntimeWarning)
    evidence, ties = found
    n, step = ties.people, Clock()
    print("Bare igraph, scipy and DuckDB")

    def projected() -> Any:
        total = 0
        for e in (evidence.crimes, evidence.reports):
            links = coo_array((np.ones(len(e.person)), (e.person, e.event)), shape=(n, len(e.events))).tocsr()
            total = total + links @ diags_array(1 / np.maximum(e.people - 1, 1)) @ links.T
        return total

    step("scipy: A·D·Aᵀ of crimes and reports", projected)
    edges = np.column_stack([ties.a, ties.b])
    graph = step("igraph: graph from edges", lambda: igraph.Graph(n, edges.tolist()))
    w, d = ties.weight.tolist(), (1 / ties.weight).tolist()
    sources = engine.pivots_of(
        WeightedGraph.of(ties), settings.betweenness_exact_up_to, settings.betweenness_pivots, settings.seed
    )
    matrix = coo_array((1 / ties.weight, (ties.a, ties.b)), shape=(n, n)).tocsr()
    chosen = None if sources is None else sources.tolist()
    step("igraph: betweenness from the same sources", lambda: graph.betweenness(weights=d, sources=chosen))
    if sources is None:
        step("igraph: harmonic closeness", lambda: graph.harmonic_centrality(weights=d))
    else:
        step(
            "scipy: distances from the same sources",
            lambda: [
                dijkstra(matrix, directed=False, indices=s) for s in np.array_split(sources, len(sources) // 40 + 1)
            ],
        )
    step("igraph: betweenness in steps, same sources", lambda: graph.betweenness(sources=chosen))
    if sources is None:
        step("igraph: harmonic closeness in steps", graph.harmonic_centrality)
    else:
        step("igraph: steps from the same sources", lambda: [graph.distances(source=s) for s in chosen])
    step("scipy: effective size", lambda: effective(ties))
    step("igraph: degree and strength", lambda: (graph.degree(), graph.strength(weights=w)))
    step("igraph: PageRank", lambda: graph.pagerank(weights=w))
    step("igraph: core", graph.coreness)
    giant = np.argmax(np.bincount(connected_components(matrix, directed=False)[1]))
    inside = np.flatnonzero(connected_components(matrix, directed=False)[1] == giant)
    part = graph.subgraph(inside.tolist())
    kept = np.isin(ties.a, inside)
    step(
        "igraph: eigenvector of the largest part",
        lambda: part.eigenvector_centrality(weights=ties.weight[kept].tolist()),
    )

    def leiden(resolution: float) -> None:
        for seed in range(settings.community_seeds):
            igraph.set_random_number_generator(random.Random(seed))
            graph.community_leiden("modularity", weights=w, resolution=resolution)
        igraph.set_random_number_generator(random)

    step(f"igraph: Leiden from {settings.community_seeds} seeds", lambda: leiden(1.0))
    others = [r for r in settings.community_resolutions if r != 1.0]
    step("igraph: the same at further resolutions", lambda: [leiden(r) for r in others])
    step("igraph: layers", lambda: [layer(ties, k, chosen) for k in ("crime", "report")])
    step("DuckDB: counts and union coverage of the top 13", lambda: coverage(evidence))
    return step.total


def effective(ties: Any) -> Any:
    """Burt's effective size as one sparse product."""
    n = ties.people
    weight = coo_array((ties.weight, (ties.a, ties.b)), shape=(n, n))
    weight = (weight + weight.T).tocsr()
    total, most = weight.sum(axis=1), weight.max(axis=1).toarray().ravel()
    share = diags_array(1 / np.maximum(total, 1e-300)) @ weight
    likeness = weight @ diags_array(1 / np.maximum(most, 1e-300))
    return np.diff(weight.indptr) - (share @ likeness).multiply(weight > 0).sum(axis=1)


def layer(ties: Any, kind: str, chosen: Any) -> None:
    """Measure one kind of evidence alone with bare calls."""
    own = ties.layer(kind)
    graph = igraph.Graph(own.people, np.column_stack([own.a, own.b]).tolist())
    graph.degree()
    graph.strength(weights=own.weight.tolist())
    graph.betweenness(sources=chosen)
    if chosen is None:
        graph.harmonic_centrality()
    else:
        for source in chosen:
            graph.distances(source=source)
    effective(own)


def plain(ties: Any, settings: Settings) -> float:
    """Measure the same with networkx, without layers and concentration."""
    graph, step = ties.graph(), Clock()
    print("Plain networkx")
    step("betweenness", lambda: nx.betweenness_centrality(graph, weight="distance"))
    step("betweenness in steps", lambda: nx.betweenness_centrality(graph))
    step("harmonic closeness", lambda: nx.harmonic_centrality(graph, distance="distance"))
    step("harmonic closeness in steps", lambda: nx.harmonic_centrality(graph))
    step("effective size", lambda: nx.effective_size(graph, nodes=list(graph), weight="weight"))
    step("PageRank", lambda: nx.pagerank(graph))
    step("core", lambda: nx.core_number(graph))
    # networkx 3.6 has no working Leiden, so Louvain stands in.
    seeds, every = range(settings.community_seeds), settings.community_resolutions
    step(
        "Louvain, every seed and resolution",
        lambda: [nx.community.louvain_communities(graph, resolution=r, seed=s) for r in every for s in seeds],
    )
    return step.total


def coverage(evidence: Any) -> Any:
    with duckdb.connect() as con:
        for name in ("crimes", "reports"):
            e = getattr(evidence, name)
            con.register(name, pa.table({"person": e.person, "event": e.event}))
            con.execute(
                f"create or replace temp table top as select person, count(*) n from {name} group by person "
                "order by n desc, person limit 13"
            )
            con.execute(f"select count(distinct event) from {name} where person in (select person from top)").fetchall()
    return None


def main(people: int, sampled: bool) -> None:
    settings = Settings(betweenness_exact_up_to=0, betweenness_pivots=20, resamples=0) if sampled else Settings()
    data = records(people)
    print(f"{people:,} nominals, {data.rows['crime_links']:,} crime links, {data.rows['intel_links']:,} report links")
    total, found = ours(data, settings)
    peak, other = (resource.getrusage(w).ru_maxrss / 1024**2 for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    beside = f", each process beside it {other:.2f} GB" if other else ""
    print(f"  {len(found[1]):,} ties; peak memory {peak:.2f} GB{beside}")
    peer = bare(found, settings)
    print(f"Ours {total:.1f} s, bare {peer:.1f} s: ratio {total / peer:.2f}")
    if people <= _NETWORKX_UP_TO:
        other = plain(found[1], settings)
        print(f"Plain networkx {other:.1f} s for less: {other / total:.0f} times ours")


def growth() -> None:
    """Print the exponents of cost from 10,000 to 1,000,000 nominals, each size in a process of its own."""
    seconds = {}
    for people in (10_000, 100_000, 1_000_000):
        said = subprocess.run(
            [sys.executable, __file__, str(people), "sampled"], check=True, capture_output=True, text=True
        ).stdout
        print(said, flush=True)
        own, bare_seconds = re.search(r"Ours ([\d.]+) s, bare ([\d.]+) s", said).groups()
        seconds[people] = float(own), float(bare_seconds)
    sizes = sorted(seconds)
    for a, b in ((sizes[0], sizes[-1]), *pairwise(sizes)):
        own, peer = (math.log(seconds[b][i] / seconds[a][i]) / math.log(b / a) for i in (0, 1))
        print(f"{a:>9,} to {b:>9,}: ours grows with {own:.3f}, bare with {peer:.3f}, {own - peer:+.3f}")


if __name__ == "__main__" and sys.argv[1:] == ["growth"]:
    growth()
elif __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, "sampled" in sys.argv[2:])
