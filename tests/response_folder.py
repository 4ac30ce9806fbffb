"""A small folder of plans, services, meetings and orders in which a person, a group, a thing and a threat are all 1."""

from __future__ import annotations

from pathlib import Path

BEFORE = (
    '{"action_id": "A4", "ocg_id": "1", "nominal_id": "1", "action": "Visit \\u00c9meric Oakfield\\nat home", '
    '"owner": "PC Hart"}'
)
"""As another program may write it: letters and line ends as escapes."""

ROWS: dict[str, tuple[str, ...]] = {
    "nominals": (
        "nominal_id,name,date_of_birth",
        "1,Émeric Oakfield,1980-01-02",
        "2,Bert Yewland,1981-01-02",
    ),
    "children": ("child_id,name,date_of_birth", "C1,Cara Yewland,2006-05-01"),
    "ocgs": ("ocg_id,name,status", "1,Amber,active", "2,Bell,active", "9,Crane,active"),
    "memberships": ("nominal_id,ocg_id,role,from_date", "1,1,principal,2018-01-01", "2,2,principal,2018-01-01"),
    "things": (
        "thing_id,kind,label,number",
        "1,premises,Corner fryer,",
        "2,premises,Back room,",
        "3,phone,,07700 900123",
        "4,address,The flat,",
    ),
    "thing_links": (
        "person_id,thing_id,relation,from_date",
        "1,2,employee,2018-01-01",
        "1,3,user,2018-01-01",
        "1,4,resident,2018-01-01",
    ),
    "threats": ("threat_id,name,kind,thing_id", "1,Corner line,place,1"),
    "plans": (
        "plan_id,subject_kind,subject_id,aim,lead_responsible_officer,from_date",
        "PG,group,1,Stop Émeric Oakfield,DI Lane,2019-01-01",
        "PP,person,1,Keep him away,DI Lane,2019-01-01",
        "PC,person,C1,Keep her safe,DI Lane,2019-01-01",
        "PX,thing,1,Close it,DI Lane,2019-01-01",
        "PT,threat,1,End it,DI Lane,2019-01-01",
        "P9,group,9,End it,DI Lane,2019-01-01",
    ),
    "plan_actions": (
        "action_id,plan_id,subject_kind,subject_id,ocg_id,nominal_id,strand,action,owner,status",
        "A1,PG,,,,,pursue,Search,PC Hart,open",
        "A2,PP,,,,,pursue,Interview,PC Hart,open",
        "A3,PC,person,1,,,protect,Serve a notice,PC Hart,open",
        "A4,,,,1,1,pursue,Visit Émeric Oakfield,PC Hart,open",
        "A5,,,,,1,pursue,Arrest,PC Hart,open",
        "A6,PG,group,1,,,prevent,Talk,PC Hart,open",
        "A7,PC,,,,,protect,See her,PC Hart,open",
        "A8,PX,thing,1,,,prevent,Light it,PC Hart,open",
    ),
    "plan_changes": (
        "change_id,action_id,change,changed_on,changed_by,reason,before",
        "X2,A2,add,2019-01-02,DI Lane,new,",
        'X4,A4,add,2019-01-02,DI Lane,new,"' + BEFORE.replace('"', '""') + '"',
        "X7,A7,add,2019-01-02,DI Lane,Émeric Oakfield was seen,",
    ),
    "services": ("service_id,name,agency,kind", "S1,The Bridge,council,missing_exploited_trafficked"),
    "assignments": ("person_id,service_id,from_date,owner", "1,S1,2019-01-01,Kit Moss", "C1,S1,2019-01-01,Kit Moss"),
    "case_meetings": (
        "person_id,held_on,kind,attended,decisions",
        "1,2019-02-01,case_review,police,Look again",
        "C1,2019-02-01,strategy,police|council,Keep her from Émeric Oakfield",
    ),
    "orders": (
        "order_id,kind,person_id,thing_id,protects,issued_by,from_date",
        "O1,injunction,1,,,court,2019-01-01",
        "O2,injunction,2,,1,court,2019-01-01",
        "O3,child_abduction_warning_notice,2,,C1,police,2019-01-01",
        "O4,closure_order,,2,,court,2019-01-01",
        "O5,closure_order,,1,1,court,2019-01-01",
        "O6,child_abduction_warning_notice,1,,C1,police,2019-01-01",
        "O7,injunction,1,4,,court,2019-01-01",
    ),
    "nrm_stages": ("person_id,stage,decided_on", "1,referred,2019-01-01", "C1,referred,2019-01-01"),
    "activities": (
        "activity_id,name,happened_on,plan_id,ocg_id,thing_id,results",
        "V1,Day one,2019-03-01,PP,1,,Émeric Oakfield was spoken to",
        "V2,Day two,2019-03-02,PX,,1,Two notices",
    ),
    "scores": (
        "scheme,version,subject_kind,subject_id,component,scored_on,score,assessor",
        "MoRiLE,1,group,1,harm,2019-01-01,3,DI Lane",
        "MoRiLE,1,person,1,harm,2019-01-01,2,DI Lane",
        "MoRiLE,1,thing,1,harm,2019-01-01,1,DI Lane",
        "MoRiLE,1,threat,1,harm,2019-01-01,4,DI Lane",
    ),
    "child_risks": (
        "child_id,exploitation,level,assessed_on",
        "1,criminal,low,1997-01-01",
        "C1,sexual,high,2019-01-01",
    ),
    "ocg_activities": ("ocg_id,activity,level", "1,drug supply,primary"),
    "priorities": (
        "priority_id,priority,owner,from_date",
        "1,Fewer children run for Émeric Oakfield,DI Lane,2018-04-01",
    ),
    "intelligence_gaps": (
        "gap_id,question,subject_kind,subject_id,priority_id,owner,raised_on",
        "QP,Where does he sleep?,person,1,1,PC Hart,2019-01-01",
        "QG,Who stands in for Émeric Oakfield?,group,1,1,PC Hart,2019-01-01",
        "QT,Who has the key?,thing,1,,PC Hart,2019-01-01",
        "QH,Who answers?,threat,1,,PC Hart,2019-01-01",
        "QC,Who drives her?,person,C1,,PC Hart,2019-01-01",
        "1,Where is the money?,,,,PC Hart,2019-01-01",
    ),
}


def response_folder(folder: Path) -> Path:
    """Write the folder."""
    folder.mkdir(parents=True)
    for name, lines in ROWS.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
