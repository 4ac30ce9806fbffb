"""Structural holes, articulation and participation against networkx and brute force; errors of estimates."""

from __future__ import annotations

import pickle

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_network_oracle import graphs, large, oracle, values

from ocgnet import network as engine
from ocgnet.network import WeightedGraph


@oracle
@given(graphs())
def test_effective_size(pair):
    graph, exact = pair
    # Without ``nodes`` networkx takes a path that is wrong with weights.
    told = nx.effective_size(exact, nodes=list(exact), weight="weight")
    expected = np.nan_to_num(values(told)) if graph.people else np.zeros(0)
    assert engine.effective_size(graph) == pytest.approx(expected, abs=1e-9)


def test_effective_size_on_paper_and_in_blocks(monkeypatch):
    star = WeightedGraph(5, np.zeros(4, int), np.arange(1, 5), np.ones(4))
    assert engine.effective_size(star).tolist() == [4, 1, 1, 1, 1]
    everyone = np.array([(i, j) for i in range(5) for j in range(i + 1, 5)])
    clique = WeightedGraph(5, everyone[:, 0], everyone[:, 1], np.ones(10))
    assert engine.effective_size(clique).tolist() == [1.0] * 5
    graph, _ = large(11)
    whole = engine.effective_size(graph)
    monkeypatch.setattr("ocgnet.network.structural_holes._PATHS_AT_ONCE", 50)
    assert engine.effective_size(graph).tolist() == whole.tolist()


@oracle
@given(graphs())
def test_constraint(pair):
    graph, exact = pair
    expected = values(nx.constraint(exact, weight="weight")) if graph.people else np.zeros(0)
    assert engine.constraint(graph) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@oracle
@given(graphs())
def test_articulation(pair):
    graph, exact = pair
    assert set(np.flatnonzero(engine.articulation(graph)).tolist()) == set(nx.articulation_points(exact))


@oracle
@given(graphs(), st.randoms(use_true_random=False))
def test_participation_is_its_definition(pair, chance):
    graph, exact = pair
    label = np.array([chance.randrange(3) for _ in range(graph.people)], int)
    found = engine.participation(graph, label)
    for node in exact:
        total = sum(d["weight"] for d in exact[node].values())
        if not total:
            assert np.isnan(found[node])
            continue
        shares = [sum(d["weight"] for j, d in exact[node].items() if label[j] == c) / total for c in range(3)]
        assert found[node] == pytest.approx(1 - sum(s * s for s in shares))


@oracle
@given(graphs())
def test_betweenness_and_closeness_in_steps(pair):
    graph, exact = pair
    expected = values(nx.betweenness_centrality(exact))
    assert engine.betweenness(graph, steps=True) == pytest.approx(expected, abs=1e-12)
    near = values(nx.harmonic_centrality(exact)) / max(graph.people - 1, 1)
    assert engine.harmonic_closeness(graph, steps=True) == pytest.approx(near, abs=1e-12)


def test_all_pivots_give_the_exact_answer_in_steps():
    graph, _ = large(4)
    everyone = np.flatnonzero(graph.connected)
    for measure in (engine.betweenness, engine.harmonic_closeness):
        assert measure(graph, everyone, steps=True) == pytest.approx(measure(graph, steps=True), abs=1e-12)


def test_the_error_of_an_estimate_is_the_spread_over_draws():
    graph, _ = large(8, 150, 400)
    exact = engine.betweenness(graph, steps=True)
    drawn = [
        engine.betweenness_with_error(graph, engine.pivots_of(graph, 0, 60, seed), steps=True) for seed in range(120)
    ]
    estimate, error = (np.array([d[i] for d in drawn]) for i in (0, 1))
    busy = exact > np.quantile(exact, 0.6)
    told = np.sqrt((error[:, busy] ** 2).mean(axis=0))
    true = estimate[:, busy].std(axis=0)
    assert 0.8 < np.median(told / true) < 1.25
    # An interval of two errors holds the truth about as often as it should.
    inside = np.abs(estimate[:, busy] - exact[busy]) <= 2 * error[:, busy]
    assert 0.85 < inside.mean() <= 1
    assert engine.betweenness_with_error(graph, None)[1].tolist() == [0.0] * graph.people


