"""A data folder in which every text says where it comes from, so that nothing can leave unnoticed."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from ocgnet.model import PERSON_TABLES, TABLES, Kind
from ocgnet.model.response import RESPONSE_TABLES

CHILD, OTHER_CHILD = "IDCHILDONE", "IDCHILDTWO"
PARENT, MEMBER, PLAIN = "IDPARENT", "IDMEMBER", "IDPLAIN"
GROUP, CRIME, OTHER_CRIME = "IDGROUP", "IDCRIME", "IDOTHERCRIME"
PHONE, OTHER_PHONE, CAR, HOME = "IDPHONE", "IDOTHERPHONE", "IDCAR", "IDHOME"
ACCOUNT, OTHER_ACCOUNT = "IDACCOUNT", "IDOTHERACCOUNT"
OPEN, CLOSED, FALSE, OVERDUE, BARE = (
    "IDREPORTOPEN",
    "IDREPORTCLOSED",
    "IDREPORTFALSE",
    "IDREPORTOVERDUE",
    "IDREPORTBARE",
)
ABOUT = (
    'force = "Made-up force"\nsynthetic = true\nas_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n'
)

ROWS: dict[str, list[dict[str, str]]] = {
    "nominals": [
        {"nominal_id": PARENT, "date_of_birth": "1971-05-09", "review_due": "2025-01-01"},
        {"nominal_id": MEMBER, "date_of_birth": "1972-06-10", "review_due": "2025-01-01"},
    ],
    "people": [{"person_id": PLAIN, "date_of_birth": "1973-07-11"}],
    "children": [
        {"child_id": CHILD, "date_of_birth": "2004-08-12", "cse_flagged_on": "2018-09-13"},
        {"child_id": OTHER_CHILD, "date_of_birth": "2006-09-14", "cse_flagged_on": "2018-10-15"},
    ],
    "ocgs": [{"ocg_id": GROUP, "status": "active", "mapped_on": "2017-01-01", "pillar": "commodities"}],
    "memberships": [
        {"nominal_id": PARENT, "ocg_id": GROUP, "role": "principal", "from_date": "2017-02-01"},
        {"nominal_id": MEMBER, "ocg_id": GROUP, "role": "peripheral", "from_date": "2017-02-01"},
    ],
    "family_links": [
        {"adult_id": PARENT, "child_id": CHILD, "relationship": "parent", "verified": "true"}
        | {"recorded_on": "2018-05-16"},
        {"adult_id": PLAIN, "child_id": OTHER_CHILD, "relationship": "parent", "recorded_on": "2018-05-17"},
    ],
    "child_aces": [
        {"child_id": CHILD, "ace": "domestic_violence", "status": "observed", "recorded_on": "2018-06-18"},
        {"child_id": OTHER_CHILD, "ace": "physical_abuse", "status": "observed", "recorded_on": "2018-06-19"},
    ],
    "missing_episodes": [
        {"child_id": CHILD, "missing_from": "2018-11-20T21:22", "found_at": "2018-11-21T07:23"}
        | {"companions": MEMBER, "return_interview_at": "2018-11-23T10:24"},
        {"child_id": OTHER_CHILD, "missing_from": "2018-11-21T21:25", "found_at": "2018-11-22T07:26"},
    ],
    "referrals": [
        {"person_id": CHILD, "kind": "mash", "made_on": "2018-12-27", "outcome_kind": "passed_on"}
        | {"outcome_on": "2019-01-29"},
        {"person_id": OTHER_CHILD, "kind": "mash", "made_on": "2018-12-28"},
    ],
    "crimes": [
        {"crime_id": CRIME, "offence_code": "", "recorded_on": "2018-07-29", "flags": "cce|debt_bondage"}
        | {"occurred_hour": "23", "victim_kind": "person", "loss": "815.25"},
        {"crime_id": OTHER_CRIME, "offence_code": "", "recorded_on": "2018-07-30"},
    ],
    "crime_links": [
        {"person_id": CHILD, "crime_id": CRIME, "link_role": "victim"},
        {"person_id": MEMBER, "crime_id": CRIME, "link_role": "suspect"},
        {"person_id": OTHER_CHILD, "crime_id": OTHER_CRIME, "link_role": "suspect"},
    ],
    "intel_reports": [
        {"report_id": report, "reported_on": on, "grading_scheme": "3x5x2", "source_grade": "1"}
        | {"intelligence_grade": grade, "handling_code": code, "origin": "police", "review_due": due}
        | {"topics": "firearm_accessible"}
        | ({} if conditions else {"handling_conditions": ""})
        for report, on, grade, code, due, conditions in (
            (OPEN, "2018-08-01", "A", "P", "2025-01-01", False),
            (CLOSED, "2018-08-02", "A", "C", "2025-01-01", True),
            (FALSE, "2018-08-03", "E", "P", "2025-01-01", False),
            (OVERDUE, "2018-08-04", "A", "P", "2019-01-01", False),
            (BARE, "2018-08-05", "A", "", "2025-01-01", False),
        )
    ],
    "intel_links": [
        {"person_id": person, "report_id": report}
        for person in (CHILD, MEMBER)
        for report in (OPEN, CLOSED, FALSE, OVERDUE, BARE)
    ],
    "associations": [
        {"person_a": CHILD, "person_b": MEMBER, "kind": "phone", "last_seen": "2018-10-31", "report_id": CLOSED},
    ],
    "disruptions": [
        {"disruption_id": "IDDISRUPTION", "ocg_id": GROUP, "happened_on": "2018-06-01", "level": "major"}
        | {"strand": "pursue"}
    ],
    "plan_actions": [{"action_id": "IDACTION", "plan_id": "IDPLANGROUP", "strand": "protect", "status": "open"}],
    "stop_checks": [
        {"stop_id": "IDSTOP", "person_id": CHILD, "happened_on": "2018-09-02", "outcome": "stopped"},
    ],
    "things": [
        {"thing_id": PHONE, "kind": "phone"},
        {"thing_id": OTHER_PHONE, "kind": "phone"},
        {"thing_id": CAR, "kind": "vehicle"},
        {"thing_id": HOME, "kind": "address"},
        {"thing_id": ACCOUNT, "kind": "account"},
        {"thing_id": OTHER_ACCOUNT, "kind": "account"},
    ],
    "thing_links": [
        {"person_id": CHILD, "thing_id": PHONE, "relation": "user", "from_date": "2018-04-03", "report_id": OPEN},
        {"person_id": CHILD, "thing_id": HOME, "relation": "resident", "from_date": "2018-04-04"},
        {"person_id": MEMBER, "thing_id": OTHER_PHONE, "relation": "user", "from_date": "2018-04-05"},
        {"person_id": MEMBER, "thing_id": CAR, "relation": "keeper", "from_date": "2018-04-06"},
    ],
    "communications": [
        {"from_thing": OTHER_PHONE, "to_thing": PHONE, "at": "2018-10-07T09:08:00Z", "kind": "call", "duration": "73"},
    ],
    "sightings": [{"thing_id": CAR, "at": "2018-10-08T09:09:00Z", "place": HOME, "source": "anpr"}],
    "transfers": [{"from_account": ACCOUNT, "to_account": OTHER_ACCOUNT, "at": "2018-10-09", "amount": "4711"}],
    "threats": [{"threat_id": "IDTHREAT", "kind": "place", "thing_id": HOME, "recorded_on": "2018-04-08"}],
    "plans": [
        {"plan_id": "IDPLANGROUP", "subject_kind": "group", "subject_id": GROUP, "from_date": "2018-04-09"},
        {"plan_id": "IDPLANCHILD", "subject_kind": "person", "subject_id": CHILD, "from_date": "2018-04-10"},
    ],
    "plan_changes": [
        {"change_id": "IDCHANGE", "action_id": "IDACTION", "change": "add", "changed_on": "2018-04-11"},
    ],
    "services": [{"service_id": "IDSERVICE", "kind": "child_exploitation"}, {"service_id": "IDOTHERSERVICE"}],
    "assignments": [
        {"person_id": CHILD, "service_id": "IDSERVICE", "from_date": "2018-04-12"},
        {"person_id": OTHER_CHILD, "service_id": "IDOTHERSERVICE", "from_date": "2018-04-13"},
    ],
    "case_meetings": [
        {"person_id": CHILD, "held_on": "2018-04-14", "kind": "strategy", "next_on": "2019-05-05"},
        {"person_id": OTHER_CHILD, "held_on": "2018-04-15", "kind": "strategy"},
    ],
    "orders": [
        {"order_id": "IDORDER", "kind": "child_abduction_warning_notice", "person_id": MEMBER, "protects": CHILD}
        | {"from_date": "2018-04-16"},
        {"order_id": "IDOTHERORDER", "kind": "injunction", "person_id": CHILD, "from_date": "2018-04-17"},
    ],
    "nrm_stages": [
        {"person_id": CHILD, "stage": "referred", "decided_on": "2018-04-18", "exploitation": "criminal"},
        {"person_id": OTHER_CHILD, "stage": "negative", "decided_on": "2018-04-19"},
    ],
    "activities": [
        {"activity_id": "IDACTIVITY", "happened_on": "2018-04-20", "plan_id": "IDPLANGROUP", "ocg_id": GROUP},
    ],
    "scores": [
        {"scheme": "MoRiLE", "version": "1", "component": "harm", "subject_kind": "person", "subject_id": CHILD}
        | {"scored_on": "2018-04-21", "score": "3"},
    ],
    "ocg_activities": [
        {"ocg_id": GROUP, "activity": "drug supply", "level": "primary", "from_date": "2018-04-22"},
    ],
    "child_risks": [
        {"child_id": CHILD, "exploitation": "criminal", "level": "high", "assessed_on": "2018-04-23"},
        {"child_id": OTHER_CHILD, "exploitation": "sexual", "level": "low", "assessed_on": "2018-04-24"},
    ],
    "priorities": [
        {"priority_id": "IDPRIORITY", "direction": "at_most", "target": "0.25", "from_date": "2018-04-25"},
    ],
    "intelligence_gaps": [
        {"gap_id": "IDGAP", "subject_kind": "person", "subject_id": CHILD, "priority_id": "IDPRIORITY"}
        | {"raised_on": "2018-04-26", "due_on": "2018-05-26"},
        {"gap_id": "IDGROUPGAP", "subject_kind": "group", "subject_id": GROUP, "raised_on": "2018-04-27"},
    ],
    "group_things": [{"ocg_id": GROUP, "thing_id": CAR, "from_date": "2018-04-07"}],
    "crime_things": [{"crime_id": CRIME, "thing_id": HOME, "involvement": "scene"}],
}  # fmt: skip


def mark(table: str, column: str, row: int) -> str:
    """The text that stands in one cell."""
    return f"MK{table}Z{column}Z{row}MK".replace("_", "")


def planted() -> dict[str, list[dict[str, str]]]:
    """Rows in which every text cell that nothing else fills holds its mark."""
    filled = {}
    for name, rows in ROWS.items():
        texts = [c.name for c in TABLES[name].columns if c.kind is Kind.TEXT and c.name not in _FREE]
        filled[name] = [{t: mark(name, t, i) for t in texts} | row for i, row in enumerate(rows)]
    return filled


_FREE = frozenset(("source_grade", "intelligence_grade", "handling_code", "offence_code", "occasion", "currency"))


def write_planted(folder: Path) -> Path:
    """Write the folder and return it."""
    folder.mkdir()
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8")
    for name, rows in planted().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in TABLES[name].columns], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def all_marks() -> set[str]:
    """Every mark in the folder."""
    return {v for rows in planted().values() for r in rows for v in r.values() if v.startswith("MK")}


def all_ids() -> set[str]:
    """Every id in the folder."""
    own = {"ocgs": "ocg_id", "crimes": "crime_id", "intel_reports": "report_id", "disruptions": "disruption_id"}
    own |= {"plan_actions": "action_id", "stop_checks": "stop_id", "things": "thing_id"} | PERSON_TABLES
    own |= {t.name: t.key[0] for t in RESPONSE_TABLES if len(t.key) == 1}
    return {row[own[t]] for t, rows in ROWS.items() if t in own for row in rows}


def all_bytes(folder: Path) -> str:
    """Everything in a folder as text, archives unpacked, names of files among it."""
    found = []
    for path in sorted(folder.rglob("*")):
        found.append(path.name)
        if path.is_file():
            found.append(path.read_bytes().decode("utf-8", "replace"))
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as packed:
                    found += [packed.read(n).decode("utf-8", "replace") for n in packed.namelist()]
    return "\n".join(found)
