"""One record changed moves the figures that it should, to the value worked out beside it, and no other."""

from __future__ import annotations

import pytest
from studies import STUDIES, added_row, changed_cell, figures_of
from test_worked import on_paper

CHANGES = [
    # study, table, the row, its cells ("added" or none: gone), and what the paper then says
    pytest.param(
        "sonar", "memberships", {"nominal_id": "N01"}, {"role": ""},
        # Three memberships with both roles: N02 and N03 agree, N04 one step: ¼/3 = 1/12; by chance recorded ⅓ and ⅔,
        # suggested ⅔ and ⅓: ¼ × (1/9 + 4/9) = 5/36; 1 − 12/20 = .4. C03 loses 3 points of a principal.
        {"recorded N01": "", "kappa": 0.4, "adults C03": "high 5"}, id="nobody assessed N01",
    ),
    pytest.param(
        "sonar", "children", {"child_id": "C02"}, {"cse_risk": "low"}, {"child C02": "urgent 6"}, id="C02 at low risk"
    ),
    pytest.param(
        "sonar", "child_aces", {"child_id": "C01", "ace": "emotional_neglect"}, {}, {"child C01": "urgent 10"},
        id="three experiences",
    ),
    pytest.param(
        "sonar", "missing_episodes", {"child_id": "C02"}, {"return_interview_at": "2018-08-06T12:00"},
        {"child C02": "urgent 8", "interviews outstanding": 0, "overdue C02": "",
         "cases": "5 open, 2 overdue, 1 without an owner"}, id="C02 was asked",
    ),
    pytest.param(
        "sonar", "crimes", {"crime_id": "K10"}, {"flags": ""}, {"child C03": "standard 2"}, id="K10 not flagged"
    ),
    pytest.param(
        "sonar", "crime_links", {"person_id": "N08", "crime_id": "K12"}, {}, {"crimes of the top": "4 of 10"},
        id="K12 links nobody",
    ),
    pytest.param(
        "sonar", "intel_links", {"person_id": "C04", "report_id": "R3"}, "added",
        {"child C04": "standard 1", "adults C04": "standard 0", "children around D1": "5 to 2"},
        id="C04 named with N02",
    ),
    pytest.param(
        # Seen 15 times: ½ × log2 16 = 2 in place of 1½.
        "sonar", "associations", {"person_a": "N01"}, {"times_observed": "15"},
        {"strength N01": 6.5, "strength N04": 4.5},
        id="more phone calls",
    ),
    pytest.param(
        # Nothing overdue: capacity 0 in place of 1, so a third of the 15 less in four, 1.25 points.
        "sonar", "plan_actions", {"action_id": "A5"}, {"status": "done", "done_on": "2019-02-27"},
        {"overdue actions": "", "priority of group S1": "36.43 (25.36 to 47.50)"}, id="A5 done",
    ),
    pytest.param(
        "sonar", "plan_actions", {"action_id": "A8"}, {"status": "open", "hours": "20", "due_on": "2019-04-30"},
        {"plan protect": "3 actions, 78 hours, £4,200"}, id="A8 taken up again",
    ),
    pytest.param(
        "talon", "plan_actions", {"action_id": "A4"}, {},
        {"plan prevent": "0 actions, hours not known, money not known"},
        id="no catch-up lessons",
    ),
    pytest.param(
        "talon", "plans", {"plan_id": "PL2"}, {"review_on": "2019-05-16"}, {"past review": ""}, id="PL2 reviewed",
    ),
    pytest.param(
        # Two that hurt in place of three: pressure 2, 1.25 points more.
        "sonar", "disruptions", {"disruption_id": "D2"}, {"level": "none"},
        {"disruptions moderate": 1, "disruptions none": 1, "priority of group S1": "38.93 (27.86 to 50.00)"},
        id="the day of action hurt nobody",
    ),
    pytest.param(
        "sonar", "case_meetings", {"person_id": "C01", "held_on": "2018-12-20"}, {"next_on": "2019-04-20"},
        {"overdue C01": "order plan_review"}, id="the next meeting is ahead",
    ),
    pytest.param(
        "sonar", "assignments", {"person_id": "C03"}, {"owner": "Wil Sedge"},
        {"cases": "5 open, 3 overdue, 0 without an owner"}, id="somebody owns C03",
    ),
    pytest.param(
        # The mechanism has not decided finally, so the case is open again, and nobody looks after it since January.
        "talon", "nrm_stages", {"person_id": "C7", "stage": "negative"}, {"stage": "reasonable_grounds"},
        {"victims": 7, "overdue C7": "", "cases": "7 open, 1 overdue, 1 without an owner"}, id="C7 a potential victim",
    ),
    pytest.param(
        "talon", "assignments", {"person_id": "C4", "service_id": "SV1"}, {},
        {"cases": "6 open, 1 overdue, 1 without an owner"}, id="the neighbourhood team does not have C4",
    ),
    pytest.param(
        # M02: 3,952.3092 − 275.3088 + 412.2024 = 4,089.2028: 2 points more for each child whom M02 harmed. K08 lies
        # before both disruptions: 3,735.9122 and 3,222.9548, each 136.8936 more.
        "talon", "crimes", {"crime_id": "K08"}, {"offence_code": "10B", "offence": "Possession of firearms offences"},
        {"adults C1": "urgent 11", "adults C3": "urgent 8", "adults C4": "urgent 8",
         "harm around D1": "3872.8 to 8.082", "harm around D2": "3359.8 to 8.082"}, id="K08 a firearm",
    ),
    pytest.param(
        "talon", "children", {"child_id": "C5"}, {"cce_risk": ""}, {"child C5": "standard 0"}, id="nobody assessed C5"
    ),
    pytest.param(
        "talon", "missing_episodes", {"child_id": "C6"}, {"return_interview_at": "2018-09-04T15:00"},
        {"child C6": "high 4"}, id="C6 was asked in time",
    ),
    pytest.param(
        "talon", "communications", {"to_thing": "Q1", "at": "2018-10-15"}, {"count": "64"}, {"line D1": "69 to 65"},
        id="more calls in October",
    ),
    pytest.param(
        # M03 and M01 two steps, M04 one (principal, significant): again 2¼ of 5. By chance recorded ⅖, ⅕, ⅖; suggested
        # ⅕, ⅖, ⅖: one step ¼ × (4 + 1 + 2 + 4)/25, two steps (4 + 2)/25: together 8¾/25 = .35; 1 − .45/.35.
        "talon", "memberships", {"nominal_id": "M04"}, {"role": "principal"},
        {"recorded M04": "principal", "kappa": -0.29, "adults C2": "urgent 8", "adults C6": "urgent 7"},
        id="M04 recorded as principal",
    ),
    pytest.param(
        "talon", "crime_links", {"person_id": "M06", "crime_id": "K14"}, {}, {"crimes of the top": "8 of 13"},
        id="K14 links nobody",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("study", "table", "row", "cells", "moved"), CHANGES)
def test_one_record_moves_what_it_should_and_nothing_else(study, table, row, cells, moved, tmp_path):
    source, folder = STUDIES / study / "records", tmp_path / "records"
    if cells == "added":
        added_row(source, folder, table, row)
    else:
        changed_cell(source, folder, table, row, cells)
    paper = on_paper(study)
    assert figures_of(folder) == paper | moved
    assert all(figure not in paper or paper[figure] != value for figure, value in moved.items()), "moves nothing"
