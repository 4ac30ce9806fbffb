"""Two runs side by side, worked by hand."""

from __future__ import annotations

import copy

import pandas as pd
import pytest

from ocgnet.analysis.time.two_runs import Run, compare_runs
from ocgnet.views.tables.text import in_words, mismatches

DOCUMENT = {
    "run_id": "aaaaaaaaaaaa",
    "force": "Wessex",
    "as_of": "2018-03-31",
    "period_from": "2017-04-01",
    "period_to": "2018-03-31",
    "versions": {"ocgnet": "1"},
    "parameters": {"as_of": None, "min_grade": "usable", "seed": 1, "link_roles": ["arrested", "suspect"]},
    "inputs": [{"file": "a\\crimes.csv", "sha256": "1", "rows": 10}, {"file": "old.csv", "sha256": "9", "rows": 1}],
    "figure_details": {"ocgs": {"value": 3, "says": "Groups"}, "share": {"value": 0.25, "says": "A share"}},
}
ROLE = {"name": "", "recorded_role": "", "degree": "3", "evidence_crimes": "2", "evidence_reports": "4"}


def roles(*rows):
    made = []
    for nominal, ocg, suggested, score, more in rows:
        made.append(ROLE | {"nominal_id": nominal, "ocg_id": ocg, "suggested_role": suggested, "position_score": score,
                            "betweenness_percentile": score} | more)  # fmt: skip
    return pd.DataFrame(made, dtype="str")


def people(**found):
    rows = [
        {"nominal_id": n, "name": "", "crimes": c, "reports": "7", "position_score": "0.5"} for n, c in found.items()
    ]
    return pd.DataFrame(rows, dtype="str")


def ranked(**found):
    rows = [{"nominal_id": n, "name": "", "rank": str(i), "in_top": top} for i, (n, top) in enumerate(found.items(), 1)]
    return pd.DataFrame(rows, dtype="str")


def children(**found):
    rows = [
        {"child_id": c, "name": "", "band_child": p, "band_adults": "high", "basis": "family", "because": f"why {p}."}
        for c, p in found.items()
    ]
    return pd.DataFrame(rows, dtype="str")


FIRST = Run(
    "one",
    DOCUMENT,
    {
        "roles": roles(
            ("A", "G", "principal", "0.9", {}),
            ("B", "G", "significant", "0.5", {"recorded_role": "peripheral"}),
            ("C", "G", "peripheral", "0.3", {}),
            ("D", "", "peripheral", "0.2", {}),
        ),
        "people": people(A="3", B="2", C="1", D="0"),
        "concentration": ranked(A="true", B="false"),
        "children": children(K1="high", K2="standard"),
    },
)


def second(**tables):
    document = copy.deepcopy(DOCUMENT) | {"run_id": "bbbbbbbbbbbb", "as_of": "2019-03-31"}
    return Run("two", document, FIRST.tables | tables)


def told(changes):
    return [tuple(r[c] for c in ("what", "id", "ocg_id", "before", "after")) for r in changes.frame.to_dict("records")]


def test_the_same_run_differs_in_nothing():
    changes = compare_runs(FIRST, FIRST, 0.1)
    assert changes.frame.empty
    assert "nothing differs" in in_words(FIRST, FIRST, changes, 0.1)[-1]


def test_a_changed_role_says_which_measures_and_which_place_moved():
    other = second(
        roles=roles(
            ("A", "G", "significant", "0.55", {}),
            ("B", "G", "principal", "0.81", {"recorded_role": "significant", "evidence_reports": "9", "degree": "5"}),
            ("C", "G", "peripheral", "0.3", {}),
            ("D", "", "peripheral", "0.2", {}),
        )
    )
    changes = compare_runs(FIRST, other, 0.32)
    assert told(changes)[:4] == [
        ("suggested role", "A", "G", "principal", "significant"),
        ("suggested role", "B", "G", "significant", "principal"),
        ("recorded role", "B", "G", "peripheral", "significant"),
        ("position", "A", "", "0.90", "0.55"),
    ]
    because = changes.frame["because"].tolist()
    assert because[0] == "place 1 of 3 to 2 of 3; betweenness percentile 90 to 55"
    assert because[1] == ("place 2 of 3 to 1 of 3; betweenness percentile 50 to 81; reports 4 to 9; people tied 3 to 5")
    assert changes.frame["change"].tolist()[0] == pytest.approx(-0.35)
    # B moved by .31, under the threshold.
    assert changes.count("position") == 1
    assert "2 of 4 suggested roles and 1 recorded changed; 1 position moved" in in_words(FIRST, other, changes, 0.32)[1]


