"""Concentration: worked by hand, against brute force, and laws that must hold for any records."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import FIXTURES, SHARED, dataset, folder, linked

from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.harm import weights
from ocgnet.settings import Settings

FEW = Settings(null_draws=100, bootstrap_draws=50)


def found_in(data: Dataset, asked: Settings = FEW, **more):
    return concentrate(evidence_of(data, asked), data.names, asked, **more)


# Five crimes and two reports; P is no member, so c4 takes no part and c0 is split over A and B only.
#   crimes   c0 A B (P)   c1 A   c2 B C   c3 C   c4 P       shares: A (1/2 + 1) / 4, B 1/4, C (1/2 + 1) / 4
#   reports  r0 A         r1 A B                            shares: A 3/4, B 1/4
HAND = linked("ABCD", ["ABP", "A", "BC", "C", "P"], ["A", "AB"])


def test_a_small_case_worked_by_hand():
    found = found_in(HAND, replace(FEW, top_k=2))
    frame = found.table.frame
    assert frame["nominal_id"].tolist() == ["A", "B", "C", "D"]
    assert frame["rank"].tolist() == [1, 2, 3, 4]
    assert frame["in_top"].tolist() == [True, True, False, False]
    assert frame["crimes"].tolist() == [2, 2, 2, 0]
    assert frame["reports"].tolist() == [2, 1, 0, 0]
    # A .375 + .75; B .25 + .25; C .375, though C has the larger share of crimes.
    assert frame["crime_share"].tolist() == [0.375, 0.25, 0.375, 0]
    assert frame["report_share"].tolist() == [0.75, 0.25, 0, 0]
    assert frame["crimes_covered"].tolist() == [2, 3, 4, 4]
    assert frame["crimes_covered_share"].tolist() == [0.5, 0.75, 1, 1]
    assert frame["reports_covered"].tolist() == [2, 2, 2, 2]
    assert (found.crimes.value, found.crimes.numerator, found.crimes.denominator) == (0.75, 3, 4)
    assert (found.reports.value, found.reports.numerator, found.reports.denominator) == (1.0, 2, 2)
    assert found.chosen == ("A", "B")
    assert found.figures["top_nominals_crime_fractional"].value == 0.625
    assert found.figures["top_nominals_crime_full"].value == 1.0  # 4 links for 4 crimes, of which they cover 3
    # By crimes alone A and C, by reports alone A and B.
    assert found.figures["top_nominals_overlap"].value == 1
    assert found.curves[0].k.tolist() == [0, 1, 2, 3, 4]
    assert found.curves[0].covered.tolist() == [0, 0.5, 0.75, 1, 1]
    assert found.curves[0].null_median[[0, -1]].tolist() == [0, 1]


# K6 links N03 as suspect and N07 as charged: with all four link roles it is split over the two, and the published
# definition of arrested and suspect leaves all of it to N03. fixtures/tiny/answers.md has the other crimes.
TINY_REPORTS = {"N01": 1 / 2, "N03": 0, "N06": 1 / 15, "N02": 1 / 5, "N05": 1 / 6, "N04": 0, "N07": 1 / 15}
TINY_CRIMES = {"N01": 0, "N06": 1 / 4, "N02": 1 / 18, "N05": 1 / 12, "N04": 5 / 36}


@pytest.mark.parametrize(
    ("roles", "order", "split"),
    [
        (Settings().link_roles, ["N01", "N03", "N06", "N02", "N05", "N07", "N04"], {"N03": 7 / 18, "N07": 1 / 12}),
        (("arrested", "suspect"), ["N01", "N03", "N06", "N02", "N05", "N04", "N07"], {"N03": 17 / 36, "N07": 0}),
    ],
)
def test_the_tiny_folder_as_worked_on_paper(roles, order, split):
    found = found_in(folder(FIXTURES / "tiny"), replace(FEW, top_k=2, link_roles=roles))
    frame = found.table.frame
    assert frame["nominal_id"].tolist() == order
    assert found.chosen == ("N01", "N03")
    crime = TINY_CRIMES | split
    assert frame["crime_share"].tolist() == pytest.approx([crime[person] for person in order])
    assert frame["report_share"].tolist() == pytest.approx([TINY_REPORTS[person] for person in order])
    assert (found.crimes.numerator, found.crimes.denominator) == (4, 6)
    assert (found.reports.numerator, found.reports.denominator) == (4, 5)
    assert found.figures["top_nominals_crime_full"].value == pytest.approx(4 / 6)
    assert found.figures["top_nominals_harm_share"].value == pytest.approx(722.0488 / 1521.6777)
    assert "unknown for 1 of 6 crimes" in found.figures["top_nominals_harm_share"].filter


def test_thirds_and_sixths_tie_exactly():
    # A holds 1/3 six times, B two whole crimes: equal, so the order is by id.
    crimes = [*[["A", f"X{i}", f"Y{i}"] for i in range(6)], "B", "B"]
    members = {p for event in crimes for p in event}
    frame = found_in(linked(members, crimes), replace(FEW, top_k=1)).table.frame
    assert frame["nominal_id"].tolist()[:2] == ["A", "B"]
    assert frame["crime_share"].sum() == pytest.approx(1, abs=1e-14)


def test_severity_breaks_ties_and_unknown_severity_is_counted():
    codes = {"8N": weights()["8N"], "1": weights()["1"]}
    assert codes["1"] > codes["8N"]
    crimes = [{"crime_id": "c0", "offence_code": "8N"}, {"crime_id": "c1", "offence_code": "1"}, {"crime_id": "c2"}]
    found = found_in(linked("ABC", ["A", "B", "C"], instead={"crimes": crimes}), replace(FEW, top_k=2))
    frame = found.table.frame
    # All hold one crime; homicide first, then the lesser one, the unknown last; never 0 for unknown.
    assert frame["nominal_id"].tolist() == ["B", "A", "C"]
    assert frame["harm"].tolist()[:2] == [codes["1"], codes["8N"]]
    assert np.isnan(frame["harm"][2])
    assert np.isnan(frame["harm_share"][2])
    assert frame["harm_unknown"].tolist() == [0, 0, 1]
    assert frame["harm_share"][0] == pytest.approx(codes["1"] / (codes["1"] + codes["8N"]))
    assert "unknown for 1 of 3 crimes" in found.figures["top_nominals_harm_share"].filter
    assert found.figures["top_nominals_harm_share"].value == 1.0


def test_all_ties_go_by_id_and_k_may_exceed_the_people():
    found = found_in(linked("DCBA", ["A", "B", "C", "D"]), replace(FEW, top_k=2))
    assert found.chosen == ("A", "B")
    assert found.crimes.value == 0.5
    more = found_in(linked("DCBA", ["A", "B", "C"]), replace(FEW, top_k=13))
    # D has no event: being asked for 13 does not make somebody without a record one of them.
    assert more.chosen == ("A", "B", "C")
    assert (more.crimes.value, more.crimes.null_low, more.crimes.null_high) == (1.0, 1.0, 1.0)
    assert more.table.frame["inclusion"].tolist()[3] == 0


def test_nothing_to_share_is_unknown_and_not_zero():
    found = found_in(linked("AB", [], []))
    assert found.crimes.value is None
    assert found.reports.value is None
    assert found.chosen == ()
    assert found.figures["top_nominals"].value == 0
    assert found.table.frame["crime_share"].isna().all()
    assert found.table.frame["inclusion"].isna().all()
    assert np.isnan(found.curves[0].covered).all()
    nobody = found_in(dataset(nominals=[]))
    assert nobody.table.frame.empty
    assert nobody.crimes.value is None


def test_without_groups_all_nominals_stand_in_and_it_is_said():
    data = linked("", ["A", "AB", "C"])
    found = found_in(data, replace(FEW, top_k=1))
    assert found.all_nominals
    assert found.crimes.value == pytest.approx(2 / 3)
    assert "all nominals stand in" in found.crimes.filter
    assert any("No membership" in note for note in found.notes)
    assert not found_in(linked("A", ["A"])).notes[1:]


def test_victims_and_witnesses_are_no_concentration():
    roles = ["victim", "witness", "suspect"]
    links = [{"person_id": "A", "crime_id": f"c{i}", "link_role": r} for i, r in enumerate(roles)]
    found = found_in(linked("AB", ["A", "A", "A"], instead={"crime_links": links}))
    assert found.crimes.denominator == 1
    assert found.table.frame["crimes"].tolist() == [1, 0]


def test_st_louis_counts_suspects_only():
    found = found_in(folder(SHARED / "data" / "stlouis_crime"))
    assert found.all_nominals
    assert int(found.table.frame["crimes"].sum()) == 723
    assert found.crimes.outside_chance is None  # 100 draws cannot show a 99.9th percentile
    assert "too few draws" in found.crimes.filter


def test_hold_out_measures_last_years_choice_on_this_year():
    then, now = linked("AB", ["A", "A", "B"]), linked("ABC", ["B", "C", "C", "AC"])
    asked = replace(FEW, top_k=1)
    before = evidence_of(then, asked)
    assert "holdout_crime_share" not in found_in(now, asked, before=before).figures  # both undated: the same period
    before = replace(before, period=replace(before.period, note="another period"))
    found = found_in(now, asked, before=before)
    assert found.chosen == ("C",)
    assert found.figures["holdout_crime_share"].value == 0.25  # A, chosen then, is linked to one of four now
    assert found.figures["holdout_intel_share"].value is None
    assert found.figures["top_nominals_new"].value == 1.0


def test_fewer_draws_for_many_links_are_said():
    found = found_in(HAND, Settings(null_links=1, bootstrap_links=1))
    assert "null of 100 random allocations, interval of 100 resamples" in found.crimes.filter
    assert "reduced from 2,000 and 1,000" in found.crimes.filter
    assert found.crimes.outside_chance is None
    assert any("reduced" in note for note in found.notes)


def test_a_planted_few_are_outside_chance_and_an_even_spread_is_not():
    people = [f"N{i:03}" for i in range(60)]
    rng = np.random.default_rng(3)
    even = [[people[i]] for i in rng.integers(0, 60, 300)]
    planted = [[people[i]] for i in np.where(rng.random(300) < 0.4, rng.integers(0, 3, 300), rng.integers(0, 60, 300))]
    asked = Settings(top_k=3, bootstrap_draws=50, null_draws=1_000)
    assert found_in(linked(people, planted), asked).crimes.outside_chance is True
    assert found_in(linked(people, even), asked).crimes.outside_chance is False


EVENTS = st.lists(st.sets(st.sampled_from("ABCDEFP"), min_size=1, max_size=4), max_size=12)


@settings(max_examples=60, deadline=None)
@given(crimes=EVENTS, reports=EVENTS, k=st.integers(1, 7))
def test_brute_force_agrees_and_laws_hold(crimes, reports, k):
    members = "ABCDEF"
    found = found_in(linked(members, crimes, reports), Settings(top_k=k, null_draws=5, bootstrap_draws=5))
    frame = found.table.frame.set_index("nominal_id")
    total = dict.fromkeys(members, 0.0)
    for events, name in ((crimes, "crime"), (reports, "report")):
        own = [e & set(members) for e in events if e & set(members)]
        for person in members:
            part = sum(1 / len(e) for e in own if person in e)
            assert frame.loc[person, f"{name}s"] == sum(person in e for e in own)
            if own:
                assert frame.loc[person, f"{name}_share"] == pytest.approx(part / len(own))
                total[person] += part / len(own)
        top = set()
        for person in frame.index:
            top.add(person)
            assert frame.loc[person, f"{name}s_covered"] == sum(bool(e & top) for e in own)
        if own:
            assert frame[f"{name}_share"].sum() == pytest.approx(1)
            assert frame[f"{name}_share"].between(0, 1).all()
            assert frame[f"{name}s_covered_share"].is_monotonic_increasing
            assert (frame[f"{name}s_covered"] <= frame[f"{name}s"].cumsum()).all()  # union ≤ sum
    ordered = [total[p] for p in frame.index]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(ordered))
    assert len(found.chosen) == min(k, sum(v > 0 for v in total.values()))


@settings(max_examples=25, deadline=None)
@given(crimes=EVENTS, reports=EVENTS, seed=st.integers(0, 99))
def test_row_order_and_repeated_links_change_nothing(crimes, reports, seed):
    data = linked("ABCDEF", crimes, reports)
    rng = np.random.default_rng(seed)
    mixed = {
        name: pa.concat_tables([data[name], data[name]]).take(rng.permutation(2 * data[name].num_rows))
        if name.endswith("_links")
        else data[name].take(rng.permutation(data[name].num_rows))
        for name in data.given
    }
    one, other = found_in(data), found_in(Dataset.of(mixed))
    assert one.table.frame.equals(other.table.frame)
    assert one.figures == other.figures


@settings(max_examples=25, deadline=None)
@given(crimes=EVENTS, reports=EVENTS)
def test_new_ids_in_the_same_order_change_only_the_ids(crimes, reports):
    def renamed(events):
        return [{f"X{p}" for p in e} for e in events]

    one = found_in(linked("ABCDEF", crimes, reports))
    other = found_in(linked([f"X{p}" for p in "ABCDEF"], renamed(crimes), renamed(reports)))
    assert ["X" + i for i in one.table.frame["nominal_id"]] == other.table.frame["nominal_id"].tolist()
    rest = one.table.frame.columns.drop(["nominal_id", "name"])
    assert one.table.frame[rest].equals(other.table.frame[rest])


@settings(max_examples=25, deadline=None)
@given(crimes=EVENTS, reports=EVENTS)
def test_ids_in_another_order_give_everybody_the_same_holdings(crimes, reports):
    swap = dict(zip("ABCDEFP", "FEDCBAP", strict=True))
    one = found_in(linked("ABCDEF", crimes, reports)).table.frame.set_index("nominal_id")
    turned = [[{swap[p] for p in e} for e in reversed(events)] for events in (crimes, reports)]
    other = found_in(linked("ABCDEF", *turned)).table.frame.set_index("nominal_id").rename(index=swap)
    own = ["crimes", "reports", "crime_share", "report_share"]
    assert one[own].sort_index().equals(other[own].sort_index())


def test_inclusion_and_interval_against_exact_chances():
    # Three crimes of A, one of B. With k = 1, A leaves the top only when B is drawn three or four times of
    # four; at two each the resample ties and A stands first. P(B ≥ 3) = (4·3 + 1) / 256.
    found = found_in(linked("AB", ["A", "A", "A", "B"]), Settings(top_k=1, null_draws=5, bootstrap_draws=20_000))
    inclusion = found.table.frame.set_index("nominal_id")["inclusion"]
    assert inclusion["A"] == pytest.approx(1 - 13 / 256, abs=0.006)
    assert inclusion["B"] == pytest.approx(13 / 256, abs=0.006)
    # The fixed set {A}: Binomial(4, 3/4) / 4 has its 2.5% point at 1/4 and its 97.5% point at 1.
    assert (found.crimes.low, found.crimes.high) == (0.25, 1.0)
