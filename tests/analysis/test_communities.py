"""Communities: planted ones are found, nothing depends on row order, and unstable ones say so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import clique, network, published

from ocgnet.analysis.communities.communities import find_communities
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings


def found_in(data, chosen=None):
    evidence = evidence_of(data, chosen or Settings())
    return evidence, find_communities(ties_of(evidence, chosen or Settings()), chosen or Settings())


def test_planted_cliques_with_bridges():
    data = network([*clique("FGHI"), *clique("ABCDE"), *clique("JKLM"), ("E", "F"), ("I", "J")], alone="Z")
    _, found = found_in(data)
    # The largest is C1; of the two with four people the one with the smaller id comes first.
    assert found.label.tolist() == [*["C1"] * 5, *["C2"] * 4, *["C3"] * 4, ""]
    assert found.stability[:13].tolist() == [1.0] * 13
    assert np.isnan(found.stability[13])


def test_people_in_a_ring_are_less_stable_than_those_in_a_clique():
    """A ring can be cut anywhere, so each seed cuts it elsewhere."""
    ring = "abcdefghijklmnopqrst"
    data = network([*clique("ABCDE"), *zip(ring, ring[1:] + ring[0], strict=True)])
    evidence, found = found_in(data)
    in_ring = np.array([i.islower() for i in evidence.nominals])
    assert found.stability[~in_ring].tolist() == [1.0] * 5
    assert found.stability[in_ring].mean() < 0.95
    assert found.together.min() < 1


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_nothing(chance):
    data, _ = published("caviar")
    shuffled = {}
    for name in sorted(data.given):
        order = list(range(data[name].num_rows))
        chance.shuffle(order)
        shuffled[name] = data[name].take(order)
    (one, first), (other, second) = found_in(data), found_in(Dataset.of(shuffled))
    assert one.nominals.tolist() == other.nominals.tolist()
    assert first.label.tolist() == second.label.tolist()
    assert first.stability.tolist() == second.stability.tolist()


def test_it_is_a_partition_of_the_tied_into_connected_parts():
    data, _ = published("london_gang")
    evidence = evidence_of(data, Settings())
    ties = ties_of(evidence, Settings())
    found = find_communities(ties, Settings())
    assert (found.number > 0).tolist() == WeightedGraph.of(ties).connected.tolist()
    sizes = np.bincount(found.number)[1:]
    assert sizes.tolist() == sorted(sizes, reverse=True)
    graph = ties.graph()
    for c in range(1, len(sizes) + 1):
        import networkx as nx

        assert nx.is_connected(graph.subgraph(np.flatnonzero(found.number == c).tolist()))


def test_higher_resolution_gives_more_communities():
    data, _ = published("caviar")
    counts = [found_in(data, Settings(community_resolution=r))[1].number.max() for r in (0.3, 1.0, 4.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


def test_table_has_a_row_for_everybody():
    data = network(clique("ABC"), alone="Z")
    evidence, found = found_in(data)
    frame = found.table(evidence, data.names).frame
    assert frame["nominal_id"].tolist() == ["A", "B", "C", "Z"]
    assert frame["community"].tolist() == ["C1", "C1", "C1", ""]
    assert frame["stability"].tolist() == pytest.approx([1, 1, 1, np.nan], nan_ok=True)
