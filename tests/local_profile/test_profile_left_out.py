"""A profile says whatever its filters leave out. Worked on paper, one row or two for each reason."""

from __future__ import annotations

import csv
import json
import zipfile

import pytest

from ready import ocgnet

TABLES = {
    "nominals": ["nominal_id,review_due", "N1,", "N2,", "N3,2018-01-01"],
    "people": ["person_id", "V1", "W1"],
    "ocgs": ["ocg_id,mapped_on", "G1,2017-01-01"],
    "memberships": ["nominal_id,ocg_id,from_date", "N1,G1,2017-01-01", "N2,G1,2017-01-01"],
    "crimes": [
        "crime_id,offence_code,recorded_on,district",
        "K1,8N,2019-01-01,East",
        "K2,8N,2019-01-02,",
        "K3,8N,,East",
        "K4,8N,2015-01-01,East",
        "K5,8N,2018-01-01,East",
    ],
    "crime_links": [
        "person_id,crime_id,link_role",
        "N1,K1,arrested",
        "N2,K2,charged",
        "V1,K1,victim",
        "W1,K1,witness",
        "W1,K2,witness",
        "N1,K2,other",
    ],
    "intel_reports": [
        "report_id,reported_on,grading_scheme,source_grade,intelligence_grade,handling_code,review_due",
        "R1,2019-01-01,3x5x2,1,A,P,",
        "R2,2019-01-02,3x5x2,3,A,P,",
        "R3,2019-01-03,3x5x2,1,E,P,",
        "R4,2019-01-04,3x5x2,1,A,P,2018-12-31",
        "R5,,3x5x2,1,A,P,",
        "R6,2015-01-01,3x5x2,1,A,P,",
    ],
    "intel_links": ["person_id,report_id", *(f"N1,R{k}" for k in range(1, 7))],
    "stop_checks": [
        "stop_id,happened_on,district,outcome,transient_dealer",
        "S1,2019-01-01,East,stopped,true",
        "S2,2019-01-02,,stopped,true",
        "S3,2019-01-03,East,stopped,false",
        "S4,2015-01-01,East,stopped,true",
    ],
    "children": ["child_id,cse_risk,cse_flagged_on", "C1,high,2019-01-01", "C2,high,2015-01-01", "C3,,"],
    "referrals": ["person_id,kind,made_on", "C1,nrm,2019-01-01", "C2,nrm,2015-01-01"],
    "disruptions": [
        "disruption_id,ocg_id,happened_on,level,strand",
        "D1,G1,2019-01-01,major,pursue",
        "D2,G1,2015-01-01,major,pursue",
        "D3,G1,2015-02-01,major,pursue",
    ],
}
OUTSIDE = "outside 2018-04-01 to 2019-03-31"
ROLES = "not as arrested or suspect or charged or convicted"
NO_PLACE = "no district recorded: in the figures of the whole, in those of no district"
EXPECTED = {
    ("children", OUTSIDE): 1,
    ("crime_links", f"linked as other, {ROLES}"): 1,
    ("crime_links", f"linked as witness, {ROLES}"): 2,
    ("crimes", "no date, so in no period"): 1,
    ("crimes", NO_PLACE): 1,
    ("crimes", OUTSIDE): 2,
    ("disruptions", OUTSIDE): 2,
    ("intel_reports", "grade outside 'usable'"): 2,
    ("intel_reports", "no date, so in no period"): 1,
    ("intel_reports", OUTSIDE): 1,
    ("intel_reports", "review overdue"): 1,
    ("nominals", "review overdue"): 1,
    ("referrals", OUTSIDE): 1,
    ("stop_checks", "not marked as a transient dealer"): 1,
    ("stop_checks", NO_PLACE): 1,
    ("stop_checks", OUTSIDE): 1,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("out")
    (place / "data").mkdir()
    for name, lines in TABLES.items():
        (place / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (place / "data" / "about.toml").write_text(
        "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n", encoding="utf-8"
    )
    ocgnet("profile", "data", "--out", "made", cwd=place)
    ocgnet("profile", "data", "--min-grade", "all", "--overdue", "--out", "all", cwd=place)
    return place


def test_every_reason_is_counted(made):
    run = json.loads((made / "made/run.json").read_text("utf-8"))
    assert {(x["what"], x["why"]): x["count"] for x in run["left_out"]} == EXPECTED


def test_the_table_and_the_report_say_the_same(made):
    rows = csv.DictReader((made / "made/tables/left_out.csv").read_text("utf-8-sig").splitlines())
    assert {(r["what"], r["why"]): int(r["count"]) for r in rows} == EXPECTED
    page = (made / "made/report.html").read_text("utf-8")
    assert f"{sum(EXPECTED.values())} rows, listed below" in page
    assert "not marked as a transient dealer" in page
    assert "linked as witness" in page


def test_the_workbook_says_the_same(made):
    with zipfile.ZipFile(made / "made/workbook.xlsx") as parts:
        shown = parts.read("xl/sharedStrings.xml").decode()
    assert "2 rows: outside 01/04/2018 to 31/03/2019" in shown
    assert "1 row: not marked as a transient dealer" in shown


def test_a_filter_that_is_lifted_leaves_nothing_out(made):
    run = json.loads((made / "all/run.json").read_text("utf-8"))
    found = {(x["what"], x["why"]): x["count"] for x in run["left_out"]}
    assert not [key for key in found if "grade" in key[1] or "overdue" in key[1]]
    # What was counted is what the figures lack: with every grade four reports of the period are linked.
    assert run["figures"]["linked_reports"] == 4
    assert json.loads((made / "made/run.json").read_text("utf-8"))["figures"]["linked_reports"] == 1


def test_counted_and_left_out_are_all_there_are(made):
    run = json.loads((made / "made/run.json").read_text("utf-8"))
    gone = dict.fromkeys(TABLES, 0)
    for (what, why), n in EXPECTED.items():
        gone[what] += n if why != NO_PLACE else 0
    assert run["figures"]["disruptions"] == 3 - gone["disruptions"]
    assert run["figures"]["nrm_referrals"] == 2 - gone["referrals"]
    assert run["figures"]["transient_dealers"] == 4 - gone["stop_checks"]
    assert run["figures"]["linked_reports"] == 6 - gone["intel_reports"]
    assert run["figures"]["cse_flagged"] == 2 - gone["children"], "a child without a flag is not left out"
