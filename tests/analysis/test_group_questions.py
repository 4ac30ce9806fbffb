"""Agreement of partitions against brute force, resolutions, and questions about groups on planted cases."""

from __future__ import annotations

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import clique, network

from ocgnet.analysis.communities import against_groups
from ocgnet.analysis.communities.against_groups import (
    adjusted_mutual_information,
    adjusted_rand,
    best_resolution,
    community_fit,
    group_questions,
    mutual_information,
)
from ocgnet.analysis.communities.communities import at_resolutions, find_communities, resolutions_table
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12)


def by_pairs(one, other) -> float:
    """Adjusted Rand by counting every pair: Hubert and Arabie's four kinds."""
    a = b = c = d = 0
    for i, j in combinations(range(len(one)), 2):
        same, also = one[i] == one[j], other[i] == other[j]
        a, b, c, d = a + (same and also), b + (same and not also), c + (also and not same), d + (not same and not also)
    below = (a + b) * (b + d) + (a + c) * (c + d)
    return 1.0 if below == 0 else 2 * (a * d - b * c) / below


@given(labels)
def test_adjusted_rand_counts_pairs(cells):
    one, other = (np.array([c[i] for c in cells]) for i in (0, 1))
    assert adjusted_rand(one, other) == pytest.approx(by_pairs(one, other), abs=1e-12)
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand(other, one), abs=1e-12)


@given(labels)
def test_mutual_information_by_definition(cells):
    one, other = (np.array([c[i] for c in cells]) for i in (0, 1))
    n = len(cells)

    def entropy(values) -> float:
        return -sum(p * np.log(p) for p in (values.count(v) / n for v in set(values)))

    first, second, both = entropy(one.tolist()), entropy(other.tolist()), entropy(cells)
    expected = 1.0 if first + second == 0 else 2 * (first + second - both) / (first + second)
    assert mutual_information(one, other) == pytest.approx(max(expected, 0), abs=1e-12)


def shared_information(one, other):
    """Mutual information in nats, by its definition."""
    n, total = len(one), 0.0
    for a, b in set(zip(one, other, strict=True)):
        k = sum(x == a and y == b for x, y in zip(one, other, strict=True))
        total += k / n * math.log(n * k / (list(one).count(a) * list(other).count(b)))
    return total


def entropy(labels):
    return shared_information(labels, labels)


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=6))
def test_adjusted_mutual_information_against_every_order_of_the_labels(cells):
    one, other = ([c[i] for c in cells] for i in (0, 1))
    orders = [shared_information(one, order) for order in permutations(other)]
    chance, mean = sum(orders) / len(orders), (entropy(one) + entropy(other)) / 2
    found = adjusted_mutual_information(np.array(one), np.array(other))
    if mean - chance < 1e-9:
        assert found == 1
    else:
        assert found == pytest.approx((shared_information(one, other) - chance) / (mean - chance), abs=1e-9)


def test_adjusted_mutual_information_by_hand_and_at_its_ends():
    # One part against halves tells nothing; random labels of many small parts are near 0 where the raw one is high.
    assert adjusted_mutual_information(np.zeros(4, int), np.array([0, 0, 1, 1])) == 0
    assert adjusted_mutual_information(np.arange(4), np.arange(4)) == 1
    assert adjusted_mutual_information(np.zeros(3, int), np.zeros(3, int)) == 1
    assert adjusted_mutual_information(np.zeros(1, int), np.zeros(1, int)) is None
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 100, 200), rng.integers(0, 100, 200)
    assert mutual_information(one, other) > 0.75
    assert abs(adjusted_mutual_information(one, other)) < 0.06


def test_agreement_of_too_few_is_unknown():
    assert adjusted_rand(np.zeros(1, int), np.zeros(1, int)) is None
    assert mutual_information(np.zeros(0, int), np.zeros(0, int)) is None


def asked(data, chosen=None):
    chosen = chosen or Settings()
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    main = find_communities(ties, chosen)
    found = at_resolutions(ties, chosen, main)
    fit = community_fit(evidence, found)
    best = best_resolution(fit)
    return evidence, found, fit, group_questions(evidence, ties, None if best is None else found[best], chosen).frame


