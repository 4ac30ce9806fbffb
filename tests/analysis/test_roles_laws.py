"""Laws of suggested roles: volume, repeated reports, sources, words, disagreements, layers, within the group."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import network, rows, star

from ocgnet.analysis.position import SCORED, position_of
from ocgnet.analysis.roles.layers import layers_of, within_group
from ocgnet.analysis.roles.roles import disagreements, suggest_roles
from ocgnet.analysis.roles.stability import SOURCE, stability_of, sure_share, word_of
from ocgnet.analysis.roles.tiers import PERIPHERAL, PRINCIPAL, SIGNIFICANT, seats_of, stand
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings

PEOPLE = "ABCDEFGH"
DAY = date(2019, 1, 1)


def from_events(crimes: list[str], reports: list[tuple[str, str]] = (), alone: list[str] = ()) -> Dataset:
    """Crimes as strings of people, reports as (people, source), crimes of one person alone."""
    every = [*crimes, *alone]
    return Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": p} for p in PEOPLE)),
            "ocgs": rows("ocgs", [{"ocg_id": "G"}]),
            "memberships": rows(
                "memberships", ({"nominal_id": p, "ocg_id": "G", "role": "peripheral"} for p in PEOPLE)
            ),
            "crimes": rows("crimes", ({"crime_id": f"K{i:03}", "recorded_on": DAY} for i in range(len(every)))),
            "crime_links": rows(
                "crime_links",
                (
                    {"crime_id": f"K{i:03}", "person_id": p, "link_role": "suspect"}
                    for i, ps in enumerate(every)
                    for p in ps
                ),
            ),
            "intel_reports": rows(
                "intel_reports",
                (
                    {"report_id": f"R{i:03}", "reported_on": DAY + timedelta(i), "source_ref": source or None}
                    for i, (_, source) in enumerate(reports)
                ),
            ),
            "intel_links": rows(
                "intel_links",
                ({"report_id": f"R{i:03}", "person_id": p} for i, (ps, _) in enumerate(reports) for p in ps),
            ),
        }
    )


def judged(data: Dataset, chosen: Settings | None = None, *, stable: bool = False) -> pd.DataFrame:
    chosen = chosen or Settings()
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    position = position_of(ties, chosen)
    stability = stability_of(evidence, ties, position, chosen) if stable else None
    return suggest_roles(evidence, ties, position, chosen, stability, {}).frame


company = st.sets(st.sampled_from(PEOPLE), min_size=2, max_size=4).map(lambda s: "".join(sorted(s)))


@settings(max_examples=40, deadline=None)
@given(st.lists(company, min_size=4, max_size=12), st.lists(st.sampled_from(PEOPLE), max_size=20))
def test_volume_alone_changes_no_role(crimes, alone):
    """Crimes that somebody committed alone are volume and nothing else."""
    before, after = judged(from_events(crimes)), judged(from_events(crimes, alone=alone))
    assert before["suggested_role"].tolist() == after["suggested_role"].tolist()
    assert before["position_score"].tolist() == after["position_score"].tolist()
    assert after["volume"].sum() == before["volume"].sum() + len(alone)


reports = st.lists(st.tuples(company, st.sampled_from(["", "S1", "S2"])), min_size=3, max_size=10)


@settings(max_examples=40, deadline=None)
@given(st.lists(company, min_size=3, max_size=8), reports, st.data())
def test_a_report_written_up_twice_from_one_origin_changes_no_role(crimes, told, data):
    known = [r for r in told if r[1]]
    if not known:
        return
    again = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=4))
    before, after = judged(from_events(crimes, told)), judged(from_events(crimes, [*told, *again]))
    columns = ["suggested_role", "position_score", "strength", "pagerank"]
    pd.testing.assert_frame_equal(before[columns], after[columns])


def test_two_reports_of_one_source_on_other_people_both_count():
    ties = ties_of(
        evidence_of(from_events(["AB"], [("CD", "S"), ("CE", "S"), ("CD", "T"), ("CD", "S")]), Settings()), Settings()
    )
    found = {(a, b): w for a, b, w in zip(ties.a.tolist(), ties.b.tolist(), ties.weight.tolist(), strict=True)}
    assert found == {(0, 1): 1.0, (2, 3): 2.0, (2, 4): 1.0}
    assert [(x.what, x.count) for x in ties.left_out] == [("intel_reports", 1)]
    off = Settings(one_origin_once=False)
    again = ties_of(evidence_of(from_events(["AB"], [("CD", "S"), ("CD", "S")]), off), off)
    assert again.weight.tolist() == [1.0, 2.0]


def test_a_half_life_halves():
    data = from_events(["AB"], [("CD", "S"), ("EF", "")])
    chosen = Settings(
        as_of=date(2019, 1, 11), period_from=date(2018, 1, 1), period_to=date(2019, 1, 11), half_life_days=10
    )
    ties = ties_of(evidence_of(data, chosen), chosen)
    # The crime is ten days old, the reports ten and nine.
    assert ties.weight == pytest.approx([0.5, 0.5, 0.5**0.9])


def test_a_role_that_rests_on_one_source_says_so():
    """F is joined to everybody by reports of one source; without it F has one tie."""
    told = [(p + "F", "S") for p in "ABCDEGH"]
    crimes = ["AB", "BC", "CD", "DE", "EG", "GH", "AF"]
    chosen = Settings(resamples=40)
    data = from_events(crimes, told)
    frame = judged(data, chosen, stable=True).set_index("nominal_id")
    assert frame.loc["F", "suggested_role"] == "principal"
    assert "1 of 1 single sources (behind the tie to A) left out: peripheral" in frame.loc["F", "because"]
    assert "S" not in [w.strip(".,;:()") for w in frame.loc["F", "because"].split()]
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    found = stability_of(evidence, ties, position_of(ties, chosen), chosen)
    assert found.by_kind[SOURCE][list(PEOPLE).index("F")] == 0
    assert (found.sources, found.draws) == (1, 40)


def test_people_who_are_left_out_are_not_counted_against_themselves():
    edges = [*star("A", "BCDEFGHIJK"), ("B", "C"), ("D", "E")]
    data = network(edges, {"G": "ABCDEFGHIJK"})
    chosen = Settings(resamples=60, drop_ties=0.0, drop_people=(0.3, 0.4))
    frame = judged(data, chosen, stable=True).set_index("nominal_id")
    # The hub is first whenever it is there.
    assert frame.loc["A", "stability"] == 1.0


def test_words_follow_their_thresholds():
    share = np.array([1.0, 0.9, 0.89, 0.6, 0.59, 0.0, np.nan])
    assert word_of(share, share, Settings()).tolist() == ["stable", "stable", "fair", "fair", "fragile", "fragile", ""]


def test_what_is_sure_is_less_than_what_was_drawn():
    """Wilson's lower end at 95% on one side, on paper: for all of n draws it is n / (n + 1.645 squared)."""
    every = np.ones((2, 1))
    for draws in (20, 500):
        assert sure_share(np.ones(1), every, draws)[0] == pytest.approx(draws / (draws + 1.644854**2))
    # Neither sources that change nothing nor one kind of resample lift the other.
    assert sure_share(np.array([0.97]), np.array([[1.0], [0.85]]), 10_000)[0] == 0.85
    assert sure_share(np.array([0.7]), every, 10_000)[0] == 0.7
    # One kind alone, and nothing at all.
    assert sure_share(np.ones(1), np.array([[1.0], [np.nan]]), 500)[0] == pytest.approx(500 / (500 + 1.644854**2))
    assert sure_share(np.ones(1), np.full((2, 1), np.nan), 0)[0] == 1


