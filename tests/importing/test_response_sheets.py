"""Sheets of plans, cases, orders and scores: each becomes its table, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from test_thing_sheets import PEOPLE, rules, sheet

from ocgnet.checks.check import check
from ocgnet.importing.mapping import Guess
from ocgnet.importing.matching import suggest
from ocgnet.model import TABLES
from ocgnet.model.response import RESPONSE_TABLES
from ocgnet.words import built_in, with_own
from ready import ocgnet

SHEETS = {
    "Services": ("services", "Service|Agency|Type\nThe Bridge|Council|MET team\nThe Quay|Charity|CAMHS"),
    "Case allocations": (
        "assignments",
        "Nominal URN|Service|Start date|End date|Case owner\nU1001|The Bridge|01/02/2019||Kit Moss",
    ),
    "Strategy meetings": (
        "case_meetings",
        """Nominal URN|Date of meeting|Attendees|Decisions|Next meeting
U1001|01/02/2019|Police; Council|Look again|01/03/2019""",
    ),
    "CAWN/EPO orders": (
        "orders",
        """Ref|Order type|Served on|Protected child|Date issued|Expiry date|Breached
O1|CAWN|U1002|U1001|01/02/2019|01/08/2019|""",
    ),
    "NRM tracker": (
        "nrm_stages",
        "Nominal URN|NRM stage|Decision date|Type of exploitation\nU1001|Positive RG|01/02/2019|CCE",
    ),
    "Days of action": (
        "activities",
        "Date|Operation|Lead agency|Partners|Results\n01/02/2019|Fryer|Police|Council; Fire|Two notices",
    ),
    "4P plans": ("plans", "Plan ref|OCG ref|Aim|LRO|Next review\nP1|G1|End it|DI Lane|01/03/2019"),
    "County lines": ("threats", "Line ref|Line name|District\nL1|Bee line|East"),
    "OCG activities": (
        "ocg_activities",
        "OCG ref|Criminality|Primary/secondary|District|Since\nG1|County lines|Main|East|01/02/2019",
    ),
    "Partnership priorities": (
        "priorities",
        "Ref|Priority|Owner|KPI|Target|Start date|End date\nP1|Fewer run|DI Lane|x|5|01/04/2018|31/03/2019",
    ),
    "Intelligence gaps": (
        "intelligence_gaps",
        "Gap no|Question|OCG ref|Owner|Date raised|Due date|Closed\n1|Who supplies?|G1|DC Moss|01/02/2019|01/03/2019|",
    ),
    "CSE risk assessments": (
        "child_risks",
        "Child ref|Risk type|Risk level|Date assessed|Tool\nU1001|CSE|Med|01/02/2019|matrix",
    ),
    "MoRiLE scores": (
        "scores",
        """OCG ref|Version|Criterion|Date scored|Score|Scored by|Rationale
