"""The safeguarding cases: everything as worked out by hand in fixtures/safeguarding/answers.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from made_records import FIXTURES, folder

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.analysis.children.priority_rules import COMPONENTS
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.settings import Settings


@pytest.fixture(scope="module")
def cases() -> Dataset:
    return folder(FIXTURES / "safeguarding")


@pytest.fixture(scope="module")
def found(cases):
    return safeguard(cases)


def parts_of(found, child: str) -> pd.DataFrame:
    frame = found.tables["child_components"].frame
    return frame[frame["child_id"] == child].set_index("component")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def test_who_is_linked_and_in_which_order(found):
    frame = found.table.frame
    assert frame["child_id"].tolist() == ["C1", "C11", "C6", "C10", "C2", "C3", "C7", "C8"]
    assert frame.loc[frame["family_basis"], "child_id"].tolist() == ["C2", "C3", "C7", "C8"]
    assert sorted(found.family["nominal_id"].unique()) == ["N1", "N2", "N3"]
    assert sorted(found.family["ocg_id"].unique()) == ["G1", "G2"]
    assert found.left_out == (
        LeftOut("children", "18 or over on 2019-03-31", 1),
        LeftOut("family_links", "the parent was in a group, but is no member that counts now", 1),
    )


def test_households_stand_together(found):
    frame = found.table.frame.set_index("child_id")
    assert frame["household"].to_dict() == {
        "C1": "HH-C1", "C11": "HH-C11", "C6": "HH-C6", "C10": "HH-C10", "C2": "HH-C2", "C3": "HH-C2", "C7": "HH-C7",
        "C8": "HH-C7",
    }  # fmt: skip
    assert frame["household_others"].to_dict() == dict.fromkeys(frame.index, "") | {"C7": "C9", "C8": "C9"}


def test_a_household_first_seen_after_the_day_joins_nobody(cases, found):
    later = pa.table({"person_a": ["C1"], "person_b": ["C6"], "kind": ["household"], "first_seen": [date(2019, 4, 1)]})
    tables = {n: cases[n] for n in cases.given}
    kept = tables.get("associations", cases["associations"])
    tables["associations"] = pa.concat_tables([kept, later], promote_options="permissive")
    again = safeguard(replace(Dataset.of(tables, cases.about), left_out=cases.left_out))
    pd.testing.assert_series_equal(again.table.frame["household"], found.table.frame["household"])


@pytest.mark.parametrize(
    ("child", "about_child", "about_adults"),
    [
        # points, at least, unknown together, one answer
        ("C1", (8, "urgent", 7, "urgent"), (11, "urgent", 0, "urgent")),
        ("C2", (0, "standard", 11, "high"), (5, "high", 1, "high")),
        ("C3", (0, "standard", 7, "high"), (2, "standard", 2, "standard")),
        ("C6", (12, "urgent", 0, "urgent"), (4, "standard", 0, "standard")),
        ("C7", (0, "standard", 11, "high"), (2, "standard", 6, "high")),
        ("C8", (0, "standard", 11, "high"), (1, "standard", 7, "standard")),
        ("C10", (2, "standard", 11, "urgent"), (5, "high", 1, "high")),
        ("C11", (6, "urgent", 11, "urgent"), (2, "standard", 1, "standard")),
    ],
)
def test_how_pressing(found, child, about_child, about_adults):
    row = found.table.frame.set_index("child_id").loc[child]
    parts = parts_of(found, child)
    assert list(parts.index) == list(COMPONENTS)
    for side, expected in (("child", about_child), ("adults", about_adults)):
        told = row[[f"{n}_{side}" for n in ("points", "band", "could_add", "could_be")]].tolist()
        assert tuple(told) == expected
        own = parts[[COMPONENTS[c].side == side for c in parts.index]]
        assert (own["points"].sum(), own["could_add"].sum()) == (expected[0], expected[2])


def test_what_one_answer_could_make_is_named(found):
    frame = found.table.frame.set_index("child_id")
    assert frame["raised_by_child"].to_dict() == {
        "C1": "", "C11": "", "C6": "", "C10": "cse|cce", "C2": "cse|cce|aces", "C3": "cse|aces", "C7": "cse|cce|aces",
        "C8": "cse|cce|aces",
    }  # fmt: skip
    assert frame.loc[frame["raised_by_adults"] != "", "raised_by_adults"].to_dict() == {"C7": "adult_role"}
    assert frame["unknown_child"].to_dict() == {
        "C1": 2, "C11": 3, "C6": 0, "C10": 3, "C2": 3, "C3": 2, "C7": 3, "C8": 3,
    }  # fmt: skip
    # What alone could raise a band is asked first.
    assert frame.loc["C7", "find_out"].split("|")[0].startswith("Children's services or the exploitation team")


@pytest.mark.parametrize(
    ("child", "adds"),
    [
        (
            "C1",
            {"victim": 2, "cse": 4, "offences": 2, "harmed_by": 4, "in_company": 3, "adult_role": 3, "group_status": 1},
        ),
        ("C2", {"adult_role": 3, "parent_verified": 1, "group_status": 1}),
        (
            "C6",
            {"cse": 1, "cce": 4, "aces": 3, "missing_often": 2, "missing_trend": 1, "interviews": 1}
            | {"in_company": 3, "group_status": 1},
        ),
        ("C10", {"escalation": 2, "in_company": 3, "adult_role": 1, "group_status": 1}),
        ("C11", {"victim": 4, "offences": 2, "adult_role": 1, "group_status": 1}),
    ],
)
def test_what_each_component_adds(found, child, adds):
    parts = parts_of(found, child)
    assert parts.loc[parts["points"] > 0, "points"].to_dict() == adds


def test_a_victim_stands_as_a_victim_first_and_is_no_suspect_of_that_crime(found):
    row = found.table.frame.set_index("child_id").loc["C1"]
    assert row["because"].startswith(
        "Victim in 1 crime in the period. About the child: at least urgent (8 points): victim in 1 crime in the period"
    )
    assert (
        "About the adults: at least urgent (11 points): the child is a victim in a crime linked to N1 (+4)"
        in row["because"]
    )
    assert row["basis"] == "same_crime_as_victim|arrested_with|same_crime_as_suspect"
    assert row["path"].split(" | ")[0].endswith("same crime as victim (K1, latest 2018-09-01)")
    offences = parts_of(found, "C1").loc["offences"]
    assert offences["evidence"] == "K2"
    assert "an allegation unless convicted" in offences["value"]
    pathway = found.tables["child_pathway"].frame
    own = pathway[(pathway["child_id"] == "C1") & (pathway["record"] == "K1")]
    assert own["sign"].tolist() == ["victim"]


def test_unknown_is_asked_for_and_never_nought(found):
    c3 = parts_of(found, "C3")
    assert c3.loc["aces", ["value", "state", "points", "could_add"]].tolist() == [
        "3 adverse experiences known, 5 of 10 unknown", "not known", 0, 3,
    ]  # fmt: skip
    asked = c3.loc["aces", "find_out"]
    assert "emotional abuse, physical neglect, emotional neglect, mental illness, parent in prison?" in asked
    assert c3.loc["cse", "value"] == "risk of sexual exploitation not assessed, 'Not assessed'"
    assert (c3.loc["cce", "state"], c3.loc["cce", "could_add"]) == ("does not hold", 0)
    assert c3.loc["parent_verified", "state"] == "not known"
    assert c3.loc["group_harm", ["state", "could_add"]].tolist() == ["not known", 1]
    assert c3.loc["group_violence", "state"] == "does not hold"
    assert parts_of(found, "C1").loc["group_harm", "value"] == "G1 severity 702 in 2 crimes (high from 10,000)"


def test_every_link_names_its_records_apart_from_the_assessments(found):
    links = found.tables["child_links"].frame
    said = links.set_index(["child_id", "nominal_id", "basis"])
    assert said.loc[("C2", "N1", "family"), "evidence"] == "family_links/N1/C2/parent"
    assert said.loc[("C1", "N4", "arrested_with"), ["evidence", "relationship"]].tolist() == ["K2", "arrested together"]
    assert said.loc[("C10", "N2", "stopped_with"), ["evidence", "freshest"]].tolist() == ["S1", day("2019-01-15")]
    assert said.loc[("C6", "N4", "missing_with"), ["evidence", "records"]].tolist() == [
        "missing_episodes/C6/2019-01-10T20:00|missing_episodes/C6/2019-03-25T20:00", 2,
    ]  # fmt: skip
    restricted = said.loc[("C11", "N2", "same_report")]
    assert restricted[["evidence", "records", "withheld"]].tolist() == ["", 1, 1]
    for table in found.all_tables.values():
        assert "R3" not in table.frame.to_csv()
    facts = [c.name for c in found.tables["child_links"].columns if not c.assessment]
    assert facts == [
        "child_id", "nominal_id", "ocg_id", "recorded_role", "relationship", "verified", "freshest", "evidence",
    ]  # fmt: skip


def test_a_report_graded_e_links_only_when_asked_for(cases, found):
    assert "C5" not in set(found.table.frame["child_id"])
    row = safeguard(cases, Settings(min_grade="all")).table.frame.set_index("child_id").loc["C5"]
    assert (row["band_child"], row["points_child"], row["basis"]) == ("standard", 0, "same_report")
    assert (row["could_be_child"], row["could_be_adults"]) == ("high", "standard")


def test_the_order_without_one_component(found):
    frame = found.tables["child_sensitivity"].frame
    assert len(frame) == 8 * len(COMPONENTS)
    changed = frame[frame["band_changes"]]
    assert list(zip(changed["child_id"], changed["component"], changed["band_without"], strict=True)) == [
        ("C1", "cse", "high"),
        ("C10", "in_company", "standard"),
        ("C10", "adult_role", "standard"),
        ("C10", "group_status", "standard"),
        ("C11", "victim", "standard"),
        ("C11", "offences", "high"),
        ("C2", "adult_role", "standard"),
        ("C2", "parent_verified", "standard"),
        ("C2", "group_status", "standard"),
    ]
    words = found.table.frame.set_index("child_id")["sensitivity"]
    assert words["C11"] == (
        "About the child: would leave urgent without: victim of crime (standard), earlier serious offences (high). "
        "About the adults: stays standard without any one component"
    )
    assert words["C6"].startswith("About the child: stays urgent without any one component.")
    # About the child C6 has 12, C1 8, C11 6, C10 2; without victim status C1 has 6 and C11 2, as many as C10.
    without = frame[frame["component"] == "victim"].set_index("child_id")
    assert without.loc[["C6", "C1", "C11", "C10"], "place"].tolist() == [1, 2, 3, 4]
    assert without.loc[["C6", "C1", "C11", "C10"], "place_without"].tolist() == [1, 2, 3, 3]


def test_the_stages_of_the_pathway(found):
    frame = found.table.frame.set_index("child_id")
    at = {c: (row["stage"], row["stage_since"]) for c, row in frame.iterrows()}
    assert {c: v for c, v in at.items() if c != "C8"} == {
        "C1": ("escalating", day("2018-11-01")),
        "C2": ("vulnerable", day("2018-05-01")),
        "C3": ("vulnerable", day("2017-03-03")),
        "C6": ("exploited_or_involved", day("2018-05-01")),
        "C7": ("vulnerable", day("2018-03-03")),
        "C10": ("exploited_or_involved", day("2019-01-15")),
        "C11": ("recruiting", day("2019-02-01")),
    }
    assert at["C8"][0] == "vulnerable"
    assert at["C8"][1] is pd.NaT


def test_every_stage_of_one_child(found):
    pathway = found.tables["child_pathway"].frame
    own = pathway[pathway["child_id"] == "C11"].groupby("stage", sort=False)["on"].min()
    assert own.to_dict() == {
        "vulnerable": day("2017-05-10"),
        "pushed_or_pulled": day("2018-04-15"),
        "missing": day("2018-06-01 18:00"),
        "exploited_or_involved": day("2018-08-01"),
        "escalating": day("2018-10-01"),
        "recruiting": day("2019-02-01"),
    }
    assert set(pathway.loc[pathway["record"] == "K4", "sign"]) == {"suspect", "more_severe", "weapon"}
    assert pathway["interventions"].ne("").all()


def test_how_many_stood_where_and_when(found):
    counts = found.tables["pathway_counts"].frame
    last = counts[counts["period_to"] == day("2019-03-31")].set_index("stage")
    # C8 has no dated sign, so it stands nowhere in the counts.
    assert last["children"].to_dict() == {
        "no sign recorded": 1, "vulnerable": 3, "pushed_or_pulled": 0, "missing": 0, "exploited_or_involved": 2,
        "escalating": 1, "recruiting": 1,
    }  # fmt: skip
    assert last["entered"].to_dict() | {} == {
        "no sign recorded": 0, "vulnerable": 0, "pushed_or_pulled": 0, "missing": 0, "exploited_or_involved": 1,
        "escalating": 0, "recruiting": 1,
    }  # fmt: skip
    assert (counts.groupby("period_to")["children"].sum() == 8).all()
    year_ago = counts[counts["period_to"] == day("2018-03-31")].set_index("stage")["children"]
    # C3, C6 (missing in October 2017), C7 and C11 had a sign by then.
    assert year_ago[year_ago > 0].to_dict() == {"no sign recorded": 4, "vulnerable": 3, "missing": 1}


def test_who_goes_missing(found):
    frame = found.tables["child_missing"].frame.set_index("child_id")
    assert list(frame.index) == ["C9", "C6", "C11"]
    assert frame.loc["C9", ["linked", "missing_now", "return_unknown"]].tolist() == [False, True, 1]
    c6 = frame.loc["C6"]
    assert c6[["episodes", "episodes_before", "repeat", "trend", "longest_hours"]].tolist() == [
        4,
        1,
        True,
        "rising",
        12,
    ]
    assert c6[["places", "companions", "companions_in_groups"]].tolist() == ["place 1 (3 times)", "N4 (2 times)", "N4"]
    assert c6[["interviews_outstanding", "interviews_late"]].tolist() == [2, 1]
    recurring = found.tables["missing_recurring"].frame
    assert recurring[["kind", "what", "member", "episodes", "child_ids"]].to_numpy().tolist() == [
        ["companion", "N4", True, 2, "C6"],
        ["place", "place 2", False, 2, "C11|C6"],
        ["place", "place 1", False, 3, "C6"],
    ]


def test_the_order_of_rows_changes_nothing(cases, found):
    turned = {n: cases[n].take(pa.array(range(cases[n].num_rows)[::-1], pa.int64())) for n in cases.given}
    again = safeguard(Dataset.of(turned, cases.about))
    for name, table in found.all_tables.items():
        assert again.all_tables[name].frame.equals(table.frame), name


def test_the_county_keeps_its_published_figures():
    county = safeguard(folder(FIXTURES / "county"))
    assert county.family["child_id"].nunique() == 41
    roles = county.family.groupby("nominal_id")["role"].first()
    assert roles.value_counts().to_dict() == {"significant": 14, "peripheral": 6, "principal": 4, "": 1}
    assert county.family["ocg_id"].nunique() == 12
    frame = county.table.frame
    assert frame["family_basis"].sum() == 41
    # The bands help to choose: neither holds more than 60% of the children, and each tells half of the pairs apart.
    assert frame["band_child"].value_counts().to_dict() == {"standard": 47, "high": 27, "urgent": 6}
    assert frame["band_adults"].value_counts().to_dict() == {"standard": 39, "urgent": 23, "high": 18}
    assert (frame["could_be_child"] == "urgent").sum() == 37


def test_other_thresholds_give_other_answers(cases):
    asked = replace(Settings(), group_harm=700.0, group_violent_crimes=1, many_aces=3)
    parts = parts_of(safeguard(cases, asked), "C3")
    assert parts.loc[["group_harm", "group_violence", "aces"], "points"].tolist() == [1, 1, 3]
