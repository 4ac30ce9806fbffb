"""Position: the score, its percentiles, and networks whose figures are published."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import network, published, rows, star
from scipy.stats import rankdata

from ocgnet.analysis.communities.communities import find_communities
from ocgnet.analysis.position import SCORED, percentiles, position_of, summary
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network.ties import ties_of
from ocgnet.results import MEASURES
from ocgnet.settings import Settings


def looked_at(data, chosen=None):
    evidence = evidence_of(data, chosen or Settings())
    ties = ties_of(evidence, chosen or Settings())
    return evidence, ties, position_of(ties, chosen or Settings())


def auc(score: np.ndarray, leader: np.ndarray) -> float:
    ranks, n = rankdata(score), leader.sum()
    return (ranks[leader].sum() - n * (n + 1) / 2) / (n * (len(score) - n))


def test_a_star_on_paper():
    _, _, position = looked_at(network(star("A", "BCDE"), alone="Z"))
    assert position.measures["degree"].tolist() == [4, 1, 1, 1, 1, 0]
    # A alone is first of five: (4 + 1/2) / 5. The leaves share the ranks below: (0 + 4/2) / 5.
    for name in MEASURES:
        if name != "core":
            assert position.percentiles[name] == pytest.approx([0.9, 0.4, 0.4, 0.4, 0.4, 0])
    assert position.percentiles["core"] == pytest.approx([0.5] * 5 + [0])
    assert position.score == pytest.approx([0.9, 0.4, 0.4, 0.4, 0.4, 0])
    assert position.measures["betweenness"] == pytest.approx([6 / 10, 0, 0, 0, 0, 0])
    assert position.measures["closeness"] == pytest.approx([4 / 5, *[(1 + 3 / 2) / 5] * 4, 0])


edges = st.sets(st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from("ABCDEFGH")).filter(lambda e: e[0] < e[1]))


@settings(max_examples=60, deadline=None)
@given(edges.filter(bool))
def test_a_person_without_ties_moves_nobody(found):
    names = sorted({p for e in found for p in e})
    before, after = looked_at(network(found))[2], looked_at(network(found, alone="012"))[2]
    assert after.score[:3].tolist() == [0, 0, 0]
    assert after.score[3:] == pytest.approx(before.score)
    assert len(before.score) == len(names)


@settings(max_examples=60, deadline=None)
@given(edges.filter(bool), st.permutations("ABCDEFGH"))
def test_names_move_nobody(found, names):
    new = dict(zip("ABCDEFGH", names, strict=True))
    one, _, position = looked_at(network(found))
    other, _, renamed = looked_at(network([(new[a], new[b]) for a, b in found]))
    place = {p: i for i, p in enumerate(other.nominals)}
    again = [place[new[p]] for p in one.nominals]
    assert renamed.score[again].tolist() == position.score.tolist()
    for name in MEASURES:
        assert renamed.percentiles[name][again].tolist() == position.percentiles[name].tolist(), name


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.booleans()), max_size=30))
def test_percentiles_are_mid_ranks_within_each_group(cells):
    value, group, among = (np.array([c[i] for c in cells], float if i == 0 else int) for i in range(3))
    found = percentiles(value, among.astype(bool), group)
    for i in range(len(cells)):
        peers = [value[j] for j in range(len(cells)) if among[j] and group[j] == group[i]]
        expected = sum((v < value[i]) + 0.5 * (v == value[i]) for v in peers) / len(peers) if among[i] else 0
        assert found[i] == pytest.approx(expected)


def test_estimates_say_so_and_stay_close():
    data, _ = published("caviar")
    _, ties, exact = looked_at(data)
    few = Settings(betweenness_exact_up_to=50, betweenness_pivots=60)
    sampled = position_of(ties, few)
    assert exact.notes == ()
    assert "60 of 110 people" in sampled.notes[0]
    assert np.corrcoef(exact.score, sampled.score)[0, 1] > 0.97
    assert np.array_equal(sampled.score, position_of(ties, few).score)
    large = summary(ties, few)
    assert (large.average_distance, large.max_betweenness) == (None, None)


PUBLISHED = {
    "caviar": (110, 0.034, 3.727, 0.123, 2.655, 0.637),
    "london_gang": (54, 0.220, 11.667, 0.520, 2.054, 0.109),
}
"""Nodes, density, mean degree, transitivity, average distance, maximum betweenness (Alhajjar et al. 2021)."""


@pytest.mark.parametrize("folder", PUBLISHED)
def test_published_network_figures(folder):
    found = summary(ties_of(evidence_of(published(folder)[0], Settings()), Settings()))
    told = (
        found.nodes,
        found.density,
        found.mean_degree,
        found.transitivity,
        found.average_distance,
        found.max_betweenness,
    )
    assert tuple(round(v, 3) for v in told) == PUBLISHED[folder]


@pytest.mark.parametrize(("folder", "single"), [("london_gang", 0.888), ("caviar", 0.815)])
def test_published_auc_of_degree_and_that_the_score_is_no_worse(folder, single):
    data, truth = published(folder)
    evidence, _, position = looked_at(data)
    leader = np.array([truth[i] for i in evidence.nominals])
    assert auc(position.measures["degree"], leader) == pytest.approx(single, abs=0.0005)
    best = max(auc(position.measures[m], leader) for m in SCORED)
    assert auc(position.score, leader) > max(single - 0.01, best - 0.05)


def test_summary_of_nobody_and_of_strangers():
    nobody = summary(ties_of(evidence_of(network([]), Settings()), Settings()))
    assert dataclasses.astuple(nobody) == (0, 0, 0, 0, None, None, None, None, None)
    strangers = summary(ties_of(evidence_of(network([], alone="AB"), Settings()), Settings()))
    assert dataclasses.astuple(strangers) == (2, 0, 2, 2, 0.0, 0.0, None, None, None)


def test_people_table_counts_crimes_and_harm_once():
    def link(person, crime, role):
        return {"person_id": person, "crime_id": crime, "link_role": role}

    data = Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": i, "name": f"Name {i}"} for i in "ABC")),
            "crimes": rows("crimes", [{"crime_id": "K1", "offence_code": "8N"}, {"crime_id": "K2"}]),
            "crime_links": rows(
                "crime_links",
                [
                    link("A", "K1", "suspect"),
                    link("A", "K1", "arrested"),
                    link("A", "K2", "suspect"),
                    link("B", "K2", "suspect"),
                    link("C", "K1", "victim"),
                ],
            ),
        }
    )
    evidence, ties, position = looked_at(data)
    frame = position.table(evidence, find_communities(ties, Settings()), data.names).frame.set_index("nominal_id")
    assert frame["crimes"].tolist() == [2, 1, 0]
    assert frame["harm_unknown"].tolist() == [1, 1, 0]
    assert frame["harm"].tolist() == pytest.approx([evidence.crimes.harm[0], np.nan, 0.0], nan_ok=True)
    assert frame["community"].tolist() == ["C1", "C1", ""]


def test_the_further_columns_of_people_on_paper():
    calls = [("A", "B", True), ("A", "C", True), ("C", "A", True), ("B", "D", False)]
    contacts = [
        {"person_a": a, "person_b": b, "kind": "phone", "times_observed": 1, "directed": way} for a, b, way in calls
    ]
    data = Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": i} for i in "ABCDE")),
            "associations": rows("associations", contacts),
        }
    )
    evidence, ties, position = looked_at(data)
    frame = position.table(evidence, find_communities(ties, Settings()), {}).frame.set_index("nominal_id")
    # The path C - A - B - D; E alone.
    assert frame["out_degree"].tolist() == [2, 0, 1, 0, 0]
    assert frame["in_degree"].tolist() == [1, 1, 1, 0, 0]
    assert frame["articulation"].tolist() == [True, True, False, False, False]
    assert frame["effective_size"].tolist() == [2, 2, 1, 1, 0]
    assert frame["betweenness_steps"].tolist() == pytest.approx([2 / 6, 2 / 6, 0, 0, 0])
    assert frame["closeness_steps"].tolist() == pytest.approx([2.5 / 4, 2.5 / 4, (1 + 1 / 2 + 1 / 3) / 4, 11 / 24, 0])
    assert frame["constraint"].isna().tolist() == [False] * 4 + [True]
    assert frame["betweenness_error"].tolist() == [0.0] * 5
    undirected = looked_at(network([("A", "B")]))
    blank = undirected[2].table(undirected[0], find_communities(undirected[1], Settings()), {}).frame
    assert blank[["out_degree", "in_degree"]].isna().all().all()


def test_counts_of_contacts_move_only_what_says_who_matters_to_whom():
    """Seen a hundred times or once: betweenness and closeness of the score count steps."""
    edges = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A"), ("A", "C")]
    once = looked_at(network(edges))[2]
    often = looked_at(network([(a, b, 100 if (a, b) == ("A", "B") else 1) for a, b in edges]))[2]
    for name in ("betweenness_steps", "closeness_steps"):
        assert once.measures[name].tolist() == often.measures[name].tolist()
    assert once.measures["betweenness"].tolist() != often.measures["betweenness"].tolist()
