"""Ties: against paper, a loop written from the definition, and laws."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date
from fractions import Fraction
from itertools import combinations
from math import log2

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence, evidence_of
from ocgnet.model import TABLES
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import Ties, ties_of
from ocgnet.settings import Settings

pytestmark = pytest.mark.long


def rows(name: str, *given_rows: dict) -> pa.Table:
    columns = {k for r in given_rows for k in r}
    kept = [c for c in TABLES[name].columns if c.name in columns]
    return pa.table({c.name: pa.array([r.get(c.name) for r in given_rows], c.arrow) for c in kept})


def nominals(*ids: str) -> pa.Table:
    return rows("nominals", *({"nominal_id": i} for i in ids))


def linked(event: str, *people: str, role: str = "suspect") -> list[dict]:
    return [{"crime_id": event, "person_id": p, "link_role": role} for p in people]


def named_in(report: str, *people: str) -> list[dict]:
    return [{"report_id": report, "person_id": p} for p in people]


def weights(evidence: Evidence, ties: Ties) -> dict[tuple[str, str], float]:
    ids = evidence.nominals
    return {(ids[a], ids[b]): w for a, b, w in zip(ties.a, ties.b, ties.weight, strict=True)}


@pytest.fixture
def paper() -> tuple[Evidence, Ties]:
    """A, B and C on one crime with an outsider; A and B in a report and a secret one; B and C phone."""
    data = Dataset.of(
        {
            "nominals": nominals("A", "B", "C", "D"),
            "people": rows("people", {"person_id": "X"}, {"person_id": "V"}),
            "crimes": rows("crimes", {"crime_id": "K1", "recorded_on": date(2019, 1, 5)}),
            "crime_links": rows(
                "crime_links", *linked("K1", "A", "B", "C", "X"), *linked("K1", "V", "D", role="victim")
            ),
            "intel_reports": rows(
                "intel_reports",
                {"report_id": "R1", "reported_on": date(2019, 2, 1)},
                {
                    "report_id": "R2",
                    "reported_on": date(2019, 3, 1),
                    "grading_scheme": "3x5x2",
                    "source_grade": "1",
                    "intelligence_grade": "A",
                    "handling_code": "C",
                },
            ),
            "intel_links": rows("intel_links", *named_in("R1", "A", "B"), *named_in("R2", "A", "B")),
            "associations": rows(
                "associations",
                {"person_a": "C", "person_b": "B", "kind": "phone", "times_observed": 1, "last_seen": date(2019, 1, 1)},
                {"person_a": "B", "person_b": "C", "kind": "phone", "times_observed": 2, "last_seen": date(2019, 1, 9)},
                {"person_a": "A", "person_b": "D", "kind": "meeting", "times_observed": 0},
            ),
        }
    )
    evidence = evidence_of(data, Settings())
    return evidence, ties_of(evidence, Settings())


def test_weights_on_paper(paper):
    third = 1 / 3
    assert weights(*paper) == {
        ("A", "B"): pytest.approx(third + 2),
        ("A", "C"): pytest.approx(third),
        ("B", "C"): pytest.approx(third + 0.5 * log2(1 + 3)),
    }


def test_victims_make_no_ties(paper):
    evidence, ties = paper
    assert not WeightedGraph.of(ties).connected[list(evidence.nominals).index("D")]


def test_contact_seen_no_times_is_counted_as_left_out(paper):
    assert [(r.what, r.count) for r in paper[1].left_out] == [("associations", 1)]


def test_table_on_paper(paper):
    evidence, ties = paper
    frame = ties.to_table(evidence).frame
    assert frame[["person_a", "person_b", "kinds", "events", "events_withheld"]].to_numpy().tolist() == [
        ["A", "B", "crime|report", "K1|R1", 1],
        ["A", "C", "crime", "K1", 0],
        ["B", "C", "crime|phone", "K1|phone|phone", 0],
    ]
    assert [d.date() for d in frame["first_on"]] == [date(2019, 1, 5), date(2019, 1, 5), date(2019, 1, 1)]
    assert [d.date() for d in frame["last_on"]] == [date(2019, 3, 1), date(2019, 1, 5), date(2019, 1, 9)]


def test_withheld_report_is_named_nowhere(paper):
    evidence, ties = paper
    assert "R2" not in ties.to_table(evidence).frame.to_csv()


def test_networkx_graph_has_distance_as_inverse_strength(paper):
    graph = paper[1].graph()
    assert graph.number_of_nodes() == 4
    assert {(a, b): d["weight"] * d["distance"] for a, b, d in graph.edges(data=True)} == {
        (0, 1): pytest.approx(1),
        (0, 2): pytest.approx(1),
        (1, 2): pytest.approx(1),
    }


def test_no_evidence_gives_no_ties():
    evidence = evidence_of(Dataset.of({"nominals": nominals("A", "B")}), Settings())
    ties = ties_of(evidence, Settings())
    assert len(ties) == 0
    assert ties.to_table(evidence).frame.empty
    assert len(ties.layer("crime")) == 0


def test_big_events_make_no_ties_and_are_counted():
    crowd = [f"N{i:02}" for i in range(6)]
    data = {
        "nominals": nominals(*crowd),
        "crime_links": rows("crime_links", *linked("BIG", *crowd), *linked("SMALL", *crowd[:5])),
    }
    evidence = evidence_of(Dataset.of(data), Settings())
    ties = ties_of(evidence, Settings(event_cap=5))
    assert set(weights(evidence, ties).values()) == {0.25}
    assert len(ties) == 10
    assert [(r.what, r.count) for r in ties.left_out] == [("crimes", 1)]


people = st.sampled_from([*"ABCDEFG", "X", "Y"])
events = st.dictionaries(st.sampled_from([f"E{i}" for i in range(8)]), st.sets(people, min_size=1), max_size=8)


def dataset_of(crimes: dict[str, set[str]], reports: dict[str, set[str]]) -> Dataset:
    return Dataset.of(
        {
            "nominals": nominals(*"ABCDEFG"),
            "people": rows("people", {"person_id": "X"}, {"person_id": "Y"}),
            "crime_links": rows("crime_links", *(r for e, p in crimes.items() for r in linked(e, *sorted(p)))),
            "intel_links": rows("intel_links", *(r for e, p in reports.items() for r in named_in(e, *sorted(p)))),
        }
        if crimes and reports
        else {"nominals": nominals(*"ABCDEFG")}
    )


@settings(max_examples=150, deadline=None)
@given(events, events, st.integers(2, 9))
def test_projection_is_its_definition(crimes, reports, cap):
    expected: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    made_by = defaultdict(list)
    if crimes and reports:
        for kind, weight in ((crimes, 2), (reports, 3)):
            for event in sorted(kind):
                if 2 <= len(kind[event]) <= cap:
                    for pair in combinations(sorted(kind[event] & set("ABCDEFG")), 2):
                        expected[pair] += Fraction(weight, len(kind[event]) - 1)
                        made_by[pair].append(event)
    chosen = Settings(crime_weight=2, report_weight=3, event_cap=cap)
    evidence = evidence_of(dataset_of(crimes, reports), chosen)
    ties = ties_of(evidence, chosen)
    assert weights(evidence, ties) == {k: pytest.approx(float(v)) for k, v in expected.items()}
    frame = ties.to_table(evidence).frame
    assert {(a, b): e for a, b, e in zip(frame.person_a, frame.person_b, frame.events, strict=True)} == {
        k: "|".join(v) for k, v in made_by.items()
    }
    assert list(zip(frame.person_a, frame.person_b, strict=True)) == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(events, events)
def test_layers_are_what_each_kind_alone_would_make_and_add_up(crimes, reports):
    evidence = evidence_of(dataset_of(crimes, reports), Settings())
    ties = ties_of(evidence, Settings())
    alone = ties_of(evidence, Settings(report_weight=0))
    layer = ties.layer("crime")
    for field in ("a", "b", "weight", "start", "event"):
        assert np.array_equal(getattr(layer, field), getattr(alone, field)), field
    assert layer.weight.sum() + ties.layer("report").weight.sum() == pytest.approx(ties.weight.sum())
    assert np.array_equal(ties.layer(*ties.kinds).weight, ties.weight)


@settings(max_examples=40, deadline=None)
@given(events, events, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(crimes, reports, chance):
    data = dataset_of(crimes, reports)
    shuffled = {}
    for name in data.given:
        order = list(range(data[name].num_rows))
        chance.shuffle(order)
        shuffled[name] = data[name].take(order)
    one, other = evidence_of(data, Settings()), evidence_of(Dataset.of(shuffled), Settings())
    first, second = ties_of(one, Settings()), ties_of(other, Settings())
    for field in dataclasses.fields(Ties):
        a, b = getattr(first, field.name), getattr(second, field.name)
        assert np.array_equal(a, b, equal_nan=True) if field.name in ("first", "last") else np.array_equal(a, b)


def test_an_unknown_layer_is_refused(paper):
    with pytest.raises(ValueError, match="gossip"):
        paper[1].layer("gossip")


def both_ways(kind: str, *records: dict) -> Dataset:
    pairs = [{"person_a": a, "person_b": b, "kind": kind, **r} for (a, b), r in zip(("AB", "BA"), records, strict=True)]
    return Dataset.of({"nominals": nominals("A", "B"), "associations": rows("associations", *pairs)})


DAY, NEXT = {"first_seen": date(2018, 7, 1)}, {"first_seen": date(2018, 7, 2)}


@pytest.mark.parametrize(
    ("kind", "one", "other", "times", "records"),
    [
        ("meeting", {"times_observed": 3, **DAY}, {"times_observed": 3, **DAY}, 3, 1),
        # A mutual contact with two counts is one contact, observed at least as often as the greater says.
        ("meeting", {"times_observed": 3}, {"times_observed": 5}, 5, 1),
        ("household", {}, {}, 1, 1),
        # Two facts: another day, both directed, calls with another number each way.
        ("meeting", {"times_observed": 3, **DAY}, {"times_observed": 3, **NEXT}, 6, 2),
        ("meeting", {"times_observed": 3, "directed": True}, {"times_observed": 3, "directed": True}, 6, 2),
        ("phone", {"times_observed": 52}, {"times_observed": 29}, 81, 2),
        ("phone", {"times_observed": 3}, {"times_observed": 3}, 3, 1),
        ("phone", {"times_observed": 52, "directed": False}, {"times_observed": 29, "directed": False}, 52, 1),
    ],
)
def test_a_contact_recorded_both_ways_counts_once(kind, one, other, times, records):
    # On paper: weight x log2(1 + times).
    for first, second in ((one, other), (other, one)):
        evidence = evidence_of(both_ways(kind, first, second), Settings())
        ties = ties_of(evidence, Settings())
        assert len(ties.kind) == records
        assert ties.weight.tolist() == pytest.approx([dict(Settings().association_weights)[kind] * log2(1 + times)])
        gone = [entry.count for entry in evidence.left_out if "other way round" in entry.why]
        assert gone == [1] * (2 - records)


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from(["meeting", "phone"]),
                  st.integers(1, 2), st.none() | st.booleans()).filter(lambda r: r[0] != r[1]),
        max_size=8, unique_by=lambda r: r[:3],
    ),
    st.randoms(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_contacts_that_count_once_do_not_depend_on_who_stands_first(found, chance):
    def network(records):
        made = [
            dict(zip(("person_a", "person_b", "kind", "times_observed", "directed"), r, strict=True)) for r in records
        ]
        dataset = Dataset.of(
            {"nominals": nominals(*"ABC"), "associations": rows("associations", *made)}
            if made
            else {"nominals": nominals(*"ABC")}
        )
        evidence = evidence_of(dataset, Settings())
        return weights(evidence, ties_of(evidence, Settings()))

    once = network(found)
    assert network(chance.sample(found, len(found))) == once
    assert network([(b, a, *rest) for a, b, *rest in found]) == once
