"""Suggested roles: thresholds on paper, honest ties, reasons that are true, stability, agreement."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import clique, network, rows, star

from ocgnet import main_job
from ocgnet.analysis.position import position_of
from ocgnet.analysis.roles import stability
from ocgnet.analysis.roles.roles import agreement, quadratic_kappa, suggest_roles
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.analysis.roles.tiers import NONE, PERIPHERAL, PRINCIPAL, SIGNIFICANT, stand
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.main_job import analyse, answer
from ocgnet.network.ties import ties_of
from ocgnet.results import RESULT_TABLES, ResultTable
from ocgnet.settings import Settings


def suggested(data, chosen=None, *, stable=False) -> pd.DataFrame:
    chosen = chosen or Settings()
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    position = position_of(ties, chosen)
    share = stability_of(evidence, ties, position, chosen) if stable else None
    return suggest_roles(evidence, ties, position, chosen, share, data.names).frame


def tiers(score, group=None, connected=None, **chosen) -> list[int]:
    n = len(score)
    group = np.zeros(n, int) if group is None else np.array(group)
    connected = np.ones(n, bool) if connected is None else np.array(connected)
    return stand(np.array(score, float), connected, group, Settings(**chosen)).tier.tolist()


def test_ten_people_two_principal_four_significant():
    score = [0.1 * i for i in range(1, 11)]
    assert tiers(score) == [PERIPHERAL] * 4 + [SIGNIFICANT] * 4 + [PRINCIPAL] * 2


def test_people_who_tie_across_a_threshold_get_the_lower_tier():
    # Two of ten may be principal; three share the top, so nobody is.
    assert tiers([9, 9, 9, 8, 7, 6, 5, 4, 3, 2]) == [SIGNIFICANT] * 6 + [PERIPHERAL] * 4
    # The sixth and seventh share a score across the lower threshold.
    assert tiers([9, 8, 7, 6, 5, 4, 4, 3, 2, 1]) == [PRINCIPAL] * 2 + [SIGNIFICANT] * 3 + [PERIPHERAL] * 5


def test_too_small_too_alike_and_unconnected_give_none():
    assert tiers([3, 2, 1]) == [NONE] * 3
    assert tiers([3, 2, 1], min_group=3) == [PRINCIPAL, SIGNIFICANT, PERIPHERAL]
    assert tiers([2, 2, 2, 2, 2]) == [NONE] * 5
    assert tiers([4, 3, 2, 1, 0], connected=[True] * 4 + [False])[4] == NONE
    assert tiers([4, 3, 2, 0, 0], connected=[True] * 3 + [False] * 2) == [NONE] * 5


def test_margins_on_paper():
    found = stand(np.array([0.9, 0.7, 0.6, 0.3, 0.2]), np.ones(5, bool), np.zeros(5, int), Settings())
    assert found.tier.tolist() == [PRINCIPAL, SIGNIFICANT, SIGNIFICANT, PERIPHERAL, PERIPHERAL]
    assert found.gap == pytest.approx([0.2, 0.2, 0.3, 0.3, 0.4])
    assert found.against.tolist() == [SIGNIFICANT, PRINCIPAL, PRINCIPAL, SIGNIFICANT, SIGNIFICANT]
    assert found.above.tolist() == [0, 1, 2, 3, 4]


scores = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), max_size=40)


@settings(deadline=None)
@given(scores)
def test_tiers_follow_their_definition(cells):
    score, group, connected = (np.array([c[i] for c in cells], int) for i in range(3))
    chosen = Settings()
    found = stand(score.astype(float), connected.astype(bool), group, chosen).tier
    for i, (own, g, tied) in enumerate(cells):
        peers = [s for s, h, t in cells if h == g and t]
        at_least = sum(s >= own for s in peers)
        first = max(int(len(peers) * chosen.principal_share + 0.5), 1)
        second = max(int(len(peers) * chosen.significant_share + 0.5), 1)
        if not tied or len(peers) < chosen.min_group or len(set(peers)) == 1:
            expected = NONE
        else:
            expected = PRINCIPAL if at_least <= first else SIGNIFICANT if at_least <= first + second else PERIPHERAL
            # Scores run from 0 in steps of 1, so only 0 is below the least of the whole network.
            expected = PERIPHERAL if own == 0 else expected
        assert found[i] == expected


def group_and_others() -> Dataset:
    """A group with a hub A and a pair beside it, a person in two groups, and people without a group."""
    edges = [*star("A", "BCDE"), ("B", "C"), ("E", "F"), *clique("PQR"), ("R", "S"), ("S", "T")]
    return network(edges, {"G1": "ABCDE", "G2": "EF", "G3": "XY"}, {"A": "principal", "B": "peripheral"}, alone="Z")


def test_a_row_per_membership_and_one_for_everybody_without():
    frame = suggested(group_and_others())
    told = list(zip(frame["nominal_id"], frame["ocg_id"], strict=True))
    assert told == [
        *((p, "G1") for p in "ABCD"),
        ("E", "G1"),
        ("E", "G2"),
        ("F", "G2"),
        *((p, "") for p in "PQRST"),
        ("X", "G3"),
        ("Y", "G3"),
        ("Z", ""),
    ]
    by_row = frame.set_index(["nominal_id", "ocg_id"])
    assert by_row.loc[("A", "G1"), "suggested_role"] == "principal"
    assert by_row.loc[("A", "G1"), "recorded_role"] == "principal"
    assert by_row.loc[("E", "G2"), "suggested_role"] == "insufficient data"
    # A role is a role in a group, however central a person without one is.
    assert {by_row.loc[(p, ""), "suggested_role"] for p in "PQRSTZ"} == {"no group"}
    assert frame["name"].tolist() == [f"Name {p}" for p in frame["nominal_id"]]


def test_reasons_say_what_is_true():
    frame = suggested(group_and_others()).set_index(["nominal_id", "ocg_id"])["because"]
    a = frame["A", "G1"]
    assert a.startswith("Ranks 1st of 5 members of G1 that have ties (0.")
    assert "above the best significant)." in a
    assert a.endswith("Tied to 4 people, most strongly to B (1 contact record), then C and D.")
    assert "Volume, no part of the role: 0 crimes and 0 reports, percentile 50 of the group." in a
    assert "members of G1 that have ties (" in frame["D", "G1"]
    assert "below the lowest significant)" in frame["D", "G1"]
    two = " of 2 members of G2 that have ties; 4 are needed to suggest a role."
    assert {frame["E", "G2"], frame["F", "G2"]} <= {
        f"Order without a tier: {r}{two}" for r in ("ranks 1st", "ranks 2nd", "joint 1st")
    }
    assert frame["X", "G3"] == "Insufficient data: no ties to other nominals in the records of the network."
    assert (
        frame["R", ""] == "No group: the nominal belongs to none on the analysis date, and a role is a role in a group."
    )


def test_without_any_membership_nobody_is_called_anything():
    frame = suggested(network([*star("A", "BCDE"), ("B", "C")]), stable=True).set_index("nominal_id")
    assert set(frame["suggested_role"]) == {"no group"}
    assert frame["stability"].isna().all()
    assert frame["rank_in_group"].isna().all()
    told = (
        "No group: no membership holds on the date, so no role is suggested. Ranks 1st of 5 people of the whole network"
    )
    assert frame.loc["A", "because"].startswith(told)
    assert "above the best middle position)" in frame.loc["A", "because"]
    for word in ("principal", "significant", "peripheral"):
        assert not frame["because"].str.contains(word).any()


def test_a_small_group_has_an_order_and_no_tier():
    # A is tied to both others and to somebody outside; B and C to A alone, D has no tie.
    frame = suggested(network([("A", "B"), ("A", "C"), ("A", "X")], {"G": "ABCD"})).set_index("nominal_id")
    assert frame.loc[["A", "B", "C"], "suggested_role"].tolist() == ["insufficient data"] * 3
    assert frame.loc[["A", "B", "C"], "rank_in_group"].tolist() == [1, 2, 2]
    assert frame.loc[["D", "X"], "rank_in_group"].isna().all()
    told = " of 3 members of G that have ties; 4 are needed to suggest a role."
    assert frame.loc["A", "because"] == f"Order without a tier: ranks 1st{told}"
    assert frame.loc["B", "because"] == f"Order without a tier: joint 2nd{told}"


def test_a_group_of_equals_is_told_so():
    frame = suggested(network(clique("ABCDE"), {"G": "ABCDE"}))
    assert set(frame["suggested_role"]) == {"insufficient data"}
    assert set(frame["because"]) == {"Insufficient data: all 5 members of G that have ties score the same."}


def test_reasons_name_events_but_never_a_withheld_one():
    secret = {"grading_scheme": "3x5x2", "source_grade": "1", "intelligence_grade": "A", "handling_code": "C"}
    day = date(2019, 1, 1)
    links = [("K1", "AB"), ("K2", "ABCD"), ("K3", "AE"), ("K4", "AB"), ("K5", "ABC")]
    data = Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": p} for p in "ABCDE")),
            "memberships": rows("memberships", ({"nominal_id": p, "ocg_id": "G"} for p in "ABCDE")),
            "crimes": rows("crimes", ({"crime_id": c, "recorded_on": day} for c, _ in links)),
            "crime_links": rows(
                "crime_links", ({"crime_id": c, "person_id": p, "link_role": "suspect"} for c, ps in links for p in ps)
            ),
            "intel_reports": rows("intel_reports", [{"report_id": "SECRET", "reported_on": day, **secret}]),
            "intel_links": rows("intel_links", ({"report_id": "SECRET", "person_id": p} for p in "AB")),
        }
    )
    because = suggested(data).set_index("nominal_id")["because"]
    # The crimes with the fewest people add most to the tie.
    told = "(4 crimes, 1 report: K1, K4, K5 and others; 1 not named because of handling), then E and C."
    assert because["A"].endswith(f"Tied to 4 people, most strongly to B {told}"), because["A"]
    assert not because.str.contains("SECRET").any()


def test_stability_of_a_hub_is_full_and_nothing_is_claimed_without_a_role():
    frame = suggested(group_and_others(), Settings(resamples=60), stable=True).set_index(["nominal_id", "ocg_id"])
    told = frame["stability"]
    assert told["A", "G1"] > 0.9
    assert np.isnan(told["Z", ""])
    assert np.isnan(told["E", "G2"])
    judged = told[~frame["suggested_role"].isin(["insufficient data", "no group"])]
    assert judged.between(0, 1).all()
    assert judged.min() < 1


def test_without_dropping_ties_every_role_is_stable():
    frame = suggested(group_and_others(), Settings(resamples=6, drop_ties=0.0, drop_people=(0.0, 0.0)), stable=True)
    assert set(frame["stability"].dropna()) == {1.0}


def test_stability_is_seeded_and_says_when_it_is_not_computed():
    data = group_and_others()
    one, other = (suggested(data, Settings(resamples=20), stable=True)["stability"] for _ in range(2))
    pd.testing.assert_series_equal(one, other)
    chosen = Settings(resample_up_to=3)
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    found = stability_of(evidence, ties, position_of(ties, chosen), chosen)
    assert np.isnan(found.share).all()
    assert "not computed" in found.notes[0]


def test_without_any_membership_the_estimates_of_the_whole_are_those_of_the_group():
    chosen = Settings(betweenness_exact_up_to=2, betweenness_pivots=2)
    frame = suggested(network([*star("A", "BCDE"), ("B", "C"), ("E", "F"), ("F", "G")]), chosen)
    pairs = {"score_in_group": "position_score", "ties_in_group": "degree"}
    pairs |= {f"{name}_in_group": name for name in ("betweenness_steps", "closeness_steps")}
    for inside, whole in pairs.items():
        assert frame[inside].tolist() == pytest.approx(frame[whole].tolist()), inside


def test_what_will_take_long_is_told_beforehand_with_the_way_to_ask_for_less(monkeypatch):
    chosen, sentences = Settings(resamples=20), []
    analyse(group_and_others(), chosen, beforehand=sentences.append)
    assert sentences == []
    monkeypatch.setattr(main_job, "TIED_A_MINUTE", 1)
    monkeypatch.setattr(stability, "_MINUTE", 1e-6)
    analyse(group_and_others(), chosen, beforehand=sentences.append)
    everything, roles = sentences
    assert "with ties)" in everything
    assert "ask one question" in everything
    assert "20 resamples" in roles
    assert "resamples = 4 in a settings file" in roles
    asked = []
    answer("roles", group_and_others(), chosen, beforehand=asked.append)
    assert asked == [roles]


def roles_table(*cells: tuple[str, str]) -> ResultTable:
    columns = [c.name for c in RESULT_TABLES["roles"]]
    frame = pd.DataFrame(0, index=range(len(cells)), columns=columns).astype(object)
    frame["ocg_id"] = "G"
    frame["recorded_role"], frame["suggested_role"] = ([c[i] for c in cells] for i in (0, 1))
    return ResultTable("roles", frame)


def test_agreement_worked_by_hand():
    p, s, o = "principal", "significant", "peripheral"
    table = roles_table((p, p), (p, s), (s, s), (s, s), (o, o), (o, p), ("", s), (p, "insufficient data"))
    found = agreement(table)
    # Observed penalty: (p, s) 1 + (o, p) 4 = 5. Rows 2, 2, 2; columns p 2, s 3, o 1.
    # Expected: p row 2·(3·1 + 1·4)/6, s row 2·(2·1 + 1·1)/6, o row 2·(2·4 + 3·1)/6 = 14/6 + 6/6 + 22/6 = 7.
    assert found.kappa == pytest.approx(1 - 5 / 7)
    assert found.compared == 6
    assert found.table.loc[p].tolist() == [1, 1, 0, 1]
    assert found.table.loc["not assessed"].tolist() == [0, 1, 0, 0]


def test_agreement_of_nothing_is_unknown():
    assert agreement(roles_table()).kappa is None
    assert agreement(roles_table(("principal", "principal"), ("principal", "principal"))).kappa is None
    assert agreement(roles_table(("principal", "principal"))).kappa is None


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_is_symmetric_and_at_most_one(cells):
    counts = np.array(cells, float)
    kappa = quadratic_kappa(counts)
    assert kappa == (None if kappa is None else pytest.approx(quadratic_kappa(counts.T)))
    assert kappa is None or kappa <= 1 + 1e-12


def test_rows_of_the_input_in_another_order_change_no_role():
    data = group_and_others()
    turned = {n: data[n].take(pa.array(range(data[n].num_rows - 1, -1, -1))) for n in sorted(data.given)}
    chosen = Settings(resamples=20)
    pd.testing.assert_frame_equal(
        suggested(data, chosen, stable=True), suggested(Dataset.of(turned), chosen, stable=True)
    )