def test_closeness_in_steps_of_large_and_many_parts_at_once():
    """More sources than one word holds, in parts that share bits."""
    exact = nx.disjoint_union_all([nx.gnm_random_graph(90, 140, seed=1), nx.path_graph(70), nx.star_graph(5)])
    edges = sorted(tuple(sorted(e)) for e in exact.edges)
    a, b = np.array(edges, np.int32).T
    graph = WeightedGraph(exact.number_of_nodes(), a, b, np.ones(len(a)))
    expected = values(nx.harmonic_centrality(exact)) / (graph.people - 1)
    assert engine.harmonic_closeness(graph, steps=True) == pytest.approx(expected, abs=1e-12)


@oracle
@given(st.integers(3, 10), st.data())
def test_networks_side_by_side_are_measured_apart(people, data):
    """Each of several networks keeps its own people, pivots and scale."""
    pairs = [(a, b) for a in range(people) for b in range(a + 1, people)]
    apart, pivots = [], []
    for _ in range(data.draw(st.integers(1, 4))):
        chosen = sorted(data.draw(st.sets(st.sampled_from(pairs), min_size=1, max_size=2 * people)))
        a, b = (np.array([p[i] for p in chosen], np.int32) for i in (0, 1))
        weight = np.array([data.draw(st.sampled_from([1.0, 2.0, 3.0])) for _ in chosen])
        apart.append(WeightedGraph(people, a, b, weight))
        tied = np.flatnonzero(apart[-1].connected).tolist()
        pivots.append(np.array(sorted(data.draw(st.sets(st.sampled_from(tied), min_size=2)))))
    whole = WeightedGraph.side_by_side(apart)
    at = np.concatenate([p + i * people for i, p in enumerate(pivots)])
    some = {"steps": data.draw(st.booleans()), "networks": len(apart)}
    for measure in (engine.betweenness, engine.harmonic_closeness):
        for sources, own in ((None, [None] * len(apart)), (at, pivots)):
            expected = [measure(g, p, steps=some["steps"]) for g, p in zip(apart, own, strict=True)]
            assert measure(whole, sources, **some) == pytest.approx(np.concatenate(expected), abs=1e-12)
    assert engine.effective_size(whole).tolist() == [v for g in apart for v in engine.effective_size(g).tolist()]


def test_work_in_shares_gives_the_same_answer(monkeypatch):
    graph, _ = large(4)
    pivots = np.flatnonzero(graph.connected)[::3]
    some = [(steps, sources) for steps in (False, True) for sources in (None, pivots)]
    whole = [engine.betweenness_with_error(graph, p, steps=s) for s, p in some]
    near = [engine.harmonic_closeness(graph, p, steps=s) for s, p in some]
    monkeypatch.setattr("ocgnet.network.shortest_paths._WORK_OF_A_SHARE", 500)
    asked = []

    def spread(function, parts):
        asked.append(len(parts))
        return [function(p) for p in parts]

    for (steps, sources), (found, error), closeness in zip(some, whole, near, strict=True):
        again, spread_error = engine.betweenness_with_error(graph, sources, steps=steps, spread=spread)
        assert again == pytest.approx(found, abs=1e-12)
        assert spread_error == pytest.approx(error, abs=1e-12)
        assert engine.harmonic_closeness(graph, sources, steps=steps, spread=spread) == pytest.approx(closeness)
    assert min(asked) > 1


def test_a_network_travels_without_what_it_has_made():
    graph, _ = large(4)
    before = engine.betweenness(graph)
    copy = pickle.loads(pickle.dumps(graph))
    assert set(vars(copy)) == {"people", "a", "b", "weight"}
    assert engine.betweenness(copy).tolist() == before.tolist()