G1|2|harm|01/02/2019|3|DI Lane|seen""",
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_says_what_it_is_becomes_that_table(name: str) -> None:
    into, grid = SHEETS[name]
    mapping = suggest([sheet("Nominals", PEOPLE), sheet(name, grid)])
    [rule] = [t for t in mapping.tables if t.source != "nominals"]
    assert (rule.into, rule.guess) == (into, Guess.CERTAIN)
    assert {h for c in rule.columns for h in c.reads} == set(grid.splitlines()[0].split("|")), "no column is lost"
    needed = {c.name for c in TABLES[into].columns if c.never_blank}
    assert needed <= {c.column for c in rule.columns}
    assert all(c.column in {d.name for d in TABLES[into].columns} for c in rule.columns)


def test_the_title_says_what_every_row_is_where_no_column_does() -> None:
    meetings = rules(sheet("Strategy meetings", SHEETS["Strategy meetings"][1]))["case_meetings"]
    assert meetings["kind"].const == "strategy"
    plans = rules(sheet("4P plans", SHEETS["4P plans"][1]))["plans"]
    assert (plans["subject_kind"].const, plans["subject_id"].parts) == ("group", "{OCG ref}")
    scores = rules(sheet("MoRiLE scores", SHEETS["MoRiLE scores"][1]))["scores"]
    assert scores["scheme"].const == "MoRiLE"
    both = rules(sheet("CAWNs and EPOs", "Ref|Served on|Date issued\nO1|U1002|01/02/2019"))
    assert "orders" not in both, "two kinds are said, and no column tells which"


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        ("NRM referrals", "Nominal URN|Referral date|Referral type|Outcome\nU1001|01/02/2019|NRM|Accepted"),
        (
            "Plan actions",
            "Action ref|OCG ref|Strand|Action|Owner|Due date|Status\nA1|G1|Pursue|Visit|PC A|01/02/2019|Open",
        ),
        ("Notices", "Date|Text\n01/02/2019|Read this"),
        ("Meetings", "Date|Room|Chair\n01/02/2019|Two|DI Lane"),
        ("Sheet1", SHEETS["NRM tracker"][1]),
    ],
)
def test_nothing_else_is_taken_for_one(name: str, grid: str) -> None:
    response = {t.name for t in RESPONSE_TABLES} - {"disruptions", "plan_actions"}
    assert not response & set(rules(sheet(name, grid)))


def test_a_force_says_itself_what_its_columns_are_called() -> None:
    words = with_own(built_in(), b'[headers.nrm_stages]\nstage = ["Where it got to"]\n')
    given = sheet("NRM tracker", SHEETS["NRM tracker"][1].replace("NRM stage", "Where it got to"))
    assert "nrm_stages" not in rules(given)
    mapping = suggest([sheet("Nominals", PEOPLE), given], words=words)
    assert [t.into for t in mapping.tables if t.source != "nominals"] == ["nrm_stages"]


def test_a_force_s_words_are_read_in_ours(tmp_path) -> None:
    for name, text in (
        ("nominals", "nominal_id,name\nU1,Ann Arden\n"),
        ("services", "service_id,name,kind\nS1,The Bridge,YOT\nS2,The Quay,CAMHS\n"),
        (
            "nrm_stages",
            "person_id,stage,decided_on,exploitation\nU1,Referral made,2019-01-01,CCE\nU1,RG,2019-02-01,CCE\n",
        ),
        ("orders", "order_id,kind,person_id,from_date\nO1,CAWN,U1,2019-01-01\nO2,EPO,U1,2019-01-01\n"),
    ):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    data = check(tmp_path).dataset
    assert data["services"]["kind"].to_pylist() == ["youth_justice", "mental_health"]
    assert sorted(data["nrm_stages"]["stage"].to_pylist()) == ["reasonable_grounds", "referred"]
    assert data["orders"]["kind"].to_pylist() == ["child_abduction_warning_notice", "emergency_protection_order"]


def test_columns_of_cse_and_cce_become_a_row_each() -> None:
    grid = "Child ref|Date assessed|CSE level|CCE level\nU1001|01/02/2019|Med|High\nU1002|01/02/2019||Low"
    mapping = suggest([sheet("Nominals", PEOPLE), sheet("Risk assessments", grid)])
    two = [t for t in mapping.tables if t.into == "child_risks"]
    assert [(t.column("exploitation").const, t.column("level").parts) for t in two] == [
        ("sexual", "{CSE level}"),
        ("criminal", "{CCE level}"),
    ]
    assert [t.unless for t in two] == [{"CSE level": ("",)}, {"CCE level": ("",)}]


CRIMES = """Crime No|Offence|Recorded date|Time of offence|Victim type|Financial loss|Flags
C1|Fraud by false representation|01/02/2019|23:15|Business|£1,200.50|cyber enabled
C2|Theft|25/02/2019|0915|Individual||knife enabled; cuckooed
C3|Theft|26/02/2019|unknown|Crown|15|debt bondage
"""


def test_hour_victim_and_loss_are_read_where_nothing_else_reads_the_header() -> None:
    crimes = rules(sheet("Crimes", CRIMES.strip()))["crimes"]
    read = {name: crimes[name].parts for name in ("occurred_hour", "victim_kind", "loss", "flags")}
    assert read == {
        "occurred_hour": "{Time of offence}", "victim_kind": "{Victim type}", "loss": "{Financial loss}",
        "flags": "{Flags}",
    }  # fmt: skip
    dear = CRIMES.replace("£1,200.50", "a lot").replace("|15|", "|some|")
    assert "loss" not in rules(sheet("Crimes", dear.strip()))["crimes"], "cells that are no money are no loss"


def test_what_a_group_does_beside_its_crime_type_becomes_rows_of_their_own(tmp_path) -> None:
    groups = "OCG URN,Name,Status,Date mapped,Criminality,Secondary activity\n"
    groups += "G1,Amber,Active,25/02/2018,Drugs,Money laundering\nG2,Bell,Active,25/02/2018,Fraud,\n"
    people = PEOPLE.replace("|", ",").replace("URN,Surname", "Nominal URN,Surname")
    referrals = "Nominal URN,Referral date,Referral type,Outcome,Outcome date\nU1001,25/02/2019,MASH,NFA,26/02/2019\n"
    export = tmp_path / "export"
    export.mkdir()
    risks = "Child ref,Date assessed,CSE level,CCE level\nU1001,25/02/2019,Med,High\nU1002,25/02/2019,,Low\n"
    crimes = CRIMES.replace("£1,200.50", '"£1,200.50"').replace("|", ",")
    sheets = {"Nominals": people, "OCGs": groups, "Crimes": crimes, "Referrals": referrals, "Risk assessments": risks}
    for name, text in sheets.items():
        (export / f"{name}.csv").write_text(text, encoding="utf-8")
    ocgnet("import", "export", "--into", "mine", cwd=tmp_path)
    data = check(tmp_path / "mine").dataset
    assert [tuple(r.values())[:3] for r in data["ocg_activities"].to_pylist()] == [
        ("G1", "Money laundering", "secondary")
    ]
    crimes = {r["crime_id"]: r for r in data["crimes"].to_pylist()}
    columns = ("occurred_hour", "victim_kind", "loss", "flags")
    assert [tuple(crimes[c][n] for n in columns) for c in ("C1", "C2", "C3")] == [
        (23, "business", 1200.5, "cyber"),
        (9, "person", None, "knife|cuckooing"),
        (None, "society", 15.0, "debt_bondage"),
    ]
    [referral] = data["referrals"].to_pylist()
    assert (referral["outcome"], referral["outcome_kind"]) == ("NFA", "no_further_action")
    assert str(referral["outcome_on"]) == "2019-02-26"
    risks_read = [(r["child_id"], r["exploitation"], r["level"]) for r in data["child_risks"].to_pylist()]
    assert sorted(risks_read) == [
        ("U1001", "criminal", "high"), ("U1001", "sexual", "medium"), ("U1002", "criminal", "low"),
    ]  # fmt: skip


@pytest.mark.long
def test_an_export_of_cases_is_imported_and_checked(tmp_path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    for name, grid in {"Nominals": PEOPLE, **{n: SHEETS[n][1] for n in ("Strategy meetings", "NRM tracker")}}.items():
        # Days that can be read in one way only.
        text = grid.replace("|", ",").replace("01/0", "25/0").replace("URN,Surname", "Nominal URN,Surname")
        (export / f"{name}.csv").write_text(text, encoding="utf-8")
    ocgnet("import", "export", "--into", "mine", cwd=tmp_path)
    data = check(tmp_path / "mine").dataset
    assert data["nrm_stages"].to_pylist()[0]["stage"] == "reasonable_grounds"
    assert data["case_meetings"].to_pylist()[0]["kind"] == "strategy"