def test_a_role_can_change_though_the_person_did_not():
    other = second(
        roles=roles(
            ("A", "G", "significant", "0.9", {}),
            ("B", "G", "principal", "0.95", {}),
            ("C", "G", "peripheral", "0.3", {}),
        )
    )
    frame = compare_runs(FIRST, other, 0.9).frame.set_index("id")
    assert frame.loc["A", "because"] == (
        "place 1 of 3 to 2 of 3; no measure of the person's own moved by five percentile points or more"
    )


def test_who_entered_left_joined_and_is_new_in_the_top():
    other = second(
        roles=roles(
            ("A", "H", "principal", "0.9", {}),
            ("B", "G", "significant", "0.5", {"recorded_role": "peripheral"}),
            ("E", "G", "principal", "0.7", {}),
        ),
        people=people(A="3", B="8", D="0", E="4"),
        concentration=ranked(B="true", A="false"),
        children=children(K1="urgent", K3="standard"),
    )
    changes = told(compare_runs(FIRST, other, 0.1))
    assert ("joined group", "A", "H", "", "suggested principal") in changes
    assert ("left group", "A", "G", "suggested principal", "") in changes
    # C and E are not in both runs, so they neither joined nor left a group: they left and entered the records.
    assert not [c for c in changes if c[0].endswith("group") and c[1] in "CE"]
    assert ("entered", "E", "", "", "4 crimes, 7 reports, position 0.50") in changes
    assert [c[1] for c in changes if c[0] == "left"] == ["C"]
    assert ("into the top", "B", "", "rank 2", "rank 1") in changes
    assert ("out of the top", "A", "", "rank 1", "rank 2") in changes
    assert ("band about the child", "K1", "", "high", "urgent") in changes
    assert not [c for c in changes if c[0] == "band about the adults"]
    assert ("child linked", "K3", "", "", "standard child, high adults (family)") in changes
    assert ("child no longer linked", "K2", "", "standard child, high adults (family)", "") in changes
    because = compare_runs(FIRST, other, 0.1).frame.set_index(["what", "id"])["because"]
    assert because["into the top", "B"] == "crimes 2 to 8; reports 7 to 7"


def test_settings_inputs_and_figures_that_differ_are_listed():
    other = second()
    other.document["parameters"] |= {"min_grade": "all", "link_roles": ["arrested"]}
    other.document["inputs"] = [{"file": "b/crimes.csv", "sha256": "2", "rows": 1200}]
    other.document["figure_details"]["share"]["value"] = None
    other.document["figure_details"]["ocgs"]["value"] = 5
    changes = compare_runs(FIRST, other, 0.1)
    assert told(changes) == [
        ("figure", "ocgs", "", "3", "5"),
        ("figure", "share", "", "0.25", "not known"),
        ("setting", "as_of", "", "2018-03-31", "2019-03-31"),
        ("setting", "link_roles", "", "arrested, suspect", "arrested"),
        ("setting", "min_grade", "", "usable", "all"),
        ("input", "crimes.csv", "", "10 rows", "1,200 rows"),
        ("input", "old.csv", "", "1 rows", ""),
    ]
    said = " ".join(in_words(FIRST, other, changes, 0.1))
    assert "min_grade usable to all" in said
    assert "Input that differs: crimes.csv; old.csv." in said


def test_other_force_and_other_version_speak_against_it():
    other = second()
    assert mismatches(FIRST, other) == []
    other.document["force"], other.document["versions"] = "", {"ocgnet": "2"}
    force, version = mismatches(FIRST, other)
    assert "Wessex (one)" in force
    assert "one was written by ocgnet 1 and two by 2" in version