def test_planted_groups_are_found_and_agree():
    cliques = ["ABCDE", "FGHIJ", "KLMNO"]
    edges = [*(e for c in cliques for e in clique(c)), ("E", "F"), ("J", "K")]
    _, found, fit, questions = asked(network(edges, {f"G{i}": c for i, c in enumerate(cliques)}))
    frame = fit.frame.set_index("resolution")
    assert frame.loc[1.0, ["communities", "people", "adjusted_rand", "mutual_information"]].tolist() == [3, 15, 1, 1]
    assert frame.loc[1.0, "adjusted_mutual_information"] == 1
    assert best_resolution(fit) is not None
    assert questions.empty
    assert sorted(found) == sorted(Settings().community_resolutions)


def test_a_group_of_two_halves_and_two_groups_of_one_whole():
    halves = [*clique("ABCDE"), *clique("FGHIJ"), ("A", "F")]
    whole = clique("PQRSTUVW")
    others = [*clique("klmn"), *clique("opqr")]
    data = network(
        [*halves, *whole, *others], {"G1": "ABCDEFGHIJ", "G2": "PQRS", "G3": "TUVW", "G4": "klmn", "G5": "opqr"}
    )
    _, _, _, questions = asked(data, Settings(community_resolutions=(1.0,)))
    told = questions[questions["question"] != "stands between"]
    assert told[["question", "ocg_id", "other_ocg_id", "nominals"]].to_numpy().tolist() == [
        ["looks like two", "G1", "", "F|G|H|I|J"],
        ["looks like one", "G2", "G3", "P|Q|R|S|T|U|V|W"],
    ]
    assert told["share"].tolist() == [0.5, 1.0]
    assert "16 ties join the two" in told["because"].iloc[1]


def test_a_member_tied_to_another_group_stands_between():
    data = network([*clique("ABCD"), *clique("FGHI"), ("D", "F", 7), ("D", "G", 7)], {"G1": "ABCD", "G2": "FGHI"})
    _, _, _, questions = asked(data)
    between = questions[questions["question"] == "stands between"]
    # Ties of D: three of weight 1 inside, two of log2(8) = 3 outside.
    row = between[between["nominals"] == "D"].iloc[0]
    assert (row["ocg_id"], row["other_ocg_id"], row["share"]) == ("G1", "G2", pytest.approx(6 / 9, abs=1e-6))
    assert (
        row["because"] == "The member of G1 has ties of weight 6.00 with members of G2, and of 3.00 with the own group."
    )
    # A member of both groups stands in both, not between.
    both = network([*clique("ABCD"), *clique("DFGH")], {"G1": "ABCD", "G2": "DFGH"})
    assert "D" not in set(asked(both)[3].query("question == 'stands between'")["nominals"])


def test_every_resolution_is_kept_for_the_analyst():
    evidence, found, _, _ = asked(network([*clique("ABCDE"), *clique("FGHIJ"), ("A", "F")], alone="Z"))
    frame = resolutions_table(evidence, found).frame
    assert len(frame) == 10 * len(found)
    assert "Z" not in set(frame["nominal_id"])
    for resolution, part in frame.groupby("resolution"):
        assert part.groupby("community").size().to_dict() == part.groupby("community")["size"].first().to_dict(), (
            resolution
        )


def test_without_groups_nothing_is_compared():
    _, _, fit, questions = asked(network(clique("ABCD")))
    assert fit.frame["adjusted_rand"].isna().all()
    assert questions.empty


@pytest.mark.parametrize(("groups", "counted"), [(100, 0), (101, 202)])
def test_people_in_groups_without_end_are_asked_nothing_and_counted(groups, counted, monkeypatch):
    """Two people in g groups are one tie for g x g pairs of groups: the pairs that are laid out stay below that."""
    laid_out = []
    pairs = against_groups._pairs
    monkeypatch.setattr(against_groups, "_pairs", lambda *a: laid_out.append(len(found := pairs(*a))) or found)
    data = network(["AB", *clique("CDEF")], {f"G{k}": "AB" for k in range(groups)} | {"Z1": "CD", "Z2": "EF"})
    evidence, _, _, questions = asked(data)
    assert sum(row.count for row in against_groups.not_asked(evidence)) == counted
    assert ["looks like one", "Z1", "Z2"] in questions.iloc[:, :3].to_numpy().tolist()
    # Two ways of one tie between A and B for each pair of groups, and those among C, D, E and F.
    assert max(laid_out) == (0 if counted else 2 * groups * groups) + 12
