"""Every measure against networkx, which defines it; distances are exact fractions there."""

from __future__ import annotations

import random
from fractions import Fraction

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet import network as engine
from ocgnet.network import WeightedGraph, centrality


@st.composite
def graphs(draw, most: int = 14) -> tuple[WeightedGraph, nx.Graph]:
    """Draw a sparse graph with many equal weights, so that isolates, parts and equal paths are common."""
    n = draw(st.integers(0, most))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = sorted(draw(st.sets(st.sampled_from(pairs), max_size=2 * n))) if pairs else []
    weight = [draw(st.sampled_from([1, 2, 3, 6])) for _ in chosen]
    exact = nx.Graph()
    exact.add_nodes_from(range(n))
    exact.add_edges_from(
        (a, b, {"weight": w, "distance": Fraction(1, w)}) for (a, b), w in zip(chosen, weight, strict=True)
    )
    a, b = (np.array([p[i] for p in chosen], np.int32) for i in (0, 1))
    return WeightedGraph(n, a, b, np.array(weight, float)), exact


def values(by_node: dict) -> np.ndarray:
    return np.array([float(by_node[i]) for i in sorted(by_node)])


oracle = settings(max_examples=120, deadline=None)


@oracle
@given(graphs())
def test_degree_strength_and_core(pair):
    graph, exact = pair
    assert engine.degree(graph).tolist() == [d for _, d in exact.degree()]
    assert engine.strength(graph).tolist() == [d for _, d in exact.degree(weight="weight")]
    assert engine.core(graph).tolist() == list(nx.core_number(exact).values())


@oracle
@given(graphs())
def test_betweenness(pair):
    graph, exact = pair
    expected = values(nx.betweenness_centrality(exact, weight="distance"))
    assert engine.betweenness(graph) == pytest.approx(expected, abs=1e-12)


@oracle
@given(graphs())
def test_harmonic_closeness(pair):
    graph, exact = pair
    expected = values(nx.harmonic_centrality(exact, distance="distance")) / max(graph.people - 1, 1)
    assert engine.harmonic_closeness(graph) == pytest.approx(expected, abs=1e-12)


@oracle
@given(graphs())
def test_pagerank(pair):
    graph, exact = pair
    expected = values(nx.pagerank(exact, weight="weight", tol=1e-13, max_iter=1000)) if graph.people else np.zeros(0)
    assert engine.pagerank(graph) == pytest.approx(expected, abs=1e-9)


@oracle
@given(graphs())
def test_components_and_transitivity(pair):
    graph, exact = pair
    found = engine.components(graph)
    parts = {frozenset(np.flatnonzero(found == p).tolist()) for p in np.unique(found)}
    assert parts == {frozenset(c) for c in nx.connected_components(exact)}
    assert (engine.transitivity(graph) or 0.0) == pytest.approx(nx.transitivity(exact))


@oracle
@given(graphs())
def test_distance_and_highest_betweenness_count_steps(pair):
    graph, exact = pair
    steps = [d for _, to in nx.all_pairs_shortest_path_length(exact) for d in to.values() if d]
    assert engine.average_distance(graph) == (pytest.approx(np.mean(steps)) if steps else None)
    highest = max(nx.betweenness_centrality(exact).values()) if graph.people > 2 else None
    assert engine.max_betweenness(graph) == (None if highest is None else pytest.approx(highest))


def eigenvector_by_parts(exact: nx.Graph) -> np.ndarray:
    found = np.zeros(exact.number_of_nodes())
    tied = sum(d > 0 for _, d in exact.degree())
    for part in nx.connected_components(exact):
        if len(part) > 1:
            inside = (
                nx.eigenvector_centrality_numpy(exact.subgraph(sorted(part)), weight="weight")
                if len(part) > 2
                else dict.fromkeys(part, 0.5**0.5)
            )
            for node, value in inside.items():
                found[node] = value * (len(part) / tied) ** 0.5
    return found


@oracle
@given(graphs())
def test_eigenvector_within_each_part(pair):
    graph, exact = pair
    assert engine.eigenvector(graph) == pytest.approx(eigenvector_by_parts(exact), abs=1e-6)


def large(seed: int, n: int = 120, m: int = 260) -> tuple[WeightedGraph, nx.Graph]:
    chance = random.Random(seed)
    exact = nx.gnm_random_graph(n, m, seed=seed)
    for _, _, data in exact.edges(data=True):
        data["weight"] = chance.randint(1, 5)
        data["distance"] = Fraction(1, data["weight"])
    edges = sorted(tuple(sorted(e)) for e in exact.edges)
    a, b = np.array(edges, np.int32).T
    return WeightedGraph(n, a, b, np.array([exact[u][v]["weight"] for u, v in edges], float)), exact


def test_eigenvector_of_a_large_part_and_small_ones():
    graph, exact = large(3)
    assert {len(c) for c in nx.connected_components(exact)} >= {1}
    assert engine.eigenvector(graph) == pytest.approx(eigenvector_by_parts(exact), abs=1e-8)


def test_all_people_as_pivots_give_the_exact_answer():
    graph, _ = large(4)
    everyone = np.flatnonzero(graph.connected)
    # Of every other person everyone else is a source, of oneself one fewer: the scale is 1 for both.
    assert engine.betweenness(graph, everyone) == pytest.approx(engine.betweenness(graph), abs=1e-12)
    assert engine.harmonic_closeness(graph, everyone) == pytest.approx(engine.harmonic_closeness(graph), abs=1e-12)