def test_a_role_called_stable_is_kept_in_nine_of_ten_fresh_resamples():
    """A law over made-up networks: other seeds, exact paths, each role called stable by the run."""
    rng = np.random.default_rng(6)
    people = [f"P{i:02}" for i in range(60)]
    called = kept = 0
    for _ in range(3):
        pairs = {tuple(sorted(rng.choice(60, 2, replace=False).tolist())) for _ in range(110)}
        data = network([(people[a], people[b]) for a, b in sorted(pairs)], {"G": people[:30], "H": people[30:]})
        chosen = Settings(resamples=200, single_changes=0)
        evidence = evidence_of(data, chosen)
        ties = ties_of(evidence, chosen)
        position = position_of(ties, chosen)
        first = stability_of(evidence, ties, position, chosen)
        fresh = stability_of(evidence, ties, position, replace(chosen, seed=77, resamples=400))
        assert "paths in them are exact" in first.notes[0]
        stable = word_of(first.share, first.sure, chosen) == "stable"
        called, kept = called + stable.sum(), kept + (fresh.share[stable] >= 0.9).sum()
    assert called > 15
    assert kept >= 0.95 * called


def test_paths_in_resamples_are_exact_where_that_is_affordable_and_the_run_says_which():
    edges = [(f"P{i:03}", f"P{i + 1:03}") for i in range(99)]
    data = network(edges, {"G": [f"P{i:03}" for i in range(100)]})

    def note(**changes):
        chosen = Settings(resamples=4, **changes)
        evidence = evidence_of(data, chosen)
        ties = ties_of(evidence, chosen)
        return stability_of(evidence, ties, position_of(ties, chosen), chosen).notes[0]

    # 100 people, 99 ties, 4 resamples: 39,600.
    assert "(paths in them are exact)" in note(resample_work=39_600)
    assert "estimated from 99 of 100 people with ties" in note(resample_work=39_599)
    assert "estimated from 64 of 100 people with ties" in note(resample_work=0)


