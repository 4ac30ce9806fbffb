"""The case studies hold what was worked out by hand; every value here was typed from the pages ``worked.md``."""

from __future__ import annotations

from fractions import Fraction

import pytest
from studies import SETTINGS, STUDIES, figures_of

from ocgnet.checks.check import check, read_dataset
from ocgnet.main_job import analyse
from ocgnet.views.chart.payload import chart_payload

SONAR: dict[str, object] = {
    "top": "N02 N01", "crimes of the top": "4 of 11", "reports of the top": "5 of 6", "kappa": 0.80,
    "interviews outstanding": 1,
    "child C01": "urgent 13", "child C02": "urgent 9", "child C03": "high 4",
    "adults C01": "urgent 9", "adults C02": "high 5", "adults C03": "urgent 8",
    "disruptions major": 1, "disruptions moderate": 2, "disruptions minor": 0, "disruptions none": 0,
    "disruptions negative": 0, "disruptions pursue": 2, "disruptions prevent": 0, "disruptions protect": 1,
    "disruptions prepare": 0, "disruptions S1": 3,
    "plan pursue": "3 actions, 460 hours, £15,000", "plan prevent": "1 actions, 60 hours, £2,500",
    "plan protect": "2 actions, 58 hours, £4,200", "plan prepare": "1 actions, 12 hours, £300",
    "overdue actions": "A5", "past review": "PL2",
    "members around D1": "5 to 5", "ties around D1": "3 to 2", "ties_outside around D1": "0 to 2",
    "crimes around D1": "4 to 4", "harm around D1": "1718.4 to 1239.4", "reports around D1": "3 to 1",
    "children around D1": "4 to 2",
    "members around D2": "5 to 5", "ties around D2": "3 to 1", "ties_outside around D2": "1 to 0",
    "crimes around D2": "4 to 1", "harm around D2": "1718.4 to 8.082", "reports around D2": "1 to 1",
    "children around D2": "3 to 1",
    "overdue C01": "meeting order plan_review", "overdue C02": "interview", "overdue C03": "", "overdue C04": "",
    "overdue C05": "hand_over", "cases": "5 open, 3 overdue, 1 without an owner", "victims": 1,
    "priority of group S1": "37.68 (26.61 to 48.75)", "priority of group S2": "19.29 (10.71 to 27.86)",
}  # fmt: skip
TALON: dict[str, object] = {
    "top": "M02 M03", "crimes of the top": "8 of 14", "reports of the top": "4 of 5", "kappa": -0.45,
    "interviews outstanding": 0, "line D1": "69 to 35", "line D2": "20 to 12",
    "child C1": "urgent 8", "child C2": "urgent 6", "child C3": "urgent 8", "child C4": "urgent 8",
    "child C5": "high 4", "child C6": "high 5", "child C7": "standard 1",
    "adults C1": "urgent 9", "adults C2": "high 5", "adults C3": "high 6", "adults C4": "high 6",
    "adults C5": "standard 0", "adults C6": "standard 4", "adults C7": "standard 0",
    "disruptions major": 1, "disruptions moderate": 1, "disruptions minor": 0, "disruptions none": 0,
    "disruptions negative": 0, "disruptions pursue": 1, "disruptions prevent": 0, "disruptions protect": 1,
    "disruptions prepare": 0, "disruptions G1": 2,
    "plan pursue": "2 actions, 180 hours, £7,500", "plan prevent": "1 actions, 80 hours, £2,000",
    "plan protect": "2 actions, 160 hours, £4,000", "plan prepare": "1 actions, 30 hours, money not known",
    "overdue actions": "A5", "past review": "PL2",
    "members around D1": "5 to 5", "ties around D1": "3 to 0", "ties_outside around D1": "0 to 1",
    "crimes around D1": "7 to 1", "harm around D1": "3735.9 to 8.082", "reports around D1": "2 to 1",
    "children around D1": "5 to 0",
    "members around D2": "5 to 5", "ties around D2": "4 to 0", "ties_outside around D2": "1 to 0",
    "crimes around D2": "6 to 1", "harm around D2": "3223 to 8.082", "reports around D2": "3 to 1",
    "children around D2": "5 to 0",
    "overdue C1": "", "overdue C2": "", "overdue C3": "", "overdue C4": "meeting", "overdue C5": "", "overdue C6": "",
    "cases": "6 open, 1 overdue, 0 without an owner", "victims": 6,
    "priority of group G1": "53.93 (40.36 to 67.50)", "priority of group G2": "34.29 (20.71 to 47.86)",
    "priority of threat TH1": "31.88 (15.00 to 48.75)",
}  # fmt: skip
NOMINALS = {
    # recorded, suggested, degree, strength, score
    "sonar": {
        "N01": ("principal", "principal", 4, 6, Fraction(20, 24)),
        "N02": ("significant", "significant", 4, 4, Fraction(19, 24)),
        "N03": ("peripheral", "peripheral", 2, 2, Fraction(15, 48)),
        "N04": ("peripheral", "significant", 3, 4, Fraction(12, 24)),
        "N05": ("", "peripheral", 1, 1, Fraction(4, 24)),
        "N06": ("", "no group", 3, 3, Fraction(19, 24)),
        "N07": ("principal", "insufficient data", 2, 2, Fraction(23, 48)),
        "N08": ("peripheral", "insufficient data", 1, 1, Fraction(3, 24)),
    },
    "talon": {
        "M01": ("principal", "peripheral", 3, 4, Fraction(17, 42)),
        "M02": ("significant", "significant", 3, 5, Fraction(19, 42)),
        "M03": ("peripheral", "principal", 4, 5, Fraction(39, 42)),
        "M04": ("peripheral", "significant", 4, 3, Fraction(16, 21)),
        "M05": ("peripheral", "peripheral", 1, 1, Fraction(9, 42)),
        "M06": ("principal", "insufficient data", 2, 2, Fraction(12, 21)),
        "M07": ("peripheral", "insufficient data", 1, 1, Fraction(7, 42)),
    },
}


def on_paper(study):
    """Every figure of a study, typed."""
    figures = dict({"sonar": SONAR, "talon": TALON}[study])
    for nominal, (recorded, suggested, degree, strength, score) in NOMINALS[study].items():
        figures |= {
            f"recorded {nominal}": recorded, f"suggested {nominal}": suggested, f"degree {nominal}": degree,
            f"strength {nominal}": strength, f"score {nominal}": round(float(score), 4),
        }  # fmt: skip
    return figures


@pytest.mark.parametrize("study", ["sonar", "talon"])
def test_every_figure_is_that_of_the_paper(study):
    assert figures_of(STUDIES / study / "records") == on_paper(study)


@pytest.mark.parametrize(("study", "warnings"), [("sonar", {"child over 18"}), ("talon", set())])
def test_the_records_are_sound(study, warnings):
    checked = check(STUDIES / study / "records", settings=SETTINGS)
    assert not checked.problems
    assert {w.rule for w in checked.warnings} == warnings
    assert checked.dataset.about.synthetic


def test_the_chart_shows_the_line_as_the_paper_counts_it():
    dataset, _ = read_dataset(STUDIES / "talon" / "records")
    things = chart_payload(analyse(dataset, SETTINGS))["things"]
    months = dict(zip(things["id"], things["months"], strict=True))["L1"]
    assert [times for _, times in months] == [40, 50, 48, 58, 56, 69, 35, 20, 12, 6, 4, 2]
    assert (months[0][0], months[-1][0]) == ("2018-04", "2019-03")