def test_estimates_are_unbiased():
    graph, _ = large(5, 60, 120)
    runs = [engine.pivots_of(graph, 0, 15, seed) for seed in range(400)]
    for measure in (engine.betweenness, engine.harmonic_closeness):
        exact = measure(graph)
        drawn = np.array([measure(graph, pivots) for pivots in runs])
        error = drawn.std(axis=0) / np.sqrt(len(runs))
        assert np.all(np.abs(drawn.mean(axis=0) - exact) <= 4.5 * error + 1e-12)


def test_pivots_are_tied_people_sorted_and_only_used_when_needed():
    graph, _ = large(6)
    pivots = engine.pivots_of(graph, 10, 20, 1)
    assert len(pivots) == 20
    assert np.all(np.diff(pivots) > 0)
    assert graph.connected[pivots].all()
    assert engine.pivots_of(graph, 120, 20, 1) is None
    assert engine.pivots_of(graph, 0, 500, 1) is None


def test_numpy_integer_weights_count():
    """Given NumPy integers igraph itself ignores them without a word."""
    weight = np.array([1, 9, 1], np.int64)
    graph = WeightedGraph(3, np.array([0, 0, 1]), np.array([1, 2, 2]), weight)
    exact = nx.Graph([(0, 1, {"weight": 1}), (0, 2, {"weight": 9}), (1, 2, {"weight": 1})])
    assert engine.pagerank(graph) == pytest.approx(values(nx.pagerank(exact, tol=1e-12)), abs=1e-9)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_without_distance_is_refused(weight):
    with pytest.raises(ValueError, match="above 0"):
        WeightedGraph(2, np.array([0]), np.array([1]), np.array([weight]))


def test_leiden_is_seeded_and_leaves_the_generator_as_it_was():
    graph, _ = large(7)
    state = random.getstate()
    first = engine.leiden(graph, 3)
    assert random.getstate() == state
    igraph.Graph.Erdos_Renyi(50, m=60)
    assert random.getstate() != state
    assert np.array_equal(engine.leiden(graph, 3), first)


def test_leiden_finds_planted_cliques():
    cliques = [(6 * c + i, 6 * c + j) for c in range(5) for i in range(6) for j in range(i + 1, 6)]
    edges = sorted([*cliques, *((6 * c, 6 * c + 6) for c in range(4))])
    a, b = np.array(edges).T
    found = engine.leiden(WeightedGraph(30, a, b, np.ones(len(a))), 1)
    assert {frozenset(np.flatnonzero(found == c).tolist()) for c in set(found.tolist())} == {
        frozenset(range(6 * c, 6 * c + 6)) for c in range(5)
    }


def chain(people: int) -> engine.WeightedGraph:
    """Return people in one line, each tied to the next."""
    ends = np.arange(people)
    return engine.WeightedGraph(people, ends[:-1], ends[1:], np.ones(people - 1))


def test_a_long_chain_has_the_closeness_that_sums_give():
    """On paper: at place i stand two people at each distance up to the nearer end, and one from there on."""
    people = 450
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, people))])
    at = np.arange(people)
    expected = (harmonic[at] + harmonic[people - 1 - at]) / (people - 1)
    assert engine.harmonic_closeness(chain(people), steps=True) == pytest.approx(expected, rel=1e-12)
    pivots = np.arange(0, people, 7)
    away = np.abs(at[:, None] - pivots)
    summed = np.divide(1.0, away, out=np.zeros(away.shape), where=away > 0).sum(axis=1)
    others = np.where(np.isin(at, pivots), len(pivots) - 1, len(pivots))
    estimate = summed * (people - 1) / others / (people - 1)
    assert engine.harmonic_closeness(chain(people), pivots, steps=True) == pytest.approx(estimate, rel=1e-12)


def test_a_long_chain_has_the_eigenvector_that_sines_give_after_few_steps(monkeypatch):
    """Its leading eigenvector is a half wave of the sine; restarts by the thousand would find it too, in minutes."""
    people, asked = 3_000, []

    def eigsh(*arguments, **how):
        asked.append(how)
        return centrality_eigsh(*arguments, **how)

    centrality_eigsh = centrality.eigsh
    monkeypatch.setattr(centrality, "eigsh", eigsh)
    wave = np.sin(np.pi * np.arange(1, people + 1) / (people + 1))
    assert engine.eigenvector(chain(people)) == pytest.approx(wave / np.linalg.norm(wave), abs=1e-9)
    assert [how.get("maxiter") for how in asked] == [60, None]
    assert "sigma" in asked[1]


def test_the_walk_along_a_star_settles_where_its_balance_says():
    """On paper: a leaf has (1 - d)/n and a share of the hub's d; rounding at the hub once kept it moving for ever."""
    leaves, d = 50_000, 0.85
    star = engine.WeightedGraph(leaves + 1, np.zeros(leaves, int), np.arange(1, leaves + 1), np.ones(leaves))
    base = (1 - d) / (leaves + 1)
    hub = (base + d * leaves * base) / (1 - d * d)
    expected = np.append(hub, np.full(leaves, base + d * hub / leaves))
    assert engine.pagerank(star) == pytest.approx(expected, abs=1e-11)
