"""Priorities: a total on paper, moves of the order against brute force, what is unknown, what a scheme may say."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from priority_records import DAY, PAPER, records, score, table

from ocgnet.analysis.response.priorities import (
    data_scores,
    given_scores,
    moves_by_one,
    moves_by_unknown,
    possible_totals,
    prioritise,
    ranks_of,
)
from ocgnet.analysis.response.priority_measures import overdue_actions, window_of
from ocgnet.analysis.response.priority_schemes import MEASURES, scheme_from, shipped_scheme
from ocgnet.dataset import Dataset
from ocgnet.errors import SourceError, UsageError
from ocgnet.harm import weights
from ocgnet.settings import Settings


def scheme(top: str = ""):
    return scheme_from(PAPER.format(top=top).encode(), "paper.toml")


X, Y = (4, 1, 2), (2, np.nan, 4)


@pytest.mark.parametrize(
    ("top", "lowest", "highest", "point"),
    [
        # X: harm (2·1 + 1·¼)/3 = ¾, likelihood ½: (3·¾ + ½)/4 = 68.75. Y: harm from ⅓ to ⅔, likelihood 1.
        ("", [68.75, 50.0], [68.75, 75.0], [68.75, 62.5]),
        ('order = "lowest"', [68.75, 50.0], [68.75, 75.0], [68.75, 50.0]),
        ('order = "highest"', [68.75, 50.0], [68.75, 75.0], [68.75, 75.0]),
        ('total = "product"', [37.5, 33.333333], [37.5, 66.666667], [37.5, 50.0]),
    ],
)
def test_totals_on_paper(top, lowest, highest, point):
    own = scheme(top)
    t = possible_totals(np.array([X, Y], float), own, own.components)
    assert t.lowest.tolist() == lowest
    assert t.highest.tolist() == highest
    assert t.point.tolist() == point


def test_an_unknown_component_is_never_zero():
    own = scheme()
    unknown = possible_totals(np.array([[4, np.nan, 2]]), own, own.components)
    zero = possible_totals(np.array([[4, 0, 2.0]]), own, own.components)
    assert unknown.highest > zero.highest
    assert unknown.point > zero.point


def test_scores_from_thresholds_that_rise_or_fall():
    values = np.array([0, 1, 2.5, 4, 9, np.nan])
    assert data_scores(values, (1, 2, 3, 4), 0).tolist()[:5] == [0, 1, 2, 4, 4]
    assert data_scores(values, (3, 2, 1, 0), 1).tolist()[:5] == [5, 4, 2, 1, 1]
    assert np.isnan(data_scores(values, (3, 2, 1, 0), 1)[5])


SCORES = st.lists(
    st.tuples(*[st.one_of(st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 2.5]), st.just(np.nan))] * 3),
    min_size=1,
    max_size=7,
)


def brute_ranks(rows, own):
    point = possible_totals(np.array(rows, float), own, own.components).point
    return [1 + sum(other > mine for other in point) for mine in point]


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sampled_from(["", 'order = "lowest"', 'total = "product"']))
def test_moves_by_one_are_those_of_brute_force(rows, top):
    own = scheme(top)
    seen = [[rank] for rank in brute_ranks(rows, own)]
    for i, k, step in product(range(len(rows)), range(3), (-1, 1)):
        if np.isnan(rows[i][k]):
            continue
        changed = [list(r) for r in rows]
        changed[i][k] = min(max(changed[i][k] + step, 0), 4)
        for place, rank in enumerate(brute_ranks(changed, own)):
            seen[place].append(rank)
    moves = moves_by_one(np.array(rows, float), own, own.components)
    assert moves.best.tolist() == [min(s) for s in seen]
    assert moves.worst.tolist() == [max(s) for s in seen]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 2.0, 4.0, np.nan])] * 3), min_size=1, max_size=4))
def test_moves_by_what_is_unknown_are_those_of_every_way_to_fill_it(rows):
    own, matrix = scheme(), np.array(rows, float)
    holes = np.argwhere(np.isnan(matrix))
    assume(len(holes) <= 5)
    seen = []
    for fill in product((0.0, 4.0), repeat=len(holes)):
        full = matrix.copy()
        full[tuple(holes.T)] = fill
        seen.append(brute_ranks(full, own))
    moves = moves_by_unknown(possible_totals(matrix, own, own.components))
    assert moves.best.tolist() == np.min(seen, axis=0).tolist()
    assert moves.worst.tolist() == np.max(seen, axis=0).tolist()


@settings(max_examples=60, deadline=None)
@given(SCORES, st.data())
def test_a_higher_score_never_lowers_a_rank_and_the_order_of_rows_is_nothing(rows, data):
    own, matrix = scheme(), np.array(rows, float)
    point = possible_totals(matrix, own, own.components).point
    i, k = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    assume(not np.isnan(matrix[i, k]))
    raised = matrix.copy()
    raised[i, k] = data.draw(st.floats(matrix[i, k], 4))
    assert ranks_of(possible_totals(raised, own, own.components).point)[i] <= ranks_of(point)[i]
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    shuffled = possible_totals(matrix[order], own, own.components).point
    assert ranks_of(shuffled).tolist() == ranks_of(point)[order].tolist()
    moved, first = moves_by_one(matrix[order], own, own.components), moves_by_one(matrix, own, own.components)
    assert moved.worst.tolist() == first.worst[order].tolist()


def parts_of(priorities, kind, subject):
    parts = priorities.rankings[kind].parts
    return parts[parts["subject_id"] == subject].set_index("component")


def test_what_the_records_say_of_a_group_on_paper():
    dataset = records()
    answers = prioritise(dataset, shipped_scheme())
    one, two = (parts_of(answers, "group", g)["value"] for g in ("G1", "G2"))
    assert one["physical"] == weights()["1"]
    assert one["financial"] == weights()["30A"]
    assert one["frequency"] == 2
    assert one["psychological"] == 1
    assert one["size"] == 2
    assert one["county_line"] == 1
    assert two["county_line"] == 0
    # G2 is linked to C2 and C4 this year; C2 is shared with N1 alone.
    assert two["frequency"] == 2
    assert two["reach"] == 1
    # This year's known severity less last year's, both one burglary.
    assert two["forecast"] == 0
    # No reports, no actions, no disruptions, no family links in these records: not known, and why is said.
    for name in ("volume", "intelligence", "capacity", "pressure", "children"):
        assert np.isnan(one[name]), name
    notes = " ".join(answers.rankings["group"].notes)
    assert "capacity unknown for 2 of 2: there is no table plan_actions." in notes
    assert "volume unknown for 2 of 2: there is no table intel_reports and no table intel_links." in notes
    assert UNWEIGHTED in answers.notes
    assert answers.rankings["group"].frame.set_index("subject_id")["recorded_score"].tolist() == ["old: 70", ""]


def test_a_child_is_never_ranked_and_it_is_said():
    answers = prioritise(records(), shipped_scheme(), kinds=("person",))
    assert sorted(answers.rankings["person"].frame["subject_id"]) == ["N1", "N2", "N3"]
    assert "1 person under 18 not ranked: a child is safeguarded, not tasked." in answers.notes


UNWEIGHTED = (
    "1 of 3 linked crimes without a severity weight: counted as crimes, and in no sum of severity, "
    "which may be greater."
)


def test_the_latest_score_counts_and_what_is_not_used_is_said():
    rows = (
        score("community", 1, date(2020, 1, 1)),
        score("community", 3, date(2020, 6, 1), by="DI Two"),
        score("community", 4, date(2021, 6, 1)),
        score("physical", 0, date(2020, 6, 1)),
        score("children", 9, date(2020, 6, 1)),
        score("swagger", 2, date(2020, 6, 1)),
        score("capability", 2, date(2020, 6, 1), version="0"),
        score("community", 2, date(2020, 6, 1), subject="N4", kind="person"),
    )
    dataset = records(scores=table("scores", *rows))
    answers = prioritise(dataset, shipped_scheme())
    one = parts_of(answers, "group", "G1")
    assert (one.loc["community", "score"], one.loc["community", "assessor"]) == (3, "DI Two")
    # The assessor's is used and the records' stands beside it, unchanged.
    assert one.loc["physical", ["score", "data_score", "assessor_score", "used"]].tolist() == [0, 3, 0, "assessor"]
    assert one.loc["capability", "used"] == "unknown"
    assert sorted(answers.notes) == sorted(
        [
            "1 score of ocgnet-priorities, version 0: not converted, and in no total.",
            "1 score dated after the day of judgement: in no total.",
            "1 score on a component that the scheme does not have for that kind of subject: in no total.",
            "1 score outside the scale: in no total.",
            "1 score of subjects that are not ranked on the day: in no total.",
            "1 person under 18 not ranked: a child is safeguarded, not tasked.",
            UNWEIGHTED,
        ]
    )


def test_the_records_come_first_where_the_scheme_says_so():
    text = PAPER.format(top="").replace("thresholds = [1, 2, 3, 4]", 'thresholds = [1, 2, 3, 4]\nused = "records"')
    own = scheme_from(text.encode(), "own.toml")
    row = score("c", 0, date(2020, 6, 1)) | {"scheme": "paper", "version": "2"}
    one = parts_of(prioritise(records(scores=table("scores", row)), own), "group", "G1")
    assert one.loc["c", ["score", "assessor_score", "used"]].tolist() == [2, 0, "records"]


def test_every_row_order_gives_the_same_ranking():
    dataset = records(scores=table("scores", score("community", 3, date(2020, 6, 1))))
    shuffled = Dataset.of(
        {n: t.take(list(range(t.num_rows))[::-1]) for n, t in dataset.tables.items() if n in dataset.given},
        dataset.about,
    )
    first, second = (prioritise(d, shipped_scheme()) for d in (dataset, shuffled))
    for kind in ("group", "person", "threat"):
        assert first.rankings[kind].frame.to_csv() == second.rankings[kind].frame.to_csv()
        assert first.rankings[kind].parts.to_csv() == second.rankings[kind].parts.to_csv()


def test_a_threat_has_the_crimes_of_its_line():
    dataset = records(
        things=table("things", {"thing_id": "T1", "kind": "line"}),
        crime_things=table("crime_things", *({"crime_id": c, "thing_id": "T1"} for c in ("C1", "C3"))),
        threats=table(
            "threats",
            {"threat_id": "X1", "name": "The line", "kind": "county_line", "thing_id": "T1"},
            {"threat_id": "X2", "name": "The park", "kind": "place"},
            {"threat_id": "X3", "name": "Later", "kind": "place", "recorded_on": date(2021, 2, 1)},
        ),
    )
    answers = prioritise(dataset, shipped_scheme(), kinds=("threat",))
    assert answers.rankings["threat"].frame["subject_id"].tolist() == ["X1", "X2"]
    assert parts_of(answers, "threat", "X1").loc[["frequency", "county_line"], "value"].tolist() == [1, 1]
    # Of a place without premises nothing can be known of crimes: that is not none.
    assert np.isnan(parts_of(answers, "threat", "X2").loc["frequency", "value"])
    assert "1 threat recorded after the day of judgement: not ranked." in answers.notes


def test_actions_are_overdue_for_the_subject_of_their_own_or_of_their_plan_or_of_older_rows():
    late, due = date(2020, 11, 1), date(2021, 1, 1)
    action = {"strand": "pursue", "action": "x"}
    dataset = records(
        plans=table("plans", {"plan_id": "P1", "subject_kind": "threat", "subject_id": "X1"}),
        plan_actions=table(
            "plan_actions",
            action | {"action_id": "A1", "plan_id": "P1", "due_on": late, "status": "open"},
            action | {"action_id": "A2", "ocg_id": "G1", "nominal_id": "N1", "due_on": late, "status": "open"},
            action | {"action_id": "A3", "nominal_id": "N1", "due_on": date(2020, 10, 1), "status": "open"},
            action | {"action_id": "A4", "ocg_id": "G1", "due_on": late, "status": "done"},
            action | {"action_id": "A5", "ocg_id": "G1", "due_on": due, "status": "open"},
            action
            | {
                "action_id": "A6",
                "subject_kind": "group",
                "subject_id": "G2",
                "plan_id": "P1",
                "due_on": late,
                "status": "open",
            },
            action | {"action_id": "A7", "ocg_id": "G1", "due_on": late},
        ),
    )
    overdue = overdue_actions(dataset, window_of(dataset, Settings(), 12))
    assert list(zip(overdue["action_id"], overdue["subject_kind"], overdue["subject_id"], strict=True)) == [
        ("A3", "person", "N1"), ("A1", "threat", "X1"), ("A2", "group", "G1"), ("A6", "group", "G2"),
    ]  # fmt: skip


def test_no_rows_at_all_give_empty_rankings():
    answers = prioritise(Dataset.of({"nominals": table("nominals", {"nominal_id": "N1"})}), shipped_scheme())
    assert [len(r.frame) for r in answers.rankings.values()] == [0, 0, 0]


# What a scheme file may say.

FAULTS = [
    (('version = "2"', "version = 2"), "Line 2, version: 2 is no text; write it in quotes."),
    (("weight = 3", "wieght = 3"), "Line 6, section.harm.wieght: there is no such key; did you mean weight?"),
    (
        ('section = "likelihood"', 'section = "harms"'),
        "component.c.section: there is no section harms; did you mean harm?",
    ),
    (
        ('measure = "crimes"', 'measure = "crime"'),
        "component.c.measure: 'crime' is none it takes; did you mean crimes?",
    ),
    (("[1, 2, 3, 4]", "[1, 3, 2, 4]"), "Line 21, component.c.thresholds: those are no list of 4 numbers that rise"),
    (("[1, 2, 3, 4]", "[1, 2, 3]"), "those are no list of 4 numbers"),
    (("weight = 2", "weight = -1"), "Line 13, component.a.weight: -1 is no number from 0 to 1e+06"),
    (("[component.b]", "[component.B]"), "component.B: the name is not made of small letters"),
    (("thresholds = [1, 2, 3, 4]", "thresholds = { group = [1, 2, 3, 4] }"), "write a list for each of group, person"),
    (('says = "A."\n', ""), "component.a.says: it is missing; write a text of at most 200."),
    (('section = "likelihood"', 'section = "harm"'), "section.likelihood: no component counts in it"),
    (('says = "B."', 'says = "B."\nkinds = ["gang"]'), "component.b.kinds: 'gang' is none it takes"),
    (
        ('says = "B."', 'says = "B."\noffence_groups = ["rape"]'),
        "component.b.offence_groups: they limit crime_severity",
    ),
    (('says = "B."', 'says = "B."\nthresholds = [1, 2, 3, 4]'), "there is no measure that they could cut"),
    (('says = "B."', 'says = "B."\nused = "both"'), "component.b.used: 'both' is none it takes"),
]


@pytest.mark.parametrize(("change", "told"), FAULTS, ids=[t[1][:40] for t in FAULTS])
def test_a_fault_of_a_scheme_is_told_by_line_and_key(change, told):
    text = PAPER.format(top="")
    assert change[0] in text
    with pytest.raises(UsageError) as refused:
        scheme_from(text.replace(*change).encode(), "own.toml")
    assert str(refused.value).startswith("own.toml cannot be used. ")
    assert told in str(refused.value)


def test_all_faults_of_a_scheme_are_told_at_once():
    text = PAPER.format(top='total = "mean"\nleast = 1\nmost = 1').replace("weight = 2", "weight = true")
    with pytest.raises(UsageError) as refused:
        scheme_from(text.encode(), "own.toml")
    for told in (
        "Line 3, total: 'mean' is none it takes",
        "Line 5, most: it is not a whole number of steps above",
        "a.weight",
    ):
        assert told in str(refused.value)


@pytest.mark.parametrize("data", [b"\xff", b"[", b"a" * 10])
def test_what_is_no_scheme_at_all_is_refused(data):
    with pytest.raises(SourceError, match=r"own.toml is no TOML file in UTF-8"):
        scheme_from(data, "own.toml")


def test_the_shipped_scheme_uses_every_measure_and_cites_its_source():
    own = shipped_scheme()
    assert {c.measure for c in own.components} - {""} == set(MEASURES)
    assert [c.name for c in own.components if not c.measure] == ["community", "capability"]
    assert "Home Office" in own.source
    assert "no MoRiLE score" in own.source
    assert own.words == "ocgnet-priorities, version 1"


def test_scores_of_an_empty_table_are_none():
    assert len(given_scores(records(), shipped_scheme(), DAY).frame) == 0