def test_nobody_at_the_edge_of_everything_is_principal():
    score = np.array([0.45, 0.3, 0.2, 0.1, 0.05])
    found = stand(score, np.ones(5, bool), np.zeros(5, int), Settings())
    assert found.tier.tolist() == [SIGNIFICANT, SIGNIFICANT, PERIPHERAL, PERIPHERAL, PERIPHERAL]
    assert found.held.tolist() == [True, False, True, False, False]
    free = stand(score, np.ones(5, bool), np.zeros(5, int), Settings(principal_least=0.0, significant_least=0.0))
    assert free.tier.tolist() == [PRINCIPAL, SIGNIFICANT, SIGNIFICANT, PERIPHERAL, PERIPHERAL]


def test_disagreements_are_the_cells_off_the_diagonal():
    groups = {"G1": "ABCDE", "G2": "PQRST"}
    edges = [*star("A", "BCDE"), ("B", "C"), *star("P", "QRST"), ("Q", "R"), ("A", "P")]
    roles = {"A": "peripheral", "B": "principal", "P": "principal"}
    data = network(edges, groups, roles)
    evidence = evidence_of(data, Settings())
    ties = ties_of(evidence, Settings())
    table = suggest_roles(evidence, ties, position_of(ties, Settings()), Settings(), None, {})
    found = disagreements(table).frame
    suggested = table.frame.set_index("nominal_id")["suggested_role"]
    assert suggested["A"] == suggested["P"] == "principal"
    assert found.iloc[0][["nominal_id", "recorded_role", "suggested_role", "steps_apart"]].tolist() == [
        "A", "peripheral", "principal", 2,
    ]  # fmt: skip
    assert found.iloc[0]["because"].startswith("Network position is higher than the recorded role. Ranks 1st")
    assert set(found["nominal_id"]) == {"A", "B"}


def test_layers_add_up_to_the_network():
    data = from_events(["ABC", "AD"], [("AB", "S"), ("DE", "")])
    evidence = evidence_of(data, Settings())
    ties = ties_of(evidence, Settings())
    frame = layers_of(evidence, ties, Settings()).frame
    strength = frame.groupby("nominal_id")["strength"].sum()
    whole = position_of(ties, Settings()).measures["strength"]
    assert strength.to_dict() == {p: pytest.approx(w) for p, w in zip(PEOPLE, whole, strict=True) if w}
    for name in ("degree", "strength", *SCORED):
        for layer in ("crime", "report"):
            own = frame[frame["layer"] == layer].set_index("nominal_id")[name]
            alone = position_of(ties.layer(layer), Settings()).measures[name]
            assert own.to_dict() == {p: pytest.approx(v) for p, v in zip(PEOPLE, alone, strict=True) if p in own}
    crime = frame[frame["layer"] == "crime"].set_index("nominal_id")["degree"]
    assert crime.to_dict() == {"A": 3, "B": 2, "C": 2, "D": 1}
    assert layers_of(
        evidence_of(Dataset.of({}), Settings()),
        ties_of(evidence_of(Dataset.of({}), Settings()), Settings()),
        Settings(),
    ).frame.empty


groups = st.dictionaries(st.sampled_from(["G1", "G2", "G3"]), st.sets(st.sampled_from(PEOPLE), min_size=2), min_size=1)
pairs = st.sets(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda e: e[0] < e[1]), min_size=1)


@settings(max_examples=40, deadline=None)
@given(pairs, groups)
def test_within_the_group_is_the_group_alone(edges, members):
    data = network(sorted(edges), {g: "".join(sorted(m)) for g, m in members.items()}, alone=PEOPLE)
    evidence = evidence_of(data, Settings())
    seats = seats_of(evidence)
    ties = ties_of(evidence, Settings())
    found = within_group(ties, seats, position_of(ties, Settings()))
    degree, score = found["degree"], found["score"]
    for g, m in members.items():
        inside = [e for e in sorted(edges) if set(e) <= m]
        alone = nx.Graph(inside)
        here = np.flatnonzero(seats.ocg == g)
        ids = evidence.nominals[seats.person[here]]
        assert degree[here].tolist() == [alone.degree(p) if p in alone else 0 for p in ids]
        if inside:
            own = network(inside, alone="".join(sorted(m)))
            expected = position_of(ties_of(evidence_of(own, Settings()), Settings()), Settings())
            assert score[here].tolist() == pytest.approx(expected.score.tolist())
            for name in SCORED:
                assert found[name][here].tolist() == pytest.approx(expected.measures[name].tolist()), name
    assert not degree[seats.ocg == ""].any()


def test_an_isolated_person_changes_no_role():
    edges = [*star("A", "BCDE"), ("B", "C")]
    one = judged(network(edges, {"G": "ABCDE"})).set_index("nominal_id")["suggested_role"]
    other = judged(network(edges, {"G": "ABCDE"}, alone="Z")).set_index("nominal_id")["suggested_role"]
    assert other.drop("Z").tolist() == one.tolist()
