"""What is done about groups, people and threats: plans, disruptions, services, meetings, orders and priorities."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ocgnet.model.columns import PERSON_TABLES, STRANDS, Ahead, Column, Kind, Sensitivity, Table, person_ref

ID, TEXT, ENUM, DATE = Kind.ID, Kind.TEXT, Kind.ENUM, Kind.DATE
NUMBER = Kind.NUMBER
PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE

SUBJECTS: dict[str, tuple[str, ...]] = {
    "group": ("ocgs",),
    "person": tuple(PERSON_TABLES),
    "thing": ("things",),
    "threat": ("threats",),
}
"""Kinds of subject of a plan, an action or a score, with the tables in which such a subject stands."""

SERVICE_KINDS = (
    "missing_exploited_trafficked", "child_exploitation", "substance_misuse", "domestic_abuse", "youth_justice",
    "trafficking_guardian", "childrens_services", "adult_services", "education", "health", "mental_health", "housing",
    "neighbourhood_policing", "probation", "voluntary", "other",
)  # fmt: skip

MEETING_KINDS = (
    "strategy", "child_protection_conference", "exploitation", "missing", "case_review", "hand_over", "partnership",
    "other",
)  # fmt: skip

ORDER_KINDS = (
    "emergency_protection_order", "child_abduction_warning_notice", "community_protection_notice", "licence_review",
    "fire_improvement_notice", "injunction", "closure_order", "serious_crime_prevention_order",
    "slavery_and_trafficking_risk_order", "other",
)  # fmt: skip

NRM_STAGES = ("referred", "reasonable_grounds", "conclusive_grounds", "negative")
"""Stages of the national referral mechanism; a negative decision, at either stage, says that somebody is no victim."""

EXPLOITATION = ("criminal", "sexual", "labour", "domestic_servitude", "organ_harvesting", "not_known")

DIRECTIONS = ("at_least", "at_most")

CHANGES = ("add", "do", "drop", "undo")
"""What was done with an action of a plan."""

_MONEY = (0, 1e12)
_HOURS = (0, 1e7)


def _subject(*, key: bool = False, required: bool = False) -> tuple[Column, Column]:
    return (
        Column("subject_kind", ENUM, "What the subject is.", key=key, required=required, enum=tuple(SUBJECTS)),
        Column(
            "subject_id",
            ID,
            "The group, person, thing or threat.",
            key=key,
            required=required,
            refers="subject",
            sensitivity=PERSONAL,
        ),
    )


RESPONSE_TABLES = (
    Table(
        "disruptions",
        "Actions that hurt a group.",
        (
            Column("disruption_id", ID, "Identifier of the disruption.", key=True),
            Column("ocg_id", ID, "The group.", required=True, refers="ocgs"),
            Column("happened_on", DATE, "When.", required=True, event=True, counts_from=True),
            Column(
                "level",
                ENUM,
                "How much it hurt.",
                required=True,
                enum=("major", "moderate", "minor", "none", "negative"),
            ),
            Column("strand", ENUM, "Strand of the 4Ps.", required=True, enum=STRANDS),
            Column("lead_agency", TEXT, "Agency that led."),
            Column("partners", TEXT, "Agencies that took part.", many=True),
            Column("description", TEXT, "What was done.", sensitivity=SENSITIVE, free_text=True),
        ),
    ),
    Table(
        "threats",
        "Threats without a group, such as a county line or a place, that are managed and ranked as groups are.",
        (
            Column("threat_id", ID, "Identifier of the threat.", key=True),
            Column("name", TEXT, "What it is called.", required=True, sensitivity=SENSITIVE, free_text=True),
            Column("kind", ENUM, "What it is.", enum=("county_line", "place", "market", "other")),
            Column("thing_id", ID, "The line or premises, if recorded.", refers="things", sensitivity=PERSONAL),
            Column("district", TEXT, "District."),
            Column("recorded_on", DATE, "When it was recorded.", event=True, counts_from=True),
        ),
    ),
    Table(
        "plans",
        "Plans against a group or threat, or about a person, each with the officer who leads it.",
        (
            Column("plan_id", ID, "Identifier of the plan.", key=True),
            *_subject(required=True),
            Column("aim", TEXT, "What the plan is to reach.", sensitivity=SENSITIVE, free_text=True),
            Column("lead_responsible_officer", TEXT, "Officer who leads the plan.", sensitivity=PERSONAL),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("review_on", DATE, "When the plan is to be reviewed next.", ahead=Ahead.PLANNED),
        ),
        orders=(("from_date", "to_date"),),
    ),
    Table(
        "plan_actions",
        "Actions in a plan against a group or a threat, or about a person.",
        (
            Column("action_id", ID, "Identifier of the action.", key=True),
            Column("plan_id", ID, "The plan, or blank.", refers="plans"),
            *_subject(),
            Column("ocg_id", ID, "The group, or blank.", refers="ocgs"),
            Column("nominal_id", ID, "The nominal, or blank.", refers="nominals", sensitivity=PERSONAL),
            Column("strand", ENUM, "Strand of the 4Ps.", required=True, enum=STRANDS),
            Column("action", TEXT, "What is to be done.", required=True, sensitivity=SENSITIVE, free_text=True),
            Column("owner", TEXT, "Who owns it.", sensitivity=PERSONAL),
            Column("agency", TEXT, "Agency of the owner."),
            Column("due_on", DATE, "When it is due.", ahead=Ahead.PLANNED),
            Column("status", ENUM, "State.", enum=("open", "done", "dropped")),
            Column("done_on", DATE, "When it was done.", event=True, ahead=Ahead.OPEN),
            Column("cost", NUMBER, "Money in pounds, spent or planned.", between=_MONEY),
            Column("hours", NUMBER, "Hours of work, spent or planned.", between=_HOURS),
        ),
        together=(("subject_kind", "subject_id"),),
        any_of=(("plan_id", "subject_id", "ocg_id", "nominal_id"),),
    ),
    Table(
        "plan_changes",
        "What was done with the actions of plans, by whom and why; written by ocgnet plan, and kept.",
        (
            Column("change_id", ID, "Identifier of the change.", key=True),
            Column(
                "action_id", ID, "The action.", required=True, refers="plan_actions", lenient=True, may_be_gone=True
            ),
            Column("change", ENUM, "What was done.", required=True, enum=CHANGES),
            Column("changed_on", DATE, "When.", required=True, event=True),
            Column("changed_by", TEXT, "Who did it.", required=True, sensitivity=PERSONAL),
            Column("reason", TEXT, "Why.", required=True, sensitivity=SENSITIVE, free_text=True),
            Column("undoes", ID, "The change that this one undoes."),
            Column("before", TEXT, "Cells of the action before, as JSON.", sensitivity=SENSITIVE, free_text=True),
        ),
    ),
    Table(
        "services",
        "Teams and services that look after people or work with them.",
        (
            Column("service_id", ID, "Identifier of the service.", key=True),
            Column("name", TEXT, "What it is called.", required=True),
            Column("agency", TEXT, "Agency to which it belongs."),
            Column("kind", ENUM, "What it does.", enum=SERVICE_KINDS),
            Column("district", TEXT, "District; blank when it works everywhere."),
        ),
    ),
    Table(
        "assignments",
        "Which service looks after whom, from when to when, and who owns the case there.",
        (
            person_ref("person_id", "Who is looked after."),
            Column("service_id", ID, "The service.", key=True, refers="services"),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("owner", TEXT, "Who owns the case at the service.", sensitivity=PERSONAL),
        ),
        orders=(("from_date", "to_date"),),
        apart_by=("from_date",),
    ),
    Table(
        "case_meetings",
        "Meetings about a person's case: one row for each person who was spoken of.",
        (
            person_ref("person_id", "Whose case it was."),
            Column("held_on", DATE, "When it was held, or is to be.", key=True, event=True, ahead=Ahead.PLANNED),
            Column("kind", ENUM, "Kind of meeting.", key=True, enum=MEETING_KINDS),
            Column("attended", TEXT, "Agencies that were there.", many=True),
            Column("decisions", TEXT, "What was decided.", sensitivity=SENSITIVE, free_text=True),
            Column("next_on", DATE, "When the next is to be.", ahead=Ahead.PLANNED),
        ),
        orders=(("held_on", "next_on"),),
    ),
    Table(
        "orders",
        "Orders and notices on a person or on premises.",
        (
            Column("order_id", ID, "Identifier of the order.", key=True),
            Column("kind", ENUM, "Kind of order or notice.", required=True, enum=ORDER_KINDS),
            person_ref("person_id", "On whom, or blank.", key=False),
            Column("thing_id", ID, "On which premises, or blank.", refers="things", sensitivity=PERSONAL),
            person_ref("protects", "Whom it protects, or blank.", key=False),
            Column("issued_by", TEXT, "Court or agency that made it."),
            Column("from_date", DATE, "First day.", required=True, event=True, counts_from=True),
            Column("to_date", DATE, "Last day; blank while it lasts.", event=True, ahead=Ahead.PLANNED),
            Column("breached_on", DATE, "When it was breached; blank when it was not.", event=True),
        ),
        orders=(("from_date", "to_date"), ("from_date", "breached_on")),
        any_of=(("person_id", "thing_id"),),
    ),
    Table(
        "nrm_stages",
        "Stages of the national referral mechanism that a person has come to. A negative decision is no victim.",
        (
            person_ref("person_id", "Who was referred."),
            Column("stage", ENUM, "Stage.", key=True, enum=NRM_STAGES, sensitivity=SENSITIVE),
            Column("decided_on", DATE, "When it was decided, or the referral made.", event=True, counts_from=True),
            Column("exploitation", ENUM, "Type of exploitation.", enum=EXPLOITATION, sensitivity=SENSITIVE),
        ),
        apart_by=("decided_on",),
    ),
    Table(
        "activities",
        "Operations and days of action, with what they brought.",
        (
            Column("activity_id", ID, "Identifier of the operation or day of action.", key=True),
            Column("name", TEXT, "What it is called.", sensitivity=SENSITIVE, free_text=True),
            Column("kind", ENUM, "What it is.", enum=("day_of_action", "operation", "intensification", "engagement")),
            Column("happened_on", DATE, "When it began.", required=True, event=True, counts_from=True),
            Column("plan_id", ID, "The plan of which it is part.", refers="plans"),
            Column("ocg_id", ID, "The group against which it went.", refers="ocgs"),
            Column("thing_id", ID, "The premises on which it went.", refers="things", sensitivity=PERSONAL),
            Column("lead_agency", TEXT, "Agency that led."),
            Column("agencies", TEXT, "Agencies that took part.", many=True),
            Column("results", TEXT, "What it brought.", many=True, sensitivity=SENSITIVE, free_text=True),
        ),
    ),
    Table(
        "scores",
        "Scores of groups, people and threats on the components of a scheme, each by an assessor on a day.",
        (
            Column("scheme", TEXT, "Scheme of the score.", key=True),
            Column("version", TEXT, "Version of the scheme.", key=True),
            *_subject(key=True),
            Column("component", TEXT, "Component of the scheme.", key=True),
            Column("scored_on", DATE, "When it was scored.", key=True, event=True, counts_from=True),
            Column("score", NUMBER, "The score.", required=True),
            Column("assessor", TEXT, "Who scored.", required=True, sensitivity=PERSONAL),
            Column("reason", TEXT, "Why.", sensitivity=SENSITIVE, free_text=True),
        ),
    ),
    Table(
        "priorities",
        "What the partnership set itself for a period, each with a measure of the profile by which it is judged.",
        (
            Column("priority_id", ID, "Identifier of the priority.", key=True),
            Column("priority", TEXT, "What it is.", required=True, sensitivity=SENSITIVE, free_text=True),
            Column("owner", TEXT, "Who owns it.", sensitivity=PERSONAL),
            Column("measure", TEXT, "Figure of the profile that measures it, by its id; blank when none does."),
            Column("direction", ENUM, "Whether the target is to be reached or not passed.", enum=DIRECTIONS),
            Column("target", NUMBER, "Value aimed at, in the unit of the figure; a share as .2, not 20."),
            Column("from_date", DATE, "First day.", event=True, counts_from=True),
            Column("to_date", DATE, "Last day.", event=True, ahead=Ahead.PLANNED),
        ),
        orders=(("from_date", "to_date"),),
    ),
    Table(
        "intelligence_gaps",
        "What is not known and should be, each with who is to find it out.",
        (
            Column("gap_id", ID, "Identifier of the gap.", key=True),
            Column("question", TEXT, "What is not known.", required=True, sensitivity=SENSITIVE, free_text=True),
            *_subject(),
            Column("priority_id", ID, "The priority that it concerns, or blank.", refers="priorities"),
            Column("owner", TEXT, "Who is to find it out.", sensitivity=PERSONAL),
            Column("raised_on", DATE, "When it was raised.", event=True, counts_from=True),
            Column("due_on", DATE, "When an answer is due.", ahead=Ahead.PLANNED),
            Column("closed_on", DATE, "When it was answered; blank while it is open.", event=True),
        ),
        orders=(("raised_on", "closed_on"),),
        together=(("subject_kind", "subject_id"),),
    ),
)
"""In the order in which they are checked and stored."""


def written_before(cells: Mapping[str, str]) -> str:
    """Return the cells of an action as ``plan_changes.before`` keeps them.

    >>> written_before({"status": "open"})
    '{"status": "open"}'
    """
    return json.dumps(dict(cells), ensure_ascii=False)


def cells_before(text: str) -> dict[str, str] | None:
    """Return the cells that ``plan_changes.before`` keeps, blank for null; None when they cannot be read.

    >>> cells_before('{"status": "open", "cost": null}'), cells_before("open")
    ({'status': 'open', 'cost': ''}, None)
    """
    try:
        cells = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(cells, dict):
        return None
    return {name: "" if cell is None else str(cell) for name, cell in cells.items()}
