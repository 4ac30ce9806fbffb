"""The payload says what the analysis says."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
from chart_sample import sample_analysis
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.results import RESULT_TABLES, ResultTable, tables_of
from ocgnet.views.chart import chart_payload
from ocgnet.views.chart.layout import LONGEST_CODE, READABLE_BOXES, boxes_of, home_groups, short_codes


def test_every_person_stands_in_exactly_one_box(large):
    payload = chart_payload(large)
    people = [i for box in payload["boxes"] for i in box["people"]]
    assert sorted(people) == list(range(200))
    assert all(payload["people"]["box"][i] == n for n, box in enumerate(payload["boxes"]) for i in box["people"])


def test_ties_keep_ends_weight_and_events(large):
    payload, ties = chart_payload(large), large.ties.frame
    ids = payload["people"]["id"]
    t = payload["ties"]
    found = {(ids[a], ids[b], e) for a, b, e in zip(t["a"], t["b"], t["events"], strict=True)}
    assert found == set(zip(ties["person_a"], ties["person_b"], ties["events"], strict=True))
    assert abs(sum(t["weight"]) - ties["weight"].sum()) < 0.01 * ties["weight"].sum()


def test_a_tie_of_somebody_unknown_is_counted_not_lost(small):
    extra = small.ties.frame.head(1).assign(person_b="NOBODY")
    ties = ResultTable("ties", pd.concat([small.ties.frame, extra], ignore_index=True))
    left = chart_payload(replace(small, tables={**small.tables, "ties": ties}))["meta"]["left_out"]
    assert ["ties", "one of the two people is not in the results", 1] in left


def test_left_out_data_line_and_marking_are_said(small):
    meta = chart_payload(small)["meta"]
    assert meta["marking"] == "OFFICIAL-SENSITIVE · SYNTHETIC DATA"
    assert ["crime_links", "link role is not arrested or suspect", 812] in meta["left_out"]
    line = " · ".join(meta["data_line"])
    for words in ("Northshire", "01/04/2018 to 31/03/2019", "as of 31/03/2019", "2,000 crimes", "1,243 rows left out"):
        assert words in line


def test_row_order_has_no_say(small):
    shuffled = {
        n: ResultTable(n, t.frame.sample(frac=1, random_state=5).reset_index(drop=True))
        for n, t in small.tables.items()
    }
    groups = small.groups.sample(frac=1, random_state=5)
    assert json.dumps(chart_payload(small)) == json.dumps(chart_payload(replace(small, tables=shuffled, groups=groups)))


def test_title_counts_groups_tied_to_another_group():
    analysis = sample_analysis(6, 0, 0, outside=0)
    roles = pd.DataFrame({"nominal_id": [f"N{i:05d}" for i in range(6)], "ocg_id": ["A", "A", "B", "B", "C", "C"]})
    roles = roles.reindex(columns=[c.name for c in RESULT_TABLES["roles"]])
    ties = pd.DataFrame({"person_a": ["N00000", "N00004"], "person_b": ["N00002", "N00005"], "weight": [1.0, 1.0]})
    ties = ties.reindex(columns=[c.name for c in RESULT_TABLES["ties"]])
    analysis = replace(
        analysis, tables=tables_of(*analysis.tables.values(), ResultTable("roles", roles), ResultTable("ties", ties))
    )
    assert chart_payload(analysis)["meta"]["title"] == "2 of 3 groups have ties to another group (6 people, 2 ties)"


def test_home_is_where_the_recorded_role_is_highest():
    roles = pd.DataFrame(
        {
            "nominal_id": ["N1", "N1", "N2", "N2", "N3"],
            "ocg_id": ["A", "B", "B", "A", ""],
            "recorded_role": ["peripheral", "principal", "significant", "significant", ""],
        }
    )
    assert home_groups(roles, pd.Index(["N1", "N2", "N3", "N4"])).tolist() == ["B", "A", "", ""]


def test_boxes_beyond_what_can_be_read_share_one_that_says_how_many():
    community = np.array([f"C{i // 5}" for i in range(5 * 60)], object)
    none = pd.DataFrame({"ocg_id": [], "name": []})
    boxes = boxes_of(none, np.full(300, "", object), community, np.ones(300, bool))
    assert len(boxes) == READABLE_BOXES + 1
    assert boxes[-1].name == "16 smaller communities"
    assert len(boxes[-1].people) == 80
    lone = boxes_of(none, np.full(2, "", object), np.array(["C1", "C1"], object), np.ones(2, bool))
    assert [box.name for box in lone] == ["1 community"]


def test_nobody_gives_a_whole_payload():
    payload = chart_payload(sample_analysis(0, 0, 0))
    assert payload["people"]["id"] == []
    assert payload["meta"]["title"] == "No nominal is left after the filters"


@given(st.lists(st.text("G#…123 abcdefgh-", min_size=1, max_size=12), min_size=1, max_size=30, unique=True))
def test_no_code_of_a_group_is_read_as_another_group(ids) -> None:
    """G2 never stands on group G3: a code is the group's own id, or the id of none."""
    ids = sorted(ids)
    codes = short_codes(ids)
    assert len(set(codes)) == len(ids)
    for own, code in zip(ids, codes, strict=True):
        assert code == own or code not in ids
        assert code == own or len(own) > LONGEST_CODE or max(map(len, ids)) > LONGEST_CODE


def test_a_community_is_never_read_as_a_group() -> None:
    groups = pd.DataFrame({"ocg_id": ["C1"], "name": ["Group"]})
    home = np.array([""] * 5 + ["C1"], dtype=object)
    community = np.array(["C1"] * 6, dtype=object)
    boxes = boxes_of(groups, home, community, np.ones(6, bool))
    assert [(b.kind, b.code) for b in boxes] == [("ocg", "C1"), ("community", "(C1)")]
