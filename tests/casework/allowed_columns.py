"""What each recipient may see, written by hand, apart from the program's own list."""

from __future__ import annotations

WHO = "child_id name date_of_birth age"
ASSESSED = "child_id exploitation level assessed_on scheme"
RISK = "cse_risk cse_risk_scheme cse_flagged_on cce_risk"

ALLOWED: dict[str, dict[str, str]] = {
    "childrens-services": {
        "children": f"{WHO} sex district school social_worker {RISK}",
        "risks": ASSESSED,
        "concerns": "child_id concern how_sure latest",
        "family": "child_id relationship adult_name verified recorded_on",
        "experiences": "child_id experience status recorded_on",
        "missing": "child_id missing_from found_at found_where in_company return_interview",
        "crimes": "child_id standing offence recorded_on flags",
        "referrals": "child_id kind made_on outcome_kind outcome_on outcome",
        "services": "child_id service agency from_date to_date",
        "meetings": "child_id kind held_on next_on",
        "orders": "child_id kind from_date to_date breached_on",
        "stages": "child_id nrm_stage decided_on",
        "unknown": "child_id not_known find_out",
    },
    "education": {"children": f"{WHO} school social_worker", "missing": "child_id missing_from found_at"},
    "health": {
        "children": f"{WHO} sex social_worker {RISK}",
        "risks": ASSESSED,
        "experiences": "child_id experience status",
        "missing": "child_id missing_from found_at",
    },
    "housing": {"children": "child_id name age district social_worker", "family": "child_id relationship adult_name"},
    "youth-justice": {
        "children": f"{WHO} sex district social_worker cce_risk",
        "crimes": "child_id standing offence recorded_on flags",
        "missing": "child_id missing_from found_at in_company",
        "referrals": "child_id kind made_on",
    },
    "police": {
        "children": f"{WHO} sex district social_worker {RISK}",
        "risks": ASSESSED,
        "concerns": "child_id concern how_sure latest adult_id ocg_id recorded_role",
        "family": "child_id relationship adult_id adult_name verified recorded_on",
        "missing": "child_id missing_from found_at found_where in_company companions return_interview",
        "crimes": "child_id standing offence recorded_on flags crime_id",
        "referrals": "child_id kind made_on outcome_kind outcome_on outcome",
        "reports": "child_id report_id reported_on grading",
        "unknown": "child_id not_known find_out",
    },
    "partnership": {},
    "mash": {
        "children": f"{WHO} sex district school social_worker {RISK}",
        "risks": ASSESSED,
        "concerns": "child_id concern how_sure latest",
        "family": "child_id relationship adult_name verified recorded_on",
        "experiences": "child_id experience status recorded_on",
        "missing": "child_id missing_from found_at found_where in_company return_interview",
        "crimes": "child_id standing offence recorded_on flags",
        "referrals": "child_id kind made_on outcome_kind outcome_on outcome",
        "unknown": "child_id not_known find_out",
    },
    "nrm": {
        "children": f"{WHO} sex district social_worker {RISK}",
        "risks": ASSESSED,
        "concerns": "child_id concern how_sure latest",
        "missing": "child_id missing_from found_at found_where in_company",
        "crimes": "child_id standing offence recorded_on flags",
        "referrals": "child_id kind made_on",
        "unknown": "child_id not_known find_out",
    },
    "ictg": {
        "children": f"{WHO} sex district school social_worker",
        "missing": "child_id missing_from found_at in_company",
        "referrals": "child_id kind made_on",
        "unknown": "child_id not_known find_out",
    },
    "cpi": {"children": "child_id name date_of_birth district"},
    "early_help": {
        "children": f"{WHO} sex district school social_worker",
        "experiences": "child_id experience status",
        "missing": "child_id missing_from found_at return_interview",
        "referrals": "child_id kind made_on outcome_kind outcome_on outcome",
    },
}
"""Written by hand, apart from the program's own declaration: a column added there has to be defended here."""
