"""The greedy curve against plain search, and what no greedy choice can break."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_records import linked

from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.concentration.coverage import linked_to
from ocgnet.analysis.concentration.greedy import greedy_cover
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings

PEOPLE = "ABCDEF"
EVENTS = st.lists(st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=4), max_size=12)
FEW = {"null_draws": 5, "bootstrap_draws": 5, "counts_null_draws": 5}


def kinds_of(crimes, reports):
    evidence = evidence_of(linked(PEOPLE, crimes, reports), Settings())
    keep = np.ones(len(PEOPLE), bool)
    return linked_to(evidence.crimes, keep), linked_to(evidence.reports, keep)


def coverage(crimes, reports, chosen):
    """Mean over the kinds with events of the share covered, in plain Python."""
    shares = [sum(bool(e & set(chosen)) for e in events) / len(events) for events in (crimes, reports) if events]
    return sum(shares) / len(shares) if shares else 0.0


@settings(max_examples=120, deadline=None)
@given(crimes=EVENTS, reports=EVENTS, k=st.integers(1, 6))
def test_each_step_is_the_best_there_is_and_ties_are_all_named(crimes, reports, k):
    found = greedy_cover(kinds_of(crimes, reports), np.full(6, np.nan), k, 6)
    chosen = ""
    for step, (person, ties) in enumerate(zip(found.person, found.ties, strict=True)):
        gains = {p: coverage(crimes, reports, chosen + p) - coverage(crimes, reports, chosen) for p in PEOPLE}
        best = [p for p in PEOPLE if gains[p] == pytest.approx(max(gains.values()), abs=1e-12)]
        assert [PEOPLE[person], *(PEOPLE[t] for t in ties)] == best
        chosen += PEOPLE[person]
        for gained, events in zip(found.gained, (crimes, reports), strict=True):
            before = sum(bool(e & set(chosen[:-1])) for e in events)
            assert gained[step] == sum(bool(e & set(chosen)) for e in events) - before
    # It ends when nothing is left to add.
    assert coverage(crimes, reports, chosen) == pytest.approx(1.0 if crimes or reports else 0.0)


@settings(max_examples=80, deadline=None)
@given(crimes=EVENTS, reports=EVENTS, k=st.integers(1, 4))
def test_swaps_and_the_bound_against_every_set(crimes, reports, k):
    found = greedy_cover(kinds_of(crimes, reports), np.full(6, np.nan), k, 6)
    chosen = [PEOPLE[p] for p in found.person[:k]]
    assert len(found.swap_loss) == len(chosen)
    reached = coverage(crimes, reports, chosen)
    best = max((coverage(crimes, reports, c) for c in combinations(PEOPLE, len(chosen))), default=0.0)
    assert reached >= (1 - 1 / np.e) * best - 1e-12
    for at, member in enumerate(chosen):
        rest = [p for p in chosen if p != member]
        others = {p: coverage(crimes, reports, [*rest, p]) for p in PEOPLE if p not in chosen}
        if others:
            assert found.swap_loss[at] == pytest.approx(reached - max(others.values()), abs=1e-12)
            assert others[PEOPLE[found.swap_with[at]]] == pytest.approx(max(others.values()), abs=1e-12)
        else:
            assert np.isnan(found.swap_loss[at])


def test_a_pair_of_partners_counts_once():
    # A and B share three crimes, C has two of its own: by volume A and B lead, greedily A and C.
    data = linked("ABC", ["AB", "AB", "AB", "C", "C"], ["A", "B", "B", "C"])
    found = concentrate(evidence_of(data, Settings()), {"C": "Sea"}, Settings(top_k=2, **FEW))
    assert found.chosen == ("B", "C")
    frame = found.greedy.frame
    # Worth in twentieths of both shares: A 3/5 + 1/4, B 3/5 + 2/4, C 2/5 + 1/4; after B, A adds 1/4 only.
    assert frame["nominal_id"].tolist() == ["B", "C", "A"]
    assert frame["gained_crimes"].tolist() == [3, 2, 0]
    assert frame["gained_reports"].tolist() == [2, 1, 1]
    assert frame["covered_share"].tolist() == pytest.approx([(3 / 5 + 2 / 4) / 2, (1 + 3 / 4) / 2, 1])
    assert frame["name"].tolist() == ["", "Sea", ""]
    # B against A loses one report of four; C against A loses both crimes and gains nothing but keeps one report.
    assert frame["swap_loss"].tolist()[:2] == pytest.approx([1 / 8, 1 / 5])
    assert frame["swap_with"].tolist() == ["A", "A", ""]
    assert found.figures["greedy_crime_share"].value == 1.0


def test_equal_gains_are_said_and_severity_decides():
    codes = {
        "crimes": [
            {"crime_id": "c0", "offence_code": "8N"},
            {"crime_id": "c1", "offence_code": "1"},
            {"crime_id": "c2"},
        ]
    }
    found = concentrate(
        evidence_of(linked("ABC", ["A", "B", "C"], instead=codes), Settings()), {}, Settings(top_k=1, **FEW)
    )
    frame = found.greedy.frame
    # Homicide first, then the lesser one, the unknown last; the others of each tie are named.
    assert frame["nominal_id"].tolist() == ["B", "A", "C"]
    assert frame["ties"].tolist() == [2, 1, 0]
    assert frame["tied_with"].tolist() == ["A|C", "C", ""]
    assert frame["swap_loss"].tolist()[0] == 0.0


def test_nothing_linked_gives_no_curve():
    found = concentrate(evidence_of(linked("AB", [], []), Settings()), {}, Settings(**FEW))
    assert found.greedy.frame.empty
    assert found.figures["greedy_crime_share"].value is None


def test_a_person_covered_already_never_tops_up_the_list():
    # B's every event is A's: however long the list may be, B is not on it.
    found = concentrate(evidence_of(linked("AB", ["AB", "A"], ["AB"]), Settings()), {}, Settings(top_k=2, **FEW))
    assert found.greedy.frame["nominal_id"].tolist() == ["A"]
    assert found.chosen == ("A", "B")
